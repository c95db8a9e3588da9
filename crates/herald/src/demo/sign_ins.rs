//! Made-up staff, and the file that says how each of them signs in.

use std::{collections::BTreeSet, fs, path::Path};

use anyhow::bail;
use serde::{Deserialize, Serialize};
use service::{
    App, Role, Scope, Sites,
    accounts::{self, NewMember, Visitor},
};

use crate::serve::ServeArgs;

#[derive(Serialize, Deserialize)]
pub struct SignIns {
    note: String,
    address: String,
    pub sign_ins: Vec<SignIn>,
}

#[derive(Serialize, Deserialize)]
pub struct SignIn {
    role: String,
    pub role_words: String,
    pub username: String,
    pub password: String,
    /// Base32, as an authenticator app takes it.
    totp_secret: String,
    otpauth: String,
    /// Hospital sites this person sees; `all` for all.
    sites: Vec<String>,
}

/// Made-up staff, at least one per role. The first nurse sees two of the three hospitals, the second the third.
const STAFF: [(Role, &str, &str, &[&str]); 8] = [
    (Role::Nurse, "nurse", "Nora Finch", &["RAJ01", "RAJ32"]),
    (Role::LeadClinician, "lead", "Dr Leo Marsh", &[]),
    (Role::Coordinator, "coordinator", "Cora Webb", &[]),
    (Role::ReadOnly, "reader", "Rhys Cole", &[]),
    (Role::Analyst, "analyst", "Ana Petrie", &[]),
    (Role::Administrator, "admin", "Adil Rowe", &[]),
    (Role::PrivacyOfficer, "privacy", "Priya Lane", &[]),
    (Role::Nurse, "nurse2", "Bea Holt", &["RAJ12"]),
];

/// The sign-ins of everybody; who is not there yet is added.
pub fn sign_ins(
    app: &App,
    scope: &Scope,
    data: &Path,
    serve: &ServeArgs,
) -> anyhow::Result<SignIns> {
    let path = data.join("sign-ins.json");
    let held: Option<SignIns> = fs::read_to_string(&path)
        .ok()
        .and_then(|text| serde_json::from_str(&text).ok());
    let mut all = held.map(|held| held.sign_ins).unwrap_or_default();
    let members = accounts::members(app, scope)?;
    for (role, username, name, sites) in STAFF {
        let member = members.iter().find(|member| member.username == username);
        if member.is_some() && all.iter().any(|sign_in| sign_in.username == username) {
            continue;
        }
        // A run that was killed between the two may have left one without the other.
        let credentials = match member {
            Some(member) => accounts::reset_member(app, scope, member.id)?,
            None => {
                let seen = if sites.is_empty() {
                    Sites::All
                } else {
                    Sites::These(
                        sites
                            .iter()
                            .map(|s| (*s).to_owned())
                            .collect::<BTreeSet<_>>(),
                    )
                };
                let new = NewMember {
                    username: username.to_owned(),
                    name: name.to_owned(),
                    role,
                    sites: seen,
                };
                accounts::add_member(app, scope, &new)?
            }
        };
        all.retain(|sign_in| sign_in.username != username);
        all.push(SignIn {
            role: role.code().to_owned(),
            role_words: role.words().to_owned(),
            username: username.to_owned(),
            password: credentials.password,
            totp_secret: credentials.secret,
            otpauth: credentials.link,
            sites: if sites.is_empty() {
                vec!["all".to_owned()]
            } else {
                sites.iter().map(|s| (*s).to_owned()).collect()
            },
        });
    }
    let sign_ins = SignIns {
        note: "Made-up staff of a demonstration. totp_secret is for any authenticator app (RFC 6238, SHA-1, 6 digits, \
               30 s); each code works once."
            .to_owned(),
        address: format!("http://{}", std::net::SocketAddr::new(serve.listen, serve.port)),
        sign_ins: all,
    };
    fs::write(&path, serde_json::to_string_pretty(&sign_ins)?)?;
    Ok(sign_ins)
}

impl SignIns {
    /// Somebody signs in with password and code, as on the page.
    pub fn sign_in(&self, app: &App, username: &str) -> anyhow::Result<Scope> {
        let Some(sign_in) = self.sign_ins.iter().find(|s| s.username == username) else {
            bail!("{username} is not among the made-up staff; choose another folder with --data");
        };
        let half_way = accounts::password(app, username, &sign_in.password)?;
        let Ok(half_way) = half_way else {
            bail!("{username} cannot sign in: the password in sign-ins.json is another one");
        };
        let code = accounts::code_now(app, username)?;
        let Ok(token) = accounts::code(app, &half_way, &code)? else {
            bail!("{username} cannot sign in: the one-time code was refused");
        };
        match accounts::visitor(app, &token, true)? {
            Visitor::Signed(signed) => {
                let scope = signed.scope.clone();
                accounts::sign_out(app, &scope, &token)?;
                Ok(scope)
            }
            _ => bail!("{username} cannot sign in"),
        }
    }
}
