//! What is kept about the service's rules.

mod support;

use jiff::{SignedDuration, Timestamp};
use pathway::{ItemId, ServiceRules};
use serde_json::json;
use store::rules::{self, What};
use support::*;
use uuid::Uuid;

fn after(seconds: i64) -> Timestamp {
    now() + SignedDuration::from_secs(seconds)
}

/// Two sets that were live one after the other, and the first again: 10, 20 and 30 seconds after the start.
fn two_sets() -> Filled {
    let filled = filled();
    let scope = &filled.scope;
    filled
        .store
        .write(|tx| -> store::Result<()> {
            for (youngest, frozen) in [(50, vec![]), (60, vec![ItemId(Uuid::from_u128(7))])] {
                let rules = ServiceRules {
                    youngest,
                    ..ServiceRules::default()
                };
                rules::propose(tx, scope, &rules, "Asked for", &frozen, now())?;
            }
            for (number, seconds) in [(1, 10), (2, 20), (1, 30)] {
                rules::act(tx, scope, number, What::Live, json!({}), after(seconds))?;
            }
            Ok(())
        })
        .unwrap();
    filled
}

#[test]
fn sets_and_acts_come_back_as_they_were_kept() {
    let filled = two_sets();
    filled
        .store
        .read(|tx| -> store::Result<()> {
            let sets = rules::all(tx)?;
            let found: Vec<_> = sets.iter().map(|s| (s.number, s.rules.youngest)).collect();
            assert_eq!(found, [(2, 60), (1, 50)]);
            assert_eq!(sets[0].digest, rules::digest(&sets[0].rules)?);
            assert_ne!(sets[0].digest, sets[1].digest);
            assert_eq!(rules::frozen(tx, 2)?, [ItemId(Uuid::from_u128(7))]);
            assert_eq!(rules::frozen(tx, 1)?, []);
            assert_eq!(rules::get(tx, 3)?, None);
            assert_eq!(rules::acts(tx)?.len(), 3);
            Ok(())
        })
        .unwrap();
}

#[test]
fn what_counted_at_an_instant_is_the_last_that_went_live_by_then() {
    let filled = two_sets();
    let at = |seconds| {
        filled
            .store
            .read(|tx| rules::live_at(tx, after(seconds)))
            .unwrap()
    };
    assert_eq!(at(0), Some(1), "before the first, the first");
    assert_eq!(
        [10, 19, 20, 29, 30, 99].map(at),
        [1, 1, 2, 2, 1, 1].map(Some)
    );
    assert_eq!(filled.store.read(rules::live).unwrap(), Some(1));
}

#[test]
fn nothing_about_rules_is_edited_or_deleted() {
    let filled = two_sets();
    for sql in [
        "UPDATE rule_set SET body = '{}' WHERE number = 2",
        "DELETE FROM rule_set",
        "UPDATE rule_act SET number = 2",
        "DELETE FROM rule_act WHERE id = 3",
    ] {
        let refused = filled.sql(sql).unwrap_err().to_string();
        assert!(refused.contains("never"), "{sql}: {refused}");
    }
}
