//! Risk as recorded, its band, and the kidney's clearance.

use pathway::Person;
use terms::{Sex, age_on};

use super::Record;
use crate::{
    calculators::{Reading, kidney},
    nogg,
};

impl Record<'_> {
    pub(super) fn scores(&mut self, person: &Person) {
        let (mof, hip) = (self.said.number("frax.mof"), self.said.number("frax.hip"));
        self.put_known("risk10.mof", mof);
        self.put_known("frax.mof", mof);
        self.put_known("frax.hip", hip);
        if let (Some(mof), Some(hip)) = (mof, hip)
            && mof > 0.0
        {
            self.put("frax.hip_share", 100.0 * hip / mof);
        }
        if !self.sums {
            return;
        }
        let age = person.details.born.map(|born| age_on(born, self.today));
        if let (Some(age), Some(mof), Some(with_bmd)) = (age, mof, self.said.yes_no("frax.bmd"))
            && let Ok(placed) = nogg::band(age, mof, hip, with_bmd)
            // A hip figure that is missing could still put it higher.
            && !placed.open
        {
            self.put(
                "nogg.band",
                match placed.band {
                    nogg::Band::Low => "low",
                    nogg::Band::Intermediate => "intermediate",
                    nogg::Band::High => "high",
                    nogg::Band::VeryHigh => "very_high",
                },
            );
        }
        // That line is the same with bone density and without.
        if let (Some(age), Some(mof)) = (age, mof)
            && let Ok(placed) = nogg::band(age, mof, hip, false)
        {
            let above = placed.figures().any(nogg::Placed::above_intervention);
            // A hip figure that is missing could still be above it.
            let known = above || placed.hip.is_some();
            self.put_known("nogg.above_intervention", known.then_some(above));
        }
        self.clearance(age, person.details.sex.unwrap_or_default());
    }

    /// Only of what was measured, and where nothing about it looks wrong.
    fn clearance(&mut self, age: Option<i16>, sex: Sex) {
        let (Some(age), Some(creatinine), Some(weight)) = (
            age,
            self.reading("blood.creatinine"),
            self.reading("risk.weight"),
        ) else {
            return;
        };
        let input = kidney::Input {
            // Of a date of birth, which the record has already checked.
            age: Reading::confirmed(f64::from(age)),
            sex,
            creatinine,
        };
        match kidney::cockcroft_gault(input, weight) {
            Ok(worked) => self.put("kidney.clearance", worked.result),
            Err(ask) => self.asked_about("kidney.clearance", ask),
        }
    }
}
