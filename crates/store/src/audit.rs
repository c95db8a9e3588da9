//! One row for each accepted fracture, as the FLS-DB patient audit sees it: derived from timelines like the other
//! indexes, kept small so that a hundred thousand are read for one page.

use std::borrow::Borrow;

use measures::fls_db::{LAYOUT, Record};
use pathway::{Episode, EpisodeId, Person, PersonId};

use crate::{
    Scope,
    db::Tx,
    error::{Error, Result},
    settings, timeline,
};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub episode: EpisodeId,
    pub person: PersonId,
    pub record: Record,
}

impl Borrow<Record> for Row {
    fn borrow(&self) -> &Record {
        &self.record
    }
}

fn read(bytes: &[u8]) -> Result<Record> {
    Record::from_bytes(bytes).map_err(|why| {
        Error::Refused(format!(
            "the KPIs cannot be counted: {why}; run herald rebuild"
        ))
    })
}

/// The records of the scope alone, in no order: enough to count.
pub fn records(tx: &mut Tx<'_>, scope: &Scope) -> Result<Vec<Record>> {
    let mut args = Vec::new();
    let clause = scope.clause("site", &mut args);
    let rows = tx.query(
        &format!("SELECT record FROM audit WHERE 1 = 1{clause}"),
        &args,
    )?;
    rows.iter().map(|row| read(row.bytes(0)?)).collect()
}

/// All of the scope, in order of episode.
pub fn rows(tx: &mut Tx<'_>, scope: &Scope) -> Result<Vec<Row>> {
    let mut args = Vec::new();
    let clause = scope.clause("site", &mut args);
    let sql =
        format!("SELECT episode, person, record FROM audit WHERE 1 = 1{clause} ORDER BY episode");
    tx.query(&sql, &args)?
        .iter()
        .map(|row| {
            Ok(Row {
                episode: row.get(0)?,
                person: row.get(1)?,
                record: read(row.bytes(2)?)?,
            })
        })
        .collect()
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
