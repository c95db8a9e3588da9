#![no_main]

use std::sync::LazyLock;

use finder::{Evidence, Finder, ReportText};
use libfuzzer_sys::fuzz_target;

static FINDER: LazyLock<Finder> = LazyLock::new(Finder::default);

fuzz_target!(|text: &str| {
    let reading = FINDER.read_report(&ReportText { text, ..ReportText::default() });
    for finding in &reading.findings {
        if let Evidence::Span { start, end, text: said } = &finding.evidence {
            assert_eq!(text.get(*start..*end), Some(said.as_str()));
        }
    }
    let seen = FINDER.see_report(&ReportText { text, ..ReportText::default() });
    assert_eq!(seen.reading, reading);
    let _ = FINDER.read_words(text, None);
});
