//! Who comes with this cookie.

use pathway::UserId;
use service::{
    App, Result,
    accounts::{self, Token, Visitor},
};
use uuid::Uuid;

use crate::caller::{Caller, site_words};

pub enum Found {
    Signed(Box<Caller>),
    HalfWay {
        csrf: String,
    },
    /// The session has ended; what was typed can be kept for its owner.
    Ended {
        user: UserId,
    },
    None,
}

pub fn find(app: &App, token: &str, touch: bool, route: &'static str) -> Result<Found> {
    let token = Token(token.to_owned());
    Ok(match accounts::visitor(app, &token, touch)? {
        Visitor::Nobody => Found::None,
        Visitor::Ended(user) => Found::Ended { user },
        Visitor::HalfWay { csrf } => Found::HalfWay { csrf },
        Visitor::Signed(signed) => {
            let left = signed
                .idle_end
                .min(signed.latest_end)
                .duration_since(app.clock.now());
            Found::Signed(Box::new(Caller {
                site_words: site_words(&signed.scope, &app.sites()?),
                token: token.0,
                csrf: signed.csrf,
                idle_seconds: left.as_secs().unsigned_abs(),
                shortcuts: signed.shortcuts,
                username: signed.username,
                scope: signed.scope,
                latest_end: signed.latest_end,
                route,
            }))
        }
    })
}

pub fn keep(app: &App, user: UserId, path: &str, form: &[(String, String)]) -> Result<Uuid> {
    accounts::keep_draft(app, user, path, form)
}
