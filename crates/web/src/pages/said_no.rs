use axum::extract::{Path, State};
use pathway::ItemId;
use service::said_no::{self, Estimate, Refusals, Refused};
use store::{said_no::Verdict, settings::Site};

use crate::{
    caller::Caller,
    config::WebState,
    failure::Failure,
    present::{banner, read_again, sighting},
    respond::{self, Answer, blocking},
    typed::Typed,
    view::{
        evidence::Sighting,
        oversight::{self, Drawn, Interval, Month, Months, ReasonRow, ReviewItem},
        page::Notice,
        parts::Fact,
        text::{count, counted, sentence},
    },
};

pub async fn show(State(state): State<WebState>, caller: Caller) -> Answer {
    let scope = caller.scope.clone();
    let found = blocking(&state, move |app| said_no::summary(app, &scope)).await?;
    let (sources, rows, totals) = table(&found);
    let months = months(&found);
    let (estimate, estimate_words, interval) = estimate(&found);
    respond::page(&oversight::SaidNo {
        chrome: caller
            .chrome(&state)
            .titled("What the reader said no to", None),
        sources,
        rows,
        totals,
        estimate,
        estimate_words,
        interval,
        sample: vec![
            Fact::new("Said no to", count(found.refused)),
            Fact::new("Read again", count(found.reviewed)),
            Fact::new(
                "Missed",
                count(found.rows.iter().map(|row| row.missed).sum::<u64>()),
            ),
            Fact::new(
                "Not sure",
                count(found.rows.iter().map(|row| row.unsure).sum::<u64>()),
            ),
        ],
        can_review: found.may_review && found.refused > 0,
        can_judge_layouts: found.may_review,
        sensitivity: found.sensitivity.iter().map(sensitivity_row).collect(),
        months,
    })
}

fn sensitivity_row(of: &Estimate) -> Vec<String> {
    let (share, interval) = match &of.sensitivity {
        Some(known) if known.says_something() => (
            percent(known.share.value),
            format!(
                "{} to {}",
                percent(known.share.lower),
                percent(known.share.upper)
            ),
        ),
        _ if of.refused == 0 => ("Nothing refused".to_owned(), String::new()),
        _ => ("Not enough reviewed yet".to_owned(), String::new()),
    };
    vec![
        of.words.clone(),
        count(of.found),
        count(of.refused),
        count(of.reviewed),
        count(of.missed),
        share,
        interval,
    ]
}

/// Never all where it is nearly all.
fn percent(share: f64) -> String {
    match share * 100.0 {
        all if all >= 100.0 => "100%".to_owned(),
        most if most > 99.0 => "over 99%".to_owned(),
        some => format!("{some:.0}%"),
    }
}

/// The drawing area within 720 by 220.
const LEFT: f64 = 48.0;
const RIGHT: f64 = 710.0;
const TOP: f64 = 12.0;
const BOTTOM: f64 = 188.0;

fn months(found: &Refusals) -> Option<Months> {
    let last = found.months.len().checked_sub(1)?.max(1) as f64;
    let up = |share: f64| format!("{:.1}", BOTTOM - (BOTTOM - TOP) * share);
    let months: Vec<Month> = (0..)
        .zip(&found.months)
        .map(|(nth, month)| {
            let known = month.sensitivity.filter(|known| known.says_something());
            Month {
                at: format!(
                    "{:.1}",
                    LEFT + 16.0 + (RIGHT - LEFT - 32.0) * f64::from(nth) / last
                ),
                name: month.words.chars().take(3).collect(),
                drawn: known.map(|known| Drawn {
                    value: up(known.share.value),
                    lower: up(known.share.lower),
                    upper: up(known.share.upper),
                }),
                row: sensitivity_row(month),
            }
        })
        .collect();
    Some(Months {
        words: match months.iter().rev().find(|month| month.drawn.is_some()) {
            Some(newest) => format!(
                "{} of {} months have an estimate. The newest, {}, is {}. Every number is in the table below.",
                months.iter().filter(|month| month.drawn.is_some()).count(),
                months.len(),
                newest.row.first().map_or("", String::as_str),
                newest.row.get(5).map_or("", String::as_str),
            ),
            None => "No month has been reviewed enough for an estimate.".to_owned(),
        },
        scale: [0.0, 0.5, 1.0]
            .map(|share| (up(share), format!("{:.0}%", share * 100.0)))
            .to_vec(),
        months,
    })
}

type Table = (Vec<String>, Vec<ReasonRow>, Vec<String>);

/// Reasons down, sources across, in the order of their size.
fn table(found: &Refusals) -> Table {
    let mut sources: Vec<String> = Vec::new();
    let mut reasons: Vec<(&str, &str)> = Vec::new();
    for row in &found.rows {
        if !sources.contains(&row.source) {
            sources.push(row.source.clone());
        }
        if !reasons.iter().any(|(why, _)| *why == row.why) {
            reasons.push((&row.why, &row.why_words));
        }
    }
    let sum = |why: Option<&str>, source: Option<&str>| -> u64 {
        found
            .rows
            .iter()
            .filter(|row| {
                why.is_none_or(|why| row.why == why)
                    && source.is_none_or(|source| row.source == source)
            })
            .map(|row| row.refused)
            .sum()
    };
    let rows = reasons
        .iter()
        .map(|(why, words)| {
            let of_reason = || found.rows.iter().filter(|row| row.why == *why);
            let reviewed: u64 = of_reason().map(|row| row.reviewed).sum();
            let missed: u64 = of_reason().map(|row| row.missed).sum();
            ReasonRow {
                label: sentence(words),
                note: match reviewed {
                    0 => "none read again yet".to_owned(),
                    _ => format!("{} read again, {} missed", count(reviewed), count(missed)),
                },
                counts: sources
                    .iter()
                    .map(|source| count(sum(Some(why), Some(source))))
                    .collect(),
                total: count(sum(Some(why), None)),
            }
        })
        .collect();
    let mut totals: Vec<String> = sources
        .iter()
        .map(|source| count(sum(None, Some(source))))
        .collect();
    totals.push(count(found.refused));
    (sources, rows, totals)
}

fn estimate(found: &Refusals) -> (String, String, Option<Interval>) {
    let Some(missed) = &found.missed else {
        return (
            "Not known yet".to_owned(),
            "Nothing has been read again. Some 30 of each reason give a first idea.".to_owned(),
            None,
        );
    };
    let whole = |value: f64| value.round().max(0.0) as u64;
    let (value, low, high) = (
        whole(missed.people.value),
        whole(missed.people.lower),
        whole(missed.people.upper),
    );
    let not_sampled = match missed.not_sampled {
        0 => String::new(),
        n => format!(
            " It says nothing about {} with a reason of which none was read again.",
            counted(n, "refusal", "refusals")
        ),
    };
    let words = format!(
        "people, or between {} and {} (95% interval), of {} that the reader said no to. “Not sure” counts as missed.{not_sampled}",
        count(low),
        count(high),
        count(found.refused)
    );
    // The line ends at a round number above the interval.
    let top = [
        10_u64, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 50_000, 100_000,
    ]
    .into_iter()
    .find(|top| *top >= high)
    .unwrap_or(high.max(1));
    let place = |n: u64| n.min(top) * 1000 / top;
    let interval = Interval {
        words: format!(
            "{} missed, 95% interval {} to {}, on a line from 0 to {}",
            count(value),
            count(low),
            count(high),
            count(top)
        ),
        low: place(low),
        width: (place(high) - place(low)).max(4),
        point: place(value),
        scale: count(top),
    };
    (format!("About {}", count(value)), words, Some(interval))
}

pub async fn review(State(state): State<WebState>, caller: Caller) -> Answer {
    let scope = caller.scope.clone();
    let (next, sites) = blocking(&state, move |app| {
        Ok((said_no::next(app, &scope, None)?, app.sites()?))
    })
    .await?;
    let title = if next.is_some() {
        "Was no right?"
    } else {
        "Everything has been read again"
    };
    respond::page(&oversight::Review {
        chrome: caller.chrome(&state).titled(title, None),
        banner: next
            .as_ref()
            .map(|refused| banner(&refused.read.person, "")),
        position: String::new(),
        item: next.map(|refused| item(&caller, refused, &sites)),
    })
}

fn item(caller: &Caller, refused: Refused, sites: &[Site]) -> ReviewItem {
    ReviewItem {
        action: format!("/said-no/review/{}", refused.item),
        hidden: caller.hidden(),
        reason: refused.why_words,
        sightings: (1..)
            .zip(&refused.read.sightings)
            .map(|(nth, seen)| Sighting {
                read_again: read_again(caller, seen),
                ..sighting(nth, seen, &refused.read.source, sites)
            })
            .collect(),
    }
}

pub async fn verdict(
    State(state): State<WebState>,
    caller: Caller,
    Path(item): Path<ItemId>,
    typed: Typed,
) -> Answer {
    let verdict = Verdict::from_code(typed.get("verdict")).ok_or(Failure::NotFound)?;
    let (scope, note) = (caller.scope.clone(), typed.some("note"));
    blocking(&state, move |app| {
        said_no::review(app, &scope, item, verdict, note.as_deref())
    })
    .await?;
    let words = match verdict {
        Verdict::Agree => "Recorded: no was right.",
        Verdict::Missed => "Recorded: this was missed.",
        Verdict::Unsure => "Recorded: not sure.",
    };
    state.notices.leave(
        &caller.token,
        Notice {
            good: true,
            text: words.to_owned(),
            undo: None,
        },
    );
    respond::see("/said-no/review")
}
