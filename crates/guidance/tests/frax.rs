//! FRAX as recorded: questions, adjustments, links, reports.

use guidance::frax::{
    AdjustInputs, Inputs, QuestionId, Recorded, Score, Tool, Why, adjustments, expected, link,
    nogg_link, one_tool, questions, read_from_report, stale, tool_order,
};
use jiff::civil::{Date, date};
use proptest::prelude::*;
use terms::{Answer, Sex};

const TODAY: Date = date(2026, 11, 20);

/// A score nothing is odd about.
fn score() -> Recorded {
    Recorded {
        mof: 20.0,
        hip: Some(4.9),
        on: Some(date(2026, 11, 1)),
        with_bmd: Some(false),
        ..Recorded::default()
    }
}

fn inputs() -> Inputs {
    Inputs {
        age: Some(70),
        sex: Sex::Female,
        weight_kg: Some(64.0),
        height_cm: Some(160.0),
        previous_fracture: Some(Answer::Yes),
        index_fracture: true,
        fractures_on: vec![date(2026, 10, 1)],
        ..Inputs::default()
    }
}

fn ids(score: &Recorded, inputs: &Inputs) -> Vec<QuestionId> {
    questions(score, inputs, TODAY)
        .into_iter()
        .map(|question| question.id)
        .collect()
}

#[test]
fn nothing_is_asked_about_a_sound_score() {
    assert_eq!(ids(&score(), &inputs()), []);
}

/// Every question fires on its case, and only there: the sound score is silent.
#[test]
fn each_question_has_its_case() {
    use QuestionId::*;
    let of = |change: fn(&mut Recorded, &mut Inputs)| {
        let (mut score, mut inputs) = (score(), inputs());
        change(&mut score, &mut inputs);
        ids(&score, &inputs)
    };
    assert_eq!(of(|score, _| score.mof = 120.0), [H1]);
    assert_eq!(of(|score, _| score.hip = Some(-1.0)), [H1]);
    assert_eq!(of(|score, _| score.mof = f64::NAN), [H1]);
    assert_eq!(of(|score, _| score.hip = Some(21.0)), [H2]);
    assert_eq!(of(|_, inputs| inputs.age = Some(38)), [H3]);
    assert_eq!(of(|_, inputs| inputs.age = Some(93)), [H3]);
    assert_eq!(of(|score, _| score.hip = None), [H4]);
    assert_eq!(of(|score, _| score.with_bmd = Some(true)), [H5]);
    assert_eq!(
        of(|score, inputs| {
            score.with_bmd = Some(true);
            inputs.scanned_on = Some(date(2026, 10, 20));
        }),
        []
    );
    assert_eq!(
        of(|score, _| (score.mof, score.hip) = (9.0, Some(2.0))),
        [S1]
    );
    assert_eq!(of(|score, _| score.mof = 44.0), [S1]);
    assert_eq!(
        of(|score, inputs| {
            inputs.previous_fracture = Some(Answer::No);
            score.mof = 12.0;
        }),
        [S2]
    );
    assert_eq!(of(|_, inputs| inputs.previous_fracture = None), [S2]);
    assert_eq!(
        of(|_, inputs| {
            inputs.previous_fracture = Some(Answer::No);
            inputs.index_fracture = false;
        }),
        []
    );
    assert_eq!(of(|score, _| score.hip = Some(0.0)), [S3]);
    assert_eq!(of(|score, _| score.hip = Some(20.0)), [S3]);
    assert_eq!(of(|score, _| score.on = Some(date(2025, 11, 19))), [S5]);
    assert_eq!(of(|score, _| score.on = None), [S5]);
}

#[test]
fn only_what_cannot_be_blocks() {
    let mut odd = score();
    odd.mof = 2.0;
    odd.hip = Some(2.0);
    odd.on = None;
    let mut inputs = inputs();
    inputs.previous_fracture = None;
    let asked = questions(&odd, &inputs, TODAY);
    assert_eq!(asked.len(), 4);
    assert!(asked.iter().all(|question| !question.blocks));
    // That FRAX counts somebody of 93 as 90 is by design.
    inputs.age = Some(93);
    assert!(
        questions(&odd, &inputs, TODAY)
            .iter()
            .all(|question| !question.blocks)
    );
    inputs.age = Some(70);
    odd.hip = None;
    let asked = questions(&odd, &inputs, TODAY);
    let blocking: Vec<_> = asked.iter().filter(|question| question.blocks).collect();
    assert_eq!(blocking.len(), 1);
    assert_eq!(blocking[0].id, QuestionId::H4);
    for question in &asked {
        assert!(!question.words().contains("QFracture"));
    }
}

/// Kanis 2008, tables 2 and 3: what is expected is what was published.
#[test]
fn expected_is_the_published_figure() {
    let near = |with_bmd, inputs: &Inputs, percent: f64| {
        let (middle, _) = expected(with_bmd, inputs).unwrap();
        assert!((middle - percent).abs() < 0.01, "{middle} {percent}");
    };
    near(false, &inputs(), 20.0);
    let mut none = inputs();
    none.previous_fracture = None;
    near(false, &none, 11.0);
    none.parental_hip = Some(Answer::Yes);
    near(false, &none, 17.0);
    none.parental_hip = None;
    none.femoral_neck_t = Some(-3.0);
    near(true, &none, 18.2);
    none.sex = Sex::Male;
    near(true, &none, 12.8);
    none.age = Some(49);
    assert_eq!(expected(true, &none), None);
    none.age = Some(70);
    none.sex = Sex::NotKnown;
    assert_eq!(expected(true, &none), None);
}

/// The charts page of FRAX: a woman of 65 at -4 with two factors has 49% (42 to 58), with three 62%. Multiplied
/// percentages would ask about the latter.
#[test]
fn many_factors_do_not_run_away() {
    let mut many = inputs();
    many.age = Some(65);
    many.femoral_neck_t = Some(-4.0);
    many.parental_hip = Some(Answer::Yes);
    many.steroids = Some(Answer::Yes);
    let mut high = score();
    high.with_bmd = Some(true);
    high.mof = 62.0;
    high.hip = Some(30.0);
    assert_eq!(ids(&high, &many), []);
}

#[test]
fn an_unusual_build_widens_what_is_expected() {
    let mut light = inputs();
    light.weight_kg = Some(45.0);
    let mut high = score();
    high.mof = 50.0;
    assert_eq!(ids(&high, &light), []);
    assert_eq!(ids(&high, &inputs()), [QuestionId::S1]);
    // A weight not known is no reason for the narrow limits.
    light.weight_kg = None;
    assert_eq!(ids(&high, &light), []);
}

#[test]
fn a_score_grows_old() {
    let at = |on| Recorded {
        on: Some(on),
        ..score()
    };
    let why =
        |score: &Recorded, inputs: &Inputs| stale(score, inputs, TODAY).map(|stale| stale.why);
    assert_eq!(why(&at(date(2025, 11, 20)), &Inputs::default()), None);
    assert_eq!(
        why(&at(date(2025, 11, 19)), &Inputs::default()),
        Some(Why::Old(12))
    );
    assert_eq!(
        why(&at(date(2026, 11, 21)), &Inputs::default()),
        Some(Why::InFuture)
    );
    let mut since = inputs();
    assert_eq!(
        why(&at(date(2026, 9, 1)), &since),
        Some(Why::Fracture(date(2026, 10, 1)))
    );
    assert_eq!(why(&at(date(2026, 10, 1)), &since), None);
    since.fractures_on.clear();
    since.steroids_from = Some(date(2026, 11, 10));
    assert_eq!(
        why(&at(date(2026, 11, 1)), &since),
        Some(Why::Steroids(date(2026, 11, 10)))
    );
}

/// NOGG's example: 15%, femoral neck -1.0, spine -3.5 becomes 18.75%.
#[test]
fn a_weaker_spine_adds_a_tenth_for_each_t_score() {
    let raw = Recorded {
        mof: 15.0,
        hip: Some(3.0),
        with_bmd: Some(true),
        ..Recorded::default()
    };
    let mut spine = AdjustInputs {
        femoral_neck_t: Some(-1.0),
        lumbar_spine_t: Some(-3.5),
        ..AdjustInputs::default()
    };
    let adjusted = adjustments(&raw, &spine);
    assert!((adjusted.mof - 18.75).abs() < 1e-9);
    assert_eq!(adjusted.hip, Some(3.0));
    assert_eq!(
        adjusted.working().unwrap(),
        "Major: 15% × 1.25 = 18.75%. Hip: 3% = 3%."
    );
    // Not the other way round.
    spine.lumbar_spine_t = Some(0.5);
    assert!(!adjustments(&raw, &spine).changed());
    // Not on a score without bone density.
    spine.lumbar_spine_t = Some(-3.5);
    let without = Recorded {
        with_bmd: Some(false),
        ..raw
    };
    let left = adjustments(&without, &spine);
    assert!(!left.changed() && left.notes.len() == 1);
}

#[test]
fn the_dose_of_steroids_counts_once_they_are_ticked() {
    let of = |mg, ticked| {
        let inputs = AdjustInputs {
            prednisolone_mg: Some(mg),
            steroids_in_frax: ticked,
            ..AdjustInputs::default()
        };
        let adjusted = adjustments(&score(), &inputs);
        (adjusted.mof, adjusted.hip.unwrap(), adjusted.notes.len())
    };
    let near = |got: (f64, f64, usize), mof: f64, hip: f64| {
        assert!(
            (got.0 - mof).abs() < 1e-9 && (got.1 - hip).abs() < 1e-9,
            "{got:?}"
        );
    };
    near(of(2.4, Some(Answer::Yes)), 16.0, 4.9 * 0.65);
    near(of(2.5, Some(Answer::Yes)), 20.0, 4.9);
    near(of(7.4, Some(Answer::Yes)), 20.0, 4.9);
    near(of(7.5, Some(Answer::Yes)), 23.0, 4.9 * 1.2);
    let unticked = of(10.0, None);
    near(unticked, 20.0, 4.9);
    assert_eq!(unticked.2, 1);
    near(of(0.0, Some(Answer::Yes)), 20.0, 4.9);
}

#[test]
fn two_falls_count_and_several_factors_say_so() {
    let mut inputs = AdjustInputs {
        falls_in_year: Some(1),
        fell_twice: Some(Answer::Yes),
        ..AdjustInputs::default()
    };
    // A number counts before the answer.
    assert!(!adjustments(&score(), &inputs).changed());
    inputs.falls_in_year = Some(2);
    assert!((adjustments(&score(), &inputs).mof - 26.0).abs() < 1e-9);
    inputs.prednisolone_mg = Some(10.0);
    inputs.steroids_in_frax = Some(Answer::Yes);
    let both = adjustments(&score(), &inputs);
    assert_eq!(both.factors.len(), 2);
    assert!((both.mof - 20.0 * 1.3 * 1.15).abs() < 1e-9);
    assert!(both.notes.iter().any(|note| note.contains("multiplied")));
    // FRAXplus has adjusted already.
    let plus = Recorded {
        fraxplus: true,
        ..score()
    };
    let left = adjustments(&plus, &inputs);
    assert_eq!((left.mof, left.factors.len()), (20.0, 0));
}

#[test]
fn some_conditions_go_into_frax_instead() {
    let mut inputs = AdjustInputs {
        diabetes_2: Some(Answer::Yes),
        parkinsons: Some(Answer::No),
        aromatase_inhibitor: Some(Answer::Yes),
        ..AdjustInputs::default()
    };
    let ids = |inputs: &AdjustInputs| {
        adjustments(&score(), inputs)
            .instead
            .into_iter()
            .map(|remark| remark.id)
            .collect::<Vec<_>>()
    };
    assert_eq!(ids(&inputs), ["diabetes_2", "aromatase"]);
    inputs.rheumatoid_in_frax = Some(Answer::Yes);
    inputs.secondary_in_frax = Some(Answer::Yes);
    assert_eq!(ids(&inputs), Vec::<String>::new());
    assert!(!adjustments(&score(), &inputs).changed());
}

#[test]
fn links_carry_nothing_that_identifies() {
    assert_eq!(link(), "https://frax.shef.ac.uk/FRAX/tool.aspx?country=1");
    let mut all = inputs();
    all.parental_hip = Some(Answer::No);
    all.smoker = Some(Answer::NotKnown);
    all.steroids_from = Some(date(2026, 1, 2));
    all.scanned_on = Some(date(2026, 3, 4));
    all.scanner = Some("Hologic".into());
    let address = nogg_link(&score(), &all).unwrap();
    assert_eq!(
        address,
        "https://www.nogg.org.uk/manual-data-entry/not-measured-bmd?age=70&fracture1=20&sex=1&prevfracture=1&pfracturehip=0&country=1"
    );
    let allowed = [
        "age",
        "fracture1",
        "sex",
        "prevfracture",
        "pfracturehip",
        "currentsmoker",
        "glucocorticoids",
        "arthritis",
        "osteoporosis",
        "alcohol",
        "country",
    ];
    for pair in address.split_once('?').unwrap().1.split('&') {
        assert!(allowed.contains(&pair.split_once('=').unwrap().0), "{pair}");
    }
    assert!(!address.contains("202"));
    all.sex = Sex::Male;
    assert!(!nogg_link(&score(), &all).unwrap().contains("sex="));
    let with = Recorded {
        with_bmd: Some(true),
        ..score()
    };
    assert_eq!(nogg_link(&with, &all), None);
    let nobody_said = Recorded {
        with_bmd: None,
        ..score()
    };
    assert_eq!(nogg_link(&nobody_said, &all), None);
    all.age = Some(49);
    assert_eq!(nogg_link(&score(), &all), None);
    all.age = None;
    assert_eq!(nogg_link(&score(), &all), None);
}

#[test]
fn the_inputs_come_in_the_order_of_the_tool() {
    let fields = tool_order(&inputs());
    let ids: Vec<_> = fields.iter().map(|field| field.id).collect();
    assert_eq!(
        ids,
        [
            "age",
            "sex",
            "weight",
            "height",
            "previous_fracture",
            "parental_hip",
            "smoker",
            "steroids",
            "rheumatoid",
            "secondary",
            "alcohol",
            "bmd"
        ]
    );
    let value = |id| {
        let field = fields.iter().find(|field| field.id == id).unwrap();
        field.value.clone()
    };
    assert_eq!(value("age").as_deref(), Some("70"));
    assert_eq!(value("weight").as_deref(), Some("64"));
    assert_eq!(value("previous_fracture").as_deref(), Some("Yes"));
    assert_eq!(value("smoker"), None);
    assert!(fields.iter().all(|field| !field.hint.is_empty()));
}

#[test]
fn one_tool_throughout() {
    let score = |tool, day| Score {
        tool,
        on: date(2026, 1, day),
    };
    assert_eq!(one_tool(&[]), None);
    assert_eq!(
        one_tool(&[score(Tool::Frax, 5), score(Tool::Frax, 1)]),
        None
    );
    let changed = one_tool(&[
        score(Tool::QFracture, 9),
        score(Tool::Frax, 1),
        score(Tool::Frax, 5),
    ])
    .unwrap();
    assert_eq!(
        (changed.from.on, changed.to.on),
        (date(2026, 1, 5), date(2026, 1, 9))
    );
    assert!(
        changed
            .words()
            .starts_with("QFracture on 9 January 2026, but FRAX on 5 January")
    );
}

fn figures(text: &str) -> Vec<(Option<f64>, Option<f64>, Option<bool>)> {
    read_from_report(text)
        .into_iter()
        .map(|found| (Some(found.mof), found.hip, found.with_bmd))
        .collect()
}

#[test]
fn figures_are_read_from_reports() {
    let both = vec![(Some(18.4), Some(6.2), None)];
    for text in [
        "FRAX 10-year probability: major osteoporotic 18.4%, hip 6.2%",
        "FRAX\nMOF: 18.4%\nHip fracture 6.2 %",
        "FRAX score. Major osteoporotic fracture (MOF) = 18.4 per cent; hip fracture = 6.2 percent.",
        "Hip BMD has fallen by 4% since the scan. FRAX: major osteoporotic fracture risk 18.4%, hip fracture risk 6.2%.",
        "10 year FRAX: risk of major osteoporotic fracture over the next 10 years is 18.4%. Hip 6.2%.",
    ] {
        assert_eq!(figures(text), both, "{text}");
    }
    assert_eq!(
        figures("FRAX (with BMD): MOF 12%, hip 3.1%"),
        [(Some(12.0), Some(3.1), Some(true))]
    );
    assert_eq!(
        figures(
            "Her 10 year probability of a major osteoporotic fracture is 14% and of hip fracture 2.9% (FRAX with BMD). No previous fragility fractures declared."
        ),
        [(Some(14.0), Some(2.9), Some(true))]
    );
    assert_eq!(
        figures("L1-4 T -3.1, total hip T -2.8.\nFRAX MOF 34%, hip 17% - very high risk."),
        [(Some(34.0), Some(17.0), None)]
    );
    assert_eq!(
        figures("FRAX without BMD: MOF 20%, hip 6%.\nFRAX with BMD: MOF 12%, hip 3%."),
        [
            (Some(20.0), Some(6.0), Some(false)),
            (Some(12.0), Some(3.0), Some(true))
        ]
    );
    assert_eq!(
        read_from_report("T-score -2.1.\nFRAX: MOF 12%, hip 3%.")[0].excerpt,
        "FRAX: MOF 12%, hip 3%."
    );
}

#[test]
fn any_doubt_gives_nothing() {
    for text in [
        "",
        "MOF 12%, hip 3%",
        "QFracture and FRAX: MOF 12%, hip 3%",
        "FRAX 18% MOF, 6% hip",
        "FRAX: major osteoporotic fracture and hip fracture 18% and 6%",
        "FRAX: MOF 6%, hip 18%",
        "FRAX: MOF 12%. FRAX: MOF 14%.",
        "FRAX: MOF > 20%",
        "FRAX: MOF 18-20%",
        "FRAX: MOF over 20%",
        "FRAX: MOF risk is over the 20%",
        "FRAX MOF treatment threshold 20%, hip 3%",
        "Previous FRAX: MOF 12%, hip 3%",
        "FRAX 2019: MOF 12%, hip 3%",
        "FRAX MOF 12/100, hip 3",
        "FRAX: MOF 120%",
        "FRAX: MOF with and without BMD 12%",
        "FRAX was not calculated. Hip BMD 4% lower.",
        "FRAX without BMD: MOF 20%. FRAX with BMD: MOF 12%. FRAX: hip with BMD 3% without BMD 6%",
        "FRAX: if BMD were lower, MOF 12%",
        "FRAX: a 10-year probability of a hip fracture ≥ 3% is an indication for treatment",
        "FRAX below. Hip 4% lower.",
        "FRAX to follow. Hip: 4%",
        "FRAX: MOF 4% more than expected",
    ] {
        assert_eq!(figures(text), [], "{text}");
    }
}

proptest! {
    #[test]
    fn reading_never_fails_and_never_gives_nonsense(
        text in "(FRAX|MOF|hip|[0-9]{1,3}|%|\\.|,|with|BMD| |\n|é|[a-z]{1,6}){0,40}"
    ) {
        for found in read_from_report(&text) {
            prop_assert!((0.0..=100.0).contains(&found.mof));
            prop_assert!(found.hip.is_none_or(|hip| (0.0..=found.mof).contains(&hip)));
        }
    }

    #[test]
    fn figures_written_out_come_back(
        mof in 1u32..1000, part in 0u32..=100, bmd in proptest::option::of(proptest::bool::ANY)
    ) {
        let hip = f64::from(mof * part / 100) / 10.0;
        let mof = f64::from(mof) / 10.0;
        let said = match bmd {
            None => "",
            Some(true) => " with BMD",
            Some(false) => " without BMD",
        };
        let text = format!(
            "T-scores: spine -2.3, hip -1.9.\nFRAX 10-year probability{said}: major osteoporotic {mof}%, hip {hip}%."
        );
        prop_assert_eq!(figures(&text), vec![(Some(mof), Some(hip), bmd)]);
    }

    #[test]
    fn adjusting_keeps_probabilities(
        mof in 0.0f64..=100.0, part in 0.0f64..=1.0, mg in proptest::option::of(0.0f64..80.0),
        falls in proptest::option::of(0u16..9), neck in -5.0f64..3.0, spine in -6.0f64..3.0,
        plus: bool, bmd: bool
    ) {
        let raw = Recorded {
            mof, hip: Some(mof * part), with_bmd: Some(bmd), fraxplus: plus, ..Recorded::default()
        };
        let inputs = AdjustInputs {
            prednisolone_mg: mg, steroids_in_frax: Some(Answer::Yes), falls_in_year: falls,
            femoral_neck_t: Some(neck), lumbar_spine_t: Some(spine), ..AdjustInputs::default()
        };
        let adjusted = adjustments(&raw, &inputs);
        prop_assert!((0.0..=100.0).contains(&adjusted.mof));
        prop_assert!(adjusted.hip.unwrap() <= adjusted.mof + 1e-9);
        prop_assert_eq!((adjusted.raw_mof, adjusted.raw_hip), (raw.mof, raw.hip));
        if plus {
            prop_assert!(!adjusted.changed());
        }
        for factor in &adjusted.factors {
            prop_assert!(!factor.source.words.is_empty());
        }
    }

    #[test]
    fn expected_rises_with_each_factor(
        age in 50i16..=90, woman: bool, t in proptest::option::of(-4.0f64..1.0)
    ) {
        let plain = Inputs {
            age: Some(age), sex: if woman { Sex::Female } else { Sex::Male },
            femoral_neck_t: t, ..Inputs::default()
        };
        let of = |inputs: &Inputs| expected(t.is_some(), inputs).unwrap().0;
        let with = Inputs { previous_fracture: Some(Answer::Yes), ..plain.clone() };
        let more = Inputs { steroids: Some(Answer::Yes), ..with.clone() };
        prop_assert!(of(&plain) > 0.0 && of(&plain) < of(&with));
        prop_assert!(of(&with) < of(&more) && of(&more) < 100.0);
    }
}
