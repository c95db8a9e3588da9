use axum::extract::State;
use jiff::civil::Date;
use service::{Entry, overview, overview::Overview, today::Tab};

use crate::{
    caller::Caller,
    config::WebState,
    list_query::ListQuery,
    present::site_name,
    respond::{self, Answer, blocking},
    view::{
        care::{self as view, Group, Standing, Waiting},
        text::{count, long_date},
    },
};

pub async fn show(State(state): State<WebState>, caller: Caller) -> Answer {
    let scope = caller.scope.clone();
    let found = blocking(&state, move |app| overview::overview(app, &scope)).await?;
    respond::page(&view::Overview {
        chrome: caller.chrome(&state).titled("Overview", None),
        day: long_date(found.today),
        standings: found
            .standings
            .iter()
            .filter_map(|standing| {
                let tab = tab_of(standing.list)?;
                Some(Standing {
                    list: tab.words().to_owned(),
                    href: list(tab),
                    open: count(standing.waiting),
                    late: count(standing.overdue),
                    oldest: standing
                        .oldest_due
                        .map(|due| since(due, found.today))
                        .unwrap_or_default(),
                })
            })
            .collect(),
        groups: vec![
            group(
                &found,
                "Results nobody has seen, and worrying answers",
                &found.unseen,
                Tab::Results,
                "Every result has been seen.",
            ),
            group(
                &found,
                "Letters not sent",
                &found.letters,
                Tab::Letters,
                "Every letter has gone.",
            ),
            group(
                &found,
                "Stalled: overdue, and nothing has happened",
                &found.stalled,
                Tab::Stalled,
                "Nobody is stalled.",
            ),
            group(
                &found,
                "Waiting longest for an assessment",
                &found.assess,
                Tab::Assess,
                "Nobody waits for an assessment.",
            ),
        ],
    })
}

fn tab_of(list: pathway::List) -> Option<Tab> {
    Tab::from_code(&list.code().replace('_', "-"))
}

fn list(tab: Tab) -> String {
    ListQuery::default().with_tab(tab).on("/today")
}

fn since(due: Date, today: Date) -> String {
    let late = (today - due).get_days();
    match late {
        ..=0 => format!("due {}", long_date(due)),
        1 => format!("due {}, a day ago", long_date(due)),
        late => format!("due {}, {late} days ago", long_date(due)),
    }
}

fn group(found: &Overview, title: &str, entries: &[Entry], tab: Tab, none: &str) -> Group {
    Group {
        title: title.to_owned(),
        none: none.to_owned(),
        href: list(tab),
        rows: entries
            .iter()
            .map(|entry| Waiting {
                what: entry.name.to_string(),
                why: [
                    entry.fracture.as_str(),
                    entry.why.as_str(),
                    &site_name(&found.sites, &entry.site),
                    entry.by_whom.as_deref().unwrap_or_default(),
                ]
                .iter()
                .filter(|part| !part.is_empty())
                .copied()
                .collect::<Vec<_>>()
                .join(" · "),
                due: entry
                    .due
                    .map(|due| since(due, found.today))
                    .unwrap_or_default(),
                late: entry.due.is_some_and(|due| due < found.today),
                href: format!("/episodes/{}", entry.episode),
            })
            .collect(),
        more: format!("Open the list “{}”", tab.words()),
    }
}
