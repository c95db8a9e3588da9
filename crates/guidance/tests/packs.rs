//! The packs as shipped: they read, and each rule has a person for whom it holds, one for whom it does not, and one for
//! whom nobody can say.

mod support;

use std::collections::{BTreeMap, BTreeSet};

use guidance::{Does, Given, Library, Proposes};
use serde::Deserialize;
use support::facts;
use terms::Answer;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cases {
    #[serde(rename = "case", default)]
    cases: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    rule: String,
    yes: BTreeMap<String, Given>,
    no: BTreeMap<String, Given>,
    not_known: BTreeMap<String, Given>,
}

#[test]
fn every_file_reads_without_a_fault() {
    let (_, faults) = Library::read(Library::shipped_files());
    assert!(
        faults.is_empty(),
        "{}",
        faults
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join("\n")
    );
}

#[test]
fn each_rule_has_a_case_for_yes_no_and_not_known() {
    let library = Library::shipped();
    let mut without: BTreeSet<&str> = library.rules().map(|rule| rule.id.as_str()).collect();
    let mut wrong = Vec::new();
    for file in std::fs::read_dir("tests/cases").unwrap() {
        let path = file.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let read: Cases =
            toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        for case in &read.cases {
            let at = library
                .rules()
                .position(|rule| rule.id == case.rule)
                .unwrap_or_else(|| panic!("{}: no rule {}", path.display(), case.rule));
            without.remove(case.rule.as_str());
            for (expected, given) in [
                (Answer::Yes, &case.yes),
                (Answer::No, &case.no),
                (Answer::NotKnown, &case.not_known),
            ] {
                let answer = library.answers(&facts(library, given))[at];
                if answer != expected {
                    wrong.push(format!(
                        "{}: expected {expected:?}, got {answer:?} with {given:?}",
                        case.rule
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(without.is_empty(), "no case for {without:?}");
}

#[test]
fn every_medicine_has_rules_that_bear_on_it() {
    let library = Library::shipped();
    for medicine in library.medicines() {
        let weighed = library.rules().any(|rule| {
            matches!(&rule.does, Does::Weigh { medicines, .. } if medicines.contains(&medicine.id))
        });
        assert!(weighed, "{}", medicine.id);
    }
}

#[test]
fn a_condition_that_cannot_be_read_says_where_and_what_to_do() {
    let (mut library, _) = Library::read(Library::shipped_files());
    let mut said = |condition: &str| {
        let unclear = library.set_condition("ng259-1.4.1", condition).unwrap_err();
        (unclear.at, unclear.what)
    };
    let (at, what) = said("age >= 50 and fractures.hpi");
    assert_eq!(at, 15);
    assert!(what.contains("“fractures.hpi”"), "{what}");
    assert!(said("age").1.contains("a comparison"));
    assert!(said("age >= fifty").1.contains("“fifty” is not a number"));
    assert!(
        said("blood.calcium = lowish")
            .1
            .contains("low, in_range, high")
    );
    assert!(said("blood.calcium").1.contains("is a choice"));
    assert!(said("(age >= 50").1.contains("ends where"));
    assert!(said("age >= 50 risk.smoker").1.contains("“and” or “or”"));
    assert!(said("age >= 50 & risk.smoker").1.contains("“&”"));
    assert!(said(&"(".repeat(100_000)).1.contains("brackets"));
    assert!(said(&"not ".repeat(100_000)).1.contains("brackets"));
    assert!(said("").1.contains("ends where"));
}

/// Fit to be approved, and nothing in the catalogue that no rule asks for.
#[test]
fn the_packs_are_sound() {
    let found = Library::shipped().check(jiff::civil::date(2026, 11, 23));
    assert!(found.unreachable.is_empty(), "{:?}", found.unreachable);
    assert!(found.not_settled.is_empty(), "{:?}", found.not_settled);
    assert!(found.opposed.is_empty(), "{:?}", found.opposed);
    assert!(found.unused_facts.is_empty(), "{:?}", found.unused_facts);
    assert!(
        found.unused_definitions.is_empty(),
        "{:?}",
        found.unused_definitions
    );
}

/// Whatever would start a bone medicine is silent while one of these holds.
#[test]
fn each_stop_is_over_every_rule_that_would_start_a_medicine() {
    let library = Library::shipped();
    let stops = [
        "stop-other-cause",
        "stop-cancer-in-bone",
        "stop-paraprotein",
        "stop-low-calcium",
        "stop-pregnancy",
    ];
    let over = |id: &str| -> BTreeSet<&str> {
        let stop = library.rule(id).unwrap();
        stop.over.iter().map(String::as_str).collect()
    };
    for rule in library.rules() {
        let starts = matches!(
            rule.does,
            Does::Propose {
                what: Proposes::Medicine | Proposes::Steroids,
                ..
            }
        );
        for stop in stops {
            assert!(
                !starts || over(stop).contains(rule.id.as_str()),
                "{stop} is not over {}",
                rule.id
            );
        }
    }
    // Low calcium is put right; a specialist is asked all the same.
    let referral = |id: &&str| {
        let rule = library.rule(id).unwrap();
        matches!(
            rule.does,
            Does::Propose {
                what: Proposes::Specialist,
                ..
            }
        )
    };
    for stop in stops {
        let mut all = over(stops[0]);
        if stop == "stop-low-calcium" {
            all.retain(|id| !referral(id));
        }
        assert_eq!(over(stop), all, "{stop}");
    }
}

/// Leaflets and the words of a shared decision are approved by themselves, and each pack is added to what it rests on.
#[test]
fn an_approval_covers_every_data_file_that_a_rule_rests_on() {
    let apart = ["shared_decision.toml"];
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/data");
    let shared = Library::shared_files();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if path.is_dir() || apart.contains(&name) {
            continue;
        }
        let held = shared.iter().find(|(shared, _)| *shared == name);
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(held.map(|held| held.1), Some(text.as_str()), "{name}");
    }
}
