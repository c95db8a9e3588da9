//! The patient's questionnaire: a link that works once, opened with the date of birth, saved on the way, and sent. No
//! member of staff is at work here, so each act says itself what it may touch: the one episode of its link.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{ToSpan, civil::Date};
use pathway::{
    Actor, Channel, EpisodeId, Fact, Source,
    care::Done,
    form::{Answers, Fault, Form, FormKind},
    may_contact,
};
use serde_json::json;
use store::{
    Scope, Tx,
    questionnaires::{self as links, Questionnaire, State},
};

use crate::{
    App, May,
    care::{self, act},
    error::{Error, Result},
    secret,
};

/// After so many wrong dates of birth a link is spent.
const FAILURES: u32 = 5;

/// A new link, to be printed or sent. It is shown once; Herald keeps only its digest.
#[derive(Debug, Clone)]
pub struct Given {
    /// What follows `/q/` in the address.
    pub secret: String,
    /// Last day on which it works.
    pub until: Date,
    pub acted: care::Acted,
}

/// Make a link for somebody in care. An older one stops.
pub fn give(app: &App, scope: &Scope, episode: EpisodeId, version: u32) -> Result<Given> {
    let (secret, digest) = secret::token()?;
    let now = app.clock.now();
    let until = app
        .clock
        .today()
        .saturating_add(app.settings.questionnaire_days.days());
    let acted = act(
        app,
        scope,
        May::MakeContact,
        episode,
        version,
        "questionnaire_given",
        |tx, ground| {
            may_contact(ground.person, ground.episode, Channel::Letter)
                .map_err(|stop| care::stopped(&stop))?;
            if ground.person.details.born.is_none() {
                return Err(Error::Unavailable(
                    "The date of birth is not known, and the link opens only with it. Print the questionnaire instead."
                        .to_owned(),
                ));
            }
            if ground.episode.care.assessment.completed.is_some() {
                return Err(Error::Unavailable(
                    "The assessment is complete, so there is nothing left to ask. Amend it instead."
                        .to_owned(),
                ));
            }
            links::put(
                tx,
                &Questionnaire {
                    link: digest.to_vec(),
                    person: ground.person.id,
                    episode,
                    until,
                    state: State::Open,
                    failures: 0,
                    opened: None,
                    answers: json!({}),
                    at: now,
                },
            )?;
            Ok(vec![ground.care(Done::QuestionnaireSent { until })?])
        },
    )?;
    Ok(Given {
        secret,
        until,
        acted,
    })
}

/// Why a link does not open, to be said kindly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shut {
    /// No such link: mistyped, or cut off.
    Unknown,
    /// Sent already; nothing more is to be done.
    Answered,
    /// Too late, or the service no longer waits for it.
    Over,
    /// Too many wrong dates of birth.
    Locked,
}

/// A link that works, before the date of birth was given.
pub fn look(app: &App, link: &str) -> Result<Result<Date, Shut>> {
    let today = app.clock.today();
    let door = app.store.door();
    let found = app.store.read(|tx| find(tx, &door, link))?;
    Ok(found.and_then(|held| usable(&held, today).map(|()| held.until)))
}

fn find(tx: &mut Tx<'_>, door: &Scope, link: &str) -> Result<Result<Questionnaire, Shut>> {
    let digest = secret::token_digest(link);
    Ok(links::by_link(tx, door, &digest)?.ok_or(Shut::Unknown))
}

fn usable(held: &Questionnaire, today: Date) -> std::result::Result<(), Shut> {
    match held.state {
        State::Answered => Err(Shut::Answered),
        State::Stopped => Err(Shut::Over),
        State::Open if held.until < today => Err(Shut::Over),
        State::Open if held.failures >= FAILURES => Err(Shut::Locked),
        State::Open => Ok(()),
    }
}

/// The browser's ticket, once the date of birth was right.
#[derive(Debug, Clone)]
pub struct Ticket(pub String);

/// Compare the date of birth. `Ok(Ok(None))`: it was another one.
pub fn enter(app: &App, link: &str, born: Date) -> Result<Result<Option<Ticket>, Shut>> {
    let today = app.clock.today();
    let now = app.clock.now();
    let door = app.store.door();
    let (ticket, digest) = secret::token()?;
    app.store.write(|tx| {
        let held = match find(tx, &door, link)? {
            Ok(held) => held,
            Err(shut) => return Ok(Err(shut)),
        };
        if let Err(shut) = usable(&held, today) {
            return Ok(Err(shut));
        }
        let person = crate::work::load(tx, &held.holder(), held.person)?;
        let open = person
            .episode(held.episode)
            .is_some_and(|episode| may_contact(&person, episode, Channel::Letter).is_ok());
        if !open {
            return Ok(Err(Shut::Over));
        }
        let right = person.details.born == Some(born);
        let action = if right {
            links::opened(tx, &held.link, &digest)?;
            "questionnaire_opened"
        } else {
            links::failed(tx, &held.link)?;
            "questionnaire_refused"
        };
        let detail = json!({ "episode": held.episode });
        store::access::record(tx, &held.holder(), now, action, &[held.person], detail)?;
        if right {
            return Ok(Ok(Some(Ticket(ticket))));
        }
        Ok(if held.failures + 1 >= FAILURES {
            Err(Shut::Locked)
        } else {
            Ok(None)
        })
    })
}

/// The questionnaire as far as it is filled in.
#[derive(Debug, Clone)]
pub struct Sheet {
    pub form: &'static Form,
    pub answers: Answers,
    pub until: Date,
}

/// For whoever holds link and ticket. `Ok(Err(None))`: the ticket is gone, ask for the date of birth again.
pub fn sheet(app: &App, link: &str, ticket: &Ticket) -> Result<Result<Sheet, Option<Shut>>> {
    let today = app.clock.today();
    let door = app.store.door();
    let held = app
        .store
        .read(|tx| admitted(tx, &door, link, ticket, today))?;
    Ok(held.map(|held| sheet_of(&held)))
}

fn sheet_of(held: &Questionnaire) -> Sheet {
    Sheet {
        form: Form::get(FormKind::Questionnaire),
        answers: answers_of(held),
        until: held.until,
    }
}

fn answers_of(held: &Questionnaire) -> Answers {
    serde_json::from_value(held.answers.clone()).unwrap_or_default()
}

fn admitted(
    tx: &mut Tx<'_>,
    door: &Scope,
    link: &str,
    ticket: &Ticket,
    today: Date,
) -> Result<Result<Questionnaire, Option<Shut>>> {
    let held = match find(tx, door, link)? {
        Ok(held) => held,
        Err(shut) => return Ok(Err(Some(shut))),
    };
    if let Err(shut) = usable(&held, today) {
        return Ok(Err(Some(shut)));
    }
    let ticket = secret::token_digest(&ticket.0);
    if held.opened.as_deref() != Some(ticket.as_slice()) {
        return Ok(Err(None));
    }
    let person = crate::work::load(tx, &held.holder(), held.person)?;
    let waits = person.episode(held.episode).is_some_and(|episode| {
        may_contact(&person, episode, Channel::Letter).is_ok()
            && episode.care.assessment.completed.is_none()
    });
    if !waits {
        return Ok(Err(Some(Shut::Over)));
    }
    Ok(Ok(held))
}

#[derive(Debug)]
pub enum Saved {
    Whole,
    /// Everything else was kept; these answers need another look.
    Faults(Vec<Fault>),
}

/// Keep what was typed for one section. Nothing of it is on the timeline until it is sent.
pub fn save(
    app: &App,
    link: &str,
    ticket: &Ticket,
    section: &str,
    typed: &BTreeMap<String, Vec<String>>,
    confirmed: &BTreeSet<String>,
) -> Result<Result<Saved, Option<Shut>>> {
    let today = app.clock.today();
    let door = app.store.door();
    let section = Form::get(FormKind::Questionnaire)
        .section(section)
        .ok_or(Error::NotFound)?;
    app.store.write(|tx| {
        let held = match admitted(tx, &door, link, ticket, today)? {
            Ok(held) => held,
            Err(shut) => return Ok(Err(shut)),
        };
        let checked = section.read(typed, confirmed, today);
        let mut answers = answers_of(&held);
        for question in &section.questions {
            if !checked.faults.iter().any(|f| f.question == question.id) {
                answers.remove(&question.id);
            }
        }
        answers.extend(checked.answers);
        links::save(tx, &held.link, &json!(answers))?;
        Ok(Ok(if checked.faults.is_empty() {
            Saved::Whole
        } else {
            Saved::Faults(checked.faults)
        }))
    })
}

/// Send it: the answers drop into the assessment as the patient's own, and the link has done its work.
pub fn send(app: &App, link: &str, ticket: &Ticket) -> Result<Result<(), Option<Shut>>> {
    let today = app.clock.today();
    let now = app.clock.now();
    let door = app.store.door();
    app.store.write(|tx| {
        let held = match admitted(tx, &door, link, ticket, today)? {
            Ok(held) => held,
            Err(shut) => return Ok(Err(shut)),
        };
        let mut person = crate::work::load(tx, &held.holder(), held.person)?;
        let episode = person.episode(held.episode).ok_or(Error::NotFound)?;
        if may_contact(&person, episode, Channel::Letter).is_err() {
            links::stop(tx, held.episode)?;
            return Ok(Err(Some(Shut::Over)));
        }
        let form = Form::get(FormKind::Questionnaire);
        let mut answers = answers_of(&held);
        let all = answers.clone();
        answers.retain(|id, _| form.question(id).is_some_and(|q| q.asked(&all)));
        let concerns = form.concerns(&answers);
        let done = Done::QuestionnaireAnswered { answers, concerns };
        let Ok(fact) = episode.care_fact(done) else {
            links::stop(tx, held.episode)?;
            return Ok(Err(Some(Shut::Over)));
        };
        if !links::answered(tx, &held.link)? {
            return Ok(Err(Some(Shut::Answered)));
        }
        let facts: [Fact; 1] = [fact];
        store::timeline::append(
            tx,
            &mut person,
            now,
            &Actor::Patient,
            &Source::Patient,
            facts,
        )?;
        let detail = json!({ "episode": held.episode });
        store::access::record(
            tx,
            &held.holder(),
            now,
            "questionnaire_sent",
            &[held.person],
            detail,
        )?;
        Ok(Ok(()))
    })
}
