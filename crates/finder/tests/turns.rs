//! Turns of phrase by the hundred, each put to several bones; sentences that a phrase must not reach; and layouts. The
//! lines stand in `tests/data/turns.txt` and `tests/data/counter_sentences.txt`.

use std::sync::LazyLock;

use finder::{Finder, ReportText};

static FINDER: LazyLock<Finder> = LazyLock::new(Finder::default);

const LIMBS: [(&str, &str); 6] = [
    ("the distal radius", "XR Left wrist"),
    ("the surgical neck of humerus", "XR Right shoulder"),
    ("the lateral malleolus", "XR Ankle left"),
    ("the superior pubic ramus", "XR Pelvis"),
    ("the left 8th rib", "XR Chest"),
    ("the base of the fifth metatarsal", "XR Foot right"),
];

const VERTEBRAE: [(&str, &str, &str); 3] = [
    ("T12", "L1", "CT chest"),
    ("L3", "L4", "MRI lumbar spine"),
    ("T8", "T9", "XR thoracic spine"),
];

const FRACTURES: [(&str, &str); 5] = [
    ("Fracture of the distal radius.", "XR Left wrist"),
    ("Wedge fracture of L1.", "CT chest abdomen pelvis"),
    ("Left 7th rib fracture.", "CT chest"),
    ("Subcapital neck of femur fracture.", "XR Hip Right"),
    ("L3 has lost 40% of its height.", "MRI spine"),
];

/// The fracture, the part and the side.
const EXAMINED: [(&str, &str, &str); 6] = [
    ("Fracture of the distal radius.", "Wrist", "Left"),
    ("Subcapital fracture of the neck of femur.", "Hip", "Left"),
    (
        "Wedge fracture of L1 with 30% loss of height.",
        "Lumbar spine",
        "",
    ),
    (
        "There is an impacted fracture of the surgical neck of humerus.",
        "Shoulder",
        "Right",
    ),
    ("Superior and inferior pubic rami fractures.", "Pelvis", ""),
    ("Left 6th and 7th rib fractures.", "Chest", ""),
];

fn data(name: &str) -> String {
    let file = format!("{}/tests/data/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(file).unwrap()
}

/// The lines of one section of `turns.txt`.
fn section(name: &str) -> Vec<String> {
    let all = data("turns.txt");
    let lines: Vec<String> = all
        .lines()
        .skip_while(|line| *line != format!("[{name}]"))
        .skip(1)
        .take_while(|line| !line.starts_with('['))
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect();
    assert!(lines.len() > 50, "{name}");
    lines
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().unwrap_or_default();
    first.to_uppercase().chain(letters).collect()
}

fn decided(text: &str) -> &'static str {
    let reading = FINDER.read_report(&ReportText {
        text,
        ..ReportText::default()
    });
    reading.list.code()
}

fn of_limbs(name: &str, decision: &str) {
    for turn in section(name) {
        for (bone, exam) in LIMBS {
            let said = turn
                .replace("{B}", bone)
                .replace("{b}", bone.trim_start_matches("the "));
            let text = format!("{exam}\n\n{}", capital(&said));
            assert_eq!(decided(&text), decision, "{text}");
        }
    }
}

fn of_the_spine(name: &str, decision: &str) {
    for turn in section(name) {
        for (level, next, exam) in VERTEBRAE {
            let said = turn.replace("{B2}", next).replace("{B}", level);
            let text = format!("{exam}\n\n{}", capital(&said));
            assert_eq!(decided(&text), decision, "{text}");
        }
    }
}

#[test]
fn a_limb_fracture_denied_doubted_old_and_stated() {
    of_limbs("limb denied", "no");
    of_limbs("limb doubted", "look");
    of_limbs("limb old", "no");
    of_limbs("limb stated", "yes");
}

#[test]
fn a_vertebral_fracture_denied_doubted_old_and_stated() {
    of_the_spine("spine denied", "no");
    of_the_spine("spine doubted", "look");
    of_the_spine("spine old", "yes");
    of_the_spine("spine stated", "yes");
}

#[test]
fn what_stands_beside_a_fracture_takes_it_away_from_nobody() {
    for beside in section("beside a fracture") {
        for (fracture, exam) in FRACTURES {
            let text = format!("{exam}\n\n{}", beside.replace("{F}", fracture));
            assert_eq!(decided(&text), "yes", "{text}");
        }
    }
}

#[test]
fn a_fracture_is_found_in_every_layout() {
    for layout in section("layout") {
        for (fracture, part, side) in EXAMINED {
            let text = layout
                .replace('|', "\n")
                .replace("{B}", fracture)
                .replace("{P}", part)
                .replace("{S}", side);
            assert_eq!(decided(&text), "yes", "{text}");
        }
    }
}

/// A line is a report, with `|` for its line ends, and the decisions that are right for it.
#[test]
fn a_phrase_reaches_no_fracture_that_it_does_not_name() {
    let mut tried = 0;
    for line in data("counter_sentences.txt").lines() {
        let Some((text, right)) = line.split_once(" => ").filter(|_| !line.starts_with('#')) else {
            continue;
        };
        let text = text.replace('|', "\n");
        let decided = decided(&text);
        tried += 1;
        assert!(
            right.split('/').any(|one| one == decided),
            "{decided}: {text}"
        );
    }
    assert!(tried > 300, "{tried}");
}
