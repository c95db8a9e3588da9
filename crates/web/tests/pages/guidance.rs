//! What guidelines say about one person, the packs it comes from, and who answers for it.

use axum::http::StatusCode;
use service::Role;

use crate::{
    app::{Page, TestApp},
    care::{accepted, sound},
};

const UNAPPROVED: &str = "No clinician has approved what stands here";

fn says(page: &Page, words: &str) -> bool {
    page.body.contains(words)
}

#[tokio::test]
async fn guideline_lines_stand_and_medicines_are_not_grouped_until_somebody_is_named() {
    let test = TestApp::full();
    let mut nurse = test.sign_in(Role::Nurse).await;
    let (episode, _) = accepted(&mut nurse).await;
    let looks = test.accesses();
    let page = nurse.get(&format!("{episode}/guidance")).await;
    sound(&page, "guidance");
    assert!(test.accesses() > looks, "the look is not on record");
    assert!(says(&page, UNAPPROVED), "{}", page.body);
    assert!(says(&page, "Assess the risk of a fragility fracture."));
    assert!(says(&page, "NICE NG259 (July 2026), 1.1.1"));
    assert!(says(&page, "Medicines are not grouped here."));
    assert!(!says(&page, "id=\"group-fits\""));
    // What is missing leads to where it is answered.
    assert!(says(&page, "/assessment/"), "no way to what is missing");

    let mut lead = test.sign_in(Role::LeadClinician).await;
    let mute = lead
        .post(
            "/guidance/responsible",
            &[("name", ""), ("registration", "")],
        )
        .await;
    assert_eq!(mute.status, StatusCode::UNPROCESSABLE_ENTITY);
    sound(&mute, "nobody named");
    assert!(says(&mute, "Enter the full name"));
    lead.post(
        "/guidance/responsible",
        &[("name", "Dr Helen Marsh"), ("registration", "GMC 1234567")],
    )
    .await;
    // The same form once more, from a page that is out of date.
    let again = lead
        .post(
            "/guidance/responsible",
            &[("name", "Dr Helen Marsh"), ("registration", "GMC 1234567")],
        )
        .await;
    assert_eq!(again.location(), "/guidance");
    let packs = lead.get("/guidance").await;
    sound(&packs, "packs, on");
    assert!(says(
        &packs,
        "Nothing was saved, since this changed meanwhile."
    ));
    assert!(says(&packs, "Responsible: Dr Helen Marsh (GMC 1234567)"));
    let page = nurse.get(&format!("{episode}/guidance")).await;
    sound(&page, "guidance, on");
    assert!(says(&page, "id=\"group-fits\""));
    assert!(says(&page, "Fits when more is known or done"));
    assert!(says(
        &page,
        "Dr Helen Marsh (GMC 1234567) answers for options and sums"
    ));
    // Nothing fits while hardly anything is known.
    assert!(says(
        &page,
        "Nothing, as long as a fact that bears on it is not known."
    ));
    assert!(says(&page, "Not known: "));
}

#[tokio::test]
async fn a_pack_is_read_approved_and_no_longer_named_as_unapproved() {
    let test = TestApp::full();
    let mut nurse = test.sign_in(Role::Nurse).await;
    let (episode, _) = accepted(&mut nurse).await;
    let mut lead = test.sign_in(Role::LeadClinician).await;
    let list = lead.get("/guidance").await;
    sound(&list, "packs");
    assert!(says(&list, "Approved by nobody"));
    assert!(says(&list, "tables behind the sums") && says(&list, "Kidney function"));
    let pack = lead.get("/guidance/scan").await;
    sound(&pack, "pack");
    assert!(says(&pack, "ng259-1.4.1") && says(&pack, "meets_1.4.1"));
    let digest = pack.value_of("digest");
    let stale = lead
        .post(
            "/guidance/scan/approve",
            &[
                ("digest", "another"),
                ("name", "Dr Helen Marsh"),
                ("registration", "GMC 1234567"),
            ],
        )
        .await;
    assert_eq!(stale.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(says(&stale, "has changed since the page was drawn"));
    let done = lead
        .post(
            "/guidance/scan/approve",
            &[
                ("digest", &digest),
                ("name", "Dr Helen Marsh"),
                ("registration", "GMC 1234567"),
            ],
        )
        .await;
    assert_eq!(done.location(), "/guidance");
    let list = lead.get("/guidance").await;
    assert!(says(&list, "Dr Helen Marsh (GMC 1234567)"));
    let pack = lead.get("/guidance/scan").await;
    sound(&pack, "pack, approved");
    assert!(says(
        &pack,
        "Approved: Dr Helen Marsh (GMC 1234567), version"
    ));
    assert!(!says(&pack, "Approve this pack"));
    let last = pack.value_of("last");
    let mute = lead
        .post(
            "/guidance/scan/withdraw",
            &[("last", &last), ("because", "")],
        )
        .await;
    assert_eq!(mute.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(says(&mute, "Say why the approval is withdrawn"));
    let page = nurse.get(&format!("{episode}/guidance")).await;
    assert!(!says(&page, UNAPPROVED));
    assert!(
        says(&page, "No clinician has approved"),
        "the others are not approved"
    );
    // Whoever may not approve is shown no form for it.
    let read = nurse.get("/guidance/scan").await;
    assert!(!says(&read, "Approve this pack"));
    let unknown = lead.get("/guidance/nothing-of-the-kind").await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_only_a_feed_says_is_marked_until_it_is_saved() {
    let test = TestApp::empty();
    let wrist = "There is a fracture of the left distal radius with dorsal angulation.";
    let scan = "Lumbar spine (L1-L4) T-score -2.8. FRAX 10-year probability, with BMD: major \
                osteoporotic fracture 18.4%, hip fracture 6.2%.";
    test.take_in_reports(&[
        (1, "XR Wrist Lt", wrist),
        (1, "DXA lumbar spine and hip", scan),
    ]);
    let mut nurse = test.sign_in(Role::Nurse).await;
    let (episode, _) = accepted(&mut nurse).await;
    let mut lead = test.sign_in(Role::LeadClinician).await;
    let name = [("name", "Dr Helen Marsh"), ("registration", "GMC 1234567")];
    lead.post("/guidance/responsible", &name).await;
    let page = nurse.get(&format!("{episode}/guidance")).await;
    sound(&page, "from a feed");
    assert!(says(&page, "18.4% (from a feed, not saved)"));
    let printed = "The score is printed in the scan’s report; nobody has saved it yet.";
    assert!(says(&page, printed));
    let frax = nurse.get(&format!("{episode}/frax")).await;
    sound(&frax, "FRAX, printed");
    assert!(says(
        &frax,
        "Printed in the scan’s report; nobody has saved it yet"
    ));
    let part = nurse.get(&format!("{episode}/assessment/risk")).await;
    let version = part.value_of("version");
    let saved = nurse
        .post(
            &format!("{episode}/assessment/risk/nothing"),
            &[("version", &version)],
        )
        .await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
    let page = nurse.get(&format!("{episode}/guidance")).await;
    assert!(!says(&page, printed));
    assert!(
        says(&page, "(from a feed, not saved)"),
        "the scan is not saved"
    );
}

#[tokio::test]
async fn reasons_for_departures_are_a_page_about_people() {
    let test = TestApp::full();
    let mut nurse = test.sign_in(Role::Nurse).await;
    let looks = test.accesses();
    let page = nurse.get("/guidance/departures").await;
    sound(&page, "departures");
    assert!(says(&page, "Nobody is on this list"));
    assert_eq!(test.accesses(), looks + 1);
    for role in [Role::Analyst, Role::Administrator, Role::PrivacyOfficer] {
        let refused = test.sign_in(role).await.get("/guidance/departures").await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{role:?}");
    }
}
