//! What a file is, or why it is refused.

use std::fmt;
use std::io::Read;
use std::str::FromStr;

use crate::csv::header;
use crate::csv::profile::Profiles;
use crate::encoding::{Utf16Reader, utf16_mark, without_utf8_mark};
use crate::refusal::Refusal;

pub type ProfileName = String;

/// Written `hl7` or `csv:ecds`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Format {
    Hl7,
    Csv(ProfileName),
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Hl7 => f.write_str("hl7"),
            Self::Csv(name) => write!(f, "csv:{name}"),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not a format: write hl7, or csv: and a profile")]
pub struct UnknownFormat(String);

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(text: &str) -> Result<Self, UnknownFormat> {
        match text.split_once(':') {
            None if text == "hl7" => Ok(Self::Hl7),
            Some(("csv", name)) if !name.is_empty() => Ok(Self::Csv(name.to_owned())),
            _ => Err(UnknownFormat(text.to_owned())),
        }
    }
}

/// Looks at the first bytes and the file name. `asked` is `hl7`, a profile name, or a [`Format`] as written.
/// Give it 64 KB of the file if there are so many: title rows stand before many headers.
pub fn detect(
    head: &[u8],
    file_name: &str,
    asked: Option<&str>,
    profiles: &Profiles,
) -> Result<Format, Refusal> {
    if head.iter().all(u8::is_ascii_whitespace) {
        return Err(empty());
    }
    if let Some(refusal) = not_text(head, file_name) {
        return Err(refusal);
    }
    let converted;
    let text = match utf16_mark(head) {
        Some(encoding) => {
            let mut bytes = Vec::new();
            // A slice cannot fail to read.
            let _ = Utf16Reader::new(head, encoding).read_to_end(&mut bytes);
            converted = bytes;
            converted.as_slice()
        }
        None => without_utf8_mark(head),
    };
    if text.contains(&0) {
        return Err(Refusal::new(
            "This is not a text file.",
            "Herald reads HL7 v2 messages and CSV files. Export the data as one of these.",
        ));
    }
    let hl7 = is_hl7(text);
    let asked = asked.map(|name| name.strip_prefix("csv:").unwrap_or(name));
    match asked {
        Some("hl7") if hl7 => Ok(Format::Hl7),
        Some("hl7") => Err(Refusal::new(
            "This is not an HL7 file: no line starts with MSH.",
            "Check that you chose the right file, and choose its kind again.",
        )),
        Some(name) if profiles.get(name).is_none() => Err(unknown_profile(name, profiles)),
        Some(name) if hl7 => Err(Refusal::new(
            format!("This is an HL7 file, not a “{name}” file."),
            "Choose HL7 as the kind of file.",
        )),
        Some(name) => Ok(Format::Csv(name.to_owned())),
        None if hl7 => Ok(Format::Hl7),
        None => header::best_profile(text, file_name, profiles).map(Format::Csv),
    }
}

pub(crate) fn empty() -> Refusal {
    Refusal::new(
        "The file is empty.",
        "Export it again, check that it has rows, and send it once more.",
    )
}

pub(crate) fn unknown_profile(name: &str, profiles: &Profiles) -> Refusal {
    let known: Vec<&str> = profiles.names().collect();
    Refusal::new(
        format!("There is no file profile named “{name}”."),
        format!("The profiles are: hl7, {}.", known.join(", ")),
    )
}

fn is_hl7(text: &[u8]) -> bool {
    text.split(|b| matches!(b, b'\r' | b'\n' | 0x0B))
        .any(|line| {
            let line = line.trim_ascii_start();
            let named = matches!(line.get(..3), Some(b"MSH" | b"FHS" | b"BHS"));
            // A column may be called MSH-something; a separator is neither letter, digit nor usual in a heading.
            let separator = line.get(3).copied().unwrap_or(b' ');
            named
                && separator.is_ascii_punctuation()
                && !matches!(separator, b'-' | b'_' | b'"' | b';' | b',')
                || (named && line.get(4..7) == Some(b"^~\\"))
        })
}

fn not_text(head: &[u8], file_name: &str) -> Option<Refusal> {
    let name = file_name.to_ascii_lowercase();
    let ends = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
    let excel = || {
        Refusal::new(
            "This is an Excel workbook.",
            "Open it in Excel, choose Save As, “CSV UTF-8 (Comma delimited)”, and send that file.",
        )
    };
    let other = |what: &str| {
        Refusal::new(
            format!("This is {what}, not a data file."),
            "Herald reads HL7 v2 messages and CSV files. Export the data as one of these.",
        )
    };
    let has = |needle: &[u8]| head.windows(needle.len()).any(|window| window == needle);
    let start = without_utf8_mark(head).trim_ascii_start();
    let lower: Vec<u8> = start.iter().take(64).map(u8::to_ascii_lowercase).collect();
    match head {
        [b'P', b'K', 3 | 5 | 7, ..] => Some(if ends(&[".xlsx", ".xlsm", ".xlsb"]) || has(b"xl/") {
            excel()
        } else if has(b"word/") {
            other("a Word document")
        } else {
            Refusal::new("This is a zip file.", "Unpack it and send the file inside.")
        }),
        [0xD0, 0xCF, 0x11, 0xE0, ..] if ends(&[".doc"]) => Some(other("a Word document")),
        [0xD0, 0xCF, 0x11, 0xE0, ..] => Some(excel()),
        [0x1F, 0x8B, ..] => Some(Refusal::new(
            "This is a compressed file.",
            "Unpack it and send the file inside.",
        )),
        [b'%', b'P', b'D', b'F', ..] => Some(other("a PDF")),
        [0x89, b'P', b'N', b'G', ..] | [0xFF, 0xD8, 0xFF, ..] | [b'G', b'I', b'F', b'8', ..] => {
            Some(other("a picture"))
        }
        _ if lower.starts_with(b"{\\rtf") => Some(other("a rich text document")),
        _ if lower.starts_with(b"<!doctype html")
            || lower.starts_with(b"<html")
            || lower.starts_with(b"<table") =>
        {
            Some(Refusal::new(
                "This is a web page, though it may be named like a spreadsheet.",
                "Open it in Excel, choose Save As, “CSV UTF-8 (Comma delimited)”, and send that file.",
            ))
        }
        _ if lower.starts_with(b"<") => Some(other("an XML file")),
        _ if lower.starts_with(b"{") || lower.starts_with(b"[{") => Some(other("a JSON file")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(head: &[u8], name: &str) -> String {
        detect(head, name, None, &Profiles::built_in())
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn workbooks_and_other_binaries_are_named() {
        assert!(refused(b"PK\x03\x04....xl/workbook.xml", "list.csv").contains("Excel workbook"));
        assert!(refused(b"PK\x03\x04....", "list.xlsx").contains("Save As"));
        assert!(refused(b"PK\x03\x04....", "list.zip").contains("zip"));
        assert!(refused(b"\xD0\xCF\x11\xE0\xA1\xB1", "list.xls").contains("Excel workbook"));
        assert!(refused(b"\x89PNG\r\n\x1a\n\0\0", "x.png").contains("picture"));
        assert!(refused(b"%PDF-1.7", "x.pdf").contains("PDF"));
        assert!(refused(b"<html><table>", "list.xls").contains("web page"));
        assert!(refused(b"<?xml version='1.0'?><ns:CDS>", "x.xml").contains("XML"));
        assert!(refused(b"\x01\x02\0\0\x05", "x").contains("not a text file"));
    }

    #[test]
    fn an_empty_file() {
        assert!(refused(b"", "x.csv").contains("empty"));
        assert!(refused(b" \r\n\r\n", "x.csv").contains("empty"));
    }

    #[test]
    fn hl7_however_it_is_wrapped() {
        let profiles = Profiles::built_in();
        for head in [
            "MSH|^~\\&|A",
            "\u{b}MSH|^~\\&|A",
            "\u{feff}MSH|^~\\&|A",
            "FHS|^~\\&\rMSH|^~\\&|A",
            "\r\n  MSH|^~\\&|A",
            "MSH$%~\\&$A",
            "MSH,^~\\&,A",
        ] {
            assert_eq!(
                detect(head.as_bytes(), "x.txt", None, &profiles),
                Ok(Format::Hl7),
                "{head}"
            );
        }
        let wide: Vec<u8> = [0xFF, 0xFE]
            .into_iter()
            .chain("MSH|^~\\&|A".encode_utf16().flat_map(u16::to_le_bytes))
            .collect();
        assert_eq!(detect(&wide, "x.hl7", None, &profiles), Ok(Format::Hl7));
    }

    #[test]
    fn what_was_asked_for_must_fit() {
        let profiles = Profiles::built_in();
        let asked = |head: &str, asked| detect(head.as_bytes(), "x", Some(asked), &profiles);
        assert!(asked("NHS No,DOB", "hl7").is_err());
        assert!(asked("MSH|^~\\&|A", "ecds").is_err());
        assert!(
            asked("NHS No,DOB", "nonsense")
                .unwrap_err()
                .advice
                .contains("radiology")
        );
        assert_eq!(asked("a,b", "csv:ecds"), Ok(Format::Csv("ecds".into())));
    }

    #[test]
    fn formats_read_back() {
        for format in [Format::Hl7, Format::Csv("ecds".into())] {
            assert_eq!(format.to_string().parse(), Ok(format));
        }
        assert!("csv:".parse::<Format>().is_err());
    }
}
