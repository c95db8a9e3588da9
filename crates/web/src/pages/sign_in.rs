use axum::{
    extract::{Query, State},
    http::{HeaderName, HeaderValue, header},
    response::Response,
};
use service::accounts::{self, SignInRefused, Token};

use crate::{
    caller::{Caller, Visitor, plain_chrome},
    config::WebState,
    cookies::Cookie,
    demo,
    failure::Failure,
    gate,
    respond::{self, Answer, blocking},
    typed::Typed,
    view::{
        entry::SignIn,
        form::{FieldError, Hidden, Input},
        page::Notice,
        text::clock_time,
    },
};

type Asked = Query<Vec<(String, String)>>;

fn asked(query: &Asked, name: &str) -> String {
    query
        .0
        .iter()
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.clone())
        .unwrap_or_default()
}

/// Where to go afterwards: only a path of this server, which a link from elsewhere cannot turn into another.
fn safe_next(next: &str) -> &str {
    let plain = next
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'-' | b'_' | b'.'));
    if next.starts_with('/') && !next.starts_with("//") && plain && !next.starts_with("/sign-") {
        next
    } else {
        ""
    }
}

pub async fn show(State(state): State<WebState>, visitor: Visitor, query: Asked) -> Answer {
    let lead = if asked(&query, "next").starts_with("/resume/") {
        "You were signed out because nothing had happened for a while. What you typed has been kept."
    } else if asked(&query, "ended") == "yes" {
        "You were signed out because nothing had happened for a while."
    } else if asked(&query, "out") == "yes" {
        "You have signed out."
    } else {
        ""
    };
    form(
        &state,
        &visitor.csrf,
        safe_next(&asked(&query, "next")),
        lead,
        "",
        None,
    )
    .await
}

async fn form(
    state: &WebState,
    held: &str,
    next: &str,
    lead: &str,
    username: &str,
    error: Option<String>,
) -> Answer {
    let (token, cookie) = gate::start_token(state, held)?;
    let demo = blocking(state, |app| Ok(demo::sign_ins(app))).await?;
    let errors = error
        .iter()
        .map(|message| FieldError {
            target: "username".to_owned(),
            message: message.clone(),
        })
        .collect();
    let mut hidden = vec![Hidden::new("csrf", token)];
    if !next.is_empty() {
        hidden.push(Hidden::new("next", next));
    }
    let page = SignIn {
        chrome: plain_chrome(&state.config)
            .with_errors(errors)
            .titled("Sign in", None),
        heading: "Sign in",
        lead: lead.to_owned(),
        action: "/sign-in",
        hidden,
        inputs: vec![
            Input::text("username", "User name")
                .autocomplete("username")
                .value(username)
                .error(error),
            Input::password("password", "Password"),
        ],
        button: "Continue",
        demo,
    };
    with_cookie(respond::page(&page)?, cookie)
}

fn with_cookie(mut response: Response, cookie: HeaderValue) -> Answer {
    response.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(response)
}

fn session_cookie(state: &WebState, token: &Token) -> Result<HeaderValue, Failure> {
    Cookie::Session
        .set(&state.config, &token.0)
        .ok_or(Failure::Internal)
}

pub async fn submit(State(state): State<WebState>, visitor: Visitor, typed: Typed) -> Answer {
    let (username, password) = (
        typed.get("username").to_owned(),
        untrimmed(&typed, "password"),
    );
    let name = username.clone();
    match blocking(&state, move |app| accounts::password(app, &name, &password)).await? {
        Ok(token) => {
            if state.app.demo {
                state.notices.leave(
                    &token.0,
                    Notice {
                        good: true,
                        text: username,
                        undo: None,
                    },
                );
            }
            let next = safe_next(typed.get("next")).to_owned();
            let place = if next.is_empty() {
                "/sign-in/code".to_owned()
            } else {
                format!("/sign-in/code?next={next}")
            };
            with_cookie(respond::see(&place)?, session_cookie(&state, &token)?)
        }
        Err(refused) => {
            form(
                &state,
                &visitor.csrf,
                safe_next(typed.get("next")),
                "",
                &username,
                Some(words(&refused)),
            )
            .await
        }
    }
}

/// A password is taken as typed, blanks at its ends included.
fn untrimmed(typed: &Typed, name: &str) -> String {
    typed
        .0
        .iter()
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.clone())
        .unwrap_or_default()
}

fn words(refused: &SignInRefused) -> String {
    match refused {
        SignInRefused::Wrong => "The user name or the password is not right".to_owned(),
        SignInRefused::Locked { until } => {
            format!("Too many attempts. Try again after {}", clock_time(*until))
        }
        SignInRefused::WrongCode => {
            "The code is not right. Wait for the next one and try again".to_owned()
        }
        SignInRefused::CodeUsed => "This code has been used. Wait for the next one".to_owned(),
        SignInRefused::TooSlow => "It took too long. Start again with your password".to_owned(),
    }
}

pub async fn show_code(State(state): State<WebState>, visitor: Visitor, query: Asked) -> Answer {
    let Some(half_way) = visitor.half_way else {
        return respond::see("/sign-in");
    };
    let code = demo_code(&state, &half_way).await?;
    code_form(
        &state,
        &visitor.csrf,
        safe_next(&asked(&query, "next")),
        &code,
        None,
    )
}

/// In a demonstration nobody has an authenticator, so the page gives the code itself.
async fn demo_code(state: &WebState, half_way: &str) -> Result<String, Failure> {
    let Some(notice) = state.notices.take(half_way).filter(|_| state.app.demo) else {
        return Ok(String::new());
    };
    let username = notice.text.clone();
    // Left again: the page may be reloaded when the code has run out.
    state.notices.leave(half_way, notice);
    Ok(blocking(state, move |app| accounts::code_now(app, &username)).await?)
}

fn code_form(
    state: &WebState,
    csrf: &str,
    next: &str,
    code: &str,
    error: Option<String>,
) -> Answer {
    let errors = error
        .iter()
        .map(|message| FieldError {
            target: "code".to_owned(),
            message: message.clone(),
        })
        .collect();
    let mut hidden = vec![Hidden::new("csrf", csrf)];
    if !next.is_empty() {
        hidden.push(Hidden::new("next", next));
    }
    respond::page(&SignIn {
        chrome: plain_chrome(&state.config)
            .with_errors(errors)
            .titled("Enter your code", None),
        heading: "Enter your code",
        lead: if code.is_empty() {
            "From the authenticator app on your phone or computer.".to_owned()
        } else {
            "From an authenticator app; this demonstration fills it in for you.".to_owned()
        },
        action: "/sign-in/code",
        hidden,
        inputs: vec![
            Input::text("code", "6-digit code")
                .autocomplete("one-time-code")
                .inputmode("numeric")
                .class("nhsuk-input--width-5")
                .value(code)
                .error(error),
        ],
        button: "Sign in",
        demo: Vec::new(),
    })
}

pub async fn submit_code(State(state): State<WebState>, visitor: Visitor, typed: Typed) -> Answer {
    let Some(half_way) = visitor.half_way else {
        return respond::see("/sign-in");
    };
    let fresh = demo_code(&state, &half_way).await?;
    let (token, code) = (Token(half_way), typed.get("code").to_owned());
    match blocking(&state, move |app| accounts::code(app, &token, &code)).await? {
        Ok(token) => {
            let next = safe_next(typed.get("next"));
            let response = respond::see(if next.is_empty() { "/" } else { next })?;
            let mut response = with_cookie(response, session_cookie(&state, &token)?)?;
            if let Some(gone) = Cookie::Start.clear(&state.config) {
                response.headers_mut().append(header::SET_COOKIE, gone);
            }
            Ok(response)
        }
        Err(SignInRefused::TooSlow) => {
            form(&state, "", "", "", "", Some(words(&SignInRefused::TooSlow))).await
        }
        Err(refused) => code_form(
            &state,
            &visitor.csrf,
            safe_next(typed.get("next")),
            &fresh,
            Some(words(&refused)),
        ),
    }
}

pub async fn sign_out(State(state): State<WebState>, caller: Caller) -> Answer {
    let token = Token(caller.token.clone());
    blocking(&state, move |app| {
        accounts::sign_out(app, &caller.scope, &token)
    })
    .await?;
    let mut response = respond::see("/sign-in?out=yes")?;
    if let Some(gone) = Cookie::Session.clear(&state.config) {
        response.headers_mut().append(header::SET_COOKIE, gone);
    }
    response.headers_mut().insert(
        HeaderName::from_static("clear-site-data"),
        HeaderValue::from_static("\"cache\", \"cookies\", \"storage\""),
    );
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_to_another_server() {
        assert_eq!(safe_next("/today"), "/today");
        for bad in [
            "//other",
            "https://other",
            "/\\other",
            "today",
            "/a?b=c",
            "/sign-in",
            "/a b",
            "/%2f",
        ] {
            assert_eq!(safe_next(bad), "", "{bad}");
        }
    }
}
