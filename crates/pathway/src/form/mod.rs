//! Questions as data: the assessment, the reviews, the patient's questionnaire. What is asked stands in `data/*.toml`
//! with its source; here is what an answer may be, what it means, and what nobody has answered yet.

mod prefill;
mod read;
mod words;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

pub use prefill::{Proposal, proposals};
pub use read::{Checked, Fault, Problem};

/// Answers by the id of their question. What is not in here was not answered.
pub type Answers = BTreeMap<String, Value>;

/// An answer as it is stored: the code of a choice, a number, a date (`2026-03-05`, `2026-03`, `2026`) or text. A number
/// with the laboratory's range is two values, and so are several choices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    One(String),
    Many(Vec<String>),
}

/// An answer to every question.
pub const NOT_KNOWN: &str = "not_known";
/// Of several choices, the one that rules the others out.
const ALONE: [&str; 2] = ["none", NOT_KNOWN];

terms::vocabulary! {
    FormKind {
        Assessment = "assessment", "Assessment";
        Review16 = "review_16", "16-week review";
        Review52 = "review_52", "52-week review";
        Questionnaire = "questionnaire", "Questionnaire";
    }
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Form {
    pub title: String,
    pub version: String,
    pub source: String,
    /// The day by which a clinician should look at the questions again.
    pub review_by: Option<Date>,
    /// The clinician who approved these questions; nobody yet.
    #[serde(default)]
    pub approved_by: Option<String>,
    /// Bloods are told with one day for all of them: those taken so many weeks before the newest are proposed with it.
    #[serde(default)]
    pub bloods_together_weeks: Option<i64>,
    #[serde(rename = "section")]
    pub sections: Vec<Section>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Section {
    pub id: String,
    pub title: String,
    #[serde(default)]
    pub lead: Option<String>,
    /// What "nothing to add" means here, in words.
    #[serde(default)]
    pub nothing: Option<String>,
    #[serde(rename = "question")]
    pub questions: Vec<Question>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    pub id: String,
    pub ask: String,
    #[serde(default)]
    pub hint: Option<String>,
    pub kind: Kind,
    #[serde(default)]
    options: Vec<(String, String)>,
    #[serde(default)]
    options_of: Option<Words>,
    #[serde(default)]
    pub unit: Option<String>,
    /// The laboratory's range may follow in brackets.
    #[serde(default)]
    pub range: bool,
    /// Outside of this a number is asked about before it is taken.
    #[serde(default)]
    pub plausible: Option<(f64, f64)>,
    /// Field of the FLS-DB patient audit, 2024.
    #[serde(default)]
    pub fls_db: Option<String>,
    #[serde(default)]
    pub status: Option<Checkedness>,
    /// Asked only after this answer.
    #[serde(default)]
    pub when: Option<When>,
    /// The answer that "nothing to add" gives.
    #[serde(default)]
    pub nothing: Option<String>,
    /// Answers that somebody must act on, and in what words.
    #[serde(default)]
    pub raises: BTreeMap<String, String>,
    /// Nothing is complete without it, though it may be "not known".
    #[serde(default)]
    pub required: bool,
    /// Not missed when it is empty.
    #[serde(default)]
    pub optional: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    YesNo,
    Choice,
    Choices,
    Number,
    Date,
    Text,
}

/// Whether the wording and options of a question were seen in their source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Checkedness {
    Unverified,
}

/// A vocabulary that gives the options.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Words {
    Site,
    Medicine,
    TherapyAtReview,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct When {
    pub question: String,
    pub is: BTreeSet<String>,
}

impl Form {
    /// A form of the product. One that does not parse would be empty; the tests see to it that it does.
    pub fn get(kind: FormKind) -> &'static Self {
        static ASSESSMENT: LazyLock<Form> =
            LazyLock::new(|| Form::parse(include_str!("../../data/assessment.toml")));
        static REVIEW_16: LazyLock<Form> =
            LazyLock::new(|| Form::parse(include_str!("../../data/review_16.toml")));
        static REVIEW_52: LazyLock<Form> =
            LazyLock::new(|| Form::parse(include_str!("../../data/review_52.toml")));
        static QUESTIONNAIRE: LazyLock<Form> =
            LazyLock::new(|| Form::parse(include_str!("../../data/questionnaire.toml")));
        match kind {
            FormKind::Assessment => &ASSESSMENT,
            FormKind::Review16 => &REVIEW_16,
            FormKind::Review52 => &REVIEW_52,
            FormKind::Questionnaire => &QUESTIONNAIRE,
        }
    }

    fn parse(text: &str) -> Self {
        toml::from_str(text).unwrap_or_default()
    }

    pub fn questions(&self) -> impl Iterator<Item = &Question> {
        self.sections.iter().flat_map(|section| &section.questions)
    }

    pub fn question(&self, id: &str) -> Option<&Question> {
        self.questions().find(|question| question.id == id)
    }

    pub fn section(&self, id: &str) -> Option<&Section> {
        self.sections.iter().find(|section| section.id == id)
    }

    /// The answers that follow from the others: one left over from before another answer changed counts no more.
    pub fn asked_of(&self, answers: &Answers) -> Answers {
        answers
            .iter()
            .filter(|(id, _)| {
                self.question(id)
                    .is_none_or(|question| question.asked(answers))
            })
            .map(|(id, value)| (id.clone(), value.clone()))
            .collect()
    }

    /// What must have an answer and has none.
    pub fn missing<'a>(&'a self, answers: &Answers) -> Vec<&'a Question> {
        self.questions()
            .filter(|question| question.required && !answers.contains_key(&question.id))
            .collect()
    }

    /// What these answers say that somebody must act on.
    pub fn concerns(&self, answers: &Answers) -> Vec<String> {
        self.questions()
            .filter_map(|question| {
                let given = answers.get(&question.id)?;
                let code = given
                    .codes()
                    .find(|code| question.raises.contains_key(*code))?;
                let mut words = question.raises.get(code)?.clone();
                let told = self
                    .questions()
                    .filter(|other| other.kind == Kind::Text)
                    .filter(|other| {
                        other
                            .when
                            .as_ref()
                            .is_some_and(|when| when.question == question.id)
                    })
                    .find_map(|other| answers.get(&other.id));
                if let Some(Value::One(told)) = told {
                    words.push_str(": ");
                    words.push_str(told);
                }
                Some(words)
            })
            .collect()
    }
}

impl Section {
    /// What is asked here and has no answer yet.
    pub fn unanswered<'a>(&'a self, answers: &Answers) -> Vec<&'a Question> {
        self.questions
            .iter()
            .filter(|question| !question.optional && question.asked(answers))
            .filter(|question| !answers.contains_key(&question.id))
            .collect()
    }

    /// The answers that "nothing to add" gives to what nobody has answered.
    pub fn nothing_to_add(&self, answers: &Answers) -> Answers {
        let mut all = answers.clone();
        let mut given = Answers::new();
        for question in &self.questions {
            let Some(nothing) = &question.nothing else {
                continue;
            };
            if all.contains_key(&question.id) || !question.asked(&all) {
                continue;
            }
            let value = match question.kind {
                Kind::Choices => Value::Many(vec![nothing.clone()]),
                _ => Value::One(nothing.clone()),
            };
            all.insert(question.id.clone(), value.clone());
            given.insert(question.id.clone(), value);
        }
        given
    }

    /// What changed against the answers held: new ones, and those taken away.
    pub fn changes(&self, held: &Answers, new: &Answers) -> (Answers, Vec<String>) {
        let changed = new
            .iter()
            .filter(|(id, value)| held.get(*id) != Some(*value))
            .map(|(id, value)| (id.clone(), value.clone()))
            .collect();
        let cleared = self
            .questions
            .iter()
            .filter(|question| held.contains_key(&question.id) && !new.contains_key(&question.id))
            .map(|question| question.id.clone())
            .collect();
        (changed, cleared)
    }
}

impl Question {
    /// Whether it is asked at all, given the other answers.
    pub fn asked(&self, answers: &Answers) -> bool {
        self.when.as_ref().is_none_or(|when| {
            answers
                .get(&when.question)
                .is_some_and(|given| given.codes().any(|code| when.is.contains(code)))
        })
    }

    /// Codes and words to choose from, without "not known".
    pub fn options(&self) -> Vec<(&str, &str)> {
        match (self.kind, self.options_of) {
            (Kind::YesNo, _) => vec![("yes", "Yes"), ("no", "No")],
            (_, Some(Words::Site)) => terms::Site::ALL
                .iter()
                .map(|site| (site.code(), site.words()))
                .collect(),
            (_, Some(Words::Medicine)) => std::iter::once(("none", "None"))
                .chain(
                    terms::Medicine::ALL
                        .iter()
                        .map(|medicine| (medicine.code(), medicine.words())),
                )
                .collect(),
            (_, Some(Words::TherapyAtReview)) => terms::TherapyAtReview::ALL
                .iter()
                .filter(|therapy| therapy.code() != NOT_KNOWN)
                .map(|therapy| (therapy.code(), therapy.words()))
                .collect(),
            (_, None) => self
                .options
                .iter()
                .map(|(code, words)| (code.as_str(), words.as_str()))
                .collect(),
        }
    }

    pub fn unverified(&self) -> bool {
        self.status == Some(Checkedness::Unverified)
    }
}

impl Value {
    pub fn one(text: impl Into<String>) -> Self {
        Self::One(text.into())
    }

    /// The parts, each a code where the question offers a choice.
    pub fn codes(&self) -> impl Iterator<Item = &str> {
        match self {
            Self::One(one) => std::slice::from_ref(one).iter().map(String::as_str),
            Self::Many(many) => many.iter().map(String::as_str),
        }
    }

    pub fn is(&self, code: &str) -> bool {
        self.codes().any(|held| held == code)
    }

    /// The number, without comparator or range.
    pub fn number(&self) -> Option<f64> {
        read::number(self.codes().next()?.trim_start_matches(['<', '>'])).ok()
    }
}

/// The day, where all of it is known.
pub fn exact_date(value: &Value) -> Option<Date> {
    match value {
        Value::One(text) => text.parse().ok(),
        Value::Many(_) => None,
    }
}

/// "Yes", "No" or "Not known", as the rest of Herald says it; nothing where nobody answered.
pub fn yes_no(answers: &Answers, id: &str) -> Option<terms::Answer> {
    match answers.get(id)?.codes().next()? {
        "yes" => Some(terms::Answer::Yes),
        "no" => Some(terms::Answer::No),
        NOT_KNOWN => Some(terms::Answer::NotKnown),
        _ => None,
    }
}
