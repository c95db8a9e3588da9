use axum::{
    extract::{Path, State},
    http::StatusCode,
};
use pathway::{
    Channel, EpisodeId,
    care::{ContactOutcome, ContactPurpose, Review},
    form::Fault,
};
use service::{
    Error, care,
    review::{self, ReviewView, Saved},
};
use terms::Answer as Known;

use super::episode::{read_contact, said, version};
use crate::{
    caller::Caller,
    config::WebState,
    list_query::ListQuery,
    present::{banner, date_input, error_at, errors, facts},
    questions::{self, Beside, Shown},
    respond::{self, Answer, blocking},
    typed::Typed,
    view::{
        care::{self as view, Fold},
        form::{Choice, Choices, DateInput, FieldError, Hidden, Input},
        parts::Link,
        questions::{Control, Part},
        text::{counted, long_date, moment},
    },
};

async fn load(
    state: &WebState,
    caller: &Caller,
    episode: EpisodeId,
    review: &str,
) -> service::Result<ReviewView> {
    let review = Review::from_code(review).ok_or(Error::NotFound)?;
    let scope = caller.scope.clone();
    blocking(state, move |app| review::view(app, &scope, episode, review)).await
}

pub async fn show(
    State(state): State<WebState>,
    caller: Caller,
    Path((episode, review)): Path<(EpisodeId, String)>,
    query: ListQuery,
) -> Answer {
    let found = load(&state, &caller, episode, &review).await?;
    let filled = Filled::default();
    respond::page(&present(&state, &caller, &query, &found, &filled))
}

/// What was typed, and what is wrong with it.
#[derive(Default)]
struct Filled<'a> {
    typed: Option<&'a Typed>,
    faults: &'a [Fault],
    wrong: Vec<FieldError>,
    /// The part "not reached" failed.
    not_reached: bool,
}

fn present(
    state: &WebState,
    caller: &Caller,
    query: &ListQuery,
    found: &ReviewView,
    filled: &Filled<'_>,
) -> view::Review {
    let base = format!(
        "/episodes/{}/reviews/{}",
        found.episode,
        found.review.code()
    );
    let mut wrong = filled.wrong.clone();
    wrong.extend(questions::errors(filled.faults));
    let mut hidden = caller.hidden_with("version", found.version);
    hidden.extend(query.hidden());
    // A new review begins with what is usual, where the form says so: the call is about what is not.
    let parts = found
        .form
        .sections
        .iter()
        .map(|section| Part {
            id: format!("part-{}", section.id),
            title: section.title.clone(),
            lead: section.lead.clone().unwrap_or_default(),
            usual: section.nothing.clone().map(|words| {
                let ticked = filled
                    .typed
                    .is_some_and(|typed| typed.all("usual").contains(&section.id));
                (section.id.clone(), words, ticked)
            }),
            questions: section
                .questions
                .iter()
                .map(|question| {
                    let shown = match filled.typed.filter(|_| !filled.not_reached) {
                        Some(typed) => Shown::Typed(typed),
                        None => Shown::Held(found.answers.get(&question.id)),
                    };
                    let beside = Beside {
                        faults: filled.faults,
                        errors: &wrong,
                        not_known: "Not known",
                        ..Beside::default()
                    };
                    questions::question(question, &shown, &beside)
                })
                .collect(),
        })
        .collect();
    let in_window = found.today >= found.window.0 && found.today <= found.window.1;
    let open = found.may_give_care && found.done.is_none();
    view::Review {
        chrome: caller
            .chrome(state)
            .with_errors(wrong.clone())
            .titled(found.review.words(), None),
        banner: banner(&found.card, &format!("/patients/{}", found.card.id)),
        back: Link::new(query.on(&format!("/episodes/{}", found.episode)), "Episode"),
        heading: found.review.words().to_owned(),
        window: format!(
            "{} · diagnosed on {} · counts for the audit from {} to {}{}",
            found.fracture,
            long_date(found.diagnosed),
            long_date(found.window.0),
            long_date(found.window.1),
            if in_window { "" } else { " (today is outside)" }
        ),
        phone: match &found.phone {
            Some(phone) => phone.clone(),
            None => "No telephone number on record".to_owned(),
        },
        stop: found
            .may_ring
            .clone()
            .err()
            .map(|why| {
                let mut why = why;
                if let Some(first) = why.get_mut(0..1) {
                    first.make_ascii_uppercase();
                }
                format!("{why}.")
            })
            .unwrap_or_default(),
        plan: plan(found),
        tries: match found.failed_tries {
            0 => String::new(),
            n => format!(
                "{} so far without an answer.",
                counted(i128::try_from(n).unwrap_or_default(), "try", "tries")
            ),
        },
        done: found
            .done
            .as_ref()
            .map(|done| {
                format!(
                    "{}, by {} on {}.",
                    done.what.therapy.words(),
                    done.by.words(),
                    long_date(done.what.on)
                )
            })
            .unwrap_or_default(),
        parts,
        on: match filled.typed.filter(|_| !filled.not_reached) {
            Some(typed) => date_input("on", "Day of the call", typed, &wrong),
            None => today_input("on", "Day of the call", found.today),
        },
        action: base.clone(),
        hidden: hidden.clone(),
        editable: open,
        not_reached: open.then(|| not_reached(found, &base, hidden, filled)),
        close: if open {
            Link::new(
                format!(
                    "{}#close",
                    query.on(&format!("/episodes/{}", found.episode))
                ),
                "Close with a reason",
            )
        } else {
            Link::default()
        },
    }
}

fn today_input(name: &str, legend: &str, day: jiff::civil::Date) -> DateInput {
    DateInput::new(name, legend).value(
        &day.day().to_string(),
        &day.month().to_string(),
        &day.year().to_string(),
    )
}

fn not_reached(found: &ReviewView, base: &str, hidden: Vec<Hidden>, filled: &Filled<'_>) -> Fold {
    let none = Typed::default();
    let typed = filled.typed.filter(|_| filled.not_reached);
    let error = |field: &str| {
        filled
            .not_reached
            .then(|| error_at(&filled.wrong, &format!("try-{field}")))
            .flatten()
    };
    let outcomes = ContactOutcome::ALL
        .iter()
        .filter(|outcome| outcome.failed() || outcome.needs_again())
        .map(|outcome| Choice::new(outcome.code(), outcome.words()))
        .collect();
    let again = service::care::usual_again(found.today, found.failed_tries);
    let mut again_on = match typed {
        Some(typed) => date_input("again_on", "Try again on", typed, &[]),
        None => today_input("again_on", "Try again on", again),
    }
    .error(error("again_on"));
    again_on.id = "try-again_on".to_owned();
    Fold {
        id: "not-reached",
        title: "Not reached: try again".to_owned(),
        open: filled.not_reached,
        action: format!("{base}/not-reached"),
        hidden,
        fields: vec![
            Control::Radios(
                Choices::new("outcome", "What happened", outcomes)
                    .id("try-outcome")
                    .choose(typed.unwrap_or(&none).get("outcome"))
                    .error(error("outcome")),
            ),
            Control::Date(again_on),
            Control::Input(
                Input::text("note", "Note (optional)")
                    .id("try-note")
                    .value(typed.unwrap_or(&none).get("note")),
            ),
        ],
        button: "Record, and try again then".to_owned(),
        note: String::new(),
    }
}

fn plan(found: &ReviewView) -> Vec<crate::view::parts::Fact> {
    let Some(plan) = &found.plan else {
        return Vec::new();
    };
    facts([
        ("Decided", long_date(plan.on)),
        ("Bone therapy", plan.therapy.words().to_owned()),
        (
            "Calcium and vitamin D",
            match plan.calcium_vitamin_d {
                Known::Yes => "Recommended",
                Known::No => "Not needed",
                Known::NotKnown => "Not known",
            }
            .to_owned(),
        ),
        ("Note", plan.note.clone().unwrap_or_default()),
    ])
}

pub async fn save(
    State(state): State<WebState>,
    caller: Caller,
    Path((episode, code)): Path<(EpisodeId, String)>,
    typed: Typed,
) -> Answer {
    let query = ListQuery::read(&typed.0);
    let review = Review::from_code(&code).ok_or(Error::NotFound)?;
    let form = pathway::form::Form::get(review.form());
    let (answers, confirmed) = questions::read(form.questions(), &typed);
    let usual = typed.all("usual").into_iter().collect();
    let on = match typed.date("on", "The day of the call") {
        Ok(on) => Ok(on),
        Err(message) => Err(Error::field("on", message)),
    };
    let at = version(&typed);
    let scope = caller.scope.clone();
    let outcome = match on {
        Ok(on) => {
            let given = review::Typed {
                answers,
                confirmed,
                usual,
                on,
            };
            blocking(&state, move |app| {
                review::reached(app, &scope, episode, review, at, &given)
            })
            .await
        }
        Err(wrong) => Err(wrong),
    };
    let (status, faults, wrong) = match outcome {
        Ok(Saved::Whole(acted)) => {
            let done = format!("{}: {} recorded.", acted.name, review.words());
            return said(&state, &caller, &query, episode, done);
        }
        Ok(Saved::Faults(faults)) => (StatusCode::UNPROCESSABLE_ENTITY, faults, Vec::new()),
        Err(Error::Invalid(fields)) => (
            StatusCode::UNPROCESSABLE_ENTITY,
            Vec::new(),
            errors(&fields, &[]),
        ),
        Err(Error::Conflict { since }) => (
            StatusCode::CONFLICT,
            Vec::new(),
            since
                .iter()
                .map(|change| FieldError {
                    target: String::new(),
                    message: format!(
                        "{} recorded this review meanwhile, on {}: {}. Yours was not saved.",
                        change.who,
                        moment(change.at),
                        change.what
                    ),
                })
                .collect(),
        ),
        Err(other) => return Err(other.into()),
    };
    let found = load(&state, &caller, episode, &code).await?;
    let filled = Filled {
        typed: Some(&typed),
        faults: &faults,
        wrong,
        not_reached: false,
    };
    respond::page_as(status, &present(&state, &caller, &query, &found, &filled))
}

/// Nobody answered: try again on a day.
pub async fn not_reached_now(
    State(state): State<WebState>,
    caller: Caller,
    Path((episode, code)): Path<(EpisodeId, String)>,
    typed: Typed,
) -> Answer {
    let query = ListQuery::read(&typed.0);
    let review = Review::from_code(&code).ok_or(Error::NotFound)?;
    let purpose = match review {
        Review::Weeks16 => ContactPurpose::Review16,
        Review::Weeks52 => ContactPurpose::Review52,
    };
    let today = state.app.clock.today();
    let mut whole = typed.clone();
    let channel = match ContactOutcome::from_code(typed.get("outcome")) {
        Some(ContactOutcome::Written) => Channel::Letter,
        Some(ContactOutcome::DidNotAttend | ContactOutcome::Cancelled) => Channel::Clinic,
        _ => Channel::Phone,
    };
    whole
        .0
        .push(("channel".to_owned(), channel.code().to_owned()));
    for (part, number) in [
        ("on-day", today.day().to_string()),
        ("on-month", today.month().to_string()),
        ("on-year", today.year().to_string()),
    ] {
        whole.0.push((part.to_owned(), number));
    }
    let at = version(&typed);
    let scope = caller.scope.clone();
    let outcome = match read_contact(&whole, Some(purpose)) {
        Ok(contact) => {
            blocking(&state, move |app| {
                care::contact(app, &scope, episode, at, contact)
            })
            .await
        }
        Err(wrong) => Err(Error::Invalid(wrong)),
    };
    match outcome {
        Ok(acted) => {
            let done = format!("{}: to be tried again.", acted.name);
            said(&state, &caller, &query, episode, done)
        }
        Err(Error::Invalid(fields)) => {
            let wrong = errors(&fields, &[])
                .into_iter()
                .map(|mut error| {
                    error.target = format!("try-{}", error.target);
                    error
                })
                .collect();
            let found = load(&state, &caller, episode, &code).await?;
            let filled = Filled {
                typed: Some(&typed),
                faults: &[],
                wrong,
                not_reached: true,
            };
            let page = present(&state, &caller, &query, &found, &filled);
            respond::page_as(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Err(other) => Err(other.into()),
    }
}
