//! Who is it? A held message beside the people it could be about; a person answers.

use std::sync::Arc;

use pathway::{
    Details, ItemId, Person, PersonId, Sighting, Source, TestResult,
    eligibility::{self, Verdict},
    matching::{self, Known, Match},
};
use serde_json::json;
use store::{inbox::Fate, people, questions, questions::Held};
use terms::Listing;

use crate::{
    App, May, Scope,
    access::demand,
    error::{Change, Error, Result},
    layouts,
    reading::Prepared,
    ruling::Ruling,
    views::PersonCard,
    work::{self, Writer},
};

#[derive(Debug, Clone)]
pub struct QuestionView {
    pub held: Held,
    pub incoming: Details,
    pub sightings: Vec<Sighting>,
    /// Blood results and bone density scans in the message.
    pub results: Vec<TestResult>,
    pub source: String,
    /// Most alike first.
    pub candidates: Vec<Alike>,
    /// Other messages that say exactly the same of who it is: the answer settles these too.
    pub also_settles: usize,
    pub may_answer: bool,
}

/// Somebody it could be, with what agrees and what does not.
#[derive(Debug, Clone)]
pub struct Alike {
    pub person: PersonCard,
    pub local_ids: Vec<pathway::LocalId>,
    pub compared: Vec<Compared>,
    pub episodes: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compared {
    pub what: &'static str,
    pub incoming: Option<String>,
    pub held: Option<String>,
    pub verdict: Agreement,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Agreement {
    Same,
    Different,
    /// One side does not say.
    NotKnown,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    Same(PersonId),
    /// None of those shown. A fracture then brings a new person; a result alone brings nobody into the service.
    New,
}

pub fn view(app: &App, scope: &Scope, item: ItemId) -> Result<QuestionView> {
    demand(scope, May::SeePeople)?;
    let today = app.clock.today();
    let view = app.store.read(|tx| -> Result<QuestionView> {
        let held = questions::one(tx, scope, item)?.ok_or(Error::NotFound)?;
        let Reread {
            waiting, prepared, ..
        } = reread(app, tx, scope, &held)?;
        let known = people::alike(tx, scope, &prepared.details)?;
        let ids = match matching::decide(&prepared.details, &known) {
            Match::Ask { candidates, .. } => candidates,
            Match::Person(id) => vec![id],
            Match::Nobody => vec![],
        };
        let mut candidates = Vec::new();
        for id in ids {
            let Some(known) = known.iter().find(|k| k.id == id) else {
                continue;
            };
            // Somebody of another hospital may be the very person asked about, so identity alone is shown.
            let person = work::load(tx, &app.store.identity_scope(scope), id)?;
            candidates.push(Alike {
                person: PersonCard::of_person(&person, today),
                local_ids: known.local_ids.clone(),
                compared: compare(&prepared.details, known),
                episodes: person.episodes.iter().map(|e| e.words()).collect(),
            });
        }
        let file = store::imports::by_id(tx, scope, waiting.import)?
            .map(|i| i.file_name)
            .unwrap_or_default();
        let also_settles = alike_questions(app, tx, scope, &held, &prepared)?.len();
        Ok(QuestionView {
            also_settles,
            source: work::source_label(&prepared, &file, waiting.line),
            sightings: listed(&prepared),
            results: prepared.results,
            incoming: prepared.details,
            candidates,
            may_answer: held.answered_by.is_none() && crate::may(scope.role(), May::AnswerIdentity),
            held,
        })
    })?;
    let shown: Vec<PersonId> = view.candidates.iter().map(|c| c.person.id).collect();
    app.store.write(|tx| {
        let detail = json!({ "item": item });
        store::access::record(
            tx,
            scope,
            app.clock.now(),
            "question_opened",
            &shown,
            detail,
        )
    })?;
    Ok(view)
}

fn listed(prepared: &Prepared) -> Vec<Sighting> {
    prepared
        .sightings
        .iter()
        .filter(|s| s.reading.list != Listing::No)
        .cloned()
        .collect()
}

/// A held message, read again by the rules under which its question was raised: what was listed then is not lost to
/// rules that came later.
struct Reread {
    waiting: store::inbox::Waiting,
    prepared: Prepared,
    ruling: Arc<Ruling>,
}

fn reread(app: &App, tx: &mut store::Tx<'_>, scope: &Scope, held: &Held) -> Result<Reread> {
    let waiting = store::inbox::item(tx, scope, held.item)?.ok_or(Error::NotFound)?;
    let ruling = app.rules_at(tx, held.raised_at)?;
    let mut prepared = work::prepare(app, &ruling, &waiting)?;
    // The reader said no, and the question was raised by the clinician who found that somebody was missed.
    if let Some(note) = store::said_no::note_of_missed(tx, held.item)? {
        work::set_to_look(&mut prepared, note.as_deref());
    }
    // Or it was raised because nobody had said that a report of this layout is read rightly.
    if let Some(heading) = store::layouts::looked_at_for(tx, held.item)? {
        prepared = layouts::to_look(prepared, &heading);
    }
    Ok(Reread {
        waiting,
        prepared,
        ruling,
    })
}

fn compare(claim: &Details, known: &Known) -> Vec<Compared> {
    let row = |what, incoming: Option<String>, held: Option<String>| {
        let verdict = match (&incoming, &held) {
            (Some(a), Some(b)) if same_text(a, b) => Agreement::Same,
            (Some(_), Some(_)) => Agreement::Different,
            _ => Agreement::NotKnown,
        };
        Compared {
            what,
            incoming,
            held,
            verdict,
        }
    };
    let claimed = claim.name.clone().unwrap_or_default();
    let text = |text: &str| (!text.trim().is_empty()).then(|| text.to_owned());
    let day = |date: jiff::civil::Date| date.strftime("%-d %B %Y").to_string();
    let ids = |ids: &[pathway::LocalId]| {
        let all: Vec<String> = ids
            .iter()
            .map(|id| format!("{} ({})", id.value, id.system))
            .collect();
        (!all.is_empty()).then(|| all.join(", "))
    };
    let mut rows = vec![
        row(
            "NHS number",
            claim.nhs_number.as_ref().map(ToString::to_string),
            known.nhs_number.as_ref().map(ToString::to_string),
        ),
        row(
            "Family name",
            text(&claimed.family),
            text(&known.name.family),
        ),
        row("Given name", text(&claimed.given), text(&known.name.given)),
        row("Born", claim.born.map(day), known.born.map(day)),
        row("Postcode", claim.postcode.clone(), known.postcode.clone()),
    ];
    let shared = claim
        .local_ids
        .iter()
        .any(|id| known.local_ids.contains(id));
    let mut hospital = row(
        "Hospital number",
        ids(&claim.local_ids),
        ids(&known.local_ids),
    );
    if shared {
        hospital.verdict = Agreement::Same;
    } else if hospital.verdict == Agreement::Different {
        // Two hospitals give two numbers to one person.
        hospital.verdict = Agreement::NotKnown;
    }
    rows.push(hospital);
    rows
}

fn same_text(a: &str, b: &str) -> bool {
    let fold = |text: &str| -> String {
        text.chars()
            .filter(|c| c.is_alphanumeric())
            .flat_map(char::to_lowercase)
            .collect()
    };
    fold(a) == fold(b)
}

/// Put the held message on the timeline of the person chosen, or of a new one. Nothing comes back where a result
/// turned out to be about nobody in the service.
pub fn answer(app: &App, scope: &Scope, item: ItemId, answer: Answer) -> Result<Option<PersonId>> {
    demand(scope, May::AnswerIdentity)?;
    let now = app.clock.now();
    app.store.write(|tx| {
        tx.lock("intake")?;
        let held = questions::one(tx, scope, item)?.ok_or(Error::NotFound)?;
        if let Some(who) = held.answered_by {
            let what = "answered this question".to_owned();
            return Err(Error::Conflict { since: vec![Change { at: now, who, what }] });
        }
        let mut message = reread(app, tx, scope, &held)?;
        let prepared = &mut message.prepared;
        if answer == Answer::New && listed(prepared).is_empty() && !prepared.results.is_empty()
        {
            about_nobody(app, tx, scope, &held, prepared)?;
            return Ok(None);
        }
        let reader = app.store.identity_scope(scope);
        let mut person = match answer {
            Answer::Same(id) => {
                let person = work::load(tx, &reader, id)?;
                let claimed = &prepared.details.nhs_number;
                if claimed.is_some() && person.details.nhs_number.is_some() && *claimed != person.details.nhs_number {
                    return Err(Error::field(
                        "person",
                        "This person holds a different NHS number, so it cannot be the same person",
                    ));
                }
                if let (Some(number), None) = (claimed, &person.details.nhs_number)
                    && people::by_number(tx, &reader, number)?.is_some()
                {
                    return Err(Error::field(
                        "person",
                        "Somebody else on record holds this NHS number, so it cannot be given to this person",
                    ));
                }
                person
            }
            Answer::New => {
                // Two people cannot hold one number: the one on record keeps it.
                if let Some(number) = &prepared.details.nhs_number
                    && people::by_number(tx, &reader, number)?.is_some()
                {
                    prepared.details.nhs_number = None;
                }
                Person::new(work::new_person(item))
            }
        };
        put(app, tx, scope, &held, &message, &mut person)?;
        // One person without a date of birth comes in ten messages: one answer settles all that say the same.
        let claim = reread(app, tx, scope, &held)?.prepared;
        let also = alike_questions(app, tx, scope, &held, &claim)?;
        for (held, mut message) in also {
            if message.prepared.details.nhs_number != person.details.nhs_number {
                message.prepared.details.nhs_number = None;
            }
            put(app, tx, scope, &held, &message, &mut person)?;
        }
        let detail = json!({ "item": item, "new_person": answer == Answer::New });
        store::access::record(tx, scope, now, "question_answered", &[person.id], detail)?;
        Ok(Some(person.id))
    })
}

/// A result of somebody who is not in the service: nothing of it is kept on a timeline.
fn about_nobody(
    app: &App,
    tx: &mut store::Tx<'_>,
    scope: &Scope,
    held: &Held,
    prepared: &Prepared,
) -> Result<()> {
    let now = app.clock.now();
    let mut all = vec![held.clone()];
    let also = alike_questions(app, tx, scope, held, prepared)?;
    all.extend(also.into_iter().map(|(held, _)| held));
    for held in all {
        let fate = Fate::Ignored(work::NOT_IN_THE_SERVICE.to_owned());
        let site = Some(held.site.as_str());
        if !store::inbox::settle(tx, held.item, "held", &fate, site, None, now)?
            || !questions::answer(tx, held.item, None, scope.who(), now)?
        {
            return Err(Error::Conflict { since: Vec::new() });
        }
    }
    let detail = json!({ "item": held.item, "not_in_the_service": true });
    Ok(store::access::record(
        tx,
        scope,
        now,
        "question_answered",
        &[],
        detail,
    )?)
}

/// Open questions about messages that say exactly the same of who it is: number, date of birth and names; and
/// where there is no number, a hospital number in common. The answer about a result settles no fracture: "nobody
/// here" would lose it.
fn alike_questions(
    app: &App,
    tx: &mut store::Tx<'_>,
    scope: &Scope,
    held: &Held,
    asked: &Prepared,
) -> Result<Vec<(Held, Reread)>> {
    let claim = &asked.details;
    let only_results = listed(asked).is_empty();
    let mut alike = Vec::new();
    for other in questions::with_same_claim(tx, scope, held)? {
        let message = reread(app, tx, scope, &other)?;
        let details = &message.prepared.details;
        let shared = details
            .local_ids
            .iter()
            .any(|id| claim.local_ids.contains(id));
        let same = details.nhs_number == claim.nhs_number
            && details.born == claim.born
            && details.name.as_ref().map(|n| n.keys()) == claim.name.as_ref().map(|n| n.keys());
        if only_results && !listed(&message.prepared).is_empty() {
            continue;
        }
        if same && (claim.nhs_number.is_some() || shared) {
            alike.push((other, message));
        }
    }
    Ok(alike)
}

/// Put one held message on the timeline of the person it was said to be about.
fn put(
    app: &App,
    tx: &mut store::Tx<'_>,
    scope: &Scope,
    held: &Held,
    message: &Reread,
    person: &mut Person,
) -> Result<()> {
    let Reread {
        waiting,
        prepared,
        ruling,
    } = message;
    let (item, now) = (held.item, app.clock.now());
    let sightings = listed(prepared);
    let listed: Vec<&Sighting> = sightings.iter().collect();
    let mut details = person.details.clone();
    if let Some(news) = details.news_in(&prepared.details) {
        details.take_in(&news);
    }
    let received = terms::london_date(now);
    let ignored = match eligibility::judge_all(&details, &listed, received, &ruling.rules) {
        Verdict::Ignored(because) => Some(because),
        Verdict::Counts | Verdict::BirthDateNotKnown => None,
    };
    let fate = match ignored {
        Some(because) => Fate::Ignored(work::because_code(because).to_owned()),
        None => {
            let import = store::imports::by_id(tx, scope, waiting.import)?;
            let file = import.map(|import| import.file_name).unwrap_or_default();
            let label = work::source_label(prepared, &file, waiting.line);
            let source = Source::Feed { item, label };
            let reader = app.store.identity_scope(scope);
            let writer = Writer {
                app,
                ruling,
                scope: &reader,
                by: scope.actor(),
                source,
                item,
                now,
            };
            let news = writer.write(tx, person, Some(&prepared.details), prepared, &listed)?;
            if news { Fate::New } else { Fate::Had }
        }
    };
    let site = held.site.as_str();
    if !store::inbox::settle(tx, item, "held", &fate, Some(site), Some(person.id), now)?
        || !questions::answer(tx, item, Some(person.id), scope.who(), now)?
    {
        return Err(Error::Conflict { since: Vec::new() });
    }
    Ok(())
}
