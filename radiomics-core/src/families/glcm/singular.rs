//! The second largest singular value of p_ij / √(p_i·p_j + ε).
//!
//! Without ε the largest one is 1, and its vectors are √p_i and √p_j. With these taken out, what is
//! asked for is the largest one. A matrix of few levels is made tridiagonal as it is; of many levels, that
//! takes few multiplications by the matrix (Lanczos 1950) instead of all eigenvalues: cells that are 0 cost
//! nothing.
//!
//! ε = 2.2e-16 is PyRadiomics', whose feature this is. It shows where levels are so rare that
//! p_i·p_j is not far above it:
//!
//! ```text
//! p_ij                  p_ij / √(p_i·p_j)     … with ε
//! 1 − 2f               1                   1
//!           f                    1                     1 − ε/2f²
//!               f                    1                     1 − ε/2f²
//! ```
//!
//! Rare levels of this kind each have a 1 of their own, which ε tells apart. Its Q, of which PyRadiomics
//! takes the root of the second largest eigenvalue, is (M∘E)·Mᵀ with M = p_ij / √(p_i·p_j) and
//! E = p_i·p_j / (p_i·p_j + ε). The matrix here is M∘√E, whose singular values are the roots of Q's
//! eigenvalues but for terms in (ε/p_i·p_j)², and where levels keep to themselves without any.

use crate::kernels::Isa;
use crate::kernels::tridiagonal::{Symmetric, Tridiagonal};
use crate::kernels::vectors::{STRIPE, add, dot, orthogonalise, times};

/// A symmetric matrix whose eigenvalues are the singular values, up to their signs.
pub(super) struct Deflated {
    /// Rows that have cells above the diagonal or on it, each with where these end.
    rows: Vec<(usize, usize)>,
    /// Column and value of these cells, row by row.
    cells: Vec<(usize, f64)>,
    /// The vectors u and v of what is taken out, u·vᵀ + v·uᵀ, or u·uᵀ if there is no v.
    u: Vec<f64>,
    v: Option<Vec<f64>>,
    /// All cells, column after column, of a symmetric matrix that has few others: these are vectors, and to look
    /// for a cell takes longer than to add a 0.
    full: Vec<f64>,
}

/// The most rows of a matrix that is made tridiagonal as it is, which takes 2·n³ operations.
const FEW: usize = 64;

/// The most levels of a full matrix.
const FULL: usize = 256;

impl Deflated {
    /// From a symmetric matrix, whose cells on and above the diagonal are `cells`, row by row; `p` are its row
    /// sums, none of them 0.
    pub fn symmetric(cells: impl Iterator<Item = (usize, usize, f64)>, p: &[f64]) -> Self {
        let cells = cells.map(|(i, j, n)| (i, j, n / (p[i] * p[j] + f64::EPSILON).sqrt()));
        let mut matrix = Self::new(cells, p.iter().map(|p| p.sqrt()).collect(), None);
        let n = p.len();
        // A cell above the diagonal, which is read for both of its halves, costs as much as five of a stripe.
        if (FEW + 1..=FULL).contains(&n) && 5 * matrix.cells.len() >= n * n {
            matrix.fill(n);
        }
        matrix
    }

    fn fill(&mut self, n: usize) {
        let pitch = n.next_multiple_of(STRIPE);
        self.full = vec![0.0; n * pitch];
        let mut begin = 0;
        for &(i, end) in &self.rows {
            for &(j, value) in &self.cells[begin..end] {
                self.full[j * pitch + i] = value;
                self.full[i * pitch + j] = value;
            }
            begin = end;
        }
    }

    /// From any matrix, row by row, with row sums `p` and column sums `q`, none of them 0. It is put above the
    /// diagonal of a larger one, whose eigenvalues come in pairs ±σ.
    pub fn general(cells: impl Iterator<Item = (usize, usize, f64)>, p: &[f64], q: &[f64]) -> Self {
        let scaled =
            |(i, j, n): (usize, usize, f64)| (i, p.len() + j, n / (p[i] * q[j] + f64::EPSILON).sqrt());
        let root = |p: &f64| p.sqrt();
        let u = p.iter().map(root).chain(q.iter().map(|_| 0.0)).collect();
        let v = p.iter().map(|_| 0.0).chain(q.iter().map(root)).collect();
        Self::new(cells.map(scaled), u, Some(v))
    }

    fn new(given: impl Iterator<Item = (usize, usize, f64)>, u: Vec<f64>, v: Option<Vec<f64>>) -> Self {
        let mut rows = Vec::<(usize, usize)>::new();
        let mut cells = Vec::with_capacity(given.size_hint().0);
        for (i, j, value) in given {
            cells.push((j, value));
            match rows.last_mut() {
                Some((row, end)) if *row == i => *end = cells.len(),
                _ => rows.push((i, cells.len())),
            }
        }
        Self { rows, cells, u, v, full: Vec::new() }
    }

    fn times(&self, isa: Isa, x: &[f64]) -> Vec<f64> {
        let mut y = if self.full.is_empty() { self.times_cells(x) } else { self.times_full(isa, x) };
        let v = self.v.as_ref().unwrap_or(&self.u);
        add(isa, &mut y, -dot(isa, v, x), &self.u);
        if self.v.is_some() {
            add(isa, &mut y, -dot(isa, &self.u, x), v);
        }
        y
    }

    /// The product of all cells, with sums in the same order as those of [`Self::times_cells`].
    fn times_full(&self, isa: Isa, x: &[f64]) -> Vec<f64> {
        let mut y = vec![0.0; x.len().next_multiple_of(STRIPE)];
        times(isa, &self.full, x, &mut y);
        y.truncate(x.len());
        y
    }

    fn times_cells(&self, x: &[f64]) -> Vec<f64> {
        let mut y = vec![0.0; x.len()];
        let mut begin = 0;
        for &(i, end) in &self.rows {
            let (mut sum, factor) = (y[i], x[i]);
            for &(j, value) in &self.cells[begin..end] {
                sum += value * x[j];
                if i != j {
                    y[j] += value * factor;
                }
            }
            y[i] = sum;
            begin = end;
        }
        y
    }

    /// The largest singular value that is left, which is the second largest one.
    pub fn largest(&self, isa: Isa) -> f64 {
        if self.u.len() <= FEW { self.largest_of_few(isa) } else { self.largest_of_many(isa) }
    }

    fn largest_of_few(&self, isa: Isa) -> f64 {
        let mut matrix = Symmetric::zeros(self.u.len());
        let mut begin = 0;
        for &(i, end) in &self.rows {
            for &(j, value) in &self.cells[begin..end] {
                matrix.add(i, j, value);
            }
            begin = end;
        }
        let v = self.v.as_ref().unwrap_or(&self.u);
        for (i, x) in self.u.iter().enumerate() {
            // If there is a v, its places come behind those of u.
            for (j, y) in v.iter().enumerate().skip(i) {
                matrix.add(i, j, -x * y);
            }
        }
        larger(matrix.tridiagonal(isa).ends(isa, BOUND))
    }

    fn largest_of_many(&self, isa: Isa) -> f64 {
        let n = self.u.len();
        let mut state = 0x9E37_79B9_7F4A_7C15u64;
        let mut x: Vec<f64> = std::iter::repeat_with(|| {
            // Any vector that is not by chance without a part along the one looked for.
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as f64 / (1u64 << 31) as f64 - 0.5
        })
        .take(n)
        .collect();
        let length = dot(isa, &x, &x).sqrt();
        x.iter_mut().for_each(|x| *x /= length);
        let (mut t, mut basis) = (Tridiagonal::default(), Vec::with_capacity(n * n.min(2 * CHECK_EVERY)));
        loop {
            let mut y = self.times(isa, &x);
            t.diagonal.push(dot(isa, &x, &y));
            basis.extend_from_slice(&x);
            orthogonalise(isa, &basis, &mut y);
            let length = dot(isa, &y, &y).sqrt();
            let steps = t.diagonal.len();
            let is_last = steps == n || length < 1e-14;
            if is_last || steps % CHECK_EVERY == 0 {
                let ends = t.ends(isa, BOUND);
                if is_last || has_converged(&t, length, ends) {
                    return larger(ends);
                }
            }
            t.beside.push(length);
            x.iter_mut().zip(&y).for_each(|(x, y)| *x = y / length);
        }
    }
}

/// Steps of the Lanczos method between looks at how far off the values may be.
const CHECK_EVERY: usize = 12;

/// The deviation allowed of a vector; that of its eigenvalue is about the square.
const RESIDUAL: f64 = 1e-10;

/// All are singular values of at most 1, with a margin for rounding.
const BOUND: f64 = 1.5;

/// The larger one of the lowest and the highest eigenvalue, whatever its sign.
fn larger([low, high]: [f64; 2]) -> f64 {
    low.abs().max(high.abs())
}

/// Whether neither end of the matrix in the basis made so far would move in the next step, in which the basis grows by
/// a vector of this length.
fn has_converged(matrix: &Tridiagonal, next: f64, ends: [f64; 2]) -> bool {
    let last = |end: f64| vector(matrix, end).last().expect("a step at least").abs();
    ends.into_iter().all(|end| next * last(end) <= RESIDUAL)
}

/// The vector of length 1 that belongs to the lowest or the highest eigenvalue.
fn vector(matrix: &Tridiagonal, end: f64) -> Vec<f64> {
    // From its last component backwards, which is the way it grows.
    let Tridiagonal { diagonal, beside } = matrix;
    let n = diagonal.len();
    let mut vector = vec![1.0; n];
    for n in (1..n).rev() {
        let right = match beside.get(n) {
            Some(beside) if n + 1 < vector.len() => beside * vector[n + 1],
            _ => 0.0,
        };
        vector[n - 1] = ((end - diagonal[n]) * vector[n] - right) / beside[n - 1];
    }
    let length = dot(Isa::Scalar, &vector, &vector).sqrt();
    vector.iter_mut().for_each(|x| *x /= length);
    vector
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The second largest of all singular values, which are computed in full.
    fn plain(matrix: &nalgebra::DMatrix<f64>) -> f64 {
        let p: Vec<f64> = matrix.row_iter().map(|row| row.sum()).collect();
        let q: Vec<f64> = matrix.column_iter().map(|column| column.sum()).collect();
        let scaled = nalgebra::DMatrix::from_fn(p.len(), q.len(), |i, j| {
            matrix[(i, j)] / (p[i] * q[j] + f64::EPSILON).sqrt()
        });
        let mut values: Vec<f64> = scaled.singular_values().iter().copied().collect();
        values.sort_by(f64::total_cmp);
        values[values.len() - 2]
    }

    /// As PyRadiomics has it: the root of the second largest eigenvalue of Q.
    fn of_pyradiomics(matrix: &nalgebra::DMatrix<f64>) -> f64 {
        let p: Vec<f64> = matrix.row_iter().map(|row| row.sum()).collect();
        let n = p.len();
        let q = nalgebra::DMatrix::from_fn(n, n, |i, j| {
            (0..n).map(|k| matrix[(i, k)] * matrix[(j, k)] / (p[i] * p[k] + f64::EPSILON)).sum::<f64>()
        });
        let mut values: Vec<f64> = q.complex_eigenvalues().iter().map(|value| value.re).collect();
        values.sort_by(f64::total_cmp);
        values[n - 2].sqrt()
    }

    fn of_symmetric(matrix: &nalgebra::DMatrix<f64>) -> f64 {
        let p: Vec<f64> = matrix.row_iter().map(|row| row.sum()).collect();
        let places = (0..p.len()).flat_map(|i| (i..p.len()).map(move |j| (i, j)));
        let cells = places.map(|(i, j)| (i, j, matrix[(i, j)])).filter(|cell| cell.2 > 0.0);
        Deflated::symmetric(cells, &p).largest(Isa::best())
    }

    #[test]
    fn epsilon_is_added_to_products_of_rare_levels() {
        // Level 3 is rare: its products are down to 1e-12, which shows in the twelfth digit.
        #[rustfmt::skip]
        let mixed = nalgebra::DMatrix::from_row_slice(3, 3, &[
            5e-1, 1e-1, 5e-7,
            1e-1, 3e-1, 2e-7,
            5e-7, 2e-7, 1e-7,
        ]);
        let mixed = &mixed / mixed.sum();
        let (value, theirs) = (of_symmetric(&mixed), of_pyradiomics(&mixed));
        assert!((value - theirs).abs() < 1e-14, "{value} {theirs}");
        // Levels 3 and 4 are rare and keep to themselves: of the two, the less rare one is second.
        #[rustfmt::skip]
        let apart = nalgebra::DMatrix::from_row_slice(4, 4, &[
            5e-1, 1e-1, 0.0, 0.0,
            1e-1, 3e-1, 0.0, 0.0,
            0.0, 0.0, 2e-6, 0.0,
            0.0, 0.0, 0.0, 8e-6,
        ]);
        let apart = &apart / apart.sum();
        let (value, theirs) = (of_symmetric(&apart), of_pyradiomics(&apart));
        assert!((value - theirs).abs() < 1e-10, "{value} {theirs}");
        let second = 1.0 - 0.5 * f64::EPSILON / (8e-6f64).powi(2);
        assert!((value - second).abs() < 1e-10, "{value} {second}");
    }

    proptest! {
        #[test]
        fn the_second_largest_singular_value(
            (rows, columns, counts) in (2usize..40, 2usize..40).prop_flat_map(|(rows, columns)| {
                // Most cells are empty, as in matrices of many levels.
                let count = prop_oneof![4 => Just(0u32), 1 => 1u32..50];
                (Just(rows), Just(columns), proptest::collection::vec(count, rows * columns))
            }),
        ) {
            let mut matrix = nalgebra::DMatrix::from_iterator(rows, columns, counts.iter().map(|n| f64::from(*n)));
            // No row and no column is empty.
            (0..rows.max(columns)).for_each(|n| matrix[(n % rows, n % columns)] += 1.0);
            matrix /= matrix.sum();
            let cells = |m: &nalgebra::DMatrix<f64>, all: bool| -> Vec<(usize, usize, f64)> {
                let places = (0..m.nrows()).flat_map(|i| (0..m.ncols()).map(move |j| (i, j)));
                let chosen = places.filter(|&(i, j)| m[(i, j)] > 0.0 && (all || i <= j));
                chosen.map(|(i, j)| (i, j, m[(i, j)])).collect()
            };
            let sums = |m: &nalgebra::DMatrix<f64>| -> Vec<f64> { m.row_iter().map(|row| row.sum()).collect() };
            let given = Deflated::general(
                cells(&matrix, true).into_iter(), &sums(&matrix), &sums(&matrix.transpose()),
            );
            let values = [given.largest_of_few(Isa::best()), given.largest_of_many(Isa::best())];
            prop_assert!(values.iter().all(|value| (value - plain(&matrix)).abs() < 1e-12), "{:?} {}", values, plain(&matrix));

            let size = rows.min(columns);
            let square = matrix.view((0, 0), (size, size));
            let mut square = square + square.transpose();
            (0..size).for_each(|n| square[(n, n)] += 1e-3);
            square /= square.sum();
            let mut given = Deflated::symmetric(cells(&square, false).into_iter(), &sums(&square));
            let [few, many] = [given.largest_of_few(Isa::best()), given.largest_of_many(Isa::best())];
            prop_assert!((few - plain(&square)).abs() < 1e-13, "{} {}", few, plain(&square));
            prop_assert!((many - plain(&square)).abs() < 1e-12, "{} {}", many, plain(&square));
            // Cell by cell and in full it is the same.
            given.fill(size);
            prop_assert_eq!(many.to_bits(), given.largest_of_many(Isa::Scalar).to_bits());
        }
    }
}
