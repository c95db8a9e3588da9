use axum::{
    extract::{Path, State},
    http::StatusCode,
};
use jiff::civil::Date;
use pathway::{EpisodeId, RejectReason, SetAsideReason, State as Stands};
use service::{
    Change, Error, May, PartyView, SightingView,
    candidate::{self, Candidate, Choice as Chosen, Done},
    today::Tab,
};
use store::settings::Site;

use crate::{
    caller::Caller,
    config::WebState,
    list_query::ListQuery,
    present::{banner, date_input, error_at, errors, read_again, sighting, sighting_id},
    respond::{self, Answer, blocking},
    typed::Typed,
    view::{
        candidate as view,
        form::{Choice, Choices, FieldError, Hidden, Input},
        page::Notice,
        parts::{Act, Fact, Link, OneButton, Tag},
        text::{counted, long_date, moment},
    },
};

struct Loaded {
    candidate: Candidate,
    sites: Vec<Site>,
    /// The next person of the list, for those who decide nothing now.
    next: Option<EpisodeId>,
    done: Option<Done>,
}

async fn load(
    state: &WebState,
    caller: &Caller,
    episode: EpisodeId,
    query: &ListQuery,
) -> service::Result<Loaded> {
    let (scope, query) = (caller.scope.clone(), query.clone());
    blocking(state, move |app| {
        let from = query
            .at
            .filter(|_| query.ask.tab != Tab::Duplicates)
            .map(|at| (&query.ask, at));
        let candidate = candidate::view(app, &scope, episode, from)?;
        let next = match candidate.position {
            Some(place) if place.at < place.of => {
                candidate::at(app, &scope, &query.ask, place.at + 1)?
            }
            _ => None,
        };
        let done = match query.done {
            Some(done) => candidate::decided(app, &scope, done)?,
            None => None,
        };
        Ok(Loaded {
            candidate,
            sites: app.sites()?,
            next: next.filter(|next| *next != episode),
            done,
        })
    })
    .await
}

pub async fn show(
    State(state): State<WebState>,
    caller: Caller,
    Path(episode): Path<EpisodeId>,
    query: ListQuery,
) -> Answer {
    let loaded = load(&state, &caller, episode, &query).await?;
    respond::page(&present(
        &state,
        &caller,
        &query,
        &loaded,
        &Typed::default(),
        "",
        Vec::new(),
    ))
}

fn present(
    state: &WebState,
    caller: &Caller,
    query: &ListQuery,
    loaded: &Loaded,
    typed: &Typed,
    open: &'static str,
    wrong: Vec<FieldError>,
) -> view::Candidate {
    let found = &loaded.candidate;
    let undecided = matches!(found.state, Stands::New | Stands::SetAside { .. });
    let place = found.position.filter(|_| undecided);
    let action = format!("/candidates/{}", found.episode);
    let mut hidden = caller.hidden_with("version", found.version);
    hidden.extend(query.hidden());
    let undo = found
        .last_decision
        .as_ref()
        .filter(|_| found.may_decide)
        .map(|last| OneButton {
            action: format!("{action}/undo"),
            fields: undo_fields(caller, last.seq, query),
            text: "Undo this decision".to_owned(),
        });
    let title = if undecided && found.may_decide {
        format!("Decide: {}", found.fracture)
    } else {
        found.fracture.clone()
    };
    let hospitals = {
        let mut names: Vec<String> = found
            .sightings
            .iter()
            .filter_map(|seen| seen.sighting.hospital.as_ref())
            .map(|code| crate::present::site_name(&loaded.sites, code.as_str()))
            .collect();
        names.sort();
        names.dedup();
        names.join(", ")
    };
    let mut chrome = caller.chrome(state);
    if let Some(done) = &loaded.done {
        chrome.notice = Some(done_notice(caller, done, query));
    }
    view::Candidate {
        chrome: chrome.with_errors(wrong.clone()).titled(&title, None),
        banner: banner(&found.person, &format!("/patients/{}", found.person.id)),
        back: match query.at {
            Some(at) => Link::new(
                format!("{}#row-{at}", query.back().on("/today")),
                query.ask.tab.words(),
            ),
            None => Link::new(format!("/patients/{}", found.person.id), "Record"),
        },
        position: place
            .map(|place| format!("{} of {}", place.at, place.of))
            .unwrap_or_default(),
        next: match (place, loaded.next) {
            (Some(place), Some(next)) => {
                Some(query.at(place.at + 1).on(&format!("/candidates/{next}")))
            }
            _ => None,
        },
        heading: found.fracture.clone(),
        status: state_tag(&found.state),
        when: match (found.fracture_date, found.days_since) {
            (Some(date), Some(days)) => {
                format!("{}, {} ago", long_date(date), counted(days, "day", "days"))
            }
            _ => "Date of the fracture not known".to_owned(),
        },
        age: found
            .age_at_fracture
            .map(|age| format!("aged {age} then"))
            .unwrap_or_default(),
        hospitals,
        why: found.why.clone(),
        alerts: alerts(found),
        decision: (undecided && found.may_decide)
            .then(|| decision(found, action, hidden, typed, open, &wrong)),
        decided: decided(found),
        undo,
        disagreements: disagreements(loaded, query, true),
        settled: disagreements(loaded, query, false),
        sightings: (0..)
            .zip(&found.sightings)
            .map(|(nth, seen)| view::Sighting {
                strongest: nth == 0,
                read_again: read_again(caller, &seen.sighting),
                ..weighed(seen, &loaded.sites)
            })
            .collect(),
        against: found
            .against
            .iter()
            .map(|seen| weighed(seen, &loaded.sites))
            .collect(),
        operation: found
            .operation
            .as_ref()
            .map(|(code, title)| format!("{code} {title}"))
            .unwrap_or_default(),
        earlier: earlier(found),
        earlier_none: "None known from the feeds. That is not a “no”: ask.".to_owned(),
        duplicates: found
            .possible_duplicates
            .iter()
            .map(|card| view::Duplicate {
                href: format!("/patients/{}", card.id),
                text: card.name.to_string(),
                why: format!(
                    "{} · {}",
                    card.born.map_or_else(
                        || "birth date not known".to_owned(),
                        |born| format!("born {}", long_date(born))
                    ),
                    card.nhs_number
                        .as_ref()
                        .map_or_else(|| "no NHS number".to_owned(), |n| format!("NHS No. {n}")),
                ),
            })
            .collect(),
        duplicates_none: "Nobody else with the same name and date of birth.".to_owned(),
        history: found
            .last_decision
            .as_ref()
            .map(|last| Act {
                what: last.words.clone(),
                who: last.by.clone(),
                when: moment(last.at),
            })
            .into_iter()
            .collect(),
    }
}

fn weighed(seen: &SightingView, sites: &[Site]) -> view::Sighting {
    view::Sighting {
        weight: seen.strength.map_or(
            "Speaks against the fracture; it closes nothing by itself",
            |s| s.words(),
        ),
        ..sighting(seen.seq, &seen.sighting, &seen.source, sites)
    }
}

fn disagreements(loaded: &Loaded, query: &ListQuery, open: bool) -> Vec<view::Disagreement> {
    let found = &loaded.candidate;
    let party = |party: &PartyView| {
        let place = format!("#{}", sighting_id(party.seq));
        let href = if party.episode == found.episode {
            place
        } else {
            let page = format!("/candidates/{}", party.episode);
            format!("{}{place}", query.on(&page))
        };
        let when = party
            .seen_on
            .map_or_else(|| "date not known".to_owned(), long_date);
        let hospital = party.hospital.as_ref().map_or("", |code| code.as_str());
        let hospital = crate::present::site_name(&loaded.sites, hospital);
        let what = match &party.exam {
            Some(exam) => format!("{}, {exam}", party.kind.words()),
            None => party.kind.words().to_owned(),
        };
        view::Party {
            source: Link::new(href, format!("{what}, {when}, {hospital}")),
            said: party.said.clone(),
        }
    };
    found
        .disagreements
        .iter()
        .filter(|disagreement| disagreement.open == open)
        .map(|disagreement| view::Disagreement {
            about: disagreement.about.words(),
            says: party(&disagreement.says),
            but: party(&disagreement.but),
            outcome: disagreement.outcome.words(),
        })
        .collect()
}

fn state_tag(state: &Stands) -> Tag {
    use crate::view::parts::{BLUE, GREEN, GREY, YELLOW};
    match state {
        Stands::New => Tag::new("New to confirm", BLUE),
        Stands::SetAside { .. } => Tag::new("Set aside", YELLOW),
        Stands::Accepted => Tag::new("Accepted", GREEN),
        Stands::Rejected { .. } => Tag::new("Rejected", GREY),
        Stands::BelongsTo(_) => Tag::new("Part of another episode", GREY),
        Stands::Closed { .. } => Tag::new("Closed", GREY),
        Stands::Withdrawn { .. } => Tag::new("Withdrawn by its source", GREY),
    }
}

fn alerts(found: &Candidate) -> Vec<Fact> {
    let mut alerts = Vec::new();
    if found.person.died {
        alerts.push(Fact::new("Has died.", "Do not contact."));
    }
    if let Some(earlier) = found
        .refracture_of
        .and_then(|id| found.others.iter().find(|other| other.id == id))
    {
        let when = earlier
            .fracture_date
            .map(|date| format!(", {}", long_date(date)))
            .unwrap_or_default();
        alerts.push(Fact::new(
            "Re-fracture",
            format!("after {}{when}", earlier.fracture),
        ));
    }
    if let Stands::SetAside {
        reason,
        until,
        note,
    } = &found.state
    {
        let note = note
            .as_deref()
            .map(|note| format!(": {note}"))
            .unwrap_or_default();
        alerts.push(Fact::new(
            format!("Set aside until {}", long_date(*until)),
            format!("{}{note}", reason.words()),
        ));
    }
    alerts
}

fn decided(found: &Candidate) -> String {
    match &found.last_decision {
        Some(last) => format!("{} by {} on {}.", last.words, last.by, moment(last.at)),
        None if found.may_decide => format!("{}.", found.state_words),
        None => format!(
            "{}. Nurses and the lead clinician decide.",
            found.state_words
        ),
    }
}

fn earlier(found: &Candidate) -> Vec<view::EarlierFracture> {
    let when = |date: Option<Date>| date.map_or_else(|| "date not known".to_owned(), long_date);
    let mut all: Vec<view::EarlierFracture> = found
        .others
        .iter()
        .map(|other| view::EarlierFracture {
            what: other.fracture.clone(),
            when: when(other.fracture_date),
            source: format!("Episode: {}", other.state.to_lowercase()),
        })
        .collect();
    all.extend(
        found
            .old_fractures
            .iter()
            .map(|words| view::EarlierFracture {
                what: words.clone(),
                when: String::new(),
                source: "In a report".to_owned(),
            }),
    );
    all
}

fn decision(
    found: &Candidate,
    action: String,
    hidden: Vec<Hidden>,
    typed: &Typed,
    open: &'static str,
    wrong: &[FieldError],
) -> view::Decision {
    let only = |part: &str, name: &str| if open == part { typed.get(name) } else { "" };
    let reasons = RejectReason::ALL
        .iter()
        .map(|reason| Choice::new(reason.code(), reason.words()))
        .collect();
    let asides = SetAsideReason::ALL
        .iter()
        .map(|reason| Choice::new(reason.code(), reason.words()))
        .collect();
    let open_others: Vec<Choice> = found
        .others
        .iter()
        .filter(|other| other.open)
        .map(|other| {
            let when = other
                .fracture_date
                .map(|date| format!(", {}", long_date(date)))
                .unwrap_or_default();
            Choice::new(other.id.to_string(), format!("{}{when}", other.fracture))
                .hint(other.state.clone())
        })
        .collect();
    view::Decision {
        action,
        hidden,
        open,
        reject: Choices::new("reason", "Why is this not for the service?", reasons)
            .id("reject-reason")
            .choose(only("reject", "reason"))
            .error(error_at(wrong, "reject-reason")),
        reject_note: Input::text("note", "Note (optional)")
            .id("reject-note")
            .value(only("reject", "note")),
        aside: Choices::new("reason", "Why set aside?", asides)
            .id("aside-reason")
            .choose(only("set-aside", "reason"))
            .error(error_at(wrong, "aside-reason")),
        aside_note: Input::text("note", "Note (needed for another reason)")
            .id("aside-note")
            .value(only("set-aside", "note"))
            .error(error_at(wrong, "aside-note")),
        until: date_input("until", "Look again on", typed, wrong).hint("For example, 30 11 2026"),
        belongs: (!open_others.is_empty()).then(|| {
            Choices::new("to", "Which episode?", open_others)
                .choose(only("belongs", "to"))
                .error(error_at(wrong, "to"))
        }),
    }
}

fn undo_fields(caller: &Caller, seq: u32, query: &ListQuery) -> Vec<Hidden> {
    let mut fields = caller.hidden_with("of", seq);
    fields.extend(query.hidden());
    fields
}

pub async fn accept(
    State(state): State<WebState>,
    caller: Caller,
    Path(episode): Path<EpisodeId>,
    typed: Typed,
) -> Answer {
    decide(&state, &caller, episode, &typed, "", Ok(Chosen::Accept)).await
}

pub async fn reject(
    State(state): State<WebState>,
    caller: Caller,
    Path(episode): Path<EpisodeId>,
    typed: Typed,
) -> Answer {
    let chosen = match RejectReason::from_code(typed.get("reason")) {
        Some(reason) => Ok(Chosen::Reject {
            reason,
            note: typed.some("note"),
        }),
        None => Err(vec![wrong(
            "reject-reason",
            "Choose why this is not for the service",
        )]),
    };
    decide(&state, &caller, episode, &typed, "reject", chosen).await
}

pub async fn set_aside(
    State(state): State<WebState>,
    caller: Caller,
    Path(episode): Path<EpisodeId>,
    typed: Typed,
) -> Answer {
    let mut problems = Vec::new();
    let reason = SetAsideReason::from_code(typed.get("reason"));
    if reason.is_none() {
        problems.push(wrong("aside-reason", "Choose why this is set aside"));
    }
    let until = match typed.date("until", "The date to look again") {
        Ok(Some(until)) => Some(until),
        Ok(None) => {
            problems.push(wrong("until", "Enter the date to look again"));
            None
        }
        Err(message) => {
            problems.push(wrong("until", &message));
            None
        }
    };
    let chosen = match (reason, until) {
        (Some(reason), Some(until)) => Ok(Chosen::SetAside {
            reason,
            until,
            note: typed.some("note"),
        }),
        _ => Err(problems),
    };
    decide(&state, &caller, episode, &typed, "set-aside", chosen).await
}

pub async fn belongs(
    State(state): State<WebState>,
    caller: Caller,
    Path(episode): Path<EpisodeId>,
    typed: Typed,
) -> Answer {
    let chosen = match typed.get("to").parse() {
        Ok(to) => Ok(Chosen::Belongs { to }),
        Err(_) => Err(vec![wrong("to", "Choose the episode that this belongs to")]),
    };
    decide(&state, &caller, episode, &typed, "belongs", chosen).await
}

fn wrong(target: &str, message: &str) -> FieldError {
    FieldError {
        target: target.to_owned(),
        message: message.to_owned(),
    }
}

async fn decide(
    state: &WebState,
    caller: &Caller,
    episode: EpisodeId,
    typed: &Typed,
    part: &'static str,
    chosen: Result<Chosen, Vec<FieldError>>,
) -> Answer {
    let query = ListQuery::read(&typed.0);
    let chosen = match chosen {
        Ok(chosen) => chosen,
        Err(problems) => return again(state, caller, episode, &query, typed, part, problems).await,
    };
    // A form without its version was not made by Herald; version 0 conflicts with everything.
    let version = typed.get("version").parse().unwrap_or(0);
    let (scope, choice) = (caller.scope.clone(), chosen.clone());
    match blocking(state, move |app| {
        candidate::decide(app, &scope, episode, version, &choice)
    })
    .await
    {
        Ok(done) => go_on(state, caller, &query, done).await,
        Err(Error::Conflict { since }) => {
            conflict(state, caller, episode, &query, &chosen, since).await
        }
        Err(Error::Invalid(fields)) => {
            let ids: &[(&str, &str)] = match part {
                "reject" => &[("note", "reject-note"), ("reason", "reject-reason")],
                _ => &[("note", "aside-note"), ("reason", "aside-reason")],
            };
            again(
                state,
                caller,
                episode,
                &query,
                typed,
                part,
                errors(&fields, ids),
            )
            .await
        }
        Err(other) => Err(other.into()),
    }
}

async fn again(
    state: &WebState,
    caller: &Caller,
    episode: EpisodeId,
    query: &ListQuery,
    typed: &Typed,
    part: &'static str,
    problems: Vec<FieldError>,
) -> Answer {
    let loaded = load(state, caller, episode, query).await?;
    let page = present(state, caller, query, &loaded, typed, part, problems);
    respond::page_as(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

/// Who was just acted on, and the way back.
pub fn done_notice(caller: &Caller, done: &Done, query: &ListQuery) -> Notice {
    let undo = OneButton {
        action: format!("/candidates/{}/undo", done.episode),
        fields: undo_fields(caller, done.undo, query),
        text: "Undo".to_owned(),
    };
    let undo = caller.may(May::DecideCandidates).then_some(undo);
    Notice {
        good: true,
        text: format!("{}.", done.said),
        undo,
    }
}

/// Straight on to the next person: whoever has moved up to the same place.
async fn go_on(state: &WebState, caller: &Caller, query: &ListQuery, done: Done) -> Answer {
    let query = query.after(done.episode);
    let Some(at) = query.at else {
        return respond::see(&query.on(&format!("/candidates/{}", done.episode)));
    };
    let (scope, ask) = (caller.scope.clone(), query.ask.clone());
    match blocking(state, move |app| candidate::at(app, &scope, &ask, at)).await? {
        Some(next) => respond::see(&query.on(&format!("/candidates/{next}"))),
        None => respond::see(&query.with_page(1).after(done.episode).on("/today")),
    }
}

pub async fn undo(
    State(state): State<WebState>,
    caller: Caller,
    Path(episode): Path<EpisodeId>,
    typed: Typed,
) -> Answer {
    let query = ListQuery::read(&typed.0);
    let of = typed.get("of").parse().unwrap_or(0);
    let scope = caller.scope.clone();
    match blocking(&state, move |app| candidate::undo(app, &scope, episode, of)).await {
        Ok(done) => {
            state.notices.leave(
                &caller.token,
                Notice {
                    good: true,
                    text: format!("{}.", done.said),
                    undo: None,
                },
            );
            respond::see(&query.on(&format!("/candidates/{episode}")))
        }
        Err(Error::Conflict { since }) => {
            let acts = acts(&since);
            conflict_page(
                &state,
                &caller,
                episode,
                &query,
                "Undo the decision",
                Vec::new(),
                acts,
            )
            .await
        }
        Err(other) => Err(other.into()),
    }
}

async fn conflict(
    state: &WebState,
    caller: &Caller,
    episode: EpisodeId,
    query: &ListQuery,
    chosen: &Chosen,
    since: Vec<Change>,
) -> Answer {
    let note = |note: &Option<String>| {
        note.iter()
            .map(|note| Fact::new("Note", note))
            .collect::<Vec<_>>()
    };
    let (yours, facts) = match chosen {
        Chosen::Accept => ("Accept as a fragility fracture", Vec::new()),
        Chosen::Reject {
            reason,
            note: typed,
        } => (
            "Reject",
            [vec![Fact::new("Reason", reason.words())], note(typed)].concat(),
        ),
        Chosen::SetAside {
            reason,
            until,
            note: typed,
        } => {
            let facts = vec![
                Fact::new("Reason", reason.words()),
                Fact::new("Look again on", long_date(*until)),
            ];
            ("Set aside", [facts, note(typed)].concat())
        }
        Chosen::Belongs { .. } => ("Join to another episode", Vec::new()),
    };
    conflict_page(state, caller, episode, query, yours, facts, acts(&since)).await
}

fn acts(since: &[Change]) -> Vec<Act> {
    since
        .iter()
        .map(|change| Act {
            what: change.what.clone(),
            who: change.who.clone(),
            when: moment(change.at),
        })
        .collect()
}

async fn conflict_page(
    state: &WebState,
    caller: &Caller,
    episode: EpisodeId,
    query: &ListQuery,
    yours: &str,
    yours_facts: Vec<Fact>,
    mut changes: Vec<Act>,
) -> Answer {
    let loaded = load(state, caller, episode, query).await?;
    let found = &loaded.candidate;
    if changes.is_empty() {
        changes = found
            .last_decision
            .iter()
            .map(|last| Act {
                what: last.words.clone(),
                who: last.by.clone(),
                when: moment(last.at),
            })
            .collect();
    }
    if changes.is_empty() {
        changes.push(Act {
            what: found.state_words.clone(),
            ..Act::default()
        });
    }
    let page = view::Conflict {
        chrome: caller
            .chrome(state)
            .titled("This changed while you were looking at it", None),
        banner: Some(banner(
            &found.person,
            &format!("/patients/{}", found.person.id),
        )),
        yours: yours.to_owned(),
        yours_facts,
        changes,
        again: Link::new(
            query.on(&format!("/candidates/{episode}")),
            "Look at it again",
        ),
        back: Link::new(
            query.back().on("/today"),
            format!("Back to {}", query.ask.tab.words()),
        ),
    };
    respond::page_as(StatusCode::CONFLICT, &page)
}
