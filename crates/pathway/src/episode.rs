use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use terms::{Level, OdsCode, Side, Site};

use crate::{
    Actor, EpisodeId, Fact, Sighting, Source,
    care::{Care, Done},
    clocks::{Anchor, AnchorKind},
};

/// What follows one index fracture, from the first sighting on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Episode {
    pub id: EpisodeId,
    /// When the first sighting was recorded: since then somebody waits.
    pub raised_at: Timestamp,
    /// Sightings not withdrawn or replaced, in the order recorded.
    pub sightings: Vec<Seen>,
    /// What speaks against it, not withdrawn or replaced, in the order recorded.
    pub against: Vec<Seen>,
    /// Decisions not undone, oldest first.
    pub decisions: Vec<Made>,
    /// Every sighting was taken back by its source.
    pub(crate) withdrawn: Option<String>,
    /// What was done once the fracture was accepted.
    pub care: Care,
    /// Somebody decided on it at least once, whatever became of that.
    pub(crate) decided: bool,
    /// When anything last happened.
    pub last_at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    pub seq: u32,
    pub at: Timestamp,
    pub by: Actor,
    pub source: Source,
    pub sighting: Sighting,
}

/// A decision with who made it and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    pub seq: u32,
    pub at: Timestamp,
    pub by: Actor,
    pub decision: Decision,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    Accept,
    Reject {
        reason: RejectReason,
        note: Option<String>,
    },
    SetAside {
        reason: SetAsideReason,
        until: Date,
        note: Option<String>,
    },
    BelongsTo(EpisodeId),
    Close {
        reason: CloseReason,
        note: Option<String>,
    },
}

/// Where an episode stands. The arrows are in [`Episode::decide`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    New,
    SetAside {
        reason: SetAsideReason,
        until: Date,
        note: Option<String>,
    },
    Accepted,
    Rejected {
        reason: RejectReason,
    },
    BelongsTo(EpisodeId),
    /// Was accepted, and its pathway has ended.
    Closed {
        reason: CloseReason,
    },
    Withdrawn {
        because: String,
    },
}

/// One broken bone, as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FractureSite {
    pub site: Site,
    pub side: Option<Side>,
    pub level: Vec<Level>,
}

terms::vocabulary! {
    RejectReason {
        NotAFracture = "not_a_fracture", "Not a fracture";
        OldFracture = "old_fracture", "Old fracture, already dealt with";
        HighEnergy = "high_energy", "Not a fragility fracture: high-energy injury";
        Pathological = "pathological", "Pathological fracture (tumour or other bone disease)";
        SiteNotTaken = "site_not_taken", "Fracture site that this service does not take";
        WrongPerson = "wrong_person", "The record is about somebody else";
        OutOfArea = "out_of_area", "Lives or is registered outside the area";
        Died = "died", "Has died";
        UnderAnotherService = "under_another_service", "Under another bone service";
    }
}

terms::vocabulary! {
    SetAsideReason {
        AwaitingReport = "awaiting_report", "Waiting for a report or further imaging";
        AwaitingRecords = "awaiting_records", "Waiting for notes or a call back";
        Unwell = "unwell", "Too unwell at present";
        AskColleague = "ask_colleague", "To discuss with a colleague";
        Other = "other", "Another reason (say which)";
    }
}

terms::vocabulary! {
    /// Why a pathway ends.
    CloseReason {
        Completed = "completed", "Completed: handed over to the GP";
        InformedDecline = "informed_decline", "Declined treatment";
        NoTreatmentNeeded = "no_treatment_needed", "No treatment needed";
        DeclinedService = "declined_service", "Does not want to hear from the service";
        NotContactable = "not_contactable", "Could not be reached after three tries";
        Died = "died", "Has died";
        Moved = "moved", "Moved out of the area";
        UnderAnotherService = "under_another_service", "Under another bone service";
        NotFragility = "not_fragility", "Found at assessment not to be a fragility fracture";
    }
}

impl RejectReason {
    /// Refusals that rest on what the evidence said, so that new evidence brings the person back.
    fn new_evidence_reopens(self) -> bool {
        matches!(
            self,
            Self::NotAFracture | Self::OldFracture | Self::WrongPerson
        )
    }
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecisionRefused {
    #[error("this has already been decided: {0}")]
    AlreadyDecided(&'static str),
    #[error("an episode cannot belong to itself")]
    ToItself,
    #[error("only an accepted episode can be closed")]
    NotAccepted,
    #[error("there is no decision to undo")]
    NothingToUndo,
    #[error("somebody has acted on this since; look again before undoing")]
    NotTheLast,
    #[error("choose a date after today to look again")]
    DateNotAhead,
    #[error("say what the other reason is")]
    NoteNeeded,
}

impl Episode {
    pub fn state(&self) -> State {
        let Some(last) = self.decisions.last() else {
            return match &self.withdrawn {
                Some(because) if self.sightings.is_empty() => State::Withdrawn {
                    because: because.clone(),
                },
                _ => State::New,
            };
        };
        match &last.decision {
            Decision::Accept => State::Accepted,
            Decision::Reject { reason, .. }
                if reason.new_evidence_reopens()
                    && self.sightings.iter().any(|s| s.seq > last.seq) =>
            {
                State::New
            }
            Decision::Reject { reason, .. } => State::Rejected { reason: *reason },
            Decision::SetAside {
                reason,
                until,
                note,
            } => State::SetAside {
                reason: *reason,
                until: *until,
                note: note.clone(),
            },
            Decision::BelongsTo(other) => State::BelongsTo(*other),
            Decision::Close { reason, .. } => State::Closed { reason: *reason },
        }
    }

    /// The legal moves: a candidate that is new or set aside can be decided, an accepted episode can be closed;
    /// anything else must be undone first.
    pub fn decide(&self, decision: Decision, today: Date) -> Result<Fact, DecisionRefused> {
        let closes = matches!(decision, Decision::Close { .. });
        match self.state() {
            State::New | State::SetAside { .. } if closes => {
                return Err(DecisionRefused::NotAccepted);
            }
            State::New | State::SetAside { .. } => {}
            State::Accepted if closes => {}
            State::Closed { .. } => return Err(DecisionRefused::AlreadyDecided("closed")),
            State::Accepted => return Err(DecisionRefused::AlreadyDecided("accepted")),
            State::Rejected { .. } => return Err(DecisionRefused::AlreadyDecided("rejected")),
            State::BelongsTo(_) => {
                return Err(DecisionRefused::AlreadyDecided("joined to another episode"));
            }
            State::Withdrawn { .. } => {
                return Err(DecisionRefused::AlreadyDecided("withdrawn by its source"));
            }
        }
        let episode = self.id;
        Ok(match decision {
            Decision::Accept => Fact::Accepted { episode },
            Decision::Reject { reason, note } => Fact::Rejected {
                episode,
                reason,
                note,
            },
            Decision::SetAside { until, .. } if until <= today => {
                return Err(DecisionRefused::DateNotAhead);
            }
            Decision::SetAside {
                reason: SetAsideReason::Other,
                note: None,
                ..
            } => {
                return Err(DecisionRefused::NoteNeeded);
            }
            Decision::SetAside {
                reason,
                until,
                note,
            } => Fact::SetAside {
                episode,
                reason,
                until,
                note,
            },
            Decision::BelongsTo(to) if to == episode => return Err(DecisionRefused::ToItself),
            Decision::BelongsTo(to) => Fact::BelongsTo { episode, to },
            Decision::Close { reason, note } => Fact::Closed {
                episode,
                reason,
                note,
            },
        })
    }

    /// Take back the last decision, named by its place on the timeline so that nobody undoes another's.
    pub fn undo(&self, of: u32) -> Result<Fact, DecisionRefused> {
        match self.decisions.last() {
            None => Err(DecisionRefused::NothingToUndo),
            Some(last) if last.seq != of => Err(DecisionRefused::NotTheLast),
            Some(_) => Ok(Fact::Undone {
                episode: self.id,
                of,
            }),
        }
    }

    /// Somebody decided on it at least once, whatever became of that: before, nothing but confirming can wait.
    pub fn was_decided(&self) -> bool {
        self.decided
    }

    /// The day of the fracture: the earliest that any sighting gives.
    pub fn fracture_date(&self) -> Option<Date> {
        self.sightings
            .iter()
            .filter_map(|s| s.sighting.fracture_date())
            .min()
    }

    /// The day the fracture was diagnosed: clock zero of everything that follows (FLS-DB 1.09). What staff entered;
    /// else the first day a source saw it; else the day of the injury, or the day it was listed.
    pub fn diagnosed(&self) -> Anchor {
        let entered = self
            .care
            .assessment
            .answers
            .get(crate::clocks::DIAGNOSED_ON)
            .and_then(|given| crate::form::exact_date(&given.value));
        let seen = || {
            self.sightings
                .iter()
                .filter_map(|s| s.sighting.seen_on)
                .min()
        };
        let injured = || {
            self.sightings
                .iter()
                .filter_map(|s| s.sighting.injured_on)
                .min()
        };
        let (on, kind) = entered
            .map(|on| (on, AnchorKind::Entered))
            .or_else(|| seen().map(|on| (on, AnchorKind::FirstSeen)))
            .or_else(|| injured().map(|on| (on, AnchorKind::Injury)))
            .unwrap_or((terms::london_date(self.raised_at), AnchorKind::Listed));
        Anchor { on, kind }
    }

    /// Who looks after it: whoever it was handed to, else whoever accepted it.
    pub fn looked_after_by(&self) -> Option<&str> {
        self.care
            .handed_to
            .as_ref()
            .map(|(_, name)| name.as_str())
            .or_else(|| {
                self.decisions
                    .iter()
                    .rev()
                    .find(|made| made.decision == Decision::Accept)
                    .map(|made| made.by.words())
            })
    }

    /// What was done, as a fact, if it may be done now.
    pub fn care_fact(&self, done: Done) -> Result<Fact, crate::CareNotPossible> {
        if self.state() != State::Accepted {
            return Err(crate::CareNotPossible::NotOpen);
        }
        self.care.allows(&done)?;
        Ok(Fact::Care {
            episode: self.id,
            done: Box::new(done),
        })
    }

    /// The sighting that says best why somebody is listed: the strongest evidence.
    pub fn clearest(&self) -> Option<&Seen> {
        self.sightings.iter().min_by(|a, b| {
            crate::evidence::rank(&a.sighting).cmp(&crate::evidence::rank(&b.sighting))
        })
    }

    /// The hospital that answers for this candidate: where the fracture was first seen.
    pub fn hospital(&self) -> Option<&OdsCode> {
        self.sightings
            .iter()
            .find_map(|s| s.sighting.hospital.as_ref())
    }

    /// What is broken, best knowledge first: a site that some source names replaces "not stated".
    pub fn sites(&self) -> Vec<FractureSite> {
        let mut sites: Vec<FractureSite> = Vec::new();
        for site in self.sightings.iter().flat_map(|s| s.sighting.sites()) {
            match sites
                .iter_mut()
                .find(|held| held.site == site.site && Side::may_be_same(held.side, site.side))
            {
                Some(held) => {
                    held.side = held.side.or(site.side);
                    for level in site.level {
                        if !held.level.contains(&level) {
                            held.level.push(level);
                        }
                    }
                }
                None => sites.push(site),
            }
        }
        if sites.iter().any(|s| s.site != Site::Unspecified) {
            sites.retain(|s| s.site != Site::Unspecified);
        }
        sites
    }

    /// "Left wrist; Vertebra T12".
    pub fn words(&self) -> String {
        let words: Vec<String> = self.sites().iter().map(FractureSite::words).collect();
        if words.is_empty() {
            "Fracture, site not stated".to_owned()
        } else {
            words.join("; ")
        }
    }
}
