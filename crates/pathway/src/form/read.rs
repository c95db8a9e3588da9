//! What was typed, read into answers: what is wrong is said, what is unlikely is asked about, and neither is lost.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::{ALONE, Answers, Kind, NOT_KNOWN, Question, Section, Value};

/// Nobody in care was born, broke a bone or had a scan before.
const EARLIEST_YEAR: i16 = 1900;
/// Longer text than anybody types into a box.
const LONGEST: usize = 4_000;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Checked {
    /// Everything that can be taken as it is.
    pub answers: Answers,
    pub faults: Vec<Fault>,
}

/// An answer that is not taken yet, as it was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub question: String,
    pub problem: Problem,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// Cannot be what is meant.
    Wrong(String),
    /// Can hardly be what is meant: taken once it is confirmed.
    Questioned(String),
}

impl Problem {
    pub fn words(&self) -> &str {
        match self {
            Self::Wrong(words) | Self::Questioned(words) => words,
        }
    }
}

impl Section {
    /// Read what was typed for the questions of this section. `confirmed` names those whose unlikely answer stands.
    pub fn read(
        &self,
        typed: &BTreeMap<String, Vec<String>>,
        confirmed: &BTreeSet<String>,
        today: Date,
    ) -> Checked {
        let mut checked = Checked::default();
        for question in &self.questions {
            let Some(typed) = typed.get(&question.id) else {
                continue;
            };
            match question.read(typed, confirmed.contains(&question.id), today) {
                Ok(Some(value)) => {
                    checked.answers.insert(question.id.clone(), value);
                }
                Ok(None) => {}
                Err(problem) => checked.faults.push(Fault {
                    question: question.id.clone(),
                    problem,
                }),
            }
        }
        checked
    }
}

impl Question {
    /// Empty is no answer.
    pub fn read(
        &self,
        typed: &[String],
        confirmed: bool,
        today: Date,
    ) -> Result<Option<Value>, Problem> {
        let typed: Vec<String> = typed
            .iter()
            .map(|text| text.replace('\0', "").trim().to_owned())
            .filter(|text| !text.is_empty())
            .collect();
        let Some(first) = typed.first() else {
            return Ok(None);
        };
        if typed.iter().any(|text| text.len() > LONGEST) {
            return Err(self.wrong("is too long: keep it under 4,000 characters"));
        }
        if first == NOT_KNOWN && typed.len() == 1 {
            return Ok(Some(Value::one(NOT_KNOWN)));
        }
        match self.kind {
            Kind::YesNo | Kind::Choice => {
                self.known(first)?;
                Ok(Some(Value::one(first)))
            }
            Kind::Choices => {
                for code in &typed {
                    self.known(code)?;
                }
                let alone = typed.iter().any(|code| ALONE.contains(&code.as_str()));
                if alone && typed.len() > 1 {
                    return Err(self.wrong("cannot be none and something at once"));
                }
                Ok(Some(Value::Many(typed)))
            }
            Kind::Number => self.read_number(first, confirmed).map(Some),
            Kind::Date => self.read_date(first, today).map(Some),
            Kind::Text => Ok(Some(Value::one(first))),
        }
    }

    fn wrong(&self, what: &str) -> Problem {
        Problem::Wrong(format!("{} {what}", self.ask))
    }

    fn known(&self, code: &str) -> Result<(), Problem> {
        if code == NOT_KNOWN || self.options().iter().any(|(held, _)| *held == code) {
            Ok(())
        } else {
            Err(self.wrong("has an answer that is not on the list: choose one"))
        }
    }

    fn read_number(&self, typed: &str, confirmed: bool) -> Result<Value, Problem> {
        let (value, range) = match typed.split_once('(') {
            Some((value, range)) if self.range => (value.trim(), Some(range)),
            _ => (typed, None),
        };
        // "162 cm" is as good as "162".
        let bare = self
            .unit
            .as_deref()
            .and_then(|unit| value.strip_suffix(unit))
            .unwrap_or(value)
            .trim();
        let comparator = bare
            .chars()
            .next()
            .filter(|c| self.range && matches!(c, '<' | '>'));
        let digits = bare.trim_start_matches(['<', '>']).trim();
        let number = number(digits).map_err(|()| {
            let usual = self
                .plausible
                .map_or(1.0, |(low, high)| ((low + high) / 2.0).round());
            self.wrong(&format!("must be a number, such as {usual}"))
        })?;
        let mut text = digits
            .replace(',', ".")
            .replace(['\u{2212}', '\u{2013}'], "-");
        if let Some(comparator) = comparator {
            text.insert(0, comparator);
        }
        let value = match range {
            Some(range) => {
                let range = range.trim_end().trim_end_matches(')').trim();
                Value::Many(vec![text, range.to_owned()])
            }
            None => Value::One(text),
        };
        match self.plausible {
            Some((low, high)) if !confirmed && !(low..=high).contains(&number) => {
                let unit = self
                    .unit
                    .as_deref()
                    .map(|unit| format!(" {unit}"))
                    .unwrap_or_default();
                Err(Problem::Questioned(format!(
                    "{}: {number}{unit} is outside the usual {low} to {high}. Check the figure and its unit",
                    self.ask
                )))
            }
            _ => Ok(value),
        }
    }

    /// A day (`2026-03-05`, `5/3/2026`), a month (`2026-03`) or a year.
    fn read_date(&self, typed: &str, today: Date) -> Result<Value, Problem> {
        let not_real = || self.wrong("is not a real date: type day, month and year");
        let numbers: Vec<i16> = typed
            .split(['-', '/', '.', ' '])
            .filter(|part| !part.is_empty())
            .map(|part| part.parse::<i16>())
            .collect::<Result<_, _>>()
            .map_err(|_| not_real())?;
        let small = |number: i16| i8::try_from(number).map_err(|_| not_real());
        let (year, month, day) = match numbers.as_slice() {
            [year] => (*year, None, None),
            [year, month] if *year > 31 => (*year, Some(small(*month)?), None),
            [month, year] => (*year, Some(small(*month)?), None),
            [year, month, day] if *year > 31 => (*year, Some(small(*month)?), Some(small(*day)?)),
            [day, month, year] => (*year, Some(small(*month)?), Some(small(*day)?)),
            _ => return Err(not_real()),
        };
        let first =
            Date::new(year, month.unwrap_or(1), day.unwrap_or(1)).map_err(|_| not_real())?;
        if day.is_none() && self.required {
            return Err(self.wrong("needs a day, a month and a year"));
        }
        if year < EARLIEST_YEAR {
            return Err(self.wrong("is too long ago: type the year with four digits"));
        }
        if first > today {
            return Err(self.wrong("is in the future"));
        }
        Ok(Value::One(match (month, day) {
            (Some(_), Some(_)) => first.to_string(),
            (Some(month), None) => format!("{year:04}-{month:02}"),
            _ => format!("{year:04}"),
        }))
    }
}

/// A decimal number with point or comma, and any kind of minus.
pub(super) fn number(text: &str) -> Result<f64, ()> {
    let text = text
        .replace(',', ".")
        .replace(['\u{2212}', '\u{2013}'], "-");
    if !text
        .chars()
        .all(|c| c.is_ascii_digit() || matches!(c, '.' | '-' | '+'))
    {
        return Err(());
    }
    text.parse::<f64>().map_err(|_| ())
}
