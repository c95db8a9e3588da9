//! The words everyone in Herald shares: NHS number, ODS code, fracture site and side, code systems,
//! dates that may be approximate or not known, the clock. No rules live here.
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing
    )
)]

mod clock;
mod code;
mod fracture;
pub mod id;
mod known;
mod nhs_number;
mod ods;
mod person;
mod treatment;
mod vocabulary;

pub use clock::{
    Clock, FixedClock, ShiftedClock, SystemClock, age_on, london_date, london_midnight,
};
pub use code::{Code, CodeSystem};
pub use fracture::{Level, Listing, Side, Site, Status};
pub use known::{Answer, ApproxDate};
pub use nhs_number::{NhsNumber, NhsNumberError};
pub use ods::{OdsCode, OdsCodeError};
pub use person::{PersonName, Sex};
pub use treatment::{Medicine, Recommended, TherapyAtReview};
pub use vocabulary::UnknownWord;
