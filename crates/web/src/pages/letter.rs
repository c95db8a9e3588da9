use axum::{
    extract::{Path, Query, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use pathway::{
    EpisodeId, LetterId,
    care::{LetterState, SentHow},
};
use service::{
    Error,
    letter::{self, LetterView},
};

use super::episode::{letter_tag, said, version};
use crate::{
    caller::Caller,
    config::WebState,
    failure::Failure,
    list_query::ListQuery,
    present::{banner, date_input, error_at, errors},
    respond::{self, Answer, blocking},
    typed::Typed,
    view::{
        care::{self as view, Fold},
        form::{Choice, Choices, FieldError, Hidden, Input},
        page::Notice,
        parts::{Fact, Link, OneButton},
        questions::Control,
        text::{long_date, moment, sentence},
    },
};

async fn load(
    state: &WebState,
    caller: &Caller,
    episode: EpisodeId,
    letter: LetterId,
) -> service::Result<LetterView> {
    let scope = caller.scope.clone();
    blocking(state, move |app| letter::view(app, &scope, episode, letter)).await
}

pub async fn show(
    State(state): State<WebState>,
    caller: Caller,
    Path((episode, letter)): Path<(EpisodeId, LetterId)>,
    query: ListQuery,
) -> Answer {
    let found = load(&state, &caller, episode, letter).await?;
    let page = present(
        &state,
        &caller,
        &query,
        &found,
        &Typed::default(),
        Vec::new(),
    );
    respond::page(&page)
}

fn present(
    state: &WebState,
    caller: &Caller,
    query: &ListQuery,
    found: &LetterView,
    typed: &Typed,
    wrong: Vec<FieldError>,
) -> view::Letter {
    let of = &found.letter;
    let base = format!("/episodes/{}/letters/{}", found.episode, of.id);
    let mut hidden = caller.hidden_with("version", found.version);
    hidden.extend(query.hidden());
    let approve = (found.may_approve && found.missing.is_empty()).then(|| {
        let mut fields = hidden.clone();
        fields.push(Hidden::new("digest", &found.digest));
        OneButton {
            action: format!("{base}/approve"),
            fields,
            text: "Approve this letter".to_owned(),
        }
    });
    view::Letter {
        chrome: caller
            .chrome(state)
            .with_errors(wrong.clone())
            .titled(&format!("Letter: {}", of.kind.words()), None),
        banner: banner(&found.card, &format!("/patients/{}", found.card.id)),
        back: Link::new(query.on(&format!("/episodes/{}", found.episode)), "Episode"),
        heading: of.kind.words().to_owned(),
        status: letter_tag(of.state()),
        line: line(found),
        missing: found
            .missing
            .iter()
            .map(|missing| Fact::new(&missing.words, fix(missing.field, found)))
            .collect(),
        warnings: warnings(found),
        // Its headings stand below the page's own.
        html: found
            .article
            .replace("<h2>", "<h3>")
            .replace("</h2>", "</h3>")
            .replace("<h1>", "<h2>")
            .replace("</h1>", "</h2>"),
        pages: Vec::new(),
        pdf: format!("{base}/letter.pdf"),
        approve,
        sent: found
            .may_send
            .then(|| sent(found, &base, &hidden, typed, &wrong)),
        folds: folds(found, &base, &hidden, typed, &wrong),
        template: found
            .template
            .map(|info| {
                format!(
                    "Template {} {}, {}. {}",
                    info.title,
                    info.version,
                    info.status.words().to_lowercase(),
                    info.source
                )
            })
            .unwrap_or_default(),
    }
}

fn line(found: &LetterView) -> String {
    let of = &found.letter;
    match (&of.sent, &of.cancelled, &of.approved) {
        (Some(sent), _, _) => format!(
            "{} on {}. A reprint is the same, byte for byte.",
            sent.what.1.words(),
            long_date(sent.what.0)
        ),
        (_, Some(cancelled), _) => {
            format!("Not sent: {} ({})", cancelled.what, cancelled.by.words())
        }
        (_, _, Some(approved)) => format!(
            "Approved by {} on {}, and frozen. Print it or download it, then say that it has gone.",
            approved.by.words(),
            moment(approved.at)
        ),
        _ => "As it would go today. What is approved is exactly what the PDF shows.".to_owned(),
    }
}

fn warnings(found: &LetterView) -> Vec<String> {
    let mut warnings = found.warnings.clone();
    let open = matches!(
        found.letter.state(),
        LetterState::Draft | LetterState::Approved
    );
    if let (true, Some(stop)) = (open, &found.stop) {
        warnings.push(format!("{}.", sentence(stop)));
    }
    if open && found.template.is_none_or(|info| info.approved_by.is_none()) {
        warnings.push(
            "No clinician has approved the words of this template yet. Read every line.".to_owned(),
        );
    }
    warnings
}

/// Where a missing value is put right.
fn fix(field: &str, found: &LetterView) -> String {
    match field {
        "practice" | "patient.address" => format!("/patients/{}/needs", found.card.id),
        "fracture" | "fracture.on" => format!("/candidates/{}", found.episode),
        "gp.action" | "medicine_or_referral" | "gp.follow_up" => {
            format!("/episodes/{}/decision", found.episode)
        }
        _ => String::new(),
    }
}

fn sent(
    found: &LetterView,
    base: &str,
    hidden: &[Hidden],
    typed: &Typed,
    wrong: &[FieldError],
) -> Fold {
    let ways = SentHow::ALL
        .iter()
        .map(|how| Choice::new(how.code(), how.words()))
        .collect();
    let on = date_input("on", "When", typed, wrong);
    let on = if typed.date_boxes("on").iter().all(|text| text.is_empty()) {
        on.value(
            &found.today.day().to_string(),
            &found.today.month().to_string(),
            &found.today.year().to_string(),
        )
    } else {
        on
    };
    Fold {
        id: "sent",
        title: "Say that it has gone".to_owned(),
        open: true,
        action: format!("{base}/sent"),
        hidden: hidden.to_vec(),
        fields: vec![
            Control::Radios(
                Choices::new("how", "How did it go?", ways)
                    .choose(typed.get("how"))
                    .error(error_at(wrong, "how")),
            ),
            Control::Date(on),
        ],
        button: "It has gone".to_owned(),
        note: String::new(),
    }
}

fn folds(
    found: &LetterView,
    base: &str,
    hidden: &[Hidden],
    typed: &Typed,
    wrong: &[FieldError],
) -> Vec<Fold> {
    let of = &found.letter;
    let mut folds = Vec::new();
    if found.may_edit {
        let note = |name: &str, label: &str, held: &Option<String>| {
            Control::Area(
                Input::text(name, label)
                    .value(match typed.get(name) {
                        "" => held.clone().unwrap_or_default(),
                        typed => typed.to_owned(),
                    })
                    .error(error_at(wrong, name)),
            )
        };
        let large = Choices::new(
            "print",
            "Print",
            vec![Choice::new("large", "Large print (18 point)")],
        )
        .choose(if of.large_print { "large" } else { "" });
        folds.push(Fold {
            id: "edit",
            title: "Add a note, or change the print".to_owned(),
            open: false,
            action: format!("{base}/edit"),
            hidden: hidden.to_vec(),
            fields: vec![
                note("note_to_gp", "Note to the GP", &of.note_to_gp),
                note(
                    "note_to_patient",
                    "Note to the patient",
                    &of.note_to_patient,
                ),
                Control::Checkboxes(large),
            ],
            button: "Change the letter".to_owned(),
            note: "Everything else comes from the record: change it there.".to_owned(),
        });
    }
    if matches!(of.state(), LetterState::Draft | LetterState::Approved) && caller_may_cancel(found)
    {
        folds.push(Fold {
            id: "cancel",
            title: "Do not send it".to_owned(),
            open: error_at(wrong, "because").is_some(),
            action: format!("{base}/cancel"),
            hidden: hidden.to_vec(),
            fields: vec![Control::Input(
                Input::text("because", "Why it is not sent")
                    .value(typed.get("because"))
                    .error(error_at(wrong, "because")),
            )],
            button: "Do not send it".to_owned(),
            note: String::new(),
        });
    }
    folds
}

fn caller_may_cancel(found: &LetterView) -> bool {
    found.may_edit || found.may_approve || found.may_send
}

async fn done_or_again(
    state: &WebState,
    caller: &Caller,
    (episode, letter): (EpisodeId, LetterId),
    typed: &Typed,
    outcome: service::Result<service::care::Acted>,
    done: &str,
    stay: bool,
) -> Answer {
    let query = ListQuery::read(&typed.0);
    let (status, wrong) = match outcome {
        Ok(acted) if stay => {
            state.notices.leave(
                &caller.token,
                Notice {
                    good: true,
                    text: format!("{}: {done}.", acted.name),
                    undo: None,
                },
            );
            return respond::see(&query.on(&format!("/episodes/{episode}/letters/{letter}")));
        }
        Ok(acted) => {
            return said(
                state,
                caller,
                &query,
                episode,
                format!("{}: {done}.", acted.name),
            );
        }
        Err(Error::Invalid(fields)) => (StatusCode::UNPROCESSABLE_ENTITY, errors(&fields, &[])),
        Err(Error::Unavailable(why)) => (
            StatusCode::CONFLICT,
            vec![FieldError {
                target: String::new(),
                message: why,
            }],
        ),
        Err(Error::Conflict { since }) => (
            StatusCode::CONFLICT,
            since
                .iter()
                .map(|change| FieldError {
                    target: String::new(),
                    message: format!(
                        "{} changed this letter meanwhile: {}. Yours was not saved.",
                        change.who, change.what
                    ),
                })
                .collect(),
        ),
        Err(other) => return Err(other.into()),
    };
    let found = load(state, caller, episode, letter).await?;
    let page = present(state, caller, &query, &found, typed, wrong);
    respond::page_as(status, &page)
}

pub async fn edit(
    State(state): State<WebState>,
    caller: Caller,
    Path((episode, letter)): Path<(EpisodeId, LetterId)>,
    typed: Typed,
) -> Answer {
    let notes = letter::Notes {
        to_gp: typed.some("note_to_gp"),
        to_patient: typed.some("note_to_patient"),
        large_print: typed.get("print") == "large",
    };
    let at = version(&typed);
    let scope = caller.scope.clone();
    let outcome = blocking(&state, move |app| {
        letter::edit(app, &scope, episode, letter, at, notes)
    })
    .await;
    done_or_again(
        &state,
        &caller,
        (episode, letter),
        &typed,
        outcome,
        "letter changed",
        true,
    )
    .await
}

pub async fn approve(
    State(state): State<WebState>,
    caller: Caller,
    Path((episode, letter)): Path<(EpisodeId, LetterId)>,
    typed: Typed,
) -> Answer {
    let digest = typed.get("digest").to_owned();
    let at = version(&typed);
    let scope = caller.scope.clone();
    let outcome = blocking(&state, move |app| {
        letter::approve(app, &scope, episode, letter, at, &digest)
    })
    .await;
    done_or_again(
        &state,
        &caller,
        (episode, letter),
        &typed,
        outcome,
        "letter approved",
        true,
    )
    .await
}

pub async fn sent_now(
    State(state): State<WebState>,
    caller: Caller,
    Path((episode, letter)): Path<(EpisodeId, LetterId)>,
    typed: Typed,
) -> Answer {
    let today = state.app.clock.today();
    let at = version(&typed);
    let scope = caller.scope.clone();
    let how = SentHow::from_code(typed.get("how"))
        .ok_or_else(|| Error::field("how", "Choose how it went"));
    let on = typed
        .date("on", "The day it went")
        .map(|on| on.unwrap_or(today))
        .map_err(|message| Error::field("on", message));
    let outcome = match (how, on) {
        (Ok(how), Ok(on)) => {
            blocking(&state, move |app| {
                letter::sent(app, &scope, episode, letter, at, on, how)
            })
            .await
        }
        (Err(wrong), _) | (_, Err(wrong)) => Err(wrong),
    };
    done_or_again(
        &state,
        &caller,
        (episode, letter),
        &typed,
        outcome,
        "letter sent",
        false,
    )
    .await
}

pub async fn cancel(
    State(state): State<WebState>,
    caller: Caller,
    Path((episode, letter)): Path<(EpisodeId, LetterId)>,
    typed: Typed,
) -> Answer {
    let because = typed.get("because").to_owned();
    let at = version(&typed);
    let scope = caller.scope.clone();
    let outcome = blocking(&state, move |app| {
        letter::cancel(app, &scope, episode, letter, at, &because)
    })
    .await;
    done_or_again(
        &state,
        &caller,
        (episode, letter),
        &typed,
        outcome,
        "letter not sent",
        false,
    )
    .await
}

pub async fn pdf(
    State(state): State<WebState>,
    caller: Caller,
    Path((episode, letter)): Path<(EpisodeId, LetterId)>,
) -> Answer {
    let scope = caller.scope.clone();
    let bytes = blocking(&state, move |app| letter::pdf(app, &scope, episode, letter)).await?;
    as_pdf(bytes, "letter.pdf")
}

/// The questionnaire for the post.
pub async fn paper(
    State(state): State<WebState>,
    caller: Caller,
    Path(episode): Path<EpisodeId>,
    Query(query): Query<Vec<(String, String)>>,
) -> Answer {
    let large = query
        .iter()
        .any(|(key, value)| key == "print" && value == "large");
    let scope = caller.scope.clone();
    let bytes = blocking(&state, move |app| {
        letter::paper(app, &scope, episode, large)
    })
    .await?;
    as_pdf(bytes, "questionnaire.pdf")
}

/// The name says nothing about whom it concerns: it lands in folders that others see.
fn as_pdf(bytes: Vec<u8>, name: &str) -> Result<Response, Failure> {
    let place = HeaderValue::from_str(&format!("inline; filename=\"{name}\""))
        .map_err(|_| Failure::Internal)?;
    Ok((
        [
            (
                header::CONTENT_TYPE,
                HeaderValue::from_static("application/pdf"),
            ),
            (header::CONTENT_DISPOSITION, place),
        ],
        bytes,
    )
        .into_response())
}
