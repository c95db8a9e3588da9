//! What holds for any records whatever.

use jiff::{
    SignedDuration,
    civil::{Date, date},
};
use measures::{
    fls_db::{Dxa, Falls, Record, SiteGroup, Tenths, Week16, Week52},
    kpi::{Beside, Kpi, Question, Reason, Set, Standing, members, report, standing},
};
use proptest::{option, prelude::*, sample::select};
use terms::{Answer, OdsCode, Recommended, Sex, TherapyAtReview};

fn after(day: Date, days: i64) -> Date {
    day.saturating_add(SignedDuration::from_hours(days * 24))
}

/// Four years, a leap year among them.
fn day() -> impl Strategy<Value = Date> {
    (0i64..1500).prop_map(|days| after(date(2023, 1, 1), days))
}

fn answer() -> impl Strategy<Value = Option<Answer>> {
    option::of(select(vec![Answer::Yes, Answer::No, Answer::NotKnown]))
}

/// Days after the diagnosis, crowded round the ends of the windows and sometimes before it.
fn days() -> impl Strategy<Value = Option<i64>> {
    let ends = vec![
        0i64, 83, 84, 89, 90, 91, 111, 112, 113, 335, 336, 391, 392, 393,
    ];
    option::of(prop_oneof![-20i64..500, select(ends)])
}

fn hospital() -> impl Strategy<Value = OdsCode> {
    select(vec!["RAJ01", "RAJ12", "RAJ32"]).prop_map(|code| code.parse().unwrap())
}

prop_compose! {
    fn record()(
        hospital in hospital(),
        diagnosed_on in day(),
        offsets in (days(), days(), days(), days(), days(), days()),
        age_at_fracture in option::of(50u8..100),
        died in 0u8..8,
        site in option::of(select(SiteGroup::ALL)),
        dxa in option::of(select(Dxa::ALL)),
        therapy in prop::collection::vec(select(Recommended::ALL), 0..3),
        answers in (answer(), answer(), answer(), answer()),
        reviews in (option::of(select(TherapyAtReview::ALL)), option::of(select(TherapyAtReview::ALL))),
        t_score in option::of(any::<i16>()),
    ) -> Record {
        let on = |days: Option<i64>| days.map(|days| after(diagnosed_on, days));
        Record {
            died: died < 2,
            died_on: on(offsets.0).filter(|_| died == 0),
            age_at_fracture,
            sex: Some(Sex::Male),
            assessed_on: on(offsets.1),
            sites: site.into_iter().collect(),
            dxa,
            dxa_on: on(offsets.2),
            t_score: t_score.map(Tenths),
            therapy,
            falls: Falls { assessed: answers.0, referred: answers.1, ..Falls::default() },
            week_16: Week16 {
                done_on: on(offsets.3),
                therapy: reviews.0,
                strength_balance: answers.2,
                strength_balance_on: on(offsets.4),
                ..Week16::default()
            },
            week_52: Week52 {
                done_on: on(offsets.5),
                therapy: reviews.1,
                adherent: answers.3,
                ..Week52::default()
            },
            ..Record::new(hospital, diagnosed_on)
        }
    }
}

prop_compose! {
    fn question()(
        as_of in day(),
        period in option::of((day(), 1i64..800)),
        expected in prop::collection::btree_map(hospital(), 0u32..3000, 0..3),
        referral_counts in any::<bool>(),
    ) -> Question {
        Question {
            as_of,
            period: period.map(|(first, days)| (first, after(first, days))),
            expected,
            referral_counts,
        }
    }
}

fn records() -> impl Strategy<Value = Vec<Record>> {
    prop::collection::vec(record(), 0..40)
}

proptest! {
    #[test]
    fn bytes_read_back(record in record()) {
        let bytes = record.to_bytes();
        prop_assert!(bytes.len() < 120);
        prop_assert_eq!(&Record::from_bytes(&bytes).unwrap(), &record);
        let json = serde_json::to_string(&record).unwrap();
        prop_assert_eq!(serde_json::from_str::<Record>(&json).unwrap(), record);
    }

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..120)) {
        let _ = Record::from_bytes(&bytes);
        let mut right_layout = Record::new("RAJ01".parse::<OdsCode>().unwrap(), date(2026, 1, 1)).to_bytes();
        right_layout.truncate(1);
        right_layout.extend(bytes);
        let _ = Record::from_bytes(&right_layout);
    }

    #[test]
    fn the_sets_part_the_records(record in record(), question in question()) {
        for &kpi in Kpi::ALL {
            let standing = standing(kpi, &record, &question);
            let parts = [Set::NotEligible, Set::Met, Set::NotMet];
            prop_assert_eq!(parts.iter().filter(|&&set| standing.is_in(set)).count(), 1);
            let counted = standing.is_in(Set::Met) || standing.is_in(Set::NotMet);
            prop_assert_eq!(standing.is_in(Set::Eligible), counted);
        }
    }

    #[test]
    fn denominators_equal_the_lists_behind_them(records in records(), question in question()) {
        let made = report(&records, &question);
        prop_assert_eq!(made.records, records.len() as u64);
        let size = |theirs: &[&Record], kpi, set, question: &Question| {
            members(theirs.iter().copied(), kpi, set, question).count() as u64
        };
        let all: Vec<&Record> = records.iter().collect();
        for of in &made.kpis {
            for &set in Set::ALL {
                prop_assert_eq!(of.total.count(set), size(&all, of.kpi, set, &question));
                for hospital in &of.hospitals {
                    let theirs = records.iter().filter(|record| record.hospital == hospital.hospital);
                    let theirs: Vec<&Record> = theirs.collect();
                    prop_assert_eq!(hospital.figures.count(set), size(&theirs, of.kpi, set, &question));
                }
                for month in &of.months {
                    let first = Date::new(month.month.year(), month.month.month(), 1).unwrap();
                    let its = question.clone().during(first, month.month.last_day());
                    let theirs = records.iter().filter(|record| its.covers(record.diagnosed_on));
                    let theirs: Vec<&Record> = theirs.collect();
                    prop_assert_eq!(month.figures.count(set), size(&theirs, of.kpi, set, &its));
                }
            }
            let reasons: u64 = of.because.iter().map(|(_, count)| count).sum();
            prop_assert_eq!(reasons, of.total.not_eligible);
            prop_assert_eq!(of.total.eligible + of.total.not_eligible, made.records);
        }
        prop_assert_eq!(made.beside.len(), Beside::ALL.len());
        for of in &made.beside {
            for &set in Set::ALL {
                let listed = members(&records, of.beside, set, &question).count() as u64;
                prop_assert_eq!(of.total.count(set), listed);
            }
        }
    }

    #[test]
    fn nothing_counts_before_its_window_has_closed(record in record(), question in question()) {
        for &kpi in Kpi::ALL {
            let standing = standing(kpi, &record, &question);
            if question.as_of < record.diagnosed_on {
                prop_assert!(standing.is_in(Set::NotEligible));
            }
            if let Some(days) = kpi.window_days() {
                if question.as_of <= after(record.diagnosed_on, i64::from(days)) {
                    prop_assert!(standing.is_in(Set::NotEligible), "{}", kpi);
                } else {
                    let open = [Reason::WindowOpen, Reason::DoneWindowOpen].map(Standing::NotEligible);
                    prop_assert!(!open.contains(&standing), "{}", kpi);
                }
            }
        }
    }

    #[test]
    fn what_is_met_stays_met(record in record(), question in question(), later in 1i64..600) {
        let mut then = question.clone();
        then.as_of = after(question.as_of, later);
        for &kpi in Kpi::ALL {
            let (now, then) = (standing(kpi, &record, &question), standing(kpi, &record, &then));
            if now == Standing::Met && kpi != Kpi::Completeness {
                prop_assert_eq!(then, Standing::Met, "{}", kpi);
            }
            if now.is_in(Set::Eligible) {
                prop_assert!(then.is_in(Set::Eligible), "{}", kpi);
            }
        }
    }

    #[test]
    fn who_dies_in_the_window_never_counts(record in record(), question in question(), days in 0i64..=90) {
        let mut record = record;
        record.died_on = Some(after(record.diagnosed_on, days));
        for kpi in Kpi::ALL.iter().filter(|kpi| kpi.window_days().is_some()) {
            prop_assert!(standing(*kpi, &record, &question).is_in(Set::NotEligible), "{}", kpi);
        }
    }

    #[test]
    fn intervals_hold_their_percentages(records in records(), question in question()) {
        for of in report(&records, &question).kpis {
            let total = of.total;
            if let (Some(percent), Some(lower), Some(upper)) = (total.percent, total.lower, total.upper) {
                prop_assert!(0.0 <= lower && lower <= percent && percent <= upper && upper <= 100.0);
            }
        }
    }
}

#[test]
fn no_records_make_a_report_of_nothing() {
    let none: [Record; 0] = [];
    let made = report(none, &Question::on(date(2026, 11, 26)));
    assert_eq!(made.kpis.len(), 11);
    for of in &made.kpis {
        assert_eq!((of.total.percent, of.months.len()), (None, 24));
        assert_eq!(of.run_chart.median, None);
    }
}
