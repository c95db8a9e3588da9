//! Height lost since the tallest, a sign of vertebral fractures.

use serde::Deserialize;

use super::{
    Ask, Measure, Reading, Worked, body, readable,
    units::{self, round_to, typed},
};
use crate::{
    nogg::figure,
    source::{Remark, Source},
};

terms::vocabulary! {
    /// How the tallest height is known.
    Tallest {
        Measured = "measured", "Measured";
        Remembered = "remembered", "Remembered";
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Input {
    /// Tallest adult height, centimetres.
    pub tallest: Reading,
    pub known_by: Tallest,
    /// Height now, centimetres.
    pub now: Reading,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lost {
    /// Centimetres, to a millimetre; never below 0.
    pub cm: f64,
    /// NOGG's line: 4 cm or more.
    pub nogg: bool,
    /// NICE NG259's line: more than 4 cm.
    pub ng259: bool,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
pub(super) struct Rules {
    nogg_from: f64,
    ng259_above: f64,
    tolerance: f64,
    unusual_above: f64,
    #[serde(rename = "remark")]
    remarks: Vec<Remark>,
    #[serde(flatten)]
    source: Option<Source>,
}

pub fn height_loss(input: Input) -> Result<Worked<Lost>, Ask> {
    let rules = &readable(body())?.height_loss;
    let tallest = units::read(Measure::Height, input.tallest)?;
    let now = units::read(Measure::Height, input.now)?;
    let lost = round_to(tallest - now, 1);
    let text = || format!("{} cm, now {} cm", typed(tallest), typed(now));
    if lost < -rules.tolerance {
        return Err(Ask::wrong(
            "height_loss",
            text(),
            format!(
                "{} cm taller now than at the tallest: please check whether the two are swapped.",
                figure(-lost)
            ),
        ));
    }
    if lost > rules.unusual_above && !(input.tallest.confirmed && input.now.confirmed) {
        return Err(Ask::unusual(
            "height_loss",
            text(),
            format!(
                "{} cm lost is unusual: please check both heights, and confirm them if they are right.",
                figure(lost)
            ),
        ));
    }
    let result = Lost {
        cm: lost.max(0.0),
        nogg: lost >= rules.nogg_from,
        ng259: lost > rules.ng259_above,
    };
    let line = match (result.nogg, result.ng259) {
        (_, true) => "both",
        (true, false) => "nogg_only",
        (false, false) => "neither",
    };
    let wanted = [
        (line, true),
        ("remembered", input.known_by == Tallest::Remembered),
        ("taller", lost < 0.0),
    ];
    let means = wanted
        .iter()
        .filter(|(_, holds)| *holds)
        .filter_map(|(id, _)| rules.remarks.iter().find(|remark| remark.id == *id))
        .cloned()
        .collect();
    Ok(Worked {
        result,
        working: format!(
            "{} cm − {} cm = {} cm",
            figure(tallest),
            figure(now),
            figure(lost)
        ),
        means,
        source: super::sourced(&rules.source),
    })
}
