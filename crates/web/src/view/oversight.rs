//! Pages for the lead clinician and the privacy officer.

use askama::Template;

use super::{
    evidence::Sighting,
    form::{Choices, Hidden, Input},
    page::Chrome,
    parts::{Banner, Fact},
};

#[derive(Debug, Clone, Default)]
pub struct ReasonRow {
    pub label: String,
    pub note: String,
    pub counts: Vec<String>,
    pub total: String,
}

/// An interval drawn on a line of 1,000 units.
#[derive(Debug, Clone, Default)]
pub struct Interval {
    pub words: String,
    pub low: u64,
    pub width: u64,
    pub point: u64,
    pub scale: String,
}

#[derive(Template)]
#[template(path = "said_no.html")]
pub struct SaidNo {
    pub chrome: Chrome,
    pub sources: Vec<String>,
    pub rows: Vec<ReasonRow>,
    /// One per source, then all.
    pub totals: Vec<String>,
    pub estimate: String,
    pub estimate_words: String,
    pub interval: Option<Interval>,
    pub sample: Vec<Fact>,
    pub can_review: bool,
    pub can_judge_layouts: bool,
    /// Source, listed, said no to, read again, missed, sensitivity, interval.
    pub sensitivity: Vec<Vec<String>>,
    pub months: Option<Months>,
}

/// The estimate month by month, drawn within 720 by 220.
#[derive(Debug, Clone, Default)]
pub struct Months {
    pub words: String,
    /// Height and words of the lines across.
    pub scale: Vec<(String, String)>,
    /// Oldest first.
    pub months: Vec<Month>,
}

#[derive(Debug, Clone, Default)]
pub struct Month {
    pub at: String,
    pub name: String,
    /// Nothing where not enough was reviewed.
    pub drawn: Option<Drawn>,
    /// As in the table of sources.
    pub row: Vec<String>,
}

#[derive(Debug, Clone, Default)]
pub struct Drawn {
    pub value: String,
    pub lower: String,
    pub upper: String,
}

pub struct ReviewItem {
    pub action: String,
    pub hidden: Vec<Hidden>,
    pub reason: String,
    pub sightings: Vec<Sighting>,
}

#[derive(Template)]
#[template(path = "said_no_review.html")]
pub struct Review {
    pub chrome: Chrome,
    pub banner: Option<Banner>,
    pub position: String,
    pub item: Option<ReviewItem>,
}

#[derive(Debug, Clone, Default)]
pub struct AccessTable {
    pub heading: String,
    pub showing: String,
    pub note: String,
    pub headers: Vec<&'static str>,
    pub rows: Vec<Vec<String>>,
}

#[derive(Template)]
#[template(path = "privacy.html")]
pub struct Privacy {
    pub chrome: Chrome,
    pub hidden: Vec<Hidden>,
    pub number: Input,
    pub user: Choices,
    pub result: Option<AccessTable>,
}
