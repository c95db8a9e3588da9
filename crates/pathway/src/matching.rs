//! Who is it? NHS number and date of birth together decide; everything short of that is a person's decision,
//! with the possible people side by side. Somebody who holds a different NHS number is never matched.

use jiff::civil::Date;
use terms::{NhsNumber, PersonName};

use crate::{Details, LocalId, PersonId};

/// Somebody on record, as far as matching needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    pub id: PersonId,
    pub nhs_number: Option<NhsNumber>,
    pub name: PersonName,
    pub born: Option<Date>,
    pub postcode: Option<String>,
    pub local_ids: Vec<LocalId>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Match {
    Person(PersonId),
    Nobody,
    /// A person must say. Candidates come best first and may be none.
    Ask {
        question: Question,
        candidates: Vec<PersonId>,
    },
}

terms::vocabulary! {
    /// Why a machine may not decide who it is.
    Question {
        /// The NHS number is on record with another date of birth.
        OtherBirthDate = "other_birth_date", "The NHS number is on record with a different date of birth";
        NoNumber = "no_number", "It came without a valid NHS number";
        BirthDateNotKnown = "birth_date_not_known", "It came without a date of birth";
        NumberNewButAlike = "number_new_but_alike",
            "The NHS number is new, but somebody without a number looks the same";
    }
}

/// `known` holds everybody who shares the number, a local number, the date of birth, or the name.
pub fn decide(claim: &Details, known: &[Known]) -> Match {
    let ask = |question| Match::Ask {
        question,
        candidates: ranked(claim, known),
    };
    let Some(number) = &claim.nhs_number else {
        return ask(if claim.born.is_none() {
            Question::BirthDateNotKnown
        } else {
            Question::NoNumber
        });
    };
    let Some(born) = claim.born else {
        return ask(Question::BirthDateNotKnown);
    };
    match known.iter().find(|k| k.nhs_number.as_ref() == Some(number)) {
        Some(holder) if holder.born == Some(born) => Match::Person(holder.id),
        Some(_) => ask(Question::OtherBirthDate),
        None if known
            .iter()
            .any(|k| k.nhs_number.is_none() && alike(claim, k) >= ALIKE) =>
        {
            ask(Question::NumberNewButAlike)
        }
        None => Match::Nobody,
    }
}

/// Two of: date of birth, family name, given name, postcode; or one local number.
const ALIKE: u32 = 4;

/// How many things agree. A local number counts most: one hospital gave it to one person.
fn alike(claim: &Details, known: &Known) -> u32 {
    let mut score = 0;
    if claim
        .local_ids
        .iter()
        .any(|id| known.local_ids.contains(id))
    {
        score += 4;
    }
    if claim.nhs_number.is_some() && claim.nhs_number == known.nhs_number {
        score += 4;
    }
    if claim.born.is_some() && claim.born == known.born {
        score += 2;
    }
    if let Some(name) = &claim.name {
        let (family, given) = name.keys();
        let (held_family, held_given) = known.name.keys();
        score += u32::from(!family.is_empty() && family == held_family);
        score += u32::from(!given.is_empty() && given == held_given);
    }
    let tight = |text: &str| text.replace(' ', "").to_uppercase();
    if let (Some(a), Some(b)) = (&claim.postcode, &known.postcode) {
        score += u32::from(tight(a) == tight(b));
    }
    score
}

/// Possible people, most alike first. Holders of a different number are left out.
fn ranked(claim: &Details, known: &[Known]) -> Vec<PersonId> {
    let mut scored: Vec<(u32, PersonId)> = known
        .iter()
        .filter(|k| {
            claim.nhs_number.is_none() || k.nhs_number.is_none() || k.nhs_number == claim.nhs_number
        })
        .map(|k| (alike(claim, k), k.id))
        .filter(|(score, _)| *score >= 2)
        .collect();
    scored.sort_by_key(|(score, id)| (std::cmp::Reverse(*score), *id));
    scored.into_iter().map(|(_, id)| id).take(8).collect()
}
