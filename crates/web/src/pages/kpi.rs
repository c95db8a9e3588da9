use axum::{
    extract::{FromRequestParts, Path, Query, State},
    http::{StatusCode, request::Parts},
};
use jiff::{ToSpan, civil::Date};
use measures::kpi::{Kpi, Measure, Reason, Report, Set, Standing, definitions};
use service::{
    Error,
    kpi::{self, Ask, Counted, KpiView, People},
    today::PER_PAGE,
};
use terms::age_on;

use crate::{
    caller::Caller,
    config::WebState,
    failure::Failure,
    kpi_cards::cards,
    present::{error_at, errors, site_name},
    respond::{self, Answer, blocking},
    view::{
        form::{FieldError, Input},
        kpi::{KpiPeople, Kpis, SetTab, Somebody},
        page::Chrome,
        parts::{Link, Pagination},
        text::{DateText, NhsText, count, counted, long_date, showing},
    },
};

/// The address: which day, which period, which page of a list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KpiQuery {
    as_of: String,
    from: String,
    to: String,
    page: u64,
}

impl KpiQuery {
    fn read(pairs: &[(String, String)]) -> Self {
        let get = |name: &str| {
            let pair = pairs.iter().find(|(key, _)| key == name);
            pair.map_or("", |(_, value)| value.trim()).to_owned()
        };
        Self {
            as_of: get("as_of"),
            from: get("from"),
            to: get("to"),
            page: get("page").parse().unwrap_or(1),
        }
    }

    fn day(text: &str) -> Result<Option<Date>, ()> {
        match text {
            "" => Ok(None),
            text => text.parse().map(Some).map_err(|_| ()),
        }
    }

    /// What is asked, or what is wrong with it.
    fn ask(&self) -> Result<Ask, Vec<FieldError>> {
        let mut wrong = Vec::new();
        let mut day = |target: &str, text: &str, what: &str| {
            Self::day(text).unwrap_or_else(|()| {
                wrong.push(FieldError {
                    target: target.to_owned(),
                    message: format!("{what} is not a date: write it as 2026-03-31"),
                });
                None
            })
        };
        let as_of = day("as_of", &self.as_of, "The day");
        let first = day("from", &self.from, "The first day");
        let last = day("to", &self.to, "The last day");
        if wrong.is_empty() && first.is_some() != last.is_some() {
            let target = if first.is_none() { "from" } else { "to" };
            wrong.push(FieldError {
                target: target.to_owned(),
                message: "A period needs its first and its last day".to_owned(),
            });
        }
        if wrong.is_empty() {
            Ok(Ask {
                as_of,
                period: first.zip(last),
            })
        } else {
            Err(wrong)
        }
    }
}

/// An address with the same question; only dates get into it.
pub fn on(path: &str, ask: &Ask, page: u64) -> String {
    let mut pairs = Vec::new();
    if let Some(day) = ask.as_of {
        pairs.push(format!("as_of={day}"));
    }
    if let Some((first, last)) = ask.period {
        pairs.push(format!("from={first}"));
        pairs.push(format!("to={last}"));
    }
    if page > 1 {
        pairs.push(format!("page={page}"));
    }
    if pairs.is_empty() {
        path.to_owned()
    } else {
        format!("{path}?{}", pairs.join("&"))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for KpiQuery {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, StatusCode> {
        let Query(pairs) = Query::<Vec<(String, String)>>::from_request_parts(parts, state)
            .await
            .map_err(|_| StatusCode::BAD_REQUEST)?;
        Ok(Self::read(&pairs))
    }
}

pub async fn show(State(state): State<WebState>, caller: Caller, query: KpiQuery) -> Answer {
    let (mut wrong, mut ask) = match query.ask() {
        Ok(ask) => (Vec::new(), ask),
        Err(wrong) => (wrong, Ask::default()),
    };
    let report = |ask: Ask| {
        let scope = caller.scope.clone();
        blocking(&state, move |app| kpi::report(app, &scope, &ask))
    };
    let view = match report(ask).await {
        Err(Error::Invalid(fields)) => {
            wrong = errors(&fields, &[]);
            ask = Ask::default();
            report(ask).await?
        }
        other => other?,
    };
    let status = if wrong.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    respond::page_as(
        status,
        &page(caller.chrome(&state), &view, &ask, &query, wrong),
    )
}

fn page(
    chrome: Chrome,
    view: &KpiView,
    ask: &Ask,
    query: &KpiQuery,
    wrong: Vec<FieldError>,
) -> Kpis {
    let date = |name: &str, label: &str, typed: &str| {
        let mut input = Input::text(name, label)
            .class("nhsuk-input--width-10")
            .value(typed)
            .error(error_at(&wrong, name));
        input.kind = "date";
        input
    };
    let dates = vec![
        date("as_of", "As known on (today if empty)", &query.as_of),
        date("from", "Diagnosed from", &query.from),
        date("to", "Diagnosed up to", &query.to),
    ];
    Kpis {
        line: line(
            view.report.as_of,
            view.report.period,
            Some(known_then(&view.report)),
        ),
        shortcuts: shortcuts(view.today),
        empty: view.report.records == 0,
        cards: cards(view, ask),
        note: definitions().note.clone(),
        referral_words: if view.report.referral_counts {
            "KPIs 7 and 9 to 11 count a referral to the GP or for an opinion as bone therapy recommended. A setting says so."
        } else {
            "KPIs 7 and 9 to 11 do not count a referral to the GP or for an opinion as bone therapy recommended. A setting says so."
        },
        dates,
        chrome: chrome.with_errors(wrong).titled("KPIs", None),
    }
}

/// Fractures that had been diagnosed on the day of the report.
fn known_then(report: &Report) -> u64 {
    let later = report
        .get(Kpi::Assessment)
        .and_then(|kpi| {
            kpi.because
                .iter()
                .find(|(reason, _)| *reason == Reason::NotYetDiagnosed)
        })
        .map_or(0, |(_, number)| *number);
    report.records.saturating_sub(later)
}

fn line(as_of: Date, period: Option<(Date, Date)>, records: Option<u64>) -> String {
    let accepted = records.map_or(String::new(), |n| {
        format!(
            "{}, ",
            counted(n, "accepted fracture", "accepted fractures")
        )
    });
    let diagnosed = match period {
        Some((first, last)) => {
            format!("diagnosed from {} to {}", long_date(first), long_date(last))
        }
        None => "whenever diagnosed".to_owned(),
    };
    // How many there are does not depend on the period; how many count does.
    let counts = if records.is_some() && period.is_some() {
        "counting those "
    } else {
        ""
    };
    crate::view::text::sentence(&format!(
        "{accepted}{counts}{diagnosed}, as known on {}.",
        long_date(as_of)
    ))
}

fn shortcuts(today: Date) -> Vec<Link> {
    let year = |date: Date| {
        let ask = Ask {
            as_of: None,
            period: Some((date.first_of_year(), date.last_of_year())),
        };
        Link::new(on("/kpi", &ask, 1), format!("Diagnosed in {}", date.year()))
    };
    vec![
        year(today),
        year(today.saturating_sub(1.year())),
        Link::new("/kpi", "Everybody"),
    ]
}

pub async fn people(
    State(state): State<WebState>,
    caller: Caller,
    Path((of, set)): Path<(String, String)>,
    query: KpiQuery,
) -> Answer {
    let of = Measure::from_code(&of).ok_or(Failure::NotFound)?;
    let set = Set::from_code(&set).ok_or(Failure::NotFound)?;
    let ask = query.ask().map_err(|_| Failure::NotFound)?;
    let (scope, number) = (caller.scope.clone(), query.page);
    let found = blocking(&state, move |app| {
        Ok((
            kpi::people(app, &scope, of, set, &ask, number)?,
            app.clock.today(),
        ))
    })
    .await;
    let (found, today) = match found {
        // Nobody gets here but by an address typed by hand.
        Err(Error::Invalid(_)) => return Err(Failure::NotFound),
        other => other?,
    };
    respond::page(&list(caller.chrome(&state), &found, &ask, today))
}

pub fn code(of: Measure) -> &'static str {
    match of {
        Measure::Kpi(kpi) => kpi.code(),
        Measure::Beside(beside) => beside.code(),
    }
}

fn title(of: Measure) -> &'static str {
    match of {
        Measure::Kpi(kpi) => kpi.words(),
        Measure::Beside(beside) => beside.words(),
    }
}

fn list(chrome: Chrome, found: &People, ask: &Ask, today: Date) -> KpiPeople {
    let heading = format!("{}: {}", title(found.of), found.set.words().to_lowercase());
    let address = |set: Set| format!("/kpi/{}/{}", code(found.of), set.code());
    let kpi = match found.of {
        Measure::Kpi(kpi) => kpi,
        Measure::Beside(beside) => beside.kpi(),
    };
    let shown = found.people.len() as u64;
    let first = (found.page - 1) * u64::from(PER_PAGE) + 1;
    KpiPeople {
        chrome: chrome.titled(
            &format!("{heading}, {}", count(found.total)),
            Some(found.page),
        ),
        back: Link::new(
            format!("{}#kpi-{}", on("/kpi", ask, 1), kpi.number()),
            "All KPIs",
        ),
        line: line(found.as_of, found.period, None),
        sets: Set::ALL
            .iter()
            .map(|&set| SetTab {
                text: set.words(),
                href: on(&address(set), ask, 1),
                current: set == found.set,
            })
            .collect(),
        showing: showing(first, shown, found.total),
        people: found
            .people
            .iter()
            .map(|counted| somebody(counted, found, today))
            .collect(),
        pagination: Pagination::new(found.page, found.pages, |page| {
            on(&address(found.set), ask, page)
        }),
        heading,
    }
}

fn somebody(counted: &Counted, found: &People, today: Date) -> Somebody {
    let entry = &counted.entry;
    Somebody {
        href: format!("/episodes/{}", entry.episode),
        name: entry.name.to_string(),
        nhs: NhsText::from(entry.nhs_number.as_ref()),
        age: entry.born.map_or_else(
            || "Not known".to_owned(),
            |born| age_on(born, today).to_string(),
        ),
        fracture: entry.fracture.clone(),
        diagnosed: DateText::from(counted.diagnosed_on),
        hospital: site_name(&found.sites, &entry.site),
        standing: match counted.standing {
            Standing::Met => Set::Met.words().to_owned(),
            Standing::NotMet => Set::NotMet.words().to_owned(),
            Standing::NotEligible(reason) => reason.words().to_owned(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> KpiQuery {
        let own = |(a, b): &(&str, &str)| ((*a).to_owned(), (*b).to_owned());
        KpiQuery::read(&pairs.iter().map(own).collect::<Vec<_>>())
    }

    #[test]
    fn an_address_reads_back_as_it_was_written() {
        let query = read(&[
            ("as_of", "2026-03-31"),
            ("from", "2025-01-01"),
            ("to", "2025-12-31"),
        ]);
        let ask = query.ask().unwrap();
        assert_eq!(
            on("/kpi", &ask, 2),
            "/kpi?as_of=2026-03-31&from=2025-01-01&to=2025-12-31&page=2"
        );
        assert_eq!(on("/kpi", &read(&[]).ask().unwrap(), 1), "/kpi");
    }

    #[test]
    fn what_is_no_date_or_half_a_period_is_said_at_its_field() {
        let targets = |pairs: &[(&str, &str)]| -> Vec<String> {
            let wrong = read(pairs).ask().unwrap_err();
            wrong.into_iter().map(|wrong| wrong.target).collect()
        };
        assert_eq!(targets(&[("as_of", "x"), ("to", "31/12")]), ["as_of", "to"]);
        assert_eq!(targets(&[("from", "2025-01-01")]), ["to"]);
        assert_eq!(targets(&[("to", "2025-01-01")]), ["from"]);
    }
}
