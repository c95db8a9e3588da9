//! From which day a clock runs, and on which days people work.

use jiff::{
    ToSpan,
    civil::{Date, Weekday},
};

/// The question of the assessment whose answer is clock zero (FLS-DB 1.09).
pub const DIAGNOSED_ON: &str = "fracture.diagnosed_on";

/// Day zero of a clock, and what kind of day it is: shown wherever something is counted from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Anchor {
    pub on: Date,
    pub kind: AnchorKind,
}

terms::vocabulary! {
    AnchorKind {
        Entered = "entered", "diagnosed, as entered in the assessment";
        FirstSeen = "first_seen", "first seen by a hospital";
        Injury = "injury", "day of the injury";
        Listed = "listed", "day it was listed: no source gives a date";
    }
}

/// The same day, or the last working day before it: a window must not close over a holiday.
pub fn working_day_on_or_before(day: Date) -> Date {
    let mut day = day;
    // No run of days off in England is longer than a week.
    for _ in 0..10 {
        if is_working_day(day) {
            return day;
        }
        day = day.saturating_sub(1.day());
    }
    day
}

/// Not a Saturday, Sunday or bank holiday in England.
pub fn is_working_day(day: Date) -> bool {
    !weekend(day) && !is_bank_holiday(day)
}

fn weekend(day: Date) -> bool {
    matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}

/// Bank holidays of England by their rules (Banking and Financial Dealings Act 1971 and the yearly proclamations):
/// 1 January, Good Friday, Easter Monday, first and last Monday of May, last Monday of August, 25 and 26 December; one
/// that falls on a weekend moves to the next free weekday. Single extra ones (a coronation) are not foreseen.
fn is_bank_holiday(day: Date) -> bool {
    let year = day.year();
    let nth = |month: i8, nth: i8| {
        Date::new(year, month, 1)
            .and_then(|first| first.nth_weekday_of_month(nth, Weekday::Monday))
            .ok()
    };
    let easter = easter_sunday(year);
    let moving = [
        easter.map(|sunday| sunday.saturating_sub(2.days())),
        easter.map(|sunday| sunday.saturating_add(1.day())),
        nth(5, 1),
        nth(5, -1),
        nth(8, -1),
    ];
    moving.contains(&Some(day)) || substituted(year).contains(&Some(day))
}

/// New Year's Day, Christmas Day and Boxing Day, each on the first weekday not taken by the one before.
fn substituted(year: i16) -> [Option<Date>; 3] {
    let next_weekday = |day: Date| {
        let mut day = day;
        while weekend(day) {
            day = day.saturating_add(1.day());
        }
        day
    };
    let new_year = Date::new(year, 1, 1).ok().map(next_weekday);
    let christmas = Date::new(year, 12, 25).ok().map(next_weekday);
    let boxing = Date::new(year, 12, 26).ok().map(|day| {
        let day = next_weekday(day);
        if Some(day) == christmas {
            next_weekday(day.saturating_add(1.day()))
        } else {
            day
        }
    });
    [new_year, christmas, boxing]
}

/// The Gregorian computus in the form printed by Nature in 1876.
fn easter_sunday(year: i16) -> Option<Date> {
    let year_number = i32::from(year);
    let golden = year_number % 19;
    let (century, in_century) = (year_number / 100, year_number % 100);
    let epact =
        (19 * golden + century - century / 4 - (century - (century + 8) / 25 + 1) / 3 + 15) % 30;
    let weekday = (32 + 2 * (century % 4) + 2 * (in_century / 4) - epact - in_century % 4) % 7;
    let shift = (golden + 11 * epact + 22 * weekday) / 451;
    let days = epact + weekday - 7 * shift + 114;
    let month = i8::try_from(days / 31).ok()?;
    let day = i8::try_from(days % 31 + 1).ok()?;
    Date::new(year, month, day).ok()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn bank_holidays_of_2026_to_2028_are_days_off() {
        for day in [
            date(2026, 1, 1),
            date(2026, 4, 3),
            date(2026, 4, 6),
            date(2026, 5, 4),
            date(2026, 5, 25),
            date(2026, 8, 31),
            date(2026, 12, 25),
            date(2026, 12, 28),
            date(2027, 3, 26),
            date(2027, 3, 29),
            date(2027, 12, 27),
            date(2027, 12, 28),
            date(2028, 1, 3),
            date(2028, 4, 14),
        ] {
            assert!(!is_working_day(day), "{day}");
        }
        for day in [date(2026, 12, 29), date(2026, 4, 7), date(2028, 1, 4)] {
            assert!(is_working_day(day), "{day}");
        }
    }

    #[test]
    fn a_window_closes_on_the_last_working_day() {
        assert_eq!(
            working_day_on_or_before(date(2026, 12, 28)),
            date(2026, 12, 24)
        );
        assert_eq!(working_day_on_or_before(date(2026, 4, 6)), date(2026, 4, 2));
        assert_eq!(
            working_day_on_or_before(date(2026, 11, 25)),
            date(2026, 11, 25)
        );
    }
}
