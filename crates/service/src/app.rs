use std::{
    collections::BTreeSet,
    path::PathBuf,
    sync::{Arc, LazyLock},
};

use feeds::Profiles;
use finder::Finder;
use pathway::Settings;
use store::{Store, staff::SessionLimits};
use terms::Clock;

/// Everything a use case works with. Made once by the binary, or by a test with its own clock.
pub struct App {
    pub store: Store,
    pub clock: Arc<dyn Clock>,
    pub finder: Arc<Finder>,
    pub settings: Settings,
    pub profiles: Profiles,
    pub limits: SessionLimits,
    /// Where uploads wait until they are taken in.
    pub data_dir: PathBuf,
    /// A demonstration with made-up people: shows its own sign-ins.
    pub demo: bool,
}

/// Compiling the reader's rules takes a good part of a second: once a process is enough.
static DEFAULT_FINDER: LazyLock<Arc<Finder>> = LazyLock::new(Arc::default);

impl App {
    pub fn new(store: Store, clock: Arc<dyn Clock>, data_dir: PathBuf) -> Self {
        Self {
            store,
            clock,
            finder: Arc::clone(&DEFAULT_FINDER),
            settings: Settings::default(),
            profiles: Profiles::built_in(),
            limits: SessionLimits::default(),
            data_dir,
            demo: false,
        }
    }

    /// Hospital sites for a choice box: code and name.
    pub fn sites(&self) -> crate::Result<Vec<store::settings::Site>> {
        Ok(self.store.read(store::settings::all_sites)?)
    }

    pub fn site_codes(&self) -> crate::Result<BTreeSet<String>> {
        Ok(self.sites()?.into_iter().map(|site| site.code).collect())
    }
}
