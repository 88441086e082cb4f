//! Coefficients of the recursive Gaussian and of its second derivative: filters of order 4
//! (Deriche 1993, with the constants of Farnebäck and Westin 2006), as ITK computes them.

use crate::kernels::elementary::{cos, exp, sin};
use crate::kernels::recursive::Recursion;

/// Frequencies w_k of the terms of the approximation, exp(l_k t) (a_k cos(w_k t) + b_k sin(w_k t)) for k = 1, 2.
const W: [f64; 2] = [0.6681, 2.0787];
/// Decays l_k of the terms of the approximation.
const L: [f64; 2] = [-1.3932, -1.3732];
/// Amplitudes (a, b) of the terms that approximate a Gaussian.
const GAUSSIAN: [[f64; 2]; 2] = [[1.3530, 1.8151], [-0.3531, 0.0902]];
/// Amplitudes (a, b) of the terms that approximate the second derivative of a Gaussian.
const SECOND_DERIVATIVE: [[f64; 2]; 2] = [[-1.3563, 5.2318], [0.3446, -2.2355]];

/// What the terms are at a scale of `sigma` voxels: e^(l/σ), cos(w/σ) and sin(w/σ).
///
/// Coefficients are summed in ITK's order: for a wide Gaussian they nearly cancel, so that
/// another order shows in the last bits of the response.
struct Terms {
    decay: [f64; 2],
    cosine: [f64; 2],
    sine: [f64; 2],
}

impl Terms {
    fn new(sigma: f64) -> Self {
        Self {
            decay: L.map(|l| exp(l / sigma)),
            cosine: W.map(|w| cos(w / sigma)),
            sine: W.map(|w| sin(w / sigma)),
        }
    }

    /// The product of the terms' denominators, 1 − 2 e^l cos(w)/z + e^2l/z², without its first
    /// coefficient, which is 1.
    fn denominator(&self) -> [f64; 4] {
        let ([e, f], [ce, cf]) = (self.decay, self.cosine);
        [
            -2.0 * (f * cf + e * ce),
            4.0 * cf * ce * e * f + (e * e + f * f),
            -2.0 * ce * e * f * f + -2.0 * cf * f * e * e,
            e * e * f * f,
        ]
    }

    /// The causal numerator over the product of the terms' denominators, for amplitudes (a, b).
    fn numerator(&self, [[a, b], [c, d]]: [[f64; 2]; 2]) -> [f64; 4] {
        let ([e, f], [ce, cf], [se, sf]) = (self.decay, self.cosine, self.sine);
        [
            a + c,
            f * (d * sf - (c + 2.0 * a) * cf) + e * (b * se - (a + 2.0 * c) * ce),
            ((a + c) * cf * ce - (b * cf * se + d * ce * sf)) * (2.0 * e * f) + (c * e * e + a * f * f),
            f * e * e * (d * sf - c * cf) + e * f * f * (b * se - a * ce),
        ]
    }
}

/// Σ c_k, Σ k c_k and Σ k² c_k from k = `first` on: a polynomial at z = 1 and its derivatives.
fn at_one(c: [f64; 4], first: f64) -> [f64; 3] {
    let sum = |power: i32| {
        let w = |k: f64| (first + k).powi(power);
        w(0.0) * c[0] + w(1.0) * c[1] + w(2.0) * c[2] + w(3.0) * c[3]
    };
    [sum(0), sum(1), sum(2)]
}

/// A denominator at z = 1, its first coefficient included, and its derivatives there.
fn denominator_at_one(d: [f64; 4]) -> [f64; 3] {
    let [_, slope, curvature] = at_one(d, 1.0);
    [1.0 + d[0] + d[1] + d[2] + d[3], slope, curvature]
}

/// The recursion of a Gaussian of `sigma` voxels, of sum 1.
pub(crate) fn smoothing(sigma: f64) -> Recursion {
    let terms = Terms::new(sigma);
    let (n, d) = (terms.numerator(GAUSSIAN), terms.denominator());
    let ([sn, ..], [sd, ..]) = (at_one(n, 0.0), denominator_at_one(d));
    let scale = 1.0 / (2.0 * sn / sd - n[0]);
    symmetric(n.map(|c| c * scale), d)
}

/// The recursion of the second derivative of a Gaussian of `sigma` voxels times `sigma_mm`²: exact for
/// constants, for which it is 0, and for parabolas.
pub(crate) fn second_derivative(sigma: f64, sigma_mm: f64) -> Recursion {
    let terms = Terms::new(sigma);
    let (smooth, curve) = (terms.numerator(GAUSSIAN), terms.numerator(SECOND_DERIVATIVE));
    let d = terms.denominator();
    let [sd, dd, ed] = denominator_at_one(d);
    let ([sn0, dn0, en0], [sn2, dn2, en2]) = (at_one(smooth, 0.0), at_one(curve, 0.0));
    // As much of the Gaussian as makes the response to a constant vanish.
    let share = -(2.0 * sn2 - sd * curve[0]) / (2.0 * sn0 - sd * smooth[0]);
    let n = [0, 1, 2, 3].map(|k| curve[k] + share * smooth[k]);
    let [sn, dn, en] = [sn2 + share * sn0, dn2 + share * dn0, en2 + share * en0];
    // The second moment of one half; that of both is the response to x², which shall be 2.
    let moment = (en * sd * sd - ed * sn * sd - 2.0 * dn * dd * sd + 2.0 * dd * dd * sn) / (sd * sd * sd);
    let scale = sigma_mm * sigma_mm / moment;
    symmetric(n.map(|c| c * scale), d)
}

/// The recursion of the even filter whose causal part is n/d; at the border voxels go on as they are.
fn symmetric(n: [f64; 4], d: [f64; 4]) -> Recursion {
    let [d1, d2, d3, d4] = d;
    let m = [n[1] - d1 * n[0], n[2] - d2 * n[0], n[3] - d3 * n[0], -d4 * n[0]];
    let sum = |c: [f64; 4]| c[0] + c[1] + c[2] + c[3];
    let all = 1.0 + d1 + d2 + d3 + d4;
    Recursion { n, m, d, before: d.map(|d| d * sum(n) / all), after: d.map(|d| d * sum(m) / all) }
}
