//! What the person who looks after Herald does: rebuild, check, copy.

use std::path::Path;

use pathway::{LetterId, Next, next_action};
use serde::Serialize;

use crate::{
    App,
    error::{Error, Result},
    rules, secret,
};

/// One promise, checked.
#[derive(Debug, Clone, Serialize)]
pub struct Check {
    /// Number of the invariant in the safety notes.
    pub id: &'static str,
    pub promise: &'static str,
    pub holds: bool,
    /// What was counted, or what is wrong.
    pub found: String,
}

/// Every promise that can be checked on the data itself.
pub fn doctor(app: &App) -> Result<Vec<Check>> {
    let scope = app.store.sign_in_job("Doctor", app.clock.now())?;
    let mut checks = Vec::new();
    let mut say = |id, promise, holds, found| {
        checks.push(Check {
            id,
            promise,
            holds,
            found,
        })
    };
    let own = app.store.self_check()?;
    say(
        "DB",
        "The database is sound and keeps what it commits",
        own == "ok",
        format!("{}: {own}", app.store.kind()),
    );
    app.store.read(|tx| -> Result<()> {
        let tally = store::inbox::tally(tx)?;
        let unbalanced = store::inbox::unbalanced(tx)?;
        let sums: Vec<String> = tally.iter().map(|(state, items)| format!("{items} {state}")).collect();
        say(
            "I1",
            "Everything received is new, had, held, ignored, rejected or waiting, and the sums balance",
            unbalanced.is_empty(),
            if unbalanced.is_empty() { sums.join(", ") } else { format!("do not add up: {}", unbalanced.join(", ")) },
        );
        let (mut people, mut episodes, mut sightings, mut open) = (0_u64, 0_u64, 0_u64, 0_u64);
        let mut broken: Vec<String> = Vec::new();
        let mut numbers = std::collections::HashSet::new();
        let mut doubled: Vec<String> = Vec::new();
        let mut twice: Vec<String> = Vec::new();
        let mut ownerless: Vec<String> = Vec::new();
        let mut approved: Vec<(LetterId, String)> = Vec::new();
        store::timeline::walk(tx, &scope, |id, outcome| {
            people += 1;
            let person = match outcome {
                Ok(person) => person,
                Err(fault) => {
                    broken.push(format!("{id}: {fault}"));
                    return Ok(());
                }
            };
            if let Some(number) = &person.details.nhs_number
                && !numbers.insert(number.digits().to_owned())
            {
                doubled.push(id.to_string());
            }
            let mut seen = std::collections::HashSet::new();
            for episode in &person.episodes {
                episodes += 1;
                sightings += episode.sightings.len() as u64;
                for sighting in &episode.sightings {
                    if !seen.insert(sighting.sighting.key.clone()) {
                        twice.push(id.to_string());
                    }
                }
                approved.extend(episode.care.letters.iter().filter_map(|letter| {
                    Some((letter.id, letter.approved.as_ref()?.what.clone()))
                }));
                if let Next::Do(todo) = next_action(&person, episode) {
                    open += 1;
                    if todo.owner.is_none() {
                        ownerless.push(episode.id.to_string());
                    }
                }
            }
            Ok(())
        })?;
        say("I2", "No two people hold one NHS number", doubled.is_empty(), listed(&doubled, format!("{people} people")));
        say(
            "I3",
            "Each sighting belongs to exactly one episode",
            twice.is_empty(),
            listed(&twice, format!("{sightings} sightings in {episodes} episodes")),
        );
        let adrift: Vec<String> =
            store::worklist::adrift(tx, &scope)?.iter().map(ToString::to_string).collect();
        say(
            "I4",
            "Every open episode has a next action with a date; every closed one a reason",
            adrift.is_empty(),
            listed(
                &adrift,
                format!("{open} open, {} of them shown to all sites because none is known", ownerless.len()),
            ),
        );
        say(
            "I6",
            "States changed only along the drawn arrows",
            broken.is_empty(),
            listed(&broken, format!("{people} timelines replayed")),
        );
        say(
            "I7a",
            "Every timeline's chain verifies",
            broken.is_empty(),
            listed(&broken, format!("{people} chains")),
        );
        let mut other: Vec<String> = Vec::new();
        for (letter, digest) in &approved {
            let kept = store::documents::get(tx, &scope, *letter)?;
            if kept.is_none_or(|kept| secret::digest_text(&kept.pdf) != *digest) {
                other.push(letter.to_string());
            }
        }
        say(
            "L1",
            "Every approved letter is kept, byte for byte as it was approved",
            other.is_empty(),
            listed(&other, format!("{} letters", approved.len())),
        );
        let (holds, found) = match store::access::verify(tx)? {
            Ok(rows) => (true, format!("{rows} rows")),
            Err(at) => (false, format!("row {at} is not what was written")),
        };
        say("I7b", "The access log's chain verifies", holds, found);
        let (holds, found) = rules::check(tx, &app.configured)?;
        say("RU", "The rules that count are as they were proposed, compared and approved", holds, found);
        let adrift: Vec<String> =
            store::layouts::adrift(tx)?.iter().map(ToString::to_string).collect();
        let waiting = store::layouts::waiting(tx)?;
        say(
            "I5",
            "Whatever is held waits for exactly one answer: who it is, or whether its layout is read rightly",
            adrift.is_empty(),
            listed(&adrift, format!("{waiting} wait for a word on their layout")),
        );
        let today = app.clock.today();
        let warnings: Vec<String> = crate::drift::read(tx, &scope, today)?
            .into_iter()
            .flat_map(|feed| feed.warnings)
            .filter(|warning| warning.seen.is_none())
            .map(|warning| warning.words)
            .collect();
        // Information: a feed that has changed is no fault of the data.
        say(
            "FD",
            "Feeds and reader are as they were",
            true,
            if warnings.is_empty() { "no warning stands".to_owned() } else { warnings.join("; ") },
        );
        let waiting = store::inbox::waiting_count(tx)?;
        say("Q1", "Nothing received waits to be worked on", waiting == 0, format!("{waiting} waiting"));
        Ok(())
    })?;
    let same = index_matches(app)?;
    say(
        "IX",
        "The indexes are what the timelines say",
        same,
        if same {
            "identical".to_owned()
        } else {
            "they differ: run `herald rebuild`".to_owned()
        },
    );
    Ok(checks)
}

fn listed(wrong: &[String], otherwise: String) -> String {
    if wrong.is_empty() {
        return otherwise;
    }
    let shown: Vec<&str> = wrong.iter().take(5).map(String::as_str).collect();
    format!("{} wrong: {}", wrong.len(), shown.join("; "))
}

/// Build the indexes beside the standing ones, compare, and take the new ones back.
fn index_matches(app: &App) -> Result<bool> {
    struct Compared(bool);
    enum Outcome {
        Compared(Compared),
        Failed(Error),
    }
    impl From<store::Error> for Outcome {
        fn from(error: store::Error) -> Self {
            Self::Failed(error.into())
        }
    }
    let scope = app.store.sign_in_job("Doctor", app.clock.now())?;
    // Ending in an error rolls everything back, so that looking changes nothing.
    let outcome: Result<(), Outcome> = app.store.write(|tx| {
        let rebuilt = store::index::rebuild(tx, &scope)?;
        Err(Outcome::Compared(Compared(rebuilt.same)))
    });
    match outcome {
        Err(Outcome::Compared(Compared(same))) => Ok(same),
        // A timeline that cannot be read is named above; no index can be right then.
        Err(Outcome::Failed(Error::Store(store::Error::Corrupt(_)))) => Ok(false),
        Err(Outcome::Failed(error)) => Err(error),
        Ok(()) => Ok(true),
    }
}

/// Make every index again from the timelines. Says how many people, and whether anything was different.
pub fn rebuild(app: &App) -> Result<store::index::Rebuilt> {
    let scope = app.store.sign_in_job("Rebuild", app.clock.now())?;
    Ok(app.store.write(|tx| store::index::rebuild(tx, &scope))?)
}

/// A consistent copy while others work. Refuses to write over a file.
pub fn backup(app: &App, to: &Path) -> Result<()> {
    if to.exists() {
        return Err(Error::Unavailable(format!(
            "{} exists already; a backup is never written over. Choose another name.",
            to.display()
        )));
    }
    app.store.sign_in_job("Backup", app.clock.now())?;
    Ok(app.store.backup(to)?)
}
