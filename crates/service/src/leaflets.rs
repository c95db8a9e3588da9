//! Leaflets for patients with the service's own name, phone and groups in them. They hold nothing about anybody.

use guidance::leaflets::{self, Leaflet, Local, library};
use jiff::civil::Date;

use crate::{
    App,
    error::{Error, Result},
};

pub struct LeafletsView {
    pub leaflets: &'static [Leaflet],
    pub local: Local,
    pub today: Date,
}

pub struct LeafletView {
    /// With the service's details in their places.
    pub leaflet: Leaflet,
    pub today: Date,
}

fn local(app: &App) -> Local {
    let head = &app.settings.letterhead;
    Local {
        team: head.name.clone(),
        phone: head.phone.clone(),
        hours: head.hours.clone(),
        groups: app.settings.support_groups.clone(),
    }
}

pub fn list(app: &App) -> Result<LeafletsView> {
    Ok(LeafletsView {
        leaflets: &library().leaflets,
        local: local(app),
        today: app.clock.today(),
    })
}

pub fn one(app: &App, id: &str) -> Result<LeafletView> {
    let leaflet = leaflets::leaflet(id).ok_or(Error::NotFound)?;
    Ok(LeafletView {
        leaflet: leaflet.filled(&local(app)),
        today: app.clock.today(),
    })
}
