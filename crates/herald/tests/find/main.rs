//! `herald find`, from bytes in to bytes out.

mod bulk;
#[path = "../../src/find/mod.rs"]
mod find;
mod formats;
mod resume;

use clap::Parser;
use serde_json::Value;

#[derive(Parser)]
struct Cli {
    #[command(flatten)]
    find: find::FindArgs,
}

fn find_in(args: &[&str], input: &[u8], terminal: bool) -> (bool, String, String) {
    let cli = Cli::parse_from(std::iter::once("find").chain(args.iter().copied()));
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let good = find::run(&cli.find, input, &mut out, &mut err, terminal).unwrap();
    (
        good,
        String::from_utf8(out).unwrap(),
        String::from_utf8(err).unwrap(),
    )
}

fn lines(out: &str) -> Vec<Value> {
    out.lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect()
}

#[test]
fn ndjson_keeps_ids_as_given_and_offsets_are_bytes() {
    let input = "{\"id\":7,\"text\":\"XR Wrist Lt\\nFOOSH – é\\nFracture of the distal radius.\"}\n{\"id\":\"a\",\"text\":\"XR Chest\\n?PE\\nClear.\"}\n";
    let (good, out, err) = find_in(&[], input.as_bytes(), false);
    assert!(good, "{err}");
    let lines = lines(&out);
    assert_eq!(lines[0]["id"], 7);
    assert_eq!(lines[0]["list"], "yes");
    let finding = &lines[0]["findings"][0];
    assert_eq!(
        (&finding["site"], &finding["side"], &finding["status"]),
        (&"wrist".into(), &"left".into(), &"present".into())
    );
    let text = "XR Wrist Lt\nFOOSH – é\nFracture of the distal radius.";
    let start = finding["evidence"]["start"].as_u64().unwrap() as usize;
    let end = finding["evidence"]["end"].as_u64().unwrap() as usize;
    assert_eq!(
        &text[start..end],
        finding["evidence"]["text"].as_str().unwrap()
    );
    assert_eq!(
        (&lines[1]["id"], &lines[1]["list"]),
        (&"a".into(), &"no".into())
    );
}

#[test]
fn a_bad_line_is_told_with_its_number_and_the_others_go_on() {
    let mut input =
        b"\xef\xbb\xbf{\"id\":1,\"text\":\"No fracture.\"}\nnot json\n{\"id\":3}\n".to_vec();
    input
        .extend(b"{\"id\":4,\"text\":\"\xff\"}\n[1]\n\n{\"id\":7,\"text\":\"L1 wedge fracture.\"}");
    let (good, out, err) = find_in(&["--format", "ndjson"], &input, false);
    assert!(!good);
    let ids: Vec<Value> = lines(&out).into_iter().map(|l| l["id"].clone()).collect();
    assert_eq!(ids, [1, 4, 7]);
    for line in [
        "line 2 is not JSON",
        "line 3 has no “text”",
        "line 5 is not a JSON object",
    ] {
        assert!(err.contains(line), "{err}");
    }
    assert!(err.contains("read as Windows-1252: 1 report."), "{err}");
}

#[test]
fn an_overlong_line_is_skipped_in_bounded_memory() {
    let mut input = b"{\"id\":1,\"text\":\"".to_vec();
    input.extend(std::iter::repeat_n(b'x', 17 * 1024 * 1024));
    input.extend(b"\"}\n{\"id\":2,\"text\":\"Fractured patella.\"}\n");
    let (good, out, err) = find_in(&[], &input, false);
    assert!(
        !good && err.contains("line 1 is longer than 16 MB"),
        "{err}"
    );
    assert_eq!(lines(&out)[0]["id"], 2);
}

#[test]
fn csv_by_named_columns() {
    let input = "Accession,Report Text,Age\nA1,\"XR Hip Rt\nfall\nSubcapital fracture, displaced.\",88\nA2,No fracture.,70\n";
    let (good, out, err) = find_in(
        &["--text", "report text", "--id", "accession"],
        input.as_bytes(),
        false,
    );
    assert!(good, "{err}");
    let lines = lines(&out);
    assert_eq!(
        (&lines[0]["id"], &lines[0]["list"]),
        (&"A1".into(), &"yes".into())
    );
    assert_eq!(
        (&lines[1]["id"], &lines[1]["list"]),
        (&"A2".into(), &"no".into())
    );
    let (good, _, err) = find_in(&["--format", "csv"], input.as_bytes(), false);
    assert!(!good && err.contains("Report Text"), "{err}");
}

#[test]
fn a_terminal_gets_marked_text_without_the_reports_own_control_characters() {
    let (good, out, _) = find_in(
        &[],
        b"XR Wrist. fall. Fracture of the \x1b[31mdistal radius.",
        true,
    );
    assert!(good);
    assert!(out.contains("=> -: yes"), "{out}");
    assert!(!out.contains("\x1b[31m"));
    assert!(
        out.contains("\x1b[1;4mFracture\x1b[0m") || out.contains("[Fracture]"),
        "{out}"
    );
}

#[test]
fn a_missing_file_is_told() {
    let (good, out, err) = find_in(&["does-not-exist.txt"], b"", false);
    assert!(!good && out.is_empty() && err.contains("does-not-exist.txt"));
}
