//! Exponentials, logarithms, roots and angles, the same bits on every machine.
//!
//! What the standard library calls is the system's, whose last bit is another one from version to version, and from
//! processor to processor: 5 of 10,000 logarithms differ between one with and one without fused multiplication. These
//! are sums, products and quotients of 64-bit floats in a fixed order, and as near to the exact value.

/// The exponential.
pub fn exp(x: f64) -> f64 {
    libm::exp(x)
}

/// The natural logarithm.
pub fn ln(x: f64) -> f64 {
    libm::log(x)
}

/// The natural logarithm of 1 + x.
pub fn ln_1p(x: f64) -> f64 {
    libm::log1p(x)
}

/// The logarithm to base 2.
pub fn log2(x: f64) -> f64 {
    libm::log2(x)
}

/// Sine and cosine of an angle in radians.
pub fn sin_cos(x: f64) -> (f64, f64) {
    libm::sincos(x)
}

/// The sine of an angle in radians.
pub fn sin(x: f64) -> f64 {
    libm::sin(x)
}

/// The cosine of an angle in radians.
pub fn cos(x: f64) -> f64 {
    libm::cos(x)
}

/// The angle from 0 to π that has this cosine.
pub fn acos(x: f64) -> f64 {
    libm::acos(x)
}

/// The angle from −π to π of the point (x, y).
pub fn atan2(y: f64, x: f64) -> f64 {
    libm::atan2(y, x)
}

/// A power of a number that is not negative.
pub fn pow(base: f64, exponent: f64) -> f64 {
    libm::pow(base, exponent)
}

/// The third root.
pub fn cbrt(x: f64) -> f64 {
    libm::cbrt(x)
}

/// The length of a vector.
pub fn hypot(a: f64, b: f64) -> f64 {
    libm::hypot(a, b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_digit_is_the_same_on_every_machine() {
        // A sum of many values: of any other bit of any of them it would be another one.
        let mut digest = 0_u64;
        for n in 1..2000 {
            let x = f64::from(n) / 128.0;
            let (sine, cosine) = sin_cos(x);
            let values = [
                exp(-x),
                ln(x),
                ln_1p(x),
                log2(x),
                sine,
                cosine,
                acos(cosine),
                atan2(sine, x),
                pow(x, 0.4),
                cbrt(x),
                hypot(x, 1.0),
            ];
            digest = values.iter().fold(digest, |sum, x| sum.rotate_left(7) ^ x.to_bits());
            assert_eq!([sine, cosine], [sin(x), cos(x)]);
        }
        assert_eq!(digest, DIGEST, "{digest:#x}");
    }

    const DIGEST: u64 = 0x5007_f05a_d7d0_358a;

    proptest! {
        #[test]
        fn they_are_those_of_the_system_but_for_rounding(x in -700.0..700.0f64, p in 1e-12..1e6f64, q in -3.0..3.0f64) {
            let near = |a: f64, b: f64| (a - b).abs() <= 4e-16 * b.abs().max(f64::MIN_POSITIVE);
            let (sine, cosine) = sin_cos(x);
            prop_assert!(near(exp(x), x.exp()));
            prop_assert!(near(ln(p), p.ln()) && near(log2(p), p.log2()) && near(ln_1p(p), p.ln_1p()));
            prop_assert!(near(sine, x.sin()) && near(cosine, x.cos()) && near(atan2(x, p), x.atan2(p)));
            prop_assert!(near(acos(q / 3.0), (q / 3.0).acos()) && near(pow(p, q), p.powf(q)));
            prop_assert!(near(cbrt(p), p.cbrt()) && near(hypot(p, x), p.hypot(x)));
        }
    }
}
