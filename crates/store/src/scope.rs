use std::collections::BTreeSet;

use pathway::{Actor, UserId};

use crate::db::Value;

/// What somebody may see, as they signed in. It cannot be made outside this crate: a read that shows people
/// needs one, so there is no such read without a sign-in.
#[derive(Debug, Clone)]
pub struct Scope {
    pub(crate) user: Option<UserId>,
    pub(crate) who: String,
    pub(crate) role: Role,
    pub(crate) sites: Sites,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sites {
    All,
    These(BTreeSet<String>),
}

terms::vocabulary! {
    Role {
        Nurse = "nurse", "Fracture liaison nurse";
        LeadClinician = "lead_clinician", "Lead clinician";
        Coordinator = "coordinator", "Coordinator";
        ReadOnly = "read_only", "Read-only clinician";
        Analyst = "analyst", "Analyst";
        Administrator = "administrator", "Administrator";
        PrivacyOfficer = "privacy_officer", "Privacy officer";
        /// Herald's own jobs and the operator at the command line; nobody can be given it.
        Job = "job", "Herald";
    }
}

impl Role {
    /// The roles that a member of staff can have.
    pub const STAFF: [Self; 7] = [
        Self::Nurse,
        Self::LeadClinician,
        Self::Coordinator,
        Self::ReadOnly,
        Self::Analyst,
        Self::Administrator,
        Self::PrivacyOfficer,
    ];
}

impl Scope {
    pub(crate) fn for_job(job: &str) -> Self {
        Self {
            user: None,
            who: job.to_owned(),
            role: Role::Job,
            sites: Sites::All,
        }
    }

    pub fn user(&self) -> Option<UserId> {
        self.user
    }

    pub fn who(&self) -> &str {
        &self.who
    }

    pub fn role(&self) -> Role {
        self.role
    }

    pub fn sites(&self) -> &Sites {
        &self.sites
    }

    pub fn sees(&self, site: &str) -> bool {
        match &self.sites {
            Sites::All => true,
            Sites::These(sites) => site.is_empty() || sites.contains(site),
        }
    }

    /// The same person, looking at one of the sites given.
    pub fn narrowed_to(&self, site: &str) -> Self {
        let sites = if self.sees(site) {
            BTreeSet::from([site.to_owned()])
        } else {
            BTreeSet::new()
        };
        Self {
            sites: Sites::These(sites),
            ..self.clone()
        }
    }

    pub fn actor(&self) -> Actor {
        match self.user {
            Some(user) => Actor::Staff {
                user,
                name: self.who.clone(),
            },
            None => Actor::Herald {
                job: self.who.clone(),
            },
        }
    }

    /// `AND column IN (…)` for this scope, its values pushed onto `args`. Where no hospital is known ('') everybody
    /// may look, so that nobody is lost between sites.
    pub(crate) fn clause(&self, column: &str, args: &mut Vec<Value>) -> String {
        match &self.sites {
            Sites::All => String::new(),
            Sites::These(sites) => {
                let mut marks = Vec::with_capacity(sites.len() + 1);
                for site in sites.iter().map(String::as_str).chain([""]) {
                    args.push(site.into());
                    marks.push(format!("${}", args.len()));
                }
                format!(" AND {column} IN ({})", marks.join(", "))
            }
        }
    }
}
