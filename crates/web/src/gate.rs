//! Every request passes here: which row of the route table it is, who asks, whether that role may, and whether a
//! form was sent from a page of this session. What is not in the table is refused.

use std::time::Instant;

use axum::{
    body::Body,
    extract::{DefaultBodyLimit, FromRequest, MatchedPath, Request, State},
    http::{HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use data_encoding::HEXLOWER;

use crate::{
    caller::{Caller, Visitor, plain_chrome},
    config::WebState,
    cookies::{Cookie, TOKEN_LENGTH, random_token, same_token},
    failure::Failure,
    respond::{self, Answer, blocking},
    routes::{self, Route, Token, Who},
    session::{self, Found},
    typed::Typed,
    view::{entry, parts::Link},
};

const FORM_LIMIT: usize = 256 * 1024;
/// The one page for somebody between password and code; its form carries the half-way session's token.
const HALF_WAY: &str = "/sign-in/code";

/// Outermost: a number for the log, and one line of log that names the route, never the address.
pub async fn log(request: Request, next: Next) -> Response {
    let started = Instant::now();
    let reference = reference();
    let method = request.method().clone();
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| "(none)".to_owned(), |path| path.as_str().to_owned());
    let mut request = request;
    request
        .extensions_mut()
        .insert(Reference(reference.clone()));
    // In a task of its own, so that a panic answers this request instead of dropping the connection.
    let mut response = match tokio::spawn(next.run(request)).await {
        Ok(response) => response,
        Err(error) => {
            tracing::error!(request = reference, route, %error, "a page panicked");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    };
    if let Ok(value) = HeaderValue::from_str(&reference) {
        response.headers_mut().insert("x-request-id", value);
    }
    let millis = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    tracing::info!(request = reference, %method, route, status = response.status().as_u16(), millis, "answered");
    response
}

#[derive(Clone)]
struct Reference(String);

fn reference() -> String {
    let mut bytes = [0_u8; 6];
    // Without randomness the log is harder to follow; nothing rests on it.
    let _ = getrandom::fill(&mut bytes);
    HEXLOWER.encode(&bytes)
}

pub async fn check(State(state): State<WebState>, request: Request, next: Next) -> Response {
    let reference = request
        .extensions()
        .get::<Reference>()
        .map(|r| r.0.clone())
        .unwrap_or_default();
    let mut caller = None;
    let response = match admit(&state, request, &mut caller).await {
        Ok(Admitted::Go(request)) => next.run(request).await,
        Ok(Admitted::Answer(response)) => response,
        Err(failure) => failure.into_response(),
    };
    explain(&state, response, caller.as_ref(), &reference)
}

enum Admitted {
    Go(Request),
    Answer(Response),
}

async fn admit(
    state: &WebState,
    request: Request,
    found: &mut Option<Caller>,
) -> Result<Admitted, Failure> {
    let Some(route) = row_of(&request) else {
        return Ok(Admitted::Go(request));
    };
    if route.who == Who::Nobody {
        return Ok(Admitted::Go(request));
    }
    let config = state.config.clone();
    let token = Cookie::Session.read(&config, request.headers());
    // A page that asks again by itself keeps nobody signed in.
    let touch = !request.headers().contains_key("x-herald-poll");
    let found_session = match token.clone() {
        None => Found::None,
        Some(token) => {
            blocking(state, move |app| {
                session::find(app, &token, touch, route.path)
            })
            .await?
        }
    };

    let visitor = route.who == Who::Visitor;
    let csrf = match (&found_session, visitor) {
        (Found::Signed(caller), false) => {
            *found = Some(Caller::clone(caller));
            if !route.who.lets_in(caller.scope.role()) {
                return Err(Failure::Forbidden);
            }
            caller.csrf.clone()
        }
        (Found::HalfWay { csrf }, true) if route.path == HALF_WAY => csrf.clone(),
        (_, true) => Cookie::Start
            .read(&config, request.headers())
            .unwrap_or_default(),
        (_, false) => {
            return sign_in_first(state, found_session, route, request)
                .await
                .map(Admitted::Answer);
        }
    };

    let mut request = request;
    if *request.method() == Method::POST && route.token == Token::InForm {
        let (parts, typed) = read_form(request).await?;
        if !same_token(typed.get("csrf"), &csrf) {
            return Err(Failure::StaleForm);
        }
        request = Request::from_parts(parts, Body::empty());
        request.extensions_mut().insert(typed);
    }
    if visitor {
        let half_way = matches!(found_session, Found::HalfWay { .. })
            .then_some(token)
            .flatten();
        request.extensions_mut().insert(Visitor { csrf, half_way });
    }
    if let Some(caller) = found {
        request.extensions_mut().insert(caller.clone());
    }
    Ok(Admitted::Go(request))
}

fn row_of(request: &Request) -> Option<&'static Route> {
    let pattern = request.extensions().get::<MatchedPath>()?.as_str();
    let method = match request.method() {
        &Method::HEAD => &Method::GET,
        other => other,
    };
    routes::table()
        .iter()
        .find(|row| row.path == pattern && row.method == *method)
}

async fn read_form(request: Request) -> Result<(axum::http::request::Parts, Typed), Failure> {
    let (parts, body) = request.into_parts();
    let bytes = axum::body::to_bytes(body, FORM_LIMIT)
        .await
        .map_err(|_| Failure::TooLarge)?;
    let mut copy = Request::new(Body::from(bytes));
    *copy.method_mut() = Method::POST;
    if let Some(kind) = parts.headers.get(header::CONTENT_TYPE) {
        copy.headers_mut()
            .insert(header::CONTENT_TYPE, kind.clone());
    }
    DefaultBodyLimit::max(FORM_LIMIT).apply(&mut copy);
    let typed = axum::Form::<Vec<(String, String)>>::from_request(copy, &())
        .await
        .map(|form| Typed(form.0))
        .map_err(|_| Failure::StaleForm)?;
    Ok((parts, typed))
}

/// Nobody is signed in. What was typed is kept, if the session that has ended says for whom.
async fn sign_in_first(
    state: &WebState,
    session: Found,
    route: &'static Route,
    request: Request,
) -> Result<Response, Failure> {
    if *request.method() != Method::POST {
        let mut place = "/sign-in".to_owned();
        // Only an address that this server would make, and only its path: a search never stood in it.
        if let (true, Found::Ended { .. }) = (route.path != "/", &session) {
            place = format!("/sign-in?ended=yes&next={}", request.uri().path());
        } else if route.path != "/" {
            place = format!("/sign-in?next={}", request.uri().path());
        }
        return respond::see(&place);
    }
    let ended = matches!(session, Found::Ended { .. });
    if let (Found::Ended { user }, Token::InForm, false) = (session, route.token, route.forgets) {
        let path = request.uri().path().to_owned();
        let (_, typed) = read_form(request).await?;
        let form = typed.worth_keeping();
        if !form.is_empty() {
            let draft = blocking(state, move |app| session::keep(app, user, &path, &form)).await?;
            return respond::see(&format!("/sign-in?ended=yes&next=/resume/{draft}"));
        }
    }
    if ended && (route.token == Token::FirstField || route.forgets) {
        return respond::see(&format!("/sign-in?ended=yes&next={}", route.path));
    }
    if route.path == "/sign-out" {
        return respond::see("/sign-in");
    }
    // A POST without any session is no more welcome than one without its token.
    Err(Failure::StaleForm)
}

/// Turns a bare failure into a page. Anything else goes out as it is.
fn explain(
    state: &WebState,
    response: Response,
    caller: Option<&Caller>,
    reference: &str,
) -> Response {
    let failure = match response.extensions().get::<Failure>() {
        Some(failure) => failure.clone(),
        None if response.headers().contains_key(header::CONTENT_TYPE) => return response,
        None => match response.status() {
            StatusCode::NOT_FOUND => Failure::NotFound,
            StatusCode::FORBIDDEN => Failure::Forbidden,
            StatusCode::PAYLOAD_TOO_LARGE => Failure::TooLarge,
            StatusCode::BAD_REQUEST => Failure::NotFound,
            StatusCode::INTERNAL_SERVER_ERROR => Failure::Internal,
            _ => return response,
        },
    };
    failure_page(state, &failure, caller, reference)
        .unwrap_or_else(|failure| failure.status().into_response())
}

pub fn failure_page(
    state: &WebState,
    failure: &Failure,
    caller: Option<&Caller>,
    reference: &str,
) -> Answer {
    let chrome = match caller {
        Some(caller) => caller.bare_chrome(&state.config),
        None => plain_chrome(&state.config),
    };
    respond::page_as(
        failure.status(),
        &entry::Failure {
            chrome: chrome.titled(failure.heading(), None),
            heading: failure.heading().to_owned(),
            paragraphs: failure.paragraphs(),
            reference: if *failure == Failure::Internal {
                reference.to_owned()
            } else {
                String::new()
            },
            back: match caller {
                Some(_) => Link::new("/", "Go to your start page"),
                None => Link::new("/sign-in", "Sign in"),
            },
        },
    )
}

/// The token for a sign-in form and the cookie it must come back with. One that the browser has already is used
/// again, so that two windows do not undo each other.
pub fn start_token(state: &WebState, held: &str) -> Result<(String, HeaderValue), Failure> {
    let ours = held.len() == TOKEN_LENGTH
        && held
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    let token = if ours {
        held.to_owned()
    } else {
        random_token().ok_or(Failure::Internal)?
    };
    let cookie = Cookie::Start
        .set(&state.config, &token)
        .ok_or(Failure::Internal)?;
    Ok((token, cookie))
}
