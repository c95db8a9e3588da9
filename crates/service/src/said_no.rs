//! What the reader said no to: by reason and source, a random sample to review, and what the reviews say about
//! how many are missed.

use measures::{Missed, Stratum, missed};
use pathway::{ItemId, Sighting};
use serde_json::json;
use store::said_no::{self, Verdict};
use terms::Listing;

use crate::{
    App, May, Scope,
    access::demand,
    error::{Error, Result},
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
    pub may_review: bool,
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
    let tally = app.store.read(|tx| said_no::tally(tx, scope))?;
    // Sampling is random within a reason, so a reason is a stratum. "Not sure" counts as missed: the estimate
    // must not be kinder than what was seen.
    let mut strata: Vec<(String, Stratum)> = Vec::new();
    for row in &tally {
        let at = match strata.iter().position(|(why, _)| *why == row.why) {
            Some(at) => at,
            None => {
                strata.push((
                    row.why.clone(),
                    Stratum {
                        refused: 0,
                        reviewed: 0,
                        missed: 0,
                    },
                ));
                strata.len() - 1
            }
        };
        if let Some((_, stratum)) = strata.get_mut(at) {
            stratum.refused += row.refused;
            stratum.reviewed += row.reviewed;
            stratum.missed += row.missed + row.unsure;
        }
    }
    let strata: Vec<Stratum> = strata.into_iter().map(|(_, stratum)| stratum).collect();
    Ok(Refusals {
        refused: tally.iter().map(|row| row.refused).sum(),
        reviewed: tally.iter().map(|row| row.reviewed).sum(),
        missed: missed(&strata),
        may_review: crate::may(scope.role(), May::ReviewRefusals),
        rows: tally
            .into_iter()
            .map(|row| Row {
                why_words: why_words(&row.why),
                source: kind_words(&row.kind).to_owned(),
                why: row.why,
                refused: row.refused,
                reviewed: row.reviewed,
                missed: row.missed,
                unsure: row.unsure,
            })
            .collect(),
    })
}

/// One refused item, with what was read.
#[derive(Debug, Clone)]
pub struct Refused {
    pub item: ItemId,
    pub why: String,
    pub why_words: String,
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
    let today = app.clock.today();
    let refused = app.store.read(|tx| -> Result<_> {
        let Some(item) = said_no::next(tx, scope, user, why)? else {
            return Ok(None);
        };
        let why = said_no::why(tx, scope, item)?.unwrap_or_default();
        let waiting = store::inbox::item(tx, scope, item)?.ok_or(Error::NotFound)?;
        // By the rules that it was refused under, since those are what is reviewed.
        let at = said_no::refused_at(tx, scope, item)?.ok_or(Error::NotFound)?;
        let ruling = app.rules_at(tx, at)?;
        let prepared = work::prepare(app, &ruling, &waiting)?;
        let file = store::imports::by_id(tx, scope, waiting.import)?
            .map(|i| i.file_name)
            .unwrap_or_default();
        let source = work::source_label(&prepared, &file, waiting.line);
        let mut person = pathway::Person::new(work::new_person(item));
        person.details = prepared.details.clone();
        Ok(Some(Refused {
            item,
            why_words: why_words(&why),
            why,
            person: PersonCard::of_person(&person, today),
            sightings: prepared
                .sightings
                .into_iter()
                .filter(|s| s.reading.list == Listing::No)
                .collect(),
            source,
        }))
    })?;
    if let Some(refused) = &refused {
        let number = refused.person.nhs_number.clone();
        app.store.write(|tx| -> Result<()> {
            // Somebody refused here may be on record all the same; then the look belongs to that record too.
            let reader = app.store.identity_scope(scope);
            let known = match &number {
                Some(number) => store::people::by_number(tx, &reader, number)?,
                None => None,
            };
            let shown: Vec<_> = known.into_iter().map(|card| card.id).collect();
            let detail = json!({ "item": refused.item });
            Ok(store::access::record(
                tx,
                scope,
                app.clock.now(),
                "refusal_opened",
                &shown,
                detail,
            )?)
        })?;
    }
    Ok(refused)
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

fn kind_words(kind: &str) -> &'static str {
    match kind {
        "report" => "Imaging reports",
        "emergency_attendance" => "Emergency attendances",
        "inpatient_episode" => "Inpatient stays",
        "clinic_appointment" => "Fracture clinic lists",
        "hospital_message" => "Hospital messages",
        _ => "Other",
    }
}
