//! Renders every template with made-up people, and checks what must hold on every page.
//! `HERALD_GALLERY=folder cargo test -p web --test gallery` also writes the pages, to look at.

mod guidance_samples;
mod kpi_samples;
mod reader_samples;
mod samples;

use askama::Template;

/// Name and text of every page, in every state that looks different.
fn gallery() -> Vec<(&'static str, String)> {
    fn page(name: &'static str, template: impl Template) -> (&'static str, String) {
        (
            name,
            template.render().expect("a template with sample data"),
        )
    }
    vec![
        page("sign-in", samples::sign_in(false)),
        page("sign-in-error", samples::sign_in(true)),
        page("sign-in-code", samples::sign_in_code()),
        page("today", samples::today()),
        page("today-filtered", samples::today_filtered()),
        page("today-empty", samples::today_empty()),
        page("today-set-aside", samples::today_set_aside()),
        page("today-duplicates", samples::today_duplicates()),
        page("candidate", samples::candidate()),
        page("candidate-disputed", samples::candidate_disputed()),
        page("candidate-error", samples::candidate_error()),
        page("candidate-decided", samples::candidate_decided()),
        page("conflict", samples::conflict()),
        page("question", samples::question()),
        page("find", samples::find()),
        page("find-none", samples::find_none()),
        page("patient", samples::patient()),
        page("add", samples::add()),
        page("imports", samples::imports()),
        page("import-running", samples::import_running()),
        page("import-done", samples::import_done()),
        page("import-refused", samples::import_refused()),
        page("said-no", samples::said_no()),
        page("said-no-review", samples::review()),
        page("said-no-finished", samples::review_finished()),
        page("feeds", samples::feeds()),
        page("feeds-empty", samples::feeds_empty()),
        page("layouts", samples::layouts()),
        page("layouts-empty", samples::layouts_empty()),
        page("layout", samples::layout()),
        page("kpi", kpi_samples::kpi()),
        page("kpi-empty", kpi_samples::kpi_empty()),
        page("kpi-people", kpi_samples::kpi_people()),
        page("kpi-nobody", kpi_samples::kpi_nobody()),
        page("privacy", samples::privacy()),
        page("users", samples::users()),
        page("user", samples::user()),
        page("user-secret", samples::user_secret()),
        page("sites", samples::sites()),
        page("account", samples::account()),
        page("help", samples::help()),
        page("reader", reader_samples::form()),
        page("reader-wrong", reader_samples::wrong()),
        page("reader-seen", reader_samples::seen()),
        page("leaflets", guidance_samples::leaflets()),
        page("leaflet", guidance_samples::leaflet()),
        page("leaflet-large", guidance_samples::leaflet_large()),
        page("leaflet-easy", guidance_samples::leaflet_easy()),
        page("talk", guidance_samples::talk()),
        page("talk-no-figure", guidance_samples::talk_no_figure()),
        page("talk-off", guidance_samples::talk_off()),
        page("calculators", guidance_samples::calculators()),
        page("calculators-off", guidance_samples::calculators_off()),
        page("calculator", guidance_samples::calculator()),
        page("calculator-asks", guidance_samples::calculator_asks()),
        page("calculator-result", guidance_samples::calculator_result()),
        page(
            "calculator-qfracture",
            guidance_samples::calculator_qfracture(),
        ),
        page("frax", guidance_samples::frax()),
        page("frax-none", guidance_samples::frax_none()),
        page("frax-printed", guidance_samples::frax_printed()),
        page("departures", guidance_samples::departures()),
        page("departures-none", guidance_samples::departures_none()),
        page("resume", samples::resume()),
        page("not-found", samples::not_found()),
    ]
}

#[test]
fn every_template_renders() {
    let folder = std::env::var_os("HERALD_GALLERY").map(std::path::PathBuf::from);
    for (name, html) in gallery() {
        if let Some(folder) = &folder {
            std::fs::create_dir_all(folder).unwrap();
            std::fs::write(folder.join(format!("{name}.html")), &html).unwrap();
        }
        assert_eq!(html.matches("<h1").count(), 1, "{name}: one main heading");
        assert!(
            html.contains("<title>") && html.contains("– Herald</title>"),
            "{name}: title"
        );
        assert!(html.contains("href=\"#maincontent\""), "{name}: skip link");
    }
}

#[test]
fn nothing_is_inline_and_nothing_comes_from_elsewhere() {
    for (name, html) in gallery() {
        // Its licence wants it word for word, with the address in it.
        let html = html.replace(qfracture::DISCLAIMER, "");
        for bad in [
            " style=",
            "<style",
            "javascript:",
            "http://",
            "https://",
            " onclick",
            " onload",
            "src=\"//",
        ] {
            assert!(!html.contains(bad), "{name} has {bad}");
        }
        assert_eq!(
            html.matches("<script").count(),
            1,
            "{name}: one script, from a file"
        );
    }
}

#[test]
fn ids_are_unique_and_labels_reach_their_fields() {
    for (name, html) in gallery() {
        let mut ids: Vec<&str> = html
            .split(" id=\"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .collect();
        let count = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), count, "{name}: an id twice");
        let named = html
            .split(" for=\"")
            .skip(1)
            .chain(html.split(" href=\"#").skip(1))
            .filter_map(|rest| rest.split('"').next());
        for target in named {
            assert!(ids.contains(&target), "{name}: nothing has the id {target}");
        }
    }
}

#[test]
fn errors_are_in_the_title_and_no_address_holds_an_nhs_number() {
    for (name, html) in gallery() {
        if html.contains("nhsuk-error-summary") {
            assert!(html.contains("<title>Error: "), "{name}");
        }
        for address in html
            .split(" href=\"")
            .chain(html.split(" action=\""))
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
        {
            let digits = address.chars().filter(char::is_ascii_digit).count();
            let run = address
                .split(|c: char| !c.is_ascii_digit())
                .map(str::len)
                .max()
                .unwrap_or(0);
            assert!(
                run < 10 || digits < 10 || address.contains("otpauth"),
                "{name}: {address}"
            );
        }
    }
}

/// The plain pages, and the states that only time brings: the browser tests look at these as they stand here.
const SNAPSHOTS: [&str; 11] = [
    "today",
    "candidate",
    "candidate-decided",
    "candidate-disputed",
    "question",
    "import-done",
    "import-running",
    "patient",
    "resume",
    "said-no-finished",
    "sign-in-error",
];

#[test]
fn pages_look_as_they_did() {
    for (name, html) in gallery() {
        if SNAPSHOTS.contains(&name) {
            // Blank lines come and go with the templates' loops and mean nothing.
            let lines: Vec<&str> = html
                .lines()
                .filter(|line| !line.trim().is_empty())
                .collect();
            insta::assert_snapshot!(name, lines.join("\n"));
        }
    }
}
