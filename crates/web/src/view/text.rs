//! How dates, ages, numbers and NHS numbers are written on a screen.

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use terms::NhsNumber;

/// A date in a banner or table: short for the eye, in full for a screen reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DateText {
    pub iso: String,
    pub short: String,
    pub long: String,
}

impl From<Date> for DateText {
    fn from(date: Date) -> Self {
        Self {
            iso: date.strftime("%Y-%m-%d").to_string(),
            short: date.strftime("%d-%b-%Y").to_string(),
            long: long_date(date),
        }
    }
}

/// 14 July 1945, as in prose.
pub fn long_date(date: Date) -> String {
    date.strftime("%-d %B %Y").to_string()
}

/// 22 November 2026, 16:05, in London.
pub fn moment(at: Timestamp) -> String {
    let zone = TimeZone::get("Europe/London").unwrap_or(TimeZone::UTC);
    at.to_zoned(zone).strftime("%-d %B %Y, %H:%M").to_string()
}

/// 16:05, in London.
pub fn clock_time(at: Timestamp) -> String {
    let zone = TimeZone::get("Europe/London").unwrap_or(TimeZone::UTC);
    at.to_zoned(zone).strftime("%H:%M").to_string()
}

/// 12,345.
pub fn count(number: impl Into<i128>) -> String {
    let number = number.into();
    let digits = number.unsigned_abs().to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if number < 0 {
        out.push('−');
    }
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// "1 person", "3 people".
pub fn counted(number: impl Into<i128>, one: &str, many: &str) -> String {
    let number = number.into();
    format!("{} {}", count(number), if number == 1 { one } else { many })
}

/// "26 to 50 of 1,043".
pub fn showing(first: u64, shown: u64, total: u64) -> String {
    match (shown, total) {
        (0, _) => "none".to_owned(),
        (shown, total) if shown == total => format!("All {}", count(total)),
        _ => format!(
            "{} to {} of {}",
            count(first),
            count(first + shown - 1),
            count(total)
        ),
    }
}

/// The NHS number with its spaces, or words that say there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NhsText {
    pub known: bool,
    pub text: String,
}

impl From<Option<&NhsNumber>> for NhsText {
    fn from(number: Option<&NhsNumber>) -> Self {
        match number {
            Some(number) => Self {
                known: true,
                text: number.to_string(),
            },
            None => Self {
                known: false,
                text: "No NHS number".to_owned(),
            },
        }
    }
}

/// First letter in upper case.
pub fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn dates_have_a_short_and_a_full_form() {
        let text = DateText::from(date(1945, 7, 4));
        assert_eq!(
            (text.short.as_str(), text.long.as_str()),
            ("04-Jul-1945", "4 July 1945")
        );
    }

    #[test]
    fn thousands_and_plurals() {
        assert_eq!(count(1_234_567), "1,234,567");
        assert_eq!(count(999), "999");
        assert_eq!(counted(1, "person", "people"), "1 person");
        assert_eq!(counted(0, "person", "people"), "0 people");
    }

    #[test]
    fn a_page_says_what_it_shows_of_how_many() {
        assert_eq!(showing(26, 18, 43), "26 to 43 of 43");
        assert_eq!(showing(1, 12, 12), "All 12");
        assert_eq!(showing(1, 0, 0), "none");
    }
}
