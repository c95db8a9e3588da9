//! The assessment by several hands, the calls at 16 and 52 weeks, and the patient's own questionnaire: on both databases.

mod support;

use std::collections::BTreeSet;

use jiff::civil::date;
use pathway::{
    CloseReason, EpisodeId,
    care::{GivenBy, Review},
    form::{Problem, Value},
};
use service::{
    Error, assessment,
    assessment::Saved,
    care, decision,
    questionnaire::{self, Shut, Ticket},
    review,
    today::Tab,
};
use support::*;
use terms::Recommended;

on_both_databases! {
    it_is_filled_in_from_the_feeds_and_finished_by_somebody_else,
    two_people_at_once_see_both_answers,
    what_is_unlikely_is_asked_about_and_the_rest_is_kept,
    once_complete_it_is_only_amended,
    the_call_at_16_weeks_raises_what_somebody_must_act_on,
    the_patient_answers_by_link,
    a_link_that_does_not_open_says_so,
    whoever_has_closed_is_not_asked,
    a_link_stops_with_a_death,
    a_review_has_a_decision_and_its_time,
    what_the_patient_sends_too_late_changes_nothing,
}

fn answer(world: &World, episode: EpisodeId, id: &str) -> Option<Value> {
    let (section, _) = [
        ("risk.", "risk"),
        ("falls.", "falls"),
        ("dxa.", "dxa"),
        ("fracture.", "fracture"),
    ]
    .iter()
    .find(|(start, _)| id.starts_with(start))
    .map(|(_, section)| (*section, ()))
    .unwrap();
    let view = assessment::section(&world.app, &world.nurse(), episode, section).unwrap();
    let field = view
        .fields
        .iter()
        .find(|field| field.question.id == id)
        .unwrap();
    field.value.clone().filter(|_| !field.proposed)
}

fn completed(world: &World) -> EpisodeId {
    let episode = accepted(world);
    complete(world, episode);
    episode
}

fn decided(world: &World) -> EpisodeId {
    let episode = completed(world);
    let (at, plan) = (
        version(world, episode),
        plan(Recommended::Alendronate, None),
    );
    decision::decide(&world.app, &world.nurse(), episode, at, plan, Vec::new()).unwrap();
    episode
}

fn it_is_filled_in_from_the_feeds_and_finished_by_somebody_else(world: &World) {
    let (app, nurse, second) = (&world.app, world.nurse(), world.second_nurse());
    let episode = accepted(world);
    let view = assessment::section(app, &nurse, episode, "fracture").unwrap();
    let field = |id: &str| view.fields.iter().find(|f| f.question.id == id).unwrap();
    let diagnosed = field("fracture.diagnosed_on");
    assert_eq!(diagnosed.value, Some(Value::one("2026-11-20")));
    assert!(diagnosed.proposed && diagnosed.from.is_some());
    assert_eq!(field("fracture.site_1").value, Some(Value::one("wrist")));

    assessment::nothing_to_add(app, &nurse, episode, "fracture", view.version).unwrap();
    assert_eq!(
        answer(world, episode, "fracture.site_1"),
        Some(Value::one("wrist"))
    );

    let risk = typed(&[
        ("risk.height", "162"),
        ("risk.weight", "58"),
        ("risk.smoker", "not_known"),
    ]);
    let saved = assessment::save(app, &nurse, episode, "risk", version(world, episode), &risk);
    assert!(matches!(saved, Ok(Saved::Whole(_))), "{saved:?}");
    // A colleague goes on: what is answered stays, the rest is one action.
    assessment::nothing_to_add(app, &second, episode, "risk", version(world, episode)).unwrap();
    assert_eq!(
        answer(world, episode, "risk.smoker"),
        Some(Value::one("not_known"))
    );
    assert_eq!(
        answer(world, episode, "risk.parental_hip"),
        Some(Value::one("no"))
    );

    let early = assessment::complete(app, &second, episode, version(world, episode), TODAY);
    let Err(Error::Invalid(missing)) = early else {
        panic!("{early:?}")
    };
    assert_eq!(missing.len(), 1);
    assert_eq!(missing[0].field, "falls.assessed");
    let falls = typed(&[("falls.assessed", "not_known")]);
    assessment::save(
        app,
        &second,
        episode,
        "falls",
        version(world, episode),
        &falls,
    )
    .unwrap();
    assessment::complete(app, &second, episode, version(world, episode), TODAY).unwrap();
    let view = assessment::view(app, &nurse, episode).unwrap();
    assert_eq!(view.completed.unwrap().by.words(), "Nell Nurse");
    world.all_holds();
}

fn two_people_at_once_see_both_answers(world: &World) {
    let (app, nurse, second) = (&world.app, world.nurse(), world.second_nurse());
    let episode = accepted(world);
    let both_saw = version(world, episode);
    assessment::save(
        app,
        &nurse,
        episode,
        "risk",
        both_saw,
        &typed(&[("risk.smoker", "yes"), ("risk.height", "160")]),
    )
    .unwrap();

    let later = typed(&[("risk.smoker", "no"), ("risk.weight", "61")]);
    let saved = assessment::save(app, &second, episode, "risk", both_saw, &later).unwrap();
    let Saved::Waiting {
        version,
        faults,
        clashes,
    } = saved
    else {
        panic!("{saved:?}")
    };
    assert!(faults.is_empty());
    assert_eq!(clashes.len(), 1, "{clashes:?}");
    assert_eq!(clashes[0].question, "risk.smoker");
    assert_eq!(
        (clashes[0].theirs_words.as_str(), clashes[0].who.as_str()),
        ("Yes", "Nora Nurse")
    );
    assert_eq!(
        answer(world, episode, "risk.weight"),
        Some(Value::one("61")),
        "the rest is saved"
    );
    assert_eq!(
        answer(world, episode, "risk.height"),
        Some(Value::one("160")),
        "left alone is no change"
    );
    assert_eq!(
        answer(world, episode, "risk.smoker"),
        Some(Value::one("yes")),
        "not overwritten"
    );

    let again = typed(&[
        ("risk.smoker", "no"),
        ("risk.weight", "61"),
        ("risk.height", "160"),
    ]);
    let saved = assessment::save(app, &second, episode, "risk", version, &again).unwrap();
    assert!(matches!(saved, Saved::Whole(_)), "{saved:?}");
    assert_eq!(
        answer(world, episode, "risk.smoker"),
        Some(Value::one("no"))
    );
    world.all_holds();
}

fn what_is_unlikely_is_asked_about_and_the_rest_is_kept(world: &World) {
    let (app, nurse) = (&world.app, world.nurse());
    let episode = accepted(world);
    let mut dxa = typed(&[
        ("dxa.status", "done"),
        ("dxa.scanned_on", "20/11/2026"),
        ("dxa.t_total_hip", "25"),
    ]);
    let saved =
        assessment::save(app, &nurse, episode, "dxa", version(world, episode), &dxa).unwrap();
    let Saved::Waiting {
        version: at,
        faults,
        ..
    } = saved
    else {
        panic!("{saved:?}")
    };
    assert_eq!(faults.len(), 1);
    assert!(matches!(faults[0].problem, Problem::Questioned(_)));
    assert_eq!(
        answer(world, episode, "dxa.scanned_on"),
        Some(Value::one("2026-11-20"))
    );
    assert_eq!(
        answer(world, episode, "dxa.t_total_hip"),
        None,
        "not swallowed"
    );

    dxa.confirmed.insert("dxa.t_total_hip".to_owned());
    assert!(matches!(
        assessment::save(app, &nurse, episode, "dxa", at, &dxa),
        Ok(Saved::Whole(_))
    ));
    assert_eq!(
        answer(world, episode, "dxa.t_total_hip"),
        Some(Value::one("25"))
    );
}

fn once_complete_it_is_only_amended(world: &World) {
    let (app, nurse) = (&world.app, world.nurse());
    let episode = completed(world);
    let at = version(world, episode);
    let mut change = typed(&[("falls.assessed", "yes"), ("falls.twice", "yes")]);
    let unsaid = assessment::save(app, &nurse, episode, "falls", at, &change);
    let Err(Error::Invalid(wrong)) = unsaid else {
        panic!("{unsaid:?}")
    };
    assert_eq!(wrong[0].field, "because");
    change.because = "The daughter rang".to_owned();
    assessment::save(app, &nurse, episode, "falls", at, &change).unwrap();
    let view = assessment::view(app, &nurse, episode).unwrap();
    assert_eq!(view.amendments, 1);
    assert_eq!(
        answer(world, episode, "falls.twice"),
        Some(Value::one("yes"))
    );
    assert!(assessment::complete(app, &nurse, episode, view.version, TODAY).is_err());
    world.all_holds();
}

fn the_call_at_16_weeks_raises_what_somebody_must_act_on(world: &World) {
    let (app, nurse) = (&world.app, world.nurse());
    let episode = decided(world);
    world.days_pass(14 * 7);
    assert_eq!(world.candidates(&nurse, Tab::Review16).len(), 1);
    let view = review::view(app, &nurse, episode, Review::Weeks16).unwrap();
    assert_eq!(view.window, (date(2027, 2, 12), date(2027, 3, 12)));

    let nothing = review::Typed::default();
    let empty = review::reached(
        app,
        &nurse,
        episode,
        Review::Weeks16,
        view.version,
        &nothing,
    );
    assert!(matches!(empty, Err(Error::Invalid(_))), "{empty:?}");
    let said = review::Typed {
        answers: typed(&[
            ("review.therapy", "alendronate"),
            ("review.missed", "2"),
            ("review.thigh_pain", "yes"),
            ("review.exercise", "yes"),
            // Left over from before another answer was chosen: not asked, so not kept.
            ("review.not_started_because", "dental"),
        ])
        .answers,
        ..review::Typed::default()
    };
    let saved =
        review::reached(app, &nurse, episode, Review::Weeks16, view.version, &said).unwrap();
    assert!(matches!(saved, review::Saved::Whole(_)));
    // The back button and the same click again.
    review::reached(app, &nurse, episode, Review::Weeks16, view.version, &said).unwrap();
    assert!(world.candidates(&nurse, Tab::Review16).is_empty());
    let raised = world.candidates(&nurse, Tab::Results);
    assert_eq!(raised.len(), 1);
    assert!(raised[0].why.contains("femoral"), "{}", raised[0].why);
    let seen = care::view(app, &nurse, episode, None).unwrap();
    assert_eq!(seen.care.reviews.len(), 1);
    assert!(
        !seen.care.reviews[0]
            .what
            .answers
            .contains_key("review.not_started_because")
    );
    let closing = care::close(
        app,
        &nurse,
        episode,
        seen.version,
        CloseReason::DeclinedService,
        None,
    );
    assert!(
        matches!(closing, Err(Error::Invalid(_))),
        "not with that open"
    );
    care::concern_answered(
        app,
        &nurse,
        episode,
        seen.version,
        seen.care.concerns[0].seq,
        "Femur X-rayed: sound",
    )
    .unwrap();
    assert!(world.candidates(&nurse, Tab::Results).is_empty());
    world.all_holds();
}

fn enter(world: &World, link: &str) -> Ticket {
    let right = questionnaire::enter(&world.app, link, person(1).born).unwrap();
    right.unwrap().expect("the date of birth is right")
}

fn the_patient_answers_by_link(world: &World) {
    let (app, nurse) = (&world.app, world.nurse());
    let episode = accepted(world);
    assessment::save(
        app,
        &nurse,
        episode,
        "risk",
        version(world, episode),
        &typed(&[("risk.smoker", "no")]),
    )
    .unwrap();
    let given =
        questionnaire::give(app, &world.coordinator(), episode, version(world, episode)).unwrap();
    let link = given.secret.as_str();
    assert!(questionnaire::look(app, link).unwrap().is_ok());
    assert!(matches!(
        questionnaire::enter(app, link, date(1955, 4, 13)),
        Ok(Ok(None))
    ));
    let ticket = enter(world, link);

    let kept = |pairs: &[(&str, &str)], section: &str| {
        let typed = typed(pairs).answers;
        questionnaire::save(app, link, &ticket, section, &typed, &BTreeSet::new())
            .unwrap()
            .unwrap()
    };
    let faulty = kept(&[("risk.height", "tall"), ("risk.weight", "60")], "you");
    assert!(matches!(faulty, questionnaire::Saved::Faults(faults) if faults.len() == 1));
    kept(&[("risk.smoker", "yes"), ("risk.alcohol", "no")], "living");
    kept(&[("falls.blackout", "yes")], "falls");
    let sheet = questionnaire::sheet(app, link, &ticket).unwrap().unwrap();
    assert_eq!(
        sheet.answers["risk.weight"],
        Value::one("60"),
        "saved on the way"
    );
    assert_eq!(
        answer(world, episode, "risk.weight"),
        None,
        "nothing counts before it is sent"
    );

    questionnaire::send(app, link, &ticket).unwrap().unwrap();
    assert_eq!(
        answer(world, episode, "risk.weight"),
        Some(Value::one("60"))
    );
    assert_eq!(
        answer(world, episode, "risk.smoker"),
        Some(Value::one("no")),
        "staff's answer stands"
    );
    let view = assessment::section(app, &nurse, episode, "risk").unwrap();
    let weight = view
        .fields
        .iter()
        .find(|f| f.question.id == "risk.weight")
        .unwrap();
    assert_eq!(weight.from.as_deref(), Some("Answered by the patient"));
    let seen = care::view(app, &nurse, episode, None).unwrap();
    assert_eq!(
        seen.care.assessment.answers["risk.weight"].by,
        GivenBy::Patient
    );
    assert_eq!(
        world.candidates(&nurse, Tab::Results).len(),
        1,
        "a blackout is acted on"
    );
    assert!(matches!(
        questionnaire::look(app, link),
        Ok(Err(Shut::Answered))
    ));
    assert!(matches!(
        questionnaire::send(app, link, &ticket),
        Ok(Err(Some(Shut::Answered)))
    ));
    world.all_holds();
}

fn a_link_that_does_not_open_says_so(world: &World) {
    let (app, nurse) = (&world.app, world.nurse());
    let episode = accepted(world);
    assert!(matches!(
        questionnaire::look(app, "nonsense"),
        Ok(Err(Shut::Unknown))
    ));
    let first = questionnaire::give(app, &nurse, episode, version(world, episode)).unwrap();
    let second = questionnaire::give(app, &nurse, episode, version(world, episode)).unwrap();
    assert!(
        matches!(questionnaire::look(app, &first.secret), Ok(Err(Shut::Over))),
        "a newer one took its place"
    );

    let ticket = enter(world, &second.secret);
    let elsewhere = Ticket("another browser".to_owned());
    assert!(matches!(
        questionnaire::sheet(app, &second.secret, &elsewhere),
        Ok(Err(None))
    ));
    world.days_pass(29);
    assert!(matches!(
        questionnaire::look(app, &second.secret),
        Ok(Err(Shut::Over))
    ));
    assert!(matches!(
        questionnaire::send(app, &second.secret, &ticket),
        Ok(Err(Some(Shut::Over)))
    ));

    let third = questionnaire::give(app, &nurse, episode, version(world, episode)).unwrap();
    let guess = |day| questionnaire::enter(app, &third.secret, date(1950, 1, day)).unwrap();
    for day in 1..=4 {
        assert!(matches!(guess(day), Ok(None)));
    }
    assert!(matches!(guess(5), Err(Shut::Locked)));
    assert!(matches!(
        questionnaire::enter(app, &third.secret, person(1).born),
        Ok(Err(Shut::Locked))
    ));
}

fn whoever_has_closed_is_not_asked(world: &World) {
    let (app, nurse) = (&world.app, world.nurse());
    let episode = accepted(world);
    let given = questionnaire::give(app, &nurse, episode, version(world, episode)).unwrap();
    let ticket = enter(world, &given.secret);
    care::close(
        app,
        &nurse,
        episode,
        version(world, episode),
        CloseReason::DeclinedService,
        None,
    )
    .unwrap();
    assert!(matches!(
        questionnaire::send(app, &given.secret, &ticket),
        Ok(Err(Some(Shut::Over)))
    ));
    assert!(matches!(
        questionnaire::enter(app, &given.secret, person(1).born),
        Ok(Err(Shut::Over))
    ));
    let again = questionnaire::give(app, &nurse, episode, version(world, episode));
    assert!(matches!(again, Err(Error::Unavailable(_))), "{again:?}");
    world.all_holds();
}

fn a_link_stops_with_a_death(world: &World) {
    let (app, nurse) = (&world.app, world.nurse());
    let episode = accepted(world);
    let given = questionnaire::give(app, &nurse, episode, version(world, episode)).unwrap();
    let ticket = enter(world, &given.secret);
    let visit = synth::Visit {
        died: Some(TODAY),
        ..synth::Visit::default()
    };
    world.import("death.hl7", adt(&person(1), "A31", TODAY, "D1", &visit));
    let sent = questionnaire::send(app, &given.secret, &ticket).unwrap();
    assert!(matches!(sent, Err(Some(Shut::Over))), "{sent:?}");
    let opened = questionnaire::enter(app, &given.secret, person(1).born).unwrap();
    assert!(matches!(opened, Err(Shut::Over)), "{opened:?}");
    world.all_holds();
}

fn a_review_has_a_decision_and_its_time(world: &World) {
    let (app, nurse) = (&world.app, world.nurse());
    let episode = completed(world);
    let said = review::Typed {
        answers: typed(&[("review.therapy", "alendronate")]).answers,
        ..review::Typed::default()
    };
    let at = version(world, episode);
    let undecided = review::reached(app, &nurse, episode, Review::Weeks16, at, &said);
    assert!(
        matches!(undecided, Err(Error::Unavailable(_))),
        "{undecided:?}"
    );
    let plan = plan(Recommended::Alendronate, None);
    decision::decide(app, &nurse, episode, at, plan, Vec::new()).unwrap();
    world.days_pass(14 * 7);
    let at = version(world, episode);
    let early = review::reached(app, &nurse, episode, Review::Weeks52, at, &said);
    let Err(Error::Invalid(wrong)) = early else {
        panic!("{early:?}")
    };
    assert!(wrong[0].message.contains("22 October 2027"), "{wrong:?}");
    review::reached(app, &nurse, episode, Review::Weeks16, at, &said).unwrap();
}

fn what_the_patient_sends_too_late_changes_nothing(world: &World) {
    let (app, nurse) = (&world.app, world.nurse());
    let episode = accepted(world);
    let given = questionnaire::give(app, &nurse, episode, version(world, episode)).unwrap();
    let ticket = enter(world, &given.secret);
    for section in ["fracture", "falls"] {
        assessment::nothing_to_add(app, &nurse, episode, section, version(world, episode)).unwrap();
    }
    assessment::complete(app, &nurse, episode, version(world, episode), TODAY).unwrap();
    let before = version(world, episode);
    let sent = questionnaire::send(app, &given.secret, &ticket).unwrap();
    assert!(matches!(sent, Err(Some(Shut::Over))), "{sent:?}");
    assert_eq!(version(world, episode), before);
}
