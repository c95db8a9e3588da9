//! A store with a few made-up people in it, and a way past Herald to its tables.
#![allow(dead_code, reason = "each test binary uses its own part")]

use std::path::PathBuf;

use finder::{Evidence, Finding, Reading, Why};
use jiff::{Timestamp, civil::date};
use pathway::{
    Actor, Details, EpisodeId, Fact, ItemId, Person, PersonId, Sighting, SightingKind, Source,
};
use store::{Address, Scope, Store, access, timeline};
use terms::{Listing, PersonName, Side, Site, Status, id};

pub struct Filled {
    pub store: Store,
    pub path: PathBuf,
    pub scope: Scope,
    _dir: tempfile::TempDir,
}

pub fn now() -> Timestamp {
    "2026-11-22T09:00:00.123456Z".parse().unwrap()
}

pub fn empty() -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("herald.sqlite");
    (dir, path)
}

/// Three people with three facts each, and six rows in the access log.
pub fn filled() -> Filled {
    let (dir, path) = empty();
    let store = Store::open(&Address::Sqlite(path.clone())).unwrap();
    let scope = store.sign_in_job("Test", now()).unwrap();
    for n in 1..=3 {
        let mut person = Person::new(person_id(n));
        let episode = EpisodeId(id::derived("episode", &[&n.to_be_bytes()]));
        let facts = [
            Fact::Details {
                details: details(n),
            },
            Fact::Sighted {
                episode,
                sighting: Box::new(sighting(n)),
                corrects: None,
            },
            Fact::Accepted { episode },
        ];
        store
            .write(|tx| {
                timeline::append(tx, &mut person, now(), &scope.actor(), &source(n), facts)?;
                access::record(
                    tx,
                    &scope,
                    now(),
                    "patient_opened",
                    &[person.id],
                    serde_json::json!({ "n": n }),
                )
            })
            .unwrap();
    }
    store
        .write(|tx| {
            access::record(tx, &scope, now(), "user_added", &[], serde_json::json!({}))?;
            access::record(tx, &scope, now(), "signed_out", &[], serde_json::json!({}))
        })
        .unwrap();
    Filled {
        store,
        path,
        scope,
        _dir: dir,
    }
}

pub fn person_id(n: u32) -> PersonId {
    PersonId(id::derived("person", &[&n.to_be_bytes()]))
}

pub fn details(n: u32) -> Details {
    Details {
        nhs_number: Some(synth::nhs_number(n)),
        name: Some(PersonName::new("Testperson", "Alma")),
        born: Some(date(1950, 1, 1)),
        ..Details::default()
    }
}

pub fn source(n: u32) -> Source {
    Source::Feed {
        item: ItemId(id::derived("item", &[&n.to_be_bytes()])),
        label: "a test".to_owned(),
    }
}

pub fn herald() -> Actor {
    Actor::Herald {
        job: "Test".to_owned(),
    }
}

pub fn sighting(n: u32) -> Sighting {
    let text = "Fracture of the left distal radius.".to_owned();
    Sighting {
        key: format!("report:RAJ01:{n}"),
        kind: SightingKind::Report,
        seen_on: Some(date(2026, 11, 20)),
        injured_on: None,
        hospital: Some("RAJ01".parse().unwrap()),
        exam: None,
        text: Some(text.clone()),
        indication: None,
        reading: Reading {
            list: Listing::Yes,
            reason: "Wrist fracture present".to_owned(),
            why: Why::Present,
            findings: vec![Finding {
                site: Site::Wrist,
                level: vec![],
                side: Some(Side::Left),
                status: Status::Present,
                evidence: Evidence::Span {
                    start: 0,
                    end: text.len(),
                    text,
                },
                rule: "test".to_owned(),
            }],
            mechanism: None,
        },
    }
}

impl Filled {
    /// Straight to the tables, as somebody with the file and a database tool.
    pub fn sql(&self, sql: &str) -> rusqlite::Result<()> {
        rusqlite::Connection::open(&self.path)?.execute_batch(sql)
    }

    pub fn tamper(&self, sql: &str) {
        let connection = rusqlite::Connection::open(&self.path).unwrap();
        let names: Vec<String> = connection
            .prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'")
            .unwrap()
            .query_map([], |row| row.get(0))
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap();
        for name in names {
            connection
                .execute_batch(&format!("DROP TRIGGER {name}"))
                .unwrap();
        }
        connection.execute_batch("BEGIN").unwrap();
        connection.execute_batch(sql).unwrap();
        assert!(connection.total_changes() > 0, "{sql} changed nothing");
        connection.execute_batch("COMMIT").unwrap();
    }

    /// What is wrong with the timelines, by person.
    pub fn broken_timelines(&self) -> Vec<String> {
        let mut broken = Vec::new();
        self.store
            .read(|tx| {
                timeline::walk(tx, &self.scope, |id, outcome| {
                    if let Err(what) = outcome {
                        broken.push(format!("{id}: {what}"));
                    }
                    Ok(())
                })
            })
            .unwrap();
        broken
    }

    /// Rows of the access log that verify, or the first that does not.
    pub fn verified(&self) -> Result<u64, u64> {
        self.store.read(access::verify).unwrap()
    }
}
