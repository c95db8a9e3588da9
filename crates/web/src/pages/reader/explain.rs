//! From what the reader saw to what the page shows.

use std::collections::BTreeMap;

use finder::{
    Energy, Evidence, Finding, Mark, Mechanism, Part, Role, RuleInfo, Seen, SeenSentence,
};
use service::reader::Read;
use terms::Listing;

use crate::present::facts;
use crate::view::{
    evidence::{fracture_words, mark_of},
    reader::{
        FindingRow, Group, PassedOver, RoleLine, RuleLink, RuleRow, Said, SeenReport, Sentence,
        Words,
    },
    text::{count, sentence},
};

/// A rule that matched everywhere names the first places and how many more there are.
const MOST_PLACES: usize = 5;

pub fn explain(read: &Read) -> SeenReport {
    let (text, seen) = (read.report.as_str(), &read.seen);
    let (class, decision) = decision(seen.reading.list);
    SeenReport {
        class,
        decision,
        reason: seen.reading.reason.clone(),
        mechanism: seen
            .reading
            .mechanism
            .as_ref()
            .map(mechanism)
            .unwrap_or_default(),
        english: read.english,
        beside: facts([
            ("Examination", read.exam.clone().unwrap_or_default()),
            (
                "Clinical details",
                read.indication.clone().unwrap_or_default(),
            ),
        ]),
        legend: legend(seen),
        groups: groups(text, seen),
        rest: between(
            text,
            seen.sentences.last().map_or(0, |last| last.end),
            text.len(),
        ),
        findings: seen
            .reading
            .findings
            .iter()
            .map(|found| finding(found, &seen.sentences))
            .collect(),
        rules: rules(text, seen),
    }
}

fn decision(list: Listing) -> (&'static str, &'static str) {
    match list {
        Listing::Yes => ("yes", "For the list"),
        Listing::Look => ("look", "Somebody should look"),
        Listing::No => ("no", "Not for the list"),
    }
}

fn mechanism(how: &Mechanism) -> String {
    let energy = match how.energy {
        Energy::Low => "Low-energy injury",
        Energy::High => "High-energy injury",
    };
    format!("{energy}: {}", words_of(&how.evidence))
}

fn words_of(evidence: &Evidence) -> String {
    match evidence {
        Evidence::Span { text, .. } => format!("“{text}”"),
        Evidence::Code { code, title, .. } => format!("{code} {title}"),
    }
}

/// The label that stands beside marked words: shorter than [`Role::words`], since it stands in the line.
fn label(role: Role) -> &'static str {
    match role {
        Role::Fracture => "fracture",
        Role::LookAlike => "look-alike",
        Role::Denial => "denies",
        Role::Doubt => "doubts",
        Role::Age => "when",
        Role::Cause => "cause",
        Role::Advice => "advice",
        Role::OtherPerson => "somebody else",
        Role::Mechanism => "how",
        Role::Place => "bone",
        Role::Side => "side",
    }
}

/// The labels that stand in this report.
fn legend(seen: &Seen) -> Vec<RoleLine> {
    Role::ALL
        .into_iter()
        .filter(|role| {
            let mut marks = seen.sentences.iter().flat_map(|s| &s.marks);
            marks.any(|mark| mark.role == *role)
        })
        .map(|role| RoleLine {
            class: role.code(),
            label: label(role),
            words: Some(role.words())
                .filter(|words| *words != label(role))
                .unwrap_or_default(),
        })
        .collect()
}

fn groups(text: &str, seen: &Seen) -> Vec<Group> {
    let mut groups: Vec<(Part, Group)> = Vec::new();
    let mut done = 0;
    for (nth, one) in seen.sentences.iter().enumerate() {
        let shown = Sentence {
            number: nth + 1,
            before: between(text, done, one.start),
            words: words(text, one),
            says: one.says.iter().map(said).collect(),
            passed_over: one
                .passed_over
                .iter()
                .map(|aside| PassedOver {
                    words: between(text, aside.start, aside.end),
                    why: aside.why.to_owned(),
                })
                .collect(),
            silent: silent(one),
        };
        done = one.end;
        match groups.last_mut().filter(|(part, _)| *part == one.part) {
            Some((_, group)) => group.sentences.push(shown),
            None => groups.push((
                one.part,
                Group {
                    part: one.part.words(),
                    sentences: vec![shown],
                },
            )),
        }
    }
    groups.into_iter().map(|(_, group)| group).collect()
}

fn between(text: &str, from: usize, to: usize) -> String {
    text.get(from..to).unwrap_or_default().trim().to_owned()
}

fn silent(one: &SeenSentence) -> &'static str {
    let has = |role: Role| one.marks.iter().any(|mark| mark.role == role);
    match one {
        _ if !one.says.is_empty() || !one.passed_over.is_empty() => "",
        _ if one.part == Part::Aside => "Not read for fractures.",
        _ if one.part == Part::Title => "Says what was examined.",
        _ if has(Role::Fracture) => "By itself it names no fracture.",
        _ if has(Role::Mechanism) => "Says how it happened.",
        _ => "Nothing about a fracture.",
    }
}

/// A sentence cut at its marks. The words are always all there; a mark that does not fit is left out.
fn words(text: &str, one: &SeenSentence) -> Vec<Words> {
    let mut out = Vec::new();
    let mut put = |from: usize, to: usize, role: Option<Role>| {
        if let Some(words) = text.get(from..to).filter(|words| !words.is_empty()) {
            out.push(Words {
                text: words.to_owned(),
                role: role.map(Role::code),
                label: role.map(label).unwrap_or_default(),
            });
        }
    };
    let mut done = one.start;
    for Mark {
        start, end, role, ..
    } in &one.marks
    {
        if *start < done || *end > one.end || text.get(*start..*end).is_none() {
            continue;
        }
        put(done, *start, None);
        put(*start, *end, Some(*role));
        done = *end;
    }
    put(done, one.end, None);
    out
}

fn said(said: &finder::Said) -> Said {
    Said {
        mark: mark_of(said.status),
        status: sentence(said.status.words()),
        what: fracture_words(said.site, said.side, &said.level),
        rule: link(&said.rule),
    }
}

fn finding(finding: &Finding, sentences: &[SeenSentence]) -> FindingRow {
    let sentence_of = |at: usize| {
        let inside = |one: &SeenSentence| (one.start..one.end).contains(&at);
        Some(sentences.iter().position(inside)? + 1)
    };
    FindingRow {
        mark: mark_of(finding.status),
        status: sentence(finding.status.words()),
        what: fracture_words(finding.site, finding.side, &finding.level),
        words: words_of(&finding.evidence),
        sentence: match &finding.evidence {
            Evidence::Span { start, .. } => sentence_of(*start),
            Evidence::Code { .. } => None,
        },
        rule: link(&finding.rule),
    }
}

fn info(name: &str) -> Option<&'static RuleInfo> {
    finder::rules().iter().find(|rule| rule.name == name)
}

fn link(name: &str) -> RuleLink {
    RuleLink {
        name: name.to_owned(),
        means: info(name)
            .map(|rule| rule.means.clone())
            .unwrap_or_default(),
    }
}

/// Every rule that counted, in the order of what it does, with where it matched.
fn rules(text: &str, seen: &Seen) -> Vec<RuleRow> {
    let mut found: BTreeMap<(Option<Role>, &str), Vec<String>> = BTreeMap::new();
    for (nth, one) in seen.sentences.iter().enumerate() {
        for mark in &one.marks {
            let words = between(text, mark.start, mark.end);
            let place = format!("“{words}” in {}", nth + 1);
            let places = found.entry((Some(mark.role), &mark.rule)).or_default();
            if !places.contains(&place) {
                places.push(place);
            }
        }
    }
    // What a finding rests on may be no mark of its own: a word that another mark covers, clinical details apart.
    let findings = seen.reading.findings.iter().map(|f| (&f.rule, &f.evidence));
    let how = seen
        .reading
        .mechanism
        .iter()
        .map(|m| (&m.rule, &m.evidence));
    let said = seen.sentences.iter().flat_map(|s| &s.says);
    for (name, place) in findings
        .chain(how)
        .map(|(rule, evidence)| (rule, words_of(evidence)))
        .chain(said.map(|said| (&said.rule, String::new())))
    {
        if !found.keys().any(|(_, held)| held == name) {
            found.insert((None, name), vec![place]);
        }
    }
    found
        .into_iter()
        .map(|((role, name), mut places)| {
            let more = places.len().saturating_sub(MOST_PLACES);
            places.truncate(MOST_PLACES);
            let mut found = places.join(", ");
            if more > 0 {
                found = format!(
                    "{found} and {} more",
                    count(u64::try_from(more).unwrap_or(u64::MAX))
                );
            }
            let info = info(name);
            RuleRow {
                name: name.to_owned(),
                role: role.map(label).unwrap_or_default(),
                means: info.map_or_else(
                    || role.map(|role| sentence(role.words())).unwrap_or_default(),
                    |rule| rule.means.clone(),
                ),
                source: info.map(|rule| rule.source.clone()).unwrap_or_default(),
                found,
            }
        })
        .collect()
}
