use std::{path::PathBuf, sync::Arc};

use service::App;

use crate::notices::Notices;

/// What the pages need to know about where they run.
#[derive(Debug, Clone)]
pub struct WebConfig {
    /// Browsers reach Herald over https (a proxy in front ends TLS): cookies are `Secure`, HSTS is sent.
    pub behind_https: bool,
    /// The store holds made-up people; every page says so.
    pub demo: bool,
    /// Uploads are spooled here, on the same encrypted volume as the data.
    pub spool_dir: PathBuf,
    pub version: String,
}

#[derive(Clone)]
pub struct WebState {
    pub app: Arc<App>,
    pub config: Arc<WebConfig>,
    pub(crate) notices: Arc<Notices>,
}

impl WebState {
    pub fn new(app: Arc<App>, config: WebConfig) -> Self {
        Self {
            app,
            config: Arc::new(config),
            notices: Arc::default(),
        }
    }
}
