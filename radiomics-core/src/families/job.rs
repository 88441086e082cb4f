//! What a family computes its features from, and what it gives for them.

use crate::families::morphology::KnownPairs;
use crate::feature::{Feature, Row};
use crate::kernels::Isa;
use crate::kernels::elementary::log2;
use crate::region::roi::Roi;
use crate::settings::{Settings, SingleSlices};
use crate::table::Reason;
use crate::texture::aggregation::{self, Aggregation, Unit};

/// What a family computes its features from.
#[derive(Clone, Copy)]
pub(crate) struct Job<'a> {
    pub roi: &'a Roi,
    pub settings: &'a Settings,
    pub isa: Isa,
    /// Which rows of the family's table are asked for, ascending.
    pub features: &'a [usize],
    /// What other images have found of the pairs of voxels of their masks, if there are any.
    pub pairs: Option<&'a KnownPairs>,
}

/// The value of a feature, NaN if it has none, and the reason if so.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Value {
    pub value: f64,
    pub reason: Option<Reason>,
}

impl Job<'_> {
    /// The matrices that an aggregation asks for, as [`aggregation::plan`]; in a region of so many slices,
    /// of which a single one may be planar.
    pub fn plan(&self, aggregation: Aggregation, slices: usize, directions: [usize; 2]) -> Vec<Vec<Unit>> {
        let is_planar = slices == 1 && self.settings.single_slices == SingleSlices::Planar;
        let aggregation = if is_planar { aggregation.in_plane() } else { aggregation };
        aggregation::plan(aggregation, slices, directions[0], directions[1])
    }

    /// The values of the rows of `table` that are asked for, of the one thing that they are read from.
    pub fn values<M>(&self, table: &'static [Row<M>], of: &M) -> Vec<Value> {
        self.means(&[self.of_group(table, of)])
    }

    /// The numbers that the rows of `table` that are asked for have for a group of matrices.
    pub fn of_group<M>(&self, table: &'static [Row<M>], group: &M) -> Vec<f64> {
        self.features.iter().map(|&row| (table[row].value)(group)).collect()
    }

    /// The values of the rows that are asked for, each the mean of its numbers over `groups`.
    /// Groups in which a feature is undefined do not count; if it is undefined in all of them, or
    /// there is none, the value is NaN.
    pub fn means(&self, groups: &[Vec<f64>]) -> Vec<Value> {
        let of_row = |n: usize| Value::mean_of_defined(groups.iter().map(|numbers| numbers[n]));
        (0..self.features.len()).map(of_row).collect()
    }
}

impl Value {
    /// None, for this reason.
    pub fn undefined(reason: Reason) -> Self {
        Self { value: f64::NAN, reason: Some(reason) }
    }

    fn mean_of_defined(values: impl ExactSizeIterator<Item = f64>) -> Self {
        let nothing_counted = values.len() == 0;
        let (sum, n) = values.filter(|v| v.is_finite()).fold((0.0, 0.0), |(sum, n), v| (sum + v, n + 1.0));
        // 0 / 0 is the NaN that says "undefined".
        let value: f64 = sum / n;
        let reason = match value.is_nan() {
            true if nothing_counted => Some(Reason::NothingCounted),
            true => Some(Reason::NotDefined),
            false => None,
        };
        Self { value, reason }
    }
}

/// The features of a family's table without their formulas, as the catalogue shows them.
pub(crate) fn features<M>(table: &'static [Row<M>]) -> Vec<&'static Feature> {
    table.iter().map(|row| &row.feature).collect()
}

/// −p·log₂ p, with 0 for p = 0.
pub(crate) fn entropy_term(p: f64) -> f64 {
    if p > 0.0 { -p * log2(p) } else { 0.0 }
}
