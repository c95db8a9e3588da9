//! Calcium in the food of a usual week.

use std::sync::LazyLock;

use serde::Deserialize;

use super::{Ask, Worked, readable, units::typed};
use crate::{
    nogg::figure,
    source::{self, Held, Remark, Source, Status},
};

/// Portions of one food in a usual week.
#[derive(Debug, Clone, PartialEq)]
pub struct Eaten {
    /// Id of the food.
    pub food: String,
    pub portions_a_week: f64,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Intake {
    /// Milligrams a day from the foods asked about.
    pub foods_mg: f64,
    /// Milligrams a day allowed for other foods.
    pub other_mg: f64,
    pub total_mg: f64,
    /// Each target with how much is missing to it, in milligrams a day; 0 where it is reached.
    pub targets: Vec<(Target, f64)>,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calcium {
    high_warns_above: f64,
    high_source: String,
    high_status: Option<Status>,
    pub allowance: Option<Allowance>,
    #[serde(rename = "target")]
    pub targets: Vec<Target>,
    advice: Vec<Band>,
    #[serde(rename = "food")]
    pub foods: Vec<Food>,
}

/// For the foods nobody asked about.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Allowance {
    /// Milligrams a day that are added unless a service chooses otherwise.
    pub mg: f64,
    /// Milligrams a day in a published method.
    pub published_mg: f64,
    /// Why.
    pub source: String,
    pub status: Status,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// Milligrams a day.
    pub mg: f64,
    /// For whom.
    pub words: String,
    pub source: String,
    pub status: Status,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Food {
    pub id: String,
    /// With the size of a portion.
    pub words: String,
    /// Milligrams in a portion.
    pub mg: f64,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Band {
    id: String,
    from: Option<f64>,
    below: Option<f64>,
    /// Whether the upper end belongs to it.
    #[serde(default)]
    inclusive: bool,
    words: String,
    source: String,
    status: Status,
}

impl Band {
    fn holds(&self, mg: f64) -> bool {
        self.below
            .is_none_or(|below| mg < below || (self.inclusive && mg == below))
            && self.from.is_none_or(|from| mg >= from)
    }
}

pub fn data() -> &'static Held<Calcium> {
    static READ: LazyLock<Held<Calcium>> =
        LazyLock::new(|| source::read("calcium.toml", include_str!("../../data/calcium.toml")));
    &READ
}

/// Milligrams a day. `other_mg`: the service's own allowance for other foods; nothing takes that of the data file.
pub fn calcium(eaten: &[Eaten], other_mg: Option<f64>) -> Result<Worked<Intake>, Ask> {
    let rules = readable(data())?;
    let mut week = 0.0;
    let mut parts = Vec::new();
    for portion in eaten {
        let many = portion.portions_a_week;
        let Some(food) = rules.foods.iter().find(|food| food.id == portion.food) else {
            return Err(Ask::wrong(
                "food",
                portion.food.clone(),
                "This food is not on the list.".to_owned(),
            ));
        };
        if !(0.0..=140.0).contains(&many) {
            return Err(Ask::wrong(
                "portions",
                typed(many),
                format!(
                    "{}: {} portions a week cannot be right. Count portions, not grams or millilitres.",
                    food.words,
                    figure(many)
                ),
            ));
        }
        if many > 0.0 {
            week += many * food.mg;
            parts.push(format!("{} × {}", figure(many), figure(food.mg)));
        }
    }
    let allowed = rules.allowance.as_ref().map_or(0.0, |allowed| allowed.mg);
    let other_mg = other_mg.unwrap_or(allowed);
    if !(0.0..=1000.0).contains(&other_mg) {
        return Err(Ask::wrong(
            "other_mg",
            typed(other_mg),
            "The allowance for other foods must be 0 to 1,000 mg a day.".to_owned(),
        ));
    }
    let foods_mg = week / 7.0;
    let total_mg = foods_mg + other_mg;
    let mut means: Vec<Remark> = rules
        .advice
        .iter()
        .find(|band| band.holds(total_mg))
        .map(|band| Remark {
            id: band.id.clone(),
            words: band.words.clone(),
            source: band.source.clone(),
            status: band.status,
        })
        .into_iter()
        .collect();
    if total_mg > rules.high_warns_above {
        means.push(Remark {
            id: "too_much".to_owned(),
            words: format!(
                "Above {} mg a day: please check the portions; no supplement, and ask about kidney stones.",
                figure(rules.high_warns_above)
            ),
            source: rules.high_source.clone(),
            status: rules.high_status.unwrap_or(Status::Unverified),
        });
    }
    let sum = if parts.is_empty() {
        "0".to_owned()
    } else {
        parts.join(" + ")
    };
    Ok(Worked {
        working: format!(
            "({sum}) ÷ 7 = {} mg a day from these foods; {} mg allowed for others; together {} mg a day",
            foods_mg.round(),
            figure(other_mg),
            total_mg.round()
        ),
        result: Intake {
            foods_mg,
            other_mg,
            total_mg,
            targets: rules
                .targets
                .iter()
                .map(|target| (target.clone(), (target.mg - total_mg).max(0.0)))
                .collect(),
        },
        means,
        source: Source {
            words: data().head.source.clone(),
            status: Status::Derived,
        },
    })
}
