//! What holds for every history that can be made, not only for those somebody thought of.

use finder::{Evidence, Finding, Reading, Why};
use jiff::{
    Timestamp, ToSpan,
    civil::{Date, date},
};
use pathway::{
    Actor, Decision, Details, Episode, EpisodeId, Fact, ItemId, Next, Person, PersonId, Recorded,
    RejectReason, ServiceRules, SetAsideReason, Settings, Sighting, SightingKind, Source, State,
    Task, Todo,
    eligibility::{Because, Verdict, judge},
    matching::{self, Known, Match},
    next_action,
    placing::{Place, place},
};
use proptest::{collection::vec, option, prelude::*, sample::select};
use terms::{Listing, PersonName, Side, Site, Status, id};

const FIRST: Date = date(2025, 1, 1);
const TODAY: Date = date(2026, 11, 22);

fn sighting(key: &str, site: Site, side: Option<Side>, on: Option<Date>) -> Sighting {
    Sighting {
        key: key.to_owned(),
        kind: SightingKind::Report,
        seen_on: on,
        injured_on: None,
        hospital: Some("RAJ01".parse().unwrap()),
        exam: None,
        text: None,
        indication: None,
        reading: Reading {
            list: Listing::Yes,
            reason: "present".to_owned(),
            why: Why::Present,
            findings: vec![Finding {
                site,
                level: vec![],
                side,
                status: Status::Present,
                evidence: Evidence::Span {
                    start: 0,
                    end: 0,
                    text: String::new(),
                },
                rule: "test".to_owned(),
            }],
            mechanism: None,
        },
    }
}

/// One thing that happens to a person, with numbers that choose among what is there.
#[derive(Debug, Clone)]
enum Step {
    /// A source speaks: a new key, or one that it has used before.
    Seen {
        key: u8,
        site: Site,
        side: Option<Side>,
        day: u16,
    },
    TakenBack {
        nth: usize,
    },
    Decide {
        nth: usize,
        decision: Choice,
    },
    Undo {
        nth: usize,
    },
}

#[derive(Debug, Clone)]
enum Choice {
    Accept,
    Reject(RejectReason),
    SetAside(i32),
    BelongsTo(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let side = select(vec![
        None,
        Some(Side::Left),
        Some(Side::Right),
        Some(Side::Both),
    ]);
    let site = select(vec![
        Site::Wrist,
        Site::Hip,
        Site::Vertebra,
        Site::Unspecified,
    ]);
    let decision = prop_oneof![
        Just(Choice::Accept),
        select(RejectReason::ALL).prop_map(Choice::Reject),
        (-2..40_i32).prop_map(Choice::SetAside),
        (0..6_usize).prop_map(Choice::BelongsTo),
    ];
    prop_oneof![
        5 => (0..12_u8, site, side, 0..400_u16).prop_map(|(key, site, side, day)| Step::Seen { key, site, side, day }),
        1 => (0..8_usize).prop_map(|nth| Step::TakenBack { nth }),
        4 => (0..6_usize, decision).prop_map(|(nth, decision)| Step::Decide { nth, decision }),
        2 => (0..6_usize).prop_map(|nth| Step::Undo { nth }),
    ]
}

/// A person together with the facts that made them.
struct Life {
    person: Person,
    facts: Vec<Recorded>,
    settings: Settings,
}

impl Life {
    fn new() -> Self {
        Self {
            person: Person::new(PersonId(id::derived("person", &[]))),
            facts: Vec::new(),
            settings: Settings::default(),
        }
    }

    fn record(&mut self, fact: Fact) {
        let seq = self.person.version + 1;
        let at = Timestamp::from_second(1_790_000_000 + i64::from(seq)).unwrap();
        let recorded = Recorded {
            seq,
            at,
            by: Actor::Herald {
                job: "Test".to_owned(),
            },
            source: Source::Feed {
                item: ItemId(id::derived("item", &[&seq.to_be_bytes()])),
                label: "test".to_owned(),
            },
            fact,
        };
        self.person.apply(&recorded).unwrap();
        self.facts.push(recorded);
    }

    fn see(&mut self, sighting: Sighting) -> Place {
        let placed = place(&self.person, &sighting, &self.settings);
        let next = self.person.version + 1;
        let (episode, corrects) = match placed {
            Place::Repeat => return placed,
            Place::Corrects { episode, seq } => (episode, Some(seq)),
            Place::Joins(episode) => (episode, None),
            Place::New => (
                EpisodeId(id::derived("episode", &[&next.to_be_bytes()])),
                None,
            ),
        };
        self.record(Fact::Sighted {
            episode,
            sighting: Box::new(sighting),
            corrects,
        });
        placed
    }

    fn nth(&self, nth: usize) -> Option<&Episode> {
        self.person
            .episodes
            .get(nth % self.person.episodes.len().max(1))
    }

    fn take(&mut self, step: &Step) {
        match step {
            Step::Seen {
                key,
                site,
                side,
                day,
            } => {
                let on = FIRST + i64::from(*day).days();
                self.see(sighting(&key.to_string(), *site, *side, Some(on)));
            }
            Step::TakenBack { nth } => {
                let held: Vec<_> = self
                    .person
                    .episodes
                    .iter()
                    .flat_map(|e| e.sightings.iter().map(|s| (e.id, s.seq)))
                    .collect();
                if let Some((episode, of)) = held.get(*nth) {
                    self.record(Fact::SightingWithdrawn {
                        episode: *episode,
                        of: *of,
                        because: "test".to_owned(),
                    });
                }
            }
            Step::Decide { nth, decision } => self.decide(*nth, decision),
            Step::Undo { nth } => {
                let fact = self
                    .nth(*nth)
                    .and_then(|e| e.undo(e.decisions.last()?.seq).ok());
                if let Some(fact) = fact {
                    self.record(fact);
                }
            }
        }
    }

    /// Whatever is asked for, exactly the arrows that are drawn are allowed.
    fn decide(&mut self, nth: usize, choice: &Choice) {
        let Some(episode) = self.nth(nth) else { return };
        let (decision, sound) = match choice {
            Choice::Accept => (Decision::Accept, true),
            Choice::Reject(reason) => (
                Decision::Reject {
                    reason: *reason,
                    note: None,
                },
                true,
            ),
            Choice::SetAside(ahead) => {
                let until = TODAY + i64::from(*ahead).days();
                (
                    Decision::SetAside {
                        reason: SetAsideReason::Unwell,
                        until,
                        note: None,
                    },
                    *ahead > 0,
                )
            }
            Choice::BelongsTo(other) => {
                let to = self.nth(*other).unwrap().id;
                (Decision::BelongsTo(to), to != episode.id)
            }
        };
        let before = episode.state();
        let open = matches!(before, State::New | State::SetAside { .. });
        let outcome = episode.decide(decision.clone(), TODAY);
        assert_eq!(outcome.is_ok(), open && sound, "{decision:?} on {before:?}");
        let Ok(fact) = outcome else { return };
        let (id, untouched) = (episode.id, self.person.clone());
        self.record(fact);
        let after = self.person.episode(id).unwrap();
        assert_eq!(after.state(), state_after(&decision));
        let seq = after.decisions.last().unwrap().seq;
        assert!(
            after.undo(seq + 1).is_err(),
            "only the decision that is named"
        );

        // Taken back at once, everything stands as before; the test goes on with the decision in force.
        let undo = after.undo(seq).unwrap();
        let mut undone = Self {
            person: self.person.clone(),
            facts: self.facts.clone(),
            settings: self.settings.clone(),
        };
        undone.record(undo);
        for (now, then) in undone.person.episodes.iter().zip(&untouched.episodes) {
            assert_eq!(now.id, then.id);
            assert_eq!(now.sightings, then.sightings);
            assert_eq!(now.decisions, then.decisions);
            assert_eq!(now.state(), then.state());
        }
        assert_eq!(undone.person.episodes.len(), untouched.episodes.len());
        assert_eq!(undone.person.episode(id).unwrap().state(), before);
    }
}

fn state_after(decision: &Decision) -> State {
    match decision.clone() {
        Decision::Accept => State::Accepted,
        Decision::Reject { reason, .. } => State::Rejected { reason },
        Decision::SetAside {
            reason,
            until,
            note,
        } => State::SetAside {
            reason,
            until,
            note,
        },
        Decision::BelongsTo(to) => State::BelongsTo(to),
        Decision::Close { reason, .. } => State::Closed { reason },
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn every_history_keeps_its_promises(steps in vec(step(), 1..40)) {
        let mut life = Life::new();
        for step in &steps {
            life.take(step);

            let mut seqs = std::collections::HashSet::new();
            let mut keys = std::collections::HashSet::new();
            for episode in &life.person.episodes {
                for seen in &episode.sightings {
                    prop_assert!(seqs.insert(seen.seq), "a sighting in two episodes");
                    prop_assert!(keys.insert(seen.sighting.key.clone()), "one event, two sightings");
                }
                match (episode.state(), next_action(&life.person, episode)) {
                    (State::New, Next::Do(Todo { task: Task::Confirm, owner, .. })) => {
                        prop_assert_eq!(owner.is_some(), !episode.sightings.is_empty());
                    }
                    (State::SetAside { until, .. }, Next::Do(Todo { task: Task::LookAgain, due, .. })) => {
                        prop_assert_eq!(until, due);
                    }
                    (State::Accepted, Next::Do(Todo { task: Task::Assess, due, .. })) => {
                        // 90 days, or the last working day before: never later, and at most a long weekend sooner.
                        let days = (due - episode.diagnosed().on).get_days();
                        prop_assert!((84..=90).contains(&days), "{days}");
                    }
                    (
                        State::Rejected { .. } | State::BelongsTo(_) | State::Withdrawn { .. },
                        Next::Closed { because },
                    ) => prop_assert!(!because.is_empty()),
                    (state, next) => prop_assert!(false, "{state:?} with {next:?}"),
                }
            }
        }
        let again = Person::from_facts(life.person.id, &life.facts).unwrap();
        prop_assert_eq!(&again, &life.person);

        if life.facts.len() > 1 {
            let mut gap = life.facts.clone();
            gap.remove(gap.len() / 2);
            let short = Person::from_facts(life.person.id, &gap);
            prop_assert!(short.is_err() || gap.len() == life.facts.len() / 2, "a missing fact is noticed");
        }
    }

    #[test]
    fn the_order_of_arrival_does_not_matter_within_the_window(
        days in vec(0..=90_i64, 1..7),
        site in select(Site::ALL),
        side in select(vec![None, Some(Side::Left), Some(Side::Right)]),
        order in any::<prop::sample::Index>(),
    ) {
        let seen: Vec<Sighting> = days
            .iter()
            .enumerate()
            .map(|(n, day)| sighting(&n.to_string(), site, side, Some(FIRST + day.days())))
            .collect();
        let mut shuffled = seen.clone();
        shuffled.rotate_left(order.index(seen.len()));
        if days[0] % 2 == 0 {
            shuffled.reverse();
        }
        for arrival in [seen, shuffled] {
            let mut life = Life::new();
            for sighting in arrival {
                life.see(sighting);
            }
            prop_assert_eq!(life.person.episodes.len(), 1);
            let first = FIRST + days.iter().min().unwrap().days();
            prop_assert_eq!(life.person.episodes[0].fracture_date(), Some(first));
        }
    }

    #[test]
    fn ninety_days_are_one_fracture_and_ninety_one_are_two(day in 0..200_i64, apart in 0..200_i64, back in any::<bool>()) {
        let (first, second) = (FIRST + day.days(), FIRST + (day + apart).days());
        let (first, second) = if back { (second, first) } else { (first, second) };
        let mut life = Life::new();
        life.see(sighting("a", Site::Wrist, Some(Side::Left), Some(first)));
        let placed = life.see(sighting("b", Site::Wrist, Some(Side::Left), Some(second)));
        prop_assert_eq!(matches!(placed, Place::Joins(_)), apart <= 90);
        prop_assert_eq!(placed == Place::New, apart > 90);
    }

    #[test]
    fn left_and_right_are_two_and_not_stated_is_either(a in side(), b in side(), site in select(Site::ALL)) {
        let mut life = Life::new();
        life.see(sighting("a", site, a, Some(FIRST)));
        let placed = life.see(sighting("b", site, b, Some(FIRST)));
        let opposite = matches!((a, b), (Some(Side::Left), Some(Side::Right)) | (Some(Side::Right), Some(Side::Left)));
        // A bone that is not named has no side to differ in.
        let two = opposite && site != Site::Unspecified;
        prop_assert_eq!(placed == Place::New, two, "{:?} {:?} {:?}", site, a, b);
    }

    #[test]
    fn nobody_with_a_different_number_is_ever_matched(
        claimed in option::of(0..4_u32),
        born in option::of(0..3_i64),
        people in vec((option::of(0..4_u32), option::of(0..3_i64), 0..2_u8), 0..8),
    ) {
        let number = synth::nhs_number;
        let birth = |n: i64| date(1950, 1, 1) + n.days();
        let mut taken = std::collections::HashSet::new();
        let known: Vec<Known> = people
            .iter()
            .filter(|(held, ..)| held.is_none_or(|n| taken.insert(n)))
            .enumerate()
            .map(|(n, (held, born, name))| Known {
                id: PersonId(id::derived("person", &[&[n as u8]])),
                nhs_number: held.map(number),
                name: PersonName::new("Testperson", if *name == 0 { "Alma" } else { "Berta" }),
                born: born.map(birth),
                postcode: None,
                local_ids: vec![],
            })
            .collect();
        let claim = Details {
            nhs_number: claimed.map(number),
            born: born.map(birth),
            name: Some(PersonName::new("Testperson", "Alma")),
            ..Details::default()
        };
        let named = match matching::decide(&claim, &known) {
            Match::Person(id) => {
                let held = known.iter().find(|k| k.id == id).unwrap();
                prop_assert!(claim.nhs_number.is_some() && held.nhs_number == claim.nhs_number);
                prop_assert!(claim.born.is_some() && held.born == claim.born);
                vec![]
            }
            Match::Nobody => {
                prop_assert!(claim.nhs_number.is_some() && claim.born.is_some(), "only a full claim makes a new person");
                prop_assert!(known.iter().all(|k| k.nhs_number != claim.nhs_number));
                vec![]
            }
            Match::Ask { candidates, .. } => candidates,
        };
        for id in named {
            let held = known.iter().find(|k| k.id == id).unwrap();
            prop_assert!(
                claim.nhs_number.is_none() || held.nhs_number.is_none() || held.nhs_number == claim.nhs_number,
                "not even offered"
            );
        }
    }

    #[test]
    fn fifty_on_the_day_counts_and_the_day_before_does_not(days in 0..40_000_i64) {
        let born = date(1900, 1, 1) + days.days();
        let leap_day = (born.month(), born.day()) == (2, 29);
        // In a common year the law gives somebody born on 29 February the birthday on 1 March.
        let birthday = match Date::new(born.year() + 50, born.month(), born.day()) {
            Ok(day) => day,
            Err(_) => date(born.year() + 50, 3, 1),
        };
        prop_assert!(leap_day || birthday.day() == born.day());
        let person = Details { born: Some(born), ..Details::default() };
        let on = |day| judge(&person, &sighting("a", Site::Hip, None, Some(day)), day, &ServiceRules::default());
        prop_assert_eq!(on(birthday), Verdict::Counts);
        prop_assert_eq!(on(birthday - 1.day()), Verdict::Ignored(Because::UnderAge));
    }
}

fn side() -> impl Strategy<Value = Option<Side>> {
    select(vec![
        None,
        Some(Side::Left),
        Some(Side::Right),
        Some(Side::Both),
    ])
}

#[test]
fn born_on_29_february() {
    let person = Details {
        born: Some(date(1976, 2, 29)),
        ..Details::default()
    };
    let on = |day| {
        judge(
            &person,
            &sighting("a", Site::Hip, None, Some(day)),
            day,
            &ServiceRules::default(),
        )
    };
    assert_eq!(on(date(2026, 2, 28)), Verdict::Ignored(Because::UnderAge));
    assert_eq!(on(date(2026, 3, 1)), Verdict::Counts);
}

#[test]
fn not_known_is_never_no() {
    let nobody = Details::default();
    let vague = sighting("a", Site::Hip, None, None);
    assert_eq!(
        judge(&nobody, &vague, TODAY, &ServiceRules::default()),
        Verdict::BirthDateNotKnown
    );
    let old = Details {
        born: Some(date(1940, 1, 1)),
        ..Details::default()
    };
    assert_eq!(
        judge(&old, &vague, TODAY, &ServiceRules::default()),
        Verdict::Counts
    );
    let far: ServiceRules = serde_json::from_str(r#"{"area":{"postcodes":["SS"]}}"#).unwrap();
    assert_eq!(
        judge(&old, &vague, TODAY, &far),
        Verdict::Counts,
        "no address is not outside"
    );
}
