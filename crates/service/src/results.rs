//! Scan and blood results: seen by a named person, with what was done about them. None rests unseen.

use pathway::{EpisodeId, Fact, ResultAction};

use crate::{
    App, May, Scope,
    care::{Acted, act},
    error::{Change, Error, Result},
};

/// Say that these results were seen, and what is done about them.
pub fn seen(
    app: &App,
    scope: &Scope,
    episode: EpisodeId,
    version: u32,
    results: &[u32],
    action: ResultAction,
    note: Option<String>,
) -> Result<Acted> {
    act(
        app,
        scope,
        May::GiveCare,
        episode,
        version,
        "result_seen",
        |_, ground| {
            if results.is_empty() {
                return Err(Error::field("result", "Choose at least one result"));
            }
            let mut facts = Vec::new();
            for of in results {
                let held = ground
                    .person
                    .results
                    .iter()
                    .find(|held| held.seq == *of)
                    .ok_or_else(|| {
                        Error::Unavailable(
                        "This result was corrected or taken back meanwhile. Open the episode again."
                            .to_owned(),
                    )
                    })?;
                if let Some(seen) = &held.seen {
                    let since = vec![Change {
                        at: seen.at,
                        who: seen.by.words().to_owned(),
                        what: format!("Result seen: {}", seen.action.words()),
                    }];
                    return Err(Error::Conflict { since });
                }
                facts.push(Fact::ResultSeen {
                    of: *of,
                    action,
                    note: note.clone(),
                });
            }
            Ok(facts)
        },
    )
}
