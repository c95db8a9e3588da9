//! Measurements as typed: what cannot be, what is more likely another unit, and what is merely unusual. Nothing is
//! converted without being asked.

use std::sync::LazyLock;

use serde::Deserialize;

use super::readable;
use crate::{
    nogg::figure,
    source::{self, Held, Status},
};

terms::vocabulary! {
    Measure {
        Age = "age", "Age";
        Height = "height", "Height";
        Weight = "weight", "Weight";
        Creatinine = "creatinine", "Creatinine";
        Calcium = "calcium", "Calcium";
        VitaminD = "vitamin_d", "Vitamin D";
        TScore = "t_score", "T-score";
        Systolic = "systolic", "Upper blood pressure";
        Diastolic = "diastolic", "Lower blood pressure";
        Seconds = "seconds", "Time";
    }
}

/// Why a figure was not taken. It is kept as it was typed.
#[derive(Debug, Clone, PartialEq)]
pub struct Ask {
    /// What it was given for: the code of a measure, or the name of an input.
    pub of: &'static str,
    pub typed: String,
    pub words: String,
    /// What it may have been meant as, in the unit of the measure.
    pub perhaps: Option<f64>,
    /// Unusual, not impossible: taken once somebody confirms it.
    pub confirmable: bool,
}

impl Ask {
    pub(crate) fn wrong(of: &'static str, typed: String, words: String) -> Self {
        Self {
            of,
            typed,
            words,
            perhaps: None,
            confirmable: false,
        }
    }

    pub(crate) fn unusual(of: &'static str, typed: String, words: String) -> Self {
        Self {
            confirmable: true,
            ..Self::wrong(of, typed, words)
        }
    }
}

/// A figure as typed, and whether somebody confirmed that an unusual one stands.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reading {
    pub value: f64,
    pub confirmed: bool,
}

impl Reading {
    pub fn confirmed(value: f64) -> Self {
        Self {
            value,
            confirmed: true,
        }
    }
}

impl From<f64> for Reading {
    fn from(value: f64) -> Self {
        Self {
            value,
            confirmed: false,
        }
    }
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Units {
    #[serde(rename = "measure")]
    measures: Vec<Bounds>,
    #[serde(rename = "mix_up")]
    mix_ups: Vec<MixUp>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bounds {
    pub id: Measure,
    pub words: String,
    pub unit: String,
    pub plausible: (f64, f64),
    pub possible: (f64, f64),
    pub status: Status,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct MixUp {
    measure: Measure,
    from: f64,
    to: f64,
    unit: String,
    /// From that unit into the measure's; none where it cannot be told.
    factor: Option<f64>,
    #[serde(rename = "status")]
    _status: Status,
}

pub fn data() -> &'static Held<Units> {
    static READ: LazyLock<Held<Units>> =
        LazyLock::new(|| source::read("units.toml", include_str!("../../data/units.toml")));
    &READ
}

impl Units {
    pub fn bounds(&self, measure: Measure) -> Option<&Bounds> {
        self.measures.iter().find(|bounds| bounds.id == measure)
    }
}

/// The figure in the unit of the measure, if it can be that.
pub fn read(measure: Measure, reading: impl Into<Reading>) -> Result<f64, Ask> {
    let reading = reading.into();
    let value = reading.value;
    let units = readable(data())?;
    let of = measure.code();
    let Some(bounds) = units.bounds(measure) else {
        return Err(Ask::wrong(
            of,
            value.to_string(),
            format!("{measure} has no bounds to be checked against"),
        ));
    };
    if !value.is_finite() {
        return Err(Ask::wrong(
            of,
            value.to_string(),
            format!("{measure} must be a number"),
        ));
    }
    let within = |(low, high): (f64, f64)| (low..=high).contains(&value);
    let unit = if bounds.unit.is_empty() {
        String::new()
    } else {
        format!(" {}", bounds.unit)
    };
    let possible = within(bounds.possible);
    if possible && (within(bounds.plausible) || reading.confirmed) {
        return Ok(value);
    }
    let mixed = units
        .mix_ups
        .iter()
        .find(|mix_up| mix_up.measure == measure && within((mix_up.from, mix_up.to)));
    let mut ask = Ask {
        confirmable: possible,
        ..Ask::wrong(of, typed(value), String::new())
    };
    let odd = format!("{measure} {}{unit}", typed(value));
    ask.words = match mixed {
        Some(MixUp {
            factor: Some(factor),
            unit: meant,
            ..
        }) => {
            let perhaps = round_to(value * factor, if value * factor < 10.0 { 2 } else { 0 });
            ask.perhaps = Some(perhaps);
            format!(
                "{odd}: this looks like {} {meant}, which is {}{unit}. Enter it so if that is meant.",
                typed(value),
                figure(perhaps)
            )
        }
        Some(MixUp { unit: meant, .. }) => format!(
            "{odd}: this looks like {meant}. Enter it in{unit}, for it cannot be told which figure is meant."
        ),
        None if possible => {
            format!("{odd} is unusual: please check it, and confirm it if it is right.")
        }
        None => format!(
            "{odd} cannot be right: {} to {}{unit} is possible.",
            figure(bounds.possible.0),
            figure(bounds.possible.1)
        ),
    };
    Err(ask)
}

/// A height as people say it: "162", "162 cm", "1.62 m", "5 ft 4", "5'4\"". In centimetres; what is not in centimetres
/// is converted, but only proposed.
pub fn read_height(typed: &str) -> Result<f64, Ask> {
    let (parts, whole) = numbers_and_units(typed);
    let cm = match parts.as_slice() {
        [(cm, "" | "cm")] => return read(Measure::Height, *cm).map_err(|ask| as_typed(ask, typed)),
        [(m, "m")] => Some(m * 100.0),
        [(inches, "in" | "\"")] => Some(inches * 2.54),
        [(feet, "ft" | "'")] => Some(feet * 30.48),
        [(feet, "ft" | "'"), (inches, "in" | "\"" | "")] => Some(feet * 30.48 + inches * 2.54),
        _ => None,
    };
    Err(proposed(Measure::Height, typed, cm.filter(|_| whole), "cm"))
}

/// A weight as people say it: "52", "52 kg", "8 st 3 lb", "130 lb". In kilograms; what is not in kilograms is converted,
/// but only proposed.
pub fn read_weight(typed: &str) -> Result<f64, Ask> {
    let (parts, whole) = numbers_and_units(typed);
    let kg = match parts.as_slice() {
        [(kg, "" | "kg")] => return read(Measure::Weight, *kg).map_err(|ask| as_typed(ask, typed)),
        [(stone, "st")] => Some(stone * 6.350_293_18),
        [(pounds, "lb")] => Some(pounds * 0.453_592_37),
        [(stone, "st"), (pounds, "lb" | "")] => Some(stone * 6.350_293_18 + pounds * 0.453_592_37),
        _ => None,
    };
    Err(proposed(Measure::Weight, typed, kg.filter(|_| whole), "kg"))
}

fn as_typed(ask: Ask, text: &str) -> Ask {
    Ask {
        typed: text.trim().to_owned(),
        ..ask
    }
}

fn proposed(measure: Measure, text: &str, value: Option<f64>, unit: &str) -> Ask {
    let text = text.trim().to_owned();
    let value = value.map(|value| round_to(value, 0));
    match value.filter(|value| read(measure, *value).is_ok()) {
        Some(value) => Ask {
            perhaps: Some(value),
            ..Ask::wrong(
                measure.code(),
                text.clone(),
                format!(
                    "{measure} “{text}” is {} {unit}. Enter it so if that is right.",
                    figure(value)
                ),
            )
        },
        None => Ask::wrong(
            measure.code(),
            text.clone(),
            format!("{measure} “{text}” cannot be read: enter it in {unit}."),
        ),
    }
}

/// Numbers with the unit that follows each, and whether everything was understood.
fn numbers_and_units(text: &str) -> (Vec<(f64, &'static str)>, bool) {
    let text = text.trim().to_lowercase();
    let mut parts = Vec::new();
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let (number, after) = split(rest, |c| c.is_ascii_digit() || c == '.');
        let (unit, after) = split(after.trim_start(), |c| {
            !c.is_ascii_digit() && !c.is_whitespace() && c != '.'
        });
        let unit = match unit.trim_end_matches(',') {
            "" => "",
            "cm" => "cm",
            "m" | "metres" | "metre" => "m",
            "ft" | "feet" | "foot" | "'" | "’" => "ft",
            "in" | "ins" | "inch" | "inches" | "\"" | "”" => "in",
            "kg" | "kgs" => "kg",
            "st" | "stone" | "stones" => "st",
            "lb" | "lbs" | "pound" | "pounds" => "lb",
            _ => return (parts, false),
        };
        let Ok(number) = number.parse() else {
            return (parts, false);
        };
        parts.push((number, unit));
        rest = after.trim_start_matches([' ', '.', ',']);
    }
    (parts, true)
}

fn split(text: &str, is: impl Fn(char) -> bool) -> (&str, &str) {
    let end = text.find(|c: char| !is(c)).unwrap_or(text.len());
    text.split_at(end)
}

/// As somebody would type it: without a tail of zeros.
pub(crate) fn typed(value: f64) -> String {
    value.to_string()
}

pub(crate) fn round_to(value: f64, decimals: i32) -> f64 {
    let scale = 10_f64.powi(decimals);
    (value * scale).round() / scale
}
