use serde::{Deserialize, Serialize};

use crate::vocabulary;

vocabulary! {
    CodeSystem {
        Icd10 = "icd10", "ICD-10";
        Snomed = "snomed", "SNOMED CT";
        Opcs4 = "opcs4", "OPCS-4";
    }
}

/// A clinical code as a source sent it: `S72.0` may come as `S720`, `S7200` or `S720X`; reading is `finder`'s job.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Code {
    pub system: CodeSystem,
    pub code: String,
    /// The words that came with the code, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

impl Code {
    pub fn new(system: CodeSystem, code: impl Into<String>) -> Self {
        Self {
            system,
            code: code.into(),
            text: None,
        }
    }
}
