//! The nurse's way through the pages, and what keeps it safe.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use jiff::SignedDuration;
use service::{Role, Sites};

use crate::app::{Page, TestApp};

fn episode(address: &str) -> String {
    address
        .split('?')
        .next()
        .unwrap()
        .rsplit('/')
        .next()
        .unwrap()
        .to_owned()
}

fn decision<'a>(page: &Page, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, String)> {
    let mut form = vec![
        ("csrf", page.csrf()),
        ("version", page.value_of("version")),
        ("list", "new".to_owned()),
        ("at", page.value_of("at")),
    ];
    form.extend(
        more.iter()
            .map(|(name, value)| (*name, (*value).to_owned())),
    );
    form
}

#[tokio::test]
async fn accepting_goes_straight_on_to_the_next_and_can_be_undone() {
    let test = TestApp::full();
    let mut nurse = test.sign_in(Role::Nurse).await;
    let today = nurse.get("/today").await;
    let first = today.link("/candidates/");
    let page = nurse.get(&first).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("1 of "), "place in the list");

    let form = decision(&page, &[]);
    let answer = nurse
        .post_bare(&format!("/candidates/{}/accept", episode(&first)), &form)
        .await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let next = answer.location().to_owned();
    assert_ne!(episode(&next), episode(&first));
    let page = nurse.get(&next).await;
    assert!(
        page.body.contains("was accepted."),
        "the banner says who was acted on"
    );
    assert!(page.body.contains("1 of "), "still the first place");

    let undo = [("of", page.value_of("of")), ("csrf", page.csrf())];
    let answer = nurse
        .post_bare(&format!("/candidates/{}/undo", episode(&first)), &undo)
        .await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let again = nurse.get(answer.location()).await;
    assert!(again.body.contains("New to confirm") && again.body.contains("taken back"));
}

#[tokio::test]
async fn undo_is_offered_whichever_server_answers() {
    let test = TestApp::full();
    let mut nurse = test.sign_in(Role::Nurse).await;
    let first = nurse.get("/today").await.link("/candidates/");
    let page = nurse.get(&first).await;
    let form = decision(&page, &[]);
    let answer = nurse
        .post_bare(&format!("/candidates/{}/accept", episode(&first)), &form)
        .await;
    let mut elsewhere = nurse.at(test.another_server());
    assert!(
        elsewhere
            .get(answer.location())
            .await
            .body
            .contains("was accepted.")
    );
}

#[tokio::test]
async fn two_nurses_one_candidate_the_second_sees_what_changed() {
    let test = TestApp::full();
    let mut one = test.sign_in(Role::Nurse).await;
    let mut two = test.sign_in(Role::LeadClinician).await;
    let first = one.get("/today").await.link("/candidates/");
    let (mine, theirs) = (one.get(&first).await, two.get(&first).await);
    let path = format!("/candidates/{}", episode(&first));
    let form = decision(&theirs, &[]);
    assert_eq!(
        two.post_bare(&format!("{path}/accept"), &form).await.status,
        StatusCode::SEE_OTHER
    );
    let form = decision(
        &mine,
        &[("reason", "high_energy"), ("note", "fell from a ladder")],
    );
    let answer = one.post_bare(&format!("{path}/reject"), &form).await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    for words in [
        "This changed while you were looking at it",
        "Accepted",
        "Test Lead clinician",
        "fell from a ladder",
    ] {
        assert!(answer.body.contains(words), "{words}");
    }
}

#[tokio::test]
async fn a_reason_is_asked_for_in_words_at_its_field() {
    let test = TestApp::full();
    let mut nurse = test.sign_in(Role::Nurse).await;
    let first = nurse.get("/today").await.link("/candidates/");
    let page = nurse.get(&first).await;
    let path = format!("/candidates/{}", episode(&first));
    let answer = nurse
        .post_bare(&format!("{path}/reject"), &decision(&page, &[]))
        .await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.body.contains("<title>Error: "));
    assert!(answer.body.contains("href=\"#reject-reason\""));

    let bad = [
        ("reason", "other"),
        ("until-day", "31"),
        ("until-month", "2"),
        ("until-year", "2027"),
    ];
    let answer = nurse
        .post_bare(&format!("{path}/set-aside"), &decision(&page, &bad))
        .await;
    assert!(answer.body.contains("is not a real date"));
    assert!(
        answer.body.contains("value=\"31\""),
        "what was typed is still there"
    );

    let past = [
        ("reason", "unwell"),
        ("until-day", "1"),
        ("until-month", "2"),
        ("until-year", "2020"),
    ];
    let answer = nurse
        .post_bare(&format!("{path}/set-aside"), &decision(&page, &past))
        .await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.body.contains("href=\"#until\""));

    let well = [
        ("reason", "unwell"),
        ("until-day", "1"),
        ("until-month", "2"),
        ("until-year", "2027"),
    ];
    let answer = nurse
        .post_bare(&format!("{path}/set-aside"), &decision(&page, &well))
        .await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let aside = nurse.get("/today?list=set-aside").await;
    assert!(aside.body.contains("01-Feb-2027"));
}

#[tokio::test]
async fn lists_are_filtered_sorted_and_paged_in_the_address() {
    let test = TestApp::full();
    let mut nurse = test.sign_in(Role::Nurse).await;
    let all = nurse.get("/today").await;
    assert!(
        all.body.contains("1 to 25 of "),
        "never truncated without saying so"
    );
    assert!(all.body.contains("oldest fracture first"));
    let second = nurse.get("/today?page=2").await;
    assert!(second.body.contains("(page 2)") && second.body.contains("26 to "));
    let wrist = nurse
        .get("/today?fracture=wrist&site=RAJ01&sort=name&order=desc")
        .await;
    assert!(wrist.body.contains("Filter on") && wrist.body.contains("Only Southend, wrist"));
    assert!(wrist.body.contains("by name, Z to A"));
    let odd = nurse
        .get("/today?site=%27%3B--&sort=%3Cscript%3E&page=-1&list=zzz")
        .await;
    assert_eq!(odd.status, StatusCode::OK);
    assert!(!odd.body.contains("<script>"));
}

#[tokio::test]
async fn another_hospitals_people_are_not_there() {
    let test = TestApp::full();
    test.add(
        "elsewhere",
        Role::Nurse,
        Sites::These(BTreeSet::from(["RAJ32".to_owned()])),
    );
    let mut nurse = test.sign_in(Role::Nurse).await;
    let southend = nurse.get("/today?site=RAJ01").await.link("/candidates/");
    let mut other = test.sign_in_as("elsewhere").await;
    let page = other.get(&southend).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert!(!page.body.contains("app-patient"));
    let form = [("version", "1"), ("list", "new"), ("at", "1")];
    let answer = other
        .post(&format!("/candidates/{}/accept", episode(&southend)), &form)
        .await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_was_typed_outlives_the_session() {
    let test = TestApp::full();
    let mut nurse = test.sign_in(Role::Nurse).await;
    test.later(SignedDuration::from_mins(16));
    let form = [
        ("family", "Amend & Sons"),
        ("words", "Fell on the kerb"),
        ("told_by", "ward"),
    ];
    let answer = nurse.post("/patients/add", &form).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let draft = answer.location().split("next=").nth(1).unwrap().to_owned();
    assert!(draft.starts_with("/resume/"));
    assert!(
        !answer.location().contains("Amend"),
        "no name in the address"
    );
    let page = nurse.get(answer.location()).await;
    assert!(page.body.contains("What you typed has been kept"));

    let mut back = test.sign_in(Role::Nurse).await;
    let page = back.get(&draft).await;
    assert!(page.body.contains("Amend &#38; Sons") && page.body.contains("Fell on the kerb"));
    assert!(page.body.contains("action=\"/patients/add\""));

    let mut other = test.sign_in(Role::Coordinator).await;
    assert_eq!(
        other.get(&draft).await.status,
        StatusCode::NOT_FOUND,
        "only its owner gets it back"
    );
}

#[tokio::test]
async fn a_page_that_asks_by_itself_keeps_nobody_signed_in() {
    let test = TestApp::empty();
    let mut user = test.sign_in(Role::Coordinator).await;
    for _ in 0..3 {
        test.later(SignedDuration::from_mins(10));
        assert_eq!(
            user.get("/imports").await.status,
            StatusCode::OK,
            "somebody asks every ten minutes"
        );
    }
    test.later(SignedDuration::from_mins(10));
    assert_eq!(user.poll("/imports").await.status, StatusCode::OK);
    test.later(SignedDuration::from_mins(10));
    let page = user.get("/imports").await;
    assert!(
        page.location().starts_with("/sign-in?ended=yes"),
        "the poll counted as somebody"
    );
}

#[tokio::test]
async fn signing_out_ends_it_and_clears_the_browser() {
    let test = TestApp::empty();
    let mut nurse = test.sign_in(Role::Nurse).await;
    let page = nurse.post("/sign-out", &[]).await;
    assert!(
        page.headers
            .get("clear-site-data")
            .unwrap()
            .to_str()
            .unwrap()
            .contains("\"cookies\"")
    );
    assert!(nurse.get("/today").await.location().starts_with("/sign-in"));
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_user_look_alike() {
    let test = TestApp::empty();
    let mut pages = Vec::new();
    for username in ["nurse", "nobody-here"] {
        let mut visitor = test.visitor();
        visitor.csrf = visitor.get("/sign-in").await.csrf();
        let page = visitor
            .post("/sign-in", &[("username", username), ("password", "wrong")])
            .await;
        pages.push(page.body.replace(username, "…").replace(&page.csrf(), "…"));
    }
    assert_eq!(pages[0], pages[1]);
    assert!(pages[0].contains("The user name or the password is not right"));
}

#[tokio::test]
async fn finding_somebody_leaves_no_name_in_an_address() {
    let test = TestApp::full();
    let mut nurse = test.sign_in(Role::Nurse).await;
    let candidate = nurse.get("/today").await;
    let candidate = nurse.get(&candidate.link("/candidates/")).await;
    let number = candidate
        .body
        .split("app-nhs__number\">")
        .nth(1)
        .unwrap()
        .split('<')
        .next()
        .unwrap()
        .to_owned();
    let page = nurse.post("/patients/find", &[("term", &number)]).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("1 person") && page.body.contains(&number));
    let page = nurse
        .post("/patients/find", &[("term", "999 000 0000")])
        .await;
    assert!(page.body.contains("check digit") && page.body.contains("<title>Error: "));
    let page = nurse.post("/patients/find", &[("term", "zzzzqq")]).await;
    assert!(page.body.contains("Nobody found"));
}

#[tokio::test]
async fn somebody_added_by_hand_is_on_the_list() {
    let test = TestApp::empty();
    let mut nurse = test.sign_in(Role::Nurse).await;
    let page = nurse.post("/patients/add", &[("family", "")]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    let form = [
        ("family", "Amend"),
        ("given", "Alan"),
        ("born-day", "14"),
        ("born-month", "7"),
        ("born-year", "1945"),
        ("sex", "Male"),
        ("site", "hip"),
        ("side", "left"),
        ("hospital", "RAJ01"),
        ("fracture_date-day", "1"),
        ("fracture_date-month", "11"),
        ("fracture_date-year", "2026"),
        ("words", "Fell in the kitchen"),
        ("told_by", "ward"),
    ];
    let answer = nurse.post("/patients/add", &form).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    let page = nurse.get(answer.location()).await;
    assert!(page.body.contains("AMEND, Alan") && page.body.contains("Left hip"));
    assert!(page.body.contains("14-Jul-1945"));
    assert!(nurse.get("/today").await.body.contains("AMEND, Alan"));
}

#[tokio::test]
async fn an_uploaded_file_shows_what_became_of_it() {
    let test = TestApp::full();
    let mut coordinator = test.sign_in(Role::Coordinator).await;
    let csv = test
        .files
        .iter()
        .find(|path| path.extension().is_some_and(|e| e == "csv"))
        .unwrap();
    let content = std::fs::read(csv).unwrap();
    let csrf = coordinator.csrf.clone();
    let answer = coordinator.upload(&csrf, "again.csv", &content).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let page = coordinator.get(answer.location()).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("Received"));

    let answer = coordinator
        .upload(&csrf, "payroll.csv", b"name,pay\nA,1\nB,2\n")
        .await;
    let page = coordinator.get(answer.location()).await;
    assert!(
        page.body.contains("Refused") && page.body.contains("Nothing was taken in."),
        "{}",
        page.body
    );

    let answer = coordinator.upload(&csrf, "", b"").await;
    assert!(answer.body.contains("Choose a file"));
    let imports = coordinator.get("/imports").await;
    let csv = coordinator
        .get(&format!("{}/errors.csv", imports.link("/imports/")))
        .await;
    assert!(
        csv.headers["content-disposition"]
            .to_str()
            .unwrap()
            .starts_with("attachment")
    );
}

#[tokio::test]
async fn a_new_user_gets_a_sign_in_once_and_sees_what_was_given() {
    let test = TestApp::empty();
    let mut administrator = test.sign_in(Role::Administrator).await;
    let form = [
        ("username", "n.okafor"),
        ("name", "Ngozi Okafor"),
        ("role", "nurse"),
        ("sites", "RAJ01"),
        ("sites", "RAJ12"),
    ];
    let page = administrator.post("/admin/users/add", &form).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    assert!(page.body.contains("otpauth://") && page.body.contains("Shown once."));
    let users = administrator.get("/admin/users").await;
    assert!(
        users.body.contains("Ngozi Okafor") && users.body.contains("Basildon, ")
            || users.body.contains("Southend, ")
    );
    let page = administrator.post("/admin/users/add", &form).await;
    assert!(page.body.contains("Somebody has this name already"));
    let page = administrator
        .post(
            "/admin/users/add",
            &[("username", "x1"), ("name", "X"), ("role", "job")],
        )
        .await;
    assert!(
        page.body.contains("Choose a role"),
        "nobody can be given Herald’s own role"
    );
}

#[tokio::test]
async fn starting_again_after_the_password_is_possible() {
    let test = TestApp::empty();
    let mut visitor = test.visitor();
    let first = visitor.get("/sign-in").await.csrf();
    assert_eq!(
        visitor.get("/sign-in").await.csrf(),
        first,
        "a second window does not undo the first"
    );
    let password = test.password("nurse");
    for _ in 0..2 {
        visitor.csrf = visitor.get("/sign-in").await.csrf();
        let form = [("username", "nurse"), ("password", password.as_str())];
        let page = visitor.post("/sign-in", &form).await;
        assert_eq!(page.location(), "/sign-in/code");
    }
}

#[tokio::test]
async fn a_name_is_text_and_never_markup() {
    let test = TestApp::empty();
    let mut nurse = test.sign_in(Role::Nurse).await;
    let name = "<script>alert(1)</script>\"' onfocus=x";
    let form = [
        ("family", name),
        ("site", "hip"),
        ("hospital", "RAJ01"),
        ("told_by", "gp"),
        ("words", "<img src=x onerror=alert(1)>"),
    ];
    let answer = nurse.post("/patients/add", &form).await;
    let candidate = nurse.get(answer.location()).await;
    let banner = candidate.body.split("app-patient__name").nth(1).unwrap();
    let record = banner
        .split("href=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    let record = nurse.get(record).await;
    assert!(record.body.contains("app-timeline"));
    for page in [candidate, nurse.get("/today").await, record] {
        assert_eq!(page.body.matches("<script").count(), 1, "only Herald’s own");
        assert!(!page.body.contains("<img"));
        assert!(!page.body.contains("\" onfocus"));
    }
}
