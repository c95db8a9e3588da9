//! Drift on simulated feeds: rarely a warning while nothing changes, soon one when something does. As in service, a week
//! is held against the weeks before the last one, so that the first week of a change does not hide the second.

use jiff::{ToSpan, civil::date};
use measures::drift::{HISTORY, LEAST_HISTORY, Share, Way, share, silence, volume};
use proptest::prelude::*;

/// A generator with a seed: xorshift64* (Vigna 2016).
struct Dice(u64);

impl Dice {
    fn unit(&mut self) -> f64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn normal(&mut self) -> f64 {
        let (u, v) = (1.0 - self.unit(), self.unit());
        (-2.0 * u.ln()).sqrt() * (std::f64::consts::TAU * v).cos()
    }

    fn poisson(&mut self, mean: f64) -> u64 {
        let (end, mut product, mut count) = ((-mean).exp(), self.unit(), 0);
        while product > end {
            product *= self.unit();
            count += 1;
        }
        count
    }

    fn binomial(&mut self, of: u64, p: f64) -> u64 {
        (0..of).filter(|_| self.unit() < p).count() as u64
    }

    /// A week's volume that varies by `extra` (a share of the mean) beyond chance.
    fn week(&mut self, mean: f64, extra: f64) -> u64 {
        let mean = mean * (1.0 + extra * self.normal()).max(0.1);
        self.poisson(mean)
    }
}

const WEEKS: usize = 12_000;

#[test]
fn a_stable_volume_raises_less_than_one_alarm_in_200_weeks() {
    for (mean, extra) in [
        (5.0, 0.0),
        (12.0, 0.0),
        (40.0, 0.0),
        (120.0, 0.0),
        (400.0, 0.0),
        (40.0, 0.1),
        (120.0, 0.1),
        (120.0, 0.25),
        (400.0, 0.15),
    ] {
        let mut dice = Dice(7);
        let series: Vec<u64> = (0..WEEKS).map(|_| dice.week(mean, extra)).collect();
        let alarms = series
            .windows(HISTORY + 2)
            .filter(|weeks| {
                volume(&weeks[..HISTORY], weeks[HISTORY + 1])
                    .unwrap()
                    .departs
                    .is_some()
            })
            .count();
        assert!(
            alarms * 200 < WEEKS,
            "mean {mean}, extra {extra}: {alarms} in {WEEKS} weeks"
        );
    }
}

#[test]
fn a_stable_share_raises_less_than_one_alarm_in_200_weeks() {
    for (of, p, extra) in [
        (60.0, 0.05, 0.0),
        (60.0, 0.4, 0.0),
        (150.0, 0.1, 0.0),
        (150.0, 0.9, 0.0),
        (150.0, 0.3, 0.1),
        (300.0, 0.5, 0.1),
    ] {
        let mut dice = Dice(11);
        let series: Vec<Share> = (0..WEEKS)
            .map(|_| {
                let of = dice.poisson(of);
                let p = (p * (1.0 + extra * dice.normal())).clamp(0.0, 1.0);
                Share {
                    count: dice.binomial(of, p),
                    of,
                }
            })
            .collect();
        let alarms = series
            .windows(HISTORY + 2)
            .filter(|weeks| {
                share(&weeks[..HISTORY], weeks[HISTORY + 1]).is_some_and(|j| j.departs.is_some())
            })
            .count();
        assert!(
            alarms * 200 < WEEKS,
            "of {of}, p {p}, extra {extra}: {alarms} in {WEEKS} weeks"
        );
    }
}

/// The share of trials in which either of the two weeks after a change raises a warning the right way.
fn found_within_two_weeks(mut trial: impl FnMut(&mut Dice) -> [Option<Way>; 2], way: Way) -> f64 {
    let mut dice = Dice(13);
    let found = (0..400)
        .filter(|_| trial(&mut dice).contains(&Some(way)))
        .count();
    found as f64 / 400.0
}

#[test]
fn a_halved_or_doubled_volume_is_found_within_two_weeks() {
    for (mean, extra) in [(100.0, 0.0), (150.0, 0.05), (300.0, 0.08)] {
        for (factor, way) in [(0.5, Way::Below), (2.0, Way::Above)] {
            let found = found_within_two_weeks(
                |dice| {
                    let weeks: Vec<u64> = (0..HISTORY).map(|_| dice.week(mean, extra)).collect();
                    [(); 2].map(|()| {
                        let now = dice.week(mean * factor, extra);
                        volume(&weeks, now).unwrap().departs
                    })
                },
                way,
            );
            assert!(
                found > 0.95,
                "mean {mean}, extra {extra}, by {factor}: {found}"
            );
        }
    }
}

#[test]
fn a_halved_or_doubled_share_is_found_within_two_weeks() {
    for (of, p) in [(200, 0.4), (400, 0.25)] {
        for (factor, way) in [(0.5, Way::Below), (2.0, Way::Above)] {
            let found = found_within_two_weeks(
                |dice| {
                    let weeks: Vec<Share> = (0..HISTORY)
                        .map(|_| Share {
                            count: dice.binomial(of, p),
                            of,
                        })
                        .collect();
                    [(); 2].map(|()| {
                        let now = Share {
                            count: dice.binomial(of, p * factor),
                            of,
                        };
                        share(&weeks, now).unwrap().departs
                    })
                },
                way,
            );
            assert!(found > 0.95, "of {of}, p {p}, by {factor}: {found}");
        }
    }
}

#[test]
fn too_little_history_says_nothing() {
    assert_eq!(volume(&[100; LEAST_HISTORY - 1], 0), None);
    assert_eq!(
        volume(&[100; LEAST_HISTORY], 0).unwrap().departs,
        Some(Way::Below)
    );
    let quiet = [Share { count: 0, of: 0 }; HISTORY];
    assert_eq!(share(&quiet, Share { count: 5, of: 10 }), None);
    assert_eq!(
        volume(&[1; HISTORY], 0).unwrap().departs,
        None,
        "too few to say"
    );
}

#[test]
fn silence_is_longer_than_ever_before() {
    let monday = date(2026, 9, 7);
    // Weekdays for six weeks: the longest gap is a weekend.
    let days: Vec<_> = (0..42)
        .filter(|day| day % 7 < 5)
        .map(|day| monday + day.days())
        .collect();
    let friday = *days.last().unwrap();
    for quiet in 0..=4 {
        assert_eq!(silence(&days, friday + quiet.days()), None, "{quiet} days");
    }
    let silent = silence(&days, friday + 5.days()).unwrap();
    assert_eq!((silent.since, silent.days, silent.longest), (friday, 5, 3));
    assert_eq!(
        silence(&days[..9], friday + 90.days()),
        None,
        "not known what is usual"
    );
    // A monthly file is not silent between two of them.
    let monthly: Vec<_> = (0..12)
        .map(|month| date(2026, 1, 5) + month.months())
        .collect();
    assert_eq!(
        silence(&monthly, *monthly.last().unwrap() + 31.days()),
        None
    );
    assert!(silence(&monthly, *monthly.last().unwrap() + 50.days()).is_some());
}

proptest! {
    #[test]
    fn the_limits_hold_the_usual_and_what_lies_within_is_no_warning(
        before in prop::collection::vec(0u64..2000, 6..20),
        now in 0u64..4000,
    ) {
        let judged = volume(&before, now).unwrap();
        prop_assert!(judged.low <= judged.usual && judged.usual <= judged.high);
        let within = judged.low <= now as f64 && now as f64 <= judged.high;
        prop_assert!(!within || judged.departs.is_none());
    }

    #[test]
    fn shares_stay_between_none_and_all(
        before in prop::collection::vec((0u64..200, 0u64..200), 6..16),
        now in (0u64..200, 0u64..200),
    ) {
        let week = |(a, b): (u64, u64)| Share { count: a.min(b), of: a.max(b) };
        let before: Vec<Share> = before.into_iter().map(week).collect();
        if let Some(judged) = share(&before, week(now)) {
            prop_assert!(0.0 <= judged.low && judged.low <= judged.usual && judged.usual <= judged.high && judged.high <= 1.0);
        }
    }
}
