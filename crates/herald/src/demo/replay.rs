//! More than a year replayed: each week the hospitals' files come, each working day staff do their work. The clock is
//! set to each of those days, and everything goes through the use cases that the pages call.

use std::{collections::BTreeMap, path::Path};

use anyhow::{Context, bail};
use jiff::{Timestamp, ToSpan, civil::Date};
use pathway::is_working_day;
use service::{App, Scope, imports};
use synth::{PlannedYear, YearPlan};
use terms::{FixedClock, NhsNumber, london_midnight};

use super::{sign_ins::SignIns, staff::Team, words};
use crate::report::Bar;

/// The last day that was worked through, so that a run that was stopped goes on there.
const WORKED: &str = "demo_worked";

/// The moment at which staff are given their sign-ins: the morning of the first day.
pub fn opening(plan: &YearPlan) -> Timestamp {
    morning(plan.starts(), 7)
}

fn morning(day: Date, hour: i64) -> Timestamp {
    let midnight = london_midnight(day);
    midnight.saturating_add(hour.hours()).unwrap_or(midnight)
}

pub fn work_through(
    app: &App,
    clock: &FixedClock,
    scope: &Scope,
    sign_ins: &SignIns,
    plan: &YearPlan,
    data: &Path,
) -> anyhow::Result<()> {
    let last = plan.ends.saturating_add(1.day());
    let held = app.store.read(|tx| store::settings::get(tx, WORKED))?;
    let worked: Option<Date> = held.and_then(|day| day.parse().ok());
    if worked >= Some(last) {
        return Ok(());
    }
    let bar = Bar::new("Making up fifteen months");
    let year = PlannedYear::new(plan);
    let folder = data.join("year");
    let deaths = deaths(&year);
    let first = worked.map_or(plan.starts(), |day| day.saturating_add(1.day()));
    clock.advance_to(morning(first, 7));
    let mut team = Team::new(app, clock, sign_ins, plan)?;
    let days = u64::try_from((last - plan.starts()).get_days()).unwrap_or_default();
    let mut received = 0;
    for day in first.series(1.day()).take_while(|day| *day <= last) {
        let to_go = (last - day).get_days();
        bar.at(
            days.saturating_sub(u64::try_from(to_go).unwrap_or_default()),
            days,
        );
        if to_go % 7 == 0 {
            bar.say(format!("{}: the hospitals' files", words(day)));
            clock.advance_to(morning(day, 7));
            let until = day.saturating_sub(1.day());
            let from = until.saturating_sub(6.days());
            received += take_in(app, scope, &year, &folder, from, until)?;
        }
        bar.say(format!("{}: {}", words(day), team.done));
        clock.advance_to(morning(day, 8));
        if is_working_day(day) {
            team.work(day).with_context(|| format!("replaying {day}"))?;
        }
        // A death is heard of on the day after.
        for number in deaths
            .get(&day.saturating_sub(2.days()))
            .into_iter()
            .flatten()
        {
            team.heard_of_death(number)?;
        }
        app.store
            .write(|tx| store::settings::set(tx, WORKED, &day.to_string()))?;
    }
    bar.done();
    println!(
        "Fifteen months of {} made-up fractures at three hospitals, as the hospitals sent them: {received} messages, in \
         {}\nWhat staff have done since {}: {}",
        plan.fractures,
        folder.display(),
        words(plan.starts()),
        team.done
    );
    Ok(())
}

fn deaths(year: &PlannedYear) -> BTreeMap<Date, Vec<NhsNumber>> {
    let mut all: BTreeMap<Date, Vec<NhsNumber>> = BTreeMap::new();
    for (number, on) in year.deaths() {
        all.entry(on).or_default().push(number);
    }
    for numbers in all.values_mut() {
        numbers.sort_by_key(ToString::to_string);
    }
    all
}

/// One week as the hospitals sent it.
fn take_in(
    app: &App,
    scope: &Scope,
    year: &PlannedYear,
    folder: &Path,
    from: Date,
    until: Date,
) -> anyhow::Result<u64> {
    let mut received = 0;
    for file in year.write_span(folder, from, until)? {
        let name = file
            .path
            .file_name()
            .map(|n| n.to_string_lossy().into_owned())
            .unwrap_or_default();
        let import = imports::take_in(app, scope, &file.path, &name, None, &mut |_| {})?;
        if let Some(problem) = &import.problem {
            bail!("{name} was refused: {problem}");
        }
        received += file.items as u64;
    }
    Ok(received)
}
