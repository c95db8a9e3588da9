//! Letters: drafted from typed data, shown as they will be, approved and frozen, sent.

use store::Role;

use crate::{App, May, Scope};

/// By role, and by what the site allows.
pub fn may_approve(app: &App, scope: &Scope) -> bool {
    let role: Role = scope.role();
    crate::may(role, May::ApproveLetters) && app.settings.letters_approved_by.contains(role.code())
}
