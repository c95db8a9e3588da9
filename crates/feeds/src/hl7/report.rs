//! ORU^R01: one report for each OBR, its lines in message order.

use super::parse::{Field, Parse, Segment};
use super::time;
use crate::fault::Fault;
use crate::message::{Report, ReportStatus};

pub(super) fn read(parse: &Parse<'_>, faults: &mut Vec<Fault>) -> Vec<Report> {
    let mut reports = Vec::new();
    let mut open: Option<Draft<'_, '_>> = None;
    for segment in parse.segments() {
        match segment.name {
            "OBR" => {
                reports.extend(open.take().and_then(|draft| draft.finish(faults)));
                open = Some(Draft {
                    obr: Some(segment),
                    ..Draft::default()
                });
            }
            "OBX" => open.get_or_insert_default().add(segment, faults),
            _ => {}
        }
    }
    reports.extend(open.and_then(|draft| draft.finish(faults)));
    faults.extend(cut_short(parse));
    reports
}

#[derive(Default)]
struct Draft<'p, 'a> {
    obr: Option<Segment<'p, 'a>>,
    line: u64,
    observations: usize,
    body: Vec<String>,
    indication: Vec<String>,
    addenda: usize,
    deleted: usize,
    statuses: Vec<String>,
    observed: Option<jiff::civil::Date>,
    documents: usize,
}

enum Section {
    Indication,
    Addendum,
    Body,
}

fn section(identifier: Field<'_, '_>) -> Section {
    const ASKS: [&str; 5] = [
        "INDICATION",
        "CLINICAL HISTORY",
        "CLINICAL DETAIL",
        "CLINICAL INFO",
        "REASON FOR",
    ];
    let words = identifier.raw().to_ascii_uppercase();
    if ASKS.iter().any(|ask| words.contains(ask)) {
        return Section::Indication;
    }
    let code = identifier.component(1);
    let addendum = [1, 2].iter().any(|n| {
        code.subcomponent(*n)
            .raw()
            .trim()
            .eq_ignore_ascii_case("ADT")
    });
    if addendum {
        Section::Addendum
    } else {
        Section::Body
    }
}

impl<'p, 'a> Draft<'p, 'a> {
    fn add(&mut self, obx: Segment<'p, 'a>, faults: &mut Vec<Fault>) {
        self.observations += 1;
        if self.line == 0 {
            self.line = obx.line;
        }
        match obx.field(2).value().to_ascii_uppercase().as_str() {
            "ST" | "TX" | "FT" | "" => {}
            "ED" | "RP" => {
                if self.documents == 0 {
                    faults.push(
                        Fault::warning(
                            obx.line,
                            "A document (PDF or link) came with this report. Herald does not read it.",
                            "If the report's text is only in the document, ask for the report as text.",
                        )
                        .at(obx.place(5)),
                    );
                }
                self.documents += 1;
                return;
            }
            _ => return,
        }
        let status = obx.field(11).value().to_ascii_uppercase();
        if status == "D" {
            self.deleted += 1;
            return;
        }
        self.observed = self.observed.or_else(|| date(obx.field(14)));
        let lines = obx
            .field(5)
            .repetitions()
            .map(|line| line.text_as_laid_out());
        match section(obx.field(3)) {
            Section::Indication => {
                self.indication.extend(
                    lines
                        .map(|line| line.trim().to_owned())
                        .filter(|line| !line.is_empty()),
                );
                return;
            }
            Section::Addendum => self.addenda += 1,
            Section::Body => {}
        }
        self.statuses.push(status);
        self.body.extend(lines);
    }

    fn finish(self, faults: &mut Vec<Fault>) -> Option<Report> {
        // Only numbers and codes: a laboratory result, not a report in words.
        let in_words = !self.statuses.is_empty() || !self.indication.is_empty();
        if self.observations > 0 && !in_words && self.deleted == 0 && self.documents == 0 {
            return None;
        }
        let line = self.obr.map_or(self.line, |obr| obr.line);
        let status = self.status(line, faults);
        let accession = self
            .obr
            .map(|obr| first_of(&[obr.field(3), obr.field(2)]))
            .unwrap_or_default();
        if accession.is_empty() {
            let (problem, place) = match self.obr {
                Some(obr) => (
                    "This report has no accession number; a later version cannot replace it.",
                    obr.place(3),
                ),
                None => (
                    "These report lines (OBX) come without an examination (OBR).",
                    "OBR".to_owned(),
                ),
            };
            faults.push(Fault::warning(line, problem, "Ask the sender to fill OBR-3.").at(place));
        }
        let addendum_only = self.addenda > 0 && self.addenda == self.statuses.len();
        Some(Report {
            accession,
            exam: self.obr.map(exam).unwrap_or_default(),
            performed: self
                .obr
                .and_then(|obr| date(obr.field(7)))
                .or(self.observed),
            status,
            indication: self.asked(),
            text: self.body.join("\n"),
            addendum_only,
        })
    }

    /// What was asked, each thing once.
    fn asked(&self) -> Option<String> {
        let mut all = self.indication.clone();
        if let Some(obr) = self.obr {
            let reason = obr.field(31).repetitions().map(|reason| {
                let words = reason.component(2).text();
                if words.is_empty() {
                    reason.component(1).text()
                } else {
                    words
                }
            });
            for words in std::iter::once(obr.field(13).text()).chain(reason) {
                let known = all.iter().any(|line| line.contains(words.as_str()));
                if !words.is_empty() && !known {
                    all.push(words);
                }
            }
        }
        (!all.is_empty()).then(|| all.join("\n"))
    }

    /// OBR-25 rules; OBX-11 counts when it is missing. A line sent for the wrong person withdraws the report
    /// whatever OBR-25 says.
    fn status(&self, line: u64, faults: &mut Vec<Fault>) -> ReportStatus {
        let any = |code: &str| self.statuses.iter().any(|status| status == code);
        if any("W") || (self.deleted > 0 && self.statuses.is_empty()) {
            return ReportStatus::Withdrawn;
        }
        let stated = self
            .obr
            .map(|obr| obr.field(25).value().to_ascii_uppercase())
            .unwrap_or_default();
        match stated.as_str() {
            "F" | "U" if any("C") => return ReportStatus::Corrected,
            "F" | "U" => return ReportStatus::Final,
            "C" => return ReportStatus::Corrected,
            "P" | "R" | "A" | "I" | "S" | "O" => return ReportStatus::Preliminary,
            "X" | "D" | "W" => return ReportStatus::Withdrawn,
            "" => {}
            other => faults.push(
                Fault::warning(
                    line,
                    "This is not an HL7 report status; the report was taken as final unless its lines say otherwise.",
                    "Ask the sender what it means.",
                )
                .at("OBR-25")
                .with_value(other),
            ),
        }
        match () {
            () if any("P") || any("R") || any("I") || any("S") => ReportStatus::Preliminary,
            () if any("C") => ReportStatus::Corrected,
            () => ReportStatus::Final,
        }
    }
}

fn exam(obr: Segment<'_, '_>) -> String {
    let field = obr.field(4);
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

fn date(field: Field<'_, '_>) -> Option<jiff::civil::Date> {
    time::parse(field.component(1).raw())
        .ok()
        .flatten()
        .map(|when| when.date)
}

/// A message that ends inside an OBX has lost the end of its report, and with it perhaps a "no".
fn cut_short(parse: &Parse<'_>) -> Option<Fault> {
    let last = parse
        .segments()
        .last()
        .filter(|segment| segment.name == "OBX")?;
    let others_have_status = parse.all("OBX").any(|obx| obx.field_count() >= 11);
    (others_have_status && last.field_count() < 11).then(|| {
        Fault::warning(
            last.line,
            "The last line of this report has no status: the message may have been cut short.",
            "Ask the sender for the whole message before relying on the text.",
        )
        .at("OBX-11")
    })
}
