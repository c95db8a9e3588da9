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

pub mod calculators;
pub mod frax;
pub mod nogg;
pub mod source;
