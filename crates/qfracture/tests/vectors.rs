//! What the original C answers, run over made-up people.

use qfracture::{Flag, Flags, Profile, Score, Sex, score};
use serde_json::Value;

const TOLERANCE: f64 = 1e-9;

fn vectors() -> Vec<Value> {
    let file: Value = serde_json::from_str(include_str!("vectors.json")).unwrap();
    file["vectors"].as_array().unwrap().clone()
}

fn profile(vector: &Value) -> Profile {
    let whole = |name: &str| i32::try_from(vector[name].as_i64().unwrap()).unwrap();
    Profile {
        sex: Sex::from_code(vector["sex"].as_str().unwrap()).unwrap(),
        age: whole("age"),
        bmi: vector["bmi"].as_f64().unwrap(),
        alcohol_cat6: whole("alcohol_cat6"),
        ethrisk: whole("ethrisk"),
        smoke_cat: whole("smoke_cat"),
        flags: vector["flags"]
            .as_array()
            .unwrap()
            .iter()
            .map(|flag| Flag::from_code(flag.as_str().unwrap()).unwrap())
            .collect(),
        surv: whole("surv"),
    }
}

#[test]
fn answers_as_the_original_answers() {
    let mut compared = 0;
    let mut hip_higher = 0;
    for vector in vectors().iter().filter(|v| v["error"] == false) {
        let Score { mof, hip } = score(&profile(vector)).unwrap();
        for (name, ours) in [("mof", mof), ("hip", hip)] {
            let theirs = vector[name].as_f64().unwrap();
            assert!(
                (ours - theirs).abs() <= TOLERANCE,
                "{} {name}: {ours} and not {theirs}",
                vector["id"]
            );
        }
        let higher = Score { mof, hip }.hip_exceeds_mof();
        assert_eq!(higher, vector["hip_exceeds_mof"], "{}", vector["id"]);
        hip_higher += u32::from(higher);
        compared += 1;
    }
    assert_eq!(compared, 273);
    assert!(hip_higher > 0);
}

#[test]
fn refuses_as_the_original_refuses() {
    let vectors = vectors();
    let refused: Vec<_> = vectors.iter().filter(|v| v["error"] == true).collect();
    assert_eq!(refused.len(), 14);
    for vector in refused {
        assert!(score(&profile(vector)).is_err(), "{}", vector["id"]);
    }
}

/// Five people whose scores by the original stand beside another port of it, to six decimals.
#[test]
fn agrees_with_scores_published_elsewhere() {
    use Flag::*;
    let person = |sex, age, height: f64, weight: f64, flags: &[Flag]| Profile {
        sex,
        age,
        bmi: weight / (height / 100.0).powi(2),
        alcohol_cat6: 0,
        ethrisk: 1,
        smoke_cat: 0,
        flags: flags.iter().copied().collect::<Flags>(),
        surv: 10,
    };
    let published = [
        (
            person(Sex::Female, 65, 165.0, 68.0, &[]),
            4.551261,
            1.187594,
        ),
        (
            Profile {
                alcohol_cat6: 4,
                smoke_cat: 4,
                ..person(
                    Sex::Female,
                    75,
                    160.0,
                    56.0,
                    &[Fracture, RaSle, Corticosteroids, FhOsteoporosis],
                )
            },
            45.194353,
            35.514128,
        ),
        (
            Profile {
                smoke_cat: 3,
                ..person(Sex::Male, 70, 175.0, 92.0, &[Type2, Cvd, AsthmaCopd])
            },
            4.146912,
            2.527956,
        ),
        (
            person(
                Sex::Male,
                80,
                172.0,
                71.0,
                &[Falls, Parkinsons, Type1, CareHome],
            ),
            47.924641,
            80.247719,
        ),
        (
            Profile {
                ethrisk: 2,
                ..person(
                    Sex::Female,
                    60,
                    158.0,
                    60.0,
                    &[HrtOestrogen, Antidepressant],
                )
            },
            2.969878,
            0.428621,
        ),
    ];
    for (profile, mof, hip) in published {
        let ours = score(&profile).unwrap();
        assert!((ours.mof - mof).abs() < 1e-6, "{profile:?}: {ours:?}");
        assert!((ours.hip - hip).abs() < 1e-6, "{profile:?}: {ours:?}");
    }
}
