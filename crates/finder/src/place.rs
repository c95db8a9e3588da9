//! Which bone, level and side a mention belongs to: the nearest one, where punctuation and clause words count
//! as distance.

use terms::{Level, Side, Site};

use crate::language::{
    lexicon::{Hit, Kind, Lexicon},
    token::{Token, TokenKind},
};

pub(crate) type Span = (usize, usize);

/// How long a piece of text is; a line may end in one byte or in two.
pub(crate) fn length(text: &str) -> usize {
    text.len() - text.bytes().filter(|byte| *byte == b'\r').count()
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SideHit {
    pub side: Side,
    pub start: usize,
    pub end: usize,
}

/// A bone or a level in a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Spot {
    pub site: Site,
    pub levels: Vec<Level>,
    pub start: usize,
    pub end: usize,
}

impl Spot {
    pub fn span(&self) -> Span {
        (self.start, self.end)
    }
}

pub(crate) fn sides(lexicon: &Lexicon, text: &str, hits: &[Hit]) -> Vec<SideHit> {
    hits.iter()
        .filter(|h| h.kind == Kind::Side)
        .filter_map(|hit| {
            let side = lexicon.side(hit.rule)?;
            // "L 4", "L/R", "R.A." are not sides; "L 4th rib" is one.
            let after = text.get(hit.end..).unwrap_or("");
            let follows = after.trim_start();
            let number = follows.starts_with(|c: char| c.is_ascii_digit())
                && !follows
                    .trim_start_matches(|c: char| c.is_ascii_digit())
                    .starts_with(char::is_alphabetic);
            let glued = after.starts_with(['/', '.', '\'', '-'])
                || text
                    .get(..hit.start)
                    .is_some_and(|b| b.ends_with(['/', '.', '-', '\'']));
            let letter = hit.end - hit.start == 1;
            (!(letter && (number || glued))).then_some(SideHit {
                side,
                start: hit.start,
                end: hit.end,
            })
        })
        .collect()
}

/// Levels as they are written, each with its place: `T11/12`, `T6-8`, `D6,7,9`, `L1 to L3`, `T 12`.
struct Levels<'a> {
    text: &'a str,
    tokens: &'a [Token],
    hits: &'a [Hit],
}

impl<'a> Levels<'a> {
    fn word(&self, at: usize) -> &'a str {
        self.tokens
            .get(at)
            .and_then(|t| self.text.get(t.start..t.end))
            .unwrap_or("")
    }

    fn is(&self, at: usize, words: &[&str]) -> bool {
        let word = self.word(at);
        words.iter().any(|w| w.eq_ignore_ascii_case(word))
    }

    /// Whether a phrase of a kind begins with a token.
    fn begins(&self, at: usize, kind: Kind) -> bool {
        self.tokens.get(at).is_some_and(|token| {
            self.hits
                .iter()
                .any(|h| h.kind == kind && h.start == token.start)
        })
    }

    fn number(&self, at: usize) -> Option<u8> {
        self.tokens
            .get(at)
            .filter(|t| t.kind == TokenKind::Number)?;
        self.word(at).parse().ok().filter(|n| *n <= 12)
    }

    /// A region and number, and the token after them.
    fn level(&self, at: usize) -> Option<(char, u8, usize)> {
        let token = self.tokens.get(at)?;
        if token.end - token.start > "T12".len() {
            return None;
        }
        let word = self.word(at);
        let mut letters = word.chars();
        let region = match letters.next()?.to_ascii_uppercase() {
            'D' => 'T',
            region @ ('C' | 'T' | 'L') => region,
            _ => return None,
        };
        let digits = letters.as_str();
        if digits.is_empty() {
            // "R 2-6, L 2-7": ribs of the left, not lumbar levels.
            if region == 'L' && self.right_ones() {
                return None;
            }
            return Some((region, self.number(at + 1)?, at + 2));
        }
        (digits.len() <= 2).then_some(())?;
        Some((region, digits.parse().ok()?, at + 1))
    }

    /// Whether a bare "R" stands before a number.
    fn right_ones(&self) -> bool {
        (0..self.tokens.len()).any(|at| self.is(at, &["R"]) && self.number(at + 1).is_some())
    }

    fn read(&self) -> Vec<Spot> {
        let mut out = Vec::new();
        if !self.any_digit() {
            return out;
        }
        let mut at = 0;
        while at < self.tokens.len() {
            let Some((region, number, next)) = self.level(at) else {
                at += 1;
                continue;
            };
            if (region == 'T' && number <= 4 && self.magnetic(at, next))
                || self.begins(next, Kind::Root)
            {
                at = next;
                continue;
            }
            let (levels, end) = self.list(region, number, next);
            // "L 3-6 rib fractures": of the left.
            let of_ribs = self.word(at).len() == 1
                && (self.is(end, &["rib", "ribs"])
                    || self.is(end, &["-", "to", "/"]) && self.is(end + 2, &["rib", "ribs"]));
            if let (Some(first), Some(last)) = (self.tokens.get(at), self.tokens.get(end - 1))
                && !levels.is_empty()
                && !of_ribs
            {
                out.push(Spot {
                    site: Site::Vertebra,
                    levels,
                    start: first.start,
                    end: last.end,
                });
            }
            at = end;
        }
        out
    }

    /// No level is written without.
    fn any_digit(&self) -> bool {
        let ends = self.tokens.first().zip(self.tokens.last());
        ends.and_then(|(first, last)| self.text.as_bytes().get(first.start..last.end))
            .is_some_and(|bytes| bytes.iter().any(u8::is_ascii_digit))
    }

    /// The levels that follow on one: a range, or a list of bare numbers.
    fn list(&self, region: char, number: u8, mut at: usize) -> (Vec<Level>, usize) {
        let mut levels: Vec<Level> = Vec::new();
        let mut add = |region: char, number: u8| {
            if let Ok(level) = format!("{region}{number}").parse::<Level>()
                && !levels.contains(&level)
            {
                levels.push(level);
            }
        };
        add(region, number);
        let (mut region, mut number) = (region, number);
        loop {
            let range = self.is(at, &["-", "to", "through", "\u{2013}", "\u{2014}"]);
            let joined = range || self.is(at, &["/", "&", "+", ",", "and"]);
            if !joined {
                break;
            }
            let named = self
                .level(at + 1)
                .filter(|_| range || self.is(at, &["/", "&", "+"]));
            let (next_region, next_number, end) = match (named, self.number(at + 1)) {
                (Some(named), _) => named,
                (None, Some(bare)) if self.bare(at, range) => (region, bare, at + 2),
                _ => break,
            };
            if range {
                for (r, n) in between((region, number), (next_region, next_number)) {
                    add(r, n);
                }
            } else {
                add(next_region, next_number);
            }
            (region, number) = (next_region, next_number);
            at = end;
        }
        (levels, at)
    }

    /// Whether the number after a connector is a level rather than a measure or a count.
    fn bare(&self, connector: usize, range: bool) -> bool {
        let number = connector + 1;
        let tight = self.tokens.get(number).is_some_and(|t| !t.spaced);
        let after = number + 1;
        let plain = match self.tokens.get(after).map(|t| t.kind) {
            None | Some(TokenKind::LineEnd | TokenKind::Mark(_)) => true,
            _ => self.begins(after, Kind::GoesOn),
        };
        let slash = self.is(connector, &["/"]);
        !self.begins(after, Kind::Measure) && (slash || (tight && range) || plain)
    }

    /// T1 and T2 as magnetic resonance sequences, T1 to T4 as tumour stages.
    fn magnetic(&self, at: usize, next: usize) -> bool {
        let sequence =
            |at: usize| self.is(at, &[",", "/", "and", "&", "-", "T1", "T2", "T1w", "T2w"]);
        let mut after = next;
        while sequence(after) {
            after += 1;
        }
        let mut before = at;
        while before > 0 && sequence(before - 1) {
            before -= 1;
        }
        let told_before = before > 0 && self.begins(before - 1, Kind::SequenceBefore);
        self.begins(after, Kind::SequenceAfter) || told_before
    }
}

/// Every level from one to another, in the order of the spine.
fn between(from: (char, u8), to: (char, u8)) -> Vec<(char, u8)> {
    let spine: Vec<(char, u8)> = [('C', 7), ('T', 12), ('L', 5)]
        .into_iter()
        .flat_map(|(region, last)| (1..=last).map(move |n| (region, n)))
        .collect();
    let place = |level| spine.iter().position(|l| *l == level);
    match (place(from), place(to)) {
        (Some(a), Some(b)) if a <= b => spine.get(a..=b).unwrap_or_default().to_vec(),
        // "T12-S1" and the like: the one that is a level.
        _ => Vec::new(),
    }
}

/// Bones named among the hits; where two names overlap, the longer one.
pub(crate) fn bones(lexicon: &Lexicon, hits: &[Hit], exams: &[String]) -> Vec<Spot> {
    let mut all: Vec<(&Hit, &crate::language::lexicon::BoneName)> = hits
        .iter()
        .filter(|h| h.kind == Kind::Bone)
        .filter_map(|hit| {
            let name = lexicon.bone(hit.rule)?;
            let known = name.exams.is_empty() || name.exams.iter().any(|exam| exams.contains(exam));
            known.then_some((hit, name))
        })
        .collect();
    all.sort_by_key(|(hit, name)| {
        (
            std::cmp::Reverse(hit.end - hit.start),
            name.exams.is_empty(),
            hit.rule,
            hit.start,
        )
    });
    let mut kept: Vec<Spot> = Vec::new();
    for (hit, name) in all {
        if kept
            .iter()
            .all(|k| hit.end <= k.start || k.end <= hit.start)
        {
            kept.push(Spot {
                site: name.site,
                levels: name.level.iter().cloned().collect(),
                start: hit.start,
                end: hit.end,
            });
        }
    }
    // Named after a bone, but not one.
    kept.retain(|spot| spot.site != Site::Unspecified);
    kept.sort_by_key(|spot| spot.start);
    kept
}

/// Bones and levels of one sentence, in order.
pub(crate) fn spots(
    lexicon: &Lexicon,
    text: &str,
    tokens: &[Token],
    hits: &[Hit],
    exams: &[String],
) -> Vec<Spot> {
    let mut out = bones(lexicon, hits, exams);
    for level in (Levels { text, tokens, hits }).read() {
        out.retain(|s| s.end <= level.start || level.end <= s.start);
        out.push(level);
    }
    out.sort_by_key(|s| s.start);
    out
}

/// What a mention is judged against: its sentence, with where clauses end.
pub(crate) struct Ground<'a> {
    pub text: &'a str,
    pub tokens: &'a [Token],
    pub hits: &'a [Hit],
    pub stops: &'a [Span],
    /// Mentions of the sentence: a place beyond another mention belongs to that one.
    pub mentions: &'a [Span],
}

impl<'a> Ground<'a> {
    pub fn stopped(&self, from: usize, to: usize) -> bool {
        self.stops.iter().any(|s| s.0 >= from && s.1 <= to)
    }

    fn hits_in(&self, kind: Kind, from: usize, to: usize) -> impl Iterator<Item = &Hit> {
        self.hits
            .iter()
            .filter(move |h| h.kind == kind && h.start >= from && h.end <= to)
    }

    pub fn tokens_in(&self, from: usize, to: usize) -> &'a [Token] {
        let first = self.tokens.partition_point(|t| t.start < from);
        let last = self.tokens.partition_point(|t| t.end <= to);
        self.tokens.get(first..last.max(first)).unwrap_or_default()
    }

    /// Distance in letters, with clause breaks counted as far.
    pub fn distance(&self, a: Span, b: Span) -> usize {
        if a.0 < b.1 && b.0 < a.1 {
            return 0;
        }
        let (from, to) = between_spans(a, b);
        let within = |spans: &[Span]| spans.iter().filter(|s| s.0 >= from && s.1 <= to).count();
        let tokens = self.tokens_in(from, to);
        let commas = tokens.iter().filter(|t| t.is(b',')).count();
        let colons = tokens.iter().filter(|t| t.is(b':')).count();
        length(self.text.get(from..to).unwrap_or(""))
            + commas * 15
            + colons * 10
            + self.hits_in(Kind::Far, from, to).count() * 40
            + within(self.stops) * 60
            + within(self.mentions) * 45
    }

    fn after_and(&self, at: usize) -> bool {
        let before = self.tokens.partition_point(|t| t.end <= at);
        let last = before.checked_sub(1).and_then(|i| self.tokens.get(i));
        last.and_then(|t| self.text.get(t.start..t.end))
            .is_some_and(|word| {
                ["and", "&", "plus", "+"]
                    .iter()
                    .any(|and| and.eq_ignore_ascii_case(word))
            })
    }

    /// The places of one mention: the nearest, with those joined to it by "and" or a comma.
    pub fn places<'s>(
        &self,
        mention: Span,
        spots: &'s [Spot],
        want: impl Fn(&Spot) -> bool,
    ) -> Vec<&'s Spot> {
        let wanted: Vec<&Spot> = spots.iter().filter(|s| want(s)).collect();
        let nearest = wanted
            .iter()
            .enumerate()
            .map(|(i, s)| {
                let follows = s.start >= mention.1
                    && self
                        .tokens_in(mention.1, s.start)
                        .first()
                        .is_some_and(|first| {
                            self.hits
                                .iter()
                                .any(|h| h.kind == Kind::Within && h.start == first.start)
                        });
                // "fracture of the ..." says where in so many words; one space is as good.
                let bonus = if follows { 24 } else { 0 };
                // "# body of scapula and # left 1st - 5th ribs": the scapula has its own.
                let behind = s.end <= mention.0 && self.after_and(mention.0);
                let malus = if behind { 24 } else { 0 };
                (
                    (self.distance(mention, s.span()) + malus).saturating_sub(bonus),
                    i,
                )
            })
            .filter(|(distance, _)| *distance < 160)
            .min();
        let Some((_, chosen)) = nearest else {
            return Vec::new();
        };
        let mut first = chosen;
        let mut last = chosen;
        while first > 0 && self.joined(wanted.get(first - 1), wanted.get(first), mention) {
            first -= 1;
        }
        while self.joined(wanted.get(last), wanted.get(last + 1), mention) {
            last += 1;
        }
        wanted.get(first..=last).unwrap_or_default().to_vec()
    }

    fn joined(&self, a: Option<&&Spot>, b: Option<&&Spot>, mention: Span) -> bool {
        let (Some(a), Some(b)) = (a, b) else {
            return false;
        };
        if !self.one_list(a.end, b.start) || self.called_whole(b.end) {
            return false;
        }
        // "L1 and rib fractures": the rib belongs to the second mention.
        let outer = if a.start >= mention.1 { b } else { a };
        let own = self.distance(mention, outer.span());
        !self
            .mentions
            .iter()
            .any(|m| *m != mention && self.distance(*m, outer.span()) + 12 < own)
    }

    /// "Fracture of the fifth toe, metatarsals clear": the second is no part of the list.
    fn called_whole(&self, at: usize) -> bool {
        let after = self.text.get(at..).unwrap_or("").trim_start();
        let word = after
            .split(|c: char| !c.is_alphabetic())
            .next()
            .unwrap_or("");
        [
            "clear",
            "intact",
            "normal",
            "unremarkable",
            "spared",
            "OK",
            "ok",
        ]
        .contains(&word)
    }

    /// Whether nothing but "and", commas and small words stands between two places.
    fn one_list(&self, from: usize, to: usize) -> bool {
        let mut tokens = self.tokens_in(from, to);
        if let Some((first, rest)) = tokens.split_first()
            && first.is(b'(')
            && let Some(close) = rest.iter().position(|t| t.is(b')'))
            && close <= 8
        {
            tokens = rest.get(close + 1..).unwrap_or_default();
        }
        if tokens.is_empty() {
            return true;
        }
        let said = |token: &Token, kind: Kind| {
            self.hits
                .iter()
                .any(|h| h.kind == kind && h.start <= token.start && h.end >= token.end)
        };
        let linked = tokens.iter().any(|t| t.is(b'-') || said(t, Kind::Link));
        tokens.len() <= 10
            && linked
            && tokens
                .iter()
                .all(|t| t.is(b'-') || said(t, Kind::Link) || said(t, Kind::Filler))
    }

    /// The side that stands nearest to a bone, in the same clause.
    pub fn side_of(&self, place: Span, sides: &[SideHit], spots: &[Spot]) -> Option<Side> {
        sides
            .iter()
            .map(|hit| {
                let before = hit.end <= place.0;
                let between = if before {
                    (hit.end, place.0)
                } else {
                    (place.1, hit.start)
                };
                let other = spots
                    .iter()
                    .filter(|s| s.start >= between.0 && s.end <= between.1)
                    .count();
                let after = if before { 0 } else { 12 };
                // A side before another bone is that bone's.
                let leads = !before
                    && spots.iter().any(|s| {
                        s.start >= hit.end
                            && self
                                .text
                                .get(hit.end..s.start)
                                .is_some_and(|g| length(g) < 14 && !g.contains(','))
                    });
                (
                    self.distance(place, (hit.start, hit.end))
                        + other * 20
                        + after
                        + if leads { 40 } else { 0 },
                    hit.side,
                )
            })
            .filter(|(distance, _)| *distance < 110)
            .min_by_key(|(distance, _)| *distance)
            .map(|(_, side)| side)
    }
}

fn between_spans(a: Span, b: Span) -> Span {
    if a.1 <= b.0 { (a.1, b.0) } else { (b.1, a.0) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::LazyLock;

    static LEXICON: LazyLock<Lexicon> = LazyLock::new(Lexicon::load);

    fn named(text: &str) -> Vec<String> {
        let (mut tokens, mut found, mut hits) = (Vec::new(), Vec::new(), Vec::new());
        LEXICON.tokens(text, &mut tokens);
        LEXICON.spot(&tokens, &mut found, &mut hits);
        Levels {
            text,
            tokens: &tokens,
            hits: &hits,
        }
        .read()
        .into_iter()
        .flat_map(|l| l.levels)
        .map(|l| l.to_string())
        .collect()
    }

    #[test]
    fn levels_in_uk_writing() {
        assert_eq!(named("D12 and L1"), ["T12", "L1"]);
        assert_eq!(named("T6-8"), ["T6", "T7", "T8"]);
        assert_eq!(named("T11 to L2"), ["T11", "T12", "L1", "L2"]);
        assert_eq!(named("T11/12"), ["T11", "T12"]);
        assert_eq!(named("D6,7,9"), ["T6", "T7", "T9"]);
        assert_eq!(named("T 12 is wedged"), ["T12"]);
        assert_eq!(named("T6, 7 and 9 vertebrae"), ["T6", "T7", "T9"]);
        assert_eq!(named("L1, 30% loss"), ["L1"]);
        assert_eq!(named("L1 and 2 rib fractures"), ["L1"]);
    }

    #[test]
    fn magnetic_resonance_sequences_and_stages_are_not_levels() {
        for text in [
            "Sag T1, T2, STIR",
            "low T1 signal",
            "T1 / STIR",
            "T2-weighted",
            "T3 N1",
            "T2a N1",
        ] {
            assert_eq!(named(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn sides_written_long_and_short() {
        let of = |text: &str| {
            let (mut tokens, mut found, mut hits) = (Vec::new(), Vec::new(), Vec::new());
            LEXICON.tokens(text, &mut tokens);
            LEXICON.spot(&tokens, &mut found, &mut hits);
            sides(&LEXICON, text, &hits)
                .into_iter()
                .map(|s| s.side)
                .collect::<Vec<_>>()
        };
        assert_eq!(of("Lt wrist"), [Side::Left]);
        assert_eq!(of("R NOF #"), [Side::Right]);
        assert_eq!(of("L 4"), []);
        assert_eq!(of("both alae"), [Side::Both]);
    }
}
