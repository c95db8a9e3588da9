//! NDJSON: one report a line.

use std::{borrow::Cow, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use serde_json::{error::Category, value::RawValue};

use super::blocks::{Splitter, Which};
use crate::find::record::{Id, Names, Record};

/// Ends at every newline, which JSON writes as `\n` inside its strings.
#[derive(Debug, Default)]
pub struct Newlines {
    seen: usize,
}

impl Splitter for Newlines {
    fn end(&mut self, window: &[u8], which: Which) -> Option<usize> {
        let fresh = window.get(self.seen..).unwrap_or_default();
        let found = match which {
            Which::First => memchr::memchr(b'\n', fresh),
            Which::Last => memchr::memrchr(b'\n', fresh),
        };
        let end = found.map(|at| self.seen + at + 1);
        self.seen = window.len();
        end
    }

    fn turn(&mut self) {
        self.seen = 0;
    }

    fn restart(&mut self) {
        self.seen = 0;
    }
}

pub const EXAMPLE: &str = "Each line is an object such as {\"id\":1,\"text\":\"...\"}";

pub fn read<'a>(line: &'a str, names: &Names) -> Result<Record<'a>, String> {
    let mut json = serde_json::Deserializer::from_str(line);
    let found = json
        .deserialize_map(Fields(names))
        .and_then(|fields| json.end().map(|()| fields))
        .map_err(|error| match error.classify() {
            Category::Data => "is not a JSON object".to_owned(),
            _ => format!("is not JSON: {error}"),
        })?;
    let text = match found.text {
        Some(Loose::Words(text)) => text,
        Some(_) => return Err(format!("has a “{}” that is not a string", names.text)),
        None => return Err(format!("has no “{}”", names.text)),
    };
    let phrase = match (found.phrase, &names.phrase) {
        (Some(Loose::Words(phrase)), _) => Some(phrase),
        (_, None) => None,
        (_, Some(name)) => return Err(format!("has no string “{name}”")),
    };
    let id = match found.id {
        None => Id::None,
        Some(raw) if raw.get().starts_with(['{', '[']) => {
            return Err("has an “id” that is neither a string nor a number".to_owned());
        }
        Some(raw) => Id::Json(raw),
    };
    let age = match found.age {
        Some(Loose::Number(age)) => i16::try_from(age).ok(),
        _ => None,
    };
    Ok(Record {
        id,
        text,
        phrase,
        age,
        sex: words(found.sex).map(|sex| terms::Sex::read(&sex)),
        exam: words(found.exam),
        indication: words(found.indication),
        source: words(found.source),
    })
}

fn words(loose: Option<Loose<'_>>) -> Option<Cow<'_, str>> {
    match loose {
        Some(Loose::Words(words)) => Some(words),
        _ => None,
    }
}

#[derive(Default)]
struct Found<'a> {
    id: Option<&'a RawValue>,
    text: Option<Loose<'a>>,
    phrase: Option<Loose<'a>>,
    age: Option<Loose<'a>>,
    sex: Option<Loose<'a>>,
    exam: Option<Loose<'a>>,
    indication: Option<Loose<'a>>,
    source: Option<Loose<'a>>,
}

struct Fields<'n>(&'n Names);

impl<'de> Visitor<'de> for Fields<'_> {
    type Value = Found<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Found<'de>, A::Error> {
        let mut found = Found::default();
        let names = self.0;
        while let Some(Loose::Words(key)) = map.next_key()? {
            let key = key.as_ref();
            let place = if key == names.text {
                &mut found.text
            } else if key == names.id.as_deref().unwrap_or("id") {
                found.id = Some(map.next_value()?);
                continue;
            } else if Some(key) == names.phrase.as_deref() {
                &mut found.phrase
            } else {
                match key {
                    "age" => &mut found.age,
                    "sex" => &mut found.sex,
                    "exam" => &mut found.exam,
                    "indication" => &mut found.indication,
                    "source" => &mut found.source,
                    _ => {
                        map.next_value::<IgnoredAny>()?;
                        continue;
                    }
                }
            };
            *place = Some(map.next_value()?);
        }
        Ok(found)
    }
}

/// A value of any kind; a string is borrowed where it has no escapes.
enum Loose<'a> {
    Words(Cow<'a, str>),
    Number(i64),
    Other,
}

impl<'de> Deserialize<'de> for Loose<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Loose<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value")
            }
            fn visit_borrowed_str<E>(self, words: &'de str) -> Result<Loose<'de>, E> {
                Ok(Loose::Words(Cow::Borrowed(words)))
            }
            fn visit_str<E>(self, words: &str) -> Result<Loose<'de>, E> {
                Ok(Loose::Words(Cow::Owned(words.to_owned())))
            }
            fn visit_i64<E>(self, number: i64) -> Result<Loose<'de>, E> {
                Ok(Loose::Number(number))
            }
            fn visit_u64<E>(self, number: u64) -> Result<Loose<'de>, E> {
                Ok(i64::try_from(number).map_or(Loose::Other, Loose::Number))
            }
            fn visit_f64<E>(self, _: f64) -> Result<Loose<'de>, E> {
                Ok(Loose::Other)
            }
            fn visit_bool<E>(self, _: bool) -> Result<Loose<'de>, E> {
                Ok(Loose::Other)
            }
            fn visit_unit<E>(self) -> Result<Loose<'de>, E> {
                Ok(Loose::Other)
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Loose<'de>, A::Error> {
                while seq.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Loose::Other)
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Loose<'de>, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Loose::Other)
            }
        }
        deserializer.deserialize_any(Any)
    }
}
