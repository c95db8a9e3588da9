//! The way in, the same for every file whoever brings it. Survey the whole file; store every item, synced, in
//! order, with a mark how far that has come; then work through what is stored ([`crate::work`]). Each step is one
//! transaction and repeats harmlessly, so a process killed at any moment and run again ends as if it had run once.

use std::{
    fs::File,
    io::{BufReader, Read},
    path::Path,
};

use feeds::{Format, Severity, Survey, fault::Fault};
use jiff::Timestamp;
use pathway::ItemId;
use sha2::{Digest, Sha256};
use store::{
    Tx,
    imports::{Import, State},
    inbox::{Arrival, Fate},
};
use terms::id;
use uuid::Uuid;

use crate::{
    App, Scope,
    error::{Error, Result},
};

/// Items stored in one transaction: large, since storing is all it does.
const STAGE_AT_ONCE: usize = 1000;
/// Row errors kept of a file that is refused as a whole.
const FAULTS_OF_A_REFUSED_FILE: usize = 50;

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
    let held = app
        .store
        .read(|tx| store::imports::by_content(tx, scope, &sha256))?;
    if let Some(done) = held
        .as_ref()
        .filter(|import| import.state == State::Complete)
    {
        return Ok(done.clone());
    }
    let import =
        match held.filter(|import| matches!(import.state, State::Staging | State::Processing)) {
            Some(under_way) => under_way,
            None => match begin(app, scope, path, file_name, asked, &sha256, bytes, progress)? {
                import if import.state == State::Refused => return Ok(import),
                import => import,
            },
        };
    if import.state == State::Staging {
        stage(app, &import, path, progress)?;
    }
    crate::work::process_waiting(app, progress)?;
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
#[expect(
    clippy::too_many_arguments,
    reason = "one call, one file; a struct would only rename the list"
)]
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
    let mut faults = Vec::new();
    match survey(app, path, file_name, asked, &mut faults, progress)? {
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
    app.store.write(|tx| {
        store::imports::begin(tx, &import, sha256)?;
        if import.state == State::Refused {
            store::imports::put_faults(tx, import.id, &faults)
        } else {
            Ok(())
        }
    })?;
    Ok(import)
}

fn survey(
    app: &App,
    path: &Path,
    file_name: &str,
    asked: Option<&str>,
    faults: &mut Vec<Fault>,
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
            let parsed = feeds::read(&format, &item.raw, item.line, &app.profiles);
            survey.add(&parsed);
            let room = FAULTS_OF_A_REFUSED_FILE - faults.len();
            faults.extend(parsed.faults.into_iter().take(room));
        }
        if count % 500 == 0 {
            progress(Progress {
                stage: Stage::Surveying,
                done: count,
                of: None,
            });
        }
    }
    Ok(survey.verdict().map(|()| (format, count)))
}

pub(crate) fn format_of(name: &str) -> Result<Format> {
    name.parse()
        .map_err(|_| Error::Internal(format!("an item of the unknown format {name}")))
}

/// Store every item of a surveyed file. A run that was killed is taken up behind the last stored item.
fn stage(
    app: &App,
    import: &Import,
    path: &Path,
    progress: &mut dyn FnMut(Progress),
) -> Result<()> {
    let format = format_of(&import.format)?;
    let mut staged = app.store.read(|tx| store::imports::staged(tx, import.id))?;
    let items = feeds::items(BufReader::new(File::open(path)?), &format, &app.profiles)
        .map_err(|refusal| Error::Unavailable(refusal.problem))?;
    let mut items = items.skip(staged as usize);
    loop {
        let batch: Vec<feeds::Item> = items
            .by_ref()
            .take(STAGE_AT_ONCE)
            .collect::<std::io::Result<_>>()?;
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
                Err(Error::Unavailable(
                    "Another Herald is taking in this file at this moment.".to_owned(),
                ))
            }
        })?;
        staged = to;
        progress(Progress {
            stage: Stage::Storing,
            done: staged,
            of: Some(import.expected),
        });
    }
    app.store
        .write(|tx| store::imports::set_processing(tx, import.id))?;
    Ok(())
}

enum Stored {
    New,
    Had,
    /// Not an item but a remark on the file.
    Note,
}

fn store_item(
    tx: &mut Tx<'_>,
    import: &Import,
    item: &feeds::Item,
    nth: u64,
    now: Timestamp,
) -> Result<Stored> {
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
    let arrival = Arrival {
        item: id,
        import: import.id,
        line: item.line,
        format: &import.format,
        raw: &item.raw,
    };
    if !store::inbox::put(tx, &arrival, now)? {
        return Ok(Stored::Had);
    }
    if item.fault.is_some() {
        let fate = Fate::Rejected("not_readable".to_owned());
        store::inbox::settle(tx, id, "received", &fate, None, None, now)?;
    }
    Ok(Stored::New)
}
