//! The small language in which phrases are written in the data files.
//!
//! ```text
//! no evidence of                 words, in order; hyphens and line breaks between them do not matter
//! fractur*                       any word that begins so
//! (is|are|has been) seen         one of these
//! not? clearly?                  may be left out
//! {tumour}                       one of a list of the file's [words]
//! _  _3                          one word; up to three words, commas and slashes included
//! \d  \y                         a number; a year
//! , / ? #                        the mark itself
//! ```

use std::collections::HashMap;

use super::words::{LEVEL, NUMBER, YEAR};

/// A part of a phrase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Part {
    /// A word, stem, mark or kind of word, as [`super::words::Words`] names it.
    Word(String),
    /// Any one word.
    Any,
    /// Up to so many words.
    Gap(usize),
    Choice(Vec<Phrase>),
    Maybe(Phrase),
}

pub(crate) type Phrase = Vec<Part>;

/// Reads one phrase of the data files.
pub(crate) fn parse(phrase: &str, lists: &HashMap<String, Vec<String>>) -> Result<Phrase, String> {
    let mut parser = Parser {
        rest: phrase,
        lists,
        depth: 0,
    };
    let part = parser.choice()?;
    if !parser.rest.trim().is_empty() {
        return Err(format!("“{}” is left over", parser.rest));
    }
    if part
        .iter()
        .all(|part| matches!(part, Part::Maybe(_) | Part::Gap(_)))
    {
        return Err("could match nothing at all".to_owned());
    }
    if matches!(part.first(), Some(Part::Any | Part::Gap(_))) {
        return Err("begins with a gap".to_owned());
    }
    Ok(part)
}

struct Parser<'a> {
    rest: &'a str,
    lists: &'a HashMap<String, Vec<String>>,
    depth: usize,
}

impl Parser<'_> {
    fn choice(&mut self) -> Result<Phrase, String> {
        let mut ways = vec![self.sequence()?];
        while let Some(rest) = self.rest.strip_prefix('|') {
            self.rest = rest;
            ways.push(self.sequence()?);
        }
        match ways.len() {
            1 => Ok(ways.pop().unwrap_or_default()),
            _ => Ok(vec![Part::Choice(ways)]),
        }
    }

    fn sequence(&mut self) -> Result<Phrase, String> {
        let mut phrase = Phrase::new();
        loop {
            self.rest = self.rest.trim_start();
            if self.rest.is_empty() || self.rest.starts_with(['|', ')']) {
                return Ok(phrase);
            }
            let part = self.part()?;
            match self.rest.strip_prefix('?') {
                Some(rest) if !rest.starts_with(|c: char| c.is_alphanumeric()) => {
                    self.rest = rest;
                    phrase.push(Part::Maybe(part));
                }
                _ => phrase.extend(part),
            }
        }
    }

    fn part(&mut self) -> Result<Phrase, String> {
        let word = |word: &str| Ok(vec![Part::Word(word.to_owned())]);
        if let Some(rest) = self.rest.strip_prefix('(') {
            self.rest = rest;
            let phrase = self.choice()?;
            self.rest = self
                .rest
                .strip_prefix(')')
                .ok_or("a bracket is not closed")?;
            return Ok(phrase);
        }
        if let Some(rest) = self.rest.strip_prefix('{') {
            let (name, rest) = rest.split_once('}').ok_or("a brace is not closed")?;
            self.rest = rest;
            return self.list(name);
        }
        if let Some(rest) = self.rest.strip_prefix('_') {
            let digits = rest.chars().take_while(char::is_ascii_digit).count();
            let (number, rest) = rest.split_at_checked(digits).unwrap_or(("", rest));
            self.rest = rest;
            return Ok(vec![number.parse().map_or(Part::Any, Part::Gap)]);
        }
        for (sign, kind) in [(r"\d", NUMBER), (r"\y", YEAR)] {
            if let Some(rest) = self.rest.strip_prefix(sign) {
                self.rest = rest;
                return word(kind);
            }
        }
        let len = self
            .rest
            .chars()
            .take_while(|c| c.is_alphanumeric() || *c == '\'')
            .map(char::len_utf8)
            .sum::<usize>();
        if len == 0 {
            let mark = self.rest.chars().next().unwrap_or(' ');
            self.rest = self.rest.get(mark.len_utf8()..).unwrap_or("");
            return if mark.is_ascii() && !matches!(mark, '-' | '}') {
                word(&mark.to_string())
            } else {
                Err(format!("“{mark}” cannot stand there"))
            };
        }
        let (name, rest) = self.rest.split_at_checked(len).unwrap_or((self.rest, ""));
        let name = name.to_lowercase();
        if let Some(rest) = rest.strip_prefix('*') {
            self.rest = rest;
            if name.len() < 3 {
                return Err(format!("the stem “{name}*” is too short"));
            }
            return word(&format!("{name}*"));
        }
        // A hyphen within a phrase is as good as a space.
        self.rest = rest.strip_prefix('-').unwrap_or(rest);
        word(&name)
    }

    fn list(&mut self, name: &str) -> Result<Phrase, String> {
        if name == "level" {
            let spelt =
                |region: &str| vec![Part::Word(region.to_owned()), Part::Word(NUMBER.to_owned())];
            let mut ways = vec![vec![Part::Word(LEVEL.to_owned())]];
            ways.extend(["c", "t", "d", "l"].map(spelt));
            return Ok(vec![Part::Choice(ways)]);
        }
        if self.depth > 4 {
            return Err(format!("{{{name}}} goes round in a circle"));
        }
        let phrases = self
            .lists
            .get(name)
            .ok_or_else(|| format!("there is no list {{{name}}}"))?;
        let mut ways = Vec::new();
        for phrase in phrases {
            let mut inner = Parser {
                rest: phrase,
                lists: self.lists,
                depth: self.depth + 1,
            };
            ways.push(inner.choice()?);
        }
        Ok(vec![Part::Choice(ways)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(word: &str) -> Part {
        Part::Word(word.to_owned())
    }

    #[test]
    fn a_phrase_is_read_into_its_parts() {
        let lists = HashMap::from([("seen".to_owned(), vec!["seen".to_owned()])]);
        let parse = |phrase| parse(phrase, &lists).unwrap();
        assert_eq!(parse("long-standing"), [word("long"), word("standing")]);
        assert_eq!(
            parse("not {seen}"),
            [word("not"), Part::Choice(vec![vec![word("seen")]])]
        );
        assert_eq!(
            parse("loss of? _1 height*"),
            [
                word("loss"),
                Part::Maybe(vec![word("of")]),
                Part::Gap(1),
                word("height*")
            ]
        );
        assert_eq!(parse("# clinic"), [word("#"), word("clinic")]);
        assert_eq!(parse("?"), [word("?")]);
    }

    #[test]
    fn a_bad_phrase_says_what_is_wrong() {
        for bad in ["(a", "{nothing}", "a?", "ab*", "}", "_2 a"] {
            assert!(parse(bad, &HashMap::new()).is_err(), "{bad}");
        }
    }
}
