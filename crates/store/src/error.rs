/// What can go wrong between Herald and its database.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Somebody else wrote first: the version named is no longer the newest.
    #[error("the record changed meanwhile")]
    Conflict,
    #[error("the disk is full, so nothing more is taken in; what was acknowledged is safe")]
    DiskFull,
    #[error("{0}")]
    Refused(String),
    #[error("a stored value is not what the schema promises: {0}")]
    Corrupt(String),
    #[error("SQLite")]
    Sqlite(#[source] rusqlite::Error),
    #[error("PostgreSQL")]
    Postgres(#[source] postgres::Error),
    #[error("reading or writing a file")]
    Io(#[from] std::io::Error),
    #[error("JSON")]
    Json(#[from] serde_json::Error),
}

pub type Result<T, E = Error> = std::result::Result<T, E>;

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode;
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::DiskFull,
            Some(ErrorCode::ConstraintViolation) if is_unique_violation(&error) => Self::Conflict,
            _ => Self::Sqlite(error),
        }
    }
}

fn is_unique_violation(error: &rusqlite::Error) -> bool {
    use rusqlite::ffi::{SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_UNIQUE};
    error.sqlite_error().is_some_and(|e| {
        matches!(
            e.extended_code,
            SQLITE_CONSTRAINT_PRIMARYKEY | SQLITE_CONSTRAINT_UNIQUE
        )
    })
}

impl From<postgres::Error> for Error {
    fn from(error: postgres::Error) -> Self {
        use postgres::error::SqlState;
        match error.code() {
            Some(code) if *code == SqlState::UNIQUE_VIOLATION => Self::Conflict,
            Some(code) if *code == SqlState::DISK_FULL => Self::DiskFull,
            _ => Self::Postgres(error),
        }
    }
}
