//! NOGG's lines, bands and chart.

use guidance::nogg::{Band, Line, NotPlaced, Outcome, Point, band, chart, data, deciding, lines};
use proptest::prelude::*;
use terms::{Answer, Sex};

#[test]
fn the_data_can_be_read() {
    for file in guidance::source::tables() {
        assert_eq!(file.fault, None, "{}", file.name);
        assert!(!file.head.version.is_empty() && !file.head.source.is_empty());
        assert_eq!(
            file.head.review_by.to_string(),
            "2027-05-31",
            "{}",
            file.name
        );
        assert!(!file.head.overdue(file.head.review_by));
    }
}

#[test]
fn published_points_stand_as_they_are() {
    let at = |age| lines(Outcome::Mof, age).unwrap();
    assert_eq!(
        (
            at(50).lower,
            at(50).intervention,
            at(50).upper,
            at(50).very_high
        ),
        (3.4, 7.3, 8.8, 11.7)
    );
    assert_eq!(at(65).upper, 19.8);
    for age in [70, 75, 90, 97] {
        assert_eq!(at(age).intervention, 20.3);
        assert_eq!(lines(Outcome::Hip, age).unwrap().very_high, 8.6);
    }
    for point in &data().body.points {
        for lines in [point.mof, point.hip] {
            let ratio = lines.upper / lines.intervention;
            assert!((1.1..=1.25).contains(&ratio), "{}: {ratio}", point.age);
            let ratio = lines.very_high / lines.intervention;
            assert!((1.58..=1.63).contains(&ratio), "{}: {ratio}", point.age);
        }
    }
}

#[test]
fn between_points_the_lines_are_log_linear() {
    // Rows of the reference, worked out independently.
    let at = lines(Outcome::Mof, 51).unwrap();
    assert_eq!(
        (at.lower, at.intervention, at.upper, at.very_high),
        (3.6, 7.69, 9.27, 12.33)
    );
    let at = lines(Outcome::Hip, 53).unwrap();
    assert_eq!(
        (at.lower, at.intervention, at.upper, at.very_high),
        (0.33, 1.23, 1.43, 1.97)
    );
    // Not the value of the band's start, which would be 7.3.
    assert!((lines(Outcome::Mof, 54).unwrap().intervention - 9.0).abs() < 0.05);
}

#[test]
fn nothing_below_fifty_and_ninety_for_everybody_older() {
    assert_eq!(band(49, 5.0, None, false), Err(NotPlaced::TooYoung(49)));
    assert_eq!(band(-1, 5.0, None, false), Err(NotPlaced::Age(-1)));
    assert_eq!(band(130, 5.0, None, false), Err(NotPlaced::Age(130)));
    let old = band(96, 30.0, Some(8.0), false).unwrap();
    assert_eq!((old.age, old.counted_as), (96, 90));
    assert_eq!(old.band, band(90, 30.0, Some(8.0), false).unwrap().band);
}

#[test]
fn without_bmd_there_are_four_bands() {
    let of = |mof, hip| band(72, mof, Some(hip), false).unwrap().band;
    assert_eq!(of(11.0, 2.5), Band::Low);
    assert_eq!(of(11.1, 2.5), Band::Intermediate);
    // Low needs both.
    assert_eq!(of(11.0, 2.6), Band::Intermediate);
    assert_eq!(of(24.3, 6.4), Band::Intermediate);
    assert_eq!(of(24.4, 6.4), Band::High);
    assert_eq!(of(15.0, 6.5), Band::High);
    assert_eq!(of(32.5, 3.0), Band::VeryHigh);
    assert_eq!(of(15.0, 8.6), Band::VeryHigh);
}

#[test]
fn with_bmd_the_middle_band_is_gone_and_the_higher_decides() {
    let of = |mof, hip| band(72, mof, Some(hip), true).unwrap().band;
    assert_eq!(of(20.2, 5.3), Band::Low);
    assert_eq!(of(20.3, 1.0), Band::High);
    assert_eq!(of(15.0, 5.4), Band::High);
    assert_eq!(of(15.0, 8.6), Band::VeryHigh);
}

#[test]
fn a_missing_hip_figure_leaves_the_band_open() {
    let low = band(72, 5.0, None, false).unwrap();
    assert!(low.open);
    assert_eq!(low.words(), "Low by one figure of two");
    let ids: Vec<_> = low
        .advice(Some(Answer::No))
        .into_iter()
        .map(|advice| advice.id)
        .collect();
    assert_eq!(ids, ["hip_missing"]);
    assert_eq!(
        band(72, 15.0, None, false).unwrap().words(),
        "At least intermediate"
    );
    let top = band(72, 40.0, None, false).unwrap();
    assert!(!top.open);
    assert_eq!(top.words(), "Very high");
}

#[test]
fn low_is_no_reassurance_after_a_fracture() {
    let low = band(72, 5.0, Some(1.0), false).unwrap();
    let first = |answer| low.advice(answer).first().unwrap().id.clone();
    assert_eq!(first(Some(Answer::Yes)), "low_with_fracture");
    assert_eq!(first(Some(Answer::No)), "low");
    // Not known is not no.
    assert_eq!(first(None), "low_with_fracture");
    assert_eq!(first(Some(Answer::NotKnown)), "low_with_fracture");
}

#[test]
fn an_intermediate_result_without_a_scan() {
    let middle = band(72, 15.0, Some(3.0), false).unwrap();
    let id = |answer| middle.without_scan(answer).unwrap().id;
    assert_eq!(id(Some(Answer::Yes)), "no_scan_treat");
    assert_eq!(id(Some(Answer::No)), "no_scan_wait");
    let above = band(72, 21.0, Some(3.0), false).unwrap();
    assert_eq!(
        above.without_scan(Some(Answer::No)).unwrap().id,
        "no_scan_treat"
    );
    let low = band(72, 5.0, Some(1.0), false).unwrap();
    assert_eq!(low.without_scan(None), None);
}

#[test]
fn near_a_line_is_borderline_and_the_line_is_named() {
    let at = |mof| band(72, mof, Some(1.0), false).unwrap().mof.borderline;
    assert_eq!(at(11.1 * 0.95), Some(Line::Lower));
    assert_eq!(at(11.1 * 1.05), Some(Line::Lower));
    assert_eq!(at(11.1 * 0.94), None);
    assert_eq!(at(24.0), Some(Line::Upper));
    // The intervention line parts nothing without bone density.
    assert_eq!(at(20.3), None);
    let with = band(72, 20.0, Some(1.0), true).unwrap();
    assert_eq!(with.mof.borderline, Some(Line::Intervention));
    assert_eq!(
        with.mof.words(),
        "Major osteoporotic fracture 20%: Low. Just below the intervention line (20.3%): borderline."
    );
    assert!(with.advice(None).iter().any(|a| a.id == "borderline"));
}

#[test]
fn what_cannot_be_is_refused() {
    assert!(matches!(
        band(72, 101.0, None, false),
        Err(NotPlaced::Probability { .. })
    ));
    assert!(band(72, f64::NAN, None, false).is_err());
    assert!(matches!(
        band(72, 5.0, Some(12.0), false),
        Err(NotPlaced::Swapped { .. })
    ));
}

#[test]
fn the_chart_says_what_it_shows() {
    let point = |age, sex| {
        Some(Point {
            age,
            probability: 18.4,
            sex,
        })
    };
    let drawn = chart(Outcome::Mof, false, point(72, Sex::Female)).unwrap();
    assert_eq!(
        drawn.sentence(),
        "A woman of 72 with a 10-year probability of a major osteoporotic fracture of 18.4%, without bone density, lies in the band intermediate. The lines at 72 are: lower assessment line 11.1%, upper assessment line 24.4% and very high risk line 32.5%."
    );
    assert_eq!(drawn.point, Some((72.0, 18.4)));
    assert_eq!(drawn.bands.len(), 4);
    assert_eq!(drawn.lines.len(), 3);
    assert_eq!(drawn.y.max, 40.0);
    let old = chart(Outcome::Mof, true, point(95, Sex::NotKnown)).unwrap();
    assert!(old.sentence().starts_with("Somebody of 95 (counted as 90)"));
    assert_eq!(old.point, Some((90.0, 18.4)));
    assert_eq!(old.bands.len(), 3);
    let empty = chart(Outcome::Hip, true, None).unwrap();
    assert!(empty.sentence().contains("low, high and very high"));
    assert!(chart(Outcome::Mof, false, point(45, Sex::Male)).is_err());
}

#[test]
fn the_table_marks_what_is_herald_s() {
    let rows = chart(Outcome::Mof, false, None).unwrap().table();
    assert_eq!(rows.len(), 21);
    assert_eq!(rows.iter().filter(|row| row.published).count(), 5);
    assert_eq!(rows.last().unwrap().age, "70 and over");
}

proptest! {
    #[test]
    fn lines_rise_with_age_and_keep_their_order(age in 50i16..100) {
        for outcome in [Outcome::Mof, Outcome::Hip] {
            let now = lines(outcome, age).unwrap();
            let next = lines(outcome, age + 1).unwrap();
            for &line in Line::ALL {
                prop_assert!(next.value(line) >= now.value(line));
            }
            prop_assert!(now.lower < now.intervention);
            prop_assert!(now.intervention < now.upper && now.upper < now.very_high);
        }
    }

    #[test]
    fn a_higher_probability_is_never_a_lower_band(
        age in 50i16..100, mof in 0.0f64..90.0, more in 0.0f64..10.0, part in 0.0f64..1.0, bmd: bool
    ) {
        let hip = mof * part;
        let before = band(age, mof, Some(hip), bmd).unwrap();
        let after = band(age, mof + more, Some(hip), bmd).unwrap();
        prop_assert!(after.band >= before.band);
        prop_assert_eq!(before.band, before.figures().map(|placed| placed.band).max().unwrap());
        if bmd {
            prop_assert_ne!(before.band, Band::Intermediate);
        }
        // Without the hip figure the band is never above what it is with it.
        prop_assert!(band(age, mof, None, bmd).unwrap().band <= before.band);
    }

    #[test]
    fn the_chart_puts_a_point_into_the_band_it_names(
        age in 50i16..=90, percent in 0.0f64..=100.0, bmd: bool, hip: bool
    ) {
        let outcome = if hip { Outcome::Hip } else { Outcome::Mof };
        let point = Point { age, probability: percent, sex: Sex::Male };
        let drawn = chart(outcome, bmd, Some(point)).unwrap();
        prop_assert!(drawn.y.max >= percent);
        prop_assert_eq!(drawn.y.ticks.last().copied(), Some(drawn.y.max));
        prop_assert_eq!(drawn.bands.len(), deciding(bmd).len() + 1);
        let band = drawn.placed.as_ref().unwrap().1.band;
        let shape = drawn.bands.iter().find(|shape| shape.band == band).unwrap();
        let heights: Vec<f64> = shape.corners.iter()
            .filter(|(x, _)| *x == f64::from(age)).map(|(_, y)| *y).collect();
        prop_assert_eq!(heights.len(), 2);
        prop_assert!(heights[0] <= percent && percent <= heights[1], "{:?} {}", heights, percent);
    }
}
