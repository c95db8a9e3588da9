//! From a template or an address to an answer.

use askama::Template;
use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use service::App;

use crate::{config::WebState, failure::Failure};

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
