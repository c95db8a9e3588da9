//! The risk table of DCB0129: looked up, never multiplied.

use std::fmt;

use serde::Deserialize;

/// Rows: likelihood from very low to very high. Columns: severity from minor to catastrophic.
const TABLE: [[u8; 5]; 5] = [
    [1, 1, 2, 2, 3],
    [1, 2, 2, 3, 4],
    [2, 2, 3, 3, 4],
    [2, 3, 3, 4, 5],
    [3, 4, 4, 5, 5],
];

/// From here on a risk must be removed or reduced.
pub const NOT_ACCEPTABLE: u8 = 4;

/// A score as a hazard file writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Score {
    pub severity: u8,
    pub likelihood: u8,
    pub risk: u8,
}

/// Nothing if either is not 1 to 5.
pub fn risk(severity: u8, likelihood: u8) -> Option<u8> {
    let place = |n: u8| usize::from(n).checked_sub(1);
    TABLE
        .get(place(likelihood)?)?
        .get(place(severity)?)
        .copied()
}

impl Score {
    /// What is wrong with it, if anything is.
    pub fn fault(self) -> Option<String> {
        match risk(self.severity, self.likelihood) {
            None => Some("severity and likelihood go from 1 to 5".to_owned()),
            Some(right) if right != self.risk => Some(format!(
                "severity {} and likelihood {} make risk {right}, not {}",
                self.severity, self.likelihood, self.risk
            )),
            Some(_) => None,
        }
    }

    /// Neither part is above the other's.
    pub fn within(self, other: Self) -> bool {
        self.severity <= other.severity && self.likelihood <= other.likelihood
    }

    pub fn acceptable(self) -> bool {
        self.risk < NOT_ACCEPTABLE
    }
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "**{}** (S{}, L{})",
            self.risk, self.severity, self.likelihood
        )
    }
}

/// Read from top (very high) to bottom as the standard prints it.
#[test]
fn the_table_is_that_of_the_standard() {
    let printed = [
        (5, [3, 4, 4, 5, 5]),
        (4, [2, 3, 3, 4, 5]),
        (3, [2, 2, 3, 3, 4]),
        (2, [1, 2, 2, 3, 4]),
        (1, [1, 1, 2, 2, 3]),
    ];
    for (likelihood, row) in printed {
        for (severity, right) in (1..).zip(row) {
            assert_eq!(
                risk(severity, likelihood),
                Some(right),
                "severity {severity}, likelihood {likelihood}"
            );
        }
    }
    for (severity, likelihood) in [(0, 1), (1, 0), (6, 1), (1, 6)] {
        assert_eq!(risk(severity, likelihood), None);
    }
}

#[test]
fn more_of_either_is_never_less_risk() {
    for likelihood in 1..=5 {
        for severity in 1..=5 {
            let here = risk(severity, likelihood);
            assert!(severity == 5 || here <= risk(severity + 1, likelihood));
            assert!(likelihood == 5 || here <= risk(severity, likelihood + 1));
        }
    }
}
