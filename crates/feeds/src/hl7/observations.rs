//! ORU^R01: what stands under each OBR is a report in words, a test result in numbers, or both.

use super::parse::{Field, Parse, Segment};
use super::{report, result, time};
use crate::fault::Fault;
use crate::message::{Report, ReportStatus, TestResult};

/// One examination or panel: an OBR with the OBX and NTE below it, in message order.
#[derive(Default)]
pub(super) struct Group<'p, 'a> {
    pub obr: Option<Segment<'p, 'a>>,
    pub lines: Vec<Segment<'p, 'a>>,
}

pub(super) fn read(parse: &Parse<'_>, faults: &mut Vec<Fault>) -> (Vec<Report>, Vec<TestResult>) {
    let (mut reports, mut results) = (Vec::new(), Vec::new());
    for group in groups(parse) {
        let found = result::read(&group);
        if found.as_ref().is_none_or(|found| found.also_a_report) {
            reports.extend(report::read(&group, faults));
        }
        if let Some(found) = found {
            faults.extend(found.faults);
            results.push(found.result);
        }
    }
    faults.extend(report::cut_short(parse));
    (reports, results)
}

fn groups<'p, 'a>(parse: &'p Parse<'a>) -> Vec<Group<'p, 'a>> {
    let mut all = Vec::new();
    let mut open: Option<Group<'p, 'a>> = None;
    for segment in parse.segments() {
        match segment.name {
            "OBR" => {
                all.extend(open.take());
                open = Some(Group {
                    obr: Some(segment),
                    lines: Vec::new(),
                });
            }
            "OBX" => open.get_or_insert_default().lines.push(segment),
            "NTE" => {
                if let Some(group) = &mut open {
                    group.lines.push(segment);
                }
            }
            _ => {}
        }
    }
    all.extend(open);
    all
}

impl<'p, 'a> Group<'p, 'a> {
    pub fn observations(&self) -> impl Iterator<Item = Segment<'p, 'a>> + '_ {
        self.lines.iter().copied().filter(|line| line.name == "OBX")
    }

    pub fn line(&self) -> u64 {
        self.obr
            .or_else(|| self.lines.first().copied())
            .map_or(0, |segment| segment.line)
    }

    /// OBR-3, the filler's number; OBR-2, the placer's, where there is none.
    pub fn number(&self) -> String {
        self.obr
            .map(|obr| first_of(&[obr.field(3), obr.field(2)]))
            .unwrap_or_default()
    }

    /// OBR-4 in words.
    pub fn name(&self) -> String {
        self.obr.map(|obr| name(obr.field(4))).unwrap_or_default()
    }

    /// OBR-25 rules; OBX-11 counts when it is missing. A line sent for the wrong person withdraws the whole
    /// whatever OBR-25 says. `statuses` are those of the lines that were not deleted.
    pub fn status(&self, statuses: &[String], deleted: usize) -> (ReportStatus, Option<Fault>) {
        let any = |code: &str| statuses.iter().any(|status| status == code);
        if any("W") || (deleted > 0 && statuses.is_empty()) {
            return (ReportStatus::Withdrawn, None);
        }
        let stated = self
            .obr
            .map(|obr| obr.field(25).value().to_ascii_uppercase())
            .unwrap_or_default();
        let fault = match stated.as_str() {
            "F" | "U" if any("C") => return (ReportStatus::Corrected, None),
            "F" | "U" => return (ReportStatus::Final, None),
            "C" => return (ReportStatus::Corrected, None),
            "P" | "R" | "A" | "I" | "S" | "O" => return (ReportStatus::Preliminary, None),
            "X" | "D" | "W" => return (ReportStatus::Withdrawn, None),
            "" => None,
            other => Some(
                Fault::warning(
                    self.line(),
                    "This is not an HL7 report status; the report was taken as final unless its lines say otherwise.",
                    "Ask the sender what it means.",
                )
                .at("OBR-25")
                .with_value(other),
            ),
        };
        let status = match () {
            () if any("P") || any("R") || any("I") || any("S") => ReportStatus::Preliminary,
            () if any("C") => ReportStatus::Corrected,
            () => ReportStatus::Final,
        };
        (status, fault)
    }
}

/// A coded field in words: its text, its alternative text, else its code.
pub(super) fn name(field: Field<'_, '_>) -> String {
    [2, 5, 1]
        .iter()
        .map(|n| field.component(*n).text())
        .find(|words| !words.is_empty())
        .unwrap_or_default()
}

fn first_of(fields: &[Field<'_, '_>]) -> String {
    fields
        .iter()
        .map(|field| field.value().into_owned())
        .find(|value| !value.is_empty())
        .unwrap_or_default()
}

pub(super) fn date(field: Field<'_, '_>) -> Option<jiff::civil::Date> {
    time::parse(field.component(1).raw())
        .ok()
        .flatten()
        .map(|when| when.date)
}
