//! Time of a report over 100,000 stored records: `cargo run --release -p measures --example kpi_speed`.

use std::time::Instant;

use jiff::civil::{Date, date};
use measures::{
    fls_db::{Dxa, Record, SiteGroup, Tenths, Week16, Week52},
    kpi::{Kpi, Question, Set, members, report},
};
use terms::{Answer, OdsCode, Recommended, Sex, TherapyAtReview};

const RECORDS: u32 = 100_000;

fn after(day: Date, days: u32) -> Date {
    day.saturating_add(jiff::SignedDuration::from_hours(i64::from(days) * 24))
}

/// A well-filled record that differs from its neighbours.
fn record(hospital: OdsCode, n: u32) -> Record {
    let diagnosed_on = after(date(2021, 1, 1), n % 2100);
    let yes = Some(Answer::Yes);
    let every = |m: u32| n.is_multiple_of(m);
    Record {
        age_at_fracture: Some(50 + (n % 50) as u8),
        sex: Some(Sex::Female),
        care_home: Some(Answer::No),
        contacted_on: Some(after(diagnosed_on, n % 20)),
        assessed_on: (!every(5)).then(|| after(diagnosed_on, n % 110)),
        admitted: yes,
        sites: vec![SiteGroup::ALL[n as usize % SiteGroup::ALL.len()]],
        height_cm: Tenths::of(160.0),
        weight_kg: Tenths::of(62.0),
        previous_fracture: yes,
        parental_hip_fracture: Some(Answer::NotKnown),
        smoker: Some(Answer::No),
        bone_therapy_at_fracture: Some(Answer::No),
        dxa: Some(Dxa::Done),
        dxa_on: Some(after(diagnosed_on, n % 130)),
        t_score: Tenths::of(-2.6),
        therapy: vec![Recommended::ALL[n as usize % Recommended::ALL.len()]],
        calcium_vitamin_d: yes,
        week_16: Week16 {
            done_on: (!every(3)).then(|| after(diagnosed_on, 80 + n % 40)),
            therapy: Some(TherapyAtReview::Alendronate),
            strength_balance: yes,
            ..Week16::default()
        },
        week_52: Week52 {
            done_on: (!every(2)).then(|| after(diagnosed_on, 330 + n % 70)),
            therapy: Some(TherapyAtReview::Alendronate),
            adherent: yes,
            ..Week52::default()
        },
        ..Record::new(hospital, diagnosed_on)
    }
}

fn main() {
    let hospitals: Vec<OdsCode> = ["RAJ01", "RAJ12", "RAJ32"]
        .iter()
        .filter_map(|code| code.parse().ok())
        .collect();
    let stored: Vec<Vec<u8>> = (0..RECORDS)
        .map(|n| record(hospitals[n as usize % hospitals.len()].clone(), n).to_bytes())
        .collect();
    let bytes: usize = stored.iter().map(Vec::len).sum();
    println!("{} bytes a record", bytes / stored.len());
    let mut question =
        Question::on(date(2026, 11, 26)).during(date(2025, 1, 1), date(2025, 12, 31));
    question.expected = hospitals.into_iter().map(|code| (code, 2_000)).collect();
    for _ in 0..5 {
        let read = || {
            stored
                .iter()
                .filter_map(|bytes| Record::from_bytes(bytes).ok())
        };
        let start = Instant::now();
        let decoded = read().count();
        let decoding = start.elapsed();
        let start = Instant::now();
        let made = report(read(), &question);
        let all = start.elapsed();
        let start = Instant::now();
        let met = members(read(), Kpi::FollowUp, Set::Met, &question).count();
        println!(
            "{decoded} records: decoding {:.0} ms, report with decoding {:.0} ms, one list with decoding {:.0} ms ({met} of {} people)",
            decoding.as_secs_f64() * 1000.0,
            all.as_secs_f64() * 1000.0,
            start.elapsed().as_secs_f64() * 1000.0,
            made.records,
        );
    }
}
