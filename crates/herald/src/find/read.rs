//! A worker's part: a batch in, output bytes and counts out.

use std::{borrow::Cow, ops::Range, sync::Arc};

use encoding_rs::WINDOWS_1252;
use feeds::{Format, Profiles, Severity, message};
use finder::Finder;
use jiff::civil::Date;

use super::{
    batch::{Batch, Piece, Place, Problem, What},
    input::{
        blocks::{LONGEST, lines_in},
        csv::{Columns, Rows},
        lines,
        parquet::{Cell, Row},
        too_long,
    },
    output::{Encoded, Encoder, Verdict},
    pipeline::Worked,
    record::{Id, Names, Record},
    summary::{Tally, count},
};

pub struct Reader<'a> {
    pub finder: &'a Finder,
    pub names: &'a Names,
    pub encoder: Encoder,
    pub profiles: Profiles,
}

/// A batch as it was read.
pub struct Read {
    pub output: Encoded,
    pub tally: Tally,
    pub told: Vec<Told>,
    pub next: Place,
}

/// A problem with its place.
pub struct Told {
    pub file: Arc<str>,
    pub line: u64,
    pub problem: Problem,
}

impl Worked for Read {
    fn buffer(self) -> Vec<u8> {
        self.output.bytes
    }
}

impl Reader<'_> {
    pub fn read(&self, batch: &Batch, buffer: Vec<u8>) -> Read {
        let mut reading = Reading {
            reader: self,
            output: Encoded::new(buffer),
            tally: Tally::default(),
            told: Vec::new(),
        };
        for piece in &batch.pieces {
            reading.piece(piece, &batch.bytes);
        }
        let mut output = reading.output;
        self.encoder.finish(&mut output);
        Read {
            output,
            tally: reading.tally,
            told: reading.told,
            next: batch.next,
        }
    }
}

struct Reading<'r> {
    reader: &'r Reader<'r>,
    output: Encoded,
    tally: Tally,
    told: Vec<Told>,
}

impl Reading<'_> {
    fn piece(&mut self, piece: &Piece, batch: &[u8]) {
        let bytes = batch.get(piece.bytes.clone()).unwrap_or_default();
        match &piece.what {
            What::Lines => self.lines(piece, bytes),
            What::Rows(columns) => self.rows(piece, bytes, columns),
            What::Text { id } => {
                let text = self.text(bytes);
                self.record(&Record {
                    id: Id::Words(id.into()),
                    text,
                    ..Record::default()
                });
            }
            What::Message => self.message(piece, bytes),
            What::Row(row) => self.row(piece, row, batch),
            What::Problem(problem) => self.bad(piece, piece.line, problem.clone()),
            What::LeftOut => {
                self.tally.files_left_out += 1;
                self.tally.left_out.push(piece.file.to_string());
            }
        }
    }

    fn bad(&mut self, piece: &Piece, line: u64, problem: Problem) {
        self.tally.unreadable += 1;
        self.told.push(Told {
            file: piece.file.clone(),
            line,
            problem,
        });
    }

    /// What is not UTF-8 comes from Windows, in hospitals.
    fn text<'b>(&mut self, bytes: &'b [u8]) -> Cow<'b, str> {
        match std::str::from_utf8(bytes) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => {
                self.tally.read_as_windows_1252 += 1;
                WINDOWS_1252.decode_without_bom_handling(bytes).0
            }
        }
    }

    fn lines(&mut self, piece: &Piece, bytes: &[u8]) {
        let whole = std::str::from_utf8(bytes).ok();
        let (mut number, mut at) = (piece.line, 0);
        while at < bytes.len() {
            let rest = bytes.get(at..).unwrap_or_default();
            let end = at + memchr::memchr(b'\n', rest).map_or(rest.len(), |found| found + 1);
            let line = bytes.get(at..end).unwrap_or_default();
            if line.len() > LONGEST {
                self.bad(
                    piece,
                    number,
                    too_long("One report a line; is the file NDJSON?"),
                );
            } else if !line.trim_ascii().is_empty() {
                let line = match whole.and_then(|whole| whole.get(at..end)) {
                    Some(line) => Cow::Borrowed(line),
                    None => self.text(line),
                };
                match lines::read(&line, self.reader.names) {
                    Ok(mut record) => {
                        if self.reader.names.phrase.is_some() && matches!(record.id, Id::None) {
                            record.id = Id::Number(number);
                        }
                        self.record(&record);
                    }
                    Err(problem) => self.bad(piece, number, Problem::new(problem, lines::EXAMPLE)),
                }
            }
            number += 1;
            at = end;
        }
    }

    fn rows(&mut self, piece: &Piece, bytes: &[u8], columns: &Columns) {
        let names = self.reader.names;
        let whole = std::str::from_utf8(bytes).ok();
        let mut rows = Rows::new(bytes);
        let mut fields: Vec<Range<usize>> = Vec::new();
        let (mut number, mut at) = (piece.line, 0);
        while rows.next(&mut fields) {
            let (Some(first), Some(last)) = (fields.first(), fields.last()) else {
                continue;
            };
            let (start, end) = (first.start, last.end);
            number += lines_in(bytes.get(at..start).unwrap_or_default());
            at = start;
            if end - start > LONGEST {
                self.bad(piece, number, too_long("Is a quote left open?"));
                continue;
            }
            let row;
            let (row, from) = match whole.and_then(|whole| whole.get(start..end)) {
                Some(row) => (row, start),
                None => {
                    row = self.text(bytes.get(start..end).unwrap_or_default());
                    Rows::new(row.as_bytes()).next(&mut fields);
                    (row.as_ref(), 0)
                }
            };
            match columns.read(row, from, &fields, number, names) {
                Ok(record) => self.record(&record),
                Err(problem) => self.bad(piece, number, problem),
            }
        }
    }

    fn row(&mut self, piece: &Piece, row: &Row, batch: &[u8]) {
        let names = self.reader.names;
        let mut cell = |cell: &Option<Cell>| {
            let (Cell::Words(range) | Cell::Json(range)) = cell.as_ref()?;
            Some(self.text(batch.get(range.clone()).unwrap_or_default()))
        };
        let id = cell(&row.id);
        let id = match (&row.id, &id) {
            (Some(Cell::Json(_)), Some(json)) => {
                serde_json::from_str(json).map_or(Id::Number(piece.line), Id::Json)
            }
            (_, Some(words)) => Id::Words(Cow::Borrowed(words)),
            (_, None) => Id::Number(piece.line),
        };
        let text = cell(&row.text);
        let phrase = cell(&row.phrase);
        let record = Record {
            id,
            age: cell(&row.age).and_then(|age| age.trim().parse().ok()),
            sex: cell(&row.sex).map(|sex| terms::Sex::read(&sex)),
            exam: cell(&row.exam),
            indication: cell(&row.indication),
            source: cell(&row.source),
            ..Record::default()
        };
        let empty = |name: &str| {
            Problem::new(
                format!("has nothing in “{name}”"),
                "The column is empty in this row.",
            )
        };
        match (text, phrase, &names.phrase) {
            (None, ..) => self.bad(piece, piece.line, empty(&names.text)),
            (_, None, Some(name)) => self.bad(piece, piece.line, empty(name)),
            (Some(text), phrase, _) => self.record(&Record {
                text,
                phrase,
                ..record
            }),
        }
    }

    fn message(&mut self, piece: &Piece, bytes: &[u8]) {
        let parsed = feeds::read(&Format::Hl7, bytes, piece.line, &self.reader.profiles);
        if parsed.encoding.basis == feeds::Basis::Fallback {
            self.tally.read_as_windows_1252 += 1;
        }
        let Some(message) = parsed.message else {
            let fault = parsed
                .faults
                .into_iter()
                .find(|fault| fault.severity == Severity::Rejected);
            if let Some(fault) = fault {
                let problem = Problem::new(fault.problem.trim_end_matches('.'), fault.advice);
                self.bad(piece, piece.line, problem);
            }
            return;
        };
        if message.reports.is_empty() {
            self.tally.messages_without_report += 1;
        }
        let source = &message.sender.facility;
        for report in &message.reports {
            self.record(&Record {
                id: Id::Words(Cow::Borrowed(&report.accession)),
                text: Cow::Borrowed(&report.text),
                phrase: None,
                age: age(&message, report),
                sex: Some(message.person.sex),
                exam: filled(&report.exam),
                indication: report.indication.as_deref().map(Cow::Borrowed),
                source: filled(source),
            });
        }
    }

    fn record(&mut self, record: &Record<'_>) {
        let source = record.source.as_deref();
        match &record.phrase {
            None => {
                let reading = self.reader.finder.read_report(&record.report());
                self.tally.report(&reading, source);
                let verdict = Verdict::Reading(&reading);
                self.reader.encoder.add(record, &verdict, &mut self.output);
            }
            Some(phrase) => {
                let reading = self.reader.finder.judge_phrase(&record.text, phrase);
                self.tally.reports += 1;
                let phrases = &mut self.tally.phrases;
                count(&mut phrases.negation, reading.negation.code());
                count(&mut phrases.temporality, reading.temporality.code());
                count(&mut phrases.experiencer, reading.experiencer.code());
                phrases.not_found += u64::from(!reading.found);
                let verdict = Verdict::Phrase(phrase, &reading);
                self.reader.encoder.add(record, &verdict, &mut self.output);
            }
        }
    }
}

fn filled(words: &str) -> Option<Cow<'_, str>> {
    (!words.trim().is_empty()).then_some(Cow::Borrowed(words))
}

/// On the day of the examination.
fn age(message: &message::Message, report: &message::Report) -> Option<i16> {
    let born = message.person.born?;
    let on: Date = report.performed.or(message.event.date)?;
    let had_birthday = (on.month(), on.day()) >= (born.month(), born.day());
    Some(on.year() - born.year() - i16::from(!had_birthday))
}
