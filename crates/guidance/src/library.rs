//! All packs together, with the catalogue of facts and the definitions that rules share.

use std::sync::LazyLock;

use jiff::civil::Date;
use serde::Deserialize;
use toml::Spanned;

use crate::{
    condition::{self, Condition, Unclear},
    facts::Catalogue,
    pack::{Does, Effect, Fault, Medicine, Pack, Proposes, Rule, Strength},
    source::{self, Status},
};

/// The files Herald ships, the catalogue first.
const SHIPPED: &[(&str, &str)] = &[
    ("facts.toml", include_str!("../data/facts.toml")),
    ("definitions.toml", include_str!("../data/definitions.toml")),
    ("packs/risk.toml", include_str!("../data/packs/risk.toml")),
    ("packs/scan.toml", include_str!("../data/packs/scan.toml")),
    ("packs/need.toml", include_str!("../data/packs/need.toml")),
    (
        "packs/urgent.toml",
        include_str!("../data/packs/urgent.toml"),
    ),
    (
        "packs/steroids.toml",
        include_str!("../data/packs/steroids.toml"),
    ),
    (
        "packs/medicines.toml",
        include_str!("../data/packs/medicines.toml"),
    ),
    (
        "packs/denosumab.toml",
        include_str!("../data/packs/denosumab.toml"),
    ),
    ("packs/after.toml", include_str!("../data/packs/after.toml")),
    (
        "packs/warnings.toml",
        include_str!("../data/packs/warnings.toml"),
    ),
    (
        "packs/bloods.toml",
        include_str!("../data/packs/bloods.toml"),
    ),
    (
        "packs/supplements.toml",
        include_str!("../data/packs/supplements.toml"),
    ),
    ("packs/falls.toml", include_str!("../data/packs/falls.toml")),
    (
        "packs/follow_up.toml",
        include_str!("../data/packs/follow_up.toml"),
    ),
    (
        "packs/hand_over.toml",
        include_str!("../data/packs/hand_over.toml"),
    ),
    ("packs/check.toml", include_str!("../data/packs/check.toml")),
];

pub struct Library {
    pub catalogue: Catalogue,
    pub definitions: Vec<Definition>,
    pub(crate) conditions: Vec<Condition>,
    pub packs: Vec<Pack>,
    /// Which rule bears on which medicine, by their places, and how.
    pub(crate) weighs: Vec<Weighs>,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Weighs {
    pub rule: usize,
    pub medicine: usize,
    pub effect: Effect,
}

/// A name for something that several rules ask.
#[derive(Debug, Clone)]
pub struct Definition {
    pub id: String,
    pub words: String,
    pub when_words: String,
    pub source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DefinitionFile {
    #[serde(rename = "define", default)]
    definitions: Vec<RawDefinition>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawDefinition {
    id: Spanned<String>,
    words: String,
    when: Spanned<String>,
    source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPack {
    id: String,
    title: String,
    version: String,
    review_by: Date,
    source: String,
    #[serde(rename = "medicine", default)]
    medicines: Vec<Medicine>,
    #[serde(rename = "rule", default)]
    rules: Vec<RawRule>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRule {
    id: Spanned<String>,
    section: String,
    source: Option<String>,
    version: Option<String>,
    review_by: Option<Date>,
    status: Status,
    says: String,
    when: Spanned<String>,
    proposes: Option<Proposes>,
    strength: Option<Strength>,
    #[serde(default)]
    medicines: Vec<Spanned<String>>,
    effect: Option<Effect>,
    #[serde(default)]
    over: Vec<Spanned<String>>,
}

impl Library {
    /// The packs Herald ships. One that does not read would be missing; the tests see to it that all do.
    pub fn shipped() -> &'static Self {
        static LIBRARY: LazyLock<Library> = LazyLock::new(|| Library::read(SHIPPED).0);
        &LIBRARY
    }

    /// The files of the shipped library by name, to start another one from.
    pub fn shipped_files() -> &'static [(&'static str, &'static str)] {
        SHIPPED
    }

    /// What every pack rests on, by name: facts, definitions, and the tables behind sums.
    pub fn shared_files() -> Vec<(&'static str, &'static str)> {
        let shipped = SHIPPED.iter().copied();
        let tables = source::tables().into_iter();
        shipped
            .filter(|(name, _)| !name.starts_with("packs/"))
            .chain(tables.map(|table| (table.name, table.text)))
            .collect()
    }

    /// Everything that could be read, and each thing that could not with its place. Rules with a fault are left out.
    pub fn read(files: &[(&str, &str)]) -> (Self, Vec<Fault>) {
        let mut faults = Vec::new();
        let text_of = |name: &str| files.iter().find(|(file, _)| *file == name).map(|f| f.1);
        let catalogue = match Catalogue::parse(text_of("facts.toml").unwrap_or_default()) {
            Ok(catalogue) => catalogue,
            Err(error) => {
                faults.push(toml_fault(
                    "facts.toml",
                    text_of("facts.toml").unwrap_or_default(),
                    &error,
                ));
                Catalogue::default()
            }
        };
        let mut library = Self {
            catalogue,
            definitions: Vec::new(),
            conditions: Vec::new(),
            packs: Vec::new(),
            weighs: Vec::new(),
        };
        if let Some(text) = text_of("definitions.toml") {
            library.read_definitions(text, &mut faults);
        }
        for (file, text) in files {
            if !matches!(*file, "facts.toml" | "definitions.toml") {
                library.read_pack(file, text, &mut faults);
            }
        }
        library.same_names(files, &mut faults);
        library.weighs = library.weighing();
        (library, faults)
    }

    fn read_definitions(&mut self, text: &str, faults: &mut Vec<Fault>) {
        let file = "definitions.toml";
        let read: DefinitionFile = match toml::from_str(text) {
            Ok(read) => read,
            Err(error) => {
                faults.push(toml_fault(file, text, &error));
                return;
            }
        };
        for raw in read.definitions {
            // Only those made earlier, so that none can be made of itself.
            let earlier: Vec<String> = self.definitions.iter().map(|d| d.id.clone()).collect();
            match condition::read(raw.when.get_ref(), &self.catalogue, &earlier) {
                Ok(condition) => {
                    self.conditions.push(condition);
                    self.definitions.push(Definition {
                        id: raw.id.into_inner(),
                        words: raw.words,
                        when_words: raw.when.into_inner(),
                        source: raw.source,
                    });
                }
                Err(unclear) => faults.push(Fault {
                    file: file.to_owned(),
                    line: line_at(text, raw.when.span().start),
                    what: format!("{}: {unclear}", raw.id.get_ref()),
                }),
            }
        }
    }

    fn read_pack(&mut self, file: &str, text: &str, faults: &mut Vec<Fault>) {
        let raw: RawPack = match toml::from_str(text) {
            Ok(raw) => raw,
            Err(error) => {
                faults.push(toml_fault(file, text, &error));
                return;
            }
        };
        let defined: Vec<String> = self.definitions.iter().map(|d| d.id.clone()).collect();
        let mut pack = Pack {
            id: raw.id,
            title: raw.title,
            version: raw.version,
            review_by: raw.review_by,
            source: raw.source,
            medicines: raw.medicines,
            rules: Vec::new(),
            text: text.to_owned(),
        };
        for raw in raw.rules {
            let mut wrong = |at: usize, what: String| {
                faults.push(Fault {
                    file: file.to_owned(),
                    line: line_at(text, at),
                    what: format!("{}: {what}", raw.id.get_ref()),
                });
            };
            let when = match condition::read(raw.when.get_ref(), &self.catalogue, &defined) {
                Ok(when) => when,
                Err(unclear) => {
                    wrong(raw.when.span().start, unclear.to_string());
                    continue;
                }
            };
            let does = match (raw.proposes, raw.strength, raw.effect) {
                (Some(what), Some(strength), None) if raw.medicines.is_empty() => {
                    Does::Propose { what, strength }
                }
                (None, None, Some(effect)) if !raw.medicines.is_empty() => Does::Weigh {
                    medicines: raw.medicines.iter().map(|m| m.get_ref().clone()).collect(),
                    effect,
                },
                _ => {
                    wrong(
                        raw.id.span().start,
                        "give either `proposes` and `strength`, or `medicines` and `effect`"
                            .to_owned(),
                    );
                    continue;
                }
            };
            pack.rules.push(Rule {
                source: raw.source.unwrap_or_else(|| pack.source.clone()),
                section: raw.section,
                version: raw.version.unwrap_or_else(|| pack.version.clone()),
                review_by: raw.review_by.unwrap_or(pack.review_by),
                status: raw.status,
                says: raw.says,
                does,
                when,
                when_words: raw.when.into_inner(),
                over: raw.over.iter().map(|o| o.get_ref().clone()).collect(),
                id: raw.id.into_inner(),
            });
        }
        self.packs.push(pack);
    }

    /// Names that stand twice, or for nothing.
    fn same_names(&self, files: &[(&str, &str)], faults: &mut Vec<Fault>) {
        let mut seen = std::collections::BTreeSet::new();
        let fault = |name: &str, what: String| {
            let (file, line) = files
                .iter()
                .find_map(|(file, text)| {
                    let at = text.find(&format!("\"{name}\""))?;
                    Some(((*file).to_owned(), line_at(text, at)))
                })
                .unwrap_or_default();
            Fault { file, line, what }
        };
        for fact in &self.catalogue.facts {
            if !seen.insert(&fact.id) {
                faults.push(fault(&fact.id, format!("{} is there twice", fact.id)));
            }
        }
        for definition in &self.definitions {
            if !seen.insert(&definition.id) {
                faults.push(fault(
                    &definition.id,
                    format!("{} is there twice", definition.id),
                ));
            }
        }
        let rules: std::collections::BTreeSet<&String> =
            self.rules().map(|rule| &rule.id).collect();
        let medicines: Vec<&str> = self.medicines().map(|m| m.id.as_str()).collect();
        for rule in self.rules() {
            if !seen.insert(&rule.id) {
                faults.push(fault(&rule.id, format!("{} is there twice", rule.id)));
            }
            for over in rule.over.iter().filter(|over| !rules.contains(over)) {
                faults.push(fault(
                    over,
                    format!("{} is over “{over}”, and no rule is called that", rule.id),
                ));
            }
            if let Does::Weigh { medicines: of, .. } = &rule.does {
                for medicine in of.iter().filter(|m| !medicines.contains(&m.as_str())) {
                    faults.push(fault(
                        medicine,
                        format!("{} names “{medicine}”, which is no medicine here", rule.id),
                    ));
                }
            }
        }
    }

    fn weighing(&self) -> Vec<Weighs> {
        let mut weighs = Vec::new();
        for (medicine, held) in self.medicines().enumerate() {
            for (rule, of) in self.rules().enumerate() {
                if let Does::Weigh { medicines, effect } = &of.does
                    && medicines.contains(&held.id)
                {
                    weighs.push(Weighs {
                        rule,
                        medicine,
                        effect: *effect,
                    });
                }
            }
        }
        weighs
    }

    /// Give a rule another condition, to see what that would change.
    pub fn set_condition(&mut self, rule: &str, when: &str) -> Result<(), Unclear> {
        let defined: Vec<String> = self.definitions.iter().map(|d| d.id.clone()).collect();
        let condition = condition::read(when, &self.catalogue, &defined)?;
        let rules = self.packs.iter_mut().flat_map(|pack| &mut pack.rules);
        for held in rules.filter(|held| held.id == rule) {
            held.when = condition.clone();
            when.clone_into(&mut held.when_words);
        }
        Ok(())
    }

    pub fn rules(&self) -> impl Iterator<Item = &Rule> {
        self.packs.iter().flat_map(|pack| &pack.rules)
    }

    pub fn rule(&self, id: &str) -> Option<&Rule> {
        self.rules().find(|rule| rule.id == id)
    }

    pub fn medicines(&self) -> impl Iterator<Item = &Medicine> {
        self.packs.iter().flat_map(|pack| &pack.medicines)
    }
}

fn line_at(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1
}

fn toml_fault(file: &str, text: &str, error: &toml::de::Error) -> Fault {
    Fault {
        file: file.to_owned(),
        line: error.span().map_or(1, |span| line_at(text, span.start)),
        what: error.message().to_owned(),
    }
}
