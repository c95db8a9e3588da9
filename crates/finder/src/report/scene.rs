//! One sentence with everything the lexicon found in it.

use terms::{Level, Site};

use crate::{
    assertion::Cues,
    language::{
        lexicon::{Hit, Kind, Kinds, Lexicon},
        segment::Sentence,
        token::Token,
    },
    place::{self, Ground, SideHit, Span, Spot},
};

pub(crate) struct Scene<'a> {
    text: &'a str,
    pub start: usize,
    pub end: usize,
    tokens: &'a [Token],
    hits: &'a [Hit],
    kinds: Kinds,
    pub cues: Vec<Hit>,
    pub mentions: Vec<Hit>,
    spans: Vec<Span>,
    /// Words that would be mentions but for what stands around them.
    pub masked: Vec<Span>,
    pub spots: Vec<Spot>,
    pub sides: Vec<SideHit>,
    pub stops: Vec<Span>,
    /// Whether vertebrae are named, or were examined.
    spine: bool,
}

fn rank(kind: Kind) -> u8 {
    match kind {
        Kind::Heights | Kind::Intact => 0,
        Kind::Vertebral => 1,
        Kind::Fracture => 2,
        Kind::Cement => 3,
        Kind::Shape | Kind::Grade => 4,
        Kind::Broken | Kind::Mended => 5,
        Kind::Injury | Kind::InjuryNear | Kind::Abnormality | Kind::OddNear | Kind::Uptake => 6,
        Kind::Sign | Kind::Line | Kind::BloodFat => 7,
        _ => 8,
    }
}

fn over(a: &Hit, b: &Hit) -> bool {
    a.start < b.end && b.start < a.end
}

impl<'a> Scene<'a> {
    pub fn new(
        lexicon: &Lexicon,
        text: &'a str,
        tokens: &'a [Token],
        hits: &'a [Hit],
        sentence: &Sentence,
        exams: &[String],
    ) -> Self {
        let kinds = Kinds::of(hits);
        let covered = |h: &Hit, kind: Kind| {
            kinds.has(kind) && hits.iter().any(|m| m.kind == kind && over(m, h))
        };
        // "Fracture of the upper plate of L2", "the quadrilateral plate is fractured": no plate of metal.
        let of_bone = |mask: &Hit| {
            let words = text.get(mask.start..mask.end).unwrap_or("");
            let before = text.get(..mask.start).unwrap_or("").trim_end();
            let after = text.get(mask.end..).unwrap_or("").trim_start();
            let level = after.strip_prefix("of ").is_some_and(|level| {
                let mut letters = level.bytes();
                letters.next().is_some_and(|b| b"TLDCtldc".contains(&b))
                    && letters.next().is_some_and(|b| b.is_ascii_digit())
            });
            words.ends_with("plate") && level
                || words.starts_with("plate") && before.ends_with("quadrilateral")
        };
        // "There is a fracture, which may be difficult to see": no limit of the technique.
        let said_outright = |mask: &Hit| {
            const NEAR: usize = 30;
            let words = text.get(mask.start..mask.end).unwrap_or("");
            let limit = [" may ", " can ", " might ", " could "]
                .iter()
                .any(|word| words.contains(word));
            limit
                && hits.iter().any(|h| {
                    h.kind == Kind::Stop
                        && h.end <= mask.start
                        && mask.start - h.end < NEAR
                        && text
                            .get(h.start..h.end)
                            .is_some_and(|stop| stop.to_ascii_lowercase().starts_with("there "))
                })
        };
        // "Plate in place and there are fractured ribs" tells of two things.
        let one_thing = |mask: &Hit| {
            !of_bone(mask)
                && !said_outright(mask)
                && !hits.iter().any(|h| {
                    h.kind == Kind::Stop
                        && mask.start < h.start
                        && h.end < mask.end
                        && text
                            .get(h.start..h.end)
                            .and_then(|words| words.get(..5))
                            .is_some_and(|word| word.eq_ignore_ascii_case("there"))
                })
        };
        let spots = place::spots(lexicon, text, tokens, hits, exams);
        // "Normal discs with loss of height of T12": the mention has a level that the look-alike does not reach.
        let beyond = |mask: &Hit, h: &Hit| {
            h.end > mask.end
                && spots
                    .iter()
                    .any(|s| s.levels.len() == 1 && s.start >= mask.end && s.end <= h.end)
        };
        let looks_alike = |h: &Hit| {
            kinds.has(Kind::Mask)
                && hits
                    .iter()
                    .any(|m| m.kind == Kind::Mask && over(m, h) && one_thing(m) && !beyond(m, h))
        };
        let mut masked = Vec::new();
        let mut mentions: Vec<Hit> = Vec::new();
        // "Grade 2" is one of Genant's only where vertebrae are assessed.
        let assessed = exams.iter().any(|name| name == "vfa");
        let mut candidates: Vec<&Hit> = hits
            .iter()
            .filter(|h| h.kind.is_mention())
            .filter(|h| assessed || h.kind != Kind::Grade)
            .collect();
        // Where no vertebra is named, "impacted" is no shape of one and gives way to plainer words.
        let spine = spots.iter().any(|s| s.site == Site::Vertebra)
            || exams.iter().any(|name| name == Site::Vertebra.code());
        let order = |kind: Kind| match kind {
            Kind::Shape | Kind::Grade if !spine => u8::MAX,
            kind => rank(kind),
        };
        candidates.sort_by_key(|h| (order(h.kind), std::cmp::Reverse(h.end - h.start), h.start));
        for hit in candidates {
            if looks_alike(hit) {
                masked.push(hit.span());
            } else if !mentions.iter().any(|m| over(m, hit)) {
                let kind = match hit.kind {
                    Kind::Grade => Kind::Shape,
                    kind => kind,
                };
                mentions.push(Hit { kind, ..*hit });
            }
        }
        mentions.sort_by_key(|h| h.start);
        one_more(&mut mentions, &spots);
        run_together(text, &mut mentions);
        let of_the_spine = spine && spots.iter().all(|s| s.site == Site::Vertebra);
        let mut cues = Vec::with_capacity(hits.len());
        for hit in hits {
            let cue = !hit.kind.is_mention() && !matches!(hit.kind, Kind::Mask | Kind::Stop);
            if cue && counts(text, hit, hits, &covered) {
                let kind = match hit.kind {
                    Kind::AgedSpine if of_the_spine => Kind::Aged,
                    kind => kind,
                };
                cues.push(Hit { kind, ..*hit });
            }
        }
        let stops = hits
            .iter()
            .filter(|h| h.kind == Kind::Stop && !covered(h, Kind::Aged))
            .filter(|h| !(of_the_spine && covered(h, Kind::AgedSpine)))
            .filter(|h| !complement(tokens, hits, h))
            .map(Hit::span)
            .collect();
        let plain_shape = spine && mentions.iter().any(|m| m.kind == Kind::Shape);
        // What may be a fracture stands in the way of no word about one.
        let spans = mentions
            .iter()
            .filter(|m| match m.kind {
                Kind::OddNear | Kind::Uptake | Kind::Mended => false,
                Kind::Odd => !plain_shape,
                Kind::Shape => spine,
                _ => true,
            })
            .map(Hit::span)
            .collect();
        let sides = place::sides(lexicon, text, hits);
        Self {
            text,
            start: sentence.start,
            end: sentence.end,
            tokens,
            hits,
            kinds,
            cues,
            mentions,
            spans,
            masked,
            spots,
            sides,
            stops,
            spine,
        }
    }

    pub fn ground(&self) -> Ground<'_> {
        Ground {
            text: self.text,
            tokens: self.tokens,
            hits: self.hits,
            stops: &self.stops,
            mentions: &self.spans,
        }
    }

    pub fn cues<'s>(&'s self, ground: &'s Ground<'s>) -> Cues<'s> {
        Cues {
            hits: &self.cues,
            ground,
            end: self.end,
            spine: self.spine,
        }
    }

    pub fn has(&self, kind: Kind) -> bool {
        let whatever = matches!(kind, Kind::Aged) && self.kinds.has(Kind::AgedSpine);
        (whatever || self.kinds.has(kind)) && self.cues.iter().any(|h| h.kind == kind)
    }

    /// Hits of a kind that lie within `from..to`.
    pub fn has_within(&self, kind: Kind, from: usize, to: usize) -> bool {
        self.kinds.has(kind)
            && self
                .cues
                .iter()
                .any(|h| h.kind == kind && h.start >= from && h.end <= to)
    }

    pub fn words(&self, span: Span) -> &'a str {
        self.text.get(span.0..span.1).unwrap_or("")
    }

    pub fn before(&self, at: usize) -> &'a str {
        self.words((self.start, at))
    }

    pub fn after(&self, at: usize) -> &'a str {
        self.words((at, self.end))
    }

    pub fn vertebral_words(&self) -> bool {
        self.spots.iter().any(|s| s.site == Site::Vertebra)
    }

    /// "With a renal tumour present I would be concerned about a deposit": the deposit may be one of the bone.
    pub fn tumour_of_no_organ(&self) -> bool {
        const BESIDE: usize = 20;
        let of = |kind: Kind| self.cues.iter().filter(move |h| h.kind == kind);
        // "Liver lesion, a metastasis is not excluded."
        !self.opens_with(Kind::Organ)
            && of(Kind::Tumour).any(|tumour| {
                of(Kind::Organ).all(|organ| {
                    organ.end + BESIDE < tumour.start || tumour.end + BESIDE < organ.start
                })
            })
    }

    /// Whether a harmless name is given to this mention, rather than to another level or "elsewhere".
    pub fn harmless(&self, mention: Span) -> bool {
        let ground = self.ground();
        let at = |span: Span| ground.places(span, &self.spots, |s| !s.levels.is_empty());
        let own = at(mention);
        self.cues
            .iter()
            .filter(|h| h.kind == Kind::Variant)
            .any(|variant| {
                let other = at(variant.span());
                let apart = !own.is_empty()
                    && !other.is_empty()
                    && !own.iter().any(|a| other.iter().any(|b| a.start == b.start));
                let elsewhere = self.has_within(Kind::Other, variant.end, variant.end + 25);
                !apart && !elsewhere
            })
    }

    /// Levels that a list leaves out: "T10 to L3 sparing L2".
    pub fn spared(&self) -> Vec<Level> {
        if !self.has(Kind::Sparing) {
            return Vec::new();
        }
        let after_it = |s: &&Spot| self.is_spared(s);
        self.spots
            .iter()
            .filter(after_it)
            .flat_map(|s| s.levels.clone())
            .collect()
    }

    pub fn is_spared(&self, spot: &Spot) -> bool {
        self.has_within(Kind::Sparing, spot.start.saturating_sub(10), spot.start)
    }

    /// Speaks on about what the sentence before named.
    pub fn anaphor(&self) -> bool {
        self.opens_with(Kind::Anaphor)
    }

    /// Whether a word of a kind stands first.
    pub fn opens_with(&self, kind: Kind) -> bool {
        let first = self
            .tokens
            .iter()
            .find(|t| t.is_word() || t.is(b'?'))
            .map(|t| t.start);
        self.cues
            .iter()
            .any(|h| h.kind == kind && Some(h.start) == first)
    }

    /// "These are chronic."
    pub fn of_several(&self) -> bool {
        let first = self.tokens.iter().find(|t| t.is_word());
        first.is_some_and(|t| {
            let word = self.words((t.start, t.end));
            ["these", "all", "they"]
                .iter()
                .any(|several| several.eq_ignore_ascii_case(word))
        })
    }

    /// "I would not like to commit myself."
    pub fn of_the_reporter(&self) -> bool {
        let first = self.tokens.iter().find(|t| t.is_word());
        first.is_some_and(|t| self.words((t.start, t.end)) == "I")
    }

    /// Ends in the middle of a sentence.
    pub fn open(&self) -> bool {
        self.tokens
            .last()
            .is_some_and(|t| t.is_word() || t.is(b','))
    }
}

/// "A fracture of L1, an older one at T7", "old ones on the left and a new one on the right": one more of what was
/// named before it.
fn one_more(mentions: &mut Vec<Hit>, spots: &[Spot]) {
    let named = mentions
        .iter()
        .find(|m| matches!(m.kind, Kind::Fracture | Kind::Vertebral | Kind::Shape))
        .copied();
    mentions.retain_mut(|m| {
        if m.kind != Kind::OneMore {
            return true;
        }
        let level = spots.iter().any(|s| s.start >= m.start && s.end <= m.end);
        m.kind = match named {
            Some(named) if !level => named.kind,
            _ => Kind::Vertebral,
        };
        named.is_some_and(|named| named.end <= m.start)
    });
}

/// "Comminuted fracture", "avulsion fracture": one mention in two words.
fn run_together(text: &str, mentions: &mut Vec<Hit>) {
    let mut out: Vec<Hit> = Vec::with_capacity(mentions.len());
    for mention in mentions.iter() {
        let before = out.last_mut().filter(|before| {
            let counts = |kind| {
                matches!(
                    kind,
                    Kind::Fracture
                        | Kind::Vertebral
                        | Kind::Broken
                        | Kind::Injury
                        | Kind::InjuryNear
                        | Kind::Shape
                        | Kind::OddNear
                )
            };
            counts(before.kind)
                && counts(mention.kind)
                && text.get(before.end..mention.start).is_some_and(|gap| {
                    gap.chars().all(|c| {
                        matches!(c, ' ' | '\r' | '\n' | '-' | '(' | ')' | '\'' | '\u{2019}')
                    })
                })
        });
        match before {
            // "Insufficiency fracture": the fracture is what is said.
            Some(before)
                if before.kind == Kind::OddNear
                    && matches!(mention.kind, Kind::Fracture | Kind::Vertebral) =>
            {
                *before = *mention;
            }
            Some(before) => {
                if rank(mention.kind) < rank(before.kind) {
                    (before.kind, before.rule) = (mention.kind, mention.rule);
                }
                before.end = mention.end;
            }
            None => out.push(*mention),
        }
    }
    *mentions = out;
}

/// "I think that there is", "if there is": no new clause, but what is thought.
fn complement(tokens: &[Token], hits: &[Hit], stop: &Hit) -> bool {
    let at = tokens.partition_point(|t| t.start < stop.start);
    at.checked_sub(1)
        .and_then(|before| tokens.get(before))
        .is_some_and(|word| {
            hits.iter()
                .any(|h| h.kind == Kind::Thought && h.end == word.end)
        })
}

fn likely(text: &str, occult: &Hit, sure: &Hit) -> bool {
    sure.start >= occult.end
        && text
            .get(sure.start..sure.end)
            .and_then(|words| words.split(' ').next())
            .is_some_and(|be| be.eq_ignore_ascii_case("is") || be.eq_ignore_ascii_case("are"))
}

/// "Without marrow oedema": a sign of newness that is denied.
fn without(text: &str, sign: &Hit, hits: &[Hit]) -> bool {
    /// Letters between the denial and the sign.
    const NEAR: usize = 24;
    let signal = |words: &str| {
        let words = words.to_ascii_lowercase();
        words.contains("edema") || words.contains("stir")
    };
    let nothing_new = |h: &Hit| {
        let said = text.get(h.start..h.end).unwrap_or("");
        said.eq_ignore_ascii_case("nothing")
            && text
                .get(h.end..sign.start)
                .is_some_and(|gap| gap.trim().is_empty())
    };
    hits.iter().any(nothing_new)
        || text.get(sign.start..sign.end).is_some_and(signal)
            && hits.iter().any(|h| {
                h.kind == Kind::Deny
                    && h.end <= sign.start
                    && text
                        .get(h.end..sign.start)
                        .is_some_and(|gap| gap.len() < NEAR && !gap.contains([',', ';']))
            })
}

/// Whether a bare "no" or "nil" goes on to what it denies.
fn denies_more(text: &str, denial: &Hit) -> bool {
    let said = text.get(denial.start..denial.end).unwrap_or("");
    let last = said.rsplit(' ').next().unwrap_or("").to_ascii_lowercase();
    let bare = matches!(
        last.as_str(),
        "no" | "none" | "nil" | "negative" | "n" | "absent" | "0" | "zero"
    );
    let after = text.get(denial.end..).unwrap_or("").trim_start_matches(' ');
    bare && after.starts_with(char::is_alphanumeric)
        && !after.starts_with("on ")
        && !after.starts_with("at ")
}

/// A cue does not count where a stronger one covers it.
fn counts(text: &str, h: &Hit, hits: &[Hit], covered: &impl Fn(&Hit, Kind) -> bool) -> bool {
    match h.kind {
        // "?old" asks.
        Kind::Aged | Kind::AgedSpine
            if text
                .get(..h.start)
                .is_some_and(|before| before.ends_with('?')) =>
        {
            false
        }
        Kind::Denied if covered(h, Kind::Spared) => false,
        // "Fracture: no", not "fracture: no retropulsion".
        Kind::Denied if denies_more(text, h) => false,
        // "None is oedematous."
        Kind::Denied
            if hits.iter().any(|age| {
                matches!(age.kind, Kind::Aged | Kind::AgedSpine)
                    && age.start <= h.start
                    && h.end < age.end
            }) =>
        {
            false
        }
        Kind::Aged | Kind::AgedSpine | Kind::Denied => {
            let doubted = |d: &Hit| {
                d.kind == Kind::Doubted && over(d, h) && !(h.start <= d.start && d.end < h.end)
            };
            // "Was normal in 2019."
            let of_then = |n: &Hit| {
                n.kind == Kind::New && n.start < h.start && h.end <= n.end && h.kind != Kind::Denied
            };
            // "Not seen on these views" is no film of then.
            let earlier = hits
                .iter()
                .filter(|e| e.kind == Kind::Earlier && over(e, h))
                .any(|e| {
                    let same = e.start == h.start && e.end == h.end;
                    let within = e.start >= h.start && e.end < h.end;
                    !within && (h.kind == Kind::Denied || !same)
                });
            !earlier
                && !hits.iter().any(doubted)
                && !hits.iter().any(of_then)
                && !covered(h, Kind::MaskAge)
                && !hits
                    .iter()
                    .any(|e| e.kind == Kind::Earlier && e.end <= h.start && h.start - e.end < 20)
        }
        Kind::Old => {
            !covered(h, Kind::MaskAge)
                && !covered(h, Kind::MaskOld)
                && !covered(h, Kind::Undated)
                && !covered(h, Kind::Earlier)
        }
        Kind::New => !covered(h, Kind::Aged) && !without(text, h, hits),
        Kind::Variant => !covered(h, Kind::VariantNot),
        Kind::Tumour => !covered(h, Kind::Benign),
        // "Not pathological."
        Kind::Pathological => !hits
            .iter()
            .any(|b| b.kind == Kind::Benign && b.start < h.start && h.end <= b.end),
        Kind::Deny => {
            // "Fractures, none with retropulsion" spares them; "deposits, none with collapse" denies what follows.
            let none = || {
                text.get(h.start..h.start + 4)
                    .is_some_and(|word| word.eq_ignore_ascii_case("none"))
            };
            // "No loosening or periprosthetic fracture of the stem" denies the fracture as well.
            let spared = hits.iter().any(|s| {
                let words = text.get(s.start..s.end).unwrap_or("");
                s.kind == Kind::Spared && over(s, h) && !words.contains(" or ")
            });
            !covered(h, Kind::StrongDoubt)
                && (!spared || none())
                && !covered(h, Kind::Earlier)
                && !covered(h, Kind::Doubted)
                && !covered(h, Kind::VariantNot)
        }
        // "I am not certain if this is a fracture" gives no advice.
        Kind::Advice => {
            let unsure = |d: &Hit| {
                matches!(d.kind, Kind::Doubt | Kind::StrongDoubt)
                    && d.start < h.start
                    && h.end <= d.end
            };
            !hits.iter().any(unsure)
        }
        // "Sought but not found", "as clinically suspected".
        Kind::Doubted => {
            let outweighed = |o: &Hit| {
                let within =
                    o.start <= h.start && h.end <= o.end && o.end - o.start > h.end - h.start;
                match o.kind {
                    Kind::Denied | Kind::Benign => within,
                    Kind::Sure => within || o.start < h.start && h.start < o.end,
                    _ => false,
                }
            };
            !covered(h, Kind::Undated) && !covered(h, Kind::Aged) && !hits.iter().any(outweighed)
        }
        // "This is an occult fracture" doubts nothing.
        Kind::Doubt => {
            let occult = text
                .get(h.start..h.end)
                .is_some_and(|word| word.eq_ignore_ascii_case("occult"));
            // Nor does "an occult fracture is likely".
            let sure = |s: &Hit| {
                s.kind == Kind::Sure
                    && (s.start <= h.start && h.end <= s.end && s.end - s.start > h.end - h.start
                        || occult && likely(text, h, s))
            };
            !covered(h, Kind::Undated) && !hits.iter().any(sure)
        }
        _ => true,
    }
}
