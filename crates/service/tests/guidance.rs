//! What guidelines say beside the record, who approved it, who answers for it, and decisions that went otherwise: on both
//! databases.

mod support;

use std::collections::BTreeMap;

use guidance::{Group, nogg::NotPlaced, record::NotCharted};
use pathway::{EpisodeId, PersonId, care::Plan};
use service::{
    Error, assessment, care, decision,
    guidance::{self as packs, Named},
    privacy, talk,
};
use support::*;
use terms::{Recommended, Site};

on_both_databases! {
    nothing_is_done_about_a_pack_twice,
    two_at_once_on_one_page_act_once,
    what_only_a_feed_says_is_marked_as_such,
    the_patients_page_goes_by_the_bones_as_answered,
    whether_bone_density_went_in_is_not_guessed,
    reasons_stand_with_their_people_and_are_logged,
    a_decision_is_opened_once,
    options_are_off_in_live_use_until_somebody_is_named,
    a_named_clinician_approves_a_pack_as_it_stands,
    a_decision_against_the_options_says_why_and_is_counted,
    what_was_answered_reaches_the_rules,
    a_value_that_cannot_be_right_is_asked_about_and_not_used,
    frax_printed_in_a_scan_report_is_proposed,
    another_site_sees_nothing,
}

fn named(name: &str) -> Named {
    Named {
        name: name.to_owned(),
        registration: "GMC 0000000".to_owned(),
        note: String::new(),
    }
}

/// Typed and, where it is unusual, confirmed.
fn answer(world: &World, episode: EpisodeId, section: &str, pairs: &[(&str, &str)]) {
    let typed = assessment::Typed {
        confirmed: pairs.iter().map(|(id, _)| (*id).to_owned()).collect(),
        ..typed(pairs)
    };
    let at = version(world, episode);
    assessment::save(&world.app, &world.nurse(), episode, section, at, &typed).unwrap();
}

/// Assessed with nothing against tablets.
fn assessed(world: &World) -> EpisodeId {
    let episode = accepted(world);
    answer(
        world,
        episode,
        "fracture",
        &[
            ("fracture.other_cause", "no"),
            ("fracture.mechanism", "standing"),
        ],
    );
    answer(
        world,
        episode,
        "risk",
        &[
            ("risk.height", "160"),
            ("risk.weight", "60"),
            ("risk.previous_fracture", "no"),
            ("frax.mof", "18"),
            ("frax.hip", "5"),
            ("frax.bmd", "no"),
        ],
    );
    answer(
        world,
        episode,
        "bloods",
        &[
            ("blood.status", "done"),
            ("blood.corrected_calcium", "2.35 (2.20-2.60)"),
            ("blood.creatinine", "70 (45-84)"),
            ("blood.vitamin_d", "65 (50-150)"),
            ("blood.egfr", "80 (60-150)"),
            ("blood.paraprotein", "absent"),
            ("blood.alp", "70 (30-130)"),
        ],
    );
    answer(world, episode, "dxa", &[("dxa.vfa", "none")]);
    complete(world, episode);
    episode
}

fn decide(world: &World, episode: EpisodeId, plan: Plan) -> service::Result<care::Acted> {
    let at = version(world, episode);
    decision::decide(&world.app, &world.nurse(), episode, at, plan, Vec::new())
}

/// What was done last, about a pack or with an empty id about all.
fn last(world: &World, pack: &str) -> u64 {
    packs::packs(&world.app, &world.lead()).unwrap().last(pack)
}

fn switch_on(world: &World) {
    let (last, who) = (last(world, ""), named("Dr Ada Answers"));
    packs::name_responsible(&world.app, &world.lead(), last, &who).unwrap();
}

fn group(world: &World, episode: EpisodeId, medicine: &str) -> Group {
    let seen = packs::view(&world.app, &world.nurse(), episode).unwrap();
    let mut options = seen.advice.options.iter();
    let option = options.find(|option| option.medicine.id == medicine);
    option.unwrap().group
}

fn nothing_is_done_about_a_pack_twice(world: &World) {
    let (app, lead) = (&world.app, world.lead());
    let acts = || packs::packs(app, &lead).unwrap().acts.len();
    let who = named("Dr Ada Answers");
    packs::name_responsible(app, &lead, 0, &who).unwrap();
    // A second click.
    let again = packs::name_responsible(app, &lead, 0, &who);
    let Err(Error::Conflict { since }) = again else {
        panic!("{again:?}");
    };
    assert_eq!(since[0].what, "named Dr Ada Answers");
    // The same again on a page that is up to date changes nothing.
    let same = packs::name_responsible(app, &lead, last(world, ""), &who);
    assert!(matches!(same, Err(Error::Unavailable(_))), "{same:?}");
    let named_at = last(world, "");
    packs::stand_down(app, &lead, named_at, "Dr Answers has left").unwrap();
    let twice = packs::stand_down(app, &lead, named_at, "Dr Answers has left");
    assert!(matches!(twice, Err(Error::Conflict { .. })), "{twice:?}");
    // The form that named her is sent anew by a browser, after she has stood down.
    let resent = packs::name_responsible(app, &lead, 0, &who);
    assert!(matches!(resent, Err(Error::Conflict { .. })), "{resent:?}");
    let seen = packs::packs(app, &lead).unwrap();
    assert_eq!(seen.responsible, None);
    assert_eq!(seen.acts.len(), 2);
    assert_eq!(seen.acts[1].note, "Dr Answers has left");

    let scan = seen.packs.iter().find(|pack| pack.id == "scan").unwrap();
    let none = packs::withdraw(app, &lead, "scan", 0, "There is none");
    assert!(matches!(none, Err(Error::Unavailable(_))), "{none:?}");
    packs::approve(app, &lead, "scan", scan.digest, 0, &who).unwrap();
    let at = last(world, "scan");
    let stands = packs::approve(app, &lead, "scan", scan.digest, at, &who);
    assert!(matches!(stands, Err(Error::Unavailable(_))), "{stands:?}");
    packs::withdraw(app, &lead, "scan", at, "NICE has changed").unwrap();
    let twice = packs::withdraw(app, &lead, "scan", at, "NICE has changed");
    assert!(matches!(twice, Err(Error::Conflict { .. })), "{twice:?}");
    // What is done about one pack stands in no other’s way.
    packs::approve(app, &lead, "bloods", digest(world, "bloods"), 0, &who).unwrap();
    let long = Named {
        note: "x".repeat(1001),
        ..who
    };
    let long = packs::name_responsible(app, &lead, last(world, ""), &long);
    assert!(matches!(long, Err(Error::Invalid(wrong)) if wrong[0].field == "note"));
    assert_eq!(acts(), 5);
    world.all_holds();
}

fn digest(world: &World, pack: &str) -> &'static str {
    let found = packs::packs(&world.app, &world.lead()).unwrap().packs;
    found.iter().find(|held| held.id == pack).unwrap().digest
}

fn two_at_once_on_one_page_act_once(world: &World) {
    let (one, other) = (world.lead(), world.second_lead());
    let (second, digest, by) = (
        world.second_app(),
        digest(world, "scan"),
        named("Dr Ada Answers"),
    );
    let approve = |app, scope| packs::approve(app, scope, "scan", digest, 0, &by);
    let done = std::thread::scope(|threads| {
        let first = threads.spawn(|| approve(&world.app, &one));
        let then = threads.spawn(|| approve(&second, &other));
        [first.join().unwrap(), then.join().unwrap()]
    });
    assert_eq!(
        done.iter().filter(|done| done.is_ok()).count(),
        1,
        "{done:?}"
    );
    let acts = packs::packs(&world.app, &one).unwrap().acts;
    assert_eq!(acts.len(), 1);
}

fn what_only_a_feed_says_is_marked_as_such(world: &World) {
    let episode = accepted(world);
    let report = "Lumbar spine (L1-L4) T-score -2.8. FRAX 10-year probability, with BMD: major \
                  osteoporotic fracture 18.4%, hip fracture 6.2%.";
    world.import("dxa.hl7", dxa("DX1", report).of(&person(1)));
    let saved = |id: &str| {
        let seen = packs::view(&world.app, &world.nurse(), episode).unwrap();
        let known = seen.known.iter().find(|known| known.fact.id == id);
        known.map(|known| known.saved)
    };
    let frax = || {
        packs::view(&world.app, &world.nurse(), episode)
            .unwrap()
            .frax
    };
    assert_eq!(saved("frax.mof"), Some(false));
    assert_eq!(saved("age"), Some(true));
    assert!(frax().score.is_some() && !frax().saved);
    let at = version(world, episode);
    assessment::nothing_to_add(&world.app, &world.nurse(), episode, "risk", at).unwrap();
    assert_eq!(saved("frax.mof"), Some(true));
    assert!(frax().saved);
}

fn the_patients_page_goes_by_the_bones_as_answered(world: &World) {
    let episode = accepted(world);
    let broken = || {
        talk::view(&world.app, &world.nurse(), episode)
            .unwrap()
            .broken
    };
    assert_eq!(broken(), [], "nothing while sums are off");
    switch_on(world);
    assert_eq!(broken(), [Site::Wrist]);
    answer(world, episode, "fracture", &[("fracture.site_1", "hip")]);
    assert_eq!(broken(), [Site::Hip]);
}

fn whether_bone_density_went_in_is_not_guessed(world: &World) {
    let episode = accepted(world);
    switch_on(world);
    let frax = || {
        packs::view(&world.app, &world.nurse(), episode)
            .unwrap()
            .frax
    };
    assert_eq!(frax().charts(), Err(NotCharted::NoScore));
    let score = [("frax.mof", "18"), ("frax.hip", "5")];
    answer(world, episode, "risk", &score);
    assert_eq!(frax().score.unwrap().with_bmd, None);
    assert_eq!(frax().charts(), Err(NotCharted::BoneDensity));
    let seen = service::frax::view(&world.app, &world.nurse(), episode).unwrap();
    let open = seen.sheet.unwrap().open;
    assert!(open.contains(&"Whether the bone density went into FRAX is not recorded."));
    let [mof, hip] = score;
    answer(world, episode, "risk", &[mof, hip, ("frax.bmd", "no")]);
    assert_eq!(frax().score.unwrap().with_bmd, Some(false));
    assert_eq!(frax().charts().map(|charts| charts.len()), Ok(2));
    // The hip is a part of the whole.
    answer(
        world,
        episode,
        "risk",
        &[("frax.mof", "5"), ("frax.hip", "18"), ("frax.bmd", "no")],
    );
    assert!(matches!(
        frax().charts(),
        Err(NotCharted::Nogg(NotPlaced::Swapped { .. }))
    ));
}

fn reasons_stand_with_their_people_and_are_logged(world: &World) {
    let episode = assessed(world);
    switch_on(world);
    let why = "Agreed with the bone specialist";
    decide(world, episode, plan(Recommended::Teriparatide, Some(why))).unwrap();
    for scope in [
        world.administrator(),
        world.analyst(),
        world.privacy_officer(),
    ] {
        let refused = packs::departures(&world.app, &scope, 1);
        assert!(matches!(refused, Err(Error::Forbidden)));
    }
    let found = packs::departures(&world.app, &world.nurse(), 1).unwrap();
    let [only] = found.decisions.as_slice() else {
        panic!("{found:?}");
    };
    assert_eq!(only.because, why);
    assert_eq!(
        (only.medicine, only.stood),
        ("Teriparatide", Group::Specialist)
    );
    assert_eq!(only.entry.episode, episode);
    let elsewhere = packs::departures(&world.app, &world.other_site(), 1).unwrap();
    assert!(elsewhere.decisions.is_empty());
    let opened = opened(world, only.entry.person, "guidance_departures_opened");
    assert_eq!(opened, ["Nora Nurse"]);
    world.all_holds();
}

/// Who did it with somebody’s record, by the access log.
fn opened(world: &World, person: PersonId, action: &str) -> Vec<String> {
    let number = nhs_number(&support::person(1)).to_owned();
    let seen = privacy::who_saw(&world.app, &world.privacy_officer(), &number).unwrap();
    assert_eq!(seen.person.id, person);
    let rows = seen.rows.into_iter().filter(|row| row.action == action);
    rows.map(|row| row.who).collect()
}

fn a_decision_is_opened_once(world: &World) {
    let episode = assessed(world);
    let count = || world.app.store.read(store::access::count).unwrap();
    let before = count();
    let seen = decision::view(&world.app, &world.nurse(), episode).unwrap();
    assert_eq!(count(), before + 1);
    assert_eq!(
        opened(world, seen.episode.card.id, "decision_opened"),
        ["Nora Nurse"]
    );
    let refused = decision::view(&world.app, &world.coordinator(), episode);
    assert!(matches!(refused, Err(Error::Forbidden)));
}

fn options_are_off_in_live_use_until_somebody_is_named(world: &World) {
    let episode = assessed(world);
    let seen = packs::view(&world.app, &world.nurse(), episode).unwrap();
    assert!(!seen.use_.on() && seen.advice.options.is_empty());
    // Nothing is worked out either.
    let known = |seen: &packs::GuidanceView, id: &str| seen.known.iter().any(|k| k.fact.id == id);
    for sum in ["person.bmi", "kidney.clearance", "nogg.band"] {
        assert!(!known(&seen, sum), "{sum}");
    }
    // The guideline lines themselves stand.
    let says = |seen: &packs::GuidanceView, id: &str| {
        seen.advice
            .proposals
            .iter()
            .any(|reason| reason.rule.id == id)
    };
    assert!(says(&seen, "ng259-1.4.1"));
    let acted = decide(world, episode, plan(Recommended::Teriparatide, None)).unwrap();
    let held = care::view(&world.app, &world.nurse(), acted.episode, None).unwrap();
    assert_eq!(held.care.plan().unwrap().what.advised, None);

    for scope in [world.nurse(), world.coordinator(), world.analyst()] {
        let refused = packs::name_responsible(&world.app, &scope, 0, &named("Anybody"));
        assert!(matches!(refused, Err(Error::Forbidden)));
    }
    let nobody = packs::name_responsible(&world.app, &world.lead(), 0, &Named::default());
    assert!(matches!(nobody, Err(Error::Invalid(wrong)) if wrong.len() == 2));
    switch_on(world);
    let seen = packs::view(&world.app, &world.nurse(), episode).unwrap();
    assert!(seen.use_.on());
    let who = seen.use_.responsible.clone().unwrap();
    assert_eq!((who.name.as_str(), who.on), ("Dr Ada Answers", TODAY));
    assert!(known(&seen, "person.bmi") && known(&seen, "nogg.band"));

    let (last, left) = (last(world, ""), "Dr Answers has left");
    packs::stand_down(&world.app, &world.administrator(), last, left).unwrap();
    let seen = packs::view(&world.app, &world.nurse(), episode).unwrap();
    assert!(!seen.use_.on() && seen.advice.options.is_empty());
    world.all_holds();
}

fn a_named_clinician_approves_a_pack_as_it_stands(world: &World) {
    let listed = |id: &str| {
        let found = packs::packs(&world.app, &world.lead()).unwrap();
        found.packs.into_iter().find(|pack| pack.id == id).unwrap()
    };
    let episode = accepted(world);
    let unapproved = || {
        packs::view(&world.app, &world.nurse(), episode)
            .unwrap()
            .use_
            .unapproved
    };
    let all = unapproved().len();
    let scan = listed("scan");
    assert_eq!(scan.approval, None);
    let by = named("Dr Ada Answers");
    let refused = packs::approve(&world.app, &world.nurse(), "scan", scan.digest, 0, &by);
    assert!(matches!(refused, Err(Error::Forbidden)));
    let stale = packs::approve(&world.app, &world.lead(), "scan", "another", 0, &by);
    assert!(matches!(stale, Err(Error::Invalid(_))));
    packs::approve(&world.app, &world.lead(), "scan", scan.digest, 0, &by).unwrap();
    let approval = listed("scan").approval.unwrap();
    assert_eq!(
        (
            approval.name.as_str(),
            approval.registration.as_str(),
            approval.on
        ),
        ("Dr Ada Answers", "GMC 0000000", TODAY)
    );
    assert_eq!(unapproved().len(), all - 1);
    let mute = packs::withdraw(&world.app, &world.lead(), "scan", last(world, "scan"), "  ");
    assert!(matches!(mute, Err(Error::Invalid(_))));
    let at = last(world, "scan");
    packs::withdraw(&world.app, &world.lead(), "scan", at, "NICE has changed").unwrap();
    assert_eq!(unapproved().len(), all);
    world.all_holds();
}

fn a_decision_against_the_options_says_why_and_is_counted(world: &World) {
    let episode = assessed(world);
    switch_on(world);
    assert_eq!(group(world, episode, "alendronate"), Group::Fits);
    assert_eq!(group(world, episode, "teriparatide"), Group::Specialist);
    decide(world, episode, plan(Recommended::Alendronate, None)).unwrap();
    let seen = packs::packs(&world.app, &world.lead()).unwrap();
    assert!(seen.departures.is_empty());

    let mute = decide(world, episode, plan(Recommended::Teriparatide, None));
    let Err(Error::Invalid(wrong)) = mute else {
        panic!("taken without a reason");
    };
    assert_eq!(wrong[0].field, "because");
    let why = "Agreed with the bone specialist";
    decide(world, episode, plan(Recommended::Teriparatide, Some(why))).unwrap();
    let seen = packs::packs(&world.app, &world.lead()).unwrap();
    let only = &seen.departures[0];
    assert_eq!((only.medicine, only.decisions), ("Teriparatide", 1));
    assert_eq!(only.stood, Group::Specialist);
    // Deciding again as advised takes it off the count.
    decide(world, episode, plan(Recommended::Alendronate, None)).unwrap();
    let seen = packs::packs(&world.app, &world.lead()).unwrap();
    assert!(seen.departures.is_empty());
    world.all_holds();
}

fn what_was_answered_reaches_the_rules(world: &World) {
    let episode = assessed(world);
    switch_on(world);
    let nurse = world.nurse();
    let amend = |section: &str, pairs: &[(&str, &str)]| {
        let mut answers: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let now = assessment::section(&world.app, &nurse, episode, section).unwrap();
        for field in &now.fields {
            if let Some(value) = &field.value {
                answers.insert(
                    field.question.id.clone(),
                    value.codes().map(str::to_owned).collect(),
                );
            }
        }
        // A number with its range is typed in one box.
        for (id, typed) in &mut answers {
            if id.starts_with("blood.") && typed.len() == 2 {
                *typed = vec![format!("{} ({})", typed[0], typed[1])];
            }
        }
        for (id, text) in pairs {
            answers.insert((*id).to_owned(), vec![(*text).to_owned()]);
        }
        let typed = assessment::Typed {
            answers,
            because: "It came to light".to_owned(),
            ..assessment::Typed::default()
        };
        let at = version(world, episode);
        assessment::save(&world.app, &nurse, episode, section, at, &typed).unwrap();
    };
    amend("bloods", &[("blood.creatinine", "180 (45-84)")]);
    assert_eq!(
        group(world, episode, "alendronate"),
        Group::NotForThisPerson
    );
    let seen = packs::view(&world.app, &nurse, episode).unwrap();
    let alendronate = seen
        .advice
        .options
        .iter()
        .find(|option| option.medicine.id == "alendronate")
        .unwrap();
    assert!(
        alendronate
            .because
            .iter()
            .any(|reason| reason.rule.id == "alendronate.kidney")
    );
    amend("bloods", &[("blood.creatinine", "70 (45-84)")]);
    amend("medicines", &[("medicines.history", "oesophagus")]);
    assert_eq!(
        group(world, episode, "alendronate"),
        Group::NotForThisPerson
    );
    amend("medicines", &[("medicines.history", "not_known")]);
    assert_eq!(group(world, episode, "alendronate"), Group::FitsWhen);
    world.all_holds();
}

fn a_value_that_cannot_be_right_is_asked_about_and_not_used(world: &World) {
    let episode = accepted(world);
    switch_on(world);
    answer(
        world,
        episode,
        "dxa",
        &[("dxa.status", "done"), ("dxa.t_femoral_neck", "25")],
    );
    // Creatinine in mg/dL, kept as the nurse confirmed it.
    answer(
        world,
        episode,
        "risk",
        &[("risk.height", "160"), ("risk.weight", "60")],
    );
    answer(
        world,
        episode,
        "bloods",
        &[
            ("blood.status", "done"),
            ("blood.creatinine", "0.9 (0.5-1.1)"),
        ],
    );
    let seen = packs::view(&world.app, &world.nurse(), episode).unwrap();
    let asked: Vec<&str> = seen.asks.iter().map(|ask| ask.fact.as_str()).collect();
    assert!(asked.contains(&"t.lowest"), "{asked:?}");
    assert!(asked.contains(&"blood.creatinine"), "{asked:?}");
    let known = |id: &str| seen.known.iter().any(|k| k.fact.id == id);
    assert!(!known("t.lowest") && !known("kidney.clearance") && !known("blood.creatinine"));
}

fn frax_printed_in_a_scan_report_is_proposed(world: &World) {
    let episode = accepted(world);
    let field = |id: &str| {
        let risk = assessment::section(&world.app, &world.nurse(), episode, "risk").unwrap();
        let found = risk
            .fields
            .into_iter()
            .find(|field| field.question.id == id);
        found.unwrap()
    };
    assert_eq!(field("frax.mof").value, None);
    let text = "Lumbar spine (L1-L4) T-score -2.8. FRAX 10-year probability, with BMD: major \
                osteoporotic fracture 18.4%, hip fracture 6.2%.";
    world.import("dxa.hl7", dxa("DX1", text).of(&person(1)));
    let proposed = field("frax.mof");
    assert!(proposed.proposed);
    assert_eq!(proposed.value.unwrap().number(), Some(18.4));
    assert!(proposed.from.unwrap().contains("18.4%"));
    assert_eq!(field("frax.hip").value.unwrap().number(), Some(6.2));
    assert!(field("frax.bmd").value.unwrap().is("yes"));
    // A score that somebody typed is never mixed with another's figures.
    answer(
        world,
        episode,
        "risk",
        &[("frax.mof", "21"), ("frax.bmd", "no")],
    );
    assert_eq!(field("frax.hip").value, None);
    world.all_holds();
}

fn another_site_sees_nothing(world: &World) {
    let episode = accepted(world);
    let other = packs::view(&world.app, &world.other_site(), episode);
    assert!(matches!(other, Err(Error::NotFound)));
    let blind = packs::view(&world.app, &world.analyst(), episode);
    assert!(matches!(blind, Err(Error::Forbidden)));
}
