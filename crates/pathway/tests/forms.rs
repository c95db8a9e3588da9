//! The questions as data: they parse, they fit together, every field of the audit has its place, and whatever is typed is
//! taken, questioned or refused with a reason.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, date};
use pathway::form::{Answers, Form, FormKind, Kind, NOT_KNOWN, Problem, Value};
use proptest::prelude::*;

const TODAY: Date = date(2026, 3, 12);

fn typed(pairs: &[(&str, &str)]) -> BTreeMap<String, Vec<String>> {
    let mut typed: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (id, text) in pairs {
        typed
            .entry((*id).to_owned())
            .or_default()
            .push((*text).to_owned());
    }
    typed
}

fn one(id: &str, text: &str) -> Result<Option<Value>, Problem> {
    Form::get(FormKind::Assessment)
        .question(id)
        .unwrap()
        .read(&[text.to_owned()], false, TODAY)
}

#[test]
fn every_form_parses_and_its_parts_fit_together() {
    for kind in FormKind::ALL {
        let form = Form::get(*kind);
        assert!(!form.sections.is_empty(), "{} is empty", kind.code());
        assert!(form.review_by.is_some() && !form.source.is_empty());
        let mut ids = BTreeSet::new();
        for question in form.questions() {
            let id = &question.id;
            assert!(ids.insert(id.clone()), "{id} stands twice");
            assert!(!question.ask.is_empty(), "{id}");
            let codes: Vec<&str> = question.options().iter().map(|(code, _)| *code).collect();
            let offers = matches!(question.kind, Kind::YesNo | Kind::Choice | Kind::Choices);
            assert_eq!(offers, !codes.is_empty(), "{id} offers nothing to choose");
            assert!(
                !codes.contains(&NOT_KNOWN),
                "{id}: not known is offered anyway"
            );
            if let Some((low, high)) = question.plausible {
                assert!(low < high && question.kind == Kind::Number, "{id}");
            }
            if let Some(nothing) = &question.nothing {
                let read = question.read(std::slice::from_ref(nothing), false, TODAY);
                assert!(matches!(read, Ok(Some(_))), "{id}: {read:?}");
            }
            for code in question.raises.keys() {
                assert!(codes.contains(&code.as_str()), "{id} raises at {code}");
            }
            if let Some(when) = &question.when {
                let asked = form.question(&when.question).unwrap();
                let offered: BTreeSet<String> = asked
                    .options()
                    .iter()
                    .map(|(code, _)| (*code).to_owned())
                    .collect();
                assert!(
                    when.is.is_subset(&offered),
                    "{id} waits for what is not offered"
                );
            }
        }
    }
}

#[test]
fn the_patient_answers_the_questions_of_the_assessment() {
    let assessment = Form::get(FormKind::Assessment);
    let questionnaire = Form::get(FormKind::Questionnaire);
    let count = questionnaire.questions().count();
    assert!((45..=60).contains(&count), "{count} questions");
    let mut shared = 0;
    for asked in questionnaire.questions() {
        let Some(held) = assessment.question(&asked.id) else {
            assert!(asked.id.starts_with("own."), "{} is nobody's", asked.id);
            continue;
        };
        shared += 1;
        assert_eq!(asked.kind, held.kind, "{}", asked.id);
        assert_eq!(asked.unit, held.unit, "{}", asked.id);
        for (code, _) in asked.options() {
            assert!(
                held.options().iter().any(|(known, _)| *known == code),
                "{}: the assessment has no {code}",
                asked.id
            );
        }
    }
    assert!(shared >= 40, "{shared} of {count} drop into the assessment");
}

/// Fields that stand in typed places rather than on a question.
const ELSEWHERE: [(&str, &str); 12] = [
    ("1.01", "the person's NHS number"),
    ("1.02", "the person's date of birth"),
    ("1.03", "the person's sex"),
    ("1.04", "the person's postcode"),
    ("1.07", "Done::AssessmentCompleted"),
    ("4.01", "Plan::therapy"),
    ("4.02", "Plan::calcium_vitamin_d"),
    ("5.10", "Referral"),
    ("6.01", "that there is a Reviewed"),
    ("6.02", "Reviewed::on"),
    ("7.01", "that there is a Reviewed"),
    ("7.02", "Reviewed::on"),
];

#[test]
fn every_field_of_the_audit_has_a_place() {
    let mut placed: BTreeSet<String> = FormKind::ALL
        .iter()
        .flat_map(|kind| Form::get(*kind).questions())
        .filter_map(|question| question.fls_db.clone())
        .collect();
    placed.extend(ELSEWHERE.iter().map(|(field, _)| (*field).to_owned()));
    let expected = [(1, 13), (2, 6), (3, 5), (4, 2), (5, 10), (6, 6), (7, 9)]
        .iter()
        .flat_map(|(section, last)| (1..=*last).map(move |n| format!("{section}.{n:02}")));
    for field in expected {
        assert!(placed.contains(&field), "FLS-DB {field} has no place");
    }
}

#[test]
fn a_t_score_of_25_is_questioned_not_swallowed() {
    let form = Form::get(FormKind::Assessment);
    let section = form.section("dxa").unwrap();
    let asked = typed(&[("dxa.t_total_hip", "25"), ("dxa.t_lumbar_spine", "-2.5")]);
    let checked = section.read(&asked, &BTreeSet::new(), TODAY);
    assert_eq!(
        checked.answers,
        Answers::from([("dxa.t_lumbar_spine".to_owned(), Value::one("-2.5"))])
    );
    let Problem::Questioned(words) = &checked.faults[0].problem else {
        panic!("{:?}", checked.faults);
    };
    assert!(words.contains("25") && words.contains("-7 to 5"), "{words}");

    let confirmed = BTreeSet::from(["dxa.t_total_hip".to_owned()]);
    let checked = section.read(&asked, &confirmed, TODAY);
    assert_eq!(checked.faults, []);
    let kept = &checked.answers["dxa.t_total_hip"];
    assert_eq!(kept, &Value::one("25"));
    let words = form.words("dxa.t_total_hip", kept);
    assert!(words.contains("unusual"), "{words}");
}

#[test]
fn numbers_are_read_as_people_type_them() {
    assert_eq!(one("risk.height", "162 cm"), Ok(Some(Value::one("162"))));
    assert_eq!(one("risk.weight", "61,5"), Ok(Some(Value::one("61.5"))));
    assert_eq!(
        one("dxa.t_total_hip", "\u{2212}2.7"),
        Ok(Some(Value::one("-2.7")))
    );
    assert_eq!(
        one("blood.corrected_calcium", "2.31 (2.20-2.60)"),
        Ok(Some(Value::Many(vec!["2.31".into(), "2.20-2.60".into()])))
    );
    assert_eq!(one("blood.vitamin_d", "<15"), Ok(Some(Value::one("<15"))));
    assert!(matches!(one("risk.height", "tall"), Err(Problem::Wrong(_))));
    assert!(matches!(one("risk.height", "NaN"), Err(Problem::Wrong(_))));
    // Feet, or milligrams: asked about.
    assert!(matches!(
        one("risk.height", "5.6"),
        Err(Problem::Questioned(_))
    ));
    assert!(matches!(
        one("blood.creatinine", "0.9"),
        Err(Problem::Questioned(_))
    ));
    assert_eq!(
        one("risk.height", NOT_KNOWN),
        Ok(Some(Value::one(NOT_KNOWN)))
    );
    assert_eq!(one("risk.height", "  "), Ok(None));
}

#[test]
fn dates_may_be_rough_except_clock_zero() {
    assert_eq!(
        one("dxa.scanned_on", "5/3/2026"),
        Ok(Some(Value::one("2026-03-05")))
    );
    assert_eq!(
        one("dxa.scanned_on", "2026-02"),
        Ok(Some(Value::one("2026-02")))
    );
    assert_eq!(one("dxa.scanned_on", "2024"), Ok(Some(Value::one("2024"))));
    for wrong in [
        "31/2/2026",
        "13/03/2026",
        "29/2/2025",
        "5/3/26",
        "soon",
        "1/1/1/1",
    ] {
        let read = one("dxa.scanned_on", wrong);
        assert!(matches!(read, Err(Problem::Wrong(_))), "{wrong}: {read:?}");
    }
    assert!(matches!(
        one("fracture.diagnosed_on", "2026"),
        Err(Problem::Wrong(_))
    ));
}

#[test]
fn none_cannot_stand_beside_something() {
    let question = Form::get(FormKind::Assessment)
        .question("risk.secondary")
        .unwrap();
    let read = |codes: &[&str]| {
        let typed: Vec<String> = codes.iter().map(|code| (*code).to_owned()).collect();
        question.read(&typed, false, TODAY)
    };
    assert!(read(&["diabetes_1", "kidney"]).is_ok());
    assert!(read(&["none"]).is_ok());
    assert!(matches!(read(&["none", "kidney"]), Err(Problem::Wrong(_))));
    assert!(matches!(read(&["wings"]), Err(Problem::Wrong(_))));
}

#[test]
fn nothing_to_add_answers_what_is_open_and_nothing_else() {
    let form = Form::get(FormKind::Assessment);
    let section = form.section("risk").unwrap();
    let held = Answers::from([
        ("risk.smoker".to_owned(), Value::one("yes")),
        ("risk.height".to_owned(), Value::one("162")),
    ]);
    let given = section.nothing_to_add(&held);
    assert!(!given.contains_key("risk.smoker"), "what is answered stays");
    assert_eq!(given["risk.parental_hip"], Value::one("no"));
    assert!(
        !given.contains_key("risk.weight"),
        "nobody can know a weight"
    );
    let mut all = held;
    all.extend(given);
    assert!(section.nothing_to_add(&all).is_empty(), "twice is once");
    // A question that is not asked is not answered.
    let falls = form.section("medicines").unwrap();
    assert!(
        !falls
            .nothing_to_add(&Answers::new())
            .contains_key("medicines.steroid_dose")
    );
}

#[test]
fn worrying_answers_are_told_with_what_the_patient_said() {
    let form = Form::get(FormKind::Review16);
    let answers = Answers::from([
        ("review.thigh_pain".to_owned(), Value::one("yes")),
        ("review.jaw".to_owned(), Value::one("no")),
        ("review.other_effect".to_owned(), Value::one("yes")),
        (
            "review.other_effect_which".to_owned(),
            Value::one("itchy rash"),
        ),
    ]);
    let concerns = form.concerns(&answers);
    assert_eq!(concerns.len(), 2);
    assert!(concerns[0].contains("femoral"));
    assert_eq!(concerns[1], "Another side effect: itchy rash");
}

proptest! {
    /// Whatever is typed: no panic, and what is taken reads back as itself.
    #[test]
    fn whatever_is_typed_is_taken_or_refused(
        kind in prop::sample::select(FormKind::ALL),
        which in 0..500_usize,
        typed in prop::collection::vec(".{0,30}|[-0-9/., ()<>]{0,14}|yes|no|none|not_known", 0..4),
        confirmed: bool,
    ) {
        let questions: Vec<_> = Form::get(kind).questions().collect();
        let question = questions[which % questions.len()];
        if let Ok(Some(value)) = question.read(&typed, confirmed, TODAY) {
            let again: Vec<String> = match (&value, question.range) {
                (Value::Many(parts), true) => {
                    vec![format!("{} ({})", parts[0], parts[1])]
                }
                (value, _) => value.codes().map(str::to_owned).collect(),
            };
            prop_assert_eq!(question.read(&again, true, TODAY), Ok(Some(value.clone())));
            prop_assert!(!question.words(&value).trim().is_empty());
        }
    }
}
