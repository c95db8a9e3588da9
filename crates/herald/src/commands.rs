//! Commands that do one thing and end.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use service::{
    App, ImportState, Role, Scope, Sites,
    accounts::{self, NewMember},
    imports, upkeep,
};

use crate::{Place, open, report::Bar};

/// Whoever sits at the machine, under a name that the access log shows.
pub fn operator(app: &App) -> anyhow::Result<Scope> {
    let name = std::env::var("USER").unwrap_or_else(|_| "operator".to_owned());
    Ok(app
        .store
        .sign_in_job(&format!("Command line ({name})"), app.clock.now())?)
}

#[derive(Args)]
#[command(after_help = "Examples:
  herald import southend-adt.hl7 ed-attendances.csv
  herald import --profile fracture-clinic monday.csv

The same file again changes nothing. A file whose import was interrupted is taken up where it stopped.
Columns under other names: put a profile into DATA/profiles (see the feeds README).")]
pub struct ImportArgs {
    /// Files to take in
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// What the files are, if Herald should not look for itself: hl7, ecds, apc, fracture-clinic, radiology
    #[arg(long)]
    profile: Option<String>,
}

pub fn import(place: &Place, args: &ImportArgs) -> anyhow::Result<ExitCode> {
    let app = open::app(place)?;
    let scope = operator(&app)?;
    let mut all_taken = true;
    for path in &args.files {
        let name = path
            .file_name()
            .map(|n| n.to_string_lossy().into_owned())
            .unwrap_or_default();
        let bar = Bar::new(&name);
        let import = imports::take_in(
            &app,
            &scope,
            path,
            &name,
            args.profile.as_deref(),
            &mut |p| bar.show(&name, p),
        )
        .with_context(|| format!("{} was not taken in", path.display()))?;
        bar.done();
        if import.state == ImportState::Refused {
            all_taken = false;
            eprintln!("{name}: refused, nothing of it was taken in");
            eprintln!("  {}", import.problem.unwrap_or_default());
            eprintln!("  {}", import.advice.unwrap_or_default());
            continue;
        }
        let view = imports::view(&app, &scope, import.id, 1)?;
        let sums = &view.sums;
        println!(
            "{name}: {} received = {} new + {} already had + {} held + {} ignored + {} rejected",
            sums.received,
            sums.new,
            sums.had,
            sums.held,
            sums.ignored_total(),
            sums.rejected
        );
        for reason in &sums.ignored {
            println!("  {:>7}  {}", reason.items, reason.words);
        }
        for fault in view.faults.iter().take(10) {
            let place: Vec<String> = [
                Some(format!("line {}", fault.line)),
                fault
                    .column
                    .as_ref()
                    .map(|column| format!("column {column}")),
                fault.header.clone(),
            ]
            .into_iter()
            .flatten()
            .collect();
            eprintln!(
                "{name}, {}: {} {}",
                place.join(", "),
                fault.problem,
                fault.advice
            );
        }
        if view.fault_count > 10 {
            eprintln!(
                "{name}: {} more on the page of this import",
                view.fault_count - 10
            );
        }
    }
    Ok(if all_taken {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

#[derive(Subcommand)]
pub enum UserCommand {
    /// Everybody who may sign in
    List,
    /// Add somebody; prints a password and an authenticator secret, once
    #[command(after_help = "Example:
  herald user add jsmith --name 'Jo Smith' --role nurse --site RAJ01 --site RAJ32")]
    Add {
        /// Name to sign in with
        username: String,
        /// Name that colleagues see
        #[arg(long)]
        name: String,
        /// nurse, lead_clinician, coordinator, read_only, analyst, administrator or privacy_officer
        #[arg(long)]
        role: String,
        /// Hospital site this person may see; repeat for several, leave out for all
        #[arg(long = "site")]
        sites: Vec<String>,
    },
    /// Give somebody a new password and authenticator secret; prints them, once
    Reset {
        /// Name to sign in with
        username: String,
    },
    /// Somebody may no longer sign in; ends their sessions at once
    Disable {
        /// Name to sign in with
        username: String,
    },
    /// Somebody may sign in again
    Enable {
        /// Name to sign in with
        username: String,
    },
    /// The one-time code somebody's authenticator would show now
    Code {
        /// Name to sign in with
        username: String,
    },
}

pub fn user(place: &Place, command: UserCommand) -> anyhow::Result<ExitCode> {
    let app = open::app(place)?;
    let scope = operator(&app)?;
    match command {
        UserCommand::List => {
            for member in accounts::members(&app, &scope)? {
                let sites = match &member.sites {
                    Sites::All => "all sites".to_owned(),
                    Sites::These(sites) => sites.iter().cloned().collect::<Vec<_>>().join(" "),
                };
                let state = if member.disabled { "  (disabled)" } else { "" };
                println!(
                    "{:<16} {:<24} {:<24} {sites}{state}",
                    member.username,
                    member.name,
                    member.role.words()
                );
            }
        }
        UserCommand::Add {
            username,
            name,
            role,
            sites,
        } => {
            let Some(role) = Role::from_code(&role).filter(|role| Role::STAFF.contains(role))
            else {
                let known: Vec<&str> = Role::STAFF.iter().map(|role| role.code()).collect();
                bail!("“{role}” is not a role; the roles are {}", known.join(", "));
            };
            let sites = if sites.is_empty() {
                Sites::All
            } else {
                Sites::These(
                    sites
                        .iter()
                        .map(|s| s.to_uppercase())
                        .collect::<BTreeSet<_>>(),
                )
            };
            print_once(&accounts::add_member(
                &app,
                &scope,
                &NewMember {
                    username,
                    name,
                    role,
                    sites,
                },
            )?);
        }
        UserCommand::Reset { username } => {
            let id = find(&app, &scope, &username)?.id;
            print_once(&accounts::reset_member(&app, &scope, id)?);
        }
        UserCommand::Disable { username } => set_disabled(&app, &scope, &username, true)?,
        UserCommand::Enable { username } => set_disabled(&app, &scope, &username, false)?,
        UserCommand::Code { username } => println!("{}", accounts::code_now(&app, &username)?),
    }
    Ok(ExitCode::SUCCESS)
}

fn find(app: &App, scope: &Scope, username: &str) -> anyhow::Result<accounts::Member> {
    accounts::members(app, scope)?
        .into_iter()
        .find(|member| member.username == username.to_lowercase())
        .with_context(|| {
            format!("nobody signs in as “{username}”; `herald user list` shows who does")
        })
}

fn set_disabled(app: &App, scope: &Scope, username: &str, disabled: bool) -> anyhow::Result<()> {
    let member = find(app, scope, username)?;
    accounts::change_member(
        app,
        scope,
        member.id,
        &member.name,
        member.role,
        member.sites,
        disabled,
    )?;
    println!(
        "{} may {}sign in",
        member.username,
        if disabled { "no longer " } else { "" }
    );
    Ok(())
}

fn print_once(credentials: &accounts::Credentials) {
    println!("Shown once; give it to them and to nobody else.");
    println!("  name to sign in with   {}", credentials.username);
    println!("  password               {}", credentials.password);
    println!("  authenticator secret   {}", credentials.secret);
    println!("  or this link           {}", credentials.link);
}

#[derive(Subcommand)]
pub enum SiteCommand {
    /// All hospital sites
    List,
    /// Add a hospital site, or change its name
    Add {
        /// ODS site code, e.g. RAJ01
        code: String,
        /// Name that staff read
        name: String,
    },
}

pub fn site(place: &Place, command: SiteCommand) -> anyhow::Result<ExitCode> {
    let app = open::app(place)?;
    match command {
        SiteCommand::List => {
            for site in app.sites()? {
                println!("{:<8} {}", site.code, site.name);
            }
        }
        SiteCommand::Add { code, name } => {
            accounts::put_site(&app, &operator(&app)?, &code, &name)?
        }
    }
    Ok(ExitCode::SUCCESS)
}

pub fn rebuild(place: &Place) -> anyhow::Result<ExitCode> {
    let app = open::app(place)?;
    let rebuilt = upkeep::rebuild(&app)?;
    let what = if rebuilt.same {
        "identical to what stood there"
    } else {
        "some entries were different, and are right now"
    };
    println!("indexes of {} people rebuilt: {what}", rebuilt.people);
    Ok(ExitCode::SUCCESS)
}

pub fn doctor(place: &Place, json: bool) -> anyhow::Result<ExitCode> {
    let app = open::app(place)?;
    let checks = upkeep::doctor(&app)?;
    if json {
        println!("{}", serde_json::to_string_pretty(&checks)?);
    } else {
        for check in &checks {
            let mark = if check.holds { "holds " } else { "BROKEN" };
            println!(
                "{mark}  {:<4} {}\n             {}",
                check.id, check.promise, check.found
            );
        }
    }
    Ok(if checks.iter().all(|check| check.holds) {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

pub fn backup(place: &Place, file: &Path) -> anyhow::Result<ExitCode> {
    let app = open::app(place)?;
    upkeep::backup(&app, file)?;
    let bytes = std::fs::metadata(file)?.len();
    println!(
        "{} written, {:.1} MB; check it with: herald doctor on a folder that holds it as herald.sqlite",
        file.display(),
        bytes as f64 / 1e6
    );
    Ok(ExitCode::SUCCESS)
}
