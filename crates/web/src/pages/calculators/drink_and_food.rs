//! Units of alcohol, and calcium from food.

use guidance::calculators::{
    alcohol::{self as drinking, Drink},
    calcium::{self as eating, Eaten},
};

use super::sheet::{Asked, Sheet, made};
use crate::view::calculators::{Outcome, Table};

/// Names of the fields of a drink that is not on the list, and of the first that is asked for.
const OWN: [(&str, &str, &str); 3] = [
    ("own_ml", "Size of one", "ml"),
    ("own_percent", "Strength", "% by volume"),
    ("own_a_week", "How many in a usual week", ""),
];

pub fn alcohol(sheet: &mut Sheet<'_>) {
    sheet.part(
        "How many in a usual week",
        "Leave empty what is not drunk; 0 is an answer.",
    );
    let mut drinks: Vec<(String, Drink)> = Vec::new();
    let list = &drinking::data().body.drinks;
    for usual in list {
        let label = format!("{}, {}%", usual.words, usual.percent);
        if let Some(a_week) = sheet.number(&Asked::optional(&usual.id, &label, "")) {
            let drink = Drink {
                ml: usual.ml,
                percent: usual.percent,
                a_week,
            };
            drinks.push((usual.id.clone(), drink));
        }
    }
    sheet.part("Another drink", "All three, from the label.");
    let own = OWN.map(|(name, label, unit)| sheet.number(&Asked::optional(name, label, unit)));
    match own {
        [Some(ml), Some(percent), Some(a_week)] => drinks.push((
            "own".to_owned(),
            Drink {
                ml,
                percent,
                a_week,
            },
        )),
        [None, None, None] => {}
        _ => {
            for ((name, label, _), value) in OWN.iter().zip(own) {
                if value.is_none() {
                    sheet.wrong(name, format!("{label}: enter it too"));
                }
            }
        }
    }
    if !sheet.sound() {
        return;
    }
    if drinks.is_empty() {
        if let Some(first) = list.first() {
            sheet.wrong(&first.id, "Enter how many of at least one drink; 0 will do");
        }
        return;
    }
    // One at a time first, so that the question stands at the drink it is about.
    for (name, drink) in &drinks {
        if let Err(ask) = drinking::alcohol(std::slice::from_ref(drink)) {
            let at = match name.as_str() {
                "own" => format!("own_{}", ask.of),
                usual => usual.to_owned(),
            };
            sheet.wrong(&at, ask.words);
        }
    }
    let Some((first, _)) = drinks.first().cloned().filter(|_| sheet.sound()) else {
        return;
    };
    let all: Vec<Drink> = drinks.into_iter().map(|(_, drink)| drink).collect();
    if let Some(worked) = sheet.settle(&first, &[], |_| drinking::alcohol(&all)) {
        let value = format!(
            "{:.1} units a week, {:.1} a day",
            worked.result.a_week, worked.result.a_day
        );
        sheet.worked("Alcohol", value, &worked);
    }
}

pub fn calcium(sheet: &mut Sheet<'_>) {
    sheet.part(
        "Portions in a usual week",
        "Leave empty what is not eaten; 0 is an answer.",
    );
    let rules = &eating::data().body;
    let mut eaten: Vec<Eaten> = Vec::new();
    for food in &rules.foods {
        if let Some(portions_a_week) = sheet.number(&Asked::optional(&food.id, &food.words, "")) {
            eaten.push(Eaten {
                food: food.id.clone(),
                portions_a_week,
            });
        }
    }
    let why = rules
        .allowance
        .as_ref()
        .map(|allowed| allowed.source.clone())
        .unwrap_or_default();
    sheet.part("Foods not asked about", &why);
    let other = sheet.number(&Asked::optional(
        "other_mg",
        "Allowance, if your service has one",
        "mg a day",
    ));
    if !sheet.sound() {
        return;
    }
    if eaten.is_empty() {
        if let Some(first) = rules.foods.first() {
            sheet.wrong(&first.id, "Enter portions of at least one food; 0 will do");
        }
        return;
    }
    for portion in &eaten {
        if let Err(ask) = eating::calcium(std::slice::from_ref(portion), None) {
            sheet.wrong(&portion.food, ask.words);
        }
    }
    if !sheet.sound() {
        return;
    }
    let Some(worked) = sheet.settle("other_mg", &[], |_| eating::calcium(&eaten, other)) else {
        return;
    };
    let table = Table {
        caption: "Against what is advised".to_owned(),
        headers: vec!["For", "Advised, mg a day", "Missing, mg a day", "Source"],
        rows: worked
            .result
            .targets
            .iter()
            .map(|(target, missing)| {
                vec![
                    target.words.clone(),
                    target.mg.to_string(),
                    missing.round().to_string(),
                    format!("{}. {}", target.source, target.status.words()),
                ]
            })
            .collect(),
    };
    let value = format!("{} mg a day", worked.result.total_mg.round());
    sheet.outcome(Outcome {
        table: Some(table),
        ..made("Calcium from food", value, &worked)
    });
}
