//! Working through what was stored: what does it say, does it count, who is it, is it new? Items are taken in the
//! order in which they were stored, a few in one transaction; an item that cannot be worked on does not stop the
//! next.

use std::collections::{HashMap, hash_map::Entry};

use feeds::{fault::Fault, message::Kind};
use finder::Why;
use jiff::{Timestamp, ToSpan, civil::Date};
use pathway::{
    Actor, Details, Episode, EpisodeId, Fact, ItemId, Person, PersonId, Recorded, Sighting, Source,
    TestKind, TestResult,
    eligibility::{self, Because, Verdict},
    matching::{self, Match, Question},
    may_contradict,
    placing::{self, Place},
};
use store::{
    Tx,
    inbox::{Fate, Waiting},
    layouts::{ItemState, State},
    questions::Held,
    said_no::Refusal,
};
use terms::{Listing, Site, id};
use uuid::Uuid;

use crate::{
    App, Progress, Scope, Stage, cores, drift,
    error::{Error, Result},
    intake::format_of,
    layouts::{self, Unread},
    reading::{self, Prepared, kind_code, why_code},
    ruling::Ruling,
    said_no,
};

/// Why a result is ignored: nobody on record is meant, or anywhere near.
pub(crate) const NOT_IN_THE_SERVICE: &str = "not_in_the_service";

/// Why a report waits: a clinician is to say whether its layout is read rightly.
pub(crate) const WAITS_FOR_LAYOUT: &str = "new_layout";

/// Items worked on in one transaction: few, so that people at their screens get their turn in between.
const PROCESS_AT_ONCE: u32 = 32;

/// Work through everything stored and not yet worked on, whoever stored it.
pub fn process_waiting(app: &App, progress: &mut dyn FnMut(Progress)) -> Result<u64> {
    let scope = app.store.sign_in_job("Import", app.clock.now())?;
    let all = app.store.read(store::inbox::waiting_count)?;
    let mut done = 0;
    let mut names: HashMap<Uuid, String> = HashMap::new();
    loop {
        let (batch, ruling) = app.store.read(|tx| -> Result<_> {
            let batch = store::inbox::waiting(tx, 0, PROCESS_AT_ONCE)?;
            Ok((batch, app.rules(tx)?))
        })?;
        let now = app.clock.now();
        if batch.is_empty() {
            layouts::settle_decided(app, &scope)?;
            app.store
                .write(|tx| store::imports::finish_ready(tx, now))?;
            return Ok(done);
        }
        for waiting in &batch {
            if let Entry::Vacant(unnamed) = names.entry(waiting.import) {
                let import = app
                    .store
                    .read(|tx| store::imports::by_id(tx, &scope, waiting.import))?;
                unnamed.insert(import.map(|i| i.file_name).unwrap_or_default());
            }
        }
        // Reading text is the expensive part and needs nothing from the database.
        let prepared = cores::each(&batch, |waiting| prepare(app, &ruling, waiting))?;
        let by_the_rules = app.store.write(|tx| -> Result<bool> {
            tx.lock("intake")?;
            // Other rules went live since this batch was read: read it again by those.
            if store::rules::live(tx)? != Some(ruling.number) {
                return Ok(false);
            }
            for (waiting, prepared) in batch.iter().zip(&prepared) {
                // Another process may have worked on it since it was read. Once more would not be harmless: an old
                // report would undo the correction that came after it.
                if !store::inbox::still_waits(tx, waiting.item)? {
                    continue;
                }
                let file = names
                    .get(&waiting.import)
                    .map(String::as_str)
                    .unwrap_or_default();
                let by = Actor::Herald {
                    job: "Import".to_owned(),
                };
                let job = Job {
                    app,
                    ruling: &ruling,
                    scope: &scope,
                    waiting,
                    file,
                    now,
                    by,
                };
                job.run(tx, prepared)?;
            }
            Ok(true)
        })?;
        if !by_the_rules {
            continue;
        }
        done += batch.len() as u64;
        progress(Progress {
            stage: Stage::Reading,
            done,
            of: Some(all.max(done)),
        });
    }
}

pub(crate) fn prepare(app: &App, ruling: &Ruling, waiting: &Waiting) -> Result<Prepared> {
    let format = format_of(&waiting.format)?;
    let parsed = feeds::read(&format, &waiting.raw, waiting.line, &app.profiles);
    Ok(reading::prepare(
        ruling.finder(),
        parsed,
        waiting.line,
        app.clock.today(),
    ))
}

struct Job<'a> {
    app: &'a App,
    ruling: &'a Ruling,
    scope: &'a Scope,
    waiting: &'a Waiting,
    file: &'a str,
    now: Timestamp,
    by: Actor,
}

impl Job<'_> {
    fn run(&self, tx: &mut Tx<'_>, prepared: &Prepared) -> Result<()> {
        let (fate, person) = self.safely(tx, |tx| self.work(tx, prepared))?;
        let site = prepared
            .message
            .as_ref()
            .and_then(|m| m.event.site.as_ref())
            .map(|s| s.as_str());
        store::inbox::settle(
            tx,
            self.waiting.item,
            "received",
            &fate,
            site,
            person,
            self.now,
        )?;
        drift::count(tx, self.waiting.item, prepared, &fate, self.now)
    }

    /// Trouble with the store stops everything; trouble with one message must not stop the next.
    fn safely(
        &self,
        tx: &mut Tx<'_>,
        work: impl FnOnce(&mut Tx<'_>) -> Result<(Fate, Option<PersonId>)>,
    ) -> Result<(Fate, Option<PersonId>)> {
        match tx.part(work) {
            Err(Error::Store(store::Error::Corrupt(what)) | Error::Internal(what)) => {
                let problem = format!("Herald could not work on this: {what}");
                let mut fault = whole_item_fault(self.waiting.line, problem);
                fault.advice =
                    "Nothing was changed. Tell whoever looks after Herald; it can be replayed."
                        .to_owned();
                store::imports::put_faults(tx, self.waiting.import, &[fault])?;
                Ok((Fate::Rejected("could_not_be_processed".to_owned()), None))
            }
            done => done,
        }
    }

    fn work(&self, tx: &mut Tx<'_>, prepared: &Prepared) -> Result<(Fate, Option<PersonId>)> {
        store::imports::put_faults(tx, self.waiting.import, &prepared.faults)?;
        let Some(message) = &prepared.message else {
            return Ok((Fate::Rejected("not_readable".to_owned()), None));
        };
        if let Some(control) = &message.sender.control_id {
            let sender = &message.sender;
            let control = format!("{}|{}|{control}", sender.application, sender.facility);
            store::inbox::note_control(tx, self.waiting.item, &control.replace('\0', "\u{fffd}"))?;
        }
        if let Kind::Other { name } = &message.kind {
            return Ok((
                Fate::Ignored(format!("not_used:{name}").replace('\0', "\u{fffd}")),
                None,
            ));
        }
        let listed = listed(prepared);
        if !listed.is_empty() {
            return self.listed(tx, prepared, &listed);
        }
        match layouts::unread(self.ruling.finder(), prepared) {
            Some(unread) => self.in_unread_layout(tx, prepared, &unread),
            None => self.nothing_listed(tx, prepared),
        }
    }

    /// The reader said no to a report whose layout it does not know. Unless a clinician has said that it reads such
    /// reports rightly, somebody looks, or the report waits until a clinician has.
    fn in_unread_layout(
        &self,
        tx: &mut Tx<'_>,
        prepared: &Prepared,
        unread: &Unread,
    ) -> Result<(Fate, Option<PersonId>)> {
        let refused = prepared.sightings.first();
        if !refused.is_some_and(|s| self.could_count(&prepared.details, s)) {
            return self.nothing_listed(tx, prepared);
        }
        let Unread {
            id,
            site,
            skeleton,
            heading,
            ..
        } = unread;
        let look = match store::layouts::meet(tx, *id, site, skeleton, heading, self.now)? {
            State::ReadRightly => return self.nothing_listed(tx, prepared),
            State::NotUnderstood => true,
            State::New => layouts::one_more(tx, unread)?,
        };
        let state = if look {
            ItemState::LookedAt
        } else {
            ItemState::Waiting
        };
        let item = store::layouts::Item {
            item: self.waiting.item,
            layout: *id,
            site,
            key: &unread.key,
            state,
        };
        store::layouts::put(tx, &item, self.now)?;
        if look {
            let prepared = layouts::to_look(prepared.clone(), heading);
            return self.listed(tx, &prepared, &listed(&prepared));
        }
        for sighting in &prepared.sightings {
            self.close_corrected(tx, &sighting.key)?;
        }
        // Whatever else it says is heard at once. What an earlier version of it said stays until this one is settled.
        let besides = Prepared {
            sightings: Vec::new(),
            ..prepared.clone()
        };
        self.note_denials(tx, &besides)?;
        let known = self.hear(tx, &besides)?;
        self.take_back_elsewhere(tx, &besides, known)?;
        Ok((Fate::Held(WAITS_FOR_LAYOUT.to_owned()), known))
    }

    /// Someone may have a fracture: does it count, who is it, is it new?
    fn listed(
        &self,
        tx: &mut Tx<'_>,
        prepared: &Prepared,
        listed: &[&Sighting],
    ) -> Result<(Fate, Option<PersonId>)> {
        let today = self.app.clock.today();
        if listed
            .iter()
            .any(|s| s.fracture_date().is_some_and(|day| day > today))
        {
            return Ok((Fate::Rejected("date_in_the_future".to_owned()), None));
        }
        // A newer version of the same report or visit: whoever answers is asked about this one, not about both.
        for sighting in listed {
            self.close_corrected(tx, &sighting.key)?;
        }
        for result in &prepared.results {
            self.close_corrected(tx, &result.key)?;
        }
        self.note_denials(tx, prepared)?;
        let claim = &prepared.details;
        let received = terms::london_date(self.now);
        let verdict = eligibility::judge_all(claim, listed, received, &self.ruling.rules);
        if let Verdict::Ignored(because) = verdict {
            let person = self.hear(tx, prepared)?;
            return Ok((Fate::Ignored(because_code(because).to_owned()), person));
        }
        let unknown = prepared
            .message
            .as_ref()
            .is_some_and(|m| m.person.identity_unknown);
        let known = if unknown {
            Vec::new()
        } else {
            store::people::alike(tx, self.scope, claim)?
        };
        match matching::decide(claim, &known) {
            Match::Person(id) => {
                let mut person = load(tx, self.scope, id)?;
                if person.details.died() {
                    return Ok((Fate::Ignored("died".to_owned()), Some(id)));
                }
                let fate = self.record(tx, &mut person, prepared, listed)?;
                Ok((fate, Some(id)))
            }
            Match::Nobody => {
                let mut person = Person::new(new_person(self.waiting.item));
                let fate = self.record(tx, &mut person, prepared, listed)?;
                Ok((fate, Some(person.id)))
            }
            Match::Ask { question, .. } => {
                self.ask(tx, prepared, listed, question)?;
                Ok((Fate::Held(question.code().to_owned()), None))
            }
        }
    }

    fn record(
        &self,
        tx: &mut Tx<'_>,
        person: &mut Person,
        prepared: &Prepared,
        listed: &[&Sighting],
    ) -> Result<Fate> {
        let writer = self.writer(prepared);
        let news = writer.write(tx, person, Some(&prepared.details), prepared, listed)?;
        Ok(if news { Fate::New } else { Fate::Had })
    }

    fn writer(&self, prepared: &Prepared) -> Writer<'_> {
        Writer {
            app: self.app,
            ruling: self.ruling,
            scope: self.scope,
            by: self.by.clone(),
            source: self.source(prepared),
            item: self.waiting.item,
            now: self.now,
        }
    }

    /// Where a fact came from, in words somebody can follow back to the file.
    fn source(&self, prepared: &Prepared) -> Source {
        Source::Feed {
            item: self.waiting.item,
            label: source_label(prepared, self.file, self.waiting.line),
        }
    }

    fn ask(
        &self,
        tx: &mut Tx<'_>,
        prepared: &Prepared,
        listed: &[&Sighting],
        question: Question,
    ) -> Result<()> {
        let Some(first) = listed.first() else {
            return Ok(());
        };
        let sites = first.sites();
        let words: Vec<String> = sites.iter().map(|s| s.words()).collect();
        let held = Held {
            item: self.waiting.item,
            site: first
                .hospital
                .as_ref()
                .map(|s| s.as_str().to_owned())
                .unwrap_or_default(),
            question,
            key: first.key.clone(),
            name: prepared.details.name.clone().unwrap_or_default(),
            nhs_number: prepared.details.nhs_number.clone(),
            born: prepared.details.born,
            fracture: sites
                .first()
                .map_or(Site::Unspecified, |s| s.site)
                .code()
                .to_owned(),
            fracture_words: if words.is_empty() {
                "Fracture, site not stated".to_owned()
            } else {
                words.join("; ")
            },
            fracture_date: first.fracture_date(),
            why: format!("{}: {}", first.kind.words(), first.reading.reason),
            raised_at: self.now,
            answered_by: None,
        };
        Ok(store::questions::raise(tx, &held)?)
    }

    /// No fracture for the list. It may still tell us something about somebody we know, or take something back;
    /// and a "no" of the reader about somebody who could count goes to the pool that clinicians sample.
    fn nothing_listed(
        &self,
        tx: &mut Tx<'_>,
        prepared: &Prepared,
    ) -> Result<(Fate, Option<PersonId>)> {
        let claim = &prepared.details;
        let known = self.holder(tx, claim)?;
        let mut fate = None;
        for result in &prepared.results {
            self.close_corrected(tx, &result.key)?;
        }
        self.note_denials(tx, prepared)?;
        if let Some(id) = known {
            let mut person = load(tx, self.scope, id)?;
            if self.record(tx, &mut person, prepared, &[])? == Fate::New {
                fate = Some(Fate::New);
            }
        }
        if self.take_back_elsewhere(tx, prepared, known)? {
            fate = Some(Fate::New);
        }
        if let (None, Some(result)) = (known, prepared.results.first())
            && let Some(question) = self.who_in_the_service(tx, prepared)?
        {
            // A clinician who answers reads the words of a scan too, so they do not go to the pool as well.
            self.ask_about_result(tx, prepared, result, question)?;
            return Ok((Fate::Held(question.code().to_owned()), None));
        }
        let refused = prepared.sightings.first();
        if let Some(refused) = refused.filter(|s| self.could_count(claim, s)) {
            self.keep_for_review(tx, refused)?;
        }
        let otherwise = match refused {
            Some(refused) => {
                let judged = eligibility::judge(
                    claim,
                    refused,
                    terms::london_date(self.now),
                    &self.ruling.rules,
                );
                match judged {
                    Verdict::Ignored(Because::UnderAge) => "under_age".to_owned(),
                    _ => format!("reader_said_no:{}", why_code(refused.reading.why)),
                }
            }
            None if known.is_some() => return Ok((fate.unwrap_or(Fate::Had), known)),
            None if !prepared.results.is_empty() => NOT_IN_THE_SERVICE.to_owned(),
            None => "nothing_about_a_fracture".to_owned(),
        };
        Ok((fate.unwrap_or(Fate::Ignored(otherwise)), known))
    }

    /// A source may take a sighting back without naming the person by number: find it by its own key, on timelines
    /// and among the open questions.
    fn take_back_elsewhere(
        &self,
        tx: &mut Tx<'_>,
        prepared: &Prepared,
        known: Option<PersonId>,
    ) -> Result<bool> {
        let mut any = false;
        for (key, _) in keys_taken_back(prepared) {
            any |= self.close_questions(
                tx,
                key,
                "Withdrawn by its source",
                "withdrawn_by_its_source",
            )?;
            for id in store::people::by_sighting(tx, self.scope, key)? {
                if Some(id) != known {
                    let mut person = load(tx, self.scope, id)?;
                    any |= self
                        .writer(prepared)
                        .write(tx, &mut person, None, prepared, &[])?;
                }
            }
        }
        Ok(any)
    }

    /// Why a person must say whether these results are about somebody in the service; nothing where nobody on
    /// record is near enough. Results come about everybody whom a hospital treats, so a shared name is no reason.
    fn who_in_the_service(&self, tx: &mut Tx<'_>, prepared: &Prepared) -> Result<Option<Question>> {
        let claim = &prepared.details;
        let unknown = prepared
            .message
            .as_ref()
            .is_some_and(|m| m.person.identity_unknown);
        if unknown {
            return Ok(None);
        }
        let mut near = store::people::alike(tx, self.scope, claim)?;
        let family = |name: &terms::PersonName| name.keys().0;
        near.retain(|known| {
            let shared = known
                .local_ids
                .iter()
                .any(|id| claim.local_ids.contains(id));
            let number = claim.nhs_number.is_some() && claim.nhs_number == known.nhs_number;
            let born = claim.born.is_some() && claim.born == known.born;
            let named = claim
                .name
                .as_ref()
                .is_some_and(|name| family(name) == family(&known.name));
            number || shared || (born && named)
        });
        Ok(match matching::decide(claim, &near) {
            Match::Ask {
                question,
                candidates,
            } if !candidates.is_empty() => Some(question),
            _ => None,
        })
    }

    fn ask_about_result(
        &self,
        tx: &mut Tx<'_>,
        prepared: &Prepared,
        result: &TestResult,
        question: Question,
    ) -> Result<()> {
        let held = Held {
            item: self.waiting.item,
            site: result
                .hospital
                .as_ref()
                .map(|site| site.as_str().to_owned())
                .unwrap_or_default(),
            question,
            key: result.key.clone(),
            name: prepared.details.name.clone().unwrap_or_default(),
            nhs_number: prepared.details.nhs_number.clone(),
            born: prepared.details.born,
            fracture: Site::Unspecified.code().to_owned(),
            fracture_words: format!("{}: {}", result.kind.words(), result.name),
            fracture_date: result.taken_on,
            why: "A result, perhaps about somebody in the service".to_owned(),
            raised_at: self.now,
            answered_by: None,
        };
        Ok(store::questions::raise(tx, &held)?)
    }

    fn close_corrected(&self, tx: &mut Tx<'_>, key: &str) -> Result<bool> {
        self.close_questions(
            tx,
            key,
            "Corrected by its source",
            "corrected_by_its_source",
        )
    }

    /// Nobody needs to answer any more what was asked about this sighting, nor does it wait for its layout.
    fn close_questions(&self, tx: &mut Tx<'_>, key: &str, words: &str, code: &str) -> Result<bool> {
        let mut any = false;
        for item in store::questions::close(tx, key, self.waiting.item, words, self.now)? {
            let fate = Fate::Ignored(code.to_owned());
            any |= store::inbox::settle(tx, item, "held", &fate, None, None, self.now)?;
        }
        for item in store::layouts::supersede(tx, key, self.waiting.item)? {
            let fate = Fate::Ignored(code.to_owned());
            any |= store::inbox::settle(tx, item, "held", &fate, None, None, self.now)?;
        }
        Ok(any)
    }

    /// Whoever holds the number that is claimed, with the same date of birth.
    fn holder(&self, tx: &mut Tx<'_>, claim: &pathway::Details) -> Result<Option<PersonId>> {
        let holder = match &claim.nhs_number {
            Some(number) => store::people::by_number(tx, self.scope, number)?,
            None => None,
        };
        Ok(holder
            .filter(|card| card.born.is_some() && card.born == claim.born)
            .map(|card| card.id))
    }

    /// A fracture that does not count may still come with news of somebody on record: a death, a move.
    fn hear(&self, tx: &mut Tx<'_>, prepared: &Prepared) -> Result<Option<PersonId>> {
        let known = self.holder(tx, &prepared.details)?;
        if let Some(id) = known {
            let mut person = load(tx, self.scope, id)?;
            self.record(tx, &mut person, prepared, &[])?;
        }
        Ok(known)
    }

    /// Keep what speaks against a fracture of somebody who may yet be listed; forget what its source says no more.
    fn note_denials(&self, tx: &mut Tx<'_>, prepared: &Prepared) -> Result<()> {
        let claim = &prepared.details;
        for said in &prepared.sightings {
            match &claim.nhs_number {
                Some(number) if may_contradict(said) && self.could_count(claim, said) => {
                    store::denials::put(tx, &said.key, number, said.seen_on, self.waiting.item)?;
                }
                _ => store::denials::forget(tx, &said.key)?,
            }
        }
        for key in &prepared.withdrawn {
            store::denials::forget(tx, key)?;
        }
        Ok(())
    }

    fn could_count(&self, person: &pathway::Details, sighting: &Sighting) -> bool {
        let received = terms::london_date(self.now);
        !matches!(
            eligibility::judge(person, sighting, received, &self.ruling.rules),
            Verdict::Ignored(_)
        )
    }

    fn keep_for_review(&self, tx: &mut Tx<'_>, refused: &Sighting) -> Result<()> {
        let drawn = id::digest(&[b"draw", self.waiting.item.0.as_bytes()]);
        let why = why_code(refused.reading.why);
        let refusal = Refusal {
            item: self.waiting.item,
            site: refused.hospital.as_ref().map_or("", |s| s.as_str()),
            kind: kind_code(refused.kind),
            why: &why,
            seen_on: refused.seen_on,
            drawn,
        };
        Ok(store::said_no::put(tx, &refusal, self.now)?)
    }
}

fn listed(prepared: &Prepared) -> Vec<&Sighting> {
    prepared
        .sightings
        .iter()
        .filter(|s| s.reading.list != Listing::No)
        .collect()
}

fn whole_item_fault(line: u64, problem: String) -> Fault {
    Fault {
        line,
        column: None,
        header: None,
        value: None,
        problem,
        advice: String::new(),
        severity: feeds::fault::Severity::Rejected,
    }
}

pub(crate) fn new_person(item: ItemId) -> PersonId {
    PersonId(id::derived("person", &[item.0.as_bytes()]))
}

pub(crate) fn load(tx: &mut Tx<'_>, scope: &Scope, id: PersonId) -> Result<Person> {
    store::timeline::person(tx, scope, id)?.ok_or(Error::NotFound)
}

pub(crate) fn source_label(prepared: &Prepared, file: &str, line: u64) -> String {
    let what = match prepared.message.as_ref().map(|m| &m.kind) {
        Some(Kind::Report) => match prepared.results.first() {
            Some(result) if result.kind == TestKind::Dxa || prepared.sightings.is_empty() => {
                result.kind.words().to_owned()
            }
            _ => "Radiology report".to_owned(),
        },
        Some(Kind::Adt { event }) => format!("Hospital message ADT^{event}"),
        Some(Kind::EmergencyAttendance) => "Emergency attendance".to_owned(),
        Some(Kind::InpatientEpisode) => "Inpatient episode".to_owned(),
        Some(Kind::ClinicAppointment) => "Fracture clinic list".to_owned(),
        _ => "Message".to_owned(),
    };
    format!("{what}, {file} line {line}").replace('\0', "\u{fffd}")
}

pub(crate) fn because_code(because: Because) -> &'static str {
    match because {
        Because::UnderAge => "under_age",
        Because::Died => "died",
        Because::OutOfArea => "out_of_area",
    }
}

/// Puts what a message says on somebody's timeline.
pub(crate) struct Writer<'a> {
    pub app: &'a App,
    pub ruling: &'a Ruling,
    pub scope: &'a Scope,
    pub by: Actor,
    pub source: Source,
    pub item: ItemId,
    pub now: Timestamp,
}

impl Writer<'_> {
    /// `false`: nothing in it was news.
    pub fn write(
        &self,
        tx: &mut Tx<'_>,
        person: &mut Person,
        details: Option<&Details>,
        prepared: &Prepared,
        listed: &[&Sighting],
    ) -> Result<bool> {
        // Each sighting is placed among the ones before it, so a draft of the person goes along; the facts are
        // then written in one go.
        let mut draft = person.clone();
        let mut facts = Vec::new();
        let mut add = |draft: &mut Person, fact: Fact| -> Result<()> {
            let recorded = Recorded {
                seq: draft.version + 1,
                at: self.now,
                by: self.by.clone(),
                source: self.source.clone(),
                fact: fact.clone(),
            };
            draft
                .apply(&recorded)
                .map_err(|unfit| Error::Internal(unfit.to_string()))?;
            facts.push(fact);
            Ok(())
        };
        if let Some(details) = details.and_then(|details| draft.details.news_in(details)) {
            add(&mut draft, Fact::Details { details })?;
        }
        for (nth, sighting) in listed.iter().enumerate() {
            let (episode, corrects) = match placing::place(&draft, sighting, &self.app.settings) {
                Place::Repeat => continue,
                Place::Corrects { episode, seq } => (episode, Some(seq)),
                Place::Joins(episode) => (episode, None),
                Place::New => {
                    let nth = (nth as u64).to_be_bytes();
                    (
                        EpisodeId(id::derived("episode", &[self.item.0.as_bytes(), &nth])),
                        None,
                    )
                }
            };
            let sighting = Box::new((*sighting).clone());
            add(
                &mut draft,
                Fact::Sighted {
                    episode,
                    sighting,
                    corrects,
                },
            )?;
        }
        for fact in taken_back(&draft, prepared) {
            add(&mut draft, fact)?;
        }
        for sighting in &prepared.sightings {
            for fact in
                placing::word_against(&draft, sighting, details.is_some(), &self.app.settings)
            {
                add(&mut draft, fact)?;
            }
        }
        // Without details the message is about somebody else, and only takes something back here.
        if details.is_some() {
            for result in &prepared.results {
                if let Some(fact) = arrival(&draft, result) {
                    add(&mut draft, fact)?;
                }
            }
        }
        let news = !facts.is_empty();
        store::timeline::append(tx, person, self.now, &self.by, &self.source, facts)?;
        if news && !listed.is_empty() {
            earlier_denials(
                self.app,
                self.ruling,
                self.scope,
                tx,
                person,
                &self.by,
                self.now,
            )?;
        }
        Ok(news)
    }
}

/// What was said against a fracture of somebody before anything had listed them, read by the rules by which they are
/// listed.
pub(crate) fn earlier_denials(
    app: &App,
    ruling: &Ruling,
    scope: &Scope,
    tx: &mut Tx<'_>,
    person: &mut Person,
    by: &Actor,
    now: Timestamp,
) -> Result<()> {
    let (Some(number), Some(born)) = (person.details.nhs_number.clone(), person.details.born)
    else {
        return Ok(());
    };
    let days: Vec<Date> = person
        .episodes
        .iter()
        .filter_map(Episode::fracture_date)
        .collect();
    let (Some(first), Some(last)) = (days.iter().min(), days.iter().max()) else {
        return Ok(());
    };
    let around = app.settings.same_fracture_days.days();
    let (from, until) = (first.saturating_sub(around), last.saturating_add(around));
    for item in store::denials::about(tx, scope, &number, from, until)? {
        let Some(waiting) = store::inbox::item(tx, scope, item)? else {
            continue;
        };
        let prepared = prepare(app, ruling, &waiting)?;
        if prepared.details.born != Some(born) {
            continue;
        }
        let facts: Vec<Fact> = prepared
            .sightings
            .iter()
            .flat_map(|said| placing::word_against(person, said, true, &app.settings))
            .filter(|fact| matches!(fact, Fact::SpokenAgainst { .. }))
            .collect();
        if facts.is_empty() {
            continue;
        }
        let file = store::imports::by_id(tx, scope, waiting.import)?
            .map(|import| import.file_name)
            .unwrap_or_default();
        let label = source_label(&prepared, &file, waiting.line);
        let source = Source::Feed { item, label };
        store::timeline::append(tx, person, now, by, &source, facts)?;
        // It was ignored when it came.
        store::inbox::settle(tx, item, "ignored", &Fate::New, None, Some(person.id), now)?;
    }
    Ok(())
}

/// What a result adds to what is held of it: nothing where it says the same again, or is an unverified version
/// that comes after a verified one.
fn arrival(person: &Person, result: &TestResult) -> Option<Fact> {
    let held = person
        .results
        .iter()
        .find(|held| held.result.key == result.key);
    let corrects = match held {
        Some(held) if says_the_same(&held.result, result) => return None,
        Some(held) if result.preliminary && !held.result.preliminary => return None,
        held => held.map(|held| held.seq),
    };
    Some(Fact::ResultArrived {
        result: Box::new(result.clone()),
        corrects,
    })
}

/// Which question a value answers is Herald's own reading, and no news.
fn says_the_same(held: &TestResult, sent: &TestResult) -> bool {
    let as_sent = |result: &TestResult| {
        let mut result = result.clone();
        for measure in &mut result.measures {
            measure.answers = None;
        }
        result
    };
    as_sent(held) == as_sent(sent)
}

/// Keys of sightings and results that this message takes back, with the reason: withdrawn by the sender, or corrected to no
/// fracture.
fn keys_taken_back(prepared: &Prepared) -> impl Iterator<Item = (&str, String)> {
    let corrected = prepared
        .sightings
        .iter()
        .filter(|s| s.reading.list == Listing::No)
        .map(|s| {
            (
                s.key.as_str(),
                format!("corrected by its source: {}", s.reading.reason),
            )
        });
    let withdrawn = prepared
        .withdrawn
        .iter()
        .chain(&prepared.results_withdrawn)
        .map(|key| (key.as_str(), "withdrawn by its source".to_owned()));
    corrected.chain(withdrawn)
}

fn taken_back(person: &Person, prepared: &Prepared) -> Vec<Fact> {
    let mut facts = Vec::new();
    let withdrawn = |key: &str| prepared.withdrawn.iter().any(|taken| taken == key);
    for (key, because) in keys_taken_back(prepared) {
        for episode in &person.episodes {
            // What speaks against is replaced or taken back with its newest words ([`placing::word_against`]).
            let against = episode.against.iter().filter(|_| withdrawn(key));
            for seen in episode
                .sightings
                .iter()
                .chain(against)
                .filter(|seen| seen.sighting.key == key)
                // What a clinician saw in a text that the reader refused does not fall with another refusal.
                .filter(|seen| {
                    let by_clinician = matches!(seen.by, Actor::Staff { .. })
                        && seen.sighting.reading.why == Why::NotUnderstood;
                    !by_clinician || withdrawn(key)
                })
            {
                facts.push(Fact::SightingWithdrawn {
                    episode: episode.id,
                    of: seen.seq,
                    because: because.clone(),
                });
            }
        }
        // Taken back by number and panel, so every one of that name under that number goes.
        let again = format!("{key}:again");
        for held in person
            .results
            .iter()
            .filter(|held| held.result.key == key || held.result.key.starts_with(&again))
        {
            facts.push(Fact::ResultWithdrawn {
                of: held.seq,
                because: because.clone(),
            });
        }
    }
    facts
}

/// What the reader said no to, as the clinician who reviewed it wants it seen.
pub(crate) fn set_to_look(prepared: &mut Prepared, note: Option<&str>) {
    for sighting in &mut prepared.sightings {
        sighting.reading.list = Listing::Look;
        sighting.reading.why = Why::NotUnderstood;
        sighting.reading.reason = match note {
            Some(note) => format!("Listed by a clinician who reviewed the reader’s “no”: {note}"),
            None => "Listed by a clinician who reviewed the reader’s “no”".to_owned(),
        };
    }
}

/// A clinician found that the reader said no to somebody who should have been listed: list them after all, through
/// the same questions of who it is and whether it is new.
pub(crate) fn list_after_all(
    app: &App,
    scope: &Scope,
    tx: &mut Tx<'_>,
    waiting: &Waiting,
    note: Option<&str>,
    now: Timestamp,
) -> Result<()> {
    tx.lock("intake")?;
    let ruling = said_no::refused_by(app, tx, scope, waiting.item)?;
    let mut prepared = prepare(app, &ruling, waiting)?;
    set_to_look(&mut prepared, note);
    let file = store::imports::by_id(tx, scope, waiting.import)?
        .map(|i| i.file_name)
        .unwrap_or_default();
    let reader = app.store.identity_scope(scope);
    // Once is enough, whoever says it again: asked about already, or on a timeline.
    if store::questions::one(tx, &reader, waiting.item)?.is_some() {
        return Ok(());
    }
    let mut on_record = !prepared.sightings.is_empty();
    for sighting in &prepared.sightings {
        let mut listed = false;
        for id in store::people::by_sighting(tx, &reader, &sighting.key)? {
            listed |= load(tx, &reader, id)?.lists(&sighting.key);
        }
        on_record &= listed;
    }
    if on_record {
        return Ok(());
    }
    let job = Job {
        app,
        ruling: &ruling,
        scope: &reader,
        waiting,
        file: &file,
        now,
        by: scope.actor(),
    };
    let listed: Vec<&Sighting> = prepared.sightings.iter().collect();
    let (fate, person) = job.listed(tx, &prepared, &listed)?;
    // It was ignored, or had brought other news of somebody known; either way it says more now.
    for from in ["ignored", "new", "had"] {
        store::inbox::settle(tx, waiting.item, from, &fate, None, person, now)?;
    }
    Ok(())
}

/// A clinician has said how the reader does with the layout that a report waited for. It is judged by the rules that
/// count now, since none has judged it before.
pub(crate) fn settle_layout(
    app: &App,
    scope: &Scope,
    tx: &mut Tx<'_>,
    waiting: &Waiting,
    state: State,
    now: Timestamp,
) -> Result<()> {
    let file = store::imports::by_id(tx, scope, waiting.import)?
        .map(|i| i.file_name)
        .unwrap_or_default();
    let ruling = app.rules(tx)?;
    let job = Job {
        app,
        ruling: &ruling,
        scope,
        waiting,
        file: &file,
        now,
        by: scope.actor(),
    };
    let mut prepared = prepare(app, &ruling, waiting)?;
    if state == State::NotUnderstood {
        let unread = layouts::unread(ruling.finder(), &prepared);
        let heading = unread.map(|unread| unread.heading).unwrap_or_default();
        prepared = layouts::to_look(prepared, &heading);
    }
    let listed = listed(&prepared);
    let to = if listed.is_empty() {
        ItemState::SaidNo
    } else {
        ItemState::LookedAt
    };
    store::layouts::settle(tx, waiting.item, to)?;
    let (fate, person) = job.safely(tx, |tx| {
        if listed.is_empty() {
            job.nothing_listed(tx, &prepared)
        } else {
            job.listed(tx, &prepared, &listed)
        }
    })?;
    store::inbox::settle(tx, waiting.item, "held", &fate, None, person, now)?;
    Ok(())
}
