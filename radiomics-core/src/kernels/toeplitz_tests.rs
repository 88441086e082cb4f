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
    let sum =
        form_and_multiply(isa, field, &mut product, matrix, pitch, &mut Scratch::new(field.len() / pitch));
    let alone = form(isa, field, matrix, pitch, &mut Scratch::new(field.len() / pitch));
    assert_eq!(sum.to_bits(), alone.to_bits(), "the form beside a product");
    product
}

#[test]
fn as_drawn() {
    // t = 4 3 2 1 and x = (1 2 3 5): T·x = (21 30 35 34), xᵀ·T·x = 356.
    let real = |values: [f64; 4]| values.map(|re| [Complex64::new(re, 0.0); COLUMNS]).as_flattened().to_vec();
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
