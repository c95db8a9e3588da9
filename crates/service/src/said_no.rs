//! What the reader said no to: by reason and source, a random sample to review, and what the reviews say about
//! how many are missed.

use std::{collections::BTreeMap, sync::Arc};

use jiff::{ToSpan, civil::Date};
use measures::{Missed, Sensitivity, Stratum, missed, sensitivity};
use pathway::{ItemId, Sighting};
use serde_json::json;
use store::{
    Tx,
    listed::{self, Found},
    said_no::{self, Verdict},
    settings::Site,
};

use crate::{
    App, May, Scope,
    access::demand,
    drift,
    error::{Error, Result},
    ruling::Ruling,
    views::PersonCard,
    work,
};

#[derive(Debug, Clone)]
pub struct Refusals {
    pub rows: Vec<Row>,
    pub refused: u64,
    pub reviewed: u64,
    /// Nothing until something was reviewed.
    pub missed: Option<Missed>,
    /// All, then each hospital and kind of message.
    pub sensitivity: Vec<Estimate>,
    /// Month by month, oldest first, each over the twelve months up to it.
    pub months: Vec<Estimate>,
    pub may_review: bool,
}

/// What share of those who should be listed is listed, as far as is known.
#[derive(Debug, Clone, PartialEq)]
pub struct Estimate {
    /// Of what.
    pub words: String,
    pub found: u64,
    pub refused: u64,
    pub reviewed: u64,
    /// Found missed on reading again, or not sure.
    pub missed: u64,
    /// Nothing until something was reviewed.
    pub sensitivity: Option<Sensitivity>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub why: String,
    pub why_words: String,
    pub source: String,
    pub refused: u64,
    pub reviewed: u64,
    pub missed: u64,
    pub unsure: u64,
}

pub fn summary(app: &App, scope: &Scope) -> Result<Refusals> {
    demand(scope, May::SeeRefusals)?;
    let (tally, found, sites) = app.store.read(|tx| -> Result<_> {
        Ok((
            said_no::tally(tx, scope)?,
            listed::found(tx, scope)?,
            store::settings::sites(tx, scope)?,
        ))
    })?;
    // Sampling is random within a reason, so a reason is a stratum.
    let by_reason = strata(&tally, |row| row.why.clone());
    Ok(Refusals {
        refused: tally.iter().map(|row| row.refused).sum(),
        reviewed: tally.iter().map(|row| row.reviewed).sum(),
        missed: missed(&by_reason),
        may_review: crate::may(scope.role(), May::ReviewRefusals),
        sensitivity: by_source(&tally, &found, &sites),
        months: by_month(&tally, &found, app.clock.today()),
        rows: by_kind(tally),
    })
}

/// Groups of what was refused, each with what its review found. "Not sure" counts as missed: an estimate must not be
/// kinder than what was seen.
fn strata<'a, K: Ord>(
    rows: impl IntoIterator<Item = &'a said_no::Row>,
    group: impl Fn(&said_no::Row) -> K,
) -> Vec<Stratum> {
    let mut strata: BTreeMap<K, Stratum> = BTreeMap::new();
    for row in rows {
        let stratum = strata.entry(group(row)).or_insert(Stratum {
            refused: 0,
            reviewed: 0,
            missed: 0,
        });
        stratum.refused += row.refused;
        stratum.reviewed += row.reviewed;
        stratum.missed += row.missed + row.unsure;
    }
    strata.into_values().collect()
}

fn estimate(words: String, rows: &[&said_no::Row], found: u64) -> Estimate {
    let strata = strata(rows.iter().copied(), |row| {
        (row.site.clone(), row.kind.clone(), row.why.clone())
    });
    Estimate {
        words,
        found,
        refused: strata.iter().map(|stratum| stratum.refused).sum(),
        reviewed: strata.iter().map(|stratum| stratum.reviewed).sum(),
        missed: strata.iter().map(|stratum| stratum.missed).sum(),
        sensitivity: sensitivity(found, &strata),
    }
}

/// All, then each hospital and kind.
fn by_source(tally: &[said_no::Row], found: &[Found], sites: &[Site]) -> Vec<Estimate> {
    let mut sources: Vec<(&str, &str)> = tally
        .iter()
        .map(|row| (row.site.as_str(), row.kind.as_str()))
        .chain(
            found
                .iter()
                .map(|row| (row.site.as_str(), row.kind.as_str())),
        )
        .collect();
    sources.sort_unstable();
    sources.dedup();
    let all = estimate(
        "All".to_owned(),
        &tally.iter().collect::<Vec<_>>(),
        found.iter().map(|row| row.items).sum(),
    );
    let each = sources.into_iter().map(|(site, kind)| {
        let rows: Vec<_> = tally
            .iter()
            .filter(|row| row.site == site && row.kind == kind)
            .collect();
        let found = found
            .iter()
            .filter(|row| row.site == site && row.kind == kind)
            .map(|row| row.items)
            .sum();
        let words = format!(
            "{}, {}",
            drift::site_name(sites, site),
            kind_words(kind).to_lowercase()
        );
        estimate(words, &rows, found)
    });
    std::iter::once(all).chain(each).collect()
}

/// As it stood at the end of each of the last twelve months, over the twelve months up to then.
fn by_month(tally: &[said_no::Row], found: &[Found], today: Date) -> Vec<Estimate> {
    let name = |months_ago: i64| {
        let first = today.first_of_month().saturating_sub(months_ago.months());
        (
            first.strftime("%Y-%m").to_string(),
            first.strftime("%B %Y").to_string(),
        )
    };
    (0..12)
        .rev()
        .map(|ago| {
            let ((last, words), (first, _)) = (name(ago), name(ago + 11));
            let within = |month: &str| *first <= *month && *month <= *last;
            let rows: Vec<_> = tally.iter().filter(|row| within(&row.month)).collect();
            let found = found
                .iter()
                .filter(|row| within(&row.month))
                .map(|row| row.items)
                .sum();
            estimate(words, &rows, found)
        })
        .skip_while(|month| month.found + month.refused == 0)
        .collect()
}

fn by_kind(tally: Vec<said_no::Row>) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for row in tally {
        let source = kind_words(&row.kind);
        let held = rows
            .iter_mut()
            .find(|held| held.why == row.why && held.source == source);
        match held {
            Some(held) => {
                held.refused += row.refused;
                held.reviewed += row.reviewed;
                held.missed += row.missed;
                held.unsure += row.unsure;
            }
            None => rows.push(Row {
                why_words: why_words(&row.why),
                source: source.to_owned(),
                why: row.why,
                refused: row.refused,
                reviewed: row.reviewed,
                missed: row.missed,
                unsure: row.unsure,
            }),
        }
    }
    rows.sort_by(|a, b| b.refused.cmp(&a.refused).then_with(|| a.why.cmp(&b.why)));
    rows
}

/// One refused item, with what was read.
#[derive(Debug, Clone)]
pub struct Refused {
    pub item: ItemId,
    pub why: String,
    pub why_words: String,
    pub read: AsRead,
}

/// An item that the reader said no to, as it read it.
#[derive(Debug, Clone)]
pub struct AsRead {
    pub person: PersonCard,
    pub sightings: Vec<Sighting>,
    pub source: String,
}

/// The next of the random sample, which nobody can choose.
pub fn next(app: &App, scope: &Scope, why: Option<&str>) -> Result<Option<Refused>> {
    demand(scope, May::ReviewRefusals)?;
    let Some(user) = scope.user() else {
        return Err(Error::Forbidden);
    };
    let refused = app.store.read(|tx| -> Result<_> {
        let Some(item) = said_no::next(tx, scope, user, why)? else {
            return Ok(None);
        };
        let why = said_no::why(tx, scope, item)?.unwrap_or_default();
        Ok(Some(Refused {
            item,
            why_words: why_words(&why),
            why,
            read: as_read(app, tx, scope, item)?,
        }))
    })?;
    if let Some(refused) = &refused {
        let detail = json!({ "item": refused.item });
        let read = std::slice::from_ref(&refused.read);
        write_down(app, scope, "refusal_opened", read, detail)?;
    }
    Ok(refused)
}

/// The rules that an item was refused under, since those are what is reviewed and nobody is missed twice because they
/// changed meanwhile; failing a refusal, those that count now.
pub(crate) fn refused_by(
    app: &App,
    tx: &mut Tx<'_>,
    scope: &Scope,
    item: ItemId,
) -> Result<Arc<Ruling>> {
    match said_no::refused_at(tx, scope, item)? {
        Some(at) => app.rules_at(tx, at),
        None => app.rules(tx),
    }
}

/// Read once more what the reader said no to.
pub(crate) fn as_read(app: &App, tx: &mut Tx<'_>, scope: &Scope, item: ItemId) -> Result<AsRead> {
    let waiting = store::inbox::item(tx, scope, item)?.ok_or(Error::NotFound)?;
    let ruling = refused_by(app, tx, scope, item)?;
    let prepared = work::prepare(app, &ruling, &waiting)?;
    let file = store::imports::by_id(tx, scope, waiting.import)?
        .map(|i| i.file_name)
        .unwrap_or_default();
    let source = work::source_label(&prepared, &file, waiting.line);
    let mut person = pathway::Person::new(work::new_person(item));
    person.details = prepared.details;
    Ok(AsRead {
        person: PersonCard::of_person(&person, app.clock.today()),
        sightings: prepared.sightings,
        source,
    })
}

/// Somebody refused may be on record all the same; then the look belongs to that record too.
pub(crate) fn write_down(
    app: &App,
    scope: &Scope,
    action: &str,
    shown: &[AsRead],
    detail: serde_json::Value,
) -> Result<()> {
    app.store.write(|tx| -> Result<()> {
        let reader = app.store.identity_scope(scope);
        let mut known = Vec::new();
        for number in shown
            .iter()
            .filter_map(|read| read.person.nhs_number.as_ref())
        {
            known.extend(store::people::by_number(tx, &reader, number)?.map(|card| card.id));
        }
        known.sort_unstable();
        known.dedup();
        let now = app.clock.now();
        Ok(store::access::record(
            tx, scope, now, action, &known, detail,
        )?)
    })
}

/// Record what a clinician found. "Missed" puts the person on the list, or among the identity questions.
pub fn review(
    app: &App,
    scope: &Scope,
    item: ItemId,
    verdict: Verdict,
    note: Option<&str>,
) -> Result<()> {
    demand(scope, May::ReviewRefusals)?;
    let Some(user) = scope.user() else {
        return Err(Error::Forbidden);
    };
    let now = app.clock.now();
    app.store.write(|tx| {
        said_no::why(tx, scope, item)?.ok_or(Error::NotFound)?;
        let before = said_no::verdict_of(tx, item, user)?;
        said_no::review(tx, item, user, verdict, note, now)?;
        if verdict == Verdict::Missed && before != Some(Verdict::Missed) {
            let waiting = store::inbox::item(tx, scope, item)?.ok_or(Error::NotFound)?;
            work::list_after_all(app, scope, tx, &waiting, note, now)?;
        }
        let detail = json!({ "item": item, "verdict": verdict.code() });
        Ok(store::access::record(
            tx,
            scope,
            now,
            "refusal_reviewed",
            &[],
            detail,
        )?)
    })
}

pub fn why_words(code: &str) -> String {
    match code {
        "all_denied" => "Every fracture denied",
        "site_not_taken" => "Only sites that this service does not take",
        "old_only" => "Old fractures only, none of a vertebra",
        "pathological" => "Fracture through a known tumour",
        "high_energy" => "High-energy injury",
        "advice_only" => "Fracture named only in the question or in advice",
        "look_alike" => "Fracture words about something else (metalwork, old wedging, a lung)",
        "no_fracture_word" => "Nothing in the words about a fracture",
        "no_fracture_code" => "No fracture among the codes",
        other => return other.replace('_', " "),
    }
    .to_owned()
}

pub(crate) fn kind_words(kind: &str) -> &'static str {
    match kind {
        "report" => "Imaging reports",
        "emergency_attendance" => "Emergency attendances",
        "inpatient_episode" => "Inpatient stays",
        "clinic_appointment" => "Fracture clinic lists",
        "hospital_message" => "Hospital messages",
        "result" => "Test results",
        _ => "Other",
    }
}
