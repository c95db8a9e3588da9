//! HL7 v2 as three NHS hospitals might send it: each with its own habits in PID, all of them legal enough.

use std::fmt::Write;

use jiff::civil::{Date, DateTime};
use terms::Sex;

use crate::{
    people::MadeUpPerson,
    places::{Hospital, TRUST, practice},
};

/// When, where and under which number a message was sent.
#[derive(Debug, Clone)]
pub struct Sent {
    pub hospital: Hospital,
    pub at: DateTime,
    /// MSH-10.
    pub control_id: String,
}

impl Sent {
    pub fn new(hospital: Hospital, at: DateTime, control_id: impl Into<String>) -> Self {
        Self {
            hospital,
            at,
            control_id: control_id.into(),
        }
    }
}

/// A stay, attendance or appointment.
#[derive(Debug, Clone, Default)]
pub struct Visit {
    /// PV1-19.
    pub number: String,
    /// PV1-2: `I`, `E`, `O`; none leaves PV1 out.
    pub class: Option<char>,
    pub ward: &'static str,
    /// PV2-3.
    pub reason: String,
    /// ICD-10 code (may be empty) and words.
    pub diagnoses: Vec<(String, String)>,
    pub admitted: Option<DateTime>,
    pub discharged: Option<DateTime>,
    pub died: Option<Date>,
}

/// One examination with its report.
#[derive(Debug, Clone)]
pub struct Exam {
    /// OBR-3.
    pub accession: String,
    pub name: String,
    pub performed: DateTime,
    pub reported: DateTime,
    /// OBR-25 and OBX-11: `F` final, `C` corrected, `P` preliminary.
    pub status: char,
    pub indication: String,
    /// Lines of the body, an empty one for a blank line.
    pub text: String,
    /// Lines of the conclusion, sent as `&IMP`; may be empty.
    pub impression: String,
}

/// One laboratory panel with its values.
#[derive(Debug, Clone, Default)]
pub struct Panel {
    /// OBR-3: the specimen's number.
    pub number: String,
    pub name: String,
    pub taken: DateTime,
    pub reported: DateTime,
    /// OBR-25: `F` final, `C` corrected, `P` preliminary, `X` withdrawn.
    pub status: char,
    pub values: Vec<Value>,
}

/// One value as a laboratory sends it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Value {
    pub name: &'static str,
    /// With its comparator, if any: `>90`.
    pub value: String,
    pub unit: &'static str,
    /// The laboratory's own range; may be empty.
    pub range: &'static str,
    /// OBX-8: `L`, `H` or nothing.
    pub flag: &'static str,
}

/// What a faulty sender gets wrong about the person in one message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Mistakes {
    pub(crate) nhs_number: bool,
    pub(crate) born: Option<WrongBorn>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WrongBorn {
    /// Another real date.
    Other,
    /// 31 February.
    NotADate,
}

/// An ADT message, segments ended by carriage returns. A28 and A31 carry no PV1 when the visit has no class.
pub fn adt(person: &MadeUpPerson, event: &str, sent: &Sent, visit: &Visit) -> String {
    adt_with(person, event, sent, visit, Mistakes::default())
}

pub(crate) fn adt_with(
    person: &MadeUpPerson,
    event: &str,
    sent: &Sent,
    visit: &Visit,
    mistakes: Mistakes,
) -> String {
    let mut out = String::with_capacity(1024);
    msh(&mut out, "PAS", &format!("ADT^{event}"), sent);
    let _ = write!(
        out,
        "EVN|{event}|{}||||{}\r",
        stamp(sent.at),
        stamp(visit.admitted.unwrap_or(sent.at))
    );
    pid(&mut out, person, sent.hospital, visit.died, mistakes);
    pd1(&mut out, person);
    if visit.class.is_some() {
        pv1(&mut out, visit, sent.hospital);
    }
    for (n, (code, words)) in visit.diagnoses.iter().enumerate() {
        // Southend codes its diagnoses, the others send words only.
        let (coded, text) = match (sent.hospital, code.is_empty()) {
            (Hospital::Southend, false) => (format!("{code}^{}^I10", escape(words)), String::new()),
            (Hospital::Basildon, _) => (format!("^{}", escape(words)), String::new()),
            _ => (String::new(), escape(words)),
        };
        let at = stamp(visit.admitted.unwrap_or(sent.at));
        let _ = write!(out, "DG1|{}||{coded}|{text}|{at}|A\r", n + 1);
    }
    out
}

/// An ORU^R01 with one examination, laid out as a radiology system prints it: one OBX a line, what was asked kept
/// apart, the conclusion marked.
pub fn oru(person: &MadeUpPerson, sent: &Sent, exam: &Exam) -> String {
    oru_with(person, sent, exam, Mistakes::default())
}

pub(crate) fn oru_with(
    person: &MadeUpPerson,
    sent: &Sent,
    exam: &Exam,
    mistakes: Mistakes,
) -> String {
    let mut out = String::with_capacity(2048);
    msh(&mut out, "RIS", "ORU^R01", sent);
    pid(&mut out, person, sent.hospital, None, mistakes);
    pd1(&mut out, person);
    let _ = write!(out, "PV1||O|XRAY^^^{}\r", sent.hospital.site_code());
    order(&mut out, exam, "RAD", "PACS");
    let status = exam.status;
    if !exam.indication.is_empty() {
        let asked = escape(&exam.indication);
        let at = stamp(exam.performed);
        let _ = write!(
            out,
            "OBX|1|ST|INDICATIONS^Clinical indications:||{asked}||||||F|||{at}\r"
        );
    }
    let body = exam.text.lines().map(|line| ("&GDT", line));
    let end = exam.impression.lines().map(|line| ("&IMP", line));
    for (n, (section, line)) in body.chain(end).enumerate() {
        // OBX-1 does not count well here, as in life; OBX-4 counts the lines.
        let set = if n < 4 { 2 } else { n - 1 };
        let _ = write!(
            out,
            "OBX|{set}|ST|{section}|{}|{}||||||{status}|||||RAD01^Reporter^A\r",
            n + 1,
            escape(line)
        );
    }
    out
}

/// An ORU^R01 from the laboratory: one OBR a panel, one OBX a value.
pub fn panels(person: &MadeUpPerson, sent: &Sent, panels: &[Panel]) -> String {
    panels_with(person, sent, panels, Mistakes::default())
}

pub(crate) fn panels_with(
    person: &MadeUpPerson,
    sent: &Sent,
    panels: &[Panel],
    mistakes: Mistakes,
) -> String {
    let mut out = String::with_capacity(1024);
    msh(&mut out, "LIMS", "ORU^R01", sent);
    pid(&mut out, person, sent.hospital, None, mistakes);
    pd1(&mut out, person);
    let _ = write!(out, "PV1||O|PATH^^^{}\r", sent.hospital.site_code());
    for panel in panels {
        let exam = Exam {
            accession: panel.number.clone(),
            name: panel.name.clone(),
            performed: panel.taken,
            reported: panel.reported,
            status: panel.status,
            indication: String::new(),
            text: String::new(),
            impression: String::new(),
        };
        order(&mut out, &exam, "CH", "LAB");
        for (n, value) in panel.values.iter().enumerate() {
            observation(&mut out, n + 1, value, panel.status);
        }
    }
    out
}

fn observation(out: &mut String, set: usize, sent: &Value, status: char) {
    let name = escape(sent.name);
    let code: String = name
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .take(8)
        .flat_map(char::to_uppercase)
        .collect();
    // A number with its comparator has a type of its own.
    let (kind, value) = match sent.value.strip_prefix(['<', '>']) {
        Some(number) => {
            let comparator = sent.value.get(..1).unwrap_or_default();
            ("SN", format!("{comparator}^{number}"))
        }
        None if sent.value.parse::<f64>().is_ok() => ("NM", sent.value.clone()),
        None => ("ST", escape(&sent.value)),
    };
    let (unit, range, flag) = (sent.unit, escape(sent.range), sent.flag);
    let _ = write!(
        out,
        "OBX|{set}|{kind}|{code}^{name}^LAB||{value}|{unit}|{range}|{flag}|||{status}\r"
    );
}

/// Blood results: an ORU that is not radiology.
pub(crate) fn lab(
    person: &MadeUpPerson,
    sent: &Sent,
    exam: &Exam,
    results: &[(&str, String, &str)],
) -> String {
    let mut out = String::with_capacity(1024);
    msh(&mut out, "LIMS", "ORU^R01", sent);
    pid(&mut out, person, sent.hospital, None, Mistakes::default());
    pd1(&mut out, person);
    let _ = write!(out, "PV1||O|PATH^^^{}\r", sent.hospital.site_code());
    order(&mut out, exam, "CH", "LAB");
    for (n, (name, value, unit)) in results.iter().enumerate() {
        let _ = write!(
            out,
            "OBX|{}|NM|{name}^{name}^LOCAL||{value}|{unit}||N|||F\r",
            n + 1
        );
    }
    out
}

/// An appointment by SIU^S12: a message that Herald does not use.
pub(crate) fn siu(
    person: &MadeUpPerson,
    sent: &Sent,
    number: &str,
    clinic: &str,
    when: DateTime,
) -> String {
    let mut out = String::with_capacity(768);
    msh(&mut out, "PAS", "SIU^S12", sent);
    let _ = write!(
        out,
        "SCH|{number}||||||{}|||15|MIN|^^15^{}\r",
        escape(clinic),
        stamp(when)
    );
    pid(&mut out, person, sent.hospital, None, Mistakes::default());
    pd1(&mut out, person);
    let _ = write!(
        out,
        "PV1||O|CLINIC^^^{}\rRGS|1\rAIL|1||CLINIC\r",
        sent.hospital.site_code()
    );
    out
}

fn msh(out: &mut String, application: &str, kind: &str, sent: &Sent) {
    let Sent {
        hospital,
        at,
        control_id,
    } = sent;
    // One sends no character set and Windows-1252, as many do.
    let charset = match hospital {
        Hospital::Broomfield => "",
        _ => "||||||UNICODE UTF-8",
    };
    let _ = write!(
        out,
        "MSH|^~\\&|{application}|{}|TIE|{TRUST}|{}||{kind}|{control_id}|P|2.4{charset}\r",
        hospital.site_code(),
        stamp(*at),
    );
}

fn pid(
    out: &mut String,
    person: &MadeUpPerson,
    hospital: Hospital,
    died: Option<Date>,
    mistakes: Mistakes,
) {
    let number = person.nhs_number.as_ref().map(|number| {
        let digits = number.digits().to_owned();
        if mistakes.nhs_number {
            wrong_check_digit(&digits)
        } else {
            digits
        }
    });
    let site = hospital.site_code();
    let mrn = person.mrn(hospital);
    let ids = match (hospital, number) {
        (Hospital::Southend, Some(number)) => format!("{number}^^^NHS^NH~{mrn}^^^{site}^MR"),
        (Hospital::Basildon, Some(number)) => format!("{mrn}^^^{site}^MR~{number}^^^NHS^HN"),
        (Hospital::Broomfield, Some(number)) => format!("{mrn}^^^{site}^PI~{number}^^^^NH"),
        (Hospital::Broomfield, None) => format!("{mrn}^^^{site}^PI"),
        (_, None) => format!("{mrn}^^^{site}^MR"),
    };
    let born = born_text(person, mistakes.born, |date| {
        let time = if hospital == Hospital::Basildon {
            "000000"
        } else {
            ""
        };
        format!("{}{time}", compact(date))
    });
    let sex = match (hospital, person.sex) {
        (Hospital::Southend, sex) => sex_number(sex),
        (_, Sex::Female) => "F",
        (_, Sex::Male) => "M",
        _ => "U",
    };
    let (line, town) = match person.address.as_slice() {
        [line, more @ .., town] => (escape(line) + "^" + &escape(&more.join(", ")), escape(town)),
        _ => ("^".to_owned(), String::new()),
    };
    let title = person.name.title.as_deref().unwrap_or_default();
    let family = match hospital {
        Hospital::Southend => person.name.family.to_uppercase(),
        _ => person.name.family.clone(),
    };
    let phone = person
        .phone
        .as_ref()
        .map(|phone| format!("{phone}^PRN"))
        .unwrap_or_default();
    let death = match (died, hospital) {
        (Some(date), Hospital::Broomfield) => format!("{}|", compact(date)),
        (Some(date), _) => format!("{}|Y", compact(date)),
        (None, Hospital::Southend) => "|N".to_owned(),
        (None, _) => "|".to_owned(),
    };
    let _ = write!(
        out,
        "PID|1||{ids}||{}^{}^^^{title}^^L||{born}|{sex}|||{line}^{town}^Essex^{}^^H||{phone}||||||||||||||||{death}\r",
        escape(&family),
        escape(&person.name.given),
        person.postcode,
    );
}

fn pd1(out: &mut String, person: &MadeUpPerson) {
    let Some(code) = &person.practice else { return };
    let number = code
        .as_str()
        .strip_prefix("Z8")
        .and_then(|n| n.parse::<usize>().ok());
    let name = number
        .and_then(|n| practice(n.saturating_sub(1)))
        .map(|found| found.name);
    let _ = write!(
        out,
        "PD1|||{}^^{code}\r",
        escape(name.as_deref().unwrap_or("PRACTICE OUT OF AREA").trim())
    );
}

fn pv1(out: &mut String, visit: &Visit, hospital: Hospital) {
    let mut fields = vec![String::new(); 46];
    let mut set = |n: usize, value: String| {
        if let Some(field) = fields.get_mut(n) {
            *field = value;
        }
    };
    set(0, "PV1".to_owned());
    set(2, visit.class.map(String::from).unwrap_or_default());
    set(3, format!("{}^^^{}", visit.ward, hospital.site_code()));
    set(19, visit.number.clone());
    set(
        36,
        match (visit.discharged, visit.died) {
            (Some(_), Some(_)) => "4".to_owned(),
            (Some(_), None) => "1".to_owned(),
            _ => String::new(),
        },
    );
    set(44, visit.admitted.map(stamp).unwrap_or_default());
    set(45, visit.discharged.map(stamp).unwrap_or_default());
    out.push_str(fields.join("|").trim_end_matches('|'));
    out.push('\r');
    if !visit.reason.is_empty() {
        let _ = write!(out, "PV2|||^{}\r", escape(&visit.reason));
    }
}

fn order(out: &mut String, exam: &Exam, section: &str, system: &str) {
    let name = escape(&exam.name);
    let code: String = exam
        .name
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .take(10)
        .flat_map(char::to_uppercase)
        .collect();
    let (accession, status) = (&exam.accession, exam.status);
    let (performed, reported) = (stamp(exam.performed), stamp(exam.reported));
    let _ = write!(
        out,
        "ORC|RE||{accession}\rOBR|1||{accession}|{code}^{name}^{system}|||{performed}|||||||||||||||{reported}||{section}|{status}\r",
    );
}

/// `\F\`, `\S\`, `\T\`, `\R\` and `\E\` for the characters that mean something to HL7.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '|' => out.push_str("\\F\\"),
            '^' => out.push_str("\\S\\"),
            '&' => out.push_str("\\T\\"),
            '~' => out.push_str("\\R\\"),
            '\\' => out.push_str("\\E\\"),
            '\r' | '\n' => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

pub(crate) fn stamp(at: DateTime) -> String {
    format!(
        "{}{:02}{:02}{:02}",
        compact(at.date()),
        at.hour(),
        at.minute(),
        at.second()
    )
}

pub(crate) fn compact(date: Date) -> String {
    format!("{:04}{:02}{:02}", date.year(), date.month(), date.day())
}

/// NHS Data Dictionary: 1 male, 2 female, 9 indeterminate, 0 not known.
pub(crate) fn sex_number(sex: Sex) -> &'static str {
    match sex {
        Sex::Male => "1",
        Sex::Female => "2",
        Sex::Indeterminate => "9",
        Sex::NotKnown => "0",
    }
}

pub(crate) fn wrong_check_digit(digits: &str) -> String {
    let mut chars: Vec<char> = digits.chars().collect();
    if let Some(last) = chars.last_mut() {
        *last = if *last == '9' {
            '0'
        } else {
            char::from(*last as u8 + 1)
        };
    }
    chars.into_iter().collect()
}

/// The date of birth as this sender has it: nothing, the right one, or a wrong one.
pub(crate) fn born_text(
    person: &MadeUpPerson,
    mistake: Option<WrongBorn>,
    write: impl Fn(Date) -> String,
) -> String {
    match mistake {
        _ if !person.born_known => String::new(),
        None => write(person.born),
        Some(WrongBorn::Other) => {
            let born = person.born;
            // Day and month swapped where that gives another date, else ten years out.
            let swapped = Date::new(born.year(), born.day(), born.month())
                .ok()
                .filter(|other| *other != born);
            let decade = || {
                born.with()
                    .year(born.year().saturating_add(10))
                    .build()
                    .unwrap_or(born)
            };
            write(swapped.unwrap_or_else(decade))
        }
        Some(WrongBorn::NotADate) => {
            // Written through a real date so that it has this sender's shape.
            let stand_in = Date::new(person.born.year(), 12, 31).unwrap_or(person.born);
            let text = write(stand_in);
            [("1231", "0231"), ("31/12", "31/02"), ("-12-31", "-02-31")]
                .into_iter()
                .find(|(from, _)| text.contains(from))
                .map_or(text.clone(), |(from, to)| text.replacen(from, to, 1))
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::people::people;

    #[test]
    fn escapes_what_hl7_needs_escaped() {
        assert_eq!(escape("a|b^c&d~e\\f"), "a\\F\\b\\S\\c\\T\\d\\R\\e\\E\\f");
    }

    #[test]
    fn fields_are_where_they_should_be() {
        let person = people(9)
            .find(|p| p.nhs_number.is_some() && p.phone.is_some())
            .unwrap();
        let at = date(2026, 3, 4).at(10, 5, 0, 0);
        let visit = Visit {
            number: "V1".into(),
            class: Some('I'),
            ward: "T&O",
            admitted: Some(at),
            discharged: Some(at),
            died: Some(date(2026, 3, 9)),
            ..Visit::default()
        };
        for hospital in Hospital::ALL {
            let text = adt(&person, "A03", &Sent::new(hospital, at, "C1"), &visit);
            let segment = |name: &str| -> Vec<String> {
                let line = text
                    .split('\r')
                    .find(|line| line.starts_with(name))
                    .unwrap();
                line.split('|').map(str::to_owned).collect()
            };
            let msh = segment("MSH");
            assert_eq!(
                (msh[3].as_str(), msh[8].as_str(), msh[9].as_str()),
                (hospital.site_code(), "ADT^A03", "C1")
            );
            if hospital != Hospital::Broomfield {
                assert_eq!(msh[17], "UNICODE UTF-8");
            }
            let pid = segment("PID");
            assert!(pid[3].contains(person.nhs_number.as_ref().unwrap().digits()));
            assert!(pid[7].starts_with(&compact(person.born)));
            assert!(pid[11].contains(&person.postcode));
            assert!(pid[13].starts_with("01632 960"));
            assert_eq!(pid[29], "20260309");
            assert_eq!(segment("EVN")[6], "20260304100500");
            assert_eq!(
                segment("PD1")[3].split('^').nth(2),
                person.practice.as_ref().map(|code| code.as_str())
            );
            let pv1 = segment("PV1");
            assert_eq!(
                (pv1[19].as_str(), pv1[44].as_str()),
                ("V1", "20260304100500")
            );
        }
        let exam = Exam {
            accession: "A1".into(),
            name: "XR Wrist Lt".into(),
            performed: at,
            reported: at,
            status: 'F',
            indication: "Fall ?#".into(),
            text: "One.\n\nTwo.".into(),
            impression: "Three.".into(),
        };
        let text = oru(&person, &Sent::new(Hospital::Basildon, at, "C2"), &exam);
        let obr: Vec<&str> = text
            .split('\r')
            .find(|line| line.starts_with("OBR"))
            .unwrap()
            .split('|')
            .collect();
        assert_eq!(
            (obr[3], obr[7], obr[22], obr[24], obr[25]),
            ("A1", "20260304100500", "20260304100500", "RAD", "F")
        );
        assert_eq!(text.matches("|&GDT|").count(), 3);
        assert_eq!(text.matches("|&IMP|").count(), 1);
    }

    #[test]
    fn thirty_first_of_february() {
        let person = people(9).find(|p| p.born_known).unwrap();
        let slashes = |date: Date| format!("{:02}/{:02}/{}", date.day(), date.month(), date.year());
        assert!(born_text(&person, Some(WrongBorn::NotADate), slashes).starts_with("31/02/"));
        assert!(born_text(&person, Some(WrongBorn::NotADate), compact).ends_with("0231"));
        assert_ne!(
            born_text(&person, Some(WrongBorn::Other), compact),
            compact(person.born)
        );
    }
}
