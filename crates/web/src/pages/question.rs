use axum::{
    extract::{Path, State},
    http::StatusCode,
};
use pathway::{ItemId, PersonId, TestResult};
use service::{
    Change, Error,
    identity::{self, Agreement, Answer as Said, QuestionView},
    today::Tab,
};
use store::settings::Site;

use crate::{
    caller::Caller,
    config::WebState,
    list_query::ListQuery,
    present::{gender, sighting, site_name},
    respond::{self, Answer, blocking},
    typed::Typed,
    view::{
        candidate::Conflict,
        form::FieldError,
        page::Notice,
        parts::{Act, Fact, Link},
        question::{Cell, PersonColumn, Question, Row, SentResult},
        text::{long_date, moment, sentence},
    },
};

fn back() -> Link {
    Link::new(
        ListQuery::default().with_tab(Tab::Duplicates).on("/today"),
        "Possible duplicates",
    )
}

pub async fn show(
    State(state): State<WebState>,
    caller: Caller,
    Path(item): Path<ItemId>,
) -> Answer {
    page(&state, &caller, item, Vec::new()).await
}

async fn page(state: &WebState, caller: &Caller, item: ItemId, wrong: Vec<FieldError>) -> Answer {
    let scope = caller.scope.clone();
    let (found, sites) = blocking(state, move |app| {
        Ok((identity::view(app, &scope, item)?, app.sites()?))
    })
    .await?;
    let status = if wrong.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let title = "Is this the same person?";
    respond::page_as(
        status,
        &Question {
            chrome: caller.chrome(state).with_errors(wrong).titled(title, None),
            back: back(),
            position: String::new(),
            question: format!("{}.", found.held.question.words()),
            incoming_heading: format!("Sent: {}", found.held.name),
            incoming_source: format!("{} · {}", found.source, site_name(&sites, &found.held.site)),
            people: found
                .candidates
                .iter()
                .map(|alike| PersonColumn {
                    id: alike.person.id.to_string(),
                    heading: alike.person.name.to_string(),
                    sub: known_fractures(&alike.episodes),
                })
                .collect(),
            rows: rows(&found),
            also: match found.also_settles {
                _ if !found.may_answer => String::new(),
                0 => String::new(),
                1 => "Your answer also settles one other message that says exactly the same of who it is.".to_owned(),
                n => format!("Your answer also settles {n} other messages that say exactly the same of who it is."),
            },
            can_decide: found.may_answer,
            action: format!("/questions/{item}"),
            hidden: caller.hidden(),
            new_text: match found.candidates.len() {
                _ if only_results(&found) => "Nobody in the service".to_owned(),
                0 => "A new person".to_owned(),
                1 => "Another person: new".to_owned(),
                _ => "None of these: a new person".to_owned(),
            },
            sightings: sightings(&found, &sites),
            results: found.results.iter().map(sent_result).collect(),
        },
    )
}

/// A result brings nobody into the service, so it is about one of those shown or about nobody.
fn only_results(found: &QuestionView) -> bool {
    found.sightings.is_empty() && !found.results.is_empty()
}

fn sent_result(result: &TestResult) -> SentResult {
    let on = result
        .taken_on
        .map(|day| format!(", {}", long_date(day)))
        .unwrap_or_default();
    SentResult {
        heading: format!("{}: {}{on}", result.kind.words(), result.name),
        values: result
            .measures
            .iter()
            .map(|measure| Fact {
                label: measure.name.clone(),
                value: format!("{} {}", measure.value, measure.unit)
                    .trim()
                    .to_owned(),
            })
            .collect(),
    }
}

fn known_fractures(episodes: &[String]) -> String {
    if episodes.is_empty() {
        "No fracture on record".to_owned()
    } else {
        episodes.join("; ")
    }
}

fn sightings(found: &QuestionView, sites: &[Site]) -> Vec<crate::view::evidence::Sighting> {
    (1..)
        .zip(&found.sightings)
        .map(|(nth, seen)| sighting(nth, seen, &found.source, sites))
        .collect()
}

/// A row per detail. The use case says what agrees; details it does not compare are shown without a verdict.
fn rows(found: &QuestionView) -> Vec<Row> {
    let sent = &found.incoming;
    let name = sent.name.clone().unwrap_or_default();
    let local_ids: Vec<String> = sent
        .local_ids
        .iter()
        .map(|id| format!("{} ({})", id.value, id.system))
        .collect();
    let mut rows: Vec<Row> = [
        (
            "NHS number",
            sent.nhs_number.as_ref().map(ToString::to_string),
        ),
        ("Family name", Some(name.family)),
        ("Given name", Some(name.given)),
        ("Born", sent.born.map(long_date)),
        ("Postcode", sent.postcode.clone()),
        ("Hospital number", Some(local_ids.join(", "))),
    ]
    .into_iter()
    .map(|(label, incoming)| Row {
        label: label.to_owned(),
        incoming: incoming
            .filter(|text| !text.is_empty())
            .unwrap_or_else(|| "Not sent".to_owned()),
        cells: found
            .candidates
            .iter()
            .map(
                |alike| match alike.compared.iter().find(|row| row.what == label) {
                    None => Cell {
                        text: "Not known".to_owned(),
                        class: "unknown",
                        words: "",
                    },
                    Some(row) => {
                        let (class, words) = match row.verdict {
                            Agreement::Same => ("same", "same"),
                            Agreement::Different => ("differs", "different"),
                            Agreement::NotKnown => ("unknown", ""),
                        };
                        Cell {
                            text: row.held.clone().unwrap_or_else(|| "Not known".to_owned()),
                            class,
                            words,
                        }
                    }
                },
            )
            .collect(),
    })
    .collect();
    rows.push(Row {
        label: "Gender".to_owned(),
        incoming: sent.sex.unwrap_or_default().words().to_owned(),
        cells: found
            .candidates
            .iter()
            .map(|alike| {
                Cell::compared_known(
                    sent.sex.unwrap_or_default().words(),
                    &gender(&alike.person.sex),
                )
            })
            .collect(),
    });
    rows
}

pub async fn same(
    State(state): State<WebState>,
    caller: Caller,
    Path(item): Path<ItemId>,
    typed: Typed,
) -> Answer {
    match typed.get("person").parse::<PersonId>() {
        Ok(person) => answer(&state, &caller, item, Said::Same(person)).await,
        Err(_) => {
            let wrong = FieldError {
                target: String::new(),
                message: "Choose which person it is".to_owned(),
            };
            page(&state, &caller, item, vec![wrong]).await
        }
    }
}

pub async fn new(
    State(state): State<WebState>,
    caller: Caller,
    Path(item): Path<ItemId>,
) -> Answer {
    answer(&state, &caller, item, Said::New).await
}

async fn answer(state: &WebState, caller: &Caller, item: ItemId, said: Said) -> Answer {
    let scope = caller.scope.clone();
    match blocking(state, move |app| identity::answer(app, &scope, item, said)).await {
        Ok(to) => {
            let text = match said {
                _ if to.is_none() => {
                    "Nobody in the service: the result is not on anybody’s record."
                }
                Said::Same(_) => "The message was filed to the person you chose.",
                Said::New => "The message was filed to a new person.",
            };
            state.notices.leave(
                &caller.token,
                Notice {
                    good: true,
                    text: text.to_owned(),
                    undo: None,
                },
            );
            respond::see(&back().href)
        }
        Err(Error::Invalid(fields)) => {
            let wrong = fields
                .into_iter()
                .map(|field| FieldError {
                    target: String::new(),
                    message: field.message,
                })
                .collect();
            page(state, caller, item, wrong).await
        }
        Err(Error::Conflict { since }) => conflict(state, caller, said, &since),
        Err(other) => Err(other.into()),
    }
}

fn conflict(state: &WebState, caller: &Caller, said: Said, since: &[Change]) -> Answer {
    let changes = since
        .iter()
        .map(|change| Act {
            what: sentence(&change.what),
            who: change.who.clone(),
            when: moment(change.at),
        })
        .collect();
    let yours = match said {
        Said::Same(_) => "The same person",
        Said::New => "A new person",
    };
    respond::page_as(
        StatusCode::CONFLICT,
        &Conflict {
            chrome: caller
                .chrome(state)
                .titled("This changed while you were looking at it", None),
            banner: None,
            yours: yours.to_owned(),
            yours_facts: Vec::new(),
            changes,
            again: back(),
            back: Link::new("/today", "Back to Today"),
        },
    )
}
