//! Somebody gives the reader a text of their own and sees what it makes of it. Nobody is looked up, and the text is
//! neither kept nor logged.

use finder::{ReportText, Seen};

use crate::{
    App,
    error::{Error, Result},
};

/// The longest text, in characters. A report has a few thousand.
pub const LONGEST: usize = 20_000;
/// The most that may stand without a full stop or a new line. The reader compares all words of a sentence with each
/// other, so that a page of words without an end would keep it busy for minutes.
pub const LONGEST_SENTENCE: usize = 2_000;

/// What was pasted. Debug is left out: the words belong in no log.
#[derive(Clone, Default)]
pub struct Pasted {
    pub report: String,
    /// Name of the examination, where it is not in the report.
    pub exam: Option<String>,
    /// Clinical details, where they are not in the report.
    pub indication: Option<String>,
}

/// A pasted report as the reader sees it.
pub struct Read {
    /// The words that were read; every offset in `seen` is into these.
    pub report: String,
    pub exam: Option<String>,
    pub indication: Option<String>,
    pub seen: Seen,
    /// The reader knows English only: of anything else its answer says nothing.
    pub english: bool,
}

pub fn read(app: &App, pasted: &Pasted) -> Result<Read> {
    // A browser sends other line ends than a feed; the same report must read the same.
    let plain = |text: &str| text.replace("\r\n", "\n").trim().to_owned();
    let report = plain(&pasted.report);
    let exam = pasted.exam.as_deref().map(plain);
    let indication = pasted.indication.as_deref().map(plain);
    check("report", &report)?;
    for (field, text) in [("exam", &exam), ("indication", &indication)] {
        if let Some(text) = text {
            short_enough(field, text, LONGEST_SENTENCE)?;
        }
    }
    let seen = app.finder.see_report(&ReportText {
        text: &report,
        exam: exam.as_deref(),
        indication: indication.as_deref(),
        ..ReportText::default()
    });
    Ok(Read {
        english: english(&report),
        report,
        exam,
        indication,
        seen,
    })
}

/// How files begin that are no plain words, and what to do with them.
const NOT_WORDS: [(&str, &str); 4] = [
    (
        "{\\rtf",
        "This is rich text (RTF) with its codes. Open it in a word processor, copy the words there, and paste those",
    ),
    (
        "%PDF",
        "This is a PDF file. Open it, copy the words of the report, and paste those",
    ),
    (
        "MSH|",
        "This is a whole HL7 message, with the patient’s details. Paste only the words of the report",
    ),
    (
        "<!doctype",
        "This is a web page with its codes. Open it in a browser, copy the words there, and paste those",
    ),
];

fn check(field: &str, text: &str) -> Result<()> {
    if !text.chars().any(char::is_alphanumeric) {
        return Err(Error::field(field, "Paste the words of a report"));
    }
    let begins = |with: &str| {
        text.get(..with.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(with))
    };
    if let Some((_, what)) = NOT_WORDS.iter().find(|(with, _)| begins(with)) {
        return Err(Error::field(field, *what));
    }
    short_enough(field, text, LONGEST)?;
    if text
        .split(['.', '!', '\n'])
        .any(|piece| piece.chars().count() > LONGEST_SENTENCE)
    {
        return Err(Error::field(
            field,
            "More than 2,000 characters stand here without a full stop or a new line. Set the sentences apart",
        ));
    }
    Ok(())
}

fn short_enough(field: &str, text: &str, longest: usize) -> Result<()> {
    if text.chars().count() <= longest {
        return Ok(());
    }
    Err(Error::field(
        field,
        format!(
            "This is longer than the {},000 characters that the reader takes here. Paste one report at a time",
            longest / 1000
        ),
    ))
}

/// Everyday words that hardly stand in another language, and those of languages that a report may come in.
const ENGLISH: [&str; 20] = [
    "the", "of", "is", "in", "and", "with", "are", "was", "there", "on", "to", "at", "for", "left",
    "right", "not", "has", "seen", "from", "this",
];
const OTHER: [&str; 40] = [
    "der", "die", "das", "und", "nicht", "kein", "keine", "ohne", "eine", "auf", "le", "la", "les",
    "du", "des", "pas", "une", "el", "los", "del", "se", "una", "con", "sin", "il", "di", "della",
    "non", "nie", "się", "de", "da", "do", "het", "een", "geen", "não", "och", "ikke", "yn",
];

/// A guess by everyday words and letters, made to warn and never to refuse.
fn english(text: &str) -> bool {
    let lower = text.to_lowercase();
    let letters = || lower.chars().filter(|c| c.is_alphabetic());
    // Beyond the Latin alphabets: Greek, Cyrillic, Arabic, Chinese and so on.
    let elsewhere = letters().filter(|c| *c > '\u{24f}').count();
    if elsewhere * 2 > letters().count() {
        return false;
    }
    let words = || {
        lower
            .split(|c: char| !c.is_alphabetic())
            .filter(|w| !w.is_empty())
    };
    let among = |list: &[&str]| words().filter(|word| list.contains(word)).count();
    let others = among(&OTHER);
    others < 3 || others <= among(&ENGLISH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_languages_are_noticed_and_terse_english_is_not_taken_for_one() {
        for text in [
            "Röntgen linkes Handgelenk. Sturz auf die Hand. Es zeigt sich eine nicht dislozierte Fraktur des Radius. \
             Keine weitere Fraktur.",
            "Radiographie du poignet gauche. Fracture non déplacée de l'extrémité distale du radius. Pas d'autre \
             fracture. Tuméfaction des parties molles.",
            "Radiografía de muñeca izquierda. Se observa una fractura no desplazada del radio distal.",
            "Pelydr-x o'r arddwrn. Mae toriad yn y radiws. Dim toriad arall yn y llaw nac yn y penelin.",
            "Рентгенография левого запястья. Перелом лучевой кости.",
            "桡骨远端骨折",
        ] {
            assert!(!english(text), "{text}");
        }
        for text in [
            "XR Elbow Rt\nfall onto elbow\nDisplaced # olecranon, triceps retraction 2cm",
            "# NOF",
            "R NOF # (transcervical), displaced. Old L sup + inf pubic rami #s. Pt may die; de novo disease.",
        ] {
            assert!(english(text), "{text}");
        }
    }

    #[test]
    fn every_report_of_the_development_set_is_english() {
        for line in include_str!("../../finder/tests/data/uk_reports_dev.jsonl").lines() {
            let report: serde_json::Value = serde_json::from_str(line).unwrap();
            let text = report["text"].as_str().unwrap();
            assert!(english(text), "{text}");
        }
    }
}
