//! A whole year written twice, read back without Herald's own readers.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    fs,
    path::Path,
};

use jiff::civil::{Date, date};
use sha2::{Digest, Sha256};
use synth::{Hospital, Written, YearPlan, write_year};
use terms::NhsNumber;

const ENDS: Date = date(2026, 6, 30);

fn plan(seed: u64) -> YearPlan {
    YearPlan {
        seed,
        fractures: 600,
        ..YearPlan::demo(ENDS)
    }
}

fn write(plan: &YearPlan) -> (tempfile::TempDir, Written) {
    let dir = tempfile::tempdir().unwrap();
    let mut last = (0, 0);
    let written = write_year(plan, dir.path(), |done, total| {
        assert!(done > last.0 && done <= total);
        last = (done, total);
    })
    .unwrap();
    let items: usize = written.files.iter().map(|file| file.items).sum();
    assert_eq!(last, (items as u64, items as u64));
    (dir, written)
}

fn hashes(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    fs::read_dir(dir)
        .unwrap()
        .map(|entry| {
            let entry = entry.unwrap();
            (
                entry.file_name().into_string().unwrap(),
                Sha256::digest(fs::read(entry.path()).unwrap()).to_vec(),
            )
        })
        .collect()
}

/// Windows-1252 where it is not UTF-8.
fn text(path: &Path) -> String {
    let bytes = fs::read(path).unwrap();
    String::from_utf8(bytes)
        .unwrap_or_else(|error| error.into_bytes().into_iter().map(char::from).collect())
}

fn messages(path: &Path) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for segment in text(path)
        .split(['\r', '\n'])
        .filter(|segment| !segment.is_empty())
    {
        match segment.get(..3) {
            Some("FHS" | "BHS" | "BTS" | "FTS") => {}
            Some("MSH") => all.push(format!("{segment}\r")),
            _ => all.last_mut().unwrap().push_str(&format!("{segment}\r")),
        }
    }
    all
}

fn field(message: &str, segment: &str, n: usize) -> Option<String> {
    let line = message.split('\r').find(|line| line.starts_with(segment))?;
    line.split('|').nth(n).map(str::to_owned)
}

fn rows(path: &Path, delimiter: u8) -> (Vec<String>, Vec<csv::StringRecord>) {
    let text = text(path);
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let headers = reader
        .headers()
        .unwrap()
        .iter()
        .map(str::to_owned)
        .collect();
    (headers, reader.records().map(|row| row.unwrap()).collect())
}

#[test]
fn the_same_plan_writes_the_same_bytes_and_another_seed_does_not() {
    let (first, one) = write(&plan(7));
    let (second, two) = write(&plan(7));
    assert_eq!(hashes(first.path()), hashes(second.path()));
    assert_eq!(one.summary, two.summary);
    let (third, _) = write(&plan(8));
    let (old, new) = (hashes(first.path()), hashes(third.path()));
    assert_eq!(old.len(), 9);
    for (name, hash) in old {
        assert_ne!(hash, new[&name], "{name}");
    }
}

#[test]
fn results_come_in_a_file_of_their_own_and_change_nothing_else() {
    let (without, none) = write(&plan(7));
    let (with, written) = write(&YearPlan {
        results: true,
        ..plan(7)
    });
    assert!(none.results.is_empty());
    let mut files = hashes(with.path());
    files.remove("mse-results-oru.hl7").unwrap();
    assert_eq!(files, hashes(without.path()));
    let sent = messages(&with.path().join("mse-results-oru.hl7"));
    let truth: HashMap<&str, _> = written
        .results
        .iter()
        .map(|result| (result.number.as_str(), result))
        .collect();
    assert_eq!(truth.len(), written.results.len());
    let numbers: HashSet<String> = sent
        .iter()
        .map(|message| field(message, "OBR", 3).unwrap())
        .collect();
    assert_eq!(numbers.len(), truth.len());
    let corrected = sent
        .iter()
        .filter(|message| field(message, "OBR", 25).unwrap() == "C")
        .count();
    assert_eq!(
        Some(&corrected),
        written.summary.dirty.get("corrected result")
    );
    let (mut scans, mut bloods) = (0, 0);
    let last: HashMap<String, &String> = sent
        .iter()
        .map(|message| (field(message, "OBR", 3).unwrap(), message))
        .collect();
    for (number, message) in last {
        let result = truth[number.as_str()];
        for (what, value) in &result.values {
            let sent = value.replace('>', ">^");
            assert!(message.contains(&sent), "{what} {value} in {message}");
        }
        match result.values[0].0 {
            "t_lumbar_spine" => scans += 1,
            _ => bloods += 1,
        }
    }
    assert!(scans > 50 && bloods > 80, "{scans} {bloods}");
}

#[test]
fn messages_start_with_msh_have_a_person_and_come_in_order() {
    let (_dir, written) = write(&plan(7));
    for file in written.files.iter().filter(|file| file.format == "hl7") {
        let all = messages(&file.path);
        assert_eq!(all.len(), file.items, "{}", file.path.display());
        let mut last = String::new();
        for message in &all {
            assert!(message.starts_with("MSH|^~\\&|"));
            assert!(message.contains("\rPID|"), "{message}");
            let sent = field(message, "MSH", 6).unwrap();
            assert_eq!(sent.len(), 14);
            assert!(
                sent[..8] <= *"20260630" && sent[..8] > *"20250630",
                "{sent}"
            );
            if all.len() > 10 && last.len() == 14 {
                // A message sent twice is the same message, later.
                let repeat = all.iter().filter(|other| *other == message).count() > 1;
                assert!(repeat || sent >= last, "{sent} after {last}");
            }
            if all.iter().filter(|other| *other == message).count() == 1 {
                last = sent;
            }
            let phone = field(message, "PID", 13).unwrap_or_default();
            assert!(
                phone.is_empty() || phone.starts_with("01632 960"),
                "{phone}"
            );
            for id in field(message, "PID", 3).unwrap().split('~') {
                if id.contains("NHS") || id.ends_with("^NH") {
                    assert!(id.starts_with("999"), "{id}");
                }
            }
            assert!(message.split('\r').all(|segment| !segment.contains('{')));
        }
    }
}

#[test]
fn tables_have_as_many_rows_as_they_say_and_only_made_up_numbers() {
    let (_dir, written) = write(&plan(7));
    for file in written.files.iter().filter(|file| file.format != "hl7") {
        let delimiter = if file.format == "fracture-clinic" {
            b';'
        } else {
            b','
        };
        let (headers, all) = rows(&file.path, delimiter);
        let expected = match file.format {
            "ecds" => synth::tables::ECDS_HEADERS,
            "apc" => synth::tables::APC_HEADERS,
            _ => synth::tables::CLINIC_HEADERS,
        };
        assert_eq!(headers, expected);
        assert_eq!(all.len(), file.items);
        let mut valid = 0;
        for row in &all {
            let number: String = row[0].chars().filter(char::is_ascii_digit).collect();
            assert!(number.is_empty() || number.starts_with("999"));
            valid += usize::from(number.parse::<NhsNumber>().is_ok());
        }
        assert!(valid * 100 > all.len() * 92 && valid < all.len());
    }
    let bytes = |name: &str| {
        let file = written
            .files
            .iter()
            .find(|file| file.path.ends_with(name))
            .unwrap();
        fs::read(&file.path).unwrap()
    };
    assert!(bytes("mse-ed-attendances.csv").starts_with(b"\xef\xbb\xbf"));
    assert!(String::from_utf8(bytes("mse-inpatient-episodes.csv")).is_err());
    assert!(String::from_utf8(bytes("fracture-clinic-list.csv")).is_ok());
    assert!(bytes("southend-adt.hl7").starts_with(b"FHS|"));
    assert!(bytes("basildon-adt.hl7").starts_with(b"MSH|"));
}

#[test]
fn every_fracture_is_seen_in_a_feed_by_the_last_day() {
    let plan = plan(7);
    let (_dir, written) = write(&plan);
    let mut seen: HashMap<String, HashSet<String>> = HashMap::new();
    for file in &written.files {
        let name = file.path.file_name().unwrap().to_str().unwrap().to_owned();
        match file.format {
            "hl7" if name.contains("radiology") => {
                for message in messages(&file.path) {
                    let ids = field(&message, "PID", 3).unwrap();
                    for id in ids.split('~') {
                        seen.entry(id.split('^').next().unwrap().to_owned())
                            .or_default()
                            .insert(name.clone());
                    }
                }
            }
            "ecds" => {
                for row in rows(&file.path, b',').1 {
                    seen.entry(row[1].to_owned())
                        .or_default()
                        .insert(name.clone());
                }
            }
            _ => {}
        }
    }
    let town = plan.town();
    let all = plan.true_fractures();
    assert_eq!(all.len(), written.summary.fractures);
    for fracture in &all {
        let person = town.person(fracture.person);
        assert!(
            seen.contains_key(&person.mrn(fracture.hospital)),
            "{fracture:?}"
        );
    }
    assert_eq!(
        written.summary.fractures_by_site.values().sum::<usize>(),
        all.len()
    );
}

#[test]
fn there_is_some_dirt_of_each_kind_and_not_much() {
    let (_dir, written) = write(&YearPlan {
        fractures: 2500,
        ..plan(7)
    });
    let summary = &written.summary;
    for kind in [
        "wrong check digit",
        "31 February as date of birth",
        "31 February as date of the event",
        "truncated",
        "sent twice",
        "marked as a repeat",
        "corrected report",
        "control id used before",
        "wrong date of birth",
    ] {
        assert!(
            summary.dirty.get(kind).is_some_and(|count| *count > 0),
            "{kind}: {:?}",
            summary.dirty
        );
    }
    let items: usize = written.files.iter().map(|file| file.items).sum();
    assert_eq!(summary.items.values().sum::<usize>(), items);
    let dirty: usize = summary.dirty.values().sum();
    assert!(
        (0.012..0.03).contains(&(dirty as f64 / items as f64)),
        "{dirty} of {items}"
    );
    assert!(
        (0.01..0.03).contains(&(summary.deaths as f64 / summary.people as f64)),
        "{summary:?}"
    );
    assert!(
        (0.6..0.85).contains(&(summary.eligible_fractures as f64 / summary.fractures as f64)),
        "{summary:?}"
    );
    assert!(items > summary.fractures * 9 && items < summary.fractures * 12);
}

#[test]
fn a_corrected_report_keeps_its_accession() {
    let (_dir, written) = write(&YearPlan {
        fractures: 1200,
        ..plan(7)
    });
    let mut versions: HashMap<String, Vec<(String, String)>> = HashMap::new();
    for file in written
        .files
        .iter()
        .filter(|file| file.path.to_str().unwrap().contains("radiology"))
    {
        for message in messages(&file.path) {
            if let (Some(accession), Some(at), Some(status)) = (
                field(&message, "OBR", 3),
                field(&message, "OBR", 22),
                field(&message, "OBR", 25),
            ) {
                versions.entry(accession).or_default().push((at, status));
            }
        }
    }
    let corrected: Vec<_> = versions
        .values()
        .filter(|all| all.iter().any(|(_, status)| status == "C"))
        .collect();
    assert_eq!(corrected.len(), written.summary.dirty["corrected report"]);
    for all in corrected {
        assert!(all.len() >= 2);
        assert_eq!(all.iter().max().unwrap().1, "C");
    }
}

/// The emergency department codes a fracture that the film does not show, a scan shows it, a clinic list has the other
/// side: a few of each, so that a page that sets sources side by side has something to show.
#[test]
fn a_few_sources_contradict_each_other() {
    let plan = YearPlan {
        fractures: 1200,
        ..plan(7)
    };
    let (_dir, written) = write(&plan);
    let mut clear: HashMap<String, String> = HashMap::new();
    let mut scans = 0;
    for file in written
        .files
        .iter()
        .filter(|file| file.path.to_str().unwrap().contains("radiology"))
    {
        for message in messages(&file.path) {
            let who = || field(&message, "PID", 3).unwrap();
            let exam = field(&message, "OBR", 4).unwrap_or_default();
            let film = ["Wrist", "Ankle", "Humerus", "Hip"];
            if message.contains("No fracture") && film.iter().any(|bone| exam.contains(bone)) {
                clear.insert(who(), exam);
            } else if exam.contains("CT Hip") && message.contains("Undisplaced intracapsular") {
                scans += 1;
                assert!(
                    clear.contains_key(&who()),
                    "the film came before: {message}"
                );
            }
        }
    }
    let wrong = written.summary.dirty["wrong side"];
    assert!((1..=15).contains(&scans), "{scans}");
    assert!((1..=15).contains(&wrong), "{wrong}");
}

#[test]
fn story_helpers_make_one_message() {
    let person = synth::people(3)
        .find(|person| person.nhs_number.is_some())
        .unwrap();
    let at = date(2026, 3, 4).at(10, 0, 0, 0);
    let sent = synth::Sent::new(Hospital::Basildon, at, "STORY1");
    let visit = synth::Visit {
        class: Some('E'),
        ward: "ED",
        number: "V1".into(),
        ..Default::default()
    };
    assert!(synth::adt(&person, "A04", &sent, &visit).contains("|ADT^A04|STORY1|"));
    let exam = synth::Exam {
        accession: "BAS1".into(),
        name: "XR Wrist Lt".into(),
        performed: at,
        reported: at,
        status: 'F',
        indication: "Fall ?#".into(),
        text: "Fracture of the left distal radius.".into(),
        impression: String::new(),
    };
    assert!(synth::oru(&person, &sent, &exam).contains("|BAS1|"));
}

/// Lines of a file without what only frames them: headers, trailers, and times of writing.
fn content(paths: &[std::path::PathBuf]) -> Vec<Vec<u8>> {
    let mut lines: Vec<Vec<u8>> = Vec::new();
    for path in paths {
        let bytes = fs::read(path).unwrap();
        let mut own: Vec<Vec<u8>> = bytes
            .split(|byte| matches!(byte, b'\r' | b'\n'))
            .filter(|line| !line.is_empty())
            .filter(|line| {
                ![b"FHS", b"BHS", b"BTS", b"FTS"]
                    .iter()
                    .any(|s| line.starts_with(*s))
            })
            .map(<[u8]>::to_vec)
            .collect();
        if path.extension().is_some_and(|end| end == "csv") {
            own.remove(0);
        }
        lines.extend(own);
    }
    lines
}

#[test]
fn parts_that_follow_each_other_are_the_year_and_know_nothing_of_later_days() {
    let plan = YearPlan {
        fractures: 300,
        months: 15,
        results: true,
        ..YearPlan::demo(ENDS)
    };
    let (_whole, written) = write(&plan);
    let year = synth::PlannedYear::new(&plan);
    let dir = tempfile::tempdir().unwrap();
    let mut parts: BTreeMap<&str, Vec<std::path::PathBuf>> = BTreeMap::new();
    let mut from = plan.starts();
    while from <= ENDS {
        let until = from.saturating_add(jiff::ToSpan::days(6)).min(ENDS);
        for file in year.write_span(dir.path(), from, until).unwrap() {
            assert!(file.items > 0);
            if file.format != "hl7" {
                let later = until.saturating_add(jiff::ToSpan::day(1));
                let text = text(&file.path);
                assert!(!text.contains(&later.strftime("%d/%m/%Y").to_string()));
            }
            parts.entry(file.title).or_default().push(file.path);
        }
        from = until.saturating_add(jiff::ToSpan::day(1));
    }
    for file in &written.files {
        let whole = content(std::slice::from_ref(&file.path));
        let pieces = content(&parts[file.title]);
        assert_eq!(pieces.len(), whole.len(), "{}", file.title);
        if file.format == "hl7" {
            assert_eq!(pieces, whole, "{}", file.title);
        }
    }
    assert!(year.deaths().count() > 3);
}
