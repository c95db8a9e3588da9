//! What a patient sees: few words, one thing at a time, on a telephone too.

use askama::Template;

use super::{
    form::{DateInput, Hidden},
    page::Chrome,
    parts::{Fact, Link},
    questions::{Control, Part},
};

#[derive(Template)]
#[template(path = "questionnaire_enter.html")]
pub struct Enter {
    pub chrome: Chrome,
    pub heading: String,
    pub service: String,
    pub until: String,
    pub action: String,
    pub hidden: Vec<Hidden>,
    pub born: DateInput,
}

#[derive(Template)]
#[template(path = "questionnaire.html")]
pub struct Sheet {
    pub chrome: Chrome,
    pub heading: String,
    /// "Part 2 of 8".
    pub place: String,
    pub part: Part,
    pub action: String,
    pub hidden: Vec<Hidden>,
    pub back: Option<Link>,
    pub next: String,
}

#[derive(Template)]
#[template(path = "questionnaire_send.html")]
pub struct Send {
    pub chrome: Chrome,
    pub heading: String,
    pub parts: Vec<Answered>,
    pub action: String,
    pub hidden: Vec<Hidden>,
    pub emergency: String,
}

#[derive(Debug, Clone)]
pub struct Answered {
    pub title: String,
    pub change: String,
    pub answers: Vec<Fact>,
    pub open: String,
}

#[derive(Template)]
#[template(path = "questionnaire_said.html")]
pub struct Said {
    pub chrome: Chrome,
    pub heading: String,
    pub paragraphs: Vec<String>,
}
