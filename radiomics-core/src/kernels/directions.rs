//! Products of many vectors with one direction.

use super::{Isa, kernel};

/// Vectors, each axis on its own.
#[derive(Clone, Debug, Default)]
pub struct Vectors {
    axes: [Vec<f64>; 3],
}

impl Vectors {
    /// Of (z, y, x).
    pub fn new(vectors: impl Iterator<Item = [f64; 3]>) -> Self {
        let mut axes = [const { Vec::new() }; 3];
        for vector in vectors {
            axes.iter_mut().zip(vector).for_each(|(axis, v)| axis.push(v));
        }
        Self { axes }
    }
}

/// Partial results side by side, the same for all instruction sets.
const STRIPES: usize = 8;

kernel! {
    fn products_kernel(vectors: &Vectors, direction: [f64; 3], products: &mut [f64]) {
        let [z, y, x] = &vectors.axes;
        let [dz, dy, dx] = direction;
        for (((product, z), y), x) in products.iter_mut().zip(z).zip(y).zip(x) {
            *product = z * dz + y * dy + x * dx;
        }
    }
}

kernel! {
    fn extent_kernel(vectors: &Vectors, direction: [f64; 3]) -> [f64; 2] {
        let (mut low, mut high) = ([f64::INFINITY; STRIPES], [f64::NEG_INFINITY; STRIPES]);
        striped(vectors, direction, |v, s| {
            low[s] = if v < low[s] { v } else { low[s] };
            high[s] = if v > high[s] { v } else { high[s] };
        });
        [low.into_iter().fold(f64::INFINITY, f64::min), high.into_iter().fold(f64::NEG_INFINITY, f64::max)]
    }
}

kernel! {
    fn magnitude_kernel(vectors: &Vectors, direction: [f64; 3]) -> f64 {
        let mut sums = [0.0; STRIPES];
        striped(vectors, direction, |v, s| sums[s] += v.abs());
        sums.iter().sum()
    }
}

/// Calls `add` with the product of each vector with `direction`, and its stripe.
#[inline(always)]
fn striped(vectors: &Vectors, [dz, dy, dx]: [f64; 3], mut add: impl FnMut(f64, usize)) {
    let [(z, z_rest), (y, y_rest), (x, x_rest)] =
        vectors.axes.each_ref().map(|axis| axis.as_chunks::<STRIPES>());
    for ((z, y), x) in z.iter().zip(y).zip(x) {
        for s in 0..STRIPES {
            add(z[s] * dz + y[s] * dy + x[s] * dx, s);
        }
    }
    for (s, ((z, y), x)) in z_rest.iter().zip(y_rest).zip(x_rest).enumerate() {
        add(z * dz + y * dy + x * dx, s);
    }
}

/// The product of each vector with `direction`.
pub fn products(isa: Isa, vectors: &Vectors, direction: [f64; 3], products: &mut Vec<f64>) {
    products.resize(vectors.axes[0].len(), 0.0);
    products_kernel(isa, vectors, direction, products);
}

/// Highest less lowest product of the vectors with `direction`.
pub fn extent(isa: Isa, vectors: &Vectors, direction: [f64; 3]) -> f64 {
    let [low, high] = extent_kernel(isa, vectors, direction);
    high - low
}

/// Σ |product of a vector with `direction`|.
pub fn magnitude(isa: Isa, vectors: &Vectors, direction: [f64; 3]) -> f64 {
    magnitude_kernel(isa, vectors, direction)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_instruction_set_gives_the_same_bits() {
        for n in [1usize, 7, 8, 9, 100] {
            let vector = |i: usize| [i as f64 * 0.37 - 9.0, (i * i % 31) as f64 * 0.1, 7.0 / (i + 1) as f64];
            let vectors = Vectors::new((0..n).map(vector));
            let direction = [0.3, -0.8, 0.1];
            let all = |isa| {
                let mut found = Vec::new();
                products(isa, &vectors, direction, &mut found);
                let sums = [extent(isa, &vectors, direction), magnitude(isa, &vectors, direction)];
                found.extend(sums);
                found.into_iter().map(f64::to_bits).collect::<Vec<_>>()
            };
            let plain: Vec<f64> =
                (0..n).map(|i| vector(i).iter().zip(direction).map(|(a, b)| a * b).sum()).collect();
            let mut found = Vec::new();
            products(Isa::Scalar, &vectors, direction, &mut found);
            assert_eq!(found, plain);
            let ends = [
                plain.iter().copied().fold(f64::NAN, f64::min),
                plain.iter().copied().fold(f64::NAN, f64::max),
            ];
            assert_eq!(extent(Isa::Scalar, &vectors, direction), ends[1] - ends[0]);
            let sum: f64 = plain.iter().map(|v| v.abs()).sum();
            assert!((magnitude(Isa::Scalar, &vectors, direction) - sum).abs() <= 1e-13 * sum);
            for isa in Isa::available() {
                assert_eq!(all(isa), all(Isa::Scalar), "{} with {n} vectors", isa.name());
            }
        }
    }
}
