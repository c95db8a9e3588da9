use letters::{
    LetterData, Paper, PaperKind, PaperQuestion, PaperSection, Patient, Practice, Service, Template,
};

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
        gp: letters::GpBox::default(),
        author: letters::Author::default(),
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

#[allow(dead_code)]
pub fn paper() -> Paper {
    let question = |number: &str, ask: &str, hint: Option<&str>, kind| PaperQuestion {
        number: number.into(),
        ask: ask.into(),
        hint: hint.map(str::to_owned),
        kind,
    };
    let words = |words: &[&str]| words.iter().map(|w| (*w).to_owned()).collect();
    Paper {
        title: "Questions about your bone health".into(),
        intro: vec!["Please use black ink.".into()],
        sections: vec![
            PaperSection {
                title: "About you".into(),
                lead: "These help us to work out your risk.".into(),
                questions: vec![
                    question(
                        "1",
                        "How tall are you?",
                        None,
                        PaperKind::Number {
                            unit: "centimetres".into(),
                        },
                    ),
                    question(
                        "2",
                        "Did your mother or father break a hip?",
                        None,
                        PaperKind::YesNo,
                    ),
                    question(
                        "3",
                        "Do you smoke?",
                        Some("Count roll-ups and cigars."),
                        PaperKind::Choice(words(&["Every day", "Sometimes", "I stopped", "Never"])),
                    ),
                ],
            },
            PaperSection {
                title: "Your health".into(),
                lead: String::new(),
                questions: vec![
                    question(
                        "4",
                        "Do you have any of these?",
                        None,
                        PaperKind::Choices(words(&["Diabetes", "Rheumatoid arthritis"])),
                    ),
                    question("5", "When did you last fall?", None, PaperKind::Date),
                    question("6", "Which medicines do you take?", None, PaperKind::Text),
                ],
            },
        ],
        large_print: false,
        demo: true,
        code: "Q-7K2M".into(),
    }
}
