//! The patient's own pages. Nobody is signed in: the link and the date of birth open one questionnaire and nothing else.

use axum::{
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
};
use pathway::form::{Answers, Fault, Form, FormKind, Section};
use service::questionnaire::{self, Saved, Sheet, Shut, Ticket};

use crate::{
    caller::{Visitor, plain_chrome},
    config::WebState,
    cookies::Cookie,
    failure::Failure,
    gate,
    present::date_input,
    questions::{self, Beside, Shown},
    respond::{self, Answer, blocking},
    typed::Typed,
    view::{
        form::{FieldError, Hidden},
        page::Chrome,
        parts::{Fact, Link},
        questionnaire as view,
        questions::Part,
        text::{counted, long_date},
    },
};

/// The last page, where everything is looked through and sent.
const SEND: &str = "send";
const TITLE: &str = "Questions about you and your bones";

fn form() -> &'static Form {
    Form::get(FormKind::Questionnaire)
}

fn chrome(state: &WebState, title: &str, errors: Vec<FieldError>) -> Chrome {
    plain_chrome(&state.config)
        .with_errors(errors)
        .titled(title, None)
}

fn service_name(state: &WebState) -> String {
    match state.app.settings.letterhead.name.as_str() {
        "" => "Your fracture liaison service".to_owned(),
        name => name.to_owned(),
    }
}

/// Why it does not open, said kindly, and whom to ask.
fn shut(state: &WebState, why: Shut) -> Answer {
    let ring = match state.app.settings.letterhead.phone.as_str() {
        "" => "If you would like to talk to us, use the telephone number on our letter.".to_owned(),
        phone => format!("If you would like to talk to us, ring {phone}."),
    };
    let (heading, text) = match why {
        Shut::Unknown => (
            "This link does not open anything",
            "Perhaps a letter or two is missing at its end. Please type it again exactly as it stands in our message.",
        ),
        Shut::Answered => (
            "Thank you, we have your answers",
            "This questionnaire has been sent to us already. There is nothing more to do. If something has changed, tell us when we speak.",
        ),
        Shut::Over => (
            "This questionnaire is over",
            "It can no longer be filled in here, and that is not a problem: we ask you the questions when we speak.",
        ),
        Shut::Locked => (
            "This link is locked",
            "The date of birth did not fit several times, so we have locked the link to keep your answers safe. We can give you a new one.",
        ),
    };
    respond::page_as(
        StatusCode::GONE,
        &view::Said {
            chrome: chrome(state, heading, Vec::new()),
            heading: heading.to_owned(),
            paragraphs: vec![text.to_owned(), ring],
        },
    )
}

fn ticket(state: &WebState, headers: &HeaderMap) -> Ticket {
    Ticket(
        Cookie::Questionnaire
            .read(&state.config, headers)
            .unwrap_or_default(),
    )
}

pub async fn show(
    State(state): State<WebState>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(link): Path<String>,
) -> Answer {
    let ticket = ticket(&state, &headers);
    let at = link.clone();
    let open = blocking(&state, move |app| questionnaire::sheet(app, &at, &ticket)).await?;
    if open.is_ok() {
        return respond::see(&format!("/q/{link}/{}", first()));
    }
    enter_page(&state, &visitor, &link, &Typed::default(), Vec::new()).await
}

fn first() -> &'static str {
    form().sections.first().map_or(SEND, |section| &section.id)
}

async fn enter_page(
    state: &WebState,
    visitor: &Visitor,
    link: &str,
    typed: &Typed,
    wrong: Vec<FieldError>,
) -> Answer {
    let at = link.to_owned();
    let until = match blocking(state, move |app| questionnaire::look(app, &at)).await? {
        Ok(until) => until,
        Err(why) => return shut(state, why),
    };
    let (token, cookie) = gate::start_token(state, &visitor.csrf)?;
    let status = if wrong.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let mut answer = respond::page_as(
        status,
        &view::Enter {
            chrome: chrome(state, TITLE, wrong.clone()),
            heading: TITLE.to_owned(),
            service: service_name(state),
            until: long_date(until),
            action: format!("/q/{link}"),
            hidden: vec![Hidden::new("csrf", token)],
            born: date_input("born", "Your date of birth", typed, &wrong)
                .hint("For example, 31 3 1950"),
        },
    )?;
    answer.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(answer)
}

pub async fn enter(
    State(state): State<WebState>,
    visitor: Visitor,
    Path(link): Path<String>,
    typed: Typed,
) -> Answer {
    let wrong = |message: &str| {
        vec![FieldError {
            target: "born".to_owned(),
            message: message.to_owned(),
        }]
    };
    let born = match typed.date("born", "Your date of birth") {
        Ok(Some(born)) => born,
        Ok(None) => {
            let wrong = wrong("Type your date of birth");
            return enter_page(&state, &visitor, &link, &typed, wrong).await;
        }
        Err(message) => {
            return enter_page(&state, &visitor, &link, &typed, wrong(&message)).await;
        }
    };
    let at = link.clone();
    match blocking(&state, move |app| questionnaire::enter(app, &at, born)).await? {
        Err(why) => shut(&state, why),
        Ok(None) => {
            let wrong = wrong("This date of birth does not fit. Please try again");
            enter_page(&state, &visitor, &link, &typed, wrong).await
        }
        Ok(Some(ticket)) => {
            let cookie = Cookie::Questionnaire
                .set(&state.config, &ticket.0)
                .ok_or(Failure::Internal)?;
            let mut answer = respond::see(&format!("/q/{link}/{}", first()))?;
            answer.headers_mut().append(header::SET_COOKIE, cookie);
            Ok(answer)
        }
    }
}

/// The sheet of whoever holds link and ticket, or the page that says why not.
async fn sheet(
    state: &WebState,
    headers: &HeaderMap,
    link: &str,
) -> Result<Result<Sheet, Answer>, Failure> {
    let ticket = ticket(state, headers);
    let at = link.to_owned();
    Ok(
        match blocking(state, move |app| questionnaire::sheet(app, &at, &ticket)).await? {
            Ok(sheet) => Ok(sheet),
            Err(Some(why)) => Err(shut(state, why)),
            Err(None) => Err(respond::see(&format!("/q/{link}"))),
        },
    )
}

pub async fn part(
    State(state): State<WebState>,
    visitor: Visitor,
    headers: HeaderMap,
    Path((link, part)): Path<(String, String)>,
) -> Answer {
    let sheet = match sheet(&state, &headers, &link).await? {
        Ok(sheet) => sheet,
        Err(answer) => return answer,
    };
    if part == SEND {
        return look_through(&state, &visitor, &link, &sheet);
    }
    let section = form().section(&part).ok_or(Failure::NotFound)?;
    one(&state, &visitor, &link, section, &sheet.answers, None, &[])
}

fn one(
    state: &WebState,
    visitor: &Visitor,
    link: &str,
    section: &'static Section,
    answers: &Answers,
    typed: Option<&Typed>,
    faults: &[Fault],
) -> Answer {
    let sections = &form().sections;
    let at = sections
        .iter()
        .position(|other| other.id == section.id)
        .unwrap_or(0);
    let (token, cookie) = gate::start_token(state, &visitor.csrf)?;
    let questions = section
        .questions
        .iter()
        .map(|question| {
            let shown = match typed {
                Some(typed) => Shown::Typed(typed),
                None => Shown::Held(answers.get(&question.id)),
            };
            let beside = Beside {
                faults,
                not_known: "Not sure",
                ..Beside::default()
            };
            questions::question(question, &shown, &beside)
        })
        .collect();
    let back = at
        .checked_sub(1)
        .and_then(|before| sections.get(before))
        .map(|before| Link::new(format!("/q/{link}/{}", before.id), "Back"));
    let status = if faults.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let mut answer = respond::page_as(
        status,
        &view::Sheet {
            chrome: chrome(state, &section.title, questions::errors(faults)),
            heading: TITLE.to_owned(),
            place: format!("Part {} of {}", at + 1, sections.len()),
            part: Part {
                id: section.id.clone(),
                title: section.title.clone(),
                lead: section.lead.clone().unwrap_or_default(),
                usual: None,
                questions,
            },
            action: format!("/q/{link}/{}", section.id),
            hidden: vec![Hidden::new("csrf", token)],
            back,
            next: if at + 1 == sections.len() {
                "Go on and look through".to_owned()
            } else {
                "Go on".to_owned()
            },
        },
    )?;
    answer.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(answer)
}

fn look_through(state: &WebState, visitor: &Visitor, link: &str, sheet: &Sheet) -> Answer {
    let (token, cookie): (String, HeaderValue) = gate::start_token(state, &visitor.csrf)?;
    let parts = form()
        .sections
        .iter()
        .map(|section| {
            let open = section.unanswered(&sheet.answers).len();
            view::Answered {
                title: section.title.clone(),
                change: format!("/q/{link}/{}", section.id),
                answers: section
                    .questions
                    .iter()
                    .filter_map(|question| {
                        let value = sheet.answers.get(&question.id)?;
                        let words = if value.is(pathway::form::NOT_KNOWN) {
                            "Not sure".to_owned()
                        } else {
                            question.words(value)
                        };
                        Some(Fact::new(&question.ask, words))
                    })
                    .collect(),
                open: match open {
                    0 => String::new(),
                    n => format!(
                        "{} not answered. That is all right.",
                        counted(
                            i128::try_from(n).unwrap_or_default(),
                            "question",
                            "questions"
                        )
                    ),
                },
            }
        })
        .collect();
    let mut answer = respond::page(&view::Send {
        chrome: chrome(state, "Look through and send", Vec::new()),
        heading: "Look through and send".to_owned(),
        parts,
        action: format!("/q/{link}/{SEND}"),
        hidden: vec![Hidden::new("csrf", token)],
        emergency: "A nurse reads your answers within a few working days, not at once. If you need help now, ring 111, or 999 in an emergency.".to_owned(),
    })?;
    answer.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(answer)
}

pub async fn save(
    State(state): State<WebState>,
    visitor: Visitor,
    headers: HeaderMap,
    Path((link, part)): Path<(String, String)>,
    typed: Typed,
) -> Answer {
    let ticket = ticket(&state, &headers);
    if part == SEND {
        return send(&state, &link, ticket).await;
    }
    let section = form().section(&part).ok_or(Failure::NotFound)?;
    let (answers, confirmed) = questions::read(section.questions.iter(), &typed);
    let (at, id) = (link.clone(), part.clone());
    let saved = blocking(&state, move |app| {
        questionnaire::save(app, &at, &ticket, &id, &answers, &confirmed)
    })
    .await?;
    match saved {
        Ok(Saved::Whole) => {
            let next = form()
                .sections
                .iter()
                .skip_while(|other| other.id != part)
                .nth(1)
                .map_or(SEND, |next| &next.id);
            respond::see(&format!("/q/{link}/{next}"))
        }
        Ok(Saved::Faults(faults)) => one(
            &state,
            &visitor,
            &link,
            section,
            &Answers::new(),
            Some(&typed),
            &faults,
        ),
        Err(Some(why)) => shut(&state, why),
        Err(None) => respond::see(&format!("/q/{link}")),
    }
}

async fn send(state: &WebState, link: &str, ticket: Ticket) -> Answer {
    let at = link.to_owned();
    match blocking(state, move |app| questionnaire::send(app, &at, &ticket)).await? {
        Err(Some(why)) => shut(state, why),
        Err(None) => respond::see(&format!("/q/{link}")),
        Ok(()) => {
            let cookie = Cookie::Questionnaire
                .clear(&state.config)
                .ok_or(Failure::Internal)?;
            let mut answer = respond::page(&view::Said {
                chrome: chrome(state, "Thank you", Vec::new()),
                heading: "Thank you".to_owned(),
                paragraphs: vec![
                    "We have your answers. A nurse reads them before we speak with you.".to_owned(),
                    "You can close this page.".to_owned(),
                ],
            })?;
            answer.headers_mut().append(header::SET_COOKIE, cookie);
            Ok(answer)
        }
    }
}
