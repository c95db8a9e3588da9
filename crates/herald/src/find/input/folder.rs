//! The files that were named, and those below the folders that were named, in sorted order. Only the names of one
//! folder at a time are held.

use std::{
    fs, io,
    path::{Path, PathBuf},
    vec,
};

#[derive(Debug)]
pub enum Entry {
    Stdin,
    /// Named on the command line.
    Named(PathBuf),
    /// Found below a folder; the id is its way from there.
    Found {
        path: PathBuf,
        id: String,
    },
    /// Neither file nor folder, or a link to a folder, which may lead in a circle.
    Other(PathBuf),
    Unreadable(PathBuf, io::Error),
}

pub struct Walk<'a> {
    named: std::slice::Iter<'a, PathBuf>,
    folder: Option<&'a Path>,
    /// What is left of each open folder, the innermost last.
    open: Vec<vec::IntoIter<PathBuf>>,
    /// Ours, and no input.
    ours: &'a [PathBuf],
}

impl<'a> Walk<'a> {
    pub fn new(named: &'a [PathBuf], ours: &'a [PathBuf]) -> Self {
        Self {
            named: named.iter(),
            folder: None,
            open: Vec::new(),
            ours,
        }
    }

    fn enter(&mut self, folder: PathBuf) -> Option<Entry> {
        let names = fs::read_dir(&folder).and_then(|entries| {
            entries
                .map(|e| Ok(e?.path()))
                .collect::<io::Result<Vec<_>>>()
        });
        match names {
            Ok(mut paths) => {
                paths.sort_unstable();
                self.open.push(paths.into_iter());
                None
            }
            Err(error) => Some(Entry::Unreadable(folder, error)),
        }
    }

    fn is_ours(&self, path: &Path) -> bool {
        self.ours.iter().any(|ours| {
            ours.file_name() == path.file_name()
                && matches!((fs::canonicalize(ours), fs::canonicalize(path)), (Ok(a), Ok(b)) if a == b)
        })
    }

    fn found(&self, path: PathBuf) -> Entry {
        let id = self
            .folder
            .and_then(|folder| path.strip_prefix(folder).ok())
            .unwrap_or(&path)
            .to_string_lossy()
            .into_owned();
        Entry::Found { path, id }
    }
}

impl Iterator for Walk<'_> {
    type Item = Entry;

    fn next(&mut self) -> Option<Entry> {
        loop {
            if let Some(inner) = self.open.last_mut() {
                let Some(path) = inner.next() else {
                    self.open.pop();
                    continue;
                };
                let kind = match fs::symlink_metadata(&path) {
                    Ok(kind) => kind,
                    Err(error) => return Some(Entry::Unreadable(path, error)),
                };
                if self.is_ours(&path) {
                    continue;
                }
                if kind.is_dir() {
                    match self.enter(path) {
                        None => continue,
                        problem => return problem,
                    }
                }
                return Some(if path.is_file() {
                    self.found(path)
                } else {
                    Entry::Other(path)
                });
            }
            let path = self.named.next()?;
            if path.as_os_str() == "-" {
                return Some(Entry::Stdin);
            }
            if !path.is_dir() {
                return Some(Entry::Named(path.clone()));
            }
            self.folder = Some(path);
            if let Some(problem) = self.enter(path.clone()) {
                return Some(problem);
            }
        }
    }
}
