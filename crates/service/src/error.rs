use jiff::Timestamp;

/// What a use case can answer instead of its result. Only these words reach a person; causes go to the log.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Not there, or not for this person's eyes: the two look the same from outside.
    #[error("not found")]
    NotFound,
    #[error("this role may not do that")]
    Forbidden,
    /// Somebody else acted first.
    #[error("the record changed meanwhile")]
    Conflict { since: Vec<Change> },
    /// What was typed does not do; each field says why.
    #[error("some answers need another look")]
    Invalid(Vec<FieldError>),
    /// It cannot be done now, and why; nothing was changed.
    #[error("{0}")]
    Unavailable(String),
    #[error("the data store could not do this")]
    Store(#[source] store::Error),
    #[error("a file could not be read or written")]
    Io(#[from] std::io::Error),
    #[error("{0}")]
    Internal(String),
}

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What somebody else did meanwhile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    pub at: Timestamp,
    pub who: String,
    pub what: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// Name of the form field, or the question.
    pub field: String,
    pub message: String,
}

impl Error {
    pub fn field(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldError::new(field, message)])
    }
}

impl FieldError {
    pub fn new(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            message: message.into(),
        }
    }
}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::Conflict => Self::Conflict { since: Vec::new() },
            store::Error::DiskFull => Self::Unavailable(
                "The disk is full, so nothing more is taken in. What was acknowledged is safe. Free some space, \
                 then do this again."
                    .to_owned(),
            ),
            store::Error::Refused(why) => Self::Unavailable(why),
            other => Self::Store(other),
        }
    }
}
