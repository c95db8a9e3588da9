//! Who is asking. The gate puts it there; a handler that needs it cannot run without.

use axum::{
    extract::FromRequestParts,
    http::{StatusCode, request::Parts},
};
use service::{May, Role, Scope, Sites, may};

use crate::{
    assets,
    config::{WebConfig, WebState},
    view::{
        form::Hidden,
        page::{Chrome, NavLink, SignedIn},
        parts::Link,
    },
};

/// A signed-in member of staff, at one route.
#[derive(Debug, Clone)]
pub struct Caller {
    pub scope: Scope,
    /// The cookie's value, for what concerns the session itself.
    pub token: String,
    pub csrf: String,
    pub username: String,
    pub idle_seconds: u64,
    pub latest_end: jiff::Timestamp,
    pub shortcuts: bool,
    pub site_words: String,
    /// The route's pattern, never the address.
    pub route: &'static str,
}

/// Somebody who has not signed in, or not entirely.
#[derive(Debug, Clone, Default)]
pub struct Visitor {
    /// What the form must bring back.
    pub csrf: String,
    /// The cookie of a sign-in that waits for its code.
    pub half_way: Option<String>,
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or(StatusCode::FORBIDDEN)
    }
}

impl<S: Sync> FromRequestParts<S> for Visitor {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or(StatusCode::FORBIDDEN)
    }
}

/// The navigation: address, words, who sees it. `None` is everybody.
const NAVIGATION: [(&str, &str, Option<May>); 13] = [
    ("/today", "Today", Some(May::SeePeople)),
    ("/patients/find", "Find a patient", Some(May::SeePeople)),
    ("/patients/add", "Add a person", Some(May::AddByHand)),
    ("/overview", "Overview", Some(May::SeeOverview)),
    ("/imports", "Imports", Some(May::TakeInFiles)),
    ("/feeds", "Feeds", Some(May::SeeOverview)),
    ("/said-no", "Said no", Some(May::SeeRefusals)),
    ("/kpi", "KPIs", Some(May::SeeNumbers)),
    ("/privacy", "Privacy", Some(May::SeeAccess)),
    ("/admin/users", "Users", Some(May::ManageStaff)),
    ("/rules", "Rules", Some(May::ChangeRules)),
    ("/guidance", "Guidance", Some(May::ChangeRules)),
    ("/help", "Help", None),
];

/// Where a role starts.
pub fn home(role: Role) -> &'static str {
    NAVIGATION
        .iter()
        .find(|(_, _, needed)| needed.is_none_or(|what| may(role, what)))
        .map_or("/help", |(href, _, _)| href)
}

fn section(route: &str) -> &str {
    match route {
        r if ["/candidates", "/questions", "/episodes", "/calculators"]
            .iter()
            .any(|start| r.starts_with(start)) =>
        {
            "/today"
        }
        r if r.starts_with("/patients/{person}") => "/patients/find",
        r if r.starts_with("/imports") => "/imports",
        r if r.starts_with("/said-no") || r.starts_with("/layouts") => "/said-no",
        r if r.starts_with("/feeds") => "/feeds",
        r if r.starts_with("/kpi") => "/kpi",
        r if r.starts_with("/rules") => "/rules",
        r if r.starts_with("/guidance") => "/guidance",
        "/reader" => "/help",
        r if r.starts_with("/leaflets") => "/help",
        r if r.starts_with("/privacy") => "/privacy",
        r if r.starts_with("/admin") => "/admin/users",
        other => other,
    }
}

impl Caller {
    pub fn may(&self, what: May) -> bool {
        may(self.scope.role(), what)
    }

    /// The session's token as a form carries it.
    pub fn hidden(&self) -> Vec<Hidden> {
        vec![Hidden::new("csrf", &self.csrf)]
    }

    /// The token, and one thing more that the form must bring back.
    pub fn hidden_with(&self, field: &str, value: impl ToString) -> Vec<Hidden> {
        let mut hidden = self.hidden();
        hidden.push(Hidden::new(field, value.to_string()));
        hidden
    }

    /// What stands around this caller's page, with the notice of what they did last.
    pub fn chrome(&self, state: &WebState) -> Chrome {
        self.bare_chrome(&state.config)
            .with_notice(state.notices.take(&self.token))
    }

    pub fn bare_chrome(&self, config: &WebConfig) -> Chrome {
        let role = self.scope.role();
        Chrome {
            path: self.route.to_owned(),
            user: Some(SignedIn {
                name: self.scope.who().to_owned(),
                role: role.words().to_owned(),
                sites: self.site_words.clone(),
                csrf: self.csrf.clone(),
                idle_seconds: self.idle_seconds,
                shortcuts: self.shortcuts,
            }),
            nav: NAVIGATION
                .iter()
                .filter(|(_, _, needed)| needed.is_none_or(|what| may(role, what)))
                .map(|(href, text, _)| NavLink {
                    link: Link::new(*href, *text),
                    current: *href == section(self.route),
                })
                .collect(),
            ..plain_chrome(config)
        }
    }
}

/// What stands around a page before anybody has signed in.
pub fn plain_chrome(config: &WebConfig) -> Chrome {
    Chrome {
        version: config.version.clone(),
        assets: assets::links(),
        demo: config.demo,
        ..Chrome::default()
    }
}

/// "Southend, Basildon", as the header says it; nothing for roles that see no people.
pub fn site_words(scope: &Scope, known: &[store::settings::Site]) -> String {
    if !may(scope.role(), May::SeePeople) {
        return String::new();
    }
    match scope.sites() {
        Sites::All => "All sites".to_owned(),
        Sites::These(codes) => {
            let name = |code: &String| {
                known
                    .iter()
                    .find(|site| site.code == *code)
                    .map_or_else(|| code.clone(), |site| site.name.clone())
            };
            let names: Vec<String> = codes.iter().map(name).collect();
            if names.is_empty() {
                "No site yet".to_owned()
            } else {
                names.join(", ")
            }
        }
    }
}
