use axum::{extract::State, http::StatusCode};
use service::{Error, Role, privacy};
use store::access::Access;

use crate::{
    caller::Caller,
    config::WebState,
    present::{error_at, errors},
    respond::{self, Answer, blocking},
    typed::Typed,
    view::{
        form::{Choice, Choices, FieldError, Input},
        oversight::{AccessTable, Privacy},
        text::{count, counted, moment},
    },
};

/// The use case stops there.
const MOST: usize = 500;

pub async fn show(State(state): State<WebState>, caller: Caller) -> Answer {
    page(&state, &caller, &Typed::default(), None, Vec::new()).await
}

async fn page(
    state: &WebState,
    caller: &Caller,
    typed: &Typed,
    result: Option<AccessTable>,
    wrong: Vec<FieldError>,
) -> Answer {
    let scope = caller.scope.clone();
    let staff = blocking(state, move |app| privacy::staff(app, &scope)).await?;
    let mut users = vec![Choice::new("", "Choose")];
    users.extend(
        staff.iter().map(|(id, name, username)| {
            Choice::new(id.to_string(), format!("{name} ({username})"))
        }),
    );
    let status = if wrong.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let title = result.as_ref().map_or_else(
        || "Privacy".to_owned(),
        |table| format!("Privacy: {}", table.heading),
    );
    respond::page_as(
        status,
        &Privacy {
            chrome: caller
                .chrome(state)
                .with_errors(wrong.clone())
                .titled(&title, None),
            hidden: caller.hidden(),
            number: Input::text("nhs_number", "NHS number")
                .inputmode("numeric")
                .value(typed.get("nhs_number"))
                .error(error_at(&wrong, "nhs_number")),
            user: Choices::new("user", "User", users)
                .choose(typed.get("user"))
                .error(error_at(&wrong, "user")),
            result,
        },
    )
}

fn role_words(code: &str) -> String {
    Role::from_code(code).map_or_else(|| code.to_owned(), |role| role.words().to_owned())
}

fn rows_shown(rows: usize) -> String {
    match rows {
        MOST => format!("The newest {MOST}; there are more"),
        other => counted(
            i128::try_from(other).unwrap_or_default(),
            "entry",
            "entries",
        ),
    }
}

pub async fn patient(State(state): State<WebState>, caller: Caller, typed: Typed) -> Answer {
    let (scope, number) = (caller.scope.clone(), typed.get("nhs_number").to_owned());
    match blocking(&state, move |app| privacy::who_saw(app, &scope, &number)).await {
        Ok(found) => {
            let row = |access: &Access| {
                vec![
                    moment(access.at),
                    access.who.clone(),
                    role_words(&access.role),
                    privacy::action_words(&access.action),
                ]
            };
            let table = AccessTable {
                heading: format!("Who saw {}", found.person.name),
                showing: rows_shown(found.rows.len()),
                note: "newest first".to_owned(),
                headers: vec!["When", "Who", "Role", "What"],
                rows: found.rows.iter().map(row).collect(),
            };
            page(&state, &caller, &typed, Some(table), Vec::new()).await
        }
        Err(Error::Invalid(fields)) => {
            page(&state, &caller, &typed, None, errors(&fields, &[])).await
        }
        Err(other) => Err(other.into()),
    }
}

pub async fn user(State(state): State<WebState>, caller: Caller, typed: Typed) -> Answer {
    let Ok(user) = typed.get("user").parse() else {
        let wrong = FieldError {
            target: "user".to_owned(),
            message: "Choose a user".to_owned(),
        };
        return page(&state, &caller, &typed, None, vec![wrong]).await;
    };
    let scope = caller.scope.clone();
    let found = blocking(&state, move |app| privacy::what_saw(app, &scope, user)).await?;
    let rows = found
        .rows
        .iter()
        .map(|seen| {
            let people: Vec<String> = seen
                .people
                .iter()
                .map(|card| match &card.nhs_number {
                    Some(number) => format!("{} (NHS No. {number})", card.name),
                    None => card.name.to_string(),
                })
                .collect();
            vec![
                moment(seen.access.at),
                privacy::action_words(&seen.access.action),
                people.join("; "),
            ]
        })
        .collect();
    let table = AccessTable {
        heading: format!("What {} saw and did", found.name),
        showing: rows_shown(found.rows.len()),
        note: "newest first".to_owned(),
        headers: vec!["When", "What", "Whom"],
        rows,
    };
    page(&state, &caller, &typed, Some(table), Vec::new()).await
}

pub async fn verify(State(state): State<WebState>, caller: Caller, typed: Typed) -> Answer {
    let scope = caller.scope.clone();
    let chain = blocking(&state, move |app| privacy::verify(app, &scope)).await?;
    let (heading, note) = match chain.broken_at {
        None => (
            "Nothing has been altered",
            "every entry fits the one before it".to_owned(),
        ),
        Some(at) => (
            "The log has been altered",
            format!(
                "entry {} is the first that is not what was written; call the safety officer",
                count(at)
            ),
        ),
    };
    let table = AccessTable {
        heading: heading.to_owned(),
        showing: format!("{} checked", counted(chain.rows, "entry", "entries")),
        note,
        headers: Vec::new(),
        rows: Vec::new(),
    };
    page(&state, &caller, &typed, Some(table), Vec::new()).await
}
