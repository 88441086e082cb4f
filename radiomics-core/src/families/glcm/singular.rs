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

    /// The product with a vector, written to `y`.
    fn times(&self, isa: Isa, x: &[f64], y: &mut Vec<f64>) {
        y.clear();
        match &self.full[..] {
            [] => self.times_cells(x, y),
            full => {
                // With sums in the same order.
                y.resize(x.len().next_multiple_of(STRIPE), 0.0);
                times(isa, full, x, y);
                y.truncate(x.len());
            }
        }
        let v = self.v.as_ref().unwrap_or(&self.u);
        add(isa, y, -dot(isa, v, x), &self.u);
        if self.v.is_some() {
            add(isa, y, -dot(isa, &self.u, x), v);
        }
    }

    fn times_cells(&self, x: &[f64], y: &mut Vec<f64>) {
        y.resize(x.len(), 0.0);
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
    }

    /// The largest singular value that is left, which is the second largest one.
    pub fn largest(&self, isa: Isa) -> f64 {
        if self.u.len() <= FEW {
            return self.largest_of_few(isa);
        }
        self.largest_of_many(isa, Basis::Forgotten)
            .or_else(|| self.largest_of_many(isa, Basis::Kept(Vec::new())))
            .expect("with a basis that is kept there are as many steps as the matrix has rows")
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

    /// The largest value, or None if there is no more to be learnt from steps whose basis is forgotten.
    fn largest_of_many(&self, isa: Isa, mut basis: Basis) -> Option<f64> {
        let n = self.u.len();
        let mut x = any_direction(isa, n);
        let (mut before, mut y) = (vec![0.0; n], Vec::new());
        let (mut t, mut length) = (Tridiagonal::default(), 0.0);
        loop {
            self.times(isa, &x, &mut y);
            add(isa, &mut y, -length, &before);
            let along = dot(isa, &x, &y);
            t.diagonal.push(along);
            match &mut basis {
                Basis::Forgotten => add(isa, &mut y, -along, &x),
                Basis::Kept(basis) => {
                    basis.extend_from_slice(&x);
                    orthogonalise(isa, basis, &mut y);
                }
            }
            length = dot(isa, &y, &y).sqrt();
            let steps = t.diagonal.len();
            let is_last = steps == n || length < basis.least_length();
            if is_last || steps % CHECK_EVERY == 0 {
                let ends = t.ends(isa, BOUND);
                let is_whole = is_last && matches!(basis, Basis::Kept(_));
                if is_whole || has_converged(&t, length, ends) {
                    return Some(larger(ends));
                }
                if is_last {
                    return None;
                }
            }
            t.beside.push(length);
            (before, x) = (x, before);
            x.iter_mut().zip(&y).for_each(|(x, y)| *x = y / length);
        }
    }
}

/// The vectors of steps so far.
enum Basis {
    /// Each step is orthogonal to the two before it, and so to all but for rounding, which in the end brings values back
    /// that were found already: that costs steps, and no digit of the outermost values (Paige 1971).
    Forgotten,
    /// All vectors, one after the other: each step is made orthogonal to all.
    Kept(Vec<f64>),
}

impl Basis {
    /// Of a vector that is shorter nothing is made: it is rounding, or so near to it that the next vectors would
    /// not be orthogonal even to those before them.
    fn least_length(&self) -> f64 {
        match self {
            Basis::Forgotten => 1e-6,
            Basis::Kept(_) => 1e-14,
        }
    }
}

/// A vector of length 1 that is not by chance without a part along the one looked for.
fn any_direction(isa: Isa, n: usize) -> Vec<f64> {
    let mut state = 0x9E37_79B9_7F4A_7C15u64;
    let number = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as f64 / (1u64 << 31) as f64 - 0.5
    };
    let mut x: Vec<f64> = std::iter::repeat_with(number).take(n).collect();
    let length = dot(isa, &x, &x).sqrt();
    x.iter_mut().for_each(|x| *x /= length);
    x
}

/// Steps of the Lanczos method between looks at how far off the values may be.
const CHECK_EVERY: usize = 8;

/// The deviation allowed of a vector; that of its eigenvalue is about the square, and where others are as near to
/// it, no larger.
const RESIDUAL: f64 = 1e-13;

/// All are singular values of at most 1, with a margin for rounding.
const BOUND: f64 = 1.5;

/// The larger one of the lowest and the highest eigenvalue, whatever its sign.
fn larger([low, high]: [f64; 2]) -> f64 {
    low.abs().max(high.abs())
}

/// Whether the end of the matrix so far that is the larger one would not move in the next step, in which the basis grows
/// by a vector of this length, nor the other one so far that it were the larger.
fn has_converged(matrix: &Tridiagonal, next: f64, [low, high]: [f64; 2]) -> bool {
    let moves = |end: f64| next * vector(matrix, end).last().expect("a step at least").abs();
    let (far, near) = if low.abs() > high.abs() { (low, high) } else { (high, low) };
    moves(far) <= RESIDUAL && {
        let moves = moves(near);
        moves <= RESIDUAL || near.abs() + moves < far.abs()
    }
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
#[path = "singular_tests.rs"]
mod tests;
