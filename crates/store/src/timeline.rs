//! The record itself: one append-only stream of facts per person.

use jiff::Timestamp;
use pathway::{Actor, Fact, Link, Person, PersonId, Recorded, Source};
use serde::{Deserialize, Serialize};

use crate::{
    Scope,
    db::{Row, Tx},
    error::{Error, Result},
    index,
};

/// What is hashed and may one day be erased; place and time stay in columns.
#[derive(Serialize, Deserialize)]
struct Body {
    by: Actor,
    source: Source,
    #[serde(flatten)]
    fact: Fact,
}

/// A person's facts, oldest first, if this scope may see that person.
pub fn facts(tx: &mut Tx<'_>, scope: &Scope, person: PersonId) -> Result<Option<Vec<Recorded>>> {
    let mut args = vec![person.into()];
    let clause = scope.clause("site", &mut args);
    if !clause.is_empty() {
        let sql = format!("SELECT 1 FROM person_site WHERE person = $1{clause} LIMIT 1");
        if tx.query_one(&sql, &args)?.is_none() {
            return Ok(None);
        }
    }
    let facts = all(tx, person)?;
    Ok(if facts.is_empty() { None } else { Some(facts) })
}

pub fn person(tx: &mut Tx<'_>, scope: &Scope, id: PersonId) -> Result<Option<Person>> {
    match facts(tx, scope, id)? {
        None => Ok(None),
        Some(facts) => Person::from_facts(id, &facts)
            .map(Some)
            .map_err(|e| Error::Corrupt(e.to_string())),
    }
}

fn all(tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<Recorded>> {
    tx.query(
        "SELECT seq, at, body FROM fact WHERE person = $1 ORDER BY seq",
        &[person.into()],
    )?
    .iter()
    .map(read)
    .collect()
}

fn read(row: &Row) -> Result<Recorded> {
    let body: Option<serde_json::Value> = row.get(2)?;
    let body = body
        .ok_or_else(|| Error::Corrupt("a fact whose body was erased cannot be read".to_owned()))?;
    let Body { by, source, fact } = serde_json::from_value(body)?;
    Ok(Recorded {
        seq: row.get(0)?,
        at: row.get(1)?,
        by,
        source,
        fact,
    })
}

/// Write facts after the version that was read, and the indexes with them. Whoever read an older version gets
/// [`Error::Conflict`] and nothing is written.
pub fn append(
    tx: &mut Tx<'_>,
    person: &mut Person,
    now: Timestamp,
    by: &Actor,
    source: &Source,
    facts: impl IntoIterator<Item = Fact>,
) -> Result<()> {
    let read_version = person.version;
    let held = tx.query_one(
        "SELECT version, head FROM stream WHERE person = $1",
        &[person.id.into()],
    )?;
    let (version, mut head) = match &held {
        Some(row) => (row.get::<u32>(0)?, row.get::<Vec<u8>>(1)?),
        None => (0, Vec::new()),
    };
    if version != read_version {
        return Err(Error::Conflict);
    }
    for fact in facts {
        let seq = person.version + 1;
        let body = serde_json::to_value(Body {
            by: by.clone(),
            source: source.clone(),
            fact: fact.clone(),
        })?;
        let link = Link::after(&head, seq, now, pathway::body_hash(&body)?);
        tx.execute(
            "INSERT INTO fact (person, seq, at, body, body_hash, chain) VALUES ($1, $2, $3, $4, $5, $6)",
            &[person.id.into(), seq.into(), now.into(), body.into(), link.body.into(), link.chain.into()],
        )?;
        head = link.chain.to_vec();
        let recorded = Recorded {
            seq,
            at: now,
            by: by.clone(),
            source: source.clone(),
            fact,
        };
        person
            .apply(&recorded)
            .map_err(|e| Error::Corrupt(e.to_string()))?;
    }
    if person.version == read_version {
        return Ok(());
    }
    let done = if held.is_some() {
        tx.execute(
            "UPDATE stream SET version = $2, head = $3 WHERE person = $1 AND version = $4",
            &[
                person.id.into(),
                person.version.into(),
                head.into(),
                read_version.into(),
            ],
        )?
    } else {
        tx.execute(
            "INSERT INTO stream (person, version, head) VALUES ($1, $2, $3)",
            &[person.id.into(), person.version.into(), head.into()],
        )?
    };
    if done != 1 {
        return Err(Error::Conflict);
    }
    index::write(tx, person)
}

/// Everybody on record, in order of id, a page at a time.
pub(crate) fn ids_after(
    tx: &mut Tx<'_>,
    after: Option<PersonId>,
    most: u32,
) -> Result<Vec<PersonId>> {
    let rows = match after {
        Some(id) => tx.query(
            "SELECT person FROM stream WHERE person > $1 ORDER BY person LIMIT $2",
            &[id.into(), most.into()],
        )?,
        None => tx.query(
            "SELECT person FROM stream ORDER BY person LIMIT $1",
            &[most.into()],
        )?,
    };
    rows.iter().map(|row| row.get(0)).collect()
}

/// Walk every stream with its recomputed chain; calls back with each person, or the first fault found in it.
pub fn walk(
    tx: &mut Tx<'_>,
    scope: &Scope,
    mut each: impl FnMut(PersonId, Result<Person, String>) -> Result<()>,
) -> Result<()> {
    debug_assert_eq!(scope.sites(), &crate::Sites::All);
    let stray = "SELECT DISTINCT person FROM fact
        WHERE NOT EXISTS (SELECT 1 FROM stream WHERE stream.person = fact.person) ORDER BY person";
    for row in tx.query(stray, &[])? {
        each(
            row.get(0)?,
            Err("there are facts, and no stream".to_owned()),
        )?;
    }
    let mut last = None;
    loop {
        let ids = ids_after(tx, last, 500)?;
        let Some(end) = ids.last() else { return Ok(()) };
        last = Some(*end);
        for id in ids {
            let outcome = verified(tx, id)?;
            each(id, outcome)?;
        }
    }
}

fn verified(tx: &mut Tx<'_>, id: PersonId) -> Result<Result<Person, String>> {
    let stream = tx.query_one(
        "SELECT version, head FROM stream WHERE person = $1",
        &[id.into()],
    )?;
    let rows = tx.query(
        "SELECT seq, at, body, body_hash, chain FROM fact WHERE person = $1 ORDER BY seq",
        &[id.into()],
    )?;
    let mut head: Vec<u8> = Vec::new();
    let mut person = Person::new(id);
    for row in &rows {
        let seq: u32 = row.get(0)?;
        let stored_hash: Vec<u8> = row.get(3)?;
        let body: Option<serde_json::Value> = row.get(2)?;
        let hash = match &body {
            Some(body) => pathway::body_hash(body)?,
            None => match <[u8; 32]>::try_from(stored_hash.as_slice()) {
                Ok(hash) => hash,
                Err(_) => return Ok(Err(format!("fact {seq} has no usable hash"))),
            },
        };
        let link = Link::after(&head, seq, row.get(1)?, hash);
        if stored_hash != hash || row.get::<Vec<u8>>(4)? != link.chain {
            return Ok(Err(format!("fact {seq} is not what was written")));
        }
        head = link.chain.to_vec();
        let recorded = match read(row) {
            Ok(recorded) => recorded,
            Err(error) => return Ok(Err(format!("fact {seq} cannot be read: {error}"))),
        };
        if let Err(unfit) = person.apply(&recorded) {
            return Ok(Err(unfit.to_string()));
        }
    }
    let Some(stream) = stream else {
        return Ok(Err("there is no stream".to_owned()));
    };
    if stream.get::<u32>(0)? != person.version || stream.get::<Vec<u8>>(1)? != head {
        return Ok(Err("facts are missing at the end".to_owned()));
    }
    Ok(Ok(person))
}
