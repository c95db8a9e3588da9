//! Staff, their sessions, and what they had typed when a session ended. Signing in makes the [`Scope`].

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use pathway::UserId;
use uuid::Uuid;

use crate::{
    Role, Scope, Sites,
    db::{Row, Tx},
    error::{Error, Result},
};

#[derive(Clone)]
pub struct Staff {
    pub id: UserId,
    pub username: String,
    pub name: String,
    pub role: Role,
    pub sites: Sites,
    pub password_hash: String,
    pub totp_secret: Vec<u8>,
    /// The last time step whose code was used: a code works once.
    pub totp_last_step: u64,
    pub failures: u32,
    pub locked_until: Option<Timestamp>,
    pub disabled: bool,
    /// Keyboard shortcuts, off until the user turns them on.
    pub shortcuts: bool,
}

impl Staff {
    fn scope(&self) -> Scope {
        Scope {
            user: Some(self.id),
            who: self.name.clone(),
            role: self.role,
            sites: self.sites.clone(),
        }
    }
}

const COLUMNS: &str =
    "id, username, name, role, all_sites, password_hash, totp_secret, totp_last_step, failures,
    locked_until, disabled, shortcuts";

fn read(tx: &mut Tx<'_>, row: &Row) -> Result<Staff> {
    let id: UserId = row.get(0)?;
    let role: String = row.get(3)?;
    let sites = if row.get::<bool>(4)? {
        Sites::All
    } else {
        let rows = tx.query("SELECT site FROM staff_site WHERE staff = $1", &[id.into()])?;
        Sites::These(
            rows.iter()
                .map(|row| row.get(0))
                .collect::<Result<BTreeSet<String>>>()?,
        )
    };
    Ok(Staff {
        id,
        username: row.get(1)?,
        name: row.get(2)?,
        role: Role::from_code(&role).ok_or_else(|| Error::Corrupt(format!("role {role}")))?,
        sites,
        password_hash: row.get(5)?,
        totp_secret: row.get(6)?,
        totp_last_step: row.get(7)?,
        failures: row.get(8)?,
        locked_until: row.get(9)?,
        disabled: row.get(10)?,
        shortcuts: row.get(11)?,
    })
}

fn find(tx: &mut Tx<'_>, wanted: &str, arg: crate::db::Value) -> Result<Option<Staff>> {
    let sql = format!("SELECT {COLUMNS} FROM staff WHERE {wanted} = $1");
    match tx.query_one(&sql, &[arg])? {
        Some(row) => read(tx, &row).map(Some),
        None => Ok(None),
    }
}

pub fn by_username(tx: &mut Tx<'_>, username: &str) -> Result<Option<Staff>> {
    find(tx, "username", username.to_lowercase().into())
}

pub fn by_id(tx: &mut Tx<'_>, id: UserId) -> Result<Option<Staff>> {
    find(tx, "id", id.into())
}

pub fn all(tx: &mut Tx<'_>) -> Result<Vec<Staff>> {
    let rows = tx.query(
        &format!("SELECT {COLUMNS} FROM staff ORDER BY username"),
        &[],
    )?;
    rows.iter().map(|row| read(tx, row)).collect()
}

/// Add somebody. A username that is taken is a [`Error::Conflict`].
pub fn add(tx: &mut Tx<'_>, staff: &Staff, now: Timestamp) -> Result<()> {
    tx.execute(
        "INSERT INTO staff (id, username, name, role, all_sites, password_hash, totp_secret, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        &[
            staff.id.into(),
            staff.username.to_lowercase().into(),
            staff.name.as_str().into(),
            staff.role.code().into(),
            (staff.sites == Sites::All).into(),
            staff.password_hash.as_str().into(),
            staff.totp_secret.as_slice().into(),
            now.into(),
        ],
    )?;
    put_sites(tx, staff)
}

/// Change role, sites, name or whether somebody may sign in; ends their sessions so that it counts at once.
pub fn change(tx: &mut Tx<'_>, staff: &Staff) -> Result<()> {
    tx.execute(
        "UPDATE staff SET name = $2, role = $3, all_sites = $4, disabled = $5 WHERE id = $1",
        &[
            staff.id.into(),
            staff.name.as_str().into(),
            staff.role.code().into(),
            (staff.sites == Sites::All).into(),
            staff.disabled.into(),
        ],
    )?;
    put_sites(tx, staff)?;
    end_sessions(tx, staff.id, None)
}

fn put_sites(tx: &mut Tx<'_>, staff: &Staff) -> Result<()> {
    tx.execute(
        "DELETE FROM staff_site WHERE staff = $1",
        &[staff.id.into()],
    )?;
    if let Sites::These(sites) = &staff.sites {
        for site in sites {
            tx.execute(
                "INSERT INTO staff_site (staff, site) VALUES ($1, $2)",
                &[staff.id.into(), site.as_str().into()],
            )?;
        }
    }
    Ok(())
}

pub fn set_credentials(
    tx: &mut Tx<'_>,
    id: UserId,
    password_hash: &str,
    totp_secret: &[u8],
) -> Result<()> {
    tx.execute(
        "UPDATE staff SET password_hash = $2, totp_secret = $3, totp_last_step = 0, failures = 0,
           locked_until = NULL WHERE id = $1",
        &[id.into(), password_hash.into(), totp_secret.into()],
    )?;
    end_sessions(tx, id, None)
}

pub fn set_shortcuts(tx: &mut Tx<'_>, id: UserId, on: bool) -> Result<()> {
    tx.execute(
        "UPDATE staff SET shortcuts = $2 WHERE id = $1",
        &[id.into(), on.into()],
    )?;
    Ok(())
}

pub fn note_failure(
    tx: &mut Tx<'_>,
    id: UserId,
    failures: u32,
    locked_until: Option<Timestamp>,
) -> Result<()> {
    tx.execute(
        "UPDATE staff SET failures = $2, locked_until = $3 WHERE id = $1",
        &[id.into(), failures.into(), locked_until.into()],
    )?;
    Ok(())
}

/// Use up a one-time code. `false`: that code, or a later one, has been used.
pub fn use_code(tx: &mut Tx<'_>, id: UserId, step: u64) -> Result<bool> {
    let done = tx.execute(
        "UPDATE staff SET totp_last_step = $2, failures = 0, locked_until = NULL
         WHERE id = $1 AND totp_last_step < $2",
        &[id.into(), step.into()],
    )?;
    Ok(done == 1)
}

/// How long a session lasts.
#[derive(Debug, Clone, Copy)]
pub struct SessionLimits {
    pub idle: SignedDuration,
    pub whole: SignedDuration,
}

impl Default for SessionLimits {
    /// 15 minutes idle and 12 hours in all, as NHS England's own staff services use.
    fn default() -> Self {
        Self {
            idle: SignedDuration::from_mins(15),
            whole: SignedDuration::from_hours(12),
        }
    }
}

pub struct Session {
    pub staff: Staff,
    pub scope: Scope,
    pub csrf: String,
    pub signed_in_at: Timestamp,
    pub seen_at: Timestamp,
}

pub enum Found {
    Signed(Box<Session>),
    /// The password was right; the one-time code is still to come.
    HalfWay {
        user: UserId,
        csrf: String,
    },
    /// It was a session once; what its owner typed can still be kept.
    Ended {
        user: UserId,
    },
    None,
}

pub fn begin_session(
    tx: &mut Tx<'_>,
    user: UserId,
    token: &[u8; 32],
    csrf: &str,
    half_way: bool,
    now: Timestamp,
) -> Result<()> {
    tx.execute(
        "INSERT INTO session (token, staff, csrf, signed_in_at, seen_at, half_way) VALUES ($1, $2, $3, $4, $4, $5)",
        &[(*token).into(), user.into(), csrf.into(), now.into(), half_way.into()],
    )?;
    Ok(())
}

/// The session a token stands for. Writes `seen_at` through [`touch`], not here, so that reading stays reading.
pub fn session(
    tx: &mut Tx<'_>,
    token: &[u8; 32],
    limits: SessionLimits,
    now: Timestamp,
) -> Result<Found> {
    let Some(row) = tx.query_one(
        "SELECT staff, csrf, signed_in_at, seen_at, half_way FROM session WHERE token = $1",
        &[(*token).into()],
    )?
    else {
        return Ok(Found::None);
    };
    let (user, csrf): (UserId, String) = (row.get(0)?, row.get(1)?);
    let (signed_in_at, seen_at): (Timestamp, Timestamp) = (row.get(2)?, row.get(3)?);
    let half_way: bool = row.get(4)?;
    let Some(staff) = by_id(tx, user)?.filter(|staff| !staff.disabled) else {
        return Ok(Found::None);
    };
    let ended = now.duration_since(seen_at) > limits.idle
        || now.duration_since(signed_in_at) > limits.whole;
    Ok(match (half_way, ended) {
        (true, true) => Found::None,
        (true, false) => Found::HalfWay { user, csrf },
        (false, true) => Found::Ended { user },
        (false, false) => {
            let scope = staff.scope();
            Found::Signed(Box::new(Session {
                scope,
                staff,
                csrf,
                signed_in_at,
                seen_at,
            }))
        }
    })
}

pub fn touch(tx: &mut Tx<'_>, token: &[u8; 32], now: Timestamp) -> Result<()> {
    tx.execute(
        "UPDATE session SET seen_at = $2 WHERE token = $1",
        &[(*token).into(), now.into()],
    )?;
    Ok(())
}

pub fn end_session(tx: &mut Tx<'_>, token: &[u8; 32]) -> Result<()> {
    tx.execute("DELETE FROM session WHERE token = $1", &[(*token).into()])?;
    Ok(())
}

/// End somebody's sessions, all or all but the one in use.
pub fn end_sessions(tx: &mut Tx<'_>, user: UserId, except: Option<&[u8; 32]>) -> Result<()> {
    match except {
        None => tx.execute("DELETE FROM session WHERE staff = $1", &[user.into()])?,
        Some(token) => tx.execute(
            "DELETE FROM session WHERE staff = $1 AND token <> $2",
            &[user.into(), (*token).into()],
        )?,
    };
    Ok(())
}

pub fn session_count(
    tx: &mut Tx<'_>,
    user: UserId,
    limits: SessionLimits,
    now: Timestamp,
) -> Result<u64> {
    let since = now.saturating_sub(limits.idle).unwrap_or(now);
    Ok(tx.number(
        "SELECT count(*) FROM session WHERE staff = $1 AND seen_at > $2 AND NOT half_way",
        &[user.into(), since.into()],
    )? as u64)
}

#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    pub id: Uuid,
    pub path: String,
    pub form: Vec<(String, String)>,
}

/// Drafts hold what people type about patients, so one that nobody came back for goes after a day.
pub fn keep_draft(tx: &mut Tx<'_>, user: UserId, draft: &Draft, now: Timestamp) -> Result<()> {
    let yesterday = now
        .saturating_sub(SignedDuration::from_hours(24))
        .unwrap_or(now);
    tx.execute("DELETE FROM draft WHERE at < $1", &[yesterday.into()])?;
    tx.execute(
        "INSERT INTO draft (id, staff, path, form, at) VALUES ($1, $2, $3, $4, $5)",
        &[
            draft.id.into(),
            user.into(),
            draft.path.as_str().into(),
            serde_json::to_value(&draft.form)?.into(),
            now.into(),
        ],
    )?;
    Ok(())
}

pub fn draft(tx: &mut Tx<'_>, scope: &Scope, id: Uuid) -> Result<Option<Draft>> {
    let row = tx.query_one(
        "SELECT id, path, form FROM draft WHERE id = $1 AND staff = $2",
        &[id.into(), scope.user.into()],
    )?;
    row.map(|row| {
        let form: serde_json::Value = row.get(2)?;
        Ok(Draft {
            id: row.get(0)?,
            path: row.get(1)?,
            form: serde_json::from_value(form)?,
        })
    })
    .transpose()
}

pub fn drop_draft(tx: &mut Tx<'_>, scope: &Scope, id: Uuid) -> Result<()> {
    tx.execute(
        "DELETE FROM draft WHERE id = $1 AND staff = $2",
        &[id.into(), scope.user.into()],
    )?;
    Ok(())
}
