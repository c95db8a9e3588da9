use serde::{Deserialize, Serialize};
use terms::Site;

/// What one service takes. Trusts differ, so this is configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Policy {
    /// Sites whose fractures do not bring a person to this service.
    pub sites_not_taken: Vec<Site>,
    /// A fall down up to this many steps is low energy.
    pub steps_low_energy: u8,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            sites_not_taken: vec![Site::Skull, Site::Face, Site::Finger, Site::Toe],
            steps_low_energy: 3,
        }
    }
}

impl Policy {
    pub fn takes(&self, site: Site) -> bool {
        !self.sites_not_taken.contains(&site)
    }
}
