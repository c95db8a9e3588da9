//! How a report is laid out: its headings, and whether the reader knows each of them. A "no" is worth less where the
//! words stand under a heading that nobody has read before: it may have been the history, another day's report, or
//! somebody else's.

use crate::language::{lexicon::Lexicon, sections::Headings};

/// The headings of a report, in order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Skeleton {
    pub headings: Vec<Heading>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    /// As it stands in the report.
    pub written: String,
    /// Lower case, digits and punctuation out.
    pub words: String,
    pub known: bool,
}

impl Skeleton {
    pub(crate) fn of(lexicon: &Lexicon, text: &str) -> Self {
        // A report in capitals throughout has no headings that capitals could tell.
        let mixed = text.chars().any(char::is_lowercase);
        let lines: Vec<&str> = text.lines().collect();
        let headings = lines
            .iter()
            .enumerate()
            .filter_map(|(nth, line)| {
                let next = lines.get(nth + 1).copied().unwrap_or_default();
                let written = labelled(&lexicon.sections.headings, line).or_else(|| {
                    (mixed && nth > 1)
                        .then(|| in_capitals(line, next))
                        .flatten()
                })?;
                Some(Heading {
                    known: is_known(lexicon, written),
                    words: normal(written),
                    written: written.to_owned(),
                })
            })
            .collect();
        Self { headings }
    }

    pub fn is_known(&self) -> bool {
        self.headings.iter().all(|heading| heading.known)
    }

    pub fn first_unknown(&self) -> Option<&Heading> {
        self.headings.iter().find(|heading| !heading.known)
    }

    /// What tells one unknown layout from another: the headings that the reader does not know, in order. Known ones
    /// come and go with what was examined.
    pub fn key(&self) -> String {
        let mut words: Vec<&str> = Vec::new();
        for heading in self.headings.iter().filter(|heading| !heading.known) {
            if !words.contains(&heading.words.as_str()) {
                words.push(&heading.words);
            }
        }
        words.join(" / ")
    }
}

/// A longer phrase before a colon is a sentence.
const MOST_WORDS: usize = 5;

/// "Bones:" at the start of a line.
fn labelled<'a>(headings: &Headings, line: &'a str) -> Option<&'a str> {
    let (written, rest) = line.split_once(':')?;
    let written = written.trim();
    let spaced = rest.chars().next().is_none_or(char::is_whitespace);
    let named = written.starts_with(|c: char| c.is_ascii_alphabetic())
        && (2..50).contains(&written.len())
        && written
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || " /,&+().'-".contains(c));
    let said = written.to_ascii_lowercase();
    let sentence = said.split_whitespace().count() > MOST_WORDS
        || said
            .split_whitespace()
            .any(|word| headings.tells_a_sentence(word) || word.ends_with('.'));
    (spaced && named && !sentence).then_some(written)
}

/// "BONES" alone on a line above a line of text.
fn in_capitals<'a>(line: &'a str, next: &str) -> Option<&'a str> {
    let written = line.trim();
    let words = written.split_whitespace().count();
    let heading = (1..=3).contains(&words)
        && written.len() > 3
        && written
            .chars()
            .all(|c| c.is_ascii_uppercase() || matches!(c, ' ' | '/' | '&' | '-'))
        && next.split_whitespace().count() > 3
        && next.chars().any(char::is_lowercase);
    heading.then_some(written)
}

fn is_known(lexicon: &Lexicon, written: &str) -> bool {
    let mut tokens = Vec::new();
    // A label of the reader stands with its colon; in capitals on a line of its own it has none.
    lexicon.tokens(&format!("{written}:"), &mut tokens);
    lexicon.sections.knows(&tokens)
        || normal(written)
            .split(' ')
            .all(|word| word.len() < 3 || lexicon.sections.headings.knows(word))
}

fn normal(written: &str) -> String {
    let letters: String = written
        .chars()
        .map(|c| {
            if c.is_alphabetic() {
                c.to_ascii_lowercase()
            } else {
                ' '
            }
        })
        .collect();
    letters.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use crate::Finder;

    static FINDER: LazyLock<Finder> = LazyLock::new(Finder::default);

    fn unknown(text: &str) -> Option<String> {
        FINDER
            .skeleton(text)
            .first_unknown()
            .map(|heading| heading.written.clone())
    }

    #[test]
    fn layouts_that_the_reader_knows() {
        for text in [
            "",
            "No fracture.",
            "XR Wrist Lt\nClinical details: FOOSH\n\nNo fracture.\nConclusion:\nNormal.",
            "CT chest\nFindings:\nLungs: clear.\nBones: no destructive lesion.\nC-spine: normal.\nImpression: 1. None.",
            "CT TAP\nTechnique: portal venous\nLIVER AND SPLEEN\nNormal in size and shape throughout.\nT12: normal.\nL4/5: bulge.",
            "DXA\nT-scores: L1-L4 -1.2\nFemoral neck: -1.0",
            "Two abnormalities are seen: a cyst and another.\nThe following was noted: nothing.",
            "Reported by: Dr A Made-Up\nGMC number: 1\nConsultant radiologist: Dr B",
            "XR HIP\nFALL\nNO FRACTURE SEEN\nDEGENERATIVE CHANGE IN BOTH HIPS AGAIN",
        ] {
            assert_eq!(unknown(text), None, "{text}");
        }
    }

    #[test]
    fn a_heading_that_it_does_not_know_is_named() {
        assert_eq!(
            unknown("CT head\nFindings: none.\nTriage category 2: routine").as_deref(),
            Some("Triage category 2")
        );
        assert_eq!(
            unknown("CT head\nFindings: none.\nNormal study.\nPEER STATEMENT\nThe study was read by two people.").as_deref(),
            Some("PEER STATEMENT")
        );
    }

    #[test]
    fn known_headings_numbers_and_case_do_not_make_another_layout() {
        let key = |text: &str| FINDER.skeleton(text).key();
        let one = key("Lungs: clear\nTriage category 2: routine\nSafety netting: none");
        assert_eq!(one, "triage category / safety netting");
        assert_eq!(
            one,
            key(
                "TRIAGE CATEGORY 3: soon\nBones: normal\nSafety Netting: yes\nTriage category 1: x"
            )
        );
        assert_ne!(one, key("Safety netting: none\nTriage category 2: routine"));
    }

    #[test]
    fn the_development_set_is_laid_out_in_known_ways() {
        let path = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/data/uk_reports_dev.jsonl"
        );
        let mut odd = Vec::new();
        for line in std::fs::read_to_string(path).unwrap().lines() {
            let report: serde_json::Value = serde_json::from_str(line).unwrap();
            odd.extend(unknown(report["text"].as_str().unwrap()));
        }
        assert!(odd.is_empty(), "{odd:?}");
    }
}
