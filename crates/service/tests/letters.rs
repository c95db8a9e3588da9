//! A letter from its draft to the post: what is missing is said, what was approved is frozen, and nothing goes to somebody
//! who must not hear from the service. On both databases.

mod support;

use pathway::{
    Channel, CloseReason, EpisodeId, Format, LetterId, Needs, Practice,
    care::{LetterKind, LetterState, Plan, Referral, ReferralKind, SentHow},
};
use service::{Error, care, decision, letter, today::Tab};
use support::*;
use terms::Recommended;

on_both_databases! {
    a_letter_that_misses_something_cannot_be_approved,
    what_was_approved_is_frozen,
    what_changed_meanwhile_is_not_approved,
    nothing_goes_to_whoever_has_died_or_closed,
    a_letter_is_not_posted_to_whoever_wants_none,
    a_no_is_written_too,
    the_site_says_who_approves,
    large_print_follows_the_need,
    the_questionnaire_is_printed_without_a_name,
    a_letter_tells_of_the_decision_that_stands,
    a_medicine_begun_by_others_is_not_asked_of_the_gp,
}

/// The service has a name and telephone, the practice an address, the patient a practice.
fn furnished(world: &mut App) {
    world.settings.letterhead.name = "Southend Fracture Liaison Service".to_owned();
    world.settings.letterhead.phone = "01632 960001".to_owned();
    world.settings.practice.insert(
        PRACTICE.parse().unwrap(),
        Practice {
            name: "Made-up Surgery".to_owned(),
            address: vec!["2 Example Row".to_owned()],
        },
    );
}

use service::App;

const PRACTICE: &str = "F81999";

fn app(world: &World) -> App {
    let mut app = world.another_app(world.app.clock.clone());
    furnished(&mut app);
    app
}

fn decided(world: &World, therapy: Recommended, because: Option<&str>) -> EpisodeId {
    let (app, nurse) = (&world.app, world.nurse());
    let episode = accepted(world);
    complete(world, episode);
    let plan = Plan {
        follow_up: because.is_none(),
        ..plan(therapy, because)
    };
    let falls = Referral {
        kind: ReferralKind::Falls,
        on: TODAY,
        reply_by: TODAY,
        note: None,
        answer: None,
    };
    decision::decide(
        app,
        &nurse,
        episode,
        version(world, episode),
        plan,
        vec![falls],
    )
    .unwrap();
    episode
}

fn with_practice(world: &World, episode: EpisodeId) {
    let seen = care::view(&world.app, &world.nurse(), episode, None).unwrap();
    let typed = care::ContactDetails {
        practice: PRACTICE.to_owned(),
        ..care::ContactDetails::default()
    };
    care::record_details(&world.app, &world.coordinator(), seen.card.id, &typed).unwrap();
}

fn begun(world: &World, app: &App, episode: EpisodeId, kind: LetterKind) -> LetterId {
    letter::begin(app, &world.nurse(), episode, version(world, episode), kind)
        .unwrap()
        .1
}

/// A treatment letter that may go, and its digest.
fn ready(world: &World, app: &App) -> (EpisodeId, LetterId, String) {
    let episode = decided(world, Recommended::Alendronate, None);
    with_practice(world, episode);
    let id = begun(world, app, episode, LetterKind::Treatment);
    let view = letter::view(app, &world.nurse(), episode, id).unwrap();
    assert_eq!(view.missing, []);
    (episode, id, view.digest)
}

fn unavailable<T: std::fmt::Debug>(outcome: service::Result<T>) -> String {
    match outcome {
        Err(Error::Unavailable(why)) => why,
        other => panic!("{other:?}"),
    }
}

fn a_letter_that_misses_something_cannot_be_approved(world: &World) {
    let app = app(world);
    let nurse = world.nurse();
    let episode = decided(world, Recommended::Alendronate, None);
    assert_eq!(
        world.candidates(&nurse, Tab::Letters).len(),
        1,
        "to be written"
    );
    let id = begun(world, &app, episode, LetterKind::Treatment);
    assert_eq!(
        begun(world, &app, episode, LetterKind::Treatment),
        id,
        "one draft of a kind"
    );
    let view = letter::view(&app, &nurse, episode, id).unwrap();
    let fields: Vec<&str> = view.missing.iter().map(|m| m.field).collect();
    assert_eq!(fields, ["practice"]);
    assert!(
        view.article.contains("[missing: the GP practice]"),
        "{}",
        view.article
    );
    let why = unavailable(letter::approve(
        &app,
        &nurse,
        episode,
        id,
        view.version,
        &view.digest,
    ));
    assert!(why.contains("the GP practice"), "{why}");
    assert_eq!(
        world.candidates(&nurse, Tab::Letters).len(),
        1,
        "still there"
    );
}

fn what_was_approved_is_frozen(world: &World) {
    let app = app(world);
    let nurse = world.nurse();
    let (episode, id, digest) = ready(world, &app);
    let shown = letter::pdf(&app, &nurse, episode, id).unwrap();
    let view = letter::view(&app, &nurse, episode, id).unwrap();
    for words in [
        "Dear ",
        "start alendronate",
        "calcium with vitamin D",
        "falls clinic",
        "12 March 2027",
    ] {
        assert!(view.article.contains(words), "{words}: {}", view.article);
    }
    letter::approve(&app, &nurse, episode, id, view.version, &digest).unwrap();
    letter::approve(&app, &nurse, episode, id, view.version, &digest).unwrap();
    let frozen = letter::pdf(&app, &nurse, episode, id).unwrap();
    assert_eq!(frozen, shown, "the preview is the artefact");

    // Years later, with another letterhead: the same bytes.
    world.days_pass(400);
    let mut later = world.another_app(world.app.clock.clone());
    later.settings.letterhead.name = "Another name".to_owned();
    assert_eq!(
        letter::pdf(&later, &world.lead(), episode, id).unwrap(),
        frozen
    );
    let edit = letter::edit(
        &app,
        &nurse,
        episode,
        id,
        version(world, episode),
        letter::Notes::default(),
    );
    assert!(unavailable(edit).contains("approved"));

    let today = app.clock.today();
    letter::sent(
        &app,
        &world.coordinator(),
        episode,
        id,
        version(world, episode),
        today,
        SentHow::Post,
    )
    .unwrap();
    let view = letter::view(&app, &nurse, episode, id).unwrap();
    assert_eq!(view.letter.state(), LetterState::Sent);
    assert!(letter::cancel(&app, &nurse, episode, id, view.version, "no").is_err());
    world.all_holds();
}

/// Somebody goes past Herald to the database: the doctor finds the letter that is not what was approved.
#[test]
fn a_letter_changed_behind_heralds_back_is_found() {
    let world = World::sqlite();
    let app = app(&world);
    let (episode, id, digest) = ready(&world, &app);
    letter::approve(
        &app,
        &world.nurse(),
        episode,
        id,
        version(&world, episode),
        &digest,
    )
    .unwrap();
    let frozen = |world: &World| {
        let checks = service::upkeep::doctor(&world.app).unwrap();
        checks.into_iter().find(|check| check.id == "L1").unwrap()
    };
    assert!(frozen(&world).holds);
    let store::Address::Sqlite(file) = &world.address else {
        unreachable!()
    };
    let database = rusqlite::Connection::open(file).unwrap();
    let edit = "UPDATE document SET pdf = x'255044462d'";
    assert!(
        database.execute(edit, []).is_err(),
        "the database itself refuses"
    );
    database
        .execute_batch("DROP TRIGGER document_is_not_edited")
        .unwrap();
    database.execute(edit, []).unwrap();
    let found = frozen(&world);
    assert!(
        !found.holds && found.found.contains(&id.to_string()),
        "{found:?}"
    );
}

fn what_changed_meanwhile_is_not_approved(world: &World) {
    let app = app(world);
    let (episode, id, digest) = ready(world, &app);
    let seen = version(world, episode);
    let notes = letter::Notes {
        to_patient: Some("We look forward to seeing you.".to_owned()),
        ..letter::Notes::default()
    };
    letter::edit(&app, &world.second_nurse(), episode, id, seen, notes).unwrap();
    let why = unavailable(letter::approve(
        &app,
        &world.nurse(),
        episode,
        id,
        seen,
        &digest,
    ));
    assert!(why.contains("changed since you looked"), "{why}");
    let stale = letter::edit(
        &app,
        &world.nurse(),
        episode,
        id,
        seen,
        letter::Notes::default(),
    );
    assert!(matches!(stale, Err(Error::Conflict { .. })), "{stale:?}");
}

fn nothing_goes_to_whoever_has_died_or_closed(world: &World) {
    let app = app(world);
    let nurse = world.nurse();
    let (episode, id, digest) = ready(world, &app);
    letter::approve(&app, &nurse, episode, id, version(world, episode), &digest).unwrap();
    // Approved and lying in the tray: then the news comes.
    let visit = synth::Visit {
        died: Some(TODAY),
        ..synth::Visit::default()
    };
    world.import("death.hl7", adt(&person(1), "A31", TODAY, "D1", &visit));
    let sent = letter::sent(
        &app,
        &nurse,
        episode,
        id,
        version(world, episode),
        TODAY,
        SentHow::Post,
    );
    assert!(unavailable(sent).contains("has died"));
    assert!(world.candidates(&nurse, Tab::Letters).is_empty());
    care::close(
        &app,
        &nurse,
        episode,
        version(world, episode),
        CloseReason::Died,
        None,
    )
    .unwrap();
    let handed = letter::sent(
        &app,
        &nurse,
        episode,
        id,
        version(world, episode),
        TODAY,
        SentHow::Handed,
    );
    assert!(matches!(handed, Err(Error::Unavailable(_))), "{handed:?}");
    world.all_holds();
}

fn a_letter_is_not_posted_to_whoever_wants_none(world: &World) {
    let app = app(world);
    let nurse = world.nurse();
    let (episode, id, digest) = ready(world, &app);
    letter::approve(&app, &nurse, episode, id, version(world, episode), &digest).unwrap();
    let seen = care::view(&app, &nurse, episode, None).unwrap();
    let needs = Needs {
        never: [Channel::Letter].into(),
        ..Needs::default()
    };
    care::record_needs(&app, &nurse, seen.card.id, seen.version, needs).unwrap();
    let at = version(world, episode);
    let posted = letter::sent(&app, &nurse, episode, id, at, TODAY, SentHow::Post);
    assert!(unavailable(posted).contains("asked not to be reached"));
    letter::sent(&app, &nurse, episode, id, at, TODAY, SentHow::Handed).unwrap();
}

fn a_no_is_written_too(world: &World) {
    let app = app(world);
    let episode = decided(
        world,
        Recommended::InformedDecline,
        Some("she does not want tablets"),
    );
    with_practice(world, episode);
    let id = begun(world, &app, episode, LetterKind::Declined);
    let view = letter::view(&app, &world.nurse(), episode, id).unwrap();
    assert_eq!(view.missing, []);
    for words in [
        "decided against treatment",
        "she does not want tablets",
        "We do not follow up",
    ] {
        assert!(view.article.contains(words), "{words}: {}", view.article);
    }
    assert!(!view.article.contains("Please start"), "nothing to start");
}

fn the_site_says_who_approves(world: &World) {
    let mut app = app(world);
    app.settings.letters_approved_by = ["lead_clinician".to_owned()].into();
    let (episode, id, digest) = ready(world, &app);
    let at = version(world, episode);
    let nurse = letter::approve(&app, &world.nurse(), episode, id, at, &digest);
    assert!(matches!(nurse, Err(Error::Forbidden)), "{nurse:?}");
    assert!(
        !letter::view(&app, &world.nurse(), episode, id)
            .unwrap()
            .may_approve
    );
    letter::approve(&app, &world.lead(), episode, id, at, &digest).unwrap();
}

fn large_print_follows_the_need(world: &World) {
    let app = app(world);
    let nurse = world.nurse();
    let episode = decided(world, Recommended::Alendronate, None);
    let seen = care::view(&app, &nurse, episode, None).unwrap();
    let needs = Needs {
        formats: [Format::LargePrint, Format::EasyRead].into(),
        ..Needs::default()
    };
    care::record_needs(&app, &nurse, seen.card.id, seen.version, needs).unwrap();
    let id = begun(world, &app, episode, LetterKind::Treatment);
    let view = letter::view(&app, &nurse, episode, id).unwrap();
    assert!(view.letter.large_print);
    assert_eq!(view.warnings.len(), 1, "{:?}", view.warnings);
    assert!(view.warnings[0].contains("easy read"));
}

fn the_questionnaire_is_printed_without_a_name(world: &World) {
    let app = app(world);
    let episode = accepted(world);
    let pdf = letter::paper(&app, &world.coordinator(), episode, false).unwrap();
    assert!(pdf.starts_with(b"%PDF"));
    let large = letter::paper(&app, &world.coordinator(), episode, true).unwrap();
    assert!(large.len() != pdf.len());
    let analyst = letter::paper(&app, &world.administrator(), episode, false);
    assert!(matches!(analyst, Err(Error::Forbidden)));
}

fn replan(world: &World, episode: EpisodeId, therapy: Recommended, because: Option<&str>) {
    let (at, plan) = (version(world, episode), plan(therapy, because));
    decision::decide(&world.app, &world.nurse(), episode, at, plan, Vec::new()).unwrap();
}

fn a_letter_tells_of_the_decision_that_stands(world: &World) {
    let app = app(world);
    let nurse = world.nurse();
    let (episode, id, digest) = ready(world, &app);
    let other = letter::begin(
        &app,
        &nurse,
        episode,
        version(world, episode),
        LetterKind::NoTreatmentNeeded,
    );
    assert!(matches!(other, Err(Error::Invalid(_))), "{other:?}");
    letter::approve(&app, &nurse, episode, id, version(world, episode), &digest).unwrap();
    // Approved, and then everything is different: it goes nowhere.
    replan(
        world,
        episode,
        Recommended::Inappropriate,
        Some("last weeks of life"),
    );
    let at = version(world, episode);
    let sent = letter::sent(&app, &nurse, episode, id, at, TODAY, SentHow::Post);
    assert!(matches!(sent, Err(Error::Unavailable(_))), "{sent:?}");
    let view = letter::view(&app, &nurse, episode, id).unwrap();
    assert_eq!(view.letter.state(), LetterState::Cancelled);
    let new = begun(world, &app, episode, LetterKind::NoTreatmentNeeded);
    let view = letter::view(&app, &nurse, episode, new).unwrap();
    for words in [
        "it is not appropriate (last weeks of life)",
        "Please prescribe calcium",
    ] {
        assert!(view.article.contains(words), "{words}: {}", view.article);
    }
    world.all_holds();
}

fn a_medicine_begun_by_others_is_not_asked_of_the_gp(world: &World) {
    let app = app(world);
    let nurse = world.nurse();
    let episode = decided(world, Recommended::Zoledronate, None);
    with_practice(world, episode);
    let id = begun(world, &app, episode, LetterKind::Treatment);
    let view = letter::view(&app, &nurse, episode, id).unwrap();
    let fields: Vec<&str> = view.missing.iter().map(|m| m.field).collect();
    assert_eq!(fields, ["gp.action"], "nobody is on record who gives it");
    let infusion = Referral {
        kind: ReferralKind::Infusion,
        on: TODAY,
        reply_by: TODAY,
        note: None,
        answer: None,
    };
    care::refer(&app, &nurse, episode, view.version, infusion).unwrap();
    let view = letter::view(&app, &nurse, episode, id).unwrap();
    assert_eq!(view.missing, []);
    assert!(view.article.contains("Zoledronate is arranged through us"));
    assert!(!view.article.contains("Please start zoledronate"));
    // The clinic has answered: it is still theirs to give.
    let of = care::view(&app, &nurse, episode, None).unwrap();
    let of = of.care.referrals.last().unwrap().seq;
    let answer = care::ReferralAnswer {
        of,
        outcome: pathway::care::ReferralOutcome::Accepted,
        on: TODAY,
        note: None,
    };
    care::referral_answered(&app, &nurse, episode, version(world, episode), answer).unwrap();
    let view = letter::view(&app, &nurse, episode, id).unwrap();
    assert!(view.article.contains("Zoledronate is arranged through us"));
}
