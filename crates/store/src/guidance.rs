//! What was done about the guidance packs, only ever added to; and the decisions that went against them, derived from
//! timelines.

use jiff::{Timestamp, civil::Date};
use pathway::{Episode, EpisodeId, Person, UserId};
use terms::vocabulary;

use crate::{
    Scope,
    db::{Row, Tx},
    error::{Error, Result},
};

vocabulary! {
    What {
        Approved = "approved", "Approved";
        ApprovalWithdrawn = "approval_withdrawn", "Approval withdrawn";
        /// Somebody answers for calculators and options in live use.
        Responsible = "responsible", "Responsible";
        NobodyResponsible = "nobody_responsible", "Nobody responsible any more";
    }
}

/// Something done about a pack, or about all of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act {
    /// They are numbered in the order in which they were done.
    pub id: u64,
    pub what: What,
    pub pack: String,
    pub version: String,
    pub digest: String,
    pub name: String,
    pub registration: String,
    pub on: Date,
    pub note: String,
    /// Who entered it.
    pub staff: Option<UserId>,
    pub who: String,
    pub role: String,
    pub at: Timestamp,
}

/// What is to be recorded; who enters it comes from the scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct New<'a> {
    pub what: What,
    pub pack: &'a str,
    pub version: &'a str,
    pub digest: &'a str,
    pub name: &'a str,
    pub registration: &'a str,
    pub on: Date,
    pub note: &'a str,
}

/// For whoever holds the lock "guidance", and has read under it what was done before.
pub fn act(tx: &mut Tx<'_>, scope: &Scope, new: &New<'_>, now: Timestamp) -> Result<()> {
    let id = tx.number("SELECT max(id) FROM guidance_act", &[])? + 1;
    tx.execute(
        "INSERT INTO guidance_act (id, what, pack, version, digest, name, registration, on_day, note, staff, who, role, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        &[
            id.into(),
            new.what.code().into(),
            new.pack.into(),
            new.version.into(),
            new.digest.into(),
            new.name.into(),
            new.registration.into(),
            new.on.into(),
            new.note.into(),
            scope.user.into(),
            scope.who.as_str().into(),
            scope.role.code().into(),
            now.into(),
        ],
    )?;
    Ok(())
}

/// All that was done, oldest first.
pub fn acts(tx: &mut Tx<'_>) -> Result<Vec<Act>> {
    tx.query(
        "SELECT id, what, pack, version, digest, name, registration, on_day, note, staff, who, role, at
         FROM guidance_act ORDER BY id",
        &[],
    )?
    .iter()
    .map(read)
    .collect()
}

fn read(row: &Row) -> Result<Act> {
    let what: String = row.get(1)?;
    Ok(Act {
        id: row.get(0)?,
        what: What::from_code(&what)
            .ok_or_else(|| Error::Corrupt(format!("“{what}” was done about guidance")))?,
        pack: row.get(2)?,
        version: row.get(3)?,
        digest: row.get(4)?,
        name: row.get(5)?,
        registration: row.get(6)?,
        on: row.get(7)?,
        note: row.get(8)?,
        staff: row.get(9)?,
        who: row.get(10)?,
        role: row.get(11)?,
        at: row.get(12)?,
    })
}

/// A decision for a medicine that was not for this person, or for a specialist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Departure {
    pub episode: EpisodeId,
    pub decided_on: Date,
    pub medicine: String,
    /// The group it stood in, by code.
    pub stood: String,
    pub because: String,
}

/// Those of the sites somebody may see, newest first.
pub fn departures(tx: &mut Tx<'_>, scope: &Scope) -> Result<Vec<Departure>> {
    let mut args = Vec::new();
    let clause = scope.clause("site", &mut args);
    tx.query(
        &format!(
            "SELECT episode, decided_on, medicine, stood, because FROM departure WHERE 1 = 1{clause}
             ORDER BY decided_on DESC, episode"
        ),
        &args,
    )?
    .iter()
    .map(|row| {
        Ok(Departure {
            episode: row.get(0)?,
            decided_on: row.get(1)?,
            medicine: row.get(2)?,
            stood: row.get(3)?,
            because: row.get(4)?,
        })
    })
    .collect()
}

/// The row of an episode that somebody has decided on: made, changed or taken away.
pub(crate) fn write(tx: &mut Tx<'_>, person: &Person, episode: &Episode) -> Result<()> {
    tx.execute(
        "DELETE FROM departure WHERE episode = $1",
        &[episode.id.into()],
    )?;
    let Some(plan) = episode.care.plan().map(|noted| &noted.what) else {
        return Ok(());
    };
    let Some(advised) = plan.advised.as_ref().filter(|advised| advised.departs) else {
        return Ok(());
    };
    tx.execute(
        "INSERT INTO departure (episode, person, site, decided_on, medicine, stood, because)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        &[
            episode.id.into(),
            person.id.into(),
            episode.hospital().map_or("", |code| code.as_str()).into(),
            plan.on.into(),
            plan.therapy.code().into(),
            advised.stood.as_str().into(),
            plan.because.clone().unwrap_or_default().into(),
        ],
    )?;
    Ok(())
}
