use jiff::civil::Date;
use terms::OdsCode;

use crate::{Episode, State};

/// Where an episode stands: something to do with a date and an owner, or the reason why nothing is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    Do {
        task: Task,
        due: Date,
        owner: Option<OdsCode>,
    },
    Closed {
        because: String,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Task {
    /// A candidate that nobody has decided on.
    Confirm,
    /// A candidate put aside, to be looked at again.
    LookAgain,
    /// An accepted candidate, to be assessed.
    Assess,
}

/// FLS-DB KPI 4 counts assessment within 90 days of the fracture.
const ASSESS_WITHIN_DAYS: i64 = 90;

/// The one ladder. First match wins; every state is on it, so nobody can fall between two rungs.
pub fn next_action(episode: &Episode) -> Next {
    let raised = terms::london_date(episode.raised_at);
    let owner = episode.hospital().cloned();
    match episode.state() {
        State::Withdrawn { because } => Next::Closed {
            because: format!("Withdrawn by its source: {because}"),
        },
        State::BelongsTo(_) => Next::Closed {
            because: "Another sighting of an episode on record".to_owned(),
        },
        State::Rejected { reason } => Next::Closed {
            because: reason.words().to_owned(),
        },
        State::New => Next::Do {
            task: Task::Confirm,
            due: raised,
            owner,
        },
        State::SetAside { until, .. } => Next::Do {
            task: Task::LookAgain,
            due: until,
            owner,
        },
        State::Accepted => {
            let anchor = episode.fracture_date().unwrap_or(raised);
            let due = anchor
                .checked_add(jiff::Span::new().days(ASSESS_WITHIN_DAYS))
                .unwrap_or(anchor);
            Next::Do {
                task: Task::Assess,
                due,
                owner,
            }
        }
    }
}
