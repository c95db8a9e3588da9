//! What holds for every text.

use std::sync::LazyLock;

use finder::{Evidence, Finder, Policy, Reading, ReportText, VERSION, rules};
use proptest::prelude::*;
use terms::{Code, CodeSystem, Listing, Status};

static FINDER: LazyLock<Finder> = LazyLock::new(Finder::default);

fn read(text: &str) -> Reading {
    FINDER.read_report(&ReportText {
        text,
        ..ReportText::default()
    })
}

fn spans_hold(text: &str, reading: &Reading) {
    let all = reading
        .findings
        .iter()
        .map(|f| &f.evidence)
        .chain(reading.mechanism.iter().map(|m| &m.evidence));
    for evidence in all {
        if let Evidence::Span {
            start,
            end,
            text: said,
        } = evidence
        {
            assert!(start < end && *end <= text.len());
            assert_eq!(text.get(*start..*end), Some(said.as_str()));
        }
    }
}

/// Sentences made of the words that the rules look for.
fn reportish() -> impl Strategy<Value = String> {
    let words = [
        "fracture",
        "#",
        "No",
        "old",
        "L1",
        "T11/12",
        "D6,7",
        "collapse",
        "wedge",
        "of",
        "the",
        "left",
        "R",
        "hip",
        "?",
        "rib",
        "may",
        "cannot be excluded",
        "unchanged",
        ",",
        ".",
        ";",
        "\n",
        ":",
        "metastasis",
        "pathological",
        "XR Wrist",
        "Conclusion:",
        "ADDENDUM:",
        "height",
        "loss of",
        "’",
        "–",
        "é",
        "\u{feff}",
        "(",
        ")",
        "fracure",
        "vertebral",
        "is",
        "intact",
        "NOF",
        "5/7",
        "Clinical details:",
        "screw",
        "2019",
        "but",
        "and",
        "or",
        "to",
        "***",
        "lb",
        "ſ",
        "K",
    ];
    prop::collection::vec(prop::sample::select(words.to_vec()), 0..40).prop_map(|w| w.join(" "))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_string_is_read(text in "\\PC{0,200}") {
        spans_hold(&text, &read(&text));
        let _ = FINDER.read_words(&text, None);
    }

    #[test]
    fn any_report_like_string_is_read_the_same_twice(text in reportish()) {
        let reading = read(&text);
        spans_hold(&text, &reading);
        prop_assert_eq!(&reading, &read(&text));
        if reading.list == Listing::No {
            prop_assert!(!reading.reason.is_empty());
        }
    }

    #[test]
    fn any_code_is_read(system in prop::sample::select(CodeSystem::ALL.to_vec()), code in "\\PC{0,12}", text in prop::option::of("\\PC{0,40}")) {
        let mut one = Code::new(system, code);
        one.text = text;
        let _ = FINDER.read_codes(&[one]);
    }

    #[test]
    fn line_ends_do_not_matter(text in reportish()) {
        let windows = text.replace('\n', "\r\n");
        prop_assert_eq!(read(&text).list, read(&windows).list);
    }
}

#[test]
fn capitals_do_not_change_a_plain_report() {
    for text in [
        "XR Wrist Left\nFall\nFracture of the distal radius.",
        "CT Abdomen\nPain\nWedge fracture of L1, unchanged since 2018.",
        "XR Hip Right\nFall\nNo fracture seen.",
    ] {
        let plain = read(text);
        let loud = read(&text.to_uppercase());
        assert_eq!((plain.list, plain.why), (loud.list, loud.why), "{text}");
    }
}

#[test]
fn every_finding_names_a_listed_rule() {
    let names: Vec<&str> = rules().iter().map(|r| r.name.as_str()).collect();
    assert!(names.len() > 60 && !VERSION.is_empty());
    let text = "XR Wrist\nfall\nFracture of the distal radius. Cortical step at the scaphoid. Old rib fractures.";
    for finding in read(text).findings {
        assert!(names.contains(&finding.rule.as_str()), "{}", finding.rule);
    }
}

#[test]
fn policy_decides_the_sites_and_steps() {
    let text = "XR Hand Left\nfell down 4 steps\nFracture of the 5th metacarpal.";
    let wide = Finder::new(Policy {
        steps_low_energy: 4,
        ..Policy::default()
    });
    assert_eq!(read(text).list, Listing::No);
    assert_eq!(
        wide.read_report(&ReportText {
            text,
            ..ReportText::default()
        })
        .list,
        Listing::Yes
    );
    let narrow = Finder::new(Policy {
        sites_not_taken: vec![terms::Site::Hand],
        steps_low_energy: 4,
    });
    assert_eq!(
        narrow
            .read_report(&ReportText {
                text,
                ..ReportText::default()
            })
            .why,
        finder::Why::SiteNotTaken
    );
}

#[test]
fn clinical_details_sent_apart_give_the_mechanism() {
    let report = ReportText {
        text: "Fracture of the distal radius.",
        indication: Some("RTC, driver"),
        exam: Some("XR Wrist Lt"),
        ..ReportText::default()
    };
    let reading = FINDER.read_report(&report);
    assert_eq!(
        (reading.list, reading.why),
        (Listing::No, finder::Why::HighEnergy)
    );
    assert_eq!(reading.findings[0].side, Some(terms::Side::Left));
    assert!(
        matches!(&reading.mechanism.unwrap().evidence, Evidence::Span { start: 0, end: 0, text } if text == "RTC")
    );
}

#[test]
fn words_of_a_fracture_clinic_list() {
    use terms::Site::*;
    for (text, site) in [
        ("# distal radius", Wrist),
        ("NOF #", Hip),
        ("Colles", Wrist),
        ("ankle Weber B", Ankle),
        ("NOF", Hip),
        ("L1 wedge #", Vertebra),
        ("5th MC neck #", Hand),
        ("prox humerus fracture", Humerus),
    ] {
        let reading = FINDER.read_words(text, Some(terms::Side::Right));
        assert_eq!(
            reading.findings.first().map(|f| (f.site, f.status)),
            Some((site, Status::Present)),
            "{text}"
        );
        assert_eq!(reading.list, Listing::Yes, "{text}");
    }
    assert_eq!(FINDER.read_words("?scaphoid #", None).list, Listing::Look);
    assert_eq!(FINDER.read_words("distal radius", None).list, Listing::Look);
    assert_eq!(FINDER.read_words("ankle sprain", None).list, Listing::No);
    assert_eq!(
        FINDER.read_words("toe #", None).why,
        finder::Why::SiteNotTaken
    );
}

#[test]
fn what_is_seen_agrees_with_what_is_read() {
    let text = "XR Wrist Lt\nFOOSH ?#\nNo dislocation. Fracture of the distal radius. Mother had a hip fracture.";
    let report = ReportText {
        text,
        ..ReportText::default()
    };
    let seen = FINDER.see_report(&report);
    assert_eq!(seen.reading, FINDER.read_report(&report));
    let said: Vec<_> = seen.sentences.iter().flat_map(|s| &s.says).collect();
    assert_eq!(said.len(), 1);
    assert_eq!(
        (said[0].site, said[0].status),
        (terms::Site::Wrist, Status::Present)
    );
    let passed: Vec<&str> = seen
        .sentences
        .iter()
        .flat_map(|s| &s.passed_over)
        .map(|p| p.why)
        .collect();
    assert_eq!(
        passed,
        ["only asked in the clinical details", "somebody else's"]
    );
    for sentence in &seen.sentences {
        for pair in sentence.marks.windows(2) {
            assert!(pair[0].end <= pair[1].start);
        }
    }
}
