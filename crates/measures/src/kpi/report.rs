use std::{borrow::Borrow, collections::BTreeMap};

use jiff::civil::Date;
use serde::Serialize;
use terms::OdsCode;

use super::{
    Band, Beside, Completeness, Definition, Kpi, Month, Question, Reason, RunChart, Set, Standing,
    Verified, completeness::Blanks, definitions, run_chart::run_chart, standing::Case,
};
use crate::{
    fls_db::{Record, days_after, days_between},
    wilson,
};

/// Months that a run chart looks back on, the one of the report among them.
const MONTHS: i32 = 24;

/// All KPIs for one question.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    pub as_of: Date,
    pub period: Option<(Date, Date)>,
    pub referral_counts: bool,
    /// Of the definitions.
    pub version: String,
    pub records: u64,
    pub kpis: Vec<KpiReport>,
    pub beside: Vec<BesideReport>,
    /// KPI 1 as the audit judges it.
    pub completeness: Completeness,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct KpiReport {
    pub kpi: Kpi,
    pub number: u8,
    pub title: &'static str,
    pub status: Option<Verified>,
    pub total: Figures,
    /// Why records are not eligible, those that occur.
    pub because: Vec<(Reason, u64)>,
    /// The last 24 months by diagnosis, oldest first, whatever the period.
    pub months: Vec<MonthFigures>,
    pub run_chart: RunChart,
    pub hospitals: Vec<HospitalFigures>,
}

/// Another way of counting, to be shown beside its KPI.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BesideReport {
    pub beside: Beside,
    pub kpi: Kpi,
    pub title: &'static str,
    pub status: Option<Verified>,
    pub total: Figures,
}

/// One figure and the sizes of the lists behind it.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Figures {
    pub eligible: u64,
    pub not_eligible: u64,
    pub met: u64,
    pub not_met: u64,
    /// KPI 2 only: what the fractures recorded are compared with.
    pub expected: Option<f64>,
    /// To one decimal. None with nobody eligible, or without a number to be expected.
    pub percent: Option<f64>,
    /// 95% confidence interval (Wilson), in percent. None for KPI 2, which is no proportion.
    pub lower: Option<f64>,
    pub upper: Option<f64>,
    pub band: Option<Band>,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct MonthFigures {
    pub month: Month,
    /// Every window of the month has closed, so the figure is final but for late entries.
    pub settled: bool,
    #[serde(flatten)]
    pub figures: Figures,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HospitalFigures {
    /// None where no source says.
    pub hospital: Option<OdsCode>,
    #[serde(flatten)]
    pub figures: Figures,
}

/// One line of the report as a table.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CsvRow {
    pub kpi: u8,
    /// `all`, `month` or `site`.
    pub split: &'static str,
    pub site: Option<String>,
    pub month: Option<String>,
    pub eligible: u64,
    pub not_eligible: u64,
    pub met: u64,
    pub not_met: u64,
    pub percent: Option<f64>,
}

impl Figures {
    /// The size of one of the lists.
    pub fn count(&self, set: Set) -> u64 {
        match set {
            Set::Eligible => self.eligible,
            Set::NotEligible => self.not_eligible,
            Set::Met => self.met,
            Set::NotMet => self.not_met,
        }
    }
}

impl Report {
    pub fn get(&self, kpi: Kpi) -> Option<&KpiReport> {
        self.kpis.iter().find(|of| of.kpi == kpi)
    }

    /// Every figure on a line of its own: totals, then months, then hospitals of each KPI.
    pub fn csv_rows(&self) -> Vec<CsvRow> {
        let mut rows = Vec::new();
        for of in &self.kpis {
            let row = |split, site, month, figures: &Figures| CsvRow {
                kpi: of.number,
                split,
                site,
                month,
                eligible: figures.eligible,
                not_eligible: figures.not_eligible,
                met: figures.met,
                not_met: figures.not_met,
                percent: figures.percent,
            };
            rows.push(row("all", None, None, &of.total));
            for month in &of.months {
                let name = Some(month.month.to_string());
                rows.push(row("month", None, name, &month.figures));
            }
            for hospital in &of.hospitals {
                let name = hospital.hospital.as_ref().map_or("", OdsCode::as_str);
                let name = Some(name.to_owned());
                rows.push(row("site", name, None, &hospital.figures));
            }
        }
        rows
    }
}

/// Counts every record once on every KPI.
pub fn report<R: Borrow<Record>>(
    records: impl IntoIterator<Item = R>,
    question: &Question,
) -> Report {
    let mut count = Count::new(question);
    for record in records {
        count.add(record.borrow());
    }
    count.finish()
}

/// Sizes of the sets of one KPI in one cell of the report.
#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    met: u64,
    not_met: u64,
    not_eligible: u64,
}

impl Tally {
    fn add(&mut self, standing: Standing) {
        match standing {
            Standing::Met => self.met += 1,
            Standing::NotMet => self.not_met += 1,
            Standing::NotEligible(_) => self.not_eligible += 1,
        }
    }
}

/// A cell of every KPI, in the order of `Kpi::ALL`.
type Tallies = Vec<Tally>;

fn no_tallies() -> Tallies {
    vec![Tally::default(); Kpi::ALL.len()]
}

struct Count<'q> {
    question: &'q Question,
    first_month: Month,
    records: u64,
    total: Tallies,
    /// In the order of `Beside::ALL`.
    beside: Tallies,
    /// By KPI, then by reason.
    because: Vec<u64>,
    months: Vec<Tallies>,
    hospitals: BTreeMap<Option<OdsCode>, Tallies>,
    blanks: Blanks,
}

impl<'q> Count<'q> {
    fn new(question: &'q Question) -> Self {
        let months = (0..MONTHS).map(|_| no_tallies()).collect();
        // A hospital that sends nothing still has fractures to be expected.
        let silent = question.expected.keys().cloned().map(Some);
        Self {
            question,
            first_month: Month::of(question.as_of).plus(1 - MONTHS),
            records: 0,
            total: no_tallies(),
            beside: vec![Tally::default(); Beside::ALL.len()],
            because: vec![0; Kpi::ALL.len() * Reason::ALL.len()],
            months,
            hospitals: silent.map(|hospital| (hospital, no_tallies())).collect(),
            blanks: Blanks::default(),
        }
    }

    fn add(&mut self, record: &Record) {
        self.records += 1;
        let case = Case::new(record, self.question);
        let covered = self.question.covers(record.diagnosed_on);
        let asked = |standing| match covered {
            true => standing,
            false => Standing::NotEligible(Reason::OutsidePeriod),
        };
        for (tally, &beside) in self.beside.iter_mut().zip(Beside::ALL) {
            tally.add(asked(case.beside(beside)));
        }
        if !self.hospitals.contains_key(&record.hospital) {
            self.hospitals.insert(record.hospital.clone(), no_tallies());
        }
        let mut hospital = self.hospitals.get_mut(&record.hospital);
        let mut month = Month::of(record.diagnosed_on)
            .after(self.first_month)
            .and_then(|index| self.months.get_mut(index));
        for (index, &kpi) in Kpi::ALL.iter().enumerate() {
            let ever = case.standing(kpi);
            let standing = asked(ever);
            let cell = |tallies: &mut Tallies, standing| {
                if let Some(tally) = tallies.get_mut(index) {
                    tally.add(standing);
                }
            };
            cell(&mut self.total, standing);
            if let Some(tallies) = hospital.as_deref_mut() {
                cell(tallies, standing);
            }
            if let Some(tallies) = month.as_deref_mut() {
                cell(tallies, ever);
            }
            if let Standing::NotEligible(reason) = standing {
                let place = index * Reason::ALL.len() + reason as usize;
                if let Some(count) = self.because.get_mut(place) {
                    *count += 1;
                }
            } else if kpi == Kpi::Completeness {
                self.blanks.add(&case);
            }
        }
    }

    fn finish(self) -> Report {
        let definitions = definitions();
        let kpis = Kpi::ALL.iter().enumerate();
        Report {
            as_of: self.question.as_of,
            period: self.question.period,
            referral_counts: self.question.referral_counts,
            version: definitions.version.clone(),
            records: self.records,
            kpis: kpis.map(|(index, &kpi)| self.kpi(index, kpi)).collect(),
            beside: self.beside(),
            completeness: self.blanks.judge(definitions.completeness),
        }
    }

    fn kpi(&self, index: usize, kpi: Kpi) -> KpiReport {
        let definition = definitions().get(kpi);
        let figures = |tallies: &Tallies, expected: Option<f64>| {
            let tally = tallies.get(index).copied().unwrap_or_default();
            figures(kpi, tally, expected, definition)
        };
        let yearly: u64 = self.question.expected.values().map(|&n| u64::from(n)).sum();
        let years = self.years();
        let months = self.months.iter().zip(0..).map(|(tallies, after)| {
            let month = self.first_month.plus(after);
            MonthFigures {
                month,
                settled: self.settled(kpi, month),
                figures: figures(tallies, self.expected_in(month, yearly)),
            }
        });
        let months: Vec<MonthFigures> = months.collect();
        let points: Vec<(Month, f64)> = months
            .iter()
            .filter(|month| month.settled)
            .filter_map(|month| Some((month.month, month.figures.percent?)))
            .collect();
        let hospitals = self.hospitals.iter().map(|(hospital, tallies)| {
            let expected = &self.question.expected;
            let yearly = hospital.as_ref().and_then(|code| expected.get(code));
            HospitalFigures {
                hospital: hospital.clone(),
                figures: figures(tallies, yearly.zip(years).map(|(&n, y)| f64::from(n) * y)),
            }
        });
        KpiReport {
            kpi,
            number: kpi.number(),
            title: kpi.words(),
            status: definition.map(|definition| definition.status),
            total: figures(&self.total, years.map(|years| yearly as f64 * years)),
            because: self.because(index),
            run_chart: run_chart(&points, &definitions().run_chart),
            months,
            hospitals: hospitals.collect(),
        }
    }

    fn beside(&self) -> Vec<BesideReport> {
        let tallies = self.beside.iter().zip(Beside::ALL);
        let reports = tallies.map(|(&tally, &beside)| {
            let kpi = beside.kpi();
            BesideReport {
                beside,
                kpi,
                title: beside.words(),
                status: definitions().beside(beside).map(|of| of.status),
                total: figures(kpi, tally, None, definitions().get(kpi)),
            }
        });
        reports.collect()
    }

    fn because(&self, index: usize) -> Vec<(Reason, u64)> {
        let of_kpi = self.because.iter().skip(index * Reason::ALL.len());
        Reason::ALL
            .iter()
            .copied()
            .zip(of_kpi.copied())
            .filter(|&(_, count)| count > 0)
            .collect()
    }

    fn settled(&self, kpi: Kpi, month: Month) -> bool {
        days_after(month.last_day(), kpi.window_days().unwrap_or(0)) < self.question.as_of
    }

    /// The part of the period that is over, in years; a whole calendar year is one, leap year or not.
    fn years(&self) -> Option<f64> {
        let (first, last) = self.question.period?;
        let last = last.min(self.question.as_of);
        if last < first {
            return None;
        }
        years_between(first, last)
    }

    /// Fractures to be expected in the part of a month that is over.
    fn expected_in(&self, month: Month, yearly: u64) -> Option<f64> {
        let first = Date::new(month.year(), month.month(), 1).ok()?;
        let last = month.last_day().min(self.question.as_of);
        let days = f64::from(days_between(first, last) + 1);
        Some(yearly as f64 * days / days_of_year(month.year()))
    }
}

fn days_of_year(year: i16) -> f64 {
    Date::new(year, 1, 1).map_or(365.0, |first| f64::from(first.days_in_year()))
}

/// Years from one day to another, both counted: each year's days as a share of that year.
fn years_between(first: Date, last: Date) -> Option<f64> {
    let mut years = 0.0;
    for year in first.year()..=last.year() {
        let begins = Date::new(year, 1, 1).ok()?.max(first);
        let ends = begins.last_of_year().min(last);
        years += f64::from(days_between(begins, ends) + 1) / days_of_year(year);
    }
    Some(years)
}

fn figures(
    kpi: Kpi,
    tally: Tally,
    expected: Option<f64>,
    definition: Option<&Definition>,
) -> Figures {
    let eligible = tally.met + tally.not_met;
    let mut made = Figures {
        eligible,
        not_eligible: tally.not_eligible,
        met: tally.met,
        not_met: tally.not_met,
        ..Figures::default()
    };
    if kpi == Kpi::Identification {
        made.expected = expected.filter(|&number| number > 0.0).map(one_decimal);
        made.percent = expected
            .filter(|&number| number > 0.0)
            .map(|number| one_decimal(tally.met as f64 * 100.0 / number));
    } else if let Some(interval) = wilson(tally.met, eligible) {
        made.percent = Some(one_decimal(interval.value * 100.0));
        made.lower = Some(one_decimal(interval.lower * 100.0));
        made.upper = Some(one_decimal(interval.upper * 100.0));
    }
    made.band = made
        .percent
        .zip(definition)
        .and_then(|(percent, definition)| definition.band(percent));
    made
}

pub(super) fn one_decimal(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}
