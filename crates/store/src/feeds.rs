//! How much came by which feed, by week and by day, and who has seen a warning about it. A feed is a hospital site and a
//! kind of message.

use jiff::{Timestamp, civil::Date};

use crate::{
    Scope,
    db::{Row, Tx, Value},
    error::Result,
};

/// One item, as it is counted.
pub struct Counted<'a> {
    pub site: &'a str,
    pub kind: &'a str,
    /// The Monday of the week in which it happened.
    pub week: Date,
    /// The day on which it came.
    pub day: Date,
    /// What the reader made of it; empty where there was nothing to read.
    pub list: &'a str,
    pub why: &'a str,
}

/// Count an item. Once, in the transaction that settles it.
pub fn count(tx: &mut Tx<'_>, item: &Counted<'_>) -> Result<()> {
    tx.execute(
        "INSERT INTO feed_week (site, kind, week, list, why, items) VALUES ($1, $2, $3, $4, $5, 1)
         ON CONFLICT (site, kind, week, list, why) DO UPDATE SET items = feed_week.items + 1",
        &[
            item.site.into(),
            item.kind.into(),
            item.week.into(),
            item.list.into(),
            item.why.into(),
        ],
    )?;
    tx.execute(
        "INSERT INTO feed_day (site, kind, day, items) VALUES ($1, $2, $3, 1)
         ON CONFLICT (site, kind, day) DO UPDATE SET items = feed_day.items + 1",
        &[item.site.into(), item.kind.into(), item.day.into()],
    )?;
    Ok(())
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WeekRow {
    pub site: String,
    pub kind: String,
    pub week: Date,
    pub list: String,
    pub why: String,
    pub items: u64,
}

pub fn weeks(tx: &mut Tx<'_>, scope: &Scope, since: Date) -> Result<Vec<WeekRow>> {
    let read = |row: &Row| {
        Ok(WeekRow {
            site: row.get(0)?,
            kind: row.get(1)?,
            week: row.get(2)?,
            list: row.get(3)?,
            why: row.get(4)?,
            items: row.get(5)?,
        })
    };
    let (sql, args) = since_in_scope(
        scope,
        since,
        "SELECT site, kind, week, list, why, items FROM feed_week WHERE week >= $1",
    );
    let rows = tx.query(
        &format!("{sql} ORDER BY site, kind, week, list, why"),
        &args,
    )?;
    rows.iter().map(read).collect()
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayRow {
    pub site: String,
    pub kind: String,
    pub day: Date,
}

/// The days on which something came.
pub fn days(tx: &mut Tx<'_>, scope: &Scope, since: Date) -> Result<Vec<DayRow>> {
    let read = |row: &Row| {
        Ok(DayRow {
            site: row.get(0)?,
            kind: row.get(1)?,
            day: row.get(2)?,
        })
    };
    let (sql, args) = since_in_scope(
        scope,
        since,
        "SELECT site, kind, day FROM feed_day WHERE day >= $1",
    );
    let rows = tx.query(&format!("{sql} ORDER BY site, kind, day"), &args)?;
    rows.iter().map(read).collect()
}

/// Somebody has seen a warning, and says what was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    pub site: String,
    pub kind: String,
    pub what: String,
    pub since: Date,
    pub note: String,
    pub by_whom: String,
    pub at: Timestamp,
}

pub fn seen(tx: &mut Tx<'_>, scope: &Scope, since: Date) -> Result<Vec<Seen>> {
    let read = |row: &Row| {
        Ok(Seen {
            site: row.get(0)?,
            kind: row.get(1)?,
            what: row.get(2)?,
            since: row.get(3)?,
            note: row.get(4)?,
            by_whom: row.get(5)?,
            at: row.get(6)?,
        })
    };
    let (sql, args) = since_in_scope(
        scope,
        since,
        "SELECT site, kind, what, since, note, by_whom, at FROM feed_seen WHERE since >= $1",
    );
    let rows = tx.query(&format!("{sql} ORDER BY at"), &args)?;
    rows.iter().map(read).collect()
}

/// `false`: somebody had said so already, and what they wrote stands.
pub fn see(tx: &mut Tx<'_>, seen: &Seen) -> Result<bool> {
    let done = tx.execute(
        "INSERT INTO feed_seen (site, kind, what, since, note, by_whom, at) VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (site, kind, what, since) DO NOTHING",
        &[
            seen.site.as_str().into(),
            seen.kind.as_str().into(),
            seen.what.as_str().into(),
            seen.since.into(),
            seen.note.as_str().into(),
            seen.by_whom.as_str().into(),
            seen.at.into(),
        ],
    )?;
    Ok(done == 1)
}

fn since_in_scope(scope: &Scope, since: Date, select: &str) -> (String, Vec<Value>) {
    let mut args = vec![since.into()];
    let clause = scope.clause("site", &mut args);
    (format!("{select}{clause}"), args)
}
