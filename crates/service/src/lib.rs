//! What people do with Herald, one function per use case: load, decide with the pure crates, append in one
//! transaction. Pages, the command line and background jobs all call these.

mod access;
pub mod accounts;
mod app;
pub mod assessment;
mod before_after;
pub mod candidate;
pub mod care;
mod care_words;
mod cores;
pub mod decision;
pub mod drift;
mod error;
pub mod frax;
pub mod guidance;
pub mod identity;
pub mod imports;
mod intake;
pub mod kpi;
pub mod layouts;
pub mod leaflets;
pub mod letter;
mod letter_words;
pub mod overview;
pub mod patient;
pub mod privacy;
pub mod questionnaire;
pub mod reader;
mod reading;
pub mod results;
pub mod review;
pub mod rules;
mod ruling;
pub mod said_no;
mod secret;
pub mod talk;
pub mod today;
pub mod upkeep;
mod views;
mod work;

pub use access::{May, may};
pub use app::App;
pub use before_after::FROZEN_AT_MOST;
pub use error::{Change, Error, FieldError, Result};
pub use intake::{Progress, Stage};
pub use pathway::{
    EpisodeId, FractureSite, ItemId, LocalId, PersonId, Referrer, RejectReason, SetAsideReason,
    Sighting, SightingKind, State, UserId,
};
pub use ruling::Ruling;
pub use store::{
    Role, Scope, Sites,
    access::Access,
    imports::{Import, State as ImportState},
    layouts::{Layout, State as LayoutState},
    questions::Held,
    said_no::Verdict,
    settings::Site as HospitalSite,
    worklist::{Entry, Order},
};
pub use views::{DisagreementView, PartyView, PersonCard, SightingView, TimelineEntry};
