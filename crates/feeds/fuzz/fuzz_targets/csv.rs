#![no_main]

use feeds::{Format, Profiles, items, read};
use libfuzzer_sys::fuzz_target;

const HEADER: &[u8] = b"NHS No,Surname,Forename,DOB,Site,Clinic Date,Injury,Side,Mechanism\n";

// The header stands in front so that the fuzzer spends its time on rows.
fuzz_target!(|bytes: &[u8]| {
    let profiles = Profiles::built_in();
    let format = Format::Csv("fracture-clinic".into());
    let file = [HEADER, bytes].concat();
    let Ok(items) = items(file.as_slice(), &format, &profiles) else { return };
    for item in items.flatten() {
        let once = read(&format, &item.raw, item.line, &profiles);
        assert_eq!(once, read(&format, &item.raw, item.line, &profiles));
    }
});
