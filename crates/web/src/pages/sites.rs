use axum::{extract::State, http::StatusCode};
use service::{Error, accounts};

use crate::{
    caller::Caller,
    config::WebState,
    present::{error_at, errors},
    respond::{self, Answer, blocking},
    typed::Typed,
    view::{
        admin,
        form::{FieldError, Input},
        page::Notice,
    },
};

pub async fn show(State(state): State<WebState>, caller: Caller) -> Answer {
    page(&state, &caller, &Typed::default(), Vec::new()).await
}

async fn page(state: &WebState, caller: &Caller, typed: &Typed, wrong: Vec<FieldError>) -> Answer {
    let sites = blocking(state, |app| app.sites()).await?;
    let status = if wrong.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let input = |name: &str, label: &str| {
        Input::text(name, label)
            .value(typed.get(name))
            .error(error_at(&wrong, name))
    };
    respond::page_as(
        status,
        &admin::Sites {
            chrome: caller
                .chrome(state)
                .with_errors(wrong.clone())
                .titled("Sites", None),
            rows: sites
                .into_iter()
                .map(|site| admin::SiteRow {
                    name: site.name,
                    code: site.code,
                })
                .collect(),
            hidden: caller.hidden(),
            inputs: vec![
                input("code", "ODS code")
                    .hint("For example, RAJ01")
                    .class("nhsuk-input--width-10"),
                input("name", "Name"),
            ],
        },
    )
}

pub async fn save(State(state): State<WebState>, caller: Caller, typed: Typed) -> Answer {
    let (scope, code, name) = (
        caller.scope.clone(),
        typed.get("code").to_owned(),
        typed.get("name").to_owned(),
    );
    match blocking(&state, move |app| {
        accounts::put_site(app, &scope, &code, &name)
    })
    .await
    {
        Ok(()) => {
            let text = format!("{} was saved.", typed.get("name"));
            state.notices.leave(
                &caller.token,
                Notice {
                    good: true,
                    text,
                    undo: None,
                },
            );
            respond::see("/admin/sites")
        }
        Err(Error::Invalid(fields)) => page(&state, &caller, &typed, errors(&fields, &[])).await,
        Err(other) => Err(other.into()),
    }
}
