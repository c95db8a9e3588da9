//! NOGG's lines with somebody's point among them, drawn by the server: a picture, a sentence and a table.

use guidance::nogg::{self, Band, Outcome, Point};
use service::guidance::GuidanceView;

use crate::view::guidance::{Chart, ChartBand};

/// Where the drawing's own plane begins and ends, in its units.
const LEFT: f64 = 36.0;
const RIGHT: f64 = 352.0;
const TOP: f64 = 8.0;
const BOTTOM: f64 = 216.0;

pub fn charts(found: &GuidanceView) -> Vec<Chart> {
    let frax = &found.frax;
    let (Some(age), Some(with_bmd)) = (found.age, frax.with_bmd) else {
        return Vec::new();
    };
    [
        (
            Outcome::Mof,
            frax.mof,
            "nogg-mof",
            "Major osteoporotic fracture",
        ),
        (Outcome::Hip, frax.hip, "nogg-hip", "Hip fracture"),
    ]
    .into_iter()
    .filter_map(|(outcome, probability, id, title)| {
        let point = Point {
            age,
            probability: probability?,
            sex: found.sex,
        };
        let drawn = nogg::chart(outcome, with_bmd, Some(point)).ok()?;
        Some(draw(id, title, with_bmd, &drawn))
    })
    .collect()
}

fn draw(id: &'static str, title: &str, with_bmd: bool, drawn: &nogg::Chart) -> Chart {
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
            if with_bmd {
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

pub fn note(found: &GuidanceView) -> String {
    let frax = &found.frax;
    if !found.use_.on() {
        return String::new();
    }
    match (frax.mof, frax.with_bmd, found.age) {
        (None, ..) => "No FRAX figure is recorded.".to_owned(),
        (_, None, _) => {
            "Whether FRAX was worked out with the bone density is not recorded, and the lines differ."
                .to_owned()
        }
        (_, _, None) => "The age is not known.".to_owned(),
        (_, _, Some(age)) if age < 50 => "NOGG has no lines under 50.".to_owned(),
        _ => "NOGG’s lines are read in another source that quotes them: a clinician has to check the table once."
            .to_owned(),
    }
}
