//! Files taken in: how far each one has come, what became of its items, what was wrong in it.

use feeds::fault::{Fault, Severity};
use jiff::Timestamp;
use uuid::Uuid;

use crate::{
    Scope,
    db::{Row, Tx, Value},
    error::Result,
};

#[derive(Debug, Clone, PartialEq)]
pub struct Import {
    pub id: Uuid,
    pub file_name: String,
    pub bytes: u64,
    pub format: String,
    pub by_whom: String,
    pub state: State,
    /// Items counted when the file was surveyed.
    pub expected: u64,
    /// Items stored, in order of the file: after a crash the next one is taken from here.
    pub staged: u64,
    /// Items that were on record already, byte for byte.
    pub had: u64,
    /// Remarks on the file as a whole, such as a wrong count in a batch: read like items, but not received ones.
    pub notes: u64,
    pub started_at: Timestamp,
    pub finished_at: Option<Timestamp>,
    pub problem: Option<String>,
    pub advice: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Items are being stored.
    Staging,
    /// Everything is stored and on its way through the reader.
    Processing,
    Complete,
    /// Refused as a whole; nothing of it was taken in.
    Refused,
}

impl State {
    pub fn code(self) -> &'static str {
        match self {
            Self::Staging => "staging",
            Self::Processing => "processing",
            Self::Complete => "complete",
            Self::Refused => "refused",
        }
    }

    fn from_code(code: &str) -> Self {
        match code {
            "staging" => Self::Staging,
            "processing" => Self::Processing,
            "complete" => Self::Complete,
            _ => Self::Refused,
        }
    }
}

const COLUMNS: &str = "id, file_name, bytes, format, by_whom, state, expected, staged, had, notes,
    started_at, finished_at, problem, advice";

fn read(row: &Row) -> Result<Import> {
    Ok(Import {
        id: row.get(0)?,
        file_name: row.get(1)?,
        bytes: row.get(2)?,
        format: row.get(3)?,
        by_whom: row.get(4)?,
        state: State::from_code(&row.get::<String>(5)?),
        expected: row.get(6)?,
        staged: row.get(7)?,
        had: row.get(8)?,
        notes: row.get(9)?,
        started_at: row.get(10)?,
        finished_at: row.get(11)?,
        problem: row.get(12)?,
        advice: row.get(13)?,
    })
}

pub fn by_content(tx: &mut Tx<'_>, _: &Scope, sha256: &[u8; 32]) -> Result<Option<Import>> {
    let sql = format!("SELECT {COLUMNS} FROM import WHERE sha256 = $1");
    tx.query_one(&sql, &[(*sha256).into()])?
        .as_ref()
        .map(read)
        .transpose()
}

pub fn by_id(tx: &mut Tx<'_>, _: &Scope, id: Uuid) -> Result<Option<Import>> {
    let sql = format!("SELECT {COLUMNS} FROM import WHERE id = $1");
    tx.query_one(&sql, &[id.into()])?
        .as_ref()
        .map(read)
        .transpose()
}

pub fn newest(tx: &mut Tx<'_>, _: &Scope, most: u32, offset: u64) -> Result<Vec<Import>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM import ORDER BY started_at DESC, file_name DESC LIMIT $1 OFFSET $2"
    );
    tx.query(&sql, &[most.into(), offset.into()])?
        .iter()
        .map(read)
        .collect()
}

pub fn count(tx: &mut Tx<'_>, _: &Scope) -> Result<u64> {
    Ok(tx.number("SELECT count(*) FROM import", &[])? as u64)
}

/// Begin, or begin again a file that was refused before (it may have been mended by a profile since).
pub fn begin(tx: &mut Tx<'_>, import: &Import, sha256: &[u8; 32]) -> Result<()> {
    // Two processes may begin the same file at once; its id and its digest are both unique, and only one of them can
    // be named in ON CONFLICT.
    tx.lock("import")?;
    let begun = tx.execute(
        "INSERT INTO import (id, file_name, sha256, bytes, format, by_whom, state, expected, staged, had,
           notes, started_at, finished_at, problem, advice)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, 0, 0, $9, $10, $11, $12)
         ON CONFLICT (sha256) DO UPDATE SET file_name = excluded.file_name, format = excluded.format,
           by_whom = excluded.by_whom, state = excluded.state, expected = excluded.expected,
           started_at = excluded.started_at, finished_at = excluded.finished_at, problem = excluded.problem,
           advice = excluded.advice
         WHERE import.state = 'refused'",
        &[
            import.id.into(),
            import.file_name.as_str().into(),
            (*sha256).into(),
            import.bytes.into(),
            import.format.as_str().into(),
            import.by_whom.as_str().into(),
            import.state.code().into(),
            import.expected.into(),
            import.started_at.into(),
            import.finished_at.into(),
            import.problem.clone().into(),
            import.advice.clone().into(),
        ],
    )?;
    if begun == 1 {
        // What was wrong when it was refused need not be wrong any more.
        tx.execute(
            "DELETE FROM import_fault WHERE import = $1",
            &[import.id.into()],
        )?;
    }
    Ok(())
}

/// Where the staging of a file stands, for whoever goes on with it.
pub fn staged(tx: &mut Tx<'_>, id: Uuid) -> Result<u64> {
    Ok(tx.number("SELECT staged FROM import WHERE id = $1", &[id.into()])? as u64)
}

/// Move the mark; nothing happens if somebody else moved it first.
pub fn advance(
    tx: &mut Tx<'_>,
    id: Uuid,
    from: u64,
    to: u64,
    had: u64,
    notes: u64,
) -> Result<bool> {
    let done = tx.execute(
        "UPDATE import SET staged = $3, had = had + $4, notes = notes + $5
         WHERE id = $1 AND staged = $2 AND state = 'staging'",
        &[id.into(), from.into(), to.into(), had.into(), notes.into()],
    )?;
    Ok(done == 1)
}

pub fn set_processing(tx: &mut Tx<'_>, id: Uuid) -> Result<()> {
    tx.execute(
        "UPDATE import SET state = 'processing' WHERE id = $1 AND state = 'staging'",
        &[id.into()],
    )?;
    Ok(())
}

/// Whatever is fully stored and has nothing waiting is complete.
pub fn finish_ready(tx: &mut Tx<'_>, now: Timestamp) -> Result<()> {
    tx.execute(
        "UPDATE import SET state = 'complete', finished_at = $1 WHERE state = 'processing'
           AND NOT EXISTS (SELECT 1 FROM inbox WHERE inbox.import = import.id AND inbox.state = 'received')",
        &[now.into()],
    )?;
    Ok(())
}

/// What became of a file's items. With what was had already, they add up to what was received.
pub fn outcomes(tx: &mut Tx<'_>, _: &Scope, id: Uuid) -> Result<Vec<Outcome>> {
    let rows = tx.query(
        "SELECT state, reason, count(*) FROM inbox WHERE import = $1 GROUP BY state, reason
         ORDER BY state, reason",
        &[id.into()],
    )?;
    rows.iter()
        .map(|row| {
            Ok(Outcome {
                state: row.get(0)?,
                reason: row.get(1)?,
                items: row.get(2)?,
            })
        })
        .collect()
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    pub state: String,
    pub reason: Option<String>,
    pub items: u64,
}

pub fn put_faults(tx: &mut Tx<'_>, id: Uuid, faults: &[Fault]) -> Result<()> {
    for (nth, fault) in faults.iter().enumerate() {
        let text = |value: &Option<String>| Value::from(value.as_ref().map(|v| clean(v)));
        tx.execute(
            "INSERT INTO import_fault (import, line, nth, col, header, value, problem, advice, severity)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING",
            &[
                id.into(),
                fault.line.into(),
                nth.into(),
                text(&fault.column),
                text(&fault.header),
                text(&fault.value),
                clean(&fault.problem).into(),
                clean(&fault.advice).into(),
                match fault.severity {
                    Severity::Warning => "warning",
                    Severity::Rejected => "rejected",
                }
                .into(),
            ],
        )?;
    }
    Ok(())
}

/// PostgreSQL's text holds no NUL.
fn clean(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

pub fn fault_count(tx: &mut Tx<'_>, _: &Scope, id: Uuid) -> Result<u64> {
    Ok(tx.number(
        "SELECT count(*) FROM import_fault WHERE import = $1",
        &[id.into()],
    )? as u64)
}

pub fn faults(tx: &mut Tx<'_>, _: &Scope, id: Uuid, most: u32, offset: u64) -> Result<Vec<Fault>> {
    let rows = tx.query(
        "SELECT line, col, header, value, problem, advice, severity FROM import_fault WHERE import = $1
         ORDER BY line, nth LIMIT $2 OFFSET $3",
        &[id.into(), most.into(), offset.into()],
    )?;
    rows.iter()
        .map(|row| {
            Ok(Fault {
                line: row.get(0)?,
                column: row.get(1)?,
                header: row.get(2)?,
                value: row.get(3)?,
                problem: row.get(4)?,
                advice: row.get(5)?,
                severity: match row.get::<String>(6)?.as_str() {
                    "warning" => Severity::Warning,
                    _ => Severity::Rejected,
                },
            })
        })
        .collect()
}
