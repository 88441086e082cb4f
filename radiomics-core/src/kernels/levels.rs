//! From intensities to grey levels, row by row.

use super::kernel;
use crate::kernels::padded::Level;
use crate::kernels::voxel::Voxel;

/// Bins of equal width: ⌊(x − low)·multiply / divide⌋ + 1, from 1 to `top`, which is at most
/// 65 535.
#[derive(Clone, Copy, Debug)]
pub struct EvenBins {
    pub low: f64,
    pub multiply: f64,
    pub divide: f64,
    pub top: f64,
}

kernel! {
    /// The levels in bins of equal width of the values that are inside, 0 for the others.
    pub fn even_levels<T: Level; V: Voxel>(values: &[V], inside: &[bool], bins: EvenBins, levels: &mut [T]) {
        let n = levels.len();
        let (values, inside) = (&values[..n], &inside[..n]);
        let last = if bins.top <= 65_535.0 { bins.top - 1.0 } else { 65_534.0 };
        for v in 0..n {
            let bin = (values[v].to_f64() - bins.low) * bins.multiply / bins.divide;
            let bin = whole_bin(bin, last);
            levels[v] = if inside[v] { T::from_index(bin as usize + 1) } else { T::default() };
        }
    }
}

/// The integral part of a number, kept from 0 to `last`, which is below 2¹⁶; 0 for NaN.
#[inline(always)]
fn whole_bin(bin: f64, last: f64) -> i32 {
    let bin = if bin > 0.0 { bin } else { 0.0 };
    let bin = if bin < last { bin } else { last };
    let bin = if bin < 65_535.0 { bin } else { 65_535.0 };
    // SAFETY: comparisons with NaN fail, so it became 0 above; what is left is at least 0, or
    // `last` if that is below 0 or NaN, and at most 65 535.
    unsafe { if bin > 0.0 { bin } else { 0.0 }.to_int_unchecked() }
}

/// Bins whose edges are low + i·step, rounded twice as written, for i from 0 to `bins`.
#[derive(Clone, Copy, Debug)]
pub struct SteppedBins {
    low: f64,
    step: f64,
    bins: f64,
}

impl SteppedBins {
    /// Bins from `low` on; `None` where rounding moves edges by so much that a quotient does not tell the
    /// bin within one.
    pub fn new(low: f64, step: f64, bins: usize) -> Option<Self> {
        let far = low.abs() + step * bins as f64;
        let near = 64.0 * f64::EPSILON * far < step / 8.0 && bins <= usize::from(u16::MAX);
        near.then_some(Self { low, step, bins: bins as f64 })
    }
}

kernel! {
    /// The levels in stepped bins of the values that are inside, 0 for the others: one more than the
    /// number of inner edges that are not above the value. The bin that the quotient gives may be beside
    /// the right one, which its edges tell.
    pub fn stepped_levels<T: Level; V: Voxel>(values: &[V], inside: &[bool], bins: SteppedBins, levels: &mut [T]) {
        let n = levels.len();
        let (values, inside) = (&values[..n], &inside[..n]);
        let SteppedBins { low, step, bins } = bins;
        for v in 0..n {
            let x = values[v].to_f64();
            let bin = whole_bin((x - low) / step, bins - 1.0);
            let edge = |bin: i32| f64::from(bin) * step + low;
            let bin = bin + i32::from(edge(bin + 1) <= x) - i32::from(edge(bin) > x);
            let bin = bin.clamp(0, bins as i32 - 1);
            levels[v] = if inside[v] { T::from_index(bin as usize + 1) } else { T::default() };
        }
    }
}
