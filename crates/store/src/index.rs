//! What is derived from timelines so that lists are quick: people, their numbers and sites, and episodes with
//! their place on a worklist. Written with every append; `rebuild` makes it all again from the facts alone.

use pathway::{Death, Episode, List, Next, Person, State, evidence, next_action, todos};
use terms::{Listing, Site};

use crate::{
    Scope, audit,
    db::{Row, Tx},
    error::Result,
    guidance, timeline,
};

/// The stage an episode is at. What waits to be done in care stands in `todo`, since several things may wait at once.
fn stage(next: &Next) -> &'static str {
    match next {
        Next::Do(todo) => match todo.task.list() {
            List::New => "new",
            List::SetAside => "set_aside",
            _ => "in_care",
        },
        Next::Closed { .. } => "closed",
    }
}

pub(crate) fn write(tx: &mut Tx<'_>, person: &Person) -> Result<()> {
    let details = &person.details;
    let name = details.name.clone().unwrap_or_default();
    let (family_key, given_key) = name.keys();
    let died_on = match details.death {
        Some(Death::Died(on)) => on,
        _ => None,
    };
    tx.execute(
        "INSERT INTO person (id, nhs_number, family, given, title, family_key, given_key, born, sex, postcode,
           died, died_on)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
         ON CONFLICT (id) DO UPDATE SET nhs_number = excluded.nhs_number, family = excluded.family,
           given = excluded.given, title = excluded.title, family_key = excluded.family_key,
           given_key = excluded.given_key, born = excluded.born, sex = excluded.sex,
           postcode = excluded.postcode, died = excluded.died, died_on = excluded.died_on",
        &[
            person.id.into(),
            details.nhs_number.as_ref().into(),
            name.family.into(),
            name.given.into(),
            name.title.into(),
            family_key.into(),
            given_key.into(),
            details.born.into(),
            details.sex.unwrap_or_default().words().into(),
            details.postcode.clone().into(),
            details.died().into(),
            died_on.into(),
        ],
    )?;
    for id in &details.local_ids {
        tx.execute(
            "INSERT INTO local_id (system, value, person) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
            &[id.system.as_str().into(), id.value.as_str().into(), person.id.into()],
        )?;
    }
    for hospital in &person.hospitals {
        tx.execute(
            "INSERT INTO person_site (person, site) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            &[
                person.id.into(),
                hospital.as_ref().map_or("", |code| code.as_str()).into(),
            ],
        )?;
    }
    tx.execute(
        "DELETE FROM sighting_key WHERE person = $1",
        &[person.id.into()],
    )?;
    let sightings = person
        .episodes
        .iter()
        .flat_map(|episode| episode.sightings.iter().chain(&episode.against))
        .map(|seen| &seen.sighting.key);
    // A source takes a result back as it does a sighting: by its key.
    let results = person.results.iter().map(|held| &held.result.key);
    for key in sightings.chain(results) {
        tx.execute(
            "INSERT INTO sighting_key (key, person) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            &[key.as_str().into(), person.id.into()],
        )?;
    }
    for episode in &person.episodes {
        write_episode(tx, person, episode)?;
    }
    Ok(())
}

fn write_episode(tx: &mut Tx<'_>, person: &Person, episode: &Episode) -> Result<()> {
    let next = next_action(person, episode);
    let stage = stage(&next);
    let (due, by_whom, closed_because) = match next {
        Next::Do(todo) => (Some(todo.due), todo.by, None),
        Next::Closed { because } => (None, None, Some(because)),
    };
    let broken = episode.sites();
    let fracture = broken.first().map_or(Site::Unspecified, |site| site.site);
    let fracture_date = episode.fracture_date();
    let newest_reason = why(episode);
    let look = !episode
        .sightings
        .iter()
        .any(|seen| seen.sighting.reading.list == Listing::Yes);
    tx.execute(
        "INSERT INTO episode (id, person, site, list, due, fracture, fracture_words, fracture_date, sort_date,
           raised_at, why, look, refracture, sightings, closed_because, last_at, by_whom,
           disagree)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
         ON CONFLICT (id) DO UPDATE SET site = excluded.site, list = excluded.list, due = excluded.due,
           fracture = excluded.fracture, fracture_words = excluded.fracture_words,
           fracture_date = excluded.fracture_date, sort_date = excluded.sort_date, why = excluded.why,
           look = excluded.look, refracture = excluded.refracture, sightings = excluded.sightings,
           closed_because = excluded.closed_because, last_at = excluded.last_at, by_whom = excluded.by_whom,
           disagree = excluded.disagree",
        &[
            episode.id.into(),
            person.id.into(),
            episode.hospital().map_or("", |code| code.as_str()).into(),
            stage.into(),
            due.into(),
            fracture.code().into(),
            episode.words().into(),
            fracture_date.into(),
            fracture_date.unwrap_or_else(|| terms::london_date(episode.raised_at)).into(),
            episode.raised_at.into(),
            newest_reason.into(),
            look.into(),
            person.refracture_of(episode).is_some().into(),
            episode.sightings.len().into(),
            closed_because.into(),
            episode.last_at.into(),
            by_whom.into(),
            evidence::weigh(person, episode).disagree().into(),
        ],
    )?;
    // Nobody has decided on it: then nothing waits but to be confirmed, and an import has one statement less.
    if episode.was_decided() {
        write_todos(tx, person, episode, fracture)?;
        audit::write(tx, person, episode)?;
        guidance::write(tx, person, episode)?;
    }
    Ok(())
}

fn write_todos(tx: &mut Tx<'_>, person: &Person, episode: &Episode, fracture: Site) -> Result<()> {
    tx.execute("DELETE FROM todo WHERE episode = $1", &[episode.id.into()])?;
    for todo in todos(person, episode) {
        if matches!(todo.task.list(), List::New | List::SetAside) {
            continue;
        }
        tx.execute(
            "INSERT INTO todo (episode, task, person, site, list, opens, due, by_whom, fracture, why)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            &[
                episode.id.into(),
                todo.task.code().into(),
                person.id.into(),
                todo.owner.as_ref().map_or("", |code| code.as_str()).into(),
                todo.task.list().code().into(),
                todo.opens.into(),
                todo.due.into(),
                todo.by.into(),
                fracture.code().into(),
                todo.why.into(),
            ],
        )?;
    }
    Ok(())
}

/// Why somebody is listed, in one line: the sighting that says it best, and how many others there are.
fn why(episode: &Episode) -> String {
    match (episode.clearest(), episode.state()) {
        (_, State::Withdrawn { because }) => because,
        (None, _) => "No sighting left".to_owned(),
        (Some(_), State::SetAside { reason, note, .. }) => {
            let by = episode.decisions.last().map_or("", |made| made.by.words());
            match note {
                Some(note) => format!("{by}: {} ({note})", reason.words()),
                None => format!("{by}: {}", reason.words()),
            }
        }
        (Some(seen), _) => format!(
            "{}: {}",
            seen.sighting.kind.words(),
            seen.sighting.reading.reason
        ),
    }
}

/// Outcome of a rebuild.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rebuilt {
    pub people: u64,
    /// Whether the index that stood there was, byte for byte, what the facts say.
    pub same: bool,
}

/// Throw the indexes away and make them again from the facts.
pub fn rebuild(tx: &mut Tx<'_>, scope: &Scope) -> Result<Rebuilt> {
    let before = fingerprint(tx)?;
    for table in TABLES {
        tx.execute(&format!("DELETE FROM {table}"), &[])?;
    }
    let mut people = Vec::new();
    let mut last = None;
    loop {
        let page = timeline::ids_after(tx, last, 1000)?;
        let Some(end) = page.last() else { break };
        last = Some(*end);
        people.extend(page);
    }
    for id in &people {
        // Sites are an index too and were just emptied, so only a scope over all of them can rebuild.
        if let Some(person) = timeline::person(tx, scope, *id)? {
            write(tx, &person)?;
        }
    }
    audit::now_up_to_date(tx)?;
    Ok(Rebuilt {
        people: people.len() as u64,
        same: fingerprint(tx)? == before,
    })
}

const TABLES: [&str; 8] = [
    "audit",
    "departure",
    "todo",
    "episode",
    "sighting_key",
    "person_site",
    "local_id",
    "person",
];

/// A digest over every byte of the indexes.
pub fn fingerprint(tx: &mut Tx<'_>) -> Result<[u8; 32]> {
    let mut parts: Vec<Vec<u8>> = Vec::new();
    let queries = [
        "SELECT id, person, site, list, due, fracture, fracture_words, fracture_date, sort_date, raised_at, why,
           look, refracture, sightings, closed_because, last_at, by_whom, disagree FROM episode ORDER BY id",
        "SELECT episode, task, person, site, list, opens, due, by_whom, fracture, why FROM todo ORDER BY episode, task",
        "SELECT episode, person, site, record FROM audit ORDER BY episode",
        "SELECT episode, person, site, decided_on, medicine, stood, because FROM departure ORDER BY episode",
        "SELECT person, site FROM person_site ORDER BY person, site",
        "SELECT key, person FROM sighting_key ORDER BY key, person",
        "SELECT system, value, person FROM local_id ORDER BY system, value, person",
        "SELECT id, nhs_number, family, given, title, family_key, given_key, born, sex, postcode, died, died_on
           FROM person ORDER BY id",
    ];
    for sql in queries {
        let rows: Vec<Row> = tx.query(sql, &[])?;
        let mut part = Vec::new();
        for row in rows {
            part.extend(format!("{:?}\n", row.values()).into_bytes());
        }
        parts.push(terms::id::digest(&[&part]).to_vec());
    }
    let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
    Ok(terms::id::digest(&parts))
}
