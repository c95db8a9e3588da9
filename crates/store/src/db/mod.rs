//! The one place that knows there are two databases. SQL is written once, with `$1` placeholders, in the common
//! language of both; each back end keeps its own native types and its own migrations.

mod migrate;
mod pool;
mod postgres;
mod sqlite;
mod value;

use std::{path::PathBuf, str::FromStr};

pub use value::{Row, Value};

use crate::error::{Error, Result};

/// Where the data lives.
#[derive(Clone, PartialEq, Eq)]
pub enum Address {
    Sqlite(PathBuf),
    Postgres(String),
}

impl FromStr for Address {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self> {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            Ok(Self::Postgres(text.to_owned()))
        } else if text.contains("://") {
            Err(Error::Refused(
                "a database is a file path for SQLite, or postgres://user@host/name for PostgreSQL"
                    .to_owned(),
            ))
        } else {
            Ok(Self::Sqlite(PathBuf::from(text)))
        }
    }
}

impl std::fmt::Debug for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Self::Postgres(_) => f.write_str("postgres://(hidden)"),
        }
    }
}

pub(crate) trait Connection: Send {
    fn execute(&mut self, sql: &str, args: &[Value]) -> Result<u64>;
    fn query(&mut self, sql: &str, args: &[Value]) -> Result<Vec<Row>>;
    /// One row after the other, so that many need not be held at once.
    fn each(
        &mut self,
        sql: &str,
        args: &[Value],
        work: &mut dyn FnMut(&Row) -> Result<()>,
    ) -> Result<()> {
        self.query(sql, args)?.iter().try_for_each(work)
    }
    fn batch(&mut self, sql: &str) -> Result<()>;
    fn begin(&mut self, write: bool) -> Result<()>;
    /// Hold a named lock until the transaction ends. SQLite has one writer, so there it is held already.
    fn lock(&mut self, name: &str) -> Result<()>;
    fn is_broken(&self) -> bool {
        false
    }
}

pub(crate) enum Db {
    Sqlite(sqlite::Sqlite),
    Postgres(postgres::Postgres),
}

/// A transaction under way. Every statement of Herald goes through one.
pub struct Tx<'a> {
    connection: &'a mut dyn Connection,
}

impl Tx<'_> {
    pub(crate) fn execute(&mut self, sql: &str, args: &[Value]) -> Result<u64> {
        self.connection.execute(sql, args)
    }

    pub(crate) fn query(&mut self, sql: &str, args: &[Value]) -> Result<Vec<Row>> {
        self.connection.query(sql, args)
    }

    pub(crate) fn each(
        &mut self,
        sql: &str,
        args: &[Value],
        mut work: impl FnMut(&Row) -> Result<()>,
    ) -> Result<()> {
        self.connection.each(sql, args, &mut work)
    }

    pub(crate) fn query_one(&mut self, sql: &str, args: &[Value]) -> Result<Option<Row>> {
        Ok(self.query(sql, args)?.into_iter().next())
    }

    /// A query that always has a row, such as a count.
    pub(crate) fn number(&mut self, sql: &str, args: &[Value]) -> Result<i64> {
        match self.query_one(sql, args)? {
            Some(row) => Ok(row.get::<Option<i64>>(0)?.unwrap_or(0)),
            None => Ok(0),
        }
    }

    /// Part of a transaction that can fail by itself: what it wrote is taken back, the rest stands.
    pub fn part<T, E: From<Error>>(
        &mut self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.connection.batch("SAVEPOINT part")?;
        match work(&mut Tx {
            connection: &mut *self.connection,
        }) {
            Ok(done) => {
                self.connection.batch("RELEASE SAVEPOINT part")?;
                Ok(done)
            }
            Err(error) => {
                // The first error matters. A full disk, for one, may have taken the whole transaction back already;
                // then its end is refused as well.
                let _ = self
                    .connection
                    .batch("ROLLBACK TO SAVEPOINT part")
                    .and_then(|()| self.connection.batch("RELEASE SAVEPOINT part"));
                Err(error)
            }
        }
    }

    /// Hold a named lock until the transaction ends, where the database has several writers.
    pub fn lock(&mut self, name: &str) -> Result<()> {
        self.connection.lock(name)
    }
}

impl Db {
    pub fn open(address: &Address) -> Result<Self> {
        match address {
            Address::Sqlite(path) => sqlite::Sqlite::open(path).map(Self::Sqlite),
            Address::Postgres(url) => postgres::Postgres::open(url).map(Self::Postgres),
        }
    }

    /// One consistent view; nothing is written.
    pub fn read<T, E: From<Error>>(
        &self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        match self {
            Self::Sqlite(db) => run(&mut **db.reader()?, false, work),
            Self::Postgres(db) => run(&mut **db.connection()?, false, work),
        }
    }

    /// All or nothing, durable when it returns.
    pub fn write<T, E: From<Error>>(
        &self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        match self {
            Self::Sqlite(db) => run(&mut **db.writer(), true, work),
            Self::Postgres(db) => run(&mut **db.connection()?, true, work),
        }
    }

    pub fn backup(&self, to: &std::path::Path) -> Result<()> {
        match self {
            Self::Sqlite(db) => db.backup(to),
            Self::Postgres(db) => db.backup(to),
        }
    }

    pub fn name(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "SQLite",
            Self::Postgres(_) => "PostgreSQL",
        }
    }

    /// The database's own check of itself.
    pub fn self_check(&self) -> Result<String> {
        match self {
            Self::Sqlite(db) => db.self_check(),
            Self::Postgres(db) => db.self_check(),
        }
    }

    pub fn limit_size(&self, megabytes: u64) -> Result<()> {
        match self {
            Self::Sqlite(db) => db.limit_size(megabytes),
            Self::Postgres(_) => Err(Error::Refused("a size limit is for SQLite only".to_owned())),
        }
    }
}

fn run<T, E: From<Error>>(
    connection: &mut dyn Connection,
    write: bool,
    work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
) -> Result<T, E> {
    connection.begin(write)?;
    match work(&mut Tx { connection }) {
        Ok(done) => {
            if let Err(failed) = connection.batch("COMMIT") {
                let _ = connection.batch("ROLLBACK");
                return Err(failed.into());
            }
            Ok(done)
        }
        Err(error) => {
            // The first error matters; a failed roll-back leaves a connection that the next BEGIN refuses.
            let _ = connection.batch("ROLLBACK");
            Err(error)
        }
    }
}
