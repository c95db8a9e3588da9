//! What the feeds and the record already answer, so that nobody types it again. Proposals: nothing of this is an answer
//! until somebody saves it.

use std::collections::BTreeMap;

use jiff::{ToSpan, civil::Date};

use super::{Form, FormKind, Value};
use crate::{
    AnchorKind, DIAGNOSED_ON, Episode, HeldResult, Person, SightingKind, Source, TestKind,
    care::ReferralKind,
};

/// A proposed answer, and where it comes from in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    pub value: Value,
    pub from: String,
}

/// Proposals by question, for those that nobody has answered.
pub fn proposals(person: &Person, episode: &Episode) -> BTreeMap<String, Proposal> {
    let mut proposals = BTreeMap::new();
    fracture(person, episode, &mut proposals);
    results(person, episode, &mut proposals);
    proposals.retain(|question, _| !episode.care.assessment.answers.contains_key(question));
    proposals
}

type Proposals = BTreeMap<String, Proposal>;

fn put(into: &mut Proposals, question: &str, value: impl Into<String>, from: impl Into<String>) {
    into.insert(
        question.to_owned(),
        Proposal {
            value: Value::one(value),
            from: from.into(),
        },
    );
}

fn fracture(person: &Person, episode: &Episode, into: &mut Proposals) {
    let diagnosed = episode.diagnosed();
    if !matches!(diagnosed.kind, AnchorKind::Entered | AnchorKind::Listed) {
        put(
            into,
            DIAGNOSED_ON,
            diagnosed.on.to_string(),
            format!("Feeds: {}", diagnosed.kind.words()),
        );
    }
    put(
        into,
        "fracture.contacted_on",
        terms::london_date(episode.raised_at).to_string(),
        "Herald: the day it was listed",
    );
    let questions = ["fracture.site_1", "fracture.site_2", "fracture.site_3"];
    for (question, site) in questions.iter().zip(episode.sites()) {
        put(into, question, site.site.code(), "Feeds");
    }
    let kinds = || episode.sightings.iter().map(|seen| seen.sighting.kind);
    let injured = kinds().any(|kind| kind == SightingKind::EmergencyAttendance)
        || episode
            .sightings
            .iter()
            .any(|seen| seen.sighting.reading.mechanism.is_some());
    if injured {
        put(into, "fracture.type", "injury", "Feeds");
    }
    if kinds().any(|kind| kind == SightingKind::InpatientEpisode) {
        put(into, "fracture.admitted", "yes", "Feeds: inpatient stay");
    }
    let low = episode
        .sightings
        .iter()
        .filter_map(|seen| seen.sighting.reading.mechanism.as_ref())
        .any(|mechanism| mechanism.energy == finder::Energy::Low);
    if low {
        put(
            into,
            "fracture.mechanism",
            "standing",
            "Feeds: low-energy injury",
        );
    }
    if let Some(earlier) = person.refracture_of(episode) {
        put(
            into,
            "risk.previous_fracture",
            "yes",
            "Record: an earlier fracture",
        );
        let on = earlier
            .fracture_date()
            .map(|day| day.strftime(", %-d %B %Y").to_string())
            .unwrap_or_default();
        put(
            into,
            "risk.previous_fracture_which",
            format!("{}{on}", earlier.words()),
            "Record: an earlier fracture",
        );
    }
}

/// Results that are final, the newest of each measure.
fn results(person: &Person, episode: &Episode, into: &mut Proposals) {
    let mut held: Vec<&HeldResult> = person
        .results
        .iter()
        .filter(|held| !held.result.preliminary)
        .collect();
    held.sort_by_key(|held| (held.result.taken_on, held.seq));
    let bloods = held
        .iter()
        .filter(|held| held.result.kind == TestKind::Blood);
    let newest = bloods.filter_map(|held| held.result.taken_on).max();
    let weeks = Form::get(FormKind::Assessment).bloods_together_weeks;
    let together = newest
        .zip(weeks)
        .map(|(day, weeks)| day.saturating_sub(weeks.weeks()));
    held.retain(|held| {
        held.result.kind != TestKind::Blood
            || held.result.taken_on.is_none_or(|day| Some(day) >= together)
    });
    for held in held {
        let (status, day) = match held.result.kind {
            TestKind::Dxa => ("dxa.status", "dxa.scanned_on"),
            TestKind::Blood => ("blood.status", "blood.taken_on"),
        };
        let from = label(held);
        put(into, status, "done", from.clone());
        if let Some(taken) = held.result.taken_on {
            put(into, day, taken.to_string(), from.clone());
        }
        for measure in &held.result.measures {
            let Some(question) = &measure.answers else {
                continue;
            };
            let value = match &measure.range {
                Some(range) if held.result.kind == TestKind::Blood => {
                    Value::Many(vec![measure.value.clone(), range.clone()])
                }
                _ => Value::one(measure.value.clone()),
            };
            into.insert(
                question.clone(),
                Proposal {
                    value,
                    from: from.clone(),
                },
            );
        }
    }
    let asked = |kind| {
        episode
            .care
            .referrals
            .iter()
            .any(|noted| noted.what.kind == kind)
    };
    if asked(ReferralKind::Dxa) && !into.contains_key("dxa.status") {
        put(into, "dxa.status", "ordered", "Herald: the referral");
    }
    if asked(ReferralKind::Bloods) && !into.contains_key("blood.status") {
        put(into, "blood.status", "asked", "Herald: the referral");
    }
}

fn label(held: &HeldResult) -> String {
    let source = match &held.source {
        Source::Feed { label, .. } => label.clone(),
        _ => "Result".to_owned(),
    };
    match held.result.taken_on {
        Some(day) => format!("{source}, {}", day_words(day)),
        None => source,
    }
}

fn day_words(day: Date) -> String {
    day.strftime("%-d %B %Y").to_string()
}
