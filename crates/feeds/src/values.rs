//! Readings that HL7 and delimited files share.

use jiff::civil::Date;
use terms::{Code, CodeSystem, OdsCode};

use crate::message::Death;

/// A hospital site or trust. Words of 3 to 8 letters fit an ODS code by length alone; hospital names must not.
pub(crate) fn site(text: &str) -> Option<OdsCode> {
    let code: OdsCode = text.parse().ok()?;
    let letters = code.as_str();
    let has_digit = letters.bytes().any(|b| b.is_ascii_digit());
    match letters.len() {
        3 => Some(code),
        5 if has_digit || letters.starts_with('R') => Some(code),
        _ => (has_digit && letters.len() <= 6).then_some(code),
    }
}

/// A GP practice (`F81001`), never a GP's own code (`G1234567`).
pub(crate) fn practice(text: &str) -> Option<OdsCode> {
    text.parse::<OdsCode>().ok().filter(OdsCode::is_practice)
}

/// Capitals and one space before the last three; what does not look like a UK postcode is only trimmed.
pub(crate) fn postcode(text: &str) -> Option<String> {
    let packed: String = text
        .chars()
        .filter(|c| !c.is_whitespace())
        .collect::<String>()
        .to_uppercase();
    if packed.is_empty() {
        return None;
    }
    let fits = packed.is_ascii()
        && (5..=7).contains(&packed.len())
        && packed.bytes().all(|b| b.is_ascii_alphanumeric());
    match packed.split_at_checked(packed.len().saturating_sub(3)) {
        Some((out, inward)) if fits => Some(format!("{out} {inward}")),
        _ => Some(text.trim().to_uppercase()),
    }
}

/// `S72.0`, `S720`, `S7200`, `S720X`, with or without dagger or asterisk: a letter and two digits in front.
pub(crate) fn looks_like_icd10(code: &str) -> bool {
    let shape = code.as_bytes();
    matches!(shape, [a, b, c, rest @ ..]
        if a.is_ascii_alphabetic() && b.is_ascii_digit() && c.is_ascii_digit() && rest.len() <= 6
            && rest.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'*' | b'+' | b'-')))
}

/// `W19.1`, `W191`, `W46`.
pub(crate) fn looks_like_opcs4(code: &str) -> bool {
    let packed: Vec<u8> = code.bytes().filter(|b| *b != b'.').collect();
    matches!(packed.as_slice(), [a, b, c, rest @ ..]
        if a.is_ascii_alphabetic() && b.is_ascii_digit() && c.is_ascii_digit() && rest.len() <= 1
            && rest.iter().all(u8::is_ascii_alphanumeric))
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum NotSnomed {
    Shape,
    /// What a spreadsheet makes of 18 digits: the last ones become zeros.
    CheckDigit,
}

/// A SNOMED CT identifier is 6 to 18 digits, the last of which is a Verhoeff check digit.
pub(crate) fn check_snomed(code: &str) -> Result<(), NotSnomed> {
    if !(6..=18).contains(&code.len()) || !code.bytes().all(|b| b.is_ascii_digit()) {
        return Err(NotSnomed::Shape);
    }
    if verhoeff(code) == 0 {
        Ok(())
    } else {
        Err(NotSnomed::CheckDigit)
    }
}

/// Zero when the check digit is right.
fn verhoeff(digits: &str) -> u8 {
    digits
        .bytes()
        .rev()
        .enumerate()
        .fold(0, |sum, (place, byte)| {
            let mut digit = byte.wrapping_sub(b'0');
            for _ in 0..place % 8 {
                digit = permuted(digit);
            }
            dihedral(sum, digit)
        })
}

fn permuted(digit: u8) -> u8 {
    [1, 5, 7, 6, 2, 8, 3, 0, 9, 4]
        .get(usize::from(digit))
        .copied()
        .unwrap_or_default()
}

/// Multiplication in the dihedral group of order 10.
fn dihedral(a: u8, b: u8) -> u8 {
    match (a < 5, b < 5) {
        (true, true) => (a + b) % 5,
        (true, false) => 5 + (a + b - 5) % 5,
        (false, true) => 5 + (a - b) % 5,
        (false, false) => (5 + a - b) % 5,
    }
}

/// A code by the look of it, for senders that leave the coding system out.
pub(crate) fn code_by_shape(code: &str) -> Option<Code> {
    if looks_like_icd10(code) {
        Some(Code::new(CodeSystem::Icd10, code))
    } else {
        check_snomed(code)
            .ok()
            .map(|()| Code::new(CodeSystem::Snomed, code))
    }
}

const OLDEST_BIRTH: i16 = 1890;

/// Why a birth date cannot be right, given what else the item says.
pub(crate) fn implausible_birth(
    born: Date,
    events: &[Option<Date>],
    death: Death,
) -> Option<String> {
    let said = born.strftime("%d/%m/%Y");
    if born.year() < OLDEST_BIRTH {
        return Some(format!("A birth date of {said} is too long ago."));
    }
    if let Some(event) = events.iter().flatten().find(|event| **event < born) {
        return Some(format!(
            "The birth date {said} is after the event of {}.",
            event.strftime("%d/%m/%Y")
        ));
    }
    match death {
        Death::Died(Some(died)) if died < born => Some(format!(
            "The birth date {said} is after the date of death {}.",
            died.strftime("%d/%m/%Y")
        )),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_hospital_name_is_not_a_code() {
        for code in ["RAJ", "RAJ01", "raj12", "RAPNM", "7A1", "RAJAA"] {
            assert!(site(code).is_some(), "{code}");
        }
        for name in ["Southend", "Basildon", "Ward", "PACS", "Leeds", ""] {
            assert!(site(name).is_none(), "{name}");
        }
    }

    #[test]
    fn practices_and_people() {
        assert_eq!(practice("w92616").unwrap().as_str(), "W92616");
        assert!(practice("G9146958").is_none());
    }

    #[test]
    fn postcodes() {
        assert_eq!(postcode("ss00ry").unwrap(), "SS0 0RY");
        assert_eq!(postcode(" CM1  7ET ").unwrap(), "CM1 7ET");
        assert_eq!(postcode("Eircode x").unwrap(), "EIRCODE X");
        assert_eq!(postcode("  "), None);
    }

    #[test]
    fn snomed_check_digit() {
        for code in [
            "263102004",
            "71642004",
            "991291000000101",
            "999003031000000102",
        ] {
            assert_eq!(check_snomed(code), Ok(()), "{code}");
        }
        assert_eq!(check_snomed("263102005"), Err(NotSnomed::CheckDigit));
        assert_eq!(check_snomed("2.63E+08"), Err(NotSnomed::Shape));
    }

    #[test]
    fn codes_of_other_shapes() {
        for code in ["S720", "S72.0", "S7200", "S720X", "M80.0", "S72.0D"] {
            assert!(looks_like_icd10(code), "{code}");
        }
        for code in ["S7", "Fracture", "72100", "S72.0 closed"] {
            assert!(!looks_like_icd10(code), "{code}");
        }
        assert!(looks_like_opcs4("W19.1") && looks_like_opcs4("W46") && !looks_like_opcs4("W1911"));
    }

    #[test]
    fn birth_dates_that_cannot_be() {
        let event = [Some(date(2026, 3, 1))];
        assert!(implausible_birth(date(1889, 12, 31), &[], Death::NotStated).is_some());
        assert!(implausible_birth(date(2026, 3, 2), &event, Death::NotStated).is_some());
        assert!(implausible_birth(date(2026, 3, 1), &event, Death::NotStated).is_none());
        assert!(
            implausible_birth(date(1950, 1, 1), &[], Death::Died(Some(date(1949, 1, 1)))).is_some()
        );
    }

    proptest! {
        #[test]
        fn one_wrong_digit_is_always_caught(stem in 10_000u64..99_999_999_999_999_999, at in 0usize..5, by in 1u8..10) {
            let good = (0..10).map(|check| format!("{stem}{check}")).find(|c| check_snomed(c).is_ok()).unwrap();
            let mut bytes = good.into_bytes();
            bytes[at] = b'0' + (bytes[at] - b'0' + by) % 10;
            prop_assert_eq!(check_snomed(&String::from_utf8(bytes).unwrap()), Err(NotSnomed::CheckDigit));
        }
    }
}
