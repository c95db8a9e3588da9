//! The newest word of each source that speaks against a fracture, so that it is found when the fracture is coded later.

use jiff::civil::Date;
use pathway::ItemId;
use terms::NhsNumber;

use crate::{Scope, db::Tx, error::Result};

/// Keep what a source says; what it said before under the same key is replaced.
pub fn put(
    tx: &mut Tx<'_>,
    key: &str,
    number: &NhsNumber,
    seen_on: Option<Date>,
    item: ItemId,
) -> Result<()> {
    tx.execute(
        "INSERT INTO denial (key, nhs_number, seen_on, item) VALUES ($1, $2, $3, $4)
         ON CONFLICT (key) DO UPDATE SET nhs_number = excluded.nhs_number, seen_on = excluded.seen_on,
           item = excluded.item",
        &[key.into(), number.into(), seen_on.into(), item.into()],
    )?;
    Ok(())
}

/// The source has taken its word back, or says something else now.
pub fn forget(tx: &mut Tx<'_>, key: &str) -> Result<()> {
    tx.execute("DELETE FROM denial WHERE key = $1", &[key.into()])?;
    Ok(())
}

/// Items that spoke against a fracture of whoever holds the number, seen on these days or on a day not known.
pub fn about(
    tx: &mut Tx<'_>,
    _: &Scope,
    number: &NhsNumber,
    from: Date,
    until: Date,
) -> Result<Vec<ItemId>> {
    tx.query(
        "SELECT DISTINCT item FROM denial WHERE nhs_number = $1
           AND (seen_on IS NULL OR (seen_on >= $2 AND seen_on <= $3)) ORDER BY item",
        &[number.into(), from.into(), until.into()],
    )?
    .iter()
    .map(|row| row.get(0))
    .collect()
}
