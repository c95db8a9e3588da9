//! The rules in `data/lexicon.toml` and `data/sites.toml`, compiled once into one automaton.

use std::{cell::OnceCell, collections::HashMap};

use serde::Deserialize;
use terms::{Level, Side, Site};

use super::{
    automaton::{Automaton, Match, RuleId},
    layout::Layout,
    pattern,
    scan::Scan,
    sections::Sections,
    token::{Token, tokens},
    words::Words,
};

/// Triggers of which slips are triggers too.
const SLIPPING: [&str; 3] = ["fractur", "compress", "collaps"];

/// Rules of the lexicon, bones and sides included. A test holds that there are not more.
const MOST_RULES: usize = 256;

const RULES: &str = include_str!("../../data/lexicon.toml");
const SITES: &str = include_str!("../../data/sites.toml");

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    Mask,
    Fracture,
    Vertebral,
    Shape,
    /// "Grade 2": a shape where vertebrae are assessed.
    Grade,
    Cement,
    Sign,
    Odd,
    OddNear,
    /// Uptake that trauma may explain.
    Uptake,
    /// "An older one at T7": counts after a fracture that was named.
    OneMore,
    BloodFat,
    Line,
    Injury,
    InjuryNear,
    Abnormality,
    Broken,
    /// A bone called healed: counts where no plainer word stands by.
    Mended,
    Heights,
    Intact,
    Deny,
    Denied,
    DenyNear,
    Spared,
    Earlier,
    Doubt,
    StrongDoubt,
    Doubted,
    Sure,
    Old,
    Aged,
    /// Counts for vertebrae only.
    AgedSpine,
    AfterAge,
    Healed,
    MaskAge,
    MaskOld,
    Blank,
    New,
    Undated,
    Variant,
    VariantNot,
    Tumour,
    Pathological,
    Benign,
    Advice,
    AdviceAfter,
    Family,
    FamilyAfter,
    Fixation,
    BesideMetal,
    Treated,
    Elective,
    Lately,
    LongAgo,
    History,
    Anaphor,
    Again,
    Qualifier,
    Rest,
    Former,
    Latter,
    All,
    Only,
    Other,
    Qualified,
    Except,
    Sparing,
    Cut,
    Process,
    Soft,
    Disc,
    Channel,
    Organ,
    /// What may be old, denied or doubted beside a fracture, and is none.
    Thing,
    Traffic,
    High,
    Low,
    LowNamed,
    Fell,
    Steps,
    LongPast,
    NotSo,
    Stop,
    Thought,
    Adjective,
    Far,
    Within,
    Link,
    Filler,
    SequenceAfter,
    SequenceBefore,
    Root,
    Measure,
    GoesOn,
    #[serde(skip)]
    Bone,
    #[serde(skip)]
    Side,
    #[serde(skip)]
    Exam,
}

impl Kind {
    /// Speaks of a fracture, rather than about one.
    pub fn is_mention(self) -> bool {
        matches!(
            self,
            Self::Fracture
                | Self::Vertebral
                | Self::Shape
                | Self::Grade
                | Self::Cement
                | Self::Sign
                | Self::Odd
                | Self::OddNear
                | Self::Uptake
                | Self::OneMore
                | Self::BloodFat
                | Self::Line
                | Self::Injury
                | Self::InjuryNear
                | Self::Abnormality
                | Self::Broken
                | Self::Mended
                | Self::Heights
                | Self::Intact
        )
    }
}

/// Which kinds a sentence has hits of: most of what is asked of a sentence is about kinds that it has none of.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kinds(u128);

impl Kinds {
    pub fn of(hits: &[Hit]) -> Self {
        Self(hits.iter().fold(0, |set, hit| set | Self::bit(hit.kind)))
    }

    fn bit(kind: Kind) -> u128 {
        1 << kind as u32
    }

    pub fn has(self, kind: Kind) -> bool {
        self.0 & Self::bit(kind) != 0
    }

    pub fn any(self, kinds: &[Kind]) -> bool {
        kinds.iter().any(|kind| self.has(*kind))
    }
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
    heard_as: HashMap<String, String>,
    triggers: Vec<String>,
    weak: Vec<String>,
    bones: Vec<String>,
    notable: Vec<String>,
    source: String,
    words: HashMap<String, Vec<String>>,
    rule: Vec<RuleRow>,
}

#[derive(Deserialize)]
struct RuleRow {
    name: String,
    kind: Kind,
    phrases: Vec<String>,
    means: String,
    source: Option<String>,
}

#[derive(Deserialize)]
struct SiteFile {
    source: String,
    words: HashMap<String, Vec<String>>,
    site: Vec<SiteRow>,
    exam: Vec<ExamRow>,
    side: Vec<SideRow>,
    not_bone: Vec<NotBoneRow>,
}

#[derive(Deserialize)]
struct SiteRow {
    site: Site,
    phrases: Vec<String>,
    level: Option<Level>,
    #[serde(default)]
    exam: Vec<String>,
}

#[derive(Deserialize)]
struct ExamRow {
    name: String,
    phrases: Vec<String>,
    site: Option<Site>,
}

#[derive(Deserialize)]
struct SideRow {
    side: Side,
    phrases: Vec<String>,
}

#[derive(Deserialize)]
struct NotBoneRow {
    phrases: Vec<String>,
}

struct Rule {
    name: String,
    kind: Kind,
    means: String,
    source: String,
    bone: Option<BoneName>,
    exam: Option<ExamName>,
    side: Option<Side>,
}

#[derive(Debug, Clone)]
pub(crate) struct BoneName {
    pub site: Site,
    pub level: Option<Level>,
    /// Only on these examinations; empty: always.
    pub exams: Vec<String>,
}

#[derive(Debug, Clone)]
pub(crate) struct ExamName {
    pub name: String,
    pub site: Option<Site>,
}

/// A place in the text where a rule matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hit {
    pub kind: Kind,
    pub rule: RuleId,
    pub start: usize,
    pub end: usize,
}

impl Hit {
    pub fn span(&self) -> (usize, usize) {
        (self.start, self.end)
    }
}

#[derive(Default)]
pub(crate) struct Lexicon {
    rules: Vec<Rule>,
    words: Words,
    automaton: Automaton,
    pub sections: Sections,
    /// The same as words, as the data file has them.
    pub trigger_words: Vec<String>,
    /// Triggers, and what is notable in a report that has one.
    telling: Option<Scan>,
    /// So many of its patterns are triggers; they come first, and the weak ones after them.
    triggers: usize,
    weak: usize,
    /// Names of bones, cut short: what a weak trigger wants beside it.
    bone_words: Option<Scan>,
    site_source: String,
    /// Rules that could not be loaded.
    pub faults: Vec<String>,
}

impl Lexicon {
    pub fn load() -> Self {
        Self::from(RULES, SITES)
    }

    pub(crate) fn from(rules: &str, sites: &str) -> Self {
        let mut lexicon = Self::default();
        let mut layout = Layout::default();
        let mut spelling = Vec::new();
        let mut heard_as = Vec::new();
        match toml::from_str::<RuleFile>(rules) {
            Ok(file) => {
                for row in file.rule {
                    let rule = Rule {
                        name: row.name,
                        kind: row.kind,
                        means: row.means,
                        source: row.source.unwrap_or_else(|| file.source.clone()),
                        bone: None,
                        exam: None,
                        side: None,
                    };
                    lexicon.add(&mut layout, rule, &row.phrases, &file.words);
                }
                spelling = file.spelling;
                heard_as = file.heard_as.clone().into_iter().collect();
                let slips = SLIPPING.iter().flat_map(|word| slips(word));
                let heard = file.heard_as.keys().cloned();
                let triggers: Vec<String> = file
                    .triggers
                    .iter()
                    .cloned()
                    .chain(slips)
                    .chain(heard)
                    .collect();
                lexicon.triggers = triggers.len();
                lexicon.trigger_words = file.triggers;
                lexicon.weak = file.weak.len();
                lexicon.bone_words = lexicon.literals(&file.bones);
                let telling: Vec<String> = triggers
                    .into_iter()
                    .chain(file.weak)
                    .chain(file.notable)
                    .collect();
                lexicon.telling = lexicon.literals(&telling);
            }
            Err(error) => lexicon.faults.push(format!("lexicon.toml: {error}")),
        }
        match toml::from_str::<SiteFile>(sites) {
            Ok(file) => lexicon.add_sites(&mut layout, file),
            Err(error) => lexicon.faults.push(format!("sites.toml: {error}")),
        }
        lexicon.sections = Sections::load(&mut lexicon.words, &mut lexicon.faults);
        lexicon.words.seal(&spelling, &heard_as);
        lexicon.automaton = layout.seal();
        lexicon
    }

    fn literals(&mut self, words: &[String]) -> Option<Scan> {
        Scan::new(words)
            .map_err(|error| self.faults.push(format!("triggers: {error}")))
            .ok()
    }

    fn add_sites(&mut self, layout: &mut Layout, file: SiteFile) {
        let named = |kind, name: String| Rule {
            name,
            kind,
            means: String::new(),
            source: String::new(),
            bone: None,
            exam: None,
            side: None,
        };
        for row in file.site {
            let rule = Rule {
                bone: Some(BoneName {
                    site: row.site,
                    level: row.level,
                    exams: row.exam,
                }),
                ..named(Kind::Bone, format!("site.{}", row.site.code()))
            };
            self.add(layout, rule, &row.phrases, &file.words);
        }
        for row in file.not_bone {
            let rule = Rule {
                bone: Some(BoneName {
                    site: Site::Unspecified,
                    level: None,
                    exams: Vec::new(),
                }),
                ..named(Kind::Bone, "site.none".to_owned())
            };
            self.add(layout, rule, &row.phrases, &file.words);
        }
        for row in file.exam {
            let rule = Rule {
                exam: Some(ExamName {
                    name: row.name.clone(),
                    site: row.site,
                }),
                ..named(Kind::Exam, format!("exam.{}", row.name))
            };
            self.add(layout, rule, &row.phrases, &file.words);
        }
        for row in file.side {
            let rule = Rule {
                side: Some(row.side),
                ..named(Kind::Side, format!("side.{}", row.side.code()))
            };
            self.add(layout, rule, &row.phrases, &file.words);
        }
        self.site_source = file.source;
    }

    fn add(
        &mut self,
        layout: &mut Layout,
        rule: Rule,
        phrases: &[String],
        lists: &HashMap<String, Vec<String>>,
    ) {
        let Ok(id) = RuleId::try_from(self.rules.len()) else {
            self.faults.push(format!("{}: too many rules", rule.name));
            return;
        };
        for phrase in phrases {
            match pattern::parse(phrase, lists) {
                Ok(phrase) => layout.add(&mut self.words, id, &phrase),
                Err(problem) => self
                    .faults
                    .push(format!("{}: “{phrase}” {problem}", rule.name)),
            }
        }
        self.rules.push(rule);
    }

    /// Where the text has words that make their sentence worth reading; nothing if it has none without which no
    /// fracture is spoken of.
    pub fn telling(&self, text: &str) -> Option<Vec<usize>> {
        let words = self.telling.as_ref()?;
        let bones = NearBones::new(self.bone_words.as_ref(), text);
        let ends = words.ends(text.as_bytes());
        let mut speaks = false;
        for end in &ends {
            for word in words.words(*end) {
                speaks = speaks
                    || *word < self.triggers
                    || *word < self.triggers + self.weak && bones.near(end.at);
            }
        }
        speaks.then(|| ends.iter().map(|end| end.at).collect())
    }

    /// Whether a sentence speaks on about what the one before it named.
    pub fn speaks_on(&self, sentence: &[Token]) -> bool {
        let head = sentence.iter().take_while(|t| !(t.is_word() || t.is(b'?')));
        let rest = sentence.get(head.count()..).unwrap_or_default();
        let mut found = Vec::new();
        self.automaton.find_at_head(rest, &mut found);
        found
            .iter()
            .filter_map(|m| self.rule(m.rule))
            .any(|r| matches!(r.kind, Kind::Anaphor | Kind::Again))
    }

    pub fn tokens(&self, text: &str, out: &mut Vec<Token>) {
        tokens(text, &self.words, out);
    }

    /// Every phrase of every rule in a run of tokens, in order of start; of one rule none within another.
    pub fn spot(&self, tokens: &[Token], found: &mut Vec<Match>, hits: &mut Vec<Hit>) {
        found.clear();
        self.automaton.find(tokens, found);
        if found.is_empty() {
            return;
        }
        let mut ends = [0_u32; MOST_RULES];
        for one in found.iter() {
            let (Some(from), Some(to)) = (tokens.get(one.from), tokens.get(one.to - 1)) else {
                continue;
            };
            match ends.get_mut(usize::from(one.rule)) {
                // Within an earlier match of the same rule.
                Some(end) if *end as usize > one.from => continue,
                Some(end) => *end = u32::try_from(one.to).unwrap_or(u32::MAX),
                None => {}
            }
            hits.push(Hit {
                kind: self.rule(one.rule).map_or(Kind::Stop, |r| r.kind),
                rule: one.rule,
                start: from.start,
                end: to.end,
            });
        }
    }

    fn rule(&self, id: RuleId) -> Option<&Rule> {
        self.rules.get(usize::from(id))
    }

    pub fn rule_name(&self, id: RuleId) -> &str {
        self.rule(id).map_or("report.cut_off", |r| r.name.as_str())
    }

    pub fn bone(&self, id: RuleId) -> Option<&BoneName> {
        self.rule(id)?.bone.as_ref()
    }

    pub fn exam(&self, id: RuleId) -> Option<&ExamName> {
        self.rule(id)?.exam.as_ref()
    }

    pub fn side(&self, id: RuleId) -> Option<Side> {
        self.rule(id)?.side
    }

    pub fn describe(&self) -> Vec<RuleInfo> {
        let rules = self
            .rules
            .iter()
            .filter(|rule| !rule.means.is_empty())
            .map(|rule| RuleInfo {
                name: rule.name.clone(),
                means: rule.means.clone(),
                source: rule.source.clone(),
            });
        let sites = Site::ALL
            .iter()
            .filter(|site| {
                self.rules
                    .iter()
                    .any(|r| r.bone.as_ref().is_some_and(|b| b.site == **site))
            })
            .map(|site| RuleInfo {
                name: format!("site.{}", site.code()),
                means: format!("Names of bones read as: {}", site.words()),
                source: self.site_source.clone(),
            });
        rules.chain(sites).collect()
    }
}

/// Whether bones are named around a place.
struct NearBones<'a> {
    names: Option<&'a Scan>,
    text: &'a [u8],
    in_title: OnceCell<bool>,
}

impl<'a> NearBones<'a> {
    fn new(names: Option<&'a Scan>, text: &'a str) -> Self {
        Self {
            names,
            text: text.as_bytes(),
            in_title: OnceCell::new(),
        }
    }

    /// In the line or sentence around a place, or in the title.
    fn near(&self, at: usize) -> bool {
        let Some(names) = self.names else {
            return true;
        };
        *self.in_title.get_or_init(|| names.finds(self.title())) || names.finds(self.sentence(at))
    }

    fn title(&self) -> &[u8] {
        const TITLE: usize = 60;
        let title = self.text.get(..TITLE).unwrap_or_default();
        // Windows ends a line with one byte more.
        let returns = memchr::memchr_iter(b'\r', title).count();
        let end = (TITLE + returns).min(self.text.len());
        self.text.get(..end).unwrap_or_default()
    }

    fn sentence(&self, at: usize) -> &[u8] {
        let (before, after) = self.text.split_at(at.min(self.text.len()));
        let from = memchr::memrchr2(b'.', b'\n', before).unwrap_or(0);
        let to = memchr::memchr2(b'.', b'\n', after).unwrap_or(after.len());
        self.text.get(from..at + to).unwrap_or_default()
    }
}

/// A word with one letter missing, doubled up by another, wrong, or swapped with its neighbour.
fn slips(word: &str) -> Vec<String> {
    let letters: Vec<char> = word.chars().collect();
    let mut out = Vec::new();
    let mut put = |letters: Vec<char>| out.push(letters.into_iter().collect::<String>());
    for at in 0..letters.len() {
        let (before, after) = letters.split_at(at);
        let Some((first, rest)) = after.split_first() else {
            continue;
        };
        put([before, rest].concat());
        if let Some((second, rest)) = rest.split_first() {
            put([before, &[*second, *first], rest].concat());
        }
        for letter in 'a'..='z' {
            put([before, &[letter], rest].concat());
            put([before, &[letter], after].concat());
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
        assert!((80..MOST_RULES).contains(&lexicon.rules.len()));
        let names: std::collections::HashSet<_> = lexicon
            .rules
            .iter()
            .filter(|r| r.bone.is_none())
            .map(|r| &r.name)
            .collect();
        let plain = lexicon.rules.iter().filter(|r| r.bone.is_none()).count();
        assert_eq!(names.len(), plain, "rule names are unique");
    }

    /// Texts that a phrase stands for, gaps left empty.
    fn texts(phrase: &[pattern::Part]) -> Vec<String> {
        use pattern::Part;
        let mut all = vec![String::new()];
        for part in phrase {
            let ways: Vec<String> = match part {
                Part::Word(word) => vec![match word.as_str() {
                    super::super::words::LEVEL => "l1".to_owned(),
                    super::super::words::NUMBER => "1".to_owned(),
                    super::super::words::YEAR => "2019".to_owned(),
                    word => word.trim_end_matches('*').to_owned(),
                }],
                Part::Any => vec!["word".to_owned()],
                Part::Gap(_) | Part::Maybe(_) => continue,
                Part::Choice(ways) => ways.iter().flat_map(|way| texts(way)).collect(),
            };
            // Each way once is enough: no pair of ways matters to a single trigger.
            all = if all.len() * ways.len() > 500 {
                all.iter()
                    .zip(ways.iter().cycle())
                    .map(|(a, b)| format!("{a} {b}"))
                    .collect()
            } else {
                all.iter()
                    .flat_map(|a| ways.iter().map(move |b| format!("{a} {b}")))
                    .collect()
            };
        }
        all.iter().map(|text| text.trim().to_owned()).collect()
    }

    #[test]
    fn whatever_can_list_somebody_has_a_trigger() {
        let lexicon = Lexicon::load();
        let file: RuleFile = toml::from_str(RULES).unwrap();
        let mut without = Vec::new();
        for rule in file.rule.iter().filter(|r| {
            r.kind.is_mention()
                && !matches!(
                    r.kind,
                    Kind::Heights | Kind::Intact | Kind::Injury | Kind::InjuryNear | Kind::Abnormality
                )
                // Met only beside words that are triggers themselves.
                && r.name != "odd.adjective"
                && r.kind != Kind::OneMore
        }) {
            for phrase in &rule.phrases {
                for text in texts(&pattern::parse(phrase, &file.words).unwrap()) {
                    if lexicon.telling(&format!("bone {text} x")).is_none() {
                        without.push(format!("{}: {text}", rule.name));
                    }
                }
            }
        }
        without.dedup();
        assert_eq!(without, Vec::<String>::new());
    }

    /// What decides without a fracture word must be read wherever it stands.
    #[test]
    fn tumours_and_road_traffic_are_notable() {
        let lexicon = Lexicon::load();
        let file: RuleFile = toml::from_str(RULES).unwrap();
        let mut without = Vec::new();
        for rule in file
            .rule
            .iter()
            .filter(|r| matches!(r.kind, Kind::Tumour | Kind::Traffic))
        {
            for phrase in &rule.phrases {
                for text in texts(&pattern::parse(phrase, &file.words).unwrap()) {
                    let speaks = "bone fracture. ";
                    let beyond = lexicon
                        .telling(&format!("{speaks}x {text} x"))
                        .unwrap()
                        .into_iter()
                        .any(|at| at >= speaks.len());
                    if !beyond {
                        without.push(format!("{}: {text}", rule.name));
                    }
                }
            }
        }
        without.dedup();
        assert_eq!(without, Vec::<String>::new());
    }

    #[test]
    fn a_bad_rule_is_a_fault_and_does_not_stop_the_others() {
        let rules = r#"
            spelling = []
            triggers = ["fracture"]
            weak = []
            bones = []
            notable = []
            source = "test"
            [heard_as]
            [words]
            [[rule]]
            name = "good"
            kind = "fracture"
            phrases = ["fracture"]
            means = "A fracture"
            [[rule]]
            name = "bad"
            kind = "fracture"
            phrases = ["(fracture"]
            means = ""
        "#;
        let lexicon = Lexicon::from(rules, SITES);
        assert!(lexicon.rules.iter().any(|r| r.name == "good"));
        assert_eq!(lexicon.faults.len(), 1);
    }
}
