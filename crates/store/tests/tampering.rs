//! Whoever goes past Herald to the tables is found out: every edit, deletion, insertion, exchange and truncation.

mod support;

use store::access;
use support::*;

#[test]
fn what_was_not_touched_verifies() {
    let filled = filled();
    assert_eq!(filled.broken_timelines(), [""; 0]);
    assert_eq!(filled.verified(), Ok(6));
}

#[test]
fn every_change_to_facts_is_found() {
    let last = "person = (SELECT min(person) FROM fact) AND seq = 3";
    let second = "person = (SELECT min(person) FROM fact) AND seq = 2";
    let cases: &[(&str, String)] = &[
        ("edit of a body", format!("UPDATE fact SET body = replace(body, 'wrist', 'finger') WHERE {second}")),
        ("edit of a time", format!("UPDATE fact SET at = at - 1 WHERE {second}")),
        (
            "edit with a hash to match",
            format!("UPDATE fact SET body_hash = x'{}' WHERE {second}", "00".repeat(32)),
        ),
        ("edit of the link alone", format!("UPDATE fact SET chain = x'{}' WHERE {second}", "00".repeat(32))),
        ("body turned to nonsense", format!("UPDATE fact SET body = '{{}}' WHERE {second}")),
        ("deletion from the middle", format!("DELETE FROM fact WHERE {second}")),
        ("truncation", format!("DELETE FROM fact WHERE {last}")),
        (
            "truncation with the version to match",
            format!("DELETE FROM fact WHERE {last}; UPDATE stream SET version = 2 WHERE version = 3"),
        ),
        ("all facts of one", "DELETE FROM fact WHERE person = (SELECT min(person) FROM fact)".to_owned()),
        (
            "insertion at the end",
            format!("INSERT INTO fact SELECT person, 4, at, body, body_hash, chain FROM fact WHERE {last}"),
        ),
        (
            "insertion of a whole stranger",
            format!("INSERT INTO fact SELECT x'{}', seq, at, body, body_hash, chain FROM fact WHERE {last}", "07".repeat(16)),
        ),
        (
            "exchange of two",
            format!("UPDATE fact SET seq = 9 WHERE {second}; UPDATE fact SET seq = 2 WHERE {last};
                     UPDATE fact SET seq = 3 WHERE seq = 9"),
        ),
        (
            "bodies of two people exchanged",
            "UPDATE fact SET body = (SELECT body FROM fact WHERE seq = 1 ORDER BY person DESC LIMIT 1)
             WHERE seq = 1 AND person = (SELECT min(person) FROM fact)"
                .to_owned(),
        ),
        ("the end of a stream moved", "UPDATE stream SET head = zeroblob(32) WHERE version = 3".to_owned()),
    ];
    for (what, sql) in cases {
        let filled = filled();
        filled.tamper(sql);
        assert!(
            !filled.broken_timelines().is_empty(),
            "{what} was not found"
        );
    }
}

#[test]
fn every_change_to_the_access_log_is_found() {
    let cases: &[(&str, &str, u64)] = &[
        (
            "edit of who",
            "UPDATE access_log SET who = 'Nobody' WHERE id = 3",
            3,
        ),
        (
            "edit of when",
            "UPDATE access_log SET at = at + 1 WHERE id = 3",
            3,
        ),
        (
            "edit of what",
            "UPDATE access_log SET detail = '{\"n\":9}' WHERE id = 3",
            3,
        ),
        (
            "edit of the role",
            "UPDATE access_log SET role = 'nurse' WHERE id = 3",
            3,
        ),
        (
            "edit of the user",
            "UPDATE access_log SET staff = zeroblob(16) WHERE id = 3",
            3,
        ),
        ("deletion", "DELETE FROM access_log WHERE id = 3", 4),
        (
            "deletion with its people",
            "DELETE FROM access_log WHERE id = 3; DELETE FROM access_person WHERE access = 3",
            4,
        ),
        ("truncation", "DELETE FROM access_log WHERE id = 6", 6),
        (
            "truncation of all",
            "DELETE FROM access_log; DELETE FROM access_person",
            1,
        ),
        (
            "insertion",
            "INSERT INTO access_log SELECT 7, at, staff, who, role, action, detail, chain FROM access_log WHERE id = 6",
            7,
        ),
        (
            "exchange",
            "UPDATE access_log SET id = 99 WHERE id = 2; UPDATE access_log SET id = 2 WHERE id = 3;
             UPDATE access_log SET id = 3 WHERE id = 99",
            2,
        ),
        (
            "somebody seen, taken out",
            "DELETE FROM access_person WHERE access = 3",
            3,
        ),
        (
            "somebody seen, put in",
            "INSERT INTO access_person SELECT person, 2 FROM access_person WHERE access = 3",
            2,
        ),
        (
            "somebody seen, exchanged",
            "UPDATE access_person SET person = zeroblob(16) WHERE access = 3",
            3,
        ),
        (
            "a look that never was",
            "INSERT INTO access_person VALUES (zeroblob(16), 4711)",
            4711,
        ),
    ];
    for (what, sql, at) in cases {
        let filled = filled();
        filled.tamper(sql);
        assert_eq!(filled.verified(), Err(*at), "{what}");
        // What is written afterwards does not heal it.
        filled
            .store
            .write(|tx| {
                access::record(
                    tx,
                    &filled.scope,
                    now(),
                    "later",
                    &[],
                    serde_json::json!({}),
                )
            })
            .unwrap_or_else(|error| {
                assert!(matches!(error, store::Error::Conflict), "{what}: {error:?}")
            });
        assert!(filled.verified().is_err(), "{what}, after another row");
    }
}

#[test]
fn plain_edits_and_deletions_are_refused() {
    let filled = filled();
    for sql in [
        "UPDATE fact SET body = '{}'",
        "UPDATE fact SET seq = seq + 10",
        "UPDATE fact SET at = 0",
        "UPDATE fact SET chain = x'00'",
        "DELETE FROM fact",
        "UPDATE access_log SET who = 'Nobody'",
        "DELETE FROM access_log",
        "DELETE FROM access_person",
    ] {
        let refused = filled.sql(sql).unwrap_err().to_string();
        assert!(refused.contains("never"), "{sql}: {refused}");
    }
    assert_eq!(filled.broken_timelines(), [""; 0]);
    assert_eq!(filled.verified(), Ok(6));
}

#[test]
fn an_episode_with_neither_a_next_action_nor_a_reason_is_found() {
    let adrift = |filled: &support::Filled| {
        filled
            .store
            .read(|tx| store::worklist::adrift(tx, &filled.scope))
            .unwrap()
            .len()
    };
    let sound = filled();
    assert_eq!(adrift(&sound), 0);
    for sql in [
        "UPDATE episode SET due = NULL",
        "UPDATE episode SET closed_because = 'Rejected'",
        "UPDATE episode SET due = NULL, closed_because = 'Rejected'",
    ] {
        let filled = filled();
        filled.tamper(sql);
        assert_eq!(adrift(&filled), 3, "{sql}");
    }
}

#[test]
fn a_decision_written_onto_what_was_decided_is_found() {
    let filled = filled();
    let by = filled.scope.actor();
    let episode = pathway::EpisodeId(terms::id::derived("episode", &[&1_u32.to_be_bytes()]));
    let refused = filled.store.write(|tx| {
        let mut person = store::timeline::person(tx, &filled.scope, support::person_id(1))?
            .ok_or(store::Error::Conflict)?;
        store::timeline::append(
            tx,
            &mut person,
            support::now(),
            &by,
            &support::source(1),
            [pathway::Fact::Accepted { episode }],
        )
    });
    assert!(
        matches!(refused, Err(store::Error::Corrupt(_))),
        "{refused:?}"
    );
    assert_eq!(filled.broken_timelines(), [""; 0]);
}
