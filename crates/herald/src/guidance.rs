//! `herald guidance`: are the packs sound, what do they say about each person of a file, what would a change do?

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{BufRead, BufWriter, Write},
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use clap::Subcommand;
use guidance::{
    BeforeAfter, Change, Comparison, Counts, Does, Fault, Findings, Given, Group, Library, Reason,
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use terms::{Clock, SystemClock};

use crate::{Place, commands, ndjson, open};

#[derive(Debug, Subcommand)]
pub enum GuidanceCommand {
    /// Are the packs fit to be approved? Prints what is wrong with its place, and what they cover
    #[command(after_help = "Examples:
  herald guidance check                 the packs of this Herald
  herald guidance check my-packs/       a folder with facts.toml, definitions.toml and packs/*.toml

Looks for: files that cannot be read, facts nobody knows, rules that can hold for nobody, rules that propose opposite
things to the same person with neither over the other, rules past their review, facts that no rule asks for.
Exit status 1 where something has to be put right before a clinician approves.")]
    Check {
        /// Folder of packs; none: those of this Herald
        folder: Option<PathBuf>,
        /// The day to check reviews against; none: today
        #[arg(long, value_name = "YYYY-MM-DD")]
        on: Option<Date>,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// What the packs say about each person of a file
    #[command(after_help = "Example:
  herald guidance run people.ndjson > advice.ndjson

  people.ndjson:
    {\"id\":\"A1\",\"facts\":{\"age\":81,\"sex\":\"female\",\"fractures.hip\":true,\"fractures.count\":{\"or_more\":1},\"blood.calcium\":\"in_range\"}}

  A yes-or-no fact takes true, false, \"yes\", \"no\"; a number takes a number, or {\"or_more\":2}; a choice takes its word.
  What is left out, null or \"not_known\" is not known. herald guidance facts lists every fact.
  A value that cannot be right is not used; it comes back under \"asked\" with what is wrong.

Each answer has \"says\" (rules that hold), \"open\" (rules that wait, with the facts), \"overruled\", and \"options\": each
medicine with its group and reasons.")]
    Run {
        /// NDJSON, one person a line; none, or `-`: standard input
        file: Option<PathBuf>,
        /// Folder of packs; none: those of this Herald
        #[arg(long, value_name = "DIR")]
        packs: Option<PathBuf>,
    },
    /// What a change of packs would do to a cohort: before and after, by rule and by medicine
    #[command(after_help = "Example:
  herald guidance compare --after my-packs/ cohort.ndjson

The cohort is in the form of `herald guidance run`. Keep it: a frozen cohort gives the same counts every time.")]
    Compare {
        /// NDJSON, one person a line; none, or `-`: standard input
        file: Option<PathBuf>,
        /// Folder of packs as they are now; none: those of this Herald
        #[arg(long, value_name = "DIR")]
        before: Option<PathBuf>,
        /// Folder of packs as they would be
        #[arg(long, value_name = "DIR")]
        after: PathBuf,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Everybody assessed here, as facts alone: a cohort to compare packs on; needs the data folder
    #[command(after_help = "Example:
  herald guidance cohort cohort.ndjson
  herald guidance compare --after my-packs/ cohort.ndjson

No name, number, date or address is written, but ages, illnesses and results are: keep it where patient data may lie.")]
    Cohort {
        /// File to write; it must not exist
        file: PathBuf,
    },
    /// Every fact that a rule may name, with its kind and unit
    Facts,
    /// Write the packs of this Herald into a folder, to change them there
    Export {
        /// Folder to write; it must not exist
        folder: PathBuf,
    },
}

/// True if nothing is wrong.
pub fn run(
    place: &Place,
    command: &GuidanceCommand,
    stdin: impl BufRead + Send,
    mut out: impl Write,
    mut err: impl Write,
) -> anyhow::Result<bool> {
    match command {
        GuidanceCommand::Check { folder, on, json } => {
            let (library, faults) = library(folder.as_deref())?;
            let today = on.unwrap_or_else(|| SystemClock.today());
            let findings = library.check(today);
            if *json {
                let all = serde_json::json!({ "faults": faults, "findings": findings });
                writeln!(out, "{}", serde_json::to_string_pretty(&all)?)?;
            } else {
                tell(&faults, &findings, &library, &mut out)?;
            }
            Ok(faults.is_empty() && findings.sound())
        }
        GuidanceCommand::Run { file, packs } => {
            let library = sound(packs.as_deref())?;
            let by = Adviser { library: &library };
            let done = ndjson::answer(file.as_ref(), stdin, out, &mut err, "people", &by)?;
            done.tally.tell(done.lines, err)?;
            Ok(done.broken == 0)
        }
        GuidanceCommand::Compare {
            file,
            before,
            after,
            json,
        } => {
            let (before, after) = (sound(before.as_deref())?, sound(Some(after))?);
            let by = Comparer {
                sides: BeforeAfter::new(&before, &after),
                before: &before,
                after: &after,
            };
            let nowhere = std::io::sink();
            let done = ndjson::answer(file.as_ref(), stdin, nowhere, &mut err, "people", &by)?;
            let counted = by.sides.named(&done.tally.counted).only_changes();
            if *json {
                writeln!(out, "{}", serde_json::to_string_pretty(&counted)?)?;
            } else {
                told(&counted, &after, &mut out)?;
            }
            done.tally.tell(done.lines, err)?;
            Ok(done.broken == 0 && done.tally.errors == 0)
        }
        GuidanceCommand::Cohort { file } => {
            let app = open::app(place)?;
            let scope = commands::operator(&app)?;
            let mut to = BufWriter::new(File::create_new(file).with_context(|| {
                format!("{} cannot be written; name a new file", file.display())
            })?);
            let mut number = 0_u64;
            let people = service::guidance::cohort(&app, &scope, |facts| {
                number += 1;
                let facts: BTreeMap<&str, &Given> =
                    facts.iter().map(|(id, given)| (*id, given)).collect();
                let line = serde_json::json!({ "id": number, "facts": facts });
                writeln!(to, "{line}").map_err(|e| service::Error::Internal(e.to_string()))
            })?;
            to.flush()?;
            writeln!(out, "{}: {people} people", file.display())?;
            Ok(true)
        }
        GuidanceCommand::Facts => {
            for fact in &Library::shipped().catalogue.facts {
                writeln!(out, "{:<40} {:<34} {}", fact.id, fact.takes(), fact.words)?;
            }
            Ok(true)
        }
        GuidanceCommand::Export { folder } => {
            if folder.exists() {
                bail!("{} is there already; name a new folder", folder.display());
            }
            for (name, text) in Library::shipped_files() {
                let path = folder.join(name);
                if let Some(above) = path.parent() {
                    fs::create_dir_all(above)?;
                }
                fs::write(&path, text)?;
                writeln!(out, "{}", path.display())?;
            }
            Ok(true)
        }
    }
}

/// The packs of a folder, and each fault with its place.
fn library(folder: Option<&Path>) -> anyhow::Result<(Library, Vec<Fault>)> {
    let Some(folder) = folder else {
        return Ok(Library::read(Library::shipped_files()));
    };
    let mut files: Vec<(String, String)> = Vec::new();
    for name in ["facts.toml", "definitions.toml"] {
        files.push((name.to_owned(), read(&folder.join(name))?));
    }
    let packs = folder.join("packs");
    let mut names: Vec<String> = fs::read_dir(&packs)
        .with_context(|| format!("{} cannot be read", packs.display()))?
        .filter_map(|entry| Some(entry.ok()?.file_name().to_string_lossy().into_owned()))
        .filter(|name| name.ends_with(".toml"))
        .collect();
    names.sort();
    if names.is_empty() {
        bail!("{} holds no pack; a pack is a file *.toml", packs.display());
    }
    for name in names {
        let text = read(&packs.join(&name))?;
        files.push((format!("packs/{name}"), text));
    }
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(n, t)| (n.as_str(), t.as_str()))
        .collect();
    Ok(Library::read(&files))
}

fn read(path: &Path) -> anyhow::Result<String> {
    fs::read_to_string(path).with_context(|| {
        format!(
            "{} cannot be read. A folder of packs holds facts.toml, definitions.toml and packs/*.toml; `herald guidance export DIR` writes one",
            path.display()
        )
    })
}

/// Packs that read without a fault.
fn sound(folder: Option<&Path>) -> anyhow::Result<Library> {
    let (library, faults) = library(folder)?;
    match faults.first() {
        None => Ok(library),
        Some(first) => bail!(
            "{first}{}",
            match faults.len() {
                1 => String::new(),
                more => format!(" (and {} more; see `herald guidance check`)", more - 1),
            }
        ),
    }
}

fn tell(
    faults: &[Fault],
    findings: &Findings,
    library: &Library,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    for fault in faults {
        writeln!(out, "wrong        {fault}")?;
    }
    for rule in &findings.unreachable {
        writeln!(out, "unreachable  {rule} can hold for nobody")?;
    }
    for rule in &findings.not_settled {
        writeln!(
            out,
            "too tangled  {rule}: whether it can hold could not be settled; make it simpler"
        )?;
    }
    for (one, other) in &findings.opposed {
        writeln!(
            out,
            "opposed      {one} and {other} may both hold; say which is over the other"
        )?;
    }
    for (rule, by) in &findings.overdue {
        writeln!(out, "overdue      {rule} was to be reviewed by {by}")?;
    }
    for fact in &findings.unused_facts {
        writeln!(out, "unused       no rule asks for {fact}")?;
    }
    for definition in &findings.unused_definitions {
        writeln!(out, "unused       no rule uses the definition {definition}")?;
    }
    writeln!(
        out,
        "\n{:<52} {:>7} {:>9} {:>10} {:>11} {:>9} {:>6}  review by",
        "pack", "rules", "verified", "secondary", "unverified", "sections", "facts"
    )?;
    let mut sum = (0, 0, 0, 0);
    for pack in &findings.coverage {
        writeln!(
            out,
            "{:<52} {:>7} {:>9} {:>10} {:>11} {:>9} {:>6}  {}",
            pack.title,
            pack.rules,
            pack.verified,
            pack.secondary,
            pack.unverified,
            pack.sections.len(),
            pack.facts,
            pack.review_by
        )?;
        sum.0 += pack.rules;
        sum.1 += pack.verified;
        sum.2 += pack.secondary;
        sum.3 += pack.unverified;
    }
    writeln!(
        out,
        "{:<52} {:>7} {:>9} {:>10} {:>11} {:>9} {:>6}",
        "all",
        sum.0,
        sum.1,
        sum.2,
        sum.3,
        "",
        library.catalogue.facts.len()
    )?;
    Ok(())
}

#[derive(Default)]
struct Tally {
    errors: u64,
    asked: u64,
    counted: Counts,
}

impl Tally {
    fn tell(&self, lines: u64, mut err: impl Write) -> anyhow::Result<()> {
        let Self { errors, asked, .. } = self;
        writeln!(
            err,
            "people: {lines}, lines that could not be read: {errors}, values that cannot be right and were not used: {asked}"
        )?;
        Ok(())
    }
}

impl ndjson::Tally for Tally {
    fn add(&mut self, other: &Self) {
        self.errors += other.errors;
        self.asked += other.asked;
        self.counted.add(&other.counted);
    }
}

#[derive(Deserialize)]
struct Row<'a> {
    #[serde(borrow)]
    id: Option<&'a RawValue>,
    facts: BTreeMap<String, Option<Given>>,
}

const EXAMPLE: &str = "Each line is one JSON object; herald guidance run --help shows one";

#[derive(Serialize)]
struct Answer<'a> {
    id: Option<&'a RawValue>,
    says: Vec<Said<'a>>,
    open: Vec<Said<'a>>,
    overruled: Vec<Said<'a>>,
    options: Vec<Choice<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    asked: Vec<String>,
}

#[derive(Serialize)]
struct Said<'a> {
    rule: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    proposes: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    strength: Option<&'static str>,
    says: &'a str,
    source: String,
    status: &'static str,
    /// By fact, its value in words; null where it is not known.
    because: BTreeMap<&'a str, Option<&'a str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<&'a str>,
}

#[derive(Serialize)]
struct Choice<'a> {
    medicine: &'a str,
    group: Group,
    because: Vec<Said<'a>>,
    missing: Vec<Said<'a>>,
    speaks_for: Vec<Said<'a>>,
    cautions: Vec<Said<'a>>,
    afterwards: Vec<Said<'a>>,
}

fn said<'a>(reason: &'a Reason<'a>, by: Option<&'a str>) -> Said<'a> {
    let (proposes, strength) = match reason.rule.does {
        Does::Propose { what, strength } => (Some(what.code()), Some(strength.code())),
        Does::Weigh { .. } => (None, None),
    };
    Said {
        rule: &reason.rule.id,
        proposes,
        strength,
        says: &reason.rule.says,
        source: reason.rule.cited(),
        status: reason.rule.status.code(),
        because: reason
            .facts
            .iter()
            .map(|told| (told.fact.id.as_str(), told.value.as_deref()))
            .collect(),
        by,
    }
}

fn list<'a>(reasons: &'a [Reason<'a>]) -> Vec<Said<'a>> {
    reasons.iter().map(|reason| said(reason, None)).collect()
}

struct Adviser<'a> {
    library: &'a Library,
}

impl ndjson::Answer<Tally> for Adviser<'_> {
    fn line(&self, number: u64, line: &[u8], out: &mut Vec<u8>, tally: &mut Tally) {
        let row = match ndjson::object::<Row<'_>>(line, EXAMPLE) {
            Ok(row) => row,
            Err(problem) => return self.unreadable(number, &problem, out, tally),
        };
        let catalogue = &self.library.catalogue;
        let mut facts = catalogue.nothing();
        let mut asked = Vec::new();
        for (fact, given) in &row.facts {
            let Some(given) = given else { continue };
            if let Err(ask) = catalogue.put(&mut facts, fact, given) {
                asked.push(ask.to_string());
            }
        }
        tally.asked += asked.len() as u64;
        let advice = self.library.advise(&facts);
        let answer = Answer {
            id: row.id,
            says: list(&advice.proposals),
            open: list(&advice.open),
            overruled: advice
                .overruled
                .iter()
                .map(|(reason, by)| said(reason, Some(&by.id)))
                .collect(),
            options: advice
                .options
                .iter()
                .map(|option| Choice {
                    medicine: &option.medicine.id,
                    group: option.group,
                    because: list(&option.because),
                    missing: list(&option.missing),
                    speaks_for: list(&option.speaks_for),
                    cautions: list(&option.cautions),
                    afterwards: list(&option.afterwards),
                })
                .collect(),
            asked,
        };
        // Memory takes every byte, and the keys are strings.
        let _ = serde_json::to_writer(&mut *out, &answer);
        out.push(b'\n');
    }

    fn unreadable(&self, number: u64, problem: &str, out: &mut Vec<u8>, tally: &mut Tally) {
        tally.errors += 1;
        let error = serde_json::json!({ "id": null, "error": format!("line {number}: {problem}") });
        let _ = serde_json::to_writer(&mut *out, &error);
        out.push(b'\n');
    }
}

struct Comparer<'a> {
    sides: BeforeAfter<'a>,
    before: &'a Library,
    after: &'a Library,
}

impl ndjson::Answer<Tally> for Comparer<'_> {
    fn line(&self, number: u64, line: &[u8], out: &mut Vec<u8>, tally: &mut Tally) {
        let row = match ndjson::object::<Row<'_>>(line, EXAMPLE) {
            Ok(row) => row,
            Err(problem) => return self.unreadable(number, &problem, out, tally),
        };
        let mut was = self.before.catalogue.nothing();
        let mut is = self.after.catalogue.nothing();
        for (fact, given) in &row.facts {
            let Some(given) = given else { continue };
            // A fact that only one side knows, or a value that cannot be right, is not known to the other.
            let taken = self.before.catalogue.put(&mut was, fact, given).is_ok();
            let taken_now = self.after.catalogue.put(&mut is, fact, given).is_ok();
            tally.asked += u64::from(!taken && !taken_now);
        }
        if tally.counted.is_empty() {
            tally.counted = self.sides.nobody();
        }
        self.sides.take(&was, &is, &mut tally.counted);
    }

    fn unreadable(&self, _: u64, _: &str, _: &mut Vec<u8>, tally: &mut Tally) {
        tally.errors += 1;
    }
}

fn told(counted: &Comparison, after: &Library, out: &mut impl Write) -> anyhow::Result<()> {
    writeln!(
        out,
        "{} people; for {} of them something is different",
        counted.people, counted.changed
    )?;
    if !counted.rules.is_empty() {
        writeln!(
            out,
            "\n{:<44} {:>9} {:>9} {:>8} {:>8}",
            "rule", "before", "after", "gained", "lost"
        )?;
    }
    for (rule, change) in &counted.rules {
        let Change {
            before,
            after: now,
            gained,
            lost,
        } = change;
        let gone = if after.rule(rule).is_none() {
            "  (taken out)"
        } else {
            ""
        };
        writeln!(
            out,
            "{rule:<44} {before:>9} {now:>9} {gained:>8} {lost:>8}{gone}"
        )?;
    }
    for (medicine, moves) in &counted.medicines {
        for (was, ways) in moves {
            for (is, people) in ways {
                writeln!(
                    out,
                    "{medicine}: {people} from “{}” to “{}”",
                    was.words(),
                    is.words()
                )?;
            }
        }
    }
    Ok(())
}
