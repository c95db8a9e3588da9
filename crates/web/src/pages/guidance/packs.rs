//! The packs: what stands in them, who approved them, who answers for options and sums.

use axum::{
    extract::{Path, State},
    http::StatusCode,
};
use guidance::{Does, Library};
use service::{
    Error,
    guidance::{self as use_case, Approval, Named, PackView, PacksView},
};

use super::{mark, pack_state, strength};
use crate::{
    caller::Caller,
    config::WebState,
    present::{error_at, errors},
    respond::{self, Answer, blocking},
    typed::Typed,
    view::{
        form::{FieldError, Hidden, Input},
        guidance as view,
        page::Notice,
        parts::Fact,
        text::{count, counted, long_date},
    },
};

pub async fn list(State(state): State<WebState>, caller: Caller) -> Answer {
    all(&state, &caller, &Typed::default(), Vec::new()).await
}

async fn load(state: &WebState, caller: &Caller) -> service::Result<PacksView> {
    let scope = caller.scope.clone();
    blocking(state, move |app| use_case::packs(app, &scope)).await
}

async fn all(state: &WebState, caller: &Caller, typed: &Typed, wrong: Vec<FieldError>) -> Answer {
    let found = load(state, caller).await?;
    let reason_wrong = wrong.iter().any(|error| error.target == "because");
    let page = view::Packs {
        chrome: caller
            .chrome(state)
            .with_errors(wrong.clone())
            .titled("Guidance packs", None),
        demo: found.demo,
        responsible: match &found.responsible {
            Some(who) => format!(
                "{} ({}) answers for them since {}, entered by {}.",
                who.name,
                who.registration,
                long_date(who.on),
                who.entered_by
            ),
            None => "Nobody is named, so medicines are not grouped and nothing is worked out."
                .to_owned(),
        },
        name: found.may_name.then(|| {
            let open = !wrong.is_empty() && !reason_wrong;
            name_form(
                caller,
                "/guidance/responsible",
                "Name them",
                typed,
                &wrong,
                open,
            )
        }),
        stand_down: (found.may_name && found.responsible.is_some()).then(|| {
            reason_form(
                caller,
                "/guidance/stand-down",
                "Switch off",
                typed,
                &wrong,
                reason_wrong,
            )
        }),
        rows: found.packs.iter().map(row).collect(),
        departures: found
            .departures
            .iter()
            .map(|departure| view::DepartureRow {
                medicine: departure.medicine.to_owned(),
                stood: departure.stood.words().to_owned(),
                decisions: count(departure.decisions as u64),
                reasons: departure.reasons.iter().take(5).cloned().collect(),
            })
            .collect(),
    };
    respond::page_as(status(&wrong), &page)
}

fn status(wrong: &[FieldError]) -> StatusCode {
    if wrong.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    }
}

fn row(pack: &PackView) -> view::PackRow {
    view::PackRow {
        href: format!("/guidance/{}", pack.id),
        title: pack.title.to_owned(),
        state: pack_state(pack.approval.is_some(), pack.changed_since.is_some()),
        rules: counted(pack.rules as i128, "rule", "rules"),
        marked: marked(pack),
        review: long_date(pack.review_by),
        overdue: pack.overdue,
        approval: match (&pack.approval, &pack.changed_since) {
            (Some(approval), _) => approval_words(approval),
            (None, Some(before)) => format!("Before: {}", approval_words(before)),
            (None, None) => "Nobody".to_owned(),
        },
    }
}

fn marked(pack: &PackView) -> String {
    let mut parts = Vec::new();
    if pack.unverified > 0 {
        parts.push(format!("{} not verified", pack.unverified));
    }
    if pack.secondary > 0 {
        parts.push(format!("{} from a secondary source", pack.secondary));
    }
    parts.join(", ")
}

fn approval_words(approval: &Approval) -> String {
    format!(
        "{} ({}), {}, version {}",
        approval.name,
        approval.registration,
        long_date(approval.on),
        approval.version
    )
}

fn with(caller: &Caller, more: &[(&'static str, &str)]) -> Vec<Hidden> {
    let mut hidden = caller.hidden();
    hidden.extend(more.iter().map(|(name, value)| Hidden::new(*name, *value)));
    hidden
}

fn name_form(
    caller: &Caller,
    action: &str,
    button: &str,
    typed: &Typed,
    wrong: &[FieldError],
    open: bool,
) -> view::NameForm {
    let text = |name: &str, label: &str| {
        Input::text(name, label)
            .value(typed.get(name))
            .error(error_at(wrong, name))
    };
    view::NameForm {
        action: action.to_owned(),
        hidden: with(caller, &[]),
        name: text("name", "Full name"),
        registration: text("registration", "Registration").hint("GMC, NMC or GPhC with the number"),
        note: text("note", "Note (optional)"),
        button: button.to_owned(),
        open,
    }
}

fn reason_form(
    caller: &Caller,
    action: &str,
    button: &str,
    typed: &Typed,
    wrong: &[FieldError],
    open: bool,
) -> view::ReasonForm {
    view::ReasonForm {
        action: action.to_owned(),
        hidden: with(caller, &[]),
        reason: Input::text("because", "Why")
            .value(typed.get("because"))
            .error(error_at(wrong, "because")),
        button: button.to_owned(),
        open,
    }
}

pub async fn show(
    State(state): State<WebState>,
    caller: Caller,
    Path(pack): Path<String>,
) -> Answer {
    one(&state, &caller, &pack, &Typed::default(), Vec::new()).await
}

async fn one(
    state: &WebState,
    caller: &Caller,
    id: &str,
    typed: &Typed,
    wrong: Vec<FieldError>,
) -> Answer {
    let found = load(state, caller).await?;
    let (Some(seen), Some(pack)) = (
        found.packs.iter().find(|pack| pack.id == id),
        Library::shipped().packs.iter().find(|pack| pack.id == id),
    ) else {
        return Err(Error::NotFound.into());
    };
    let base = format!("/guidance/{id}");
    let reason_wrong = wrong.iter().any(|error| error.target == "because");
    let page = view::Pack {
        chrome: caller
            .chrome(state)
            .with_errors(wrong.clone())
            .titled(&pack.title, None),
        title: pack.title.clone(),
        state: pack_state(seen.approval.is_some(), seen.changed_since.is_some()),
        facts: vec![
            Fact::new("Source", &pack.source),
            Fact::new("Version", &pack.version),
            Fact::new("Review by", long_date(pack.review_by)),
            Fact::new("Approved", row(seen).approval),
            Fact::new(
                "Digest, with the facts and definitions it rests on",
                seen.digest,
            ),
        ],
        rules: pack
            .rules
            .iter()
            .map(|rule| view::RuleRow {
                id: rule.id.clone(),
                does: match &rule.does {
                    Does::Propose { what, .. } => what.words().to_owned(),
                    Does::Weigh { medicines, effect } => {
                        format!(
                            "{}: {}",
                            effect.words(),
                            medicines.join(", ").replace('_', " ")
                        )
                    }
                },
                strength: strength(rule),
                says: rule.says.clone(),
                when: rule.when_words.clone(),
                source: rule.cited(),
                mark: mark(rule.status),
                over: rule.over.join(", "),
            })
            .collect(),
        medicines: pack
            .medicines
            .iter()
            .map(|medicine| Fact::new(&medicine.name, &medicine.dose))
            .collect(),
        approve: found.may_approve.then(|| {
            let mut form = name_form(
                caller,
                &format!("{base}/approve"),
                "Approve this pack",
                typed,
                &wrong,
                true,
            );
            form.hidden.push(Hidden::new("digest", seen.digest));
            form
        }),
        withdraw: (found.may_approve && seen.approval.is_some()).then(|| {
            reason_form(
                caller,
                &format!("{base}/withdraw"),
                "Withdraw",
                typed,
                &wrong,
                reason_wrong,
            )
        }),
    };
    respond::page_as(status(&wrong), &page)
}

fn named(typed: &Typed) -> Named {
    Named {
        name: typed.get("name").to_owned(),
        registration: typed.get("registration").to_owned(),
        note: typed.get("note").to_owned(),
    }
}

fn tell(state: &WebState, caller: &Caller, text: &str) {
    state.notices.leave(
        &caller.token,
        Notice {
            good: true,
            text: text.to_owned(),
            undo: None,
        },
    );
}

pub async fn approve(
    State(state): State<WebState>,
    caller: Caller,
    Path(pack): Path<String>,
    typed: Typed,
) -> Answer {
    let (scope, id) = (caller.scope.clone(), pack.clone());
    let (by, digest) = (named(&typed), typed.get("digest").to_owned());
    let done = blocking(&state, move |app| {
        use_case::approve(app, &scope, &id, &digest, &by)
    })
    .await;
    match done {
        Ok(()) => {
            tell(
                &state,
                &caller,
                "Approved. Pages that use this pack say so no longer.",
            );
            respond::see("/guidance")
        }
        Err(Error::Invalid(fields)) => {
            one(&state, &caller, &pack, &typed, errors(&fields, &[])).await
        }
        Err(other) => Err(other.into()),
    }
}

pub async fn withdraw(
    State(state): State<WebState>,
    caller: Caller,
    Path(pack): Path<String>,
    typed: Typed,
) -> Answer {
    let (scope, id) = (caller.scope.clone(), pack.clone());
    let because = typed.get("because").to_owned();
    let done = blocking(&state, move |app| {
        use_case::withdraw(app, &scope, &id, &because)
    })
    .await;
    match done {
        Ok(()) => {
            tell(&state, &caller, "The approval is withdrawn.");
            respond::see("/guidance")
        }
        Err(Error::Invalid(fields)) => {
            one(&state, &caller, &pack, &typed, errors(&fields, &[])).await
        }
        Err(other) => Err(other.into()),
    }
}

pub async fn responsible(State(state): State<WebState>, caller: Caller, typed: Typed) -> Answer {
    let scope = caller.scope.clone();
    let who = named(&typed);
    let done = blocking(&state, move |app| {
        use_case::name_responsible(app, &scope, &who)
    })
    .await;
    match done {
        Ok(()) => {
            tell(&state, &caller, "Options and sums are on, under that name.");
            respond::see("/guidance")
        }
        Err(Error::Invalid(fields)) => all(&state, &caller, &typed, errors(&fields, &[])).await,
        Err(other) => Err(other.into()),
    }
}

pub async fn stand_down(State(state): State<WebState>, caller: Caller, typed: Typed) -> Answer {
    let scope = caller.scope.clone();
    let because = typed.get("because").to_owned();
    let done = blocking(&state, move |app| {
        use_case::stand_down(app, &scope, &because)
    })
    .await;
    match done {
        Ok(()) => {
            tell(&state, &caller, "Options and sums are off.");
            respond::see("/guidance")
        }
        Err(Error::Invalid(fields)) => all(&state, &caller, &typed, errors(&fields, &[])).await,
        Err(other) => Err(other.into()),
    }
}
