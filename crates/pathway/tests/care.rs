//! What holds for everybody in care, whatever is done for them and in whatever order.

use jiff::{
    Timestamp, ToSpan,
    civil::{Date, date},
};
use pathway::{
    Actor, Channel, CloseReason, Death, Decision, Details, EpisodeId, Fact, Format, LetterId, List,
    Measure, Needs, Next, Person, PersonId, Recorded, ResultAction, Sighting, SightingKind, Source,
    State, Stop, Task, TestKind, TestResult, UserId,
    care::{
        Contact, ContactOutcome, ContactPurpose, Done, Dose, LetterKind, LetterState, Plan,
        Referral, ReferralKind, ReferralOutcome, Review, Reviewed, SentHow,
    },
    form::{Value, proposals},
    is_working_day, may_contact, next_action, steps, todos, working_day_on_or_before,
};
use proptest::{collection::vec, prelude::*, sample::select};
use terms::{Answer, Listing, Medicine, Recommended, Side, Site, Status, TherapyAtReview, id};

const BROKEN: Date = date(2026, 1, 5);

fn sighting(on: Date) -> Sighting {
    Sighting {
        key: "report:1".to_owned(),
        kind: SightingKind::Report,
        seen_on: Some(on),
        injured_on: None,
        hospital: Some("RAJ01".parse().unwrap()),
        exam: None,
        text: None,
        indication: None,
        reading: finder::Reading {
            list: Listing::Yes,
            reason: "present".to_owned(),
            why: finder::Why::Present,
            findings: vec![finder::Finding {
                site: Site::Wrist,
                level: vec![],
                side: Some(Side::Left),
                status: Status::Present,
                evidence: finder::Evidence::Span {
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

/// Somebody with one fracture, and a clock that runs an hour at each fact.
#[derive(Clone)]
struct Life {
    person: Person,
    facts: Vec<Recorded>,
}

fn episode_id() -> EpisodeId {
    EpisodeId(id::derived("episode", &[]))
}

fn letter_id(n: u8) -> LetterId {
    LetterId(id::derived("letter", &[&[n]]))
}

impl Life {
    fn found(on: Date) -> Self {
        let mut life = Self {
            person: Person::new(PersonId(id::derived("person", &[]))),
            facts: Vec::new(),
        };
        life.record(Fact::Sighted {
            episode: episode_id(),
            sighting: Box::new(sighting(on)),
            corrects: None,
        });
        life
    }

    fn accepted() -> Self {
        let mut life = Self::found(BROKEN);
        life.record(Fact::Accepted {
            episode: episode_id(),
        });
        life
    }

    fn record(&mut self, fact: Fact) {
        let seq = self.person.version + 1;
        let recorded = Recorded {
            seq,
            at: Timestamp::from_second(1_767_700_000 + i64::from(seq) * 3600).unwrap(),
            by: Actor::Staff {
                user: UserId(id::derived("user", &[])),
                name: "Nora Nurse".to_owned(),
            },
            source: Source::Staff,
            fact,
        };
        self.person.apply(&recorded).unwrap();
        self.facts.push(recorded);
    }

    fn episode(&self) -> &pathway::Episode {
        self.person.episode(episode_id()).unwrap()
    }

    /// `false`: it may not be done now.
    fn done(&mut self, done: Done) -> bool {
        match self.episode().care_fact(done) {
            Ok(fact) => {
                self.record(fact);
                true
            }
            Err(_) => false,
        }
    }

    fn assessed(mut self) -> Self {
        assert!(self.done(Done::AssessmentCompleted {
            on: BROKEN + 20.days()
        }));
        self
    }

    fn decided(mut self, therapy: Recommended, follow_up: bool) -> Self {
        assert!(self.done(Done::Decided(plan(therapy, follow_up))));
        self
    }

    fn written(mut self, kind: LetterKind, n: u8) -> Self {
        let letter = letter_id(n);
        assert!(self.done(drafted(letter, kind)));
        assert!(self.done(Done::LetterApproved {
            letter,
            digest: "d".to_owned()
        }));
        assert!(self.done(Done::LetterSent {
            letter,
            on: BROKEN + 21.days(),
            how: SentHow::Post
        }));
        self
    }

    fn next(&self) -> Next {
        next_action(&self.person, self.episode())
    }

    fn task(&self) -> Option<Task> {
        match self.next() {
            Next::Do(todo) => Some(todo.task),
            Next::Closed { .. } => None,
        }
    }

    fn due(&self, task: Task) -> Option<Date> {
        todos(&self.person, self.episode())
            .into_iter()
            .find(|todo| todo.task == task)
            .map(|todo| todo.due)
    }
}

fn plan(therapy: Recommended, follow_up: bool) -> Plan {
    Plan {
        on: BROKEN + 20.days(),
        therapy,
        calcium_vitamin_d: Answer::Yes,
        taught: Default::default(),
        follow_up,
        because: None,
        note: None,
        advised: None,
    }
}

fn drafted(letter: LetterId, kind: LetterKind) -> Done {
    Done::LetterDrafted {
        letter,
        kind,
        note_to_gp: None,
        note_to_patient: None,
        large_print: false,
    }
}

fn reviewed(review: Review, on: Date) -> Done {
    Done::Reviewed(Reviewed {
        review,
        on,
        therapy: TherapyAtReview::Alendronate,
        answers: Default::default(),
        concerns: vec![],
        dose: None,
    })
}

#[test]
fn the_straight_way_from_accepted_to_closed() {
    let mut life = Life::accepted();
    assert_eq!(life.task(), Some(Task::Assess));
    life = life.assessed();
    assert_eq!(life.task(), Some(Task::Decide));
    life = life.decided(Recommended::Alendronate, true);
    assert_eq!(life.task(), Some(Task::WriteLetter));
    life = life.written(LetterKind::Treatment, 1);
    assert_eq!(life.task(), Some(Task::Review16));
    assert!(life.done(reviewed(Review::Weeks16, BROKEN + 100.days())));
    assert_eq!(life.task(), Some(Task::Review52));
    assert!(life.done(reviewed(Review::Weeks52, BROKEN + 360.days())));
    assert_eq!(life.task(), Some(Task::WriteLetter));
    life = life.written(LetterKind::Handover, 2);
    assert_eq!(life.task(), Some(Task::Close));
    let close = Decision::Close {
        reason: CloseReason::Completed,
        note: None,
    };
    let fact = life.episode().decide(close, BROKEN + 365.days()).unwrap();
    life.record(fact);
    assert_eq!(life.task(), None);
    let line = steps(&life.person, life.episode());
    assert!(
        line.iter()
            .all(|step| matches!(step.state, pathway::StepState::Done(_)))
    );
    assert_eq!(
        Person::from_facts(life.person.id, &life.facts).unwrap(),
        life.person
    );
}

#[test]
fn whoever_declines_is_written_to_and_closed() {
    let life = Life::accepted()
        .assessed()
        .decided(Recommended::InformedDecline, false);
    assert_eq!(life.task(), Some(Task::WriteLetter));
    assert_eq!(
        plan(Recommended::InformedDecline, false).letter(),
        LetterKind::Declined
    );
    let life = life.written(LetterKind::Declined, 1);
    assert_eq!(life.task(), Some(Task::Close));
    assert_eq!(life.due(Task::Review16), None);
}

#[test]
fn a_death_stops_everything_and_a_mistaken_one_starts_it_again() {
    let mut life = Life::accepted()
        .assessed()
        .decided(Recommended::Denosumab, true);
    life.done(drafted(letter_id(1), LetterKind::Treatment));
    let death = |death| Fact::Details {
        details: Details {
            death: Some(death),
            ..Details::default()
        },
    };
    life.record(death(Death::Died(Some(BROKEN + 30.days()))));
    assert!(todos(&life.person, life.episode()).is_empty());
    assert!(matches!(life.next(), Next::Closed { .. }));
    for channel in Channel::ALL {
        assert_eq!(
            may_contact(&life.person, life.episode(), *channel),
            Err(Stop::Died)
        );
    }
    life.record(death(Death::Alive));
    assert_eq!(life.task(), Some(Task::FinishLetter));
}

#[test]
fn a_way_that_was_forbidden_is_not_used() {
    let mut life = Life::accepted();
    life.record(Fact::NeedsRecorded {
        needs: Needs {
            never: [Channel::Phone].into(),
            formats: [Format::LargePrint].into(),
            ..Needs::default()
        },
    });
    assert_eq!(
        may_contact(&life.person, life.episode(), Channel::Phone),
        Err(Stop::Channel("Phone"))
    );
    assert_eq!(
        may_contact(&life.person, life.episode(), Channel::Letter),
        Ok(())
    );
    assert_eq!(life.person.needs.words(), ["Do not ring", "Large print"]);
}

#[test]
fn nobody_is_contacted_before_the_fracture_is_confirmed() {
    let mut life = Life::found(BROKEN);
    for channel in Channel::ALL {
        assert_eq!(
            may_contact(&life.person, life.episode(), *channel),
            Err(Stop::NotInCare)
        );
    }
    life.record(Fact::Rejected {
        episode: episode_id(),
        reason: pathway::RejectReason::HighEnergy,
        note: None,
    });
    assert_eq!(
        may_contact(&life.person, life.episode(), Channel::Phone),
        Err(Stop::NotInCare)
    );
}

#[test]
fn a_try_that_failed_comes_back_on_its_day() {
    let mut life = Life::accepted();
    let again = date(2026, 2, 20);
    life.done(Done::Contacted(Contact {
        purpose: ContactPurpose::Assess,
        channel: Channel::Phone,
        on: BROKEN + 10.days(),
        outcome: ContactOutcome::NoAnswer,
        again_on: Some(again),
        time: None,
        note: None,
    }));
    let todo = todos(&life.person, life.episode()).remove(0);
    assert_eq!((todo.task, todo.opens), (Task::Assess, again));
    assert!(
        todo.why.contains("No answer on 15 January 2026"),
        "{}",
        todo.why
    );
    assert_eq!(life.episode().care.failed_tries(ContactPurpose::Assess), 1);
}

fn result(kind: TestKind, taken: Date) -> Fact {
    Fact::ResultArrived {
        result: Box::new(TestResult {
            key: "lab:1".to_owned(),
            kind,
            name: "Bone profile".to_owned(),
            taken_on: Some(taken),
            hospital: None,
            preliminary: false,
            measures: vec![Measure {
                name: "Creatinine".to_owned(),
                value: "82".to_owned(),
                unit: "umol/L".to_owned(),
                range: None,
                flag: None,
                answers: None,
            }],
            text: None,
        }),
        corrects: None,
    }
}

/// All bloods are told with the day of the newest.
#[test]
fn old_bloods_are_not_proposed_with_the_day_of_new_ones() {
    let of = |key: &str, question: &str, taken: Date| {
        let Fact::ResultArrived { mut result, .. } = result(TestKind::Blood, taken) else {
            unreachable!()
        };
        result.key = key.to_owned();
        result.measures[0].answers = Some(question.to_owned());
        Fact::ResultArrived {
            result,
            corrects: None,
        }
    };
    let proposed = |weeks: i64| {
        let mut life = Life::accepted();
        life.record(of("lab:old", "blood.vitamin_d", BROKEN - weeks.weeks()));
        life.record(of("lab:new", "blood.creatinine", BROKEN));
        proposals(&life.person, life.episode())
    };
    for (weeks, together) in [(13, true), (14, false)] {
        let proposed = proposed(weeks);
        assert_eq!(
            proposed.contains_key("blood.vitamin_d"),
            together,
            "{weeks}"
        );
        assert!(proposed.contains_key("blood.creatinine"));
        let day = &proposed["blood.taken_on"].value;
        assert_eq!(*day, Value::one(BROKEN.to_string()));
    }
}

#[test]
fn a_result_waits_for_eyes_even_when_the_episode_is_closed() {
    let mut life = Life::accepted();
    let close = Decision::Close {
        reason: CloseReason::Moved,
        note: None,
    };
    let fact = life.episode().decide(close, BROKEN + 30.days()).unwrap();
    life.record(fact);
    assert_eq!(life.task(), None);
    life.record(result(TestKind::Blood, BROKEN + 40.days()));
    assert_eq!(life.task(), Some(Task::SeeResult));
    let of = life.person.results[0].seq;
    life.record(Fact::ResultSeen {
        of,
        action: ResultAction::GpTold,
        note: None,
    });
    assert_eq!(life.task(), None);
}

#[test]
fn a_corrected_result_waits_again() {
    let mut life = Life::accepted();
    life.record(result(TestKind::Blood, BROKEN));
    let of = life.person.results[0].seq;
    life.record(Fact::ResultSeen {
        of,
        action: ResultAction::NothingNeeded,
        note: None,
    });
    assert_eq!(life.task(), Some(Task::Assess));
    let Fact::ResultArrived { result, .. } = result(TestKind::Blood, BROKEN) else {
        unreachable!()
    };
    life.record(Fact::ResultArrived {
        result,
        corrects: Some(of),
    });
    assert_eq!(life.task(), Some(Task::SeeResult));
    assert_eq!(life.person.results.len(), 1);
}

#[test]
fn a_scan_answers_the_referral_for_it() {
    let mut life = Life::accepted().assessed();
    life.done(Done::Referred(Referral {
        kind: ReferralKind::Dxa,
        on: BROKEN + 20.days(),
        reply_by: BROKEN + 62.days(),
        note: None,
        answer: None,
    }));
    assert_eq!(life.due(Task::Decide), Some(BROKEN + 62.days()));
    assert!(life.due(Task::ChaseReferral).is_some());
    life.record(result(TestKind::Dxa, BROKEN + 40.days()));
    assert_eq!(life.due(Task::ChaseReferral), None);
    assert_eq!(life.due(Task::Decide), Some(BROKEN + 34.days()));
}

#[test]
fn a_dose_is_announced_four_weeks_ahead_and_never_after_its_day() {
    let mut life = Life::accepted()
        .assessed()
        .decided(Recommended::Denosumab, true);
    let given = date(2026, 8, 31);
    life.done(Done::DoseGiven(Dose {
        medicine: Medicine::Denosumab,
        on: given,
        last: false,
    }));
    let todo = todos(&life.person, life.episode())
        .into_iter()
        .find(|todo| todo.task == Task::GiveDose)
        .unwrap();
    // 31 August and six months is 28 February, a Sunday in 2027: the Friday before.
    assert_eq!(todo.due, date(2027, 2, 26));
    assert_eq!(todo.opens, date(2027, 1, 31));
    life.done(Done::DoseGiven(Dose {
        medicine: Medicine::Denosumab,
        on: date(2027, 2, 26),
        last: true,
    }));
    assert_eq!(life.due(Task::GiveDose), None);
}

#[test]
fn an_entry_struck_out_counts_for_nothing() {
    let mut life = Life::accepted()
        .assessed()
        .decided(Recommended::Alendronate, true)
        .written(LetterKind::Treatment, 1);
    life.done(Done::Reviewed(Reviewed {
        review: Review::Weeks16,
        on: BROKEN + 100.days(),
        therapy: TherapyAtReview::NotStarted,
        answers: Default::default(),
        concerns: vec!["Thigh or groin pain".to_owned()],
        dose: None,
    }));
    assert_eq!(life.task(), Some(Task::AnswerConcern));
    let of = life.episode().care.reviews[0].seq;
    assert!(life.done(Done::StruckOut {
        of,
        because: "wrong person".to_owned()
    }));
    assert_eq!(life.task(), Some(Task::Review16));
    assert!(!life.done(Done::StruckOut {
        of,
        because: "twice".to_owned()
    }));
}

#[test]
fn weeks_are_weeks_over_both_clock_changes_leap_days_and_holidays() {
    for (diagnosed, week_16, week_52) in [
        // Over the change to summer time; week 16 is a Saturday, week 52 too.
        (date(2026, 2, 14), date(2026, 6, 5), date(2027, 2, 12)),
        // Over the change to winter time.
        (date(2026, 7, 15), date(2026, 11, 4), date(2027, 7, 14)),
        // Week 16 would be Good Friday 2026, so the Thursday before.
        (date(2025, 12, 12), date(2026, 4, 2), date(2026, 12, 11)),
        // Week 52 would be Christmas Day 2026.
        (date(2025, 12, 26), date(2026, 4, 17), date(2026, 12, 24)),
        // From a leap day.
        (date(2028, 2, 29), date(2028, 6, 20), date(2029, 2, 27)),
    ] {
        let mut life = Life::found(diagnosed);
        life.record(Fact::Accepted {
            episode: episode_id(),
        });
        let life = life.assessed().decided(Recommended::Alendronate, true);
        assert_eq!(life.due(Task::Review16), Some(week_16), "{diagnosed}");
        assert_eq!(life.due(Task::Review52), Some(week_52), "{diagnosed}");
    }
}

#[derive(Debug, Clone)]
enum Step {
    Do(Done),
    Close(CloseReason),
    Reopen,
    Result(TestKind, i32),
    Seen,
    Died,
    Needs(Channel),
}

fn day() -> impl Strategy<Value = Date> {
    (0..500_i64).prop_map(|days| BROKEN + days.days())
}

fn done() -> impl Strategy<Value = Done> {
    let contact = (
        select(ContactPurpose::ALL),
        select(Channel::ALL),
        day(),
        select(ContactOutcome::ALL),
        proptest::option::of(day()),
    )
        .prop_map(|(purpose, channel, on, outcome, again_on)| {
            Done::Contacted(Contact {
                purpose,
                channel,
                on,
                outcome,
                again_on,
                time: None,
                note: None,
            })
        });
    let decided = (select(Recommended::ALL), any::<bool>())
        .prop_map(|(therapy, follow_up)| Done::Decided(plan(therapy, follow_up)));
    let referred = (select(ReferralKind::ALL), day(), 0..90_i64).prop_map(|(kind, on, days)| {
        Done::Referred(Referral {
            kind,
            on,
            reply_by: on + days.days(),
            note: None,
            answer: None,
        })
    });
    let dose = (select(Medicine::ALL), day(), any::<bool>())
        .prop_map(|(medicine, on, last)| Done::DoseGiven(Dose { medicine, on, last }));
    let letter = (0..4_u8, select(LetterKind::ALL), 0..4_u8).prop_map(|(n, kind, what)| {
        let letter = letter_id(n);
        match what {
            0 => drafted(letter, kind),
            1 => Done::LetterApproved {
                letter,
                digest: "d".to_owned(),
            },
            2 => Done::LetterSent {
                letter,
                on: BROKEN,
                how: SentHow::Post,
            },
            _ => Done::LetterCancelled {
                letter,
                because: "mistake".to_owned(),
            },
        }
    });
    let review = (select(Review::ALL), day(), any::<bool>()).prop_map(|(review, on, worried)| {
        let mut done = reviewed(review, on);
        if let (Done::Reviewed(reviewed), true) = (&mut done, worried) {
            reviewed.concerns.push("Jaw pain".to_owned());
        }
        done
    });
    let by_seq = (0..40_u32, 0..3_u8).prop_map(|(of, what)| match what {
        0 => Done::ConcernAnswered {
            of,
            action: "rang the GP".to_owned(),
        },
        1 => Done::ReferralAnswered {
            of,
            outcome: ReferralOutcome::Seen,
            on: BROKEN,
            note: None,
        },
        _ => Done::StruckOut {
            of,
            because: "mistake".to_owned(),
        },
    });
    prop_oneof![
        2 => contact,
        3 => day().prop_map(|on| Done::AssessmentCompleted { on }),
        3 => decided,
        2 => referred,
        2 => dose,
        6 => letter,
        3 => review,
        3 => by_seq,
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        12 => done().prop_map(Step::Do),
        1 => select(CloseReason::ALL).prop_map(Step::Close),
        1 => Just(Step::Reopen),
        1 => (select(TestKind::ALL), 0..300_i32).prop_map(|(kind, day)| Step::Result(kind, day)),
        1 => Just(Step::Seen),
        1 => Just(Step::Died),
        1 => select(Channel::ALL).prop_map(Step::Needs),
    ]
}

impl Life {
    fn take(&mut self, step: &Step) {
        match step {
            Step::Do(done) => {
                self.done(done.clone());
            }
            Step::Close(reason) => {
                let close = Decision::Close {
                    reason: *reason,
                    note: None,
                };
                if let Ok(fact) = self.episode().decide(close, BROKEN) {
                    self.record(fact);
                }
            }
            Step::Reopen => {
                if let (State::Closed { .. }, Some(last)) =
                    (self.episode().state(), self.episode().decisions.last())
                {
                    let fact = self.episode().undo(last.seq).unwrap();
                    self.record(fact);
                }
            }
            Step::Result(kind, day) => {
                self.record(result(*kind, BROKEN + i64::from(*day).days()));
            }
            Step::Seen => {
                let of = self.person.unseen_results().next().map(|held| held.seq);
                if let Some(of) = of {
                    self.record(Fact::ResultSeen {
                        of,
                        action: ResultAction::NothingNeeded,
                        note: None,
                    });
                }
            }
            Step::Died => self.record(Fact::Details {
                details: Details {
                    death: Some(Death::Died(None)),
                    ..Details::default()
                },
            }),
            Step::Needs(channel) => self.record(Fact::NeedsRecorded {
                needs: Needs {
                    never: [*channel].into(),
                    ..Needs::default()
                },
            }),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 800, ..ProptestConfig::default() })]

    #[test]
    fn nobody_in_care_is_lost(steps_taken in vec(step(), 0..40)) {
        let mut life = Life::accepted();
        for step in &steps_taken {
            life.take(step);
            let episode = life.episode();
            let waiting = todos(&life.person, episode);
            let alive = !life.person.details.died();
            let open = episode.state() == State::Accepted;

            // Always something to do, with a date and an owner, or a reason why not.
            match life.next() {
                Next::Do(todo) => {
                    prop_assert!(waiting.contains(&todo));
                    prop_assert!(todo.owner.is_some() && todo.by.is_some());
                    prop_assert!(!todo.why.is_empty());
                }
                Next::Closed { because } => {
                    prop_assert!(!(alive && open), "in care and nothing to do: {because}");
                    prop_assert!(!because.is_empty());
                }
            }
            // Nothing is asked for on behalf of the dead; for the closed only what has come in since.
            if !alive {
                prop_assert!(waiting.is_empty());
            } else if !open {
                prop_assert!(waiting.iter().all(|todo| todo.task == Task::SeeResult));
            }
            // Unseen results and open concerns wait.
            if alive && life.person.unseen_results().next().is_some() {
                prop_assert!(waiting.iter().any(|todo| todo.task == Task::SeeResult));
            }
            if alive && open {
                let open_concern = episode.care.concerns.iter().any(|c| c.action.is_none());
                let waits = waiting.iter().any(|todo| todo.task == Task::AnswerConcern);
                prop_assert_eq!(open_concern, waits);
                let unsent = episode
                    .care
                    .letters
                    .iter()
                    .any(|l| matches!(l.state(), LetterState::Draft | LetterState::Approved));
                let waits = waiting.iter().any(|todo| todo.task == Task::FinishLetter);
                prop_assert_eq!(unsent, waits);
            }
            for todo in &waiting {
                prop_assert!(waiting.iter().filter(|other| other.task == todo.task).count() == 1);
                prop_assert!(!matches!(todo.task.list(), List::New | List::SetAside));
                // No follow-up before its window, none after its day, all on working days.
                let zero = episode.diagnosed().on;
                if todo.task == Task::Review16 {
                    prop_assert!(todo.opens >= zero + 84.days());
                    prop_assert!(todo.due <= zero + 112.days() && todo.due > zero + 100.days());
                    prop_assert!(is_working_day(todo.due));
                }
                if todo.task == Task::Review52 {
                    prop_assert!(todo.opens >= zero + 336.days());
                    prop_assert!(todo.due <= zero + 364.days() && todo.due > zero + 350.days());
                    prop_assert!(is_working_day(todo.due));
                }
            }
            // Whoever died, whose episode is closed, or who forbade a way is not reached by it.
            for channel in Channel::ALL {
                let allowed = may_contact(&life.person, episode, *channel).is_ok();
                let forbidden = !alive || !open || life.person.needs.never.contains(channel);
                prop_assert_eq!(allowed, !forbidden);
            }
            prop_assert_eq!(steps(&life.person, episode).len(), 9);
        }
        let again = Person::from_facts(life.person.id, &life.facts).unwrap();
        prop_assert_eq!(again, life.person);
    }

    #[test]
    fn what_was_sent_stays_sent(steps_taken in vec(step(), 0..60)) {
        let mut life = Life::accepted();
        let mut sent: Vec<LetterId> = Vec::new();
        for step in &steps_taken {
            life.take(step);
            for letter in &life.episode().care.letters {
                if letter.state() == LetterState::Sent && !sent.contains(&letter.id) {
                    prop_assert!(letter.approved.is_some(), "sent without approval");
                    sent.push(letter.id);
                }
            }
            for id in &sent {
                prop_assert_eq!(life.episode().care.letter(*id).unwrap().state(), LetterState::Sent);
            }
        }
    }

    #[test]
    fn a_working_day_is_never_later_and_at_most_five_days_before(days in 0..20_000_i64) {
        let day = date(2000, 1, 1) + days.days();
        let worked = working_day_on_or_before(day);
        prop_assert!(worked <= day && (day - worked).get_days() <= 5);
        prop_assert!(is_working_day(worked));
    }
}
