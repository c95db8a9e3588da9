use askama::Template;

use super::{
    evidence::Sighting,
    form::Hidden,
    page::Chrome,
    parts::{Fact, Link},
};

#[derive(Debug, Clone, Default)]
pub struct PersonColumn {
    pub id: String,
    pub heading: String,
    pub sub: String,
}

#[derive(Debug, Clone, Default)]
pub struct Cell {
    pub text: String,
    /// `same`, `differs` or `unknown`.
    pub class: &'static str,
    /// The same in words; empty where there is nothing to compare.
    pub words: &'static str,
}

impl Cell {
    /// Compares what was sent with what is known, ignoring case and spacing.
    pub fn compared(incoming: &str, known: &str) -> Self {
        let fold = |text: &str| -> String {
            text.chars()
                .filter(|c| c.is_alphanumeric())
                .flat_map(char::to_lowercase)
                .collect()
        };
        let (class, words) = match (fold(incoming), fold(known)) {
            (a, b) if a.is_empty() || b.is_empty() => ("unknown", ""),
            (a, b) if a == b => ("same", "same"),
            _ => ("differs", "different"),
        };
        let text = if known.trim().is_empty() {
            "Not known"
        } else {
            known
        };
        Self {
            text: text.to_owned(),
            class,
            words,
        }
    }

    /// The same, where "Not known" is a word and no value.
    pub fn compared_known(incoming: &str, known: &str) -> Self {
        let said = |text: &str| {
            if text == "Not known" {
                String::new()
            } else {
                text.to_owned()
            }
        };
        Self::compared(&said(incoming), &said(known))
    }
}

#[derive(Debug, Clone, Default)]
pub struct Row {
    pub label: String,
    pub incoming: String,
    pub cells: Vec<Cell>,
}

#[derive(Template)]
#[template(path = "question.html")]
pub struct Question {
    pub chrome: Chrome,
    pub back: Link,
    pub position: String,
    pub question: String,
    pub incoming_heading: String,
    pub incoming_source: String,
    pub people: Vec<PersonColumn>,
    pub rows: Vec<Row>,
    /// How many other messages the answer settles, in words; empty if none.
    pub also: String,
    pub can_decide: bool,
    pub action: String,
    pub hidden: Vec<Hidden>,
    pub new_text: String,
    pub sightings: Vec<Sighting>,
    pub results: Vec<SentResult>,
}

/// A blood result or scan in the message.
pub struct SentResult {
    /// "Blood test: Bone profile, 10 March 2026".
    pub heading: String,
    pub values: Vec<Fact>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_is_said_in_words_and_unknown_is_not_a_difference() {
        assert_eq!(Cell::compared("SS0 0RY", "ss00ry").words, "same");
        assert_eq!(
            Cell::compared("1 May 1950", "5 January 1950").words,
            "different"
        );
        assert_eq!(Cell::compared("", "5 January 1950").words, "");
        assert_eq!(Cell::compared("x", "").text, "Not known");
    }
}
