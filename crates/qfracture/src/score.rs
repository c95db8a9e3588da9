use crate::{
    equations::{Equation, FEMALE_HIP, FEMALE_MOF, MALE_HIP, MALE_MOF},
    profile::{Profile, Sex},
    refusal::{Field, Refusal},
};

/// Two risks in percent as the equations give them. Show [`NAME`](crate::NAME) and [`DISCLAIMER`](crate::DISCLAIMER)
/// beside them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Score {
    /// Of a fracture of hip, wrist, spine or shoulder.
    pub mof: f64,
    /// Of a hip fracture.
    pub hip: f64,
}

impl Score {
    /// A part above its whole: show [`NOTE`](crate::NOTE) with both.
    pub fn hip_exceeds_mof(&self) -> bool {
        self.hip > self.mof
    }
}

/// Refuses what the original refuses; the first field out of range is named.
pub fn score(profile: &Profile) -> Result<Score, Refusal> {
    let (mof, hip) = match profile.sex {
        Sex::Female => (&FEMALE_MOF, &FEMALE_HIP),
        Sex::Male => (&MALE_MOF, &MALE_HIP),
    };
    Field::Bmi.check(profile.bmi)?;
    Field::Age.check(f64::from(profile.age))?;
    Ok(Score {
        mof: mof.percent(profile)?,
        hip: hip.percent(profile)?,
    })
}

impl Equation {
    fn percent(&self, profile: &Profile) -> Result<f64, Refusal> {
        let survival = pick(Field::Years, &self.survival, profile.surv)?;
        let mut sum = pick(Field::Alcohol, &self.alcohol, profile.alcohol_cat6)?
            + pick(Field::Ethnicity, &self.ethnicity, profile.ethrisk)?
            + pick(Field::Smoking, &self.smoking, profile.smoke_cat)?;
        let (age, bmi) = (f64::from(profile.age) / 10.0, profile.bmi / 10.0);
        for term in self.terms {
            sum += term.beta * (term.transform.of(age, bmi) - term.centre);
        }
        for &(flag, beta) in self.flags {
            if profile.flags.has(flag) {
                sum += beta;
            }
        }
        Ok(100.0 * (1.0 - survival.powf(sum.exp())))
    }
}

/// The value of a category whose first code is the lowest of its range.
fn pick(field: Field, values: &[f64], code: i32) -> Result<f64, Refusal> {
    let first = field.range().0 as i64;
    usize::try_from(i64::from(code) - first)
        .ok()
        .and_then(|place| values.get(place).copied())
        .ok_or(Refusal {
            field,
            value: f64::from(code),
        })
}
