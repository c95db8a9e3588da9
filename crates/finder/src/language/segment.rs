//! Cuts a report into its parts (title, indication, findings, conclusion, addendum) and into sentences.

use std::{cell::RefCell, ops::Range};

use super::{
    automaton::Match,
    sections::{Form, Part, Sections},
    token::{Token, TokenKind},
};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sentence {
    pub part: Part,
    pub start: usize,
    pub end: usize,
    /// Its tokens.
    pub tokens: Range<usize>,
    /// "Spine:" or "C-spine:" at the head of the line that the sentence is in, as tokens.
    pub header: Option<Range<usize>>,
}

/// A sentence of more tokens is cut: what follows is seldom about the same, and work on a sentence grows with its
/// square.
const MOST_TOKENS: usize = 300;

struct Line {
    tokens: Range<usize>,
    start: usize,
    end: usize,
}

/// One report being cut up.
pub(crate) struct Segmenter<'a> {
    pub sections: &'a Sections,
    pub text: &'a str,
    pub tokens: &'a [Token],
    /// Where phrases are put while they are looked at.
    found: RefCell<Vec<Match>>,
}

impl<'a> Segmenter<'a> {
    pub fn new(sections: &'a Sections, text: &'a str, tokens: &'a [Token]) -> Self {
        Self {
            sections,
            text,
            tokens,
            found: RefCell::default(),
        }
    }

    fn has(&self, tokens: &[Token], wanted: Form) -> bool {
        self.sections
            .has(tokens, wanted, &mut self.found.borrow_mut())
    }

    fn begins(&self, tokens: &[Token], wanted: Form) -> bool {
        self.sections
            .begins(tokens, wanted, &mut self.found.borrow_mut())
    }

    fn label(&self, tokens: &[Token], alone_counts: bool) -> Option<(Part, usize)> {
        self.sections
            .label(tokens, alone_counts, &mut self.found.borrow_mut())
    }

    fn slice(&self, range: &Range<usize>) -> &[Token] {
        self.tokens.get(range.clone()).unwrap_or_default()
    }

    fn lines(&self) -> Vec<Line> {
        let mut out: Vec<Line> = Vec::with_capacity(16);
        let mut from = 0;
        let mut blank_before = true;
        let ends = self
            .tokens
            .iter()
            .enumerate()
            .filter(|(_, t)| t.kind == TokenKind::LineEnd)
            .map(|(i, _)| i)
            .chain([self.tokens.len()]);
        for end in ends {
            let range = from..end;
            from = end + 1;
            let Some((first, last)) = self.slice(&range).first().zip(self.slice(&range).last())
            else {
                blank_before = true;
                // A blank line is kept: it ends the clinical details.
                out.push(Line {
                    tokens: range,
                    start: 0,
                    end: 0,
                });
                continue;
            };
            let line = Line {
                tokens: range,
                start: first.start,
                end: last.end,
            };
            let joined =
                !blank_before && out.last().is_some_and(|before| self.wrapped(before, &line));
            blank_before = false;
            match out.last_mut().filter(|_| joined) {
                Some(before) => {
                    before.tokens.end = line.tokens.end;
                    before.end = line.end;
                }
                None => out.push(line),
            }
        }
        out
    }

    /// Whether a line break lies inside a sentence.
    fn wrapped(&self, before: &Line, after: &Line) -> bool {
        let Some(last) = self.slice(&before.tokens).last() else {
            return false;
        };
        let open =
            last.is_word() || last.is(b',') || last.is(b'-') || last.is(b'/') || last.is(b')');
        let long = before.end - before.start;
        let lower = self
            .text
            .get(after.start..)
            .and_then(|t| t.chars().next())
            .is_some_and(char::is_lowercase);
        open
            && ((lower && long > 50)
                || (long > 25 && self.begins(std::slice::from_ref(last), Form::Join)))
            // "(no known disease)", and under it the finding.
            && !self.has(self.slice(&after.tokens), Form::Asserts)
    }

    pub fn sentences(&self) -> Vec<Sentence> {
        let lines = self.lines();
        let labels: Vec<Option<(Part, usize)>> = lines
            .iter()
            .map(|line| self.label(self.slice(&line.tokens), true))
            .collect();
        let labelled = labels
            .iter()
            .flatten()
            .any(|(part, _)| *part == Part::Indication);
        let last_filled = lines
            .iter()
            .rposition(|l| !l.tokens.is_empty())
            .unwrap_or(0);
        let mut walk = Walk {
            seg: self,
            out: Vec::with_capacity(2 * lines.len()),
            part: Part::Findings,
            revised: false,
        };
        let mut titles = 0;
        let mut body_seen = false;
        let mut indication_open = false;
        let mut expect_indication = false;
        for (number, (line, label)) in lines.iter().zip(labels).enumerate() {
            let tokens = self.slice(&line.tokens);
            if tokens.is_empty() {
                if indication_open {
                    walk.part = walk.body();
                    indication_open = false;
                }
                continue;
            }
            let last = number == last_filled;
            let is_title = self.begins(tokens, Form::Title) && !self.tells(tokens, last);
            let first = titles == 0 && !body_seen && !indication_open;
            let examined = match (first && !is_title, last) {
                (true, false) => self.examined(tokens),
                (true, true) => self.part_alone(tokens),
                _ => None,
            };
            if !body_seen
                && !indication_open
                && titles < 4
                && (!last || examined.is_some())
                && ((is_title && (titles == 0 || !self.reports(tokens)))
                    || examined.is_some()
                    || (titles == 0
                        && (self.bare_title(tokens)
                            || first && self.plain(tokens) && self.asked_next(&lines, number))))
                || (!body_seen && titles == 0 && is_title)
            {
                titles += 1;
                let cut = examined.unwrap_or_else(|| self.title_end(tokens));
                let (head, tail) = (
                    line.tokens.start..line.tokens.start + cut,
                    line.tokens.start + cut..line.tokens.end,
                );
                walk.push(Part::Title, head, None);
                if self.slice(&tail).iter().any(Token::is_word) {
                    let tokens = self.slice(&tail);
                    let tail_part = if self.label(tokens, false).is_some() {
                        walk.part
                    } else if examined.is_some() && !last {
                        Part::Indication
                    } else if last || titles > 1 || self.has(tokens, Form::Statement) {
                        Part::Findings
                    } else {
                        Part::Indication
                    };
                    let kept = walk.part;
                    walk.part = tail_part;
                    let from = walk.out.len();
                    walk.split(tail);
                    if tail_part == Part::Findings {
                        self.why_first(walk.out.get_mut(from..).unwrap_or_default());
                    }
                    let asked = |s: &Sentence| s.part == Part::Indication;
                    if walk.part == tail_part {
                        walk.part = kept;
                    } else if walk.part == Part::Indication {
                        // "DXA. Indication: fall." says why within the line; "DXA. Indication:" says it in the next.
                        if walk.out.iter().skip(from).any(asked) {
                            walk.part = kept;
                        } else {
                            indication_open = true;
                        }
                    }
                    expect_indication = false;
                } else {
                    expect_indication = !labelled;
                }
                continue;
            }
            if let Some((part, end)) = label {
                let rest = line.tokens.start + end..line.tokens.end;
                let empty = !self.slice(&rest).iter().any(Token::is_word);
                match part {
                    Part::Indication => {
                        walk.part = Part::Indication;
                        walk.split(rest);
                        indication_open = empty;
                        if !empty && walk.part == Part::Indication {
                            walk.part = Part::Findings;
                        }
                    }
                    Part::Aside => {
                        let kept = match walk.part {
                            Part::Indication => Part::Findings,
                            other => other,
                        };
                        // "Comparison CT 2021. Multiple ...": only the first sentence is the comparison.
                        walk.part = Part::Aside;
                        let from = walk.out.len();
                        walk.split(rest);
                        for after in walk.out.iter_mut().skip(from + 1) {
                            if after.part == Part::Aside {
                                after.part = kept;
                                body_seen = true;
                            }
                        }
                        if walk.part == Part::Aside {
                            walk.part = kept;
                        }
                    }
                    Part::Addendum | Part::Original => {
                        walk.revised = true;
                        walk.part = part;
                        body_seen = true;
                        walk.split(rest);
                    }
                    other => {
                        if !(walk.revised && walk.part == Part::Addendum) {
                            walk.part = other;
                        }
                        body_seen = true;
                        walk.split(rest);
                    }
                }
                expect_indication = false;
                continue;
            }
            if expect_indication {
                expect_indication = false;
                if !last && !self.states(tokens) {
                    walk.part = Part::Indication;
                    walk.split(line.tokens.clone());
                    if walk.part == Part::Indication {
                        walk.part = Part::Findings;
                    }
                    continue;
                }
            }
            if walk.part != Part::Indication {
                body_seen = true;
            }
            walk.split(line.tokens.clone());
        }
        let mut out = walk.out;
        // A report that is nothing but an indication-like line is a report.
        let no_body = !out
            .iter()
            .any(|s| !matches!(s.part, Part::Title | Part::Indication | Part::Aside));
        if no_body && !labelled {
            for sentence in &mut out {
                if sentence.part == Part::Indication {
                    sentence.part = Part::Findings;
                }
            }
        } else if no_body {
            self.told_after_why(&mut out);
        }
        out
    }

    /// Clinical details that nothing follows hold the report itself, from where they tell a fracture.
    fn told_after_why(&self, sentences: &mut [Sentence]) {
        let mut told = false;
        let details = sentences
            .iter_mut()
            .filter(|s| s.part == Part::Indication)
            .skip(1);
        for sentence in details {
            let tokens = self.slice(&sentence.tokens);
            told |= self.has(tokens, Form::Speaks)
                && !self.has(tokens, Form::Asks)
                && !self.has(tokens, Form::Told);
            if told {
                sentence.part = Part::Findings;
            }
        }
    }

    /// A report on one line: "Right ankle. Fell from scaffolding. Comminuted pilon" says why before what.
    fn why_first(&self, sentences: &mut [Sentence]) {
        let most = sentences.len().saturating_sub(1);
        for sentence in sentences.iter_mut().take(most) {
            let tokens = self.slice(&sentence.tokens);
            let why = self.has(tokens, Form::Told)
                && !self.has(tokens, Form::Speaks)
                && !self.has(tokens, Form::Statement);
            if !why {
                break;
            }
            sentence.part = Part::Indication;
        }
    }

    /// A report of one line that begins "Right ankle.": where that ends.
    fn part_alone(&self, tokens: &[Token]) -> Option<usize> {
        /// No name of a part is longer.
        const MOST_WORDS: usize = 4;
        let end = tokens.iter().position(|t| t.is(b'.') || t.is(b':'))?;
        let (head, tail) = tokens.split_at_checked(end + 1)?;
        let plain = head.iter().filter(|t| t.is_word()).count() <= MOST_WORDS
            && self.has(head, Form::Region)
            && !self.has(head, Form::Speaks)
            && !self.has(head, Form::Statement);
        let sentences = tail.iter().filter(|t| t.is(b'.')).count();
        (plain && sentences > 1 && self.has(tail, Form::Told)).then_some(end + 1)
    }

    /// "CT head: No bleed" is a finding under a heading, not another title.
    fn reports(&self, tokens: &[Token]) -> bool {
        self.has(tokens, Form::Statement)
            || tokens
                .iter()
                .position(|t| t.is(b':'))
                .is_some_and(|colon| tokens.iter().skip(colon + 1).any(Token::is_word))
    }

    /// A short line that tells nothing.
    fn plain(&self, tokens: &[Token]) -> bool {
        let words = tokens.iter().filter(|t| t.is_word()).count();
        words <= 6
            && !tokens
                .iter()
                .any(|t| t.is(b'#') || t.is(b'?') || t.is(b':') || t.is(b';') || t.is(b'.'))
            && !self.has(tokens, Form::Statement)
            && !self.has(tokens, Form::Speaks)
    }

    /// Whether the line under it asks "?stress fracture", and more lines follow that answer.
    fn asked_next(&self, lines: &[Line], number: usize) -> bool {
        let mut after = lines
            .iter()
            .skip(number + 1)
            .filter(|line| !line.tokens.is_empty());
        let asks = after.next().is_some_and(|line| {
            let tokens = self.slice(&line.tokens);
            !self.states(tokens)
                && tokens
                    .windows(2)
                    .any(|pair| matches!(pair, [mark, word] if mark.is(b'?') && !word.spaced))
        });
        asks && after.any(|line| {
            let tokens = self.slice(&line.tokens);
            self.has(tokens, Form::Statement) || self.has(tokens, Form::Speaks)
        })
    }

    /// "LEFT WRIST" on a line of its own.
    fn bare_title(&self, tokens: &[Token]) -> bool {
        let words = tokens.iter().filter(|t| t.is_word()).count();
        let marks = tokens
            .iter()
            .any(|t| t.is(b'#') || t.is(b'?') || t.is(b':') || t.is(b';'));
        words <= 6
            && !marks
            && !tokens.last().is_some_and(|t| t.is(b'.'))
            && self.has(tokens, Form::BareTitle)
            && !self.has(tokens, Form::Statement)
            && !self.has(tokens, Form::Speaks)
    }

    /// "MRI confirms a fracture of the scaphoid": a line that begins as titles do, and tells a fracture.
    fn tells(&self, tokens: &[Token], last: bool) -> bool {
        let has = |form| self.has(tokens, form);
        self.title_end(tokens) == tokens.len()
            && (last || (has(Form::Speaks) && has(Form::Statement) && !has(Form::Asks)))
    }

    /// Whether a line without a label tells what was found, rather than why somebody looked.
    fn states(&self, tokens: &[Token]) -> bool {
        /// No clinical details have so many sentences that ask nothing.
        const MANY: usize = 4;
        let long = || tokens.iter().filter(|t| t.is(b'.')).count() > MANY;
        self.has(tokens, Form::Statement)
            || (!self.has(tokens, Form::Asks)
                && (self.has(tokens, Form::Asserts) && !self.has(tokens, Form::Told)
                    || self.has(tokens, Form::Speaks) && long()))
    }

    /// "Left wrist: fall, ?#", "T/L junction XR. New fall": where what was examined ends, and why begins.
    fn examined(&self, tokens: &[Token]) -> Option<usize> {
        /// No name of an examination is longer.
        const MOST_WORDS: usize = 9;
        /// Words between a query and what is asked for.
        const MOST_BETWEEN: usize = 5;
        let cut = tokens.iter().enumerate().position(|(i, t)| {
            let ends = t.is(b'.') || t.is(b':') || t.is(b';') || t.is(b',') || t.is(b'-');
            let joined = t.is(b'-') && !t.spaced;
            let slash = t.is(b'/') && t.spaced && i > 0;
            ((ends || slash)
                && !joined
                && tokens.get(i + 1).is_some_and(|next| next.spaced)
                && !self.side_alone(tokens, i + 1))
                || ((t.is(b'?') || t.is(b'#')) && i > 0)
                || (i > 0
                    && tokens
                        .get(i..)
                        .is_some_and(|rest| self.begins(rest, Form::Asks)))
        })?;
        let (head, tail) = tokens.split_at_checked(cut)?;
        let says = |part: &[Token], form| self.has(part, form);
        let named = says(head, Form::Region) || says(head, Form::Title);
        let words = head.iter().filter(|t| t.is_word()).count();
        let states = |part: &[Token]| {
            says(part, Form::Statement)
                || part.iter().any(|t| {
                    self.text.get(t.start..t.end).is_some_and(|word| {
                        self.sections
                            .headings
                            .tells_a_sentence(&word.to_ascii_lowercase())
                    })
                })
        };
        if !named || words > MOST_WORDS || states(head) || says(head, Form::Speaks) {
            return None;
        }
        // What speaks of a fracture must ask for it just before, or tell of what went before.
        let mut asked = None;
        for (at, token) in tail.iter().enumerate() {
            let here = tail.get(at..).unwrap_or_default();
            if self.begins(here, Form::Asks) {
                asked = Some(at);
            } else if token.is(b'.') || token.is(b',') {
                asked = None;
            }
            let open = asked.is_none_or(|asked| at - asked > MOST_BETWEEN);
            if open && self.begins(here, Form::Speaks) {
                return None;
            }
        }
        if says(tail, Form::Statement) && says(tail, Form::Speaks) {
            return None;
        }
        // "Left clavicle / shoulder": all of it is what was examined.
        let more = tail.first().is_some_and(|t| t.is(b'/'))
            && tail.iter().filter(|t| t.is_word()).count() <= MOST_BETWEEN
            && says(tail, Form::Region)
            && ![Form::Asks, Form::Told, Form::Speaks, Form::Statement]
                .iter()
                .any(|form| says(tail, *form));
        // "Left knee, AP and horizontal beam lateral" too.
        let views = tail.iter().enumerate().all(|(at, token)| {
            !token.is_word() && !token.is(b'?') && !token.is(b'#')
                || self.begins(tail.get(at..).unwrap_or_default(), Form::View)
        });
        if more || views {
            return Some(tokens.len());
        }
        let mark = tail
            .first()
            .is_some_and(|t| !t.is_word() && !t.is(b'?') && !t.is(b'#'));
        Some(cut + usize::from(mark))
    }

    /// "Foot. Right. Slipped": the side belongs to what was examined.
    fn side_alone(&self, tokens: &[Token], at: usize) -> bool {
        let side = tokens
            .get(at)
            .and_then(|t| self.text.get(t.start..t.end))
            .is_some_and(|word| {
                ["left", "right", "lt", "rt", "bilateral"]
                    .iter()
                    .any(|side| side.eq_ignore_ascii_case(word))
            });
        side && tokens.get(at + 1).is_none_or(|next| !next.is_word())
    }

    /// The title ends at the first full stop or colon that is followed by more words.
    fn title_end(&self, tokens: &[Token]) -> usize {
        let named = tokens
            .first()
            .and_then(|t| self.text.get(t.start..t.end))
            .is_some_and(|w| starts_with(w, "exam"));
        tokens
            .iter()
            .enumerate()
            .position(|(i, t)| {
                let short = t.is(b'.')
                    && i.checked_sub(1)
                        .and_then(|before| tokens.get(before..i))
                        .is_some_and(|word| self.begins(word, Form::Abbreviation))
                    && self.begins(tokens.get(i + 1..).unwrap_or_default(), Form::Title);
                (t.is(b'.') && !short || (t.is(b':') && !named))
                    && tokens.get(i + 1).is_some_and(|next| next.spaced)
                    && !self.side_alone(tokens, i + 1)
            })
            .map_or(tokens.len(), |at| at + 1)
    }
}

/// Whether a word begins with letters given in lower case.
fn starts_with(word: &str, letters: &str) -> bool {
    word.get(..letters.len())
        .is_some_and(|head| head.eq_ignore_ascii_case(letters))
}

struct Walk<'a, 'b> {
    seg: &'a Segmenter<'b>,
    out: Vec<Sentence>,
    part: Part,
    revised: bool,
}

impl Walk<'_, '_> {
    fn body(&self) -> Part {
        if self.revised && matches!(self.part, Part::Addendum | Part::Original) {
            self.part
        } else {
            Part::Findings
        }
    }

    fn push(&mut self, part: Part, tokens: Range<usize>, header: Option<Range<usize>>) {
        let inside = self.seg.slice(&tokens);
        if let (Some(first), Some(last)) = (inside.first(), inside.last()) {
            self.out.push(Sentence {
                part,
                start: first.start,
                end: last.end,
                tokens,
                header,
            });
        }
    }

    /// Cuts a run of tokens into sentences of the open part; a label at the head of one opens another.
    fn split(&mut self, range: Range<usize>) {
        let header = self.header(&range);
        let mut from = range.start;
        let mut at = from;
        while at < range.end {
            if self.ends(&range, from, at) || at - from >= MOST_TOKENS {
                self.sentence(from..at + 1, header.clone());
                from = at + 1;
            }
            at += 1;
        }
        self.sentence(from..range.end, header);
    }

    fn sentence(&mut self, tokens: Range<usize>, header: Option<Range<usize>>) {
        let inside = self.seg.slice(&tokens);
        let Some((part, end)) = self.seg.label(inside, false) else {
            self.push(self.part, tokens, header);
            return;
        };
        let rest = tokens.start + end..tokens.end;
        match part {
            Part::Aside => self.push(part, rest, header),
            Part::Addendum | Part::Original => {
                self.revised = true;
                self.part = part;
                self.push(part, rest, None);
            }
            _ if self.revised && self.part == Part::Addendum => {
                self.push(self.part, rest, header);
            }
            _ => {
                self.part = part;
                self.push(part, rest, None);
            }
        }
    }

    /// "Spine:", "C-spine -", "Bones and soft tissues:".
    fn header(&self, range: &Range<usize>) -> Option<Range<usize>> {
        let tokens = self.seg.slice(range);
        let end = tokens
            .iter()
            .position(|t| t.is(b':') || (t.is(b'-') && t.spaced))?;
        let words = tokens.get(..end)?;
        let named = words.first()?.kind == TokenKind::Word
            && words.len() <= 8
            && words.iter().all(|t| {
                t.is_word()
                    || t.is(b'/')
                    || t.is(b',')
                    || t.is(b'&')
                    || t.is(b'-')
                    || t.is(b'(')
                    || t.is(b')')
            });
        let next_spaced = tokens.get(end + 1).is_some_and(|t| t.spaced);
        (named && next_spaced).then(|| range.start..range.start + end)
    }

    fn ends(&self, range: &Range<usize>, from: usize, at: usize) -> bool {
        let tokens = self.seg.tokens;
        let Some(here) = tokens.get(at) else {
            return false;
        };
        if !matches!(here.kind, TokenKind::Mark(b'.' | b'!' | b'?')) {
            return false;
        }
        let next = tokens.get(at + 1).filter(|_| at + 1 < range.end);
        let before = at
            .checked_sub(1)
            .filter(|b| *b >= from)
            .and_then(|b| tokens.get(b));
        let gap = next.is_none_or(|t| t.spaced || t.kind == TokenKind::LineEnd);
        match here.kind {
            TokenKind::Mark(b'.') => {
                let glued = next.is_some_and(|t| {
                    t.kind == TokenKind::Word
                        && self
                            .seg
                            .text
                            .get(t.start..)
                            .and_then(|w| w.chars().next())
                            .is_some_and(char::is_uppercase)
                }) && before.is_some_and(|t| {
                    t.kind == TokenKind::Word
                        && t.end - t.start >= 4
                        && self
                            .seg
                            .text
                            .get(t.end - 1..t.end)
                            .is_some_and(|c| c.chars().all(char::is_lowercase))
                });
                // "2." at the head of a line is the number of a list.
                let numbered = before
                    .is_some_and(|t| t.kind == TokenKind::Number && t.end - t.start < 3)
                    && at == from + 1;
                let shortened = before.is_some_and(|t| {
                    t.end == here.start
                        && self.seg.begins(std::slice::from_ref(t), Form::Abbreviation)
                        && next.is_some()
                });
                (gap || glued) && !numbered && !shortened
            }
            TokenKind::Mark(b'!') => gap,
            TokenKind::Mark(b'?') => {
                gap && !here.spaced
                    && before.is_some_and(|t| t.is_word() || t.is(b')') || t.is(b'#'))
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use super::*;
    use crate::language::lexicon::Lexicon;

    fn parts(text: &str) -> Vec<(Part, &str)> {
        static LEXICON: LazyLock<Lexicon> = LazyLock::new(Lexicon::load);
        let mut tokens = Vec::new();
        LEXICON.tokens(text, &mut tokens);
        Segmenter::new(&LEXICON.sections, text, &tokens)
            .sentences()
            .into_iter()
            .map(|s| (s.part, text.get(s.start..s.end).unwrap()))
            .collect()
    }

    #[test]
    fn a_labelled_indication_is_one_line_or_a_paragraph_of_its_own() {
        assert_eq!(
            parts("XR Chest\nClin info: SOB 5/7, ?LRTI\nHeart normal. No bony injury."),
            [
                (Part::Title, "XR Chest"),
                (Part::Indication, "SOB 5/7, ?LRTI"),
                (Part::Findings, "Heart normal."),
                (Part::Findings, "No bony injury."),
            ]
        );
        assert_eq!(
            parts(
                "CT Abdomen\n\nClinical History:\nWeight loss 8.5kg.\n\nFindings:\nClear.\n\nConclusion:\n1. None."
            ),
            [
                (Part::Title, "CT Abdomen"),
                (Part::Indication, "Weight loss 8.5kg."),
                (Part::Findings, "Clear."),
                (Part::Conclusion, "1. None."),
            ]
        );
    }

    #[test]
    fn an_unlabelled_line_under_the_title_is_the_indication_unless_it_reports() {
        for (text, nth, part) in [
            ("XR Hip Rt\nFall ?NOF\nNo fracture.", 1, Part::Indication),
            ("XR T spine.\nOld D9 crush # again seen.", 1, Part::Findings),
            (
                "XR Finger. caught in door\nBony mallet injury.",
                1,
                Part::Indication,
            ),
            ("Displaced fracture of the radius.", 0, Part::Findings),
            (
                "XR Spine\npain\n\nAP and lateral. Wedge of L2.",
                2,
                Part::Findings,
            ),
        ] {
            assert_eq!(parts(text)[nth].0, part, "{text}");
        }
    }

    #[test]
    fn labels_stand_without_a_colon_in_capitals_and_within_a_line() {
        assert_eq!(
            parts("XR Wrist. Indication: fall.\nFracture of the distal radius."),
            [
                (Part::Title, "XR Wrist."),
                (Part::Indication, "fall."),
                (Part::Findings, "Fracture of the distal radius."),
            ]
        );
        assert_eq!(
            parts("CHEST\nCLINICAL DETAILS\nCOUGH\n\nFINDINGS\nCLEAR."),
            [
                (Part::Title, "CHEST"),
                (Part::Indication, "COUGH"),
                (Part::Findings, "CLEAR."),
            ]
        );
        assert_eq!(
            parts("Clinical details: fall. Findings: No fracture. Conclusion: Normal."),
            [
                (Part::Indication, "fall."),
                (Part::Findings, "No fracture."),
                (Part::Conclusion, "Normal."),
            ]
        );
    }

    #[test]
    fn a_later_report_and_the_one_it_corrects_are_told_apart() {
        assert_eq!(
            parts("XR Wrist\nPROVISIONAL (ED): fracture.\nFINAL (consultant): I do not agree."),
            [
                (Part::Title, "XR Wrist"),
                (Part::Original, "fracture."),
                (Part::Addendum, "I do not agree."),
            ]
        );
    }

    #[test]
    fn decimals_durations_levels_and_abbreviations_do_not_end_a_sentence() {
        for text in [
            "There is approx. 2.5 cm of shortening at 5/7. Next.",
            "Wedging of T11/12 vs. L1. Next.",
            "1. Fracture of L1. Next.",
            "Osteopenia noted.Old fracture.",
        ] {
            assert_eq!(parts(text).len(), 2, "{text}");
        }
    }

    #[test]
    fn a_wrapped_line_is_one_sentence() {
        let text = "There is a wedge fracture with loss of height of about 30% of\nL1 and no retropulsion.";
        assert_eq!(parts(text).len(), 1);
    }

    #[test]
    fn a_page_of_words_without_an_end_is_cut() {
        let text = "fracture ".repeat(1_000);
        assert_eq!(parts(&text).len(), 4);
    }
}
