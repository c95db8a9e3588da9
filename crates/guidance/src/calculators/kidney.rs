//! Kidney function from creatinine: Cockcroft-Gault for the limits of medicines, and the eGFR where the laboratory sent
//! none.

use std::sync::LazyLock;

use serde::Deserialize;
use terms::Sex;

use super::{Ask, Measure, Reading, Worked, readable, sourced, units};
use crate::{
    nogg::figure,
    source::{self, Held, Remark, Source},
};

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Input {
    /// Years.
    pub age: Reading,
    /// Female or male: both formulas know no other.
    pub sex: Sex,
    /// µmol/L.
    pub creatinine: Reading,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kidney {
    cockcroft_gault: CockcroftGault,
    ckd_epi_2009: CkdEpi,
    #[serde(rename = "remark")]
    remarks: Vec<Remark>,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
struct CockcroftGault {
    men: f64,
    women: f64,
    #[serde(flatten)]
    source: Option<Source>,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
struct CkdEpi {
    scale: f64,
    age: f64,
    over: f64,
    female: f64,
    kappa_women: f64,
    kappa_men: f64,
    alpha_women: f64,
    alpha_men: f64,
    mg_per_dl: f64,
    #[serde(flatten)]
    source: Option<Source>,
}

pub fn data() -> &'static Held<Kidney> {
    static READ: LazyLock<Held<Kidney>> =
        LazyLock::new(|| source::read("kidney.toml", include_str!("../../data/kidney.toml")));
    &READ
}

impl Kidney {
    fn remarks(&self, ids: &[&str]) -> Vec<Remark> {
        self.remarks
            .iter()
            .filter(|remark| ids.contains(&remark.id.as_str()))
            .cloned()
            .collect()
    }
}

fn by_sex(sex: Sex, women: f64, men: f64) -> Result<f64, Ask> {
    match sex {
        Sex::Female => Ok(women),
        Sex::Male => Ok(men),
        Sex::Indeterminate | Sex::NotKnown => Err(Ask::wrong(
            "sex",
            sex.words().to_owned(),
            "The formula knows only female and male, and the difference is about a fifth: decide which fits this person, or ask the renal pharmacist."
                .to_owned(),
        )),
    }
}

/// Creatinine clearance by Cockcroft and Gault, mL/min. `weight`: actual, kilograms. Compare the result with limits; the
/// words round it down.
pub fn cockcroft_gault(input: Input, weight: impl Into<Reading>) -> Result<Worked<f64>, Ask> {
    let kidney = readable(data())?;
    let formula = &kidney.cockcroft_gault;
    let factor = by_sex(input.sex, formula.women, formula.men)?;
    let age = units::read(Measure::Age, input.age)?;
    let weight = units::read(Measure::Weight, weight)?;
    let creatinine = units::read(Measure::Creatinine, input.creatinine)?;
    let clearance = (140.0 - age) * weight * factor / creatinine;
    Ok(Worked {
        result: clearance,
        working: format!(
            "((140 − {}) × {} kg × {}) ÷ {} = {} mL/min",
            figure(age),
            figure(weight),
            figure(factor),
            figure(creatinine),
            clearance.floor()
        ),
        means: kidney.remarks(&["for_medicines", "actual_weight"]),
        source: sourced(&formula.source),
    })
}

/// Estimated glomerular filtration rate by CKD-EPI 2009 without ethnicity, mL/min/1.73 m².
pub fn egfr(input: Input) -> Result<Worked<f64>, Ask> {
    let kidney = readable(data())?;
    let formula = &kidney.ckd_epi_2009;
    let kappa = by_sex(input.sex, formula.kappa_women, formula.kappa_men)?;
    let alpha = by_sex(input.sex, formula.alpha_women, formula.alpha_men)?;
    let female = by_sex(input.sex, formula.female, 1.0)?;
    let age = units::read(Measure::Age, input.age)?;
    let creatinine = units::read(Measure::Creatinine, input.creatinine)?;
    let ratio = creatinine / formula.mg_per_dl / kappa;
    let (base, power) = if ratio <= 1.0 {
        (ratio, alpha)
    } else {
        (ratio, formula.over)
    };
    let rate = formula.scale * base.powf(power) * formula.age.powf(age) * female;
    let sex = if input.sex == Sex::Female {
        format!(" × {}", formula.female)
    } else {
        String::new()
    };
    Ok(Worked {
        result: rate,
        working: format!(
            "{} × ({} ÷ {} ÷ {kappa})^{power} × {}^{}{sex} = {} mL/min/1.73 m²",
            formula.scale,
            figure(creatinine),
            formula.mg_per_dl,
            formula.age,
            figure(age),
            rate.round()
        ),
        means: kidney.remarks(&["laboratory"]),
        source: sourced(&formula.source),
    })
}
