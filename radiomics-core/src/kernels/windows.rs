//! Sums over windows that slide along a line, from running sums.

use super::{Isa, kernel};

/// Partial results side by side, the same for all instruction sets.
const STRIPES: usize = 8;

kernel! {
    fn add_kernel(low: &[f64], high: &[f64], totals: &mut [f64]) {
        for ((total, l), h) in totals.iter_mut().zip(low).zip(high) {
            *total += h - l;
        }
    }
}

kernel! {
    fn highest_kernel(low: &[f64], high: &[f64]) -> f64 {
        let mut highest = [f64::NEG_INFINITY; STRIPES];
        let (lows, low_rest) = low.as_chunks::<STRIPES>();
        let (highs, high_rest) = high.as_chunks::<STRIPES>();
        for (l, h) in lows.iter().zip(highs) {
            for s in 0..STRIPES {
                let sum = h[s] - l[s];
                highest[s] = if sum > highest[s] { sum } else { highest[s] };
            }
        }
        let rest = low_rest.iter().zip(high_rest).map(|(l, h)| h - l);
        rest.chain(highest).fold(f64::NEG_INFINITY, f64::max)
    }
}

/// Adds to `totals` the sums between the places of `low` and of `high`, both as long.
pub fn add(isa: Isa, low: &[f64], high: &[f64], totals: &mut [f64]) {
    add_kernel(isa, low, high, totals);
}

/// The highest of such sums; −∞ of none.
pub fn highest(isa: Isa, low: &[f64], high: &[f64]) -> f64 {
    highest_kernel(isa, low, high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_instruction_set_gives_the_same_bits() {
        for n in [0usize, 1, 7, 8, 9, 100] {
            let before: Vec<f64> = (0..n + 3).map(|i| ((i * 7919 + 13) % 1009) as f64 * 0.37).collect();
            let plain: Vec<f64> = (0..n).map(|i| 0.1 + (before[i + 3] - before[i])).collect();
            for isa in Isa::available() {
                let mut totals = vec![0.1; n];
                add(isa, &before[..n], &before[3..], &mut totals);
                assert_eq!(totals, plain, "{}", isa.name());
                let sums = (0..n).map(|i| before[i + 3] - before[i]);
                assert_eq!(highest(isa, &before[..n], &before[3..]), sums.fold(f64::NEG_INFINITY, f64::max));
            }
        }
    }
}
