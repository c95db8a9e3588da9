//! How a report is laid out, as `data/sections.toml` has it: the labels of its parts, what titles begin with, which
//! words a sentence cannot end in, and the headings that say only where to look.

use std::collections::{HashMap, HashSet};

use serde::Deserialize;

use super::{
    automaton::{Automaton, Match, RuleId},
    layout::Layout,
    pattern,
    token::Token,
    words::Words,
};

const SECTIONS: &str = include_str!("../../data/sections.toml");

/// What part of a report a sentence is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    Title,
    Indication,
    /// Technique, comparison, signature: says nothing about today's bones.
    Aside,
    Findings,
    Conclusion,
    Addendum,
    Original,
}

impl Part {
    pub fn words(self) -> &'static str {
        match self {
            Self::Title => "Title",
            Self::Indication => "Clinical details",
            Self::Aside => "Not about today's bones",
            Self::Findings => "Findings",
            Self::Conclusion => "Conclusion",
            Self::Addendum => "Addendum",
            Self::Original => "Original report",
        }
    }
}

#[derive(Deserialize)]
struct File {
    words: HashMap<String, Vec<String>>,
    label: Vec<LabelRow>,
    title: Vec<Phrases>,
    statement: Vec<Phrases>,
    bare_title: Vec<Phrases>,
    region: Vec<Phrases>,
    view: Vec<Phrases>,
    speaks: Vec<Phrases>,
    asserts: Vec<Phrases>,
    told: Vec<Phrases>,
    asks: Vec<Phrases>,
    abbreviation: Vec<Phrases>,
    join: Vec<Phrases>,
    heading: Headings,
}

#[derive(Deserialize)]
struct LabelRow {
    part: Part,
    #[serde(default)]
    bare: bool,
    phrases: Vec<String>,
}

#[derive(Deserialize)]
struct Phrases {
    phrases: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Label {
        part: Part,
        bare: bool,
    },
    Title,
    Statement,
    BareTitle,
    /// A part of the body, of which a first line may say why it was examined.
    Region,
    /// How it was taken: "AP and lateral".
    View,
    /// Words of a fracture, by which a first line is no mere title.
    Speaks,
    /// A finding in few words.
    Asserts,
    /// Words of clinical details.
    Told,
    /// Words that ask, or tell what went before.
    Asks,
    Abbreviation,
    Join,
}

/// Words of which headings are made.
#[derive(Default, Deserialize)]
pub(crate) struct Headings {
    /// They say only where to look, what was seen, what next, or who signed.
    words: HashSet<String>,
    /// Before a colon they tell a sentence from a heading.
    of_a_sentence: HashSet<String>,
}

impl Headings {
    pub fn knows(&self, word: &str) -> bool {
        self.words.contains(word)
            || word
                .strip_suffix('s')
                .is_some_and(|single| self.words.contains(single))
    }

    pub fn tells_a_sentence(&self, word: &str) -> bool {
        self.of_a_sentence.contains(word)
    }
}

/// The phrases of layout, compiled.
#[derive(Default)]
pub(crate) struct Sections {
    forms: Vec<Form>,
    automaton: Automaton,
    pub headings: Headings,
}

impl Sections {
    pub fn load(words: &mut Words, faults: &mut Vec<String>) -> Self {
        let mut out = Self::default();
        let file: File = match toml::from_str(SECTIONS) {
            Ok(file) => file,
            Err(error) => {
                faults.push(format!("sections.toml: {error}"));
                return out;
            }
        };
        let plain = [
            (Form::Title, &file.title),
            (Form::Statement, &file.statement),
            (Form::BareTitle, &file.bare_title),
            (Form::Region, &file.region),
            (Form::View, &file.view),
            (Form::Speaks, &file.speaks),
            (Form::Asserts, &file.asserts),
            (Form::Told, &file.told),
            (Form::Asks, &file.asks),
            (Form::Abbreviation, &file.abbreviation),
            (Form::Join, &file.join),
        ];
        let labels = file.label.iter().map(|row| {
            let form = Form::Label {
                part: row.part,
                bare: row.bare,
            };
            (form, &row.phrases)
        });
        let rows = plain
            .iter()
            .flat_map(|(form, rows)| rows.iter().map(move |row| (*form, &row.phrases)));
        let mut layout = Layout::default();
        for (form, phrases) in labels.chain(rows) {
            let Ok(id) = RuleId::try_from(out.forms.len()) else {
                continue;
            };
            out.forms.push(form);
            for phrase in phrases {
                match pattern::parse(phrase, &file.words) {
                    Ok(phrase) => layout.add(words, id, &phrase),
                    Err(problem) => faults.push(format!("sections.toml: “{phrase}” {problem}")),
                }
            }
        }
        out.automaton = layout.seal();
        out.headings = file.heading;
        out
    }

    fn form(&self, found: &Match) -> Option<Form> {
        self.forms.get(usize::from(found.rule)).copied()
    }

    /// Whether a form stands anywhere in the tokens.
    pub fn has(&self, tokens: &[Token], wanted: Form, found: &mut Vec<Match>) -> bool {
        found.clear();
        self.automaton.find(tokens, found);
        found.iter().any(|m| self.form(m) == Some(wanted))
    }

    /// Whether the tokens begin with a form.
    pub fn begins(&self, tokens: &[Token], wanted: Form, found: &mut Vec<Match>) -> bool {
        found.clear();
        self.automaton.find_at_head(tokens, found);
        found.iter().any(|m| self.form(m) == Some(wanted))
    }

    /// Whether a sentence ends in a word that wants another ("of", "the").
    pub fn leaves_open(&self, tokens: &[Token]) -> bool {
        tokens.last().is_some_and(|last| {
            self.begins(std::slice::from_ref(last), Form::Join, &mut Vec::new())
        })
    }

    /// Whether a heading is one of these labels, or begins as titles do.
    pub fn knows(&self, heading: &[Token]) -> bool {
        let mut found = Vec::new();
        self.label(heading, true, &mut found).is_some()
            || self.begins(heading, Form::Title, &mut found)
    }

    /// The label that tokens begin with, and how many of them it takes up.
    pub fn label(
        &self,
        tokens: &[Token],
        alone_counts: bool,
        found: &mut Vec<Match>,
    ) -> Option<(Part, usize)> {
        let lead = tokens
            .iter()
            .take_while(|t| t.is(b'*') || t.is(b'_') || t.is(b'(') || t.is(b'['))
            .count();
        let rest = tokens.get(lead..)?;
        found.clear();
        self.automaton.find_at_head(rest, found);
        found
            .iter()
            .filter_map(|m| match self.form(m)? {
                Form::Label { part, bare } => {
                    let mut end = m.to;
                    if matches!(part, Part::Addendum | Part::Original) {
                        // "ADDENDUM 12/03/24 by second reader:"
                        let colon = rest.iter().skip(end).take(14).position(|t| t.is(b':'));
                        end = colon.map_or(end, |colon| end + colon);
                    }
                    let closing = rest.get(end).is_some_and(|t| t.is(b')') || t.is(b']'));
                    let after = rest.get(end + usize::from(closing));
                    let revises = matches!(part, Part::Addendum | Part::Original);
                    let marked = after.is_some_and(|t| {
                        t.is(b':')
                            || t.is(b';')
                            || (t.is(b'-') && !revises)
                            || (t.is(b'.') && revises)
                    });
                    if marked {
                        Some((part, lead + end + usize::from(closing) + 1))
                    } else if alone_counts && (bare || after.is_none()) {
                        Some((part, lead + end + usize::from(closing)))
                    } else {
                        None
                    }
                }
                _ => None,
            })
            .max_by_key(|(_, end)| *end)
    }
}
