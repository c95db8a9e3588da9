//! Signing in, sessions, and the people who may.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use pathway::UserId;
use serde_json::json;
use store::{
    Role, Sites, Tx,
    staff::{self, Draft, Found, Staff},
};
use terms::id;
use uuid::Uuid;

use crate::{
    App, May, Scope,
    access::demand,
    error::{Error, Result},
    secret,
};

/// After so many failures in a row nobody can sign in under that name for a while.
const FAILURES: u32 = 8;
const LOCKED_FOR: SignedDuration = SignedDuration::from_mins(15);

/// A cookie's token; the store keeps only its digest.
pub struct Token(pub String);

impl Token {
    fn digest(&self) -> [u8; 32] {
        secret::token_digest(&self.0)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignInRefused {
    /// Name or password; which of them is not said.
    Wrong,
    Locked {
        until: Timestamp,
    },
    WrongCode,
    /// A right code, but it has been used.
    CodeUsed,
    /// It took too long between password and code.
    TooSlow,
}

/// A session somebody has, as the pages need it.
pub struct Signed {
    pub scope: Scope,
    pub csrf: String,
    pub username: String,
    pub name: String,
    pub shortcuts: bool,
    /// When it ends if nothing happens, and when it ends at the latest.
    pub idle_end: Timestamp,
    pub latest_end: Timestamp,
}

pub enum Visitor {
    Signed(Box<Signed>),
    HalfWay {
        csrf: String,
    },
    /// The session ended; what was typed can be kept for its owner.
    Ended(UserId),
    Nobody,
}

/// First step: name and password. The token stands for a half-way session until the code is given.
pub fn password(app: &App, username: &str, password: &str) -> Result<Result<Token, SignInRefused>> {
    let now = app.clock.now();
    let member = app
        .store
        .read(|tx| staff::by_username(tx, username.trim()))?;
    let Some(member) = member.filter(|m| !m.disabled) else {
        // The same work as for somebody real, so that the time taken tells nothing.
        let _ = secret::hash_password(password)?;
        app.store.write(|tx| failed(tx, app, None, now))?;
        return Ok(Err(SignInRefused::Wrong));
    };
    if let Some(until) = member.locked_until.filter(|until| *until > now) {
        return Ok(Err(SignInRefused::Locked { until }));
    }
    if !secret::password_fits(password, &member.password_hash) {
        app.store.write(|tx| failed(tx, app, Some(&member), now))?;
        return Ok(Err(SignInRefused::Wrong));
    }
    let (text, digest) = secret::token()?;
    let csrf = secret::csrf()?;
    app.store
        .write(|tx| staff::begin_session(tx, member.id, &digest, &csrf, true, now))?;
    Ok(Ok(Token(text)))
}

fn failed(tx: &mut Tx<'_>, app: &App, member: Option<&Staff>, now: Timestamp) -> Result<()> {
    if let Some(member) = member {
        let failures = member.failures + 1;
        let locked = if failures >= FAILURES {
            now.checked_add(LOCKED_FOR).ok()
        } else {
            None
        };
        let failures = if locked.is_some() { 0 } else { failures };
        staff::note_failure(tx, member.id, failures, locked)?;
    }
    let door = app.store.door();
    let detail = json!({ "user": member.map(|m| m.id) });
    Ok(store::access::record(
        tx,
        &door,
        now,
        "sign_in_failed",
        &[],
        detail,
    )?)
}

/// Second step: the one-time code. A new token, so that the half-way one is worth nothing afterwards.
pub fn code(app: &App, half_way: &Token, code: &str) -> Result<Result<Token, SignInRefused>> {
    let now = app.clock.now();
    let found = app
        .store
        .read(|tx| staff::session(tx, &half_way.digest(), app.limits, now))?;
    let Found::HalfWay { user, .. } = found else {
        return Ok(Err(SignInRefused::TooSlow));
    };
    let member = app
        .store
        .read(|tx| staff::by_id(tx, user))?
        .ok_or(Error::NotFound)?;
    if let Some(until) = member.locked_until.filter(|until| *until > now) {
        return Ok(Err(SignInRefused::Locked { until }));
    }
    let Some(step) = secret::code_step(&member.totp_secret, code, now) else {
        app.store.write(|tx| failed(tx, app, Some(&member), now))?;
        return Ok(Err(SignInRefused::WrongCode));
    };
    let (text, digest) = secret::token()?;
    let csrf = secret::csrf()?;
    app.store.write(|tx| {
        if !staff::use_code(tx, user, step)? {
            return Ok(Err(SignInRefused::CodeUsed));
        }
        staff::end_session(tx, &half_way.digest())?;
        staff::begin_session(tx, user, &digest, &csrf, false, now)?;
        if let Found::Signed(session) = staff::session(tx, &digest, app.limits, now)? {
            store::access::record(tx, &session.scope, now, "signed_in", &[], json!({}))?;
        }
        Ok(Ok(Token(text)))
    })
}

/// Who comes with this token. Being seen (`touch`) prolongs the session, which is written at most once a minute; a
/// page that asks by itself keeps nobody signed in.
pub fn visitor(app: &App, token: &Token, touch: bool) -> Result<Visitor> {
    let now = app.clock.now();
    let digest = token.digest();
    Ok(
        match app
            .store
            .read(|tx| staff::session(tx, &digest, app.limits, now))?
        {
            Found::None => Visitor::Nobody,
            Found::Ended { user } => Visitor::Ended(user),
            Found::HalfWay { csrf, .. } => Visitor::HalfWay { csrf },
            Found::Signed(session) => {
                if touch && now.duration_since(session.seen_at) > SignedDuration::from_mins(1) {
                    app.store.write(|tx| staff::touch(tx, &digest, now))?;
                }
                let after = |from: Timestamp, by| from.checked_add(by).unwrap_or(from);
                Visitor::Signed(Box::new(Signed {
                    idle_end: after(if touch { now } else { session.seen_at }, app.limits.idle),
                    latest_end: after(session.signed_in_at, app.limits.whole),
                    username: session.staff.username.clone(),
                    name: session.staff.name.clone(),
                    shortcuts: session.staff.shortcuts,
                    csrf: session.csrf.clone(),
                    scope: session.scope,
                }))
            }
        },
    )
}

pub fn sign_out(app: &App, scope: &Scope, token: &Token) -> Result<()> {
    let now = app.clock.now();
    app.store.write(|tx| {
        staff::end_session(tx, &token.digest())?;
        Ok(store::access::record(
            tx,
            scope,
            now,
            "signed_out",
            &[],
            json!({}),
        )?)
    })
}

/// Somebody's other sessions end; the one in use goes on.
pub fn end_other_sessions(app: &App, scope: &Scope, token: &Token) -> Result<()> {
    let Some(user) = scope.user() else {
        return Err(Error::Forbidden);
    };
    let now = app.clock.now();
    app.store.write(|tx| {
        staff::end_sessions(tx, user, Some(&token.digest()))?;
        Ok(store::access::record(
            tx,
            scope,
            now,
            "ended_other_sessions",
            &[],
            json!({}),
        )?)
    })
}

pub fn open_sessions(app: &App, scope: &Scope) -> Result<u64> {
    let Some(user) = scope.user() else {
        return Ok(0);
    };
    Ok(app
        .store
        .read(|tx| staff::session_count(tx, user, app.limits, app.clock.now()))?)
}

pub fn set_shortcuts(app: &App, scope: &Scope, on: bool) -> Result<()> {
    let Some(user) = scope.user() else {
        return Err(Error::Forbidden);
    };
    Ok(app.store.write(|tx| staff::set_shortcuts(tx, user, on))?)
}

/// Keep what somebody had typed when their session ended. Only they get it back.
pub fn keep_draft(app: &App, user: UserId, path: &str, form: &[(String, String)]) -> Result<Uuid> {
    let id = id::derived("draft", &[&secret::random::<16>()?]);
    let form = form
        .iter()
        .filter(|(name, _)| name != "csrf")
        .cloned()
        .collect();
    let draft = Draft {
        id,
        path: path.to_owned(),
        form,
    };
    app.store
        .write(|tx| staff::keep_draft(tx, user, &draft, app.clock.now()))?;
    Ok(id)
}

pub fn draft(app: &App, scope: &Scope, id: Uuid) -> Result<Draft> {
    app.store
        .read(|tx| staff::draft(tx, scope, id))?
        .ok_or(Error::NotFound)
}

pub fn drop_draft(app: &App, scope: &Scope, id: Uuid) -> Result<()> {
    Ok(app.store.write(|tx| staff::drop_draft(tx, scope, id))?)
}

/// A member of staff as the administrator sees them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    pub id: UserId,
    pub username: String,
    pub name: String,
    pub role: Role,
    pub sites: Sites,
    pub disabled: bool,
    pub locked_until: Option<Timestamp>,
}

/// Shown once, at making or resetting; never to be had again.
#[derive(Debug, Clone)]
pub struct Credentials {
    pub user: UserId,
    pub username: String,
    pub password: String,
    /// For typing into an authenticator app.
    pub secret: String,
    /// The same as a link, for an app on this device.
    pub link: String,
}

/// What is typed about a member of staff.
#[derive(Debug, Clone)]
pub struct NewMember {
    pub username: String,
    pub name: String,
    pub role: Role,
    pub sites: Sites,
}

pub fn members(app: &App, scope: &Scope) -> Result<Vec<Member>> {
    demand(scope, May::ManageStaff)?;
    Ok(app
        .store
        .read(staff::all)?
        .into_iter()
        .map(member_of)
        .collect())
}

pub fn member(app: &App, scope: &Scope, id: UserId) -> Result<Member> {
    demand(scope, May::ManageStaff)?;
    app.store
        .read(|tx| staff::by_id(tx, id))?
        .map(member_of)
        .ok_or(Error::NotFound)
}

fn member_of(staff: Staff) -> Member {
    Member {
        id: staff.id,
        username: staff.username,
        name: staff.name,
        role: staff.role,
        sites: staff.sites,
        disabled: staff.disabled,
        locked_until: staff.locked_until,
    }
}

pub fn add_member(app: &App, scope: &Scope, typed: &NewMember) -> Result<Credentials> {
    demand(scope, May::ManageStaff)?;
    let username = typed.username.trim().to_lowercase();
    let fits = (2..=40).contains(&username.len())
        && username
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'));
    if !fits {
        return Err(Error::field(
            "username",
            "2 to 40 letters, digits, dots and dashes",
        ));
    }
    let name = typed.name.trim();
    if name.is_empty() {
        return Err(Error::field(
            "name",
            "Enter the name that colleagues will see",
        ));
    }
    check_sites(app, &typed.sites)?;
    let (password, totp) = (secret::readable_password()?, secret::random::<20>()?);
    let now = app.clock.now();
    let staff = Staff {
        id: UserId(id::derived("staff", &[username.as_bytes()])),
        username: username.clone(),
        name: name.to_owned(),
        role: typed.role,
        sites: typed.sites.clone(),
        password_hash: secret::hash_password(&password)?,
        totp_secret: totp.to_vec(),
        totp_last_step: 0,
        failures: 0,
        locked_until: None,
        disabled: false,
        shortcuts: false,
    };
    app.store.write(|tx| {
        if staff::by_username(tx, &username)?.is_some() {
            return Err(Error::field("username", "Somebody has this name already"));
        }
        staff::add(tx, &staff, now)?;
        let detail = json!({ "user": staff.id, "role": staff.role.code() });
        Ok(store::access::record(
            tx,
            scope,
            now,
            "user_added",
            &[],
            detail,
        )?)
    })?;
    credentials(staff.id, username, password, &totp)
}

fn credentials(
    user: UserId,
    username: String,
    password: String,
    totp: &[u8],
) -> Result<Credentials> {
    let link = secret::authenticator_link(totp, &username)?;
    Ok(Credentials {
        user,
        username,
        password,
        secret: secret::secret_text(totp),
        link,
    })
}

fn check_sites(app: &App, sites: &Sites) -> Result<()> {
    let known: BTreeSet<String> = app.site_codes()?;
    match sites {
        Sites::All => Ok(()),
        Sites::These(these) if these.is_empty() => Err(Error::field(
            "sites",
            "Choose at least one site, or all of them",
        )),
        Sites::These(these) => match these.iter().find(|code| !known.contains(*code)) {
            Some(code) => Err(Error::field(
                "sites",
                format!("{code} is not one of this service's sites"),
            )),
            None => Ok(()),
        },
    }
}

/// Change name, role, sites, or whether somebody may sign in. It counts at once: their sessions end.
pub fn change_member(
    app: &App,
    scope: &Scope,
    user: UserId,
    name: &str,
    role: Role,
    sites: Sites,
    disabled: bool,
) -> Result<()> {
    demand(scope, May::ManageStaff)?;
    check_sites(app, &sites)?;
    if name.trim().is_empty() {
        return Err(Error::field(
            "name",
            "Enter the name that colleagues will see",
        ));
    }
    if scope.user() == Some(user) && (disabled || role != scope.role()) {
        return Err(Error::field(
            "role",
            "You cannot take your own access away; ask another administrator",
        ));
    }
    let now = app.clock.now();
    app.store.write(|tx| {
        let mut staff = staff::by_id(tx, user)?.ok_or(Error::NotFound)?;
        let detail = json!({
            "user": user, "role": [staff.role.code(), role.code()], "disabled": [staff.disabled, disabled],
        });
        (staff.name, staff.role, staff.sites, staff.disabled) = (name.trim().to_owned(), role, sites, disabled);
        staff::change(tx, &staff)?;
        Ok(store::access::record(tx, scope, now, "user_changed", &[], detail)?)
    })
}

/// A new password and a new authenticator secret; the old ones stop working.
pub fn reset_member(app: &App, scope: &Scope, user: UserId) -> Result<Credentials> {
    demand(scope, May::ManageStaff)?;
    let (password, totp) = (secret::readable_password()?, secret::random::<20>()?);
    let hash = secret::hash_password(&password)?;
    let now = app.clock.now();
    let username = app.store.write(|tx| -> Result<String> {
        let staff = staff::by_id(tx, user)?.ok_or(Error::NotFound)?;
        staff::set_credentials(tx, user, &hash, &totp)?;
        store::access::record(tx, scope, now, "user_reset", &[], json!({ "user": user }))?;
        Ok(staff.username)
    })?;
    credentials(user, username, password, &totp)
}

pub fn put_site(app: &App, scope: &Scope, code: &str, name: &str) -> Result<()> {
    demand(scope, May::ManageStaff)?;
    let code: terms::OdsCode = code
        .parse()
        .map_err(|e: terms::OdsCodeError| Error::field("code", e.to_string()))?;
    if name.trim().is_empty() {
        return Err(Error::field("name", "Enter the hospital's name"));
    }
    let now = app.clock.now();
    app.store.write(|tx| {
        store::settings::put_site(tx, code.as_str(), name.trim())?;
        let detail = json!({ "site": code.as_str(), "name": name.trim() });
        Ok(store::access::record(
            tx,
            scope,
            now,
            "site_changed",
            &[],
            detail,
        )?)
    })
}

/// The code somebody would read off their authenticator now: for the operator at the machine, and for a
/// demonstration, where nobody has set one up.
pub fn code_now(app: &App, username: &str) -> Result<String> {
    let member = app
        .store
        .read(|tx| staff::by_username(tx, username))?
        .ok_or(Error::NotFound)?;
    secret::unused_code(&member.totp_secret, member.totp_last_step, app.clock.now())
}
