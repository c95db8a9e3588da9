//! A change of what the service takes, through its pages.

use axum::http::StatusCode;
use service::Role;

use crate::app::TestApp;

#[tokio::test]
async fn rules_are_proposed_counted_approved_and_put_back() {
    let test = TestApp::full();
    let mut administrator = test.sign_in(Role::Administrator).await;
    let page = administrator.get("/rules").await;
    assert!(page.body.contains("Nobody: it was made from herald.toml"));
    assert!(!page.body.contains("Put rule set"), "there is none before");

    let wrong = [
        ("sites_not_taken", "skull"),
        ("steps_low_energy", "many"),
        ("youngest", "50"),
        ("practices", "F81001, what?"),
        ("postcodes", ""),
        ("note", ""),
    ];
    let page = administrator.post("/rules/propose", &wrong).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.body.contains("href=\"#steps_low_energy\""));
    assert!(page.body.contains("href=\"#practices\""));
    assert!(page.body.contains("F81001, what?"), "kept as it was typed");

    let right = [
        ("sites_not_taken", "skull"),
        ("sites_not_taken", "wrist"),
        ("steps_low_energy", "3"),
        ("youngest", "50"),
        ("practices", ""),
        ("postcodes", ""),
        ("note", "Fingers are to be counted, wrists are not"),
    ];
    let proposed = administrator.post("/rules/propose", &right).await;
    assert_eq!(proposed.location(), "/rules/2");
    let page = administrator.get("/rules/2").await;
    for words in [
        "Wrist: no longer taken",
        "Finger: taken from now on",
        "2 approvals, one of them a lead clinician’s",
        "Before and after",
        "Withdraw Rule set 2",
    ] {
        assert!(page.body.contains(words), "{words}");
    }
    assert!(
        !page.body.contains("/rules/2/people"),
        "no people for an administrator"
    );
    assert!(!page.body.contains("/rules/2/approve"));

    let mut nurse = test.sign_in(Role::Nurse).await;
    let page = nurse.get("/rules/2").await;
    let compared = page.value_of("compared");
    let people = nurse.get(&page.link("/rules/2/people")).await;
    assert!(people.body.contains("No longer listed") && people.body.contains("app-mark"));
    let form = [("compared", compared.as_str())];
    nurse.post("/rules/2/approve", &form).await;
    let page = nurse.get("/rules/2").await;
    assert!(page.body.contains("It is not live yet"));
    assert!(page.body.contains("You have approved this set"));

    let mut lead = test.sign_in(Role::LeadClinician).await;
    lead.post("/rules/2/approve", &form).await;
    let page = lead.get("/rules").await;
    assert!(page.body.contains("was approved and is live"));
    assert!(page.body.contains("herald.toml says otherwise"));
    assert!(page.body.contains("Put rule set 1 back"));

    let from = page.value_of("from");
    let page = lead
        .post("/rules/roll-back", &[("from", &from), ("reason", "")])
        .await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.body.contains("Say why, in a few words"));
    let back = [("from", from.as_str()), ("reason", "Too few wrists")];
    lead.post("/rules/roll-back", &back).await;
    let page = lead.get("/rules").await;
    assert!(page.body.contains("Rule set 1 is live again"));
    lead.post("/rules/roll-back", &back).await;
    let page = lead.get("/rules/1").await;
    assert!(page.body.contains("this changed meanwhile"));
    assert!(
        page.body
            .contains("Put back in place of rule set 2: Too few wrists")
    );
}
