//! Leaflets for patients, in three forms, and the page that is turned to the patient.

use askama::Template;

use super::{
    page::{Chrome, NavLink},
    parts::{Link, Tag},
};

#[derive(Debug, Clone, Default)]
pub struct LeafletRow {
    pub title: String,
    pub standard: String,
    pub large: String,
    pub easy: String,
    pub version: String,
    pub approval: String,
    pub review: String,
    pub overdue: bool,
    /// Parts of it are not checked yet.
    pub mark: Option<Tag>,
}

#[derive(Template)]
#[template(path = "leaflets.html")]
pub struct Leaflets {
    pub chrome: Chrome,
    pub rows: Vec<LeafletRow>,
    /// What the service has not filled in.
    pub missing: Vec<&'static str>,
}

/// A text with what must stand beside it.
#[derive(Debug, Clone, Default)]
pub struct Marked {
    pub text: String,
    pub mark: &'static str,
}

#[derive(Debug, Clone, Default)]
pub struct LeafletSection {
    pub id: String,
    pub heading: String,
    /// `text`, `steps`, `help`
    pub kind: &'static str,
    pub texts: Vec<Marked>,
}

/// A line of easy read, with the words of its picture.
#[derive(Debug, Clone, Default)]
pub struct EasyLine {
    pub sign: &'static str,
    pub text: Marked,
}

#[derive(Debug, Clone, Default)]
pub struct EasySection {
    pub id: String,
    pub heading: String,
    pub kind: &'static str,
    pub lines: Vec<EasyLine>,
}

#[derive(Template)]
#[template(path = "leaflet.html")]
pub struct Leaflet {
    pub chrome: Chrome,
    pub title: String,
    /// `standard`, `large`, `easy`
    pub class: &'static str,
    pub forms: Vec<NavLink>,
    pub sections: Vec<LeafletSection>,
    pub easy: Vec<EasySection>,
    /// Parts of it are not checked yet; a step or a warning among them.
    pub some_marked: bool,
    pub steps_marked: bool,
    pub version: String,
    pub approval: String,
    pub review: String,
    pub overdue: bool,
    pub sources: Vec<String>,
}

/// A hundred figures, already in the drawing's own units.
#[derive(Debug, Clone, Default)]
pub struct Hundred {
    pub id: String,
    pub title: String,
    pub words: String,
    pub figures: Vec<OneFigure>,
}

#[derive(Debug, Clone, Default)]
pub struct OneFigure {
    /// Empty, or `hit`, `spared`
    pub class: &'static str,
    pub x: String,
    pub y: String,
}

/// What a medicine changes for this person, or that no figure says so.
#[derive(Debug, Clone, Default)]
pub struct Change {
    pub title: String,
    pub shown: Vec<ChangeShown>,
    pub no_figure: String,
    /// What studies said that cannot be set against the person's own risk.
    pub studies: Vec<Study>,
}

#[derive(Debug, Clone, Default)]
pub struct ChangeShown {
    pub with: Hundred,
    pub sentences: Vec<String>,
}

#[derive(Debug, Clone, Default)]
pub struct Study {
    pub text: String,
    pub source: String,
}

#[derive(Debug, Clone, Default)]
pub struct TalkRow {
    pub label: &'static str,
    pub texts: Vec<Marked>,
}

#[derive(Debug, Clone, Default)]
pub struct TalkOption {
    pub id: String,
    pub title: String,
    pub suits: String,
    pub rows: Vec<TalkRow>,
    pub leaflets: Vec<Link>,
}

#[derive(Template)]
#[template(path = "talk.html")]
pub struct Talk {
    pub chrome: Chrome,
    pub back: Link,
    pub name: String,
    /// Figures and choices are shown.
    pub on: bool,
    /// Who is responsible for them, and what is due to be checked again.
    pub notes: Vec<String>,
    pub risk: Option<Hundred>,
    pub risk_from: Vec<String>,
    pub no_risk: String,
    pub changes: Vec<Change>,
    pub options: Vec<TalkOption>,
    pub matters: Vec<String>,
    pub questions: Vec<String>,
    pub leaflets: Vec<Link>,
    pub about: String,
}
