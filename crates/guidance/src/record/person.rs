//! Age, sex, what follows from them, build and wishes.

use pathway::Person;
use terms::{Sex, age_on};

use super::Record;
use crate::{calculators::bmi, facts::TakenAsSo};

impl Record<'_> {
    pub(super) fn person(&mut self, person: &Person) {
        let age = person.details.born.map(|born| age_on(born, self.today));
        self.put_known("age", age.map(f64::from));
        let sex = person.details.sex.unwrap_or_default();
        match sex {
            Sex::Female => self.put("sex", "female"),
            Sex::Male => self.put("sex", "male"),
            Sex::Indeterminate | Sex::NotKnown => {}
        }
        let so = self.catalogue.taken_as_so.as_ref();
        let from = |line: fn(&TakenAsSo) -> i16| {
            so.map(line).zip(age).is_some_and(|(line, age)| age >= line)
        };
        let menopause = self.said.number("risk.menopause_age");
        let gone_through = match (sex, age, menopause) {
            (Sex::Male, ..) => Some(false),
            (Sex::Female, Some(age), Some(then)) => Some(f64::from(age) >= then),
            (Sex::Female, _, None) if from(|so| so.past_menopause_from) => Some(true),
            _ => None,
        };
        let past_bearing = from(|so| so.not_pregnant_from)
            || (gone_through == Some(true) && from(|so| so.not_pregnant_past_menopause_from));
        self.put_known("person.postmenopausal", gone_through);
        // What somebody answered stands, however unlikely; the rules of the check ask about it.
        let not_pregnant = match sex {
            Sex::Male => Some(false),
            Sex::Female if past_bearing => Some(false),
            _ => None,
        };
        if self.said.yes_no("risk.pregnant").is_none() {
            self.put_known("person.pregnant", not_pregnant);
        }
        let four = match (
            self.said.number("risk.alcohol_units"),
            self.said.yes_no("risk.alcohol"),
        ) {
            (Some(units), _) => Some(units >= 4.0),
            (None, Some(false)) => Some(false),
            (None, _) => None,
        };
        self.put_known("risk.alcohol_4", four);
        self.body_mass_index();
        for (fact, codes) in [
            (
                "wish.no_tablets",
                ["weekly_tablet", "monthly_tablet"].as_slice(),
            ),
            (
                "wish.no_injections",
                &["own_injection", "clinic_injection", "infusion"],
            ),
        ] {
            let answer = self.said.answer("wishes.way");
            let no = answer.map(|way| !way.is("any") && !codes.iter().any(|code| way.is(code)));
            self.put_known(fact, no);
        }
    }

    fn body_mass_index(&mut self) {
        let (Some(height), Some(weight)) =
            (self.reading("risk.height"), self.reading("risk.weight"))
        else {
            return;
        };
        if !self.sums {
            return;
        }
        let input = bmi::Input { height, weight };
        match bmi::bmi(input) {
            Ok(worked) => self.put("person.bmi", worked.result),
            Err(ask) => self.asked_about("person.bmi", ask),
        }
    }
}
