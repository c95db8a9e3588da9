//! What the reader sees in a report, sentence by sentence, for people who want to know why.

use terms::{Level, Side, Site, Status};

use super::{Marked, apart_from, exam, finish, reader::Reader, scene::Scene};
use crate::{
    ReportText,
    language::{
        lexicon::{Hit, Kind, Lexicon},
        sections::Part,
    },
    policy::Policy,
    reading::Reading,
    report::draft::AsideWhy,
};

/// A report as the reader sees it.
#[derive(Debug, Clone)]
pub struct Seen {
    pub sentences: Vec<SeenSentence>,
    /// What comes of it when the sentences are put together.
    pub reading: Reading,
}

#[derive(Debug, Clone)]
pub struct SeenSentence {
    pub part: Part,
    /// Byte offsets into the text.
    pub start: usize,
    pub end: usize,
    /// Words that mean something to the reader, in order; none overlaps another.
    pub marks: Vec<Mark>,
    /// What this sentence says by itself.
    pub says: Vec<Said>,
    /// Words about fractures in it that say nothing of this person's bones, and why.
    pub passed_over: Vec<PassedOver>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    pub start: usize,
    pub end: usize,
    pub role: Role,
    /// The rule by name; what it means is in [`crate::rules`].
    pub rule: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    pub site: Site,
    pub level: Vec<Level>,
    pub side: Option<Side>,
    pub status: Status,
    pub rule: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PassedOver {
    pub start: usize,
    pub end: usize,
    pub why: &'static str,
}

/// What a marked word does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    Fracture,
    LookAlike,
    Denial,
    Doubt,
    Age,
    Cause,
    Advice,
    OtherPerson,
    Mechanism,
    Place,
    Side,
}

impl Role {
    pub const ALL: [Self; 11] = [
        Self::Fracture,
        Self::LookAlike,
        Self::Denial,
        Self::Doubt,
        Self::Age,
        Self::Cause,
        Self::Advice,
        Self::OtherPerson,
        Self::Mechanism,
        Self::Place,
        Self::Side,
    ];

    pub fn code(self) -> &'static str {
        match self {
            Self::Fracture => "fracture",
            Self::LookAlike => "look_alike",
            Self::Denial => "denial",
            Self::Doubt => "doubt",
            Self::Age => "age",
            Self::Cause => "cause",
            Self::Advice => "advice",
            Self::OtherPerson => "other_person",
            Self::Mechanism => "mechanism",
            Self::Place => "place",
            Self::Side => "side",
        }
    }

    pub fn words(self) -> &'static str {
        match self {
            Self::Fracture => "speaks of a fracture",
            Self::LookAlike => "looks like it, but is something else",
            Self::Denial => "denies",
            Self::Doubt => "doubts",
            Self::Age => "old or new",
            Self::Cause => "what broke it",
            Self::Advice => "advice or a condition",
            Self::OtherPerson => "somebody else",
            Self::Mechanism => "how it happened",
            Self::Place => "bone or level",
            Self::Side => "side",
        }
    }

    fn of(kind: Kind) -> Option<Self> {
        Some(match kind {
            Kind::Mask | Kind::Variant | Kind::Channel => Self::LookAlike,
            Kind::Deny | Kind::Denied | Kind::DenyNear => Self::Denial,
            Kind::Doubt | Kind::StrongDoubt | Kind::Doubted => Self::Doubt,
            Kind::Old | Kind::Aged | Kind::New | Kind::Undated | Kind::Earlier => Self::Age,
            Kind::Tumour | Kind::Pathological | Kind::Benign => Self::Cause,
            Kind::Advice => Self::Advice,
            Kind::Family => Self::OtherPerson,
            Kind::Traffic | Kind::High | Kind::Low | Kind::Steps => Self::Mechanism,
            Kind::Heights | Kind::Intact => Self::Denial,
            kind if kind.is_mention() => Self::Fracture,
            _ => return None,
        })
    }
}

pub(crate) fn see(lexicon: &Lexicon, policy: &Policy, report: &ReportText<'_>) -> Seen {
    let telling = lexicon.telling(report.text).unwrap_or_default();
    let marked = Marked::new(lexicon, report.text, &telling);
    let title = Marked::sentence(lexicon, report.exam.unwrap_or(""));
    let exam = exam(lexicon, &marked, &title);
    let mut read = Reader::new(lexicon, &marked, &exam, policy).run();
    let sentences = marked
        .sentences
        .iter()
        .enumerate()
        .map(|(index, sentence)| {
            let scene = Scene::new(
                lexicon,
                marked.text,
                marked.tokens(sentence),
                marked.hits(index),
                sentence,
                &exam.names,
            );
            let within = |start: usize| start >= sentence.start && start < sentence.end;
            SeenSentence {
                part: sentence.part,
                start: sentence.start,
                end: sentence.end,
                marks: marks(lexicon, &scene, marked.hits(index)),
                says: read
                    .drafts
                    .iter()
                    .filter(|d| d.sentence == index)
                    .map(|d| Said {
                        site: d.site,
                        level: d.level.clone(),
                        side: d.side,
                        status: d.status,
                        rule: d.rule.clone(),
                    })
                    .collect(),
                passed_over: read
                    .asides
                    .iter()
                    .filter(|aside| within(aside.start))
                    .map(|aside| PassedOver {
                        start: aside.start,
                        end: aside.end,
                        why: match aside.why {
                            AsideWhy::LookAlike => "not a fracture of a bone",
                            AsideWhy::Advice => "advice or a condition",
                            AsideWhy::Indication => "only asked in the clinical details",
                            AsideWhy::SomebodyElse => "somebody else's",
                        },
                    })
                    .collect(),
            }
        })
        .collect();
    let outside = apart_from(lexicon, policy, report, &mut read);
    Seen {
        sentences,
        reading: finish(read, report.text, policy, outside),
    }
}

/// The words that mean something, the longest first where they overlap.
fn marks(lexicon: &Lexicon, scene: &Scene<'_>, hits: &[Hit]) -> Vec<Mark> {
    let words = scene
        .mentions
        .iter()
        .chain(hits.iter().filter(|h| h.kind == Kind::Mask))
        .chain(&scene.cues)
        .filter_map(|h| {
            Some(Mark {
                start: h.start,
                end: h.end,
                role: Role::of(h.kind)?,
                rule: lexicon.rule_name(h.rule).to_owned(),
            })
        });
    let places = scene.spots.iter().map(|s| Mark {
        start: s.start,
        end: s.end,
        role: Role::Place,
        rule: format!("site.{}", s.site.code()),
    });
    let sides = scene.sides.iter().map(|s| Mark {
        start: s.start,
        end: s.end,
        role: Role::Side,
        rule: format!("side.{}", s.side.code()),
    });
    let mut all: Vec<Mark> = words.chain(places).chain(sides).collect();
    all.sort_by_key(|m| (m.role, std::cmp::Reverse(m.end - m.start), m.start));
    let mut kept: Vec<Mark> = Vec::new();
    for mark in all {
        if kept
            .iter()
            .all(|k| mark.end <= k.start || k.end <= mark.start)
        {
            kept.push(mark);
        }
    }
    kept.sort_by_key(|m| m.start);
    kept
}
