//! Mean squares of a table of cases and raters.

use crate::kernels::elementary::log2;
/// Mean squares of the analysis of variance of cases in rows and raters in columns, in units of their own:
/// only their ratios mean something.
#[derive(Clone, Copy, Debug)]
pub(super) struct MeanSquares {
    /// Between cases (MSR of McGraw & Wong).
    pub cases: f64,
    /// Between raters (MSC).
    pub raters: f64,
    /// Within cases (MSW).
    pub within: f64,
    /// What neither case nor rater explains (MSE).
    pub residual: f64,
}

impl MeanSquares {
    /// Of values (case, rater), row after row, with `raters` a row, which are changed; `None` if all are equal.
    ///
    /// Sums are of differences from means, in two passes, so that an offset loses no digits. Steps by a power
    /// of two are exact and keep squares in range.
    pub fn of(values: &mut [f64], raters: usize) -> Option<Self> {
        let cases = values.len() / raters;
        scale(values);
        let first = *values.first()?;
        values.iter_mut().for_each(|x| *x -= first);
        scale(values)?;
        let whole = mean(values.iter().copied());
        values.iter_mut().for_each(|x| *x -= whole);
        let of_cases: Vec<f64> = values.chunks_exact(raters).map(|row| mean(row.iter().copied())).collect();
        let of_raters: Vec<f64> =
            (0..raters).map(|rater| mean(values.iter().skip(rater).step_by(raters).copied())).collect();
        let whole = mean(of_cases.iter().copied());
        let (mut within, mut residual) = (0.0, 0.0);
        for (row, of_case) in values.chunks_exact(raters).zip(&of_cases) {
            for (x, of_rater) in row.iter().zip(&of_raters) {
                within += (x - of_case).powi(2);
                residual += ((x - of_case) - (of_rater - whole)).powi(2);
            }
        }
        let between = |means: &[f64]| means.iter().map(|mean| (mean - whole).powi(2)).sum::<f64>();
        let [n, k] = [cases, raters].map(|count| count as f64);
        Some(Self {
            cases: k * between(&of_cases) / (n - 1.0),
            raters: n * between(&of_raters) / (k - 1.0),
            within: within / (n * (k - 1.0)),
            residual: residual / ((n - 1.0) * (k - 1.0)),
        })
    }
}

/// The mean, exact where all values are equal.
fn mean(values: impl Iterator<Item = f64> + Clone) -> f64 {
    let Some(first) = values.clone().next() else { return f64::NAN };
    let (sum, count) = values.fold((0.0, 0.0), |(sum, count), x| (sum + (x - first), count + 1.0));
    first + sum / count
}

/// Divides by a power of two so that the largest value is from 1/2 to 2; `None` if all are 0.
fn scale(values: &mut [f64]) -> Option<()> {
    let largest = values.iter().fold(0.0_f64, |largest, x| largest.max(x.abs()));
    if largest == 0.0 {
        return None;
    }
    // In two steps, as a power of two may be no float where its root is one.
    let half = (-0.5 * log2(largest)).trunc() as i32;
    let step = 2.0_f64.powi(half);
    values.iter_mut().for_each(|x| *x = *x * step * step);
    Some(())
}
