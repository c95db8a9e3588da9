//! One message into segments and fields, borrowing the text. It judges nothing but the shape.

use std::borrow::Cow;
use std::ops::Range;

use super::escape::unescape;
use crate::fault::Fault;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Separators {
    pub field: char,
    pub component: char,
    pub repetition: char,
    pub escape: char,
    pub subcomponent: char,
    /// MSH-2 is `^~\\&`: the sender doubles every backslash.
    pub(super) doubled: bool,
}

impl Default for Separators {
    fn default() -> Self {
        Self {
            field: '|',
            component: '^',
            repetition: '~',
            escape: '\\',
            subcomponent: '&',
            doubled: false,
        }
    }
}

impl Separators {
    /// From an MSH segment; none when it has no field separator.
    fn declared(msh: &str) -> Option<Self> {
        let mut after = msh.strip_prefix("MSH")?.chars();
        let field = after
            .next()
            .filter(|c| !c.is_alphanumeric() && !c.is_whitespace())?;
        let declared = after
            .as_str()
            .split(field)
            .next()
            .unwrap_or_default()
            .trim();
        let mut found = Self {
            field,
            ..Self::default()
        };
        let doubled = declared.contains("\\\\");
        let declared = declared.replace("\\\\", "\\");
        found.doubled = doubled;
        let chars: Vec<char> = declared.chars().collect();
        match chars.as_slice() {
            [component, repetition, escape, subcomponent, ..] => {
                found.component = *component;
                found.repetition = *repetition;
                found.escape = *escape;
                found.subcomponent = *subcomponent;
            }
            // A short list leaves out one of the usual characters; which, only the character itself tells.
            [component, rest @ ..] => {
                found.component = *component;
                let usual = [found.repetition, found.escape, found.subcomponent];
                if let ([repetition, ..], false) = (rest, rest.iter().all(|c| usual.contains(c))) {
                    found.repetition = *repetition;
                }
            }
            [] => {}
        }
        Some(found)
    }
}

/// A message as understood, with everything that was odd about its shape.
#[derive(Debug)]
pub struct Parse<'a> {
    pub separators: Separators,
    segments: Vec<Extent<'a>>,
    fields: Vec<&'a str>,
    pub faults: Vec<Fault>,
}

#[derive(Debug)]
struct Extent<'a> {
    name: &'a str,
    line: u64,
    fields: Range<usize>,
}

#[derive(Debug, Clone, Copy)]
pub struct Segment<'p, 'a> {
    pub name: &'a str,
    /// Line of the file where it starts.
    pub line: u64,
    fields: &'p [&'a str],
    separators: &'p Separators,
}

/// A field, or a part of one: repetition, component or subcomponent.
#[derive(Debug, Clone, Copy)]
pub struct Field<'p, 'a> {
    raw: &'a str,
    separators: &'p Separators,
}

const MOST_FAULTS: usize = 20;

/// `line` is where the message starts in its file. Only a message without a readable MSH gives no parse.
pub fn parse(text: &str, line: u64) -> Result<Parse<'_>, Box<Fault>> {
    let lead = text.len() - text.trim_start().len();
    let (skipped, body) = text.split_at(lead);
    let line = line + count_lines(skipped);
    let Some(separators) = Separators::declared(body) else {
        return Err(Box::new(no_header(body, line)));
    };
    let mut parse = Parse {
        separators,
        segments: Vec::with_capacity(16),
        fields: Vec::with_capacity(body.len() / 8),
        faults: Vec::new(),
    };
    let mut open: Option<(Range<usize>, u64)> = None;
    for (at, range) in (line..).zip(line_ranges(body)) {
        let whole = body.get(range.clone()).unwrap_or_default();
        let trimmed = whole.trim_start_matches([' ', '\t']);
        if starts_segment(trimmed, parse.separators.field) {
            if let Some((extent, line)) = open.take() {
                parse.push(body.get(extent).unwrap_or_default(), line);
            }
            open = Some((range.end - trimmed.len()..range.end, at));
        } else if !trimmed.is_empty() {
            if parse.faults.len() < MOST_FAULTS {
                parse.faults.push(
                    Fault::warning(
                        at,
                        "This line does not start with a segment name; it was read as more of the line before.",
                        "Ask the sender to replace line breaks inside a field by \\.br\\.",
                    )
                    .with_value(trimmed),
                );
            }
            if let Some((extent, _)) = &mut open {
                extent.end = range.end;
            }
        }
    }
    if let Some((extent, line)) = open {
        parse.push(body.get(extent).unwrap_or_default(), line);
    }
    Ok(parse)
}

fn no_header(body: &str, line: u64) -> Fault {
    let first = body.split(['\r', '\n']).next().unwrap_or_default();
    Fault::rejected(
        line,
        "This is not an HL7 message: it does not start with an MSH segment.",
        "Check that the file is an HL7 v2 export and was not cut; then send it again.",
    )
    .at("MSH")
    .with_value(first)
}

fn count_lines(text: &str) -> u64 {
    line_ranges(text).count().saturating_sub(1) as u64
}

/// Lines ended by CR, LF or CRLF.
fn line_ranges(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let bytes = text.as_bytes();
    let mut start = Some(0);
    std::iter::from_fn(move || {
        let from = start?;
        let rest = bytes.get(from..)?;
        match rest.iter().position(|b| matches!(b, b'\r' | b'\n')) {
            Some(length) => {
                let end = from + length;
                let two = bytes.get(end..end + 2) == Some(b"\r\n");
                start = Some(end + if two { 2 } else { 1 });
                Some(from..end)
            }
            None => {
                start = None;
                Some(from..bytes.len())
            }
        }
    })
}

fn starts_segment(line: &str, separator: char) -> bool {
    let name_fits = match line.as_bytes() {
        [a, b, c, ..] => a.is_ascii_uppercase() && is_name_byte(*b) && is_name_byte(*c),
        _ => false,
    };
    name_fits
        && line
            .get(3..)
            .is_some_and(|rest| rest.trim_end().is_empty() || rest.starts_with(separator))
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_uppercase() || byte.is_ascii_digit()
}

impl<'a> Parse<'a> {
    fn push(&mut self, raw: &'a str, line: u64) {
        let start = self.fields.len();
        let name = raw.get(..3).unwrap_or_default();
        let mut parts = raw.split(self.separators.field);
        self.fields.extend(parts.next());
        if matches!(name, "MSH") {
            // MSH-1 is the separator itself, so that MSH-9 is the ninth.
            self.fields
                .extend(raw.get(3..3 + self.separators.field.len_utf8()));
        }
        self.fields.extend(parts);
        self.segments.push(Extent {
            name,
            line,
            fields: start..self.fields.len(),
        });
    }

    pub fn segments(&self) -> impl Iterator<Item = Segment<'_, 'a>> {
        self.segments.iter().map(|extent| Segment {
            name: extent.name,
            line: extent.line,
            fields: self.fields.get(extent.fields.clone()).unwrap_or_default(),
            separators: &self.separators,
        })
    }

    pub fn first(&self, name: &str) -> Option<Segment<'_, 'a>> {
        self.segments().find(|segment| segment.name == name)
    }

    pub fn all<'n>(&'n self, name: &'n str) -> impl Iterator<Item = Segment<'n, 'a>> + 'n {
        self.segments().filter(move |segment| segment.name == name)
    }
}

impl<'p, 'a> Segment<'p, 'a> {
    /// Numbered as in the standard; a field that is not there is empty.
    pub fn field(&self, number: usize) -> Field<'p, 'a> {
        let raw = self.fields.get(number).copied().unwrap_or_default();
        Field {
            raw,
            separators: self.separators,
        }
    }

    pub fn field_count(&self) -> usize {
        self.fields.len().saturating_sub(1)
    }

    /// `PID-7`.
    pub fn place(&self, number: usize) -> String {
        format!("{}-{number}", self.name)
    }
}

impl<'p, 'a> Field<'p, 'a> {
    pub fn raw(&self) -> &'a str {
        self.raw
    }

    pub fn repetitions(&self) -> impl Iterator<Item = Field<'p, 'a>> + use<'p, 'a> {
        let separators = self.separators;
        self.raw
            .split(separators.repetition)
            .map(move |raw| Field { raw, separators })
    }

    /// From 1, of the first repetition.
    pub fn component(&self, number: usize) -> Field<'p, 'a> {
        let first = self
            .raw
            .split(self.separators.repetition)
            .next()
            .unwrap_or_default();
        self.part(first, self.separators.component, number)
    }

    /// From 1.
    pub fn subcomponent(&self, number: usize) -> Field<'p, 'a> {
        self.part(self.raw, self.separators.subcomponent, number)
    }

    pub fn components(&self) -> impl Iterator<Item = Field<'p, 'a>> + use<'p, 'a> {
        let separators = self.separators;
        self.raw
            .split(separators.component)
            .map(move |raw| Field { raw, separators })
    }

    fn part(&self, of: &'a str, separator: char, number: usize) -> Field<'p, 'a> {
        let raw = of
            .split(separator)
            .nth(number.saturating_sub(1))
            .unwrap_or_default();
        Field {
            raw,
            separators: self.separators,
        }
    }

    /// `""`: the sender deletes the value. An empty field only leaves it alone.
    pub fn is_null(&self) -> bool {
        self.raw.trim() == "\"\""
    }

    pub fn is_empty(&self) -> bool {
        self.raw.trim().is_empty()
    }

    /// Decoded and trimmed, line breaks as `\n`; the HL7 null is empty.
    pub fn text(&self) -> String {
        if self.is_null() {
            String::new()
        } else {
            line_breaks(unescape(self.raw, self.separators).trim())
        }
    }

    /// Decoded with its spacing kept.
    pub fn text_as_laid_out(&self) -> String {
        if self.is_null() {
            String::new()
        } else {
            line_breaks(&unescape(self.raw, self.separators))
        }
    }

    /// The first subcomponent of the first component, decoded and trimmed: the plain value of most fields.
    pub fn value(&self) -> Cow<'a, str> {
        let plain = self.component(1).subcomponent(1);
        if plain.is_null() {
            return Cow::Borrowed("");
        }
        match unescape(plain.raw, plain.separators) {
            Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
            Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
        }
    }
}

/// A vertical tab is how word processors write a soft line break.
fn line_breaks(text: &str) -> String {
    if text.contains(['\r', '\u{b}']) {
        text.replace("\r\n", "\n").replace(['\r', '\u{b}'], "\n")
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn fields_are_numbered_as_in_the_standard() {
        let message = parse(
            "MSH|^~\\&|RIS|RAJ01|||20260301||ORU^R01\rPID|1||12^^^RAJ^MR~34\r",
            1,
        )
        .unwrap();
        let msh = message.first("MSH").unwrap();
        assert_eq!(msh.field(1).raw(), "|");
        assert_eq!(msh.field(2).raw(), "^~\\&");
        assert_eq!(msh.field(9).component(2).raw(), "R01");
        let pid = message.first("PID").unwrap();
        assert_eq!(pid.line, 2);
        let ids: Vec<&str> = pid
            .field(3)
            .repetitions()
            .map(|id| id.component(1).raw())
            .collect();
        assert_eq!(ids, ["12", "34"]);
        assert_eq!(pid.field(40).raw(), "");
    }

    #[test]
    fn segments_end_with_cr_lf_or_both_and_lines_are_counted_alike() {
        for end in ["\r", "\n", "\r\n"] {
            let text = ["MSH|^~\\&|A", "EVN|A01", "PID|1"].join(end);
            let message = parse(&text, 10).unwrap();
            let lines: Vec<_> = message.segments().map(|s| (s.name, s.line)).collect();
            assert_eq!(lines, [("MSH", 10), ("EVN", 11), ("PID", 12)]);
        }
    }

    #[test]
    fn separators_are_those_declared() {
        let declared = |text| Separators::declared(text).unwrap();
        assert_eq!(declared("MSH|^~\\&#|A"), Separators::default());
        assert_eq!(declared("MSH|^~\\&  |A"), Separators::default());
        assert_eq!(declared("MSH|^\\&|A"), Separators::default());
        assert_eq!(declared("MSH|^~|A"), Separators::default());
        assert_eq!(declared("MSH|"), Separators::default());
        assert_eq!(
            declared("MSH|^~\\\\&|A"),
            Separators {
                doubled: true,
                ..Separators::default()
            }
        );
        let other = declared("MSH$%*?+$A");
        assert_eq!(
            (other.field, other.component, other.repetition),
            ('$', '%', '*')
        );
        assert_eq!((other.escape, other.subcomponent), ('?', '+'));
        assert!(Separators::declared("MSHA").is_none());
        assert!(Separators::declared("MSH").is_none());
    }

    #[test]
    fn a_line_break_inside_a_field_does_not_lose_the_rest() {
        let message = parse(
            "MSH|^~\\&|A\nOBX|1|FT|&GDT||No acute\nfracture of the hip.||||||F\nZDS|1",
            1,
        )
        .unwrap();
        let obx = message.first("OBX").unwrap();
        assert_eq!(obx.field(5).text(), "No acute\nfracture of the hip.");
        assert_eq!(obx.field(11).raw(), "F");
        assert_eq!(message.faults.len(), 1);
        assert_eq!(message.faults[0].line, 3);
        assert_eq!(message.first("ZDS").unwrap().line, 4);
    }

    #[test]
    fn null_is_not_empty() {
        let message = parse("MSH|^~\\&|\"\"||A", 1).unwrap();
        let msh = message.first("MSH").unwrap();
        assert!(msh.field(3).is_null() && !msh.field(4).is_null());
        assert_eq!(msh.field(3).text(), "");
    }

    #[test]
    fn no_header_is_a_fault_and_never_a_panic() {
        for text in ["", "MS", "MSH", "hello", "PID|1", "\u{feff}é", "MSHé"] {
            assert!(parse(text, 1).is_err());
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in "(MSH\\|\\^~\\\\&)?(.|\r|\n|\\||\\^|PID)*") {
            if let Ok(message) = parse(&text, 1) {
                for segment in message.segments() {
                    for number in 0..=segment.field_count() + 1 {
                        let field = segment.field(number);
                        field.text();
                        field.value();
                        field.component(2).subcomponent(2).text();
                    }
                }
            }
        }

        #[test]
        fn what_was_written_is_read(values in prop::collection::vec("[ -~&&[^|^~&\\\\\"]]{0,12}", 1..30)) {
            let text = format!("MSH|^~\\&|A\rZZZ|{}", values.join("|"));
            let message = parse(&text, 1).unwrap();
            let segment = message.first("ZZZ").unwrap();
            let read: Vec<String> = (1..=segment.field_count()).map(|n| segment.field(n).raw().to_owned()).collect();
            prop_assert_eq!(read, values);
        }
    }
}
