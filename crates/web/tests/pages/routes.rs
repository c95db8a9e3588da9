//! The route table against what is really served: who gets in, what every answer says to the browser, what is
//! written down.

use axum::{
    body::Body,
    http::{Method, StatusCode, header},
};
use service::Role;
use web::{
    WebConfig,
    routes::{Route, Token, Who, table},
};

use crate::app::{TestApp, User};

/// An address for a row: ids that exist where the test needs them, any id otherwise.
fn address(row: &Route, ids: &Ids) -> String {
    let any = "01890000-0000-8000-8000-000000000000";
    if row.path.starts_with("/kpi/") {
        return row
            .path
            .replace("{kpi}", "spine")
            .replace("{set}", "not_met");
    }
    let id = match row.path {
        p if p.starts_with("/candidates") || p.starts_with("/episodes") => &ids.episode,
        p if p.starts_with("/patients") => &ids.person,
        p if p.starts_with("/questions") => &ids.item,
        p if p.starts_with("/admin/users") => &ids.user,
        p if p.starts_with("/imports") => &ids.import,
        p if p.starts_with("/layouts") => &ids.layout,
        p if p.starts_with("/leaflets") => "alendronate",
        _ => any,
    };
    let mut path = row
        .path
        .replace("{letter}", &ids.letter)
        .replace("{number}", "1")
        .replace("{pack}", "scan")
        .replace("{part}", "risk")
        .replace("{which}", "bmi")
        .replace("{review}", "weeks_16");
    while let (Some(start), Some(end)) = (path.find('{'), path.find('}')) {
        path.replace_range(start..=end, id);
    }
    path
}

struct Ids {
    episode: String,
    /// A letter of that episode.
    letter: String,
    person: String,
    item: String,
    user: String,
    import: String,
    layout: String,
}

fn uuid_after(body: &str, mark: &str) -> String {
    body.split(mark)
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap())
        .find(|id| id.len() == 36)
        .unwrap_or_else(|| panic!("no id after {mark}"))
        .to_owned()
}

/// The candidate accepted, and an invitation begun.
async fn letter(nurse: &mut User<'_>, episode: &str) -> String {
    let page = nurse.get(&format!("/candidates/{episode}")).await;
    let version = page.value_of("version");
    let accept = format!("/candidates/{episode}/accept");
    nurse.post(&accept, &[("version", &version)]).await;
    let page = nurse.get(&format!("/episodes/{episode}")).await;
    let version = page.value_of("version");
    let letters = format!("/episodes/{episode}/letters");
    let begun = nurse
        .post(&letters, &[("version", &version), ("kind", "invitation")])
        .await;
    let id = begun.location().split('?').next().unwrap();
    id.rsplit('/').next().unwrap().to_owned()
}

async fn ids(test: &TestApp) -> Ids {
    let mut nurse = test.sign_in(Role::Nurse).await;
    let last = |link: String| {
        link.split('?')
            .next()
            .unwrap()
            .rsplit('/')
            .next()
            .unwrap()
            .to_owned()
    };
    let today = nurse.get("/today").await;
    let candidate = nurse.get(&today.link("/candidates/")).await;
    let letter = letter(&mut nurse, &last(today.link("/candidates/"))).await;
    let questions = nurse.get("/today?list=duplicates").await;
    let mut administrator = test.sign_in(Role::Administrator).await;
    let users = administrator.get("/admin/users").await;
    let mut coordinator = test.sign_in(Role::Coordinator).await;
    let imports = coordinator.get("/imports").await;
    test.take_in_odd_reports(1);
    let layouts = test
        .sign_in(Role::LeadClinician)
        .await
        .get("/layouts")
        .await;
    Ids {
        letter,
        episode: last(today.link("/candidates/")),
        person: uuid_after(&candidate.body, "href=\"/patients/"),
        item: last(questions.link("/questions/")),
        user: uuid_after(&users.body, "href=\"/admin/users/"),
        import: last(imports.link("/imports/")),
        layout: last(layouts.link("/layouts/")),
    }
}

#[tokio::test]
async fn every_role_gets_exactly_the_pages_of_the_table() {
    let test = TestApp::full();
    let ids = ids(&test).await;
    for role in Role::STAFF {
        let mut user = test.sign_in(role).await;
        for row in table()
            .iter()
            .filter(|row| row.method == Method::GET && row.who != Who::Nobody)
        {
            let path = address(row, &ids);
            let page = user.get(&path).await;
            let allowed = row.who.lets_in(role);
            let case = format!("{role:?} GET {}", row.path);
            if allowed {
                assert_ne!(page.status, StatusCode::FORBIDDEN, "{case}");
                assert_ne!(page.status, StatusCode::INTERNAL_SERVER_ERROR, "{case}");
                let found = !matches!(row.path, "/resume/{draft}");
                assert!(!found || page.status != StatusCode::NOT_FOUND, "{case}");
            } else {
                assert_eq!(page.status, StatusCode::FORBIDDEN, "{case}");
                assert!(!page.body.contains("app-patient"), "{case} shows a patient");
            }
        }
        for row in table()
            .iter()
            .filter(|row| row.method == Method::POST && !row.who.lets_in(role))
        {
            let page = user.post(&address(row, &ids), &[]).await;
            assert_eq!(
                page.status,
                StatusCode::FORBIDDEN,
                "{role:?} POST {}",
                row.path
            );
        }
    }
}

#[tokio::test]
async fn nobody_gets_in_without_signing_in() {
    let test = TestApp::empty();
    let mut visitor = test.visitor();
    for row in table() {
        if matches!(row.who, Who::Nobody | Who::Visitor) {
            continue;
        }
        let path = row.path.replace(['{', '}'], "x");
        let page = match row.method {
            Method::GET => visitor.get(&path).await,
            _ => visitor.post(&path, &[]).await,
        };
        if row.method == Method::GET || row.path == "/sign-out" {
            assert_eq!(
                page.status,
                StatusCode::SEE_OTHER,
                "{} {}",
                row.method,
                row.path
            );
            assert!(page.location().starts_with("/sign-in"), "{}", row.path);
        } else {
            assert_eq!(
                page.status,
                StatusCode::FORBIDDEN,
                "{} {}",
                row.method,
                row.path
            );
        }
    }
}

#[tokio::test]
async fn every_post_without_its_token_is_refused() {
    let test = TestApp::full();
    let ids = ids(&test).await;
    for row in table().iter().filter(|row| row.method == Method::POST) {
        let role = Role::STAFF
            .into_iter()
            .find(|role| row.who.lets_in(*role))
            .unwrap();
        let mut user = if row.who == Who::Visitor {
            test.visitor()
        } else {
            test.sign_in(role).await
        };
        let path = address(row, &ids);
        for token in ["", "wrong", "0123456789abcdef0123456789abcdef"] {
            let page = match row.token {
                Token::InForm => user.post_bare(&path, &[("csrf", token.to_owned())]).await,
                Token::FirstField => user.upload(token, "a.csv", b"a,b\n").await,
            };
            assert_eq!(
                page.status,
                StatusCode::FORBIDDEN,
                "{} with “{token}”",
                row.path
            );
        }
        // Not even as another kind of form.
        let page = user
            .send(
                Method::POST,
                &path,
                Body::from("{}"),
                Some("application/json"),
            )
            .await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{} as JSON", row.path);
    }
}

#[tokio::test]
async fn whatever_shows_people_is_written_down() {
    let test = TestApp::full();
    let ids = ids(&test).await;
    let number = {
        let mut nurse = test.sign_in(Role::Nurse).await;
        let page = nurse.get(&format!("/patients/{}", ids.person)).await;
        let rest = page.body.split("app-nhs__number\">").nth(1).unwrap();
        rest.split('<').next().unwrap().to_owned()
    };
    for row in table().iter().filter(|row| row.shows_people) {
        for role in Role::STAFF
            .into_iter()
            .filter(|role| row.who.lets_in(*role))
        {
            let mut user = test.sign_in(role).await;
            let before = test.accesses();
            let path = address(row, &ids);
            let page = match row.method {
                Method::GET => user.get(&path).await,
                _ => {
                    let form = [
                        ("term", number.as_str()),
                        ("nhs_number", number.as_str()),
                        ("user", ids.user.as_str()),
                    ];
                    user.post(&path, &form).await
                }
            };
            assert_eq!(
                page.status,
                StatusCode::OK,
                "{role:?} {} {}",
                row.method,
                row.path
            );
            assert!(
                test.accesses() > before,
                "{role:?} {} {} left no access row",
                row.method,
                row.path
            );
        }
    }
}

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let test = TestApp::full();
    let ids = ids(&test).await;
    let mut lead = test.sign_in(Role::LeadClinician).await;
    let css = lead.get("/help").await.link("/assets/");
    let mut paths: Vec<String> = table()
        .iter()
        .filter(|row| row.method == Method::GET && row.path != "/assets/{file}")
        .map(|row| address(row, &ids))
        .collect();
    paths.extend([
        "/nowhere".to_owned(),
        css.clone(),
        "/assets/other.css".to_owned(),
    ]);
    for path in paths {
        let page = lead.get(&path).await;
        let get = |name: &str| {
            page.headers
                .get(name)
                .map(|v| v.to_str().unwrap())
                .unwrap_or_default()
        };
        let policy = get("content-security-policy");
        for part in [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "form-action 'self'",
        ] {
            assert!(policy.contains(part), "{path}: {part}");
        }
        assert!(!policy.contains("unsafe"), "{path}");
        assert_eq!(get("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(get("referrer-policy"), "same-origin", "{path}");
        assert!(get("permissions-policy").contains("camera=()"), "{path}");
        let kept = get("cache-control");
        if path == css {
            assert!(kept.contains("immutable"))
        } else {
            assert_eq!(kept, "no-store", "{path}")
        }
        assert_eq!(
            get("strict-transport-security"),
            "",
            "{path}: only behind https"
        );
    }
}

#[tokio::test]
async fn behind_https_the_cookie_is_secure_and_the_browser_is_told_to_stay() {
    let test = TestApp::with(WebConfig {
        behind_https: true,
        demo: false,
        spool_dir: "".into(),
        version: "0.1.0".into(),
    });
    let page = test.visitor().get("/sign-in").await;
    let cookie = page
        .headers
        .get(header::SET_COOKIE)
        .unwrap()
        .to_str()
        .unwrap();
    assert!(cookie.starts_with("__Host-herald-start="), "{cookie}");
    assert!(
        cookie.contains("Secure") && cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax")
    );
    assert!(page.headers.contains_key(header::STRICT_TRANSPORT_SECURITY));
    assert!(!page.body.contains("Made-up people"));
}

#[tokio::test]
async fn other_methods_are_refused() {
    let test = TestApp::full();
    let ids = ids(&test).await;
    let mut nurse = test.sign_in(Role::Nurse).await;
    for method in [
        Method::TRACE,
        Method::PUT,
        Method::DELETE,
        Method::PATCH,
        Method::OPTIONS,
    ] {
        for path in [
            "/today",
            &format!("/patients/{}", ids.person),
            "/sign-in",
            "/nowhere",
        ] {
            let page = nurse.send(method.clone(), path, Body::empty(), None).await;
            let refused = matches!(
                page.status,
                StatusCode::METHOD_NOT_ALLOWED | StatusCode::NOT_FOUND
            );
            assert!(refused, "{method} {path}: {}", page.status);
            assert!(!page.body.contains("app-patient"));
        }
    }
    let head = nurse
        .send(Method::HEAD, "/today", Body::empty(), None)
        .await;
    assert_eq!((head.status, head.body.as_str()), (StatusCode::OK, ""));
    assert_eq!(
        test.visitor()
            .send(Method::HEAD, "/today", Body::empty(), None)
            .await
            .status,
        StatusCode::SEE_OTHER
    );
}
