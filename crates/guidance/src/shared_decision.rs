//! What helps a person to choose: the options in plain words (`data/shared_decision.toml`) and small sums on a risk
//! that a licensed tool gave and somebody typed. No risk is worked out here and no option is ranked.

use std::{fmt::Write, sync::LazyLock};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use terms::{Medicine, Site, vocabulary};

use crate::leaflets::{Paragraph, approval};

const TEXT: &str = include_str!("../data/shared_decision.toml");

/// What this build says about the options.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SharedDecision {
    pub version: String,
    pub review_by: Date,
    pub source: String,
    /// What is said where no figure was read in a source.
    pub no_figure: String,
    pub approved_by: Option<String>,
    /// What may matter to the person; theirs to tick.
    pub matters: Vec<String>,
    pub questions: Vec<String>,
    #[serde(rename = "option")]
    pub options: Vec<DecisionOption>,
    /// Why the file could not be read; a build in which this is not empty fails its tests.
    #[serde(skip)]
    pub fault: Option<String>,
}

vocabulary! {
    Choice {
        NoMedicine = "no_medicine", "No medicine now";
        Tablets = "tablets", "Tablets";
        Infusion = "infusion", "A drip once a year";
        Denosumab = "denosumab", "An injection every 6 months";
        DailyInjection = "daily_injection", "An injection every day";
        Romosozumab = "romosozumab", "Injections once a month for a year";
        Hrt = "hrt", "HRT";
        Raloxifene = "raloxifene", "Raloxifene, a tablet every day";
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecisionOption {
    pub id: Choice,
    pub title: String,
    pub medicines: Vec<Medicine>,
    /// The ids of the leaflets that say more.
    pub leaflets: Vec<String>,
    pub who_for: Vec<Paragraph>,
    pub what: Vec<Paragraph>,
    pub how_taken: Vec<Paragraph>,
    pub how_often: Vec<Paragraph>,
    pub how_long: Vec<Paragraph>,
    pub common_problems: Vec<Paragraph>,
    pub serious_problems: Vec<Paragraph>,
    /// What is needed before it starts.
    pub before: Vec<Paragraph>,
    pub given_by: Vec<Paragraph>,
    pub source: Vec<String>,
    /// Empty where no figure was read in a source.
    #[serde(rename = "effect", default)]
    pub effects: Vec<Effect>,
    /// What studies said without a ratio that could be used.
    #[serde(default)]
    pub said: Vec<Said>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Said {
    pub text: String,
    pub source: String,
}

impl DecisionOption {
    /// Whether a medicine of the packs is among this option's.
    pub fn has(&self, medicine: &str) -> bool {
        // Two are not among the audit's medicines, which options name.
        let apart = match self.id {
            Choice::Raloxifene => medicine == "raloxifene",
            Choice::DailyInjection => medicine == "abaloparatide",
            _ => false,
        };
        apart || self.medicines.iter().any(|held| held.code() == medicine)
    }

    /// What it changes for somebody whom these medicines may suit: each effect measured in people like them, against
    /// those of their risks that it can be set against.
    pub fn changes(
        &self,
        medicines: &[&str],
        risks: &[Baseline],
        has_broken: &[Site],
    ) -> Vec<(&Effect, Vec<Shown>)> {
        let bears = |effect: &&Effect| {
            effect
                .medicine
                .is_none_or(|medicine| medicines.contains(&medicine.code()))
        };
        self.effects
            .iter()
            .filter(bears)
            .filter_map(|effect| Some((effect, effect.shown_for_all(risks, has_broken)?)))
            .collect()
    }
}

vocabulary! {
    /// What a study counted.
    Outcome {
        Any = "any", "any broken bone";
        Spine = "spine", "a broken bone in the spine";
        OtherThanSpine = "other_than_spine", "a broken bone that was not in the spine";
        Hip = "hip", "a broken hip";
    }
}

/// How often something happened with the medicine for each time that it happened without, as a study measured it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Effect {
    /// `None` for raloxifene, which the audit's list of medicines does not have.
    pub medicine: Option<Medicine>,
    pub outcome: Outcome,
    pub ratio: f64,
    /// The 95% interval of `ratio`.
    pub low: f64,
    pub high: f64,
    pub measured_in: String,
    /// It was measured only in people who had broken this.
    pub only_after: Option<Site>,
    /// What has to be taken as given before it may be set against a 10-year risk.
    pub assumption: Option<String>,
    pub source: String,
}

vocabulary! {
    /// Which break the risk is of.
    RiskOf {
        MajorFracture = "major_fracture", "a bone in the spine, hip, shoulder or wrist";
        HipFracture = "hip_fracture", "a hip";
    }
}

vocabulary! {
    RiskTool {
        Frax = "frax", "FRAX";
        QFracture = "qfracture", "QFracture";
    }
}

/// A risk as somebody typed it from the tool that gave it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Baseline {
    pub risk: Percent,
    pub of: RiskOf,
    pub tool: RiskTool,
    pub typed_on: Date,
    /// FRAX always says 10.
    pub years: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Percent(f64);

/// The share of the risk that a medicine takes away, between 0 and 1.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Reduction(f64);

#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum OutOfRange {
    #[error("{0} is not a percentage between 0 and 100")]
    Percent(f64),
    #[error("{0} is not a share between 0 and 1")]
    Reduction(f64),
}

impl Percent {
    pub fn new(value: f64) -> Result<Self, OutOfRange> {
        if (0.0..=100.0).contains(&value) {
            Ok(Self(value))
        } else {
            Err(OutOfRange::Percent(value))
        }
    }

    pub fn get(self) -> f64 {
        self.0
    }
}

impl Reduction {
    pub fn new(value: f64) -> Result<Self, OutOfRange> {
        if (0.0..=1.0).contains(&value) {
            Ok(Self(value))
        } else {
            Err(OutOfRange::Reduction(value))
        }
    }

    /// From a risk or hazard ratio of at most 1.
    pub fn from_ratio(ratio: f64) -> Result<Self, OutOfRange> {
        Self::new(1.0 - ratio)
    }

    pub fn get(self) -> f64 {
        self.0
    }
}

/// A hundred figures, some of them marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Figures {
    pub marked: u8,
    exactness: Exactness,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Exactness {
    Rounded,
    FewerThanOne,
    MoreThan99,
}

impl Figures {
    pub const OF: u8 = 100;

    pub fn words(self) -> String {
        match self.exactness {
            Exactness::Rounded => format!("{} in 100", self.marked),
            Exactness::FewerThanOne => "fewer than 1 in 100".to_owned(),
            Exactness::MoreThan99 => "more than 99 in 100".to_owned(),
        }
    }

    /// As the subject of a sentence, with whether it takes a verb in the plural.
    fn subject(self) -> (String, bool) {
        match self.exactness {
            Exactness::Rounded => (self.marked.to_string(), self.marked != 1),
            Exactness::FewerThanOne => ("fewer than 1".to_owned(), false),
            Exactness::MoreThan99 => ("more than 99".to_owned(), true),
        }
    }
}

/// Half of a figure counts as a whole one.
pub fn figures(risk: Percent) -> Figures {
    let marked = risk.get().round() as u8;
    let exactness = match marked {
        0 if risk.get() > 0.0 => Exactness::FewerThanOne,
        100 if risk.get() < 100.0 => Exactness::MoreThan99,
        _ => Exactness::Rounded,
    };
    Figures { marked, exactness }
}

vocabulary! {
    /// What one of the hundred figures stands for.
    Figure {
        Breaks = "breaks", "breaks a bone with the medicine too";
        Spared = "spared", "does not break a bone, but would without the medicine";
        Unhurt = "unhurt", "does not break a bone either way";
    }
}

/// The same hundred people without and with a medicine.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Comparison {
    pub baseline: Baseline,
    pub without: Figures,
    pub with: Figures,
    /// `without` less `with`, as drawn.
    pub fewer: u8,
    /// Before rounding, in percentage points.
    pub difference: f64,
}

/// Where the difference is less than half a figure, none is drawn.
pub fn with_treatment(baseline: Baseline, reduction: Reduction) -> Comparison {
    let difference = baseline.risk.get() * reduction.get();
    let without = figures(baseline.risk);
    let with = if difference < 0.5 {
        without
    } else {
        figures(Percent(baseline.risk.get() - difference))
    };
    Comparison {
        baseline,
        without,
        with,
        fewer: without.marked.saturating_sub(with.marked),
        difference,
    }
}

impl Comparison {
    /// A hundred figures to draw: first who breaks a bone either way, then who is spared.
    pub fn drawn(&self) -> Vec<Figure> {
        (0..Figures::OF)
            .map(|place| match place {
                place if place < self.with.marked => Figure::Breaks,
                place if place < self.without.marked => Figure::Spared,
                _ => Figure::Unhurt,
            })
            .collect()
    }

    pub fn words(&self) -> String {
        let Baseline { of, years, .. } = self.baseline;
        let (without, plural) = self.without.subject();
        let verb = if plural { "break" } else { "breaks" };
        let mut words =
            format!("Of 100 people like you, {without} {verb} {of} within {years} years");
        if self.fewer == 0 {
            words.push_str("; with this medicine the difference is fewer than 1 in 100");
        } else {
            let do_not = if self.fewer == 1 { "does" } else { "do" };
            let (with, _) = self.with.subject();
            // Writing to a string does not fail.
            let _ = write!(
                words,
                "; with this medicine {with}; {} {do_not} not who otherwise would",
                self.fewer
            );
        }
        words.push('.');
        words
    }
}

impl Baseline {
    /// Where the risk is from. Said wherever a figure of it is shown.
    pub fn words(&self) -> String {
        format!(
            "The risk of {}% is from {}, as typed on {}. It was not worked out here.",
            self.risk.get(),
            self.tool.words(),
            self.typed_on.strftime("%-d %B %Y"),
        )
    }
}

/// An effect set against somebody's risk, with all that has to be said beside it.
#[derive(Debug, Clone, PartialEq)]
pub struct Shown {
    pub comparison: Comparison,
    /// The fewest and the most who are spared, by the study's 95% interval; 0 stands for none.
    pub range: (u8, u8),
    /// The study could not tell whether it makes a difference.
    pub may_be_none: bool,
    pub sentences: Vec<String>,
}

/// Why an effect is not set against somebody's risk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotShown {
    #[error("the study counted something else than this risk does")]
    OtherOutcome,
    #[error("the study was in people who had broken another bone")]
    OtherPeople,
    #[error("the ratio in the file is not one of a medicine that lowers the risk")]
    NotAReduction,
}

impl Effect {
    fn like_those_in_it(&self, has_broken: &[Site]) -> bool {
        self.only_after
            .is_none_or(|site| has_broken.contains(&site))
    }

    /// The effect against each of somebody's risks that it can be set against, which may be none. Nothing where it was
    /// measured in other people.
    fn shown_for_all(&self, risks: &[Baseline], has_broken: &[Site]) -> Option<Vec<Shown>> {
        let shown = risks
            .iter()
            .filter_map(|risk| self.shown_for(*risk, has_broken).ok());
        self.like_those_in_it(has_broken).then(|| shown.collect())
    }

    /// Sets the effect against a risk where the study counted about the same and the person is like those in it.
    pub fn shown_for(&self, baseline: Baseline, has_broken: &[Site]) -> Result<Shown, NotShown> {
        match (self.outcome, baseline.of) {
            (Outcome::Any, RiskOf::MajorFracture) | (Outcome::Hip, RiskOf::HipFracture) => {}
            _ => return Err(NotShown::OtherOutcome),
        }
        if !self.like_those_in_it(has_broken) {
            return Err(NotShown::OtherPeople);
        }
        let compare = |ratio: f64| {
            Reduction::from_ratio(ratio)
                .map(|reduction| with_treatment(baseline, reduction))
                .map_err(|_| NotShown::NotAReduction)
        };
        let comparison = compare(self.ratio)?;
        let most = compare(self.low)?.fewer;
        let fewest = compare(self.high.min(1.0))?.fewer;
        let may_be_none = self.high >= 1.0;

        let mut sentences = vec![comparison.words(), baseline.words()];
        sentences.push(if may_be_none {
            format!(
                "The study was too small to tell whether it makes a difference: between none and {most} of 100."
            )
        } else {
            format!("By the study, the difference is between {fewest} and {most} of 100.")
        });
        sentences.push(format!("This was measured in {}.", self.measured_in));
        sentences.extend(self.assumption.clone());
        sentences.push(format!("Source: {}.", self.source));
        Ok(Shown {
            comparison,
            range: (fewest, most),
            may_be_none,
            sentences,
        })
    }

    /// The ratio in words, for an effect that cannot be set against a risk.
    pub fn words(&self) -> String {
        let hundred = |ratio: f64| (ratio * 100.0).round();
        format!(
            "Where 100 people had {} without it, about {} had one with it (between {} and {}). This was measured in {}.",
            self.outcome.words(),
            hundred(self.ratio),
            hundred(self.low),
            hundred(self.high),
            self.measured_in,
        )
    }
}

impl SharedDecision {
    pub fn get(&self, choice: Choice) -> Option<&DecisionOption> {
        self.options.iter().find(|option| option.id == choice)
    }

    /// Who approved these words, or that nobody has.
    pub fn approval(&self) -> String {
        approval(self.approved_by.as_deref())
    }

    pub fn is_overdue(&self, today: Date) -> bool {
        today > self.review_by
    }

    /// Every effect of an option in words, or that there is no figure.
    pub fn effect_words(&self, choice: Choice) -> Vec<String> {
        let Some(option) = self.get(choice) else {
            return vec![self.no_figure.clone()];
        };
        if option.effects.is_empty() {
            let said = option.said.iter().map(|said| said.text.clone());
            return said.chain([self.no_figure.clone()]).collect();
        }
        option.effects.iter().map(Effect::words).collect()
    }
}

pub fn shared_decision() -> &'static SharedDecision {
    static READ: LazyLock<SharedDecision> = LazyLock::new(|| {
        toml::from_str(TEXT).unwrap_or_else(|error| SharedDecision {
            no_figure: "We have no figure with a source.".to_owned(),
            fault: Some(format!("shared_decision.toml: {error}")),
            ..SharedDecision::default()
        })
    });
    &READ
}
