//! Leaflets in three forms, and the page that is turned to the patient.

use axum::http::StatusCode;
use service::Role;

use crate::{
    app::{Page, TestApp, User},
    care::{accepted, sound},
};

async fn opened(user: &mut User<'_>, path: &str) -> Page {
    let page = user.get(path).await;
    assert_eq!(page.status, StatusCode::OK, "{path}");
    sound(&page, path);
    page
}

#[tokio::test]
async fn every_leaflet_opens_in_three_forms() {
    let test = TestApp::empty();
    let mut nurse = test.sign_in(Role::Nurse).await;
    let list = opened(&mut nurse, "/leaflets").await;
    assert!(
        list.body
            .contains("Not filled in for this service:</strong> opening hours, groups near by")
    );
    for leaflet in &guidance::leaflets::library().leaflets {
        let base = format!("/leaflets/{}", leaflet.id);
        let standard = opened(&mut nurse, &base).await;
        let large = opened(&mut nurse, &list.link(&format!("{base}?as=large"))).await;
        let easy = opened(&mut nurse, &list.link(&format!("{base}?as=easy"))).await;
        for (page, class) in [(&standard, "standard"), (&large, "large"), (&easy, "easy")] {
            let case = format!("{base} {class}");
            assert!(
                page.body.contains(&format!("app-leaflet--{class}")),
                "{case}"
            );
            assert!(page.body.contains("aria-current=\"page\""), "{case}");
            assert!(
                page.body.contains("Not yet approved by a clinician"),
                "{case}"
            );
            assert!(page.body.contains("31 May 2027"), "{case}");
            assert!(!page.body.contains("{team}") && !page.body.contains("{phone}"));
            assert!(!page.body.contains("https://"), "{case}");
        }
        let unverified: usize = leaflet
            .standard
            .iter()
            .map(|part| {
                part.paragraphs
                    .iter()
                    .filter(|text| text.unverified)
                    .count()
            })
            .sum();
        for page in [&standard, &large] {
            assert_eq!(
                page.body.matches("app-tag\">Not yet checked<").count(),
                unverified,
                "{base}"
            );
            assert_eq!(
                page.body.matches("app-leaflet__help").count(),
                leaflet
                    .standard
                    .iter()
                    .filter(|part| part.kind == guidance::leaflets::Kind::Help)
                    .count(),
                "{base}"
            );
        }
        assert_eq!(
            easy.body.matches("app-leaflet__sign").count(),
            leaflet
                .easy_read
                .iter()
                .map(|part| part.lines.len())
                .sum::<usize>(),
            "{base}"
        );
    }
    let alendronate = opened(&mut nurse, "/leaflets/alendronate").await;
    assert!(alendronate.body.contains("01632 960001"));
    assert!(
        alendronate
            .body
            .contains("Made-up Fracture Liaison Service")
    );
    assert!(alendronate.body.contains("[missing: opening hours]"));
    let other = nurse.get("/leaflets/other").await;
    assert_eq!(other.status, StatusCode::NOT_FOUND);
    let odd = opened(&mut nurse, "/leaflets/alendronate?as=%3Cb%3E").await;
    assert!(odd.body.contains("app-leaflet--standard"));
}

#[tokio::test]
async fn anybody_signed_in_reads_leaflets() {
    let test = TestApp::empty();
    for role in Role::STAFF {
        let mut user = test.sign_in(role).await;
        opened(&mut user, "/leaflets").await;
        opened(&mut user, "/leaflets/eating?as=large").await;
        opened(&mut user, "/help").await.link("/leaflets");
    }
}

/// Everything between the header and the footer, but for what is not printed.
fn main(page: &Page) -> String {
    let text = page.body.split("<main").nth(1).unwrap();
    text.split("</main>").next().unwrap().to_owned()
}

#[tokio::test]
async fn the_page_for_the_patient_is_written_down_and_says_what_is_off() {
    let test = TestApp::full();
    let mut nurse = test.sign_in(Role::Nurse).await;
    let (episode, _) = accepted(&mut nurse).await;
    let before = test.accesses();
    let page = opened(&mut nurse, &format!("{episode}/talk")).await;
    assert_eq!(test.accesses(), before + 1);
    let text = main(&page);
    assert!(text.contains("No figures and no choices are shown here."));
    assert!(!text.contains("organisation that runs Herald") && !text.contains("/guidance\""));
    assert!(!text.contains("app-people") && !text.contains("Your choices</h2>"));
    assert!(text.contains("What matters to me") && text.contains("/leaflets/eating"));
    for role in [Role::Analyst, Role::Administrator, Role::PrivacyOfficer] {
        let mut other = test.sign_in(role).await;
        let page = other.get(&format!("{episode}/talk")).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{role:?}");
    }
}

async fn with_frax(user: &mut User<'_>, episode: &str, mof: &str, hip: &str) {
    let path = format!("{episode}/assessment/risk");
    let part = user.get(&path).await;
    let form = [
        ("version", part.value_of("version")),
        ("frax.mof", mof.to_owned()),
        ("frax.hip", hip.to_owned()),
        ("frax.bmd", "no".to_owned()),
        ("frax.on-day", "20".to_owned()),
        ("frax.on-month", "11".to_owned()),
        ("frax.on-year", "2026".to_owned()),
    ];
    let form: Vec<(&str, &str)> = form
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let saved = user.post(&path, &form).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
}

#[tokio::test]
async fn a_risk_is_a_hundred_figures_with_words_and_its_source() {
    let test = TestApp::demonstration().filled();
    let mut nurse = test.sign_in(Role::Nurse).await;
    let (episode, person) = accepted(&mut nurse).await;
    let page = opened(&mut nurse, &format!("{episode}/talk")).await;
    let text = main(&page);
    assert!(text.contains("No risk figure is recorded for you."));
    assert!(!text.contains("<svg class=\"app-people\""));
    assert!(
        text.contains("No medicine now") && text.contains("You take no bone medicine for now.")
    );
    assert!(text.contains("We have no figure with a source for what this changes"));

    with_frax(&mut nurse, &episode, "21", "7").await;
    let page = opened(&mut nurse, &format!("{episode}/talk")).await;
    let text = main(&page);
    let risk = text.split("<svg class=\"app-people\"").nth(1).unwrap();
    let risk = risk.split("</svg>").next().unwrap();
    assert_eq!(risk.matches("<path").count(), 100);
    assert_eq!(risk.matches("app-people__one--hit").count(), 21);
    assert!(risk.contains("<title id=\"risk-title\">") && risk.contains("<desc id=\"risk-desc\">"));
    assert!(text.contains(
        "21 in 100 people like you break a bone in the spine, hip, shoulder or wrist within 10 years."
    ));
    assert!(text.contains("The risk of 21% is from FRAX, as typed on 20 November 2026."));

    // Nothing that says who it is, apart from the first name.
    let record = nurse.get(&person).await;
    let number = record.body.split("app-nhs__number\">").nth(1).unwrap();
    let number = number.split('<').next().unwrap();
    assert!(!page.body.contains(number));
    assert!(!page.body.contains("app-patient"));

    // A score that has to be settled first is not shown to a patient.
    with_frax(&mut nurse, &episode, "5", "8").await;
    let page = opened(&mut nurse, &format!("{episode}/talk")).await;
    let text = main(&page);
    assert!(text.contains("that we have to check first"));
    assert!(!text.contains("<svg class=\"app-people\""));
    page.link("/leaflets");
}

#[tokio::test]
async fn choices_are_those_that_may_suit_each_with_its_leaflet() {
    let test = TestApp::demonstration().filled();
    let mut nurse = test.sign_in(Role::Nurse).await;
    let mut seen = 0;
    for _ in 0..4 {
        let (episode, _) = accepted(&mut nurse).await;
        with_frax(&mut nurse, &episode, "21", "7").await;
        let text = main(&opened(&mut nurse, &format!("{episode}/talk")).await);
        let options = main(&opened(&mut nurse, &format!("{episode}/guidance")).await);
        let group = |title: &str| {
            let part = options.split(title).nth(1).unwrap_or_default();
            part.split("</section>")
                .next()
                .unwrap_or_default()
                .to_owned()
        };
        let not = group("id=\"group-not\"");
        for (name, leaflet) in [
            ("Alendronate", "alendronate"),
            ("Denosumab", "denosumab"),
            ("Zoledronate", "zoledronate"),
        ] {
            let choices = text.split("id=\"choices\"").nth(1).unwrap();
            let choices = choices.split("id=\"matters\"").next().unwrap();
            let refused = not.contains(&format!("app-option__name\">{name}"));
            let link = format!("href=\"/leaflets/{leaflet}\"");
            if refused {
                assert!(!choices.contains(&link), "{name}");
            }
            if choices.contains(&link) {
                assert!(choices.contains(name), "{name}");
                seen += 1;
            }
        }
    }
    assert!(seen > 0, "no medicine may suit anybody");
}

#[tokio::test]
async fn what_a_medicine_changes_is_drawn_only_for_people_like_those_in_the_study() {
    let test = TestApp::demonstration().filled();
    let mut nurse = test.sign_in(Role::Nurse).await;
    for (bone, drawn) in [("hip", true), ("wrist", false)] {
        let today = nurse.get(&format!("/today?fracture={bone}")).await;
        let candidate = today.link("/candidates/");
        let page = nurse.get(&candidate).await;
        let base = candidate.split('?').next().unwrap().to_owned();
        let version = page.value_of("version");
        let done = nurse
            .post(&format!("{base}/accept"), &[("version", &version)])
            .await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{bone}");
        let episode = base.replace("/candidates/", "/episodes/");
        with_frax(&mut nurse, &episode, "21", "7").await;
        let text = main(&opened(&mut nurse, &format!("{episode}/talk")).await);
        assert!(text.contains("id=\"choice-infusion\""), "{bone}");
        assert_eq!(
            text.contains("id=\"with-infusion-1-title\""),
            drawn,
            "{bone}"
        );
        if drawn {
            let figures = text
                .split("aria-labelledby=\"with-infusion-1-title")
                .nth(1)
                .unwrap();
            let figures = figures.split("</svg>").next().unwrap();
            assert_eq!(figures.matches("app-people__one--hit").count(), 14);
            assert_eq!(figures.matches("app-people__one--spared").count(), 7);
            assert!(text.contains("Source: Lyles 2007, HORIZON-RFT, PMC2324066 (abstract)."));
            assert!(text.contains("people who had just broken a hip"));
        } else {
            assert!(!text.contains("Lyles"), "{bone}: a study of other people");
        }
        // An injection that was studied in the spine only is not set against a risk of every fracture.
        assert!(!text.contains("with-denosumab"), "{bone}");
    }
}
