use serde::{Deserialize, Serialize};

/// Something wrong in a file, with its place and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// Line of the file, from 1, as a text editor counts.
    pub line: u64,
    /// Spreadsheet column letter (`F`), for delimited files.
    pub column: Option<String>,
    /// The header as the file has it, or the HL7 position (`PID-7`).
    pub header: Option<String>,
    /// The offending value, shortened to 80 characters.
    pub value: Option<String>,
    /// "31/02/2026 is not a real date".
    pub problem: String,
    /// What the person can do about it.
    pub advice: String,
    pub severity: Severity,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The item was understood all the same; the field was left out.
    Warning,
    /// The item cannot be used.
    Rejected,
}

const SHOWN: usize = 80;

impl Fault {
    pub(crate) fn warning(
        line: u64,
        problem: impl Into<String>,
        advice: impl Into<String>,
    ) -> Self {
        Self::new(line, problem.into(), advice.into(), Severity::Warning)
    }

    pub(crate) fn rejected(
        line: u64,
        problem: impl Into<String>,
        advice: impl Into<String>,
    ) -> Self {
        Self::new(line, problem.into(), advice.into(), Severity::Rejected)
    }

    fn new(line: u64, problem: String, advice: String, severity: Severity) -> Self {
        Self {
            line,
            column: None,
            header: None,
            value: None,
            problem,
            advice,
            severity,
        }
    }

    pub(crate) fn at(mut self, header: impl Into<String>) -> Self {
        self.header = Some(header.into());
        self
    }

    pub(crate) fn in_column(mut self, index: usize) -> Self {
        self.column = Some(column_letter(index));
        self
    }

    pub(crate) fn with_value(mut self, value: &str) -> Self {
        self.value = Some(shorten(value));
        self
    }
}

pub(crate) fn shorten(value: &str) -> String {
    let mut chars = value.chars();
    let mut kept: String = chars.by_ref().take(SHOWN - 1).collect();
    match (chars.next(), chars.next()) {
        (None, _) => {}
        (Some(last), None) => kept.push(last),
        (Some(_), Some(_)) => kept.push('…'),
    }
    kept
}

/// 0 is `A`, 25 is `Z`, 26 is `AA`.
pub(crate) fn column_letter(index: usize) -> String {
    let mut letters = Vec::new();
    let mut rest = index + 1;
    while rest > 0 {
        letters.push(char::from(
            b'A' + u8::try_from((rest - 1) % 26).unwrap_or_default(),
        ));
        rest = (rest - 1) / 26;
    }
    letters.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_lettered_as_a_spreadsheet_does() {
        let letters: Vec<String> = [0, 25, 26, 51, 52, 701, 702]
            .into_iter()
            .map(column_letter)
            .collect();
        assert_eq!(letters, ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]);
    }

    #[test]
    fn long_values_are_shortened_by_character_not_by_byte() {
        assert_eq!(shorten(&"é".repeat(80)).chars().count(), 80);
        assert_eq!(shorten(&"é".repeat(80)), "é".repeat(80));
        assert!(shorten(&"é".repeat(81)).ends_with('…'));
        assert_eq!(shorten(&"é".repeat(81)).chars().count(), 80);
    }
}
