//! `kill -9` in the middle, and the same command again.

use std::{
    fs,
    path::Path,
    process::{Command, Output, Stdio},
    time::Duration,
};

use serde_json::Value;
use tempfile::tempdir;

use crate::{
    bulk::report,
    formats::{MESSAGE, parquet_rows},
};

fn herald(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_herald"));
    command.args(["find", "--checkpoint", "0"]).args(args);
    command
}

fn run(args: &[&str]) -> Output {
    herald(args).output().unwrap()
}

/// Reports read so far, as the sidecar has it.
fn read_so_far(output: &Path) -> u64 {
    let mut name = output.as_os_str().to_owned();
    name.push(".progress");
    fs::read(name)
        .ok()
        .and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok())
        .and_then(|progress| progress["tally"]["reports"].as_u64())
        .unwrap_or(0)
}

/// Kills it as soon as the sidecar shows more than before; false if it was done by then.
fn kill_on_the_way(args: &[&str], output: &Path) -> bool {
    let before = read_so_far(output);
    let mut child = herald(args).stderr(Stdio::null()).spawn().unwrap();
    loop {
        if child.try_wait().unwrap().is_some() {
            return false;
        }
        if read_so_far(output) > before {
            child.kill().unwrap();
            child.wait().unwrap();
            return true;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// More than one part of Parquet and a dozen batches.
const REPORTS: u32 = 20_000;
fn input(folder: &Path) -> String {
    let text: Vec<String> = (0..REPORTS)
        .map(|n| match n {
            50 => "not json".to_owned(),
            _ if n.is_multiple_of(20) => report(n),
            _ => format!("{{\"id\":{n},\"text\":\"Clear.\",\"pad\":\"{PAD}\"}}"),
        })
        .collect();
    let path = folder.join("in.ndjson");
    fs::write(&path, text.join("\n")).unwrap();
    path.to_str().unwrap().to_owned()
}

const PAD: &str =
    "understood without work, so that there are more batches than seconds ....................";

#[test]
fn a_killed_run_goes_on_and_ends_with_the_same_bytes() {
    let folder = tempdir().unwrap();
    let input = input(folder.path());
    // Parquet is safe by parts, of which this input has one and a bit.
    for (name, times) in [("found.ndjson", 3), ("found.parquet", 1)] {
        let whole = folder.path().join(format!("whole-{name}"));
        let found = folder.path().join(name);
        let summary = |which: &str| format!("--summary={}/{which}.json", folder.path().display());
        let (first, second) = (summary("first"), summary("second"));
        let done = run(&[&input, "--output", whole.to_str().unwrap(), &first]);
        assert_eq!(done.status.code(), Some(1), "line 51 is bad");
        let again = [&input, "--output", found.to_str().unwrap(), &second];
        for _ in 0..times {
            assert!(
                kill_on_the_way(&again, &found),
                "{name} was done before it could be killed"
            );
        }
        let done = run(&again);
        let err = String::from_utf8_lossy(&done.stderr);
        assert!(err.contains("Going on behind"), "{err}");
        assert_eq!(done.status.code(), Some(1), "the bad line still counts");
        assert!(
            fs::read(&whole).unwrap() == fs::read(&found).unwrap(),
            "{name}"
        );
        let counts = |which: &str| fs::read(folder.path().join(format!("{which}.json"))).unwrap();
        assert_eq!(counts("first"), counts("second"));
        if name == "found.parquet" {
            assert_eq!(parquet_rows(&found).len(), REPORTS as usize - 1);
        }
    }
    // Input, two outputs of each kind, two summaries: nothing else is left.
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 7);
}

#[test]
fn another_command_or_another_input_does_not_go_on() {
    let folder = tempdir().unwrap();
    let input = input(folder.path());
    let found = folder.path().join("found.ndjson");
    let output = found.to_str().unwrap();
    assert!(kill_on_the_way(&[&input, "--output", output], &found));
    let err = |args: &[&str]| String::from_utf8(run(args).stderr).unwrap();
    let said = err(&[&input, "--output", output, "--id", "text"]);
    assert!(
        said.contains("another command") && said.contains("--restart"),
        "{said}"
    );
    fs::write(&input, report(1)).unwrap();
    let said = err(&[&input, "--output", output]);
    assert!(
        said.contains("not what it was") && said.contains("--restart"),
        "{said}"
    );
    let done = run(&[&input, "--output", output, "--restart"]);
    assert!(done.status.success());
    assert_eq!(fs::read_to_string(found).unwrap().lines().count(), 1);
}

/// A stop in every kind of file: going on finds header, row, message and file again.
#[test]
fn a_killed_run_over_a_folder_goes_on_in_each_format() {
    let folder = tempdir().unwrap();
    let reports = folder.path().join("reports");
    fs::create_dir(&reports).unwrap();
    let put = |name: &str, what: String| fs::write(reports.join(name), what).unwrap();
    let rows = (0..6000).map(|n| format!("{n},\"Clear,\nno \"\"more\"\".\",{PAD}\n"));
    put(
        "a.csv",
        format!("id,text,pad\n{}", rows.collect::<String>()),
    );
    let messages = (0..3000).map(|n| MESSAGE.replace("ACC-1", &format!("ACC-{n}")));
    put("b.hl7", messages.collect());
    for n in 0..500 {
        put(&format!("c{n:03}.txt"), "Clear.".to_owned());
    }
    let whole = folder.path().join("whole.csv");
    let found = folder.path().join("found.csv");
    let reports = reports.to_str().unwrap();
    assert!(
        run(&[reports, "--output", whole.to_str().unwrap()])
            .status
            .success()
    );
    let again = [reports, "--output", found.to_str().unwrap()];
    let mut kills = 0;
    while kills < 5 && kill_on_the_way(&again, &found) {
        kills += 1;
    }
    assert!(kills > 2, "{kills}");
    run(&again);
    let whole = fs::read_to_string(whole).unwrap();
    assert!(whole == fs::read_to_string(found).unwrap());
    assert_eq!(whole.lines().count(), 1 + 6000 + 3000 + 500);
}
