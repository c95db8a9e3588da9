//! Blood results and bone density scans some weeks after a fracture, made from the seed so that what is sent and
//! what is true agree.

use jiff::civil::{Date, DateTime};
use terms::Sex;

use crate::{
    dice::Dice,
    hl7::{Panel, Value},
    people::MadeUpPerson,
    places::Hospital,
};

/// What one result says, to hold against what Herald makes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrueResult {
    /// Position in [`crate::YearPlan::true_fractures`].
    pub fracture: usize,
    /// Number of the person in the town.
    pub person: u32,
    /// OBR-3.
    pub number: String,
    pub taken_on: Date,
    /// What was measured and its value as sent, in its final version: `("calcium", "2.31")`.
    pub values: Vec<(&'static str, String)>,
}

/// Measured, before any laboratory gives it its own name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bloods {
    /// Hundredths of mmol/l.
    calcium: i32,
    phosphate: i32,
    alp: i32,
    albumin: i32,
    creatinine: i32,
    egfr: i32,
    /// nmol/l; not asked for every time.
    vitamin_d: Option<i32>,
}

impl Bloods {
    /// `corrected`: the laboratory found its first calcium wrong.
    pub(crate) fn new(person: &MadeUpPerson, dice: &mut Dice, corrected: bool) -> Self {
        let egfr = match dice.below(100) {
            0..4 => dice.between(18, 34),
            4..25 => dice.between(35, 59),
            25..70 => dice.between(60, 89),
            _ => dice.between(90, 104),
        };
        let per_unit = if person.sex == Sex::Male { 6800 } else { 5200 };
        let first = if dice.per_mille(30) {
            dice.between(262, 285)
        } else {
            dice.between(222, 258)
        };
        let last = dice.between(222, 258);
        Self {
            calcium: if corrected { last } else { first },
            phosphate: dice.between(80, 150),
            // A fracture that heals raises it.
            alp: dice.between(55, 165),
            albumin: dice.between(32, 46),
            creatinine: per_unit / egfr.max(1) + dice.between(-4, 4),
            egfr,
            vitamin_d: dice.percent(75).then(|| {
                if dice.percent(25) {
                    dice.between(9, 24)
                } else {
                    dice.between(25, 110)
                }
            }),
        }
    }

    fn egfr(&self) -> String {
        if self.egfr > 90 {
            ">90".to_owned()
        } else {
            self.egfr.to_string()
        }
    }

    pub(crate) fn values(&self) -> Vec<(&'static str, String)> {
        let mut all = vec![
            ("calcium", hundredths(self.calcium)),
            ("phosphate", hundredths(self.phosphate)),
            ("alp", self.alp.to_string()),
            ("albumin", self.albumin.to_string()),
            ("creatinine", self.creatinine.to_string()),
            ("egfr", self.egfr()),
        ];
        if let Some(level) = self.vitamin_d {
            all.push(("vitamin_d", level.to_string()));
        }
        all
    }

    /// As this hospital's laboratory names them: each has its habits.
    pub(crate) fn panels(
        &self,
        hospital: Hospital,
        number: &str,
        taken: DateTime,
        reported: DateTime,
        status: char,
    ) -> Vec<Panel> {
        let [
            calcium,
            phosphate,
            alp,
            albumin,
            creatinine,
            egfr,
            vitamin_d,
        ] = match hospital {
            Hospital::Southend => [
                "Adjusted calcium",
                "Phosphate",
                "Alkaline phosphatase",
                "Albumin",
                "Creatinine",
                "eGFR",
                "Total 25-OH vitamin D",
            ],
            Hospital::Basildon => [
                "Corrected Calcium",
                "Inorganic phosphate",
                "ALP",
                "Serum albumin",
                "Serum creatinine",
                "Estimated GFR",
                "25-Hydroxyvitamin D",
            ],
            Hospital::Broomfield => [
                "Adj. Calcium",
                "PO4",
                "Alk Phos",
                "Albumin",
                "Creatinine",
                "eGFR (CKD-EPI)",
                "Vitamin D",
            ],
        };
        let value = |name, value, unit, range, flag| Value {
            name,
            value,
            unit,
            range,
            flag,
        };
        let outside = |value: i32, low: i32, high: i32| match value {
            value if value < low => "L",
            value if value > high => "H",
            _ => "",
        };
        let panel = |name: &str, values| Panel {
            number: number.to_owned(),
            name: name.to_owned(),
            taken,
            reported,
            status,
            values,
        };
        let bone = vec![
            value(
                calcium,
                hundredths(self.calcium),
                "mmol/L",
                "2.20 - 2.60",
                outside(self.calcium, 220, 260),
            ),
            value(
                phosphate,
                hundredths(self.phosphate),
                "mmol/L",
                "0.80 - 1.50",
                "",
            ),
            value(
                alp,
                self.alp.to_string(),
                "U/L",
                "30 - 130",
                outside(self.alp, 30, 130),
            ),
            value(
                albumin,
                self.albumin.to_string(),
                "g/L",
                "35 - 50",
                outside(self.albumin, 35, 50),
            ),
        ];
        let renal = vec![
            value(creatinine, self.creatinine.to_string(), "umol/L", "", ""),
            value(egfr, self.egfr(), "mL/min/1.73m2", "", ""),
        ];
        let mut all = vec![panel("Bone profile", bone), panel("Renal profile", renal)];
        if let Some(level) = self.vitamin_d {
            let level = value(vitamin_d, level.to_string(), "nmol/L", "", "");
            all.push(panel("Vitamin D", vec![level]));
        }
        all
    }
}

/// T-scores in tenths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Scan {
    spine: i32,
    hip: i32,
    neck: i32,
}

impl Scan {
    pub(crate) fn new(dice: &mut Dice) -> Self {
        let spine = dice.between(-38, -2);
        let hip = (spine + dice.between(-7, 9)).clamp(-39, 9);
        let neck = (hip + dice.between(-7, 3)).clamp(-41, 9);
        Self { spine, hip, neck }
    }

    pub(crate) fn values(self) -> Vec<(&'static str, String)> {
        vec![
            ("t_lumbar_spine", tenths(self.spine)),
            ("t_total_hip", tenths(self.hip)),
            ("t_femoral_neck", tenths(self.neck)),
        ]
    }

    /// The report, each hospital in its way.
    pub(crate) fn text(self, hospital: Hospital, dice: &mut Dice) -> String {
        let [spine, hip, neck] = [self.spine, self.hip, self.neck].map(tenths);
        let lowest = self.spine.min(self.hip).min(self.neck);
        let reading = match lowest {
            ..=-25 => "Bone density is in the osteoporotic range.",
            -24..=-10 => "Bone density is in the osteopenic range.",
            _ => "Bone density is in the normal range.",
        };
        let side = dice.word(&["Left", "Right"]);
        match hospital {
            Hospital::Basildon => format!(
                "DXA lumbar spine and {} hip.\nT-scores: Lumbar spine (L1-L4) {spine}; total hip {hip}; femoral neck {neck}.\n{reading}",
                side.to_lowercase()
            ),
            _ => format!(
                "Bone densitometry of the lumbar spine and hip.\n\nLumbar spine (L1-L4): BMD {} g/cm2, T-score {spine}\n{side} total hip: BMD {} g/cm2, T-score {hip}\n{side} femoral neck: BMD {} g/cm2, T-score {neck}\n\n{reading}",
                density(self.spine, 1050, 11),
                density(self.hip, 942, 12),
                density(self.neck, 858, 12),
            ),
        }
    }
}

/// Thousandths of g/cm² from a score: so much at a score of 0, and so much for each tenth.
fn density(score: i32, at_zero: i32, each: i32) -> String {
    format!("0.{:03}", (at_zero + score * each).clamp(300, 999))
}

fn hundredths(value: i32) -> String {
    format!("{}.{:02}", value / 100, value % 100)
}

fn tenths(value: i32) -> String {
    let sign = if value < 0 { "-" } else { "" };
    let value = value.abs();
    format!("{sign}{}.{}", value / 10, value % 10)
}
