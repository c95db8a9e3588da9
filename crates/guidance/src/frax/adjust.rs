//! The arithmetic NOGG allows on a FRAX score, with every factor in the open, and what goes into FRAX differently
//! instead of being multiplied.

use terms::Answer;

use super::{Dose, Recorded, rules, yes};
use crate::{
    nogg::figure,
    source::{Remark, Source},
};

/// What FRAX does not ask. Nothing is not known, and adjusts nothing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AdjustInputs {
    /// Milligrams of prednisolone a day, or as much of another steroid.
    pub prednisolone_mg: Option<f64>,
    /// Whether steroids were ticked in FRAX.
    pub steroids_in_frax: Option<Answer>,
    pub falls_in_year: Option<u16>,
    /// Two or more falls in the last year, where nobody counted.
    pub fell_twice: Option<Answer>,
    pub femoral_neck_t: Option<f64>,
    pub lumbar_spine_t: Option<f64>,
    pub diabetes_1: Option<Answer>,
    pub diabetes_2: Option<Answer>,
    pub parkinsons: Option<Answer>,
    /// Whether rheumatoid arthritis was ticked in FRAX.
    pub rheumatoid_in_frax: Option<Answer>,
    pub aromatase_inhibitor: Option<Answer>,
    pub androgen_deprivation: Option<Answer>,
    /// Whether secondary osteoporosis was ticked in FRAX.
    pub secondary_in_frax: Option<Answer>,
}

/// One factor and what it does.
#[derive(Debug, Clone, PartialEq)]
pub struct Adjustment {
    pub id: &'static str,
    pub words: String,
    pub mof: f64,
    pub hip: f64,
    pub source: Source,
}

/// The score before and after; probabilities in percent.
#[derive(Debug, Clone, PartialEq)]
pub struct Adjusted {
    pub raw_mof: f64,
    pub raw_hip: Option<f64>,
    pub factors: Vec<Adjustment>,
    pub mof: f64,
    pub hip: Option<f64>,
    /// What goes into FRAX differently instead.
    pub instead: Vec<Remark>,
    /// What was left alone and why, and what to beware of.
    pub notes: Vec<String>,
}

impl Adjusted {
    pub fn changed(&self) -> bool {
        !self.factors.is_empty()
    }

    /// "15% × 1.25 = 18.75%"; nothing where nothing was adjusted.
    pub fn working(&self) -> Option<String> {
        self.changed().then(|| {
            let chain = |raw: f64, of: &dyn Fn(&Adjustment) -> f64, result: f64| {
                let factors: String = self
                    .factors
                    .iter()
                    .map(of)
                    .filter(|factor| *factor != 1.0)
                    .map(|factor| format!(" × {}", figure3(factor)))
                    .collect();
                format!("{}%{factors} = {}%", figure(raw), figure(result))
            };
            let mof = chain(self.raw_mof, &|factor| factor.mof, self.mof);
            match (self.raw_hip, self.hip) {
                (Some(raw), Some(hip)) => format!(
                    "Major: {mof}. Hip: {}.",
                    chain(raw, &|factor| factor.hip, hip)
                ),
                _ => format!("Major: {mof}."),
            }
        })
    }
}

fn figure3(value: f64) -> String {
    let text = format!("{value:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// What the adjustments make of a score.
pub fn adjustments(score: &Recorded, inputs: &AdjustInputs) -> Adjusted {
    let mut adjusted = Adjusted {
        raw_mof: score.mof,
        raw_hip: score.hip,
        factors: Vec::new(),
        mof: score.mof,
        hip: score.hip,
        instead: instead(inputs),
        notes: Vec::new(),
    };
    let held = rules();
    if let Some(fault) = &held.fault {
        adjusted
            .notes
            .push(format!("The adjustments could not be read: {fault}"));
        return adjusted;
    }
    if score.fraxplus {
        adjusted.notes.push(
            "This score is from FRAXplus, which has adjusted it already: nothing is adjusted twice."
                .to_owned(),
        );
        return adjusted;
    }
    steroids(inputs, &mut adjusted);
    falls(inputs, &mut adjusted);
    spine(score, inputs, &mut adjusted);
    if adjusted.factors.len() > 1 {
        adjusted.notes.push(
            "No source says how several adjustments go together; here they are multiplied."
                .to_owned(),
        );
    }
    for factor in &adjusted.factors {
        adjusted.mof *= factor.mof;
        adjusted.hip = adjusted.hip.map(|hip| hip * factor.hip);
    }
    // The hip factors are the larger ones, and hip fractures are part of the major ones.
    let mof = adjusted.mof.min(100.0);
    adjusted.mof = mof;
    adjusted.hip = adjusted
        .hip
        .map(|hip| hip.min(mof.max(score.hip.unwrap_or(0.0))));
    adjusted
}

fn steroids(inputs: &AdjustInputs, adjusted: &mut Adjusted) {
    let Some(mg) = inputs
        .prednisolone_mg
        .filter(|mg| mg.is_finite() && *mg > 0.0)
    else {
        return;
    };
    let within = |dose: &&Dose| {
        dose.from.is_none_or(|from| mg >= from) && dose.below.is_none_or(|below| mg < below)
    };
    let Some(dose) = rules().body.steroids.iter().find(within) else {
        return;
    };
    if yes(inputs.steroids_in_frax) {
        adjusted.factors.push(Adjustment {
            id: "steroids",
            words: format!("{} (here {} mg).", dose.words, figure(mg)),
            mof: dose.mof,
            hip: dose.hip,
            source: dose.source.clone(),
        });
    } else {
        adjusted.notes.push(
            "Not adjusted for the dose of steroids: that is done to a score with steroids ticked in FRAX, and it is not recorded that they were."
                .to_owned(),
        );
    }
}

fn falls(inputs: &AdjustInputs, adjusted: &mut Adjusted) {
    let rule = &rules().body.falls;
    let many = match inputs.falls_in_year {
        Some(falls) => falls >= rule.from,
        None => yes(inputs.fell_twice),
    };
    if let (true, Some(source)) = (many, &rule.source) {
        adjusted.factors.push(Adjustment {
            id: "falls",
            words: format!("{}.", rule.words),
            mof: rule.mof,
            hip: rule.hip,
            source: source.clone(),
        });
    }
}

fn spine(score: &Recorded, inputs: &AdjustInputs, adjusted: &mut Adjusted) {
    let rule = &rules().body.spine;
    let (Some(neck), Some(spine), Some(source)) =
        (inputs.femoral_neck_t, inputs.lumbar_spine_t, &rule.source)
    else {
        return;
    };
    let below = neck - spine;
    if !below.is_finite() || below <= 0.0 {
        return;
    }
    if score.with_bmd != Some(true) {
        let why = match score.with_bmd {
            None => {
                "that is done to a score with the bone density, and whether it went into this one is not recorded."
            }
            Some(_) => "work the score out again with the bone density of the femoral neck first.",
        };
        adjusted
            .notes
            .push(format!("Not adjusted for the spine: {why}"));
        return;
    }
    adjusted.factors.push(Adjustment {
        id: "spine",
        words: format!(
            "{} by {} T-scores ({} and {}): {}% of the major figure for each.",
            rule.words,
            figure(below),
            figure(spine),
            figure(neck),
            figure(rule.per_t_score * 100.0)
        ),
        mof: 1.0 + rule.per_t_score * below,
        hip: 1.0,
        source: source.clone(),
    });
}

fn instead(inputs: &AdjustInputs) -> Vec<Remark> {
    let stands_in = yes(inputs.rheumatoid_in_frax);
    let secondary = yes(inputs.secondary_in_frax);
    let wanted = [
        ("diabetes_2", inputs.diabetes_2, stands_in),
        ("diabetes_1", inputs.diabetes_1, stands_in || secondary),
        ("parkinsons", inputs.parkinsons, stands_in),
        ("aromatase", inputs.aromatase_inhibitor, secondary),
        ("adt", inputs.androgen_deprivation, secondary),
    ];
    rules()
        .body
        .instead
        .iter()
        .filter(|remark| {
            wanted
                .iter()
                .any(|(id, has, done)| *id == remark.id && yes(*has) && !done)
        })
        .cloned()
        .collect()
}
