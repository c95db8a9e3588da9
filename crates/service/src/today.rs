//! Today's lists.

use jiff::{ToSpan, civil::Date};
use store::{
    questions,
    worklist::{self, Entry, List, Order, Query},
};

use crate::{App, May, Scope, access::demand, error::Result};

terms::vocabulary! {
    /// The lists of Today, in the order of the patient's way.
    Tab {
        New = "new", "New to confirm";
        SetAside = "set-aside", "Set aside";
        Duplicates = "duplicates", "Possible duplicates";
        Assess = "assess", "To assess";
        Results = "results", "Results to see";
        Letters = "letters", "Letters";
        Review16 = "review-16", "16-week";
        Review52 = "review-52", "52-week";
        Chase = "chase", "To chase or close";
        Stalled = "stalled", "Stalled";
    }
}

#[expect(clippy::derivable_impls, reason = "a vocabulary derives no default")]
impl Default for Tab {
    fn default() -> Self {
        Self::New
    }
}

impl Tab {
    /// The list of the store that it shows; questions of identity are kept elsewhere.
    fn list(self, stalled_since: Date) -> Option<List> {
        use pathway::List as Of;
        Some(match self {
            Self::New => List::NEW,
            Self::SetAside => List::SET_ASIDE,
            Self::Duplicates => return None,
            Self::Assess => List::Of(Of::Assess),
            Self::Results => List::Of(Of::Results),
            Self::Letters => List::Of(Of::Letters),
            Self::Review16 => List::Of(Of::Review16),
            Self::Review52 => List::Of(Of::Review52),
            Self::Chase => List::Of(Of::Chase),
            Self::Stalled => List::Stalled(stalled_since),
        })
    }

    /// How it is ordered unless asked otherwise: never remembered, so that nobody is hidden by a habit.
    pub fn usual_order(self) -> Order {
        if self.in_care() {
            Order::Due
        } else {
            Order::FractureDate
        }
    }

    /// People in care, who have something due.
    pub fn in_care(self) -> bool {
        !matches!(self, Self::New | Self::SetAside | Self::Duplicates)
    }
}

/// What the address of the page says. Order and page are never remembered.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ask {
    pub tab: Tab,
    /// Hospital site code.
    pub site: Option<String>,
    /// Fracture site code.
    pub fracture: Option<String>,
    /// Only those whose sources disagree.
    pub disagree: bool,
    pub order: Order,
    pub descending: bool,
    /// From 1.
    pub page: u64,
}

pub const PER_PAGE: u32 = 25;
/// Lists that are not open are counted as far as this; above it stands one more.
pub const MANY: u64 = 1_000;

#[derive(Debug, Clone)]
pub struct Today {
    pub today: Date,
    /// How many wait on each list, for the filter chosen; no more than one above [`MANY`] for those that are not open.
    pub counts: Vec<(Tab, u64)>,
    /// Rows of the list asked for, over all pages.
    pub total: u64,
    pub pages: u64,
    /// The page shown: the one asked for, or the last there is.
    pub page: u64,
    pub rows: Rows,
    pub sites: Vec<store::settings::Site>,
}

#[derive(Debug, Clone)]
pub enum Rows {
    Candidates(Vec<Entry>),
    Questions(Vec<questions::Held>),
}

/// The list asked for, and how many wait on each. Writes who was shown.
pub fn today(app: &App, scope: &Scope, ask: &Ask) -> Result<Today> {
    demand(scope, May::SeePeople)?;
    let now = app.clock.now();
    let today = app.clock.today();
    let looking = ask
        .site
        .as_deref()
        .map_or_else(|| scope.clone(), |site| scope.narrowed_to(site));
    let fracture = ask.fracture.as_deref();
    let (answer, shown) = app.store.read(|tx| -> Result<_> {
        let mut query = query(app, ask, today);
        let mut counts = Vec::new();
        for tab in Tab::ALL {
            let waiting = match tab.list(stalled_since(app, today)) {
                None => questions::count(tx, &looking, fracture)?,
                Some(list) => {
                    let query = Query {
                        list,
                        ..query.clone()
                    };
                    // The list on the page is counted to its end, for its pages; of the others it is enough to know
                    // that there are many.
                    let most = (*tab != ask.tab).then_some(MANY + 1);
                    worklist::count_up_to(tx, &looking, &query, most)?
                }
            };
            counts.push((*tab, waiting));
        }
        let total = counts
            .iter()
            .find(|(tab, _)| *tab == ask.tab)
            .map_or(0, |(_, waiting)| *waiting);
        let pages = total.div_ceil(u64::from(PER_PAGE)).max(1);
        let page = ask.page.clamp(1, pages);
        query.offset = (page - 1) * u64::from(PER_PAGE);
        let (rows, shown) = match ask.tab {
            Tab::Duplicates => {
                let by_name = ask.order == Order::Name;
                let held = questions::page(
                    tx,
                    &looking,
                    fracture,
                    by_name,
                    ask.descending,
                    PER_PAGE,
                    query.offset,
                )?;
                (Rows::Questions(held), Vec::new())
            }
            _ => {
                let entries = worklist::page(tx, &looking, &query)?;
                let shown = entries.iter().map(|entry| entry.person).collect();
                (Rows::Candidates(entries), shown)
            }
        };
        let sites = store::settings::sites(tx, scope)?;
        Ok((
            Today {
                today,
                counts,
                total,
                pages,
                page,
                rows,
                sites,
            },
            shown,
        ))
    })?;
    let items: Vec<String> = match &answer.rows {
        Rows::Questions(held) => held.iter().map(|h| h.item.to_string()).collect(),
        Rows::Candidates(_) => Vec::new(),
    };
    app.store.write(|tx| {
        let detail =
            serde_json::json!({ "list": ask.tab.code(), "page": answer.page, "items": items });
        store::access::record(tx, scope, now, "list_opened", &shown, detail)
    })?;
    Ok(answer)
}

pub(crate) fn query(app: &App, ask: &Ask, today: Date) -> Query {
    Query {
        list: ask.tab.list(stalled_since(app, today)).unwrap_or(List::NEW),
        today,
        fracture: ask.fracture.clone(),
        disagree: ask.disagree,
        order: ask.order,
        descending: ask.descending,
        offset: 0,
        most: PER_PAGE,
    }
}

/// Overdue, and nothing has happened since before this day.
pub(crate) fn stalled_since(app: &App, today: Date) -> Date {
    today.saturating_sub(app.settings.stalled_days.days())
}

/// How many episodes stand where, for those who may see numbers but no people.
pub fn tally(app: &App, scope: &Scope) -> Result<Vec<(String, u64)>> {
    Ok(app.store.read(|tx| worklist::tally(tx, scope))?)
}
