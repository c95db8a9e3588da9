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
}

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        *self
            .0
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
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
    fn fifty_on_the_day() {
        assert_eq!(age_on(date(1976, 11, 22), date(2026, 11, 21)), 49);
        assert_eq!(age_on(date(1976, 11, 22), date(2026, 11, 22)), 50);
        assert_eq!(age_on(date(1976, 2, 29), date(2026, 2, 28)), 49);
        assert_eq!(age_on(date(1976, 2, 29), date(2026, 3, 1)), 50);
    }
}
