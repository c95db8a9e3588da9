//! The packs: who approved them, who answers for options and sums in live use, and what was done about either.

use std::{collections::BTreeMap, sync::LazyLock};

use guidance::{Library, Pack, Status};
use jiff::civil::Date;
use sha2::{Digest, Sha256};
use store::{
    Tx,
    guidance::{Act, New, What, act, acts},
};

use super::departures::{DepartureCount, counted};
use crate::{
    App, May, Scope,
    access::demand,
    care::said,
    error::{Change, Error, FieldError, Result},
};

/// The packs, who approved them, and how decisions departed from them.
#[derive(Debug, Clone)]
pub struct PacksView {
    pub packs: Vec<PackView>,
    /// Every pack rests on them: an approval of a pack is one of these too.
    pub tables: Vec<TableView>,
    pub responsible: Option<Responsible>,
    pub demo: bool,
    /// By medicine, the group it stood in, and how often it was chosen all the same.
    pub departures: Vec<DepartureCount>,
    /// All that was done, oldest first.
    pub acts: Vec<Act>,
    pub may_approve: bool,
    pub may_name: bool,
    pub may_see_people: bool,
}

impl PacksView {
    /// What was done last about a pack, or with an empty id about all of them: whoever acts names it, so that nobody
    /// acts on a page that is out of date. Nothing is 0.
    pub fn last(&self, pack: &str) -> u64 {
        let about = self.acts.iter().filter(|act| act.pack == pack);
        about.map(|act| act.id).max().unwrap_or_default()
    }
}

#[derive(Debug, Clone)]
pub struct TableView {
    pub title: &'static str,
    pub version: String,
    pub source: String,
    pub review_by: Date,
    pub overdue: bool,
}

#[derive(Debug, Clone)]
pub struct PackView {
    pub id: &'static str,
    pub title: &'static str,
    pub review_by: Date,
    pub overdue: bool,
    pub rules: usize,
    pub unverified: usize,
    pub secondary: usize,
    /// Of the pack, with the facts, definitions and tables it rests on, in hexadecimal: what is approved.
    pub digest: &'static str,
    pub approval: Option<Approval>,
    /// Somebody approved another version of it.
    pub changed_since: Option<Approval>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    pub name: String,
    pub registration: String,
    pub on: Date,
    pub version: String,
}

/// Who answers for calculators and options in live use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Responsible {
    pub name: String,
    pub registration: String,
    pub on: Date,
    pub entered_by: String,
}

/// Whether what rests on the packs may be used.
#[derive(Debug, Clone)]
pub struct Use {
    /// Packs that no clinician has approved as they stand.
    pub unapproved: Vec<&'static str>,
    pub overdue: Vec<&'static str>,
    pub responsible: Option<Responsible>,
    pub demo: bool,
}

impl Use {
    /// Options and sums are shown: somebody answers for them, or nobody real is treated.
    pub fn on(&self) -> bool {
        self.demo || self.responsible.is_some()
    }
}

/// Of a shipped pack with the facts, definitions and tables it rests on: what is approved.
fn digest(pack: &str) -> &'static str {
    // They change with the binary alone.
    static DIGESTS: LazyLock<BTreeMap<&str, String>> = LazyLock::new(|| {
        let mut shared = Sha256::new();
        for (_, text) in Library::shared_files() {
            shared.update(text.as_bytes());
        }
        let packs = Library::shipped().packs.iter();
        packs
            .map(|pack| {
                let mut all = shared.clone();
                all.update(pack.text.as_bytes());
                (pack.id.as_str(), hex(&all.finalize()))
            })
            .collect()
    });
    DIGESTS.get(pack).map_or("", String::as_str)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Of all packs together, short enough to read out.
pub(super) fn digest_of_all() -> String {
    let mut all = Sha256::new();
    for pack in &Library::shipped().packs {
        all.update(digest(&pack.id).as_bytes());
    }
    hex(&all.finalize()).chars().take(12).collect()
}

/// The last approval of each pack that was not withdrawn, and who answers for the whole.
struct Standing {
    approved: BTreeMap<String, (Approval, String)>,
    responsible: Option<Responsible>,
}

fn standing(acts: &[Act]) -> Standing {
    let mut standing = Standing {
        approved: BTreeMap::new(),
        responsible: None,
    };
    for done in acts {
        match done.what {
            What::Approved => {
                let approval = Approval {
                    name: done.name.clone(),
                    registration: done.registration.clone(),
                    on: done.on,
                    version: done.version.clone(),
                };
                let held = (approval, done.digest.clone());
                standing.approved.insert(done.pack.clone(), held);
            }
            What::ApprovalWithdrawn => {
                standing.approved.remove(&done.pack);
            }
            What::Responsible => {
                standing.responsible = Some(Responsible {
                    name: done.name.clone(),
                    registration: done.registration.clone(),
                    on: done.on,
                    entered_by: done.who.clone(),
                });
            }
            What::NobodyResponsible => standing.responsible = None,
        }
    }
    standing
}

impl Standing {
    /// The approval of a pack as it is now.
    fn approval(&self, pack: &Pack) -> Option<&Approval> {
        let (approval, approved) = self.approved.get(&pack.id)?;
        (approved == digest(&pack.id)).then_some(approval)
    }
}

/// The tables behind sums, which every pack rests on.
fn tables(today: Date) -> impl Iterator<Item = TableView> {
    guidance::source::tables()
        .into_iter()
        .map(move |table| TableView {
            title: table.title,
            overdue: table.head.overdue(today),
            version: table.head.version,
            source: table.head.source,
            review_by: table.head.review_by,
        })
}

pub(crate) fn usable(app: &App, tx: &mut Tx<'_>) -> Result<Use> {
    let standing = standing(&acts(tx)?);
    let today = app.clock.today();
    let library = Library::shipped();
    Ok(Use {
        unapproved: library
            .packs
            .iter()
            .filter(|pack| standing.approval(pack).is_none())
            .map(|pack| pack.title.as_str())
            .collect(),
        overdue: library
            .packs
            .iter()
            .filter(|pack| pack.review_by < today)
            .map(|pack| pack.title.as_str())
            .chain(tables(today).filter(|t| t.overdue).map(|t| t.title))
            .collect(),
        responsible: standing.responsible,
        demo: app.demo,
    })
}

/// Whether sums may be shown to whoever sees people.
pub fn in_use(app: &App, scope: &Scope) -> Result<Use> {
    demand(scope, May::SeePeople)?;
    app.store.read(|tx| usable(app, tx))
}

pub fn packs(app: &App, scope: &Scope) -> Result<PacksView> {
    demand(scope, May::SeeRules)?;
    let today = app.clock.today();
    let (acts, departed) = app
        .store
        .read(|tx| -> Result<_> { Ok((acts(tx)?, store::guidance::departures(tx, scope)?)) })?;
    let standing = standing(&acts);
    let role = scope.role();
    Ok(PacksView {
        packs: Library::shipped()
            .packs
            .iter()
            .map(|pack| {
                let approval = standing.approval(pack).cloned();
                let held = standing.approved.get(&pack.id);
                let with = |status| pack.rules.iter().filter(|r| r.status == status).count();
                PackView {
                    id: &pack.id,
                    title: &pack.title,
                    review_by: pack.review_by,
                    overdue: pack.review_by < today,
                    rules: pack.rules.len(),
                    unverified: with(Status::Unverified),
                    secondary: with(Status::Secondary),
                    changed_since: held
                        .filter(|_| approval.is_none())
                        .map(|(before, _)| before.clone()),
                    approval,
                    digest: digest(&pack.id),
                }
            })
            .collect(),
        tables: tables(today).collect(),
        responsible: standing.responsible,
        demo: app.demo,
        departures: counted(&departed),
        acts,
        may_approve: crate::may(role, May::ApproveGuidance),
        may_name: crate::may(role, May::ChangeRules),
        may_see_people: crate::may(role, May::SeePeople),
    })
}

/// The clinician who approves a pack, or whoever answers for options and sums.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Named {
    pub name: String,
    pub registration: String,
    pub note: String,
}

/// Longest name or registration, and longest note or reason, in characters.
const LONGEST_NAME: usize = 200;
const LONGEST_NOTE: usize = 1000;

fn too_long(field: &str, text: &str, longest: usize) -> Option<FieldError> {
    let message = || format!("Keep it to {longest} characters");
    (text.chars().count() > longest).then(|| FieldError::new(field, message()))
}

impl Named {
    /// As it is kept.
    fn checked(&self) -> Result<Self> {
        let kept = |text: &str| text.trim().replace('\0', "");
        let kept = Self {
            name: kept(&self.name),
            registration: kept(&self.registration),
            note: kept(&self.note),
        };
        let mut wrong = Vec::new();
        for (field, text, message) in [
            ("name", &kept.name, "Enter the full name"),
            (
                "registration",
                &kept.registration,
                "Enter the registration, such as GMC 1234567 or NMC 12A3456E",
            ),
        ] {
            if text.is_empty() {
                wrong.push(FieldError::new(field, message));
            }
            wrong.extend(too_long(field, text, LONGEST_NAME));
        }
        wrong.extend(too_long("note", &kept.note, LONGEST_NOTE));
        if wrong.is_empty() {
            Ok(kept)
        } else {
            Err(Error::Invalid(wrong))
        }
    }
}

fn reason(because: &str, otherwise: &str) -> Result<String> {
    let reason = said(because, "because", otherwise)?;
    match too_long("because", &reason, LONGEST_NOTE) {
        None => Ok(reason),
        Some(wrong) => Err(Error::Invalid(vec![wrong])),
    }
}

/// A named clinician approves a pack as it stands, to the byte: `shown` is the digest that was on the page, and `last`
/// what had been done last about the pack.
pub fn approve(
    app: &App,
    scope: &Scope,
    pack: &str,
    shown: &str,
    last: u64,
    by: &Named,
) -> Result<()> {
    demand(scope, May::ApproveGuidance)?;
    let by = by.checked()?;
    let held = pack_named(pack)?;
    let digest = digest(&held.id);
    if digest != shown {
        return Err(Error::Invalid(vec![FieldError::new(
            "name",
            "This pack has changed since the page was drawn. Read it again before you approve it",
        )]));
    }
    record(
        app,
        scope,
        &New {
            what: What::Approved,
            pack: &held.id,
            version: &held.version,
            digest,
            name: &by.name,
            registration: &by.registration,
            on: app.clock.today(),
            note: &by.note,
        },
        last,
        "guidance_approved",
        |standing| {
            let stands = standing.approval(held).is_some();
            stands.then_some("This pack is approved as it stands. To approve it anew, withdraw that approval first.")
        },
    )
}

pub fn withdraw(app: &App, scope: &Scope, pack: &str, last: u64, because: &str) -> Result<()> {
    demand(scope, May::ApproveGuidance)?;
    let held = pack_named(pack)?;
    let note = reason(because, "Say why the approval is withdrawn")?;
    record(
        app,
        scope,
        &New {
            what: What::ApprovalWithdrawn,
            pack: &held.id,
            version: &held.version,
            digest: digest(&held.id),
            name: scope.who(),
            registration: "",
            on: app.clock.today(),
            note: &note,
        },
        last,
        "guidance_approval_withdrawn",
        |standing| {
            let stands = standing.approval(held).is_some();
            (!stands).then_some("No approval of this pack stands, so there is nothing to withdraw.")
        },
    )
}

fn pack_named(id: &str) -> Result<&'static Pack> {
    Library::shipped()
        .packs
        .iter()
        .find(|pack| pack.id == id)
        .ok_or(Error::NotFound)
}

/// Somebody answers for options and sums from now on: they are shown in live use.
/// `last` is what had been done last about all packs, on the page.
pub fn name_responsible(app: &App, scope: &Scope, last: u64, who: &Named) -> Result<()> {
    demand(scope, May::ChangeRules)?;
    let who = who.checked()?;
    record(
        app,
        scope,
        &New {
            what: What::Responsible,
            pack: "",
            version: "",
            digest: &digest_of_all(),
            name: &who.name,
            registration: &who.registration,
            on: app.clock.today(),
            note: &who.note,
        },
        last,
        "guidance_responsible_named",
        |standing| {
            let named = standing.responsible.as_ref();
            let same =
                |held: &Responsible| held.name == who.name && held.registration == who.registration;
            named
                .is_some_and(same)
                .then_some("That is who answers for options and sums already.")
        },
    )
}

/// Nobody answers for them any more: they are shown no longer.
pub fn stand_down(app: &App, scope: &Scope, last: u64, because: &str) -> Result<()> {
    demand(scope, May::ChangeRules)?;
    let note = reason(because, "Say why")?;
    record(
        app,
        scope,
        &New {
            what: What::NobodyResponsible,
            pack: "",
            version: "",
            digest: "",
            name: scope.who(),
            registration: "",
            on: app.clock.today(),
            note: &note,
        },
        last,
        "guidance_stood_down",
        |standing| {
            let nobody = standing.responsible.is_none();
            nobody.then_some("Nobody is named, so options and sums are off already.")
        },
    )
}

/// Refused where something was done about the same since the page was drawn, or where it would change nothing.
fn record(
    app: &App,
    scope: &Scope,
    new: &New<'_>,
    last: u64,
    action: &str,
    refuses: impl Fn(&Standing) -> Option<&'static str>,
) -> Result<()> {
    app.store.write(|tx| {
        tx.lock("guidance")?;
        let done = acts(tx)?;
        let since: Vec<Change> = done
            .iter()
            .filter(|act| act.pack == new.pack && act.id > last)
            .map(change)
            .collect();
        if !since.is_empty() {
            return Err(Error::Conflict { since });
        }
        if let Some(why) = refuses(&standing(&done)) {
            return Err(Error::Unavailable(why.to_owned()));
        }
        let now = app.clock.now();
        act(tx, scope, new, now)?;
        let detail = serde_json::json!({ "pack": new.pack, "name": new.name });
        Ok(store::access::record(tx, scope, now, action, &[], detail)?)
    })
}

fn change(done: &Act) -> Change {
    Change {
        at: done.at,
        who: done.who.clone(),
        what: match done.what {
            What::Approved => "entered an approval of this pack".to_owned(),
            What::ApprovalWithdrawn => "withdrew the approval of this pack".to_owned(),
            What::Responsible => format!("named {}", done.name),
            What::NobodyResponsible => "switched options and sums off".to_owned(),
        },
    }
}
