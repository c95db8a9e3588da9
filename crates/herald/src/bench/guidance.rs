//! How long the guidance packs take over one person, and over a cohort before and after a change.

use std::{
    hint::black_box,
    num::NonZero,
    process::ExitCode,
    thread,
    time::{Duration, Instant},
};

use ::guidance::{BeforeAfter, Comparison, Counts, FactKind, Facts, Given, Library};
use anyhow::anyhow;
use clap::Args;

use super::row;

#[derive(Args)]
pub struct GuidanceArgs {
    /// Seconds for each measurement of one person
    #[arg(long, default_value_t = 2.0)]
    seconds: f64,
    /// People of the cohort
    #[arg(long, default_value_t = 100_000)]
    people: u32,
}

pub fn run(args: &GuidanceArgs) -> anyhow::Result<ExitCode> {
    let library = Library::shipped();
    let people: Vec<Facts> = (0..args.people)
        .map(|number| person(library, number))
        .collect();
    let seconds = Duration::from_secs_f64(args.seconds);
    row("measured", "this build", "limit");
    row(
        &format!(
            "all packs over one person, {} rules, with every reason",
            library.rules().count()
        ),
        each(&people, seconds, |facts| {
            black_box(library.advise(black_box(facts)));
        }),
        "1,000 us",
    );
    row(
        "  the answers alone",
        each(&people, seconds, |facts| {
            black_box(library.answers(black_box(facts)));
        }),
        "",
    );
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let (counted, took) = cohort(library, &people, cores)?;
    row(
        &format!(
            "before and after of a changed rule, {} people, {cores} cores",
            counted.people
        ),
        format!("{:.2} s", took.as_secs_f64()),
        if args.people == 100_000 { "10 s" } else { "" },
    );
    row(
        "  people for whom it changes something",
        counted.changed.to_string(),
        "",
    );
    Ok(ExitCode::SUCCESS)
}

fn each(people: &[Facts], seconds: Duration, work: impl Fn(&Facts)) -> String {
    let began = Instant::now();
    let mut done = 0_u32;
    while began.elapsed() < seconds {
        for facts in people.iter().take(100) {
            work(facts);
            done += 1;
        }
    }
    let micros = began.elapsed().as_secs_f64() * 1e6 / f64::from(done.max(1));
    format!("{micros:.1} us")
}

/// A line moved from 10 % to 15 %, over everybody.
fn cohort(
    library: &Library,
    people: &[Facts],
    cores: usize,
) -> anyhow::Result<(Comparison, Duration)> {
    let (mut after, _) = Library::read(Library::shipped_files());
    after.set_condition("ng259-1.4.2", "age >= 30 and risk10.mof >= 15")?;
    let sides = BeforeAfter::new(library, &after);
    let began = Instant::now();
    let counted = thread::scope(|threads| -> anyhow::Result<Counts> {
        let running: Vec<_> = people
            .chunks(people.len().div_ceil(cores).max(1))
            .map(|part| {
                let sides = &sides;
                threads.spawn(move || {
                    let mut counted = sides.nobody();
                    for facts in part {
                        sides.take(facts, facts, &mut counted);
                    }
                    counted
                })
            })
            .collect();
        let mut all = sides.nobody();
        for part in running {
            all.add(&part.join().map_err(|_| anyhow!("comparing failed"))?);
        }
        Ok(all)
    })?;
    let took = began.elapsed();
    Ok((sides.named(&counted), took))
}

/// Somebody of whom four facts in five are known, the same in every run.
fn person(library: &Library, number: u32) -> Facts {
    let catalogue = &library.catalogue;
    let mut facts = catalogue.nothing();
    for (place, fact) in (1_u32..).zip(&catalogue.facts) {
        let mixed = mix(number, place);
        if mixed.is_multiple_of(5) {
            continue;
        }
        // What is made here lies within what is plausible.
        let _ = catalogue.put(&mut facts, &fact.id, &value(fact, mixed / 5));
    }
    facts
}

fn mix(number: u32, place: u32) -> u32 {
    let mut mixed = number.wrapping_mul(0x9E37_79B1) ^ place.wrapping_mul(0x85EB_CA6B);
    mixed ^= mixed >> 15;
    mixed = mixed.wrapping_mul(0xC2B2_AE35);
    mixed ^ (mixed >> 13)
}

fn value(fact: &FactKind, mixed: u32) -> Given {
    let options = fact.options();
    match (
        options.get(mixed as usize % options.len().max(1)),
        fact.plausible,
    ) {
        (Some(word), _) => Given::Word(word.clone()),
        (None, Some((low, high))) => {
            Given::Number(low + f64::from(mixed % 1000) / 999.0 * (high - low))
        }
        // Most things are not so.
        (None, None) => Given::YesNo(mixed.is_multiple_of(5)),
    }
}
