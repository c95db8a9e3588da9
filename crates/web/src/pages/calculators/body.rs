//! Body mass index and lost height.

use guidance::calculators::{Measure, bmi as body_mass, height_loss as lost};

use super::sheet::{Asked, Sheet, with};

pub fn bmi(sheet: &mut Sheet<'_>) {
    let height = sheet.measure(&Asked::needed("height", "Height", "cm"), Measure::Height);
    let weight = sheet.measure(&Asked::needed("weight", "Weight", "kg"), Measure::Weight);
    let (Some(height), Some(weight), true) = (height, weight, sheet.sound()) else {
        return;
    };
    let worked = sheet.settle("weight", &["height", "weight"], |confirmed| {
        body_mass::bmi(body_mass::Input {
            height: with(height, confirmed),
            weight: with(weight, confirmed),
        })
    });
    if let Some(worked) = worked {
        let value = format!("{:.1} kg/m²", worked.result);
        sheet.worked("Body mass index", value, &worked);
    }
}

pub fn height_loss(sheet: &mut Sheet<'_>) {
    let tallest = sheet.measure(
        &Asked::needed("tallest", "Tallest as an adult", "cm"),
        Measure::Height,
    );
    let options: Vec<(&str, &str)> = lost::Tallest::ALL
        .iter()
        .map(|known| (known.code(), known.words()))
        .collect();
    let known_by = sheet.one("known_by", "The tallest height is", &options, true);
    let now = sheet.measure(&Asked::needed("now", "Height now", "cm"), Measure::Height);
    let known_by = lost::Tallest::from_code(&known_by);
    let (Some(tallest), Some(known_by), Some(now), true) = (tallest, known_by, now, sheet.sound())
    else {
        return;
    };
    let worked = sheet.settle("now", &["tallest", "now"], |confirmed| {
        lost::height_loss(lost::Input {
            tallest: with(tallest, confirmed),
            known_by,
            now: with(now, confirmed),
        })
    });
    if let Some(worked) = worked {
        sheet.worked("Height lost", format!("{} cm", worked.result.cm), &worked);
    }
}
