//! Every message and row as it was received, and what became of it.

use jiff::Timestamp;
use pathway::{ItemId, PersonId};
use uuid::Uuid;

use crate::{
    Scope,
    db::{Row, Tx},
    error::Result,
};

#[derive(Debug, Clone, PartialEq)]
pub struct Waiting {
    pub id: u64,
    pub item: ItemId,
    pub import: Uuid,
    pub line: u64,
    pub format: String,
    pub raw: Vec<u8>,
}

pub struct Arrival<'a> {
    pub item: ItemId,
    pub import: Uuid,
    pub line: u64,
    pub format: &'a str,
    pub raw: &'a [u8],
}

/// Store what arrived. `false`: the same content is on record already.
pub fn put(tx: &mut Tx<'_>, arrival: &Arrival<'_>, now: Timestamp) -> Result<bool> {
    let stored = tx.execute(
        "INSERT INTO inbox (item, import, line, format, raw, state, received_at)
         VALUES ($1, $2, $3, $4, $5, 'received', $6) ON CONFLICT (item) DO NOTHING",
        &[
            arrival.item.into(),
            arrival.import.into(),
            arrival.line.into(),
            arrival.format.into(),
            arrival.raw.into(),
            now.into(),
        ],
    )?;
    Ok(stored == 1)
}

/// The oldest items that nobody has worked on.
pub fn waiting(tx: &mut Tx<'_>, after: u64, most: u32) -> Result<Vec<Waiting>> {
    let rows = tx.query(
        "SELECT id, item, import, line, format, raw FROM inbox WHERE state = 'received' AND id > $1
         ORDER BY id LIMIT $2",
        &[after.into(), most.into()],
    )?;
    rows.iter().map(read).collect()
}

fn read(row: &Row) -> Result<Waiting> {
    Ok(Waiting {
        id: row.get(0)?,
        item: row.get(1)?,
        import: row.get(2)?,
        line: row.get(3)?,
        format: row.get(4)?,
        raw: row.get(5)?,
    })
}

/// Whether nobody has settled an item meanwhile.
pub fn still_waits(tx: &mut Tx<'_>, item: ItemId) -> Result<bool> {
    let row = tx.query_one(
        "SELECT 1 FROM inbox WHERE item = $1 AND state = 'received'",
        &[item.into()],
    )?;
    Ok(row.is_some())
}

pub fn waiting_count(tx: &mut Tx<'_>) -> Result<u64> {
    Ok(tx.number("SELECT count(*) FROM inbox WHERE state = 'received'", &[])? as u64)
}

/// One item again, for those who may see its site.
pub fn item(tx: &mut Tx<'_>, scope: &Scope, item: ItemId) -> Result<Option<Waiting>> {
    let mut args = vec![item.into()];
    let clause = scope.clause("coalesce(site, '')", &mut args);
    let sql =
        format!("SELECT id, item, import, line, format, raw FROM inbox WHERE item = $1{clause}");
    tx.query_one(&sql, &args)?.as_ref().map(read).transpose()
}

/// An item that was worked on, as the reading of it needs it.
#[derive(Debug, Clone, PartialEq)]
pub struct Settled {
    pub waiting: Waiting,
    pub received_at: Timestamp,
    /// Whose timeline it came to, if any.
    pub person: Option<PersonId>,
}

const SETTLED: &str = "SELECT id, item, import, line, format, raw, received_at, person FROM inbox";

fn settled(row: &Row) -> Result<Settled> {
    Ok(Settled {
        waiting: read(row)?,
        received_at: row.get(6)?,
        person: row.get(7)?,
    })
}

/// The newest readable items that were worked on, from before a place in the inbox.
pub fn newest_settled(
    tx: &mut Tx<'_>,
    scope: &Scope,
    before: Option<u64>,
    most: u32,
) -> Result<Vec<Settled>> {
    let mut args = vec![before.unwrap_or(i64::MAX as u64).into(), most.into()];
    let clause = scope.clause("coalesce(site, '')", &mut args);
    let sql = format!(
        "{SETTLED} WHERE id < $1 AND state NOT IN ('received', 'rejected'){clause} ORDER BY id DESC LIMIT $2"
    );
    tx.query(&sql, &args)?.iter().map(settled).collect()
}

/// One item that was worked on, for those who may see its site.
pub fn settled_item(tx: &mut Tx<'_>, scope: &Scope, item: ItemId) -> Result<Option<Settled>> {
    let mut args = vec![item.into()];
    let clause = scope.clause("coalesce(site, '')", &mut args);
    let sql = format!("{SETTLED} WHERE item = $1{clause}");
    tx.query_one(&sql, &args)?.as_ref().map(settled).transpose()
}

/// What became of an item. The names are the ones coordinators read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// It put something new on a timeline.
    New,
    /// It said nothing that was not on record.
    Had,
    /// A person must say who it is.
    Held(String),
    Ignored(String),
    Rejected(String),
}

impl Fate {
    fn columns(&self) -> (&'static str, Option<&str>) {
        match self {
            Self::New => ("new", None),
            Self::Had => ("had", None),
            Self::Held(reason) => ("held", Some(reason)),
            Self::Ignored(reason) => ("ignored", Some(reason)),
            Self::Rejected(reason) => ("rejected", Some(reason)),
        }
    }
}

/// Settle an item that was waiting or held. `false`: somebody else had settled it already.
pub fn settle(
    tx: &mut Tx<'_>,
    item: ItemId,
    from: &str,
    fate: &Fate,
    site: Option<&str>,
    person: Option<PersonId>,
    now: Timestamp,
) -> Result<bool> {
    let (state, reason) = fate.columns();
    let done = tx.execute(
        "UPDATE inbox SET state = $2, reason = $3, site = coalesce($4, site), person = $5, processed_at = $6
         WHERE item = $1 AND state = $7",
        &[item.into(), state.into(), reason.into(), site.into(), person.into(), now.into(), from.into()],
    )?;
    Ok(done == 1)
}

/// Note the sender's own id of a message. One that came before with other content is flagged, never dropped:
/// senders do reset their counters.
pub fn note_control(tx: &mut Tx<'_>, item: ItemId, control: &str) -> Result<()> {
    let reused = tx
        .query_one(
            "SELECT 1 FROM inbox WHERE control = $1 AND item <> $2 LIMIT 1",
            &[control.into(), item.into()],
        )?
        .is_some();
    tx.execute(
        "UPDATE inbox SET control = $2, control_reused = $3 WHERE item = $1",
        &[item.into(), control.into(), reused.into()],
    )?;
    Ok(())
}

/// Items whose control id had come before with other content.
pub fn reused_controls(tx: &mut Tx<'_>, _: &Scope, import: Uuid) -> Result<u64> {
    Ok(tx.number(
        "SELECT count(*) FROM inbox WHERE import = $1 AND control_reused",
        &[import.into()],
    )? as u64)
}

/// Items by state over everything received, for the sums that must balance.
pub fn tally(tx: &mut Tx<'_>) -> Result<Vec<(String, u64)>> {
    tx.query(
        "SELECT state, count(*) FROM inbox GROUP BY state ORDER BY state",
        &[],
    )?
    .iter()
    .map(|row| Ok((row.get(0)?, row.get(1)?)))
    .collect()
}

/// Imports whose items do not add up: stored + had + notes ≠ read from the file.
pub fn unbalanced(tx: &mut Tx<'_>) -> Result<Vec<String>> {
    tx.query(
        "SELECT i.file_name FROM import i WHERE i.state <> 'refused' AND i.staged <> i.had + i.notes +
           (SELECT count(*) FROM inbox b WHERE b.import = i.id) ORDER BY i.file_name",
        &[],
    )?
    .iter()
    .map(|row| row.get(0))
    .collect()
}
