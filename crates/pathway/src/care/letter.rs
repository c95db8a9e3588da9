use jiff::{Timestamp, civil::Date};

use super::{CareRefused, Done, Noted};
use crate::Actor;

pub use crate::ids::LetterId;

terms::vocabulary! {
    LetterKind {
        Treatment = "treatment", "Treatment recommended";
        Declined = "declined", "Treatment declined";
        NoTreatmentNeeded = "no_treatment_needed", "No treatment needed";
        Invitation = "invitation", "Invitation to assessment";
        Review = "review", "After the 16-week review";
        Handover = "handover", "Handed over to the GP";
    }
}

impl LetterKind {
    /// Letters that tell what was decided.
    pub fn tells_the_plan(self) -> bool {
        matches!(
            self,
            Self::Treatment | Self::Declined | Self::NoTreatmentNeeded
        )
    }
}

terms::vocabulary! {
    LetterState {
        Draft = "draft", "draft";
        Approved = "approved", "approved, to be sent";
        Sent = "sent", "sent";
        Cancelled = "cancelled", "cancelled";
    }
}

terms::vocabulary! {
    SentHow {
        Post = "post", "Printed and posted";
        Handed = "handed", "Printed and handed over";
        OtherSystem = "other_system", "Downloaded and sent from another system";
    }
}

/// One letter: draft, approved and frozen, sent; or cancelled on the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    pub id: LetterId,
    pub kind: LetterKind,
    pub note_to_gp: Option<String>,
    pub note_to_patient: Option<String>,
    pub large_print: bool,
    pub begun: Noted<()>,
    /// With the digest of the frozen PDF.
    pub approved: Option<Noted<String>>,
    pub sent: Option<Noted<(Date, SentHow)>>,
    pub cancelled: Option<Noted<String>>,
}

impl Letter {
    pub fn state(&self) -> LetterState {
        match (&self.cancelled, &self.sent, &self.approved) {
            (Some(_), _, _) => LetterState::Cancelled,
            (_, Some(_), _) => LetterState::Sent,
            (_, _, Some(_)) => LetterState::Approved,
            _ => LetterState::Draft,
        }
    }

    /// Draft → approved → sent; cancelled from either of the first two. What was sent stays sent.
    pub(super) fn allows(&self, to: LetterState) -> Result<(), CareRefused> {
        use LetterState::*;
        match (self.state(), to) {
            (Draft, Draft | Approved | Cancelled) | (Approved, Sent | Cancelled) => Ok(()),
            (from, _) => Err(CareRefused::LetterIs(from.words())),
        }
    }

    pub(super) fn begun(seq: u32, at: Timestamp, by: &Actor, done: &Done) -> Option<Self> {
        let Done::LetterDrafted { letter, kind, .. } = done else {
            return None;
        };
        let mut begun = Self {
            id: *letter,
            kind: *kind,
            note_to_gp: None,
            note_to_patient: None,
            large_print: false,
            begun: Noted {
                seq,
                at,
                by: by.clone(),
                what: (),
            },
            approved: None,
            sent: None,
            cancelled: None,
        };
        begun.take_in(seq, at, by, done);
        Some(begun)
    }

    pub(super) fn take_in(&mut self, seq: u32, at: Timestamp, by: &Actor, done: &Done) {
        fn noted<T>(seq: u32, at: Timestamp, by: &Actor, what: T) -> Option<Noted<T>> {
            Some(Noted {
                seq,
                at,
                by: by.clone(),
                what,
            })
        }
        match done {
            Done::LetterDrafted {
                kind,
                note_to_gp,
                note_to_patient,
                large_print,
                ..
            } => {
                self.kind = *kind;
                self.note_to_gp.clone_from(note_to_gp);
                self.note_to_patient.clone_from(note_to_patient);
                self.large_print = *large_print;
            }
            Done::LetterApproved { digest, .. } => {
                self.approved = noted(seq, at, by, digest.clone());
            }
            Done::LetterSent { on, how, .. } => self.sent = noted(seq, at, by, (*on, *how)),
            Done::LetterCancelled { because, .. } => {
                self.cancelled = noted(seq, at, by, because.clone());
            }
            _ => {}
        }
    }
}
