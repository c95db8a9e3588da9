use store::{Role, Scope};

use crate::error::{Error, Result};

/// What can be done, as far as roles are told apart by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum May {
    /// Open lists and records.
    SeePeople,
    /// Accept, reject, set aside, join.
    DecideCandidates,
    /// Say who a held message is about.
    AnswerIdentity,
    AddByHand,
    /// Assess, decide, review, see results: clinical work with a patient.
    GiveCare,
    /// Ring, write, book; record communication needs; mark letters sent.
    MakeContact,
    /// Say that a letter may go, where the site allows this role to.
    ApproveLetters,
    /// KPIs as numbers; the people behind them only with `SeePeople`.
    SeeNumbers,
    /// Oldest waiting, stuck items, unread results.
    SeeOverview,
    TakeInFiles,
    SeeRefusals,
    ReviewRefusals,
    SeeAccess,
    ManageStaff,
    /// What the service takes, what is proposed, and the counts.
    SeeRules,
    /// Propose other rules, withdraw a proposal, go back to the rules before.
    ChangeRules,
    /// Approve other rules, and see the people whom they would list or no longer list.
    ApproveRules,
    /// Put their name to a guidance pack.
    ApproveGuidance,
}

/// The one table of who may do what. Anything not said here is not allowed.
pub fn may(role: Role, what: May) -> bool {
    use May::*;
    match role {
        Role::Nurse => matches!(
            what,
            SeePeople
                | DecideCandidates
                | AnswerIdentity
                | AddByHand
                | GiveCare
                | MakeContact
                | ApproveLetters
                | SeeNumbers
                | SeeRules
                | ApproveRules
        ),
        Role::LeadClinician => matches!(
            what,
            SeePeople
                | DecideCandidates
                | AnswerIdentity
                | AddByHand
                | GiveCare
                | MakeContact
                | ApproveLetters
                | SeeNumbers
                | SeeOverview
                | SeeRefusals
                | ReviewRefusals
                | SeeRules
                | ChangeRules
                | ApproveRules
                | ApproveGuidance
        ),
        Role::Coordinator => matches!(
            what,
            SeePeople
                | AnswerIdentity
                | AddByHand
                | MakeContact
                | ApproveLetters
                | SeeOverview
                | SeeNumbers
                | TakeInFiles
                | SeeRules
        ),
        Role::ReadOnly => matches!(what, SeePeople | SeeNumbers | SeeRules),
        Role::Analyst => matches!(what, SeeRefusals | SeeNumbers | SeeRules),
        Role::Administrator => matches!(what, ManageStaff | SeeRules | ChangeRules),
        Role::PrivacyOfficer => matches!(what, SeeAccess | SeeRules),
        // The operator at the machine owns the files anyway; what is done so is in the access log as a job.
        Role::Job => matches!(
            what,
            TakeInFiles | ManageStaff | SeeAccess | SeeRefusals | SeeNumbers | SeeRules
        ),
    }
}

pub(crate) fn demand(scope: &Scope, what: May) -> Result<()> {
    if may(scope.role(), what) {
        Ok(())
    } else {
        Err(Error::Forbidden)
    }
}
