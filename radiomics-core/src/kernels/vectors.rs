//! Products of vectors, and of a matrix and a vector.

use super::{Isa, kernel};

/// Places of a vector that are worked on together.
pub const STRIPE: usize = 8;

#[inline(always)]
fn product(a: &[f64], b: &[f64]) -> f64 {
    // Eight sums side by side, and so in a fixed order.
    let mut sums = [0.0; STRIPE];
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<STRIPE>(), b.as_chunks::<STRIPE>());
    for (a, b) in a.iter().zip(b) {
        for n in 0..STRIPE {
            sums[n] += a[n] * b[n];
        }
    }
    let all = sums.iter().fold(0.0, |all, sum| all + sum);
    let rest = a_rest.iter().zip(b_rest).fold(0.0, |rest, (a, b)| rest + a * b);
    all + rest
}

#[inline(always)]
fn add_multiple(y: &mut [f64], factor: f64, x: &[f64]) {
    for (y, x) in y.iter_mut().zip(x) {
        *y += factor * x;
    }
}

kernel! {
    fn dot_kernel(a: &[f64], b: &[f64]) -> f64 {
        product(a, b)
    }
}

kernel! {
    fn add_kernel(y: &mut [f64], factor: f64, x: &[f64]) {
        add_multiple(y, factor, x);
    }
}

kernel! {
    fn orthogonalise_kernel(basis: &[f64], y: &mut [f64]) {
        // Twice is enough for all vectors to be orthogonal to the last bits.
        for _ in 0..2 {
            for vector in basis.chunks_exact(y.len().max(1)) {
                add_multiple(y, -product(vector, y), vector);
            }
        }
    }
}

kernel! {
    fn times_kernel(matrix: &[f64], x: &[f64], y: &mut [f64]) {
        let pitch = y.len();
        let mut first = 0;
        for y in y.as_chunks_mut::<STRIPE>().0 {
            // In registers, and column by column: a sum goes on as if it stood alone.
            let mut sums = [0.0; STRIPE];
            for (&x, column) in x.iter().zip(matrix.chunks_exact(pitch)) {
                let column: &[f64; STRIPE] = column[first..].first_chunk().expect("a whole stripe");
                for n in 0..STRIPE {
                    sums[n] += column[n] * x;
                }
            }
            *y = sums;
            first += STRIPE;
        }
    }
}

/// The product of two vectors.
pub fn dot(isa: Isa, a: &[f64], b: &[f64]) -> f64 {
    assert_eq!(a.len(), b.len(), "vectors of a product");
    dot_kernel(isa, a, b)
}

/// Adds a multiple of `x` to `y`.
pub fn add(isa: Isa, y: &mut [f64], factor: f64, x: &[f64]) {
    assert_eq!(y.len(), x.len(), "vectors of a sum");
    add_kernel(isa, y, factor, x);
}

/// Takes out of `y` what it has along each of the vectors of a basis, which are orthogonal.
pub fn orthogonalise(isa: Isa, basis: &[f64], y: &mut [f64]) {
    assert!(basis.len().is_multiple_of(y.len().max(1)), "whole vectors of the basis");
    orthogonalise_kernel(isa, basis, y);
}

/// The product of a matrix, column after column, and a vector. Columns have as many places as `y`, a multiple
/// of [`STRIPE`]; each sum is in the order of the columns.
pub fn times(isa: Isa, matrix: &[f64], x: &[f64], y: &mut [f64]) {
    assert_eq!(y.len() % STRIPE, 0, "whole stripes");
    assert_eq!(matrix.len(), x.len() * y.len(), "cells of the matrix");
    times_kernel(isa, matrix, x, y);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_instruction_set_gives_the_same_bits() {
        let value = |n: usize| ((n * 7919 + 13) % 1009) as f64 / 64.0 - 7.0;
        for n in [1, 7, 8, 9, 31, 64, 100] {
            let a: Vec<f64> = (0..n).map(value).collect();
            let b: Vec<f64> = (0..n).map(|i| 0.1 * value(3 * i)).collect();
            let pitch = n.next_multiple_of(STRIPE);
            let matrix: Vec<f64> = (0..n * pitch).map(|i| 0.3 * value(5 * i)).collect();
            let plain_sum =
                |row: usize| (0..n).fold(0.0, |sum, column| sum + matrix[column * pitch + row] * a[column]);
            for isa in Isa::available() {
                let product = dot(isa, &a, &b);
                assert_eq!(product.to_bits(), dot(Isa::Scalar, &a, &b).to_bits(), "{}", isa.name());
                let plain: f64 = a.iter().zip(&b).map(|(a, b)| a * b).sum();
                assert!((product - plain).abs() <= 1e-10 * plain.abs().max(1.0));
                let mut sum = b.clone();
                add(isa, &mut sum, 0.7, &a);
                assert!(sum.iter().zip(a.iter().zip(&b)).all(|(sum, (a, b))| *sum == b + 0.7 * a));
                let mut y = vec![f64::NAN; pitch];
                times(isa, &matrix, &a, &mut y);
                assert!((0..pitch).all(|row| y[row].to_bits() == plain_sum(row).to_bits()), "{}", isa.name());
            }
        }
    }
}
