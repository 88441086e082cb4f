//! Sums over many values, in a fixed order.

use super::{Isa, kernel};

/// Number of partial sums that run side by side. It is part of the definition of every sum here: the same
/// for all instruction sets, so that all give the same bits.
const STRIPES: usize = 8;

/// Sums `term(x)` over stripes, then over the stripes pairwise.
#[inline(always)]
fn striped(values: &[f64], term: impl Fn(f64) -> f64) -> f64 {
    let mut sums = [0.0; STRIPES];
    let (blocks, rest) = values.as_chunks::<STRIPES>();
    for block in blocks {
        for (sum, &x) in sums.iter_mut().zip(block) {
            *sum += term(x);
        }
    }
    for (sum, &x) in sums.iter_mut().zip(rest) {
        *sum += term(x);
    }
    pairwise(sums)
}

/// Sums several terms of each value at once, each as [`striped`] does.
#[inline(always)]
fn striped_all<const N: usize>(values: &[f64], terms: impl Fn(f64) -> [f64; N]) -> [f64; N] {
    let mut sums = [[0.0; STRIPES]; N];
    let (blocks, rest) = values.as_chunks::<STRIPES>();
    for block in blocks {
        // Written out: `map` of an array is not always a part of the kernel.
        let mut all = [[0.0; STRIPES]; N];
        for s in 0..STRIPES {
            let terms = terms(block[s]);
            for n in 0..N {
                all[n][s] = terms[n];
            }
        }
        for n in 0..N {
            for s in 0..STRIPES {
                sums[n][s] += all[n][s];
            }
        }
    }
    for (s, &x) in rest.iter().enumerate() {
        let terms = terms(x);
        for n in 0..N {
            sums[n][s] += terms[n];
        }
    }
    sums.map(pairwise)
}

#[inline(always)]
fn pairwise([a, b, c, d, e, f, g, h]: [f64; STRIPES]) -> f64 {
    ((a + e) + (c + g)) + ((b + f) + (d + h))
}

kernel! {
    fn sum_kernel(values: &[f64]) -> f64 {
        striped(values, |x| x)
    }
}

kernel! {
    fn sum_of_squares_kernel(values: &[f64], shift: f64) -> f64 {
        striped(values, |x| (x + shift) * (x + shift))
    }
}

kernel! {
    fn central_sums_kernel(values: &[f64], mean: f64) -> [f64; 4] {
        striped_all(values, |x| {
            let d = x - mean;
            [d * d, d * d * d, (d * d) * (d * d), d.abs()]
        })
    }
}

kernel! {
    fn sums_within_kernel(values: &[f64], low: f64, high: f64) -> [f64; 2] {
        striped_all(values, |x| if low <= x && x <= high { [x, 1.0] } else { [0.0; 2] })
    }
}

kernel! {
    fn deviations_kernel(values: &[f64], low: f64, high: f64, middle: f64, centre: f64) -> [f64; 2] {
        striped_all(values, |x| {
            [if low <= x && x <= high { (x - middle).abs() } else { 0.0 }, (x - centre).abs()]
        })
    }
}

kernel! {
    fn range_kernel(values: &[f64]) -> [f64; 2] {
        let mut low = [f64::INFINITY; STRIPES];
        let mut high = [f64::NEG_INFINITY; STRIPES];
        let (blocks, rest) = values.as_chunks::<STRIPES>();
        for block in blocks {
            for s in 0..STRIPES {
                low[s] = if block[s] < low[s] { block[s] } else { low[s] };
                high[s] = if block[s] > high[s] { block[s] } else { high[s] };
            }
        }
        [
            low.into_iter().chain(rest.iter().copied()).fold(f64::INFINITY, f64::min),
            high.into_iter().chain(rest.iter().copied()).fold(f64::NEG_INFINITY, f64::max),
        ]
    }
}

kernel! {
    fn masked_range_kernel(values: &[f64], mask: &[bool]) -> ([f64; 2], bool) {
        /// Adding and subtracting this number rounds to whole numbers, if they are below 2⁵¹.
        const ROUND: f64 = 6_755_399_441_055_744.0;
        assert_eq!(values.len(), mask.len(), "values and their mask");
        let (mut low, mut high) = ([f64::INFINITY; STRIPES], [f64::NEG_INFINITY; STRIPES]);
        let mut fractions = [0u64; STRIPES];
        let (blocks, rest) = values.as_chunks::<STRIPES>();
        let (masks, mask_rest) = mask.as_chunks::<STRIPES>();
        let mut add = |x: f64, inside: bool, s: usize| {
            let (l, h) = if inside { (x, x) } else { (f64::INFINITY, f64::NEG_INFINITY) };
            low[s] = if l < low[s] { l } else { low[s] };
            high[s] = if h > high[s] { h } else { high[s] };
            fractions[s] |= u64::from(inside & ((x + ROUND) - ROUND != x));
        };
        for (block, mask) in blocks.iter().zip(masks) {
            for s in 0..STRIPES {
                add(block[s], mask[s], s);
            }
        }
        for (s, (&x, &inside)) in rest.iter().zip(mask_rest).enumerate() {
            add(x, inside, s);
        }
        let range = [low.into_iter().fold(f64::INFINITY, f64::min), high.into_iter().fold(f64::NEG_INFINITY, f64::max)];
        (range, fractions == [0; STRIPES])
    }
}

kernel! {
    fn masked_places_kernel(values: &[f64], mask: &[bool], low: f64, instead: f64, places: &mut [u16]) {
        let n = places.len();
        let (values, mask) = (&values[..n], &mask[..n]);
        for v in 0..n {
            let x = if mask[v] { values[v] } else { instead } - low;
            // NaN is not above 0 either.
            let x = if x > 0.0 { x } else { 0.0 };
            let x = if x < 65_535.0 { x } else { 65_535.0 };
            // SAFETY: comparisons with NaN fail, so the above leaves 0 ≤ x ≤ 65 535.
            places[v] = unsafe { x.to_int_unchecked::<i32>() } as u16;
        }
    }
}

kernel! {
    fn places_kernel(values: &[f64], low: f64, scale: f64, places: &mut [i32]) {
        assert_eq!(values.len(), places.len(), "values and their places");
        for (place, &x) in places.iter_mut().zip(values) {
            let x = (x - low) * scale;
            // NaN is not above 0 either.
            let x = if x > 0.0 { x } else { 0.0 };
            let x = if x < 1e9 { x } else { 1e9 };
            // A checked conversion is not vectorised.
            // SAFETY: 0 ≤ x ≤ 10⁹, which an i32 holds.
            *place = unsafe { x.to_int_unchecked() };
        }
    }
}

kernel! {
    fn masked_moments_kernel(values: &[f64], mask: &[bool]) -> [f64; 2] {
        assert_eq!(values.len(), mask.len(), "values and their mask");
        let (mut sums, mut moments) = ([0.0; STRIPES], [0.0; STRIPES]);
        let mut places: [f64; STRIPES] = std::array::from_fn(|s| s as f64);
        let (blocks, rest) = values.as_chunks::<STRIPES>();
        let (masks, mask_rest) = mask.as_chunks::<STRIPES>();
        let mut add = |x: f64, inside: bool, s: usize| {
            let x = if inside { x } else { 0.0 };
            sums[s] += x;
            moments[s] += x * places[s];
            places[s] += STRIPES as f64;
        };
        for (block, mask) in blocks.iter().zip(masks) {
            for s in 0..STRIPES {
                add(block[s], mask[s], s);
            }
        }
        for (s, (&x, &inside)) in rest.iter().zip(mask_rest).enumerate() {
            add(x, inside, s);
        }
        [pairwise(sums), pairwise(moments)]
    }
}

/// Central moments of values, taken as a population.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moments {
    /// Second central moment.
    pub variance: f64,
    /// Third central moment.
    pub third: f64,
    /// Fourth central moment.
    pub fourth: f64,
    /// Mean of the absolute deviations |x − mean|.
    pub absolute: f64,
}

/// The sum of squares Σ (x + shift)².
pub fn sum_of_squares(isa: Isa, values: &[f64], shift: f64) -> f64 {
    sum_of_squares_kernel(isa, values, shift)
}

/// Arithmetic mean of the values.
pub fn mean(isa: Isa, values: &[f64]) -> f64 {
    sum_kernel(isa, values) / values.len() as f64
}

/// Central moments of the values about `mean`.
pub fn central_moments(isa: Isa, values: &[f64], mean: f64) -> Moments {
    let n = values.len() as f64;
    let [variance, third, fourth, absolute] = central_sums_kernel(isa, values, mean).map(|sum| sum / n);
    Moments { variance, third, fourth, absolute }
}

/// Mean of |x − x'| over the values within [low, high], x' being their mean, and that of
/// |x − centre| over all values.
pub fn mean_absolute_deviations(isa: Isa, values: &[f64], [low, high]: [f64; 2], centre: f64) -> [f64; 2] {
    let [sum, n] = sums_within_kernel(isa, values, low, high);
    let [within, all] = deviations_kernel(isa, values, low, high, sum / n, centre);
    [within / n, all / values.len() as f64]
}

/// Lowest and highest of the values whose entry in `mask`, which is as long, is set (infinities when
/// there is none), and whether all of them are whole numbers below 2⁵¹.
pub fn masked_range(isa: Isa, values: &[f64], mask: &[bool]) -> ([f64; 2], bool) {
    masked_range_kernel(isa, values, mask)
}

/// ⌊(x − low)·scale⌋ of each value, within 0..=10⁹, and 0 for NaN.
pub fn places(isa: Isa, values: &[f64], low: f64, scale: f64, places: &mut [i32]) {
    places_kernel(isa, values, low, scale, places);
}

/// ⌊x − low⌋ of each value x whose entry in `mask` is set, and of `instead` for the others, within
/// 0..=65 535, and 0 for NaN.
pub fn masked_places(isa: Isa, values: &[f64], mask: &[bool], low: f64, instead: f64, places: &mut [u16]) {
    masked_places_kernel(isa, values, mask, low, instead, places);
}

/// Σ x and Σ i·x over the values whose entry in `mask`, which is as long, is set; i counts from 0.
pub fn masked_moments(isa: Isa, values: &[f64], mask: &[bool]) -> [f64; 2] {
    masked_moments_kernel(isa, values, mask)
}

/// Lowest and highest value; infinities when there is none.
pub fn range(isa: Isa, values: &[f64]) -> [f64; 2] {
    range_kernel(isa, values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_instruction_set_gives_the_same_bits() {
        for n in [0usize, 1, 7, 8, 9, 1000, 4099] {
            let values: Vec<f64> = (0..n).map(|i| ((i * 7919 + 13) % 1009) as f64 * 0.37 - 150.0).collect();
            let mask: Vec<bool> = (0..n).map(|i| i * 31 % 7 < 4).collect();
            let all = |isa| {
                let m = central_moments(isa, &values, 3.7);
                [
                    mean(isa, &values),
                    sum_of_squares(isa, &values, 0.5),
                    m.variance,
                    m.third,
                    m.fourth,
                    range(isa, &values)[0],
                    range(isa, &values)[1],
                    m.absolute,
                    mean_absolute_deviations(isa, &values, [-50.0, 60.0], -2.25)[0],
                    mean_absolute_deviations(isa, &values, [-50.0, 60.0], -2.25)[1],
                    masked_range(isa, &values, &mask).0[0],
                    masked_range(isa, &values, &mask).0[1],
                    masked_moments(isa, &values, &mask)[0],
                    masked_moments(isa, &values, &mask)[1],
                ]
                .map(f64::to_bits)
            };
            for isa in Isa::available() {
                assert_eq!(all(isa), all(Isa::Scalar), "{} with {n} values", isa.name());
            }
        }
    }

    #[test]
    fn striped_sum_equals_the_plain_one() {
        let values: Vec<f64> = (0..1001).map(f64::from).collect();
        assert_eq!(mean(Isa::Scalar, &values), 500.0);
        assert_eq!(range(Isa::best(), &values), [0.0, 1000.0]);
        let odd: Vec<bool> = (0..1001).map(|i| i % 2 == 1).collect();
        // 500 odd numbers, and their squares.
        assert_eq!(masked_moments(Isa::Scalar, &values, &odd), [250_000.0, 166_666_500.0]);
    }

    #[test]
    fn whole_numbers_of_a_mask() {
        let values = [1.5, 3.0, f64::NAN, -7.0, 1e17, 2.0, 2.0, 2.0, 0.5, -9.0];
        let mask = |places: [usize; 3]| std::array::from_fn::<bool, 10, _>(|i| places.contains(&i));
        for isa in Isa::available() {
            assert_eq!(masked_range(isa, &values, &mask([1, 3, 9])), ([-9.0, 3.0], true));
            assert_eq!(masked_range(isa, &values, &mask([1, 3, 8])), ([-7.0, 3.0], false));
            assert_eq!(masked_range(isa, &values, &mask([4, 5, 6])), ([2.0, 1e17], true));
            assert!(!masked_range(isa, &values, &mask([0, 5, 6])).1);
            let mut bins = [0; 10];
            places(isa, &values, -9.0, 2.0, &mut bins);
            assert_eq!(bins, [21, 24, 0, 4, 1_000_000_000, 22, 22, 22, 19, 0]);
        }
    }
}
