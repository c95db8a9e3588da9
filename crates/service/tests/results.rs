//! Blood results and bone density scans as feeds bring them: on the timeline of whoever is on record, asked about
//! where that is not sure, and of nobody else.

mod support;

use pathway::{HeldResult, PersonId, TestKind};
use service::{
    identity::{self, Answer},
    results,
    today::Tab,
    upkeep,
};
use store::timeline;
use support::*;

on_both_databases! {
    a_result_lands_on_the_record_of_the_person,
    the_same_result_again_is_nothing_new,
    a_panel_twice_in_one_message_is_two_results,
    a_correction_replaces_and_must_be_seen_again,
    an_unverified_version_does_not_replace_a_verified_one,
    a_result_taken_back_is_gone,
    a_result_taken_back_under_another_name_is_gone_too,
    results_of_strangers_are_not_kept,
    a_result_without_a_number_is_asked_about,
    a_result_that_is_nobodys_brings_nobody_in,
    a_question_is_about_the_newest_version,
    a_scan_is_a_result_and_may_show_a_fracture,
    a_scan_without_a_fracture_is_a_result_all_the_same,
    a_fracture_question_brings_its_scan_along,
    a_year_of_results_lands_as_it_was_made_up,
}

const SCORES: &str = "Lumbar spine (L1-L4) T-score -2.8. Left total hip T-score -2.1.";

/// Somebody with a broken wrist, on record and accepted.
fn in_care(world: &World) -> PersonId {
    accepted(world);
    on_record(world, 1).unwrap()
}

fn on_record(world: &World, n: u32) -> Option<PersonId> {
    let scope = world.operator();
    let number = synth::nhs_number(n);
    world
        .app
        .store
        .read(|tx| store::people::by_number(tx, &scope, &number))
        .unwrap()
        .map(|card| card.id)
}

fn held(world: &World, id: PersonId) -> Vec<HeldResult> {
    let scope = world.operator();
    let person = world
        .app
        .store
        .read(|tx| timeline::person(tx, &scope, id))
        .unwrap();
    person.unwrap().results
}

fn ignored(view: &service::imports::ImportView) -> Vec<(String, u64)> {
    view.sums
        .ignored
        .iter()
        .map(|reason| (reason.code.clone(), reason.items))
        .collect()
}

fn a_result_lands_on_the_record_of_the_person(world: &World) {
    let id = in_care(world);
    let view = world.import("lab.hl7", Bloods::default().of(&person(1)));
    assert_eq!((view.sums.received, view.sums.new), (1, 1));
    let all = held(world, id);
    assert_eq!(all.len(), 1);
    let result = &all[0].result;
    assert_eq!(
        (result.kind, result.name.as_str(), result.preliminary),
        (TestKind::Blood, "Bone profile", false)
    );
    assert_eq!(result.hospital.as_ref().unwrap().as_str(), SOUTHEND);
    assert_eq!(result.taken_on, Some(Bloods::default().on));
    let measures: Vec<_> = result
        .measures
        .iter()
        .map(|m| (m.name.as_str(), m.value.as_str(), m.answers.as_deref()))
        .collect();
    assert_eq!(
        measures,
        [
            ("Adjusted calcium", "2.31", Some("blood.corrected_calcium")),
            ("eGFR", ">90", Some("blood.egfr")),
            ("Magnesium", "0.81", None),
        ]
    );
    assert!(all[0].seen.is_none());
    let entries = world.candidates(&world.nurse(), Tab::Results);
    assert_eq!(entries.len(), 1, "somebody has to look at it");
    world.all_holds();
}

fn the_same_result_again_is_nothing_new(world: &World) {
    let id = in_care(world);
    world.import("lab.hl7", Bloods::default().of(&person(1)));
    let again = Bloods {
        control: "L2",
        ..Bloods::default()
    };
    let view = world.import("again.hl7", again.of(&person(1)));
    assert_eq!((view.sums.new, view.sums.had), (0, 1), "{:?}", view.sums);
    assert_eq!(held(world, id).len(), 1);
    let other = Bloods {
        number: "LAB2",
        control: "L3",
        ..Bloods::default()
    };
    assert_eq!(world.import("other.hl7", other.of(&person(1))).sums.new, 1);
    assert_eq!(held(world, id).len(), 2);
    world.all_holds();
}

fn a_panel_twice_in_one_message_is_two_results(world: &World) {
    let id = in_care(world);
    let text = Bloods::default().of(&person(1));
    let at = text.find("ORC|").unwrap();
    let (head, panel) = text.split_at(at);
    let both = format!("{head}{panel}{}", panel.replace("|2.31|", "|2.35|"));
    world.import("lab.hl7", &both);
    let calcium = |world: &World| -> Vec<String> {
        held(world, id)
            .iter()
            .map(|held| held.result.measures[0].value.clone())
            .collect()
    };
    assert_eq!(calcium(world), ["2.31", "2.35"]);
    let again = both.replace("|L1|", "|L2|");
    assert_ne!(again, both);
    assert_eq!(world.import("again.hl7", again).sums.had, 1);
    assert_eq!(calcium(world).len(), 2);
}

fn a_correction_replaces_and_must_be_seen_again(world: &World) {
    let id = in_care(world);
    world.import("lab.hl7", Bloods::default().of(&person(1)));
    let nurse = world.nurse();
    let first = held(world, id)[0].seq;
    let episode = episode_of(world, id);
    let version = service::care::view(&world.app, &nurse, episode, None)
        .unwrap()
        .version;
    let action = pathway::ResultAction::NothingNeeded;
    results::seen(&world.app, &nurse, episode, version, &[first], action, None).unwrap();
    let corrected = Bloods {
        control: "L2",
        status: 'C',
        calcium: "2.81",
        ..Bloods::default()
    };
    assert_eq!(
        world
            .import("corrected.hl7", corrected.of(&person(1)))
            .sums
            .new,
        1
    );
    let all = held(world, id);
    assert_eq!(all.len(), 1);
    assert_eq!(all[0].result.measures[0].value, "2.81");
    assert!(all[0].seen.is_none(), "the correction has not been seen");
    world.all_holds();
}

fn episode_of(world: &World, id: PersonId) -> pathway::EpisodeId {
    let scope = world.operator();
    let person = world
        .app
        .store
        .read(|tx| timeline::person(tx, &scope, id))
        .unwrap();
    person.unwrap().episodes[0].id
}

fn an_unverified_version_does_not_replace_a_verified_one(world: &World) {
    let id = in_care(world);
    let early = Bloods {
        status: 'P',
        calcium: "2.30",
        ..Bloods::default()
    };
    world.import("early.hl7", early.of(&person(1)));
    assert!(held(world, id)[0].result.preliminary);
    let last = Bloods {
        control: "L2",
        ..Bloods::default()
    };
    world.import("final.hl7", last.of(&person(1)));
    let late = Bloods {
        status: 'P',
        control: "L3",
        calcium: "2.29",
        ..Bloods::default()
    };
    assert_eq!(world.import("late.hl7", late.of(&person(1))).sums.had, 1);
    let all = held(world, id);
    assert_eq!(all.len(), 1);
    assert!(!all[0].result.preliminary);
    assert_eq!(all[0].result.measures[0].value, "2.31");
}

fn a_result_taken_back_is_gone(world: &World) {
    let id = in_care(world);
    world.import("lab.hl7", Bloods::default().of(&person(1)));
    let back = Bloods {
        control: "L2",
        status: 'X',
        ..Bloods::default()
    };
    assert_eq!(world.import("back.hl7", back.of(&person(1))).sums.new, 1);
    assert!(held(world, id).is_empty());
    // Taken back once more, it is nothing new.
    let again = Bloods {
        control: "L3",
        ..back
    };
    assert_eq!(world.import("back2.hl7", again.of(&person(1))).sums.had, 1);
    world.all_holds();
}

fn a_result_taken_back_under_another_name_is_gone_too(world: &World) {
    let id = in_care(world);
    world.import("lab.hl7", Bloods::default().of(&person(1)));
    let back = Bloods {
        control: "L2",
        status: 'X',
        ..Bloods::default()
    };
    assert_eq!(world.import("back.hl7", back.of(&person(9))).sums.new, 1);
    assert!(held(world, id).is_empty());
    assert_eq!(on_record(world, 9), None);
    world.all_holds();
}

fn results_of_strangers_are_not_kept(world: &World) {
    let id = in_care(world);
    let view = world.import("lab.hl7", Bloods::default().of(&person(2)));
    assert_eq!(ignored(&view), [("not_in_the_service".to_owned(), 1)]);
    assert_eq!(
        view.sums.ignored[0].words,
        "A result about somebody who is not in the service"
    );
    // The same family name and nothing else is no reason to ask.
    let mut namesake = person(3);
    namesake.name = person(1).name;
    namesake.born = jiff::civil::date(1948, 1, 1);
    namesake.nhs_number = None;
    let view = world.import(
        "namesake.hl7",
        Bloods {
            number: "LAB9",
            control: "L9",
            ..Bloods::default()
        }
        .of(&namesake),
    );
    assert_eq!(ignored(&view), [("not_in_the_service".to_owned(), 1)]);
    assert_eq!(on_record(world, 2), None);
    assert!(held(world, id).is_empty());
    assert!(world.questions(&world.coordinator()).is_empty());
    world.all_holds();
}

/// The person of the wrist, as a laboratory sends her without her number.
fn without_number() -> synth::MadeUpPerson {
    let mut her = person(1);
    her.nhs_number = None;
    her
}

fn a_result_without_a_number_is_asked_about(world: &World) {
    let id = in_care(world);
    let view = world.import("lab.hl7", Bloods::default().of(&without_number()));
    assert_eq!(view.sums.held, 1);
    assert!(held(world, id).is_empty());
    let nurse = world.nurse();
    let asked = identity::view(&world.app, &nurse, world.question(&nurse)).unwrap();
    assert_eq!(asked.held.fracture_words, "Blood test: Bone profile");
    assert!(asked.sightings.is_empty());
    assert_eq!(asked.results.len(), 1);
    assert_eq!(asked.candidates[0].person.id, id);
    let to = identity::answer(&world.app, &nurse, asked.held.item, Answer::Same(id)).unwrap();
    assert_eq!(to, Some(id));
    assert_eq!(held(world, id).len(), 1);
    assert_eq!(world.view(&view.import).sums.new, 1);
    world.all_holds();
}

fn a_result_that_is_nobodys_brings_nobody_in(world: &World) {
    let id = in_care(world);
    let view = world.import("lab.hl7", Bloods::default().of(&without_number()));
    let nurse = world.nurse();
    let people = people(world);
    let item = world.question(&nurse);
    assert_eq!(
        identity::answer(&world.app, &nurse, item, Answer::New).unwrap(),
        None
    );
    assert!(world.questions(&nurse).is_empty());
    assert_eq!(people, self::people(world));
    assert!(held(world, id).is_empty());
    let view = world.view(&view.import);
    assert!(view.sums.balances());
    assert_eq!(ignored(&view), [("not_in_the_service".to_owned(), 1)]);
    assert!(identity::answer(&world.app, &nurse, item, Answer::New).is_err());
    world.all_holds();
}

fn people(world: &World) -> u64 {
    upkeep::rebuild(&world.app).unwrap().people
}

fn a_question_is_about_the_newest_version(world: &World) {
    let id = in_care(world);
    let first = world.import("lab.hl7", Bloods::default().of(&without_number()));
    let corrected = Bloods {
        control: "L2",
        status: 'C',
        calcium: "2.81",
        ..Bloods::default()
    };
    world.import("corrected.hl7", corrected.of(&person(1)));
    assert!(world.questions(&world.nurse()).is_empty());
    assert_eq!(
        ignored(&world.view(&first.import)),
        [("corrected_by_its_source".to_owned(), 1)]
    );
    assert_eq!(held(world, id)[0].result.measures[0].value, "2.81");
    world.all_holds();
}

fn a_scan_is_a_result_and_may_show_a_fracture(world: &World) {
    let text = format!("{SCORES} Wedge compression fracture of T12.");
    let view = world.import("dxa.hl7", dxa("DX1", &text).of(&person(1)));
    assert_eq!(view.sums.new, 1);
    let id = on_record(world, 1).unwrap();
    let all = held(world, id);
    assert_eq!(all.len(), 1);
    let result = &all[0].result;
    assert_eq!(result.kind, TestKind::Dxa);
    let answers: Vec<_> = result
        .measures
        .iter()
        .map(|m| (m.value.as_str(), m.answers.as_deref().unwrap_or_default()))
        .collect();
    assert_eq!(
        answers,
        [
            ("-2.8", "dxa.t_lumbar_spine"),
            ("-2.1", "dxa.t_total_hip"),
            ("2026-11-20", "dxa.scanned_on"),
        ]
    );
    assert_eq!(world.only_candidate(&world.nurse()).sightings.len(), 1);
    world.all_holds();
}

fn a_scan_without_a_fracture_is_a_result_all_the_same(world: &World) {
    let id = in_care(world);
    let view = world.import("dxa.hl7", dxa("DX1", SCORES).of(&person(1)));
    assert_eq!(view.sums.new, 1);
    assert_eq!(held(world, id).len(), 1);
    // Of a stranger the reader's "no" is what counts, as before.
    let view = world.import("stranger.hl7", dxa("DX2", SCORES).of(&person(2)));
    assert!(
        ignored(&view)[0].0.starts_with("reader_said_no:"),
        "{:?}",
        ignored(&view)
    );
    world.all_holds();
}

/// What Herald calls what synth made up.
fn question(what: &str) -> String {
    match what {
        "calcium" => "blood.corrected_calcium".to_owned(),
        what if what.starts_with("t_") => format!("dxa.{what}"),
        what => format!("blood.{what}"),
    }
}

fn a_year_of_results_lands_as_it_was_made_up(world: &World) {
    let plan = synth::YearPlan {
        fractures: 60,
        results: true,
        other_per_fracture: 1,
        ..synth::YearPlan::demo(jiff::civil::date(2026, 11, 21))
    };
    let out = world.dir().join("year");
    std::fs::create_dir(&out).unwrap();
    let written = synth::write_year(&plan, &out, |_, _| {}).unwrap();
    for file in &written.files {
        let view = world.view(&world.try_import_path(&file.path, None).unwrap());
        assert!(view.sums.balances(), "{:?}", view.sums);
    }
    let (town, scope) = (plan.town(), world.operator());
    let mut landed = 0;
    for truth in &written.results {
        let Some(number) = town.person(truth.person).nhs_number else {
            continue;
        };
        let card = world
            .app
            .store
            .read(|tx| store::people::by_number(tx, &scope, &number))
            .unwrap();
        let Some(card) = card else { continue };
        let prefix = format!(":{}:", truth.number);
        let all: Vec<_> = held(world, card.id)
            .into_iter()
            .filter(|held| held.result.key.contains(&prefix))
            .collect();
        if all.is_empty() {
            continue;
        }
        landed += 1;
        let answers: std::collections::BTreeMap<String, String> = all
            .iter()
            .flat_map(|held| &held.result.measures)
            .filter_map(|m| Some((m.answers.clone()?, m.value.clone())))
            .collect();
        assert!(
            all.iter()
                .all(|h| h.result.taken_on == Some(truth.taken_on))
        );
        for (what, value) in &truth.values {
            assert_eq!(
                answers.get(&question(what)),
                Some(value),
                "{what}: {truth:?}"
            );
        }
    }
    assert!(
        landed * 10 >= written.results.len() * 7 && landed > 10,
        "{landed} of {}",
        written.results.len()
    );
    world.all_holds();
}

fn a_fracture_question_brings_its_scan_along(world: &World) {
    let id = in_care(world);
    let text = format!("{SCORES} Wedge compression fracture of T12.");
    let view = world.import("dxa.hl7", dxa("DX1", &text).of(&without_number()));
    assert_eq!(view.sums.held, 1);
    let nurse = world.nurse();
    let item = world.question(&nurse);
    identity::answer(&world.app, &nurse, item, Answer::Same(id)).unwrap();
    let all = held(world, id);
    assert_eq!(all.len(), 1);
    assert_eq!(all[0].result.kind, TestKind::Dxa);
    world.all_holds();
}
