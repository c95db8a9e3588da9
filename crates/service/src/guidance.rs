//! What the guidance packs say about somebody. Nothing here decides: it shows, and counts where people decided otherwise.

mod departures;
mod packs;

use guidance::{
    Advice, Ask, FactKind, Facts, Given, Group, Library, Medicine,
    record::{self, FraxOnRecord},
};
use pathway::{
    Episode, EpisodeId, Person,
    care::{Advised, Plan},
    form::Answers,
};
use store::Tx;

pub use departures::{Departed, DepartureCount, Departures, departures};
use packs::digest_of_all;
pub(crate) use packs::usable;
pub use packs::{
    Approval, Named, PackView, PacksView, Responsible, TableView, Use, approve, in_use,
    name_responsible, packs, stand_down, withdraw,
};

use crate::{
    App, May, Scope,
    access::demand,
    candidate,
    care::log,
    error::{Error, Result},
    views::PersonCard,
};

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
