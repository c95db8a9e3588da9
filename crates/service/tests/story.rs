//! What people do with Herald, told once and true on both databases.

mod support;

use jiff::civil::date;
use service::{
    Error, Order, Referrer, RejectReason, SetAsideReason, State, Verdict,
    accounts::{self, SignInRefused},
    candidate::{self, Choice},
    identity::{self, Agreement, Answer},
    patient::{self, ByHand},
    privacy, said_no,
    today::{self, Ask, Tab},
    upkeep,
};
use store::access;
use support::*;
use synth::{Hospital, Visit};
use terms::{NhsNumber, Sex, Side, Site};

on_both_databases! {
    one_wrist_from_three_sources_goes_through_the_nurses_hands,
    two_nurses_and_one_candidate,
    new_evidence_brings_back_who_was_rejected_as_the_wrong_person,
    a_later_fracture_is_a_refracture,
    a_candidate_can_belong_to_an_episode_on_record,
    a_person_says_who_it_is,
    a_number_on_record_stays_with_its_holder,
    one_answer_settles_all_that_say_the_same,
    who_does_not_count_is_ignored_with_the_reason,
    a_death_is_heard_whatever_else_the_message_says,
    the_readers_no_is_sampled,
    whoever_the_reader_missed_is_listed_once,
    whoever_the_reader_missed_without_a_number_is_asked_about,
    what_a_source_takes_back_leaves_the_list,
    what_a_source_takes_back_is_found_without_a_number,
    a_question_whose_report_is_taken_back_is_closed,
    a_corrected_report_is_asked_about_once,
    a_decision_on_withdrawn_evidence_can_be_taken_back,
    reports_without_an_accession_number_are_not_mistaken_for_one_another,
    somebody_added_by_hand,
    roles_bound_what_can_be_done,
    signing_in_takes_both_steps,
}

fn not_found<T>(outcome: service::Result<T>) -> bool {
    matches!(outcome, Err(Error::NotFound))
}

fn fields<T>(outcome: service::Result<T>) -> Vec<String> {
    match outcome {
        Err(Error::Invalid(wrong)) => wrong.into_iter().map(|w| w.field).collect(),
        Err(other) => panic!("{other:?}"),
        Ok(_) => panic!("it was accepted"),
    }
}

fn one_wrist_from_three_sources_goes_through_the_nurses_hands(world: &World) {
    let app = &world.app;
    let alma = person(1);
    let sums = world
        .import(
            "ed.csv",
            csv("ecds", &[ed_row(&alma, "ED1", date(2026, 11, 20), RADIUS)]),
        )
        .sums;
    assert_eq!((sums.received, sums.new), (1, 1));
    assert_eq!(
        world.import("xray.hl7", wrist("ACC1").of(&alma)).sums.new,
        1
    );
    let clinic = clinic_row(
        &alma,
        "FC1",
        date(2026, 11, 22),
        "fracture of distal radius",
    );
    assert_eq!(
        world
            .import("clinic.csv", csv("fracture-clinic", &[clinic]))
            .sums
            .new,
        1
    );

    let nurse = world.nurse();
    let listed = world.list(&nurse);
    assert_eq!(listed.len(), 1, "three sources, one fracture: {listed:?}");
    let row = &listed[0];
    assert_eq!(row.sightings, 3);
    assert_eq!(row.nhs_number, alma.nhs_number);
    assert_eq!(row.fracture, "Left wrist");
    assert_eq!(row.fracture_date, Some(date(2026, 11, 20)));
    assert!(!row.refracture && !row.came_back && !row.look);

    let episode = row.episode;
    let seen = candidate::view(app, &nurse, episode, None).unwrap();
    assert_eq!(seen.age_at_fracture, Some(71));
    assert_eq!(seen.days_since, Some(2));
    let sources: Vec<&str> = seen.sightings.iter().map(|s| s.source.as_str()).collect();
    for file in ["ed.csv line 2", "xray.hl7 line 1", "clinic.csv line 2"] {
        assert!(
            sources.iter().any(|source| source.ends_with(file)),
            "{file} in {sources:?}"
        );
    }
    for view in &seen.sightings {
        let finding = &view.sighting.reading.findings[0];
        match &finding.evidence {
            finder::Evidence::Code { code, .. } => assert_eq!(code, RADIUS),
            finder::Evidence::Span { start, end, text } => {
                assert_eq!(&view.sighting.text.as_deref().unwrap()[*start..*end], text);
                assert!(text.contains("fracture"));
            }
        }
    }

    let elsewhere = world.other_site();
    assert!(world.list(&elsewhere).is_empty());
    assert!(not_found(candidate::view(app, &elsewhere, episode, None)));
    assert!(not_found(candidate::decide(
        app,
        &elsewhere,
        episode,
        seen.version,
        &Choice::Accept
    )));
    assert!(not_found(patient::view(app, &elsewhere, seen.person.id)));
    assert!(
        patient::find(app, &elsewhere, nhs_number(&alma))
            .unwrap()
            .is_empty()
    );

    let accepted = candidate::decide(app, &nurse, episode, seen.version, &Choice::Accept).unwrap();
    assert!(accepted.said.contains("was accepted"), "{}", accepted.said);
    assert!(world.list(&nurse).is_empty());
    let record = patient::view(app, &nurse, seen.person.id).unwrap();
    assert_eq!(record.episodes[0].next, "Assess");
    assert_eq!(
        record.episodes[0].due,
        Some(date(2027, 2, 18)),
        "90 days after the fracture"
    );

    candidate::undo(app, &nurse, episode, accepted.undo).unwrap();
    let back = world.only_candidate(&nurse);
    assert_eq!(back.state, State::New);
    assert!(back.last_decision.is_none());

    let until = date(2026, 12, 2);
    let today = Choice::SetAside {
        reason: SetAsideReason::Unwell,
        until: TODAY,
        note: None,
    };
    assert_eq!(
        fields(candidate::decide(
            app,
            &nurse,
            episode,
            back.version,
            &today
        )),
        ["until"]
    );
    let silent = Choice::SetAside {
        reason: SetAsideReason::Other,
        until,
        note: None,
    };
    assert_eq!(
        fields(candidate::decide(
            app,
            &nurse,
            episode,
            back.version,
            &silent
        )),
        ["note"]
    );
    let aside = Choice::SetAside {
        reason: SetAsideReason::Unwell,
        until,
        note: None,
    };
    candidate::decide(app, &nurse, episode, back.version, &aside).unwrap();
    assert!(world.list(&nurse).is_empty());
    assert_eq!(world.candidates(&nurse, Tab::SetAside).len(), 1);
    world.days_pass(9);
    assert!(world.list(&nurse).is_empty(), "the day before");
    world.days_pass(1);
    let returned = world.list(&nurse);
    assert_eq!(returned.len(), 1);
    assert!(returned[0].came_back);
    assert!(world.candidates(&nurse, Tab::SetAside).is_empty());

    let saw = privacy::who_saw(app, &world.privacy_officer(), nhs_number(&alma)).unwrap();
    let did = |who: &str, action: &str| {
        saw.rows
            .iter()
            .any(|row| row.who == who && row.action == action)
    };
    for action in [
        "list_opened",
        "candidate_opened",
        "accepted",
        "undone",
        "set_aside",
        "patient_opened",
    ] {
        assert!(did("Nora Nurse", action), "{action} in {:?}", saw.rows);
    }
    assert!(saw.rows.iter().all(|row| row.who != "Bea Basildon"));
    let what = privacy::what_saw(app, &world.privacy_officer(), nurse.user().unwrap()).unwrap();
    assert!(what.rows.iter().any(|row| {
        row.people
            .iter()
            .any(|card| card.nhs_number == alma.nhs_number)
    }));
    assert_eq!(
        privacy::verify(app, &world.privacy_officer())
            .unwrap()
            .broken_at,
        None
    );

    world.all_holds();
    let copy = world.dir().join("copy.sqlite");
    if app.store.kind() == "PostgreSQL"
        && std::process::Command::new("pg_dump")
            .arg("--version")
            .output()
            .is_err()
    {
        eprintln!("skipped: pg_dump is not installed");
        return;
    }
    upkeep::backup(app, &copy).unwrap();
    assert!(
        matches!(upkeep::backup(app, &copy), Err(Error::Unavailable(_))),
        "never written over"
    );
    let (restored, _database) = world.restored(&copy);
    assert!(
        upkeep::doctor(&restored)
            .unwrap()
            .iter()
            .all(|check| check.holds)
    );
    assert_eq!(
        restored.store.read(store::index::fingerprint).unwrap(),
        world.fingerprint()
    );
}

fn two_nurses_and_one_candidate(world: &World) {
    let app = &world.app;
    world.import("xray.hl7", wrist("ACC1").of(&person(1)));
    let (first, second) = (world.nurse(), world.second_nurse());
    let before = world.only_candidate(&first);
    let also_before = world.only_candidate(&second);

    // A feed that adds to the evidence is no conflict; a colleague who decides is.
    world.import(
        "ed.csv",
        csv(
            "ecds",
            &[ed_row(&person(1), "ED1", date(2026, 11, 20), RADIUS)],
        ),
    );
    candidate::decide(
        app,
        &second,
        before.episode,
        also_before.version,
        &Choice::Accept,
    )
    .unwrap();
    let reject = Choice::Reject {
        reason: RejectReason::HighEnergy,
        note: None,
    };
    match candidate::decide(app, &first, before.episode, before.version, &reject) {
        Err(Error::Conflict { since }) => {
            assert_eq!(since.len(), 1);
            assert_eq!(since[0].who, "Nell Nurse");
            assert!(since[0].what.starts_with("Accepted"), "{}", since[0].what);
            assert_eq!(since[0].at, app.clock.now());
        }
        other => panic!("{other:?}"),
    }
    let after = candidate::view(app, &first, before.episode, None).unwrap();
    assert_eq!(after.state, State::Accepted);

    // Nor does anybody take back what a colleague has decided since.
    let theirs = after.last_decision.unwrap();
    candidate::undo(app, &second, before.episode, theirs.seq).unwrap();
    let again = world.only_candidate(&second);
    candidate::decide(app, &second, before.episode, again.version, &reject).unwrap();
    assert!(matches!(
        candidate::undo(app, &first, before.episode, theirs.seq),
        Err(Error::Conflict { since }) if since.iter().all(|change| change.who == "Nell Nurse")
    ));
    world.all_holds();
}

fn new_evidence_brings_back_who_was_rejected_as_the_wrong_person(world: &World) {
    let app = &world.app;
    let nurse = world.nurse();
    for (n, accession, reason) in [
        (1, "ACC1", RejectReason::WrongPerson),
        (2, "ACC2", RejectReason::HighEnergy),
    ] {
        world.import("xray.hl7", wrist(accession).of(&person(n)));
        let seen = world.only_candidate(&nurse);
        let reject = Choice::Reject { reason, note: None };
        candidate::decide(app, &nurse, seen.episode, seen.version, &reject).unwrap();
        assert!(world.list(&nurse).is_empty());
    }
    // The same report once more is no new evidence.
    let again = XRay {
        control: "K1",
        ..wrist("ACC1")
    };
    world.import("again.hl7", again.of(&person(1)));
    assert!(world.list(&nurse).is_empty());

    world.days_pass(60);
    for (n, accession) in [(1, "ACC3"), (2, "ACC4")] {
        let later = XRay {
            on: date(2027, 1, 20),
            ..wrist(accession)
        };
        assert_eq!(world.import("later.hl7", later.of(&person(n))).sums.new, 1);
    }
    let back = world.only_candidate(&nurse);
    assert_eq!(back.person.nhs_number, person(1).nhs_number);
    assert_eq!(back.state, State::New);
    assert_eq!(back.sightings.len(), 2, "the same fracture");
    assert!(
        world.list(&nurse)[0].fracture_date == Some(date(2026, 11, 20)),
        "not a second episode of its own"
    );

    // It can be decided again, and then rests.
    let reject = Choice::Reject {
        reason: RejectReason::WrongPerson,
        note: None,
    };
    let done = candidate::decide(app, &nurse, back.episode, back.version, &reject).unwrap();
    assert!(world.list(&nurse).is_empty());
    candidate::undo(app, &nurse, back.episode, done.undo).unwrap();
    assert_eq!(world.only_candidate(&nurse).state, State::New);
    world.all_holds();
}

fn a_later_fracture_is_a_refracture(world: &World) {
    let app = &world.app;
    let alma = person(1);
    let on = |on, accession| XRay {
        on,
        accession,
        control: accession,
        ..XRay::default()
    };
    world.import("first.hl7", on(date(2026, 3, 1), "ACC1").of(&alma));
    world.import("same.hl7", on(date(2026, 5, 30), "ACC2").of(&alma));
    let nurse = world.nurse();
    assert_eq!(
        world.only_candidate(&nurse).sightings.len(),
        2,
        "day 90 is the same fracture"
    );
    let old = world.only_candidate(&nurse).episode;

    world.import("later.hl7", on(date(2026, 5, 31), "ACC3").of(&alma));
    world.import("hip.hl7", hip("ACC4", date(2026, 11, 20)).of(&alma));
    let listed = world.list(&nurse);
    let refractures: Vec<bool> = listed.iter().map(|entry| entry.refracture).collect();
    assert_eq!(refractures, [false, true, true], "oldest first: {listed:?}");
    assert_eq!(listed[2].fracture, "Right hip");
    let wrist_again = candidate::view(app, &nurse, listed[1].episode, None).unwrap();
    assert_eq!(wrist_again.refracture_of, Some(old));
    let hip = candidate::view(app, &nurse, listed[2].episode, None).unwrap();
    assert_eq!(
        hip.refracture_of,
        Some(listed[1].episode),
        "the latest before it"
    );
    assert_eq!(hip.others.len(), 2);
    world.all_holds();
}

fn a_candidate_can_belong_to_an_episode_on_record(world: &World) {
    let app = &world.app;
    let alma = person(1);
    world.import("first.hl7", wrist("ACC1").of(&alma));
    world.import("second.hl7", hip("ACC2", date(2026, 11, 21)).of(&alma));
    world.import("stranger.hl7", wrist("ACC3").of(&person(2)));
    let nurse = world.nurse();
    let listed = world.list(&nurse);
    let of = |words: &str, n: u32| {
        listed
            .iter()
            .find(|e| e.fracture == words && e.nhs_number == person(n).nhs_number)
            .unwrap()
            .episode
    };
    let (index, other, strangers) = (of("Left wrist", 1), of("Right hip", 1), of("Left wrist", 2));
    let version = candidate::view(app, &nurse, other, None).unwrap().version;
    let belongs = |to| candidate::decide(app, &nurse, other, version, &Choice::Belongs { to });
    assert_eq!(fields(belongs(other)), ["to"]);
    assert_eq!(fields(belongs(strangers)), ["to"], "never across people");
    let done = belongs(index).unwrap();
    assert_eq!(world.list(&nurse).len(), 2);
    let joined = candidate::view(app, &nurse, other, None).unwrap();
    assert_eq!(joined.state, State::BelongsTo(index));

    let version = candidate::view(app, &nurse, index, None).unwrap().version;
    let round = candidate::decide(app, &nurse, index, version, &Choice::Belongs { to: other });
    assert_eq!(fields(round), ["to"], "not in a circle");
    candidate::undo(app, &nurse, other, done.undo).unwrap();
    assert_eq!(world.list(&nurse).len(), 3);
    world.all_holds();
}

fn a_person_says_who_it_is(world: &World) {
    let app = &world.app;
    let (nurse, coordinator) = (world.nurse(), world.coordinator());
    let alma = person(1);
    world.import("first.hl7", wrist("ACC1").of(&alma));
    let holder = world.only_candidate(&nurse).person.id;

    // The number is on record with another date of birth.
    let mut twisted = alma.clone();
    twisted.born = date(1955, 4, 13);
    let sums = world
        .import("twisted.hl7", hip("ACC2", date(2026, 11, 21)).of(&twisted))
        .sums;
    assert_eq!((sums.held, sums.new), (1, 0));
    let asked = identity::view(app, &nurse, world.question(&nurse)).unwrap();
    assert_eq!(asked.candidates.len(), 1);
    assert_eq!(asked.candidates[0].person.id, holder);
    let verdict = |what: &str| {
        asked.candidates[0]
            .compared
            .iter()
            .find(|row| row.what == what)
            .unwrap()
            .verdict
    };
    assert_eq!(verdict("NHS number"), Agreement::Same);
    assert_eq!(verdict("Born"), Agreement::Different);
    assert!(not_found(identity::view(
        app,
        &world.other_site(),
        asked.held.item
    )));
    assert!(not_found(identity::answer(
        app,
        &world.other_site(),
        asked.held.item,
        Answer::New
    )));

    assert_eq!(
        identity::answer(app, &coordinator, asked.held.item, Answer::Same(holder)).unwrap(),
        Some(holder)
    );
    assert!(world.questions(&nurse).is_empty());
    assert_eq!(world.list(&nurse).len(), 2);
    assert!(
        world
            .list(&nurse)
            .iter()
            .all(|entry| entry.person == holder)
    );
    assert_eq!(
        patient::view(app, &nurse, holder).unwrap().card.born,
        Some(alma.born),
        "kept, not overwritten"
    );
    assert!(
        matches!(
            identity::answer(app, &nurse, asked.held.item, Answer::New),
            Err(Error::Conflict { since }) if since[0].who == "Cora Coordinator"
        ),
        "a question is answered once"
    );

    // The same again, but it is somebody else: the number stays with its holder.
    twisted.born = date(1941, 1, 1);
    world.import(
        "other.hl7",
        XRay {
            hospital: Hospital::Southend,
            ..wrist("ACC3")
        }
        .of(&twisted),
    );
    let other = identity::answer(app, &nurse, world.question(&nurse), Answer::New)
        .unwrap()
        .unwrap();
    assert_ne!(other, holder);
    let other = patient::view(app, &nurse, other).unwrap();
    assert_eq!(other.card.nhs_number, None);
    assert_eq!(other.card.born, Some(twisted.born));

    // No number at all.
    let mut nameless = person(7);
    nameless.nhs_number = None;
    world.import("none.hl7", wrist("ACC4").of(&nameless));
    let asked = identity::view(app, &nurse, world.question(&nurse)).unwrap();
    assert!(asked.candidates.is_empty());
    let new = identity::answer(app, &nurse, asked.held.item, Answer::New)
        .unwrap()
        .unwrap();

    // The number comes later; somebody without one looks the same, so that is asked too.
    let sums = world
        .import("number.hl7", hip("ACC5", date(2026, 11, 21)).of(&person(7)))
        .sums;
    assert_eq!(sums.held, 1);
    let asked = identity::view(app, &nurse, world.question(&nurse)).unwrap();
    assert_eq!(asked.candidates[0].person.id, new);
    identity::answer(app, &nurse, asked.held.item, Answer::Same(new)).unwrap();
    assert_eq!(
        patient::view(app, &nurse, new).unwrap().card.nhs_number,
        person(7).nhs_number
    );

    // No date of birth: a person looks, it is never put aside as too young.
    let mut ageless = person(8);
    ageless.born_known = false;
    let view = world.import("ageless.hl7", wrist("ACC6").of(&ageless));
    assert_eq!((view.sums.held, view.sums.ignored_total()), (1, 0));
    identity::answer(app, &nurse, world.question(&nurse), Answer::New)
        .unwrap()
        .unwrap();
    assert!(
        world
            .list(&nurse)
            .iter()
            .any(|entry| entry.nhs_number == person(8).nhs_number && entry.born.is_none())
    );
    world.all_holds();
}

fn a_number_on_record_stays_with_its_holder(world: &World) {
    let app = &world.app;
    let nurse = world.nurse();
    let alma = person(1);
    world.import("holder.hl7", wrist("ACC1").of(&alma));
    let mut without = person(1);
    without.nhs_number = None;
    without.born = date(1944, 2, 2);
    world.import("without.hl7", wrist("ACC2").of(&without));
    let unnumbered = identity::answer(app, &nurse, world.question(&nurse), Answer::New)
        .unwrap()
        .unwrap();

    let mut claims = without.clone();
    claims.nhs_number = alma.nhs_number.clone();
    world.import("claims.hl7", hip("ACC3", date(2026, 11, 21)).of(&claims));
    let item = world.question(&nurse);
    assert_eq!(
        fields(identity::answer(
            app,
            &nurse,
            item,
            Answer::Same(unnumbered)
        )),
        ["person"]
    );

    world.import("stranger.hl7", wrist("ACC4").of(&person(9)));
    let stranger = patient::find(app, &nurse, nhs_number(&person(9))).unwrap()[0].id;
    assert_eq!(
        fields(identity::answer(app, &nurse, item, Answer::Same(stranger))),
        ["person"],
        "somebody with a different number is never matched"
    );
    assert_eq!(world.question(&nurse), item, "the question stays open");
    world.all_holds();
}

fn one_answer_settles_all_that_say_the_same(world: &World) {
    let app = &world.app;
    let (nurse, coordinator) = (world.nurse(), world.coordinator());
    let (mut ageless, mut other) = (person(1), person(2));
    ageless.born_known = false;
    other.born_known = false;
    let on = date(2026, 11, 20);
    let clinic = clinic_row(&ageless, "FC1", on, "fracture of distal radius");
    let files = [
        ("first.hl7", wrist("ACC1").of(&ageless).into_bytes()),
        ("second.hl7", wrist("ACC2").of(&ageless).into_bytes()),
        (
            "ed.csv",
            csv("ecds", &[ed_row(&ageless, "ED1", on, RADIUS)]),
        ),
        ("clinic.csv", csv("fracture-clinic", &[clinic])),
        ("other.hl7", wrist("ACC3").of(&other).into_bytes()),
    ];
    let taken = files.map(|(name, bytes)| {
        let view = world.import(name, bytes);
        assert_eq!(view.sums.held, 1, "{name}: {:?}", view.sums);
        view.import
    });
    let open = world.questions(&nurse);
    assert_eq!(open.len(), 5);
    let hers: Vec<_> = open
        .iter()
        .filter(|held| held.nhs_number == ageless.nhs_number)
        .collect();
    for held in &hers {
        let asked = identity::view(app, &nurse, held.item).unwrap();
        assert_eq!(asked.also_settles, 3);
        assert!(asked.candidates.is_empty() && asked.may_answer);
    }

    let new = identity::answer(app, &coordinator, hers[1].item, Answer::New)
        .unwrap()
        .unwrap();
    let seen = world.only_candidate(&nurse);
    assert_eq!(
        (seen.person.id, seen.sightings.len()),
        (new, 4),
        "one person, one episode"
    );
    assert_eq!(seen.person.nhs_number, ageless.nhs_number);
    assert_eq!(seen.person.born, None);
    let sources: std::collections::HashSet<_> =
        seen.sightings.iter().map(|s| s.source.as_str()).collect();
    assert_eq!(sources.len(), 4, "each with its own file: {sources:?}");

    let left = identity::view(app, &nurse, world.question(&nurse)).unwrap();
    assert_eq!(left.held.nhs_number, other.nhs_number);
    assert_eq!(left.also_settles, 0);
    for (import, held) in taken.iter().zip([0, 0, 0, 0, 1]) {
        let sums = world.view(import).sums;
        assert!(sums.balances(), "{sums:?}");
        assert_eq!((sums.held, sums.new), (held, 1 - held), "{sums:?}");
    }
    for held in hers {
        assert!(
            matches!(
                identity::answer(app, &nurse, held.item, Answer::New),
                Err(Error::Conflict { since }) if since[0].who == "Cora Coordinator"
            ),
            "each is answered"
        );
    }
    world.all_holds();
}

fn who_does_not_count_is_ignored_with_the_reason(world: &World) {
    let (mut young, mut young_by_a_day, mut dead, mut far) =
        (person(1), person(2), person(3), person(4));
    young.born = date(1990, 1, 1);
    young_by_a_day.born = date(1976, 11, 21);
    let mut fifty = person(5);
    fifty.born = date(1976, 11, 20);
    far.postcode = "IP1 1AA".to_owned();
    dead.born_known = true;
    let reports = [&young, &young_by_a_day, &fifty, &far]
        .map(|p| wrist(nhs_number(p)).of(p))
        .concat();
    let died = Visit {
        number: "V1".to_owned(),
        class: Some('I'),
        reason: "fractured neck of femur".to_owned(),
        died: Some(date(2026, 11, 20)),
        ..Visit::default()
    };
    let view = world.import(
        "mixed.hl7",
        reports + &adt(&dead, "A03", date(2026, 11, 20), "A1", &died),
    );
    let mut ignored: Vec<_> = view
        .sums
        .ignored
        .iter()
        .map(|r| (r.code.as_str(), r.items))
        .collect();
    ignored.sort_unstable();
    assert_eq!(ignored, [("died", 1), ("out_of_area", 1), ("under_age", 2)]);
    assert_eq!((view.sums.new, view.sums.received), (1, 5));
    assert_eq!(
        view.sums.ignored[0].words,
        "Under the age that the service takes"
    );
    let listed = world.list(&world.nurse());
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].nhs_number, fifty.nhs_number, "50 on the very day");
    world.all_holds();
}

fn a_death_is_heard_whatever_else_the_message_says(world: &World) {
    let nurse = world.nurse();
    let alma = person(1);
    world.import("xray.hl7", wrist("ACC1").of(&alma));
    let died = Visit {
        number: "V1".to_owned(),
        class: Some('I'),
        reason: "fractured neck of femur".to_owned(),
        died: Some(date(2026, 11, 21)),
        ..Visit::default()
    };
    let sums = world
        .import(
            "death.hl7",
            adt(&alma, "A03", date(2026, 11, 21), "A1", &died),
        )
        .sums;
    assert_eq!(sums.ignored[0].code, "died");
    let seen = world.only_candidate(&nurse);
    assert!(
        seen.person.died,
        "known to have died, though the fracture in that message does not count"
    );
    assert_eq!(seen.person.died_on, Some(date(2026, 11, 21)));
    world.all_holds();
}

fn the_readers_no_is_sampled(world: &World) {
    let app = &world.app;
    let lead = world.lead();
    let nothing: Vec<String> = (1..=20)
        .map(|n| {
            let accession = format!("ACC{n}");
            XRay {
                text: NOTHING_BROKEN,
                ..wrist(&accession)
            }
            .of(&person(n))
        })
        .collect();
    let mut young = person(30);
    young.born = date(1999, 1, 1);
    let too_young = XRay {
        text: NOTHING_BROKEN,
        ..wrist("YOUNG")
    }
    .of(&young);
    let view = world.import("all-well.hl7", nothing.concat() + &too_young);
    let reasons: Vec<_> = view
        .sums
        .ignored
        .iter()
        .map(|r| (r.code.as_str(), r.items))
        .collect();
    assert_eq!(
        reasons,
        [("reader_said_no:all_denied", 20), ("under_age", 1)]
    );

    let pool = said_no::summary(app, &lead).unwrap();
    assert_eq!(
        (pool.refused, pool.reviewed),
        (20, 0),
        "who could not count is not in the pool"
    );
    assert!(pool.missed.is_none(), "nothing reviewed says nothing");
    let mut shown = std::collections::HashSet::new();
    for nth in 0..8 {
        let refused = said_no::next(app, &lead, None).unwrap().unwrap();
        assert!(shown.insert(refused.item), "each is shown once");
        assert_eq!(
            refused.read.sightings[0].text.as_deref(),
            Some(NOTHING_BROKEN)
        );
        let verdict = if nth == 0 {
            Verdict::Missed
        } else {
            Verdict::Agree
        };
        said_no::review(app, &lead, refused.item, verdict, None).unwrap();
    }
    let pool = said_no::summary(app, &lead).unwrap();
    assert_eq!((pool.rows[0].reviewed, pool.rows[0].missed), (8, 1));
    let missed = pool.missed.unwrap().people;
    assert!(
        (missed.value - 2.5).abs() < 1e-9,
        "1 seen, and 1 in 8 of the other 12: {missed:?}"
    );
    assert!(
        missed.lower >= 1.0 && missed.lower < missed.value && missed.value < missed.upper,
        "{missed:?}"
    );
    assert!(
        said_no::next(app, &lead, Some("high_energy"))
            .unwrap()
            .is_none()
    );
    assert!(matches!(
        said_no::next(app, &world.nurse(), None),
        Err(Error::Forbidden)
    ));
    world.all_holds();
}

/// The verdict "Missed", taken back and given again, is still one.
fn missed_again_and_again(world: &World, item: service::ItemId) {
    let lead = world.lead();
    for verdict in [Verdict::Missed, Verdict::Unsure, Verdict::Missed] {
        said_no::review(&world.app, &lead, item, verdict, Some("Look once more")).unwrap();
    }
}

fn whoever_the_reader_missed_is_listed_once(world: &World) {
    let app = &world.app;
    let (nurse, lead) = (world.nurse(), world.lead());
    let well = XRay {
        text: NOTHING_BROKEN,
        ..wrist("ACC1")
    };
    let import = world.import("well.hl7", well.of(&person(1))).import;
    assert!(world.list(&nurse).is_empty());
    let refused = said_no::next(app, &lead, None).unwrap().unwrap();
    let note = Some("Cortical step on the lateral view");
    said_no::review(app, &lead, refused.item, Verdict::Missed, note).unwrap();

    let listed = world.list(&nurse);
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].nhs_number, person(1).nhs_number);
    assert!(listed[0].look, "nothing asserts a fracture");
    assert!(
        listed[0].why.contains("reviewed") && listed[0].why.contains("Cortical step"),
        "{}",
        listed[0].why
    );
    let sums = world.view(&import).sums;
    assert!(sums.balances(), "{sums:?}");
    assert_eq!((sums.new, sums.ignored_total()), (1, 0), "{sums:?}");

    let before = world.fingerprint();
    missed_again_and_again(world, refused.item);
    let seen = world.only_candidate(&nurse);
    assert_eq!(seen.sightings.len(), 1);
    assert_eq!(seen.sightings[0].by, "Lou Lead");
    assert_eq!(world.fingerprint(), before, "once is enough");
    assert_eq!(world.view(&import).sums, sums);
    world.all_holds();
}

fn whoever_the_reader_missed_without_a_number_is_asked_about(world: &World) {
    let app = &world.app;
    let (nurse, lead) = (world.nurse(), world.lead());
    let mut nameless = person(1);
    nameless.nhs_number = None;
    let well = XRay {
        text: NOTHING_BROKEN,
        ..wrist("ACC1")
    };
    let import = world.import("well.hl7", well.of(&nameless)).import;
    assert!(world.questions(&nurse).is_empty());
    let refused = said_no::next(app, &lead, None).unwrap().unwrap();
    said_no::review(app, &lead, refused.item, Verdict::Missed, None).unwrap();
    assert!(world.list(&nurse).is_empty(), "not before somebody answers");
    missed_again_and_again(world, refused.item);
    let asked = identity::view(app, &nurse, world.question(&nurse)).unwrap();
    assert_eq!(asked.held.item, refused.item);
    assert!(asked.held.why.contains("reviewed"), "{}", asked.held.why);
    assert_eq!(asked.sightings.len(), 1, "with what was read");
    let sums = world.view(&import).sums;
    assert!(sums.balances(), "{sums:?}");
    assert_eq!((sums.held, sums.ignored_total()), (1, 0), "{sums:?}");

    let new = identity::answer(app, &world.coordinator(), refused.item, Answer::New)
        .unwrap()
        .unwrap();
    let listed = world.list(&nurse);
    assert_eq!(listed.len(), 1, "the answer lists, as the clinician meant");
    assert_eq!(listed[0].person, new);
    assert!(listed[0].look && listed[0].why.contains("reviewed"));

    // Nothing opens again once it is answered.
    missed_again_and_again(world, refused.item);
    assert!(world.questions(&nurse).is_empty());
    let sums = world.view(&import).sums;
    assert_eq!((sums.new, sums.held), (1, 0), "{sums:?}");
    assert_eq!(world.only_candidate(&nurse).sightings.len(), 1);
    world.all_holds();
}

fn what_a_source_takes_back_leaves_the_list(world: &World) {
    let nurse = world.nurse();
    let first = wrist("ACC1").of(&person(1));
    world.import("first.hl7", &first);
    world.import("second.hl7", wrist("ACC2").of(&person(2)));
    world.import("third.hl7", wrist("ACC3").of(&person(3)));
    world.import(
        "ed.csv",
        csv(
            "ecds",
            &[ed_row(&person(3), "ED3", date(2026, 11, 20), RADIUS)],
        ),
    );
    assert_eq!(world.list(&nurse).len(), 3);

    // OBX-11 W: sent for the wrong person.
    let withdrawn = XRay {
        control: "W1",
        status: 'W',
        ..wrist("ACC1")
    };
    assert_eq!(
        world
            .import("withdrawn.hl7", withdrawn.of(&person(1)))
            .sums
            .new,
        1
    );
    // Corrected to no fracture; for one of the two somebody else still says that there is one.
    for (n, accession, control) in [(2, "ACC2", "K2"), (3, "ACC3", "K3")] {
        let corrected = XRay {
            control,
            status: 'C',
            text: NOTHING_BROKEN,
            ..wrist(accession)
        };
        assert_eq!(world.import(control, corrected.of(&person(n))).sums.new, 1);
    }
    let left = world.list(&nurse);
    assert_eq!(left.len(), 1);
    assert_eq!(
        (left[0].nhs_number.clone(), left[0].sightings),
        (person(3).nhs_number, 1)
    );

    let gone = patient::find(&world.app, &nurse, nhs_number(&person(1))).unwrap();
    assert_eq!(gone.len(), 1, "still findable where it was seen");
    let record = patient::view(&world.app, &nurse, gone[0].id).unwrap();
    assert!(
        record.episodes[0]
            .next
            .starts_with("Withdrawn by its source"),
        "{}",
        record.episodes[0].next
    );
    assert_eq!(record.episodes[0].due, None);
    assert!(
        record
            .timeline
            .iter()
            .any(|entry| entry.title == "Fracture seen"),
        "the record keeps both"
    );
    assert!(
        patient::find(&world.app, &world.other_site(), nhs_number(&person(1)))
            .unwrap()
            .is_empty()
    );

    // Told again after all.
    let again = XRay {
        control: "A1",
        status: 'C',
        ..wrist("ACC1")
    };
    world.import("again.hl7", again.of(&person(1)));
    assert_eq!(world.list(&nurse).len(), 2);
    world.all_holds();
}

fn what_a_source_takes_back_is_found_without_a_number(world: &World) {
    let app = &world.app;
    let nurse = world.nurse();
    world.import("holder.hl7", wrist("ACC1").of(&person(1)));
    let holder = world.only_candidate(&nurse).person.id;
    let mut nameless = person(1);
    nameless.nhs_number = None;
    let report = hip("ACC2", date(2026, 11, 21));
    world.import("none.hl7", report.of(&nameless));
    let item = world.question(&nurse);
    identity::answer(app, &world.coordinator(), item, Answer::Same(holder)).unwrap();
    let listed = world.list(&nurse);
    assert_eq!(listed.len(), 2);
    let hip = listed.iter().find(|e| e.fracture == "Right hip").unwrap();

    let withdrawn = XRay {
        control: "W2",
        status: 'W',
        ..report
    };
    let sums = world.import("withdrawn.hl7", withdrawn.of(&nameless)).sums;
    assert_eq!((sums.new, sums.held), (1, 0), "{sums:?}");
    let gone = candidate::view(app, &nurse, hip.episode, None).unwrap();
    assert!(
        matches!(gone.state, State::Withdrawn { .. }),
        "{:?}",
        gone.state
    );
    assert!(gone.sightings.is_empty());
    assert_eq!(world.only_candidate(&nurse).fracture, "Left wrist");
    assert!(world.questions(&nurse).is_empty());
    world.all_holds();
}

fn a_corrected_report_is_asked_about_once(world: &World) {
    let app = &world.app;
    let nurse = world.nurse();
    let mut nameless = person(1);
    nameless.nhs_number = None;
    let first = world
        .import("first.hl7", wrist("ACC1").of(&nameless))
        .import;
    let corrected = XRay {
        control: "C2",
        status: 'C',
        text: "Addendum: undisplaced fracture of the distal radius after all.",
        ..wrist("ACC1")
    };
    world.import("corrected.hl7", corrected.of(&nameless));

    assert_eq!(
        world.questions(&nurse).len(),
        1,
        "the newer version alone is asked about"
    );
    let sums = world.view(&first).sums;
    assert!(sums.balances(), "{sums:?}");
    let ignored: Vec<_> = sums
        .ignored
        .iter()
        .map(|r| (r.code.as_str(), r.items))
        .collect();
    assert_eq!(ignored, [("corrected_by_its_source", 1)]);

    identity::answer(app, &nurse, world.question(&nurse), Answer::New)
        .unwrap()
        .unwrap();
    let listed = world.list(&nurse);
    let shown = candidate::view(app, &nurse, listed[0].episode, None).unwrap();
    assert_eq!(shown.sightings.len(), 1);
    let text = shown.sightings[0]
        .sighting
        .text
        .as_deref()
        .unwrap_or_default();
    assert!(text.contains("after all"), "{text}");
    world.all_holds();
}

fn a_question_whose_report_is_taken_back_is_closed(world: &World) {
    let app = &world.app;
    let nurse = world.nurse();
    let (mut nameless, mut another) = (person(1), person(2));
    nameless.nhs_number = None;
    another.nhs_number = None;
    let import = world.import("none.hl7", wrist("ACC1").of(&nameless)).import;
    let item = world.question(&nurse);
    world.import("another.hl7", wrist("ACC2").of(&another));
    assert_eq!(world.questions(&nurse).len(), 2);

    let withdrawn = XRay {
        control: "W1",
        status: 'W',
        ..wrist("ACC1")
    };
    world.import("withdrawn.hl7", withdrawn.of(&nameless));
    assert_ne!(world.question(&nurse), item, "only the other one is left");
    let today = today::today(app, &nurse, &Ask::default()).unwrap();
    let waiting = |tab| today.counts.iter().find(|(of, _)| *of == tab).unwrap().1;
    assert_eq!((waiting(Tab::New), waiting(Tab::Duplicates)), (0, 1));
    let sums = world.view(&import).sums;
    assert!(sums.balances(), "{sums:?}");
    let ignored: Vec<_> = sums
        .ignored
        .iter()
        .map(|r| (r.code.as_str(), r.items))
        .collect();
    assert_eq!(ignored, [("withdrawn_by_its_source", 1)]);
    assert_eq!((sums.held, sums.new), (0, 0), "{sums:?}");
    assert!(
        matches!(
            identity::answer(app, &nurse, item, Answer::New),
            Err(Error::Conflict { since }) if since[0].who == "Withdrawn by its source"
        ),
        "nobody needs to answer any more"
    );
    assert!(world.list(&nurse).is_empty());

    // Told again after all: asked again.
    let again = XRay {
        control: "A1",
        status: 'C',
        ..wrist("ACC1")
    };
    assert_eq!(world.import("again.hl7", again.of(&nameless)).sums.held, 1);
    assert_eq!(world.questions(&nurse).len(), 2);
    world.all_holds();
}

fn a_decision_on_withdrawn_evidence_can_be_taken_back(world: &World) {
    let app = &world.app;
    let nurse = world.nurse();
    world.import("xray.hl7", wrist("ACC1").of(&person(1)));
    let seen = world.only_candidate(&nurse);
    let accepted =
        candidate::decide(app, &nurse, seen.episode, seen.version, &Choice::Accept).unwrap();
    let withdrawn = XRay {
        control: "W1",
        status: 'W',
        ..wrist("ACC1")
    };
    world.import("withdrawn.hl7", withdrawn.of(&person(1)));
    let after = candidate::view(app, &nurse, seen.episode, None).unwrap();
    assert_eq!(
        after.state,
        State::Accepted,
        "a person decided; the source alone does not undo that"
    );
    candidate::undo(app, &nurse, seen.episode, accepted.undo).unwrap();
    let after = candidate::view(app, &nurse, seen.episode, None).unwrap();
    assert!(
        matches!(after.state, State::Withdrawn { .. }),
        "{:?}",
        after.state
    );
    world.all_holds();
}

fn reports_without_an_accession_number_are_not_mistaken_for_one_another(world: &World) {
    let alma = person(1);
    let on = |on, control| XRay {
        on,
        accession: "",
        control,
        ..XRay::default()
    };
    world.import("spring.hl7", on(date(2026, 3, 1), "C1").of(&alma));
    world.import("autumn.hl7", on(date(2026, 11, 20), "C2").of(&alma));
    assert_eq!(world.list(&world.nurse()).len(), 2, "eight months apart");
    world.all_holds();
}

fn by_hand(n: u32) -> ByHand {
    ByHand {
        told_by: Some(Referrer::Ward),
        nhs_number: person(n).nhs_number.unwrap().to_string(),
        family: person(n).name.family,
        given: person(n).name.given,
        born: Some(person(n).born),
        sex: Sex::Female,
        postcode: "SS1 1AA".to_owned(),
        hospital: SOUTHEND.to_owned(),
        site: Some(Site::Wrist),
        side: Some(Side::Left),
        levels: vec![],
        fracture_date: Some(date(2026, 11, 19)),
        words: "Fell in the ward, left wrist broken".to_owned(),
    }
}

fn somebody_added_by_hand(world: &World) {
    let app = &world.app;
    let nurse = world.nurse();
    let episode = patient::add_by_hand(app, &nurse, &by_hand(1)).unwrap();
    let seen = world.only_candidate(&nurse);
    assert_eq!(seen.episode, episode);
    assert_eq!(seen.sightings[0].source, "Added by hand; told by: Ward");
    assert_eq!(seen.sightings[0].by, "Nora Nurse");

    // What a feed says of the same fracture joins it.
    world.import("xray.hl7", wrist("ACC1").of(&person(1)));
    assert_eq!(world.only_candidate(&nurse).sightings.len(), 2);

    let wrong = ByHand {
        told_by: None,
        nhs_number: "9990000019".to_owned(),
        family: String::new(),
        hospital: BASILDON.to_owned(),
        site: None,
        fracture_date: Some(date(2026, 11, 23)),
        ..by_hand(2)
    };
    let mut named = fields(patient::add_by_hand(app, &nurse, &wrong));
    named.sort_unstable();
    assert_eq!(
        named,
        [
            "family",
            "fracture_date",
            "hospital",
            "nhs_number",
            "site",
            "told_by"
        ]
    );
    let young = ByHand {
        born: Some(date(1976, 11, 20)),
        ..by_hand(2)
    };
    assert_eq!(fields(patient::add_by_hand(app, &nurse, &young)), ["born"]);
    let other_birth = ByHand {
        born: Some(date(1950, 1, 1)),
        ..by_hand(1)
    };
    assert_eq!(
        fields(patient::add_by_hand(app, &nurse, &other_birth)),
        ["nhs_number"]
    );
    assert_eq!(world.list(&nurse).len(), 1);
    world.all_holds();
}

fn roles_bound_what_can_be_done(world: &World) {
    let app = &world.app;
    world.import("xray.hl7", wrist("ACC1").of(&person(1)));
    let seen = world.only_candidate(&world.nurse());
    let forbidden = |outcome: service::Result<()>| matches!(outcome, Err(Error::Forbidden));
    for scope in [world.privacy_officer(), world.administrator()] {
        assert!(forbidden(
            today::today(app, &scope, &Ask::default()).map(drop)
        ));
        assert!(forbidden(
            candidate::view(app, &scope, seen.episode, None).map(drop)
        ));
        assert!(forbidden(
            patient::view(app, &scope, seen.person.id).map(drop)
        ));
        assert!(forbidden(
            patient::find(app, &scope, nhs_number(&person(1))).map(drop)
        ));
    }
    let accept = |scope| {
        candidate::decide(app, &scope, seen.episode, seen.version, &Choice::Accept).map(drop)
    };
    assert!(forbidden(accept(world.coordinator())));
    assert!(forbidden(
        privacy::who_saw(app, &world.nurse(), nhs_number(&person(1))).map(drop)
    ));
    assert!(forbidden(accounts::members(app, &world.lead()).map(drop)));
    let path = world.write("more.hl7", wrist("ACC2").of(&person(2)));
    let taken =
        service::imports::take_in(app, &world.nurse(), &path, "more.hl7", None, &mut |_| {});
    assert!(forbidden(taken.map(drop)));
    assert_eq!(world.list(&world.nurse()).len(), 1);

    // Asking for another hospital's list in the address shows nothing of it.
    let ask = Ask {
        site: Some(SOUTHEND.to_owned()),
        order: Order::Name,
        ..Ask::default()
    };
    assert_eq!(
        today::today(app, &world.other_site(), &ask).unwrap().total,
        0
    );
    assert_eq!(today::today(app, &world.nurse(), &ask).unwrap().total, 1);
}

fn signing_in_takes_both_steps(world: &World) {
    let app = &world.app;
    let typed = accounts::NewMember {
        username: "Tess".to_owned(),
        name: "Tess Tester".to_owned(),
        role: service::Role::Nurse,
        sites: service::Sites::These([SOUTHEND.to_owned()].into()),
    };
    let administrator = world.administrator();
    let made = accounts::add_member(app, &administrator, &typed).unwrap();
    assert_eq!(
        fields(accounts::add_member(app, &administrator, &typed)),
        ["username"]
    );
    let refused = |outcome: service::Result<Result<accounts::Token, SignInRefused>>| {
        outcome.unwrap().err().unwrap()
    };
    assert_eq!(
        refused(accounts::password(app, "tess", "wrong")),
        SignInRefused::Wrong
    );
    assert_eq!(
        refused(accounts::password(app, "nobody", "wrong")),
        SignInRefused::Wrong
    );

    let half_way = accounts::password(app, "TESS", &made.password)
        .unwrap()
        .ok()
        .unwrap();
    assert!(matches!(
        accounts::visitor(app, &half_way, true).unwrap(),
        accounts::Visitor::HalfWay { .. }
    ));
    let code = accounts::code_now(app, "tess").unwrap();
    let wrong = if code == "000000" { "111111" } else { "000000" };
    assert_eq!(
        refused(accounts::code(app, &half_way, wrong)),
        SignInRefused::WrongCode
    );
    let token = accounts::code(app, &half_way, &code).unwrap().ok().unwrap();
    assert!(matches!(
        accounts::visitor(app, &token, true).unwrap(),
        accounts::Visitor::Signed(_)
    ));
    assert!(matches!(
        accounts::visitor(app, &half_way, true).unwrap(),
        accounts::Visitor::Nobody
    ));
    let second = accounts::password(app, "tess", &made.password)
        .unwrap()
        .ok()
        .unwrap();
    assert_eq!(
        refused(accounts::code(app, &second, &code)),
        SignInRefused::CodeUsed
    );

    let member = accounts::member(app, &administrator, made.user).unwrap();
    accounts::change_member(
        app,
        &administrator,
        made.user,
        &member.name,
        member.role,
        member.sites,
        true,
    )
    .unwrap();
    assert!(matches!(
        accounts::visitor(app, &token, true).unwrap(),
        accounts::Visitor::Nobody
    ));
    assert_eq!(
        refused(accounts::password(app, "tess", &made.password)),
        SignInRefused::Wrong
    );
    assert!(app.store.read(access::count).unwrap() > 0);
    let _: NhsNumber = nhs_number(&person(1)).parse().unwrap();
}
