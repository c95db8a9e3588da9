//! Each act of the page: read what was typed, call one use case, say what was done.

use axum::extract::{Path, State};
use jiff::{ToSpan, civil::Date};
use pathway::{
    Channel, CloseReason, EpisodeId, ResultAction,
    care::{
        Contact, ContactOutcome, ContactPurpose, Dose, LetterKind, Referral, ReferralKind,
        ReferralOutcome,
    },
};
use service::{
    App, Error, FieldError, Scope,
    care::{self, Acted},
    letter, results,
};
use terms::Medicine;

use super::{again, said};
use crate::{
    caller::Caller,
    config::WebState,
    list_query::ListQuery,
    respond::{self, Answer, blocking},
    typed::Typed,
};

type Read<T> = Result<T, Vec<FieldError>>;

/// Collects what is wrong with the fields of a form.
struct Fields<'a> {
    typed: &'a Typed,
    wrong: Vec<FieldError>,
}

impl<'a> Fields<'a> {
    fn of(typed: &'a Typed) -> Self {
        Self {
            typed,
            wrong: Vec::new(),
        }
    }

    fn chosen<T>(
        &mut self,
        field: &str,
        from_code: impl Fn(&str) -> Option<T>,
        otherwise: &str,
    ) -> Option<T> {
        let chosen = from_code(self.typed.get(field));
        if chosen.is_none() {
            self.wrong.push(FieldError::new(field, otherwise));
        }
        chosen
    }

    fn date(&mut self, field: &str, what: &str) -> Option<Date> {
        match self.typed.date(field, what) {
            Ok(date) => date,
            Err(message) => {
                self.wrong.push(FieldError::new(field, message));
                None
            }
        }
    }

    fn needed_date(&mut self, field: &str, what: &str) -> Option<Date> {
        let before = self.wrong.len();
        let date = self.date(field, what);
        if date.is_none() && self.wrong.len() == before {
            self.wrong.push(FieldError::new(
                field,
                format!("Enter {}", what.to_lowercase()),
            ));
        }
        date
    }

    fn done<T>(self, made: Option<T>) -> Read<T> {
        match made {
            Some(made) if self.wrong.is_empty() => Ok(made),
            _ => Err(self.wrong),
        }
    }
}

/// A form without its version was not made by Herald; version 0 conflicts with everything.
pub fn version(typed: &Typed) -> u32 {
    typed.get("version").parse().unwrap_or(0)
}

/// Who sent which form about which episode.
type Sent = (WebState, Caller, EpisodeId, Typed);

async fn act<T: Send + 'static>(
    (state, caller, episode, typed): Sent,
    part: &str,
    read: Read<T>,
    done: &str,
    work: impl FnOnce(&App, &Scope, u32, T) -> service::Result<Acted> + Send + 'static,
) -> Answer {
    let scope = caller.scope.clone();
    let at = version(&typed);
    let outcome = match read {
        Ok(read) => blocking(&state, move |app| work(app, &scope, at, read)).await,
        Err(wrong) => Err(Error::Invalid(wrong)),
    };
    match outcome {
        Ok(acted) => {
            let query = ListQuery::read(&typed.0);
            said(
                &state,
                &caller,
                &query,
                episode,
                format!("{}: {done}.", acted.name),
            )
        }
        Err(error) => again(&state, &caller, episode, &typed, part, error).await,
    }
}

pub async fn contact(
    State(state): State<WebState>,
    caller: Caller,
    Path(episode): Path<EpisodeId>,
    typed: Typed,
) -> Answer {
    let read = read_contact(&typed, None);
    act(
        (state, caller, episode, typed),
        "contact",
        read,
        "contact recorded",
        move |app, scope, at, contact| care::contact(app, scope, episode, at, contact),
    )
    .await
}

/// `purpose` is given where the page is about one purpose only.
pub fn read_contact(typed: &Typed, purpose: Option<ContactPurpose>) -> Read<Contact> {
    let mut fields = Fields::of(typed);
    let purpose = purpose.or_else(|| {
        fields.chosen(
            "purpose",
            ContactPurpose::from_code,
            "Choose what it was about",
        )
    });
    let channel = fields.chosen("channel", Channel::from_code, "Choose how");
    let outcome = fields.chosen("outcome", ContactOutcome::from_code, "Choose the outcome");
    let on = fields.needed_date("on", "The day of the contact");
    let waits =
        outcome.is_some_and(|outcome| outcome.needs_again() || outcome == ContactOutcome::Booked);
    let again_on = if waits {
        fields.date("again_on", "The day to try again")
    } else {
        None
    };
    let time = match typed.get("time") {
        "" => None,
        text => match text.replace('.', ":").parse() {
            Ok(time) => Some(time),
            Err(_) => {
                fields
                    .wrong
                    .push(FieldError::new("time", "Enter the time as 14:30"));
                None
            }
        },
    };
    let note = typed.some("note");
    let made =
        purpose
            .zip(channel)
            .zip(outcome)
            .zip(on)
            .map(|(((purpose, channel), outcome), on)| Contact {
                purpose,
                channel,
                on,
                outcome,
                again_on,
                time,
                note,
            });
    fields.done(made)
}

pub async fn refer(
    State(state): State<WebState>,
    caller: Caller,
    Path(episode): Path<EpisodeId>,
    typed: Typed,
) -> Answer {
    let today = state.app.clock.today();
    let mut fields = Fields::of(&typed);
    let kind = fields.chosen("kind", ReferralKind::from_code, "Choose to whom");
    let reply_by = fields.date("reply_by", "The day to ask after it");
    let note = typed.some("note");
    let made = kind.map(|kind| Referral {
        kind,
        on: today,
        reply_by: reply_by.unwrap_or_else(|| today.saturating_add(kind.usual_days().days())),
        note,
        answer: None,
    });
    let read = fields.done(made);
    act(
        (state, caller, episode, typed),
        "refer",
        read,
        "referral recorded",
        move |app, scope, at, referral| care::refer(app, scope, episode, at, referral),
    )
    .await
}

pub async fn referral_answer(
    State(state): State<WebState>,
    caller: Caller,
    Path(episode): Path<EpisodeId>,
    typed: Typed,
) -> Answer {
    let of: u32 = typed.get("of").parse().unwrap_or(0);
    let mut fields = Fields::of(&typed);
    let outcome = fields.chosen("outcome", ReferralOutcome::from_code, "Choose the answer");
    let on = fields.needed_date("on", "The day of the answer");
    let note = typed.some("note");
    let made = outcome.zip(on).map(|(outcome, on)| care::ReferralAnswer {
        of,
        outcome,
        on,
        note,
    });
    let read = fields.done(made);
    let part = format!("referral-{of}");
    act(
        (state, caller, episode, typed),
        &part,
        read,
        "answer recorded",
        move |app, scope, at, answer| care::referral_answered(app, scope, episode, at, answer),
    )
    .await
}

pub async fn dose(
    State(state): State<WebState>,
    caller: Caller,
    Path(episode): Path<EpisodeId>,
    typed: Typed,
) -> Answer {
    let mut fields = Fields::of(&typed);
    let medicine = fields.chosen("medicine", Medicine::from_code, "Choose the medicine");
    let on = fields.needed_date("on", "The day it was given");
    let last = typed.get("last") == "yes";
    let made = medicine
        .zip(on)
        .map(|(medicine, on)| Dose { medicine, on, last });
    let read = fields.done(made);
    act(
        (state, caller, episode, typed),
        "dose",
        read,
        "dose recorded",
        move |app, scope, at, dose| care::dose_given(app, scope, episode, at, dose),
    )
    .await
}

pub async fn concern(
    State(state): State<WebState>,
    caller: Caller,
    Path(episode): Path<EpisodeId>,
    typed: Typed,
) -> Answer {
    let of: u32 = typed.get("of").parse().unwrap_or(0);
    let action = typed.get("action").to_owned();
    let part = format!("concern-{of}");
    act(
        (state, caller, episode, typed),
        &part,
        Ok(action),
        "recorded what was done",
        move |app, scope, at, action| care::concern_answered(app, scope, episode, at, of, &action),
    )
    .await
}

pub async fn results_seen(
    State(state): State<WebState>,
    caller: Caller,
    Path(episode): Path<EpisodeId>,
    typed: Typed,
) -> Answer {
    let mut fields = Fields::of(&typed);
    let action = fields.chosen(
        "action",
        ResultAction::from_code,
        "Choose what is done about it",
    );
    let seen: Vec<u32> = typed
        .all("result")
        .iter()
        .filter_map(|seq| seq.parse().ok())
        .collect();
    let read = fields.done(action);
    let note = typed.some("note");
    act(
        (state, caller, episode, typed),
        "seen",
        read,
        "results seen",
        move |app, scope, at, action| results::seen(app, scope, episode, at, &seen, action, note),
    )
    .await
}

pub async fn hand_over(
    State(state): State<WebState>,
    caller: Caller,
    Path(episode): Path<EpisodeId>,
    typed: Typed,
) -> Answer {
    let mut fields = Fields::of(&typed);
    let to = fields.chosen("to", |id| id.parse().ok(), "Choose a colleague");
    let read = fields.done(to);
    act(
        (state, caller, episode, typed),
        "hand-over",
        read,
        "handed over",
        move |app, scope, at, to| care::hand_over(app, scope, episode, at, to),
    )
    .await
}

pub async fn strike_out(
    State(state): State<WebState>,
    caller: Caller,
    Path(episode): Path<EpisodeId>,
    typed: Typed,
) -> Answer {
    let of: u32 = typed.get("of").parse().unwrap_or(0);
    let because = typed.get("because").to_owned();
    let part = format!("strike-{of}");
    act(
        (state, caller, episode, typed),
        &part,
        Ok(because),
        "entry struck out",
        move |app, scope, at, because| care::strike_out(app, scope, episode, at, of, &because),
    )
    .await
}

pub async fn close(
    State(state): State<WebState>,
    caller: Caller,
    Path(episode): Path<EpisodeId>,
    typed: Typed,
) -> Answer {
    let mut fields = Fields::of(&typed);
    let reason = fields.chosen("reason", CloseReason::from_code, "Choose why it ends");
    let read = fields.done(reason);
    let note = typed.some("note");
    act(
        (state, caller, episode, typed),
        "close",
        read,
        "closed",
        move |app, scope, at, reason| care::close(app, scope, episode, at, reason, note),
    )
    .await
}

pub async fn reopen(
    State(state): State<WebState>,
    caller: Caller,
    Path(episode): Path<EpisodeId>,
    typed: Typed,
) -> Answer {
    let of: u32 = typed.get("of").parse().unwrap_or(0);
    act(
        (state, caller, episode, typed),
        "reopen",
        Ok(of),
        "opened again",
        move |app, scope, _, of| care::reopen(app, scope, episode, of),
    )
    .await
}

/// Straight on to the letter.
pub async fn begin_letter(
    State(state): State<WebState>,
    caller: Caller,
    Path(episode): Path<EpisodeId>,
    typed: Typed,
) -> Answer {
    let Some(kind) = LetterKind::from_code(typed.get("kind")) else {
        let wrong = vec![FieldError::new("kind", "Choose which letter")];
        return again(
            &state,
            &caller,
            episode,
            &typed,
            "write",
            Error::Invalid(wrong),
        )
        .await;
    };
    let scope = caller.scope.clone();
    let at = version(&typed);
    let query = ListQuery::read(&typed.0);
    let begun = blocking(&state, move |app| {
        letter::begin(app, &scope, episode, at, kind)
    })
    .await;
    match begun {
        Ok((_, letter)) => {
            respond::see(&query.on(&format!("/episodes/{episode}/letters/{letter}")))
        }
        Err(error) => again(&state, &caller, episode, &typed, "write", error).await,
    }
}
