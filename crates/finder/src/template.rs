//! How a report is laid out: its headings, and whether the reader knows each of them. A "no" is worth less where the
//! words stand under a heading that nobody has read before: it may have been the history, another day's report, or
//! somebody else's.

use crate::language::lexicon::Lexicon;

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
                let written = labelled(line).or_else(|| {
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
fn labelled(line: &str) -> Option<&str> {
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
            .any(|word| SENTENCE.contains(&word) || word.ends_with('.'));
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
            .all(|word| word.len() < 3 || KNOWN.contains(&word.trim_end_matches('s')))
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

const SENTENCE: &[&str] = &[
    "is",
    "are",
    "was",
    "were",
    "has",
    "have",
    "there",
    "shows",
    "show",
    "seen",
    "which",
    "that",
    "following",
    "demonstrates",
    "noted",
    "as",
    "no",
    "not",
    "fracture",
    "fractures",
    "fractured",
];

/// Words of which the headings of reports are made that say only where to look, or who signed. Without their "s".
const KNOWN: &[&str] = &[
    // Where
    "abdomen",
    "abdominal",
    "acetabular",
    "acetabulum",
    "adrenal",
    "airway",
    "alignment",
    "ankle",
    "aorta",
    "arm",
    "artery",
    "arterie",
    "bilateral",
    "bladder",
    "bone",
    "bony",
    "bowel",
    "brain",
    "breast",
    "calcaneu",
    "calcaneum",
    "cardiac",
    "cervical",
    "chest",
    "clavicle",
    "coccyx",
    "colon",
    "colonic",
    "diaphragm",
    "disc",
    "elbow",
    "extracolonic",
    "extraspinal",
    "facial",
    "femoral",
    "femora",
    "femur",
    "fibula",
    "finger",
    "foot",
    "feet",
    "forearm",
    "gallbladder",
    "hand",
    "head",
    "heart",
    "heel",
    "hilar",
    "hila",
    "hip",
    "humeru",
    "intracranial",
    "joint",
    "kidney",
    "knee",
    "left",
    "leg",
    "level",
    "ligament",
    "limb",
    "liver",
    "lower",
    "lumbar",
    "lumbosacral",
    "lung",
    "lymph",
    "marrow",
    "mediastinum",
    "mediastinal",
    "metacarpal",
    "metatarsal",
    "msk",
    "muscle",
    "musculoskeletal",
    "neck",
    "node",
    "organ",
    "orbit",
    "pancrea",
    "paranasal",
    "parenchyma",
    "patella",
    "pelvi",
    "pelvic",
    "peritoneum",
    "pleura",
    "pleural",
    "prostate",
    "pulmonary",
    "radiu",
    "renal",
    "retroperitoneum",
    "rib",
    "right",
    "sacral",
    "sacrum",
    "scaphoid",
    "shoulder",
    "sinuse",
    "skeletal",
    "skeleton",
    "skull",
    "soft",
    "spinal",
    "spine",
    "spleen",
    "sternum",
    "stomach",
    "thoracic",
    "thorax",
    "thumb",
    "thyroid",
    "tibia",
    "tissue",
    "toe",
    "ulna",
    "upper",
    "ureter",
    "uteru",
    "vascular",
    "ventricle",
    "vertebra",
    "vertebrae",
    "vertebral",
    "vessel",
    "view",
    "visualised",
    "wrist",
    // What
    "and",
    "base",
    "basal",
    "bmd",
    "dexa",
    "density",
    "dxa",
    "evaluable",
    "finding",
    "image",
    "incidental",
    "lateral",
    "limited",
    "other",
    "portal",
    "post",
    "pre",
    "region",
    "review",
    "score",
    "series",
    "serie",
    "section",
    "site",
    "structure",
    "supplementary",
    "total",
    "vfa",
    "window",
    "with",
    "without",
    "contrast",
    // What next, and who
    "action",
    "addendum",
    "advice",
    "advise",
    "alert",
    "authorised",
    "authoriser",
    "checked",
    "code",
    "consultant",
    "date",
    "dictated",
    "doctor",
    "electronically",
    "email",
    "follow",
    "gmc",
    "hcpc",
    "issued",
    "name",
    "note",
    "number",
    "plan",
    "practitioner",
    "radiographer",
    "radiologist",
    "recommendation",
    "recommended",
    "registrar",
    "reported",
    "reporter",
    "reporting",
    "signed",
    "tel",
    "telephone",
    "time",
    "trainee",
    "typed",
    "typist",
    "verified",
    "the",
    "for",
];

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
