use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use terms::OdsCode;

use crate::{Actor, Source};

terms::vocabulary! {
    TestKind {
        Dxa = "dxa", "Bone density scan (DXA)";
        Blood = "blood", "Blood test";
    }
}

/// A result as a feed brought it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestResult {
    /// What identifies it at its source; the same key again is the same result, perhaps corrected.
    pub key: String,
    pub kind: TestKind,
    /// "Bone profile", "DXA lumbar spine and hip".
    pub name: String,
    pub taken_on: Option<Date>,
    pub hospital: Option<OdsCode>,
    /// Not yet verified by the laboratory or the reporter.
    #[serde(default)]
    pub preliminary: bool,
    pub measures: Vec<Measure>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measure {
    pub name: String,
    /// As it was sent, comparator included.
    pub value: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub unit: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range: Option<String>,
    /// The sender calls it low, high or abnormal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flag: Option<String>,
    /// The question of the assessment that this answers, where it is recognised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answers: Option<String>,
}

terms::vocabulary! {
    /// What was done about a result.
    ResultAction {
        NothingNeeded = "nothing_needed", "Nothing needed";
        UsedInAssessment = "used_in_assessment", "Used in the assessment";
        PlanChanged = "plan_changed", "The plan changes";
        GpTold = "gp_told", "GP told";
        PatientTold = "patient_told", "Patient told";
        RepeatAsked = "repeat_asked", "Repeat or further test asked for";
        Referred = "referred", "Referred";
    }
}

/// A result on somebody's record, and whether anybody has looked at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldResult {
    pub seq: u32,
    pub at: Timestamp,
    pub source: Source,
    pub result: TestResult,
    pub seen: Option<ResultSeen>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResultSeen {
    pub seq: u32,
    pub at: Timestamp,
    pub by: Actor,
    pub action: ResultAction,
    pub note: Option<String>,
}
