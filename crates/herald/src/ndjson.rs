//! One JSON object a line in, one answer a line out, in the same order, on all cores.

use std::{
    fs,
    io::{BufRead, Write},
    num::NonZero,
    path::PathBuf,
    thread,
};

use anyhow::{Context, bail};
use serde::Deserialize;

use crate::find::{
    bar,
    batch::{Batch, Piece, Place, What},
    input::{self, Format, Input},
    pipeline::{self, Worked},
    rate,
    record::Names,
};

/// What is counted while lines are answered.
pub trait Tally: Default + Send {
    fn add(&mut self, other: &Self);
}

/// Answers one line; what it writes becomes the answer.
pub trait Answer<T>: Sync {
    fn line(&self, number: u64, line: &[u8], out: &mut Vec<u8>, tally: &mut T);
    /// The answer to a line that could not be read at all.
    fn unreadable(&self, number: u64, problem: &str, out: &mut Vec<u8>, tally: &mut T);
}

/// A line as one JSON object. `example` says where to see a line that can be read.
pub fn object<'a, T: Deserialize<'a>>(line: &'a [u8], example: &str) -> Result<T, String> {
    // A list would be taken as fields in their order.
    if !line.trim_ascii_start().starts_with(b"{") {
        return Err(format!("this is not a JSON object. {example}"));
    }
    serde_json::from_slice(line).map_err(|error| {
        let words = error.to_string();
        // Of this line alone, it is always line 1.
        let words = words.split(" at line 1 column").next().unwrap_or(&words);
        let column = error.column();
        format!("this cannot be read: {words}, at byte {column}. {example}")
    })
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Done<T> {
    pub tally: T,
    pub lines: u64,
    /// Where the input itself could not be read.
    pub broken: u64,
}

/// `file`: none, or `-`, is standard input. `unit` is what a line is, for the progress bar.
pub fn answer<T: Tally>(
    file: Option<&PathBuf>,
    stdin: impl BufRead + Send,
    mut out: impl Write,
    mut err: impl Write,
    unit: &str,
    by: &impl Answer<T>,
) -> anyhow::Result<Done<T>> {
    let files = file.map_or(&[][..], std::slice::from_ref);
    for file in files.iter().filter(|file| file.as_os_str() != "-") {
        let known = fs::metadata(file)
            .with_context(|| format!("{} cannot be read; check its name", file.display()))?;
        if known.is_dir() {
            bail!("{} is a folder; name a file in it", file.display());
        }
    }
    let survey = input::survey(files, &[]);
    let bar = bar(&survey);
    let names = Names {
        text: String::new(),
        id: None,
        phrase: None,
    };
    let input = Input {
        files,
        stdin,
        format: Some(Format::Ndjson),
        names: &names,
        text_named: false,
        ours: &[],
        from: Place::default(),
    };
    let jobs = thread::available_parallelism().map_or(1, NonZero::get);
    let mut done: Done<T> = Done::default();
    pipeline::run(
        jobs,
        |sink| input.read(sink),
        |batch, buffer| work(batch, buffer, by),
        |answers: &mut Answers<T>| {
            out.write_all(&answers.bytes)?;
            out.flush()?;
            done.tally.add(&answers.tally);
            done.lines += answers.lines;
            done.broken += answers.told.len() as u64;
            for problem in &answers.told {
                bar.suspend(|| writeln!(err, "{problem}"))?;
            }
            bar.set_position(answers.next.before + answers.next.within);
            bar.set_message(rate(done.lines, unit, &bar));
            Ok(())
        },
    )?;
    bar.finish_and_clear();
    Ok(done)
}

/// A batch as it was answered.
struct Answers<T> {
    bytes: Vec<u8>,
    tally: T,
    lines: u64,
    told: Vec<String>,
    next: Place,
}

impl<T: Send> Worked for Answers<T> {
    fn buffer(self) -> Vec<u8> {
        self.bytes
    }
}

fn work<T: Tally>(batch: &Batch, buffer: Vec<u8>, by: &impl Answer<T>) -> Answers<T> {
    let mut answers = Answers {
        bytes: buffer,
        tally: T::default(),
        lines: 0,
        told: Vec::new(),
        next: batch.next,
    };
    for piece in &batch.pieces {
        match &piece.what {
            What::Lines => {
                let bytes = batch.bytes.get(piece.bytes.clone()).unwrap_or_default();
                for (number, line) in (piece.line..).zip(bytes.split(|byte| *byte == b'\n')) {
                    if !line.trim_ascii().is_empty() {
                        answers.lines += 1;
                        by.line(number, line, &mut answers.bytes, &mut answers.tally);
                    }
                }
            }
            What::Problem(problem) => {
                broken(&mut answers, piece, &problem.problem, &problem.help, by);
            }
            _ => {}
        }
    }
    answers
}

fn broken<T: Tally>(
    answers: &mut Answers<T>,
    piece: &Piece,
    problem: &str,
    help: &str,
    by: &impl Answer<T>,
) {
    let (file, line) = (&piece.file, piece.line);
    if line == 0 {
        answers.told.push(format!("{file} {problem}. {help}"));
        return;
    }
    answers
        .told
        .push(format!("{file}: line {line} {problem}. {help}"));
    answers.lines += 1;
    let words = format!("{problem}. {help}");
    by.unreadable(line, &words, &mut answers.bytes, &mut answers.tally);
}
