//! Records of a delimited file. The usual reader libraries end a quoted cell at any quote and let one record
//! grow without bound; hospital exports have quotes inside quotes and files without line ends.

use std::io::{self, BufRead};

use crate::item::MOST_BYTES;
use crate::lines::Lines;

/// More lines than this inside one pair of quotes means that a quote was never closed.
const MOST_LINES: u64 = 1000;

pub(crate) struct Records<R> {
    lines: Lines<R>,
    delimiter: u8,
    buffer: Vec<u8>,
}

#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Record {
    pub line: u64,
    pub last_line: u64,
    pub cells: Vec<Vec<u8>>,
    pub trouble: Option<Trouble>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
    TooLong(u64),
    /// A quote was opened and not closed, so that other rows seem to be part of a cell.
    OpenQuote,
}

#[derive(Clone, Copy)]
enum State {
    Start,
    Plain,
    Quoted,
    /// A quote inside quotes and that many spaces: what follows tells whether it closed them.
    AfterQuote(usize),
}

impl<R: BufRead> Records<R> {
    pub(crate) fn new(reader: R, delimiter: u8) -> Self {
        Self {
            lines: Lines::new(reader),
            delimiter,
            buffer: Vec::new(),
        }
    }

    pub(crate) fn next_record(&mut self) -> io::Result<Option<Record>> {
        let mut record = Record::default();
        let mut cell = Cell::default();
        let mut length = 0u64;
        loop {
            self.buffer.clear();
            let Some(read) = self.lines.next_line(&mut self.buffer, MOST_BYTES)? else {
                if record.line == 0 {
                    return Ok(None);
                }
                record.trouble = Some(Trouble::OpenQuote);
                break;
            };
            if record.line == 0 {
                record.line = read.line;
            }
            record.last_line = read.line;
            length += read.length + 1;
            if length > MOST_BYTES as u64 {
                record.trouble = Some(Trouble::TooLong(length));
                break;
            }
            for byte in &self.buffer {
                cell.feed(*byte, self.delimiter, &mut record.cells);
            }
            if !cell.line_end() {
                break;
            }
            if record.last_line - record.line >= MOST_LINES {
                record.trouble = Some(Trouble::OpenQuote);
                break;
            }
        }
        if record.trouble.is_none() && cell.swallowed_a_row {
            record.trouble = Some(Trouble::OpenQuote);
        }
        cell.finish(&mut record.cells);
        Ok(Some(record))
    }
}

struct Cell {
    state: State,
    text: Vec<u8>,
    lines: usize,
    swallowed_a_row: bool,
}

impl Default for Cell {
    fn default() -> Self {
        Self {
            state: State::Start,
            text: Vec::new(),
            lines: 0,
            swallowed_a_row: false,
        }
    }
}

impl Cell {
    fn feed(&mut self, byte: u8, delimiter: u8, cells: &mut Vec<Vec<u8>>) {
        match self.state {
            State::Quoted => match byte {
                b'"' => self.state = State::AfterQuote(0),
                _ => self.text.push(byte),
            },
            State::AfterQuote(0) if byte == b'"' => {
                self.text.push(b'"');
                self.state = State::Quoted;
            }
            _ if byte == delimiter => self.finish(cells),
            State::AfterQuote(spaces) if byte == b' ' => self.state = State::AfterQuote(spaces + 1),
            // It did not close the cell: somebody wrote a quote without doubling it.
            State::AfterQuote(spaces) => {
                self.swallowed_a_row |= self.lines > 0 && self.text.last() == Some(&delimiter);
                self.text.push(b'"');
                self.text.extend(std::iter::repeat_n(b' ', spaces));
                self.state = State::Quoted;
                self.feed(byte, delimiter, cells);
            }
            State::Start if byte == b'"' => {
                self.text.clear();
                self.state = State::Quoted;
            }
            State::Start => {
                self.text.push(byte);
                if byte != b' ' {
                    self.state = State::Plain;
                }
            }
            State::Plain => self.text.push(byte),
        }
    }

    /// True when the cell goes on over the line end.
    fn line_end(&mut self) -> bool {
        let goes_on = matches!(self.state, State::Quoted);
        if goes_on {
            self.text.push(b'\n');
            self.lines += 1;
        }
        goes_on
    }

    fn finish(&mut self, cells: &mut Vec<Vec<u8>>) {
        cells.push(std::mem::take(&mut self.text));
        self.state = State::Start;
        self.lines = 0;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn records(text: &str) -> Vec<Record> {
        let mut records = Records::new(text.as_bytes(), b',');
        std::iter::from_fn(|| records.next_record().unwrap()).collect()
    }

    fn cells(text: &str) -> Vec<Vec<String>> {
        let text_of = |cell: &Vec<u8>| String::from_utf8(cell.clone()).unwrap();
        records(text)
            .iter()
            .map(|record| record.cells.iter().map(text_of).collect())
            .collect()
    }

    #[test]
    fn quotes_as_the_standard_has_them() {
        assert_eq!(
            cells("a,\"b,c\",\"d \"\"e\"\"\",\n1,,\"\"\r\n"),
            [vec!["a", "b,c", "d \"e\"", ""], vec!["1", "", ""]]
        );
        assert_eq!(
            cells("\"one\r\ntwo\",x\r\ny"),
            [vec!["one\ntwo", "x"], vec!["y"]]
        );
    }

    #[test]
    fn quotes_as_people_have_them() {
        assert_eq!(
            cells("\"He said \"ouch, stop\" and fell\",x"),
            [["He said \"ouch, stop\" and fell", "x"]]
        );
        assert_eq!(cells("6\" nail,x"), [["6\" nail", "x"]]);
        assert_eq!(cells(" \"a\" ,b"), [["a", "b"]]);
    }

    #[test]
    fn lines_are_counted_as_an_editor_does() {
        let lines: Vec<u64> = records("a\n\"b\n\nc\"\n\nd\n")
            .iter()
            .map(|record| record.line)
            .collect();
        assert_eq!(lines, [1, 2, 5, 6]);
    }

    #[test]
    fn an_open_quote_never_hides_the_next_row() {
        let swallowed = records("1,\"6 inch nail\n2,\"fine\"\n3,x\n");
        assert_eq!(swallowed[0].trouble, Some(Trouble::OpenQuote));
        assert_eq!((swallowed[0].line, swallowed[0].last_line), (1, 2));
        assert_eq!(swallowed[1].cells[0], b"3");
        assert_eq!(
            records("1,\"cut off").first().unwrap().trouble,
            Some(Trouble::OpenQuote)
        );
        let long = format!("1,\"open\n{}", "2,x\n".repeat(2500));
        assert_eq!(records(&long)[0].trouble, Some(Trouble::OpenQuote));
        assert!(records(&long).len() > 1400);
    }

    #[test]
    fn a_hundred_megabyte_line_is_skipped_within_bounds() {
        let endless = io::Read::take(io::repeat(b'x'), 100 << 20);
        let reader = io::BufReader::new(io::Read::chain(endless, &b"\nnext,row\n"[..]));
        let mut records = Records::new(reader, b',');
        let long = records.next_record().unwrap().unwrap();
        assert!(matches!(long.trouble, Some(Trouble::TooLong(length)) if length > 100 << 20));
        assert!(records.buffer.capacity() <= 2 * MOST_BYTES);
        assert_eq!(
            records.next_record().unwrap().unwrap().cells,
            [b"next".to_vec(), b"row".to_vec()]
        );
    }

    proptest! {
        #[test]
        fn what_a_writer_library_writes_is_read_back(
            rows in prop::collection::vec(prop::collection::vec("[ -~é\n]{0,12}", 2..6), 1..8)
        ) {
            let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
            for row in &rows {
                writer.write_record(row).unwrap();
            }
            let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
            let plain: Vec<Vec<String>> = cells(&text);
            // Leading spaces before a quote are dropped; within an unquoted cell they are not.
            prop_assert_eq!(plain, rows);
        }

        #[test]
        fn never_panics(text in "[a\" ,\n\r]{0,60}") {
            records(&text);
        }
    }
}
