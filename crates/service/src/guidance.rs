//! What the guidance packs say about somebody, who approved the packs, and who answers for options and sums in live use.
//! Nothing here decides: it shows, and counts where people decided otherwise.

use std::{collections::BTreeMap, sync::LazyLock};

use guidance::{Advice, Ask, FactKind, Facts, Given, Group, Library, Pack, Status, record};
use jiff::{Timestamp, civil::Date};
use pathway::{
    Episode, EpisodeId, Person,
    care::{Advised, Plan},
    form::{self, Form, FormKind},
};
use sha2::{Digest, Sha256};
use store::{
    Tx,
    guidance::{Act, Departure, New, What, act, acts, departures},
};
use terms::Recommended;

use crate::{
    App, May, Scope,
    access::demand,
    candidate,
    care::{log, said},
    error::{Error, FieldError, Result},
    views::PersonCard,
};

/// The packs, who approved them, and how decisions departed from them.
#[derive(Debug, Clone)]
pub struct PacksView {
    pub packs: Vec<PackView>,
    pub responsible: Option<Responsible>,
    pub demo: bool,
    /// By medicine, the group it stood in, and how often it was chosen all the same.
    pub departures: Vec<DepartureCount>,
    pub may_approve: bool,
    pub may_name: bool,
    pub today: Date,
}

#[derive(Debug, Clone)]
pub struct PackView {
    pub id: &'static str,
    pub title: &'static str,
    pub version: &'static str,
    pub source: &'static str,
    pub review_by: Date,
    pub overdue: bool,
    pub rules: usize,
    pub unverified: usize,
    pub secondary: usize,
    /// Of the pack, with the facts and definitions it rests on, in hexadecimal: what is approved.
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
    pub at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DepartureCount {
    pub medicine: &'static str,
    pub stood: Group,
    pub decisions: usize,
    /// Reasons given, the newest first.
    pub reasons: Vec<String>,
}

/// What the packs say about one person, as the page shows it.
pub struct GuidanceView {
    pub card: PersonCard,
    pub episode: EpisodeId,
    pub fracture: String,
    pub version: u32,
    pub advice: Advice<'static>,
    /// Every fact that is known, in words.
    pub known: Vec<(&'static FactKind, String)>,
    /// Values that cannot be right: kept as typed and not used.
    pub asks: Vec<Ask>,
    pub assessed: bool,
    pub use_: Use,
    pub frax: Frax,
    pub age: Option<i16>,
    pub sex: terms::Sex,
    pub today: Date,
    pub may_give_care: bool,
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

/// FRAX as recorded.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Frax {
    pub mof: Option<f64>,
    pub hip: Option<f64>,
    pub with_bmd: Option<bool>,
    pub on: Option<Date>,
}

/// Of a shipped pack with the facts and definitions it rests on: what is approved.
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

fn standing(acts: Vec<Act>) -> Standing {
    let mut standing = Standing {
        approved: BTreeMap::new(),
        responsible: None,
    };
    for done in acts {
        match done.what {
            What::Approved => {
                let approval = Approval {
                    name: done.name,
                    registration: done.registration,
                    on: done.on,
                    version: done.version,
                };
                standing.approved.insert(done.pack, (approval, done.digest));
            }
            What::ApprovalWithdrawn => {
                standing.approved.remove(&done.pack);
            }
            What::Responsible => {
                standing.responsible = Some(Responsible {
                    name: done.name,
                    registration: done.registration,
                    on: done.on,
                    entered_by: done.who,
                    at: done.at,
                });
            }
            What::NobodyResponsible => standing.responsible = None,
        }
    }
    standing
}

pub(crate) fn usable(app: &App, tx: &mut Tx<'_>) -> Result<Use> {
    let standing = standing(acts(tx)?);
    let today = app.clock.today();
    let library = Library::shipped();
    Ok(Use {
        unapproved: library
            .packs
            .iter()
            .filter(|pack| {
                standing
                    .approved
                    .get(&pack.id)
                    .is_none_or(|(_, approved)| *approved != digest(&pack.id))
            })
            .map(|pack| pack.title.as_str())
            .collect(),
        overdue: library
            .packs
            .iter()
            .filter(|pack| pack.review_by < today)
            .map(|pack| pack.title.as_str())
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
    let (standing, departed) = app
        .store
        .read(|tx| -> Result<_> { Ok((standing(acts(tx)?), departures(tx, scope)?)) })?;
    let role = scope.role();
    let mut departures = counted(departed);
    // Free words may speak of a patient.
    if !crate::may(role, May::SeePeople) {
        for departure in &mut departures {
            departure.reasons.clear();
        }
    }
    Ok(PacksView {
        packs: Library::shipped()
            .packs
            .iter()
            .map(|pack| {
                let digest = digest(&pack.id);
                let held = standing.approved.get(&pack.id);
                let with = |status| pack.rules.iter().filter(|r| r.status == status).count();
                PackView {
                    id: &pack.id,
                    title: &pack.title,
                    version: &pack.version,
                    source: &pack.source,
                    review_by: pack.review_by,
                    overdue: pack.review_by < today,
                    rules: pack.rules.len(),
                    unverified: with(Status::Unverified),
                    secondary: with(Status::Secondary),
                    approval: held.filter(|h| h.1 == digest).map(|h| h.0.clone()),
                    changed_since: held.filter(|h| h.1 != digest).map(|h| h.0.clone()),
                    digest,
                }
            })
            .collect(),
        responsible: standing.responsible,
        demo: app.demo,
        departures,
        may_approve: crate::may(role, May::ApproveGuidance),
        may_name: crate::may(role, May::ChangeRules),
        today,
    })
}

fn counted(departed: Vec<Departure>) -> Vec<DepartureCount> {
    let mut counts: Vec<DepartureCount> = Vec::new();
    for departure in departed {
        let (Some(medicine), Some(stood)) = (
            Recommended::from_code(&departure.medicine),
            Group::from_code(&departure.stood),
        ) else {
            continue;
        };
        let words = medicine.words();
        let count = match counts
            .iter_mut()
            .position(|held| held.medicine == words && held.stood == stood)
        {
            Some(at) => counts.get_mut(at),
            None => {
                counts.push(DepartureCount {
                    medicine: words,
                    stood,
                    decisions: 0,
                    reasons: Vec::new(),
                });
                counts.last_mut()
            }
        };
        if let Some(count) = count {
            count.decisions += 1;
            if !departure.because.is_empty() && !count.reasons.contains(&departure.because) {
                count.reasons.push(departure.because);
            }
        }
    }
    counts.sort_by_key(|count| std::cmp::Reverse(count.decisions));
    counts
}

/// The clinician who approves a pack, or whoever answers for options and sums.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Named {
    pub name: String,
    pub registration: String,
    pub note: String,
}

impl Named {
    fn checked(&self) -> Result<(String, String)> {
        let mut wrong = Vec::new();
        let mut need = |field: &str, text: &str, message: &str| {
            let text = text.trim();
            if text.is_empty() {
                wrong.push(FieldError::new(field, message));
            } else if text.len() > 200 {
                wrong.push(FieldError::new(field, "Keep it under 200 characters"));
            }
            text.to_owned()
        };
        let name = need("name", &self.name, "Enter the full name");
        let registration = need(
            "registration",
            &self.registration,
            "Enter the registration, such as GMC 1234567 or NMC 12A3456E",
        );
        if wrong.is_empty() {
            Ok((name, registration))
        } else {
            Err(Error::Invalid(wrong))
        }
    }
}

/// A named clinician approves a pack as it stands, to the byte: `shown` is the digest that was on the page.
pub fn approve(app: &App, scope: &Scope, pack: &str, shown: &str, by: &Named) -> Result<()> {
    demand(scope, May::ApproveGuidance)?;
    let (name, registration) = by.checked()?;
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
            name: &name,
            registration: &registration,
            on: app.clock.today(),
            note: by.note.trim(),
        },
        "guidance_approved",
    )
}

pub fn withdraw(app: &App, scope: &Scope, pack: &str, because: &str) -> Result<()> {
    demand(scope, May::ApproveGuidance)?;
    let held = pack_named(pack)?;
    let note = said(because, "because", "Say why the approval is withdrawn")?;
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
        "guidance_approval_withdrawn",
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
pub fn name_responsible(app: &App, scope: &Scope, who: &Named) -> Result<()> {
    demand(scope, May::ChangeRules)?;
    let (name, registration) = who.checked()?;
    record(
        app,
        scope,
        &New {
            what: What::Responsible,
            pack: "",
            version: "",
            digest: &digest_of_all(),
            name: &name,
            registration: &registration,
            on: app.clock.today(),
            note: who.note.trim(),
        },
        "guidance_responsible_named",
    )
}

/// Nobody answers for them any more: they are shown no longer.
pub fn stand_down(app: &App, scope: &Scope, because: &str) -> Result<()> {
    demand(scope, May::ChangeRules)?;
    let note = said(because, "because", "Say why")?;
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
        "guidance_stood_down",
    )
}

fn record(app: &App, scope: &Scope, new: &New<'_>, action: &str) -> Result<()> {
    let now = app.clock.now();
    Ok(app.store.write(|tx| {
        act(tx, scope, new, now)?;
        let detail = serde_json::json!({ "pack": new.pack, "name": new.name });
        store::access::record(tx, scope, now, action, &[], detail)
    })?)
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
    record::on_record(
        &Library::shipped().catalogue,
        person,
        episode,
        &record::with_proposals(person, episode),
        &service(app, sums),
        app.clock.today(),
    )
}

pub fn view(app: &App, scope: &Scope, episode: EpisodeId) -> Result<GuidanceView> {
    demand(scope, May::SeePeople)?;
    let today = app.clock.today();
    let view = app.store.read(|tx| -> Result<GuidanceView> {
        let (person, _) = candidate::load(tx, scope, episode)?;
        let held = person.episode(episode).ok_or(Error::NotFound)?;
        let library = Library::shipped();
        let used = usable(app, tx)?;
        let found = on_record(app, &person, held, used.on());
        let answers = Form::get(FormKind::Assessment).asked_of(&held.care.assessment.values());
        let number = |id: &str| answers.get(id).and_then(form::Value::number);
        Ok(GuidanceView {
            episode,
            fracture: held.words(),
            version: person.version,
            advice: library.advise(&found.facts),
            known: library.catalogue.told(&found.facts),
            asks: found.asks,
            assessed: held.care.assessment.completed.is_some(),
            use_: used,
            frax: Frax {
                mof: number("frax.mof"),
                hip: number("frax.hip"),
                with_bmd: match form::yes_no(&answers, "frax.bmd") {
                    Some(terms::Answer::Yes) => Some(true),
                    Some(terms::Answer::No) => Some(false),
                    _ => None,
                },
                on: answers.get("frax.on").and_then(form::exact_date),
            },
            age: person.details.born.map(|born| terms::age_on(born, today)),
            sex: person.details.sex.unwrap_or_default(),
            today,
            may_give_care: crate::may(scope.role(), May::GiveCare),
            card: PersonCard::of_person(&person, today),
        })
    })?;
    log(app, scope, "guidance_opened", view.card.id, episode)?;
    Ok(view)
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
    let library = Library::shipped();
    let facts = on_record(app, person, episode, true).facts;
    let answers = library.answers(&facts);
    let stood = library
        .medicines()
        .zip(library.groups(&answers))
        .find(|(held, _)| held.id == medicine.code())
        .map(|(_, group)| group);
    Ok(stood.map(|stood| Advised {
        stood: stood.code().to_owned(),
        departs: matches!(stood, Group::Specialist | Group::NotForThisPerson),
        packs: digest_of_all(),
    }))
}

/// Where each medicine stands for somebody, by code.
pub fn groups(
    app: &App,
    scope: &Scope,
    episode: EpisodeId,
) -> Result<BTreeMap<&'static str, Group>> {
    demand(scope, May::SeePeople)?;
    app.store.read(|tx| {
        let (person, _) = candidate::load(tx, scope, episode)?;
        let held = person.episode(episode).ok_or(Error::NotFound)?;
        let library = Library::shipped();
        let answers = library.answers(&on_record(app, &person, held, true).facts);
        Ok(library
            .medicines()
            .map(|medicine| medicine.id.as_str())
            .zip(library.groups(&answers))
            .collect())
    })
}
