//! Tests of gait, balance and strength, and of blood pressure on standing: what the figure means. None of them predicts
//! falls, and each result says so.

use std::sync::LazyLock;

use serde::Deserialize;
use terms::Sex;

use super::{
    Ask, Measure, Reading, readable,
    units::{self, typed},
};
use crate::{
    nogg::figure,
    source::{self, Held, Source, Status},
};

/// What a test showed.
#[derive(Debug, Clone, PartialEq)]
pub struct Shown {
    /// "Timed up and go: 17 seconds."
    pub figure: String,
    pub means: String,
    /// Whether there is something to work on; nothing where there is no line to compare with.
    pub act: Option<bool>,
    /// That it does not predict falls. Blood pressure claims nothing of the kind, and has none.
    pub caveat: Option<&'static str>,
    pub source: Source,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tests {
    caveat: String,
    tug: Tug,
    five_stands: FiveStands,
    stands_30: Stands,
    balance: Balance,
    pressure: Pressure,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Tug {
    physiotherapy_from: f64,
    impaired_from: f64,
    slow: String,
    slow_source: String,
    slow_status: Option<Status>,
    middle: String,
    middle_source: String,
    middle_status: Option<Status>,
    quick: String,
    quick_source: String,
    quick_status: Option<Status>,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct FiveStands {
    slow_above: f64,
    slow: String,
    slow_source: String,
    slow_status: Option<Status>,
    quick: String,
    quick_source: String,
    quick_status: Option<Status>,
    unable: String,
    unable_source: String,
    unable_status: Option<Status>,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stands {
    source: String,
    status: Option<Status>,
    below: String,
    average: String,
    no_norm: String,
    rows: Vec<Norm>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Norm {
    from: i16,
    to: i16,
    men: u16,
    women: u16,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Balance {
    hold: f64,
    stages: Vec<String>,
    tandem: usize,
    unsteady: String,
    steady: String,
    source: String,
    status: Option<Status>,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Pressure {
    systolic_drop: f64,
    diastolic_drop: f64,
    low_systolic: f64,
    minutes: f64,
    drop: String,
    low: String,
    none: String,
    source: String,
    status: Option<Status>,
}

pub fn data() -> &'static Held<Tests> {
    static READ: LazyLock<Held<Tests>> = LazyLock::new(|| {
        source::read(
            "falls_tests.toml",
            include_str!("../../data/falls_tests.toml"),
        )
    });
    &READ
}

fn from(words: &str, status: Option<Status>) -> Source {
    Source {
        words: words.to_owned(),
        status: status.unwrap_or(Status::Unverified),
    }
}

/// Timed up and go over 3 metres; seconds.
pub fn timed_up_and_go(seconds: impl Into<Reading>) -> Result<Shown, Ask> {
    let tests = readable(data())?;
    let seconds = units::read(Measure::Seconds, seconds)?;
    let tug = &tests.tug;
    let (means, source, status) = if seconds >= tug.physiotherapy_from {
        (&tug.slow, &tug.slow_source, tug.slow_status)
    } else if seconds >= tug.impaired_from {
        (&tug.middle, &tug.middle_source, tug.middle_status)
    } else {
        (&tug.quick, &tug.quick_source, tug.quick_status)
    };
    Ok(Shown {
        figure: format!("Timed up and go: {} seconds.", figure(seconds)),
        means: means.clone(),
        act: Some(seconds >= tug.physiotherapy_from),
        caveat: Some(&tests.caveat),
        source: from(source, status),
    })
}

/// Five rises from a chair without the arms; seconds, or nothing where it was tried and could not be done.
pub fn five_stands(seconds: Option<Reading>) -> Result<Shown, Ask> {
    let tests = readable(data())?;
    let rule = &tests.five_stands;
    let Some(reading) = seconds else {
        return Ok(Shown {
            figure: "Five rises from a chair: could not be done.".to_owned(),
            means: rule.unable.clone(),
            act: Some(true),
            caveat: Some(&tests.caveat),
            source: from(&rule.unable_source, rule.unable_status),
        });
    };
    let seconds = units::read(Measure::Seconds, reading)?;
    let slow = seconds > rule.slow_above;
    Ok(Shown {
        figure: format!("Five rises from a chair: {} seconds.", figure(seconds)),
        means: if slow { &rule.slow } else { &rule.quick }.clone(),
        act: Some(slow),
        caveat: Some(&tests.caveat),
        source: if slow {
            from(&rule.slow_source, rule.slow_status)
        } else {
            from(&rule.quick_source, rule.quick_status)
        },
    })
}

/// Rises from a chair in 30 seconds without the arms. `age` in years.
pub fn stands_in_30_seconds(stands: u16, age: impl Into<Reading>, sex: Sex) -> Result<Shown, Ask> {
    let tests = readable(data())?;
    let rule = &tests.stands_30;
    let age = units::read(Measure::Age, age)?;
    if stands > 40 {
        return Err(Ask::wrong(
            "stands",
            stands.to_string(),
            format!("{stands} rises in 30 seconds cannot be right: count full rises only."),
        ));
    }
    let norm = rule
        .rows
        .iter()
        .find(|row| f64::from(row.from) <= age && age < f64::from(row.to) + 1.0)
        .and_then(|row| match sex {
            Sex::Female => Some(row.women),
            Sex::Male => Some(row.men),
            Sex::Indeterminate | Sex::NotKnown => None,
        });
    let (means, act) = match norm {
        None => (rule.no_norm.clone(), None),
        Some(norm) if stands < norm => {
            (format!("{} (average from {norm}.)", rule.below), Some(true))
        }
        Some(norm) => (
            format!("{} (average from {norm}.)", rule.average),
            Some(false),
        ),
    };
    Ok(Shown {
        figure: format!("Rises from a chair in 30 seconds: {stands}."),
        means,
        act,
        caveat: Some(&tests.caveat),
        source: from(&rule.source, rule.status),
    })
}

/// The four stages of the balance test, from feet side by side to one leg; seconds held in each, up to 10. Stages not
/// reached are left out.
pub fn four_stage_balance(held: &[f64]) -> Result<Shown, Ask> {
    let tests = readable(data())?;
    let rule = &tests.balance;
    if held.is_empty() || held.len() > rule.stages.len() {
        return Err(Ask::wrong(
            "stages",
            held.len().to_string(),
            "The test has four stages: enter the seconds for those that were tried.".to_owned(),
        ));
    }
    if let Some(odd) = held.iter().find(|seconds| !(0.0..=60.0).contains(*seconds)) {
        return Err(Ask::wrong(
            "stages",
            typed(*odd),
            format!("{} seconds cannot be right: 0 to 60.", figure(*odd)),
        ));
    }
    // A later stage cannot count without those before it.
    let passed = held
        .iter()
        .take_while(|seconds| **seconds >= rule.hold)
        .count();
    let steady = passed >= rule.tandem;
    // Stopped early without failing: nothing is known about what was not tried.
    let untried = passed == held.len() && held.len() < rule.tandem;
    let (means, act) = match (untried, steady) {
        (true, _) => (
            format!(
                "Held so far; try the next stage: {}.",
                rule.stages
                    .get(passed)
                    .map(|stage| stage.to_lowercase())
                    .unwrap_or_default()
            ),
            None,
        ),
        (false, true) => (rule.steady.clone(), Some(false)),
        (false, false) => (rule.unsteady.clone(), Some(true)),
    };
    Ok(Shown {
        figure: format!(
            "Four-stage balance: {passed} of 4 held for {} seconds.",
            rule.hold
        ),
        means,
        act,
        caveat: Some(&tests.caveat),
        source: from(&rule.source, rule.status),
    })
}

/// One blood pressure, mmHg.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BloodPressure {
    pub systolic: Reading,
    pub diastolic: Reading,
}

impl BloodPressure {
    pub fn new(systolic: f64, diastolic: f64) -> Self {
        Self {
            systolic: systolic.into(),
            diastolic: diastolic.into(),
        }
    }

    fn read(self) -> Result<(f64, f64), Ask> {
        let upper = units::read(Measure::Systolic, self.systolic)?;
        let lower = units::read(Measure::Diastolic, self.diastolic)?;
        if lower >= upper {
            return Err(Ask::wrong(
                "systolic",
                format!("{}/{}", typed(upper), typed(lower)),
                "The upper figure must be above the lower: please check whether they are swapped."
                    .to_owned(),
            ));
        }
        Ok((upper, lower))
    }
}

/// Lying, and then standing, each with the minutes since standing up. Only the first 3 minutes count.
pub fn lying_standing(
    lying: BloodPressure,
    standing: &[(f64, BloodPressure)],
) -> Result<Shown, Ask> {
    let tests = readable(data())?;
    let rule = &tests.pressure;
    let (lying_upper, lying_lower) = lying.read()?;
    let mut counted = Vec::new();
    for (minutes, pressure) in standing {
        let (upper, lower) = pressure.read()?;
        if (0.0..=rule.minutes).contains(minutes) {
            counted.push((upper, lower));
        }
    }
    let lowest = |of: fn(&(f64, f64)) -> f64| counted.iter().map(of).reduce(f64::min);
    let (Some(upper), Some(lower)) = (lowest(|at| at.0), lowest(|at| at.1)) else {
        return Err(Ask::wrong(
            "standing",
            String::new(),
            "A blood pressure within 3 minutes of standing up is needed.".to_owned(),
        ));
    };
    let (upper_drop, lower_drop) = (lying_upper - upper, lying_lower - lower);
    let drop = upper_drop >= rule.systolic_drop || lower_drop >= rule.diastolic_drop;
    let low = upper < rule.low_systolic && upper < lying_upper;
    let means = match (drop, low) {
        (true, _) => &rule.drop,
        (false, true) => &rule.low,
        (false, false) => &rule.none,
    };
    let change = |drop: f64| {
        if drop > 0.0 {
            format!("down {}", figure(drop))
        } else {
            "not down".to_owned()
        }
    };
    Ok(Shown {
        figure: format!(
            "Lying {}/{}, lowest standing {}/{}: upper {}, lower {}.",
            figure(lying_upper),
            figure(lying_lower),
            figure(upper),
            figure(lower),
            change(upper_drop),
            change(lower_drop)
        ),
        means: means.clone(),
        act: Some(drop || low),
        caveat: None,
        source: from(&rule.source, rule.status),
    })
}
