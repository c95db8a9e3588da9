//! `herald guidance` as it is used at a prompt.

use std::{
    fs,
    io::Write,
    process::{Command, Stdio},
};

use serde_json::Value;

fn ask(args: &[&str], input: &str) -> (bool, String, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_herald"))
        .arg("guidance")
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(input.as_bytes())
        .unwrap();
    let out = child.wait_with_output().unwrap();
    (
        out.status.success(),
        String::from_utf8(out.stdout).unwrap(),
        String::from_utf8(out.stderr).unwrap(),
    )
}

#[test]
fn the_packs_shipped_are_sound() {
    let (sound, out, _) = ask(&["check", "--on", "2026-11-26"], "");
    assert!(sound, "{out}");
    assert!(!out.contains("unused"), "{out}");
    assert!(out.contains("Bone density scan and spine imaging"), "{out}");
    let (_, out, _) = ask(&["check", "--on", "2030-01-01"], "");
    assert!(out.contains("overdue      ng259-1.4.1"), "{out}");
    assert!(out.contains("overdue      kidney.toml"), "{out}");
}

#[test]
fn a_person_is_answered_with_rules_reasons_and_what_is_missing() {
    let line = r#"{"id":"A1","facts":{"age":81,"sex":"female","fractures.hip":true,"fractures.count":{"or_more":1},"t.lowest":25,"heart.attack_or_stroke":null}}"#;
    let (ok, out, err) = ask(&["run"], &format!("{line}\n\nnot json\n"));
    assert!(ok, "{err}");
    let lines: Vec<Value> = out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 2);
    let first = &lines[0];
    assert_eq!(first["id"], "A1");
    let says = first["says"].as_array().unwrap();
    let scan = says
        .iter()
        .find(|said| said["rule"] == "ng259-1.4.1")
        .unwrap();
    assert_eq!(scan["strength"], "offer");
    assert_eq!(scan["because"]["fractures.hip"], "yes");
    assert!(first["asked"][0].as_str().unwrap().contains("25"));
    let options = first["options"].as_array().unwrap();
    assert!(options.iter().all(|option| option["group"] != "fits"));
    let romosozumab = options
        .iter()
        .find(|option| option["medicine"] == "romosozumab")
        .unwrap();
    assert!(
        romosozumab["missing"]
            .to_string()
            .contains("heart.attack_or_stroke"),
        "{romosozumab}"
    );
    assert!(lines[1]["error"].as_str().unwrap().starts_with("line 3: "));
    assert!(err.contains("lines that could not be read: 1"), "{err}");
}

#[test]
fn a_changed_pack_is_compared_and_a_broken_one_named_by_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let packs = folder.path().join("packs-of-mine");
    let (ok, out, _) = ask(&["export", packs.to_str().unwrap()], "");
    assert!(ok && out.contains("scan.toml"));
    let again = ask(&["export", packs.to_str().unwrap()], "");
    assert!(!again.0 && again.2.contains("there already"), "{}", again.2);

    let scan = packs.join("packs/scan.toml");
    let text = fs::read_to_string(&scan).unwrap();
    let changed = text.replace("risk10.mof >= 10", "risk10.mof >= 20");
    assert_ne!(text, changed);
    fs::write(&scan, changed).unwrap();
    let cohort = [8, 15, 30]
        .map(|risk| {
            format!(
                r#"{{"facts":{{"age":70,"sex":"female","risk10.mof":{risk},"service.dxa_line":"ng259","fractures.hip":false,"fractures.vertebral":false,"fractures.count":1,"fractures.major_in_2_years":0}}}}"#
            )
        })
        .join("\n");
    let (ok, out, err) = ask(
        &["compare", "--after", packs.to_str().unwrap(), "--json"],
        &cohort,
    );
    assert!(ok, "{err}");
    assert!(err.contains("were not used: 0"), "{err}");
    let odd = r#"{"facts":{"age":70,"t.lowest":25}}"#;
    let (_, _, asked) = ask(&["compare", "--after", packs.to_str().unwrap()], odd);
    assert!(asked.contains("were not used: 1"), "{asked}");
    let found: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(found["people"], 3);
    assert_eq!(found["changed"], 1);
    let rule = &found["rules"]["ng259-1.4.2"];
    assert_eq!(
        (&rule["before"], &rule["after"], &rule["lost"]),
        (&2.into(), &1.into(), &1.into())
    );

    let broken = text.replacen("age >= 30", "aeg >= 30", 1);
    fs::write(&scan, broken).unwrap();
    let (ok, out, _) = ask(&["check", packs.to_str().unwrap()], "");
    assert!(!ok);
    let wrong = out.lines().find(|line| line.starts_with("wrong")).unwrap();
    assert!(
        wrong.contains("packs/scan.toml, line ") && wrong.contains("“aeg”"),
        "{wrong}"
    );
    let (ok, _, err) = ask(&["run", "--packs", packs.to_str().unwrap()], "");
    assert!(!ok && err.contains("“aeg”"), "{err}");
}
