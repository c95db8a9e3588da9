//! `cargo run --release -p synth --example write_year -- <directory> [demo|full] [seed]`

use std::{path::PathBuf, process::ExitCode};

use jiff::civil::date;
use synth::{YearPlan, write_year};

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let Some(dir) = arguments.next().map(PathBuf::from) else {
        eprintln!("Say where to write the files.");
        return ExitCode::FAILURE;
    };
    let ends = date(2026, 6, 30);
    let mut plan = match arguments.next().as_deref() {
        Some("full") => YearPlan::full(ends),
        _ => YearPlan::demo(ends),
    };
    if let Some(seed) = arguments.next().and_then(|text| text.parse().ok()) {
        plan.seed = seed;
    }
    match write_year(&plan, &dir, |_, _| {}) {
        Ok(written) => {
            for file in &written.files {
                println!("{:>7}  {}", file.items, file.path.display());
            }
            println!("{:#?}", written.summary);
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("Could not write to {}: {error}", dir.display());
            ExitCode::FAILURE
        }
    }
}
