//! What each letter says, and what its PDF is.

mod common;

use std::collections::BTreeSet;

use common::{empty, full, paper};
use letters::{Rendered, Template, missing, render, render_paper, templates};

fn contains(pdf: &[u8], needle: &str) -> bool {
    pdf.windows(needle.len()).any(|w| w == needle.as_bytes())
}

fn assert_is_accessible(rendered: &Rendered) {
    assert!(rendered.pdf.starts_with(b"%PDF-1.7"));
    for needle in [
        "/StructTreeRoot",
        "/MarkInfo",
        "/Lang(en-GB)",
        "/Title(",
        "/DisplayDocTitle true",
        "pdfuaid:part>1<",
    ] {
        assert!(contains(&rendered.pdf, needle), "no {needle}");
    }
    assert!(rendered.pdf.len() < 200_000, "{} bytes", rendered.pdf.len());
    assert_eq!(rendered.digest.len(), 64);
}

#[test]
fn full_letters() {
    for template in Template::ALL {
        let rendered = render(&full(*template)).unwrap();
        assert_is_accessible(&rendered);
        let info = templates().iter().find(|t| t.id == *template).unwrap();
        assert_eq!(rendered.template_version, info.version);
        insta::assert_snapshot!(format!("{}_text", template.code()), rendered.text);
        insta::assert_snapshot!(format!("{}_html", template.code()), rendered.article());
    }
}

#[test]
fn empty_letters_show_what_is_missing() {
    for template in Template::ALL {
        let data = empty(*template);
        let rendered = render(&data).unwrap();
        assert_is_accessible(&rendered);
        insta::assert_snapshot!(format!("{}_empty", template.code()), rendered.text);
        let listed: Vec<String> = missing(&data)
            .into_iter()
            .map(|m| format!("{}: {}", m.field, m.words))
            .collect();
        for gap in rendered.text.split("[missing: ").skip(1) {
            let words = gap.split(']').next().unwrap();
            assert!(
                listed.iter().any(|l| l.ends_with(words)),
                "{template}: {words}"
            );
        }
        insta::assert_snapshot!(format!("{}_missing", template.code()), listed.join("\n"));
    }
}

#[test]
fn a_full_letter_misses_nothing() {
    for template in Template::ALL {
        assert_eq!(missing(&full(*template)), [], "{template}");
        assert!(!render(&full(*template)).unwrap().text.contains("[missing"));
    }
}

#[test]
fn either_a_medicine_or_a_referral_makes_a_treatment_letter() {
    let mut data = full(Template::Treatment);
    data.medicine = None;
    assert_eq!(missing(&data), []);
    data.referrals.clear();
    let fields: Vec<_> = missing(&data).into_iter().map(|m| m.field).collect();
    assert_eq!(fields, ["medicine_or_referral"]);
}

#[test]
fn an_nhs_number_with_a_wrong_check_digit_is_missing() {
    let mut data = full(Template::Review);
    data.patient.nhs_number = "999 000 0019".into();
    let fields: Vec<_> = missing(&data).into_iter().map(|m| m.field).collect();
    assert_eq!(fields, ["nhs_number"]);
    assert!(!render(&data).unwrap().text.contains("0019"));
}

#[test]
fn large_print_says_the_same_on_more_pages() {
    let normal = full(Template::Treatment);
    let mut large = normal.clone();
    large.large_print = true;
    let (normal, large) = (render(&normal).unwrap(), render(&large).unwrap());
    assert_is_accessible(&large);
    assert_eq!(normal.text, large.text);
    assert!(
        large
            .article()
            .starts_with("<article class=\"letter large-print\"")
    );
    assert!(pages(&large) > pages(&normal));
}

fn pages(rendered: &Rendered) -> usize {
    let page = b"/Type/Page/";
    rendered
        .pdf
        .windows(page.len())
        .filter(|w| w == page)
        .count()
}

#[test]
fn the_same_data_gives_the_same_bytes() {
    let data = full(Template::Treatment);
    let first = render(&data).unwrap();
    render(&full(Template::Declined)).unwrap();
    assert_eq!(render(&data).unwrap(), first);
    let mut other = data;
    other.patient.title_name = "Mrs Joan Archer".into();
    assert_ne!(render(&other).unwrap().digest, first.digest);
}

#[test]
fn only_made_up_people_are_marked_so() {
    let mut data = full(Template::Treatment);
    let mark = "MADE-UP DATA – NOT A REAL PATIENT";
    let made_up = render(&data).unwrap();
    assert!(made_up.text.starts_with(mark) && made_up.html.contains(mark));
    data.demo = false;
    let real = render(&data).unwrap();
    assert!(!real.text.contains(mark) && !real.html.contains(mark));
    assert_ne!(real.pdf.len(), made_up.pdf.len());
}

#[test]
fn the_letter_greets_by_title_or_by_name() {
    let mut data = full(Template::Invitation);
    assert!(render(&data).unwrap().text.contains("\nDear Mrs Archer,\n"));
    data.patient.title_name.clear();
    assert!(
        render(&data)
            .unwrap()
            .text
            .contains("\nDear Joan Archer,\n")
    );
}

#[test]
fn an_unknown_medicine_is_named_without_advice() {
    let mut data = full(Template::Treatment);
    if let Some(medicine) = &mut data.medicine {
        medicine.code = "not_a_medicine".into();
    }
    let text = render(&data).unwrap().text;
    assert!(text.contains("alendronic acid") && !text.contains("How to take it"));
}

#[test]
fn a_medicine_without_a_name_has_the_name_of_its_code() {
    let mut data = full(Template::Treatment);
    if let Some(medicine) = &mut data.medicine {
        medicine.name = " ".into();
    }
    let text = render(&data).unwrap().text;
    assert!(text.contains("a medicine called Alendronate."));
}

#[test]
fn every_medicine_says_how_or_whom_to_ask() {
    let mut all = String::new();
    for code in terms::Medicine::ALL {
        let mut data = full(Template::Treatment);
        data.medicine = Some(letters::MedicineAdvice {
            code: code.code().into(),
            name: code.words().into(),
        });
        let text = render(&data).unwrap().text;
        let from = text.find("Your medicine\n").unwrap();
        let to = text.find("Calcium and vitamin D\n").unwrap();
        all.push_str(&text[from..to]);
    }
    insta::assert_snapshot!("medicines", all);
}

#[test]
fn every_template_is_a_draft_until_somebody_approves_it() {
    let ids: BTreeSet<_> = templates().iter().map(|t| t.id).collect();
    assert_eq!(ids.len(), Template::ALL.len());
    for template in templates() {
        assert_eq!(template.status, letters::Status::Draft);
        assert_eq!(template.approved_by, None);
    }
}

#[test]
fn a_questionnaire_on_paper() {
    let service = full(Template::Questionnaire).service;
    let mut paper = paper();
    let normal = render_paper(&paper, &service).unwrap();
    assert_is_accessible(&normal);
    assert_eq!(render_paper(&paper, &service).unwrap(), normal);
    insta::assert_snapshot!("paper_text", normal.text);
    insta::assert_snapshot!("paper_html", normal.article());
    paper.large_print = true;
    let large = render_paper(&paper, &service).unwrap();
    assert_is_accessible(&large);
    assert_eq!(large.text, normal.text);
    assert!(pages(&large) > pages(&normal));
}
