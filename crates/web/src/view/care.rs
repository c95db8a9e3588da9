//! Pages of somebody in care: the episode, the assessment, the decision, reviews and letters.

use askama::Template;

use super::{
    form::{Choices, DateInput, Hidden, Input},
    page::Chrome,
    parts::{Banner, Fact, Link, OneButton, Tag},
    people::TimelineFact,
    questions::{Control, Part},
};

/// One stage of the way from found to closed.
#[derive(Debug, Clone)]
pub struct Step {
    pub name: String,
    /// `done`, `now`, `later`, `skipped`
    pub class: &'static str,
    /// "Done, 3 March 2026", "Due 4 June 2026".
    pub words: String,
}

/// Something that waits, with where to do it.
#[derive(Debug, Clone)]
pub struct Waiting {
    pub what: String,
    pub why: String,
    pub due: String,
    pub late: bool,
    pub href: String,
}

/// A part of the page that opens to a form.
#[derive(Debug, Clone)]
pub struct Fold {
    pub id: &'static str,
    pub title: String,
    pub open: bool,
    pub action: String,
    pub hidden: Vec<Hidden>,
    pub fields: Vec<Control>,
    pub button: String,
    /// Said before the fields.
    pub note: String,
}

#[derive(Debug, Clone)]
pub struct ResultCard {
    pub name: String,
    pub when: String,
    pub source: String,
    pub tag: Option<Tag>,
    pub measures: Vec<MeasureLine>,
    pub text: String,
    /// How it was acknowledged.
    pub seen: String,
}

#[derive(Debug, Clone)]
pub struct MeasureLine {
    pub name: String,
    pub value: String,
    pub range: String,
    pub flag: String,
}

/// A line of care that can be answered, or struck out when it was a mistake.
#[derive(Debug, Clone)]
pub struct CareLine {
    pub what: String,
    pub detail: String,
    pub tag: Option<Tag>,
    pub forms: Vec<Fold>,
    pub href: String,
}

#[derive(Template)]
#[template(path = "episode.html")]
pub struct Episode {
    pub chrome: Chrome,
    pub banner: Banner,
    pub back: Link,
    pub position: String,
    pub next_person: Option<String>,
    pub heading: String,
    pub status: Tag,
    pub line: String,
    pub clock: String,
    pub alerts: Vec<Fact>,
    pub steps: Vec<Step>,
    /// What comes first, and the rest.
    pub next: Option<Waiting>,
    pub waiting: Vec<Waiting>,
    /// Why nothing is.
    pub closed: String,
    pub reopen: Option<OneButton>,
    pub by: String,
    pub results: Vec<ResultCard>,
    pub see_results: Option<Fold>,
    pub concerns: Vec<CareLine>,
    pub plan: Vec<Fact>,
    pub letters: Vec<CareLine>,
    pub referrals: Vec<CareLine>,
    pub doses: Vec<CareLine>,
    pub reviews: Vec<CareLine>,
    pub contacts: Vec<CareLine>,
    pub links: Vec<Link>,
    pub buttons: Vec<OneButton>,
    pub folds: Vec<Fold>,
    pub others: Vec<Fact>,
    pub timeline: Vec<TimelineFact>,
    pub record: String,
}

#[derive(Debug, Clone)]
pub struct SectionLine {
    pub href: String,
    pub title: String,
    pub status: Tag,
    pub line: String,
    /// One action for the common case.
    pub nothing: Option<OneButton>,
}

#[derive(Template)]
#[template(path = "assessment.html")]
pub struct Assessment {
    pub chrome: Chrome,
    pub banner: Banner,
    pub back: Link,
    pub fracture: String,
    pub sections: Vec<SectionLine>,
    pub done: String,
    pub total: String,
    pub completed: String,
    pub complete: Option<Fold>,
    pub missing: Vec<String>,
    pub decide: Option<Link>,
    pub questionnaire: String,
    pub give: Option<OneButton>,
    /// Sums that save time on the way.
    pub sums: Vec<Link>,
    pub about_form: String,
}

#[derive(Template)]
#[template(path = "section.html")]
pub struct Section {
    pub chrome: Chrome,
    pub banner: Banner,
    pub back: Link,
    pub part: Part,
    pub action: String,
    pub hidden: Vec<Hidden>,
    pub because: Option<Input>,
    pub editable: bool,
    pub nothing: Option<OneButton>,
    pub before: Option<Link>,
    pub after: Option<Link>,
    /// Words of the two buttons.
    pub save: String,
    pub save_and_next: String,
}

#[derive(Template)]
#[template(path = "decide.html")]
pub struct Decide {
    pub chrome: Chrome,
    pub banner: Banner,
    pub back: Link,
    pub action: String,
    pub hidden: Vec<Hidden>,
    /// What the assessment found, in the order in which it weighs.
    pub known: Vec<Fact>,
    pub unknown: Vec<String>,
    pub warnings: Vec<Fact>,
    pub guidance: Link,
    /// Medicines by group; empty where they are not grouped.
    pub grouped: Vec<Fact>,
    pub therapy: Choices,
    pub because: Input,
    pub calcium: Choices,
    pub taught: Choices,
    pub referrals: Choices,
    pub follow_up: Choices,
    pub on: DateInput,
    pub note: Input,
    pub replaces: String,
}

#[derive(Template)]
#[template(path = "review.html")]
pub struct Review {
    pub chrome: Chrome,
    pub banner: Banner,
    pub back: Link,
    pub heading: String,
    pub window: String,
    pub phone: String,
    pub stop: String,
    pub plan: Vec<Fact>,
    pub tries: String,
    pub done: String,
    pub parts: Vec<Part>,
    pub on: DateInput,
    pub action: String,
    pub hidden: Vec<Hidden>,
    pub editable: bool,
    pub not_reached: Option<Fold>,
    pub close: Link,
}

#[derive(Template)]
#[template(path = "letter.html")]
pub struct Letter {
    pub chrome: Chrome,
    pub banner: Banner,
    pub back: Link,
    pub heading: String,
    pub status: Tag,
    pub line: String,
    pub missing: Vec<Fact>,
    pub warnings: Vec<String>,
    /// The letter as a person or a screen reader reads it: made by Herald's own templates.
    pub html: String,
    pub pages: Vec<Link>,
    pub pdf: String,
    pub approve: Option<OneButton>,
    pub sent: Option<Fold>,
    pub folds: Vec<Fold>,
    pub template: String,
}

#[derive(Template)]
#[template(path = "needs.html")]
pub struct Needs {
    pub chrome: Chrome,
    pub banner: Banner,
    pub back: Link,
    pub hidden: Vec<Hidden>,
    pub action: String,
    pub never: Choices,
    pub formats: Choices,
    pub fields: Vec<Input>,
    pub details_action: String,
    pub details: Vec<Input>,
    pub asked: String,
}

#[derive(Template)]
#[template(path = "questionnaire_link.html")]
pub struct QuestionnaireLink {
    pub chrome: Chrome,
    pub banner: Banner,
    pub back: Link,
    pub address: String,
    pub until: String,
    pub paper: Vec<Link>,
}

#[derive(Template)]
#[template(path = "overview.html")]
pub struct Overview {
    pub chrome: Chrome,
    pub day: String,
    pub standings: Vec<Standing>,
    pub groups: Vec<Group>,
}

#[derive(Debug, Clone)]
pub struct Standing {
    pub list: String,
    pub href: String,
    pub open: String,
    pub late: String,
    pub oldest: String,
}

#[derive(Debug, Clone)]
pub struct Group {
    pub title: String,
    pub none: String,
    pub href: String,
    pub rows: Vec<Waiting>,
    pub more: String,
}
