//! Which case and which rater each row of a table is of.

use std::collections::HashMap;
use std::fmt::Display;
use std::hash::Hash;

use ndarray::{ArrayView2, Axis};

use super::icc::{Reliability, Tables};
use crate::error::{Error, Result, shown};
use crate::runtime::Runtime;
use crate::work::loops;

/// The cases and raters of a long table, whose rows are in any order. A rater is whatever measures again: an
/// observer, a scan, a perturbation.
///
/// ```
/// use radiomics_core::{Pool, Runtime, ndarray::array, stability::Design};
///
/// # fn main() -> radiomics_core::Result<()> {
/// let design = Design::new(&["A", "A", "B", "B", "C", "C"], &[1, 2, 1, 2, 2, 1])?;
/// // Two features, a row each.
/// let values = array![[1.0, 1.1, 2.0, 1.9, 3.1, 3.0], [5.0, 5.0, 5.0, 5.0, 5.0, 5.0]];
/// let pool = Pool::new(1)?;
/// let found = design.icc(values.view(), 0.95, &Runtime::new(&pool))?;
/// assert!(found[0].icc_2_1.value > 0.98 && found[0].cases == 3);
/// assert!(found[1].icc_2_1.value.is_nan());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Design {
    cases: usize,
    raters: usize,
    rows: usize,
    /// The row of each case and rater, case after case, if there is one.
    cells: Vec<Option<usize>>,
}

impl Design {
    /// The design of a table, from the case and the rater of each row. A case that lacks a rater is a case
    /// with a missing value.
    ///
    /// # Errors
    /// [`Error::InvalidTable`] when the two are not equally long, and for a case and rater given twice.
    pub fn new<C: Display + Eq + Hash, R: Display + Eq + Hash>(cases: &[C], raters: &[R]) -> Result<Self> {
        if cases.len() != raters.len() {
            let what = format!("there are {} cases and {} raters", cases.len(), raters.len());
            return Err(Error::InvalidTable(format!("{what}: give one of each for every row")));
        }
        let (case_of, case_count) = numbered(cases);
        let (rater_of, rater_count) = numbered(raters);
        let mut cells = vec![None; case_count * rater_count];
        for (row, (&case, &rater)) in case_of.iter().zip(&rater_of).enumerate() {
            let cell: &mut Option<usize> = &mut cells[case * rater_count + rater];
            if let Some(first) = *cell {
                let named = |name: String| shown(&name);
                let (case, rater) = (named(cases[row].to_string()), named(raters[row].to_string()));
                return Err(Error::InvalidTable(format!(
                    "rows {first} and {row} (from 0) are both of case `{case}` and rater `{rater}`: give each case and rater once"
                )));
            }
            *cell = Some(row);
        }
        Ok(Self { cases: case_count, raters: rater_count, rows: cases.len(), cells })
    }

    /// Number of cases.
    pub fn cases(&self) -> usize {
        self.cases
    }

    /// Number of raters.
    pub fn raters(&self) -> usize {
        self.raters
    }

    /// The intraclass correlations of features (feature, row of the table), with bounds of `confidence`, as
    /// [`icc`](super::icc()) of each gives them; a step each.
    ///
    /// # Errors
    /// As [`icc`](super::icc()); [`Error::InvalidTable`] when the features have another number of rows, and
    /// [`Error::Cancelled`].
    pub fn icc(
        &self,
        values: ArrayView2<'_, f64>,
        confidence: f64,
        runtime: &Runtime,
    ) -> Result<Vec<Reliability>> {
        let (features, rows) = values.dim();
        if rows != self.rows {
            let what = format!("features have {rows} values, and the table has {} rows", self.rows);
            return Err(Error::InvalidTable(format!("{what}: give a value for each row")));
        }
        let tables = Tables::new(self.cases, self.raters, confidence)?;
        let of_feature = |feature: usize| {
            let values = values.index_axis(Axis(0), feature);
            let value = |row: &Option<usize>| row.map_or(f64::NAN, |row| values[row]);
            tables.reliability(self.cells.iter().map(value).collect())
        };
        runtime.run(features.max(1), |monitor| {
            let found = monitor.run(|| Ok(loops::map(0..features, of_feature)))?;
            monitor.advance(features.max(1))?;
            Ok(found)
        })
    }
}

/// The number of each name in the order in which they first come, and how many there are.
fn numbered<N: Eq + Hash>(names: &[N]) -> (Vec<usize>, usize) {
    let mut known = HashMap::new();
    let numbers = names.iter().map(|name| {
        let next = known.len();
        *known.entry(name).or_insert(next)
    });
    let numbers = numbers.collect();
    (numbers, known.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runtime::Pool;
    use crate::stability::icc;
    use ndarray::array;

    /// Rows in any order are the table that they make; a pair that is not there is a missing value.
    #[test]
    fn rows_are_put_in_their_places() {
        let table = array![[1.0, 1.5, 0.5], [4.0, 4.5, 4.25], [7.0, 8.0, 7.5], [2.0, 3.0, 9.0]];
        let mut rows: Vec<(usize, usize)> =
            (0..4).flat_map(|case| (0..3).map(move |rater| (case, rater))).collect();
        rows.sort_by_key(|(case, rater)| (7 * case + 5 * rater) % 11);
        rows.retain(|row| *row != (3, 1));
        let (cases, raters): (Vec<usize>, Vec<usize>) = rows.iter().copied().unzip();
        let values: Vec<f64> = rows.iter().map(|&row| table[row]).collect();
        let values = ndarray::Array2::from_shape_vec((1, rows.len()), values).unwrap();
        let pool = Pool::new(2).unwrap();
        let design = Design::new(&cases, &raters).unwrap();
        let found = design.icc(values.view(), 0.95, &Runtime::new(&pool)).unwrap();
        let whole = icc(table.slice(ndarray::s![..3, ..]), 0.95).unwrap();
        let near = |a: f64, b: f64| (a - b).abs() < 1e-13;
        assert_eq!((found[0].cases, found[0].raters), (3, 3));
        assert!(
            near(found[0].icc_2_1.value, whole.icc_2_1.value)
                && near(found[0].icc_2_1.low, whole.icc_2_1.low)
        );
    }

    #[test]
    fn what_cannot_be_used_is_refused() {
        let message = |cases: &[&str], raters: &[i32]| Design::new(cases, raters).unwrap_err().to_string();
        assert_eq!(
            message(&["a", "b", "a"], &[1, 1, 1]),
            "rows 0 and 2 (from 0) are both of case `a` and rater `1`: give each case and rater once"
        );
        assert!(message(&["a"], &[1, 2]).starts_with("there are 1 cases and 2 raters: give one"));
        let pool = Pool::new(1).unwrap();
        let design = Design::new(&["a", "a", "b", "b"], &[1, 2, 1, 2]).unwrap();
        let values = ndarray::Array2::zeros((3, 5));
        let found = design.icc(values.view(), 0.95, &Runtime::new(&pool)).unwrap_err().to_string();
        assert!(found.starts_with("features have 5 values, and the table has 4 rows"), "{found}");
    }
}
