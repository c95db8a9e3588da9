//! The text as the rules see it: typographic characters made plain, typing slips of key words put right,
//! every byte traceable to the text that was sent.

pub(crate) struct Normal {
    pub text: String,
    /// For each byte of `text`, the start and end of the original characters it stands for.
    origin: Vec<(usize, usize)>,
}

impl Normal {
    pub fn new(original: &str, spelling: &[String]) -> Self {
        let mut out = Self {
            text: String::with_capacity(original.len()),
            origin: Vec::with_capacity(original.len()),
        };
        let mut rest = original;
        let mut at = 0;
        while let Some(first) = rest.chars().next() {
            let token_len = if first.is_ascii_alphabetic() {
                rest.bytes().take_while(u8::is_ascii_alphabetic).count()
            } else {
                first.len_utf8()
            };
            let (token, tail) = rest.split_at_checked(token_len).unwrap_or((rest, ""));
            let span = (at, at + token.len());
            if first.is_ascii_alphabetic() {
                match corrected(token, spelling) {
                    Some(right) => out.push_as(right, span),
                    None => out.push_plain(token, at),
                }
            } else {
                match plain(first) {
                    Some(plain) => out.push_as(plain, span),
                    None => out.push_as(token, span),
                }
            }
            at += token.len();
            rest = tail;
        }
        out
    }

    fn push_plain(&mut self, token: &str, at: usize) {
        self.text.push_str(token);
        self.origin
            .extend((0..token.len()).map(|i| (at + i, at + i + 1)));
    }

    fn push_as(&mut self, text: &str, span: (usize, usize)) {
        self.text.push_str(text);
        self.origin.extend(std::iter::repeat_n(span, text.len()));
    }

    /// Byte offsets in the text that was sent.
    pub fn original(&self, start: usize, end: usize) -> (usize, usize) {
        let from = self.origin.get(start).map_or(0, |o| o.0);
        let to = end
            .checked_sub(1)
            .and_then(|last| self.origin.get(last))
            .map_or(from, |o| o.1);
        (from, to.max(from))
    }
}

fn plain(c: char) -> Option<&'static str> {
    Some(match c {
        '\u{2018}' | '\u{2019}' | '\u{02bc}' | '`' => "'",
        '\u{201c}' | '\u{201d}' => "\"",
        '\u{2010}'..='\u{2015}' | '\u{2212}' => "-",
        '\u{a0}' | '\u{2007}' | '\u{2009}' | '\u{202f}' | '\t' | '\u{feff}' => " ",
        '\u{2026}' => "...",
        '\u{2022}' | '\u{b7}' => "-",
        '\u{ff03}' => "#",
        '\r' => " ",
        _ => return None,
    })
}

/// The key word that a misspelt token stands for: one letter wrong, missing, doubled or swapped.
fn corrected<'a>(token: &str, spelling: &'a [String]) -> Option<&'a str> {
    if token.len() < 5 {
        return None;
    }
    let lower = token.to_ascii_lowercase();
    if spelling.contains(&lower) {
        return None;
    }
    spelling
        .iter()
        .find(|word| one_slip(lower.as_bytes(), word.as_bytes()))
        .map(String::as_str)
}

fn one_slip(token: &[u8], word: &[u8]) -> bool {
    if token.first() != word.first() || token.len().abs_diff(word.len()) > 1 {
        return false;
    }
    let same_ahead = token.iter().zip(word).take_while(|(a, b)| a == b).count();
    let a = token.get(same_ahead..).unwrap_or_default();
    let b = word.get(same_ahead..).unwrap_or_default();
    // A changed or added last letter is grammar ("fractured", "vertebrae"), not a slip.
    if a.len() <= 1 && b.len() <= 1 {
        return false;
    }
    match (a, b) {
        ([a1, a2, rest_a @ ..], [b1, b2, rest_b @ ..])
            if a1 == b2 && a2 == b1 && rest_a == rest_b =>
        {
            true
        }
        // Short words have too many neighbours for anything but swapped letters.
        _ if word.len() < 7 => false,
        ([_, rest_a @ ..], [_, rest_b @ ..]) if rest_a == rest_b => true,
        ([_, rest_a @ ..], b) if rest_a == b => true,
        (a, [_, rest_b @ ..]) if a == rest_b => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words() -> Vec<String> {
        [
            "fracture",
            "fractures",
            "wedge",
            "collapse",
            "compression",
            "vertebral",
        ]
        .map(str::to_owned)
        .to_vec()
    }

    #[test]
    fn slips_are_put_right_and_lead_back_to_what_was_typed() {
        let typed = "Wegde compresion fracure – L1’s vertebal colapse";
        let normal = Normal::new(typed, &words());
        assert_eq!(
            normal.text,
            "wedge compression fracture - L1's vertebral collapse"
        );
        let at = normal.text.find("fracture").unwrap();
        let (start, end) = normal.original(at, at + "fracture".len());
        assert_eq!(&typed[start..end], "fracure");
    }

    #[test]
    fn other_words_are_left_alone() {
        for word in [
            "factor",
            "facture of goods".split(' ').nth(2).unwrap(),
            "wedded",
            "ledge",
            "collapses",
        ] {
            assert_eq!(Normal::new(word, &words()).text, word);
        }
    }
}
