//! What holds of everybody.

use proptest::{collection::vec, prelude::*, sample::select};
use qfracture::{
    ALCOHOL, DISCLAIMER, ETHNICITY, Field, Flag, Flags, NAME, Profile, Refusal, SMOKING, Sex, score,
};

const USUAL: Profile = Profile {
    sex: Sex::Female,
    age: 70,
    bmi: 25.0,
    alcohol_cat6: 0,
    ethrisk: 1,
    smoke_cat: 0,
    flags: Flags::NONE,
    surv: 10,
};

fn people() -> impl Strategy<Value = Profile> {
    (
        select(Sex::ALL.to_vec()),
        30..=100,
        20.0..=40.0,
        0..=5,
        1..=9,
        0..=4,
        vec(select(Flag::ALL.to_vec()), 0..8),
        1..=18,
    )
        .prop_map(
            |(sex, age, bmi, alcohol_cat6, ethrisk, smoke_cat, flags, surv)| Profile {
                sex,
                age,
                bmi,
                alcohol_cat6,
                ethrisk,
                smoke_cat,
                flags: flags.into_iter().collect(),
                surv,
            },
        )
}

/// Whether (overall, hip) have the flag.
fn counts(sex: Sex, flag: Flag) -> (bool, bool) {
    match (sex, flag) {
        (Sex::Female, Flag::CareHome) | (Sex::Male, Flag::Endocrine | Flag::HrtOestrogen) => {
            (false, false)
        }
        (_, Flag::Malabsorption) | (Sex::Female, Flag::FhOsteoporosis) => (true, false),
        _ => (true, true),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn is_a_percentage(profile in people()) {
        let score = score(&profile).unwrap();
        for risk in [score.mof, score.hip] {
            prop_assert!((0.0..=100.0).contains(&risk), "{risk}");
        }
        prop_assert_eq!(score.hip_exceeds_mof(), score.hip > score.mof);
    }

    #[test]
    fn grows_with_the_years(profile in people()) {
        let mut before = (0.0, 0.0);
        for surv in 1..=18 {
            let now = score(&Profile { surv, ..profile }).unwrap();
            prop_assert!(now.mof >= before.0 && now.hip >= before.1, "year {surv}");
            before = (now.mof, now.hip);
        }
    }

    #[test]
    fn a_flag_works_one_way_where_it_counts_and_nowhere_else(
        profile in people(),
        flag in select(Flag::ALL.to_vec()),
    ) {
        let without = score(&Profile { flags: profile.flags.without(flag), ..profile }).unwrap();
        let with = score(&Profile { flags: profile.flags.with(flag), ..profile }).unwrap();
        let (mof, hip) = counts(profile.sex, flag);
        for (counts, without, with) in [(mof, without.mof, with.mof), (hip, without.hip, with.hip)] {
            if !counts {
                prop_assert_eq!(with, without);
            } else if flag == Flag::HrtOestrogen {
                prop_assert!(with <= without);
            } else {
                prop_assert!(with >= without);
            }
        }
    }

    #[test]
    fn any_values_are_scored_or_refused(
        sex in select(Sex::ALL.to_vec()),
        age: i32, bmi: f64, alcohol_cat6: i32, ethrisk: i32, smoke_cat: i32, surv: i32,
    ) {
        let profile = Profile { sex, age, bmi, alcohol_cat6, ethrisk, smoke_cat, flags: Flags::NONE, surv };
        if let Ok(score) = score(&profile) {
            prop_assert!((0.0..=100.0).contains(&score.mof));
        }
    }
}

fn with(field: Field, value: f64) -> Profile {
    let whole = value as i32;
    match field {
        Field::Age => Profile {
            age: whole,
            ..USUAL
        },
        Field::Bmi => Profile {
            bmi: value,
            ..USUAL
        },
        Field::Alcohol => Profile {
            alcohol_cat6: whole,
            ..USUAL
        },
        Field::Ethnicity => Profile {
            ethrisk: whole,
            ..USUAL
        },
        Field::Smoking => Profile {
            smoke_cat: whole,
            ..USUAL
        },
        Field::Years => Profile {
            surv: whole,
            ..USUAL
        },
    }
}

#[test]
fn each_range_ends_where_the_original_ends_it() {
    let ranges = [
        (Field::Age, 30.0, 100.0),
        (Field::Bmi, 20.0, 40.0),
        (Field::Alcohol, 0.0, 5.0),
        (Field::Ethnicity, 1.0, 9.0),
        (Field::Smoking, 0.0, 4.0),
        (Field::Years, 1.0, 18.0),
    ];
    assert_eq!(ranges.map(|(field, ..)| field), Field::ALL);
    for sex in Sex::ALL {
        for (field, lowest, highest) in ranges {
            assert_eq!(field.range(), (lowest, highest));
            let ask = |value| {
                score(&Profile {
                    sex,
                    ..with(field, value)
                })
            };
            assert!(ask(lowest).is_ok() && ask(highest).is_ok(), "{field:?}");
            let outside = match field {
                Field::Bmi => [lowest.next_down(), highest.next_up()],
                _ => [lowest - 1.0, highest + 1.0],
            };
            for value in outside {
                assert_eq!(ask(value), Err(Refusal { field, value }));
            }
        }
    }
    for bmi in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -0.0] {
        assert!(score(&Profile { bmi, ..USUAL }).is_err(), "{bmi}");
    }
}

#[test]
fn a_refusal_says_what_was_wrong_and_what_is_taken() {
    let refusal = score(&with(Field::Bmi, 19.99)).unwrap_err();
    assert_eq!(
        refusal.to_string(),
        "bmi is 19.99; QFracture-2012 takes 20 to 40"
    );
    let refusal = score(&with(Field::Alcohol, -1.0)).unwrap_err();
    assert_eq!(
        refusal.to_string(),
        "alcohol_cat6 is -1; QFracture-2012 takes 0 to 5"
    );
}

#[test]
fn every_code_has_a_meaning_and_every_flag_its_name() {
    for (field, first, meanings) in [
        (Field::Alcohol, 0.0, ALCOHOL.len()),
        (Field::Ethnicity, 1.0, ETHNICITY.len()),
        (Field::Smoking, 0.0, SMOKING.len()),
    ] {
        assert_eq!(field.range(), (first, first + meanings as f64 - 1.0));
    }
    for flag in Flag::ALL {
        assert_eq!(Flag::from_code(flag.code()), Some(flag));
        assert!(!flag.words().is_empty());
    }
    let all: Flags = Flag::ALL.into_iter().collect();
    assert_eq!(all.iter().count(), 20);
}

/// The licence asks for these words as they are; the notice has them too.
#[test]
fn the_disclaimer_is_the_one_of_the_licence() {
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words(include_str!("../NOTICE")).contains(&words(DISCLAIMER)));
    assert_eq!(DISCLAIMER.lines().count(), 5);
    assert!(NAME.contains("QFracture-2012") && NAME.contains("not the current web version"));
}
