//! Leaflets, the page for the patient, calculators and what goes into FRAX, with made-up figures.

use web::view::{
    calculators::{
        AdjustedRow, Calculator, Calculators, Confirm, Field, Frax, Off, Outcome, Part, Question,
        Remark, Row, Table, ToolRow, WhoAnswers,
    },
    form::{Choice, Choices, FieldError, Input},
    guidance::{DepartedRow, Departures},
    leaflets::{
        Change, ChangeShown, EasyLine, EasySection, Hundred, Leaflet, LeafletRow, LeafletSection,
        Leaflets, Marked, OneFigure, Study, Talk, TalkOption, TalkRow,
    },
    page::NavLink,
    parts::{self, Fact, Link, Tag},
    questions::Control,
    text::NhsText,
};

use crate::samples::{banner, csrf, nurse};

pub fn leaflets() -> Leaflets {
    let row = |id: &str, title: &str, overdue: bool| LeafletRow {
        title: title.into(),
        standard: format!("/leaflets/{id}"),
        large: format!("/leaflets/{id}?as=large"),
        easy: format!("/leaflets/{id}?as=easy"),
        version: "0.1.0".into(),
        approval: "Not yet approved by a clinician".into(),
        review: "31 May 2027".into(),
        overdue,
        mark: (!overdue).then(|| Tag::new("Partly not checked", parts::YELLOW)),
    };
    Leaflets {
        chrome: nurse("/help").titled("Leaflets", None),
        rows: vec![
            row("alendronate", "Alendronate: a tablet once a week", false),
            row("eating", "Eating for your bones", true),
        ],
        missing: vec!["opening hours", "groups near by"],
    }
}

fn marked(text: &str, mark: &'static str) -> Marked {
    Marked {
        text: text.into(),
        mark,
    }
}

fn leaflet_as(class: &'static str) -> Leaflet {
    let form = |code: &str, words: &str| NavLink {
        link: Link::new(format!("/leaflets/alendronate?as={code}"), words),
        current: code == class,
    };
    Leaflet {
        chrome: nurse("/help").titled("Alendronate: a tablet once a week", None),
        title: "Alendronate: a tablet once a week".into(),
        class,
        forms: vec![
            form("standard", "Standard print"),
            form("large", "Large print"),
            form("easy", "Easy read"),
        ],
        sections: vec![
            LeafletSection {
                id: "part-1".into(),
                heading: "What it is for".into(),
                kind: "text",
                texts: vec![marked("It slows the loss of bone.", "")],
            },
            LeafletSection {
                id: "part-2".into(),
                heading: "How to take it".into(),
                kind: "steps",
                texts: vec![
                    marked("Take it when you get up, on an empty stomach.", ""),
                    marked("Swallow it whole.", "Not yet checked"),
                ],
            },
            LeafletSection {
                id: "part-3".into(),
                heading: "When to get help".into(),
                kind: "help",
                texts: vec![marked(
                    "Ring your GP or us about new pain in your thigh.",
                    "",
                )],
            },
        ],
        easy: Vec::new(),
        some_marked: true,
        steps_marked: true,
        version: "0.1.0".into(),
        approval: "Not yet approved by a clinician".into(),
        review: "31 May 2027".into(),
        overdue: false,
        sources: vec!["UK patient leaflets of alendronic acid 70 mg".into()],
    }
}

pub fn leaflet() -> Leaflet {
    leaflet_as("standard")
}

pub fn leaflet_large() -> Leaflet {
    leaflet_as("large")
}

pub fn leaflet_easy() -> Leaflet {
    let line = |sign: &'static str, text: &str| EasyLine {
        sign,
        text: marked(text, ""),
    };
    Leaflet {
        sections: Vec::new(),
        easy: vec![
            EasySection {
                id: "part-1".into(),
                heading: "How to take it".into(),
                kind: "steps",
                lines: vec![
                    line("A clock", "Take it when you get up."),
                    line(
                        "A glass of water",
                        "Drink a full glass of tap water with it.",
                    ),
                ],
            },
            EasySection {
                id: "part-2".into(),
                heading: "Get help".into(),
                kind: "help",
                lines: vec![line("A telephone", "Ring us on 01632 960001.")],
            },
        ],
        ..leaflet_as("easy")
    }
}

fn hundred(id: &str, breaks: usize, spared: usize) -> Hundred {
    Hundred {
        id: id.into(),
        title: "100 people like you".into(),
        words: "20 in 100 people like you break a bone within 10 years.".into(),
        figures: (0..100)
            .map(|at| OneFigure {
                class: match at {
                    at if at < breaks => "hit",
                    at if at < breaks + spared => "spared",
                    _ => "",
                },
                x: (10 + at % 10 * 20).to_string(),
                y: (5 + at / 10 * 22).to_string(),
            })
            .collect(),
    }
}

pub fn talk() -> Talk {
    Talk {
        chrome: nurse("/today").titled("Your bones and your choices", None),
        back: Link::new("/episodes/7c/guidance", "What guidelines say"),
        name: "Alma".into(),
        on: true,
        notes: vec!["This is a demonstration. It is about nobody.".into()],
        risk: Some(hundred("risk", 20, 0)),
        risk_from: vec!["The risk of 20% is from FRAX, as typed on 4 November 2026.".into()],
        no_risk: String::new(),
        changes: vec![
            Change {
                title: "A drip once a year".into(),
                shown: vec![ChangeShown {
                    with: hundred("with-infusion-1", 13, 7),
                    sentences: vec![
                        "Of 100 people like you, 20 break a bone; with this medicine 13.".into(),
                        "Source: a study.".into(),
                    ],
                }],
                ..Change::default()
            },
            Change {
                title: "Tablets".into(),
                no_figure:
                    "We have no figure with a source for what this changes for people like you."
                        .into(),
                studies: vec![Study {
                    text: "Where 100 people had it without, about 55 had it with.".into(),
                    source: "A review".into(),
                }],
                ..Change::default()
            },
        ],
        options: vec![TalkOption {
            id: "choice-tablets".into(),
            title: "Tablets".into(),
            suits: "May suit you: Alendronate.".into(),
            rows: vec![TalkRow {
                label: "Common problems",
                texts: vec![marked("Heartburn.", "Not yet checked")],
            }],
            leaflets: vec![Link::new("/leaflets/alendronate", "Alendronate")],
        }],
        matters: vec!["I do not like to take tablets.".into()],
        questions: vec!["Can I change my mind?".into()],
        leaflets: vec![Link::new("/leaflets/eating", "Eating for your bones")],
        about: "Not yet approved by a clinician. Version 0.1.0.".into(),
    }
}

pub fn talk_no_figure() -> Talk {
    Talk {
        risk: None,
        risk_from: Vec::new(),
        no_risk: "No risk figure is recorded for you.".into(),
        ..talk()
    }
}

pub fn talk_off() -> Talk {
    Talk {
        on: false,
        notes: Vec::new(),
        risk: None,
        changes: Vec::new(),
        options: Vec::new(),
        ..talk()
    }
}

fn nobody_answers() -> WhoAnswers {
    WhoAnswers {
        nobody: true,
        words: String::new(),
    }
}

pub fn calculators() -> Calculators {
    Calculators {
        chrome: nurse("/today").titled("Calculators", None),
        answers: nobody_answers(),
        rows: vec![Row {
            link: Link::new("/calculators/bmi", "Body mass index"),
            lead: "From height and weight.".into(),
        }],
    }
}

pub fn calculators_off() -> Off {
    Off {
        chrome: nurse("/today").titled("Calculators", None),
        title: "Calculators".into(),
        why: "Nothing is worked out here. In live use that stays off.".into(),
        back: Link::new("/", "Start"),
    }
}

fn field(input: Input) -> Field {
    Field {
        control: Control::Input(input),
        confirms: Vec::new(),
    }
}

pub fn calculator() -> Calculator {
    Calculator {
        chrome: nurse("/today").titled("Body mass index", None),
        title: "Body mass index".into(),
        lead: "From height and weight.".into(),
        answers: WhoAnswers {
            nobody: false,
            words: "Dr Helen Marsh (GMC 1234567) answers for options and sums.".into(),
        },
        outcomes: Vec::new(),
        action: "/calculators/bmi".into(),
        hidden: csrf(),
        parts: vec![
            Part {
                fields: vec![
                    field(Input::text("height", "Height (cm)").inputmode("decimal")),
                    field(Input::text("weight", "Weight (kg)").inputmode("decimal")),
                ],
                ..Part::default()
            },
            Part {
                legend: "How the height is known".into(),
                note: "As it was said.".into(),
                fields: vec![Field {
                    control: Control::Radios(
                        Choices::new(
                            "known_by",
                            "The height is",
                            vec![
                                Choice::new("measured", "Measured"),
                                Choice::new("remembered", "Remembered"),
                            ],
                        )
                        .inline(),
                    ),
                    confirms: Vec::new(),
                }],
            },
        ],
        table: None,
    }
}

pub fn calculator_asks() -> Calculator {
    let words = "Height 115 cm is unusual: please check it, and confirm it if it is right.";
    let mut page = calculator();
    page.chrome = nurse("/today")
        .with_errors(vec![FieldError {
            target: "height".into(),
            message: words.into(),
        }])
        .titled("Body mass index", None);
    page.parts[0].fields[0] = Field {
        control: Control::Input(
            Input::text("height", "Height (cm)")
                .value("115")
                .error(Some(words.into())),
        ),
        confirms: vec![Confirm {
            id: "height-confirm".into(),
            value: "height=115".into(),
            words: "Height (cm) 115".into(),
            ticked: false,
        }],
    };
    page
}

pub fn calculator_result() -> Calculator {
    Calculator {
        outcomes: vec![Outcome {
            id: "result-1".into(),
            title: "Body mass index".into(),
            value: "17.9 kg/m²".into(),
            working: "47 kg ÷ (1.62 m × 1.62 m) = 17.9 kg/m²".into(),
            remarks: vec![Remark {
                words: "Underweight.".into(),
                source: "NICE CG146".into(),
                mark: Some(Tag::new("Read in another source", parts::GREY)),
            }],
            source: "Weight divided by height squared".into(),
            ..Outcome::default()
        }],
        table: Some(Table {
            caption: "Levels".into(),
            headers: vec!["Level", "Stands for"],
            rows: vec![vec!["1".into(), "Robust.".into()]],
        }),
        ..calculator()
    }
}

pub fn calculator_qfracture() -> Calculator {
    Calculator {
        chrome: nurse("/today").titled(qfracture::NAME, None),
        title: qfracture::NAME.into(),
        outcomes: vec![Outcome {
            id: "result-1".into(),
            title: qfracture::NAME.into(),
            value: "12.3% within 10 years".into(),
            table: Some(Table {
                caption: "Within 1 to 18 years".into(),
                headers: vec!["Years", "All", "Hip"],
                rows: vec![vec!["1".into(), "0.9%".into(), "0.4%".into()]],
            }),
            disclaimer: qfracture::DISCLAIMER.into(),
            ..Outcome::default()
        }],
        ..calculator()
    }
}

pub fn frax() -> Frax {
    let row = |label: &str, value: &str| ToolRow {
        label: label.into(),
        value: value.into(),
        unsaved: label == "Age",
        empty_is_no: value.is_empty(),
        hint: "As measured.".into(),
    };
    Frax {
        chrome: nurse("/today").titled("What goes into FRAX", None),
        banner: banner(),
        back: Link::new("/episodes/7c/guidance", "What guidelines say"),
        answers: nobody_answers(),
        asks: vec![Fact::new("“5.4”", "Height 5.4 cm: this looks like feet.")],
        rows: vec![row("Age", "81"), row("Weight (kg)", "")],
        tool: "frax.shef.ac.uk/FRAX/tool.aspx?country=1".into(),
        nogg: "www.nogg.org.uk/manual-data-entry?age=81".into(),
        saved: true,
        score: vec![Fact::new("Major osteoporotic fracture", "21%")],
        questions: vec![Question {
            odd: "The hip figure is not entered.".into(),
            expected: "FRAX gives two figures, and either may decide.".into(),
            to_do: "Enter the hip figure.".into(),
            blocks: true,
        }],
        open: vec!["Whether “previous fracture” was ticked in FRAX is not recorded."],
        adjusted: vec![
            AdjustedRow {
                what: "As typed".into(),
                mof: "21%".into(),
                hip: "Not recorded".into(),
                ..AdjustedRow::default()
            },
            AdjustedRow {
                what: "Two or more falls in the last year.".into(),
                mof: "× 1.3".into(),
                hip: "× 1.3".into(),
                source: "NOGG".into(),
                mark: Some(Tag::new("Read in another source", parts::GREY)),
            },
        ],
        working: "Major: 21% × 1.3 = 27.3%.".into(),
        instead: vec![Remark {
            words: "Type 2 diabetes: answer yes to rheumatoid arthritis.".into(),
            source: "NOGG table 2".into(),
            mark: None,
        }],
        notes: vec!["Nothing is adjusted twice.".into()],
        enter: Link::new("/episodes/7c/assessment/risk", "Enter it in the assessment"),
    }
}

pub fn frax_printed() -> Frax {
    Frax {
        saved: false,
        ..frax()
    }
}

pub fn frax_none() -> Frax {
    Frax {
        score: Vec::new(),
        ..frax()
    }
}

pub fn departures() -> Departures {
    Departures {
        chrome: nurse("/guidance").titled("Decided otherwise", Some(1)),
        showing: "All 1".into(),
        rows: vec![DepartedRow {
            href: "/episodes/7c".into(),
            name: "Testperson, Alma".into(),
            nhs: NhsText::from(None),
            decided: "4 November 2026".into(),
            medicine: "Teriparatide".into(),
            stood: "For a specialist".into(),
            because: "Agreed with the bone specialist".into(),
        }],
        pagination: None,
    }
}

pub fn departures_none() -> Departures {
    Departures {
        showing: "none".into(),
        rows: Vec::new(),
        ..departures()
    }
}
