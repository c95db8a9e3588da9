//! One fracture as the Fracture Liaison Service Database sees it.

mod compact;
mod timeline;
mod words;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use terms::{Answer, Medicine, OdsCode, Recommended, Sex, TherapyAtReview};

pub use compact::Tenths;
use compact::{day, some_day};
pub(crate) use compact::{days_after, days_between};
pub use words::{Dxa, DxaNotBecause, Risk, SiteGroup};

/// One accepted index fracture with the fields of the FLS-DB patient audit, numbered as in its 2024 export layout.
/// `None` is a field left blank; not known is an answer. Name, NHS number, date of birth and postcode (1.01, 1.02,
/// 1.04) are not here: no number about the service needs them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Hospital or other place that the fracture belongs to; none where no source says.
    pub hospital: Option<OdsCode>,
    /// 1.09, day zero of every window.
    #[serde(with = "day")]
    pub diagnosed_on: Date,
    /// Known to have died, on whatever day.
    pub died: bool,
    /// From the spine or the hospital; the FLS-DB does not ask for it.
    #[serde(with = "some_day")]
    pub died_on: Option<Date>,
    /// Age on the day of 1.09, which the export carries in place of 1.02.
    pub age_at_fracture: Option<u8>,
    /// 1.03; blank while not known.
    pub sex: Option<Sex>,
    /// 1.05
    pub care_home: Option<Answer>,
    /// 1.06
    #[serde(with = "some_day")]
    pub contacted_on: Option<Date>,
    /// 1.07
    #[serde(with = "some_day")]
    pub assessed_on: Option<Date>,
    /// 1.08, at least one night on a ward.
    pub admitted: Option<Answer>,
    /// 1.11 to 1.13; the first is the index site.
    pub sites: Vec<SiteGroup>,
    /// 2.01
    pub height_cm: Option<Tenths>,
    /// 2.02
    pub weight_kg: Option<Tenths>,
    /// 2.03
    pub previous_fracture: Option<Answer>,
    /// 2.04
    pub parental_hip_fracture: Option<Answer>,
    /// 2.05
    pub smoker: Option<Answer>,
    /// 2.06
    pub bone_therapy_at_fracture: Option<Answer>,
    /// 2.06, which.
    pub medicines_at_fracture: Vec<Medicine>,
    /// 3.01
    pub dxa: Option<Dxa>,
    /// 3.02
    pub dxa_not_because: Option<DxaNotBecause>,
    /// 3.03
    #[serde(with = "some_day")]
    pub dxa_on: Option<Date>,
    /// 3.04
    pub t_score: Option<Tenths>,
    /// 3.05
    pub risk: Option<Risk>,
    /// 4.01; empty while blank. Exports have carried more than one.
    pub therapy: Vec<Recommended>,
    /// 4.02
    pub calcium_vitamin_d: Option<Answer>,
    pub falls: Falls,
    pub week_16: Week16,
    pub week_52: Week52,
}

/// Falls risk (FLS-DB section 5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Falls {
    /// 5.01
    pub assessed: Option<Answer>,
    /// 5.02
    pub two_falls: Option<Answer>,
    /// 5.03
    pub fear_of_falling: Option<Answer>,
    /// 5.04
    pub medicines_raise_risk: Option<Answer>,
    /// 5.05
    pub mobility_impaired: Option<Answer>,
    /// 5.06
    pub vision_impaired: Option<Answer>,
    /// 5.07
    pub toileting_problem: Option<Answer>,
    /// 5.08
    pub cardiovascular_abnormal: Option<Answer>,
    /// 5.09
    pub cognitive_impairment: Option<Answer>,
    /// 5.10, a falls assessment asked for or recommended elsewhere.
    pub referred: Option<Answer>,
}

/// The review at 12 to 16 weeks (FLS-DB section 6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Week16 {
    /// 6.02; blank means that 6.01 is no.
    #[serde(with = "some_day")]
    pub done_on: Option<Date>,
    /// 6.03
    pub by_fls: Option<Answer>,
    /// 6.04
    pub calcium_vitamin_d_started: Option<Answer>,
    /// 6.05
    pub therapy: Option<TherapyAtReview>,
    /// 6.06
    pub strength_balance: Option<Answer>,
    /// The day it began, where known; the FLS-DB asks only whether.
    #[serde(with = "some_day")]
    pub strength_balance_on: Option<Date>,
}

/// The review at 48 to 56 weeks (FLS-DB section 7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Week52 {
    /// 7.02; blank means that 7.01 is no.
    #[serde(with = "some_day")]
    pub done_on: Option<Date>,
    /// 7.03
    pub by_fls: Option<Answer>,
    /// 7.04
    pub adherent: Option<Answer>,
    /// 7.05
    pub therapy: Option<TherapyAtReview>,
    /// 7.06
    pub refractures: Option<u8>,
}

/// Why stored bytes are not a record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    #[error("stored FLS-DB record is empty: make it again from the timeline")]
    Empty,
    #[error(
        "stored FLS-DB record has layout {0}, this Herald reads layout {LAYOUT}: make it again from the timeline"
    )]
    Layout(u8),
    #[error("stored FLS-DB record is damaged ({0}): make it again from the timeline")]
    Damaged(String),
}

/// Raise whenever a field or a word of a vocabulary is added, moved or taken out.
pub const LAYOUT: u8 = 3;

impl Record {
    /// A fracture of which nothing is known yet but its day and its hospital.
    pub fn new(hospital: impl Into<Option<OdsCode>>, diagnosed_on: Date) -> Self {
        Self {
            hospital: hospital.into(),
            diagnosed_on,
            died: false,
            died_on: None,
            age_at_fracture: None,
            sex: None,
            care_home: None,
            contacted_on: None,
            assessed_on: None,
            admitted: None,
            sites: Vec::new(),
            height_cm: None,
            weight_kg: None,
            previous_fracture: None,
            parental_hip_fracture: None,
            smoker: None,
            bone_therapy_at_fracture: None,
            medicines_at_fracture: Vec::new(),
            dxa: None,
            dxa_not_because: None,
            dxa_on: None,
            t_score: None,
            risk: None,
            therapy: Vec::new(),
            calcium_vitamin_d: None,
            falls: Falls::default(),
            week_16: Week16::default(),
            week_52: Week52::default(),
        }
    }

    /// The index site (1.11).
    pub fn index_site(&self) -> Option<SiteGroup> {
        self.sites.first().copied()
    }

    /// A byte for the layout, then the fields in order.
    pub fn to_bytes(&self) -> Vec<u8> {
        // Writing to memory fails only for types that this record does not hold; a lone byte reads back as damaged.
        postcard::to_extend(self, vec![LAYOUT]).unwrap_or_else(|_| vec![LAYOUT])
    }

    pub fn from_bytes(bytes: &[u8]) -> Result<Self, RecordError> {
        let (&layout, fields) = bytes.split_first().ok_or(RecordError::Empty)?;
        if layout != LAYOUT {
            return Err(RecordError::Layout(layout));
        }
        let damaged = |what: String| RecordError::Damaged(what);
        let (record, rest) = postcard::take_from_bytes(fields)
            .map_err(|error| damaged(error.to_string().to_lowercase()))?;
        if rest.is_empty() {
            Ok(record)
        } else {
            Err(damaged(format!("{} bytes too many", rest.len())))
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use jiff::civil::date;

    use super::*;

    /// Every field filled, with as many of each as there can be in practice.
    pub(crate) fn full() -> Record {
        let yes = Some(Answer::Yes);
        Record {
            died: true,
            died_on: Some(date(2039, 12, 31)),
            age_at_fracture: Some(104),
            sex: Some(Sex::Female),
            care_home: Some(Answer::No),
            contacted_on: Some(date(2039, 1, 3)),
            assessed_on: Some(date(2039, 2, 1)),
            admitted: yes,
            sites: vec![SiteGroup::Hip, SiteGroup::Wrist, SiteGroup::Spine],
            height_cm: Tenths::of(158.5),
            weight_kg: Tenths::of(61.2),
            previous_fracture: yes,
            parental_hip_fracture: Some(Answer::NotKnown),
            smoker: Some(Answer::No),
            bone_therapy_at_fracture: yes,
            medicines_at_fracture: vec![Medicine::Alendronate, Medicine::Denosumab],
            dxa: Some(Dxa::Done),
            dxa_not_because: Some(DxaNotBecause::Other),
            dxa_on: Some(date(2039, 2, 20)),
            t_score: Tenths::of(-3.1),
            risk: Some(Risk::VeryHigh),
            therapy: vec![Recommended::Alendronate, Recommended::Denosumab],
            calcium_vitamin_d: yes,
            falls: Falls {
                assessed: yes,
                two_falls: yes,
                fear_of_falling: yes,
                medicines_raise_risk: yes,
                mobility_impaired: yes,
                vision_impaired: yes,
                toileting_problem: yes,
                cardiovascular_abnormal: yes,
                cognitive_impairment: yes,
                referred: yes,
            },
            week_16: Week16 {
                done_on: Some(date(2039, 4, 20)),
                by_fls: yes,
                calcium_vitamin_d_started: yes,
                therapy: Some(TherapyAtReview::Denosumab),
                strength_balance: yes,
                strength_balance_on: Some(date(2039, 3, 20)),
            },
            week_52: Week52 {
                done_on: Some(date(2039, 12, 28)),
                by_fls: yes,
                adherent: yes,
                therapy: Some(TherapyAtReview::Denosumab),
                refractures: Some(2),
            },
            ..Record::new("RAJ12".parse::<OdsCode>().unwrap(), date(2039, 1, 1))
        }
    }

    #[test]
    fn bytes_are_few_and_read_back() {
        let record = full();
        let bytes = record.to_bytes();
        assert!(bytes.len() < 120, "{} bytes", bytes.len());
        assert_eq!(Record::from_bytes(&bytes).unwrap(), record);
        let blank = Record::new("RAJ".parse::<OdsCode>().unwrap(), date(2016, 2, 29));
        assert_eq!(Record::from_bytes(&blank.to_bytes()).unwrap(), blank);
    }

    #[test]
    fn json_reads_as_people_write() {
        let json = serde_json::to_value(full()).unwrap();
        assert_eq!(json["diagnosed_on"], "2039-01-01");
        assert_eq!(json["t_score"], -3.1);
        assert_eq!(json["therapy"][0], "alendronate");
        assert_eq!(serde_json::from_value::<Record>(json).unwrap(), full());
    }

    /// If this fails, the layout has changed: raise `LAYOUT`, then write the new bytes here.
    #[test]
    fn layout_3_is_what_it_was() {
        // The last word of each list, so that a word put in before it shows.
        let mut record = full();
        record.sex = Some(Sex::NotKnown);
        record.admitted = Some(Answer::NotKnown);
        record.sites = vec![SiteGroup::Other];
        record.medicines_at_fracture = vec![Medicine::SystemicOestrogens];
        record.dxa = Some(Dxa::NotKnown);
        record.dxa_not_because = Some(DxaNotBecause::NotKnown);
        record.risk = Some(Risk::NotKnown);
        record.therapy = vec![Recommended::NotKnown];
        record.week_52.therapy = Some(TherapyAtReview::NotKnown);
        let hex: String = record
            .to_bytes()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        assert_eq!(
            hex,
            concat!(
                "03010552414a3132d885010101be8b0101680103010101dc8501019686010102010501e21801c80901",
                "0001020101010001080104010601bc8601013d0104010d0100010001000100010001000100010001",
                "000100010001b88701010001000104010001fa860101b88b0101000100010d0102",
            )
        );
    }

    #[test]
    fn other_bytes_say_what_to_do() {
        assert_eq!(Record::from_bytes(&[]), Err(RecordError::Empty));
        assert_eq!(Record::from_bytes(&[9, 1]), Err(RecordError::Layout(9)));
        let mut bytes = full().to_bytes();
        bytes.push(0);
        assert!(matches!(
            Record::from_bytes(&bytes),
            Err(RecordError::Damaged(_))
        ));
        bytes.truncate(20);
        let error = Record::from_bytes(&bytes).unwrap_err().to_string();
        assert!(error.contains("make it again from the timeline"), "{error}");
    }
}
