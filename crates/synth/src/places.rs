//! The area: three real hospital sites, real towns and postcode districts, made-up surgeries and streets.

use terms::OdsCode;

use crate::dice::Dice;

pub const TRUST: &str = "RAJ";

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Hospital {
    Southend,
    Basildon,
    Broomfield,
}

impl Hospital {
    pub const ALL: [Self; 3] = [Self::Southend, Self::Basildon, Self::Broomfield];

    /// ODS site code.
    pub fn site_code(self) -> &'static str {
        match self {
            Self::Southend => "RAJ01",
            Self::Basildon => "RAJ12",
            Self::Broomfield => "RAJ32",
        }
    }

    /// The name people use, as on the fracture clinic list.
    pub fn name(self) -> &'static str {
        match self {
            Self::Southend => "Southend",
            Self::Basildon => "Basildon",
            Self::Broomfield => "Broomfield",
        }
    }

    /// What its visit, appointment and message numbers begin with.
    pub(crate) fn letter(self) -> char {
        match self {
            Self::Southend => 'S',
            Self::Basildon => 'B',
            Self::Broomfield => 'H',
        }
    }

    pub(crate) fn index(self) -> usize {
        match self {
            Self::Southend => 0,
            Self::Basildon => 1,
            Self::Broomfield => 2,
        }
    }
}

/// Postcode district, town, nearest hospital, weight by how many people live there.
const DISTRICTS: &[(&str, &str, Hospital, u32)] = &[
    ("SS0", "Westcliff-on-Sea", Hospital::Southend, 34),
    ("SS1", "Southend-on-Sea", Hospital::Southend, 30),
    ("SS2", "Southend-on-Sea", Hospital::Southend, 36),
    ("SS3", "Shoeburyness", Hospital::Southend, 22),
    ("SS4", "Rochford", Hospital::Southend, 22),
    ("SS5", "Hockley", Hospital::Southend, 18),
    ("SS6", "Rayleigh", Hospital::Southend, 30),
    ("SS7", "Benfleet", Hospital::Southend, 44),
    ("SS8", "Canvey Island", Hospital::Southend, 36),
    ("SS9", "Leigh-on-Sea", Hospital::Southend, 48),
    ("SS11", "Wickford", Hospital::Basildon, 18),
    ("SS12", "Wickford", Hospital::Basildon, 18),
    ("SS13", "Basildon", Hospital::Basildon, 24),
    ("SS14", "Basildon", Hospital::Basildon, 28),
    ("SS15", "Laindon", Hospital::Basildon, 24),
    ("SS16", "Langdon Hills", Hospital::Basildon, 26),
    ("SS17", "Stanford-le-Hope", Hospital::Basildon, 24),
    ("CM0", "Burnham-on-Crouch", Hospital::Broomfield, 16),
    ("CM1", "Chelmsford", Hospital::Broomfield, 44),
    ("CM2", "Chelmsford", Hospital::Broomfield, 44),
    ("CM3", "South Woodham Ferrers", Hospital::Broomfield, 40),
    ("CM4", "Ingatestone", Hospital::Broomfield, 8),
    ("CM5", "Ongar", Hospital::Broomfield, 8),
    ("CM6", "Great Dunmow", Hospital::Broomfield, 18),
    ("CM7", "Braintree", Hospital::Broomfield, 36),
    ("CM8", "Witham", Hospital::Broomfield, 24),
    ("CM9", "Maldon", Hospital::Broomfield, 30),
    ("CM11", "Billericay", Hospital::Basildon, 14),
    ("CM12", "Billericay", Hospital::Basildon, 18),
    ("CM13", "Brentwood", Hospital::Basildon, 16),
    ("RM15", "South Ockendon", Hospital::Basildon, 22),
    ("RM16", "Grays", Hospital::Basildon, 30),
    ("RM17", "Grays", Hospital::Basildon, 22),
    ("RM18", "Tilbury", Hospital::Basildon, 14),
    ("RM19", "Purfleet", Hospital::Basildon, 8),
    ("RM20", "West Thurrock", Hospital::Basildon, 6),
];

const OUTSIDE: &[(&str, &str, Hospital, u32)] = &[
    ("CO3", "Colchester", Hospital::Broomfield, 4),
    ("CO6", "Halstead", Hospital::Broomfield, 3),
    ("IP1", "Ipswich", Hospital::Broomfield, 2),
    ("E4", "London", Hospital::Basildon, 2),
    ("E17", "London", Hospital::Basildon, 3),
    ("E11", "London", Hospital::Southend, 2),
];

/// A made-up GP practice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Practice {
    pub code: OdsCode,
    pub name: String,
    pub town: &'static str,
    /// Postcode district.
    pub district: &'static str,
}

impl Practice {
    /// Lines to write to: a street, the town, and a postcode that nobody has.
    pub fn address(&self) -> Vec<String> {
        let number: u32 = self
            .code
            .as_str()
            .bytes()
            .fold(7, |sum, byte| (sum * 31 + u32::from(byte)) % 97);
        let street = STREETS
            .get(number as usize % STREETS.len())
            .copied()
            .unwrap_or_default();
        vec![
            format!("{} {street} Road", number + 1),
            self.town.to_owned(),
            format!("{} 0ZZ", self.district),
        ]
    }
}

const SURGERY: &[&str] = &[
    "Marsh Lane",
    "Old Lighthouse",
    "Cobbler's Green",
    "Elm Parade",
    "The Saltings",
    "Windmill Rise",
    "Priory Gate",
    "Pier Approach",
    "Hawthorn Court",
    "Three Oaks",
    "Barley Mow",
    "Crouch View",
    "Samphire Road",
    "The Oyster House",
    "Kingfisher",
    "Chalk Pit Lane",
    "Lower Ferry",
    "Gooseberry Hill",
    "St Osyn's",
    "Beacon Cottage",
    "Tollgate",
    "Wheelwright",
    "Sandpiper",
    "Rectory Meadow",
    "Weir Pond",
];
const SURGERY_END: &[&str] = &[
    "Surgery",
    "Medical Centre",
    "Health Centre",
    "Practice",
    "Family Practice",
    "Partnership",
    "Medical Practice",
];

/// The made-up practices of the area: codes `Z80001` on, each with its own name.
pub fn practices(count: usize) -> impl Iterator<Item = Practice> {
    (0..count).filter_map(practice)
}

pub(crate) fn practice(n: usize) -> Option<Practice> {
    let code = format!("Z8{:04}", n + 1).parse().ok()?;
    let (district, town, ..) = DISTRICTS.get(n * 7 % DISTRICTS.len())?;
    let first = SURGERY.get(n % SURGERY.len())?;
    let round = n / SURGERY.len();
    let last = SURGERY_END.get((n + round) % SURGERY_END.len())?;
    // 25 names × 7 endings would repeat after 175 practices.
    let number = match n / (SURGERY.len() * SURGERY_END.len()) {
        0 => String::new(),
        more => format!(" {}", more + 1),
    };
    Some(Practice {
        code,
        name: format!("{first} {last}{number}"),
        town,
        district,
    })
}

/// Where somebody lives.
pub(crate) struct Home {
    pub(crate) address: Vec<String>,
    pub(crate) postcode: String,
    pub(crate) practice: Option<OdsCode>,
    pub(crate) in_area: bool,
    pub(crate) hospital: Hospital,
}

const STREETS: &[&str] = &[
    "Orchard",
    "Station",
    "Mill",
    "Church",
    "Heron",
    "Larkfield",
    "Maple",
    "Wharf",
    "Beech",
    "Victoria",
    "Holly",
    "Coastguard",
    "Rookery",
    "Ashdown",
    "Furze",
    "Silver Birch",
    "Paddock",
    "Tern",
    "Windermere",
    "Primrose",
];
const STREET_END: &[&str] = &[
    "Road", "Close", "Avenue", "Lane", "Drive", "Gardens", "Way", "Crescent", "Court", "Walk",
];
const CARE_HOMES: &[&str] = &[
    "Sandpiper Lodge",
    "The Willows Care Home",
    "Estuary House",
    "Rosehaven Nursing Home",
];

pub(crate) fn home(dice: &mut Dice, practices: usize, age: i16) -> Home {
    let in_area = !dice.percent(2);
    let places = if in_area { DISTRICTS } else { OUTSIDE };
    let total: u32 = places.iter().map(|place| place.3).sum();
    let mut left = dice.below(total);
    let mut chosen = ("SS1", "Southend-on-Sea", Hospital::Southend);
    for (district, town, hospital, weight) in places {
        if left < *weight {
            chosen = (district, town, *hospital);
            break;
        }
        left -= weight;
    }
    let (district, town, hospital) = chosen;
    let practice = if in_area {
        let n = nearby_practice(dice, practices, district);
        practice(n).map(|found| found.code)
    } else {
        format!("Y9{:04}", 1 + dice.below(40)).parse().ok()
    };
    let street = format!("{} {}", dice.word(STREETS), dice.word(STREET_END));
    let mut address = Vec::with_capacity(3);
    if age >= 80 && dice.percent(12) {
        address.push(dice.word(CARE_HOMES).to_owned());
        address.push(street);
    } else if dice.percent(12) {
        address.push(format!(
            "Flat {}, {} {street}",
            1 + dice.below(24),
            1 + dice.below(140)
        ));
    } else {
        address.push(format!("{} {street}", 1 + dice.below(190)));
    }
    address.push(town.to_owned());
    Home {
        address,
        postcode: postcode(dice, district),
        practice,
        in_area,
        hospital,
    }
}

/// People are mostly with a surgery of their own district, if it has one.
fn nearby_practice(dice: &mut Dice, practices: usize, district: &str) -> usize {
    let practices = practices.max(1);
    let any = dice.below(practices as u32) as usize;
    let step = DISTRICTS.len();
    let Some(at) = (0..step).find(|n| {
        DISTRICTS
            .get(n * 7 % step)
            .is_some_and(|place| place.0 == district)
    }) else {
        return any;
    };
    if at >= practices || dice.percent(15) {
        return any;
    }
    let rounds = (practices - 1 - at) / step + 1;
    at + step * dice.below(rounds as u32) as usize
}

fn postcode(dice: &mut Dice, district: &str) -> String {
    /// Letters that the second half of a postcode uses.
    const LETTERS: &[&str] = &[
        "A", "B", "D", "E", "F", "G", "H", "J", "L", "N", "P", "Q", "R", "S", "T", "U", "W", "X",
        "Y", "Z",
    ];
    let digit = dice.below(10);
    format!(
        "{district} {digit}{}{}",
        dice.word(LETTERS),
        dice.word(LETTERS)
    )
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn each_practice_has_its_own_code_and_name() {
        let all: Vec<Practice> = practices(400).collect();
        assert_eq!(all.len(), 400);
        assert!(all.iter().all(|practice| practice.code.is_practice()));
        assert_eq!(
            all.iter()
                .map(|practice| &practice.code)
                .collect::<HashSet<_>>()
                .len(),
            400
        );
        assert_eq!(
            all.iter()
                .map(|practice| &practice.name)
                .collect::<HashSet<_>>()
                .len(),
            400
        );
        assert_eq!(all[0].code.as_str(), "Z80001");
    }
}
