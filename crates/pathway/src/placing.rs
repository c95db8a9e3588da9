//! Is it new? Several sightings of one fracture are one episode; a different site, or a later time, is a new
//! episode and a re-fracture.

use terms::{Side, Site};

use crate::{
    Episode, EpisodeId, Fact, Person, Settings, Sighting, State, contradiction::between,
    may_contradict,
};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// The same sighting again, saying nothing new.
    Repeat,
    /// The same sighting, corrected by its source.
    Corrects { episode: EpisodeId, seq: u32 },
    /// Another sighting of a fracture on record.
    Joins(EpisodeId),
    /// A fracture not seen before.
    New,
}

pub fn place(person: &Person, sighting: &Sighting, settings: &Settings) -> Place {
    for episode in &person.episodes {
        if let Some(seen) = episode
            .sightings
            .iter()
            .find(|s| s.sighting.key == sighting.key)
        {
            return if seen.sighting == *sighting {
                Place::Repeat
            } else {
                Place::Corrects {
                    episode: episode.id,
                    seq: seen.seq,
                }
            };
        }
    }
    let mut near: Vec<(i32, EpisodeId)> = person
        .episodes
        .iter()
        .filter(|episode| {
            !matches!(
                episode.state(),
                State::BelongsTo(_) | State::Withdrawn { .. }
            )
        })
        .filter(|episode| same_bone(episode, sighting))
        .filter_map(|episode| {
            let apart = days_apart(episode, sighting);
            let close = apart.is_none_or(|days| days <= settings.same_fracture_days);
            (close || sighting.speaks_only_of_old()).then_some((apart.unwrap_or(0), episode.id))
        })
        .collect();
    near.sort_unstable();
    match near.first() {
        Some((_, episode)) => Place::Joins(*episode),
        None => Place::New,
    }
}

/// Days before its first sighting from which an examination may already have looked for a fracture, where nobody says
/// when the injury was: people come late.
const CAME_LATE_DAYS: i32 = 14;

/// What one source's newest word changes in what speaks against the fractures of a person. `about_them`: the source
/// still names this person.
pub fn word_against(
    person: &Person,
    sighting: &Sighting,
    about_them: bool,
    settings: &Settings,
) -> Vec<Fact> {
    let mut facts = Vec::new();
    for episode in &person.episodes {
        let held = episode
            .against
            .iter()
            .find(|seen| seen.sighting.key == sighting.key);
        let concerned = about_them && contradicts(episode, sighting, settings);
        match held {
            Some(seen) if concerned && seen.sighting == *sighting => {}
            Some(seen) if !concerned => facts.push(Fact::SightingWithdrawn {
                episode: episode.id,
                of: seen.seq,
                because: format!("corrected by its source: {}", sighting.reading.reason),
            }),
            None if !concerned => {}
            held => facts.push(Fact::SpokenAgainst {
                episode: episode.id,
                sighting: Box::new(sighting.clone()),
                corrects: held.map(|seen| seen.seq),
            }),
        }
    }
    facts
}

/// It disagrees with a sighting of this fracture, and was made at its time: not before the injury, which it could not
/// have seen, and not so late that it is about another.
fn contradicts(episode: &Episode, sighting: &Sighting, settings: &Settings) -> bool {
    let injured = episode
        .sightings
        .iter()
        .any(|s| s.sighting.injured_on.is_some());
    let before = if injured { 1 } else { CAME_LATE_DAYS };
    let in_time = match (sighting.seen_on, episode.fracture_date()) {
        (Some(seen), Some(broken)) => {
            (-before..=settings.same_fracture_days).contains(&(seen - broken).get_days())
        }
        _ => true,
    };
    in_time
        && may_contradict(sighting)
        && !matches!(
            episode.state(),
            State::BelongsTo(_) | State::Withdrawn { .. }
        )
        && episode
            .sightings
            .iter()
            .any(|seen| !between(&seen.sighting, sighting).is_empty())
}

fn days_apart(episode: &Episode, sighting: &Sighting) -> Option<i32> {
    let (a, b) = (episode.fracture_date()?, sighting.fracture_date()?);
    Some((a - b).get_days().abs())
}

/// The same or an unspecified site, and not left against right.
fn same_bone(episode: &Episode, sighting: &Sighting) -> bool {
    let (held, new) = (episode.sites(), sighting.sites());
    let vague = |site: Site| site == Site::Unspecified;
    if held.iter().all(|s| vague(s.site)) || new.iter().all(|s| vague(s.site)) {
        return true;
    }
    new.iter().any(|n| {
        held.iter().any(|h| {
            (h.site == n.site || vague(h.site) || vague(n.site))
                && Side::may_be_same(h.side, n.side)
        })
    })
}
