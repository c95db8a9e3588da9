//! What guidelines say about somebody: facts in, proposals with their reasons and what was not known out. Never a
//! decision. What the guidelines say stands in `data/`, with source, version and review date.
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing
    )
)]

mod advice;
pub mod calculators;
mod check;
mod compare;
mod condition;
mod facts;
pub mod frax;
pub mod leaflets;
mod library;
mod logic;
pub mod nogg;
mod pack;
mod reach;
pub mod record;
pub mod shared_decision;
pub mod source;

pub use advice::{Advice, Gap, Group, MedicineOption, Reason, Told};
pub use check::{Findings, PackCoverage};
pub use compare::{BeforeAfter, Change, Comparison, Counts};
pub use condition::Unclear;
pub use facts::{Ask, Catalogue, FactKind, Facts, Given};
pub use library::{Definition, Library};
pub use pack::{Does, Effect, Fault, Medicine, Pack, Proposes, Route, Rule, Strength};
pub use source::Status;
