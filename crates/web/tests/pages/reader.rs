//! The page where anybody signed in can paste a report.

use axum::http::StatusCode;
use jiff::SignedDuration;
use service::{Role, reader::LONGEST};

use crate::{
    app::{Page, TestApp, User},
    logs,
};

const REPORT: &str = "XR Wrist Lt\r\nClinical details: FOOSH. ?#\r\n\r\nFracture of the distal radius. No dislocation. \
    Mother had a hip fracture.";

/// The words of a part of the page, as they stand in front of somebody.
fn text(page: &Page) -> String {
    let main = page.body.split("<main").nth(1).unwrap();
    let main = main.split("</main>").next().unwrap();
    let words = main
        .split('<')
        .skip(1)
        .filter_map(|piece| piece.split_once('>'))
        .map(|(_, words)| words)
        .collect::<String>();
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

async fn read(user: &mut User<'_>, report: &str) -> Page {
    user.post("/reader", &[("report", report)]).await
}

#[tokio::test]
async fn whoever_is_signed_in_sees_why_a_report_is_listed() {
    let test = TestApp::empty();
    for role in Role::STAFF {
        let mut user = test.sign_in(role).await;
        let form = user.get("/reader").await;
        assert_eq!(form.status, StatusCode::OK, "{role:?}");
        let page = read(&mut user, REPORT).await;
        assert_eq!(page.status, StatusCode::OK, "{role:?}");
        let text = text(&page);
        for words in [
            "For the list Fracture of wrist (left) present",
            "Present Left wrist fracture.word Fracture, also written #",
            "Passed over: “#”, only asked in the clinical details.",
            "Passed over: “fracture”, somebody else&#39;s.",
            "Says how it happened.",
            "No (denies) dislocation. Nothing about a fracture.",
            "No clinician has approved them yet.",
            "Mother (somebody else)",
        ] {
            assert!(text.contains(words), "{role:?}: “{words}” in {text}");
        }
    }
}

#[tokio::test]
async fn every_word_of_the_report_stands_on_the_page_in_its_place() {
    let test = TestApp::empty();
    let mut user = test.sign_in(Role::Analyst).await;
    let report = "XR Pelvis\nClinical details: née Müller, fell.\n\nFINDINGS:\nOld # of the left pubic ramus; \
        no acute #. “Stable”.\n\n* Reported by: X *";
    let page = read(&mut user, report).await;
    let shown = page.body.split("id=\"sentences\"").nth(1).unwrap();
    let shown = shown.split("id=\"together\"").next().unwrap();
    // Without what the page adds: numbers, labels, notes and headings of the parts.
    let mut words = String::new();
    for block in shown
        .split("<p class=\"app-seen__words\">")
        .skip(1)
        .map(|block| block.split("</p>").next().unwrap())
    {
        let mut rest = block.to_owned();
        while let Some(at) = rest.find("<span class=\"app-role__label\">") {
            let end = at + rest[at..].find("</span></span>").unwrap() + "</span></span>".len();
            rest.replace_range(at..end, "");
        }
        words.extend(rest.split('<').enumerate().map(|(nth, piece)| match nth {
            0 => piece,
            _ => piece.split_once('>').unwrap().1,
        }));
    }
    if let Some(rest) = shown.split("<p class=\"app-seen__before\">").nth(1) {
        words.push_str(rest.split("</p>").next().unwrap());
    }
    let plain = |text: &str| text.split_whitespace().collect::<String>();
    assert_eq!(plain(&words), plain(report));
}

#[tokio::test]
async fn a_browser_s_line_ends_change_nothing() {
    let test = TestApp::empty();
    let mut user = test.sign_in(Role::Nurse).await;
    let windows = text(&read(&mut user, REPORT).await);
    let unix = text(&read(&mut user, &REPORT.replace("\r\n", "\n")).await);
    assert_eq!(windows, unix);
}

#[tokio::test]
async fn hostile_words_stay_words() {
    let test = TestApp::empty();
    let mut user = test.sign_in(Role::Nurse).await;
    let hostile = "<script>alert(1)</script> Fracture</textarea><img src=x onerror=alert(1)> of the \"left\" wrist \
        {{ 7*7 }} &lt;b&gt; </main>";
    let form = [
        ("report", hostile),
        ("exam", "\"><script>alert(2)</script>"),
        ("indication", "'><svg onload=alert(3)>"),
    ];
    let page = user.post("/reader", &form).await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(page.body.matches("<script").count(), 1, "the page's own");
    for bad in ["<img", "<svg onload", "</textarea><", "&lt;b&gt; </main>"] {
        assert!(!page.body.contains(bad), "{bad}");
    }
    assert!(page.body.contains("&#60;script&#62;alert(1)"));
    assert!(
        page.body.contains("&#38;lt;b"),
        "not taken for markup twice"
    );
    let wrong = user.post("/reader", &[("report", "{\\rtf <script>")]).await;
    assert_eq!(wrong.body.matches("<script").count(), 1);
}

#[tokio::test]
async fn what_cannot_be_read_is_said_in_words_at_the_field() {
    let test = TestApp::empty();
    let mut user = test.sign_in(Role::Coordinator).await;
    let long = "fracture.".repeat(LONGEST / 9 + 1);
    for (report, words) in [
        ("", "Paste the words of a report"),
        (" \r\n\t\u{a0} ", "Paste the words of a report"),
        ("... --- ###", "Paste the words of a report"),
        (
            &long,
            "longer than the 20,000 characters that the reader takes",
        ),
        ("{\\rtf1\\ansi Fracture}", "This is rich text (RTF)"),
        ("%PDF-1.7 x", "This is a PDF file"),
        ("MSH|^~\\&|RIS|x", "This is a whole HL7 message"),
        ("<!DOCTYPE html><p>x", "This is a web page"),
    ] {
        let page = read(&mut user, report).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{words}");
        assert!(
            page.body.contains("<title>Error: Try the reader"),
            "{words}"
        );
        assert!(page.body.contains("<a href=\"#report\">"), "{words}");
        assert!(text(&page).contains(words), "{words}");
        assert!(page.body.contains("id=\"report-error\""), "{words}");
        assert!(!page.body.contains("app-verdict"), "{words}");
    }
    let exam = user
        .post("/reader", &[("report", "No fracture."), ("exam", &long)])
        .await;
    assert_eq!(exam.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(exam.body.contains("id=\"exam-error\""));
    let beyond = read(&mut user, &"x".repeat(300 * 1024)).await;
    assert_eq!(beyond.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(beyond.body.contains("This is too large"));
}

#[tokio::test]
async fn the_longest_report_is_read_and_in_good_time() {
    let test = TestApp::empty();
    let mut user = test.sign_in(Role::Nurse).await;
    for words in ["# NOF.\n", "No fracture. ", "?wedge T12. ", "é<\"'&é. "] {
        let report = words.repeat(LONGEST / words.chars().count());
        let started = std::time::Instant::now();
        let page = read(&mut user, &report).await;
        assert_eq!(page.status, StatusCode::OK, "{words}");
        let took = started.elapsed();
        assert!(took.as_secs() < 30, "{words}: {took:?}");
    }
}

#[tokio::test]
async fn another_language_is_read_with_a_warning() {
    let test = TestApp::empty();
    let mut user = test.sign_in(Role::Nurse).await;
    let german =
        "Röntgen Handgelenk. Die Fraktur des Radius ist nicht disloziert. Keine weitere Fraktur.";
    let warning = "This does not look like English.";
    assert!(text(&read(&mut user, german).await).contains(warning));
    assert!(!text(&read(&mut user, REPORT).await).contains(warning));
}

#[tokio::test]
async fn an_example_fills_the_form() {
    let test = TestApp::empty();
    let mut user = test.sign_in(Role::Administrator).await;
    let form = user.get("/reader").await;
    let example = form.link("/reader?example=");
    let filled = user.get(&example).await;
    assert!(filled.body.contains("Wedge compression fracture of T12"));
    assert!(filled.body.contains("value=\"CT chest with contrast\""));
    assert!(
        !filled.body.contains("app-verdict"),
        "not read before it is sent"
    );
    let other = user.get("/reader?example=%3Cb%3E").await;
    assert_eq!(other.status, StatusCode::OK);
}

#[tokio::test]
async fn nothing_pasted_is_logged_or_kept() {
    let test = TestApp::empty();
    let mut user = test.sign_in(Role::Nurse).await;
    let before = test.accesses();
    let report = "Zebedee Quux. Fracture of the left wrist. Xylophonic.";
    read(&mut user, report).await;
    assert_eq!(test.accesses(), before, "nobody was looked at");
    read(&mut user, &format!("{{\\rtf {report}")).await;

    // A form sent after the time-out is kept elsewhere; this one is not.
    test.later(SignedDuration::from_hours(1));
    let late = read(&mut user, report).await;
    assert_eq!(late.status, StatusCode::SEE_OTHER);
    assert_eq!(late.location(), "/sign-in?ended=yes&next=/reader");
    let database = test.database();
    let log = logs::so_far();
    assert!(log.contains("route=\"/reader\""), "the route is logged");
    for secret in ["Zebedee", "Quux", "Xylophonic"] {
        assert!(!log.contains(secret), "the log holds {secret}");
        let held = database
            .windows(secret.len())
            .any(|w| w == secret.as_bytes());
        assert!(!held, "the database holds {secret}");
    }
}

#[tokio::test]
async fn the_report_of_a_candidate_can_be_explained_from_its_page() {
    let test = TestApp::full();
    let mut nurse = test.sign_in(Role::Nurse).await;
    let today = nurse.get("/today").await;
    let mut explained = 0;
    for link in today.body.split("href=\"/candidates/").skip(1).take(12) {
        let link = link.split('"').next().unwrap().replace("&#38;", "&");
        let page = nurse.get(&format!("/candidates/{link}")).await;
        let Some(form) = page.body.split("action=\"/reader\"").nth(1) else {
            continue;
        };
        let form = form.split("</form>").next().unwrap();
        let fields: Vec<(String, String)> = form
            .split("name=\"")
            .skip(1)
            .map(|field| {
                let (name, rest) = field.split_once("\" value=\"").unwrap();
                let value = rest.split("\">").next().unwrap();
                let value = value
                    .replace("&#34;", "\"")
                    .replace("&#39;", "'")
                    .replace("&#60;", "<")
                    .replace("&#62;", ">")
                    .replace("&#38;", "&");
                (name.to_owned(), value)
            })
            .collect();
        let fields: Vec<(&str, String)> = fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.clone()))
            .collect();
        let seen = nurse.post_bare("/reader", &fields).await;
        assert_eq!(seen.status, StatusCode::OK);
        assert!(seen.body.contains("app-verdict--yes") || seen.body.contains("app-verdict--look"));
        explained += 1;
    }
    assert!(
        explained > 0,
        "no candidate of the first twelve has a report"
    );
}

#[tokio::test]
async fn a_page_of_words_without_an_end_is_read() {
    let test = TestApp::empty();
    let mut user = test.sign_in(Role::Coordinator).await;
    let page = read(&mut user, "# NOF ".repeat(1_000).trim()).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("app-verdict"));
}
