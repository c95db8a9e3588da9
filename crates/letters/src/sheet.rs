//! A letter with every word in its place, before it has a format. The three writers see only this.

use serde::Serialize;

use crate::catalogue::Words;

#[derive(Debug, Serialize)]
pub(crate) struct Sheet {
    pub title: String,
    pub author: String,
    pub date: Day,
    pub large_print: bool,
    pub demo: Option<String>,
    /// The first line is the name of the service.
    pub letterhead: Vec<String>,
    pub marking: String,
    pub address: Vec<String>,
    pub reference: Vec<String>,
    pub gp: Option<Box>,
    pub greeting: String,
    pub parts: Vec<Piece>,
    pub closing: String,
    pub signature: Vec<String>,
    pub copies: Vec<String>,
    pub foot: String,
    pub words: FootWords,
}

#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Day {
    pub year: i16,
    pub month: i8,
    pub day: i8,
}

impl From<jiff::civil::Date> for Day {
    fn from(date: jiff::civil::Date) -> Self {
        Self {
            year: date.year(),
            month: date.month(),
            day: date.day(),
        }
    }
}

#[derive(Debug, Serialize)]
pub(crate) struct Box {
    pub title: String,
    pub lines: Vec<Line>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Line {
    pub label: String,
    pub text: String,
}

#[derive(Debug, Serialize)]
pub(crate) struct Piece {
    pub heading: Option<String>,
    pub paragraphs: Vec<String>,
    pub list: Vec<String>,
}

#[derive(Debug, Serialize)]
pub(crate) struct FootWords {
    pub page: String,
    pub of: String,
    pub missing: String,
}

impl From<&Words> for FootWords {
    fn from(words: &Words) -> Self {
        Self {
            page: words.page.clone(),
            of: words.of.clone(),
            missing: words.missing.clone(),
        }
    }
}
