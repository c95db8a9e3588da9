//! Tests of gait, balance, strength and standing blood pressure, and the frailty scale.

use guidance::calculators::{
    Measure, Reading,
    falls_tests::{
        BloodPressure, five_stands, four_stage_balance, lying_standing, stands_in_30_seconds,
        timed_up_and_go,
    },
    frailty as scale,
};
use terms::Sex;

use super::{
    kidney::{SEXES, sex},
    sheet::{Asked, Sheet},
};
use crate::{
    pages::guidance::mark,
    view::calculators::{Outcome, Table},
};

/// Fields of the balance test, in the order of its stages.
const STAGES: [(&str, &str); 4] = [
    ("stage_1", "Feet side by side"),
    ("stage_2", "One foot half in front"),
    ("stage_3", "One foot right in front of the other"),
    ("stage_4", "On one leg"),
];
/// Upper and lower field, when it was taken, and the minutes since standing up.
const PRESSURES: [(&str, &str, &str, f64); 3] = [
    ("lying_upper", "lying_lower", "Lying", 0.0),
    ("one_upper", "one_lower", "Standing, after 1 minute", 1.0),
    (
        "three_upper",
        "three_lower",
        "Standing, after 3 minutes",
        3.0,
    ),
];

pub fn falls_tests(sheet: &mut Sheet<'_>) {
    sheet.part("Timed up and go", "Over 3 metres.");
    let up_and_go = sheet.measure(&Asked::optional("tug", "Time", "seconds"), Measure::Seconds);

    sheet.part("Five rises from a chair", "Without the arms.");
    let five = sheet.measure(
        &Asked::optional("five", "Time for five", "seconds"),
        Measure::Seconds,
    );
    let unable = !sheet
        .ticks("unable", "Or", &[("yes", "Tried, and could not be done")])
        .is_empty();
    if unable && five.is_some() {
        sheet.wrong(
            "five",
            "A time is entered, and that it could not be done: keep one of them",
        );
    }

    sheet.part("Rises from a chair in 30 seconds", "Without the arms.");
    let stands = sheet.whole(&Asked::optional("stands", "Full rises", ""));
    let age = sheet.measure(&Asked::optional("age", "Age", "years"), Measure::Age);
    let sex = sex(&sheet.one("sex", "Sex", &SEXES, false));
    if stands.is_some() && age.is_none() {
        sheet.wrong("age", "Age: enter it too, for the average to compare with");
    }

    sheet.part(
        "Four-stage balance",
        "Seconds held, up to 10. Leave empty what was not tried.",
    );
    let held = STAGES.map(|(name, label)| sheet.number(&Asked::optional(name, label, "seconds")));
    let tried: Vec<f64> = held.iter().map_while(|seconds| *seconds).collect();
    if let (Some((name, label)), true) = (
        STAGES.get(tried.len()),
        held.iter().skip(tried.len()).any(Option::is_some),
    ) {
        sheet.wrong(
            name,
            format!("{label}: enter it too, for the stages come one after the other"),
        );
    }

    sheet.part(
        "Blood pressure lying and standing",
        "Lying for 5 minutes first; then standing.",
    );
    let pressures = PRESSURES.map(|row| pressure(sheet, row));

    if !sheet.sound() {
        return;
    }
    let [lying, one, three] = pressures;
    let standing: Vec<(f64, BloodPressure)> = [one, three].into_iter().flatten().collect();
    if let (None, Some(_)) = (lying, standing.first()) {
        sheet.wrong("lying_upper", "Lying: enter it too");
    }
    let mut any = false;
    if let Some(seconds) = up_and_go {
        any = true;
        if let Some(shown) = sheet.settle("tug", &[], |_| timed_up_and_go(seconds)) {
            sheet.shown(&shown);
        }
    }
    if five.is_some() || unable {
        any = true;
        if let Some(shown) = sheet.settle("five", &[], |_| five_stands(five)) {
            sheet.shown(&shown);
        }
    }
    if let (Some(stands), Some(age)) = (stands, age) {
        any = true;
        let sex = sex.unwrap_or(Sex::NotKnown);
        let shown = sheet.settle("stands", &[], |_| stands_in_30_seconds(stands, age, sex));
        if let Some(shown) = shown {
            sheet.shown(&shown);
        }
    }
    if !tried.is_empty() {
        any = true;
        let shown = sheet.settle("stage_1", &[], |_| four_stage_balance(&tried));
        if let Some(shown) = shown {
            sheet.shown(&shown);
        }
    }
    if let Some((_, lying)) = lying {
        any = true;
        let shown = sheet.settle("one_upper", &[], |_| lying_standing(lying, &standing));
        if let Some(shown) = shown {
            sheet.shown(&shown);
        }
    }
    if !any && sheet.sound() {
        sheet.wrong("tug", "Enter the figures of at least one test");
    }
}

fn pressure(
    sheet: &mut Sheet<'_>,
    (upper_name, lower_name, when, minutes): (&str, &str, &str, f64),
) -> Option<(f64, BloodPressure)> {
    let (upper_label, lower_label) = (format!("{when}: upper"), format!("{when}: lower"));
    let mut read = |name: &str, label: &str, measure: Measure| -> Option<Reading> {
        sheet.measure(&Asked::optional(name, label, "mmHg"), measure)
    };
    let upper = read(upper_name, &upper_label, Measure::Systolic);
    let lower = read(lower_name, &lower_label, Measure::Diastolic);
    match (upper, lower) {
        (Some(systolic), Some(diastolic)) => {
            let pressure = BloodPressure {
                systolic,
                diastolic,
            };
            // Against itself: only whether the two figures go together.
            sheet.settle(upper_name, &[], |_| {
                lying_standing(pressure, &[(1.0, pressure)])
            })?;
            Some((minutes, pressure))
        }
        (Some(_), None) => {
            sheet.wrong(lower_name, format!("{lower_label}: enter it too"));
            None
        }
        (None, Some(_)) => {
            sheet.wrong(upper_name, format!("{upper_label}: enter it too"));
            None
        }
        (None, None) => None,
    }
}

pub fn frailty(sheet: &mut Sheet<'_>) {
    let level = sheet.whole(&Asked::needed("level", "Level as recorded", "1 to 9"));
    let (Some(level), true) = (level, sheet.sound()) else {
        return;
    };
    if let Some((found, source)) = sheet.settle("level", &[], |_| scale::frailty(i64::from(level)))
    {
        sheet.outcome(Outcome {
            title: "Clinical Frailty Scale".to_owned(),
            value: format!("{} of 9", found.level),
            working: found.words.clone(),
            source: source.words,
            mark: mark(source.status),
            ..Outcome::default()
        });
    }
}

pub fn levels() -> Option<Table> {
    let held = scale::data();
    Some(Table {
        caption: "The nine levels, in Herald’s own words. Choose a level with the scale itself."
            .to_owned(),
        headers: vec!["Level", "Stands for"],
        rows: held
            .body
            .levels
            .iter()
            .map(|level| vec![level.level.to_string(), level.words.clone()])
            .collect(),
    })
}
