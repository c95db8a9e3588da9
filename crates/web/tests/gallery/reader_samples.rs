//! The page where a report can be pasted, with a made-up report.

use web::view::{
    form::{FieldError, Input},
    parts::{Fact, Link},
    reader::{
        FindingRow, Group, PassedOver, Reader, RoleLine, RuleLink, RuleRow, Said, SeenReport,
        Sentence, Words,
    },
};

use crate::samples::{csrf, nurse};

pub fn form() -> Reader {
    Reader {
        chrome: nurse("/help").titled("Try the reader", None),
        hidden: csrf(),
        exam: Input::text("exam", "Examination (optional)"),
        indication: Input::text("indication", "Clinical details (optional)"),
        report: Input::text("report", "The report").hint("Its words only."),
        examples: vec![Link::new(
            "/reader?example=chance",
            "A vertebra found by chance",
        )],
        standing: "Rules 2026.2. No clinician has approved them yet.".into(),
        seen: None,
    }
}

pub fn wrong() -> Reader {
    let message = "Paste the words of a report".to_owned();
    let errors = vec![FieldError {
        target: "report".into(),
        message: message.clone(),
    }];
    let page = form();
    Reader {
        chrome: nurse("/help")
            .with_errors(errors)
            .titled("Try the reader", None),
        report: page.report.error(Some(message)),
        ..page
    }
}

fn marked(text: &str, role: &'static str, label: &'static str) -> Words {
    Words {
        text: text.into(),
        role: Some(role),
        label,
    }
}

fn plain(text: &str) -> Words {
    Words {
        text: text.into(),
        ..Words::default()
    }
}

pub fn seen() -> Reader {
    let rule = RuleLink {
        name: "fracture.word".into(),
        means: "Fracture, also written #".into(),
    };
    Reader {
        seen: Some(SeenReport {
            class: "yes",
            decision: "For the list",
            reason: "Fracture of wrist (left) present".into(),
            mechanism: "Low-energy injury: “FOOSH”".into(),
            english: false,
            beside: vec![Fact::new("Examination", "XR Wrist Lt")],
            legend: vec![
                RoleLine {
                    class: "fracture",
                    label: "fracture",
                    words: "speaks of a fracture",
                },
                RoleLine {
                    class: "side",
                    label: "side",
                    words: "",
                },
            ],
            groups: vec![Group {
                part: "Findings",
                sentences: vec![
                    Sentence {
                        number: 1,
                        before: "Findings:".into(),
                        words: vec![
                            marked("Fracture", "fracture", "fracture"),
                            plain(" of the "),
                            marked("left", "side", "side"),
                            plain(" radius."),
                        ],
                        says: vec![Said {
                            mark: "present",
                            status: "Present".into(),
                            what: "Left wrist".into(),
                            rule: rule.clone(),
                        }],
                        ..Sentence::default()
                    },
                    Sentence {
                        number: 2,
                        words: vec![plain("Broken screw.")],
                        passed_over: vec![PassedOver {
                            words: "Broken".into(),
                            why: "not a fracture of a bone".into(),
                        }],
                        ..Sentence::default()
                    },
                    Sentence {
                        number: 3,
                        words: vec![plain("Joint spaces kept.")],
                        silent: "Nothing about a fracture.",
                        ..Sentence::default()
                    },
                ],
            }],
            rest: "* end *".into(),
            findings: vec![FindingRow {
                mark: "present",
                status: "Present".into(),
                what: "Left wrist".into(),
                words: "“Fracture”".into(),
                sentence: Some(1),
                rule,
            }],
            rules: vec![RuleRow {
                name: "fracture.word".into(),
                role: "fracture",
                means: "Fracture, also written #".into(),
                source: "Herald labelling rules for case finding".into(),
                found: "“Fracture” in 1".into(),
            }],
        }),
        ..form()
    }
}
