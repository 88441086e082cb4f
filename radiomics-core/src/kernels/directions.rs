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

kernel! {
    /// For each pair of vectors whether one alone has a product above 0 with a direction.
    fn parted_kernel(pairs: &[Vectors; 2], direction: [f64; 3], parted: &mut [bool]) {
        let [dz, dy, dx] = direction;
        let [[z, y, x], [oz, oy, ox]] = pairs.each_ref().map(|v| v.axes.each_ref().map(|axis| &axis[..parted.len()]));
        for (n, parted) in parted.iter_mut().enumerate() {
            let one = z[n] * dz + y[n] * dy + x[n] * dx;
            let other = oz[n] * dz + oy[n] * dy + ox[n] * dx;
            *parted = (one > 0.0) != (other > 0.0);
        }
    }
}

kernel! {
    /// The largest square of a distance of a point from the first `count` of some points.
    fn farthest_kernel(points: &Vectors, count: usize, point: [f64; 3]) -> f64 {
        let [z, y, x] = points.axes.each_ref().map(|axis| axis[..count].as_chunks::<STRIPES>());
        let square = |z: f64, y: f64, x: f64| {
            let [dz, dy, dx] = [z - point[0], y - point[1], x - point[2]];
            dz * dz + dy * dy + dx * dx
        };
        let mut farthest = [0.0; STRIPES];
        for ((z, y), x) in z.0.iter().zip(y.0).zip(x.0) {
            for s in 0..STRIPES {
                let square = square(z[s], y[s], x[s]);
                farthest[s] = if square > farthest[s] { square } else { farthest[s] };
            }
        }
        let rest = z.1.iter().zip(y.1).zip(x.1).map(|((&z, &y), &x)| square(z, y, x));
        farthest.into_iter().chain(rest).fold(0.0, f64::max)
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

/// The highest product of a vector with `direction` less the lowest one.
pub fn extent(isa: Isa, vectors: &Vectors, direction: [f64; 3]) -> f64 {
    let [low, high] = extent_kernel(isa, vectors, direction);
    high - low
}

/// The sum of the magnitudes of the products of the vectors with `direction`.
pub fn magnitude(isa: Isa, vectors: &Vectors, direction: [f64; 3]) -> f64 {
    magnitude_kernel(isa, vectors, direction)
}

/// For each pair of vectors whether one alone has a product above 0 with `direction`.
pub fn parted(isa: Isa, pairs: &[Vectors; 2], direction: [f64; 3], parted: &mut Vec<bool>) {
    parted.resize(pairs[0].axes[0].len(), false);
    parted_kernel(isa, pairs, direction, parted);
}

/// The largest distance between two of some points; 0 of a single one.
pub fn diameter(isa: Isa, points: &Vectors) -> f64 {
    let [z, y, x] = &points.axes;
    let of_point = |n: usize| farthest_kernel(isa, points, n, [z[n], y[n], x[n]]);
    (0..z.len()).map(of_point).fold(0.0, f64::max).sqrt()
}

/// Corners in order, some of them maybe twice, of a polygon within the convex hull of points: the farthest of them in
/// `ways`, directions of half a turn in ascending order, and opposite to those. Of the points, the last one is put
/// behind them up to a whole chunk.
pub fn inner_polygon(isa: Isa, points: &mut [Vec<f64>; 2], ways: &[[f64; 2]]) -> Vec<[f64; 2]> {
    for points in &mut *points {
        let last = *points.last().expect("a point at least");
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
            let turned = Vectors::new((0..n).map(|i| vector(3 * i + 1)));
            let direction = [0.3, -0.8, 0.1];
            let all = |isa| {
                let mut results = Vec::new();
                let ways = [[1.0, 0.0], [0.0, 1.0], [-0.5, 0.3]];
                let mut points = [vectors.axes[1].clone(), vectors.axes[0].clone()];
                results.extend(inner_polygon(isa, &mut points, &ways).concat());
                results.push(diameter(isa, &vectors));
                let mut are_parted = Vec::new();
                parted(isa, &[vectors.clone(), turned.clone()], direction, &mut are_parted);
                results.extend(are_parted.into_iter().map(|parted| f64::from(u8::from(parted))));
                let sums = [extent(isa, &vectors, direction), magnitude(isa, &vectors, direction)];
                results.extend(sums);
                results.into_iter().map(f64::to_bits).collect::<Vec<_>>()
            };
            let plain: Vec<f64> =
                (0..n).map(|i| vector(i).iter().zip(direction).map(|(a, b)| a * b).sum()).collect();
            let ends = [
                plain.iter().copied().fold(f64::NAN, f64::min),
                plain.iter().copied().fold(f64::NAN, f64::max),
            ];
            assert_eq!(extent(Isa::Scalar, &vectors, direction), ends[1] - ends[0]);
            let sum: f64 = plain.iter().map(|v| v.abs()).sum();
            assert!((magnitude(Isa::Scalar, &vectors, direction) - sum).abs() <= 1e-13 * sum);
            let product = |i: usize| vector(i).iter().zip(direction).map(|(a, b)| a * b).sum::<f64>();
            let mut are_parted = Vec::new();
            parted(Isa::Scalar, &[vectors.clone(), turned.clone()], direction, &mut are_parted);
            let expected = (0..n).map(|i| (product(i) > 0.0) != (product(3 * i + 1) > 0.0));
            assert!(are_parted.into_iter().eq(expected));
            let between =
                |i: usize, j: usize| (0..3).map(|a| (vector(i)[a] - vector(j)[a]).powi(2)).sum::<f64>();
            let pairs = (0..n).flat_map(|i| (0..n).map(move |j| between(i, j)));
            assert_eq!(diameter(Isa::Scalar, &vectors), pairs.fold(0.0, f64::max).sqrt());
            for isa in Isa::available() {
                assert_eq!(all(isa), all(Isa::Scalar), "{} with {n} vectors", isa.name());
            }
        }
    }

    #[test]
    fn the_farthest_points() {
        let given: [Vec<f64>; 2] = [
            (0..100).map(|i| (i * 7 % 31) as f64).collect(),
            (0..100).map(|i| (i * i % 43) as f64).collect(),
        ];
        let ways = [[1.0, 0.0], [0.6, 0.8], [-0.6, 0.8]];
        for isa in Isa::available() {
            let polygon = inner_polygon(isa, &mut given.clone(), &ways);
            for (n, corner) in polygon.into_iter().enumerate() {
                let way = ways[n % 3].map(|w| if n < 3 { w } else { -w });
                let reach = |p: [f64; 2]| p[0] * way[0] + p[1] * way[1];
                let all = (0..100).map(|i| reach([(i * 7 % 31) as f64, (i * i % 43) as f64]));
                assert_eq!(reach(corner), all.fold(f64::NEG_INFINITY, f64::max));
            }
        }
    }
}
