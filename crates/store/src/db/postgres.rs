use std::{collections::HashMap, error::Error as StdError, path::Path, process::Command};

use postgres::{
    Client, NoTls, Statement,
    types::{IsNull, ToSql, Type, to_sql_checked},
};

use super::{
    Connection, Row, Value, migrate,
    pool::{Lent, Pool},
};
use crate::error::{Error, Result};

const CONNECTIONS: usize = 16;

pub struct Postgres {
    url: String,
    pool: Pool<Box<Session>>,
}

pub struct Session {
    client: Client,
    prepared: HashMap<String, Statement>,
}

impl Postgres {
    pub fn open(url: &str) -> Result<Self> {
        let postgres = Self {
            url: url.to_owned(),
            pool: Pool::new(CONNECTIONS),
        };
        let mut session = postgres.connection()?;
        demand_durability(&mut session)?;
        migrate::run(&mut **session, migrate::POSTGRES)?;
        drop(session);
        Ok(postgres)
    }

    pub fn connection(&self) -> Result<Lent<'_, Box<Session>>> {
        self.pool
            .get(|| connect(&self.url), |session| !session.is_broken())
    }

    /// PostgreSQL's own tool makes the copy: custom format, for `pg_restore`.
    pub fn backup(&self, to: &Path) -> Result<()> {
        let done = Command::new("pg_dump")
            .arg("--format=custom")
            .arg("--file")
            .arg(to)
            .arg(&self.url)
            .output();
        match done {
            Ok(output) if output.status.success() => Ok(()),
            Ok(output) => Err(Error::Refused(format!(
                "pg_dump did not finish: {}",
                String::from_utf8_lossy(&output.stderr).trim()
            ))),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(Error::Refused(
                "pg_dump is not installed here; install PostgreSQL's client programs, then run this again".to_owned(),
            )),
            Err(error) => Err(error.into()),
        }
    }

    pub fn self_check(&self) -> Result<String> {
        let mut session = self.connection()?;
        demand_durability(&mut session)?;
        Ok("ok".to_owned())
    }
}

fn connect(url: &str) -> Result<Box<Session>> {
    let client = Client::connect(url, NoTls)?;
    Ok(Box::new(Session {
        client,
        prepared: HashMap::new(),
    }))
}

/// The same promise as on SQLite: a commit that has been answered survives a power cut.
fn demand_durability(session: &mut Session) -> Result<()> {
    for setting in ["fsync", "synchronous_commit", "full_page_writes"] {
        let row = session.client.query_one(&format!("SHOW {setting}"), &[])?;
        let value: String = row.get(0);
        if value == "off" {
            return Err(Error::Refused(format!(
                "this PostgreSQL runs with {setting}=off, so a commit could be lost; set it to on"
            )));
        }
    }
    Ok(())
}

impl Session {
    fn prepared(&mut self, sql: &str) -> Result<Statement> {
        if let Some(statement) = self.prepared.get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.client.prepare(sql)?;
        self.prepared.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }
}

impl Connection for Session {
    fn execute(&mut self, sql: &str, args: &[Value]) -> Result<u64> {
        let statement = self.prepared(sql)?;
        let args: Vec<&(dyn ToSql + Sync)> = args.iter().map(|arg| arg as _).collect();
        Ok(self.client.execute(&statement, &args)?)
    }

    fn query(&mut self, sql: &str, args: &[Value]) -> Result<Vec<Row>> {
        let statement = self.prepared(sql)?;
        let args: Vec<&(dyn ToSql + Sync)> = args.iter().map(|arg| arg as _).collect();
        self.client
            .query(&statement, &args)?
            .iter()
            .map(read_row)
            .collect()
    }

    fn batch(&mut self, sql: &str) -> Result<()> {
        Ok(self.client.batch_execute(sql)?)
    }

    fn begin(&mut self, write: bool) -> Result<()> {
        self.batch(if write {
            "BEGIN"
        } else {
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
        })
    }

    fn lock(&mut self, name: &str) -> Result<()> {
        self.query(
            "SELECT 1 FROM pg_advisory_xact_lock(hashtext($1))",
            &[name.into()],
        )
        .map(drop)
    }

    fn is_broken(&self) -> bool {
        self.client.is_closed()
    }
}

fn read_row(row: &postgres::Row) -> Result<Row> {
    let mut values = Vec::with_capacity(row.len());
    for (at, column) in row.columns().iter().enumerate() {
        let kind = column.type_();
        let value = match *kind {
            Type::BOOL => row.try_get::<_, Option<bool>>(at)?.into(),
            Type::INT8 => row.try_get::<_, Option<i64>>(at)?.into(),
            Type::INT4 => row.try_get::<_, Option<i32>>(at)?.into(),
            Type::TEXT | Type::VARCHAR => row.try_get::<_, Option<String>>(at)?.into(),
            Type::BYTEA => row.try_get::<_, Option<Vec<u8>>>(at)?.into(),
            Type::UUID => row.try_get::<_, Option<uuid::Uuid>>(at)?.into(),
            Type::DATE => row.try_get::<_, Option<jiff::civil::Date>>(at)?.into(),
            Type::TIMESTAMPTZ => row.try_get::<_, Option<jiff::Timestamp>>(at)?.into(),
            Type::JSONB => row.try_get::<_, Option<serde_json::Value>>(at)?.into(),
            _ => return Err(Error::Corrupt(format!("column {at} has the type {kind}"))),
        };
        values.push(value);
    }
    Ok(Row(values))
}

impl ToSql for Value {
    fn to_sql(
        &self,
        kind: &Type,
        out: &mut postgres::types::private::BytesMut,
    ) -> std::result::Result<IsNull, Box<dyn StdError + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Bool(b) => b.to_sql_checked(kind, out),
            Self::Int(n) if *kind == Type::INT4 => i32::try_from(*n)?.to_sql_checked(kind, out),
            Self::Int(n) => n.to_sql_checked(kind, out),
            Self::Text(text) => text.to_sql_checked(kind, out),
            Self::Bytes(bytes) => bytes.to_sql_checked(kind, out),
            Self::Uuid(id) => id.to_sql_checked(kind, out),
            Self::Date(date) => date.to_sql_checked(kind, out),
            Self::Instant(at) => at.to_sql_checked(kind, out),
            Self::Json(json) => json.to_sql_checked(kind, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}
