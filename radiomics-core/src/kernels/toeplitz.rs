//! Symmetric Toeplitz matrices, many side by side: their forms Σ tₐ₋ᵦ·xₐ·xᵦ and their products Σ tₐ₋ᵦ·xᵦ.
//!
//! A weight that depends on the distance alone makes a matrix that is constant along diagonals, and
//! looks the same from both ends:
//!
//! ```text
//!     t0 t1 t2 t3        x = (a b c d)      sums         s = (a + d, b + c)
//! T = t1 t0 t1 t2                           differences  d = (a − d, b − c)
//!     t2 t1 t0 t1
//!     t3 t2 t1 t0        xᵀ·T·x = ½ · (sᵀ·T₊·s + dᵀ·T₋·d),   T± = t0 ± t3  t1 ± t2
//!                                                                 t1 ± t2  t0 ± t1
//! ```
//!
//! Sums and differences of what is equally far from the ends do not meet, so a matrix of n rows falls
//! apart into two of n / 2, which is half of the work. T± are symmetric themselves: rows up to the
//! diagonal are enough, the diagonal counting half and all twice.
//!
//! The obvious way is to transform this axis as well (a Toeplitz matrix is part of a circulant one).
//! That takes twice the points, and lines of a few dozen values, of which the transform of each has to
//! be turned to lie together. Here the columns of several frequencies are worked on side by side where
//! they lie, with real and imaginary part in neighbouring lanes: there are n² / 2 products a column instead of
//! n·log n steps, but each is a multiplication and an addition of whole registers.

use rustfft::num_complex::Complex64;

use super::{Isa, kernel};

/// Number of columns that are worked on together.
pub const COLUMNS: usize = 4;

/// Number of rows that are worked on together, at either end of the columns.
const TOGETHER: usize = 2;

/// The number of rows must be a multiple of this.
pub const ROWS: usize = 2 * TOGETHER;

/// Number of real and imaginary parts of columns that are worked on together. Each has a sum of its own,
/// which is part of the definition of the sums.
const LANES: usize = 2 * COLUMNS;

/// A value for the real and the imaginary part of each column, where a vector of any width can be loaded
/// at once.
#[derive(Clone, Copy, Debug, Default)]
#[repr(align(64))]
struct Lanes([f64; LANES]);

/// Memory for columns of some length.
#[derive(Clone, Debug)]
pub struct Scratch {
    /// For each column x of length n, the sums xₐ + xₙ₋₁₋ₐ and the differences xₐ − xₙ₋₁₋ₐ.
    halves: [Vec<Lanes>; 2],
    matrix: Vec<Lanes>,
    /// The matrices T± times the halves.
    products: [Vec<Lanes>; 2],
    /// Rows of the matrix times the halves, in memory because compilers make vectors of what goes there.
    rows: Box<[Lanes; TOGETHER]>,
    sum: Box<Lanes>,
}

impl Scratch {
    /// Memory for columns of `rows` rows.
    pub fn new(rows: usize) -> Self {
        let half = vec![Lanes::default(); rows / 2];
        Self {
            matrix: vec![Lanes::default(); rows],
            halves: [half.clone(), half.clone()],
            products: [half.clone(), half],
            rows: Default::default(),
            sum: Default::default(),
        }
    }

    /// Takes the elements of the matrices and the halves of columns number `columns`·[`COLUMNS`] and the next.
    #[inline(always)]
    fn load(
        &mut self,
        field: &[[Complex64; COLUMNS]],
        matrix: &[[Complex64; COLUMNS]],
        [columns, pitch]: [usize; 2],
    ) {
        for (pair, lags) in self.matrix.as_chunks_mut::<2>().0.iter_mut().enumerate() {
            for (c, value) in matrix[pair * pitch + columns].iter().enumerate() {
                for l in [2 * c, 2 * c + 1] {
                    (lags[0].0[l], lags[1].0[l]) = (value.re, value.im);
                }
            }
        }
        let [sums, differences] = &mut self.halves;
        let last = 2 * sums.len() - 1;
        for (a, (sum, difference)) in sums.iter_mut().zip(differences).enumerate() {
            let near = load(&field[a * pitch + columns]);
            let far = load(&field[(last - a) * pitch + columns]);
            *sum = combined(&near, &far, |near, far| near + far);
            *difference = combined(&near, &far, |near, far| near - far);
        }
    }
}

#[inline(always)]
fn load(row: &[Complex64; COLUMNS]) -> Lanes {
    let mut lanes = Lanes::default();
    for (lanes, value) in lanes.0.as_chunks_mut::<2>().0.iter_mut().zip(row) {
        *lanes = [value.re, value.im];
    }
    lanes
}

#[inline(always)]
fn combined(a: &Lanes, b: &Lanes, how: impl Fn(f64, f64) -> f64) -> Lanes {
    let mut result = Lanes::default();
    for l in 0..LANES {
        result.0[l] = how(a.0[l], b.0[l]);
    }
    result
}

#[inline(always)]
fn add_product(sum: &mut Lanes, a: &Lanes, b: &Lanes) {
    for l in 0..LANES {
        sum.0[l] += a.0[l] * b.0[l];
    }
}

/// How an element of one of the matrices T± is made of tₐ₋ᵦ and tₙ₋₁₋ₐ₋ᵦ.
#[inline(always)]
fn sum_of(near: f64, far: f64) -> f64 {
    near + far
}

#[inline(always)]
fn difference_of(near: f64, far: f64) -> f64 {
    near - far
}

/// The elements of two rows of one of the matrices T±, from row 2·`pair` on: those before the diagonal,
/// column by column, and the three on it and beside it.
#[inline(always)]
fn elements(
    matrix: &[Lanes],
    pair: usize,
    element: impl Fn(f64, f64) -> f64 + Copy,
) -> (impl Iterator<Item = [Lanes; TOGETHER]>, [Lanes; 3]) {
    let (a, last) = (TOGETHER * pair, matrix.len() - 1);
    let near = matrix[1..=a + 1].windows(TOGETHER).rev();
    let far = matrix[last - 2 * a..=last - a].windows(TOGETHER).rev();
    let before = near
        .zip(far)
        .map(move |(near, far)| [combined(&near[0], &far[1], element), combined(&near[1], &far[0], element)]);
    let own = [(0, 0), (1, 1), (0, 2)].map(|(n, f)| combined(&matrix[n], &matrix[last - 2 * a - f], element));
    (before, own)
}

/// Adds the form of one kind of halves, rows of the matrix up to its diagonal at a time.
#[inline(always)]
fn add_form(
    halves: &[Lanes],
    matrix: &[Lanes],
    element: impl Fn(f64, f64) -> f64 + Copy,
    products: &mut [Lanes; TOGETHER],
    sum: &mut Lanes,
) {
    for (pair, own) in halves.as_chunks::<TOGETHER>().0.iter().enumerate() {
        let mut rows = [Lanes::default(); TOGETHER];
        let (before, [first, beside, second]) = elements(matrix, pair, element);
        for (elements, other) in before.zip(halves) {
            add_product(&mut rows[0], &elements[0], other);
            add_product(&mut rows[1], &elements[1], other);
        }
        // What is off the diagonal counts twice.
        let half = |diagonal: &Lanes| combined(diagonal, diagonal, |d, _| 0.5 * d);
        add_product(&mut rows[0], &half(&first), &own[0]);
        add_product(&mut rows[1], &beside, &own[0]);
        add_product(&mut rows[1], &half(&second), &own[1]);
        *products = rows;
        for (own, row) in own.iter().zip(products.iter()) {
            add_product(sum, own, row);
        }
    }
}

/// The product of one kind of halves with its matrix. An element before the diagonal is one behind it
/// as well, so each is made once.
#[inline(always)]
fn multiply(
    halves: &[Lanes],
    matrix: &[Lanes],
    element: impl Fn(f64, f64) -> f64 + Copy,
    products: &mut [Lanes],
) {
    for (pair, own) in halves.as_chunks::<TOGETHER>().0.iter().enumerate() {
        let mut rows = [Lanes::default(); TOGETHER];
        let (before, [first, beside, second]) = elements(matrix, pair, element);
        for ((elements, other), product) in before.zip(halves).zip(&mut *products) {
            for r in 0..TOGETHER {
                add_product(&mut rows[r], &elements[r], other);
                add_product(product, &elements[r], &own[r]);
            }
        }
        add_product(&mut rows[0], &first, &own[0]);
        add_product(&mut rows[0], &beside, &own[1]);
        add_product(&mut rows[1], &beside, &own[0]);
        add_product(&mut rows[1], &second, &own[1]);
        products[TOGETHER * pair..][..TOGETHER].copy_from_slice(&rows);
    }
}

kernel! {
    fn form_kernel(field: &[Complex64], matrix: &[Complex64], pitch: usize, scratch: &mut Scratch) -> f64 {
        *scratch.sum = Lanes::default();
        let (field, matrix, pitch) = (field.as_chunks().0, matrix.as_chunks().0, pitch / COLUMNS);
        for columns in 0..pitch {
            scratch.load(field, matrix, [columns, pitch]);
            let Scratch { halves: [sums, differences], matrix, rows, sum, .. } = scratch;
            add_form(sums, matrix, sum_of, rows, sum);
            add_form(differences, matrix, difference_of, rows, sum);
        }
        let [a, b, c, d, e, f, g, h] = scratch.sum.0;
        ((a + e) + (c + g)) + ((b + f) + (d + h))
    }
}

kernel! {
    fn multiply_kernel(field: &mut [Complex64], matrix: &[Complex64], pitch: usize, scratch: &mut Scratch) {
        let (field, matrix, pitch) = (field.as_chunks_mut().0, matrix.as_chunks().0, pitch / COLUMNS);
        for columns in 0..pitch {
            scratch.load(field, matrix, [columns, pitch]);
            let Scratch { halves, matrix, products, .. } = scratch;
            multiply(&halves[0], matrix, sum_of, &mut products[0]);
            multiply(&halves[1], matrix, difference_of, &mut products[1]);
            let last = matrix.len() - 1;
            for (a, (sum, difference)) in products[0].iter().zip(&products[1]).enumerate() {
                let near = combined(sum, difference, |sum, difference| 0.5 * (sum + difference));
                let far = combined(sum, difference, |sum, difference| 0.5 * (sum - difference));
                for (row, lanes) in [(a, near), (last - a, far)] {
                    for (value, lanes) in field[row * pitch + columns].iter_mut().zip(lanes.0.as_chunks::<2>().0) {
                        *value = Complex64::new(lanes[0], lanes[1]);
                    }
                }
            }
        }
    }
}

fn assert_sizes(field: &[Complex64], matrix: &[Complex64], pitch: usize, scratch: &Scratch) {
    let rows = scratch.matrix.len();
    assert!(rows > 0 && rows.is_multiple_of(ROWS), "{rows} rows in groups of {ROWS}");
    assert!(pitch.is_multiple_of(COLUMNS), "{pitch} columns in groups of {COLUMNS}");
    assert_eq!(field.len(), rows * pitch, "values of {rows} rows of {pitch}");
    assert_eq!(matrix.len(), rows / 2 * pitch, "elements of {rows} lags of {pitch} matrices");
}

/// The sum over the columns x of a field, given row by row, of x·t·x*, with t the symmetric Toeplitz
/// matrix of each column.
///
/// `pitch`, the length of a row, is a multiple of [`COLUMNS`], and the number of rows of [`ROWS`].
/// `matrix` has the elements tₐ₋ᵦ of two lags in a row, the even lag as real part and the odd one
/// as imaginary part. `scratch` must have been made for the number of rows.
///
/// # Panics
/// When one of the arguments has another size.
pub fn form(isa: Isa, field: &[Complex64], matrix: &[Complex64], pitch: usize, scratch: &mut Scratch) -> f64 {
    assert_sizes(field, matrix, pitch, scratch);
    form_kernel(isa, field, matrix, pitch, scratch)
}

/// Replaces each column x of a field by t·x. Arguments and panics are those of [`form`].
pub fn apply(isa: Isa, field: &mut [Complex64], matrix: &[Complex64], pitch: usize, scratch: &mut Scratch) {
    assert_sizes(field, matrix, pitch, scratch);
    multiply_kernel(isa, field, matrix, pitch, scratch);
}

#[cfg(test)]
mod tests {
    use super::*;
    use approx::assert_relative_eq;

    /// The columns times their matrices, by definition, element by element.
    fn plain(field: &[Complex64], matrix: &[Complex64], pitch: usize) -> Vec<Complex64> {
        let n = field.len() / pitch;
        let element = |a: usize, b: usize, column: usize| {
            let pair = matrix[a.abs_diff(b) / 2 * pitch + column];
            if a.abs_diff(b).is_multiple_of(2) { pair.re } else { pair.im }
        };
        let product = |a: usize, column: usize| -> Complex64 {
            (0..n).map(|b| field[b * pitch + column] * element(a, b, column)).sum()
        };
        (0..n * pitch).map(|i| product(i / pitch, i % pitch)).collect()
    }

    fn plain_form(field: &[Complex64], matrix: &[Complex64], pitch: usize) -> f64 {
        plain(field, matrix, pitch).iter().zip(field).map(|(product, x)| (product * x.conj()).re).sum()
    }

    fn product(isa: Isa, field: &[Complex64], matrix: &[Complex64], pitch: usize) -> Vec<Complex64> {
        let mut product = field.to_vec();
        apply(isa, &mut product, matrix, pitch, &mut Scratch::new(field.len() / pitch));
        product
    }

    #[test]
    fn as_drawn() {
        // t = 4 3 2 1 and x = (1 2 3 5): T·x = (21 30 35 34), xᵀ·T·x = 356.
        let real =
            |values: [f64; 4]| values.map(|re| [Complex64::new(re, 0.0); COLUMNS]).as_flattened().to_vec();
        let matrix = [Complex64::new(4.0, 3.0), Complex64::new(2.0, 1.0)].map(|lags| [lags; COLUMNS]);
        let field = real([1.0, 2.0, 3.0, 5.0]);
        for isa in Isa::available() {
            assert_eq!(product(isa, &field, matrix.as_flattened(), COLUMNS), real([21.0, 30.0, 35.0, 34.0]));
            let sum = form(isa, &field, matrix.as_flattened(), COLUMNS, &mut Scratch::new(4));
            assert_eq!(sum, COLUMNS as f64 * 356.0);
        }
    }

    #[test]
    fn every_instruction_set_gives_the_bits_of_the_definition() {
        for [n, pitch] in [[4, 4], [8, 12], [12, 8], [20, 16]] {
            // Whole numbers, so that no order of summation rounds.
            let values = |rows: usize, seed: usize| -> Vec<Complex64> {
                let value = |i: usize| ((i * 7919 + seed) % 101) as f64 - 50.0;
                (0..rows * pitch).map(|i| Complex64::new(value(2 * i), value(2 * i + 1))).collect()
            };
            let (x, matrix) = (values(n, 3), values(n / 2, 92));
            for isa in Isa::available() {
                let sum = form(isa, &x, &matrix, pitch, &mut Scratch::new(n));
                assert_eq!(sum, plain_form(&x, &matrix, pitch), "{}", isa.name());
                assert_eq!(product(isa, &x, &matrix, pitch), plain(&x, &matrix, pitch), "{}", isa.name());
            }
        }
    }

    #[test]
    fn every_instruction_set_rounds_alike() {
        let [n, pitch] = [16, 28];
        let values = |seed: f64| -> Vec<Complex64> {
            (0..n * pitch).map(|i| Complex64::from_polar(seed, seed * i as f64)).collect()
        };
        let [x, y] = [0.3, 1.7].map(values);
        let matrix = &y[..8 * pitch];
        let sum = |isa| form(isa, &x, matrix, pitch, &mut Scratch::new(n));
        let product = |isa| product(isa, &x, matrix, pitch);
        for isa in Isa::available() {
            assert_eq!(sum(isa).to_bits(), sum(Isa::Scalar).to_bits(), "{}", isa.name());
            assert_eq!(product(isa), product(Isa::Scalar), "{}", isa.name());
        }
        assert_relative_eq!(sum(Isa::Scalar), plain_form(&x, matrix, pitch), max_relative = 1e-11);
        for (value, expected) in product(Isa::Scalar).iter().zip(plain(&x, matrix, pitch)) {
            assert_relative_eq!(value.re, expected.re, epsilon = 1e-11);
            assert_relative_eq!(value.im, expected.im, epsilon = 1e-11);
        }
    }
}
