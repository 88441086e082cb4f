//! Forms Σ tₐ₋ᵦ·xₐ·yᵦ of symmetric Toeplitz matrices, many side by side.
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

/// The number of rows of [`forms`] must be a multiple of this.
pub const ROWS: usize = 2 * TOGETHER;

/// Number of real and imaginary parts of columns that are worked on together. Each has a sum of its own,
/// which is part of the definition of the sums.
const LANES: usize = 2 * COLUMNS;

/// A value for the real and the imaginary part of each column, where a vector of any width can be loaded
/// at once.
#[derive(Clone, Copy, Debug, Default)]
#[repr(align(64))]
struct Lanes([f64; LANES]);

/// A row of each of three fields.
type Row = [Lanes; 3];

/// Memory for columns of some length.
#[derive(Clone, Debug)]
pub struct Scratch {
    /// For each column x of length n, the sums xₐ + xₙ₋₁₋ₐ and the differences xₐ − xₙ₋₁₋ₐ.
    halves: [Vec<Row>; 2],
    matrix: Vec<Lanes>,
    /// Rows of the matrix times the halves, in memory because compilers make vectors of what goes there.
    products: Box<[Row; TOGETHER]>,
    sums: Box<[Lanes; 3]>,
}

impl Scratch {
    /// Memory for columns of `rows` rows.
    pub fn new(rows: usize) -> Self {
        let half = vec![Row::default(); rows / 2];
        Self {
            matrix: vec![Lanes::default(); rows],
            halves: [half.clone(), half],
            products: Default::default(),
            sums: Default::default(),
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

#[inline(always)]
fn add_products(sums: &mut Row, a: &Lanes, row: &Row) {
    for f in 0..3 {
        add_product(&mut sums[f], a, &row[f]);
    }
}

/// Adds the forms of one kind of halves, rows of the matrix up to its diagonal at a time. The
/// matrix of the sums has tₐ₋ᵦ + tₙ₋₁₋ₐ₋ᵦ in place a, b, that of the differences the difference.
#[inline(always)]
fn add_halves(
    halves: &[Row],
    matrix: &[Lanes],
    element: impl Fn(f64, f64) -> f64 + Copy,
    products: &mut [Row; TOGETHER],
    sums: &mut [Lanes; 3],
) {
    let last = 2 * halves.len() - 1;
    for (pair, own) in halves.as_chunks::<TOGETHER>().0.iter().enumerate() {
        let a = TOGETHER * pair;
        let mut rows = [Row::default(); TOGETHER];
        let near = matrix[1..=a + 1].windows(TOGETHER).rev();
        let far = matrix[last - 2 * a..=last - a].windows(TOGETHER).rev();
        for ((near, far), other) in near.zip(far).zip(halves) {
            add_products(&mut rows[0], &combined(&near[0], &far[1], element), other);
            add_products(&mut rows[1], &combined(&near[1], &far[0], element), other);
        }
        // What is off the diagonal counts twice.
        let diagonal =
            |a: usize| combined(&matrix[0], &matrix[last - 2 * a], |near, far| 0.5 * element(near, far));
        add_products(&mut rows[0], &diagonal(a), &own[0]);
        add_products(&mut rows[1], &combined(&matrix[1], &matrix[last - 2 * a - 1], element), &own[0]);
        add_products(&mut rows[1], &diagonal(a + 1), &own[1]);
        *products = rows;
        for (own, row) in own.iter().zip(products.iter()) {
            add_product(&mut sums[0], &own[0], &row[0]);
            add_product(&mut sums[1], &own[1], &row[1]);
            add_product(&mut sums[2], &own[2], &row[0]);
            add_product(&mut sums[2], &own[0], &row[2]);
        }
    }
}

kernel! {
    fn forms_kernel(fields: [&[Complex64]; 3], matrix: &[Complex64], pitch: usize, scratch: &mut Scratch) -> [f64; 3] {
        let Scratch { halves: [sums_of_two, differences], matrix: lags, products, sums } = scratch;
        **sums = Default::default();
        let fields = [fields[0].as_chunks().0, fields[1].as_chunks().0, fields[2].as_chunks().0];
        let (matrix, pitch) = (matrix.as_chunks::<COLUMNS>().0, pitch / COLUMNS);
        let last = 2 * sums_of_two.len() - 1;
        for columns in 0..pitch {
            for (pair, lags) in lags.as_chunks_mut::<2>().0.iter_mut().enumerate() {
                for (c, value) in matrix[pair * pitch + columns].iter().enumerate() {
                    for l in [2 * c, 2 * c + 1] {
                        (lags[0].0[l], lags[1].0[l]) = (value.re, value.im);
                    }
                }
            }
            for (a, (sum, difference)) in sums_of_two.iter_mut().zip(differences.iter_mut()).enumerate() {
                for f in 0..3 {
                    let near = load(&fields[f][a * pitch + columns]);
                    let far = load(&fields[f][(last - a) * pitch + columns]);
                    sum[f] = combined(&near, &far, |near, far| near + far);
                    difference[f] = combined(&near, &far, |near, far| near - far);
                }
            }
            add_halves(sums_of_two, lags, |near, far| near + far, products, sums);
            add_halves(differences, lags, |near, far| near - far, products, sums);
        }
        let mut totals = [0.0; 3];
        for n in 0..3 {
            let [a, b, c, d, e, f, g, h] = sums[n].0;
            totals[n] = ((a + e) + (c + g)) + ((b + f) + (d + h));
        }
        [totals[0], totals[1], 0.5 * totals[2]]
    }
}

/// Sums over the columns of three fields x, y and u, given row by row: with t the symmetric
/// Toeplitz matrix of each column, those of x·t·x*, y·t·y* and the real part of u·t·x*.
///
/// `pitch`, the length of a row, is a multiple of [`COLUMNS`], and the number of rows of [`ROWS`].
/// `matrix` has the elements tₐ₋ᵦ of two lags in a row, the even lag as real part and the odd one
/// as imaginary part. `scratch` must have been made for the number of rows.
///
/// # Panics
/// When one of the arguments has another size.
///
/// A symmetric Toeplitz matrix is the same from both ends, so it leaves sums and differences of
/// what is equally far from the ends apart: two matrices of half the size, half of the work.
pub fn forms(
    isa: Isa,
    fields: [&[Complex64]; 3],
    matrix: &[Complex64],
    pitch: usize,
    scratch: &mut Scratch,
) -> [f64; 3] {
    let rows = scratch.matrix.len();
    assert!(rows > 0 && rows.is_multiple_of(ROWS), "{rows} rows in groups of {ROWS}");
    assert!(pitch.is_multiple_of(COLUMNS), "{pitch} columns in groups of {COLUMNS}");
    assert_eq!(fields.map(<[_]>::len), [rows * pitch; 3], "values of {rows} rows of {pitch}");
    assert_eq!(matrix.len(), rows / 2 * pitch, "elements of {rows} lags of {pitch} matrices");
    forms_kernel(isa, fields, matrix, pitch, scratch)
}

#[cfg(test)]
mod tests {
    use super::*;
    use approx::assert_relative_eq;

    /// The forms by their definition, element by element of the matrix.
    fn plain(fields: [&[Complex64]; 3], matrix: &[Complex64], pitch: usize) -> [f64; 3] {
        let n = fields[0].len() / pitch;
        let mut sums = [0.0; 3];
        for column in 0..pitch {
            for (a, b) in (0..n).flat_map(|a| (0..n).map(move |b| (a, b))) {
                let lag = a.abs_diff(b);
                let pair = matrix[lag / 2 * pitch + column];
                let t = if lag % 2 == 0 { pair.re } else { pair.im };
                let [x, y, u] = fields.map(|field| field[a * pitch + column]);
                let [x_other, y_other] = [0, 1].map(|f| fields[f][b * pitch + column].conj());
                sums[0] += t * (x * x_other).re;
                sums[1] += t * (y * y_other).re;
                sums[2] += t * (u * x_other).re;
            }
        }
        sums
    }

    #[test]
    fn every_instruction_set_gives_the_bits_of_the_definition() {
        for [n, pitch] in [[4, 4], [8, 12], [12, 8], [20, 16]] {
            // Whole numbers, so that no order of summation rounds.
            let values = |rows: usize, seed: usize| -> Vec<Complex64> {
                let value = |i: usize| ((i * 7919 + seed) % 101) as f64 - 50.0;
                (0..rows * pitch).map(|i| Complex64::new(value(2 * i), value(2 * i + 1))).collect()
            };
            let [x, y, u] = [3, 14, 15].map(|seed| values(n, seed));
            let matrix = values(n.div_ceil(2), 92);
            let fields = [&x[..], &y[..], &u[..]];
            let expected = plain(fields, &matrix, pitch);
            for isa in Isa::available() {
                assert_eq!(
                    forms(isa, fields, &matrix, pitch, &mut Scratch::new(n)),
                    expected,
                    "{}",
                    isa.name()
                );
            }
        }
    }

    #[test]
    fn every_instruction_set_rounds_alike() {
        let [n, pitch] = [16, 28];
        let values = |seed: f64| -> Vec<Complex64> {
            (0..n * pitch).map(|i| Complex64::from_polar(seed, seed * i as f64)).collect()
        };
        let [x, y, u] = [0.3, 1.7, 900.1].map(values);
        let fields = [&x[..], &y[..], &u[..]];
        let all = |isa| forms(isa, fields, &y[..8 * pitch], pitch, &mut Scratch::new(n));
        for isa in Isa::available() {
            assert_eq!(all(isa).map(f64::to_bits), all(Isa::Scalar).map(f64::to_bits), "{}", isa.name());
        }
        for (form, expected) in all(Isa::Scalar).into_iter().zip(plain(fields, &y, pitch)) {
            assert_relative_eq!(form, expected, max_relative = 1e-11);
        }
    }
}
