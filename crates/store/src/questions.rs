//! Held items: who is it? A person decides, with the possible people side by side.

use jiff::{Timestamp, civil::Date};
use pathway::{ItemId, PersonId, matching::Question};
use terms::{NhsNumber, PersonName};

use crate::{
    Scope,
    db::{Row, Tx, Value},
    error::{Error, Result},
};

#[derive(Debug, Clone, PartialEq)]
pub struct Held {
    pub item: ItemId,
    pub site: String,
    pub question: Question,
    /// Key of the sighting it is about, so that its source can take it back.
    pub key: String,
    pub name: PersonName,
    pub nhs_number: Option<NhsNumber>,
    pub born: Option<Date>,
    pub fracture: String,
    pub fracture_words: String,
    pub fracture_date: Option<Date>,
    pub why: String,
    pub raised_at: Timestamp,
    pub answered_by: Option<String>,
}

pub fn raise(tx: &mut Tx<'_>, held: &Held) -> Result<()> {
    tx.execute(
        "INSERT INTO question (item, site, kind, key, family, given, nhs_number, born, fracture, fracture_words,
           fracture_date, sort_date, why, raised_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT (item) DO NOTHING",
        &[
            held.item.into(),
            held.site.as_str().into(),
            held.question.code().into(),
            held.key.as_str().into(),
            held.name.family.as_str().into(),
            held.name.given.as_str().into(),
            held.nhs_number.as_ref().into(),
            held.born.into(),
            held.fracture.as_str().into(),
            held.fracture_words.as_str().into(),
            held.fracture_date.into(),
            held.fracture_date.unwrap_or_else(|| terms::london_date(held.raised_at)).into(),
            held.why.as_str().into(),
            held.raised_at.into(),
        ],
    )?;
    Ok(())
}

const COLUMNS: &str = "item, site, kind, family, given, nhs_number, born, fracture, fracture_words,
    fracture_date, why, raised_at, answered_by, key";

fn read(row: &Row) -> Result<Held> {
    let kind: String = row.get(2)?;
    Ok(Held {
        item: row.get(0)?,
        site: row.get(1)?,
        question: Question::from_code(&kind)
            .ok_or_else(|| Error::Corrupt(format!("question of kind {kind}")))?,
        name: PersonName::new(row.get::<String>(3)?, row.get::<String>(4)?),
        nhs_number: row.get(5)?,
        born: row.get(6)?,
        fracture: row.get(7)?,
        fracture_words: row.get(8)?,
        fracture_date: row.get(9)?,
        why: row.get(10)?,
        raised_at: row.get(11)?,
        answered_by: row.get(12)?,
        key: row.get(13)?,
    })
}

fn open(scope: &Scope, fracture: Option<&str>, args: &mut Vec<Value>) -> String {
    let mut sql = format!("answered_at IS NULL{}", scope.clause("site", args));
    if let Some(fracture) = fracture {
        args.push(fracture.into());
        sql.push_str(&format!(" AND fracture = ${}", args.len()));
    }
    sql
}

pub fn count(tx: &mut Tx<'_>, scope: &Scope, fracture: Option<&str>) -> Result<u64> {
    let mut args = Vec::new();
    let wanted = open(scope, fracture, &mut args);
    Ok(tx.number(
        &format!("SELECT count(*) FROM question WHERE {wanted}"),
        &args,
    )? as u64)
}

/// Open questions; `by_name` for the alphabet, otherwise oldest fracture first.
pub fn page(
    tx: &mut Tx<'_>,
    scope: &Scope,
    fracture: Option<&str>,
    by_name: bool,
    descending: bool,
    most: u32,
    offset: u64,
) -> Result<Vec<Held>> {
    let mut args = Vec::new();
    let wanted = open(scope, fracture, &mut args);
    let way = if descending { "DESC" } else { "ASC" };
    let order = if by_name {
        format!("family {way}, given {way}, item {way}")
    } else {
        format!("sort_date {way}, item {way}")
    };
    args.push(most.into());
    args.push(offset.into());
    let sql = format!(
        "SELECT {COLUMNS} FROM question WHERE {wanted} ORDER BY {order} LIMIT ${} OFFSET ${}",
        args.len() - 1,
        args.len()
    );
    tx.query(&sql, &args)?.iter().map(read).collect()
}

pub fn one(tx: &mut Tx<'_>, scope: &Scope, item: ItemId) -> Result<Option<Held>> {
    let mut args = vec![item.into()];
    let clause = scope.clause("site", &mut args);
    let sql = format!("SELECT {COLUMNS} FROM question WHERE item = $1{clause}");
    tx.query_one(&sql, &args)?.as_ref().map(read).transpose()
}

/// Other open questions of the same kind under the same number and date of birth.
pub fn with_same_claim(tx: &mut Tx<'_>, scope: &Scope, held: &Held) -> Result<Vec<Held>> {
    let mut args = vec![
        held.item.into(),
        held.question.code().into(),
        held.nhs_number
            .as_ref()
            .map_or("", |number| number.digits())
            .into(),
        held.born
            .map(|born| born.to_string())
            .unwrap_or_default()
            .into(),
    ];
    let clause = scope.clause("site", &mut args);
    let sql = format!(
        "SELECT {COLUMNS} FROM question WHERE answered_at IS NULL AND item <> $1 AND kind = $2
           AND coalesce(nhs_number, '') = $3 AND coalesce(CAST(born AS text), '') = $4{clause} ORDER BY sort_date, item LIMIT 100"
    );
    tx.query(&sql, &args)?.iter().map(read).collect()
}

/// Close, unanswered, what was asked about a sighting by other items than this one; says which.
pub fn close(
    tx: &mut Tx<'_>,
    key: &str,
    except: ItemId,
    why: &str,
    now: Timestamp,
) -> Result<Vec<ItemId>> {
    let rows = tx.query(
        "SELECT item FROM question WHERE key = $1 AND item <> $2 AND answered_at IS NULL",
        &[key.into(), except.into()],
    )?;
    rows.iter()
        .map(|row| {
            let item: ItemId = row.get(0)?;
            tx.execute(
                "UPDATE question SET answered_at = $2, answered_by = $3 WHERE item = $1",
                &[item.into(), now.into(), why.into()],
            )?;
            Ok(item)
        })
        .collect()
}

/// Record the answer, nobody included. `false`: somebody else had answered already.
pub fn answer(
    tx: &mut Tx<'_>,
    item: ItemId,
    person: Option<PersonId>,
    by: &str,
    now: Timestamp,
) -> Result<bool> {
    let done = tx.execute(
        "UPDATE question SET answered_at = $2, answered_by = $3, person = $4
         WHERE item = $1 AND answered_at IS NULL",
        &[item.into(), now.into(), by.into(), person.into()],
    )?;
    Ok(done == 1)
}
