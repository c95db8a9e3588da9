//! Chance, from a seed. Each thing made up has its own dice, keyed by what it is, so that it comes out the same
//! in whatever order things are made.

use rand::{Rng, SeedableRng};
use rand_pcg::Pcg32;

/// Chance for one made-up thing.
pub struct Dice(Pcg32);

impl Dice {
    /// `purpose` keeps apart the dice of two things that share a number.
    pub fn new(seed: u64, purpose: &str, number: u64) -> Self {
        let mut key = mix(seed);
        for byte in purpose.bytes() {
            key = mix(key ^ u64::from(byte));
        }
        Self(Pcg32::seed_from_u64(mix(key ^ mix(number))))
    }

    /// 0 up to but not including `n`; 0 when `n` is 0.
    pub fn below(&mut self, n: u32) -> u32 {
        ((u64::from(self.0.next_u32()) * u64::from(n)) >> 32) as u32
    }

    /// `low` to `high`, both included.
    pub fn between(&mut self, low: i32, high: i32) -> i32 {
        let width = high.abs_diff(low).saturating_add(1);
        low.saturating_add_unsigned(self.below(width))
    }

    /// Whether it comes to pass, `n` times in a thousand.
    pub fn per_mille(&mut self, n: u32) -> bool {
        self.below(1000) < n
    }

    /// Whether it comes to pass, `n` times in a hundred.
    pub fn percent(&mut self, n: u32) -> bool {
        self.below(100) < n
    }

    /// One of these.
    pub fn pick<'a, T>(&mut self, from: &'a [T], otherwise: &'a T) -> &'a T {
        from.get(self.below(from.len() as u32) as usize)
            .unwrap_or(otherwise)
    }

    /// One of these; empty when there are none.
    pub fn word(&mut self, from: &[&'static str]) -> &'static str {
        from.get(self.below(from.len() as u32) as usize)
            .copied()
            .unwrap_or_default()
    }

    /// One of the pairs, with a chance in proportion to its weight.
    pub fn weighted<T: Copy>(&mut self, from: &[(T, u32)], otherwise: T) -> T {
        let total = from.iter().map(|(_, weight)| weight).sum();
        let mut left = self.below(total);
        for (thing, weight) in from {
            if left < *weight {
                return *thing;
            }
            left -= weight;
        }
        otherwise
    }
}

/// SplitMix64: spreads small differences over all bits.
fn mix(mut z: u64) -> u64 {
    z = z.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
