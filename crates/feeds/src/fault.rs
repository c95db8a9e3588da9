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
