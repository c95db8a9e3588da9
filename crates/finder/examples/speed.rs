//! Reports a second on one core: `cargo run --release -p finder --example speed`.

use std::time::Instant;

use finder::{Finder, ReportText};
use serde_json::Value;

fn main() {
    let lines = include_str!("../tests/data/uk_reports_dev.jsonl");
    let texts: Vec<String> = lines
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter_map(|value| value.get("text").and_then(Value::as_str).map(str::to_owned))
        .collect();
    let start = Instant::now();
    let finder = Finder::default();
    println!(
        "compiled in {:.0} ms",
        start.elapsed().as_secs_f64() * 1000.0
    );
    let start = Instant::now();
    let mut listed = 0;
    let rounds = 20;
    for _ in 0..rounds {
        for text in &texts {
            let reading = finder.read_report(&ReportText {
                text,
                ..ReportText::default()
            });
            listed += usize::from(reading.list == terms::Listing::Yes);
        }
    }
    let seconds = start.elapsed().as_secs_f64();
    println!(
        "{:.0} reports a second ({listed} of {} listed)",
        (rounds * texts.len()) as f64 / seconds,
        rounds * texts.len()
    );
}
