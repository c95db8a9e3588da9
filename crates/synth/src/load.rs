//! Sightings by the hundred thousand, for benchmarks: who, which bone, when and where, and no text.

use jiff::{ToSpan, civil::Date};
use terms::{Side, Site};

use crate::{dice::Dice, places::Hospital};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sighting {
    /// Index of the person; `nhs_number(person)` is the number.
    pub person: u32,
    /// The true fracture, from 0: sightings with the same one are one episode.
    pub fracture: u32,
    pub site: Site,
    pub side: Option<Side>,
    pub on: Date,
    pub hospital: Hospital,
}

/// Two to four sightings of each of `fractures` fractures over the year that ends on `ends`. One fracture in twenty
/// is a re-fracture of the person before.
pub fn sightings(seed: u64, fractures: u32, ends: Date) -> impl Iterator<Item = Sighting> {
    const SITES: &[(Site, u32)] = &[
        (Site::Wrist, 22),
        (Site::Hip, 18),
        (Site::Humerus, 12),
        (Site::Vertebra, 12),
        (Site::Ankle, 10),
        (Site::Foot, 6),
        (Site::Pelvis, 5),
        (Site::Rib, 4),
        (Site::Forearm, 3),
        (Site::Hand, 3),
        (Site::LowerLeg, 3),
        (Site::Patella, 1),
        (Site::Femur, 1),
    ];
    (0..fractures).flat_map(move |fracture| {
        let mut dice = Dice::new(seed, "load", u64::from(fracture));
        let person = if fracture % 20 == 19 {
            fracture - 1
        } else {
            fracture
        };
        let site = dice.weighted(SITES, Site::Wrist);
        let side = match site {
            Site::Vertebra => None,
            _ if dice.percent(50) => Some(Side::Left),
            _ => Some(Side::Right),
        };
        let on = ends.saturating_sub(dice.between(20, 364).days());
        let hospital = *dice.pick(&Hospital::ALL, &Hospital::Southend);
        let count = dice.between(2, 4);
        (0..count).map(move |n| {
            let on = on.saturating_add((n * 6).days());
            Sighting {
                person,
                fracture,
                site,
                side,
                on,
                hospital,
            }
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_and_always_the_same() {
        let ends = Date::constant(2026, 6, 30);
        let count = sightings(1, 100_000, ends).count();
        assert!((280_000..320_000).contains(&count));
        assert!(sightings(1, 500, ends).eq(sightings(1, 500, ends)));
        assert!(sightings(1, 5000, ends).all(|sighting| sighting.on <= ends));
    }
}
