//! `herald.toml` in the data folder: what one service sets for itself.

use std::{collections::BTreeSet, path::Path};

use anyhow::Context;
use pathway::{Area, ServiceRules, Settings};
use serde::{Deserialize, Serialize};

/// The configuration that a demonstration starts with, and the example for everybody else.
pub const EXAMPLE: &str = include_str!("../config/mid-and-south-essex.toml");

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    pub hospital: Vec<Hospital>,
    pub service: Service,
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
pub struct Service {
    youngest: i16,
    area: Area,
    #[serde(flatten)]
    pub settings: Settings,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Reader {
    sites_not_taken: BTreeSet<terms::Site>,
    steps_low_energy: u8,
}

impl Default for Service {
    fn default() -> Self {
        let rules = ServiceRules::default();
        Self {
            youngest: rules.youngest,
            area: rules.area,
            settings: Settings::default(),
        }
    }
}

impl Default for Reader {
    fn default() -> Self {
        let rules = ServiceRules::default();
        Self {
            sites_not_taken: rules.sites_not_taken,
            steps_low_energy: rules.steps_low_energy,
        }
    }
}

impl Config {
    /// What the file says of whom the service takes.
    pub fn rules(&self) -> ServiceRules {
        ServiceRules {
            sites_not_taken: self.reader.sites_not_taken.clone(),
            steps_low_energy: self.reader.steps_low_energy,
            youngest: self.service.youngest,
            area: self.service.area.clone(),
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
        assert_eq!(config.rules().faults(), []);
        assert_eq!(
            (config.rules().youngest, config.rules().steps_low_energy),
            (50, 3)
        );
    }

    #[test]
    fn a_misspelt_name_is_not_passed_over() {
        for misspelt in [
            "[service]\nyongest = 40",
            "[service]\nstaled_days = 40",
            "[service.letterhead]\nnmae = \"x\"",
            "[service.area]\npostcode = []",
            "[reader]\nsteps = 2",
        ] {
            assert!(parse(misspelt).is_err(), "{misspelt}");
        }
    }

    #[test]
    fn rules_and_settings_share_a_table() {
        let config =
            parse("[service]\nyoungest = 55\nstalled_days = 30\n[reader]\nsteps_low_energy = 2")
                .unwrap();
        assert_eq!(config.rules().youngest, 55);
        assert_eq!(config.rules().steps_low_energy, 2);
        assert_eq!(config.service.settings.stalled_days, 30);
    }
}
