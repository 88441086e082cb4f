//! Sums over many values, in a fixed order.

use super::{Isa, kernel};

/// Partial sums that run side by side. Part of the definition of every sum here: the same
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
    fn sum_of_squares_kernel(values: &[f64]) -> f64 {
        striped(values, |x| x * x)
    }
}

kernel! {
    fn absolute_deviation_kernel(values: &[f64], centre: f64) -> f64 {
        striped(values, |x| (x - centre).abs())
    }
}

kernel! {
    fn central_sums_kernel(values: &[f64], mean: f64) -> [f64; 3] {
        [
            striped(values, |x| (x - mean) * (x - mean)),
            striped(values, |x| (x - mean) * (x - mean) * (x - mean)),
            striped(values, |x| {
                let square = (x - mean) * (x - mean);
                square * square
            }),
        ]
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
    fn masked_moments_kernel(values: &[f64], mask: &[bool]) -> [f64; 2] {
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

/// Central moments of a population.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moments {
    /// Second central moment.
    pub variance: f64,
    /// Third central moment.
    pub third: f64,
    /// Fourth central moment.
    pub fourth: f64,
}

/// Σ x².
pub fn sum_of_squares(isa: Isa, values: &[f64]) -> f64 {
    sum_of_squares_kernel(isa, values)
}

/// Mean of |x − centre|.
pub fn mean_absolute_deviation(isa: Isa, values: &[f64], centre: f64) -> f64 {
    absolute_deviation_kernel(isa, values, centre) / values.len() as f64
}

/// Arithmetic mean.
pub fn mean(isa: Isa, values: &[f64]) -> f64 {
    sum_kernel(isa, values) / values.len() as f64
}

/// Central moments about `mean`.
pub fn central_moments(isa: Isa, values: &[f64], mean: f64) -> Moments {
    let n = values.len() as f64;
    let [second, third, fourth] = central_sums_kernel(isa, values, mean);
    Moments { variance: second / n, third: third / n, fourth: fourth / n }
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
                    sum_of_squares(isa, &values),
                    m.variance,
                    m.third,
                    m.fourth,
                    range(isa, &values)[0],
                    range(isa, &values)[1],
                    mean_absolute_deviation(isa, &values, -2.25),
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
}
