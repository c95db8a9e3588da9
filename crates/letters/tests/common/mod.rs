use letters::{Author, GpBox, LetterData, Paper, Patient, Practice, Service, Template};

/// A letter with everything in it. The person is made up.
pub fn full(template: Template) -> LetterData {
    let data = include_str!("../../examples/treatment.json");
    LetterData {
        template,
        appointment: Some("Tuesday 24 March 2026 at 10am, Clinic 4, Northwick Hospital.".into()),
        ..serde_json::from_str(data).unwrap()
    }
}

/// A letter of which nothing is known but the template.
#[allow(dead_code)]
pub fn empty(template: Template) -> LetterData {
    LetterData {
        demo: false,
        service: Service::default(),
        patient: Patient::default(),
        practice: Some(Practice::default()),
        fracture: None,
        findings: vec![],
        gp: GpBox::default(),
        author: Author::default(),
        medicine: None,
        calcium_vitamin_d: None,
        referrals: vec![],
        taught: vec![],
        next: vec![],
        note_to_gp: None,
        note_to_patient: None,
        appointment: None,
        ..full(template)
    }
}

/// One question of each kind.
pub fn paper() -> Paper {
    serde_json::from_str(include_str!("../../examples/paper.json")).unwrap()
}
