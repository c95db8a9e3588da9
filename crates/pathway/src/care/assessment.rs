use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};

use super::Noted;
use crate::{
    Actor, Source,
    form::{Answers, Value},
};

/// Answers as they stand, each with who gave it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Assessment {
    pub answers: BTreeMap<String, Given>,
    /// The day of the assessment (FLS-DB 1.07), and who completed it.
    pub completed: Option<Noted<Date>>,
    pub amendments: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    pub value: Value,
    pub by: GivenBy,
    pub at: Timestamp,
    /// The fact that says so.
    pub seq: u32,
}

/// Whose answer it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GivenBy {
    Staff(String),
    /// The patient's own, from the questionnaire.
    Patient,
    /// What feeds say, and nobody has confirmed.
    Feed(String),
}

impl GivenBy {
    pub(super) fn of(by: &Actor, source: &Source) -> Self {
        match source {
            Source::Patient => Self::Patient,
            _ => Self::Staff(by.words().to_owned()),
        }
    }

    pub fn words(&self) -> String {
        match self {
            Self::Staff(name) => name.clone(),
            Self::Patient => "The patient".to_owned(),
            Self::Feed(source) => source.clone(),
        }
    }
}

impl Assessment {
    /// Nobody has answered anything yet.
    pub fn untouched(&self) -> bool {
        self.answers.is_empty()
    }

    pub fn values(&self) -> Answers {
        self.answers
            .iter()
            .map(|(question, given)| (question.clone(), given.value.clone()))
            .collect()
    }

    /// Who changed these questions after `version`, where the answer is another one.
    pub fn changed_since<'a>(
        &'a self,
        version: u32,
        answers: &'a Answers,
    ) -> impl Iterator<Item = (&'a String, &'a Given)> {
        self.answers
            .iter()
            .filter(move |(_, given)| given.seq > version)
            .filter(move |(question, given)| {
                answers
                    .get(*question)
                    .is_some_and(|mine| *mine != given.value)
            })
    }

    /// What the patient says never replaces what staff have found.
    pub(super) fn take_in(
        &mut self,
        seq: u32,
        at: Timestamp,
        by: &GivenBy,
        answers: &Answers,
        cleared: &[String],
    ) {
        for question in cleared {
            self.answers.remove(question);
        }
        for (question, value) in answers {
            let held_by_staff = self
                .answers
                .get(question)
                .is_some_and(|held| matches!(held.by, GivenBy::Staff(_)));
            if *by == GivenBy::Patient && held_by_staff {
                continue;
            }
            self.answers.insert(
                question.clone(),
                Given {
                    value: value.clone(),
                    by: by.clone(),
                    at,
                    seq,
                },
            );
        }
    }
}
