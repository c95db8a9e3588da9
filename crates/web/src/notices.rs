//! What the last action did, kept for the next page of the same session. If it is lost (the server was started
//! again, another server answers), a banner is missing and nothing else. Decisions on candidates do not use it: their way back must not be lost.

use std::{collections::HashMap, sync::Mutex};

use crate::view::page::Notice;

const MOST: usize = 1_000;

#[derive(Default)]
pub struct Notices(Mutex<HashMap<String, Notice>>);

impl Notices {
    pub fn leave(&self, session: &str, notice: Notice) {
        let mut held = self
            .0
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        // Somebody who never opens another page leaves one behind; they must not add up.
        if held.len() >= MOST {
            held.clear();
        }
        held.insert(session.to_owned(), notice);
    }

    pub fn take(&self, session: &str) -> Option<Notice> {
        self.0
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
            .remove(session)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_is_shown_once_and_to_its_own_session() {
        let notices = Notices::default();
        notices.leave(
            "a",
            Notice {
                good: true,
                text: "Done".into(),
                undo: None,
            },
        );
        assert!(notices.take("b").is_none());
        assert_eq!(notices.take("a").map(|n| n.text).as_deref(), Some("Done"));
        assert!(notices.take("a").is_none());
    }
}
