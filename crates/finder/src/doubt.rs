//! What raises a fracture without asserting it: words of doubt, questions, and alternatives left open. What takes a doubt
//! back is here too.

use crate::{
    assertion::{Cues, is_be},
    language::{
        lexicon::{Hit, Kind},
        token::Token,
    },
    place::{Span, length},
    subject::NEW_SUBJECT,
};

impl Cues<'_> {
    /// "Without a correlate, or possibly a fracture": after the comma it is doubted, no longer denied.
    pub(crate) fn doubt_opens(&self, from: usize, to: usize) -> bool {
        self.of(Kind::Doubt).any(|h| {
            h.start >= from
                && h.end <= to
                && !self.either_of_places(h)
                && self.ground.text.get(from..h.start).is_some_and(|gap| {
                    let clause = gap.rsplit(',').next().unwrap_or("");
                    gap.contains(',') && matches!(clause.trim(), "" | "or" | "OR" | "and" | "AND")
                })
        })
    }

    /// "Either at the malleoli or along the metatarsals" doubts nothing.
    fn either_of_places(&self, doubt: &Hit) -> bool {
        let words = self.ground.text.get(doubt.start..).unwrap_or("");
        let mut words = words.split_whitespace();
        words
            .next()
            .is_some_and(|word| word.eq_ignore_ascii_case("either"))
            && words.next().is_some_and(|next| {
                ["at", "in", "of", "on", "from", "the", "side"]
                    .iter()
                    .any(|place| place.eq_ignore_ascii_case(next))
            })
    }

    /// "Is there a fracture of the radius?", "a fracture of the radius (?)": the mark ends what names the bone.
    pub(crate) fn asked(&self, mention: Span, mark: &Hit) -> bool {
        let ends = self
            .ground
            .tokens_in(mark.end, self.end)
            .iter()
            .all(|t| t.is(b')') || t.is(b'?') || t.is(b'.'));
        let asked_of_it = |kind| {
            matches!(
                kind,
                Kind::Old
                    | Kind::Aged
                    | Kind::New
                    | Kind::Tumour
                    | Kind::Pathological
                    | Kind::Variant
            )
        };
        let named = |t: &Token| {
            t.is(b'(') || t.is_word() && !self.strange(t) && !self.called(t, asked_of_it)
        };
        ends && self
            .ground
            .tokens_in(mention.1, mark.start)
            .iter()
            .all(named)
    }

    /// "The fracture queried on the radiograph can be discounted."
    pub(crate) fn queried_then_denied(&self, mention: Span) -> bool {
        self.of(Kind::Doubted)
            .filter(|h| h.start >= mention.1)
            .all(|h| suspected(self.ground.text.get(h.start..h.end)))
    }

    /// "The fracture suspected clinically is seen."
    pub(crate) fn borne_out(&self, suspicion: &Hit) -> bool {
        let after = self.ground.text.get(suspicion.end..self.end).unwrap_or("");
        let mut words = after
            .split(|c: char| !c.is_alphabetic())
            .filter(|word| !word.is_empty())
            .skip_while(|word| !matches!(*word, "is" | "are" | "was"));
        words.next().is_some()
            && words.next().is_some_and(|word| {
                [
                    "present",
                    "seen",
                    "visible",
                    "demonstrated",
                    "evident",
                    "shown",
                    "real",
                    "indeed",
                ]
                .contains(&word)
            })
    }

    /// "Confirms the fracture suspected yesterday."
    pub(crate) fn confirms(&self, mention: Span) -> bool {
        const NEAR: usize = 30;
        self.of(Kind::Sure).any(|s| {
            let words = self.ground.text.get(s.start..s.end).unwrap_or("");
            s.end <= mention.0
                && self.apart(s.end, mention.0) <= NEAR
                && words
                    .get(..7)
                    .is_some_and(|w| w.eq_ignore_ascii_case("confirm"))
        })
    }

    /// A doubt word before the mention, not taken back by an asserting one in between.
    pub(crate) fn doubt_before(&self, mention: Span) -> bool {
        self.of(Kind::Doubt)
            .filter(|h| h.end <= mention.0 && !self.ground.stopped(h.end, mention.0))
            .any(|h| {
                let Some(gap) = self.ground.text.get(h.end..mention.0) else {
                    return false;
                };
                let sure = !self.asks(h)
                    && self
                        .of(Kind::Sure)
                        .any(|s| s.start >= h.end && s.end <= mention.0)
                    || self.confirmed(mention)
                    || self.suggests_age(h, mention);
                // "A stress response, an insufficiency fracture or osteoporosis."
                let list = || {
                    let tail = self.ground.text.get(mention.1..self.end).unwrap_or("");
                    let near = tail.char_indices().nth(60).map_or(tail.len(), |(at, _)| at);
                    tail.get(..near).is_some_and(|tail| tail.contains(" or "))
                };
                let comma = gap.contains(',') && !gap.contains(" or ") && !list();
                let other = self
                    .ground
                    .mentions
                    .iter()
                    .any(|m| m.0 >= h.end && m.1 <= mention.0 && !self.of_one(*m, mention))
                    && !gap.contains(" or ");
                let thing = self.of_a_thing(h, mention, &NEW_SUBJECT);
                !sure && !comma && !other && !thing && length(gap) < 110
            })
    }

    /// "The upper endplate may be slightly depressed": the doubt stands in the mention itself.
    pub(crate) fn doubt_within(&self, mention: Span) -> bool {
        self.of(Kind::Doubt).any(|h| {
            let word = self.ground.text.get(h.start..h.end).unwrap_or("");
            h.start > mention.0 && h.end < mention.1 && matches!(word, "may" | "might" | "could")
        })
    }

    /// "The suspected fracture is confirmed."
    pub(crate) fn confirmed(&self, mention: Span) -> bool {
        const NEAR: usize = 50;
        self.of(Kind::Sure).any(|s| {
            let words = self.ground.text.get(s.start..s.end).unwrap_or("");
            s.start >= mention.1
                && self.apart(mention.1, s.start) <= NEAR
                && !self.ground.stopped(mention.1, s.start)
                && words.split(' ').next().is_some_and(is_be)
                && words.contains(' ')
        })
    }

    /// "Hairline pathological fracture", "hairline undisplaced fracture": two words of one mention.
    fn of_one(&self, adjective: Span, mention: Span) -> bool {
        let gap = self.ground.text.get(adjective.1..mention.0).unwrap_or("");
        let between = self.ground.tokens_in(adjective.1, mention.0);
        let qualifies = |start: usize| self.of(Kind::Qualifier).any(|h| h.start == start);
        // "A Lisfranc injury with avulsion fracture" is doubted as a whole.
        let within = matches!(gap.trim(), "with" | "with a" | "with an");
        // "A flake fracture" too.
        within || between.iter().all(|t| qualifies(t.start))
    }

    /// "Suggests a healed fracture" doubts its age, not the fracture; so does "height loss, suggests a recent one".
    fn suggests_age(&self, doubt: &Hit, mention: Span) -> bool {
        let word = self.ground.text.get(doubt.start..doubt.end).unwrap_or("");
        word.get(..7)
            .is_some_and(|w| w.eq_ignore_ascii_case("suggest"))
            && self
                .hits
                .iter()
                .filter(|h| matches!(h.kind, Kind::Old | Kind::New))
                .any(|age| age.start >= doubt.end && age.end <= mention.1)
    }

    /// "Fracture or infection": one of the two.
    pub(crate) fn or_else(&self, mention: Span) -> bool {
        let tokens = self.ground.tokens_in(mention.1, self.end);
        let after = tokens.first().zip(tokens.get(1..3));
        after.is_some_and(|(or, next)| {
            self.word(or).eq_ignore_ascii_case("or") && next.iter().any(|t| self.strange(t))
        })
    }

    /// "An ossicle or an avulsion fracture": one of the two.
    pub(crate) fn or_before(&self, mention: Span) -> bool {
        let tokens = self.ground.tokens_in(0, mention.0);
        let small = |t: &Token| {
            [
                "a", "an", "the", "acute", "minor", "minimal", "small", "tiny",
            ]
            .iter()
            .any(|word| self.word(t).eq_ignore_ascii_case(word))
                || self.called(t, |kind| {
                    matches!(
                        kind,
                        Kind::Qualifier | Kind::Adjective | Kind::New | Kind::Old
                    )
                })
        };
        let is_or = |t: &Token| self.word(t).eq_ignore_ascii_case("or");
        // "Or Shepherd fracture": one word more.
        let Some(mut or) = tokens.iter().rposition(|t| !small(t)) else {
            return false;
        };
        let named = tokens.get(or).is_some_and(|t| self.strange(t));
        if named {
            or = or.saturating_sub(1);
        }
        let harmless = |t: &Token| {
            self.called(t, |kind| {
                matches!(
                    kind,
                    Kind::Variant | Kind::Channel | Kind::Thing | Kind::Soft
                )
            })
        };
        let ossicle = |t: &Token| self.word(t).eq_ignore_ascii_case("ossicle");
        tokens.get(or).is_some_and(is_or)
            && or
                .checked_sub(1)
                .and_then(|before| tokens.get(before))
                .is_some_and(|t| {
                    t.is_word() && (harmless(t) || ossicle(t) || !named && self.strange(t))
                })
    }

    /// "A Schmorl's node or a minor fracture": one of the two.
    pub fn one_of_two(&self, mention: Span) -> bool {
        self.of(Kind::Variant).any(|v| {
            let (from, to) = if v.end <= mention.0 {
                (v.end, mention.0)
            } else {
                (mention.1, v.start)
            };
            from <= to
                && !self.ground.stopped(from, to)
                && self
                    .ground
                    .text
                    .get(from..to)
                    .is_some_and(|gap| length(gap) < 50 && gap.contains(" or "))
        })
    }

    /// Whether the sentence asks, before the mention, if it is one.
    pub(crate) fn whether(&self, mention: Span) -> bool {
        self.of(Kind::Doubt)
            .any(|h| h.end <= mention.0 && self.asks(h))
    }

    /// "I cannot say whether".
    fn asks(&self, doubt: &Hit) -> bool {
        let words = self.ground.text.get(doubt.start..doubt.end).unwrap_or("");
        words
            .rsplit(' ')
            .next()
            .is_some_and(|word| matches!(word, "if" | "whether"))
    }
}

/// What somebody thought before the film.
pub(crate) fn suspected(words: Option<&str>) -> bool {
    ["queried", "suspected", "questioned", "raised", "suggested"]
        .iter()
        .any(|word| words.is_some_and(|w| w.eq_ignore_ascii_case(word)))
}
