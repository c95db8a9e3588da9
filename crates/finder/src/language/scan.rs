//! Looks for words in the bytes of a text, wherever they stand and in whatever case.

use aho_corasick::{
    Anchored, MatchKind, StartKind,
    automaton::{Automaton, StateID},
    dfa::DFA,
};

/// Words to look for, in one table.
pub(crate) struct Scan {
    dfa: DFA,
    start: StateID,
    /// So much of a word may lie on the other side of a cut.
    overlap: usize,
}

impl Scan {
    pub fn new(words: &[String]) -> Result<Self, String> {
        let dfa = DFA::builder()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::Standard)
            .start_kind(StartKind::Unanchored)
            // With one, the start would be a special state too, and not only where words end.
            .prefilter(false)
            .build(words)
            .map_err(|error| error.to_string())?;
        let start = dfa.start_state(Anchored::No);
        Ok(Self {
            start: start.map_err(|error| error.to_string())?,
            overlap: dfa.max_pattern_len(),
            dfa,
        })
    }

    fn step(&self, state: StateID, byte: u8) -> StateID {
        self.dfa.next_state(Anchored::No, state, byte)
    }

    fn ends_word(&self, state: StateID) -> bool {
        self.dfa.is_special(state)
    }

    /// Whether any word is in the text: for short ones.
    pub fn finds(&self, text: &[u8]) -> bool {
        let mut state = self.start;
        text.iter().any(|byte| {
            state = self.step(state, *byte);
            self.ends_word(state)
        })
    }

    /// Every word in the text, by its number and the place of its last byte, in order of place. One may hide within
    /// another: all of them, not only the first to end.
    pub fn each(&self, text: &[u8], mut found: impl FnMut(usize, usize)) {
        let mut ends = Vec::new();
        self.ends(text, &mut ends);
        ends.sort_unstable();
        for (at, state) in ends {
            for nth in 0..self.dfa.match_len(state) {
                found(self.dfa.match_pattern(state, nth).as_usize(), at);
            }
        }
    }

    /// Where words end. Each step waits for the one before it, so four pieces are walked side by side. A piece begins a
    /// word's length before the end of the one before, which tells what ends there.
    #[inline(never)]
    fn ends(&self, text: &[u8], out: &mut Vec<(usize, StateID)>) {
        if text.len() < 4 * self.overlap {
            return self.walk(self.start, text, 0, out);
        }
        let length = (text.len() + 3 * self.overlap) / 4;
        let apart = length - self.overlap;
        let piece = |nth: usize| {
            let from = nth * apart;
            text.get(from..from + length).unwrap_or_default()
        };
        let three = piece(0).iter().zip(piece(1)).zip(piece(2));
        let (mut a, mut b, mut c, mut d) = (self.start, self.start, self.start, self.start);
        for (at, (((p, q), r), s)) in three.zip(piece(3)).enumerate() {
            a = self.step(a, *p);
            b = self.step(b, *q);
            c = self.step(c, *r);
            d = self.step(d, *s);
            if self.ends_word(a) | self.ends_word(b) | self.ends_word(c) | self.ends_word(d) {
                self.note([a, b, c, d], at, apart, out);
            }
        }
        self.walk(d, text, 3 * apart + length, out);
    }

    /// Apart, so that what is done at every byte stays small.
    #[inline(never)]
    fn note(&self, states: [StateID; 4], at: usize, apart: usize, out: &mut Vec<(usize, StateID)>) {
        for (nth, state) in states.into_iter().enumerate() {
            if self.ends_word(state) && (nth == 0 || at >= self.overlap) {
                out.push((nth * apart + at, state));
            }
        }
    }

    fn walk(&self, mut state: StateID, text: &[u8], from: usize, out: &mut Vec<(usize, StateID)>) {
        for (at, byte) in text.iter().enumerate().skip(from) {
            state = self.step(state, *byte);
            if self.ends_word(state) {
                out.push((at, state));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_found_wherever_it_stands() {
        let scan = Scan::new(&["wedge".to_owned(), "edg".to_owned(), "#".to_owned()]).unwrap();
        for len in 0..40 {
            for at in 0..=len {
                let mut text = ".".repeat(len);
                assert!(!scan.finds(text.as_bytes()));
                text.insert_str(at, "WeDge");
                assert!(scan.finds(text.as_bytes()), "{text}");
                let mut all = Vec::new();
                scan.each(text.as_bytes(), |word, end| all.push((word, end)));
                assert_eq!(all, [(1, at + 3), (0, at + 4)]);
            }
        }
    }
}
