use askama::Template;

use super::{
    form::{Choices, Hidden, Input},
    page::Chrome,
    parts::{Fact, Tag},
};

#[derive(Debug, Clone)]
pub struct UserRow {
    pub href: String,
    pub name: String,
    pub username: String,
    pub role: String,
    pub sites: String,
    pub state: Tag,
}

#[derive(Template)]
#[template(path = "users.html")]
pub struct Users {
    pub chrome: Chrome,
    pub showing: String,
    pub rows: Vec<UserRow>,
}

#[derive(Template)]
#[template(path = "user.html")]
pub struct User {
    pub chrome: Chrome,
    pub heading: String,
    pub facts: Vec<Fact>,
    pub action: String,
    pub hidden: Vec<Hidden>,
    pub inputs: Vec<Input>,
    pub role: Choices,
    pub sites: Choices,
    pub active: Option<Choices>,
    pub save: &'static str,
    /// Where to post a reset; empty for a new user.
    pub reset: String,
}

/// A new password and authenticator secret, shown once.
#[derive(Template)]
#[template(path = "user_secret.html")]
pub struct UserSecret {
    pub chrome: Chrome,
    pub name: String,
    pub username: String,
    pub password: String,
    pub secret: String,
    pub otpauth: String,
}

#[derive(Debug, Clone, Default)]
pub struct SiteRow {
    pub name: String,
    pub code: String,
}

#[derive(Template)]
#[template(path = "sites.html")]
pub struct Sites {
    pub chrome: Chrome,
    pub rows: Vec<SiteRow>,
    pub hidden: Vec<Hidden>,
    pub inputs: Vec<Input>,
}
