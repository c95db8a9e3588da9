//! What looks odd about a score. Warnings all, but for what cannot be. A score is never held against QFracture's: that
//! counts other fractures and takes no account of death, so the two differ by design.

use jiff::{ToSpan, civil::Date};
use terms::Sex;

use super::{ByTScore, Inputs, Limits, OneFactor, Recorded, published, rules, yes};
use crate::nogg::figure;

terms::vocabulary! {
    QuestionId {
        H1 = "H1", "Figure out of range";
        H2 = "H2", "Hip above major";
        H3 = "H3", "Age out of range";
        H4 = "H4", "Hip figure missing";
        H5 = "H5", "Bone density missing";
        S1 = "S1", "Far from what is to be expected";
        S2 = "S2", "Fracture not ticked";
        S3 = "S3", "Nothing, or twice the same";
        S5 = "S5", "Out of date";
    }
}

/// A question about a score as typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    pub id: QuestionId,
    pub odd: String,
    pub expected: String,
    pub to_do: String,
    /// The score decides nothing until this is settled.
    pub blocks: bool,
}

impl Question {
    pub fn words(&self) -> String {
        format!("{} {} {}", self.odd, self.expected, self.to_do)
    }
}

fn hard(id: QuestionId, odd: String, expected: &str, to_do: &str) -> Question {
    Question {
        blocks: true,
        ..soft(id, odd, expected.to_owned(), to_do)
    }
}

fn soft(id: QuestionId, odd: String, expected: String, to_do: &str) -> Question {
    Question {
        id,
        odd,
        expected,
        to_do: to_do.to_owned(),
        blocks: false,
    }
}

/// What to ask about a score before it is leant on.
pub fn questions(score: &Recorded, inputs: &Inputs, today: Date) -> Vec<Question> {
    let mut asked = Vec::new();
    let in_range = |percent: f64| (0.0..=100.0).contains(&percent);
    let wrong: Vec<String> = [Some(score.mof), score.hip]
        .into_iter()
        .flatten()
        .filter(|percent| !in_range(*percent))
        .map(|percent| format!("{}%", figure(percent)))
        .collect();
    let plain = wrong.is_empty();
    if !plain {
        asked.push(hard(
            QuestionId::H1,
            format!("{} is not a probability.", wrong.join(" and ")),
            "FRAX gives 0 to 100%.",
            "Read the figure again.",
        ));
    }
    if let Some(hip) = score.hip.filter(|hip| plain && *hip > score.mof) {
        asked.push(hard(
            QuestionId::H2,
            format!(
                "The hip figure ({}%) is above the major one ({}%).",
                figure(hip),
                figure(score.mof)
            ),
            "Hip fractures are part of the major ones, so the hip figure is the lower.",
            "Check whether the two are swapped.",
        ));
    }
    asked.extend(inputs.age.and_then(outside));
    if score.hip.is_none() {
        asked.push(hard(
            QuestionId::H4,
            "The hip figure is not entered.".to_owned(),
            "FRAX gives two figures, and either may decide.",
            "Enter the hip figure.",
        ));
    }
    let density = inputs.femoral_neck_t.is_some()
        || inputs.femoral_neck_bmd.is_some()
        || inputs.scanned_on.is_some();
    if score.with_bmd == Some(true) && !density {
        asked.push(hard(
            QuestionId::H5,
            "The score is marked as with bone density, but no scan is recorded.".to_owned(),
            "The T-score of the femoral neck, or the day of the scan.",
            "Enter one of them, or mark the score as without bone density.",
        ));
    }
    if plain {
        asked.extend(far(score, inputs));
    }
    if inputs.index_fracture && !yes(inputs.previous_fracture) {
        asked.push(soft(
            QuestionId::S2,
            "Previous fracture is not ticked.".to_owned(),
            "The present fracture counts as a previous one in FRAX.".to_owned(),
            "Tick it in FRAX and work the score out again.",
        ));
    }
    asked.extend(doubled(score));
    if let Some(old) = stale(score, inputs, today) {
        asked.push(soft(
            QuestionId::S5,
            old.words(),
            "A score of the present.".to_owned(),
            "Work it out again in FRAX.",
        ));
    }
    asked
}

/// FRAX has nobody under 40; that it counts everybody over 90 as 90 is by design, and only to be borne in mind.
fn outside(age: i16) -> Option<Question> {
    let odd = format!("The age is {age}.");
    if age < 40 {
        Some(hard(
            QuestionId::H3,
            odd,
            "FRAX is made for 40 to 90.",
            "Check the date of birth; decide without FRAX if it is right.",
        ))
    } else if age > 120 {
        Some(hard(
            QuestionId::H3,
            odd,
            "FRAX is made for 40 to 90.",
            "Check the date of birth.",
        ))
    } else if age > 90 {
        Some(soft(
            QuestionId::H3,
            odd,
            "FRAX is made for 40 to 90, and takes the age as 90 (NICE NG259 1.3.2).".to_owned(),
            "Bear it in mind: the score stands for somebody of 90.",
        ))
    } else {
        None
    }
}

fn doubled(score: &Recorded) -> Option<Question> {
    let zero = score.mof == 0.0 || score.hip == Some(0.0);
    let twice = score.hip == Some(score.mof) && score.mof > 1.0;
    let odd = if zero {
        "A figure is exactly 0.".to_owned()
    } else if twice {
        format!("Both figures are {}%.", figure(score.mof))
    } else {
        return None;
    };
    Some(soft(
        QuestionId::S3,
        odd,
        "Two different figures above 0.".to_owned(),
        "Check that each was copied to its own place.",
    ))
}

fn far(score: &Recorded, inputs: &Inputs) -> Option<Question> {
    // Where nobody recorded it, the score is held against those without.
    let (middle, wide) = expected(score.with_bmd == Some(true), inputs)?;
    let limits = &published().body.limits;
    let (low, high) = if wide {
        (limits.wide_low, limits.wide_high)
    } else {
        (limits.low, limits.high)
    };
    let (low, high) = (middle * low, (middle * high).min(100.0));
    if (low..=high).contains(&score.mof) {
        return None;
    }
    let (side, check) = if score.mof < low {
        ("low", "whether a risk factor was left out")
    } else {
        (
            "high",
            "whether a factor was ticked that is not recorded here",
        )
    };
    Some(Question {
        to_do: format!("Please check the figure, the age, and {check}."),
        ..soft(
            QuestionId::S1,
            format!("{}% is {side} for what is recorded.", figure(score.mof)),
            format!(
                "Published figures for the UK (2008) lead to expect about {}%, and between {} and {}%.",
                middle.round(),
                low.round(),
                high.round()
            ),
            "",
        )
    })
}

/// The 10-year probability of a major fracture that published tables lead to expect, in percent, and whether it is less
/// certain than usual. Only to ask about a score: this is not FRAX. Nothing outside 50 to 90 years, or without a sex.
pub fn expected(with_bmd: bool, inputs: &Inputs) -> Option<(f64, bool)> {
    let held = published();
    if held.fault.is_some() {
        return None;
    }
    let age = inputs.age.filter(|age| (50..=90).contains(age))?;
    let age = f64::from(age);
    let (factors, scans) = match inputs.sex {
        Sex::Female => (&held.body.without_bmd.women, &held.body.with_bmd.women),
        Sex::Male => (&held.body.without_bmd.men, &held.body.with_bmd.men),
        Sex::Indeterminate | Sex::NotKnown => return None,
    };
    let mut wide = unusual_build(inputs, &held.body.limits);
    let none = factors.at(&factors.none, age)?;
    let start = if with_bmd {
        let t = inputs.femoral_neck_t?;
        wide |= !(-4.0..=1.0).contains(&t);
        scans.at(t, age)?
    } else {
        // The tables have no column for it.
        wide |= yes(inputs.secondary);
        none
    };
    // As hazards: multiplied percentages would pass 100.
    let hazard = |percent: f64| -(1.0 - percent / 100.0).ln();
    let ticked = [
        (inputs.previous_fracture, &factors.previous_fracture),
        (inputs.parental_hip, &factors.parental_hip),
        (inputs.smoker, &factors.smoker),
        (inputs.steroids, &factors.steroids),
        (inputs.rheumatoid, &factors.rheumatoid),
        (inputs.alcohol, &factors.alcohol),
    ];
    let mut together = hazard(start);
    for (_, column) in ticked.iter().filter(|(answer, _)| yes(*answer)) {
        together *= hazard(factors.at(column, age)?) / hazard(none);
    }
    let middle = 100.0 * (1.0 - (-together).exp());
    middle.is_finite().then_some((middle, wide))
}

fn unusual_build(inputs: &Inputs, limits: &Limits) -> bool {
    inputs
        .bmi()
        .is_none_or(|bmi| !(limits.bmi_low..=limits.bmi_high).contains(&bmi))
}

impl OneFactor {
    fn at(&self, column: &[f64], age: f64) -> Option<f64> {
        along(&self.ages, column, age).map(f64::exp)
    }
}

impl ByTScore {
    fn at(&self, t: f64, age: f64) -> Option<f64> {
        let by_t = self
            .rows
            .iter()
            .map(|row| along(&self.ages, row, age).map(f64::exp))
            .collect::<Option<Vec<_>>>()?;
        along(&self.t_scores, &by_t, t).map(f64::exp)
    }
}

/// The logarithm between two points of a table; beyond its ends, that of the end.
fn along(at: &[f64], values: &[f64], wanted: f64) -> Option<f64> {
    let points = || at.iter().zip(values).map(|(at, value)| (*at, value.ln()));
    let before = points().rev().find(|(at, _)| *at <= wanted);
    let after = points().find(|(at, _)| *at >= wanted);
    match (before, after) {
        (Some((low, from)), Some((high, to))) if high > low => {
            Some(from + (wanted - low) / (high - low) * (to - from))
        }
        (Some((_, value)), _) | (None, Some((_, value))) => Some(value),
        (None, None) => None,
    }
}

/// Why a score is not of the present.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stale {
    /// Day of the score.
    pub on: Option<Date>,
    pub why: Why,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    NoDate,
    InFuture,
    /// Broke a bone on this day, after the score.
    Fracture(Date),
    /// Started steroids on this day, after the score.
    Steroids(Date),
    /// Older than so many months.
    Old(i32),
}

impl Stale {
    pub fn words(&self) -> String {
        let day = |date: Date| date.strftime("%-d %B %Y").to_string();
        let on = self.on.map(day).unwrap_or_default();
        match self.why {
            Why::NoDate => "The score has no date.".to_owned(),
            Why::InFuture => format!("The date of the score, {on}, is still to come."),
            Why::Fracture(date) => {
                format!("A bone broke on {}, after the score of {on}.", day(date))
            }
            Why::Steroids(date) => format!(
                "Steroids were started on {}, after the score of {on}.",
                day(date)
            ),
            Why::Old(months) => format!("The score is of {on}, more than {months} months ago."),
        }
    }
}

/// Whether a score must be worked out again: no date, a fracture or steroids since, or too old.
pub fn stale(score: &Recorded, inputs: &Inputs, today: Date) -> Option<Stale> {
    let months = rules().body.months_until_stale;
    let Some(on) = score.on else {
        return Some(Stale {
            on: None,
            why: Why::NoDate,
        });
    };
    let since = |date: &&Date| **date > on && **date <= today;
    let why = if on > today {
        Why::InFuture
    } else if let Some(broke) = inputs.fractures_on.iter().filter(since).min() {
        Why::Fracture(*broke)
    } else if let Some(started) = inputs.steroids_from.iter().find(since) {
        Why::Steroids(*started)
    } else if months > 0 && on.saturating_add(months.months()) < today {
        Why::Old(months)
    } else {
        return None;
    };
    Some(Stale { on: Some(on), why })
}
