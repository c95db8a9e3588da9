//! What stands around every page: title, navigation, who is signed in, what just happened.

use super::{
    form::FieldError,
    parts::{Link, OneButton},
};

#[derive(Debug, Clone, Default)]
pub struct AssetLinks {
    pub css: String,
    pub js: String,
    pub icon: String,
}

#[derive(Debug, Clone, Default)]
pub struct SignedIn {
    pub name: String,
    pub role: String,
    pub sites: String,
    pub csrf: String,
    pub idle_seconds: u64,
    pub shortcuts: bool,
}

#[derive(Debug, Clone, Default)]
pub struct NavLink {
    pub link: Link,
    pub current: bool,
}

impl std::ops::Deref for NavLink {
    type Target = Link;
    fn deref(&self) -> &Link {
        &self.link
    }
}

/// What the last action did, with its way back.
#[derive(Debug, Clone, Default)]
pub struct Notice {
    pub good: bool,
    pub text: String,
    pub undo: Option<OneButton>,
}

impl Notice {
    pub fn kind_words(&self) -> &'static str {
        if self.good { "Done." } else { "Please note." }
    }
}

#[derive(Debug, Clone, Default)]
pub struct Chrome {
    pub title: String,
    /// The route, not the address: never holds an id.
    pub path: String,
    pub version: String,
    pub assets: AssetLinks,
    pub demo: bool,
    pub user: Option<SignedIn>,
    pub nav: Vec<NavLink>,
    pub notice: Option<Notice>,
    pub errors: Vec<FieldError>,
}

impl Chrome {
    /// `Error: Find a patient (page 2) – Herald`.
    pub fn titled(mut self, title: &str, page: Option<u64>) -> Self {
        let error = if self.errors.is_empty() {
            ""
        } else {
            "Error: "
        };
        let page = match page {
            Some(number) if number > 1 => format!(" (page {number})"),
            _ => String::new(),
        };
        self.title = format!("{error}{title}{page} – Herald");
        self
    }

    pub fn with_errors(mut self, errors: Vec<FieldError>) -> Self {
        self.errors = errors;
        self
    }

    pub fn with_notice(mut self, notice: Option<Notice>) -> Self {
        self.notice = notice;
        self
    }
}
