//! For the privacy officer: who saw this patient, what did this user see, and does the log still hold.

use pathway::UserId;
use serde_json::json;
use store::{access::Access, people, staff};
use terms::NhsNumber;

use crate::{
    App, May, Scope,
    access::demand,
    error::{Error, Result},
    views::PersonCard,
};

const MOST: u32 = 500;

#[derive(Debug, Clone)]
pub struct WhoSaw {
    pub person: PersonCard,
    pub rows: Vec<Access>,
}

pub fn who_saw(app: &App, scope: &Scope, nhs_number: &str) -> Result<WhoSaw> {
    demand(scope, May::SeeAccess)?;
    let number: NhsNumber = nhs_number.parse().map_err(|error: terms::NhsNumberError| {
        Error::field("nhs_number", format!("Check the NHS number: {error}"))
    })?;
    let (today, now) = (app.clock.today(), app.clock.now());
    app.store.write(|tx| {
        let card = people::by_number(tx, scope, &number)?.ok_or_else(|| {
            Error::field("nhs_number", "Nobody with this NHS number is on record")
        })?;
        let rows = store::access::of_person(tx, scope, card.id, MOST)?;
        store::access::record(
            tx,
            scope,
            now,
            "access_log_of_patient_opened",
            &[card.id],
            json!({}),
        )?;
        Ok(WhoSaw {
            person: PersonCard::of(card, today),
            rows,
        })
    })
}

#[derive(Debug, Clone)]
pub struct WhatSaw {
    pub name: String,
    pub username: String,
    pub rows: Vec<Seen>,
}

#[derive(Debug, Clone)]
pub struct Seen {
    pub access: Access,
    pub people: Vec<PersonCard>,
}

pub fn what_saw(app: &App, scope: &Scope, user: UserId) -> Result<WhatSaw> {
    demand(scope, May::SeeAccess)?;
    let (today, now) = (app.clock.today(), app.clock.now());
    app.store.write(|tx| {
        let member = staff::by_id(tx, user)?.ok_or(Error::NotFound)?;
        let mut rows = Vec::new();
        let mut shown = Vec::new();
        for access in store::access::by_user(tx, scope, user, MOST)? {
            let people: Vec<PersonCard> = people::cards(tx, scope, &access.people)?
                .into_iter()
                .map(|card| PersonCard::of(card, today))
                .collect();
            shown.extend(people.iter().map(|card| card.id));
            rows.push(Seen { access, people });
        }
        let detail = json!({ "user": user });
        store::access::record(tx, scope, now, "access_log_of_user_opened", &shown, detail)?;
        Ok(WhatSaw {
            name: member.name,
            username: member.username,
            rows,
        })
    })
}

/// Members of staff to choose from.
pub fn staff(app: &App, scope: &Scope) -> Result<Vec<(UserId, String, String)>> {
    demand(scope, May::SeeAccess)?;
    let all = app.store.read(staff::all)?;
    Ok(all
        .into_iter()
        .map(|member| (member.id, member.name, member.username))
        .collect())
}

/// An action of the log in words.
pub fn action_words(action: &str) -> String {
    match action {
        "list_opened" => "Saw in a list",
        "kpi_opened" => "Saw behind a KPI",
        "candidate_opened" => "Opened the candidate",
        "question_opened" => "Opened an identity question",
        "question_answered" => "Answered an identity question",
        "patient_opened" => "Opened the record",
        "decision_opened" => "Opened the decision",
        "guidance_opened" => "Opened what guidelines say",
        "guidance_departures_opened" => "Saw among the decisions against the guidance packs",
        "talk_opened" => "Opened the page to turn to the patient",
        "frax_opened" => "Opened what goes into FRAX",
        "searched" => "Found by search",
        "added_by_hand" => "Added by hand",
        "accepted" => "Accepted the candidate",
        "rejected" => "Rejected the candidate",
        "set_aside" => "Set the candidate aside",
        "joined" => "Joined the candidate to another episode",
        "undone" => "Took a decision back",
        "refusal_opened" => "Reviewed a refusal of the reader",
        "refusal_reviewed" => "Recorded a review of the reader",
        "access_log_of_patient_opened" => "Looked up who saw this patient",
        "access_log_of_user_opened" => "Looked up what a user saw",
        "signed_in" => "Signed in",
        "signed_out" => "Signed out",
        "sign_in_failed" => "Failed to sign in",
        "import" => "Took in a file",
        "job_started" => "Herald started a job",
        other => return other.replace('_', " "),
    }
    .to_owned()
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain {
    pub rows: u64,
    /// The first row of the log that is not what was written.
    pub broken_at: Option<u64>,
}

/// Recompute the whole chain of the access log.
pub fn verify(app: &App, scope: &Scope) -> Result<Chain> {
    demand(scope, May::SeeAccess)?;
    let chain = app.store.read(|tx| -> Result<Chain> {
        let rows = store::access::count(tx)?;
        Ok(match store::access::verify(tx)? {
            Ok(rows) => Chain {
                rows,
                broken_at: None,
            },
            Err(at) => Chain {
                rows,
                broken_at: Some(at),
            },
        })
    })?;
    app.store.write(|tx| {
        let detail = json!({ "broken_at": chain.broken_at });
        store::access::record(tx, scope, app.clock.now(), "chain_verified", &[], detail)
    })?;
    Ok(chain)
}
