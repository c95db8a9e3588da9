//! Dates as people and spreadsheets write them.

use jiff::civil::Date;
use jiff::{Span, civil};

use super::profile::DateOrder;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NotADate {
    pub problem: String,
    pub advice: String,
}

/// Words and dates that mean "not known" in extracts.
pub(super) fn is_not_known(text: &str) -> bool {
    let folded = text.trim().to_lowercase();
    matches!(
        folded.as_str(),
        "" | "null"
            | "-"
            | "--"
            | "n/a"
            | "n/k"
            | "nk"
            | "na"
            | "none"
            | "nil"
            | "?"
            | "."
            | "#n/a"
            | "not known"
            | "unknown"
            | "not stated"
            | "not recorded"
            | "not available"
            | "not applicable"
    )
}

const SENTINELS: [Date; 4] = [
    civil::date(1900, 1, 1),
    civil::date(1899, 12, 30),
    civil::date(1899, 12, 31),
    civil::date(9999, 12, 31),
];

/// The day that Excel counts from, as far as its serials after February 1900 go.
const EXCEL_EPOCH: Date = civil::date(1899, 12, 30);
const EXCEL_LAST: i64 = 80_000;

pub(super) fn parse(text: &str, order: DateOrder) -> Result<Option<Date>, NotADate> {
    let text = text.trim();
    if is_not_known(text) {
        return Ok(None);
    }
    let said = crate::fault::shorten(text);
    let tokens = tokens(text);
    let numbers: Vec<(i64, usize)> = tokens
        .iter()
        .take(3)
        .map_while(|t| Some((t.number()?, t.text.len())))
        .collect();
    if let Some(day) = serial(text) {
        return day.map(known).map_err(|problem| problem.about(&said));
    }
    let found = match (numbers.as_slice(), tokens.as_slice()) {
        ([(packed, 8 | 12 | 14), ..], _) => {
            let first_eight = tokens
                .first()
                .and_then(|t| t.text.get(..8)?.parse().ok())
                .unwrap_or(*packed);
            make(
                first_eight / 10_000,
                first_eight / 100 % 100,
                first_eight % 100,
            )
        }
        ([(year, 4), (month, 1 | 2), (day, 1 | 2)], _) => make(*year, *month, *day),
        ([(first, 1 | 2), (second, 1 | 2), (year, 4)], _) => ordered(*first, *second, *year, order),
        ([(_, 1 | 2), (_, 1 | 2), (_, 2)], _) => Err(Problem::ShortYear),
        ([(year, 4)], [_]) if (1850..2200).contains(year) => Err(Problem::OnlyYear),
        (_, [a, b, c, ..]) => worded(a, b, c),
        _ => Err(Problem::Shape),
    };
    found.map(known).map_err(|problem| problem.about(&said))
}

fn known(date: Date) -> Option<Date> {
    (!SENTINELS.contains(&date) && date.year() < 9000).then_some(date)
}

#[derive(Debug, Clone, Copy)]
enum Problem {
    NoSuchDay,
    MonthFirst,
    ShortYear,
    OnlyYear,
    Shape,
}

impl Problem {
    fn about(self, said: &str) -> NotADate {
        let (problem, advice) = match self {
            Self::NoSuchDay => (
                format!("{said} is not a real date."),
                "Correct it at the source.",
            ),
            Self::MonthFirst => (
                format!("{said} has no such month when days come first."),
                "If this whole file has months first, set dates = \"month_first\" in its profile.",
            ),
            Self::ShortYear => (
                format!("{said} has a year of two digits, which could be either century."),
                "Export dates with four-digit years.",
            ),
            Self::OnlyYear => (
                format!("{said} is a year, not a day."),
                "Export the whole date.",
            ),
            Self::Shape => (
                format!("“{said}” is not a date."),
                "Write it as dd/mm/yyyy or yyyy-mm-dd.",
            ),
        };
        NotADate {
            problem,
            advice: advice.to_owned(),
        }
    }
}

fn make(year: i64, month: i64, day: i64) -> Result<Date, Problem> {
    let (Ok(year), Ok(month), Ok(day)) =
        (i16::try_from(year), i8::try_from(month), i8::try_from(day))
    else {
        return Err(Problem::NoSuchDay);
    };
    Date::new(year, month, day).map_err(|_| Problem::NoSuchDay)
}

fn ordered(first: i64, second: i64, year: i64, order: DateOrder) -> Result<Date, Problem> {
    match order {
        DateOrder::MonthFirst => make(year, first, second),
        DateOrder::DayFirst | DateOrder::Iso if second > 12 && first <= 12 => {
            Err(Problem::MonthFirst)
        }
        DateOrder::DayFirst | DateOrder::Iso => make(year, second, first),
    }
}

/// Days since 1900 as a spreadsheet stores them. Four digits are more likely a year.
fn serial(text: &str) -> Option<Result<Date, Problem>> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if whole.len() > 5 || whole.len() < 4 || !digits(whole) || !digits(fraction) {
        return None;
    }
    let days: i64 = whole
        .parse()
        .ok()
        .filter(|days| !(1850..2200).contains(days) && *days <= EXCEL_LAST)?;
    Some(
        EXCEL_EPOCH
            .checked_add(Span::new().days(days))
            .map_err(|_| Problem::NoSuchDay),
    )
}

/// `22-Nov-2026`, `22 November 2026`, `Nov 22, 2026`, `2026-Nov-22`.
fn worded(a: &Token<'_>, b: &Token<'_>, c: &Token<'_>) -> Result<Date, Problem> {
    let (first, last) = (a.text.len(), c.text.len());
    match (a.number(), b.number(), c.number()) {
        (Some(day), None, Some(year)) if first <= 2 && last == 4 => make(year, month(b.text)?, day),
        (Some(_), None, Some(_)) if first <= 2 && last == 2 => {
            month(b.text).and(Err(Problem::ShortYear))
        }
        (Some(year), None, Some(day)) if first == 4 && last <= 2 => make(year, month(b.text)?, day),
        (None, Some(day), Some(year)) if last == 4 => make(year, month(a.text)?, day),
        _ => Err(Problem::Shape),
    }
}

fn month(word: &str) -> Result<i64, Problem> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let word = word.to_lowercase();
    let fits = |name: &&str| {
        word.len() >= 3
            && (name.starts_with(word.as_str()) || word == "sept" && **name == *"september")
    };
    let at = MONTHS.iter().position(fits).ok_or(Problem::Shape)?;
    i64::try_from(at + 1).map_err(|_| Problem::Shape)
}

struct Token<'a> {
    text: &'a str,
    digits: bool,
}

impl Token<'_> {
    fn number(&self) -> Option<i64> {
        if self.digits {
            self.text.parse().ok()
        } else {
            None
        }
    }
}

/// Runs of digits and runs of letters, without weekdays and the letters of "22nd".
fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens: Vec<Token<'_>> = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c.is_alphanumeric()) {
        rest = rest.get(start..).unwrap_or_default();
        let digits = rest.starts_with(|c: char| c.is_ascii_digit());
        let same = |c: char| {
            if digits {
                c.is_ascii_digit()
            } else {
                c.is_alphabetic()
            }
        };
        let end = rest.find(|c| !same(c)).unwrap_or(rest.len()).max(1);
        let Some((text, after)) = rest.split_at_checked(end) else {
            break;
        };
        let ordinal =
            matches!(text, "st" | "nd" | "rd" | "th") && tokens.last().is_some_and(|t| t.digits);
        let weekday = !digits && tokens.is_empty() && is_weekday(text);
        if !ordinal && !weekday {
            tokens.push(Token { text, digits });
        }
        rest = after;
    }
    tokens
}

fn is_weekday(word: &str) -> bool {
    let word = word.to_lowercase();
    word.len() >= 3
        && [
            "monday",
            "tuesday",
            "wednesday",
            "thursday",
            "friday",
            "saturday",
            "sunday",
        ]
        .iter()
        .any(|day| day.starts_with(word.as_str()))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn day_first(text: &str) -> Result<Option<Date>, NotADate> {
        parse(text, DateOrder::DayFirst)
    }

    #[test]
    fn every_way_of_writing_a_day() {
        for text in [
            "05/06/1948",
            "5/6/1948",
            "05-06-1948",
            "05.06.1948",
            "05-Jun-1948",
            "5 June 1948",
            "5th June 1948",
            "Sat 5 Jun 1948",
            "Jun 5, 1948",
            "1948-06-05",
            "1948/06/05",
            "19480605",
            "1948-Jun-05",
            "05/06/1948 14:35",
            "1948-06-05T00:00:00Z",
            "1948-06-05 00:00:00.000",
            "19480605000000",
            "1948-06-05Z",
            "17689",
            "17689.0",
            " 05/06/1948 ",
        ] {
            assert_eq!(day_first(text), Ok(Some(date(1948, 6, 5))), "{text}");
        }
    }

    #[test]
    fn not_known() {
        for text in [
            "",
            "NULL",
            "-",
            "Not Known",
            "unknown",
            "01/01/1900",
            "31/12/9999",
            "1900-01-01",
            "9999-12-31",
        ] {
            assert_eq!(day_first(text), Ok(None), "{text}");
        }
    }

    #[test]
    fn the_order_belongs_to_the_file() {
        assert_eq!(
            parse("03/04/2026", DateOrder::DayFirst),
            Ok(Some(date(2026, 4, 3)))
        );
        assert_eq!(
            parse("03/04/2026", DateOrder::MonthFirst),
            Ok(Some(date(2026, 3, 4)))
        );
        assert_eq!(
            parse("03/04/2026", DateOrder::Iso),
            Ok(Some(date(2026, 4, 3)))
        );
        assert!(
            day_first("04/13/2026")
                .unwrap_err()
                .advice
                .contains("month_first")
        );
    }

    #[test]
    fn wrong_dates_say_why() {
        assert_eq!(
            day_first("31/02/2026").unwrap_err().problem,
            "31/02/2026 is not a real date."
        );
        assert!(
            day_first("05/06/48")
                .unwrap_err()
                .problem
                .contains("century")
        );
        assert!(
            day_first("05-JUN-48")
                .unwrap_err()
                .problem
                .contains("century")
        );
        assert!(
            day_first("1948")
                .unwrap_err()
                .problem
                .contains("a year, not a day")
        );
        assert!(
            day_first("last Tuesday")
                .unwrap_err()
                .problem
                .contains("not a date")
        );
        assert!(day_first("12").is_err());
    }

    proptest! {
        #[test]
        fn never_panics(text in ".*") {
            let _ = day_first(&text);
        }

        #[test]
        fn digits_and_strokes_never_panic(text in "[0-9/. a-z-]{0,24}") {
            let _ = day_first(&text);
        }

        #[test]
        fn every_day_reads_back(days in 10_000i64..50_000) {
            let day = EXCEL_EPOCH.checked_add(Span::new().days(days)).unwrap();
            for shape in ["%d/%m/%Y", "%Y-%m-%d", "%d-%b-%Y", "%Y%m%d", "%-d %B %Y"] {
                prop_assert_eq!(day_first(&day.strftime(shape).to_string()), Ok(Some(day)));
            }
            prop_assert_eq!(day_first(&days.to_string()), Ok(Some(day)));
        }
    }
}
