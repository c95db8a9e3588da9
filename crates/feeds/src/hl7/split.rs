//! A stream of bytes into messages: single ones, many in a file, batches, MLLP frames left in.

use std::collections::VecDeque;
use std::io::{self, BufRead};

use terms::id;

use crate::fault::Fault;
use crate::item::{Item, MOST_BYTES, too_long};
use crate::lines::Lines;

const VT: u8 = 0x0B;
const FS: u8 = 0x1C;

pub(crate) struct Messages<R> {
    lines: Lines<R>,
    buffer: Vec<u8>,
    open: Option<Open>,
    ready: VecDeque<Item>,
    counts: Counts,
    finished: bool,
}

/// The message being put together. Segments are joined by CR whatever ended them in the file.
struct Open {
    line: u64,
    raw: Vec<u8>,
    /// Bytes seen, kept or not.
    length: u64,
}

#[derive(Default)]
struct Counts {
    in_file: Option<u64>,
    in_batch: Option<u64>,
    messages: u64,
    batch_messages: u64,
    batches: u64,
}

enum Role {
    Message,
    FileHeader,
    BatchHeader,
    BatchTrailer,
    FileTrailer,
    Other,
}

fn role(line: &[u8]) -> Role {
    let separated = line
        .get(3)
        .is_some_and(|b| !b.is_ascii_alphanumeric() && !b.is_ascii_whitespace());
    let trailer = separated || line.len() == 3;
    match line.get(..3) {
        Some(b"MSH") if separated => Role::Message,
        Some(b"FHS") if separated => Role::FileHeader,
        Some(b"BHS") if separated => Role::BatchHeader,
        Some(b"BTS") if trailer => Role::BatchTrailer,
        Some(b"FTS") if trailer => Role::FileTrailer,
        _ => Role::Other,
    }
}

impl<R: BufRead> Messages<R> {
    pub(crate) fn new(reader: R) -> Self {
        Self {
            lines: Lines::new(reader),
            buffer: Vec::new(),
            open: None,
            ready: VecDeque::new(),
            counts: Counts::default(),
            finished: false,
        }
    }

    fn advance(&mut self) -> io::Result<()> {
        let mut buffer = std::mem::take(&mut self.buffer);
        buffer.clear();
        match self.lines.next_line(&mut buffer, MOST_BYTES)? {
            Some(read) => {
                let mut rest = buffer.as_slice();
                while let Some(at) = frame_inside(rest) {
                    let (before, after) = rest.split_at(at);
                    self.framed(before, read.line, before.len() as u64);
                    rest = after;
                }
                let beyond = read.length.saturating_sub(buffer.len() as u64);
                self.framed(rest, read.line, rest.len() as u64 + beyond);
            }
            None => {
                self.close();
                self.unclosed_batch();
                self.finished = true;
            }
        }
        self.buffer = buffer;
        Ok(())
    }

    /// Takes the MLLP bytes off one line. A vertical tab within text is a soft line break, not a frame.
    fn framed(&mut self, mut line: &[u8], number: u64, length: u64) {
        while let Some((&byte, rest)) = line.split_first().filter(|(b, _)| matches!(**b, VT | FS)) {
            if byte == FS || starts_message(rest) {
                self.close();
            }
            line = rest;
        }
        let mut ends = false;
        while let Some((&FS, rest)) = line.split_last() {
            ends = true;
            line = rest;
        }
        self.take(line, number, length);
        if ends {
            self.close();
        }
    }

    fn take(&mut self, line: &[u8], number: u64, length: u64) {
        let trimmed = line.trim_ascii_start();
        match role(trimmed) {
            Role::Message => {
                self.close();
                self.counts.messages += 1;
                self.counts.batch_messages += 1;
                self.open = Some(Open {
                    line: number,
                    raw: trimmed.to_vec(),
                    length,
                });
            }
            Role::FileHeader => {
                self.close();
                self.counts = Counts {
                    in_file: Some(number),
                    ..Counts::default()
                };
            }
            Role::BatchHeader => {
                self.close();
                self.counts.in_batch = Some(number);
                self.counts.batch_messages = 0;
                self.counts.batches += 1;
            }
            Role::BatchTrailer => {
                self.close();
                let had = self.counts.batch_messages;
                self.check_count(trimmed, number, "BTS-1", had, had);
                self.counts.in_batch = None;
                self.counts.batch_messages = 0;
            }
            Role::FileTrailer => {
                self.close();
                // The standard counts batches; many senders count messages.
                self.check_count(
                    trimmed,
                    number,
                    "FTS-1",
                    self.counts.batches,
                    self.counts.messages,
                );
                self.counts = Counts::default();
            }
            Role::Other => self.more(line, number, length),
        }
    }

    fn more(&mut self, line: &[u8], number: u64, length: u64) {
        match &mut self.open {
            Some(open) => {
                open.length += length + 1;
                if open.length <= MOST_BYTES as u64 {
                    open.raw.push(b'\r');
                    open.raw.extend_from_slice(line);
                }
            }
            None if line.trim_ascii().is_empty() => {}
            None => {
                self.open = Some(Open {
                    line: number,
                    raw: line.to_vec(),
                    length,
                })
            }
        }
    }

    fn close(&mut self) {
        let Some(mut open) = self.open.take() else {
            return;
        };
        if open.length > MOST_BYTES as u64 {
            self.ready
                .push_back(too_long(open.line, open.length, &open.raw));
            return;
        }
        let end = open.raw.trim_ascii_end().len();
        open.raw.truncate(end);
        if open.raw.is_empty() {
            return;
        }
        let key = key(&open.raw);
        self.ready.push_back(Item {
            line: open.line,
            raw: open.raw,
            key,
            fault: None,
        });
    }

    fn check_count(&mut self, line: &[u8], number: u64, place: &str, had: u64, or: u64) {
        let field = line
            .get(4..)
            .unwrap_or_default()
            .split(|b| Some(b) == line.get(3))
            .next()
            .unwrap_or_default();
        let declared = String::from_utf8_lossy(field);
        let declared = declared.trim();
        if declared.is_empty()
            || declared
                .parse()
                .is_ok_and(|count: u64| count == had || count == or)
        {
            return;
        }
        let what = if place == "BTS-1" {
            "messages"
        } else {
            "batches"
        };
        let fault = Fault::warning(
            number,
            format!("The sender counted {declared} {what} here; the file has {had}."),
            "Everything in the file was read. Ask the sender whether part of it is missing.",
        )
        .at(place)
        .with_value(declared);
        self.ready.push_back(Item::only_fault(fault));
    }

    fn unclosed_batch(&mut self) {
        let open = self
            .counts
            .in_batch
            .map(|line| (line, "BHS"))
            .or(self.counts.in_file.map(|line| (line, "FHS")));
        if let Some((line, place)) = open {
            let fault = Fault::warning(
                line,
                "The batch that starts here has no end: the file may be cut short.",
                "Everything up to the end of the file was read. Ask the sender for the whole file.",
            )
            .at(place);
            self.ready.push_back(Item::only_fault(fault));
        }
    }
}

/// Where a new frame starts in the middle of a line, because the line end before it is missing.
fn frame_inside(line: &[u8]) -> Option<usize> {
    let starts = |at: usize| {
        line.get(at) == Some(&VT) && starts_message(line.get(at + 1..).unwrap_or_default())
    };
    (1..line.len()).find(|at| starts(*at))
}

fn starts_message(line: &[u8]) -> bool {
    !matches!(role(line.trim_ascii_start()), Role::Other)
}

/// Blank lines and line ends do not make a message another one.
fn key(raw: &[u8]) -> [u8; 32] {
    let lines: Vec<&[u8]> = raw
        .split(|b| matches!(b, b'\r' | b'\n'))
        .filter(|line| !line.trim_ascii().is_empty())
        .collect();
    id::digest(&[b"hl7", &lines.join(&b'\r')])
}

impl<R: BufRead> Iterator for Messages<R> {
    type Item = io::Result<Item>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(item) = self.ready.pop_front() {
                return Some(Ok(item));
            }
            if self.finished {
                return None;
            }
            if let Err(error) = self.advance() {
                self.finished = true;
                return Some(Err(error));
            }
        }
    }
}
