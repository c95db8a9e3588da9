/// A value with its 95% confidence interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    pub value: f64,
    pub lower: f64,
    pub upper: f64,
}

/// 97.5th percentile of the standard normal distribution.
const Z: f64 = 1.959_963_984_540_054;

/// Wilson's score interval for a proportion (Wilson 1927). It stays inside 0 to 1 and is honest about 0 found in
/// a few looked at, where the usual formula claims certainty. Nothing looked at says nothing.
pub fn wilson(found: u64, of: u64) -> Option<Interval> {
    if of == 0 || found > of {
        return None;
    }
    let (n, p) = (of as f64, found as f64 / of as f64);
    let z2 = Z * Z;
    let middle = (p + z2 / (2.0 * n)) / (1.0 + z2 / n);
    let reach = Z / (1.0 + z2 / n) * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt();
    let lower = if found == 0 {
        0.0
    } else {
        (middle - reach).max(0.0)
    };
    let upper = if found == of {
        1.0
    } else {
        (middle + reach).min(1.0)
    };
    Some(Interval {
        value: p,
        lower,
        upper,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn near(a: f64, b: f64) -> bool {
        (a - b).abs() < 5e-5
    }

    /// Newcombe 1998 (Statistics in Medicine 17:857), table I, method 3.
    #[test]
    fn agrees_with_published_values() {
        for (found, of, lower, upper) in [
            (81, 263, 0.2553, 0.3662),
            (15, 148, 0.0624, 0.1605),
            (0, 20, 0.0, 0.1611),
            (1, 29, 0.0061, 0.1718),
        ] {
            let interval = wilson(found, of).unwrap();
            assert!(
                near(interval.lower, lower) && near(interval.upper, upper),
                "{found}/{of}: {interval:?}"
            );
        }
        assert_eq!(wilson(0, 0), None);
    }

    proptest! {
        #[test]
        fn holds_the_value_and_narrows_with_more(found in 0u64..50, more in 0u64..200) {
            let few = wilson(found, found + more);
            if let Some(few) = few {
                prop_assert!(0.0 <= few.lower && few.lower <= few.value && few.value <= few.upper && few.upper <= 1.0);
                let many = wilson(found * 10, (found + more) * 10).unwrap();
                prop_assert!(many.upper - many.lower <= few.upper - few.lower + 1e-12);
            }
        }
    }
}
