//! Reads radiology reports, clinical codes and the short words of a fracture clinic list, and says which
//! fractures they speak of, with the words that show it.
//!
//! Text and codes in, findings out: no people, storage, clock or input and output.
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing
    )
)]

mod assertion;
mod codes;
mod decide;
mod doubt;
mod exam;
mod language;
mod legible;
mod mechanism;
mod phrase;
mod place;
mod policy;
mod reading;
mod reconcile;
mod report;
mod standing;
mod subject;
mod template;

use std::sync::LazyLock;

use legible::Illegible;

pub use codes::CODE_LISTS_VERSION;
pub use language::{lexicon::RuleInfo, sections::Part};
pub use phrase::{Experiencer, Negation, PhraseReading, Temporality};
pub use policy::Policy;
pub use reading::{Energy, Evidence, Finding, Mechanism, Reading, Why};
pub use report::seen::{Mark, PassedOver, Role, Said, Seen, SeenSentence};
pub use standing::approved_by;
pub use template::{Heading, Skeleton};
use terms::{Code, Sex, Side};

/// Version of the rules and code lists. Stored with every reading so that a change can be told from a new fact.
pub const VERSION: &str = "2026.7";

/// One report as a feed sends it.
#[derive(Debug, Clone, Copy, Default)]
pub struct ReportText<'a> {
    /// The report; may itself hold the title line and the clinical details.
    pub text: &'a str,
    /// Clinical details, when sent apart from the report.
    pub indication: Option<&'a str>,
    /// Name of the examination, when sent apart from the report.
    pub exam: Option<&'a str>,
    pub age: Option<i16>,
    pub sex: Option<Sex>,
}

/// The reader. Compile once, share between threads.
pub struct Finder {
    policy: Policy,
    lexicon: language::lexicon::Lexicon,
    codes: codes::CodeLists,
    context: LazyLock<phrase::Context>,
}

impl Default for Finder {
    fn default() -> Self {
        Self::new(Policy::default())
    }
}

impl Finder {
    pub fn new(policy: Policy) -> Self {
        Self {
            policy,
            lexicon: language::lexicon::Lexicon::load(),
            codes: codes::CodeLists::load(),
            context: LazyLock::new(phrase::Context::load),
        }
    }

    pub fn read_report(&self, report: &ReportText<'_>) -> Reading {
        let readable = ReportText {
            text: legible::readable(report.text),
            ..*report
        };
        let reading = report::read(&self.lexicon, &self.policy, &readable);
        self.failsafe(self.or_look(reading, report.text))
    }

    /// The same, with every sentence and every word that counted: for people, not for bulk.
    pub fn see_report(&self, report: &ReportText<'_>) -> Seen {
        let readable = ReportText {
            text: legible::readable(report.text),
            ..*report
        };
        let mut seen = report::seen::see(&self.lexicon, &self.policy, &readable);
        seen.reading = self.failsafe(self.or_look(seen.reading, report.text));
        seen
    }

    /// How a report is laid out.
    pub fn skeleton(&self, text: &str) -> Skeleton {
        Skeleton::of(&self.lexicon, text)
    }

    pub fn read_codes(&self, codes: &[Code]) -> Reading {
        self.failsafe(codes::read(&self.codes, &self.lexicon, &self.policy, codes))
    }

    /// Reads the short words of a fracture clinic list or a coded term: what is named there is diagnosed.
    pub fn read_words(&self, text: &str, side: Option<Side>) -> Reading {
        self.failsafe(report::read_words(&self.lexicon, &self.policy, text, side))
    }

    /// Judges a phrase that somebody names, whatever it speaks of.
    pub fn judge_phrase(&self, text: &str, phrase: &str) -> PhraseReading {
        self.context.judge(text, phrase)
    }

    /// Words without one of which a report does not speak of a fracture.
    pub fn triggers(&self) -> &[String] {
        &self.lexicon.trigger_words
    }

    /// Rules or code rows that could not be loaded. Always empty for the built-in data (a test holds that).
    pub fn faults(&self) -> Vec<&str> {
        self.lexicon
            .faults
            .iter()
            .chain(&self.codes.faults)
            .chain(&self.context.faults)
            .map(String::as_str)
            .collect()
    }

    /// A text that cannot be judged must be looked at.
    fn or_look(&self, mut reading: Reading, text: &str) -> Reading {
        let (why, unsure) = match legible::illegible(&self.lexicon, text) {
            None => return reading,
            Some(Illegible::InPart(why)) => (why, reading.list == terms::Listing::No),
            Some(Illegible::Wholly(why)) => (why, true),
        };
        if unsure {
            reading.list = terms::Listing::Look;
            reading.why = Why::Illegible;
            reading.reason = why.to_owned();
        }
        reading
    }

    /// A reader with a broken rule must not say no to anybody.
    fn failsafe(&self, mut reading: Reading) -> Reading {
        if reading.list == terms::Listing::No
            && !(self.lexicon.faults.is_empty() && self.codes.faults.is_empty())
        {
            reading.list = terms::Listing::Look;
            reading.why = Why::NotUnderstood;
            reading.reason = "Some rules could not be loaded, so nothing is left out".to_owned();
        }
        reading
    }
}

/// Every rule by name, with what it means and where it comes from.
pub fn rules() -> &'static [RuleInfo] {
    static RULES: LazyLock<Vec<RuleInfo>> = LazyLock::new(|| {
        let mut rules = language::lexicon::Lexicon::load().describe();
        rules.extend(codes::describe());
        rules
    });
    &RULES
}
