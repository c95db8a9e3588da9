//! Steroids by mouth as prednisolone.

use guidance::calculators::steroids::{self as sums, Input, Steroid};

use super::sheet::{Asked, Sheet};

pub fn steroids(sheet: &mut Sheet<'_>) {
    sheet.part(
        "By mouth, milligrams a day on average",
        "Tablets only: not inhalers, creams, drops or injections into a joint.",
    );
    let mut doses: Vec<(Steroid, f64)> = Vec::new();
    for steroid in Steroid::ALL {
        let asked = Asked::optional(steroid.code(), steroid.words(), "mg a day");
        if let Some(mg) = sheet.number(&asked) {
            doses.push((*steroid, mg));
        }
    }
    sheet.part("How long and how often", "");
    let months = sheet.number(
        &Asked::optional("months", "How long, taken and planned together", "months")
            .hint("Empty is not known."),
    );
    let rescue_packs = sheet.whole(&Asked::optional(
        "rescue",
        "Rescue packs in the last year",
        "",
    ));
    let replacement = sheet.ticks(
        "replacement",
        "Why they are taken",
        &[("yes", "Only as replacement for adrenal insufficiency")],
    );
    if !sheet.sound() {
        return;
    }
    if doses.is_empty() && rescue_packs.is_none() {
        let first = Steroid::Prednisolone.code();
        sheet.wrong(first, "Enter a dose, or how many rescue packs");
        return;
    }
    for dose in &doses {
        let one = Input {
            doses: vec![*dose],
            ..Input::default()
        };
        if let Err(ask) = sums::steroids(&one) {
            sheet.wrong(dose.0.code(), ask.words);
        }
    }
    if !sheet.sound() {
        return;
    }
    let input = Input {
        doses,
        months,
        rescue_packs,
        replacement: !replacement.is_empty(),
    };
    if let Some(worked) = sheet.settle("months", &[], |_| sums::steroids(&input)) {
        let mg = (worked.result.prednisolone_mg * 100.0).round() / 100.0;
        let value = format!("{mg} mg of prednisolone a day");
        sheet.worked("As much as", value, &worked);
    }
}
