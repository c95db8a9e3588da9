//! Whatever people type, there is a letter, and nothing typed becomes markup.

mod common;

use common::{full, paper};
use jiff::civil::{Date, date};
use letters::{LetterData, Rendered, Template, missing, render, render_paper};
use proptest::prelude::*;

const MARKUP: &str = "#panic(\"x\") $x^2$ *bold* _em_ <script>alert(1)</script> = Title\n- item @ref `raw` \\ [a] {fracture} // /* \" '";

fn everywhere(text: &str) -> LetterData {
    let mut data = full(Template::Treatment);
    let some = || Some(text.to_owned());
    data.service.name = text.into();
    data.service.hours = text.into();
    data.author.name = text.into();
    data.patient.name = text.into();
    data.patient.title_name = text.into();
    data.patient.address = vec![text.into(), text.into()];
    data.gp.diagnosis = some();
    data.gp.action = some();
    data.calcium_vitamin_d = some();
    data.referrals = vec![text.into()];
    data.note_to_gp = some();
    data.note_to_patient = some();
    if let Some(medicine) = &mut data.medicine {
        medicine.name = text.into();
    }
    if let Some(fracture) = &mut data.fracture {
        fracture.words = text.into();
        fracture.how = some();
    }
    for finding in &mut data.findings {
        finding.value = text.into();
    }
    data
}

fn assert_well(rendered: &Rendered) {
    assert!(rendered.pdf.starts_with(b"%PDF"));
    assert_eq!(rendered.html.matches("</article>").count(), 1);
    assert!(!rendered.html.contains("<script"));
}

#[test]
fn markup_stays_text() {
    let rendered = render(&everywhere(MARKUP)).unwrap();
    assert_well(&rendered);
    assert!(rendered.text.contains("#panic(\"x\") $x^2$ *bold*"));
    assert!(rendered.text.contains("[a] {fracture}"));
    assert!(rendered.html.contains("&lt;script&gt;"));
}

#[test]
fn long_words_other_scripts_and_pictures_are_set() {
    for text in [
        "x".repeat(2000),
        "W".repeat(100),
        "👩🏽‍⚕️ 🦴 😀".to_owned(),
        "שלום עולם 123 abc".to_owned(),
        "مرحبا بالعالم".to_owned(),
        "骨質疏鬆症".to_owned(),
        "Zoë Ó Súilleabháin-Łukasz e\u{301} ﬁ".to_owned(),
        "\u{202e}evil\u{0}\u{ad}\u{feff}\u{e000}\u{fffe}".to_owned(),
        "Ελένη Иванова".to_owned(),
        "one two ".repeat(2000),
    ] {
        let rendered = render(&everywhere(&text)).unwrap_or_else(|e| panic!("{text}: {e}"));
        assert_well(&rendered);
    }
}

#[test]
fn what_the_font_does_not_have_is_told() {
    let mut data = full(Template::Treatment);
    data.patient.name = "Zoë Łukasz e\u{301} Иванова Ελένη".into();
    assert_eq!(missing(&data), []);
    data.patient.name = "李 Li".into();
    let told = missing(&data);
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].field, "printable");
    assert!(told[0].words.contains('李'));
}

#[test]
fn any_date_is_set() {
    for date in [Date::MIN, date(0, 1, 1), date(2024, 2, 29), Date::MAX] {
        let mut data = full(Template::Review);
        data.written_on = date;
        data.patient.born = Some(date);
        assert_well(&render(&data).unwrap());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn any_text_makes_a_letter(text in prop_oneof!["\\PC{0,60}", any::<String>(), "[#$*_<>\\[\\]{}\\\\\"'`@=/\n -]{0,40}"]) {
        let rendered = render(&everywhere(&text));
        prop_assert!(rendered.is_ok(), "{rendered:?}");
        assert_well(&rendered.unwrap());
    }

    #[test]
    fn any_text_makes_a_paper(text in "\\PC{0,60}") {
        let mut paper = paper();
        paper.title.clone_from(&text);
        paper.code.clone_from(&text);
        paper.intro = vec![text.clone()];
        for section in &mut paper.sections {
            section.lead.clone_from(&text);
            for question in &mut section.questions {
                question.ask.clone_from(&text);
                question.hint = Some(text.clone());
            }
        }
        let rendered = render_paper(&paper, &full(Template::Questionnaire).service);
        prop_assert!(rendered.is_ok(), "{rendered:?}");
    }
}
