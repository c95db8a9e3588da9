//! What each kind of sender writes about a fracture, or about somebody who has none.

use jiff::{ToSpan, civil::Date, civil::DateTime};
use terms::{Side, Site};

use crate::{
    codes,
    dice::Dice,
    fractures::Fracture,
    hl7::Visit,
    tables::{ApcRow, ClinicRow, EcdsRow},
};

pub(crate) const CLINICS: &[&str] = &[
    "FRACTURE CLINIC",
    "OPHTHALMOLOGY NEW",
    "CARDIOLOGY FU",
    "RHEUMATOLOGY",
    "PRE-ASSESSMENT",
    "DERMATOLOGY 2WW",
];

pub(crate) fn bloods(dice: &mut Dice) -> Vec<(&'static str, String, &'static str)> {
    let tenths = |dice: &mut Dice, low: i32, high: i32| {
        let value = dice.between(low, high);
        format!("{}.{}", value / 10, value % 10)
    };
    vec![
        ("Haemoglobin", dice.between(95, 160).to_string(), "g/L"),
        ("Creatinine", dice.between(50, 160).to_string(), "umol/L"),
        (
            "Adjusted calcium",
            format!("2.{}", dice.between(20, 55)),
            "mmol/L",
        ),
        ("ALP", dice.between(40, 140).to_string(), "U/L"),
        ("Potassium", tenths(dice, 35, 51), "mmol/L"),
    ]
}

/// An attendance or a stay with its fracture.
pub(crate) fn visit(fracture: &Fracture, emergency: bool, at: DateTime, coder: &mut Dice) -> Visit {
    let icd10 = codes::icd10(fracture, coder);
    let code = if emergency {
        String::new()
    } else {
        icd10.to_owned()
    };
    Visit {
        class: Some(if emergency { 'E' } else { 'I' }),
        ward: if emergency { "ED" } else { "TRAUMA" },
        reason: fracture.mechanism.words.to_owned(),
        diagnoses: vec![(code, codes::diagnosis_words(fracture, icd10))],
        admitted: Some(at),
        ..Visit::default()
    }
}

pub(crate) fn other_visit(event: &str, at: DateTime, dice: &mut Dice) -> Visit {
    const REASONS: &[(&str, &str)] = &[
        ("J18.9", "Pneumonia"),
        ("R07.4", "Chest pain"),
        ("N39.0", "Urinary tract infection"),
        ("R55", "Syncope and collapse"),
        ("I50.9", "Heart failure"),
        ("K80.2", "Gallstones"),
        ("H26.9", "Cataract"),
        ("J44.1", "COPD exacerbation"),
        ("A41.9", "Sepsis"),
        ("S00.9", "Head injury"),
    ];
    let (code, words) = *dice.pick(REASONS, &("R69", "Unwell"));
    let (class, ward) = match event {
        "A28" | "A31" => (None, ""),
        "A04" => (Some('E'), "ED"),
        "A05" => (Some('O'), "OPD"),
        _ => (
            Some('I'),
            dice.word(&["AMU", "WARD 7", "STROKE", "SAU", "ELDERLY CARE"]),
        ),
    };
    let coded = matches!(event, "A01" | "A03" | "A04");
    Visit {
        class,
        ward,
        reason: if coded {
            words.to_owned()
        } else {
            String::new()
        },
        diagnoses: if coded {
            vec![(code.to_owned(), words.to_owned())]
        } else {
            Vec::new()
        },
        admitted: class.map(|_| at),
        discharged: (event == "A03").then_some(at),
        ..Visit::default()
    }
}

/// An emergency attendance, without its number and times.
pub(crate) fn attendance(fracture: Option<&Fracture>, dice: &mut Dice) -> EcdsRow {
    let Some(fracture) = fracture else {
        const OTHER: &[(&str, &str)] = &[
            ("Sprained ankle", "44465007"),
            ("Wrist injury", "70704007"),
            ("Cough and fever", "233604007"),
            ("Leg swelling", "128045006"),
            ("Head injury", "127302008"),
            ("Knee injury", "54888009"),
            ("Bruised shoulder", "274191008"),
            ("Unwell", ""),
        ];
        let (complaint, code) = *dice.pick(OTHER, &("Unwell", ""));
        return EcdsRow {
            complaint: complaint.to_owned(),
            snomed: [code].into_iter().filter(|code| !code.is_empty()).collect(),
            injured: complaint.contains("injury").then_some(Date::ZERO),
            ..EcdsRow::default()
        };
    };
    let mut snomed = match dice.below(100) {
        0..4 => vec![codes::emergency_missed(fracture.site)],
        4..6 => Vec::new(),
        _ => vec![codes::emergency(fracture)],
    };
    if dice.percent(10) {
        snomed.push("128045006");
    }
    let part = match fracture.site {
        Site::Vertebra => "back pain".to_owned(),
        site => format!(
            "{} injury",
            site.words()
                .to_lowercase()
                .replace("femur (not hip)", "thigh")
        ),
    };
    EcdsRow {
        complaint: format!("{} - {part}", fracture.mechanism.words),
        snomed,
        mechanism: if dice.percent(80) {
            fracture.mechanism.snomed
        } else {
            ""
        },
        injured: Some(fracture.on),
        ..EcdsRow::default()
    }
}

/// A consultant episode, without its numbers and dates. The coder is the same for all episodes of a spell.
pub(crate) fn episode(fracture: Option<&Fracture>, coder: &mut Dice, dice: &mut Dice) -> ApcRow {
    const ALSO: &[&str] = &[
        "I10", "E11.9", "I48.9", "F03", "J44.9", "N18.3", "M81.9", "Z91.8", "H54.9",
    ];
    let mut row = ApcRow::default();
    match fracture {
        Some(fracture) => {
            let code = codes::icd10(fracture, coder);
            row.icd10.push(codes::icd10_spelling(code, dice));
            if !fracture.mechanism.icd10.is_empty() {
                row.icd10.push(fracture.mechanism.icd10.to_owned());
            }
            row.opcs4 = codes::opcs4(fracture, code, coder)
                .into_iter()
                .map(str::to_owned)
                .collect();
        }
        None => {
            let code = dice.word(&[
                "J18.9", "I50.0", "N39.0", "R07.4", "K80.2", "C18.7", "H25.9", "R29.6", "A41.9",
            ]);
            row.icd10.push(code.to_owned());
            if code == "H25.9" {
                row.opcs4 = vec!["C75.1".to_owned(), "Z94.2".to_owned()];
            }
        }
    }
    for _ in 0..dice.below(4) {
        let code = dice.word(ALSO).to_owned();
        if !row.icd10.contains(&code) {
            row.icd10.push(code);
        }
    }
    row
}

pub(crate) fn appointment(fracture: Option<&Fracture>, clinic: Date, dice: &mut Dice) -> ClinicRow {
    let Some(fracture) = fracture else {
        let side = if dice.percent(50) {
            Side::Left
        } else {
            Side::Right
        };
        return ClinicRow {
            clinic: Some(clinic),
            injured: Some(clinic.saturating_sub(dice.between(5, 12).days())),
            injury: dice
                .word(&[
                    "Soft tissue injury ankle",
                    "Sprain wrist",
                    "?Scaphoid, rpt XR normal",
                    "Knee sprain ?ACL",
                    "Mallet, tendon",
                ])
                .to_owned(),
            side: Some(side),
            mechanism: dice
                .word(&["Twisted ankle", "Fall", "Football", "Tripped"])
                .to_owned(),
            ..ClinicRow::default()
        };
    };
    let injury = match fracture.site {
        Site::Wrist => dice.word(&[
            "# distal radius",
            "Colles #",
            "Wrist fracture",
            "DR fracture, POP",
        ]),
        Site::Humerus => dice.word(&[
            "# neck of humerus",
            "Proximal humerus fracture",
            "# GT humerus",
            "Humeral shaft #",
        ]),
        Site::Ankle => dice.word(&[
            "Ankle fracture Weber B",
            "# lat mal",
            "Bimalleolar ankle #",
            "Ankle #",
        ]),
        Site::Foot => dice.word(&["# 5th metatarsal", "Metatarsal fracture", "Calcaneal #"]),
        Site::Forearm => dice.word(&["Radial head #", "Olecranon fracture", "# ulna"]),
        Site::Hand => dice.word(&["# 5th metacarpal", "Scaphoid fracture", "Metacarpal #"]),
        Site::LowerLeg => dice.word(&["Tibial plateau #", "Tibia and fibula fracture"]),
        Site::Patella => dice.word(&["Patella fracture", "# patella"]),
        Site::Clavicle => dice.word(&["Clavicle #", "Fracture clavicle"]),
        Site::Scapula => "Scapula #",
        Site::Femur => dice.word(&["Femoral shaft #", "Distal femur fracture, periprosthetic"]),
        Site::Finger => dice.word(&["# middle phalanx finger", "Finger fracture"]),
        Site::Toe => dice.word(&["# great toe", "Toe fracture"]),
        _ => "Fracture",
    };
    ClinicRow {
        clinic: Some(clinic),
        injured: dice.percent(85).then_some(fracture.on),
        injury: injury.to_owned(),
        side: fracture.side.filter(|_| !dice.percent(6)),
        mechanism: if dice.percent(90) {
            fracture.mechanism.words
        } else {
            ""
        }
        .to_owned(),
        ..ClinicRow::default()
    }
}
