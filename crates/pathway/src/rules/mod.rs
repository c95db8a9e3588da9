//! What a service takes: which bones, which falls, which ages, which area. Trusts differ, so this is data; it decides
//! who is found, so it changes only after a count of before and after and with two approvals.

mod before_after;
mod differences;

use std::collections::BTreeSet;

use finder::Policy;
use serde::{Deserialize, Serialize};
use terms::{OdsCode, Site};

pub use before_after::{BeforeAfter, Changed, Counts, Outcome, SiteCount, outcome};

/// One set of rules. An older Herald's set may lack a rule, which then is the default; a newer one's is refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ServiceRules {
    /// Sites whose fractures do not bring a person to this service.
    pub sites_not_taken: BTreeSet<Site>,
    /// A fall down up to this many steps is low energy.
    pub steps_low_energy: u8,
    /// Youngest age at the fracture that the service takes (FLS-DB: 50).
    pub youngest: i16,
    pub area: Area,
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

/// What is wrong with a set of rules: which rule, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub rule: &'static str,
    pub problem: String,
}

impl Default for ServiceRules {
    fn default() -> Self {
        let policy = Policy::default();
        Self {
            sites_not_taken: policy.sites_not_taken.into_iter().collect(),
            steps_low_energy: policy.steps_low_energy,
            youngest: 50,
            area: Area::default(),
        }
    }
}

impl ServiceRules {
    pub const MOST_STEPS: u8 = 15;
    pub const AGES: std::ops::RangeInclusive<i16> = 16..=100;

    /// The part of the rules that the reader works by.
    pub fn policy(&self) -> Policy {
        Policy {
            sites_not_taken: self.sites_not_taken.iter().copied().collect(),
            steps_low_energy: self.steps_low_energy,
        }
    }

    /// Nothing, if a service can work by these rules.
    pub fn faults(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        let mut say = |rule, problem: String| faults.push(Fault { rule, problem });
        if self.sites_not_taken.contains(&Site::Unspecified) {
            let problem = "A fracture whose site is not stated may be any fracture. Leave it among those taken";
            say("sites_not_taken", problem.to_owned());
        }
        if Site::ALL
            .iter()
            .all(|site| *site == Site::Unspecified || self.sites_not_taken.contains(site))
        {
            say(
                "sites_not_taken",
                "No site is left that the service takes. Take at least one".to_owned(),
            );
        }
        if self.steps_low_energy > Self::MOST_STEPS {
            say(
                "steps_low_energy",
                format!(
                    "A fall down {} steps is no low-energy fall. Enter a number from 0 to {}",
                    self.steps_low_energy,
                    Self::MOST_STEPS
                ),
            );
        }
        if !Self::AGES.contains(&self.youngest) {
            say(
                "youngest",
                format!(
                    "{} is not an age that a service can begin at. Enter a number from {} to {}",
                    self.youngest,
                    Self::AGES.start(),
                    Self::AGES.end()
                ),
            );
        }
        for code in self.area.practices.iter().filter(|c| !c.is_practice()) {
            say(
                "practices",
                format!(
                    "{code} is not the code of a practice. Enter a letter and five digits, such as F81001"
                ),
            );
        }
        for postcode in self.area.postcodes.iter().filter(|p| !is_outward(p)) {
            say(
                "postcodes",
                format!(
                    "“{postcode}” is not a postcode area or district. Enter one such as SS or CM1, in capitals"
                ),
            );
        }
        faults
    }

    /// What would be different under another set, in words.
    pub fn differences(&self, other: &Self) -> Vec<String> {
        differences::differences(self, other)
    }
}

/// `SS`, `CM1`, `EC1A`: one or two letters, and perhaps a district.
fn is_outward(text: &str) -> bool {
    let letters = text.chars().take_while(char::is_ascii_uppercase).count();
    let district = text.get(letters..).unwrap_or_default();
    let mut chars = district.chars();
    (1..=2).contains(&letters)
        && (district.is_empty()
            || chars.next().is_some_and(|c| c.is_ascii_digit())
                && district.len() <= 2
                && chars.all(|c| c.is_ascii_digit() || c.is_ascii_uppercase()))
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

    #[test]
    fn each_fault_names_its_rule_and_what_to_do() {
        assert_eq!(ServiceRules::default().faults(), []);
        let wrong = ServiceRules {
            sites_not_taken: Site::ALL.iter().copied().collect(),
            steps_low_energy: 16,
            youngest: 5,
            area: Area {
                practices: ["RAJ01".parse().unwrap()].into(),
                postcodes: ["ss".to_owned(), "SS1 1AA".to_owned(), "SS".to_owned()].into(),
            },
        };
        let faults = wrong.faults();
        let rules: Vec<&str> = faults.iter().map(|fault| fault.rule).collect();
        assert_eq!(
            rules,
            [
                "sites_not_taken",
                "sites_not_taken",
                "steps_low_energy",
                "youngest",
                "practices",
                "postcodes",
                "postcodes"
            ]
        );
    }

    #[test]
    fn postcode_areas_and_districts_are_told_from_the_rest() {
        for right in ["SS", "E", "CM1", "CM77", "EC1A", "W1T"] {
            assert!(is_outward(right), "{right}");
        }
        for wrong in ["", "1", "SSS", "ss1", "CM1 1", "CM123", "CM1-", "C1é"] {
            assert!(!is_outward(wrong), "{wrong}");
        }
    }

    #[test]
    fn a_rule_of_a_newer_herald_is_refused_and_a_missing_one_is_the_default() {
        let old: ServiceRules = serde_json::from_str(r#"{"youngest":55}"#).unwrap();
        assert_eq!((old.youngest, old.steps_low_energy), (55, 3));
        assert!(serde_json::from_str::<ServiceRules>(r#"{"oldest":90}"#).is_err());
    }
}
