//! Body mass index.

use serde::Deserialize;

use super::{
    Ask, Measure, Reading, Worked, body, readable,
    units::{self, round_to, typed},
};
use crate::{
    nogg::figure,
    source::{Remark, Source, Status},
};

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Input {
    /// Centimetres.
    pub height: Reading,
    /// Kilograms.
    pub weight: Reading,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
pub(super) struct Rules {
    plausible: (f64, f64),
    possible: (f64, f64),
    #[serde(rename = "band")]
    bands: Vec<Band>,
    #[serde(flatten)]
    source: Option<Source>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Band {
    from: Option<f64>,
    below: Option<f64>,
    id: String,
    words: String,
    source: String,
    status: Status,
}

const POUNDS: f64 = 0.453_592_37;

/// kg/m².
pub fn bmi(input: Input) -> Result<Worked<f64>, Ask> {
    let rules = &readable(body())?.bmi;
    let height = units::read(Measure::Height, input.height)?;
    let weight = units::read(Measure::Weight, input.weight)?;
    let metres = height / 100.0;
    let value = weight / (metres * metres);
    let confirmed = input.height.confirmed && input.weight.confirmed;
    let within = |(low, high): (f64, f64)| (low..=high).contains(&value);
    let possible = within(rules.possible);
    if !possible || !(within(rules.plausible) || confirmed) {
        return Err(odd(height, weight, value, possible));
    }
    let shown = round_to(value, 1);
    let means = rules
        .bands
        .iter()
        .filter(|band| {
            band.from.is_none_or(|from| value >= from)
                && band.below.is_none_or(|below| value < below)
        })
        .map(|band| Remark {
            id: band.id.clone(),
            words: band.words.clone(),
            source: band.source.clone(),
            status: band.status,
        })
        .collect();
    Ok(Worked {
        result: value,
        working: format!(
            "{} kg ÷ ({} m × {} m) = {shown:.1} kg/m²",
            figure(weight),
            figure(metres),
            figure(metres)
        ),
        means,
        source: super::sourced(&rules.source),
    })
}

/// Pounds typed as kilograms are often a possible weight, and show only here.
fn odd(height: f64, weight: f64, value: f64, possible: bool) -> Ask {
    let shown = round_to(value, 1);
    let kg = round_to(weight * POUNDS, 0);
    let meant = kg / (height / 100.0).powi(2);
    let text = format!("{} cm, {} kg", typed(height), typed(weight));
    let mut ask = Ask {
        confirmable: possible,
        ..Ask::wrong("weight", text, String::new())
    };
    ask.words = if value > 40.0 && (16.0..=40.0).contains(&meant) {
        ask.perhaps = Some(kg);
        format!(
            "{} kg at {} cm is a BMI of {shown}. In pounds it would be {kg} kg: please check the unit.",
            figure(weight),
            figure(height)
        )
    } else {
        format!(
            "{} kg at {} cm is a BMI of {shown}: please check both.",
            figure(weight),
            figure(height)
        )
    };
    ask
}
