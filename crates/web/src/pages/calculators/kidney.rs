//! Creatinine clearance and eGFR.

use guidance::calculators::{Measure, kidney as sums};
use terms::Sex;

use super::sheet::{Asked, Sheet};

/// What a form offers; a formula that knows only two says so.
pub const SEXES: [(&str, &str); 3] = [
    ("female", "Female"),
    ("male", "Male"),
    ("other", "Neither, or not known"),
];

pub fn sex(code: &str) -> Option<Sex> {
    match code {
        "female" => Some(Sex::Female),
        "male" => Some(Sex::Male),
        "other" => Some(Sex::NotKnown),
        _ => None,
    }
}

pub fn kidney(sheet: &mut Sheet<'_>) {
    let sex = sex(&sheet.one("sex", "Sex registered at birth", &SEXES, true));
    let age = sheet.measure(&Asked::needed("age", "Age", "years"), Measure::Age);
    let weight = sheet.measure(
        &Asked::needed("weight", "Weight", "kg").hint("As it is, not an ideal weight."),
        Measure::Weight,
    );
    let creatinine = sheet.measure(
        &Asked::needed("creatinine", "Creatinine", "µmol/L"),
        Measure::Creatinine,
    );
    let (Some(sex), Some(age), Some(weight), Some(creatinine), true) =
        (sex, age, weight, creatinine, sheet.sound())
    else {
        return;
    };
    let input = sums::Input {
        age,
        sex,
        creatinine,
    };
    let clearance = sheet.settle("sex", &[], |_| sums::cockcroft_gault(input, weight));
    let rate = sheet.settle("sex", &[], |_| sums::egfr(input));
    if let Some(worked) = clearance {
        let value = format!("{} mL/min", worked.result.floor());
        sheet.worked("Creatinine clearance (Cockcroft and Gault)", value, &worked);
    }
    if let Some(worked) = rate {
        let value = format!("{} mL/min/1.73 m²", worked.result.round());
        sheet.worked("eGFR (CKD-EPI 2009)", value, &worked);
    }
}
