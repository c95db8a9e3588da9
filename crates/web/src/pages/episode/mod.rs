//! Somebody in care: what was done, what is next, and the small acts of a working day.

mod acts;
mod forms;
mod lines;

use axum::{
    extract::{Path, State},
    http::StatusCode,
};
use pathway::{EpisodeId, Next, State as Stands, StepState, Task, Todo};
use service::{Error, May, UserId, candidate, care, care::EpisodeView, today::Tab};

pub use lines::letter_tag;

pub use acts::{
    begin_letter, close, concern, contact, dose, hand_over, read_contact, refer, referral_answer,
    reopen, results_seen, strike_out, version,
};

use crate::{
    caller::Caller,
    config::WebState,
    list_query::ListQuery,
    present::{banner, errors},
    respond::{self, Answer, blocking},
    typed::Typed,
    view::{
        care as view,
        form::{FieldError, Hidden},
        page::Notice,
        parts::{Fact, Link, OneButton},
        text::{DateText, long_date, moment},
    },
};

pub(super) struct Loaded {
    pub seen: EpisodeView,
    pub colleagues: Vec<(UserId, String)>,
    pub next: Option<EpisodeId>,
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
        let seen = care::view(app, &scope, episode, from)?;
        let next = match seen.position {
            Some(place) if place.at < place.of => {
                candidate::at(app, &scope, &query.ask, place.at + 1)?
            }
            _ => None,
        };
        Ok(Loaded {
            seen,
            colleagues: care::colleagues(app, &scope)?,
            next: next.filter(|next| *next != episode),
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

/// What the forms of one page share.
pub(super) struct Page<'a> {
    pub caller: &'a Caller,
    pub query: &'a ListQuery,
    pub loaded: &'a Loaded,
    /// What was typed into the part that failed, and which part that is.
    pub typed: &'a Typed,
    pub open: &'a str,
    pub wrong: &'a [FieldError],
}

impl Page<'_> {
    fn seen(&self) -> &EpisodeView {
        &self.loaded.seen
    }

    fn hidden(&self) -> Vec<Hidden> {
        let mut hidden = self.caller.hidden_with("version", self.seen().version);
        hidden.extend(self.query.hidden());
        hidden
    }

    /// An address of this episode that comes back to the list it was reached from.
    fn on(&self, rest: &str) -> String {
        self.query
            .on(&format!("/episodes/{}{rest}", self.seen().episode))
    }

    fn action(&self, rest: &str) -> String {
        format!("/episodes/{}{rest}", self.seen().episode)
    }
}

pub(super) fn present(
    state: &WebState,
    caller: &Caller,
    query: &ListQuery,
    loaded: &Loaded,
    typed: &Typed,
    open: &str,
    wrong: Vec<FieldError>,
) -> view::Episode {
    let seen = &loaded.seen;
    let page = Page {
        caller,
        query,
        loaded,
        typed,
        open,
        wrong: &wrong,
    };
    let todo = match &seen.next {
        Next::Do(todo) => Some(todo),
        Next::Closed { .. } => None,
    };
    let in_care = seen.state == Stands::Accepted;
    let may_care = in_care && seen.may_give_care;
    let may_contact = in_care && seen.may_make_contact;
    view::Episode {
        chrome: caller
            .chrome(state)
            .with_errors(wrong.clone())
            .titled(&seen.fracture, None),
        banner: banner(&seen.card, &format!("/patients/{}", seen.card.id))
            .with_more(contact_facts(seen)),
        back: match query.at {
            Some(at) => Link::new(
                format!("{}#row-{at}", query.back().on("/today")),
                query.ask.tab.words(),
            ),
            None => Link::new(format!("/patients/{}", seen.card.id), "Record"),
        },
        position: seen
            .position
            .map(|place| format!("{} of {}", place.at, place.of))
            .unwrap_or_default(),
        next_person: match (seen.position, loaded.next) {
            (Some(place), Some(next)) => {
                Some(query.at(place.at + 1).on(&format!("/episodes/{next}")))
            }
            _ => None,
        },
        heading: seen.fracture.clone(),
        status: lines::state_tag(&seen.state),
        line: line(seen),
        clock: format!(
            "Every window counts from {} ({}).",
            long_date(seen.diagnosed.on),
            seen.diagnosed.kind.words()
        ),
        alerts: alerts(seen),
        steps: steps(&seen.steps),
        next: todo.map(|todo| waiting(&page, todo)),
        waiting: seen
            .todos
            .iter()
            .filter(|other| Some(other.task) != todo.map(|todo| todo.task))
            .map(|todo| waiting(&page, todo))
            .collect(),
        closed: match &seen.next {
            Next::Closed { because } => because.clone(),
            Next::Do(_) => String::new(),
        },
        reopen: seen.closed_at.filter(|_| seen.may_make_contact).map(|of| {
            let fields = caller.hidden_with("of", of);
            OneButton {
                action: page.action("/reopen"),
                fields,
                text: "Open it again".to_owned(),
            }
        }),
        by: seen
            .looked_after_by
            .as_ref()
            .map(|who| format!("Looked after by {who}."))
            .unwrap_or_default(),
        results: seen.results.iter().map(lines::result).collect(),
        see_results: seen
            .may_give_care
            .then(|| forms::see_results(&page))
            .flatten(),
        concerns: lines::concerns(&page),
        plan: lines::plan(seen),
        letters: lines::letters(&page),
        referrals: lines::referrals(&page),
        doses: lines::doses(&page),
        reviews: lines::reviews(&page),
        contacts: lines::contacts(&page),
        links: links(&page, may_care),
        buttons: forms::buttons(&page, may_contact),
        folds: forms::folds(&page, may_care, may_contact),
        others: seen
            .others
            .iter()
            .map(|other| Fact::new(other.fracture.clone(), other.state.clone()))
            .collect(),
        timeline: seen
            .timeline
            .iter()
            .map(|entry| crate::view::people::TimelineFact {
                class: match entry.by.as_str() {
                    "Herald" => "system",
                    _ => "staff",
                },
                what: match entry.on {
                    Some(on) => format!("{}: {}", long_date(on), entry.title),
                    None => entry.title.clone(),
                },
                detail: entry.lines.join("\n"),
                by: format!(
                    "Entry {} · {} · {} · {}",
                    entry.seq,
                    entry.by,
                    moment(entry.at),
                    entry.source
                ),
                source: Vec::new(),
            })
            .collect(),
        record: format!("/patients/{}", seen.card.id),
    }
}

fn line(seen: &EpisodeView) -> String {
    let mut parts = vec![match seen.fracture_date {
        Some(date) => format!("Broken on {}", long_date(date)),
        None => "Date of the fracture not known".to_owned(),
    }];
    if let Some(age) = seen.age_at_fracture {
        parts.push(format!("aged {age} then"));
    }
    parts.push(seen.state_words.clone());
    parts.join(" · ")
}

fn alerts(seen: &EpisodeView) -> Vec<Fact> {
    let mut alerts = Vec::new();
    if seen.card.died {
        alerts.push(Fact::new("Has died.", "Do not contact."));
    }
    if seen.refracture {
        alerts.push(Fact::new(
            "Re-fracture",
            "has broken a bone again after an earlier episode",
        ));
    }
    if seen.sources_disagree {
        alerts.push(Fact::new(
            "Sources disagree",
            "about this fracture: see the evidence",
        ));
    }
    alerts
}

fn contact_facts(seen: &EpisodeView) -> Vec<Fact> {
    crate::present::facts([
        ("Address", seen.address.join(", ")),
        ("Postcode", seen.postcode.clone().unwrap_or_default()),
        ("Phone", seen.phone.clone().unwrap_or_default()),
        ("GP practice", seen.practice.clone().unwrap_or_default()),
    ])
}

pub fn steps(steps: &[pathway::Step]) -> Vec<view::Step> {
    steps
        .iter()
        .map(|step| {
            let short = |day: jiff::civil::Date| DateText::from(day).short;
            let (class, words) = match step.state {
                StepState::Done(Some(on)) => ("done", format!("Done {}", short(on))),
                StepState::Done(None) => ("done", "Done".to_owned()),
                StepState::Now(due) => ("now", format!("Due {}", short(due))),
                StepState::Later(Some(due)) => ("later", format!("Due {}", short(due))),
                StepState::Later(None) => ("later", "Later".to_owned()),
                StepState::Skipped => ("skipped", "Not needed".to_owned()),
            };
            view::Step {
                name: step.name.to_owned(),
                class,
                words,
            }
        })
        .collect()
}

/// Where a task is done.
pub(super) fn place_of(task: Task) -> &'static str {
    match task {
        Task::Confirm | Task::LookAgain => "",
        Task::SeeResult => "#results",
        Task::AnswerConcern => "#concerns",
        Task::FinishLetter => "#letters",
        Task::Assess => "/assessment",
        Task::Decide => "/decision",
        Task::WriteLetter => "#write",
        Task::ChaseReferral => "#referrals",
        Task::GiveDose => "#dose",
        Task::Review16 => "/reviews/weeks_16",
        Task::Review52 => "/reviews/weeks_52",
        Task::Close => "#close",
    }
}

fn waiting(page: &Page<'_>, todo: &Todo) -> view::Waiting {
    let seen = page.seen();
    let today = seen.today;
    let left = (todo.due - today).get_days();
    let due = match left {
        0 => "Due today".to_owned(),
        1.. => format!("Due {}", long_date(todo.due)),
        _ => format!("Was due {}", long_date(todo.due)),
    };
    let due = if todo.opens > today {
        format!("{due}, from {}", long_date(todo.opens))
    } else {
        due
    };
    let href = match (todo.task, place_of(todo.task)) {
        (Task::Confirm | Task::LookAgain, _) => {
            page.query.on(&format!("/candidates/{}", seen.episode))
        }
        // The one letter that waits opens at once.
        (Task::FinishLetter, _) => lines::open_letter(seen).map_or_else(
            || "#letters".to_owned(),
            |letter| page.on(&format!("/letters/{letter}")),
        ),
        (_, place) if place.starts_with('#') => place.to_owned(),
        (_, place) => page.on(place),
    };
    view::Waiting {
        what: todo.task.words().to_owned(),
        why: todo.why.clone(),
        due,
        late: left < 0,
        href,
    }
}

fn links(page: &Page<'_>, may_care: bool) -> Vec<Link> {
    let seen = page.seen();
    let mut links = vec![Link::new(
        page.query.on(&format!("/candidates/{}", seen.episode)),
        "Evidence and decision on the fracture",
    )];
    let accepted = matches!(seen.state, Stands::Accepted | Stands::Closed { .. });
    if accepted {
        links.push(Link::new(page.on("/assessment"), "Assessment"));
        links.push(Link::new(page.on("/guidance"), "What guidelines say"));
    }
    if may_care && seen.care.assessment.completed.is_some() {
        links.push(Link::new(page.on("/decision"), "Decide on treatment"));
    }
    if accepted && seen.care.plan().is_some_and(|plan| plan.what.follow_up) {
        links.push(Link::new(page.on("/reviews/weeks_16"), "16-week review"));
        links.push(Link::new(page.on("/reviews/weeks_52"), "52-week review"));
    }
    if page.caller.may(May::MakeContact) {
        links.push(Link::new(
            format!("/patients/{}/needs", seen.card.id),
            "Communication needs, address and telephone",
        ));
    }
    links
}

/// After an act: back to the page, with a line that says so.
pub fn said(
    state: &WebState,
    caller: &Caller,
    query: &ListQuery,
    episode: EpisodeId,
    text: String,
) -> Answer {
    state.notices.leave(
        &caller.token,
        Notice {
            good: true,
            text,
            undo: None,
        },
    );
    respond::see(&query.on(&format!("/episodes/{episode}")))
}

/// An act that did not do: the page again, with what was typed and why.
pub(super) async fn again(
    state: &WebState,
    caller: &Caller,
    episode: EpisodeId,
    typed: &Typed,
    part: &str,
    error: Error,
) -> Answer {
    let query = ListQuery::read(&typed.0);
    let (status, wrong) = match error {
        Error::Invalid(fields) => {
            let wrong = errors(&fields, &[])
                .into_iter()
                .map(|mut error| {
                    error.target = format!("{part}-{}", error.target);
                    error
                })
                .collect();
            (StatusCode::UNPROCESSABLE_ENTITY, wrong)
        }
        Error::Conflict { since } => {
            let wrong = since
                .iter()
                .map(|change| FieldError {
                    target: String::new(),
                    message: format!(
                        "{} did this meanwhile, on {}: {}. Yours was not saved; look at theirs, then send it again if it still holds.",
                        change.who,
                        moment(change.at),
                        change.what
                    ),
                })
                .collect();
            (StatusCode::CONFLICT, wrong)
        }
        other => return Err(other.into()),
    };
    let loaded = load(state, caller, episode, &query).await?;
    let page = present(state, caller, &query, &loaded, typed, part, wrong);
    respond::page_as(status, &page)
}
