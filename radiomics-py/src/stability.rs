//! Intraclass correlation: thin, the work is the core's.

use numpy::PyReadonlyArray2;
use pyo3::prelude::*;
use radiomics_core::stability::Design;

use crate::guard::core;
use crate::pools::{Limits, on_threads};

/// Estimate, lower and upper bound of the three kinds, one after the other; cases that count, and raters.
type Found = ([f64; 9], usize, usize);

/// The intraclass correlations ICC(1,1), (2,1) and (3,1) of features.
///
/// `values` is an array (feature, row); `subjects` and `raters` say which case and rater each row is of. Returns
/// for each feature the estimate, the lower and the upper bound of each kind, nine numbers; the number of cases
/// that count, and of raters.
#[pyfunction]
#[pyo3(signature = (values, subjects, raters, *, confidence, threads))]
pub fn icc(
    py: Python<'_>,
    values: PyReadonlyArray2<'_, f64>,
    subjects: Vec<String>,
    raters: Vec<String>,
    confidence: f64,
    threads: i64,
) -> PyResult<Vec<Found>> {
    let design = core(|| Design::new(&subjects, &raters))?;
    let view = values.as_array();
    let found =
        on_threads(py, threads, Limits::default(), |runtime, _| design.icc(view, confidence, runtime))?;
    let kinds = found.iter().map(|one| {
        let [a, b, c] = [one.icc_1_1, one.icc_2_1, one.icc_3_1];
        let numbers = [a.value, a.low, a.high, b.value, b.low, b.high, c.value, c.low, c.high];
        (numbers, one.cases, one.raters)
    });
    Ok(kinds.collect())
}
