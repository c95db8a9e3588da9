use std::fmt;

use jiff::civil::Date;
use serde::{Serialize, Serializer};

use super::RunChartRule;

/// A calendar month, `2026-11` in text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Month(i32);

impl Month {
    pub fn of(date: Date) -> Self {
        Self(i32::from(date.year()) * 12 + i32::from(date.month()) - 1)
    }

    pub(super) fn plus(self, months: i32) -> Self {
        Self(self.0 + months)
    }

    /// How many months after an earlier one; none before it.
    pub(super) fn after(self, earlier: Self) -> Option<usize> {
        usize::try_from(self.0 - earlier.0).ok()
    }

    pub fn year(self) -> i16 {
        i16::try_from(self.0.div_euclid(12)).unwrap_or(i16::MAX)
    }

    pub fn month(self) -> i8 {
        i8::try_from(self.0.rem_euclid(12) + 1).unwrap_or(1)
    }

    pub fn last_day(self) -> Date {
        Date::new(self.year(), self.month(), 1).map_or(Date::MAX, Date::last_of_month)
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year(), self.month())
    }
}

impl Serialize for Month {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

/// What a row of monthly percentages says.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RunChart {
    /// Of the months that are settled and have somebody in them; none while those are too few.
    pub median: Option<f64>,
    pub points: usize,
    /// Oldest first.
    pub shifts: Vec<Shift>,
}

/// A run of months on one side of the median, long enough not to be chance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Shift {
    pub from: Month,
    pub to: Month,
    pub months: usize,
    pub side: SideOfMedian,
}

terms::vocabulary! {
    SideOfMedian {
        Above = "above", "above the median";
        Below = "below", "below the median";
    }
}

pub(super) fn run_chart(points: &[(Month, f64)], rule: &RunChartRule) -> RunChart {
    let median = (points.len() >= rule.least_points)
        .then(|| median(points.iter().map(|point| point.1).collect()))
        .flatten();
    RunChart {
        median,
        points: points.len(),
        shifts: median.map_or_else(Vec::new, |median| shifts(points, median, rule.shift)),
    }
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    let upper = *values.get(middle)?;
    if values.len() % 2 == 1 {
        return Some(upper);
    }
    let lower = *values.get(middle.checked_sub(1)?)?;
    Some((lower + upper) / 2.0)
}

/// A point on the median neither adds to a run nor breaks it.
fn shifts(points: &[(Month, f64)], median: f64, least: usize) -> Vec<Shift> {
    let mut runs: Vec<Shift> = Vec::new();
    for &(month, value) in points {
        let side = match value.total_cmp(&median) {
            std::cmp::Ordering::Greater => SideOfMedian::Above,
            std::cmp::Ordering::Less => SideOfMedian::Below,
            std::cmp::Ordering::Equal => continue,
        };
        match runs.last_mut() {
            Some(run) if run.side == side => {
                run.to = month;
                run.months += 1;
            }
            _ => runs.push(Shift {
                from: month,
                to: month,
                months: 1,
                side,
            }),
        }
    }
    runs.retain(|run| run.months >= least);
    runs
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::kpi::definitions;

    fn chart(values: &[f64]) -> RunChart {
        let first = Month::of(date(2025, 11, 30));
        let points: Vec<(Month, f64)> = (0..)
            .zip(values)
            .map(|(i, v)| (first.plus(i), *v))
            .collect();
        run_chart(&points, &definitions().run_chart)
    }

    #[test]
    fn six_months_on_one_side_are_a_shift_and_five_are_not() {
        let found = chart(&[1., 2., 3., 2., 1., 5., 9., 8., 9., 5., 8., 9., 5., 8., 2.]);
        assert_eq!(found.median, Some(5.0));
        assert_eq!(found.shifts.len(), 1);
        let shift = found.shifts[0];
        assert_eq!(shift.from.to_string(), "2026-05");
        assert_eq!(shift.to.to_string(), "2026-12");
        assert_eq!((shift.months, shift.side), (6, SideOfMedian::Above));
    }

    #[test]
    fn few_points_have_no_median() {
        let found = chart(&[1.0; 9]);
        assert_eq!((found.median, found.points), (None, 9));
        assert_eq!(chart(&[1.0; 10]).median, Some(1.0));
        assert!(chart(&[1.0; 24]).shifts.is_empty());
    }

    #[test]
    fn months_know_their_last_day() {
        assert_eq!(Month::of(date(2024, 2, 3)).last_day(), date(2024, 2, 29));
        assert_eq!(Month::of(date(2026, 1, 3)).plus(-1).to_string(), "2025-12");
    }
}
