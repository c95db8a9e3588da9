//! The facts that rules may name (`data/facts.toml`), and what is known of them about one person.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use terms::{Answer, Site};

use crate::source::Source;

/// Where a fact stands in the catalogue.
pub(crate) type Slot = usize;

/// Every fact that may be named.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Catalogue {
    pub version: String,
    pub review_by: Option<Date>,
    #[serde(rename = "fact")]
    pub facts: Vec<FactKind>,
    pub taken_as_so: Option<TakenAsSo>,
    #[serde(skip)]
    slots: BTreeMap<String, Slot>,
}

/// Ages from which something is taken as so where nobody answered.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct TakenAsSo {
    pub past_menopause_from: i16,
    pub not_pregnant_from: i16,
    pub not_pregnant_past_menopause_from: i16,
    #[serde(flatten)]
    pub source: Source,
}

/// One fact that may be known.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FactKind {
    pub id: String,
    /// What people read before the value.
    pub words: String,
    kind: Kind,
    #[serde(default)]
    options: Vec<String>,
    #[serde(default)]
    options_of: Option<OptionsOf>,
    #[serde(default)]
    pub unit: Option<String>,
    /// Outside of it a value is asked about and not used.
    #[serde(default)]
    pub plausible: Option<(f64, f64)>,
    /// The question of the assessment that answers it.
    #[serde(default)]
    pub ask: Option<String>,
    /// The answers to that question that make it so, where it has several to choose from.
    #[serde(default)]
    pub chosen: Vec<String>,
    /// It is worked out of more than that answer.
    #[serde(default)]
    pub made: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    YesNo,
    Number,
    Choice,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum OptionsOf {
    Site,
}

/// What is known of one fact.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Value {
    YesNo(bool),
    Number(f64),
    /// So many or more: somebody's one known fracture, and nobody said whether there were others.
    OrMore(f64),
    /// Which of the fact's options.
    Choice(usize),
}

/// A value on its way in, as a file or a form has it.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(untagged)]
pub enum Given {
    YesNo(bool),
    Number(f64),
    Word(String),
    OrMore { or_more: f64 },
}

/// What is known about one person. What is not in here is not known.
#[derive(Debug, Clone, PartialEq)]
pub struct Facts {
    values: Vec<Option<Value>>,
}

/// A value that was not taken: kept as it was typed, asked about, and never used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{fact}: “{typed}” {why}")]
pub struct Ask {
    pub fact: String,
    pub typed: String,
    pub why: String,
}

impl Catalogue {
    pub fn parse(text: &str) -> Result<Self, toml::de::Error> {
        let mut catalogue: Self = toml::from_str(text)?;
        for fact in &mut catalogue.facts {
            if fact.options_of == Some(OptionsOf::Site) {
                fact.options = Site::ALL.iter().map(|s| s.code().to_owned()).collect();
            }
        }
        catalogue.slots = catalogue
            .facts
            .iter()
            .enumerate()
            .map(|(slot, fact)| (fact.id.clone(), slot))
            .collect();
        Ok(catalogue)
    }

    pub(crate) fn slot(&self, id: &str) -> Option<Slot> {
        self.slots.get(id).copied()
    }

    pub fn get(&self, id: &str) -> Option<&FactKind> {
        self.facts.get(self.slot(id)?)
    }

    /// Nothing known yet.
    pub fn nothing(&self) -> Facts {
        Facts {
            values: vec![None; self.facts.len()],
        }
    }

    /// Take a value in. One that cannot be right is not used and asked about.
    pub fn put(&self, facts: &mut Facts, id: &str, given: &Given) -> Result<(), Ask> {
        let ask = |why: String| Ask {
            fact: id.to_owned(),
            typed: given.to_string(),
            why,
        };
        let slot = self
            .slot(id)
            .ok_or_else(|| ask("is given for a fact that no rule may name".to_owned()))?;
        let Some(kind) = self.facts.get(slot) else {
            return Ok(());
        };
        let value = match (kind.kind, given) {
            // Every question may be answered so; it is what an empty slot means.
            (_, Given::Word(word)) if word == "not_known" => None,
            (Kind::YesNo, Given::YesNo(yes)) => Some(Value::YesNo(*yes)),
            (Kind::YesNo, Given::Word(word)) if word == "yes" => Some(Value::YesNo(true)),
            (Kind::YesNo, Given::Word(word)) if word == "no" => Some(Value::YesNo(false)),
            (Kind::YesNo, _) => return Err(ask("is neither yes nor no".to_owned())),
            (Kind::Number, Given::Number(number) | Given::OrMore { or_more: number }) => {
                if let Some((low, high)) = kind.plausible
                    && !(low..=high).contains(number)
                {
                    let unit = kind.unit_after();
                    return Err(ask(format!(
                        "lies outside of {low} to {high}{unit}; check the number and its unit"
                    )));
                }
                Some(match given {
                    Given::OrMore { .. } => Value::OrMore(*number),
                    _ => Value::Number(*number),
                })
            }
            (Kind::Number, _) => return Err(ask("is not a number".to_owned())),
            (Kind::Choice, Given::Word(word)) => {
                let at = kind.options.iter().position(|option| option == word);
                Some(Value::Choice(at.ok_or_else(|| {
                    ask(format!("is not one of: {}", kind.options.join(", ")))
                })?))
            }
            (Kind::Choice, _) => {
                return Err(ask(format!("is not one of: {}", kind.options.join(", "))));
            }
        };
        if let Some(place) = facts.values.get_mut(slot) {
            *place = value;
        }
        Ok(())
    }

    /// What an answer to a question of the assessment says about the facts that hang on it.
    pub(crate) fn asked_by<'a>(&'a self, question: &'a str) -> impl Iterator<Item = &'a FactKind> {
        self.facts
            .iter()
            .filter(move |fact| fact.ask.as_deref() == Some(question))
    }

    /// Make a fact not known.
    pub fn forget(&self, facts: &mut Facts, id: &str) {
        if let Some(place) = self.slot(id).and_then(|slot| facts.values.get_mut(slot)) {
            *place = None;
        }
    }

    /// What is known, as `put` takes it again.
    pub fn given(&self, facts: &Facts) -> Vec<(&str, Given)> {
        self.facts
            .iter()
            .zip(&facts.values)
            .filter_map(|(kind, value)| {
                let given = match value.as_ref()? {
                    Value::YesNo(yes) => Given::YesNo(*yes),
                    Value::Number(number) => Given::Number(*number),
                    Value::OrMore(least) => Given::OrMore { or_more: *least },
                    Value::Choice(at) => Given::Word(kind.options.get(*at)?.clone()),
                };
                Some((kind.id.as_str(), given))
            })
            .collect()
    }

    /// What is known, as people read it.
    pub fn told(&self, facts: &Facts) -> Vec<(&FactKind, String)> {
        self.facts
            .iter()
            .zip(&facts.values)
            .filter_map(|(kind, value)| Some((kind, kind.value_words(value.as_ref()?))))
            .collect()
    }
}

impl FactKind {
    /// What it takes, in a few words: "yes or no", "number, 20 to 1500 umol/L".
    pub fn takes(&self) -> String {
        match self.kind {
            Kind::YesNo => "yes or no".to_owned(),
            Kind::Number => match self.plausible {
                Some((low, high)) => format!("number, {low} to {high}{}", self.unit_after()),
                None => format!("number{}", self.unit_after()),
            },
            Kind::Choice => self.options.join(" | "),
        }
    }

    pub(crate) fn kind(&self) -> Kind {
        self.kind
    }

    /// The words to choose from; none for a number or a yes and no.
    pub fn options(&self) -> &[String] {
        &self.options
    }

    fn unit_after(&self) -> String {
        self.unit
            .as_ref()
            .map(|unit| {
                if unit == "%" {
                    unit.clone()
                } else {
                    format!(" {unit}")
                }
            })
            .unwrap_or_default()
    }

    pub(crate) fn value_words(&self, value: &Value) -> String {
        match value {
            Value::YesNo(true) => "yes".to_owned(),
            Value::YesNo(false) => "no".to_owned(),
            Value::Number(number) | Value::OrMore(number) => {
                let rounded = (number * 100.0).round() / 100.0;
                let or_more = match value {
                    Value::OrMore(_) => " or more",
                    _ => "",
                };
                // A minus sign, as in print.
                format!("{rounded}{or_more}{}", self.unit_after()).replace('-', "−")
            }
            Value::Choice(at) => self
                .options
                .get(*at)
                .map(|option| option.replace('_', " "))
                .unwrap_or_default(),
        }
    }
}

impl Facts {
    pub(crate) fn get(&self, slot: Slot) -> Option<Value> {
        self.values.get(slot).copied().flatten()
    }

    pub(crate) fn yes_no(&self, slot: Slot) -> Answer {
        match self.get(slot) {
            Some(Value::YesNo(true)) => Answer::Yes,
            Some(Value::YesNo(false)) => Answer::No,
            _ => Answer::NotKnown,
        }
    }
}

impl std::fmt::Display for Given {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::YesNo(true) => f.write_str("yes"),
            Self::YesNo(false) => f.write_str("no"),
            Self::Number(number) => write!(f, "{number}"),
            Self::Word(word) => f.write_str(word),
            Self::OrMore { or_more } => write!(f, "{or_more} or more"),
        }
    }
}

impl From<bool> for Given {
    fn from(yes: bool) -> Self {
        Self::YesNo(yes)
    }
}

impl From<f64> for Given {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

impl From<&str> for Given {
    fn from(word: &str) -> Self {
        Self::Word(word.to_owned())
    }
}
