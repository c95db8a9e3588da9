//! The page to turn to the patient: the risk as recorded, and which medicines may suit. It shows no number or name that
//! identifies, apart from the first name.

use guidance::{
    Group,
    frax::Stale,
    record::{FraxOnRecord, Unsettled},
    shared_decision::{Baseline, Percent, RiskOf, RiskTool},
};
use jiff::civil::Date;
use pathway::EpisodeId;
use terms::Site;

use crate::{
    App, May, Scope,
    access::demand,
    candidate,
    care::log,
    error::{Error, Result},
    guidance::{Use, grouped, on_record, usable},
};

pub struct TalkView {
    pub episode: EpisodeId,
    pub first_name: String,
    pub use_: Use,
    /// Of a major fracture first. Empty where sums are off.
    pub risks: Vec<Baseline>,
    /// Why there is a score and it is not shown.
    pub unsettled: Option<Unsettled>,
    /// The score is not of the present.
    pub stale: Option<Stale>,
    /// Bones of this fracture, as somebody answered, else as the feeds have it. Empty where sums are off.
    pub broken: Vec<Site>,
    /// Medicines that fit, or would once more is known or done. Empty where options are off.
    pub medicines: Vec<Suits>,
    pub today: Date,
}

pub struct Suits {
    pub id: &'static str,
    pub name: &'static str,
    /// More has to be known or done first.
    pub when: bool,
}

const YEARS_OF_FRAX: u8 = 10;

pub fn view(app: &App, scope: &Scope, episode: EpisodeId) -> Result<TalkView> {
    demand(scope, May::SeePeople)?;
    let today = app.clock.today();
    let (view, person) = app.store.read(|tx| -> Result<_> {
        let (person, _) = candidate::load(tx, scope, episode)?;
        let held = person.episode(episode).ok_or(Error::NotFound)?;
        let use_ = usable(app, tx)?;
        let mut view = TalkView {
            episode,
            first_name: person
                .details
                .name
                .as_ref()
                .map(|name| name.given.clone())
                .unwrap_or_default(),
            risks: Vec::new(),
            unsettled: None,
            stale: None,
            broken: Vec::new(),
            medicines: Vec::new(),
            today,
            use_,
        };
        if view.use_.on() {
            let found = on_record(app, &person, held, true);
            view.broken = found.broken.into_iter().collect();
            view.medicines = grouped(&found.facts)
                .into_iter()
                .filter(|(_, group)| matches!(group, Group::Fits | Group::FitsWhen))
                .map(|(medicine, group)| Suits {
                    id: &medicine.id,
                    name: &medicine.name,
                    when: group == Group::FitsWhen,
                })
                .collect();
            match FraxOnRecord::read(&person, held, today).settled(today) {
                Ok(Some((score, stale))) => {
                    view.risks = baselines(score.mof, score.hip, score.on);
                    view.stale = stale;
                }
                Ok(None) => {}
                Err(why) => view.unsettled = Some(why),
            }
        }
        Ok((view, person.id))
    })?;
    log(app, scope, "talk_opened", person, episode)?;
    Ok(view)
}

fn baselines(mof: f64, hip: Option<f64>, on: Option<Date>) -> Vec<Baseline> {
    [
        (Some(mof), RiskOf::MajorFracture),
        (hip, RiskOf::HipFracture),
    ]
    .into_iter()
    .filter_map(|(percent, of)| {
        Some(Baseline {
            risk: Percent::new(percent?).ok()?,
            of,
            tool: RiskTool::Frax,
            typed_on: on?,
            years: YEARS_OF_FRAX,
        })
    })
    .collect()
}
