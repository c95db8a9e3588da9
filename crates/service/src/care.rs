//! One episode in care: what its page shows, and the small things that staff do for it. Each act is one function:
//! load the timeline through the scope, ask the pure rules, append, log.

use jiff::{ToSpan, civil::Date};
use pathway::{
    Anchor, Channel, CloseReason, Decision, Episode, EpisodeId, Fact, HeldResult, Needs, Next,
    Person, PersonId, Recorded, Source, State, Step, Stop, Todo, UserId,
    care::{
        Care, Contact, ContactOutcome, ContactPurpose, Done, Dose, Referral, ReferralOutcome,
        Review,
    },
    may_contact, next_action, steps, todos,
};
use serde_json::json;
use store::Tx;

use crate::{
    App, May, Scope,
    access::demand,
    candidate::{self, Position},
    error::{Change, Error, FieldError, Result},
    today::Ask,
    views::{self, PersonCard, TimelineEntry},
};

/// Everything about one episode, as its page shows it.
#[derive(Debug, Clone)]
pub struct EpisodeView {
    pub card: PersonCard,
    pub needs: Needs,
    pub phone: Option<String>,
    pub address: Vec<String>,
    pub postcode: Option<String>,
    pub practice: Option<String>,
    pub episode: EpisodeId,
    pub fracture: String,
    pub fracture_date: Option<Date>,
    /// Clock zero of every window, and what kind of day it is.
    pub diagnosed: Anchor,
    pub age_at_fracture: Option<i16>,
    pub refracture: bool,
    /// The sources of the fracture disagree; its candidate page shows how.
    pub sources_disagree: bool,
    pub state: State,
    pub state_words: String,
    /// From found to closed.
    pub steps: Vec<Step>,
    pub next: Next,
    /// Everything that waits, in the order of the ladder.
    pub todos: Vec<Todo>,
    pub care: Care,
    /// Whether answers were begun by the feeds, the patient or staff; how many questions stand open.
    pub looked_after_by: Option<String>,
    /// Newest first.
    pub results: Vec<HeldResult>,
    /// First and last day on which each review counts.
    pub windows: [(Review, Date, Date); 2],
    /// Ways that must not be used now, each with the reason.
    pub stops: Vec<(Channel, String)>,
    pub failed_tries: [(ContactPurpose, usize); 3],
    /// What was recorded about this episode, newest first.
    pub timeline: Vec<TimelineEntry>,
    pub others: Vec<OtherEpisode>,
    pub today: Date,
    /// The version to name when acting.
    pub version: u32,
    /// The last decision on the episode, where it is its closing: it can be taken back.
    pub closed_at: Option<u32>,
    pub position: Option<Position>,
    pub may_give_care: bool,
    pub may_make_contact: bool,
    pub may_approve: bool,
}

#[derive(Debug, Clone)]
pub struct OtherEpisode {
    pub id: EpisodeId,
    pub fracture: String,
    pub state: String,
    pub in_care: bool,
}

/// Done: what to say, and the version after it.
#[derive(Debug, Clone)]
pub struct Acted {
    pub person: PersonId,
    pub episode: EpisodeId,
    pub version: u32,
    /// Name of the patient, for the line that says what was done.
    pub name: String,
}

/// `from` is the list asked for and the place in it, if somebody came from one.
pub fn view(
    app: &App,
    scope: &Scope,
    episode: EpisodeId,
    from: Option<(&Ask, u64)>,
) -> Result<EpisodeView> {
    demand(scope, May::SeePeople)?;
    let view = app.store.read(|tx| seen(app, tx, scope, episode, from))?;
    log(app, scope, "episode_opened", view.card.id, episode)?;
    Ok(view)
}

/// For a use case that writes down itself who was shown.
pub(crate) fn seen(
    app: &App,
    tx: &mut Tx<'_>,
    scope: &Scope,
    episode: EpisodeId,
    from: Option<(&Ask, u64)>,
) -> Result<EpisodeView> {
    let today = app.clock.today();
    let (person, facts) = candidate::load(tx, scope, episode)?;
    let position = candidate::position(app, tx, scope, from)?;
    let held = person.episode(episode).ok_or(Error::NotFound)?;
    let mut results = person.results.clone();
    results.reverse();
    let stops = Channel::ALL
        .iter()
        .filter_map(|channel| {
            let stop = may_contact(&person, held, *channel).err()?;
            Some((*channel, stop.to_string()))
        })
        .collect();
    let diagnosed = held.diagnosed();
    let window = |review: Review| {
        let (first, last) = review.window_after(diagnosed.on);
        (review, first, last)
    };
    let tries = |purpose: ContactPurpose| (purpose, held.care.failed_tries(purpose));
    let fracture_date = held.fracture_date();
    let role = scope.role();
    Ok(EpisodeView {
        needs: person.needs.clone(),
        phone: person.details.phone.clone(),
        address: person.details.address.clone().unwrap_or_default(),
        postcode: person.details.postcode.clone(),
        practice: person.details.practice.as_ref().map(ToString::to_string),
        episode,
        fracture: held.words(),
        fracture_date,
        diagnosed,
        age_at_fracture: match (person.details.born, fracture_date) {
            (Some(born), Some(date)) => Some(terms::age_on(born, date)),
            _ => None,
        },
        refracture: person.refracture_of(held).is_some(),
        state: held.state(),
        state_words: views::state_words(held),
        sources_disagree: pathway::evidence::weigh(&person, held).disagree(),
        steps: steps(&person, held),
        next: next_action(&person, held),
        todos: todos(&person, held),
        looked_after_by: held.looked_after_by().map(str::to_owned),
        results,
        windows: [window(Review::Weeks16), window(Review::Weeks52)],
        stops,
        failed_tries: [
            tries(ContactPurpose::Assess),
            tries(ContactPurpose::Review16),
            tries(ContactPurpose::Review52),
        ],
        timeline: facts
            .iter()
            .rev()
            .filter(|fact| {
                let about = fact.fact.episode();
                about == Some(episode)
                    || (about.is_none() && !matches!(fact.fact, Fact::Details { .. }))
            })
            .map(views::entry)
            .collect(),
        others: person
            .episodes
            .iter()
            .filter(|other| other.id != episode)
            .map(|other| OtherEpisode {
                id: other.id,
                fracture: other.words(),
                state: views::state_words(other),
                in_care: matches!(other.state(), State::Accepted | State::Closed { .. }),
            })
            .collect(),
        today,
        version: person.version,
        closed_at: match held.state() {
            State::Closed { .. } => held.decisions.last().map(|made| made.seq),
            _ => None,
        },
        position,
        may_give_care: crate::may(role, May::GiveCare),
        may_make_contact: crate::may(role, May::MakeContact),
        may_approve: crate::letter::may_approve(app, scope),
        care: held.care.clone(),
        card: PersonCard::of_person(&person, today),
    })
}

pub(crate) fn log(
    app: &App,
    scope: &Scope,
    action: &str,
    person: PersonId,
    episode: EpisodeId,
) -> Result<()> {
    let now = app.clock.now();
    Ok(app.store.write(|tx| {
        let detail = json!({ "episode": episode });
        store::access::record(tx, scope, now, action, &[person], detail)
    })?)
}

/// What an act has to go by.
pub(crate) struct Ground<'a> {
    pub person: &'a Person,
    pub episode: &'a Episode,
    pub facts: &'a [Recorded],
    pub today: Date,
}

impl Ground<'_> {
    /// As a fact, if it may be done now.
    pub fn care(&self, done: Done) -> Result<Fact> {
        self.episode.care_fact(done).map_err(not_possible)
    }

    /// What staff did about this episode after `version`, where it matters to the act at hand.
    pub fn since(&self, version: u32, matters: impl Fn(&Done) -> bool) -> Vec<Change> {
        self.facts
            .iter()
            .filter(|r| r.seq > version)
            .filter(|r| match &r.fact {
                Fact::Care { episode, done } => *episode == self.episode.id && matters(done),
                _ => false,
            })
            .map(|r| {
                let entry = views::entry(r);
                Change {
                    at: r.at,
                    who: entry.by,
                    what: [vec![entry.title], entry.lines].concat().join(": "),
                }
            })
            .collect()
    }
}

pub(crate) fn not_possible(why: pathway::CareNotPossible) -> Error {
    let mut words = why.to_string();
    if let Some(first) = words.get_mut(0..1) {
        first.make_ascii_uppercase();
    }
    Error::Unavailable(format!(
        "{words}. Nothing was changed; open the episode again."
    ))
}

pub(crate) fn stopped(stop: &Stop) -> Error {
    let mut words = stop.to_string();
    if let Some(first) = words.get_mut(0..1) {
        first.make_ascii_uppercase();
    }
    Error::Unavailable(format!("{words}. Nothing was done."))
}

/// One act on an episode. Twice is once: what the same person has recorded already after `version`, word for word, is
/// not recorded again.
pub(crate) fn act(
    app: &App,
    scope: &Scope,
    what: May,
    episode: EpisodeId,
    version: u32,
    action: &str,
    build: impl FnOnce(&mut store::Tx<'_>, &Ground<'_>) -> Result<Vec<Fact>>,
) -> Result<Acted> {
    demand(scope, what)?;
    let now = app.clock.now();
    let today = app.clock.today();
    app.store.write(|tx| {
        let (mut person, facts) = candidate::load(tx, scope, episode)?;
        let held = person.episode(episode).ok_or(Error::NotFound)?;
        let ground = Ground {
            person: &person,
            episode: held,
            facts: &facts,
            today,
        };
        let mut new = build(tx, &ground)?;
        let mine = scope.actor();
        new.retain(|fact| {
            !facts
                .iter()
                .any(|held| held.seq > version && held.by == mine && held.fact == *fact)
        });
        store::timeline::append(tx, &mut person, now, &mine, &Source::Staff, new)?;
        let detail = json!({ "episode": episode });
        store::access::record(tx, scope, now, action, &[person.id], detail)?;
        Ok(Acted {
            person: person.id,
            episode,
            version: person.version,
            name: person.details.name.clone().unwrap_or_default().to_string(),
        })
    })
}

/// A try to reach somebody, an appointment, or what became of it.
pub fn contact(
    app: &App,
    scope: &Scope,
    episode: EpisodeId,
    version: u32,
    contact: Contact,
) -> Result<Acted> {
    act(
        app,
        scope,
        May::MakeContact,
        episode,
        version,
        "contact_recorded",
        |_, ground| {
            let mut wrong = Vec::new();
            if contact.on > ground.today {
                wrong.push(FieldError::new(
                    "on",
                    "The day of the contact is in the future",
                ));
            }
            match (contact.again_on, contact.outcome) {
                (None, ContactOutcome::Booked) => {
                    wrong.push(FieldError::new(
                        "again_on",
                        "Enter the day of the appointment",
                    ));
                }
                (None, outcome) if outcome.needs_again() => {
                    wrong.push(FieldError::new("again_on", "Enter the day to try again"));
                }
                (Some(again), _) if again < ground.today => {
                    wrong.push(FieldError::new(
                        "again_on",
                        "This day has passed: choose a later one",
                    ));
                }
                _ => {}
            }
            if !wrong.is_empty() {
                return Err(Error::Invalid(wrong));
            }
            // Asked at the moment of doing it. That somebody could not be reached may still be written down.
            if !contact.outcome.failed() || contact.outcome == ContactOutcome::MessageLeft {
                may_contact(ground.person, ground.episode, contact.channel)
                    .map_err(|stop| stopped(&stop))?;
            }
            Ok(vec![ground.care(Done::Contacted(contact))?])
        },
    )
}

/// The day to try again after so many failed tries, unless the nurse says otherwise: sooner at first.
pub fn usual_again(today: Date, failed: usize) -> Date {
    let days: i64 = match failed {
        0 => 2,
        1 => 7,
        _ => 14,
    };
    pathway::working_day_on_or_before(today.saturating_add(days.days())).max(today)
}

/// What somebody needs in order to be told and heard.
pub fn record_needs(
    app: &App,
    scope: &Scope,
    person: PersonId,
    version: u32,
    needs: Needs,
) -> Result<()> {
    demand(scope, May::MakeContact)?;
    let now = app.clock.now();
    let today = app.clock.today();
    app.store.write(|tx| {
        let facts = store::timeline::facts(tx, scope, person)?.ok_or(Error::NotFound)?;
        let mut held =
            Person::from_facts(person, &facts).map_err(|e| Error::Internal(e.to_string()))?;
        let since: Vec<Change> = facts
            .iter()
            .filter(|r| r.seq > version && matches!(r.fact, Fact::NeedsRecorded { .. }))
            .map(|r| Change {
                at: r.at,
                who: r.by.words().to_owned(),
                what: views::entry(r).lines.join("; "),
            })
            .collect();
        if !since.is_empty() {
            return Err(Error::Conflict { since });
        }
        let needs = Needs {
            asked_on: Some(today),
            ..needs
        };
        let fact = Fact::NeedsRecorded { needs };
        store::timeline::append(tx, &mut held, now, &scope.actor(), &Source::Staff, [fact])?;
        store::access::record(tx, scope, now, "needs_recorded", &[person], json!({}))?;
        Ok(())
    })
}

/// Address, telephone or practice that somebody told staff, where the feeds lack them or are wrong.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ContactDetails {
    /// Lines without the postcode.
    pub address: Vec<String>,
    pub postcode: String,
    pub phone: String,
    /// ODS code.
    pub practice: String,
    /// The version of the record that was on the page when this was typed, if there was a page.
    pub version: Option<u32>,
}

pub fn record_details(
    app: &App,
    scope: &Scope,
    person: PersonId,
    typed: &ContactDetails,
) -> Result<()> {
    demand(scope, May::MakeContact)?;
    let now = app.clock.now();
    let some = |text: &str| {
        let text = text.trim().replace('\0', "");
        (!text.is_empty()).then_some(text)
    };
    let practice = match some(&typed.practice) {
        None => None,
        Some(code) => match code.parse::<terms::OdsCode>() {
            Ok(code) if code.is_practice() => Some(code),
            _ => {
                return Err(Error::field(
                    "practice",
                    "A practice code is a letter and five digits, such as F81001",
                ));
            }
        },
    };
    let digits = typed.phone.chars().filter(char::is_ascii_digit).count();
    if some(&typed.phone).is_some() && digits < 6 {
        return Err(Error::field(
            "phone",
            "A telephone number has at least six digits",
        ));
    }
    let postcode: String = typed
        .postcode
        .chars()
        .filter(|c| !c.is_whitespace())
        .collect();
    let inward = postcode
        .len()
        .checked_sub(3)
        .and_then(|at| postcode.get(at..));
    let fits = inward.is_some_and(|inward| {
        postcode.starts_with(|c: char| c.is_ascii_alphabetic())
            && (5..=7).contains(&postcode.len())
            && inward.starts_with(|c: char| c.is_ascii_digit())
    });
    if !postcode.is_empty() && !fits {
        return Err(Error::field("postcode", "A postcode is typed as SS1 1AA"));
    }
    let address: Vec<String> = typed.address.iter().filter_map(|line| some(line)).collect();
    let claim = pathway::Details {
        address: (!address.is_empty()).then_some(address),
        postcode: some(&typed.postcode),
        phone: some(&typed.phone),
        practice,
        ..pathway::Details::default()
    };
    app.store.write(|tx| {
        let facts = store::timeline::facts(tx, scope, person)?.ok_or(Error::NotFound)?;
        let since: Vec<Change> = facts
            .iter()
            .filter(|r| typed.version.is_some_and(|version| r.seq > version))
            .filter(|r| matches!(r.fact, Fact::Details { .. }))
            .map(|r| Change {
                at: r.at,
                who: r.by.words().to_owned(),
                what: views::entry(r).lines.join("; "),
            })
            .collect();
        if !since.is_empty() {
            return Err(Error::Conflict { since });
        }
        let mut held =
            Person::from_facts(person, &facts).map_err(|e| Error::Internal(e.to_string()))?;
        if let Some(details) = held.details.news_in(&claim) {
            let fact = Fact::Details { details };
            store::timeline::append(tx, &mut held, now, &scope.actor(), &Source::Staff, [fact])?;
        }
        store::access::record(tx, scope, now, "details_recorded", &[person], json!({}))?;
        Ok(())
    })
}

/// Ask somebody else to do something, and remember to ask after it.
pub fn refer(
    app: &App,
    scope: &Scope,
    episode: EpisodeId,
    version: u32,
    referral: Referral,
) -> Result<Acted> {
    act(
        app,
        scope,
        May::GiveCare,
        episode,
        version,
        "referred",
        |_, ground| {
            check_referral(&referral, ground.today)?;
            Ok(vec![ground.care(Done::Referred(referral))?])
        },
    )
}

pub(crate) fn check_referral(referral: &Referral, today: Date) -> Result<()> {
    if referral.on > today {
        return Err(Error::field(
            "referred_on",
            "The day of the referral is in the future",
        ));
    }
    if referral.reply_by < referral.on {
        return Err(Error::field(
            "reply_by",
            "The answer cannot be due before the referral",
        ));
    }
    Ok(())
}

/// What came back from a referral.
#[derive(Debug, Clone)]
pub struct ReferralAnswer {
    /// The referral's entry on the timeline.
    pub of: u32,
    pub outcome: ReferralOutcome,
    pub on: Date,
    pub note: Option<String>,
}

pub fn referral_answered(
    app: &App,
    scope: &Scope,
    episode: EpisodeId,
    version: u32,
    answer: ReferralAnswer,
) -> Result<Acted> {
    act(
        app,
        scope,
        May::MakeContact,
        episode,
        version,
        "referral_answered",
        |_, ground| {
            not_ahead(answer.on, ground.today, "on")?;
            let done = Done::ReferralAnswered {
                of: answer.of,
                outcome: answer.outcome,
                on: answer.on,
                note: answer.note,
            };
            Ok(vec![ground.care(done)?])
        },
    )
}

pub fn dose_given(
    app: &App,
    scope: &Scope,
    episode: EpisodeId,
    version: u32,
    dose: Dose,
) -> Result<Acted> {
    act(
        app,
        scope,
        May::GiveCare,
        episode,
        version,
        "dose_recorded",
        |_, ground| {
            not_ahead(dose.on, ground.today, "on")?;
            if Dose::months_between(dose.medicine).is_none() {
                return Err(Error::field(
                    "medicine",
                    "Only denosumab and zoledronate are followed dose by dose",
                ));
            }
            Ok(vec![ground.care(Done::DoseGiven(dose))?])
        },
    )
}

fn not_ahead(on: Date, today: Date, field: &str) -> Result<()> {
    if on > today {
        return Err(Error::field(field, "This day is in the future"));
    }
    Ok(())
}

/// What was done about a side effect, a fall or a new fracture that a patient told of.
pub fn concern_answered(
    app: &App,
    scope: &Scope,
    episode: EpisodeId,
    version: u32,
    of: u32,
    action: &str,
) -> Result<Acted> {
    let action = said(action, "action", "Say what was done about it")?;
    act(
        app,
        scope,
        May::GiveCare,
        episode,
        version,
        "concern_answered",
        |_, ground| Ok(vec![ground.care(Done::ConcernAnswered { of, action })?]),
    )
}

/// Cover for leave: somebody else looks after this episode from now on.
pub fn hand_over(
    app: &App,
    scope: &Scope,
    episode: EpisodeId,
    version: u32,
    to: UserId,
) -> Result<Acted> {
    act(
        app,
        scope,
        May::MakeContact,
        episode,
        version,
        "handed_over",
        |tx, ground| {
            let colleague = store::staff::all(tx)?
                .into_iter()
                .find(|member| member.id == to && !member.disabled)
                .filter(|member| crate::may(member.role, May::GiveCare))
                .filter(|member| covers(member, ground.episode))
                .ok_or_else(|| {
                    Error::field(
                        "to",
                        "Choose a colleague who looks after patients of this hospital",
                    )
                })?;
            let done = Done::HandedTo {
                user: to,
                name: colleague.name,
            };
            Ok(vec![ground.care(done)?])
        },
    )
}

/// Whoever takes it on must be able to open it.
fn covers(member: &store::staff::Staff, episode: &Episode) -> bool {
    match (&member.sites, episode.hospital()) {
        (store::Sites::All, _) | (_, None) => true,
        (store::Sites::These(sites), Some(hospital)) => sites.contains(hospital.as_str()),
    }
}

/// Colleagues who can look after an episode.
pub fn colleagues(app: &App, scope: &Scope) -> Result<Vec<(UserId, String)>> {
    demand(scope, May::SeePeople)?;
    let all = app.store.read(store::staff::all)?;
    Ok(all
        .into_iter()
        .filter(|member| !member.disabled && crate::may(member.role, May::GiveCare))
        .map(|member| (member.id, member.name))
        .collect())
}

/// An entry made by mistake. It stays on the timeline and counts for nothing.
pub fn strike_out(
    app: &App,
    scope: &Scope,
    episode: EpisodeId,
    version: u32,
    of: u32,
    because: &str,
) -> Result<Acted> {
    let because = said(because, "because", "Say why this entry is wrong")?;
    act(
        app,
        scope,
        May::MakeContact,
        episode,
        version,
        "struck_out",
        |_, ground| {
            let care = &ground.episode.care;
            let contact = care.contacts.iter().any(|noted| noted.seq == of);
            if !contact {
                // Whoever may not record clinical work may not take it away.
                demand(scope, May::GiveCare)?;
            }
            let waits = care
                .concerns
                .iter()
                .any(|concern| concern.seq == of && concern.action.is_none());
            if waits {
                return Err(Error::field(
                    "because",
                    "The patient told of something here that nobody has acted on. Act on it first",
                ));
            }
            Ok(vec![ground.care(Done::StruckOut { of, because })?])
        },
    )
}

/// The pathway ends, with the reason. What waits to be sent stops with it.
pub fn close(
    app: &App,
    scope: &Scope,
    episode: EpisodeId,
    version: u32,
    reason: CloseReason,
    note: Option<String>,
) -> Result<Acted> {
    act(
        app,
        scope,
        May::MakeContact,
        episode,
        version,
        "closed",
        |tx, ground| {
            let since = ground.since(version, |done| {
                matches!(done, Done::Reviewed(_) | Done::QuestionnaireAnswered { .. })
            });
            if !since.is_empty() {
                return Err(Error::Conflict { since });
            }
            let waits = ground
                .episode
                .care
                .concerns
                .iter()
                .any(|concern| concern.action.is_none());
            if waits && reason != CloseReason::Died {
                return Err(Error::field(
                    "reason",
                    "The patient told of something that nobody has acted on yet. Act on it first.",
                ));
            }
            let finished = ground.episode.care.reviewed(Review::Weeks52).is_some();
            if reason == CloseReason::Completed && !finished {
                return Err(Error::field(
                    "reason",
                    "The 52-week review is not done, so the pathway is not complete. Choose what ends it.",
                ));
            }
            dose_to_come(ground.episode, reason, note.as_deref())?;
            let decision = Decision::Close {
                reason,
                note: note.clone(),
            };
            let fact = ground
                .episode
                .decide(decision, ground.today)
                .map_err(candidate::refused)?;
            store::questionnaires::stop(tx, ground.episode.id)?;
            Ok(vec![fact])
        },
    )
}

/// Somebody else must know of a dose that is still to come before this service lets go.
fn dose_to_come(episode: &Episode, reason: CloseReason, note: Option<&str>) -> Result<()> {
    let Some((medicine, due)) = episode.care.dose_not_handed_over() else {
        return Ok(());
    };
    let due = format!("{} is due again on {}", medicine.words(), views::day(due));
    match reason {
        CloseReason::Died => Ok(()),
        CloseReason::Completed => Err(Error::field(
            "reason",
            format!("{due}. Send the handover letter first: it says so to the GP."),
        )),
        _ if note.is_some_and(|note| !note.trim().is_empty()) => Ok(()),
        _ => Err(Error::field(
            "note",
            format!("{due}. Say in the note who has been told and who gives it."),
        )),
    }
}

/// It was closed too early.
pub fn reopen(app: &App, scope: &Scope, episode: EpisodeId, of: u32) -> Result<Acted> {
    act(
        app,
        scope,
        May::MakeContact,
        episode,
        of,
        "reopened",
        |_, ground| {
            if !matches!(ground.episode.state(), State::Closed { .. }) {
                return Err(Error::Unavailable("This episode is not closed.".to_owned()));
            }
            let fact = ground.episode.undo(of).map_err(candidate::refused)?;
            Ok(vec![fact])
        },
    )
}

pub(crate) fn said(text: &str, field: &str, otherwise: &str) -> Result<String> {
    let text = text.trim().replace('\0', "");
    if text.is_empty() {
        return Err(Error::field(field, otherwise));
    }
    Ok(text)
}
