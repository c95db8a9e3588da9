//! A year of made-up mid and south Essex, through the same door as real files.

use std::{collections::BTreeSet, fs, path::Path, process::ExitCode, time::Instant};

use anyhow::Context;
use clap::Args;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use service::{
    App, Role, Scope, Sites,
    accounts::{self, NewMember},
    imports,
};
use synth::YearPlan;
use terms::{Clock, SystemClock};

use crate::{
    Place, config, open,
    report::Bar,
    serve::{ServeArgs, serve},
};

#[derive(Args)]
#[command(
    after_help = "Everybody in it is made up. A second run goes on where the first one stopped."
)]
pub struct DemoArgs {
    /// The real size: 9,500 fractures, 150 practices, about 99,000 messages
    #[arg(long)]
    full: bool,
    /// Another number makes up other people
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Make and take in the year, then end
    #[arg(long)]
    no_serve: bool,
    #[command(flatten)]
    serve: ServeArgs,
}

/// What the first run chose, so that a later one makes the same year.
#[derive(Serialize, Deserialize)]
struct Chosen {
    seed: u64,
    full: bool,
    ends: Date,
}

impl Chosen {
    fn plan(&self) -> YearPlan {
        let plan = if self.full {
            YearPlan::full(self.ends)
        } else {
            YearPlan::demo(self.ends)
        };
        YearPlan {
            seed: self.seed,
            ..plan
        }
    }
}

pub fn run(place: &Place, args: &DemoArgs) -> anyhow::Result<ExitCode> {
    let began = Instant::now();
    fs::create_dir_all(&place.data)?;
    let plan = plan(place, args)?;
    write_config(&place.data, &plan)?;
    let mut app = open::app(place)?;
    app.demo = true;
    let scope = app.store.sign_in_job("Demonstration", app.clock.now())?;
    let sign_ins = sign_ins(&app, &scope, &place.data, &args.serve)?;
    take_in_year(&app, &scope, &place.data, &plan)?;
    let tally = service::today::tally(&app, &scope)?;
    let waiting = tally
        .iter()
        .find(|(list, _)| list == "new")
        .map_or(0, |(_, n)| *n);
    println!(
        "{waiting} candidates wait for a nurse. Ready after {:.1} s.",
        began.elapsed().as_secs_f64()
    );
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

/// A year once begun stays the year, whatever is asked later.
fn plan(place: &Place, args: &DemoArgs) -> anyhow::Result<YearPlan> {
    let address = open::address(place)?;
    let store = store::Store::open(&address)
        .with_context(|| format!("the data at {address:?} cannot be opened"))?;
    let held = store.read(|tx| store::settings::get(tx, "demo"))?;
    let chosen = match held {
        Some(text) => serde_json::from_str(&text)?,
        None => {
            let staff = store.read(store::staff::all)?;
            let received = store.read(store::inbox::tally)?;
            if !staff.is_empty() || !received.is_empty() {
                anyhow::bail!(
                    "{} holds data that is no demonstration; choose another folder with --data",
                    place.data.display()
                );
            }
            let chosen = Chosen {
                seed: args.seed,
                full: args.full,
                ends: SystemClock.today(),
            };
            let text = serde_json::to_string(&chosen)?;
            store.write(|tx| store::settings::set(tx, "demo", &text))?;
            chosen
        }
    };
    if chosen.full != args.full || chosen.seed != args.seed {
        eprintln!("This folder holds another demonstration year already; going on with that one.");
    }
    Ok(chosen.plan())
}

fn write_config(data: &Path, plan: &YearPlan) -> anyhow::Result<()> {
    let path = data.join("herald.toml");
    if path.exists() {
        return Ok(());
    }
    let practices: Vec<String> = synth::practices(plan.practices)
        .map(|practice| format!("\"{}\"", practice.code))
        .collect();
    let text = config::EXAMPLE.replace(
        "practices = []",
        &format!("practices = [{}]", practices.join(", ")),
    );
    config::parse(&text).context("the demonstration's own configuration cannot be used")?;
    Ok(fs::write(path, text)?)
}

#[derive(Serialize, Deserialize)]
struct SignIns {
    note: String,
    address: String,
    sign_ins: Vec<SignIn>,
}

#[derive(Serialize, Deserialize)]
struct SignIn {
    role: String,
    role_words: String,
    username: String,
    password: String,
    /// Base32, as an authenticator app takes it.
    totp_secret: String,
    otpauth: String,
    /// Hospital sites this person sees; `all` for all.
    sites: Vec<String>,
}

/// One made-up member of staff per role. The nurse sees two of the three hospitals.
const STAFF: [(Role, &str, &str, &[&str]); 7] = [
    (Role::Nurse, "nurse", "Nora Finch", &["RAJ01", "RAJ32"]),
    (Role::LeadClinician, "lead", "Dr Leo Marsh", &[]),
    (Role::Coordinator, "coordinator", "Cora Webb", &[]),
    (Role::ReadOnly, "reader", "Rhys Cole", &[]),
    (Role::Analyst, "analyst", "Ana Petrie", &[]),
    (Role::Administrator, "admin", "Adil Rowe", &[]),
    (Role::PrivacyOfficer, "privacy", "Priya Lane", &[]),
];

fn sign_ins(app: &App, scope: &Scope, data: &Path, serve: &ServeArgs) -> anyhow::Result<SignIns> {
    let path = data.join("sign-ins.json");
    let held: Option<SignIns> = fs::read_to_string(&path)
        .ok()
        .and_then(|text| serde_json::from_str(&text).ok());
    let mut all = held.map(|held| held.sign_ins).unwrap_or_default();
    let members = accounts::members(app, scope)?;
    for (role, username, name, sites) in STAFF {
        let member = members.iter().find(|member| member.username == username);
        if member.is_some() && all.iter().any(|sign_in| sign_in.username == username) {
            continue;
        }
        // A run that was killed between the two may have left one without the other.
        let credentials = match member {
            Some(member) => accounts::reset_member(app, scope, member.id)?,
            None => {
                let seen = if sites.is_empty() {
                    Sites::All
                } else {
                    Sites::These(
                        sites
                            .iter()
                            .map(|s| (*s).to_owned())
                            .collect::<BTreeSet<_>>(),
                    )
                };
                let new = NewMember {
                    username: username.to_owned(),
                    name: name.to_owned(),
                    role,
                    sites: seen,
                };
                accounts::add_member(app, scope, &new)?
            }
        };
        all.retain(|sign_in| sign_in.username != username);
        all.push(SignIn {
            role: role.code().to_owned(),
            role_words: role.words().to_owned(),
            username: username.to_owned(),
            password: credentials.password,
            totp_secret: credentials.secret,
            otpauth: credentials.link,
            sites: if sites.is_empty() {
                vec!["all".to_owned()]
            } else {
                sites.iter().map(|s| (*s).to_owned()).collect()
            },
        });
    }
    let sign_ins = SignIns {
        note: "Made-up staff of a demonstration. totp_secret is for any authenticator app (RFC 6238, SHA-1, 6 digits, \
               30 s); each code works once."
            .to_owned(),
        address: format!("http://{}", std::net::SocketAddr::new(serve.listen, serve.port)),
        sign_ins: all,
    };
    fs::write(&path, serde_json::to_string_pretty(&sign_ins)?)?;
    Ok(sign_ins)
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
            anyhow::bail!("{name} was refused: {problem}");
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
