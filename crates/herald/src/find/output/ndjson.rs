//! One line for each report.

use finder::{Evidence, Finding};
use serde::Serialize;

use super::Verdict;
use crate::find::record::{Id, Record};

#[derive(Serialize)]
#[serde(untagged)]
enum Line<'a> {
    Reading {
        id: &'a Id<'a>,
        list: &'a str,
        reason: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        source: Option<&'a str>,
        findings: Findings<'a>,
    },
    Phrase {
        id: &'a Id<'a>,
        phrase: &'a str,
        negation: &'a str,
        temporality: &'a str,
        experiencer: &'a str,
        found: bool,
        #[serde(skip_serializing_if = "Option::is_none")]
        source: Option<&'a str>,
        evidence: &'a [Evidence],
    },
}

pub struct Findings<'a>(pub &'a [Finding]);

impl Serialize for Findings<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(Found::new))
    }
}

#[derive(Serialize)]
struct Found<'a> {
    site: &'a str,
    level: &'a [terms::Level],
    side: Option<&'a str>,
    status: &'a str,
    evidence: &'a Evidence,
    rule: &'a str,
}

impl<'a> Found<'a> {
    fn new(finding: &'a Finding) -> Self {
        Self {
            site: finding.site.code(),
            level: &finding.level,
            side: finding.side.map(terms::Side::code),
            status: finding.status.code(),
            evidence: &finding.evidence,
            rule: &finding.rule,
        }
    }
}

pub fn line(record: &Record<'_>, verdict: &Verdict<'_>, to: &mut Vec<u8>) {
    let (id, source) = (&record.id, record.source.as_deref());
    json(
        &match verdict {
            Verdict::Reading(reading) => Line::Reading {
                id,
                list: reading.list.code(),
                reason: &reading.reason,
                source,
                findings: Findings(&reading.findings),
            },
            Verdict::Phrase(phrase, reading) => Line::Phrase {
                id,
                phrase,
                negation: reading.negation.code(),
                temporality: reading.temporality.code(),
                experiencer: reading.experiencer.code(),
                found: reading.found,
                source,
                evidence: &reading.cues,
            },
        },
        to,
    );
    to.push(b'\n');
}

pub fn json(value: &impl Serialize, to: &mut Vec<u8>) {
    // Memory takes every byte, and none of these has keys that are not strings.
    let _ = serde_json::to_writer(to, value);
}
