//! The way in, the same for every file whoever brings it. Survey the whole file; store every item, synced, in
//! order, with a mark how far that has come; then work through what is stored. Each step is one transaction and
//! repeats harmlessly, so a process killed at any moment and run again ends as if it had run once.

use std::{
    collections::{HashMap, hash_map::Entry},
    fs::File,
    io::{BufReader, Read},
    path::Path,
};

use feeds::{Format, Severity, Survey, fault::Fault, message::Kind};
use jiff::Timestamp;
use pathway::{
    Actor, EpisodeId, Fact, ItemId, Person, PersonId, Recorded, Sighting, Source,
    eligibility::{self, Because, Verdict},
    matching::{self, Match, Question},
    placing::{self, Place},
};
use sha2::{Digest, Sha256};
use store::{
    Tx,
    imports::{Import, State},
    inbox::{Arrival, Fate, Waiting},
    questions::Held,
    said_no::Refusal,
};
use terms::{Listing, Site, id};
use uuid::Uuid;

use crate::{
    App, Scope,
    error::{Error, Result},
    reading::{self, Prepared, kind_code, why_code},
};

/// Items stored in one transaction: large, since storing is all it does.
const STAGE_AT_ONCE: usize = 1000;
/// Items worked on in one transaction: small, so that people at their screens get their turn in between.
const PROCESS_AT_ONCE: u32 = 96;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    Surveying,
    Storing,
    Reading,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    pub stage: Stage,
    pub done: u64,
    /// Nothing while it is not known.
    pub of: Option<u64>,
}

/// Take in one file. The outcome, a refusal of the whole file included, is the import's own record.
pub fn import_file(
    app: &App,
    scope: &Scope,
    path: &Path,
    file_name: &str,
    asked: Option<&str>,
    progress: &mut dyn FnMut(Progress),
) -> Result<Import> {
    let (sha256, bytes) = fingerprint(path)?;
    let held = app.store.read(|tx| store::imports::by_content(tx, scope, &sha256))?;
    if let Some(done) = held.as_ref().filter(|import| import.state == State::Complete) {
        return Ok(done.clone());
    }
    let import = match held.filter(|import| matches!(import.state, State::Staging | State::Processing)) {
        Some(under_way) => under_way,
        None => match begin(app, scope, path, file_name, asked, &sha256, bytes, progress)? {
            import if import.state == State::Refused => return Ok(import),
            import => import,
        },
    };
    if import.state == State::Staging {
        stage(app, &import, path, progress)?;
    }
    process_waiting(app, progress)?;
    app.store
        .read(|tx| store::imports::by_id(tx, scope, import.id))?
        .ok_or_else(|| Error::Internal("an import vanished".to_owned()))
}

pub(crate) fn import_id(sha256: &[u8; 32]) -> Uuid {
    id::derived("import", &[sha256])
}

pub(crate) fn fingerprint(path: &Path) -> Result<([u8; 32], u64)> {
    let mut file = File::open(path)?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    let mut bytes = 0;
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok((hash.finalize().into(), bytes)),
            n => {
                hash.update(&buffer[..n]);
                bytes += n as u64;
            }
        }
    }
}

/// Look at the whole file before anything of it is taken in.
#[expect(clippy::too_many_arguments, reason = "one call, one file; a struct would only rename the list")]
fn begin(
    app: &App,
    scope: &Scope,
    path: &Path,
    file_name: &str,
    asked: Option<&str>,
    sha256: &[u8; 32],
    bytes: u64,
    progress: &mut dyn FnMut(Progress),
) -> Result<Import> {
    let now = app.clock.now();
    let mut import = Import {
        id: import_id(sha256),
        file_name: file_name.to_owned(),
        bytes,
        format: asked.unwrap_or("auto").to_owned(),
        by_whom: scope.who().to_owned(),
        state: State::Staging,
        expected: 0,
        staged: 0,
        had: 0,
        notes: 0,
        started_at: now,
        finished_at: None,
        problem: None,
        advice: None,
    };
    match survey(app, path, file_name, asked, progress)? {
        Ok((format, items)) => {
            import.format = format.to_string();
            import.expected = items;
        }
        Err(refusal) => {
            import.state = State::Refused;
            import.finished_at = Some(now);
            import.problem = Some(refusal.problem);
            import.advice = Some(refusal.advice);
        }
    }
    app.store.write(|tx| store::imports::begin(tx, &import, sha256))?;
    Ok(import)
}

fn survey(
    app: &App,
    path: &Path,
    file_name: &str,
    asked: Option<&str>,
    progress: &mut dyn FnMut(Progress),
) -> Result<Result<(Format, u64), feeds::Refusal>> {
    let mut head = Vec::new();
    File::open(path)?.take(1 << 16).read_to_end(&mut head)?;
    let format = match feeds::detect(&head, file_name, asked, &app.profiles) {
        Ok(format) => format,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let items = match feeds::items(BufReader::new(File::open(path)?), &format, &app.profiles) {
        Ok(items) => items,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let mut survey = Survey::default();
    let mut count = 0;
    for item in items {
        let item = item?;
        count += 1;
        if item.fault.is_none() {
            survey.add(&feeds::read(&format, &item.raw, item.line, &app.profiles));
        }
        if count % 500 == 0 {
            progress(Progress { stage: Stage::Surveying, done: count, of: None });
        }
    }
    Ok(survey.verdict().map(|()| (format, count)))
}

fn format_of(name: &str) -> Result<Format> {
    name.parse().map_err(|_| Error::Internal(format!("an item of the unknown format {name}")))
}

/// Store every item of a surveyed file. A run that was killed is taken up behind the last stored item.
fn stage(app: &App, import: &Import, path: &Path, progress: &mut dyn FnMut(Progress)) -> Result<()> {
    let format = format_of(&import.format)?;
    let mut staged = app.store.read(|tx| store::imports::staged(tx, import.id))?;
    let items = feeds::items(BufReader::new(File::open(path)?), &format, &app.profiles)
        .map_err(|refusal| Error::Unavailable(refusal.problem))?;
    let mut items = items.skip(staged as usize);
    loop {
        let batch: Vec<feeds::Item> = items.by_ref().take(STAGE_AT_ONCE).collect::<std::io::Result<_>>()?;
        if batch.is_empty() {
            break;
        }
        let now = app.clock.now();
        let to = staged + batch.len() as u64;
        app.store.write(|tx| -> Result<()> {
            let (mut had, mut notes) = (0, 0);
            for (item, nth) in batch.iter().zip(staged..) {
                match store_item(tx, import, item, nth, now)? {
                    Stored::New => {}
                    Stored::Had => had += 1,
                    Stored::Note => notes += 1,
                }
            }
            if store::imports::advance(tx, import.id, staged, to, had, notes)? {
                Ok(())
            } else {
                // Another process is storing the same file: leave it to that one, and undo this batch.
                Err(Error::Unavailable("Another Herald is taking in this file at this moment.".to_owned()))
            }
        })?;
        staged = to;
        progress(Progress { stage: Stage::Storing, done: staged, of: Some(import.expected) });
    }
    app.store.write(|tx| store::imports::set_processing(tx, import.id))?;
    Ok(())
}

enum Stored {
    New,
    Had,
    /// Not an item but a remark on the file.
    Note,
}

fn store_item(tx: &mut Tx<'_>, import: &Import, item: &feeds::Item, nth: u64, now: Timestamp) -> Result<Stored> {
    // An item too broken to have content of its own is told apart by its place in the file.
    let key = if item.fault.is_some() {
        id::digest(&[import.id.as_bytes(), &nth.to_be_bytes()])
    } else {
        item.key
    };
    if let Some(fault) = &item.fault {
        store::imports::put_faults(tx, import.id, std::slice::from_ref(fault))?;
        if fault.severity == Severity::Warning {
            return Ok(Stored::Note);
        }
    }
    let id = ItemId(id::derived("item", &[&key]));
    let arrival =
        Arrival { item: id, import: import.id, line: item.line, format: &import.format, raw: &item.raw };
    if !store::inbox::put(tx, &arrival, now)? {
        return Ok(Stored::Had);
    }
    if item.fault.is_some() {
        let fate = Fate::Rejected("not_readable".to_owned());
        store::inbox::settle(tx, id, "received", &fate, None, None, now)?;
    }
    Ok(Stored::New)
}

/// Work through everything stored and not yet worked on, whoever stored it.
pub fn process_waiting(app: &App, progress: &mut dyn FnMut(Progress)) -> Result<u64> {
    let scope = app.store.sign_in_job("Import", app.clock.now())?;
    let all = app.store.read(store::inbox::waiting_count)?;
    let mut done = 0;
    let mut names: HashMap<Uuid, String> = HashMap::new();
    loop {
        let batch = app.store.read(|tx| store::inbox::waiting(tx, 0, PROCESS_AT_ONCE))?;
        let now = app.clock.now();
        if batch.is_empty() {
            app.store.write(|tx| store::imports::finish_ready(tx, now))?;
            return Ok(done);
        }
        for waiting in &batch {
            if let Entry::Vacant(unnamed) = names.entry(waiting.import) {
                let import = app.store.read(|tx| store::imports::by_id(tx, &scope, waiting.import))?;
                unnamed.insert(import.map(|i| i.file_name).unwrap_or_default());
            }
        }
        let prepared = prepare_all(app, &batch)?;
        app.store.write(|tx| -> Result<()> {
            tx.lock("intake")?;
            for (waiting, prepared) in batch.iter().zip(&prepared) {
                let file = names.get(&waiting.import).map(String::as_str).unwrap_or_default();
                let job = Job { app, scope: &scope, waiting, file, now };
                job.run(tx, prepared)?;
            }
            Ok(())
        })?;
        done += batch.len() as u64;
        progress(Progress { stage: Stage::Reading, done, of: Some(all.max(done)) });
    }
}

/// Reading text is the expensive part and needs nothing from the database: share it between the cores.
fn prepare_all(app: &App, batch: &[Waiting]) -> Result<Vec<Prepared>> {
    let workers = std::thread::available_parallelism().map_or(1, usize::from).min(4);
    let share = batch.len().div_ceil(workers).max(1);
    std::thread::scope(|threads| {
        let running: Vec<_> = batch
            .chunks(share)
            .map(|part| threads.spawn(move || part.iter().map(|w| prepare(app, w)).collect::<Result<Vec<_>>>()))
            .collect();
        let mut all = Vec::with_capacity(batch.len());
        for thread in running {
            let part = thread.join().map_err(|_| Error::Internal("reading a message panicked".to_owned()))?;
            all.extend(part?);
        }
        Ok(all)
    })
}

pub(crate) fn prepare(app: &App, waiting: &Waiting) -> Result<Prepared> {
    let format = format_of(&waiting.format)?;
    let parsed = feeds::read(&format, &waiting.raw, waiting.line, &app.profiles);
    Ok(reading::prepare(&app.finder, parsed, waiting.line, app.clock.today()))
}

struct Job<'a> {
    app: &'a App,
    scope: &'a Scope,
    waiting: &'a Waiting,
    file: &'a str,
    now: Timestamp,
}

impl Job<'_> {
    fn run(&self, tx: &mut Tx<'_>, prepared: &Prepared) -> Result<()> {
        let outcome = tx.part(|tx| self.work(tx, prepared));
        let (fate, person) = match outcome {
            Ok(done) => done,
            // Trouble with the store stops everything; trouble with one message must not stop the next.
            Err(Error::Store(store::Error::Corrupt(what)) | Error::Internal(what)) => {
                let problem = format!("Herald could not work on this: {what}");
                let mut fault = whole_item_fault(self.waiting.line, problem);
                fault.advice = "Nothing was changed. Tell whoever looks after Herald; it can be replayed.".to_owned();
                store::imports::put_faults(tx, self.waiting.import, &[fault])?;
                (Fate::Rejected("could_not_be_processed".to_owned()), None)
            }
            Err(error) => return Err(error),
        };
        let site = prepared.message.as_ref().and_then(|m| m.event.site.as_ref()).map(|s| s.as_str());
        store::inbox::settle(tx, self.waiting.item, "received", &fate, site, person, self.now)?;
        Ok(())
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
            return Ok((Fate::Ignored(format!("not_used:{name}").replace('\0', "\u{fffd}")), None));
        }
        let listed: Vec<&Sighting> =
            prepared.sightings.iter().filter(|s| s.reading.list != Listing::No).collect();
        if listed.is_empty() { self.nothing_listed(tx, prepared) } else { self.listed(tx, prepared, &listed) }
    }

    /// Someone may have a fracture: does it count, who is it, is it new?
    fn listed(
        &self,
        tx: &mut Tx<'_>,
        prepared: &Prepared,
        listed: &[&Sighting],
    ) -> Result<(Fate, Option<PersonId>)> {
        let today = self.app.clock.today();
        if listed.iter().any(|s| s.fracture_date().is_some_and(|day| day > today)) {
            return Ok((Fate::Rejected("date_in_the_future".to_owned()), None));
        }
        let claim = &prepared.details;
        if let Verdict::Ignored(because) = self.judge_all(claim, listed) {
            return Ok((Fate::Ignored(because_code(because).to_owned()), None));
        }
        let unknown = prepared.message.as_ref().is_some_and(|m| m.person.identity_unknown);
        let known = if unknown { Vec::new() } else { store::people::alike(tx, self.scope, claim)? };
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

    /// The most favourable verdict of all sightings: one that counts is enough.
    fn judge_all(&self, person: &pathway::Details, sightings: &[&Sighting]) -> Verdict {
        let received = terms::london_date(self.now);
        let mut worst = Verdict::Counts;
        for sighting in sightings {
            match eligibility::judge(person, sighting, received, &self.app.settings) {
                Verdict::Ignored(because) => worst = Verdict::Ignored(because),
                other => return other,
            }
        }
        worst
    }

    fn record(
        &self,
        tx: &mut Tx<'_>,
        person: &mut Person,
        prepared: &Prepared,
        listed: &[&Sighting],
    ) -> Result<Fate> {
        let by = Actor::Herald { job: "Import".to_owned() };
        let writer = Writer { by, source: self.source(prepared), item: self.waiting.item, now: self.now };
        let news = writer.write(self.app, tx, person, prepared, listed)?;
        Ok(if news { Fate::New } else { Fate::Had })
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
        let Some(first) = listed.first() else { return Ok(()) };
        let sites = first.sites();
        let words: Vec<String> = sites.iter().map(|s| s.words()).collect();
        let held = Held {
            item: self.waiting.item,
            site: first.hospital.as_ref().map(|s| s.as_str().to_owned()).unwrap_or_default(),
            question,
            name: prepared.details.name.clone().unwrap_or_default(),
            nhs_number: prepared.details.nhs_number.clone(),
            born: prepared.details.born,
            fracture: sites.first().map_or(Site::Unspecified, |s| s.site).code().to_owned(),
            fracture_words: if words.is_empty() { "Fracture, site not stated".to_owned() } else { words.join("; ") },
            fracture_date: first.fracture_date(),
            why: format!("{}: {}", first.kind.words(), first.reading.reason),
            raised_at: self.now,
            answered_by: None,
        };
        Ok(store::questions::raise(tx, &held)?)
    }

    /// No fracture for the list. It may still tell us something about somebody we know, or take something back;
    /// and a "no" of the reader about somebody who could count goes to the pool that clinicians sample.
    fn nothing_listed(&self, tx: &mut Tx<'_>, prepared: &Prepared) -> Result<(Fate, Option<PersonId>)> {
        let claim = &prepared.details;
        let holder = match &claim.nhs_number {
            Some(number) => store::people::by_number(tx, self.scope, number)?,
            None => None,
        };
        let known = holder.filter(|card| card.born.is_some() && card.born == claim.born).map(|card| card.id);
        let mut fate = None;
        if let Some(id) = known {
            let mut person = load(tx, self.scope, id)?;
            if self.record(tx, &mut person, prepared, &[])? == Fate::New {
                fate = Some(Fate::New);
            }
        }
        let refused = prepared.sightings.first();
        if let Some(refused) = refused.filter(|s| self.could_count(claim, s)) {
            self.keep_for_review(tx, refused)?;
        }
        let otherwise = match refused {
            Some(refused) => {
                let judged = eligibility::judge(claim, refused, terms::london_date(self.now), &self.app.settings);
                match judged {
                    Verdict::Ignored(Because::UnderAge) => "under_age".to_owned(),
                    _ => format!("reader_said_no:{}", why_code(refused.reading.why)),
                }
            }
            None if known.is_some() => return Ok((fate.unwrap_or(Fate::Had), known)),
            None => "nothing_about_a_fracture".to_owned(),
        };
        Ok((fate.unwrap_or(Fate::Ignored(otherwise)), known))
    }

    fn could_count(&self, person: &pathway::Details, sighting: &Sighting) -> bool {
        let received = terms::london_date(self.now);
        !matches!(
            eligibility::judge(person, sighting, received, &self.app.settings),
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
        Some(Kind::Report) => "Radiology report".to_owned(),
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
pub(crate) struct Writer {
    pub by: Actor,
    pub source: Source,
    pub item: ItemId,
    pub now: Timestamp,
}

impl Writer {
    /// `false`: nothing in it was news.
    pub fn write(
        &self,
        app: &App,
        tx: &mut Tx<'_>,
        person: &mut Person,
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
            draft.apply(&recorded).map_err(|unfit| Error::Internal(unfit.to_string()))?;
            facts.push(fact);
            Ok(())
        };
        if let Some(details) = draft.details.news_in(&prepared.details) {
            add(&mut draft, Fact::Details { details })?;
        }
        for (nth, sighting) in listed.iter().enumerate() {
            let (episode, corrects) = match placing::place(&draft, sighting, &app.settings) {
                Place::Repeat => continue,
                Place::Corrects { episode, seq } => (episode, Some(seq)),
                Place::Joins(episode) => (episode, None),
                Place::New => {
                    let nth = (nth as u64).to_be_bytes();
                    (EpisodeId(id::derived("episode", &[self.item.0.as_bytes(), &nth])), None)
                }
            };
            let sighting = Box::new((*sighting).clone());
            add(&mut draft, Fact::Sighted { episode, sighting, corrects })?;
        }
        for fact in taken_back(&draft, prepared) {
            add(&mut draft, fact)?;
        }
        let news = !facts.is_empty();
        store::timeline::append(tx, person, self.now, &self.by, &self.source, facts)?;
        Ok(news)
    }
}

/// Sightings on record that this message takes back: withdrawn by the sender, or corrected to no fracture.
fn taken_back(person: &Person, prepared: &Prepared) -> Vec<Fact> {
    let corrected = prepared
        .sightings
        .iter()
        .filter(|s| s.reading.list == Listing::No)
        .map(|s| (s.key.as_str(), format!("corrected by its source: {}", s.reading.reason)));
    let withdrawn = prepared.withdrawn.iter().map(|key| (key.as_str(), "withdrawn by its source".to_owned()));
    corrected
        .chain(withdrawn)
        .flat_map(|(key, because)| {
            person.episodes.iter().flat_map(move |episode| {
                let because = because.clone();
                let (id, key) = (episode.id, key.to_owned());
                episode.sightings.iter().filter(move |seen| seen.sighting.key == key).map(move |seen| {
                    Fact::SightingWithdrawn { episode: id, of: seen.seq, because: because.clone() }
                })
            })
        })
        .collect()
}
