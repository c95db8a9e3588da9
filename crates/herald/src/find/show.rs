//! What a person at a terminal sees: the report with the words marked, and the decision under it.

use std::borrow::Cow;

use finder::Evidence;

use super::{output::Verdict, record::Record};

pub fn show(record: &Record<'_>, verdict: &Verdict<'_>, colour: bool, to: &mut Vec<u8>) {
    let (on, off) = if colour {
        ("\x1b[1;4m", "\x1b[0m")
    } else {
        ("[", "]")
    };
    let mut spans: Vec<(usize, usize)> = match verdict {
        Verdict::Reading(reading) => reading
            .findings
            .iter()
            .filter_map(|f| span(&f.evidence))
            .collect(),
        Verdict::Phrase(_, reading) => reading.cues.iter().filter_map(span).collect(),
    };
    spans.sort_unstable();
    let text = record.text.as_ref();
    let mut at = 0;
    let mut shown = String::new();
    for (start, end) in spans {
        let start = start.max(at);
        if let (true, Some(before), Some(marked)) =
            (start < end, text.get(at..start), text.get(start..end))
        {
            shown.push_str(&harmless(before));
            shown.push_str(on);
            shown.push_str(&harmless(marked));
            shown.push_str(off);
            at = end;
        }
    }
    shown.push_str(&harmless(text.get(at..).unwrap_or("")));
    let id = record.id.plain();
    let decision = match verdict {
        Verdict::Reading(reading) => format!(
            "{}: {} - {}",
            harmless(&id),
            reading.list.code(),
            harmless(&reading.reason)
        ),
        Verdict::Phrase(phrase, reading) => format!(
            "{}: {} - {}, {}, {}{}",
            harmless(&id),
            harmless(phrase),
            reading.negation.code(),
            reading.temporality.code(),
            reading.experiencer.code(),
            if reading.found {
                ""
            } else {
                " (not found as given)"
            }
        ),
    };
    to.extend_from_slice(format!("{}\n=> {decision}\n\n", shown.trim_end()).as_bytes());
}

fn span(evidence: &Evidence) -> Option<(usize, usize)> {
    match evidence {
        Evidence::Span { start, end, .. } if start < end => Some((*start, *end)),
        _ => None,
    }
}

/// A report must not steer the terminal.
pub fn harmless(text: &str) -> Cow<'_, str> {
    let steers = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
    if text.contains(steers) {
        Cow::Owned(text.chars().filter(|c| !steers(*c)).collect())
    } else {
        Cow::Borrowed(text)
    }
}
