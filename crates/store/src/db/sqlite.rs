use std::{
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard},
    time::Duration,
};

use rusqlite::{
    OpenFlags, params_from_iter,
    types::{ToSqlOutput, ValueRef},
};

use super::{
    Connection, Row, Value, migrate,
    pool::{Lent, Pool},
};
use crate::error::{Error, Result};

const READERS: usize = 8;

/// One writer, several readers, in write-ahead-log mode with a sync at every commit.
pub struct Sqlite {
    path: PathBuf,
    writer: Mutex<Box<Handle>>,
    readers: Pool<Box<Handle>>,
}

pub struct Handle(rusqlite::Connection);

impl Sqlite {
    pub fn open(path: &Path) -> Result<Self> {
        if let Some(folder) = path.parent().filter(|p| !p.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder)?;
        }
        let mut writer = connect(
            path,
            OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE,
        )?;
        keep_private(path)?;
        demand_durability(&writer.0)?;
        migrate::run(writer.as_mut(), migrate::SQLITE)?;
        Ok(Self {
            path: path.to_owned(),
            writer: Mutex::new(writer),
            readers: Pool::new(READERS),
        })
    }

    pub fn writer(&self) -> MutexGuard<'_, Box<Handle>> {
        self.writer
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    pub fn reader(&self) -> Result<Lent<'_, Box<Handle>>> {
        self.readers.get(
            || {
                let handle = connect(&self.path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
                handle.0.pragma_update(None, "query_only", true)?;
                Ok(handle)
            },
            |_| true,
        )
    }

    /// A copy of one moment, taken page by page while others read and write.
    pub fn backup(&self, to: &Path) -> Result<()> {
        let source = connect(&self.path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        let to_text = to
            .to_str()
            .ok_or_else(|| Error::Refused("the path is not valid text".to_owned()))?;
        source.0.execute("VACUUM INTO ?1", [to_text])?;
        keep_private(to)?;
        std::fs::File::open(to)?.sync_all()?;
        let copy = rusqlite::Connection::open_with_flags(to, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        let verdict: String = copy.query_row("PRAGMA integrity_check", [], |row| row.get(0))?;
        if verdict == "ok" {
            Ok(())
        } else {
            Err(Error::Corrupt(format!("the copy: {verdict}")))
        }
    }

    pub fn self_check(&self) -> Result<String> {
        let reader = self.reader()?;
        demand_durability(&reader.0)?;
        Ok(reader
            .0
            .query_row("PRAGMA integrity_check", [], |row| row.get(0))?)
    }

    pub fn limit_size(&self, megabytes: u64) -> Result<()> {
        let writer = self.writer();
        let page: i64 = writer
            .0
            .query_row("PRAGMA page_size", [], |row| row.get(0))?;
        let pages = megabytes * 1024 * 1024 / page.unsigned_abs().max(1);
        writer
            .0
            .query_row(&format!("PRAGMA max_page_count = {pages}"), [], |_| Ok(()))?;
        Ok(())
    }
}

fn connect(path: &Path, flags: OpenFlags) -> Result<Box<Handle>> {
    let mut connection =
        rusqlite::Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_handler(Some(wait_a_little))?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "cache_size", -16_000)?;
    connection.set_prepared_statement_cache_capacity(128);
    Ok(Box::new(Handle(connection)))
}

/// Wait for another process in small steps, half a minute at most. SQLite's own waiting grows to a tenth of a second
/// a step, and a page that waits so misses every gap between the transactions of a running import.
fn wait_a_little(times: i32) -> bool {
    std::thread::sleep(Duration::from_millis(1));
    times < 30_000
}

/// A commit that survives a power cut is the promise everything rests on: read the settings back, or do not run.
fn demand_durability(connection: &rusqlite::Connection) -> Result<()> {
    let journal: String = connection.query_row("PRAGMA journal_mode", [], |row| row.get(0))?;
    let synchronous: i64 = connection.query_row("PRAGMA synchronous", [], |row| row.get(0))?;
    if journal != "wal" || synchronous != 2 {
        return Err(Error::Refused(format!(
            "SQLite would not promise durable commits here (journal_mode={journal}, synchronous={synchronous}; \
             wal and 2 are needed). A network drive is the usual cause: put the data on a local disk."
        )));
    }
    Ok(())
}

#[cfg(unix)]
fn keep_private(path: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    Ok(std::fs::set_permissions(
        path,
        std::fs::Permissions::from_mode(0o600),
    )?)
}

#[cfg(not(unix))]
fn keep_private(_: &Path) -> Result<()> {
    Ok(())
}

impl rusqlite::ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        use rusqlite::types::Value as Native;
        Ok(match self {
            Self::Null => ToSqlOutput::Owned(Native::Null),
            Self::Bool(b) => ToSqlOutput::Owned(Native::Integer(i64::from(*b))),
            Self::Int(n) => ToSqlOutput::Owned(Native::Integer(*n)),
            Self::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
            Self::Bytes(bytes) => ToSqlOutput::Borrowed(ValueRef::Blob(bytes)),
            Self::Uuid(id) => ToSqlOutput::Borrowed(ValueRef::Blob(id.as_bytes())),
            Self::Date(date) => ToSqlOutput::Owned(Native::Text(date.to_string())),
            Self::Instant(at) => ToSqlOutput::Owned(Native::Integer(at.as_microsecond())),
            Self::Json(json) => ToSqlOutput::Owned(Native::Text(json.to_string())),
        })
    }
}

impl Connection for Handle {
    fn execute(&mut self, sql: &str, args: &[Value]) -> Result<u64> {
        let mut statement = self.0.prepare_cached(&numbered(sql))?;
        Ok(statement.execute(params_from_iter(args))? as u64)
    }

    fn query(&mut self, sql: &str, args: &[Value]) -> Result<Vec<Row>> {
        let mut statement = self.0.prepare_cached(&numbered(sql))?;
        let width = statement.column_count();
        let mut rows = statement.query(params_from_iter(args))?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            let mut values = Vec::with_capacity(width);
            for column in 0..width {
                values.push(value(row.get_ref(column)?));
            }
            all.push(Row(values));
        }
        Ok(all)
    }

    fn each(
        &mut self,
        sql: &str,
        args: &[Value],
        work: &mut dyn FnMut(&Row) -> Result<()>,
    ) -> Result<()> {
        let mut statement = self.0.prepare_cached(&numbered(sql))?;
        let width = statement.column_count();
        let mut rows = statement.query(params_from_iter(args))?;
        let mut held = Row(Vec::with_capacity(width));
        while let Some(row) = rows.next()? {
            held.0.clear();
            for column in 0..width {
                held.0.push(value(row.get_ref(column)?));
            }
            work(&held)?;
        }
        Ok(())
    }

    fn batch(&mut self, sql: &str) -> Result<()> {
        Ok(self.0.execute_batch(sql)?)
    }

    fn begin(&mut self, write: bool) -> Result<()> {
        self.batch(if write { "BEGIN IMMEDIATE" } else { "BEGIN" })
    }

    fn lock(&mut self, _: &str) -> Result<()> {
        Ok(())
    }
}

fn value(native: ValueRef<'_>) -> Value {
    match native {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(n) => Value::Int(n),
        ValueRef::Real(real) => Value::Int(real as i64),
        ValueRef::Text(text) => Value::Text(String::from_utf8_lossy(text).into_owned()),
        ValueRef::Blob(bytes) => Value::Bytes(bytes.to_vec()),
    }
}

/// `$1` as PostgreSQL writes it is `?1` to SQLite (where `$1` would be a name, numbered by appearance).
fn numbered(sql: &str) -> String {
    sql.replace('$', "?")
}
