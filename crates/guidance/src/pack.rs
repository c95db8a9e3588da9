//! Rule packs: what a guideline says, as data with its source. One file is one pack.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{condition::Condition, source::Status};

/// What stands in one file of `data/packs`.
#[derive(Debug, Clone)]
pub struct Pack {
    pub id: String,
    pub title: String,
    pub version: String,
    /// The day by which a clinician should look at it again.
    pub review_by: Date,
    pub source: String,
    pub medicines: Vec<Medicine>,
    pub rules: Vec<Rule>,
    /// The file, to the byte: what somebody approves.
    pub text: String,
}

/// One thing that a guideline says.
#[derive(Debug, Clone)]
pub struct Rule {
    pub id: String,
    pub source: String,
    /// Chapter, recommendation or table of the source.
    pub section: String,
    pub version: String,
    pub review_by: Date,
    pub status: Status,
    /// What a nurse reads.
    pub says: String,
    pub does: Does,
    pub(crate) when: Condition,
    /// The condition as it was written.
    pub when_words: String,
    /// Rules that count no more where this one holds.
    pub over: Vec<String>,
}

impl Rule {
    /// "NICE NG259 (July 2026), 1.4.1".
    pub fn cited(&self) -> String {
        format!("{}, {}", self.source, self.section)
    }

    /// Nothing for a rule that bears on medicines.
    pub fn proposes(&self) -> Option<Proposes> {
        match self.does {
            Does::Propose { what, .. } => Some(what),
            Does::Weigh { .. } => None,
        }
    }

    pub fn strength(&self) -> Option<Strength> {
        match self.does {
            Does::Propose { strength, .. } => Some(strength),
            Does::Weigh { .. } => None,
        }
    }
}

/// What a rule does when its condition holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Does {
    Propose {
        what: Proposes,
        strength: Strength,
    },
    /// Bears on the choice among medicines.
    Weigh {
        medicines: Vec<String>,
        effect: Effect,
    },
}

/// A medicine to choose from.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Medicine {
    /// As the FLS-DB calls it, where it is in that list.
    pub id: String,
    pub name: String,
    pub dose: String,
    /// How it is taken, in a few words.
    pub route: Route,
    pub licensed_for: String,
    pub source: String,
    pub status: Status,
}

terms::vocabulary! {
    Route {
        Tablet = "tablet", "Tablet";
        Infusion = "infusion", "Infusion";
        Injection = "injection", "Injection";
        Hormone = "hormone", "Tablet, patch or gel";
    }
}

terms::vocabulary! {
    /// What a rule proposes.
    Proposes {
        Urgent = "urgent", "Urgent";
        NoMedicineYet = "no_medicine_yet", "No bone medicine before this is clear";
        Specialist = "specialist", "Specialist advice";
        Medicine = "medicine", "Bone medicine";
        Risk = "risk", "Risk of fracture";
        Dxa = "dxa", "Bone density scan";
        NoDxa = "no_dxa", "No bone density scan now";
        Vfa = "vfa", "Look at the spine for fractures (VFA)";
        NoVfa = "no_vfa", "No look at the spine now";
        BloodTest = "blood_test", "Blood tests";
        Result = "result", "What a result asks for";
        Supplement = "supplement", "Calcium and vitamin D";
        Steroids = "steroids", "Bone protection on steroids";
        Falls = "falls", "Falls";
        Exercise = "exercise", "Strength and balance";
        Warning = "warning", "Teeth, thigh and ear";
        Denosumab = "denosumab", "Denosumab";
        Sequence = "sequence", "What follows a medicine";
        KeepOn = "keep_on", "Go on without a pause";
        Pause = "pause", "Pause";
        Review = "review", "Review";
        FollowUp = "follow_up", "To ask at the review";
        HandOver = "hand_over", "Hand over to the GP";
        Check = "check", "Please check";
        Note = "note", "Bear in mind";
    }
}

terms::vocabulary! {
    /// How sure the source is; its own word is kept.
    Strength {
        Do = "do", "Do";
        Offer = "offer", "Offer";
        Assess = "assess", "Assess";
        Seek = "seek", "Seek";
        Consider = "consider", "Consider";
        TakeIntoAccount = "take_into_account", "Take into account";
        BeAware = "be_aware", "Be aware";
        Ask = "ask", "Ask";
        DoNot = "do_not", "Do not";
    }
}

terms::vocabulary! {
    /// How a rule bears on a medicine.
    Effect {
        /// Not for this person.
        Excludes = "excludes", "Not for this person";
        /// Must be so first: known, or done.
        Needs = "needs", "Needed first";
        /// A specialist starts it.
        Specialist = "specialist", "Specialist";
        /// The same two, but only once it is found: for what is not asked of everybody, or is asked by a rule of its own.
        ExcludesFound = "excludes_found", "Not for this person, once found";
        SpecialistFound = "specialist_found", "Specialist, once found";
        Caution = "caution", "Caution";
        Favours = "favours", "Speaks for it";
        /// What has to follow.
        Then = "then", "Afterwards";
    }
}

/// Two proposals that cannot both be followed.
pub(crate) fn opposed(one: Proposes, other: Proposes) -> bool {
    use Proposes::{Dxa, KeepOn, NoDxa, NoVfa, Pause, Vfa};
    matches!(
        (one, other),
        (Dxa, NoDxa)
            | (NoDxa, Dxa)
            | (Vfa, NoVfa)
            | (NoVfa, Vfa)
            | (Pause, KeepOn)
            | (KeepOn, Pause)
    )
}

/// Something wrong in a file of rules: what, where, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{file}, line {line}: {what}")]
pub struct Fault {
    pub file: String,
    pub line: usize,
    pub what: String,
}
