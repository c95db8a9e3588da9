//! CSV: where its rows and fields end, and which column holds what. Finding the ends takes a search for quotes and
//! separators, so that cutting a file into blocks costs next to nothing; a property test holds it to the csv crate.

use std::{borrow::Cow, ops::Range};

use super::blocks::{Splitter, Which};
use crate::find::{
    batch::Problem,
    record::{Id, Names, Record},
};

/// Goes from end to end. A quote counts only where a field begins, as spreadsheets write them.
#[derive(Debug, Default)]
pub struct Ends {
    at: usize,
    state: State,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum State {
    #[default]
    Row,
    Field,
    Plain,
    Quoted,
    /// Behind a quote inside quotes: a second one makes a letter of it.
    Closed,
}

/// The position of the separator or line end.
#[derive(Debug, PartialEq, Eq)]
enum End {
    Field(usize),
    Row(usize),
}

impl Ends {
    fn next(&mut self, bytes: &[u8]) -> Option<End> {
        loop {
            let rest = bytes.get(self.at..)?;
            let first = *rest.first()?;
            match self.state {
                State::Row if matches!(first, b'\r' | b'\n') => self.at += 1,
                State::Row => self.state = State::Field,
                State::Field | State::Closed if first == b'"' => {
                    self.at += 1;
                    self.state = State::Quoted;
                }
                State::Field | State::Closed => self.state = State::Plain,
                State::Quoted => match memchr::memchr(b'"', rest) {
                    Some(found) => {
                        self.at += found + 1;
                        self.state = State::Closed;
                    }
                    None => {
                        self.at = bytes.len();
                        return None;
                    }
                },
                State::Plain => {
                    let Some(found) = memchr::memchr3(b',', b'\n', b'\r', rest) else {
                        self.at = bytes.len();
                        return None;
                    };
                    let end = self.at + found;
                    self.at = end + 1;
                    return Some(if rest.get(found) == Some(&b',') {
                        self.state = State::Field;
                        End::Field(end)
                    } else {
                        self.state = State::Row;
                        End::Row(end)
                    });
                }
            }
        }
    }
}

impl Splitter for Ends {
    fn end(&mut self, window: &[u8], which: Which) -> Option<usize> {
        let mut last = None;
        while let Some(end) = self.next(window) {
            if let End::Row(at) = end {
                last = Some(at + 1);
                if which == Which::First {
                    break;
                }
            }
        }
        last
    }

    fn turn(&mut self) {
        self.at = 0;
    }

    fn restart(&mut self) {
        *self = Self::default();
    }
}

/// The rows of a block, one after the other, their fields as ranges.
pub struct Rows<'b> {
    bytes: &'b [u8],
    ends: Ends,
}

impl<'b> Rows<'b> {
    pub fn new(bytes: &'b [u8]) -> Self {
        Self {
            bytes,
            ends: Ends::default(),
        }
    }

    /// False behind the last row. Empty lines are no rows.
    pub fn next(&mut self, fields: &mut Vec<Range<usize>>) -> bool {
        fields.clear();
        while self.ends.state == State::Row
            && matches!(self.bytes.get(self.ends.at), Some(b'\r' | b'\n'))
        {
            self.ends.at += 1;
        }
        let mut start = self.ends.at;
        if start >= self.bytes.len() {
            return false;
        }
        loop {
            match self.ends.next(self.bytes) {
                Some(End::Field(at)) => {
                    fields.push(start..at);
                    start = at + 1;
                }
                Some(End::Row(at)) => {
                    fields.push(start..at);
                    return true;
                }
                None => {
                    fields.push(start..self.bytes.len());
                    return true;
                }
            }
        }
    }
}

/// What a field says, without its quotes.
pub fn unquoted(field: &str) -> Cow<'_, str> {
    let Some(inner) = field.strip_prefix('"') else {
        return Cow::Borrowed(field);
    };
    match inner.find('"') {
        None => Cow::Borrowed(inner),
        Some(at) if at + 1 == inner.len() => Cow::Borrowed(inner.get(..at).unwrap_or(inner)),
        Some(_) => {
            let mut said = String::with_capacity(inner.len());
            let mut rest = inner;
            while let Some((before, after)) = rest.split_once('"') {
                said.push_str(before);
                match after.strip_prefix('"') {
                    Some(after) => {
                        said.push('"');
                        rest = after;
                    }
                    // What stands behind the closing quote is taken as it is.
                    None => {
                        said.push_str(after);
                        rest = "";
                    }
                }
            }
            said.push_str(rest);
            Cow::Owned(said)
        }
    }
}

/// Which column holds what.
#[derive(Debug, Default)]
pub struct Columns {
    pub(super) text: usize,
    pub(super) id: Option<usize>,
    pub(super) phrase: Option<usize>,
    pub(super) age: Option<usize>,
    pub(super) sex: Option<usize>,
    pub(super) exam: Option<usize>,
    pub(super) indication: Option<usize>,
    pub(super) source: Option<usize>,
}

/// The position of each name among the columns; what is asked for must be there.
pub fn place<'h>(
    heads: impl Iterator<Item = &'h str> + Clone,
    names: &Names,
) -> Result<Columns, Problem> {
    let column = |wanted: &str| {
        heads
            .clone()
            .position(|head| head.trim().eq_ignore_ascii_case(wanted))
    };
    let needed = |wanted: &str, option: &str| {
        column(wanted).ok_or_else(|| {
            let heads: Vec<&str> = heads.clone().map(str::trim).collect();
            Problem::new(
                format!("has no column “{wanted}”"),
                format!(
                    "Its columns are: {}. Name one with {option} COL.",
                    heads.join(", ")
                ),
            )
        })
    };
    Ok(Columns {
        text: needed(&names.text, "--text")?,
        id: match &names.id {
            Some(name) => Some(needed(name, "--id")?),
            None => column("id"),
        },
        phrase: match &names.phrase {
            Some(name) => Some(needed(name, "--phrase-column")?),
            None => None,
        },
        age: column("age"),
        sex: column("sex"),
        exam: column("exam"),
        indication: column("indication"),
        source: column("source"),
    })
}

impl Columns {
    pub fn of_header(header: &str, names: &Names) -> Result<Self, Problem> {
        let mut fields = Vec::new();
        Rows::new(header.as_bytes()).next(&mut fields);
        let heads: Vec<Cow<'_, str>> = fields
            .into_iter()
            .filter_map(|field| header.get(field))
            .map(unquoted)
            .collect();
        place(heads.iter().map(AsRef::as_ref), names)
    }

    /// `row` and the ranges of its fields, which begin `from` bytes before it.
    pub fn read<'a>(
        &self,
        row: &'a str,
        from: usize,
        fields: &[Range<usize>],
        line: u64,
        names: &Names,
    ) -> Result<Record<'a>, Problem> {
        let field = |at: usize| {
            let field = fields.get(at)?;
            row.get(field.start.checked_sub(from)?..field.end.checked_sub(from)?)
                .map(unquoted)
        };
        let optional = |at: Option<usize>| at.and_then(field);
        let filled = |at: Option<usize>| optional(at).filter(|words| !words.trim().is_empty());
        let short = |name: &str| {
            Problem::new(
                format!("has no field “{name}”"),
                "The row is shorter than the header.",
            )
        };
        Ok(Record {
            text: field(self.text).ok_or_else(|| short(&names.text))?,
            id: optional(self.id).map_or(Id::Number(line), Id::Words),
            phrase: match &names.phrase {
                Some(name) => Some(optional(self.phrase).ok_or_else(|| short(name))?),
                None => None,
            },
            age: optional(self.age).and_then(|age| age.trim().parse().ok()),
            sex: optional(self.sex).map(|sex| terms::Sex::read(&sex)),
            exam: filled(self.exam),
            indication: filled(self.indication),
            source: filled(self.source),
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn ours(text: &str) -> Vec<Vec<String>> {
        let mut rows = Rows::new(text.as_bytes());
        let (mut fields, mut all) = (Vec::new(), Vec::new());
        while rows.next(&mut fields) {
            let said = fields
                .drain(..)
                .map(|field| unquoted(&text[field]).into_owned());
            all.push(said.collect());
        }
        all
    }

    fn of_the_csv_crate(text: &str) -> Vec<Vec<String>> {
        ::csv::ReaderBuilder::new()
            .flexible(true)
            .has_headers(false)
            .from_reader(text.as_bytes())
            .records()
            .map(|row| row.unwrap().iter().map(str::to_owned).collect())
            .collect()
    }

    proptest! {
        #[test]
        fn rows_and_fields_are_those_of_the_csv_crate(text in "[a\",\r\n]{0,40}") {
            prop_assert_eq!(ours(&text), of_the_csv_crate(&text));
        }

        #[test]
        fn a_row_ends_where_it_ends_whatever_the_pieces(text in "[a\",\r\n]{0,40}", size in 1usize..7) {
            let mut whole = Ends::default();
            let expected = whole.end(text.as_bytes(), Which::First);
            let mut pieces = Ends::default();
            let found = (1..=text.len().div_ceil(size))
                .map(|n| &text.as_bytes()[..text.len().min(n * size)])
                .find_map(|window| pieces.end(window, Which::First));
            prop_assert_eq!(found, expected);
        }
    }
}
