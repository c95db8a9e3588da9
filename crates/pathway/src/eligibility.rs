//! Does this sighting count for this service? "Not known" never means no: it goes to a person.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use terms::age_on;

use crate::{Details, ServiceRules, Sighting};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Counts,
    /// Cannot be told without the date of birth: a person looks.
    BirthDateNotKnown,
    Ignored(Because),
}

/// Why a sighting does not count. Each is counted and shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Because {
    UnderAge,
    Died,
    OutOfArea,
}

/// FLS-DB: 50 or over at the fracture; the dead and those of another area are left to others.
/// `seen_on` is used where the source gives no date of injury; `received_on` where it gives no date at all.
pub fn judge(
    person: &Details,
    sighting: &Sighting,
    received_on: Date,
    rules: &ServiceRules,
) -> Verdict {
    if person.died() {
        return Verdict::Ignored(Because::Died);
    }
    if rules
        .area
        .holds(person.practice.as_ref(), person.postcode.as_deref())
        == Some(false)
    {
        return Verdict::Ignored(Because::OutOfArea);
    }
    let Some(born) = person.born else {
        return Verdict::BirthDateNotKnown;
    };
    let day = sighting.fracture_date().unwrap_or(received_on);
    if age_on(born, day) < rules.youngest {
        return Verdict::Ignored(Because::UnderAge);
    }
    Verdict::Counts
}

/// The most favourable verdict on all sightings of one message: one that counts is enough.
pub fn judge_all(
    person: &Details,
    sightings: &[&Sighting],
    received_on: Date,
    rules: &ServiceRules,
) -> Verdict {
    let mut worst = Verdict::Counts;
    for sighting in sightings {
        match judge(person, sighting, received_on, rules) {
            Verdict::Ignored(because) => worst = Verdict::Ignored(because),
            other => return other,
        }
    }
    worst
}
