//! Records made from timelines: whole ways through the service worked by hand, and any way whatever.

use jiff::{
    Timestamp, ToSpan,
    civil::{Date, date},
};
use measures::fls_db::{
    Dxa, DxaNotBecause, Falls, Record, Risk, SiteGroup, Tenths, Week16, Week52,
};
use pathway::{
    Actor, Channel, CloseReason, Death, Decision, Details, EpisodeId, Fact, Measure, Person,
    PersonId, Recorded, RejectReason, Sighting, SightingKind, Source, State, TestKind, TestResult,
    UserId,
    care::{
        Contact, ContactOutcome, ContactPurpose, Done, Plan, Referral, ReferralKind,
        ReferralOutcome, Review, Reviewed,
    },
    form::{Answers, Form, FormKind, NOT_KNOWN, Value, yes_no},
};
use proptest::{collection::vec, prelude::*, sample::select};
use terms::{Answer, Listing, Medicine, Recommended, Sex, Side, Site, Status, TherapyAtReview, id};

const SEEN: Date = date(2026, 1, 5);

fn finding(site: Site) -> finder::Finding {
    finder::Finding {
        site,
        level: vec![],
        side: Some(Side::Left),
        status: Status::Present,
        evidence: finder::Evidence::Span {
            start: 0,
            end: 0,
            text: String::new(),
        },
        rule: "test".to_owned(),
    }
}

fn sighting(hospital: Option<&str>, sites: &[Site]) -> Sighting {
    Sighting {
        key: "report:1".to_owned(),
        kind: SightingKind::Report,
        seen_on: Some(SEEN),
        injured_on: None,
        hospital: hospital.map(|code| code.parse().unwrap()),
        exam: None,
        text: None,
        indication: None,
        reading: finder::Reading {
            list: Listing::Yes,
            reason: "present".to_owned(),
            why: finder::Why::Present,
            findings: sites.iter().copied().map(finding).collect(),
            mechanism: None,
        },
    }
}

fn episode_id() -> EpisodeId {
    EpisodeId(id::derived("episode", &[]))
}

/// Somebody with one fracture, listed on 6 January 2026, and a clock that runs an hour at each fact.
struct Life(Person);

impl Life {
    fn seen(sighting: Sighting) -> Self {
        let mut life = Self(Person::new(PersonId(id::derived("person", &[]))));
        life.record(Fact::Sighted {
            episode: episode_id(),
            sighting: Box::new(sighting),
            corrects: None,
        });
        life
    }

    fn found() -> Self {
        Self::seen(sighting(Some("RAJ01"), &[Site::Wrist]))
    }

    fn accepted() -> Self {
        Self::found().accept()
    }

    fn accept(mut self) -> Self {
        self.record(Fact::Accepted {
            episode: episode_id(),
        });
        self
    }

    fn record(&mut self, fact: Fact) {
        let seq = self.0.version + 1;
        let at = Timestamp::from_second(1_767_700_000 + i64::from(seq) * 3600).unwrap();
        let by = Actor::Staff {
            user: UserId(id::derived("user", &[])),
            name: "Nora Nurse".to_owned(),
        };
        self.0
            .apply(&Recorded {
                seq,
                at,
                by,
                source: Source::Staff,
                fact,
            })
            .unwrap();
    }

    fn episode(&self) -> &pathway::Episode {
        self.0.episode(episode_id()).unwrap()
    }

    fn may_do(&mut self, done: Done) {
        if let Ok(fact) = self.episode().care_fact(done) {
            self.record(fact);
        }
    }

    fn done(mut self, done: Done) -> Self {
        let fact = self.episode().care_fact(done).unwrap();
        self.record(fact);
        self
    }

    fn answers(self, given: &[(&str, &str)]) -> Self {
        self.done(Done::AssessmentSaved {
            answers: answers(given),
            cleared: vec![],
        })
    }

    fn assessed(self, on: Date) -> Self {
        self.done(Done::AssessmentCompleted { on })
    }

    fn details(mut self, details: Details) -> Self {
        self.record(Fact::Details { details });
        self
    }

    fn closed(mut self, reason: CloseReason) -> Self {
        let close = Decision::Close { reason, note: None };
        let fact = self.episode().decide(close, SEEN).unwrap();
        self.record(fact);
        self
    }

    fn made(&self) -> Option<Record> {
        Record::of(&self.0, self.episode())
    }
}

fn answers(given: &[(&str, &str)]) -> Answers {
    let answer = |&(id, value): &(&str, &str)| (id.to_owned(), Value::one(value));
    given.iter().map(answer).collect()
}

fn plan(therapy: Recommended) -> Done {
    Done::Decided(Plan {
        on: SEEN + 30.days(),
        therapy,
        calcium_vitamin_d: Answer::Yes,
        taught: Default::default(),
        follow_up: true,
        because: None,
        note: None,
        advised: None,
    })
}

fn referral(kind: ReferralKind) -> Done {
    Done::Referred(Referral {
        kind,
        on: SEEN + 30.days(),
        reply_by: SEEN + 60.days(),
        note: None,
        answer: None,
    })
}

fn review(review: Review, on: Date, therapy: TherapyAtReview, given: &[(&str, &str)]) -> Done {
    Done::Reviewed(Reviewed {
        review,
        on,
        therapy,
        answers: answers(given),
        concerns: vec![],
        dose: None,
    })
}

fn contact(on: Date, outcome: ContactOutcome) -> Done {
    Done::Contacted(Contact {
        purpose: ContactPurpose::Assess,
        channel: Channel::Phone,
        on,
        outcome,
        again_on: None,
        time: None,
        note: None,
    })
}

fn scan(on: Option<Date>, preliminary: bool, scores: &[(&str, &str)]) -> Fact {
    let measure = |&(question, value): &(&str, &str)| Measure {
        name: question.to_owned(),
        value: value.to_owned(),
        unit: String::new(),
        range: None,
        flag: None,
        answers: Some(question.to_owned()),
    };
    Fact::ResultArrived {
        result: Box::new(TestResult {
            key: "dxa:1".to_owned(),
            kind: TestKind::Dxa,
            name: "DXA lumbar spine and hip".to_owned(),
            taken_on: on,
            hospital: None,
            preliminary,
            measures: scores.iter().map(measure).collect(),
            text: None,
        }),
        corrects: None,
    }
}

fn born_and_sex() -> Details {
    Details {
        born: Some(date(1950, 1, 6)),
        sex: Some(Sex::Female),
        ..Details::default()
    }
}

#[test]
fn the_whole_way_fills_every_field() {
    let life = Life::accepted()
        .details(born_and_sex())
        .answers(&[
            ("fracture.diagnosed_on", "2026-01-04"),
            ("fracture.contacted_on", "2026-01-12"),
            ("fracture.site_1", "vertebra"),
            ("fracture.site_2", "ankle"),
            ("fracture.admitted", "yes"),
            ("person.care_home", "no"),
            ("risk.height", "158.5"),
            ("risk.weight", "61.2"),
            ("risk.previous_fracture", "yes"),
            ("risk.parental_hip", "not_known"),
            ("risk.smoker", "no"),
            ("medicines.bone_at_fracture", "risedronate"),
            ("medicines.fall_risk", "yes"),
            ("dxa.status", "done"),
            ("dxa.scanned_on", "2026-02-10"),
            ("dxa.t_lumbar_spine", "-1.9"),
            ("dxa.t_total_hip", "-2.6"),
            ("dxa.t_femoral_neck", "-2.4"),
            ("dxa.t_forearm", "-3.9"),
            ("frax.mof", "not_known"),
            ("falls.assessed", "yes"),
            ("falls.twice", "no"),
            ("falls.fear", "yes"),
            ("falls.mobility", "one_aid"),
            ("falls.vision", "no"),
            ("falls.toileting", "not_known"),
            ("falls.cardiovascular", "no"),
            ("falls.cognition", "no"),
        ])
        .assessed(date(2026, 2, 12))
        .done(plan(Recommended::ReferredForOpinion))
        .done(plan(Recommended::Zoledronate))
        .done(referral(ReferralKind::Falls))
        .done(review(
            Review::Weeks16,
            date(2026, 4, 20),
            TherapyAtReview::Zoledronate,
            &[
                ("review.by_fls", "yes"),
                ("review.calcium_vitamin_d", "yes"),
                ("review.exercise", "yes"),
                ("review.exercise_on", "2026-03-20"),
            ],
        ))
        .done(review(
            Review::Weeks52,
            date(2026, 12, 28),
            TherapyAtReview::Zoledronate,
            &[
                ("review.by_fls", "no"),
                ("review.adherent", "yes"),
                ("review.refractures", "2"),
            ],
        ));
    let (yes, no, unknown) = (Some(Answer::Yes), Some(Answer::No), Some(Answer::NotKnown));
    let expected = Record {
        // The birthday is the day after tomorrow.
        age_at_fracture: Some(75),
        sex: Some(Sex::Female),
        care_home: no,
        contacted_on: Some(date(2026, 1, 12)),
        assessed_on: Some(date(2026, 2, 12)),
        admitted: yes,
        sites: vec![SiteGroup::Spine, SiteGroup::Other],
        height_cm: Some(Tenths(1585)),
        weight_kg: Some(Tenths(612)),
        previous_fracture: yes,
        parental_hip_fracture: unknown,
        smoker: no,
        bone_therapy_at_fracture: yes,
        medicines_at_fracture: vec![Medicine::Risedronate],
        dxa: Some(Dxa::Done),
        dxa_on: Some(date(2026, 2, 10)),
        t_score: Some(Tenths(-26)),
        risk: Some(Risk::NotKnown),
        therapy: vec![Recommended::Zoledronate],
        calcium_vitamin_d: yes,
        falls: Falls {
            assessed: yes,
            two_falls: no,
            fear_of_falling: yes,
            medicines_raise_risk: yes,
            mobility_impaired: yes,
            vision_impaired: no,
            toileting_problem: unknown,
            cardiovascular_abnormal: no,
            cognitive_impairment: no,
            referred: yes,
        },
        week_16: Week16 {
            done_on: Some(date(2026, 4, 20)),
            by_fls: yes,
            calcium_vitamin_d_started: yes,
            therapy: Some(TherapyAtReview::Zoledronate),
            strength_balance: yes,
            strength_balance_on: Some(date(2026, 3, 20)),
        },
        week_52: Week52 {
            done_on: Some(date(2026, 12, 28)),
            by_fls: no,
            adherent: yes,
            therapy: Some(TherapyAtReview::Zoledronate),
            refractures: Some(2),
        },
        ..Record::new("RAJ01".parse::<terms::OdsCode>().unwrap(), date(2026, 1, 4))
    };
    assert_eq!(life.made(), Some(expected));
}

#[test]
fn only_the_accepted_have_a_record_and_closing_keeps_it() {
    assert_eq!(Life::found().made(), None);
    let mut rejected = Life::found();
    rejected.record(Fact::Rejected {
        episode: episode_id(),
        reason: RejectReason::HighEnergy,
        note: None,
    });
    assert_eq!(rejected.made(), None);
    let open = Life::accepted().made();
    for &reason in CloseReason::ALL {
        let made = Life::accepted().closed(reason).made();
        match reason {
            CloseReason::NotFragility => assert_eq!(made, None),
            CloseReason::Died => {
                let made = made.unwrap();
                assert_eq!((made.died, made.died_on), (true, None));
            }
            _ => assert_eq!(made, open, "{reason}"),
        }
    }
}

#[test]
fn just_accepted_means_blank_but_for_what_the_feeds_are_sure_of() {
    let made = Life::accepted().made().unwrap();
    let expected = Record {
        contacted_on: Some(date(2026, 1, 6)),
        sites: vec![SiteGroup::Wrist],
        ..Record::new("RAJ01".parse::<terms::OdsCode>().unwrap(), SEEN)
    };
    assert_eq!(made, expected);
    let nowhere = Life::seen(sighting(None, &[Site::Unspecified]))
        .accept()
        .made()
        .unwrap();
    assert_eq!(
        (nowhere.hospital.clone(), nowhere.index_site()),
        (None, None)
    );
    assert_eq!(Record::from_bytes(&nowhere.to_bytes()), Ok(nowhere));
}

#[test]
fn contact_is_the_first_that_reached_somebody_before_the_day_of_listing() {
    use ContactOutcome::*;
    for (contacts, expected) in [
        (vec![(date(2026, 1, 9), NoAnswer)], date(2026, 1, 6)),
        (
            vec![
                (date(2026, 1, 9), NoAnswer),
                (date(2026, 1, 20), Reached),
                (date(2026, 1, 14), Written),
            ],
            date(2026, 1, 14),
        ),
        (vec![(date(2026, 1, 9), Booked)], date(2026, 1, 9)),
    ] {
        let life = contacts
            .into_iter()
            .fold(Life::accepted(), |life, (on, outcome)| {
                life.done(contact(on, outcome))
            });
        assert_eq!(life.made().unwrap().contacted_on, Some(expected));
        let entered = life.answers(&[("fracture.contacted_on", "2026-01-02")]);
        assert_eq!(entered.made().unwrap().contacted_on, Some(date(2026, 1, 2)));
        // A month is no day.
        let about = entered.answers(&[("fracture.contacted_on", "2026-01")]);
        assert_eq!(about.made().unwrap().contacted_on, Some(expected));
    }
}

#[test]
fn an_index_site_that_is_not_known_is_not_replaced() {
    let life = || {
        Life::seen(sighting(
            None,
            &[Site::Hip, Site::Rib, Site::Toe, Site::Hand],
        ))
        .accept()
    };
    let sites = |given: &[(&str, &str)]| life().answers(given).made().unwrap().sites;
    use SiteGroup::*;
    assert_eq!(sites(&[]), [Hip, Other, Other]);
    assert_eq!(sites(&[("fracture.site_1", "pelvis")]), [Pelvis]);
    assert_eq!(
        sites(&[("fracture.site_1", "pelvis"), ("fracture.site_3", "hip")]),
        [Pelvis, Hip]
    );
    assert_eq!(
        sites(&[("fracture.site_1", NOT_KNOWN), ("fracture.site_2", "hip")]),
        []
    );
    assert_eq!(sites(&[("fracture.site_1", "unspecified")]), []);
}

#[test]
fn medicines_at_the_fracture_and_walking_tell_no_from_blank() {
    let made = |id, code| Life::accepted().answers(&[(id, code)]).made().unwrap();
    for (code, whether, which) in [
        ("none", Answer::No, None),
        (NOT_KNOWN, Answer::NotKnown, None),
        ("denosumab", Answer::Yes, Some(Medicine::Denosumab)),
    ] {
        let made = made("medicines.bone_at_fracture", code);
        assert_eq!(made.bone_therapy_at_fracture, Some(whether));
        assert_eq!(made.medicines_at_fracture, Vec::from_iter(which));
    }
    for (code, impaired) in [
        ("unaided", Answer::No),
        ("two_aids", Answer::Yes),
        (NOT_KNOWN, Answer::NotKnown),
    ] {
        assert_eq!(
            made("falls.mobility", code).falls.mobility_impaired,
            Some(impaired)
        );
    }
    // A percentage is not called low or high here.
    assert_eq!(made("frax.mof", "23").risk, None);
}

/// Answers left over from before another answer changed are no part of the record.
#[test]
fn a_scan_that_was_not_ordered_has_no_t_score() {
    let lowest = |status| {
        Life::accepted()
            .answers(&[("dxa.status", status), ("dxa.t_total_hip", "-2.7")])
            .made()
            .unwrap()
            .t_score
    };
    assert!(lowest("done").is_some());
    assert_eq!(lowest("not_ordered"), None);
}

/// Every option that the forms offer is one that the record understands.
#[test]
fn every_option_of_the_forms_arrives() {
    let form = Form::get(FormKind::Assessment);
    let options = |id| {
        form.question(id)
            .unwrap()
            .options()
            .into_iter()
            .map(|(code, _)| code)
    };
    let made = |id, code| Life::accepted().answers(&[(id, code)]).made().unwrap();
    for code in options("dxa.status").chain([NOT_KNOWN]) {
        assert_eq!(made("dxa.status", code).dxa, Dxa::from_code(code));
        assert!(Dxa::from_code(code).is_some());
    }
    let not_ordered = |code| {
        Life::accepted()
            .answers(&[("dxa.status", "not_ordered"), ("dxa.not_because", code)])
            .made()
            .unwrap()
    };
    for code in options("dxa.not_because").chain([NOT_KNOWN]) {
        assert!(not_ordered(code).dxa_not_because.is_some(), "{code}");
    }
    assert_eq!(
        not_ordered("frail").dxa_not_because,
        Some(DxaNotBecause::NotTolerated)
    );
    for code in options("falls.mobility") {
        assert!(
            made("falls.mobility", code)
                .falls
                .mobility_impaired
                .is_some(),
            "{code}"
        );
    }
    for code in options("medicines.bone_at_fracture") {
        assert!(
            made("medicines.bone_at_fracture", code)
                .bone_therapy_at_fracture
                .is_some(),
            "{code}"
        );
    }
    for code in options("fracture.site_1") {
        assert_eq!(
            made("fracture.site_1", code).sites.is_empty(),
            code == "unspecified",
            "{code}"
        );
    }
}

#[test]
fn a_scan_that_was_asked_for_is_done_when_it_comes_in() {
    let scores = [
        ("dxa.t_total_hip", "-2.1"),
        ("dxa.t_lumbar_spine", "-2.8"),
        ("dxa.t_forearm", "-4.0"),
    ];
    let on = date(2026, 2, 20);
    let asked = || Life::accepted().done(referral(ReferralKind::Dxa));
    assert_eq!(asked().made().unwrap().dxa, Some(Dxa::Ordered));
    let ordered = || Life::accepted().answers(&[("dxa.status", "ordered")]);
    for mut life in [asked(), ordered()] {
        // Before the fracture, without a day, not final: none of these answers.
        life.record(scan(Some(SEEN - 400.days()), false, &scores));
        life.record(scan(None, false, &scores));
        life.record(scan(Some(on), true, &scores));
        assert_eq!(life.made().unwrap().dxa, Some(Dxa::Ordered));
        life.record(scan(Some(on), false, &scores));
        let made = life.made().unwrap();
        assert_eq!(
            (made.dxa, made.dxa_on, made.t_score),
            (Some(Dxa::Done), Some(on), Some(Tenths(-28)))
        );
    }
    // What staff say goes before, and nobody asked for the other.
    let mut said = Life::accepted().answers(&[("dxa.status", "not_ordered")]);
    said.record(scan(Some(on), false, &scores));
    assert_eq!(said.made().unwrap().dxa, Some(Dxa::NotOrdered));
    let mut unasked = Life::accepted();
    unasked.record(scan(Some(on), false, &scores));
    assert_eq!(unasked.made().unwrap().dxa, None);
}

#[test]
fn the_last_word_counts_and_what_was_struck_out_does_not() {
    let mut life = Life::accepted()
        .assessed(SEEN + 20.days())
        .done(review(
            Review::Weeks16,
            SEEN + 60.days(),
            TherapyAtReview::NotStarted,
            &[],
        ))
        .done(review(
            Review::Weeks16,
            SEEN + 90.days(),
            TherapyAtReview::Alendronate,
            &[],
        ))
        .done(referral(ReferralKind::Falls));
    let made = life.made().unwrap();
    assert_eq!(made.week_16.done_on, Some(SEEN + 90.days()));
    assert_eq!(made.week_16.therapy, Some(TherapyAtReview::Alendronate));
    let care = &life.episode().care;
    let entries = [
        care.reviews[1].seq,
        care.reviews[0].seq,
        care.referrals[0].seq,
    ];
    for of in entries {
        let because = "wrong person".to_owned();
        life = life.done(Done::StruckOut { of, because });
    }
    let made = life.made().unwrap();
    assert_eq!(
        (made.week_16, made.falls.referred),
        (Week16::default(), None)
    );
}

#[test]
fn the_dead_are_known_with_their_day() {
    let died = |on| {
        let death = Some(Death::Died(on));
        let details = Details {
            death,
            ..born_and_sex()
        };
        Life::accepted().details(details).made().unwrap()
    };
    assert_eq!((died(None).died, died(None).died_on), (true, None));
    assert_eq!(died(Some(SEEN)).died_on, Some(SEEN));
    let nobody_knows = Details {
        sex: Some(Sex::NotKnown),
        ..Details::default()
    };
    assert_eq!(
        Life::accepted().details(nobody_knows).made().unwrap().sex,
        None
    );
}

/// Questions answered yes or no, and the field of the record.
type YesNo = (&'static str, fn(&Record) -> Option<Answer>);

const ASSESSMENT: [YesNo; 14] = [
    ("fracture.admitted", |r| r.admitted),
    ("person.care_home", |r| r.care_home),
    ("risk.previous_fracture", |r| r.previous_fracture),
    ("risk.parental_hip", |r| r.parental_hip_fracture),
    ("risk.smoker", |r| r.smoker),
    ("falls.assessed", |r| r.falls.assessed),
    ("falls.twice", |r| r.falls.two_falls),
    ("falls.fear", |r| r.falls.fear_of_falling),
    ("medicines.fall_risk", |r| r.falls.medicines_raise_risk),
    ("falls.vision", |r| r.falls.vision_impaired),
    ("falls.toileting", |r| r.falls.toileting_problem),
    ("falls.cardiovascular", |r| r.falls.cardiovascular_abnormal),
    ("falls.cognition", |r| r.falls.cognitive_impairment),
    ("medicines.bone_at_fracture", |r| r.bone_therapy_at_fracture),
];

#[derive(Debug, Clone)]
enum Step {
    Do(Done),
    Close(CloseReason),
    Reopen,
    Scan(Option<Date>, String),
    Died(Option<Date>),
}

fn day() -> impl Strategy<Value = Date> {
    (-50..900_i64).prop_map(|days| SEEN + days.days())
}

/// Answers to any questions of a form: one of its options, a number, a date in part or nonsense.
fn any_answers(kind: FormKind) -> impl Strategy<Value = Answers> {
    let questions: Vec<&str> = Form::get(kind).questions().map(|q| q.id.as_str()).collect();
    let answer = (
        select(questions),
        any::<prop::sample::Index>(),
        0..6_u8,
        day(),
        -9.0..300.0_f64,
    )
        .prop_map(move |(id, nth, what, on, number)| {
            let options = Form::get(kind).question(id).unwrap().options();
            let value = match what {
                0 => NOT_KNOWN.to_owned(),
                1 => on.to_string(),
                2 => format!("{number:.1}"),
                3 => on.strftime("%Y-%m").to_string(),
                _ if options.is_empty() => "¿".to_owned(),
                _ => nth.get(&options).0.to_owned(),
            };
            (id.to_owned(), Value::one(value))
        });
    vec(answer, 0..30).prop_map(Answers::from_iter)
}

fn done() -> impl Strategy<Value = Done> {
    let saved = any_answers(FormKind::Assessment).prop_map(|answers| Done::AssessmentSaved {
        answers,
        cleared: vec![],
    });
    let amended = any_answers(FormKind::Assessment).prop_map(|answers| Done::AssessmentAmended {
        answers,
        cleared: vec!["dxa.status".to_owned()],
        because: "mistake".to_owned(),
    });
    let review_16 = (
        any_answers(FormKind::Review16),
        day(),
        select(TherapyAtReview::ALL),
    );
    let review_52 = (
        any_answers(FormKind::Review52),
        day(),
        select(TherapyAtReview::ALL),
    );
    let reviewed = |review| {
        move |(answers, on, therapy)| {
            Done::Reviewed(Reviewed {
                review,
                on,
                therapy,
                answers,
                concerns: vec![],
                dose: None,
            })
        }
    };
    let by_seq = (0..40_u32, any::<bool>()).prop_map(|(of, strike)| match strike {
        true => Done::StruckOut {
            of,
            because: "mistake".to_owned(),
        },
        false => Done::ReferralAnswered {
            of,
            outcome: ReferralOutcome::Seen,
            on: SEEN,
            note: None,
        },
    });
    prop_oneof![
        4 => saved,
        1 => amended,
        2 => day().prop_map(|on| Done::AssessmentCompleted { on }),
        2 => (day(), select(ContactOutcome::ALL)).prop_map(|(on, outcome)| contact(on, outcome)),
        2 => select(Recommended::ALL).prop_map(plan),
        2 => select(ReferralKind::ALL).prop_map(referral),
        2 => review_16.prop_map(reviewed(Review::Weeks16)),
        1 => review_52.prop_map(reviewed(Review::Weeks52)),
        1 => by_seq,
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let scanned = (
        proptest::option::of(day()),
        select(vec!["-2.5", "<-3.1", "x", "1e9"]),
    );
    prop_oneof![
        14 => done().prop_map(Step::Do),
        1 => select(CloseReason::ALL).prop_map(Step::Close),
        1 => Just(Step::Reopen),
        1 => scanned.prop_map(|(on, value)| Step::Scan(on, value.to_owned())),
        1 => proptest::option::of(day()).prop_map(Step::Died),
    ]
}

impl Life {
    fn take(&mut self, step: Step) {
        let fact = match step {
            Step::Do(done) => return self.may_do(done),
            Step::Close(reason) => match self
                .episode()
                .decide(Decision::Close { reason, note: None }, SEEN)
            {
                Ok(fact) => fact,
                Err(_) => return,
            },
            Step::Reopen => match (self.episode().state(), self.episode().decisions.last()) {
                (State::Closed { .. }, Some(last)) => self.episode().undo(last.seq).unwrap(),
                _ => return,
            },
            Step::Scan(on, value) => scan(on, false, &[("dxa.t_total_hip", &value)]),
            Step::Died(on) => Fact::Details {
                details: Details {
                    death: Some(Death::Died(on)),
                    ..Details::default()
                },
            },
        };
        self.record(fact);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn any_life_makes_a_record_in_which_not_known_and_blank_stay_apart(steps in vec(step(), 0..25)) {
        let mut life = Life::accepted();
        for step in steps {
            life.take(step);
            let episode = life.episode();
            let Some(record) = life.made() else {
                let reason = State::Closed { reason: CloseReason::NotFragility };
                prop_assert_eq!(episode.state(), reason);
                continue;
            };
            prop_assert_eq!(record.diagnosed_on, episode.diagnosed().on);
            let care = &episode.care;
            let answers = care.assessment.values();
            for (id, field) in ASSESSMENT {
                match answers.get(id) {
                    None => prop_assert_eq!(field(&record), None, "{}", id),
                    Some(value) if value.is(NOT_KNOWN) => {
                        prop_assert_eq!(field(&record), Some(Answer::NotKnown), "{}", id);
                    }
                    Some(_) => {}
                }
            }
            let week_16 = care.reviewed(Review::Weeks16).map(|noted| &noted.what);
            prop_assert_eq!(record.week_16.done_on, week_16.map(|review| review.on));
            let exercise = week_16.and_then(|review| yes_no(&review.answers, "review.exercise"));
            prop_assert_eq!(record.week_16.strength_balance, exercise);
            let week_52 = care.reviewed(Review::Weeks52).map(|noted| &noted.what);
            let adherent = week_52.and_then(|review| yes_no(&review.answers, "review.adherent"));
            prop_assert_eq!(record.week_52.adherent, adherent);
            prop_assert_eq!(record.therapy.is_empty(), care.plans.is_empty());
            prop_assert_eq!(Record::from_bytes(&record.to_bytes()), Ok(record));
        }
    }
}
