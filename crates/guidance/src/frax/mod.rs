//! FRAX as recorded: never computed here. Questions about a score as typed, the adjustments NOGG allows, the way to the
//! tool and back. Published figures for the UK stand in `data/frax_uk.toml`, adjustments in `data/frax_adjust.toml`.

mod adjust;
mod links;
mod questions;
mod report;
mod tool;

use std::sync::LazyLock;

use jiff::civil::Date;
use serde::Deserialize;
use terms::{Answer, Sex};

pub use adjust::{AdjustInputs, Adjusted, Adjustment, adjustments};
pub use links::{ToolField, link, nogg_link, tool_order};
pub use questions::{Question, QuestionId, Stale, Why, expected, questions, stale};
pub use report::{Proposed, read_from_report};
pub use tool::{Changed, Score, Tool, one_tool};

use crate::source::{self, Held, Remark, Source, Status};

/// A score as somebody typed it in.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Recorded {
    /// 10-year probability of a major osteoporotic fracture, percent.
    pub mof: f64,
    /// 10-year probability of a hip fracture, percent.
    pub hip: Option<f64>,
    /// Whether the bone density went in; nothing where that is not recorded.
    pub with_bmd: Option<bool>,
    pub on: Option<Date>,
    /// Of the tool, as typed.
    pub version: Option<String>,
    /// From FRAXplus, which has adjusted it already.
    pub fraxplus: bool,
}

/// What went into FRAX, or what the record holds for it. Nothing is not known.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Inputs {
    /// Years, on the day of the score.
    pub age: Option<i16>,
    pub sex: Sex,
    pub weight_kg: Option<f64>,
    pub height_cm: Option<f64>,
    pub previous_fracture: Option<Answer>,
    pub parental_hip: Option<Answer>,
    pub smoker: Option<Answer>,
    pub steroids: Option<Answer>,
    pub rheumatoid: Option<Answer>,
    pub secondary: Option<Answer>,
    /// 3 or more units a day.
    pub alcohol: Option<Answer>,
    /// T-score of the femoral neck.
    pub femoral_neck_t: Option<f64>,
    /// Bone density of the femoral neck, g/cm².
    pub femoral_neck_bmd: Option<f64>,
    /// Maker of the scanner.
    pub scanner: Option<String>,
    pub scanned_on: Option<Date>,
    /// Somebody a fracture liaison service sees: there is a fracture.
    pub index_fracture: bool,
    /// Days of fractures that the record holds.
    pub fractures_on: Vec<Date>,
    /// Day that steroids were started.
    pub steroids_from: Option<Date>,
}

impl Inputs {
    pub(crate) fn bmi(&self) -> Option<f64> {
        let metres = self.height_cm? / 100.0;
        let bmi = self.weight_kg? / (metres * metres);
        bmi.is_finite().then_some(bmi)
    }
}

fn yes(answer: Option<Answer>) -> bool {
    answer == Some(Answer::Yes)
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Figures {
    pub status: Option<Status>,
    pub limits: Limits,
    without_bmd: BySex<OneFactor>,
    with_bmd: BySex<ByTScore>,
}

/// How far from what the tables lead to expect a score may be before it is asked about, as factors.
#[derive(Debug, Clone, Copy, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    pub low: f64,
    pub high: f64,
    pub wide_low: f64,
    pub wide_high: f64,
    /// kg/m².
    pub bmi_low: f64,
    /// kg/m².
    pub bmi_high: f64,
    pub status: Option<Status>,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct BySex<T> {
    women: T,
    men: T,
}

/// Percent by age, with no factor or with one.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct OneFactor {
    ages: Vec<f64>,
    none: Vec<f64>,
    previous_fracture: Vec<f64>,
    parental_hip: Vec<f64>,
    smoker: Vec<f64>,
    steroids: Vec<f64>,
    rheumatoid: Vec<f64>,
    alcohol: Vec<f64>,
}

/// Percent by T-score (rows) and age.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct ByTScore {
    ages: Vec<f64>,
    t_scores: Vec<f64>,
    rows: Vec<Vec<f64>>,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    pub months_until_stale: i32,
    pub(crate) inputs: Counts,
    spine: Spine,
    steroids: Vec<Dose>,
    falls: Falls,
    instead: Vec<Remark>,
    #[serde(rename = "hint")]
    hints: Vec<Hint>,
}

/// What the tool counts under its own heads.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
pub(crate) struct Counts {
    pub secondary: Vec<String>,
    /// Years.
    pub menopause_before: f64,
    /// Milligrams of prednisolone a day.
    pub steroids_from: f64,
    #[serde(flatten)]
    pub source: Option<Source>,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
struct Spine {
    per_t_score: f64,
    words: String,
    #[serde(flatten)]
    source: Option<Source>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
struct Dose {
    from: Option<f64>,
    below: Option<f64>,
    mof: f64,
    hip: f64,
    words: String,
    #[serde(flatten)]
    source: Source,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
struct Falls {
    from: u16,
    mof: f64,
    hip: f64,
    words: String,
    #[serde(flatten)]
    source: Option<Source>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Hint {
    id: String,
    label: String,
    /// It takes a tick, and an empty box is no.
    tick: bool,
    words: String,
}

/// FRAX's published probabilities for the UK.
pub fn published() -> &'static Held<Figures> {
    static READ: LazyLock<Held<Figures>> =
        LazyLock::new(|| source::read("frax_uk.toml", include_str!("../../data/frax_uk.toml")));
    &READ
}

/// What may be done to a score by hand.
pub fn rules() -> &'static Held<Rules> {
    static READ: LazyLock<Held<Rules>> = LazyLock::new(|| {
        source::read(
            "frax_adjust.toml",
            include_str!("../../data/frax_adjust.toml"),
        )
    });
    &READ
}
