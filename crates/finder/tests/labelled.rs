//! Agreement with the labelled sets. The labels, not the reader, are the standard; `herald bench reader` lists every
//! error. The rules were made with these sets in view, so that the floors are no estimates of accuracy: see
//! docs/MODEL_CARD.md.

use std::{collections::BTreeSet, sync::LazyLock};

use finder::{Finder, ReportText};
use serde::Deserialize;

static FINDER: LazyLock<Finder> = LazyLock::new(Finder::default);

#[derive(Deserialize)]
struct Report {
    age: Option<i16>,
    text: String,
    list: String,
    #[serde(default)]
    accept: Vec<String>,
    findings: Vec<Label>,
}

#[derive(Deserialize, PartialEq, Eq, PartialOrd, Ord, Clone)]
struct Label {
    site: String,
    level: BTreeSet<String>,
    side: Option<String>,
    status: String,
}

#[derive(Deserialize)]
struct Phrase {
    phrase: String,
    text: String,
    negation: String,
    temporality: String,
}

fn set<T: for<'a> Deserialize<'a>>(name: &str) -> Vec<T> {
    let file = format!("{}/tests/data/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(file)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[derive(Default)]
struct Agreement {
    reports: f64,
    decisions: f64,
    /// Site and status, the denied left out.
    findings: F1,
    /// Level and side too.
    exact: F1,
}

#[derive(Default)]
struct F1 {
    tp: f64,
    wrong: f64,
}

impl F1 {
    fn count<T: Ord>(&mut self, wanted: &BTreeSet<T>, got: &BTreeSet<T>) {
        self.tp += wanted.intersection(got).count() as f64;
        self.wrong += wanted.symmetric_difference(got).count() as f64;
    }

    fn value(&self) -> f64 {
        2.0 * self.tp / (2.0 * self.tp + self.wrong)
    }
}

fn agreement(name: &str) -> Agreement {
    let mut out = Agreement::default();
    for report in set::<Report>(name) {
        let reading = FINDER.read_report(&ReportText {
            text: &report.text,
            age: report.age,
            ..ReportText::default()
        });
        let got = reading.list.code();
        out.reports += 1.0;
        if got == report.list || report.accept.iter().any(|a| a == got) {
            out.decisions += 1.0;
        }
        let wanted: BTreeSet<Label> = report
            .findings
            .into_iter()
            .filter(|l| l.status != "absent")
            .collect();
        let found: BTreeSet<Label> = reading
            .findings
            .iter()
            .filter(|f| f.status.code() != "absent")
            .map(|f| Label {
                site: f.site.code().to_owned(),
                level: f.level.iter().map(|l| l.as_str().to_owned()).collect(),
                side: f.side.map(|s| s.code().to_owned()),
                status: f.status.code().to_owned(),
            })
            .collect();
        let coarse = |all: &BTreeSet<Label>| {
            all.iter()
                .map(|l| (l.site.clone(), l.status.clone()))
                .collect::<BTreeSet<_>>()
        };
        out.findings.count(&coarse(&wanted), &coarse(&found));
        out.exact.count(&wanted, &found);
    }
    out
}

#[test]
fn agrees_with_the_development_set() {
    let agreement = agreement("uk_reports_dev.jsonl");
    assert!(agreement.decisions / agreement.reports >= 0.99);
    assert!(agreement.findings.value() >= 0.98);
    assert!(agreement.exact.value() >= 0.97);
}

#[test]
fn agrees_with_the_invented_reports() {
    let agreement = agreement("invented_reports.jsonl");
    assert!(agreement.decisions / agreement.reports >= 0.98);
    assert!(agreement.findings.value() >= 0.95);
    println!("level and side too: {:.3}", agreement.exact.value());
    assert!(agreement.exact.value() >= 0.85);
}

/// A sentence or two on one of six themes: denied, doubted, dated, vertebral, where and how, no finding.
#[test]
fn agrees_with_the_short_reports() {
    let agreement = agreement("short_reports.jsonl");
    assert!(agreement.decisions / agreement.reports >= 0.97);
    assert!(agreement.findings.value() >= 0.93);
}

/// A fracture denied, doubted, stated, dated, told of somebody else or mistaken: one sentence each, in plain words.
#[test]
fn agrees_with_the_plain_sentences() {
    let agreement = agreement("plain_sentences.jsonl");
    assert!(agreement.decisions / agreement.reports >= 0.96);
}

#[test]
fn agrees_with_the_invented_phrases() {
    let (mut all, mut right, mut historical) = (0.0, 0.0, F1::default());
    for one in set::<Phrase>("invented_phrases.jsonl") {
        let reading = FINDER.judge_phrase(&one.text, &one.phrase);
        all += 1.0;
        right += f64::from(u8::from(reading.negation.code() == one.negation));
        let of = |code: &str| (code == "historical").then_some(()).into_iter().collect();
        historical.count(&of(&one.temporality), &of(reading.temporality.code()));
        assert!(reading.found);
    }
    assert!(right / all >= 0.985);
    assert!(historical.value() >= 0.88);
}
