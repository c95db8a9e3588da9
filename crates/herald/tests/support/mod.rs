//! The real binary on a folder of its own.
#![allow(dead_code, reason = "each test binary uses its own part")]

use std::{
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use jiff::civil::date;
use synth::YearPlan;

pub const CONFIG: &str = include_str!("../../config/mid-and-south-essex.toml");

pub struct Folder {
    dir: tempfile::TempDir,
}

impl Folder {
    pub fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("data")).unwrap();
        std::fs::write(dir.path().join("data/herald.toml"), CONFIG).unwrap();
        Self { dir }
    }

    /// Without a configuration, so that what makes its own does so.
    pub fn bare() -> Self {
        let folder = Self::new();
        std::fs::remove_file(folder.dir.path().join("data/herald.toml")).unwrap();
        folder
    }

    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    pub fn database(&self) -> PathBuf {
        self.dir.path().join("data/herald.sqlite")
    }

    pub fn herald(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_herald"));
        command
            .arg("--data")
            .arg(self.dir.path().join("data"))
            .args(arguments);
        command
            .env_remove("HERALD_DATABASE")
            .env("USER", "tester")
            .stdin(Stdio::null());
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Output {
        self.herald(arguments).output().unwrap()
    }

    /// Runs, and must succeed; what it printed.
    pub fn good(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(
            output.status.success(),
            "{arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).unwrap()
    }

    pub fn import(&self, files: &[PathBuf]) -> Command {
        let mut command = self.herald(&["import"]);
        command.args(files);
        command
    }

    /// Every check of the doctor with what it found; all of them must hold. The access log is as long as there were
    /// commands, so its length is left out.
    pub fn healthy(&self) -> Vec<(String, String)> {
        let report: serde_json::Value =
            serde_json::from_str(&self.good(&["doctor", "--json"])).unwrap();
        let checks = report.as_array().unwrap();
        assert!(checks.len() >= 8, "{report}");
        checks
            .iter()
            .map(|check| {
                assert_eq!(check["holds"], true, "{check}");
                (
                    check["id"].as_str().unwrap().to_owned(),
                    check["found"].as_str().unwrap().to_owned(),
                )
            })
            .filter(|(id, _)| id != "I7b")
            .collect()
    }
}

/// Made-up weeks as the hospitals send them, in the order of their names.
pub fn weeks(into: &Path, fractures: usize) -> Vec<PathBuf> {
    let plan = YearPlan {
        fractures,
        ..YearPlan::demo(date(2025, 12, 31))
    };
    std::fs::create_dir_all(into).unwrap();
    let mut files: Vec<PathBuf> = synth::write_year(&plan, into, |_, _| {})
        .unwrap()
        .files
        .into_iter()
        .map(|file| file.path)
        .collect();
    files.sort();
    files
}
