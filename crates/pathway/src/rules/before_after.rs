//! What a change of rules does to messages that came already: each read and judged under both sets, and counted.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use terms::{Listing, Site, vocabulary};

use super::ServiceRules;
use crate::{
    Details, ItemId, Sighting,
    eligibility::{self, Because, Verdict},
};

vocabulary! {
    /// What becomes of one message by reading and rules alone, whoever it is about.
    Outcome {
        Listed = "listed", "Listed";
        Look = "look", "Listed for somebody to look";
        NotListed = "not_listed", "Reader said no";
        UnderAge = "under_age", "Ignored: under age";
        OutOfArea = "out_of_area", "Ignored: outside the area";
        Died = "died", "Ignored: has died";
    }
}

impl Outcome {
    pub fn is_listed(self) -> bool {
        matches!(self, Self::Listed | Self::Look)
    }
}

/// The outcome of one message, and the fracture it is listed for, if it is.
pub fn outcome(
    person: &Details,
    sightings: &[Sighting],
    received_on: Date,
    rules: &ServiceRules,
) -> (Outcome, Option<Site>) {
    let listed: Vec<&Sighting> = sightings
        .iter()
        .filter(|sighting| sighting.reading.list != Listing::No)
        .collect();
    if listed.is_empty() {
        return (Outcome::NotListed, None);
    }
    match eligibility::judge_all(person, &listed, received_on, rules) {
        Verdict::Ignored(Because::UnderAge) => (Outcome::UnderAge, None),
        Verdict::Ignored(Because::OutOfArea) => (Outcome::OutOfArea, None),
        Verdict::Ignored(Because::Died) => (Outcome::Died, None),
        Verdict::Counts | Verdict::BirthDateNotKnown => {
            let sure = listed.iter().any(|s| s.reading.list == Listing::Yes);
            let site = listed
                .iter()
                .flat_map(|sighting| sighting.sites())
                .map(|fracture| fracture.site)
                .next()
                .unwrap_or(Site::Unspecified);
            let outcome = if sure { Outcome::Listed } else { Outcome::Look };
            (outcome, Some(site))
        }
    }
}

/// Messages by what becomes of them.
pub type Counts = BTreeMap<Outcome, u64>;

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteCount {
    pub before: u64,
    pub after: u64,
}

/// A message whose outcome is not the same under both sets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changed {
    pub item: ItemId,
    pub before: Outcome,
    pub after: Outcome,
}

impl Changed {
    pub fn is_lost(&self) -> bool {
        self.before.is_listed() && !self.after.is_listed()
    }

    pub fn is_gained(&self) -> bool {
        !self.before.is_listed() && self.after.is_listed()
    }
}

/// The counts of before and after, and some of those that changed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BeforeAfter {
    pub items: u64,
    pub before: Counts,
    pub after: Counts,
    /// Listed messages by the first fracture they are listed for.
    pub sites: BTreeMap<Site, SiteCount>,
    pub lost: u64,
    pub gained: u64,
    /// Changed otherwise: listed for another reason, or not listed for another one.
    pub otherwise: u64,
    /// A share of each kind of change, those lost first.
    pub changed: Vec<Changed>,
}

impl BeforeAfter {
    pub const CHANGED_AT_MOST: usize = 50;

    pub fn add(
        &mut self,
        item: ItemId,
        before: (Outcome, Option<Site>),
        after: (Outcome, Option<Site>),
    ) {
        self.items += 1;
        *self.before.entry(before.0).or_default() += 1;
        *self.after.entry(after.0).or_default() += 1;
        if let Some(site) = before.1 {
            self.sites.entry(site).or_default().before += 1;
        }
        if let Some(site) = after.1 {
            self.sites.entry(site).or_default().after += 1;
        }
        if before.0 == after.0 {
            return;
        }
        let changed = Changed {
            item,
            before: before.0,
            after: after.0,
        };
        if changed.is_lost() {
            self.lost += 1;
        } else if changed.is_gained() {
            self.gained += 1;
        } else {
            self.otherwise += 1;
        }
        self.changed.push(changed);
    }

    /// Keeps so many of the changed as somebody will read: one of each kind in turn, so that none is crowded out.
    pub fn finish(mut self) -> Self {
        let changed = std::mem::take(&mut self.changed);
        let (lost, rest): (Vec<_>, Vec<_>) = changed.into_iter().partition(Changed::is_lost);
        let (gained, otherwise): (Vec<_>, Vec<_>) = rest.into_iter().partition(Changed::is_gained);
        let mut kinds = [lost, gained, otherwise].map(|kind| kind.into_iter());
        let mut kept = [Vec::new(), Vec::new(), Vec::new()];
        let mut room = Self::CHANGED_AT_MOST;
        while room > 0 {
            let before = room;
            for (kind, kept) in kinds.iter_mut().zip(&mut kept) {
                if let Some(one) = kind.next().filter(|_| room > 0) {
                    kept.push(one);
                    room -= 1;
                }
            }
            if room == before {
                break;
            }
        }
        self.changed = kept.into_iter().flatten().collect();
        self
    }

    pub fn listed(counts: &Counts) -> u64 {
        counts
            .iter()
            .filter(|(outcome, _)| outcome.is_listed())
            .map(|(_, items)| items)
            .sum()
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn counts_add_up_and_no_kind_of_change_is_crowded_out() {
        let mut counted = BeforeAfter::default();
        let mut add = |n: u128, before, after| {
            counted.add(ItemId(Uuid::from_u128(n)), before, after);
        };
        for n in 0..100 {
            add(
                n,
                (Outcome::Listed, Some(Site::Rib)),
                (Outcome::NotListed, None),
            );
        }
        for n in 100..110 {
            add(
                n,
                (Outcome::UnderAge, None),
                (Outcome::Look, Some(Site::Hip)),
            );
        }
        add(110, (Outcome::UnderAge, None), (Outcome::OutOfArea, None));
        add(
            111,
            (Outcome::Listed, Some(Site::Hip)),
            (Outcome::Listed, Some(Site::Hip)),
        );
        let counted = counted.finish();
        assert_eq!(
            (
                counted.items,
                counted.lost,
                counted.gained,
                counted.otherwise
            ),
            (112, 100, 10, 1)
        );
        assert_eq!(counted.before.values().sum::<u64>(), 112);
        assert_eq!(counted.after.values().sum::<u64>(), 112);
        assert_eq!(BeforeAfter::listed(&counted.before), 101);
        assert_eq!(BeforeAfter::listed(&counted.after), 11);
        let rows: Vec<_> = counted
            .sites
            .iter()
            .map(|(site, n)| (*site, n.before, n.after))
            .collect();
        assert_eq!(rows, [(Site::Hip, 1, 11), (Site::Rib, 100, 0)]);
        let kept = |kind: fn(&Changed) -> bool| counted.changed.iter().filter(|c| kind(c)).count();
        assert_eq!(counted.changed.len(), 50);
        assert_eq!((kept(Changed::is_lost), kept(Changed::is_gained)), (39, 10));
        assert!(counted.changed.first().is_some_and(Changed::is_lost));
    }
}
