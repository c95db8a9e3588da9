//! Looks for words in the bytes of a text, wherever they stand and in whatever case.

use aho_corasick::{
    Anchored, MatchKind, StartKind,
    automaton::{Automaton, StateID},
    dfa::DFA,
};
use rustc_hash::{FxHashMap, FxHashSet};

type State = u16;

const START: State = 0;

/// States from here on end words: one bit tells.
const ENDS: State = 1 << (State::BITS - 1);

/// Bytes that the words tell apart, and one for all others.
const MOST_CLASSES: usize = 64;

/// One row for every number that a state can have, so that no number need be checked.
const TABLE: usize = MOST_CLASSES << State::BITS;

/// Words to look for, in one table: half as wide as that of the library, and with the states that most texts stay in side
/// by side, so that they stay in the cache too.
pub(crate) struct Scan {
    classes: [u8; 256],
    /// Where each class of bytes leads, state by state. Rows of no state are never touched, and so take up no memory.
    table: Box<[State; TABLE]>,
    /// The words that end in each of the states that end any.
    ending: Vec<Vec<usize>>,
    /// So much of a word may lie on the other side of a cut.
    overlap: usize,
}

/// Where one word ends, or several that end alike.
#[derive(Clone, Copy)]
pub(crate) struct End {
    /// Its last byte.
    pub at: usize,
    state: usize,
}

/// A class for each byte of the words, alike for capitals, and an example of each class.
fn classes(words: &[String]) -> Result<([u8; 256], Vec<u8>), String> {
    let mut classes = [0; 256];
    // No text has this byte.
    let mut examples = vec![u8::MAX];
    for byte in words.iter().flat_map(|word| word.bytes()) {
        let class = u8::try_from(examples.len()).unwrap_or(u8::MAX);
        let capital = byte.to_ascii_uppercase();
        for byte in [byte.to_ascii_lowercase(), capital] {
            match classes.get_mut(usize::from(byte)) {
                Some(slot) if *slot == 0 => *slot = class,
                _ => {}
            }
        }
        if classes.get(usize::from(byte)) == Some(&class) {
            examples.push(byte);
        }
    }
    if examples.len() > MOST_CLASSES {
        return Err("too many different letters and marks".to_owned());
    }
    Ok((classes, examples))
}

/// The states of an automaton, those nearest to the start first.
fn breadth_first(dfa: &DFA, start: StateID, examples: &[u8]) -> Vec<StateID> {
    let mut order = vec![start];
    let mut known: FxHashSet<StateID> = order.iter().copied().collect();
    let mut at = 0;
    while let Some(&state) = order.get(at) {
        for byte in examples {
            let next = dfa.next_state(Anchored::No, state, *byte);
            if known.insert(next) {
                order.push(next);
            }
        }
        at += 1;
    }
    order
}

fn ends_word(state: usize) -> bool {
    state & usize::from(ENDS) != 0
}

impl Scan {
    pub fn new(words: &[String]) -> Result<Self, String> {
        let dfa = DFA::builder()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::Standard)
            .start_kind(StartKind::Unanchored)
            .prefilter(false)
            .build(words)
            .map_err(|error| error.to_string())?;
        let start = dfa
            .start_state(Anchored::No)
            .map_err(|error| error.to_string())?;
        let (classes, examples) = classes(words)?;
        let order = breadth_first(&dfa, start, &examples);
        let (ends, others): (Vec<_>, Vec<_>) =
            order.into_iter().partition(|state| dfa.is_match(*state));
        let mut numbers: FxHashMap<StateID, State> = FxHashMap::default();
        for (first, states) in [(START, &others), (ENDS, &ends)] {
            if states.len() > usize::from(ENDS) {
                return Err("too many words".to_owned());
            }
            numbers.extend(states.iter().copied().zip(first..));
        }
        let table = vec![START; TABLE].into_boxed_slice();
        let mut table: Box<[State; TABLE]> = table
            .try_into()
            .map_err(|_| "not as many rows as states".to_owned())?;
        for (state, number) in &numbers {
            let row = usize::from(*number) * MOST_CLASSES;
            let row = table.get_mut(row..row + MOST_CLASSES).into_iter().flatten();
            for (slot, byte) in row.zip(&examples) {
                let next = dfa.next_state(Anchored::No, *state, *byte);
                *slot = numbers.get(&next).copied().unwrap_or(START);
            }
        }
        let ending = ends.iter().map(|state| {
            let words = 0..dfa.match_len(*state);
            words
                .map(|nth| dfa.match_pattern(*state, nth).as_usize())
                .collect()
        });
        Ok(Self {
            classes,
            table,
            ending: ending.collect(),
            overlap: dfa.max_pattern_len(),
        })
    }

    fn step(&self, state: usize, byte: u8) -> usize {
        let class = self.classes.get(usize::from(byte)).copied().unwrap_or(0);
        let at = (state * MOST_CLASSES + usize::from(class)) % TABLE;
        self.table.get(at).copied().unwrap_or(START).into()
    }

    /// Whether any word is in the text: for short ones.
    pub fn finds(&self, text: &[u8]) -> bool {
        let mut state = usize::from(START);
        text.iter().any(|byte| {
            state = self.step(state, *byte);
            ends_word(state)
        })
    }

    /// The words that end in a state.
    pub fn words(&self, end: End) -> &[usize] {
        let nth = end.state & !usize::from(ENDS);
        self.ending.get(nth).map(Vec::as_slice).unwrap_or_default()
    }

    /// Where words end, in order. One may hide within another: all of them, not only the first to end.
    pub fn ends(&self, text: &[u8]) -> Vec<End> {
        let mut out = Vec::with_capacity(16);
        self.walk_pieces(text, &mut out);
        out.sort_unstable_by_key(|end| end.at);
        out
    }

    /// Each step waits for the one before it, so four pieces are walked side by side. A piece begins a
    /// word's length before the end of the one before, which tells what ends there.
    #[inline(never)]
    fn walk_pieces(&self, text: &[u8], out: &mut Vec<End>) {
        if text.len() < 4 * self.overlap {
            return self.walk(START.into(), text, 0, out);
        }
        let length = (text.len() + 3 * self.overlap) / 4;
        let apart = length - self.overlap;
        let piece = |nth: usize| {
            let from = nth * apart;
            text.get(from..from + length).unwrap_or_default()
        };
        let three = piece(0).iter().zip(piece(1)).zip(piece(2));
        let [mut a, mut b, mut c, mut d] = [usize::from(START); 4];
        for (at, (((p, q), r), s)) in three.zip(piece(3)).enumerate() {
            a = self.step(a, *p);
            b = self.step(b, *q);
            c = self.step(c, *r);
            d = self.step(d, *s);
            if ends_word(a | b | c | d) {
                self.note([a, b, c, d], at, apart, out);
            }
        }
        self.walk(d, text, 3 * apart + length, out);
    }

    /// Apart, so that what is done at every byte stays small.
    #[inline(never)]
    fn note(&self, states: [usize; 4], at: usize, apart: usize, out: &mut Vec<End>) {
        for (nth, state) in states.into_iter().enumerate() {
            if ends_word(state) && (nth == 0 || at >= self.overlap) {
                out.push(End {
                    at: nth * apart + at,
                    state,
                });
            }
        }
    }

    fn walk(&self, mut state: usize, text: &[u8], from: usize, out: &mut Vec<End>) {
        for (at, byte) in text.iter().enumerate().skip(from) {
            state = self.step(state, *byte);
            if ends_word(state) {
                out.push(End { at, state });
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
                for end in scan.ends(text.as_bytes()) {
                    all.extend(scan.words(end).iter().map(|word| (*word, end.at)));
                }
                assert_eq!(all, [(1, at + 3), (0, at + 4)]);
            }
        }
    }
}
