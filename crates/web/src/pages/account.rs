use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use service::accounts::{self, Token};

use crate::{
    caller::Caller,
    config::WebState,
    present::facts,
    respond::{self, Answer, blocking},
    typed::Typed,
    view::{
        entry::Account,
        form::{Choice, Choices},
        page::Notice,
        parts::Act,
        text::{clock_time, counted},
    },
};

pub async fn show(State(state): State<WebState>, caller: Caller) -> Answer {
    let scope = caller.scope.clone();
    let open = blocking(&state, move |app| accounts::open_sessions(app, &scope)).await?;
    let mut sessions = vec![Act {
        what: "This session".to_owned(),
        who: String::new(),
        when: format!("ends at {} at the latest", clock_time(caller.latest_end)),
    }];
    if open > 1 {
        sessions.push(Act {
            what: counted(open - 1, "other session", "other sessions"),
            who: String::new(),
            when: "on another device or browser".to_owned(),
        });
    }
    respond::page(&Account {
        chrome: caller.chrome(&state).titled("Your account", None),
        facts: facts([
            ("Name", caller.scope.who().to_owned()),
            ("User name", caller.username.clone()),
            ("Role", caller.scope.role().words().to_owned()),
            ("Sites", caller.site_words.clone()),
        ]),
        sessions,
        hidden: caller.hidden(),
        shortcuts: Choices::new(
            "shortcuts",
            "Alt and a letter",
            vec![Choice::new("off", "Off"), Choice::new("on", "On")],
        )
        .inline()
        .choose(if caller.shortcuts { "on" } else { "off" }),
    })
}

/// "Stay signed in": being asked is enough.
pub async fn stay(_: Caller) -> Response {
    StatusCode::NO_CONTENT.into_response()
}

pub async fn end_others(State(state): State<WebState>, caller: Caller) -> Answer {
    let (scope, token) = (caller.scope.clone(), Token(caller.token.clone()));
    blocking(&state, move |app| {
        accounts::end_other_sessions(app, &scope, &token)
    })
    .await?;
    done(&state, &caller, "Your other sessions have ended.")
}

pub async fn shortcuts(State(state): State<WebState>, caller: Caller, typed: Typed) -> Answer {
    let (scope, on) = (caller.scope.clone(), typed.get("shortcuts") == "on");
    blocking(&state, move |app| accounts::set_shortcuts(app, &scope, on)).await?;
    done(
        &state,
        &caller,
        if on {
            "Keyboard shortcuts are on."
        } else {
            "Keyboard shortcuts are off."
        },
    )
}

fn done(state: &WebState, caller: &Caller, words: &str) -> Answer {
    state.notices.leave(
        &caller.token,
        Notice {
            good: true,
            text: words.to_owned(),
            undo: None,
        },
    );
    respond::see("/account")
}
