//! Steroids as milligrams of prednisolone, and which lines of guidance a dose and its length reach.

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

terms::vocabulary! {
    Steroid {
        Prednisolone = "prednisolone", "Prednisolone";
        Prednisone = "prednisone", "Prednisone";
        Hydrocortisone = "hydrocortisone", "Hydrocortisone";
        Cortisone = "cortisone", "Cortisone acetate";
        Methylprednisolone = "methylprednisolone", "Methylprednisolone";
        Triamcinolone = "triamcinolone", "Triamcinolone";
        Deflazacort = "deflazacort", "Deflazacort";
        Dexamethasone = "dexamethasone", "Dexamethasone";
        Betamethasone = "betamethasone", "Betamethasone";
    }
}

terms::vocabulary! {
    Class {
        Steroids = "steroids", "Steroids count as a risk factor";
        High = "high", "High dose";
        VeryHigh = "very_high", "Very high dose";
        Rescue = "rescue", "Frequent rescue packs";
    }
}

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Input {
    /// Taken by mouth, each with milligrams a day on average.
    pub doses: Vec<(Steroid, f64)>,
    /// How long, in months, taken and planned together.
    pub months: Option<f64>,
    /// In the last year.
    pub rescue_packs: Option<u16>,
    /// For adrenal insufficiency, and no more than that.
    pub replacement: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Taken {
    /// Milligrams of prednisolone a day.
    pub prednisolone_mg: f64,
    /// Lines reached.
    pub classes: Vec<Class>,
    /// Lines that the dose reaches, and the length would decide if it were known.
    pub open: Vec<Class>,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Steroids {
    reference_mg: f64,
    status: Option<Status>,
    #[serde(rename = "steroid")]
    steroids: Vec<Equivalent>,
    #[serde(rename = "line")]
    lines: Vec<Line>,
    rescue: Option<Rescue>,
    replacement: Option<Replacement>,
}

/// As much of a steroid as equals the reference.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Equivalent {
    pub id: Steroid,
    pub mg: f64,
    /// Milligrams a day above which the dose is asked about.
    pub plausible_up_to: f64,
    pub status: Status,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    class: Class,
    mg: f64,
    months: f64,
    more_than: bool,
    words: String,
    source: String,
    status: Status,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rescue {
    packs: u16,
    words: String,
    source: String,
    status: Status,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Replacement {
    words: String,
    source: String,
    status: Status,
}

pub fn data() -> &'static Held<Steroids> {
    static READ: LazyLock<Held<Steroids>> = LazyLock::new(|| {
        source::read(
            "prednisolone.toml",
            include_str!("../../data/prednisolone.toml"),
        )
    });
    &READ
}

impl Steroids {
    pub fn equivalent(&self, steroid: Steroid) -> Option<&Equivalent> {
        self.steroids.iter().find(|held| held.id == steroid)
    }
}

fn remark(id: &str, words: String, source: &str, status: Status) -> Remark {
    Remark {
        id: id.to_owned(),
        words,
        source: source.to_owned(),
        status,
    }
}

pub fn steroids(input: &Input) -> Result<Worked<Taken>, Ask> {
    let rules = readable(data())?;
    let mut total = 0.0;
    let mut parts = Vec::new();
    for (steroid, mg) in &input.doses {
        let equivalent = equivalent(rules, *steroid, *mg)?;
        let prednisolone = mg * rules.reference_mg / equivalent.mg;
        total += prednisolone;
        parts.push(format!(
            "{} mg of {} × {} ÷ {} = {} mg",
            figure(*mg),
            steroid.words().to_lowercase(),
            figure(rules.reference_mg),
            figure(equivalent.mg),
            figure(round_to(prednisolone, 2))
        ));
    }
    let months = input.months;
    if let Some(months) = months.filter(|months| !(0.0..=1200.0).contains(months)) {
        return Err(Ask::wrong(
            "months",
            typed(months),
            "How long must be in months, and not below 0.".to_owned(),
        ));
    }
    let mut taken = Taken {
        prednisolone_mg: total,
        classes: Vec::new(),
        open: Vec::new(),
    };
    let mut means = Vec::new();
    if let (true, Some(replacement)) = (input.replacement, &rules.replacement) {
        means.push(remark(
            "replacement",
            replacement.words.clone(),
            &replacement.source,
            replacement.status,
        ));
    } else {
        for line in rules.lines.iter().filter(|line| total >= line.mg - 1e-9) {
            let long = months.map(|months| {
                if line.more_than {
                    months > line.months
                } else {
                    months >= line.months
                }
            });
            let words = match long {
                Some(true) => {
                    taken.classes.push(line.class);
                    line.words.clone()
                }
                None => {
                    taken.open.push(line.class);
                    format!("How long is not known. If it holds: {}", line.words)
                }
                Some(false) => continue,
            };
            means.push(remark(line.class.code(), words, &line.source, line.status));
        }
    }
    // Rescue packs come on top of whatever is taken daily, replacement included.
    if let Some(rescue) = &rules.rescue
        && input
            .rescue_packs
            .is_some_and(|packs| packs >= rescue.packs)
    {
        taken.classes.push(Class::Rescue);
        means.push(remark(
            Class::Rescue.code(),
            rescue.words.clone(),
            &rescue.source,
            rescue.status,
        ));
    }
    if parts.is_empty() {
        parts.push("No daily dose".to_owned());
    }
    Ok(Worked {
        result: taken,
        working: format!(
            "{}; together {} mg of prednisolone a day",
            parts.join("; "),
            figure(round_to(total, 2))
        ),
        means,
        source: Source {
            words: data().head.source.clone(),
            status: rules.status.unwrap_or(Status::Unverified),
        },
    })
}

fn equivalent(rules: &Steroids, steroid: Steroid, mg: f64) -> Result<&Equivalent, Ask> {
    let Some(held) = rules.equivalent(steroid) else {
        return Err(Ask::wrong(
            steroid.code(),
            typed(mg),
            format!(
                "There is no equivalent for {}.",
                steroid.words().to_lowercase()
            ),
        ));
    };
    if !mg.is_finite() || mg < 0.0 {
        return Err(Ask::wrong(
            steroid.code(),
            typed(mg),
            "The dose must be in milligrams a day.".to_owned(),
        ));
    }
    if mg > held.plausible_up_to {
        return Err(Ask::wrong(
            steroid.code(),
            typed(mg),
            format!(
                "{} mg of {} a day is more than anybody takes for months: please check whether it is micrograms, or a dose for a week.",
                figure(mg),
                steroid.words().to_lowercase()
            ),
        ));
    }
    Ok(held)
}
