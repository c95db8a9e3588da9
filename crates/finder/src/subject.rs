//! Whether a cue is about the fracture at all, or about another thing beside it: "the lungs are unchanged", "no effusion
//! and a fracture". What has a name in the lexicon is told by that, anything else by being no word of a fracture.

use crate::{
    assertion::{Cues, is_be},
    language::{
        lexicon::{Hit, Kind},
        token::Token,
    },
    place::Span,
};

/// After a thing these words bring in something else beside it.
pub(crate) const BESIDE: [&str; 13] = [
    " has now ",
    " and ",
    " with ",
    ",",
    "overl",
    "underl",
    "adjacent",
    "beside",
    " near ",
    "over ",
    " a ",
    " an ",
    " the ",
];

/// So do these, even where the thing is denied or doubted: "no effusion and a fracture".
pub(crate) const NEW_SUBJECT: [&str; 10] = [
    " and a ",
    " and an ",
    " and the ",
    " and incidental",
    " and there",
    " and note",
    " with a ",
    " with an ",
    " with the ",
    " with incidental",
];

impl Cues<'_> {
    /// "Stable effusion with a fracture", "no pneumothorax and a fracture": the cue is about the thing before it.
    pub fn of_a_thing(&self, cue: &Hit, mention: Span, joined: &[&str]) -> bool {
        // "The lungs are unchanged with a fracture."
        let told_of = |thing: &Hit| {
            let gap = self.ground.text.get(thing.end..cue.start);
            cue.kind == Kind::Old && gap.is_some_and(|gap| gap.split_whitespace().all(is_be))
        };
        let things =
            |h: &&Hit| h.kind == Kind::Thing || cue.kind == Kind::Old && h.kind == Kind::Tumour;
        self.hits
            .iter()
            .filter(things)
            .filter(|thing| thing.start >= cue.start || told_of(thing))
            .filter(|thing| thing.end <= mention.0)
            .any(|thing| {
                let gap = self.ground.text.get(thing.end..mention.0).unwrap_or("");
                let gap = gap.to_ascii_lowercase();
                joined.iter().any(|words| gap.contains(words))
            })
    }

    /// "Rib fracture, the lungs are unchanged", "appearances unchanged in the lungs": not the fracture's age.
    pub fn thing_is_old(&self, from: usize, age: &Hit) -> bool {
        let back = |gap: &str| {
            gap.split(|c: char| !c.is_alphanumeric())
                .any(|word| matches!(word, "both" | "all" | "these" | "fracture" | "fractures"))
        };
        let of_it = |gap: &str| {
            let mut words = gap.split_whitespace();
            words.all(|word| {
                matches!(
                    word,
                    "in" | "of" | "the" | "both" | "appearance" | "appearances" | "position"
                )
            })
        };
        self.of(Kind::Thing).any(|thing| {
            let before = thing.start >= from && thing.end <= age.start;
            let after = thing.start >= age.end;
            before && !back(self.ground.text.get(thing.end..age.start).unwrap_or(""))
                || after && of_it(self.ground.text.get(age.end..thing.start).unwrap_or(""))
        })
    }

    /// "Rib fracture, a bulla unchanged": words after the comma that say nothing of a fracture are another subject.
    pub fn another_subject(&self, mention: Span, cue: &Hit) -> bool {
        let mut tokens = self.ground.tokens_in(mention.1, cue.start);
        // "A spur, chronic."
        if let Some((last, rest)) = tokens.split_last()
            && last.is(b',')
        {
            tokens = rest;
        }
        let is = |t: &Token, words: &[&str]| {
            words
                .iter()
                .any(|word| self.word(t).eq_ignore_ascii_case(word))
        };
        let told_of_all = cue.kind != Kind::Aged;
        let opens = |t: &Token| {
            t.is(b',') || t.is(b';') || is(t, &["with", "who"]) || !told_of_all && is(t, &["and"])
        };
        // "A fracture (a sleeve, in a child) is not excluded."
        if let Some(close) = tokens.iter().rposition(|t| t.is(b')'))
            && tokens.iter().take(close).any(|t| t.is(b'('))
        {
            tokens = tokens.get(close + 1..).unwrap_or_default();
        }
        let Some(opener) = tokens.iter().rposition(opens) else {
            return false;
        };
        let clause = tokens.get(opener + 1..).unwrap_or_default();
        // "Fracture, infection and tumour cannot be told apart."
        let list = told_of_all && clause.iter().any(|t| is(t, &["and", "or"]));
        if self.spine {
            // Of vertebrae much is told that the lexicon has no word for.
            return told_of_all
                && cue.kind == Kind::Denied
                && clause
                    .iter()
                    .any(|t| self.called(t, |kind| kind == Kind::Thing))
                && !clause.iter().any(|t| self.vertebral(t));
        }
        !list && clause.iter().any(|t| self.strange(t))
    }

    /// "And the fracture is not seen."
    fn vertebral(&self, token: &Token) -> bool {
        let word = self.word(token).to_ascii_lowercase();
        ["fracture", "collapse", "compression", "wedging"]
            .iter()
            .any(|named| word.starts_with(named))
    }

    /// A word that nobody says of a fracture.
    pub fn strange(&self, token: &Token) -> bool {
        token.is_word()
            && !["a", "an", "be"]
                .iter()
                .any(|word| self.word(token).eq_ignore_ascii_case(word))
            && (self.called(token, |kind| kind == Kind::Soft)
                || !self.ground.hits.iter().any(|h| {
                    covers(h, token) && !matches!(h.kind, Kind::Thing | Kind::Organ | Kind::Soft)
                }))
    }

    /// Whether a cue of these kinds covers the word.
    pub fn called(&self, token: &Token, of: impl Fn(Kind) -> bool) -> bool {
        self.hits.iter().any(|h| of(h.kind) && covers(h, token))
    }

    pub fn word(&self, token: &Token) -> &str {
        self.ground.text.get(token.start..token.end).unwrap_or("")
    }

    /// "It was not found" denies what was named before; "cause of pain not shown" does not.
    pub fn denies_it(&self, from: usize) -> bool {
        let plain = |h: &Hit| {
            let before = self.ground.tokens_in(from, h.start);
            !before.iter().any(|t| self.strange(t))
        };
        self.of(Kind::Denied).any(plain)
    }

    /// Whether a sentence without a mention calls old what the one before named.
    pub fn calls_old(&self, from: usize, spine: bool) -> bool {
        self.hits
            .iter()
            .filter(|h| h.kind == Kind::Aged || spine && h.kind == Kind::AgedSpine)
            .any(|h| {
                let before = self.ground.tokens_in(from, h.start);
                !self.of_another_thing(h)
                    && !self.thing_is_old(from, h)
                    && (spine || !before.iter().any(|t| self.strange(t)))
            })
    }

    /// "Rib fractures, old scarring": what is old is no fracture.
    pub fn of_another_thing(&self, age: &Hit) -> bool {
        let next = self.ground.tokens_in(age.end, self.end).first();
        next.is_some_and(|next| {
            let cue = |h: &&Hit| {
                h.start == next.start
                    && matches!(
                        h.kind,
                        Kind::Old | Kind::Aged | Kind::New | Kind::Undated | Kind::AfterAge
                    )
            };
            next.is_word() && !self.hits.iter().any(|h| cue(&h))
        })
    }
}

fn covers(hit: &Hit, token: &Token) -> bool {
    hit.start <= token.start && hit.end >= token.end
}
