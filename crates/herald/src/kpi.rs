//! `herald kpi`: the KPIs of the FLS-DB, the same numbers as on the page.

use std::{io::Write, process::ExitCode};

use anyhow::{Context, bail};
use clap::Args;
use jiff::civil::Date;
use measures::kpi::{Figures, KpiReport, definitions};
use service::kpi::{self, Ask, KpiView};

use crate::{Place, commands, open};

const EXAMPLES: &str = "\
What it does:
  Counts the eleven key performance indicators of the Fracture Liaison Service Database (FLS-DB) from the
  timelines, as of a day. Somebody counts once the window has closed (90 days, 16 or 56 weeks after the
  diagnosis), whatever the answer; until then they are among the not eligible. What each KPI counts, and
  whether that wording was read in its source, stands under the table and in the JSON.

  KPI 2 compares with the fractures to be expected: five for each hip fracture of a year. Give that number
  for each hospital in herald.toml, and a period:
    [service.hip_fractures_a_year]
    RAJ01 = 500

Examples:
  Everything recorded, as of today:
    herald kpi

  A calendar year, as it was known at the end of it:
    herald kpi --from 2025-01-01 --to 2025-12-31 --as-of 2025-12-31

  For a spreadsheet (one line for each KPI, month and hospital), or for another program:
    herald kpi --csv > kpi.csv
    herald kpi --json | jq '.kpis[] | {number, percent: .total.percent}'";

#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub struct KpiArgs {
    /// Day as of which things are known; today without it
    #[arg(long, value_name = "DATE")]
    as_of: Option<Date>,
    /// First day of the diagnoses that count, with --to
    #[arg(long, value_name = "DATE", requires = "to")]
    from: Option<Date>,
    /// Last day of the diagnoses that count, with --from
    #[arg(long, value_name = "DATE", requires = "from")]
    to: Option<Date>,
    /// As JSON: every figure by month and hospital, with the definitions
    #[arg(long, conflicts_with = "csv")]
    json: bool,
    /// As CSV: one line for each KPI, month and hospital
    #[arg(long)]
    csv: bool,
}

pub fn run(place: &Place, args: &KpiArgs, out: impl Write) -> anyhow::Result<ExitCode> {
    let app = open::app(place)?;
    let scope = commands::operator(&app)?;
    let ask = Ask {
        as_of: args.as_of,
        period: args.from.zip(args.to),
    };
    let view = match kpi::report(&app, &scope, &ask) {
        Ok(view) => view,
        Err(service::Error::Invalid(wrong)) => {
            let words: Vec<String> = wrong
                .iter()
                .map(|wrong| format!("--{}: {}", wrong.field.replace('_', "-"), wrong.message))
                .collect();
            bail!("{}", words.join("; "));
        }
        Err(error) => return Err(error).context("the KPIs could not be counted"),
    };
    if args.json {
        json(&view, out)?;
    } else if args.csv {
        csv(&view, out)?;
    } else {
        table(&view, out)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn json(view: &KpiView, mut out: impl Write) -> anyhow::Result<()> {
    let mut value = serde_json::to_value(&view.report)?;
    value["definitions"] = serde_json::to_value(&definitions().kpis)?;
    serde_json::to_writer_pretty(&mut out, &value)?;
    writeln!(out)?;
    Ok(())
}

fn csv(view: &KpiView, out: impl Write) -> anyhow::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    for row in view.report.csv_rows() {
        writer.serialize(row)?;
    }
    writer.flush()?;
    Ok(())
}

fn table(view: &KpiView, mut out: impl Write) -> anyhow::Result<()> {
    let report = &view.report;
    let period = match report.period {
        Some((first, last)) => format!("diagnosed from {first} to {last}"),
        None => "whenever diagnosed".to_owned(),
    };
    writeln!(
        out,
        "KPIs as of {}, {period}: {} accepted fractures\n",
        report.as_of, report.records
    )?;
    writeln!(
        out,
        "{:>3}  {:<37} {:>7} {:>8} {:>6}  {:<14} {:<6} {:>9}  definition",
        "KPI", "", "met", "eligible", "%", "95% interval", "band", "not elig."
    )?;
    for of in &report.kpis {
        line(
            &mut out,
            &of.number.to_string(),
            of.title,
            &of.total,
            status(of),
        )?;
    }
    writeln!(out, "\nThe same as others count them:")?;
    for of in &report.beside {
        let status = of.status.map_or("", |status| status.words());
        line(
            &mut out,
            &of.kpi.number().to_string(),
            of.title,
            &of.total,
            status,
        )?;
    }
    let completeness = &report.completeness;
    let verdict = match completeness.passes {
        Some(true) => "passed",
        Some(false) => "not passed",
        None => "nothing to judge yet",
    };
    writeln!(
        out,
        "\nKPI 1 as the audit judges it, by field: {verdict} ({} of {} fields too often blank)",
        completeness.failed_fields,
        completeness.fields.len()
    )?;
    if !view.expected_is_set {
        writeln!(
            out,
            "KPI 2 needs service.hip_fractures_a_year in herald.toml: see herald kpi --help"
        )?;
    } else if report.period.is_none() {
        writeln!(out, "KPI 2 needs a period: --from and --to")?;
    }
    let referral = match report.referral_counts {
        true => "counts",
        false => "does not count",
    };
    writeln!(
        out,
        "KPIs 7 and 9 to 11: a referral to the GP or for an opinion {referral} as bone therapy recommended"
    )?;
    writeln!(
        out,
        "\nDefinitions {}: {}",
        report.version,
        definitions().note
    )?;
    Ok(())
}

fn status(of: &KpiReport) -> &'static str {
    of.status.map_or("", |status| status.words())
}

fn line(
    out: &mut impl Write,
    number: &str,
    title: &str,
    figures: &Figures,
    status: &str,
) -> anyhow::Result<()> {
    let or_dash = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), |v| format!("{v:.1}"));
    let eligible = match figures.expected {
        Some(expected) => format!("{expected:.0}"),
        None => figures.eligible.to_string(),
    };
    let interval = figures
        .lower
        .zip(figures.upper)
        .map(|(lower, upper)| format!("{lower:.1} to {upper:.1}"));
    writeln!(
        out,
        "{number:>3}  {title:<37} {:>7} {eligible:>8} {:>6}  {:<14} {:<6} {:>9}  {status}",
        figures.met,
        or_dash(figures.percent),
        interval.as_deref().unwrap_or("-"),
        figures.band.map_or("-", |band| band.words()),
        figures.not_eligible,
    )?;
    Ok(())
}
