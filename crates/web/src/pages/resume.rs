use axum::extract::{Path, State};
use service::accounts;
use uuid::Uuid;

use crate::{
    caller::Caller,
    config::WebState,
    respond::{self, Answer, blocking},
    view::{entry, form::Hidden, parts::Fact, text::sentence},
};

/// Fields that a page put into its form, which nobody typed.
const NOT_TYPED: [&str; 8] = [
    "version", "list", "sort", "order", "at", "page", "of", "next",
];

pub async fn show(
    State(state): State<WebState>,
    caller: Caller,
    Path(draft): Path<Uuid>,
) -> Answer {
    let scope = caller.scope.clone();
    let draft = blocking(&state, move |app| accounts::draft(app, &scope, draft)).await?;
    let mut hidden = caller.hidden();
    hidden.extend(
        draft
            .form
            .iter()
            .map(|(name, value)| Hidden::new(name, value)),
    );
    let typed: Vec<Fact> = draft
        .form
        .iter()
        .filter(|(name, value)| !NOT_TYPED.contains(&name.as_str()) && !value.is_empty())
        .map(|(name, value)| Fact::new(sentence(&name.replace(['_', '-'], " ")), value))
        .collect();
    respond::page(&entry::Resume {
        chrome: caller
            .chrome(&state)
            .titled("What you typed was kept", None),
        about: about(&draft.path).to_owned(),
        typed,
        action: draft.path,
        hidden,
    })
}

fn about(path: &str) -> &'static str {
    let last = path.rsplit('/').next().unwrap_or_default();
    match last {
        "accept" => "You were accepting a candidate.",
        "reject" => "You were rejecting a candidate.",
        "set-aside" => "You were setting a candidate aside.",
        "belongs" => "You were joining a candidate to an earlier episode.",
        "undo" => "You were undoing a decision.",
        "same" | "new" => "You were answering who somebody is.",
        "find" => "You were looking somebody up.",
        "add" => "You were adding somebody.",
        _ => "It was this form:",
    }
}
