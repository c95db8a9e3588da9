use std::sync::LazyLock;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Beside, Kpi};

const TEXT: &str = include_str!("../../data/kpis.toml");

/// What each KPI counts, in words, with where that comes from (`data/kpis.toml`).
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Definitions {
    pub version: String,
    pub review_by: Date,
    pub source: String,
    pub note: String,
    #[serde(rename = "kpi")]
    pub kpis: Vec<Definition>,
    /// Ways of counting shown beside a KPI.
    pub beside: Vec<BesideDefinition>,
    pub completeness: CompletenessRule,
    pub run_chart: RunChartRule,
    /// Why the file could not be read; a build in which this is not empty fails its tests.
    #[serde(skip)]
    pub fault: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Definition {
    pub id: Kpi,
    pub number: u8,
    pub title: String,
    pub denominator: String,
    pub numerator: String,
    /// Days after the diagnosis until somebody counts.
    pub window_days: Option<i32>,
    pub source: String,
    pub status: Verified,
    pub note: String,
    /// Without it the KPI has no colours: KPI 1 is passed or failed by field.
    pub green: Option<Edge>,
    /// Without it there are only green and red.
    pub amber: Option<Edge>,
}

/// Another way of counting a KPI that is in print; it takes the KPI's thresholds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BesideDefinition {
    pub id: Beside,
    pub denominator: String,
    pub numerator: String,
    pub source: String,
    pub status: Verified,
    pub note: String,
}

terms::vocabulary! {
    /// How well a definition is known.
    Verified {
        Verified = "verified", "Read in the source";
        Partly = "partly", "Partly read in the source";
        Unverified = "unverified", "Not verified";
    }
}

/// Where a colour begins, in percent.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Edge {
    AtLeast(f64),
    Above(f64),
}

impl Edge {
    fn reached(self, percent: f64) -> bool {
        match self {
            Self::AtLeast(edge) => percent >= edge,
            Self::Above(edge) => percent > edge,
        }
    }
}

terms::vocabulary! {
    /// The colours of the audit's benchmark table. Screens show the word, never the colour alone.
    Band {
        Green = "green", "Green";
        Amber = "amber", "Amber";
        Red = "red", "Red";
    }
}

/// When a service passes KPI 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CompletenessRule {
    /// A field fails when more than this share of it is blank.
    pub missing_above_percent: f64,
    /// The service fails from this number of failed fields.
    pub fails_from_fields: usize,
    pub status: Verified,
}

/// When a run chart speaks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunChartRule {
    /// Points in a row on one side of the median that make a shift.
    pub shift: usize,
    /// Fewer points than this have no median.
    pub least_points: usize,
    pub source: String,
    pub status: Verified,
}

impl Definitions {
    pub fn get(&self, kpi: Kpi) -> Option<&Definition> {
        self.kpis.iter().find(|definition| definition.id == kpi)
    }

    pub fn beside(&self, beside: Beside) -> Option<&BesideDefinition> {
        self.beside
            .iter()
            .find(|definition| definition.id == beside)
    }

    fn unreadable(fault: String) -> Self {
        Self {
            version: String::new(),
            review_by: Date::ZERO,
            source: String::new(),
            note: String::new(),
            kpis: Vec::new(),
            beside: Vec::new(),
            completeness: CompletenessRule {
                missing_above_percent: 20.0,
                fails_from_fields: 5,
                status: Verified::Unverified,
            },
            run_chart: RunChartRule {
                shift: 6,
                least_points: 10,
                source: String::new(),
                status: Verified::Unverified,
            },
            fault: Some(fault),
        }
    }
}

impl Definition {
    pub fn band(&self, percent: f64) -> Option<Band> {
        let green = self.green?;
        Some(if green.reached(percent) {
            Band::Green
        } else if self.amber.is_some_and(|edge| edge.reached(percent)) {
            Band::Amber
        } else {
            Band::Red
        })
    }
}

/// The definitions that this build carries.
pub fn definitions() -> &'static Definitions {
    static READ: LazyLock<Definitions> = LazyLock::new(|| {
        toml::from_str(TEXT)
            .unwrap_or_else(|error| Definitions::unreadable(format!("kpis.toml: {error}")))
    });
    &READ
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kpi_has_one_definition_that_agrees_with_the_code() {
        let read = definitions();
        assert_eq!(read.fault, None);
        assert_eq!(read.kpis.len(), Kpi::ALL.len());
        assert_eq!(Kpi::ALL.len(), 11);
        for &kpi in Kpi::ALL {
            let definition = read.get(kpi).unwrap();
            assert_eq!(definition.number, kpi.number());
            assert_eq!(definition.title, kpi.words());
            assert_eq!(definition.window_days, kpi.window_days(), "{kpi}");
            assert!(!definition.source.is_empty() && !definition.numerator.is_empty());
        }
        assert_eq!(read.beside.len(), Beside::ALL.len());
        for &beside in Beside::ALL {
            assert!(!read.beside(beside).unwrap().source.is_empty());
        }
    }

    #[test]
    fn colours_change_where_the_benchmark_table_says() {
        let band = |kpi, percent| definitions().get(kpi).unwrap().band(percent).unwrap();
        assert_eq!(band(Kpi::Assessment, 80.0), Band::Green);
        assert_eq!(band(Kpi::Assessment, 79.9), Band::Amber);
        assert_eq!(band(Kpi::Assessment, 49.9), Band::Red);
        assert_eq!(band(Kpi::Spine, 20.1), Band::Green);
        assert_eq!(band(Kpi::Spine, 20.0), Band::Amber);
        assert_eq!(band(Kpi::Spine, 9.9), Band::Red);
        assert_eq!(band(Kpi::BoneTherapy, 50.1), Band::Green);
        assert_eq!(band(Kpi::BoneTherapy, 50.0), Band::Red);
        let completeness = definitions().get(Kpi::Completeness).unwrap();
        assert_eq!(completeness.band(90.0), None);
    }
}
