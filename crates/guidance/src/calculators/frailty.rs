//! The Clinical Frailty Scale as somebody recorded it. Nothing is worked out: a level is a clinician's judgement.

use std::sync::LazyLock;

use serde::Deserialize;

use super::{Ask, readable};
use crate::source::{self, Held, Source, Status};

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Frailty {
    status: Option<Status>,
    #[serde(rename = "level")]
    pub levels: Vec<Level>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Level {
    /// 1 to 9.
    pub level: i64,
    /// In Herald's own words.
    pub words: String,
}

pub fn data() -> &'static Held<Frailty> {
    static READ: LazyLock<Held<Frailty>> =
        LazyLock::new(|| source::read("frailty.toml", include_str!("../../data/frailty.toml")));
    &READ
}

/// What a recorded level stands for, and how well the words are known.
pub fn frailty(level: i64) -> Result<(&'static Level, Source), Ask> {
    let held = readable(data())?;
    let Some(found) = held.levels.iter().find(|held| held.level == level) else {
        return Err(Ask::wrong(
            "frailty",
            level.to_string(),
            format!(
                "The Clinical Frailty Scale goes from 1 to 9; {level} is another scale or a slip."
            ),
        ));
    };
    Ok((
        found,
        Source {
            words: data().head.source.clone(),
            status: held.status.unwrap_or(Status::Unverified),
        },
    ))
}
