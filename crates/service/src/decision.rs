//! What was decided with the patient: treatment, calcium and vitamin D, referrals, what was taught.

use pathway::{
    EpisodeId,
    care::{Done, LetterState, Plan, Referral},
};

use crate::{
    App, May, Scope,
    access::demand,
    care::{self, Acted, EpisodeView, act, check_referral, log},
    error::{Error, FieldError, Result},
    guidance::{self, GuidanceView},
};

/// What somebody decides on: the episode, and what the packs say of it.
pub struct DecisionView {
    pub episode: EpisodeView,
    pub guidance: GuidanceView,
}

pub fn view(app: &App, scope: &Scope, episode: EpisodeId) -> Result<DecisionView> {
    demand(scope, May::GiveCare)?;
    let view = app.store.read(|tx| -> Result<_> {
        Ok(DecisionView {
            episode: care::seen(app, tx, scope, episode, None)?,
            guidance: guidance::seen(app, tx, scope, episode)?,
        })
    })?;
    log(app, scope, "decision_opened", view.episode.card.id, episode)?;
    Ok(view)
}

/// Decide, and ask for what the decision needs, in one go. Deciding again replaces the plan; the old one stays on the
/// timeline.
pub fn decide(
    app: &App,
    scope: &Scope,
    episode: EpisodeId,
    version: u32,
    mut plan: Plan,
    referrals: Vec<Referral>,
) -> Result<Acted> {
    act(
        app,
        scope,
        May::GiveCare,
        episode,
        version,
        "decided",
        |tx, ground| {
            let since = ground.since(version, |done| matches!(done, Done::Decided(_)));
            if !since.is_empty() {
                return Err(Error::Conflict { since });
            }
            plan.advised = guidance::advised(app, tx, ground.person, ground.episode, &plan)?;
            let mut wrong = Vec::new();
            let reason = plan.because.as_deref().map(str::trim).unwrap_or_default();
            if plan.needs_reason() && reason.is_empty() {
                wrong.push(FieldError::new(
                    "because",
                    "Say why treatment was declined or is not appropriate",
                ));
            }
            let departs = plan.advised.as_ref().is_some_and(|advised| advised.departs);
            if departs && reason.is_empty() {
                wrong.push(FieldError::new(
                    "because",
                    format!(
                        "By the packs, {} is for a specialist or not for this person: say why it is chosen",
                        plan.therapy.words()
                    ),
                ));
            }
            if plan.on > ground.today {
                wrong.push(FieldError::new(
                    "on",
                    "The day of the decision is in the future",
                ));
            }
            if !wrong.is_empty() {
                return Err(Error::Invalid(wrong));
            }
            let mut facts = vec![ground.care(Done::Decided(plan))?];
            // A letter that tells of the old decision must not go any more.
            for letter in &ground.episode.care.letters {
                let open = matches!(letter.state(), LetterState::Draft | LetterState::Approved);
                if open && letter.kind.tells_the_plan() {
                    facts.push(ground.care(Done::LetterCancelled {
                        letter: letter.id,
                        because: "A newer decision".to_owned(),
                    })?);
                }
            }
            for referral in referrals {
                check_referral(&referral, ground.today)?;
                facts.push(ground.care(Done::Referred(referral))?);
            }
            Ok(facts)
        },
    )
}
