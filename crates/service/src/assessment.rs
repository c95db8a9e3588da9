//! The assessment: questions by section, filled in from the feeds and by the patient, saved as it goes, finished by
//! somebody else, and after it is complete only amended.

use std::collections::{BTreeMap, BTreeSet};

use guidance::record::proposals;
use jiff::{Timestamp, civil::Date};
use pathway::{
    EpisodeId, Fact, Person, Recorded,
    care::{Assessment, Done, Given, GivenBy, Noted},
    form::{Answers, Fault, Form, FormKind, Proposal, Question, Section, Value},
};

use crate::{
    App, May, Scope,
    access::demand,
    candidate,
    care::{Acted, act, log, said},
    error::{Error, FieldError, Result},
    views::PersonCard,
};

/// The task list: how far each section is.
#[derive(Debug, Clone)]
pub struct AssessmentView {
    pub card: PersonCard,
    pub episode: EpisodeId,
    pub fracture: String,
    pub version: u32,
    pub form: &'static Form,
    pub sections: Vec<Progress>,
    /// What must be answered before it is complete, in words.
    pub missing: Vec<&'static str>,
    pub completed: Option<Noted<Date>>,
    pub amendments: usize,
    /// The patient was sent a questionnaire, which can be answered until then.
    pub questionnaire: Option<Date>,
    pub today: Date,
    pub may_give_care: bool,
    pub may_make_contact: bool,
}

/// How far a section is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    pub id: &'static str,
    pub title: &'static str,
    /// What "nothing to add" says here.
    pub nothing: Option<&'static str>,
    /// Questions with an answer; those that wait for one; those the feeds have a proposal for.
    pub answered: usize,
    pub open: usize,
    pub proposed: usize,
    /// Answers that are the patient's own, which nobody has changed.
    pub by_patient: usize,
}

#[derive(Debug, Clone)]
pub struct SectionView {
    pub card: PersonCard,
    pub episode: EpisodeId,
    pub fracture: String,
    pub version: u32,
    pub section: &'static Section,
    pub fields: Vec<Field>,
    pub completed: bool,
    /// The sections before and after it.
    pub before: Option<&'static Section>,
    pub after: Option<&'static Section>,
    pub may_give_care: bool,
}

/// One question with what stands in it.
#[derive(Debug, Clone)]
pub struct Field {
    pub question: &'static Question,
    pub value: Option<Value>,
    /// "From Southend pathology, 3 March 2026", "Answered by the patient".
    pub from: Option<String>,
    /// Nobody has saved it yet: it is what a feed says.
    pub proposed: bool,
}

/// What came of saving a section.
#[derive(Debug)]
pub enum Saved {
    Whole(Acted),
    /// Everything else was saved; these wait.
    Waiting {
        version: u32,
        faults: Vec<Fault>,
        clashes: Vec<Clash>,
    },
}

/// Two people answered one question differently.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clash {
    pub question: String,
    pub theirs: Option<Value>,
    pub theirs_words: String,
    pub who: String,
    pub at: Timestamp,
}

pub fn view(app: &App, scope: &Scope, episode: EpisodeId) -> Result<AssessmentView> {
    demand(scope, May::SeePeople)?;
    let today = app.clock.today();
    let form = Form::get(FormKind::Assessment);
    let view = app.store.read(|tx| -> Result<AssessmentView> {
        let (person, _) = candidate::load(tx, scope, episode)?;
        let held = person.episode(episode).ok_or(Error::NotFound)?;
        let assessment = &held.care.assessment;
        let answers = assessment.values();
        let proposals = proposals(&person, held);
        let would_be = with_proposals(&answers, &proposals);
        Ok(AssessmentView {
            episode,
            fracture: held.words(),
            version: person.version,
            form,
            sections: form
                .sections
                .iter()
                .map(|section| progress(section, assessment, &answers, &proposals))
                .collect(),
            missing: form
                .missing(&would_be)
                .iter()
                .map(|question| question.ask.as_str())
                .collect(),
            completed: assessment.completed.clone(),
            amendments: assessment.amendments,
            questionnaire: held.care.questionnaire.filter(|until| *until >= today),
            today,
            may_give_care: crate::may(scope.role(), May::GiveCare),
            may_make_contact: crate::may(scope.role(), May::MakeContact),
            card: PersonCard::of_person(&person, today),
        })
    })?;
    log(app, scope, "assessment_opened", view.card.id, episode)?;
    Ok(view)
}

fn progress(
    section: &'static Section,
    assessment: &Assessment,
    answers: &Answers,
    proposals: &BTreeMap<String, Proposal>,
) -> Progress {
    let held = |question: &&Question| assessment.answers.get(&question.id);
    Progress {
        id: &section.id,
        title: &section.title,
        nothing: section
            .nothing
            .as_deref()
            .filter(|_| gives_something(section, answers, proposals)),
        answered: section.questions.iter().filter_map(|q| held(&q)).count(),
        open: section.unanswered(answers).len(),
        proposed: section
            .questions
            .iter()
            .filter(|question| proposals.contains_key(&question.id))
            .count(),
        by_patient: section
            .questions
            .iter()
            .filter_map(|q| held(&q))
            .filter(|given| given.by == GivenBy::Patient)
            .count(),
    }
}

/// Whether "nothing to add" would answer anything: what is open and has no usual answer is for a person.
fn gives_something(
    section: &Section,
    answers: &Answers,
    proposals: &BTreeMap<String, Proposal>,
) -> bool {
    section
        .questions
        .iter()
        .any(|question| proposals.contains_key(&question.id))
        || !section.nothing_to_add(answers).is_empty()
}

fn with_proposals(answers: &Answers, proposals: &BTreeMap<String, Proposal>) -> Answers {
    let mut all: Answers = proposals
        .iter()
        .map(|(id, proposal)| (id.clone(), proposal.value.clone()))
        .collect();
    all.extend(answers.clone());
    all
}

pub fn section(app: &App, scope: &Scope, episode: EpisodeId, id: &str) -> Result<SectionView> {
    demand(scope, May::SeePeople)?;
    let today = app.clock.today();
    let (section, before, after) = place(id)?;
    let view = app.store.read(|tx| -> Result<SectionView> {
        let (person, _) = candidate::load(tx, scope, episode)?;
        let held = person.episode(episode).ok_or(Error::NotFound)?;
        let assessment = &held.care.assessment;
        let proposals = proposals(&person, held);
        Ok(SectionView {
            episode,
            fracture: held.words(),
            version: person.version,
            section,
            fields: section
                .questions
                .iter()
                .map(|question| field(question, assessment, &proposals))
                .collect(),
            completed: assessment.completed.is_some(),
            before,
            after,
            may_give_care: crate::may(scope.role(), May::GiveCare),
            card: PersonCard::of_person(&person, today),
        })
    })?;
    log(app, scope, "assessment_opened", view.card.id, episode)?;
    Ok(view)
}

type Neighbour = Option<&'static Section>;

fn place(id: &str) -> Result<(&'static Section, Neighbour, Neighbour)> {
    let sections = &Form::get(FormKind::Assessment).sections;
    let at = sections
        .iter()
        .position(|section| section.id == id)
        .ok_or(Error::NotFound)?;
    let before = at.checked_sub(1).and_then(|at| sections.get(at));
    Ok((&sections[at], before, sections.get(at + 1)))
}

fn field(
    question: &'static Question,
    assessment: &Assessment,
    proposals: &BTreeMap<String, Proposal>,
) -> Field {
    let held = assessment.answers.get(&question.id);
    let proposal = proposals.get(&question.id);
    Field {
        question,
        value: held
            .map(|given| given.value.clone())
            .or_else(|| proposal.map(|proposal| proposal.value.clone())),
        from: held
            .and_then(not_staff)
            .or_else(|| proposal.map(|proposal| proposal.from.clone())),
        proposed: held.is_none() && proposal.is_some(),
    }
}

/// Whose answer it is, where it is not a colleague's.
fn not_staff(given: &Given) -> Option<String> {
    match &given.by {
        GivenBy::Staff(_) => None,
        GivenBy::Patient => Some("Answered by the patient".to_owned()),
        GivenBy::Feed(source) => Some(source.clone()),
    }
}

/// What somebody typed into a section.
#[derive(Debug, Clone, Default)]
pub struct Typed {
    /// By question; several values where several were chosen.
    pub answers: BTreeMap<String, Vec<String>>,
    /// Questions whose unlikely answer stands.
    pub confirmed: BTreeSet<String>,
    /// Why a complete assessment changes.
    pub because: String,
}

/// Save what was typed. What is wrong, unlikely or answered otherwise by somebody else meanwhile waits; all the rest is
/// saved, so that nothing typed is lost.
pub fn save(
    app: &App,
    scope: &Scope,
    episode: EpisodeId,
    section: &str,
    version: u32,
    typed: &Typed,
) -> Result<Saved> {
    let (section, ..) = place(section)?;
    let mut waiting = (Vec::new(), Vec::new());
    let acted = act(
        app,
        scope,
        May::GiveCare,
        episode,
        version,
        "assessment_saved",
        |_, ground| {
            let checked = section.read(&typed.answers, &typed.confirmed, ground.today);
            let held = &ground.episode.care.assessment;
            let (mut changed, mut cleared) = section.changes(&held.values(), &checked.answers);
            // What cannot be taken leaves what stands.
            cleared.retain(|id| !checked.faults.iter().any(|fault| fault.question == *id));
            let base = as_of(ground.person, ground.facts, episode, version)?;
            let mut clashes = Vec::new();
            for question in &section.questions {
                let id = &question.id;
                let (mine, theirs) = (checked.answers.get(id), held.answers.get(id));
                let before = base.answers.get(id).map(|given| &given.value);
                let touched = changed.contains_key(id) || cleared.contains(id);
                if !touched || before == theirs.map(|given| &given.value) {
                    continue;
                }
                changed.remove(id);
                cleared.retain(|held| held != id);
                // Somebody else changed it, and here it was left as it was: theirs stands.
                if mine == before {
                    continue;
                }
                clashes.push(clash(question, theirs, ground.facts));
            }
            waiting = (checked.faults, clashes);
            facts(ground, changed, cleared, &typed.because)
        },
    )?;
    let (faults, clashes) = waiting;
    Ok(if faults.is_empty() && clashes.is_empty() {
        Saved::Whole(acted)
    } else {
        Saved::Waiting {
            version: acted.version,
            faults,
            clashes,
        }
    })
}

/// The assessment as it stood when the page was drawn.
fn as_of(
    person: &Person,
    facts: &[Recorded],
    episode: EpisodeId,
    version: u32,
) -> Result<Assessment> {
    let seen = facts.iter().filter(|fact| fact.seq <= version);
    let then = Person::from_facts(person.id, seen).map_err(|e| Error::Internal(e.to_string()))?;
    Ok(then
        .episode(episode)
        .map(|held| held.care.assessment.clone())
        .unwrap_or_default())
}

fn clash(question: &Question, theirs: Option<&Given>, facts: &[Recorded]) -> Clash {
    // Taken away again: whoever saved last did that.
    let last = facts.iter().rev().find(|fact| {
        matches!(&fact.fact, Fact::Care { done, .. } if matches!(**done,
            Done::AssessmentSaved { .. } | Done::AssessmentAmended { .. } | Done::QuestionnaireAnswered { .. }))
    });
    let who = match theirs {
        Some(given) => given.by.words(),
        None => last.map_or_else(String::new, |fact| fact.by.words().to_owned()),
    };
    Clash {
        question: question.id.clone(),
        theirs_words: theirs.map_or_else(
            || "No answer".to_owned(),
            |given| question.words(&given.value),
        ),
        theirs: theirs.map(|given| given.value.clone()),
        at: theirs
            .map(|given| given.at)
            .or_else(|| last.map(|fact| fact.at))
            .unwrap_or_default(),
        who,
    }
}

fn facts(
    ground: &crate::care::Ground<'_>,
    answers: Answers,
    cleared: Vec<String>,
    because: &str,
) -> Result<Vec<Fact>> {
    if answers.is_empty() && cleared.is_empty() {
        return Ok(Vec::new());
    }
    let done = if ground.episode.care.assessment.completed.is_some() {
        Done::AssessmentAmended {
            answers,
            cleared,
            because: said(
                because,
                "because",
                "The assessment is complete: say why it changes",
            )?,
        }
    } else {
        Done::AssessmentSaved { answers, cleared }
    };
    Ok(vec![ground.care(done)?])
}

/// One action for the common case: what the feeds say stands, and what is usual for everything else.
pub fn nothing_to_add(
    app: &App,
    scope: &Scope,
    episode: EpisodeId,
    section: &str,
    version: u32,
) -> Result<Acted> {
    let (section, ..) = place(section)?;
    act(
        app,
        scope,
        May::GiveCare,
        episode,
        version,
        "assessment_saved",
        |_, ground| {
            let held = ground.episode.care.assessment.values();
            let mut answers: Answers = proposals(ground.person, ground.episode)
                .into_iter()
                .filter(|(id, _)| section.questions.iter().any(|q| q.id == *id))
                .map(|(id, proposal)| (id, proposal.value))
                .collect();
            let mut all = held;
            all.extend(answers.clone());
            answers.extend(section.nothing_to_add(&all));
            facts(ground, answers, Vec::new(), "")
        },
    )
}

/// It is complete: from now on it is only amended. What the feeds propose and nobody has touched is taken with it.
pub fn complete(
    app: &App,
    scope: &Scope,
    episode: EpisodeId,
    version: u32,
    on: Date,
) -> Result<Acted> {
    act(
        app,
        scope,
        May::GiveCare,
        episode,
        version,
        "assessment_completed",
        |tx, ground| {
            if on > ground.today {
                return Err(Error::field(
                    "on",
                    "The day of the assessment is in the future",
                ));
            }
            let since = ground.since(version, |done| {
                matches!(
                    done,
                    Done::AssessmentSaved { .. }
                        | Done::AssessmentCompleted { .. }
                        | Done::QuestionnaireAnswered { .. }
                )
            });
            if !since.is_empty() {
                return Err(Error::Conflict { since });
            }
            let proposed: Answers = proposals(ground.person, ground.episode)
                .into_iter()
                .map(|(id, proposal)| (id, proposal.value))
                .collect();
            let mut all = proposed.clone();
            all.extend(ground.episode.care.assessment.values());
            let missing: Vec<FieldError> = Form::get(FormKind::Assessment)
                .missing(&all)
                .iter()
                .map(|question| {
                    FieldError::new(
                        question.id.as_str(),
                        format!("Answer “{}” first; “not known” will do", question.ask),
                    )
                })
                .collect();
            if !missing.is_empty() {
                return Err(Error::Invalid(missing));
            }
            let mut facts = facts(ground, proposed, Vec::new(), "")?;
            facts.push(ground.care(Done::AssessmentCompleted { on })?);
            // What a patient says afterwards is told to somebody, not slipped into what is complete.
            store::questionnaires::stop(tx, episode)?;
            Ok(facts)
        },
    )
}
