//! A text file is one report.

use std::{
    io::{BufRead, Read},
    sync::Arc,
};

use super::blocks::LONGEST;
use crate::find::batch::{Problem, Sink, What};

pub fn read(input: impl BufRead, name: &Arc<str>, id: String, sink: &mut Sink<'_>) {
    let mut bytes = Vec::new();
    match input.take(LONGEST as u64 + 1).read_to_end(&mut bytes) {
        Err(error) => sink.problem(name, 0, super::broken(&error)),
        Ok(count) if count > LONGEST => {
            let problem = Problem::new(
                "is longer than 16 MB",
                "One report a file; use --format for lists.",
            );
            sink.problem(name, 0, problem);
        }
        Ok(_) => {
            let range = sink.keep(&bytes);
            sink.add(name, 0, range, What::Text { id });
        }
    }
}
