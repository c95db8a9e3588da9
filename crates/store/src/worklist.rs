//! Today's lists: filtered, sorted and paged in the database, for the sites somebody may see.

use jiff::{Timestamp, civil::Date};
use pathway::{EpisodeId, PersonId};
use terms::{NhsNumber, PersonName};

use crate::{
    Scope,
    db::{Row, Tx, Value},
    error::Result,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum List {
    #[default]
    New,
    SetAside,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    #[default]
    FractureDate,
    Name,
    Age,
    Listed,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    pub list: List,
    pub today: Date,
    /// Code of a fracture site.
    pub fracture: Option<String>,
    pub order: Order,
    pub descending: bool,
    pub offset: u64,
    pub most: u32,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    pub episode: EpisodeId,
    pub person: PersonId,
    pub name: PersonName,
    pub nhs_number: Option<NhsNumber>,
    pub born: Option<Date>,
    pub fracture: String,
    pub fracture_date: Option<Date>,
    pub why: String,
    /// Nothing asserts a fracture; somebody should look.
    pub look: bool,
    pub refracture: bool,
    pub site: String,
    pub raised_at: Timestamp,
    pub due: Option<Date>,
    pub sightings: u64,
    /// It was set aside, and the day to look again has come.
    pub came_back: bool,
}

fn filter(scope: &Scope, query: &Query, args: &mut Vec<Value>) -> String {
    args.push(query.today.into());
    let mut sql = match query.list {
        // Every list is named so that the index on it is used; a due date that has come moves a row over.
        List::New => {
            "e.list IN ('new', 'set_aside') AND (e.list = 'new' OR e.due <= $1)".to_owned()
        }
        List::SetAside => "e.list = 'set_aside' AND e.due > $1".to_owned(),
    };
    if let Some(fracture) = &query.fracture {
        args.push(fracture.into());
        sql.push_str(&format!(" AND e.fracture = ${}", args.len()));
    }
    sql.push_str(&scope.clause("e.site", args));
    sql
}

pub fn count(tx: &mut Tx<'_>, scope: &Scope, query: &Query) -> Result<u64> {
    let mut args = Vec::new();
    let wanted = filter(scope, query, &mut args);
    Ok(tx.number(
        &format!("SELECT count(*) FROM episode e WHERE {wanted}"),
        &args,
    )? as u64)
}

pub fn page(tx: &mut Tx<'_>, scope: &Scope, query: &Query) -> Result<Vec<Entry>> {
    let mut args = Vec::new();
    let wanted = filter(scope, query, &mut args);
    let way = if query.descending { "DESC" } else { "ASC" };
    // Age runs against date of birth; unknown ones stand last either way.
    let order = match query.order {
        Order::FractureDate => format!("e.sort_date {way}, e.id {way}"),
        Order::Name => format!("p.family_key {way}, p.given_key {way}, e.id {way}"),
        Order::Age => {
            let against = if query.descending { "ASC" } else { "DESC" };
            format!("(p.born IS NULL), p.born {against}, e.id {way}")
        }
        Order::Listed => format!("e.raised_at {way}, e.id {way}"),
    };
    args.push(query.most.into());
    args.push(query.offset.into());
    let (limit, offset) = (args.len() - 1, args.len());
    // The index alone finds the few rows of the page; only those are then read whole.
    let found = match query.order {
        Order::FractureDate => "episode e",
        Order::Name | Order::Age | Order::Listed => "episode e JOIN person p ON p.id = e.person",
    };
    let sql = format!(
        "SELECT e.id, e.person, p.family, p.given, p.title, p.nhs_number, p.born, e.fracture_words,
           e.fracture_date, e.why, e.look, e.refracture, e.site, e.raised_at, e.due, e.sightings, e.list
         FROM episode e JOIN person p ON p.id = e.person WHERE e.id IN
           (SELECT e.id FROM {found} WHERE {wanted} ORDER BY {order} LIMIT ${limit} OFFSET ${offset})
         ORDER BY {order}"
    );
    tx.query(&sql, &args)?.iter().map(entry).collect()
}

fn entry(row: &Row) -> Result<Entry> {
    let list: String = row.get(16)?;
    Ok(Entry {
        episode: row.get(0)?,
        person: row.get(1)?,
        name: PersonName {
            family: row.get(2)?,
            given: row.get(3)?,
            title: row.get(4)?,
        },
        nhs_number: row.get(5)?,
        born: row.get(6)?,
        fracture: row.get(7)?,
        fracture_date: row.get(8)?,
        why: row.get(9)?,
        look: row.get(10)?,
        refracture: row.get(11)?,
        site: row.get(12)?,
        raised_at: row.get(13)?,
        due: row.get(14)?,
        sightings: row.get(15)?,
        came_back: list == "set_aside",
    })
}

/// Whose episode it is.
pub fn person_of(tx: &mut Tx<'_>, scope: &Scope, episode: EpisodeId) -> Result<Option<PersonId>> {
    let mut args = vec![episode.into()];
    let clause = scope.clause("s.site", &mut args);
    let sql = if clause.is_empty() {
        "SELECT person FROM episode WHERE id = $1".to_owned()
    } else {
        format!(
            "SELECT e.person FROM episode e WHERE e.id = $1
               AND EXISTS (SELECT 1 FROM person_site s WHERE s.person = e.person{clause})"
        )
    };
    tx.query_one(&sql, &args)?.map(|row| row.get(0)).transpose()
}

/// Episodes that nobody has to do anything about and that no reason closes, or both: there should be none.
pub fn adrift(tx: &mut Tx<'_>, _: &Scope) -> Result<Vec<EpisodeId>> {
    tx.query(
        "SELECT id FROM episode WHERE (due IS NULL) = (closed_because IS NULL)
           OR (list = 'closed') <> (closed_because IS NOT NULL) ORDER BY id",
        &[],
    )?
    .iter()
    .map(|row| row.get(0))
    .collect()
}

/// How many episodes stand where, for doctor and for the front page of those who see no people.
pub fn tally(tx: &mut Tx<'_>, scope: &Scope) -> Result<Vec<(String, u64)>> {
    let mut args = Vec::new();
    let clause = scope.clause("site", &mut args);
    let sql = format!(
        "SELECT list, count(*) FROM episode WHERE 1 = 1{clause} GROUP BY list ORDER BY list"
    );
    tx.query(&sql, &args)?
        .iter()
        .map(|row| Ok((row.get(0)?, row.get(1)?)))
        .collect()
}
