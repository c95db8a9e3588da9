//! What the service takes: sets of rules as they were proposed, and all that was done about each. Only ever added to.

use jiff::Timestamp;
use pathway::{ItemId, ServiceRules, UserId};
use terms::vocabulary;
use uuid::Uuid;

use crate::{
    Scope,
    db::{Row, Tx},
    error::{Error, Result},
};

vocabulary! {
    /// What can be done about a set of rules.
    What {
        Compared = "compared", "Compared";
        Approved = "approved", "Approved";
        /// Becomes the set that counts.
        Live = "live", "Went live";
        Withdrawn = "withdrawn", "Withdrawn";
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct RuleSet {
    pub number: u64,
    pub rules: ServiceRules,
    /// Of the rules, in hexadecimal.
    pub digest: String,
    pub note: String,
    pub proposed_by: Option<UserId>,
    pub proposer: String,
    pub proposed_at: Timestamp,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Act {
    pub number: u64,
    pub what: What,
    pub user: Option<UserId>,
    pub who: String,
    pub role: String,
    pub at: Timestamp,
    pub detail: serde_json::Value,
}

/// The digest of a set of rules.
pub fn digest(rules: &ServiceRules) -> Result<String> {
    let hash = pathway::body_hash(rules)
        .map_err(|error| Error::Corrupt(format!("rules that cannot be written: {error}")))?;
    Ok(hex(&hash))
}

pub fn frozen_digest(frozen: &[ItemId]) -> String {
    hex(&terms::id::digest(&[&bytes(frozen)]))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn bytes(frozen: &[ItemId]) -> Vec<u8> {
    frozen.iter().flat_map(|item| *item.0.as_bytes()).collect()
}

/// Keep a proposed set, and the messages it is compared on. Answers its number.
pub fn propose(
    tx: &mut Tx<'_>,
    scope: &Scope,
    rules: &ServiceRules,
    note: &str,
    frozen: &[ItemId],
    now: Timestamp,
) -> Result<u64> {
    let number = tx.number("SELECT max(number) FROM rule_set", &[])? as u64 + 1;
    let body = serde_json::to_value(rules)
        .map_err(|error| Error::Corrupt(format!("rules that cannot be written: {error}")))?;
    tx.execute(
        "INSERT INTO rule_set (number, body, digest, note, staff, who, at, frozen)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        &[
            number.into(),
            body.into(),
            digest(rules)?.into(),
            note.into(),
            scope.user.into(),
            scope.who.as_str().into(),
            now.into(),
            bytes(frozen).into(),
        ],
    )?;
    Ok(number)
}

pub fn act(
    tx: &mut Tx<'_>,
    scope: &Scope,
    number: u64,
    what: What,
    detail: serde_json::Value,
    now: Timestamp,
) -> Result<()> {
    let id = tx.number("SELECT max(id) FROM rule_act", &[])? + 1;
    tx.execute(
        "INSERT INTO rule_act (id, number, what, staff, who, role, at, detail)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        &[
            id.into(),
            number.into(),
            what.code().into(),
            scope.user.into(),
            scope.who.as_str().into(),
            scope.role.code().into(),
            now.into(),
            detail.into(),
        ],
    )?;
    Ok(())
}

/// The number of the set that counts; nothing before the first start.
pub fn live(tx: &mut Tx<'_>) -> Result<Option<u64>> {
    tx.query_one(
        "SELECT number FROM rule_act WHERE what = 'live' ORDER BY id DESC LIMIT 1",
        &[],
    )?
    .map(|row| row.get(0))
    .transpose()
}

/// The number of the set that counted at an instant. Before the first it is the first: what was read then was read by
/// the configuration that the first set was made from.
pub fn live_at(tx: &mut Tx<'_>, at: Timestamp) -> Result<Option<u64>> {
    tx.query_one(
        "SELECT number FROM rule_act WHERE what = 'live'
         ORDER BY CASE WHEN at <= $1 THEN 0 ELSE 1 END, CASE WHEN at <= $1 THEN -id ELSE id END LIMIT 1",
        &[at.into()],
    )?
    .map(|row| row.get(0))
    .transpose()
}

const COLUMNS: &str = "number, body, digest, note, staff, who, at";

pub fn get(tx: &mut Tx<'_>, number: u64) -> Result<Option<RuleSet>> {
    tx.query_one(
        &format!("SELECT {COLUMNS} FROM rule_set WHERE number = $1"),
        &[number.into()],
    )?
    .as_ref()
    .map(read)
    .transpose()
}

/// Every set, newest first.
pub fn all(tx: &mut Tx<'_>) -> Result<Vec<RuleSet>> {
    tx.query(
        &format!("SELECT {COLUMNS} FROM rule_set ORDER BY number DESC"),
        &[],
    )?
    .iter()
    .map(read)
    .collect()
}

fn read(row: &Row) -> Result<RuleSet> {
    let number: u64 = row.get(0)?;
    let body: serde_json::Value = row.get(1)?;
    Ok(RuleSet {
        number,
        rules: serde_json::from_value(body)
            .map_err(|error| Error::Corrupt(format!("rule set {number}: {error}")))?,
        digest: row.get(2)?,
        note: row.get(3)?,
        proposed_by: row.get(4)?,
        proposer: row.get(5)?,
        proposed_at: row.get(6)?,
    })
}

/// All that was done about rules, oldest first.
pub fn acts(tx: &mut Tx<'_>) -> Result<Vec<Act>> {
    tx.query(
        "SELECT number, what, staff, who, role, at, detail FROM rule_act ORDER BY id",
        &[],
    )?
    .iter()
    .map(|row| {
        let what: String = row.get(1)?;
        Ok(Act {
            number: row.get(0)?,
            what: What::from_code(&what)
                .ok_or_else(|| Error::Corrupt(format!("“{what}” was done about rules")))?,
            user: row.get(2)?,
            who: row.get(3)?,
            role: row.get(4)?,
            at: row.get(5)?,
            detail: row.get(6)?,
        })
    })
    .collect()
}

/// The messages that before and after are counted on, for a set.
pub fn frozen(tx: &mut Tx<'_>, number: u64) -> Result<Vec<ItemId>> {
    let row = tx.query_one(
        "SELECT frozen FROM rule_set WHERE number = $1",
        &[number.into()],
    )?;
    match row {
        Some(row) => row
            .bytes(0)?
            .chunks(16)
            .map(|id| {
                Uuid::from_slice(id).map(ItemId).map_err(|_| {
                    Error::Corrupt(format!("the frozen messages of rule set {number}"))
                })
            })
            .collect(),
        None => Ok(Vec::new()),
    }
}
