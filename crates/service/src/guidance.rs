//! What the guidance packs say about somebody, who approved the packs, and who answers for options and sums in live use.
//! Nothing here decides: it shows, and counts where people decided otherwise.

use std::{collections::BTreeMap, sync::LazyLock};

use guidance::{
    Advice, Ask, FactKind, Facts, Given, Group, Library, Medicine, Pack, Status,
    record::{self, FraxOnRecord},
};
use jiff::civil::Date;
use pathway::{
    Episode, EpisodeId, Person,
    care::{Advised, Plan},
    form::Answers,
};
use sha2::{Digest, Sha256};
use store::{
    Tx,
    guidance::{Act, Departure, New, What, act, acts},
    worklist::{self, Entry},
};
use terms::Recommended;

use crate::{
    App, May, Scope,
    access::demand,
    candidate,
    care::{log, said},
    error::{Change, Error, FieldError, Result},
    today::PER_PAGE,
    views::PersonCard,
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

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DepartureCount {
    pub medicine: &'static str,
    pub stood: Group,
    pub decisions: usize,
}

/// Decisions for a medicine that was not for the person, or for a specialist, with the reasons given: newest first.
#[derive(Debug, Clone)]
pub struct Departures {
    pub decisions: Vec<Departed>,
    pub total: u64,
    pub pages: u64,
    pub page: u64,
}

#[derive(Debug, Clone)]
pub struct Departed {
    pub entry: Entry,
    pub decided_on: Date,
    pub medicine: &'static str,
    pub stood: Group,
    pub because: String,
}

/// What the packs say about one person, as the page shows it.
pub struct GuidanceView {
    pub card: PersonCard,
    pub episode: EpisodeId,
    /// No medicines stand in it while options are off.
    pub advice: Advice<'static>,
    pub known: Vec<Known>,
    /// Values that cannot be right: kept as typed and not used.
    pub asks: Vec<Ask>,
    pub assessed: bool,
    pub use_: Use,
    pub frax: FraxOnRecord,
    pub may_give_care: bool,
}

/// A fact that is known.
pub struct Known {
    pub fact: &'static FactKind,
    /// In words.
    pub value: String,
    /// It rests on what somebody saved; else a feed says so, and nobody has saved it yet.
    pub saved: bool,
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
fn digest_of_all() -> String {
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

/// The medicine, and the group it stood in; nothing for a code that this Herald does not know.
fn departed(departure: &Departure) -> Option<(&'static str, Group)> {
    let medicine = Recommended::from_code(&departure.medicine)?;
    Some((medicine.words(), Group::from_code(&departure.stood)?))
}

fn counted(departures: &[Departure]) -> Vec<DepartureCount> {
    let mut counts: BTreeMap<(&'static str, Group), usize> = BTreeMap::new();
    for of in departures.iter().filter_map(departed) {
        *counts.entry(of).or_default() += 1;
    }
    let mut counts: Vec<DepartureCount> = counts
        .into_iter()
        .map(|((medicine, stood), decisions)| DepartureCount {
            medicine,
            stood,
            decisions,
        })
        .collect();
    counts.sort_by_key(|count| std::cmp::Reverse(count.decisions));
    counts
}

/// The decisions that went against the packs, with the reasons given. Free words may speak of a patient, and each is
/// shown with its person.
pub fn departures(app: &App, scope: &Scope, page: u64) -> Result<Departures> {
    demand(scope, May::SeePeople)?;
    let found = app.store.read(|tx| -> Result<Departures> {
        let all = store::guidance::departures(tx, scope)?;
        let total = all.len() as u64;
        let pages = total.div_ceil(u64::from(PER_PAGE)).max(1);
        let page = page.clamp(1, pages);
        let first = usize::try_from((page - 1) * u64::from(PER_PAGE)).unwrap_or(usize::MAX);
        let mut decisions = Vec::new();
        for departure in all.into_iter().skip(first).take(PER_PAGE as usize) {
            let Some((medicine, stood)) = departed(&departure) else {
                continue;
            };
            let named = worklist::named(tx, scope, &[departure.episode])?;
            decisions.extend(named.into_iter().map(|entry| Departed {
                entry,
                decided_on: departure.decided_on,
                medicine,
                stood,
                because: departure.because.clone(),
            }));
        }
        Ok(Departures {
            decisions,
            total,
            pages,
            page,
        })
    })?;
    let shown: Vec<_> = found.decisions.iter().map(|d| d.entry.person).collect();
    app.store.write(|tx| {
        let detail = serde_json::json!({ "page": found.page });
        let now = app.clock.now();
        store::access::record(tx, scope, now, "guidance_departures_opened", &shown, detail)
    })?;
    Ok(found)
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

/// The packs' own questions about the service.
fn service(app: &App, sums: bool) -> record::Service {
    let settings = &app.settings.guidance;
    record::Service {
        dxa_line: settings.dxa_line.code().to_owned(),
        starts_anabolics: settings.starts_anabolics,
        bone_specialist: settings.bone_specialist,
        ctx: settings.ctx,
        dxa_wait_weeks: settings.dxa_wait_weeks,
        sums,
    }
}

/// What is on record about somebody, with what feeds say that nobody has saved yet.
pub(crate) fn on_record(
    app: &App,
    person: &Person,
    episode: &Episode,
    sums: bool,
) -> record::OnRecord {
    let answers = record::with_proposals(person, episode);
    answered(app, person, episode, &answers, sums)
}

fn answered(
    app: &App,
    person: &Person,
    episode: &Episode,
    answers: &Answers,
    sums: bool,
) -> record::OnRecord {
    record::on_record(
        &Library::shipped().catalogue,
        person,
        episode,
        answers,
        &service(app, sums),
        app.clock.today(),
    )
}

pub fn view(app: &App, scope: &Scope, episode: EpisodeId) -> Result<GuidanceView> {
    demand(scope, May::SeePeople)?;
    let view = app.store.read(|tx| seen(app, tx, scope, episode))?;
    log(app, scope, "guidance_opened", view.card.id, episode)?;
    Ok(view)
}

/// For a use case that writes down itself who was shown.
pub(crate) fn seen(
    app: &App,
    tx: &mut Tx<'_>,
    scope: &Scope,
    episode: EpisodeId,
) -> Result<GuidanceView> {
    let today = app.clock.today();
    let (person, _) = candidate::load(tx, scope, episode)?;
    let held = person.episode(episode).ok_or(Error::NotFound)?;
    let library = Library::shipped();
    let used = usable(app, tx)?;
    let found = on_record(app, &person, held, used.on());
    let mut advice = library.advise(&found.facts);
    if !used.on() {
        advice.options.clear();
    }
    let saved = held.care.assessment.values();
    let saved = answered(app, &person, held, &saved, used.on()).facts;
    let saved = library.catalogue.told(&saved);
    let known = library.catalogue.told(&found.facts).into_iter();
    let known = known.map(|(fact, value)| Known {
        saved: saved
            .iter()
            .any(|(held, told)| held.id == fact.id && *told == value),
        fact,
        value,
    });
    Ok(GuidanceView {
        episode,
        advice,
        known: known.collect(),
        asks: found.asks,
        assessed: held.care.assessment.completed.is_some(),
        use_: used,
        frax: FraxOnRecord::read(&person, held, today),
        may_give_care: crate::may(scope.role(), May::GiveCare),
        card: PersonCard::of_person(&person, today),
    })
}

/// Everybody in care, as facts alone and in no order that says who: a cohort to compare packs on. Answers how many.
pub fn cohort(
    app: &App,
    scope: &Scope,
    mut each: impl FnMut(&[(&str, Given)]) -> Result<()>,
) -> Result<u64> {
    demand(scope, May::SeeNumbers)?;
    let catalogue = &Library::shipped().catalogue;
    let (episodes, sums) = app.store.read(|tx| -> Result<_> {
        let all = store::audit::pick(tx, scope, |episode, _| Some(episode))?;
        Ok((all, usable(app, tx)?.on()))
    })?;
    let mut people = 0_u64;
    // A few at a time, so that nobody waits for one long look.
    for some in episodes.chunks(500) {
        let found = app.store.read(|tx| -> Result<Vec<Facts>> {
            let mut found = Vec::new();
            for episode in some {
                let (person, _) = candidate::load(tx, scope, *episode)?;
                let held = person.episode(*episode).ok_or(Error::NotFound)?;
                if held.care.assessment.completed.is_some() {
                    found.push(on_record(app, &person, held, sums).facts);
                }
            }
            Ok(found)
        })?;
        for facts in &found {
            each(&catalogue.given(facts))?;
            people += 1;
        }
    }
    let now = app.clock.now();
    app.store.write(|tx| {
        let detail = serde_json::json!({ "people": people });
        store::access::record(tx, scope, now, "guidance_cohort_written", &[], detail)
    })?;
    Ok(people)
}

/// Where the medicine of a plan stands now; nothing where options are off, or no medicine was chosen.
pub(crate) fn advised(
    app: &App,
    tx: &mut Tx<'_>,
    person: &Person,
    episode: &Episode,
    plan: &Plan,
) -> Result<Option<Advised>> {
    let Some(medicine) = plan.therapy.medicine() else {
        return Ok(None);
    };
    if !usable(app, tx)?.on() {
        return Ok(None);
    }
    let facts = on_record(app, person, episode, true).facts;
    let stood = grouped(&facts)
        .into_iter()
        .find(|(held, _)| held.id == medicine.code());
    Ok(stood.map(|(_, stood)| Advised {
        stood: stood.code().to_owned(),
        departs: stood.departs(),
        packs: digest_of_all(),
    }))
}

/// Each medicine, and where it stands. For callers that have seen that options are on.
pub(crate) fn grouped(facts: &Facts) -> Vec<(&'static Medicine, Group)> {
    let library = Library::shipped();
    let groups = library.groups(&library.answers(facts));
    library.medicines().zip(groups).collect()
}
