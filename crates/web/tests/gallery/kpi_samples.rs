//! The KPIs with figures that show every part of the page.

use jiff::civil::date;
use web::view::{
    form::{FieldError, Input},
    kpi::{
        AxisMark, Card, Chart, Definition, KpiPeople, Kpis, Line, Point, SetLink, SetTab, Somebody,
    },
    page::Chrome,
    parts::{self, Fact, Link, Pagination, Tag},
    text::DateText,
};

use crate::samples::{chrome, nhs};

fn lead(route: &str) -> Chrome {
    let who = ("Dr Helen Marsh", "Lead clinician", "All sites");
    let mut chrome = chrome(
        "/kpi",
        who,
        &[("/today", "Today"), ("/kpi", "KPIs"), ("/help", "Help")],
    );
    chrome.path = route.to_owned();
    chrome
}

fn line(label: &str, numbers: [&str; 4], band: Option<Tag>) -> Line {
    let [met, eligible, percent, interval] = numbers.map(str::to_owned);
    Line {
        label: label.into(),
        met,
        eligible,
        percent,
        interval,
        band,
        note: String::new(),
    }
}

fn dates(errors: &[FieldError]) -> Vec<Input> {
    [
        ("as_of", "As known on (today if empty)", ""),
        ("from", "Diagnosed from", "2025-01-01"),
        ("to", "Diagnosed up to", "2025-12-31"),
    ]
    .map(|(name, label, value)| {
        let error = errors.iter().find(|error| error.target == name);
        let mut input = Input::text(name, label)
            .value(value)
            .class("nhsuk-input--width-10")
            .error(error.map(|error| error.message.clone()));
        input.kind = "date";
        input
    })
    .to_vec()
}

fn chart() -> Chart {
    let percents = [62, 58, 71, 66, 80, 74, 69, 77, 83, 79, 85, 81];
    let points: Vec<Point> = (0..)
        .zip(percents)
        .map(|(month, percent)| Point {
            x: (58 + month * 28).to_string(),
            y: (188 - percent * 176 / 100).to_string(),
            settled: month < 10,
            words: format!("{percent}%"),
        })
        .collect();
    let mark = |at: &str, text: &str| AxisMark {
        at: at.into(),
        text: text.into(),
    };
    Chart {
        id: "kpi-4-chart".into(),
        title: "Assessed within 90 days by month of diagnosis".into(),
        words: "12 months of the last 24 have a figure. The median of the settled months is 76.0%. Every number is in the table below.".into(),
        lines: vec![points.iter().map(|p| format!("{},{}", p.x, p.y)).collect::<Vec<_>>().join(" ")],
        points,
        median: Some(mark("54", "76.0%")),
        percents: vec![mark("188", "0%"), mark("100", "50%"), mark("12", "100%")],
        months: vec![mark("86", "Jan 2025"), mark("198", "May 2025"), mark("310", "Sep 2025")],
        rows: vec![
            Line { note: "windows still open".into(), ..line("December 2025", ["81", "100", "81.0%", "72.2% to 87.5%"], Some(Tag::new("Green", parts::GREEN))) },
            line("November 2025", ["85", "100", "85.0%", "76.7% to 90.7%"], Some(Tag::new("Green", parts::GREEN))),
            line("October 2025", ["79", "100", "79.0%", "70.0% to 85.8%"], Some(Tag::new("Amber", parts::ORANGE))),
        ],
        shifts: vec!["6 months in a row above the median, July 2025 to December 2025: more than chance.".into()],
    }
}

fn sets(of: &'static str, path: &str, counts: [&str; 4]) -> Vec<SetLink> {
    let labels = [
        ("Met", "met"),
        ("Not met", "not_met"),
        ("Eligible", "eligible"),
        ("Not eligible", "not_eligible"),
    ];
    labels
        .into_iter()
        .zip(counts)
        .map(|((label, code), count)| SetLink {
            label,
            count: count.into(),
            href: if count == "0" {
                String::new()
            } else {
                format!("/kpi/{path}/{code}")
            },
            of,
        })
        .collect()
}

pub fn kpi() -> Kpis {
    let assessed = Card {
        id: "kpi-4".into(),
        number: 4,
        title: "Assessed within 90 days",
        summary: line(
            "",
            ["925", "1,214", "76.2%", "73.7% to 78.5%"],
            Some(Tag::new("Amber", parts::ORANGE)),
        ),
        figure: "76.2%".into(),
        count_words: "925 of 1,214 eligible".into(),
        interval: "73.7% to 78.5%".into(),
        band: Some(Tag::new("Amber", parts::ORANGE)),
        sets: sets(
            "Assessed within 90 days",
            "assessment",
            ["925", "289", "1,214", "182"],
        ),
        because: vec![
            Fact::new("Window still open", "98"),
            Fact::new("Done, counts when the window closes", "51"),
            Fact::new("Died before the window closed", "33"),
        ],
        definition: Definition {
            denominator: "All fractures of which the 90 days are over".into(),
            numerator: "Assessed no later than 90 days after the diagnosis".into(),
            note: "The audit’s denominator is all records entered.".into(),
            source: "FLS-DB improvement repository".into(),
            status: Tag::new("Partly read in the source", parts::GREY),
        },
        chart: Some(chart()),
        sites: vec![
            line(
                "Southend",
                ["611", "802", "76.2%", "73.1% to 79.0%"],
                Some(Tag::new("Amber", parts::ORANGE)),
            ),
            line(
                "Basildon",
                ["314", "412", "76.2%", "71.9% to 80.1%"],
                Some(Tag::new("Amber", parts::ORANGE)),
            ),
        ],
        beside: vec![Line {
            note: "Partly read in the source".into(),
            ..line(
                "Assessed within 12 weeks (IOF)",
                ["880", "1,214", "72.5%", "69.9% to 74.9%"],
                None,
            )
        }],
        ..Card::default()
    };
    let complete = Card {
        id: "kpi-1".into(),
        number: 1,
        title: "Data completeness",
        summary: line("", ["0", "0", "–", ""], None),
        figure: "–".into(),
        count_words: "0 of 0 eligible".into(),
        sets: sets(
            "Data completeness",
            "completeness",
            ["0", "0", "0", "1,396"],
        ),
        because: vec![Fact::new("Window still open", "1,396")],
        definition: assessed.definition.clone(),
        fields: vec![line("1.05 Care home", ["12", "80", "15.0%", ""], None)],
        fields_words: "As the audit judges it: passed. 0 fields are too often blank.".into(),
        ..Card::default()
    };
    let expected = Card {
        id: "kpi-2".into(),
        number: 2,
        title: "Identification (all fractures)",
        summary: line("", ["0", "0", "–", ""], None),
        figure: "–".into(),
        count_words: "0 recorded".into(),
        missing: "How many fractures are to be expected is not set: give the hip fractures a year of each hospital in the settings.".into(),
        definition: Definition {
            status: Tag::new("Not verified", parts::YELLOW),
            ..assessed.definition.clone()
        },
        ..Card::default()
    };
    Kpis {
        chrome: lead("/kpi").titled("KPIs", None),
        line: "1,396 accepted fractures, counting those diagnosed from 1 January 2025 to 31 December 2025, as known on 22 November 2026.".into(),
        dates: dates(&[]),
        shortcuts: vec![
            Link::new("/kpi?from=2026-01-01&to=2026-12-31", "Diagnosed in 2026"),
            Link::new("/kpi", "Everybody"),
        ],
        empty: false,
        cards: vec![complete, expected, assessed],
        note: "Do not call these figures the audit’s own until they have been compared with its method.".into(),
        referral_words: "KPIs 7 and 9 to 11 do not count a referral as bone therapy recommended. A setting says so.",
    }
}

pub fn kpi_empty() -> Kpis {
    let errors = vec![FieldError {
        target: "to".into(),
        message: "Choose a last day that is not before the first".into(),
    }];
    Kpis {
        dates: dates(&errors),
        chrome: lead("/kpi").with_errors(errors).titled("KPIs", None),
        line: "0 accepted fractures, whenever diagnosed, as known on 22 November 2026.".into(),
        empty: true,
        cards: Vec::new(),
        ..kpi()
    }
}

pub fn kpi_people() -> KpiPeople {
    let somebody = |name: &str, stem: u32, standing: &str| Somebody {
        href: format!("/patients/{stem}"),
        name: name.into(),
        nhs: nhs(999_100_000 + stem),
        age: "81".into(),
        fracture: "Left wrist".into(),
        diagnosed: DateText::from(date(2025, 11, 20)),
        hospital: "Southend".into(),
        standing: standing.into(),
    };
    let tab = |text, code: &str, current| SetTab {
        text,
        href: format!("/kpi/assessment/{code}"),
        current,
    };
    KpiPeople {
        chrome: lead("/kpi/{kpi}/{set}").titled("Assessed within 90 days: not eligible, 52", None),
        back: Link::new("/kpi#kpi-4", "All KPIs"),
        heading: "Assessed within 90 days: not eligible".into(),
        line: "Whenever diagnosed, as known on 22 November 2026.".into(),
        sets: vec![
            tab("Met", "met", false),
            tab("Not met", "not_met", false),
            tab("Not eligible", "not_eligible", true),
        ],
        showing: "1 to 2 of 52".into(),
        people: vec![
            somebody("EXAMPLE, Edna (Mrs)", 11, "Window still open"),
            somebody("SAMPLE, Ada", 12, "Died before the window closed"),
        ],
        pagination: Pagination::new(1, 3, |page| {
            format!("/kpi/assessment/not_eligible?page={page}")
        }),
    }
}

pub fn kpi_nobody() -> KpiPeople {
    KpiPeople {
        people: Vec::new(),
        pagination: None,
        ..kpi_people()
    }
}
