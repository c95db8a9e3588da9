//! Small sums that a nurse would otherwise do on paper: each with its formula, its source and its bounds. A figure that
//! looks wrong is asked about, kept as it was typed, and never used.

pub mod alcohol;
pub mod bmi;
pub mod calcium;
pub mod falls_tests;
pub mod frailty;
pub mod height_loss;
pub mod kidney;
pub mod steroids;
pub mod units;

use std::sync::LazyLock;

use serde::Deserialize;

pub use units::{Ask, Measure, Reading};

use crate::source::{self, Held, Remark, Source};

/// A result with the working a nurse could do by hand, what it means, and where the formula comes from.
#[derive(Debug, Clone, PartialEq)]
pub struct Worked<T> {
    pub result: T,
    /// "((140 − 81) × 52 kg × 1.04) ÷ 96 = 33 mL/min".
    pub working: String,
    pub means: Vec<Remark>,
    pub source: Source,
}

/// Lines for build and height.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Body {
    bmi: bmi::Rules,
    height_loss: height_loss::Rules,
}

pub fn body() -> &'static Held<Body> {
    static READ: LazyLock<Held<Body>> =
        LazyLock::new(|| source::read("body.toml", include_str!("../../data/body.toml")));
    &READ
}

/// Where a data file cannot be read: nothing is worked out.
fn readable<T>(held: &'static Held<T>) -> Result<&'static T, Ask> {
    match &held.fault {
        None => Ok(&held.body),
        Some(fault) => Err(Ask::wrong(
            "data",
            String::new(),
            format!("The data behind this sum could not be read: {fault}"),
        )),
    }
}

/// The source of a formula; there is always one where the data could be read.
fn sourced(source: &Option<Source>) -> Source {
    source.clone().unwrap_or(Source {
        words: "No source".to_owned(),
        status: crate::source::Status::Unverified,
    })
}
