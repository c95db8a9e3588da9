//! FRAX for one person: what to type into the tool, in its order, and what to ask about the score as recorded. Nothing is
//! worked out in FRAX's place.

use std::collections::BTreeSet;

use guidance::{
    calculators::{Ask, Measure, Reading, units},
    frax::{
        self, AdjustInputs, Adjusted, Inputs, Question, Recorded, Stale, ToolField, adjustments,
        nogg_link, questions, stale, tool_order,
    },
};
use jiff::civil::Date;
use pathway::{
    Episode, EpisodeId, Person, State,
    form::{self, Answers, Form, FormKind, NOT_KNOWN, Value},
};
use terms::{Answer, age_on};

use crate::{
    App, May, Scope,
    access::demand,
    candidate,
    care::log,
    error::{Error, Result},
    guidance::{Use, usable},
    proposals::proposals,
    views::PersonCard,
};

pub struct FraxView {
    pub card: PersonCard,
    pub episode: EpisodeId,
    pub use_: Use,
    /// Nothing while sums are off.
    pub sheet: Option<Sheet>,
}

pub struct Sheet {
    /// What to type into the tool today.
    pub fields: Vec<ToolField>,
    /// Values that cannot be right: kept as they are on record, and left out of `fields`.
    pub asks: Vec<Ask>,
    /// The tool's own address, and NOGG's with age, figure and factors. Nothing in them says who it is.
    pub tool: &'static str,
    pub nogg: Option<String>,
    pub score: Option<Recorded>,
    pub questions: Vec<Question>,
    pub adjusted: Option<Adjusted>,
    /// What is not recorded about the score.
    pub open: Vec<&'static str>,
    /// What went into FRAX otherwise, as somebody typed it.
    pub differs: String,
}

pub fn view(app: &App, scope: &Scope, episode: EpisodeId) -> Result<FraxView> {
    demand(scope, May::SeePeople)?;
    let today = app.clock.today();
    let view = app.store.read(|tx| -> Result<FraxView> {
        let (person, _) = candidate::load(tx, scope, episode)?;
        let held = person.episode(episode).ok_or(Error::NotFound)?;
        let use_ = usable(app, tx)?;
        Ok(FraxView {
            episode,
            sheet: use_.on().then(|| sheet(&person, held, today)),
            use_,
            card: PersonCard::of_person(&person, today),
        })
    })?;
    log(app, scope, "frax_opened", view.card.id, episode)?;
    Ok(view)
}

fn sheet(person: &Person, episode: &Episode, today: Date) -> Sheet {
    let mut found = OnRecord::read(person, episode, today);
    let score = found.score.take();
    Sheet {
        fields: tool_order(&found.inputs),
        tool: frax::link(),
        nogg: score
            .as_ref()
            .and_then(|score| nogg_link(score, &found.at_score)),
        questions: score
            .as_ref()
            .map(|score| questions(score, &found.at_score, today))
            .unwrap_or_default(),
        adjusted: score
            .as_ref()
            .map(|score| adjustments(score, &found.adjust)),
        score,
        asks: found.asks,
        open: found.open,
        differs: found.differs,
    }
}

/// The score as recorded, and whether it is of the present; `Err` where something has to be settled first.
pub(crate) fn settled(
    person: &Person,
    episode: &Episode,
    today: Date,
) -> std::result::Result<Option<(Recorded, Option<Stale>)>, Unsettled> {
    // What a scan's report prints and nobody has saved is no score yet.
    if !episode.care.assessment.answers.contains_key("frax.mof") {
        return Ok(None);
    }
    let found = OnRecord::read(person, episode, today);
    let Some(score) = found.score else {
        return Ok(None);
    };
    if score.on.is_none() {
        return Err(Unsettled::NoDate);
    }
    if questions(&score, &found.at_score, today)
        .iter()
        .any(|question| question.blocks)
    {
        return Err(Unsettled::ToCheck);
    }
    let old = stale(&score, &found.at_score, today);
    Ok(Some((score, old)))
}

/// Why a recorded score is not shown to a patient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unsettled {
    NoDate,
    ToCheck,
}

struct OnRecord {
    /// With the age of today.
    inputs: Inputs,
    /// With the age on the day of the score, and what is known of what was ticked then.
    at_score: Inputs,
    adjust: AdjustInputs,
    score: Option<Recorded>,
    asks: Vec<Ask>,
    open: Vec<&'static str>,
    differs: String,
}

/// Conditions that FRAX counts as secondary osteoporosis, among those the assessment asks for.
const SECONDARY: [&str; 6] = [
    "diabetes_1",
    "osteogenesis",
    "hyperthyroidism",
    "hypogonadism",
    "malabsorption",
    "liver",
];
/// Menopause before this age counts among them.
const EARLY_MENOPAUSE: f64 = 45.0;
/// Milligrams of prednisolone a day from which FRAX counts steroids.
const STEROIDS_FROM_MG: f64 = 5.0;

struct Reader {
    answers: Answers,
    /// Questions that somebody answered, and confirmed where the answer was unusual.
    saved: BTreeSet<String>,
    asks: Vec<Ask>,
}

impl Reader {
    fn answer(&self, question: &str) -> Option<&Value> {
        self.answers.get(question).filter(|v| !v.is(NOT_KNOWN))
    }

    fn yes_no(&self, question: &str) -> Option<Answer> {
        form::yes_no(&self.answers, question)
    }

    fn number(&self, question: &str) -> Option<f64> {
        let answer = self.answer(question)?;
        let bounded = answer.codes().next()?.starts_with(['<', '>']);
        answer.number().filter(|_| !bounded)
    }

    fn measured(&mut self, question: &str, measure: Measure) -> Option<f64> {
        let reading = Reading {
            value: self.number(question)?,
            confirmed: self.saved.contains(question),
        };
        units::read(measure, reading)
            .map_err(|ask| self.asks.push(ask))
            .ok()
    }

    fn text(&self, question: &str) -> String {
        self.answer(question)
            .and_then(|value| value.codes().next())
            .unwrap_or_default()
            .to_owned()
    }

    /// Whether one of these is among the answers; nothing where the question was not answered.
    fn any(&self, question: &str, codes: &[&str]) -> Option<Answer> {
        let answer = self.answer(question)?;
        let any = codes.iter().any(|code| answer.is(code));
        Some(if any { Answer::Yes } else { Answer::No })
    }

    fn steroids(&self) -> Option<Answer> {
        let taken = self.yes_no("medicines.steroids")?;
        let replacement = self.yes_no("medicines.steroid_replacement") == Some(Answer::Yes);
        let little = self
            .number("medicines.steroid_dose")
            .is_some_and(|mg| mg < STEROIDS_FROM_MG);
        // A small dose now says nothing about the dose before.
        (taken != Answer::Yes || !(replacement || little)).then_some(taken)
    }

    fn secondary(&self) -> Option<Answer> {
        let early = self
            .number("risk.menopause_age")
            .is_some_and(|age| age < EARLY_MENOPAUSE);
        if early {
            return Some(Answer::Yes);
        }
        self.any("risk.secondary", &SECONDARY)
    }
}

impl OnRecord {
    fn read(person: &Person, episode: &Episode, today: Date) -> Self {
        let mut all = episode.care.assessment.values();
        let saved = all.keys().cloned().collect();
        for (question, proposal) in proposals(person, episode) {
            all.entry(question).or_insert(proposal.value);
        }
        let mut record = Reader {
            answers: Form::get(FormKind::Assessment).asked_of(&all),
            saved,
            asks: Vec::new(),
        };
        let on = record.answer("frax.on").and_then(form::exact_date);
        let age = |day: Date| person.details.born.map(|born| age_on(born, day));
        let higher_force = matches!(
            record.text("fracture.mechanism").as_str(),
            "higher" | "traffic" | "other"
        );
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
            scanned_on: record.answer("dxa.scanned_on").and_then(form::exact_date),
            index_fracture: !higher_force
                && matches!(episode.state(), State::Accepted | State::Closed { .. }),
            fractures_on: person
                .episodes
                .iter()
                .filter(|held| matches!(held.state(), State::Accepted | State::Closed { .. }))
                .filter_map(Episode::fracture_date)
                .collect(),
            steroids_from: None,
        };
        let mut open = Vec::new();
        let ticked = record.yes_no("frax.previous_fracture");
        let scored = record.number("frax.mof");
        if scored.is_some() && ticked.is_none() {
            open.push("Whether “previous fracture” was ticked in FRAX is not recorded.");
        }
        let with_bmd = record.yes_no("frax.bmd");
        if scored.is_some() && !matches!(with_bmd, Some(Answer::Yes | Answer::No)) {
            open.push(
                "Whether the bone density went into FRAX is not recorded; the score is taken as without.",
            );
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
                .number("medicines.steroid_dose")
                .filter(|_| record.yes_no("medicines.steroids") == Some(Answer::Yes))
                .filter(|_| record.yes_no("medicines.steroid_replacement") != Some(Answer::Yes)),
            steroids_in_frax: went_in(inputs.steroids),
            falls_in_year: record
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
            hip: record.number("frax.hip"),
            with_bmd: with_bmd == Some(Answer::Yes),
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
            asks: record.asks,
            open,
            differs,
        }
    }
}
