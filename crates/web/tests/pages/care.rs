//! Somebody in care, page by page: assessed, decided on, written to, rung at 16 and 52 weeks, closed; and the patient's
//! own pages. Each page on the way is looked over.

use axum::http::StatusCode;
use jiff::SignedDuration;
use service::Role;

use crate::app::{PRACTICE, Page, TestApp, User};

/// What must hold on every page.
pub fn sound(page: &Page, what: &str) {
    let html = &page.body;
    assert_eq!(html.matches("<h1").count(), 1, "{what}: one main heading");
    for bad in [" style=", "<style", "javascript:", " onclick"] {
        assert!(!html.contains(bad), "{what} has {bad}");
    }
    let mut ids: Vec<&str> = html
        .split(" id=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .filter(|id| !id.is_empty())
        .collect();
    let all = ids.len();
    ids.sort_unstable();
    let twice: Vec<&str> = ids
        .windows(2)
        .filter(|pair| pair[0] == pair[1])
        .map(|pair| pair[0])
        .collect();
    assert_eq!(twice, Vec::<&str>::new(), "{what}: ids twice of {all}");
    let named = html
        .split(" for=\"")
        .skip(1)
        .chain(html.split(" href=\"#").skip(1))
        .filter_map(|rest| rest.split('"').next());
    for target in named {
        assert!(ids.contains(&target), "{what}: nothing has the id {target}");
    }
    let error = html.contains("nhsuk-error-summary");
    assert_eq!(error, html.contains("<title>Error: "), "{what}");
}

async fn opened(user: &mut User<'_>, path: &str) -> Page {
    let page = user.get(path).await;
    assert_eq!(page.status, StatusCode::OK, "{path}");
    sound(&page, path);
    page
}

/// Sends a form with the page's own version; what comes next is opened.
async fn sent(user: &mut User<'_>, page: &Page, path: &str, form: &[(&str, &str)]) -> Page {
    let version = page.value_of("version");
    let mut all = vec![("version", version.as_str())];
    all.extend(form);
    let answer = user.post(path, &all).await;
    assert_eq!(
        answer.status,
        StatusCode::SEE_OTHER,
        "{path}: {}",
        answer.body
    );
    let next = answer.location().to_owned();
    opened(user, &next).await
}

async fn refused(user: &mut User<'_>, page: &Page, path: &str, form: &[(&str, &str)]) -> Page {
    let version = page.value_of("version");
    let mut all = vec![("version", version.as_str())];
    all.extend(form);
    let answer = user.post(path, &all).await;
    assert!(answer.status.is_client_error(), "{path}: {}", answer.status);
    sound(&answer, path);
    answer
}

/// The first candidate of the list, accepted; the address of the episode, and of the person.
pub async fn accepted(user: &mut User<'_>) -> (String, String) {
    let today = opened(user, "/today").await;
    let candidate = today.link("/candidates/");
    let page = opened(user, &candidate).await;
    let base = candidate.split('?').next().unwrap().to_owned();
    sent(user, &page, &format!("{base}/accept"), &[("list", "new")]).await;
    let person = page
        .body
        .split("href=\"/patients/")
        .filter_map(|rest| rest.split('"').next())
        .find(|id| id.len() == 36)
        .map(|id| format!("/patients/{id}"))
        .unwrap();
    (base.replace("/candidates/", "/episodes/"), person)
}

const PARTS: [&str; 7] = [
    "fracture",
    "risk",
    "falls",
    "medicines",
    "bloods",
    "dxa",
    "wishes",
];

async fn assessed(user: &mut User<'_>, episode: &str) -> Page {
    let mut page = opened(user, &format!("{episode}/assessment")).await;
    for part in PARTS {
        opened(user, &format!("{episode}/assessment/{part}")).await;
        let path = format!("{episode}/assessment/{part}/nothing");
        page = sent(user, &page, &path, &[]).await;
    }
    let today = [("on-day", "22"), ("on-month", "nov"), ("on-year", "2026")];
    sent(
        user,
        &page,
        &format!("{episode}/assessment/complete"),
        &today,
    )
    .await
}

async fn with_practice(user: &mut User<'_>, person: &str) {
    let page = opened(user, &format!("{person}/needs")).await;
    let wrong = refused(
        user,
        &page,
        &format!("{person}/details"),
        &[("practice", "nowhere")],
    )
    .await;
    assert!(wrong.body.contains("A practice code is a letter"));
    let details = [
        ("practice", PRACTICE),
        ("address-1", "1 Example Row"),
        ("postcode", "SS1 1AA"),
        ("phone", "01632 960002"),
    ];
    sent(user, &page, &format!("{person}/details"), &details).await;
}

fn weeks(test: &TestApp, weeks: i64) {
    test.later(SignedDuration::from_hours(24 * 7 * weeks));
}

#[tokio::test]
async fn from_accepted_to_closed_at_52_weeks() {
    let test = TestApp::full();
    let mut nurse = test.sign_in(Role::Nurse).await;
    let (episode, person) = accepted(&mut nurse).await;
    let list = opened(&mut nurse, "/today?list=assess").await;
    assert!(list.body.contains(&episode));
    let page = opened(&mut nurse, &format!("{episode}?list=assess&at=1")).await;
    assert!(page.body.contains("1 of 1") && page.body.contains("aria-current=\"step\""));

    // A call that nobody answers wants a day; then it has one.
    let call = [
        ("purpose", "assess"),
        ("channel", "phone"),
        ("outcome", "no_answer"),
        ("on-day", "22"),
        ("on-month", "11"),
        ("on-year", "2026"),
    ];
    let again = refused(&mut nurse, &page, &format!("{episode}/contact"), &call).await;
    assert!(again.body.contains("Enter the day to try again"));
    let mut tried = call.to_vec();
    tried.extend([
        ("again_on-day", "23"),
        ("again_on-month", "11"),
        ("again_on-year", "2026"),
    ]);
    let page = sent(&mut nurse, &page, &format!("{episode}/contact"), &tried).await;
    assert!(page.body.contains("No answer"));
    let entry = page.value_of("of");
    let page = sent(
        &mut nurse,
        &page,
        &format!("{episode}/strike-out"),
        &[("of", &entry), ("because", "Wrong person")],
    )
    .await;
    assert!(page.body.contains("Nobody has been in touch yet"));

    let decide = assessed(&mut nurse, &episode).await;
    assert!(decide.body.contains("Bone therapy recommended"));
    let blank = refused(&mut nurse, &decide, &format!("{episode}/decision"), &[]).await;
    assert!(blank.body.contains("Choose what was decided"));
    let plan = [
        ("therapy", "denosumab"),
        ("calcium", "yes"),
        ("taught", "injection"),
        ("taught", "exercise"),
        ("refer", "falls"),
        ("follow_up", "yes"),
    ];
    let page = sent(&mut nurse, &decide, &format!("{episode}/decision"), &plan).await;
    assert!(page.body.contains("Denosumab") && page.body.contains("Write the letter"));

    // The letter says what it misses, until the practice is known.
    let letter = sent(
        &mut nurse,
        &page,
        &format!("{episode}/letters"),
        &[("kind", "treatment")],
    )
    .await;
    assert!(letter.body.contains("the GP practice"), "{}", letter.body);
    assert!(!letter.body.contains("Approve this letter"));
    with_practice(&mut nurse, &person).await;
    let address = opened(&mut nurse, &episode)
        .await
        .link(&format!("{episode}/letters/"));
    let address = address.split('?').next().unwrap().to_owned();
    let letter = opened(&mut nurse, &address).await;
    assert!(letter.body.contains("For your GP"), "{}", letter.body);
    let digest = letter.value_of("digest");
    let shown = nurse.get(&format!("{address}/letter.pdf")).await;
    assert_eq!(shown.headers["content-type"], "application/pdf");
    let letter = sent(
        &mut nurse,
        &letter,
        &format!("{address}/approve"),
        &[("digest", &digest)],
    )
    .await;
    assert!(letter.body.contains("Approved, to be sent"));
    let unsaid = refused(&mut nurse, &letter, &format!("{address}/sent"), &[]).await;
    assert!(unsaid.body.contains("Choose how it went"));
    let page = sent(
        &mut nurse,
        &letter,
        &format!("{address}/sent"),
        &[("how", "post")],
    )
    .await;
    assert!(page.body.contains("Printed and posted"));

    // The injection, the referral's answer, and the call at 16 weeks.
    let on = [("on-day", "22"), ("on-month", "11"), ("on-year", "2026")];
    let mut dose = on.to_vec();
    dose.push(("medicine", "denosumab"));
    let page = sent(&mut nurse, &page, &format!("{episode}/dose"), &dose).await;
    assert!(page.body.contains("Next due on 22 May 2027"));
    let mut answer = on.to_vec();
    let of = page
        .body
        .split("id=\"referral-")
        .nth(1)
        .unwrap()
        .split('-')
        .next()
        .unwrap()
        .to_owned();
    answer.extend([("of", of.as_str()), ("outcome", "seen")]);
    sent(
        &mut nurse,
        &page,
        &format!("{episode}/referral-answer"),
        &answer,
    )
    .await;

    weeks(&test, 15);
    let mut nurse = test.sign_in(Role::Nurse).await;
    let list = opened(&mut nurse, "/today?list=review-16").await;
    assert!(list.body.contains(&episode));
    let review = opened(&mut nurse, &format!("{episode}/reviews/weeks_16")).await;
    let blank = refused(
        &mut nurse,
        &review,
        &format!("{episode}/reviews/weeks_16"),
        &[],
    )
    .await;
    assert!(blank.body.contains("Answer “What they take now”"));
    let mut said = vec![
        ("review.therapy", "denosumab"),
        ("review.jaw", "yes"),
        ("review.exercise", "yes"),
    ];
    said.extend([("review.thigh_pain", "no"), ("review.new_fall", "no")]);
    let page = sent(
        &mut nurse,
        &review,
        &format!("{episode}/reviews/weeks_16"),
        &said,
    )
    .await;
    assert!(page.body.contains("osteonecrosis"));
    let of = page
        .body
        .split("id=\"concern-")
        .nth(1)
        .unwrap()
        .split('-')
        .next()
        .unwrap()
        .to_owned();
    let nothing = refused(
        &mut nurse,
        &page,
        &format!("{episode}/concern"),
        &[("of", &of), ("action", "")],
    )
    .await;
    assert!(nothing.body.contains("Say what was done about it"));
    sent(
        &mut nurse,
        &page,
        &format!("{episode}/concern"),
        &[("of", &of), ("action", "Dentist asked")],
    )
    .await;

    weeks(&test, 35);
    let mut nurse = test.sign_in(Role::Nurse).await;
    let list = opened(&mut nurse, "/today?list=review-52").await;
    assert!(list.body.contains(&episode));
    let review = opened(&mut nurse, &format!("{episode}/reviews/weeks_52")).await;
    let said = [
        ("review.therapy", "denosumab"),
        ("review.adherent", "yes"),
        ("review.dose_on-day", "20"),
        ("review.dose_on-month", "5"),
        ("review.dose_on-year", "2027"),
    ];
    let page = sent(
        &mut nurse,
        &review,
        &format!("{episode}/reviews/weeks_52"),
        &said,
    )
    .await;
    assert!(page.body.contains("Handed over to the GP"));
    // A dose is still to come: the GP hears of it before the service lets go.
    let completed = [("reason", "completed")];
    let close = format!("{episode}/close");
    let held = refused(&mut nurse, &page, &close, &completed).await;
    assert!(held.body.contains("Send the handover letter first"));
    let letters = format!("{episode}/letters");
    let letter = sent(&mut nurse, &page, &letters, &[("kind", "handover")]).await;
    assert!(letter.body.contains("next dose is due on 20 November 2027"));
    let address = letter
        .body
        .split(&format!("action=\"{letters}/"))
        .filter_map(|rest| rest.split('"').next()?.strip_suffix("/approve"))
        .map(|id| format!("{letters}/{id}"))
        .next()
        .unwrap();
    let digest = letter.value_of("digest");
    let approve = format!("{address}/approve");
    let letter = sent(&mut nurse, &letter, &approve, &[("digest", &digest)]).await;
    let page = sent(
        &mut nurse,
        &letter,
        &format!("{address}/sent"),
        &[("how", "post")],
    )
    .await;
    let page = sent(
        &mut nurse,
        &page,
        &format!("{episode}/close"),
        &[("reason", "completed")],
    )
    .await;
    assert!(page.body.contains("Closed: Completed"));
    let of = page.value_of("of");
    let answer = nurse
        .post(&format!("{episode}/reopen"), &[("of", &of)])
        .await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let record = opened(&mut nurse, &person).await;
    assert!(record.body.contains("app-way__step--done"));
}

#[tokio::test]
async fn a_section_shows_what_is_wrong_and_what_somebody_else_said() {
    let test = TestApp::full();
    let mut nurse = test.sign_in(Role::Nurse).await;
    let mut lead = test.sign_in(Role::LeadClinician).await;
    let (episode, _) = accepted(&mut nurse).await;
    let path = format!("{episode}/assessment/dxa");
    let page = opened(&mut nurse, &path).await;
    let at_lead = opened(&mut lead, &path).await;
    let first = [
        ("dxa.status", "done"),
        ("dxa.t_total_hip", "25"),
        ("dxa.t_lumbar_spine", "-2.5"),
    ];
    let asked = refused(&mut nurse, &page, &path, &first).await;
    assert!(asked.body.contains("outside the usual -7 to 5"));
    assert!(asked.body.contains("keep it as typed"));
    assert!(asked.body.contains("value=\"25\""), "what was typed stays");

    let other = [("dxa.status", "done"), ("dxa.t_lumbar_spine", "-1.5")];
    let clash = refused(&mut lead, &at_lead, &path, &other).await;
    assert_eq!(clash.status, StatusCode::CONFLICT);
    assert!(
        clash
            .body
            .contains("Test Fracture liaison nurse answered “-2.5”"),
        "{}",
        clash.body
    );
    assert!(clash.body.contains("value=\"-1.5\""), "both are shown");
    let status = clash.body.split("value=\"done\"").nth(1).unwrap();
    assert!(
        status.starts_with(" checked"),
        "what was saved meanwhile stands"
    );
    sent(&mut lead, &clash, &path, &other).await;

    let mut confirmed = first.to_vec();
    confirmed.push(("confirm", "dxa.t_total_hip"));
    confirmed[2] = ("dxa.t_lumbar_spine", "-1.5");
    let fresh = opened(&mut nurse, &path).await;
    sent(&mut nurse, &fresh, &path, &confirmed).await;
    let page = opened(&mut nurse, &path).await;
    assert!(page.body.contains("value=\"25\""));
}

#[tokio::test]
async fn the_decline_is_written_and_closed() {
    let test = TestApp::full();
    let mut nurse = test.sign_in(Role::Nurse).await;
    let (episode, person) = accepted(&mut nurse).await;
    with_practice(&mut nurse, &person).await;
    let decide = assessed(&mut nurse, &episode).await;
    let mut plan = vec![
        ("therapy", "informed_decline"),
        ("calcium", "no"),
        ("follow_up", "no"),
    ];
    let why = refused(&mut nurse, &decide, &format!("{episode}/decision"), &plan).await;
    assert!(why.body.contains("Say why treatment was declined"));
    plan.push(("because", "she does not want tablets"));
    let page = sent(&mut nurse, &decide, &format!("{episode}/decision"), &plan).await;
    let letter = sent(
        &mut nurse,
        &page,
        &format!("{episode}/letters"),
        &[("kind", "declined")],
    )
    .await;
    assert!(letter.body.contains("she does not want tablets"));
    let page = opened(&mut nurse, &episode).await;
    let page = sent(
        &mut nurse,
        &page,
        &format!("{episode}/close"),
        &[("reason", "informed_decline")],
    )
    .await;
    assert!(page.body.contains("Closed: Declined treatment"));
}

#[tokio::test]
async fn the_patient_fills_in_the_questionnaire_on_a_telephone() {
    let test = TestApp::full();
    let mut nurse = test.sign_in(Role::Nurse).await;
    let (episode, _) = accepted(&mut nurse).await;
    let page = opened(&mut nurse, &episode).await;
    let version = page.value_of("version");
    let given = nurse
        .post(
            &format!("{episode}/questionnaire"),
            &[("version", &version)],
        )
        .await;
    assert_eq!(given.status, StatusCode::OK);
    sound(&given, "the link");
    let link = given
        .body
        .split("/q/")
        .nth(1)
        .unwrap()
        .split('<')
        .next()
        .unwrap()
        .to_owned();
    let paper = nurse
        .get(&format!("{episode}/questionnaire.pdf?print=large"))
        .await;
    assert_eq!(paper.headers["content-type"], "application/pdf");

    let born = page
        .body
        .split("<dt>Born</dt><dd><time datetime=\"")
        .nth(1)
        .unwrap();
    let born: Vec<&str> = born.split('"').next().unwrap().split('-').collect();
    let mut patient = test.visitor();
    let entrance = format!("/q/{link}");
    let page = opened(&mut patient, &entrance).await;
    patient.csrf = page.csrf();
    let day = |born: [&str; 3]| {
        [
            ("born-year", born[0].to_owned()),
            ("born-month", born[1].to_owned()),
            ("born-day", born[2].to_owned()),
        ]
    };
    async fn enter(patient: &mut User<'_>, entrance: &str, born: &[(&str, String)]) -> Page {
        let form: Vec<(&str, &str)> = born
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        patient.post(entrance, &form).await
    }
    let wrong = enter(&mut patient, &entrance, &day(["1901", "1", "1"])).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    sound(&wrong, "wrong date of birth");
    let answer = enter(&mut patient, &entrance, &day([born[0], born[1], born[2]])).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    let mut next = answer.location().to_owned();
    let mut parts = 0;
    while !next.ends_with("/send") {
        let page = opened(&mut patient, &next).await;
        patient.csrf = page.csrf();
        assert!(!page.body.contains("app-patient"), "nobody is named");
        let mut form = vec![("own.pain", "some"), ("risk.height", "160")];
        if parts == 1 {
            form[1] = ("risk.height", "tall");
            let again = patient.post(&next, &form).await;
            assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(again.body.contains("must be a number"));
            sound(&again, "a wrong number");
            form[1] = ("risk.height", "160");
        }
        next = patient.post(&next, &form).await.location().to_owned();
        parts += 1;
    }
    assert_eq!(parts, 8);
    // Another browser does not see it.
    let stranger = test.visitor().get(&next).await;
    assert_eq!(stranger.status, StatusCode::SEE_OTHER);
    let look = opened(&mut patient, &next).await;
    assert!(look.body.contains("160 cm"));
    patient.csrf = look.csrf();
    let thanks = patient.post(&next, &[]).await;
    assert!(thanks.body.contains("Thank you"));
    let reused = patient.get(&entrance).await;
    assert_eq!(reused.status, StatusCode::GONE);
    sound(&reused, "reused");
    assert!(reused.body.contains("we have your answers") && reused.body.contains("01632 960001"));
    let nonsense = test.visitor().get("/q/nonsense").await;
    assert!(nonsense.body.contains("does not open anything"));

    let section = opened(&mut nurse, &format!("{episode}/assessment/risk")).await;
    assert!(
        section.body.contains("Answered by the patient") && section.body.contains("value=\"160\"")
    );
}

#[tokio::test]
async fn needs_stand_in_the_banner_of_every_page() {
    let test = TestApp::full();
    let mut nurse = test.sign_in(Role::Nurse).await;
    let (episode, person) = accepted(&mut nurse).await;
    let page = opened(&mut nurse, &format!("{person}/needs")).await;
    let needs = [
        ("never", "phone"),
        ("format", "large_print"),
        ("interpreter", "Polish"),
    ];
    sent(&mut nurse, &page, &format!("{person}/needs"), &needs).await;
    for path in [
        episode.clone(),
        format!("{episode}/assessment"),
        format!("{episode}/reviews/weeks_16"),
        person,
    ] {
        let page = opened(&mut nurse, &path).await;
        for words in ["Do not ring", "Large print", "Interpreter: Polish"] {
            assert!(page.body.contains(words), "{path} lacks {words}");
        }
    }
    let page = opened(&mut nurse, &episode).await;
    let contact = page.body.split("id=\"contact-channel\"").nth(1).unwrap();
    let channels = contact.split("</fieldset>").next().unwrap();
    assert!(
        !channels.contains("value=\"phone\""),
        "what must not be done is not offered"
    );
    let review = opened(&mut nurse, &format!("{episode}/reviews/weeks_16")).await;
    assert!(review.body.contains("Do not ring."));
}

#[tokio::test]
async fn the_lead_sees_how_every_list_stands() {
    let test = TestApp::full();
    let mut nurse = test.sign_in(Role::Nurse).await;
    let (episode, _) = accepted(&mut nurse).await;
    weeks(&test, 20);
    let mut lead = test.sign_in(Role::LeadClinician).await;
    let page = opened(&mut lead, "/overview").await;
    assert!(page.body.contains(&episode), "stalled");
}
