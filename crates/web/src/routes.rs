//! The one table of addresses: who may, whether it shows people, what answers. The router and the gate are both
//! made from it, so that there is no address without a rule.

use std::sync::LazyLock;

use axum::{
    Router,
    http::Method,
    middleware,
    routing::{MethodRouter, get, post},
};
use service::{May, Role, may};

use crate::{assets, config::WebState, gate, headers, pages, upload};

pub struct Route {
    pub method: Method,
    pub path: &'static str,
    pub who: Who,
    /// The page names a person; each showing leaves a row in the access log.
    pub shows_people: bool,
    pub token: Token,
    /// What was typed is not kept for later when the session has ended meanwhile.
    pub forgets: bool,
    handler: fn() -> MethodRouter<WebState>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// No session is looked for: health and assets.
    Nobody,
    /// Somebody on the way in.
    Visitor,
    SignedIn,
    Staff(May),
}

impl Who {
    pub fn lets_in(self, role: Role) -> bool {
        match self {
            Self::Nobody | Self::Visitor => true,
            Self::SignedIn => role != Role::Job,
            Self::Staff(what) => may(role, what),
        }
    }
}

/// Where a POST carries the session's token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Token {
    InForm,
    /// A file is too large to be read first: its handler checks the form's first field.
    FirstField,
}

fn route(
    method: Method,
    path: &'static str,
    who: Who,
    handler: fn() -> MethodRouter<WebState>,
) -> Route {
    Route {
        method,
        path,
        who,
        shows_people: false,
        token: Token::InForm,
        forgets: false,
        handler,
    }
}

impl Route {
    fn people(mut self) -> Self {
        self.shows_people = true;
        self
    }

    fn forgets(mut self) -> Self {
        self.forgets = true;
        self
    }

    fn with_file(mut self) -> Self {
        self.token = Token::FirstField;
        self
    }
}

macro_rules! table {
    ($($method:ident $path:literal $who:expr => $handler:path $(, $mark:ident)*;)+) => {
        vec![$({
            #[allow(clippy::redundant_closure, reason = "each handler has a type of its own")]
            let row = route(Method::$method, $path, $who, || table!(@$method $handler));
            $(let row = row.$mark();)*
            row
        },)+]
    };
    (@GET $handler:path) => { get($handler) };
    (@POST $handler:path) => { post($handler) };
}

pub fn table() -> &'static [Route] {
    static TABLE: LazyLock<Vec<Route>> = LazyLock::new(|| {
        use May::*;
        use Who::*;
        use pages::*;
        table! {
            GET  "/health" Nobody => entry::health;
            GET  "/assets/{file}" Nobody => assets::serve;

            GET  "/sign-in" Visitor => sign_in::show;
            POST "/sign-in" Visitor => sign_in::submit;
            GET  "/sign-in/code" Visitor => sign_in::show_code;
            POST "/sign-in/code" Visitor => sign_in::submit_code;

            GET  "/" SignedIn => entry::start;
            POST "/sign-out" SignedIn => sign_in::sign_out;
            GET  "/resume/{draft}" SignedIn => resume::show;
            GET  "/help" SignedIn => entry::help;
            GET  "/reader" SignedIn => reader::show;
            POST "/reader" SignedIn => reader::read, forgets;
            GET  "/leaflets" SignedIn => leaflets::list;
            GET  "/leaflets/{id}" SignedIn => leaflets::show;
            GET  "/account" SignedIn => account::show;
            GET  "/account/stay" SignedIn => account::stay;
            POST "/account/end-others" SignedIn => account::end_others;
            POST "/account/shortcuts" SignedIn => account::shortcuts;

            GET  "/today" Staff(SeePeople) => today::show, people;
            GET  "/candidates/{episode}" Staff(SeePeople) => candidate::show, people;
            POST "/candidates/{episode}/accept" Staff(DecideCandidates) => candidate::accept;
            POST "/candidates/{episode}/reject" Staff(DecideCandidates) => candidate::reject;
            POST "/candidates/{episode}/set-aside" Staff(DecideCandidates) => candidate::set_aside;
            POST "/candidates/{episode}/belongs" Staff(DecideCandidates) => candidate::belongs;
            POST "/candidates/{episode}/undo" Staff(DecideCandidates) => candidate::undo;

            GET  "/episodes/{episode}" Staff(SeePeople) => episode::show, people;
            POST "/episodes/{episode}/contact" Staff(MakeContact) => episode::contact;
            POST "/episodes/{episode}/refer" Staff(GiveCare) => episode::refer;
            POST "/episodes/{episode}/referral-answer" Staff(MakeContact) => episode::referral_answer;
            POST "/episodes/{episode}/dose" Staff(GiveCare) => episode::dose;
            POST "/episodes/{episode}/concern" Staff(GiveCare) => episode::concern;
            POST "/episodes/{episode}/results" Staff(GiveCare) => episode::results_seen;
            POST "/episodes/{episode}/hand-over" Staff(MakeContact) => episode::hand_over;
            POST "/episodes/{episode}/strike-out" Staff(MakeContact) => episode::strike_out;
            POST "/episodes/{episode}/close" Staff(MakeContact) => episode::close;
            POST "/episodes/{episode}/reopen" Staff(MakeContact) => episode::reopen;
            GET  "/episodes/{episode}/assessment" Staff(SeePeople) => assessment::show, people;
            POST "/episodes/{episode}/assessment/complete" Staff(GiveCare) => assessment::complete;
            GET  "/episodes/{episode}/assessment/{part}" Staff(SeePeople) => assessment::section;
            POST "/episodes/{episode}/assessment/{part}" Staff(GiveCare) => assessment::save;
            POST "/episodes/{episode}/assessment/{part}/nothing" Staff(GiveCare) => assessment::nothing;
            POST "/episodes/{episode}/questionnaire" Staff(MakeContact) => assessment::questionnaire;
            GET  "/episodes/{episode}/questionnaire.pdf" Staff(MakeContact) => letter::paper;
            GET  "/episodes/{episode}/guidance" Staff(SeePeople) => guidance::show, people;
            GET  "/episodes/{episode}/talk" Staff(SeePeople) => talk::show, people;
            GET  "/episodes/{episode}/frax" Staff(SeePeople) => frax::show, people;
            GET  "/episodes/{episode}/decision" Staff(GiveCare) => decision::show, people;
            POST "/episodes/{episode}/decision" Staff(GiveCare) => decision::save;
            GET  "/episodes/{episode}/reviews/{review}" Staff(SeePeople) => review::show;
            POST "/episodes/{episode}/reviews/{review}" Staff(GiveCare) => review::save;
            POST "/episodes/{episode}/reviews/{review}/not-reached" Staff(MakeContact) => review::not_reached_now;
            POST "/episodes/{episode}/letters" Staff(GiveCare) => episode::begin_letter;
            GET  "/episodes/{episode}/letters/{letter}" Staff(SeePeople) => letter::show;
            GET  "/episodes/{episode}/letters/{letter}/letter.pdf" Staff(SeePeople) => letter::pdf;
            POST "/episodes/{episode}/letters/{letter}/edit" Staff(GiveCare) => letter::edit;
            POST "/episodes/{episode}/letters/{letter}/approve" Staff(ApproveLetters) => letter::approve;
            POST "/episodes/{episode}/letters/{letter}/sent" Staff(MakeContact) => letter::sent_now;
            POST "/episodes/{episode}/letters/{letter}/cancel" Staff(GiveCare) => letter::cancel;
            GET  "/overview" Staff(SeeOverview) => overview::show, people;

            GET  "/q/{link}" Visitor => questionnaire::show;
            POST "/q/{link}" Visitor => questionnaire::enter;
            GET  "/q/{link}/{part}" Visitor => questionnaire::part;
            POST "/q/{link}/{part}" Visitor => questionnaire::save;

            GET  "/questions/{item}" Staff(AnswerIdentity) => question::show, people;
            POST "/questions/{item}/same" Staff(AnswerIdentity) => question::same;
            POST "/questions/{item}/new" Staff(AnswerIdentity) => question::new;

            GET  "/patients/find" Staff(SeePeople) => find::show;
            POST "/patients/find" Staff(SeePeople) => find::search, people;
            GET  "/patients/add" Staff(AddByHand) => add::show;
            POST "/patients/add" Staff(AddByHand) => add::submit;
            GET  "/patients/{person}" Staff(SeePeople) => patient::show, people;
            GET  "/patients/{person}/needs" Staff(MakeContact) => needs::show, people;
            POST "/patients/{person}/needs" Staff(MakeContact) => needs::save;
            POST "/patients/{person}/details" Staff(MakeContact) => needs::details;

            GET  "/imports" Staff(TakeInFiles) => imports::list;
            POST "/imports" Staff(TakeInFiles) => upload::take, with_file;
            GET  "/imports/{id}" Staff(TakeInFiles) => imports::show;
            GET  "/imports/{id}/errors.csv" Staff(TakeInFiles) => imports::errors_csv;

            GET  "/said-no" Staff(SeeRefusals) => said_no::show;
            GET  "/said-no/review" Staff(ReviewRefusals) => said_no::review, people;
            POST "/said-no/review/{item}" Staff(ReviewRefusals) => said_no::verdict;

            GET  "/layouts" Staff(ReviewRefusals) => layouts::list;
            GET  "/layouts/{layout}" Staff(ReviewRefusals) => layouts::show, people;
            POST "/layouts/{layout}" Staff(ReviewRefusals) => layouts::decide;
            GET  "/feeds" Staff(SeeOverview) => feeds::show;
            POST "/feeds/seen" Staff(SeeOverview) => feeds::seen;

            GET  "/kpi" Staff(SeeNumbers) => kpi::show;
            GET  "/kpi/{kpi}/{set}" Staff(SeePeople) => kpi::people, people;

            GET  "/rules" Staff(SeeRules) => rules::show;
            GET  "/rules/propose" Staff(ChangeRules) => rules::propose::show;
            POST "/rules/propose" Staff(ChangeRules) => rules::propose::propose;
            POST "/rules/roll-back" Staff(ChangeRules) => rules::roll_back;
            GET  "/rules/{number}" Staff(SeeRules) => rules::show_set;
            GET  "/rules/{number}/people" Staff(ApproveRules) => rules::people, people;
            POST "/rules/{number}/compare" Staff(ChangeRules) => rules::compare;
            POST "/rules/{number}/approve" Staff(ApproveRules) => rules::approve;
            POST "/rules/{number}/withdraw" Staff(ChangeRules) => rules::withdraw;

            GET  "/guidance" Staff(SeeRules) => guidance::packs::list;
            POST "/guidance/responsible" Staff(ChangeRules) => guidance::packs::responsible;
            POST "/guidance/stand-down" Staff(ChangeRules) => guidance::packs::stand_down;
            GET  "/guidance/departures" Staff(SeePeople) => guidance::departures::show, people;
            GET  "/guidance/{pack}" Staff(SeeRules) => guidance::packs::show;
            POST "/guidance/{pack}/approve" Staff(ApproveGuidance) => guidance::packs::approve;
            POST "/guidance/{pack}/withdraw" Staff(ApproveGuidance) => guidance::packs::withdraw;

            GET  "/calculators" Staff(SeePeople) => calculators::list;
            GET  "/calculators/{which}" Staff(SeePeople) => calculators::show;
            POST "/calculators/{which}" Staff(SeePeople) => calculators::work_out, forgets;

            GET  "/privacy" Staff(SeeAccess) => privacy::show;
            POST "/privacy/patient" Staff(SeeAccess) => privacy::patient, people;
            POST "/privacy/user" Staff(SeeAccess) => privacy::user, people;
            POST "/privacy/verify" Staff(SeeAccess) => privacy::verify;

            GET  "/admin/users" Staff(ManageStaff) => users::list;
            GET  "/admin/users/add" Staff(ManageStaff) => users::show_add;
            POST "/admin/users/add" Staff(ManageStaff) => users::add;
            GET  "/admin/users/{id}" Staff(ManageStaff) => users::show;
            POST "/admin/users/{id}" Staff(ManageStaff) => users::change;
            POST "/admin/users/{id}/reset" Staff(ManageStaff) => users::reset;
            GET  "/admin/sites" Staff(ManageStaff) => sites::show;
            POST "/admin/sites" Staff(ManageStaff) => sites::save;
        }
    });
    &TABLE
}

/// Everything Herald serves. Health and assets are rows of the same table.
pub fn router(state: WebState) -> Router {
    let mut router = Router::new();
    for row in table() {
        router = router.route(row.path, (row.handler)());
    }
    router
        .fallback(pages::entry::nothing_here)
        .layer(middleware::from_fn_with_state(state.clone(), gate::check))
        .layer(middleware::from_fn(gate::log))
        .layer(middleware::from_fn_with_state(state.clone(), headers::add))
        .with_state(state)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_address_twice_and_every_change_is_a_post() {
        let mut seen = std::collections::BTreeSet::new();
        for row in table() {
            assert!(
                seen.insert((row.path, row.method.as_str())),
                "{} twice",
                row.path
            );
            assert!(row.method == Method::GET || row.method == Method::POST);
        }
    }

    #[test]
    fn only_those_who_see_people_or_look_after_privacy_are_shown_people() {
        for row in table().iter().filter(|row| row.shows_people) {
            for role in Role::STAFF {
                let fits = may(role, May::SeePeople) || may(role, May::SeeAccess);
                assert!(!row.who.lets_in(role) || fits, "{role:?} at {}", row.path);
            }
        }
    }
}
