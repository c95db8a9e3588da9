//! Letters of a Fracture Liaison Service: typed data in; a tagged PDF, HTML and plain text out, all three with the
//! same words. No storage, clock or network: the same data gives the same bytes.
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing
    )
)]

mod catalogue;
mod compose;
mod data;
mod error;
mod field;
mod html;
mod paper;
mod pdf;
mod plain;
mod render;
mod sheet;
mod text;

pub use catalogue::{MedicineText, Status, TemplateInfo, medicine_texts, templates};
pub use data::{
    Author, Finding, Fracture, GpBox, LetterData, MedicineAdvice, Next, Patient, Practice, Service,
    Template,
};
pub use error::NotRendered;
pub use field::{Missing, missing};
pub use paper::{Paper, PaperKind, PaperQuestion, PaperSection};
pub use render::{Rendered, render, render_paper};
