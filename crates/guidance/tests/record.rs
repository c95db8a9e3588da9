//! From the record to the facts that rules ask about: what is answered arrives, what is not stays not known.

use std::collections::BTreeMap;

use guidance::{
    Library,
    record::{OnRecord, Service, on_record},
};
use jiff::{
    Timestamp,
    civil::{Date, date},
};
use pathway::{
    Actor, Channel, Details, EpisodeId, Fact, Person, PersonId, Recorded, Sighting, SightingKind,
    Source, UserId,
    care::{Contact, ContactOutcome, ContactPurpose, Done, Dose, Review, Reviewed},
    form::{Answers, Form, FormKind, Kind, NOT_KNOWN, Value},
};
use terms::{Listing, Medicine, Sex, Side, Site, Status, TherapyAtReview, id};

const BROKE: Date = date(2026, 10, 5);
const TODAY: Date = date(2026, 11, 23);

struct Life {
    person: Person,
    answers: Answers,
}

impl Life {
    /// A woman or man born on a day, with one fracture that a nurse has accepted.
    fn of(sex: Sex, born: Date, site: Site) -> Self {
        let mut life = Self {
            person: Person::new(PersonId(id::derived("person", &[]))),
            answers: Answers::new(),
        };
        life.record(Fact::Details {
            details: Details {
                born: Some(born),
                sex: Some(sex),
                ..Details::default()
            },
        });
        life.breaks("now", BROKE, site);
        life
    }

    fn breaks(&mut self, name: &str, on: Date, site: Site) {
        let episode = EpisodeId(id::derived(name, &[]));
        let finding = finder::Finding {
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
        };
        let sighting = Sighting {
            key: format!("report:{name}"),
            kind: SightingKind::Report,
            seen_on: Some(on),
            injured_on: None,
            hospital: None,
            exam: None,
            text: None,
            indication: None,
            reading: finder::Reading {
                list: Listing::Yes,
                reason: "present".to_owned(),
                why: finder::Why::Present,
                findings: vec![finding],
                mechanism: None,
            },
        };
        self.record(Fact::Sighted {
            episode,
            sighting: Box::new(sighting),
            corrects: None,
        });
        self.record(Fact::Accepted { episode });
    }

    fn record(&mut self, fact: Fact) {
        let seq = self.person.version + 1;
        let recorded = Recorded {
            seq,
            at: Timestamp::from_second(1_780_000_000 + i64::from(seq)).unwrap(),
            by: Actor::Staff {
                user: UserId(id::derived("user", &[])),
                name: "Nora Nurse".to_owned(),
            },
            source: Source::Staff,
            fact,
        };
        self.person.apply(&recorded).unwrap();
    }

    fn care(&mut self, done: Done) {
        let held = self.person.episode(EpisodeId(id::derived("now", &[])));
        let fact = held.unwrap().care_fact(done).unwrap();
        self.record(fact);
    }

    fn answered(mut self, pairs: &[(&str, &str)]) -> Self {
        for (question, text) in pairs {
            self.answers
                .insert((*question).to_owned(), Value::one(*text));
        }
        self
    }

    fn found(&self) -> OnRecord {
        self.found_with(true)
    }

    fn found_with(&self, sums: bool) -> OnRecord {
        let episode = self
            .person
            .episode(EpisodeId(id::derived("now", &[])))
            .unwrap();
        let service = Service {
            sums,
            ..Service::default()
        };
        on_record(
            &Library::shipped().catalogue,
            &self.person,
            episode,
            &self.answers,
            &service,
            TODAY,
        )
    }

    /// What is known, in words, by fact.
    fn known(&self) -> BTreeMap<String, String> {
        let found = self.found();
        Library::shipped()
            .catalogue
            .told(&found.facts)
            .into_iter()
            .map(|(fact, value)| (fact.id.clone(), value))
            .collect()
    }

    fn says(&self, fact: &str) -> String {
        self.known()
            .get(fact)
            .cloned()
            .unwrap_or_else(|| "not known".to_owned())
    }
}

fn woman() -> Life {
    Life::of(Sex::Female, date(1950, 3, 14), Site::Wrist)
}

#[test]
fn every_question_that_a_fact_names_is_asked_with_the_answers_it_hangs_on() {
    let form = Form::get(FormKind::Assessment);
    for fact in &Library::shipped().catalogue.facts {
        let Some(ask) = &fact.ask else { continue };
        let question = form
            .question(ask)
            .unwrap_or_else(|| panic!("{}: nobody asks {ask}", fact.id));
        for code in &fact.chosen {
            assert!(
                question.options().iter().any(|(held, _)| held == code),
                "{}: {ask} has no answer {code}",
                fact.id
            );
        }
        let choices = matches!(question.kind, Kind::Choices);
        let made_by_hand = ["wish.", "fractures."]
            .iter()
            .any(|start| fact.id.starts_with(start));
        assert!(
            !choices || !fact.chosen.is_empty() || made_by_hand,
            "{} hangs on no answer of {ask}",
            fact.id
        );
    }
}

/// Answered "not known", or not at all, is the same to every rule: and never a no.
#[test]
fn not_known_is_as_good_as_not_answered() {
    let form = Form::get(FormKind::Assessment);
    let mut all = woman();
    for question in form.questions() {
        all.answers
            .insert(question.id.clone(), Value::one(NOT_KNOWN));
    }
    assert_eq!(all.known(), woman().known());
}

#[test]
fn an_answer_is_known_to_every_rule_that_asks_for_it() {
    let form = Form::get(FormKind::Assessment);
    // Those that need a second answer, or that a sum makes.
    let made = [
        "person.bmi",
        "kidney.clearance",
        "nogg.band",
        "nogg.above_intervention",
        "fractures.vertebral_count",
        "steroids.dose",
        "therapy.years",
        "therapy.taken_as_told",
    ];
    for fact in &Library::shipped().catalogue.facts {
        let Some(ask) = &fact.ask else { continue };
        if made.contains(&fact.id.as_str()) {
            continue;
        }
        let question = form.question(ask).unwrap();
        let value = match question.kind {
            Kind::YesNo => Value::one("yes"),
            Kind::Number if question.range => {
                Value::Many(vec!["60".to_owned(), "50-70".to_owned()])
            }
            Kind::Number => {
                let (low, high) = fact.plausible.or(question.plausible).unwrap();
                Value::one(format!("{}", ((low + high) / 2.0).round()))
            }
            Kind::Date => Value::one("2026-11-02"),
            Kind::Choice | Kind::Choices => {
                let code = fact.chosen.first().map(String::as_str);
                let first = question.options().first().map(|(code, _)| *code);
                Value::one(code.or(first).unwrap())
            }
            Kind::Text => continue,
        };
        let mut life = woman();
        life.answers.insert(ask.clone(), value);
        // What it is asked after, so that it counts.
        let mut when = question.when.as_ref();
        while let Some(after) = when {
            let first = after.is.iter().next().unwrap();
            life.answers
                .insert(after.question.clone(), Value::one(first.clone()));
            when = form.question(&after.question).and_then(|q| q.when.as_ref());
        }
        assert!(
            life.known().contains_key(&fact.id),
            "{} is not known although {ask} is answered: {:?}",
            fact.id,
            life.found().asks
        );
    }
}

#[test]
fn fractures_are_counted_with_those_before_and_those_on_record() {
    let alone = woman().answered(&[("risk.previous_fracture", "no")]);
    assert_eq!(alone.says("fractures.count"), "1");
    assert_eq!(alone.says("fractures.hip"), "no");
    assert_eq!(alone.says("fractures.major_in_2_years"), "1");
    // Nobody asked about earlier ones: there is this one, and perhaps others.
    assert_eq!(woman().says("fractures.count"), "1 or more");
    assert_eq!(woman().says("fractures.hip"), "not known");

    let two = woman().answered(&[
        ("risk.previous_fracture", "yes"),
        ("risk.previous_count", "2"),
        ("risk.previous_which", "hip"),
        ("risk.previous_recent", "none"),
    ]);
    assert_eq!(two.says("fractures.count"), "3");
    assert_eq!(two.says("fractures.hip"), "yes");
    assert_eq!(two.says("fractures.hip_or_vertebral_in_2_years"), "no");

    let mut known = woman();
    known.breaks("before", date(2025, 12, 1), Site::Vertebra);
    assert_eq!(known.says("fractures.vertebral"), "yes");
    assert_eq!(known.says("fractures.vertebral_in_2_years"), "yes");
    assert_eq!(known.says("fractures.count"), "2 or more");

    let seen = woman().answered(&[("dxa.status", "done"), ("dxa.vfa", "present")]);
    assert_eq!(seen.says("fractures.vertebral"), "yes");
}

#[test]
fn a_high_energy_break_is_no_fragility_fracture() {
    let life = woman().answered(&[
        ("fracture.mechanism", "traffic"),
        ("risk.previous_fracture", "no"),
    ]);
    assert_eq!(life.says("fracture.fragility"), "no");
    assert_eq!(life.says("fractures.count"), "0");
    let plain = woman().answered(&[("fracture.mechanism", "standing")]);
    assert_eq!(plain.says("fracture.fragility"), "yes");
    assert_eq!(plain.says("falls.injury"), "yes");
}

#[test]
fn results_are_put_against_the_range_of_their_own_laboratory() {
    let with = |value: &str, range: &str| {
        let mut life = woman();
        life.answers
            .insert("blood.status".to_owned(), Value::one("done"));
        life.answers.insert(
            "blood.corrected_calcium".to_owned(),
            Value::Many(vec![value.to_owned(), range.to_owned()]),
        );
        life.says("blood.calcium")
    };
    assert_eq!(with("2.19", "2.20-2.60"), "low");
    assert_eq!(with("2.20", "2.20 to 2.60"), "in range");
    assert_eq!(with("2.61", "2.20-2.60"), "high");
    assert_eq!(with("<2.0", "2.20-2.60"), "low");
    assert_eq!(with("2.35", "see report"), "not known");
    // Without a range nothing is said: Herald has none of its own.
    let bare = woman().answered(&[
        ("blood.status", "done"),
        ("blood.corrected_calcium", "2.35"),
    ]);
    assert_eq!(bare.says("blood.calcium"), "not known");
}

#[test]
fn what_cannot_be_right_is_kept_asked_about_and_not_used() {
    let life = woman().answered(&[
        ("dxa.status", "done"),
        ("dxa.t_femoral_neck", "25"),
        ("risk.height", "5.4"),
        ("risk.weight", "60"),
        ("blood.status", "done"),
        ("blood.creatinine", "0.9"),
    ]);
    let asks = life.found().asks;
    let asked = |fact: &str| asks.iter().any(|ask| ask.fact == fact);
    assert!(asked("t.lowest") && asked("person.bmi"), "{asks:?}");
    assert!(
        asked("blood.creatinine") && asked("kidney.clearance"),
        "{asks:?}"
    );
    assert!(asks.iter().any(|ask| ask.typed.contains("0.9")), "{asks:?}");
    for fact in [
        "t.lowest",
        "person.bmi",
        "blood.creatinine",
        "kidney.clearance",
    ] {
        assert_eq!(life.says(fact), "not known", "{fact}");
    }
}

/// At 76 NOGG's intervention lines are 20.3% for a major fracture and 5.4% for the hip.
#[test]
fn either_figure_puts_somebody_above_the_intervention_line() {
    let above = |pairs: &[(&str, &str)]| woman().answered(pairs).says("nogg.above_intervention");
    assert_eq!(above(&[("frax.mof", "21"), ("frax.hip", "3")]), "yes");
    assert_eq!(above(&[("frax.mof", "15"), ("frax.hip", "6")]), "yes");
    assert_eq!(above(&[("frax.mof", "15"), ("frax.hip", "3")]), "no");
    // On the line is not above it.
    assert_eq!(above(&[("frax.mof", "20.3"), ("frax.hip", "5.4")]), "no");
    // With bone density the line is the same.
    let scanned = [("frax.mof", "21"), ("frax.hip", "3"), ("frax.bmd", "yes")];
    assert_eq!(above(&scanned), "yes");
    // The hip figure is missing: it matters only where the other one is below.
    assert_eq!(above(&[("frax.mof", "21")]), "yes");
    assert_eq!(above(&[("frax.mof", "15")]), "not known");
    assert_eq!(above(&[]), "not known");
    // Figures that cannot be right say nothing.
    assert_eq!(above(&[("frax.mof", "6"), ("frax.hip", "21")]), "not known");

    let life = woman().answered(&[("frax.mof", "21"), ("frax.hip", "3")]);
    let off = life.found_with(false);
    let catalogue = &Library::shipped().catalogue;
    assert!(
        !catalogue
            .told(&off.facts)
            .iter()
            .any(|(fact, _)| fact.id == "nogg.above_intervention"),
        "nobody answers for sums"
    );
    let young = Life::of(Sex::Female, date(1980, 3, 14), Site::Wrist);
    assert_eq!(
        young
            .answered(&[("frax.mof", "21"), ("frax.hip", "3")])
            .says("nogg.above_intervention"),
        "not known"
    );
}

#[test]
fn a_man_is_past_no_menopause_and_a_woman_of_sixty_is() {
    let man = Life::of(Sex::Male, date(1950, 3, 14), Site::Hip);
    assert_eq!(man.says("person.postmenopausal"), "no");
    assert_eq!(man.says("person.pregnant"), "no");
    let younger = Life::of(Sex::Female, date(1974, 3, 14), Site::Wrist);
    assert_eq!(younger.says("person.postmenopausal"), "not known");
    assert_eq!(
        younger
            .answered(&[("risk.menopause_age", "50")])
            .says("person.postmenopausal"),
        "yes"
    );
    assert_eq!(woman().says("person.postmenopausal"), "yes");
}

#[test]
fn pregnancy_need_not_be_asked_after_menopause_but_an_answer_stands() {
    let at_52 = || Life::of(Sex::Female, date(1974, 3, 14), Site::Wrist);
    assert_eq!(at_52().says("person.pregnant"), "not known");
    let past = || at_52().answered(&[("risk.menopause_age", "50")]);
    assert_eq!(past().says("person.pregnant"), "no");
    let yes = past().answered(&[("risk.pregnant", "yes")]);
    assert_eq!(yes.says("person.pregnant"), "yes");
    // Under 50 it is asked all the same.
    let at_44 = Life::of(Sex::Female, date(1982, 3, 14), Site::Wrist);
    let early = at_44.answered(&[("risk.menopause_age", "40")]);
    assert_eq!(early.says("person.pregnant"), "not known");
    assert_eq!(woman().says("person.pregnant"), "no");
}

#[test]
fn a_fracture_that_only_a_scan_shows_counts_and_has_no_day() {
    let life = woman().answered(&[
        ("risk.previous_fracture", "no"),
        ("dxa.status", "done"),
        ("dxa.vfa", "present"),
    ]);
    assert_eq!(life.says("fractures.count"), "2 or more");
    assert_eq!(life.says("fractures.major_count"), "2 or more");
    assert_eq!(life.says("fractures.vertebral_in_2_years"), "not known");
    assert_eq!(
        life.says("fractures.hip_or_vertebral_in_2_years"),
        "not known"
    );
    // Where the spine broke anyway, the scan shows what is known.
    let spine = Life::of(Sex::Female, date(1950, 3, 14), Site::Vertebra).answered(&[
        ("risk.previous_fracture", "no"),
        ("dxa.status", "done"),
        ("dxa.vfa", "present"),
    ]);
    assert_eq!(spine.says("fractures.count"), "1");
    assert_eq!(spine.says("fractures.vertebral_in_2_years"), "yes");
}

#[test]
fn an_answer_of_no_earlier_fracture_does_not_undo_one_on_record() {
    let mut life = woman().answered(&[("risk.previous_fracture", "no")]);
    life.breaks("before", date(2024, 11, 23), Site::Hip);
    assert_eq!(life.says("fractures.hip"), "yes");
    assert_eq!(life.says("fractures.count"), "2 or more");
    // Two years to the day, and a day more.
    assert_eq!(life.says("fractures.major_in_2_years"), "2 or more");
    let mut older = woman();
    older.breaks("before", date(2024, 11, 22), Site::Hip);
    assert_eq!(older.says("fractures.major_in_2_years"), "1 or more");
}

#[test]
fn the_wait_after_an_operation_counts_from_the_operation() {
    let hip = || Life::of(Sex::Female, date(1950, 3, 14), Site::Hip);
    let operated = hip().answered(&[("fracture.operated", "yes")]);
    // Seven weeks after the fracture: the operation may have been yesterday.
    assert_eq!(operated.says("fracture.weeks_since_operation"), "not known");
    let known = hip().answered(&[
        ("fracture.operated", "yes"),
        ("fracture.operated_on", "2026-11-16"),
    ]);
    assert_eq!(known.says("fracture.weeks_since_operation"), "1 weeks");
}

#[test]
fn a_dose_counts_whichever_fracture_it_was_given_for() {
    let mut life = woman();
    life.breaks("before", date(2025, 6, 1), Site::Wrist);
    let episode = EpisodeId(id::derived("before", &[]));
    let given = life
        .person
        .episode(episode)
        .unwrap()
        .care_fact(Done::DoseGiven(Dose {
            medicine: Medicine::Denosumab,
            on: date(2026, 5, 23),
            last: false,
        }))
        .unwrap();
    life.record(given);
    assert!(life.says("denosumab.months_since").starts_with("6.0"));
}

#[test]
fn what_a_review_found_stopped_is_taken_no_longer() {
    let mut life = woman().answered(&[("medicines.bone_at_fracture", "alendronate")]);
    assert_eq!(life.says("therapy.now"), "alendronate");
    life.care(Done::AssessmentCompleted { on: BROKE });
    for (therapy, now) in [
        (TherapyAtReview::Risedronate, "risedronate"),
        (TherapyAtReview::NoLongerAppropriate, "none"),
        (TherapyAtReview::NotKnown, "not known"),
    ] {
        let mut life = Life {
            person: life.person.clone(),
            answers: life.answers.clone(),
        };
        life.care(Done::Reviewed(Reviewed {
            review: Review::Weeks16,
            on: TODAY,
            therapy,
            answers: Answers::new(),
            concerns: vec![],
            dose: None,
        }));
        assert_eq!(life.says("therapy.now"), now);
    }
}

fn reviewed(on: Date, therapy: TherapyAtReview) -> Done {
    Done::Reviewed(Reviewed {
        review: Review::Weeks16,
        on,
        therapy,
        answers: Answers::new(),
        concerns: vec![],
        dose: None,
    })
}

#[test]
fn a_dose_given_since_goes_before_what_they_came_with() {
    let mut life = woman().answered(&[
        ("medicines.bone_at_fracture", "alendronate"),
        ("medicines.bone_years", "3"),
    ]);
    assert!(life.says("therapy.years").starts_with('3'));
    life.care(Done::DoseGiven(Dose {
        medicine: Medicine::Denosumab,
        on: date(2026, 11, 1),
        last: false,
    }));
    assert_eq!(life.says("therapy.now"), "denosumab");
    assert_eq!(life.says("therapy.denosumab_ever"), "yes");
    assert_eq!(life.says("therapy.bisphosphonate_ever"), "yes");
    // Three years of alendronate say nothing about denosumab.
    assert_eq!(life.says("therapy.years"), "not known");
    assert_eq!(life.says("therapy.age_at_start"), "not known");
}

#[test]
fn the_last_dose_of_a_course_is_no_medicine_of_now() {
    let mut life = woman().answered(&[("medicines.bone_at_fracture", "none")]);
    life.care(Done::DoseGiven(Dose {
        medicine: Medicine::Denosumab,
        on: date(2026, 11, 1),
        last: true,
    }));
    assert_eq!(life.says("therapy.now"), "none");
    assert_eq!(life.says("therapy.denosumab_ever"), "yes");
}

#[test]
fn a_hip_goes_before_what_broke_with_it() {
    let both = woman().answered(&[("fracture.site_1", "vertebra"), ("fracture.site_2", "hip")]);
    assert_eq!(both.says("fracture.site"), "hip");
}

#[test]
fn a_break_of_unknown_force_counts_neither_way() {
    let life = Life::of(Sex::Female, date(1950, 3, 14), Site::Hip).answered(&[
        ("fracture.mechanism", "other"),
        ("risk.previous_fracture", "no"),
    ]);
    assert_eq!(life.says("fracture.fragility"), "not known");
    assert_eq!(life.says("fractures.hip"), "not known");
    assert_eq!(life.says("fractures.count"), "0 or more");
}

#[test]
fn steroids_of_the_past_are_not_taken_now() {
    let past = woman().answered(&[
        ("medicines.steroids", "yes"),
        ("medicines.steroids_now", "no"),
    ]);
    assert_eq!(past.says("steroids.ever"), "yes");
    assert_eq!(past.says("steroids.now"), "no");
    let never = woman().answered(&[("medicines.steroids", "no")]);
    assert_eq!(never.says("steroids.now"), "no");
    // Rescue packs are asked for by themselves.
    assert_eq!(never.says("steroids.rescue_packs"), "not known");
    let unasked = woman().answered(&[("medicines.steroids", "yes")]);
    assert_eq!(unasked.says("steroids.now"), "not known");
}

#[test]
fn a_scan_that_was_declined_is_told_from_one_that_is_not_wanted() {
    let declined = woman().answered(&[
        ("dxa.status", "not_ordered"),
        ("dxa.not_because", "declined"),
    ]);
    assert_eq!(declined.says("dxa.declined"), "yes");
    assert_eq!(declined.says("dxa.done"), "no");
    assert_eq!(woman().says("dxa.declined"), "not known");
}

#[test]
fn bloods_have_an_age() {
    let life = woman().answered(&[("blood.status", "done"), ("blood.taken_on", "2026-08-24")]);
    assert_eq!(life.says("blood.weeks_ago"), "13 weeks");
}

#[test]
fn a_weight_that_somebody_confirmed_is_counted_with() {
    let light = [("risk.height", "160"), ("risk.weight", "28")];
    let mut life = woman().answered(&light);
    assert_eq!(life.says("person.bmi"), "not known");
    assert_eq!(life.found().asks.len(), 1);
    let answers = light.map(|(question, value)| (question.to_owned(), Value::one(value)));
    life.care(Done::AssessmentSaved {
        answers: answers.into(),
        cleared: vec![],
    });
    assert!(life.says("person.bmi").starts_with("10.9"));
}

#[test]
fn a_review_that_nobody_could_be_reached_for_is_not_one() {
    let mut life = woman();
    assert_eq!(life.says("review.reached"), "not known");
    life.care(Done::AssessmentCompleted { on: BROKE });
    life.care(reviewed(date(2026, 11, 2), TherapyAtReview::Alendronate));
    assert_eq!(life.says("review.reached"), "yes");
    life.care(Done::Contacted(Contact {
        purpose: ContactPurpose::Review16,
        channel: Channel::Phone,
        on: date(2026, 11, 20),
        outcome: ContactOutcome::NoAnswer,
        again_on: None,
        time: None,
        note: None,
    }));
    assert_eq!(life.says("review.reached"), "no");
}
