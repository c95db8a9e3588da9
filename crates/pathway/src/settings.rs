use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use terms::OdsCode;

/// What a service may set for itself. Data, not code: trusts differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Youngest age at the fracture that the service takes (FLS-DB: 50).
    pub youngest: i16,
    /// Sightings of the same site within so many days are one fracture.
    pub same_fracture_days: i32,
    pub area: Area,
    /// In care, overdue and untouched for so many days: stalled.
    pub stalled_days: i32,
    /// A patient's link to the questionnaire can be used for so many days.
    pub questionnaire_days: i32,
    /// Who may approve letters: role codes.
    pub letters_approved_by: BTreeSet<String>,
    pub letterhead: Letterhead,
    /// Practices by ODS code, so that a letter can be addressed.
    pub practice: BTreeMap<OdsCode, Practice>,
    /// NHFD hip fractures a year, by hospital site: the expected caseload is this many times five (FLS-DB KPI 2).
    pub hip_fractures_a_year: BTreeMap<OdsCode, u32>,
    /// KPIs 7 and 9 to 11: a referral to the GP or for an opinion counts as bone therapy recommended. Whether the
    /// audit counts it so is not known.
    pub referral_counts: bool,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Practice {
    pub name: String,
    pub address: Vec<String>,
}

/// How the service signs its letters.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Letterhead {
    pub name: String,
    pub address: Vec<String>,
    pub phone: String,
    pub email: String,
    pub hours: String,
}

/// Who belongs to the service: by registered practice where it is known, else by postcode district.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Area {
    /// Practices of the area; empty: any practice counts as inside.
    pub practices: BTreeSet<OdsCode>,
    /// Postcode districts or areas of the area (`SS`, `CM1`); empty: any postcode counts as inside.
    pub postcodes: BTreeSet<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            youngest: 50,
            same_fracture_days: 90,
            area: Area::default(),
            stalled_days: 21,
            questionnaire_days: 28,
            letters_approved_by: ["nurse", "lead_clinician"].map(str::to_owned).into(),
            letterhead: Letterhead::default(),
            practice: BTreeMap::new(),
            hip_fractures_a_year: BTreeMap::new(),
            referral_counts: false,
        }
    }
}

impl Area {
    /// `Some(false)` only when something known says outside; nothing known says nothing.
    pub fn holds(&self, practice: Option<&OdsCode>, postcode: Option<&str>) -> Option<bool> {
        if let Some(practice) = practice.filter(|_| !self.practices.is_empty()) {
            return Some(self.practices.contains(practice));
        }
        let outward = postcode.map(outward)?;
        if self.postcodes.is_empty() || outward.is_empty() {
            return None;
        }
        let area: String = outward
            .chars()
            .take_while(char::is_ascii_alphabetic)
            .collect();
        Some(self.postcodes.contains(&outward) || self.postcodes.contains(&area))
    }
}

/// The outward half of a postcode: `CM1` of `CM1 1AA` or `cm11aa`.
fn outward(postcode: &str) -> String {
    let kept: String = postcode
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_uppercase())
        .collect();
    let end = kept.len().saturating_sub(3);
    kept.get(..end).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn practice_beats_postcode_and_silence_is_not_outside() {
        let area = Area {
            practices: ["Z80001".parse().unwrap()].into(),
            postcodes: ["SS".to_owned(), "CM1".to_owned()].into(),
        };
        let practice = |code: &str| code.parse::<OdsCode>().unwrap();
        assert_eq!(
            area.holds(Some(&practice("Z80001")), Some("IP1 1AA")),
            Some(true)
        );
        assert_eq!(
            area.holds(Some(&practice("Y90001")), Some("SS1 1AA")),
            Some(false)
        );
        assert_eq!(area.holds(None, Some("ss99 9zz")), Some(true));
        assert_eq!(area.holds(None, Some("CM1 1AA")), Some(true));
        assert_eq!(area.holds(None, Some("CM2 1AA")), Some(false));
        assert_eq!(area.holds(None, None), None);
    }
}
