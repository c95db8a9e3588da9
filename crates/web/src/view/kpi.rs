//! The KPIs and the people behind them.

use askama::Template;

use super::{
    form::Input,
    page::Chrome,
    parts::{Fact, Link, Pagination, Tag},
    text::{DateText, NhsText},
};

/// A list behind a figure.
#[derive(Debug, Clone, Default)]
pub struct SetLink {
    pub label: &'static str,
    pub count: String,
    /// Empty for those who see numbers only, and where nobody is.
    pub href: String,
    /// Said to a screen reader, which may read links alone.
    pub of: &'static str,
}

/// What is counted, and how well that is known.
#[derive(Debug, Clone, Default)]
pub struct Definition {
    pub denominator: String,
    pub numerator: String,
    pub note: String,
    pub source: String,
    pub status: Tag,
}

/// A figure as a line of a table: of a hospital, or counted another way.
#[derive(Debug, Clone, Default)]
pub struct Line {
    pub label: String,
    pub met: String,
    pub eligible: String,
    pub percent: String,
    pub interval: String,
    pub band: Option<Tag>,
    pub note: String,
}

/// One month on the run chart, in units of the drawing.
#[derive(Debug, Clone, Default)]
pub struct Point {
    pub x: String,
    pub y: String,
    /// Every window has closed.
    pub settled: bool,
    pub words: String,
}

#[derive(Debug, Clone, Default)]
pub struct AxisMark {
    pub at: String,
    pub text: String,
}

#[derive(Debug, Clone, Default)]
pub struct Chart {
    /// Unique on the page.
    pub id: String,
    pub title: String,
    pub words: String,
    /// Runs of months that stand side by side, as points of a polyline.
    pub lines: Vec<String>,
    pub points: Vec<Point>,
    /// Height of the median, where there are months enough.
    pub median: Option<AxisMark>,
    pub percents: Vec<AxisMark>,
    pub months: Vec<AxisMark>,
    /// The same numbers, newest first.
    pub rows: Vec<Line>,
    pub shifts: Vec<String>,
}

#[derive(Debug, Clone, Default)]
pub struct Card {
    /// `kpi-4`, where links go.
    pub id: String,
    pub number: u8,
    pub title: &'static str,
    /// As a line of the table of all KPIs.
    pub summary: Line,
    pub figure: String,
    pub count_words: String,
    pub interval: String,
    pub band: Option<Tag>,
    /// What keeps the figure from being worked out.
    pub missing: String,
    pub sets: Vec<SetLink>,
    /// Why people are not eligible.
    pub because: Vec<Fact>,
    pub definition: Definition,
    pub chart: Option<Chart>,
    pub sites: Vec<Line>,
    pub beside: Vec<Line>,
    /// KPI 1: blanks by field.
    pub fields: Vec<Line>,
    pub fields_words: String,
}

#[derive(Template)]
#[template(path = "kpi.html")]
pub struct Kpis {
    pub chrome: Chrome,
    pub line: String,
    pub dates: Vec<Input>,
    pub shortcuts: Vec<Link>,
    /// Nobody is accepted yet.
    pub empty: bool,
    pub cards: Vec<Card>,
    pub note: String,
    pub referral_words: &'static str,
}

#[derive(Debug, Clone)]
pub struct Somebody {
    pub href: String,
    pub name: String,
    pub nhs: NhsText,
    pub age: String,
    pub fracture: String,
    pub diagnosed: DateText,
    pub hospital: String,
    pub standing: String,
}

#[derive(Template)]
#[template(path = "kpi_people.html")]
pub struct KpiPeople {
    pub chrome: Chrome,
    pub back: Link,
    pub heading: String,
    pub line: String,
    pub sets: Vec<SetTab>,
    pub showing: String,
    pub people: Vec<Somebody>,
    pub pagination: Option<Pagination>,
}

#[derive(Debug, Clone, Default)]
pub struct SetTab {
    pub text: &'static str,
    pub href: String,
    pub current: bool,
}
