//! The rules in `data/lexicon.toml` and `data/sites.toml`, compiled once.

use std::collections::HashMap;

use regex::{Regex, RegexSet, RegexSetBuilder};
use serde::Deserialize;
use terms::{Level, Site};

const RULES: &str = include_str!("../data/lexicon.toml");
const SITES: &str = include_str!("../data/sites.toml");

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    Mask,
    Fracture,
    Vertebral,
    Shape,
    Cement,
    Sign,
    Odd,
    Injury,
    Heights,
    Intact,
    Deny,
    Denied,
    Earlier,
    Doubt,
    StrongDoubt,
    Doubted,
    Sure,
    Old,
    Aged,
    MaskAge,
    New,
    Undated,
    Variant,
    VariantNot,
    Tumour,
    Pathological,
    Benign,
    Advice,
    Family,
    Fixation,
    High,
    Low,
    Stop,
}

/// One rule, for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleInfo {
    pub name: String,
    pub means: String,
    pub source: String,
}

#[derive(Deserialize)]
struct RuleFile {
    spelling: Vec<String>,
    source: String,
    words: HashMap<String, String>,
    rule: Vec<RuleRow>,
}

#[derive(Deserialize)]
struct RuleRow {
    name: String,
    kind: Kind,
    pattern: String,
    means: String,
    source: Option<String>,
}

#[derive(Deserialize)]
struct SiteFile {
    source: String,
    site: Vec<SiteRow>,
    exam: Vec<ExamRow>,
}

#[derive(Deserialize)]
struct SiteRow {
    site: Site,
    pattern: String,
    level: Option<Level>,
    #[serde(default)]
    exam: Vec<String>,
}

#[derive(Deserialize)]
struct ExamRow {
    name: String,
    pattern: String,
    site: Option<Site>,
}

pub(crate) struct Rule {
    pub name: String,
    kind: Kind,
    means: String,
    source: String,
}

pub(crate) struct BoneName {
    pub site: Site,
    pub level: Option<Level>,
    /// Only on these examinations; empty: always.
    pub exams: Vec<String>,
}

pub(crate) struct ExamName {
    pub name: String,
    pub site: Option<Site>,
    pub regex: Regex,
}

/// A place in the normal text where a rule matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hit {
    pub kind: Kind,
    pub rule: usize,
    pub start: usize,
    pub end: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BoneHit {
    pub bone: usize,
    pub start: usize,
    pub end: usize,
}

/// Patterns with a set in front, so that only those that occur somewhere are searched one by one.
#[derive(Default)]
struct Bank {
    set: RegexSet,
    each: Vec<Regex>,
}

impl Bank {
    fn find<'b>(&'b self, text: &'b str) -> impl Iterator<Item = (usize, usize, usize)> + 'b {
        self.set
            .matches(text)
            .into_iter()
            .filter_map(|i| self.each.get(i).map(|regex| (i, regex)))
            .flat_map(move |(i, regex)| regex.find_iter(text).map(move |m| (i, m.start(), m.end())))
            .filter(|(_, start, end)| start < end)
    }
}

#[derive(Default)]
pub(crate) struct Lexicon {
    pub spelling: Vec<String>,
    pub rules: Vec<Rule>,
    bank: Bank,
    pub bones: Vec<BoneName>,
    bone_bank: Bank,
    pub exams: Vec<ExamName>,
    site_source: String,
    /// What could not be loaded. The reader says no to nobody while this is not empty.
    pub faults: Vec<String>,
}

impl Lexicon {
    pub fn load() -> Self {
        Self::from(RULES, SITES)
    }

    fn from(rules: &str, sites: &str) -> Self {
        let mut made = Self::default();
        match toml::from_str::<RuleFile>(rules) {
            Ok(file) => made.take_rules(file),
            Err(error) => made.faults.push(format!("lexicon.toml: {error}")),
        }
        match toml::from_str::<SiteFile>(sites) {
            Ok(file) => made.take_sites(file),
            Err(error) => made.faults.push(format!("sites.toml: {error}")),
        }
        made
    }

    fn take_rules(&mut self, file: RuleFile) {
        self.spelling = file.spelling;
        let mut patterns = Vec::new();
        for row in file.rule {
            let pattern = expand(&row.pattern, &file.words);
            if let Some(regex) = self.compile(&row.name, &pattern) {
                patterns.push(regex);
                self.rules.push(Rule {
                    name: row.name,
                    kind: row.kind,
                    means: row.means,
                    source: row.source.unwrap_or_else(|| file.source.clone()),
                });
            }
        }
        self.bank = self.bank_of(patterns);
    }

    fn take_sites(&mut self, file: SiteFile) {
        let mut patterns = Vec::new();
        for row in file.site {
            if let Some(regex) = self.compile(row.site.code(), &row.pattern) {
                patterns.push(regex);
                self.bones.push(BoneName {
                    site: row.site,
                    level: row.level,
                    exams: row.exam,
                });
            }
        }
        self.bone_bank = self.bank_of(patterns);
        for row in file.exam {
            if let Some(regex) = self.compile(&row.name, &row.pattern) {
                self.exams.push(ExamName {
                    name: row.name,
                    site: row.site,
                    regex,
                });
            }
        }
        self.site_source = file.source;
    }

    fn compile(&mut self, name: &str, pattern: &str) -> Option<Regex> {
        Regex::new(&format!("(?i)(?:{})", ascii(pattern)))
            .map_err(|error| self.faults.push(format!("{name}: {error}")))
            .ok()
    }

    fn bank_of(&mut self, each: Vec<Regex>) -> Bank {
        match RegexSetBuilder::new(each.iter().map(Regex::as_str))
            .size_limit(64 << 20)
            .dfa_size_limit(16 << 20)
            .build()
        {
            Ok(set) => Bank { set, each },
            Err(error) => {
                self.faults.push(format!("rules together: {error}"));
                Bank::default()
            }
        }
    }

    pub fn spot(&self, text: &str) -> Vec<Hit> {
        let mut hits: Vec<Hit> = self
            .bank
            .find(text)
            .filter_map(|(rule, start, end)| {
                self.rules.get(rule).map(|r| Hit {
                    kind: r.kind,
                    rule,
                    start,
                    end,
                })
            })
            .collect();
        hits.sort_by_key(|hit| (hit.start, std::cmp::Reverse(hit.end)));
        hits
    }

    /// Bones named in the text; where two names overlap, the longer one.
    pub fn spot_bones(&self, text: &str, exams: &[String]) -> Vec<BoneHit> {
        let mut all: Vec<(BoneHit, bool)> = self
            .bone_bank
            .find(text)
            .filter_map(|(bone, start, end)| {
                let name = self.bones.get(bone)?;
                let bound = !name.exams.is_empty();
                (!bound || name.exams.iter().any(|exam| exams.contains(exam)))
                    .then_some((BoneHit { bone, start, end }, bound))
            })
            .collect();
        all.sort_by_key(|(hit, bound)| {
            (
                std::cmp::Reverse(hit.end - hit.start),
                !bound,
                hit.bone,
                hit.start,
            )
        });
        let mut kept: Vec<BoneHit> = Vec::new();
        for (hit, _) in all {
            if kept
                .iter()
                .all(|k| hit.end <= k.start || k.end <= hit.start)
            {
                kept.push(hit);
            }
        }
        kept.sort_by_key(|hit| hit.start);
        kept
    }

    pub fn rule_name(&self, rule: usize) -> &str {
        self.rules.get(rule).map_or("unknown", |r| r.name.as_str())
    }

    pub fn describe(&self) -> Vec<RuleInfo> {
        let rules = self.rules.iter().map(|rule| RuleInfo {
            name: rule.name.clone(),
            means: rule.means.clone(),
            source: rule.source.clone(),
        });
        let sites = Site::ALL
            .iter()
            .filter(|site| self.bones.iter().any(|b| b.site == **site))
            .map(|site| RuleInfo {
                name: format!("site.{}", site.code()),
                means: format!("Names of bones read as: {}", site.words()),
                source: self.site_source.clone(),
            });
        rules.chain(sites).collect()
    }
}

/// The lexicon is ASCII; Unicode classes would make the automata many times larger and slower.
fn ascii(pattern: &str) -> String {
    pattern
        .replace(r"\w", "[0-9A-Za-z_]")
        .replace(r"\d", "[0-9]")
        .replace(r"\s", r"[ \t\n]")
        .replace(r"\b", r"(?-u:\b)")
}

fn expand(pattern: &str, words: &HashMap<String, String>) -> String {
    let mut out = pattern.to_owned();
    // Twice: an entry may use another one.
    for _ in 0..2 {
        for (name, meaning) in words {
            out = out.replace(&format!("<{name}>"), meaning);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_of_the_built_in_files_compiles() {
        let lexicon = Lexicon::load();
        assert_eq!(lexicon.faults, Vec::<String>::new());
        assert!(lexicon.rules.len() > 50);
        let names: std::collections::HashSet<_> = lexicon.rules.iter().map(|r| &r.name).collect();
        assert_eq!(names.len(), lexicon.rules.len(), "rule names are unique");
    }

    #[test]
    fn a_bad_rule_is_a_fault_and_does_not_stop_the_others() {
        let rules = r#"
            spelling = []
            source = "test"
            [words]
            [[rule]]
            name = "good"
            kind = "fracture"
            pattern = 'fracture'
            means = ""
            [[rule]]
            name = "bad"
            kind = "fracture"
            pattern = '('
            means = ""
        "#;
        let lexicon = Lexicon::from(rules, SITES);
        assert_eq!(lexicon.rules.len(), 1);
        assert_eq!(lexicon.faults.len(), 1);
    }
}
