//! What guidelines say beside the record, who approved it, who answers for it, and decisions that went otherwise: on both
//! databases.

mod support;

use std::collections::{BTreeMap, BTreeSet};

use guidance::Group;
use pathway::{EpisodeId, care::Plan};
use service::{
    Error, assessment,
    candidate::{self, Choice},
    care, decision,
    guidance::{self as packs, Named},
};
use support::*;
use terms::{Answer, Recommended};

on_both_databases! {
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

fn accepted(world: &World) -> EpisodeId {
    world.import("xray.hl7", wrist("ACC1").of(&person(1)));
    let nurse = world.nurse();
    let seen = world.only_candidate(&nurse);
    candidate::decide(
        &world.app,
        &nurse,
        seen.episode,
        seen.version,
        &Choice::Accept,
    )
    .unwrap();
    seen.episode
}

fn version(world: &World, episode: EpisodeId) -> u32 {
    assessment::view(&world.app, &world.nurse(), episode)
        .unwrap()
        .version
}

fn answer(world: &World, episode: EpisodeId, section: &str, pairs: &[(&str, &str)]) {
    let mut answers: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (id, text) in pairs {
        answers
            .entry((*id).to_owned())
            .or_default()
            .push((*text).to_owned());
    }
    let confirmed = pairs.iter().map(|(id, _)| (*id).to_owned()).collect();
    let typed = assessment::Typed {
        answers,
        confirmed,
        ..assessment::Typed::default()
    };
    let at = version(world, episode);
    assessment::save(&world.app, &world.nurse(), episode, section, at, &typed).unwrap();
}

/// Assessed with nothing against tablets.
fn assessed(world: &World) -> EpisodeId {
    let (app, nurse) = (&world.app, world.nurse());
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
    for section in ["fracture", "risk", "falls", "medicines", "wishes"] {
        let at = version(world, episode);
        assessment::nothing_to_add(app, &nurse, episode, section, at).unwrap();
    }
    let at = version(world, episode);
    assessment::complete(app, &nurse, episode, at, TODAY).unwrap();
    episode
}

fn plan(therapy: Recommended, because: Option<&str>) -> Plan {
    Plan {
        on: TODAY,
        therapy,
        calcium_vitamin_d: Answer::Yes,
        taught: BTreeSet::new(),
        follow_up: true,
        because: because.map(str::to_owned),
        note: None,
        advised: None,
    }
}

fn decide(world: &World, episode: EpisodeId, plan: Plan) -> service::Result<care::Acted> {
    let at = version(world, episode);
    decision::decide(&world.app, &world.nurse(), episode, at, plan, Vec::new())
}

fn switch_on(world: &World) {
    packs::name_responsible(&world.app, &world.lead(), &named("Dr Ada Answers")).unwrap();
}

fn group(world: &World, episode: EpisodeId, medicine: &str) -> Group {
    let groups = packs::groups(&world.app, &world.nurse(), episode).unwrap();
    groups[medicine]
}

fn options_are_off_in_live_use_until_somebody_is_named(world: &World) {
    let episode = assessed(world);
    let seen = packs::view(&world.app, &world.nurse(), episode).unwrap();
    assert!(!seen.use_.on());
    // Nothing is worked out either.
    let known = |seen: &packs::GuidanceView, id: &str| seen.known.iter().any(|(f, _)| f.id == id);
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
        let refused = packs::name_responsible(&world.app, &scope, &named("Anybody"));
        assert!(matches!(refused, Err(Error::Forbidden)));
    }
    let nobody = packs::name_responsible(&world.app, &world.lead(), &Named::default());
    assert!(matches!(nobody, Err(Error::Invalid(wrong)) if wrong.len() == 2));
    switch_on(world);
    let seen = packs::view(&world.app, &world.nurse(), episode).unwrap();
    assert!(seen.use_.on());
    let who = seen.use_.responsible.clone().unwrap();
    assert_eq!((who.name.as_str(), who.on), ("Dr Ada Answers", TODAY));
    assert!(known(&seen, "person.bmi") && known(&seen, "nogg.band"));

    packs::stand_down(&world.app, &world.administrator(), "Dr Answers has left").unwrap();
    let seen = packs::view(&world.app, &world.nurse(), episode).unwrap();
    assert!(!seen.use_.on());
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
    let refused = packs::approve(&world.app, &world.nurse(), "scan", scan.digest, &by);
    assert!(matches!(refused, Err(Error::Forbidden)));
    let stale = packs::approve(&world.app, &world.lead(), "scan", "another", &by);
    assert!(matches!(stale, Err(Error::Invalid(_))));
    packs::approve(&world.app, &world.lead(), "scan", scan.digest, &by).unwrap();
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
    let mute = packs::withdraw(&world.app, &world.lead(), "scan", "  ");
    assert!(matches!(mute, Err(Error::Invalid(_))));
    packs::withdraw(&world.app, &world.lead(), "scan", "NICE has changed").unwrap();
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
    assert_eq!(only.reasons, [why]);
    // Counts are for everybody who sees rules, what was written only for those who see people.
    let analyst = packs::packs(&world.app, &world.administrator()).unwrap();
    assert_eq!(analyst.departures[0].decisions, 1);
    assert!(analyst.departures[0].reasons.is_empty());
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
    let known = |id: &str| seen.known.iter().any(|(fact, _)| fact.id == id);
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
