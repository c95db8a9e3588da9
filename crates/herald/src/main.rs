//! The binary: commands, configuration and wiring. What people do is in `service`; nothing is decided here.

mod bench;
mod commands;
mod config;
mod demo;
mod find;
mod guidance;
mod kpi;
mod ndjson;
mod open;
mod qfracture;
mod report;
mod rules;
mod serve;
mod watch;

use std::{
    io::{BufReader, IsTerminal, stderr, stdin, stdout},
    path::PathBuf,
    process::ExitCode,
};

use clap::{Parser, Subcommand};

/// Herald runs a Fracture Liaison Service: it reads the hospitals' feeds, shows the nurse who has broken a bone and
/// may break another, with the evidence, and keeps the record.
///
/// Try it:            herald demo
/// Take in a file:    herald import ed-attendances.csv
/// Serve the pages:   herald serve --port 8080
#[derive(Parser)]
#[command(name = "herald", version, verbatim_doc_comment)]
struct Cli {
    #[command(flatten)]
    place: Place,
    #[command(subcommand)]
    command: Command,
}

/// Where the data is.
#[derive(clap::Args, Clone)]
pub struct Place {
    /// Folder of the data: database, configuration, dropped files
    #[arg(long, global = true, default_value = "herald-data", value_name = "DIR")]
    pub data: PathBuf,
    /// Database, if not SQLite in the data folder: postgres://user@host/name
    #[arg(
        long,
        global = true,
        env = "HERALD_DATABASE",
        value_name = "URL",
        hide_env_values = true
    )]
    pub database: Option<String>,
}

#[derive(Subcommand)]
enum Command {
    /// Make up a year of mid and south Essex, take it in, and serve it
    Demo(demo::DemoArgs),
    /// Serve the pages, and take in files dropped into the data folder
    Serve(serve::ServeArgs),
    /// Take in files: HL7 v2 (single, many, batches) and CSV extracts
    Import(commands::ImportArgs),
    /// Read reports and say which fractures they speak of; needs no data folder
    Find(find::FindArgs),
    /// Risk of a fracture by QFracture-2012 for each line of a file; needs no data folder
    Qfracture(qfracture::QfractureArgs),
    /// What guidelines say, as rule packs: check them, ask them, compare a change
    #[command(subcommand)]
    Guidance(guidance::GuidanceCommand),
    /// The KPIs of the FLS-DB, counted from what was done: table, JSON or CSV
    Kpi(kpi::KpiArgs),
    /// Staff who may sign in
    #[command(subcommand)]
    User(commands::UserCommand),
    /// Hospital sites
    #[command(subcommand)]
    Site(commands::SiteCommand),
    /// What the service takes, and how it came to be so
    #[command(subcommand)]
    Rules(rules::RulesCommand),
    /// Make every index again from the timelines
    Rebuild,
    /// Check every promise on the data, and print each
    Doctor {
        /// As JSON, for a monitor
        #[arg(long)]
        json: bool,
    },
    /// Make a consistent copy of the data while others work
    Backup {
        /// File to write; it must not exist
        file: PathBuf,
    },
    /// Measure Herald on this machine, beside bare SQLite
    Bench(bench::BenchArgs),
}

fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_env("HERALD_LOG")
                .unwrap_or_else(|_| "warn,herald=info".into()),
        )
        .with_writer(stderr)
        .with_target(false)
        .init();
    let cli = Cli::parse();
    let place = &cli.place;
    let outcome = match cli.command {
        Command::Demo(args) => demo::run(place, &args),
        Command::Serve(args) => serve::run(place, &args),
        Command::Import(args) => commands::import(place, &args),
        Command::Find(args) => {
            let terminal = stdout().is_terminal();
            find::run(
                &args,
                BufReader::with_capacity(64 * 1024, stdin()),
                stdout().lock(),
                stderr().lock(),
                terminal,
            )
            .map(good)
        }
        Command::Qfracture(args) => qfracture::run(
            &args,
            BufReader::with_capacity(64 * 1024, stdin()),
            stdout().lock(),
            stderr().lock(),
        )
        .map(good),
        Command::Guidance(command) => guidance::run(
            place,
            &command,
            BufReader::with_capacity(64 * 1024, stdin()),
            stdout().lock(),
            stderr().lock(),
        )
        .map(good),
        Command::Kpi(args) => kpi::run(place, &args, stdout().lock()),
        Command::User(command) => commands::user(place, command),
        Command::Site(command) => commands::site(place, command),
        Command::Rules(command) => rules::run(place, &command, stdout().lock()),
        Command::Rebuild => commands::rebuild(place),
        Command::Doctor { json } => commands::doctor(place, json),
        Command::Backup { file } => commands::backup(place, &file),
        Command::Bench(args) => bench::run(place, &args),
    };
    match outcome {
        Ok(code) => code,
        Err(error) => {
            report::failure(&error);
            ExitCode::FAILURE
        }
    }
}

fn good(all_good: bool) -> ExitCode {
    if all_good {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
