//! What guidelines say about one person, and the packs they come from.

use askama::Template;

use super::{
    form::{Hidden, Input, ReasonForm},
    page::Chrome,
    parts::{Act, Banner, Fact, Link, Pagination, Tag},
    text::NhsText,
};

/// One thing that a guideline says, with why and whence.
#[derive(Debug, Clone, Default)]
pub struct Reason {
    pub id: String,
    pub strength: Option<Tag>,
    pub says: String,
    /// "Lowest T-score of spine and hip: −2.8".
    pub facts: Vec<String>,
    /// "NICE NG259 (July 2026) 1.4.1".
    pub source: String,
    /// How well it is known, where that is not "read in the source".
    pub mark: Option<Tag>,
    /// The rule that is over it.
    pub over: String,
}

#[derive(Debug, Clone, Default)]
pub struct Topic {
    pub id: String,
    pub title: String,
    pub reasons: Vec<Reason>,
}

#[derive(Debug, Clone, Default)]
pub struct Because {
    pub title: &'static str,
    pub reasons: Vec<Reason>,
}

#[derive(Debug, Clone, Default)]
pub struct Medicine {
    pub name: String,
    pub dose: String,
    pub licensed: String,
    pub mark: Option<Tag>,
    /// The first reason, in a line.
    pub line: String,
    pub because: Vec<Because>,
    pub leaflets: Vec<Link>,
}

#[derive(Debug, Clone, Default)]
pub struct Group {
    pub id: &'static str,
    pub title: &'static str,
    pub class: &'static str,
    pub empty: String,
    pub medicines: Vec<Medicine>,
}

/// One of the answers that are wanted first.
#[derive(Debug, Clone, Default)]
pub struct Tile {
    pub title: &'static str,
    pub answer: String,
    pub detail: String,
    pub href: String,
    pub class: &'static str,
}

/// A fact that nobody has answered, and how many rules wait for it.
#[derive(Debug, Clone, Default)]
pub struct Gap {
    pub words: String,
    pub href: String,
    pub waits: String,
}

/// A chart of NOGG's lines, already in the drawing's own units.
#[derive(Debug, Clone, Default)]
pub struct Chart {
    pub id: &'static str,
    pub title: String,
    pub words: String,
    pub bands: Vec<ChartBand>,
    pub lines: Vec<String>,
    pub x_marks: Vec<(String, String)>,
    pub y_marks: Vec<(String, String)>,
    pub point: Option<(String, String)>,
    pub table: Vec<Vec<String>>,
}

#[derive(Debug, Clone, Default)]
pub struct ChartBand {
    pub class: &'static str,
    pub points: String,
    pub label: &'static str,
    pub x: String,
    pub y: String,
}

#[derive(Template)]
#[template(path = "guidance.html")]
pub struct Guidance {
    pub chrome: Chrome,
    pub banner: Banner,
    pub back: Link,
    pub heading: String,
    /// Packs without an approval, packs past their review, who answers for options.
    pub warnings: Vec<Fact>,
    pub answered_by: String,
    pub not_assessed: Option<Link>,
    pub tiles: Vec<Tile>,
    pub groups: Vec<Group>,
    /// Why no options are shown.
    pub off: String,
    pub topics: Vec<Topic>,
    pub notes: Vec<Topic>,
    pub overruled: Vec<Reason>,
    pub gaps: Vec<Gap>,
    pub more_gaps: Vec<Gap>,
    pub asks: Vec<Fact>,
    pub charts: Vec<Chart>,
    /// What has to be said beside the charts, or why there are none.
    pub chart_notes: Vec<String>,
    pub known: Vec<Fact>,
    pub decide: Option<Link>,
    pub talk: Option<Link>,
    pub packs: String,
    pub sums_links: Vec<Link>,
}

#[derive(Debug, Clone, Default)]
pub struct PackRow {
    pub href: String,
    pub title: String,
    pub state: Tag,
    pub rules: String,
    pub marked: String,
    pub review: String,
    pub overdue: bool,
    pub approval: String,
}

#[derive(Debug, Clone, Default)]
pub struct DepartureRow {
    pub medicine: String,
    pub stood: String,
    pub decisions: String,
}

/// A decision that went against the packs.
#[derive(Debug, Clone)]
pub struct DepartedRow {
    pub href: String,
    pub name: String,
    pub nhs: NhsText,
    pub decided: String,
    pub medicine: String,
    pub stood: String,
    pub because: String,
}

#[derive(Debug, Clone)]
pub struct NameForm {
    pub action: String,
    pub hidden: Vec<Hidden>,
    pub name: Input,
    pub registration: Input,
    pub note: Input,
    pub button: String,
    pub open: bool,
}

#[derive(Template)]
#[template(path = "guidance_packs.html")]
pub struct Packs {
    pub chrome: Chrome,
    pub demo: bool,
    pub responsible: String,
    pub name: Option<NameForm>,
    pub stand_down: Option<ReasonForm>,
    pub rows: Vec<PackRow>,
    pub tables: Vec<TableRow>,
    /// How many decisions in all.
    pub decided_otherwise: String,
    pub departures: Vec<DepartureRow>,
    /// To the decisions one by one, for those who see people.
    pub reasons: Option<Link>,
    /// What was done about options and sums, newest first.
    pub acts: Vec<Act>,
}

/// A table behind sums.
pub struct TableRow {
    pub title: String,
    pub version: String,
    pub source: String,
    pub review: String,
    pub overdue: bool,
}

#[derive(Template)]
#[template(path = "guidance_departures.html")]
pub struct Departures {
    pub chrome: Chrome,
    pub showing: String,
    pub rows: Vec<DepartedRow>,
    pub pagination: Option<Pagination>,
}

#[derive(Debug, Clone, Default)]
pub struct RuleRow {
    pub id: String,
    pub does: String,
    pub strength: Option<Tag>,
    pub says: String,
    pub when: String,
    pub source: String,
    pub mark: Option<Tag>,
    pub over: String,
}

#[derive(Template)]
#[template(path = "guidance_pack.html")]
pub struct Pack {
    pub chrome: Chrome,
    pub title: String,
    pub state: Tag,
    pub facts: Vec<Fact>,
    pub rules: Vec<RuleRow>,
    pub medicines: Vec<Fact>,
    pub approve: Option<NameForm>,
    pub withdraw: Option<ReasonForm>,
    /// What was done about this pack, newest first.
    pub acts: Vec<Act>,
}
