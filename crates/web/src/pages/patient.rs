use axum::extract::{Path, Query, State};
use jiff::civil::Date;
use pathway::PersonId;
use service::{
    TimelineEntry, patient,
    patient::{EpisodeView, Patient},
    privacy,
};

use store::access::Access;

use crate::{
    caller::Caller,
    config::WebState,
    present::{banner, facts},
    respond::{self, Answer, blocking},
    view::{
        parts::{Act, BLUE, Fact, GREEN, GREY, Pagination, Tag, YELLOW},
        people::{self, EpisodeLine, TimelineDay, TimelineFact},
        text::{DateText, counted, long_date, moment},
    },
};

/// Entries of the timeline on one page.
const PER_PAGE: usize = 50;

pub async fn show(
    State(state): State<WebState>,
    caller: Caller,
    Path(person): Path<PersonId>,
    Query(query): Query<Vec<(String, String)>>,
) -> Answer {
    let scope = caller.scope.clone();
    let mut found = blocking(&state, move |app| patient::view(app, &scope, person)).await?;
    found
        .timeline
        .sort_by_key(|entry| std::cmp::Reverse((day(entry), entry.seq)));
    let pages = found.timeline.len().div_ceil(PER_PAGE).max(1);
    let asked = query
        .iter()
        .find(|(key, _)| key == "page")
        .and_then(|(_, value)| value.parse::<usize>().ok());
    let page = asked.unwrap_or(1).clamp(1, pages);
    let number = |n: usize| u64::try_from(n).unwrap_or(1);
    let mut banner = banner(&found.card, "");
    banner.more = contact(&found);
    respond::page(&people::Patient {
        chrome: caller.chrome(&state).titled("Record", Some(number(page))),
        banner,
        alerts: alerts(&found),
        episodes: found.episodes.iter().map(episode).collect(),
        timeline: days(
            found
                .timeline
                .iter()
                .skip((page - 1) * PER_PAGE)
                .take(PER_PAGE),
        ),
        pagination: Pagination::new(number(page), number(pages), |n| {
            format!("/patients/{person}?page={n}#timeline")
        }),
        details: details(&found),
        lookers: lookers(&found.looked),
        needs: if caller.may(service::May::MakeContact) {
            format!("/patients/{person}/needs")
        } else {
            String::new()
        },
        lookers_more: "The newest 20. The privacy officer sees all.".to_owned(),
    })
}

fn contact(found: &Patient) -> Vec<Fact> {
    facts([
        ("Address", found.address.join(", ")),
        ("Postcode", found.postcode.clone().unwrap_or_default()),
        ("Phone", found.phone.clone().unwrap_or_default()),
        ("GP practice", found.practice.clone().unwrap_or_default()),
    ])
}

fn details(found: &Patient) -> Vec<Fact> {
    let said = |text: Option<String>| {
        text.filter(|t| !t.is_empty())
            .unwrap_or_else(|| "Not known".to_owned())
    };
    let mut address = found.address.clone();
    address.extend(found.postcode.clone());
    let ids: Vec<String> = found
        .local_ids
        .iter()
        .map(|id| format!("{} ({})", id.value, id.system))
        .collect();
    vec![
        Fact::new("Address", said(Some(address.join("\n")))),
        Fact::new("Phone", said(found.phone.clone())),
        Fact::new("GP practice", said(found.practice.clone())),
        Fact::new("Hospital numbers", said(Some(ids.join("\n")))),
    ]
}

fn alerts(found: &Patient) -> Vec<Fact> {
    let mut alerts = Vec::new();
    if found.card.died {
        alerts.push(Fact::new("Has died.", "Do not contact."));
    }
    if found.episodes.iter().any(|episode| episode.refracture) {
        alerts.push(Fact::new(
            "Re-fracture",
            "has broken a bone again after an earlier episode",
        ));
    }
    alerts
}

fn episode(episode: &EpisodeView) -> EpisodeLine {
    let sightings = i128::try_from(episode.sightings).unwrap_or_default();
    let (tag, detail) = match episode.state.split_once(": ") {
        Some((tag, detail)) => (tag, detail),
        None => (episode.state.as_str(), ""),
    };
    let class = match tag {
        "New to confirm" => BLUE,
        "Accepted" => GREEN,
        aside if aside.starts_with("Set aside") => YELLOW,
        _ => GREY,
    };
    let due = episode
        .due
        .map(|due| format!(", by {}", long_date(due)))
        .unwrap_or_default();
    EpisodeLine {
        href: if episode.in_care {
            format!("/episodes/{}", episode.id)
        } else {
            format!("/candidates/{}", episode.id)
        },
        what: episode.fracture.clone(),
        status: Tag::new(tag, class),
        when: episode
            .fracture_date
            .map_or_else(|| "Date not known".to_owned(), long_date),
        sightings: counted(sightings, "sighting", "sightings"),
        next: match (episode.due, detail) {
            (Some(_), _) => format!("Next: {}{due}", episode.next.to_lowercase()),
            (None, _) => format!("Closed: {}", episode.next),
        },
        steps: if episode.in_care {
            super::episode::steps(&episode.steps)
        } else {
            Vec::new()
        },
    }
}

/// The day it happened; for decisions and details, the day they were recorded.
fn day(entry: &TimelineEntry) -> Date {
    entry.on.unwrap_or_else(|| terms::london_date(entry.at))
}

/// Entries under their days, newest first.
fn days<'a>(entries: impl Iterator<Item = &'a TimelineEntry>) -> Vec<TimelineDay> {
    let mut days: Vec<TimelineDay> = Vec::new();
    for entry in entries {
        let date = DateText::from(day(entry));
        let fact = timeline_fact(entry);
        match days.last_mut() {
            Some(day) if day.date == date => day.facts.push(fact),
            _ => days.push(TimelineDay {
                date,
                facts: vec![fact],
            }),
        }
    }
    days
}

/// The same look of the same person on one day is one line.
fn lookers(looked: &[Access]) -> Vec<Act> {
    let mut lines: Vec<(&str, &str, Date, u64)> = Vec::new();
    for look in looked {
        let day = terms::london_date(look.at);
        let same = |line: &&mut (&str, &str, Date, u64)| {
            (line.0, line.1, line.2) == (&look.who, &look.action, day)
        };
        match lines.iter_mut().find(same) {
            Some(line) => line.3 += 1,
            None => lines.push((&look.who, &look.action, day, 1)),
        }
    }
    lines
        .into_iter()
        .map(|(who, action, day, times)| Act {
            who: who.to_owned(),
            what: match times {
                1 => privacy::action_words(action).to_lowercase(),
                n => format!("{} {n} times", privacy::action_words(action).to_lowercase()),
            },
            when: long_date(day),
        })
        .collect()
}

fn timeline_fact(entry: &TimelineEntry) -> TimelineFact {
    TimelineFact {
        class: match (entry.by.as_str(), entry.title.as_str()) {
            ("Herald", "Fracture seen") => "seen",
            ("Herald", _) => "system",
            _ => "staff",
        },
        what: entry.title.clone(),
        detail: entry.lines.join("\n"),
        by: format!("{}: where this came from", entry.source),
        source: facts([
            ("Source", entry.source.clone()),
            ("Recorded", moment(entry.at)),
            ("By", entry.by.clone()),
            ("Entry", entry.seq.to_string()),
        ]),
    }
}
