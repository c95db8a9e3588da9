//! Text to tokens: words, numbers, marks and line ends, each with its place and the symbols it stands for.

use super::words::{LowerWord, Words};

/// A word or stem of the lexicon; 0 is none.
pub(crate) type Symbol = u16;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TokenKind {
    Word,
    Number,
    /// One character that is neither letter nor digit; typographic ones as their plain form.
    Mark(u8),
    LineEnd,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Token {
    pub start: usize,
    pub end: usize,
    pub kind: TokenKind,
    /// The word itself and the stems it begins with.
    pub symbols: [Symbol; 3],
    /// White space or the text's beginning stands before it.
    pub spaced: bool,
}

impl Token {
    pub fn is(&self, mark: u8) -> bool {
        self.kind == TokenKind::Mark(mark)
    }

    pub fn is_word(&self) -> bool {
        matches!(self.kind, TokenKind::Word | TokenKind::Number)
    }
}

/// Appends the tokens of `text` to `out`. Every byte is looked at once.
pub(crate) fn tokens(text: &str, words: &Words, out: &mut Vec<Token>) {
    let bytes = text.as_bytes();
    let mut at = 0;
    let mut spaced = true;
    while let Some(&byte) = bytes.get(at) {
        let start = at;
        if let Some(word) = LowerWord::plain(bytes.get(at..).unwrap_or_default()) {
            at += word.len();
            out.push(Token {
                start,
                end: at,
                kind: TokenKind::Word,
                symbols: words.lower_word(&word),
                spaced,
            });
            spaced = false;
            continue;
        }
        let kind = match byte {
            b'\n' => {
                at += 1;
                TokenKind::LineEnd
            }
            b' ' | b'\t' | b'\r' | 0x0b | 0x0c => {
                at += 1;
                spaced = true;
                continue;
            }
            b'0'..=b'9' => {
                at = number_end(bytes, at);
                // "2nd", "10mm", "4th": one word with its number.
                if bytes.get(at).is_some_and(u8::is_ascii_alphabetic) {
                    at = word_end(bytes, at);
                    TokenKind::Word
                } else {
                    TokenKind::Number
                }
            }
            b'a'..=b'z' | b'A'..=b'Z' => {
                at = word_end(bytes, at);
                TokenKind::Word
            }
            _ if byte.is_ascii() => {
                at += 1;
                TokenKind::Mark(byte)
            }
            _ => {
                let letter = text.get(at..).and_then(|rest| rest.chars().next());
                let Some(letter) = letter else {
                    at += 1;
                    continue;
                };
                match plain(letter) {
                    Some(b' ') => {
                        at += letter.len_utf8();
                        spaced = true;
                        continue;
                    }
                    Some(mark) => {
                        at += letter.len_utf8();
                        TokenKind::Mark(mark)
                    }
                    None if letter.is_alphabetic() => {
                        at = word_end(bytes, at + letter.len_utf8());
                        TokenKind::Word
                    }
                    None => {
                        at += letter.len_utf8();
                        TokenKind::Mark(b'_')
                    }
                }
            }
        };
        let symbols = match kind {
            TokenKind::Word => words.word(bytes.get(start..at).unwrap_or_default()),
            TokenKind::Number => words.number(bytes.get(start..at).unwrap_or_default()),
            TokenKind::Mark(mark) => words.mark(mark),
            TokenKind::LineEnd => [0; 3],
        };
        out.push(Token {
            start,
            end: at,
            kind,
            symbols,
            spaced,
        });
        spaced = kind == TokenKind::LineEnd;
    }
}

fn number_end(bytes: &[u8], mut at: usize) -> usize {
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    while digit(at) || (bytes.get(at) == Some(&b'.') && digit(at + 1)) {
        at += 1;
    }
    at
}

/// Letters, digits and apostrophes within; typographic apostrophes too.
fn word_end(bytes: &[u8], mut at: usize) -> usize {
    while let Some(&byte) = bytes.get(at) {
        let inside = match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => true,
            b'\'' => bytes.get(at + 1).is_some_and(u8::is_ascii_alphabetic),
            0xe2 => {
                // ’ within a word; a dash or another mark ends it.
                if bytes.get(at..at + 3) == Some("\u{2019}".as_bytes())
                    && bytes.get(at + 3).is_some_and(u8::is_ascii_alphabetic)
                {
                    at += 3;
                    continue;
                }
                false
            }
            0xc2 => false,
            _ => byte >= 0x80,
        };
        if !inside {
            break;
        }
        at += 1;
    }
    at
}

/// Typographic characters as the plain ones they stand for.
fn plain(letter: char) -> Option<u8> {
    Some(match letter {
        '\u{2018}' | '\u{2019}' | '\u{201b}' | '\u{00b4}' => b'\'',
        '\u{201c}' | '\u{201d}' => b'"',
        '\u{2010}'..='\u{2015}' | '\u{2212}' => b'-',
        '\u{2022}' | '\u{00b7}' | '\u{25cf}' => b'*',
        '\u{00a0}' | '\u{2000}'..='\u{200b}' | '\u{202f}' | '\u{feff}' => b' ',
        _ => return None,
    })
}
