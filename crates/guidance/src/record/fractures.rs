//! This fracture and those before. Counts include this one; what the record cannot rule out is "so many or more".

use std::collections::BTreeSet;

use jiff::{ToSpan, civil::Date};
use pathway::{Episode, Person, State};
use terms::Site;

use super::{Record, said::Said, weeks_between};
use crate::facts::Given;

/// The major osteoporotic sites: spine, hip, shoulder, wrist (NICE NG259, words).
fn major(site: Site) -> bool {
    matches!(
        site,
        Site::Vertebra | Site::Hip | Site::Humerus | Site::Wrist | Site::Forearm
    )
}

/// Bones broken before this fracture.
#[derive(Default)]
struct Before {
    sites: BTreeSet<Site>,
    recent: BTreeSet<Site>,
    on_record: u32,
    /// Whether there were any.
    any: Option<bool>,
    /// Nothing is missing among `sites`, and among `recent`.
    all: bool,
    all_recent: bool,
}

/// A nurse accepted it, whether or not its care has ended.
pub(super) fn accepted(episode: &Episode) -> bool {
    matches!(episode.state(), State::Accepted | State::Closed { .. })
}

/// Whether a force broke it that would not break a healthy bone; nothing where nobody can say. Whoever accepted it has
/// confirmed that it counts, unless the assessment found out otherwise.
pub(super) fn fragility(said: Said<'_>, episode: &Episode) -> Option<bool> {
    match said.code("fracture.mechanism") {
        Some("higher" | "traffic") => Some(false),
        Some("other") => None,
        _ => accepted(episode).then_some(true),
    }
}

impl Record<'_> {
    pub(super) fn fractures(&mut self, person: &Person, episode: &Episode) {
        let broken = self.broken(episode);
        // Most rests on the hip, whatever else broke with it.
        let hip = broken.get(&Site::Hip);
        if let Some(site) = hip.or(broken.first()) {
            self.put("fracture.site", site.code());
        }
        let fragility = fragility(self.said, episode);
        self.put_known("fracture.fragility", fragility);
        let how = self.said.code("fracture.mechanism");
        let fell = how.map(|how| matches!(how, "standing" | "few_steps" | "higher"));
        self.put_known("falls.injury", fell);
        let broke_on = episode.fracture_date().unwrap_or(episode.diagnosed().on);
        self.put_known("fracture.weeks_ago", weeks_between(broke_on, self.today));

        let recent = self.in_two_years(broke_on);
        let before = self.before(person, episode, broke_on);
        let index = if fragility == Some(true) {
            broken
        } else {
            BTreeSet::new()
        };
        let sure = fragility.is_some();
        // One that only a scan shows is of no known day, and may be this one or another.
        let seen = self
            .said
            .answer("dxa.vfa")
            .is_some_and(|seen| seen.is("present"));
        let silent =
            seen && !index.contains(&Site::Vertebra) && !before.sites.contains(&Site::Vertebra);

        let ever = |site: Site| {
            if index.contains(&site) || before.sites.contains(&site) {
                Some(true)
            } else {
                (before.all && sure).then_some(false)
            }
        };
        let lately = |site: Site| {
            if (recent && index.contains(&site)) || before.recent.contains(&site) {
                Some(true)
            } else {
                (before.all_recent && sure).then_some(false)
            }
        };
        let (hip, hip_lately) = (ever(Site::Hip), lately(Site::Hip));
        let vertebral = if seen {
            Some(true)
        } else {
            ever(Site::Vertebra)
        };
        let vertebral_lately = lately(Site::Vertebra).filter(|lately| *lately || !seen);
        self.put_known("fractures.hip", hip);
        self.put_known("fractures.vertebral", vertebral);
        self.put_known("fractures.vertebral_in_2_years", vertebral_lately);
        let either = match (hip_lately, vertebral_lately) {
            (Some(true), _) | (_, Some(true)) => Some(true),
            (Some(false), Some(false)) => Some(false),
            _ => None,
        };
        self.put_known("fractures.hip_or_vertebral_in_2_years", either);

        let counted = |count: usize, all: bool| {
            let count = count as f64;
            if all && sure && !silent {
                Given::Number(count)
            } else {
                Given::OrMore { or_more: count }
            }
        };
        let this = usize::from(fragility == Some(true));
        let scan = usize::from(silent);
        let said = self.said.number("risk.previous_count").map(|n| n as usize);
        let on_record = before.on_record as usize;
        let earlier = match (before.any, said) {
            (Some(true), Some(said)) => said.max(on_record),
            (Some(true), None) => on_record.max(1),
            _ => 0,
        };
        let all = before.any == Some(false) || (before.any == Some(true) && said.is_some());
        self.put("fractures.count", counted(this + earlier.max(scan), all));
        let majors = |sites: &BTreeSet<Site>| sites.iter().filter(|site| major(**site)).count();
        let this = majors(&index).min(1);
        let none_before = before.any == Some(false);
        let ever = counted(this + majors(&before.sites) + scan, none_before);
        self.put("fractures.major_count", ever);
        let this = if recent { this } else { 0 };
        let lately = counted(this + majors(&before.recent), none_before);
        self.put("fractures.major_in_2_years", lately);
        if self.said.number("risk.vertebral_count").is_none() {
            let given = match vertebral {
                Some(false) => Given::Number(0.0),
                Some(true) => Given::OrMore { or_more: 1.0 },
                None => Given::OrMore { or_more: 0.0 },
            };
            self.put("fractures.vertebral_count", given);
        }
    }

    /// The bones of this fracture, as somebody answered; else as the feeds have it.
    pub(super) fn broken(&self, episode: &Episode) -> BTreeSet<Site> {
        let said: BTreeSet<Site> = ["fracture.site_1", "fracture.site_2", "fracture.site_3"]
            .iter()
            .filter_map(|question| Site::from_code(self.said.code(question)?))
            .collect();
        if said.is_empty() {
            episode.sites().iter().map(|held| held.site).collect()
        } else {
            said
        }
    }

    /// What was answered, and what is on record.
    fn before(&self, person: &Person, episode: &Episode, broke_on: Date) -> Before {
        let mut before = Before::default();
        let counts = |other: &&Episode| other.id != episode.id && accepted(other);
        for other in person.episodes.iter().filter(counts) {
            let Some(day) = other.fracture_date().filter(|day| *day < broke_on) else {
                continue;
            };
            before.on_record += 1;
            let sites = other.sites().into_iter().map(|held| held.site);
            if self.in_two_years(day) {
                before.recent.extend(sites.clone());
            }
            before.sites.extend(sites);
        }
        before.any = self
            .said
            .yes_no("risk.previous_fracture")
            .filter(|any| *any || before.on_record == 0)
            .or_else(|| (before.on_record > 0).then_some(true));
        let none = before.any == Some(false);
        let ever = self.bones("risk.previous_which");
        let lately = self.bones("risk.previous_recent");
        before.all = none || ever.is_some();
        before.all_recent = none || lately.is_some();
        before.sites.extend(ever.unwrap_or_default());
        before.recent.extend(lately.unwrap_or_default());
        before
    }

    /// The bones chosen; nothing where nobody answered.
    fn bones(&self, question: &str) -> Option<BTreeSet<Site>> {
        let sites = self
            .said
            .answer(question)?
            .codes()
            .filter_map(|code| match code {
                "hip" => Some(Site::Hip),
                "spine" => Some(Site::Vertebra),
                "shoulder" => Some(Site::Humerus),
                "wrist" => Some(Site::Wrist),
                _ => None,
            });
        Some(sites.collect())
    }

    fn in_two_years(&self, day: Date) -> bool {
        day >= self.today.saturating_sub(2.years())
    }
}
