//! The way of a person through the service, as pure rules over an append-only timeline: who it is
//! ([`matching`]), whether it counts ([`eligibility`]), which fracture it is ([`placing`]), what staff decided
//! ([`Episode::decide`]) and what is due next ([`next_action`]).
//!
//! No SQL, HTTP, HTML or system clock: facts, a date and settings come in, decisions and facts come out.
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing
    )
)]

pub mod analytes;
pub mod care;
mod chain;
mod clocks;
mod contradiction;
mod details;
pub mod eligibility;
mod episode;
pub mod evidence;
mod fact;
pub mod form;
mod ids;
pub mod matching;
mod needs;
mod next_action;
mod person;
pub mod placing;
mod result;
pub mod rules;
mod settings;
mod sighting;

pub use chain::{Link, body_hash, canonical};
pub use clocks::{Anchor, AnchorKind, DIAGNOSED_ON, is_working_day, working_day_on_or_before};
pub use contradiction::{
    Clash, Contradiction, Disagreement, Outcome, Party, between, may_contradict,
};
pub use details::{Death, Details, LocalId};
pub use episode::{
    CloseReason, Decision, DecisionRefused, Episode, FractureSite, Made, RejectReason, Seen,
    SetAsideReason, State,
};
pub use fact::{Actor, Fact, Recorded, Referrer, Source};
pub use ids::{EpisodeId, ItemId, LetterId, PersonId, UserId};
pub use needs::{Channel, Format, Needs, Stop, may_contact};
pub use next_action::{
    CareNotPossible, List, Next, Step, StepState, Task, Todo, next_action, referrals_waiting,
    steps, todos,
};
pub use person::{FactDoesNotFit, Person};
pub use result::{HeldResult, Measure, ResultAction, ResultSeen, TestKind, TestResult};
pub use rules::{Area, ServiceRules};
pub use settings::{DxaLine, GuidanceSettings, Letterhead, Practice, Settings};
pub use sighting::{Sighting, SightingKind};
