//! HL7 time stamps as they really come. What the sender's clock showed is kept: no offset is ever applied, so
//! that a birth date written with a time cannot move to the day before.

use jiff::civil::{Date, DateTime, Time};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct When {
    pub date: Date,
    pub time: Option<Time>,
}

impl When {
    pub(super) fn date_time(self) -> DateTime {
        self.date.to_datetime(self.time.unwrap_or(Time::midnight()))
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Unreadable {
    /// Only a year, or a year and month.
    NotADay,
    NoSuchDay,
    Shape,
}

impl Unreadable {
    pub(super) fn problem(&self, raw: &str) -> String {
        let raw = crate::fault::shorten(raw.trim());
        match self {
            Self::NotADay => format!("“{raw}” is a year or a month, not a day."),
            Self::NoSuchDay => format!("“{raw}” is not a real date."),
            Self::Shape => format!("“{raw}” is not an HL7 date (YYYYMMDD)."),
        }
    }
}

/// Nothing sent, the HL7 null, zeros and the year 9999 are all "not stated".
pub(super) fn parse(raw: &str) -> Result<Option<When>, Unreadable> {
    let text = raw.trim().trim_matches('"').trim();
    let digits = wall_clock_digits(text)?;
    if digits.is_empty() || digits.iter().all(|d| *d == 0) {
        return Ok(None);
    }
    let number = |from: usize, to: usize| -> i16 {
        digits
            .get(from..to)
            .unwrap_or_default()
            .iter()
            .fold(0, |sum, d| sum * 10 + i16::from(*d))
    };
    let small = |from: usize| i8::try_from(number(from, from + 2)).unwrap_or_default();
    match digits.len() {
        // Sixteen and seventeen carry hundredths or thousandths without their point.
        8 | 10 | 12 | 14 | 16 | 17 => {}
        4 | 6 => return Err(Unreadable::NotADay),
        _ => return Err(Unreadable::Shape),
    }
    if number(0, 4) == 9999 {
        return Ok(None);
    }
    let date = Date::new(number(0, 4), small(4), small(6)).map_err(|_| Unreadable::NoSuchDay)?;
    let time = match (digits.len(), small(8)) {
        (8, _) => None,
        // The end of this day; midnight of the next would be another date.
        (_, 24) => Some(Time::constant(23, 59, 59, 0)),
        (_, hour) => Time::new(hour, small(10), small(12).min(59), 0).ok(),
    };
    Ok(Some(When { date, time }))
}

fn wall_clock_digits(text: &str) -> Result<Vec<u8>, Unreadable> {
    let mut digits = Vec::with_capacity(14);
    let dashed = text
        .as_bytes()
        .get(4)
        .is_some_and(|b| matches!(b, b'-' | b'/'));
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'0'..=b'9' => digits.push(byte - b'0'),
            b'-' | b'/' if dashed && (at == 4 || at == 7) => {}
            b'T' | b' ' | b':' if digits.len() >= 8 => {}
            // Offset, fraction of a second, precision: nothing after them changes the wall clock.
            b'+' | b'.' | b'Z' => break,
            b'-' if digits.len() >= 4 => break,
            _ => return Err(Unreadable::Shape),
        }
    }
    Ok(digits)
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};
    use proptest::prelude::*;

    use super::*;

    fn when(text: &str) -> Option<When> {
        parse(text).unwrap()
    }

    #[test]
    fn every_shape_that_feeds_send() {
        let day = date(1948, 6, 5);
        for text in [
            "19480605",
            "194806050000",
            "19480605000000",
            "19480605+",
            "19480605 ",
            "1948-06-05",
            "1948/06/05",
        ] {
            assert_eq!(when(text).unwrap().date, day, "{text}");
        }
        let moment = Some(When {
            date: date(2025, 5, 5),
            time: Some(time(23, 23, 32, 0)),
        });
        for text in [
            "20250505232332",
            "2025-05-05 23:23:32",
            "2025-05-05T23:23:32Z",
            "20250505232332.1234+0100",
            "20250505232332-0500",
            "20250505 232332",
            "2025050523233200",
        ] {
            assert_eq!(when(text), moment, "{text}");
        }
    }

    #[test]
    fn an_offset_never_moves_a_date() {
        assert_eq!(when("19480605000000+0100").unwrap().date, date(1948, 6, 5));
        assert_eq!(when("19480604230000+0000").unwrap().date, date(1948, 6, 4));
    }

    #[test]
    fn not_stated() {
        for text in ["", "  ", "\"\"", "00000000", "99991231", "99991231235959"] {
            assert_eq!(when(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_not_a_day_says_why() {
        assert_eq!(parse("1948"), Err(Unreadable::NotADay));
        assert_eq!(parse("194806"), Err(Unreadable::NotADay));
        assert_eq!(parse("20260231"), Err(Unreadable::NoSuchDay));
        assert_eq!(parse("1948060"), Err(Unreadable::Shape));
        assert_eq!(parse("194806051"), Err(Unreadable::Shape));
        assert_eq!(parse("05 June 1948"), Err(Unreadable::Shape));
        assert_eq!(
            parse("20260301240000").unwrap().unwrap().date,
            date(2026, 3, 1)
        );
    }

    proptest! {
        #[test]
        fn never_panics(text in ".*") {
            let _ = parse(&text);
        }

        #[test]
        fn digits_only_never_panics(text in "[0-9]{0,20}[+-]?[0-9]{0,4}") {
            let _ = parse(&text);
        }
    }
}
