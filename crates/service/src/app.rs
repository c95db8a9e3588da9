use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

use feeds::Profiles;
use jiff::Timestamp;
use pathway::{ServiceRules, Settings};
use store::{Store, Tx, staff::SessionLimits};
use terms::Clock;

use crate::{
    error::{Error, Result},
    rules,
    ruling::Ruling,
};

/// Everything a use case works with. Made once by the binary, or by a test with its own clock.
pub struct App {
    pub store: Store,
    pub clock: Arc<dyn Clock>,
    pub settings: Settings,
    pub profiles: Profiles,
    pub limits: SessionLimits,
    /// Where uploads wait until they are taken in.
    pub data_dir: PathBuf,
    /// A demonstration with made-up people: shows its own sign-ins.
    pub demo: bool,
    /// What the configuration says of the rules: the first set is made from it, later ones are not.
    pub configured: ServiceRules,
    /// A set never changes, so one that was read once is known for good.
    rulings: Mutex<BTreeMap<u64, Arc<Ruling>>>,
}

impl App {
    /// On data without rules, the configured ones go live.
    pub fn new(
        store: Store,
        clock: Arc<dyn Clock>,
        data_dir: PathBuf,
        configured: ServiceRules,
    ) -> Result<Self> {
        rules::begin(&store, clock.now(), &configured)?;
        Ok(Self {
            store,
            clock,
            settings: Settings::default(),
            profiles: Profiles::built_in(),
            limits: SessionLimits::default(),
            data_dir,
            demo: false,
            configured,
            rulings: Mutex::default(),
        })
    }

    /// The rules that count in this transaction. Asked anew in each one, so that a set which went live on another
    /// server counts here too.
    pub fn rules(&self, tx: &mut Tx<'_>) -> Result<Arc<Ruling>> {
        let number = store::rules::live(tx)?.ok_or_else(no_rules)?;
        self.ruling(tx, number)
    }

    /// The rules that counted at an instant: what was listed by them then is not lost to those of today.
    pub(crate) fn rules_at(&self, tx: &mut Tx<'_>, at: Timestamp) -> Result<Arc<Ruling>> {
        let number = store::rules::live_at(tx, at)?.ok_or_else(no_rules)?;
        self.ruling(tx, number)
    }

    pub(crate) fn ruling(&self, tx: &mut Tx<'_>, number: u64) -> Result<Arc<Ruling>> {
        let known = || self.rulings.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(ruling) = known().get(&number) {
            return Ok(Arc::clone(ruling));
        }
        let set = store::rules::get(tx, number)?.ok_or(Error::NotFound)?;
        let ruling = Arc::new(Ruling::new(number, set.rules));
        Ok(Arc::clone(known().entry(number).or_insert(ruling)))
    }

    /// Hospital sites for a choice box: code and name.
    pub fn sites(&self) -> Result<Vec<store::settings::Site>> {
        Ok(self.store.read(store::settings::all_sites)?)
    }

    pub fn site_codes(&self) -> Result<BTreeSet<String>> {
        Ok(self.sites()?.into_iter().map(|site| site.code).collect())
    }
}

fn no_rules() -> Error {
    Error::Internal("no rule set is live, though one is made at the first start".to_owned())
}
