//! Pages about what the service takes, and how that is changed.

use askama::Template;

use super::{
    evidence::Sighting,
    form::{Choices, Hidden, Input, ReasonForm},
    page::Chrome,
    parts::{Act, Bar, Fact, Tag},
};

/// A set of rules, in words.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    pub facts: Vec<Fact>,
    pub practices: Vec<String>,
}

#[derive(Debug, Clone, Default)]
pub struct SetRow {
    pub href: String,
    pub name: String,
    pub note: String,
    pub state: Tag,
    pub proposed: String,
    pub live: String,
}

#[derive(Debug, Clone)]
pub struct RollBack {
    pub hidden: Vec<Hidden>,
    pub to: String,
    pub reason: Input,
    pub open: bool,
}

#[derive(Template)]
#[template(path = "rules.html")]
pub struct Overview {
    pub chrome: Chrome,
    pub name: String,
    pub href: String,
    pub since: String,
    pub rules: Rules,
    pub approvals: Vec<Act>,
    /// How herald.toml differs.
    pub configured: Vec<String>,
    pub may_change: bool,
    pub roll_back: Option<RollBack>,
    pub rows: Vec<SetRow>,
}

#[derive(Template)]
#[template(path = "rules_propose.html")]
pub struct Propose {
    pub chrome: Chrome,
    pub hidden: Vec<Hidden>,
    pub sites: Choices,
    pub numbers: Vec<Input>,
    pub areas: Vec<Input>,
    pub frozen: String,
}

#[derive(Debug, Clone, Default)]
pub struct CountRow {
    pub class: &'static str,
    pub label: String,
    pub before: String,
    pub after: String,
    pub change: String,
}

#[derive(Debug, Clone, Default)]
pub struct Comparison {
    pub about: String,
    pub before: Option<Bar>,
    pub after: Option<Bar>,
    pub outcomes: Vec<CountRow>,
    pub total: String,
    pub sites: Vec<CountRow>,
    pub summary: String,
    pub digest: String,
}

#[derive(Template)]
#[template(path = "rule_set.html")]
pub struct Set {
    pub chrome: Chrome,
    pub name: String,
    pub state: Tag,
    pub note: String,
    pub proposed: String,
    pub against: String,
    pub differences: Vec<String>,
    pub needs: Vec<String>,
    pub not_by_you: String,
    pub hidden: Vec<Hidden>,
    /// Where to post; empty where it cannot be done.
    pub approve: String,
    pub compare: String,
    pub withdraw: Option<ReasonForm>,
    pub comparison: Option<Comparison>,
    pub stale: bool,
    /// Whom it concerns; empty where that is not for the one who looks.
    pub people: String,
    pub acts: Vec<Act>,
    pub rules: Rules,
    pub digest: String,
}

pub struct ChangedItem {
    pub id: String,
    pub person: String,
    pub born: String,
    pub nhs: String,
    pub change: Tag,
    pub before: String,
    pub after: String,
    pub sightings: Vec<Sighting>,
}

#[derive(Template)]
#[template(path = "rule_people.html")]
pub struct People {
    pub chrome: Chrome,
    pub back: String,
    pub name: String,
    pub showing: String,
    pub items: Vec<ChangedItem>,
}
