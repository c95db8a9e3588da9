//! `herald rules`: what the service takes, and how it came to be so. Rules are changed on the page, where people sign in.

use std::{io::Write, process::ExitCode};

use clap::Subcommand;
use pathway::{ServiceRules, rules::BeforeAfter};
use service::rules::{self, Overview, SetView};
use store::rules::{Act, What};

use crate::{Place, commands, open};

#[derive(Subcommand)]
pub enum RulesCommand {
    /// The rules that count, who approved them, and what waits for approval
    #[command(after_help = "Rules are changed on the page “Service rules”, with two approvals.")]
    Show {
        /// As JSON: the rules alone
        #[arg(long)]
        json: bool,
    },
    /// Every set of rules, and all that was done about it
    History,
}

pub fn run(place: &Place, command: &RulesCommand, mut out: impl Write) -> anyhow::Result<ExitCode> {
    let app = open::app(place)?;
    let scope = commands::operator(&app)?;
    let found = rules::current(&app, &scope)?;
    match command {
        RulesCommand::Show { json: true } => {
            serde_json::to_writer_pretty(&mut out, &found.live.set.rules)?;
            writeln!(out)?;
        }
        RulesCommand::Show { json: false } => show(&found, out)?,
        RulesCommand::History => history(&found, out)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn show(found: &Overview, mut out: impl Write) -> anyhow::Result<()> {
    let live = &found.live;
    writeln!(out, "{}", heading(live))?;
    for approval in &live.approvals {
        let role = approval.role.map_or("", |role| role.words());
        writeln!(
            out,
            "  approved by {}, {role}, {}",
            approval.who, approval.at
        )?;
    }
    if live.approvals.is_empty() {
        writeln!(out, "  approved by nobody: made from herald.toml")?;
    }
    writeln!(out)?;
    for (what, value) in lines(&live.set.rules) {
        writeln!(out, "  {what:<18} {value}")?;
    }
    for difference in &found.configured_differs {
        writeln!(
            out,
            "\nherald.toml says otherwise and does not count: {difference}"
        )?;
    }
    for waiting in found
        .others
        .iter()
        .filter(|view| view.state == rules::State::Proposed)
    {
        writeln!(
            out,
            "\n{}\n  {} of {} approvals; {}",
            heading(waiting),
            waiting.approvals.len(),
            rules::APPROVALS,
            waiting.set.note
        )?;
    }
    Ok(())
}

fn heading(view: &SetView) -> String {
    format!(
        "rule set {}, {}, proposed by {} at {}",
        view.set.number,
        view.state.words().to_lowercase(),
        view.set.proposer,
        view.set.proposed_at
    )
}

fn lines(rules: &ServiceRules) -> [(&'static str, String); 5] {
    let sites = rules.sites_not_taken.iter().map(|site| site.code());
    let practices = rules.area.practices.iter().map(|code| code.as_str());
    let postcodes = rules.area.postcodes.iter().map(String::as_str);
    [
        ("sites not taken", all(sites, "none")),
        ("steps, low energy", rules.steps_low_energy.to_string()),
        ("youngest", rules.youngest.to_string()),
        ("practices", all(practices, "any")),
        ("postcodes", all(postcodes, "any")),
    ]
}

fn all<'a>(words: impl Iterator<Item = &'a str>, none: &'a str) -> String {
    let words: Vec<&str> = words.collect();
    if words.is_empty() {
        none.to_owned()
    } else {
        words.join(" ")
    }
}

fn history(found: &Overview, mut out: impl Write) -> anyhow::Result<()> {
    let mut views: Vec<&SetView> = found.others.iter().chain([&found.live]).collect();
    views.sort_by_key(|view| std::cmp::Reverse(view.set.number));
    for (nth, view) in views.iter().enumerate() {
        if nth > 0 {
            writeln!(out)?;
        }
        writeln!(out, "{}\n  why: {}", heading(view), view.set.note)?;
        if let Some(comparison) = &view.comparison {
            let counts = &comparison.counts;
            writeln!(
                out,
                "  of {} messages {} were listed by rule set {}, {} are by this one: {} no longer, {} newly",
                counts.items,
                BeforeAfter::listed(&counts.before),
                comparison.with,
                BeforeAfter::listed(&counts.after),
                counts.lost,
                counts.gained
            )?;
        }
        for act in &view.acts {
            writeln!(out, "  {}  {:<28} {}", act.at, act.who, words(act))?;
        }
    }
    Ok(())
}

fn words(act: &Act) -> String {
    let reason = act.detail.get("reason").and_then(|reason| reason.as_str());
    let what = match act.detail.get("rolled_back") {
        Some(from) if act.what == What::Live => format!("put back in place of rule set {from}"),
        _ => act.what.words().to_lowercase(),
    };
    match reason {
        Some(reason) => format!("{what}: {reason}"),
        None => what,
    }
}
