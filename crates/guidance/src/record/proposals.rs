//! What the feeds and the record already answer: the form's own proposals, and FRAX where a scan's report prints it.

use std::collections::BTreeMap;

use pathway::{
    Episode, HeldResult, Person, TestKind,
    form::{self, Proposal, Value},
};

use crate::frax;

/// Proposals by question, for those that nobody has answered.
pub fn proposals(person: &Person, episode: &Episode) -> BTreeMap<String, Proposal> {
    let mut proposals = form::proposals(person, episode);
    let answers = &episode.care.assessment.answers;
    // One score is one set of figures: part of it is never put beside another's.
    if !answers.keys().any(|question| question.starts_with("frax.")) {
        proposals.extend(printed_frax(person));
    }
    proposals
}

/// FRAX as the newest scan's report prints it, where it prints one and leaves no doubt.
fn printed_frax(person: &Person) -> Vec<(String, Proposal)> {
    let scans = person
        .results
        .iter()
        .filter(|held| held.result.kind == TestKind::Dxa && !held.result.preliminary);
    let newest: Option<&HeldResult> = scans.max_by_key(|held| (held.result.taken_on, held.seq));
    let Some((held, text)) = newest.and_then(|held| Some((held, held.result.text.as_deref()?)))
    else {
        return Vec::new();
    };
    let found = frax::read_from_report(text);
    let [printed] = found.as_slice() else {
        return Vec::new();
    };
    let from = format!("Scan report: “{}”", printed.excerpt);
    let mut given = vec![("frax.mof", format!("{}", printed.mof))];
    given.extend(printed.hip.map(|hip| ("frax.hip", format!("{hip}"))));
    given.extend(printed.with_bmd.map(|with| {
        let answer = if with { "yes" } else { "no" };
        ("frax.bmd", answer.to_owned())
    }));
    given.extend(held.result.taken_on.map(|day| ("frax.on", day.to_string())));
    given
        .into_iter()
        .map(|(question, value)| {
            let proposal = Proposal {
                value: Value::one(value),
                from: from.clone(),
            };
            (question.to_owned(), proposal)
        })
        .collect()
}
