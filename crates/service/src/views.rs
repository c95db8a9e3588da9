//! What pages show, put together from the timeline but free of layout.

use jiff::{Timestamp, civil::Date};
use pathway::{
    Contradiction, Decision, Disagreement, Episode, EpisodeId, Fact, Outcome, Party, Person,
    PersonId, Recorded, SightingKind, Source,
    evidence::{Strength, Weighed},
};
use store::people::Card;
use terms::{NhsNumber, OdsCode, PersonName, age_on};

use crate::care_words;

/// Enough to name somebody.
#[derive(Debug, Clone)]
pub struct PersonCard {
    pub id: PersonId,
    pub name: PersonName,
    pub nhs_number: Option<NhsNumber>,
    pub born: Option<Date>,
    /// Whole years today, or at death.
    pub age: Option<i16>,
    pub sex: String,
    pub postcode: Option<String>,
    pub died: bool,
    pub died_on: Option<Date>,
    /// What to mind before anybody is rung or written to, as far as the record is open.
    pub needs: Vec<String>,
}

impl PersonCard {
    pub(crate) fn of(card: Card, today: Date) -> Self {
        Self {
            id: card.id,
            name: card.name,
            nhs_number: card.nhs_number,
            born: card.born,
            age: card.born.map(|born| age_on(born, today)),
            sex: card.sex,
            postcode: card.postcode,
            died: card.died,
            died_on: None,
            needs: Vec::new(),
        }
    }

    pub(crate) fn of_person(person: &Person, today: Date) -> Self {
        let details = &person.details;
        let died_on = match details.death {
            Some(pathway::Death::Died(on)) => on,
            _ => None,
        };
        Self {
            id: person.id,
            name: details.name.clone().unwrap_or_default(),
            nhs_number: details.nhs_number.clone(),
            born: details.born,
            age: details
                .born
                .map(|born| age_on(born, died_on.unwrap_or(today))),
            sex: details.sex.unwrap_or_default().words().to_owned(),
            postcode: details.postcode.clone(),
            died: details.died(),
            died_on,
            needs: person.needs.words(),
        }
    }
}

/// One sighting with where it came from.
#[derive(Debug, Clone)]
pub struct SightingView {
    pub seq: u32,
    pub recorded_at: Timestamp,
    pub by: String,
    pub source: String,
    /// Nothing for a source that speaks against.
    pub strength: Option<Strength>,
    pub sighting: pathway::Sighting,
}

impl SightingView {
    pub(crate) fn of(weighed: &Weighed<'_>) -> Self {
        let seen = weighed.seen;
        Self {
            strength: weighed.strength,
            seq: seen.seq,
            recorded_at: seen.at,
            by: seen.by.words().to_owned(),
            source: source_words(&seen.source),
            sighting: seen.sighting.clone(),
        }
    }
}

/// Two sources that cannot both be right.
#[derive(Debug, Clone)]
pub struct DisagreementView {
    pub about: Disagreement,
    pub outcome: Outcome,
    /// Nothing has settled it: a person has to look.
    pub open: bool,
    pub says: PartyView,
    pub but: PartyView,
}

/// One of the two, enough to name it and to find it on its candidate's page.
#[derive(Debug, Clone)]
pub struct PartyView {
    pub episode: EpisodeId,
    pub seq: u32,
    pub kind: SightingKind,
    pub exam: Option<String>,
    pub seen_on: Option<Date>,
    pub hospital: Option<OdsCode>,
    pub said: String,
}

impl DisagreementView {
    pub(crate) fn of(found: Contradiction<'_>) -> Self {
        let party = |party: Party<'_>| {
            let sighting = &party.seen.sighting;
            PartyView {
                episode: party.episode,
                seq: party.seen.seq,
                kind: sighting.kind,
                exam: sighting.exam.clone(),
                seen_on: sighting.seen_on,
                hospital: sighting.hospital.clone(),
                said: party.said,
            }
        };
        Self {
            about: found.about,
            outcome: found.outcome,
            open: found.is_open(),
            says: party(found.says),
            but: party(found.but),
        }
    }
}

/// One fact, in words, with its source.
#[derive(Debug, Clone)]
pub struct TimelineEntry {
    pub seq: u32,
    pub at: Timestamp,
    pub by: String,
    pub source: String,
    /// "Fracture seen", "Accepted", "Details changed".
    pub title: String,
    /// The rest, a line each.
    pub lines: Vec<String>,
    pub episode: Option<EpisodeId>,
    /// The day it happened, where that is another day than the one it was recorded on.
    pub on: Option<Date>,
}

pub(crate) fn source_words(source: &Source) -> String {
    match source {
        Source::Feed { label, .. } => label.clone(),
        Source::Staff => "Entered in Herald".to_owned(),
        Source::Patient => "The patient’s questionnaire".to_owned(),
        Source::ByHand { told_by } => format!("Added by hand; told by: {}", told_by.words()),
    }
}

pub(crate) fn timeline(facts: &[Recorded]) -> Vec<TimelineEntry> {
    facts.iter().rev().map(entry).collect()
}

pub(crate) fn entry(recorded: &Recorded) -> TimelineEntry {
    let (title, lines, on) = words(&recorded.fact);
    TimelineEntry {
        seq: recorded.seq,
        at: recorded.at,
        by: recorded.by.words().to_owned(),
        source: source_words(&recorded.source),
        title,
        lines,
        episode: recorded.fact.episode(),
        on,
    }
}

pub(crate) fn day(date: Date) -> String {
    date.strftime("%-d %B %Y").to_string()
}

fn words(fact: &Fact) -> (String, Vec<String>, Option<Date>) {
    match fact {
        Fact::Details { details } => {
            let mut lines = Vec::new();
            let mut add = |label: &str, value: Option<String>| {
                if let Some(value) = value {
                    lines.push(format!("{label}: {value}"));
                }
            };
            add("Name", details.name.as_ref().map(ToString::to_string));
            add(
                "NHS number",
                details.nhs_number.as_ref().map(ToString::to_string),
            );
            add("Born", details.born.map(day));
            add("Sex", details.sex.map(|sex| sex.words().to_owned()));
            add(
                "Address",
                details.address.as_ref().map(|lines| lines.join(", ")),
            );
            add("Postcode", details.postcode.clone());
            add("Phone", details.phone.clone());
            add(
                "GP practice",
                details.practice.as_ref().map(ToString::to_string),
            );
            for id in &details.local_ids {
                add(
                    "Hospital number",
                    Some(format!("{} ({})", id.value, id.system)),
                );
            }
            match details.death {
                Some(pathway::Death::Died(Some(on))) => add("Died", Some(day(on))),
                Some(pathway::Death::Died(None)) => add("Died", Some("date not known".to_owned())),
                Some(pathway::Death::Alive) => add("Said to be alive", Some("yes".to_owned())),
                None => {}
            }
            ("Details recorded".to_owned(), lines, None)
        }
        Fact::Sighted {
            sighting, corrects, ..
        } => {
            let title = if corrects.is_some() {
                "Sighting corrected"
            } else {
                "Fracture seen"
            };
            let mut lines = vec![format!(
                "{}: {}",
                sighting.kind.words(),
                sighting.reading.reason
            )];
            lines.extend(sighting.exam.clone());
            (title.to_owned(), lines, sighting.seen_on)
        }
        Fact::SpokenAgainst {
            sighting, corrects, ..
        } => {
            let title = if corrects.is_some() {
                "Source that speaks against it corrected"
            } else {
                "A source speaks against it"
            };
            let said = format!("{}: {}", sighting.kind.words(), sighting.reading.reason);
            let lines = [said].into_iter().chain(sighting.exam.clone()).collect();
            (title.to_owned(), lines, sighting.seen_on)
        }
        Fact::SightingWithdrawn { because, .. } => (
            "Sighting taken back".to_owned(),
            vec![because.clone()],
            None,
        ),
        Fact::Accepted { .. } => ("Accepted as a fragility fracture".to_owned(), vec![], None),
        Fact::Rejected { reason, note, .. } => (
            "Rejected".to_owned(),
            [reason.words().to_owned()]
                .into_iter()
                .chain(note.clone())
                .collect(),
            None,
        ),
        Fact::SetAside {
            reason,
            until,
            note,
            ..
        } => {
            let first = format!("{}; to look again on {}", reason.words(), day(*until));
            (
                "Set aside".to_owned(),
                [first].into_iter().chain(note.clone()).collect(),
                None,
            )
        }
        Fact::BelongsTo { .. } => (
            "Joined to another episode".to_owned(),
            vec!["The same fracture, seen again".to_owned()],
            None,
        ),
        Fact::Closed { reason, note, .. } => (
            "Closed".to_owned(),
            [reason.words().to_owned()]
                .into_iter()
                .chain(note.clone())
                .collect(),
            None,
        ),
        Fact::Care { done, .. } => care_words::done(done),
        Fact::NeedsRecorded { needs } => {
            let lines = needs.words();
            let lines = if lines.is_empty() {
                vec!["Nothing special is needed".to_owned()]
            } else {
                lines
            };
            ("Communication needs recorded".to_owned(), lines, None)
        }
        Fact::ResultArrived { result, corrects } => {
            let title = if corrects.is_some() {
                "Result corrected"
            } else {
                "Result arrived"
            };
            (
                format!("{title}: {}", result.name),
                result.measures.iter().map(care_words::measure).collect(),
                result.taken_on,
            )
        }
        Fact::ResultWithdrawn { because, .. } => {
            ("Result taken back".to_owned(), vec![because.clone()], None)
        }
        Fact::ResultSeen { action, note, of } => (
            "Result seen".to_owned(),
            [format!("{} (entry {of})", action.words())]
                .into_iter()
                .chain(note.clone())
                .collect(),
            None,
        ),
        Fact::Undone { of, .. } => (
            "Decision taken back".to_owned(),
            vec![format!("Undoes entry {of}")],
            None,
        ),
    }
}

/// A decision in words: "Accepted", "Rejected: not a fracture".
pub(crate) fn decision_words(decision: &Decision) -> String {
    match decision {
        Decision::Accept => "Accepted".to_owned(),
        Decision::Reject { reason, .. } => format!("Rejected: {}", reason.words()),
        Decision::SetAside { reason, until, .. } => {
            format!("Set aside until {}: {}", day(*until), reason.words())
        }
        Decision::BelongsTo(_) => "Joined to another episode".to_owned(),
        Decision::Close { reason, .. } => format!("Closed: {}", reason.words()),
    }
}

/// Where an episode stands, in words.
pub(crate) fn state_words(episode: &Episode) -> String {
    use pathway::State;
    match episode.state() {
        State::New => "New to confirm".to_owned(),
        State::SetAside { until, reason, .. } => {
            format!("Set aside until {}: {}", day(until), reason.words())
        }
        State::Accepted => "Accepted".to_owned(),
        State::Rejected { reason } => format!("Rejected: {}", reason.words()),
        State::BelongsTo(_) => "Part of another episode".to_owned(),
        State::Closed { reason } => format!("Closed: {}", reason.words()),
        State::Withdrawn { because } => format!("Withdrawn: {because}"),
    }
}
