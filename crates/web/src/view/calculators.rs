//! Small sums: what to type, what came out with its working, or what looks wrong.

use askama::Template;

use super::{
    form::Hidden,
    page::Chrome,
    parts::{Banner, Fact, Link, Tag},
    questions::Control,
};

/// A field, and the way to say that an unusual figure stands.
#[derive(Debug, Clone)]
pub struct Field {
    pub control: Control,
    pub confirms: Vec<Confirm>,
}

/// Who answers for what is worked out.
#[derive(Debug, Clone, Default)]
pub struct WhoAnswers {
    /// A demonstration, and nobody does.
    pub nobody: bool,
    pub words: String,
}

#[derive(Debug, Clone, Default)]
pub struct Confirm {
    pub id: String,
    /// What is confirmed, as typed: another figure is asked about again.
    pub value: String,
    /// The same in words, for the label.
    pub words: String,
    pub ticked: bool,
}

#[derive(Debug, Clone, Default)]
pub struct Part {
    pub legend: String,
    pub note: String,
    pub fields: Vec<Field>,
}

#[derive(Debug, Clone, Default)]
pub struct Remark {
    pub words: String,
    pub source: String,
    pub mark: Option<Tag>,
}

#[derive(Debug, Clone, Default)]
pub struct Table {
    pub caption: String,
    pub headers: Vec<&'static str>,
    pub rows: Vec<Vec<String>>,
}

#[derive(Debug, Clone, Default)]
pub struct Outcome {
    pub id: String,
    pub title: String,
    pub value: String,
    pub working: String,
    pub remarks: Vec<Remark>,
    pub table: Option<Table>,
    pub caveat: String,
    pub source: String,
    pub mark: Option<Tag>,
    /// Somebody else's terms for showing the figure, word for word.
    pub disclaimer: String,
}

#[derive(Template)]
#[template(path = "calculator.html")]
pub struct Calculator {
    pub chrome: Chrome,
    pub title: String,
    pub lead: String,
    pub answers: WhoAnswers,
    pub outcomes: Vec<Outcome>,
    pub action: String,
    pub hidden: Vec<Hidden>,
    pub parts: Vec<Part>,
    pub table: Option<Table>,
}

#[derive(Debug, Clone, Default)]
pub struct Row {
    pub link: Link,
    pub lead: String,
}

#[derive(Template)]
#[template(path = "calculators.html")]
pub struct Calculators {
    pub chrome: Chrome,
    pub answers: WhoAnswers,
    pub rows: Vec<Row>,
}

#[derive(Template)]
#[template(path = "calculators_off.html")]
pub struct Off {
    pub chrome: Chrome,
    pub title: String,
    pub why: String,
    pub back: Link,
}

#[derive(Debug, Clone, Default)]
pub struct ToolRow {
    pub label: String,
    /// Empty where it is not known.
    pub value: String,
    /// A feed says so, and nobody has saved it.
    pub unsaved: bool,
    /// FRAX takes an empty box for no.
    pub empty_is_no: bool,
    pub hint: String,
}

/// A score before and after, by factor.
#[derive(Debug, Clone, Default)]
pub struct AdjustedRow {
    pub what: String,
    pub mof: String,
    pub hip: String,
    pub source: String,
    pub mark: Option<Tag>,
}

#[derive(Template)]
#[template(path = "frax.html")]
pub struct Frax {
    pub chrome: Chrome,
    pub banner: Banner,
    pub back: Link,
    pub answers: WhoAnswers,
    pub asks: Vec<Fact>,
    pub rows: Vec<ToolRow>,
    pub tool: String,
    pub nogg: String,
    /// Somebody saved the score; else a scan's report prints it.
    pub saved: bool,
    pub score: Vec<Fact>,
    pub questions: Vec<Question>,
    pub open: Vec<&'static str>,
    pub adjusted: Vec<AdjustedRow>,
    pub working: String,
    pub instead: Vec<Remark>,
    pub notes: Vec<String>,
    pub enter: Link,
}

#[derive(Debug, Clone, Default)]
pub struct Question {
    pub odd: String,
    pub expected: String,
    pub to_do: String,
    pub blocks: bool,
}
