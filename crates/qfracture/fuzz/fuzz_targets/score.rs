#![no_main]

use libfuzzer_sys::fuzz_target;
use qfracture::{Flag, Flags, Profile, Sex, score};

// Fields near their ranges, and a BMI in hundredths beside any at all, so that the fuzzer spends its time on people who
// are scored.
fuzz_target!(|fields: (bool, i8, Result<u16, f64>, [i8; 3], u32)| {
    let (female, age, bmi, [alcohol, ethnicity, smoking], flags) = fields;
    let bmi = bmi.map_or_else(
        |any| any,
        |hundredths| 15.0 + f64::from(hundredths % 3000) / 100.0,
    );
    let [alcohol, ethnicity, smoking] = [alcohol, ethnicity, smoking].map(|code| code % 12);
    let flags: Flags = (0..)
        .zip(Flag::ALL)
        .filter(|(bit, _)| flags >> bit & 1 == 1)
        .map(|(_, flag)| flag)
        .collect();
    let mut before = None;
    for surv in -1..=20 {
        let profile = Profile {
            sex: if female { Sex::Female } else { Sex::Male },
            age: age.into(),
            bmi,
            alcohol_cat6: alcohol.into(),
            ethrisk: ethnicity.into(),
            smoke_cat: smoking.into(),
            flags,
            surv,
        };
        match score(&profile) {
            Ok(now) => {
                assert!((1..=18).contains(&surv));
                for risk in [now.mof, now.hip] {
                    assert!((0.0..=100.0).contains(&risk));
                }
                if let Some((mof, hip)) = before {
                    assert!(now.mof >= mof && now.hip >= hip);
                }
                before = Some((now.mof, now.hip));
            }
            Err(refusal) => assert!(!refusal.to_string().is_empty()),
        }
    }
});
