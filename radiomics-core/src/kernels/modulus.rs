//! Moduli of complex numbers.

use rustfft::num_complex::Complex64;

use super::convolve::Combine;
use super::{Isa, kernel};

kernel! {
    fn combine_moduli_kernel<C: Combine>(how: C, out: &mut [f64], values: &[Complex64]) {
        let values = &values[..out.len()];
        for (out, value) in out.iter_mut().zip(values) {
            *out = how.combine(*out, (value.re * value.re + value.im * value.im).sqrt());
        }
    }
}

/// Combines `out[i]` with |values[i]|; there may be more values than places in `out`.
///
/// # Panics
/// When there are fewer values than places in `out`.
pub(crate) fn combine_moduli(isa: Isa, how: impl Combine, out: &mut [f64], values: &[Complex64]) {
    combine_moduli_kernel(isa, how, out, values);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::convolve::{Add, Max, Set};

    #[test]
    fn every_instruction_set_gives_the_same_bits() {
        let values: Vec<_> =
            (0..37).map(|i| Complex64::new(f64::from(i) * 3.0, 0.1 * f64::from(i * i) - 9.0)).collect();
        for isa in Isa::available() {
            let mut out = vec![1.0; 37];
            combine_moduli(isa, Set, &mut out[..1], &[Complex64::new(3.0, -4.0)]);
            assert_eq!(out[0], 5.0);
            combine_moduli(isa, Add, &mut out, &values);
            combine_moduli(isa, Max, &mut out[..32], &values[5..]);
            for (i, &out) in out.iter().enumerate().take(32).skip(1) {
                let modulus = |i: usize| (values[i].re * values[i].re + values[i].im * values[i].im).sqrt();
                assert_eq!(out, (1.0 + modulus(i)).max(modulus(i + 5)), "{}", isa.name());
            }
        }
    }
}
