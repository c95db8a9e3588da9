//! Coming in, going out, what went wrong, and help.

use askama::Template;

use super::{
    form::{Choices, Hidden, Input},
    page::Chrome,
    parts::{Act, Fact, Link},
};

/// A made-up member of staff, who may be signed in as by one button.
#[derive(Debug, Clone, Default)]
pub struct DemoSignIn {
    pub role: String,
    pub username: String,
    pub password: String,
}

#[derive(Template)]
#[template(path = "sign_in.html")]
pub struct SignIn {
    pub chrome: Chrome,
    pub heading: &'static str,
    pub lead: String,
    pub action: &'static str,
    pub hidden: Vec<Hidden>,
    pub inputs: Vec<Input>,
    pub button: &'static str,
    pub demo: Vec<DemoSignIn>,
}

#[derive(Template)]
#[template(path = "account.html")]
pub struct Account {
    pub chrome: Chrome,
    pub facts: Vec<Fact>,
    pub sessions: Vec<Act>,
    pub hidden: Vec<Hidden>,
    pub shortcuts: Choices,
}

#[derive(Template)]
#[template(path = "help.html")]
pub struct Help {
    pub chrome: Chrome,
}

#[derive(Template)]
#[template(path = "error.html")]
pub struct Failure {
    pub chrome: Chrome,
    pub heading: String,
    pub paragraphs: Vec<String>,
    /// The request id, to quote when asking for help.
    pub reference: String,
    pub back: Link,
}

#[derive(Template)]
#[template(path = "resume.html")]
pub struct Resume {
    pub chrome: Chrome,
    pub about: String,
    pub typed: Vec<Fact>,
    pub action: String,
    pub hidden: Vec<Hidden>,
}
