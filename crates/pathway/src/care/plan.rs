use std::collections::BTreeSet;

use jiff::{ToSpan, civil::Date};
use serde::{Deserialize, Serialize};
use terms::{Answer, Medicine, Recommended};

/// What was decided with the patient (FLS-DB section 4), and what was taught.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    pub on: Date,
    /// FLS-DB 4.01.
    pub therapy: Recommended,
    /// FLS-DB 4.02.
    pub calcium_vitamin_d: Answer,
    #[serde(default)]
    pub taught: BTreeSet<Taught>,
    /// Reviews at 16 and 52 weeks follow.
    pub follow_up: bool,
    /// Why treatment was declined or is not appropriate, or why the decision goes against the options, in the nurse's
    /// words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub because: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Where the medicine stood among the options that were shown; nothing where none were.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub advised: Option<Advised>,
}

/// What the guidance packs said of the medicine at the moment of the decision, so that departures can be counted later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Advised {
    /// The group it stood in, by code.
    pub stood: String,
    /// The decision went against it, and the plan says why.
    pub departs: bool,
    /// Of the packs, so that it can be told later which said so.
    pub packs: String,
}

terms::vocabulary! {
    /// What the patient was shown, so that they can do it themselves.
    Taught {
        Medicine = "medicine", "How to take the medicine";
        Injection = "injection", "How to give the injection themselves";
        Diet = "diet", "Diet, calcium and vitamin D";
        Exercise = "exercise", "Strength and balance exercise";
        Lifestyle = "lifestyle", "Smoking and alcohol";
        HomeSafety = "home_safety", "Safety at home";
        SupportGroup = "support_group", "Local support group";
        SideEffects = "side_effects", "Side effects, and when to ring us";
    }
}

impl Plan {
    /// A plan that says no owes the reason.
    pub fn needs_reason(&self) -> bool {
        matches!(
            self.therapy,
            Recommended::InformedDecline | Recommended::Inappropriate
        )
    }
}

terms::vocabulary! {
    ReferralKind {
        Dxa = "dxa", "Bone density scan (DXA)";
        Bloods = "bloods", "Blood tests";
        Gp = "gp", "GP: to prescribe";
        Opinion = "opinion", "Specialist: opinion on treatment";
        Infusion = "infusion", "Infusion or injection clinic";
        Falls = "falls", "Falls clinic or falls assessment";
        StrengthBalance = "strength_balance", "Strength and balance class";
        Physiotherapy = "physiotherapy", "Physiotherapy";
        Dietitian = "dietitian", "Dietitian";
        Dentist = "dentist", "Dentist: check before treatment";
        Other = "other", "Somebody else";
    }
}

terms::vocabulary! {
    ReferralOutcome {
        Accepted = "accepted", "Accepted, has a date";
        Seen = "seen", "Seen or done";
        DidNotAttend = "did_not_attend", "Did not attend";
        PatientDeclined = "patient_declined", "Declined by the patient";
        TurnedDown = "turned_down", "Turned down by the service";
        NoAnswer = "no_answer", "No answer, given up";
    }
}

/// A request to somebody else, tracked to its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Referral {
    pub kind: ReferralKind,
    pub on: Date,
    /// When to ask if nothing was heard.
    pub reply_by: Date,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    #[serde(skip)]
    pub answer: Option<(ReferralOutcome, Date)>,
}

impl ReferralKind {
    /// Days until the service asks again, unless the nurse says otherwise. A proposal, for each site to set.
    pub fn usual_days(self) -> i64 {
        match self {
            Self::Bloods => 14,
            Self::Gp | Self::Opinion | Self::Dentist => 28,
            Self::Dxa | Self::Infusion => 42,
            _ => 56,
        }
    }
}

/// A dose given: an injection or an infusion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dose {
    pub medicine: Medicine,
    pub on: Date,
    /// This was the last one.
    #[serde(default)]
    pub last: bool,
}

impl Dose {
    /// Months between doses: denosumab 60 mg every 6 months, zoledronic acid 5 mg once a year (UK product
    /// information, as in the rule notes' drug table). Other medicines are not given by the dose here.
    pub fn months_between(medicine: Medicine) -> Option<i64> {
        match medicine {
            Medicine::Denosumab => Some(6),
            Medicine::Zoledronate => Some(12),
            _ => None,
        }
    }

    pub fn next_due(&self) -> Option<Date> {
        if self.last {
            return None;
        }
        let months = Self::months_between(self.medicine)?;
        self.on.checked_add(months.months()).ok()
    }
}
