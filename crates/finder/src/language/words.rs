//! The words and stems of the lexicon, with the slips of the pen and of dictation that stand for them.

use std::collections::HashMap;

use rustc_hash::FxHashMap;

use super::token::Symbol;

/// A vertebral level written as one word (`T12`, `L1`, dorsal `D8`).
pub(crate) const LEVEL: &str = "<level>";
/// Any number.
pub(crate) const NUMBER: &str = "<number>";
/// A year of this century or the last; 21.. is how some de-identified texts write it.
pub(crate) const YEAR: &str = "<year>";

/// Longer runs of letters are no word of any language.
pub(super) const LONGEST: usize = 32;

#[derive(Default)]
pub(crate) struct Words {
    names: HashMap<String, Symbol>,
    exact: FxHashMap<Box<[u8]>, [Symbol; 3]>,
    /// Stems by their first three letters, the longest first.
    stems: FxHashMap<[u8; 3], Vec<Stem>>,
    /// Words of which slips are put right, the short ones first.
    spelled: Vec<Spelled>,
    /// Where those of each length begin.
    of_length: Vec<usize>,
    marks: Vec<Symbol>,
    level: Symbol,
    number: Symbol,
    year: Symbol,
}

type Stem = (Box<[u8]>, Symbol);

/// A word whose slips are put right.
struct Spelled {
    word: Box<[u8]>,
    letters: u32,
    symbols: [Symbol; 3],
}

impl Words {
    /// The symbol of a lexicon word: `fracture`, `fractur*`, `,`, `<level>`.
    pub fn intern(&mut self, word: &str) -> Symbol {
        if let Some(&known) = self.names.get(word) {
            return known;
        }
        let symbol = Symbol::try_from(self.names.len() + 1).unwrap_or(0);
        self.names.insert(word.to_owned(), symbol);
        symbol
    }

    /// Once every word is known: which word begins with which stem, and how the spelled ones may go wrong.
    pub fn seal(&mut self, spelling: &[String], heard_as: &[(String, String)]) {
        self.marks = vec![0; 128];
        for (name, &symbol) in &self.names {
            if name == LEVEL {
                self.level = symbol;
            } else if name == NUMBER {
                self.number = symbol;
            } else if name == YEAR {
                self.year = symbol;
            } else if let Some(stem) = name.strip_suffix('*')
                && let Some(&[a, b, c]) = stem.as_bytes().get(..3)
            {
                self.stems
                    .entry([a, b, c])
                    .or_default()
                    .push((stem.as_bytes().into(), symbol));
            } else if let &[mark] = name.as_bytes()
                && !mark.is_ascii_alphanumeric()
                && let Some(slot) = self.marks.get_mut(usize::from(mark))
            {
                *slot = symbol;
            }
        }
        for stems in self.stems.values_mut() {
            stems.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then(a.0.cmp(&b.0)));
        }
        let exact: Vec<(Box<[u8]>, Symbol)> = self
            .names
            .iter()
            .filter(|(name, _)| !name.ends_with('*') && !name.starts_with('<'))
            .map(|(name, &symbol)| (name.as_bytes().into(), symbol))
            .collect();
        for (word, symbol) in exact {
            let mut symbols = self.by_stem(&word);
            symbols.rotate_right(1);
            if let Some(first) = symbols.first_mut() {
                *first = symbol;
            }
            self.exact.insert(word, symbols);
        }
        for word in spelling {
            let symbols = self.lookup(word.as_bytes());
            self.spelled.push(Spelled {
                word: word.as_bytes().into(),
                letters: letters(word.as_bytes()),
                symbols,
            });
        }
        self.spelled.sort_by_key(|s| s.word.len());
        let longest = self.spelled.last().map_or(0, |s| s.word.len());
        self.of_length = (0..=longest + 1)
            .map(|len| self.spelled.partition_point(|s| s.word.len() < len))
            .collect();
        for (heard, meant) in heard_as {
            let symbols = self.lookup(meant.as_bytes());
            self.exact.insert(heard.as_bytes().into(), symbols);
        }
    }

    fn by_stem(&self, word: &[u8]) -> [Symbol; 3] {
        let mut out = [0; 3];
        let Some(&[a, b, c]) = word.get(..3) else {
            return out;
        };
        if let Some(stems) = self.stems.get(&[a, b, c]) {
            let found = stems.iter().filter(|(stem, _)| word.starts_with(stem));
            for (slot, (_, symbol)) in out.iter_mut().zip(found) {
                *slot = *symbol;
            }
        }
        out
    }

    fn lookup(&self, word: &[u8]) -> [Symbol; 3] {
        self.exact
            .get(word)
            .copied()
            .unwrap_or_else(|| self.by_stem(word))
    }

    pub fn word(&self, original: &[u8]) -> [Symbol; 3] {
        let mut buffer = [0_u8; LONGEST];
        let mut len = 0;
        let mut rest = original;
        while let Some((&byte, tail)) = rest.split_first() {
            let apostrophe = rest.starts_with("\u{2019}".as_bytes());
            let Some(slot) = buffer.get_mut(len) else {
                return [0; 3];
            };
            *slot = if apostrophe {
                b'\''
            } else {
                byte.to_ascii_lowercase()
            };
            len += 1;
            rest = if apostrophe {
                rest.get(3..).unwrap_or_default()
            } else {
                tail
            };
        }
        let word = buffer.get(..len).unwrap_or_default();
        self.lower_word(word)
    }

    /// The same, of a word in lower case.
    pub fn lower_word(&self, word: &[u8]) -> [Symbol; 3] {
        let found = self.lookup(word);
        if found != [0; 3] {
            return found;
        }
        if level(word) {
            return [self.level, 0, 0];
        }
        if let Some(stripped) = word.strip_suffix(b"'s") {
            return self.lookup(stripped);
        }
        self.corrected(word).unwrap_or_default()
    }

    pub fn number(&self, digits: &[u8]) -> [Symbol; 3] {
        let exact = self
            .exact
            .get(digits)
            .and_then(|symbols| symbols.first())
            .copied()
            .unwrap_or(0);
        let year = matches!(digits, [b'1', b'9', c, d] | [b'2', b'0' | b'1', c, d] if c.is_ascii_digit() && d.is_ascii_digit());
        [self.number, exact, if year { self.year } else { 0 }]
    }

    pub fn mark(&self, mark: u8) -> [Symbol; 3] {
        [
            self.marks.get(usize::from(mark)).copied().unwrap_or(0),
            0,
            0,
        ]
    }

    /// The word that this is one slip away from.
    fn corrected(&self, word: &[u8]) -> Option<[Symbol; 3]> {
        if word.len() < 6 || !word.iter().all(u8::is_ascii_lowercase) {
            return None;
        }
        let own = letters(word);
        let begin = |len: usize| self.of_length.get(len).copied();
        let from = begin(word.len() - 1)?;
        let to = begin(word.len() + 2).unwrap_or(self.spelled.len());
        self.spelled
            .get(from..to)?
            .iter()
            .filter(|s| at_most_two(s.letters ^ own))
            .find(|s| one_slip(&s.word, word))
            .map(|s| s.symbols)
    }
}

fn letters(word: &[u8]) -> u32 {
    word.iter()
        .filter(|b| b.is_ascii_lowercase())
        .fold(0, |set, b| set | 1 << (b - b'a'))
}

/// Whether at most two bits are set.
fn at_most_two(mut bits: u32) -> bool {
    bits &= bits.wrapping_sub(1);
    bits & bits.wrapping_sub(1) == 0
}

/// `t12`, `l1`, `d8`, `c5`.
fn level(word: &[u8]) -> bool {
    matches!(word.split_first(), Some((b'c' | b't' | b'd' | b'l', digits))
        if matches!(digits.len(), 1 | 2) && digits.iter().all(u8::is_ascii_digit))
}

/// One letter too many, too few, wrong, or two neighbours swapped.
fn one_slip(right: &[u8], typed: &[u8]) -> bool {
    let same = right.iter().zip(typed).take_while(|(a, b)| a == b).count();
    let (Some(right), Some(typed)) = (right.get(same..), typed.get(same..)) else {
        return false;
    };
    let tail = |slice: &'_ [u8], n: usize| slice.get(n..).map(<[u8]>::to_vec);
    match right.len().cmp(&typed.len()) {
        std::cmp::Ordering::Less => typed.get(1..) == Some(right),
        std::cmp::Ordering::Greater => right.get(1..) == Some(typed),
        std::cmp::Ordering::Equal => {
            right.is_empty()
                || right.get(1..) == typed.get(1..)
                || (right.first() == typed.get(1)
                    && right.get(1) == typed.first()
                    && tail(right, 2) == tail(typed, 2))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_slip_is_one_letter_or_a_swap() {
        for typed in ["fratcure", "fracure", "fracturre", "fracturs", "rfacture"] {
            assert!(one_slip(b"fracture", typed.as_bytes()), "{typed}");
        }
        for typed in ["structure", "fraction", "facturee", "racturee"] {
            assert!(!one_slip(b"fracture", typed.as_bytes()), "{typed}");
        }
    }

    #[test]
    fn a_word_stands_for_itself_its_stems_and_its_slips() {
        let mut words = Words::default();
        let exact = words.intern("fractured");
        let stem = words.intern("fractur*");
        let level = words.intern(LEVEL);
        words.seal(
            &["fractured".to_owned()],
            &[("practured".to_owned(), "fractured".to_owned())],
        );
        assert_eq!(words.word(b"Fractured"), [exact, stem, 0]);
        assert_eq!(words.word(b"fractures"), [stem, 0, 0]);
        assert_eq!(words.word(b"fratcured"), [exact, stem, 0]);
        assert_eq!(words.word(b"practured"), [exact, stem, 0]);
        assert_eq!(words.word(b"T12"), [level, 0, 0]);
        assert_eq!(words.word(b"friction"), [0; 3]);
    }
}
