//! Where each set stands, from what was done.

use std::collections::BTreeMap;

use store::rules::{Act, What};
use terms::vocabulary;

vocabulary! {
    State {
        Proposed = "proposed", "Proposed";
        Live = "live", "Live";
        Superseded = "superseded", "Was live";
        RolledBack = "rolled_back", "Rolled back";
        Withdrawn = "withdrawn", "Withdrawn";
    }
}

#[derive(Debug, Default)]
pub(super) struct Standing {
    states: BTreeMap<u64, State>,
    /// Sets that went live, without those that were rolled back: the last one counts, the one before can be put back.
    /// Going back never leads forward again, so a set that was rolled back needs a new proposal.
    line: Vec<u64>,
}

impl Standing {
    pub fn of(acts: &[Act]) -> Self {
        let mut standing = Self::default();
        for act in acts {
            match act.what {
                What::Compared | What::Approved => {}
                What::Withdrawn => {
                    standing.states.insert(act.number, State::Withdrawn);
                }
                What::Live => standing.goes_live(act),
            }
        }
        standing
    }

    fn goes_live(&mut self, act: &Act) {
        if act.detail.get("rolled_back").is_some() {
            if let Some(undone) = self.line.pop() {
                self.states.insert(undone, State::RolledBack);
            }
        } else {
            if let Some(before) = self.line.last() {
                self.states.insert(*before, State::Superseded);
            }
            self.line.push(act.number);
        }
        self.states.insert(act.number, State::Live);
    }

    pub fn state(&self, number: u64) -> State {
        self.states.get(&number).copied().unwrap_or(State::Proposed)
    }

    pub fn live(&self) -> Option<u64> {
        self.line.last().copied()
    }

    /// The set that was live before the one that is.
    pub fn before(&self) -> Option<u64> {
        self.line.iter().rev().nth(1).copied()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn act(number: u64, what: What, detail: serde_json::Value) -> Act {
        Act {
            number,
            what,
            user: None,
            who: String::new(),
            role: String::new(),
            at: jiff::Timestamp::UNIX_EPOCH,
            detail,
        }
    }

    #[test]
    fn going_back_leads_back_and_never_forward() {
        let live = |number| act(number, What::Live, json!({}));
        let back = |from, to| act(to, What::Live, json!({ "rolled_back": from }));
        let mut acts = vec![live(1), live(2), live(3)];
        let standing = Standing::of(&acts);
        assert_eq!((standing.live(), standing.before()), (Some(3), Some(2)));
        acts.push(back(3, 2));
        let standing = Standing::of(&acts);
        assert_eq!((standing.live(), standing.before()), (Some(2), Some(1)));
        acts.push(back(2, 1));
        acts.push(act(4, What::Withdrawn, json!({})));
        let standing = Standing::of(&acts);
        assert_eq!((standing.live(), standing.before()), (Some(1), None));
        let states = [1, 2, 3, 4, 5].map(|number| standing.state(number));
        assert_eq!(
            states,
            [
                State::Live,
                State::RolledBack,
                State::RolledBack,
                State::Withdrawn,
                State::Proposed
            ]
        );
    }
}
