//! New report layouts, feeds and the estimate of sensitivity, as the lead clinician and the coordinator see them.

use axum::http::StatusCode;
use jiff::SignedDuration;
use service::Role;

use crate::app::TestApp;

#[tokio::test]
async fn the_lead_says_whether_a_layout_is_read_rightly() {
    let test = TestApp::empty();
    test.take_in_odd_reports(8);
    let mut lead = test.sign_in(Role::LeadClinician).await;
    let today = lead.get("/today").await;
    assert!(
        today
            .body
            .contains("1 new report layout: 3 reports wait until somebody says"),
        "the warning stands on Today"
    );
    let mut nurse = test.sign_in(Role::Nurse).await;
    assert!(
        !nurse.get("/today").await.body.contains("app-warning"),
        "it is not for nurses"
    );

    let list = lead.get("/layouts").await;
    assert!(list.body.contains("“Second reader statement”"));
    let address = list.link("/layouts/");
    let page = lead.get(&address).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(
        page.body.contains("Second reader statement: agreed."),
        "with what the reports say"
    );
    let done = lead
        .post(
            &address,
            &[("state", "read_rightly"), ("note", "A line of its own")],
        )
        .await;
    assert_eq!(done.location(), "/layouts");
    let list = lead.get("/layouts").await;
    assert!(list.body.contains("Read rightly") && list.body.contains("A line of its own"));
    assert!(!lead.get("/today").await.body.contains("app-warning"));
    let odd = lead.post(&address, &[("state", "maybe")]).await;
    assert_eq!(odd.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_silent_feed_is_seen_to_with_a_note() {
    let test = TestApp::full();
    let mut coordinator = test.sign_in(Role::Coordinator).await;
    let page = coordinator.get("/feeds").await;
    assert!(page.body.contains("Southend: imaging reports"));
    assert!(
        page.body.contains("No warning stands."),
        "an even year raises none"
    );

    // Ten more days of deliveries, then none.
    for day in 0..10 {
        test.take_in_odd_reports(2 + day);
        test.later(SignedDuration::from_hours(24));
    }
    test.later(SignedDuration::from_hours(24 * 9));
    let mut coordinator = test.sign_in(Role::Coordinator).await;
    let today = coordinator.get("/today").await;
    assert!(
        today
            .body
            .contains("Southend, imaging reports: nothing since 1 December")
    );
    let page = coordinator.get("/feeds").await;
    let fields = ["site", "kind", "what", "since"].map(|name| (name, page.value_of(name)));
    let mut form: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let refused = coordinator.post("/feeds/seen", &form).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        refused.body.contains("href=\"#note-1\"")
            && refused.body.contains("Say what was found or done")
    );
    form.push(("note", "Interface was off"));
    assert_eq!(
        coordinator.post("/feeds/seen", &form).await.location(),
        "/feeds"
    );
    let page = coordinator.get("/feeds").await;
    assert!(page.body.contains("Interface was off") && page.body.contains("No warning stands."));
    assert!(
        !coordinator
            .get("/today")
            .await
            .body
            .contains("nothing since")
    );
}

#[tokio::test]
async fn the_estimate_of_sensitivity_never_claims_more_than_was_reviewed() {
    let test = TestApp::full();
    let mut lead = test.sign_in(Role::LeadClinician).await;
    let page = lead.get("/said-no").await;
    assert!(page.body.contains("Not enough reviewed yet"));
    assert!(page.body.contains("no validation of the reader"));
    for _ in 0..60 {
        let item = lead.get("/said-no/review").await;
        if !item.body.contains("action=\"/said-no/review/") {
            break;
        }
        let action = item.body.split("action=\"/said-no/review/").nth(1).unwrap();
        let action = format!("/said-no/review/{}", action.split('"').next().unwrap());
        lead.post(&action, &[("verdict", "agree")]).await;
    }
    let page = lead.get("/said-no").await;
    let all = page
        .body
        .split("<th scope=\"row\">All</th>")
        .nth(2)
        .unwrap();
    let all = all.split("</tr>").next().unwrap();
    assert!(all.contains("%") && all.contains(" to 100%"), "{all}");
    assert!(
        page.body.contains("app-run__point"),
        "the newest month is drawn"
    );
}
