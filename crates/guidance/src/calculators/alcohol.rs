//! Units of alcohol from what somebody drinks in a week.

use std::sync::LazyLock;

use serde::Deserialize;

use super::{
    Ask, Worked, readable,
    units::{round_to, typed},
};
use crate::{
    nogg::figure,
    source::{self, Held, Remark, Source, Status},
};

/// One kind of drink.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Drink {
    /// Size of one, millilitres.
    pub ml: f64,
    /// Strength, percent by volume (ABV).
    pub percent: f64,
    /// How many in a usual week.
    pub a_week: f64,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Units {
    pub a_week: f64,
    /// A seventh of it.
    pub a_day: f64,
    /// 3 units a day or more, FRAX's line.
    pub frax: bool,
}

/// A usual drink, to choose from.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Usual {
    pub id: String,
    pub words: String,
    pub ml: f64,
    pub percent: f64,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Alcohol {
    ml_per_unit: f64,
    frax_units_a_day: f64,
    low_risk_units_a_week: f64,
    status: Option<Status>,
    #[serde(rename = "remark")]
    remarks: Vec<Remark>,
    #[serde(rename = "drink")]
    pub drinks: Vec<Usual>,
}

pub fn data() -> &'static Held<Alcohol> {
    static READ: LazyLock<Held<Alcohol>> =
        LazyLock::new(|| source::read("alcohol.toml", include_str!("../../data/alcohol.toml")));
    &READ
}

pub fn alcohol(drinks: &[Drink]) -> Result<Worked<Units>, Ask> {
    let rules = readable(data())?;
    let mut parts = Vec::new();
    let mut total = 0.0;
    for drink in drinks {
        check(drink)?;
        let units = drink.ml * drink.percent / (100.0 * rules.ml_per_unit) * drink.a_week;
        total += units;
        parts.push(format!(
            "{} × {} ml × {}% ÷ {} = {}",
            figure(drink.a_week),
            figure(drink.ml),
            figure(drink.percent),
            100.0 * rules.ml_per_unit,
            figure(round_to(units, 1))
        ));
    }
    let a_day = total / 7.0;
    // Binary fractions must not decide: 21 units a week are 3 a day.
    let frax = a_day >= rules.frax_units_a_day - 1e-9;
    let wanted = [
        (if frax { "frax" } else { "not_frax" }, true),
        ("low_risk", total > rules.low_risk_units_a_week + 1e-9),
    ];
    let means = wanted
        .iter()
        .filter(|(_, holds)| *holds)
        .filter_map(|(id, _)| rules.remarks.iter().find(|remark| remark.id == *id))
        .cloned()
        .collect();
    if parts.is_empty() {
        parts.push("Nothing".to_owned());
    }
    Ok(Worked {
        result: Units {
            a_week: total,
            a_day,
            frax,
        },
        working: format!(
            "{}; together {} units a week, {} a day",
            parts.join("; "),
            figure(round_to(total, 1)),
            figure(round_to(a_day, 1))
        ),
        means,
        source: Source {
            words: data().head.source.clone(),
            status: rules.status.unwrap_or(Status::Unverified),
        },
    })
}

fn check(drink: &Drink) -> Result<(), Ask> {
    let ask = |of, value, words: &str| Err(Ask::wrong(of, typed(value), words.to_owned()));
    if !(5.0..=5000.0).contains(&drink.ml) {
        return ask(
            "ml",
            drink.ml,
            "The size of a drink must be in millilitres: a pint is 568, a glass of wine 125 to 250, a single measure 25.",
        );
    }
    if !(0.5..=95.0).contains(&drink.percent) && drink.percent != 0.0 {
        return ask(
            "percent",
            drink.percent,
            "The strength must be in percent by volume, as on the label: beer 4, wine 12, spirits 40.",
        );
    }
    if !(0.0..=200.0).contains(&drink.a_week) {
        return ask(
            "a_week",
            drink.a_week,
            "How many in a usual week: 0 to 200 is possible.",
        );
    }
    Ok(())
}
