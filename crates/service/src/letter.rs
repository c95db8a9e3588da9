//! Letters: drafted from the record, shown as they will be, approved and frozen, sent. What was approved is never
//! written again: a reprint is the same bytes.

use jiff::civil::Date;
use letters::{Paper, PaperKind, PaperQuestion, PaperSection, Rendered};
use pathway::{
    Channel, Episode, EpisodeId, Format, LetterId, Person,
    care::{Done, Letter, LetterKind, LetterState, SentHow},
    form::{Form, FormKind, Kind},
    may_contact,
};
use store::{Role, documents};
use terms::id;

use crate::{
    App, May, Scope,
    access::demand,
    candidate,
    care::{self, Acted, act, log},
    error::{Error, Result},
    letter_words,
    views::PersonCard,
};

/// By role, and by what the site allows.
pub fn may_approve(app: &App, scope: &Scope) -> bool {
    let role: Role = scope.role();
    crate::may(role, May::ApproveLetters) && app.settings.letters_approved_by.contains(role.code())
}

#[derive(Debug, Clone)]
pub struct LetterView {
    pub card: PersonCard,
    pub episode: EpisodeId,
    pub letter: Letter,
    /// The letter to be read on the page; the PDF says the same.
    pub article: String,
    /// SHA-256 of the PDF: what is approved is what was shown.
    pub digest: String,
    /// What it may not go out without, and has not.
    pub missing: Vec<letters::Missing>,
    /// What is to be thought of before it goes.
    pub warnings: Vec<String>,
    pub template: Option<&'static letters::TemplateInfo>,
    /// Why it may not be sent by post now.
    pub stop: Option<String>,
    pub version: u32,
    pub today: Date,
    pub may_edit: bool,
    pub may_approve: bool,
    pub may_send: bool,
}

/// Begin a letter, or go on with the one of its kind that is a draft.
pub fn begin(
    app: &App,
    scope: &Scope,
    episode: EpisodeId,
    version: u32,
    kind: LetterKind,
) -> Result<(Acted, LetterId)> {
    let mut begun = LetterId(id::derived(
        "letter",
        &[
            episode.0.as_bytes(),
            kind.code().as_bytes(),
            &version.to_be_bytes(),
        ],
    ));
    let acted = act(
        app,
        scope,
        May::GiveCare,
        episode,
        version,
        "letter_drafted",
        |_, ground| {
            fits_the_plan(ground.episode, kind)?;
            let open = ground
                .episode
                .care
                .letters
                .iter()
                .find(|letter| letter.kind == kind && letter.state() == LetterState::Draft);
            let mut facts = Vec::new();
            if let Some(open) = open {
                let care = &ground.episode.care;
                let told = [
                    care.plan().map(|plan| plan.seq),
                    care.reviews.last().map(|review| review.seq),
                ];
                // One begun before what it has to tell of would leave the letter on the list once it is sent.
                if Some(open.begun.seq) > told.into_iter().flatten().max() {
                    begun = open.id;
                    return Ok(Vec::new());
                }
                facts.push(ground.care(Done::LetterCancelled {
                    letter: open.id,
                    because: "Begun before the last decision or review".to_owned(),
                })?);
            }
            let done = Done::LetterDrafted {
                letter: begun,
                kind,
                note_to_gp: None,
                note_to_patient: None,
                large_print: ground.person.needs.formats.contains(&Format::LargePrint),
            };
            facts.push(ground.care(done)?);
            Ok(facts)
        },
    )?;
    Ok((acted, begun))
}

/// A letter that tells of a decision tells of the one that stands.
fn fits_the_plan(episode: &Episode, kind: LetterKind) -> Result<()> {
    if episode.care.fits(kind) {
        return Ok(());
    }
    let message = match episode.care.plan() {
        Some(plan) => format!(
            "This does not fit what was decided. Write “{}”, or decide again",
            plan.what.letter().words()
        ),
        None => "Nothing is decided yet: decide first".to_owned(),
    };
    Err(Error::field("kind", message))
}

/// What a person adds to a letter.
#[derive(Debug, Clone, Default)]
pub struct Notes {
    pub to_gp: Option<String>,
    pub to_patient: Option<String>,
    pub large_print: bool,
}

pub fn edit(
    app: &App,
    scope: &Scope,
    episode: EpisodeId,
    letter: LetterId,
    version: u32,
    notes: Notes,
) -> Result<Acted> {
    act(
        app,
        scope,
        May::GiveCare,
        episode,
        version,
        "letter_drafted",
        |_, ground| {
            let held = held(ground.episode, letter)?;
            let since = ground.since(
                version,
                |done| matches!(done, Done::LetterDrafted { letter: of, .. } if *of == letter),
            );
            if !since.is_empty() {
                return Err(Error::Conflict { since });
            }
            let done = Done::LetterDrafted {
                letter,
                kind: held.kind,
                note_to_gp: notes.to_gp,
                note_to_patient: notes.to_patient,
                large_print: notes.large_print,
            };
            Ok(vec![ground.care(done)?])
        },
    )
}

fn held(episode: &Episode, letter: LetterId) -> Result<&Letter> {
    episode.care.letter(letter).ok_or(Error::NotFound)
}

/// The letter as it would be approved now.
fn draft(
    app: &App,
    person: &Person,
    episode: &Episode,
    letter: &Letter,
) -> Result<(letters::LetterData, Rendered)> {
    let data = letter_words::data(
        person,
        episode,
        letter,
        &app.settings,
        app.demo,
        app.clock.today(),
    );
    let rendered = render(&data)?;
    Ok((data, rendered))
}

fn render(data: &letters::LetterData) -> Result<Rendered> {
    letters::render(data).map_err(|error| Error::Internal(format!("setting a letter: {error}")))
}

pub fn view(app: &App, scope: &Scope, episode: EpisodeId, letter: LetterId) -> Result<LetterView> {
    demand(scope, May::SeePeople)?;
    let today = app.clock.today();
    let view = app.store.read(|tx| -> Result<LetterView> {
        let (person, _) = candidate::load(tx, scope, episode)?;
        let of = person.episode(episode).ok_or(Error::NotFound)?;
        let letter = held(of, letter)?.clone();
        let frozen = documents::get(tx, scope, letter.id)?;
        let (article, digest, missing) = match frozen {
            Some(document) => (article_of(&document.html), document.digest, Vec::new()),
            None => {
                let (data, rendered) = draft(app, &person, of, &letter)?;
                (
                    rendered.article().to_owned(),
                    rendered.digest,
                    letters::missing(&data),
                )
            }
        };
        let state = letter.state();
        let open = matches!(state, LetterState::Draft | LetterState::Approved);
        Ok(LetterView {
            episode,
            article,
            digest,
            missing,
            warnings: if open {
                warnings(&person, &letter)
            } else {
                Vec::new()
            },
            template: letters::templates()
                .iter()
                .find(|info| info.id == letter_words::template(letter.kind)),
            stop: may_contact(&person, of, Channel::Letter)
                .err()
                .map(|stop| stop.to_string()),
            version: person.version,
            today,
            may_edit: state == LetterState::Draft && crate::may(scope.role(), May::GiveCare),
            may_approve: state == LetterState::Draft && may_approve(app, scope),
            may_send: state == LetterState::Approved && crate::may(scope.role(), May::MakeContact),
            card: PersonCard::of_person(&person, today),
            letter,
        })
    })?;
    log(app, scope, "letter_opened", view.card.id, episode)?;
    Ok(view)
}

fn article_of(html: &str) -> String {
    let from = html.find("<article").unwrap_or(0);
    let to = html
        .find("</article>")
        .map_or(html.len(), |at| at + "</article>".len());
    html.get(from..to).unwrap_or_default().to_owned()
}

/// What the patient needs and a printed letter does not give.
fn warnings(person: &Person, letter: &Letter) -> Vec<String> {
    let mut warnings = Vec::new();
    for format in &person.needs.formats {
        match format {
            Format::LargePrint if letter.large_print => {}
            Format::LargePrint => {
                warnings.push("This person needs large print: choose it below.".to_owned());
            }
            other => warnings.push(format!(
                "This person needs {}: a printed letter alone is not enough.",
                other.words().to_lowercase()
            )),
        }
    }
    if let Some(language) = &person.needs.interpreter {
        warnings.push(format!("This person needs an interpreter ({language})."));
    }
    warnings
}

/// The PDF: the frozen one, or the draft as it would be.
pub fn pdf(app: &App, scope: &Scope, episode: EpisodeId, letter: LetterId) -> Result<Vec<u8>> {
    demand(scope, May::SeePeople)?;
    let (person, pdf) = app.store.read(|tx| -> Result<_> {
        let (person, _) = candidate::load(tx, scope, episode)?;
        let of = person.episode(episode).ok_or(Error::NotFound)?;
        let letter = held(of, letter)?;
        let pdf = match documents::get(tx, scope, letter.id)? {
            Some(document) => document.pdf,
            None => draft(app, &person, of, letter)?.1.pdf,
        };
        Ok((person.id, pdf))
    })?;
    log(app, scope, "letter_printed", person, episode)?;
    Ok(pdf)
}

/// It may go, as it was shown: `digest` is that of the PDF on the page. From now on it is frozen.
pub fn approve(
    app: &App,
    scope: &Scope,
    episode: EpisodeId,
    letter: LetterId,
    version: u32,
    digest: &str,
) -> Result<Acted> {
    if !may_approve(app, scope) {
        return Err(Error::Forbidden);
    }
    let now = app.clock.now();
    act(
        app,
        scope,
        May::ApproveLetters,
        episode,
        version,
        "letter_approved",
        |tx, ground| {
            let held = held(ground.episode, letter)?;
            // Twice is once.
            if held
                .approved
                .as_ref()
                .is_some_and(|approved| approved.what == digest)
            {
                return Ok(Vec::new());
            }
            let fact = ground.care(Done::LetterApproved {
                letter,
                digest: digest.to_owned(),
            })?;
            may_contact_at_all(ground.person, ground.episode)?;
            fits_the_plan(ground.episode, held.kind)?;
            let (data, rendered) = draft(app, ground.person, ground.episode, held)?;
            let missing = letters::missing(&data);
            if !missing.is_empty() {
                let words: Vec<String> = missing.into_iter().map(|m| m.words).collect();
                return Err(Error::Unavailable(format!(
                    "This letter cannot be approved. It misses {}.",
                    words.join(", ")
                )));
            }
            if rendered.digest != digest {
                return Err(Error::Unavailable(
                    "What the letter says has changed since you looked at it. Read it again, then approve it."
                        .to_owned(),
                ));
            }
            documents::put(
                tx,
                &documents::Document {
                    letter,
                    person: ground.person.id,
                    episode,
                    at: now,
                    digest: rendered.digest,
                    data: serde_json::to_value(&data)
                        .map_err(|error| Error::Internal(error.to_string()))?,
                    html: rendered.html,
                    words: rendered.text,
                    pdf: rendered.pdf,
                },
            )?;
            Ok(vec![fact])
        },
    )
}

/// Nobody who has died, and nobody whose episode is closed; by which way it goes is asked when it is sent.
fn may_contact_at_all(person: &Person, episode: &Episode) -> Result<()> {
    match may_contact(person, episode, Channel::Letter) {
        Err(stop) if !matches!(stop, pathway::Stop::Channel(_)) => Err(care::stopped(&stop)),
        _ => Ok(()),
    }
}

/// It has left the house. Whether it may is asked again, now.
pub fn sent(
    app: &App,
    scope: &Scope,
    episode: EpisodeId,
    letter: LetterId,
    version: u32,
    on: Date,
    how: SentHow,
) -> Result<Acted> {
    act(
        app,
        scope,
        May::MakeContact,
        episode,
        version,
        "letter_sent",
        |_, ground| {
            if on > ground.today {
                return Err(Error::field("on", "This day is in the future"));
            }
            let approved = held(ground.episode, letter)?
                .approved
                .as_ref()
                .map_or(0, |approved| approved.seq);
            let decided = ground.episode.care.plan().map_or(0, |plan| plan.seq);
            if decided > approved {
                return Err(Error::Unavailable(
                    "The decision changed after this letter was approved. Do not send it: write the new one.".to_owned(),
                ));
            }
            match how {
                SentHow::Handed => may_contact_at_all(ground.person, ground.episode)?,
                SentHow::Post | SentHow::OtherSystem => {
                    may_contact(ground.person, ground.episode, Channel::Letter)
                        .map_err(|stop| care::stopped(&stop))?;
                }
            }
            Ok(vec![ground.care(Done::LetterSent { letter, on, how })?])
        },
    )
}

pub fn cancel(
    app: &App,
    scope: &Scope,
    episode: EpisodeId,
    letter: LetterId,
    version: u32,
    because: &str,
) -> Result<Acted> {
    let because = care::said(because, "because", "Say why it is not sent")?;
    act(
        app,
        scope,
        May::GiveCare,
        episode,
        version,
        "letter_cancelled",
        |_, ground| {
            Ok(vec![
                ground.care(Done::LetterCancelled { letter, because })?,
            ])
        },
    )
}

/// The patient's questionnaire on paper, for the post. It names nobody but carries a code, so that it finds its way back.
pub fn paper(app: &App, scope: &Scope, episode: EpisodeId, large_print: bool) -> Result<Vec<u8>> {
    demand(scope, May::MakeContact)?;
    let person = app.store.read(|tx| -> Result<Person> {
        let (person, _) = candidate::load(tx, scope, episode)?;
        let of = person.episode(episode).ok_or(Error::NotFound)?;
        may_contact(&person, of, Channel::Letter).map_err(|stop| care::stopped(&stop))?;
        Ok(person)
    })?;
    let paper = questionnaire(app, episode, large_print);
    let rendered = letters::render_paper(&paper, &letter_words::letterhead(&app.settings))
        .map_err(|error| Error::Internal(format!("setting the questionnaire: {error}")))?;
    log(app, scope, "questionnaire_printed", person.id, episode)?;
    Ok(rendered.pdf)
}

fn questionnaire(app: &App, episode: EpisodeId, large_print: bool) -> Paper {
    let form = Form::get(FormKind::Questionnaire);
    let mut number = 0;
    let code: String = episode.to_string().chars().take(8).collect();
    Paper {
        title: form.title.clone(),
        intro: vec![
            "Please fill in what you can, and send it back to us or bring it with you. If you are not sure, tick “Not sure”.".to_owned(),
            "If you need help at once, do not write it here: ring 111, or 999 in an emergency.".to_owned(),
        ],
        sections: form
            .sections
            .iter()
            .map(|section| PaperSection {
                title: section.title.clone(),
                lead: section.lead.clone().unwrap_or_default(),
                questions: section
                    .questions
                    .iter()
                    .map(|question| {
                        number += 1;
                        let options = || {
                            question
                                .options()
                                .iter()
                                .map(|(_, words)| (*words).to_owned())
                                .collect()
                        };
                        PaperQuestion {
                            number: format!("{number}"),
                            ask: question.ask.clone(),
                            hint: question.hint.clone(),
                            kind: match question.kind {
                                Kind::YesNo => PaperKind::YesNo,
                                Kind::Choice => PaperKind::Choice(options()),
                                Kind::Choices => PaperKind::Choices(options()),
                                Kind::Number => PaperKind::Number {
                                    unit: question.unit.clone().unwrap_or_default(),
                                },
                                Kind::Date => PaperKind::Date,
                                Kind::Text => PaperKind::Text,
                            },
                        }
                    })
                    .collect(),
            })
            .collect(),
        large_print,
        demo: app.demo,
        code,
    }
}
