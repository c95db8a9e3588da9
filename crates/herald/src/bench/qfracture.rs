//! How many people QFracture-2012 scores a second.

use std::{
    fmt::Write,
    hint::black_box,
    io::sink,
    num::NonZero,
    process::ExitCode,
    thread,
    time::{Duration, Instant},
};

use ::qfracture::{Flag, Profile, Sex, score};
use clap::Args;

use super::row;

#[derive(Args)]
pub struct QfractureArgs {
    /// Seconds for each measurement
    #[arg(long, default_value_t = 2.0)]
    seconds: f64,
}

const PEOPLE: u32 = 100_000;

pub fn run(args: &QfractureArgs) -> anyhow::Result<ExitCode> {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let people: Vec<Profile> = (0..PEOPLE).map(person).collect();
    let seconds = Duration::from_secs_f64(args.seconds);
    row("measured", "this build", "limit");
    row(
        "people scored by QFracture-2012, both risks, one core",
        a_second(scored(&people, seconds, 1)?),
        "",
    );
    row(
        &format!("  on all {cores} cores"),
        a_second(scored(&people, seconds, cores)?),
        "1,000,000 /s",
    );
    row(
        "  from lines of NDJSON to lines of NDJSON",
        a_second(answered(&people, seconds)?),
        "",
    );
    Ok(ExitCode::SUCCESS)
}

fn a_second(rate: f64) -> String {
    format!("{rate:.0} /s")
}

/// Somebody of whom everything differs from one to the next, but is the same in every run.
fn person(number: u32) -> Profile {
    let mixed = number.wrapping_mul(0x9E37_79B1);
    let below = |shift: u32, many: u32| (mixed >> shift) % many;
    let whole = |first: i32, shift: u32, many: u32| first + below(shift, many).cast_signed();
    Profile {
        sex: if below(0, 2) == 0 {
            Sex::Female
        } else {
            Sex::Male
        },
        age: whole(30, 3, 71),
        bmi: 20.0 + f64::from(below(9, 2001)) / 100.0,
        alcohol_cat6: whole(0, 5, 6),
        ethrisk: whole(1, 7, 9),
        smoke_cat: whole(0, 11, 5),
        flags: (0..)
            .zip(Flag::ALL)
            .filter(|(place, _)| mixed.rotate_left(*place) % 5 == 0)
            .map(|(_, flag)| flag)
            .collect(),
        surv: whole(1, 13, 18),
    }
}

fn scored(people: &[Profile], seconds: Duration, cores: usize) -> anyhow::Result<f64> {
    let began = Instant::now();
    let done = thread::scope(|threads| {
        let work = || {
            let mut done = 0_u64;
            while began.elapsed() < seconds {
                for person in people {
                    black_box(score(black_box(person)))?;
                    done += 1;
                }
            }
            Ok(done)
        };
        let running: Vec<_> = (0..cores).map(|_| threads.spawn(work)).collect();
        running
            .into_iter()
            .map(|thread| {
                thread
                    .join()
                    .map_err(|_| anyhow::anyhow!("scoring failed"))?
            })
            .sum::<anyhow::Result<u64>>()
    })?;
    Ok(done as f64 / began.elapsed().as_secs_f64())
}

/// The command, on lines in memory.
fn answered(people: &[Profile], seconds: Duration) -> anyhow::Result<f64> {
    let mut lines = String::new();
    for (id, person) in people.iter().enumerate() {
        let flags: Vec<&str> = person.flags.iter().map(Flag::code).collect();
        writeln!(
            lines,
            r#"{{"id":{id},"sex":"{}","age":{},"bmi":{},"alcohol_cat6":{},"ethrisk":{},"smoke_cat":{},"flags":{flags:?},"surv":{}}}"#,
            person.sex.code(),
            person.age,
            person.bmi,
            person.alcohol_cat6,
            person.ethrisk,
            person.smoke_cat,
            person.surv
        )?;
    }
    let began = Instant::now();
    let mut done = 0;
    while began.elapsed() < seconds {
        crate::qfracture::run(&Default::default(), lines.as_bytes(), sink(), sink())?;
        done += people.len();
    }
    Ok(done as f64 / began.elapsed().as_secs_f64())
}
