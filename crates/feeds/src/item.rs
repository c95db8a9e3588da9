//! The pieces of a file: what is stored of each, how two are known to be the same, how one is read.

use std::io::{self, BufRead};

use terms::id;

use crate::csv::{self, profile::Profiles};
use crate::detect::Format;
use crate::encoding::Encoding;
use crate::fault::Fault;
use crate::hl7;
use crate::message::Message;
use crate::refusal::Refusal;
use crate::source::{Source, Whole};

/// More than this is no message and no row; it is skipped with a fault.
pub(crate) const MOST_BYTES: usize = 16 * 1024 * 1024;

/// One message or row as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Line of the file where it starts, from 1.
    pub line: u64,
    /// What is to be stored; [`read`] needs nothing else. Empty when there is only a fault to show.
    pub raw: Vec<u8>,
    /// The same content has the same key, whichever file it comes in.
    pub key: [u8; 32],
    /// Found while splitting the file; what is inside the item is for [`read`] to judge.
    pub fault: Option<Fault>,
}

impl Item {
    pub(crate) fn only_fault(fault: Fault) -> Self {
        let words = [
            fault.problem.as_bytes(),
            fault.value.as_deref().unwrap_or_default().as_bytes(),
        ];
        let key = id::digest(&[b"fault", &fault.line.to_be_bytes(), &words.concat()]);
        Self {
            line: fault.line,
            raw: Vec::new(),
            key,
            fault: Some(fault),
        }
    }
}

/// Nothing of it is kept: half a message read again later would pass for a whole one.
pub(crate) fn too_long(line: u64, length: u64, start: &[u8]) -> Item {
    let fault = Fault::rejected(
        line,
        format!(
            "This item is {} MB long; Herald takes at most {} MB.",
            length >> 20,
            MOST_BYTES >> 20
        ),
        "It was skipped. Look at this line of the file: line breaks may be missing.",
    );
    let start = start.get(..start.len().min(4096)).unwrap_or_default();
    let key = id::digest(&[b"too long", &length.to_be_bytes(), start]);
    Item {
        line,
        raw: Vec::new(),
        key,
        fault: Some(fault),
    }
}

/// Streams the items of a file. Memory is bounded by one item.
pub struct Items<R: BufRead>(Kind<R>);

enum Kind<R: BufRead> {
    Hl7(Box<hl7::split::Messages<Whole<R>>>),
    Csv(Box<csv::Rows<Whole<R>>>),
}

pub fn items<R: BufRead>(
    reader: R,
    format: &Format,
    profiles: &Profiles,
) -> Result<Items<R>, Refusal> {
    let source = Source::open(reader).map_err(|error| {
        Refusal::new(
            format!("The file could not be read: {error}."),
            "Save it again and send it once more.",
        )
    })?;
    if source.head.iter().all(u8::is_ascii_whitespace) {
        return Err(crate::detect::empty());
    }
    match format {
        Format::Hl7 => Ok(Items(Kind::Hl7(Box::new(hl7::split::Messages::new(
            source.whole(),
        ))))),
        Format::Csv(name) => {
            let profile = profiles
                .get(name)
                .ok_or_else(|| crate::detect::unknown_profile(name, profiles))?;
            Ok(Items(Kind::Csv(Box::new(csv::Rows::open(
                source, profile,
            )?))))
        }
    }
}

impl<R: BufRead> Iterator for Items<R> {
    type Item = io::Result<Item>;

    fn next(&mut self) -> Option<Self::Item> {
        match &mut self.0 {
            Kind::Hl7(messages) => messages.next(),
            Kind::Csv(rows) => rows.next(),
        }
    }
}

/// What one item says.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Parsed {
    /// None when the item cannot be used; a fault of severity `Rejected` then says why.
    pub message: Option<Message>,
    pub faults: Vec<Fault>,
    pub encoding: Encoding,
    pub nhs_number: NhsNumberSeen,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum NhsNumberSeen {
    #[default]
    Absent,
    /// Something stands where the number should, and it is not one.
    Invalid,
    Valid,
}

/// Reads one stored item, at any time and without its file. `line` is the one the item had there.
pub fn read(format: &Format, raw: &[u8], line: u64, profiles: &Profiles) -> Parsed {
    match format {
        Format::Hl7 => hl7::read(raw, line),
        Format::Csv(name) => match profiles.get(name) {
            Some(profile) => csv::read(raw, line, profile),
            None => {
                let refusal = crate::detect::unknown_profile(name, profiles);
                let fault = Fault::rejected(line, refusal.problem, refusal.advice);
                Parsed {
                    faults: vec![fault],
                    ..Parsed::default()
                }
            }
        },
    }
}
