//! `herald.toml` in the data folder: what one service sets for itself.

use std::path::Path;

use anyhow::Context;
use serde::{Deserialize, Serialize};

/// The configuration that a demonstration starts with, and the example for everybody else.
pub const EXAMPLE: &str = include_str!("../config/mid-and-south-essex.toml");

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    pub hospital: Vec<Hospital>,
    pub service: pathway::Settings,
    pub reader: Reader,
    pub session: Session,
    /// Most megabytes of data to hold, 0 for no limit (SQLite only).
    pub most_megabytes: u64,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hospital {
    pub code: terms::OdsCode,
    pub name: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Reader {
    pub sites_not_taken: Vec<terms::Site>,
}

impl Default for Reader {
    fn default() -> Self {
        Self {
            sites_not_taken: finder::Policy::default().sites_not_taken,
        }
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Session {
    pub idle_minutes: i64,
    pub whole_hours: i64,
}

impl Default for Session {
    fn default() -> Self {
        Self {
            idle_minutes: 15,
            whole_hours: 12,
        }
    }
}

pub fn parse(text: &str) -> Result<Config, toml::de::Error> {
    toml::from_str(text)
}

/// The configuration of a data folder; without a file, the defaults.
pub fn load(data: &Path) -> anyhow::Result<Config> {
    let path = data.join("herald.toml");
    match std::fs::read_to_string(&path) {
        Ok(text) => parse(&text).with_context(|| format!("{} cannot be used", path.display())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Config::default()),
        Err(error) => Err(error).with_context(|| format!("{} cannot be read", path.display())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_can_be_used() {
        let config = parse(EXAMPLE).unwrap();
        assert_eq!(config.hospital.len(), 3);
        assert_eq!(config.service.youngest, 50);
    }

    #[test]
    fn a_misspelt_name_is_not_passed_over() {
        assert!(parse("[service]\nyongest = 40").is_err());
    }
}
