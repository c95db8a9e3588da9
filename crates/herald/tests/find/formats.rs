//! Every format in and out.

use std::{fs, fs::File, path::Path, sync::Arc};

use parquet::{
    data_type::{ByteArrayType, Int64Type},
    file::{
        properties::WriterProperties,
        reader::{FileReader, SerializedFileReader},
        writer::SerializedFileWriter,
    },
    record::RowAccessor,
    schema::parser::parse_message_type,
};
use serde_json::Value;
use tempfile::tempdir;

use crate::{find::FindArgs, find_in, lines};

const WRIST: &str = "XR Wrist Lt\nFall.\nFracture of the distal radius.";
const CLEAR: &str = "XR Chest\n?PE\nClear.";

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Columns id, list, reason, source, findings of a Parquet file that Herald wrote.
pub fn parquet_rows(path: &Path) -> Vec<Vec<Option<String>>> {
    let file = SerializedFileReader::new(File::open(path).unwrap()).unwrap();
    file.get_row_iter(None)
        .unwrap()
        .map(|row| {
            let row = row.unwrap();
            (0..row.len())
                .map(|at| row.get_string(at).ok().cloned())
                .collect()
        })
        .collect()
}

/// A Parquet file as an analyst's tool writes it: number ids, and a column that may be empty.
fn parquet_file(path: &Path, rows: &[(i64, &str, Option<&str>)]) {
    let schema = "message m { required int64 id; required binary text (UTF8); optional binary source (UTF8); \
                  optional group more { optional binary text (UTF8); } }";
    let schema = Arc::new(parse_message_type(schema).unwrap());
    let properties = WriterProperties::builder()
        .set_compression(parquet::basic::Compression::SNAPPY)
        .build();
    let file = File::create(path).unwrap();
    let mut writer = SerializedFileWriter::new(file, schema, Arc::new(properties)).unwrap();
    // Two rows a group, so that groups end between rows of one answer.
    for rows in rows.chunks(2) {
        let mut group = writer.next_row_group().unwrap();
        let mut column = group.next_column().unwrap().unwrap();
        let ids: Vec<i64> = rows.iter().map(|r| r.0).collect();
        column
            .typed::<Int64Type>()
            .write_batch(&ids, None, None)
            .unwrap();
        column.close().unwrap();
        let mut column = group.next_column().unwrap().unwrap();
        let texts: Vec<_> = rows.iter().map(|r| r.1.into()).collect();
        column
            .typed::<ByteArrayType>()
            .write_batch(&texts, None, None)
            .unwrap();
        column.close().unwrap();
        let mut column = group.next_column().unwrap().unwrap();
        let levels: Vec<i16> = rows.iter().map(|r| i16::from(r.2.is_some())).collect();
        let sources: Vec<_> = rows.iter().filter_map(|r| r.2).map(Into::into).collect();
        column
            .typed::<ByteArrayType>()
            .write_batch(&sources, Some(&levels), None)
            .unwrap();
        column.close().unwrap();
        let mut column = group.next_column().unwrap().unwrap();
        column
            .typed::<ByteArrayType>()
            .write_batch(&[], Some(&vec![0; rows.len()]), None)
            .unwrap();
        column.close().unwrap();
        group.close().unwrap();
    }
    writer.close().unwrap();
}

#[test]
fn the_same_reports_give_the_same_answers_from_every_format() {
    let folder = tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let rows = [
        (7, WRIST, Some("RAJ")),
        (8, CLEAR, None),
        (9, "L1 wedge fracture.", None),
    ];
    parquet_file(&at("in.parquet"), &rows);
    let mut ndjson = String::new();
    let mut csv = "id,source,text\n".to_owned();
    for (id, text, source) in rows {
        ndjson += &format!(
            "{}\n",
            serde_json::json!({"id": id, "text": text, "source": source})
        );
        csv += &format!("{id},{},\"{text}\"\r\n", source.unwrap_or(""));
    }
    fs::write(at("in.ndjson"), ndjson).unwrap();
    fs::write(at("in.csv"), csv).unwrap();

    let (good, from_parquet, err) = find_in(&[text(&at("in.parquet"))], b"", false);
    assert!(good, "{err}");
    let (_, from_ndjson, _) = find_in(&[text(&at("in.ndjson"))], b"", false);
    assert_eq!(from_parquet, from_ndjson);
    assert!(
        from_ndjson.starts_with(r#"{"id":7,"list":"yes","#),
        "{from_ndjson}"
    );
    let (_, from_csv, _) = find_in(&[text(&at("in.csv"))], b"", false);
    assert_eq!(
        from_csv.replace(r#""id":"7""#, r#""id":7"#).lines().next(),
        from_ndjson.lines().next()
    );

    // CSV to Parquet, CSV and NDJSON, and read back.
    for name in ["out.parquet", "out.csv", "out.ndjson"] {
        let (good, out, err) = find_in(
            &[text(&at("in.csv")), "--output", text(&at(name))],
            b"",
            false,
        );
        assert!(good && out.is_empty(), "{err}");
    }
    assert_eq!(fs::read_to_string(at("out.ndjson")).unwrap(), from_csv);
    let from_parquet = parquet_rows(&at("out.parquet"));
    let mut reader = csv::Reader::from_path(at("out.csv")).unwrap();
    assert_eq!(
        reader.headers().unwrap(),
        ["id", "list", "reason", "source", "findings"].as_slice()
    );
    let from_csv_file: Vec<Vec<Option<String>>> = reader
        .records()
        .map(|row| {
            row.unwrap()
                .iter()
                .map(|c| (!c.is_empty()).then(|| c.to_owned()))
                .collect()
        })
        .collect();
    assert_eq!(from_parquet, from_csv_file);
    for (row, line) in from_parquet.iter().zip(lines(&from_csv)) {
        assert_eq!(row[0].as_deref(), line["id"].as_str());
        assert_eq!(row[1].as_deref(), line["list"].as_str());
        assert_eq!(
            row[3].as_deref(),
            line.get("source").and_then(Value::as_str)
        );
        let findings: Value = serde_json::from_str(row[4].as_ref().unwrap()).unwrap();
        assert_eq!(findings, line["findings"]);
    }
    let left: Vec<_> = fs::read_dir(folder.path())
        .unwrap()
        .map(|e| e.unwrap().file_name())
        .collect();
    assert_eq!(left.len(), 6, "{left:?}");
}

#[test]
fn ids_come_back_as_they_were() {
    let input = [
        "1.0",
        "\"a\\u00e9\"",
        "true",
        "null",
        "12345678901234567890123",
        "1e5",
    ]
    .map(|id| format!("{{\"id\":{id},\"text\":\"Clear.\"}}\n"))
    .concat();
    let (good, out, err) = find_in(&[], input.as_bytes(), false);
    assert!(good, "{err}");
    for (given, line) in input.lines().zip(out.lines()) {
        let given = given.split(",\"text\"").next().unwrap();
        assert!(line.starts_with(given), "{given}: {line}");
    }
    let (good, _, err) = find_in(&[], b"{\"id\":[1],\"text\":\"Clear.\"}", false);
    assert!(!good && err.contains("line 1 has an “id”"), "{err}");
}

#[test]
fn the_examination_and_what_was_asked_are_read_when_sent_apart() {
    let with =
        br#"{"text":"Fracture of the distal radius.","exam":"XR Wrist Lt","indication":"Fall"}"#;
    let (_, with, _) = find_in(&[], with, false);
    let (_, without, _) = find_in(&[], br#"{"text":"Fracture of the distal radius."}"#, false);
    assert_eq!(lines(&with)[0]["findings"][0]["side"], "left");
    assert_eq!(lines(&without)[0]["findings"][0]["side"], Value::Null);
}

pub const MESSAGE: &str = "MSH|^~\\&|RIS|RAJ01|HERALD|FLS|20260102030405||ORU^R01|1|P|2.4\r\
    PID|1||H1^^^RAJ^MR||ARCHER^ANN||19400102|F\r\
    OBR|1||ACC-1|XRWR^XR Wrist Lt||20260101|20260101\r\
    OBX|1|TX|GDT^Clinical details||Fall||||||F\r\
    OBX|2|TX|GDT^Report||Fracture of the distal radius.||||||F\r";

#[test]
fn hl7_gives_each_report_with_its_accession_and_sender() {
    let input = format!(
        "{MESSAGE}{}",
        MESSAGE
            .replace("ORU^R01", "ADT^A31")
            .replace("ACC-1", "ACC-2")
    );
    let (good, out, err) = find_in(&["--summary"], input.as_bytes(), false);
    assert!(good, "{err}");
    let lines = lines(&out);
    assert_eq!(lines.len(), 1, "{out}");
    assert_eq!(
        (&lines[0]["id"], &lines[0]["source"], &lines[0]["list"]),
        (&"ACC-1".into(), &"RAJ01".into(), &"yes".into())
    );
    assert_eq!(lines[0]["findings"][0]["side"], "left");
    assert!(err.contains("Without a report: 1 message."), "{err}");
    assert!(err.contains("  RAJ01"), "{err}");
}

#[test]
fn folders_are_read_in_sorted_order_and_what_is_not_read_is_named() {
    let folder = tempdir().unwrap();
    fs::create_dir(folder.path().join("2016")).unwrap();
    let put = |name: &str, what: &str| fs::write(folder.path().join(name), what).unwrap();
    put("2016/b.txt", WRIST);
    put("2016/a.txt", CLEAR);
    put("c.hl7", MESSAGE);
    put("d.txt", MESSAGE);
    put("e.csv", "id,text\n5,Clear.\n");
    put("f.ndjson", "{\"id\":6,\"text\":\"Clear.\"}");
    put("g.pdf", "%PDF-1.7");
    put("found.ndjson", "what an earlier run wrote");
    let output = folder.path().join("found.ndjson");
    let (good, _, err) = find_in(
        &[text(folder.path()), "--output", text(&output)],
        b"",
        false,
    );
    assert!(good, "{err}");
    let ids: Vec<Value> = lines(&fs::read_to_string(output).unwrap())
        .iter()
        .map(|l| l["id"].clone())
        .collect();
    let expected: [Value; 6] = [
        "2016/a.txt".into(),
        "2016/b.txt".into(),
        "ACC-1".into(),
        "ACC-1".into(),
        "5".into(),
        6.into(),
    ];
    assert_eq!(ids, expected);
    assert!(err.contains("1 file (") && err.contains("g.pdf"), "{err}");
}

#[test]
fn windows_1252_is_read_and_counted() {
    let folder = tempdir().unwrap();
    let csv = folder.path().join("in.csv");
    fs::write(
        &csv,
        b"id,text\n1,\"Fracture \x96 \"\"caf\xe9\"\" of hip.\"\n2,Clear.\n",
    )
    .unwrap();
    let txt = folder.path().join("x.txt");
    fs::write(&txt, b"Fracture \x96 hip").unwrap();
    let (good, out, err) = find_in(&[text(&csv), text(&txt)], b"", false);
    assert!(good, "{err}");
    assert_eq!(lines(&out).len(), 3);
    assert_eq!(lines(&out)[1]["id"], "2");
    assert!(err.contains("read as Windows-1252: 2 reports"), "{err}");
}

#[test]
fn nothing_in_nothing_out() {
    let folder = tempdir().unwrap();
    for name in ["empty.csv", "empty.ndjson"] {
        let file = folder.path().join(name);
        fs::write(&file, "").unwrap();
        let (good, out, err) = find_in(&[text(&file)], b"", false);
        assert!(good && out.is_empty() && err.is_empty(), "{err}");
    }
    let file = folder.path().join("empty.parquet");
    fs::write(&file, "").unwrap();
    let (good, _, err) = find_in(&[text(&file)], b"", false);
    assert!(
        !good && err.contains("empty.parquet cannot be read as Parquet"),
        "{err}"
    );
}

#[test]
fn a_phrase_is_judged_in_its_text() {
    let input =
        b"text,phrase,id\nNo sign of osteoporosis.,osteoporosis,7\nOsteoporosis.,osteoporosis\n";
    let args = ["--phrase-column", "phrase", "--format", "csv", "--summary"];
    let (good, out, err) = find_in(&args, input, false);
    assert!(good, "{err}");
    let lines = lines(&out);
    let keys: Vec<&String> = lines[0].as_object().unwrap().keys().collect();
    let expected = [
        "evidence",
        "experiencer",
        "found",
        "id",
        "negation",
        "phrase",
        "temporality",
    ];
    assert_eq!(keys, expected);
    assert_eq!(
        (&lines[0]["id"], &lines[0]["negation"]),
        (&"7".into(), &"negated".into())
    );
    // Without an id, the number of its line.
    assert_eq!(
        (&lines[1]["id"], &lines[1]["negation"]),
        (&3.into(), &"affirmed".into())
    );
    assert!(
        err.contains("negated") && err.contains("Experiencer"),
        "{err}"
    );

    let input = b"{\"text\":\"No fracture.\",\"p\":\"fracture\"}\n{\"text\":\"No fracture.\"}\n";
    let (good, out, err) = find_in(&["--phrase-column", "p"], input, false);
    assert!(!good && err.contains("line 2 has no string “p”"), "{err}");
    assert_eq!(crate::lines(&out)[0]["id"], 1);
}

#[test]
fn what_would_be_written_over_is_not_read() {
    let folder = tempdir().unwrap();
    let file = folder.path().join("in.ndjson");
    fs::write(&file, "{\"text\":\"Clear.\"}").unwrap();
    let cli =
        <crate::Cli as clap::Parser>::parse_from(["find", text(&file), "--output", text(&file)]);
    let args: FindArgs = cli.find;
    assert!(crate::find::run(&args, &b""[..], Vec::new(), Vec::new(), false).is_err());
    assert_eq!(fs::read_to_string(&file).unwrap(), "{\"text\":\"Clear.\"}");
}
