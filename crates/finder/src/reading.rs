use serde::{Deserialize, Serialize};
use terms::{CodeSystem, Level, Listing, Side, Site, Status};

/// What the reader made of one report or one coded record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    pub list: Listing,
    /// Why, in words for the nurse ("Vertebral fracture present at T12").
    pub reason: String,
    /// The same as a short code for counting (`present`, `vertebral_old`, `possible`, `all_denied`,
    /// `site_not_taken`, `old_only`, `pathological`, `high_energy`, `advice_only`, `no_fracture_word`, …).
    pub why: Why,
    pub findings: Vec<Finding>,
    pub mechanism: Option<Mechanism>,
}

/// One fracture that the source speaks of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    pub site: Site,
    pub level: Vec<Level>,
    pub side: Option<Side>,
    pub status: Status,
    pub evidence: Evidence,
    /// Name of the rule that made it, as listed in the rule file or code list.
    pub rule: String,
}

/// The words or the code that led to a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Evidence {
    /// Byte offsets into the UTF-8 text that was read; `text` is that slice. Words of clinical details that
    /// came apart from the text have no place in it: `start` and `end` are both 0.
    Span {
        start: usize,
        end: usize,
        text: String,
    },
    Code {
        system: CodeSystem,
        code: String,
        title: String,
    },
}

/// How it happened, as far as the source says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mechanism {
    pub energy: Energy,
    pub evidence: Evidence,
    pub rule: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Energy {
    Low,
    High,
}

/// The reason for a decision, as a closed list, so that refusals can be counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    // list = yes
    Present,
    VertebralOld,
    // list = look
    Possible,
    UndeterminedCause,
    NotUnderstood,
    /// Not a text that the reader can judge: empty, encoded, in another language.
    Illegible,
    /// The report is laid out in a way that nobody has said Herald reads rightly.
    NewTemplate,
    // list = no
    AllDenied,
    SiteNotTaken,
    OldOnly,
    Pathological,
    HighEnergy,
    AdviceOnly,
    /// Fracture words, but of metalwork, a harmless variant or another organ.
    LookAlike,
    NoFractureWord,
    NoFractureCode,
}
