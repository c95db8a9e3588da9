//! A demonstration and a service's own data never meet in one folder; and it shows a service that has worked.

mod support;

use std::sync::Arc;

use jiff::civil::{Date, date};
use pathway::{
    Person, PersonId,
    care::{Care, LetterState, Review},
};
use service::{
    App, Scope,
    accounts::{self, Visitor},
    drift, layouts,
    today::{self, Ask, Tab},
};
use store::{Address, Store};
use support::*;
use terms::FixedClock;

fn refused(folder: &Folder) {
    let output = folder.run(&["demo", "--no-serve"]);
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        said.contains("holds data that is no demonstration"),
        "{said}"
    );
    assert!(said.contains("choose another folder"), "{said}");
    folder.healthy();
}

#[test]
fn a_demonstration_does_not_start_on_live_data() {
    let with_staff = Folder::new();
    with_staff.good(&[
        "user",
        "add",
        "jo",
        "--name",
        "Jo Smith",
        "--role",
        "administrator",
    ]);
    refused(&with_staff);

    let with_patients = Folder::new();
    let files = weeks(&with_patients.path().join("year"), 4);
    assert!(
        with_patients
            .import(&files)
            .output()
            .unwrap()
            .status
            .success()
    );
    refused(&with_patients);
}

/// Fewer people than anybody would be shown, on a day of its own, so that it always comes out the same.
const SMALL: [&str; 8] = [
    "demo",
    "--no-serve",
    "--fractures",
    "80",
    "--seed",
    "4",
    "--today",
    "2026-06-30",
];

/// Somebody signs in as on the page, on a given day.
fn signed_in(folder: &Folder, username: &str, day: &str) -> (App, Scope) {
    let store = Store::open(&Address::Sqlite(folder.database())).unwrap();
    let noon = format!("{day}T12:00:00Z").parse().unwrap();
    let data = folder.path().join("data");
    let app = App::new(
        store,
        Arc::new(FixedClock::at(noon)),
        data.clone(),
        Default::default(),
    )
    .unwrap();
    let text = std::fs::read_to_string(data.join("sign-ins.json")).unwrap();
    let sign_ins: serde_json::Value = serde_json::from_str(&text).unwrap();
    let password = sign_ins["sign_ins"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["username"] == username)
        .and_then(|one| one["password"].as_str())
        .unwrap();
    let half_way = accounts::password(&app, username, password).unwrap();
    let code = accounts::code_now(&app, username).unwrap();
    let token = accounts::code(&app, &half_way.unwrap_or_else(|no| panic!("{no:?}")), &code)
        .unwrap()
        .unwrap_or_else(|no| panic!("{no:?}"));
    let Visitor::Signed(signed) = accounts::visitor(&app, &token, true).unwrap() else {
        panic!("{username} is not signed in");
    };
    let scope = signed.scope.clone();
    (app, scope)
}

fn counts(app: &App, scope: &Scope) -> Vec<(Tab, u64)> {
    today::today(app, scope, &Ask::default()).unwrap().counts
}

/// Everybody on record, as the timelines tell it.
fn people(folder: &Folder, app: &App, scope: &Scope) -> Vec<Person> {
    let database = rusqlite::Connection::open(folder.database()).unwrap();
    let mut select = database.prepare("SELECT hex(id) FROM person").unwrap();
    let ids: Vec<String> = select
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    app.store
        .read(|tx| {
            ids.iter()
                .map(|id| {
                    let id: PersonId = id.parse().unwrap();
                    let facts = store::timeline::facts(tx, scope, id)?.unwrap();
                    Ok::<_, store::Error>(Person::from_facts(id, &facts).unwrap())
                })
                .collect()
        })
        .unwrap()
}

fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole.max(1) as f64
}

#[test]
fn a_service_has_worked_for_more_than_a_year() {
    let folder = Folder::bare();
    folder.good(&SMALL);
    folder.healthy();

    let (app, lead) = signed_in(&folder, "lead", "2026-06-30");
    let then = counts(&app, &lead);
    for (tab, waiting) in &then {
        assert!(*waiting > 0, "nobody on {tab:?}: {then:?}");
    }

    // The layouts of the made-up reports are all known, and no made-up feed changes.
    assert!(layouts::list(&app, &lead).unwrap().layouts.is_empty());
    assert_eq!(drift::standing(&app, &lead).unwrap(), []);

    let today: Date = date(2026, 6, 30);
    let people = people(&folder, &app, &lead);
    let care: Vec<(Date, &Care)> = people
        .iter()
        .flat_map(|person| &person.episodes)
        .filter(|episode| episode.care.assessment.completed.is_some())
        .map(|episode| (episode.diagnosed().on, &episode.care))
        .collect();
    assert!(care.len() > 25, "{}", care.len());
    let assessed: Vec<i32> = care
        .iter()
        .filter_map(|(day, care)| {
            Some((care.assessment.completed.as_ref()?.what - *day).get_days())
        })
        .collect();
    assert!(assessed.iter().all(|days| *days >= 0));
    let in_time = assessed.iter().filter(|days| **days <= 90).count();
    assert!(share(in_time, assessed.len()) > 0.8, "{assessed:?}");
    for review in Review::ALL {
        let (first, last) = review.window();
        let done: Vec<i32> = care
            .iter()
            .filter_map(|(day, care)| Some((care.reviewed(*review)?.what.on - *day).get_days()))
            .collect();
        assert!(done.len() >= 4, "{review:?}: {done:?}");
        assert!(
            done.iter().all(|days| *days >= first),
            "{review:?}: {done:?}"
        );
        let counted = done.iter().filter(|days| **days <= last).count();
        assert!(share(counted, done.len()) > 0.6, "{review:?}: {done:?}");
    }
    let letters = || care.iter().flat_map(|(_, care)| &care.letters);
    assert!(letters().any(|letter| letter.state() == LetterState::Sent));
    for letter in letters() {
        let sent = letter.sent.as_ref().map(|sent| sent.what.0);
        assert!(sent.is_none_or(|on| on < today));
    }

    // Shown on a later day, more has become due; and time does not run back.
    folder.good(&["demo", "--no-serve", "--today", "2026-09-29"]);
    let (app, lead) = signed_in(&folder, "lead", "2026-09-29");
    let later = counts(&app, &lead);
    let on = |counts: &[(Tab, u64)], tab| counts.iter().find(|(t, _)| *t == tab).unwrap().1;
    assert!(on(&later, Tab::Stalled) > on(&then, Tab::Stalled));
    assert!(on(&later, Tab::Review52) > on(&then, Tab::Review52));
    let back = folder.run(&["demo", "--no-serve", "--today", "2026-07-01"]);
    assert!(!back.status.success());
    let said = String::from_utf8_lossy(&back.stderr).into_owned();
    assert!(said.contains("has come to 29 September 2026"), "{said}");
    folder.healthy();
}

#[test]
fn the_same_seed_makes_the_same_year() {
    let made = |seed: &str| {
        let folder = Folder::bare();
        folder.good(&[
            "demo",
            "--no-serve",
            "--fractures",
            "12",
            "--today",
            "2026-06-30",
            "--seed",
            seed,
        ]);
        folder.healthy()
    };
    let first = made("3");
    assert_eq!(first, made("3"));
}

#[test]
fn an_empty_demonstration_has_staff_and_nobody_on_record() {
    let folder = Folder::bare();
    folder.good(&["demo", "--empty", "--no-serve", "--today", "2027-03-12"]);
    let (app, nurse) = signed_in(&folder, "nurse", "2027-03-12");
    assert!(
        counts(&app, &nurse)
            .iter()
            .all(|(_, waiting)| *waiting == 0)
    );
    assert_eq!(app.sites().unwrap().len(), 3);
    // What is taken in stays when it is shown on a later day.
    let before = folder.healthy();
    folder.good(&["demo", "--empty", "--no-serve", "--today", "2027-08-01"]);
    assert_eq!(folder.healthy(), before);
}
