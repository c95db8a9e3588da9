//! The configuration of a demonstration: the example, furnished with a made-up service and its practices.

use std::{fs, path::Path};

use anyhow::Context;
use synth::YearPlan;

use crate::config;

/// Made up. The telephone number is in the range kept for drama (01632 960000 to 960999).
const LETTERHEAD: &str = r#"
[service.letterhead]
name = "Estuary Fracture Liaison Service (made up)"
address = ["Bone Health, Level 2", "Made-up Hospital", "1 Example Way", "SS0 0ZZ"]
phone = "01632 960123"
email = "bone.health@estuary.example"
hours = "Monday to Friday, 9 am to 4 pm"
"#;

/// Share of a year's fractures that are hip fractures at one hospital of the three, as an expected caseload counts them.
const HIPS_PER_THOUSAND: [(&str, usize); 3] = [("RAJ01", 47), ("RAJ12", 43), ("RAJ32", 48)];

pub fn write(data: &Path, plan: &YearPlan) -> anyhow::Result<()> {
    let path = data.join("herald.toml");
    if path.exists() {
        return Ok(());
    }
    let text = text(plan);
    config::parse(&text).context("the demonstration's own configuration cannot be used")?;
    Ok(fs::write(path, text)?)
}

fn text(plan: &YearPlan) -> String {
    let practices: Vec<synth::Practice> = synth::practices(plan.practices).collect();
    let codes: Vec<String> = practices
        .iter()
        .map(|practice| format!("\"{}\"", practice.code))
        .collect();
    let mut text = config::EXAMPLE.replace(
        "practices = []",
        &format!("practices = [{}]", codes.join(", ")),
    );
    text.push_str("\n# What follows is made up for the demonstration.\n");
    text.push_str(LETTERHEAD);
    text.push_str("\n[service.hip_fractures_a_year]\n");
    let a_year = plan.fractures * 12 / usize::try_from(plan.months).unwrap_or(12).max(1);
    for (code, share) in HIPS_PER_THOUSAND {
        text.push_str(&format!("{code} = {}\n", (a_year * share / 1000).max(1)));
    }
    for practice in &practices {
        let lines: Vec<String> = practice
            .address()
            .iter()
            .map(|line| format!("{line:?}"))
            .collect();
        text.push_str(&format!(
            "\n[service.practice.{}]\nname = {:?}\naddress = [{}]\n",
            practice.code,
            practice.name,
            lines.join(", ")
        ));
    }
    text
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn every_practice_has_an_address_and_every_hospital_its_hips() {
        let plan = YearPlan::demo(date(2026, 6, 30));
        let config = config::parse(&text(&plan)).unwrap();
        assert_eq!(config.service.settings.practice.len(), plan.practices);
        assert!(
            config
                .service
                .settings
                .practice
                .values()
                .all(|p| p.address.len() == 3)
        );
        assert_eq!(config.rules().area.practices.len(), plan.practices);
        assert_eq!(config.service.settings.hip_fractures_a_year.len(), 3);
        assert!(
            config
                .service
                .settings
                .letterhead
                .phone
                .starts_with("01632 960")
        );
    }
}
