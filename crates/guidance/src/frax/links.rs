//! The way to the tools on the web. Nothing that says who it is leaves: no name, no number, no date.

use terms::{Answer, Sex};

use super::{Inputs, Recorded, rules};
use crate::nogg::figure;

/// The FRAX tool for the UK. It takes no answers in its address, so they are typed there.
pub fn link() -> &'static str {
    "https://frax.shef.ac.uk/FRAX/tool.aspx?country=1"
}

const NOGG: &str = "https://www.nogg.org.uk/manual-data-entry/not-measured-bmd";

/// NOGG's own page with age, figure and factors filled in, as FRAX itself hands them over. Only for a score without bone
/// density, from 50 on: no other form of the address has been seen. Weight and height stay at home, as NOGG's lines do
/// not depend on them.
pub fn nogg_link(score: &Recorded, inputs: &Inputs) -> Option<String> {
    let age = inputs.age.filter(|age| (50..=120).contains(age))?.min(90);
    if score.with_bmd != Some(false) || !(0.0..=100.0).contains(&score.mof) {
        return None;
    }
    let mut address = format!("{NOGG}?age={age}&fracture1={}", figure(score.mof));
    // The number for men was not seen; the lines are the same for both.
    if inputs.sex == Sex::Female {
        address.push_str("&sex=1");
    }
    let factors = [
        ("prevfracture", inputs.previous_fracture),
        ("pfracturehip", inputs.parental_hip),
        ("currentsmoker", inputs.smoker),
        ("glucocorticoids", inputs.steroids),
        ("arthritis", inputs.rheumatoid),
        ("osteoporosis", inputs.secondary),
        ("alcohol", inputs.alcohol),
    ];
    for (name, answer) in factors {
        match answer {
            Some(Answer::Yes) => address.push_str(&format!("&{name}=1")),
            Some(Answer::No) => address.push_str(&format!("&{name}=0")),
            Some(Answer::NotKnown) | None => {}
        }
    }
    address.push_str("&country=1");
    Some(address)
}

/// One box of the FRAX tool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToolField {
    pub id: &'static str,
    pub label: &'static str,
    /// What to type or tick; nothing is not known.
    pub value: Option<String>,
    /// It takes a tick, and FRAX takes an empty box for no.
    pub tick: bool,
    pub hint: &'static str,
}

/// What goes into FRAX, in the order of the tool, to be copied by hand.
pub fn tool_order(inputs: &Inputs) -> Vec<ToolField> {
    let told = |answer: Option<Answer>| match answer {
        Some(Answer::Yes) => Some("Yes".to_owned()),
        Some(Answer::No) => Some("No".to_owned()),
        Some(Answer::NotKnown) | None => None,
    };
    rules()
        .body
        .hints
        .iter()
        .map(|hint| ToolField {
            id: &hint.id,
            label: &hint.label,
            value: match hint.id.as_str() {
                "age" => inputs.age.map(|age| age.to_string()),
                "sex" => matches!(inputs.sex, Sex::Female | Sex::Male)
                    .then(|| inputs.sex.words().to_owned()),
                "weight" => inputs.weight_kg.map(figure),
                "height" => inputs.height_cm.map(figure),
                "previous_fracture" => {
                    if inputs.index_fracture {
                        told(Some(Answer::Yes))
                    } else {
                        told(inputs.previous_fracture)
                    }
                }
                "parental_hip" => told(inputs.parental_hip),
                "smoker" => told(inputs.smoker),
                "steroids" => told(inputs.steroids),
                "rheumatoid" => told(inputs.rheumatoid),
                "secondary" => told(inputs.secondary),
                "alcohol" => told(inputs.alcohol),
                "bmd" => density(inputs),
                _ => None,
            },
            tick: hint.tick,
            hint: &hint.words,
        })
        .collect()
}

fn density(inputs: &Inputs) -> Option<String> {
    match (inputs.femoral_neck_t, inputs.femoral_neck_bmd) {
        (Some(t), _) => Some(format!("T-score {t:.1}")),
        (None, Some(density)) => {
            let maker = inputs
                .scanner
                .as_deref()
                .map(|maker| format!(", {maker}"))
                .unwrap_or_default();
            Some(format!("{density:.3} g/cm2{maker}"))
        }
        (None, None) => None,
    }
}
