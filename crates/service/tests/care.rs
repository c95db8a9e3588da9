//! A person in care, from the call that nobody answers to the closing: told once and true on both databases.

mod support;

use jiff::{ToSpan, civil::date};
use pathway::{
    Channel, CloseReason, Needs, Next, ResultAction, Task,
    care::{
        Contact, ContactOutcome, ContactPurpose, Dose, Referral, ReferralKind, ReferralOutcome,
    },
};
use service::{Error, care, overview, patient, today::Tab};
use support::*;
use terms::Medicine;

on_both_databases! {
    a_call_that_nobody_answers_comes_back_on_its_day,
    whoever_must_not_be_rung_is_not_rung,
    a_referral_is_asked_after_when_no_answer_comes,
    an_episode_is_closed_with_a_reason_and_can_be_opened_again,
    whoever_has_died_waits_on_no_list,
    what_is_overdue_and_forgotten_is_stalled,
    cover_for_leave_changes_the_name_on_the_list,
    the_overview_counts_what_the_lists_show,
    only_those_who_may_act,
    the_same_act_twice_is_one,
    a_dose_to_come_is_handed_over_before_closing,
    what_a_nurse_recorded_is_not_the_coordinators_to_take_back,
    an_address_typed_from_an_old_page_is_not_written_back,
}

fn call(outcome: ContactOutcome, again_on: Option<jiff::civil::Date>) -> Contact {
    Contact {
        purpose: ContactPurpose::Assess,
        channel: Channel::Phone,
        on: TODAY,
        outcome,
        again_on,
        time: None,
        note: None,
    }
}

fn fields<T: std::fmt::Debug>(outcome: service::Result<T>) -> Vec<String> {
    match outcome {
        Err(Error::Invalid(wrong)) => wrong.into_iter().map(|w| w.field).collect(),
        other => panic!("{other:?}"),
    }
}

fn a_call_that_nobody_answers_comes_back_on_its_day(world: &World) {
    let (app, nurse) = (&world.app, world.nurse());
    let episode = accepted(world);
    assert_eq!(world.candidates(&nurse, Tab::Assess).len(), 1);
    let at = version(world, episode);

    let no_day = care::contact(
        app,
        &nurse,
        episode,
        at,
        call(ContactOutcome::NoAnswer, None),
    );
    assert_eq!(fields(no_day), ["again_on"]);

    let again = TODAY + 3.days();
    care::contact(
        app,
        &nurse,
        episode,
        at,
        call(ContactOutcome::NoAnswer, Some(again)),
    )
    .unwrap();
    assert!(
        world.candidates(&nurse, Tab::Assess).is_empty(),
        "not before its day"
    );
    world.days_pass(3);
    let back = world.candidates(&nurse, Tab::Assess);
    assert_eq!(back.len(), 1);
    assert!(back[0].why.contains("No answer"), "{}", back[0].why);
    assert_eq!(back[0].by_whom.as_deref(), Some("Nora Nurse"));
    world.all_holds();
}

fn whoever_must_not_be_rung_is_not_rung(world: &World) {
    let (app, nurse) = (&world.app, world.nurse());
    let episode = accepted(world);
    let seen = care::view(app, &nurse, episode, None).unwrap();
    let needs = Needs {
        never: [Channel::Phone].into(),
        interpreter: Some("Polish".to_owned()),
        ..Needs::default()
    };
    care::record_needs(
        app,
        &world.coordinator(),
        seen.card.id,
        seen.version,
        needs.clone(),
    )
    .unwrap();
    let stale = care::record_needs(app, &nurse, seen.card.id, seen.version, Needs::default());
    assert!(matches!(stale, Err(Error::Conflict { .. })), "{stale:?}");

    let seen = care::view(app, &nurse, episode, None).unwrap();
    assert_eq!(seen.needs.words(), ["Do not ring", "Interpreter: Polish"]);
    assert_eq!(seen.stops.len(), 1);
    let rung = care::contact(
        app,
        &nurse,
        episode,
        seen.version,
        call(ContactOutcome::Reached, None),
    );
    let Err(Error::Unavailable(why)) = rung else {
        panic!("{rung:?}")
    };
    assert!(why.contains("asked not to be reached by Phone"), "{why}");
    let written = Contact {
        channel: Channel::Letter,
        outcome: ContactOutcome::Written,
        again_on: Some(TODAY + 14.days()),
        ..call(ContactOutcome::Written, None)
    };
    care::contact(app, &nurse, episode, seen.version, written).unwrap();
    world.all_holds();
}

fn a_referral_is_asked_after_when_no_answer_comes(world: &World) {
    let (app, nurse) = (&world.app, world.nurse());
    let episode = accepted(world);
    let at = version(world, episode);
    let referral = Referral {
        kind: ReferralKind::Falls,
        on: TODAY,
        reply_by: TODAY + 10.days(),
        note: None,
        answer: None,
    };
    let backwards = Referral {
        reply_by: TODAY - 1.day(),
        ..referral.clone()
    };
    assert_eq!(
        fields(care::refer(app, &nurse, episode, at, backwards)),
        ["reply_by"]
    );
    care::refer(app, &nurse, episode, at, referral).unwrap();
    assert!(world.candidates(&nurse, Tab::Chase).is_empty());
    world.days_pass(10);
    let chased = world.candidates(&nurse, Tab::Chase);
    assert_eq!(chased.len(), 1);
    assert_eq!(chased[0].task, Some(Task::ChaseReferral));

    let seen = care::view(app, &nurse, episode, None).unwrap();
    let of = seen.care.referrals[0].seq;
    let on = app.clock.today();
    let answer = |outcome| {
        let answer = care::ReferralAnswer {
            of,
            outcome,
            on,
            note: None,
        };
        care::referral_answered(app, &nurse, episode, seen.version, answer)
    };
    answer(ReferralOutcome::Accepted).unwrap();
    assert!(world.candidates(&nurse, Tab::Chase).is_empty());
    assert!(
        matches!(answer(ReferralOutcome::Seen), Err(Error::Unavailable(_))),
        "it has its answer"
    );

    let dose = Dose {
        medicine: Medicine::Denosumab,
        on,
        last: false,
    };
    care::dose_given(app, &nurse, episode, seen.version, dose.clone()).unwrap();
    let tablet = Dose {
        medicine: Medicine::Alendronate,
        ..dose
    };
    assert_eq!(
        fields(care::dose_given(app, &nurse, episode, seen.version, tablet)),
        ["medicine"]
    );
    assert!(
        world.candidates(&nurse, Tab::Chase).is_empty(),
        "due in half a year"
    );
    world.days_pass(160);
    assert_eq!(
        world.candidates(&nurse, Tab::Chase)[0].task,
        Some(Task::GiveDose)
    );
    world.all_holds();
}

fn an_episode_is_closed_with_a_reason_and_can_be_opened_again(world: &World) {
    let (app, nurse) = (&world.app, world.nurse());
    let episode = accepted(world);
    let at = version(world, episode);
    let early = care::close(app, &nurse, episode, at, CloseReason::Completed, None);
    assert_eq!(fields(early), ["reason"], "the 52-week review is not done");
    care::close(
        app,
        &nurse,
        episode,
        at,
        CloseReason::Moved,
        Some("To Kent".to_owned()),
    )
    .unwrap();
    assert!(world.candidates(&nurse, Tab::Assess).is_empty());
    let seen = care::view(app, &nurse, episode, None).unwrap();
    assert_eq!(seen.state_words, "Closed: Moved out of the area");
    assert!(matches!(seen.next, Next::Closed { .. }));
    let refused = care::contact(
        app,
        &nurse,
        episode,
        seen.version,
        call(ContactOutcome::Reached, None),
    );
    assert!(matches!(refused, Err(Error::Unavailable(_))), "{refused:?}");
    let again = care::close(app, &nurse, episode, seen.version, CloseReason::Moved, None);
    assert!(matches!(again, Err(Error::Conflict { .. })), "{again:?}");

    care::reopen(app, &nurse, episode, seen.closed_at.unwrap()).unwrap();
    assert_eq!(world.candidates(&nurse, Tab::Assess).len(), 1);
    world.all_holds();
}

fn whoever_has_died_waits_on_no_list(world: &World) {
    let (app, nurse) = (&world.app, world.nurse());
    let episode = accepted(world);
    let died = synth::Visit {
        died: Some(TODAY),
        ..synth::Visit::default()
    };
    world.import("death.hl7", adt(&person(1), "A31", TODAY, "D1", &died));
    assert!(world.candidates(&nurse, Tab::Assess).is_empty());
    let seen = care::view(app, &nurse, episode, None).unwrap();
    assert!(seen.card.died);
    assert_eq!(seen.stops.len(), Channel::ALL.len());
    let rung = care::contact(
        app,
        &nurse,
        episode,
        seen.version,
        call(ContactOutcome::Reached, None),
    );
    let Err(Error::Unavailable(why)) = rung else {
        panic!("{rung:?}")
    };
    assert!(why.contains("has died"), "{why}");
    world.all_holds();
}

fn what_is_overdue_and_forgotten_is_stalled(world: &World) {
    let nurse = world.nurse();
    accepted(world);
    world.days_pass(80);
    assert!(
        world.candidates(&nurse, Tab::Stalled).is_empty(),
        "not due yet"
    );
    world.days_pass(15);
    let stalled = world.candidates(&nurse, Tab::Stalled);
    assert_eq!(
        stalled.len(),
        1,
        "90 days after the fracture nobody has done anything"
    );
    let episode = stalled[0].episode;
    let at = version(world, episode);
    let today = world.app.clock.today();
    let contact = Contact {
        on: today,
        ..call(ContactOutcome::NoAnswer, Some(today))
    };
    care::contact(&world.app, &nurse, episode, at, contact).unwrap();
    assert!(
        world.candidates(&nurse, Tab::Stalled).is_empty(),
        "somebody is at it"
    );
    world.days_pass(22);
    assert_eq!(world.candidates(&nurse, Tab::Stalled).len(), 1);
}

fn cover_for_leave_changes_the_name_on_the_list(world: &World) {
    let (app, nurse) = (&world.app, world.nurse());
    let episode = accepted(world);
    world.second_nurse();
    let at = version(world, episode);
    let colleagues = care::colleagues(app, &nurse).unwrap();
    let (nell, _) = colleagues
        .iter()
        .find(|(_, name)| name == "Nell Nurse")
        .unwrap();
    care::hand_over(app, &nurse, episode, at, *nell).unwrap();
    assert_eq!(
        world.candidates(&nurse, Tab::Assess)[0].by_whom.as_deref(),
        Some("Nell Nurse")
    );
    world.all_holds();
}

fn the_overview_counts_what_the_lists_show(world: &World) {
    let lead = world.lead();
    accepted(world);
    world.import("hip.hl7", hip("ACC2", date(2026, 11, 21)).of(&person(2)));
    world.days_pass(100);
    let seen = overview::overview(&world.app, &lead).unwrap();
    for standing in &seen.standings {
        let tab = Tab::ALL
            .iter()
            .find(|tab| tab.code().replace('-', "_") == standing.list.code())
            .unwrap();
        assert_eq!(
            standing.waiting,
            world.candidates(&lead, *tab).len() as u64,
            "{tab:?}"
        );
    }
    let assess = &seen.standings[2];
    assert_eq!((assess.waiting, assess.overdue), (1, 1));
    assert_eq!(seen.stalled_count, 1);
    assert!(matches!(
        overview::overview(&world.app, &world.nurse()),
        Err(Error::Forbidden)
    ));
}

fn only_those_who_may_act(world: &World) {
    let app = &world.app;
    let episode = accepted(world);
    let at = version(world, episode);
    let privacy = world.privacy_officer();
    assert!(matches!(
        care::view(app, &privacy, episode, None),
        Err(Error::Forbidden)
    ));
    let elsewhere = world.other_site();
    assert!(matches!(
        care::view(app, &elsewhere, episode, None),
        Err(Error::NotFound)
    ));
    let rung = care::contact(
        app,
        &elsewhere,
        episode,
        at,
        call(ContactOutcome::Reached, None),
    );
    assert!(matches!(rung, Err(Error::NotFound)), "{rung:?}");
    let coordinator = world.coordinator();
    let dose = Dose {
        medicine: Medicine::Denosumab,
        on: TODAY,
        last: false,
    };
    let given = care::dose_given(app, &coordinator, episode, at, dose);
    assert!(matches!(given, Err(Error::Forbidden)), "{given:?}");
    let seen = service::results::seen(
        app,
        &coordinator,
        episode,
        at,
        &[1],
        ResultAction::NothingNeeded,
        None,
    );
    assert!(matches!(seen, Err(Error::Forbidden)));
}

fn the_same_act_twice_is_one(world: &World) {
    let (app, nurse) = (&world.app, world.nurse());
    let episode = accepted(world);
    let at = version(world, episode);
    let again = Some(TODAY + 3.days());
    for _ in 0..2 {
        care::contact(
            app,
            &nurse,
            episode,
            at,
            call(ContactOutcome::NoAnswer, again),
        )
        .unwrap();
    }
    let seen = care::view(app, &nurse, episode, None).unwrap();
    assert_eq!(
        seen.care.contacts.len(),
        1,
        "a second click is not a second call"
    );
    care::contact(
        app,
        &nurse,
        episode,
        seen.version,
        call(ContactOutcome::NoAnswer, again),
    )
    .unwrap();
    let seen = care::view(app, &nurse, episode, None).unwrap();
    assert_eq!(seen.care.contacts.len(), 2, "a second call is");
    let record = patient::view(app, &nurse, seen.card.id).unwrap();
    assert!(
        record
            .looked
            .iter()
            .any(|look| look.action == "contact_recorded")
    );
    world.all_holds();
}

fn a_dose_to_come_is_handed_over_before_closing(world: &World) {
    let (app, nurse) = (&world.app, world.nurse());
    let episode = accepted(world);
    let dose = Dose {
        medicine: Medicine::Denosumab,
        on: TODAY,
        last: false,
    };
    care::dose_given(app, &nurse, episode, version(world, episode), dose).unwrap();
    let at = version(world, episode);
    let silent = care::close(app, &nurse, episode, at, CloseReason::Moved, None);
    assert_eq!(fields(silent), ["note"]);
    let told = Some("Her new surgery was told by telephone".to_owned());
    care::close(app, &nurse, episode, at, CloseReason::Moved, told).unwrap();
    world.all_holds();
}

fn what_a_nurse_recorded_is_not_the_coordinators_to_take_back(world: &World) {
    let (app, nurse, coordinator) = (&world.app, world.nurse(), world.coordinator());
    let episode = accepted(world);
    let dose = Dose {
        medicine: Medicine::Denosumab,
        on: TODAY,
        last: false,
    };
    care::dose_given(app, &nurse, episode, version(world, episode), dose).unwrap();
    let seen = care::view(app, &nurse, episode, None).unwrap();
    let of = seen.care.doses[0].seq;
    let struck = care::strike_out(app, &coordinator, episode, seen.version, of, "no");
    assert!(matches!(struck, Err(Error::Forbidden)), "{struck:?}");
    // Nor is the acceptance of the fracture taken back by opening what is not closed.
    let accepted = seen
        .timeline
        .iter()
        .find(|e| e.title.starts_with("Accepted"));
    let opened = care::reopen(app, &coordinator, episode, accepted.unwrap().seq);
    assert!(matches!(opened, Err(Error::Unavailable(_))), "{opened:?}");
    care::strike_out(app, &nurse, episode, seen.version, of, "another patient").unwrap();
    world.all_holds();
}

fn an_address_typed_from_an_old_page_is_not_written_back(world: &World) {
    let (app, coordinator) = (&world.app, world.coordinator());
    let episode = accepted(world);
    let seen = care::view(app, &coordinator, episode, None).unwrap();
    let typed = |phone: &str, version| care::ContactDetails {
        phone: phone.to_owned(),
        version: Some(version),
        ..care::ContactDetails::default()
    };
    let person = seen.card.id;
    care::record_details(
        app,
        &coordinator,
        person,
        &typed("01632 960001", seen.version),
    )
    .unwrap();
    let stale = care::record_details(
        app,
        &coordinator,
        person,
        &typed("01632 960002", seen.version),
    );
    assert!(matches!(stale, Err(Error::Conflict { .. })), "{stale:?}");
    let wrong = care::record_details(app, &coordinator, person, &typed("abc", seen.version));
    assert_eq!(fields(wrong), ["phone"]);
}
