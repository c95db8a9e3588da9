//! Who saw whom, and who did what: one chained log, written in the same transaction as what it tells of.

use jiff::Timestamp;
use pathway::{PersonId, UserId};
use serde_json::json;
use terms::id::digest;

use crate::{
    Scope,
    db::{Row, Tx, Value},
    error::{Error, Result},
    settings,
};

#[derive(Debug, Clone, PartialEq)]
pub struct Access {
    pub id: u64,
    pub at: Timestamp,
    pub who: String,
    pub role: String,
    pub action: String,
    pub detail: serde_json::Value,
    pub people: Vec<PersonId>,
}

/// Every person shown is named, so that "who saw this patient" is a look-up.
pub fn record(
    tx: &mut Tx<'_>,
    scope: &Scope,
    now: Timestamp,
    action: &str,
    people: &[PersonId],
    detail: serde_json::Value,
) -> Result<()> {
    tx.lock("access")?;
    let (last_id, last_chain) = head(tx)?;
    let mut people = people.to_vec();
    people.sort_unstable();
    people.dedup();
    let id = last_id + 1;
    let entry = Entry {
        id,
        at: now,
        user: scope.user,
        who: &scope.who,
        role: scope.role.code(),
        action,
    };
    let chain = entry.chain(&last_chain, &detail, &people);
    tx.execute(
        "INSERT INTO access_log (id, at, staff, who, role, action, detail, chain)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        &[
            id.into(),
            now.into(),
            scope.user.into(),
            scope.who.as_str().into(),
            scope.role.code().into(),
            action.into(),
            detail.into(),
            chain.into(),
        ],
    )?;
    settings::set(tx, HEAD, &head_text(id, &chain))?;
    for person in people {
        tx.execute(
            "INSERT INTO access_person (person, access) VALUES ($1, $2)",
            &[person.into(), id.into()],
        )?;
    }
    Ok(())
}

/// The end of the chain, kept apart from the log: rows cut off its end leave a gap that the next row does not close.
const HEAD: &str = "access_head";

fn head_text(id: u64, chain: &[u8]) -> String {
    let chain: String = chain.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{id} {chain}")
}

fn head(tx: &mut Tx<'_>) -> Result<(u64, Vec<u8>)> {
    let unreadable = || Error::Corrupt("the end of the access log's chain".to_owned());
    if let Some(text) = settings::get(tx, HEAD)? {
        let (id, chain) = text.split_once(' ').ok_or_else(unreadable)?;
        let chain: Option<Vec<u8>> = (0..chain.len())
            .step_by(2)
            .map(|at| {
                chain
                    .get(at..at + 2)
                    .and_then(|byte| u8::from_str_radix(byte, 16).ok())
            })
            .collect();
        return Ok((
            id.parse().map_err(|_| unreadable())?,
            chain.ok_or_else(unreadable)?,
        ));
    }
    Ok(
        match tx.query_one(
            "SELECT id, chain FROM access_log ORDER BY id DESC LIMIT 1",
            &[],
        )? {
            Some(row) => (row.get(0)?, row.get(1)?),
            None => (0, Vec::new()),
        },
    )
}

struct Entry<'a> {
    id: u64,
    at: Timestamp,
    user: Option<UserId>,
    who: &'a str,
    role: &'a str,
    action: &'a str,
}

impl Entry<'_> {
    fn chain(&self, previous: &[u8], detail: &serde_json::Value, people: &[PersonId]) -> [u8; 32] {
        let body = json!({
            "id": self.id, "at": self.at.as_microsecond(), "user": self.user, "who": self.who,
            "role": self.role, "action": self.action, "detail": detail, "people": people,
        });
        digest(&[previous, &pathway::canonical(&body)])
    }
}

/// The people who looked at somebody, newest first.
pub fn of_person(tx: &mut Tx<'_>, _: &Scope, person: PersonId, most: u32) -> Result<Vec<Access>> {
    let rows = tx.query(
        "SELECT l.id, l.at, l.who, l.role, l.action, l.detail FROM access_person p
         JOIN access_log l ON l.id = p.access WHERE p.person = $1 ORDER BY l.id DESC LIMIT $2",
        &[person.into(), most.into()],
    )?;
    rows.iter().map(|row| read(row, vec![person])).collect()
}

/// What one member of staff saw and did, newest first.
pub fn by_user(tx: &mut Tx<'_>, _: &Scope, user: UserId, most: u32) -> Result<Vec<Access>> {
    let rows = tx.query(
        "SELECT id, at, who, role, action, detail FROM access_log WHERE staff = $1 ORDER BY id DESC LIMIT $2",
        &[user.into(), most.into()],
    )?;
    rows.iter()
        .map(|row| {
            let people = people_of(tx, row.get(0)?)?;
            read(row, people)
        })
        .collect()
}

fn read(row: &Row, people: Vec<PersonId>) -> Result<Access> {
    Ok(Access {
        id: row.get(0)?,
        at: row.get(1)?,
        who: row.get(2)?,
        role: row.get(3)?,
        action: row.get(4)?,
        detail: row.get(5)?,
        people,
    })
}

fn people_of(tx: &mut Tx<'_>, access: u64) -> Result<Vec<PersonId>> {
    tx.query(
        "SELECT person FROM access_person WHERE access = $1 ORDER BY person",
        &[access.into()],
    )?
    .iter()
    .map(|row| row.get(0))
    .collect()
}

/// Rows written by now; a test of "every page that shows a person leaves a row" compares two of these.
pub fn count(tx: &mut Tx<'_>) -> Result<u64> {
    Ok(tx.number("SELECT count(*) FROM access_log", &[])? as u64)
}

/// Recompute the chain. The first row that does not fit is named.
pub fn verify(tx: &mut Tx<'_>) -> Result<Result<u64, u64>> {
    let mut previous: Vec<u8> = Vec::new();
    let mut next_id = 1;
    loop {
        let rows = tx.query(
            "SELECT id, at, staff, who, role, action, detail, chain FROM access_log
             WHERE id >= $1 ORDER BY id LIMIT 1000",
            &[Value::from(next_id)],
        )?;
        if rows.is_empty() {
            let orphan = tx.query_one(
                "SELECT access FROM access_person WHERE access >= $1 OR access < 1 LIMIT 1",
                &[next_id.into()],
            )?;
            return Ok(match orphan {
                Some(row) => Err(row.get(0)?),
                None if head(tx)? != (next_id - 1, previous) => Err(next_id),
                None => Ok(next_id - 1),
            });
        }
        let first = next_id;
        let last: u64 = match rows.last() {
            Some(row) => row.get(0)?,
            None => first,
        };
        let mut shown: std::collections::HashMap<u64, Vec<PersonId>> =
            std::collections::HashMap::new();
        for row in tx.query(
            "SELECT access, person FROM access_person WHERE access BETWEEN $1 AND $2 ORDER BY access, person",
            &[first.into(), last.into()],
        )? {
            shown.entry(row.get(0)?).or_default().push(row.get(1)?);
        }
        for row in &rows {
            let id: u64 = row.get(0)?;
            let (who, role, action): (String, String, String) =
                (row.get(3)?, row.get(4)?, row.get(5)?);
            let entry = Entry {
                id,
                at: row.get(1)?,
                user: row.get(2)?,
                who: &who,
                role: &role,
                action: &action,
            };
            let detail = row.get(6)?;
            let mut people = shown.remove(&id).unwrap_or_default();
            people.sort_unstable();
            let chain = entry.chain(&previous, &detail, &people);
            if id != next_id || row.get::<Vec<u8>>(7)? != chain {
                return Ok(Err(id));
            }
            previous = chain.to_vec();
            next_id += 1;
        }
    }
}
