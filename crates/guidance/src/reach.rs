//! Whether a condition can hold at all: a search for facts that make it so.

use std::collections::BTreeMap;

use crate::{
    condition::{Condition, Sign},
    facts::{Catalogue, Slot},
};

/// Branches looked at before the search gives up and says "perhaps"; no shipped rule comes near.
const PATIENCE: usize = 20_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    Possible,
    Impossible,
    /// The search was given up.
    NotSettled,
}

/// Whether all of these can hold of one person at once.
pub(crate) fn together(
    catalogue: &Catalogue,
    definitions: &[Condition],
    conditions: &[&Condition],
) -> Reach {
    let mut search = Search {
        catalogue,
        definitions,
        left: PATIENCE,
    };
    let todo = conditions.iter().map(|c| ((*c).clone(), true)).collect();
    match search.satisfy(todo, Domains::default()) {
        Some(true) => Reach::Possible,
        Some(false) => Reach::Impossible,
        None => Reach::NotSettled,
    }
}

/// What a fact may still be.
#[derive(Debug, Clone, Default)]
struct Domains {
    yes_no: BTreeMap<Slot, bool>,
    numbers: BTreeMap<Slot, Span>,
    choices: BTreeMap<Slot, Vec<usize>>,
}

#[derive(Debug, Clone, Copy)]
struct Span {
    low: f64,
    low_in: bool,
    high: f64,
    high_in: bool,
}

impl Span {
    fn empty(self) -> bool {
        self.low > self.high || (self.low >= self.high && !(self.low_in && self.high_in))
    }

    fn at_least(&mut self, low: f64, inclusive: bool) {
        if low > self.low {
            (self.low, self.low_in) = (low, inclusive);
        } else if low >= self.low {
            self.low_in &= inclusive;
        }
    }

    fn at_most(&mut self, high: f64, inclusive: bool) {
        if high < self.high {
            (self.high, self.high_in) = (high, inclusive);
        } else if high <= self.high {
            self.high_in &= inclusive;
        }
    }
}

struct Search<'a> {
    catalogue: &'a Catalogue,
    definitions: &'a [Condition],
    left: usize,
}

/// A condition, and whether it must hold or fail.
type Todo = Vec<(Condition, bool)>;

impl Search<'_> {
    fn satisfy(&mut self, mut todo: Todo, mut domains: Domains) -> Option<bool> {
        self.left = self.left.checked_sub(1)?;
        while let Some((condition, wanted)) = todo.pop() {
            match (condition, wanted) {
                (Condition::All(parts), true) => todo.extend(parts.into_iter().map(|p| (p, true))),
                (Condition::Any(parts), false) => {
                    todo.extend(parts.into_iter().map(|p| (p, false)));
                }
                (Condition::Any(parts), true) => return self.branch(parts, true, &todo, &domains),
                (Condition::All(parts), false) => {
                    return self.branch(parts, false, &todo, &domains);
                }
                (Condition::AtLeast(least, parts), wanted) => {
                    let ways = ways(least, &parts, wanted);
                    for way in ways {
                        let mut todo = todo.clone();
                        todo.extend(way);
                        if self.satisfy(todo, domains.clone())? {
                            return Some(true);
                        }
                    }
                    return Some(false);
                }
                (Condition::Not(part), wanted) => todo.push((*part, !wanted)),
                (Condition::Defined(at), wanted) => {
                    todo.extend(self.definitions.get(at).cloned().map(|d| (d, wanted)));
                }
                (Condition::Fact(slot), wanted) => {
                    if *domains.yes_no.entry(slot).or_insert(wanted) != wanted {
                        return Some(false);
                    }
                }
                (Condition::Compare(slot, sign, than), wanted) => {
                    if sign == Sign::Equal && !wanted {
                        // Any other number will do.
                        continue;
                    }
                    let (low, high) = self
                        .catalogue
                        .facts
                        .get(slot)
                        .and_then(|fact| fact.plausible)
                        .unwrap_or((f64::NEG_INFINITY, f64::INFINITY));
                    let span = domains.numbers.entry(slot).or_insert(Span {
                        low,
                        low_in: true,
                        high,
                        high_in: true,
                    });
                    match (sign, wanted) {
                        (Sign::Less, true) | (Sign::AtLeast, false) => span.at_most(than, false),
                        (Sign::AtMost, true) | (Sign::More, false) => span.at_most(than, true),
                        (Sign::AtLeast, true) | (Sign::Less, false) => span.at_least(than, true),
                        (Sign::More, true) | (Sign::AtMost, false) => span.at_least(than, false),
                        (Sign::Equal, _) => {
                            span.at_least(than, true);
                            span.at_most(than, true);
                        }
                    }
                    if span.empty() {
                        return Some(false);
                    }
                }
                (Condition::Is(slot, options), wanted) => {
                    let all = self
                        .catalogue
                        .facts
                        .get(slot)
                        .map_or(0, |f| f.options().len());
                    let left = domains
                        .choices
                        .entry(slot)
                        .or_insert_with(|| (0..all).collect());
                    left.retain(|option| options.contains(option) == wanted);
                    if left.is_empty() {
                        return Some(false);
                    }
                }
            }
        }
        Some(true)
    }

    fn branch(
        &mut self,
        parts: Vec<Condition>,
        wanted: bool,
        todo: &Todo,
        domains: &Domains,
    ) -> Option<bool> {
        for part in parts {
            let mut todo = todo.clone();
            todo.push((part, wanted));
            if self.satisfy(todo, domains.clone())? {
                return Some(true);
            }
        }
        Some(false)
    }
}

/// The choices of parts that make "at least so many" hold, or fail.
fn ways(least: usize, parts: &[Condition], wanted: bool) -> Vec<Todo> {
    // It fails where all but fewer than `least` fail.
    let pick = if wanted {
        least
    } else {
        (parts.len() + 1).saturating_sub(least)
    };
    let mut ways: Vec<Todo> = vec![Vec::new()];
    for (index, part) in parts.iter().enumerate() {
        let after = parts.len() - index - 1;
        let mut next = Vec::new();
        for way in ways {
            if way.len() < pick {
                let mut with = way.clone();
                with.push((part.clone(), wanted));
                next.push(with);
            }
            if way.len() + after >= pick {
                next.push(way);
            }
        }
        ways = next;
    }
    ways.retain(|way| way.len() == pick);
    ways
}
