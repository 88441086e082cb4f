//! Symmetric matrices made tridiagonal, and the outermost eigenvalues of what that gives.

// One index for several rows reads better than nested zips.
#![allow(clippy::needless_range_loop, reason = "several arrays are walked by one index")]

use super::{Isa, kernel};

/// Cells of a row that are worked on together.
pub const STRIPE: usize = 8;

/// Stripes of a row whose sums are kept in registers.
const BLOCK: usize = 4;

/// The square of what is left of a row where it stands for 0: rounding leaves rounding behind, down to numbers that
/// cannot be squared.
const NEGLIGIBLE: f64 = 1e-40;

/// Lanes of [`pivots_kernel`].
const LANES: usize = 16;

/// Cells of a row, in memory from where a cache line begins: a vector that straddles two would cost twice.
#[derive(Clone, Copy, Debug, Default)]
#[repr(align(64))]
struct Stripe([f64; STRIPE]);

/// A symmetric matrix, both of its halves, row by row; rows are padded to whole stripes.
#[derive(Clone, Debug)]
pub struct Symmetric {
    stripes: Vec<Stripe>,
    n: usize,
}

impl Symmetric {
    /// The matrix of n rows and columns whose cells are all 0.
    pub fn zeros(n: usize) -> Self {
        Self { stripes: vec![Stripe::default(); n * n.div_ceil(STRIPE)], n }
    }

    fn at(&mut self, row: usize, column: usize) -> &mut f64 {
        &mut self.stripes[row * self.n.div_ceil(STRIPE) + column / STRIPE].0[column % STRIPE]
    }

    /// Adds to a cell and to its mirror image; to one on the diagonal once.
    pub fn add(&mut self, row: usize, column: usize, value: f64) {
        *self.at(row, column) += value;
        if row != column {
            *self.at(column, row) += value;
        }
    }

    /// A tridiagonal matrix with the same eigenvalues (Householder 1958), of a matrix that has none much larger than
    /// 1. From the last row to the first, each is reflected onto the cell beside the diagonal.
    pub fn tridiagonal(mut self, isa: Isa) -> Tridiagonal {
        let (n, pitch) = (self.n, self.n.div_ceil(STRIPE));
        let mut diagonal = vec![0.0; n];
        let mut beside = vec![0.0; n.saturating_sub(1)];
        let mut vectors = vec![Stripe::default(); 2 * pitch];
        if n > 0 {
            let (v, q) = vectors.split_at_mut(pitch);
            reduce_kernel(isa, &mut self.stripes, v, q, &mut diagonal, &mut beside);
        }
        Tridiagonal { diagonal, beside }
    }
}

/// Σ a·b, eight sums side by side, and so in a fixed order.
#[inline(always)]
fn product(a: &[Stripe], b: &[Stripe]) -> f64 {
    let mut sums = [0.0; STRIPE];
    for (a, b) in a.iter().zip(b) {
        for l in 0..STRIPE {
            sums[l] += a.0[l] * b.0[l];
        }
    }
    sums.iter().fold(0.0, |all, sum| all + sum)
}

/// The sums of some stripes of all rows, times the factors of these rows.
#[inline(always)]
fn weighted_rows<const N: usize>(
    rows: &[Stripe],
    pitch: usize,
    first: usize,
    factors: &[Stripe],
    to: &mut [Stripe],
) {
    let mut sums = [[0.0; STRIPE]; N];
    for (j, row) in rows.chunks_exact(pitch).enumerate() {
        let factor = factors[j / STRIPE].0[j % STRIPE];
        let row: &[Stripe; N] = row[first..].first_chunk().expect("whole stripes");
        for n in 0..N {
            for l in 0..STRIPE {
                sums[n][l] += row[n].0[l] * factor;
            }
        }
    }
    for n in 0..N {
        to[first + n].0 = sums[n];
    }
}

kernel! {
    fn reduce_kernel(
        matrix: &mut [Stripe],
        v: &mut [Stripe],
        q: &mut [Stripe],
        diagonal: &mut [f64],
        beside: &mut [f64],
    ) {
        let pitch = v.len();
        for k in (1..diagonal.len()).rev() {
            let (above, row) = matrix.split_at_mut(k * pitch);
            diagonal[k] = row[k / STRIPE].0[k % STRIPE];
            let width = k.div_ceil(STRIPE);
            let (v, q) = (&mut v[..width], &mut q[..width]);
            v.copy_from_slice(&row[..width]);
            // What lies behind the row's cells before the diagonal is none of the vector.
            let (end, begin) = (width - 1, k - STRIPE * (width - 1));
            v[end].0[begin..].fill(0.0);
            let last = std::mem::take(&mut v[end].0[begin - 1]);
            let others = product(v, v);
            if others < NEGLIGIBLE {
                beside[k - 1] = last;
                continue;
            }
            let square = others + last * last;
            // Of the two reflections the one in which nothing cancels.
            let link = if last > 0.0 { -square.sqrt() } else { square.sqrt() };
            beside[k - 1] = link;
            v[end].0[begin - 1] = last - link;
            // Half of v·v.
            let half = square - last * link;
            let mut first = 0;
            while first + BLOCK <= width {
                weighted_rows::<BLOCK>(above, pitch, first, v, q);
                first += BLOCK;
            }
            while first < width {
                weighted_rows::<1>(above, pitch, first, v, q);
                first += 1;
            }
            q[end].0[begin..].fill(0.0);
            let along = product(v, q) / (2.0 * half * half);
            for (q, v) in q.iter_mut().zip(&*v) {
                for l in 0..STRIPE {
                    q.0[l] = q.0[l] / half - along * v.0[l];
                }
            }
            for (i, row) in above.chunks_exact_mut(pitch).enumerate() {
                let (of_v, of_q) = (v[i / STRIPE].0[i % STRIPE], q[i / STRIPE].0[i % STRIPE]);
                for ((a, v), q) in row.iter_mut().zip(&*v).zip(&*q) {
                    for l in 0..STRIPE {
                        a.0[l] -= of_v * q.0[l] + of_q * v.0[l];
                    }
                }
            }
        }
        diagonal[0] = matrix[0].0[0];
    }
}

kernel! {
    /// How many eigenvalues of a symmetric tridiagonal matrix are less than each x: as many as there are pivots below
    /// 0. `squares` are those of the cell beside each of the diagonal, 0 for the first one.
    fn pivots_kernel(diagonal: &[f64], squares: &[f64], x: &[f64; LANES], negative: &mut [u64; LANES]) {
        let mut pivot = [1.0; LANES];
        let mut counts = [0; LANES];
        for (diagonal, square) in diagonal.iter().zip(squares) {
            for l in 0..LANES {
                let next = diagonal - x[l] - square / pivot[l];
                pivot[l] = if next == 0.0 { f64::MIN_POSITIVE } else { next };
                counts[l] += u64::from(pivot[l] < 0.0);
            }
        }
        *negative = counts;
    }
}

/// Bounds of the eigenvalue that is the `rank`th one.
struct Bisection {
    low: f64,
    high: f64,
    rank: u64,
}

/// Places that three steps of a bisection can lead to: of n come 2n, if the middle was too high, and 2n + 1.
const PLACES: usize = LANES / 2;

impl Bisection {
    fn new(bound: f64, rank: u64) -> Self {
        Self { low: -bound, high: bound, rank }
    }

    fn middle(&self) -> f64 {
        0.5 * (self.low + self.high)
    }

    fn is_open(&self) -> bool {
        let middle = self.middle();
        self.high - self.low > 1e-16 && middle > self.low && middle < self.high
    }

    /// The middles of the next three steps.
    fn places(&self) -> [f64; PLACES] {
        let mut places = [0.0; PLACES];
        let mut bounds = [[self.low, self.high]; PLACES];
        for n in 1..PLACES {
            let [low, high] = bounds[n];
            places[n] = 0.5 * (low + high);
            if 2 * n < PLACES {
                (bounds[2 * n], bounds[2 * n + 1]) = ([low, places[n]], [places[n], high]);
            }
        }
        places
    }

    /// Three steps, with the numbers of eigenvalues below each place.
    fn narrow(&mut self, below: &[u64; PLACES]) {
        let mut n = 1;
        while n < PLACES && self.is_open() {
            let is_high = below[n] >= self.rank;
            *(if is_high { &mut self.high } else { &mut self.low }) = self.middle();
            n = 2 * n + usize::from(!is_high);
        }
    }
}

/// A symmetric tridiagonal matrix.
#[derive(Clone, Debug, Default)]
pub struct Tridiagonal {
    pub diagonal: Vec<f64>,
    /// What links each row to the next one.
    pub beside: Vec<f64>,
}

impl Tridiagonal {
    /// The lowest and the highest eigenvalue, both between −`bound` and `bound`, by bisection of both at once to
    /// 1e-16. Each step waits for divisions, so three of them are made in one, with all the places that they can
    /// lead to.
    pub fn ends(&self, isa: Isa, bound: f64) -> [f64; 2] {
        let n = self.diagonal.len();
        let mut squares = vec![0.0];
        squares.extend(self.beside[..n - 1].iter().map(|beside| beside * beside));
        let mut ends = [Bisection::new(bound, 1), Bisection::new(bound, n as u64)];
        while ends.iter().any(Bisection::is_open) {
            let mut x = [0.0; LANES];
            for (end, x) in ends.iter().zip(x.as_chunks_mut().0) {
                *x = end.places();
            }
            let mut below = [0; LANES];
            pivots_kernel(isa, &self.diagonal, &squares, &x, &mut below);
            for (end, below) in ends.iter_mut().zip(below.as_chunks().0) {
                end.narrow(below);
            }
        }
        ends.map(|end| end.middle())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(n: usize) -> f64 {
        ((n * 7919 + 13) % 1009) as f64 / 1009.0 - 0.4
    }

    #[test]
    fn eigenvalues_stay_for_every_instruction_set_with_the_same_bits() {
        for n in [1, 2, 3, 7, 8, 9, 16, 17, 31, 32, 33, 40, 64, 70] {
            for every in [1, 5] {
                let mut plain = nalgebra::DMatrix::<f64>::zeros(n, n);
                let mut given = Symmetric::zeros(n);
                for i in 0..n {
                    for j in (i..n).filter(|j| (i * 7 + j * 3) % every == 0) {
                        let value = value(i * n + j) / n as f64;
                        (plain[(i, j)], plain[(j, i)]) = (value, value);
                        given.add(i, j, value);
                    }
                }
                let mut expected: Vec<f64> = plain.symmetric_eigenvalues().iter().copied().collect();
                expected.sort_by(f64::total_cmp);
                let of_scalar = given.clone().tridiagonal(Isa::Scalar);
                for isa in Isa::available() {
                    let made = given.clone().tridiagonal(isa);
                    assert_eq!(made.diagonal, of_scalar.diagonal, "{n}, {}", isa.name());
                    assert_eq!(made.beside, of_scalar.beside, "{n}, {}", isa.name());
                    let [low, high] = made.ends(isa, 1.5);
                    assert!((low - expected[0]).abs() < 1e-14, "{n}: {low} {}", expected[0]);
                    assert!((high - expected[n - 1]).abs() < 1e-14, "{n}: {high} {}", expected[n - 1]);
                }
            }
        }
    }
}
