//! What really happened: each broken bone, how, when and where. The feeds tell of it later, each in its own way.

use jiff::{ToSpan, civil::Date};
use terms::{Side, Site};

use crate::{
    dice::Dice,
    people::{MadeUpPerson, Town},
    places::Hospital,
};

/// How somebody came by a fracture, in the words and codes of each kind of source.
#[derive(Debug, PartialEq, Eq)]
pub struct Mechanism {
    /// As on a request form or clinic list.
    pub words: &'static str,
    /// External cause; empty when there is none.
    pub icd10: &'static str,
    /// Injury mechanism as the emergency department codes it; often left empty.
    pub snomed: &'static str,
    pub high_energy: bool,
}

const fn low(words: &'static str, icd10: &'static str, snomed: &'static str) -> Mechanism {
    Mechanism {
        words,
        icd10,
        snomed,
        high_energy: false,
    }
}

const fn high(words: &'static str, icd10: &'static str, snomed: &'static str) -> Mechanism {
    Mechanism {
        words,
        icd10,
        snomed,
        high_energy: true,
    }
}

const LOW: &[Mechanism] = &[
    low("Fall from standing height", "W18.0", "1912002"),
    low("Tripped on the pavement", "W01.5", "1912002"),
    low("Tripped over rug at home", "W01.0", "217082002"),
    low("Mechanical fall in kitchen", "W18.0", "1912002"),
    low("Fall getting out of bed", "W06.0", ""),
    low("Fall from chair", "W07.0", ""),
    low("Slipped in bathroom", "W01.0", "217082002"),
    low("Unwitnessed fall in care home", "W19.1", "1912002"),
    low("Missed bottom step, fell forwards", "W10.0", ""),
    low("Tripped over the dog", "W01.0", "1912002"),
    low("Fall in garden", "W18.0", ""),
    low("Lost balance turning round", "W18.0", "217082002"),
    low("Fall getting off the bus", "W18.4", ""),
    low("Twisted and fell off kerb", "W01.4", "1912002"),
];
const ICE: Mechanism = low("Slipped on ice", "W00.4", "1912002");
const NO_TRAUMA: Mechanism = low("No injury recalled", "", "");
const BACK: &[Mechanism] = &[
    low("Sudden back pain on lifting shopping", "X50.0", ""),
    low("Fall onto bottom, back pain since", "W18.0", "1912002"),
    low("Back pain after bending to tie shoes", "X50.0", ""),
    low("Fall from standing, back pain", "W19.0", "217082002"),
];
const HIGH: &[Mechanism] = &[
    high("RTC, car driver, 40 mph", "V43.5", "418399005"),
    high("Pedestrian hit by car", "V03.1", "214206004"),
    high("RTC, motorcyclist, high speed", "V23.4", "418399005"),
    high("Fall from ladder, approx 3 m", "W11.0", ""),
    high("Fall from roof", "W13.0", ""),
    high("Fall from horse", "V80.0", "269662007"),
    high("Fell down full flight of stairs", "W10.0", ""),
    high("Cyclist hit by car", "V13.4", "418399005"),
    high("Assaulted, kicked repeatedly", "Y04.0", ""),
];
const STUBBED: &[Mechanism] = &[
    low("Stubbed foot on door frame", "W22.0", ""),
    low("Dropped tin on foot", "W20.0", ""),
];
const CAUGHT: &[Mechanism] = &[
    low("Finger caught in door", "W23.0", ""),
    low("Ball hit end of finger", "W21.8", ""),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cause {
    /// A fall from standing height or less, or no injury at all.
    Fragility,
    HighEnergy,
    /// Through a known tumour.
    Pathological,
}

/// How the fracture comes to be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Route {
    Emergency,
    /// A radiograph asked for by the GP; nobody went to hospital for it.
    GpFilm,
    /// Seen on a scan made for another reason.
    Incidental,
}

#[derive(Debug, Clone, Copy)]
pub struct Fracture {
    /// Index of the person in the town.
    pub person: u32,
    pub site: Site,
    /// Thoracic and lumbar vertebrae counted from T1 = 1 to L5 = 17; none at other sites.
    pub level: Option<u8>,
    pub side: Option<Side>,
    pub on: Date,
    /// Minutes after midnight at which the hospital first saw it.
    pub minute: u16,
    pub hospital: Hospital,
    pub mechanism: &'static Mechanism,
    pub cause: Cause,
    pub route: Route,
    /// Not the person's first fracture of the year.
    pub again: bool,
    /// In hospital because of it.
    pub admitted: bool,
}

impl Fracture {
    /// "T12"
    pub fn level_name(&self) -> Option<String> {
        level_name(self.level?)
    }

    /// A bone that a fracture liaison service takes on.
    pub fn site_taken(&self) -> bool {
        !matches!(
            self.site,
            Site::Skull | Site::Face | Site::Finger | Site::Toe
        )
    }

    pub fn limb(&self) -> bool {
        !matches!(
            self.site,
            Site::Hip
                | Site::Vertebra
                | Site::Pelvis
                | Site::Rib
                | Site::Skull
                | Site::Face
                | Site::Sternum
        )
    }
}

pub(crate) fn level_name(level: u8) -> Option<String> {
    match level {
        1..=12 => Some(format!("T{level}")),
        13..=17 => Some(format!("L{}", level - 12)),
        _ => None,
    }
}

/// Site, weight in 1000, weight factor in tenths under 50, 50 to 64, 65 to 79, 80 and over.
const SITES: &[(Site, u32, [u32; 4])] = &[
    (Site::Wrist, 226, [9, 12, 10, 7]),
    (Site::Hip, 225, [0, 2, 8, 28]),
    (Site::Humerus, 120, [5, 9, 12, 11]),
    (Site::Vertebra, 138, [2, 7, 12, 14]),
    (Site::Ankle, 106, [16, 15, 8, 3]),
    (Site::Foot, 60, [20, 13, 7, 4]),
    (Site::Pelvis, 64, [1, 3, 8, 25]),
    (Site::Rib, 40, [6, 10, 11, 10]),
    (Site::Forearm, 30, [14, 12, 9, 7]),
    (Site::Hand, 30, [24, 12, 7, 5]),
    (Site::LowerLeg, 30, [14, 11, 9, 7]),
    (Site::Clavicle, 12, [18, 10, 8, 8]),
    (Site::Femur, 10, [3, 6, 11, 18]),
    (Site::Patella, 10, [8, 11, 11, 8]),
    (Site::Finger, 18, [24, 12, 7, 5]),
    (Site::Toe, 16, [24, 13, 6, 3]),
    (Site::Face, 12, [13, 8, 9, 12]),
    (Site::Skull, 5, [10, 8, 9, 13]),
    (Site::Sternum, 3, [5, 10, 12, 10]),
    (Site::Scapula, 3, [8, 10, 10, 10]),
];

fn site(dice: &mut Dice, age: i16, but_not: Option<Site>) -> Site {
    let band = match age {
        ..50 => 0,
        50..65 => 1,
        65..80 => 2,
        _ => 3,
    };
    let mut weights = [(Site::Wrist, 0); SITES.len()];
    for (slot, (site, weight, by_age)) in weights.iter_mut().zip(SITES) {
        let factor = by_age.get(band).copied().unwrap_or(10);
        *slot = (
            *site,
            if but_not == Some(*site) {
                0
            } else {
                weight * factor
            },
        );
    }
    dice.weighted(&weights, Site::Wrist)
}

/// The fractures of a year, in no order of time. `first_person` and up are the people they happen to.
pub(crate) fn year(town: &Town, count: usize, starts: Date, ends: Date) -> Vec<Fracture> {
    let mut all: Vec<Fracture> = Vec::with_capacity(count);
    let mut dice = Dice::new(town.seed, "refractures", 0);
    let mut next_person = 0;
    for n in 0..count {
        let again = all.len() > 20 && dice.percent(6);
        let earlier = again
            .then(|| all.get(dice.below(all.len() as u32) as usize).copied())
            .flatten();
        let earlier = earlier.filter(|first| {
            !first.again && first.cause == Cause::Fragility && days_between(first.on, ends) > 45
        });
        // One in forty skips a person, so that some twins break a bone and their twin does not.
        if dice.below(40) == 0 {
            next_person += 1;
        }
        let index = earlier.map_or(next_person, |first| first.person);
        if earlier.is_none() {
            next_person += 1;
        }
        all.push(fracture(
            town,
            n as u64,
            &town.person(index),
            (starts, ends),
            earlier.as_ref(),
        ));
    }
    all
}

fn fracture(
    town: &Town,
    number: u64,
    person: &MadeUpPerson,
    (starts, ends): (Date, Date),
    earlier: Option<&Fracture>,
) -> Fracture {
    let mut dice = Dice::new(town.seed, "fracture", number);
    let age = person.age_on(ends);
    let site = site(&mut dice, age, earlier.map(|first| first.site));

    let length = days_between(starts, ends);
    let (from, length) = match earlier {
        Some(first) => (
            first.on.saturating_add(30.days()),
            days_between(first.on, ends) - 31,
        ),
        None => (starts.saturating_add(1.day()), length - 1),
    };
    let (on, icy) = day(town.seed, &mut dice, site, from, length);

    let cause = match dice.below(1000) {
        roll if age < 50 && roll < 350 => Cause::HighEnergy,
        roll if roll < 60 => Cause::HighEnergy,
        roll if roll < 80
            && matches!(
                site,
                Site::Vertebra | Site::Femur | Site::Humerus | Site::Hip
            ) =>
        {
            Cause::Pathological
        }
        _ => Cause::Fragility,
    };
    let cause = match site {
        Site::Finger | Site::Toe => Cause::Fragility,
        _ => cause,
    };
    let route = match (site, cause) {
        (Site::Vertebra, Cause::Fragility) => match dice.below(10) {
            0..=4 => Route::Incidental,
            5..=6 => Route::GpFilm,
            _ => Route::Emergency,
        },
        (_, Cause::Pathological) => Route::Incidental,
        _ => Route::Emergency,
    };
    let mechanism: &'static Mechanism = match (cause, site, route) {
        (Cause::Pathological, ..) | (.., Route::Incidental) => &NO_TRAUMA,
        (Cause::HighEnergy, ..) => dice.pick(HIGH, &ICE),
        (_, Site::Vertebra, _) => dice.pick(BACK, &NO_TRAUMA),
        (_, Site::Toe, _) => dice.pick(STUBBED, &ICE),
        (_, Site::Finger, _) => dice.pick(CAUGHT, &ICE),
        _ if icy => &ICE,
        _ => dice.pick(LOW, &ICE),
    };
    let side = match site {
        Site::Vertebra | Site::Sternum | Site::Skull | Site::Face => None,
        _ => Some(if dice.percent(53) {
            Side::Left
        } else {
            Side::Right
        }),
    };
    let level = (site == Site::Vertebra).then(|| {
        const LEVELS: &[(u8, u32)] = &[
            (5, 3),
            (6, 6),
            (7, 10),
            (8, 9),
            (9, 7),
            (10, 6),
            (11, 10),
            (12, 18),
            (13, 19),
            (14, 9),
            (15, 7),
            (16, 5),
            (17, 2),
        ];
        dice.weighted(LEVELS, 12)
    });
    let hospital = if dice.percent(90) {
        person.hospital
    } else {
        *dice.pick(&Hospital::ALL, &Hospital::Southend)
    };
    let admitted = match site {
        _ if route != Route::Emergency => false,
        Site::Hip | Site::Femur => true,
        Site::Pelvis => dice.percent(75),
        Site::Vertebra => dice.percent(35),
        _ if cause == Cause::HighEnergy => dice.percent(60),
        Site::Wrist | Site::Humerus | Site::Forearm | Site::Patella | Site::LowerLeg => {
            dice.percent(12)
        }
        Site::Ankle => dice.percent(22),
        Site::Rib | Site::Skull => dice.percent(25),
        _ => false,
    };
    let minute = match route {
        Route::Emergency => dice.between(7 * 60, 22 * 60),
        _ => dice.between(8 * 60 + 30, 17 * 60),
    };
    Fracture {
        person: person.index,
        site,
        level,
        side,
        on,
        minute: minute.unsigned_abs() as u16,
        hospital,
        mechanism,
        cause,
        route,
        again: earlier.is_some(),
        admitted,
    }
}

pub(crate) fn days_between(from: Date, to: Date) -> i32 {
    from.until(to).map_or(0, |span| span.get_days())
}

/// A day and whether it was icy: wrists and ankles break in winter, most of all on a few icy days.
fn day(seed: u64, dice: &mut Dice, site: Site, from: Date, days: i32) -> (Date, bool) {
    let slips = matches!(
        site,
        Site::Wrist | Site::Ankle | Site::Humerus | Site::Forearm
    );
    let mut day = from;
    for _ in 0..40 {
        day = from.saturating_add(dice.between(0, days.max(0)).days());
        let winter = matches!(day.month(), 12 | 1 | 2);
        let icy = winter && Dice::new(seed, "ice", day_number(day)).percent(9);
        let weight = match (slips, winter, icy) {
            (true, _, true) => 100,
            (true, true, _) => 34,
            (true, ..) => 24,
            (false, true, _) => 55,
            (false, ..) => 48,
        };
        if dice.percent(weight) {
            return (day, icy && slips);
        }
    }
    (day, false)
}

fn day_number(day: Date) -> u64 {
    u64::from(day.year().unsigned_abs()) * 512 + day.day_of_year().unsigned_abs() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Vec<Fracture> {
        let ends = Date::constant(2026, 6, 30);
        year(
            &Town {
                seed: 4,
                as_of: ends,
                practices: 90,
            },
            9500,
            ends.saturating_sub(1.year()),
            ends,
        )
    }

    #[test]
    fn sites_in_the_shares_of_a_fracture_service() {
        let all = sample();
        let share = |site| all.iter().filter(|f| f.site == site).count() as f64 / all.len() as f64;
        assert!(
            (0.18..0.26).contains(&share(Site::Wrist)),
            "{}",
            share(Site::Wrist)
        );
        assert!(
            (0.14..0.22).contains(&share(Site::Hip)),
            "{}",
            share(Site::Hip)
        );
        assert!(
            (0.08..0.15).contains(&share(Site::Vertebra)),
            "{}",
            share(Site::Vertebra)
        );
        assert!(
            (0.08..0.15).contains(&share(Site::Humerus)),
            "{}",
            share(Site::Humerus)
        );
        assert!(
            (0.07..0.14).contains(&share(Site::Ankle)),
            "{}",
            share(Site::Ankle)
        );
    }

    #[test]
    fn wrists_break_in_winter() {
        let all = sample();
        let wrists = |months: [i8; 3]| {
            all.iter()
                .filter(|f| f.site == Site::Wrist && months.contains(&f.on.month()))
                .count()
        };
        assert!(wrists([12, 1, 2]) as f64 > 1.4 * wrists([6, 7, 8]) as f64);
    }

    #[test]
    fn hips_are_old_and_refractures_are_elsewhere_and_later() {
        let all = sample();
        let town = Town {
            seed: 4,
            as_of: Date::constant(2026, 6, 30),
            practices: 90,
        };
        for hip in all.iter().filter(|f| f.site == Site::Hip) {
            assert!(town.person(hip.person).age_on(town.as_of) >= 50);
        }
        let again: Vec<_> = all.iter().filter(|f| f.again).collect();
        assert!((0.02..0.08).contains(&(again.len() as f64 / all.len() as f64)));
        for second in again {
            let first = all
                .iter()
                .find(|f| f.person == second.person && !f.again)
                .unwrap();
            assert_ne!(first.site, second.site);
            assert!(first.on < second.on);
        }
        assert!(
            all.iter()
                .all(|f| f.on <= town.as_of && f.on > Date::constant(2025, 6, 30))
        );
    }
}
