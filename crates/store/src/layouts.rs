//! Report layouts that the reader had not met, and the reports that wait until a clinician says whether it reads them
//! rightly.

use std::collections::BTreeSet;

use jiff::Timestamp;
use pathway::ItemId;
use uuid::Uuid;

use crate::{
    Scope,
    db::{Row, Tx},
    error::{Error, Result},
};

terms::vocabulary! {
    State {
        /// Nobody has said how the reader does with it.
        New = "new", "New";
        ReadRightly = "read_rightly", "Read rightly";
        NotUnderstood = "not_understood", "Not understood";
    }
}

terms::vocabulary! {
    /// Where one report of such a layout stands.
    ItemState {
        /// On a nurse's list, to be looked at.
        LookedAt = "looked_at", "Looked at by a nurse";
        Waiting = "waiting", "Waits for the layout";
        /// The reader's own no stands, and is in the pool that is sampled.
        SaidNo = "said_no", "The reader’s no stands";
        /// A newer version came, or its source took it back.
        Superseded = "superseded", "Corrected by its source";
    }
}

/// A layout, with how many of its reports stand where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    pub id: Uuid,
    pub site: String,
    /// The first heading that the reader does not know, as it was written.
    pub heading: String,
    pub state: State,
    pub first_seen: Timestamp,
    pub by_whom: Option<String>,
    pub note: Option<String>,
    pub at: Option<Timestamp>,
    pub reports: u64,
    pub waiting: u64,
    pub oldest: Option<Timestamp>,
}

/// The layout's state; recorded as new where it has not been met.
pub fn meet(
    tx: &mut Tx<'_>,
    id: Uuid,
    site: &str,
    skeleton: &str,
    heading: &str,
    now: Timestamp,
) -> Result<State> {
    tx.execute(
        "INSERT INTO layout (id, site, skeleton, heading, state, first_seen) VALUES ($1, $2, $3, $4, 'new', $5)
         ON CONFLICT (id) DO NOTHING",
        &[id.into(), site.into(), skeleton.into(), heading.into(), now.into()],
    )?;
    let row = tx.query_one("SELECT state FROM layout WHERE id = $1", &[id.into()])?;
    let code: String = row.ok_or_else(|| missing(id))?.get(0)?;
    state(&code)
}

fn missing(id: Uuid) -> Error {
    Error::Corrupt(format!("layout {id} is not there"))
}

fn state(code: &str) -> Result<State> {
    State::from_code(code).ok_or_else(|| Error::Corrupt(format!("layout in state {code}")))
}

/// How many reports are looked at by nurses: of this layout, and of all new ones of its hospital.
pub fn looked_at(tx: &mut Tx<'_>, layout: Uuid, site: &str) -> Result<(u64, u64)> {
    let of_layout = tx.number(
        "SELECT count(DISTINCT key) FROM layout_item WHERE layout = $1 AND state = 'looked_at'",
        &[layout.into()],
    )?;
    let of_site = tx.number(
        "SELECT count(DISTINCT i.key) FROM layout_item i JOIN layout l ON l.id = i.layout
         WHERE i.site = $1 AND i.state = 'looked_at' AND l.state = 'new'",
        &[site.into()],
    )?;
    Ok((of_layout as u64, of_site as u64))
}

pub struct Item<'a> {
    pub item: ItemId,
    pub layout: Uuid,
    pub site: &'a str,
    /// Key of the report, so that its source can correct it or take it back.
    pub key: &'a str,
    pub state: ItemState,
}

pub fn put(tx: &mut Tx<'_>, item: &Item<'_>, now: Timestamp) -> Result<()> {
    tx.execute(
        "INSERT INTO layout_item (item, layout, site, key, state, at) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (item) DO NOTHING",
        &[
            item.item.into(),
            item.layout.into(),
            item.site.into(),
            item.key.into(),
            item.state.code().into(),
            now.into(),
        ],
    )?;
    Ok(())
}

/// A report that waited waits no more. `false`: it did not.
pub fn settle(tx: &mut Tx<'_>, item: ItemId, state: ItemState) -> Result<bool> {
    let done = tx.execute(
        "UPDATE layout_item SET state = $2 WHERE item = $1 AND state = 'waiting'",
        &[item.into(), state.code().into()],
    )?;
    Ok(done == 1)
}

/// Reports of this key that wait no more because their source says otherwise.
pub fn supersede(tx: &mut Tx<'_>, key: &str, but: ItemId) -> Result<Vec<ItemId>> {
    let items: Vec<ItemId> = tx
        .query(
            "SELECT item FROM layout_item WHERE key = $1 AND state = 'waiting' AND item <> $2",
            &[key.into(), but.into()],
        )?
        .iter()
        .map(|row| row.get(0))
        .collect::<Result<_>>()?;
    for item in &items {
        settle(tx, *item, ItemState::Superseded)?;
    }
    Ok(items)
}

/// Reports that wait although their layout has been decided on, oldest first.
pub fn decided_and_waiting(tx: &mut Tx<'_>, most: u32) -> Result<Vec<(ItemId, State)>> {
    tx.query(
        "SELECT i.item, l.state FROM layout_item i JOIN layout l ON l.id = i.layout JOIN inbox b ON b.item = i.item
         WHERE i.state = 'waiting' AND l.state <> 'new' ORDER BY b.id LIMIT $1",
        &[most.into()],
    )?
    .iter()
    .map(|row| Ok((row.get(0)?, state(&row.get::<String>(1)?)?)))
    .collect()
}

/// The heading for which this report was put before a nurse, if it was.
pub fn looked_at_for(tx: &mut Tx<'_>, item: ItemId) -> Result<Option<String>> {
    tx.query_one(
        "SELECT l.heading FROM layout_item i JOIN layout l ON l.id = i.layout
         WHERE i.item = $1 AND i.state = 'looked_at'",
        &[item.into()],
    )?
    .map(|row| row.get(0))
    .transpose()
}

/// Some reports of a layout, newest first.
pub fn samples(tx: &mut Tx<'_>, scope: &Scope, layout: Uuid, most: u32) -> Result<Vec<ItemId>> {
    let mut args = vec![layout.into()];
    let clause = scope.clause("site", &mut args);
    args.push(most.into());
    tx.query(
        &format!(
            "SELECT item FROM layout_item WHERE layout = $1 AND state <> 'superseded'{clause}
             ORDER BY at DESC, item LIMIT ${}",
            args.len()
        ),
        &args,
    )?
    .iter()
    .map(|row| row.get(0))
    .collect()
}

const COLUMNS: &str =
    "l.id, l.site, l.heading, l.state, l.first_seen, l.by_whom, l.note, l.at, count(i.item),
    CAST(coalesce(sum(CASE WHEN i.state = 'waiting' THEN 1 ELSE 0 END), 0) AS bigint),
    min(CASE WHEN i.state = 'waiting' THEN i.at END)";

fn read(row: &Row) -> Result<Layout> {
    Ok(Layout {
        id: row.get(0)?,
        site: row.get(1)?,
        heading: row.get(2)?,
        state: state(&row.get::<String>(3)?)?,
        first_seen: row.get(4)?,
        by_whom: row.get(5)?,
        note: row.get(6)?,
        at: row.get(7)?,
        reports: row.get(8)?,
        waiting: row.get(9)?,
        oldest: row.get(10)?,
    })
}

/// All layouts in sight: new ones first, those with most reports before the others.
pub fn all(tx: &mut Tx<'_>, scope: &Scope) -> Result<Vec<Layout>> {
    let mut args = Vec::new();
    let clause = scope.clause("l.site", &mut args);
    let sql = format!(
        "SELECT {COLUMNS} FROM layout l LEFT JOIN layout_item i ON i.layout = l.id WHERE 1 = 1{clause}
         GROUP BY l.id, l.site, l.heading, l.state, l.first_seen, l.by_whom, l.note, l.at
         ORDER BY CASE WHEN l.state = 'new' THEN 0 ELSE 1 END, count(i.item) DESC, l.first_seen, l.id"
    );
    tx.query(&sql, &args)?.iter().map(read).collect()
}

pub fn one(tx: &mut Tx<'_>, scope: &Scope, id: Uuid) -> Result<Option<Layout>> {
    let mut args = vec![id.into()];
    let clause = scope.clause("l.site", &mut args);
    let sql = format!(
        "SELECT {COLUMNS} FROM layout l LEFT JOIN layout_item i ON i.layout = l.id WHERE l.id = $1{clause}
         GROUP BY l.id, l.site, l.heading, l.state, l.first_seen, l.by_whom, l.note, l.at"
    );
    tx.query_one(&sql, &args)?.as_ref().map(read).transpose()
}

/// What a clinician says of a layout. `false`: it was decided on before.
pub fn decide(
    tx: &mut Tx<'_>,
    id: Uuid,
    state: State,
    who: &str,
    note: Option<&str>,
    now: Timestamp,
) -> Result<bool> {
    let done = tx.execute(
        "UPDATE layout SET state = $2, by_whom = $3, note = $4, at = $5 WHERE id = $1 AND state <> $2",
        &[id.into(), state.code().into(), who.into(), note.into(), now.into()],
    )?;
    Ok(done == 1)
}

/// Held items that nobody is asked about, and reports that wait without being held: there should be none.
pub fn adrift(tx: &mut Tx<'_>) -> Result<Vec<ItemId>> {
    tx.query(
        "SELECT b.item FROM inbox b WHERE b.state = 'held'
           AND NOT EXISTS (SELECT 1 FROM question q WHERE q.item = b.item AND q.answered_at IS NULL)
           AND NOT EXISTS (SELECT 1 FROM layout_item i WHERE i.item = b.item AND i.state = 'waiting')
         UNION ALL
         SELECT i.item FROM layout_item i WHERE i.state = 'waiting'
           AND NOT EXISTS (SELECT 1 FROM inbox b WHERE b.item = i.item AND b.state = 'held')",
        &[],
    )?
    .iter()
    .map(|row| row.get(0))
    .collect()
}

/// Layouts whose noes stand.
pub fn read_rightly(tx: &mut Tx<'_>) -> Result<BTreeSet<Uuid>> {
    tx.query("SELECT id FROM layout WHERE state = 'read_rightly'", &[])?
        .iter()
        .map(|row| row.get(0))
        .collect()
}

/// How many reports wait for a clinician's word on their layout.
pub fn waiting(tx: &mut Tx<'_>) -> Result<u64> {
    Ok(tx.number(
        "SELECT count(*) FROM layout_item WHERE state = 'waiting'",
        &[],
    )? as u64)
}
