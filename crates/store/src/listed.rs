//! What the reader listed, by source: what was found, beside what it said no to.

use jiff::civil::Date;
use pathway::{ItemId, RejectReason};

use crate::{Scope, db::Tx, error::Result};

pub fn put(tx: &mut Tx<'_>, item: ItemId, site: &str, kind: &str, seen_on: Date) -> Result<()> {
    tx.execute(
        "INSERT INTO listed (item, site, kind, seen_on) VALUES ($1, $2, $3, $4) ON CONFLICT (item) DO NOTHING",
        &[item.into(), site.into(), kind.into(), seen_on.into()],
    )?;
    Ok(())
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub site: String,
    pub kind: String,
    /// `2026-11`
    pub month: String,
    pub items: u64,
}

/// Items that brought a fracture. Not those that only said it again, nor those of people of whom a nurse has said in
/// every case that it is not a fracture; who has not been decided on counts.
pub fn found(tx: &mut Tx<'_>, scope: &Scope) -> Result<Vec<Found>> {
    let mut args = vec![RejectReason::NotAFracture.words().into()];
    let clause = scope.clause("l.site", &mut args);
    let sql = format!(
        "SELECT l.site, l.kind, substr(CAST(l.seen_on AS text), 1, 7), count(*)
         FROM listed l JOIN inbox i ON i.item = l.item
         WHERE i.state IN ('new', 'held') AND (i.person IS NULL OR EXISTS (
           SELECT 1 FROM episode e WHERE e.person = i.person AND coalesce(e.closed_because, '') <> $1)){clause}
         GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
    );
    tx.query(&sql, &args)?
        .iter()
        .map(|row| {
            Ok(Found {
                site: row.get(0)?,
                kind: row.get(1)?,
                month: row.get(2)?,
                items: row.get(3)?,
            })
        })
        .collect()
}
