//! How coders and emergency departments write a true fracture down.

use terms::{Side, Site};

use crate::{
    dice::Dice,
    fractures::{Cause, Fracture},
};

/// One SNOMED CT code a bone is all that emergency care has: the radius has no ends there.
pub(crate) fn emergency(fracture: &Fracture) -> &'static str {
    match fracture.site {
        Site::Wrist => "111640008",
        Site::Forearm => match fracture.minute % 3 {
            0 => "111640008",
            1 => "71555008",
            _ => "302222008",
        },
        Site::Hip => "359817006",
        Site::Femur => "25415003",
        Site::Patella => "80756009",
        Site::LowerLeg => "447139008",
        Site::Ankle => "42188001",
        Site::Foot => "342070009",
        Site::Toe => "81576005",
        Site::Clavicle => "33173003",
        Site::Scapula => "29749002",
        Site::Humerus => "43295006",
        Site::Hand => "208394006",
        Site::Finger => "24424003",
        Site::Rib => "60667009",
        Site::Sternum => "66112004",
        Site::Skull => "371162008",
        Site::Face => "430984009",
        Site::Pelvis if fracture.minute.is_multiple_of(4) => "91037003",
        Site::Pelvis => "13695006",
        Site::Vertebra if fracture.level.is_some_and(|level| level <= 12) => "207938004",
        Site::Vertebra | Site::Unspecified => "207957008",
    }
}

/// What a hurried department may code instead: a sprain or a bruise.
pub(crate) fn emergency_missed(site: Site) -> &'static str {
    match site {
        Site::Wrist | Site::Forearm => "70704007",
        Site::Ankle => "44465007",
        Site::Foot => "49388007",
        Site::Hand => "87778004",
        Site::Humerus | Site::Clavicle | Site::Scapula => "3199001",
        Site::Vertebra => "209565008",
        Site::Rib | Site::Sternum => "274187003",
        _ => "17883008",
    }
}

pub(crate) fn icd10(fracture: &Fracture, dice: &mut Dice) -> &'static str {
    let one = |dice: &mut Dice, codes: &[&'static str]| dice.word(codes);
    if fracture.cause == Cause::Pathological {
        return "M90.7";
    }
    match fracture.site {
        Site::Wrist => "S52.5",
        Site::Forearm => one(dice, &["S52.0", "S52.1", "S52.2", "S52.3"]),
        Site::Hip => one(
            dice,
            &["S72.0", "S72.0", "S72.0", "S72.1", "S72.1", "S72.2"],
        ),
        Site::Femur => one(dice, &["S72.3", "S72.4", "M96.6"]),
        Site::Patella => "S82.0",
        Site::LowerLeg => one(dice, &["S82.1", "S82.2", "S82.4"]),
        Site::Ankle => one(dice, &["S82.6", "S82.5", "S82.8", "S82.3"]),
        Site::Foot => one(dice, &["S92.3", "S92.0", "S92.2"]),
        Site::Toe => one(dice, &["S92.5", "S92.4"]),
        Site::Clavicle => "S42.0",
        Site::Scapula => "S42.1",
        Site::Humerus => one(dice, &["S42.2", "S42.2", "S42.3", "S42.4"]),
        Site::Hand => one(dice, &["S62.3", "S62.0"]),
        Site::Finger => "S62.6",
        Site::Rib => one(dice, &["S22.3", "S22.4"]),
        Site::Sternum => "S22.2",
        Site::Skull => "S02.0",
        Site::Face => one(dice, &["S02.4", "S02.2"]),
        Site::Pelvis => one(dice, &["S32.5", "S32.5", "S32.1", "S32.4", "S32.8"]),
        Site::Vertebra if fracture.cause == Cause::Fragility && dice.percent(60) => {
            one(dice, &["M80.9", "M48.5"])
        }
        Site::Vertebra if fracture.level.is_some_and(|level| level <= 12) => "S22.0",
        Site::Vertebra => "S32.0",
        Site::Unspecified => "T14.2",
    }
}

/// `S72.0` as this row has it: with or without point, closed fifth character, or filler.
pub(crate) fn icd10_spelling(code: &str, dice: &mut Dice) -> String {
    let bare: String = code.chars().filter(|c| *c != '.').collect();
    match dice.below(10) {
        0..=4 => code.to_owned(),
        5..=7 => bare,
        8 if code.starts_with('S') => bare + "0",
        8 => bare,
        _ => bare + "X",
    }
}

/// OPCS-4 procedures, the main one first.
pub(crate) fn opcs4(fracture: &Fracture, icd10: &str, dice: &mut Dice) -> Vec<&'static str> {
    let side = match fracture.side {
        Some(Side::Left) => "Z94.3",
        Some(Side::Right) => "Z94.2",
        _ => "",
    };
    let main = match (fracture.site, icd10) {
        (Site::Hip, "S72.0") => dice.word(&["W46.1", "W46.1", "W24.1", "W37.1"]),
        (Site::Hip, _) => dice.word(&["W24.1", "W19.1"]),
        (Site::Femur, _) => dice.word(&["W19.2", "W20.1"]),
        (
            Site::Wrist
            | Site::Ankle
            | Site::Humerus
            | Site::Forearm
            | Site::LowerLeg
            | Site::Patella,
            _,
        ) => dice.word(&["W20.1", "W20.1", "W26.2"]),
        _ => "",
    };
    [main, if main.is_empty() { "" } else { side }]
        .into_iter()
        .filter(|code| !code.is_empty())
        .collect()
}

/// The words of a coded diagnosis, as a patient administration system prints them.
pub(crate) fn diagnosis_words(fracture: &Fracture, icd10: &str) -> String {
    let bone = match (fracture.site, icd10) {
        (Site::Hip, "S72.1") => "intertrochanteric fracture of femur".to_owned(),
        (Site::Hip, "S72.2") => "subtrochanteric fracture of femur".to_owned(),
        (Site::Hip, _) => "# NOF".to_owned(),
        (Site::Vertebra, _) => {
            format!(
                "compression fracture {}",
                fracture.level_name().unwrap_or_default()
            )
        }
        (Site::Wrist, _) => "fracture of distal radius".to_owned(),
        (Site::Femur, _) => "fracture of femur".to_owned(),
        (Site::Rib, _) => "fracture of ribs".to_owned(),
        (site, _) => format!("fracture of {}", site.words().to_lowercase()),
    };
    match fracture.side {
        Some(Side::Left) => format!("Left {bone}"),
        Some(Side::Right) => format!("Right {bone}"),
        _ => bone,
    }
}
