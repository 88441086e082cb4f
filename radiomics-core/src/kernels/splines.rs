//! Interpolation along lines, several lines side by side.

use super::{Isa, kernel};

/// Number of lines that are worked on together.
pub const LANES: usize = 16;

/// Values at one place of each line.
pub type Lanes = [f64; LANES];

/// The value at a place between voxels: up to four voxels along the line, and their weights.
#[derive(Clone, Copy, Debug)]
pub struct Taps {
    /// Places of the voxels along the line.
    pub index: [usize; 4],
    /// Weights of the voxels. A weight of 0 must not turn a NaN or an infinity outside of the support
    /// into NaN: such a voxel is left out.
    pub weights: [f64; 4],
    /// Whether the value lies on the line between two voxels a and b. It is a + t·(b − a), which stays
    /// what it is between equal voxels, where a sum of weighted values may miss it by a rounding error.
    pub linear: bool,
}

/// √3 − 2, the pole of the B-spline of order 3.
pub const POLE: f64 = -0.267_949_192_431_122_7;

/// Index `i` mirrored at the centres of the first and last voxel.
pub fn mirror(i: isize, last: usize) -> usize {
    if last == 0 {
        return 0;
    }
    let period = 2 * last as isize;
    let i = i.rem_euclid(period);
    i.min(period - i) as usize
}

kernel! {
    fn prefilter_kernel(line: &mut [Lanes], reach: usize) {
        let n = line.len();
        if n < 2 {
            return;
        }
        let pole = POLE;
        let gain = (1.0 - pole) * (1.0 - 1.0 / pole);
        // Past this many terms the powers of the pole add nothing.
        let horizon = n.min(reach + 8);
        let mut causal = line[0];
        if horizon < n {
            let mut power = pole;
            for values in &line[1..horizon] {
                for l in 0..LANES {
                    causal[l] += power * values[l];
                }
                power *= pole;
            }
        } else {
            // Short line: the mirrored signal is periodic, sum it exactly.
            let mut power = 1.0;
            causal = [0.0; LANES];
            for i in 0..2 * (n - 1) {
                let values = &line[mirror(i as isize, n - 1)];
                for l in 0..LANES {
                    causal[l] += power * values[l];
                }
                power *= pole;
            }
            causal = causal.map(|c| c / (1.0 - power));
        }
        line[0] = causal;
        let mut previous = causal;
        for values in &mut line[1..] {
            for l in 0..LANES {
                values[l] += pole * previous[l];
            }
            previous = *values;
        }
        let before = line[n - 2];
        for l in 0..LANES {
            previous[l] = pole / (pole * pole - 1.0) * (previous[l] + pole * before[l]);
            line[n - 1][l] = previous[l] * gain;
        }
        for values in line[..n - 1].iter_mut().rev() {
            for l in 0..LANES {
                previous[l] = pole * (previous[l] - values[l]);
                values[l] = previous[l] * gain;
            }
        }
    }
}

kernel! {
    fn at_taps_kernel(line: &[Lanes], taps: &[Taps], values: &mut [Lanes]) {
        assert_eq!(values.len(), taps.len(), "values and what they are made of");
        for (value, tap) in values.iter_mut().zip(taps) {
            let mut sum = [0.0; LANES];
            let mut is_first = true;
            for (&index, &weight) in tap.index.iter().zip(&tap.weights) {
                if weight == 0.0 {
                    continue;
                }
                let from = &line[index];
                if !tap.linear {
                    for l in 0..LANES {
                        sum[l] += weight * from[l];
                    }
                } else if is_first {
                    sum = *from;
                } else {
                    for l in 0..LANES {
                        sum[l] += weight * (from[l] - sum[l]);
                    }
                }
                is_first = false;
            }
            *value = sum;
        }
    }
}

kernel! {
    fn at_tap_kernel(rows: [&[f64]; 4], tap: &Taps, values: &mut [f64]) {
        let rows = rows.map(|row| &row[..values.len()]);
        if let (true, [0.0, b, c, 0.0]) = (tap.linear, tap.weights)
            && b != 0.0
            && c != 0.0
        {
            for i in 0..values.len() {
                let sum = rows[1][i];
                values[i] = sum + c * (rows[2][i] - sum);
            }
            return;
        }
        let mut is_first = true;
        for (row, &weight) in rows.iter().zip(&tap.weights) {
            if weight == 0.0 {
                continue;
            }
            match (tap.linear, is_first) {
                // What 0 + weight·x is: never −0.
                (false, true) => (0..values.len()).for_each(|i| values[i] = 0.0 + weight * row[i]),
                (false, false) => (0..values.len()).for_each(|i| values[i] += weight * row[i]),
                (true, true) => values.copy_from_slice(row),
                (true, false) => (0..values.len()).for_each(|i| values[i] += weight * (row[i] - values[i])),
            }
            is_first = false;
        }
        if is_first {
            values.fill(0.0);
        }
    }
}

kernel! {
    fn round_kernel(values: &mut [f64]) {
        for x in values {
            *x = x.round_ties_even();
        }
    }
}

kernel! {
    fn truncate_kernel(values: &mut [f64], low: f64, high: f64) {
        for x in values {
            let whole = x.trunc();
            let whole = if whole < low { low } else { whole };
            let whole = if whole > high { high } else { whole };
            // An integer has no sign of zero, and none stands for NaN.
            *x = if whole.is_nan() { 0.0 } else { whole + 0.0 };
        }
    }
}

/// Turns the values of lines into B-spline coefficients of order 3, with mirrored borders
/// (Unser 1999, the causal and the anti-causal filter). After `reach` voxels the response of
/// the filter is below the resolution of a 64-bit float.
pub fn prefilter(isa: Isa, line: &mut [Lanes], reach: usize) {
    prefilter_kernel(isa, line, reach);
}

/// The values of lines at each of `taps`.
pub fn at_taps(isa: Isa, line: &[Lanes], taps: &[Taps], values: &mut [Lanes]) {
    at_taps_kernel(isa, line, taps, values);
}

/// The values at one place of lines that lie side by side, given the rows of the voxels of `tap`.
pub fn at_tap(isa: Isa, rows: [&[f64]; 4], tap: &Taps, values: &mut [f64]) {
    at_tap_kernel(isa, rows, tap, values);
}

/// Rounds each value to the nearest whole number, halves to the even one.
pub fn round(isa: Isa, values: &mut [f64]) {
    round_kernel(isa, values);
}

/// Cuts off fractions of values, and what lies beyond the limits of an integer type; NaN becomes 0.
pub fn truncate(isa: Isa, values: &mut [f64], [low, high]: [f64; 2]) {
    truncate_kernel(isa, values, low, high);
}

/// B-spline basis of order 3 at distances 1 + t, t, 1 − t and 2 − t.
#[inline(always)]
pub fn spline_weights(t: f64) -> [f64; 4] {
    let u = 1.0 - t;
    let outer = |d: f64| d * d * d / 6.0;
    let inner = |d: f64| 2.0 / 3.0 - d * d + d * d * d / 2.0;
    [outer(u), inner(t), inner(u), outer(t)]
}

/// Weights of Keys' cubic convolution, a = −1/2, at distances 1 + t, t, 1 − t and 2 − t.
#[inline(always)]
pub fn convolution_weights(t: f64) -> [f64; 4] {
    let inner = |d: f64| (1.5 * d - 2.5) * d * d + 1.0;
    let outer = |d: f64| ((-0.5 * d + 2.5) * d - 4.0) * d + 2.0;
    [outer(1.0 + t), inner(t), inner(1.0 - t), outer(2.0 - t)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounding_is_that_of_the_types() {
        let all = [-0.3, 0.5, 1.5, 2.5, -1.5, 300.7, -40_000.2, 40_000.9, f64::NAN, f64::INFINITY];
        for isa in Isa::available() {
            let mut rounded = all;
            round(isa, &mut rounded);
            let mut cut = all;
            truncate(isa, &mut cut, [-32_768.0, 32_767.0]);
            for ((x, r), c) in all.into_iter().zip(rounded).zip(cut) {
                assert_eq!(r.to_bits(), x.round_ties_even().to_bits());
                assert_eq!(c.to_bits(), f64::from(x as i16).to_bits());
            }
        }
    }
}
