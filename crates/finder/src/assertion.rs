//! Whether a mention is asserted, denied, doubted, said to be old, or not a statement about this person at all.

use terms::Status;

use crate::{
    doubt::suspected,
    language::lexicon::{Hit, Kind},
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
                "with", "of", "now", "not", "can", "fatty", "normal", "no", "without", "old",
                "chronic", "visible", "present", "seen",
            ]
            .iter()
            .any(|word| word.eq_ignore_ascii_case(next))
    }

    /// "A fracture of the radius and an old styloid fracture": the age of the one that follows.
    fn of_the_next(&self, age: &Hit) -> bool {
        const ITS_BONE: usize = 40;
        let words = self.ground.text.get(age.start..age.end).unwrap_or("");
        let first = words.split(' ').next().unwrap_or("");
        if first.eq_ignore_ascii_case("having") {
            return false;
        }
        let adjective = self.of(Kind::Old).any(|old| old.end == age.end);
        if adjective && self.of_another_thing(age) {
            return true;
        }
        adjective
            && !is_be(first)
            && self.ground.mentions.iter().any(|m| {
                m.0 >= age.end
                    && self.ground.text.get(age.end..m.0).is_some_and(|gap| {
                        length(gap) < ITS_BONE && !gap.contains(',') && !gap.contains(" and ")
                    })
            })
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

    pub(crate) fn apart(&self, from: usize, to: usize) -> usize {
        length(self.ground.text.get(from..to).unwrap_or(""))
    }

    pub fn has(&self, kind: Kind) -> bool {
        self.of(kind).next().is_some()
    }

    /// A doubt word that governs this place rather than another one.
    pub fn doubts(&self, place: Span) -> bool {
        // "A little physiological wedging" doubts nothing.
        let by_degree = |h: &Hit| {
            let words = self.ground.text.get(h.start..h.end).unwrap_or("");
            matches!(words, "a little" | "a bit")
        };
        let raised = self
            .of(Kind::Doubt)
            .any(|h| h.end <= place.0 && !by_degree(h));
        raised && self.doubt_before(place)
    }
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
