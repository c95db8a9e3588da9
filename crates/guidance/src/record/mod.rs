//! What the record says about somebody, as facts that rules may name. What nobody answered stays not known.

mod fractures;
mod frax;
mod person;
mod proposals;
mod range;
mod results;
mod said;
mod scores;
mod treatment;

use std::collections::BTreeSet;

use jiff::civil::Date;
use pathway::{
    Episode, Person,
    form::{Answers, Form, FormKind, NOT_KNOWN},
};
use terms::Site;

pub use frax::{FraxOnRecord, NotCharted, Unsettled, with_proposals};
pub use proposals::proposals;

use crate::{
    calculators::{self, Reading},
    facts::{Ask, Catalogue, Facts, Given, Kind},
};
use said::Said;

/// What a service sets for itself that rules ask about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Service {
    /// `ng259` or `nogg`.
    pub dxa_line: String,
    pub starts_anabolics: Option<bool>,
    pub bone_specialist: Option<bool>,
    pub ctx: Option<bool>,
    pub dxa_wait_weeks: Option<u32>,
    /// Somebody answers for sums: body mass index, kidney function and the band of a FRAX figure are worked out. They
    /// are not known otherwise.
    pub sums: bool,
}

/// Facts about one person after one fracture, and the values that cannot be right: kept as typed, and not used.
#[derive(Debug)]
pub struct OnRecord {
    pub facts: Facts,
    pub asks: Vec<Ask>,
    /// The bones of this fracture.
    pub broken: BTreeSet<Site>,
}

/// `answers` are those of the assessment, with or without what feeds propose.
pub fn on_record(
    catalogue: &Catalogue,
    person: &Person,
    episode: &Episode,
    answers: &Answers,
    service: &Service,
    today: Date,
) -> OnRecord {
    let form = Form::get(FormKind::Assessment);
    let answers = form.asked_of(answers);
    let mut record = Record {
        catalogue,
        found: OnRecord {
            facts: catalogue.nothing(),
            asks: Vec::new(),
            broken: BTreeSet::new(),
        },
        said: Said(&answers),
        saved: episode
            .care
            .assessment
            .answers
            .keys()
            .map(String::as_str)
            .collect(),
        today,
        sums: service.sums,
    };
    record.answered();
    record.person(person);
    record.found.broken = record.broken(episode);
    record.fractures(person, episode);
    record.scans();
    record.bloods();
    record.steroids();
    record.treatment(person, episode);
    record.reviews(episode);
    record.scores(person);
    if !service.dxa_line.is_empty() {
        record.put("service.dxa_line", service.dxa_line.as_str());
    }
    record.put_known("service.starts_anabolics", service.starts_anabolics);
    record.put_known("service.bone_specialist", service.bone_specialist);
    record.put_known("service.ctx", service.ctx);
    record.put_known("dxa.wait_weeks", service.dxa_wait_weeks.map(f64::from));
    record.found
}

struct Record<'a> {
    catalogue: &'a Catalogue,
    found: OnRecord,
    said: Said<'a>,
    /// Questions that somebody answered, and confirmed where the answer was unusual.
    saved: BTreeSet<&'a str>,
    today: Date,
    sums: bool,
}

impl Record<'_> {
    fn put(&mut self, fact: &str, value: impl Into<Given>) {
        // A catalogue without this fact has no rule that would ask for it.
        if self.catalogue.get(fact).is_none() {
            return;
        }
        if let Err(ask) = self
            .catalogue
            .put(&mut self.found.facts, fact, &value.into())
        {
            self.found.asks.push(ask);
        }
    }

    fn put_known<T: Into<Given>>(&mut self, fact: &str, value: Option<T>) {
        if let Some(value) = value {
            self.put(fact, value);
        }
    }

    fn reading(&self, question: &str) -> Option<Reading> {
        self.said.reading(question, &self.saved)
    }

    fn asked_about(&mut self, fact: &str, ask: calculators::Ask) {
        self.found.asks.push(Ask {
            fact: fact.to_owned(),
            typed: ask.typed,
            why: ask.words,
        });
    }

    /// Facts that are one answer, or one choice among several.
    fn answered(&mut self) {
        let catalogue = self.catalogue;
        for (question, value) in self.said.0 {
            if value.is(NOT_KNOWN) {
                continue;
            }
            // The others are worked out of more than one answer.
            for fact in catalogue.asked_by(question).filter(|fact| !fact.made) {
                let given = match fact.kind() {
                    Kind::YesNo if !fact.chosen.is_empty() => {
                        Some(Given::YesNo(fact.chosen.iter().any(|code| value.is(code))))
                    }
                    Kind::YesNo => self.said.yes_no(question).map(Given::YesNo),
                    Kind::Number => self.said.number(question).map(Given::Number),
                    Kind::Choice => value
                        .codes()
                        .next()
                        .filter(|code| fact.options().iter().any(|option| option == code))
                        .map(Given::from),
                };
                if let Some(given) = given {
                    self.put(&fact.id, given);
                }
            }
        }
    }
}

/// Whole months are how rules speak of long times; a month is 30.437 days, the mean of the calendar.
fn months_between(from: Date, to: Date) -> Option<f64> {
    Some(weeks_between(from, to)? * 7.0 / 30.437)
}

fn weeks_between(from: Date, to: Date) -> Option<f64> {
    let days = from.until(to).ok()?.get_days();
    (days >= 0).then(|| f64::from(days) / 7.0)
}
