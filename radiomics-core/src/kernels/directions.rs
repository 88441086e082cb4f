//! Products of many vectors with one direction.

use super::{Isa, kernel};

/// Vectors (z, y, x), each axis in memory of its own.
#[derive(Clone, Debug, Default)]
pub struct Vectors {
    axes: [Vec<f64>; 3],
}

impl Vectors {
    /// Sorts the components of vectors (z, y, x) by axis.
    pub fn new(vectors: impl Iterator<Item = [f64; 3]>) -> Self {
        let mut axes = [const { Vec::new() }; 3];
        for vector in vectors {
            axes.iter_mut().zip(vector).for_each(|(axis, v)| axis.push(v));
        }
        Self { axes }
    }
}

/// Number of partial results side by side, the same for all instruction sets.
const STRIPES: usize = 8;

kernel! {
    fn products_kernel(vectors: &Vectors, direction: [f64; 3], products: &mut [f64]) {
        let [z, y, x] = &vectors.axes;
        assert_eq!(products.len(), x.len(), "vectors and their products");
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

kernel! {
    /// Numbers of the points (whole chunks of them) that are farthest against and along a way.
    fn ends_kernel(points: &[Vec<f64>; 2], way: [f64; 2]) -> [usize; 2] {
        let (mut low, mut high) = ([f64::INFINITY; STRIPES], [f64::NEG_INFINITY; STRIPES]);
        // As floating-point numbers they are chosen like what they belong to.
        let (mut lowest, mut highest) = ([0.0; STRIPES], [0.0; STRIPES]);
        let [a, b] = points.each_ref().map(|axis| axis.as_chunks::<STRIPES>().0);
        let mut chunk = 0.0;
        for (a, b) in a.iter().zip(b) {
            for s in 0..STRIPES {
                let v = a[s] * way[0] + b[s] * way[1];
                lowest[s] = if v < low[s] { chunk } else { lowest[s] };
                low[s] = if v < low[s] { v } else { low[s] };
                highest[s] = if v > high[s] { chunk } else { highest[s] };
                high[s] = if v > high[s] { v } else { high[s] };
            }
            chunk += 1.0;
        }
        let place = |chunks: [f64; STRIPES], s: usize| chunks[s] as usize * STRIPES + s;
        let [mut first, mut last] = [0; 2];
        for s in 1..STRIPES {
            first = if low[s] < low[first] { s } else { first };
            last = if high[s] > high[last] { s } else { last };
        }
        [place(lowest, first), place(highest, last)]
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

/// The highest product of a vector with `direction` less the lowest one.
pub fn extent(isa: Isa, vectors: &Vectors, direction: [f64; 3]) -> f64 {
    let [low, high] = extent_kernel(isa, vectors, direction);
    high - low
}

/// The sum of the magnitudes of the products of the vectors with `direction`.
pub fn magnitude(isa: Isa, vectors: &Vectors, direction: [f64; 3]) -> f64 {
    magnitude_kernel(isa, vectors, direction)
}

/// Corners in order, some of them maybe twice, of a polygon within the convex hull of the vectors
/// as seen in the plane of `across`, two directions at right angles: the farthest of them in
/// `ways`, directions of half a turn in ascending order, and opposite to those. `points` is memory
/// for them.
pub fn inner_polygon(
    isa: Isa,
    vectors: &Vectors,
    across: [[f64; 3]; 2],
    ways: &[[f64; 2]],
    points: &mut [Vec<f64>; 2],
) -> Vec<[f64; 2]> {
    for (direction, points) in across.into_iter().zip(&mut *points) {
        products(isa, vectors, direction, points);
        // The last one again and again, up to a whole chunk.
        let last = *points.last().expect("a vector at least");
        points.resize(points.len().next_multiple_of(STRIPES), last);
    }
    let mut polygon = vec![[0.0; 2]; 2 * ways.len()];
    for (n, &way) in ways.iter().enumerate() {
        let [behind, ahead] = ends_kernel(isa, points, way).map(|p| [points[0][p], points[1][p]]);
        (polygon[n], polygon[ways.len() + n]) = (ahead, behind);
    }
    polygon
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
                let mut results = Vec::new();
                products(isa, &vectors, direction, &mut results);
                let across = [[0.1, 0.7, -0.2], [0.9, 0.2, 0.5]];
                let ways = [[1.0, 0.0], [0.0, 1.0], [-0.5, 0.3]];
                results.extend(inner_polygon(isa, &vectors, across, &ways, &mut Default::default()).concat());
                let sums = [extent(isa, &vectors, direction), magnitude(isa, &vectors, direction)];
                results.extend(sums);
                results.into_iter().map(f64::to_bits).collect::<Vec<_>>()
            };
            let plain: Vec<f64> =
                (0..n).map(|i| vector(i).iter().zip(direction).map(|(a, b)| a * b).sum()).collect();
            let mut results = Vec::new();
            products(Isa::Scalar, &vectors, direction, &mut results);
            assert_eq!(results, plain);
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

    #[test]
    fn the_farthest_points() {
        let vectors = Vectors::new((0..100).map(|i| [0.0, (i * 7 % 31) as f64, (i * i % 43) as f64]));
        let ways = [[1.0, 0.0], [0.6, 0.8], [-0.6, 0.8]];
        for isa in Isa::available() {
            let across = [[0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
            let polygon = inner_polygon(isa, &vectors, across, &ways, &mut Default::default());
            for (n, corner) in polygon.into_iter().enumerate() {
                let way = ways[n % 3].map(|w| if n < 3 { w } else { -w });
                let reach = |p: [f64; 2]| p[0] * way[0] + p[1] * way[1];
                let all = (0..100).map(|i| reach([(i * 7 % 31) as f64, (i * i % 43) as f64]));
                assert_eq!(reach(corner), all.fold(f64::NEG_INFINITY, f64::max));
            }
        }
    }
}
