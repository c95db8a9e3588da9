use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// An Organisation Data Service code: a trust (`RAJ`), a hospital site (`RAJ01`), a GP practice (`F81001`).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct OdsCode(String);

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an ODS code is 3 to 8 letters and digits")]
pub struct OdsCodeError;

impl OdsCode {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A GP practice is a letter and five digits; a GP's own code (`G1234567`) is not a practice.
    pub fn is_practice(&self) -> bool {
        let mut chars = self.0.chars();
        self.0.len() == 6
            && chars.next().is_some_and(|c| c.is_ascii_uppercase())
            && chars.all(|c| c.is_ascii_digit())
    }
}

impl FromStr for OdsCode {
    type Err = OdsCodeError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let code = text.trim().to_ascii_uppercase();
        let fits = (3..=8).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_alphanumeric());
        if fits {
            Ok(Self(code))
        } else {
            Err(OdsCodeError)
        }
    }
}

impl fmt::Display for OdsCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for OdsCode {
    type Error = OdsCodeError;
    fn try_from(value: String) -> Result<Self, Self::Error> {
        value.parse()
    }
}

impl From<OdsCode> for String {
    fn from(value: OdsCode) -> Self {
        value.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn practices_are_told_from_people_and_sites() {
        let code = |text: &str| text.parse::<OdsCode>().unwrap();
        assert!(code("f81001").is_practice());
        assert!(!code("RAJ01").is_practice());
        assert!(!code("G1234567").is_practice());
        assert!("".parse::<OdsCode>().is_err());
        assert!("RAJ 01".parse::<OdsCode>().is_err());
    }
}
