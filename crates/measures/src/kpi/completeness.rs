use serde::Serialize;

use super::{CompletenessRule, standing::Case};
use crate::fls_db::Dxa;

terms::vocabulary! {
    /// The 17 fields of KPI 1. That there are 17 was read in the annual report of 2018; which they are is unverified.
    Field {
        Sex = "1.03", "Sex";
        CareHome = "1.05", "Care home";
        ContactedOn = "1.06", "Date of contact";
        AssessedOn = "1.07", "Date of assessment";
        Admitted = "1.08", "Admitted to hospital";
        Site = "1.11", "Fracture site";
        PreviousFracture = "2.03", "Previous fracture";
        ParentalHip = "2.04", "Parental hip fracture";
        Smoker = "2.05", "Smoker";
        TherapyAtFracture = "2.06", "Bone therapy at fracture";
        Dxa = "3.01", "DXA";
        DxaOn = "3.03", "Date of DXA";
        Therapy = "4.01", "Bone therapy recommended";
        CalciumVitaminD = "4.02", "Calcium and vitamin D";
        Falls = "5.01", "Falls risk assessed";
        TherapyAtWeek16 = "6.05", "Bone therapy at 12 to 16 weeks";
        TherapyAtWeek52 = "7.05", "Bone therapy at 48 to 56 weeks";
    }
}

/// KPI 1 as the audit judges it, by field.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Completeness {
    pub fields: Vec<FieldCount>,
    /// Fields blank more often than allowed.
    pub failed_fields: usize,
    /// None while there is nothing to judge.
    pub passes: Option<bool>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FieldCount {
    pub field: Field,
    pub words: &'static str,
    /// Records to which the field applies.
    pub eligible: u64,
    pub missing: u64,
    pub missing_percent: Option<f64>,
}

/// Blank or filled; none where the field does not apply to the record yet or at all.
fn filled(field: Field, case: &Case<'_>) -> Option<bool> {
    let record = case.record;
    let answer = match field {
        Field::Sex => record.sex.is_some(),
        Field::CareHome => record.care_home.is_some(),
        Field::ContactedOn => case.known(record.contacted_on),
        Field::AssessedOn => case.known(record.assessed_on),
        Field::Admitted => record.admitted.is_some(),
        Field::Site => record.index_site().is_some(),
        Field::PreviousFracture => record.previous_fracture.is_some(),
        Field::ParentalHip => record.parental_hip_fracture.is_some(),
        Field::Smoker => record.smoker.is_some(),
        Field::TherapyAtFracture => record.bone_therapy_at_fracture.is_some(),
        Field::Dxa => record.dxa.is_some(),
        Field::DxaOn => match record.dxa {
            Some(Dxa::Done | Dxa::Ordered | Dxa::Recommended) => case.known(record.dxa_on),
            _ => return None,
        },
        Field::Therapy => !record.therapy.is_empty(),
        Field::CalciumVitaminD => record.calcium_vitamin_d.is_some(),
        Field::Falls => record.falls.assessed.is_some(),
        Field::TherapyAtWeek16 => {
            if !case.owes_week_16() {
                return None;
            }
            record.week_16.therapy.is_some()
        }
        Field::TherapyAtWeek52 => {
            if !case.owes_week_52() {
                return None;
            }
            record.week_52.therapy.is_some()
        }
    };
    Some(answer)
}

/// All fields that apply are filled.
pub(super) fn complete(case: &Case<'_>) -> bool {
    Field::ALL
        .iter()
        .all(|&field| filled(field, case) != Some(false))
}

/// Blanks by field, added up record by record.
#[derive(Debug, Clone)]
pub(super) struct Blanks(Vec<(Field, u64, u64)>);

impl Default for Blanks {
    fn default() -> Self {
        Self(Field::ALL.iter().map(|&field| (field, 0, 0)).collect())
    }
}

impl Blanks {
    /// Of a record that is eligible for KPI 1.
    pub(super) fn add(&mut self, case: &Case<'_>) {
        for (field, eligible, missing) in &mut self.0 {
            if let Some(filled) = filled(*field, case) {
                *eligible += 1;
                *missing += u64::from(!filled);
            }
        }
    }

    pub(super) fn judge(self, rule: CompletenessRule) -> Completeness {
        let share = |eligible: u64, missing: u64| {
            (eligible > 0).then(|| missing as f64 * 100.0 / eligible as f64)
        };
        let failed_fields = self
            .0
            .iter()
            .filter_map(|&(_, eligible, missing)| share(eligible, missing))
            .filter(|&percent| percent > rule.missing_above_percent)
            .count();
        let any = self.0.iter().any(|&(_, eligible, _)| eligible > 0);
        let fields = self
            .0
            .into_iter()
            .map(|(field, eligible, missing)| FieldCount {
                field,
                words: field.words(),
                eligible,
                missing,
                missing_percent: share(eligible, missing).map(super::report::one_decimal),
            });
        Completeness {
            fields: fields.collect(),
            failed_fields,
            passes: any.then_some(failed_fields < rule.fails_from_fields),
        }
    }
}
