use axum::extract::{Path, State};
use service::{Layout, LayoutState, layouts};
use uuid::Uuid;

use crate::{
    caller::Caller,
    config::WebState,
    failure::Failure,
    present::{sighting, site_name},
    respond::{self, Answer, blocking},
    typed::Typed,
    view::{
        feeds as view,
        form::Input,
        page::Notice,
        parts::{self, Fact, Tag},
        text::{count, counted, moment},
    },
};

pub async fn list(State(state): State<WebState>, caller: Caller) -> Answer {
    let scope = caller.scope.clone();
    let found = blocking(&state, move |app| layouts::list(app, &scope)).await?;
    respond::page(&view::Layouts {
        chrome: caller.chrome(&state).titled("New report layouts", None),
        rows: found
            .layouts
            .iter()
            .map(|layout| view::LayoutRow {
                href: format!("/layouts/{}", layout.id),
                heading: layout.heading.clone(),
                hospital: site_name(&found.sites, &layout.site),
                state: tag(layout.state),
                reports: count(layout.reports),
                waiting: count(layout.waiting),
                since: layout.oldest.map(moment).unwrap_or_default(),
                said: said(layout),
            })
            .collect(),
    })
}

fn tag(state: LayoutState) -> Tag {
    let class = match state {
        LayoutState::New => parts::PURPLE,
        LayoutState::ReadRightly => parts::GREY,
        LayoutState::NotUnderstood => parts::ORANGE,
    };
    Tag::new(state.words(), class)
}

/// Who said what of it, if anybody has.
fn said(layout: &Layout) -> String {
    let (Some(who), Some(at)) = (&layout.by_whom, layout.at) else {
        return String::new();
    };
    match &layout.note {
        Some(note) => format!("{who}, {}: {note}", moment(at)),
        None => format!("{who}, {}", moment(at)),
    }
}

pub async fn show(
    State(state): State<WebState>,
    caller: Caller,
    Path(layout): Path<Uuid>,
) -> Answer {
    let scope = caller.scope.clone();
    let found = blocking(&state, move |app| layouts::view(app, &scope, layout)).await?;
    let layout = &found.layout;
    let mut facts = vec![
        Fact::new("Hospital", site_name(&found.sites, &layout.site)),
        Fact::new("State", layout.state.words()),
        Fact::new("First seen", moment(layout.first_seen)),
        Fact::new("Reports so far", count(layout.reports)),
        Fact::new("Waiting", count(layout.waiting)),
    ];
    if layout.by_whom.is_some() {
        facts.push(Fact::new("Said by", said(layout)));
    }
    let mut nth = 0..;
    let samples = found
        .samples
        .iter()
        .map(|read| view::Sample {
            name: read.person.name.to_string(),
            sightings: read
                .sightings
                .iter()
                .zip(nth.by_ref())
                .map(|(seen, nth)| sighting(nth, seen, &read.source, &found.sites))
                .collect(),
        })
        .collect();
    respond::page(&view::Layout {
        chrome: caller.chrome(&state).titled("Report layout", None),
        heading: layout.heading.clone(),
        facts,
        action: format!("/layouts/{}", layout.id),
        hidden: caller.hidden(),
        note: Input::text("note", "Note (may be left out)"),
        waiting: counted(layout.waiting, "report that waits", "reports that wait"),
        samples,
    })
}

pub async fn decide(
    State(state): State<WebState>,
    caller: Caller,
    Path(layout): Path<Uuid>,
    typed: Typed,
) -> Answer {
    let said = LayoutState::from_code(typed.get("state")).ok_or(Failure::NotFound)?;
    let (scope, note) = (caller.scope.clone(), typed.some("note"));
    blocking(&state, move |app| {
        layouts::decide(app, &scope, layout, said, note.as_deref())
    })
    .await?;
    let words = match said {
        LayoutState::ReadRightly => "Recorded: read rightly. What waited is among the noes.",
        _ => "Recorded: not understood. What waited is with the nurses.",
    };
    state.notices.leave(
        &caller.token,
        Notice {
            good: true,
            text: words.to_owned(),
            undo: None,
        },
    );
    respond::see("/layouts")
}
