//! Decisions for a medicine that was not for the person, or for a specialist: where people often decide otherwise, a pack
//! may be wrong.

use std::collections::BTreeMap;

use guidance::Group;
use jiff::civil::Date;
use store::{
    guidance::Departure,
    worklist::{self, Entry},
};
use terms::Recommended;

use crate::{App, May, Scope, access::demand, error::Result, today::PER_PAGE};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DepartureCount {
    pub medicine: &'static str,
    pub stood: Group,
    pub decisions: usize,
}

/// Decisions for a medicine that was not for the person, or for a specialist, with the reasons given: newest first.
#[derive(Debug, Clone)]
pub struct Departures {
    pub decisions: Vec<Departed>,
    pub total: u64,
    pub pages: u64,
    pub page: u64,
}

#[derive(Debug, Clone)]
pub struct Departed {
    pub entry: Entry,
    pub decided_on: Date,
    pub medicine: &'static str,
    pub stood: Group,
    pub because: String,
}

/// The medicine, and the group it stood in; nothing for a code that this Herald does not know.
fn departed(departure: &Departure) -> Option<(&'static str, Group)> {
    let medicine = Recommended::from_code(&departure.medicine)?;
    Some((medicine.words(), Group::from_code(&departure.stood)?))
}

pub(super) fn counted(departures: &[Departure]) -> Vec<DepartureCount> {
    let mut counts: BTreeMap<(&'static str, Group), usize> = BTreeMap::new();
    for of in departures.iter().filter_map(departed) {
        *counts.entry(of).or_default() += 1;
    }
    let mut counts: Vec<DepartureCount> = counts
        .into_iter()
        .map(|((medicine, stood), decisions)| DepartureCount {
            medicine,
            stood,
            decisions,
        })
        .collect();
    counts.sort_by_key(|count| std::cmp::Reverse(count.decisions));
    counts
}

/// The decisions that went against the packs, with the reasons given. Free words may speak of a patient, and each is
/// shown with its person.
pub fn departures(app: &App, scope: &Scope, page: u64) -> Result<Departures> {
    demand(scope, May::SeePeople)?;
    let found = app.store.read(|tx| -> Result<Departures> {
        let all = store::guidance::departures(tx, scope)?;
        let total = all.len() as u64;
        let pages = total.div_ceil(u64::from(PER_PAGE)).max(1);
        let page = page.clamp(1, pages);
        let first = usize::try_from((page - 1) * u64::from(PER_PAGE)).unwrap_or(usize::MAX);
        let mut decisions = Vec::new();
        for departure in all.into_iter().skip(first).take(PER_PAGE as usize) {
            let Some((medicine, stood)) = departed(&departure) else {
                continue;
            };
            let named = worklist::named(tx, scope, &[departure.episode])?;
            decisions.extend(named.into_iter().map(|entry| Departed {
                entry,
                decided_on: departure.decided_on,
                medicine,
                stood,
                because: departure.because.clone(),
            }));
        }
        Ok(Departures {
            decisions,
            total,
            pages,
            page,
        })
    })?;
    let shown: Vec<_> = found.decisions.iter().map(|d| d.entry.person).collect();
    app.store.write(|tx| {
        let detail = serde_json::json!({ "page": found.page });
        let now = app.clock.now();
        store::access::record(tx, scope, now, "guidance_departures_opened", &shown, detail)
    })?;
    Ok(found)
}
