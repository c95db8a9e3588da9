//! Agreement with the labelled development set. The labels, not the reader, are the standard.

use std::collections::{BTreeMap, BTreeSet};

use finder::{Finder, ReportText};
use serde::Deserialize;

#[derive(Deserialize)]
struct Labelled {
    id: String,
    age: Option<i16>,
    text: String,
    list: String,
    #[serde(default)]
    accept: Vec<String>,
    findings: Vec<Label>,
}

#[derive(Deserialize, PartialEq, Eq, PartialOrd, Ord, Clone, Debug)]
struct Label {
    site: String,
    level: BTreeSet<String>,
    side: Option<String>,
    status: String,
}

// Floors reached on this set, rounded down. The rules were made with this set in view, so these are not
// estimates of accuracy; see the README.
const DECISIONS_STRICT: f64 = 0.99;
const DECISIONS_ACCEPTING: f64 = 0.99;
const FINDINGS_RECALL: f64 = 0.97;
const FINDINGS_PRECISION: f64 = 0.97;

#[test]
fn agrees_with_the_development_set() {
    let finder = Finder::default();
    // Another labelled set of the same form can be measured by naming it.
    let file = std::env::var("UK_REPORTS").unwrap_or_else(|_| {
        concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/data/uk_reports_dev.jsonl"
        )
        .to_owned()
    });
    let lines = std::fs::read_to_string(file).unwrap();
    let all: Vec<Labelled> = lines
        .lines()
        .filter(|l| !l.trim().is_empty())
        .map(|l| serde_json::from_str(l).unwrap())
        .collect();
    let mut table: BTreeMap<(String, String), usize> = BTreeMap::new();
    let (mut strict, mut accepting) = (0, 0);
    let (mut tp, mut fp, mut fn_, mut exact) = (0, 0, 0, 0);
    let mut by_status: BTreeMap<String, (usize, usize, usize)> = BTreeMap::new();
    for one in &all {
        let reading = finder.read_report(&ReportText {
            text: &one.text,
            age: one.age,
            ..ReportText::default()
        });
        let got = reading.list.code().to_owned();
        *table.entry((one.list.clone(), got.clone())).or_default() += 1;
        let right = got == one.list;
        let fine = right || one.accept.contains(&got);
        strict += usize::from(right);
        accepting += usize::from(fine);
        let made: Vec<Label> = reading
            .findings
            .iter()
            .map(|f| Label {
                site: f.site.code().to_owned(),
                level: f.level.iter().map(|l| l.as_str().to_owned()).collect(),
                side: f.side.map(|s| s.code().to_owned()),
                status: f.status.code().to_owned(),
            })
            .collect();
        let mut left = made.clone();
        let mut missing = Vec::new();
        for label in &one.findings {
            let counts = by_status.entry(label.status.clone()).or_default();
            if let Some(at) = left.iter().position(|m| m == label) {
                left.remove(at);
                tp += 1;
                counts.0 += 1;
            } else {
                fn_ += 1;
                counts.1 += 1;
                missing.push(label.clone());
            }
        }
        for extra in &left {
            fp += 1;
            by_status.entry(extra.status.clone()).or_default().2 += 1;
        }
        exact += usize::from(left.is_empty() && missing.is_empty());
        if !right || !left.is_empty() || !missing.is_empty() {
            println!(
                "{} {} {} want {} got {} ({:?}: {})",
                one.id,
                if fine { "  " } else { "XX" },
                if right { " " } else { "~" },
                one.list,
                got,
                reading.why,
                reading.reason
            );
            for m in missing {
                println!(
                    "      missing {} {:?} {:?} {}",
                    m.site, m.level, m.side, m.status
                );
            }
            for e in left {
                println!(
                    "      extra   {} {:?} {:?} {}",
                    e.site, e.level, e.side, e.status
                );
            }
        }
    }
    let n = all.len() as f64;
    println!("\n{:>8} | {:>5} {:>5} {:>5}", "label", "yes", "look", "no");
    for label in ["yes", "look", "no"] {
        let cell = |got: &str| {
            table
                .get(&(label.to_owned(), got.to_owned()))
                .copied()
                .unwrap_or(0)
        };
        println!(
            "{label:>8} | {:>5} {:>5} {:>5}",
            cell("yes"),
            cell("look"),
            cell("no")
        );
    }
    println!(
        "decisions: strict {strict}/{n} = {:.3}, accepting {accepting}/{n} = {:.3}",
        strict as f64 / n,
        accepting as f64 / n
    );
    println!(
        "findings (site, level, side, status): tp {tp} fp {fp} fn {fn_} P {:.3} R {:.3}; reports with all findings exact {exact}",
        tp as f64 / (tp + fp) as f64,
        tp as f64 / (tp + fn_) as f64
    );
    for (status, (tp, missed, extra)) in &by_status {
        println!("  {status:>9}: right {tp} missed {missed} extra {extra}");
    }
    assert!(strict as f64 / n >= DECISIONS_STRICT);
    assert!(accepting as f64 / n >= DECISIONS_ACCEPTING);
    assert!(tp as f64 / (tp + fn_) as f64 >= FINDINGS_RECALL);
    assert!(tp as f64 / (tp + fp) as f64 >= FINDINGS_PRECISION);
}
