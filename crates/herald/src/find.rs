//! `herald find`: which fractures do these reports speak of?

use std::{
    ffi::OsStr,
    fs::File,
    io::{BufRead, BufReader, Read, Write},
    path::PathBuf,
};

use anyhow::Context;
use finder::{Evidence, Finder, Finding, Reading, ReportText};
use serde::Serialize;
use serde_json::Value;

/// A line longer than this is not a radiology report.
const LONGEST: usize = 16 * 1024 * 1024;

const EXAMPLES: &str = "\
What it does:
  Reads radiology reports and says of each: list it (yes), somebody should look (look), or no; with the
  fractures it speaks of and the words that show each. It reads text, not images: about half of the vertebral
  fractures that can be seen are never written down.

Examples:
  One report from the clipboard or a pipe:
    echo \"XR Wrist Lt. FOOSH. Impacted # distal radius.\" | herald find

  Text files, one report each (the id is the file's name):
    herald find reports/*.txt > found.ndjson

  NDJSON, one report a line: {\"id\": 1, \"text\": \"...\", \"age\": 81}
    herald find reports.ndjson > found.ndjson

  CSV, naming the columns:
    herald find --text REPORT_TEXT --id ACCESSION extract.csv > found.ndjson

Output (NDJSON, one line for each report; offsets are bytes of the UTF-8 text):
  {\"id\":1,\"list\":\"yes\",\"reason\":\"Fracture of wrist (left) present\",\"findings\":[{\"site\":\"wrist\",\"level\":[],
   \"side\":\"left\",\"status\":\"present\",\"evidence\":{\"start\":30,\"end\":31,\"text\":\"#\"},\"rule\":\"fracture.word\"}]}

  At a terminal it prints the report with the words marked instead; --format and NO_COLOR are honoured.
  A line that cannot be read is told on standard error with its number; the others go on, and the exit
  status is 1.";

#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct FindArgs {
    /// Files to read: .ndjson or .jsonl, .csv, or text (one report a file). None, or `-`: standard input.
    pub files: Vec<PathBuf>,
    /// What the input is, where its name or first character does not tell.
    #[arg(long, value_enum)]
    pub format: Option<Format>,
    /// CSV column with the report.
    #[arg(long, value_name = "COL")]
    pub text: Option<String>,
    /// CSV column with the id.
    #[arg(long, value_name = "COL")]
    pub id: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    Ndjson,
    Csv,
    Text,
}

#[derive(Serialize)]
struct Line<'a> {
    id: &'a Value,
    list: &'a str,
    reason: &'a str,
    findings: Vec<Found<'a>>,
}

#[derive(Serialize)]
struct Found<'a> {
    site: &'a str,
    level: Vec<&'a str>,
    side: Option<&'a str>,
    status: &'a str,
    evidence: &'a Evidence,
    rule: &'a str,
}

impl<'a> Found<'a> {
    fn new(finding: &'a Finding) -> Self {
        Self {
            site: finding.site.code(),
            level: finding.level.iter().map(terms::Level::as_str).collect(),
            side: finding.side.map(terms::Side::code),
            status: finding.status.code(),
            evidence: &finding.evidence,
            rule: &finding.rule,
        }
    }
}

/// One report taken from the input.
struct Taken {
    id: Value,
    text: String,
    age: Option<i16>,
    sex: Option<terms::Sex>,
}

struct Run<'a, O, E> {
    args: &'a FindArgs,
    finder: Finder,
    out: O,
    err: E,
    terminal: bool,
    colour: bool,
    good: bool,
}

/// Reads every report; true if every line could be read.
pub fn run(
    args: &FindArgs,
    input: impl BufRead,
    out: impl Write,
    err: impl Write,
    out_is_terminal: bool,
) -> anyhow::Result<bool> {
    let mut run = Run {
        args,
        finder: Finder::default(),
        out,
        err,
        terminal: out_is_terminal,
        colour: out_is_terminal && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty()),
        good: true,
    };
    if args.files.is_empty() {
        run.stream(input, None, "standard input")?;
    } else {
        let mut input = Some(input);
        for file in &args.files {
            if file.as_os_str() == "-" {
                if let Some(input) = input.take() {
                    run.stream(input, None, "standard input")?;
                }
                continue;
            }
            let name = file.display().to_string();
            match File::open(file) {
                Ok(open) => run.stream(BufReader::new(open), Some(file), &name)?,
                Err(error) => run.bad(
                    &name,
                    None,
                    &format!("cannot be opened: {error}"),
                    "Check the name and the rights.",
                )?,
            }
        }
    }
    run.out.flush()?;
    Ok(run.good)
}

impl<O: Write, E: Write> Run<'_, O, E> {
    fn stream(
        &mut self,
        mut input: impl BufRead,
        file: Option<&PathBuf>,
        name: &str,
    ) -> anyhow::Result<()> {
        skip_mark(&mut input)?;
        let format = match self.args.format {
            Some(format) => format,
            None => self.sniff(&mut input, file)?,
        };
        match format {
            Format::Ndjson => self.ndjson(input, name),
            Format::Csv => self.csv(input, name),
            Format::Text => {
                let id = file
                    .and_then(|f| f.file_name())
                    .map_or("-".into(), |n| n.to_string_lossy().into_owned());
                self.whole(input, id, name)
            }
        }
    }

    fn sniff(&self, input: &mut impl BufRead, file: Option<&PathBuf>) -> anyhow::Result<Format> {
        let extension = file
            .and_then(|f| f.extension())
            .and_then(OsStr::to_str)
            .map(str::to_ascii_lowercase);
        match extension.as_deref() {
            Some("ndjson" | "jsonl" | "json") => return Ok(Format::Ndjson),
            Some("csv") => return Ok(Format::Csv),
            Some("txt" | "text" | "rep") => return Ok(Format::Text),
            _ => {}
        }
        let head = input.fill_buf()?;
        if head.iter().find(|b| !b.is_ascii_whitespace()) == Some(&b'{') {
            return Ok(Format::Ndjson);
        }
        let first = head.split(|b| *b == b'\n').next().unwrap_or_default();
        let first = String::from_utf8_lossy(first);
        let wanted = self.args.text.as_deref().unwrap_or("text");
        let column = first
            .split(',')
            .any(|c| c.trim().trim_matches('"').eq_ignore_ascii_case(wanted));
        Ok(if self.args.text.is_some() || column {
            Format::Csv
        } else {
            Format::Text
        })
    }

    fn ndjson(&mut self, mut input: impl BufRead, name: &str) -> anyhow::Result<()> {
        let mut buffer = Vec::new();
        let mut number = 0;
        loop {
            buffer.clear();
            let read = (&mut input)
                .take(LONGEST as u64 + 1)
                .read_until(b'\n', &mut buffer)?;
            if read == 0 {
                return Ok(());
            }
            number += 1;
            if buffer.len() > LONGEST && buffer.last() != Some(&b'\n') {
                skip_line(&mut input)?;
                self.bad(
                    name,
                    Some(number),
                    "is longer than 16 MB",
                    "One report a line; is the file NDJSON?",
                )?;
                continue;
            }
            let line = match std::str::from_utf8(&buffer) {
                Ok(line) => line.trim(),
                Err(_) => {
                    self.bad(
                        name,
                        Some(number),
                        "is not UTF-8",
                        "Convert it, for example: iconv -f WINDOWS-1252 -t UTF-8",
                    )?;
                    continue;
                }
            };
            if line.is_empty() {
                continue;
            }
            match taken(line) {
                Ok(report) => self.report(&report)?,
                Err(problem) => {
                    self.bad(
                        name,
                        Some(number),
                        &problem,
                        "Each line is an object such as {\"id\":1,\"text\":\"...\"}",
                    )?;
                }
            }
        }
    }

    fn csv(&mut self, input: impl BufRead, name: &str) -> anyhow::Result<()> {
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(input);
        let heads: Vec<String> = match reader.byte_headers() {
            Ok(heads) => heads
                .iter()
                .map(|h| String::from_utf8_lossy(h).trim().to_owned())
                .collect(),
            Err(error) => {
                return self.bad(
                    name,
                    Some(1),
                    &format!("has no header: {error}"),
                    "The first line names the columns.",
                );
            }
        };
        let column = |wanted: &str| heads.iter().position(|h| h.eq_ignore_ascii_case(wanted));
        let text_name = self.args.text.as_deref().unwrap_or("text");
        let Some(text_at) = column(text_name) else {
            let hint = format!(
                "Its columns are: {}. Name one with --text COL.",
                heads.join(", ")
            );
            return self.bad(
                name,
                Some(1),
                &format!("has no column “{text_name}”"),
                &hint,
            );
        };
        let id_at = match self.args.id.as_deref() {
            Some(wanted) => match column(wanted) {
                Some(at) => Some(at),
                None => {
                    let hint = format!(
                        "Its columns are: {}. Name one with --id COL.",
                        heads.join(", ")
                    );
                    return self.bad(name, Some(1), &format!("has no column “{wanted}”"), &hint);
                }
            },
            None => column("id"),
        };
        let (age_at, sex_at) = (column("age"), column("sex"));
        let mut record = csv::ByteRecord::new();
        loop {
            let line = reader.position().line();
            match reader.read_byte_record(&mut record) {
                Ok(false) => return Ok(()),
                Ok(true) => {}
                Err(error) => {
                    self.bad(
                        name,
                        Some(line),
                        &format!("cannot be read: {error}"),
                        "Check the quotes.",
                    )?;
                    if error.is_io_error() {
                        return Ok(());
                    }
                    continue;
                }
            }
            let line = record.position().map_or(line, csv::Position::line);
            if record.as_slice().len() > LONGEST {
                self.bad(
                    name,
                    Some(line),
                    "is longer than 16 MB",
                    "Is a quote left open?",
                )?;
                continue;
            }
            let field =
                |at: Option<usize>| at.and_then(|at| record.get(at)).map(std::str::from_utf8);
            match field(Some(text_at)) {
                Some(Ok(text)) => {
                    let plain = |at| field(at).and_then(Result::ok);
                    let report = Taken {
                        id: plain(id_at).map_or_else(|| Value::from(line), Value::from),
                        text: text.to_owned(),
                        age: plain(age_at).and_then(|a| a.trim().parse().ok()),
                        sex: plain(sex_at).map(terms::Sex::read),
                    };
                    self.report(&report)?;
                }
                Some(Err(_)) => {
                    self.bad(
                        name,
                        Some(line),
                        "is not UTF-8",
                        "Convert it, for example: iconv -f WINDOWS-1252 -t UTF-8",
                    )?;
                }
                None => self.bad(
                    name,
                    Some(line),
                    &format!("has no field “{text_name}”"),
                    "The row is shorter than the header.",
                )?,
            }
        }
    }

    fn whole(&mut self, input: impl BufRead, id: String, name: &str) -> anyhow::Result<()> {
        let mut bytes = Vec::new();
        input
            .take(LONGEST as u64 + 1)
            .read_to_end(&mut bytes)
            .with_context(|| format!("reading {name}"))?;
        if bytes.len() > LONGEST {
            return self.bad(
                name,
                None,
                "is longer than 16 MB",
                "One report a file; use --format for lists.",
            );
        }
        match String::from_utf8(bytes) {
            Ok(text) => self.report(&Taken {
                id: Value::from(id),
                text,
                age: None,
                sex: None,
            }),
            Err(_) => self.bad(
                name,
                None,
                "is not UTF-8",
                "Convert it, for example: iconv -f WINDOWS-1252 -t UTF-8",
            ),
        }
    }

    fn bad(
        &mut self,
        name: &str,
        line: Option<u64>,
        problem: &str,
        help: &str,
    ) -> anyhow::Result<()> {
        self.good = false;
        match line {
            Some(line) => writeln!(self.err, "{name}: line {line} {problem}. {help}")?,
            None => writeln!(self.err, "{name} {problem}. {help}")?,
        }
        Ok(())
    }

    fn report(&mut self, report: &Taken) -> anyhow::Result<()> {
        let text = ReportText {
            text: &report.text,
            age: report.age,
            sex: report.sex,
            ..ReportText::default()
        };
        let reading = self.finder.read_report(&text);
        if self.terminal {
            return self.show(report, &reading);
        }
        let line = Line {
            id: &report.id,
            list: reading.list.code(),
            reason: &reading.reason,
            findings: reading.findings.iter().map(Found::new).collect(),
        };
        serde_json::to_writer(&mut self.out, &line)?;
        self.out.write_all(b"\n")?;
        Ok(())
    }

    /// The report with the words marked, and the decision under it.
    fn show(&mut self, report: &Taken, reading: &Reading) -> anyhow::Result<()> {
        let (on, off) = if self.colour {
            ("\x1b[1;4m", "\x1b[0m")
        } else {
            ("[", "]")
        };
        let mut spans: Vec<(usize, usize)> = reading
            .findings
            .iter()
            .filter_map(|f| match &f.evidence {
                Evidence::Span { start, end, .. } if start < end => Some((*start, *end)),
                _ => None,
            })
            .collect();
        spans.sort_unstable();
        let mut at = 0;
        let mut shown = String::new();
        for (start, end) in spans {
            let start = start.max(at);
            if let (true, Some(before), Some(marked)) = (
                start < end,
                report.text.get(at..start),
                report.text.get(start..end),
            ) {
                shown.push_str(&harmless(before));
                shown.push_str(on);
                shown.push_str(&harmless(marked));
                shown.push_str(off);
                at = end;
            }
        }
        shown.push_str(&harmless(report.text.get(at..).unwrap_or("")));
        writeln!(self.out, "{}", shown.trim_end())?;
        let id = report
            .id
            .as_str()
            .map_or_else(|| report.id.to_string(), str::to_owned);
        writeln!(
            self.out,
            "=> {}: {} - {}\n",
            harmless(&id),
            reading.list.code(),
            harmless(&reading.reason)
        )?;
        Ok(())
    }
}

/// A report must not steer the terminal.
fn harmless(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_control() || matches!(c, '\n' | '\t'))
        .collect()
}

fn taken(line: &str) -> Result<Taken, String> {
    let value: Value =
        serde_json::from_str(line).map_err(|error| format!("is not JSON: {error}"))?;
    let Value::Object(mut object) = value else {
        return Err("is not a JSON object".to_owned());
    };
    let text = match object.remove("text") {
        Some(Value::String(text)) => text,
        Some(_) => return Err("has a “text” that is not a string".to_owned()),
        None => return Err("has no “text”".to_owned()),
    };
    let id = object.remove("id").unwrap_or(Value::Null);
    if !(id.is_string() || id.is_number() || id.is_null()) {
        return Err("has an “id” that is neither a string nor a number".to_owned());
    }
    let age = object
        .get("age")
        .and_then(Value::as_i64)
        .and_then(|age| i16::try_from(age).ok());
    let sex = object
        .get("sex")
        .and_then(Value::as_str)
        .map(terms::Sex::read);
    Ok(Taken { id, text, age, sex })
}

fn skip_mark(input: &mut impl BufRead) -> anyhow::Result<()> {
    if input.fill_buf()?.starts_with(b"\xef\xbb\xbf") {
        input.consume(3);
    }
    Ok(())
}

/// The rest of an over-long line, without keeping it.
fn skip_line(input: &mut impl BufRead) -> anyhow::Result<()> {
    loop {
        let chunk = input.fill_buf()?;
        if chunk.is_empty() {
            return Ok(());
        }
        match chunk.iter().position(|b| *b == b'\n') {
            Some(at) => {
                input.consume(at + 1);
                return Ok(());
            }
            None => {
                let all = chunk.len();
                input.consume(all);
            }
        }
    }
}
