//! A form as it was typed: names and values in order, a name may repeat.

use axum::{
    extract::FromRequestParts,
    http::{StatusCode, request::Parts},
};
use jiff::civil::Date;
use terms::ApproxDate;

/// What a POST brought, after the gate has checked its token.
#[derive(Debug, Clone, Default)]
pub struct Typed(pub Vec<(String, String)>);

impl<S: Sync> FromRequestParts<S> for Typed {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or(StatusCode::BAD_REQUEST)
    }
}

/// The names a form carries for Herald itself, which are not what somebody typed.
const OWN: [&str; 3] = ["csrf", "password", "code"];

impl Typed {
    pub fn get(&self, name: &str) -> &str {
        self.0
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.trim())
            .unwrap_or_default()
    }

    /// The value, or nothing when it was left empty.
    pub fn some(&self, name: &str) -> Option<String> {
        Some(self.get(name))
            .filter(|value| !value.is_empty())
            .map(str::to_owned)
    }

    pub fn all(&self, name: &str) -> Vec<String> {
        self.0
            .iter()
            .filter(|(key, _)| key == name)
            .map(|(_, value)| value.trim().to_owned())
            .collect()
    }

    /// Three boxes as they were typed: day, month, year.
    pub fn date_boxes(&self, name: &str) -> [&str; 3] {
        ["day", "month", "year"].map(|part| self.get(&format!("{name}-{part}")))
    }

    /// `Ok(None)` when all three boxes are empty; an error says what to do.
    pub fn date(&self, name: &str, what: &str) -> Result<Option<Date>, String> {
        match self.approximate(name, what)? {
            ApproxDate::NotKnown => Ok(None),
            ApproxDate::On(date) => Ok(Some(date)),
            ApproxDate::Month { .. } | ApproxDate::Year(_) => {
                Err(format!("{what} needs a day, a month and a year"))
            }
        }
    }

    /// A date of which the day, or the day and month, may be left empty.
    pub fn approximate(&self, name: &str, what: &str) -> Result<ApproxDate, String> {
        let [day, month, year] = self.date_boxes(name);
        if day.is_empty() && month.is_empty() && year.is_empty() {
            return Ok(ApproxDate::NotKnown);
        }
        let not_real = || format!("{what} is not a real date");
        if year.len() != 4 {
            return Err(format!("{what} needs a year of 4 digits"));
        }
        let year: i16 = year.parse().map_err(|_| not_real())?;
        if day.is_empty() && month.is_empty() {
            return Ok(ApproxDate::Year(year));
        }
        let month: i8 = month_number(month).ok_or_else(not_real)?;
        if day.is_empty() {
            return Date::new(year, month, 1)
                .map(|_| ApproxDate::Month { year, month })
                .map_err(|_| not_real());
        }
        let day: i8 = day.parse().map_err(|_| not_real())?;
        Date::new(year, month, day)
            .map(ApproxDate::On)
            .map_err(|_| not_real())
    }

    /// What somebody typed, to be kept when the session has ended meanwhile.
    pub fn worth_keeping(&self) -> Vec<(String, String)> {
        self.0
            .iter()
            .filter(|(name, _)| !OWN.contains(&name.as_str()))
            .cloned()
            .collect()
    }
}

/// 7, 07, jul or July.
pub fn month_number(text: &str) -> Option<i8> {
    const NAMES: [&str; 12] = [
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
    if let Ok(number) = text.parse() {
        return (1..=12).contains(&number).then_some(number);
    }
    let text = text.to_lowercase();
    let place = NAMES
        .iter()
        .position(|name| text.len() >= 3 && name.starts_with(&text))?;
    i8::try_from(place + 1).ok()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn typed(day: &str, month: &str, year: &str) -> Typed {
        Typed(vec![
            ("born-day".into(), day.into()),
            ("born-month".into(), month.into()),
            ("born-year".into(), year.into()),
        ])
    }

    #[test]
    fn dates_as_people_type_them() {
        assert_eq!(
            typed("4", "7", "1945").date("born", "x"),
            Ok(Some(date(1945, 7, 4)))
        );
        assert_eq!(
            typed("04", "Jul", "1945").date("born", "x"),
            Ok(Some(date(1945, 7, 4)))
        );
        assert_eq!(typed("", "", "").date("born", "x"), Ok(None));
        assert!(typed("31", "2", "2026").date("born", "x").is_err());
        assert!(typed("3", "2", "26").date("born", "x").is_err());
        assert!(typed("3", "ju", "2026").date("born", "x").is_err());
    }

    #[test]
    fn parts_that_are_not_known_stay_unknown() {
        let month = ApproxDate::Month {
            year: 2026,
            month: 3,
        };
        assert_eq!(typed("", "3", "2026").approximate("born", "x"), Ok(month));
        assert_eq!(
            typed("", "", "2026").approximate("born", "x"),
            Ok(ApproxDate::Year(2026))
        );
        assert!(typed("", "3", "2026").date("born", "x").is_err());
        assert!(typed("3", "", "2026").approximate("born", "x").is_err());
    }

    #[test]
    fn a_draft_holds_no_token_and_no_password() {
        let typed = Typed(vec![
            ("csrf".into(), "x".into()),
            ("note".into(), "fell".into()),
        ]);
        assert_eq!(
            typed.worth_keeping(),
            [("note".to_owned(), "fell".to_owned())]
        );
    }
}
