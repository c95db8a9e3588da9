//! One row for each accepted fracture, as the FLS-DB patient audit sees it: derived from timelines like the other
//! indexes, kept small so that a hundred thousand are read for one page.

use measures::fls_db::{LAYOUT, Record};
use pathway::{Episode, EpisodeId, Person};

use crate::{
    Scope,
    db::{self, Tx},
    error::{Error, Result},
    settings, timeline,
};

fn read(bytes: &[u8]) -> Result<Record> {
    Record::from_bytes(bytes).map_err(|why| {
        Error::Refused(format!(
            "the KPIs cannot be counted: {why}; run herald rebuild"
        ))
    })
}

/// The records of the scope alone, in no order: enough to count.
pub fn records(tx: &mut Tx<'_>, scope: &Scope) -> Result<Vec<Record>> {
    let mut records = Vec::new();
    each(tx, scope, "record", |row| {
        records.push(read(row.bytes(0)?)?);
        Ok(())
    })?;
    Ok(records)
}

/// What is wanted of the records of the scope, in no order: whatever else a record holds is let go at once.
pub fn pick<T>(
    tx: &mut Tx<'_>,
    scope: &Scope,
    mut wanted: impl FnMut(EpisodeId, &Record) -> Option<T>,
) -> Result<Vec<T>> {
    let mut picked = Vec::new();
    each(tx, scope, "record, episode", |row| {
        picked.extend(wanted(row.get(1)?, &read(row.bytes(0)?)?));
        Ok(())
    })?;
    Ok(picked)
}

fn each(
    tx: &mut Tx<'_>,
    scope: &Scope,
    columns: &str,
    work: impl FnMut(&db::Row) -> Result<()>,
) -> Result<()> {
    let mut args = Vec::new();
    let clause = scope.clause("site", &mut args);
    let sql = format!("SELECT {columns} FROM audit WHERE 1 = 1{clause}");
    tx.each(&sql, &args, work)
}

/// The row of an episode that somebody has decided on: made, changed or taken away.
pub(crate) fn write(tx: &mut Tx<'_>, person: &Person, episode: &Episode) -> Result<()> {
    let Some(record) = Record::of(person, episode) else {
        tx.execute("DELETE FROM audit WHERE episode = $1", &[episode.id.into()])?;
        return Ok(());
    };
    tx.execute(
        "INSERT INTO audit (episode, person, site, record) VALUES ($1, $2, $3, $4)
         ON CONFLICT (episode) DO UPDATE SET site = excluded.site, record = excluded.record",
        &[
            episode.id.into(),
            person.id.into(),
            episode.hospital().map_or("", |code| code.as_str()).into(),
            record.to_bytes().into(),
        ],
    )?;
    Ok(())
}

/// Where it is kept which layout the rows have.
const LAYOUT_SETTING: &str = "audit_layout";

pub(crate) fn is_up_to_date(tx: &mut Tx<'_>) -> Result<bool> {
    Ok(settings::get(tx, LAYOUT_SETTING)?.as_deref() == Some(&LAYOUT.to_string()))
}

pub(crate) fn now_up_to_date(tx: &mut Tx<'_>) -> Result<()> {
    settings::set(tx, LAYOUT_SETTING, &LAYOUT.to_string())
}

/// Make the rows again after a version of Herald that wrote none, or wrote them otherwise.
pub(crate) fn bring_up_to_date(tx: &mut Tx<'_>, scope: &Scope) -> Result<()> {
    tx.lock("audit")?;
    if is_up_to_date(tx)? {
        return Ok(());
    }
    tx.execute("DELETE FROM audit", &[])?;
    let accepted = tx.query(
        "SELECT DISTINCT person FROM episode WHERE list IN ('in_care', 'closed')",
        &[],
    )?;
    if !accepted.is_empty() {
        tracing::info!(
            "making the KPIs' records of {} people again, once",
            accepted.len()
        );
    }
    for row in &accepted {
        let person = match timeline::person(tx, scope, row.get(0)?) {
            Ok(Some(person)) => person,
            // `herald doctor` names a timeline that cannot be read; it must not keep the others from being served.
            Ok(None) | Err(Error::Corrupt(_)) => continue,
            Err(error) => return Err(error),
        };
        for episode in person
            .episodes
            .iter()
            .filter(|episode| episode.was_decided())
        {
            write(tx, &person, episode)?;
        }
    }
    now_up_to_date(tx)
}
