//! Answers in the words that people read.

use jiff::civil::Date;

use super::{Form, Kind, NOT_KNOWN, Question, Value};

impl Form {
    /// The answer in words; an answer to a question that is asked no more is shown as it stands.
    pub fn words(&self, id: &str, value: &Value) -> String {
        match self.question(id) {
            Some(question) => question.words(value),
            None => value.codes().collect::<Vec<_>>().join(", "),
        }
    }
}

impl Question {
    pub fn words(&self, value: &Value) -> String {
        if value.is(NOT_KNOWN) {
            return "Not known".to_owned();
        }
        match (self.kind, value) {
            (Kind::YesNo | Kind::Choice | Kind::Choices, _) => {
                let options = self.options();
                value
                    .codes()
                    .map(|code| {
                        options
                            .iter()
                            .find(|(held, _)| *held == code)
                            .map_or(code, |(_, words)| *words)
                    })
                    .collect::<Vec<_>>()
                    .join("; ")
            }
            (Kind::Number, value) => {
                let mut parts = value.codes();
                let mut words = parts.next().unwrap_or_default().to_owned();
                if let Some(unit) = &self.unit {
                    if unit != "%" {
                        words.push(' ');
                    }
                    words.push_str(unit);
                }
                if let Some(range) = parts.next() {
                    words.push_str(&format!(" ({range})"));
                }
                if !self.holds_plausible(value) {
                    words.push_str(" – unusual, confirmed as typed");
                }
                words
            }
            (Kind::Date, value) => value.codes().map(date).collect(),
            (Kind::Text, value) => value.codes().collect::<Vec<_>>().join(", "),
        }
    }

    /// A number where one expects it; whatever is no number is none of this function's business.
    pub fn holds_plausible(&self, value: &Value) -> bool {
        match (self.plausible, value.number()) {
            (Some((low, high)), Some(number)) => (low..=high).contains(&number),
            _ => true,
        }
    }
}

fn date(text: &str) -> String {
    if let Ok(day) = text.parse::<Date>() {
        return day.strftime("%-d %B %Y").to_string();
    }
    match format!("{text}-01").parse::<Date>() {
        Ok(month) => month.strftime("%B %Y").to_string(),
        Err(_) => text.to_owned(),
    }
}
