//! What a nurse is shown where codes and text disagree.

use axum::http::StatusCode;
use jiff::civil::date;
use service::{Role, imports};
use synth::{Exam, Hospital, MadeUpPerson, Sent, tables};

use crate::app::TestApp;

fn take_in(test: &TestApp, name: &str, bytes: &[u8]) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    imports::take_in(&test.app, &test.job(), &path, name, None, &mut |_| {}).unwrap();
}

fn attendance(test: &TestApp, person: &MadeUpPerson) {
    let row = tables::EcdsRow {
        number: "ED1".to_owned(),
        arrived: Some(date(2026, 11, 20)),
        snomed: vec!["359817006"],
        ..tables::EcdsRow::default()
    };
    let mut file = Vec::new();
    let mut table = tables::table(&mut file, "ecds").unwrap();
    table
        .write_record(tables::ecds(person, Hospital::Southend, &row))
        .unwrap();
    table.flush().unwrap();
    drop(table);
    take_in(test, "ed.csv", &file);
}

fn report(test: &TestApp, person: &MadeUpPerson, exam: &str, day: i8, text: &str) {
    let at = date(2026, 11, day).at(10, 0, 0, 0);
    let exam = Exam {
        accession: format!("ACC-{day}"),
        name: exam.to_owned(),
        performed: at,
        reported: at,
        status: 'F',
        indication: String::new(),
        text: text.to_owned(),
        impression: String::new(),
    };
    let sent = Sent::new(Hospital::Southend, at, format!("C{day}"));
    take_in(
        test,
        "xray.hl7",
        synth::oru(person, &sent, &exam).as_bytes(),
    );
}

fn somebody() -> MadeUpPerson {
    synth::people(3)
        .find(|person| {
            let old = person.age_on(date(2026, 11, 20)) >= 60;
            person.nhs_number.is_some() && person.born_known && old
        })
        .unwrap()
}

#[tokio::test]
async fn a_denial_stands_on_top_with_links_to_both_sources() {
    let test = TestApp::empty();
    let person = somebody();
    attendance(&test, &person);
    let mut nurse = test.sign_in(Role::Nurse).await;
    let today = nurse.get("/today").await;
    assert!(!today.body.contains("Sources disagree"));

    report(
        &test,
        &person,
        "XR Hip Rt",
        20,
        "No fracture of the neck of femur.",
    );
    let today = nurse.get("/today").await;
    assert!(today.body.contains("Sources disagree"));
    let page = nurse.get(&today.link("/candidates/")).await;
    assert_eq!(page.status, StatusCode::OK);
    let body = &page.body;
    let at = |words: &str| {
        body.find(words)
            .unwrap_or_else(|| panic!("{words}: {body}"))
    };
    assert!(
        at("id=\"disagree-title\"") < at("id=\"decide\""),
        "before the decision"
    );
    assert!(at("Strongest evidence") < at("id=\"against\""));
    assert!(body.contains("no fracture (“No fracture of the neck of femur”)"));
    assert!(body.contains("no clinician has approved them"));
    // Both links of the box lead to a source on the page.
    let warning = &body[at("id=\"disagree-title\"")..at("id=\"decide\"")];
    let places: Vec<&str> = warning
        .split("href=\"#")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap())
        .collect();
    assert_eq!(places.len(), 2, "{warning}");
    for place in &places {
        assert!(body.contains(&format!("id=\"{place}\"")), "{place}");
    }
    assert_ne!(places[0], places[1]);

    let filtered = nurse.get("/today?list=new&sources=disagree").await;
    assert!(filtered.body.contains("Only people whose sources disagree"));
    filtered.link("/candidates/");

    // The scan of the next day settles it, and says so.
    let found = "Undisplaced intracapsular fracture of the right neck of femur.";
    report(&test, &person, "CT Hip Rt", 21, found);
    let today = nurse.get("/today").await;
    assert!(!today.body.contains(">Sources disagree<"));
    let page = nurse.get(&today.link("/candidates/")).await;
    assert!(!page.body.contains("id=\"disagree-title\""));
    assert!(page.body.contains("A later CT, MRI or bone scan shows it"));
    let none = nurse.get("/today?list=new&sources=disagree").await;
    assert!(none.body.contains("Nobody matches this filter"));
}
