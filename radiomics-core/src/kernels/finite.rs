//! Whether values are numbers.

use super::kernel;
use crate::kernels::voxel::Voxel;

/// The bits of a 64-bit float that are all set in infinities and NaN, and in nothing else.
const EXPONENT: u64 = 0x7ff0_0000_0000_0000;

kernel! {
    /// Whether all values whose entry in `mask`, which is as long, is set are finite.
    pub fn all_finite<T: Voxel>(values: &[T], mask: &[bool]) -> bool {
        assert_eq!(values.len(), mask.len(), "values and their mask");
        let mut wrong = 0;
        for (x, &masked) in values.iter().zip(mask) {
            let bits = x.to_f64().to_bits() & EXPONENT;
            wrong |= u64::from(bits == EXPONENT) & u64::from(masked);
        }
        wrong == 0
    }
}

kernel! {
    /// Whether no value is NaN, or above `most` in magnitude.
    pub fn all_up_to(values: &[f64], most: f64) -> bool {
        values.iter().fold(0, |wrong, x| wrong | u64::from(x.is_nan() | (x.abs() > most))) == 0
    }
}

/// The larger of two numbers, or NaN if either is: `f64::max` passes over what is no number.
#[inline(always)]
pub fn larger(a: f64, b: f64) -> f64 {
    if b > a || b.is_nan() { b } else { a }
}

#[cfg(test)]
mod tests {
    use super::super::Isa;
    use super::*;

    #[test]
    fn what_is_no_number_is_the_larger_one() {
        assert_eq!([larger(1.0, 2.0), larger(2.0, 1.0), larger(-0.5, -0.5)], [2.0, 2.0, -0.5]);
        assert!(larger(f64::NAN, 1.0).is_nan() && larger(1.0, f64::NAN).is_nan());
        assert_eq!(larger(f64::NEG_INFINITY, 0.0), 0.0);
    }

    #[test]
    fn what_is_too_large_is_found() {
        for isa in Isa::available() {
            for wrong in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 2.5, -2.5] {
                for n in [1, 8, 77] {
                    let mut values = vec![-2.0; n];
                    assert!(all_up_to(isa, &values, 2.0));
                    values[n / 2] = wrong;
                    assert!(!all_up_to(isa, &values, 2.0), "{wrong} with {}", isa.name());
                }
            }
        }
    }

    #[test]
    fn what_is_wanted_must_be_finite() {
        for isa in Isa::available() {
            for wrong in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
                for n in [1, 8, 77] {
                    let mut values = vec![f64::MAX; n];
                    let mut mask = vec![true; n];
                    assert!(all_finite(isa, &values, &mask));
                    values[n / 2] = wrong;
                    assert!(!all_finite(isa, &values, &mask), "{wrong} with {}", isa.name());
                    mask[n / 2] = false;
                    assert!(all_finite(isa, &values, &mask));
                }
            }
        }
    }
}
