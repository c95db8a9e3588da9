use std::collections::BTreeSet;

use axum::{
    extract::{Path, State},
    http::StatusCode,
};
use pathway::UserId;
use service::{
    Error, Role, Sites,
    accounts::{self, Credentials, Member, NewMember},
};
use store::settings::Site;

use crate::{
    caller::Caller,
    config::WebState,
    present::{error_at, errors, facts, site_name},
    respond::{self, Answer, blocking},
    typed::Typed,
    view::{
        admin,
        form::{Choice, Choices, FieldError, Input},
        page::Notice,
        parts::{GREEN, GREY, Tag, YELLOW},
        text::{clock_time, counted},
    },
};

pub async fn list(State(state): State<WebState>, caller: Caller) -> Answer {
    let scope = caller.scope.clone();
    let (members, sites) = blocking(&state, move |app| {
        Ok((accounts::members(app, &scope)?, app.sites()?))
    })
    .await?;
    let number = i128::try_from(members.len()).unwrap_or_default();
    respond::page(&admin::Users {
        chrome: caller.chrome(&state).titled("Users", None),
        showing: counted(number, "user", "users"),
        rows: members
            .iter()
            .map(|member| admin::UserRow {
                href: format!("/admin/users/{}", member.id),
                name: member.name.clone(),
                username: member.username.clone(),
                role: member.role.words().to_owned(),
                sites: sites_words(&member.sites, &sites),
                state: state_tag(member),
            })
            .collect(),
    })
}

fn sites_words(given: &Sites, known: &[Site]) -> String {
    match given {
        Sites::All => "All sites".to_owned(),
        Sites::These(codes) => {
            let names: Vec<String> = codes.iter().map(|code| site_name(known, code)).collect();
            names.join(", ")
        }
    }
}

fn state_tag(member: &Member) -> Tag {
    match (member.disabled, member.locked_until) {
        (true, _) => Tag::new("Disabled", GREY),
        (false, Some(until)) => Tag::new(format!("Locked until {}", clock_time(until)), YELLOW),
        (false, None) => Tag::new("Active", GREEN),
    }
}

fn role_choices() -> Vec<Choice> {
    let hint = |role: Role| match role {
        Role::Nurse => "Sees people, decides on candidates, answers who somebody is",
        Role::LeadClinician => "As a nurse, and reviews what the reader said no to",
        Role::Coordinator => "Sees people, takes files in, answers who somebody is",
        Role::ReadOnly => "Sees people, changes nothing",
        Role::Analyst => "Sees counts, no people",
        Role::Administrator => "Users and sites, no people",
        Role::PrivacyOfficer => "Who saw whom",
        Role::Job => "",
    };
    Role::STAFF
        .into_iter()
        .map(|role| Choice::new(role.code(), role.words()).hint(hint(role)))
        .collect()
}

fn site_choices(sites: &[Site]) -> Vec<Choice> {
    let mut choices = vec![Choice::new("all", "All sites, those added later too")];
    choices.extend(
        sites
            .iter()
            .map(|site| Choice::new(&site.code, format!("{} ({})", site.name, site.code))),
    );
    choices
}

struct Form {
    username: String,
    name: String,
    role: String,
    sites: Vec<String>,
    active: String,
}

impl Form {
    fn typed(typed: &Typed) -> Self {
        Self {
            username: typed.get("username").to_owned(),
            name: typed.get("name").to_owned(),
            role: typed.get("role").to_owned(),
            sites: typed.all("sites"),
            active: typed.get("active").to_owned(),
        }
    }

    fn of(member: &Member) -> Self {
        Self {
            username: member.username.clone(),
            name: member.name.clone(),
            role: member.role.code().to_owned(),
            sites: match &member.sites {
                Sites::All => vec!["all".to_owned()],
                Sites::These(codes) => codes.iter().cloned().collect(),
            },
            active: if member.disabled { "no" } else { "yes" }.to_owned(),
        }
    }

    fn chosen_sites(&self) -> Sites {
        if self.sites.iter().any(|code| code == "all") {
            Sites::All
        } else {
            Sites::These(self.sites.iter().cloned().collect::<BTreeSet<String>>())
        }
    }

    /// Not every role can be given: only those of the list.
    fn chosen_role(&self) -> Result<Role, FieldError> {
        Role::STAFF
            .into_iter()
            .find(|role| role.code() == self.role)
            .ok_or_else(|| FieldError {
                target: "role".to_owned(),
                message: "Choose a role".to_owned(),
            })
    }
}

fn page(
    state: &WebState,
    caller: &Caller,
    member: Option<&Member>,
    form: &Form,
    sites: &[Site],
    wrong: Vec<FieldError>,
) -> Answer {
    let status = if wrong.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let heading = member.map_or_else(|| "Add a user".to_owned(), |member| member.name.clone());
    let mut inputs = Vec::new();
    if member.is_none() {
        inputs.push(
            Input::text("username", "User name")
                .hint("2 to 40 letters, digits, dots and dashes")
                .class("nhsuk-input--width-20")
                .value(&form.username)
                .error(error_at(&wrong, "username")),
        );
    }
    inputs.push(
        Input::text("name", "Name")
            .hint("As colleagues will see it beside every decision")
            .value(&form.name)
            .error(error_at(&wrong, "name")),
    );
    let address = member.map(|member| format!("/admin/users/{}", member.id));
    respond::page_as(
        status,
        &admin::User {
            chrome: caller
                .chrome(state)
                .with_errors(wrong.clone())
                .titled(&heading, None),
            heading,
            facts: member
                .map(|member| facts([("User name", member.username.clone())]))
                .unwrap_or_default(),
            action: address
                .clone()
                .unwrap_or_else(|| "/admin/users/add".to_owned()),
            hidden: caller.hidden(),
            inputs,
            role: Choices::new("role", "Role", role_choices())
                .choose(&form.role)
                .error(error_at(&wrong, "role")),
            sites: Choices::new("sites", "Sites", site_choices(sites))
                .choose_all(&form.sites)
                .error(error_at(&wrong, "sites")),
            active: member.map(|_| {
                let options = vec![Choice::new("yes", "Yes"), Choice::new("no", "No, disabled")];
                Choices::new("active", "May sign in", options)
                    .inline()
                    .choose(&form.active)
            }),
            save: if member.is_some() {
                "Save"
            } else {
                "Add the user"
            },
            reset: address
                .map(|address| format!("{address}/reset"))
                .unwrap_or_default(),
        },
    )
}

pub async fn show_add(State(state): State<WebState>, caller: Caller) -> Answer {
    let sites = blocking(&state, |app| app.sites()).await?;
    page(
        &state,
        &caller,
        None,
        &Form::typed(&Typed::default()),
        &sites,
        Vec::new(),
    )
}

pub async fn add(State(state): State<WebState>, caller: Caller, typed: Typed) -> Answer {
    let form = Form::typed(&typed);
    let wrong = match form.chosen_role() {
        Err(wrong) => vec![wrong],
        Ok(role) => {
            let new = NewMember {
                username: form.username.clone(),
                name: form.name.clone(),
                role,
                sites: form.chosen_sites(),
            };
            let scope = caller.scope.clone();
            match blocking(&state, move |app| accounts::add_member(app, &scope, &new)).await {
                Ok(credentials) => return secret(&state, &caller, &form.name, credentials),
                Err(Error::Invalid(fields)) => errors(&fields, &[]),
                Err(other) => return Err(other.into()),
            }
        }
    };
    let sites = blocking(&state, |app| app.sites()).await?;
    page(&state, &caller, None, &form, &sites, wrong)
}

fn secret(state: &WebState, caller: &Caller, name: &str, credentials: Credentials) -> Answer {
    let name = if name.is_empty() {
        &credentials.username
    } else {
        name
    };
    respond::page(&admin::UserSecret {
        chrome: caller
            .chrome(state)
            .titled(&format!("Sign-in for {name}"), None),
        name: name.to_owned(),
        username: credentials.username.clone(),
        password: credentials.password,
        secret: spaced(&credentials.secret),
        otpauth: credentials.link,
    })
}

/// Groups of four, to be read out or typed.
fn spaced(secret: &str) -> String {
    let letters: Vec<char> = secret.chars().collect();
    let groups: Vec<String> = letters
        .chunks(4)
        .map(|group| group.iter().collect())
        .collect();
    groups.join(" ")
}

async fn load(
    state: &WebState,
    caller: &Caller,
    id: UserId,
) -> service::Result<(Member, Vec<Site>)> {
    let scope = caller.scope.clone();
    blocking(state, move |app| {
        Ok((accounts::member(app, &scope, id)?, app.sites()?))
    })
    .await
}

pub async fn show(State(state): State<WebState>, caller: Caller, Path(id): Path<UserId>) -> Answer {
    let (member, sites) = load(&state, &caller, id).await?;
    page(
        &state,
        &caller,
        Some(&member),
        &Form::of(&member),
        &sites,
        Vec::new(),
    )
}

pub async fn change(
    State(state): State<WebState>,
    caller: Caller,
    Path(id): Path<UserId>,
    typed: Typed,
) -> Answer {
    let form = Form::typed(&typed);
    let wrong = match form.chosen_role() {
        Err(wrong) => vec![wrong],
        Ok(role) => {
            let (scope, name, sites) =
                (caller.scope.clone(), form.name.clone(), form.chosen_sites());
            let disabled = form.active == "no";
            let done = blocking(&state, move |app| {
                accounts::change_member(app, &scope, id, &name, role, sites, disabled)
            })
            .await;
            match done {
                Ok(()) => {
                    let text = format!("{} was saved. Their sessions have ended.", form.name);
                    state.notices.leave(
                        &caller.token,
                        Notice {
                            good: true,
                            text,
                            undo: None,
                        },
                    );
                    return respond::see("/admin/users");
                }
                Err(Error::Invalid(fields)) => errors(&fields, &[]),
                Err(other) => return Err(other.into()),
            }
        }
    };
    let (member, sites) = load(&state, &caller, id).await?;
    page(&state, &caller, Some(&member), &form, &sites, wrong)
}

pub async fn reset(
    State(state): State<WebState>,
    caller: Caller,
    Path(id): Path<UserId>,
) -> Answer {
    let (member, _) = load(&state, &caller, id).await?;
    let scope = caller.scope.clone();
    let credentials = blocking(&state, move |app| accounts::reset_member(app, &scope, id)).await?;
    secret(&state, &caller, &member.name, credentials)
}
