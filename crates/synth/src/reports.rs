//! Radiology reports in the style of UK departments, made from the true fracture so that text and truth agree.

use jiff::{ToSpan, civil::Date};
use terms::{Side, Site};

use crate::{
    dice::Dice,
    fractures::{Cause, Fracture, Route, level_name},
    templates::{TEMPLATES, Template, Topic},
};

/// The words of one report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// "XR Wrist Lt"
    pub exam: String,
    /// What was asked.
    pub indication: String,
    pub text: String,
    /// May be empty.
    pub impression: String,
}

/// The first report of a fracture, on the film or scan that showed it.
pub fn first_report(fracture: &Fracture, seed: u64, number: u64) -> Report {
    let mut dice = Dice::new(seed, "report", number);
    let topic = match (fracture.cause, fracture.route) {
        (Cause::Pathological, _) => Topic::Pathological(fracture.site),
        (_, Route::Incidental) => Topic::Incidental,
        _ => Topic::Acute(fracture.site),
    };
    let facts = Facts::of(fracture);
    // A chest scan does not reach the low lumbar spine, nor an abdominal one the high thoracic.
    let mut template = choose(topic, &mut dice);
    for _ in 0..20 {
        if topic != Topic::Incidental || shows(template.exam, facts.level) {
            break;
        }
        template = choose(topic, &mut dice);
    }
    fill(template, &facts, &mut dice)
}

fn shows(exam: &str, level: u8) -> bool {
    match exam {
        "XR Chest" | "CT Thorax" | "CT Pulmonary angiogram" => level <= 13,
        "CT KUB" | "CT Abdomen and Pelvis" | "CT Colonography" => level >= 10,
        _ => true,
    }
}

/// The first film of a bone whose fracture it does not show.
pub fn clear_report(fracture: &Fracture, seed: u64, number: u64) -> Report {
    let mut dice = Dice::new(seed, "clear", number);
    let text = dice.word(&[
        "No fracture seen. Normal alignment.",
        "No acute bony injury. Mild degenerative change.",
        "No fracture identified. Soft tissue swelling noted.",
    ]);
    Report {
        text: text.to_owned(),
        impression: String::new(),
        ..first_report(fracture, seed, number)
    }
}

/// The scan of a hip that shows what the film did not.
pub fn scan_report(fracture: &Fracture) -> Report {
    let (short, side) = match fracture.side {
        Some(Side::Right) => ("Rt", "right"),
        _ => ("Lt", "left"),
    };
    Report {
        exam: format!("CT Hip {short}"),
        indication: "Unable to weight bear after fall. Plain film normal.".to_owned(),
        text: format!("Undisplaced intracapsular fracture of the {side} neck of femur."),
        impression: String::new(),
    }
}

/// A film some weeks later, in plaster or after the operation; none for bones that are not filmed again.
pub fn later_report(fracture: &Fracture, seed: u64, number: u64) -> Option<Report> {
    let mut dice = Dice::new(seed, "report", number);
    let topic = if fracture.site == Site::Hip {
        Topic::PostOp
    } else {
        Topic::Check(fracture.site)
    };
    let template = pick(topic, &mut dice)?;
    Some(fill(template, &Facts::of(fracture), &mut dice))
}

/// What a report without a new fracture is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Other {
    Clear,
    /// Healed fractures, none in the spine.
    Healed,
    /// A fracture raised and not asserted.
    Doubt,
}

pub fn other_report(other: Other, on: Date, seed: u64, number: u64) -> Report {
    let mut dice = Dice::new(seed, "report", number);
    let topic = match other {
        Other::Clear => Topic::Clear,
        Other::Healed => Topic::Healed,
        Other::Doubt => Topic::Doubt,
    };
    let side = if dice.percent(50) {
        Side::Left
    } else {
        Side::Right
    };
    let mechanism = dice.word(&[
        "Fall",
        "Tripped over",
        "Twisting injury",
        "Fall at home",
        "Fall on to outstretched hand",
    ]);
    let facts = Facts {
        side,
        level: 12,
        mechanism,
        on,
    };
    fill(choose(topic, &mut dice), &facts, &mut dice)
}

struct Facts {
    side: Side,
    level: u8,
    mechanism: &'static str,
    on: Date,
}

impl Facts {
    fn of(fracture: &Fracture) -> Self {
        Self {
            side: fracture.side.unwrap_or(Side::Left),
            level: fracture.level.unwrap_or(12),
            mechanism: fracture.mechanism.words,
            on: fracture.on,
        }
    }
}

fn pick(topic: Topic, dice: &mut Dice) -> Option<&'static Template> {
    let fitting = || {
        TEMPLATES
            .iter()
            .filter(move |template| template.topic == topic)
    };
    let count = fitting().count() as u32;
    fitting().nth(dice.below(count) as usize)
}

/// A test sees to it that there is a template for every topic that is asked for.
fn choose(topic: Topic, dice: &mut Dice) -> &'static Template {
    const NONE: Template = Template {
        topic: Topic::Clear,
        exam: "XR",
        ask: "",
        body: "No report.",
        end: "",
    };
    pick(topic, dice).unwrap_or(&NONE)
}

fn fill(template: &Template, facts: &Facts, dice: &mut Dice) -> Report {
    let right = matches!(facts.side, Side::Right);
    let level = level_name(facts.level).unwrap_or_default();
    let percent = dice.word(&["20", "25", "30", "35", "40", "50"]);
    let mm = (2 + dice.below(8)).to_string();
    let when = facts
        .on
        .saturating_sub((300 + dice.below(1200) as i32).days())
        .strftime("%m/%Y")
        .to_string();
    let words: &[(&str, &str)] = &[
        ("{mech}", facts.mechanism),
        ("{left}", if right { "right" } else { "left" }),
        ("{right}", if right { "left" } else { "right" }),
        ("{Left}", if right { "Right" } else { "Left" }),
        ("{Lt}", if right { "Rt" } else { "Lt" }),
        ("{dlevel}", &level.replace('T', "D")),
        ("{level}", &level),
        ("{next}", &level_name(facts.level + 1).unwrap_or_default()),
        (
            "{spine}",
            if facts.level <= 12 {
                "Thoracic"
            } else {
                "Lumbar"
            },
        ),
        ("{pct}", percent),
        ("{mm}", &mm),
        ("{when}", &when),
    ];
    let put = |text: &str| {
        let mut out = text.to_owned();
        for (from, to) in words {
            if out.contains(from) {
                out = out.replace(from, to);
            }
        }
        out
    };
    let mut text = put(template.body);
    let mut impression = put(template.end);
    // Houses differ: headings, who reported, conclusion or not.
    match dice.below(8) {
        0 => text = format!("Findings:\n{text}"),
        1 => text = format!("Comparison: none available.\n\n{text}"),
        2 if impression.is_empty() => {
            text.push_str("\n\nReported by: Advanced Practitioner Radiographer")
        }
        3 if !impression.is_empty() => {
            impression.push_str("\n\nElectronically signed by: Consultant Radiologist")
        }
        _ => {}
    }
    if !impression.is_empty()
        && !impression.starts_with("Conclusion")
        && !impression.starts_with("Impression")
    {
        let heading = dice.word(&["Conclusion:\n", "Impression:\n", "Opinion: ", "Comment: "]);
        impression = format!("{heading}{impression}");
    }
    Report {
        exam: put(template.exam),
        indication: put(template.ask),
        text,
        impression,
    }
}

/// Breaks lines as a system does that prints on narrow paper.
pub(crate) fn wrap(text: &str, width: usize) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for line in text.lines() {
        let mut used = 0;
        for word in line.split_inclusive(' ') {
            if used > 0 && used + word.trim_end().len() > width {
                out.truncate(out.trim_end_matches(' ').len());
                out.push('\n');
                used = 0;
            }
            out.push_str(word);
            used += word.len();
        }
        out.push('\n');
    }
    out.truncate(out.trim_end_matches('\n').len());
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{fractures, people::Town};

    #[test]
    fn sixty_templates_and_more() {
        assert!(TEMPLATES.len() >= 60);
        let modality = |word: &str| {
            TEMPLATES
                .iter()
                .filter(|t| t.exam.starts_with(word))
                .count()
        };
        assert!(
            modality("XR") > 30
                && modality("CT") > 10
                && modality("MRI") > 5
                && modality("DXA") > 0
        );
    }

    #[test]
    fn every_fracture_has_a_report_that_agrees_with_it() {
        let ends = Date::constant(2026, 6, 30);
        let town = Town {
            seed: 8,
            as_of: ends,
            practices: 90,
        };
        for (n, fracture) in fractures::year(
            &town,
            5000,
            ends.saturating_sub(jiff::ToSpan::year(1)),
            ends,
        )
        .iter()
        .enumerate()
        {
            let report = first_report(fracture, 8, n as u64);
            let all = format!(
                "{}\n{}\n{}\n{}",
                report.exam, report.indication, report.text, report.impression
            );
            assert!(!all.contains('{') && !all.contains('}'), "{all}");
            assert_ne!(
                report.text, "No report.",
                "{:?} {:?}",
                fracture.site, fracture.cause
            );
            if let Some(level) = fracture.level_name() {
                assert!(
                    all.contains(&level) || all.contains(&level.replace('T', "D")),
                    "{level}: {all}"
                );
            }
            if fracture.cause == Cause::HighEnergy {
                assert!(
                    report.indication.contains(fracture.mechanism.words),
                    "{all}"
                );
            }
            if fracture.cause == Cause::Pathological {
                assert!(all.contains("Pathological"));
            }
            match (fracture.side, fracture.route) {
                (Some(Side::Left), Route::Emergency) => {
                    assert!(all.contains("Lt") || all.contains("eft"), "{all}")
                }
                (Some(Side::Right), Route::Emergency) => {
                    assert!(all.contains("Rt") || all.contains("ight"), "{all}")
                }
                _ => {}
            }
        }
    }

    #[test]
    fn lines_break_between_words() {
        assert_eq!(wrap("one two three\n\nfour", 8), "one two\nthree\n\nfour");
    }
}
