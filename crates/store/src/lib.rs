//! Where everything is kept: timelines, the inbox, indexes, staff, sessions and the access log, on SQLite or
//! PostgreSQL. Modules are grouped by what they keep; each function takes the transaction it runs in, and every
//! read that shows people takes a [`Scope`], which only signing in makes. No clinical rules live here.

pub mod access;
pub mod audit;
mod db;
pub mod denials;
pub mod documents;
mod error;
pub mod feeds;
pub mod guidance;
pub mod imports;
pub mod inbox;
pub mod index;
pub mod layouts;
pub mod listed;
pub mod people;
pub mod questionnaires;
pub mod questions;
pub mod rules;
pub mod said_no;
mod scope;
pub mod settings;
pub mod staff;
pub mod timeline;
pub mod worklist;

use std::path::Path;

pub use db::{Address, Tx};
pub use error::{Error, Result};
pub use scope::{Role, Scope, Sites};

pub struct Store {
    db: db::Db,
}

impl Store {
    /// Open, or make, the data at an address; refuses a database that would not keep what it was given.
    pub fn open(address: &Address) -> Result<Self> {
        let store = Self {
            db: db::Db::open(address)?,
        };
        if !store.read(audit::is_up_to_date)? {
            let scope = Scope::for_job("Herald");
            store.write(|tx| audit::bring_up_to_date(tx, &scope))?;
        }
        Ok(store)
    }

    /// One consistent view of the data; nothing is written.
    pub fn read<T, E: From<Error>>(
        &self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.db.read(work)
    }

    /// All or nothing, and durable when it returns.
    pub fn write<T, E: From<Error>>(
        &self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.db.write(work)
    }

    /// A consistent copy, taken while others work.
    pub fn backup(&self, to: &Path) -> Result<()> {
        self.db.backup(to)
    }

    /// "SQLite" or "PostgreSQL".
    pub fn kind(&self) -> &'static str {
        self.db.name()
    }

    /// The database's own check of itself, `ok` if all is well.
    pub fn self_check(&self) -> Result<String> {
        self.db.self_check()
    }

    /// Take in no more than so much data (SQLite only).
    pub fn limit_size(&self, megabytes: u64) -> Result<()> {
        self.db.limit_size(megabytes)
    }

    /// Whoever stands at the door and has not signed in: for recording failures, and nothing else.
    pub fn door(&self) -> Scope {
        Scope {
            sites: Sites::These(Default::default()),
            ..Scope::for_job("Not signed in")
        }
    }

    /// Matching looks over every site, since one person may go to several hospitals. Only what tells people apart
    /// is shown from it, and who looked is recorded under their own name.
    pub fn identity_scope(&self, scope: &Scope) -> Scope {
        Scope {
            sites: Sites::All,
            ..scope.clone()
        }
    }

    /// A scope for one of Herald's own jobs or for the operator at the command line. It is a signing in like any
    /// other: it is written to the access log before anything can be read with it.
    pub fn sign_in_job(&self, job: &str, now: jiff::Timestamp) -> Result<Scope> {
        let scope = Scope::for_job(job);
        self.write(|tx| {
            access::record(tx, &scope, now, "job_started", &[], serde_json::json!({}))
        })?;
        Ok(scope)
    }
}
