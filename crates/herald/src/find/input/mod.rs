//! Bytes in, batches of records out. One module for each format; this one finds out which it is.

pub mod blocks;
pub mod csv;
mod folder;
mod hl7;
pub mod lines;
pub mod parquet;
mod survey;
mod text;

use std::{
    ffi::OsStr,
    fs::File,
    io::{self, BufRead, BufReader, Seek, SeekFrom},
    ops::ControlFlow,
    path::{Path, PathBuf},
    sync::Arc,
};

pub use self::survey::{Survey, survey};
use self::{
    blocks::{Block, Blocks, Splitter, Which, lines_in},
    csv::{Columns, Ends},
    folder::{Entry, Walk},
    lines::Newlines,
};
use super::{
    batch::{Place, Problem, Sink, What},
    record::Names,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    Ndjson,
    Csv,
    Parquet,
    Hl7,
    Text,
}

impl Format {
    fn of_name(path: &Path) -> Option<Self> {
        let extension = path
            .extension()
            .and_then(OsStr::to_str)?
            .to_ascii_lowercase();
        match extension.as_str() {
            "ndjson" | "jsonl" | "json" => Some(Self::Ndjson),
            "csv" => Some(Self::Csv),
            "parquet" | "pq" => Some(Self::Parquet),
            "hl7" | "oru" => Some(Self::Hl7),
            "txt" | "text" | "rep" => Some(Self::Text),
            _ => None,
        }
    }

    /// What begins like this can be nothing else.
    fn of_head(head: &[u8]) -> Option<Self> {
        let start = head.trim_ascii_start();
        let start = start.strip_prefix(b"\x0b").unwrap_or(start);
        if head.starts_with(b"PAR1") {
            Some(Self::Parquet)
        } else if [b"MSH|", b"FHS|", b"BHS|"]
            .iter()
            .any(|s| start.starts_with(*s))
        {
            Some(Self::Hl7)
        } else {
            None
        }
    }

    fn guess(head: &[u8], names: &Names, text_named: bool) -> Self {
        if head.trim_ascii_start().starts_with(b"{") {
            return Self::Ndjson;
        }
        let first = head.split(|b| *b == b'\n').next().unwrap_or_default();
        let column = String::from_utf8_lossy(first)
            .split(',')
            .any(|c| c.trim().trim_matches('"').eq_ignore_ascii_case(&names.text));
        if text_named || column {
            Self::Csv
        } else {
            Self::Text
        }
    }
}

fn broken(error: &io::Error) -> Problem {
    Problem::new(
        format!("cannot be read further: {error}"),
        "What came before was read. Check the disk, and read the file again.",
    )
}

/// What is to be read.
pub struct Input<'a, R> {
    pub files: &'a [PathBuf],
    pub stdin: R,
    pub format: Option<Format>,
    pub names: &'a Names,
    /// The text column was named on the command line, so a stream without a format is CSV.
    pub text_named: bool,
    /// Files that the run writes; they are no input although they may stand in a folder that is.
    pub ours: &'a [PathBuf],
    pub from: Place,
}

impl<R: BufRead> Input<'_, R> {
    pub fn read(self, sink: &mut Sink<'_>) -> ControlFlow<()> {
        let stdin = [PathBuf::from("-")];
        let files = if self.files.is_empty() {
            &stdin
        } else {
            self.files
        };
        let mut once = Some(self.stdin);
        let reading = Reading {
            format: self.format,
            names: self.names,
            text_named: self.text_named,
            eager: false,
        };
        let mut here = self.from;
        for (number, entry) in (0..).zip(Walk::new(files, self.ours)) {
            if number < self.from.file {
                continue;
            }
            let size = match entry {
                Entry::Stdin => {
                    if let Some(stdin) = once.take() {
                        reading.stream(stdin, here, sink)?;
                    }
                    0
                }
                Entry::Named(path) => {
                    let id = path
                        .file_name()
                        .map_or("-".into(), |name| name.to_string_lossy().into_owned());
                    reading.file(&path, id, true, here, sink)?
                }
                Entry::Found { path, id } => reading.file(&path, id, false, here, sink)?,
                Entry::Other(path) => {
                    sink.add(&named(&path), 0, 0..0, What::LeftOut);
                    0
                }
                Entry::Unreadable(path, error) => {
                    sink.problem(&named(&path), 0, cannot_open(&error));
                    0
                }
            };
            here = Place {
                file: number + 1,
                before: here.before + size,
                ..Place::default()
            };
            sink.pause(here)?;
        }
        sink.flush(here)
    }
}

fn named(path: &Path) -> Arc<str> {
    path.display().to_string().into()
}

fn cannot_open(error: &io::Error) -> Problem {
    Problem::new(
        format!("cannot be opened: {error}"),
        "Check the name and the rights.",
    )
}

struct Reading<'a> {
    format: Option<Format>,
    names: &'a Names,
    text_named: bool,
    /// Hands on what has come at once: from a pipe, more may be long in coming.
    eager: bool,
}

impl Reading<'_> {
    /// Reads a file and says how large it is.
    fn file(
        &self,
        path: &Path,
        id: String,
        named_by_user: bool,
        from: Place,
        sink: &mut Sink<'_>,
    ) -> ControlFlow<(), u64> {
        let name = named(path);
        let open = File::open(path).and_then(|open| Ok((open.metadata()?.len(), open)));
        let (size, open) = match open {
            Ok(open) => open,
            Err(error) => {
                sink.problem(&name, 0, cannot_open(&error));
                return ControlFlow::Continue(0);
            }
        };
        let mut input = BufReader::new(open);
        let head = match input.fill_buf() {
            Ok(head) => head.to_vec(),
            Err(error) => {
                sink.problem(&name, 0, broken(&error));
                return ControlFlow::Continue(size);
            }
        };
        let format = self
            .format
            .or_else(|| Format::of_head(without_mark(&head)))
            .or_else(|| Format::of_name(path))
            .or_else(|| {
                named_by_user
                    .then(|| Format::guess(without_mark(&head), self.names, self.text_named))
            });
        let Some(format) = format else {
            sink.add(&name, 0, 0..0, What::LeftOut);
            return ControlFlow::Continue(size);
        };
        if format == Format::Parquet {
            parquet::read(input.into_inner(), &name, self.names, size, from, sink)?;
            return ControlFlow::Continue(size);
        }
        let mut columns = None;
        if from.at > 0 && matches!(format, Format::Ndjson | Format::Csv) {
            // The columns stand at the start, wherever reading goes on.
            if format == Format::Csv {
                let mut start = Blocks::new(input, false, Ends::default());
                columns = self
                    .header(&mut start, &name, sink)
                    .map(|(columns, _)| columns);
                input = start.into_input();
            }
            if let Err(error) = input.seek(SeekFrom::Start(from.at)) {
                sink.problem(&name, 0, broken(&error));
                return ControlFlow::Continue(size);
            }
        }
        self.bytes(input, format, &name, id, from, columns, sink)?;
        ControlFlow::Continue(size)
    }

    fn stream(&self, mut stdin: impl BufRead, from: Place, sink: &mut Sink<'_>) -> ControlFlow<()> {
        let name: Arc<str> = "standard input".into();
        let head = match stdin.fill_buf() {
            Ok(head) => head,
            Err(error) => {
                sink.problem(&name, 0, broken(&error));
                return ControlFlow::Continue(());
            }
        };
        let format = self
            .format
            .or_else(|| Format::of_head(without_mark(head)))
            .unwrap_or_else(|| Format::guess(without_mark(head), self.names, self.text_named));
        if format == Format::Parquet {
            let problem = Problem::new(
                "is Parquet, which cannot be read from a pipe",
                "Name the file instead.",
            );
            sink.problem(&name, 0, problem);
            return ControlFlow::Continue(());
        }
        let piped = Self {
            eager: true,
            ..*self
        };
        piped.bytes(stdin, format, &name, "-".to_owned(), from, None, sink)
    }

    #[expect(clippy::too_many_arguments)]
    fn bytes(
        &self,
        mut input: impl BufRead,
        format: Format,
        name: &Arc<str>,
        id: String,
        mut from: Place,
        columns: Option<Columns>,
        sink: &mut Sink<'_>,
    ) -> ControlFlow<()> {
        if from.at == 0 {
            match skip_mark(&mut input) {
                Ok(Mark::Utf8) if matches!(format, Format::Ndjson | Format::Csv) => {
                    from.at = MARK.len() as u64;
                }
                Ok(Mark::None | Mark::Utf8) => {}
                Ok(Mark::Utf16) if format == Format::Hl7 => {}
                Ok(Mark::Utf16) => {
                    let problem = Problem::new("is UTF-16", "Save it as UTF-8.");
                    sink.problem(name, 0, problem);
                    return ControlFlow::Continue(());
                }
                Err(error) => {
                    sink.problem(name, 0, broken(&error));
                    return ControlFlow::Continue(());
                }
            }
        }
        match format {
            Format::Ndjson => {
                from.line = from.line.max(1);
                let blocks = Blocks::new(input, self.eager, Newlines::default());
                self.blocks(blocks, name, from, || What::Lines, sink)
            }
            Format::Csv => {
                let mut blocks = Blocks::new(input, self.eager, Ends::default());
                let columns = match columns {
                    Some(columns) => columns,
                    None => {
                        let Some((columns, head)) = self.header(&mut blocks, name, sink) else {
                            return ControlFlow::Continue(());
                        };
                        from.at += head.bytes;
                        from.line = 1 + head.lines;
                        columns
                    }
                };
                let columns = Arc::new(columns);
                self.blocks(blocks, name, from, || What::Rows(columns.clone()), sink)
            }
            Format::Hl7 => hl7::read(input, name, from, self.eager, sink),
            Format::Text if self.names.phrase.is_some() => {
                let problem = Problem::new(
                    "is text, which has no column with a phrase",
                    "Give NDJSON, CSV or Parquet with --phrase-column.",
                );
                sink.problem(name, 0, problem);
                ControlFlow::Continue(())
            }
            Format::Text => {
                text::read(input, name, id, sink);
                ControlFlow::Continue(())
            }
            Format::Parquet => ControlFlow::Continue(()),
        }
    }

    /// The columns and how much was read to know them. None: told, or the file is empty.
    fn header<R: BufRead>(
        &self,
        blocks: &mut Blocks<R, Ends>,
        name: &Arc<str>,
        sink: &mut Sink<'_>,
    ) -> Option<(Columns, Head)> {
        let read = blocks.next(Which::First, |block| match block {
            Block::Records(bytes) => {
                let head = Head {
                    bytes: bytes.len() as u64,
                    lines: lines_in(bytes),
                };
                let words = String::from_utf8_lossy(bytes);
                Columns::of_header(&words, self.names).map(|columns| (columns, head))
            }
            Block::TooLong { .. } => Err(too_long("The first line names the columns.")),
        });
        match read {
            Ok(None) => None,
            Ok(Some(Ok(found))) => Some(found),
            Ok(Some(Err(problem))) => {
                sink.problem(name, 1, problem);
                None
            }
            Err(error) => {
                sink.problem(name, 1, broken(&error));
                None
            }
        }
    }

    fn blocks<R: BufRead, S: Splitter>(
        &self,
        mut blocks: Blocks<R, S>,
        name: &Arc<str>,
        mut here: Place,
        what: impl Fn() -> What,
        sink: &mut Sink<'_>,
    ) -> ControlFlow<()> {
        loop {
            let next = blocks.next(Which::Last, |block| match block {
                Block::Records(bytes) => {
                    let range = sink.keep(bytes);
                    sink.add(name, here.line, range, what());
                    (bytes.len() as u64, lines_in(bytes))
                }
                Block::TooLong { bytes, lines } => {
                    let help = match what() {
                        What::Lines => "One report a line; is the file NDJSON?",
                        _ => "Is a quote left open?",
                    };
                    sink.problem(name, here.line, too_long(help));
                    (bytes, lines)
                }
            });
            match next {
                Ok(None) => return ControlFlow::Continue(()),
                Ok(Some((bytes, lines))) => {
                    here.at += bytes;
                    here.within = here.at;
                    here.line += lines;
                }
                Err(error) => {
                    sink.problem(name, here.line, broken(&error));
                    return ControlFlow::Continue(());
                }
            }
            if self.eager {
                sink.flush(here)?;
            } else {
                sink.pause(here)?;
            }
        }
    }
}

struct Head {
    bytes: u64,
    lines: u64,
}

pub fn too_long(help: &str) -> Problem {
    Problem::new("is longer than 16 MB", help)
}

const MARK: &[u8] = b"\xef\xbb\xbf";

fn without_mark(head: &[u8]) -> &[u8] {
    head.strip_prefix(MARK).unwrap_or(head)
}

enum Mark {
    None,
    Utf8,
    Utf16,
}

fn skip_mark(input: &mut impl BufRead) -> io::Result<Mark> {
    let head = input.fill_buf()?;
    if head.starts_with(MARK) {
        input.consume(MARK.len());
        return Ok(Mark::Utf8);
    }
    Ok(
        if head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff") {
            Mark::Utf16
        } else {
            Mark::None
        },
    )
}
