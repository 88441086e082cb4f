//! Sums over all pairs of values, each pair with a weight.
//!
//! ```text
//! values 1 3 6, weights 1/2, 1/5, 1/3 of the pairs (1, 3), (1, 6), (3, 6):
//!     Σ w = 31/30      Σ w·a·b = 3/2 + 6/5 + 18/3      Σ w·(a − b)² = 4/2 + 25/5 + 9/3
//! ```

use super::{Isa, kernel};

/// Pairs that are worked on together: a value with as many of those before it.
pub const STRIPE: usize = 8;

/// The weights of pairs.
pub trait PairWeights {
    /// Those of the value at `p` and of [`STRIPE`] values from `first` on, of which any number may be there.
    fn stripe(&self, p: usize, first: usize) -> [f64; STRIPE];
}

/// Sums over pairs of values a and b with their weight w, each pair once.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct WeightedSums {
    /// Σ w.
    pub weight: f64,
    /// Σ w·a·b.
    pub product: f64,
    /// Σ w·(a − b)².
    pub difference: f64,
}

kernel! {
    fn sums_kernel<W: PairWeights>(values: &[[f64; STRIPE]], number: usize, weights: &W) -> WeightedSums {
        // Eight sums side by side, and so in a fixed order.
        let (mut weight, mut product, mut difference) = ([0.0; STRIPE], [0.0; STRIPE], [0.0; STRIPE]);
        for p in 1..number {
            let value = values[p / STRIPE][p % STRIPE];
            for (n, others) in values[..p.div_ceil(STRIPE)].iter().enumerate() {
                let first = n * STRIPE;
                let mut w = weights.stripe(p, first);
                if first + STRIPE > p {
                    // What comes later is no pair yet, and adds 0.
                    w[p - first..].fill(0.0);
                }
                for l in 0..STRIPE {
                    let apart = value - others[l];
                    weight[l] += w[l];
                    product[l] += w[l] * value * others[l];
                    difference[l] += w[l] * (apart * apart);
                }
            }
        }
        let all = |sums: [f64; STRIPE]| sums.iter().fold(0.0, |all, sum| all + sum);
        WeightedSums { weight: all(weight), product: all(product), difference: all(difference) }
    }
}

/// The sums over all pairs of values.
pub fn pair_sums<W: PairWeights>(isa: Isa, values: &[f64], weights: &W) -> WeightedSums {
    sums_kernel(isa, &stripes(values), values.len(), weights)
}

/// Values in whole stripes, the last one padded with 0.
pub fn stripes<T: Copy + Default>(values: &[T]) -> Vec<[T; STRIPE]> {
    let mut stripes = vec![[T::default(); STRIPE]; values.len().div_ceil(STRIPE)];
    for (stripe, values) in stripes.iter_mut().zip(values.chunks(STRIPE)) {
        stripe[..values.len()].copy_from_slice(values);
    }
    stripes
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 1/(p − q) of the pair p > q.
    struct Apart;

    impl PairWeights for Apart {
        #[inline(always)]
        fn stripe(&self, p: usize, first: usize) -> [f64; STRIPE] {
            std::array::from_fn(|l| ((p as f64) - (first + l) as f64).recip())
        }
    }

    #[test]
    fn every_instruction_set_gives_the_same_bits_and_the_plain_sums() {
        for number in [0, 1, 2, 7, 8, 9, 16, 17, 43] {
            let values: Vec<f64> = (0..number).map(|n| ((n * 7919 + 13) % 101) as f64 / 7.0 - 6.0).collect();
            let mut plain = WeightedSums::default();
            for (p, a) in values.iter().enumerate() {
                for (q, b) in values[..p].iter().enumerate() {
                    let w = ((p - q) as f64).recip();
                    plain.weight += w;
                    plain.product += w * a * b;
                    plain.difference += w * (a - b).powi(2);
                }
            }
            let expected = pair_sums(Isa::Scalar, &values, &Apart);
            let near = |a: f64, b: f64| (a - b).abs() <= 1e-12 * plain.difference.max(1.0);
            assert!(near(expected.weight, plain.weight), "{number}");
            assert!(near(expected.product, plain.product), "{number}");
            assert!(near(expected.difference, plain.difference), "{number}");
            for isa in Isa::available() {
                assert_eq!(pair_sums(isa, &values, &Apart), expected, "{number}, {}", isa.name());
            }
        }
    }
}
