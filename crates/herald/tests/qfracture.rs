//! `herald qfracture`: one line out for each line in, through the real binary.

mod support;

use std::{
    io::Write,
    process::{Output, Stdio},
};

use qfracture::{DISCLAIMER, Flag, NAME, NOTE};
use serde_json::{Value, json};
use support::*;

const VECTORS: &str = include_str!("../../qfracture/tests/vectors.json");

fn lines(output: &Output) -> Vec<Value> {
    String::from_utf8(output.stdout.clone())
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn said(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn piped(folder: &Folder, input: &[u8]) -> Output {
    let mut child = folder
        .herald(&["qfracture"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    child.wait_with_output().unwrap()
}

/// Somebody who is scored, but for the changes; a change to null takes the field away.
fn person(changes: Value) -> String {
    let mut person = json!({
        "id": 1, "sex": "female", "age": 70, "bmi": 25.0, "alcohol_cat6": 0, "ethrisk": 1,
        "smoke_cat": 0, "flags": ["b_falls"], "surv": 10,
    });
    for (name, value) in changes.as_object().unwrap() {
        if value.is_null() {
            person.as_object_mut().unwrap().remove(name);
        } else {
            person[name] = value.clone();
        }
    }
    person.to_string()
}

#[test]
fn a_file_of_people_is_answered_in_order_as_the_original_answers() {
    let folder = Folder::bare();
    let vectors: Value = serde_json::from_str(VECTORS).unwrap();
    let vectors = vectors["vectors"].as_array().unwrap();
    let given: Vec<String> = vectors.iter().map(Value::to_string).collect();
    let file = folder.path().join("people.ndjson");
    // Many times over, so that several batches are under way.
    std::fs::write(&file, format!("{}\n", given.join("\n")).repeat(20)).unwrap();
    let output = folder.run(&["qfracture", file.to_str().unwrap()]);
    assert!(output.status.success(), "{}", said(&output));
    let answers = lines(&output);
    assert_eq!(answers.len(), 20 * vectors.len());
    for (vector, answer) in vectors.iter().cycle().zip(&answers) {
        assert_eq!(vector["id"], answer["id"]);
        if vector["error"] == true {
            assert!(answer["error"].is_string(), "{answer}");
            continue;
        }
        for name in ["mof", "hip"] {
            let (theirs, ours) = (&vector[name], &answer[name]);
            let apart = (theirs.as_f64().unwrap() - ours.as_f64().unwrap()).abs();
            assert!(apart <= 1e-9, "{answer} and not {vector}");
        }
        assert_eq!(vector["hip_exceeds_mof"], answer["hip_exceeds_mof"]);
    }
    let said = said(&output);
    for words in [
        &format!("{NAME}: lines answered: 5740, errors: 280"),
        DISCLAIMER,
        NOTE,
    ] {
        assert!(said.contains(words), "{said}");
    }
}

#[test]
fn a_line_that_cannot_be_answered_says_why_and_the_others_go_on() {
    let cases = [
        (
            json!({"age": 29}),
            "age is 29; QFracture-2012 takes 30 to 100. Correct it",
        ),
        (
            json!({"age": 70.5}),
            "age is 70.5. Write a whole number from 30 to 100",
        ),
        (
            json!({"age": "70"}),
            "age is \"70\". Write a whole number from 30 to 100",
        ),
        (
            json!({"age": null}),
            "age is missing. Write a whole number from 30 to 100",
        ),
        (
            json!({"sex": "F"}),
            "sex is \"F\". Write \"female\" or \"male\"",
        ),
        (
            json!({"sex": null}),
            "sex is missing. Write \"female\" or \"male\"",
        ),
        (
            json!({"bmi": 40.01}),
            "bmi is 40.01; QFracture-2012 takes 20 to 40. Correct it",
        ),
        (json!({"bmi": true}), "bmi is true. Write a number"),
        (
            json!({"bmi": null}),
            "bmi is missing. Write a number from 20 to 40, or height_cm and weight_kg",
        ),
        (
            json!({"bmi": null, "height_cm": -165, "weight_kg": 68}),
            "height_cm is -165. Write a number above 0",
        ),
        (
            json!({"alcohol_cat6": 6}),
            "alcohol_cat6 is 6; QFracture-2012 takes 0 to 5",
        ),
        (
            json!({"ethrisk": 0}),
            "ethrisk is 0; QFracture-2012 takes 1 to 9",
        ),
        (
            json!({"smoke_cat": -1}),
            "smoke_cat is -1; QFracture-2012 takes 0 to 4",
        ),
        (
            json!({"surv": 19}),
            "surv is 19; QFracture-2012 takes 1 to 18",
        ),
        (json!({"surv": 1e300}), "QFracture-2012 takes 1 to 18"),
        (
            json!({"flags": ["b_falls", "b_typ1"]}),
            "flag \"b_typ1\" is not known",
        ),
        (json!({"flags": [1]}), "flag 1 is not known"),
        (
            json!({"flags": "b_falls"}),
            "flags is \"b_falls\". Write a list of names",
        ),
        (
            json!({"flags": null}),
            "flags is missing. Write a list of names",
        ),
    ];
    let unreadable: [&[u8]; 5] = [
        b"not json",
        b"[1,\"female\",70]",
        b"{\"id\":1,\"age\":",
        b"{\"id\":1,\"age\":70,\"age\":80}",
        b"{\"id\":\"\xff\"}",
    ];
    let mut input = b"\xef\xbb\xbf".to_vec();
    for (changes, _) in &cases {
        writeln!(input, "{}", person(changes.clone())).unwrap();
    }
    // Blank lines count as lines, and are passed over.
    input.extend(b"\n  \r\n");
    for line in unreadable {
        input.extend(line);
        input.push(b'\n');
    }
    input.extend(person(json!({"id": {"mrn": "é"}})).as_bytes());

    let output = piped(&Folder::bare(), &input);
    assert!(output.status.success(), "{}", said(&output));
    let answers = lines(&output);
    assert_eq!(answers.len(), cases.len() + unreadable.len() + 1);
    for (number, ((_, expected), answer)) in (1..).zip(cases.iter().zip(&answers)) {
        assert_eq!(answer["id"], 1);
        let error = answer["error"].as_str().unwrap();
        assert!(
            error.starts_with(&format!("line {number}: ")) && error.contains(expected),
            "{error} and not {expected}"
        );
    }
    for (number, answer) in (cases.len() + 3..).zip(answers.iter().skip(cases.len()).take(5)) {
        assert_eq!(answer["id"], Value::Null);
        let error = answer["error"].as_str().unwrap();
        assert!(
            error.starts_with(&format!("line {number}: this ")),
            "{error}"
        );
        assert!(error.contains("Each line is one JSON object"), "{error}");
    }
    let last = answers.last().unwrap();
    assert_eq!(last["id"], json!({"mrn": "é"}));
    assert!(last["mof"].is_f64(), "{last}");
    let said = said(&output);
    assert!(said.contains("lines answered: 25, errors: 24"), "{said}");
    assert!(said.contains(DISCLAIMER), "{said}");
}

#[test]
fn what_may_be_left_out_is_filled_in_and_nothing_else() {
    let input = [
        person(json!({})),
        person(json!({"surv": null})),
        person(json!({"age": 70.0, "postcode": "SS1", "height_cm": "tall"})),
        person(json!({"bmi": null, "height_cm": 160, "weight_kg": 64})),
        person(json!({"bmi": 25, "height_cm": 160, "weight_kg": 90})),
        person(json!({"id": null})),
        person(json!({"surv": null})).replacen('{', "{\"surv\":null,", 1),
    ];
    let output = piped(&Folder::bare(), input.join("\n").as_bytes());
    let answers = lines(&output);
    let first = answers[0]["mof"].as_f64().unwrap();
    assert_eq!(answers.len(), input.len());
    for answer in &answers {
        let apart = answer["mof"].as_f64().unwrap() - first;
        assert!(apart.abs() < 1e-9, "{answer}");
    }
    assert_eq!(answers[5]["id"], Value::Null);
}

#[test]
fn an_input_that_is_not_there_fails_and_nothing_comes_of_nothing() {
    let folder = Folder::bare();
    let missing = folder.run(&["qfracture", "missing.ndjson"]);
    assert!(!missing.status.success());
    let words = said(&missing);
    assert!(words.contains("missing.ndjson cannot be read"), "{words}");
    let here = folder.run(&["qfracture", folder.path().to_str().unwrap()]);
    assert!(!here.status.success());
    let empty = piped(&folder, b"");
    assert!(empty.status.success() && empty.stdout.is_empty());
    assert!(said(&empty).contains("lines answered: 0, errors: 0"));
}

#[test]
fn the_help_has_every_name_and_its_example_is_what_happens() {
    let folder = Folder::bare();
    let help = folder.good(&["qfracture", "--help"]);
    for flag in Flag::ALL {
        assert!(help.contains(flag.code()), "{}", flag.code());
    }
    let shown: Vec<&str> = help
        .lines()
        .map(str::trim)
        .filter(|line| line.starts_with('{'))
        .collect();
    let (given, answered) = shown.split_at(shown.len() / 2);
    assert!(!given.is_empty());
    let output = piped(&folder, given.join("\n").as_bytes());
    let answers = lines(&output);
    assert_eq!(answers.len(), answered.len());
    for (answer, shown) in answers.iter().zip(answered) {
        let shown: Value = serde_json::from_str(shown).unwrap();
        let names = |line: &Value| {
            line.as_object()
                .unwrap()
                .keys()
                .cloned()
                .collect::<Vec<_>>()
        };
        assert_eq!(names(answer), names(&shown));
        assert_eq!(answer["error"], shown["error"]);
        if let (Some(mof), Some(as_shown)) = (answer["mof"].as_f64(), shown["mof"].as_f64()) {
            assert!((mof - as_shown).abs() < 1e-9, "{answer} and not {shown}");
        }
    }
}
