#![no_main]

use feeds::{Format, Profiles, detect, items, read};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let profiles = Profiles::built_in();
    let _ = detect(bytes, "fuzz", None, &profiles);
    let Ok(items) = items(bytes, &Format::Hl7, &profiles) else { return };
    for item in items.flatten() {
        let once = read(&Format::Hl7, &item.raw, item.line, &profiles);
        assert_eq!(once, read(&Format::Hl7, &item.raw, item.line, &profiles));
    }
});
