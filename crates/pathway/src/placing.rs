//! Is it new? Several sightings of one fracture are one episode; a different site, or a later time, is a new
//! episode and a re-fracture.

use terms::{Side, Site};

use crate::{Episode, EpisodeId, Person, Settings, Sighting, State};

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
