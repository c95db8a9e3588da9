//! What the sentences of a report say, before they are compared.

use terms::{Level, Side, Site, Status};

use crate::{
    language::{lexicon::Kind, sections::Part},
    mechanism::How,
};

/// How a mention got its site: what was named counts for more than what was examined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Named {
    Here,
    Header,
    Before,
    Exam,
    Nowhere,
}

/// One fracture as one sentence speaks of it.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    pub kind: Kind,
    pub rule: String,
    pub part: Part,
    pub sentence: usize,
    pub start: usize,
    pub end: usize,
    pub site: Site,
    pub named: Named,
    pub level: Vec<Level>,
    pub side: Option<Side>,
    pub status: Status,
    /// Called acute or new in so many words.
    pub fresh: bool,
    /// "No acute", "no new": says nothing about old ones.
    pub qualified: bool,
    pub pathological: bool,
    /// Malignancy raised as the cause.
    pub cause_raised: bool,
    /// Called osteoporotic, so that a tumour of another vertebra does not explain it.
    pub osteoporotic: bool,
    pub said_fracture: bool,
}

impl Draft {
    /// A shape, or a vertebral word that does not say "fracture".
    pub fn shape_like(&self) -> bool {
        matches!(self.kind, Kind::Shape | Kind::Sign | Kind::Odd)
            || (matches!(self.kind, Kind::Fracture | Kind::Vertebral | Kind::Broken)
                && !self.said_fracture)
    }
}

/// Words about fractures that make no finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Aside {
    pub why: AsideWhy,
    pub start: usize,
    pub end: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum AsideWhy {
    LookAlike,
    Advice,
    Indication,
    SomebodyElse,
}

#[derive(Debug, Default)]
pub(crate) struct Read {
    pub drafts: Vec<Draft>,
    pub asides: Vec<Aside>,
    pub tumour_known: bool,
    pub how: Option<How>,
    /// There was more than is read.
    pub cut_short: bool,
}
