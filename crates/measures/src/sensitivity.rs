use crate::{
    missed::{Missed, Stratum, missed},
    proportion::Interval,
};

/// Of all who should have been listed, the share that was, as far as the sample of refusals can say.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sensitivity {
    pub share: Interval,
    pub missed: Missed,
}

/// A group of which fewer were reviewed is joined to others before anything is worked out from it.
const FEWEST_REVIEWED: u64 = 5;
/// An interval wider than this says next to nothing.
const WIDEST: f64 = 0.5;

impl Sensitivity {
    /// Whether enough was reviewed, of everything, for the number to be worth reading.
    pub fn says_something(&self) -> bool {
        self.missed.not_sampled == 0 && self.share.upper - self.share.lower <= WIDEST
    }
}

/// `found / (found + missed)`. What was found is counted; what was missed is estimated, with its interval, by
/// [`missed`] from the reviewed sample, and each limit of the one gives a limit of the other. Groups of which few were
/// reviewed are joined (collapsed strata: Cochran 1977, Sampling Techniques, 5A.12), which is fair because the sample
/// is drawn in one random order over all of them. A group of which that order should have reached some by now, and none
/// was reviewed, is not joined but named as not sampled. `None` until something was reviewed, and where nobody was found
/// and nobody missed.
pub fn sensitivity(found: u64, strata: &[Stratum]) -> Option<Sensitivity> {
    let missed = missed(&joined(strata))?;
    let found = found as f64;
    let share = |missed: f64| found / (found + missed);
    let share = Interval {
        value: share(missed.people.value),
        lower: share(missed.people.upper),
        upper: share(missed.people.lower),
    };
    let share = if found == 0.0 && missed.people.lower == 0.0 && missed.people.value > 0.0 {
        Interval {
            upper: 0.0,
            ..share
        }
    } else {
        share
    };
    share
        .value
        .is_finite()
        .then_some(Sensitivity { share, missed })
}

fn joined(strata: &[Stratum]) -> Vec<Stratum> {
    let (refused, reviewed) = strata.iter().fold((0, 0), |(refused, reviewed), stratum| {
        (refused + stratum.refused, reviewed + stratum.reviewed)
    });
    let passed_over = |stratum: &Stratum| {
        stratum.reviewed == 0 && stratum.refused * reviewed >= FEWEST_REVIEWED * refused
    };
    let (aside, mut sorted): (Vec<Stratum>, Vec<Stratum>) =
        strata.iter().copied().partition(passed_over);
    sorted.sort_by_key(|stratum| (stratum.reviewed, stratum.refused));
    let mut out: Vec<Stratum> = Vec::new();
    let add = |to: &mut Stratum, more: Stratum| {
        to.refused += more.refused;
        to.reviewed += more.reviewed;
        to.missed += more.missed;
    };
    for stratum in sorted {
        match out.last_mut() {
            Some(last) if last.reviewed < FEWEST_REVIEWED => add(last, stratum),
            _ => out.push(stratum),
        }
    }
    if let [.., _, last] = out.as_slice()
        && last.reviewed < FEWEST_REVIEWED
        && let Some(thin) = out.pop()
        && let Some(last) = out.last_mut()
    {
        add(last, thin);
    }
    out.extend(aside);
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn stratum(refused: u64, reviewed: u64, missed: u64) -> Stratum {
        Stratum {
            refused,
            reviewed,
            missed,
        }
    }

    #[test]
    fn worked_by_hand() {
        // 10 of 100 reviewed, 1 missed: 1 + 9 of the rest; 90 of 100 found.
        let found = sensitivity(90, &[stratum(100, 10, 1)]).unwrap();
        assert!((found.missed.people.value - 10.0).abs() < 1e-9);
        assert!((found.share.value - 0.9).abs() < 1e-9);
        assert!(found.share.lower < 0.9 && found.share.upper > 0.9);
    }

    #[test]
    fn none_missed_in_a_few_is_not_certainty() {
        let few = sensitivity(300, &[stratum(3000, 30, 0)]).unwrap();
        assert_eq!(few.share.upper, 1.0);
        assert!(few.share.lower < 0.5, "{few:?}");
        assert!(!few.says_something());
        let more = sensitivity(300, &[stratum(3000, 600, 0)]).unwrap();
        assert!(more.share.lower > 0.9 && more.says_something(), "{more:?}");
    }

    #[test]
    fn nothing_reviewed_says_nothing() {
        assert_eq!(sensitivity(300, &[stratum(3000, 0, 0)]), None);
        assert_eq!(sensitivity(0, &[stratum(30, 30, 0)]), None);
        assert_eq!(sensitivity(300, &[]), None);
    }

    #[test]
    fn a_small_reason_of_which_none_was_reviewed_is_joined_to_others() {
        let all = sensitivity(50, &[stratum(100, 20, 2), stratum(20, 0, 0)]).unwrap();
        assert_eq!(all.missed.not_sampled, 0);
        assert!((all.missed.people.value - 12.0).abs() < 1e-9, "{all:?}");
        assert!(all.says_something());
    }

    #[test]
    fn a_reason_that_was_passed_over_is_named() {
        let all = sensitivity(50, &[stratum(100, 20, 2), stratum(900, 0, 0)]).unwrap();
        assert_eq!(all.missed.not_sampled, 900);
        assert!(!all.says_something(), "{all:?}");
    }

    /// A generator with a seed: xorshift64* (Vigna 2016).
    struct Dice(u64);

    impl Dice {
        fn unit(&mut self) -> f64 {
            self.0 ^= self.0 >> 12;
            self.0 ^= self.0 << 25;
            self.0 ^= self.0 >> 27;
            (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 11) as f64 / (1_u64 << 53) as f64
        }
    }

    /// Samples drawn at random from a pool that is known: how often the interval holds the truth.
    fn coverage(pool: &[(u64, u64)], found: u64, share_reviewed: f64) -> f64 {
        let mut dice = Dice(20_261_126);
        let truth: u64 = pool.iter().map(|(_, missed)| missed).sum();
        let truth = found as f64 / (found + truth) as f64;
        let (mut held, mut said) = (0, 0);
        for _ in 0..1500 {
            let strata: Vec<Stratum> = pool
                .iter()
                .map(|&(refused, missed)| {
                    let mut seen = stratum(refused, 0, 0);
                    for nth in 0..refused {
                        if dice.unit() < share_reviewed {
                            seen.reviewed += 1;
                            seen.missed += u64::from(nth < missed);
                        }
                    }
                    seen
                })
                .collect();
            if let Some(estimate) = sensitivity(found, &strata) {
                said += 1;
                let held_it =
                    estimate.share.lower <= truth + 1e-9 && truth <= estimate.share.upper + 1e-9;
                held += u32::from(held_it);
            }
        }
        assert!(said > 1000);
        f64::from(held) / f64::from(said)
    }

    #[test]
    fn the_interval_holds_the_truth_as_often_as_it_says() {
        for (pool, found, share) in [
            // Nobody missed, a few, many; a small and a large part reviewed; one reason bad, the others good.
            (vec![(400, 0), (300, 0), (60, 0)], 80, 0.05),
            (vec![(400, 4), (300, 3), (60, 1)], 80, 0.05),
            (vec![(400, 4), (300, 3), (60, 1)], 80, 0.5),
            (vec![(400, 0), (300, 30), (20, 10)], 80, 0.1),
            (vec![(1500, 15)], 200, 0.04),
            (vec![(200, 20), (8, 1), (5, 0), (3, 1)], 40, 0.3),
        ] {
            let holds = coverage(&pool, found, share);
            assert!(holds >= 0.93, "{pool:?}, {share} reviewed: {holds}");
        }
    }

    proptest! {
        #[test]
        fn more_missed_is_never_better(
            groups in prop::collection::vec((0u64..400, 1u64..40, 0u64..40), 1..6),
            found in 1u64..500,
            which in 0usize..6,
        ) {
            let strata: Vec<Stratum> = groups
                .into_iter()
                .map(|(more, reviewed, missed)| stratum(reviewed + more, reviewed, missed.min(reviewed)))
                .collect();
            let mut worse = strata.clone();
            let at = which % worse.len();
            worse[at].missed = (worse[at].missed + 1).min(worse[at].reviewed);
            let (good, bad) = (sensitivity(found, &strata).unwrap(), sensitivity(found, &worse).unwrap());
            prop_assert!(bad.share.value <= good.share.value + 1e-9);
            prop_assert!(bad.share.lower <= good.share.lower + 1e-9);
            prop_assert!(bad.share.upper <= good.share.upper + 1e-9);
            for seen in [good, bad] {
                prop_assert!(0.0 <= seen.share.lower && seen.share.lower <= seen.share.value + 1e-9);
                prop_assert!(seen.share.value <= seen.share.upper + 1e-9 && seen.share.upper <= 1.0);
            }
        }
    }
}
