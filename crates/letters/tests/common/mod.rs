use letters::{Author, GpBox, LetterData, Paper, Patient, Practice, Service, Template};

/// A letter with everything that it can say. The person is made up.
pub fn full(template: Template) -> LetterData {
    let treatment = include_str!("../../examples/treatment.json");
    let mut data = LetterData {
        template,
        ..serde_json::from_str(treatment).unwrap()
    };
    let action = match template {
        Template::Treatment => return data,
        Template::Declined => "No bone medicine now. Please offer it again at the next review.",
        Template::NoTreatmentNeeded => "No action needed.",
        Template::Review | Template::Handover => {
            "Please carry on alendronic acid until January 2031."
        }
        Template::Invitation | Template::Questionnaire => {
            data.gp = GpBox::default();
            data.appointment =
                Some("Tuesday 24 March 2026 at 10am, Clinic 4, Northwick Hospital.".into());
            return data;
        }
    };
    data.gp.action = Some(action.into());
    data
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
