//! Made-up extracts, each with a trap that real exports set. NHS numbers are of the 999 range, which is never issued.

use feeds::message::{Kind, Message, ReportStatus};
use feeds::{
    Basis, Format, Item, NhsNumberSeen, Parsed, Profiles, Refusal, Severity, Survey, detect, items,
    read,
};
use jiff::civil::date;
use terms::{CodeSystem, Side};

const CLINIC: &str = "NHS No,Hospital No,Surname,Forename,DOB,Sex,Site,Clinic Date,Injury Date,Injury,Side,Mechanism";
const ROW: &str = "999 000 0018,B1,ONE,Anna,05/06/1948,F,Southend,02/03/2026,01/03/2026,Colles fracture,L,\"Fell, on ice\"";

fn open(file: &[u8], profile: &str) -> Result<Vec<Item>, Refusal> {
    let rows = items(file, &Format::Csv(profile.into()), &Profiles::built_in())?;
    Ok(rows.map(Result::unwrap).collect())
}

fn rows(file: &[u8], profile: &str) -> Vec<Parsed> {
    let profiles = Profiles::built_in();
    let format = Format::Csv(profile.into());
    open(file, profile)
        .unwrap()
        .iter()
        .map(|item| read(&format, &item.raw, item.line, &profiles))
        .collect()
}

fn clinic(rows_text: &str) -> Vec<Parsed> {
    rows(
        format!("{CLINIC}\n{rows_text}").as_bytes(),
        "fracture-clinic",
    )
}

fn message(parsed: &Parsed) -> &Message {
    parsed
        .message
        .as_ref()
        .unwrap_or_else(|| panic!("{:?}", parsed.faults))
}

#[test]
fn a_clinic_row_in_full() {
    let parsed = clinic(ROW);
    assert_eq!(parsed[0].faults, []);
    let message = message(&parsed[0]);
    assert_eq!(message.kind, Kind::ClinicAppointment);
    assert_eq!(
        message.person.nhs_number.as_ref().unwrap().digits(),
        "9990000018"
    );
    assert_eq!(message.person.name.to_string(), "ONE, Anna");
    assert_eq!(message.person.born, Some(date(1948, 6, 5)));
    assert_eq!(message.person.local_ids[0].system, "RAJ01");
    let event = &message.event;
    assert_eq!(event.site.as_ref().unwrap().as_str(), "RAJ01");
    assert_eq!(
        (event.date, event.injury_date),
        (Some(date(2026, 3, 2)), Some(date(2026, 3, 1)))
    );
    assert_eq!(event.words.as_deref(), Some("Colles fracture"));
    assert_eq!(event.mechanism.as_deref(), Some("Fell, on ice"));
    assert_eq!(event.side, Some(Side::Left));
    assert_eq!(message.sender.application, "fracture-clinic");
}

#[test]
fn an_emergency_row_with_its_codes() {
    let head = "NHS_Number,Date_Of_Birth,Provider_Site_Code,EC_Attendance_Number,Arrival_Date,Der_EC_Diagnosis_All,EC_Injury_Mechanism_SNOMED_CT,EC_Chief_Complaint_Text,Deleted,Der_Dupe_Flag";
    let file = format!(
        "{head}\n9990000018,1948-06-05,RAJ01,E1,2026-03-02,263102004;71642004,217082002,Wrist injury,0,0\n9990000018,1948-06-05,RAJ01,E2,2026-03-02,263102004,,,0,1\n9990000018,1948-06-05,RAJ01,E3,2026-03-02,263102005|263102004 | Fracture subluxation of wrist,,,,\n"
    );
    let parsed = rows(file.as_bytes(), "ecds");
    let codes = |parsed: &Parsed| -> Vec<String> {
        message(parsed)
            .codes
            .iter()
            .map(|code| code.code.clone())
            .collect()
    };
    assert_eq!(codes(&parsed[0]), ["263102004", "71642004", "217082002"]);
    assert_eq!(
        message(&parsed[0]).event.words.as_deref(),
        Some("Wrist injury")
    );
    assert_eq!(message(&parsed[0]).event.reference.as_deref(), Some("E1"));
    assert_eq!(
        message(&parsed[1]).kind,
        Kind::Other {
            name: "deleted row".into()
        }
    );
    assert_eq!(codes(&parsed[2]), ["263102004"]);
    assert_eq!(
        message(&parsed[2]).codes[0].text.as_deref(),
        Some("Fracture subluxation of wrist")
    );
    let fault = &parsed[2].faults[0];
    assert!(fault.problem.contains("check digit"));
    assert_eq!(
        (fault.line, fault.column.as_deref(), fault.header.as_deref()),
        (4, Some("F"), Some("Der_EC_Diagnosis_All"))
    );
    assert_eq!(fault.value.as_deref(), Some("263102005"));
}

#[test]
fn an_inpatient_row_with_repeated_columns() {
    let head = "NHS Number,Date of Birth,Site Code (of Treatment),Hospital Provider Spell Number,Episode Number,Start Date (Consultant Episode),Primary Diagnosis (ICD),Secondary Diagnoses (ICD),Secondary Diagnoses (ICD),Primary Procedure (OPCS)";
    let file =
        format!("{head}\n9990000018,05/06/1948,RAJ01,S1,2,02/03/2026,S720,W19|M80.0,I10X,W19.1\n");
    let parsed = rows(file.as_bytes(), "apc");
    assert_eq!(parsed[0].faults, []);
    let message = message(&parsed[0]);
    assert_eq!(message.event.reference.as_deref(), Some("S1/2"));
    let codes: Vec<_> = message
        .codes
        .iter()
        .map(|code| (code.system, code.code.as_str()))
        .collect();
    let icd = CodeSystem::Icd10;
    assert_eq!(
        codes,
        [
            (icd, "S720"),
            (icd, "W19"),
            (icd, "M80.0"),
            (icd, "I10X"),
            (CodeSystem::Opcs4, "W19.1")
        ]
    );
}

#[test]
fn a_radiology_row_with_line_breaks() {
    let head = "NHS Number,Date of Birth,Site Code,Accession Number,Exam,Exam Date,Clinical Details,Report,Status";
    let file = format!(
        "{head}\r\n9990000018,05/06/1948,RAJ01,A1,XR Wrist Lt,02/03/2026,?fracture,\"Findings:\r\nFracture of the \"\"distal\"\" radius.\",Final\r\n9990000018,05/06/1948,RAJ01,A2,XR Hip,02/03/2026,,No fracture,Withdrawn\r\n"
    );
    let parsed = rows(file.as_bytes(), "radiology");
    let report = &message(&parsed[0]).reports[0];
    assert_eq!(report.text, "Findings:\nFracture of the \"distal\" radius.");
    assert_eq!(report.indication.as_deref(), Some("?fracture"));
    assert_eq!(
        (report.accession.as_str(), report.performed),
        ("A1", Some(date(2026, 3, 2)))
    );
    assert_eq!(
        message(&parsed[1]).reports[0].status,
        ReportStatus::Withdrawn
    );
    let lines: Vec<u64> = open(file.as_bytes(), "radiology")
        .unwrap()
        .iter()
        .map(|item| item.line)
        .collect();
    assert_eq!(lines, [2, 4]);
}

#[test]
fn delimiters_title_rows_and_encodings() {
    for delimiter in [";", "\t", "|"] {
        let file =
            format!("{CLINIC}\n9990000018,B1,ONE,Anna,05/06/1948,F,RAJ01,02/03/2026,,Hip,,Fell")
                .replace(',', delimiter);
        assert!(
            message(&rows(file.as_bytes(), "fracture-clinic")[0])
                .person
                .nhs_number
                .is_some()
        );
    }
    let titled = format!("Fracture clinic\r\nPrinted 02/03/2026\r\n\r\n{CLINIC}\r\n{ROW}\r\n");
    assert_eq!(
        open(titled.as_bytes(), "fracture-clinic").unwrap()[0].line,
        5
    );

    let accented = format!("{CLINIC}\n{}", ROW.replace("ONE", "ÅNE"));
    let family = |parsed: &[Parsed]| {
        (
            message(&parsed[0]).person.name.family.clone(),
            parsed[0].encoding.basis,
        )
    };
    assert_eq!(
        family(&rows(accented.as_bytes(), "fracture-clinic")),
        ("ÅNE".into(), Basis::Fits)
    );
    let marked = format!("\u{feff}{accented}");
    assert_eq!(family(&rows(marked.as_bytes(), "fracture-clinic")).0, "ÅNE");
    let windows: Vec<u8> = accented
        .chars()
        .map(|c| if c == 'Å' { 0xC5 } else { c as u8 })
        .collect();
    assert_eq!(
        family(&rows(&windows, "fracture-clinic")),
        ("ÅNE".into(), Basis::Fallback)
    );
    let wide: Vec<u8> = [0xFF, 0xFE]
        .into_iter()
        .chain(accented.encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    assert_eq!(
        family(&rows(&wide, "fracture-clinic")),
        ("ÅNE".into(), Basis::ByteOrderMark)
    );
    assert_eq!(
        detect(&wide, "list.csv", None, &Profiles::built_in()),
        Ok(Format::Csv("fracture-clinic".into()))
    );
}

#[test]
fn missing_columns_empty_files_and_unknown_profiles_are_refused() {
    let refused =
        |file: &str, profile: &str| open(file.as_bytes(), profile).unwrap_err().to_string();
    assert!(refused("NHS No,Surname\n1,2\n", "fracture-clinic").contains("birth date"));
    assert!(refused("", "ecds").contains("empty"));
    assert!(refused("a,b\n", "nonsense").contains("no file profile"));
    assert!(
        refused(
            "NHS Number,Date of Birth,Site Code,Accession Number,Exam Date\n",
            "radiology"
        )
        .contains("report text")
    );
}

#[test]
fn every_wrong_cell_has_its_place() {
    let parsed = clinic("9990000019,B1,ONE,Anna,31/02/1948,F,Narnia,02/03/2026,,Hip,middle,Fell");
    let places: Vec<_> = parsed[0]
        .faults
        .iter()
        .map(|fault| {
            (
                fault.line,
                fault.column.as_deref().unwrap(),
                fault.header.as_deref().unwrap(),
                fault.value.as_deref().unwrap(),
            )
        })
        .collect();
    assert!(places.contains(&(2, "A", "NHS No", "9990000019")));
    assert!(places.contains(&(2, "E", "DOB", "31/02/1948")));
    assert!(places.contains(&(2, "G", "Site", "Narnia")));
    assert!(places.contains(&(2, "K", "Side", "middle")));
    assert!(
        parsed[0]
            .faults
            .iter()
            .all(|fault| fault.severity == Severity::Warning && !fault.advice.is_empty())
    );
    assert_eq!(parsed[0].nhs_number, NhsNumberSeen::Invalid);
    assert!(message(&parsed[0]).person.nhs_number.is_none());
}

#[test]
fn nhs_numbers_as_spreadsheets_leave_them() {
    let parsed = clinic(
        "4.85E+09,B1,ONE,Anna,05/06/1948,F,RAJ01,02/03/2026,,Hip,,\n9990000018.0,B1,ONE,Anna,05/06/1948,F,RAJ01,02/03/2026,,Hip,,\n=\"9990000018\",B1,ONE,Anna,05/06/1948,F,RAJ01,02/03/2026,,Hip,,\n",
    );
    assert!(
        parsed[0].faults[0]
            .advice
            .contains("Format the column as text")
    );
    assert_eq!(parsed[0].nhs_number, NhsNumberSeen::Invalid);
    assert_eq!(parsed[1].nhs_number, NhsNumberSeen::Valid);
    assert_eq!(parsed[2].nhs_number, NhsNumberSeen::Valid);
}

#[test]
fn nobody_at_all_is_rejected() {
    let parsed = clinic("NULL,-,ONE,Anna,Not Known,F,RAJ01,02/03/2026,,Hip,,");
    assert!(parsed[0].message.is_none());
    assert_eq!(
        parsed[0].faults.last().unwrap().severity,
        Severity::Rejected
    );
}

#[test]
fn people_named_null_keep_their_name() {
    let parsed = clinic("9990000018,B1,Null,None,05/06/1948,F,RAJ01,02/03/2026,,Hip,,");
    assert_eq!(message(&parsed[0]).person.name.to_string(), "NULL, None");
}

#[test]
fn birth_dates_that_cannot_be_are_left_out() {
    for born in ["05/06/1880", "03/03/2026", "01/01/1900"] {
        let parsed = clinic(&ROW.replace("05/06/1948", born));
        assert_eq!(message(&parsed[0]).person.born, None, "{born}");
    }
    let parsed = clinic(&ROW.replace("05/06/1948", "03/04/2026"));
    assert_eq!(parsed[0].faults[0].column.as_deref(), Some("E"));
}

#[test]
fn future_dates_are_for_the_caller() {
    let parsed = clinic(&ROW.replace("01/03/2026", "01/03/2027"));
    assert_eq!(
        feeds::future_dates(message(&parsed[0]), date(2026, 3, 5)).len(),
        1
    );
}

#[test]
fn duplicated_headers() {
    let head = format!("{CLINIC},NHS Number,DOB");
    let file = |nhs: &str, born: &str| format!("{head}\n{ROW},{nhs},{born}\n");
    let read_one = |text: String| rows(text.as_bytes(), "fracture-clinic").remove(0);
    assert_eq!(read_one(file("9990000018", "05/06/1948")).faults, []);
    assert_eq!(read_one(file("", "")).faults, []);
    let differ = read_one(file("9990000026", "06/06/1948"));
    assert!(message(&differ).person.nhs_number.is_none());
    assert_eq!(message(&differ).person.born, Some(date(1948, 6, 5)));
    assert_eq!(differ.faults.len(), 2);
}

#[test]
fn ragged_rows() {
    let parsed = clinic(&format!(
        "{ROW},,,\n{ROW},surplus\n9990000018,B1,ONE,Anna,05/06/1948\n"
    ));
    assert_eq!(parsed[0].faults, []);
    assert!(parsed[1].message.is_none());
    assert_eq!(
        (
            parsed[1].faults[0].severity,
            parsed[1].faults[0].column.as_deref()
        ),
        (Severity::Rejected, Some("M"))
    );
    assert!(parsed[2].message.is_some());
    assert!(parsed[2].faults[0].problem.contains("only 5 of 12 cells"));
}

#[test]
fn blank_rows_totals_and_repeated_headers_are_no_items() {
    let file = format!(
        "{CLINIC}\n{ROW}\n\n,,,,,,,,,,,\n{CLINIC}\n{ROW}\nTotal,2,,,,,,,,,,\n(2 rows affected)\n*** End of report ***\n"
    );
    let lines: Vec<u64> = open(file.as_bytes(), "fracture-clinic")
        .unwrap()
        .iter()
        .map(|item| item.line)
        .collect();
    assert_eq!(lines, [2, 6]);
    let surname = clinic(
        &ROW.replace("999 000 0018", "")
            .replace("B1", "")
            .replace("ONE", "Total"),
    );
    assert_eq!(message(&surname[0]).person.name.family, "Total");
}

#[test]
fn an_open_quote_rejects_its_rows_and_no_others() {
    let file = format!(
        "{CLINIC}\n9990000018,B1,ONE,Anna,05/06/1948,F,RAJ01,02/03/2026,,\"6 inch nail,,\n{}\n{ROW}\n",
        ROW.replace("Colles fracture", "\"Hip\"")
    );
    let found = open(file.as_bytes(), "fracture-clinic").unwrap();
    assert_eq!(found.len(), 2);
    assert!(
        found[0]
            .fault
            .as_ref()
            .unwrap()
            .problem
            .contains("Lines 2 to 3")
    );
    assert!(found[0].raw.is_empty());
    assert_eq!(found[1].line, 4);
}

#[test]
fn a_line_of_a_hundred_megabytes_is_skipped() {
    let start = format!("{CLINIC}\n{ROW}\n");
    let endless = std::io::Read::take(std::io::repeat(b'x'), 100 << 20);
    let end = format!("\n{ROW}\n");
    let file = std::io::Read::chain(
        std::io::Read::chain(start.as_bytes(), endless),
        end.as_bytes(),
    );
    let format = Format::Csv("fracture-clinic".into());
    let found: Vec<Item> = items(
        std::io::BufReader::new(file),
        &format,
        &Profiles::built_in(),
    )
    .unwrap()
    .map(Result::unwrap)
    .collect();
    assert_eq!(
        found
            .iter()
            .map(|item| item.fault.is_some())
            .collect::<Vec<_>>(),
        [false, true, false]
    );
    assert_eq!(found[0].key, found[2].key);
}

#[test]
fn the_same_row_has_the_same_key_in_a_re_saved_file() {
    let first = open(format!("{CLINIC}\n{ROW}\n").as_bytes(), "fracture-clinic").unwrap();
    let again = "Remarks;Mechanism;Side;Injury;Injury Date;Clinic Date;Site;Sex;DOB;Forename;Surname;Hospital No;NHS No\r\nseen; Fell, on ice ;L;Colles  fracture;01/03/2026;02/03/2026;Southend;F;05/06/1948;Anna;\"ONE\";B1;999 000 0018\r\n";
    let again = open(again.as_bytes(), "fracture-clinic").unwrap();
    assert_eq!(first[0].key, again[0].key);
    let other = open(
        format!("{CLINIC}\n{}\n", ROW.replace("Anna", "Bea")).as_bytes(),
        "fracture-clinic",
    )
    .unwrap();
    assert_ne!(first[0].key, other[0].key);
}

#[test]
fn a_stored_row_can_be_read_under_a_profile_that_came_later() {
    let file = format!("{CLINIC},Dwelling\n{ROW},SS0 0RY\n");
    let item = open(file.as_bytes(), "fracture-clinic").unwrap().remove(0);
    let later = Profiles::built_in()
        .with("name = \"fracture-clinic\"\n[columns]\npostcode = \"dwelling\"\n")
        .unwrap();
    let parsed = read(
        &Format::Csv("fracture-clinic".into()),
        &item.raw,
        item.line,
        &later,
    );
    assert_eq!(message(&parsed).person.postcode.as_deref(), Some("SS0 0RY"));
    let rubbish = read(
        &Format::Csv("fracture-clinic".into()),
        b"rubbish",
        1,
        &later,
    );
    assert_eq!(rubbish.faults[0].severity, Severity::Rejected);
}

#[test]
fn a_damaged_file_is_refused_as_a_whole() {
    let verdict = |numbers: &[&str]| {
        let text: String = numbers
            .iter()
            .map(|number| format!("{}\n", ROW.replace("999 000 0018", number)))
            .collect();
        let mut survey = Survey::default();
        clinic(&text).iter().for_each(|parsed| survey.add(parsed));
        survey.verdict()
    };
    let damaged = ["4.85E+09"; 10];
    assert!(verdict(&damaged).unwrap_err().advice.contains("as text"));
    assert!(verdict(&damaged[..9]).is_ok());
    assert!(verdict(&["9990000018"; 12]).is_ok());
    assert!(verdict(&[""; 12]).is_ok());
}
