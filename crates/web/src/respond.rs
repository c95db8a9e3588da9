//! From a template or an address to an answer.

use askama::Template;
use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use service::App;

use crate::{
    caller::Caller,
    config::WebState,
    failure::Failure,
    view::{form::FieldError, page::Notice, text::moment},
};

pub type Answer = Result<Response, Failure>;

pub fn page(template: &impl Template) -> Answer {
    page_as(StatusCode::OK, template)
}

pub fn page_as(status: StatusCode, template: &impl Template) -> Answer {
    let html = template.render().map_err(|error| {
        tracing::error!(%error, "a template failed");
        Failure::Internal
    })?;
    Ok((
        status,
        [(
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/html; charset=utf-8"),
        )],
        html,
    )
        .into_response())
}

/// A page with a form, and whether what was typed into it does.
pub fn form(wrong: &[FieldError], template: &impl Template) -> Answer {
    let status = if wrong.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    page_as(status, template)
}

/// What was done, or why it was not, on the page that comes next.
pub fn after(
    state: &WebState,
    caller: &Caller,
    place: &str,
    done: service::Result<String>,
) -> Answer {
    use service::Error;
    let good = done.is_ok();
    let text = match done {
        Ok(text) | Err(Error::Unavailable(text)) => text,
        Err(Error::Conflict { since }) => {
            let changes: Vec<String> = since
                .iter()
                .map(|change| format!("{} {}, {}.", change.who, change.what, moment(change.at)))
                .collect();
            format!(
                "Nothing was saved, since this changed meanwhile. {}",
                changes.join(" ")
            )
        }
        Err(other) => return Err(other.into()),
    };
    let undo = None;
    state
        .notices
        .leave(&caller.token, Notice { good, text, undo });
    see(place)
}

/// After a POST: look at this instead, with GET.
pub fn see(place: &str) -> Answer {
    let place = HeaderValue::from_str(place).map_err(|_| Failure::Internal)?;
    Ok((StatusCode::SEE_OTHER, [(header::LOCATION, place)]).into_response())
}

/// Runs a use case off the threads that serve connections. A panic in it is an error of this request only.
pub async fn blocking<T: Send + 'static>(
    state: &WebState,
    work: impl FnOnce(&App) -> service::Result<T> + Send + 'static,
) -> service::Result<T> {
    let app = state.app.clone();
    match tokio::task::spawn_blocking(move || work(&app)).await {
        Ok(result) => result,
        Err(error) => Err(service::Error::Internal(format!(
            "a use case panicked: {error}"
        ))),
    }
}
