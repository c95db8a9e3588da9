//! The service's rules, changed safely: somebody proposes, before and after are counted on messages that came already,
//! two others approve, one of them a lead clinician, and then the set counts for whatever comes from then on. The set
//! before can be put back at once.

use jiff::Timestamp;
use pathway::{
    PersonId, ServiceRules, Sighting, UserId,
    rules::{BeforeAfter, Changed},
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{
    Role, Store, Tx,
    rules::{self, Act, RuleSet, What},
};

use crate::{
    App, May, Progress, Scope,
    access::demand,
    before_after,
    error::{Change, Error, FieldError, Result},
    views::PersonCard,
    work,
};

mod standing;

use standing::Standing;
pub use standing::State;

/// Approvals that a set needs, one of them a lead clinician's.
pub const APPROVALS: usize = 2;

/// The configured rules go live as the first set, on data that has none.
pub(crate) fn begin(store: &Store, now: Timestamp, configured: &ServiceRules) -> Result<()> {
    if store.read(rules::live)?.is_some() {
        return Ok(());
    }
    let faults = configured.faults();
    if !faults.is_empty() {
        let words: Vec<String> = faults
            .iter()
            .map(|fault| format!("{}: {}", fault.rule, fault.problem))
            .collect();
        return Err(Error::Unavailable(format!(
            "herald.toml holds rules that a service cannot begin with. {}",
            words.join(". ")
        )));
    }
    let scope = store.sign_in_job("First start", now)?;
    store.write(|tx| {
        tx.lock("rules")?;
        if rules::live(tx)?.is_none() {
            let number = rules::propose(tx, &scope, configured, "From herald.toml", &[], now)?;
            rules::act(tx, &scope, number, What::Live, json!({}), now)?;
        }
        Ok(())
    })
}

/// What was counted, and what it was counted against.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// Number of the set that was live.
    pub with: u64,
    /// Version of the reader.
    pub reader: String,
    /// Digest of the ids of the messages.
    pub frozen: String,
    pub counts: BeforeAfter,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    pub user: Option<UserId>,
    pub who: String,
    pub role: Option<Role>,
    pub at: Timestamp,
}

/// One set, and where it stands.
#[derive(Debug, Clone)]
pub struct SetView {
    pub set: RuleSet,
    pub state: State,
    /// All that was done about it, oldest first.
    pub acts: Vec<Act>,
    pub live_from: Option<Timestamp>,
    /// Of the newest comparison. Whoever approved an older one has not seen this one.
    pub approvals: Vec<Approval>,
    pub comparison: Option<Comparison>,
    /// How often it was compared; an approval names the comparison it was made on.
    pub compared: usize,
    /// Another set or another reader counts now than the one it was compared with.
    pub stale: bool,
}

#[derive(Debug, Clone)]
pub struct Overview {
    pub live: SetView,
    /// Every other set, newest first.
    pub others: Vec<SetView>,
    /// How the configuration differs from what counts.
    pub configured_differs: Vec<String>,
    pub may_change: bool,
    /// The set that a roll-back puts back.
    pub before: Option<u64>,
}

#[derive(Debug, Clone)]
pub struct Proposal {
    pub view: SetView,
    /// The set it was compared with, or the live one.
    pub against: RuleSet,
    pub differences: Vec<String>,
    /// What it still needs before it goes live; empty unless it is proposed.
    pub needs: Vec<String>,
    pub may_change: bool,
    pub may_approve: bool,
    /// Why the one who looks cannot approve it now, though their role could.
    pub not_by_you: Option<&'static str>,
    pub may_see_people: bool,
}

/// Somebody whom a change concerns, with the words that were read.
#[derive(Debug, Clone)]
pub struct ChangedItem {
    pub changed: Changed,
    pub person: PersonCard,
    pub sightings: Vec<Sighting>,
    pub source: String,
}

#[derive(Debug, Clone)]
pub struct ChangedPeople {
    pub number: u64,
    pub items: Vec<ChangedItem>,
    /// Kept with the comparison, but of hospitals that are not in sight.
    pub out_of_sight: usize,
    /// All that changed, kept or not.
    pub of: u64,
}

fn load(tx: &mut Tx<'_>) -> Result<(Vec<SetView>, Standing)> {
    let acts = rules::acts(tx)?;
    let standing = Standing::of(&acts);
    let live = standing.live();
    let views = rules::all(tx)?
        .into_iter()
        .map(|set| view(set, &acts, &standing, live))
        .collect::<Result<_>>()?;
    Ok((views, standing))
}

fn view(set: RuleSet, acts: &[Act], standing: &Standing, live: Option<u64>) -> Result<SetView> {
    let acts: Vec<Act> = acts
        .iter()
        .filter(|act| act.number == set.number)
        .cloned()
        .collect();
    let of = |what: What| acts.iter().enumerate().filter(move |(_, a)| a.what == what);
    let last = of(What::Compared).next_back();
    let comparison: Option<Comparison> = last
        .map(|(_, act)| serde_json::from_value(act.detail.clone()))
        .transpose()
        .map_err(|error| {
            let number = set.number;
            store::Error::Corrupt(format!("the comparison of rule set {number}: {error}"))
        })?;
    let approvals = of(What::Approved)
        .filter(|(at, _)| last.is_some_and(|(compared, _)| *at > compared))
        .map(|(_, act)| Approval {
            user: act.user,
            who: act.who.clone(),
            role: Role::from_code(&act.role),
            at: act.at,
        })
        .collect();
    Ok(SetView {
        state: standing.state(set.number),
        live_from: of(What::Live).next_back().map(|(_, act)| act.at),
        approvals,
        stale: comparison
            .as_ref()
            .is_some_and(|c| Some(c.with) != live || c.reader != finder::VERSION),
        compared: of(What::Compared).count(),
        comparison,
        acts,
        set,
    })
}

fn one(tx: &mut Tx<'_>, number: u64) -> Result<(SetView, Vec<SetView>)> {
    let (mut views, _) = load(tx)?;
    let at = views
        .iter()
        .position(|view| view.set.number == number)
        .ok_or(Error::NotFound)?;
    Ok((views.remove(at), views))
}

pub fn current(app: &App, scope: &Scope) -> Result<Overview> {
    demand(scope, May::SeeRules)?;
    let (mut views, standing) = app.store.read(load)?;
    let at = views
        .iter()
        .position(|view| view.state == State::Live)
        .ok_or_else(|| Error::Internal("no rule set is live".to_owned()))?;
    let live = views.remove(at);
    Ok(Overview {
        configured_differs: live.set.rules.differences(&app.configured),
        may_change: crate::may(scope.role(), May::ChangeRules),
        before: standing.before(),
        others: views,
        live,
    })
}

pub fn proposal(app: &App, scope: &Scope, number: u64) -> Result<Proposal> {
    demand(scope, May::SeeRules)?;
    let (view, others) = app.store.read(|tx| one(tx, number))?;
    let with = view.comparison.as_ref().map(|comparison| comparison.with);
    let against = others
        .iter()
        .find(|other| match with {
            Some(with) => other.set.number == with,
            None => other.state == State::Live,
        })
        .map_or_else(|| view.set.clone(), |other| other.set.clone());
    let may_approve = crate::may(scope.role(), May::ApproveRules);
    Ok(Proposal {
        differences: against.rules.differences(&view.set.rules),
        needs: needs(&view),
        may_change: crate::may(scope.role(), May::ChangeRules),
        not_by_you: Some(())
            .filter(|()| may_approve && view.state == State::Proposed)
            .and_then(|()| refuses(&view, scope)),
        may_approve: may_approve && refuses(&view, scope).is_none(),
        may_see_people: may_approve,
        against,
        view,
    })
}

/// What stands between a proposal and its going live.
fn needs(view: &SetView) -> Vec<String> {
    if view.state != State::Proposed {
        return Vec::new();
    }
    let mut needs = Vec::new();
    if view.comparison.is_none() || view.stale {
        needs.push("a comparison with the rules that are live now".to_owned());
    }
    let more = APPROVALS.saturating_sub(view.approvals.len());
    match (more, has_lead(view)) {
        (0, true) => {}
        (1, true) => needs.push("one more approval".to_owned()),
        (0 | 1, false) => needs.push("the approval of a lead clinician".to_owned()),
        (_, _) => needs.push(format!("{more} approvals, one of them a lead clinician’s")),
    }
    needs
}

fn has_lead(view: &SetView) -> bool {
    let lead = Some(Role::LeadClinician);
    view.approvals.iter().any(|approval| approval.role == lead)
}

/// Why this member of staff cannot approve a set as it stands.
fn refuses(view: &SetView, scope: &Scope) -> Option<&'static str> {
    let user = scope.user();
    if view.state != State::Proposed {
        Some("This set is not waiting for approval.")
    } else if user.is_none() {
        Some("Only a member of staff can approve rules.")
    } else if view.set.proposed_by == user {
        Some("You proposed this set. Two others must approve it.")
    } else if view.approvals.iter().any(|approval| approval.user == user) {
        Some("You have approved this set. Somebody else must approve it as well.")
    } else if view.comparison.is_none() || view.stale {
        Some(
            "Other rules went live, or Herald was changed, since this set was compared. Compare it again, then approve.",
        )
    } else {
        None
    }
}

/// Propose another set. Before and after are counted on the newest messages, which are kept by id for this proposal.
pub fn propose(
    app: &App,
    scope: &Scope,
    proposed: &ServiceRules,
    note: &str,
    progress: &mut dyn FnMut(Progress),
) -> Result<u64> {
    demand(scope, May::ChangeRules)?;
    let mut wrong: Vec<FieldError> = proposed
        .faults()
        .into_iter()
        .map(|fault| FieldError::new(fault.rule, fault.problem))
        .collect();
    let note = note.trim();
    if note.is_empty() {
        wrong.push(FieldError::new(
            "note",
            "Say why, so that those who approve can judge it",
        ));
    }
    let before = app.store.read(|tx| app.rules(tx))?;
    if before.rules == *proposed {
        wrong.push(FieldError::new(
            "sites_not_taken",
            "These are the rules that are live. Change at least one",
        ));
    }
    if !wrong.is_empty() {
        return Err(Error::Invalid(wrong));
    }
    let job = app
        .store
        .sign_in_job("Comparison of rules", app.clock.now())?;
    // It has no number before it is kept; no other set is looked for by this one.
    let after = crate::Ruling::new(0, proposed.clone());
    let (frozen, counts) = before_after::freeze(app, &job, &before, &after, progress)?;
    let comparison = Comparison {
        with: before.number,
        reader: finder::VERSION.to_owned(),
        frozen: rules::frozen_digest(&frozen),
        counts,
    };
    app.store.write(|tx| {
        tx.lock("rules")?;
        let now = app.clock.now();
        let number = rules::propose(tx, scope, proposed, note, &frozen, now)?;
        let digest = rules::digest(proposed)?;
        let detail = json!({ "rule_set": number, "digest": digest });
        store::access::record(tx, scope, now, "rules_proposed", &[], detail)?;
        keep(tx, scope, number, &comparison, now)?;
        Ok(number)
    })
}

/// Count before and after again, on the same messages: after another set went live, approvals are needed anew.
pub fn compare(
    app: &App,
    scope: &Scope,
    number: u64,
    progress: &mut dyn FnMut(Progress),
) -> Result<Comparison> {
    demand(scope, May::ChangeRules)?;
    let (before, after, frozen) = app.store.read(|tx| -> Result<_> {
        let (view, _) = one(tx, number)?;
        still_proposed(&view)?;
        let frozen = rules::frozen(tx, number)?;
        Ok((app.rules(tx)?, app.ruling(tx, number)?, frozen))
    })?;
    let job = app
        .store
        .sign_in_job("Comparison of rules", app.clock.now())?;
    let comparison = Comparison {
        with: before.number,
        reader: finder::VERSION.to_owned(),
        frozen: rules::frozen_digest(&frozen),
        counts: before_after::count(app, &job, &frozen, &before, &after, progress)?,
    };
    app.store.write(|tx| {
        tx.lock("rules")?;
        still_proposed(&one(tx, number)?.0)?;
        keep(tx, scope, number, &comparison, app.clock.now())
    })?;
    Ok(comparison)
}

fn keep(
    tx: &mut Tx<'_>,
    scope: &Scope,
    number: u64,
    comparison: &Comparison,
    now: Timestamp,
) -> Result<()> {
    let detail = serde_json::to_value(comparison)
        .map_err(|error| Error::Internal(format!("a comparison cannot be written: {error}")))?;
    rules::act(tx, scope, number, What::Compared, detail, now)?;
    let detail = json!({
        "rule_set": number, "with": comparison.with, "items": comparison.counts.items, "frozen": comparison.frozen,
    });
    Ok(store::access::record(
        tx,
        scope,
        now,
        "rules_compared",
        &[],
        detail,
    )?)
}

fn still_proposed(view: &SetView) -> Result<()> {
    if view.state == State::Proposed {
        return Ok(());
    }
    // What was done last about it is why it is no proposal any more.
    let since = view.acts.last().map(|act| Change {
        at: act.at,
        who: act.who.clone(),
        what: format!(
            "{} rule set {}",
            act.what.words().to_lowercase(),
            act.number
        ),
    });
    Err(Error::Conflict {
        since: since.into_iter().collect(),
    })
}

/// Approve a set on the comparison that was on the page. The last approval that it needs makes it live at once.
pub fn approve(app: &App, scope: &Scope, number: u64, compared: usize) -> Result<State> {
    demand(scope, May::ApproveRules)?;
    app.store.write(|tx| {
        tx.lock("rules")?;
        let (view, _) = one(tx, number)?;
        still_proposed(&view)?;
        if let Some(why) = refuses(&view, scope) {
            return Err(Error::Unavailable(why.to_owned()));
        }
        if view.compared != compared {
            return Err(Error::Unavailable(
                "This set was compared again since you opened the page. Read the new counts, then approve."
                    .to_owned(),
            ));
        }
        let now = app.clock.now();
        rules::act(tx, scope, number, What::Approved, json!({}), now)?;
        let detail = json!({ "rule_set": number });
        store::access::record(tx, scope, now, "rules_approved", &[], detail)?;
        let (view, _) = one(tx, number)?;
        if needs(&view).is_empty() {
            go_live(app, tx, scope, number, json!({}))?;
            return Ok(State::Live);
        }
        Ok(State::Proposed)
    })
}

/// No message is half judged by one set and half by another: whoever judges messages holds the same lock.
fn go_live(
    app: &App,
    tx: &mut Tx<'_>,
    scope: &Scope,
    number: u64,
    detail: serde_json::Value,
) -> Result<()> {
    tx.lock("intake")?;
    // After the lock: what was judged by the set before was judged before this instant.
    let now = app.clock.now();
    rules::act(tx, scope, number, What::Live, detail.clone(), now)?;
    let detail = json!({ "rule_set": number, "how": detail });
    Ok(store::access::record(
        tx,
        scope,
        now,
        "rules_live",
        &[],
        detail,
    )?)
}

/// Take a proposal back, for good.
pub fn withdraw(app: &App, scope: &Scope, number: u64, reason: &str) -> Result<()> {
    demand(scope, May::ChangeRules)?;
    let reason = reason_given(reason)?;
    app.store.write(|tx| {
        tx.lock("rules")?;
        still_proposed(&one(tx, number)?.0)?;
        let now = app.clock.now();
        let why = json!({ "reason": reason });
        rules::act(tx, scope, number, What::Withdrawn, why, now)?;
        let detail = json!({ "rule_set": number });
        Ok(store::access::record(
            tx,
            scope,
            now,
            "rules_withdrawn",
            &[],
            detail,
        )?)
    })
}

/// Put the set back that was live before this one, at once: one person is enough to undo. `from` is the set that was
/// live on their page. Answers the number of the set that counts now.
pub fn roll_back(app: &App, scope: &Scope, from: u64, reason: &str) -> Result<u64> {
    demand(scope, May::ChangeRules)?;
    let reason = reason_given(reason)?;
    app.store.write(|tx| {
        tx.lock("rules")?;
        let acts = rules::acts(tx)?;
        let standing = Standing::of(&acts);
        if standing.live() != Some(from) {
            let live = acts.iter().rfind(|act| act.what == What::Live);
            let since = live.map(|act| Change {
                at: act.at,
                who: act.who.clone(),
                what: format!("made rule set {} live", act.number),
            });
            let since = since.into_iter().collect();
            return Err(Error::Conflict { since });
        }
        let to = standing.before().ok_or_else(|| {
            Error::Unavailable(
                "No set was live before this one, so there is nothing to put back.".to_owned(),
            )
        })?;
        let detail = json!({ "rolled_back": from, "reason": reason });
        go_live(app, tx, scope, to, detail)?;
        Ok(to)
    })
}

fn reason_given(reason: &str) -> Result<&str> {
    match reason.trim() {
        "" => Err(Error::field("reason", "Say why, in a few words")),
        reason => Ok(reason),
    }
}

/// The people whom a change concerns, as many as were kept with the comparison and are in sight.
pub fn people(app: &App, scope: &Scope, number: u64) -> Result<ChangedPeople> {
    demand(scope, May::ApproveRules)?;
    let today = app.clock.today();
    let (found, shown) = app.store.read(|tx| -> Result<_> {
        let (view, _) = one(tx, number)?;
        let mut found = ChangedPeople {
            number,
            items: Vec::new(),
            out_of_sight: 0,
            of: 0,
        };
        let mut shown: Vec<PersonId> = Vec::new();
        let Some(comparison) = view.comparison else {
            return Ok((found, shown));
        };
        let counts = comparison.counts;
        found.of = counts.lost + counts.gained + counts.otherwise;
        let before = app.ruling(tx, comparison.with)?;
        let after = app.ruling(tx, number)?;
        let identity = app.store.identity_scope(scope);
        let read_rightly = store::layouts::read_rightly(tx)?;
        for changed in counts.changed {
            let Some(item) = store::inbox::settled_item(tx, scope, changed.item)? else {
                found.out_of_sight += 1;
                continue;
            };
            // By the set that lists them, so that the words which do so are marked.
            let ruling = if changed.after.is_listed() {
                &after
            } else {
                &before
            };
            let prepared = before_after::read(app, ruling, &read_rightly, &item)?;
            let file = store::imports::by_id(tx, scope, item.waiting.import)?
                .map(|import| import.file_name)
                .unwrap_or_default();
            // Somebody may be on record by another message.
            let known = match (&item.person, &prepared.details.nhs_number) {
                (Some(person), _) => Some(*person),
                (None, Some(number)) => {
                    store::people::by_number(tx, &identity, number)?.map(|card| card.id)
                }
                (None, None) => None,
            };
            shown.extend(known);
            let mut person = pathway::Person::new(work::new_person(changed.item));
            person.details = prepared.details.clone();
            found.items.push(ChangedItem {
                source: work::source_label(&prepared, &file, item.waiting.line),
                person: PersonCard::of_person(&person, today),
                sightings: prepared.sightings,
                changed,
            });
        }
        Ok((found, shown))
    })?;
    let items: Vec<_> = found.items.iter().map(|item| item.changed.item).collect();
    app.store.write(|tx| {
        let detail = json!({ "rule_set": number, "items": items });
        let now = app.clock.now();
        store::access::record(tx, scope, now, "rules_people_shown", &shown, detail)
    })?;
    Ok(found)
}

/// Whether every set is as it was proposed, and the live one came to be live by the rules. Says what counts, or what
/// is wrong.
pub(crate) fn check(tx: &mut Tx<'_>, configured: &ServiceRules) -> Result<(bool, String)> {
    let (views, _) = load(tx)?;
    let mut wrong: Vec<String> = Vec::new();
    let mut found = "no rule set is live".to_owned();
    let mut live = 0;
    for view in &views {
        let number = view.set.number;
        if rules::digest(&view.set.rules)? != view.set.digest {
            wrong.push(format!("rule set {number} is not as it was proposed"));
        }
        if let Some(comparison) = &view.comparison
            && rules::frozen_digest(&rules::frozen(tx, number)?) != comparison.frozen
        {
            wrong.push(format!(
                "the messages of rule set {number} are not those it was compared on"
            ));
        }
        if view.live_from.is_some()
            && number > 1
            && (view.approvals.len() < APPROVALS || !has_lead(view))
        {
            wrong.push(format!("rule set {number} went live without its approvals"));
        }
        if view.state == State::Live {
            live += 1;
            let differs = view.set.rules.differences(configured);
            found = format!("rule set {number} is live");
            if !differs.is_empty() {
                found.push_str(&format!(
                    "; herald.toml says otherwise and does not count: {}",
                    differs.join("; ")
                ));
            }
        }
    }
    if wrong.is_empty() {
        Ok((live == 1, found))
    } else {
        Ok((false, wrong.join("; ")))
    }
}
