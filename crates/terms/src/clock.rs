use std::sync::Mutex;

use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};

/// Where "now" comes from. Instants are UTC; a day is a day in London.
pub trait Clock: Send + Sync {
    fn now(&self) -> Timestamp;

    fn today(&self) -> Date {
        london_date(self.now())
    }
}

/// The only reader of the system clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the system clock"
    )]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// A clock that stands still until it is moved, for tests and demonstrations.
#[derive(Debug)]
pub struct FixedClock(Mutex<Timestamp>);

impl FixedClock {
    pub fn at(now: Timestamp) -> Self {
        Self(Mutex::new(now))
    }

    pub fn advance(&self, by: SignedDuration) {
        let mut now = self
            .0
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        *now = now.saturating_add(by).unwrap_or(*now);
    }

    /// Move it to an instant, unless that has passed: it never runs back.
    pub fn advance_to(&self, at: Timestamp) {
        let mut now = self
            .0
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        *now = at.max(*now);
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        *self
            .0
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

/// The real clock, a fixed time ahead of it or behind it: only for demonstrations, whose people are made up.
#[derive(Debug, Clone, Copy)]
pub struct ShiftedClock(SignedDuration);

impl ShiftedClock {
    /// The real time of day, on another day.
    pub fn showing(day: Date) -> Self {
        Self(shift(SystemClock.now(), day))
    }
}

fn shift(now: Timestamp, day: Date) -> SignedDuration {
    let days = (day - london_date(now)).get_days();
    let by = SignedDuration::from_hours(24 * i64::from(days));
    let shown = now.saturating_add(by).map_or(day, london_date);
    // A clock change in between moves the hour, and near midnight the day.
    match shown.cmp(&day) {
        std::cmp::Ordering::Less => by + SignedDuration::from_hours(1),
        std::cmp::Ordering::Equal => by,
        std::cmp::Ordering::Greater => by - SignedDuration::from_hours(1),
    }
}

impl Clock for ShiftedClock {
    fn now(&self) -> Timestamp {
        let now = SystemClock.now();
        now.saturating_add(self.0).unwrap_or(now)
    }
}

/// The calendar date in London at an instant, whatever zone the server is in.
pub fn london_date(at: Timestamp) -> Date {
    let zone = TimeZone::get("Europe/London").unwrap_or(TimeZone::UTC);
    at.to_zoned(zone).date()
}

/// The instant at which a day begins in London.
pub fn london_midnight(day: Date) -> Timestamp {
    let zone = TimeZone::get("Europe/London").unwrap_or(TimeZone::UTC);
    zone.to_ambiguous_timestamp(day.to_datetime(jiff::civil::Time::midnight()))
        .compatible()
        .unwrap_or(Timestamp::UNIX_EPOCH)
}

/// Whole years lived on a day. Somebody born on 29 February has the birthday on 1 March in common years,
/// as English law has it.
pub fn age_on(born: Date, day: Date) -> i16 {
    let had_birthday = (day.month(), day.day()) >= (born.month(), born.day());
    day.year() - born.year() - i16::from(!had_birthday)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_day_is_a_london_day_on_both_clock_changes() {
        let day = |text: &str| london_date(text.parse().unwrap());
        assert_eq!(day("2026-03-29T00:30:00Z"), date(2026, 3, 29));
        assert_eq!(day("2026-06-30T23:30:00Z"), date(2026, 7, 1));
        assert_eq!(day("2026-10-25T23:30:00Z"), date(2026, 10, 25));
    }

    #[test]
    fn another_day_at_any_hour_and_over_clock_changes() {
        for now in [
            "2026-07-01T22:30:00Z",
            "2026-07-01T23:30:00Z",
            "2026-12-31T23:59:59Z",
            "2026-06-30T11:00:00Z",
        ] {
            let now: Timestamp = now.parse().unwrap();
            for day in [
                date(2026, 1, 5),
                date(2026, 7, 9),
                date(2027, 3, 28),
                date(2028, 2, 29),
            ] {
                assert_eq!(london_date(now + shift(now, day)), day, "{now} {day}");
            }
        }
    }

    #[test]
    fn a_moved_clock_never_runs_back() {
        let clock = FixedClock::at("2026-07-01T08:00:00Z".parse().unwrap());
        clock.advance_to("2026-07-01T09:00:00Z".parse().unwrap());
        clock.advance_to("2026-07-01T07:00:00Z".parse().unwrap());
        assert_eq!(clock.now().to_string(), "2026-07-01T09:00:00Z");
    }

    #[test]
    fn fifty_on_the_day() {
        assert_eq!(age_on(date(1976, 11, 22), date(2026, 11, 21)), 49);
        assert_eq!(age_on(date(1976, 11, 22), date(2026, 11, 22)), 50);
        assert_eq!(age_on(date(1976, 2, 29), date(2026, 2, 28)), 49);
        assert_eq!(age_on(date(1976, 2, 29), date(2026, 3, 1)), 50);
    }
}
