use askama::Template;

use super::{
    form::{Choices, DateInput, Hidden, Input},
    page::Chrome,
    parts::{Act, Banner, Fact, Pagination, Tag},
    text::{DateText, NhsText},
};

#[derive(Debug, Clone)]
pub struct FoundRow {
    pub href: String,
    pub name: String,
    pub nhs: NhsText,
    pub born: Option<DateText>,
    pub age: String,
    pub gender: String,
    pub postcode: String,
}

#[derive(Template)]
#[template(path = "patient_find.html")]
pub struct Find {
    pub chrome: Chrome,
    pub hidden: Vec<Hidden>,
    pub term: Input,
    pub searched: bool,
    pub can_add: bool,
    pub showing: String,
    pub none_words: String,
    pub rows: Vec<FoundRow>,
}

#[derive(Debug, Clone)]
pub struct EpisodeLine {
    pub href: String,
    pub what: String,
    pub status: Tag,
    pub when: String,
    pub sightings: String,
    pub next: String,
    pub steps: Vec<super::care::Step>,
}

#[derive(Debug, Clone)]
pub struct TimelineFact {
    /// `seen`, `staff`, `system`
    pub class: &'static str,
    pub what: String,
    pub detail: String,
    pub by: String,
    pub source: Vec<Fact>,
}

#[derive(Debug, Clone)]
pub struct TimelineDay {
    pub date: DateText,
    pub facts: Vec<TimelineFact>,
}

#[derive(Template)]
#[template(path = "patient.html")]
pub struct Patient {
    pub chrome: Chrome,
    pub banner: Banner,
    pub alerts: Vec<Fact>,
    pub episodes: Vec<EpisodeLine>,
    pub timeline: Vec<TimelineDay>,
    pub pagination: Option<Pagination>,
    pub details: Vec<Fact>,
    pub lookers: Vec<Act>,
    pub lookers_more: String,
    /// Where communication needs and details are recorded; empty for those who may not.
    pub needs: String,
}

#[derive(Template)]
#[template(path = "patient_add.html")]
pub struct Add {
    pub chrome: Chrome,
    pub hidden: Vec<Hidden>,
    pub who: Vec<Input>,
    pub born: DateInput,
    pub sex: Choices,
    pub fracture: Vec<Choices>,
    pub fractured: DateInput,
    pub levels: Input,
    pub how: Input,
    pub source: Choices,
}
