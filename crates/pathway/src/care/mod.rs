//! What was done for somebody after one index fracture: reached, assessed, decided, written to, referred, reviewed.
//! Everything is a [`Done`] on the timeline; [`Care`] is what they add up to.

mod assessment;
mod contact;
mod letter;
mod plan;
mod review;

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use terms::Medicine;

pub use assessment::{Assessment, Given, GivenBy};
pub use contact::{Contact, ContactOutcome, ContactPurpose};
pub use letter::{Letter, LetterId, LetterKind, LetterState, SentHow};
pub use plan::{Advised, Dose, Plan, Referral, ReferralKind, ReferralOutcome, Taught};
pub use review::{Concern, Review, Reviewed};

use crate::{Actor, Source, UserId, form::Answers};

/// One thing done, as it is written on the timeline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "did", rename_all = "snake_case")]
pub enum Done {
    Contacted(Contact),
    /// Answers given or changed; `cleared` were taken away again. `concerns` are what a patient's answers raise.
    AssessmentSaved {
        answers: Answers,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        cleared: Vec<String>,
    },
    AssessmentCompleted {
        on: Date,
    },
    /// After completion answers change only like this.
    AssessmentAmended {
        answers: Answers,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        cleared: Vec<String>,
        because: String,
    },
    Decided(Plan),
    Referred(Referral),
    ReferralAnswered {
        of: u32,
        outcome: ReferralOutcome,
        on: Date,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<String>,
    },
    DoseGiven(Dose),
    LetterDrafted {
        letter: LetterId,
        kind: LetterKind,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note_to_gp: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note_to_patient: Option<String>,
        #[serde(default)]
        large_print: bool,
    },
    /// `digest` is the SHA-256 of the PDF that was shown and is frozen.
    LetterApproved {
        letter: LetterId,
        digest: String,
    },
    LetterSent {
        letter: LetterId,
        on: Date,
        how: SentHow,
    },
    LetterCancelled {
        letter: LetterId,
        because: String,
    },
    Reviewed(Reviewed),
    ConcernAnswered {
        of: u32,
        action: String,
    },
    QuestionnaireSent {
        until: Date,
    },
    QuestionnaireAnswered {
        answers: Answers,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        concerns: Vec<String>,
    },
    /// Somebody else looks after this episode from now on.
    HandedTo {
        user: UserId,
        name: String,
    },
    /// An entry made by mistake; it stays on the timeline and counts for nothing.
    StruckOut {
        of: u32,
        because: String,
    },
}

/// A thing with its place on the timeline and who put it there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Noted<T> {
    pub seq: u32,
    pub at: Timestamp,
    pub by: Actor,
    pub what: T,
}

/// Everything done for one episode, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Care {
    pub contacts: Vec<Noted<Contact>>,
    pub assessment: Assessment,
    /// The last one counts.
    pub plans: Vec<Noted<Plan>>,
    pub referrals: Vec<Noted<Referral>>,
    pub doses: Vec<Noted<Dose>>,
    pub letters: Vec<Letter>,
    pub reviews: Vec<Noted<Reviewed>>,
    pub concerns: Vec<Concern>,
    /// A questionnaire that waits for its answers, until when.
    pub questionnaire: Option<Date>,
    pub handed_to: Option<(UserId, String)>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CareRefused {
    #[error("the assessment is complete: change it by amending it, with a reason")]
    AssessmentComplete,
    #[error("complete the assessment first")]
    AssessmentNotComplete,
    #[error("there is no such letter")]
    NoSuchLetter,
    #[error("this letter is {0}")]
    LetterIs(&'static str),
    #[error("there is no such referral, or it has its answer")]
    NoOpenReferral,
    #[error("there is nothing of this kind to answer")]
    NoOpenConcern,
    #[error("no questionnaire waits for answers")]
    NoQuestionnaire,
    #[error("the 52-week review is done already")]
    ReviewsOver,
    #[error("there is no such entry to strike out")]
    NothingToStrikeOut,
}

impl Care {
    pub fn plan(&self) -> Option<&Noted<Plan>> {
        self.plans.last()
    }

    pub fn reviewed(&self, review: Review) -> Option<&Noted<Reviewed>> {
        self.reviews
            .iter()
            .rev()
            .find(|noted| noted.what.review == review)
    }

    pub fn letter(&self, id: LetterId) -> Option<&Letter> {
        self.letters.iter().find(|letter| letter.id == id)
    }

    /// The last dose of a medicine that is given again after a set time, and when the next is due.
    pub fn next_dose(&self) -> Option<(Medicine, Date)> {
        let last = self.doses.iter().max_by_key(|dose| dose.what.on)?;
        Some((last.what.medicine, last.what.next_due()?))
    }

    /// A dose still to come of which the GP has not heard: no handover letter approved since the last one has gone.
    pub fn dose_not_handed_over(&self) -> Option<(Medicine, Date)> {
        let last = self.doses.iter().map(|dose| dose.seq).max();
        let handed = self.letters.iter().any(|letter| {
            letter.kind == LetterKind::Handover
                && letter.state() == LetterState::Sent
                && letter.approved.as_ref().map(|approved| approved.seq) > last
        });
        self.next_dose().filter(|_| !handed)
    }

    /// A letter that tells of a decision must tell of the one that stands.
    pub fn fits(&self, kind: LetterKind) -> bool {
        !kind.tells_the_plan() || self.plan().is_some_and(|plan| plan.what.letter() == kind)
    }

    /// Tries to reach somebody for this purpose since it last succeeded.
    pub fn failed_tries(&self, purpose: ContactPurpose) -> usize {
        self.contacts
            .iter()
            .rev()
            .filter(|noted| noted.what.purpose == purpose)
            .take_while(|noted| noted.what.outcome.failed())
            .count()
    }

    /// The arrows: what may be done now.
    pub fn allows(&self, done: &Done) -> Result<(), CareRefused> {
        let complete = self.assessment.completed.is_some();
        match done {
            Done::AssessmentSaved { .. } | Done::AssessmentCompleted { .. } if complete => {
                Err(CareRefused::AssessmentComplete)
            }
            Done::AssessmentAmended { .. } | Done::Decided(_) if !complete => {
                Err(CareRefused::AssessmentNotComplete)
            }
            Done::ReferralAnswered { of, .. } => self
                .referrals
                .iter()
                .any(|noted| noted.seq == *of && noted.what.answer.is_none())
                .then_some(())
                .ok_or(CareRefused::NoOpenReferral),
            Done::LetterDrafted { letter, .. } => match self.letter(*letter) {
                Some(held) => held.allows(LetterState::Draft),
                None => Ok(()),
            },
            Done::LetterApproved { letter, .. } => {
                self.held(*letter)?.allows(LetterState::Approved)
            }
            Done::LetterSent { letter, .. } => self.held(*letter)?.allows(LetterState::Sent),
            Done::LetterCancelled { letter, .. } => {
                self.held(*letter)?.allows(LetterState::Cancelled)
            }
            Done::Reviewed(_) if self.reviewed(Review::Weeks52).is_some() => {
                Err(CareRefused::ReviewsOver)
            }
            Done::ConcernAnswered { of, .. } => self
                .concerns
                .iter()
                .any(|concern| concern.seq == *of && concern.action.is_none())
                .then_some(())
                .ok_or(CareRefused::NoOpenConcern),
            Done::QuestionnaireAnswered { .. } if self.questionnaire.is_none() => {
                Err(CareRefused::NoQuestionnaire)
            }
            Done::StruckOut { of, .. } => self
                .can_be_struck_out(*of)
                .then_some(())
                .ok_or(CareRefused::NothingToStrikeOut),
            _ => Ok(()),
        }
    }

    fn held(&self, id: LetterId) -> Result<&Letter, CareRefused> {
        self.letter(id).ok_or(CareRefused::NoSuchLetter)
    }

    fn can_be_struck_out(&self, seq: u32) -> bool {
        self.contacts.iter().any(|noted| noted.seq == seq)
            || self.referrals.iter().any(|noted| noted.seq == seq)
            || self.doses.iter().any(|noted| noted.seq == seq)
            || self.reviews.iter().any(|noted| noted.seq == seq)
    }

    /// Take in what was done. Whether it may is [`Care::allows`]'s to say.
    pub(crate) fn take_in(
        &mut self,
        seq: u32,
        at: Timestamp,
        by: &Actor,
        source: &Source,
        done: &Done,
    ) {
        fn noted<T: Clone>(seq: u32, at: Timestamp, by: &Actor, what: &T) -> Noted<T> {
            Noted {
                seq,
                at,
                by: by.clone(),
                what: what.clone(),
            }
        }
        match done {
            Done::Contacted(contact) => self.contacts.push(noted(seq, at, by, contact)),
            Done::AssessmentSaved { answers, cleared } => {
                let given_by = GivenBy::of(by, source);
                self.assessment
                    .take_in(seq, at, &given_by, answers, cleared);
            }
            Done::AssessmentAmended {
                answers, cleared, ..
            } => {
                let given_by = GivenBy::of(by, source);
                self.assessment
                    .take_in(seq, at, &given_by, answers, cleared);
                self.assessment.amendments += 1;
            }
            Done::AssessmentCompleted { on } => {
                self.assessment.completed = Some(noted(seq, at, by, on));
            }
            Done::Decided(plan) => self.plans.push(noted(seq, at, by, plan)),
            Done::Referred(referral) => self.referrals.push(noted(seq, at, by, referral)),
            Done::ReferralAnswered {
                of, outcome, on, ..
            } => {
                if let Some(held) = self.referrals.iter_mut().find(|noted| noted.seq == *of) {
                    held.what.answer = Some((*outcome, *on));
                }
            }
            Done::DoseGiven(dose) => self.doses.push(noted(seq, at, by, dose)),
            Done::LetterDrafted { letter, .. }
            | Done::LetterApproved { letter, .. }
            | Done::LetterSent { letter, .. }
            | Done::LetterCancelled { letter, .. } => {
                match self.letters.iter_mut().find(|held| held.id == *letter) {
                    Some(held) => held.take_in(seq, at, by, done),
                    None => self.letters.extend(Letter::begun(seq, at, by, done)),
                }
            }
            Done::Reviewed(reviewed) => {
                self.reviews.push(noted(seq, at, by, reviewed));
                self.raise(seq, at, &reviewed.concerns);
                if let Some(dose) = &reviewed.dose {
                    self.doses.push(noted(seq, at, by, dose));
                }
            }
            Done::ConcernAnswered { of, action } => {
                for concern in self.concerns.iter_mut().filter(|c| c.seq == *of) {
                    concern.action = Some(noted(seq, at, by, action));
                }
            }
            Done::QuestionnaireSent { until } => self.questionnaire = Some(*until),
            Done::QuestionnaireAnswered { answers, concerns } => {
                self.questionnaire = None;
                self.assessment
                    .take_in(seq, at, &GivenBy::Patient, answers, &[]);
                self.raise(seq, at, concerns);
            }
            Done::HandedTo { user, name } => self.handed_to = Some((*user, name.clone())),
            Done::StruckOut { of, .. } => {
                self.contacts.retain(|noted| noted.seq != *of);
                self.referrals.retain(|noted| noted.seq != *of);
                self.doses.retain(|noted| noted.seq != *of);
                self.reviews.retain(|noted| noted.seq != *of);
                self.concerns.retain(|concern| concern.seq != *of);
            }
        }
    }

    fn raise(&mut self, seq: u32, at: Timestamp, concerns: &[String]) {
        if !concerns.is_empty() {
            self.concerns.push(Concern {
                seq,
                at,
                words: concerns.to_vec(),
                action: None,
            });
        }
    }
}
