//! The calls at 16 and 52 weeks: the script, the answers, and what they raise.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use pathway::{
    EpisodeId,
    care::{Done, Dose, Noted, Plan, Review, Reviewed},
    form::{Answers, Fault, Form, exact_date},
};
use terms::TherapyAtReview;

use crate::{
    App, May, Scope,
    access::demand,
    candidate,
    care::{Acted, act, log},
    error::{Error, FieldError, Result},
    views::PersonCard,
};

#[derive(Debug, Clone)]
pub struct ReviewView {
    pub card: PersonCard,
    pub episode: EpisodeId,
    pub fracture: String,
    pub phone: Option<String>,
    pub review: Review,
    pub form: &'static Form,
    /// What was decided, which the call asks after.
    pub plan: Option<Plan>,
    pub diagnosed: Date,
    /// First and last day on which it counts for the audit.
    pub window: (Date, Date),
    /// Done already.
    pub done: Option<Noted<Reviewed>>,
    pub failed_tries: usize,
    pub may_ring: Result<(), String>,
    /// What the last review said, or what the plan makes likely.
    pub answers: Answers,
    pub version: u32,
    pub today: Date,
    pub may_give_care: bool,
}

pub fn view(app: &App, scope: &Scope, episode: EpisodeId, review: Review) -> Result<ReviewView> {
    demand(scope, May::SeePeople)?;
    let today = app.clock.today();
    let view = app.store.read(|tx| -> Result<ReviewView> {
        let (person, _) = candidate::load(tx, scope, episode)?;
        let held = person.episode(episode).ok_or(Error::NotFound)?;
        let diagnosed = held.diagnosed().on;
        let purpose = match review {
            Review::Weeks16 => pathway::care::ContactPurpose::Review16,
            Review::Weeks52 => pathway::care::ContactPurpose::Review52,
        };
        Ok(ReviewView {
            episode,
            fracture: held.words(),
            phone: person.details.phone.clone(),
            review,
            form: Form::get(review.form()),
            plan: held.care.plan().map(|noted| noted.what.clone()),
            diagnosed,
            window: review.window_after(diagnosed),
            done: held.care.reviewed(review).cloned(),
            failed_tries: held.care.failed_tries(purpose),
            may_ring: pathway::may_contact(&person, held, pathway::Channel::Phone)
                .map_err(|stop| stop.to_string()),
            answers: held
                .care
                .reviewed(review)
                .map(|noted| noted.what.answers.clone())
                .unwrap_or_default(),
            version: person.version,
            today,
            may_give_care: crate::may(scope.role(), May::GiveCare),
            card: PersonCard::of_person(&person, today),
        })
    })?;
    log(app, scope, "review_opened", view.card.id, episode)?;
    Ok(view)
}

/// What was typed during the call.
#[derive(Debug, Clone, Default)]
pub struct Typed {
    pub answers: BTreeMap<String, Vec<String>>,
    pub confirmed: BTreeSet<String>,
    /// Sections where everything not answered is as usual.
    pub usual: BTreeSet<String>,
    pub on: Option<Date>,
}

#[derive(Debug)]
pub enum Saved {
    Whole(Acted),
    /// Nothing was saved: these answers need another look, and a review is one thing.
    Faults(Vec<Fault>),
}

/// They were reached, and this is what they said.
pub fn reached(
    app: &App,
    scope: &Scope,
    episode: EpisodeId,
    review: Review,
    version: u32,
    typed: &Typed,
) -> Result<Saved> {
    demand(scope, May::GiveCare)?;
    let form = Form::get(review.form());
    let today = app.clock.today();
    let mut answers = Answers::new();
    let mut faults = Vec::new();
    for section in &form.sections {
        let checked = section.read(&typed.answers, &typed.confirmed, today);
        answers.extend(checked.answers);
        if typed.usual.contains(&section.id) {
            answers.extend(section.nothing_to_add(&answers));
        }
        faults.extend(checked.faults);
    }
    let on = typed.on.unwrap_or(today);
    let mut wrong: Vec<FieldError> = form
        .missing(&answers)
        .iter()
        .filter(|question| !faults.iter().any(|fault| fault.question == question.id))
        .map(|question| FieldError::new(question.id.as_str(), format!("Answer “{}”", question.ask)))
        .collect();
    if on > today {
        wrong.push(FieldError::new(
            "on",
            "The day of the call is in the future",
        ));
    }
    if !wrong.is_empty() {
        return Err(Error::Invalid(wrong));
    }
    if !faults.is_empty() {
        return Ok(Saved::Faults(faults));
    }
    // Questions that do not follow from the other answers were left over from before.
    let all = answers.clone();
    answers.retain(|id, _| {
        form.question(id)
            .is_some_and(|question| question.asked(&all))
    });
    let therapy = answers
        .get("review.therapy")
        .and_then(|value| value.codes().next())
        .and_then(TherapyAtReview::from_code)
        .unwrap_or(TherapyAtReview::NotKnown);
    let dose = answers
        .get("review.dose_on")
        .and_then(exact_date)
        .zip(therapy.medicine())
        .map(|(on, medicine)| Dose {
            medicine,
            on,
            last: false,
        })
        .filter(|dose| Dose::months_between(dose.medicine).is_some());
    let reviewed = Reviewed {
        review,
        on,
        therapy,
        concerns: form.concerns(&answers),
        answers,
        dose,
    };
    let acted = act(
        app,
        scope,
        May::GiveCare,
        episode,
        version,
        "reviewed",
        |_, ground| {
            let since = ground.since(
                version,
                |done| matches!(done, Done::Reviewed(held) if held.review == review),
            );
            let same = ground
                .episode
                .care
                .reviewed(review)
                .is_some_and(|noted| noted.what == reviewed && noted.seq > version);
            if same {
                return Ok(Vec::new());
            }
            if !since.is_empty() {
                return Err(Error::Conflict { since });
            }
            if ground.person.details.died() {
                return Err(crate::care::stopped(&pathway::Stop::Died));
            }
            if ground.episode.care.plan().is_none() {
                return Err(Error::Unavailable(
                    "Nothing is decided yet, so there is nothing to review. Decide first."
                        .to_owned(),
                ));
            }
            let (first, _) = review.window_after(ground.episode.diagnosed().on);
            if review == Review::Weeks52 && reviewed.on < first {
                return Err(Error::field(
                    "on",
                    format!(
                        "It is too early for the 52-week review: it counts from {}",
                        crate::views::day(first)
                    ),
                ));
            }
            if reviewed.on < ground.episode.diagnosed().on {
                return Err(Error::field(
                    "on",
                    "The review cannot be before the fracture was diagnosed",
                ));
            }
            Ok(vec![ground.care(Done::Reviewed(reviewed.clone()))?])
        },
    )?;
    Ok(Saved::Whole(acted))
}
