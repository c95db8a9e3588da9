//! One report as it was given, borrowed from its batch.

use std::borrow::Cow;

use finder::ReportText;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

#[derive(Debug, Default)]
pub struct Record<'a> {
    pub id: Id<'a>,
    pub text: Cow<'a, str>,
    pub phrase: Option<Cow<'a, str>>,
    pub age: Option<i16>,
    pub sex: Option<terms::Sex>,
    pub exam: Option<Cow<'a, str>>,
    pub indication: Option<Cow<'a, str>>,
    /// Where the report comes from, for counting.
    pub source: Option<Cow<'a, str>>,
}

impl Record<'_> {
    pub fn report(&self) -> ReportText<'_> {
        ReportText {
            text: &self.text,
            age: self.age,
            sex: self.sex,
            exam: self.exam.as_deref(),
            indication: self.indication.as_deref(),
        }
    }
}

#[derive(Debug, Default)]
pub enum Id<'a> {
    #[default]
    None,
    /// A JSON scalar, written back as it was.
    Json(&'a RawValue),
    Words(Cow<'a, str>),
    Number(u64),
}

impl Id<'_> {
    /// Without quotes or escapes, for tables and people.
    pub fn plain(&self) -> Cow<'_, str> {
        match self {
            Self::None => Cow::Borrowed(""),
            Self::Json(raw) => match serde_json::from_str::<String>(raw.get()) {
                Ok(words) => Cow::Owned(words),
                Err(_) => Cow::Borrowed(raw.get()),
            },
            Self::Words(words) => Cow::Borrowed(words),
            Self::Number(number) => Cow::Owned(number.to_string()),
        }
    }
}

impl Serialize for Id<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::None => serializer.serialize_unit(),
            Self::Json(raw) => raw.serialize(serializer),
            Self::Words(words) => serializer.serialize_str(words),
            Self::Number(number) => serializer.serialize_u64(*number),
        }
    }
}

/// Which fields of the input hold what.
#[derive(Debug, Clone)]
pub struct Names {
    pub text: String,
    pub id: Option<String>,
    pub phrase: Option<String>,
}
