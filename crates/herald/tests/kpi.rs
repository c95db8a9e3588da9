//! `herald kpi`: the same numbers as the page shows, in every form.

mod support;

use std::sync::Arc;

use jiff::civil::{Date, date};
use measures::kpi::{Kpi, Report};
use pathway::{
    Actor, Fact, Person, Source, State,
    care::{Done, Plan},
};
use service::{
    App,
    kpi::{self, Ask},
};
use store::{Address, Store, timeline};
use support::*;
use terms::{Answer, Recommended, SystemClock};

const AS_OF: Date = date(2026, 9, 30);

/// What is done for the nth person of whom nothing but sightings is known: accepted, then for some of them more.
fn cared_for(person: &Person, nth: usize) -> Vec<Fact> {
    let Some(new) = person.episodes.iter().find(|e| e.state() == State::New) else {
        return Vec::new();
    };
    let (episode, on) = (new.id, new.diagnosed().on);
    let done = |done| Fact::Care {
        episode,
        done: Box::new(done),
    };
    let plan = Plan {
        on,
        therapy: Recommended::Alendronate,
        calcium_vitamin_d: Answer::Yes,
        taught: Default::default(),
        follow_up: true,
        because: None,
        note: None,
        advised: None,
    };
    let facts = [
        Fact::Accepted { episode },
        done(Done::AssessmentCompleted { on }),
        done(Done::Decided(plan)),
    ];
    facts.into_iter().take(nth % 3 + 1).collect()
}

/// A folder with some fractures in care, and what the page would count.
fn in_care(folder: &Folder, ask: &Ask) -> Report {
    let files = weeks(&folder.path().join("year"), 30);
    assert!(folder.import(&files).output().unwrap().status.success());
    let config = format!("{CONFIG}\n[service.hip_fractures_a_year]\nRAJ01 = 20\n");
    std::fs::write(folder.path().join("data/herald.toml"), config).unwrap();

    let store = Store::open(&Address::Sqlite(folder.database())).unwrap();
    let clock = Arc::new(SystemClock);
    let mut app = App::new(store, clock, folder.path().to_owned(), Default::default()).unwrap();
    app.settings.hip_fractures_a_year = [("RAJ01".parse().unwrap(), 20)].into();
    let scope = app.store.sign_in_job("Test", app.clock.now()).unwrap();
    let mut people = Vec::new();
    app.store
        .read(|tx| {
            timeline::walk(tx, &scope, |_, outcome| {
                people.push(outcome.unwrap());
                Ok(())
            })
        })
        .unwrap();
    let by = Actor::Herald {
        job: "Test".to_owned(),
    };
    for (nth, person) in people.iter_mut().enumerate() {
        let facts = cared_for(person, nth);
        app.store
            .write(|tx| timeline::append(tx, person, app.clock.now(), &by, &Source::Staff, facts))
            .unwrap();
    }
    kpi::report(&app, &scope, ask).unwrap().report
}

#[test]
fn every_form_says_what_the_page_says() {
    let folder = Folder::new();
    let period = (date(2025, 1, 1), date(2026, 6, 30));
    let ask = Ask {
        as_of: Some(AS_OF),
        period: Some(period),
    };
    let report = in_care(&folder, &ask);
    let assessed = report.get(Kpi::Assessment).unwrap().total;
    assert!(
        assessed.met > 0 && assessed.met < assessed.eligible,
        "{assessed:?}"
    );
    assert!(
        report
            .get(Kpi::Identification)
            .unwrap()
            .total
            .expected
            .is_some()
    );

    let asked = [
        "kpi",
        "--as-of",
        "2026-09-30",
        "--from",
        "2025-01-01",
        "--to",
        "2026-06-30",
    ];
    let with = |form: &'static str| folder.good(&[&asked[..], &[form]].concat());

    let mut json: serde_json::Value = serde_json::from_str(&with("--json")).unwrap();
    let definitions = json.as_object_mut().unwrap().remove("definitions").unwrap();
    assert_eq!(definitions.as_array().unwrap().len(), Kpi::ALL.len());
    assert_eq!(json, serde_json::to_value(&report).unwrap());

    let printed = with("--csv");
    let mut reader = csv::Reader::from_reader(printed.as_bytes());
    let heads = reader.headers().unwrap().clone();
    assert_eq!(heads.iter().next(), Some("kpi"));
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), report.csv_rows().len());
    let totals: Vec<_> = rows.iter().filter(|row| &row[1] == "all").collect();
    let table = folder.good(&asked);
    for (of, row) in report.kpis.iter().zip(totals) {
        assert_eq!(row[0], of.number.to_string());
        assert_eq!(row[4], of.total.eligible.to_string());
        assert_eq!(row[6], of.total.met.to_string());
        let line = table
            .lines()
            .find(|line| line.contains(of.title))
            .unwrap_or_else(|| panic!("{} in {table}", of.title));
        let percent = of
            .total
            .percent
            .map_or("-".to_owned(), |value| format!("{value:.1}"));
        let cells: Vec<&str> = line.split_whitespace().collect();
        assert_eq!(cells[0], of.number.to_string());
        assert!(cells.contains(&of.total.met.to_string().as_str()), "{line}");
        assert!(cells.contains(&percent.as_str()), "{line}");
        assert!(line.ends_with(of.status.unwrap().words()), "{line}");
    }
    assert!(folder.good(&["rebuild"]).contains("identical"));
}

#[test]
fn nobody_in_care_is_no_error_and_a_wrong_question_is_one() {
    let folder = Folder::new();
    let table = folder.good(&["kpi"]);
    assert!(table.contains("0 accepted fractures"), "{table}");
    assert!(table.contains("hip_fractures_a_year"), "{table}");
    for wrong in [
        &["kpi", "--as-of", "2999-01-01"][..],
        &["kpi", "--from", "2025-02-01", "--to", "2025-01-01"],
        &["kpi", "--from", "2025-02-01"],
        &["kpi", "--json", "--csv"],
    ] {
        assert!(!folder.run(wrong).status.success(), "{wrong:?}");
    }
    let help = folder.good(&["kpi", "--help"]);
    assert!(
        help.contains("Examples:") && help.contains("--csv"),
        "{help}"
    );
}
