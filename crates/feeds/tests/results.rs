//! Made-up laboratory results and bone density scans in HL7. NHS numbers are of the 999 range, which is never
//! issued.

use feeds::message::{ReportStatus, TestKind, TestResult};
use feeds::{Fault, Format, Message, Parsed, Profiles, read};
use jiff::civil::date;

fn oru(after_pid: &str) -> Parsed {
    let text = format!(
        "MSH|^~\\&|LAB|RAJ01|||20260312101500||ORU^R01|7|P|2.4\rPID|1||9990000018^^^NHS^NH||ONE^ANNA||19480605\r{after_pid}"
    );
    read(&Format::Hl7, text.as_bytes(), 1, &Profiles::built_in())
}

fn message(parsed: &Parsed) -> &Message {
    parsed.message.as_ref().unwrap()
}

fn one(parsed: &Parsed) -> &TestResult {
    let results = &message(parsed).results;
    assert_eq!(results.len(), 1);
    &results[0]
}

fn fault_at<'a>(parsed: &'a Parsed, place: &str) -> &'a Fault {
    let found = parsed
        .faults
        .iter()
        .find(|fault| fault.header.as_deref() == Some(place));
    found.unwrap_or_else(|| panic!("no fault at {place} in {:?}", parsed.faults))
}

/// An OBR with its number, name, section and status; what is empty is left empty.
fn obr(number: &str, what: &str, section: &str, status: &str) -> String {
    format!(
        "OBR|1|P1|{number}|{what}|||20260310091500{}{section}|{status}\r",
        "|".repeat(17)
    )
}

fn bone() -> String {
    obr("LAB77", "BON^BONE PROFILE^WinPath", "CH", "F")
}

#[test]
fn a_bone_profile_is_a_result_and_no_report() {
    let parsed = oru(&format!(
        "{}{}",
        bone(),
        concat!(
            "OBX|1|NM|ADCA^Adjusted calcium^WinPath||2.31|mmol/L|2.20 - 2.60||||F\r",
            "OBX|2|NM|ALP^Alkaline phosphatase^WinPath||148|IU/L|30-130|H|||F\r",
            "OBX|3|SN|EGFR^eGFR^WinPath||>^90|mL/min/1.73m\\S\\2|||||F\r",
            "OBX|4|ST|PARA^Paraprotein^WinPath||Not detected||||||F\r",
            "OBX|5|NM|WCC^White cells^WinPath||7.1|10^9/L|4.0-11.0|N|||F\r",
            "NTE|1||Fasting sample\r",
        )
    ));
    assert_eq!(parsed.faults, []);
    assert!(message(&parsed).reports.is_empty());
    let result = one(&parsed);
    assert_eq!(
        (result.kind, result.status, result.taken_on),
        (
            TestKind::Laboratory,
            ReportStatus::Final,
            Some(date(2026, 3, 10))
        )
    );
    assert_eq!(
        (
            result.number.as_str(),
            result.code.as_str(),
            result.name.as_str()
        ),
        ("LAB77", "BON", "BONE PROFILE")
    );
    let measures: Vec<_> = result
        .measures
        .iter()
        .map(|m| {
            (
                m.name.as_str(),
                m.value.as_str(),
                m.unit.as_str(),
                m.range.as_deref(),
                m.flag.as_deref(),
            )
        })
        .collect();
    assert_eq!(
        measures,
        [
            (
                "Adjusted calcium",
                "2.31",
                "mmol/L",
                Some("2.20 - 2.60"),
                None
            ),
            (
                "Alkaline phosphatase",
                "148",
                "IU/L",
                Some("30-130"),
                Some("H")
            ),
            ("eGFR", ">90", "mL/min/1.73m^2", None, None),
            ("Paraprotein", "Not detected", "", None, None),
            ("White cells", "7.1", "10^9/L", Some("4.0-11.0"), None),
        ]
    );
    assert_eq!(result.text.as_deref(), Some("Fasting sample"));
    assert_eq!(message(&parsed).event.reference.as_deref(), Some("LAB77"));
    assert_eq!(message(&parsed).event.date, Some(date(2026, 3, 10)));
}

#[test]
fn a_number_that_is_none_is_kept_as_words_and_said() {
    let parsed = oru(&format!(
        "{}OBX|1|NM|ALT^A.L.T||54 raised, see note|IU/L|||||F\rOBX|2|NM|ALB^Albumin||41|g/L|||||F\r",
        bone()
    ));
    let result = one(&parsed);
    assert_eq!(result.measures.len(), 1);
    assert_eq!(result.text.as_deref(), Some("A.L.T: 54 raised, see note"));
    let fault = fault_at(&parsed, "OBX-5");
    assert_eq!(fault.value.as_deref(), Some("54 raised, see note"));
    assert_eq!(fault.line, 4);
}

#[test]
fn a_result_without_a_number_is_said() {
    let parsed = oru("OBR|1|||FBC|||20260310\rOBX|1|NM|HB^Haemoglobin||120|g/L|||||F\r");
    assert!(fault_at(&parsed, "OBR-3").problem.contains("no number"));
    assert_eq!(one(&parsed).measures.len(), 1);
}

#[test]
fn a_chart_of_pulses_is_no_result() {
    let parsed = oru("OBR|1||C1|\rOBX|1|NM|P^Pulse||90|/min|||||F\r");
    assert!(message(&parsed).results.is_empty());
    assert!(message(&parsed).reports.is_empty());
}

#[test]
fn the_status_of_a_result_and_of_each_value() {
    let status = |of_all: &str, first: &str, second: &str| {
        let parsed = oru(&format!(
            "{}OBX|1|NM|NA^Sodium||140|mmol/L|||||{first}\rOBX|2|NM|K^Potassium||4.1|mmol/L|||||{second}\r",
            obr("L1", "UE^Renal profile", "CH", of_all)
        ));
        assert!(message(&parsed).reports.is_empty());
        (one(&parsed).status, one(&parsed).measures.len())
    };
    assert_eq!(status("F", "F", "F"), (ReportStatus::Final, 2));
    assert_eq!(status("P", "F", "F"), (ReportStatus::Preliminary, 2));
    assert_eq!(status("F", "P", "F"), (ReportStatus::Preliminary, 2));
    assert_eq!(status("F", "C", "F"), (ReportStatus::Corrected, 2));
    assert_eq!(status("F", "F", "D"), (ReportStatus::Final, 1));
    assert_eq!(status("F", "F", "X"), (ReportStatus::Final, 1));
    assert_eq!(status("F", "W", "F").0, ReportStatus::Withdrawn);
    assert_eq!(status("", "", "").0, ReportStatus::Final);
}

#[test]
fn a_withdrawn_result_says_which() {
    let parsed = oru(&format!("{}OBX|1|NM|ALB^Albumin||41|g/L|||||D\r", bone()));
    let result = one(&parsed);
    assert_eq!(
        (result.status, result.number.as_str(), result.measures.len()),
        (ReportStatus::Withdrawn, "LAB77", 0)
    );
}

#[test]
fn a_bone_density_scan_is_a_result_and_a_report() {
    let parsed = oru(&format!(
        "{}{}",
        obr("DX1", "DEXA^DXA lumbar spine and hip", "RAD", "F"),
        concat!(
            "OBX|1|ST|&GDT|1|Lumbar spine (L1-L4) T-score -2.8.||||||F\r",
            "OBX|2|ST|&GDT|1|Left femoral neck T-score -2.1. Wedge fracture of T12.||||||F\r",
        )
    ));
    assert!(
        message(&parsed).reports[0]
            .text
            .contains("Wedge fracture of T12")
    );
    let result = one(&parsed);
    assert_eq!(
        (result.kind, result.taken_on),
        (TestKind::Dxa, Some(date(2026, 3, 10)))
    );
    let scores: Vec<_> = result
        .measures
        .iter()
        .map(|m| (m.name.as_str(), m.value.as_str()))
        .collect();
    assert_eq!(
        scores,
        [
            ("T-score, lumbar spine", "-2.8"),
            ("T-score, femoral neck", "-2.1")
        ]
    );
}

#[test]
fn the_densitometers_own_numbers_go_before_the_words() {
    let parsed = oru(&format!(
        "{}{}",
        obr("DX1", "X1^Spine", "", "F"),
        concat!(
            "OBX|1|NM|LST^Lumbar spine T-score||-2.8||||||F\r",
            "OBX|2|TX|RPT^Report||Total hip T-score -1.0.||||||F\r",
        )
    ));
    let result = one(&parsed);
    assert_eq!(result.kind, TestKind::Dxa);
    assert_eq!(result.measures.len(), 1);
    assert_eq!(result.measures[0].name, "Lumbar spine T-score");
    assert_eq!(message(&parsed).reports.len(), 1);
}

#[test]
fn images_have_no_results_and_words_that_prevail_stay_a_report() {
    let lines = concat!(
        "OBX|1|NM|DLP^Dose length product||512|mGycm|||||F\r",
        "OBX|2|TX|RPT^Report||Fracture of the neck of femur.||||||F\r",
        "OBX|3|TX|RPT^Report||Displaced.||||||F\r",
    );
    for (what, section) in [("CTHIP^CT Hip", ""), ("HIP^Hip", "RAD")] {
        let parsed = oru(&format!("{}{lines}", obr("A1", what, section, "F")));
        assert!(message(&parsed).results.is_empty());
        assert_eq!(message(&parsed).reports.len(), 1);
    }
    let parsed = oru(&format!("{}{lines}", obr("A1", "HIP^Hip", "", "F")));
    assert_eq!(
        message(&parsed).reports[0].text,
        "Fracture of the neck of femur.\nDisplaced."
    );
}
