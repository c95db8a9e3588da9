//! ORU^R01: the numbers under an OBR, as a laboratory or a bone density scanner sends them.

use std::collections::HashMap;

use super::observations::{Group, date, name};
use super::parse::{Field, Segment};
use super::report::{Section, section};
use super::t_scores;
use crate::fault::Fault;
use crate::message::{Measure, ReportStatus, TestKind, TestResult};

pub(super) struct Found {
    pub result: TestResult,
    /// Its words may speak of a fracture: they go the way of every report too.
    pub also_a_report: bool,
    pub faults: Vec<Fault>,
}

/// Diagnostic service sections (HL7 table 0074, OBR-24) whose results are numbers from blood.
const LABORATORY: [&str; 8] = ["LAB", "CH", "HM", "HEM", "IMM", "SR", "BG", "OSL"];
/// Sections that send images and their reports: numbers there are doses and sizes.
const IMAGING: [&str; 14] = [
    "RAD", "RX", "XR", "XRC", "CT", "MR", "NMR", "NMS", "RUS", "US", "CUS", "OUS", "VUS", "RT",
];
const DXA: [&str; 3] = ["BMD", "DXA", "DEXA"];
const DXA_WORDS: [&str; 6] = [
    "DXA",
    "DEXA",
    "BONE DENS",
    "BONE MINERAL DENS",
    "DENSITOMETRY",
    "ABSORPTIOMETRY",
];
const IMAGING_WORDS: [&str; 11] = [
    "XR",
    "XRAY",
    "X-RAY",
    "CT",
    "MR",
    "MRI",
    "US",
    "ULTRASOUND",
    "NM",
    "CTA",
    "FLUOROSCOPY",
];

/// What a group of observations is, as far as its OBR says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Dxa,
    Laboratory,
    Imaging,
    NotSaid,
}

fn kind(group: &Group<'_, '_>) -> Kind {
    let Some(obr) = group.obr else {
        return Kind::NotSaid;
    };
    let section = obr.field(24).value().to_ascii_uppercase();
    let exam = obr.field(4).text().to_ascii_uppercase();
    let first = group.name().to_ascii_uppercase();
    let first = first.split_whitespace().next().unwrap_or_default();
    if DXA.contains(&section.as_str()) || DXA_WORDS.iter().any(|words| exam.contains(words)) {
        Kind::Dxa
    } else if IMAGING.contains(&section.as_str()) {
        Kind::Imaging
    } else if LABORATORY.contains(&section.as_str()) {
        Kind::Laboratory
    } else if IMAGING_WORDS.contains(&first) {
        Kind::Imaging
    } else {
        Kind::NotSaid
    }
}

/// None when there is nothing but words, or only the numbers that go with an image.
pub(super) fn read(group: &Group<'_, '_>) -> Option<Found> {
    let mut kind = kind(group);
    if kind == Kind::Imaging {
        return None;
    }
    // Lines of one text share their name; a value has its own.
    let mut names: HashMap<&str, usize> = HashMap::new();
    for obx in group.observations() {
        *names.entry(obx.field(3).raw()).or_default() += 1;
    }
    let mut draft = Draft::default();
    for line in &group.lines {
        match line.name {
            "OBX" => {
                let alone = names.get(line.field(3).raw()) == Some(&1);
                draft.add(*line, alone, kind);
            }
            // A note before the first value belongs to the order.
            _ if draft.observations > 0 => draft.words.push(line.field(3).text()),
            _ => {}
        }
    }
    let scores = |measure: &Measure| t_scores::is_named(&measure.name);
    if kind != Kind::Laboratory && draft.measures.iter().any(scores) {
        kind = Kind::Dxa;
    }
    let (mut status, fault) = group.status(&draft.statuses, draft.deleted);
    let withdrawn = status == ReportStatus::Withdrawn;
    let empty = draft.measures.is_empty();
    let also_a_report = match kind {
        Kind::Dxa if empty && draft.words.is_empty() && !withdrawn => return None,
        Kind::Dxa => true,
        _ if empty && !withdrawn => return None,
        // Pulse and temperature charts come without saying what they are.
        Kind::NotSaid if group.name().is_empty() => return None,
        Kind::Laboratory => empty || draft.documents > 0,
        // A few words among many numbers are a laboratory's comment; where words prevail they may be a report.
        Kind::NotSaid | Kind::Imaging => {
            empty || draft.documents > 0 || draft.text_lines > draft.measures.len()
        }
    };
    // One value that is not verified makes the whole provisional.
    let unverified = ["P", "R", "S", "I"];
    if !withdrawn
        && draft
            .statuses
            .iter()
            .any(|status| unverified.contains(&status.as_str()))
    {
        status = ReportStatus::Preliminary;
    }
    let number = group.number();
    let mut faults = draft.faults;
    if !also_a_report {
        faults.extend(fault);
        if number.is_empty() {
            faults.push(
                Fault::warning(
                    group.line(),
                    "This result has no number; a later version cannot replace it.",
                    "Ask the sender to fill OBR-3.",
                )
                .at("OBR-3"),
            );
        }
    }
    let text = draft.words.join("\n");
    let mut measures = draft.measures;
    if kind == Kind::Dxa && !measures.iter().any(scores) {
        measures.extend(t_scores::in_words(&text));
    }
    let field_date = |n: usize| group.obr.and_then(|obr| date(obr.field(n)));
    Some(Found {
        result: TestResult {
            kind: if kind == Kind::Dxa {
                TestKind::Dxa
            } else {
                TestKind::Laboratory
            },
            number,
            code: group
                .obr
                .map(|obr| obr.field(4).value().into_owned())
                .unwrap_or_default(),
            name: group.name(),
            taken_on: field_date(7).or_else(|| field_date(14)).or(draft.observed),
            status,
            measures,
            text: Some(text).filter(|text| !text.trim().is_empty()),
        },
        also_a_report,
        faults,
    })
}

#[derive(Default)]
struct Draft {
    observations: usize,
    measures: Vec<Measure>,
    words: Vec<String>,
    text_lines: usize,
    statuses: Vec<String>,
    deleted: usize,
    documents: usize,
    observed: Option<jiff::civil::Date>,
    faults: Vec<Fault>,
}

impl Draft {
    /// `alone`: no other line of the group has its name.
    fn add(&mut self, obx: Segment<'_, '_>, alone: bool, kind: Kind) {
        self.observations += 1;
        let of_type = obx.field(2).value().to_ascii_uppercase();
        if matches!(of_type.as_str(), "ED" | "RP") {
            self.documents += 1;
            return;
        }
        let status = obx.field(11).value().to_ascii_uppercase();
        if status == "D" {
            self.deleted += 1;
            return;
        }
        let asked = matches!(section(obx.field(3)), Section::Indication);
        let value = obx.field(5);
        // X: the value cannot be had. N: it was not asked for.
        if asked || matches!(status.as_str(), "X" | "N") || value.text().is_empty() {
            return;
        }
        self.observed = self.observed.or_else(|| date(obx.field(14)));
        self.statuses.push(status);
        let said = match of_type.as_str() {
            "NM" => value.text(),
            "SN" => structured(value),
            "CE" | "CWE" | "CNE" | "CF" => name(value),
            "ST" | "TX" | "FT" | "" => value.text(),
            _ => return,
        };
        let named =
            !obx.field(3).component(1).raw().starts_with('&') && !name(obx.field(3)).is_empty();
        let numeric = matches!(of_type.as_str(), "NM" | "SN");
        if named && (numeric || alone) && is_number(&said) {
            self.measures.push(measure(obx, said));
        } else if numeric {
            if !named {
                return;
            }
            let words = format!("{}: {said}", name(obx.field(3)));
            self.faults.push(
                Fault::warning(
                    obx.line,
                    "The value is sent as a number and is not one; it was kept as words.",
                    "Ask the sender to put comments into a note (NTE).",
                )
                .at(obx.place(5))
                .with_value(&said),
            );
            self.words.push(words);
        } else if kind == Kind::Laboratory && named && alone && short(&said) {
            // "Not detected", "Negative": the value of a test that gives no number.
            self.measures.push(measure(obx, said));
        } else if !matches!(of_type.as_str(), "CE" | "CWE" | "CNE" | "CF") {
            self.text_lines += 1;
            let lines = value.repetitions().map(|line| line.text_as_laid_out());
            self.words.extend(lines);
        }
    }
}

fn measure(obx: Segment<'_, '_>, value: String) -> Measure {
    let range = obx.field(7).text();
    let flag = obx.field(8).text();
    Measure {
        code: obx.field(3).value().into_owned(),
        name: name(obx.field(3)),
        value,
        unit: unit(obx.field(6)),
        range: Some(range).filter(|range| !range.is_empty()),
        flag: Some(flag).filter(|flag| !flag.is_empty() && !flag.eq_ignore_ascii_case("N")),
    }
}

/// Code, text or, where the sender did not escape its powers (`10^9/L`), the whole.
fn unit(field: Field<'_, '_>) -> String {
    let next = field.component(2).raw();
    if next.starts_with(|c: char| c.is_ascii_digit()) && field.component(3).is_empty() {
        return field.text();
    }
    [1, 2]
        .iter()
        .map(|n| field.component(*n).text())
        .find(|words| !words.is_empty())
        .unwrap_or_default()
}

/// SN: comparator, number, separator, number.
fn structured(field: Field<'_, '_>) -> String {
    field.components().map(|part| part.text()).collect()
}

fn short(text: &str) -> bool {
    text.chars().count() <= 60 && !text.contains('\n')
}

/// A plain decimal, perhaps with a comparator before it.
fn is_number(text: &str) -> bool {
    let plain = text
        .trim_start_matches(['<', '>', '=', '≤', '≥'])
        .trim_start();
    let digits = plain.strip_prefix(['-', '+']).unwrap_or(plain);
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    let all_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let comparators = text.chars().count() - plain.chars().count();
    comparators <= 3
        && all_digits(whole)
        && all_digits(part)
        && !part.is_empty()
        && (!whole.is_empty() || digits.starts_with('.'))
        && digits.len() <= 15
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_as_laboratories_write_them() {
        for number in ["5", "2.31", "<5", "> 90", ">=1.0", "-2.8", ".5", "≥90"] {
            assert!(is_number(number), "{number}");
        }
        for other in ["", "<", "5.", "1,200", "5 *", "Neg", "1.2.3", "--5", "."] {
            assert!(!is_number(other), "{other}");
        }
    }
}
