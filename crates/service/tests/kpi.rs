//! From the feed over the assessment to the figure and the people behind it: told once and true on both databases.

mod support;

use std::collections::BTreeMap;

use jiff::{ToSpan, civil::date};
use measures::kpi::{Beside, Figures, Kpi, Measure, Reason, Set, Standing};
use pathway::{
    CloseReason, EpisodeId,
    care::{Plan, Review},
};
use service::{
    Error, Scope,
    candidate::{self, Choice},
    care, decision,
    kpi::{self, Ask},
    privacy, review,
};
use support::*;
use synth::Hospital;
use terms::Recommended;

on_both_databases! {
    the_figures_follow_somebody_through_the_service,
    every_figure_is_as_long_as_its_list,
    nobody_counts_for_another_site,
    an_analyst_sees_numbers_and_nobody,
    what_cannot_be_asked_is_said_so,
    whoever_is_shown_is_in_the_access_log,
}

/// Four wrists at Southend and one at Basildon, all accepted on the day.
fn five_accepted(world: &World) -> Vec<EpisodeId> {
    for n in 1..=5 {
        let at = if n == 5 {
            Hospital::Basildon
        } else {
            Hospital::Southend
        };
        let accession = format!("ACC{n}");
        let ray = XRay {
            hospital: at,
            ..wrist(&accession)
        };
        world.import(&format!("xray{n}.hl7"), ray.of(&person(n)));
    }
    let (nurse, other) = (world.nurse(), world.other_site());
    let mut episodes = Vec::new();
    for scope in [&nurse, &other] {
        for entry in world.list(scope) {
            let seen = candidate::view(&world.app, scope, entry.episode, None).unwrap();
            candidate::decide(
                &world.app,
                scope,
                entry.episode,
                seen.version,
                &Choice::Accept,
            )
            .unwrap();
            episodes.push(entry.episode);
        }
    }
    assert_eq!(episodes.len(), 5);
    episodes
}

fn assess_and_decide(world: &World, episode: EpisodeId, therapy: Recommended) {
    let (app, nurse) = (&world.app, world.nurse());
    let at = || version(world, episode);
    complete(world, episode);
    let plan = Plan {
        on: app.clock.today(),
        ..plan(therapy, Some("does not want tablets"))
    };
    decision::decide(app, &nurse, episode, at(), plan, Vec::new()).unwrap();
}

fn review_16(world: &World, episode: EpisodeId) {
    let answers: BTreeMap<String, Vec<String>> = [
        ("review.therapy", "alendronate"),
        ("review.exercise", "yes"),
    ]
    .map(|(id, code)| (id.to_owned(), vec![code.to_owned()]))
    .into();
    let typed = review::Typed {
        answers,
        ..review::Typed::default()
    };
    let at = version(world, episode);
    review::reached(
        &world.app,
        &world.nurse(),
        episode,
        Review::Weeks16,
        at,
        &typed,
    )
    .unwrap();
}

/// Two assessed at once, of them one treated and reviewed at 13 weeks; one moved away; 17 weeks have passed.
fn seventeen_weeks_later(world: &World) -> Vec<EpisodeId> {
    let episodes = five_accepted(world);
    assess_and_decide(world, episodes[0], Recommended::Alendronate);
    assess_and_decide(world, episodes[1], Recommended::InformedDecline);
    let at = version(world, episodes[2]);
    care::close(
        &world.app,
        &world.nurse(),
        episodes[2],
        at,
        CloseReason::Moved,
        None,
    )
    .unwrap();
    world.days_pass(13 * 7);
    review_16(world, episodes[0]);
    world.days_pass(4 * 7);
    episodes
}

fn total(world: &World, scope: &Scope, kpi: Kpi, ask: &Ask) -> Figures {
    kpi::report(&world.app, scope, ask)
        .unwrap()
        .report
        .get(kpi)
        .unwrap()
        .total
}

fn counts(figures: Figures) -> (u64, u64, u64) {
    (figures.met, figures.eligible, figures.not_eligible)
}

fn the_figures_follow_somebody_through_the_service(world: &World) {
    let nurse = world.nurse();
    let empty = kpi::report(&world.app, &nurse, &Ask::default()).unwrap();
    assert_eq!((empty.report.records, empty.expected_is_set), (0, false));

    let episodes = seventeen_weeks_later(world);
    let now = Ask::default();
    let of = |kpi| counts(total(world, &nurse, kpi, &now));
    assert_eq!(of(Kpi::Assessment), (2, 4, 0), "whoever moved still counts");
    assert_eq!(of(Kpi::Falls), (2, 4, 0));
    assert_eq!(of(Kpi::BoneTherapy), (1, 4, 0));
    assert_eq!(of(Kpi::FollowUp), (1, 1, 3));
    assert_eq!(of(Kpi::Treatment), (1, 1, 3));
    assert_eq!(of(Kpi::Spine), (0, 4, 0));
    // The same question for a day when every window was open.
    let then = Ask {
        as_of: Some(TODAY + 5.days()),
        ..now
    };
    assert_eq!(
        counts(total(world, &nurse, Kpi::Assessment, &then)),
        (0, 0, 4)
    );

    let shown = kpi::people(
        &world.app,
        &nurse,
        Kpi::Assessment.into(),
        Set::NotMet,
        &now,
        1,
    )
    .unwrap();
    let ids: Vec<_> = shown
        .people
        .iter()
        .map(|counted| counted.entry.episode)
        .collect();
    assert!(
        ids.contains(&episodes[2]) && ids.contains(&episodes[3]),
        "{ids:?}"
    );
    let early = kpi::people(
        &world.app,
        &nurse,
        Kpi::Assessment.into(),
        Set::NotEligible,
        &then,
        1,
    )
    .unwrap();
    let reasons: Vec<_> = early
        .people
        .iter()
        .map(|counted| counted.standing)
        .collect();
    let done = Standing::NotEligible(Reason::DoneWindowOpen);
    assert_eq!(
        reasons.iter().filter(|standing| **standing == done).count(),
        2
    );

    // Found after all not to be a fragility fracture: no longer one of the audit's.
    let at = version(world, episodes[3]);
    care::close(
        &world.app,
        &nurse,
        episodes[3],
        at,
        CloseReason::NotFragility,
        None,
    )
    .unwrap();
    assert_eq!(of(Kpi::Assessment), (2, 3, 0));
    world.all_holds();
}

fn every_figure_is_as_long_as_its_list(world: &World) {
    seventeen_weeks_later(world);
    let period = Some((date(2026, 11, 1), date(2026, 11, 30)));
    let before = Some((date(2025, 1, 1), date(2025, 12, 31)));
    for scope in [world.nurse(), world.other_site(), world.lead()] {
        for period in [None, period, before] {
            let ask = Ask {
                as_of: None,
                period,
            };
            let view = kpi::report(&world.app, &scope, &ask).unwrap();
            let kpis = view
                .report
                .kpis
                .iter()
                .map(|of| (Measure::from(of.kpi), of.total));
            let beside = view
                .report
                .beside
                .iter()
                .map(|of| (Measure::from(of.beside), of.total));
            for (of, figures) in kpis.chain(beside) {
                for &set in Set::ALL {
                    let listed = kpi::people(&world.app, &scope, of, set, &ask, 1).unwrap();
                    assert_eq!(listed.total, figures.count(set), "{of:?} {set}");
                    assert_eq!(listed.people.len() as u64, listed.total);
                }
            }
        }
    }
    assert_eq!(Beside::ALL.len(), 3);
}

fn nobody_counts_for_another_site(world: &World) {
    seventeen_weeks_later(world);
    let ask = Ask::default();
    let of = |scope: &Scope| counts(total(world, scope, Kpi::Assessment, &ask));
    assert_eq!(of(&world.nurse()), (2, 4, 0));
    assert_eq!(of(&world.other_site()), (0, 1, 0));
    assert_eq!(of(&world.lead()), (2, 5, 0));
    let hospitals = |scope: &Scope| -> Vec<String> {
        let view = kpi::report(&world.app, scope, &ask).unwrap();
        let of = view.report.get(Kpi::Assessment).unwrap();
        let code = |h: &measures::kpi::HospitalFigures| h.hospital.as_ref().unwrap().to_string();
        of.hospitals.iter().map(code).collect()
    };
    assert_eq!(hospitals(&world.other_site()), [BASILDON]);
    assert_eq!(hospitals(&world.lead()), [SOUTHEND, BASILDON]);
    let people = kpi::people(
        &world.app,
        &world.other_site(),
        Kpi::Spine.into(),
        Set::Eligible,
        &ask,
        1,
    )
    .unwrap();
    assert!(
        people
            .people
            .iter()
            .all(|counted| counted.entry.site == BASILDON)
    );
    assert_eq!(people.total, 1);
}

fn an_analyst_sees_numbers_and_nobody(world: &World) {
    seventeen_weeks_later(world);
    let (app, ask) = (&world.app, Ask::default());
    let analyst = world.analyst();
    let view = kpi::report(app, &analyst, &ask).unwrap();
    assert_eq!((view.report.records, view.may_see_people), (5, false));
    let people = kpi::people(app, &analyst, Kpi::Spine.into(), Set::Met, &ask, 1);
    assert!(matches!(people, Err(Error::Forbidden)), "{people:?}");
    for scope in [world.privacy_officer(), world.administrator()] {
        assert!(matches!(
            kpi::report(app, &scope, &ask),
            Err(Error::Forbidden)
        ));
    }
}

fn what_cannot_be_asked_is_said_so(world: &World) {
    let ask = Ask {
        as_of: Some(TODAY + 1.day()),
        period: Some((TODAY, TODAY - 1.day())),
    };
    let Err(Error::Invalid(wrong)) = kpi::report(&world.app, &world.nurse(), &ask) else {
        panic!("it was answered")
    };
    let fields: Vec<_> = wrong.iter().map(|wrong| wrong.field.as_str()).collect();
    assert_eq!(fields, ["as_of", "to"]);
}

fn whoever_is_shown_is_in_the_access_log(world: &World) {
    five_accepted(world);
    let (app, lead) = (&world.app, world.lead());
    kpi::people(
        app,
        &lead,
        Kpi::Spine.into(),
        Set::NotMet,
        &Ask::default(),
        9,
    )
    .unwrap();
    let number = person(5);
    let asked = privacy::who_saw(app, &world.privacy_officer(), nhs_number(&number)).unwrap();
    let opened = |access: &&service::Access| access.action == "kpi_opened";
    assert_eq!(asked.rows.iter().filter(opened).count(), 1);
}
