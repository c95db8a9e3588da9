//! A file's bytes with their head at hand and any UTF-16 already turned into UTF-8.

use std::io::{self, BufRead, Chain, Cursor, Read};

use crate::encoding::{Utf16Reader, utf16_mark, without_utf8_mark};

/// Enough for the title rows and the header row of any extract.
const HEAD: u64 = 64 * 1024;

pub(crate) type Whole<R> = Chain<Cursor<Vec<u8>>, Rest<R>>;

pub(crate) enum Rest<R: BufRead> {
    AsItIs(R),
    Utf16(Box<Utf16Reader<Chain<Cursor<Vec<u8>>, R>>>),
}

pub(crate) struct Source<R: BufRead> {
    pub head: Vec<u8>,
    pub utf16: Option<&'static str>,
    rest: Rest<R>,
}

impl<R: BufRead> Source<R> {
    pub(crate) fn open(mut reader: R) -> io::Result<Self> {
        let mut head = Vec::new();
        reader.by_ref().take(HEAD).read_to_end(&mut head)?;
        if let Some(encoding) = utf16_mark(&head) {
            let mut rest = Utf16Reader::new(Cursor::new(head).chain(reader), encoding);
            let mut head = Vec::new();
            rest.by_ref().take(HEAD).read_to_end(&mut head)?;
            return Ok(Self {
                head,
                utf16: Some(encoding.name()),
                rest: Rest::Utf16(Box::new(rest)),
            });
        }
        let head = without_utf8_mark(&head).to_vec();
        Ok(Self {
            head,
            utf16: None,
            rest: Rest::AsItIs(reader),
        })
    }

    pub(crate) fn whole(self) -> Whole<R> {
        Cursor::new(self.head).chain(self.rest)
    }
}

impl<R: BufRead> Read for Rest<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::AsItIs(reader) => reader.read(to),
            Self::Utf16(reader) => reader.read(to),
        }
    }
}

impl<R: BufRead> BufRead for Rest<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        match self {
            Self::AsItIs(reader) => reader.fill_buf(),
            Self::Utf16(reader) => reader.fill_buf(),
        }
    }

    fn consume(&mut self, count: usize) {
        match self {
            Self::AsItIs(reader) => reader.consume(count),
            Self::Utf16(reader) => reader.consume(count),
        }
    }
}
