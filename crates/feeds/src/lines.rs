//! Physical lines ended by CR, LF or CRLF, numbered as a text editor does, with a bound on memory.

use std::io::{self, BufRead};

pub(crate) struct Lines<R> {
    reader: R,
    line: u64,
    /// The last line ended with CR: a LF that follows belongs to it.
    after_cr: bool,
}

pub(crate) struct LineRead {
    pub line: u64,
    /// Bytes in the file, kept or not.
    pub length: u64,
}

impl<R: BufRead> Lines<R> {
    pub(crate) fn new(reader: R) -> Self {
        Self {
            reader,
            line: 0,
            after_cr: false,
        }
    }

    /// Appends the next line without its end to `to`, at most `keep` bytes of it.
    pub(crate) fn next_line(
        &mut self,
        to: &mut Vec<u8>,
        keep: usize,
    ) -> io::Result<Option<LineRead>> {
        let mut length = 0u64;
        let mut started = false;
        loop {
            let mut input = match self.reader.fill_buf() {
                Ok(input) => input,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            if input.is_empty() {
                break;
            }
            let mut skipped = 0;
            if std::mem::take(&mut self.after_cr)
                && let Some((b'\n', rest)) = input.split_first()
            {
                input = rest;
                skipped = 1;
                if input.is_empty() {
                    self.reader.consume(skipped);
                    continue;
                }
            }
            started = true;
            let end = input.iter().position(|b| matches!(b, b'\r' | b'\n'));
            let piece = input.get(..end.unwrap_or(input.len())).unwrap_or_default();
            let room = keep.saturating_sub(to.len()).min(piece.len());
            to.extend_from_slice(piece.get(..room).unwrap_or_default());
            length += piece.len() as u64;
            let used = skipped + piece.len() + usize::from(end.is_some());
            self.after_cr = end.and_then(|at| input.get(at)) == Some(&b'\r');
            self.reader.consume(used);
            if end.is_some() {
                break;
            }
        }
        if !started {
            return Ok(None);
        }
        self.line += 1;
        Ok(Some(LineRead {
            line: self.line,
            length,
        }))
    }
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use proptest::prelude::*;

    use super::*;

    fn lines(bytes: &[u8], buffer: usize) -> Vec<(u64, Vec<u8>)> {
        let mut lines = Lines::new(BufReader::with_capacity(buffer, bytes));
        let mut all = Vec::new();
        let mut line = Vec::new();
        while let Some(read) = lines.next_line(&mut line, 1000).unwrap() {
            all.push((read.line, std::mem::take(&mut line)));
        }
        all
    }

    #[test]
    fn all_three_line_ends() {
        let expected: Vec<(u64, Vec<u8>)> = vec![
            (1, b"a".into()),
            (2, b"b".into()),
            (3, b"".into()),
            (4, b"c".into()),
            (5, b"d".into()),
        ];
        assert_eq!(lines(b"a\rb\n\nc\r\nd", 1), expected);
        assert_eq!(lines(b"a\rb\n\nc\r\nd\r\n", 3), expected);
    }

    #[test]
    fn a_long_line_is_read_past_and_not_kept() {
        let bytes = [vec![b'x'; 100_000], b"\nnext".to_vec()].concat();
        let mut lines = Lines::new(bytes.as_slice());
        let mut line = Vec::new();
        assert_eq!(
            lines.next_line(&mut line, 10).unwrap().unwrap().length,
            100_000
        );
        assert_eq!(line.len(), 10);
        line.clear();
        lines.next_line(&mut line, 10).unwrap();
        assert_eq!(line, b"next");
    }

    proptest! {
        #[test]
        fn the_buffer_size_does_not_matter(bytes in "[ab\r\n]{0,60}", buffer in 1usize..9) {
            prop_assert_eq!(lines(bytes.as_bytes(), buffer), lines(bytes.as_bytes(), 1000));
        }
    }
}
