//! The KPIs of the FLS-DB: numbers for those who see numbers, and the people behind each for those who see people.
//! Both come from the same records and the same question, so that a figure always opens its list.

use std::{cmp::Reverse, collections::BTreeMap};

use jiff::civil::Date;
use measures::kpi::{self, Measure, Question, Report, Set, Standing};
use store::worklist::{self, Entry};
use terms::OdsCode;

use crate::{
    App, May, Scope,
    access::{demand, may},
    error::{FieldError, Result},
    today::PER_PAGE,
};

/// Fragility fractures for each hip fracture, that one among them (FLS-DB KPI 2).
const FRACTURES_PER_HIP: u32 = 5;

/// What a page or a command asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ask {
    /// Today without it.
    pub as_of: Option<Date>,
    /// First and last day of the diagnoses that count; everybody without it.
    pub period: Option<(Date, Date)>,
}

#[derive(Debug, Clone)]
pub struct KpiView {
    pub report: Report,
    /// Sites of this scope, to name the hospitals of the report.
    pub sites: Vec<store::settings::Site>,
    /// A hospital of this scope has a number of fractures to be expected.
    pub expected_is_set: bool,
    pub may_see_people: bool,
    pub today: Date,
}

/// Somebody behind a figure.
#[derive(Debug, Clone)]
pub struct Counted {
    pub entry: Entry,
    pub diagnosed_on: Date,
    pub standing: Standing,
}

#[derive(Debug, Clone)]
pub struct People {
    pub of: Measure,
    pub set: Set,
    pub as_of: Date,
    pub period: Option<(Date, Date)>,
    pub people: Vec<Counted>,
    /// Over all pages.
    pub total: u64,
    pub pages: u64,
    /// The page shown: the one asked for, or the last there is.
    pub page: u64,
    pub sites: Vec<store::settings::Site>,
}

/// All KPIs for the sites of the scope.
pub fn report(app: &App, scope: &Scope, ask: &Ask) -> Result<KpiView> {
    demand(scope, May::SeeNumbers)?;
    let question = question(app, scope, ask)?;
    let (records, sites) = app.store.read(|tx| -> Result<_> {
        let records = store::audit::records(tx, scope)?;
        Ok((records, store::settings::sites(tx, scope)?))
    })?;
    Ok(KpiView {
        report: kpi::report(&records, &question),
        sites,
        expected_is_set: !question.expected.is_empty(),
        may_see_people: may(scope.role(), May::SeePeople),
        today: app.clock.today(),
    })
}

/// The people of one set, whoever was diagnosed last first. Writes who was shown.
pub fn people(
    app: &App,
    scope: &Scope,
    of: Measure,
    set: Set,
    ask: &Ask,
    page: u64,
) -> Result<People> {
    demand(scope, May::SeePeople)?;
    let question = question(app, scope, ask)?;
    let people = app.store.read(|tx| -> Result<People> {
        let mut members = store::audit::pick(tx, scope, |episode, record| {
            let standing = kpi::standing(of, record, &question);
            let member = (Reverse(record.diagnosed_on), episode, standing);
            standing.is_in(set).then_some(member)
        })?;
        members.sort_unstable_by_key(|(diagnosed_on, episode, _)| (*diagnosed_on, *episode));
        let total = members.len() as u64;
        let pages = total.div_ceil(u64::from(PER_PAGE)).max(1);
        let page = page.clamp(1, pages);
        let first = usize::try_from((page - 1) * u64::from(PER_PAGE)).unwrap_or(usize::MAX);
        let shown = members.into_iter().skip(first).take(PER_PAGE as usize);
        let mut people = Vec::new();
        for (Reverse(diagnosed_on), episode, standing) in shown {
            let named = worklist::named(tx, scope, &[episode])?;
            people.extend(named.into_iter().map(|entry| Counted {
                entry,
                diagnosed_on,
                standing,
            }));
        }
        Ok(People {
            of,
            set,
            as_of: question.as_of,
            period: question.period,
            people,
            total,
            pages,
            page,
            sites: store::settings::sites(tx, scope)?,
        })
    })?;
    let mut shown: Vec<_> = people
        .people
        .iter()
        .map(|counted| counted.entry.person)
        .collect();
    shown.sort_unstable();
    shown.dedup();
    app.store.write(|tx| {
        let detail = serde_json::json!({
            "kpi": of, "set": set, "as_of": people.as_of, "page": people.page,
        });
        store::access::record(tx, scope, app.clock.now(), "kpi_opened", &shown, detail)
    })?;
    Ok(people)
}

fn question(app: &App, scope: &Scope, ask: &Ask) -> Result<Question> {
    let today = app.clock.today();
    let as_of = ask.as_of.unwrap_or(today);
    let mut wrong = Vec::new();
    if as_of > today {
        wrong.push(FieldError::new("as_of", "Choose today or a day before it"));
    }
    if ask.period.is_some_and(|(first, last)| last < first) {
        wrong.push(FieldError::new(
            "to",
            "Choose a last day that is not before the first",
        ));
    }
    if !wrong.is_empty() {
        return Err(crate::Error::Invalid(wrong));
    }
    Ok(Question {
        period: ask.period,
        expected: expected(app, scope),
        referral_counts: app.settings.referral_counts,
        ..Question::on(as_of)
    })
}

/// Only of the sites that the scope covers, so that a site's figure is compared with its own number.
fn expected(app: &App, scope: &Scope) -> BTreeMap<OdsCode, u32> {
    let hips = app.settings.hip_fractures_a_year.iter();
    hips.filter(|(hospital, _)| scope.sees(hospital.as_str()))
        .map(|(hospital, &hips)| {
            let number = kpi::expected_fractures(hips, FRACTURES_PER_HIP);
            (hospital.clone(), number)
        })
        .collect()
}
