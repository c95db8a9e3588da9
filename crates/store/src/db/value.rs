use jiff::{Timestamp, civil::Date};
use uuid::Uuid;

use crate::error::{Error, Result};

/// A value on its way into or out of either database.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Null,
    Bool(bool),
    Int(i64),
    Text(String),
    Bytes(Vec<u8>),
    Uuid(Uuid),
    Date(Date),
    Instant(Timestamp),
    Json(serde_json::Value),
}

macro_rules! into_value {
    ($($type:ty => |$it:ident| $make:expr;)+) => {$(
        impl From<$type> for Value {
            fn from($it: $type) -> Self { $make }
        }
    )+};
}

into_value! {
    bool => |it| Self::Bool(it);
    i64 => |it| Self::Int(it);
    u32 => |it| Self::Int(i64::from(it));
    i32 => |it| Self::Int(i64::from(it));
    u64 => |it| Self::Int(it as i64);
    usize => |it| Self::Int(it as i64);
    &str => |it| Self::Text(it.to_owned());
    String => |it| Self::Text(it);
    &String => |it| Self::Text(it.clone());
    Vec<u8> => |it| Self::Bytes(it);
    &[u8] => |it| Self::Bytes(it.to_vec());
    [u8; 32] => |it| Self::Bytes(it.to_vec());
    Uuid => |it| Self::Uuid(it);
    pathway::PersonId => |it| Self::Uuid(it.0);
    pathway::EpisodeId => |it| Self::Uuid(it.0);
    pathway::ItemId => |it| Self::Uuid(it.0);
    pathway::UserId => |it| Self::Uuid(it.0);
    pathway::LetterId => |it| Self::Uuid(it.0);
    Date => |it| Self::Date(it);
    Timestamp => |it| Self::Instant(it);
    serde_json::Value => |it| Self::Json(it);
    &terms::OdsCode => |it| Self::Text(it.as_str().to_owned());
    &terms::NhsNumber => |it| Self::Text(it.digits().to_owned());
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(it: Option<T>) -> Self {
        it.map_or(Self::Null, Into::into)
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct Row(pub(super) Vec<Value>);

impl Row {
    pub fn get<T: FromValue>(&self, at: usize) -> Result<T> {
        let value = self
            .0
            .get(at)
            .ok_or_else(|| Error::Corrupt(format!("no column {at}")))?;
        T::from_value(value)
            .ok_or_else(|| Error::Corrupt(format!("column {at} does not hold what was expected")))
    }

    /// Bytes without a copy of them.
    pub fn bytes(&self, at: usize) -> Result<&[u8]> {
        match self.0.get(at) {
            Some(Value::Bytes(bytes)) => Ok(bytes),
            _ => Err(Error::Corrupt(format!("column {at} does not hold bytes"))),
        }
    }

    pub fn values(&self) -> &[Value] {
        &self.0
    }
}

/// Reading back: SQLite gives text, bytes and numbers for what PostgreSQL has types for.
pub trait FromValue: Sized {
    fn from_value(value: &Value) -> Option<Self>;
}

macro_rules! from_value {
    ($($type:ty { $($pattern:pat => $make:expr),+ $(,)? })+) => {$(
        impl FromValue for $type {
            fn from_value(value: &Value) -> Option<Self> {
                match value { $($pattern => $make,)+ _ => None }
            }
        }
    )+};
}

from_value! {
    bool { Value::Bool(b) => Some(*b), Value::Int(n) => Some(*n != 0) }
    i64 { Value::Int(n) => Some(*n) }
    u32 { Value::Int(n) => u32::try_from(*n).ok() }
    u64 { Value::Int(n) => u64::try_from(*n).ok() }
    String { Value::Text(text) => Some(text.clone()) }
    Vec<u8> { Value::Bytes(bytes) => Some(bytes.clone()) }
    Uuid { Value::Uuid(id) => Some(*id), Value::Bytes(bytes) => Uuid::from_slice(bytes).ok() }
    Date { Value::Date(date) => Some(*date), Value::Text(text) => text.parse().ok() }
    Timestamp {
        Value::Instant(at) => Some(*at),
        Value::Int(micros) => Timestamp::from_microsecond(*micros).ok(),
    }
    serde_json::Value { Value::Json(json) => Some(json.clone()), Value::Text(text) => serde_json::from_str(text).ok() }
}

macro_rules! ids {
    ($($type:ty => $wrap:path;)+) => {$(
        impl FromValue for $type {
            fn from_value(value: &Value) -> Option<Self> {
                Uuid::from_value(value).map($wrap)
            }
        }
    )+};
}

ids! {
    pathway::PersonId => pathway::PersonId;
    pathway::EpisodeId => pathway::EpisodeId;
    pathway::ItemId => pathway::ItemId;
    pathway::UserId => pathway::UserId;
    pathway::LetterId => pathway::LetterId;
}

impl FromValue for terms::NhsNumber {
    fn from_value(value: &Value) -> Option<Self> {
        String::from_value(value)?.parse().ok()
    }
}

impl FromValue for terms::OdsCode {
    fn from_value(value: &Value) -> Option<Self> {
        String::from_value(value)?.parse().ok()
    }
}

impl<T: FromValue> FromValue for Option<T> {
    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Null => Some(None),
            other => T::from_value(other).map(Some),
        }
    }
}
