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

/// For each column x of length n, the sums xₐ + xₙ₋₁₋ₐ and the differences xₐ − xₙ₋₁₋ₐ.
type Halves = [Vec<Lanes>; 2];

/// Memory for columns of some length.
#[derive(Clone, Debug)]
pub struct Scratch {
    /// Those of the field whose form is summed, and of the one that is multiplied.
    halves: Halves,
    others: Halves,
    matrix: Vec<Lanes>,
    /// The matrices T± times the other halves.
    products: Halves,
}

impl Scratch {
    /// Memory for columns of `rows` rows.
    pub fn new(rows: usize) -> Self {
        let half = vec![Lanes::default(); rows / 2];
        let halves = [half.clone(), half];
        let matrix = vec![Lanes::default(); rows];
        Self { matrix, others: halves.clone(), products: halves.clone(), halves }
    }
}

/// The elements of the matrices of columns number `columns`·[`COLUMNS`] and the next.
#[inline(always)]
fn take_matrix(to: &mut [Lanes], matrix: &[[Complex64; COLUMNS]], [columns, pitch]: [usize; 2]) {
    for (pair, lags) in to.as_chunks_mut::<2>().0.iter_mut().enumerate() {
        for (c, value) in matrix[pair * pitch + columns].iter().enumerate() {
            for l in [2 * c, 2 * c + 1] {
                (lags[0].0[l], lags[1].0[l]) = (value.re, value.im);
            }
        }
    }
}

/// The halves of these columns.
#[inline(always)]
fn take_halves(
    [sums, differences]: &mut Halves,
    field: &[[Complex64; COLUMNS]],
    [columns, pitch]: [usize; 2],
) {
    let last = 2 * sums.len() - 1;
    for (a, (sum, difference)) in sums.iter_mut().zip(differences).enumerate() {
        let near = load(&field[a * pitch + columns]);
        let far = load(&field[(last - a) * pitch + columns]);
        *sum = combined(&near, &far, |near, far| near + far);
        *difference = combined(&near, &far, |near, far| near - far);
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

/// The values that are worked on at a time: as many as fit a register of the narrower vectors, so that sums
/// of all rows stay in registers.
type Part = [f64; PART];

const PART: usize = LANES / 2;

impl Lanes {
    #[inline(always)]
    fn part(&self, part: usize) -> Part {
        self.0.as_chunks().0[part]
    }

    #[inline(always)]
    fn part_mut(&mut self, part: usize) -> &mut Part {
        &mut self.0.as_chunks_mut().0[part]
    }
}

#[inline(always)]
fn parts([a, b]: &[Lanes; TOGETHER], part: usize) -> [Part; TOGETHER] {
    [a.part(part), b.part(part)]
}

#[inline(always)]
fn merged(a: Part, b: Part, how: impl Fn(f64, f64) -> f64) -> Part {
    std::array::from_fn(|l| how(a[l], b[l]))
}

#[inline(always)]
fn plus_product(sum: Part, a: Part, b: Part) -> Part {
    std::array::from_fn(|l| sum[l] + a[l] * b[l])
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
    part: usize,
    element: impl Fn(f64, f64) -> f64 + Copy,
) -> (impl Iterator<Item = [Part; TOGETHER]>, [Part; 3]) {
    let (a, last) = (TOGETHER * pair, matrix.len() - 1);
    let made = move |near: &Lanes, far: &Lanes| merged(near.part(part), far.part(part), element);
    let near = matrix[1..=a + 1].windows(TOGETHER).rev();
    let far = matrix[last - 2 * a..=last - a].windows(TOGETHER).rev();
    let before = near.zip(far).map(move |(near, far)| [made(&near[0], &far[1]), made(&near[1], &far[0])]);
    let own = |near: usize, far: usize| made(&matrix[near], &matrix[last - 2 * a - far]);
    (before, [own(0, 0), own(1, 1), own(0, 2)])
}

/// Adds the own terms of two rows of a form to those before the diagonal, and the form of these rows to the sum.
#[inline(always)]
fn end_form(
    mut rows: [Part; TOGETHER],
    own: [Part; TOGETHER],
    [first, beside, second]: [Part; 3],
    sum: &mut Part,
) {
    // What is off the diagonal counts twice.
    let half = |diagonal: Part| merged(diagonal, diagonal, |d, _| 0.5 * d);
    rows[0] = plus_product(rows[0], half(first), own[0]);
    rows[1] = plus_product(rows[1], beside, own[0]);
    rows[1] = plus_product(rows[1], half(second), own[1]);
    for (own, row) in own.into_iter().zip(rows) {
        *sum = plus_product(*sum, own, row);
    }
}

/// Adds the form of one kind of halves, rows of the matrix up to its diagonal at a time.
#[inline(always)]
fn add_form(halves: &[Lanes], matrix: &[Lanes], element: impl Fn(f64, f64) -> f64 + Copy, sum: &mut Lanes) {
    for (pair, own) in halves.as_chunks::<TOGETHER>().0.iter().enumerate() {
        for part in 0..LANES / PART {
            let mut rows = [[0.0; PART]; TOGETHER];
            let (before, beside) = elements(matrix, pair, part, element);
            for (elements, other) in before.zip(halves) {
                let other = other.part(part);
                rows[0] = plus_product(rows[0], elements[0], other);
                rows[1] = plus_product(rows[1], elements[1], other);
            }
            end_form(rows, parts(own, part), beside, sum.part_mut(part));
        }
    }
}

/// That, and the product of other halves with the same matrix, each element of which is made once. One before
/// the diagonal is one behind it as well.
#[inline(always)]
fn add_form_and_multiply(
    [halves, others]: [&[Lanes]; 2],
    matrix: &[Lanes],
    element: impl Fn(f64, f64) -> f64 + Copy,
    sum: &mut Lanes,
    products: &mut [Lanes],
) {
    let pairs = halves.as_chunks::<TOGETHER>().0.iter().zip(others.as_chunks::<TOGETHER>().0);
    for (pair, (own, others_own)) in pairs.enumerate() {
        for part in 0..LANES / PART {
            let mut rows = [[0.0; PART]; TOGETHER];
            let mut of_others = rows;
            let factors = parts(others_own, part);
            let (before, beside) = elements(matrix, pair, part, element);
            let columns = halves.iter().zip(others).zip(&mut *products);
            for (elements, ((half, other), product)) in before.zip(columns) {
                let (half, other) = (half.part(part), other.part(part));
                let mut behind = product.part(part);
                for r in 0..TOGETHER {
                    rows[r] = plus_product(rows[r], elements[r], half);
                    of_others[r] = plus_product(of_others[r], elements[r], other);
                    behind = plus_product(behind, elements[r], factors[r]);
                }
                *product.part_mut(part) = behind;
            }
            end_form(rows, parts(own, part), beside, sum.part_mut(part));
            let [first, beside, second] = beside;
            of_others[0] = plus_product(of_others[0], first, factors[0]);
            of_others[0] = plus_product(of_others[0], beside, factors[1]);
            of_others[1] = plus_product(of_others[1], beside, factors[0]);
            of_others[1] = plus_product(of_others[1], second, factors[1]);
            for (product, row) in products[TOGETHER * pair..].iter_mut().zip(of_others) {
                *product.part_mut(part) = row;
            }
        }
    }
}

/// The sum of all lanes, in this order.
#[inline(always)]
fn total(sum: &Lanes) -> f64 {
    let [a, b, c, d, e, f, g, h] = sum.0;
    ((a + e) + (c + g)) + ((b + f) + (d + h))
}

kernel! {
    fn form_kernel(field: &[Complex64], matrix: &[Complex64], pitch: usize, scratch: &mut Scratch) -> f64 {
        let mut sum = Lanes::default();
        let (field, matrix, pitch) = (field.as_chunks().0, matrix.as_chunks().0, pitch / COLUMNS);
        let Scratch { halves, matrix: lags, .. } = scratch;
        for columns in 0..pitch {
            take_matrix(lags, matrix, [columns, pitch]);
            take_halves(halves, field, [columns, pitch]);
            add_form(&halves[0], lags, sum_of, &mut sum);
            add_form(&halves[1], lags, difference_of, &mut sum);
        }
        total(&sum)
    }
}

kernel! {
    fn form_and_multiply_kernel(
        field: &[Complex64],
        other: &mut [Complex64],
        matrix: &[Complex64],
        pitch: usize,
        scratch: &mut Scratch,
    ) -> f64 {
        let mut sum = Lanes::default();
        let (field, other) = (field.as_chunks().0, other.as_chunks_mut().0);
        let (matrix, pitch) = (matrix.as_chunks().0, pitch / COLUMNS);
        let Scratch { halves, others, products, matrix: lags } = scratch;
        for columns in 0..pitch {
            take_matrix(lags, matrix, [columns, pitch]);
            take_halves(halves, field, [columns, pitch]);
            take_halves(others, other, [columns, pitch]);
            add_form_and_multiply([&halves[0], &others[0]], lags, sum_of, &mut sum, &mut products[0]);
            add_form_and_multiply([&halves[1], &others[1]], lags, difference_of, &mut sum, &mut products[1]);
            let last = lags.len() - 1;
            for (a, (sum, difference)) in products[0].iter().zip(&products[1]).enumerate() {
                let near = combined(sum, difference, |sum, difference| 0.5 * (sum + difference));
                let far = combined(sum, difference, |sum, difference| 0.5 * (sum - difference));
                for (row, lanes) in [(a, near), (last - a, far)] {
                    for (value, lanes) in other[row * pitch + columns].iter_mut().zip(lanes.0.as_chunks::<2>().0) {
                        *value = Complex64::new(lanes[0], lanes[1]);
                    }
                }
            }
        }
        total(&sum)
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

/// The same of `field`, and each column x of `other` is replaced by t·x. Arguments and panics are those of [`form`].
pub fn form_and_multiply(
    isa: Isa,
    field: &[Complex64],
    other: &mut [Complex64],
    matrix: &[Complex64],
    pitch: usize,
    scratch: &mut Scratch,
) -> f64 {
    assert_sizes(field, matrix, pitch, scratch);
    assert_sizes(other, matrix, pitch, scratch);
    form_and_multiply_kernel(isa, field, other, matrix, pitch, scratch)
}

#[cfg(test)]
#[path = "toeplitz_tests.rs"]
mod tests;
