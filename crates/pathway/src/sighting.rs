use finder::Reading;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use terms::{Listing, OdsCode, Side, Site, Status};

use crate::FractureSite;

/// One source's view of a fracture: an attendance, a report, a coded stay, a clinic booking, a nurse's own entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sighting {
    /// What identifies this event at its source. The same key again is the same sighting, perhaps corrected.
    pub key: String,
    pub kind: SightingKind,
    /// The day it was seen: arrival, examination, admission, clinic.
    pub seen_on: Option<Date>,
    /// The day of the injury, where the source states it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub injured_on: Option<Date>,
    pub hospital: Option<OdsCode>,
    /// "XR Wrist Lt", where there was an examination.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exam: Option<String>,
    /// The text that was read; evidence spans point into it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub indication: Option<String>,
    pub reading: Reading,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SightingKind {
    EmergencyAttendance,
    Report,
    InpatientEpisode,
    ClinicAppointment,
    Admission,
    ByHand,
}

impl SightingKind {
    pub fn words(self) -> &'static str {
        match self {
            Self::EmergencyAttendance => "Emergency attendance",
            Self::Report => "Imaging report",
            Self::InpatientEpisode => "Inpatient stay",
            Self::ClinicAppointment => "Fracture clinic",
            Self::Admission => "Hospital message",
            Self::ByHand => "Added by hand",
        }
    }
}

impl Sighting {
    /// The best date of the fracture this source gives.
    pub fn fracture_date(&self) -> Option<Date> {
        self.injured_on.or(self.seen_on)
    }

    /// The fractures this sighting lists somebody for: asserted ones, or raised ones if none is asserted.
    pub fn sites(&self) -> Vec<FractureSite> {
        let wanted: &[Status] = match self.reading.list {
            Listing::Yes => &[Status::Present, Status::Old],
            Listing::Look => &[Status::Possible, Status::Present, Status::Old],
            Listing::No => &[],
        };
        let mut sites: Vec<FractureSite> = Vec::new();
        for finding in &self.reading.findings {
            let counts = wanted.contains(&finding.status)
                && (finding.status != Status::Old || finding.site == Site::Vertebra);
            if !counts {
                continue;
            }
            match sites
                .iter_mut()
                .find(|s| s.site == finding.site && s.side == finding.side)
            {
                Some(same) => {
                    for level in &finding.level {
                        if !same.level.contains(level) {
                            same.level.push(level.clone());
                        }
                    }
                }
                None => sites.push(FractureSite {
                    site: finding.site,
                    side: finding.side,
                    level: finding.level.clone(),
                }),
            }
        }
        sites
    }

    /// Everything this sighting asserts is old: it tells of a fracture, but not of a new one.
    pub fn speaks_only_of_old(&self) -> bool {
        let mut asserted = self
            .reading
            .findings
            .iter()
            .filter(|f| matches!(f.status, Status::Present | Status::Old | Status::Possible))
            .peekable();
        asserted.peek().is_some() && asserted.all(|f| f.status == Status::Old)
    }
}

impl FractureSite {
    /// "Left wrist", "Vertebra T12, L1".
    pub fn words(&self) -> String {
        let site = match (self.side, self.site) {
            (None, site) => site.words().to_owned(),
            (Some(Side::Both), site) => format!("{}, both sides", site.words()),
            (Some(side), site) => {
                let mut words = format!("{side} {}", site.words().to_lowercase());
                if let Some(first) = words.get_mut(0..1) {
                    first.make_ascii_uppercase();
                }
                words
            }
        };
        if self.level.is_empty() {
            site
        } else {
            let levels: Vec<&str> = self.level.iter().map(|l| l.as_str()).collect();
            format!("{site} {}", levels.join(", "))
        }
    }
}
