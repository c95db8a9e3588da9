//! What holds for every file, whatever is in it.

use feeds::{Format, Item, Profiles, detect, items, read};
use proptest::prelude::*;

fn take_all(bytes: &[u8], format: &Format, profiles: &Profiles) -> Vec<Item> {
    match items(bytes, format, profiles) {
        Ok(items) => items.map(Result::unwrap).collect(),
        Err(_) => Vec::new(),
    }
}

fn message() -> impl Strategy<Value = String> {
    let value = "[ -~é&&[^|]]{0,12}";
    let segment = ("(PID|PV1|DG1|OBX|ZZZ)", prop::collection::vec(value, 0..8))
        .prop_map(|(name, fields)| format!("{name}|{}", fields.join("|")).trim_end().to_owned());
    prop::collection::vec(segment, 0..6).prop_map(|segments| {
        std::iter::once("MSH|^~\\&|A|B|||20260101||ADT^A01|1|P".to_owned())
            .chain(segments)
            .collect::<Vec<_>>()
            .join("\r")
    })
}

fn result() -> impl Strategy<Value = String> {
    let value = "[ -~é&&[^|]]{0,12}|[<>]?[0-9.^]{0,6}|T-score";
    let segment = (
        "(OBR|OBX|NTE)",
        prop::collection::vec(value, 0..12),
        "(NM|SN|ST|TX|CE|ED|)",
    )
        .prop_map(|(name, fields, kind)| format!("{name}|1|{kind}|{}", fields.join("|")));
    prop::collection::vec(segment, 0..8).prop_map(|segments| {
        let head = [
            "MSH|^~\\&|A|B|||20260101||ORU^R01|1|P",
            "PID|1||9990000018^^^NHS^NH",
        ];
        let all: Vec<&str> = head
            .into_iter()
            .chain(segments.iter().map(String::as_str))
            .collect();
        all.join("\r")
    })
}

proptest! {
    #[test]
    fn no_value_is_read_that_was_not_sent(text in result()) {
        let parsed = read(&Format::Hl7, text.as_bytes(), 1, &Profiles::built_in());
        for result in parsed.message.iter().flat_map(|message| &message.results) {
            for measure in &result.measures {
                let sent = text.replace('^', "");
                prop_assert!(sent.contains(measure.value.trim_start_matches('-')), "{measure:?} in {text}");
            }
        }
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let profiles = Profiles::built_in();
        let _ = detect(&bytes, "x", None, &profiles);
        read(&Format::Hl7, &bytes, 1, &profiles);
        for format in [Format::Hl7, Format::Csv("ecds".into())] {
            read(&format, &bytes, 1, &profiles);
            take_all(&bytes, &format, &profiles);
        }
    }

    #[test]
    fn damaged_messages_never_panic(text in message(), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut bytes = text.into_bytes();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        read(&Format::Hl7, &bytes, 1, &Profiles::built_in());
        bytes.truncate(at);
        read(&Format::Hl7, &bytes, 1, &Profiles::built_in());
    }

    #[test]
    fn damaged_rows_never_panic(cells in prop::collection::vec("[ -~é\n]{0,14}", 0..14)) {
        let profiles = Profiles::built_in();
        let file = format!("NHS No,Surname,Forename,DOB,Site,Clinic Date,Injury,Side,Mechanism\n{}\n", cells.join(","));
        let format = Format::Csv("fracture-clinic".into());
        for item in take_all(file.as_bytes(), &format, &profiles) {
            let first = read(&format, &item.raw, item.line, &profiles);
            prop_assert_eq!(&first, &read(&format, &item.raw, item.line, &profiles));
        }
    }

    #[test]
    fn messages_written_to_a_file_come_back_whole(messages in prop::collection::vec(message(), 1..6), end in "(\r|\n|\r\n)") {
        let file = messages.iter().map(|m| format!("{m}\r")).collect::<String>().replace('\r', &end);
        let found = take_all(file.as_bytes(), &Format::Hl7, &Profiles::built_in());
        let raws: Vec<String> = found.into_iter().map(|item| String::from_utf8(item.raw).unwrap()).collect();
        prop_assert_eq!(raws, messages);
    }

    #[test]
    fn how_messages_are_spread_over_files_does_not_matter(messages in prop::collection::vec(message(), 1..8), cut in any::<prop::sample::Index>()) {
        let profiles = Profiles::built_in();
        let cut = cut.index(messages.len() + 1);
        let keys = |part: &[String]| -> Vec<[u8; 32]> {
            take_all(part.join("\r\n").as_bytes(), &Format::Hl7, &profiles).into_iter().map(|item| item.key).collect()
        };
        let (first, second) = messages.split_at(cut);
        prop_assert_eq!([keys(first), keys(second)].concat(), keys(&messages));
    }
}
