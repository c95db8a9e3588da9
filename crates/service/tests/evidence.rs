//! Codes and text together: one candidate from every source, and what speaks against it, in any order of arrival.

mod support;

use jiff::{ToSpan, civil::date};
use pathway::{Disagreement, Outcome, evidence::Strength};
use service::{
    Error, LayoutState, RejectReason, State, Verdict,
    candidate::{self, Choice},
    layouts, said_no,
    today::{self, Ask, Rows},
};
use support::*;
use synth::{Hospital, tables};

on_both_databases! {
    a_denial_after_the_code_is_shown_beside_it,
    a_denial_before_the_code_is_found,
    the_same_whichever_comes_first,
    what_does_not_speak_of_the_bone_or_the_time_is_left_out,
    a_corrected_or_withdrawn_denial_goes,
    a_report_corrected_to_a_denial_contradicts_the_code,
    a_ct_settles_what_the_film_denied,
    a_denial_changes_no_decision,
    sides_that_differ_are_shown_on_both_candidates,
    the_strongest_evidence_comes_first,
    a_high_energy_code_speaks_against_a_report,
    a_denial_that_a_clinician_overrules_is_listed,
    a_denial_in_a_new_layout_counts_once_it_is_read_rightly,
}

const DAY: jiff::civil::Date = date(2026, 11, 20);
const CLEAR: &str = "No fracture seen. Normal alignment.";

fn ed(world: &World, who: &synth::MadeUpPerson) {
    world.import("ed.csv", csv("ecds", &[ed_row(who, "ED1", DAY, RADIUS)]));
}

fn clear(accession: &str) -> XRay<'_> {
    XRay {
        text: CLEAR,
        ..wrist(accession)
    }
}

fn tagged(world: &World) -> Vec<bool> {
    let nurse = world.nurse();
    world.list(&nurse).iter().map(|row| row.disagree).collect()
}

fn about(seen: &candidate::Candidate) -> Vec<(Disagreement, Outcome)> {
    let disagreements = seen.disagreements.iter();
    disagreements.map(|d| (d.about, d.outcome)).collect()
}

const DENIED: [(Disagreement, Outcome); 1] = [(Disagreement::Denied, Outcome::Open)];

fn a_denial_after_the_code_is_shown_beside_it(world: &World) {
    let alma = person(1);
    ed(world, &alma);
    assert_eq!(tagged(world), [false]);
    let import = world.import("xray.hl7", clear("ACC1").of(&alma));
    assert_eq!(
        import.sums.new, 1,
        "it told something of somebody on record"
    );

    let nurse = world.nurse();
    assert_eq!(tagged(world), [true]);
    let seen = world.only_candidate(&nurse);
    assert_eq!((seen.sightings.len(), seen.against.len()), (1, 1));
    assert_eq!(about(&seen), DENIED);
    let disagreement = &seen.disagreements[0];
    assert_eq!(disagreement.says.seq, seen.sightings[0].seq);
    assert!(disagreement.says.said.contains(RADIUS));
    assert_eq!(disagreement.but.seq, seen.against[0].seq);
    assert!(disagreement.but.said.contains("No fracture"));
    assert!(seen.against[0].source.ends_with("xray.hl7 line 1"));
    assert_eq!(seen.state, State::New, "a denial closes nothing");

    let refused = said_no::summary(&world.app, &world.lead()).unwrap();
    assert_eq!(
        refused.refused, 1,
        "it is among the reader's noes as before"
    );
    let filtered = Ask {
        disagree: true,
        ..Ask::default()
    };
    let count = |ask: &Ask| match today::today(&world.app, &nurse, ask).unwrap().rows {
        Rows::Candidates(rows) => rows.len(),
        Rows::Questions(_) => panic!("these are questions"),
    };
    world.import("hip.hl7", hip("ACC9", DAY).of(&person(2)));
    assert_eq!((count(&filtered), count(&Ask::default())), (1, 2));

    // The same report once more, in a message of its own, changes nothing.
    let before = world.fingerprint();
    let again = XRay {
        control: "C77",
        ..clear("ACC1")
    };
    assert_eq!(world.import("again.hl7", again.of(&alma)).sums.new, 0);
    assert_eq!(world.fingerprint(), before);
    world.all_holds();
}

fn a_denial_before_the_code_is_found(world: &World) {
    let alma = person(1);
    let import = world.import("xray.hl7", clear("ACC1").of(&alma));
    assert_eq!(import.sums.ignored.len(), 1);
    // Of somebody else with the same words, and of the same number with another day of birth.
    world.import("other.hl7", clear("ACC2").of(&person(2)));
    let mut wrong = person(1);
    wrong.born = date(1960, 1, 1);
    world.import("wrong.hl7", clear("ACC3").of(&wrong));

    ed(world, &alma);
    let nurse = world.nurse();
    assert_eq!(tagged(world), [true]);
    let seen = world.only_candidate(&nurse);
    assert_eq!(seen.against.len(), 1);
    assert_eq!(about(&seen), DENIED);
    assert!(seen.against[0].source.ends_with("xray.hl7 line 1"));
    world.all_holds();
}

fn the_same_whichever_comes_first(world: &World) {
    let (alma, bess) = (person(1), person(2));
    ed(world, &alma);
    world.import("a.hl7", clear("ACC1").of(&alma));
    world.import("b.hl7", clear("ACC2").of(&bess));
    ed(world, &bess);
    let nurse = world.nurse();
    let said: Vec<_> = world
        .list(&nurse)
        .iter()
        .map(|row| {
            let seen = candidate::view(&world.app, &nurse, row.episode, None).unwrap();
            let said = |party: &service::PartyView| (party.kind, party.said.clone());
            let both = seen
                .disagreements
                .iter()
                .map(|d| (said(&d.says), said(&d.but)));
            both.collect::<Vec<_>>()
        })
        .collect();
    assert_eq!(said.len(), 2);
    assert_eq!(said[0], said[1]);
    assert!(!said[0].is_empty());
}

fn what_does_not_speak_of_the_bone_or_the_time_is_left_out(world: &World) {
    let alma = person(1);
    let of = |accession, exam, text, on| XRay {
        exam,
        text,
        on,
        ..wrist(accession)
    };
    let before_the_fall = DAY - 30.days();
    ed(world, &alma);
    for xray in [
        of("A1", "XR Wrist Lt", CLEAR, before_the_fall),
        of("A2", "XR Wrist Lt", CLEAR, before_the_fall - 1.year()),
        of("A3", "XR Chest", "No rib fracture. Lungs clear.", DAY),
        of("A4", "CT Head", "No skull fracture. No haemorrhage.", DAY),
        of("A5", "XR Ankle Lt", "No fracture.", DAY),
        of(
            "A6",
            "XR Wrist Lt",
            "Osteoarthritis of the thumb base.",
            DAY,
        ),
    ] {
        world.import("xray.hl7", xray.of(&alma));
    }
    assert_eq!(tagged(world), [false]);
    assert!(world.only_candidate(&world.nurse()).against.is_empty());
    // They are noes like others.
    let refused = said_no::summary(&world.app, &world.lead()).unwrap();
    assert_eq!(refused.refused, 6);
    world.all_holds();
}

fn a_corrected_or_withdrawn_denial_goes(world: &World) {
    let people = [person(1), person(2), person(3), person(4)];
    for who in &people[..2] {
        ed(world, who);
    }
    let accessions = ["ACC1", "ACC2", "ACC3", "ACC4"];
    for (who, accession) in people.iter().zip(accessions) {
        world.import("xray.hl7", clear(accession).of(who));
    }
    assert_eq!(tagged(world), [true, true]);
    // Two are corrected to a fracture, two withdrawn: of each, one before the code came.
    for (nth, status) in [(0, 'C'), (1, 'X'), (2, 'C'), (3, 'X')] {
        let newer = XRay {
            status,
            control: "NEW",
            ..wrist(accessions[nth])
        };
        world.import("newer.hl7", newer.of(&people[nth]));
    }
    for who in &people[2..] {
        ed(world, who);
    }
    let nurse = world.nurse();
    let rows = world.list(&nurse);
    assert_eq!(rows.len(), 4);
    for row in rows {
        assert!(!row.disagree, "{row:?}");
        let seen = candidate::view(&world.app, &nurse, row.episode, None).unwrap();
        assert!(seen.against.is_empty() && seen.disagreements.is_empty());
    }
    world.all_holds();
}

fn a_report_corrected_to_a_denial_contradicts_the_code(world: &World) {
    let alma = person(1);
    ed(world, &alma);
    world.import("xray.hl7", wrist("ACC1").of(&alma));
    assert_eq!(tagged(world), [false]);
    let corrected = XRay {
        status: 'C',
        control: "C2",
        ..clear("ACC1")
    };
    world.import("corrected.hl7", corrected.of(&alma));
    let seen = world.only_candidate(&world.nurse());
    assert_eq!((seen.sightings.len(), seen.against.len()), (1, 1));
    assert_eq!(about(&seen), DENIED);
    world.all_holds();
}

fn a_ct_settles_what_the_film_denied(world: &World) {
    let alma = person(1);
    world.import("ed.csv", csv("ecds", &[ed_row(&alma, "ED1", DAY, HIP)]));
    let film = XRay {
        text: "No fracture of the neck of femur.",
        ..hip("ACC1", DAY)
    };
    world.import("film.hl7", film.of(&alma));
    assert_eq!(tagged(world), [true]);
    let ct = XRay {
        exam: "CT Hip Rt",
        text: "Minimally displaced intracapsular fracture of the right neck of femur.",
        ..hip("ACC2", DAY + 1.day())
    };
    world.import("ct.hl7", ct.of(&alma));
    let seen = world.only_candidate(&world.nurse());
    assert_eq!(tagged(world), [false]);
    assert_eq!(
        about(&seen),
        [(Disagreement::Denied, Outcome::LaterExamShows)]
    );
    assert_eq!(
        seen.disagreements[0].says.exam.as_deref(),
        Some("CT Hip Rt")
    );
    assert!(!seen.disagreements[0].open);
    world.all_holds();
}

fn a_denial_changes_no_decision(world: &World) {
    let (app, nurse) = (&world.app, world.nurse());
    let (alma, bess) = (person(1), person(2));
    ed(world, &alma);
    let seen = world.only_candidate(&nurse);
    // What the nurse did not see on the page is shown before the decision counts.
    world.import("a.hl7", clear("ACC1").of(&alma));
    let outcome = candidate::decide(app, &nurse, seen.episode, seen.version, &Choice::Accept);
    let Err(Error::Conflict { since }) = outcome else {
        panic!("{outcome:?}");
    };
    assert!(since[0].what.contains("speaks against"), "{since:?}");
    let seen = world.only_candidate(&nurse);
    candidate::decide(app, &nurse, seen.episode, seen.version, &Choice::Accept).unwrap();

    ed(world, &bess);
    let rejected = world.only_candidate(&nurse);
    let choice = Choice::Reject {
        reason: RejectReason::NotAFracture,
        note: None,
    };
    candidate::decide(app, &nurse, rejected.episode, rejected.version, &choice).unwrap();
    world.import("b.hl7", clear("ACC2").of(&bess));
    let state = |episode| candidate::view(app, &nurse, episode, None).unwrap().state;
    assert_eq!(state(seen.episode), State::Accepted);
    let reason = RejectReason::NotAFracture;
    assert_eq!(state(rejected.episode), State::Rejected { reason });
    assert!(world.list(&nurse).is_empty());
    world.all_holds();
}

fn sides_that_differ_are_shown_on_both_candidates(world: &World) {
    let alma = person(1);
    let clinic = clinic_row(&alma, "FC1", DAY, "fracture of distal radius");
    world.import("clinic.csv", csv("fracture-clinic", &[clinic]));
    let right = XRay {
        exam: "XR Wrist Rt",
        text: "Fracture of the right distal radius.",
        ..wrist("ACC1")
    };
    world.import("xray.hl7", right.of(&alma));
    let nurse = world.nurse();
    let rows = world.list(&nurse);
    assert_eq!(rows.len(), 2, "left and right cannot be one fracture");
    for row in &rows {
        assert!(row.disagree);
        let seen = candidate::view(&world.app, &nurse, row.episode, None).unwrap();
        assert_eq!(about(&seen), [(Disagreement::Side, Outcome::Open)]);
        let [here, there] = [&seen.disagreements[0].says, &seen.disagreements[0].but];
        assert_ne!(here.episode, there.episode);
    }
    // Joined by the nurse, they are one fracture and disagree no longer.
    let first = candidate::view(&world.app, &nurse, rows[0].episode, None).unwrap();
    let choice = Choice::Belongs {
        to: rows[1].episode,
    };
    candidate::decide(&world.app, &nurse, first.episode, first.version, &choice).unwrap();
    assert_eq!(tagged(world), [false]);
    world.all_holds();
}

fn the_strongest_evidence_comes_first(world: &World) {
    let alma = person(1);
    let clinic = clinic_row(&alma, "FC1", DAY + 2.days(), "fracture of distal radius");
    let stay = tables::ApcRow {
        spell: "SP1".to_owned(),
        episode: 1,
        starts: Some(DAY),
        ends: Some(DAY + 1.day()),
        icd10: vec!["S52.50".to_owned(), "W18.0".to_owned()],
        opcs4: vec!["W24.2".to_owned()],
        ..tables::ApcRow::default()
    };
    let stay = tables::apc(&alma, Hospital::Southend, &stay);
    world.import("clinic.csv", csv("fracture-clinic", &[clinic]));
    ed(world, &alma);
    world.import("apc.csv", csv("apc", &[stay]));
    world.import("xray.hl7", wrist("ACC1").of(&alma));
    let seen = world.only_candidate(&world.nurse());
    let order: Vec<_> = seen.sightings.iter().filter_map(|s| s.strength).collect();
    assert_eq!(
        order,
        [
            Strength::ReportPlaced,
            Strength::InpatientCode,
            Strength::EmergencyCode,
            Strength::Words
        ]
    );
    let (code, title) = seen.operation.unwrap();
    assert_eq!(code, "W24.2");
    assert!(title.contains("fracture"));
    assert_eq!(seen.fracture, "Left wrist", "the operation adds no bone");
    assert!(seen.why.contains("present"), "{}", seen.why);
    world.all_holds();
}

fn a_high_energy_code_speaks_against_a_report(world: &World) {
    let alma = person(1);
    world.import("xray.hl7", wrist("ACC1").of(&alma));
    let stay = tables::ApcRow {
        spell: "SP1".to_owned(),
        episode: 1,
        starts: Some(DAY),
        ends: Some(DAY + 1.day()),
        icd10: vec!["S52.50".to_owned(), "W11.0".to_owned()],
        ..tables::ApcRow::default()
    };
    let stay = tables::apc(&alma, Hospital::Southend, &stay);
    world.import("apc.csv", csv("apc", &[stay]));
    let seen = world.only_candidate(&world.nurse());
    assert_eq!(about(&seen), [(Disagreement::Energy, Outcome::Open)]);
    assert!(seen.disagreements[0].but.said.contains("high-energy"));
    assert_eq!(tagged(world), [true]);
    world.all_holds();
}

fn a_denial_that_a_clinician_overrules_is_listed(world: &World) {
    let alma = person(1);
    ed(world, &alma);
    world.import("xray.hl7", clear("ACC1").of(&alma));
    let lead = world.lead();
    let item = said_no::next(&world.app, &lead, None)
        .unwrap()
        .unwrap()
        .item;
    said_no::review(&world.app, &lead, item, Verdict::Missed, None).unwrap();
    let seen = world.only_candidate(&world.nurse());
    assert_eq!((seen.sightings.len(), seen.against.len()), (2, 0));
    assert!(seen.disagreements.is_empty());
    world.all_holds();
}

fn a_denial_in_a_new_layout_counts_once_it_is_read_rightly(world: &World) {
    const ODD: &str = "Second reader statement: agreed.\nNo fracture seen. Normal alignment.";
    let odd = |accession| XRay {
        text: ODD,
        ..wrist(accession)
    };
    // As many as a nurse looks at of one layout.
    for (n, accession) in (11..).zip(["L1", "L2", "L3", "L4", "L5"]) {
        world.import(&format!("{accession}.hl7"), odd(accession).of(&person(n)));
    }
    let (alma, bess) = (person(1), person(2));
    world.import("clear.hl7", clear("ACC1").of(&alma));
    let visits = [
        ed_row(&alma, "ED1", DAY, RADIUS),
        ed_row(&bess, "ED2", DAY, RADIUS),
    ];
    world.import("ed.csv", csv("ecds", &visits));
    let nurse = world.nurse();
    let against = |who: &synth::MadeUpPerson| -> Vec<String> {
        let number = &who.nhs_number;
        let listed = world.list(&nurse);
        let row = listed.iter().find(|row| row.nhs_number == *number).unwrap();
        let seen = candidate::view(&world.app, &nurse, row.episode, None).unwrap();
        assert_eq!(row.disagree, !seen.against.is_empty());
        assert_eq!(seen.sightings.len(), 1);
        seen.against.into_iter().map(|seen| seen.source).collect()
    };
    assert_eq!((against(&alma).len(), against(&bess).len()), (1, 0));

    let amended = XRay {
        control: "C1-2",
        status: 'C',
        ..odd("ACC1")
    };
    let waits = world.import("amended.hl7", amended.of(&alma)).sums.held
        + world.import("odd.hl7", odd("ACC2").of(&bess)).sums.held;
    assert_eq!(waits, 2);
    let said = against(&alma);
    assert!(
        said.len() == 1 && said[0].ends_with("clear.hl7 line 1"),
        "what was said stays until the new word is read: {said:?}"
    );
    assert!(against(&bess).is_empty());

    let (app, lead) = (&world.app, world.lead());
    let layout = layouts::list(app, &lead).unwrap().layouts[0].id;
    layouts::decide(app, &lead, layout, LayoutState::ReadRightly, None).unwrap();
    let said = (against(&alma), against(&bess));
    assert!(
        said.0.len() == 1 && said.0[0].ends_with("amended.hl7 line 1"),
        "{said:?}"
    );
    assert!(
        said.1.len() == 1 && said.1[0].ends_with("odd.hl7 line 1"),
        "{said:?}"
    );
    world.all_holds();
}
