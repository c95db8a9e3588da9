use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// A date as people really know it. Not known is an answer; it is never guessed into a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ApproxDate {
    On(Date),
    Month { year: i16, month: i8 },
    Year(i16),
    NotKnown,
}

impl fmt::Display for ApproxDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::On(date) => write!(f, "{}", date.strftime("%-d %B %Y")),
            Self::Month { year, month } => match Date::new(*year, *month, 1) {
                Ok(first) => write!(f, "about {}", first.strftime("%B %Y")),
                Err(_) => write!(f, "about {year}"),
            },
            Self::Year(year) => write!(f, "about {year}"),
            Self::NotKnown => f.write_str("not known"),
        }
    }
}

/// Yes, no or not known. Blank is never no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    Yes,
    No,
    NotKnown,
}
