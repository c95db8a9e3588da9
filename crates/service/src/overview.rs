//! What the lead clinician looks at: how every list stands, what is oldest, what is stuck.

use jiff::civil::Date;
use store::worklist::{self, Entry, List, Order, Query, Standing};

use crate::{App, May, Scope, access::demand, error::Result, today};

/// As many as are shown of each.
const MOST: u32 = 10;

#[derive(Debug, Clone)]
pub struct Overview {
    pub today: Date,
    pub standings: Vec<Standing>,
    /// Results that nobody has looked at, and worrying answers: oldest first.
    pub unseen: Vec<Entry>,
    /// Letters begun and not sent, or not written: oldest first.
    pub letters: Vec<Entry>,
    /// In care, overdue, and nothing has happened: longest first.
    pub stalled: Vec<Entry>,
    pub stalled_count: u64,
    /// Not yet assessed, oldest first.
    pub assess: Vec<Entry>,
    pub sites: Vec<store::settings::Site>,
}

pub fn overview(app: &App, scope: &Scope) -> Result<Overview> {
    demand(scope, May::SeeOverview)?;
    let today = app.clock.today();
    let overview = app.store.read(|tx| -> Result<Overview> {
        let query = |list| Query {
            list,
            today,
            fracture: None,
            disagree: false,
            order: Order::Due,
            descending: false,
            offset: 0,
            most: MOST,
        };
        let stalled = query(List::Stalled(today::stalled_since(app, today)));
        Ok(Overview {
            today,
            standings: worklist::standings(tx, scope, today)?,
            unseen: worklist::page(tx, scope, &query(List::Of(pathway::List::Results)))?,
            letters: worklist::page(tx, scope, &query(List::Of(pathway::List::Letters)))?,
            stalled_count: worklist::count(tx, scope, &stalled)?,
            stalled: worklist::page(tx, scope, &stalled)?,
            assess: worklist::page(tx, scope, &query(List::Of(pathway::List::Assess)))?,
            sites: store::settings::sites(tx, scope)?,
        })
    })?;
    let mut shown: Vec<pathway::PersonId> = [
        &overview.unseen,
        &overview.letters,
        &overview.stalled,
        &overview.assess,
    ]
    .into_iter()
    .flatten()
    .map(|entry| entry.person)
    .collect();
    shown.sort_unstable();
    shown.dedup();
    app.store.write(|tx| {
        let now = app.clock.now();
        store::access::record(
            tx,
            scope,
            now,
            "overview_opened",
            &shown,
            serde_json::json!({}),
        )
    })?;
    Ok(overview)
}
