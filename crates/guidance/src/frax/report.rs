//! FRAX figures in the words of a DXA report: only proposed, and nothing at the first doubt.

/// Figures found, in percent, for somebody to take or leave.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposed {
    pub mof: f64,
    pub hip: Option<f64>,
    /// Nothing where the report does not say.
    pub with_bmd: Option<bool>,
    /// The lines they stand in.
    pub excerpt: String,
}

/// Figures as they turn up.
struct Found {
    mof: Option<f64>,
    hip: Option<f64>,
    with_bmd: Option<bool>,
    excerpt: String,
}

/// What FRAX figures a report holds. Only figures that follow their label at once, in the same sentence or line, in a
/// report that names FRAX; a figure that contradicts another, or a threshold, or an earlier score, and there are none.
pub fn read_from_report(text: &str) -> Vec<Proposed> {
    read(text).unwrap_or_default()
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Word(String),
    Number(f64),
    Percent,
    Other(char),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Label {
    Mof,
    Hip,
}

/// Words that may stand between a label and its figure.
const BETWEEN: [&str; 19] = [
    "fracture",
    "fractures",
    "fx",
    "osteoporotic",
    "osteoporosis",
    "related",
    "probability",
    "risk",
    "of",
    "a",
    "the",
    "is",
    "ten",
    "year",
    "years",
    "yr",
    "over",
    "next",
    "estimated",
];
/// Words of "without femoral neck BMD": harmless only there, for "hip BMD 4%" is no probability.
const DENSITY: [&str; 5] = ["the", "femoral", "neck", "bmd", "dxa"];
/// Words after a figure that make it a change.
const CHANGE: [&str; 12] = [
    "lower", "higher", "less", "more", "decrease", "increase", "decline", "loss", "lost", "gain",
    "change", "fall",
];
/// Words that make a figure something other than today's score.
const DOUBT: [&str; 18] = [
    "threshold",
    "thresholds",
    "previous",
    "previously",
    "prior",
    "earlier",
    "last",
    "compared",
    "was",
    "were",
    "above",
    "below",
    "exceeds",
    "under",
    "if",
    "not",
    "when",
    "qfracture",
];

/// The error is a doubt.
fn read(text: &str) -> Option<Vec<Proposed>> {
    let lower = text.to_lowercase();
    if !lower.contains("frax") || lower.contains("qfracture") {
        return None;
    }
    let mut found: Vec<Found> = Vec::new();
    let mut said: Option<bool> = None;
    for sentence in sentences(text) {
        let tokens = tokens(sentence);
        let bmd = with_bmd(&tokens)?;
        let figures = figures(&tokens)?;
        if figures.is_empty() {
            if names_frax(&tokens) {
                said = bmd.or(said);
            }
            continue;
        }
        said = bmd.or(said);
        for (label, percent) in figures {
            put(&mut found, label, percent, said, sentence.trim())?;
        }
    }
    // Figures with and without, and others that do not say which.
    if found.len() > 1 && found.iter().any(|found| found.with_bmd.is_none()) {
        return None;
    }
    found
        .into_iter()
        .map(|found| {
            // A hip figure alone is hardly FRAX's: it gives both.
            let mof = found.mof?;
            found.hip.is_none_or(|hip| hip <= mof).then_some(Proposed {
                mof,
                hip: found.hip,
                with_bmd: found.with_bmd,
                excerpt: found.excerpt,
            })
        })
        .collect()
}

fn put(
    found: &mut Vec<Found>,
    label: Label,
    percent: f64,
    with_bmd: Option<bool>,
    excerpt: &str,
) -> Option<()> {
    if !(0.0..=100.0).contains(&percent) {
        return None;
    }
    let same = found
        .iter_mut()
        .find(|proposed| proposed.with_bmd == with_bmd);
    let proposed = match same {
        Some(proposed) => {
            if !proposed.excerpt.contains(excerpt) {
                proposed.excerpt.push('\n');
                proposed.excerpt.push_str(excerpt);
            }
            proposed
        }
        None => {
            found.push(Found {
                mof: None,
                hip: None,
                with_bmd,
                excerpt: excerpt.to_owned(),
            });
            found.last_mut()?
        }
    };
    let place = match label {
        Label::Mof => &mut proposed.mof,
        Label::Hip => &mut proposed.hip,
    };
    match place {
        Some(held) if *held != percent => None,
        _ => {
            *place = Some(percent);
            Some(())
        }
    }
}

/// Lines, and the sentences in them; a point within a number ends nothing.
fn sentences(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .flat_map(|line| line.split(". "))
        .filter(|sentence| !sentence.trim().is_empty())
}

fn tokens(sentence: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = sentence;
    while let Some(first) = rest.chars().next() {
        let part = |is: fn(char) -> bool| {
            let end = rest.find(|c: char| !is(c)).unwrap_or(rest.len());
            rest.split_at(end)
        };
        let after = if first.is_ascii_digit() {
            let (number, after) = part(|c| c.is_ascii_digit() || c == '.');
            // "3.1.24" is no number, nor is the point at the end of a sentence part of one.
            match number.trim_end_matches('.').parse() {
                Ok(number) => tokens.push(Token::Number(number)),
                Err(_) => tokens.push(Token::Other('.')),
            }
            after
        } else if first.is_alphabetic() {
            let (word, after) = part(char::is_alphanumeric);
            let word = word.to_lowercase();
            match word.as_str() {
                "percent" => tokens.push(Token::Percent),
                "cent" if tokens.last() == Some(&Token::Word("per".to_owned())) => {
                    tokens.pop();
                    tokens.push(Token::Percent);
                }
                _ => tokens.push(Token::Word(word)),
            }
            after
        } else {
            match first {
                '%' => tokens.push(Token::Percent),
                _ if first.is_whitespace() => {}
                _ => tokens.push(Token::Other(first)),
            }
            rest.split_at(first.len_utf8()).1
        };
        rest = after;
    }
    tokens
}

fn word(token: Option<&Token>) -> &str {
    match token {
        Some(Token::Word(word)) => word,
        _ => "",
    }
}

fn names_frax(tokens: &[Token]) -> bool {
    tokens
        .iter()
        .any(|token| word(Some(token)).starts_with("frax"))
}

/// Whether the sentence says with or without bone density; the outer nothing is a doubt.
fn with_bmd(tokens: &[Token]) -> Option<Option<bool>> {
    let mut said = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let with = match word(Some(token)) {
            "with" | "including" | "using" => true,
            "without" | "excluding" => false,
            _ => continue,
        };
        let bmd = tokens
            .iter()
            .skip(at + 1)
            .take(4)
            .any(|token| word(Some(token)) == "bmd");
        if bmd {
            said.push(with);
        }
    }
    said.dedup();
    match said.as_slice() {
        [] => Some(None),
        [one] => Some(Some(*one)),
        _ => None,
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Event {
    Label(Label),
    /// Whether only harmless words stand between it and the label before.
    Percent(f64, bool),
}

/// Labels with their figures in a sentence; nothing at a doubt.
fn figures(tokens: &[Token]) -> Option<Vec<(Label, f64)>> {
    let mut left = events(tokens);
    let labels = left.iter().any(|event| matches!(event, Event::Label(_)));
    let percents = left.iter().any(|event| matches!(event, Event::Percent(..)));
    if !labels || !percents {
        return Some(Vec::new());
    }
    let mut figures = Vec::new();
    // A label that waits for its figure belongs to the figure before it, or shares one with another: no telling.
    while !left.is_empty() {
        let rest = left.split_off(left.len().min(2));
        match left.as_slice() {
            [Event::Label(label), Event::Percent(percent, true)] => {
                figures.push((*label, *percent));
            }
            // A percentage with another meaning, such as density lost.
            [Event::Label(_), Event::Percent(_, false)] => {}
            _ => return None,
        }
        left = rest;
    }
    (figures.is_empty() || !doubtful(tokens)).then_some(figures)
}

fn events(tokens: &[Token]) -> Vec<Event> {
    let mut events = Vec::new();
    let mut harmless = false;
    let mut with = false;
    let mut rest = tokens;
    while let [token, after @ ..] = rest {
        rest = after;
        let label = match word(Some(token)) {
            "mof" => Some(Label::Mof),
            "major" if word(after.first()).starts_with("osteoporo") => Some(Label::Mof),
            "hip" | "hips" => Some(Label::Hip),
            _ => None,
        };
        match (token, label) {
            // "Major osteoporotic fracture (MOF)" names it twice.
            (_, Some(Label::Mof)) if events.last() == Some(&Event::Label(Label::Mof)) => {}
            (_, Some(label)) => {
                events.push(Event::Label(label));
                harmless = true;
                with = false;
            }
            (Token::Number(number), None) if after.first() == Some(&Token::Percent) => {
                let change = CHANGE.contains(&word(after.get(1)));
                events.push(Event::Percent(*number, harmless && !change));
            }
            (Token::Number(number), None) => {
                harmless &= *number == 10.0 && next_word(after).starts_with('y');
            }
            (Token::Word(word), None) if matches!(word.as_str(), "with" | "without") => with = true,
            (Token::Word(word), None) => {
                let word = word.as_str();
                harmless &= BETWEEN.contains(&word) || (with && DENSITY.contains(&word));
            }
            (Token::Other(sign), None) => {
                harmless &= matches!(sign, ':' | '=' | '-' | '–' | '(' | ')');
            }
            (Token::Percent, None) => {}
        }
    }
    events
}

fn next_word(tokens: &[Token]) -> &str {
    tokens
        .iter()
        .find_map(|token| match token {
            Token::Word(word) => Some(word.as_str()),
            _ => None,
        })
        .unwrap_or_default()
}

fn doubtful(tokens: &[Token]) -> bool {
    let mut before: Option<&Token> = None;
    let mut rest = tokens;
    while let [token, after @ ..] = rest {
        let doubt = match token {
            Token::Word(word) if word == "over" => !begins_ten_years(after),
            Token::Word(word) => DOUBT.contains(&word.as_str()),
            Token::Number(number) => (1990.0..2100.0).contains(number),
            Token::Other('<' | '>' | '≥' | '≤' | '~' | '?' | '/') => true,
            // "18–20%".
            Token::Other('-' | '–') => {
                matches!(before, Some(Token::Number(number)) if *number != 10.0)
            }
            _ => false,
        };
        if doubt {
            return true;
        }
        before = Some(token);
        rest = after;
    }
    false
}

/// "over the next 10 years" is part of the name; "over 20%" is not a figure.
fn begins_ten_years(tokens: &[Token]) -> bool {
    let first = tokens
        .iter()
        .find(|token| !matches!(word(Some(token)), "the" | "next"));
    first == Some(&Token::Number(10.0)) || word(first) == "ten"
}
