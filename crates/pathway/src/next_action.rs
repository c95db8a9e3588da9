//! What is due for somebody, from whom, by when, and why.

use jiff::{Timestamp, ToSpan, civil::Date};
use terms::OdsCode;

use crate::{
    Episode, Person, State,
    care::{
        CareRefused, Contact, ContactPurpose, LetterKind, LetterState, Noted, Plan, Referral,
        ReferralKind, Review,
    },
    clocks::working_day_on_or_before,
    result::TestKind,
};

/// Where an episode stands: something to do with a date and an owner, or the reason why nothing is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    Do(Todo),
    Closed { because: String },
}

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Todo {
    pub task: Task,
    /// It stands on its list from this day on.
    pub opens: Date,
    pub due: Date,
    /// The hospital that answers for it.
    pub owner: Option<OdsCode>,
    /// The member of staff who looks after it, once there is one.
    pub by: Option<String>,
    /// In one line, what makes it due.
    pub why: String,
}

terms::vocabulary! {
    Task {
        Confirm = "confirm", "Confirm or reject";
        LookAgain = "look_again", "Look again";
        SeeResult = "see_result", "See the result";
        AnswerConcern = "answer_concern", "Act on what the patient said";
        FinishLetter = "finish_letter", "Approve or send the letter";
        Assess = "assess", "Assess";
        Decide = "decide", "Decide on treatment";
        WriteLetter = "write_letter", "Write the letter";
        ChaseReferral = "chase_referral", "Ask after the referral";
        GiveDose = "give_dose", "Next dose";
        Review16 = "review_16", "16-week review";
        Review52 = "review_52", "52-week review";
        Close = "close", "Close";
    }
}

terms::vocabulary! {
    /// The lists that people work from.
    List {
        New = "new", "New to confirm";
        SetAside = "set_aside", "Set aside";
        Assess = "assess", "To assess";
        Results = "results", "Results to see";
        Letters = "letters", "Letters";
        Review16 = "review_16", "16-week";
        Review52 = "review_52", "52-week";
        Chase = "chase", "To chase or close";
    }
}

impl Task {
    pub fn list(self) -> List {
        match self {
            Self::Confirm => List::New,
            Self::LookAgain => List::SetAside,
            Self::Assess | Self::Decide => List::Assess,
            Self::SeeResult | Self::AnswerConcern => List::Results,
            Self::FinishLetter | Self::WriteLetter => List::Letters,
            Self::Review16 => List::Review16,
            Self::Review52 => List::Review52,
            Self::ChaseReferral | Self::GiveDose | Self::Close => List::Chase,
        }
    }
}

/// FLS-DB KPI 4 and 5 count assessment and scan within 90 days of the diagnosis.
const ASSESS_WITHIN_DAYS: i64 = 90;
/// A proposal, for each site to set: from a completed assessment to the decision.
const DECIDE_WITHIN_DAYS: i64 = 14;
/// A proposal: from the decision, or the review, to the letter.
const WRITE_WITHIN_DAYS: i64 = 2;
/// A result, a worrying answer or a letter begun is looked at by the next day.
const NEXT_DAY: i64 = 1;
/// An injection or infusion needs a prescription, a blood test and a slot: warn four weeks ahead.
const DOSE_WARNING_DAYS: i64 = 28;
/// A proposal: from the last thing to be done to closing.
const CLOSE_WITHIN_DAYS: i64 = 7;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CareNotPossible {
    #[error("the fracture is not accepted, or its episode is closed")]
    NotOpen,
    #[error(transparent)]
    Refused(#[from] CareRefused),
}

/// The ladder, in order. Each rung says what it finds to do, or nothing.
const LADDER: [fn(&Stand<'_>) -> Option<Found>; 13] = [
    confirm,
    look_again,
    // What has come in and waits for somebody's eyes goes before what is planned.
    see_result,
    answer_concern,
    finish_letter,
    // The way of the patient.
    assess,
    decide,
    write_letter,
    chase_referral,
    give_dose,
    review_16,
    review_52,
    close,
];
/// How many rungs come before what is planned.
const ARRIVALS: usize = 5;

/// The first thing to do: what came in first of all, else what is due first.
pub fn next_action(person: &Person, episode: &Episode) -> Next {
    let mut found = found(person, episode);
    let place = found
        .iter()
        .position(|(rung, _)| *rung < ARRIVALS)
        .or_else(|| {
            (0..found.len()).min_by_key(|at| found.get(*at).map(|(rung, todo)| (todo.due, *rung)))
        });
    match place {
        Some(place) => Next::Do(found.swap_remove(place).1),
        None => Next::Closed {
            because: closed_because(person, episode),
        },
    }
}

/// Everything to do for this episode, in the order of the ladder. Several things may wait at once; each stands on its
/// own list, so that none hides another.
pub fn todos(person: &Person, episode: &Episode) -> Vec<Todo> {
    found(person, episode)
        .into_iter()
        .map(|(_, todo)| todo)
        .collect()
}

fn found(person: &Person, episode: &Episode) -> Vec<(usize, Todo)> {
    let stand = Stand {
        person,
        episode,
        state: episode.state(),
        diagnosed: episode.diagnosed().on,
    };
    LADDER
        .iter()
        .enumerate()
        .filter_map(|(rung, look)| {
            let found = look(&stand)?;
            let todo = Todo {
                task: found.task,
                opens: found.opens,
                due: found.due,
                owner: episode.hospital().cloned(),
                by: episode.looked_after_by().map(str::to_owned),
                why: found.why,
            };
            Some((rung, todo))
        })
        .collect()
}

fn closed_because(person: &Person, episode: &Episode) -> String {
    match episode.state() {
        State::Withdrawn { because } => format!("Withdrawn by its source: {because}"),
        State::BelongsTo(_) => "Another sighting of an episode on record".to_owned(),
        State::Rejected { reason } => reason.words().to_owned(),
        State::Closed { reason } => reason.words().to_owned(),
        _ if person.details.died() => "Has died".to_owned(),
        State::New | State::SetAside { .. } | State::Accepted => "Nothing is left to do".to_owned(),
    }
}

struct Stand<'a> {
    person: &'a Person,
    episode: &'a Episode,
    state: State,
    diagnosed: Date,
}

struct Found {
    task: Task,
    opens: Date,
    due: Date,
    why: String,
}

fn later(day: Date, days: i64) -> Date {
    day.saturating_add(days.days())
}

fn day_of(at: Timestamp) -> Date {
    terms::london_date(at)
}

fn words(day: Date) -> String {
    day.strftime("%-d %B %Y").to_string()
}

impl Stand<'_> {
    /// Accepted, not closed, and alive: care goes on.
    fn in_care(&self) -> bool {
        self.state == State::Accepted && !self.person.details.died()
    }

    fn plan(&self) -> Option<&Noted<Plan>> {
        self.episode.care.plan().filter(|_| self.in_care())
    }

    /// The plan, where reviews follow it.
    fn followed(&self) -> Option<&Plan> {
        self.plan()
            .map(|noted| &noted.what)
            .filter(|plan| plan.follow_up)
    }

    /// The last try for this purpose, where it says when to look again.
    fn tried(&self, purpose: ContactPurpose) -> Option<&Contact> {
        self.episode
            .care
            .contacts
            .iter()
            .rev()
            .map(|noted| &noted.what)
            .find(|contact| contact.purpose == purpose)
    }

    /// From this day on, or from the day agreed at the last try.
    fn opens(&self, from: Date, purpose: ContactPurpose) -> Date {
        self.tried(purpose)
            .and_then(|contact| contact.again_on)
            .map_or(from, |again| again.max(from))
    }

    fn tried_words(&self, purpose: ContactPurpose) -> Option<String> {
        let contact = self.tried(purpose)?;
        let mut said = format!("{} on {}", contact.outcome.words(), words(contact.on));
        if let Some(again) = contact.again_on {
            let what = match contact.outcome {
                crate::care::ContactOutcome::Booked => "for",
                _ => "again on",
            };
            said.push_str(&format!(", {what} {}", words(again)));
        }
        Some(said)
    }
}

/// A candidate that nobody has decided on.
fn confirm(stand: &Stand<'_>) -> Option<Found> {
    let raised = day_of(stand.episode.raised_at);
    (stand.state == State::New).then(|| Found {
        task: Task::Confirm,
        opens: raised,
        due: raised,
        why: "Found by the feeds, or added by hand".to_owned(),
    })
}

/// A candidate put aside, to be looked at again.
fn look_again(stand: &Stand<'_>) -> Option<Found> {
    let State::SetAside { until, reason, .. } = &stand.state else {
        return None;
    };
    Some(Found {
        task: Task::LookAgain,
        opens: *until,
        due: *until,
        why: reason.words().to_owned(),
    })
}

/// A scan or blood result that nobody has looked at. It waits even when the episode is closed.
fn see_result(stand: &Stand<'_>) -> Option<Found> {
    let theirs = stand
        .person
        .current()
        .is_some_and(|current| current.id == stand.episode.id);
    if !theirs || stand.person.details.died() {
        return None;
    }
    let mut names: Vec<&str> = stand
        .person
        .unseen_results()
        .map(|held| held.result.name.as_str())
        .collect();
    let first = stand.person.unseen_results().map(|held| held.at).min()?;
    names.dedup();
    let came = day_of(first);
    Some(Found {
        task: Task::SeeResult,
        opens: came,
        due: later(came, NEXT_DAY),
        why: format!("{}, came on {}", names.join("; "), words(came)),
    })
}

/// Something a patient said in a review or a questionnaire that somebody must act on.
fn answer_concern(stand: &Stand<'_>) -> Option<Found> {
    let open = stand
        .episode
        .care
        .concerns
        .iter()
        .filter(|_| stand.in_care())
        .find(|concern| concern.action.is_none())?;
    let said = day_of(open.at);
    Some(Found {
        task: Task::AnswerConcern,
        opens: said,
        due: later(said, NEXT_DAY),
        why: open.words.join("; "),
    })
}

/// A letter begun and not yet sent.
fn finish_letter(stand: &Stand<'_>) -> Option<Found> {
    let letter = stand
        .episode
        .care
        .letters
        .iter()
        .filter(|_| stand.in_care())
        .find(|letter| matches!(letter.state(), LetterState::Draft | LetterState::Approved))?;
    let begun = day_of(letter.begun.at);
    Some(Found {
        task: Task::FinishLetter,
        opens: begun,
        due: later(begun, NEXT_DAY),
        why: format!("{}: {}", letter.kind.words(), letter.state().words()),
    })
}

/// Not assessed yet: to be reached, seen or finished within 90 days of the diagnosis.
fn assess(stand: &Stand<'_>) -> Option<Found> {
    let assessment = &stand.episode.care.assessment;
    if !stand.in_care() || assessment.completed.is_some() {
        return None;
    }
    let accepted = stand
        .episode
        .decisions
        .last()
        .map_or(stand.episode.raised_at, |made| made.at);
    let why = stand
        .tried_words(ContactPurpose::Assess)
        .or_else(|| {
            let last = assessment.answers.values().max_by_key(|given| given.seq)?;
            Some(format!("Begun; last answer by {}", last.by.words()))
        })
        .unwrap_or_else(|| "Accepted; nobody has been in touch yet".to_owned());
    Some(Found {
        task: Task::Assess,
        opens: stand.opens(day_of(accepted), ContactPurpose::Assess),
        due: working_day_on_or_before(later(stand.diagnosed, ASSESS_WITHIN_DAYS)),
        why,
    })
}

/// Assessed, and nothing decided yet: perhaps for want of a scan.
fn decide(stand: &Stand<'_>) -> Option<Found> {
    let completed = stand.episode.care.assessment.completed.as_ref()?.what;
    if !stand.in_care() || stand.episode.care.plan().is_some() {
        return None;
    }
    let scan = open_referrals(stand).find(|referral| referral.what.kind == ReferralKind::Dxa);
    Some(Found {
        task: Task::Decide,
        opens: completed,
        due: scan.map_or(later(completed, DECIDE_WITHIN_DAYS), |scan| {
            scan.what.reply_by
        }),
        why: match scan {
            Some(scan) => format!(
                "Assessed; waits for the scan asked for on {}",
                words(scan.what.on)
            ),
            None => format!("Assessed on {}", words(completed)),
        },
    })
}

/// Decided, or reviewed for the last time, and no letter says so.
fn write_letter(stand: &Stand<'_>) -> Option<Found> {
    let plan = stand.plan()?;
    let (kind, since, at) = match stand.episode.care.reviewed(Review::Weeks52) {
        Some(review) => (LetterKind::Handover, review.seq, day_of(review.at)),
        None => (plan.what.letter(), plan.seq, day_of(plan.at)),
    };
    let written = stand
        .episode
        .care
        .letters
        .iter()
        .filter(|letter| letter.state() != LetterState::Cancelled)
        .any(|letter| letter.begun.seq > since && letter.kind == kind);
    (!written).then(|| Found {
        task: Task::WriteLetter,
        opens: at,
        due: later(at, WRITE_WITHIN_DAYS),
        why: kind.words().to_owned(),
    })
}

/// A referral whose answer is overdue.
fn chase_referral(stand: &Stand<'_>) -> Option<Found> {
    let open = open_referrals(stand).min_by_key(|noted| (noted.what.reply_by, noted.seq))?;
    Some(Found {
        task: Task::ChaseReferral,
        opens: open.what.reply_by,
        due: open.what.reply_by,
        why: format!(
            "{}, asked for on {}",
            open.what.kind.words(),
            words(open.what.on)
        ),
    })
}

fn open_referrals<'a>(stand: &'a Stand<'_>) -> impl Iterator<Item = &'a Noted<Referral>> {
    referrals_waiting(stand.person, stand.episode).filter(|_| stand.in_care())
}

/// Referrals without an answer. A scan or blood test is answered by a result taken since.
pub fn referrals_waiting<'a>(
    person: &'a Person,
    episode: &'a Episode,
) -> impl Iterator<Item = &'a Noted<Referral>> {
    let resulted = |referral: &Referral| {
        let kind = match referral.kind {
            ReferralKind::Dxa => TestKind::Dxa,
            ReferralKind::Bloods => TestKind::Blood,
            _ => return false,
        };
        person.results.iter().any(|held| {
            held.result.kind == kind
                && held
                    .result
                    .taken_on
                    .is_some_and(|taken| taken >= referral.on)
        })
    };
    episode
        .care
        .referrals
        .iter()
        .filter(move |noted| noted.what.answer.is_none() && !resulted(&noted.what))
}

/// The next injection or infusion, with a warning in time.
fn give_dose(stand: &Stand<'_>) -> Option<Found> {
    let (medicine, due) = stand.episode.care.next_dose()?;
    stand.in_care().then(|| Found {
        task: Task::GiveDose,
        opens: due.saturating_sub(DOSE_WARNING_DAYS.days()),
        due: working_day_on_or_before(due),
        why: format!("{} due on {}", medicine.words(), words(due)),
    })
}

fn review_16(stand: &Stand<'_>) -> Option<Found> {
    review(
        stand,
        Review::Weeks16,
        Task::Review16,
        ContactPurpose::Review16,
    )
}

fn review_52(stand: &Stand<'_>) -> Option<Found> {
    review(
        stand,
        Review::Weeks52,
        Task::Review52,
        ContactPurpose::Review52,
    )
}

/// A review still to come. The one at 52 weeks stands for the one at 16 weeks that was missed.
fn review(stand: &Stand<'_>, review: Review, task: Task, purpose: ContactPurpose) -> Option<Found> {
    stand.followed()?;
    let care = &stand.episode.care;
    if care.reviewed(review).is_some() || care.reviewed(Review::Weeks52).is_some() {
        return None;
    }
    let (first, _) = review.window_after(stand.diagnosed);
    let due = working_day_on_or_before(review.due_after(stand.diagnosed));
    Some(Found {
        task,
        opens: stand.opens(first, purpose),
        due,
        why: stand
            .tried_words(purpose)
            .unwrap_or_else(|| format!("Diagnosed on {}", words(stand.diagnosed))),
    })
}

/// Nothing is left to be done but to say why it ends.
fn close(stand: &Stand<'_>) -> Option<Found> {
    let plan = stand.plan()?;
    let care = &stand.episode.care;
    let last = match care.reviewed(Review::Weeks52) {
        Some(review) => day_of(review.at),
        None if !plan.what.follow_up => day_of(plan.at),
        None => return None,
    };
    Some(Found {
        task: Task::Close,
        opens: last,
        due: later(last, CLOSE_WITHIN_DAYS),
        why: if plan.what.follow_up {
            "All reviews are done".to_owned()
        } else {
            plan.what.therapy.words().to_owned()
        },
    })
}

/// Whoever was assessed had been reached by then, whether or not a contact says so.
fn first_of(a: Option<Date>, b: Option<Date>) -> Option<Date> {
    a.into_iter().chain(b).min()
}

/// One stage of the way, for the line of steps on the patient's page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub name: &'static str,
    pub state: StepState,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepState {
    Done(Option<Date>),
    Now(Date),
    /// Not yet; from this day on, where it is known.
    Later(Option<Date>),
    /// Will not happen.
    Skipped,
}

/// The way from found to closed, and where on it somebody stands.
pub fn steps(person: &Person, episode: &Episode) -> Vec<Step> {
    let care = &episode.care;
    let todos = todos(person, episode);
    let state = episode.state();
    let over = !matches!(state, State::New | State::SetAside { .. } | State::Accepted)
        || (state == State::Accepted && person.details.died());
    let next = match next_action(person, episode) {
        Next::Do(todo) => Some(todo.task),
        Next::Closed { .. } => None,
    };
    let accepted = episode
        .decisions
        .iter()
        .find(|made| made.decision == crate::Decision::Accept)
        .map(|made| day_of(made.at));
    let reached = care
        .contacts
        .iter()
        .find(|noted| noted.what.outcome == crate::care::ContactOutcome::Reached)
        .map(|noted| noted.what.on);
    let sent = care
        .letters
        .iter()
        .filter_map(|letter| letter.sent.as_ref())
        .map(|sent| sent.what.0)
        .next();
    let review = |review: Review| care.reviewed(review).map(|noted| noted.what.on);
    let followed = care.plan().is_none_or(|plan| plan.what.follow_up);
    let closed = match state {
        State::Closed { .. } => episode.decisions.last().map(|made| day_of(made.at)),
        _ => None,
    };
    let step = |name, done: Option<Date>, tasks: &[Task], wanted: bool| {
        let todo = todos.iter().find(|todo| tasks.contains(&todo.task));
        let state = match (done, todo) {
            (Some(on), _) => StepState::Done(Some(on)),
            (None, Some(todo)) if next.is_some_and(|task| tasks.contains(&task)) => {
                StepState::Now(todo.due)
            }
            (None, Some(todo)) => StepState::Later(Some(todo.due)),
            (None, None) if over || !wanted => StepState::Skipped,
            (None, None) => StepState::Later(None),
        };
        Step { name, state }
    };
    let completed = care.assessment.completed.as_ref().map(|noted| noted.what);
    vec![
        Step {
            name: "Found",
            state: StepState::Done(Some(day_of(episode.raised_at))),
        },
        step(
            "Confirmed",
            accepted,
            &[Task::Confirm, Task::LookAgain],
            true,
        ),
        step("Reached", first_of(reached, completed), &[], true),
        step("Assessed", completed, &[Task::Assess], true),
        step(
            "Decided",
            care.plan().map(|plan| plan.what.on),
            &[Task::Decide],
            true,
        ),
        step(
            "Letter",
            sent,
            &[Task::WriteLetter, Task::FinishLetter],
            true,
        ),
        step(
            "16 weeks",
            review(Review::Weeks16),
            &[Task::Review16],
            followed,
        ),
        step(
            "52 weeks",
            review(Review::Weeks52),
            &[Task::Review52],
            followed,
        ),
        step("Closed", closed, &[Task::Close], true),
    ]
}

impl Plan {
    /// The letter that tells of it.
    pub fn letter(&self) -> LetterKind {
        match self.therapy {
            terms::Recommended::InformedDecline => LetterKind::Declined,
            terms::Recommended::Inappropriate => LetterKind::NoTreatmentNeeded,
            _ => LetterKind::Treatment,
        }
    }
}
