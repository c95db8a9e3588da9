//! Answers of the assessment as they are known: "not known" is none.

use std::collections::BTreeSet;

use jiff::civil::Date;
use pathway::form::{Answers, NOT_KNOWN, Value, exact_date, yes_no};
use terms::Answer;

use crate::calculators::Reading;

#[derive(Debug, Clone, Copy)]
pub(super) struct Said<'a>(pub &'a Answers);

impl<'a> Said<'a> {
    pub fn answer(self, question: &str) -> Option<&'a Value> {
        self.0.get(question).filter(|value| !value.is(NOT_KNOWN))
    }

    /// Of a choice, its code; of several, the first.
    pub fn code(self, question: &str) -> Option<&'a str> {
        self.answer(question)?.codes().next()
    }

    pub fn yes_no(self, question: &str) -> Option<bool> {
        match yes_no(self.0, question)? {
            Answer::Yes => Some(true),
            Answer::No => Some(false),
            Answer::NotKnown => None,
        }
    }

    /// "Under 10" is no number.
    pub fn number(self, question: &str) -> Option<f64> {
        let bounded = self.code(question)?.starts_with(['<', '>']);
        self.answer(question)?.number().filter(|_| !bounded)
    }

    /// For a sum: `saved` are the questions that somebody answered, and confirmed where the answer was unusual.
    pub fn reading(self, question: &str, saved: &BTreeSet<&str>) -> Option<Reading> {
        Some(Reading {
            value: self.number(question)?,
            confirmed: saved.contains(question),
        })
    }

    pub fn date(self, question: &str) -> Option<Date> {
        exact_date(self.answer(question)?)
    }

    /// Whether one of these is among the answers.
    pub fn any<T: AsRef<str>>(self, question: &str, codes: &[T]) -> Option<bool> {
        let answer = self.answer(question)?;
        Some(codes.iter().any(|code| answer.is(code.as_ref())))
    }
}
