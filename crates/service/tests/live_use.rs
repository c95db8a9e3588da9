//! Proof in live use: how much is missed by source, feeds that change or fall silent, and reports laid out in a way that
//! nobody has met. True on both databases.

mod support;

use jiff::{
    ToSpan,
    civil::{Date, date},
};
use service::{
    Error, LayoutState, RejectReason, Verdict,
    candidate::{self, Choice},
    drift::{self, What},
    layouts, said_no, upkeep,
};
use support::*;
use synth::Hospital;

on_both_databases! {
    sensitivity_is_estimated_by_source,
    a_rejected_fracture_was_not_found,
    a_week_that_departs_raises_a_warning,
    a_feed_that_falls_silent_raises_a_warning,
    an_item_counts_once,
    a_message_without_a_day_counts_when_it_was_sent,
    a_new_layout_is_looked_at_then_waits,
    a_layout_read_rightly_settles_what_waited,
    a_layout_not_understood_is_looked_at,
    a_report_that_waits_is_corrected_by_its_source,
    who_the_report_is_about_is_asked_whatever_the_layout,
    only_a_clinician_judges_a_layout,
}

/// A report without a fracture, under a heading that the reader does not know.
const ODD: &str = "Second reader statement: agreed.\nNo fracture or dislocation is seen.";

fn clear(n: u32, text: &'static str) -> String {
    let accession = format!("ACC{n}");
    XRay {
        text,
        ..wrist(&accession)
    }
    .of(&person(n))
}

fn many(numbers: std::ops::RangeInclusive<u32>, text: &'static str) -> String {
    numbers.map(|n| clear(n, text)).collect()
}

fn ignored(view: &service::imports::ImportView) -> Vec<(&str, u64)> {
    let sums = &view.sums.ignored;
    sums.iter().map(|r| (r.code.as_str(), r.items)).collect()
}

fn sensitivity_is_estimated_by_source(world: &World) {
    let (app, lead) = (&world.app, world.lead());
    world.import("clear.hl7", many(1..=40, NOTHING_BROKEN));
    world.import("broken.hl7", many(101..=120, WRIST_BROKEN));
    let rows: Vec<_> = (201..=204)
        .map(|n| ed_row(&person(n), &format!("ED{n}"), date(2026, 11, 19), RADIUS))
        .collect();
    world.import("ed.csv", csv("ecds", &rows));

    let seen = said_no::summary(app, &lead).unwrap();
    let words: Vec<_> = seen
        .sensitivity
        .iter()
        .map(|e| (e.words.as_str(), e.found, e.refused))
        .collect();
    assert_eq!(
        words,
        [
            ("All", 24, 40),
            ("Southend, emergency attendances", 4, 0),
            ("Southend, imaging reports", 20, 40),
        ]
    );
    assert!(
        seen.sensitivity.iter().all(|e| e.sensitivity.is_none()),
        "nothing reviewed says nothing"
    );

    for nth in 0..20 {
        let refused = said_no::next(app, &lead, None).unwrap().unwrap();
        let verdict = if nth == 3 {
            Verdict::Unsure
        } else {
            Verdict::Agree
        };
        said_no::review(app, &lead, refused.item, verdict, None).unwrap();
    }
    let seen = said_no::summary(app, &lead).unwrap();
    let reports = &seen.sensitivity[2];
    assert_eq!(
        (reports.reviewed, reports.missed),
        (20, 1),
        "not sure counts as missed"
    );
    let share = reports.sensitivity.unwrap().share;
    // 1 of 20 in half of 40: about 2 missed beside 20 found.
    assert!((share.value - 20.0 / 22.0).abs() < 1e-9, "{share:?}");
    assert!(
        share.lower > 0.7 && share.lower < share.value && share.upper < 1.0,
        "{share:?}"
    );
    let month = seen.months.last().unwrap();
    assert_eq!(
        (month.words.as_str(), month.found, month.reviewed),
        ("November 2026", 24, 20)
    );
    world.all_holds();
}

fn a_rejected_fracture_was_not_found(world: &World) {
    let (app, nurse) = (&world.app, world.nurse());
    world.import("broken.hl7", many(1..=3, WRIST_BROKEN));
    let found = || said_no::summary(app, &world.lead()).unwrap().sensitivity[0].found;
    assert_eq!(found(), 3, "who has not been decided on counts");
    for (entry, reason) in world
        .list(&nurse)
        .iter()
        .zip([RejectReason::NotAFracture, RejectReason::HighEnergy])
    {
        let seen = candidate::view(app, &nurse, entry.episode, None).unwrap();
        let choice = Choice::Reject { reason, note: None };
        candidate::decide(app, &nurse, entry.episode, seen.version, &choice).unwrap();
    }
    assert_eq!(found(), 2, "a fracture by force is one all the same");
}

/// Reports without a fracture, so many in each week.
fn weeks(counts: &[(Date, u32)]) -> String {
    let mut out = String::new();
    for (monday, count) in counts {
        for n in 0..*count {
            let accession = format!("W{monday}-{n}");
            let report = XRay {
                on: *monday + i64::from(n % 5).days(),
                text: NOTHING_BROKEN,
                ..wrist(&accession)
            };
            out.push_str(&report.of(&person(n + 1)));
        }
    }
    out
}

fn ten_weeks(last: u32) -> Vec<(Date, u32)> {
    let first = date(2026, 8, 31);
    let usual = [31, 28, 33, 30, 27, 32, 29, 31, 30, 28];
    let mut counts: Vec<_> = (0_i64..)
        .zip(usual)
        .map(|(n, count)| (first + n.weeks(), count))
        .collect();
    counts.push((date(2026, 11, 9), last));
    counts.push((date(2026, 11, 16), 2));
    counts
}

fn a_week_that_departs_raises_a_warning(world: &World) {
    let (app, coordinator) = (&world.app, world.coordinator());
    world.import("weeks.hl7", weeks(&ten_weeks(9)));
    let standing = drift::standing(app, &coordinator).unwrap();
    let words: Vec<_> = standing.iter().map(|w| w.words.as_str()).collect();
    assert_eq!(words.len(), 1, "{words:?}");
    assert!(
        words[0].starts_with(
            "Southend, imaging reports: 9 came in the week of 9 November, usually 27 to 33"
        ),
        "{words:?}"
    );
    let feed = &drift::feeds(app, &coordinator).unwrap().feeds[0];
    let last: Vec<_> = feed
        .weeks
        .iter()
        .rev()
        .take(2)
        .map(|w| (w.items, w.with_word, w.yes, w.complete))
        .collect();
    assert_eq!(last, [(2, 2, 0, false), (9, 9, 0, true)]);
    let told = upkeep::doctor(app)
        .unwrap()
        .into_iter()
        .find(|c| c.id == "FD")
        .unwrap();
    assert!(told.holds && told.found.contains("9 came"), "{told:?}");

    let warning = &standing[0];
    let which = (
        warning.site.as_str(),
        warning.kind.as_str(),
        What::Volume,
        warning.since,
    );
    assert!(
        matches!(
            drift::see(app, &coordinator, which, None),
            Err(Error::Invalid(_))
        ),
        "say what was done"
    );
    assert!(matches!(
        drift::see(app, &world.nurse(), which, Some("x")),
        Err(Error::Forbidden)
    ));
    let other = (which.0, which.1, What::Yes, which.3);
    assert!(
        matches!(
            drift::see(app, &coordinator, other, Some("x")),
            Err(Error::NotFound)
        ),
        "no such warning"
    );
    drift::see(
        app,
        &coordinator,
        which,
        Some("Interface was down on Tuesday; sent again"),
    )
    .unwrap();
    assert!(matches!(
        drift::see(app, &world.lead(), which, Some("y")),
        Err(Error::Conflict { .. })
    ));
    assert!(drift::standing(app, &coordinator).unwrap().is_empty());
    let seen = drift::feeds(app, &world.lead()).unwrap().feeds[0].warnings[0]
        .seen
        .clone()
        .unwrap();
    assert_eq!(
        (seen.by_whom.as_str(), seen.note.as_str()),
        (
            "Cora Coordinator",
            "Interface was down on Tuesday; sent again"
        )
    );
    world.all_holds();
}

fn a_feed_that_falls_silent_raises_a_warning(world: &World) {
    let (app, coordinator) = (&world.app, world.coordinator());
    for n in 1..=10 {
        let accession = format!("ACC{n}");
        let report = XRay {
            text: NOTHING_BROKEN,
            ..wrist(&accession)
        };
        world.import("day.hl7", report.of(&person(n)));
        world.days_pass(1);
    }
    // 2 December: the last came on 1 December, and never more than a day lay between two.
    for _ in 0..2 {
        assert!(drift::standing(app, &coordinator).unwrap().is_empty());
        world.days_pass(1);
    }
    let standing = drift::standing(app, &coordinator).unwrap();
    assert_eq!(
        standing
            .iter()
            .map(|w| w.words.as_str())
            .collect::<Vec<_>>(),
        [
            "Southend, imaging reports: nothing since 1 December (3 days); the longest gap before was 1 day"
        ]
    );
    assert!(drift::standing(app, &world.lead()).unwrap() == standing);
    world.import("again.hl7", clear(50, NOTHING_BROKEN));
    assert!(drift::standing(app, &coordinator).unwrap().is_empty());
}

fn an_item_counts_once(world: &World) {
    let (app, coordinator) = (&world.app, world.coordinator());
    let file = weeks(&ten_weeks(30)) + &many(901..=903, WRIST_BROKEN);
    world.import("weeks.hl7", &file);
    let before = drift::feeds(app, &coordinator).unwrap();
    world.import("the-same-again.hl7", file + "\r");
    assert_eq!(drift::feeds(app, &coordinator).unwrap(), before);
    let newest = before.feeds[0].weeks.last().unwrap();
    assert_eq!((newest.items, newest.yes), (5, 3));
    assert!(
        drift::standing(app, &coordinator).unwrap().is_empty(),
        "nothing departs"
    );
}

fn a_message_without_a_day_counts_when_it_was_sent(world: &World) {
    let visit = synth::Visit::default();
    world.import(
        "adt.hl7",
        adt(&person(1), "A08", date(2026, 10, 7), "A1", &visit),
    );
    let feeds = drift::feeds(&world.app, &world.coordinator())
        .unwrap()
        .feeds;
    let weeks: Vec<_> = feeds[0]
        .weeks
        .iter()
        .map(|week| (week.monday, week.items, week.read))
        .collect();
    assert_eq!(
        (feeds[0].kind.as_str(), weeks),
        ("hospital_message", vec![(date(2026, 10, 5), 1, 0)])
    );
}

fn a_new_layout_is_looked_at_then_waits(world: &World) {
    let (app, lead, nurse) = (&world.app, world.lead(), world.nurse());
    let view = world.import("odd.hl7", many(1..=12, ODD) + &clear(20, NOTHING_BROKEN));
    assert_eq!((view.sums.new, view.sums.held), (5, 7), "{:?}", view.sums);
    assert_eq!(ignored(&view), [("reader_said_no:all_denied", 1)]);
    let listed = world.list(&nurse);
    assert_eq!(listed.len(), 5);
    assert!(
        listed
            .iter()
            .all(|entry| entry.look && entry.why.contains("heading “Second reader statement”")),
        "{:?}",
        listed[0].why
    );
    let found = layouts::list(app, &lead).unwrap().layouts;
    assert_eq!(found.len(), 1);
    assert_eq!(
        (found[0].reports, found[0].waiting, found[0].state),
        (12, 7, LayoutState::New)
    );
    assert_eq!(layouts::waiting(app, &lead).unwrap(), (1, 7));
    let seen = layouts::view(app, &lead, found[0].id).unwrap();
    assert_eq!(seen.samples.len(), 5);
    assert_eq!(seen.samples[0].sightings[0].text.as_deref(), Some(ODD));
    let pool = said_no::summary(app, &lead).unwrap();
    assert_eq!(pool.refused, 1, "what waits is no no yet");
    assert_eq!(pool.sensitivity[0].found, 0, "nor was it found");

    // Another hospital's layout is its own.
    let there = XRay {
        hospital: Hospital::Basildon,
        text: ODD,
        ..wrist("ACC30")
    };
    let view = world.import("there.hl7", there.of(&person(30)));
    assert_eq!(view.sums.new, 1);
    assert_eq!(layouts::list(app, &lead).unwrap().layouts.len(), 2);
    world.all_holds();
}

fn a_layout_read_rightly_settles_what_waited(world: &World) {
    let (app, lead, nurse) = (&world.app, world.lead(), world.nurse());
    let import = world.import("odd.hl7", many(1..=12, ODD)).import;
    let layout = layouts::list(app, &lead).unwrap().layouts[0].id;
    layouts::decide(
        app,
        &lead,
        layout,
        LayoutState::ReadRightly,
        Some("Second reading is a line of its own"),
    )
    .unwrap();
    let sums = world.view(&import).sums;
    assert!(sums.balances(), "{sums:?}");
    assert_eq!(
        (sums.new, sums.held, sums.ignored_total()),
        (5, 0, 7),
        "{sums:?}"
    );
    assert_eq!(
        said_no::summary(app, &lead).unwrap().refused,
        7,
        "in the pool that is sampled"
    );
    assert_eq!(
        world.list(&nurse).len(),
        5,
        "whoever was put forward is still for the nurse to decide"
    );
    let known = &layouts::list(app, &lead).unwrap().layouts[0];
    assert_eq!(
        (known.waiting, known.by_whom.as_deref()),
        (0, Some("Lou Lead"))
    );
    let later = world.import("later.hl7", clear(40, ODD));
    assert_eq!(ignored(&later), [("reader_said_no:all_denied", 1)]);
    let again = layouts::decide(app, &lead, layout, LayoutState::ReadRightly, None);
    assert!(matches!(again, Err(Error::Conflict { .. })));
    world.all_holds();
}

fn a_layout_not_understood_is_looked_at(world: &World) {
    let (app, lead, nurse) = (&world.app, world.lead(), world.nurse());
    world.import("odd.hl7", many(1..=12, ODD));
    let layout = layouts::list(app, &lead).unwrap().layouts[0].id;
    layouts::decide(app, &lead, layout, LayoutState::NotUnderstood, None).unwrap();
    let listed = world.list(&nurse);
    assert_eq!(listed.len(), 12);
    assert!(
        listed
            .iter()
            .all(|entry| entry.look && entry.why.contains("has not read before"))
    );
    world.import("later.hl7", clear(40, ODD));
    assert_eq!(world.list(&nurse).len(), 13);
    assert_eq!(said_no::summary(app, &lead).unwrap().refused, 0);
    world.all_holds();
}

fn a_report_that_waits_is_corrected_by_its_source(world: &World) {
    let (app, lead, nurse) = (&world.app, world.lead(), world.nurse());
    let import = world.import("odd.hl7", many(1..=7, ODD)).import;
    assert_eq!(world.view(&import).sums.held, 2);
    let corrected = XRay {
        text: "Second reader statement: amended.\nThere is a fracture of the left distal radius.",
        control: "C7-2",
        status: 'C',
        ..wrist("ACC7")
    };
    world.import("corrected.hl7", corrected.of(&person(7)));
    let sums = world.view(&import).sums;
    assert_eq!((sums.held, sums.ignored_total()), (1, 1), "{sums:?}");
    assert_eq!(sums.ignored[0].code, "corrected_by_its_source");
    let layout = layouts::list(app, &lead).unwrap().layouts[0].id;
    layouts::decide(app, &lead, layout, LayoutState::ReadRightly, None).unwrap();
    let listed = world.list(&nurse);
    let seven = listed
        .iter()
        .find(|entry| entry.nhs_number == person(7).nhs_number)
        .unwrap();
    assert!(!seven.look, "the old version does not undo the new one");
    world.all_holds();
}

fn who_the_report_is_about_is_asked_whatever_the_layout(world: &World) {
    let (app, nurse) = (&world.app, world.nurse());
    let mut nameless = person(1);
    nameless.nhs_number = None;
    let report = XRay {
        text: ODD,
        ..wrist("ACC1")
    };
    world.import("odd.hl7", report.of(&nameless));
    let question = world.question(&nurse);
    let asked = service::identity::view(app, &nurse, question).unwrap();
    assert_eq!(asked.sightings.len(), 1, "with what was read");
    service::identity::answer(
        app,
        &world.coordinator(),
        question,
        service::identity::Answer::New,
    )
    .unwrap();
    let listed = world.list(&nurse);
    assert_eq!(listed.len(), 1);
    assert!(
        listed[0].why.contains("has not read before"),
        "{}",
        listed[0].why
    );
    world.all_holds();
}

fn only_a_clinician_judges_a_layout(world: &World) {
    let app = &world.app;
    world.import("odd.hl7", clear(1, ODD));
    let layout = layouts::list(app, &world.lead()).unwrap().layouts[0].id;
    for scope in [world.nurse(), world.coordinator(), world.analyst()] {
        assert!(matches!(layouts::list(app, &scope), Err(Error::Forbidden)));
        assert!(matches!(
            layouts::view(app, &scope, layout),
            Err(Error::Forbidden)
        ));
        let said = layouts::decide(app, &scope, layout, LayoutState::ReadRightly, None);
        assert!(matches!(said, Err(Error::Forbidden)));
    }
    let said = layouts::decide(app, &world.lead(), layout, LayoutState::New, None);
    assert!(matches!(said, Err(Error::Invalid(_))), "new is no answer");
}
