//! Files taken in, as the coordinator sees them.

use std::path::Path;

use feeds::fault::Fault;
use jiff::Timestamp;
use serde_json::json;
use store::imports::{self, Import, State};
use uuid::Uuid;

use crate::{
    App, May, Scope,
    access::demand,
    error::{Error, Result},
    intake::{self, Progress},
};

#[derive(Debug, Clone)]
pub struct ImportView {
    pub import: Import,
    pub sums: Sums,
    /// Control ids that had come before with other content: stored, and worth a word with the sender.
    pub reused_controls: u64,
    pub faults: Vec<Fault>,
    pub fault_count: u64,
    pub page: u64,
    pub pages: u64,
}

/// What became of everything in a file. The parts add up to `received`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sums {
    pub received: u64,
    pub new: u64,
    pub had: u64,
    pub held: u64,
    pub ignored: Vec<Reason>,
    pub rejected: u64,
    /// Stored and not yet worked on.
    pub waiting: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    pub code: String,
    pub words: String,
    pub items: u64,
}

impl Sums {
    pub fn ignored_total(&self) -> u64 {
        self.ignored.iter().map(|reason| reason.items).sum()
    }

    pub fn balances(&self) -> bool {
        self.new + self.had + self.held + self.ignored_total() + self.rejected + self.waiting
            == self.received
    }
}

pub const FAULTS_PER_PAGE: u32 = 50;

/// Take in one file under the name its owner knows it by.
pub fn take_in(
    app: &App,
    scope: &Scope,
    path: &Path,
    file_name: &str,
    profile: Option<&str>,
    progress: &mut dyn FnMut(Progress),
) -> Result<Import> {
    demand(scope, May::TakeInFiles)?;
    let import = intake::import_file(app, scope, path, file_name, profile, progress)?;
    app.store.write(|tx| {
        let detail =
            json!({ "import": import.id, "file": import.file_name, "state": import.state.code() });
        store::access::record(tx, scope, app.clock.now(), "import", &[], detail)
    })?;
    Ok(import)
}

/// The id under which a file's content is, or will be, on record.
pub fn id_of(path: &Path) -> Result<Uuid> {
    Ok(intake::import_id(&intake::fingerprint(path)?.0))
}

/// Work on whatever was stored and not finished when Herald last stopped.
pub fn go_on_with_waiting(app: &App, progress: &mut dyn FnMut(Progress)) -> Result<u64> {
    crate::work::process_waiting(app, progress)
}

pub fn list(app: &App, scope: &Scope, page: u64) -> Result<(Vec<(Import, Sums)>, u64)> {
    demand(scope, May::TakeInFiles)?;
    app.store.read(|tx| {
        let pages = imports::count(tx, scope)?.div_ceil(25).max(1);
        let page = page.clamp(1, pages);
        let all = imports::newest(tx, scope, 25, (page - 1) * 25)?
            .into_iter()
            .map(|import| {
                let sums = sums(tx, scope, &import)?;
                Ok((import, sums))
            })
            .collect::<Result<_>>()?;
        Ok((all, pages))
    })
}

pub fn view(app: &App, scope: &Scope, id: Uuid, page: u64) -> Result<ImportView> {
    demand(scope, May::TakeInFiles)?;
    app.store.read(|tx| {
        let import = imports::by_id(tx, scope, id)?.ok_or(Error::NotFound)?;
        let sums = sums(tx, scope, &import)?;
        let fault_count = imports::fault_count(tx, scope, id)?;
        let pages = fault_count.div_ceil(u64::from(FAULTS_PER_PAGE)).max(1);
        let page = page.clamp(1, pages);
        let offset = (page - 1) * u64::from(FAULTS_PER_PAGE);
        let faults = imports::faults(tx, scope, id, FAULTS_PER_PAGE, offset)?;
        let reused_controls = store::inbox::reused_controls(tx, scope, id)?;
        Ok(ImportView {
            import,
            sums,
            reused_controls,
            faults,
            fault_count,
            page,
            pages,
        })
    })
}

/// Every row error of a file, for download.
pub fn all_faults(app: &App, scope: &Scope, id: Uuid) -> Result<(Import, Vec<Fault>)> {
    demand(scope, May::TakeInFiles)?;
    app.store.read(|tx| {
        let import = imports::by_id(tx, scope, id)?.ok_or(Error::NotFound)?;
        let faults = imports::faults(tx, scope, id, 1_000_000, 0)?;
        Ok((import, faults))
    })
}

fn sums(tx: &mut store::Tx<'_>, scope: &Scope, import: &Import) -> Result<Sums> {
    let mut sums = Sums {
        received: import.staged - import.notes,
        had: import.had,
        ..Sums::default()
    };
    for outcome in imports::outcomes(tx, scope, import.id)? {
        let items = outcome.items;
        match outcome.state.as_str() {
            "new" => sums.new += items,
            "had" => sums.had += items,
            "held" => sums.held += items,
            "rejected" => sums.rejected += items,
            "received" => sums.waiting += items,
            _ => {
                let code = outcome.reason.unwrap_or_default();
                sums.ignored.push(Reason {
                    words: reason_words(&code),
                    code,
                    items,
                });
            }
        }
    }
    sums.ignored
        .sort_by(|a, b| b.items.cmp(&a.items).then_with(|| a.code.cmp(&b.code)));
    Ok(sums)
}

/// A reason for ignoring an item, in a coordinator's words.
pub fn reason_words(code: &str) -> String {
    if let Some(kind) = code.strip_prefix("not_used:") {
        return format!("Not a kind of message that Herald uses ({kind})");
    }
    if let Some(why) = code.strip_prefix("reader_said_no:") {
        return format!(
            "The reader said no: {}",
            crate::said_no::why_words(why).to_lowercase()
        );
    }
    match code {
        "under_age" => "Under the age that the service takes",
        "died" => "The person has died",
        "out_of_area" => "Lives or is registered outside the area",
        "nothing_about_a_fracture" => "Nothing about a fracture, and the person is not on record",
        "not_in_the_service" => "A result about somebody who is not in the service",
        "not_readable" => "Could not be read",
        "date_in_the_future" => "The date is in the future",
        "corrected_by_its_source" => "A newer version came before anybody answered who it is",
        "withdrawn_by_its_source" => "Taken back by its source before anybody answered who it is",
        "could_not_be_processed" => "Herald could not work on it",
        other => return other.replace('_', " "),
    }
    .to_owned()
}

/// How far a file has come, for a progress bar.
pub fn share_done(import: &Import, sums: &Sums) -> Option<f64> {
    match import.state {
        State::Complete | State::Refused => None,
        State::Staging if import.expected > 0 => {
            Some(0.3 * import.staged as f64 / import.expected as f64)
        }
        State::Staging => Some(0.0),
        State::Processing => {
            let done = sums.received.saturating_sub(sums.waiting) as f64;
            Some(0.3 + 0.7 * done / sums.received.max(1) as f64)
        }
    }
}

/// When the last file came in, for the front page.
pub fn last_finished(app: &App, scope: &Scope) -> Result<Option<Timestamp>> {
    app.store.read(|tx| {
        Ok(imports::newest(tx, scope, 1, 0)?
            .first()
            .and_then(|import| import.finished_at))
    })
}
