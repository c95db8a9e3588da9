//! Whether a text is one that this reader can judge. What it cannot read it must not say no to.

use std::sync::LazyLock;

use memchr::memmem;

use crate::language::{
    lexicon::Lexicon,
    token::{Token, TokenKind},
};

/// Why a text cannot be judged, in words for the nurse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Illegible {
    /// What is read in it may still be right.
    InPart(&'static str),
    /// Whatever is read in it means nothing.
    Wholly(&'static str),
}

/// No radiologist writes more in one report. What is beyond is not read.
const LONGEST: usize = 200_000;
/// A word of so many letters is no word.
const LONGEST_WORD: usize = 160;
/// Fewer words do not tell a language. Of so many, the lexicon knows one in eight of an English report.
const FEWEST_WORDS: usize = 5;
const NOT_ENGLISH: &str = "The text does not seem to be an English report";
/// Everyday words that hardly stand in another language, and those of languages that a report may come in.
const ENGLISH: [&str; 14] = [
    "the", "of", "is", "in", "and", "with", "are", "there", "to", "at", "not", "no", "left",
    "right",
];
const OTHER_LANGUAGES: [&str; 37] = [
    "der", "das", "und", "nicht", "kein", "keine", "ohne", "eine", "auf", "le", "la", "les", "du",
    "des", "pas", "une", "el", "los", "del", "se", "una", "con", "sin", "il", "di", "della", "nie",
    "da", "het", "een", "geen", "och", "ikke", "yn", "sans", "yr", "się",
];
/// So many of the first words are looked at.
const SAMPLE: usize = 120;

/// As much of a text as is read.
pub(crate) fn readable(text: &str) -> &str {
    head(text, LONGEST)
}

fn head(text: &str, most: usize) -> &str {
    let mut end = text.len().min(most);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or(text)
}

pub(crate) fn illegible(lexicon: &Lexicon, text: &str) -> Option<Illegible> {
    let start = text.trim_start();
    let Some(first) = start.bytes().next() else {
        return Some(Illegible::Wholly("There is no text to read"));
    };
    match first {
        b'{' if start.starts_with(r"{\rtf") => {
            return Some(Illegible::InPart(
                "The report came as RTF, with its formatting codes, not as plain text",
            ));
        }
        b'<' if markup(start) => {
            return Some(Illegible::InPart(
                "The report came as HTML, with its tags, not as plain text",
            ));
        }
        b'%' if start.starts_with("%PDF") => {
            return Some(Illegible::Wholly("The report is a PDF, not text"));
        }
        b'J' if start.starts_with("JVBERi0") => {
            return Some(Illegible::Wholly("The report is an encoded PDF, not text"));
        }
        _ => {}
    }
    if text.len() > LONGEST {
        return Some(Illegible::InPart(
            "The text is longer than a report can be: perhaps many in one",
        ));
    }
    if plainly_english(text) {
        return None;
    }
    unknown_language(lexicon, text)
}

fn markup(start: &str) -> bool {
    let head = start
        .as_bytes()
        .get(..start.len().min(300))
        .unwrap_or_default()
        .to_ascii_lowercase();
    let has = |tag: &[u8]| head.windows(tag.len()).any(|w| w == tag);
    [
        &b"<html"[..],
        b"<!doctype",
        b"<body",
        b"<p>",
        b"<div",
        b"<br",
        b"<span",
        b"<?xml",
    ]
    .iter()
    .any(|tag| has(tag))
}

/// Small words that only English has, in the first lines: enough, and quick.
fn plainly_english(text: &str) -> bool {
    static WORDS: LazyLock<[memmem::Finder<'static>; 5]> =
        LazyLock::new(|| [" and ", " of ", " the ", " is ", " with "].map(memmem::Finder::new));
    let head = head(text, 1000).as_bytes();
    WORDS.iter().any(|word| word.find(head).is_some())
}

fn unknown_language(lexicon: &Lexicon, text: &str) -> Option<Illegible> {
    let mut tokens: Vec<Token> = Vec::new();
    lexicon.tokens(head(text, 4000), &mut tokens);
    if tokens.iter().any(|t| t.end - t.start > LONGEST_WORD) {
        return Some(Illegible::Wholly("The report holds encoded data, not text"));
    }
    let words: Vec<&Token> = tokens
        .iter()
        .filter(|t| t.kind == TokenKind::Word)
        .take(SAMPLE)
        .collect();
    let known = words.iter().filter(|t| t.symbols != [0; 3]).count();
    // Beyond the Latin alphabets: Greek, Cyrillic, Arabic, Chinese and so on.
    let letters = || text.chars().take(4000).filter(|c| c.is_alphabetic());
    if letters().filter(|c| *c > '\u{24f}').count() * 2 > letters().count() {
        return Some(Illegible::Wholly(NOT_ENGLISH));
    }
    let broken = text.chars().take(4000).filter(|c| *c == '\u{fffd}').count();
    if broken > 3 && broken * 20 > words.len() {
        return Some(Illegible::Wholly(
            "Many characters were lost on the way here: the character set is not the one it says",
        ));
    }
    let said = |list: &[&str]| {
        words
            .iter()
            .filter_map(|t| text.get(t.start..t.end))
            .filter(|word| list.iter().any(|w| w.eq_ignore_ascii_case(word)))
            .count()
    };
    let elsewhere = said(&OTHER_LANGUAGES);
    if elsewhere >= 2 && elsewhere > said(&ENGLISH) {
        return Some(Illegible::Wholly(NOT_ENGLISH));
    }
    (words.len() >= FEWEST_WORDS && known * 8 < words.len())
        .then_some(Illegible::Wholly(NOT_ENGLISH))
}
