//! A source's words with the parts that led to a finding marked.

use super::{parts::OneButton, text::DateText};
use finder::{Evidence, Finding, Mechanism};
use terms::{Side, Site, Status};

/// A stretch of a report: plain, or marked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage {
    pub text: String,
    /// `present`, `possible`, `old`, `denied`, `mechanism`; empty for plain text.
    pub mark: &'static str,
    /// What a screen reader says before the marked words.
    pub label: String,
}

#[derive(Debug, Clone)]
pub struct FindingLine {
    pub mark: &'static str,
    pub status: String,
    pub what: String,
    /// The code that led to it, where it was not words.
    pub code: Option<CodeLine>,
    pub rule: String,
}

#[derive(Debug, Clone)]
pub struct CodeLine {
    pub system: String,
    pub code: String,
    pub title: String,
}

#[derive(Debug, Clone)]
pub struct Sighting {
    pub id: String,
    pub kind: String,
    pub exam: String,
    pub date: Option<DateText>,
    pub hospital: String,
    pub feed: String,
    /// How much it weighs, in words; empty where nothing is weighed.
    pub weight: &'static str,
    pub strongest: bool,
    pub findings: Vec<FindingLine>,
    pub indication: String,
    pub texts: Vec<Vec<Passage>>,
    pub mechanism: String,
    /// The day of the injury, where it is another than the day of the sighting.
    pub injured: String,
    /// Gives the words to the page that explains them.
    pub read_again: Option<OneButton>,
}

pub fn mark_of(status: Status) -> &'static str {
    match status {
        Status::Present => "present",
        Status::Possible => "possible",
        Status::Old => "old",
        Status::Absent => "denied",
    }
}

/// "Left wrist", "Vertebra T12, L1".
pub fn fracture_words(site: Site, side: Option<Side>, levels: &[terms::Level]) -> String {
    let site_words = site.words();
    let named = match side {
        Some(Side::Both) => format!("{site_words}, both sides"),
        Some(side) => {
            let mut lower = site_words.to_owned();
            if let Some(first) = lower.get_mut(0..1) {
                first.make_ascii_lowercase();
            }
            super::text::sentence(&format!("{} {lower}", side.words()))
        }
        None => site_words.to_owned(),
    };
    if levels.is_empty() {
        return named;
    }
    let levels: Vec<&str> = levels.iter().map(terms::Level::as_str).collect();
    format!("{named} {}", levels.join(", "))
}

pub fn finding_line(finding: &Finding) -> FindingLine {
    FindingLine {
        mark: mark_of(finding.status),
        status: super::text::sentence(finding.status.words()),
        what: fracture_words(finding.site, finding.side, &finding.level),
        code: match &finding.evidence {
            Evidence::Code {
                system,
                code,
                title,
            } => Some(CodeLine {
                system: system.words().to_owned(),
                code: code.clone(),
                title: title.clone(),
            }),
            Evidence::Span { .. } => None,
        },
        rule: finding.rule.clone(),
    }
}

/// Cuts a text at the evidence of its findings. Spans that overlap, run past the end or cut a character are
/// left unmarked rather than guessed; the words are always all shown.
pub fn passages(text: &str, findings: &[Finding], mechanism: Option<&Mechanism>) -> Vec<Passage> {
    let mut spans: Vec<(usize, usize, &'static str, String)> = findings
        .iter()
        .filter_map(|finding| match &finding.evidence {
            Evidence::Span { start, end, .. } => {
                let label = format!(
                    "{}, {}",
                    fracture_words(finding.site, finding.side, &finding.level),
                    finding.status.words()
                );
                Some((*start, *end, mark_of(finding.status), label))
            }
            Evidence::Code { .. } => None,
        })
        .collect();
    if let Some(Mechanism {
        evidence: Evidence::Span { start, end, .. },
        ..
    }) = mechanism
    {
        spans.push((*start, *end, "mechanism", "how it happened".to_owned()));
    }
    spans.sort_by_key(|span| (span.0, std::cmp::Reverse(span.1)));
    let sentences: Vec<(usize, usize)> = spans
        .iter()
        .filter(|span| span.2 != "mechanism")
        .map(|span| sentence_around(text, span.0, span.1))
        .collect();
    let mut out: Vec<Passage> = Vec::new();
    let mut done = 0;
    for (start, end, mark, label) in spans {
        if start < done || end <= start {
            continue;
        }
        let Some(words) = text.get(start..end).filter(|_| text.is_char_boundary(done)) else {
            continue;
        };
        plain(text, done, start, &sentences, &mut out);
        out.push(Passage {
            text: words.to_owned(),
            mark,
            label,
        });
        done = end;
    }
    plain(text, done, text.len(), &sentences, &mut out);
    out
}

/// Words that are no evidence themselves; those in the same sentence as some are set apart lightly, so that the eye
/// finds what led to the finding and not one word of it.
fn plain(text: &str, from: usize, to: usize, sentences: &[(usize, usize)], out: &mut Vec<Passage>) {
    let mut cuts: Vec<usize> = sentences
        .iter()
        .flat_map(|(start, end)| [*start, *end])
        .filter(|cut| (from..to).contains(cut))
        .chain([from, to])
        .collect();
    cuts.sort_unstable();
    cuts.dedup();
    for (start, end) in cuts.iter().zip(cuts.iter().skip(1)) {
        let Some(words) = text.get(*start..*end).filter(|words| !words.is_empty()) else {
            continue;
        };
        let inside = sentences.iter().any(|(s, e)| s <= start && end <= e);
        out.push(Passage {
            text: words.to_owned(),
            mark: if inside && !words.trim().is_empty() {
                "sentence"
            } else {
                ""
            },
            label: String::new(),
        });
    }
}

/// From the end of the sentence before to the end of this one; a blank line or a heading ends a sentence too.
fn sentence_around(text: &str, start: usize, end: usize) -> (usize, usize) {
    let ends = |before: &str, rest: &str| {
        let full_stop =
            before.ends_with(['.', '?', '!', ':', ';']) && rest.starts_with([' ', '\n']);
        full_stop || rest.starts_with("\n\n")
    };
    let boundary = |at: usize| match (text.get(..at), text.get(at..)) {
        (Some(before), Some(rest)) => ends(before, rest),
        _ => false,
    };
    let mut from = (1..=start).rev().find(|at| boundary(*at)).unwrap_or(0);
    while text
        .get(from..)
        .is_some_and(|rest| from < start && rest.starts_with([' ', '\n']))
    {
        from += 1;
    }
    let to = (end..text.len())
        .find(|at| boundary(*at))
        .unwrap_or(text.len());
    (from, to)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(start: usize, end: usize, status: Status) -> Finding {
        Finding {
            site: Site::Wrist,
            level: vec![],
            side: Some(Side::Left),
            status,
            evidence: Evidence::Span {
                start,
                end,
                text: String::new(),
            },
            rule: "fracture-word".into(),
        }
    }

    #[test]
    fn all_words_are_kept_whatever_the_spans() {
        let text = "Née: fracture of the left wrist. No dislocation.";
        let findings = [
            finding(6, 32, Status::Present),
            finding(10, 20, Status::Possible),
            finding(1, 3, Status::Old),
            finding(40, 400, Status::Absent),
        ];
        let parts = passages(text, &findings, None);
        assert_eq!(
            parts.iter().map(|p| p.text.as_str()).collect::<String>(),
            text
        );
        assert!(parts.iter().any(|p| p.mark == "present"));
    }

    #[test]
    fn the_sentence_stands_apart_from_its_neighbours() {
        let text = "Lungs clear. Old # of the\nleft wrist noted. Nil else.\n\nReported by: X";
        let at = text.find('#').unwrap();
        let parts = passages(text, &[finding(at, at + 1, Status::Old)], None);
        let light: String = parts
            .iter()
            .filter(|p| p.mark == "sentence")
            .map(|p| p.text.as_str())
            .collect();
        assert_eq!(light, "Old  of the\nleft wrist noted.");
    }

    #[test]
    fn a_side_reads_as_english() {
        assert_eq!(
            fracture_words(Site::Wrist, Some(Side::Left), &[]),
            "Left wrist"
        );
        assert_eq!(
            fracture_words(Site::Vertebra, None, &["T12".parse().unwrap()]),
            "Vertebra T12"
        );
    }
}
