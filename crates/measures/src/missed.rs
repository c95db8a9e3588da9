use crate::proportion::{Interval, wilson};

/// One group of what the reader said no to, and what a look at a random sample of it found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stratum {
    pub refused: u64,
    pub reviewed: u64,
    pub missed: u64,
}

/// How many people were missed, as far as the sample can say.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Missed {
    /// People missed among all refused in the groups that were sampled.
    pub people: Interval,
    /// Refusals in groups of which nothing was looked at: the estimate says nothing about these.
    pub not_sampled: u64,
}

/// Stratified estimate of the number missed: each group's share times its size, added up. The interval joins the
/// groups' Wilson limits by the method of variance estimates recovery (Zou and Donner 2008, Statistics in Medicine
/// 27:1693), which keeps small groups honest. `None` until something was looked at.
pub fn missed(strata: &[Stratum]) -> Option<Missed> {
    let (mut value, mut below, mut above) = (0.0, 0.0, 0.0);
    let (mut not_sampled, mut sampled) = (0, false);
    for stratum in strata {
        let Some(share) = wilson(stratum.missed, stratum.reviewed) else {
            not_sampled += stratum.refused;
            continue;
        };
        sampled = true;
        // What was reviewed is known; only the rest is estimated.
        let rest = stratum.refused.saturating_sub(stratum.reviewed) as f64;
        value += stratum.missed as f64 + share.value * rest;
        below += (rest * (share.value - share.lower)).powi(2);
        above += (rest * (share.upper - share.value)).powi(2);
    }
    let known: u64 = strata.iter().map(|s| s.missed).sum();
    sampled.then(|| Missed {
        people: Interval {
            value,
            lower: (value - below.sqrt()).max(known as f64),
            upper: value + above.sqrt(),
        },
        not_sampled,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn nothing_reviewed_says_nothing() {
        assert_eq!(
            missed(&[Stratum {
                refused: 100,
                reviewed: 0,
                missed: 0
            }]),
            None
        );
    }

    #[test]
    fn one_group_is_wilson_over_the_rest() {
        let found = missed(&[
            Stratum {
                refused: 1020,
                reviewed: 20,
                missed: 0,
            },
            Stratum {
                refused: 7,
                reviewed: 0,
                missed: 0,
            },
        ])
        .unwrap();
        assert_eq!(found.people.value, 0.0);
        assert!((found.people.upper - 161.1).abs() < 0.1, "{found:?}");
        assert_eq!(found.not_sampled, 7);
    }

    #[test]
    fn everything_reviewed_is_certain() {
        let found = missed(&[Stratum {
            refused: 40,
            reviewed: 40,
            missed: 3,
        }])
        .unwrap();
        assert_eq!(
            (found.people.lower, found.people.value, found.people.upper),
            (3.0, 3.0, 3.0)
        );
    }

    proptest! {
        #[test]
        fn the_interval_holds_the_value(groups in prop::collection::vec((0u64..500, 0u64..50, 0u64..50), 1..6)) {
            let strata: Vec<Stratum> = groups
                .into_iter()
                .map(|(more, reviewed, missed)| Stratum { refused: reviewed + more, reviewed, missed: missed.min(reviewed) })
                .collect();
            if let Some(found) = missed(&strata) {
                let all: u64 = strata.iter().map(|s| s.refused).sum();
                prop_assert!(found.people.lower <= found.people.value + 1e-9);
                prop_assert!(found.people.value <= found.people.upper + 1e-9);
                prop_assert!(found.people.upper <= all as f64 + 1e-6);
            }
        }
    }
}
