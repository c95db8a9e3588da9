//! Made-up messages, each with a trap that real feeds set. NHS numbers are of the 999 range, which is never issued.

use feeds::message::{Death, Kind, LocalId, ReportStatus};
use feeds::{
    Basis, Fault, Format, Item, Message, NhsNumberSeen, Parsed, Profiles, Severity, items, read,
};
use jiff::civil::{date, datetime};
use terms::{CodeSystem, Sex};

const MSH: &str = "MSH|^~\\&|PAS|RAJ01|HERALD|RAJ|20260302101500||ADT^A01|1|P|2.4";
const GOOD: &str = "9990000018";

fn parsed(bytes: &[u8]) -> Parsed {
    read(&Format::Hl7, bytes, 1, &Profiles::built_in())
}

fn adt(segments: &str) -> Parsed {
    parsed(format!("{MSH}\r{segments}").as_bytes())
}

fn message(parsed: &Parsed) -> &Message {
    parsed.message.as_ref().unwrap()
}

fn split(file: &[u8]) -> Vec<Item> {
    items(file, &Format::Hl7, &Profiles::built_in())
        .unwrap()
        .map(Result::unwrap)
        .collect()
}

fn fault_at<'a>(parsed: &'a Parsed, place: &str) -> &'a Fault {
    let found = parsed
        .faults
        .iter()
        .find(|fault| fault.header.as_deref() == Some(place));
    found.unwrap_or_else(|| panic!("no fault at {place} in {:?}", parsed.faults))
}

fn oru(after_pid: &str) -> Parsed {
    let text = format!(
        "MSH|^~\\&|RIS|RAJ01|||20260302101500||ORU^R01|7|P|2.4\rPID|1||{GOOD}^^^NHS^NH||ONE^ANNA\r{after_pid}"
    );
    parsed(text.as_bytes())
}

#[test]
fn an_admission_in_full() {
    let parsed = adt(concat!(
        "EVN||20260302101000|||USER|20260302095500\r",
        "PID|1||9990000018^^^NHS^NH~B123^^^RAJ^MR||ONE&VAN^ANNA^MARIA^^MRS^^L||19480605|2|||1 High St^Flat 2^Southend^Essex^ss00ry^^H||01702 000000^PRN|||||||||||||||||N||01\r",
        "PD1|||PRACTICE^^f81001|G1234567^GP\r",
        "PV1|1|I|WARD^BAY^BED^RAJ12||||||||||||||||V77^^^RAJ|||||||||||||||||||||||||20260301233000\r",
        "DG1|1||S72.0^Fracture of neck of femur^ICD10\r",
        "DG1|2||W19|\r",
        "DG1|3|||Fell in the garden\r",
        "PR1|1||W19.1^Fixation^OPCS4\r",
    ));
    assert_eq!(parsed.faults, []);
    let message = message(&parsed);
    assert_eq!(
        message.kind,
        Kind::Adt {
            event: "A01".into()
        }
    );
    assert_eq!(
        message.sender.sent_at,
        Some(datetime(2026, 3, 2, 9, 55, 0, 0))
    );
    let person = &message.person;
    assert_eq!(person.nhs_number.as_ref().unwrap().digits(), GOOD);
    assert_eq!(person.traced, Some(true));
    assert_eq!(
        person.local_ids,
        [LocalId {
            system: "RAJ".into(),
            value: "B123".into()
        }]
    );
    assert_eq!(person.name.to_string(), "ONE, ANNA (MRS)");
    assert_eq!(
        (person.born, person.sex, person.death),
        (Some(date(1948, 6, 5)), Sex::Female, Death::Alive)
    );
    assert_eq!(person.address, ["1 High St", "Flat 2", "Southend", "Essex"]);
    assert_eq!(person.postcode.as_deref(), Some("SS0 0RY"));
    assert_eq!(person.phone.as_deref(), Some("01702 000000"));
    assert_eq!(person.practice.as_ref().unwrap().as_str(), "F81001");
    let event = &message.event;
    assert_eq!(event.site.as_ref().unwrap().as_str(), "RAJ12");
    assert_eq!(
        (event.date, event.reference.as_deref()),
        (Some(date(2026, 3, 1)), Some("V77"))
    );
    assert_eq!(event.words.as_deref(), Some("Fell in the garden"));
    let codes: Vec<_> = message
        .codes
        .iter()
        .map(|code| (code.system, code.code.as_str()))
        .collect();
    assert_eq!(
        codes,
        [
            (CodeSystem::Icd10, "S72.0"),
            (CodeSystem::Icd10, "W19"),
            (CodeSystem::Opcs4, "W19.1")
        ]
    );
}

#[test]
fn nhs_numbers_wherever_feeds_put_them() {
    for pid in [
        "PID|1|9990000018^^^NHS^NH",
        "PID|1||B1^^^RAJ^MR~999 000 0018^^^NHS",
        "PID|1||9990000018^^^^NH",
        "PID|1||9990000018^^^NHS^HN",
        "PID|1||9990000018^^^^NHSNMBR",
        "PID|1||B1|9990000018^^^^NHS",
        "PID|1||B1||||||||||||||||9990000018",
        "PID|1|^NSTS03^^NHS^NHS|9990000018^^^NHS^NH",
    ] {
        let parsed = adt(pid);
        assert_eq!(parsed.nhs_number, NhsNumberSeen::Valid, "{pid}");
        assert!(parsed.faults.is_empty(), "{pid}");
    }
    for pid in [
        "PID|1||9990000018^^^RAJ^MR",
        "PID|1||9990000018^^^^NI",
        "PID|1||\"\"^^^NHS^NH",
        "PID|1||B1||||||||||||||||123456789",
    ] {
        assert_eq!(adt(pid).nhs_number, NhsNumberSeen::Absent, "{pid}");
    }
    assert_eq!(
        message(&adt("PID|1|9990000018^NSTS02^^NHS^NHS"))
            .person
            .traced,
        Some(false)
    );
}

#[test]
fn a_wrong_check_digit_is_left_out_and_said() {
    let parsed = adt("PID|1||9990000019^^^NHS^NH~B1^^^RAJ^MR||ONE^ANNA");
    assert!(message(&parsed).person.nhs_number.is_none());
    assert_eq!(parsed.nhs_number, NhsNumberSeen::Invalid);
    let fault = fault_at(&parsed, "PID-3");
    assert_eq!((fault.line, fault.severity), (2, Severity::Warning));
    assert_eq!(fault.value.as_deref(), Some("9990000019"));
}

#[test]
fn two_different_nhs_numbers_are_both_left_out() {
    let parsed = adt("PID|1|9990000018^^^NHS^NH|9990000026^^^NHS^NH||ONE^ANNA");
    assert!(message(&parsed).person.nhs_number.is_none());
    assert!(fault_at(&parsed, "PID-3").problem.contains("two different"));
}

#[test]
fn practices_wherever_feeds_put_them() {
    for pd1 in [
        "PD1|||X^^F81001",
        "PD1|||~GROUP PRACTICE^^F81001",
        "PD1||||G9146958~f81001",
        "PD1|||F81001|G1234567",
    ] {
        let parsed = adt(&format!("PID|1||B1\r{pd1}"));
        assert_eq!(
            message(&parsed).person.practice.as_ref().unwrap().as_str(),
            "F81001",
            "{pd1}"
        );
    }
    assert!(
        message(&adt("PID|1||B1\rPD1||||G1234567"))
            .person
            .practice
            .is_none()
    );
}

#[test]
fn the_legal_name_is_chosen() {
    let name = |pid5: &str| {
        message(&adt(&format!("PID|1||B1||{pid5}")))
            .person
            .name
            .to_string()
    };
    assert_eq!(name("MAIDEN^ANNA^^^^^M~ONE^ANNA^^^^^L"), "ONE, ANNA");
    assert_eq!(name("ALIAS^A^^^^^A~ONE^ANNA"), "ONE, ANNA");
    assert_eq!(name("^^^^^U~ONE^ANNA^^^^^D"), "ONE, ANNA");
    assert_eq!(name("\"\"^\"\""), "Name not known");
    assert_eq!(name("O\\T\\NE^ANNA"), "O&NE, ANNA");
}

#[test]
fn sex_in_numbers_and_letters() {
    for (sent, meant) in [
        ("1", Sex::Male),
        ("2", Sex::Female),
        ("0", Sex::NotKnown),
        ("9", Sex::Indeterminate),
        ("F", Sex::Female),
        ("u", Sex::NotKnown),
    ] {
        assert_eq!(
            message(&adt(&format!("PID|1||B1|||||{sent}"))).person.sex,
            meant
        );
    }
}

#[test]
fn death_is_never_guessed_away() {
    let death = |pid29: &str, pid30: &str| {
        let parsed = adt(&format!("PID|1||B1{}{pid29}|{pid30}", "|".repeat(26)));
        (message(&parsed).person.death, parsed.faults.len())
    };
    assert_eq!(death("", ""), (Death::NotStated, 0));
    assert_eq!(death("", "N"), (Death::Alive, 0));
    assert_eq!(death("", "Y"), (Death::Died(None), 0));
    assert_eq!(
        death("20260228", ""),
        (Death::Died(Some(date(2026, 2, 28))), 0)
    );
    assert_eq!(
        death("20260228", "N"),
        (Death::Died(Some(date(2026, 2, 28))), 1)
    );
    assert_eq!(death("2026", "Y"), (Death::Died(None), 1));
    assert_eq!(death("N", ""), (Death::NotStated, 1));
    assert_eq!(death("\"\"", ""), (Death::Alive, 0));
    assert_eq!(death("\"\"", "Y"), (Death::Died(None), 0));
}

#[test]
fn birth_dates_that_cannot_be_are_left_out() {
    for (sent, words) in [
        ("18891231", "too long ago"),
        ("20260303", "after the event"),
        ("20260231", "not a real date"),
        ("1948", "a year"),
    ] {
        let parsed = adt(&format!("EVN||20260302\rPID|1||B1||||{sent}"));
        assert_eq!(message(&parsed).person.born, None);
        assert!(fault_at(&parsed, "PID-7").problem.contains(words), "{sent}");
    }
    let parsed = adt(&format!(
        "PID|1||B1||||19480605{}19470101|Y",
        "|".repeat(22)
    ));
    assert_eq!(message(&parsed).person.born, None);
    assert_eq!(
        message(&adt("PID|1||B1||||20000101+^D")).person.born,
        Some(date(2000, 1, 1))
    );
    assert_eq!(
        message(&adt("PID|1||B1||||19480605000000+0100"))
            .person
            .born,
        Some(date(1948, 6, 5))
    );
}

#[test]
fn unknown_people_hidden_addresses_and_merges() {
    let parsed = adt(&format!("PID|1||B1{}Y", "|".repeat(28)));
    assert!(message(&parsed).person.identity_unknown);
    let parsed =
        adt("PID|1||B1||||||||1 High St^^^^SS0 0RY||01702 000000\rPD1|||^^F81001\rZU8||||Y");
    let person = &message(&parsed).person;
    assert!(
        person.address.is_empty()
            && person.postcode.is_none()
            && person.phone.is_none()
            && person.practice.is_none()
    );
    assert_eq!(fault_at(&parsed, "ZU8-4").severity, Severity::Warning);
    let text = format!(
        "{}\rPID|1||B1^^^RAJ^MR\rMRG|B2~9990000018^^^NHS^NH\rPV1||U",
        MSH.replace("A01", "A40")
    );
    let parsed = parsed_text(&text);
    let replaces: Vec<_> = message(&parsed)
        .person
        .replaces
        .iter()
        .map(|id| (id.system.as_str(), id.value.as_str()))
        .collect();
    assert_eq!(replaces, [("RAJ01", "B2"), ("NHS", GOOD)]);
}

fn parsed_text(text: &str) -> Parsed {
    parsed(text.as_bytes())
}

#[test]
fn the_site_falls_back_to_the_sender_and_codes_are_read_by_system() {
    let parsed = adt(
        "PID|1||B1\rPV1||I|WARD^^^NQ\rDG1|1||263102004^Fracture^SCT\rDG1|2||820.8^Hip^I9C\rDG1|3||263102005^^SCT\rDG1|4||S72.1^Old^I10||||||||||||||||||D",
    );
    let message = message(&parsed);
    assert_eq!(message.event.site.as_ref().unwrap().as_str(), "RAJ01");
    let codes: Vec<_> = message
        .codes
        .iter()
        .map(|code| (code.system, code.code.as_str()))
        .collect();
    assert_eq!(codes, [(CodeSystem::Snomed, "263102004")]);
    assert!(message.event.words.as_deref().unwrap().starts_with("Hip"));
    assert_eq!(
        fault_at(&parsed, "DG1-3").value.as_deref(),
        Some("263102005")
    );
}

#[test]
fn kinds_of_message() {
    let kind = |msh9: &str, evn: &str| {
        let text = format!("{}\rEVN|{evn}\rPID|1||B1", MSH.replace("ADT^A01", msh9));
        message(&parsed_text(&text)).kind.clone()
    };
    assert_eq!(
        kind("ADT^A08", ""),
        Kind::Adt {
            event: "A08".into()
        }
    );
    assert_eq!(
        kind("ADT", "A28"),
        Kind::Adt {
            event: "A28".into()
        }
    );
    assert_eq!(kind("ORU^R01^ORU_R01", ""), Kind::Report);
    assert_eq!(
        kind("SIU^S12", ""),
        Kind::Other {
            name: "SIU^S12".into()
        }
    );
}

#[test]
fn test_messages_are_kept_and_said() {
    for mode in ["T", "D"] {
        let parsed = parsed_text(&format!(
            "{}\rPID|1||B1",
            MSH.replace("|P|", &format!("|{mode}|"))
        ));
        assert!(parsed.message.is_some());
        assert_eq!(fault_at(&parsed, "MSH-11").severity, Severity::Warning);
    }
}

#[test]
fn a_radiology_report_line_by_line() {
    let parsed = oru(concat!(
        "OBR|1|P1|RRV1|XRWRL^XR Wrist Lt|||20260301165500||||||?fracture||||||||||||F||||||^FOOSH\r",
        "ZPF|1\rNTE|1||Mobile?=No\r",
        "OBX|1|ST|INDICATIONS^Clinical indications:||?fracture after fall||||||F\r",
        "OBX|3|ST|&GDT|1|Fracture of the   distal radius.\\.br\\Dorsal angulation \\T\\ shortening.||||||F\r",
        "OBX|3|ST|&GDT|1|||||||F\r",
        "OBX|2|TX|&IMP|1|Colles type~Refer||||||F\r",
        "OBX|9|NM|&GDT|1|42||||||F\r",
        "OBX|10|ED|PDF||^application^pdf^Base64^JVBER||||||F\r",
    ));
    let report = &message(&parsed).reports[0];
    assert_eq!(
        report.text,
        "Fracture of the   distal radius.\nDorsal angulation & shortening.\n\nColles type\nRefer"
    );
    assert_eq!(
        report.indication.as_deref(),
        Some("?fracture after fall\nFOOSH")
    );
    assert_eq!(
        (report.accession.as_str(), report.exam.as_str()),
        ("RRV1", "XR Wrist Lt")
    );
    assert_eq!(
        (report.performed, report.status),
        (Some(date(2026, 3, 1)), ReportStatus::Final)
    );
    assert_eq!(parsed.faults.len(), 1);
    assert!(fault_at(&parsed, "OBX-5").problem.contains("PDF"));
    assert_eq!(message(&parsed).event.date, Some(date(2026, 3, 1)));
}

#[test]
fn several_examinations_are_several_reports_and_numbers_are_none() {
    let parsed = oru(
        "OBR|1||A1|^Hip||||||||||||||||||||F\rOBX|1|TX|||No fracture||||||F\rOBR|2||A2|^Wrist||||||||||||||||||||F\rOBX|1|TX|||Fracture||||||F\rOBR|3||A3|FBC\rOBX|1|NM|HB||120||||||F\r",
    );
    let reports: Vec<_> = message(&parsed)
        .reports
        .iter()
        .map(|r| (r.accession.as_str(), r.text.as_str()))
        .collect();
    assert_eq!(reports, [("A1", "No fracture"), ("A2", "Fracture")]);
}

#[test]
fn report_status() {
    let status = |obr25: &str, obx11: &str| {
        let text = format!(
            "OBR|1||A1{}{obr25}\rOBX|1|TX|||Text||||||{obx11}\r",
            "|".repeat(22)
        );
        message(&oru(&text)).reports[0].status
    };
    assert_eq!(status("F", "F"), ReportStatus::Final);
    assert_eq!(status("P", "F"), ReportStatus::Preliminary);
    assert_eq!(status("", "P"), ReportStatus::Preliminary);
    assert_eq!(status("", "C"), ReportStatus::Corrected);
    assert_eq!(status("F", "C"), ReportStatus::Corrected);
    assert_eq!(status("F", "W"), ReportStatus::Withdrawn);
    assert_eq!(status("", "D"), ReportStatus::Withdrawn);
    assert_eq!(status("X", "F"), ReportStatus::Withdrawn);
    assert_eq!(status("", ""), ReportStatus::Final);
    assert_eq!(status("?", "F"), ReportStatus::Final);
}

#[test]
fn an_addendum_alone_says_so() {
    let addendum = "OBX|1|ST|&ADT|1|Addendum: seen again||||||F\r";
    let parsed = oru(&format!("OBR|1||A1||||||||||||||||||||||F\r{addendum}"));
    assert!(message(&parsed).reports[0].addendum_only);
    let parsed = oru(&format!(
        "OBR|1||A1||||||||||||||||||||||F\r{addendum}OBX|2|ST|&GDT|1|Fracture||||||F\r"
    ));
    assert!(!message(&parsed).reports[0].addendum_only);
}

#[test]
fn a_report_cut_short_is_said() {
    let parsed = oru("OBR|1||A1\rOBX|1|TX|||One||||||F\rOBX|2|TX|||There is no fra");
    assert!(fault_at(&parsed, "OBX-11").problem.contains("cut short"));
}

#[test]
fn truncated_and_malformed_messages_are_rejected_with_their_place() {
    for (text, place) in [
        ("MSH|^~\\&|PAS|RAJ01|||2026", "MSH-9"),
        (MSH, "PID"),
        ("PID|1||B1", "MSH"),
        ("complete rubbish", "MSH"),
        ("", "MSH"),
    ] {
        let parsed = parsed_text(text);
        assert!(parsed.message.is_none(), "{text}");
        assert_eq!(
            fault_at(&parsed, place).severity,
            Severity::Rejected,
            "{text}"
        );
    }
    let two = adt("PID|1||B1||ONE^ANNA\rPID|2||B2||TWO^BEA");
    assert!(two.message.is_none());
    assert_eq!(fault_at(&two, "PID").line, 3);
}

#[test]
fn character_sets() {
    let name = |charset: &str, bytes: &[u8]| {
        let mut raw = format!("{MSH}||||||{charset}\rPID|1||B1||").into_bytes();
        raw.extend_from_slice(bytes);
        let parsed = parsed(&raw);
        (
            message(&parsed).person.name.family.clone(),
            parsed.encoding.basis,
            parsed.faults.len(),
        )
    };
    assert_eq!(
        name("", "ÉMILE".as_bytes()),
        ("ÉMILE".into(), Basis::Fits, 0)
    );
    assert_eq!(
        name("", b"O\x92BRIEN \xC9"),
        ("O’BRIEN É".into(), Basis::Fallback, 0)
    );
    assert_eq!(
        name("8859/1", b"\xC9MILE"),
        ("ÉMILE".into(), Basis::Declared, 0)
    );
    assert_eq!(
        name("UNICODE UTF-8", "ÉMILE".as_bytes()),
        ("ÉMILE".into(), Basis::Declared, 0)
    );
    assert_eq!(
        name("UNICODE UTF-8", b"\xC9MILE"),
        ("ÉMILE".into(), Basis::DeclarationWrong, 1)
    );
}

#[test]
fn files_of_many_messages_framed_in_every_way() {
    let one = format!("{MSH}\rPID|1||B1");
    let two = format!("{}\rPID|1||B2", MSH.replace("|1|P", "|2|P"));
    let expected: Vec<Vec<u8>> = vec![one.clone().into(), two.clone().into()];
    for file in [
        format!("{one}\r{two}\r"),
        format!("{one}\n\n{two}").replace('\r', "\n"),
        format!("{one}\r\n{two}\r\n").replace("\rPID", "\r\nPID"),
        format!("\u{b}{one}\r\u{1c}\r\u{b}{two}\r\u{1c}\r"),
        format!("\u{b}{one}\r\u{1c}\r\n\u{b}{two}\u{1c}"),
        format!("\u{b}{one}\u{1c}\u{b}{two}\u{1c}\r"),
        format!("\u{feff}{one}\r{two}"),
        format!("FHS|^~\\&|A\rBHS|^~\\&|A\r{one}\r{two}\rBTS|2\rFTS|1\r"),
    ] {
        let found = split(file.as_bytes());
        let raws: Vec<_> = found.iter().map(|item| item.raw.clone()).collect();
        assert_eq!(raws, expected, "{file:?}");
        assert!(found.iter().all(|item| item.fault.is_none()));
    }
    let wide: Vec<u8> = [0xFF, 0xFE]
        .into_iter()
        .chain(
            format!("{one}\r{two}")
                .encode_utf16()
                .flat_map(u16::to_le_bytes),
        )
        .collect();
    assert_eq!(split(&wide).len(), 2);
    let lines: Vec<u64> = split(format!("{one}\r\n{two}").as_bytes())
        .iter()
        .map(|item| item.line)
        .collect();
    assert_eq!(lines, [1, 3]);
}

#[test]
fn line_ends_do_not_make_another_message() {
    let text = format!("{MSH}\rPID|1||B1");
    let key = |file: String| split(file.as_bytes())[0].key;
    assert_eq!(key(text.clone()), key(text.replace('\r', "\r\n")));
    assert_eq!(
        key(text.clone()),
        key(format!("\u{b}{}\n\n\u{1c}\r", text.replace('\r', "\n")))
    );
    assert_ne!(key(text.clone()), key(text.replace("B1", "B2")));
}

#[test]
fn a_vertical_tab_in_a_text_is_a_line_break() {
    let text =
        "MSH|^~\\&|RIS||||||ORU^R01|7|P\rPID|1||B1\rOBR|1||A1\rOBX|1|TX|||No\u{b}fracture||||||F";
    let found = split(text.as_bytes());
    assert_eq!(found.len(), 1);
    assert_eq!(
        message(&parsed(&found[0].raw)).reports[0].text,
        "No\nfracture"
    );
}

#[test]
fn batches_with_wrong_counts_or_no_end() {
    let one = format!("{MSH}\rPID|1||B1");
    let faults = |file: String| -> Vec<Fault> {
        split(file.as_bytes())
            .into_iter()
            .filter_map(|item| item.fault)
            .collect()
    };
    let wrong = faults(format!("BHS|^~\\&|A\r{one}\rBTS|3\r"));
    assert_eq!(
        (wrong[0].line, wrong[0].severity, wrong[0].header.as_deref()),
        (4, Severity::Warning, Some("BTS-1"))
    );
    assert!(
        faults(format!(
            "FHS|^~\\&\rBHS|^~\\&\r{one}\r{one}\rBTS|2\rFTS|2\r"
        ))
        .is_empty()
    );
    assert!(
        faults(format!("FHS|^~\\&\rBHS|^~\\&\r{one}\r"))[0]
            .problem
            .contains("no end")
    );
}

#[test]
fn an_endless_message_is_skipped_and_the_next_one_read() {
    let long = format!("{MSH}\rOBX|1|ED|||");
    let endless = std::io::Read::take(std::io::repeat(b'J'), 100 << 20);
    let next = format!("\r{MSH}\rPID|1||B1\r");
    let file = std::io::Read::chain(
        std::io::Read::chain(long.as_bytes(), endless),
        next.as_bytes(),
    );
    let found: Vec<Item> = items(
        std::io::BufReader::new(file),
        &Format::Hl7,
        &Profiles::built_in(),
    )
    .unwrap()
    .map(Result::unwrap)
    .collect();
    assert_eq!(found.len(), 2);
    assert!(found[0].raw.is_empty());
    assert_eq!(
        found[0].fault.as_ref().unwrap().severity,
        Severity::Rejected
    );
    assert!(found[1].fault.is_none() && found[1].line == 3);
}

#[test]
fn other_separators() {
    let text =
        "MSH$%*?+$PAS$RAJ01$$$20260302$$ADT%A31$9$P\rPID$1$$9990000018%%%NHS%NH$$O?T?NE%ANNA";
    let parsed = parsed_text(text);
    assert_eq!(message(&parsed).person.name.to_string(), "O+NE, ANNA");
    assert!(message(&parsed).person.nhs_number.is_some());
}
