use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use crate::{
    CloseReason, Details, EpisodeId, ItemId, Needs, RejectReason, ResultAction, SetAsideReason,
    Sighting, TestResult, UserId, care::Done,
};

/// One thing that became known or was decided about a person. Nothing is edited: a correction is a new fact
/// that names the one it corrects.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "snake_case")]
pub enum Fact {
    /// Details as a source gave them, only those that were news.
    Details {
        details: Details,
    },
    /// A source saw a fracture. `corrects` names the earlier sighting with the same key that this one replaces.
    Sighted {
        episode: EpisodeId,
        sighting: Box<Sighting>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        corrects: Option<u32>,
    },
    /// A source that lists nobody speaks against a fracture on record: it denies the fracture, calls it old, or names
    /// another cause. It opens, reopens and closes nothing. `corrects` as above.
    SpokenAgainst {
        episode: EpisodeId,
        sighting: Box<Sighting>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        corrects: Option<u32>,
    },
    /// The source took a sighting back: deleted, sent for the wrong person, or corrected to no fracture.
    SightingWithdrawn {
        episode: EpisodeId,
        of: u32,
        because: String,
    },
    Accepted {
        episode: EpisodeId,
    },
    Rejected {
        episode: EpisodeId,
        reason: RejectReason,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<String>,
    },
    SetAside {
        episode: EpisodeId,
        reason: SetAsideReason,
        until: Date,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<String>,
    },
    /// A candidate turned out to be another sighting of a fracture already known.
    BelongsTo {
        episode: EpisodeId,
        to: EpisodeId,
    },
    /// The pathway ends here, with the reason.
    Closed {
        episode: EpisodeId,
        reason: CloseReason,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<String>,
    },
    /// A decision was taken back.
    Undone {
        episode: EpisodeId,
        of: u32,
    },
    /// Something done for somebody after a fracture that was accepted.
    Care {
        episode: EpisodeId,
        done: Box<Done>,
    },
    /// What somebody needs in order to be told and heard; replaces what was recorded before.
    NeedsRecorded {
        needs: Needs,
    },
    /// A scan or blood result. `corrects` names the earlier version that this one replaces.
    ResultArrived {
        result: Box<TestResult>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        corrects: Option<u32>,
    },
    ResultWithdrawn {
        of: u32,
        because: String,
    },
    ResultSeen {
        of: u32,
        action: ResultAction,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<String>,
    },
}

/// A fact as it stands on the timeline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recorded {
    pub seq: u32,
    pub at: Timestamp,
    pub by: Actor,
    pub source: Source,
    pub fact: Fact,
}

/// Who put a fact there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "actor", rename_all = "snake_case")]
pub enum Actor {
    Staff {
        user: UserId,
        name: String,
    },
    /// Herald itself, in the named job.
    Herald {
        job: String,
    },
    /// The patient, through the questionnaire.
    Patient,
}

/// Where a fact came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "source", rename_all = "snake_case")]
pub enum Source {
    /// A message or row in the inbox. `label` says which feed, for people: "Southend radiology, XR Wrist".
    Feed { item: ItemId, label: String },
    /// A member of staff in the ordinary course of work.
    Staff,
    /// The patient's own words.
    Patient,
    /// A member of staff who was told by somebody outside the feeds.
    ByHand { told_by: Referrer },
}

terms::vocabulary! {
    /// Who told the service of somebody whom no feed brought.
    Referrer {
        Ward = "ward", "Ward";
        Gp = "gp", "GP";
        Radiologist = "radiologist", "Radiologist";
        SelfReferral = "self", "The person themselves";
    }
}

impl Actor {
    pub fn words(&self) -> &str {
        match self {
            Self::Staff { name, .. } => name,
            Self::Herald { .. } => "Herald",
            Self::Patient => "The patient",
        }
    }
}

impl Fact {
    pub fn episode(&self) -> Option<EpisodeId> {
        match self {
            Self::Details { .. }
            | Self::NeedsRecorded { .. }
            | Self::ResultArrived { .. }
            | Self::ResultWithdrawn { .. }
            | Self::ResultSeen { .. } => None,
            Self::Sighted { episode, .. }
            | Self::SpokenAgainst { episode, .. }
            | Self::SightingWithdrawn { episode, .. }
            | Self::Accepted { episode }
            | Self::Rejected { episode, .. }
            | Self::SetAside { episode, .. }
            | Self::BelongsTo { episode, .. }
            | Self::Closed { episode, .. }
            | Self::Care { episode, .. }
            | Self::Undone { episode, .. } => Some(*episode),
        }
    }
}
