//! How well and how fast the reader reads labelled reports. The reader sees the text; the labels are only compared
//! with what it said.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
    time::{Duration, Instant},
};

use aho_corasick::AhoCorasick;
use anyhow::{Context, bail};
use clap::Args;
use finder::{Evidence, Finder, Reading, ReportText};
use measures::{Interval, wilson};
use rustix::time::{ClockId, clock_gettime};
use serde::Deserialize;
use terms::Status;

const EXAMPLES: &str = "\
A set is NDJSON of one of three forms, told by its fields:
  reports   {\"id\",\"text\",\"age\"?,\"list\":\"yes|look|no\",\"accept\"?:[..],\"findings\":[{\"site\",\"status\"}]}
  chest     {\"uid\",\"image\",\"indication\",\"comparison\",\"findings\",\"impression\"}, with --labels FILE.csv that has
            the columns uid and fracture (0 or 1): does the report state a fracture, old or new?
  phrases   {\"id\",\"phrase\",\"text\",\"negation\",\"temporality\",\"experiencer\"}

Examples:
  herald bench reader crates/finder/tests/data/uk_reports_dev.jsonl
  herald bench reader indiana_dev.jsonl --labels indiana_dev_labels.csv
  herald bench reader phrases.jsonl

Intervals are Wilson's at 95%; for F1 they take TP + (FP + FN) / 2 as the number looked at. A set that the rules were
written with shows agreement, not accuracy.";

#[derive(Args)]
#[command(after_long_help = EXAMPLES)]
pub struct ReaderArgs {
    /// Labelled sets
    #[arg(required = true)]
    sets: Vec<PathBuf>,
    /// Labels of a set of chest reports: CSV with the columns uid and fracture
    #[arg(long, value_name = "FILE")]
    labels: Option<PathBuf>,
    /// Seconds for each measurement of speed
    #[arg(long, default_value_t = 2.0)]
    seconds: f64,
}

#[derive(Deserialize)]
struct Report {
    id: String,
    text: String,
    age: Option<i16>,
    list: String,
    #[serde(default)]
    accept: Vec<String>,
    findings: Vec<Label>,
}

#[derive(Deserialize)]
struct Label {
    site: String,
    status: String,
}

#[derive(Deserialize)]
struct Chest {
    uid: String,
    #[serde(default)]
    image: String,
    #[serde(default)]
    indication: String,
    #[serde(default)]
    comparison: String,
    #[serde(default)]
    findings: String,
    #[serde(default)]
    impression: String,
}

impl Chest {
    fn text(&self) -> String {
        format!(
            "{}\nIndication: {}\nComparison: {}\nFindings: {}\nImpression: {}",
            self.image, self.indication, self.comparison, self.findings, self.impression
        )
    }
}

#[derive(Deserialize)]
struct Phrase {
    id: String,
    phrase: String,
    text: String,
    negation: String,
    temporality: String,
    experiencer: String,
}

pub fn run(args: &ReaderArgs) -> anyhow::Result<ExitCode> {
    let began = Instant::now();
    let finder = Finder::default();
    println!(
        "Reader {}, rules compiled in {:.0} ms",
        finder::VERSION,
        began.elapsed().as_secs_f64() * 1e3
    );
    let mut texts: Vec<String> = Vec::new();
    for set in &args.sets {
        println!("\n{}", set.display());
        let lines =
            fs::read_to_string(set).with_context(|| format!("{} cannot be read", set.display()))?;
        let first = lines.lines().find(|l| !l.trim().is_empty());
        let Some(first) = first else {
            bail!("{} is empty", set.display());
        };
        let fields: serde_json::Value = serde_json::from_str(first)
            .with_context(|| format!("{}, line 1 is not JSON", set.display()))?;
        if fields.get("list").is_some() {
            let reports = parse::<Report>(set, &lines)?;
            decisions(&finder, &reports);
            texts.extend(reports.into_iter().map(|r| r.text));
        } else if fields.get("phrase").is_some() {
            phrases(&finder, &parse(set, &lines)?);
        } else if fields.get("uid").is_some() {
            let Some(labels) = &args.labels else {
                bail!(
                    "{} has no labels of its own; name them with --labels FILE.csv",
                    set.display()
                );
            };
            let reports = parse::<Chest>(set, &lines)?;
            chests(&finder, &reports, &chest_labels(labels)?)?;
            texts.extend(reports.iter().map(Chest::text));
        } else {
            bail!(
                "{} is in none of the three forms; see herald bench reader --help",
                set.display()
            );
        }
    }
    if !texts.is_empty() {
        speed(&finder, &texts, Duration::from_secs_f64(args.seconds))?;
        worst(&finder);
    }
    Ok(ExitCode::SUCCESS)
}

fn parse<T: for<'a> Deserialize<'a>>(set: &Path, lines: &str) -> anyhow::Result<Vec<T>> {
    lines
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(number, line)| {
            serde_json::from_str(line)
                .with_context(|| format!("{}, line {}", set.display(), number + 1))
        })
        .collect()
}

fn chest_labels(file: &Path) -> anyhow::Result<HashMap<String, bool>> {
    let mut reader = csv::Reader::from_path(file)
        .with_context(|| format!("{} cannot be read", file.display()))?;
    let heads = reader.headers()?.clone();
    let column = |name: &str| {
        heads
            .iter()
            .position(|h| h == name)
            .with_context(|| format!("{} has no column “{name}”", file.display()))
    };
    let (uid, fracture) = (column("uid")?, column("fracture")?);
    reader
        .records()
        .map(|record| {
            let record = record?;
            let field = |at: usize| record.get(at).unwrap_or_default().to_owned();
            Ok((field(uid), field(fracture) == "1"))
        })
        .collect()
}

/// Right and wrong of one kind.
#[derive(Debug, Default, Clone, Copy)]
struct Score {
    tp: u64,
    fp: u64,
    missed: u64,
}

impl Score {
    fn count(&mut self, wanted: bool, got: bool) {
        match (wanted, got) {
            (true, true) => self.tp += 1,
            (false, true) => self.fp += 1,
            (true, false) => self.missed += 1,
            (false, false) => {}
        }
    }

    fn print(&self, what: &str) {
        print_share(
            &format!("{what}: precision"),
            wilson(self.tp, self.tp + self.fp),
        );
        print_share(
            &format!("{what}: recall"),
            wilson(self.tp, self.tp + self.missed),
        );
        // F1 is a share of TP + (FP + FN) / 2; halves are rounded up, so that the interval is not too narrow.
        let halves = (self.fp + self.missed).div_ceil(2);
        let f1 = 2.0 * self.tp as f64 / (2 * self.tp + self.fp + self.missed) as f64;
        print_share(
            &format!("{what}: F1"),
            wilson(self.tp, self.tp + halves).map(|i| Interval { value: f1, ..i }),
        );
    }
}

fn print_share(what: &str, share: Option<Interval>) {
    match share {
        Some(i) => println!(
            "  {what:<58} {:.3}  ({:.3} to {:.3})",
            i.value, i.lower, i.upper
        ),
        None => println!("  {what:<58} nothing to count"),
    }
}

fn read(finder: &Finder, text: &str, age: Option<i16>) -> Reading {
    finder.read_report(&ReportText {
        text,
        age,
        ..ReportText::default()
    })
}

/// Site and status of what a reading asserts or raises; what it denies is left out.
fn spoken(reading: &Reading) -> BTreeSet<String> {
    reading
        .findings
        .iter()
        .filter(|f| f.status != Status::Absent)
        .map(|f| format!("{} {}", f.site.code(), f.status.code()))
        .collect()
}

fn decisions(finder: &Finder, reports: &[Report]) {
    let mut table: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    let (mut right, mut yes, mut yes_seen, mut called, mut called_right) = (0, 0, 0, 0, 0);
    let mut findings = Score::default();
    let mut by_site: BTreeMap<String, Score> = BTreeMap::new();
    for report in reports {
        let reading = read(finder, &report.text, report.age);
        let got = reading.list.code();
        let fine = |list: &str| list == report.list || report.accept.iter().any(|a| a == list);
        *table.entry((report.list.as_str(), got)).or_default() += 1;
        right += u64::from(fine(got));
        if report.list == "yes" {
            yes += 1;
            yes_seen += u64::from(got != "no");
        }
        if got == "yes" {
            called += 1;
            called_right += u64::from(fine("yes"));
        }
        let wanted: BTreeSet<String> = report
            .findings
            .iter()
            .filter(|l| l.status != Status::Absent.code())
            .map(|l| format!("{} {}", l.site, l.status))
            .collect();
        let found = spoken(&reading);
        for one in wanted.union(&found) {
            findings.count(wanted.contains(one), found.contains(one));
            let site = one.split(' ').next().unwrap_or_default().to_owned();
            by_site
                .entry(site)
                .or_default()
                .count(wanted.contains(one), found.contains(one));
        }
        if !fine(got) || wanted != found {
            println!(
                "  {} {}: wanted {}{}, said {} ({})",
                if fine(got) { "finding " } else { "DECISION" },
                report.id,
                report.list,
                report
                    .accept
                    .iter()
                    .map(|a| format!(" or {a}"))
                    .collect::<String>(),
                got,
                reading.reason
            );
            for one in wanted.difference(&found) {
                println!("             missed {one}");
            }
            for one in found.difference(&wanted) {
                println!("             too many {one}");
            }
        }
    }
    println!(
        "\n  {:>12} | said {:>5} {:>6} {:>6}",
        "labelled", "yes", "look", "no"
    );
    for label in ["yes", "look", "no"] {
        let cell = |got| table.get(&(label, got)).copied().unwrap_or_default();
        println!(
            "  {label:>12} |      {:>5} {:>6} {:>6}",
            cell("yes"),
            cell("look"),
            cell("no")
        );
    }
    println!();
    print_share(
        "decisions right (an accepted other one counts)",
        wilson(right, reports.len() as u64),
    );
    print_share("of the yes, seen as yes or look", wilson(yes_seen, yes));
    print_share("of what is called yes, right", wilson(called_right, called));
    findings.print("findings (site and status)");
    for (site, score) in by_site {
        println!(
            "    {site:<14} right {:>4}  missed {:>3}  too many {:>3}",
            score.tp, score.missed, score.fp
        );
    }
}

fn chests(
    finder: &Finder,
    reports: &[Chest],
    labels: &HashMap<String, bool>,
) -> anyhow::Result<()> {
    let mut score = Score::default();
    for report in reports {
        let text = report.text();
        let reading = read(finder, &text, None);
        let said = reading
            .findings
            .iter()
            .find(|f| matches!(f.status, Status::Present | Status::Old));
        let wanted = *labels
            .get(&report.uid)
            .with_context(|| format!("report {} has no label", report.uid))?;
        score.count(wanted, said.is_some());
        if wanted != said.is_some() {
            let words = said.map_or_else(String::new, |f| match &f.evidence {
                Evidence::Span { text, .. } => format!(" (“{text}”)"),
                Evidence::Code { code, .. } => format!(" ({code})"),
            });
            println!(
                "  {}: labelled {}, said {}{words}",
                report.uid,
                u8::from(wanted),
                u8::from(said.is_some())
            );
        }
    }
    println!();
    score.print("states a fracture, old or new");
    Ok(())
}

fn phrases(finder: &Finder, phrases: &[Phrase]) {
    let (mut negation, mut experiencer) = (0, 0);
    let mut historical = Score::default();
    let mut negated = Score::default();
    for one in phrases {
        let reading = finder.judge_phrase(&one.text, &one.phrase);
        let (n, t, e) = (
            reading.negation.code(),
            reading.temporality.code(),
            reading.experiencer.code(),
        );
        negation += u64::from(n == one.negation);
        experiencer += u64::from(e == one.experiencer);
        negated.count(one.negation == "negated", n == "negated");
        historical.count(one.temporality == "historical", t == "historical");
        if (n, t, e)
            != (
                one.negation.as_str(),
                one.temporality.as_str(),
                one.experiencer.as_str(),
            )
        {
            println!(
                "  {} “{}”: wanted {} {} {}, said {n} {t} {e}\n      {}",
                one.id, one.phrase, one.negation, one.temporality, one.experiencer, one.text
            );
        }
    }
    let all = phrases.len() as u64;
    println!();
    print_share("negation right", wilson(negation, all));
    negated.print("negated");
    historical.print("historical");
    print_share("experiencer right", wilson(experiencer, all));
}

/// Reports a second of processor time, and the same bytes through nothing but a scan for the reader's own trigger words.
fn speed(finder: &Finder, texts: &[String], time: Duration) -> anyhow::Result<()> {
    let scan = AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .build(finder.triggers())
        .context("the scan to compare with cannot be built")?;
    let (mut read_in, mut scanned_in) = (Rounds::default(), Rounds::default());
    // By turns, so that whatever else the machine does meanwhile slows both alike.
    while read_in.all < time || scanned_in.all < time {
        read_in.go(texts, |text| {
            std::hint::black_box(read(finder, text, None));
        });
        scanned_in.go(texts, |text| {
            std::hint::black_box(scan.find_iter(text).count());
        });
    }
    let bytes: usize = texts.iter().map(String::len).sum();
    println!(
        "\n  speed, a second of processor time, {} reports of {} bytes on average{:>8} {:>14}",
        texts.len(),
        bytes / texts.len(),
        "mean",
        "quickest round",
    );
    let line = |what: &str, rounds: &Rounds| {
        let (mean, quickest) = rounds.rates(texts.len());
        println!("  {what:<70} {mean:>8.0} {quickest:>11.0} /s");
    };
    line("reports read, text in to evidence out", &read_in);
    let words = finder.triggers().len();
    let what = format!("a bare scan for {words} words, nothing else");
    line(&what, &scanned_in);
    let share = read_in.rates(texts.len()).0 / scanned_in.rates(texts.len()).0;
    println!(
        "  {:<70} {share:>8.2}",
        "share of the bare scan (limit 0.33)"
    );
    Ok(())
}

/// Texts made to be slow: twice the text must not take much more than twice the time.
fn worst(finder: &Finder) {
    println!("\n  texts made to be slow, nanoseconds a byte");
    println!(
        "  {:<30} {:>10} {:>10} {:>10}",
        "repeated", "50 kB", "100 kB", "200 kB"
    );
    for unit in [
        "no fracture ",
        "L1 fracture, T12/L1 wedge and ",
        "old fracture of the left wrist. ",
        "no evidence of any definite ",
        "T1/2,3-4 ",
        "(?",
        "fracture\n",
    ] {
        let each = [50_000, 100_000, 200_000].map(|size| {
            let text = unit.repeat(size / unit.len());
            let began = Instant::now();
            std::hint::black_box(read(finder, &text, None));
            began.elapsed().as_nanos() as f64 / size as f64
        });
        let [a, b, c] = each.map(|nanos| format!("{nanos:.0}"));
        println!("  {:<30} {a:>10} {b:>10} {c:>10}", format!("{unit:?}"));
    }
}

/// Rounds through all texts, in processor time. That still counts what a neighbour on the same core takes, and the
/// quickest round shows how much that is.
#[derive(Default)]
struct Rounds {
    all: Duration,
    quickest: Option<Duration>,
    count: u32,
}

impl Rounds {
    fn go(&mut self, texts: &[String], each: impl FnMut(&String)) {
        let began = busy();
        texts.iter().for_each(each);
        let took = busy().saturating_sub(began);
        self.all += took;
        self.count += 1;
        self.quickest = Some(self.quickest.map_or(took, |before| before.min(took)));
    }

    /// Texts a second, in the mean and in the quickest round.
    fn rates(&self, texts: usize) -> (f64, f64) {
        let rate = |took: Duration| texts as f64 / took.as_secs_f64().max(1e-9);
        let mean = self.all / self.count.max(1);
        (rate(mean), rate(self.quickest.unwrap_or(mean)))
    }
}

/// Processor time of this thread.
fn busy() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(
        time.tv_sec.unsigned_abs(),
        time.tv_nsec.unsigned_abs() as u32,
    )
}
