//! Bytes to text, without ever failing, and saying which reading was used.

use std::borrow::Cow;
use std::io::{self, BufRead, Read};

use encoding_rs::{CoderResult, Decoder, UTF_8, WINDOWS_1252};
use serde::{Deserialize, Serialize};

/// How the bytes of an item were read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Encoding {
    /// WHATWG name: `UTF-8`, `windows-1252` …
    pub name: &'static str,
    pub basis: Basis,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// MSH-18 said so.
    Declared,
    ByteOrderMark,
    /// Every byte fits UTF-8 (plain ASCII does).
    Fits,
    /// Nothing else fitted: what Windows software in the UK writes.
    Fallback,
    /// A declaration was there and the bytes do not keep to it.
    DeclarationWrong,
}

impl Default for Encoding {
    fn default() -> Self {
        Self {
            name: UTF_8.name(),
            basis: Basis::Fits,
        }
    }
}

const UTF8_MARK: &[u8] = b"\xEF\xBB\xBF";

pub(crate) fn without_utf8_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(UTF8_MARK).unwrap_or(bytes)
}

/// Declared, then byte order mark, then strict UTF-8, then Windows-1252.
pub(crate) fn decode<'a>(bytes: &'a [u8], declared: Option<&str>) -> (Cow<'a, str>, Encoding) {
    let marked = bytes.starts_with(UTF8_MARK);
    let bytes = without_utf8_mark(bytes);
    let declared = declared.and_then(declared_encoding);
    if let Some(encoding) = declared {
        let (text, broken) = encoding.decode_without_bom_handling(bytes);
        if !broken {
            return (
                text,
                Encoding {
                    name: encoding.name(),
                    basis: Basis::Declared,
                },
            );
        }
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => {
            let basis = match (declared, marked) {
                (Some(_), _) => Basis::DeclarationWrong,
                (None, true) => Basis::ByteOrderMark,
                (None, false) => Basis::Fits,
            };
            (
                Cow::Borrowed(text),
                Encoding {
                    name: UTF_8.name(),
                    basis,
                },
            )
        }
        Err(_) => {
            let (text, _) = WINDOWS_1252.decode_without_bom_handling(bytes);
            let basis = if declared.is_some() {
                Basis::DeclarationWrong
            } else {
                Basis::Fallback
            };
            (
                text,
                Encoding {
                    name: WINDOWS_1252.name(),
                    basis,
                },
            )
        }
    }
}

/// HL7 table 0211. `ASCII` and the UTF-16 forms say nothing useful about the bytes of a file: the first is a
/// default that senders never change, the second has been converted on the way in.
fn declared_encoding(declared: &str) -> Option<&'static encoding_rs::Encoding> {
    let name = declared.trim().to_ascii_uppercase();
    match name.as_str() {
        "UNICODE UTF-8" | "UTF-8" | "UTF8" => Some(UTF_8),
        _ => {
            let part = name
                .strip_prefix("8859/")
                .or_else(|| name.strip_prefix("ISO-8859-"))?;
            encoding_rs::Encoding::for_label(format!("iso-8859-{part}").as_bytes())
        }
    }
}

/// The UTF-16 of a byte order mark, if the bytes start with one.
pub(crate) fn utf16_mark(bytes: &[u8]) -> Option<&'static encoding_rs::Encoding> {
    match bytes {
        [0xFF, 0xFE, ..] => Some(encoding_rs::UTF_16LE),
        [0xFE, 0xFF, ..] => Some(encoding_rs::UTF_16BE),
        _ => None,
    }
}

/// Turns a UTF-16 stream into UTF-8 so that the splitters see one byte a letter for everything they look for.
pub(crate) struct Utf16Reader<R> {
    inner: R,
    decoder: Decoder,
    out: Vec<u8>,
    at: usize,
    finished: bool,
}

const CHUNK: usize = 16 * 1024;

impl<R: BufRead> Utf16Reader<R> {
    pub(crate) fn new(inner: R, encoding: &'static encoding_rs::Encoding) -> Self {
        Self {
            inner,
            decoder: encoding.new_decoder_with_bom_removal(),
            out: Vec::new(),
            at: 0,
            finished: false,
        }
    }

    fn refill(&mut self) -> io::Result<()> {
        while self.at >= self.out.len() && !self.finished {
            self.at = 0;
            self.out.resize(CHUNK, 0);
            let input = self.inner.fill_buf()?;
            let last = input.is_empty();
            let (result, used, written, _) =
                self.decoder.decode_to_utf8(input, &mut self.out, last);
            self.inner.consume(used);
            self.out.truncate(written);
            self.finished = last && result == CoderResult::InputEmpty;
        }
        Ok(())
    }
}

impl<R: BufRead> Read for Utf16Reader<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let mut from = self.fill_buf()?;
        let count = from.read(to)?;
        self.consume(count);
        Ok(count)
    }
}

impl<R: BufRead> BufRead for Utf16Reader<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.refill()?;
        Ok(self.out.get(self.at..).unwrap_or_default())
    }

    fn consume(&mut self, count: usize) {
        self.at += count;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declared_then_mark_then_strict_then_windows() {
        let used = |bytes: &[u8], declared| {
            let (text, encoding) = decode(bytes, declared);
            (text.into_owned(), encoding.name, encoding.basis)
        };
        assert_eq!(
            used(b"caf\xE9", Some("8859/1")),
            ("café".into(), "windows-1252", Basis::Declared)
        );
        assert_eq!(
            used(b"\xA4", Some("8859/15")),
            ("€".into(), "ISO-8859-15", Basis::Declared)
        );
        assert_eq!(
            used("café".as_bytes(), Some("UNICODE UTF-8")),
            ("café".into(), "UTF-8", Basis::Declared)
        );
        assert_eq!(
            used(b"\xEF\xBB\xBFcaf\xC3\xA9", None),
            ("café".into(), "UTF-8", Basis::ByteOrderMark)
        );
        assert_eq!(
            used("café".as_bytes(), Some("ASCII")),
            ("café".into(), "UTF-8", Basis::Fits)
        );
        assert_eq!(
            used(b"\x93No\x94 \x96 caf\xE9", None),
            ("“No” – café".into(), "windows-1252", Basis::Fallback)
        );
    }

    #[test]
    fn a_wrong_declaration_is_recorded_and_does_not_spoil_the_text() {
        let (text, encoding) = decode(b"caf\xE9", Some("UNICODE UTF-8"));
        assert_eq!(
            (text.as_ref(), encoding.basis),
            ("café", Basis::DeclarationWrong)
        );
    }

    #[test]
    fn utf16_is_read_through_a_small_buffer() {
        let text = "Surname;Ålesund;😀\r\n".repeat(3000);
        let bytes: Vec<u8> = [0xFF, 0xFE]
            .into_iter()
            .chain(text.encode_utf16().flat_map(u16::to_le_bytes))
            .collect();
        let encoding = utf16_mark(&bytes).unwrap();
        let reader = io::BufReader::with_capacity(7, bytes.as_slice());
        let mut read = String::new();
        Utf16Reader::new(reader, encoding)
            .read_to_string(&mut read)
            .unwrap();
        assert_eq!(read, text);
    }
}
