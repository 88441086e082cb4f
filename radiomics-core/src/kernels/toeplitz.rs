//! Forms Σ tₐ₋ᵦ·xₐ·yᵦ of symmetric Toeplitz matrices, many side by side.

use rustfft::num_complex::Complex64;

use super::{Isa, kernel};

/// Columns that are worked on together. Part of the definition of the sums, as each lane has a
/// sum of its own.
const LANES: usize = 8;

/// A value of each of these columns.
type Lanes = [f64; LANES];

/// Half of the columns of three fields, real and imaginary part after one another.
type Halves = [Lanes; 6];

/// Memory for columns of some length.
#[derive(Clone, Debug)]
pub struct Scratch {
    /// Of each column x of length n the sums xₐ + xₙ₋₁₋ₐ, and the differences.
    halves: [Vec<Halves>; 2],
    matrix: Vec<Lanes>,
}

impl Scratch {
    /// For columns of length `n`.
    pub fn new(n: usize) -> Self {
        let half = vec![[[0.0; LANES]; 6]; n.div_ceil(2)];
        Self { matrix: vec![[0.0; LANES]; 2 * half.len()], halves: [half.clone(), half] }
    }
}

/// Some of the columns of a row.
#[inline(always)]
fn load(row: &[Complex64]) -> [Lanes; 2] {
    let (mut re, mut im) = ([0.0; LANES], [0.0; LANES]);
    if let Some((row, _)) = row.split_first_chunk::<LANES>() {
        for l in 0..LANES {
            re[l] = row[l].re;
            im[l] = row[l].im;
        }
    } else {
        for (l, value) in row.iter().enumerate() {
            re[l] = value.re;
            im[l] = value.im;
        }
    }
    [re, im]
}

/// Adds the forms of one kind of halves, a row of the matrix up to its diagonal at a time. The
/// matrix of the sums has tₐ₋ᵦ + tₙ₋₁₋ₐ₋ᵦ in place a, b, that of the differences the difference.
#[inline(always)]
fn add_halves(
    halves: &[Halves],
    matrix: &[Lanes],
    element: impl Fn(f64, f64) -> f64,
    sums: &mut [Lanes; 3],
) {
    let last = 2 * halves.len() - 1;
    for (a, own) in halves.iter().enumerate() {
        let mut rows = [[0.0; LANES]; 6];
        let near = matrix[1..=a].iter().rev();
        let far = matrix[last - 2 * a + 1..=last - a].iter().rev();
        for ((near, far), other) in near.zip(far).zip(halves) {
            let mut t = [0.0; LANES];
            for l in 0..LANES {
                t[l] = element(near[l], far[l]);
            }
            for n in 0..6 {
                for l in 0..LANES {
                    rows[n][l] += t[l] * other[n][l];
                }
            }
        }
        let (near, far) = (&matrix[0], &matrix[last - 2 * a]);
        for l in 0..LANES {
            // What is off the diagonal counts twice.
            let t = 0.5 * element(near[l], far[l]);
            for n in 0..6 {
                rows[n][l] += t * own[n][l];
            }
        }
        for l in 0..LANES {
            sums[0][l] += own[0][l] * rows[0][l] + own[1][l] * rows[1][l];
            sums[1][l] += own[2][l] * rows[2][l] + own[3][l] * rows[3][l];
            sums[2][l] += (own[4][l] * rows[0][l] + own[5][l] * rows[1][l])
                + (own[0][l] * rows[4][l] + own[1][l] * rows[5][l]);
        }
    }
}

kernel! {
    fn forms_kernel(fields: [&[Complex64]; 3], matrix: &[Complex64], pitch: usize, scratch: &mut Scratch) -> [f64; 3] {
        let Scratch { halves: [sums_of_two, differences], matrix: lags } = scratch;
        let n = fields[0].len() / pitch;
        let last = 2 * sums_of_two.len() - 1;
        let mut sums = [[0.0; LANES]; 3];
        for first in (0..pitch).step_by(LANES) {
            let columns = LANES.min(pitch - first);
            for (pair, lags) in lags.chunks_exact_mut(2).enumerate() {
                let [even, odd] = load(&matrix[pair * pitch + first..][..columns]);
                (lags[0], lags[1]) = (even, odd);
            }
            for (a, (sum, difference)) in sums_of_two.iter_mut().zip(differences.iter_mut()).enumerate() {
                for (f, field) in fields.iter().enumerate() {
                    let near = load(&field[a * pitch + first..][..columns]);
                    // Columns of odd length go on with a 0.
                    let rest = if last - a < n { &field[(last - a) * pitch + first..][..columns] } else { &[] };
                    let far = load(rest);
                    for part in 0..2 {
                        for l in 0..LANES {
                            sum[2 * f + part][l] = near[part][l] + far[part][l];
                            difference[2 * f + part][l] = near[part][l] - far[part][l];
                        }
                    }
                }
            }
            add_halves(sums_of_two, lags, |near, far| near + far, &mut sums);
            add_halves(differences, lags, |near, far| near - far, &mut sums);
        }
        let mut totals = [0.0; 3];
        for n in 0..3 {
            let [a, b, c, d, e, f, g, h] = sums[n];
            totals[n] = ((a + e) + (c + g)) + ((b + f) + (d + h));
        }
        [totals[0], totals[1], 0.5 * totals[2]]
    }
}

/// Sums over the columns of three fields x, y and u, of rows that are `pitch` long: with t the
/// symmetric Toeplitz matrix of each column, those of x·t·x*, y·t·y* and the real part of u·t·x*.
///
/// `matrix` has the elements tₐ₋ᵦ of two lags in a row, the even lag as real part and the odd one
/// as imaginary part. `scratch` must have been made for the length of the columns.
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
    forms_kernel(isa, fields, matrix, pitch, scratch)
}

#[cfg(test)]
mod tests {
    use super::*;
    use approx::assert_relative_eq;

    /// The definition.
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
        for [n, pitch] in [[1, 1], [1, 9], [2, 8], [3, 5], [7, 24], [12, 17]] {
            // Whole numbers, so that no order of summation rounds.
            let values = |rows: usize, seed: usize| -> Vec<Complex64> {
                let value = |i: usize| ((i * 7919 + seed) % 101) as f64 - 50.0;
                (0..rows * pitch).map(|i| Complex64::new(value(2 * i), value(2 * i + 1))).collect()
            };
            let [x, y, u] = [3, 14, 15].map(|seed| values(n, seed));
            let matrix = values(n.div_ceil(2), 92);
            let fields = [&x[..], &y[..], &u[..]];
            let wanted = plain(fields, &matrix, pitch);
            for isa in Isa::available() {
                assert_eq!(forms(isa, fields, &matrix, pitch, &mut Scratch::new(n)), wanted, "{}", isa.name());
            }
        }
    }

    #[test]
    fn every_instruction_set_rounds_alike() {
        let [n, pitch] = [13, 27];
        let values = |seed: f64| -> Vec<Complex64> {
            (0..n * pitch).map(|i| Complex64::from_polar(seed, seed * i as f64)).collect()
        };
        let [x, y, u] = [0.3, 1.7, 900.1].map(values);
        let fields = [&x[..], &y[..], &u[..]];
        let all = |isa| forms(isa, fields, &y[..7 * pitch], pitch, &mut Scratch::new(n));
        for isa in Isa::available() {
            assert_eq!(all(isa).map(f64::to_bits), all(Isa::Scalar).map(f64::to_bits), "{}", isa.name());
        }
        for (found, wanted) in all(Isa::Scalar).into_iter().zip(plain(fields, &y, pitch)) {
            assert_relative_eq!(found, wanted, max_relative = 1e-11);
        }
    }
}
