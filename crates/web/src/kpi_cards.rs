//! From the report of the KPIs to the cards of its page.

use jiff::civil::Date;
use measures::kpi::{
    Band, Completeness, Figures, Kpi, KpiReport, Measure, Month, MonthFigures, Set, Verified,
    definitions,
};
use service::kpi::{Ask, KpiView};

use crate::{
    pages::kpi::{code, on},
    present::site_name,
    view::{
        kpi::{AxisMark, Card, Chart, Definition, Line, Point, SetLink},
        parts::{self, Fact, Tag},
        text::{count, counted},
    },
};

pub fn cards(view: &KpiView, ask: &Ask) -> Vec<Card> {
    let kpis = view.report.kpis.iter();
    kpis.map(|of| card(view, ask, of)).collect()
}

fn card(view: &KpiView, ask: &Ask, of: &KpiReport) -> Card {
    let id = format!("kpi-{}", of.number);
    let total = &of.total;
    let beside = view
        .report
        .beside
        .iter()
        .filter(|beside| beside.kpi == of.kpi);
    let completeness = Some(&view.report.completeness).filter(|_| of.kpi == Kpi::Completeness);
    let name = |code: &Option<terms::OdsCode>| {
        site_name(&view.sites, code.as_ref().map_or("", |code| code.as_str()))
    };
    Card {
        number: of.number,
        title: of.title,
        figure: percent(total.percent),
        count_words: count_words(of.kpi, total),
        interval: interval(total),
        band: band(total.band),
        missing: missing(view, of.kpi).to_owned(),
        sets: sets(view, ask, of),
        because: of
            .because
            .iter()
            .map(|(reason, people)| Fact::new(reason.words(), count(*people)))
            .collect(),
        definition: definition(of.kpi),
        chart: chart(&id, of),
        // One hospital is the total over again.
        sites: if of.hospitals.len() > 1 {
            let hospitals = of.hospitals.iter();
            hospitals
                .map(|row| line(name(&row.hospital), &row.figures))
                .collect()
        } else {
            Vec::new()
        },
        beside: beside
            .map(|beside| Line {
                note: beside.status.map_or("", Verified::words).to_owned(),
                ..line(beside.title.to_owned(), &beside.total)
            })
            .collect(),
        fields: completeness.map(fields).unwrap_or_default(),
        fields_words: completeness.map(fields_words).unwrap_or_default(),
        summary: line(of.title.to_owned(), total),
        id,
    }
}

fn percent(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), |value| format!("{value:.1}%"))
}

fn interval(figures: &Figures) -> String {
    let ends = figures.lower.zip(figures.upper);
    ends.map_or_else(String::new, |(lower, upper)| {
        format!("{lower:.1}% to {upper:.1}%")
    })
}

/// The word stands in the tag: colour only repeats it.
fn band(band: Option<Band>) -> Option<Tag> {
    let class = match band? {
        Band::Green => parts::GREEN,
        Band::Amber => parts::ORANGE,
        Band::Red => parts::RED,
    };
    band.map(|band| Tag::new(band.words(), class))
}

fn count_words(kpi: Kpi, figures: &Figures) -> String {
    match (kpi, figures.expected) {
        (Kpi::Identification, Some(expected)) => format!(
            "{} recorded, {expected:.1} to be expected",
            count(figures.met)
        ),
        (Kpi::Identification, None) => format!("{} recorded", count(figures.met)),
        _ => format!(
            "{} of {} eligible",
            count(figures.met),
            count(figures.eligible)
        ),
    }
}

/// What is to be done so that a figure can be worked out.
fn missing(view: &KpiView, kpi: Kpi) -> &'static str {
    if kpi != Kpi::Identification {
        return "";
    }
    if !view.expected_is_set {
        "How many fractures are to be expected is not set: give the hip fractures a year of each hospital in the settings."
    } else if view.report.period.is_none() {
        "Choose a period: the number to be expected is for its days."
    } else {
        ""
    }
}

fn sets(view: &KpiView, ask: &Ask, of: &KpiReport) -> Vec<SetLink> {
    [Set::Met, Set::NotMet, Set::Eligible, Set::NotEligible]
        .into_iter()
        .map(|set| {
            let people = of.total.count(set);
            let path = format!("/kpi/{}/{}", code(Measure::Kpi(of.kpi)), set.code());
            SetLink {
                label: set.words(),
                count: count(people),
                href: if view.may_see_people && people > 0 {
                    on(&path, ask, 1)
                } else {
                    String::new()
                },
                of: of.title,
            }
        })
        .collect()
}

fn definition(kpi: Kpi) -> Definition {
    let Some(read) = definitions().get(kpi) else {
        return Definition::default();
    };
    Definition {
        denominator: read.denominator.clone(),
        numerator: read.numerator.clone(),
        note: read.note.clone(),
        source: read.source.clone(),
        status: status(read.status),
    }
}

fn status(status: Verified) -> Tag {
    let class = match status {
        Verified::Verified => parts::BLUE,
        Verified::Partly => parts::GREY,
        Verified::Unverified => parts::YELLOW,
    };
    Tag::new(status.words(), class)
}

fn line(label: String, figures: &Figures) -> Line {
    Line {
        label,
        met: count(figures.met),
        eligible: match figures.expected {
            Some(expected) => format!("{expected:.1} expected"),
            None => count(figures.eligible),
        },
        percent: percent(figures.percent),
        interval: interval(figures),
        band: band(figures.band),
        note: String::new(),
    }
}

fn fields(completeness: &Completeness) -> Vec<Line> {
    let fields = completeness.fields.iter();
    fields
        .map(|field| Line {
            label: format!("{} {}", field.field.code(), field.words),
            met: count(field.missing),
            eligible: count(field.eligible),
            percent: percent(field.missing_percent),
            ..Line::default()
        })
        .collect()
}

fn fields_words(completeness: &Completeness) -> String {
    let failed = counted(completeness.failed_fields as u64, "field is", "fields are");
    match completeness.passes {
        Some(true) => format!("As the audit judges it: passed. {failed} too often blank."),
        Some(false) => format!("As the audit judges it: not passed. {failed} too often blank."),
        None => "As the audit judges it: nothing to judge yet.".to_owned(),
    }
}

/// The drawing area within 720 by 220.
const LEFT: f64 = 48.0;
const RIGHT: f64 = 710.0;
const TOP: f64 = 12.0;
const BOTTOM: f64 = 188.0;

fn month_words(month: Month, format: &str) -> String {
    Date::new(month.year(), month.month(), 1).map_or_else(
        |_| month.to_string(),
        |day| day.strftime(format).to_string(),
    )
}

fn chart(card: &str, of: &KpiReport) -> Option<Chart> {
    let drawn = |month: &MonthFigures| month.figures.percent;
    let highest = of.months.iter().filter_map(drawn).fold(f64::NAN, f64::max);
    if highest.is_nan() {
        return None;
    }
    // KPI 2 can be above 100; so that one odd month does not flatten the rest, the scale grows by whole steps.
    let top = (highest / 50.0).ceil().max(2.0) * 50.0;
    let last = of.months.len().saturating_sub(1).max(1) as f64;
    let across = |nth: usize| LEFT + 10.0 + (RIGHT - LEFT - 20.0) * nth as f64 / last;
    let up = |percent: f64| BOTTOM - (BOTTOM - TOP) * percent / top;
    let unit = |value: f64| format!("{value:.1}");

    let mut lines: Vec<Vec<String>> = vec![Vec::new()];
    let mut points = Vec::new();
    for (nth, month) in of.months.iter().enumerate() {
        let Some(value) = month.figures.percent else {
            lines.push(Vec::new());
            continue;
        };
        let (x, y) = (unit(across(nth)), unit(up(value)));
        if let Some(run) = lines.last_mut() {
            run.push(format!("{x},{y}"));
        }
        points.push(Point {
            x,
            y,
            settled: month.settled,
            words: format!(
                "{}: {}, {}",
                month_words(month.month, "%B %Y"),
                percent(Some(value)),
                count_words(of.kpi, &month.figures)
            ),
        });
    }
    let median = of.run_chart.median;
    let shifts: Vec<String> = of
        .run_chart
        .shifts
        .iter()
        .map(|shift| {
            format!(
                "{} in a row {}, {} to {}: more than chance.",
                counted(shift.months as u64, "month", "months"),
                shift.side.words(),
                month_words(shift.from, "%B %Y"),
                month_words(shift.to, "%B %Y")
            )
        })
        .collect();
    Some(Chart {
        id: format!("{card}-chart"),
        title: format!("{} by month of diagnosis", of.title),
        words: chart_words(of, points.len()),
        lines: lines
            .into_iter()
            .filter(|run| run.len() > 1)
            .map(|run| run.join(" "))
            .collect(),
        points,
        median: median.map(|value| AxisMark {
            at: unit(up(value)),
            text: percent(Some(value)),
        }),
        percents: [0.0, 0.5, 1.0]
            .into_iter()
            .map(|share| AxisMark {
                at: unit(up(top * share)),
                text: format!("{:.0}%", top * share),
            })
            .collect(),
        months: (0..)
            .zip(&of.months)
            .filter(|(nth, _)| nth % 4 == 1)
            .map(|(nth, month)| AxisMark {
                at: unit(across(nth)),
                text: month_words(month.month, "%b %Y"),
            })
            .collect(),
        rows: of
            .months
            .iter()
            .rev()
            .map(|month| Line {
                note: if month.settled {
                    ""
                } else {
                    "windows still open"
                }
                .to_owned(),
                ..line(month_words(month.month, "%B %Y"), &month.figures)
            })
            .collect(),
        shifts,
    })
}

/// What the eye takes from the drawing.
fn chart_words(of: &KpiReport, months: usize) -> String {
    let median = match of.run_chart.median {
        Some(median) => format!(
            "The median of the settled months is {}.",
            percent(Some(median))
        ),
        None => "There are too few settled months for a median.".to_owned(),
    };
    let newest = of
        .months
        .iter()
        .rev()
        .find(|month| month.settled && month.figures.percent.is_some());
    let newest = newest.map_or_else(String::new, |month| {
        format!(
            " The newest settled month, {}, has {}.",
            month_words(month.month, "%B %Y"),
            percent(month.figures.percent)
        )
    });
    format!(
        "{} of the last {} have a figure. {median}{newest} Every number is in the table below.",
        counted(months as u64, "month", "months"),
        of.months.len()
    )
}
