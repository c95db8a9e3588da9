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
    /// By the letters as one number; the few that are longer by themselves.
    exact: FxHashMap<u128, [Symbol; 3]>,
    exact_long: FxHashMap<[u8; LONGEST], [Symbol; 3]>,
    /// Stems by their first three letters, the longest first.
    stems: FxHashMap<u128, Vec<Stem>>,
    /// Words of which slips are put right, the short ones first.
    spelled: Vec<Spelled>,
    /// The letters of each.
    spelled_with: Vec<u32>,
    /// Where those of each length begin.
    of_length: Vec<usize>,
    marks: Vec<Symbol>,
    level: Symbol,
    number: Symbol,
    year: Symbol,
}

/// As many letters as a number holds.
const IN_A_NUMBER: usize = 16;

/// A word in lower case, with zeros after it.
#[derive(Default)]
pub(super) struct LowerWord {
    letters: [u8; LONGEST],
    len: usize,
}

impl LowerWord {
    fn of(word: &[u8]) -> Option<Self> {
        let mut out = Self::default();
        out.letters.get_mut(..word.len())?.copy_from_slice(word);
        out.len = word.len();
        Some(out)
    }

    /// The plain letters and digits that a text begins with; nothing where something else belongs to the word, or where
    /// it begins with no letter.
    pub fn plain(text: &[u8]) -> Option<Self> {
        text.first().filter(|b| b.is_ascii_alphabetic())?;
        let mut out = Self::default();
        if let Some(first) = text.first_chunk() {
            out.begin(*first);
        }
        if out.len == 0 || out.len == IN_A_NUMBER {
            let rest = text.get(out.len..).unwrap_or_default();
            let slots = out.letters.get_mut(out.len..).unwrap_or_default();
            for (slot, byte) in slots.iter_mut().zip(rest) {
                *slot = lower(*byte);
                if *slot == 0 {
                    break;
                }
                out.len += 1;
            }
        }
        let ends = match text.get(out.len) {
            Some(b'\'') => false,
            Some(byte) => byte.is_ascii() && !byte.is_ascii_alphanumeric(),
            None => true,
        };
        ends.then_some(out)
    }

    /// Most words lie within so many bytes, and all of those are looked at together: where a word ends cannot be foretold.
    fn begin(&mut self, first: [u8; IN_A_NUMBER]) {
        const LOWEST_BITS: u128 = u128::from_le_bytes([0x01; IN_A_NUMBER]);
        const HIGHEST_BITS: u128 = u128::from_le_bytes([0x80; IN_A_NUMBER]);
        let letters = u128::from_le_bytes(first.map(lower));
        // The lowest of its bits stands in the first byte that is 0.
        let zeros = letters.wrapping_sub(LOWEST_BITS) & !letters & HIGHEST_BITS;
        self.len = zeros.trailing_zeros() as usize / 8;
        let letters = letters & first_letters(self.len);
        if let Some(slots) = self.letters.first_chunk_mut() {
            *slots = letters.to_le_bytes();
        }
    }

    pub fn len(&self) -> usize {
        self.len
    }

    fn as_slice(&self) -> &[u8] {
        self.letters.get(..self.len).unwrap_or_default()
    }

    /// The first letters as a number.
    fn number(&self) -> u128 {
        let first = self.letters.first_chunk::<IN_A_NUMBER>();
        first.map_or(0, |first| u128::from_le_bytes(*first))
    }
}

/// A letter or digit in lower case; 0 for all other bytes.
fn lower(byte: u8) -> u8 {
    let letter = byte | 0x20;
    if letter.is_ascii_lowercase() {
        letter
    } else if byte.is_ascii_digit() {
        byte
    } else {
        0
    }
}

/// The bits of the first letters of a word that is a number.
fn first_letters(count: usize) -> u128 {
    u128::MAX >> (128 - 8 * count.clamp(1, IN_A_NUMBER))
}

struct Stem {
    letters: u128,
    len: usize,
    symbol: Symbol,
}

/// A word whose slips are put right.
struct Spelled {
    word: Box<[u8]>,
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
                && stem.len() >= 3
                && let Some(letters) = LowerWord::of(stem.as_bytes()).map(|stem| stem.number())
            {
                self.stems
                    .entry(letters & first_letters(3))
                    .or_default()
                    .push(Stem {
                        letters,
                        len: stem.len(),
                        symbol,
                    });
            } else if let &[mark] = name.as_bytes()
                && !mark.is_ascii_alphanumeric()
                && let Some(slot) = self.marks.get_mut(usize::from(mark))
            {
                *slot = symbol;
            }
        }
        for stems in self.stems.values_mut() {
            stems.sort_by_key(|stem| (std::cmp::Reverse(stem.len), stem.letters));
        }
        let exact: Vec<(LowerWord, Symbol)> = self
            .names
            .iter()
            .filter(|(name, _)| !name.ends_with('*') && !name.starts_with('<'))
            .filter_map(|(name, &symbol)| Some((LowerWord::of(name.as_bytes())?, symbol)))
            .collect();
        for (word, symbol) in exact {
            let mut symbols = self.by_stem(&word);
            symbols.rotate_right(1);
            if let Some(first) = symbols.first_mut() {
                *first = symbol;
            }
            self.learn(&word, symbols);
        }
        for word in spelling {
            let symbols = self.meant(word);
            self.spelled.push(Spelled {
                word: word.as_bytes().into(),
                symbols,
            });
        }
        self.spelled.sort_by_key(|s| s.word.len());
        self.spelled_with = self.spelled.iter().map(|s| letters(&s.word)).collect();
        let longest = self.spelled.last().map_or(0, |s| s.word.len());
        self.of_length = (0..=longest + 1)
            .map(|len| self.spelled.partition_point(|s| s.word.len() < len))
            .collect();
        for (heard, meant) in heard_as {
            let symbols = self.meant(meant);
            if let Some(heard) = LowerWord::of(heard.as_bytes()) {
                self.learn(&heard, symbols);
            }
        }
    }

    fn learn(&mut self, word: &LowerWord, symbols: [Symbol; 3]) {
        if word.len() <= IN_A_NUMBER {
            self.exact.insert(word.number(), symbols);
        } else {
            self.exact_long.insert(word.letters, symbols);
        }
    }

    fn meant(&self, word: &str) -> [Symbol; 3] {
        let word = LowerWord::of(word.as_bytes());
        word.map_or([0; 3], |word| self.lookup(&word))
    }

    fn by_stem(&self, word: &LowerWord) -> [Symbol; 3] {
        let mut out = [0; 3];
        let letters = word.number();
        if let Some(stems) = self.stems.get(&(letters & first_letters(3))) {
            let found = stems
                .iter()
                .filter(|stem| (stem.letters ^ letters) & first_letters(stem.len) == 0);
            for (slot, stem) in out.iter_mut().zip(found) {
                *slot = stem.symbol;
            }
        }
        out
    }

    fn exactly(&self, word: &LowerWord) -> Option<[Symbol; 3]> {
        let known = if word.len() <= IN_A_NUMBER {
            self.exact.get(&word.number())
        } else {
            self.exact_long.get(&word.letters)
        };
        known.copied()
    }

    fn lookup(&self, word: &LowerWord) -> [Symbol; 3] {
        self.exactly(word).unwrap_or_else(|| self.by_stem(word))
    }

    pub fn word(&self, original: &[u8]) -> [Symbol; 3] {
        let mut word = LowerWord::default();
        let mut rest = original;
        while let Some((&byte, tail)) = rest.split_first() {
            let apostrophe = rest.starts_with("\u{2019}".as_bytes());
            let Some(slot) = word.letters.get_mut(word.len) else {
                return [0; 3];
            };
            *slot = if apostrophe {
                b'\''
            } else {
                byte.to_ascii_lowercase()
            };
            word.len += 1;
            rest = if apostrophe {
                rest.get(3..).unwrap_or_default()
            } else {
                tail
            };
        }
        self.lower_word(&word)
    }

    /// The same, of a word in lower case.
    pub(super) fn lower_word(&self, word: &LowerWord) -> [Symbol; 3] {
        let mut found = self.lookup(word);
        let letters = word.as_slice();
        // "D5" is a day after an operation too.
        if letters.len() <= 3 && level(letters) {
            if let Some(free) = found.iter_mut().find(|symbol| **symbol == 0) {
                *free = self.level;
            }
            return found;
        }
        if found != [0; 3] {
            return found;
        }
        if let Some(owner) = letters.strip_suffix(b"'s").and_then(LowerWord::of) {
            return self.lookup(&owner);
        }
        self.corrected(letters).unwrap_or_default()
    }

    pub fn number(&self, digits: &[u8]) -> [Symbol; 3] {
        let exact = LowerWord::of(digits)
            .and_then(|digits| self.exactly(&digits))
            .map_or(0, |[exact, ..]| exact);
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
        let like = |letters: &u32| at_most_two(letters ^ own);
        let with = self.spelled_with.get(from..to)?;
        // Few words are like any of these, and all at once are quicker told than one after the other.
        if !with.iter().fold(false, |any, letters| any | like(letters)) {
            return None;
        }
        self.spelled
            .get(from..to)?
            .iter()
            .zip(with)
            .filter(|(_, letters)| like(letters))
            .find(|(s, _)| one_slip(&s.word, word))
            .map(|(s, _)| s.symbols)
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
