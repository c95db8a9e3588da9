//! Codes and text together: what stands for a fracture, the strongest first, and what speaks against it.
//!
//! The order is a proposal of the project, not approved by a clinician. It asks one question of each source: how near
//! was whoever wrote it to the bone, and how much did they know?
//!
//! - A **report** that states a fracture comes first: somebody looked at the bone. One that gives side or level was
//!   looked at more closely. What a report says is reliable; what it leaves out is not (of the vertebral fractures
//!   that can be seen on a scan about half are reported: Mitchell 2017, PMC5547187; Ong 2021).
//! - A **diagnosis after an inpatient stay** is coded from the whole record once it is complete. Of hospital codes of a
//!   hip fracture 63 to 96% are right (Hudson 2013, review of 12 studies), of a vertebral one 91% in American hospital
//!   data (Curtis, cited in Lix 2012), but 60% in Korean data of codes, procedures and imaging (Yu 2022).
//! - An **operation for a fracture** is hardly coded where there was none, but says little of which bone.
//! - What **staff entered** was told to them by somebody who knew.
//! - A diagnosis **coded in the emergency department** or on admission is a first impression, often made before the
//!   film is reported, and one code per bone: it cannot tell the wrist from the shaft of the radius (ECDS). The same
//!   American data have 46% right where codes of every kind of contact count.
//! - **Words** of a clinic list or a message carry no code and were typed in a hurry.
//! - A **doubt** in a report, and the **reason for coming**, say what somebody thought of, not what was found.

use std::cmp::Reverse;

use finder::{Evidence, Why};
use jiff::civil::Date;
use terms::{CodeSystem, Listing};

use crate::{
    Episode, Person, Seen, Sighting, SightingKind,
    contradiction::{self, Contradiction},
};

terms::vocabulary! {
    /// How strongly a source speaks for a fracture, the strongest first.
    Strength {
        ReportPlaced = "report_placed", "An imaging report states the fracture and its side or level";
        Report = "report", "An imaging report states the fracture";
        InpatientCode = "inpatient_code", "Coded after an inpatient stay, from the whole record";
        Procedure = "procedure", "An operation for a fracture is coded";
        ByHand = "by_hand", "Entered by staff who were told of it";
        EmergencyCode = "emergency_code", "Coded in the emergency department or on admission, often before the film is reported";
        Words = "words", "Named in words, without a code";
        Doubt = "doubt", "Raised as possible, not stated";
        Reason = "reason", "Given as the reason for coming, before anybody had looked";
    }
}

impl Strength {
    /// Nothing for a source that lists nobody.
    pub fn of(sighting: &Sighting) -> Option<Self> {
        let reading = &sighting.reading;
        // That the cause is not known casts no doubt on the fracture.
        let doubted = reading.list == Listing::Look && reading.why != Why::UndeterminedCause;
        let placed = || {
            contradiction::claims(sighting)
                .any(|finding| finding.side.is_some() || !finding.level.is_empty())
        };
        Some(match sighting.kind {
            _ if reading.list == Listing::No => return None,
            SightingKind::ByHand => Self::ByHand,
            SightingKind::Admission if doubted => Self::Reason,
            _ if doubted => Self::Doubt,
            SightingKind::Report if placed() => Self::ReportPlaced,
            SightingKind::Report => Self::Report,
            _ => match coded(sighting) {
                Coded::Not => Self::Words,
                Coded::OnlyOperation => Self::Procedure,
                Coded::Diagnosis if sighting.kind == SightingKind::InpatientEpisode => {
                    Self::InpatientCode
                }
                Coded::Diagnosis => Self::EmergencyCode,
            },
        })
    }
}

enum Coded {
    Not,
    OnlyOperation,
    Diagnosis,
}

fn coded(sighting: &Sighting) -> Coded {
    let mut coded = Coded::Not;
    for finding in &sighting.reading.findings {
        match &finding.evidence {
            Evidence::Code {
                system: CodeSystem::Opcs4,
                ..
            } if matches!(coded, Coded::Not) => coded = Coded::OnlyOperation,
            Evidence::Code {
                system: CodeSystem::Opcs4,
                ..
            }
            | Evidence::Span { .. } => {}
            Evidence::Code { .. } => return Coded::Diagnosis,
        }
    }
    coded
}

/// The code of an operation that this source gives, with its title.
pub fn operation(sighting: &Sighting) -> Option<(&str, &str)> {
    sighting
        .reading
        .findings
        .iter()
        .find_map(|finding| match &finding.evidence {
            Evidence::Code {
                system: CodeSystem::Opcs4,
                code,
                title,
            } => Some((code.as_str(), title.as_str())),
            _ => None,
        })
}

/// Orders sources whatever the order in which they arrived: by strength; one with an operation beside the diagnosis
/// before one without; the newest first; what is left by the source's own key.
pub(crate) fn rank(sighting: &Sighting) -> impl Ord + use<'_> {
    let strength = Strength::of(sighting);
    (
        strength.is_none(),
        strength,
        operation(sighting).is_none(),
        Reverse(sighting.seen_on),
        sighting.key.as_str(),
    )
}

/// One source with its weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weighed<'a> {
    pub seen: &'a Seen,
    /// Nothing for a source that speaks against.
    pub strength: Option<Strength>,
}

/// What is known of one fracture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidenced<'a> {
    /// The strongest first.
    pub stands_for: Vec<Weighed<'a>>,
    /// The newest first.
    pub against: Vec<Weighed<'a>>,
    pub contradictions: Vec<Contradiction<'a>>,
    /// An operation that some source codes makes every other source surer: code and title.
    pub operation: Option<(&'a str, &'a str)>,
}

impl Evidenced<'_> {
    /// Some contradiction is left for a person to settle.
    pub fn disagree(&self) -> bool {
        self.contradictions.iter().any(Contradiction::is_open)
    }
}

/// Everything that speaks for and against one fracture.
pub fn weigh<'a>(person: &'a Person, episode: &'a Episode) -> Evidenced<'a> {
    let weighed = |seen: &'a Seen| Weighed {
        seen,
        strength: Strength::of(&seen.sighting),
    };
    let mut stands_for: Vec<Weighed<'_>> = episode.sightings.iter().map(weighed).collect();
    stands_for.sort_by(|a, b| rank(&a.seen.sighting).cmp(&rank(&b.seen.sighting)));
    let mut against: Vec<Weighed<'_>> = episode.against.iter().map(weighed).collect();
    against.sort_by_key(|weighed| Reverse(newest(&weighed.seen.sighting)));
    Evidenced {
        operation: stands_for
            .iter()
            .find_map(|weighed| operation(&weighed.seen.sighting)),
        contradictions: contradiction::all(person, episode),
        stands_for,
        against,
    }
}

fn newest(sighting: &Sighting) -> (Option<Date>, &str) {
    (sighting.seen_on, sighting.key.as_str())
}
