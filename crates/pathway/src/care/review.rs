use jiff::{Timestamp, ToSpan, civil::Date};
use serde::{Deserialize, Serialize};
use terms::TherapyAtReview;

use super::{Dose, Noted};
use crate::form::{Answers, FormKind};

terms::vocabulary! {
    Review {
        Weeks16 = "weeks_16", "16-week review";
        Weeks52 = "weeks_52", "52-week review";
    }
}

impl Review {
    /// Days after the diagnosis between which the review counts: 12 to 16 weeks (FLS-DB 6.01), 48 to 56 weeks
    /// (FLS-DB 7.01).
    pub fn window(self) -> (i32, i32) {
        match self {
            Self::Weeks16 => (12 * 7, 16 * 7),
            Self::Weeks52 => (48 * 7, 56 * 7),
        }
    }

    /// The days themselves, first and last.
    pub fn window_after(self, diagnosed: Date) -> (Date, Date) {
        let (first, last) = self.window();
        let day = |days: i32| diagnosed.saturating_add(days.days());
        (day(first), day(last))
    }

    /// The day it is meant for: the end of week 16, the end of week 52.
    pub fn due_after(self, diagnosed: Date) -> Date {
        let weeks: i32 = match self {
            Self::Weeks16 => 16,
            Self::Weeks52 => 52,
        };
        diagnosed.saturating_add((weeks * 7).days())
    }

    pub fn form(self) -> FormKind {
        match self {
            Self::Weeks16 => FormKind::Review16,
            Self::Weeks52 => FormKind::Review52,
        }
    }
}

/// A review that reached somebody, with what they said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reviewed {
    pub review: Review,
    pub on: Date,
    /// FLS-DB 6.05 or 7.05.
    pub therapy: TherapyAtReview,
    pub answers: Answers,
    /// What was said that somebody must act on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub concerns: Vec<String>,
    /// The last injection or infusion, where the answers name one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dose: Option<Dose>,
}

/// Something a patient said that somebody must act on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Concern {
    /// The review or questionnaire that says so.
    pub seq: u32,
    pub at: Timestamp,
    pub words: Vec<String>,
    pub action: Option<Noted<String>>,
}
