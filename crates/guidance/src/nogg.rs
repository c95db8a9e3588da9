//! NOGG's lines by age: which band a FRAX probability falls in. The lines stand in `data/nogg.toml`; those between the
//! five-year points are Herald's own, log-linear. QFracture's figures have no place here: the lines are FRAX's.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use terms::{Answer, Sex};

use crate::source::{self, Held, Remark, Status};

/// Older than anybody has been: a slip of the finger.
const OLDEST_PERSON: i16 = 120;

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Data {
    /// A probability within this share of a line, in percent of the line, is borderline.
    pub borderline_percent: f64,
    /// There are no lines before this age, in years.
    pub youngest: i16,
    /// The lines no longer change from this age, in years.
    pub constant_from: i16,
    /// Somebody older counts as this old, in years.
    pub oldest: i16,
    #[serde(rename = "point")]
    pub points: Vec<Published>,
    #[serde(rename = "advice")]
    pub advice: Vec<Remark>,
}

/// The lines as published, at one age.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Published {
    pub age: i16,
    pub mof: Lines,
    pub hip: Lines,
    pub status: Status,
    pub very_high_status: Status,
}

/// 10-year probabilities in percent.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lines {
    pub lower: f64,
    pub intervention: f64,
    pub upper: f64,
    pub very_high: f64,
}

terms::vocabulary! {
    Outcome {
        Mof = "mof", "major osteoporotic fracture";
        Hip = "hip", "hip fracture";
    }
}

terms::vocabulary! {
    Line {
        Lower = "lower", "lower assessment line";
        Intervention = "intervention", "intervention line";
        Upper = "upper", "upper assessment line";
        VeryHigh = "very_high", "very high risk line";
    }
}

terms::vocabulary! {
    /// From the lowest up. Screens show the word, never the colour alone.
    Band {
        Low = "low", "Low";
        Intermediate = "intermediate", "Intermediate";
        High = "high", "High";
        VeryHigh = "very_high", "Very high";
    }
}

impl Lines {
    pub fn value(&self, line: Line) -> f64 {
        match line {
            Line::Lower => self.lower,
            Line::Intervention => self.intervention,
            Line::Upper => self.upper,
            Line::VeryHigh => self.very_high,
        }
    }

    /// On the line is above it.
    pub fn band(&self, probability: f64, with_bmd: bool) -> Band {
        deciding(with_bmd)
            .iter()
            .rev()
            .find(|(line, _)| probability >= self.value(*line))
            .map_or(Band::Low, |(_, band)| *band)
    }
}

/// The lines that part the bands, from the lowest, and the band that begins there.
pub fn deciding(with_bmd: bool) -> &'static [(Line, Band)] {
    if with_bmd {
        &[
            (Line::Intervention, Band::High),
            (Line::VeryHigh, Band::VeryHigh),
        ]
    } else {
        &[
            (Line::Lower, Band::Intermediate),
            (Line::Upper, Band::High),
            (Line::VeryHigh, Band::VeryHigh),
        ]
    }
}

/// Why somebody has no band.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum NotPlaced {
    #[error(
        "NOGG has no lines before the age of 50, and this is {0}: take specialist advice on younger people"
    )]
    TooYoung(i16),
    #[error("An age of {0} cannot be right: check the date of birth")]
    Age(i16),
    #[error("A probability of {given}% of a {} cannot be right: it is between 0 and 100", .outcome.words())]
    Probability { outcome: Outcome, given: f64 },
    #[error(
        "The hip figure ({hip}%) is above the figure for a major osteoporotic fracture ({mof}%), of which it is a part: check whether they are swapped"
    )]
    Swapped { mof: f64, hip: f64 },
    #[error("The table of NOGG's lines could not be read: {0}")]
    Unreadable(String),
}

/// The data behind it all.
pub fn data() -> &'static Held<Data> {
    static READ: LazyLock<Held<Data>> =
        LazyLock::new(|| source::read("nogg.toml", include_str!("../data/nogg.toml")));
    &READ
}

fn remark(id: &str) -> Option<Remark> {
    data()
        .body
        .advice
        .iter()
        .find(|advice| advice.id == id)
        .cloned()
}

/// How well the lines are known: as the one that is known worst.
pub fn status() -> Status {
    let points = data().body.points.iter();
    points
        .flat_map(|point| [point.status, point.very_high_status])
        .max()
        .unwrap_or(Status::Unverified)
}

/// The age that NOGG counts with, in years.
fn counted(age: i16) -> Result<i16, NotPlaced> {
    let data = data();
    if let Some(fault) = &data.fault {
        return Err(NotPlaced::Unreadable(fault.clone()));
    }
    if !(0..=OLDEST_PERSON).contains(&age) {
        return Err(NotPlaced::Age(age));
    }
    if age < data.body.youngest {
        return Err(NotPlaced::TooYoung(age));
    }
    Ok(age.min(data.body.oldest))
}

/// The lines for an age in whole years, in percent to two decimals.
pub fn lines(outcome: Outcome, age: i16) -> Result<Lines, NotPlaced> {
    let age = counted(age)?.min(data().body.constant_from);
    let points = &data().body.points;
    let of = |point: &Published| match outcome {
        Outcome::Mof => point.mof,
        Outcome::Hip => point.hip,
    };
    let before = points.iter().rev().find(|point| point.age <= age);
    let after = points.iter().find(|point| point.age >= age);
    let (Some(before), Some(after)) = (before, after) else {
        return Err(NotPlaced::Unreadable(format!(
            "there is no line at the age of {age}"
        )));
    };
    if before.age == after.age {
        return Ok(of(before));
    }
    let along = f64::from(age - before.age) / f64::from(after.age - before.age);
    let (low, high) = (of(before), of(after));
    let between = |line: Line| {
        let (low, high) = (low.value(line), high.value(line));
        // Rounded as it is shown, so that the words and the band never disagree.
        ((low.ln() + along * (high.ln() - low.ln())).exp() * 100.0).round() / 100.0
    };
    Ok(Lines {
        lower: between(Line::Lower),
        intervention: between(Line::Intervention),
        upper: between(Line::Upper),
        very_high: between(Line::VeryHigh),
    })
}

/// Where FRAX's probabilities fall.
#[derive(Debug, Clone, PartialEq)]
pub struct Assessment {
    /// In years, as given.
    pub age: i16,
    /// In years, as NOGG counts it: 90 for everybody older.
    pub counted_as: i16,
    pub with_bmd: bool,
    pub mof: Placed,
    pub hip: Option<Placed>,
    /// The higher of the two.
    pub band: Band,
    /// Whether a hip figure not entered could still raise the band.
    pub open: bool,
}

/// One probability among the lines of its age.
#[derive(Debug, Clone, PartialEq)]
pub struct Placed {
    pub outcome: Outcome,
    /// Percent, as given.
    pub probability: f64,
    pub lines: Lines,
    pub band: Band,
    /// A line that parts bands and is so near that the side may be chance.
    pub borderline: Option<Line>,
}

/// The bands for FRAX's 10-year probabilities (percent) at an age in whole years.
pub fn band(age: i16, mof: f64, hip: Option<f64>, with_bmd: bool) -> Result<Assessment, NotPlaced> {
    let counted_as = counted(age)?;
    let mof = place(Outcome::Mof, age, mof, with_bmd)?;
    let hip = hip
        .map(|hip| place(Outcome::Hip, age, hip, with_bmd))
        .transpose()?;
    if let Some(hip) = &hip
        && hip.probability > mof.probability
    {
        return Err(NotPlaced::Swapped {
            mof: mof.probability,
            hip: hip.probability,
        });
    }
    let highest = hip.as_ref().map_or(mof.band, |hip| hip.band.max(mof.band));
    Ok(Assessment {
        age,
        counted_as,
        with_bmd,
        open: hip.is_none() && highest != Band::VeryHigh,
        band: highest,
        mof,
        hip,
    })
}

fn place(
    outcome: Outcome,
    age: i16,
    probability: f64,
    with_bmd: bool,
) -> Result<Placed, NotPlaced> {
    if !(0.0..=100.0).contains(&probability) {
        return Err(NotPlaced::Probability {
            outcome,
            given: probability,
        });
    }
    let lines = lines(outcome, age)?;
    let near = data().body.borderline_percent / 100.0;
    let borderline = deciding(with_bmd)
        .iter()
        .map(|(line, _)| *line)
        .find(|line| {
            let value = lines.value(*line);
            (probability - value).abs() <= near * value + 1e-9
        });
    Ok(Placed {
        outcome,
        probability,
        lines,
        band: lines.band(probability, with_bmd),
        borderline,
    })
}

impl Placed {
    /// "Major osteoporotic fracture 18.4%: Intermediate. Just below the upper assessment line (19.8%)."
    pub fn words(&self) -> String {
        let mut words = format!(
            "{} {}%: {}.",
            capital(self.outcome.words()),
            figure(self.probability),
            self.band
        );
        if let Some(line) = self.borderline {
            let value = self.lines.value(line);
            let side = if self.probability >= value {
                "On or just above"
            } else {
                "Just below"
            };
            words.push_str(&format!(
                " {side} the {} ({}%): borderline.",
                line.words(),
                figure(value)
            ));
        }
        words
    }

    /// Above the intervention line, whatever the band.
    pub fn above_intervention(&self) -> bool {
        self.probability > self.lines.intervention
    }
}

impl Assessment {
    pub fn figures(&self) -> impl Iterator<Item = &Placed> {
        std::iter::once(&self.mof).chain(&self.hip)
    }

    /// "Intermediate", or "At least intermediate" while the hip figure is missing.
    pub fn words(&self) -> String {
        match (self.open, self.band) {
            (false, band) => band.words().to_owned(),
            (true, Band::Low) => "Low by one figure of two".to_owned(),
            (true, band) => format!("At least {}", band.words().to_lowercase()),
        }
    }

    /// What NOGG says to do in this band, and what to beware of. `prior_fracture`: a fragility fracture before or now;
    /// in a fracture liaison service everybody has one.
    pub fn advice(&self, prior_fracture: Option<Answer>) -> Vec<Remark> {
        let band = match self.band {
            Band::Low if self.open => None,
            Band::Low if prior_fracture == Some(Answer::No) => Some("low"),
            Band::Low => Some("low_with_fracture"),
            Band::Intermediate => Some("intermediate"),
            Band::High => Some("high"),
            Band::VeryHigh => Some("very_high"),
        };
        let borderline = self
            .figures()
            .any(|placed| placed.borderline.is_some())
            .then_some("borderline");
        let open = self.open.then_some("hip_missing");
        [band, open, borderline]
            .into_iter()
            .flatten()
            .filter_map(remark)
            .collect()
    }

    /// What to do with an intermediate result when no scan can be had; nothing in other bands.
    pub fn without_scan(&self, prior_fracture: Option<Answer>) -> Option<Remark> {
        if self.band != Band::Intermediate || self.with_bmd {
            return None;
        }
        let treat =
            prior_fracture == Some(Answer::Yes) || self.figures().any(Placed::above_intervention);
        remark(if treat {
            "no_scan_treat"
        } else {
            "no_scan_wait"
        })
    }
}

/// Somebody on the chart.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// Years.
    pub age: i16,
    /// Percent.
    pub probability: f64,
    pub sex: Sex,
}

/// The chart in units of the data: x is the age in years, y the probability in percent. Drawing is left to others.
#[derive(Debug, Clone, PartialEq)]
pub struct Chart {
    pub outcome: Outcome,
    pub with_bmd: bool,
    pub x: Axis,
    pub y: Axis,
    /// The lines that part the bands, from the lowest.
    pub lines: Vec<Curve>,
    /// From the lowest. The corners go round the shape.
    pub bands: Vec<Shape>,
    /// Where the point goes: somebody over 90 at 90.
    pub point: Option<(f64, f64)>,
    /// Who the point is, as given, and where it falls.
    pub placed: Option<(Point, Placed)>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Axis {
    pub title: String,
    pub min: f64,
    pub max: f64,
    pub ticks: Vec<f64>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    pub line: Line,
    pub points: Vec<(f64, f64)>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Shape {
    pub band: Band,
    pub corners: Vec<(f64, f64)>,
    /// A place inside the shape for its label.
    pub label: (f64, f64),
}

/// One row of the table that stands beside the chart.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// "54", or "70 and over".
    pub age: String,
    pub lines: Lines,
    /// Whether the source has this age, or Herald worked it out.
    pub published: bool,
}

/// The chart for one outcome, with somebody on it or nobody.
pub fn chart(outcome: Outcome, with_bmd: bool, point: Option<Point>) -> Result<Chart, NotPlaced> {
    let held = &data().body;
    let placed = point
        .map(|point| {
            place(outcome, point.age, point.probability, with_bmd).map(|placed| (point, placed))
        })
        .transpose()?;
    let by_age = (held.youngest..=held.oldest)
        .map(|age| lines(outcome, age).map(|lines| (f64::from(age), lines)))
        .collect::<Result<Vec<_>, _>>()?;
    let highest = by_age
        .iter()
        .map(|(_, lines)| lines.very_high)
        .chain(placed.as_ref().map(|(point, _)| point.probability / 1.1))
        .fold(0.0, f64::max);
    let y = percent_axis(outcome, highest);
    let curve = |line: Line| -> Vec<(f64, f64)> {
        by_age
            .iter()
            .map(|(age, lines)| (*age, lines.value(line)))
            .collect()
    };
    let flat =
        |height: f64| -> Vec<(f64, f64)> { by_age.iter().map(|(age, _)| (*age, height)).collect() };
    let mut floor = flat(y.min);
    let mut bands = Vec::new();
    let mut band = Band::Low;
    let mut curves = Vec::new();
    for (line, next) in deciding(with_bmd) {
        let roof = curve(*line);
        bands.push(shape(band, &floor, &roof));
        curves.push(Curve {
            line: *line,
            points: roof.clone(),
        });
        (floor, band) = (roof, *next);
    }
    bands.push(shape(band, &floor, &flat(y.max)));
    let x = Axis {
        title: "Age in years".to_owned(),
        min: f64::from(held.youngest),
        max: f64::from(held.oldest),
        ticks: (held.youngest..=held.oldest)
            .step_by(5)
            .map(f64::from)
            .collect(),
    };
    Ok(Chart {
        outcome,
        with_bmd,
        point: placed
            .as_ref()
            .map(|(point, _)| (f64::from(point.age.min(held.oldest)), point.probability)),
        x,
        y,
        lines: curves,
        bands,
        placed,
    })
}

fn percent_axis(outcome: Outcome, highest: f64) -> Axis {
    let wanted = highest * 1.15;
    let step = match wanted {
        wanted if wanted <= 12.0 => 2.0,
        wanted if wanted <= 40.0 => 5.0,
        _ => 10.0,
    };
    let steps = (wanted / step).ceil().min(100.0 / step);
    Axis {
        title: format!("10-year probability of a {}, %", outcome.words()),
        min: 0.0,
        max: steps * step,
        ticks: (0..=steps as i32)
            .map(|tick| f64::from(tick) * step)
            .collect(),
    }
}

fn shape(band: Band, floor: &[(f64, f64)], roof: &[(f64, f64)]) -> Shape {
    let corners = floor.iter().chain(roof.iter().rev()).copied().collect();
    // Towards the right, where the bands are widest.
    let at = floor.len().saturating_mul(4) / 5;
    let label = match (floor.get(at), roof.get(at)) {
        (Some((x, low)), Some((_, high))) => (*x, (low + high) / 2.0),
        _ => (0.0, 0.0),
    };
    Shape {
        band,
        corners,
        label,
    }
}

impl Chart {
    /// What somebody hears who does not see the chart.
    pub fn sentence(&self) -> String {
        let bmd = if self.with_bmd {
            "with bone density"
        } else {
            "without bone density"
        };
        let Some((point, placed)) = &self.placed else {
            let bands: Vec<String> = self
                .bands
                .iter()
                .map(|shape| shape.band.words().to_lowercase())
                .collect();
            return format!(
                "NOGG's bands for the 10-year probability of a {} by age, {bmd}: {}. Nobody is marked on it.",
                self.outcome.words(),
                listed(&bands)
            );
        };
        let who = match point.sex {
            Sex::Female => "A woman",
            Sex::Male => "A man",
            Sex::Indeterminate | Sex::NotKnown => "Somebody",
        };
        let oldest = data().body.oldest;
        let counted = if point.age > oldest {
            format!(" (counted as {oldest})")
        } else {
            String::new()
        };
        let lines: Vec<String> = deciding(self.with_bmd)
            .iter()
            .map(|(line, _)| format!("{} {}%", line.words(), figure(placed.lines.value(*line))))
            .collect();
        let mut words = format!(
            "{who} of {}{counted} with a 10-year probability of a {} of {}%, {bmd}, lies in the band {}. The lines at {} are: {}.",
            point.age,
            self.outcome.words(),
            figure(point.probability),
            placed.band.words().to_lowercase(),
            point.age,
            listed(&lines)
        );
        if let Some(line) = placed.borderline {
            words.push_str(&format!(
                " This is borderline: within {}% of the {}.",
                figure(data().body.borderline_percent),
                line.words()
            ));
        }
        words
    }

    /// The lines by age, for those who read rather than look.
    pub fn table(&self) -> Vec<Row> {
        let held = &data().body;
        (held.youngest..=held.constant_from)
            .filter_map(|age| {
                Some(Row {
                    age: if age == held.constant_from {
                        format!("{age} and over")
                    } else {
                        age.to_string()
                    },
                    lines: lines(self.outcome, age).ok()?,
                    published: held.points.iter().any(|point| point.age == age),
                })
            })
            .collect()
    }
}

fn listed(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}

/// Up to two decimals, without zeros at the end.
pub(crate) fn figure(value: f64) -> String {
    let text = format!("{value:.2}");
    let short = text.trim_end_matches('0').trim_end_matches('.');
    if short == "-0" { "0" } else { short }.to_owned()
}

pub(crate) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}
