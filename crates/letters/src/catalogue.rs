//! The templates in `data/templates.toml`, read once.

use std::sync::LazyLock;

use jiff::civil::Date;
use serde::Deserialize;
use terms::{Medicine, vocabulary};

use crate::{NotRendered, Template, field::Field};

const TEMPLATES: &str = include_str!("../data/templates.toml");

vocabulary! {
    /// Whether a template may be used for patients.
    Status {
        Draft = "draft", "Draft, not approved by a clinician";
        Approved = "approved", "Approved";
    }
}

/// What is known about a template, apart from its words.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct TemplateInfo {
    pub id: Template,
    pub title: String,
    pub version: String,
    pub owner: String,
    pub approved_by: Option<String>,
    pub review_by: Date,
    pub status: Status,
    pub source: String,
}

/// Every template that can be written.
pub fn templates() -> &'static [TemplateInfo] {
    static INFOS: LazyLock<Vec<TemplateInfo>> = LazyLock::new(|| {
        let templates = read().map_or(&[][..], |catalogue| &catalogue.template);
        templates.iter().map(|t| t.info.clone()).collect()
    });
    &INFOS
}

#[derive(Debug, Deserialize)]
pub(crate) struct Catalogue {
    pub words: Words,
    shared: Vec<SharedPart>,
    template: Vec<TemplateFile>,
    medicine: Vec<MedicineText>,
    pub paper: PaperInfo,
}

#[derive(Debug, Deserialize)]
pub(crate) struct TemplateFile {
    #[serde(flatten)]
    pub info: TemplateInfo,
    pub needs: Vec<Field>,
    parts: Vec<PartOrShared>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum PartOrShared {
    Shared { shared: String },
    Own(Part),
}

#[derive(Debug, Deserialize)]
struct SharedPart {
    name: String,
    #[serde(flatten)]
    part: Part,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Part {
    pub heading: Option<String>,
    #[serde(default)]
    pub paragraphs: Vec<Vec<String>>,
    pub list: Option<List>,
    pub when: Option<Field>,
    pub unless: Option<Field>,
}

/// What a part can set as a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum List {
    Findings,
    Referrals,
    Taught,
    Next,
    MedicineHow,
    MedicineWatch,
    NoteToPatient,
    NoteToGp,
}

/// How one medicine is taken, in the words for patients: only what was read in a source.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct MedicineText {
    pub code: Medicine,
    pub status: Status,
    pub source: String,
    pub how: Vec<String>,
    /// What to look out for.
    pub watch: Vec<String>,
    /// What no source was read for and a pharmacist should add or refuse. Not printed.
    pub left_out: String,
}

/// The text of every bone medicine.
pub fn medicine_texts() -> &'static [MedicineText] {
    read().map_or(&[], |catalogue| &catalogue.medicine)
}

#[derive(Debug, Deserialize)]
pub(crate) struct PaperInfo {
    pub id: String,
    pub version: String,
}

/// The words around the letter.
#[derive(Debug, Deserialize)]
pub(crate) struct Words {
    pub demo: String,
    pub marking: String,
    pub for_gp: String,
    pub diagnosis: String,
    pub action: String,
    pub follow_up: String,
    pub nhs_number: String,
    pub born: String,
    pub dear: String,
    pub closing: String,
    pub copy_to: String,
    pub phone: String,
    pub email: String,
    pub hours: String,
    pub missing: String,
    pub version: String,
    pub page: String,
    pub of: String,
    pub paper: PaperWords,
}

#[derive(Debug, Deserialize)]
pub(crate) struct PaperWords {
    pub yes: String,
    pub no: String,
    pub not_sure: String,
    pub tick_one: String,
    pub tick_all: String,
    pub day: String,
    pub month: String,
    pub year: String,
    pub code: String,
}

impl Catalogue {
    pub fn template(&self, id: Template) -> Option<&TemplateFile> {
        self.template.iter().find(|t| t.info.id == id)
    }

    pub fn medicine(&self, code: &str) -> Option<&MedicineText> {
        let code = Medicine::from_code(code.trim())?;
        self.medicine.iter().find(|m| m.code == code)
    }

    /// The parts of a template with the shared ones in their places.
    pub fn parts<'a>(&'a self, template: &'a TemplateFile) -> impl Iterator<Item = &'a Part> {
        template.parts.iter().filter_map(|part| match part {
            PartOrShared::Own(part) => Some(part),
            PartOrShared::Shared { shared } => self
                .shared
                .iter()
                .find(|s| s.name == *shared)
                .map(|s| &s.part),
        })
    }
}

pub(crate) fn read() -> Result<&'static Catalogue, NotRendered> {
    static CATALOGUE: LazyLock<Result<Catalogue, String>> =
        LazyLock::new(|| toml::from_str(TEMPLATES).map_err(|e| e.message().to_owned()));
    CATALOGUE
        .as_ref()
        .map_err(|message| NotRendered::Templates(message.clone()))
}

pub(crate) fn find(id: Template) -> Option<&'static TemplateFile> {
    read().ok()?.template(id)
}

/// Fills the fields of a sentence. Nothing, if an optional one has no value.
pub(crate) fn fill(
    sentence: &str,
    value: impl Fn(Field) -> Option<String>,
    missing: impl Fn(Field) -> String,
) -> Option<String> {
    let mut out = String::new();
    let mut rest = sentence;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, tail) = after.split_once('}').unwrap_or((after, ""));
        let (code, optional) = name.strip_suffix('?').map_or((name, false), |n| (n, true));
        out.push_str(before);
        match Field::from_code(code) {
            None => out.push_str(name),
            Some(field) => match value(field) {
                Some(text) => out.push_str(&text),
                None if optional => return None,
                None => out.push_str(&missing(field)),
            },
        }
        rest = tail;
    }
    out.push_str(rest);
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_template_and_medicine_has_its_words() {
        let catalogue = read().unwrap();
        for id in Template::ALL {
            let template = catalogue.template(*id).unwrap();
            assert_eq!(
                catalogue.parts(template).count(),
                template.parts.len(),
                "{id} names a shared part that is not there"
            );
            assert!(!template.needs.is_empty());
            assert!(!template.info.source.is_empty());
            assert_eq!(
                template.info.status == Status::Approved,
                template.info.approved_by.is_some()
            );
        }
        assert_eq!(templates().len(), Template::ALL.len());
        for code in Medicine::ALL {
            let text = catalogue.medicine(code.code()).unwrap();
            assert!(!text.how.is_empty() && !text.source.is_empty(), "{code}");
        }
        assert!(catalogue.medicine("aspirin").is_none());
    }

    #[test]
    fn every_field_in_a_sentence_is_known() {
        let catalogue = read().unwrap();
        for template in &catalogue.template {
            for sentence in catalogue
                .parts(template)
                .flat_map(|p| p.paragraphs.iter().flatten())
            {
                for name in sentence
                    .split('{')
                    .skip(1)
                    .filter_map(|s| s.split('}').next())
                {
                    assert!(
                        Field::from_code(name.trim_end_matches('?')).is_some(),
                        "{sentence}"
                    );
                }
            }
        }
    }

    #[test]
    fn the_words_for_patients_are_short_and_common() {
        let catalogue = read().unwrap();
        let parts = catalogue
            .template
            .iter()
            .flat_map(|t| catalogue.parts(t))
            .flat_map(|p| p.paragraphs.iter().flatten());
        let medicines = catalogue
            .medicine
            .iter()
            .flat_map(|m| m.how.iter().chain(&m.watch));
        for text in parts.chain(medicines) {
            for sentence in text.split_inclusive(['.', ':']) {
                let words = sentence.split_whitespace().count();
                assert!(words <= 20, "{words} words: {sentence}");
            }
            for word in [
                "DXA",
                "FRAX",
                "BMD",
                "eGFR",
                "fragility",
                "osteoporosis",
                "bisphosphonate",
            ] {
                assert!(!text.contains(word), "{word}: {text}");
            }
        }
    }

    #[test]
    fn fields_are_filled() {
        let none = |_: Field| None;
        let some = |_: Field| Some("{medicine}".to_owned());
        let gap = |f: Field| format!("[missing: {}]", f.words());
        assert_eq!(
            fill("Take {medicine}.", some, gap).unwrap(),
            "Take {medicine}."
        );
        assert_eq!(fill("Take {medicine?}.", none, gap), None);
        assert_eq!(
            fill("Take {medicine}.", none, gap).unwrap(),
            "Take [missing: the medicine]."
        );
        assert_eq!(
            fill("An open { brace", none, gap).unwrap(),
            "An open  brace"
        );
    }
}
