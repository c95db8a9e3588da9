//! ORU^R01: one report for each OBR, its lines in message order.

use super::observations::{Group, date};
use super::parse::{Field, Parse, Segment};
use crate::fault::Fault;
use crate::message::Report;

pub(super) fn read(group: &Group<'_, '_>, faults: &mut Vec<Fault>) -> Option<Report> {
    let mut draft = Draft::default();
    for obx in group.observations() {
        draft.add(obx, faults);
    }
    draft.finish(group, faults)
}

#[derive(Default)]
struct Draft {
    observations: usize,
    body: Vec<String>,
    indication: Vec<String>,
    addenda: usize,
    deleted: usize,
    statuses: Vec<String>,
    observed: Option<jiff::civil::Date>,
    documents: usize,
}

pub(super) enum Section {
    Indication,
    Addendum,
    Body,
}

pub(super) fn section(identifier: Field<'_, '_>) -> Section {
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

impl Draft {
    fn add(&mut self, obx: Segment<'_, '_>, faults: &mut Vec<Fault>) {
        self.observations += 1;
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

    fn finish(self, group: &Group<'_, '_>, faults: &mut Vec<Fault>) -> Option<Report> {
        // Only numbers and codes: a laboratory result, not a report in words.
        let in_words = !self.statuses.is_empty() || !self.indication.is_empty();
        if self.observations > 0 && !in_words && self.deleted == 0 && self.documents == 0 {
            return None;
        }
        let line = group.line();
        let (status, fault) = group.status(&self.statuses, self.deleted);
        faults.extend(fault);
        let accession = group.number();
        if accession.is_empty() {
            let (problem, place) = match group.obr {
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
            exam: group.name(),
            performed: group
                .obr
                .and_then(|obr| date(obr.field(7)))
                .or(self.observed),
            status,
            indication: self.asked(group.obr),
            text: self.body.join("\n"),
            addendum_only,
        })
    }

    /// What was asked, each thing once.
    fn asked(&self, obr: Option<Segment<'_, '_>>) -> Option<String> {
        let mut all = self.indication.clone();
        if let Some(obr) = obr {
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
}

/// A message that ends inside an OBX has lost the end of its report, and with it perhaps a "no".
pub(super) fn cut_short(parse: &Parse<'_>) -> Option<Fault> {
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
