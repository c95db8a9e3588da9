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

    /// Nobody counted yet.
    pub fn nobody(&self) -> Counts {
        Counts {
            people: 0,
            changed: 0,
            rules: vec![Change::default(); self.rules.len()],
            medicines: vec![BTreeMap::new(); self.medicines.len()],
        }
    }

    /// Count one person in, with the facts as each library's catalogue holds them.
    pub fn take(&self, before: &Facts, after: &Facts, into: &mut Counts) {
        let (old, new) = (self.before.answers(before), self.after.answers(after));
        let mut different = false;
        for ((_, was, is), change) in self.rules.iter().zip(&mut into.rules) {
            let holds = |answers: &[Answer], at: &Option<usize>| {
                at.and_then(|at| answers.get(at)) == Some(&Answer::Yes)
            };
            let (was, is) = (holds(&old, was), holds(&new, is));
            different |= was != is;
            change.before += usize::from(was);
            change.after += usize::from(is);
            change.gained += usize::from(is && !was);
            change.lost += usize::from(was && !is);
        }
        let (old, new) = (self.before.groups(&old), self.after.groups(&new));
        for ((_, was, is), moves) in self.medicines.iter().zip(&mut into.medicines) {
            let (Some(was), Some(is)) = (old.get(*was), new.get(*is)) else {
                continue;
            };
            if was != is {
                different = true;
                *moves.entry((*was, *is)).or_default() += 1;
            }
        }
        into.people += 1;
        into.changed += usize::from(different);
    }

    /// What was counted, by name.
    pub fn named(&self, counts: &Counts) -> Comparison {
        let rules = self.rules.iter().zip(&counts.rules);
        let mut named = Comparison {
            people: counts.people,
            changed: counts.changed,
            rules: rules
                .map(|((id, ..), change)| ((*id).to_owned(), *change))
                .collect(),
            medicines: BTreeMap::new(),
        };
        for ((id, ..), moves) in self.medicines.iter().zip(&counts.medicines) {
            for ((was, is), people) in moves {
                let held = named.medicines.entry((*id).to_owned()).or_default();
                held.entry(*was).or_default().insert(*is, *people);
            }
        }
        named
    }
}

/// Counts while they are made, in the order of [`BeforeAfter`]'s rules and medicines.
#[derive(Debug, Clone, Default)]
pub struct Counts {
    people: usize,
    changed: usize,
    rules: Vec<Change>,
    medicines: Vec<BTreeMap<(Group, Group), usize>>,
}

impl Counts {
    pub fn is_empty(&self) -> bool {
        self.people == 0
    }

    /// The counts of two parts of a cohort together.
    pub fn add(&mut self, other: &Self) {
        self.people += other.people;
        self.changed += other.changed;
        self.rules
            .resize(other.rules.len().max(self.rules.len()), Change::default());
        for (held, change) in self.rules.iter_mut().zip(&other.rules) {
            held.before += change.before;
            held.after += change.after;
            held.gained += change.gained;
            held.lost += change.lost;
        }
        self.medicines.resize(
            other.medicines.len().max(self.medicines.len()),
            BTreeMap::new(),
        );
        for (held, moves) in self.medicines.iter_mut().zip(&other.medicines) {
            for (way, people) in moves {
                *held.entry(*way).or_default() += people;
            }
        }
    }
}

impl Comparison {
    /// Without the rules that hold for the same people as before.
    pub fn only_changes(mut self) -> Self {
        self.rules
            .retain(|_, change| change.gained > 0 || change.lost > 0);
        self
    }
}
