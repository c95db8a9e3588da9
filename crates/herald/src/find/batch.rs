//! What goes from the thread that reads the files to the workers.

use std::{ops::ControlFlow, ops::Range, sync::Arc};

use serde::{Deserialize, Serialize};

use super::{
    input::{csv::Columns, parquet::Row},
    pipeline::Feed,
};

/// A batch this large is handed over; of small reports it holds some hundreds.
pub const FULL: usize = 256 * 1024;
/// Rows and messages have a cost of their own, however short their text is.
const MOST_PIECES: usize = 4096;

/// Where in the input a batch begins. Batches depend on nothing but that, so a run that goes on from a place makes
/// the same batches as one that was never stopped.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Files before this one.
    pub file: u64,
    /// Bytes, rows or messages of the file before this place.
    pub at: u64,
    /// Line of the file, from 1; 0 at the start of a file.
    pub line: u64,
    /// Bytes of the files before this one, and of this one before this place.
    pub before: u64,
    pub within: u64,
}

#[derive(Debug, Default)]
pub struct Batch {
    pub number: u64,
    pub bytes: Vec<u8>,
    pub pieces: Vec<Piece>,
    /// Where the next batch begins.
    pub next: Place,
}

/// Some of the bytes, from one file.
#[derive(Debug)]
pub struct Piece {
    pub file: Arc<str>,
    /// Line where it starts; 0 where lines say nothing.
    pub line: u64,
    pub bytes: Range<usize>,
    pub what: What,
}

#[derive(Debug)]
pub enum What {
    Lines,
    Rows(Arc<Columns>),
    Text {
        id: String,
    },
    Message,
    Row(Box<Row>),
    Problem(Problem),
    /// A file of a folder that is of no known kind.
    LeftOut,
}

/// What is wrong and what to do about it.
#[derive(Debug, Clone)]
pub struct Problem {
    pub problem: String,
    pub help: String,
}

impl Problem {
    pub fn new(problem: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            problem: problem.into(),
            help: help.into(),
        }
    }
}

/// Gathers pieces into batches and hands these over. `Break` means that nobody wants any more.
pub struct Sink<'f> {
    batch: Batch,
    feed: &'f Feed,
}

impl<'f> Sink<'f> {
    pub fn new(feed: &'f Feed) -> Self {
        Self {
            batch: Batch {
                bytes: feed.spare(),
                ..Batch::default()
            },
            feed,
        }
    }

    /// The range at which the bytes stand in the batch.
    pub fn keep(&mut self, bytes: &[u8]) -> Range<usize> {
        let start = self.batch.bytes.len();
        self.batch.bytes.extend_from_slice(bytes);
        start..self.batch.bytes.len()
    }

    pub fn add(&mut self, file: &Arc<str>, line: u64, bytes: Range<usize>, what: What) {
        self.batch.pieces.push(Piece {
            file: file.clone(),
            line,
            bytes,
            what,
        });
    }

    pub fn problem(&mut self, file: &Arc<str>, line: u64, problem: Problem) {
        self.add(file, line, 0..0, What::Problem(problem));
    }

    /// Between two records: hands the batch over if it is large enough.
    pub fn pause(&mut self, next: Place) -> ControlFlow<()> {
        if self.batch.bytes.len() >= FULL / 2 || self.batch.pieces.len() >= MOST_PIECES {
            self.flush(next)
        } else {
            ControlFlow::Continue(())
        }
    }

    pub fn flush(&mut self, next: Place) -> ControlFlow<()> {
        let fresh = Batch {
            number: self.batch.number + 1,
            bytes: self.feed.spare(),
            ..Batch::default()
        };
        let mut batch = std::mem::replace(&mut self.batch, fresh);
        batch.next = next;
        self.feed.send(batch)
    }
}
