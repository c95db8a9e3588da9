//! A made-up mid and south Essex, through the same door as real files: by default more than a year of it, in which
//! made-up staff have done their work.

mod patients;
mod replay;
mod settings;
mod sign_ins;
mod staff;

use std::{fs, path::Path, process::ExitCode, sync::Arc, time::Instant};

use anyhow::{Context, bail};
use clap::Args;
use jiff::{ToSpan, civil::Date};
use serde::{Deserialize, Serialize};
use service::{App, Scope, imports};
use store::Store;
use synth::YearPlan;
use terms::{Clock, FixedClock, ShiftedClock, SystemClock};

use self::sign_ins::sign_ins;
use crate::{
    Place, open,
    report::Bar,
    serve::{ServeArgs, serve},
};

#[derive(Args)]
#[command(
    after_help = "Everybody in it is made up. A second run in the same folder (--data) keeps what is there and goes on.\n\n\
                  With --today the demonstration is shown as if it were that day. A second run may name a later day, \
                  never an earlier one: so one person can be walked through a year in an hour."
)]
pub struct DemoArgs {
    /// Take in a year at once and leave every decision to you: nobody has worked through it
    #[arg(long)]
    untouched: bool,
    /// Staff and hospitals, and nobody on record
    #[arg(long, conflicts_with_all = ["untouched", "full"])]
    empty: bool,
    /// The real size, untouched: 9,500 fractures, 150 practices, about 99,000 messages
    #[arg(long)]
    full: bool,
    /// How many fractures, if not the usual number
    #[arg(long, value_name = "N", conflicts_with_all = ["full", "empty"])]
    fractures: Option<usize>,
    /// Another number makes up other people
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Show it as if it were this day, such as 2027-03-12. Only a demonstration can be moved in time
    #[arg(long, value_name = "DAY")]
    today: Option<Date>,
    /// Make it and take it in, then end
    #[arg(long)]
    no_serve: bool,
    #[command(flatten)]
    serve: ServeArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    /// Staff have worked through it.
    Worked,
    #[default]
    Untouched,
    Empty,
}

/// What the first run chose, so that a later one makes the same year.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Chosen {
    seed: u64,
    full: bool,
    /// The day on which it was begun.
    ends: Date,
    #[serde(default)]
    kind: Kind,
    #[serde(default)]
    fractures: Option<usize>,
}

/// Long enough that reviews at 52 weeks, which count until the 56th, are among what was done.
const MONTHS_WORKED: i32 = 15;
/// Enough for lists of a believable length, and few enough to be made while somebody waits.
const FRACTURES_WORKED: usize = 900;

impl Chosen {
    fn of(args: &DemoArgs, today: Date) -> Self {
        let kind = match args {
            args if args.empty => Kind::Empty,
            args if args.untouched || args.full => Kind::Untouched,
            _ => Kind::Worked,
        };
        Self {
            seed: args.seed,
            full: args.full,
            ends: today,
            kind,
            fractures: args.fractures,
        }
    }

    fn plan(&self) -> YearPlan {
        let usual = if self.full {
            YearPlan::full(self.ends)
        } else {
            YearPlan::demo(self.ends)
        };
        let usual = YearPlan {
            seed: self.seed,
            ..usual
        };
        match self.kind {
            Kind::Worked => YearPlan {
                // Yesterday is the last day that staff worked, with what the hospitals sent until the day before.
                ends: self.ends.saturating_sub(2.days()),
                months: MONTHS_WORKED,
                fractures: self.fractures.unwrap_or(FRACTURES_WORKED),
                other_per_fracture: 4,
                results: true,
                ..usual
            },
            _ => YearPlan {
                fractures: self.fractures.unwrap_or(usual.fractures),
                ..usual
            },
        }
    }
}

/// The day that the demonstration showed when it was last started.
const REACHED: &str = "demo_reached";

pub fn run(place: &Place, args: &DemoArgs) -> anyhow::Result<ExitCode> {
    let began = Instant::now();
    fs::create_dir_all(&place.data)?;
    let address = open::address(place)?;
    let store = Store::open(&address)
        .with_context(|| format!("the data at {address:?} cannot be opened"))?;
    let (chosen, today) = chosen(&store, place, args)?;
    drop(store);
    let plan = chosen.plan();
    settings::write(&place.data, &plan)?;
    let mut app = open::app(place)?;
    app.demo = true;
    let clock = Arc::new(FixedClock::at(replay::opening(&plan)));
    if chosen.kind == Kind::Worked {
        app.clock = Arc::clone(&clock) as Arc<dyn Clock>;
    } else {
        app.clock = showing(today);
    }
    let scope = app.store.sign_in_job("Demonstration", app.clock.now())?;
    let sign_ins = sign_ins(&app, &scope, &place.data, &args.serve)?;
    match chosen.kind {
        Kind::Empty => {}
        Kind::Untouched => take_in_year(&app, &scope, &place.data, &plan)?,
        Kind::Worked => {
            replay::work_through(&app, &clock, &scope, &sign_ins, &plan, &place.data)?;
            app.clock = showing(today);
        }
    }
    let waiting = waiting(&app, &scope)?;
    println!(
        "{waiting} candidates wait for a nurse. Ready after {:.1} s.",
        began.elapsed().as_secs_f64()
    );
    if today != SystemClock.today() {
        println!("It is shown as if it were {}.", words(today));
    }
    if args.no_serve {
        return Ok(ExitCode::SUCCESS);
    }
    serve(app, &args.serve, |address| {
        println!("\n  Open   http://{address}\n");
        for sign_in in &sign_ins.sign_ins {
            println!(
                "  {:<26} {:<14} {}",
                sign_in.role_words, sign_in.username, sign_in.password
            );
        }
        println!(
            "\nThe page shows each one-time code: nobody has set up an authenticator for made-up people."
        );
        println!(
            "The same in {}. Ctrl+C stops.",
            place.data.join("sign-ins.json").display()
        );
    })
}

fn showing(today: Date) -> Arc<dyn Clock> {
    if today == SystemClock.today() {
        Arc::new(SystemClock)
    } else {
        Arc::new(ShiftedClock::showing(today))
    }
}

fn waiting(app: &App, scope: &Scope) -> anyhow::Result<u64> {
    let tally = service::today::tally(app, scope)?;
    Ok(tally
        .iter()
        .find(|(list, _)| list == "new")
        .map_or(0, |(_, n)| *n))
}

fn words(day: Date) -> String {
    day.strftime("%-d %B %Y").to_string()
}

/// A year once begun stays the year, whatever is asked later; and its days only go forward.
fn chosen(store: &Store, place: &Place, args: &DemoArgs) -> anyhow::Result<(Chosen, Date)> {
    let held = store.read(|tx| store::settings::get(tx, "demo"))?;
    let real = SystemClock.today();
    let (chosen, today) = match held {
        Some(text) => {
            let chosen: Chosen = serde_json::from_str(&text)?;
            let reached = store
                .read(|tx| store::settings::get(tx, REACHED))?
                .and_then(|day| day.parse().ok())
                .unwrap_or(chosen.ends);
            if let Some(asked) = args.today.filter(|asked| *asked < reached) {
                bail!(
                    "the demonstration in {} has come to {}, so it cannot be shown as of {}: name that day or a later \
                     one with --today, or another folder with --data",
                    place.data.display(),
                    words(reached),
                    words(asked)
                );
            }
            (chosen, args.today.unwrap_or(real.max(reached)))
        }
        None => {
            let staff = store.read(store::staff::all)?;
            let received = store.read(store::inbox::tally)?;
            if !staff.is_empty() || !received.is_empty() {
                bail!(
                    "{} holds data that is no demonstration; choose another folder with --data",
                    place.data.display()
                );
            }
            let today = args.today.unwrap_or(real);
            (Chosen::of(args, today), today)
        }
    };
    if chosen
        != (Chosen {
            ends: chosen.ends,
            ..Chosen::of(args, today)
        })
    {
        eprintln!("This folder holds another demonstration already; going on with that one.");
    }
    let text = serde_json::to_string(&chosen)?;
    store.write(|tx| {
        store::settings::set(tx, "demo", &text)?;
        store::settings::set(tx, REACHED, &today.to_string())
    })?;
    Ok((chosen, today))
}

fn take_in_year(app: &App, scope: &Scope, data: &Path, plan: &YearPlan) -> anyhow::Result<()> {
    let folder = data.join("year");
    fs::create_dir_all(&folder)?;
    let bar = Bar::new("Making up a year");
    let written = synth::write_year(plan, &folder, |done, of| bar.at(done, of))?;
    bar.done();
    println!(
        "A year of {} made-up fractures at three hospitals, as the hospitals would send it: {} files in {}",
        written.summary.fractures,
        written.files.len(),
        folder.display()
    );
    for file in &written.files {
        let name = file
            .path
            .file_name()
            .map(|n| n.to_string_lossy().into_owned())
            .unwrap_or_default();
        let bar = Bar::new(&name);
        let import = imports::take_in(app, scope, &file.path, &name, None, &mut |p| {
            bar.show(&name, p)
        })?;
        bar.done();
        if let Some(problem) = &import.problem {
            bail!("{name} was refused: {problem}");
        }
        let view = imports::view(app, scope, import.id, 1)?;
        let sums = &view.sums;
        println!(
            "  {name:<34} {:>6} received {:>5} new {:>5} had {:>4} held {:>6} ignored {:>4} rejected",
            sums.received,
            sums.new,
            sums.had,
            sums.held,
            sums.ignored_total(),
            sums.rejected
        );
    }
    Ok(())
}
