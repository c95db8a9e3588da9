use axum::{
    extract::{Path, State},
    http::StatusCode,
};
use pathway::{Channel, Format, Needs, PersonId};
use service::{Error, care, patient, patient::Patient};

use crate::{
    caller::Caller,
    config::WebState,
    present::{banner, error_at, errors},
    respond::{self, Answer, blocking},
    typed::Typed,
    view::{
        care as view,
        form::{Choice, Choices, FieldError, Input},
        page::Notice,
        parts::Link,
        text::{long_date, moment},
    },
};

async fn load(state: &WebState, caller: &Caller, person: PersonId) -> service::Result<Patient> {
    let scope = caller.scope.clone();
    blocking(state, move |app| patient::view(app, &scope, person)).await
}

pub async fn show(
    State(state): State<WebState>,
    caller: Caller,
    Path(person): Path<PersonId>,
) -> Answer {
    let found = load(&state, &caller, person).await?;
    respond::page(&present(&state, &caller, &found, None, Vec::new()))
}

fn present(
    state: &WebState,
    caller: &Caller,
    found: &Patient,
    typed: Option<&Typed>,
    wrong: Vec<FieldError>,
) -> view::Needs {
    let person = found.card.id;
    let held = &found.needs;
    let codes = |held: Vec<String>, name: &str| typed.map_or(held, |typed| typed.all(name));
    let never = codes(
        held.never.iter().map(|c| c.code().to_owned()).collect(),
        "never",
    );
    let formats = codes(
        held.formats.iter().map(|f| f.code().to_owned()).collect(),
        "format",
    );
    let text = |name: &str, label: &str, held: Option<&str>| {
        Input::text(name, label)
            .value(match typed {
                Some(typed) => typed.get(name),
                None => held.unwrap_or_default(),
            })
            .error(error_at(&wrong, name))
    };
    let hidden = caller.hidden_with("version", found.version);
    let mut address = found.address.clone();
    address.resize(3, String::new());
    let line = |at: usize| address.get(at).map(String::as_str);
    view::Needs {
        chrome: caller
            .chrome(state)
            .with_errors(wrong.clone())
            .titled("Communication needs", None),
        banner: banner(&found.card, &format!("/patients/{person}")),
        back: Link::new(format!("/patients/{person}"), "Record"),
        hidden,
        action: format!("/patients/{person}/needs"),
        never: Choices::new(
            "never",
            "Never reach this person by",
            Channel::ALL
                .iter()
                .map(|channel| Choice::new(channel.code(), channel.words()))
                .collect(),
        )
        .hint("Herald refuses to record what was asked not to be done.")
        .choose_all(&never),
        formats: Choices::new(
            "format",
            "Needs letters in",
            Format::ALL
                .iter()
                .map(|format| Choice::new(format.code(), format.words()))
                .collect(),
        )
        .choose_all(&formats),
        fields: vec![
            text(
                "interpreter",
                "Interpreter: language, or British Sign Language",
                held.interpreter.as_deref(),
            ),
            text(
                "carer",
                "Carer or relative who may be spoken to: name and telephone",
                held.carer.as_deref(),
            ),
            text("note", "Anything else to mind", held.note.as_deref()),
        ],
        details_action: format!("/patients/{person}/details"),
        details: vec![
            text("address-1", "Address, first line", line(0)),
            text("address-2", "Second line", line(1)),
            text("address-3", "Third line", line(2)),
            text("postcode", "Postcode", found.postcode.as_deref()).class("nhsuk-input--width-10"),
            text("phone", "Telephone", found.phone.as_deref()).class("nhsuk-input--width-20"),
            text("practice", "GP practice code", found.practice.as_deref())
                .hint("A letter and five digits, such as F81001")
                .class("nhsuk-input--width-10"),
        ],
        asked: match held.asked_on {
            Some(on) => format!(
                "Last asked on {}. Ask again when something changes.",
                long_date(on)
            ),
            None => "Nobody has asked yet. Nothing recorded is not the same as nothing needed."
                .to_owned(),
        },
    }
}

pub async fn save(
    State(state): State<WebState>,
    caller: Caller,
    Path(person): Path<PersonId>,
    typed: Typed,
) -> Answer {
    let needs = Needs {
        formats: typed
            .all("format")
            .iter()
            .filter_map(|code| Format::from_code(code))
            .collect(),
        interpreter: typed.some("interpreter"),
        carer: typed.some("carer"),
        never: typed
            .all("never")
            .iter()
            .filter_map(|code| Channel::from_code(code))
            .collect(),
        note: typed.some("note"),
        asked_on: None,
    };
    let at = typed.get("version").parse().unwrap_or(0);
    let scope = caller.scope.clone();
    let outcome = blocking(&state, move |app| {
        care::record_needs(app, &scope, person, at, needs)
    })
    .await;
    after(
        &state,
        &caller,
        person,
        &typed,
        outcome,
        "Communication needs recorded.",
    )
    .await
}

pub async fn details(
    State(state): State<WebState>,
    caller: Caller,
    Path(person): Path<PersonId>,
    typed: Typed,
) -> Answer {
    let details = care::ContactDetails {
        address: ["address-1", "address-2", "address-3"]
            .iter()
            .map(|name| typed.get(name).to_owned())
            .collect(),
        postcode: typed.get("postcode").to_owned(),
        phone: typed.get("phone").to_owned(),
        practice: typed.get("practice").to_owned(),
        version: Some(typed.get("version").parse().unwrap_or(0)),
    };
    let scope = caller.scope.clone();
    let outcome = blocking(&state, move |app| {
        care::record_details(app, &scope, person, &details)
    })
    .await;
    after(
        &state,
        &caller,
        person,
        &typed,
        outcome,
        "Details recorded.",
    )
    .await
}

async fn after(
    state: &WebState,
    caller: &Caller,
    person: PersonId,
    typed: &Typed,
    outcome: service::Result<()>,
    done: &str,
) -> Answer {
    let (status, wrong) = match outcome {
        Ok(()) => {
            let notice = Notice {
                good: true,
                text: done.to_owned(),
                undo: None,
            };
            state.notices.leave(&caller.token, notice);
            return respond::see(&format!("/patients/{person}"));
        }
        Err(Error::Invalid(fields)) => (StatusCode::UNPROCESSABLE_ENTITY, errors(&fields, &[])),
        Err(Error::Conflict { since }) => (
            StatusCode::CONFLICT,
            since
                .iter()
                .map(|change| FieldError {
                    target: String::new(),
                    message: format!(
                        "{} recorded other needs meanwhile, on {}: {}. Yours are below and not saved.",
                        change.who,
                        moment(change.at),
                        change.what
                    ),
                })
                .collect(),
        ),
        Err(other) => return Err(other.into()),
    };
    let found = load(state, caller, person).await?;
    respond::page_as(status, &present(state, caller, &found, Some(typed), wrong))
}
