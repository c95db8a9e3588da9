#![no_main]

use guidance::Library;
use libfuzzer_sys::fuzz_target;

// Any condition, and any text as a pack: what cannot be read is a fault with its place, and the rest still answers.
fuzz_target!(|both: (&str, &str)| {
    let (condition, pack) = both;
    let mut files = Library::shipped_files().to_vec();
    files.push(("packs/fuzzed.toml", pack));
    let (mut library, faults) = Library::read(&files);
    for fault in faults {
        assert!(fault.line >= 1 && !fault.what.is_empty());
    }
    match library.set_condition("ng259-1.4.1", condition) {
        Ok(()) => drop(library.advise(&library.catalogue.nothing())),
        Err(unclear) => assert!(unclear.at <= condition.chars().count() + 1),
    }
});
