//! What the record says of FRAX: what to type into the tool today, and the score that somebody typed back.

use std::collections::BTreeSet;

use jiff::civil::Date;
use pathway::{
    Episode, Person,
    form::{Answers, Form, FormKind},
};
use terms::{Answer, age_on};

use super::{
    fractures::{accepted, fragility},
    proposals,
    said::Said,
};
use crate::{
    calculators::{Ask, Measure, units},
    frax::{AdjustInputs, Inputs, Recorded, Stale, questions, rules, stale},
    nogg::{self, Chart, NotPlaced, Point},
};

pub struct FraxOnRecord {
    /// With the age of today.
    pub inputs: Inputs,
    /// With the age on the day of the score, and what is known of what was ticked then.
    pub at_score: Inputs,
    pub adjust: AdjustInputs,
    pub score: Option<Recorded>,
    /// Somebody saved the score; else a scan's report prints it.
    pub saved: bool,
    /// Values that cannot be right: kept as they are on record, and left out.
    pub asks: Vec<Ask>,
    /// What is not recorded about the score.
    pub open: Vec<&'static str>,
    /// What went into FRAX otherwise, as somebody typed it.
    pub differs: String,
}

/// Why a recorded score is not shown to a patient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unsettled {
    NoDate,
    ToCheck,
}

/// Why a recorded score has no place among NOGG's lines.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum NotCharted {
    #[error("No FRAX figure is recorded")]
    NoScore,
    #[error(
        "Whether FRAX was worked out with the bone density is not recorded, and the lines differ"
    )]
    BoneDensity,
    #[error("The age is not known")]
    Age,
    #[error("{0}")]
    Nogg(#[from] NotPlaced),
}

struct Reader<'a> {
    said: Said<'a>,
    /// Questions that somebody answered, and confirmed where the answer was unusual.
    saved: BTreeSet<&'a str>,
    asks: Vec<Ask>,
}

fn answer(yes: Option<bool>) -> Option<Answer> {
    yes.map(|yes| if yes { Answer::Yes } else { Answer::No })
}

impl Reader<'_> {
    fn yes_no(&self, question: &str) -> Option<Answer> {
        answer(self.said.yes_no(question))
    }

    fn any<T: AsRef<str>>(&self, question: &str, codes: &[T]) -> Option<Answer> {
        answer(self.said.any(question, codes))
    }

    fn measured(&mut self, question: &str, measure: Measure) -> Option<f64> {
        let reading = self.said.reading(question, &self.saved)?;
        units::read(measure, reading)
            .map_err(|ask| self.asks.push(ask))
            .ok()
    }

    fn text(&self, question: &str) -> String {
        self.said.code(question).unwrap_or_default().to_owned()
    }

    fn steroids(&self) -> Option<Answer> {
        let taken = self.said.yes_no("medicines.steroids")?;
        let replacement = self.said.yes_no("medicines.steroid_replacement") == Some(true);
        let little = self
            .said
            .number("medicines.steroid_dose")
            .is_some_and(|mg| mg < rules().body.inputs.steroids_from);
        // A small dose now says nothing about the dose before.
        answer((!taken || !(replacement || little)).then_some(taken))
    }

    fn secondary(&self) -> Option<Answer> {
        let counts = &rules().body.inputs;
        let early = self
            .said
            .number("risk.menopause_age")
            .is_some_and(|age| age < counts.menopause_before);
        if early {
            return Some(Answer::Yes);
        }
        self.any("risk.secondary", &counts.secondary)
    }
}

impl FraxOnRecord {
    /// The score where it can be shown to a patient, and whether it is of the present; `Err` where something has to be
    /// settled first.
    pub fn settled(&self, today: Date) -> Result<Option<(Recorded, Option<Stale>)>, Unsettled> {
        // What a scan's report prints and nobody has saved is no score yet.
        let Some(score) = self.score.as_ref().filter(|_| self.saved) else {
            return Ok(None);
        };
        if score.on.is_none() {
            return Err(Unsettled::NoDate);
        }
        if questions(score, &self.at_score, today)
            .iter()
            .any(|question| question.blocks)
        {
            return Err(Unsettled::ToCheck);
        }
        Ok(Some((score.clone(), stale(score, &self.at_score, today))))
    }

    /// The score among NOGG's lines: a chart for each figure.
    pub fn charts(&self) -> Result<Vec<Chart>, NotCharted> {
        let score = self.score.as_ref().ok_or(NotCharted::NoScore)?;
        let with_bmd = score.with_bmd.ok_or(NotCharted::BoneDensity)?;
        let age = self.inputs.age.ok_or(NotCharted::Age)?;
        let placed = nogg::band(age, score.mof, score.hip, with_bmd)?;
        placed
            .figures()
            .map(|figure| {
                let point = Point {
                    age,
                    probability: figure.probability,
                    sex: self.inputs.sex,
                };
                Ok(nogg::chart(figure.outcome, with_bmd, Some(point))?)
            })
            .collect()
    }

    /// With what the feeds propose, where nobody has answered.
    pub fn read(person: &Person, episode: &Episode, today: Date) -> Self {
        let all = with_proposals(person, episode);
        Self::of(&all, person, episode, today)
    }

    /// Of what somebody saved alone.
    pub fn saved(person: &Person, episode: &Episode, today: Date) -> Self {
        Self::of(&episode.care.assessment.values(), person, episode, today)
    }

    fn of(answers: &Answers, person: &Person, episode: &Episode, today: Date) -> Self {
        let held = &episode.care.assessment.answers;
        let asked = Form::get(FormKind::Assessment).asked_of(answers);
        let mut record = Reader {
            said: Said(&asked),
            saved: held.keys().map(String::as_str).collect(),
            asks: Vec::new(),
        };
        let on = record.said.date("frax.on");
        let age = |day: Date| person.details.born.map(|born| age_on(born, day));
        let inputs = Inputs {
            age: age(today),
            sex: person.details.sex.unwrap_or_default(),
            weight_kg: record.measured("risk.weight", Measure::Weight),
            height_cm: record.measured("risk.height", Measure::Height),
            previous_fracture: record.yes_no("risk.previous_fracture"),
            parental_hip: record.yes_no("risk.parental_hip"),
            smoker: record.yes_no("risk.smoker"),
            steroids: record.steroids(),
            rheumatoid: record.yes_no("risk.rheumatoid"),
            secondary: record.secondary(),
            alcohol: record.yes_no("risk.alcohol"),
            femoral_neck_t: record.measured("dxa.t_femoral_neck", Measure::TScore),
            femoral_neck_bmd: None,
            scanner: None,
            scanned_on: record.said.date("dxa.scanned_on"),
            index_fracture: fragility(record.said, episode) == Some(true),
            fractures_on: person
                .episodes
                .iter()
                .filter(|held| accepted(held))
                .filter_map(Episode::fracture_date)
                .collect(),
            steroids_from: None,
        };
        let mut open = Vec::new();
        let ticked = record.yes_no("frax.previous_fracture");
        let scored = record.said.number("frax.mof");
        if scored.is_some() && ticked.is_none() {
            open.push("Whether “previous fracture” was ticked in FRAX is not recorded.");
        }
        let with_bmd = record.said.yes_no("frax.bmd");
        if scored.is_some() && with_bmd.is_none() {
            open.push("Whether the bone density went into FRAX is not recorded.");
        }
        let at_score = Inputs {
            age: age(on.unwrap_or(today)),
            // Where nobody recorded it, nothing is said about it: that it is open stands beside.
            previous_fracture: ticked
                .or_else(|| inputs.index_fracture.then_some(Answer::Yes))
                .or(inputs.previous_fracture),
            ..inputs.clone()
        };
        let differs = record.text("frax.inputs");
        // What went in is what is on record, unless somebody wrote that it was not.
        let went_in = |answer: Option<Answer>| answer.filter(|_| differs.is_empty());
        let adjust = AdjustInputs {
            prednisolone_mg: record
                .said
                .number("medicines.steroid_dose")
                .filter(|_| record.yes_no("medicines.steroids_now") == Some(Answer::Yes))
                .filter(|_| record.yes_no("medicines.steroid_replacement") != Some(Answer::Yes)),
            steroids_in_frax: went_in(inputs.steroids),
            falls_in_year: record
                .said
                .number("falls.count")
                .filter(|falls| (0.0..=200.0).contains(falls))
                .map(|falls| falls as u16),
            fell_twice: record.yes_no("falls.twice"),
            femoral_neck_t: inputs.femoral_neck_t,
            lumbar_spine_t: record.measured("dxa.t_lumbar_spine", Measure::TScore),
            diabetes_1: record.any("risk.secondary", &["diabetes_1"]),
            diabetes_2: record.any("risk.secondary", &["diabetes_2"]),
            // The assessment asks for it together with stroke and others.
            parkinsons: None,
            rheumatoid_in_frax: went_in(inputs.rheumatoid),
            aromatase_inhibitor: record.any("medicines.weaken_bone", &["aromatase"]),
            androgen_deprivation: record.any("medicines.weaken_bone", &["adt"]),
            secondary_in_frax: went_in(inputs.secondary),
        };
        let version = Some(record.text("frax.version")).filter(|text| !text.is_empty());
        let score = scored.map(|mof| Recorded {
            mof,
            hip: record.said.number("frax.hip"),
            with_bmd,
            on,
            fraxplus: version
                .as_ref()
                .is_some_and(|text| text.to_lowercase().contains("plus")),
            version,
        });
        Self {
            inputs,
            at_score,
            adjust,
            score,
            saved: held.contains_key("frax.mof"),
            asks: record.asks,
            open,
            differs,
        }
    }
}

/// The answers as they would be if what the feeds propose were saved.
pub fn with_proposals(person: &Person, episode: &Episode) -> Answers {
    let mut all = episode.care.assessment.values();
    for (question, proposal) in proposals(person, episode) {
        all.entry(question).or_insert(proposal.value);
    }
    all
}
