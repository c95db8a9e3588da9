#![no_main]

use std::sync::LazyLock;

use finder::{Evidence, Finder};
use libfuzzer_sys::fuzz_target;

static FINDER: LazyLock<Finder> = LazyLock::new(Finder::default);

fuzz_target!(|both: (&str, &str)| {
    let (text, phrase) = both;
    for cue in FINDER.judge_phrase(text, phrase).cues {
        if let Evidence::Span { start, end, text: said } = cue {
            assert_eq!(text.get(start..end), Some(said.as_str()));
        }
    }
});
