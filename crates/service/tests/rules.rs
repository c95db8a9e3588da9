//! What the service takes, changed safely.

mod support;

use pathway::{
    ServiceRules,
    rules::{BeforeAfter, Outcome},
};
use service::{
    Error, LayoutState, Role, Scope, layouts,
    rules::{self, State},
};
use support::*;
use terms::Site;

on_both_databases! {
    a_change_is_counted_approved_by_two_and_counts_for_what_comes_then,
    nobody_approves_their_own_or_twice_and_a_lead_must,
    a_comparison_with_rules_that_are_gone_is_made_again,
    the_set_before_comes_back_at_once_and_never_forward,
    another_server_works_by_the_new_rules_at_once,
    what_was_held_under_the_old_rules_is_not_lost,
    the_configuration_is_only_the_first_set,
    whom_a_change_concerns_is_shown_in_scope_and_written_down,
    a_proposal_says_what_is_wrong_with_it,
    a_report_that_waits_for_its_layout_is_judged_by_the_rules_of_the_day,
}

const FINGER: &str = "There is a fracture of the proximal phalanx of the left little finger.";

fn finger(control: &'static str) -> XRay<'static> {
    XRay {
        accession: control,
        control,
        exam: "XR Finger Lt",
        text: FINGER,
        ..XRay::default()
    }
}

fn live(world: &World) -> rules::Overview {
    rules::current(&world.app, &world.nurse()).unwrap()
}

fn with(change: impl FnOnce(&mut ServiceRules), world: &World) -> ServiceRules {
    let mut rules = live(world).live.set.rules;
    change(&mut rules);
    rules
}

fn fingers_taken(world: &World) -> ServiceRules {
    with(
        |rules| {
            rules.sites_not_taken.remove(&Site::Finger);
        },
        world,
    )
}

fn propose(world: &World, scope: &Scope, rules: &ServiceRules) -> u64 {
    rules::propose(
        &world.app,
        scope,
        rules,
        "Asked for by the team",
        &mut |_| {},
    )
    .unwrap()
}

fn approve(world: &World, scope: &Scope, number: u64) -> service::Result<State> {
    let compared = rules::proposal(&world.app, scope, number)?.view.compared;
    rules::approve(&world.app, scope, number, compared)
}

/// Proposed by the administrator, approved by a nurse and the lead clinician, a second later.
fn put_live(world: &World, rules: &ServiceRules) -> u64 {
    let number = propose(world, &world.administrator(), rules);
    assert_eq!(
        approve(world, &world.nurse(), number).unwrap(),
        State::Proposed
    );
    world.seconds_pass(1);
    assert_eq!(approve(world, &world.lead(), number).unwrap(), State::Live);
    world.seconds_pass(1);
    number
}

fn refused(outcome: service::Result<impl std::fmt::Debug>) -> String {
    match outcome {
        Err(Error::Unavailable(why)) => why,
        other => panic!("{other:?}"),
    }
}

fn a_change_is_counted_approved_by_two_and_counts_for_what_comes_then(world: &World) {
    world.import("wrist.hl7", XRay::default().of(&person(1)));
    world.import("finger.hl7", finger("F1").of(&person(2)));
    world.import("nothing.hl7", Bloods::default().of(&person(9)));
    assert_eq!(world.list(&world.nurse()).len(), 1);
    assert_eq!(live(world).live.set.number, 1);

    let number = propose(world, &world.administrator(), &fingers_taken(world));
    let proposal = rules::proposal(&world.app, &world.nurse(), number).unwrap();
    assert_eq!(proposal.differences, ["Finger: taken from now on"]);
    assert_eq!(
        proposal.needs,
        ["2 approvals, one of them a lead clinician’s"]
    );
    let counts = proposal.view.comparison.unwrap().counts;
    assert_eq!((counts.items, counts.lost, counts.gained), (2, 0, 1));
    assert_eq!(counts.before[&Outcome::NotListed], 1);
    assert_eq!(
        (
            BeforeAfter::listed(&counts.before),
            BeforeAfter::listed(&counts.after)
        ),
        (1, 2)
    );
    assert_eq!(
        (
            counts.sites[&Site::Finger].before,
            counts.sites[&Site::Finger].after
        ),
        (0, 1)
    );
    assert_eq!(live(world).live.set.number, 1, "proposed is not live");

    assert_eq!(
        approve(world, &world.nurse(), number).unwrap(),
        State::Proposed
    );
    world.import("finger2.hl7", finger("F2").of(&person(3)));
    assert_eq!(world.list(&world.nurse()).len(), 1, "one approval is none");
    world.seconds_pass(1);
    assert_eq!(approve(world, &world.lead(), number).unwrap(), State::Live);
    let now = live(world);
    assert_eq!((now.live.set.number, now.before), (2, Some(1)));
    assert_eq!(now.others[0].state, State::Superseded);
    assert_eq!(now.live.approvals.len(), 2);

    world.import("finger3.hl7", finger("F3").of(&person(4)));
    let listed = world.list(&world.nurse());
    assert_eq!(listed.len(), 2, "what comes now is judged by the new set");
    let conflict = rules::approve(&world.app, &world.second_nurse(), number, 1);
    assert!(matches!(conflict, Err(Error::Conflict { since }) if since[0].who == "Lou Lead"));
    world.all_holds();
}

fn nobody_approves_their_own_or_twice_and_a_lead_must(world: &World) {
    let number = propose(world, &world.lead(), &fingers_taken(world));
    assert!(refused(approve(world, &world.lead(), number)).contains("You proposed"));
    assert_eq!(
        approve(world, &world.nurse(), number).unwrap(),
        State::Proposed
    );
    assert!(refused(approve(world, &world.nurse(), number)).contains("You have approved"));
    assert_eq!(
        approve(world, &world.second_nurse(), number).unwrap(),
        State::Proposed,
        "two approvals, none of a lead clinician"
    );
    let proposal = rules::proposal(&world.app, &world.nurse(), number).unwrap();
    assert_eq!(proposal.needs, ["the approval of a lead clinician"]);
    for scope in [world.administrator(), world.coordinator(), world.analyst()] {
        let outcome = approve(world, &scope, number);
        assert!(matches!(outcome, Err(Error::Forbidden)), "{}", scope.who());
    }
    let outcome = rules::propose(
        &world.app,
        &world.nurse(),
        &fingers_taken(world),
        "x",
        &mut |_| {},
    );
    assert!(matches!(outcome, Err(Error::Forbidden)));
    assert_eq!(
        approve(world, &world.second_lead(), number).unwrap(),
        State::Live
    );
    world.all_holds();
}

fn a_comparison_with_rules_that_are_gone_is_made_again(world: &World) {
    world.import("wrist.hl7", XRay::default().of(&person(1)));
    let older = with(|rules| rules.youngest = 75, world);
    let waiting = propose(world, &world.administrator(), &older);
    approve(world, &world.nurse(), waiting).unwrap();
    put_live(world, &fingers_taken(world));

    let proposal = rules::proposal(&world.app, &world.lead(), waiting).unwrap();
    assert!(proposal.view.stale && !proposal.may_approve);
    assert!(refused(approve(world, &world.lead(), waiting)).contains("Compare it again"));

    let frozen = proposal.view.comparison.unwrap().frozen;
    let again = rules::compare(&world.app, &world.administrator(), waiting, &mut |_| {}).unwrap();
    assert_eq!(
        (again.with, again.counts.items, again.counts.lost),
        (3, 1, 1)
    );
    assert_eq!(again.frozen, frozen, "counted on the same messages");
    let proposal = rules::proposal(&world.app, &world.lead(), waiting).unwrap();
    assert!(
        proposal.view.approvals.is_empty(),
        "the nurse saw other counts"
    );
    assert_eq!(
        proposal.differences.len(),
        2,
        "against the set that is live now"
    );
    let old_page = rules::approve(&world.app, &world.lead(), waiting, 1);
    assert!(refused(old_page).contains("compared again"));
    approve(world, &world.nurse(), waiting).unwrap();
    assert_eq!(approve(world, &world.lead(), waiting).unwrap(), State::Live);
    world.all_holds();
}

fn the_set_before_comes_back_at_once_and_never_forward(world: &World) {
    let lead = world.lead();
    let nothing = rules::roll_back(&world.app, &lead, 1, "Wrong");
    assert!(refused(nothing).contains("nothing to put back"));
    let number = put_live(world, &fingers_taken(world));
    world.import("finger.hl7", finger("F1").of(&person(1)));
    assert_eq!(world.list(&world.nurse()).len(), 1);

    let outcome = rules::roll_back(&world.app, &world.nurse(), number, "Wrong");
    assert!(matches!(outcome, Err(Error::Forbidden)));
    let outcome = rules::roll_back(&world.app, &lead, number, "  ");
    assert!(matches!(outcome, Err(Error::Invalid(wrong)) if wrong[0].field == "reason"));
    let to = rules::roll_back(&world.app, &lead, number, "Too many fingers").unwrap();
    assert_eq!((to, live(world).live.set.number), (1, 1));
    assert_eq!(live(world).others[0].state, State::RolledBack);
    assert_eq!(
        world.list(&world.nurse()).len(),
        1,
        "who is listed stays listed"
    );
    world.import("finger2.hl7", finger("F2").of(&person(2)));
    assert_eq!(world.list(&world.nurse()).len(), 1);

    let twice = rules::roll_back(&world.app, &lead, number, "Again");
    assert!(matches!(twice, Err(Error::Conflict { since }) if since[0].who == "Lou Lead"));
    let further = rules::roll_back(&world.app, &lead, 1, "Again");
    assert!(refused(further).contains("nothing to put back"));
    world.all_holds();
}

fn another_server_works_by_the_new_rules_at_once(world: &World) {
    let other = world.second_app();
    let number = other.store.read(|tx| other.rules(tx)).unwrap().number;
    assert_eq!(number, 1);
    put_live(world, &fingers_taken(world));
    let path = world.write("finger.hl7", finger("F1").of(&person(1)));
    service::imports::take_in(
        &other,
        &world.coordinator(),
        &path,
        "finger.hl7",
        None,
        &mut |_| {},
    )
    .unwrap();
    assert_eq!(world.list(&world.nurse()).len(), 1);
}

fn what_was_held_under_the_old_rules_is_not_lost(world: &World) {
    let mut unknown = person(1);
    world.import("known.hl7", XRay::default().of(&unknown));
    unknown.nhs_number = None;
    let again = XRay {
        accession: "ACC2",
        control: "C2",
        ..XRay::default()
    };
    world.import("held.hl7", again.of(&unknown));
    let item = world.question(&world.nurse());
    world.seconds_pass(1);
    put_live(world, &with(|rules| rules.youngest = 90, world));
    put_live(
        world,
        &with(
            |rules| {
                rules.sites_not_taken.insert(Site::Wrist);
            },
            world,
        ),
    );

    let view = service::identity::view(&world.app, &world.nurse(), item).unwrap();
    assert_eq!(
        view.sightings.len(),
        1,
        "still shown as what it was held for"
    );
    let answer = service::identity::Answer::New;
    service::identity::answer(&world.app, &world.nurse(), item, answer).unwrap();
    assert_eq!(world.list(&world.nurse()).len(), 2);
    world.all_holds();
}

fn the_configuration_is_only_the_first_set(world: &World) {
    let first = live(world);
    assert_eq!(first.live.set.rules, world.app.configured);
    assert!(first.configured_differs.is_empty());
    put_live(world, &with(|rules| rules.youngest = 55, world));
    let other = world.second_app();
    let now = rules::current(&other, &world.nurse()).unwrap();
    assert_eq!(now.live.set.rules.youngest, 55);
    assert_eq!(
        now.configured_differs,
        ["Youngest age at the fracture: 50, not 55"]
    );
    let checks = service::upkeep::doctor(&other).unwrap();
    let check = checks.iter().find(|check| check.id == "RU").unwrap();
    assert!(check.holds && check.found.contains("herald.toml says otherwise"));
}

fn whom_a_change_concerns_is_shown_in_scope_and_written_down(world: &World) {
    world.import("finger.hl7", finger("F1").of(&person(1)));
    world.import("wrist.hl7", XRay::default().of(&person(2)));
    let proposed = with(
        |rules| {
            rules.sites_not_taken.remove(&Site::Finger);
            rules.sites_not_taken.insert(Site::Wrist);
        },
        world,
    );
    let number = propose(world, &world.administrator(), &proposed);
    let shown = rules::people(&world.app, &world.nurse(), number).unwrap();
    assert_eq!((shown.items.len(), shown.of, shown.out_of_sight), (2, 2, 0));
    assert!(shown.items[0].changed.is_lost() && shown.items[1].changed.is_gained());
    for item in &shown.items {
        let words = item.sightings[0].text.as_deref().unwrap();
        assert!(words.contains("fracture") && !item.sightings[0].sites().is_empty());
    }
    let log = world
        .app
        .store
        .read(|tx| store::access::by_user(tx, &world.nurse(), world.nurse().user().unwrap(), 1))
        .unwrap();
    assert_eq!(log[0].action, "rules_people_shown");
    assert_eq!(log[0].people.len(), 1, "the one who is on record");

    let elsewhere = rules::people(&world.app, &world.other_site(), number).unwrap();
    assert_eq!((elsewhere.items.len(), elsewhere.out_of_sight), (0, 2));
    let administrator = rules::people(&world.app, &world.administrator(), number);
    assert!(matches!(administrator, Err(Error::Forbidden)));
}

fn a_proposal_says_what_is_wrong_with_it(world: &World) {
    let app = &world.app;
    let lead = world.lead();
    let fields = |rules: &ServiceRules, note: &str| match rules::propose(
        app,
        &lead,
        rules,
        note,
        &mut |_| {},
    ) {
        Err(Error::Invalid(wrong)) => wrong.into_iter().map(|w| w.field).collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    let same = live(world).live.set.rules;
    assert_eq!(fields(&same, ""), ["note", "sites_not_taken"]);
    assert_eq!(
        fields(&with(|r| r.youngest = 5, world), "why"),
        ["youngest"]
    );
    let number = propose(world, &lead, &fingers_taken(world));
    rules::withdraw(app, &world.administrator(), number, "Not now").unwrap();
    let view = rules::proposal(app, &lead, number).unwrap().view;
    assert_eq!(view.state, State::Withdrawn);
    assert!(matches!(
        approve(world, &world.nurse(), number),
        Err(Error::Conflict { .. })
    ));
    let again = rules::compare(app, &lead, number, &mut |_| {});
    assert!(matches!(again, Err(Error::Conflict { since }) if since[0].who == "Ada Admin"));
    assert!(matches!(
        rules::proposal(app, &lead, 99),
        Err(Error::NotFound)
    ));
    for role in Role::STAFF {
        assert!(service::may(role, service::May::SeeRules), "{role:?}");
    }
}

#[test]
fn rules_edited_past_herald_are_found() {
    for sql in [
        "UPDATE rule_set SET body = replace(body, '50', '90') WHERE number = 2",
        "DELETE FROM rule_act WHERE what = 'approved' AND role = 'lead_clinician'",
        "UPDATE rule_set SET frozen = zeroblob(16) WHERE number = 2",
    ] {
        let world = World::sqlite();
        put_live(&world, &fingers_taken(&world));
        world.all_holds();
        let file = rusqlite::Connection::open(world.dir().join("herald.sqlite")).unwrap();
        let guards = "DROP TRIGGER rule_set_is_not_edited; DROP TRIGGER rule_act_is_kept";
        file.execute_batch(&format!("{guards}; {sql}")).unwrap();
        assert!(file.changes() > 0, "{sql} changed nothing");
        let checks = service::upkeep::doctor(&world.app).unwrap();
        let check = checks.iter().find(|check| check.id == "RU").unwrap();
        assert!(
            !check.holds && check.found.contains("rule set 2"),
            "{sql}: {check:?}"
        );
    }
}

fn a_report_that_waits_for_its_layout_is_judged_by_the_rules_of_the_day(world: &World) {
    let odd: String = (1..=7)
        .map(|n| {
            let accession = format!("F{n}");
            let report = XRay {
                accession: &accession,
                control: &accession,
                exam: "XR Finger Lt",
                text: "Second reader statement: agreed.\nThere is a fracture of the proximal phalanx of the left little finger.",
                ..XRay::default()
            };
            report.of(&person(n))
        })
        .collect();
    let import = world.import("odd.hl7", odd).import;
    assert_eq!(world.list(&world.nurse()).len(), 5, "to be looked at");
    assert_eq!(world.view(&import).sums.held, 2);

    // Before and after as the import takes them: a no in a new layout is for a person to decide.
    let counts = |number| {
        let proposal = rules::proposal(&world.app, &world.nurse(), number).unwrap();
        proposal.view.comparison.unwrap().counts
    };
    let number = propose(world, &world.administrator(), &fingers_taken(world));
    let counted = counts(number);
    assert_eq!(counted.before[&Outcome::Look], 7);
    assert_eq!(counted.after[&Outcome::Listed], 7);
    assert_eq!((counted.gained, counted.otherwise), (0, 7));
    let shown = rules::people(&world.app, &world.lead(), number).unwrap();
    assert_eq!(shown.items.len(), 7);
    approve(world, &world.nurse(), number).unwrap();
    world.seconds_pass(1);
    approve(world, &world.lead(), number).unwrap();

    let (app, lead) = (&world.app, world.lead());
    let layout = layouts::list(app, &lead).unwrap().layouts[0].id;
    let samples = layouts::view(app, &lead, layout).unwrap().samples;
    assert!(samples.iter().all(|sample| sample.sightings.len() == 1));
    layouts::decide(app, &lead, layout, LayoutState::ReadRightly, None).unwrap();
    let listed = world.list(&world.nurse());
    assert_eq!(listed.len(), 7, "fingers are taken now");
    assert_eq!(listed.iter().filter(|entry| !entry.look).count(), 2);
    assert_eq!(service::said_no::summary(app, &lead).unwrap().refused, 0);

    // Read rightly, the layout makes no difference any more.
    let number = propose(
        world,
        &world.administrator(),
        &with(
            |rules| {
                rules.sites_not_taken.insert(Site::Finger);
            },
            world,
        ),
    );
    assert_eq!(counts(number).lost, 7);
    world.all_holds();
}
