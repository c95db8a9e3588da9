//! Files as they really come: twice, renamed, cut short, in the wrong alphabet, too large, onto a full disk.

mod support;

use std::{
    fs::File,
    io::{BufWriter, Write},
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use jiff::{Timestamp, civil::date};
use service::{Error, ImportState, Stage, imports, upkeep};
use store::{inbox, said_no};
use support::*;
use synth::YearPlan;
use terms::{Clock, FixedClock};

on_both_databases! {
    the_same_again_changes_nothing,
    the_same_message_under_a_new_control_id,
    a_control_id_that_comes_again_with_other_content_is_kept_and_flagged,
    the_same_file_from_ten_sides_at_once,
    killed_at_any_step_and_run_again,
    a_second_herald_with_an_old_batch_in_hand,
    two_heralds_and_one_file,
    a_file_whose_columns_have_other_names,
    a_wrong_file_is_refused_whole,
    a_refused_file_keeps_its_first_errors,
    errors_of_a_refused_file_go_when_it_is_taken_in_after_all,
    broken_hl7,
    broken_rows,
    the_wrong_alphabet,
    dates_to_come,
    a_nul_byte_in_a_message,
}

/// Everything that taking in could change, except who looked and when.
#[derive(Debug, PartialEq)]
struct Standing {
    index: [u8; 32],
    inbox: Vec<(String, u64)>,
    refusals: Vec<said_no::Row>,
    questions: usize,
    timelines: Vec<(String, u64)>,
}

fn standing(world: &World) -> Standing {
    let scope = world.operator();
    let questions = world.questions(&world.coordinator()).len();
    let checks = upkeep::doctor(&world.app).unwrap();
    let counted = |id: &str| checks.iter().find(|c| c.id == id).unwrap().found.clone();
    world
        .app
        .store
        .read(|tx| {
            Ok::<_, store::Error>(Standing {
                index: store::index::fingerprint(tx)?,
                inbox: inbox::tally(tx)?,
                refusals: said_no::tally(tx, &scope)?,
                questions,
                timelines: vec![(counted("I3"), 0), (counted("I6"), 0)],
            })
        })
        .unwrap()
}

/// A few made-up weeks, as the hospitals send them: every kind of file and of flaw.
fn some_weeks(world: &World, fractures: usize) -> Vec<PathBuf> {
    let plan = YearPlan {
        fractures,
        ..YearPlan::demo(date(2026, 11, 21))
    };
    let out = world.dir().join("year");
    std::fs::create_dir(&out).unwrap();
    let mut files: Vec<PathBuf> = synth::write_year(&plan, &out, |_, _| {})
        .unwrap()
        .files
        .into_iter()
        .map(|file| file.path)
        .collect();
    files.sort();
    files
}

fn take_in(world: &World, path: &Path) -> imports::ImportView {
    let view = world.view(&world.try_import_path(path, None).unwrap());
    assert_eq!(
        view.import.state,
        ImportState::Complete,
        "{:?}",
        view.import
    );
    assert!(view.sums.balances(), "{:?}", view.sums);
    view
}

fn the_same_again_changes_nothing(world: &World) {
    let files = some_weeks(world, 30);
    for file in &files {
        let sums = take_in(world, file).sums;
        assert!(sums.received > 0);
    }
    let once = standing(world);
    assert!(
        once.inbox
            .iter()
            .any(|(state, items)| state == "new" && *items > 20),
        "{:?}",
        once.inbox
    );

    for file in &files {
        take_in(world, file);
    }
    assert_eq!(standing(world), once, "the same files");

    let ed = csv(
        "ecds",
        &[
            ed_row(&person(1), "ED1", date(2026, 11, 20), RADIUS),
            ed_row(&person(2), "ED2", date(2026, 11, 20), HIP),
        ],
    );
    assert_eq!(world.import("ed.csv", &ed).sums.new, 2);
    let twice = standing(world);
    world.import("renamed.csv", &ed);
    let text = String::from_utf8(ed).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let reordered = world.import("reordered.csv", [lines[0], lines[2], lines[1]].join("\r\n"));
    assert_eq!(
        (reordered.sums.received, reordered.sums.had),
        (2, 2),
        "{:?}",
        reordered.sums
    );

    // Columns in another order, other line ends, everything quoted.
    let turned: Vec<String> = lines
        .iter()
        .map(|line| {
            line.trim_start_matches('\u{feff}')
                .split(',')
                .rev()
                .map(|c| format!("\"{c}\""))
                .collect::<Vec<_>>()
                .join(",")
        })
        .collect();
    let turned = world.import("turned.csv", turned.join("\n"));
    assert_eq!(
        (turned.sums.received, turned.sums.had),
        (2, 2),
        "{:?}",
        turned.sums
    );
    assert_eq!(standing(world), twice);

    let message = wrist("ACC1").of(&person(3));
    world.import("one.hl7", &message);
    let framed = format!("\u{b}{}\u{1c}\r", message.replace('\r', "\r\n"));
    assert_eq!(
        world.import("framed.hl7", framed).sums.had,
        1,
        "line ends and framing are not content"
    );
    world.all_holds();
}

fn the_same_message_under_a_new_control_id(world: &World) {
    world.import(
        "first.hl7",
        XRay {
            control: "C1",
            ..XRay::default()
        }
        .of(&person(1)),
    );
    let before = world.fingerprint();
    let again = world.import(
        "again.hl7",
        XRay {
            control: "C2",
            ..XRay::default()
        }
        .of(&person(1)),
    );
    assert_eq!((again.sums.had, again.sums.new), (1, 0));
    assert_eq!(world.fingerprint(), before);
    assert_eq!(world.only_candidate(&world.nurse()).sightings.len(), 1);
    world.all_holds();
}

fn a_control_id_that_comes_again_with_other_content_is_kept_and_flagged(world: &World) {
    let first = world.import(
        "first.hl7",
        XRay {
            control: "C1",
            ..wrist("ACC1")
        }
        .of(&person(1)),
    );
    assert_eq!(first.reused_controls, 0);
    let second = world.import(
        "second.hl7",
        XRay {
            control: "C1",
            ..wrist("ACC2")
        }
        .of(&person(2)),
    );
    assert_eq!((second.sums.new, second.reused_controls), (1, 1));
    assert_eq!(world.list(&world.nurse()).len(), 2);
    // Another sender counts for itself.
    let elsewhere = XRay {
        control: "C1",
        hospital: synth::Hospital::Basildon,
        ..wrist("ACC3")
    };
    assert_eq!(
        world
            .import("third.hl7", elsewhere.of(&person(3)))
            .reused_controls,
        0
    );
    world.all_holds();
}

fn the_same_file_from_ten_sides_at_once(world: &World) {
    let messages: String = (1..=40)
        .map(|n| {
            let acc = format!("ACC{n}");
            wrist(&acc).of(&person(n))
        })
        .collect();
    let path = world.write("many.hl7", messages);
    world.coordinator();
    std::thread::scope(|threads| {
        for _ in 0..10 {
            threads.spawn(|| match world.try_import_path(&path, None) {
                Ok(_) => {}
                Err(Error::Unavailable(why)) => assert!(why.contains("Another Herald"), "{why}"),
                Err(other) => panic!("{other:?}"),
            });
        }
    });
    let view = take_in(world, &path);
    assert_eq!(
        (view.sums.received, view.sums.new),
        (40, 40),
        "{:?}",
        view.sums
    );
    assert_eq!(world.list(&world.nurse()).len(), 25, "a full page");
    let people = standing(world);
    assert_eq!(people.timelines[0].0, "40 sightings in 40 episodes");
    world.all_holds();
}

/// Takes a file in and falls over at the nth report of progress.
fn falls_over(world: &World, path: &Path, at: u32) -> bool {
    let mut reports = 0;
    let name = path.file_name().unwrap().to_str().unwrap();
    let run = AssertUnwindSafe(|| {
        imports::take_in(
            &world.app,
            &world.coordinator(),
            path,
            name,
            None,
            &mut |_| {
                reports += 1;
                if reports == at {
                    resume_unwind(Box::new("killed"));
                }
            },
        )
    });
    catch_unwind(run).is_err()
}

fn killed_at_any_step_and_run_again(world: &World) {
    let whole = World::sqlite();
    for file in &some_weeks(&whole, 30) {
        take_in(&whole, file);
    }
    let expected = standing(&whole);
    let mut falls = 0;
    for file in &some_weeks(world, 30) {
        let mut at = 1;
        while falls_over(world, file, at) {
            at += 1;
            falls += 1;
        }
        take_in(world, file);
    }
    assert!(falls >= 12, "only {falls} interruptions");
    let after = standing(world);
    assert_eq!(after.inbox, expected.inbox);
    assert_eq!(after.refusals, expected.refusals);
    assert_eq!(after.timelines, expected.timelines);
    if world.app.store.kind() == whole.app.store.kind() {
        assert_eq!(after, expected);
    }
    world.all_holds();
}

/// A clock at which something happens, once.
struct Meddling {
    clock: FixedClock,
    readings: AtomicU32,
    at: u32,
    meddle: Box<dyn Fn() + Send + Sync>,
}

impl Clock for Meddling {
    fn now(&self) -> Timestamp {
        if self.readings.fetch_add(1, Ordering::SeqCst) + 1 == self.at {
            (self.meddle)();
        }
        self.clock.now()
    }
}

/// One Herald reads a batch; before it can work on it another has done so, and taken in more. What is settled must
/// stay settled: worked on again, an old report would undo the correction that came after it.
fn a_second_herald_with_an_old_batch_in_hand(world: &World) {
    for at in 1..=2 {
        let accession = format!("ACC{at}");
        let path = world.write("report.hl7", wrist(&accession).of(&person(at)));
        assert!(falls_over(world, &path, 1), "stored, and not yet worked on");
        let withdrawn = XRay {
            control: "W",
            status: 'W',
            ..wrist(&accession)
        }
        .of(&person(at));
        let withdrawal = world.write("withdrawn.hl7", withdrawn);
        let first = Arc::new(world.another_app(Arc::new(FixedClock::at(world.app.clock.now()))));
        let operator = world.operator();
        let meddling = Meddling {
            clock: FixedClock::at(world.app.clock.now()),
            readings: AtomicU32::new(0),
            at,
            meddle: Box::new(move || {
                imports::go_on_with_waiting(&first, &mut |_| {}).unwrap();
                imports::take_in(
                    &first,
                    &operator,
                    &withdrawal,
                    "withdrawn.hl7",
                    None,
                    &mut |_| {},
                )
                .unwrap();
            }),
        };
        let second = world.another_app(Arc::new(meddling));
        imports::go_on_with_waiting(&second, &mut |_| {}).unwrap();
        assert!(
            world.list(&world.nurse()).is_empty(),
            "the withdrawn report is back (clock reading {at})"
        );
        take_in(world, &path);
    }
    world.all_holds();
}

/// One Herald is about to store a file when another takes it in, the whole of it or only its first thousand rows.
fn two_heralds_and_one_file(world: &World) {
    for (at, whole) in [(1, true), (2, true), (3, true), (2, false)] {
        let rows: Vec<_> = (0..1_100)
            .map(|n| {
                let number = format!("ED{at}-{whole}-{n}");
                ed_row(&person(n), &number, date(2026, 11, 20), SPRAIN)
            })
            .collect();
        let path = world.write("many.csv", csv("ecds", &rows));
        let now = world.app.clock.now();
        let first = world.another_app(Arc::new(FixedClock::at(now)));
        let (scope, file) = (world.operator(), path.clone());
        let meddling = Meddling {
            clock: FixedClock::at(now),
            readings: AtomicU32::new(0),
            at,
            meddle: Box::new(move || {
                let run = AssertUnwindSafe(|| {
                    imports::take_in(&first, &scope, &file, "many.csv", None, &mut |progress| {
                        if !whole && progress.stage == Stage::Storing {
                            resume_unwind(Box::new("killed"));
                        }
                    })
                });
                assert_eq!(catch_unwind(run).is_ok(), whole);
            }),
        };
        let second = world.another_app(Arc::new(meddling));
        match imports::take_in(
            &second,
            &world.operator(),
            &path,
            "many.csv",
            None,
            &mut |_| {},
        ) {
            Ok(_) => {}
            Err(Error::Unavailable(why)) => assert!(why.contains("Another Herald"), "{why}"),
            Err(other) => panic!("{other:?}"),
        }
        let sums = take_in(world, &path).sums;
        assert_eq!(
            (sums.received, sums.had),
            (1_100, 0),
            "clock reading {at}, {whole}: {sums:?}"
        );
        assert_eq!(sums.ignored_total(), 1_100);
    }
    world.all_holds();
}

fn a_file_whose_columns_have_other_names(world: &World) {
    let ours = csv(
        "fracture-clinic",
        &[clinic_row(
            &person(1),
            "FC1",
            date(2026, 11, 20),
            "fracture of distal radius",
        )],
    );
    let theirs = String::from_utf8(ours)
        .unwrap()
        .replacen(";DOB;", ";Born then;", 1);
    let path = world.write("clinic.csv", &theirs);
    let refused = world
        .try_import_path(&path, Some("fracture-clinic"))
        .unwrap();
    assert_eq!(refused.state, ImportState::Refused);
    assert!(
        refused.problem.unwrap().to_lowercase().contains("birth"),
        "says which column is missing"
    );

    let profile = "name = \"fracture-clinic\"\n[columns]\nborn = [\"Born then\"]\n";
    let mut mended = world.another_app(Arc::new(FixedClock::at(world.app.clock.now())));
    mended.profiles = feeds::Profiles::built_in().with(profile).unwrap();
    let scope = world.coordinator();
    let import = imports::take_in(
        &mended,
        &scope,
        &path,
        "clinic.csv",
        Some("fracture-clinic"),
        &mut |_| {},
    )
    .unwrap();
    assert_eq!(
        import.state,
        ImportState::Complete,
        "a file refused before can be taken in once its profile is mended"
    );
    assert_eq!(world.view(&import).sums.new, 1);

    // Once taken in under a profile it is not read again under another.
    let before = standing(world);
    let again = world
        .try_import_path(&path, Some("fracture-clinic"))
        .unwrap();
    assert_eq!((again.id, again.state), (import.id, ImportState::Complete));
    assert_eq!(standing(world), before);
    world.all_holds();
}

fn a_wrong_file_is_refused_whole(world: &World) {
    let mut numbers = Vec::new();
    for n in 1..=12 {
        let mut row = ed_row(&person(n), &format!("ED{n}"), date(2026, 11, 20), RADIUS);
        if n > 7 {
            // As a spreadsheet does it: the last digit rounded away.
            let last = if row[0].ends_with('0') { "1" } else { "0" };
            row[0].replace_range(9.., last);
        }
        numbers.push(row);
    }
    let no_birth_dates = String::from_utf8(csv("ecds", &numbers[..3]))
        .unwrap()
        .replacen("Date_Of_Birth", "Colour", 1);
    let wrong: [(&str, Vec<u8>, &str); 8] = [
        (
            "numbers.csv",
            csv("ecds", &numbers),
            "Only 7 of the 12 NHS numbers",
        ),
        ("prices.csv", b"colour,price\nred,1\n".to_vec(), ""),
        ("columns.csv", no_birth_dates.into_bytes(), "birth"),
        ("header.csv", csv("ecds", &[]), "no rows"),
        ("empty.hl7", Vec::new(), "empty"),
        ("blank.csv", b" \r\n\r\n".to_vec(), "empty"),
        (
            "photo.csv",
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec(),
            "picture",
        ),
        (
            "noise.hl7",
            (0..4096_u32)
                .map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8)
                .collect(),
            "",
        ),
    ];
    for (name, bytes, words) in wrong {
        let import = world.try_import(name, bytes).unwrap();
        assert_eq!(import.state, ImportState::Refused, "{name}");
        let problem = import.problem.clone().unwrap();
        assert!(problem.contains(words), "{name}: {problem}");
        assert!(!import.advice.clone().unwrap().is_empty(), "{name}");
        let view = world.view(&import);
        assert_eq!(view.sums.received, 0, "{name}");
    }
    let stored = standing(world);
    assert_eq!(stored.inbox, [], "nothing of any of them");
    assert_eq!(stored.timelines[0].0, "0 sightings in 0 episodes");

    let asked = world.write("ed.csv", csv("ecds", &numbers[..3]));
    for profile in ["hl7", "nonsense"] {
        assert_eq!(
            world.try_import_path(&asked, Some(profile)).unwrap().state,
            ImportState::Refused,
            "{profile}"
        );
    }
    world.all_holds();
}

fn a_refused_file_keeps_its_first_errors(world: &World) {
    let rows: Vec<_> = (1..=60)
        .map(|n| ed_row(&person(n), &format!("ED{n}"), date(2026, 11, 20), RADIUS))
        .collect();
    // A separator inside a text: every row has a cell too many.
    let table = String::from_utf8(csv("ecds", &rows)).unwrap();
    let (headers, rows) = table.split_once("\r\n").unwrap();
    let file = format!("{headers}\r\n{}", rows.replace("\r\n", ",more\r\n"));
    for _ in 0..2 {
        let import = world.try_import("cells.csv", &file).unwrap();
        assert_eq!(import.state, ImportState::Refused);
        assert_eq!(
            import.problem.as_deref(),
            Some("None of the 60 items in this file can be used.")
        );
        assert!(import.advice.as_deref().unwrap().contains("first errors"));
        let view = world.view(&import);
        assert_eq!(view.sums.received, 0);
        assert_eq!(
            (view.fault_count, view.faults.len(), view.pages),
            (50, 50, 1),
            "the first ones, and no more the second time"
        );
        for (fault, line) in view.faults.iter().zip(2..) {
            assert_eq!(fault.line, line);
            assert!(fault.problem.contains("cells under"), "{fault:?}");
            assert_eq!(fault.value.as_deref(), Some("more"));
        }
    }
    let stored = standing(world);
    assert_eq!(stored.inbox, []);
    assert_eq!(stored.timelines[0].0, "0 sightings in 0 episodes");
    world.all_holds();
}

fn errors_of_a_refused_file_go_when_it_is_taken_in_after_all(world: &World) {
    let rows: Vec<_> = (1..=12)
        .map(|n| {
            let words = "fracture of distal radius";
            clinic_row(&person(n), &format!("FC{n}"), date(2026, 11, 20), words)
        })
        .collect();
    // What stands under the usual header is no NHS number; the real ones have a column of their own.
    let ours = String::from_utf8(csv("fracture-clinic", &rows)).unwrap();
    let theirs: String = ours
        .lines()
        .zip(0..)
        .map(|(line, n)| match n {
            0 => format!("{line};Traced number\r\n"),
            _ => {
                let (number, rest) = line.split_once(';').unwrap();
                format!("9990000019;{rest};{number}\r\n")
            }
        })
        .collect();
    let path = world.write("clinic.csv", theirs);
    let refused = world
        .try_import_path(&path, Some("fracture-clinic"))
        .unwrap();
    assert_eq!(refused.state, ImportState::Refused, "{refused:?}");
    assert_eq!(world.view(&refused).fault_count, 12);

    let profile = "name = \"fracture-clinic\"\n[columns]\nnhs_number = [\"Traced number\"]\n";
    let mut mended = world.another_app(Arc::new(FixedClock::at(world.app.clock.now())));
    mended.profiles = feeds::Profiles::built_in().with(profile).unwrap();
    let import = imports::take_in(
        &mended,
        &world.coordinator(),
        &path,
        "clinic.csv",
        Some("fracture-clinic"),
        &mut |_| {},
    )
    .unwrap();
    assert_eq!(import.state, ImportState::Complete);
    let view = world.view(&import);
    assert_eq!(view.sums.new, 12, "{:?} {:?}", view.sums, view.faults);
    assert_eq!(
        (view.fault_count, view.faults),
        (0, vec![]),
        "nothing is wrong with it any more"
    );
    world.all_holds();
}

fn broken_hl7(world: &World) {
    let whole = wrist("ACC1").of(&person(1));
    let cut = &wrist("ACC2").of(&person(2))[..130];
    let garbage = "MSH|^~\\&|\u{1}\u{2}|garbage\rXYZ|||\rPID";
    let file = [
        &whole,
        cut,
        "\r",
        garbage,
        "\r",
        &wrist("ACC3").of(&person(3)),
    ]
    .concat();
    let view = world.import("feed.hl7", file);
    assert_eq!(view.sums.received, 4, "{:?} {:?}", view.sums, view.faults);
    assert_eq!(
        view.sums.new, 2,
        "a broken message does not hold up the next"
    );
    assert!(view.sums.rejected >= 1, "{:?}", view.sums);
    assert!(view.fault_count >= 1);
    for fault in &view.faults {
        assert!(
            fault.line > 0 && !fault.problem.is_empty() && !fault.advice.is_empty(),
            "{fault:?}"
        );
    }
    assert_eq!(world.list(&world.nurse()).len(), 2);
    world.all_holds();
}

fn broken_rows(world: &World) {
    let mut rows: Vec<_> = (1..=4)
        .map(|n| ed_row(&person(n), &format!("ED{n}"), date(2026, 11, 20), RADIUS))
        .collect();
    rows[1][0] = "9990000019".to_owned();
    rows[2][4] = "1955-02-31".to_owned();
    rows[3][10] = "2026-02-31".to_owned();
    let view = world.import("ed.csv", csv("ecds", &rows));
    let sums = &view.sums;
    assert_eq!(
        (sums.received, sums.new, sums.held),
        (4, 2, 2),
        "{sums:?} {:?}",
        view.faults
    );
    assert_eq!(
        sums.new + sums.held + sums.rejected + sums.had + sums.ignored_total(),
        4
    );
    let number = view
        .faults
        .iter()
        .find(|f| f.line == 3)
        .expect("a fault on the number's line");
    assert_eq!(number.column.as_deref(), Some("A"));
    assert_eq!(number.header.as_deref(), Some("NHS_Number"));
    assert_eq!(number.value.as_deref(), Some("9990000019"));
    let born = view
        .faults
        .iter()
        .find(|f| f.line == 4)
        .expect("a fault on the birth date's line");
    assert_eq!(
        (born.column.as_deref(), born.header.as_deref()),
        (Some("E"), Some("Date_Of_Birth"))
    );
    assert!(
        view.faults
            .iter()
            .any(|f| f.line == 5 && f.header.as_deref() == Some("Arrival_Date"))
    );
    world.all_holds();
}

fn the_wrong_alphabet(world: &World) {
    let mut oneil = person(1);
    oneil.name.family = "Núñez".to_owned();
    let text = String::from_utf8(csv(
        "ecds",
        &[ed_row(&oneil, "ED1", date(2026, 11, 20), RADIUS)],
    ))
    .unwrap();
    let windows = synth::tables::windows_1252(text.trim_start_matches('\u{feff}'));
    assert!(String::from_utf8(windows.clone()).is_err());
    assert_eq!(world.import("windows.csv", windows).sums.new, 1);
    let nurse = world.nurse();
    assert_eq!(world.list(&nurse)[0].name.family, "Núñez");

    // Says UTF-8 and is not: used all the same, and said.
    oneil = person(2);
    oneil.name.family = "Núñez".to_owned();
    let lie = synth::tables::windows_1252(&wrist("ACC2").of(&oneil));
    let view = world.import("lie.hl7", lie);
    assert_eq!(
        (view.sums.received, view.sums.new),
        (1, 1),
        "{:?}",
        view.faults
    );
    assert_eq!(world.list(&nurse).len(), 2);
    world.all_holds();
}

fn dates_to_come(world: &World) {
    let nurse = world.nurse();
    let mut rows = vec![ed_row(&person(1), "ED1", date(2026, 11, 23), RADIUS)];
    let view = world.import("tomorrow.csv", csv("ecds", &rows));
    assert_eq!(view.sums.rejected, 1);
    assert!(
        view.faults
            .iter()
            .any(|f| f.line == 2 && f.problem.contains("future")),
        "{:?}",
        view.faults
    );

    // A typing mistake in the year of birth must not make somebody too young: a person looks.
    let mut unborn = person(2);
    unborn.born = date(2045, 3, 14);
    let view = world.import(
        "unborn.csv",
        csv(
            "ecds",
            &[ed_row(&unborn, "ED2", date(2026, 11, 20), RADIUS)],
        ),
    );
    assert_eq!(
        (view.sums.held, view.sums.ignored_total()),
        (1, 0),
        "{:?}",
        view.sums
    );
    assert!(view.faults.iter().any(|f| f.problem.contains("birth date")));

    // An injury dated wrongly at an attendance that is dated rightly.
    rows = vec![ed_row(&person(3), "ED3", date(2026, 11, 20), RADIUS)];
    rows[0][12] = "2026-12-20".to_owned();
    assert_eq!(world.import("injury.csv", csv("ecds", &rows)).sums.new, 1);
    assert_eq!(
        world.list(&nurse)[0].fracture_date,
        Some(date(2026, 11, 20))
    );

    // A clinic list is written ahead, and often has no date of injury.
    let mut booked = clinic_row(
        &person(4),
        "FC4",
        date(2026, 11, 27),
        "fracture of distal radius",
    );
    booked[11].clear();
    assert_eq!(
        world
            .import("clinic.csv", csv("fracture-clinic", &[booked]))
            .sums
            .new,
        1
    );
    let listed = world.list(&nurse);
    assert_eq!(listed.len(), 2);
    assert!(
        listed
            .iter()
            .all(|entry| entry.fracture_date.is_none_or(|on| on <= TODAY)),
        "{listed:?}"
    );
    world.all_holds();
}

fn a_nul_byte_in_a_message(world: &World) {
    let mut rows = vec![ed_row(&person(1), "ED\u{0}1", date(2026, 11, 20), RADIUS)];
    rows[0][2] = "Nul\u{0}person".to_owned();
    rows.push(ed_row(&person(2), "ED2", date(2026, 11, 20), RADIUS));
    let padding = vec![ed_row(&person(3), "ED3", date(2026, 11, 20), SPRAIN); 1000];
    rows.splice(0..0, padding);
    let view = world.import("nul.csv", csv("ecds", &rows));
    assert!(view.sums.new >= 1, "{:?}", view.sums);
    let message = wrist("ACC9")
        .of(&person(9))
        .replace("dorsal", "dor\u{0}sal")
        .replacen("|C", "|\u{0}C", 1);
    let other = wrist("ACC8").of(&person(8)).repeat(160);
    assert!(world.import("nul.hl7", other + &message).sums.new >= 1);
    world.all_holds();
}

#[test]
fn a_line_of_100_megabytes() {
    let world = World::sqlite();
    let flood = |path: &Path, before: &str, after: &str| {
        let mut file = BufWriter::new(File::create(path).unwrap());
        file.write_all(before.as_bytes()).unwrap();
        let piece = vec![b'x'; 1 << 20];
        for _ in 0..100 {
            file.write_all(&piece).unwrap();
        }
        file.write_all(after.as_bytes()).unwrap();
        file.flush().unwrap();
    };
    let path = world.dir().join("flood.hl7");
    let first = wrist("ACC1").of(&person(1));
    let open =
        format!("{first}MSH|^~\\&|RIS|RAJ01|TIE|RAJ|20261120||ORU^R01|C2|P|2.4\rOBX|1|ST|&GDT||");
    flood(&path, &open, &format!("\r{}", wrist("ACC3").of(&person(3))));
    let view = take_in(&world, &path);
    assert_eq!(
        (view.sums.received, view.sums.new, view.sums.rejected),
        (3, 2, 1),
        "{:?}",
        view.sums
    );
    assert!(
        view.faults.iter().any(|f| f.problem.contains("MB long")),
        "{:?}",
        view.faults
    );

    let path = world.dir().join("flood.csv");
    let table = String::from_utf8(csv(
        "ecds",
        &[ed_row(&person(4), "ED4", date(2026, 11, 20), RADIUS)],
    ))
    .unwrap();
    let row = table.lines().nth(1).unwrap().to_owned();
    flood(
        &path,
        &format!("{table}\""),
        &format!("\"\r\n{}\r\n", row.replace("ED4", "ED5")),
    );
    let view = take_in(&world, &path);
    assert_eq!(
        (view.sums.received, view.sums.rejected),
        (3, 1),
        "{:?} {:?}",
        view.sums,
        view.faults
    );
    assert_eq!(world.list(&world.nurse()).len(), 3);
    world.all_holds();
}

#[test]
fn a_full_disk_stops_everything_cleanly_and_nothing_is_half_written() {
    let roomy = World::sqlite();
    let many: String = (0..1500)
        .map(|n| {
            let (acc, text) = (
                format!("ACC{n}"),
                format!("{WRIST_BROKEN}\n{}", "Nothing else of note. ".repeat(40)),
            );
            XRay {
                text: &text,
                ..wrist(&acc)
            }
            .of(&person(n))
        })
        .collect();
    roomy.import("many.hl7", &many);
    let expected = standing(&roomy);

    let tight = World::sqlite();
    tight.coordinator();
    tight.nurse();
    let path = tight.write("many.hl7", &many);
    let mut stopped_at = std::collections::BTreeSet::new();
    let mut megabytes = 1;
    loop {
        tight.app.store.limit_size(megabytes).unwrap();
        let mut last = None;
        let name = "many.hl7";
        let outcome = imports::take_in(
            &tight.app,
            &tight.coordinator(),
            &path,
            name,
            None,
            &mut |progress| {
                last = Some(progress.stage);
            },
        );
        match outcome {
            Ok(_) => break,
            Err(Error::Unavailable(why)) => assert!(why.contains("The disk is full"), "{why}"),
            Err(other) => panic!("at {megabytes} MB: {other:?}"),
        }
        stopped_at.insert(format!("{last:?}"));
        tight.app.store.limit_size(4000).unwrap();
        let broken: Vec<_> = upkeep::doctor(&tight.app)
            .unwrap()
            .into_iter()
            .filter(|c| !c.holds && c.id != "Q1")
            .collect();
        assert!(broken.is_empty(), "at {megabytes} MB: {broken:?}");
        megabytes += 1;
    }
    for stage in [Stage::Storing, Stage::Reading] {
        assert!(
            stopped_at.contains(&format!("{:?}", Some(stage))),
            "{stage:?} was never cut short: {stopped_at:?}"
        );
    }
    assert_eq!(standing(&tight), expected, "as if it had run once");
    tight.all_holds();
}
