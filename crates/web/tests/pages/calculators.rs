//! Calculators and what goes into FRAX: who may, when they are on, and what becomes of a figure that looks wrong.

use axum::http::StatusCode;
use jiff::SignedDuration;
use service::Role;

use crate::{
    app::{Page, TestApp, User},
    care::{accepted, sound},
    logs,
};

const ALL: [&str; 9] = [
    "bmi",
    "height-loss",
    "kidney",
    "calcium",
    "alcohol",
    "steroids",
    "falls-tests",
    "frailty",
    "qfracture",
];

const OFF: &str = "In live use that stays off until the organisation that runs Herald has named who answers for it.";

async fn work_out(user: &mut User<'_>, which: &str, form: &[(&str, &str)]) -> Page {
    let page = user.post(&format!("/calculators/{which}"), form).await;
    sound(&page, which);
    page
}

/// Sent, and a result came back.
async fn result(user: &mut User<'_>, which: &str, form: &[(&str, &str)]) -> String {
    let page = work_out(user, which, form).await;
    assert_eq!(page.status, StatusCode::OK, "{which}: {}", main(&page));
    assert!(page.body.contains("app-calc__outcome"), "{which}");
    main(&page)
}

/// Sent, and something was asked; no result beside it.
async fn asked(user: &mut User<'_>, which: &str, form: &[(&str, &str)]) -> Page {
    let page = work_out(user, which, form).await;
    assert_eq!(
        page.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{which}: {}",
        main(&page)
    );
    assert!(!page.body.contains("app-calc__outcome"), "{which}");
    page
}

fn main(page: &Page) -> String {
    page.body
        .split("<main")
        .nth(1)
        .unwrap()
        .split("</main>")
        .next()
        .unwrap()
        .to_owned()
}

async fn name_somebody(test: &TestApp) {
    let mut lead = test.sign_in(Role::LeadClinician).await;
    let named = lead
        .post(
            "/guidance/responsible",
            &[("name", "Dr Helen Marsh"), ("registration", "GMC 1234567")],
        )
        .await;
    assert_eq!(named.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn off_in_live_use_until_somebody_is_named() {
    let test = TestApp::empty();
    let mut nurse = test.sign_in(Role::Nurse).await;
    let index = nurse.get("/calculators").await;
    sound(&index, "index");
    assert!(index.body.contains(OFF) && index.body.contains("href=\"/guidance\""));
    for which in ALL {
        let path = format!("/calculators/{which}");
        let page = nurse.get(&path).await;
        sound(&page, which);
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.body.contains(OFF), "{which}");
        assert!(!page.body.contains("<form class=\"app-calc\""), "{which}");
        let sent = nurse
            .post(&path, &[("height", "160"), ("weight", "52")])
            .await;
        assert_eq!(sent.status, StatusCode::CONFLICT, "{which}");
        assert!(!sent.body.contains("app-calc__outcome"), "{which}");
    }

    name_somebody(&test).await;
    let index = nurse.get("/calculators").await;
    assert!(!index.body.contains(OFF));
    assert!(
        index
            .body
            .contains("Dr Helen Marsh (GMC 1234567) answers for options and sums")
    );
    assert!(!index.body.contains("nobody answers for these sums"));
    for which in ALL {
        let page = nurse
            .get(&index.link(&format!("/calculators/{which}")))
            .await;
        sound(&page, which);
        assert!(page.body.contains("<form class=\"app-calc\""), "{which}");
        assert!(!page.body.contains("app-calc__outcome"), "{which}");
    }
    let found = result(&mut nurse, "bmi", &[("height", "160"), ("weight", "52")]).await;
    assert!(found.contains("20.3 kg/m²"));

    // And off again.
    let mut lead = test.sign_in(Role::LeadClinician).await;
    let last = lead.get("/guidance").await.value_of("last");
    lead.post(
        "/guidance/stand-down",
        &[("last", &last), ("because", "Left the trust")],
    )
    .await;
    assert!(nurse.get("/calculators").await.body.contains(OFF));
}

#[tokio::test]
async fn whoever_sees_people_works_things_out_and_nobody_else() {
    let test = TestApp::demonstration();
    for role in Role::STAFF {
        let mut user = test.sign_in(role).await;
        let may = service::may(role, service::May::SeePeople);
        let wanted = if may {
            StatusCode::OK
        } else {
            StatusCode::FORBIDDEN
        };
        let form = [("height", "160"), ("weight", "52")];
        assert_eq!(user.get("/calculators").await.status, wanted, "{role:?}");
        let page = user.get("/calculators/bmi").await;
        assert_eq!(page.status, wanted, "{role:?}");
        let page = user.post("/calculators/bmi", &form).await;
        assert_eq!(page.status, wanted, "{role:?}");
        assert_eq!(page.body.contains("20.3 kg/m²"), may, "{role:?}");
    }
    let mut nurse = test.sign_in(Role::Nurse).await;
    let other = nurse.get("/calculators/other").await;
    assert_eq!(other.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_demonstration_says_that_nobody_answers() {
    let test = TestApp::demonstration();
    let mut nurse = test.sign_in(Role::Nurse).await;
    let mut pages = vec![nurse.get("/calculators").await];
    for which in ALL {
        pages.push(nurse.get(&format!("/calculators/{which}")).await);
    }
    for page in pages {
        assert!(page.body.contains("nobody answers for these sums"));
    }
}

#[tokio::test]
async fn a_wrong_unit_is_asked_about_and_kept_as_typed() {
    let test = TestApp::demonstration();
    let mut nurse = test.sign_in(Role::Nurse).await;
    let kidney = |creatinine: &'static str| {
        [
            ("sex", "female"),
            ("age", "81"),
            ("weight", "52"),
            ("creatinine", creatinine),
        ]
    };
    // Creatinine in mg/dl.
    let page = asked(&mut nurse, "kidney", &kidney("1.1")).await;
    let text = main(&page);
    assert!(text.contains("this looks like 1.1 mg/dL"), "{text}");
    assert!(text.contains("name=\"creatinine\" type=\"text\" value=\"1.1\""));
    assert!(text.contains("href=\"#creatinine\"") && text.contains("id=\"creatinine-error\""));
    assert!(text.contains("name=\"age\" type=\"text\" value=\"81\""));
    let found = result(&mut nurse, "kidney", &kidney("97")).await;
    assert!(found.contains("mL/min") && found.contains("(140 − 81) × 52 kg × 1.04"));

    // Heights as people say them are proposed, never taken.
    for (typed, words) in [
        ("5.4", "this looks like feet"),
        ("5 ft 4", "is 163 cm"),
        ("1.63", "this looks like 1.63 m"),
        ("tall", "cannot be read"),
        ("1e2", "cannot be read"),
        ("NaN", "cannot be read"),
    ] {
        let page = asked(&mut nurse, "bmi", &[("height", typed), ("weight", "52")]).await;
        let text = main(&page);
        assert!(text.contains(words), "{typed}: {text}");
        assert!(text.contains(&format!("value=\"{typed}\"")), "{typed}");
        assert!(!text.contains("height-confirm"), "{typed} cannot be right");
    }

    // Age 30 is unusual here and not impossible; 12 is.
    let page = asked(
        &mut nurse,
        "kidney",
        &[
            ("sex", "male"),
            ("age", "30"),
            ("weight", "80"),
            ("creatinine", "80"),
        ],
    )
    .await;
    assert!(page.body.contains("Age 30 years is unusual"));
    assert!(page.body.contains("value=\"age=30\""));
    let sure = result(
        &mut nurse,
        "kidney",
        &[
            ("sex", "male"),
            ("age", "30"),
            ("weight", "80"),
            ("creatinine", "80"),
            ("confirm", "age=30"),
        ],
    )
    .await;
    assert!(sure.contains("mL/min"));
    assert!(
        sure.contains("value=\"age=30\" checked"),
        "it stays confirmed"
    );
    // What was confirmed was another figure.
    asked(
        &mut nurse,
        "kidney",
        &[
            ("sex", "male"),
            ("age", "31"),
            ("weight", "80"),
            ("creatinine", "80"),
            ("confirm", "age=30"),
        ],
    )
    .await;
    asked(
        &mut nurse,
        "kidney",
        &[
            ("sex", "male"),
            ("age", "12"),
            ("weight", "80"),
            ("creatinine", "80"),
            ("confirm", "age=12"),
        ],
    )
    .await;
}

#[tokio::test]
async fn figures_that_do_not_go_together_are_asked_about() {
    let test = TestApp::demonstration();
    let mut nurse = test.sign_in(Role::Nurse).await;
    // Pounds as kilograms: each is possible, both together are not likely.
    let pounds = [("height", "160"), ("weight", "135")];
    let page = asked(&mut nurse, "bmi", &pounds).await;
    assert!(page.body.contains("In pounds it would be 61 kg"));
    assert!(
        page.body
            .contains("This is right, use it: Height (cm) 160 and Weight (kg) 135</label>")
    );
    let mut sure = pounds.to_vec();
    sure.push(("confirm", "height=160&weight=135"));
    assert!(
        result(&mut nurse, "bmi", &sure)
            .await
            .contains("52.7 kg/m²")
    );

    let swapped = [("tallest", "150"), ("known_by", "measured"), ("now", "165")];
    let page = asked(&mut nurse, "height-loss", &swapped).await;
    assert!(page.body.contains("whether the two are swapped"));
    let far = [
        ("tallest", "175"),
        ("known_by", "remembered"),
        ("now", "155"),
    ];
    let page = asked(&mut nurse, "height-loss", &far).await;
    assert!(page.body.contains("value=\"tallest=175&#38;now=155\""));
    let mut sure = far.to_vec();
    sure.push(("confirm", "tallest=175&now=155"));
    let found = result(&mut nurse, "height-loss", &sure).await;
    assert!(found.contains("20 cm") && found.contains("is remembered, not measured"));

    for form in [
        // Upper and lower swapped.
        vec![("lying_upper", "70"), ("lying_lower", "130")],
        vec![("lying_upper", "130"), ("lying_lower", "70")],
        vec![("one_upper", "130"), ("one_lower", "70")],
        vec![("five", "12"), ("unable", "yes")],
        vec![("stands", "9")],
        vec![("stage_1", "10"), ("stage_3", "10")],
        vec![],
    ] {
        asked(&mut nurse, "falls-tests", &form).await;
    }
    let both = [("flags", "b_type1"), ("flags", "b_type2")];
    let mut form = QFRACTURE.to_vec();
    form.extend(both);
    let page = asked(&mut nurse, "qfracture", &form).await;
    assert!(page.body.contains("Both types of diabetes are ticked"));
}

/// Which sum, what is typed, and words that the answer must hold.
type Case = (
    &'static str,
    Vec<(&'static str, &'static str)>,
    &'static [&'static str],
);

#[tokio::test]
async fn each_shows_its_working_its_source_and_how_well_it_is_known() {
    let test = TestApp::demonstration();
    let mut nurse = test.sign_in(Role::Nurse).await;
    let cases: [Case; 7] = [
        (
            "height-loss",
            vec![("tallest", "165"), ("known_by", "measured"), ("now", "160")],
            &["165 cm − 160 cm = 5 cm", "NICE NG259 1.5.2"],
        ),
        (
            "calcium",
            vec![("milk", "14"), ("hard_cheese", "7")],
            &[
                "462 mg a day",
                "(14 × 120 + 7 × 222) ÷ 7",
                "people with osteoporosis",
                "Not verified",
            ],
        ),
        (
            "alcohol",
            vec![
                ("wine_bottle", "2"),
                ("own_ml", "500"),
                ("own_percent", "8"),
                ("own_a_week", "1"),
            ],
            &["22.0 units a week", "tick alcohol in FRAX"],
        ),
        (
            "steroids",
            vec![
                ("hydrocortisone", "20"),
                ("prednisolone", "5"),
                ("months", "6"),
                ("rescue", "3"),
            ],
            &[
                "10 mg of prednisolone a day",
                "high dose",
                "rescue packs",
                "Read in another source",
            ],
        ),
        (
            "falls-tests",
            vec![
                ("tug", "17"),
                ("unable", "yes"),
                ("stands", "6"),
                ("age", "82"),
                ("sex", "female"),
                ("stage_1", "10"),
                ("stage_2", "10"),
                ("stage_3", "4"),
                ("lying_upper", "142"),
                ("lying_lower", "80"),
                ("one_upper", "118"),
                ("one_lower", "74"),
            ],
            &[
                "Timed up and go: 17 seconds.",
                "could not be done",
                "30 seconds: 6.",
                "2 of 4 held",
                "upper down 24",
                "does not predict falls",
            ],
        ),
        (
            "frailty",
            vec![("level", "6")],
            &["6 of 9", "Moderately frail", "Dalhousie"],
        ),
        (
            "kidney",
            vec![
                ("sex", "female"),
                ("age", "81"),
                ("weight", "52"),
                ("creatinine", "96"),
            ],
            &["33 mL/min", "CKD-EPI 2009"],
        ),
    ];
    for (which, form, words) in cases {
        let text = result(&mut nurse, which, &form).await;
        for words in words {
            assert!(text.contains(words), "{which}: {words} in {text}");
        }
    }
    for (which, form, words) in [
        (
            "kidney",
            vec![
                ("sex", "other"),
                ("age", "81"),
                ("weight", "52"),
                ("creatinine", "96"),
            ],
            "knows only female and male",
        ),
        ("frailty", vec![("level", "12")], "goes from 1 to 9"),
        ("steroids", vec![("dexamethasone", "500")], "micrograms"),
        ("steroids", vec![], "Enter a dose"),
        ("calcium", vec![("milk", "500")], "Count portions"),
        ("alcohol", vec![("wine_small", "900")], "0 to 200"),
        ("alcohol", vec![("own_ml", "500")], "enter it too"),
        ("bmi", vec![], "Height: enter a figure"),
    ] {
        let page = asked(&mut nurse, which, &form).await;
        assert!(
            page.body.contains(words),
            "{which}: {words} in {}",
            main(&page)
        );
    }
}

const QFRACTURE: [(&str, &str); 7] = [
    ("sex", "female"),
    ("age", "78"),
    ("height", "160"),
    ("weight", "58"),
    ("ethnicity", "1"),
    ("smoking", "1"),
    ("alcohol", "0"),
];

#[tokio::test]
async fn the_disclaimer_stands_beside_every_qfracture_score() {
    let test = TestApp::demonstration();
    let mut nurse = test.sign_in(Role::Nurse).await;
    let mut form = QFRACTURE.to_vec();
    form.push(("flags", "b_fracture4"));
    let text = result(&mut nurse, "qfracture", &form).await;
    let beside = text.split("app-calc__outcome").nth(1).unwrap();
    let beside = beside.split("</section>").next().unwrap();
    assert!(beside.contains(qfracture::DISCLAIMER));
    assert!(beside.contains(qfracture::NAME));
    assert!(beside.contains("Not to be held against lines made for FRAX"));
    let profile = |surv: i32| qfracture::Profile {
        sex: qfracture::Sex::Female,
        age: 78,
        bmi: 58.0 / 1.6 / 1.6,
        alcohol_cat6: 0,
        ethrisk: 1,
        smoke_cat: 1,
        flags: qfracture::Flags::NONE.with(qfracture::Flag::Fracture),
        surv,
    };
    for years in 1..=18 {
        let score = qfracture::score(&profile(years)).unwrap();
        let row = format!(
            "<th scope=\"row\">{years}</th><td>{:.1}%</td><td>{:.1}%</td>",
            score.mof, score.hip
        );
        assert!(beside.contains(&row), "{row}");
    }
    let exceeds =
        (1..=18).any(|years| qfracture::score(&profile(years)).unwrap().hip_exceeds_mof());
    assert_eq!(beside.contains(qfracture::NOTE), exceeds);
    let mut younger = QFRACTURE.to_vec();
    younger[1] = ("age", "60");
    let text = result(&mut nurse, "qfracture", &younger).await;
    assert!(text.contains(qfracture::DISCLAIMER) && !text.contains(qfracture::NOTE));

    // A hip figure above the other is shown as it is, with the note.
    let mut odd = QFRACTURE.to_vec();
    odd[1] = ("age", "100");
    odd.extend(
        [
            "b_dementia",
            "b_carehome",
            "b_parkinsons",
            "b_epilepsy2",
            "b_falls",
            "b_cvd",
            "b_type1",
        ]
        .map(|flag| ("flags", flag)),
    );
    let text = result(&mut nurse, "qfracture", &odd).await;
    assert!(text.contains(qfracture::DISCLAIMER));
    assert!(text.contains(qfracture::NOTE), "{text}");

    // Refused is what the original refuses.
    for (name, value, words) in [
        (
            "weight",
            "47",
            "Body mass index 18.36: QFracture-2012 takes 20 to 40",
        ),
        ("age", "101", "Age 101: QFracture-2012 takes 30 to 100"),
        ("ethnicity", "10", "Ethnicity: choose one"),
        ("alcohol", "", "Alcohol: choose one"),
        ("sex", "", "choose one"),
    ] {
        let form: Vec<(&str, &str)> = QFRACTURE
            .iter()
            .map(|(held, typed)| (*held, if *held == name { value } else { typed }))
            .collect();
        let page = asked(&mut nurse, "qfracture", &form).await;
        assert!(page.body.contains(words), "{words}: {}", main(&page));
    }
}

#[tokio::test]
async fn nothing_typed_is_logged_or_kept() {
    let test = TestApp::demonstration();
    let mut nurse = test.sign_in(Role::Nurse).await;
    let before = test.accesses();
    let form = [("height", "161.37281"), ("weight", "Zebedee")];
    asked(&mut nurse, "bmi", &form).await;
    assert_eq!(test.accesses(), before, "nobody was looked at");
    test.later(SignedDuration::from_hours(1));
    let late = nurse.post("/calculators/bmi", &form).await;
    assert_eq!(late.status, StatusCode::SEE_OTHER);
    let (database, log) = (test.database(), logs::so_far());
    for secret in ["161.37281", "Zebedee"] {
        assert!(!log.contains(secret), "the log holds {secret}");
        let held = database
            .windows(secret.len())
            .any(|w| w == secret.as_bytes());
        assert!(!held, "the database holds {secret}");
    }
}

#[tokio::test]
async fn hostile_words_stay_words() {
    let test = TestApp::demonstration();
    let mut nurse = test.sign_in(Role::Nurse).await;
    let hostile = "\"><script>alert(1)</script>";
    let form = [("height", hostile), ("weight", "52"), ("confirm", hostile)];
    let page = asked(&mut nurse, "bmi", &form).await;
    assert_eq!(page.body.matches("<script").count(), 1, "the page's own");
}

#[tokio::test]
async fn what_goes_into_frax_stands_in_the_order_of_the_tool() {
    let test = TestApp::demonstration().filled();
    let mut nurse = test.sign_in(Role::Nurse).await;
    let (episode, _) = accepted(&mut nurse).await;
    let path = format!("{episode}/frax");
    let before = test.accesses();
    let empty = nurse.get(&path).await;
    sound(&empty, "frax");
    assert!(test.accesses() > before, "the look is written down");
    assert!(empty.body.contains("No FRAX figure is recorded."));
    assert!(empty.body.contains("frax.shef.ac.uk") && !main(&empty).contains("https://"));

    let part = nurse.get(&format!("{episode}/assessment/risk")).await;
    let version = part.value_of("version");
    let saved = nurse
        .post(
            &format!("{episode}/assessment/risk"),
            &[
                ("version", &version),
                ("risk.height", "158"),
                ("risk.weight", "54"),
                ("risk.parental_hip", "yes"),
                ("risk.smoker", "no"),
                ("frax.mof", "5"),
                ("frax.hip", "8"),
                ("frax.bmd", "no"),
                ("frax.on-day", "20"),
                ("frax.on-month", "11"),
                ("frax.on-year", "2026"),
            ],
        )
        .await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
    let page = nurse.get(&path).await;
    sound(&page, "frax");
    let text = main(&page);
    let order = [
        "Age",
        "Sex",
        "Weight (kg)",
        "Height (cm)",
        "Previous fracture",
        "Parent fractured hip",
        "Current smoking",
        "Glucocorticoids",
        "Rheumatoid arthritis",
        "Secondary osteoporosis",
        "Alcohol 3 or more units a day",
        "Femoral neck BMD",
    ];
    let places: Vec<usize> = order
        .iter()
        .map(|label| {
            text.find(&format!("<th scope=\"row\">{label}</th>"))
                .unwrap()
        })
        .collect();
    assert!(places.is_sorted());
    for value in ["54", "158", "Yes", "No"] {
        assert!(
            text.contains(&format!("<span class=\"app-copy\">{value}</span>")),
            "{value}"
        );
    }
    assert!(text.contains("The hip figure (8%) is above the major one (5%)"));
    assert!(text.contains("To be settled first."));
    assert!(text.contains("As typed"));

    for page in ["guidance", "assessment"] {
        let page = nurse.get(&format!("{episode}/{page}")).await;
        page.link(&format!("{episode}/frax"));
        page.link("/calculators");
    }
}
