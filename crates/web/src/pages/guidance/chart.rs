//! NOGG's lines with somebody's point among them, drawn by the server: a picture, a sentence and a table.

use guidance::{
    Status,
    nogg::{self, Band, Outcome},
    record::FraxOnRecord,
};

use crate::view::guidance::{Chart, ChartBand};

/// Where the drawing's own plane begins and ends, in its units.
const LEFT: f64 = 36.0;
const RIGHT: f64 = 352.0;
const TOP: f64 = 8.0;
const BOTTOM: f64 = 216.0;

/// The charts, and what has to be said beside them; where there are none, why not.
pub fn charts(frax: &FraxOnRecord) -> (Vec<Chart>, Vec<String>) {
    let charts = match frax.charts() {
        Ok(charts) => charts,
        Err(why) => return (Vec::new(), vec![format!("{why}.")]),
    };
    let mut notes = Vec::new();
    if !frax.saved {
        notes
            .push("The score is printed in the scan’s report; nobody has saved it yet.".to_owned());
    }
    match nogg::status() {
        Status::Verified => {}
        status => notes.push(format!(
            "NOGG’s lines: {}. A clinician has to check the table once.",
            status.words().to_lowercase()
        )),
    }
    (charts.iter().map(draw).collect(), notes)
}

fn draw(drawn: &nogg::Chart) -> Chart {
    let (id, title) = match drawn.outcome {
        Outcome::Mof => ("nogg-mof", "Major osteoporotic fracture"),
        Outcome::Hip => ("nogg-hip", "Hip fracture"),
    };
    let x = |value: f64| place(value, drawn.x.min, drawn.x.max, LEFT, RIGHT);
    let y = |value: f64| place(value, drawn.y.min, drawn.y.max, BOTTOM, TOP);
    let points = |list: &[(f64, f64)]| {
        list.iter()
            .map(|(across, up)| format!("{:.1},{:.1}", x(*across), y(*up)))
            .collect::<Vec<_>>()
            .join(" ")
    };
    Chart {
        id,
        title: format!(
            "{title}, {}",
            if drawn.with_bmd {
                "with bone density"
            } else {
                "without bone density"
            }
        ),
        words: drawn.sentence(),
        bands: drawn
            .bands
            .iter()
            .map(|band| ChartBand {
                class: match band.band {
                    Band::Low => "low",
                    Band::Intermediate => "intermediate",
                    Band::High => "high",
                    Band::VeryHigh => "very_high",
                },
                points: points(&band.corners),
                label: band.band.words(),
                x: format!("{:.1}", x(band.label.0)),
                y: format!("{:.1}", y(band.label.1)),
            })
            .collect(),
        lines: drawn
            .lines
            .iter()
            .map(|curve| points(&curve.points))
            .collect(),
        x_marks: drawn
            .x
            .ticks
            .iter()
            .map(|tick| (format!("{:.1}", x(*tick)), format!("{tick}")))
            .collect(),
        y_marks: drawn
            .y
            .ticks
            .iter()
            .map(|tick| (format!("{:.1}", y(*tick) + 4.0), format!("{tick}%")))
            .collect(),
        point: drawn
            .point
            .map(|(across, up)| (format!("{:.1}", x(across)), format!("{:.1}", y(up)))),
        table: drawn
            .table()
            .iter()
            .map(|row| {
                let lines = &row.lines;
                let mut cells = vec![row.age.clone()];
                cells.extend(
                    [
                        lines.lower,
                        lines.intervention,
                        lines.upper,
                        lines.very_high,
                    ]
                    .map(|value| format!("{value}")),
                );
                cells
            })
            .collect(),
    }
}

fn place(value: f64, min: f64, max: f64, from: f64, to: f64) -> f64 {
    from + (value - min) / (max - min) * (to - from)
}
