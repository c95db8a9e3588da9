//! Whether a mention is asserted, denied, doubted, said to be old, or not a statement about this person at all.

use terms::Status;

use crate::{
    language::{
        lexicon::{Hit, Kind},
        token::Token,
    },
    place::{Ground, Span, length},
    subject::{BESIDE, NEW_SUBJECT},
};

/// What the sentence says of one mention.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stand {
    Said(Status),
    /// Advice, condition or the limits of the technique.
    Advice,
    /// Somebody else's.
    Other,
}

/// The cue words of one sentence, which ends at `end`.
pub(crate) struct Cues<'a> {
    pub hits: &'a [Hit],
    pub ground: &'a Ground<'a>,
    pub end: usize,
    /// Whether vertebrae are spoken of.
    pub spine: bool,
}

impl Cues<'_> {
    pub fn of(&self, kind: Kind) -> impl Iterator<Item = &Hit> {
        self.hits.iter().filter(move |h| h.kind == kind)
    }

    /// Distance from the nearest cue of a kind that stands before the mention and reaches it.
    fn before(&self, kind: Kind, mention: Span, comma: impl Fn(&str) -> bool) -> Option<usize> {
        self.of(kind)
            .filter(|h| h.end <= mention.0 && !self.ground.stopped(h.end, mention.0))
            .filter_map(|h| {
                let gap = self.ground.text.get(h.end..mention.0)?;
                if kind == Kind::Deny && said_before_colon(gap)
                    || self.of_a_thing(h, mention, &NEW_SUBJECT)
                {
                    return None;
                }
                let reaches = self.comma_free(h.end, mention.0)
                    || comma(gap) && !(kind == Kind::Deny && self.doubt_opens(h.end, mention.0));
                reaches.then_some(length(gap))
            })
            .min()
    }

    /// "Without a correlate, or possibly a fracture": after the comma it is doubted, no longer denied.
    fn doubt_opens(&self, from: usize, to: usize) -> bool {
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

    fn after(&self, kind: Kind, mention: Span, reach: usize) -> Option<usize> {
        self.of(kind)
            .filter(|h| h.start >= mention.1 && !self.ground.stopped(mention.1, h.start))
            .filter(|h| {
                !matches!(kind, Kind::Denied | Kind::Doubted | Kind::AdviceAfter)
                    || !self.another_subject(mention, h)
            })
            .filter(|h| {
                // A cue beyond another mention is that one's.
                !self
                    .ground
                    .mentions
                    .iter()
                    .any(|m| m.0 >= mention.1 && (m.1 <= h.start || m.0 <= h.start && h.end <= m.1))
            })
            .map(|h| self.apart(mention.1, h.start))
            .filter(|gap| *gap <= reach)
            .min()
    }

    pub fn stand(&self, mention: Span) -> Stand {
        let tail = self.ground.text.get(mention.1..self.end).unwrap_or("");
        let tail = tail
            .find(';')
            .map_or(tail, |at| tail.get(..at).unwrap_or(tail));
        let list_goes_on = |gap: &str| {
            let words = |t: &str| {
                t.split(|c: char| !c.is_alphanumeric())
                    .any(|w| w.eq_ignore_ascii_case("or") || w.eq_ignore_ascii_case("nor"))
            };
            words(gap)
                || words(
                    tail.get(..tail.char_indices().nth(60).map_or(tail.len(), |(i, _)| i))
                        .unwrap_or(""),
                )
        };
        let never = |_: &str| false;

        let before = || self.before(Kind::Family, mention, never);
        if before().is_some() || self.after(Kind::FamilyAfter, mention, 30).is_some() {
            return Stand::Other;
        }
        // "If there is concern for a fracture": "there is" opens no new statement there.
        let advised = self
            .of(Kind::Advice)
            .filter(|h| h.end <= mention.0 && !self.of_a_thing(h, mention, &NEW_SUBJECT))
            .filter(|h| !self.told_all_the_same(h, mention))
            .any(|h| {
                !self.ground.stops.iter().any(|s| {
                    s.0 >= h.end
                        && s.1 <= mention.0
                        && self.ground.text.get(s.0..s.1).is_some_and(|t| {
                            // ", there is" and ": there is" open a new one even so.
                            let comma = || {
                                self.ground
                                    .text
                                    .get(h.end..s.0)
                                    .is_some_and(|gap| gap.trim_end().ends_with([',', ':']))
                            };
                            !t.to_ascii_lowercase().starts_with("there") || comma()
                        })
                })
            });
        let missed = self.after(Kind::AdviceAfter, mention, 90).is_some()
            && self.after(Kind::Doubted, mention, 90).is_none()
            && !self.pointed_at(mention);
        if advised || missed {
            return Stand::Advice;
        }
        let strong = self
            .before(Kind::StrongDoubt, mention, list_goes_on)
            .is_some();
        let doubted_after = self.of(Kind::Doubted).any(|h| {
            h.start >= mention.1
                && !self.confirmed(mention)
                && !(suspected(self.ground.text.get(h.start..h.end))
                    && (self.confirms(mention) || self.borne_out(h)))
                && !self.ground.stopped(mention.1, h.start)
                && !self.another_subject(mention, h)
                && !self
                    .ground
                    .mentions
                    .iter()
                    .any(|m| m.0 >= mention.1 && m.1 <= h.start)
                && {
                    let gap = self.ground.text.get(mention.1..h.start).unwrap_or("");
                    let mark = self.ground.text.get(h.start..h.end) == Some("?");
                    if mark {
                        gap.is_empty() || self.asked(mention, h)
                    } else {
                        // One word reaches no further than its own clause.
                        let word = self.ground.text.get(h.start..h.end).unwrap_or("");
                        length(gap) <= 90
                            && (word.contains(' ') || word.starts_with('?') || !gap.contains(','))
                    }
                }
        });
        let denied_before = self.before(Kind::Deny, mention, list_goes_on).or_else(|| {
            self.before(Kind::DenyNear, mention, never)
                .filter(|gap| *gap <= 2)
        });
        if (strong && denied_before.is_none_or(|d| d > 0))
            && !tail
                .trim_start()
                .to_ascii_lowercase()
                .starts_with("excluded")
        {
            return Stand::Said(Status::Possible);
        }
        let denied_after = self.after(Kind::Denied, mention, 70).is_some()
            && (self.after(Kind::Denied, mention, 70)
                < self.after(Kind::Doubted, mention, 70).or(Some(usize::MAX))
                || self.queried_then_denied(mention));
        // "Difficult to know if this is a fracture or is positional."
        let denied_after = denied_after && !self.whether(mention);
        if denied_before.is_none() && denied_after && self.gone(mention) {
            return Stand::Said(Status::Old);
        }
        if denied_before.is_some() || denied_after {
            let excluded =
                doubted_after && self.after(Kind::Doubted, mention, 70).is_some() && !denied_after;
            return Stand::Said(if excluded {
                Status::Possible
            } else {
                Status::Absent
            });
        }
        if doubted_after
            || self.doubt_within(mention)
            || self.doubt_before(mention)
            || self.one_of_two(mention)
            || self.or_else(mention)
            || self.or_before(mention)
        {
            return Stand::Said(Status::Possible);
        }
        Stand::Said(self.age(mention))
    }

    /// "Limited views: a fracture cannot be excluded", "correlate with tenderness as a fracture is possible".
    fn told_all_the_same(&self, advice: &Hit, mention: Span) -> bool {
        let gap = self.ground.text.get(advice.end..mention.0).unwrap_or("");
        let opens = gap.contains(": ") || gap.contains(" as a ") || gap.contains(" as an ");
        let doubted = || {
            self.after(Kind::Doubted, mention, 70).is_some()
                || self.after(Kind::StrongDoubt, mention, 70).is_some()
        };
        let gap = gap.to_ascii_lowercase();
        let raised = ["this could", "this may", "this might", "it could"];
        opens && doubted() || raised.iter().any(|words| gap.contains(words))
    }

    /// "Is there a fracture of the radius?", "a fracture of the radius (?)": the mark ends what names the bone.
    fn asked(&self, mention: Span, mark: &Hit) -> bool {
        let ends = self
            .ground
            .tokens_in(mark.end, self.end)
            .iter()
            .all(|t| t.is(b')') || t.is(b'?') || t.is(b'.'));
        let asked_of_it = |h: &Hit| {
            matches!(
                h.kind,
                Kind::Old
                    | Kind::Aged
                    | Kind::New
                    | Kind::Tumour
                    | Kind::Pathological
                    | Kind::Variant
            )
        };
        let named = |t: &Token| {
            let within = |h: &&Hit| h.start <= t.start && h.end >= t.end;
            t.is(b'(')
                || t.is_word()
                    && !self.strange(t)
                    && !self.hits.iter().filter(within).any(asked_of_it)
        };
        ends && self
            .ground
            .tokens_in(mention.1, mark.start)
            .iter()
            .all(named)
    }

    /// "The fracture", "there is a fracture": this one, not fractures of its kind.
    fn pointed_at(&self, mention: Span) -> bool {
        let before = self.ground.text.get(..mention.0).unwrap_or("");
        let clause = before.rfind(['.', ',', ';', '\n']).map_or(0, |at| at + 1);
        let from = clause.max(before.rfind(" and ").unwrap_or(0));
        let mut words = before.get(from..).unwrap_or("").split_whitespace();
        words.any(|word| {
            ["the", "this", "there"]
                .iter()
                .any(|one| one.eq_ignore_ascii_case(word))
        })
    }

    /// "The old fracture is no longer visible, having healed."
    fn gone(&self, mention: Span) -> bool {
        let no_longer = |h: &Hit| {
            let words = self.ground.text.get(h.start..h.end).unwrap_or("");
            h.start >= mention.1 && words.contains("no longer")
        };
        let once = |h: &Hit| h.end <= mention.0 && !self.ground.stopped(h.end, mention.0);
        self.of(Kind::Denied).any(no_longer)
            && (self.has(Kind::Healed) || self.of(Kind::Old).any(once))
    }

    /// A doubt word before the mention, not taken back by an asserting one in between.
    fn doubt_before(&self, mention: Span) -> bool {
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
    fn doubt_within(&self, mention: Span) -> bool {
        self.of(Kind::Doubt).any(|h| {
            let word = self.ground.text.get(h.start..h.end).unwrap_or("");
            h.start > mention.0 && h.end < mention.1 && matches!(word, "may" | "might" | "could")
        })
    }

    /// "The suspected fracture is confirmed."
    fn confirmed(&self, mention: Span) -> bool {
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
    fn or_else(&self, mention: Span) -> bool {
        let tokens = self.ground.tokens_in(mention.1, self.end);
        let after = tokens.first().zip(tokens.get(1..3));
        after.is_some_and(|(or, next)| {
            self.word(or).eq_ignore_ascii_case("or") && next.iter().any(|t| self.strange(t))
        })
    }

    /// "An ossicle or an avulsion fracture": one of the two.
    fn or_before(&self, mention: Span) -> bool {
        let tokens = self.ground.tokens_in(0, mention.0);
        let small = |t: &Token| {
            [
                "a", "an", "the", "acute", "minor", "minimal", "small", "tiny",
            ]
            .iter()
            .any(|word| self.word(t).eq_ignore_ascii_case(word))
                || self.hits.iter().any(|h| {
                    matches!(
                        h.kind,
                        Kind::Qualifier | Kind::Adjective | Kind::New | Kind::Old
                    ) && h.start <= t.start
                        && h.end >= t.end
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
            self.hits.iter().any(|h| {
                matches!(
                    h.kind,
                    Kind::Variant | Kind::Channel | Kind::Thing | Kind::Soft
                ) && h.start <= t.start
                    && h.end >= t.end
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

    fn age(&self, mention: Span) -> Status {
        let never = |_: &str| false;
        let other_between = |gap_start: usize| {
            self.ground
                .mentions
                .iter()
                .any(|m| m.0 >= gap_start && m.1 <= mention.0)
        };
        let old = self
            .of(Kind::Old)
            .filter(|h| {
                h.start < mention.1
                    && !self.ground.stopped(h.end, mention.0)
                    && !other_between(h.end)
                    && !self.of_a_thing(h, mention, &BESIDE)
            })
            .filter_map(|h| {
                let gap = self.ground.text.get(h.end.min(mention.0)..mention.0)?;
                (length(gap) < 90 && self.comma_free(h.end, mention.0)).then_some(length(gap))
            })
            .min();
        let new = self
            .before(Kind::New, mention, never)
            .filter(|gap| *gap < 60);
        let undated = self.of(Kind::Undated).next().is_some();
        // "The previously documented fracture has progressed."
        let moved_on = self.of(Kind::New).any(|h| {
            let words = self.ground.text.get(h.start..h.end).unwrap_or("");
            h.start >= mention.1
                && words.split(' ').next().is_some_and(is_be)
                && !self.ground.stopped(mention.1, h.start)
                && self.apart(mention.1, h.start) <= 60
        });
        if moved_on {
            return Status::Present;
        }
        match (old, new) {
            (Some(old), Some(new)) => {
                return if new < old {
                    Status::Present
                } else {
                    Status::Old
                };
            }
            (Some(_), None) => return Status::Old,
            (None, Some(_)) => return Status::Present,
            (None, None) => {}
        }
        let aged = self.of(Kind::Aged).any(|h| {
            h.start >= mention.1
                && !self.of_the_next(h)
                && !self.thing_is_old(mention.1, h)
                && !self.another_subject(mention, h)
                && !self.ground.stops.iter().any(|s| {
                    s.0 >= mention.1
                        && s.1 <= h.start
                        && self
                            .ground
                            .text
                            .get(s.0..s.1)
                            .is_some_and(|t| t.eq_ignore_ascii_case("but"))
                        && !self.goes_on(s.1)
                })
                && self.one_subject(mention, h.start)
                && self.apart(mention.1, h.start) <= 140
        });
        // "Unchanged, no new fracture": the next one would be new.
        let of_the_next = |h: &Hit| {
            const NEAR: usize = 30;
            self.ground.mentions.iter().any(|m| {
                m.0 >= h.end
                    && self
                        .ground
                        .text
                        .get(h.end..m.0)
                        .is_some_and(|gap| length(gap) < NEAR && !gap.contains(','))
            })
        };
        let new_after = self.after(Kind::New, mention, 60).is_some()
            && !self
                .of(Kind::New)
                .filter(|h| h.start >= mention.1)
                .all(of_the_next);
        if aged && !undated && !new_after {
            Status::Old
        } else {
            Status::Present
        }
    }

    /// "Reduced in height but has fatty signal": after the "but" no other fracture is spoken of.
    fn goes_on(&self, from: usize) -> bool {
        let rest = self.ground.text.get(from..self.end).unwrap_or("");
        let next = rest.split_whitespace().next().unwrap_or("");
        is_be(next)
            || [
                "with", "of", "now", "not", "fatty", "normal", "no", "without", "old", "chronic",
                "visible", "present", "seen",
            ]
            .iter()
            .any(|word| word.eq_ignore_ascii_case(next))
    }

    /// "A fracture of the radius and an old styloid fracture": the age of the one that follows.
    fn of_the_next(&self, age: &Hit) -> bool {
        const ITS_BONE: usize = 40;
        let adjective = self.of(Kind::Old).any(|old| old.end == age.end);
        if adjective && self.of_another_thing(age) {
            return true;
        }
        adjective
            && self.ground.mentions.iter().any(|m| {
                m.0 >= age.end
                    && self.ground.text.get(age.end..m.0).is_some_and(|gap| {
                        length(gap) < ITS_BONE && !gap.contains(',') && !gap.contains(" and ")
                    })
            })
            && !self
                .ground
                .text
                .get(age.start..age.end)
                .is_some_and(|words| words.split(' ').next().is_some_and(is_be))
    }

    /// "The fracture queried on the radiograph can be discounted."
    fn queried_then_denied(&self, mention: Span) -> bool {
        self.of(Kind::Doubted)
            .filter(|h| h.start >= mention.1)
            .all(|h| suspected(self.ground.text.get(h.start..h.end)))
    }

    /// "The fracture suspected clinically is seen."
    fn borne_out(&self, suspicion: &Hit) -> bool {
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
    fn confirms(&self, mention: Span) -> bool {
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

    /// Whether the sentence asks, before the mention, if it is one.
    fn whether(&self, mention: Span) -> bool {
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

    /// Whether mentions up to `to` are told in one breath: "collapse of L1 and a lesser wedge of L2, unchanged".
    fn one_subject(&self, mention: Span, to: usize) -> bool {
        let mut from = mention.1;
        for other in self
            .ground
            .mentions
            .iter()
            .filter(|m| m.0 >= mention.1 && m.1 <= to)
        {
            let gap = self.ground.text.get(from..other.0).unwrap_or("");
            if !gap.contains(" and ") || gap.contains(',') {
                return false;
            }
            from = other.1;
        }
        true
    }

    /// A comma between adjectives or numbers is no clause break: "old, healed", "acute, displaced", "6th, 7th and 8th".
    fn comma_free(&self, from: usize, to: usize) -> bool {
        let tokens = self.ground.tokens_in(from, to);
        tokens.iter().enumerate().all(|(at, token)| {
            !token.is(b',')
                || tokens
                    .get(at + 1)
                    .is_some_and(|next| self.of(Kind::Adjective).any(|h| h.start == next.start))
        })
    }

    fn apart(&self, from: usize, to: usize) -> usize {
        length(self.ground.text.get(from..to).unwrap_or(""))
    }

    pub fn has(&self, kind: Kind) -> bool {
        self.of(kind).next().is_some()
    }

    /// A doubt word that governs this place rather than another one.
    pub fn doubts(&self, place: Span) -> bool {
        self.doubt_before(place)
    }
}

/// What somebody thought before the film.
fn suspected(words: Option<&str>) -> bool {
    ["queried", "suspected", "questioned", "raised", "suggested"]
        .iter()
        .any(|word| words.is_some_and(|w| w.eq_ignore_ascii_case(word)))
}

pub(crate) fn is_be(word: &str) -> bool {
    [
        "is", "are", "was", "were", "has", "have", "appears", "appear", "looks", "look",
    ]
    .iter()
    .any(|be| be.eq_ignore_ascii_case(word))
}

/// "No T1 to show whether a line crosses it: bruise or fracture": the denial ends where the colon stands.
fn said_before_colon(gap: &str) -> bool {
    gap.split_once(": ").is_some_and(|(said, after)| {
        let first = after.split_whitespace().next().unwrap_or("");
        said.split_whitespace().count() > 2
            || matches!(first, "a" | "an" | "the" | "there" | "this")
    })
}
