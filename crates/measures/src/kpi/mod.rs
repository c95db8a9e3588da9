//! The eleven key performance indicators of the FLS-DB. Every record is in exactly one of not eligible, met and not
//! met for each of them, with the reason where it is not eligible; eligible is met and not met together. What is
//! counted and what is listed come from the same function, so a figure always opens the people behind it.

mod completeness;
mod definitions;
mod report;
mod run_chart;
mod standing;

use std::{borrow::Borrow, collections::BTreeMap};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use terms::{OdsCode, vocabulary};

use crate::fls_db::Record;

pub use completeness::{Completeness, Field, FieldCount};
pub use definitions::{
    Band, BesideDefinition, CompletenessRule, Definition, Definitions, Edge, RunChartRule,
    Verified, definitions,
};
pub use report::{
    BesideReport, CsvRow, Figures, HospitalFigures, KpiReport, MonthFigures, Report, report,
};
pub use run_chart::{Month, RunChart, Shift, SideOfMedian};
pub use standing::standing;

vocabulary! {
    /// FLS-DB KPIs 1 to 11 in order.
    Kpi {
        Completeness = "completeness", "Data completeness";
        Identification = "identification", "Identification (all fractures)";
        Spine = "spine", "Identification (spine)";
        Assessment = "assessment", "Assessed within 90 days";
        Dxa = "dxa", "DXA within 90 days";
        Falls = "falls", "Falls assessment";
        BoneTherapy = "bone_therapy", "Bone therapy recommended";
        StrengthBalance = "strength_balance", "Strength and balance by 16 weeks";
        FollowUp = "follow_up", "Followed up at 12 to 16 weeks";
        Treatment = "treatment", "Treatment by first follow-up";
        Adherence = "adherence", "Adherence at 12 months";
    }
}

/// Windows after the diagnosis, in days; the last day still belongs to them.
const DAYS_90: i32 = 90;
const WEEKS_12: i32 = 12 * 7;
const WEEKS_16: i32 = 16 * 7;
const WEEKS_48: i32 = 48 * 7;
const WEEKS_56: i32 = 56 * 7;

impl Kpi {
    /// The audit's number, 1 to 11.
    pub fn number(self) -> u8 {
        self as u8 + 1
    }

    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.iter().copied().find(|kpi| kpi.number() == number)
    }

    /// Days after the diagnosis (1.09) until a record counts.
    pub fn window_days(self) -> Option<i32> {
        match self {
            Self::Identification | Self::Spine => None,
            Self::Completeness | Self::Assessment | Self::Dxa | Self::Falls | Self::BoneTherapy => {
                Some(90)
            }
            Self::StrengthBalance | Self::FollowUp | Self::Treatment => Some(WEEKS_16),
            Self::Adherence => Some(WEEKS_56),
        }
    }
}

vocabulary! {
    /// Other ways of counting that are in print for the same KPI, to be shown beside it.
    Beside {
        Assessment12Weeks = "assessment_12_weeks", "Assessed within 12 weeks (IOF)";
        Dxa12Weeks = "dxa_12_weeks", "DXA within 12 weeks (IOF)";
        FollowUpOfAll = "follow_up_of_all", "Followed up at 12 to 16 weeks, of all";
    }
}

impl Beside {
    pub fn kpi(self) -> Kpi {
        match self {
            Self::Assessment12Weeks => Kpi::Assessment,
            Self::Dxa12Weeks => Kpi::Dxa,
            Self::FollowUpOfAll => Kpi::FollowUp,
        }
    }
}

/// Anything of which a record can stand somewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Measure {
    Kpi(Kpi),
    Beside(Beside),
}

impl From<Kpi> for Measure {
    fn from(kpi: Kpi) -> Self {
        Self::Kpi(kpi)
    }
}

impl From<Beside> for Measure {
    fn from(beside: Beside) -> Self {
        Self::Beside(beside)
    }
}

impl Measure {
    /// The word of either list; no word is in both.
    pub fn from_code(code: &str) -> Option<Self> {
        let kpi = Kpi::from_code(code).map(Self::Kpi);
        kpi.or_else(|| Beside::from_code(code).map(Self::Beside))
    }
}

vocabulary! {
    /// A list that a figure opens.
    Set {
        Eligible = "eligible", "Eligible";
        NotEligible = "not_eligible", "Not eligible";
        Met = "met", "Met";
        NotMet = "not_met", "Not met";
    }
}

vocabulary! {
    /// Why a record does not count.
    Reason {
        NotYetDiagnosed = "not_yet_diagnosed", "Diagnosed after the day of the report";
        OutsidePeriod = "outside_period", "Outside the period";
        WindowOpen = "window_open", "Window still open";
        DoneWindowOpen = "done_window_open", "Done, counts when the window closes";
        DiedInWindow = "died_in_window", "Died before the window closed";
        DeathUndated = "death_undated", "Died, day not known";
        ExpectedNotSet = "expected_not_set", "No expected number set for the hospital";
        SiteNotRecorded = "site_not_recorded", "Fracture site not recorded";
        DxaNotOrdered = "dxa_not_ordered", "DXA not ordered";
        DxaNotRecorded = "dxa_not_recorded", "Nothing recorded about DXA";
        Hip = "hip", "Hip fracture";
        Under76 = "under_76", "75 or younger";
        AgeNotKnown = "age_not_known", "Age not known";
        NoneRecommended = "none_recommended", "No bone medicine recommended";
    }
}

/// Where one record stands on one KPI.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    NotEligible(Reason),
    NotMet,
    Met,
}

impl Standing {
    pub fn is_in(self, set: Set) -> bool {
        match set {
            Set::Eligible => !matches!(self, Self::NotEligible(_)),
            Set::NotEligible => matches!(self, Self::NotEligible(_)),
            Set::Met => self == Self::Met,
            Set::NotMet => self == Self::NotMet,
        }
    }
}

/// What is asked of the records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// The day as of which things are known. Answers without a day of their own count as known since the
    /// assessment or review that they belong to.
    pub as_of: Date,
    /// First and last day of the diagnoses (1.09) that count; all without it.
    pub period: Option<(Date, Date)>,
    /// Fragility fractures to be expected at each hospital in a year (KPI 2).
    pub expected: BTreeMap<OdsCode, u32>,
    /// Whether a referral to the GP or for an opinion counts as bone therapy recommended (KPIs 7, 9, 10 and 11).
    pub referral_counts: bool,
}

impl Question {
    pub fn on(as_of: Date) -> Self {
        Self {
            as_of,
            period: None,
            expected: BTreeMap::new(),
            referral_counts: false,
        }
    }

    /// Diagnoses from the first to the last day of a period only.
    pub fn during(mut self, first: Date, last: Date) -> Self {
        self.period = Some((first, last));
        self
    }

    pub fn covers(&self, diagnosed_on: Date) -> bool {
        self.period
            .is_none_or(|(first, last)| first <= diagnosed_on && diagnosed_on <= last)
    }
}

/// Fragility fractures to be expected in a year from the hip fractures of a year (FLS-DB: five for each hip
/// fracture, that one among them). Ireland counts five others, so the factor is the caller's.
pub fn expected_fractures(hip_fractures: u32, factor: u32) -> u32 {
    hip_fractures.saturating_mul(factor)
}

/// The records of one set: the people behind a figure of `report` for the same question.
pub fn members<R: Borrow<Record>>(
    records: impl IntoIterator<Item = R>,
    of: impl Into<Measure>,
    set: Set,
    question: &Question,
) -> impl Iterator<Item = (R, Standing)> {
    let of = of.into();
    records.into_iter().filter_map(move |record| {
        let standing = standing(of, record.borrow(), question);
        standing.is_in(set).then_some((record, standing))
    })
}
