//! Written patients, each with what guidelines say of them, and a check that no rule could be taken out or turned round
//! without one of these noticing.

mod support;

use std::collections::{BTreeMap, BTreeSet};

use guidance::{Advice, Does, Effect, Given, Group, Library};
use serde::Deserialize;
use support::facts;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Stories {
    #[serde(rename = "story", default)]
    stories: Vec<Story>,
}

/// What must be so is given by the ids of the rules that say it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Story {
    name: String,
    #[allow(dead_code, reason = "for whoever reads the story")]
    tells: String,
    facts: BTreeMap<String, Given>,
    /// Rules that hold and are not overruled.
    #[serde(default)]
    says: Vec<String>,
    /// Rules that wait for a fact.
    #[serde(default)]
    waits: Vec<String>,
    /// Rules that hold and are overruled, with the rule over them.
    #[serde(default)]
    overruled: BTreeMap<String, String>,
    /// Rules that do not hold, or wait.
    #[serde(default)]
    silent: Vec<String>,
    #[serde(default)]
    fits: Vec<String>,
    /// Medicines with the rules that have to be known or done first.
    #[serde(default)]
    fits_when: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    specialist: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    not_for: BTreeMap<String, Vec<String>>,
    /// Medicines with rules that are shown with them: cautions, what speaks for them, what follows.
    #[serde(default)]
    shown: BTreeMap<String, Vec<String>>,
}

fn stories() -> Vec<Story> {
    let mut stories = Vec::new();
    let mut files: Vec<_> = std::fs::read_dir("tests/stories")
        .unwrap()
        .map(|file| file.unwrap().path())
        .collect();
    files.sort();
    for path in files {
        let text = std::fs::read_to_string(&path).unwrap();
        let read: Stories =
            toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        stories.extend(read.stories);
    }
    stories
}

/// What is not as the story has it.
fn wrong(library: &Library, story: &Story) -> Vec<String> {
    let advice = library.advise(&facts(library, &story.facts));
    let mut wrong = Vec::new();
    let mut demand = |holds: bool, what: String| {
        if !holds {
            wrong.push(format!("{}: {what}", story.name));
        }
    };
    let says: BTreeSet<&str> = ids(advice
        .proposals
        .iter()
        .map(|reason| reason.rule.id.as_str()));
    let waits: BTreeSet<&str> = ids(advice.open.iter().map(|reason| reason.rule.id.as_str()));
    for rule in &story.says {
        demand(
            says.contains(rule.as_str()),
            format!("{rule} should be said"),
        );
    }
    for rule in &story.waits {
        demand(waits.contains(rule.as_str()), format!("{rule} should wait"));
    }
    for rule in &story.silent {
        demand(
            !says.contains(rule.as_str()),
            format!("{rule} should not be said"),
        );
    }
    for (rule, by) in &story.overruled {
        let found = advice
            .overruled
            .iter()
            .any(|(reason, over)| reason.rule.id == *rule && over.id == *by);
        demand(found, format!("{rule} should be overruled by {by}"));
    }
    for medicine in &story.fits {
        let group = group_of(&advice, medicine);
        demand(
            group == Some(Group::Fits),
            format!("{medicine} should fit, is {group:?}"),
        );
    }
    for (expected, of) in [
        (Group::FitsWhen, &story.fits_when),
        (Group::Specialist, &story.specialist),
        (Group::NotForThisPerson, &story.not_for),
    ] {
        for (medicine, rules) in of {
            let group = group_of(&advice, medicine);
            demand(
                group == Some(expected),
                format!("{medicine} should be {expected:?}, is {group:?}"),
            );
            let reasons = reasons(&advice, medicine, expected);
            for rule in rules {
                demand(
                    reasons.contains(rule.as_str()),
                    format!("{medicine} is {expected:?} without {rule}"),
                );
            }
        }
    }
    for (medicine, rules) in &story.shown {
        let with = shown(&advice, medicine);
        for rule in rules {
            demand(
                with.contains(rule.as_str()),
                format!("{rule} is not shown with {medicine}"),
            );
        }
    }
    wrong
}

fn ids<'a>(rules: impl Iterator<Item = &'a str>) -> BTreeSet<&'a str> {
    rules.collect()
}

fn group_of(advice: &Advice<'_>, medicine: &str) -> Option<Group> {
    advice
        .options
        .iter()
        .find(|option| option.medicine.id == medicine)
        .map(|option| option.group)
}

fn reasons<'a>(advice: &'a Advice<'a>, medicine: &str, group: Group) -> BTreeSet<&'a str> {
    let option = advice
        .options
        .iter()
        .find(|option| option.medicine.id == medicine);
    option
        .into_iter()
        .flat_map(|option| match group {
            Group::FitsWhen => &option.missing,
            _ => &option.because,
        })
        .map(|reason| reason.rule.id.as_str())
        .collect()
}

fn shown<'a>(advice: &'a Advice<'a>, medicine: &str) -> BTreeSet<&'a str> {
    let option = advice
        .options
        .iter()
        .find(|option| option.medicine.id == medicine);
    option
        .into_iter()
        .flat_map(|option| {
            option
                .speaks_for
                .iter()
                .chain(&option.cautions)
                .chain(&option.afterwards)
        })
        .map(|reason| reason.rule.id.as_str())
        .collect()
}

#[test]
fn every_story_holds() {
    let library = Library::shipped();
    let mut names = BTreeSet::new();
    let mut all = Vec::new();
    for story in stories() {
        assert!(
            names.insert(story.name.clone()),
            "{} is told twice",
            story.name
        );
        all.extend(wrong(library, &story));
    }
    assert!(all.is_empty(), "{}", all.join("\n"));
}

#[test]
fn there_are_three_hundred_stories_and_each_cites_a_rule() {
    let stories = stories();
    assert!(stories.len() >= 300, "{} stories", stories.len());
    let library = Library::shipped();
    for story in &stories {
        let cited = cited(story);
        assert!(!cited.is_empty(), "{} cites nothing", story.name);
        for rule in cited {
            assert!(
                library.rule(rule).is_some(),
                "{}: no rule {rule}",
                story.name
            );
        }
    }
}

fn cited(story: &Story) -> BTreeSet<&str> {
    let lists = [
        &story.fits_when,
        &story.specialist,
        &story.not_for,
        &story.shown,
    ];
    story
        .says
        .iter()
        .chain(&story.waits)
        .chain(&story.silent)
        .chain(story.overruled.keys())
        .chain(story.overruled.values())
        .chain(lists.into_iter().flat_map(|of| of.values().flatten()))
        .map(String::as_str)
        .collect()
}

#[test]
fn each_rule_removed_or_flipped_fails_a_story() {
    let stories = stories();
    let shipped = Library::shipped();
    let (mut mutant, _) = Library::read(Library::shipped_files());
    let mut survived = Vec::new();
    for rule in shipped.rules() {
        // Only stories that name it can be told to notice.
        let near: Vec<&Story> = stories
            .iter()
            .filter(|story| cited(story).contains(rule.id.as_str()))
            .collect();
        // A rule that holds for nobody is as good as not there; a prerequisite that everybody has, likewise.
        let needs = matches!(&rule.does, Does::Weigh { effect, .. } if *effect == Effect::Needs);
        let gone = if needs { "or" } else { "and" };
        for (way, condition) in [
            ("removed", format!("age >= 18 {gone} age < 18")),
            ("flipped", format!("not ({})", rule.when_words)),
        ] {
            mutant.set_condition(&rule.id, &condition).unwrap();
            if near.iter().all(|story| wrong(&mutant, story).is_empty()) {
                survived.push(format!("{} {way}", rule.id));
            }
            mutant.set_condition(&rule.id, &rule.when_words).unwrap();
        }
    }
    assert!(
        survived.is_empty(),
        "{} changes of rules that no story notices: {}",
        survived.len(),
        survived.join(", ")
    );
}
