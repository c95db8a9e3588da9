//! Numbers about the service, as pure functions over counts and facts.
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing
    )
)]

pub mod drift;
pub mod fls_db;
mod hypergeometric;
pub mod kpi;
mod missed;
mod proportion;
mod sensitivity;

pub use missed::{Missed, Stratum, missed};
pub use proportion::{Interval, wilson};
pub use sensitivity::{Sensitivity, sensitivity};
