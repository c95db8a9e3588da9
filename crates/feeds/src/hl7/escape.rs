//! Escape sequences, decoded once and after splitting.

use std::borrow::Cow;

use super::parse::Separators;
use crate::encoding;

const MOST_BLANK_LINES: usize = 99;

/// What is not understood stays as it is: file paths and stray backslashes are common in free text.
pub(super) fn unescape<'a>(text: &'a str, separators: &Separators) -> Cow<'a, str> {
    let escape = separators.escape;
    if !text.contains(escape) {
        return Cow::Borrowed(text);
    }
    if separators.doubled {
        let doubled: String = [escape, escape].iter().collect();
        let single = text.replace(&doubled, escape.encode_utf8(&mut [0; 4]));
        return Cow::Owned(decode(&single, separators));
    }
    Cow::Owned(decode(text, separators))
}

fn decode(text: &str, separators: &Separators) -> String {
    let escape = separators.escape;
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(escape) {
        out.push_str(before);
        let sequence = after.split_once(escape);
        match sequence
            .and_then(|(name, following)| Some((replacement(name, separators)?, following)))
        {
            Some((with, following)) => {
                out.push_str(&with);
                rest = following;
            }
            // The second escape character may open the next sequence.
            None => {
                out.push(escape);
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

fn replacement(name: &str, separators: &Separators) -> Option<Cow<'static, str>> {
    let one = |c: char| Some(Cow::Owned(c.to_string()));
    match name {
        "F" => one(separators.field),
        "S" => one(separators.component),
        "T" => one(separators.subcomponent),
        "R" => one(separators.repetition),
        "E" => one(separators.escape),
        "H" | "N" => Some(Cow::Borrowed("")),
        _ => match name.strip_prefix('.') {
            Some(command) => formatting(command),
            None => hex(name.strip_prefix('X')?),
        },
    }
}

fn formatting(command: &str) -> Option<Cow<'static, str>> {
    let number = |text: &str| {
        text.trim()
            .trim_start_matches(['+', '-'])
            .parse::<usize>()
            .ok()
    };
    if let Some(lines) = command.strip_prefix("sp") {
        let lines = if lines.trim().is_empty() {
            1
        } else {
            number(lines)?
        };
        return Some(Cow::Owned("\n".repeat(lines.min(MOST_BLANK_LINES))));
    }
    match command {
        "br" | "ce" => Some(Cow::Borrowed("\n")),
        "fi" | "nf" => Some(Cow::Borrowed("")),
        _ => {
            let indent = command
                .strip_prefix("in")
                .or_else(|| command.strip_prefix("ti"))?;
            (indent.is_empty() || number(indent).is_some()).then_some(Cow::Borrowed(""))
        }
    }
}

fn hex(digits: &str) -> Option<Cow<'static, str>> {
    if digits.is_empty()
        || !digits.len().is_multiple_of(2)
        || !digits.bytes().all(|b| b.is_ascii_hexdigit())
    {
        return None;
    }
    let bytes: Option<Vec<u8>> = (0..digits.len())
        .step_by(2)
        .map(|i| u8::from_str_radix(digits.get(i..i + 2)?, 16).ok())
        .collect();
    let bytes = bytes?;
    let (text, _) = encoding::decode(&bytes, None);
    Some(Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n")))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn plain(text: &str) -> String {
        unescape(text, &Separators::default()).into_owned()
    }

    #[test]
    fn the_standard_sequences() {
        assert_eq!(plain(r"a\F\b\S\c\T\d\R\e\E\f"), r"a|b^c&d~e\f");
        assert_eq!(
            plain(r"one\.br\two\.sp\three\.sp2\four"),
            "one\ntwo\nthree\n\nfour"
        );
        assert_eq!(plain(r"\H\No fracture\N\."), "No fracture.");
        assert_eq!(plain(r"\.in+4\\.ti-2\text\.nf\"), "text");
        assert_eq!(plain(r"25\XB0\C caf\XC3A9\ a\X0D0A\b"), "25°C café a\nb");
    }

    #[test]
    fn what_is_not_a_sequence_is_kept_as_it_is() {
        for text in [
            r"BLAH\BLAH",
            r"C:\Images\2026\x.dcm",
            r"\",
            r"a\\b",
            r"\Z12\",
            r"\XZZ\",
            r"\X1\",
            r"\.sp-x\",
            r"\é\",
        ] {
            assert_eq!(plain(text), text);
        }
        assert_eq!(plain(r"C:\a\T\b"), r"C:\a&b");
    }

    #[test]
    fn decoded_once_only() {
        assert_eq!(plain(r"\E\T\E\"), r"\T\");
    }

    #[test]
    fn a_sender_that_doubles_every_backslash() {
        let separators = Separators {
            doubled: true,
            ..Separators::default()
        };
        assert_eq!(unescape(r"M\\T\\S", &separators), "M&S");
    }

    proptest! {
        #[test]
        fn text_without_an_escape_character_is_untouched(text in "[^\\\\]*") {
            prop_assert_eq!(plain(&text), text);
        }

        #[test]
        fn never_panics(text in "[\\\\A-Z.a-z0-9é]*") {
            plain(&text);
        }
    }
}
