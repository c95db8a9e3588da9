//! The KPIs as pages: the numbers of the report, the lists behind them, and who sees which.

use axum::http::StatusCode;
use jiff::SignedDuration;
use measures::kpi::{Kpi, Set};
use service::{Role, kpi::Ask};

use crate::app::{TestApp, User};

/// The nurse accepts everybody new whom the first page lists.
async fn accept_some(nurse: &mut User<'_>) -> usize {
    let today = nurse.get("/today").await;
    let mut accepted = 0;
    for part in today.body.split("href=\"/candidates/").skip(1) {
        let id: String = part
            .chars()
            .take_while(|c| *c != '?' && *c != '"')
            .collect();
        let page = nurse.get(&format!("/candidates/{id}")).await;
        let form = [("csrf", page.csrf()), ("version", page.value_of("version"))];
        let answer = nurse
            .post_bare(&format!("/candidates/{id}/accept"), &form)
            .await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        accepted += 1;
    }
    accepted
}

#[tokio::test]
async fn the_page_says_what_the_report_says_and_opens_the_people() {
    let test = TestApp::full();
    let mut nurse = test.sign_in(Role::Nurse).await;
    let empty = nurse.get("/kpi").await;
    assert_eq!(empty.status, StatusCode::OK);
    assert!(empty.body.contains("Nobody to count yet"));

    let accepted = accept_some(&mut nurse).await;
    assert!(accepted > 3);
    test.later(SignedDuration::from_hours(24 * 120));
    let mut nurse = test.sign_in(Role::Nurse).await;
    let page = nurse.get("/kpi").await;
    let report = service::kpi::report(&test.app, &test.job(), &Ask::default())
        .unwrap()
        .report;
    assert_eq!(report.records as usize, accepted);
    for of in &report.kpis {
        let card = page
            .body
            .split(&format!("id=\"kpi-{}\"", of.number))
            .nth(1)
            .unwrap();
        let card = card.split("</section>").next().unwrap();
        let figure = of
            .total
            .percent
            .map_or("–".to_owned(), |value| format!("{value:.1}%"));
        assert!(
            card.contains(&format!("<p class=\"app-figure\">{figure}")),
            "{}",
            of.title
        );
        for set in Set::ALL {
            let number = of.total.count(*set);
            assert!(
                card.contains(&format!("{} <strong>{number}</strong>", set.words())),
                "{} {set}",
                of.title
            );
            let list = format!("href=\"/kpi/{}/{}\"", of.kpi.code(), set.code());
            assert_eq!(card.contains(&list), number > 0, "{} {set}", of.title);
        }
        assert!(card.contains(of.status.unwrap().words()), "{}", of.title);
    }
    let spine = report.get(Kpi::Spine).unwrap().total;
    let list = nurse.get("/kpi/spine/not_met").await;
    assert_eq!(
        list.body.matches("app-worklist__person").count() as u64,
        spine.not_met.min(25)
    );
    assert!(!list.link("/episodes/").is_empty());
    // The same question is kept on the way to the list and back.
    let asked = "as_of=2026-12-01&from=2026-01-01&to=2026-12-31";
    let page = nurse.get(&format!("/kpi?{asked}")).await;
    let link = page.link("/kpi/spine/not_met?");
    assert!(link.ends_with(asked), "{link}");
    let list = nurse.get(&link).await;
    assert!(list.link("/kpi?").contains(asked));
}

#[tokio::test]
async fn an_analyst_reads_numbers_and_opens_nobody() {
    let test = TestApp::full();
    accept_some(&mut test.sign_in(Role::Nurse).await).await;
    let mut analyst = test.sign_in(Role::Analyst).await;
    let page = analyst.get("/kpi").await;
    assert!(page.body.contains("KPI 11") && !page.body.contains("href=\"/kpi/"));
    assert!(!page.body.contains("NHS No."));
    assert_eq!(
        analyst.get("/kpi/spine/met").await.status,
        StatusCode::FORBIDDEN
    );
}

#[tokio::test]
async fn a_wrong_question_is_said_at_its_field() {
    let test = TestApp::empty();
    let mut lead = test.sign_in(Role::LeadClinician).await;
    for (asked, id, words) in [
        (
            "as_of=2999-01-01",
            "as_of",
            "Choose today or a day before it",
        ),
        ("as_of=31/12/2025", "as_of", "is not a date"),
        ("from=2025-01-01", "to", "its first and its last day"),
        (
            "from=2025-02-01&to=2025-01-01",
            "to",
            "not before the first",
        ),
    ] {
        let page = lead.get(&format!("/kpi?{asked}")).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{asked}");
        assert!(page.body.contains("<title>Error: KPIs"), "{asked}");
        assert!(page.body.contains(&format!("id=\"{id}-error\"")), "{asked}");
        assert!(page.body.contains(words), "{asked}");
    }
    for path in [
        "/kpi/nothing/met",
        "/kpi/spine/most",
        "/kpi/spine/met?from=x",
    ] {
        assert_eq!(lead.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let beside = lead.get("/kpi/follow_up_of_all/met").await;
    assert!(beside.body.contains("Nobody is on this list"));
}
