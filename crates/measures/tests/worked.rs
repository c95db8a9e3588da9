//! Records worked by hand: where each stands on each KPI, and the report over all of them.

use std::collections::BTreeMap;

use jiff::civil::{Date, date};
use measures::{
    fls_db::{Dxa, Falls, Record, SiteGroup, Week16, Week52},
    kpi::{
        Band, Beside, Field, Kpi, Question, Reason, Report, Set, Standing, members, report,
        standing,
    },
};
use terms::{Answer, OdsCode, Recommended, Sex, TherapyAtReview};

const TODAY: Date = date(2026, 11, 26);
const YES: Option<Answer> = Some(Answer::Yes);

fn code(text: &str) -> OdsCode {
    text.parse().unwrap()
}

fn question() -> Question {
    Question {
        expected: BTreeMap::from([(code("RAJ01"), 1_200), (code("RAJ32"), 800)]),
        ..Question::on(TODAY)
    }
}

fn seen(diagnosed_on: Date) -> Record {
    Record::new(code("RAJ01"), diagnosed_on)
}

/// Everything done, everything filled.
fn model() -> Record {
    Record {
        age_at_fracture: Some(80),
        sex: Some(Sex::Female),
        care_home: Some(Answer::No),
        contacted_on: Some(date(2025, 1, 12)),
        assessed_on: Some(date(2025, 2, 1)),
        admitted: Some(Answer::No),
        sites: vec![SiteGroup::Wrist],
        previous_fracture: YES,
        parental_hip_fracture: Some(Answer::NotKnown),
        smoker: Some(Answer::No),
        bone_therapy_at_fracture: Some(Answer::No),
        dxa: Some(Dxa::Done),
        dxa_on: Some(date(2025, 3, 1)),
        therapy: vec![Recommended::Alendronate],
        calcium_vitamin_d: YES,
        falls: Falls {
            assessed: YES,
            ..Falls::default()
        },
        week_16: Week16 {
            done_on: Some(date(2025, 4, 20)),
            therapy: Some(TherapyAtReview::Alendronate),
            strength_balance: YES,
            ..Week16::default()
        },
        week_52: Week52 {
            done_on: Some(date(2025, 12, 20)),
            therapy: Some(TherapyAtReview::Alendronate),
            adherent: YES,
            ..Week52::default()
        },
        ..seen(date(2025, 1, 10))
    }
}

/// Assessed on day 90, scanned on day 91, the GP to decide.
fn spine() -> Record {
    Record {
        age_at_fracture: Some(70),
        assessed_on: Some(date(2025, 4, 10)),
        dxa: Some(Dxa::Ordered),
        dxa_on: Some(date(2025, 4, 11)),
        sites: vec![SiteGroup::Spine, SiteGroup::Hip],
        therapy: vec![Recommended::ReferredToGp],
        ..seen(date(2025, 1, 10))
    }
}

/// Assessed on day 91, no scan wanted, treatment declined, sent to the falls clinic.
fn hip() -> Record {
    Record {
        age_at_fracture: Some(90),
        assessed_on: Some(date(2026, 4, 2)),
        sites: vec![SiteGroup::Hip],
        dxa: Some(Dxa::NotOrdered),
        therapy: vec![Recommended::InformedDecline],
        falls: Falls {
            assessed: Some(Answer::No),
            referred: YES,
            ..Falls::default()
        },
        ..seen(date(2026, 1, 1))
    }
}

/// Assessed early, all windows open.
fn fresh() -> Record {
    Record {
        age_at_fracture: Some(82),
        assessed_on: Some(date(2026, 11, 20)),
        sites: vec![SiteGroup::Humerus],
        dxa: Some(Dxa::Ordered),
        therapy: vec![Recommended::Zoledronate],
        falls: Falls {
            assessed: YES,
            ..Falls::default()
        },
        ..seen(date(2026, 11, 1))
    }
}

fn died(on: Date) -> Record {
    Record {
        died: true,
        died_on: Some(on),
        age_at_fracture: Some(85),
        assessed_on: Some(date(2026, 1, 10)),
        sites: vec![SiteGroup::Wrist],
        dxa: Some(Dxa::Recommended),
        therapy: vec![Recommended::Alendronate],
        ..seen(date(2026, 1, 1))
    }
}

/// Over a 29 February: assessed on day 90, scanned on day 91, reviewed on day 83 and day 392.
fn leap() -> Record {
    Record {
        age_at_fracture: Some(76),
        assessed_on: Some(date(2024, 2, 29)),
        sites: vec![SiteGroup::Pelvis],
        dxa: Some(Dxa::Done),
        dxa_on: Some(date(2024, 3, 1)),
        therapy: vec![Recommended::Denosumab],
        falls: Falls {
            assessed: Some(Answer::NotKnown),
            ..Falls::default()
        },
        week_16: Week16 {
            done_on: Some(date(2024, 2, 22)),
            therapy: Some(TherapyAtReview::Denosumab),
            strength_balance: Some(Answer::No),
            ..Week16::default()
        },
        week_52: Week52 {
            done_on: Some(date(2024, 12, 27)),
            therapy: Some(TherapyAtReview::Denosumab),
            ..Week52::default()
        },
        ..seen(date(2023, 12, 1))
    }
}

/// The same, reviewed on day 84 and day 393; exercise begun on day 113, treatment not.
fn leap_a_day_later() -> Record {
    let mut record = leap();
    record.week_16.done_on = Some(date(2024, 2, 23));
    record.week_16.therapy = Some(TherapyAtReview::NotStarted);
    record.week_16.strength_balance = YES;
    record.week_16.strength_balance_on = Some(date(2024, 3, 23));
    record.week_52.done_on = Some(date(2024, 12, 28));
    record
}

/// Died, nobody knows when; a hospital without a number to be expected.
fn elsewhere() -> Record {
    Record {
        died: true,
        sites: vec![SiteGroup::Wrist],
        ..Record::new(code("RDE01"), date(2025, 6, 1))
    }
}

/// One letter for each KPI from 1 to 11: M met, N not met, the rest as in `letter`.
fn worked() -> Vec<(&'static str, Record, &'static str)> {
    vec![
        ("model", model(), "MMNMMMMMMMM"),
        ("spine", spine(), "NMMMNNNyrrr"),
        ("hip", hip(), "NMNNtMNhrrr"),
        ("fresh", fresh(), "oMNdoddoooo"),
        ("died on day 90", died(date(2026, 4, 1)), "xMNxxxxxxxx"),
        ("died on day 91", died(date(2026, 4, 2)), "NMNMNNMxxxx"),
        // Day 90 is today, and today is not over.
        ("last day", seen(date(2026, 8, 28)), "oMsoooosooo"),
        ("day after", seen(date(2026, 8, 27)), "NMsNbNNsooo"),
        ("leap", leap(), "NMNMNNMNNMM"),
        ("leap, a day later", leap_a_day_later(), "NMNMNNMNMNN"),
        ("elsewhere", elsewhere(), "ueNuuuuauuu"),
        ("tomorrow", seen(date(2026, 11, 27)), "fffffffffff"),
    ]
}

fn letter(standing: Standing) -> char {
    match standing {
        Standing::Met => 'M',
        Standing::NotMet => 'N',
        Standing::NotEligible(reason) => match reason {
            Reason::NotYetDiagnosed => 'f',
            Reason::OutsidePeriod => 'p',
            Reason::WindowOpen => 'o',
            Reason::DoneWindowOpen => 'd',
            Reason::DiedInWindow => 'x',
            Reason::DeathUndated => 'u',
            Reason::ExpectedNotSet => 'e',
            Reason::SiteNotRecorded => 's',
            Reason::DxaNotOrdered => 't',
            Reason::DxaNotRecorded => 'b',
            Reason::Hip => 'h',
            Reason::Under76 => 'y',
            Reason::AgeNotKnown => 'a',
            Reason::NoneRecommended => 'r',
        },
    }
}

fn letters(record: &Record, question: &Question) -> String {
    Kpi::ALL
        .iter()
        .map(|&kpi| letter(standing(kpi, record, question)))
        .collect()
}

fn of_all(question: &Question) -> Report {
    report(worked().into_iter().map(|(_, record, _)| record), question)
}

#[test]
fn each_record_stands_where_it_was_worked_to_stand() {
    for (name, record, expected) in worked() {
        assert_eq!(letters(&record, &question()), expected, "{name}");
    }
}

#[test]
fn referrals_count_where_the_service_says_so() {
    let mut question = question();
    question.referral_counts = true;
    assert_eq!(letters(&spine(), &question), "NMMMNNMyNNN");
}

#[test]
fn what_comes_later_is_not_known_yet() {
    for (as_of, expected) in [
        (date(2025, 1, 9), "fffffffffff"),
        (date(2025, 1, 31), "oMNoooooooo"),
        (date(2025, 2, 1), "oMNdoddoooo"),
        // The 90 days are over, the 16 weeks are not.
        (date(2025, 4, 11), "MMNMMMMoooo"),
        (date(2025, 4, 20), "MMNMMMMdddo"),
        (date(2025, 5, 3), "MMNMMMMMMMo"),
        (date(2026, 2, 6), "MMNMMMMMMMd"),
        (date(2026, 2, 7), "MMNMMMMMMMM"),
    ] {
        let then = Question {
            as_of,
            ..question()
        };
        assert_eq!(letters(&model(), &then), expected, "{as_of}");
    }
}

#[test]
fn the_report_adds_up_by_hand() {
    let made = of_all(&question());
    assert_eq!(made.records, 12);
    let total = |kpi| made.get(kpi).unwrap().total;
    // Model, spine, died on day 91 and both leap years are in time; hip and day after are not.
    let assessed = total(Kpi::Assessment);
    assert_eq!((assessed.met, assessed.not_met), (5, 2));
    assert_eq!((assessed.eligible, assessed.not_eligible), (7, 5));
    assert_eq!(assessed.percent, Some(71.4));
    assert_eq!(assessed.band, Some(Band::Amber));
    assert!(assessed.lower.unwrap() < 71.4 && assessed.upper.unwrap() > 71.4);
    assert_eq!(
        made.get(Kpi::Assessment).unwrap().because,
        [
            (Reason::NotYetDiagnosed, 1),
            (Reason::WindowOpen, 1),
            (Reason::DoneWindowOpen, 1),
            (Reason::DiedInWindow, 1),
            (Reason::DeathUndated, 1),
        ]
    );
    let adherent = total(Kpi::Adherence);
    assert_eq!((adherent.met, adherent.not_met), (2, 1));
    let all = worked().into_iter().map(|(_, record, _)| record);
    let days: Vec<Date> = members(all, Kpi::Adherence, Set::NotMet, &question())
        .map(|(record, _)| record.week_52.done_on.unwrap())
        .collect();
    assert_eq!(days, [date(2024, 12, 28)]);
}

#[test]
fn other_ways_of_counting_stand_beside() {
    let beside = |record: &Record| -> String {
        let all = Beside::ALL.iter();
        all.map(|&beside| letter(standing(beside, record, &question())))
            .collect()
    };
    assert_eq!(beside(&model()), "MMM");
    assert_eq!(beside(&spine()), "NNN");
    assert_eq!(beside(&hip()), "NtN");
    assert_eq!(beside(&leap_a_day_later()), "NNM");
    assert_eq!(beside(&died(date(2026, 4, 1))), "MNx");
    let made = of_all(&question());
    let of_all = &made.beside[2];
    assert_eq!(
        (of_all.beside, of_all.kpi),
        (Beside::FollowUpOfAll, Kpi::FollowUp)
    );
    // Model and leap a day later of these, spine, hip and leap.
    assert_eq!((of_all.total.met, of_all.total.eligible), (2, 5));
}

#[test]
fn identification_compares_with_what_was_to_be_expected() {
    let year = |year| question().during(date(year, 1, 1), date(year, 12, 31));
    let found = of_all(&year(2025))
        .get(Kpi::Identification)
        .unwrap()
        .clone();
    // Two of RAJ01 in 2025; RAJ32 sends nothing and still counts.
    assert_eq!((found.total.met, found.total.expected), (2, Some(2000.0)));
    assert_eq!(found.total.percent, Some(0.1));
    assert_eq!(found.total.band, Some(Band::Red));
    assert_eq!(found.hospitals[1].hospital, Some(code("RAJ32")));
    assert_eq!(found.hospitals[1].figures.percent, Some(0.0));
    assert_eq!(found.hospitals[2].figures.percent, None);
    let expected = |question: &Question| {
        let made = of_all(question);
        made.get(Kpi::Identification).unwrap().total.expected
    };
    // A leap year is a year; of a year that has begun, the days so far.
    assert_eq!(expected(&year(2024)), Some(2000.0));
    assert_eq!(expected(&year(2026)), Some(1808.2));
    assert_eq!(expected(&year(2027)), None);
    let unset = Question::on(TODAY).during(date(2025, 1, 1), date(2025, 12, 31));
    assert_eq!(expected(&unset), None);
}

#[test]
fn completeness_is_judged_by_field() {
    let made = of_all(&question());
    let field = |field| {
        let mut fields = made.completeness.fields.iter();
        let row = fields.find(|row| row.field == field).unwrap();
        (row.eligible, row.missing)
    };
    // Seven are past their 90 days; six of these say nothing but what is in their stories.
    assert_eq!(field(Field::Sex), (7, 6));
    assert_eq!(field(Field::AssessedOn), (7, 1));
    assert_eq!(field(Field::Site), (7, 1));
    // A scan was wanted for all but hip and day after; the one who died had none.
    assert_eq!(field(Field::DxaOn), (5, 1));
    assert_eq!(field(Field::TherapyAtWeek16), (3, 0));
    assert_eq!(made.completeness.passes, Some(false));
    let good = report([model()], &question()).completeness;
    assert_eq!((good.passes, good.failed_fields), (Some(true), 0));
    assert_eq!(good.fields.len(), 17);
    let none: [Record; 0] = [];
    assert_eq!(report(none, &question()).completeness.passes, None);
}

#[test]
fn five_fields_fail_and_four_pass() {
    let blank = |fields: usize| {
        let mut record = model();
        record.sex = None;
        record.care_home = None;
        record.smoker = None;
        record.previous_fracture = None;
        if fields == 5 {
            record.parental_hip_fracture = None;
        }
        record
    };
    // One in five is 20%, which is not more than 20%.
    let judged = |blanks: usize, fields: usize| {
        let records = (0..5).map(|n| if n < blanks { blank(fields) } else { model() });
        report(records, &question()).completeness
    };
    assert_eq!(judged(1, 5).failed_fields, 0);
    assert_eq!(
        (judged(2, 4).failed_fields, judged(2, 4).passes),
        (4, Some(true))
    );
    assert_eq!(
        (judged(2, 5).failed_fields, judged(2, 5).passes),
        (5, Some(false))
    );
}

#[test]
fn months_look_back_beyond_the_period() {
    let made = of_all(&question().during(date(2026, 1, 1), date(2026, 12, 31)));
    let assessed = made.get(Kpi::Assessment).unwrap();
    assert_eq!(assessed.months.len(), 24);
    let month = |name: &str| {
        let mut months = assessed.months.iter();
        let of = months.find(|of| of.month.to_string() == name).unwrap();
        (of.figures.met, of.figures.not_met, of.settled)
    };
    assert_eq!(month("2025-01"), (2, 0, true));
    assert_eq!(month("2026-08"), (0, 1, false));
    assert_eq!(assessed.months[0].month.to_string(), "2024-12");
    assert_eq!(assessed.run_chart.points, 2);
}

#[test]
fn the_shape_of_json_and_of_the_table_stays() {
    let made = of_all(&question());
    let json = serde_json::to_value(&made).unwrap();
    assert_eq!(json["as_of"], "2026-11-26");
    assert_eq!(json["kpis"][3]["kpi"], "assessment");
    assert_eq!(json["kpis"][3]["total"]["percent"], 71.4);
    assert_eq!(json["kpis"][3]["total"]["band"], "amber");
    assert_eq!(json["kpis"][3]["months"][0]["month"], "2024-12");
    assert_eq!(json["kpis"][3]["because"][0][0], "not_yet_diagnosed");
    assert_eq!(json["completeness"]["fields"][0]["field"], "1.03");
    let rows = made.csv_rows();
    assert_eq!(rows.len(), 11 * (1 + 24 + 3));
    assert_eq!(
        serde_json::to_string(&rows[3 * 28]).unwrap(),
        r#"{"kpi":4,"split":"all","site":null,"month":null,"eligible":7,"not_eligible":5,"met":5,"not_met":2,"percent":71.4}"#
    );
    let by_site = rows
        .iter()
        .filter(|row| row.kpi == 4 && row.split == "site");
    assert_eq!(by_site.map(|row| row.met).sum::<u64>(), 5);
}
