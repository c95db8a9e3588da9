//! Numbers about this build on this machine, each beside its limit, measured in the same run.

mod guidance;
mod qfracture;
mod reader;

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    path::Path,
    process::{Command, ExitCode, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use clap::Args;
use finder::{Evidence, Finding, Reading, Why};
use pathway::{Actor, Details, EpisodeId, Fact, Person, PersonId, Sighting, SightingKind, Source};
use service::{App, Role, Sites, accounts, imports};
use synth::YearPlan;
use terms::{Clock, CodeSystem, Listing, Status, SystemClock, id};
use web::{WebConfig, WebState};

use crate::{Place, open};

#[derive(Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "Works in folders of its own below the data folder, and removes them afterwards."
)]
pub struct BenchArgs {
    #[command(subcommand)]
    of: Option<Of>,
    /// Only these: import, pages, start, size, letter
    parts: Vec<String>,
    /// Fractures of the year to import
    #[arg(long, default_value_t = 9500)]
    fractures: usize,
    /// Episodes in the store while pages are read
    #[arg(long, default_value_t = 100_000)]
    episodes: u32,
    /// People reading pages at the same time
    #[arg(long, default_value_t = 20)]
    readers: usize,
    /// Seconds of reading
    #[arg(long, default_value_t = 20)]
    seconds: u64,
}

#[derive(clap::Subcommand)]
enum Of {
    /// How well and how fast the reader reads labelled reports; needs no data folder
    Reader(reader::ReaderArgs),
    /// How long the guidance packs take over one person, and over a cohort
    Guidance(guidance::GuidanceArgs),
    /// How many people QFracture-2012 scores a second; needs no data folder
    Qfracture(qfracture::QfractureArgs),
}

pub fn run(place: &Place, args: &BenchArgs) -> anyhow::Result<ExitCode> {
    match &args.of {
        Some(Of::Reader(args)) => return reader::run(args),
        Some(Of::Guidance(args)) => return guidance::run(args),
        Some(Of::Qfracture(args)) => return qfracture::run(args),
        None => {}
    }
    let folder = place.data.join("bench");
    if folder.exists() {
        bail!(
            "{} is there already; remove it or choose another --data",
            folder.display()
        );
    }
    fs::create_dir_all(&folder)?;
    let wanted = |part: &str| args.parts.is_empty() || args.parts.iter().any(|p| p == part);
    row("measured", "this build", "limit");
    let outcome = (|| {
        if wanted("size") {
            size()?;
        }
        if wanted("letter") {
            letter()?;
        }
        if wanted("import") {
            import(&folder, args)?;
        }
        if wanted("start") {
            start(&folder)?;
        }
        if wanted("pages") {
            pages(&folder, args)?;
        }
        Ok(ExitCode::SUCCESS)
    })();
    fs::remove_dir_all(&folder)?;
    outcome
}

fn row(what: &str, measured: impl std::fmt::Display, limit: impl std::fmt::Display) {
    println!("{what:<58} {measured:>14} {limit:>14}");
}

fn size() -> anyhow::Result<()> {
    let bytes = fs::metadata(std::env::current_exe()?)?.len();
    row(
        "size of this binary",
        format!("{:.1} MB", bytes as f64 / 1e6),
        "80 MB",
    );
    Ok(())
}

/// A letter of two pages, set again and again with another name in it; the first one also reads the fonts.
fn letter() -> anyhow::Result<()> {
    const LETTERS: u32 = 20;
    let mut letter: letters::LetterData =
        serde_json::from_str(include_str!("../../../letters/examples/treatment.json"))?;
    let mut times = Vec::new();
    let mut largest = 0;
    for number in 0..=LETTERS {
        letter.patient.title_name = format!("Mrs Archer the {number}");
        let began = Instant::now();
        let set = letters::render(&letter)?;
        times.push(began.elapsed());
        largest = largest.max(set.pdf.len());
    }
    let first = times.remove(0);
    times.sort();
    let middle = times.get(times.len() / 2).copied().unwrap_or_default();
    let slowest = times.last().copied().unwrap_or_default();
    let millis = |time: Duration| format!("{:.1} ms", time.as_secs_f64() * 1e3);
    row("letter as PDF, the first of a process", millis(first), "");
    row("letter as PDF, median of 20", millis(middle), "150 ms");
    row("letter as PDF, slowest of 20", millis(slowest), "150 ms");
    row(
        "letter as PDF, its size",
        format!("{:.0} kB", largest as f64 / 1e3),
        "200 kB",
    );
    Ok(())
}

fn place_in(folder: &Path) -> Place {
    Place {
        data: folder.to_owned(),
        database: None,
    }
}

/// The full year through the same door as real files, and the same bytes put into bare SQLite with the same
/// durability: nothing that stores them could be faster than that.
fn import(folder: &Path, args: &BenchArgs) -> anyhow::Result<()> {
    let year = folder.join("year");
    fs::create_dir_all(&year)?;
    let full = YearPlan::full(SystemClock.today());
    let plan = YearPlan {
        fractures: args.fractures,
        ..full
    };
    let written = synth::write_year(&plan, &year, |_, _| {})?;
    let app = open::app(&place_in(&folder.join("import")))?;
    let scope = app.store.sign_in_job("Bench", app.clock.now())?;
    let before = peak_memory_mb();
    let began = Instant::now();
    let mut items = 0;
    for file in &written.files {
        let name = file
            .path
            .file_name()
            .map(|n| n.to_string_lossy().into_owned())
            .unwrap_or_default();
        items += imports::take_in(&app, &scope, &file.path, &name, None, &mut |_| {})?.staged;
    }
    let took = began.elapsed();
    let rate = items as f64 / took.as_secs_f64();
    row(
        &format!("import of a year, {items} messages, durable"),
        format!("{rate:.0} /s"),
        "2000 /s",
    );
    let peak = peak_memory_mb();
    let bare = bare_sqlite(folder, &written.files)?;
    row(
        "  the same bytes into bare SQLite, a commit per message",
        "",
        format!("{:.0} /s", bare.0),
    );
    row(
        "  the same bytes into bare SQLite, a commit per 32",
        "",
        format!("{:.0} /s", bare.1),
    );
    row(
        "  peak memory of the importing process",
        format!("{peak:.0} MB"),
        "300 MB",
    );
    if before > 200.0 {
        println!("  (it stood at {before:.0} MB before the import)");
    }
    Ok(())
}

fn bare_sqlite(folder: &Path, files: &[synth::WrittenFile]) -> anyhow::Result<(f64, f64)> {
    let mut raws: Vec<Vec<u8>> = Vec::new();
    let profiles = feeds::Profiles::built_in();
    for file in files {
        let format = if file.format == "hl7" {
            feeds::Format::Hl7
        } else {
            feeds::Format::Csv(file.format.to_owned())
        };
        let reader = BufReader::new(fs::File::open(&file.path)?);
        for item in
            feeds::items(reader, &format, &profiles).map_err(|r| anyhow::anyhow!(r.problem))?
        {
            raws.push(item?.raw);
        }
    }
    let each = insert_all(
        &folder.join("bare-1.sqlite"),
        &raws[..raws.len().min(5000)],
        1,
    )?;
    let grouped = insert_all(&folder.join("bare-32.sqlite"), &raws, 32)?;
    Ok((each, grouped))
}

fn insert_all(path: &Path, raws: &[Vec<u8>], at_once: usize) -> anyhow::Result<f64> {
    let db = rusqlite::Connection::open(path)?;
    db.pragma_update(None, "journal_mode", "WAL")?;
    db.pragma_update(None, "synchronous", "FULL")?;
    db.execute_batch("CREATE TABLE inbox (id INTEGER PRIMARY KEY, raw BLOB NOT NULL)")?;
    let began = Instant::now();
    for group in raws.chunks(at_once) {
        db.execute_batch("BEGIN IMMEDIATE")?;
        let mut insert = db.prepare_cached("INSERT INTO inbox (raw) VALUES (?1)")?;
        for raw in group {
            insert.execute([raw])?;
        }
        db.execute_batch("COMMIT")?;
    }
    Ok(raws.len() as f64 / began.elapsed().as_secs_f64())
}

fn peak_memory_mb() -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kb = peak.and_then(|text| {
        text.trim()
            .trim_end_matches(" kB")
            .trim()
            .parse::<f64>()
            .ok()
    });
    kb.unwrap_or_default() / 1024.0
}

/// From starting the program to the first answer of /health.
fn start(folder: &Path) -> anyhow::Result<()> {
    let data = folder.join("start");
    drop(open::app(&place_in(&data))?);
    let port = std::net::TcpListener::bind("127.0.0.1:0")?
        .local_addr()?
        .port();
    let began = Instant::now();
    let mut child = Command::new(std::env::current_exe()?)
        .args([
            "--data",
            &data.to_string_lossy(),
            "serve",
            "--port",
            &port.to_string(),
        ])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    let address = SocketAddr::from(([127, 0, 0, 1], port));
    let ready = loop {
        if began.elapsed() > Duration::from_secs(20) {
            break None;
        }
        if get(address, "/health", "").is_ok() {
            break Some(began.elapsed());
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    child.kill()?;
    child.wait()?;
    let ready = ready.context("the server did not answer within 20 seconds")?;
    row(
        "from start to the first answer",
        format!("{} ms", ready.as_millis()),
        "1000 ms",
    );
    Ok(())
}

/// One request, one connection; the time to the last byte.
fn get(address: SocketAddr, path: &str, cookie: &str) -> anyhow::Result<Duration> {
    let began = Instant::now();
    let mut stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n"
    )?;
    let mut reader = BufReader::new(stream);
    let mut status = String::new();
    reader.read_line(&mut status)?;
    let mut rest = Vec::new();
    reader.read_to_end(&mut rest)?;
    if !status.contains(" 200 ") {
        bail!("{path} answered {}", status.trim());
    }
    Ok(began.elapsed())
}

/// Today and patient pages over real connections, many readers at once, while a year is taken in.
fn pages(folder: &Path, args: &BenchArgs) -> anyhow::Result<()> {
    let data = folder.join("pages");
    let app = open::app(&place_in(&data))?;
    let people = fill(&app, args.episodes)?;
    let cookie = sign_in(&app)?;
    let year = folder.join("pages-year");
    fs::create_dir_all(&year)?;
    let written = synth::write_year(&YearPlan::full(SystemClock.today()), &year, |_, _| {})?;
    let app = Arc::new(app);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))?;
    let address = listener.local_addr()?;
    let config = WebConfig {
        behind_https: false,
        demo: false,
        spool_dir: data.join("uploads"),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    };
    let router = web::router(WebState::new(Arc::clone(&app), config));
    runtime.spawn(async move { axum::serve(listener, router).await });
    kpi_page(address, &cookie, args)?;
    for import_running in [false, true] {
        let importer = if import_running {
            Some(import_beside(&data, &written.files)?)
        } else {
            None
        };
        let read = read_pages(address, &cookie, &people, args);
        let mut with = "no import";
        if let Some(mut importer) = importer {
            with = if importer.try_wait()?.is_none() {
                "an import running"
            } else {
                "an import part of the time"
            };
            importer.kill()?;
            importer.wait()?;
        }
        let (today, patient) = read?;
        for (page, mut times) in [("Today", today), ("patient", patient)] {
            times.sort_unstable();
            let at = |share: f64| {
                times
                    .get((times.len() as f64 * share) as usize)
                    .copied()
                    .unwrap_or_default()
            };
            let what = format!(
                "{page} page, {} episodes, {} readers, {with}: p95",
                args.episodes, args.readers
            );
            row(
                &what,
                format!("{:.1} ms", at(0.95).as_secs_f64() * 1e3),
                "50 ms",
            );
            let rest = format!("  of {} requests: median, p99", times.len());
            row(
                &rest,
                format!(
                    "{:.1}, {:.1} ms",
                    at(0.5).as_secs_f64() * 1e3,
                    at(0.99).as_secs_f64() * 1e3
                ),
                "",
            );
        }
    }
    Ok(())
}

/// Every accepted fracture is counted anew for each showing of the KPIs.
fn kpi_page(address: SocketAddr, cookie: &str, args: &BenchArgs) -> anyhow::Result<()> {
    for (what, path) in [
        ("KPI page", "/kpi"),
        ("people behind a KPI", "/kpi/spine/not_met?page=9"),
    ] {
        let mut times = Vec::new();
        for _ in 0..20 {
            times.push(get(address, path, cookie)?);
        }
        times.sort_unstable();
        let at = |nth: usize| times.get(nth).copied().unwrap_or_default().as_secs_f64() * 1e3;
        row(
            &format!("{what}, {} episodes: slowest of 20", args.episodes),
            format!("{:.0} ms", at(19)),
            "300 ms",
        );
        row("  median", format!("{:.0} ms", at(10)), "");
    }
    Ok(())
}

/// Another process that takes in a year, as `herald import` at the command line does.
fn import_beside(data: &Path, files: &[synth::WrittenFile]) -> anyhow::Result<std::process::Child> {
    let mut command = Command::new(std::env::current_exe()?);
    command
        .arg("--data")
        .arg(data)
        .arg("import")
        .args(files.iter().map(|file| &file.path));
    Ok(command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?)
}

type Times = Vec<Duration>;

/// Readers do what nurses do: open a page, look for a moment, open the next. A quarter of a second is a hasty nurse.
fn read_pages(
    address: SocketAddr,
    cookie: &str,
    people: &[PersonId],
    args: &BenchArgs,
) -> anyhow::Result<(Times, Times)> {
    let until = Instant::now() + Duration::from_secs(args.seconds);
    let readers = args.readers.max(1) as u64;
    std::thread::scope(|threads| {
        let running: Vec<_> = (0..args.readers)
            .map(|reader| {
                threads.spawn(move || -> anyhow::Result<(Times, Times)> {
                    let (mut today, mut patient) = (Vec::new(), Vec::new());
                    let mut nth = reader;
                    // People do not click in step.
                    std::thread::sleep(Duration::from_millis(500 * reader as u64 / readers));
                    while Instant::now() < until {
                        let page = nth % 7 + 1;
                        today.push(get(address, &format!("/today?page={page}"), cookie)?);
                        std::thread::sleep(Duration::from_millis(250));
                        let person = people
                            .get(nth * 7919 % people.len().max(1))
                            .context("nobody to read")?;
                        patient.push(get(address, &format!("/patients/{person}"), cookie)?);
                        std::thread::sleep(Duration::from_millis(250));
                        nth += args.readers;
                    }
                    Ok((today, patient))
                })
            })
            .collect();
        let (mut today, mut patient) = (Vec::new(), Vec::new());
        for reader in running {
            let (a, b) = reader
                .join()
                .map_err(|_| anyhow::anyhow!("a reader panicked"))??;
            today.extend(a);
            patient.extend(b);
        }
        Ok((today, patient))
    })
}

fn sign_in(app: &App) -> anyhow::Result<String> {
    let scope = app.store.sign_in_job("Bench", app.clock.now())?;
    let new = accounts::NewMember {
        username: "bench".to_owned(),
        name: "Bench".to_owned(),
        role: Role::LeadClinician,
        sites: Sites::All,
    };
    let credentials = accounts::add_member(app, &scope, &new)?;
    let half_way = accounts::password(app, "bench", &credentials.password)?
        .map_err(|refused| anyhow::anyhow!("{refused:?}"))?;
    let code = accounts::code_now(app, "bench")?;
    let token =
        accounts::code(app, &half_way, &code)?.map_err(|refused| anyhow::anyhow!("{refused:?}"))?;
    Ok(format!("herald={}", token.0))
}

/// A service of some years: most episodes accepted, one in twenty still to be confirmed.
fn fill(app: &App, episodes: u32) -> anyhow::Result<Vec<PersonId>> {
    let now = app.clock.now();
    let by = Actor::Herald {
        job: "Bench".to_owned(),
    };
    let town = YearPlan {
        seed: 7,
        ..YearPlan::full(SystemClock.today())
    }
    .town();
    let mut streams: Vec<(u32, Vec<Fact>)> = Vec::new();
    let mut people = Vec::new();
    let mut last_fracture = None;
    for seen in synth::load::sightings(7, episodes, SystemClock.today()) {
        let episode = EpisodeId(id::derived(
            "bench episode",
            &[&seen.fracture.to_be_bytes()],
        ));
        if streams
            .last()
            .is_none_or(|(person, _)| *person != seen.person)
        {
            if streams.len() == 1000 {
                write_streams(app, &mut streams, &mut people, &by, now)?;
            }
            let who = town.person(seen.person);
            let details = Details {
                nhs_number: Some(synth::nhs_number(seen.person)),
                name: Some(who.name.clone()),
                born: Some(who.born),
                ..Details::default()
            };
            streams.push((seen.person, vec![Fact::Details { details }]));
        }
        let Some((_, facts)) = streams.last_mut() else {
            continue;
        };
        facts.push(Fact::Sighted {
            episode,
            sighting: Box::new(sighting(&seen)),
            corrects: None,
        });
        if last_fracture != Some(seen.fracture) && seen.fracture % 20 != 0 {
            facts.push(Fact::Accepted { episode });
        }
        last_fracture = Some(seen.fracture);
    }
    write_streams(app, &mut streams, &mut people, &by, now)?;
    Ok(people)
}

fn sighting(seen: &synth::load::Sighting) -> Sighting {
    let title = seen.site.words().to_owned();
    let finding = Finding {
        site: seen.site,
        level: Vec::new(),
        side: seen.side,
        status: Status::Present,
        evidence: Evidence::Code {
            system: CodeSystem::Icd10,
            code: "S00".to_owned(),
            title: title.clone(),
        },
        rule: "bench".to_owned(),
    };
    Sighting {
        key: format!("bench:{}:{}", seen.fracture, seen.on),
        kind: SightingKind::EmergencyAttendance,
        seen_on: Some(seen.on),
        injured_on: None,
        hospital: seen.hospital.site_code().parse().ok(),
        exam: None,
        text: None,
        indication: None,
        reading: Reading {
            list: Listing::Yes,
            reason: title,
            why: Why::Present,
            findings: vec![finding],
            mechanism: None,
        },
    }
}

fn write_streams(
    app: &App,
    streams: &mut Vec<(u32, Vec<Fact>)>,
    people: &mut Vec<PersonId>,
    by: &Actor,
    now: jiff::Timestamp,
) -> anyhow::Result<()> {
    app.store.write(|tx| {
        for (person, facts) in streams.drain(..) {
            let id = PersonId(id::derived("bench person", &[&person.to_be_bytes()]));
            people.push(id);
            store::timeline::append(tx, &mut Person::new(id), now, by, &Source::Staff, facts)?;
        }
        Ok::<_, store::Error>(())
    })?;
    Ok(())
}
