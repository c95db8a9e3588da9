//! The whole input beforehand: how much it is, and what it would be known by when a run goes on after a stop.

use std::{
    fs::{self, File},
    io::Read,
    path::{Path, PathBuf},
    time::UNIX_EPOCH,
};

use super::folder::{Entry, Walk};

/// Of each named file, this much is looked at.
const START: u64 = 4096;

pub struct Survey {
    pub bytes: u64,
    /// Of names, sizes and times of every file, and the first bytes of those that were named.
    pub digest: [u8; 32],
    /// A pipe is among it, which nobody can read again.
    pub piped: bool,
}

pub fn survey(files: &[PathBuf], ours: &[PathBuf]) -> Survey {
    let mut survey = Survey {
        bytes: 0,
        digest: [0; 32],
        piped: files.is_empty(),
    };
    for entry in Walk::new(files, ours) {
        let (path, start) = match &entry {
            Entry::Stdin => {
                survey.piped = true;
                continue;
            }
            // A look at the start of a pipe would take it away.
            Entry::Named(path) if path.exists() && !path.is_file() => {
                survey.piped = true;
                continue;
            }
            Entry::Named(path) => (path, start(path)),
            Entry::Found { path, .. } | Entry::Other(path) | Entry::Unreadable(path, _) => {
                (path, Vec::new())
            }
        };
        let known = fs::metadata(path).ok();
        let size = known.as_ref().map_or(0, fs::Metadata::len);
        let changed = known
            .and_then(|known| known.modified().ok())
            .and_then(|changed| changed.duration_since(UNIX_EPOCH).ok())
            .map_or(0, |since| since.as_nanos());
        survey.bytes += size;
        survey.digest = terms::id::digest(&[
            &survey.digest,
            path.as_os_str().as_encoded_bytes(),
            &size.to_be_bytes(),
            &changed.to_be_bytes(),
            &start,
        ]);
    }
    survey
}

fn start(path: &Path) -> Vec<u8> {
    let mut start = Vec::new();
    // A file that cannot be read is told when its turn comes.
    if let Ok(file) = File::open(path) {
        let _ = file.take(START).read_to_end(&mut start);
    }
    start
}
