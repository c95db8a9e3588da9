//! T-scores in the words of a bone density report. Only what stands plainly is taken: a site, the word T-score
//! and a number, with nothing between that could turn its meaning.

use crate::message::Measure;

/// Sites as densitometers and reports name them. The first found wins, so a longer name stands before a shorter.
const SITES: [(&str, Site); 21] = [
    ("lumbar spine", Site::LumbarSpine),
    ("l-spine", Site::LumbarSpine),
    ("ap spine", Site::LumbarSpine),
    ("l1-l4", Site::LumbarSpine),
    ("l1 - l4", Site::LumbarSpine),
    ("l1 to l4", Site::LumbarSpine),
    ("l2-l4", Site::LumbarSpine),
    ("spine", Site::LumbarSpine),
    ("total hip", Site::TotalHip),
    ("hip total", Site::TotalHip),
    ("total proximal femur", Site::TotalHip),
    ("total femur", Site::TotalHip),
    ("femur total", Site::TotalHip),
    ("femoral neck", Site::FemoralNeck),
    ("neck of femur", Site::FemoralNeck),
    ("neck of the femur", Site::FemoralNeck),
    ("distal radius", Site::Forearm),
    ("33% radius", Site::Forearm),
    ("1/3 radius", Site::Forearm),
    ("forearm", Site::Forearm),
    ("radius", Site::Forearm),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Site {
    LumbarSpine,
    TotalHip,
    FemoralNeck,
    Forearm,
}

impl Site {
    fn measure(self) -> &'static str {
        match self {
            Self::LumbarSpine => "T-score, lumbar spine",
            Self::TotalHip => "T-score, total hip",
            Self::FemoralNeck => "T-score, femoral neck",
            Self::Forearm => "T-score, forearm",
        }
    }
}

/// Whether a value is called a T-score.
pub(super) fn is_named(name: &str) -> bool {
    plain(name).contains("t-score")
}

/// Each site once; a site that is given two different scores (left and right, now and then) is left out.
pub(super) fn in_words(text: &str) -> Vec<Measure> {
    let mut found: Vec<(Site, String)> = Vec::new();
    let mut twice: Vec<Site> = Vec::new();
    for line in text.lines() {
        for (site, value) in in_line(line) {
            match found.iter().find(|(known, _)| *known == site) {
                Some((_, known)) if *known == value => {}
                Some(_) => twice.push(site),
                None => found.push((site, value)),
            }
        }
    }
    found
        .into_iter()
        .filter(|(site, _)| !twice.contains(site))
        .map(|(site, value)| Measure {
            name: site.measure().to_owned(),
            value,
            ..Measure::default()
        })
        .collect()
}

fn plain(text: &str) -> String {
    let text: String = text
        .to_lowercase()
        .chars()
        .map(|c| match c {
            '−' | '–' | '‐' | '‑' => '-',
            '\u{a0}' | '\t' => ' ',
            c => c,
        })
        .collect();
    let mut out = text;
    for letter in ["t", "z"] {
        for way in [" score", "score"] {
            out = out.replace(&format!("{letter}{way}"), &format!("{letter}-score"));
        }
    }
    out
}

enum Token<'t> {
    Site(Site),
    TScore,
    Number(&'t str),
    /// Words that leave the meaning as it is: "of", "is", "at the left".
    Filler,
    /// A Z-score or a density begins: numbers that follow are its own.
    OtherScale,
    /// Another place, or the end of a sentence: what follows is not about the site named before.
    Elsewhere,
    /// A comparison with another day: what follows in this line is not today's.
    Earlier,
    Other,
}

fn in_line(line: &str) -> Vec<(Site, String)> {
    let text = plain(line);
    let mut found = Vec::new();
    let mut site: Option<Site> = None;
    let mut open = false;
    let mut blocked = false;
    let mut rest = text.as_str();
    while let Some((token, after)) = next(rest) {
        let unit = after.trim_start();
        match token {
            Token::Site(named) => {
                // A second name of the same place, "lumbar spine (L1-L4)", changes nothing.
                if site != Some(named) {
                    blocked = false;
                }
                site = Some(named);
            }
            Token::TScore => (open, blocked) = (true, false),
            Token::OtherScale => open = false,
            Token::Elsewhere => site = None,
            Token::Earlier => break,
            Token::Filler => {}
            Token::Number(number) => {
                let measured = unit.starts_with('%') || unit.starts_with("g/cm");
                if let (Some(at), true, false, false) = (site, open, blocked, measured)
                    && let Some(score) = score(number)
                {
                    found.push((at, score));
                }
                blocked = true;
            }
            Token::Other => blocked = true,
        }
        rest = after;
    }
    found
}

/// A T-score is written with its decimal and lies within what a densitometer gives.
fn score(number: &str) -> Option<String> {
    let value: f64 = number.parse().ok()?;
    (number.contains('.') && (-9.9..=9.9).contains(&value)).then(|| number.to_owned())
}

fn next(text: &str) -> Option<(Token<'_>, &str)> {
    const FILLERS: [&str; 15] = [
        "of", "is", "was", "at", "the", "in", "for", "and", "left", "right", "score", "scores",
        "s", "a", "gives",
    ];
    const EARLIER: [&str; 10] = [
        "previous",
        "previously",
        "prior",
        "earlier",
        "compared",
        "comparison",
        "baseline",
        "last",
        "before",
        "change",
    ];
    const ELSEWHERE: [&str; 15] = [
        "hip",
        "hips",
        "femur",
        "neck",
        "trochanter",
        "wrist",
        "ward's",
        "ulna",
        "l1",
        "l2",
        "l3",
        "l4",
        "l5",
        "t11",
        "t12",
    ];
    let text = text.trim_start_matches([' ', '(', ')', '[', ']', ':', ',', '=', '|', '*']);
    if let Some(after) = text.strip_prefix(';') {
        return Some((Token::Elsewhere, after));
    }
    if let Some(after) = text.strip_prefix('.')
        && !digit_at(text, 1)
    {
        return Some((Token::Elsewhere, after));
    }
    if text.is_empty() {
        return None;
    }
    for (name, site) in SITES {
        if let Some(after) = whole(text, name) {
            return Some((Token::Site(site), after));
        }
    }
    if let Some(after) = text.strip_prefix("t-score") {
        return Some((Token::TScore, after));
    }
    if let Some(after) = text.strip_prefix("z-score") {
        return Some((Token::OtherScale, after));
    }
    let length = text
        .char_indices()
        .find(|(at, c)| {
            let inside = c.is_alphanumeric() || (*c == '.' && digit_at(text, at + 1));
            let sign = *at == 0 && matches!(c, '-' | '+' | '.');
            !(inside || sign)
        })
        .map_or(
            text.len(),
            |(at, c)| if at == 0 { c.len_utf8() } else { at },
        );
    let (word, after) = text.split_at_checked(length)?;
    let is_number = word
        .trim_start_matches(['-', '+'])
        .starts_with(|c: char| c.is_ascii_digit());
    let token = match word {
        word if is_number && word.parse::<f64>().is_ok() => Token::Number(word),
        "bmd" | "bmc" | "z" | "density" => Token::OtherScale,
        word if ELSEWHERE.contains(&word) => Token::Elsewhere,
        word if EARLIER.contains(&word) => Token::Earlier,
        word if FILLERS.contains(&word) => Token::Filler,
        _ => Token::Other,
    };
    Some((token, after))
}

fn digit_at(text: &str, at: usize) -> bool {
    text.as_bytes().get(at).is_some_and(u8::is_ascii_digit)
}

fn whole<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    text.strip_prefix(name)
        .filter(|after| !after.starts_with(|c: char| c.is_alphanumeric()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Vec<(String, String)> {
        in_words(text)
            .into_iter()
            .map(|measure| {
                let name = measure.name.trim_start_matches("T-score, ").to_owned();
                (name, measure.value)
            })
            .collect()
    }

    #[track_caller]
    fn says(text: &str, expected: &[(&str, &str)]) {
        let expected: Vec<_> = expected
            .iter()
            .map(|(site, value)| ((*site).to_owned(), (*value).to_owned()))
            .collect();
        assert_eq!(read(text), expected, "{text}");
    }

    proptest! {
        #[test]
        fn any_text_is_read_and_each_site_once(text in "(?s)[ -~\u{2212}é\n]{0,200}|((lumbar spine|total hip|T-score|-2\\.5|;|L1-L4|\\.|-|previous) ?){0,20}") {
            let found = in_words(&text);
            prop_assert!(found.len() <= 4);
            for measure in found {
                prop_assert!(measure.value.parse::<f64>().is_ok());
            }
        }
    }

    #[test]
    fn plain_statements_are_read() {
        says(
            "T-scores: Lumbar spine (L1-L4) -2.4; left total hip -2.1; left femoral neck −1.9.",
            &[
                ("lumbar spine", "-2.4"),
                ("total hip", "-2.1"),
                ("femoral neck", "-1.9"),
            ],
        );
        says("Lumbar spine T-score -2.8", &[("lumbar spine", "-2.8")]);
        says(
            "L1-L4: BMD 0.850 g/cm2, T-score -2.8, Z-score -1.0",
            &[("lumbar spine", "-2.8")],
        );
        says(
            "The T score at the lumbar spine is -2.8 and at the total hip is 0.3.",
            &[("lumbar spine", "-2.8"), ("total hip", "0.3")],
        );
        says("Forearm Tscore = -3.1", &[("forearm", "-3.1")]);
    }

    #[test]
    fn whatever_could_mean_something_else_is_left() {
        says("Lumbar spine: osteoporosis (T-score below -2.5)", &[]);
        says("A T-score of -2.5 or less is osteoporosis", &[]);
        says("Lumbar spine T-score less than -2.5", &[]);
        says("Lumbar spine Z-score -2.5", &[]);
        says("Previous lumbar spine T-score -2.5", &[]);
        says(
            "Lumbar spine T-score -2.8 (previously -2.5)",
            &[("lumbar spine", "-2.8")],
        );
        says("Left hip T-score -2.5", &[]);
        says("Lumbar spine T-score -3", &[]);
        says("Lumbar spine BMD 0.812", &[]);
        says("Lumbar spine degenerate, hip T-score -2.1", &[]);
        says("Lumbar spine not scanned. T-score -2.1", &[]);
        says("Lumbar spine: L3 T-score -3.4", &[]);
        says(
            "Left total hip T-score -2.1\nRight total hip T-score -2.3",
            &[],
        );
    }
}
