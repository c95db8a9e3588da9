//! How many of a finite number have something, when a sample without putting back had so many.

/// On either side of a 95% interval.
const TAIL: f64 = 0.025;

/// The fewest and the most among `all` that `found` in a sample of `seen` speaks for.
pub(crate) fn limits(all: u64, seen: u64, found: u64) -> (u64, u64) {
    let rest = all.saturating_sub(seen);
    // Both tails only grow or only shrink with the number in all, so each limit is found by halving.
    let (mut low, mut high) = (found, found + rest);
    while low < high {
        let middle = low + (high - low) / 2;
        if tail(all, seen, middle, found..=seen.min(middle)) >= TAIL {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    let fewest = low;
    let (mut low, mut high) = (found, found + rest);
    while low < high {
        let middle = high - (high - low) / 2;
        if tail(all, seen, middle, 0..=found) >= TAIL {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    (fewest, low)
}

/// The chance that a sample of `seen` from `all`, of which `with` have it, holds one of the numbers in `counts`.
fn tail(all: u64, seen: u64, with: u64, counts: std::ops::RangeInclusive<u64>) -> f64 {
    let without = all - with;
    let ways = ln_choose(all, seen);
    counts
        .filter(|count| *count <= with && seen - count <= without)
        .map(|count| (ln_choose(with, count) + ln_choose(without, seen - count) - ways).exp())
        .sum()
}

fn ln_choose(n: u64, k: u64) -> f64 {
    ln_factorial(n) - ln_factorial(k) - ln_factorial(n - k)
}

/// Stirling's series, exact to twelve digits from ten on.
fn ln_factorial(n: u64) -> f64 {
    if n < 10 {
        return (2..=n).map(|k| (k as f64).ln()).sum();
    }
    let x = n as f64;
    let series = 1.0 / (12.0 * x) - 1.0 / (360.0 * x.powi(3)) + 1.0 / (1260.0 * x.powi(5))
        - 1.0 / (1680.0 * x.powi(7));
    x * x.ln() - x + 0.5 * (std::f64::consts::TAU * x).ln() + series
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn factorials_and_chances() {
        for (n, exact) in [
            (0, 1.0),
            (5, 120.0),
            (10, 3_628_800.0),
            (15, 1_307_674_368_000.0),
        ] {
            assert!((ln_factorial(n) - f64::ln(exact)).abs() < 1e-11, "{n}");
        }
        // 3 red of 10, 4 drawn: none red in 35 of 210 ways.
        assert!((tail(10, 4, 3, 0..=0) - 35.0 / 210.0).abs() < 1e-12);
        assert!((tail(10, 4, 3, 0..=3) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn limits_worked_by_hand() {
        // Half of 400 seen, 4 with it: at least 4 there are. With 11 in all, 4 or fewer are seen in 27% of cases.
        let (fewest, most) = limits(400, 200, 4);
        assert_eq!(fewest, 4);
        assert!((13..=19).contains(&most), "{most}");
        assert_eq!(limits(40, 40, 3), (3, 3), "everything was seen");
        // One of two seen without it says nothing of the other.
        assert_eq!(limits(2, 1, 0), (0, 1));
    }
}
