//! QFracture-2012. ClinRisk's disclaimer stands beside every score: the licence demands it.

use ::qfracture::{
    ALCOHOL, DISCLAIMER, ETHNICITY, Field, Flag, Flags, NAME, NOTE, Profile, Refusal, SMOKING,
    Score, Sex, score,
};
use guidance::calculators::{Measure, bmi};

use super::sheet::{Asked, Sheet, with};
use crate::view::calculators::{Outcome, Remark, Table};

/// What the original names otherwise.
fn words(field: Field) -> (&'static str, &'static str) {
    match field {
        Field::Age => ("age", "Age"),
        Field::Bmi => ("weight", "Body mass index"),
        Field::Alcohol => ("alcohol", "Alcohol"),
        Field::Ethnicity => ("ethnicity", "Ethnicity"),
        Field::Smoking => ("smoking", "Smoking"),
        Field::Years => ("age", "Years"),
    }
}

fn refused(sheet: &mut Sheet<'_>, refusal: &Refusal) {
    let (at, what) = words(refusal.field);
    let (lowest, highest) = refusal.range();
    let value = (refusal.value * 100.0).round() / 100.0;
    sheet.wrong(
        at,
        format!(
            "{what} {value}: QFracture-2012 takes {lowest} to {highest}. There is no score, because one for the nearest limit would be somebody else’s."
        ),
    );
}

/// Codes of a list from its first, as the form sends them.
fn coded(list: &'static [&'static str], first: usize) -> Vec<(String, &'static str)> {
    list.iter()
        .enumerate()
        .map(|(at, words)| ((at + first).to_string(), *words))
        .collect()
}

fn pick(
    sheet: &mut Sheet<'_>,
    name: &str,
    legend: &str,
    list: &'static [&'static str],
    first: usize,
) -> Option<i32> {
    let coded = coded(list, first);
    let options: Vec<(&str, &str)> = coded
        .iter()
        .map(|(code, words)| (code.as_str(), *words))
        .collect();
    sheet.one_of_many(name, legend, &options).parse().ok()
}

pub fn qfracture(sheet: &mut Sheet<'_>) {
    sheet.part("The person", "");
    let sex = sheet.one(
        "sex",
        "Sex registered at birth",
        &[("female", "Female"), ("male", "Male")],
        true,
    );
    let age = sheet.measure(&Asked::needed("age", "Age", "whole years"), Measure::Age);
    let height = sheet.measure(&Asked::needed("height", "Height", "cm"), Measure::Height);
    let weight = sheet.measure(&Asked::needed("weight", "Weight", "kg"), Measure::Weight);
    let ethnicity = pick(sheet, "ethnicity", "Ethnicity", &ETHNICITY, 1);
    let smoking = pick(sheet, "smoking", "Smoking", &SMOKING, 0);
    let alcohol = pick(sheet, "alcohol", "Alcohol", &ALCOHOL, 0);
    sheet.part("What is true of them", "What is not ticked counts as no.");
    let options: Vec<(&str, &str)> = Flag::ALL
        .iter()
        .map(|flag| (flag.code(), flag.words()))
        .collect();
    let flags: Flags = sheet
        .ticks("flags", "Conditions and medicines", &options)
        .iter()
        .filter_map(|code| Flag::from_code(code))
        .collect();
    if flags.has(Flag::Type1) && flags.has(Flag::Type2) {
        sheet.wrong(
            "flags",
            "Both types of diabetes are ticked: keep one of them",
        );
    }
    if age.is_some_and(|age| age.value.fract() != 0.0) {
        sheet.wrong("age", "Age: enter whole years");
    }
    let (Some(sex), Some(age), Some(height), Some(weight), true) =
        (Sex::from_code(&sex), age, height, weight, sheet.sound())
    else {
        return;
    };
    let (Some(ethrisk), Some(smoke_cat), Some(alcohol_cat6)) = (ethnicity, smoking, alcohol) else {
        return;
    };
    let body = sheet.settle("weight", &["height", "weight"], |confirmed| {
        bmi::bmi(bmi::Input {
            height: with(height, confirmed),
            weight: with(weight, confirmed),
        })
    });
    let Some(body) = body else { return };
    let profile = Profile {
        sex,
        age: age.value as i32,
        bmi: body.result,
        alcohol_cat6,
        ethrisk,
        smoke_cat,
        flags,
        surv: USUAL,
    };
    let (first, last) = Field::Years.range();
    let scores: Result<Vec<(i32, Score)>, Refusal> = (first as i32..=last as i32)
        .map(|surv| score(&Profile { surv, ..profile }).map(|score| (surv, score)))
        .collect();
    match scores {
        Err(refusal) => refused(sheet, &refusal),
        Ok(scores) => sheet.outcome(outcome(&scores, &body.working)),
    }
}

/// Years ahead that are usually asked about.
const USUAL: i32 = 10;

fn outcome(scores: &[(i32, Score)], bmi: &str) -> Outcome {
    let usual = scores.iter().find(|(years, _)| *years == USUAL);
    let odd = scores.iter().any(|(_, score)| score.hip_exceeds_mof());
    Outcome {
        title: NAME.to_owned(),
        value: usual
            .map(|(years, score)| {
                format!(
                    "{:.1}% break hip, wrist, spine or shoulder within {years} years; {:.1}% break a hip",
                    score.mof, score.hip
                )
            })
            .unwrap_or_default(),
        working: format!("Body mass index: {bmi}"),
        remarks: [
            (odd, NOTE),
            (
                true,
                "Not to be held against lines made for FRAX, such as NOGG’s: it counts other fractures, knows no bone density, and does not count that people may die of something else first.",
            ),
        ]
        .into_iter()
        .filter(|(holds, _)| *holds)
        .map(|(_, words)| Remark {
            words: words.to_owned(),
            ..Remark::default()
        })
        .collect(),
        table: Some(Table {
            caption: "Within 1 to 18 years".to_owned(),
            headers: vec!["Years", "Hip, wrist, spine or shoulder", "Hip"],
            rows: scores
                .iter()
                .map(|(years, score)| {
                    vec![
                        years.to_string(),
                        format!("{:.1}%", score.mof),
                        format!("{:.1}%", score.hip),
                    ]
                })
                .collect(),
        }),
        source: "QFracture-2012, Copyright 2012 ClinRisk Ltd., from its published source, under LGPL version 3 or later"
            .to_owned(),
        disclaimer: DISCLAIMER.to_owned(),
        ..Outcome::default()
    }
}
