//! Quantiles of the F distribution.
//!
//! With `x = d1 F / (d1 F + d2)` the distribution function is the regularised incomplete beta function
//! `I_x(d1 / 2, d2 / 2)` (Abramowitz & Stegun 26.6.2), which a continued fraction gives (26.5.8). Its root is
//! sought over `ln(x / (1 - x))`, where both tails have room: degrees of freedom may be fractions.

use crate::kernels::elementary::{exp, ln, ln_1p};
use std::f64::consts::PI;

/// Terms of the continued fraction at most; it needs about the root of the larger degrees of freedom.
const TERMS: usize = 100_000;

/// Steps of the search at most: bisection alone would end within them.
const STEPS: usize = 200;

/// Ends of the search, as `ln(x / (1 - x))`: beyond them floats have neither `F` nor `1 / F`.
const END: f64 = 700.0;

/// The value that a variable of the F distribution with `d1` and `d2` degrees of freedom is below with
/// probability `p`; its limit, 0 or infinite, where that is no float.
pub(super) fn quantile(p: f64, d1: f64, d2: f64) -> f64 {
    let [a, b] = [0.5 * d1, 0.5 * d2];
    let log_beta = ln_gamma(a) + ln_gamma(b) - ln_gamma(a + b);
    let [mut low, mut high] = [-END, END];
    // The mean of `x`, if it were one of F: d1 F = d2.
    let mut y = ln(a / b).clamp(-1.0, 1.0);
    for _ in 0..STEPS {
        let (below, density) = beta_at(y, a, b, log_beta);
        let error = below - p;
        if error < 0.0 {
            low = y
        } else {
            high = y
        }
        let newton = y - error / density;
        let next = if newton > low && newton < high { newton } else { 0.5 * (low + high) };
        let done = (next - y).abs() <= 1e-14 * y.abs().max(1.0);
        y = next;
        if done {
            break;
        }
    }
    match y {
        y if y <= 1.0 - END => 0.0,
        y if y >= END - 1.0 => f64::INFINITY,
        y => d2 / d1 * exp(y),
    }
}

/// `I_x(a, b)` and its derivative by `y = ln(x / (1 - x))`.
fn beta_at(y: f64, a: f64, b: f64, log_beta: f64) -> (f64, f64) {
    // x and 1 - x, each without a difference that would lose digits.
    let [x, rest] = [1.0 / (1.0 + exp(-y)), 1.0 / (1.0 + exp(y))];
    let log = |y: f64| -ln_1p(exp(-y));
    let density = exp(a * log(y) + b * log(-y) - log_beta);
    // The fraction converges fast on that side of the mean on which it is small.
    match x < (a + 1.0) / (a + b + 2.0) {
        true => (density * fraction(x, a, b) / a, density),
        false => (1.0 - density * fraction(rest, b, a) / b, density),
    }
}

/// The continued fraction of the incomplete beta function, from its front (Lentz's way).
fn fraction(x: f64, a: f64, b: f64) -> f64 {
    let apart_from_zero = |v: f64| if v.abs() < 1e-300 { 1e-300 } else { v };
    let mut c = 1.0;
    let mut d = 1.0 / apart_from_zero(1.0 - (a + b) * x / (a + 1.0));
    let mut value = d;
    for term in 1..TERMS {
        let m = term as f64;
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        let mut change = 1.0;
        for step in [even, odd] {
            d = 1.0 / apart_from_zero(1.0 + step * d);
            c = apart_from_zero(1.0 + step / c);
            value *= c * d;
            change = c * d;
        }
        if (change - 1.0_f64).abs() < 1e-16 {
            break;
        }
    }
    value
}

/// The logarithm of the gamma function of a number above 0 (Abramowitz & Stegun 6.1.40), moved to where
/// the series has as many digits as floats.
fn ln_gamma(x: f64) -> f64 {
    const SERIES: [f64; 7] = [
        1.0 / 12.0,
        -1.0 / 360.0,
        1.0 / 1260.0,
        -1.0 / 1680.0,
        1.0 / 1188.0,
        -691.0 / 360_360.0,
        1.0 / 156.0,
    ];
    let (mut z, mut product) = (x, 1.0);
    while z < 12.0 {
        product *= z;
        z += 1.0;
    }
    let inverse = 1.0 / (z * z);
    let series = SERIES.iter().rev().fold(0.0, |sum, term| sum * inverse + term) / z;
    (z - 0.5) * ln(z) - z + 0.5 * ln(2.0 * PI) + series - ln(product)
}

#[cfg(test)]
mod tests {
    use super::*;
    use approx::assert_relative_eq;

    /// Quantiles 0.025 and 0.975 by SciPy 1.17 (`scipy.stats.f.ppf`).
    const KNOWN: &[(f64, f64, f64, f64)] = &[
        (1.0, 1.0, 0.001543712508674131, 647.7890114778442),
        (5.0, 18.0, 0.15718616136624453, 3.381967805875243),
        (18.0, 5.0, 0.29568584250351937, 6.361883204654352),
        (11.0, 348.0, 0.344335668760975, 2.029968728990037),
        (348.0, 11.0, 0.49261842594862354, 2.904142935869251),
        (0.37, 11.0, 8.239530321566275e-09, 9.70636858087894),
        (11.0, 0.37, 0.10302514186097872, 121366141.14794627),
        (49.0, 1421.0, 0.6405214781884653, 1.4447939545952944),
        (100_000.0, 40.0, 0.6739902526557964, 1.6372385314329199),
        (3.0, 1_000_000.0, 0.07193173267004598, 3.116147542239905),
    ];

    #[test]
    fn quantiles_of_scipy() {
        for &(d1, d2, low, high) in KNOWN {
            assert_relative_eq!(quantile(0.025, d1, d2), low, max_relative = 1e-9);
            assert_relative_eq!(quantile(0.975, d1, d2), high, max_relative = 1e-9);
            assert_relative_eq!(quantile(0.025, d1, d2), 1.0 / quantile(0.975, d2, d1), max_relative = 1e-9);
        }
    }

    #[test]
    fn quantiles_of_closed_form() {
        // For 2 and 2 degrees of freedom the distribution function is F / (1 + F).
        for p in [1e-6, 0.025, 0.3, 0.5, 0.975, 0.999] {
            assert_relative_eq!(quantile(p, 2.0, 2.0), p / (1.0 - p), max_relative = 1e-9);
        }
    }

    #[test]
    fn next_to_no_degree_of_freedom_quantiles_are_limits() {
        assert_eq!((quantile(0.025, 1e-9, 5.0), quantile(0.975, 5.0, 1e-9)), (0.0, f64::INFINITY));
    }

    #[test]
    fn gamma_of_whole_numbers_is_factorial() {
        let mut factorial = 1.0_f64;
        assert_relative_eq!(ln_gamma(0.5), PI.sqrt().ln(), max_relative = 1e-14);
        for n in 1..40 {
            assert_relative_eq!(
                ln_gamma(f64::from(n)),
                factorial.ln(),
                max_relative = 1e-14,
                epsilon = 1e-14
            );
            factorial *= f64::from(n);
        }
    }
}
