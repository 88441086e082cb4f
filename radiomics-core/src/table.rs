//! The result: one row a feature.

use crate::catalogue::Feature;
use crate::names::Named;
use crate::settings::Discretisation;
use crate::texture::aggregation::Aggregation;

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
    /// Which one of several discretisations it is of; `None` if the settings have one alone, or if
    /// the feature does not depend on it.
    pub discretisation: Option<Discretisation>,
    /// The value; NaN when undefined.
    pub value: f64,
}

impl FeatureRow {
    /// Whether the value is one.
    pub fn status(&self) -> Status {
        if self.value.is_nan() { Status::Undefined } else { Status::Ok }
    }

    /// A column name unique in the table: `image_family_feature`, `_aggregation` for texture, and
    /// the name of the discretisation where there are several.
    pub fn column(&self) -> String {
        let mut column = format!("{}_{}_{}", self.image, self.family, self.feature.name);
        if self.aggregation != Aggregation::Region {
            column = format!("{column}_{}", self.aggregation.name());
        }
        match &self.discretisation {
            Some(discretisation) => format!("{column}_{}", discretisation.name()),
            None => column,
        }
    }
}

/// Feature values, image by image: those of the shape, then those of each filter's response in
/// catalogue order. A family that depends on the discretisation has its rows once for each of
/// several, in the order of the settings.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FeatureTable {
    rows: Vec<FeatureRow>,
}

impl FeatureTable {
    /// The rows, in order.
    pub fn rows(&self) -> &[FeatureRow] {
        &self.rows
    }

    /// The value of a feature, by family, feature and aggregation, in the first of several images
    /// and discretisations.
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
