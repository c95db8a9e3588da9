//! Reads one report: parts, sentences, mentions, and what each of them says.

mod ages;
pub(crate) mod draft;
mod explain;
mod placing;
mod reader;
mod scene;
pub(crate) mod seen;

use terms::{Listing, Side, Site, Status};

use crate::{
    ReportText, decide,
    exam::{Exam, paired},
    language::{
        automaton::Match,
        lexicon::{Hit, Kind, Lexicon},
        sections::Part,
        segment::{Segmenter, Sentence},
        token::Token,
    },
    mechanism::{self, How},
    place,
    policy::Policy,
    reading::{Energy, Evidence, Finding, Mechanism, Reading, Why},
    reconcile,
};
use draft::{Draft, Named, Read};
use reader::Reader;

/// A text cut up, with what the lexicon found in each sentence.
pub(crate) struct Marked<'a> {
    pub text: &'a str,
    pub tokens: Vec<Token>,
    pub sentences: Vec<Sentence>,
    hits: Vec<Hit>,
    /// Where the hits of each sentence are.
    ranges: Vec<std::ops::Range<usize>>,
}

impl<'a> Marked<'a> {
    /// A text of which only the sentences around `telling` places are read.
    fn new(lexicon: &Lexicon, text: &'a str, telling: &[usize]) -> Self {
        let mut tokens = Vec::with_capacity(text.len() / 4);
        lexicon.tokens(text, &mut tokens);
        let sentences = Segmenter::new(&lexicon.sections, text, &tokens).sentences();
        let read = worth_reading(lexicon, telling, &tokens, &sentences);
        Self::spotted(lexicon, text, tokens, sentences, &read)
    }

    /// A text that is one sentence.
    fn sentence(lexicon: &Lexicon, text: &'a str) -> Self {
        let mut tokens = Vec::with_capacity(text.len() / 4);
        lexicon.tokens(text, &mut tokens);
        let sentences = whole(&tokens);
        Self::spotted(lexicon, text, tokens, sentences, &[true])
    }

    fn spotted(
        lexicon: &Lexicon,
        text: &'a str,
        tokens: Vec<Token>,
        sentences: Vec<Sentence>,
        read: &[bool],
    ) -> Self {
        let mut found: Vec<Match> = Vec::with_capacity(64);
        let mut hits = Vec::with_capacity(tokens.len());
        let mut ranges = Vec::with_capacity(sentences.len());
        for (sentence, read) in sentences.iter().zip(read) {
            let from = hits.len();
            if *read {
                let inside = tokens.get(sentence.tokens.clone()).unwrap_or_default();
                lexicon.spot(inside, &mut found, &mut hits);
            }
            ranges.push(from..hits.len());
        }
        Self {
            text,
            tokens,
            sentences,
            hits,
            ranges,
        }
    }

    pub fn hits(&self, sentence: usize) -> &[Hit] {
        self.ranges
            .get(sentence)
            .and_then(|range| self.hits.get(range.clone()))
            .unwrap_or_default()
    }

    pub fn tokens(&self, sentence: &Sentence) -> &[Token] {
        self.tokens.get(sentence.tokens.clone()).unwrap_or_default()
    }
}

/// Titles, clinical details, what speaks of a fracture or its cause, the sentence before that, which may name the
/// bone, and those of the two after it that speak on about it.
fn worth_reading(
    lexicon: &Lexicon,
    telling: &[usize],
    tokens: &[Token],
    sentences: &[Sentence],
) -> Vec<bool> {
    let mut out: Vec<bool> = sentences
        .iter()
        .map(|s| matches!(s.part, Part::Title | Part::Indication))
        .collect();
    let mut at = 0;
    let mut done = None;
    for &telling in telling {
        // Words and sentences both come in order.
        while sentences.get(at).is_some_and(|s| s.end <= telling) {
            at += 1;
        }
        let Some(sentence) = sentences.get(at) else {
            break;
        };
        if telling < sentence.start || sentence.part == Part::Aside || done == Some(at) {
            continue;
        }
        done = Some(at);
        for slot in out.get_mut(at.saturating_sub(1)..=at).unwrap_or_default() {
            *slot = true;
        }
        for after in at + 1..(at + 3).min(sentences.len()) {
            let Some(slot) = out.get_mut(after).filter(|slot| !**slot) else {
                continue;
            };
            // After the clinical details: the film that they ask for.
            *slot = matches!(sentence.part, Part::Title | Part::Indication)
                || sentences
                    .get(after)
                    .and_then(|s| tokens.get(s.tokens.clone()))
                    .is_some_and(|words| lexicon.speaks_on(words));
        }
    }
    for (slot, sentence) in out.iter_mut().zip(sentences) {
        *slot &= sentence.part != Part::Aside;
    }
    out
}

fn whole(tokens: &[Token]) -> Vec<Sentence> {
    match (tokens.first(), tokens.last()) {
        (Some(first), Some(last)) => vec![Sentence {
            part: Part::Findings,
            start: first.start,
            end: last.end,
            tokens: 0..tokens.len(),
            header: None,
        }],
        _ => Vec::new(),
    }
}

pub(crate) fn read(lexicon: &Lexicon, policy: &Policy, report: &ReportText<'_>) -> Reading {
    let Some(telling) = lexicon.telling(report.text) else {
        return decide::decide(Vec::new(), Vec::new(), None, false, policy);
    };
    let marked = Marked::new(lexicon, report.text, &telling);
    let apart = Marked::sentence(lexicon, report.exam.unwrap_or(""));
    let exam = exam(lexicon, &marked, &apart);
    let mut read = Reader::new(lexicon, &marked, &exam, policy).run();

    let outside = apart_from(lexicon, policy, report, &mut read);
    finish(read, report.text, policy, outside)
}

/// Clinical details that came apart from the text: they may say how it happened, and name a tumour.
fn apart_from(
    lexicon: &Lexicon,
    policy: &Policy,
    report: &ReportText<'_>,
    read: &mut Read,
) -> Option<Mechanism> {
    let words = report
        .indication
        .filter(|i| !report.text.contains(i.trim()))?;
    let apart = Marked::sentence(lexicon, words);
    let hits = apart.hits(0);
    read.tumour_known |= hits.iter().any(|h| h.kind == Kind::Tumour);
    let how = mechanism::read(lexicon, words, words.len(), hits, policy)?;
    // Words that came beside the report have no place in it.
    Some(Mechanism {
        energy: how.energy,
        evidence: Evidence::Span {
            start: 0,
            end: 0,
            text: words.get(how.start..how.end).unwrap_or("").to_owned(),
        },
        rule: how.rule,
    })
}

/// What was examined, from the titles in the text and the name that came beside it.
fn exam(lexicon: &Lexicon, marked: &Marked<'_>, apart: &Marked<'_>) -> Exam {
    let titles = marked
        .sentences
        .iter()
        .enumerate()
        .filter(|(_, s)| s.part == Part::Title)
        .map(|(i, _)| (marked.text, marked.hits(i)));
    Exam::read(lexicon, titles.chain([(apart.text, apart.hits(0))]))
}

pub(crate) fn read_words(
    lexicon: &Lexicon,
    policy: &Policy,
    text: &str,
    side: Option<Side>,
) -> Reading {
    let marked = Marked::sentence(lexicon, text);
    let hits = marked.hits(0);
    let exam = Exam {
        side,
        ..Exam::read(lexicon, [(text, hits)])
    };
    let mut read = Reader::new(lexicon, &marked, &exam, policy).run();
    let spots = place::spots(lexicon, text, &marked.tokens, hits, &exam.names);
    if read.drafts.is_empty()
        && read.asides.is_empty()
        && !hits.iter().any(|h| h.kind == Kind::Soft)
        && let Some(spot) = spots.first()
    {
        // A bone alone on a fracture clinic list is probably its fracture; "NOF" always is.
        let said = text
            .get(spot.start..spot.end)
            .is_some_and(|w| w.to_ascii_uppercase().contains("NOF"));
        read.drafts.push(Draft {
            kind: Kind::Fracture,
            rule: "words.bone_alone".to_owned(),
            part: Part::Findings,
            sentence: 0,
            start: spot.start,
            end: spot.end,
            site: spot.site,
            named: Named::Here,
            level: spot.levels.clone(),
            side: place::sides(lexicon, text, hits).first().map(|s| s.side),
            status: if said {
                Status::Present
            } else {
                Status::Possible
            },
            fresh: false,
            qualified: false,
            pathological: false,
            cause_raised: false,
            osteoporotic: false,
            said_fracture: true,
        });
    }
    if let Some(side) = side {
        for draft in &mut read.drafts {
            draft.side = draft.side.or(paired(draft.site).then_some(side));
        }
    }
    finish(read, text, policy, None)
}

fn finish(read: Read, text: &str, policy: &Policy, outside: Option<Mechanism>) -> Reading {
    let Read {
        drafts,
        asides,
        tumour_known,
        how,
        cut_short,
    } = read;
    let span = |start: usize, end: usize| Evidence::Span {
        start,
        end,
        text: text.get(start..end).unwrap_or("").to_owned(),
    };
    let here = how.map(|how: How| Mechanism {
        energy: how.energy,
        evidence: span(how.start, how.end),
        rule: how.rule,
    });
    let mechanism = match (here, outside) {
        (Some(here), Some(outside)) => Some(if here.energy == Energy::High {
            here
        } else {
            outside
        }),
        (here, outside) => here.or(outside),
    };
    let judged = reconcile::reconcile(drafts)
        .into_iter()
        .map(|draft| decide::Judged {
            pathological: draft.pathological,
            cause_raised: draft.cause_raised,
            understood: draft.kind != Kind::Odd,
            finding: Finding {
                site: draft.site,
                level: draft.level,
                side: draft.side,
                status: draft.status,
                evidence: span(draft.start, draft.end),
                rule: draft.rule,
            },
        })
        .collect();
    let asides = asides
        .into_iter()
        .map(|aside| {
            let said = text.get(aside.start..aside.end).unwrap_or("").trim();
            (aside.why, said.to_owned())
        })
        .collect();
    let mut reading = decide::decide(judged, asides, mechanism, tumour_known, policy);
    if cut_short && reading.list == Listing::No {
        reading.list = Listing::Look;
        reading.why = Why::Illegible;
        reading.reason =
            "The text speaks of more fractures than one report can: perhaps many in one".to_owned();
    }
    reading
}

/// The site that a heading names ("Pelvis:").
fn site_of(lexicon: &Lexicon, text: &str, tokens: &[Token]) -> Option<Site> {
    let (mut found, mut hits) = (Vec::new(), Vec::new());
    lexicon.spot(tokens, &mut found, &mut hits);
    Exam::read(lexicon, [(text, hits.as_slice())]).site
}

fn says_fracture(text: &str) -> bool {
    text.contains('#')
        || text
            .as_bytes()
            .windows(7)
            .any(|w| w.eq_ignore_ascii_case(b"fractur"))
}
