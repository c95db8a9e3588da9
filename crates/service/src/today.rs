//! Today's lists.

use jiff::civil::Date;
use store::{
    questions,
    worklist::{self, Entry, List, Order, Query},
};

use crate::{App, May, Scope, access::demand, error::Result};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tab {
    #[default]
    New,
    SetAside,
    Duplicates,
}

/// What the address of the page says. Order and page are never remembered.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ask {
    pub tab: Tab,
    /// Hospital site code.
    pub site: Option<String>,
    /// Fracture site code.
    pub fracture: Option<String>,
    pub order: Order,
    pub descending: bool,
    /// From 1.
    pub page: u64,
}

pub const PER_PAGE: u32 = 25;

#[derive(Debug, Clone)]
pub struct Today {
    pub today: Date,
    pub counts: Counts,
    /// Rows of the list asked for, over all pages.
    pub total: u64,
    pub pages: u64,
    /// The page shown: the one asked for, or the last there is.
    pub page: u64,
    pub rows: Rows,
    pub sites: Vec<store::settings::Site>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    pub new: u64,
    pub set_aside: u64,
    pub duplicates: u64,
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
        let mut query = query(ask, today);
        let total_new = worklist::count(
            tx,
            &looking,
            &Query {
                list: List::New,
                ..query.clone()
            },
        )?;
        let set_aside = worklist::count(
            tx,
            &looking,
            &Query {
                list: List::SetAside,
                ..query.clone()
            },
        )?;
        let duplicates = questions::count(tx, &looking, fracture)?;
        let total = match ask.tab {
            Tab::New => total_new,
            Tab::SetAside => set_aside,
            Tab::Duplicates => duplicates,
        };
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
            Tab::New | Tab::SetAside => {
                let entries = worklist::page(tx, &looking, &query)?;
                let shown = entries.iter().map(|entry| entry.person).collect();
                (Rows::Candidates(entries), shown)
            }
        };
        let counts = Counts {
            new: total_new,
            set_aside,
            duplicates,
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
            serde_json::json!({ "list": tab_code(ask.tab), "page": answer.page, "items": items });
        store::access::record(tx, scope, now, "list_opened", &shown, detail)
    })?;
    Ok(answer)
}

fn tab_code(tab: Tab) -> &'static str {
    match tab {
        Tab::New => "new",
        Tab::SetAside => "set_aside",
        Tab::Duplicates => "duplicates",
    }
}

pub(crate) fn query(ask: &Ask, today: Date) -> Query {
    Query {
        list: if ask.tab == Tab::SetAside {
            List::SetAside
        } else {
            List::New
        },
        today,
        fracture: ask.fracture.clone(),
        order: ask.order,
        descending: ask.descending,
        offset: 0,
        most: PER_PAGE,
    }
}

/// How many episodes stand where, for those who may see numbers but no people.
pub fn tally(app: &App, scope: &Scope) -> Result<Vec<(String, u64)>> {
    Ok(app.store.read(|tx| worklist::tally(tx, scope))?)
}
