//! What the reader said no to, and what clinicians found on looking again.

use jiff::{Timestamp, civil::Date};
use pathway::{ItemId, UserId};

use crate::{Scope, db::Tx, error::Result};

pub struct Refusal<'a> {
    pub item: ItemId,
    pub site: &'a str,
    /// Which feed it came by: `report`, `emergency_attendance` …
    pub kind: &'a str,
    pub why: &'a str,
    pub seen_on: Option<Date>,
    /// Place in the random order of drawing: a digest, so that nobody can choose what is reviewed.
    pub drawn: [u8; 32],
}

pub fn put(tx: &mut Tx<'_>, refusal: &Refusal<'_>, now: Timestamp) -> Result<()> {
    tx.execute(
        "INSERT INTO said_no (item, site, kind, why, seen_on, drawn, at) VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (item) DO NOTHING",
        &[
            refusal.item.into(),
            refusal.site.into(),
            refusal.kind.into(),
            refusal.why.into(),
            refusal.seen_on.into(),
            refusal.drawn.into(),
            now.into(),
        ],
    )?;
    Ok(())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The reader was right.
    Agree,
    /// Somebody was missed.
    Missed,
    Unsure,
}

impl Verdict {
    pub fn code(self) -> &'static str {
        match self {
            Self::Agree => "agree",
            Self::Missed => "missed",
            Self::Unsure => "unsure",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Agree, Self::Missed, Self::Unsure]
            .into_iter()
            .find(|verdict| verdict.code() == code)
    }
}

/// One reason, source and month, with how many were refused, reviewed and found missed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub why: String,
    pub site: String,
    pub kind: String,
    /// `2026-11`; empty where no day is known.
    pub month: String,
    pub refused: u64,
    pub reviewed: u64,
    pub missed: u64,
    pub unsure: u64,
}

pub fn tally(tx: &mut Tx<'_>, scope: &Scope) -> Result<Vec<Row>> {
    let mut args = Vec::new();
    let clause = scope.clause("n.site", &mut args);
    // One item reviewed by several people counts once, as missed if any of them says so.
    let sql = format!(
        "SELECT n.why, n.site, n.kind, coalesce(substr(CAST(n.seen_on AS text), 1, 7), ''), count(*), count(r.item),
           CAST(coalesce(sum(r.missed), 0) AS bigint), CAST(coalesce(sum(r.unsure), 0) AS bigint)
         FROM said_no n LEFT JOIN (
           SELECT item, max(CASE WHEN verdict = 'missed' THEN 1 ELSE 0 END) AS missed,
             min(CASE WHEN verdict = 'unsure' THEN 1 ELSE 0 END) AS unsure
           FROM said_no_review GROUP BY item) r ON r.item = n.item
         WHERE 1 = 1{clause} GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4"
    );
    tx.query(&sql, &args)?
        .iter()
        .map(|row| {
            Ok(Row {
                why: row.get(0)?,
                site: row.get(1)?,
                kind: row.get(2)?,
                month: row.get(3)?,
                refused: row.get(4)?,
                reviewed: row.get(5)?,
                missed: row.get(6)?,
                unsure: row.get(7)?,
            })
        })
        .collect()
}

/// The next item of the random sample that this person has not reviewed, within one reason if asked for.
pub fn next(
    tx: &mut Tx<'_>,
    scope: &Scope,
    user: UserId,
    why: Option<&str>,
) -> Result<Option<ItemId>> {
    let mut args = vec![user.into()];
    let mut clause = scope.clause("n.site", &mut args);
    if let Some(why) = why {
        args.push(why.into());
        clause.push_str(&format!(" AND n.why = ${}", args.len()));
    }
    let sql = format!(
        "SELECT n.item FROM said_no n WHERE NOT EXISTS
           (SELECT 1 FROM said_no_review r WHERE r.item = n.item AND r.by_user = $1){clause}
         ORDER BY n.drawn LIMIT 1"
    );
    tx.query_one(&sql, &args)?.map(|row| row.get(0)).transpose()
}

pub fn review(
    tx: &mut Tx<'_>,
    item: ItemId,
    user: UserId,
    verdict: Verdict,
    note: Option<&str>,
    now: Timestamp,
) -> Result<()> {
    tx.execute(
        "INSERT INTO said_no_review (item, by_user, verdict, note, at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (item, by_user) DO UPDATE SET verdict = excluded.verdict, note = excluded.note,
           at = excluded.at",
        &[
            item.into(),
            user.into(),
            verdict.code().into(),
            note.into(),
            now.into(),
        ],
    )?;
    Ok(())
}

pub fn verdict_of(tx: &mut Tx<'_>, item: ItemId, user: UserId) -> Result<Option<Verdict>> {
    let row = tx.query_one(
        "SELECT verdict FROM said_no_review WHERE item = $1 AND by_user = $2",
        &[item.into(), user.into()],
    )?;
    row.map(|row| row.get::<String>(0))
        .transpose()
        .map(|code| code.and_then(|code| Verdict::from_code(&code)))
}

/// For an item of the pool, the note of whoever first found that somebody was missed.
pub fn note_of_missed(tx: &mut Tx<'_>, item: ItemId) -> Result<Option<Option<String>>> {
    tx.query_one(
        "SELECT r.note FROM said_no n LEFT JOIN said_no_review r ON r.item = n.item AND r.verdict = 'missed'
         WHERE n.item = $1 ORDER BY r.at LIMIT 1",
        &[item.into()],
    )?
    .map(|row| row.get(0))
    .transpose()
}

/// The reason under which an item was refused, if it is in the pool and in sight.
pub fn why(tx: &mut Tx<'_>, scope: &Scope, item: ItemId) -> Result<Option<String>> {
    let mut args = vec![item.into()];
    let clause = scope.clause("site", &mut args);
    tx.query_one(
        &format!("SELECT why FROM said_no WHERE item = $1{clause}"),
        &args,
    )?
    .map(|row| row.get(0))
    .transpose()
}

/// When an item of the pool was refused.
pub fn refused_at(tx: &mut Tx<'_>, _: &Scope, item: ItemId) -> Result<Option<Timestamp>> {
    tx.query_one("SELECT at FROM said_no WHERE item = $1", &[item.into()])?
        .map(|row| row.get(0))
        .transpose()
}
