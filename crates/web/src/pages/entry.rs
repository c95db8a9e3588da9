//! The front door, help, health, and addresses that lead nowhere.

use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

use crate::{
    caller::{Caller, home},
    config::WebState,
    failure::Failure,
    respond::{self, Answer},
    view::entry,
};

pub async fn health() -> Response {
    (
        StatusCode::OK,
        [(header::CONTENT_TYPE, "text/plain; charset=utf-8")],
        "ready\n",
    )
        .into_response()
}

pub async fn start(caller: Caller) -> Answer {
    respond::see(home(caller.scope.role()))
}

pub async fn help(State(state): State<WebState>, caller: Caller) -> Answer {
    respond::page(&entry::Help {
        chrome: caller.chrome(&state).titled("Help", None),
    })
}

pub async fn nothing_here() -> Response {
    Failure::NotFound.into_response()
}
