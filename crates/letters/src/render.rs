use data_encoding::HEXLOWER;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::{LetterData, NotRendered, Paper, Service, compose, html, paper, pdf, text};

/// A letter in its three formats, with the same words in each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// Tagged, PDF/UA-1.
    pub pdf: Vec<u8>,
    /// A whole page.
    pub html: String,
    pub text: String,
    /// SHA-256 of the PDF in hexadecimal.
    pub digest: String,
    pub template_version: String,
}

impl Rendered {
    /// The `<article>` of the HTML, to put into another page.
    pub fn article(&self) -> &str {
        let from = self.html.find("<article").unwrap_or(0);
        let rest = self.html.get(from..).unwrap_or_default();
        match rest.split_once("</article>") {
            Some((inner, _)) => rest
                .get(..inner.len() + "</article>".len())
                .unwrap_or_default(),
            None => rest,
        }
    }
}

/// Writes a letter. What is missing shows in its place as "[missing: …]", so that a draft can be read; whether it
/// may go out is for [`crate::missing`] and the status of the template to say.
pub fn render(data: &LetterData) -> Result<Rendered, NotRendered> {
    let (sheet, version) = compose::compose(data)?;
    finish(
        pdf::Layout::Letter,
        &sheet,
        html::letter(&sheet),
        text::letter(&sheet),
        version,
    )
}

/// Prints a questionnaire for the post: boxes to tick and lines to write on.
pub fn render_paper(paper: &Paper, service: &Service) -> Result<Rendered, NotRendered> {
    let (form, version) = paper::compose(paper, service)?;
    finish(
        pdf::Layout::Paper,
        &form,
        paper::html(&form),
        paper::text(&form),
        version,
    )
}

fn finish(
    layout: pdf::Layout,
    sheet: &impl Serialize,
    html: String,
    text: String,
    template_version: String,
) -> Result<Rendered, NotRendered> {
    let value = serde_json::to_value(sheet).map_err(|_| NotRendered::Data)?;
    let ident = hex(value.to_string().as_bytes());
    let pdf = pdf::set(layout, &value, ident)?;
    Ok(Rendered {
        digest: hex(&pdf),
        pdf,
        html,
        text,
        template_version,
    })
}

fn hex(bytes: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::digest(bytes))
}

/// The characters of a letter that would be printed as "?".
pub(crate) fn unprintable(data: &LetterData) -> String {
    compose::compose(data).map_or_else(
        |_| String::new(),
        |(sheet, _)| pdf::unprintable(&text::letter(&sheet).replace('\n', " ")),
    )
}
