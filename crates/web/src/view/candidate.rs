use askama::Template;

pub use super::evidence::Sighting;
use super::{
    form::{Choices, DateInput, Hidden, Input},
    page::Chrome,
    parts::{Act, Banner, Fact, Link, OneButton, Tag},
};

pub struct Decision {
    /// `/candidates/{episode}`
    pub action: String,
    pub hidden: Vec<Hidden>,
    /// Which part is unfolded: `reject`, `set-aside`, `belongs`, or none.
    pub open: &'static str,
    pub reject: Choices,
    pub reject_note: Input,
    pub aside: Choices,
    pub aside_note: Input,
    pub until: DateInput,
    pub belongs: Option<Choices>,
}

#[derive(Debug, Clone, Default)]
pub struct EarlierFracture {
    pub what: String,
    pub when: String,
    pub source: String,
}

#[derive(Debug, Clone, Default)]
pub struct Duplicate {
    pub href: String,
    pub text: String,
    pub why: String,
}

/// Two sources that cannot both be right, in plain words.
#[derive(Debug, Clone, Default)]
pub struct Disagreement {
    pub about: &'static str,
    pub says: Party,
    pub but: Party,
    pub outcome: &'static str,
}

#[derive(Debug, Clone, Default)]
pub struct Party {
    pub source: Link,
    pub said: String,
}

#[derive(Template)]
#[template(path = "candidate.html")]
pub struct Candidate {
    pub chrome: Chrome,
    pub banner: Banner,
    pub back: Link,
    pub position: String,
    pub next: Option<String>,
    pub heading: String,
    pub status: Tag,
    pub when: String,
    pub age: String,
    pub hospitals: String,
    pub why: String,
    pub alerts: Vec<Fact>,
    /// Nothing has settled these.
    pub disagreements: Vec<Disagreement>,
    /// A later examination or an addendum has.
    pub settled: Vec<Disagreement>,
    pub decision: Option<Decision>,
    pub decided: String,
    pub undo: Option<OneButton>,
    pub sightings: Vec<Sighting>,
    pub against: Vec<Sighting>,
    pub operation: String,
    pub earlier: Vec<EarlierFracture>,
    pub earlier_none: String,
    pub duplicates: Vec<Duplicate>,
    pub duplicates_none: String,
    pub history: Vec<Act>,
}

#[derive(Template)]
#[template(path = "conflict.html")]
pub struct Conflict {
    pub chrome: Chrome,
    pub banner: Option<Banner>,
    pub yours: String,
    pub yours_facts: Vec<Fact>,
    pub changes: Vec<Act>,
    pub again: Link,
    pub back: Link,
}
