//! What a change of packs would do to a cohort: who gets a proposal that they did not get, who loses one, whose medicines
//! change group.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use terms::Answer;

use crate::{Facts, Group, Library};

/// Counts over a cohort, before and after.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Comparison {
    pub people: usize,
    /// People for whom anything is different.
    pub changed: usize,
    /// By rule: for how many it holds, before and after, gained and lost.
    pub rules: BTreeMap<String, Change>,
    /// By medicine, from one group to another.
    pub medicines: BTreeMap<String, BTreeMap<Group, BTreeMap<Group, usize>>>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Change {
    pub before: usize,
    pub after: usize,
    pub gained: usize,
    pub lost: usize,
}

/// Two libraries, to be put beside each other person by person.
pub struct BeforeAfter<'a> {
    before: &'a Library,
    after: &'a Library,
    /// Every rule of either, and where it stands in each.
    rules: Vec<(&'a str, Option<usize>, Option<usize>)>,
    medicines: Vec<(&'a str, usize, usize)>,
}

impl<'a> BeforeAfter<'a> {
    pub fn new(before: &'a Library, after: &'a Library) -> Self {
        let place = |library: &Library, id: &str| library.rules().position(|rule| rule.id == id);
        let ids: BTreeSet<&str> = before
            .rules()
            .chain(after.rules())
            .map(|rule| rule.id.as_str())
            .collect();
        Self {
            rules: ids
                .into_iter()
                .map(|id| (id, place(before, id), place(after, id)))
                .collect(),
            medicines: before
                .medicines()
                .enumerate()
                .filter_map(|(at, medicine)| {
                    let now = after.medicines().position(|m| m.id == medicine.id)?;
                    Some((medicine.id.as_str(), at, now))
                })
                .collect(),
            before,
            after,
        }
    }

    /// Count one person in, with the facts as each library's catalogue holds them.
    pub fn take(&self, before: &Facts, after: &Facts, into: &mut Comparison) {
        let (old, new) = (self.before.answers(before), self.after.answers(after));
        let mut different = false;
        for (id, was, is) in &self.rules {
            let holds = |answers: &[Answer], at: &Option<usize>| {
                at.and_then(|at| answers.get(at)) == Some(&Answer::Yes)
            };
            let (was, is) = (holds(&old, was), holds(&new, is));
            if !was && !is {
                continue;
            }
            different |= was != is;
            // Most rules have been met before.
            let change = match into.rules.get_mut(*id) {
                Some(change) => change,
                None => into.rules.entry((*id).to_owned()).or_default(),
            };
            change.before += usize::from(was);
            change.after += usize::from(is);
            change.gained += usize::from(is && !was);
            change.lost += usize::from(was && !is);
        }
        let (old, new) = (self.before.groups(&old), self.after.groups(&new));
        for (id, was, is) in &self.medicines {
            let (Some(was), Some(is)) = (old.get(*was), new.get(*is)) else {
                continue;
            };
            if was != is {
                different = true;
                let moves = into.medicines.entry((*id).to_owned()).or_default();
                *moves.entry(*was).or_default().entry(*is).or_default() += 1;
            }
        }
        into.people += 1;
        into.changed += usize::from(different);
    }
}

impl Comparison {
    /// The counts of two parts of a cohort together.
    pub fn and(mut self, other: Self) -> Self {
        self.people += other.people;
        self.changed += other.changed;
        for (rule, change) in other.rules {
            let held = self.rules.entry(rule).or_default();
            held.before += change.before;
            held.after += change.after;
            held.gained += change.gained;
            held.lost += change.lost;
        }
        for (medicine, moves) in other.medicines {
            let held = self.medicines.entry(medicine).or_default();
            for (was, ways) in moves {
                let held = held.entry(was).or_default();
                for (is, people) in ways {
                    *held.entry(is).or_default() += people;
                }
            }
        }
        self
    }

    /// Without the rules that hold for the same people as before.
    pub fn only_changes(mut self) -> Self {
        self.rules
            .retain(|_, change| change.gained > 0 || change.lost > 0);
        self
    }
}
