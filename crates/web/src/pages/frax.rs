//! What goes into FRAX for one person, in the tool's order, and what to ask about the score on record.

use axum::extract::{Path, State};
use guidance::frax::{Adjusted, Recorded};
use pathway::EpisodeId;
use service::frax::{self as use_case, FraxView, Sheet};

use super::{
    calculators::{off, remark, who_answers},
    guidance::mark,
};
use crate::{
    caller::Caller,
    config::WebState,
    list_query::ListQuery,
    present::banner,
    respond::{self, Answer, blocking},
    view::{
        calculators as view,
        parts::{Fact, Link},
        text::long_date,
    },
};

pub async fn show(
    State(state): State<WebState>,
    caller: Caller,
    Path(episode): Path<EpisodeId>,
    query: ListQuery,
) -> Answer {
    let scope = caller.scope.clone();
    let found = blocking(&state, move |app| use_case::view(app, &scope, episode)).await?;
    let base = format!("/episodes/{episode}");
    match &found.sheet {
        None => respond::page(&off(
            &state,
            &caller,
            "What goes into FRAX",
            Link::new(query.on(&format!("{base}/guidance")), "What guidelines say"),
        )),
        Some(sheet) => respond::page(&present(&state, &caller, &query, &found, sheet)),
    }
}

fn present(
    state: &WebState,
    caller: &Caller,
    query: &ListQuery,
    found: &FraxView,
    sheet: &Sheet,
) -> view::Frax {
    let base = format!("/episodes/{}", found.episode);
    view::Frax {
        chrome: caller.chrome(state).titled("What goes into FRAX", None),
        banner: banner(&found.card, &format!("/patients/{}", found.card.id)),
        back: Link::new(query.on(&format!("{base}/guidance")), "What guidelines say"),
        answers: who_answers(&found.use_),
        asks: sheet
            .asks
            .iter()
            .map(|ask| Fact::new(format!("“{}”", ask.typed), &ask.words))
            .collect(),
        rows: sheet
            .fields
            .iter()
            .map(|field| view::ToolRow {
                label: field.label.to_owned(),
                value: field.value.clone().unwrap_or_default(),
                unsaved: sheet.unsaved.contains(&field.id),
                empty_is_no: field.tick,
                hint: field.hint.to_owned(),
            })
            .collect(),
        tool: as_text(sheet.tool),
        nogg: sheet.nogg.as_deref().map(as_text).unwrap_or_default(),
        saved: sheet.saved,
        score: sheet
            .score
            .as_ref()
            .map(|score| facts(score, &sheet.differs))
            .unwrap_or_default(),
        questions: sheet
            .questions
            .iter()
            .map(|asked| view::Question {
                odd: asked.odd.clone(),
                expected: asked.expected.clone(),
                to_do: asked.to_do.clone(),
                blocks: asked.blocks,
            })
            .collect(),
        open: sheet.open.clone(),
        adjusted: sheet.adjusted.as_ref().map(rows).unwrap_or_default(),
        working: sheet
            .adjusted
            .as_ref()
            .and_then(Adjusted::working)
            .unwrap_or_default(),
        instead: sheet
            .adjusted
            .iter()
            .flat_map(|adjusted| &adjusted.instead)
            .map(remark)
            .collect(),
        notes: sheet
            .adjusted
            .iter()
            .flat_map(|adjusted| adjusted.notes.clone())
            .collect(),
        enter: Link::new(
            query.on(&format!("{base}/assessment/risk")),
            "Enter it in the assessment",
        ),
    }
}

/// Pages lead to no other host: an address is there to be copied.
fn as_text(address: &str) -> String {
    address.trim_start_matches("https://").to_owned()
}

fn percent(value: f64) -> String {
    format!("{}%", (value * 100.0).round() / 100.0)
}

fn facts(score: &Recorded, differs: &str) -> Vec<Fact> {
    let mut facts = vec![
        Fact::new("Major osteoporotic fracture", percent(score.mof)),
        Fact::new(
            "Hip fracture",
            score.hip.map_or_else(|| "Not recorded".to_owned(), percent),
        ),
        Fact::new(
            "Bone density",
            match score.with_bmd {
                Some(true) => "With",
                Some(false) => "Without",
                None => "Not recorded",
            },
        ),
        Fact::new(
            "Day",
            score
                .on
                .map_or_else(|| "Not recorded".to_owned(), long_date),
        ),
    ];
    if let Some(version) = &score.version {
        facts.push(Fact::new("Version of the tool", version));
    }
    if !differs.is_empty() {
        facts.push(Fact::new("Went in otherwise", differs));
    }
    facts
}

fn rows(adjusted: &Adjusted) -> Vec<view::AdjustedRow> {
    let hip = |value: Option<f64>| value.map_or_else(|| "Not recorded".to_owned(), percent);
    let times = |factor: f64| format!("× {}", (factor * 1000.0).round() / 1000.0);
    let mut rows = vec![view::AdjustedRow {
        what: "As typed".to_owned(),
        mof: percent(adjusted.raw_mof),
        hip: hip(adjusted.raw_hip),
        ..view::AdjustedRow::default()
    }];
    rows.extend(adjusted.factors.iter().map(|factor| view::AdjustedRow {
        what: factor.words.clone(),
        mof: times(factor.mof),
        hip: times(factor.hip),
        source: factor.source.words.clone(),
        mark: mark(factor.source.status),
    }));
    if adjusted.changed() {
        rows.push(view::AdjustedRow {
            what: "Adjusted".to_owned(),
            mof: percent(adjusted.mof),
            hip: hip(adjusted.hip),
            ..view::AdjustedRow::default()
        });
    }
    rows
}
