//! Extracts as delimited files: emergency attendances, inpatient episodes, the fracture clinic list. The column
//! names are the first that Herald's profiles know for each field.

use std::io::{self, Write};

use jiff::civil::Date;
use terms::{Sex, Side};

use crate::{
    hl7::{Mistakes, born_text, sex_number, wrong_check_digit},
    people::MadeUpPerson,
    places::Hospital,
};

pub const ECDS_HEADERS: &[&str] = &[
    "NHS_Number",
    "Local_Patient_Identifier",
    "Family_Name",
    "Given_Name",
    "Date_Of_Birth",
    "Sex",
    "Postcode",
    "GP_Practice_Code",
    "Provider_Site_Code",
    "EC_Attendance_Number",
    "Arrival_Date",
    "Arrival_Time",
    "EC_Injury_Date",
    "EC_Chief_Complaint_Text",
    "Date_Of_Death",
    "Der_EC_Diagnosis_All",
    "EC_Injury_Mechanism_SNOMED_CT",
    "Deleted",
    "Der_Dupe_Flag",
];

pub const APC_HEADERS: &[&str] = &[
    "NHS Number",
    "Local Patient Identifier",
    "Person Family Name",
    "Person Given Name",
    "Date of Birth",
    "Sex",
    "Postcode",
    "Practice Code of Registered GP",
    "Site Code (of Treatment)",
    "Hospital Provider Spell Number",
    "Episode Number",
    "Start Date (Consultant Episode)",
    "End Date (Consultant Episode)",
    "Date of Death",
    "Primary Diagnosis (ICD)",
    "Secondary Diagnoses (ICD)",
    "Primary Procedure (OPCS)",
    "Secondary Procedures (OPCS)",
];

pub const CLINIC_HEADERS: &[&str] = &[
    "NHS No",
    "Hospital No",
    "Surname",
    "Forename",
    "DOB",
    "Sex",
    "Postcode",
    "GP Practice",
    "Site",
    "Appointment Ref",
    "Clinic Date",
    "Injury Date",
    "Injury",
    "Side",
    "Mechanism",
];

/// One row, still without its spelling: the three writers below differ in dates, sexes and numbers.
#[derive(Debug, Clone, Default)]
pub struct EcdsRow {
    pub number: String,
    pub arrived: Option<Date>,
    /// "14:05"
    pub time: String,
    pub injured: Option<Date>,
    pub complaint: String,
    pub died: Option<Date>,
    pub snomed: Vec<&'static str>,
    pub mechanism: &'static str,
    pub dupe: bool,
}

#[derive(Debug, Clone, Default)]
pub struct ApcRow {
    pub spell: String,
    pub episode: u32,
    pub starts: Option<Date>,
    pub ends: Option<Date>,
    pub died: Option<Date>,
    /// The first is the primary diagnosis.
    pub icd10: Vec<String>,
    pub opcs4: Vec<String>,
}

#[derive(Debug, Clone, Default)]
pub struct ClinicRow {
    pub reference: String,
    pub clinic: Option<Date>,
    pub injured: Option<Date>,
    pub injury: String,
    pub side: Option<Side>,
    pub mechanism: String,
}

pub fn ecds(person: &MadeUpPerson, hospital: Hospital, row: &EcdsRow) -> Vec<String> {
    ecds_with(person, hospital, row, Mistakes::default())
}

pub(crate) fn ecds_with(
    person: &MadeUpPerson,
    hospital: Hospital,
    row: &EcdsRow,
    mistakes: Mistakes,
) -> Vec<String> {
    vec![
        number(person, mistakes, false),
        person.mrn(hospital),
        person.name.family.clone(),
        person.name.given.clone(),
        born_text(person, mistakes.born, iso),
        sex_number(person.sex).to_owned(),
        person.postcode.clone(),
        practice(person),
        hospital.site_code().to_owned(),
        row.number.clone(),
        row.arrived.map(iso).unwrap_or_default(),
        row.time.clone(),
        row.injured.map(iso).unwrap_or_default(),
        row.complaint.clone(),
        row.died.map(iso).unwrap_or_default(),
        row.snomed.join(","),
        row.mechanism.to_owned(),
        "0".to_owned(),
        if row.dupe { "1" } else { "0" }.to_owned(),
    ]
}

pub fn apc(person: &MadeUpPerson, hospital: Hospital, row: &ApcRow) -> Vec<String> {
    apc_with(person, hospital, row, Mistakes::default())
}

pub(crate) fn apc_with(
    person: &MadeUpPerson,
    hospital: Hospital,
    row: &ApcRow,
    mistakes: Mistakes,
) -> Vec<String> {
    let split = |codes: &[String]| match codes {
        [first, more @ ..] => (first.clone(), more.join(";")),
        [] => (String::new(), String::new()),
    };
    let (icd10, icd10_more) = split(&row.icd10);
    let (opcs4, opcs4_more) = split(&row.opcs4);
    vec![
        number(person, mistakes, false),
        person.mrn(hospital),
        // Typed in a word processor's quotes, as Windows-1252 files love to have them.
        person.name.family.replace('\'', "’"),
        person.name.given.clone(),
        born_text(person, mistakes.born, slashes),
        sex_number(person.sex).to_owned(),
        person.postcode.clone(),
        practice(person),
        hospital.site_code().to_owned(),
        row.spell.clone(),
        row.episode.to_string(),
        row.starts.map(slashes).unwrap_or_default(),
        row.ends.map(slashes).unwrap_or_default(),
        row.died.map(slashes).unwrap_or_default(),
        icd10,
        icd10_more,
        opcs4,
        opcs4_more,
    ]
}

pub fn clinic(person: &MadeUpPerson, hospital: Hospital, row: &ClinicRow) -> Vec<String> {
    clinic_with(person, hospital, row, Mistakes::default())
}

pub(crate) fn clinic_with(
    person: &MadeUpPerson,
    hospital: Hospital,
    row: &ClinicRow,
    mistakes: Mistakes,
) -> Vec<String> {
    let sex = match person.sex {
        Sex::Female => "F",
        Sex::Male => "M",
        _ => "",
    };
    let side = match row.side {
        Some(Side::Left) => "L",
        Some(Side::Right) => "R",
        Some(Side::Both) => "B/L",
        None => "",
    };
    vec![
        number(person, mistakes, true),
        person.mrn(hospital),
        person.name.family.to_uppercase(),
        person.name.given.clone(),
        born_text(person, mistakes.born, slashes),
        sex.to_owned(),
        person.postcode.clone(),
        practice(person),
        hospital.name().to_owned(),
        row.reference.clone(),
        row.clinic.map(slashes).unwrap_or_default(),
        row.injured.map(slashes).unwrap_or_default(),
        row.injury.clone(),
        side.to_owned(),
        row.mechanism.clone(),
    ]
}

/// A writer that has written its header: `ecds` with a byte order mark, `fracture-clinic` with semicolons.
pub fn table<W: Write>(mut out: W, format: &str) -> io::Result<csv::Writer<W>> {
    let mut how = csv::WriterBuilder::new();
    how.terminator(csv::Terminator::CRLF);
    let headers = match format {
        "ecds" => {
            out.write_all("\u{feff}".as_bytes())?;
            ECDS_HEADERS
        }
        "apc" => APC_HEADERS,
        _ => {
            how.delimiter(b';');
            CLINIC_HEADERS
        }
    };
    let mut table = how.from_writer(out);
    table.write_record(headers)?;
    Ok(table)
}

fn number(person: &MadeUpPerson, mistakes: Mistakes, spaced: bool) -> String {
    let Some(number) = &person.nhs_number else {
        return String::new();
    };
    match (mistakes.nhs_number, spaced) {
        (true, _) => wrong_check_digit(number.digits()),
        (false, true) => number.to_string(),
        (false, false) => number.digits().to_owned(),
    }
}

fn practice(person: &MadeUpPerson) -> String {
    person
        .practice
        .as_ref()
        .map(|code| code.to_string())
        .unwrap_or_default()
}

fn iso(date: Date) -> String {
    date.to_string()
}

fn slashes(date: Date) -> String {
    format!("{:02}/{:02}/{:04}", date.day(), date.month(), date.year())
}

/// Text as Windows-1252. What it has no sign for becomes a question mark, as on the systems that use it.
pub fn windows_1252(text: &str) -> Vec<u8> {
    text.chars()
        .map(|c| match c {
            '\u{2018}' => 0x91,
            '\u{2019}' => 0x92,
            '\u{2013}' => 0x96,
            '€' => 0x80,
            '\u{80}'..='\u{9f}' => b'?',
            c => u8::try_from(u32::from(c)).unwrap_or(b'?'),
        })
        .collect()
}

/// The row with a date in February that no year has, in place of the date of the event.
pub(crate) fn with_impossible_date(mut row: Vec<String>, format: &str) -> Vec<String> {
    let column = if format == "apc" { 11 } else { 10 };
    if let Some(cell) = row.get_mut(column) {
        *cell = match (format, cell.get(..4), cell.get(6..)) {
            ("ecds", Some(year), _) => format!("{year}-02-31"),
            (_, _, Some(year)) => format!("31/02/{year}"),
            _ => "31/02".to_owned(),
        };
    }
    row
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn headers_are_the_first_that_each_profile_names() {
        for (format, headers) in [
            ("ecds", ECDS_HEADERS),
            ("apc", APC_HEADERS),
            ("fracture-clinic", CLINIC_HEADERS),
        ] {
            let path = format!(
                "{}/../feeds/profiles/{format}.toml",
                env!("CARGO_MANIFEST_DIR")
            );
            let profile: toml::Table = std::fs::read_to_string(path).unwrap().parse().unwrap();
            let columns: BTreeMap<String, Vec<String>> =
                profile["columns"].clone().try_into().unwrap();
            // A list of columns that only say which rows to drop has no first one: it needs them all.
            for (field, names) in columns {
                let wanted = if field == "drop_when" {
                    &names[..]
                } else {
                    &names[..1]
                };
                for name in wanted {
                    assert!(headers.contains(&name.as_str()), "{format}: {field} {name}");
                }
            }
        }
    }

    #[test]
    fn windows_1252_has_its_own_apostrophe() {
        assert_eq!(windows_1252("O’Né"), [b'O', 0x92, b'N', 0xe9]);
    }
}
