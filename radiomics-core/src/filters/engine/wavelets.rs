//! The discrete wavelets of PyWavelets, by name.
//!
//! The table holds what is independent. A high-pass filter follows from the other side's
//! low-pass filter, h[k] = (−1)^(k+1) g[k]; of an orthogonal wavelet, g is the low-pass filter of
//! its own decomposition backwards; a `rbio` wavelet is the `bior` one of the same number with
//! decomposition and reconstruction exchanged, and `haar` is `db1`.

use std::f64::consts::SQRT_2;

use crate::error::nearest;

/// The table of filters: lines of the wavelet's name, the filter and its coefficients.
static TABLE: &str = include_str!("../../../data/wavelets.txt");

/// The two filters of a decomposition, of the same, even length.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct DecompositionFilters {
    pub low: Vec<f64>,
    pub high: Vec<f64>,
}

impl DecompositionFilters {
    /// The filters as PyWavelets has them for images of 32-bit floats. Its coiflets are tabulated
    /// for a sum of 1, and multiplied by √2 in 32 bits.
    pub(crate) fn in_32_bits(&self, name: &str) -> Self {
        let is_coiflet = name.starts_with("coif");
        let round = |c: &f64| match is_coiflet {
            true => f64::from((c / SQRT_2) as f32 * SQRT_2 as f32),
            false => f64::from(*c as f32),
        };
        Self { low: self.low.iter().map(round).collect(), high: self.high.iter().map(round).collect() }
    }
}

/// The filters of a wavelet, if there is one of this name.
pub(crate) fn decomposition(name: &str) -> Option<DecompositionFilters> {
    let low_pass = |decomposition: bool| -> Option<Vec<f64>> {
        let key = match name {
            "haar" => "db1".to_owned(),
            _ => name.replacen("rbio", "bior", 1),
        };
        let dec = filter(&key, "dec_lo")?;
        let rec = filter(&key, "rec_lo").unwrap_or_else(|| reversed(&dec));
        Some(match (name.starts_with("rbio"), decomposition) {
            (false, true) => dec,
            (false, false) => rec,
            (true, true) => reversed(&rec),
            (true, false) => reversed(&dec),
        })
    };
    let (low, other) = (low_pass(true)?, low_pass(false)?);
    let high = other.iter().enumerate().map(|(k, g)| if k % 2 == 0 { -g } else { *g }).collect();
    Some(DecompositionFilters { low, high })
}

/// Names of all wavelets.
pub(crate) fn names() -> impl Iterator<Item = String> {
    let names = lines().filter(|line| line.1 == "dec_lo").map(|line| line.0);
    std::iter::once("haar".to_owned()).chain(names.flat_map(|name| {
        let reverse = name.strip_prefix("bior").map(|number| format!("rbio{number}"));
        std::iter::once(name.to_owned()).chain(reverse)
    }))
}

/// The name of a wavelet that was meant, if one is near enough.
pub(crate) fn nearest_name(name: &str) -> Option<String> {
    let names: Vec<String> = names().collect();
    nearest(name, names.iter().map(String::as_str))
}

/// Name of the wavelet, filter and coefficients of each line of the table.
fn lines() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    TABLE.lines().filter(|line| !line.starts_with('#')).map(|line| {
        let mut parts = line.splitn(3, ' ');
        let mut part = || parts.next().unwrap_or_else(|| panic!("a line of three parts: {line}"));
        (part(), part(), part())
    })
}

fn filter(name: &str, which: &str) -> Option<Vec<f64>> {
    let (.., coefficients) = lines().find(|line| (line.0, line.1) == (name, which))?;
    let number = |text: &str| text.parse().unwrap_or_else(|_| panic!("`{text}` in {which} of {name}"));
    Some(coefficients.split(' ').map(number).collect())
}

fn reversed(filter: &[f64]) -> Vec<f64> {
    filter.iter().rev().copied().collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn coiflets_of_32_bits_are_those_of_pywavelets() {
        // PyWavelets 1.8: response of coif1 to an impulse of 32-bit floats.
        let filters = decomposition("coif1").expect("a wavelet").in_32_bits("coif1");
        let expected = [-0.015655728, -0.07273262, 0.38486484, 0.85257196, 0.33789766, -0.07273262f32];
        assert_eq!(filters.low, expected.map(f64::from));
    }

    use std::f64::consts::SQRT_2;

    use super::*;

    /// The deviation that the digits of PyWavelets' table leave; `dmey` is an approximation by design.
    fn tolerance(name: &str) -> f64 {
        if name == "dmey" { 3e-3 } else { 2e-11 }
    }

    /// The correlation Σ a[k] b[k + shift].
    fn correlation(a: &[f64], b: &[f64], shift: usize) -> f64 {
        a.iter().zip(&b[shift.min(b.len())..]).map(|(a, b)| a * b).sum()
    }

    #[test]
    fn all_of_pywavelets_are_there() {
        assert_eq!(names().count(), 106);
        for name in names() {
            let filters = decomposition(&name).expect("a name of the table");
            assert_eq!(filters.low.len(), filters.high.len(), "{name}");
            assert_eq!(filters.low.len() % 2, 0, "{name}");
        }
    }

    #[test]
    fn low_pass_filters_sum_to_the_root_of_two_and_high_pass_filters_to_zero() {
        for name in names() {
            let filters = decomposition(&name).expect("a name of the table");
            let (low, high): (f64, f64) = (filters.low.iter().sum(), filters.high.iter().sum());
            assert!((low - SQRT_2).abs() < 1e-11, "{name}: {low}");
            // The high-pass sum is what an alternating sum of the low-pass filter leaves.
            assert!(high.abs() < tolerance(&name), "{name}: {high}");
        }
    }

    #[test]
    fn double_shifts_are_orthogonal() {
        for name in names().filter(|name| !name.contains("bio")) {
            let DecompositionFilters { low, high } = decomposition(&name).expect("a name of the table");
            for shift in (0..low.len()).step_by(2) {
                let expected = if shift == 0 { 1.0 } else { 0.0 };
                for (what, a, b, expected) in [
                    ("low", &low, &low, expected),
                    ("high", &high, &high, expected),
                    ("low-high", &low, &high, 0.0),
                    ("high-low", &high, &low, 0.0),
                ] {
                    let got = correlation(a, b, shift);
                    assert!((got - expected).abs() < tolerance(&name), "{name} {what} {shift}: {got}");
                }
            }
        }
    }

    #[test]
    fn biorthogonal_wavelets_reconstruct() {
        // The decomposition of a `rbio` wavelet is the reconstruction of its `bior` one, backwards.
        for name in names().filter(|name| name.starts_with("bior")) {
            let analysis = decomposition(&name).expect("a name of the table");
            let synthesis = decomposition(&name.replace("bior", "rbio")).expect("a name of the table");
            let n = analysis.low.len();
            for shift in (0..n).step_by(2) {
                let expected = if shift == 0 { 1.0 } else { 0.0 };
                for (a, b, expected) in [
                    (&analysis.low, &synthesis.low, expected),
                    (&synthesis.low, &analysis.low, expected),
                    (&analysis.high, &synthesis.high, expected),
                    (&analysis.low, &synthesis.high, 0.0),
                    (&analysis.high, &synthesis.low, 0.0),
                ] {
                    let got = correlation(a, b, shift);
                    assert!((got - expected).abs() < 1e-11, "{name} {shift}: {got}");
                }
            }
        }
    }

    #[test]
    fn signs_and_order_are_those_of_pywavelets() {
        // pywt.Wavelet('rbio1.3').dec_lo, .dec_hi and pywt.Wavelet('db2').dec_hi of PyWavelets 1.8
        let close = |got: &[f64], expected: &[f64]| {
            assert_eq!(got.len(), expected.len());
            assert!(got.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-15), "{got:?} {expected:?}");
        };
        let rbio = decomposition("rbio1.3").expect("a name of the table");
        close(&rbio.low, &[0.0, 0.0, SQRT_2 / 2.0, SQRT_2 / 2.0, 0.0, 0.0]);
        let (small, large) = (0.08838834764831845, SQRT_2 / 2.0);
        close(&rbio.high, &[small, small, -large, large, -small, -small]);
        let root = 3f64.sqrt();
        let db2 = [1.0 + root, 3.0 + root, 3.0 - root, 1.0 - root].map(|g| g / (4.0 * SQRT_2));
        let [a, b, c, d] = db2;
        close(&decomposition("db2").expect("a name of the table").high, &[-a, b, -c, d]);
        assert_eq!(decomposition("haar"), decomposition("db1"));
    }

    #[test]
    fn an_unknown_name_is_answered_with_the_nearest() {
        assert_eq!(nearest_name("Coif-1").as_deref(), Some("coif1"));
        assert_eq!(decomposition("Coif-1"), None);
    }
}
