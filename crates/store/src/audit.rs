//! One row for each accepted fracture, as the FLS-DB patient audit sees it: derived from timelines like the other
//! indexes, kept small so that a hundred thousand are read for one page.

use pathway::{EpisodeId, PersonId};

use crate::{Scope, db::Tx, error::Result};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub episode: EpisodeId,
    pub person: PersonId,
    pub site: String,
    /// As `measures` encodes it.
    pub record: Vec<u8>,
}

/// All of the scope, in order of episode.
pub fn rows(tx: &mut Tx<'_>, scope: &Scope) -> Result<Vec<Row>> {
    let mut args = Vec::new();
    let clause = scope.clause("site", &mut args);
    let sql = format!(
        "SELECT episode, person, site, record FROM audit WHERE 1 = 1{clause} ORDER BY episode"
    );
    tx.query(&sql, &args)?
        .iter()
        .map(|row| {
            Ok(Row {
                episode: row.get(0)?,
                person: row.get(1)?,
                site: row.get(2)?,
                record: row.get(3)?,
            })
        })
        .collect()
}
