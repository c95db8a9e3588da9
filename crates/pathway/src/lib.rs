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

mod chain;
mod details;
pub mod eligibility;
mod episode;
mod fact;
mod ids;
pub mod matching;
mod next_action;
mod person;
pub mod placing;
mod settings;
mod sighting;

pub use chain::{Link, body_hash, canonical};
pub use details::{Death, Details, LocalId};
pub use episode::{
    Decision, DecisionRefused, Episode, FractureSite, Made, RejectReason, Seen, SetAsideReason,
    State,
};
pub use fact::{Actor, Fact, Recorded, Referrer, Source};
pub use ids::{EpisodeId, ItemId, PersonId, UserId};
pub use next_action::{Next, Task, next_action};
pub use person::{FactDoesNotFit, Person};
pub use settings::{Area, Settings};
pub use sighting::{Sighting, SightingKind};
