//! Rows of a file, each in a form that can be read again without the file.

use std::io::{self, BufRead};

use serde::{Deserialize, Serialize};
use terms::id;

use super::dates::is_not_known;
use super::header::{self, Header};
use super::profile::{Column, Profile};
use super::split::{Record, Records, Trouble};
use crate::encoding::{Basis, Encoding, decode};
use crate::fault::Fault;
use crate::item::{Item, too_long};
use crate::refusal::Refusal;
use crate::source::{Source, Whole};

/// A row with its headers as the file had them. Blank cells are not kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Stored {
    /// Place from 0, header as typed, value.
    pub cells: Vec<(usize, String, String)>,
    /// Cells in this row, blank ones too.
    pub width: usize,
    /// Cells in the header row.
    pub columns: usize,
    pub encoding: String,
    pub basis: Basis,
}

impl Stored {
    pub(super) fn encoding(&self) -> Encoding {
        let name = encoding_rs::Encoding::for_label(self.encoding.as_bytes())
            .map(|encoding| encoding.name());
        name.map_or(Encoding::default(), |name| Encoding {
            name,
            basis: self.basis,
        })
    }

    /// The mapped values by what they mean, so that columns in another order or quoted otherwise are the same row.
    fn key(&self, profile: &Profile) -> [u8; 32] {
        let mut values: Vec<(Column, usize, String)> = self
            .cells
            .iter()
            .filter_map(|(_, header, value)| {
                let (column, rank) = profile.column(header)?;
                Some((
                    column,
                    rank,
                    value.split_whitespace().collect::<Vec<_>>().join(" "),
                ))
            })
            .collect();
        // Stable: columns of the same header keep their order.
        values.sort_by_key(|(column, rank, _)| (*column, *rank));
        let named: Vec<(String, String)> = values
            .into_iter()
            .map(|(column, _, value)| (format!("{column:?}"), value))
            .collect();
        let mut parts: Vec<&[u8]> = vec![b"csv", profile.name.as_bytes()];
        parts.extend(
            named
                .iter()
                .flat_map(|(column, value)| [column.as_bytes(), value.as_bytes()]),
        );
        id::digest(&parts)
    }
}

pub(crate) struct Rows<R> {
    records: Records<R>,
    profile: Profile,
    header: Header,
    utf16: Option<&'static str>,
    to_skip: usize,
    failed: bool,
}

impl<R: BufRead> Rows<Whole<R>> {
    pub(crate) fn open(source: Source<R>, profile: &Profile) -> Result<Self, Refusal> {
        let found = header::find(&source.head, profile);
        header::check(found.as_ref(), &source.head, profile)?;
        // Checked just now: a profile without any required column cannot be.
        let header =
            found.ok_or_else(|| Refusal::new("The file has no header row.", "Add one."))?;
        let utf16 = source.utf16;
        Ok(Self {
            records: Records::new(source.whole(), header.delimiter),
            profile: profile.clone(),
            to_skip: header.records_before_data,
            header,
            utf16,
            failed: false,
        })
    }
}

impl<R: BufRead> Rows<R> {
    fn item(&self, record: Record) -> Option<Item> {
        match record.trouble {
            Some(Trouble::TooLong(length)) => {
                let start = record.cells.first().map(Vec::as_slice).unwrap_or_default();
                return Some(too_long(record.line, length, start));
            }
            Some(Trouble::OpenQuote) => return Some(Item::only_fault(open_quote(&record))),
            None => {}
        }
        let stored = self.store(record.cells);
        if stored.cells.is_empty() || self.is_footer(&stored) || self.is_header_again(&stored) {
            return None;
        }
        // Plain strings and numbers cannot fail to serialise.
        let raw = serde_json::to_vec(&stored).unwrap_or_default();
        Some(Item {
            line: record.line,
            key: stored.key(&self.profile),
            raw,
            fault: None,
        })
    }

    fn store(&self, cells: Vec<Vec<u8>>) -> Stored {
        let mut encoding = Encoding::default();
        let width = cells.len();
        let mut kept = Vec::new();
        for (index, cell) in cells.iter().enumerate() {
            let (text, read_as) = decode(cell, None);
            if read_as.basis == Basis::Fallback {
                encoding = read_as;
            }
            let text = text.trim();
            if !text.is_empty() {
                let header = self.header.names.get(index).cloned().unwrap_or_default();
                kept.push((index, header, text.to_owned()));
            }
        }
        if let Some(name) = self.utf16 {
            encoding = Encoding {
                name,
                basis: Basis::ByteOrderMark,
            };
        }
        Stored {
            cells: kept,
            width,
            columns: self.header.names.len(),
            encoding: encoding.name.to_owned(),
            basis: encoding.basis,
        }
    }

    /// Totals, counts and remarks under the table: words of a footer and nobody with a name or birth date.
    fn is_footer(&self, stored: &Stored) -> bool {
        const WORDS: [&str; 14] = [
            "total",
            "grand total",
            "sub-total",
            "subtotal",
            "count",
            "number of",
            "records",
            "rows",
            "end of",
            "report run",
            "printed",
            "generated",
            "page ",
            "***",
        ];
        let person = stored.cells.iter().any(|(_, header, value)| {
            let column = self.profile.column(header).map(|(column, _)| column);
            matches!(column, Some(Column::Given | Column::Born)) && !is_not_known(value)
        });
        let Some((_, _, first)) = stored.cells.first() else {
            return false;
        };
        let first = first.to_lowercase();
        let counted = first.starts_with('(') && first.contains("affected");
        !person && (counted || WORDS.iter().any(|word| first.starts_with(word)))
    }

    /// Extracts are sometimes pasted one under the other, headers and all.
    fn is_header_again(&self, stored: &Stored) -> bool {
        stored.cells.len() > 1
            && stored
                .cells
                .iter()
                .all(|(_, header, value)| header == value)
    }
}

fn open_quote(record: &Record) -> Fault {
    let shown = record
        .cells
        .iter()
        .map(|cell| decode(cell, None).0.into_owned())
        .collect::<Vec<_>>()
        .join(" | ");
    let lines = match record.last_line {
        last if last > record.line => format!("Lines {} to {last} were", record.line),
        _ => "This line was".to_owned(),
    };
    Fault::rejected(
        record.line,
        format!("A quotation mark is opened in this row and not closed. {lines} not read."),
        "Close or remove the quotation mark, or double it inside a text (\"\"); then send the file again.",
    )
    .with_value(&shown)
}

impl<R: BufRead> Iterator for Rows<R> {
    type Item = io::Result<Item>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.failed {
            let record = match self.records.next_record() {
                Ok(record) => record?,
                Err(error) => {
                    self.failed = true;
                    return Some(Err(error));
                }
            };
            if self.to_skip > 0 {
                self.to_skip -= 1;
            } else if let Some(item) = self.item(record) {
                return Some(Ok(item));
            }
        }
        None
    }
}
