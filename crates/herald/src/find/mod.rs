//! `herald find`: which fractures do these reports speak of?

pub mod batch;
pub mod input;
mod output;
pub mod pipeline;
mod read;
pub mod record;
mod resume;
mod show;
mod summary;

use std::{
    fs,
    io::{BufRead, Write},
    num::NonZero,
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

use anyhow::{Context, bail};
use finder::Finder;
use indicatif::{ProgressBar, ProgressStyle};

use self::{
    batch::Place,
    input::{Format, Input, Survey},
    output::{Encoder, Output, Shape, To},
    read::{Read, Reader},
    record::Names,
    resume::{Progress, Sidecar},
    summary::Tally,
};

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

  Ten years of reports, in a folder of any of these, to one Parquet file, with counts:
    herald find archive/ --output found.parquet --summary

  Was osteoporosis affirmed? Each row has a text and a phrase to judge in it:
    herald find --phrase-column PHRASE pairs.csv > judged.ndjson

Input:
  Beside text and id (any JSON scalar, written back as it was), a report may have age, sex, exam (name of the
  examination), indication (clinical details sent apart) and source (for counting). HL7 v2 gives them by
  itself: each report of an ORU is one record, its id is the accession number. Parquet needs flat columns.
  Folders are read in sorted order; the id of a text file is its way from the folder. What is not UTF-8 is
  read as Windows-1252, and counted.

Output (NDJSON, one line for each report, in input order; offsets are bytes of the UTF-8 text):
  {\"id\":1,\"list\":\"yes\",\"reason\":\"Fracture of wrist (left) present\",\"findings\":[{\"site\":\"wrist\",\"level\":[],
   \"side\":\"left\",\"status\":\"present\",\"evidence\":{\"start\":30,\"end\":31,\"text\":\"#\"},\"rule\":\"fracture.word\"}]}

  With a source, the line has \"source\" too. CSV and Parquet have the same fields as columns of text, with the
  findings as JSON. With --phrase-column: id, phrase, negation (affirmed, negated, possible), temporality
  (recent, historical, hypothetical), experiencer (patient, other), found, and the cues as evidence.

  At a terminal it prints the report with the words marked instead; --format and NO_COLOR are honoured.
  A line that cannot be read is told on standard error with its number; the others go on, and the exit
  status is 1.

Stopped half way:
  With --output FILE, FILE.progress says every --checkpoint how far input and output are on disk. The same command
  goes on from there and ends with the same bytes. Another command, or an input that has changed, is refused;
  --restart begins again. Parquet cannot be added to, so it grows in the folder FILE.parts, and FILE is there
  only when it is whole. From standard input nothing can go on.";

#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct FindArgs {
    /// Files to read: .ndjson or .jsonl, .csv, .parquet, .hl7, or text (one report a file); or folders of these.
    /// None, or `-`: standard input.
    pub files: Vec<PathBuf>,
    /// What the input is, where its name or first character does not tell.
    #[arg(long, value_enum)]
    pub format: Option<Format>,
    /// Column or field with the report.
    #[arg(long, value_name = "COL")]
    pub text: Option<String>,
    /// Column or field with the id.
    #[arg(long, value_name = "COL")]
    pub id: Option<String>,
    /// Judge the phrase in this column or field, instead of looking for fractures.
    #[arg(long, value_name = "COL")]
    pub phrase_column: Option<String>,
    /// Write here instead of standard output; a stopped run can go on.
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// What to write; by default what the name of --output says, else NDJSON.
    #[arg(long, value_enum)]
    pub to: Option<To>,
    /// Count by list, reason, site and source: a table on standard error, or JSON in a file.
    #[arg(long, value_name = "FILE.json", num_args = 0..=1, require_equals = true)]
    pub summary: Option<Option<PathBuf>>,
    /// Threads that read reports; by default one for each processor.
    #[arg(long, value_name = "N")]
    pub jobs: Option<NonZero<usize>>,
    /// How often what was written is made safe on disk, so that a stopped run can go on from there.
    #[arg(long, value_name = "SECONDS", default_value_t = 2, requires = "output")]
    pub checkpoint: u64,
    /// Begin again where a stopped run would go on.
    #[arg(long, requires = "output")]
    pub restart: bool,
}

impl FindArgs {
    fn names(&self) -> Names {
        Names {
            text: self.text.clone().unwrap_or_else(|| "text".to_owned()),
            id: self.id.clone(),
            phrase: self.phrase_column.clone(),
        }
    }

    fn to(&self) -> anyhow::Result<To> {
        match (self.to, &self.output) {
            (Some(To::Parquet), None) => {
                bail!("Parquet cannot be written to a pipe; name a file with --output")
            }
            (Some(to), _) => Ok(to),
            (None, Some(output)) => Ok(To::of_name(output).unwrap_or(To::Ndjson)),
            (None, None) => Ok(To::Ndjson),
        }
    }

    /// What a run writes, which is no input although it may stand in a folder that is.
    fn ours(&self) -> Vec<PathBuf> {
        let mut ours: Vec<PathBuf> = self.summary.iter().flatten().cloned().collect();
        if let Some(output) = &self.output {
            ours.push(output.clone());
            ours.extend(resume::paths(output));
            ours.push(output::parquet::folder(output));
        }
        ours
    }

    /// What decides what is written, in words.
    fn command(&self, to: To) -> String {
        let mut words = vec![format!(
            "find (herald {}, rules {}) to {to:?}",
            env!("CARGO_PKG_VERSION"),
            finder::VERSION
        )];
        words.extend(self.format.map(|format| format!("--format {format:?}")));
        for (option, value) in [
            ("text", &self.text),
            ("id", &self.id),
            ("phrase-column", &self.phrase_column),
        ] {
            words.extend(value.as_ref().map(|value| format!("--{option} {value}")));
        }
        words.extend(self.files.iter().map(|file| file.display().to_string()));
        words.join(" ")
    }
}

/// Reads every report; true if every one could be read.
pub fn run(
    args: &FindArgs,
    input: impl BufRead + Send,
    out: impl Write,
    mut err: impl Write,
    out_is_terminal: bool,
) -> anyhow::Result<bool> {
    let names = args.names();
    let to = args.to()?;
    let shape = match names.phrase {
        Some(_) => Shape::Phrase,
        None => Shape::Reading,
    };
    let for_people = out_is_terminal && args.output.is_none() && args.to.is_none();
    let encoder = if for_people {
        Encoder::Terminal {
            colour: std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty()),
        }
    } else {
        Encoder::Table(to, shape)
    };
    let ours = args.ours();
    refuse_to_overwrite(args, &ours)?;
    let survey = input::survey(&args.files, &ours);
    let command = args.command(to);
    let mut progress = Progress {
        input: survey
            .digest
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect(),
        command,
        ..Progress::default()
    };
    let mut sidecar = None;
    let mut output = match &args.output {
        None => Output::Stream(out),
        Some(path) => {
            if !survey.piped {
                let every = Duration::from_secs(args.checkpoint);
                let (fresh, before) = Sidecar::open(
                    path,
                    &progress.command,
                    &progress.input,
                    every,
                    args.restart,
                )?;
                sidecar = Some(fresh);
                if let Some(before) = before {
                    progress = before;
                    writeln!(
                        err,
                        "Going on behind the {} reports that were read before.",
                        progress.tally.reports
                    )?;
                }
            }
            Output::to_file(path, to, shape, progress.written)?
        }
    };
    if progress.place == Place::default() {
        output.begin(encoder)?;
    }
    let finder = Finder::default();
    let reader = Reader {
        finder: &finder,
        names: &names,
        encoder,
        profiles: feeds::Profiles::built_in(),
    };
    let input = Input {
        files: &args.files,
        stdin: input,
        format: args.format,
        names: &names,
        text_named: args.text.is_some(),
        ours: &ours,
        from: progress.place,
    };
    let jobs = args
        .jobs
        .or_else(|| thread::available_parallelism().ok())
        .map_or(1, NonZero::get);
    let bar = if for_people {
        ProgressBar::hidden()
    } else {
        bar(&survey)
    };
    pipeline::run(
        jobs,
        |sink| input.read(sink),
        |batch, buffer| reader.read(batch, buffer),
        |read: &mut Read| {
            output.write(&read.output)?;
            progress.place = read.next;
            progress.tally.add(std::mem::take(&mut read.tally));
            bar.suspend(|| tell(&read.told, &mut err))?;
            bar.set_position(read.next.before + read.next.within);
            bar.set_message(rate(progress.tally.reports, "reports", &bar));
            if let Some(sidecar) = sidecar.as_mut().filter(|sidecar| sidecar.due())
                && let Some(written) = output.settled()?
            {
                progress.written = written;
                sidecar.save(&progress)?;
            }
            Ok(())
        },
    )?;
    bar.finish_and_clear();
    output.close()?;
    if let Some(sidecar) = &sidecar {
        sidecar.remove()?;
    }
    output.tidy()?;
    report(args, &progress.tally, &mut err)?;
    Ok(progress.tally.unreadable == 0)
}

fn refuse_to_overwrite(args: &FindArgs, ours: &[PathBuf]) -> anyhow::Result<()> {
    let same = |a: &Path, b: &Path| matches!((fs::canonicalize(a), fs::canonicalize(b)), (Ok(a), Ok(b)) if a == b);
    for file in &args.files {
        if let Some(ours) = ours.iter().find(|ours| same(ours, file)) {
            bail!(
                "{} is to be read and to be written; name another file to write",
                ours.display()
            );
        }
    }
    Ok(())
}

fn tell(told: &[read::Told], err: &mut impl Write) -> anyhow::Result<()> {
    for read::Told {
        file,
        line,
        problem,
    } in told
    {
        let batch::Problem { problem, help } = problem;
        match line {
            0 => writeln!(err, "{file} {problem}. {help}")?,
            line => writeln!(err, "{file}: line {line} {problem}. {help}")?,
        }
    }
    Ok(())
}

/// Bytes read of all, records a second, time left; nothing where nobody sees it.
pub fn bar(survey: &Survey) -> ProgressBar {
    let (bar, template) = if survey.piped {
        (ProgressBar::new_spinner(), "  {msg}  {elapsed}")
    } else {
        (
            ProgressBar::new(survey.bytes),
            "  {bytes:>10} of {total_bytes} {bar:24} {msg:>18}  {eta} left",
        )
    };
    bar.with_style(
        ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()),
    )
}

pub fn rate(records: u64, what: &str, bar: &ProgressBar) -> String {
    let seconds = bar.elapsed().as_secs_f64().max(0.001);
    format!("{:.0} {what}/s", records as f64 / seconds)
}

fn report(args: &FindArgs, tally: &Tally, err: &mut impl Write) -> anyhow::Result<()> {
    for remark in tally.remarks() {
        writeln!(err, "{remark}")?;
    }
    match &args.summary {
        None => {}
        Some(None) => tally.table(err)?,
        Some(Some(path)) => {
            let mut json = serde_json::to_vec_pretty(tally)?;
            json.push(b'\n');
            fs::write(path, json).with_context(|| format!("writing {}", path.display()))?;
        }
    }
    Ok(())
}
