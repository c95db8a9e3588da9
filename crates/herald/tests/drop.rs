//! The folder into which files are dropped, watched by the real server.

mod support;

use std::{
    fs,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Stdio},
    time::{Duration, Instant},
};

use support::*;

/// A server on a free port, gone with the test however it ends.
struct Server(Child);

impl Server {
    /// Returns once the address answers.
    fn start(folder: &Folder) -> Self {
        let mut child = folder
            .herald(&["serve", "--port", "0"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let stdout = child.stdout.take().unwrap();
        let server = Self(child);
        let mut ready = String::new();
        BufReader::new(stdout).read_line(&mut ready).unwrap();
        assert!(ready.contains("http://127.0.0.1:"), "{ready:?}");
        server
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Looks again and again; generous, since a look is due only every other second and machines are slow.
fn wait_for(what: &str, mut come: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(120);
    while !come() {
        assert!(Instant::now() < deadline, "{what} never came");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// As a careful sender does it: whole at once, under its own name only when it is complete.
fn put(into: &Path, name: &str, bytes: &[u8]) {
    let hidden = into.join(format!(".{name}"));
    fs::write(&hidden, bytes).unwrap();
    fs::rename(hidden, into.join(name)).unwrap();
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn dropped_files_are_taken_in_or_refused_with_the_reason() {
    let folder = Folder::new();
    let files = weeks(&folder.path().join("year"), 6);
    let dropped = folder.path().join("data/drop");
    let server = Server::start(&folder);
    for file in &files {
        let name = file.file_name().unwrap().to_str().unwrap();
        put(&dropped, name, &fs::read(file).unwrap());
    }
    let prices: &[&[u8]] = &[b"colour,price\nred,1\n", b"colour,price\nblue,2\n"];
    for (wrong, name) in prices.iter().zip(["prices.csv", "2-prices.csv"]) {
        put(&dropped, "prices.csv", wrong);
        // The note is written after the file is moved.
        let note = dropped.join("refused").join(format!("{name}.why.txt"));
        wait_for(name, || {
            fs::read_to_string(&note).is_ok_and(|words| words.lines().count() >= 2)
        });
        assert_eq!(
            &fs::read(dropped.join("refused").join(name)).unwrap(),
            wrong,
            "never over another of the same name"
        );
        let mut again = folder.import(&[dropped.join("refused").join(name)]);
        let said = String::from_utf8(again.output().unwrap().stderr).unwrap();
        for line in fs::read_to_string(&note).unwrap().lines() {
            assert!(!line.trim().is_empty());
            assert!(said.contains(line), "{line:?} in {said}");
        }
    }
    let done = dropped.join("done");
    wait_for("the last file", || names(&done).len() == files.len());
    drop(server);

    assert_eq!(names(&dropped), ["done", "refused"], "nothing lies about");
    assert_eq!(
        names(&dropped.join("refused")),
        [
            "2-prices.csv",
            "2-prices.csv.why.txt",
            "prices.csv",
            "prices.csv.why.txt"
        ]
    );
    for file in &files {
        let there = fs::read(done.join(file.file_name().unwrap())).unwrap();
        assert_eq!(there, fs::read(file).unwrap());
    }
    // On record as if they had been imported: the same again says what became of each item.
    let connection = rusqlite::Connection::open(folder.database()).unwrap();
    let count = |sql: &str| -> i64 { connection.query_row(sql, [], |row| row.get(0)).unwrap() };
    assert_eq!(
        count("SELECT count(*) FROM import WHERE state = 'complete' AND by_whom = 'Dropped files'"),
        files.len() as i64
    );
    assert_eq!(
        count("SELECT count(*) FROM inbox WHERE state = 'received'"),
        0
    );
    assert!(count("SELECT count(*) FROM inbox WHERE state = 'new'") > 0);
    drop(connection);
    let imported = Folder::new();
    assert!(imported.import(&files).output().unwrap().status.success());
    let sums = |folder: &Folder| folder.import(&files).output().unwrap().stdout;
    assert_eq!(
        String::from_utf8(sums(&folder)).unwrap(),
        String::from_utf8(sums(&imported)).unwrap()
    );
    assert_eq!(folder.healthy(), imported.healthy());
}
