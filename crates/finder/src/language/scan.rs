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

    /// Whether one of the first `most` words ends here.
    fn ends_one_of(&self, state: StateID, most: usize) -> bool {
        self.ends_word(state)
            && (0..self.dfa.match_len(state))
                .any(|nth| self.dfa.match_pattern(state, nth).as_usize() < most)
    }

    /// Whether any of the first `most` words is in the text. Each step waits for the one before it, so four pieces,
    /// which overlap by a word, are walked side by side.
    pub fn finds(&self, text: &[u8], most: usize) -> bool {
        if text.len() < 4 * self.overlap {
            return self.walk(self.start, text, most);
        }
        let length = (text.len() + 3 * self.overlap) / 4;
        let apart = length - self.overlap;
        let piece = |from: usize| text.get(from..from + length).unwrap_or_default();
        let three = piece(0).iter().zip(piece(apart)).zip(piece(2 * apart));
        let (mut a, mut b, mut c, mut d) = (self.start, self.start, self.start, self.start);
        for (((p, q), r), s) in three.zip(piece(3 * apart)) {
            a = self.step(a, *p);
            b = self.step(b, *q);
            c = self.step(c, *r);
            d = self.step(d, *s);
            if (self.ends_word(a) | self.ends_word(b) | self.ends_word(c) | self.ends_word(d))
                && [a, b, c, d]
                    .into_iter()
                    .any(|state| self.ends_one_of(state, most))
            {
                return true;
            }
        }
        let rest = text.get(3 * apart + length..).unwrap_or_default();
        self.walk(d, rest, most)
    }

    fn walk(&self, mut state: StateID, text: &[u8], most: usize) -> bool {
        for byte in text {
            state = self.step(state, *byte);
            if self.ends_one_of(state, most) {
                return true;
            }
        }
        false
    }

    /// Every word in the text, by its number and the place of its last byte. One may hide within another: all of them,
    /// not only the first to end.
    pub fn each(&self, text: &[u8], mut found: impl FnMut(usize, usize)) {
        let mut state = self.start;
        let mut bytes = text.iter().enumerate();
        let mut next = || {
            let ends = bytes.find(|(_, byte)| {
                state = self.step(state, **byte);
                self.ends_word(state)
            });
            ends.map(|(at, _)| (at, state))
        };
        while let Some((at, state)) = next() {
            for nth in 0..self.dfa.match_len(state) {
                found(self.dfa.match_pattern(state, nth).as_usize(), at);
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
                assert!(!scan.finds(text.as_bytes(), 3));
                text.insert_str(at, "WeDge");
                assert!(scan.finds(text.as_bytes(), 3), "{text}");
                let mut all = Vec::new();
                scan.each(text.as_bytes(), |word, end| all.push((word, end)));
                assert_eq!(all, [(1, at + 3), (0, at + 4)]);
            }
        }
    }
}
