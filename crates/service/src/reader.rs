//! Somebody gives the reader a text of their own and sees what it makes of it. Nobody is looked up, and the text is
//! neither kept nor logged.

use finder::{ReportText, Seen, Why};

use crate::{
    App,
    error::{Error, Result},
};

/// The longest text, in characters. A report has a few thousand.
pub const LONGEST: usize = 20_000;
/// The longest clinical details or name of an examination.
const LONGEST_APART: usize = 2_000;

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
            short_enough(field, text, LONGEST_APART)?;
        }
    }
    let ruling = app.store.read(|tx| app.rules(tx))?;
    let seen = ruling.finder().see_report(&ReportText {
        text: &report,
        exam: exam.as_deref(),
        indication: indication.as_deref(),
        ..ReportText::default()
    });
    Ok(Read {
        english: seen.reading.why != Why::Illegible,
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
    short_enough(field, text, LONGEST)
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
