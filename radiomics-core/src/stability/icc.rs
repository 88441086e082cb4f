//! The intraclass correlation of single measurements, and its confidence bounds.
//!
//! Names of mean squares are those of McGraw & Wong, Psychological Methods 1996, 1: 30-46 (tables 4 and 7).
//! The kinds are those of Shrout & Fleiss, Psychological Bulletin 1979, 86: 420-428.

use ndarray::ArrayView2;

use super::anova::MeanSquares;
use super::fisher::quantile;
use crate::error::{Error, Result, argument, number};

/// An intraclass correlation with its confidence bounds; NaN where it is undefined.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Icc {
    /// The estimate.
    pub value: f64,
    /// Lower bound of the confidence interval.
    pub low: f64,
    /// Upper bound of the confidence interval.
    pub high: f64,
}

/// How reliable single measurements of a feature are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reliability {
    /// ICC(1,1), one-way random effects: each case has raters of its own.
    pub icc_1_1: Icc,
    /// ICC(2,1), two-way random effects, absolute agreement: raters are a sample, and their shifts count.
    pub icc_2_1: Icc,
    /// ICC(3,1), two-way mixed effects, consistency: the shift of a rater does not count.
    pub icc_3_1: Icc,
    /// Number of cases that all raters have a finite value for; no others count.
    pub cases: usize,
    /// Number of raters.
    pub raters: usize,
}

/// The intraclass correlations of a table (case, rater) with bounds of `confidence`, such as 0.95.
///
/// A case with a value that is NaN or infinite is left out. All are NaN if fewer than two cases are left, or if
/// all values are equal.
///
/// ```
/// use radiomics_core::{ndarray::array, stability::icc};
///
/// # fn main() -> radiomics_core::Result<()> {
/// // The six cases and four judges of Shrout & Fleiss (1979), table 2.
/// let table = array![
///     [9.0, 2.0, 5.0, 8.0], [6.0, 1.0, 3.0, 2.0], [8.0, 4.0, 6.0, 8.0],
///     [7.0, 1.0, 2.0, 6.0], [10.0, 5.0, 6.0, 9.0], [6.0, 2.0, 4.0, 7.0],
/// ];
/// let found = icc(table.view(), 0.95)?;
/// assert_eq!((found.icc_2_1.value * 100.0).round(), 29.0);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// [`Error::InvalidTable`] for fewer than two cases or raters, [`Error::InvalidArgument`] for a confidence that
/// is not between 0 and 1.
pub fn icc(table: ArrayView2<'_, f64>, confidence: f64) -> Result<Reliability> {
    let (cases, raters) = table.dim();
    let tables = Tables::new(cases, raters, confidence)?;
    Ok(tables.reliability(table.iter().copied().collect()))
}

/// What tables of so many cases and raters have in common.
pub(super) struct Tables {
    raters: usize,
    /// Probability beyond either bound.
    tail: f64,
    /// Without a missing case.
    whole: Quantiles,
}

impl Tables {
    /// # Errors
    /// As [`icc`].
    pub fn new(cases: usize, raters: usize, confidence: f64) -> Result<Self> {
        if !(confidence > 0.0 && confidence < 1.0) {
            let remedy = "it must be between 0 and 1, such as 0.95";
            return Err(argument("confidence", number(&confidence), remedy));
        }
        let few = |count: usize, what: &str, remedy: &str| {
            let what = format!("the table has {count} {what}, and at least 2 are needed");
            Err(Error::InvalidTable(format!("{what}: {remedy}")))
        };
        if cases < 2 {
            return few(cases, "case(s)", "give a row for each case and rater, of several cases");
        }
        if raters < 2 {
            return few(raters, "rater(s)", "measure each case several times, such as on perturbed images");
        }
        let tail = 0.5 * (1.0 - confidence);
        Ok(Self { raters, tail, whole: Quantiles::new(cases, raters, tail) })
    }

    /// The reliability of the values (case, rater) of a feature, row after row.
    pub fn reliability(&self, mut values: Vec<f64>) -> Reliability {
        let k = self.raters;
        let mut cases = 0;
        for case in 0..values.len() / k {
            if values[case * k..][..k].iter().all(|x| x.is_finite()) {
                values.copy_within(case * k..(case + 1) * k, cases * k);
                cases += 1;
            }
        }
        values.truncate(cases * k);
        let found = if cases < 2 { None } else { MeanSquares::of(&mut values, k) };
        let Some(squares) = found else {
            let undefined = Icc { value: f64::NAN, low: f64::NAN, high: f64::NAN };
            let [icc_1_1, icc_2_1, icc_3_1] = [undefined; 3];
            return Reliability { icc_1_1, icc_2_1, icc_3_1, cases, raters: k };
        };
        let of_fewer;
        let quantiles = if cases == self.whole.cases {
            &self.whole
        } else {
            of_fewer = Quantiles::new(cases, k, self.tail);
            &of_fewer
        };
        Reliability {
            icc_1_1: relative(squares.cases, squares.within, k, quantiles.one_way),
            icc_2_1: absolute(&squares, cases, k, self.tail),
            icc_3_1: relative(squares.cases, squares.residual, k, quantiles.two_way),
            cases,
            raters: k,
        }
    }
}

/// Quantiles of F at either tail, which depend on the size of the table alone.
struct Quantiles {
    cases: usize,
    one_way: [f64; 2],
    two_way: [f64; 2],
}

impl Quantiles {
    fn new(cases: usize, raters: usize, tail: f64) -> Self {
        let [n, k] = [cases, raters].map(|count| count as f64);
        let tails = |d1: f64, d2: f64| [tail, 1.0 - tail].map(|p| quantile(p, d1, d2));
        Self { cases, one_way: tails(n * (k - 1.0), n - 1.0), two_way: tails((n - 1.0) * (k - 1.0), n - 1.0) }
    }
}

/// ICC(1,1) or ICC(3,1), from the mean squares between cases and of the error: (MSR - MSE) / (MSR + (k - 1) MSE);
/// a bound is the same with MSR multiplied by a quantile.
fn relative(cases: f64, error: f64, raters: usize, quantiles: [f64; 2]) -> Icc {
    let more = raters as f64 - 1.0;
    let at = |q: f64| (q * cases - error) / (q * cases + more * error);
    let [low, high] = quantiles.map(at);
    defined(Icc { value: at(1.0), low, high })
}

/// ICC(2,1): (MSR - MSE) / (MSR + (k - 1) MSE + k (MSC - MSE) / n); a bound is the same with MSR multiplied by
/// a quantile, whose degrees of freedom are Satterthwaite's.
fn absolute(squares: &MeanSquares, cases: usize, raters: usize, tail: f64) -> Icc {
    let [n, k] = [cases, raters].map(|count| count as f64);
    let [msr, msc, mse] = [squares.cases, squares.raters, squares.residual];
    let others = k * msc + (k * n - k - n) * mse;
    let at = |q: f64| n * (q * msr - mse) / (others + n * q * msr);
    let value = at(1.0);
    // a and b of McGraw & Wong, both times n (1 - ICC), so that an ICC of 1 has them, too.
    let a = k * value * msc;
    let b = (n * (1.0 - value) + k * value * (n - 1.0)) * mse;
    let freedom = (a + b).powi(2) / (a * a / (k - 1.0) + b * b / ((n - 1.0) * (k - 1.0)));
    let [low, high] = match freedom {
        // Nothing depends on the quantile: values differ between cases alone, or between raters alone.
        f if f.is_nan() => [value; 2],
        f => [tail, 1.0 - tail].map(|p| at(quantile(p, f, n - 1.0))),
    };
    defined(Icc { value, low, high })
}

/// NaN throughout where the estimate has no value, as between squares that are all 0.
fn defined(icc: Icc) -> Icc {
    match icc.value.is_finite() {
        true => icc,
        false => Icc { value: f64::NAN, low: f64::NAN, high: f64::NAN },
    }
}

#[cfg(test)]
#[path = "icc_tests.rs"]
mod tests;
