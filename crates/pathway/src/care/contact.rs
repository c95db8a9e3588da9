use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize};

use crate::Channel;

terms::vocabulary! {
    ContactPurpose {
        Assess = "assess", "Invite to assessment";
        Review16 = "review_16", "16-week review";
        Review52 = "review_52", "52-week review";
        Other = "other", "Something else";
    }
}

terms::vocabulary! {
    ContactOutcome {
        Reached = "reached", "Reached";
        NoAnswer = "no_answer", "No answer";
        MessageLeft = "message_left", "Message left";
        Written = "written", "Written to";
        Booked = "booked", "Appointment booked";
        Attended = "attended", "Came to the appointment";
        DidNotAttend = "did_not_attend", "Did not come to the appointment";
        Cancelled = "cancelled", "Appointment cancelled";
    }
}

impl ContactOutcome {
    /// A try that did not reach anybody.
    pub fn failed(self) -> bool {
        matches!(
            self,
            Self::NoAnswer | Self::MessageLeft | Self::DidNotAttend | Self::Cancelled
        )
    }

    /// What waits for somebody, and so needs a date to look again.
    pub fn needs_again(self) -> bool {
        self.failed() || self == Self::Written
    }
}

/// One try to reach somebody, or an appointment and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    pub purpose: ContactPurpose,
    pub channel: Channel,
    pub on: Date,
    pub outcome: ContactOutcome,
    /// Try again on this day, or the day of the appointment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub again_on: Option<Date>,
    /// Time of the appointment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<Time>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}
