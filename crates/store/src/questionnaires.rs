//! Links to the patient's questionnaire, and what was typed so far. A link is known by the digest of its secret; whoever
//! holds it also needs the date of birth.

use jiff::{Timestamp, civil::Date};
use pathway::{EpisodeId, PersonId};

use crate::{
    Scope,
    db::{Row, Tx},
    error::{Error, Result},
};

terms::vocabulary! {
    State {
        Open = "open", "waits for answers";
        Answered = "answered", "answered";
        /// A newer link took its place, or the nurse stopped it.
        Stopped = "stopped", "stopped";
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct Questionnaire {
    pub link: Vec<u8>,
    pub person: PersonId,
    pub episode: EpisodeId,
    /// Last day on which it can be answered.
    pub until: Date,
    pub state: State,
    /// Wrong dates of birth typed since it was made.
    pub failures: u32,
    /// Digest of the browser's ticket, once the date of birth was right.
    pub opened: Option<Vec<u8>>,
    pub answers: serde_json::Value,
    pub at: Timestamp,
}

impl Questionnaire {
    /// What whoever holds the link may be shown through Herald: only ever the person whom it is about.
    pub fn holder(&self) -> Scope {
        Scope::for_job("Patient's questionnaire")
    }
}

/// A new link. Older ones for the same episode stop.
pub fn put(tx: &mut Tx<'_>, new: &Questionnaire) -> Result<()> {
    stop(tx, new.episode)?;
    tx.execute(
        "INSERT INTO questionnaire (link, person, episode, until, state, failures, answers, at)
         VALUES ($1, $2, $3, $4, $5, 0, $6, $7)",
        &[
            new.link.clone().into(),
            new.person.into(),
            new.episode.into(),
            new.until.into(),
            new.state.code().into(),
            new.answers.clone().into(),
            new.at.into(),
        ],
    )?;
    Ok(())
}

/// It works no more, and what was typed and not sent is gone with it.
pub fn stop(tx: &mut Tx<'_>, episode: EpisodeId) -> Result<()> {
    tx.execute(
        "UPDATE questionnaire SET state = 'stopped', answers = $2, opened = NULL
         WHERE episode = $1 AND state = 'open'",
        &[episode.into(), serde_json::json!({}).into()],
    )?;
    Ok(())
}

/// By the digest of the link's secret. The scope is the job's that serves links: whoever holds the link is no member of
/// staff.
pub fn by_link(tx: &mut Tx<'_>, _: &Scope, link: &[u8]) -> Result<Option<Questionnaire>> {
    tx.query_one(
        "SELECT link, person, episode, until, state, failures, opened, answers, at FROM questionnaire
         WHERE link = $1",
        &[link.into()],
    )?
    .as_ref()
    .map(read)
    .transpose()
}

/// The newest for an episode.
pub fn of_episode(
    tx: &mut Tx<'_>,
    scope: &Scope,
    episode: EpisodeId,
) -> Result<Option<Questionnaire>> {
    if crate::worklist::person_of(tx, scope, episode)?.is_none() {
        return Ok(None);
    }
    tx.query_one(
        "SELECT link, person, episode, until, state, failures, opened, answers, at FROM questionnaire
         WHERE episode = $1 ORDER BY at DESC, link LIMIT 1",
        &[episode.into()],
    )?
    .as_ref()
    .map(read)
    .transpose()
}

pub fn failed(tx: &mut Tx<'_>, link: &[u8]) -> Result<()> {
    tx.execute(
        "UPDATE questionnaire SET failures = failures + 1 WHERE link = $1",
        &[link.into()],
    )?;
    Ok(())
}

pub fn opened(tx: &mut Tx<'_>, link: &[u8], ticket: &[u8]) -> Result<()> {
    tx.execute(
        "UPDATE questionnaire SET opened = $2, failures = 0 WHERE link = $1",
        &[link.into(), ticket.into()],
    )?;
    Ok(())
}

/// What was typed so far; nothing of it is on the timeline until it is sent.
pub fn save(tx: &mut Tx<'_>, link: &[u8], answers: &serde_json::Value) -> Result<()> {
    tx.execute(
        "UPDATE questionnaire SET answers = $2 WHERE link = $1 AND state = 'open'",
        &[link.into(), answers.clone().into()],
    )?;
    Ok(())
}

/// `false`: it was not open any more.
pub fn answered(tx: &mut Tx<'_>, link: &[u8]) -> Result<bool> {
    let done = tx.execute(
        "UPDATE questionnaire SET state = 'answered', answers = $2 WHERE link = $1 AND state = 'open'",
        &[link.into(), serde_json::json!({}).into()],
    )?;
    Ok(done == 1)
}

fn read(row: &Row) -> Result<Questionnaire> {
    let state: String = row.get(4)?;
    Ok(Questionnaire {
        link: row.get(0)?,
        person: row.get(1)?,
        episode: row.get(2)?,
        until: row.get(3)?,
        state: State::from_code(&state)
            .ok_or_else(|| Error::Corrupt(format!("questionnaire in state {state}")))?,
        failures: row.get(5)?,
        opened: row.get(6)?,
        answers: row.get(7)?,
        at: row.get(8)?,
    })
}
