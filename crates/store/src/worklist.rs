//! Today's lists: filtered, sorted and paged in the database, for the sites somebody may see.

use jiff::{Timestamp, civil::Date};
use pathway::{EpisodeId, PersonId, Task};
use terms::{NhsNumber, PersonName};

use crate::{
    Scope,
    db::{Row, Tx, Value},
    error::{Error, Result},
};

/// One of the lists, as it stands on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum List {
    Of(pathway::List),
    /// In care, overdue, and nothing has happened since this day.
    Stalled(Date),
}

impl List {
    pub const NEW: Self = Self::Of(pathway::List::New);
    pub const SET_ASIDE: Self = Self::Of(pathway::List::SetAside);

    /// What waits in care is kept in `todo`; the rest in `episode` itself.
    fn in_care(self) -> bool {
        !matches!(self, Self::NEW | Self::SET_ASIDE | Self::Stalled(_))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    #[default]
    FractureDate,
    Name,
    Age,
    Listed,
    /// What is due first. On the lists of candidates that is whoever was listed first.
    Due,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    pub list: List,
    pub today: Date,
    /// Code of a fracture site.
    pub fracture: Option<String>,
    /// Only those whose sources disagree.
    pub disagree: bool,
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
    /// The sources disagree, and nothing has settled it.
    pub disagree: bool,
    pub site: String,
    pub raised_at: Timestamp,
    pub due: Option<Date>,
    pub sightings: u64,
    /// It was set aside, and the day to look again has come.
    pub came_back: bool,
    /// What is to be done, on the lists of those in care.
    pub task: Option<Task>,
    /// Who looks after it.
    pub by_whom: Option<String>,
    pub last_at: Timestamp,
}

const COLUMNS: &str = "e.id, e.person, p.family, p.given, p.title, p.nhs_number, p.born, e.fracture_words,
   e.fracture_date, e.look, e.refracture, e.site, e.raised_at, e.sightings, e.list, e.last_at, e.by_whom,
   e.disagree";

fn filter(scope: &Scope, query: &Query, args: &mut Vec<Value>) -> String {
    args.push(query.today.into());
    let (mut sql, rows) = match query.list {
        // Every list is named so that the index on it is used; a due date that has come moves a row over.
        List::NEW => (
            "e.list IN ('new', 'set_aside') AND (e.list = 'new' OR e.due <= $1)".to_owned(),
            "e",
        ),
        List::SET_ASIDE => ("e.list = 'set_aside' AND e.due > $1".to_owned(), "e"),
        List::Stalled(since) => {
            args.push(terms::london_midnight(since).into());
            (
                "e.list = 'in_care' AND e.due < $1 AND e.last_at < $2".to_owned(),
                "e",
            )
        }
        List::Of(list) => {
            args.push(list.code().into());
            ("t.list = $2 AND t.opens <= $1".to_owned(), "t")
        }
    };
    if let Some(fracture) = &query.fracture {
        args.push(fracture.into());
        sql.push_str(&format!(" AND {rows}.fracture = ${}", args.len()));
    }
    if query.disagree {
        sql.push_str(match rows {
            "e" => " AND e.disagree",
            _ => " AND EXISTS (SELECT 1 FROM episode d WHERE d.id = t.episode AND d.disagree)",
        });
    }
    sql.push_str(&scope.clause(&format!("{rows}.site"), args));
    sql
}

pub fn count(tx: &mut Tx<'_>, scope: &Scope, query: &Query) -> Result<u64> {
    count_up_to(tx, scope, query, None)
}

/// Counts no further than `most`: a hundred thousand rows need not be gone through to say that there are many.
pub fn count_up_to(
    tx: &mut Tx<'_>,
    scope: &Scope,
    query: &Query,
    most: Option<u64>,
) -> Result<u64> {
    let mut args = Vec::new();
    let wanted = filter(scope, query, &mut args);
    let from = if query.list.in_care() {
        "todo t"
    } else {
        "episode e"
    };
    let sql = match most {
        None => format!("SELECT count(*) FROM {from} WHERE {wanted}"),
        Some(most) => {
            args.push(most.into());
            let limit = args.len();
            format!(
                "SELECT count(*) FROM (SELECT 1 FROM {from} WHERE {wanted} LIMIT ${limit}) AS counted"
            )
        }
    };
    Ok(tx.number(&sql, &args)? as u64)
}

pub fn page(tx: &mut Tx<'_>, scope: &Scope, query: &Query) -> Result<Vec<Entry>> {
    let mut args = Vec::new();
    let wanted = filter(scope, query, &mut args);
    let in_care = query.list.in_care();
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
        Order::Due if in_care => format!("t.due {way}, t.episode {way}, t.task {way}"),
        Order::Due => format!("e.due {way}, e.id {way}"),
    };
    args.push(query.most.into());
    args.push(query.offset.into());
    let (limit, offset) = (args.len() - 1, args.len());
    let sql = if in_care {
        format!(
            "SELECT {COLUMNS}, t.why, t.due, t.task FROM todo t JOIN episode e ON e.id = t.episode
             JOIN person p ON p.id = e.person WHERE {wanted} ORDER BY {order} LIMIT ${limit} OFFSET ${offset}"
        )
    } else {
        // The index alone finds the few rows of the page; only those are then read whole.
        let found = match query.order {
            Order::FractureDate | Order::Due => "episode e",
            Order::Name | Order::Age | Order::Listed => {
                "episode e JOIN person p ON p.id = e.person"
            }
        };
        format!(
            "SELECT {COLUMNS}, e.why, e.due FROM episode e JOIN person p ON p.id = e.person WHERE e.id IN
               (SELECT e.id FROM {found} WHERE {wanted} ORDER BY {order} LIMIT ${limit} OFFSET ${offset})
             ORDER BY {order}"
        )
    };
    tx.query(&sql, &args)?
        .iter()
        .map(|row| entry(row, in_care))
        .collect()
}

fn entry(row: &Row, in_care: bool) -> Result<Entry> {
    let list: String = row.get(14)?;
    let task = if in_care {
        let code: String = row.get(20)?;
        Some(Task::from_code(&code).ok_or_else(|| Error::Corrupt(format!("a task named {code}")))?)
    } else {
        None
    };
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
        look: row.get(9)?,
        refracture: row.get(10)?,
        site: row.get(11)?,
        raised_at: row.get(12)?,
        sightings: row.get(13)?,
        came_back: list == "set_aside",
        last_at: row.get(15)?,
        by_whom: row.get(16)?,
        disagree: row.get(17)?,
        why: row.get(18)?,
        due: row.get(19)?,
        task,
    })
}

/// These episodes as entries of a list, in the order asked for; those outside the scope are left out.
pub fn named(tx: &mut Tx<'_>, scope: &Scope, episodes: &[EpisodeId]) -> Result<Vec<Entry>> {
    let mut entries = Vec::with_capacity(episodes.len());
    for episode in episodes {
        let mut args = vec![(*episode).into()];
        let clause = scope.clause("e.site", &mut args);
        let sql = format!(
            "SELECT {COLUMNS}, e.why, e.due FROM episode e JOIN person p ON p.id = e.person WHERE e.id = $1{clause}"
        );
        let row = tx.query_one(&sql, &args)?;
        entries.extend(row.map(|row| entry(&row, false)).transpose()?);
    }
    Ok(entries)
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

/// How a list stands on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    pub list: pathway::List,
    pub waiting: u64,
    pub overdue: u64,
    /// Due within the next two weeks, today included.
    pub soon: u64,
    /// What has been due for the longest.
    pub oldest_due: Option<Date>,
}

/// How every list stands: what waits, what is overdue, what will be.
pub fn standings(tx: &mut Tx<'_>, scope: &Scope, today: Date) -> Result<Vec<Standing>> {
    use jiff::ToSpan;
    let soon = today.saturating_add(14.days());
    let mut args = vec![today.into(), soon.into()];
    let clause = scope.clause("site", &mut args);
    // A comparison is a number in one database and a truth value in the other; a CASE is a number in both.
    let sums = "count(*), sum(CASE WHEN due < $1 THEN 1 ELSE 0 END),
       sum(CASE WHEN due >= $1 AND due < $2 THEN 1 ELSE 0 END), min(due)";
    let sql = format!(
        "SELECT list, {sums} FROM todo WHERE opens <= $1{clause} GROUP BY list
         UNION ALL
         SELECT CASE WHEN list = 'set_aside' AND due <= $1 THEN 'new' ELSE list END, {sums} FROM episode
         WHERE list IN ('new', 'set_aside'){clause}
         GROUP BY CASE WHEN list = 'set_aside' AND due <= $1 THEN 'new' ELSE list END"
    );
    let mut standings: Vec<Standing> = pathway::List::ALL
        .iter()
        .map(|list| Standing {
            list: *list,
            waiting: 0,
            overdue: 0,
            soon: 0,
            oldest_due: None,
        })
        .collect();
    for row in tx.query(&sql, &args)? {
        let code: String = row.get(0)?;
        let Some(standing) = standings.iter_mut().find(|s| s.list.code() == code) else {
            return Err(Error::Corrupt(format!("a list named {code}")));
        };
        standing.waiting = row.get(1)?;
        standing.overdue = row.get(2)?;
        standing.soon = row.get(3)?;
        standing.oldest_due = row.get(4)?;
    }
    Ok(standings)
}
