//! Whether a feed is as it was: how much of it comes, what share of it speaks of fractures, and whether it has fallen
//! silent.
//!
//! A Shewhart chart (c chart for volumes, p chart for shares) against twelve earlier weeks, with changes for few weeks
//! and real feeds. Counts and shares are first put on a scale on which chance varies alike everywhere (Anscombe 1948,
//! Biometrika 35:246), so that a halving is seen as soon as a doubling. Feeds vary more than chance alone makes them, so
//! the limits widen by the dispersion of the weeks before, as in a Laney chart (Laney 2002, Quality Engineering 14:531).
//! That dispersion is itself known from a few weeks only, so the three sigma become the quantile of Student's t with
//! the same probability. And a change that is certain but small is no warning.

use jiff::civil::Date;

/// Weeks that one week is held against.
pub const HISTORY: usize = 12;
/// Fewer say nothing.
pub const LEAST_HISTORY: usize = 6;
/// Neither what came nor what was to be expected reaches this: too few to say.
const FEWEST: f64 = 8.0;
/// A smaller change than this share of the usual is no warning.
const SMALLEST_CHANGE: f64 = 0.25;
/// As unlikely as three sigma (0.27%, both sides), for 5 to 11 degrees of freedom.
const STUDENT: [f64; 7] = [5.51, 4.90, 4.53, 4.28, 4.09, 3.96, 3.85];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    Below,
    Above,
}

/// One week against those before.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Judged {
    pub usual: f64,
    pub low: f64,
    pub high: f64,
    /// Which way it departs, if it does.
    pub departs: Option<Way>,
}

/// How many came in a week, against earlier weeks (oldest first). `None`: too little history.
pub fn volume(before: &[u64], now: u64) -> Option<Judged> {
    let scale = |count: f64| 2.0 * (count + 0.375).sqrt();
    let back = |z: f64| (square(z.max(0.0) / 2.0) - 0.375).max(0.0);
    let before: Vec<f64> = recent(before)?.iter().map(|count| *count as f64).collect();
    let weeks = before.len() as f64;
    let centre = before.iter().map(|count| scale(*count)).sum::<f64>() / weeks;
    let squares = before.iter().map(|count| square(scale(*count) - centre));
    let reach = reach(squares.sum(), before.len());
    let usual = before.iter().sum::<f64>() / weeks;
    let now = now as f64;
    Some(Judged {
        usual,
        low: back(centre - reach).min(usual),
        high: back(centre + reach).max(usual),
        departs: departs(scale(now) - centre, reach)
            .filter(|_| matters(now, usual) && now.max(usual) >= FEWEST),
    })
}

/// A week's count of something among all that came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    pub count: u64,
    pub of: u64,
}

impl Share {
    fn value(self) -> f64 {
        self.count as f64 / self.of as f64
    }

    fn angle(self) -> f64 {
        ((self.count as f64 + 0.375) / (self.of as f64 + 0.75))
            .sqrt()
            .asin()
    }

    /// One standard deviation of the angle is half of one over this.
    fn root(self) -> f64 {
        (self.of as f64 + 0.5).sqrt()
    }
}

/// A week's share against earlier weeks (oldest first). `None`: too little history, or nothing came.
pub fn share(before: &[Share], now: Share) -> Option<Judged> {
    let before: Vec<Share> = before.iter().copied().filter(|week| week.of > 0).collect();
    let before = recent(&before)?;
    if now.of == 0 {
        return None;
    }
    let all: u64 = before.iter().map(|week| week.of).sum();
    let usual = before.iter().map(|week| week.count).sum::<u64>() as f64 / all as f64;
    let weight: f64 = before.iter().map(|week| square(week.root())).sum();
    let centre = before
        .iter()
        .map(|week| square(week.root()) * week.angle())
        .sum::<f64>()
        / weight;
    let squares = before
        .iter()
        .map(|week| square(2.0 * week.root() * (week.angle() - centre)));
    let reach = reach(squares.sum(), before.len());
    let back = |angle: f64| square(angle.clamp(0.0, std::f64::consts::FRAC_PI_2).sin());
    let width = reach / (2.0 * now.root());
    let enough = (now.count as f64).max(usual * now.of as f64) >= FEWEST;
    Some(Judged {
        usual,
        low: back(centre - width).min(usual),
        high: back(centre + width).max(usual),
        departs: departs(2.0 * now.root() * (now.angle() - centre), reach)
            .filter(|_| matters(now.value(), usual) && enough),
    })
}

fn recent<T>(before: &[T]) -> Option<&[T]> {
    let from = before.len().saturating_sub(HISTORY);
    before
        .get(from..)
        .filter(|weeks| weeks.len() >= LEAST_HISTORY)
}

/// How far a new week may lie from the centre, on the scale on which chance has a standard deviation of one.
fn reach(squares: f64, weeks: usize) -> f64 {
    let dispersion = squares / (weeks - 1) as f64;
    let student = STUDENT.get(weeks - LEAST_HISTORY).copied().unwrap_or(3.85);
    // The centre is known from a few weeks too.
    (student * dispersion.sqrt()).max(3.0) * (1.0 + 1.0 / weeks as f64).sqrt()
}

fn departs(distance: f64, reach: f64) -> Option<Way> {
    if distance.abs() <= reach {
        None
    } else if distance < 0.0 {
        Some(Way::Below)
    } else {
        Some(Way::Above)
    }
}

fn matters(now: f64, usual: f64) -> bool {
    (now - usual).abs() >= SMALLEST_CHANGE * usual
}

fn square(x: f64) -> f64 {
    x * x
}

/// Nothing comes any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Silence {
    pub since: Date,
    /// Days from then to now.
    pub days: u32,
    /// The longest that it had been quiet before, in days.
    pub longest: u32,
}

/// Fewer days on which something came do not say what is usual.
const LEAST_DAYS: usize = 10;

/// Silent for longer than ever before: more than a day longer, and half as long again, since the next longest gap of an
/// irregular feed is often a little longer than the last. `days`: on which something came, in order.
pub fn silence(days: &[Date], today: Date) -> Option<Silence> {
    let since = *days.last().filter(|_| days.len() >= LEAST_DAYS)?;
    let between = |from: Date, to: Date| u32::try_from((to - from).get_days()).unwrap_or(0);
    let longest = days
        .iter()
        .zip(days.iter().skip(1))
        .map(|(from, to)| between(*from, *to))
        .max()?;
    let quiet = between(since, today);
    (quiet > longest + 1 && 2 * quiet > 3 * longest).then_some(Silence {
        since,
        days: quiet,
        longest,
    })
}
