//! Judges a given phrase in a clinical sentence: affirmed, denied or doubted; of now, of the past or only imagined;
//! of the patient or of somebody else. The words that say so are in `data/context.toml`.

use std::collections::HashMap;

use serde::Deserialize;
use terms::vocabulary;

use crate::{
    language::{
        automaton::{Automaton, Match, RuleId},
        layout::Layout,
        pattern,
        token::{Token, TokenKind, tokens},
        words::Words,
    },
    reading::Evidence,
};

const CONTEXT: &str = include_str!("../data/context.toml");

vocabulary! {
    Negation {
        Affirmed = "affirmed", "affirmed";
        Negated = "negated", "denied";
        Possible = "possible", "doubted";
    }
}

vocabulary! {
    Temporality {
        Recent = "recent", "of now";
        Historical = "historical", "of the past";
        Hypothetical = "hypothetical", "only imagined";
    }
}

vocabulary! {
    Experiencer {
        Patient = "patient", "the patient";
        Other = "other", "somebody else";
    }
}

/// What a text says of one phrase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhraseReading {
    pub negation: Negation,
    pub temporality: Temporality,
    pub experiencer: Experiencer,
    /// The words that say so.
    pub cues: Vec<Evidence>,
    /// The phrase stands in the text word for word.
    pub found: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Mask,
    DenyBefore,
    DenyAfter,
    DoubtBefore,
    DoubtAfter,
    PastBefore,
    PastAfter,
    PastNot,
    Now,
    ImaginedNot,
    ImaginedBefore,
    ImaginedAfter,
    Relative,
    RelativeAfter,
    RelativeNot,
    End,
    Restart,
    ToldPast,
    OwnVerb,
    And,
    Subject,
    Origin,
    NewSince,
}

#[derive(Deserialize)]
struct File {
    words: HashMap<String, Vec<String>>,
    rule: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    kind: Kind,
    phrases: Vec<String>,
}

#[derive(Default)]
pub(crate) struct Context {
    kinds: Vec<Kind>,
    words: Words,
    automaton: Automaton,
    pub faults: Vec<String>,
}

impl Context {
    pub fn load() -> Self {
        let mut out = Self::default();
        let mut layout = Layout::default();
        match toml::from_str::<File>(CONTEXT) {
            Ok(file) => {
                for row in &file.rule {
                    out.add(&mut layout, row, &file.words);
                }
            }
            Err(error) => out.faults.push(format!("context.toml: {error}")),
        }
        out.words.seal(&[], &[]);
        out.automaton = layout.seal();
        out
    }

    fn add(&mut self, layout: &mut Layout, row: &Row, lists: &HashMap<String, Vec<String>>) {
        let Ok(id) = RuleId::try_from(self.kinds.len()) else {
            return;
        };
        self.kinds.push(row.kind);
        for phrase in &row.phrases {
            match pattern::parse(phrase, lists) {
                Ok(phrase) => layout.add(&mut self.words, id, &phrase),
                Err(problem) => self
                    .faults
                    .push(format!("context.toml: “{phrase}” {problem}")),
            }
        }
    }

    pub fn judge(&self, text: &str, phrase: &str) -> PhraseReading {
        let mut all = Vec::new();
        tokens(text, &self.words, &mut all);
        let mut wanted = Vec::new();
        tokens(phrase, &self.words, &mut wanted);
        let (target, found) = locate(text, &all, phrase, &wanted);
        let sentence = sentence(text, &all, &target);
        let sentence = sentence.start.max(target.start.saturating_sub(FARTHEST))
            ..sentence.end.min(target.end + FARTHEST);
        let inside = all.get(sentence.clone()).unwrap_or_default();
        let mut matches = Vec::new();
        self.automaton.find(inside, &mut matches);
        let scope = Scope {
            text,
            tokens: inside,
            cues: matches
                .iter()
                .filter_map(|m| Some((*self.kinds.get(usize::from(m.rule))?, *m)))
                .collect(),
            from: target.start - sentence.start,
            to: target.end - sentence.start,
        };
        scope.reading(found)
    }
}

/// The tokens of the phrase in the text; failing that the first word of it, failing that the end.
fn locate(
    text: &str,
    all: &[Token],
    phrase: &str,
    wanted: &[Token],
) -> (std::ops::Range<usize>, bool) {
    let same = |a: &Token, b: &Token| match (text.get(a.start..a.end), phrase.get(b.start..b.end)) {
        (Some(a), Some(b)) => a.eq_ignore_ascii_case(b),
        _ => false,
    };
    if !wanted.is_empty() {
        let whole = all
            .windows(wanted.len())
            .position(|run| run.iter().zip(wanted).all(|(a, b)| same(a, b)));
        if let Some(at) = whole {
            return (at..at + wanted.len(), true);
        }
    }
    // Within words, or broken over a line: by letters.
    let letters = text
        .to_ascii_lowercase()
        .find(&phrase.trim().to_ascii_lowercase());
    if let Some(start) = letters.filter(|_| !phrase.trim().is_empty()) {
        let end = start + phrase.trim().len();
        let from = all.partition_point(|t| t.end <= start);
        let to = all.partition_point(|t| t.start < end).max(from + 1);
        return (from..to.min(all.len()).max(from), true);
    }
    let first = all
        .iter()
        .position(|t| t.is_word() && wanted.iter().any(|w| w.is_word() && same(t, w)));
    let at = first.unwrap_or(all.len());
    (at..(at + 1).min(all.len()), false)
}

/// No word reaches further than so many others.
const FARTHEST: usize = 120;

const ABBREVIATIONS: [&str; 12] = [
    "dr", "mr", "mrs", "ms", "vs", "st", "no", "approx", "pt", "e", "i", "jr",
];

/// The sentence around the phrase, as tokens.
fn sentence(text: &str, all: &[Token], target: &std::ops::Range<usize>) -> std::ops::Range<usize> {
    let ends = |at: usize| {
        let Some(token) = all.get(at) else {
            return false;
        };
        if !matches!(token.kind, TokenKind::Mark(b'.' | b'!')) {
            return false;
        }
        let shortened = at
            .checked_sub(1)
            .and_then(|b| all.get(b))
            .and_then(|t| text.get(t.start..t.end))
            .is_some_and(|w| {
                w.len() == 1 || ABBREVIATIONS.iter().any(|a| a.eq_ignore_ascii_case(w))
            });
        let next_upper = all
            .get(at + 1)
            .and_then(|t| text.get(t.start..))
            .and_then(|w| w.chars().next())
            .is_none_or(|c| c.is_uppercase() || c.is_ascii_digit());
        !shortened && next_upper && all.get(at + 1).is_none_or(|t| t.spaced)
    };
    let from = (0..target.start)
        .rev()
        .find(|at| ends(*at))
        .map_or(0, |at| at + 1);
    let to = (target.end..all.len())
        .find(|at| ends(*at))
        .map_or(all.len(), |at| at + 1);
    from..to
}

/// One sentence, its cues, and the phrase at tokens `from..to`.
struct Scope<'a> {
    text: &'a str,
    tokens: &'a [Token],
    cues: Vec<(Kind, Match)>,
    from: usize,
    to: usize,
}

impl Scope<'_> {
    fn of(&self, kind: Kind) -> impl Iterator<Item = &Match> {
        self.cues
            .iter()
            .filter(move |(k, _)| *k == kind)
            .map(|(_, m)| m)
    }

    fn masked(&self, cue: &Match, by: Kind) -> bool {
        // Words of the phrase itself take nothing away.
        self.of(by)
            .filter(|m| m.to <= self.from || m.from >= self.to)
            .any(|m| m.from <= cue.from && cue.to <= m.to)
    }

    /// Whether something between two tokens ends the reach of a word, other than the phrase itself.
    fn ended(&self, from: usize, to: usize) -> bool {
        self.any(Kind::End, from, to)
    }

    /// Whether a new statement begins between two tokens: a verb or an adjective after a comma or "and".
    fn restarted(&self, from: usize, to: usize) -> bool {
        self.of(Kind::Restart)
            .filter(|m| m.from >= from && m.to <= to)
            .any(|m| {
                let near = m.from.saturating_sub(3).max(from);
                self.comma(near, m.from) || self.any(Kind::And, near, m.from)
            })
    }

    /// Whether a word of a kind stands among tokens `from..to`.
    fn any(&self, kind: Kind, from: usize, to: usize) -> bool {
        self.of(kind).any(|m| m.from >= from && m.to <= to)
    }

    fn comma(&self, from: usize, to: usize) -> bool {
        (from..to).any(|at| self.tokens.get(at).is_some_and(|t| t.is(b',')))
    }

    /// "No bony injury, muscle spasm treated with heat": after a comma, with a verb of its own.
    fn own_statement(&self, deny: &Match) -> bool {
        self.comma(deny.to, self.from)
            && self.any(Kind::OwnVerb, self.to, self.to + 1)
            && !self.any(Kind::And, deny.to, self.from)
    }

    /// The nearest cue before the phrase that reaches it.
    fn before(&self, kind: Kind, mask: Kind) -> Option<&Match> {
        self.of(kind)
            .filter(|m| m.to <= self.from && !self.masked(m, mask))
            .filter(|m| !self.ended(m.to, self.from) && !self.restarted(m.to, self.from))
            .max_by_key(|m| m.to)
    }

    /// The nearest cue after the phrase that reaches back to it.
    fn after(&self, kind: Kind, mask: Kind, most: usize) -> Option<&Match> {
        self.of(kind)
            .filter(|m| m.from >= self.to && !self.masked(m, mask))
            .filter(|m| {
                m.from - self.to <= most
                    && !self.ended(self.to, m.from)
                    && !self.restarted(self.to, m.from)
            })
            .filter(|m| {
                let gap = self.tokens.get(self.to..m.from).unwrap_or_default();
                let listed = self.any(Kind::And, self.to, m.from)
                    && !self.any(Kind::Subject, self.to, m.from);
                // "Lymphovascular invasion: not identified."
                let gap = match gap.split_first() {
                    Some((first, rest)) if first.is(b':') => rest,
                    _ => gap,
                };
                let denied = self
                    .of(Kind::DenyBefore)
                    .any(|d| d.from >= self.to && d.to <= m.from);
                // "Flutter, ablated in 2014".
                let told = kind == Kind::PastAfter && gap.len() <= 4 && m.to - m.from > 1;
                !denied && (listed || told || !gap.iter().any(|t| t.is(b',') || t.is(b':')))
            })
            .min_by_key(|m| m.from)
    }

    /// A heading such as "PAST MEDICAL HISTORY:" or "FHx:" at the head of the sentence.
    fn heading(&self, kind: Kind) -> Option<&Match> {
        let colon = self.tokens.iter().take(8).position(|t| t.is(b':'))?;
        self.of(kind)
            .filter(|m| !self.masked(m, Kind::PastNot))
            .find(|m| m.to <= colon + 1 && colon < self.from)
    }

    fn reading(&self, found: bool) -> PhraseReading {
        let mut cues = Vec::new();
        let negation = self.negation(&mut cues);
        let experiencer = self.experiencer(&mut cues);
        // What a relative has now is no history; what they died of is.
        let temporality = match experiencer {
            Experiencer::Patient => self.temporality(&mut cues),
            Experiencer::Other if self.told_past() => Temporality::Historical,
            Experiencer::Other => Temporality::Recent,
        };
        PhraseReading {
            negation,
            temporality,
            experiencer,
            cues,
            found,
        }
    }

    fn note(&self, cue: Option<&Match>, cues: &mut Vec<Evidence>) -> bool {
        let Some(cue) = cue else { return false };
        if let (Some(first), Some(last)) = (self.tokens.get(cue.from), self.tokens.get(cue.to - 1))
        {
            let text = self.text.get(first.start..last.end).unwrap_or("");
            cues.push(Evidence::Span {
                start: first.start,
                end: last.end,
                text: text.to_owned(),
            });
        }
        true
    }

    fn negation(&self, cues: &mut Vec<Evidence>) -> Negation {
        // "The cause of her ascites is unclear": she has it.
        if self
            .of(Kind::Origin)
            .any(|m| m.to <= self.from && self.from - m.to <= 1)
        {
            return Negation::Affirmed;
        }
        let doubt_after = self.after(Kind::DoubtAfter, Kind::End, 8);
        if let Some(doubt) = doubt_after {
            // "Was considered and excluded": what comes last holds.
            let settled = self
                .of(Kind::DenyAfter)
                .filter(|m| m.from >= doubt.to && m.from - doubt.to <= 4)
                .find(|m| !self.masked(m, Kind::DoubtAfter) && !self.comma(doubt.to, m.from));
            if self.note(settled, cues) {
                return Negation::Negated;
            }
        }
        if self.note(doubt_after, cues) {
            return Negation::Possible;
        }
        let denied = self
            .before(Kind::DenyBefore, Kind::Mask)
            .filter(|deny| !self.own_statement(deny));
        let doubted = self.before(Kind::DoubtBefore, Kind::Mask);
        let nearer = match (denied, doubted) {
            // "Cannot exclude", "nothing to suggest": the longer words decide.
            (Some(deny), Some(doubt)) if deny.from <= doubt.from && doubt.to <= deny.to => true,
            // "Cannot exclude": the longer words are the doubt.
            (Some(deny), Some(doubt)) => deny.from > doubt.from,
            (deny, _) => deny.is_some(),
        };
        if nearer {
            self.note(denied, cues);
            return Negation::Negated;
        }
        let denied_after = self
            .after(Kind::DenyAfter, Kind::DoubtAfter, 7)
            .filter(|m| !self.masked(m, Kind::NewSince));
        if self.note(denied_after, cues) {
            return Negation::Negated;
        }
        if self.note(doubted, cues) {
            return Negation::Possible;
        }
        Negation::Affirmed
    }

    fn experiencer(&self, cues: &mut Vec<Evidence>) -> Experiencer {
        let relative = self.before(Kind::Relative, Kind::RelativeNot);
        if self.note(relative, cues)
            || self.note(self.after(Kind::RelativeAfter, Kind::RelativeNot, 6), cues)
            || self.note(
                self.heading(Kind::Relative)
                    .filter(|m| !self.masked(m, Kind::RelativeNot)),
                cues,
            )
        {
            return Experiencer::Other;
        }
        Experiencer::Patient
    }

    fn told_past(&self) -> bool {
        self.of(Kind::Relative).any(|relative| {
            self.of(Kind::ToldPast)
                .any(|verb| verb.from >= relative.to && verb.to <= self.from)
        })
    }

    fn temporality(&self, cues: &mut Vec<Evidence>) -> Temporality {
        let imagined = self
            .of(Kind::ImaginedBefore)
            .filter(|m| m.to <= self.from && !self.ended(m.to, self.from))
            .filter(|m| !self.masked(m, Kind::ImaginedNot))
            .max_by_key(|m| m.to);
        if self.note(imagined, cues)
            || self.note(self.after(Kind::ImaginedAfter, Kind::End, 3), cues)
        {
            return Temporality::Hypothetical;
        }
        let past = self
            .of(Kind::PastBefore)
            .filter(|m| m.to <= self.from && !self.masked(m, Kind::PastNot))
            .filter(|m| {
                let now = self
                    .of(Kind::Now)
                    .any(|n| n.from >= m.to && n.to <= self.from);
                let heading =
                    (m.to..self.from).any(|at| self.tokens.get(at).is_some_and(|t| t.is(b':')));
                // "Stroke in 2008 and no diabetes".
                let denied = self.any(Kind::DenyBefore, m.to, self.from);
                !now && !heading && !denied && !self.ended(m.to, self.from)
            })
            .max_by_key(|m| m.to);
        if self.note(past, cues)
            || self.note(self.after(Kind::PastAfter, Kind::PastNot, 9), cues)
            || self.note(self.heading(Kind::PastBefore), cues)
        {
            return Temporality::Historical;
        }
        Temporality::Recent
    }
}
