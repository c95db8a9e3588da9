//! What is made from the hazard files: the table in the README and the deployer's list.

use std::fmt::Write;

use crate::hazard::{ControlState, Group, Hazard};

const BEGIN: &str = "<!-- made from the hazard files: begin -->";
const END: &str = "<!-- made from the hazard files: end -->";

/// `page` with the part between its two marks made anew, or why not.
pub fn renewed(page: &str, part: &str) -> Result<String, String> {
    let lacks = || format!("it lacks the line {BEGIN} or {END}");
    let (before, rest) = page.split_once(BEGIN).ok_or_else(lacks)?;
    let (_, after) = rest.split_once(END).ok_or_else(lacks)?;
    Ok(format!("{before}{BEGIN}\n\n{part}\n{END}{after}"))
}

/// The sums, what stands in the way of live use, and one row a hazard.
pub fn overview(hazards: &[Hazard]) -> String {
    let mut page = String::new();
    let with = |risk| hazards.iter().filter(|h| h.residual.risk == risk).count();
    let sums: Vec<String> = (1..=5)
        .rev()
        .map(|risk| format!("{} at {risk}", with(risk)))
        .collect();
    let controls = |state| hazards.iter().map(|h| h.count(state)).sum::<usize>();
    let _ = writeln!(
        page,
        "{} hazards. Residual risk with what is in place today: {}. Controls: {} in place and tested, {} planned, {} for \
         the deploying organisation.\n",
        hazards.len(),
        sums.join(", "),
        controls(ControlState::InPlace),
        controls(ControlState::Planned),
        controls(ControlState::Deployer),
    );
    let barred: Vec<&Hazard> = hazards
        .iter()
        .filter(|h| h.not_for_live_use.is_some())
        .collect();
    if !barred.is_empty() {
        let _ = writeln!(
            page,
            "**Not for live use: {} of these risks are not acceptable yet.** What must come first:\n",
            barred.len()
        );
        for hazard in barred {
            let _ = writeln!(
                page,
                "- [{0}](hazards/{0}.toml) {1} {2}",
                hazard.id,
                sentence(&hazard.title),
                hazard.not_for_live_use.as_deref().unwrap_or_default()
            );
        }
        page.push('\n');
    }
    for group in Group::ALL {
        let _ = writeln!(
            page,
            "### {}\n\n| | Hazard | Initial | In place | Planned | Deployer | Residual | Target |\n|---|---|---|---|---|---|---|---|",
            group.words()
        );
        for hazard in hazards.iter().filter(|h| h.group == group) {
            let _ = writeln!(
                page,
                "| [{0}](hazards/{0}.toml) | {1} | {2} | {3} | {4} | {5} | {6} | {7} |",
                hazard.id,
                hazard.title,
                hazard.initial,
                hazard.count(ControlState::InPlace),
                hazard.count(ControlState::Planned),
                hazard.count(ControlState::Deployer),
                hazard.residual,
                hazard.target,
            );
        }
        page.push('\n');
    }
    page.trim_end().to_owned() + "\n"
}

/// What the deploying organisation has to do, by hazard.
pub fn for_the_deployer(hazards: &[Hazard]) -> String {
    let mut page = String::from("| | Hazard | To do |\n|---|---|---|\n");
    for hazard in hazards {
        for control in &hazard.controls {
            if control.state == ControlState::Deployer {
                let _ = writeln!(
                    page,
                    "| [{0}](hazards/{0}.toml) | {1} | {2} |",
                    hazard.id, hazard.title, control.what
                );
            }
        }
    }
    page
}

fn sentence(title: &str) -> String {
    format!("{}.", title.trim_end_matches('.'))
}

#[test]
fn only_the_part_between_the_marks_is_made_anew() {
    let page = format!("# Mine\n{BEGIN}\nold\n{END}\nmine too\n");
    let new = renewed(&page, "new\n").unwrap();
    assert_eq!(new, format!("# Mine\n{BEGIN}\n\nnew\n\n{END}\nmine too\n"));
    assert_eq!(renewed(&new, "new\n").unwrap(), new);
    assert!(renewed("# Mine\n", "new").unwrap_err().contains("lacks"));
}
