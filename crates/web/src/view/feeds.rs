//! Feeds and reader, and report layouts.

use askama::Template;

use super::{
    evidence::Sighting,
    form::{Hidden, Input},
    page::Chrome,
    parts::{Fact, Tag},
};

#[derive(Debug, Clone, Default)]
pub struct Warning {
    pub text: String,
    /// Who has seen to it, and what they wrote; empty while nobody has.
    pub seen: String,
    pub fields: Vec<Hidden>,
    pub note: Input,
}

/// A week on the picture, within 720 by 96.
#[derive(Debug, Clone, Default)]
pub struct Bar {
    pub x: String,
    pub y: String,
    pub complete: bool,
    pub words: String,
}

#[derive(Debug, Clone, Default)]
pub struct Feed {
    /// Unique on the page.
    pub id: String,
    pub name: String,
    pub line: String,
    pub words: String,
    pub points: Vec<Bar>,
    /// The weeks, as points of a polyline.
    pub path: String,
    pub most: String,
    pub first: String,
    pub last: String,
    /// Week, items, with a word, listed, to be looked at, noes by reason.
    pub rows: Vec<Vec<String>>,
}

#[derive(Template)]
#[template(path = "feeds.html")]
pub struct Feeds {
    pub chrome: Chrome,
    pub day: String,
    pub hidden: Vec<Hidden>,
    pub standing: Vec<Warning>,
    pub seen: Vec<Warning>,
    pub feeds: Vec<Feed>,
}

#[derive(Debug, Clone, Default)]
pub struct LayoutRow {
    pub href: String,
    pub heading: String,
    pub hospital: String,
    pub state: Tag,
    pub reports: String,
    pub waiting: String,
    pub since: String,
    pub said: String,
}

#[derive(Template)]
#[template(path = "report_layouts.html")]
pub struct Layouts {
    pub chrome: Chrome,
    pub rows: Vec<LayoutRow>,
}

#[derive(Debug, Clone, Default)]
pub struct Sample {
    pub name: String,
    pub sightings: Vec<Sighting>,
}

#[derive(Template)]
#[template(path = "report_layout.html")]
pub struct Layout {
    pub chrome: Chrome,
    pub heading: String,
    pub facts: Vec<Fact>,
    pub action: String,
    pub hidden: Vec<Hidden>,
    pub note: Input,
    pub waiting: String,
    pub samples: Vec<Sample>,
}
