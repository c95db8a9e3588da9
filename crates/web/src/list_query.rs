//! The address of Today and of a candidate reached from it: which list, filtered and sorted how, and the place in
//! it. Nothing in it names anybody.

use axum::{
    extract::{FromRequestParts, Query},
    http::{StatusCode, request::Parts},
};
use pathway::EpisodeId;
use service::today::{Ask, PER_PAGE, Tab};
use store::worklist::Order;
use terms::Site;

use crate::view::form::Hidden;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListQuery {
    pub ask: Ask,
    /// Place in the list, from 1.
    pub at: Option<u64>,
    /// The candidate decided on just before: the page says so and offers to take it back.
    pub done: Option<EpisodeId>,
}

const ORDERS: [(Order, &str); 5] = [
    (Order::FractureDate, "fracture-date"),
    (Order::Name, "name"),
    (Order::Age, "age"),
    (Order::Listed, "listed"),
    (Order::Due, "due"),
];

fn word<T: PartialEq + Copy>(words: &[(T, &'static str)], wanted: T) -> &'static str {
    words
        .iter()
        .find(|(value, _)| *value == wanted)
        .map(|(_, word)| *word)
        .unwrap_or_default()
}

fn value<T: Copy>(words: &[(T, &str)], wanted: &str) -> Option<T> {
    words
        .iter()
        .find(|(_, word)| *word == wanted)
        .map(|(value, _)| *value)
}

impl ListQuery {
    /// Words that are not known are left out: an address typed wrongly shows the plain list.
    pub fn read(pairs: &[(String, String)]) -> Self {
        let get = |name: &str| {
            pairs
                .iter()
                .find(|(key, _)| key == name)
                .map(|(_, value)| value.as_str())
                .unwrap_or_default()
        };
        let number = |name: &str| get(name).parse::<u64>().ok().filter(|n| *n > 0);
        let site = Some(get("site")).filter(|code| {
            (1..=12).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_alphanumeric())
        });
        let tab = Tab::from_code(get("list")).unwrap_or_default();
        let order = value(&ORDERS, get("sort")).unwrap_or(tab.usual_order());
        Self {
            ask: Ask {
                tab,
                site: site.map(str::to_owned),
                fracture: get("fracture")
                    .parse::<Site>()
                    .ok()
                    .map(|site| site.code().to_owned()),
                disagree: get("sources") == "disagree",
                order,
                descending: match get("order") {
                    "desc" => true,
                    "asc" => false,
                    _ => starts_descending(order),
                },
                page: number("page").unwrap_or(1),
            },
            at: number("at"),
            done: get("done").parse().ok(),
        }
    }

    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs = vec![("list", self.ask.tab.code().to_owned())];
        if let Some(site) = &self.ask.site {
            pairs.push(("site", site.clone()));
        }
        if let Some(fracture) = &self.ask.fracture {
            pairs.push(("fracture", fracture.clone()));
        }
        if self.ask.disagree {
            pairs.push(("sources", "disagree".to_owned()));
        }
        if self.ask.order != self.ask.tab.usual_order() || self.ask.descending {
            pairs.push(("sort", word(&ORDERS, self.ask.order).to_owned()));
            pairs.push((
                "order",
                if self.ask.descending { "desc" } else { "asc" }.to_owned(),
            ));
        }
        if let Some(done) = self.done {
            pairs.push(("done", done.to_string()));
        }
        if let Some(at) = self.at {
            pairs.push(("at", at.to_string()));
        } else if self.ask.page > 1 {
            pairs.push(("page", self.ask.page.to_string()));
        }
        pairs
    }

    /// `path?list=new&…`; every value is letters, digits, dashes and underscores.
    pub fn on(&self, path: &str) -> String {
        let pairs: Vec<String> = self
            .pairs()
            .into_iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        format!("{path}?{}", pairs.join("&"))
    }

    pub fn hidden(&self) -> Vec<Hidden> {
        Self {
            done: None,
            ..self.clone()
        }
        .pairs()
        .into_iter()
        .map(|(name, value)| Hidden::new(name, value))
        .collect()
    }

    /// Another list, in its own usual order.
    pub fn with_tab(&self, tab: Tab) -> Self {
        Self {
            ask: Ask {
                tab,
                page: 1,
                order: tab.usual_order(),
                descending: false,
                ..self.ask.clone()
            },
            at: None,
            done: None,
        }
    }

    pub fn with_page(&self, page: u64) -> Self {
        Self {
            ask: Ask {
                page,
                ..self.ask.clone()
            },
            at: None,
            done: None,
        }
    }

    /// Sorted by this column; the other way round if it was sorted by it already.
    pub fn sorted_by(&self, order: Order) -> Self {
        let descending = if order == self.ask.order {
            !self.ask.descending
        } else {
            starts_descending(order)
        };
        Self {
            ask: Ask {
                order,
                descending,
                page: 1,
                ..self.ask.clone()
            },
            at: None,
            done: None,
        }
    }

    pub fn unfiltered(&self) -> Self {
        Self {
            ask: Ask {
                site: None,
                fracture: None,
                disagree: false,
                page: 1,
                ..self.ask.clone()
            },
            at: None,
            done: None,
        }
    }

    pub fn at(&self, at: u64) -> Self {
        Self {
            ask: self.ask.clone(),
            at: Some(at),
            done: None,
        }
    }

    pub fn after(&self, done: EpisodeId) -> Self {
        Self {
            done: Some(done),
            ..self.clone()
        }
    }

    /// The page of the list on which this place stands.
    pub fn back(&self) -> Self {
        let at = self.at.unwrap_or(1);
        self.with_page((at - 1) / u64::from(PER_PAGE) + 1)
    }
}

/// Somebody who sorts by age wants the oldest first.
fn starts_descending(order: Order) -> bool {
    order == Order::Age
}

impl<S: Send + Sync> FromRequestParts<S> for ListQuery {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, StatusCode> {
        let Query(pairs) = Query::<Vec<(String, String)>>::from_request_parts(parts, state)
            .await
            .map_err(|_| StatusCode::BAD_REQUEST)?;
        Ok(Self::read(&pairs))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &[(&str, &str)]) -> ListQuery {
        let pairs: Vec<_> = text
            .iter()
            .map(|(a, b)| ((*a).to_owned(), (*b).to_owned()))
            .collect();
        ListQuery::read(&pairs)
    }

    #[test]
    fn an_address_reads_back_as_it_was_written() {
        let query = read(&[
            ("list", "set-aside"),
            ("site", "RAJ01"),
            ("fracture", "hip"),
            ("sources", "disagree"),
            ("sort", "name"),
            ("at", "7"),
        ]);
        let written: Vec<(String, String)> = query
            .pairs()
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        assert_eq!(ListQuery::read(&written), query);
        assert_eq!(
            query.on("/today"),
            "/today?list=set-aside&site=RAJ01&fracture=hip&sources=disagree&sort=name&order=asc&at=7"
        );
    }

    #[test]
    fn nonsense_is_left_out() {
        let query = read(&[
            ("list", "x"),
            ("site", "a b&c"),
            ("fracture", "heart"),
            ("page", "-3"),
            ("sort", "'"),
        ]);
        assert_eq!(
            query,
            ListQuery {
                ask: Ask {
                    page: 1,
                    ..Ask::default()
                },
                at: None,
                done: None
            }
        );
    }

    #[test]
    fn the_same_column_twice_turns_round() {
        let query = read(&[]);
        assert!(!query.ask.descending);
        assert!(query.sorted_by(Order::FractureDate).ask.descending);
        assert!(query.sorted_by(Order::Age).ask.descending);
        assert!(
            !query
                .sorted_by(Order::Age)
                .sorted_by(Order::Age)
                .ask
                .descending
        );
    }

    #[test]
    fn back_goes_to_the_page_of_the_place() {
        assert_eq!(read(&[("at", "26")]).back().ask.page, 2);
        assert_eq!(read(&[("at", "25")]).back().ask.page, 1);
    }
}
