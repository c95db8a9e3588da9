//! A small made-up year, taken in as the hospitals would send it.
use std::{sync::Arc, time::Instant};

use jiff::civil::date;
use service::{App, imports, today, upkeep};
use store::{Address, Store};
use terms::FixedClock;

#[test]
#[ignore]
fn try_year() {
    let dir = tempfile::tempdir().unwrap();
    let url = std::env::var("HERALD_TRY").unwrap_or_else(|_| dir.path().join("h.sqlite").display().to_string());
    let address: Address = url.parse().unwrap();
    let clock = Arc::new(FixedClock::at("2026-11-22T09:00:00Z".parse().unwrap()));
    let app = App::new(Store::open(&address).unwrap(), clock, dir.path().to_owned());
    let mut plan = synth::YearPlan::demo(date(2026, 11, 21));
    if std::env::var("FULL").is_ok() { plan = synth::YearPlan::full(date(2026, 11, 21)); }
    let out = dir.path().join("year");
    std::fs::create_dir_all(&out).unwrap();
    let written = synth::write_year(&plan, &out, |_, _| {}).unwrap();
    println!("{:?}", written.summary);
    let scope = app.store.sign_in_job("t", app.clock.now()).unwrap();
    for file in &written.files {
        let t = Instant::now();
        let name = file.path.file_name().unwrap().to_string_lossy().into_owned();
        let import = imports::take_in(&app, &scope, &file.path, &name, None, &mut |_| {}).unwrap();
        println!("{name} {:?} {:?} {:?}", import.state, import.problem, t.elapsed());
        let view = imports::view(&app, &scope, import.id, 1).unwrap();
        println!("   {} items/s {:?}", (file.items as f64 / t.elapsed().as_secs_f64()) as u64, view.sums);
        for f in view.faults.iter().take(4) { println!("     {f:?}"); }
        assert!(view.sums.balances());
    }
    println!("{:?}", today::tally(&app, &scope).unwrap());
    let t = Instant::now();
    for c in upkeep::doctor(&app).unwrap() { println!("{c:?}"); }
    println!("doctor {:?}", t.elapsed());
}
