//! How the command line speaks: what, where, what to do.

use std::{io::IsTerminal, time::Duration};

use indicatif::{ProgressBar, ProgressStyle};
use service::{Progress, Stage};

/// An error with its causes, one under the other.
pub fn failure(error: &anyhow::Error) {
    eprintln!("herald: {error}");
    if let Some(service::Error::Invalid(fields)) = error.downcast_ref() {
        for field in fields {
            eprintln!("  {}: {}", field.field, field.message);
        }
    }
    for cause in error.chain().skip(1) {
        eprintln!("  because: {cause}");
    }
}

/// A bar for people, nothing for pipes.
pub struct Bar(ProgressBar);

impl Bar {
    pub fn new(what: &str) -> Self {
        let bar = if std::io::stderr().is_terminal() {
            ProgressBar::new(0)
        } else {
            ProgressBar::hidden()
        };
        bar.set_style(
            ProgressStyle::with_template("  {msg:<44} {bar:28} {pos:>7}/{len:7} {per_sec:>12}")
                .unwrap_or_else(|_| ProgressStyle::default_bar()),
        );
        bar.set_message(what.to_owned());
        bar.enable_steady_tick(Duration::from_millis(120));
        Self(bar)
    }

    pub fn at(&self, done: u64, of: u64) {
        self.0.set_length(of);
        self.0.set_position(done);
    }

    /// What is being done now.
    pub fn say(&self, what: String) {
        self.0.set_message(what);
    }

    pub fn show(&self, what: &str, progress: Progress) {
        let stage = match progress.stage {
            Stage::Surveying => "looking",
            Stage::Storing => "storing",
            Stage::Reading => "reading",
        };
        self.0.set_message(format!("{what}: {stage}"));
        self.at(progress.done, progress.of.unwrap_or(progress.done));
    }

    pub fn done(&self) {
        self.0.finish_and_clear();
    }
}
