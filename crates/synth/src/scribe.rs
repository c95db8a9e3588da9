//! Turns the plan into messages and rows.

use std::{
    collections::{BTreeMap, HashMap},
    io::{self, Write},
};

use jiff::{
    ToSpan,
    civil::{Date, DateTime},
};
use terms::Side;

use crate::{
    dice::Dice,
    fractures::{Fracture, days_between},
    hl7::{self, Exam, Mistakes, Sent, Visit, WrongBorn},
    people::{MadeUpPerson, Town},
    places::{Hospital, TRUST},
    planner::{DAY, Flaw, Item, What},
    reports::{self, Other},
    results::{Bloods, Scan, TrueResult},
    scenes,
    tables::{self, windows_1252},
    year::YearPlan,
};

pub(crate) struct Scribe<'a> {
    pub(crate) plan: &'a YearPlan,
    pub(crate) town: Town,
    pub(crate) starts: Date,
    /// The day on which the files are written: nothing of later days is known.
    pub(crate) until: Date,
    pub(crate) fractures: &'a [Fracture],
    pub(crate) deaths: &'a HashMap<u32, Date>,
}

impl Scribe<'_> {
    fn moment(&self, minutes: i32) -> DateTime {
        let day = self.starts.saturating_add(minutes.div_euclid(DAY).days());
        let minute = minutes.rem_euclid(DAY);
        day.at((minute / 60) as i8, (minute % 60) as i8, 0, 0)
    }

    /// Southend sends batches, Basildon one message after the other, Broomfield the same in Windows-1252 with the
    /// line ends of Windows and blank lines between.
    pub(crate) fn messages<'i>(
        &self,
        mut out: impl Write,
        number: usize,
        items: impl Iterator<Item = &'i Item>,
        step: &mut dyn FnMut(),
    ) -> io::Result<()> {
        let hospital = Hospital::ALL
            .get(number % 3)
            .copied()
            .unwrap_or(Hospital::Southend);
        let (batch, windows) = (
            hospital == Hospital::Southend,
            hospital == Hospital::Broomfield,
        );
        let site = hospital.site_code();
        let made = hl7::stamp(self.until.at(23, 59, 0, 0));
        if batch {
            write!(
                out,
                "FHS|^~\\&|PAS|{site}|TIE|{TRUST}|{made}\rBHS|^~\\&|PAS|{site}|TIE|{TRUST}|{made}\r"
            )?;
        }
        let mut count = 0;
        for item in items {
            let text = self.message(item);
            if windows {
                out.write_all(&windows_1252(&text.replace('\r', "\r\n")))?;
                out.write_all(b"\r\n")?;
            } else {
                out.write_all(text.as_bytes())?;
            }
            count += 1;
            step();
        }
        if batch {
            write!(out, "BTS|{count}\rFTS|1\r")?;
        }
        out.flush()
    }

    pub(crate) fn rows<'i>(
        &self,
        out: impl Write,
        format: &'static str,
        items: impl Iterator<Item = &'i Item>,
        step: &mut dyn FnMut(),
    ) -> io::Result<()> {
        let mut table = tables::table(out, format)?;
        for item in items {
            let row = self.row(item, format);
            if format == "apc" {
                table.write_record(row.iter().map(|cell| windows_1252(cell)))?;
            } else {
                table.write_record(&row)?;
            }
            step();
        }
        table.flush()
    }

    fn person(&self, item: &Item) -> (MadeUpPerson, Mistakes) {
        let born = match item.flaw {
            Flaw::BornNotADate => Some(WrongBorn::NotADate),
            Flaw::WrongBorn => Some(WrongBorn::Other),
            _ => None,
        };
        let mistakes = Mistakes {
            nhs_number: item.flaw == Flaw::WrongCheckDigit,
            born,
        };
        (self.town.person(item.person), mistakes)
    }

    fn fracture(&self, item: &Item) -> Option<&Fracture> {
        self.fractures.get(item.fracture? as usize)
    }

    fn dice(&self, item: &Item) -> Dice {
        Dice::new(self.plan.seed, "words", u64::from(item.key))
    }

    fn message(&self, item: &Item) -> String {
        let (person, mistakes) = self.person(item);
        let mut dice = self.dice(item);
        let prefix = item.hospital.letter();
        let corrected = item.flaw == Flaw::Corrected;
        let when = self.moment(if corrected { item.sent } else { item.at });
        let sent = Sent::new(
            item.hospital,
            when,
            format!("{prefix}{}{:08}", item.file, item.control),
        );
        let happened = self.moment(item.at);
        let died = self.deaths.get(&item.person).copied();
        let text = match item.what {
            What::Film | What::ClearFilm | What::Scan | What::LaterFilm | What::OtherFilm(_) => {
                let exam = self.exam(item, &mut dice);
                hl7::oru_with(&person, &sent, &exam, mistakes)
            }
            What::Bloods => {
                let bloods = self.bloods(item, &person);
                let status = if corrected { 'C' } else { 'F' };
                let number = self.result_number(item);
                let taken = self.moment(item.at - 240);
                let panels = bloods.panels(item.hospital, &number, taken, when, status);
                hl7::panels_with(&person, &sent, &panels, mistakes)
            }
            What::BoneScan => {
                let scan = self.scan(item);
                let exam = Exam {
                    accession: self.result_number(item),
                    name: "DXA lumbar spine and hip".to_owned(),
                    performed: self.moment(item.at - 120),
                    reported: when,
                    status: 'F',
                    indication: "Fragility clinic".to_owned(),
                    text: scan.text(item.hospital, &mut dice),
                    impression: String::new(),
                };
                hl7::oru_with(&person, &sent, &exam, mistakes)
            }
            What::Lab => {
                let exam = Exam {
                    accession: format!("{prefix}L{:08}", item.key),
                    name: "Bone profile and FBC".to_owned(),
                    performed: self.moment(item.at - dice.between(60, 300)),
                    reported: happened,
                    status: 'F',
                    indication: String::new(),
                    text: String::new(),
                    impression: String::new(),
                };
                hl7::lab(&person, &sent, &exam, &scenes::bloods(&mut dice))
            }
            What::Siu => {
                let clinic = dice.word(scenes::CLINICS);
                let when = self.moment(item.at + dice.between(7, 90) * DAY);
                hl7::siu(
                    &person,
                    &sent,
                    &format!("{prefix}AP{:07}", item.key),
                    clinic,
                    when,
                )
            }
            What::Died => {
                let visit = Visit {
                    died,
                    ..Visit::default()
                };
                let event = if item.key.is_multiple_of(2) {
                    "A31"
                } else {
                    "A08"
                };
                hl7::adt_with(&person, event, &sent, &visit, mistakes)
            }
            What::EdAdt | What::Admit | What::Discharge => {
                let event = match item.what {
                    What::EdAdt => "A04",
                    What::Admit => "A01",
                    _ => "A03",
                };
                let mut visit = Visit::default();
                if let Some(fracture) = self.fracture(item) {
                    let emergency = item.what == What::EdAdt;
                    visit = scenes::visit(
                        fracture,
                        emergency,
                        happened,
                        &mut Dice::new(
                            self.plan.seed,
                            "coder",
                            u64::from(item.fracture.unwrap_or_default()),
                        ),
                    );
                    visit.number = self.visit_number(item, emergency);
                    if item.what == What::Discharge {
                        visit.discharged = Some(happened);
                        visit.admitted = None;
                        visit.died = died.filter(|died| *died <= happened.date());
                    }
                }
                hl7::adt_with(&person, event, &sent, &visit, mistakes)
            }
            What::OtherAdt(event) => {
                let mut visit = scenes::other_visit(event, happened, &mut dice);
                visit.number = format!("{prefix}V{:08}", item.key);
                hl7::adt_with(&person, event, &sent, &visit, mistakes)
            }
            _ => String::new(),
        };
        if item.flaw == Flaw::Truncated {
            truncate(&text)
        } else {
            text
        }
    }

    fn result_number(&self, item: &Item) -> String {
        let kind = if item.what == What::BoneScan {
            "DX"
        } else {
            "BL"
        };
        format!("{}{kind}{:08}", item.hospital.letter(), item.key)
    }

    fn bloods(&self, item: &Item, person: &MadeUpPerson) -> Bloods {
        let mut dice = Dice::new(self.plan.seed, "bloods", u64::from(item.key));
        Bloods::new(person, &mut dice, item.flaw == Flaw::Corrected)
    }

    fn scan(&self, item: &Item) -> Scan {
        Scan::new(&mut Dice::new(self.plan.seed, "scan", u64::from(item.key)))
    }

    /// What the planned results say, each once and in its last version.
    pub(crate) fn true_results(&self, items: &[Item]) -> Vec<TrueResult> {
        let mut last: BTreeMap<u32, &Item> = BTreeMap::new();
        for item in items {
            if matches!(item.what, What::Bloods | What::BoneScan) {
                let held = last.entry(item.key).or_insert(item);
                if item.flaw == Flaw::Corrected {
                    *held = item;
                }
            }
        }
        last.into_values()
            .map(|item| TrueResult {
                fracture: item.fracture.unwrap_or_default() as usize,
                person: item.person,
                number: self.result_number(item),
                taken_on: self
                    .moment(
                        item.at
                            - if item.what == What::BoneScan {
                                120
                            } else {
                                240
                            },
                    )
                    .date(),
                values: if item.what == What::BoneScan {
                    self.scan(item).values()
                } else {
                    self.bloods(item, &self.town.person(item.person)).values()
                },
            })
            .collect()
    }

    fn visit_number(&self, item: &Item, emergency: bool) -> String {
        let kind = if emergency { "ED" } else { "SP" };
        let site = item.hospital.letter();
        format!("{site}{kind}{:07}", item.fracture.unwrap_or(item.key))
    }

    fn exam(&self, item: &Item, dice: &mut Dice) -> Exam {
        let (seed, key) = (self.plan.seed, u64::from(item.key));
        let fracture = self.fracture(item);
        let report = match (item.what, fracture) {
            (What::Film, Some(fracture)) => reports::first_report(fracture, seed, key),
            (What::ClearFilm, Some(fracture)) => reports::clear_report(fracture, seed, key),
            (What::Scan, Some(fracture)) => reports::scan_report(fracture),
            (What::LaterFilm, Some(fracture)) => reports::later_report(fracture, seed, key)
                .unwrap_or_else(|| reports::first_report(fracture, seed, key)),
            (What::OtherFilm(other), _) => {
                reports::other_report(other, self.moment(item.at).date(), seed, key)
            }
            _ => reports::other_report(Other::Clear, self.moment(item.at).date(), seed, key),
        };
        let (mut text, mut impression) = (report.text, report.impression);
        if item.flaw == Flaw::Overlooked {
            text = "No acute abnormality.".to_owned();
            impression.clear();
        }
        if item.flaw == Flaw::Corrected {
            let note = dice.word(&[
                "ADDENDUM: Amended after review at the discrepancy meeting.",
                "ADDENDUM: Final report, replaces the earlier version.",
                "ADDENDUM: Read again with the referring team.",
            ]);
            text = format!("{note}\n\n{text}");
        }
        if item.hospital == Hospital::Broomfield {
            text = reports::wrap(&text, 90);
            impression = reports::wrap(&impression, 90);
        }
        let site = item.hospital.site_code();
        let ago = match fracture {
            // The film was taken on the day of the fracture, whenever it was reported.
            Some(fracture) if matches!(item.what, What::Film | What::ClearFilm) => {
                let minute =
                    days_between(self.starts, fracture.on) * DAY + i32::from(fracture.minute);
                item.at - (minute + 15).min(item.at)
            }
            _ => 25,
        };
        Exam {
            accession: format!("{site}-{:08}", item.key),
            name: report.exam,
            performed: self.moment(item.at - ago),
            reported: self.moment(if item.flaw == Flaw::Corrected {
                item.sent
            } else {
                item.at
            }),
            status: if item.flaw == Flaw::Corrected {
                'C'
            } else {
                'F'
            },
            indication: report.indication,
            text,
            impression,
        }
    }

    fn row(&self, item: &Item, format: &str) -> Vec<String> {
        let (person, mistakes) = self.person(item);
        let mut dice = self.dice(item);
        let at = self.moment(item.at);
        let died = self.deaths.get(&item.person).copied();
        let died = died.filter(|died| *died <= self.until);
        let fracture = self.fracture(item);
        let prefix = item.hospital.letter();
        let row = match format {
            "ecds" => {
                let mut row = scenes::attendance(fracture, &mut dice);
                row.number = match fracture {
                    Some(_) => self.visit_number(item, true),
                    None => format!("{prefix}ED9{:07}", item.key),
                };
                row.arrived = Some(at.date());
                row.time = format!("{:02}:{:02}", at.hour(), at.minute());
                row.injured = row.injured.map(|_| {
                    let days_before = if dice.percent(12) {
                        dice.between(1, 4)
                    } else {
                        0
                    };
                    at.date().saturating_sub(days_before.days())
                });
                row.died = died;
                row.dupe = item.flaw == Flaw::DupeFlagged;
                tables::ecds_with(&person, item.hospital, &row, mistakes)
            }
            "apc" => {
                let part = if let What::ApcRow(part) = item.what {
                    part
                } else {
                    1
                };
                let number = item.fracture.unwrap_or(item.key);
                let mut coder = Dice::new(self.plan.seed, "coder", u64::from(number));
                let mut row = scenes::episode(fracture, &mut coder, &mut dice);
                row.spell = match fracture {
                    Some(_) => self.visit_number(item, false),
                    None => format!("{prefix}SP9{:07}", item.key),
                };
                row.episode = u32::from(part);
                row.starts = Some(at.date());
                row.ends = Some(
                    at.date()
                        .saturating_add(dice.between(1, 6).days())
                        .min(self.until),
                );
                row.died = died;
                tables::apc_with(&person, item.hospital, &row, mistakes)
            }
            _ => {
                let mut row = scenes::appointment(fracture, at.date(), &mut dice);
                row.reference = format!("{prefix}FC{:07}", item.key);
                if item.flaw == Flaw::WrongSide {
                    row.side = row.side.map(|side| match side {
                        Side::Left => Side::Right,
                        Side::Right => Side::Left,
                        Side::Both => Side::Both,
                    });
                }
                tables::clinic_with(&person, item.hospital, &row, mistakes)
            }
        };
        if item.flaw == Flaw::NotADate {
            tables::with_impossible_date(row, format)
        } else {
            row
        }
    }
}

/// Cut off somewhere after the person, as when a line drops.
fn truncate(text: &str) -> String {
    let after_person = text
        .find("\rPID|")
        .and_then(|at| text.get(at + 1..)?.find('\r').map(|end| at + end + 2));
    let from = after_person.unwrap_or(text.len());
    let mut cut = from + (text.len() - from) * 2 / 3;
    while !text.is_char_boundary(cut) {
        cut -= 1;
    }
    let mut cut = text
        .get(..cut)
        .unwrap_or(text)
        .trim_end_matches('\r')
        .to_owned();
    cut.push('\r');
    cut
}
