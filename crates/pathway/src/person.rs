use std::collections::BTreeSet;

use terms::OdsCode;

use crate::{
    Decision, Details, Episode, EpisodeId, Fact, HeldResult, Made, Needs, PersonId, Recorded,
    ResultSeen, Seen, Sighting, State, care::Care,
};

/// A person as the timeline tells it: derived, never stored as truth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    pub id: PersonId,
    pub details: Details,
    pub episodes: Vec<Episode>,
    pub needs: Needs,
    /// Scans and blood results not withdrawn or replaced, in the order recorded.
    pub results: Vec<HeldResult>,
    /// Every hospital that ever saw a fracture, also one that took that back; nothing where it was not said.
    pub hospitals: BTreeSet<Option<OdsCode>>,
    /// Number of facts read: the version that a write must name.
    pub version: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("fact {seq} of the timeline does not fit what came before: {what}")]
pub struct FactDoesNotFit {
    pub seq: u32,
    pub what: String,
}

impl Person {
    pub fn new(id: PersonId) -> Self {
        Self {
            id,
            details: Details::default(),
            episodes: Vec::new(),
            needs: Needs::default(),
            results: Vec::new(),
            hospitals: BTreeSet::new(),
            version: 0,
        }
    }

    pub fn from_facts<'a>(
        id: PersonId,
        facts: impl IntoIterator<Item = &'a Recorded>,
    ) -> Result<Self, FactDoesNotFit> {
        let mut person = Self::new(id);
        for recorded in facts {
            person.apply(recorded)?;
        }
        Ok(person)
    }

    pub fn episode(&self, id: EpisodeId) -> Option<&Episode> {
        self.episodes.iter().find(|e| e.id == id)
    }

    /// A source with this key lists a fracture of theirs; one that only speaks against a fracture does not.
    pub fn lists(&self, key: &str) -> bool {
        self.episodes
            .iter()
            .flat_map(|episode| &episode.sightings)
            .any(|seen| seen.sighting.key == key)
    }

    /// The latest earlier fracture before this one: the outcome Herald exists to prevent. Two bones broken on
    /// one day are two episodes but not a re-fracture, and an old fracture found in passing is no new event.
    pub fn refracture_of(&self, episode: &Episode) -> Option<&Episode> {
        let day = episode.fracture_date()?;
        if episode
            .sightings
            .iter()
            .all(|s| s.sighting.speaks_only_of_old())
        {
            return None;
        }
        self.episodes
            .iter()
            .filter(|e| {
                matches!(
                    e.state(),
                    State::New | State::SetAside { .. } | State::Accepted | State::Closed { .. }
                )
            })
            .filter(|e| e.fracture_date().is_some_and(|earlier| earlier < day))
            .max_by_key(|e| e.fracture_date())
    }

    /// Take in the next fact of the timeline.
    pub fn apply(&mut self, recorded: &Recorded) -> Result<(), FactDoesNotFit> {
        let unfit = |what: &str| FactDoesNotFit {
            seq: recorded.seq,
            what: what.to_owned(),
        };
        if recorded.seq != self.version + 1 {
            return Err(unfit("it is out of order"));
        }
        self.version = recorded.seq;
        match &recorded.fact {
            Fact::Details { details } => self.details.take_in(details),
            Fact::Sighted {
                episode,
                sighting,
                corrects,
            } => {
                self.hospitals.insert(sighting.hospital.clone());
                let at = match self.episodes.iter().position(|e| e.id == *episode) {
                    Some(at) => at,
                    None => {
                        self.episodes.push(Episode {
                            id: *episode,
                            raised_at: recorded.at,
                            sightings: Vec::new(),
                            against: Vec::new(),
                            decisions: Vec::new(),
                            withdrawn: None,
                            care: Care::default(),
                            decided: false,
                            last_at: recorded.at,
                        });
                        self.episodes.len() - 1
                    }
                };
                let Some(held) = self.episodes.get_mut(at) else {
                    return Err(unfit("its episode is missing"));
                };
                if let Some(corrected) = corrects {
                    held.sightings.retain(|s| s.seq != *corrected);
                }
                held.sightings.push(seen(recorded, sighting));
            }
            Fact::SpokenAgainst {
                episode,
                sighting,
                corrects,
            } => {
                let held = self
                    .held(*episode)
                    .ok_or_else(|| unfit("no such episode"))?;
                if let Some(corrected) = corrects {
                    held.against.retain(|s| s.seq != *corrected);
                }
                held.against.push(seen(recorded, sighting));
            }
            Fact::SightingWithdrawn {
                episode,
                of,
                because,
            } => {
                let held = self
                    .held(*episode)
                    .ok_or_else(|| unfit("no such episode"))?;
                if held.against.iter().any(|s| s.seq == *of) {
                    held.against.retain(|s| s.seq != *of);
                } else {
                    held.sightings.retain(|s| s.seq != *of);
                    held.withdrawn = Some(because.clone());
                }
            }
            Fact::Accepted { episode } => self.decided(recorded, *episode, Decision::Accept)?,
            Fact::Rejected {
                episode,
                reason,
                note,
            } => {
                self.decided(
                    recorded,
                    *episode,
                    Decision::Reject {
                        reason: *reason,
                        note: note.clone(),
                    },
                )?;
            }
            Fact::SetAside {
                episode,
                reason,
                until,
                note,
            } => {
                let decision = Decision::SetAside {
                    reason: *reason,
                    until: *until,
                    note: note.clone(),
                };
                self.decided(recorded, *episode, decision)?;
            }
            Fact::BelongsTo { episode, to } => {
                if self.episode(*to).is_none() {
                    return Err(unfit("the episode it belongs to does not exist"));
                }
                self.decided(recorded, *episode, Decision::BelongsTo(*to))?;
            }
            Fact::Undone { episode, of } => {
                let held = self
                    .held(*episode)
                    .ok_or_else(|| unfit("no such episode"))?;
                if held.decisions.last().map(|made| made.seq) != Some(*of) {
                    return Err(unfit("it undoes something that was not the last decision"));
                }
                held.decisions.pop();
            }
            Fact::Closed {
                episode,
                reason,
                note,
            } => {
                let decision = Decision::Close {
                    reason: *reason,
                    note: note.clone(),
                };
                self.decided(recorded, *episode, decision)?;
            }
            Fact::Care { episode, done } => {
                let held = self
                    .held(*episode)
                    .ok_or_else(|| unfit("no such episode"))?;
                held.care_fact((**done).clone())
                    .map_err(|why| unfit(&why.to_string()))?;
                held.care.take_in(
                    recorded.seq,
                    recorded.at,
                    &recorded.by,
                    &recorded.source,
                    done,
                );
            }
            Fact::NeedsRecorded { needs } => self.needs = needs.clone(),
            Fact::ResultArrived { result, corrects } => {
                if let Some(corrected) = corrects {
                    self.results.retain(|held| held.seq != *corrected);
                }
                self.results.push(HeldResult {
                    seq: recorded.seq,
                    at: recorded.at,
                    source: recorded.source.clone(),
                    result: (**result).clone(),
                    seen: None,
                });
            }
            Fact::ResultWithdrawn { of, .. } => self.results.retain(|held| held.seq != *of),
            Fact::ResultSeen { of, action, note } => {
                let held = self
                    .results
                    .iter_mut()
                    .find(|held| held.seq == *of)
                    .ok_or_else(|| unfit("no such result"))?;
                held.seen = Some(ResultSeen {
                    seq: recorded.seq,
                    at: recorded.at,
                    by: recorded.by.clone(),
                    action: *action,
                    note: note.clone(),
                });
            }
        }
        if let Some(held) = recorded.fact.episode().and_then(|id| self.held(id)) {
            held.last_at = recorded.at;
        }
        Ok(())
    }

    /// The episode that results and other news belong to: the newest in care, else the newest that was.
    pub fn current(&self) -> Option<&Episode> {
        let newest = |wanted: fn(&State) -> bool| {
            self.episodes
                .iter()
                .filter(|episode| wanted(&episode.state()))
                .max_by_key(|episode| (episode.fracture_date(), episode.raised_at, episode.id))
        };
        newest(|state| *state == State::Accepted)
            .or_else(|| newest(|state| matches!(state, State::Closed { .. })))
    }

    /// Results that nobody has looked at.
    pub fn unseen_results(&self) -> impl Iterator<Item = &HeldResult> {
        self.results.iter().filter(|held| held.seen.is_none())
    }

    fn held(&mut self, id: EpisodeId) -> Option<&mut Episode> {
        self.episodes.iter_mut().find(|e| e.id == id)
    }

    fn decided(
        &mut self,
        recorded: &Recorded,
        id: EpisodeId,
        decision: Decision,
    ) -> Result<(), FactDoesNotFit> {
        let held = self.held(id).ok_or_else(|| FactDoesNotFit {
            seq: recorded.seq,
            what: "no such episode".to_owned(),
        })?;
        let fits = match &decision {
            Decision::Close { .. } => held.state() == State::Accepted,
            _ => matches!(held.state(), State::New | State::SetAside { .. }),
        };
        if !fits {
            return Err(FactDoesNotFit {
                seq: recorded.seq,
                what: "it decides what had been decided".to_owned(),
            });
        }
        held.decided = true;
        held.decisions.push(Made {
            seq: recorded.seq,
            at: recorded.at,
            by: recorded.by.clone(),
            decision,
        });
        Ok(())
    }
}

fn seen(recorded: &Recorded, sighting: &Sighting) -> Seen {
    Seen {
        seq: recorded.seq,
        at: recorded.at,
        by: recorded.by.clone(),
        source: recorded.source.clone(),
        sighting: sighting.clone(),
    }
}
