//! Small sums: worked examples, what may not happen, and mixed-up units.

use guidance::calculators::{
    Ask, Measure, Reading,
    alcohol::{self, Drink, alcohol},
    bmi::{self, bmi},
    calcium::{self, Eaten, calcium},
    falls_tests::{
        BloodPressure, five_stands, four_stage_balance, lying_standing, stands_in_30_seconds,
        timed_up_and_go,
    },
    frailty::frailty,
    height_loss::{self, Tallest, height_loss},
    kidney::{self, cockcroft_gault, egfr},
    steroids::{self, Class, Steroid, steroids},
    units::{self, read, read_height, read_weight},
};
use guidance::source::Status;
use proptest::prelude::*;
use terms::Sex;

fn body(height: f64, weight: f64) -> bmi::Input {
    bmi::Input {
        height: height.into(),
        weight: weight.into(),
    }
}

fn blood(age: f64, sex: Sex, creatinine: f64) -> kidney::Input {
    kidney::Input {
        age: age.into(),
        sex,
        creatinine: creatinine.into(),
    }
}

fn perhaps(measure: Measure, value: f64) -> Option<f64> {
    let ask = read(measure, value).unwrap_err();
    assert_eq!(ask.typed, value.to_string());
    ask.perhaps
}

#[test]
fn mixed_up_units_are_asked_about_and_kept_as_typed() {
    assert_eq!(perhaps(Measure::Creatinine, 1.1), Some(97.0));
    assert_eq!(perhaps(Measure::Creatinine, 0.3), Some(27.0));
    assert_eq!(perhaps(Measure::Creatinine, 15.0), Some(1326.0));
    assert_eq!(perhaps(Measure::Height, 1.62), Some(162.0));
    assert_eq!(perhaps(Measure::Height, 64.0), Some(163.0));
    assert_eq!(perhaps(Measure::Height, 1620.0), Some(162.0));
    // "5.4" may be 5 ft 4 in or 5.4 ft.
    assert_eq!(perhaps(Measure::Height, 5.4), None);
    assert!(
        read(Measure::Height, 5.4)
            .unwrap_err()
            .words
            .contains("feet")
    );
    assert_eq!(perhaps(Measure::Weight, 8.5), Some(54.0));
    assert_eq!(perhaps(Measure::Weight, 230.0), Some(104.0));
    assert_eq!(perhaps(Measure::Calcium, 9.6), Some(2.4));
    assert_eq!(perhaps(Measure::TScore, -25.0), Some(-2.5));
    assert_eq!(perhaps(Measure::TScore, -7.1), None);
    assert_eq!(perhaps(Measure::TScore, 5.1), None);
    assert_eq!(perhaps(Measure::Age, 30.0), None);
    // Nothing tells 20 ng/mL of vitamin D from 20 nmol/L.
    assert_eq!(read(Measure::VitaminD, 20.0), Ok(20.0));
    assert!(read(Measure::Height, f64::NAN).is_err());
}

#[test]
fn only_the_unusual_can_be_confirmed() {
    let confirmed = |measure, value| read(measure, Reading::confirmed(value));
    assert_eq!(confirmed(Measure::Age, 30.0), Ok(30.0));
    assert_eq!(confirmed(Measure::Weight, 230.0), Ok(230.0));
    assert!(read(Measure::Weight, 230.0).unwrap_err().confirmable);
    for (measure, value) in [
        (Measure::Creatinine, 1.1),
        (Measure::Height, 5.4),
        (Measure::Height, 64.0),
        (Measure::Weight, 8.5),
        (Measure::Calcium, 9.6),
        (Measure::TScore, -25.0),
        (Measure::Age, 12.0),
    ] {
        let ask = confirmed(measure, value).unwrap_err();
        assert!(!ask.confirmable, "{measure} {value}");
    }
}

#[test]
fn what_people_say_is_understood_but_only_proposed() {
    assert_eq!(read_height("162"), Ok(162.0));
    assert_eq!(read_height(" 162 cm "), Ok(162.0));
    let perhaps = |ask: Result<f64, Ask>| ask.unwrap_err().perhaps;
    for text in [
        "5 ft 4",
        "5'4\"",
        "5 ft 4 in",
        "5 feet 4 inches",
        "5ft. 4in",
    ] {
        assert_eq!(perhaps(read_height(text)), Some(163.0), "{text}");
        assert_eq!(read_height(text).unwrap_err().typed, text);
    }
    assert_eq!(perhaps(read_height("1.62 m")), Some(162.0));
    assert_eq!(read_weight("52 kg"), Ok(52.0));
    assert_eq!(perhaps(read_weight("8 st 3 lb")), Some(52.0));
    assert_eq!(perhaps(read_weight("8 stone")), Some(51.0));
    assert_eq!(perhaps(read_weight("130 lb")), Some(59.0));
    for text in ["", "tall", "5 ft 4 in 3", "99 ft", "5 4", "1.2.3"] {
        assert_eq!(perhaps(read_height(text)), None, "{text}");
    }
}

#[test]
fn body_mass_index() {
    let worked = bmi(body(160.0, 64.0)).unwrap();
    assert!((worked.result - 25.0).abs() < 1e-9);
    assert_eq!(worked.working, "64 kg ÷ (1.6 m × 1.6 m) = 25.0 kg/m²");
    let first = |height, weight| bmi(body(height, weight)).unwrap().means[0].id.clone();
    assert_eq!(first(160.0, 45.0), "underweight");
    assert_eq!(first(160.0, 50.0), "low");
    assert_eq!(first(160.0, 60.0), "healthy");
    assert_eq!(first(160.0, 80.0), "obese");
    // 150 lb typed as kilograms is a possible weight, but not at this height.
    let ask = bmi(body(155.0, 150.0)).unwrap_err();
    assert_eq!(ask.perhaps, Some(68.0));
    assert!(ask.confirmable && ask.words.contains("pounds"));
    let input = bmi::Input {
        height: Reading::confirmed(155.0),
        weight: Reading::confirmed(150.0),
    };
    assert!(bmi(input).is_ok());
    assert!(bmi(body(5.4, 60.0)).is_err());
    assert!(bmi(body(162.0, 8.5)).is_err());
}

#[test]
fn lost_height() {
    let of = |tallest: f64, now: f64, known_by| {
        height_loss(height_loss::Input {
            tallest: tallest.into(),
            known_by,
            now: now.into(),
        })
    };
    let lost = of(160.1, 156.1, Tallest::Measured).unwrap();
    assert_eq!(
        (lost.result.cm, lost.result.nogg, lost.result.ng259),
        (4.0, true, false)
    );
    assert_eq!(lost.means[0].id, "nogg_only");
    let lost = of(165.0, 158.5, Tallest::Remembered).unwrap();
    assert_eq!(lost.working, "165 cm − 158.5 cm = 6.5 cm");
    let ids: Vec<_> = lost.means.iter().map(|remark| remark.id.as_str()).collect();
    assert_eq!(ids, ["both", "remembered"]);
    assert_eq!(
        of(160.0, 157.0, Tallest::Measured).unwrap().means[0].id,
        "neither"
    );
    assert_eq!(of(160.0, 161.5, Tallest::Measured).unwrap().result.cm, 0.0);
    assert!(!of(155.0, 165.0, Tallest::Measured).unwrap_err().confirmable);
    assert!(
        of(180.0, 160.0, Tallest::Remembered)
            .unwrap_err()
            .confirmable
    );
    assert!(of(5.6, 160.0, Tallest::Remembered).is_err());
}

#[test]
fn creatinine_clearance() {
    let worked = cockcroft_gault(blood(81.0, Sex::Female, 96.0), 52.0).unwrap();
    assert!((worked.result - 33.2367).abs() < 1e-3);
    assert_eq!(
        worked.working,
        "((140 − 81) × 52 kg × 1.04) ÷ 96 = 33 mL/min"
    );
    assert_eq!(worked.source.status, Status::Secondary);
    let man = cockcroft_gault(blood(81.0, Sex::Male, 96.0), 52.0).unwrap();
    assert!((man.result / worked.result - 1.23 / 1.04).abs() < 1e-9);
    // 34.7 is below 35, and must not read as 35.
    let near = cockcroft_gault(blood(80.0, Sex::Female, 100.0), 55.6).unwrap();
    assert!(near.result < 35.0 && near.result > 34.5);
    assert!(near.working.ends_with("= 34 mL/min"), "{}", near.working);
}

#[test]
fn kidney_sums_ask_rather_than_guess() {
    assert_eq!(
        cockcroft_gault(blood(81.0, Sex::Female, 1.1), 52.0)
            .unwrap_err()
            .perhaps,
        Some(97.0)
    );
    assert_eq!(
        cockcroft_gault(blood(81.0, Sex::Female, 96.0), 8.2)
            .unwrap_err()
            .of,
        "weight"
    );
    assert_eq!(
        cockcroft_gault(blood(81.0, Sex::NotKnown, 96.0), 52.0)
            .unwrap_err()
            .of,
        "sex"
    );
    assert_eq!(egfr(blood(30.0, Sex::Male, 96.0)).unwrap_err().of, "age");
    assert!(egfr(blood(70.0, Sex::Male, 1.2)).is_err());
}

/// CKD-EPI 2009 by hand: a woman of 70 with 62 µmol/L is just above the knee at 0.7 mg/dL.
#[test]
fn estimated_filtration() {
    let rate = |age, sex, creatinine| egfr(blood(age, sex, creatinine)).unwrap().result;
    let by_hand = 141.0 * (80.0_f64 / 88.4 / 0.7).powf(-1.209) * 0.993_f64.powf(70.0) * 1.018;
    assert!((rate(70.0, Sex::Female, 80.0) - by_hand).abs() < 1e-9);
    let by_hand = 141.0 * (70.0_f64 / 88.4 / 0.9).powf(-0.411) * 0.993_f64.powf(60.0);
    assert!((rate(60.0, Sex::Male, 70.0) - by_hand).abs() < 1e-9);
    assert!((60.0..66.0).contains(&rate(70.0, Sex::Female, 80.0)));
}

#[test]
fn units_of_alcohol() {
    let wine = Drink {
        ml: 250.0,
        percent: 12.0,
        a_week: 7.0,
    };
    let worked = alcohol(&[wine]).unwrap();
    assert!((worked.result.a_week - 21.0).abs() < 1e-9);
    // 3 a day exactly reaches the line.
    assert!(worked.result.frax);
    let pint = Drink {
        ml: 568.0,
        percent: 4.0,
        a_week: 3.0,
    };
    let worked = alcohol(&[pint]).unwrap();
    assert!(!worked.result.frax);
    assert_eq!(
        worked.working,
        "3 × 568 ml × 4% ÷ 1000 = 6.8; together 6.8 units a week, 1 a day"
    );
    assert_eq!(alcohol(&[]).unwrap().result.a_week, 0.0);
    assert_eq!(alcohol(&[Drink { ml: 1.0, ..pint }]).unwrap_err().of, "ml");
    assert_eq!(
        alcohol(&[Drink {
            percent: 0.04,
            ..pint
        }])
        .unwrap_err()
        .of,
        "percent"
    );
    assert_eq!(
        alcohol(&[Drink {
            percent: 120.0,
            ..pint
        }])
        .unwrap_err()
        .of,
        "percent"
    );
    assert_eq!(
        alcohol(&[Drink {
            a_week: f64::NAN,
            ..pint
        }])
        .unwrap_err()
        .of,
        "a_week"
    );
    assert!(!alcohol::data().body.drinks.is_empty());
}

#[test]
fn doses_of_steroids() {
    let of = |doses: &[(Steroid, f64)], months| {
        steroids(&steroids::Input {
            doses: doses.to_vec(),
            months,
            ..steroids::Input::default()
        })
    };
    for &steroid in Steroid::ALL {
        let equivalent = steroids::data().body.equivalent(steroid).unwrap();
        let taken = of(&[(steroid, equivalent.mg)], None).unwrap().result;
        assert!((taken.prednisolone_mg - 5.0).abs() < 1e-9, "{steroid}");
    }
    let classes = |mg, months| {
        of(&[(Steroid::Prednisolone, mg)], months)
            .unwrap()
            .result
            .classes
    };
    assert_eq!(classes(4.9, Some(12.0)), []);
    // 5 mg counts after more than three months, 15 mg from three months on.
    assert_eq!(classes(5.0, Some(3.0)), []);
    assert_eq!(classes(5.0, Some(3.1)), [Class::Steroids]);
    assert_eq!(classes(7.5, Some(4.0)), [Class::Steroids, Class::High]);
    assert_eq!(classes(15.0, Some(3.0)), [Class::VeryHigh]);
    assert_eq!(
        classes(15.0, Some(6.0)),
        [Class::Steroids, Class::High, Class::VeryHigh]
    );
    let open = of(&[(Steroid::Dexamethasone, 1.5)], None).unwrap();
    assert_eq!((open.result.classes.len(), open.result.open.len()), (0, 2));
    assert_eq!(
        open.working,
        "1.5 mg of dexamethasone × 5 ÷ 0.75 = 10 mg; together 10 mg of prednisolone a day"
    );
    // Micrograms typed as milligrams.
    assert!(of(&[(Steroid::Dexamethasone, 500.0)], None).is_err());
    assert!(of(&[(Steroid::Prednisolone, -5.0)], None).is_err());
    assert!(of(&[(Steroid::Prednisolone, 5.0)], Some(-1.0)).is_err());
}

#[test]
fn rescue_packs_and_replacement() {
    let packs = |rescue_packs| {
        let input = steroids::Input {
            rescue_packs: Some(rescue_packs),
            ..steroids::Input::default()
        };
        steroids(&input).unwrap().result.classes
    };
    assert_eq!(packs(2), []);
    assert_eq!(packs(3), [Class::Rescue]);
    let input = steroids::Input {
        doses: vec![(Steroid::Hydrocortisone, 25.0)],
        months: Some(60.0),
        replacement: true,
        ..steroids::Input::default()
    };
    let worked = steroids(&input).unwrap();
    assert_eq!(worked.result.classes, []);
    assert!((worked.result.prednisolone_mg - 6.25).abs() < 1e-9);
    assert_eq!(worked.means[0].id, "replacement");
}

fn eaten(food: &str, portions_a_week: f64) -> Eaten {
    Eaten {
        food: food.to_owned(),
        portions_a_week,
    }
}

#[test]
fn calcium_in_food() {
    let worked = calcium(&[eaten("milk", 14.0), eaten("hard_cheese", 7.0)], None).unwrap();
    assert!((worked.result.total_mg - 462.0).abs() < 1e-9);
    assert_eq!(worked.result.other_mg, 0.0);
    assert_eq!(worked.means[0].id, "low");
    assert_eq!(
        worked.working,
        "(14 × 120 + 7 × 222) ÷ 7 = 462 mg a day from these foods; 0 mg allowed for others; together 462 mg a day"
    );
    let missing: Vec<f64> = worked.result.targets.iter().map(|(_, mg)| *mg).collect();
    assert_eq!(missing, [238.0, 538.0, 738.0]);
    let means = |other| calcium(&[eaten("milk", 35.0)], Some(other)).unwrap().means;
    assert_eq!(means(100.0)[0].id, "low");
    assert_eq!(means(101.0)[0].id, "middle");
    assert_eq!(means(400.0)[0].id, "enough");
    let much = calcium(&[eaten("milk", 130.0)], None).unwrap().means;
    assert_eq!(much.last().unwrap().id, "too_much");
    assert_eq!(
        calcium(&[eaten("ambrosia", 1.0)], None).unwrap_err().of,
        "food"
    );
    // Millilitres instead of portions.
    assert_eq!(
        calcium(&[eaten("milk", 568.0)], None).unwrap_err().of,
        "portions"
    );
    assert!(calcium(&[], Some(5000.0)).is_err());
    assert!(
        calcium::data()
            .body
            .allowance
            .as_ref()
            .unwrap()
            .published_mg
            > 0.0
    );
}

#[test]
fn tests_of_gait_and_strength() {
    let tug = |seconds: f64| timed_up_and_go(seconds).unwrap();
    assert_eq!(tug(15.0).act, Some(true));
    assert_eq!(tug(14.9).act, Some(false));
    assert!(tug(9.0).means.starts_with("Under 10"));
    assert!(tug(9.0).caveat.unwrap().contains("does not predict falls"));
    assert!(timed_up_and_go(0.5).is_err());
    assert_eq!(five_stands(Some(15.0.into())).unwrap().act, Some(false));
    assert_eq!(five_stands(Some(15.1.into())).unwrap().act, Some(true));
    assert_eq!(five_stands(None).unwrap().act, Some(true));
    let stands = |stands, age: f64, sex| stands_in_30_seconds(stands, age, sex).unwrap().act;
    assert_eq!(stands(9, 72.0, Sex::Female), Some(true));
    assert_eq!(stands(10, 72.0, Sex::Female), Some(false));
    assert_eq!(stands(10, 72.0, Sex::Male), Some(true));
    assert_eq!(stands(10, 55.0, Sex::Male), None);
    assert_eq!(stands(10, 72.0, Sex::NotKnown), None);
    assert!(stands_in_30_seconds(80, 72.0, Sex::Male).is_err());
    let balance = |held: &[f64]| four_stage_balance(held).unwrap().act;
    assert_eq!(balance(&[10.0, 10.0, 10.0, 3.0]), Some(false));
    assert_eq!(balance(&[10.0, 10.0, 6.0]), Some(true));
    assert_eq!(balance(&[10.0, 4.0]), Some(true));
    // Stopped before the stage that counts: nothing is known.
    assert_eq!(balance(&[10.0, 10.0]), None);
    assert!(four_stage_balance(&[]).is_err());
    assert!(four_stage_balance(&[10.0, 600.0]).is_err());
}

#[test]
fn blood_pressure_on_standing() {
    let lying = BloodPressure::new(140.0, 80.0);
    let act = |standing: &[(f64, (f64, f64))]| {
        let standing: Vec<_> = standing
            .iter()
            .map(|(minute, (upper, lower))| (*minute, BloodPressure::new(*upper, *lower)))
            .collect();
        lying_standing(lying, &standing).map(|shown| shown.act)
    };
    assert_eq!(act(&[(1.0, (121.0, 71.0))]), Ok(Some(false)));
    assert_eq!(act(&[(1.0, (120.0, 80.0))]), Ok(Some(true)));
    assert_eq!(
        act(&[(1.0, (139.0, 80.0)), (3.0, (138.0, 70.0))]),
        Ok(Some(true))
    );
    // After 3 minutes it does not count.
    assert_eq!(
        act(&[(1.0, (139.0, 80.0)), (5.0, (100.0, 60.0))]),
        Ok(Some(false))
    );
    assert!(act(&[]).is_err());
    assert!(act(&[(5.0, (100.0, 60.0))]).is_err());
    assert!(act(&[(1.0, (70.0, 120.0))]).is_err());
    let low = lying_standing(
        BloodPressure::new(100.0, 60.0),
        &[(1.0, BloodPressure::new(88.0, 58.0))],
    );
    assert_eq!(low.unwrap().act, Some(true));
}

#[test]
fn levels_of_frailty_are_read_back() {
    for level in 1..=9 {
        let (held, source) = frailty(level).unwrap();
        assert!(!held.words.is_empty());
        assert_eq!(source.status, Status::Unverified);
    }
    assert!(frailty(0).is_err() && frailty(10).is_err());
}

#[test]
fn every_measure_has_bounds() {
    for &measure in Measure::ALL {
        let bounds = units::data().body.bounds(measure).unwrap();
        assert_eq!(bounds.words, measure.words());
        assert!(bounds.possible.0 <= bounds.plausible.0);
        assert!(bounds.plausible.1 <= bounds.possible.1);
    }
}

proptest! {
    #[test]
    fn bmi_rises_with_weight_and_falls_with_height(
        height in 145.0f64..165.0, weight in 50.0f64..80.0, more in 0.1f64..10.0
    ) {
        let of = |height: f64, weight: f64| bmi(body(height, weight)).unwrap().result;
        prop_assert!(of(height, weight + more) > of(height, weight));
        prop_assert!(of(height + more, weight) < of(height, weight));
    }

    #[test]
    fn kidney_function_falls_with_age_and_creatinine(
        age in 50.0f64..100.0, years in 0.5f64..5.0, creatinine in 30.0f64..400.0, more in 1.0f64..100.0,
        weight in 40.0f64..120.0, woman: bool
    ) {
        let sex = if woman { Sex::Female } else { Sex::Male };
        let both = |age, creatinine| (
            cockcroft_gault(blood(age, sex, creatinine), weight).unwrap().result,
            egfr(blood(age, sex, creatinine)).unwrap().result,
        );
        let now = both(age, creatinine);
        let older = both(age + years, creatinine);
        let higher = both(age, creatinine + more);
        prop_assert!(older.0 < now.0 && older.1 < now.1);
        prop_assert!(higher.0 < now.0 && higher.1 < now.1);
        prop_assert!(now.0 > 0.0 && now.1 > 0.0);
    }

    #[test]
    fn the_words_never_round_clearance_up(
        age in 50.0f64..100.0, creatinine in 30.0f64..400.0, weight in 40.0f64..120.0
    ) {
        let worked = cockcroft_gault(blood(age, Sex::Female, creatinine), weight).unwrap();
        let shown: f64 = worked.working.rsplit_once("= ").unwrap().1
            .trim_end_matches(" mL/min").parse().unwrap();
        prop_assert!(shown <= worked.result && worked.result < shown + 1.0);
    }

    /// Nothing outside of what is possible is ever used, confirmed or not.
    #[test]
    fn the_impossible_is_never_taken(value in prop::num::f64::ANY, confirmed: bool) {
        for &measure in Measure::ALL {
            let (low, high) = units::data().body.bounds(measure).unwrap().possible;
            match read(measure, Reading { value, confirmed }) {
                Ok(taken) => prop_assert!(taken == value && (low..=high).contains(&value)),
                Err(ask) => {
                    prop_assert!(!ask.words.is_empty());
                    prop_assert_eq!(ask.typed, value.to_string());
                }
            }
        }
    }

    #[test]
    fn what_is_proposed_instead_is_itself_possible(value in -100.0f64..3000.0) {
        for &measure in Measure::ALL {
            if let Err(Ask { perhaps: Some(perhaps), .. }) = read(measure, value) {
                prop_assert!(read(measure, Reading::confirmed(perhaps)).is_ok(), "{} {}", measure, value);
            }
        }
    }

    #[test]
    fn any_text_for_a_height_or_weight_is_answered(text in "[0-9a-z.'\" ,’é]{0,16}") {
        for read in [read_height(&text), read_weight(&text)] {
            if let Err(ask) = read {
                prop_assert_eq!(ask.typed, text.trim());
            }
        }
    }

    #[test]
    fn more_to_drink_is_more_units(ml in 25.0f64..600.0, percent in 1.0f64..45.0, a_week in 0.0f64..50.0, more in 0.1f64..20.0) {
        let of = |a_week| alcohol(&[Drink { ml, percent, a_week }]).unwrap().result;
        prop_assert!(of(a_week + more).a_week > of(a_week).a_week);
        prop_assert!(of(a_week + more).frax || !of(a_week).frax);
    }

    #[test]
    fn more_steroid_never_leaves_a_class(mg in 0.0f64..90.0, more in 0.0f64..10.0, months in 0.0f64..24.0) {
        let of = |mg| steroids(&steroids::Input {
            doses: vec![(Steroid::Prednisolone, mg)], months: Some(months), ..steroids::Input::default()
        }).unwrap().result.classes;
        let before = of(mg);
        let after = of(mg + more);
        prop_assert!(before.iter().all(|class| after.contains(class)));
    }
}
