use crate::{hypergeometric, proportion::Interval};

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

/// Stratified estimate of the number missed: each group's share times its size, added up. Each group's limits are exact
/// for a sample from a finite number (hypergeometric: Buonaccorsi 1987, American Statistician 41:215), which keeps
/// small groups and none missed honest; they are joined by the method of variance estimates recovery (Zou and Donner
/// 2008, Statistics in Medicine 27:1693), and are never closer than those of all groups taken as one, since limits that
/// end at what was seen leave that method too little to join. `None` until something was looked at.
pub fn missed(strata: &[Stratum]) -> Option<Missed> {
    let (mut value, mut below, mut above) = (0.0, 0.0, 0.0);
    let mut not_sampled = 0;
    let mut whole = Stratum {
        refused: 0,
        reviewed: 0,
        missed: 0,
    };
    for stratum in strata {
        if stratum.reviewed == 0 || stratum.missed > stratum.reviewed {
            not_sampled += stratum.refused;
            continue;
        }
        let all = stratum.refused.max(stratum.reviewed);
        let people = stratum.missed as f64 * all as f64 / stratum.reviewed as f64;
        let (fewest, most) = hypergeometric::limits(all, stratum.reviewed, stratum.missed);
        whole.refused += all;
        whole.reviewed += stratum.reviewed;
        whole.missed += stratum.missed;
        value += people;
        below += (people - fewest as f64).max(0.0).powi(2);
        above += (most as f64 - people).max(0.0).powi(2);
    }
    let (fewest, most) = hypergeometric::limits(whole.refused, whole.reviewed, whole.missed);
    (whole.reviewed > 0).then(|| Missed {
        people: Interval {
            value,
            lower: (value - below.sqrt())
                .min(fewest as f64)
                .max(whole.missed as f64),
            upper: (value + above.sqrt()).max(most as f64),
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
    fn one_group_has_exact_limits() {
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
        // 0.975 of the 20th root of 0.025, of 1,020, and a little less since they are not put back.
        assert!((found.people.upper - 169.0).abs() < 2.0, "{found:?}");
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
