//! The command line: what it prints, and what it says when something is wrong.

mod support;

use std::{path::PathBuf, process::Stdio};

use support::*;
use synth::tables;

#[test]
fn an_import_prints_its_sums() {
    let folder = Folder::new();
    let files = weeks(&folder.path().join("year"), 12);
    let output = folder.import(&files).output().unwrap();
    assert!(output.status.success());
    let printed = String::from_utf8(output.stdout).unwrap();
    for file in &files {
        let name = file.file_name().unwrap().to_str().unwrap();
        let line = printed
            .lines()
            .find(|line| line.starts_with(name))
            .unwrap_or_else(|| panic!("{name} in {printed}"));
        let numbers: Vec<u64> = line[name.len()..]
            .split(|c: char| !c.is_ascii_digit())
            .filter(|digits| !digits.is_empty())
            .map(|digits| digits.parse().unwrap())
            .collect();
        assert_eq!(numbers[0], numbers[1..].iter().sum::<u64>(), "{line}");
        assert!(numbers[0] > 0, "{line}");
    }
    let again = String::from_utf8(folder.import(&files).output().unwrap().stdout).unwrap();
    assert_eq!(again, printed, "the same files again");
    assert!(folder.good(&["rebuild"]).contains("identical"));
}

#[test]
fn what_is_wrong_in_a_file_is_said_with_its_place() {
    let folder = Folder::new();
    let row: Vec<&str> = tables::ECDS_HEADERS
        .iter()
        .map(|header| match *header {
            "NHS_Number" => "9990000019",
            "Family_Name" => "Testperson",
            "Given_Name" => "Alma",
            "Date_Of_Birth" => "1950-01-01",
            "Provider_Site_Code" => "RAJ01",
            "EC_Attendance_Number" => "ED1",
            "Arrival_Date" => "2025-11-20",
            "Der_EC_Diagnosis_All" => "359817006",
            _ => "",
        })
        .collect();
    let file = folder.path().join("ed.csv");
    std::fs::write(
        &file,
        format!(
            "{}\r\n{}\r\n",
            tables::ECDS_HEADERS.join(","),
            row.join(",")
        ),
    )
    .unwrap();
    let output = folder.import(&[file]).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.contains("ed.csv, line 2, column A, NHS_Number: This is not a valid NHS number"),
        "{said}"
    );
    let sums = String::from_utf8(output.stdout).unwrap();
    assert!(
        sums.starts_with("ed.csv: 1 received = 0 new + 0 already had + 1 held"),
        "{sums}"
    );
}

#[test]
fn a_wrong_file_fails_with_the_reason_and_what_to_do() {
    let folder = Folder::new();
    let wrong = folder.path().join("prices.csv");
    std::fs::write(&wrong, "colour,price\nred,1\n").unwrap();
    let right = weeks(&folder.path().join("year"), 4);
    let mut all = vec![wrong.clone()];
    all.extend(right.iter().cloned());
    let output = folder.import(&all).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.contains("prices.csv: refused, nothing of it was taken in"),
        "{said}"
    );
    assert!(
        said.lines().count() >= 3,
        "the reason and the advice: {said}"
    );
    assert_eq!(
        String::from_utf8(output.stdout)
            .unwrap()
            .matches(" received = ")
            .count(),
        right.len()
    );

    let missing = folder
        .import(&[PathBuf::from("no-such-file.hl7")])
        .output()
        .unwrap();
    assert_eq!(missing.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&missing.stderr).contains("no-such-file.hl7 was not taken in"));
    folder.healthy();
}

#[test]
fn staff_are_added_and_listed() {
    let folder = Folder::new();
    let added = folder.good(&[
        "user", "add", "JSmith", "--name", "Jo Smith", "--role", "nurse", "--site", "raj01",
    ]);
    let value = |label: &str| {
        let line = added
            .lines()
            .find(|line| line.trim().starts_with(label))
            .unwrap();
        line.split_whitespace().last().unwrap().to_owned()
    };
    assert_eq!(value("name to sign in"), "jsmith");
    assert_eq!(value("password").len(), 19);
    let list = folder.good(&["user", "list"]);
    assert!(list.contains("jsmith") && list.contains("RAJ01"), "{list}");
    assert!(
        !list.contains(&value("password")) && !list.contains(&value("authenticator secret")),
        "shown once"
    );

    let code = folder.good(&["user", "code", "jsmith"]);
    assert!(
        code.trim().len() == 6 && code.trim().bytes().all(|b| b.is_ascii_digit()),
        "{code}"
    );
    folder.good(&["user", "disable", "jsmith"]);
    assert!(folder.good(&["user", "list"]).contains("(disabled)"));
    folder.good(&["user", "enable", "jsmith"]);
    assert!(!folder.good(&["user", "list"]).contains("(disabled)"));

    for (arguments, words) in [
        (
            &["user", "add", "x1", "--name", "X", "--role", "king"][..],
            "the roles are nurse",
        ),
        (
            &["user", "add", "x1", "--name", "X", "--role", "job"],
            "the roles are nurse",
        ),
        (
            &[
                "user", "add", "x1", "--name", "X", "--role", "nurse", "--site", "XXX99",
            ],
            "not one of this service's sites",
        ),
        (
            &["user", "add", "jsmith", "--name", "X", "--role", "nurse"],
            "has this name already",
        ),
        (&["user", "code", "nobody"], "not found"),
    ] {
        let output = folder.run(arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains(words), "{arguments:?}: {said}");
    }
    folder.healthy();
}

#[test]
fn a_backup_taken_during_an_import_is_whole() {
    let folder = Folder::new();
    let files = weeks(&folder.path().join("year"), 40);
    folder.good(&["site", "list"]);
    let mut import = folder
        .import(&files)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut taken = 0;
    loop {
        let done = import.try_wait().unwrap();
        taken += 1;
        let copy = folder.path().join(format!("copy-{taken}.sqlite"));
        folder.good(&["backup", copy.to_str().unwrap()]);
        let restored = Folder::new();
        std::fs::copy(&copy, restored.database()).unwrap();
        // Half an import may wait in the copy; it is taken up where it stood, and ends as the other does.
        assert!(restored.import(&files).output().unwrap().status.success());
        restored.healthy();
        if let Some(status) = done {
            assert!(status.success());
            let (there, here) = (restored.healthy(), folder.healthy());
            assert_eq!(there, here);
            break;
        }
    }
    let copy = folder.path().join("copy-1.sqlite");
    let before = std::fs::read(&copy).unwrap();
    let refused = folder.run(&["backup", copy.to_str().unwrap()]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("never written over"));
    assert_eq!(std::fs::read(&copy).unwrap(), before);
}

#[test]
fn the_doctor_says_what_is_broken() {
    let folder = Folder::new();
    let files = weeks(&folder.path().join("year"), 6);
    assert!(folder.import(&files).output().unwrap().status.success());
    folder.healthy();
    for (sql, broken) in [
        (
            "DROP TRIGGER access_log_is_not_edited; UPDATE access_log SET who = 'Nobody' WHERE id = 1",
            "I7b",
        ),
        ("UPDATE episode SET list = 'closed'", "IX"),
        ("UPDATE import SET staged = staged + 1", "I1"),
        (
            "DROP TRIGGER fact_is_append_only; DELETE FROM fact WHERE seq = 1",
            "I7a",
        ),
    ] {
        rusqlite::Connection::open(folder.database())
            .unwrap()
            .execute_batch(sql)
            .unwrap();
        let output = folder.run(&["doctor", "--json"]);
        assert_eq!(
            output.status.code(),
            Some(1),
            "{sql}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let check = report
            .as_array()
            .unwrap()
            .iter()
            .find(|check| check["id"] == broken)
            .unwrap();
        assert_eq!(check["holds"], false, "{sql}: {check}");
    }
}

#[test]
fn rules_are_read_from_the_configuration_once_and_later_edits_are_told() {
    let folder = Folder::new();
    let shown = folder.good(&["rules", "show"]);
    assert!(
        shown.starts_with("rule set 1, live, proposed by First start"),
        "{shown}"
    );
    assert!(shown.contains("approved by nobody"), "{shown}");
    assert!(shown.contains("youngest           50"), "{shown}");

    let file = folder.path().join("data/herald.toml");
    let edited = CONFIG.replace("youngest = 50", "youngest = 65");
    std::fs::write(&file, edited).unwrap();
    let output = folder.run(&["rules", "show"]);
    let said = String::from_utf8(output.stderr).unwrap();
    let difference = "Youngest age at the fracture: 65, not 50";
    assert!(
        said.contains("rule set 1 counts, not herald.toml"),
        "{said}"
    );
    assert!(said.contains(difference), "{said}");
    let shown = String::from_utf8(output.stdout).unwrap();
    assert!(
        shown.contains("youngest           50") && shown.contains(difference),
        "{shown}"
    );
    let checks = folder.healthy();
    let rules = checks.iter().find(|(id, _)| id == "RU").unwrap();
    assert!(rules.1.contains(difference), "{rules:?}");
    let history = folder.good(&["rules", "history"]);
    assert!(
        history.contains("First start") && history.contains("went live"),
        "{history}"
    );
}

#[test]
fn a_service_does_not_begin_with_rules_that_cannot_be() {
    let folder = Folder::new();
    let file = folder.path().join("data/herald.toml");
    let wrong = CONFIG.replace("youngest = 50", "youngest = 5");
    std::fs::write(&file, wrong).unwrap();
    let output = folder.run(&["rules", "show"]);
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.contains("herald.toml") && said.contains("youngest: 5 is not an age"),
        "{said}"
    );
    std::fs::write(&file, CONFIG).unwrap();
    assert!(folder.good(&["rules", "show"]).contains("rule set 1, live"));
}
