//! From a data folder to a working application.

use std::{path::Path, sync::Arc};

use anyhow::Context;
use jiff::SignedDuration;
use service::App;
use store::{Address, Store, staff::SessionLimits};
use terms::SystemClock;

use crate::{Place, config};

pub fn address(place: &Place) -> anyhow::Result<Address> {
    Ok(match &place.database {
        Some(url) => url.parse()?,
        None => Address::Sqlite(place.data.join("herald.sqlite")),
    })
}

/// Open what is there, or begin.
pub fn app(place: &Place) -> anyhow::Result<App> {
    std::fs::create_dir_all(&place.data)
        .with_context(|| format!("the data folder {} cannot be made", place.data.display()))?;
    let config = config::load(&place.data)?;
    let address = address(place)?;
    let store = Store::open(&address)
        .with_context(|| format!("the data at {address:?} cannot be opened"))?;
    if config.most_megabytes > 0 {
        store.limit_size(config.most_megabytes)?;
    }
    store.write(|tx| {
        for hospital in &config.hospital {
            store::settings::put_site(tx, hospital.code.as_str(), &hospital.name)?;
        }
        Ok::<_, store::Error>(())
    })?;
    let demo = store.read(|tx| store::settings::get(tx, "demo"))?.is_some();
    let clock = Arc::new(SystemClock);
    let mut app = App::new(store, clock, place.data.clone(), config.rules())?;
    tell_differences(&app)?;
    app.settings = config.service.settings;
    app.limits = SessionLimits {
        idle: SignedDuration::from_mins(config.session.idle_minutes),
        whole: SignedDuration::from_hours(config.session.whole_hours),
    };
    app.demo = demo;
    app.profiles = profiles(&place.data.join("profiles"))?;
    Ok(app)
}

/// Once there are rules, `herald.toml` is not asked for them any more; whoever edits it there must hear so.
fn tell_differences(app: &App) -> anyhow::Result<()> {
    let live = app.store.read(|tx| app.rules(tx))?;
    let differs = live.rules.differences(&app.configured);
    if !differs.is_empty() {
        tracing::warn!(
            "rule set {} counts, not herald.toml, which says: {}. Rules are changed on the page “Service rules”",
            live.number,
            differs.join("; ")
        );
    }
    Ok(())
}

/// The built-in profiles, and those of the data folder, which may replace them.
fn profiles(folder: &Path) -> anyhow::Result<feeds::Profiles> {
    let mut profiles = feeds::Profiles::built_in();
    let Ok(files) = std::fs::read_dir(folder) else {
        return Ok(profiles);
    };
    let mut paths: Vec<_> = files.filter_map(|file| Some(file.ok()?.path())).collect();
    paths.sort();
    for path in paths
        .iter()
        .filter(|path| path.extension().is_some_and(|e| e == "toml"))
    {
        let text = std::fs::read_to_string(path)?;
        profiles = profiles
            .with(&text)
            .with_context(|| format!("the profile {} cannot be used", path.display()))?;
    }
    Ok(profiles)
}
