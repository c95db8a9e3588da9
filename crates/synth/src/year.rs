//! A year as three hospitals send it: what happened is planned first and kept small, then written out message by
//! message in order of time.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    fs::File,
    io::{self, BufWriter},
    path::{Path, PathBuf},
};

use jiff::{ToSpan, civil::Date};
use terms::NhsNumber;

use crate::{
    fractures::{self, Cause, Fracture, days_between},
    people::Town,
    planner::{APC, DAY, Flaw, Item, Planner, RESULTS},
    results::TrueResult,
    scribe::Scribe,
};

/// What to make up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct YearPlan {
    pub seed: u64,
    pub fractures: usize,
    pub practices: usize,
    /// Other messages, rows and reports around each fracture.
    pub other_per_fracture: usize,
    /// The last day of the year.
    pub ends: Date,
    /// How many months it has: 12, unless more of the past is wanted.
    pub months: i32,
    /// Whether blood results and bone density scans come some weeks after the fractures, in a file of their own.
    pub results: bool,
}

impl YearPlan {
    /// Enough for a demonstration on a laptop.
    pub fn demo(ends: Date) -> Self {
        Self {
            seed: 1,
            fractures: 1200,
            practices: 90,
            other_per_fracture: 6,
            ends,
            months: 12,
            results: false,
        }
    }

    /// As much as mid and south Essex sends in a year.
    pub fn full(ends: Date) -> Self {
        Self {
            seed: 1,
            fractures: 9500,
            practices: 150,
            other_per_fracture: 6,
            ends,
            months: 12,
            results: false,
        }
    }

    /// The first day of the year.
    pub fn starts(&self) -> Date {
        self.ends.saturating_sub(self.months.months())
    }

    pub fn town(&self) -> Town {
        Town {
            seed: self.seed,
            as_of: self.ends,
            practices: self.practices,
        }
    }

    /// The true fractures, in the order in which [`write_year`] numbers them.
    pub fn true_fractures(&self) -> Vec<Fracture> {
        fractures::year(&self.town(), self.fractures, self.starts(), self.ends)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenFile {
    pub path: PathBuf,
    pub title: &'static str,
    /// Messages or rows, broken ones and repeats included.
    pub items: usize,
    /// `hl7`, `ecds`, `apc` or `fracture-clinic`.
    pub format: &'static str,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Written {
    pub files: Vec<WrittenFile>,
    pub summary: Summary,
    /// Positions in [`YearPlan::true_fractures`] of the eligible ones.
    pub eligible: Vec<usize>,
    /// Blood results and scans as they stand at the end, corrections made; none unless the plan asks for results.
    pub results: Vec<TrueResult>,
}

/// What is true, to hold against what Herald makes of the files.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// People with at least one item in the files.
    pub people: usize,
    pub fractures: usize,
    /// 50 or over on the day, low energy, no tumour, a site that the service takes, in the area, alive at the end.
    pub eligible_fractures: usize,
    /// Fractures of a person who had one earlier in the year.
    pub refractures: usize,
    pub fractures_by_site: BTreeMap<&'static str, usize>,
    /// Deaths that the feeds tell of.
    pub deaths: usize,
    /// Items by kind of sender's document.
    pub items: BTreeMap<&'static str, usize>,
    /// Items with something wrong, by what.
    pub dirty: BTreeMap<&'static str, usize>,
}

pub(crate) const FILES: [(&str, &str, &str); 10] = [
    (
        "southend-adt.hl7",
        "Southend: admissions and demographics (ADT)",
        "hl7",
    ),
    (
        "basildon-adt.hl7",
        "Basildon: admissions and demographics (ADT)",
        "hl7",
    ),
    (
        "broomfield-adt.hl7",
        "Broomfield: admissions and demographics (ADT)",
        "hl7",
    ),
    (
        "southend-radiology-oru.hl7",
        "Southend: radiology and other results (ORU)",
        "hl7",
    ),
    (
        "basildon-radiology-oru.hl7",
        "Basildon: radiology and other results (ORU)",
        "hl7",
    ),
    (
        "broomfield-radiology-oru.hl7",
        "Broomfield: radiology and other results (ORU)",
        "hl7",
    ),
    (
        "mse-ed-attendances.csv",
        "Emergency attendances (ECDS)",
        "ecds",
    ),
    (
        "mse-inpatient-episodes.csv",
        "Inpatient episodes (APC)",
        "apc",
    ),
    (
        "fracture-clinic-list.csv",
        "Fracture clinic list",
        "fracture-clinic",
    ),
    (
        "mse-results-oru.hl7",
        "Blood results and bone density scans (ORU)",
        "hl7",
    ),
];

/// Inpatient episodes are coded after the patient has gone home: an extract of a part of the year holds those that began
/// this many days before its end.
const CODED_AFTER: i32 = 8 * DAY;

/// A year made up and not yet written.
pub struct PlannedYear {
    plan: YearPlan,
    fractures: Vec<Fracture>,
    items: Vec<Item>,
    deaths: HashMap<u32, Date>,
    dirty: BTreeMap<&'static str, usize>,
}

/// What happened on some days of it, to be written.
#[derive(Clone, Copy)]
struct Part<'a> {
    dir: &'a Path,
    /// The first day, if not the first of all.
    from: Option<Date>,
    /// The last day.
    until: Date,
    /// Follows the name of each file.
    ending: &'a str,
}

impl PlannedYear {
    pub fn new(plan: &YearPlan) -> Self {
        let fractures = plan.true_fractures();
        let mut planner = Planner::new(plan, plan.starts());
        planner.everything(&fractures);
        planner.scans(&fractures);
        if plan.results {
            planner.results(&fractures);
        }
        let Planner {
            mut items,
            deaths,
            dirty,
            ..
        } = planner;
        // What was cut off comes before the whole.
        items.sort_by_key(|item| {
            (
                item.file,
                item.sent,
                item.key,
                item.flaw != Flaw::Truncated,
                item.control,
            )
        });
        Self {
            plan: *plan,
            fractures,
            items,
            deaths,
            dirty,
        }
    }

    /// Writes what the hospitals would have sent on the days from `from` to `until`, both included. A year written in
    /// parts that follow each other holds what [`write_year`] writes, each item once, and no part knows of days after
    /// it. Files with nothing in them are not written; names end in the last day: `southend-adt-2026-03-01.hl7`.
    pub fn write_span(&self, dir: &Path, from: Date, until: Date) -> io::Result<Vec<WrittenFile>> {
        let part = Part {
            dir,
            from: (from > self.plan.starts()).then_some(from),
            until: until.min(self.plan.ends),
            ending: &format!("-{until}"),
        };
        self.write(part, &mut |_, _| {})
    }

    /// Who died, and when: the feeds tell of it a day later.
    pub fn deaths(&self) -> impl Iterator<Item = (NhsNumber, Date)> {
        let town = self.plan.town();
        self.deaths
            .iter()
            .filter_map(move |(person, on)| Some((town.person(*person).nhs_number?, *on)))
    }

    fn scribe(&self, until: Date) -> Scribe<'_> {
        Scribe {
            plan: &self.plan,
            town: self.plan.town(),
            starts: self.plan.starts(),
            until,
            fractures: &self.fractures,
            deaths: &self.deaths,
        }
    }

    fn write(
        &self,
        part: Part<'_>,
        progress: &mut dyn FnMut(u64, u64),
    ) -> io::Result<Vec<WrittenFile>> {
        let scribe = self.scribe(part.until);
        let starts = self.plan.starts();
        let minute = |day: Date| days_between(starts, day) * DAY;
        let from = part.from.map(minute);
        // The last part holds whatever is left.
        let until = (part.until < self.plan.ends).then(|| minute(part.until) + DAY);
        let within = |item: &Item| {
            let late = if item.file == APC { CODED_AFTER } else { 0 };
            from.is_none_or(|from| item.sent >= from - late)
                && until.is_none_or(|until| item.sent < until - late)
        };
        let items: Vec<Item> = self.items.iter().filter(|i| within(i)).copied().collect();
        let total = items.len() as u64;
        let mut done = 0;
        let mut files = Vec::new();
        std::fs::create_dir_all(part.dir)?;
        for (number, (name, title, format)) in FILES.into_iter().enumerate() {
            if number == usize::from(RESULTS) && !self.plan.results {
                continue;
            }
            let mine = || {
                items
                    .iter()
                    .filter(move |item| usize::from(item.file) == number)
            };
            let count = mine().count();
            if count == 0 && !part.ending.is_empty() {
                continue;
            }
            let path = part.dir.join(match name.rsplit_once('.') {
                Some((stem, end)) => format!("{stem}{}.{end}", part.ending),
                None => name.to_owned(),
            });
            let mut step = || {
                done += 1;
                if done % 500 == 0 || done == total {
                    progress(done, total);
                }
            };
            let out = BufWriter::with_capacity(1 << 16, File::create(&path)?);
            if format == "hl7" {
                scribe.messages(out, number, mine(), &mut step)?;
            } else {
                scribe.rows(out, format, mine(), &mut step)?;
            }
            files.push(WrittenFile {
                path,
                title,
                items: count,
                format,
            });
        }
        Ok(files)
    }
}

/// Writes the year as the hospitals would send it, one message at a time, telling `progress` how many of how many.
pub fn write_year(
    plan: &YearPlan,
    dir: &Path,
    mut progress: impl FnMut(u64, u64),
) -> io::Result<Written> {
    let year = PlannedYear::new(plan);
    let eligible = eligible(&plan.town(), &year.fractures, &year.deaths);
    let summary = summary(
        &year.fractures,
        &year.items,
        &year.deaths,
        year.dirty.clone(),
        eligible.len(),
    );
    let part = Part {
        dir,
        from: None,
        until: plan.ends,
        ending: "",
    };
    Ok(Written {
        files: year.write(part, &mut progress)?,
        summary,
        eligible,
        results: year.scribe(plan.ends).true_results(&year.items),
    })
}

fn eligible(town: &Town, all: &[Fracture], deaths: &HashMap<u32, Date>) -> Vec<usize> {
    let is_eligible = |fracture: &Fracture| {
        let person = town.person(fracture.person);
        person.age_on(fracture.on) >= 50
            && fracture.cause == Cause::Fragility
            && fracture.site_taken()
            && person.in_area
            && !deaths.contains_key(&fracture.person)
    };
    (0..)
        .zip(all)
        .filter(|(_, fracture)| is_eligible(fracture))
        .map(|(n, _)| n)
        .collect()
}

fn summary(
    all: &[Fracture],
    items: &[Item],
    deaths: &HashMap<u32, Date>,
    dirty: BTreeMap<&'static str, usize>,
    eligible_fractures: usize,
) -> Summary {
    let mut summary = Summary {
        people: items
            .iter()
            .map(|item| item.person)
            .collect::<HashSet<_>>()
            .len(),
        fractures: all.len(),
        eligible_fractures,
        refractures: all.iter().filter(|fracture| fracture.again).count(),
        deaths: items
            .iter()
            .filter(|item| deaths.contains_key(&item.person))
            .map(|item| item.person)
            .collect::<HashSet<_>>()
            .len(),
        dirty,
        ..Summary::default()
    };
    for item in items {
        *summary.items.entry(item.what.kind()).or_default() += 1;
    }
    for fracture in all {
        *summary
            .fractures_by_site
            .entry(fracture.site.code())
            .or_default() += 1;
    }
    summary
}
