use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{UnknownWord, vocabulary};

vocabulary! {
    /// Where the bone is broken. The boundaries are those of the labelled report sets: hip reaches to the
    /// subtrochanteric region, pelvis includes sacrum and acetabulum, wrist is distal radius and ulna.
    Site {
        Vertebra = "vertebra", "Vertebra";
        Hip = "hip", "Hip";
        Pelvis = "pelvis", "Pelvis";
        Femur = "femur", "Femur (not hip)";
        Patella = "patella", "Kneecap";
        LowerLeg = "lower_leg", "Lower leg";
        Ankle = "ankle", "Ankle";
        Foot = "foot", "Foot";
        Toe = "toe", "Toe";
        Clavicle = "clavicle", "Collarbone";
        Scapula = "scapula", "Shoulder blade";
        Humerus = "humerus", "Upper arm";
        Forearm = "forearm", "Forearm";
        Wrist = "wrist", "Wrist";
        Hand = "hand", "Hand";
        Finger = "finger", "Finger";
        Rib = "rib", "Rib";
        Sternum = "sternum", "Breastbone";
        Skull = "skull", "Skull";
        Face = "face", "Face";
        Unspecified = "unspecified", "Site not stated";
    }
}

vocabulary! {
    Side {
        Left = "left", "left";
        Right = "right", "right";
        Both = "both", "both sides";
    }
}

vocabulary! {
    /// What a source says about one fracture.
    Status {
        Present = "present", "present";
        Old = "old", "old or healed";
        Possible = "possible", "possible";
        Absent = "absent", "denied";
    }
}

vocabulary! {
    /// What the worklist does with a person of 50 or over because of one report or record.
    Listing {
        Yes = "yes", "list";
        Look = "look", "somebody should look";
        No = "no", "not listed";
    }
}

impl Side {
    /// Left and right cannot be the same fracture; anything else might be.
    pub fn may_be_same(a: Option<Self>, b: Option<Self>) -> bool {
        !matches!(
            (a, b),
            (Some(Side::Left), Some(Side::Right)) | (Some(Side::Right), Some(Side::Left))
        )
    }
}

/// A vertebra by name, C1 to L5 (`T12`). Dorsal `D12` is read as `T12`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Level(String);

impl FromStr for Level {
    type Err = UnknownWord;
    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        let upper = text.trim().to_ascii_uppercase();
        let unknown = || UnknownWord(text.trim().to_owned());
        let mut chars = upper.chars();
        let region = match chars.next() {
            Some('D') => 'T',
            Some(c @ ('C' | 'T' | 'L')) => c,
            _ => return Err(unknown()),
        };
        let number: u8 = chars.as_str().parse().map_err(|_| unknown())?;
        let last = match region {
            'C' => 7,
            'T' => 12,
            _ => 5,
        };
        if (1..=last).contains(&number) {
            Ok(Self(format!("{region}{number}")))
        } else {
            Err(unknown())
        }
    }
}

impl Level {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Level {
    type Error = UnknownWord;
    fn try_from(value: String) -> Result<Self, UnknownWord> {
        value.parse()
    }
}

impl From<Level> for String {
    fn from(value: Level) -> Self {
        value.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_reads_back() {
        for &site in Site::ALL {
            assert_eq!(site.code().parse::<Site>().unwrap(), site);
            assert_eq!(
                serde_json::to_string(&site).unwrap(),
                format!("\"{}\"", site.code())
            );
        }
        assert!("knee".parse::<Site>().is_err());
    }

    #[test]
    fn dorsal_is_thoracic_and_there_is_no_l6() {
        assert_eq!("d12".parse::<Level>().unwrap().as_str(), "T12");
        assert!("L6".parse::<Level>().is_err());
        assert!("T13".parse::<Level>().is_err());
        assert!("".parse::<Level>().is_err());
    }
}
