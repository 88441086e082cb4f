//! The result: one row a feature.

use crate::aggregation::Aggregation;
use crate::catalogue::Feature;
use crate::names::Named;

/// Whether a value is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// The value is defined.
    Ok,
    /// The feature is not defined for this region; the value is NaN.
    Undefined,
}

impl Named for Status {
    const KIND: &'static str = "status";
    const NAMES: &'static [(&'static str, Self)] = &[("ok", Self::Ok), ("undefined", Self::Undefined)];
}

/// One feature value.
#[derive(Clone, Debug, PartialEq)]
pub struct FeatureRow {
    /// The image it was computed from: `original`, or the name of a filter.
    pub image: String,
    /// Name of the family.
    pub family: &'static str,
    /// The feature's row in the catalogue.
    pub feature: &'static Feature,
    /// Over what it was aggregated.
    pub aggregation: Aggregation,
    /// The value; NaN when undefined.
    pub value: f64,
}

impl FeatureRow {
    /// Whether the value is one.
    pub fn status(&self) -> Status {
        if self.value.is_nan() { Status::Undefined } else { Status::Ok }
    }

    /// A column name unique in the table: `image_family_feature`, and `_aggregation` for
    /// texture.
    pub fn column(&self) -> String {
        let stem = format!("{}_{}_{}", self.image, self.family, self.feature.name);
        match self.aggregation {
            Aggregation::Region => stem,
            aggregation => format!("{stem}_{}", aggregation.name()),
        }
    }
}

/// Feature values in catalogue order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FeatureTable {
    rows: Vec<FeatureRow>,
}

impl FeatureTable {
    /// The rows, in the order of the catalogue.
    pub fn rows(&self) -> &[FeatureRow] {
        &self.rows
    }

    /// The value of a feature, by family, feature and aggregation.
    pub fn value(&self, family: &str, feature: &str, aggregation: Aggregation) -> Option<f64> {
        self.rows
            .iter()
            .find(|r| r.family == family && r.feature.name == feature && r.aggregation == aggregation)
            .map(|r| r.value)
    }

    /// The rows by themselves.
    pub fn into_rows(self) -> Vec<FeatureRow> {
        self.rows
    }

    pub(crate) fn from_rows(rows: Vec<FeatureRow>) -> Self {
        Self { rows }
    }
}
