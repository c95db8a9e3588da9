//! Readings to bytes. NDJSON is written by the workers; CSV and Parquet go through rows of cells.

mod cells;
mod file;
mod ndjson;
pub mod parquet;

use std::path::Path;

use finder::{PhraseReading, Reading};

pub use self::file::{Mark, Output};
use super::{record::Record, show};

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum To {
    Ndjson,
    Csv,
    Parquet,
}

impl To {
    pub fn of_name(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "ndjson" | "jsonl" | "json" => Some(Self::Ndjson),
            "csv" => Some(Self::Csv),
            "parquet" | "pq" => Some(Self::Parquet),
            _ => None,
        }
    }
}

pub enum Verdict<'a> {
    Reading(&'a Reading),
    Phrase(&'a str, &'a PhraseReading),
}

/// What a batch says: lines as they are written, or cells one after the other.
#[derive(Debug, Default)]
pub struct Encoded {
    pub bytes: Vec<u8>,
    /// Where each cell ends.
    pub ends: Vec<usize>,
}

impl Encoded {
    pub fn new(bytes: Vec<u8>) -> Self {
        Self {
            bytes,
            ends: Vec::new(),
        }
    }

    pub fn cells(&self) -> impl Iterator<Item = &[u8]> {
        let mut start = 0;
        self.ends.iter().map(move |end| {
            let cell = self.bytes.get(start..*end).unwrap_or_default();
            start = *end;
            cell
        })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoder {
    /// The report with its words marked, for people.
    Terminal {
        colour: bool,
    },
    Table(To, Shape),
}

/// Which columns a table has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    Reading,
    Phrase,
}

impl Shape {
    pub fn names(self) -> &'static [&'static str] {
        match self {
            Self::Reading => &["id", "list", "reason", "source", "findings"],
            Self::Phrase => &[
                "id",
                "phrase",
                "negation",
                "temporality",
                "experiencer",
                "found",
                "source",
                "evidence",
            ],
        }
    }
}

impl Encoder {
    pub fn add(self, record: &Record<'_>, verdict: &Verdict<'_>, to: &mut Encoded) {
        match self {
            Self::Terminal { colour } => show::show(record, verdict, colour, &mut to.bytes),
            Self::Table(To::Ndjson, _) => ndjson::line(record, verdict, &mut to.bytes),
            Self::Table(To::Csv | To::Parquet, _) => cells::row(record, verdict, to),
        }
    }

    /// The batch is complete.
    pub fn finish(self, encoded: &mut Encoded) {
        if let Self::Table(To::Csv, shape) = self {
            cells::to_csv(encoded, shape.names().len());
        }
    }
}
