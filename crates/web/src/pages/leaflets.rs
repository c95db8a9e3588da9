//! Leaflets for patients, in three forms. Anybody signed in may read and print them: they hold nothing about anybody.

use axum::extract::{Path, Query, State};
use guidance::leaflets::{Kind, Leaflet, Line, Paragraph, UNVERIFIED};
use service::leaflets::{self as use_case, LeafletView, LeafletsView};

use crate::{
    caller::Caller,
    config::WebState,
    respond::{self, Answer, blocking},
    typed::Typed,
    view::{
        leaflets as view,
        page::NavLink,
        parts::{Link, Tag, YELLOW},
        text::long_date,
    },
};

pub async fn list(State(state): State<WebState>, caller: Caller) -> Answer {
    let found = blocking(&state, use_case::list).await?;
    respond::page(&view::Leaflets {
        chrome: caller.chrome(&state).titled("Leaflets", None),
        rows: found
            .leaflets
            .iter()
            .map(|leaflet| row(leaflet, &found))
            .collect(),
        missing: missing(&found),
    })
}

fn missing(found: &LeafletsView) -> Vec<&'static str> {
    let local = &found.local;
    [
        (local.team.trim().is_empty(), "name of the team"),
        (local.phone.trim().is_empty(), "phone number"),
        (local.hours.trim().is_empty(), "opening hours"),
        (local.groups.is_empty(), "groups near by"),
    ]
    .into_iter()
    .filter(|(empty, _)| *empty)
    .map(|(_, words)| words)
    .collect()
}

pub fn href(leaflet: &Leaflet) -> String {
    format!("/leaflets/{}", leaflet.id)
}

fn some_marked(leaflet: &Leaflet) -> bool {
    leaflet
        .standard
        .iter()
        .any(|part| part.paragraphs.iter().any(|text| text.unverified))
        || leaflet
            .easy_read
            .iter()
            .any(|part| part.lines.iter().any(|line| line.unverified))
}

fn row(leaflet: &Leaflet, found: &LeafletsView) -> view::LeafletRow {
    let href = href(leaflet);
    view::LeafletRow {
        title: leaflet.title.clone(),
        large: format!("{href}?as=large"),
        easy: format!("{href}?as=easy"),
        standard: href,
        version: leaflet.version.clone(),
        approval: leaflet.approval(),
        review: long_date(leaflet.review_by),
        overdue: leaflet.is_overdue(found.today),
        mark: some_marked(leaflet).then(|| Tag::new("Partly not checked", YELLOW)),
    }
}

pub async fn show(
    State(state): State<WebState>,
    caller: Caller,
    Path(id): Path<String>,
    Query(asked): Query<Vec<(String, String)>>,
) -> Answer {
    let found = blocking(&state, move |app| use_case::one(app, &id)).await?;
    let form = match Typed(asked).get("as") {
        "large" => "large",
        "easy" => "easy",
        _ => "standard",
    };
    respond::page(&present(&state, &caller, &found, form))
}

fn present(
    state: &WebState,
    caller: &Caller,
    found: &LeafletView,
    form: &'static str,
) -> view::Leaflet {
    let leaflet = &found.leaflet;
    let href = href(leaflet);
    let easy = form == "easy";
    view::Leaflet {
        chrome: caller.chrome(state).titled(&leaflet.title, None),
        title: leaflet.title.clone(),
        class: form,
        forms: [
            ("standard", href.clone(), "Standard print"),
            ("large", format!("{href}?as=large"), "Large print"),
            ("easy", format!("{href}?as=easy"), "Easy read"),
        ]
        .into_iter()
        .map(|(code, href, words)| NavLink {
            link: Link::new(href, words),
            current: code == form,
        })
        .collect(),
        sections: if easy {
            Vec::new()
        } else {
            leaflet
                .standard
                .iter()
                .enumerate()
                .map(|(at, part)| view::LeafletSection {
                    id: format!("part-{}", at + 1),
                    heading: part.heading.clone(),
                    kind: kind(part.kind),
                    texts: marked(&part.paragraphs),
                })
                .collect()
        },
        easy: if easy {
            leaflet
                .easy_read
                .iter()
                .enumerate()
                .map(|(at, part)| view::EasySection {
                    id: format!("part-{}", at + 1),
                    heading: part.heading.clone(),
                    kind: kind(part.kind),
                    lines: part.lines.iter().map(line).collect(),
                })
                .collect()
        } else {
            Vec::new()
        },
        some_marked: some_marked(leaflet),
        steps_marked: leaflet.loses_a_step(),
        version: leaflet.version.clone(),
        approval: leaflet.approval(),
        review: long_date(leaflet.review_by),
        overdue: leaflet.is_overdue(found.today),
        sources: leaflet.source.clone(),
    }
}

fn kind(kind: Kind) -> &'static str {
    kind.code()
}

fn mark(unverified: bool) -> &'static str {
    if unverified { UNVERIFIED } else { "" }
}

pub fn marked(texts: &[Paragraph]) -> Vec<view::Marked> {
    texts
        .iter()
        .map(|held| view::Marked {
            text: held.text.clone(),
            mark: mark(held.unverified),
        })
        .collect()
}

fn line(held: &Line) -> view::EasyLine {
    view::EasyLine {
        sign: held.sign.words(),
        text: view::Marked {
            text: held.text.clone(),
            mark: mark(held.unverified),
        },
    }
}
