use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// An NHS number whose check digit is right (modulus 11).
///
/// `Debug` hides the number so that it cannot reach a log by accident; `Display` writes it the way
/// NHS screens show it, 3-3-4.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct NhsNumber(String);

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NhsNumberError {
    #[error("no NHS number given")]
    Empty,
    #[error("an NHS number has 10 digits; this has {0}")]
    Length(usize),
    #[error("an NHS number is digits only (spaces and dashes are fine)")]
    NotDigits,
    #[error("the check digit is wrong: a digit was probably mistyped")]
    CheckDigit,
    #[error("this looks like a National Insurance number, not an NHS number")]
    NationalInsurance,
}

impl NhsNumber {
    /// The ten digits without spaces, for storage and matching.
    pub fn digits(&self) -> &str {
        &self.0
    }
}

impl FromStr for NhsNumber {
    type Err = NhsNumberError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let kept: String = text
            .chars()
            .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '\u{a0}' | '\u{2013}'))
            .collect();
        if kept.is_empty() {
            return Err(NhsNumberError::Empty);
        }
        if !kept.bytes().all(|b| b.is_ascii_digit()) {
            return Err(if looks_like_national_insurance(&kept) {
                NhsNumberError::NationalInsurance
            } else {
                NhsNumberError::NotDigits
            });
        }
        if kept.len() != 10 {
            return Err(NhsNumberError::Length(kept.len()));
        }
        let digits: Vec<u32> = kept.bytes().map(|b| u32::from(b - b'0')).collect();
        let all_same = digits.windows(2).all(|w| w.first() == w.last());
        let sum: u32 = digits
            .iter()
            .take(9)
            .zip((2..=10).rev())
            .map(|(d, w)| d * w)
            .sum();
        let check = match 11 - sum % 11 {
            11 => 0,
            other => other,
        };
        if all_same || digits.last() != Some(&check) {
            return Err(NhsNumberError::CheckDigit);
        }
        Ok(Self(kept))
    }
}

fn looks_like_national_insurance(text: &str) -> bool {
    let shape: Vec<bool> = text.chars().map(|c| c.is_ascii_digit()).collect();
    shape == [false, false, true, true, true, true, true, true, false]
}

impl fmt::Display for NhsNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (a, rest) = self.0.split_at_checked(3).unwrap_or((&self.0, ""));
        let (b, c) = rest.split_at_checked(3).unwrap_or((rest, ""));
        write!(f, "{a} {b} {c}")
    }
}

impl fmt::Debug for NhsNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NhsNumber(hidden)")
    }
}

impl TryFrom<String> for NhsNumber {
    type Error = NhsNumberError;
    fn try_from(value: String) -> Result<Self, Self::Error> {
        value.parse()
    }
}

impl From<NhsNumber> for String {
    fn from(value: NhsNumber) -> Self {
        value.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn spaces_and_dashes_are_fine_and_display_is_3_3_4() {
        let number: NhsNumber = " 999-000 0018".parse().unwrap();
        assert_eq!(number.digits(), "9990000018");
        assert_eq!(number.to_string(), "999 000 0018");
        assert!(!format!("{number:?}").contains("999"));
    }

    #[test]
    fn each_mistake_has_its_own_words() {
        let wrong = |text: &str| text.parse::<NhsNumber>().unwrap_err();
        assert_eq!(wrong(""), NhsNumberError::Empty);
        assert_eq!(wrong("999000001"), NhsNumberError::Length(9));
        assert_eq!(wrong("99900O0018"), NhsNumberError::NotDigits);
        assert_eq!(wrong("9990000019"), NhsNumberError::CheckDigit);
        assert_eq!(wrong("0000000000"), NhsNumberError::CheckDigit);
        assert_eq!(wrong("QQ 12 34 56 C"), NhsNumberError::NationalInsurance);
    }

    proptest! {
        #[test]
        fn one_wrong_digit_is_always_caught(stem in 0u32..999_999_999, at in 0usize..9, by in 1u8..10) {
            let stem = format!("{stem:09}");
            let found = (0..10).find_map(|check| format!("{stem}{check}").parse::<NhsNumber>().ok());
            if let Some(number) = found {
                let mut digits = number.digits().as_bytes().to_vec();
                digits[at] = b'0' + (digits[at] - b'0' + by) % 10;
                prop_assert!(String::from_utf8(digits).unwrap().parse::<NhsNumber>().is_err());
            }
        }

        #[test]
        fn never_panics(text in ".*") {
            let _ = text.parse::<NhsNumber>();
        }
    }
}
