//! Weighted sums of rows: what every convolution along an axis comes down to.

// What is compiled for an instruction set is only what is inlined, and iterators often are not.
#![allow(clippy::needless_range_loop, reason = "several arrays are walked by one index")]

use super::finite::larger;
use super::{Isa, kernel};

/// Sums that run side by side: enough registers of any instruction set to hide how long an
/// addition takes.
const LANES: usize = 32;
/// Sums that run side by side of each of the rows that are computed together.
const SHARED: usize = 16;
/// Sums that run side by side near the end of a row.
const SOME: usize = 8;
/// Sums that run side by side at the end of a row.
const FEW: usize = 4;

/// One term of a weighted sum of rows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Tap {
    /// Where the row of this term begins.
    pub offset: usize,
    /// What the row is multiplied with.
    pub weight: f64,
}

/// How a new value is combined with the one that is there.
pub(crate) trait Combine: Copy {
    fn combine(self, old: f64, new: f64) -> f64;
}

/// Takes the new value.
#[derive(Clone, Copy)]
pub(crate) struct Set;
/// Takes the magnitude of the new value.
#[derive(Clone, Copy)]
pub(crate) struct SetMagnitude;
/// Takes the sum of the old and the new value.
#[derive(Clone, Copy)]
pub(crate) struct Add;
/// Takes the larger one of the old and the new value, or NaN if either is.
#[derive(Clone, Copy)]
pub(crate) struct Max;
/// Takes the larger one of the old value and the magnitude of the new one, or NaN if either is.
#[derive(Clone, Copy)]
pub(crate) struct MaxMagnitude;

impl Combine for Set {
    #[inline(always)]
    fn combine(self, _: f64, new: f64) -> f64 {
        new
    }
}

impl Combine for SetMagnitude {
    #[inline(always)]
    fn combine(self, _: f64, new: f64) -> f64 {
        new.abs()
    }
}

impl Combine for Add {
    #[inline(always)]
    fn combine(self, old: f64, new: f64) -> f64 {
        old + new
    }
}

impl Combine for Max {
    #[inline(always)]
    fn combine(self, old: f64, new: f64) -> f64 {
        larger(old, new)
    }
}

impl Combine for MaxMagnitude {
    #[inline(always)]
    fn combine(self, old: f64, new: f64) -> f64 {
        Max.combine(old, new.abs())
    }
}

#[inline(always)]
fn block<T: Float, const N: usize>(base: &[T], start: usize, taps: &[Tap]) -> [T; N] {
    let mut sums = [T::default(); N];
    for tap in taps {
        let row = &base[tap.offset + start..][..N];
        let weight = T::from_f64(tap.weight);
        for i in 0..N {
            sums[i] += weight * row[i];
        }
    }
    sums
}

/// A number in which sums are computed.
pub(crate) trait Float:
    super::pages::Zero
    + Copy
    + Default
    + Send
    + Sync
    + std::ops::Mul<Output = Self>
    + std::ops::AddAssign
    + Into<f64>
{
    /// The number of this type that is nearest to `x`.
    fn from_f64(x: f64) -> Self;
}

impl Float for f64 {
    #[inline(always)]
    fn from_f64(x: f64) -> Self {
        x
    }
}

impl Float for f32 {
    #[inline(always)]
    fn from_f64(x: f64) -> Self {
        x as f32
    }
}

#[inline(always)]
fn combine_block<const N: usize>(how: impl Combine, out: &mut [f64; N], sums: [f64; N]) {
    for i in 0..N {
        out[i] = how.combine(out[i], sums[i]);
    }
}

kernel! {
    fn weighted_rows_kernel<C: Combine>(how: C, out: &mut [f64], base: &[f64], taps: &[Tap]) {
        let (blocks, rest) = out.as_chunks_mut::<LANES>();
        let mut start = 0;
        for out in blocks {
            combine_block(how, out, block::<f64, LANES>(base, start, taps));
            start += LANES;
        }
        let (blocks, rest) = rest.as_chunks_mut::<FEW>();
        for out in blocks {
            combine_block(how, out, block::<f64, FEW>(base, start, taps));
            start += FEW;
        }
        for out in rest {
            *out = how.combine(*out, block::<f64, 1>(base, start, taps)[0]);
            start += 1;
        }
    }
}

/// Rows that are computed together: each value that is read serves all of them.
pub(crate) const TOGETHER: usize = 4;

/// One term of the weighted sums of rows that are computed together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct SharedTap {
    /// Where the row of this term begins.
    pub offset: usize,
    /// What the row is multiplied with in each sum.
    pub weights: [f64; TOGETHER],
}

/// Four sums by name: of an array of them, a compiler may make vectors of one value each, which it gathers.
#[inline(always)]
fn shared_block<const N: usize>(base: &[f64], start: usize, taps: &[SharedTap]) -> [[f64; N]; TOGETHER] {
    let [mut a, mut b, mut c, mut d] = [[0.0; N]; TOGETHER];
    for tap in taps {
        let row = &base[tap.offset + start..][..N];
        let [of_a, of_b, of_c, of_d] = tap.weights;
        for i in 0..N {
            let x = row[i];
            a[i] += of_a * x;
            b[i] += of_b * x;
            c[i] += of_c * x;
            d[i] += of_d * x;
        }
    }
    [a, b, c, d]
}

kernel! {
    fn weighted_rows_together_kernel(out: &mut [f64], pitch: usize, n: usize, base: &[f64], taps: &[SharedTap]) {
        let mut start = 0;
        while start + SHARED <= n {
            let [a, b, c, d] = shared_block::<SHARED>(base, start, taps);
            out[start..][..SHARED].copy_from_slice(&a);
            out[pitch + start..][..SHARED].copy_from_slice(&b);
            out[2 * pitch + start..][..SHARED].copy_from_slice(&c);
            out[3 * pitch + start..][..SHARED].copy_from_slice(&d);
            start += SHARED;
        }
        for start in start..n {
            let sums = shared_block::<1>(base, start, taps);
            for (m, [sum]) in sums.into_iter().enumerate() {
                out[m * pitch + start] = sum;
            }
        }
    }
}

/// Sets value `i` of row `m` to Σ weights[m] · base[offset + i], summed in the order of the taps. The rows
/// have `n` values, and begin in `out` every `pitch` values.
///
/// # Panics
/// When a row ends beyond `out`, or one that a tap names beyond `base`.
pub(crate) fn weighted_rows_together(
    isa: Isa,
    out: &mut [f64],
    (pitch, n): (usize, usize),
    base: &[f64],
    taps: &[SharedTap],
) {
    weighted_rows_together_kernel(isa, out, pitch, n, base, taps);
}

/// Combines `out[i]` with Σ weight · base[offset + i], summed in the order of the taps.
///
/// # Panics
/// When a row that a tap names ends beyond `base`.
pub(crate) fn weighted_rows(isa: Isa, how: impl Combine, out: &mut [f64], base: &[f64], taps: &[Tap]) {
    weighted_rows_kernel(isa, how, out, base, taps);
}

kernel! {
    fn sums_kernel<T: Float>(out: &mut [T], base: &[T], taps: &[Tap]) {
        let (blocks, rest) = out.as_chunks_mut::<LANES>();
        let mut start = 0;
        for out in blocks {
            *out = block::<T, LANES>(base, start, taps);
            start += LANES;
        }
        let (blocks, rest) = rest.as_chunks_mut::<SOME>();
        for out in blocks {
            *out = block::<T, SOME>(base, start, taps);
            start += SOME;
        }
        for out in rest {
            *out = block::<T, 1>(base, start, taps)[0];
            start += 1;
        }
    }
}

/// Sets `out[i]` to Σ weight · base[offset + i], summed in the order of the taps and in numbers of
/// the type of the values.
///
/// # Panics
/// When a row that a tap names ends beyond `base`.
pub(crate) fn sums<T: Float>(isa: Isa, out: &mut [T], base: &[T], taps: &[Tap]) {
    sums_kernel(isa, out, base, taps);
}

kernel! {
    fn add_ahead_kernel(values: &mut [f64], ahead: usize) {
        let Some(n) = values.len().checked_sub(ahead) else { return };
        let mut i = 0;
        while i + LANES <= n {
            let mut next = [0.0; LANES];
            next.copy_from_slice(&values[i + ahead..][..LANES]);
            for (x, next) in values[i..][..LANES].iter_mut().zip(next) {
                *x += next;
            }
            i += LANES;
        }
        for i in i..n {
            values[i] += values[i + ahead];
        }
    }
}

/// Adds to each value the one `ahead` places further on, as it was, and leaves the last `ahead`
/// values alone.
pub(crate) fn add_ahead(isa: Isa, values: &mut [f64], ahead: usize) {
    add_ahead_kernel(isa, values, ahead);
}

kernel! {
    fn add_assign_kernel(sums: &mut [f64], values: &[f64]) {
        assert_eq!(sums.len(), values.len(), "sums and what is added to them");
        sums.iter_mut().zip(values).for_each(|(sum, x)| *sum += x);
    }
}

/// Adds `values[i]` to `sums[i]`.
pub(crate) fn add_assign(isa: Isa, sums: &mut [f64], values: &[f64]) {
    add_assign_kernel(isa, sums, values);
}

kernel! {
    fn pair_sums_kernel(out: &mut [f64], a: &[f64], b: &[f64]) {
        assert_eq!([a.len(), b.len()], [out.len(); 2], "terms and their sums");
        out.iter_mut().zip(a).zip(b).for_each(|((out, a), b)| *out = a + b);
    }
}

/// Sets `out[i]` to `a[i] + b[i]`.
pub(crate) fn pair_sums(isa: Isa, out: &mut [f64], a: &[f64], b: &[f64]) {
    pair_sums_kernel(isa, out, a, b);
}

kernel! {
    fn quotients_kernel(out: &mut [f64], values: &[f64], divisor: f64) {
        assert_eq!(values.len(), out.len(), "values and their quotients");
        out.iter_mut().zip(values).for_each(|(out, x)| *out = x / divisor);
    }
}

/// Sets `out[i]` to `values[i] / divisor`.
pub(crate) fn quotients(isa: Isa, out: &mut [f64], values: &[f64], divisor: f64) {
    quotients_kernel(isa, out, values, divisor);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(n: usize) -> Vec<f64> {
        (0..n).map(|i| ((i * 7919 + 13) % 1009) as f64 * 0.37 - 150.0).collect()
    }

    fn plain(how: impl Combine, old: f64, i: usize, base: &[f64], taps: &[Tap]) -> f64 {
        how.combine(old, taps.iter().fold(0.0, |sum, t| sum + t.weight * base[t.offset + i]))
    }

    fn check(how: impl Combine) {
        let base = values(400);
        let taps =
            [(3, 0.5), (0, -1.25), (90, 2.0), (91, 1e-3)].map(|(offset, weight)| Tap { offset, weight });
        for n in [0, 1, 4, 7, 31, 32, 33, 70, 131, 300] {
            for taps in [&taps[..], &taps[..1], &[]] {
                let old = values(n + 5)[5..].to_vec();
                let expected: Vec<f64> =
                    old.iter().enumerate().map(|(i, &old)| plain(how, old, i, &base, taps)).collect();
                for isa in Isa::available() {
                    let mut out = old.clone();
                    weighted_rows(isa, how, &mut out, &base, taps);
                    assert_eq!(out, expected, "{} with {n} values", isa.name());
                }
            }
        }
    }

    #[test]
    fn every_instruction_set_gives_the_bits_of_the_plain_sum() {
        check(Set);
        check(SetMagnitude);
        check(Add);
        check(Max);
        check(MaxMagnitude);
    }

    #[test]
    fn the_largest_of_what_is_no_number_is_none() {
        for isa in Isa::available() {
            for n in [1, 5, 40] {
                for (old, new) in [(f64::NAN, 1.0), (1.0, f64::NAN), (f64::NAN, f64::NAN)] {
                    let tap = [Tap { offset: 0, weight: 1.0 }];
                    let mut out = vec![old; n];
                    weighted_rows(isa, Max, &mut out, &vec![new; n], &tap);
                    assert!(out.iter().all(|x| x.is_nan()), "{old} {new} with {}", isa.name());
                    let mut out = vec![old; n];
                    weighted_rows(isa, MaxMagnitude, &mut out, &vec![new; n], &tap);
                    assert!(out.iter().all(|x| x.is_nan()), "{old} {new} with {}", isa.name());
                }
            }
        }
    }

    #[test]
    fn sums_of_32_bits_are_rounded_at_each_step() {
        let base: Vec<f32> = values(400).into_iter().map(|x| x as f32).collect();
        let taps = [(3, 0.1), (0, -0.7), (31, 0.3)].map(|(offset, weight)| Tap { offset, weight });
        for isa in Isa::available() {
            let mut out = vec![0.0f32; 77];
            sums(isa, &mut out, &base, &taps);
            for (i, &sum) in out.iter().enumerate() {
                let expected = taps.iter().fold(0.0f32, |sum, t| sum + t.weight as f32 * base[t.offset + i]);
                assert_eq!(sum, expected, "{} at {i}", isa.name());
            }
        }
    }

    #[test]
    fn values_ahead_are_added_as_they_were() {
        for (n, ahead) in [(0, 1), (5, 7), (5, 1), (100, 1), (100, 33), (131, 64)] {
            let old = values(n);
            let plus = |i: usize| old.get(i + ahead).map_or(old[i], |next| old[i] + next);
            let expected: Vec<f64> = (0..n).map(plus).collect();
            for isa in Isa::available() {
                let mut out = old.clone();
                add_ahead(isa, &mut out, ahead);
                assert_eq!(out, expected, "{} with {n} values, {ahead} ahead", isa.name());
            }
        }
    }
}
