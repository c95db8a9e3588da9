//! Many reports: their order, and how much memory they take.

use std::{fs, fs::File, io::BufWriter, io::Write, process::Command};

use serde_json::Value;
use tempfile::tempdir;

use crate::{find_in, lines};

/// The report at a place of the input; some are long, so that batches take their time in another order.
pub fn report(number: u32) -> String {
    let filler = if number.is_multiple_of(97) {
        "Normal heart. ".repeat(300)
    } else {
        String::new()
    };
    let text = match number % 3 {
        0 => "XR Wrist Lt\nFall.\nFracture of the distal radius.",
        1 => "No fracture.",
        _ => "Clear.",
    };
    serde_json::json!({"id": number, "text": format!("{filler}{text}")}).to_string()
}

#[test]
fn the_order_of_the_input_is_kept_by_many_threads_and_the_bad_line_is_in_its_place() {
    let reports: Vec<String> = (0..1500)
        .map(|n| {
            if n == 700 {
                "not json".to_owned()
            } else {
                report(n)
            }
        })
        .collect();
    let folder = tempdir().unwrap();
    let file = folder.path().join("in.ndjson");
    // Padding, so that there are many batches.
    let padded: Vec<String> = reports
        .iter()
        .map(|r| r.replacen('{', &format!("{{\"pad\":\"{}\",", "x".repeat(1000)), 1))
        .collect();
    fs::write(&file, padded.join("\n")).unwrap();
    let name = file.to_str().unwrap();
    let (good, many, err) = find_in(&["--jobs", "7", name], b"", false);
    assert!(!good);
    assert_eq!(err.lines().count(), 1, "{err}");
    assert!(err.contains("line 701 is not JSON"), "{err}");
    let ids: Vec<u64> = lines(&many)
        .iter()
        .map(|l| l["id"].as_u64().unwrap())
        .collect();
    let expected: Vec<u64> = (0..1500).filter(|n| *n != 700).collect();
    assert_eq!(ids, expected);
    let (_, one, _) = find_in(&["--jobs", "1"], reports.join("\n").as_bytes(), false);
    assert!(one == many);
}

#[test]
fn a_line_of_20_mb_is_told_and_the_others_go_on() {
    let folder = tempdir().unwrap();
    for (name, head, long, tail, help) in [
        (
            "a.ndjson",
            "{\"id\":1,\"text\":\"Clear.\"}\n{\"text\":\"",
            "x",
            "\"}\n{\"id\":3,\"text\":\"Clear.\"}",
            "NDJSON",
        ),
        (
            "a.csv",
            "id,text\n1,Clear.\n2,\"x\ny\"\n4,\"",
            "x\n",
            "\"\n3,Clear.\n",
            "quote",
        ),
    ] {
        let file = folder.path().join(name);
        let long = long.repeat(20 * 1024 * 1024 / long.len());
        fs::write(&file, [head, &long, tail].concat()).unwrap();
        let (good, out, err) = find_in(&[file.to_str().unwrap()], b"", false);
        let at = if name == "a.csv" { 5 } else { 2 };
        assert!(
            !good && err.contains(&format!("line {at} is longer than 16 MB")) && err.contains(help),
            "{err}"
        );
        let last = lines(&out).pop().unwrap();
        assert!(last["id"] == 3 || last["id"] == "3", "{out}");
    }
}

#[test]
fn the_summary_adds_up() {
    let folder = tempdir().unwrap();
    let summary = folder.path().join("summary.json");
    let input: Vec<String> = (1..=60)
        .map(|n| report(n).replacen('{', &format!("{{\"source\":\"S{}\",", n % 2), 1))
        .collect();
    let option = format!("--summary={}", summary.display());
    let (good, out, _) = find_in(&[&option], input.join("\n").as_bytes(), false);
    assert!(good);
    let said: Value = serde_json::from_slice(&fs::read(summary).unwrap()).unwrap();
    let listed = lines(&out).iter().filter(|l| l["list"] == "yes").count();
    assert_eq!((said["reports"].as_u64(), listed), (Some(60), 20));
    assert_eq!(said["lists"]["yes"], listed);
    assert_eq!(said["sites"]["wrist"]["yes"], 20);
    assert_eq!(said["reasons"]["present"]["yes"], 20);
    assert_eq!(
        said["sources"]["S0"]["no"].as_u64().unwrap()
            + said["sources"]["S1"]["no"].as_u64().unwrap(),
        40
    );
    let (_, _, table) = find_in(&["--summary"], input.join("\n").as_bytes(), false);
    assert!(
        table.contains("By site") && table.contains("wrist"),
        "{table}"
    );
}

/// Peak memory of a process that is over, as the kernel counted it.
#[cfg(target_os = "linux")]
#[test]
fn two_hundred_mb_are_read_in_less_memory_than_that() {
    const MB: usize = 1024 * 1024;
    let folder = tempdir().unwrap();
    let file = folder.path().join("in.csv");
    // The padding costs reading and memory, but no time to understand.
    let pad = "x".repeat(MB);
    let mut to = BufWriter::new(File::create(&file).unwrap());
    writeln!(to, "id,pad,text").unwrap();
    for id in 0..200 {
        writeln!(to, "{id},{pad},Clear.").unwrap();
    }
    to.flush().unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_herald"))
        .arg("find")
        .arg(&file)
        .arg("--output")
        .arg(folder.path().join("out.csv"))
        .spawn()
        .unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    while child.try_wait().unwrap().is_none() {
        let said = fs::read_to_string(&status).unwrap_or_default();
        let line = said.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        if let Some(kb) = line.and_then(|line| line.trim().strip_suffix(" kB")) {
            peak = peak.max(kb.parse::<usize>().unwrap() * 1024);
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    assert!(child.wait().unwrap().success());
    let out = fs::read_to_string(folder.path().join("out.csv")).unwrap();
    assert_eq!(out.lines().count(), 201);
    assert!(peak > 0 && peak < 200 * MB, "{} MB", peak / MB);
}
