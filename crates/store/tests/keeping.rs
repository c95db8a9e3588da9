//! What the store promises whoever writes: nobody overwrites another, a commit is durable, and a schema that this
//! version does not know is left alone.

mod support;

use std::sync::Barrier;

use measures::fls_db::Record;
use pathway::{Death, Details, Fact, Person};
use store::{
    Address, Error, Store, audit, index, timeline,
    worklist::{self, List, Order, Query},
};
use support::*;

fn postcode(text: &str) -> Fact {
    Fact::Details {
        details: Details {
            postcode: Some(text.to_owned()),
            ..Details::default()
        },
    }
}

#[test]
fn whoever_read_an_older_version_gets_a_conflict_and_writes_nothing() {
    let filled = filled();
    let read = || {
        filled
            .store
            .read(|tx| timeline::person(tx, &filled.scope, person_id(1)))
            .unwrap()
            .unwrap()
    };
    let (mut first, mut second) = (read(), read());
    let write = |person: &mut pathway::Person, text: &str| {
        filled.store.write(|tx| {
            timeline::append(tx, person, now(), &herald(), &source(1), [postcode(text)])
        })
    };
    write(&mut first, "SS1 1AA").unwrap();
    assert!(matches!(
        write(&mut second, "SS2 2BB"),
        Err(Error::Conflict)
    ));
    let after = read();
    assert_eq!(
        (after.version, after.details.postcode.as_deref()),
        (4, Some("SS1 1AA"))
    );
    write(&mut first, "SS3 3CC").unwrap();
    assert_eq!(read().version, 5);
    assert_eq!(filled.broken_timelines(), [""; 0]);
}

#[test]
fn of_two_at_once_one_writes_and_the_other_hears_of_it() {
    let filled = filled();
    let rounds = 20;
    for _ in 0..rounds {
        let barrier = Barrier::new(2);
        let outcomes: Vec<Result<(), Error>> = std::thread::scope(|threads| {
            let write = |text: &'static str| {
                let (filled, barrier) = (&filled, &barrier);
                threads.spawn(move || {
                    let read = filled
                        .store
                        .read(|tx| timeline::person(tx, &filled.scope, person_id(1)));
                    let mut person = read.unwrap().unwrap();
                    barrier.wait();
                    filled.store.write(|tx| {
                        timeline::append(
                            tx,
                            &mut person,
                            now(),
                            &herald(),
                            &source(1),
                            [postcode(text)],
                        )
                    })
                })
            };
            let both = [write("SS1 1AA"), write("SS2 2BB")];
            both.into_iter()
                .map(|thread| thread.join().unwrap())
                .collect()
        });
        assert_eq!(
            outcomes.iter().filter(|outcome| outcome.is_ok()).count(),
            1,
            "{outcomes:?}"
        );
        assert!(
            outcomes
                .iter()
                .any(|outcome| matches!(outcome, Err(Error::Conflict))),
            "{outcomes:?}"
        );
    }
    let person = filled
        .store
        .read(|tx| timeline::person(tx, &filled.scope, person_id(1)))
        .unwrap()
        .unwrap();
    assert_eq!(person.version, 3 + rounds);
    assert_eq!(filled.broken_timelines(), [""; 0]);
}

#[test]
fn a_part_that_fails_takes_only_itself_back() {
    let filled = filled();
    filled
        .store
        .write(|tx| {
            store::settings::set(tx, "before", "kept")?;
            let failed: Result<(), Error> = tx.part(|tx| {
                store::settings::set(tx, "part", "lost")?;
                Err(Error::Conflict)
            });
            assert!(matches!(failed, Err(Error::Conflict)));
            store::settings::set(tx, "after", "kept")
        })
        .unwrap();
    let get = |name: &str| {
        filled
            .store
            .read(|tx| store::settings::get(tx, name))
            .unwrap()
    };
    assert_eq!(
        (
            get("before").as_deref(),
            get("part"),
            get("after").as_deref()
        ),
        (Some("kept"), None, Some("kept"))
    );
    let undone: Result<(), Error> = filled.store.write(|tx| {
        store::settings::set(tx, "before", "changed")?;
        Err(Error::Conflict)
    });
    assert!(undone.is_err());
    assert_eq!(get("before").as_deref(), Some("kept"));
}

#[test]
fn commits_are_synced_and_the_file_is_for_its_owner_alone() {
    let filled = filled();
    assert_eq!(filled.store.self_check().unwrap(), "ok");
    let mode = |pragma: &str| -> String {
        let connection = rusqlite::Connection::open(&filled.path).unwrap();
        connection
            .query_row(&format!("PRAGMA {pragma}"), [], |row| row.get(0))
            .unwrap()
    };
    assert_eq!(mode("journal_mode"), "wal");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(&filled.path)
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[test]
fn a_schema_this_version_does_not_know_is_refused() {
    let cases = [
        (
            "UPDATE migration SET checksum = 'edited' WHERE name = '0001_timelines'",
            "was changed after it had run",
        ),
        (
            "INSERT INTO migration VALUES ('9999_tomorrow', 'x')",
            "newer Herald (schema step 9999_tomorrow)",
        ),
        (
            "UPDATE migration SET name = '0000_other' WHERE name = '0001_timelines'",
            "newer Herald",
        ),
    ];
    for (sql, words) in cases {
        let filled = filled();
        filled.tamper(sql);
        let address = Address::Sqlite(filled.path.clone());
        match Store::open(&address) {
            Err(Error::Refused(why)) => assert!(why.contains(words), "{why}"),
            Err(other) => panic!("{other:?}"),
            Ok(_) => panic!("{sql}: it opened"),
        }
    }
    let filled = filled();
    assert!(
        Store::open(&Address::Sqlite(filled.path.clone())).is_ok(),
        "untouched, it opens again"
    );
}

#[test]
fn a_backup_is_one_moment_and_whole() {
    let filled = filled();
    let copy = filled.path.with_file_name("copy.sqlite");
    filled.store.backup(&copy).unwrap();
    let mut person = filled
        .store
        .read(|tx| timeline::person(tx, &filled.scope, person_id(1)))
        .unwrap()
        .unwrap();
    filled
        .store
        .write(|tx| {
            timeline::append(
                tx,
                &mut person,
                now(),
                &herald(),
                &source(1),
                [postcode("SS1 1AA")],
            )
        })
        .unwrap();
    let restored = Store::open(&Address::Sqlite(copy)).unwrap();
    let scope = restored.sign_in_job("Test", now()).unwrap();
    let then = restored
        .read(|tx| timeline::person(tx, &scope, person_id(1)))
        .unwrap()
        .unwrap();
    assert_eq!((then.version, person.version), (3, 4));
}

#[test]
fn records_of_another_layout_are_noticed_and_made_again() {
    let filled = filled();
    let rows = |store: &Store| {
        let keep = |episode, record: &Record| Some((episode, record.clone()));
        store.read(|tx| audit::pick(tx, &filled.scope, keep))
    };
    let before = rows(&filled.store).unwrap();
    assert_eq!(before.len(), 3);
    // As an earlier Herald left them: other bytes, and no word of which layout.
    let other = "UPDATE audit SET record = x'0100'; UPDATE setting SET value = '1' WHERE name = 'audit_layout'";
    filled.sql(other).unwrap();
    let refused = rows(&filled.store).unwrap_err().to_string();
    assert!(refused.contains("run herald rebuild"), "{refused}");
    let opened = Store::open(&Address::Sqlite(filled.path.clone())).unwrap();
    assert_eq!(rows(&opened).unwrap(), before);

    filled
        .sql("DELETE FROM audit; DELETE FROM setting")
        .unwrap();
    let opened = Store::open(&Address::Sqlite(filled.path.clone())).unwrap();
    assert_eq!(rows(&opened).unwrap(), before);

    filled.sql(other).unwrap();
    let rebuild = |store: &Store| store.write(|tx| index::rebuild(tx, &filled.scope)).unwrap();
    assert!(!rebuild(&opened).same);
    assert_eq!(rows(&opened).unwrap(), before);
    assert!(rebuild(&opened).same);
}

#[test]
fn an_acceptance_taken_back_takes_its_record_along() {
    let filled = filled();
    let rows = || {
        filled
            .store
            .read(|tx| audit::records(tx, &filled.scope))
            .unwrap()
    };
    assert_eq!(rows().len(), 3);
    let change = |what: fn(&Person) -> Fact| {
        filled
            .store
            .write(|tx| {
                let mut person = timeline::person(tx, &filled.scope, person_id(1))?.unwrap();
                let fact = what(&person);
                timeline::append(tx, &mut person, now(), &herald(), &source(1), [fact])
            })
            .unwrap();
    };
    change(|_| Fact::Details {
        details: Details {
            death: Some(Death::Died(None)),
            ..Details::default()
        },
    });
    assert_eq!(rows().iter().filter(|record| record.died).count(), 1);
    change(|person| {
        let episode = &person.episodes[0];
        episode.undo(episode.decisions[0].seq).unwrap()
    });
    assert_eq!(rows().len(), 2);
}

#[test]
fn a_long_list_is_counted_no_further_than_asked() {
    let filled = filled();
    let query = Query {
        list: List::Of(pathway::List::Assess),
        today: terms::london_date(now()),
        fracture: None,
        disagree: false,
        order: Order::Due,
        descending: false,
        offset: 0,
        most: 25,
    };
    let counted = |most| {
        let to_the_end =
            |tx: &mut store::Tx<'_>| worklist::count_up_to(tx, &filled.scope, &query, most);
        filled.store.read(to_the_end).unwrap()
    };
    assert_eq!(counted(None), 3);
    assert_eq!(counted(Some(2)), 2);
    assert_eq!(counted(Some(9)), 3);
}
