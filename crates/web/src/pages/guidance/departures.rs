//! The decisions that went against the packs, each with its person and the reason given.

use axum::extract::{Query, State};
use service::{
    guidance::{self as use_case, Departed},
    today::PER_PAGE,
};

use crate::{
    caller::Caller,
    config::WebState,
    respond::{self, Answer, blocking},
    typed::Typed,
    view::{
        guidance as view,
        parts::Pagination,
        text::{NhsText, long_date, showing},
    },
};

pub async fn show(
    State(state): State<WebState>,
    caller: Caller,
    Query(asked): Query<Vec<(String, String)>>,
) -> Answer {
    let scope = caller.scope.clone();
    let page = Typed(asked).get("page").parse().unwrap_or(1);
    let found = blocking(&state, move |app| use_case::departures(app, &scope, page)).await?;
    let first = (found.page - 1) * u64::from(PER_PAGE) + 1;
    respond::page(&view::Departures {
        chrome: caller
            .chrome(&state)
            .titled("Decided otherwise", Some(found.page)),
        showing: showing(first, found.decisions.len() as u64, found.total),
        rows: found.decisions.iter().map(row).collect(),
        pagination: Pagination::new(found.page, found.pages, |page| {
            format!("/guidance/departures?page={page}")
        }),
    })
}

fn row(departed: &Departed) -> view::DepartedRow {
    let entry = &departed.entry;
    view::DepartedRow {
        href: format!("/episodes/{}", entry.episode),
        name: entry.name.to_string(),
        nhs: NhsText::from(entry.nhs_number.as_ref()),
        decided: long_date(departed.decided_on),
        medicine: departed.medicine.to_owned(),
        stood: departed.stood.words().to_owned(),
        because: departed.because.clone(),
    }
}
