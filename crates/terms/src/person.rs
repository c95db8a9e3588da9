use std::fmt;

use serde::{Deserialize, Serialize};

/// A person's name. `Debug` hides it so that it cannot reach a log by accident.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
pub struct PersonName {
    pub family: String,
    pub given: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
}

impl PersonName {
    pub fn new(family: impl Into<String>, given: impl Into<String>) -> Self {
        Self {
            family: family.into(),
            given: given.into(),
            title: None,
        }
    }

    pub fn is_empty(&self) -> bool {
        self.family.trim().is_empty() && self.given.trim().is_empty()
    }

    /// Family and first given name, letters only and in lower case: how two spellings are compared.
    pub fn keys(&self) -> (String, String) {
        let first = self.given.split_whitespace().next().unwrap_or_default();
        (fold(&self.family), fold(first))
    }
}

fn fold(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_alphabetic())
        .flat_map(char::to_lowercase)
        .collect()
}

impl fmt::Display for PersonName {
    /// NHS banner order: FAMILY NAME, Given (Title).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.family.is_empty(), self.given.is_empty()) {
            (true, true) => f.write_str("Name not known"),
            (false, true) => write!(f, "{}", self.family.to_uppercase()),
            (true, false) => write!(f, "{}", self.given),
            (false, false) => write!(f, "{}, {}", self.family.to_uppercase(), self.given),
        }?;
        match &self.title {
            Some(title) if !title.is_empty() => write!(f, " ({title})"),
            _ => Ok(()),
        }
    }
}

impl fmt::Debug for PersonName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonName(hidden)")
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Sex {
    Female,
    Male,
    Indeterminate,
    #[default]
    NotKnown,
}

impl Sex {
    /// NHS Data Dictionary 0/1/2/9 and the letters that most feeds send instead.
    pub fn read(text: &str) -> Self {
        match text.trim().to_ascii_uppercase().as_str() {
            "1" | "M" | "MALE" => Self::Male,
            "2" | "F" | "FEMALE" => Self::Female,
            "9" | "I" | "O" | "A" => Self::Indeterminate,
            _ => Self::NotKnown,
        }
    }

    pub fn words(self) -> &'static str {
        match self {
            Self::Female => "Female",
            Self::Male => "Male",
            Self::Indeterminate => "Indeterminate",
            Self::NotKnown => "Not known",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn banner_order_and_comparison() {
        let name = PersonName {
            family: "O'Brien".into(),
            given: "Mary Ann".into(),
            title: Some("Mrs".into()),
        };
        assert_eq!(name.to_string(), "O'BRIEN, Mary Ann (Mrs)");
        assert_eq!(name.keys(), ("obrien".into(), "mary".into()));
        assert!(!format!("{name:?}").contains("Brien"));
    }
}
