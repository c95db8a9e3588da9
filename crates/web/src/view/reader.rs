//! A report as the reader sees it.

use askama::Template;

use super::{
    form::{Hidden, Input},
    page::Chrome,
    parts::{Fact, Link},
};

#[derive(Template)]
#[template(path = "reader.html")]
pub struct Reader {
    pub chrome: Chrome,
    pub hidden: Vec<Hidden>,
    pub exam: Input,
    pub indication: Input,
    pub report: Input,
    pub examples: Vec<Link>,
    /// Version of the rules, and who stands behind them.
    pub standing: String,
    pub seen: Option<SeenReport>,
}

#[derive(Debug, Clone, Default)]
pub struct SeenReport {
    /// `yes`, `look` or `no`.
    pub class: &'static str,
    pub decision: &'static str,
    pub reason: String,
    /// How it happened, in the report's words.
    pub mechanism: String,
    pub english: bool,
    /// What came beside the report.
    pub beside: Vec<Fact>,
    pub legend: Vec<RoleLine>,
    pub groups: Vec<Group>,
    /// Words after the last sentence.
    pub rest: String,
    pub findings: Vec<FindingRow>,
    pub rules: Vec<RuleRow>,
}

/// What marked words do: the short label that stands beside them, and what it means.
#[derive(Debug, Clone, Default)]
pub struct RoleLine {
    pub class: &'static str,
    pub label: &'static str,
    /// Nothing where the label says it all.
    pub words: &'static str,
}

/// Sentences one after the other in the same part of the report.
#[derive(Debug, Clone, Default)]
pub struct Group {
    pub part: &'static str,
    pub sentences: Vec<Sentence>,
}

#[derive(Debug, Clone, Default)]
pub struct Sentence {
    pub number: usize,
    /// What stands before it and is in no sentence: a heading such as "Findings:".
    pub before: String,
    pub words: Vec<Words>,
    pub says: Vec<Said>,
    pub passed_over: Vec<PassedOver>,
    /// Where it says nothing and nothing was passed over.
    pub silent: &'static str,
}

/// A stretch of a sentence, plain or marked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Words {
    pub text: String,
    /// Nothing for plain words.
    pub role: Option<&'static str>,
    pub label: &'static str,
}

#[derive(Debug, Clone, Default)]
pub struct Said {
    /// `present`, `possible`, `old` or `denied`.
    pub mark: &'static str,
    pub status: String,
    pub what: String,
    pub rule: RuleLink,
}

#[derive(Debug, Clone, Default)]
pub struct PassedOver {
    pub words: String,
    pub why: String,
}

#[derive(Debug, Clone, Default)]
pub struct FindingRow {
    pub mark: &'static str,
    pub status: String,
    pub what: String,
    pub words: String,
    /// The number of the sentence that they stand in.
    pub sentence: Option<usize>,
    pub rule: RuleLink,
}

/// A rule by name with what it means; its row in the table of rules has the id `rule-name`.
#[derive(Debug, Clone, Default)]
pub struct RuleLink {
    pub name: String,
    pub means: String,
}

#[derive(Debug, Clone, Default)]
pub struct RuleRow {
    pub name: String,
    pub role: &'static str,
    pub means: String,
    pub source: String,
    /// "“no” in 3, “#” in 4".
    pub found: String,
}
