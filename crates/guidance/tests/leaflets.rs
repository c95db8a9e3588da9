use std::collections::BTreeSet;

use guidance::leaflets::{
    Kind, Leaflet, Local, NOT_APPROVED, Paragraph, UNVERIFIED, for_medicine, leaflet, library,
};
use guidance::shared_decision::{
    Baseline, Choice, Effect, Figure, NotShown, Outcome, Percent, Reduction, RiskOf, RiskTool,
    figures, shared_decision, with_treatment,
};
use jiff::civil::date;
use proptest::prelude::*;
use terms::{Medicine, Site};

const IDS: [&str; 22] = [
    "bones",
    "alendronate",
    "risedronate",
    "ibandronate",
    "zoledronate",
    "denosumab",
    "daily_injection",
    "romosozumab",
    "raloxifene",
    "hrt",
    "calcium_vitamin_d",
    "teeth",
    "thigh_pain",
    "eating",
    "exercise",
    "spine",
    "smoking_alcohol",
    "home_safety",
    "local_support",
    "dxa",
    "blood_tests",
    "not_now",
];

/// Names that cannot be said in an easier way. They count as one syllable.
const NAMES: [&str; 19] = [
    "alendronate",
    "alendronic",
    "risedronate",
    "ibandronate",
    "ibandronic",
    "zoledronate",
    "zoledronic",
    "acid",
    "denosumab",
    "teriparatide",
    "abaloparatide",
    "romosozumab",
    "raloxifene",
    "paracetamol",
    "digoxin",
    "hrt",
    "calcium",
    "vitamin",
    "steroids",
];

fn words(text: &str) -> Vec<String> {
    text.split_whitespace()
        .map(|word| {
            word.trim_matches(|c: char| !c.is_alphanumeric() && c != '{' && c != '}')
                .to_lowercase()
        })
        .filter(|word| !word.is_empty())
        .collect()
}

/// Groups of vowels, without a silent e at the end.
fn syllables(word: &str) -> usize {
    if NAMES.contains(&word) || word.starts_with('{') || !word.chars().any(char::is_alphabetic) {
        return 1;
    }
    let letters: Vec<char> = word.chars().filter(|c| c.is_alphabetic()).collect();
    let vowel = |c: char| "aeiouy".contains(c);
    let mut count = 0;
    let mut before = false;
    for &letter in &letters {
        if vowel(letter) && !before {
            count += 1;
        }
        before = vowel(letter);
    }
    let word: String = letters.iter().collect();
    let silent = (word.ends_with('e') && !word.ends_with("le"))
        || (word.ends_with("es")
            && !["ses", "zes", "ces", "ges", "xes", "hes"]
                .iter()
                .any(|e| word.ends_with(e)))
        || (word.ends_with("ed") && !word.ends_with("ted") && !word.ends_with("ded"));
    if silent && count > 1 {
        count -= 1;
    }
    count.max(1)
}

fn sentences(text: &str) -> Vec<Vec<String>> {
    text.split_inclusive(['.', '?', '!'])
        .map(words)
        .filter(|sentence| !sentence.is_empty())
        .collect()
}

/// Flesch and Kincaid's grade: years at (US) school. Grade 6 is about age 11.
fn grade<'a>(texts: impl IntoIterator<Item = &'a str>) -> (f64, f64) {
    let (mut of_sentences, mut of_words, mut of_syllables) = (0.0, 0.0, 0.0);
    for text in texts {
        for sentence in sentences(text) {
            of_sentences += 1.0;
            of_words += sentence.len() as f64;
            of_syllables += sentence.iter().map(|w| syllables(w)).sum::<usize>() as f64;
        }
    }
    let length = of_words / of_sentences;
    (
        0.39 * length + 11.8 * of_syllables / of_words - 15.59,
        length,
    )
}

fn standard(leaflet: &Leaflet) -> Vec<&str> {
    leaflet
        .standard
        .iter()
        .flat_map(|section| &section.paragraphs)
        .map(|paragraph| paragraph.text.as_str())
        .collect()
}

fn easy(leaflet: &Leaflet) -> Vec<&str> {
    leaflet
        .easy_read
        .iter()
        .flat_map(|section| &section.lines)
        .map(|line| line.text.as_str())
        .collect()
}

#[test]
fn every_leaflet_is_there_with_all_its_parts() {
    assert_eq!(library().fault, None);
    let ids: Vec<&str> = library().leaflets.iter().map(|l| l.id.as_str()).collect();
    assert_eq!(ids, IDS);
    for leaflet in &library().leaflets {
        let id = &leaflet.id;
        assert!(
            !leaflet.title.is_empty() && !leaflet.version.is_empty(),
            "{id}"
        );
        assert_eq!(leaflet.review_by, date(2027, 5, 31), "{id}");
        assert_eq!(leaflet.approved_by, None, "{id}");
        assert_eq!(leaflet.approval(), NOT_APPROVED, "{id}");
        assert!(
            !leaflet.source.is_empty() && !leaflet.left_out.is_empty(),
            "{id}"
        );
        let help = |kinds: Vec<Kind>| kinds.last() == Some(&Kind::Help);
        assert!(
            help(leaflet.standard.iter().map(|s| s.kind).collect()),
            "{id}"
        );
        assert!(
            help(leaflet.easy_read.iter().map(|s| s.kind).collect()),
            "{id}"
        );
        assert!(
            leaflet.standard.len() >= 3 && leaflet.easy_read.len() >= 2,
            "{id}"
        );
        assert!(
            leaflet.standard.iter().any(|s| s.kind == Kind::Steps),
            "{id}"
        );
        for section in &leaflet.standard {
            assert!(
                !section.heading.is_empty() && !section.paragraphs.is_empty(),
                "{id}"
            );
        }
        for section in &leaflet.easy_read {
            assert!(
                !section.heading.is_empty() && !section.lines.is_empty(),
                "{id}"
            );
        }
        assert!(easy(leaflet).len() >= 8, "{id}");
        assert!(leaflet.is_overdue(date(2027, 6, 1)) && !leaflet.is_overdue(leaflet.review_by));
    }
}

#[test]
fn every_leaflet_can_be_read_at_eleven() {
    let mut hard = Vec::new();
    for leaflet in &library().leaflets {
        let (grade, length) = grade(standard(leaflet));
        if grade > 6.0 || length > 12.0 {
            hard.push(format!(
                "{}: grade {grade:.1}, {length:.1} words",
                leaflet.id
            ));
        }
        for text in standard(leaflet) {
            for sentence in sentences(text) {
                if sentence.len() > 22 {
                    hard.push(format!("{}: {}", leaflet.id, sentence.join(" ")));
                }
            }
        }
    }
    assert!(hard.is_empty(), "{hard:#?}");
}

#[test]
fn easy_read_is_easier() {
    let mut hard = Vec::new();
    for leaflet in &library().leaflets {
        let (grade, length) = grade(easy(leaflet));
        if grade > 4.0 || length > 8.0 {
            hard.push(format!(
                "{}: grade {grade:.1}, {length:.1} words",
                leaflet.id
            ));
        }
        for text in easy(leaflet) {
            if words(text).len() > 10 || sentences(text).len() > 2 {
                hard.push(format!("{}: {text}", leaflet.id));
            }
        }
    }
    assert!(hard.is_empty(), "{hard:#?}");
}

#[test]
fn the_grade_is_the_one_of_flesch_and_kincaid() {
    for (word, expected) in [
        ("bone", 1),
        ("take", 1),
        ("table", 2),
        ("needed", 2),
        ("walked", 1),
        ("injection", 3),
        ("exercise", 3),
        ("denosumab", 1),
        ("200", 1),
    ] {
        assert_eq!(syllables(word), expected, "{word}");
    }
    let (grade, length) = grade(["The cat sat on the mat."]);
    assert!((grade - (0.39 * 6.0 + 11.8 - 15.59)).abs() < 1e-9 && length == 6.0);
}

#[test]
fn what_is_not_verified_carries_its_mark_and_can_be_left_out() {
    let mut marked = 0;
    for leaflet in &library().leaflets {
        for paragraph in leaflet.standard.iter().flat_map(|s| &s.paragraphs) {
            assert_eq!(paragraph.mark().is_some(), paragraph.unverified);
            assert_eq!(
                paragraph.check.is_some(),
                paragraph.unverified,
                "{}",
                paragraph.text
            );
            marked += usize::from(paragraph.mark() == Some(UNVERIFIED));
        }
        for line in leaflet.easy_read.iter().flat_map(|s| &s.lines) {
            assert_eq!(line.mark().is_some(), line.unverified);
            assert_eq!(line.check.is_some(), line.unverified, "{}", line.text);
        }
        let checked = leaflet.checked_only();
        assert!(
            checked
                .standard
                .iter()
                .flat_map(|s| &s.paragraphs)
                .all(|p| !p.unverified)
        );
        assert!(
            checked
                .easy_read
                .iter()
                .flat_map(|s| &s.lines)
                .all(|l| !l.unverified)
        );
        assert!(
            checked.standard.iter().any(|s| s.kind == Kind::Help),
            "{}",
            leaflet.id
        );
        assert!(
            checked.easy_read.iter().any(|s| s.kind == Kind::Help),
            "{}",
            leaflet.id
        );
    }
    assert!(marked > 20);
    for id in ["risedronate", "ibandronate", "daily_injection"] {
        assert!(leaflet(id).unwrap().loses_a_step(), "{id}");
    }
    for id in ["romosozumab", "teeth", "thigh_pain", "not_now"] {
        assert!(!leaflet(id).unwrap().loses_a_step(), "{id}");
    }
    // Technique that the references do not carry may not lose its mark by accident.
    let ibandronate = leaflet("ibandronate").unwrap();
    for paragraph in ibandronate.standard.iter().flat_map(|s| &s.paragraphs) {
        assert!(!paragraph.text.contains("60 minutes") || paragraph.unverified);
    }
}

#[test]
fn numbers_of_doses_are_those_of_the_references() {
    // What a leaflet may say in milligrams, millilitres, minutes and months without a mark.
    let known = [
        "200", "30", "15", "2", "5", "3", "6", "12", "24", "18", "16",
    ];
    for id in &IDS[1..9] {
        for paragraph in leaflet(id)
            .unwrap()
            .standard
            .iter()
            .flat_map(|s| &s.paragraphs)
        {
            if paragraph.unverified {
                continue;
            }
            for word in words(&paragraph.text) {
                if word.chars().all(|c| c.is_ascii_digit()) && !["999", "111"].contains(&&*word) {
                    assert!(known.contains(&&*word), "{id}: {}", paragraph.text);
                }
            }
        }
    }
}

#[test]
fn every_medicine_has_a_leaflet_on_how_it_is_taken() {
    for &medicine in Medicine::ALL {
        let found = for_medicine(medicine);
        // Nothing was read about alfacalcidol, which is not taken in a special way.
        if medicine == Medicine::Alfacalcidol {
            assert!(found.is_empty());
            continue;
        }
        assert!(
            found.first().unwrap().technique_for.contains(&medicine),
            "{medicine}"
        );
        let ids: BTreeSet<&str> = found.iter().map(|l| l.id.as_str()).collect();
        assert_eq!(ids.len(), found.len(), "{medicine}");
    }
    let denosumab: Vec<&str> = for_medicine(Medicine::Denosumab)
        .iter()
        .map(|l| l.id.as_str())
        .collect();
    assert_eq!(
        denosumab,
        ["denosumab", "calcium_vitamin_d", "teeth", "thigh_pain"]
    );
}

#[test]
fn denosumab_says_that_it_must_not_stop_or_be_late() {
    let leaflet = leaflet("denosumab").unwrap().checked_only();
    assert!(
        standard(&leaflet)
            .iter()
            .any(|text| text.contains("If you stop or are late, bones in your back can break"))
    );
    assert!(easy(&leaflet).contains(&"Do not stop it."));
    assert!(easy(&leaflet).contains(&"It must be on time."));
}

#[test]
fn a_service_fills_in_its_own_words() {
    let local = Local {
        team: "the bone team".into(),
        phone: "01234 567890".into(),
        hours: "Monday to Friday".into(),
        groups: vec![
            "Walking group, Tuesdays.".into(),
            "Tai chi, Fridays.".into(),
        ],
    };
    for leaflet in &library().leaflets {
        let empty = leaflet.filled(&Local::default());
        let full = leaflet.filled(&local);
        for text in standard(&full).into_iter().chain(easy(&full)) {
            assert!(!text.contains(['{', '}', '[']), "{}: {text}", leaflet.id);
        }
        let says =
            |leaflet: &Leaflet, what: &str| standard(leaflet).iter().any(|t| t.contains(what));
        assert!(says(&empty, "[missing: phone number]"), "{}", leaflet.id);
        assert!(
            says(&full, "the bone team on 01234 567890, Monday to Friday"),
            "{}",
            leaflet.id
        );
    }
    let support = leaflet("local_support").unwrap().filled(&local);
    assert!(standard(&support).contains(&"Tai chi, Fridays."));
    assert!(easy(&support).contains(&"Walking group, Tuesdays."));
    let bare = leaflet("local_support").unwrap().filled(&Local::default());
    assert!(standard(&bare).contains(&"[missing: groups near you]"));
}

#[test]
fn no_leaflet_promises_or_prints_a_phone_number() {
    for leaflet in &library().leaflets {
        for text in standard(leaflet).into_iter().chain(easy(leaflet)) {
            let lower = text.to_lowercase();
            for word in [
                "prevents",
                "guarantee",
                "stops fractures",
                "will not break",
                "0808",
            ] {
                assert!(!lower.contains(word), "{}: {text}", leaflet.id);
            }
        }
    }
}

#[test]
fn every_option_is_told_in_full() {
    let read = shared_decision();
    assert_eq!(read.fault, None);
    assert_eq!(read.options.len(), Choice::ALL.len());
    assert!(read.matters.len() >= 8 && read.questions.len() >= 6);
    for &choice in Choice::ALL {
        let option = read.get(choice).unwrap();
        assert_eq!(option.title, choice.words());
        let parts: [(&str, &[Paragraph]); 9] = [
            ("who_for", &option.who_for),
            ("what", &option.what),
            ("how_taken", &option.how_taken),
            ("how_often", &option.how_often),
            ("how_long", &option.how_long),
            ("common", &option.common_problems),
            ("serious", &option.serious_problems),
            ("before", &option.before),
            ("given_by", &option.given_by),
        ];
        for (name, part) in parts {
            assert!(!part.is_empty(), "{choice}: {name}");
            for paragraph in part {
                assert_eq!(
                    paragraph.check.is_some(),
                    paragraph.unverified,
                    "{choice}: {name}"
                );
            }
        }
        let texts = parts
            .iter()
            .flat_map(|(_, part)| part.iter())
            .map(|p| p.text.as_str());
        let (grade, length) = grade(texts);
        assert!(
            grade <= 6.0 && length <= 12.0,
            "{choice}: {grade:.1}, {length:.1}"
        );
        assert!(!option.source.is_empty());
        for id in &option.leaflets {
            assert!(leaflet(id).is_some(), "{choice}: {id}");
        }
        for effect in &option.effects {
            assert!(effect.low < effect.ratio && effect.ratio < effect.high);
            assert!(effect.low > 0.0 && effect.ratio < 1.0 && !effect.source.is_empty());
        }
    }
    let texts = read
        .matters
        .iter()
        .chain(&read.questions)
        .map(String::as_str);
    assert!(grade(texts).0 <= 6.0);
}

#[test]
fn what_has_no_figure_says_so() {
    let none = "We have no figure with a source.".to_owned();
    assert_eq!(
        shared_decision().effect_words(Choice::Hrt),
        std::slice::from_ref(&none)
    );
    assert!(
        shared_decision()
            .effect_words(Choice::NoMedicine)
            .contains(&none)
    );
    let spine = shared_decision().effect_words(Choice::Denosumab);
    assert_eq!(
        spine,
        [
            "Where 100 people had a broken bone in the spine without it, about 30 had one with it (between 21 and 43). \
          This was measured in many studies that were set against each other."
        ]
    );
}

fn frax(risk: f64, of: RiskOf) -> Baseline {
    Baseline {
        risk: Percent::new(risk).unwrap(),
        of,
        tool: RiskTool::Frax,
        typed_on: date(2026, 3, 3),
        years: 10,
    }
}

fn effect(outcome: Outcome) -> &'static Effect {
    let infusion = shared_decision().get(Choice::Infusion).unwrap();
    infusion
        .effects
        .iter()
        .find(|e| e.outcome == outcome)
        .unwrap()
}

#[test]
fn a_difference_is_told_in_people() {
    let shown = effect(Outcome::Any)
        .shown_for(frax(20.0, RiskOf::MajorFracture), &[Site::Hip])
        .unwrap();
    assert_eq!(
        shown.sentences[0],
        "Of 100 people like you, 20 break a bone in the spine, hip, shoulder or wrist within 10 years; with this \
         medicine 13; 7 do not who otherwise would."
    );
    assert_eq!(
        shown.sentences[1],
        "The risk of 20% is from FRAX, as typed on 3 March 2026. It was not worked out here."
    );
    assert_eq!(shown.range, (3, 10));
    assert!(!shown.may_be_none);
    assert!(
        shown
            .sentences
            .iter()
            .any(|s| s.contains("people who had just broken a hip"))
    );
    assert!(
        shown
            .sentences
            .iter()
            .any(|s| s.contains("takes the effect to be the same"))
    );

    let hip = effect(Outcome::Hip)
        .shown_for(frax(9.0, RiskOf::HipFracture), &[Site::Hip])
        .unwrap();
    assert!(hip.may_be_none && hip.range.0 == 0);
    assert!(hip.sentences[2].contains("too small to tell"));
}

#[test]
fn an_effect_is_not_set_against_a_risk_of_something_else() {
    let baseline = frax(20.0, RiskOf::MajorFracture);
    for option in &shared_decision().options {
        for effect in &option.effects {
            let shown = effect.shown_for(baseline, &[Site::Hip]);
            let expected = effect.outcome == Outcome::Any;
            assert_eq!(shown.is_ok(), expected, "{}: {}", option.id, effect.outcome);
        }
    }
    assert_eq!(
        effect(Outcome::Any).shown_for(baseline, &[Site::Wrist]),
        Err(NotShown::OtherPeople)
    );
}

#[test]
fn figures_round_half_up_and_never_hide_a_risk() {
    let words = |risk: f64| figures(Percent::new(risk).unwrap()).words();
    assert_eq!(words(0.0), "0 in 100");
    assert_eq!(words(0.1), "fewer than 1 in 100");
    assert_eq!(words(0.499), "fewer than 1 in 100");
    assert_eq!(words(0.5), "1 in 100");
    assert_eq!(words(12.5), "13 in 100");
    assert_eq!(words(12.4), "12 in 100");
    assert_eq!(words(99.6), "more than 99 in 100");
    assert_eq!(words(100.0), "100 in 100");
    for wrong in [-0.1, 100.1, f64::NAN, f64::INFINITY] {
        assert!(Percent::new(wrong).is_err());
        assert!(Reduction::new(wrong).is_err());
    }
    let half = Reduction::new(0.5).unwrap();
    let small = with_treatment(frax(0.4, RiskOf::HipFracture), half);
    assert_eq!(
        small.words(),
        "Of 100 people like you, fewer than 1 breaks a hip within 10 years; with this medicine the difference is \
         fewer than 1 in 100."
    );
    let one = with_treatment(frax(2.0, RiskOf::HipFracture), half);
    assert_eq!(
        one.words(),
        "Of 100 people like you, 2 break a hip within 10 years; with this medicine 1; 1 does not who otherwise would."
    );
}

proptest! {
    #[test]
    fn figures_are_within_half_of_the_risk(risk in 0.0..=100.0f64) {
        let marked = f64::from(figures(Percent::new(risk).unwrap()).marked);
        prop_assert!((marked - risk).abs() <= 0.5);
    }

    #[test]
    fn more_risk_never_marks_fewer(a in 0.0..=100.0f64, b in 0.0..=100.0f64) {
        let marked = |risk| figures(Percent::new(risk).unwrap()).marked;
        prop_assert!(marked(a.min(b)) <= marked(a.max(b)));
    }

    #[test]
    fn the_numbers_of_a_comparison_add_up(risk in 0.0..=100.0f64, reduction in 0.0..=1.0f64) {
        let seen = with_treatment(
            frax(risk, RiskOf::MajorFracture),
            Reduction::new(reduction).unwrap(),
        );
        prop_assert_eq!(seen.with.marked + seen.fewer, seen.without.marked);
        prop_assert!((f64::from(seen.fewer) - seen.difference).abs() <= 1.0);
        prop_assert!(seen.difference >= 0.5 || seen.fewer == 0);
        let drawn = seen.drawn();
        prop_assert_eq!(drawn.len(), 100);
        let count = |figure| drawn.iter().filter(|f| **f == figure).count();
        prop_assert_eq!(count(Figure::Breaks), usize::from(seen.with.marked));
        prop_assert_eq!(count(Figure::Spared), usize::from(seen.fewer));
        prop_assert!(seen.words().ends_with('.'));
    }

    #[test]
    fn more_effect_never_spares_fewer(risk in 0.0..=100.0f64, a in 0.0..=1.0f64, b in 0.0..=1.0f64) {
        let fewer = |share: f64| {
            with_treatment(frax(risk, RiskOf::HipFracture), Reduction::new(share).unwrap()).fewer
        };
        let (less, more) = if a <= b { (a, b) } else { (b, a) };
        prop_assert!(fewer(less) <= fewer(more));
    }
}
