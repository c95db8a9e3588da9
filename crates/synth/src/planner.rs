//! Who turns up where, when and why in the year, and what goes wrong on the way: a plan small enough to keep.

use std::collections::{BTreeMap, HashMap};

use jiff::{ToSpan, civil::Date};
use terms::Site;

use crate::{
    dice::Dice,
    fractures::{Cause, Fracture, Route, days_between},
    people::{NHS_NUMBERS, Town},
    places::Hospital,
    reports::Other,
    year::{FILES, YearPlan},
};

const ED: u8 = 6;
pub(crate) const APC: u8 = 7;
const CLINIC: u8 = 8;
pub(crate) const RESULTS: u8 = 9;
pub(crate) const DAY: i32 = 24 * 60;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
    EdRow,
    EdAdt,
    Film,
    /// A first film that shows nothing, of a bone that is broken.
    ClearFilm,
    /// The scan that shows what the film did not.
    Scan,
    LaterFilm,
    ClinicRow,
    Admit,
    Discharge,
    ApcRow(u8),
    Died,
    OtherAdt(&'static str),
    Siu,
    OtherFilm(Other),
    Lab,
    Bloods,
    BoneScan,
    OtherEd,
    OtherApc,
    OtherClinic,
}

impl What {
    pub(crate) fn kind(self) -> &'static str {
        match self {
            Self::EdRow | Self::OtherEd => "emergency attendance",
            Self::EdAdt | Self::Admit | Self::Discharge | Self::Died | Self::OtherAdt(_) => "ADT",
            Self::Film | Self::ClearFilm | Self::Scan | Self::LaterFilm | Self::OtherFilm(_) => {
                "radiology report"
            }
            Self::ClinicRow | Self::OtherClinic => "clinic appointment",
            Self::ApcRow(_) | Self::OtherApc => "inpatient episode",
            Self::Siu => "SIU",
            Self::Lab | Self::Bloods => "laboratory result",
            Self::BoneScan => "bone density scan",
        }
    }

    fn may_name_the_wrong_person(self) -> bool {
        !matches!(self, Self::Siu | Self::Lab)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flaw {
    None,
    WrongCheckDigit,
    /// 31 February as date of birth.
    BornNotADate,
    /// Another date of birth than the person's.
    WrongBorn,
    /// 31 February as date of the event; only in rows that tell of no fracture.
    NotADate,
    /// Cut off on the way; the whole message follows.
    Truncated,
    /// The first version of a report that missed the fracture.
    Overlooked,
    /// A later version of a report: same accession, status C.
    Corrected,
    /// Left for right on a clinic list.
    WrongSide,
    /// Marked as a repeat by the extract itself.
    DupeFlagged,
}

/// One line of the plan; small, because a year has a hundred thousand.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Item {
    pub(crate) file: u8,
    pub(crate) flaw: Flaw,
    pub(crate) what: What,
    /// Minutes from the start of the year: when it was sent, and when it happened.
    pub(crate) sent: i32,
    pub(crate) at: i32,
    /// What it is: the same in a repeat or a correction.
    pub(crate) key: u32,
    pub(crate) control: u32,
    pub(crate) person: u32,
    pub(crate) fracture: Option<u32>,
    pub(crate) hospital: Hospital,
}

/// What one source says of a fracture against the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Contrary {
    FilmClear,
    FoundByScan,
    WrongSide,
}

impl Contrary {
    fn of(seed: u64, number: u32, fracture: &Fracture) -> Option<Self> {
        let came = fracture.route == Route::Emergency && fracture.cause == Cause::Fragility;
        let chance = Dice::new(seed, "contrary", u64::from(number)).below(1000);
        match (fracture.site, chance) {
            _ if !came => None,
            (Site::Hip, 0..25) => Some(Self::FoundByScan),
            (Site::Wrist | Site::Ankle | Site::Humerus | Site::Forearm, 0..20) => {
                Some(Self::FilmClear)
            }
            (Site::Wrist | Site::Ankle | Site::Humerus | Site::Forearm, 20..35) => {
                Some(Self::WrongSide)
            }
            _ => None,
        }
    }
}

pub(crate) struct Planner<'a> {
    plan: &'a YearPlan,
    town: Town,
    starts: Date,
    last_minute: i32,
    pub(crate) deaths: HashMap<u32, Date>,
    pub(crate) items: Vec<Item>,
    last_control: [u32; FILES.len()],
    next: u32,
    pub(crate) dirty: BTreeMap<&'static str, usize>,
}

impl<'a> Planner<'a> {
    pub(crate) fn new(plan: &'a YearPlan, starts: Date) -> Self {
        Self {
            plan,
            town: plan.town(),
            starts,
            last_minute: (days_between(starts, plan.ends) + 1) * DAY - 1,
            deaths: HashMap::new(),
            items: Vec::with_capacity(plan.fractures * (plan.other_per_fracture + 5)),
            last_control: [0; FILES.len()],
            next: 1,
            dirty: BTreeMap::new(),
        }
    }

    pub(crate) fn everything(&mut self, all: &[Fracture]) {
        let known = all
            .iter()
            .map(|fracture| fracture.person + 1)
            .max()
            .unwrap_or_default();
        // Twice as many again come to hospital without breaking anything.
        let strangers = (all.len() as u32 * 2).clamp(1, NHS_NUMBERS - known.min(NHS_NUMBERS - 1));
        self.mortality(all, known, strangers);
        for (number, fracture) in all.iter().enumerate() {
            self.sightings(number as u32, fracture);
            for n in 0..self.plan.other_per_fracture {
                let mut dice = Dice::new(self.plan.seed, "other", (number * 1000 + n) as u64);
                if dice.percent(35) {
                    let near = self.minute(fracture.on, 0) + dice.between(-30 * DAY, 60 * DAY);
                    self.other(fracture.person, near, &mut dice);
                } else {
                    let at = dice.between(DAY, self.last_minute);
                    self.other(known + dice.below(strangers), at, &mut dice);
                }
            }
        }
    }

    /// Scans of those whose first film showed nothing; planned after everything else, so that nothing else changes.
    pub(crate) fn scans(&mut self, all: &[Fracture]) {
        for (number, fracture) in (0..).zip(all) {
            let contrary = Contrary::of(self.plan.seed, number, fracture);
            if contrary == Some(Contrary::FoundByScan) {
                let at = self.minute(fracture.on, i32::from(fracture.minute)) + DAY;
                let oru = fracture.hospital.index() as u8 + 3;
                let (person, hospital) = (fracture.person, fracture.hospital);
                self.add(oru, What::Scan, at, person, Some(number), hospital);
            }
        }
    }

    /// The clinic row just planned names the other side.
    fn wrong_side(&mut self) {
        let row = self.items.last_mut();
        if let Some(row) = row.filter(|row| row.what == What::ClinicRow && row.flaw == Flaw::None) {
            row.flaw = Flaw::WrongSide;
            self.dirty("wrong side");
        }
    }

    /// Bloods and scans of those whom a service would see; planned last, so that everything else stays as it is
    /// without them.
    pub(crate) fn results(&mut self, all: &[Fracture]) {
        for (number, fracture) in (0..).zip(all) {
            let mut dice = Dice::new(self.plan.seed, "results", u64::from(number));
            let person = self.town.person(fracture.person);
            let seen = person.age_on(fracture.on) >= 50
                && fracture.cause == Cause::Fragility
                && fracture.site_taken();
            if !seen {
                continue;
            }
            let hours = |from: i32, to: i32, dice: &mut Dice| {
                let day = fracture.on.saturating_add(dice.between(from, to).days());
                days_between(self.starts, day) * DAY + dice.between(9 * 60, 17 * 60)
            };
            let (bloods, scan) = (hours(10, 56, &mut dice), hours(21, 84, &mut dice));
            let about = (fracture.person, Some(number), fracture.hospital);
            if dice.percent(60) {
                self.add(RESULTS, What::Bloods, bloods, about.0, about.1, about.2);
                if dice.percent(3) {
                    self.correct_last(What::Bloods, &mut dice);
                }
            }
            if dice.percent(45) {
                self.add(RESULTS, What::BoneScan, scan, about.0, about.1, about.2);
            }
        }
    }

    /// The result just planned comes again, corrected.
    fn correct_last(&mut self, what: What, dice: &mut Dice) {
        let last = self.items.last().copied();
        let Some(last) = last.filter(|item| item.what == what && item.file == RESULTS) else {
            return;
        };
        let sent = last.sent + dice.between(DAY / 4, 3 * DAY);
        if sent <= self.last_minute && last.flaw == Flaw::None {
            self.dirty("corrected result");
            let control = self.number();
            self.items.push(Item {
                flaw: Flaw::Corrected,
                sent,
                control,
                ..last
            });
        }
    }

    /// Who dies in the year. Somebody whose death no feed could yet tell of counts as alive.
    fn mortality(&mut self, all: &[Fracture], known: u32, strangers: u32) {
        let mut last: BTreeMap<u32, &Fracture> = BTreeMap::new();
        for fracture in all {
            let seen = last.entry(fracture.person).or_insert(fracture);
            if seen.on < fracture.on {
                *seen = fracture;
            }
        }
        for (person, fracture) in last {
            let mut dice = Dice::new(self.plan.seed, "death", u64::from(person));
            let risk = if fracture.site == Site::Hip { 80 } else { 15 };
            if dice.per_mille(risk) {
                self.dies(
                    person,
                    fracture.hospital,
                    fracture.on.saturating_add(dice.between(6, 200).days()),
                );
            }
        }
        for person in known..known.saturating_add(strangers) {
            let mut dice = Dice::new(self.plan.seed, "death", u64::from(person));
            if dice.per_mille(18) {
                let on = self.starts.saturating_add(dice.between(20, 364).days());
                let hospital = self.town.person(person).hospital;
                self.dies(person, hospital, on);
            }
        }
    }

    fn dies(&mut self, person: u32, hospital: Hospital, on: Date) {
        let told = self.minute(on, 9 * 60) + DAY;
        if told <= self.last_minute {
            self.add(
                hospital.index() as u8,
                What::Died,
                told,
                person,
                None,
                hospital,
            );
            self.deaths.insert(person, on);
        }
    }

    /// Every feed that comes to know of one fracture.
    fn sightings(&mut self, number: u32, fracture: &Fracture) {
        let mut dice = Dice::new(self.plan.seed, "sightings", u64::from(number));
        let (hospital, person) = (fracture.hospital, fracture.person);
        let about = Some(number);
        let came = self.minute(fracture.on, i32::from(fracture.minute));
        let (adt, oru) = (hospital.index() as u8, hospital.index() as u8 + 3);
        let end_of_day = self.minute(fracture.on, DAY - 1);

        if fracture.route == Route::Emergency {
            self.add(ED, What::EdRow, came, person, about, hospital);
            // Basildon's system sends nothing for people who only attend.
            if hospital != Hospital::Basildon {
                self.add(adt, What::EdAdt, came + 8, person, about, hospital);
            }
        }
        let reported = match fracture.route {
            Route::Emergency => (came + dice.between(35, 170)).min(end_of_day),
            Route::Incidental => (came + dice.between(60, DAY)).min(self.last_minute),
            Route::GpFilm => (came + dice.between(DAY / 2, 3 * DAY)).min(self.last_minute),
        };
        let contrary = Contrary::of(self.plan.seed, number, fracture);
        let film = match contrary {
            Some(Contrary::FilmClear | Contrary::FoundByScan) => What::ClearFilm,
            Some(Contrary::WrongSide) | None => What::Film,
        };
        self.add(oru, film, reported, person, about, hospital);

        if fracture.admitted {
            let admitted = came + dice.between(150, 420);
            let days = match fracture.site {
                Site::Hip | Site::Femur => dice.between(6, 26),
                Site::Pelvis => dice.between(4, 18),
                _ => dice.between(1, 5),
            };
            let died = self
                .deaths
                .get(&person)
                .map(|died| self.minute(*died, 11 * 60));
            let discharged = died
                .map_or(i32::MAX, |died| died.max(admitted + 60))
                .min(admitted + days * DAY);
            self.add(adt, What::Admit, admitted, person, about, hospital);
            self.add(adt, What::Discharge, discharged, person, about, hospital);
            if discharged <= self.last_minute {
                self.add(APC, What::ApcRow(1), admitted, person, about, hospital);
                // Hips move on to the care of the elderly.
                if fracture.site == Site::Hip && days > 9 && dice.percent(60) {
                    self.add(
                        APC,
                        What::ApcRow(2),
                        admitted + 5 * DAY,
                        person,
                        about,
                        hospital,
                    );
                }
            }
            if fracture.site == Site::Hip && dice.percent(85) {
                self.add(
                    oru,
                    What::LaterFilm,
                    admitted + 2 * DAY,
                    person,
                    about,
                    hospital,
                );
            }
        }
        if fracture.limb() && fracture.route == Route::Emergency && dice.percent(85) {
            let day = dice.between(5, 14);
            let at = self.minute(
                fracture.on.saturating_add(day.days()),
                dice.between(9 * 60, 12 * 60),
            );
            self.add(CLINIC, What::ClinicRow, at, person, about, hospital);
            if contrary == Some(Contrary::WrongSide) {
                self.wrong_side();
            }
            let again = matches!(
                fracture.site,
                Site::Wrist | Site::Forearm | Site::Humerus | Site::LowerLeg | Site::Ankle
            );
            if again && dice.percent(60) {
                let at = self.minute(
                    fracture.on.saturating_add(14.days()),
                    dice.between(9 * 60, 16 * 60),
                );
                self.add(oru, What::LaterFilm, at, person, about, hospital);
            }
        }
    }

    fn other(&mut self, person: u32, at: i32, dice: &mut Dice) {
        const MIX: &[(What, u32)] = &[
            (What::OtherAdt("A08"), 14),
            (What::OtherAdt("A31"), 10),
            (What::OtherAdt("A28"), 5),
            (What::OtherAdt("A01"), 4),
            (What::OtherAdt("A03"), 4),
            (What::OtherAdt("A02"), 5),
            (What::OtherAdt("A04"), 4),
            (What::OtherAdt("A05"), 4),
            (What::Siu, 8),
            (What::OtherFilm(Other::Clear), 22),
            (What::OtherFilm(Other::Healed), 2),
            (What::OtherFilm(Other::Doubt), 1),
            (What::Lab, 8),
            (What::OtherEd, 6),
            (What::OtherApc, 4),
            (What::OtherClinic, 2),
        ];
        let what = dice.weighted(MIX, What::Lab);
        let home = self.town.person(person).hospital;
        let hospital = if dice.percent(88) {
            home
        } else {
            *dice.pick(&Hospital::ALL, &home)
        };
        let file = match what {
            What::OtherEd => ED,
            What::OtherApc => APC,
            What::OtherClinic => CLINIC,
            What::OtherFilm(_) | What::Lab => hospital.index() as u8 + 3,
            _ => hospital.index() as u8,
        };
        // Before the year begins there is nothing; nor are files written of tomorrow.
        let at = if at < DAY {
            at.rem_euclid(30 * DAY) + DAY
        } else {
            at
        };
        // Clinics and offices keep office hours.
        let office = matches!(
            what,
            What::Siu | What::OtherClinic | What::OtherApc | What::OtherAdt("A05" | "A28" | "A31")
        );
        let minute = at.rem_euclid(DAY);
        let at = if office {
            at - minute + 8 * 60 + minute * 10 / 24
        } else {
            at
        };
        self.add(file, what, at, person, None, hospital);
    }

    /// Puts one item on the plan, and now and then something wrong with it.
    fn add(
        &mut self,
        file: u8,
        what: What,
        at: i32,
        person: u32,
        fracture: Option<u32>,
        hospital: Hospital,
    ) {
        let day = self.starts.saturating_add((at / DAY).days());
        let dead = self.deaths.get(&person).is_some_and(|died| *died < day) && what != What::Died;
        if at > self.last_minute || (dead && what != What::Discharge) {
            return;
        }
        let key = self.number();
        let mut item = Item {
            file,
            flaw: Flaw::None,
            what,
            sent: at,
            at,
            key,
            control: key,
            person,
            fracture,
            hospital,
        };
        let mut dice = Dice::new(self.plan.seed, "flaw", u64::from(key));
        let message = file < ED;
        match dice.below(1000) {
            0..2 => self.spoil(&mut item, Flaw::WrongCheckDigit),
            2..4 => self.spoil(&mut item, Flaw::BornNotADate),
            30..38 if fracture.is_none() && !message => self.spoil(&mut item, Flaw::NotADate),
            4..7 if message => {
                let control = self.number();
                self.dirty("truncated");
                self.items.push(Item {
                    flaw: Flaw::Truncated,
                    control,
                    ..item
                });
            }
            7..10 => {
                let sent = at + dice.between(5, 2 * DAY);
                if sent <= self.last_minute {
                    self.dirty("sent twice");
                    self.items.push(Item { sent, ..item });
                }
            }
            10..13 if file == ED => {
                self.dirty("marked as a repeat");
                self.items.push(Item {
                    flaw: Flaw::DupeFlagged,
                    ..item
                });
            }
            13..19 if matches!(what, What::Film | What::OtherFilm(_)) => {
                self.correct(&mut item, &mut dice)
            }
            19 if message => {
                let used = self
                    .last_control
                    .get(usize::from(file))
                    .copied()
                    .unwrap_or_default();
                if used > 0 {
                    item.control = used;
                    self.dirty("control id used before");
                }
            }
            20..30 => self.spoil(&mut item, Flaw::WrongBorn),
            _ => {}
        }
        if let Some(last) = self.last_control.get_mut(usize::from(file)) {
            *last = item.control;
        }
        self.items.push(item);
    }

    fn spoil(&mut self, item: &mut Item, flaw: Flaw) {
        let person = self.town.person(item.person);
        let (possible, name) = match flaw {
            Flaw::WrongCheckDigit => (person.nhs_number.is_some(), "wrong check digit"),
            Flaw::BornNotADate => (person.born_known, "31 February as date of birth"),
            Flaw::NotADate => (true, "31 February as date of the event"),
            _ => (person.born_known, "wrong date of birth"),
        };
        if possible && (item.what.may_name_the_wrong_person() || flaw == Flaw::NotADate) {
            item.flaw = flaw;
            self.dirty(name);
        }
    }

    fn correct(&mut self, item: &mut Item, dice: &mut Dice) {
        let sent = item.sent + dice.between(DAY / 4, 3 * DAY);
        if sent > self.last_minute {
            return;
        }
        self.dirty("corrected report");
        let control = self.number();
        self.items.push(Item {
            flaw: Flaw::Corrected,
            sent,
            control,
            ..*item
        });
        if item.what == What::Film && dice.percent(50) {
            item.flaw = Flaw::Overlooked;
        }
    }

    fn dirty(&mut self, name: &'static str) {
        *self.dirty.entry(name).or_default() += 1;
    }

    fn number(&mut self) -> u32 {
        self.next += 1;
        self.next
    }

    fn minute(&self, day: Date, minute: i32) -> i32 {
        days_between(self.starts, day) * DAY + minute
    }
}
