//! A run that was stopped goes on where it was. Beside the output stands what was read and written up to a moment at
//! which both were on disk.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};

use super::{batch::Place, output::Mark, summary::Tally};

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    /// What was asked for, with the version of the rules.
    pub command: String,
    /// Digest of the input's files.
    pub input: String,
    pub place: Place,
    pub written: Mark,
    pub tally: Tally,
}

pub struct Sidecar {
    path: PathBuf,
    fresh: PathBuf,
    last: Instant,
    every: Duration,
}

/// The sidecar, and its next version until that is on disk.
pub fn paths(output: &Path) -> [PathBuf; 2] {
    [".progress", ".progress.new"].map(|end| {
        let mut name = output.as_os_str().to_owned();
        name.push(end);
        name.into()
    })
}

impl Sidecar {
    /// The sidecar, with where an earlier run of the same command was.
    pub fn open(
        output: &Path,
        command: &str,
        input: &str,
        every: Duration,
        restart: bool,
    ) -> anyhow::Result<(Self, Option<Progress>)> {
        let [path, fresh] = paths(output);
        let sidecar = Self {
            path,
            fresh,
            last: Instant::now(),
            every,
        };
        if restart {
            sidecar.remove()?;
            return Ok((sidecar, None));
        }
        let bytes = match fs::read(&sidecar.path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok((sidecar, None)),
            Err(error) => {
                return Err(error).with_context(|| format!("reading {}", sidecar.path.display()));
            }
        };
        let name = sidecar.path.display();
        let help = "Begin again with --restart, or write to another file.";
        let progress: Progress = serde_json::from_slice(&bytes)
            .with_context(|| format!("{name} cannot be understood. {help}"))?;
        if progress.command != command {
            bail!(
                "{name} belongs to another command:\n  then: {}\n  now:  {command}\n{help}",
                progress.command
            );
        }
        if progress.input != input {
            bail!("the input is not what it was when {name} was written. {help}");
        }
        Ok((sidecar, Some(progress)))
    }

    /// Whether it is time again to see that everything is on disk.
    pub fn due(&self) -> bool {
        self.last.elapsed() >= self.every
    }

    pub fn save(&mut self, progress: &Progress) -> anyhow::Result<()> {
        let save = || -> io::Result<()> {
            let mut file = File::create(&self.fresh)?;
            file.write_all(&serde_json::to_vec(progress)?)?;
            file.sync_all()?;
            fs::rename(&self.fresh, &self.path)
        };
        save().with_context(|| format!("writing {}", self.path.display()))?;
        self.last = Instant::now();
        Ok(())
    }

    pub fn remove(&self) -> anyhow::Result<()> {
        match fs::remove_file(&self.path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(error).with_context(|| format!("removing {}", self.path.display()))
            }
            _ => Ok(()),
        }
    }
}
