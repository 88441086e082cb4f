//! Sums over windows that slide along a line, from running sums.

use super::{Isa, kernel};

/// Number of windows whose sums are kept in registers.
const STRIP: usize = 32;

kernel! {
    fn add_kernel(before: &[f64], windows: &[[usize; 2]], totals: &mut [f64]) {
        let (strips, rest) = totals.as_chunks_mut::<STRIP>();
        let done = strips.len() * STRIP;
        for (strip, sums) in strips.iter_mut().enumerate() {
            for &[low, high] in windows {
                let (low, high) = (&before[low + STRIP * strip..][..STRIP], &before[high + STRIP * strip..][..STRIP]);
                for s in 0..STRIP {
                    sums[s] += high[s] - low[s];
                }
            }
        }
        for &[low, high] in windows {
            let (low, high) = (&before[low + done..][..rest.len()], &before[high + done..][..rest.len()]);
            for ((sum, l), h) in rest.iter_mut().zip(low).zip(high) {
                *sum += h - l;
            }
        }
    }
}

/// Adds to `totals` the sums over windows. The windows of the first total lie between the two places in
/// `before` of each of `windows`, those of the next total a place further, and so on.
pub fn add(isa: Isa, before: &[f64], windows: &[[usize; 2]], totals: &mut [f64]) {
    add_kernel(isa, before, windows, totals);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_instruction_set_gives_the_same_bits() {
        for n in [0usize, 1, 7, 32, 33, 100] {
            let before: Vec<f64> = (0..n + 9).map(|i| ((i * 7919 + 13) % 1009) as f64 * 0.37).collect();
            let windows = [[0, 3], [2, 9], [5, 6]];
            let plain: Vec<f64> = (0..n)
                .map(|i| {
                    windows.iter().fold(0.1, |sum, &[low, high]| sum + (before[high + i] - before[low + i]))
                })
                .collect();
            for isa in Isa::available() {
                let mut totals = vec![0.1; n];
                add(isa, &before, &windows, &mut totals);
                assert_eq!(totals, plain, "{}", isa.name());
            }
        }
    }
}
