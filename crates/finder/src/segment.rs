//! Cuts a report into its parts (title, indication, findings, conclusion, addendum) and into sentences.

use std::sync::LazyLock;

use regex::Regex;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Title,
    Indication,
    /// Technique, comparison, signature: says nothing about today's bones.
    Aside,
    Findings,
    Conclusion,
    Addendum,
    Original,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sentence {
    pub part: Part,
    pub start: usize,
    pub end: usize,
    /// "Spine:" or "C-spine:" at the head of the line that the sentence is in.
    pub header: Option<(usize, usize)>,
    pub line: usize,
}

struct Forms {
    label: Option<Regex>,
    title: Option<Regex>,
    statement: Option<Regex>,
    header: Option<Regex>,
    abbreviation: Option<Regex>,
    joins: Option<Regex>,
}

// A pattern that does not compile would switch its form off; the test below holds that all compile.
static FORMS: LazyLock<Forms> = LazyLock::new(|| {
    Forms {
    label: Regex::new(r"(?i)^\s*(?:(?P<indication>(?:relevant\s+)?(?:clinical(?:\s+(?:details?|history|info\w*|indications?|question|data|summary|background))?|clin(?:\.|\s+(?:info|details?|hx|hist\w*))?|indications?|history|hx|referral|reason(?:\s+for\s+\w+)?|request(?:ed for)?|presenting complaint|c/o|details)\s*[:;-])|(?P<aside>(?:technique|comparison|comparisons|protocol|contrast|sequences|dose|reported by|verified by|dictated by|signed|author|radiographer|cc)\s*[:\-]|comparison\s|\(?report generated)|(?P<conclusion>(?:conclusions?|impression|imp|opinion|summary|comments?|interpretation)\s*[:-])|(?P<addendum>addend(?:um|a)\b[^:\n]{0,40}:|(?:supplementary|amended|revised) report[^:\n]{0,40}:)|(?P<original>original report[^:\n]{0,40}:|initial report[^:\n]{0,40}:)|(?P<findings>(?:findings?|report|body|result|description)\s*:))").ok(),
    title: Regex::new(r"(?i)^\s*(?:exam\w*\s*:\s*)?(?:xr|x-?rays?|plain\s+films?|ct|ctpa|cta|hrct|mra?|mri|us|uss|ultrasound|nm|dxa|dexa|bone\s+(?:scan|densit\w+)|tc-?\s?99m|isotope|spect|pet|vfa|vertebral fracture assessment|radiographs?|mammogra\w+|fluoro\w*|barium|cxr|axr|chest x-?ray|skeletal survey|doppler|whole body)\b").ok(),
    statement: Regex::new(r"(?i)\b(?:there (?:is|are|has|have)|no (?:fracture|#|acute|evidence|bony|focal|pneumo\w+|significant|change)|(?:is|are) (?:seen|noted|demonstrated|preserved|maintained|normal|intact|identified|present|unremarkable|clear|in situ|evident)|(?:lungs|heart|alignment|bones) (?:is|are|size|and)|as described|unremarkable|again seen|appearances (?:are|of)|comparison is made|lateral dxa|normal (?:alignment|appearances|study|heart)|preserved\b|(?:undisplaced|displaced|comminuted|impacted|transverse|oblique|spiral)\s+(?:\w+\s+){0,3}(?:fracture|#))").ok(),
    header: Regex::new(r"^\s*([A-Za-z][A-Za-z /,&+().-]{1,40}?)\s*(?::|\s-)\s").ok(),
    abbreviation: Regex::new(r"(?i)(?:\b(?:approx|e\.?g|i\.?e|vs|dr|mr|mrs|prof|st|cf|incl|sup|inf|prev|lat|lt|rt|resp|ca|fig|max|min)|^\s*\d{1,2})$").ok(),
    joins: Regex::new(r"(?i)\b(?:of|the|at|and|with|no|or|in|a|an|to|from|by|is|are|left|right|for)\s*$").ok(),
}
});

fn fits(form: &Option<Regex>, text: &str) -> bool {
    form.as_ref().is_some_and(|regex| regex.is_match(text))
}

pub(crate) fn is_title(line: &str) -> bool {
    fits(&FORMS.title, line)
}

struct Line<'a> {
    start: usize,
    text: &'a str,
}

fn lines(text: &str) -> Vec<Line<'_>> {
    let mut at = 0;
    let mut out: Vec<Line<'_>> = Vec::new();
    for raw in text.split_inclusive('\n') {
        let line = raw.trim_end_matches('\n');
        let joined = out
            .last_mut()
            .filter(|prev| wrapped(prev.text, line))
            .and_then(|prev| {
                let whole = text.get(prev.start..at + line.len())?;
                prev.text = whole;
                Some(())
            });
        if joined.is_none() {
            out.push(Line {
                start: at,
                text: line,
            });
        }
        at += raw.len();
    }
    out
}

/// Whether a line break lies inside a sentence.
fn wrapped(before: &str, after: &str) -> bool {
    let before = before.trim_end();
    let Some(first) = after.trim_start().chars().next() else {
        return false;
    };
    let open = before
        .chars()
        .last()
        .is_some_and(|c| c.is_alphanumeric() || matches!(c, ',' | '-' | '/' | ')'));
    open && ((first.is_lowercase() && before.len() > 50)
        || (before.len() > 25 && fits(&FORMS.joins, before)))
}

pub(crate) fn sentences(text: &str) -> Vec<Sentence> {
    let lines = lines(text);
    let labelled = lines.iter().any(|l| {
        FORMS
            .label
            .as_ref()
            .and_then(|r| r.captures(l.text))
            .is_some_and(|c| c.name("indication").is_some())
    });
    let last_filled = lines
        .iter()
        .rposition(|l| !l.text.trim().is_empty())
        .unwrap_or(0);

    let mut out = Vec::new();
    let mut part = Part::Findings;
    let mut revised = false;
    let mut titles = 0;
    let mut body_seen = false;
    let mut indication_open = false;
    let mut expect_indication = false;
    for (number, line) in lines.iter().enumerate() {
        let text = line.text;
        if text.trim().is_empty() {
            if indication_open {
                part = body_part(revised, part);
                indication_open = false;
            }
            continue;
        }
        if !body_seen
            && !indication_open
            && titles < 4
            && (is_title(text) && (titles == 0 || !reports(text))
                || (titles == 0 && bare_title(text)))
            && number < last_filled
            || (!body_seen && titles == 0 && is_title(text))
        {
            titles += 1;
            let cut = title_end(text);
            push(
                &mut out,
                Part::Title,
                line.start,
                text.get(..cut).unwrap_or(text),
                None,
                number,
            );
            let tail = text.get(cut..).unwrap_or("");
            if tail.trim().chars().any(char::is_alphanumeric) {
                let tail_part = if number == last_filled || fits(&FORMS.statement, tail) {
                    Part::Findings
                } else {
                    Part::Indication
                };
                split(&mut out, tail_part, line.start + cut, tail, number);
                expect_indication = false;
            } else {
                expect_indication = !labelled;
            }
            continue;
        }
        if let Some((labelled_part, end)) = label(text) {
            let rest = text.get(end..).unwrap_or("");
            let empty = rest.trim().is_empty();
            match labelled_part {
                Part::Indication => {
                    split(&mut out, Part::Indication, line.start + end, rest, number);
                    indication_open = empty;
                    part = if empty {
                        Part::Indication
                    } else {
                        Part::Findings
                    };
                }
                Part::Aside => {
                    // "Comparison CT 2021. Multiple ...": only the first sentence is the comparison.
                    let cut = rest.find(". ").map_or(rest.len(), |dot| dot + 1);
                    split(
                        &mut out,
                        Part::Aside,
                        line.start + end,
                        rest.get(..cut).unwrap_or(rest),
                        number,
                    );
                    let after = rest.get(cut..).unwrap_or("");
                    if after.trim().chars().any(char::is_alphanumeric) {
                        body_seen = true;
                        split(
                            &mut out,
                            if part == Part::Indication {
                                Part::Findings
                            } else {
                                part
                            },
                            line.start + end + cut,
                            after,
                            number,
                        );
                    }
                }
                Part::Addendum | Part::Original => {
                    revised = true;
                    part = labelled_part;
                    body_seen = true;
                    split(&mut out, part, line.start + end, rest, number);
                }
                other => {
                    part = if revised && part == Part::Addendum {
                        Part::Addendum
                    } else {
                        other
                    };
                    body_seen = true;
                    split(&mut out, part, line.start + end, rest, number);
                }
            }
            expect_indication = false;
            continue;
        }
        if expect_indication {
            expect_indication = false;
            if number < last_filled && !fits(&FORMS.statement, text) {
                split(&mut out, Part::Indication, line.start, text, number);
                continue;
            }
        }
        if part != Part::Indication {
            body_seen = true;
        }
        split(&mut out, part, line.start, text, number);
    }
    // A report that is nothing but an indication-like line is a report.
    if !out
        .iter()
        .any(|s| !matches!(s.part, Part::Title | Part::Indication | Part::Aside))
        && !labelled
    {
        for sentence in &mut out {
            if sentence.part == Part::Indication {
                sentence.part = Part::Findings;
            }
        }
    }
    out
}

fn body_part(revised: bool, part: Part) -> Part {
    if revised && matches!(part, Part::Addendum | Part::Original) {
        part
    } else {
        Part::Findings
    }
}

pub(crate) fn label(text: &str) -> Option<(Part, usize)> {
    let found = FORMS.label.as_ref()?.captures(text)?;
    [
        ("indication", Part::Indication),
        ("aside", Part::Aside),
        ("conclusion", Part::Conclusion),
        ("addendum", Part::Addendum),
        ("original", Part::Original),
        ("findings", Part::Findings),
    ]
    .into_iter()
    .find_map(|(name, part)| found.name(name).map(|m| (part, m.end())))
}

/// "CT head: No bleed" is a finding under a heading, not another title.
fn reports(text: &str) -> bool {
    fits(&FORMS.statement, text)
        || text
            .split_once(": ")
            .is_some_and(|(_, rest)| rest.trim().len() > 3)
}

/// "LEFT WRIST" on a line of its own.
fn bare_title(text: &str) -> bool {
    let words = text.split_whitespace().count();
    words <= 6
        && !text.contains(['#', '?', ':', ';'])
        && !text.trim_end().ends_with('.')
        && !text.to_ascii_lowercase().contains("fractur")
        && text.to_ascii_lowercase().split_whitespace().any(|w| {
            matches!(
                w.trim_matches(|c: char| !c.is_alphanumeric()),
                "chest"
                    | "wrist"
                    | "hip"
                    | "hips"
                    | "pelvis"
                    | "spine"
                    | "knee"
                    | "ankle"
                    | "foot"
                    | "hand"
                    | "shoulder"
                    | "elbow"
                    | "femur"
                    | "skull"
                    | "humerus"
                    | "clavicle"
                    | "abdomen"
                    | "head"
                    | "x-ray"
                    | "xray"
                    | "ct"
                    | "mri"
                    | "thorax"
                    | "radiograph"
                    | "finger"
                    | "thumb"
                    | "toe"
                    | "scaphoid"
                    | "calcaneum"
            )
        })
}

/// The title ends at the first full stop or colon that is followed by more words.
fn title_end(text: &str) -> usize {
    let named = text.trim_start().to_ascii_lowercase().starts_with("exam");
    let colon = text.find(": ").filter(|_| !named);
    text.find(". ")
        .into_iter()
        .chain(colon)
        .min()
        .map_or(text.len(), |at| at + 1)
}

fn push(
    out: &mut Vec<Sentence>,
    part: Part,
    start: usize,
    text: &str,
    header: Option<(usize, usize)>,
    line: usize,
) {
    let lead = text.len() - text.trim_start().len();
    let body = text.trim();
    if !body.is_empty() {
        let start = start + lead;
        out.push(Sentence {
            part,
            start,
            end: start + body.len(),
            header,
            line,
        });
    }
}

fn split(out: &mut Vec<Sentence>, part: Part, start: usize, text: &str, line: usize) {
    let footer = text.trim_start().to_ascii_lowercase();
    let part = if footer.starts_with("reported by") || footer.starts_with("(report generated") {
        Part::Aside
    } else {
        part
    };
    let header = FORMS
        .header
        .as_ref()
        .and_then(|r| r.captures(text))
        .and_then(|c| c.get(1))
        .map(|m| (start + m.start(), start + m.end()));
    let mut from = 0;
    let bytes = text.as_bytes();
    for (at, c) in text.char_indices() {
        let next_is_space = bytes.get(at + 1).is_none_or(u8::is_ascii_whitespace);
        let so_far = text.get(from..at).unwrap_or("");
        let ends = match c {
            '.' => {
                // "Osteopenia.Old fracture": a missing space after a word of some length.
                let glued = bytes.get(at + 1).is_some_and(u8::is_ascii_uppercase)
                    && so_far
                        .bytes()
                        .rev()
                        .take_while(u8::is_ascii_lowercase)
                        .count()
                        >= 4;
                (next_is_space || glued) && !fits(&FORMS.abbreviation, so_far)
            }
            '!' => next_is_space,
            '?' => {
                next_is_space
                    && so_far
                        .bytes()
                        .last()
                        .is_some_and(|b| b.is_ascii_alphanumeric() || b == b')' || b == b'#')
            }
            '\n' => false,
            _ => false,
        };
        if ends {
            let end = at + c.len_utf8();
            push(
                out,
                part,
                start + from,
                text.get(from..end).unwrap_or(""),
                header,
                line,
            );
            from = end;
        }
    }
    push(
        out,
        part,
        start + from,
        text.get(from..).unwrap_or(""),
        header,
        line,
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> Vec<(Part, &str)> {
        sentences(text)
            .into_iter()
            .map(|s| (s.part, &text[s.start..s.end]))
            .collect()
    }

    #[test]
    fn all_forms_compile() {
        let forms = &*FORMS;
        for form in [
            &forms.label,
            &forms.title,
            &forms.statement,
            &forms.header,
            &forms.abbreviation,
            &forms.joins,
        ] {
            assert!(form.is_some());
        }
    }

    #[test]
    fn a_labelled_indication_is_one_line_or_a_paragraph_of_its_own() {
        assert_eq!(
            parts("XR Chest\nClin info: SOB 5/7, ?LRTI\nHeart normal. No bony injury."),
            [
                (Part::Title, "XR Chest"),
                (Part::Indication, "SOB 5/7, ?LRTI"),
                (Part::Findings, "Heart normal."),
                (Part::Findings, "No bony injury."),
            ]
        );
        assert_eq!(
            parts(
                "CT Abdomen\n\nClinical History:\nWeight loss 8.5kg.\n\nFindings:\nClear.\n\nConclusion:\n1. None."
            ),
            [
                (Part::Title, "CT Abdomen"),
                (Part::Indication, "Weight loss 8.5kg."),
                (Part::Findings, "Clear."),
                (Part::Conclusion, "1. None."),
            ]
        );
    }

    #[test]
    fn an_unlabelled_line_under_the_title_is_the_indication_unless_it_reports() {
        assert_eq!(
            parts("XR Hip Rt\nFall ?NOF\nNo fracture.")[1].0,
            Part::Indication
        );
        assert_eq!(
            parts("XR T spine.\nOld D9 crush # again seen.")[1].0,
            Part::Findings
        );
        assert_eq!(
            parts("XR Finger. caught in door\nBony mallet injury.")[1],
            (Part::Indication, "caught in door")
        );
        assert_eq!(
            parts("Displaced fracture of the radius.")[0].0,
            Part::Findings
        );
    }

    #[test]
    fn decimals_durations_and_abbreviations_do_not_end_a_sentence() {
        assert_eq!(
            parts("There is approx. 2.5 cm of shortening at 5/7. Next.").len(),
            2
        );
    }

    #[test]
    fn a_wrapped_line_is_one_sentence() {
        let text = "There is a wedge fracture with loss of height of about 30% of\nL1 and no retropulsion.";
        assert_eq!(parts(text).len(), 1);
    }
}
