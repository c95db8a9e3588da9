use std::sync::{Arc, LazyLock, OnceLock};

use finder::Finder;
use pathway::ServiceRules;

/// One set of rules, ready to be worked by.
pub struct Ruling {
    pub number: u64,
    pub rules: ServiceRules,
    finder: OnceLock<Arc<Finder>>,
}

/// Compiling the reader's rules takes a good part of a second: once a process is enough for the usual policy.
static USUAL_FINDER: LazyLock<Arc<Finder>> = LazyLock::new(Arc::default);

impl Ruling {
    pub(crate) fn new(number: u64, rules: ServiceRules) -> Self {
        Self {
            number,
            rules,
            finder: OnceLock::new(),
        }
    }

    /// The reader by these rules.
    pub fn finder(&self) -> &Finder {
        self.finder.get_or_init(|| {
            let policy = self.rules.policy();
            if policy == ServiceRules::default().policy() {
                Arc::clone(&USUAL_FINDER)
            } else {
                Arc::new(Finder::new(policy))
            }
        })
    }
}
