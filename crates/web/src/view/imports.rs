use askama::Template;

use super::{
    form::{Choices, Hidden},
    page::Chrome,
    parts::{Bar, Pagination, Tag},
};

#[derive(Debug, Clone)]
pub struct FileRow {
    pub href: String,
    pub name: String,
    pub kind: String,
    pub when: String,
    pub state: Tag,
    /// Received, new, already had, held, ignored, rejected.
    pub counts: [String; 6],
}

pub struct Upload {
    pub hidden: Vec<Hidden>,
    pub profile: Choices,
    pub file_error: Option<String>,
}

#[derive(Template)]
#[template(path = "imports.html")]
pub struct Imports {
    pub chrome: Chrome,
    pub showing: String,
    pub rows: Vec<FileRow>,
    pub pagination: Option<Pagination>,
    pub upload: Option<Upload>,
}

pub struct Progress {
    pub words: String,
    pub thousandths: u64,
}

#[derive(Debug, Clone, Default)]
pub struct Sum {
    pub class: &'static str,
    /// `app-sums__part` for a reason under “ignored”.
    pub row_class: &'static str,
    pub label: String,
    pub count: String,
    pub note: String,
    pub href: String,
    pub link: String,
}

#[derive(Debug, Clone)]
pub struct FaultRow {
    pub line: String,
    pub column: String,
    pub header: String,
    pub value: String,
    pub problem: String,
    pub advice: String,
    pub severity: Tag,
}

#[derive(Template)]
#[template(path = "import.html")]
pub struct Import {
    pub chrome: Chrome,
    pub name: String,
    pub state: Tag,
    pub kind: String,
    pub when: String,
    pub running: bool,
    pub refused: String,
    pub refused_advice: String,
    pub progress: Option<Progress>,
    pub bar: Option<Bar>,
    pub sums: Vec<Sum>,
    pub total: String,
    pub balance: String,
    pub fault_count: String,
    pub faults: Vec<FaultRow>,
    pub faults_none: String,
    pub showing: String,
    pub errors_csv: String,
    pub pagination: Option<Pagination>,
}
