//! Dates as days and numbers as tenths in bytes; as people write them in JSON.

use std::fmt;

use jiff::{SignedDuration, civil::Date};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// The first year of which the FLS-DB takes fractures: dates near it are short in bytes.
const YEAR_ZERO: i16 = 2016;

/// A date as `2026-11-26` in text. In bytes one number, as if every month had 31 days: unlike a count of days it is
/// read back without working out the calendar, which is most of the time of reading a record otherwise.
struct Day(Date);

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        if to.is_human_readable() {
            return self.0.serialize(to);
        }
        let years = i32::from(self.0.year()) - i32::from(YEAR_ZERO);
        let months = years * 12 + i32::from(self.0.month()) - 1;
        to.serialize_i32(months * 31 + i32::from(self.0.day()) - 1)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        if from.is_human_readable() {
            return Date::deserialize(from).map(Self);
        }
        let packed = i32::deserialize(from)?;
        let (months, day) = (packed.div_euclid(31), packed.rem_euclid(31) + 1);
        let (years, month) = (months.div_euclid(12), months.rem_euclid(12) + 1);
        let year = i16::try_from(years + i32::from(YEAR_ZERO));
        match (year, i8::try_from(month), i8::try_from(day)) {
            (Ok(year), Ok(month), Ok(day)) => Date::new(year, month, day).ok(),
            _ => None,
        }
        .map(Self)
        .ok_or_else(|| D::Error::custom("no day of the calendar"))
    }
}

/// Days from one date to another.
pub(crate) fn days_between(from: Date, to: Date) -> i32 {
    let days = to.duration_since(from).as_hours() / 24;
    // All dates of the calendar are within 7.4 million days.
    i32::try_from(days).unwrap_or(i32::MAX)
}

/// The date so many days later, or the last of the calendar.
pub(crate) fn days_after(date: Date, days: i32) -> Date {
    date.saturating_add(SignedDuration::from_hours(i64::from(days) * 24))
}

pub(super) mod day {
    use super::*;

    pub fn serialize<S: Serializer>(date: &Date, to: S) -> Result<S::Ok, S::Error> {
        Day(*date).serialize(to)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Date, D::Error> {
        Day::deserialize(from).map(|day| day.0)
    }
}

pub(super) mod some_day {
    use super::*;

    pub fn serialize<S: Serializer>(date: &Option<Date>, to: S) -> Result<S::Ok, S::Error> {
        date.map(Day).serialize(to)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Date>, D::Error> {
        Option::<Day>::deserialize(from).map(|day| day.map(|day| day.0))
    }
}

/// A number with one decimal: a T-score, a height in centimetres, a weight in kilograms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tenths(pub i16);

impl Tenths {
    /// The nearest tenth, if the number is one that fits.
    pub fn of(value: f64) -> Option<Self> {
        let tenths = (value * 10.0).round();
        let fits = tenths >= f64::from(i16::MIN) && tenths <= f64::from(i16::MAX);
        fits.then_some(Self(tenths as i16))
    }

    pub fn value(self) -> f64 {
        f64::from(self.0) / 10.0
    }
}

impl fmt::Display for Tenths {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.1}", self.value())
    }
}

impl Serialize for Tenths {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        if to.is_human_readable() {
            return to.serialize_f64(self.value());
        }
        to.serialize_i16(self.0)
    }
}

impl<'de> Deserialize<'de> for Tenths {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        if from.is_human_readable() {
            let value = f64::deserialize(from)?;
            return Self::of(value).ok_or_else(|| D::Error::custom("a number out of range"));
        }
        i16::deserialize(from).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn days_cross_leap_days_and_clock_changes() {
        assert_eq!(days_after(date(2024, 2, 28), 1), date(2024, 2, 29));
        assert_eq!(days_after(date(2023, 12, 1), 90), date(2024, 2, 29));
        assert_eq!(days_after(date(2025, 12, 1), 90), date(2026, 3, 1));
        assert_eq!(days_between(date(2026, 3, 28), date(2026, 3, 30)), 2);
        assert_eq!(days_after(Date::MAX, 1), Date::MAX);
        assert!(days_between(Date::MIN, Date::MAX) > 7_000_000);
    }

    #[test]
    fn every_day_reads_back_from_bytes() {
        let mut day = date(2015, 12, 1);
        while day < date(2040, 1, 1) {
            let bytes = postcard::to_allocvec(&Day(day)).unwrap();
            assert!(bytes.len() <= 3);
            assert_eq!(postcard::from_bytes::<Day>(&bytes).unwrap().0, day);
            day = day.tomorrow().unwrap();
        }
        for day in [Date::MIN, Date::MAX] {
            let bytes = postcard::to_allocvec(&Day(day)).unwrap();
            assert_eq!(postcard::from_bytes::<Day>(&bytes).unwrap().0, day);
        }
        // 31 February 2016, and a number beyond any year.
        for packed in [31 + 30, i32::MAX, i32::MIN] {
            let bytes = postcard::to_allocvec(&packed).unwrap();
            assert!(postcard::from_bytes::<Day>(&bytes).is_err());
        }
    }

    #[test]
    fn tenths_round_and_refuse() {
        assert_eq!(Tenths::of(-2.55).map(|t| t.0), Some(-26));
        assert_eq!(Tenths::of(-2.5).map(|t| t.to_string()), Some("-2.5".into()));
        assert_eq!(Tenths::of(f64::NAN), None);
        assert_eq!(Tenths::of(1e9), None);
    }
}
