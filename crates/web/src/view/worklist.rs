use askama::Template;

use super::{
    form::{Choices, Hidden},
    page::Chrome,
    parts::{Link, Pagination, Tag},
    text::{DateText, NhsText},
};

#[derive(Debug, Clone, Default)]
pub struct Tab {
    pub text: &'static str,
    pub count: String,
    pub href: String,
    pub current: bool,
}

#[derive(Debug, Clone, Default)]
pub struct Column {
    pub text: &'static str,
    pub class: &'static str,
    /// Empty when the column does not sort.
    pub href: String,
    /// `ascending`, `descending`, `none`; empty when the column does not sort.
    pub sort: &'static str,
}

#[derive(Debug, Clone)]
pub struct Row {
    pub id: String,
    pub href: String,
    pub name: String,
    pub nhs: NhsText,
    pub age: String,
    pub fracture: String,
    pub fracture_date: Option<DateText>,
    pub days: String,
    pub why: String,
    pub source: String,
    pub tags: Vec<Tag>,
    /// Set aside: until when; empty on other lists.
    pub aside: String,
    pub aside_sub: String,
}

#[derive(Debug, Clone, Default)]
pub struct Empty {
    pub heading: String,
    pub text: String,
    pub href: String,
    pub link: String,
}

/// Something about the feeds that may leave people off the lists.
#[derive(Debug, Clone, Default)]
pub struct Warning {
    pub text: String,
    pub link: Link,
}

#[derive(Template)]
#[template(path = "today.html")]
pub struct Today {
    pub chrome: Chrome,
    pub heading: String,
    pub day: String,
    pub forecast: String,
    pub warnings: Vec<Warning>,
    pub tabs: Vec<Tab>,
    pub filters: Vec<Choices>,
    pub filter_hidden: Vec<Hidden>,
    pub filter_words: String,
    pub filter_clear: String,
    pub showing: String,
    pub order_words: String,
    pub refreshed: String,
    pub columns: Vec<Column>,
    pub rows: Vec<Row>,
    pub pagination: Option<Pagination>,
    pub empty: Empty,
}
