//! The same as rows of a table. Findings and evidence stand in one cell, as JSON.

use super::{
    Encoded, Verdict,
    ndjson::{Findings, json},
};
use crate::find::record::Record;

pub fn row(record: &Record<'_>, verdict: &Verdict<'_>, to: &mut Encoded) {
    let id = record.id.plain();
    let source = record.source.as_deref().unwrap_or("");
    match verdict {
        Verdict::Reading(reading) => {
            let cells = [id.as_ref(), reading.list.code(), &reading.reason, source];
            cells.into_iter().for_each(|cell| add(cell, to));
            json(&Findings(&reading.findings), &mut to.bytes);
        }
        Verdict::Phrase(phrase, reading) => {
            let cells = [
                id.as_ref(),
                phrase,
                reading.negation.code(),
                reading.temporality.code(),
                reading.experiencer.code(),
                if reading.found { "true" } else { "false" },
                source,
            ];
            cells.into_iter().for_each(|cell| add(cell, to));
            json(&reading.cues, &mut to.bytes);
        }
    }
    to.ends.push(to.bytes.len());
}

fn add(cell: &str, to: &mut Encoded) {
    to.bytes.extend_from_slice(cell.as_bytes());
    to.ends.push(to.bytes.len());
}

pub fn to_csv(encoded: &mut Encoded, width: usize) {
    let mut writer = csv::Writer::from_writer(Vec::with_capacity(encoded.bytes.len() * 5 / 4));
    let mut cells = encoded.cells();
    for _ in 0..encoded.ends.len() / width {
        // Memory takes every byte, and all rows are of one width.
        let _ = writer.write_record(cells.by_ref().take(width));
    }
    drop(cells);
    if let Ok(bytes) = writer.into_inner() {
        *encoded = Encoded::new(bytes);
    }
}
