//! The folder into which files are dropped: DATA/drop. A file that has stopped growing is taken in, then moved to
//! `done`, or to `refused` with a note beside it that says why. Looking every two seconds works on network shares
//! too, where notices of change do not.

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
    time::Duration,
};

use service::{App, ImportState, imports};

const EVERY: Duration = Duration::from_secs(2);

pub struct Watcher {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Watcher {
    pub fn stop(mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            // A panic in there has been reported by the thread itself.
            let _ = thread.join();
        }
    }
}

pub fn start(app: Arc<App>) -> std::io::Result<Watcher> {
    let folder = app.data_dir.join("drop");
    for part in ["", "done", "refused"] {
        fs::create_dir_all(folder.join(part))?;
    }
    // Before the first page is served, so that no upload under way is among them.
    let left: Vec<PathBuf> = match fs::read_dir(app.data_dir.join("uploads")) {
        Ok(files) => files.filter_map(|file| Some(file.ok()?.path())).collect(),
        Err(_) => Vec::new(),
    };
    let stop = Arc::new(AtomicBool::new(false));
    let stopped = Arc::clone(&stop);
    let thread = std::thread::Builder::new()
        .name("dropped files".to_owned())
        .spawn(move || {
            if let Err(error) = imports::go_on_with_waiting(&app, &mut |_| {}) {
                tracing::error!(%error, "items that were waiting could not be worked on");
            }
            if let Err(error) = go_on_with_uploads(&app, &left) {
                tracing::error!(%error, "an interrupted upload could not be taken up again");
            }
            let mut sizes = HashMap::new();
            while !stopped.load(Ordering::Relaxed) {
                if let Err(error) = look(&app, &folder, &mut sizes) {
                    tracing::error!(%error, "the folder for dropped files cannot be read");
                }
                std::thread::park_timeout(EVERY);
            }
        })?;
    Ok(Watcher {
        stop,
        thread: Some(thread),
    })
}

/// Uploads that were being taken in when Herald last stopped still lie where they were kept. One without a record
/// had not come through whole; its sender never heard that it had.
fn go_on_with_uploads(app: &App, left: &[PathBuf]) -> Result<(), service::Error> {
    if left.is_empty() {
        return Ok(());
    }
    let scope = app
        .store
        .sign_in_job("Interrupted uploads", app.clock.now())?;
    for path in left {
        if let Ok(begun) = imports::view(app, &scope, imports::id_of(path)?, 1) {
            imports::take_in(
                app,
                &scope,
                path,
                &begun.import.file_name,
                None,
                &mut |_| {},
            )?;
        }
        fs::remove_file(path)?;
    }
    Ok(())
}

/// One look. A file counts as complete when its size has not changed since the look before.
fn look(app: &App, folder: &Path, sizes: &mut HashMap<PathBuf, u64>) -> std::io::Result<()> {
    let mut now = HashMap::new();
    let mut files: Vec<_> = fs::read_dir(folder)?.filter_map(Result::ok).collect();
    files.sort_by_key(|file| file.file_name());
    for file in files {
        let metadata = file.metadata()?;
        let name = file.file_name().to_string_lossy().into_owned();
        if !metadata.is_file() || name.starts_with('.') {
            continue;
        }
        let path = file.path();
        if sizes.get(&path) == Some(&metadata.len()) {
            take(app, folder, &path, &name);
        } else {
            now.insert(path, metadata.len());
        }
    }
    *sizes = now;
    Ok(())
}

fn take(app: &App, folder: &Path, path: &Path, name: &str) {
    let outcome = app
        .store
        .sign_in_job("Dropped files", app.clock.now())
        .map_err(service::Error::from)
        .and_then(|scope| imports::take_in(app, &scope, path, name, None, &mut |_| {}));
    let moved = match outcome {
        Ok(import) if import.state == ImportState::Refused => {
            let problem = import.problem.unwrap_or_default();
            let note = format!("{problem}\n{}\n", import.advice.unwrap_or_default());
            tracing::warn!(import = %import.id, "a dropped file was refused");
            move_to(&folder.join("refused"), path, name)
                .and_then(|to| fs::write(to.with_added_extension("why.txt"), note))
        }
        Ok(import) => {
            tracing::info!(import = %import.id, items = import.staged, "a dropped file was taken in");
            move_to(&folder.join("done"), path, name).map(drop)
        }
        // It stays where it is and is tried again at the next look but one.
        Err(error) => {
            tracing::error!(%error, "a dropped file could not be taken in; it will be tried again");
            Ok(())
        }
    };
    if let Err(error) = moved {
        tracing::error!(%error, "a dropped file was taken in but could not be moved away");
    }
}

/// Never over another file of the same name.
fn move_to(folder: &Path, path: &Path, name: &str) -> std::io::Result<PathBuf> {
    let mut to = folder.join(name);
    let mut nth = 1;
    while to.exists() {
        nth += 1;
        to = folder.join(format!("{nth}-{name}"));
    }
    fs::rename(path, &to)?;
    Ok(to)
}
