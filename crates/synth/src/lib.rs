//! Made-up people, the feeds that hospitals send about them, and whole years of both: for demonstrations, tests
//! and load. The same seed gives the same bytes. No real person is in here.
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing
    )
)]

mod codes;
mod dice;
mod fractures;
pub mod hl7;
pub mod load;
mod people;
mod places;
mod planner;
mod reports;
mod results;
mod scenes;
mod scribe;
pub mod tables;
mod templates;
mod year;

pub use fractures::{Cause, Fracture, Mechanism, Route};
pub use hl7::{Exam, Panel, Sent, Value, Visit, adt, oru, panels};
pub use people::{MadeUpPerson, NHS_NUMBERS, Town, nhs_number, people};
pub use places::{Hospital, Practice, TRUST, practices};

pub use dice::Dice;
pub use reports::{Other, Report, first_report, later_report, other_report};
pub use results::TrueResult;
pub use year::{PlannedYear, Summary, Written, WrittenFile, YearPlan, write_year};
