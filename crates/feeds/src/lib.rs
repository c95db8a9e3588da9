//! Bytes in, typed messages and located errors out. Nothing here decides who a person is, and nothing here
//! reads a clock, a database or a network.
//!
//! [`detect`] says what a file is, [`items()`] streams its messages or rows, [`read`] reads one of them — now or
//! any time later — and [`Survey`] says whether the file as a whole can be trusted.
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing
    )
)]

mod csv;
mod detect;
mod encoding;
pub mod fault;
mod future;
pub mod hl7;
mod item;
mod lines;
pub mod message;
mod refusal;
mod source;
mod survey;
mod values;

pub use crate::csv::profile::{Profile, ProfileError, Profiles};
pub use detect::{Format, ProfileName, detect};
pub use encoding::{Basis, Encoding};
pub use fault::{Fault, Severity};
pub use future::future_dates;
pub use item::{Item, Items, NhsNumberSeen, Parsed, items, read};
pub use message::Message;
pub use refusal::Refusal;
pub use survey::Survey;
