//! `kill -9` in the middle of an import, again and again: what was acknowledged is there, and nothing is there twice.

mod support;

use std::{
    path::Path,
    process::{Child, Stdio},
    time::{Duration, Instant},
};

use rand::{Rng, RngExt, SeedableRng};
use rusqlite::OpenFlags;
use support::*;

const KILLS: u32 = 50;
const SEED: u64 = 20_260_731;

/// When to strike. The first is by the clock, as a power cut is; the others wait until the database shows that the
/// import has come so far, so that every stage is hit on every machine.
#[derive(Debug, Clone, Copy)]
enum Moment {
    Before(Duration),
    Storing,
    Read(i64),
}

/// What a run was at when it was killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Was {
    Surveying,
    Storing,
    Reading,
}

fn ask(database: &Path, sql: &str) -> Option<i64> {
    let connection =
        rusqlite::Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_WRITE).ok()?;
    connection.pragma_update(None, "query_only", true).ok()?;
    connection.query_row(sql, [], |row| row.get(0)).ok()
}

const SETTLED: &str = "SELECT count(*) FROM inbox WHERE state <> 'received'";
const WAITING: &str = "SELECT count(*) FROM inbox WHERE state = 'received'";
const STORING: &str = "SELECT count(*) FROM import WHERE state = 'staging'";

/// `false`: it was done before the moment came.
fn killed(child: &mut Child, database: &Path, moment: Moment) -> bool {
    let started = Instant::now();
    let settled = ask(database, SETTLED).unwrap_or(0);
    loop {
        if child.try_wait().unwrap().is_some() {
            return false;
        }
        let now = match moment {
            Moment::Before(delay) => started.elapsed() >= delay,
            Moment::Storing => ask(database, STORING).is_some_and(|n| n > 0),
            Moment::Read(items) => ask(database, SETTLED).is_some_and(|n| n >= settled + items),
        };
        if now {
            child.kill().unwrap();
            let status = child.wait().unwrap();
            return !status.success();
        }
        std::thread::yield_now();
    }
}

/// Indexes without the instants at which things were recorded.
fn standing(folder: &Folder) -> Vec<Vec<rusqlite::types::Value>> {
    let connection = rusqlite::Connection::open(folder.database()).unwrap();
    let mut all = Vec::new();
    for (sql, width) in [
        ("SELECT id, nhs_number, family, given, born, sex, postcode, died, died_on FROM person ORDER BY id", 9),
        (
            "SELECT id, person, site, list, fracture, fracture_words, fracture_date, why, look, refracture, sightings,
               closed_because FROM episode ORDER BY id",
            12,
        ),
        ("SELECT person, site FROM person_site ORDER BY person, site", 2),
        ("SELECT system, value, person FROM local_id ORDER BY system, value, person", 3),
        ("SELECT person, version FROM stream ORDER BY person", 2),
        ("SELECT item, state, reason, site, person, control_reused FROM inbox ORDER BY item", 6),
        ("SELECT file_name, state, expected, staged, had, notes FROM import ORDER BY file_name", 6),
        ("SELECT item, kind, site FROM question ORDER BY item", 3),
        ("SELECT item, why, kind, site FROM said_no ORDER BY item", 4),
        ("SELECT item, kind, site, seen_on FROM listed ORDER BY item", 4),
        ("SELECT site, kind, week, list, why, items FROM feed_week ORDER BY site, kind, week, list, why", 6),
        ("SELECT import, line, nth, problem FROM import_fault ORDER BY import, line, nth", 4),
    ] {
        let mut statement = connection.prepare(sql).unwrap();
        let rows = statement.query_map([], |row| (0..width).map(|at| row.get(at)).collect()).unwrap();
        all.extend(rows.map(Result::unwrap));
    }
    all
}

#[test]
fn an_import_killed_at_fifty_moments_ends_as_if_it_had_run_once() {
    let source = tempfile::tempdir().unwrap();
    let files = weeks(source.path(), 60);
    let whole = Folder::new();
    let started = Instant::now();
    assert!(whole.import(&files).output().unwrap().status.success());
    let longest = started.elapsed() / 2;
    let (expected, checks) = (standing(&whole), whole.healthy());
    let again = String::from_utf8(whole.import(&files).output().unwrap().stdout).unwrap();
    assert!(expected.len() > 500 && again.lines().count() >= files.len());
    assert_eq!(standing(&whole), expected, "the same files again");

    let mut dice = rand_pcg::Pcg64::seed_from_u64(SEED);
    let mut at: Vec<Was> = Vec::new();
    let mut lives = 0;
    while at.len() < KILLS as usize {
        let folder = Folder::new();
        lives += 1;
        assert!(lives < 60, "hardly any kill strikes: {at:?}");
        loop {
            let moment = match dice.next_u32() % 3 {
                0 => Moment::Before(longest.mul_f64(dice.random::<f64>())),
                1 => Moment::Storing,
                _ => Moment::Read(dice.random_range(1..250)),
            };
            let mut child = folder
                .import(&files)
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            if at.len() >= KILLS as usize {
                assert!(child.wait().unwrap().success());
                break;
            }
            if !killed(&mut child, &folder.database(), moment) {
                assert!(child.wait().unwrap().success(), "after {at:?}");
                break;
            }
            let count = |sql| ask(&folder.database(), sql).unwrap_or(0);
            at.push(match (count(STORING), count(WAITING)) {
                (1.., _) => Was::Storing,
                (_, 1..) => Was::Reading,
                _ => Was::Surveying,
            });
        }
        assert_eq!(
            standing(&folder),
            expected,
            "seed {SEED}, life {lives}, killed while {at:?}"
        );
        assert_eq!(
            String::from_utf8(folder.import(&files).output().unwrap().stdout).unwrap(),
            again
        );
        assert_eq!(folder.healthy(), checks);
    }
    for was in [Was::Surveying, Was::Storing, Was::Reading] {
        assert!(at.contains(&was), "never killed while {was:?}: {at:?}");
    }
}
