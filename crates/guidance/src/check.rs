//! Are the packs fit to be approved? What reads may still be impossible, opposed to itself, overdue or unused.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::Serialize;

use crate::{
    condition::Condition,
    library::Library,
    pack::{Does, opposed},
    reach::{self, Reach},
    source::{self, Status},
};

/// What a check found.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Findings {
    /// Rules that can hold for nobody.
    pub unreachable: Vec<String>,
    /// Rules too tangled to be settled.
    pub not_settled: Vec<String>,
    /// Pairs that propose opposite things to the same person, and neither is over the other.
    pub opposed: Vec<(String, String)>,
    /// Rules, and tables behind sums, past their review.
    pub overdue: Vec<(String, Date)>,
    /// Facts that no rule asks for, and definitions that none uses.
    pub unused_facts: Vec<String>,
    pub unused_definitions: Vec<String>,
    pub coverage: Vec<PackCoverage>,
}

/// How much of a pack rests on what.
#[derive(Debug, Clone, Serialize)]
pub struct PackCoverage {
    pub pack: String,
    pub title: String,
    pub version: String,
    pub review_by: Date,
    pub rules: usize,
    pub verified: usize,
    pub secondary: usize,
    pub unverified: usize,
    /// Sections of the sources that have a rule.
    pub sections: BTreeSet<String>,
    pub facts: usize,
}

impl Findings {
    /// Nothing that has to be put right before somebody approves.
    pub fn sound(&self) -> bool {
        self.unreachable.is_empty() && self.not_settled.is_empty() && self.opposed.is_empty()
    }
}

impl Library {
    pub fn check(&self, today: Date) -> Findings {
        let mut findings = Findings::default();
        let tables = source::tables().into_iter();
        let tables = tables.filter(|table| table.head.overdue(today));
        findings.overdue = tables
            .map(|table| (table.name.to_owned(), table.head.review_by))
            .collect();
        let mut named = BTreeSet::new();
        for pack in &self.packs {
            let mut facts = BTreeSet::new();
            for rule in &pack.rules {
                match reach::together(&self.catalogue, &self.conditions, &[&rule.when]) {
                    Reach::Possible => {}
                    Reach::Impossible => findings.unreachable.push(rule.id.clone()),
                    Reach::NotSettled => findings.not_settled.push(rule.id.clone()),
                }
                if rule.review_by < today {
                    findings.overdue.push((rule.id.clone(), rule.review_by));
                }
                let mut slots = Vec::new();
                rule.when.names(&self.conditions, &mut slots);
                facts.extend(slots);
            }
            named.extend(facts.iter().copied());
            let with = |status| pack.rules.iter().filter(|r| r.status == status).count();
            findings.coverage.push(PackCoverage {
                pack: pack.id.clone(),
                title: pack.title.clone(),
                version: pack.version.clone(),
                review_by: pack.review_by,
                rules: pack.rules.len(),
                verified: with(Status::Verified),
                secondary: with(Status::Secondary),
                unverified: with(Status::Unverified),
                sections: pack.rules.iter().map(|rule| rule.section.clone()).collect(),
                facts: facts.len(),
            });
        }
        self.opposed(&mut findings);
        findings.unused_facts = self
            .catalogue
            .facts
            .iter()
            .enumerate()
            .filter(|(slot, _)| !named.contains(slot))
            .map(|(_, fact)| fact.id.clone())
            .collect();
        let used: BTreeSet<usize> = self
            .rules()
            .map(|rule| &rule.when)
            .chain(&self.conditions)
            .flat_map(definitions_in)
            .collect();
        findings.unused_definitions = self
            .definitions
            .iter()
            .enumerate()
            .filter(|(at, _)| !used.contains(at))
            .map(|(_, definition)| definition.id.clone())
            .collect();
        findings
    }

    fn opposed(&self, findings: &mut Findings) {
        let rules: Vec<_> = self
            .rules()
            .filter_map(|rule| match rule.does {
                Does::Propose { what, .. } => Some((rule, what)),
                Does::Weigh { .. } => None,
            })
            .collect();
        for (at, (one, proposes)) in rules.iter().enumerate() {
            for (other, against) in rules.iter().skip(at + 1) {
                let settled = one.over.contains(&other.id) || other.over.contains(&one.id);
                if !opposed(*proposes, *against) || settled {
                    continue;
                }
                let both = [&one.when, &other.when];
                if reach::together(&self.catalogue, &self.conditions, &both) != Reach::Impossible {
                    findings.opposed.push((one.id.clone(), other.id.clone()));
                }
            }
        }
    }
}

fn definitions_in(condition: &Condition) -> Vec<usize> {
    match condition {
        Condition::All(parts) | Condition::Any(parts) | Condition::AtLeast(_, parts) => {
            parts.iter().flat_map(definitions_in).collect()
        }
        Condition::Not(part) => definitions_in(part),
        Condition::Defined(at) => vec![*at],
        _ => Vec::new(),
    }
}
