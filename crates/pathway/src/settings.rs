use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use terms::OdsCode;

/// What a service may set for itself, apart from whom it takes ([`crate::rules`]). Data, not code: trusts differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Sightings of the same site within so many days are one fracture.
    pub same_fracture_days: i32,
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
    pub guidance: GuidanceSettings,
    /// Groups and services near by, one sentence or two each, for the leaflets.
    pub support_groups: Vec<String>,
}

/// What the guidance packs ask about the service itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GuidanceSettings {
    pub dxa_line: DxaLine,
    /// This service starts teriparatide, abaloparatide and romosozumab itself.
    pub starts_anabolics: Option<bool>,
    /// A bone specialist of this service decides on the medicine.
    pub bone_specialist: Option<bool>,
    /// The bone turnover marker CTX can be measured here.
    pub ctx: Option<bool>,
    /// Weeks that somebody waits for a bone density scan.
    pub dxa_wait_weeks: Option<u32>,
}

terms::vocabulary! {
    /// Whose line the service follows for whom to scan.
    DxaLine {
        Ng259 = "ng259", "NICE NG259: 10-year risk of 10% or more";
        Nogg = "nogg", "NOGG: between the assessment lines";
    }
}

#[expect(clippy::derivable_impls, reason = "a vocabulary derives no default")]
impl Default for DxaLine {
    fn default() -> Self {
        Self::Ng259
    }
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

impl Default for Settings {
    fn default() -> Self {
        Self {
            same_fracture_days: 90,
            stalled_days: 21,
            questionnaire_days: 28,
            letters_approved_by: ["nurse", "lead_clinician"].map(str::to_owned).into(),
            letterhead: Letterhead::default(),
            practice: BTreeMap::new(),
            hip_fractures_a_year: BTreeMap::new(),
            referral_counts: false,
            guidance: GuidanceSettings::default(),
            support_groups: Vec::new(),
        }
    }
}
