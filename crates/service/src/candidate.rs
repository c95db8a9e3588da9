//! One candidate: the evidence, and what the nurse does with it.

use jiff::civil::Date;
use pathway::{
    Decision, DecisionRefused, EpisodeId, Fact, Person, Recorded, RejectReason, SetAsideReason,
    Source, State, evidence,
};
use serde_json::json;
use store::{people, worklist};

use crate::{
    App, May, Scope,
    access::demand,
    error::{Change, Error, Result},
    today::{self, Ask},
    views::{self, DisagreementView, PersonCard, SightingView},
};

#[derive(Debug, Clone)]
pub struct Candidate {
    pub person: PersonCard,
    pub episode: EpisodeId,
    pub fracture: String,
    pub fracture_date: Option<Date>,
    pub age_at_fracture: Option<i16>,
    pub days_since: Option<i32>,
    pub state: State,
    pub state_words: String,
    /// Why this person is listed, in one line.
    pub why: String,
    /// The strongest evidence first.
    pub sightings: Vec<SightingView>,
    /// What speaks against the fracture, newest first.
    pub against: Vec<SightingView>,
    pub disagreements: Vec<DisagreementView>,
    /// The code and title of an operation that makes the other sources surer.
    pub operation: Option<(String, String)>,
    /// Other episodes of the same person, newest first.
    pub others: Vec<OtherEpisode>,
    pub refracture_of: Option<EpisodeId>,
    /// Fractures that reports call old, as found in the evidence.
    pub old_fractures: Vec<String>,
    pub possible_duplicates: Vec<PersonCard>,
    /// The version to name when deciding.
    pub version: u32,
    /// The last decision, which can be taken back.
    pub last_decision: Option<LastDecision>,
    pub may_decide: bool,
    pub position: Option<Position>,
}

#[derive(Debug, Clone)]
pub struct OtherEpisode {
    pub id: EpisodeId,
    pub fracture: String,
    pub fracture_date: Option<Date>,
    pub state: String,
    /// It can be joined to: not itself part of another or withdrawn.
    pub open: bool,
}

#[derive(Debug, Clone)]
pub struct LastDecision {
    pub seq: u32,
    pub at: jiff::Timestamp,
    pub by: String,
    pub words: String,
}

/// "12 of 43" in the list somebody works through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// From 1.
    pub at: u64,
    pub of: u64,
}

/// What the nurse chose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    Accept,
    Reject {
        reason: RejectReason,
        note: Option<String>,
    },
    SetAside {
        reason: SetAsideReason,
        until: Date,
        note: Option<String>,
    },
    Belongs {
        to: EpisodeId,
    },
}

/// Done: what to say, and what undo needs.
#[derive(Debug, Clone)]
pub struct Done {
    pub episode: EpisodeId,
    /// "AMEND, Alan was accepted".
    pub said: String,
    pub undo: u32,
}

/// `at` is the place in the list asked for, from 1, if the nurse came from one.
pub fn view(
    app: &App,
    scope: &Scope,
    episode: EpisodeId,
    from: Option<(&Ask, u64)>,
) -> Result<Candidate> {
    demand(scope, May::SeePeople)?;
    let today = app.clock.today();
    let candidate = app.store.read(|tx| -> Result<Candidate> {
        let (person, _) = load(tx, scope, episode)?;
        let held = person.episode(episode).ok_or(Error::NotFound)?;
        let position = position(app, tx, scope, from)?;
        let duplicates = people::possible_duplicates(tx, scope, &person)?;
        let mut others: Vec<OtherEpisode> = person
            .episodes
            .iter()
            .filter(|other| other.id != episode)
            .map(|other| OtherEpisode {
                id: other.id,
                fracture: other.words(),
                fracture_date: other.fracture_date(),
                state: views::state_words(other),
                open: !matches!(other.state(), State::BelongsTo(_) | State::Withdrawn { .. }),
            })
            .collect();
        others.sort_by_key(|other| std::cmp::Reverse(other.fracture_date));
        let weighed = evidence::weigh(&person, held);
        let fracture_date = held.fracture_date();
        let days_since = fracture_date.map(|date| (today - date).get_days());
        Ok(Candidate {
            episode,
            fracture: held.words(),
            fracture_date,
            age_at_fracture: match (person.details.born, fracture_date) {
                (Some(born), Some(date)) => Some(terms::age_on(born, date)),
                _ => None,
            },
            days_since,
            state: held.state(),
            state_words: views::state_words(held),
            why: held.clearest().map_or_else(
                || views::state_words(held),
                |seen| seen.sighting.reading.reason.clone(),
            ),
            sightings: weighed.stands_for.iter().map(SightingView::of).collect(),
            against: weighed.against.iter().map(SightingView::of).collect(),
            operation: weighed
                .operation
                .map(|(code, title)| (code.to_owned(), title.to_owned())),
            disagreements: weighed
                .contradictions
                .into_iter()
                .map(DisagreementView::of)
                .collect(),
            others,
            refracture_of: person.refracture_of(held).map(|earlier| earlier.id),
            old_fractures: old_fractures(&person),
            possible_duplicates: duplicates
                .into_iter()
                .map(|card| PersonCard::of(card, today))
                .collect(),
            version: person.version,
            last_decision: held.decisions.last().map(|made| LastDecision {
                seq: made.seq,
                at: made.at,
                by: made.by.words().to_owned(),
                words: views::decision_words(&made.decision),
            }),
            may_decide: crate::may(scope.role(), May::DecideCandidates),
            position,
            person: PersonCard::of_person(&person, today),
        })
    })?;
    let mut shown = vec![candidate.person.id];
    shown.extend(candidate.possible_duplicates.iter().map(|card| card.id));
    app.store.write(|tx| {
        let detail = json!({ "episode": episode });
        store::access::record(
            tx,
            scope,
            app.clock.now(),
            "candidate_opened",
            &shown,
            detail,
        )
    })?;
    Ok(candidate)
}

fn old_fractures(person: &Person) -> Vec<String> {
    let mut words: Vec<String> = person
        .episodes
        .iter()
        .flat_map(|episode| &episode.sightings)
        .flat_map(|seen| {
            seen.sighting
                .reading
                .findings
                .iter()
                .map(move |finding| (seen, finding))
        })
        .filter(|(_, finding)| finding.status == terms::Status::Old)
        .map(|(seen, finding)| {
            let site = pathway::FractureSite {
                site: finding.site,
                side: finding.side,
                level: finding.level.clone(),
            };
            match seen.sighting.seen_on {
                Some(on) => format!(
                    "{}, called old on {}",
                    site.words(),
                    on.strftime("%-d %B %Y")
                ),
                None => format!("{}, called old", site.words()),
            }
        })
        .collect();
    words.sort();
    words.dedup();
    words
}

/// Where in the list somebody stands, and how long it is.
pub(crate) fn position(
    app: &App,
    tx: &mut store::Tx<'_>,
    scope: &Scope,
    from: Option<(&Ask, u64)>,
) -> Result<Option<Position>> {
    let Some((ask, at)) = from else {
        return Ok(None);
    };
    let looking = ask
        .site
        .as_deref()
        .map_or_else(|| scope.clone(), |site| scope.narrowed_to(site));
    let of = worklist::count(tx, &looking, &today::query(app, ask, app.clock.today()))?;
    Ok(Some(Position {
        at: at.clamp(1, of.max(1)),
        of,
    }))
}

pub(crate) fn load(
    tx: &mut store::Tx<'_>,
    scope: &Scope,
    episode: EpisodeId,
) -> Result<(Person, Vec<Recorded>)> {
    let person = worklist::person_of(tx, scope, episode)?.ok_or(Error::NotFound)?;
    let facts = store::timeline::facts(tx, scope, person)?.ok_or(Error::NotFound)?;
    let person = Person::from_facts(person, &facts).map_err(|e| Error::Internal(e.to_string()))?;
    Ok((person, facts))
}

/// Decide. Whoever decided on the same candidate after `version` was read wins; the second sees what changed.
pub fn decide(
    app: &App,
    scope: &Scope,
    episode: EpisodeId,
    version: u32,
    choice: &Choice,
) -> Result<Done> {
    demand(scope, May::DecideCandidates)?;
    let today = app.clock.today();
    // A feed that adds a sighting meanwhile is no conflict; a colleague who decides is, and so is a source that speaks
    // against the fracture and was not on the page.
    let matters = |fact: &Fact| !matches!(fact, Fact::Sighted { .. });
    act(app, scope, episode, version, matters, |person| {
        let held = person.episode(episode).ok_or(Error::NotFound)?;
        let decision = match choice {
            Choice::Accept => Decision::Accept,
            Choice::Reject { reason, note } => Decision::Reject {
                reason: *reason,
                note: note.clone(),
            },
            Choice::SetAside {
                reason,
                until,
                note,
            } => Decision::SetAside {
                reason: *reason,
                until: *until,
                note: note.clone(),
            },
            Choice::Belongs { to } => {
                let open = person.episode(*to).is_some_and(|e| {
                    !matches!(e.state(), State::BelongsTo(_) | State::Withdrawn { .. })
                });
                if !open {
                    return Err(Error::field(
                        "to",
                        "Choose one of this person's other episodes",
                    ));
                }
                Decision::BelongsTo(*to)
            }
        };
        held.decide(decision, today).map_err(refused)
    })
}

/// Take back the decision that stands at `of` on the timeline.
pub fn undo(app: &App, scope: &Scope, episode: EpisodeId, of: u32) -> Result<Done> {
    demand(scope, May::DecideCandidates)?;
    // What the source has said since, were it to take everything back, stands in nobody's way.
    let matters = |fact: &Fact| {
        !matches!(
            fact,
            Fact::Sighted { .. } | Fact::SpokenAgainst { .. } | Fact::SightingWithdrawn { .. }
        )
    };
    act(app, scope, episode, of, matters, |person| {
        person
            .episode(episode)
            .ok_or(Error::NotFound)?
            .undo(of)
            .map_err(refused)
    })
}

pub(crate) fn refused(why: DecisionRefused) -> Error {
    match why {
        DecisionRefused::DateNotAhead => Error::field("until", "Choose a date after today"),
        DecisionRefused::NoteNeeded => Error::field("note", "Say what the other reason is"),
        DecisionRefused::ToItself => Error::field("to", "Choose another episode"),
        DecisionRefused::NotAccepted
        | DecisionRefused::AlreadyDecided(_)
        | DecisionRefused::NothingToUndo
        | DecisionRefused::NotTheLast => Error::Conflict { since: Vec::new() },
    }
}

fn act(
    app: &App,
    scope: &Scope,
    episode: EpisodeId,
    version: u32,
    matters: impl Fn(&Fact) -> bool,
    decide: impl FnOnce(&Person) -> Result<Fact>,
) -> Result<Done> {
    let now = app.clock.now();
    app.store.write(|tx| {
        let (mut person, facts) = load(tx, scope, episode)?;
        let since: Vec<Change> = facts
            .iter()
            .filter(|r| r.seq > version && r.fact.episode() == Some(episode))
            .filter(|r| matters(&r.fact))
            .map(|r| {
                let entry = views::entry(r);
                Change {
                    at: r.at,
                    who: entry.by,
                    what: [vec![entry.title], entry.lines].concat().join(": "),
                }
            })
            .collect();
        if !since.is_empty() {
            return Err(Error::Conflict { since });
        }
        let fact = decide(&person)?;
        let action = match &fact {
            Fact::Accepted { .. } => "accepted",
            Fact::Rejected { .. } => "rejected",
            Fact::SetAside { .. } => "set_aside",
            Fact::BelongsTo { .. } => "joined",
            Fact::Closed { .. } => "closed",
            _ => "undone",
        };
        let name = person.details.name.clone().unwrap_or_default();
        let said = match action {
            "accepted" => format!("{name} was accepted"),
            "rejected" => format!("{name} was rejected"),
            "set_aside" => format!("{name} was set aside"),
            "joined" => format!("{name}: joined to the other episode"),
            "closed" => format!("{name}: the episode was closed"),
            _ => format!("{name}: the decision was taken back"),
        };
        store::timeline::append(tx, &mut person, now, &scope.actor(), &Source::Staff, [fact])?;
        store::access::record(
            tx,
            scope,
            now,
            action,
            &[person.id],
            json!({ "episode": episode }),
        )?;
        Ok(Done {
            episode,
            said,
            undo: person.version,
        })
    })
}

/// What was just decided, for the line that offers to take it back.
pub fn decided(app: &App, scope: &Scope, episode: EpisodeId) -> Result<Option<Done>> {
    demand(scope, May::SeePeople)?;
    let (person, _) = app.store.read(|tx| load(tx, scope, episode))?;
    let held = person.episode(episode).ok_or(Error::NotFound)?;
    let name = person.details.name.clone().unwrap_or_default();
    let said = held.decisions.last().map(|made| {
        let words = match &made.decision {
            Decision::Accept => "was accepted",
            Decision::Reject { .. } => "was rejected",
            Decision::SetAside { .. } => "was set aside",
            Decision::BelongsTo(_) => "was joined to another episode",
            Decision::Close { .. } => "was closed",
        };
        Done {
            episode,
            said: format!("{name} {words}"),
            undo: made.seq,
        }
    });
    app.store.write(|tx| {
        let detail = json!({ "episode": episode });
        store::access::record(
            tx,
            scope,
            app.clock.now(),
            "decision_shown",
            &[person.id],
            detail,
        )
    })?;
    Ok(said)
}

/// Who stands at a place of a list, from 1: after a decision the next person has moved up to the same place.
pub fn at(app: &App, scope: &Scope, ask: &Ask, at: u64) -> Result<Option<EpisodeId>> {
    demand(scope, May::SeePeople)?;
    let looking = ask
        .site
        .as_deref()
        .map_or_else(|| scope.clone(), |site| scope.narrowed_to(site));
    app.store.read(|tx| {
        let mut query = today::query(app, ask, app.clock.today());
        let of = worklist::count(tx, &looking, &query)?;
        if of == 0 {
            return Ok(None);
        }
        query.offset = at.clamp(1, of) - 1;
        query.most = 1;
        Ok(worklist::page(tx, &looking, &query)?
            .first()
            .map(|entry| entry.episode))
    })
}
