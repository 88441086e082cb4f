//! What is computed: a column is known before its value, a row is a column with its value.

use std::fmt;

use crate::feature::Feature;
use crate::names::Named;
use crate::settings::Discretisation;
use crate::texture::aggregation::Aggregation;

/// Whether a feature has a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// The value is defined.
    Ok,
    /// The feature is not defined for this region; the value is NaN.
    Undefined,
    /// Nothing of this region could be computed; the value is NaN.
    Failed,
}

impl Named for Status {
    const KIND: &'static str = "status";
    const NAMES: &'static [(&'static str, Self)] =
        &[("ok", Self::Ok), ("undefined", Self::Undefined), ("failed", Self::Failed)];
}

/// Why a value is undefined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// The region holds nothing of what the feature's matrix counts, such as pairs of neighbours.
    NothingCounted,
    /// The formula has no value for this region, as the feature's summary says.
    NotDefined,
    /// The region is a single slice, which has no shape in three dimensions.
    SingleSlice,
    /// The region has several slices, and the feature is one of a single slice.
    SeveralSlices,
    /// The region could not be computed, as a warning of the code [`WarningCode::Failed`] says.
    Failed,
}

impl Named for Reason {
    const KIND: &'static str = "reason";
    const NAMES: &'static [(&'static str, Self)] = &[
        ("nothing_counted", Self::NothingCounted),
        ("not_defined", Self::NotDefined),
        ("single_slice", Self::SingleSlice),
        ("several_slices", Self::SeveralSlices),
        ("failed", Self::Failed),
    ];
}

/// What a value, or a map, is of. It is known from the settings alone, before any image is seen:
/// [`catalogue::columns`](crate::catalogue::columns) lists the columns of an extraction.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// The image that the feature is computed from: `original`, or the name of a filter.
    pub image: String,
    /// Name of the family.
    pub family: &'static str,
    /// The feature's row in the catalogue.
    pub feature: &'static Feature,
    /// What the feature is aggregated over.
    pub aggregation: Aggregation,
    /// Which one of several discretisations the feature is of; `None` if the settings have one alone, or
    /// if the feature does not depend on it.
    pub discretisation: Option<Discretisation>,
}

impl Column {
    /// A name unique in the table: `image_family_feature`, `_aggregation` for texture, and the name
    /// of the discretisation where there are several.
    pub fn name(&self) -> String {
        let mut name = format!("{}_{}_{}", self.image, self.family, self.feature.name);
        if self.aggregation != Aggregation::Region {
            name = format!("{name}_{}", self.aggregation.name());
        }
        match &self.discretisation {
            Some(discretisation) => format!("{name}_{}", discretisation.name()),
            None => name,
        }
    }
}

/// One feature value.
#[derive(Clone, Debug, PartialEq)]
pub struct FeatureRow {
    /// What the value is of.
    pub column: Column,
    /// The value; NaN when undefined.
    pub value: f64,
    /// Why the value is undefined; `None` for a value that is defined.
    pub reason: Option<Reason>,
}

impl FeatureRow {
    /// Whether the value is defined.
    pub fn status(&self) -> Status {
        match self.reason {
            Some(Reason::Failed) => Status::Failed,
            _ if self.value.is_nan() => Status::Undefined,
            _ => Status::Ok,
        }
    }
}

/// Something about a region that makes its values doubtful, though each of them is what it says.
#[derive(Clone, Debug, PartialEq)]
pub struct Warning {
    /// Kind of the warning.
    pub code: WarningCode,
    /// Label of the region.
    pub label: i64,
    /// The image whose values are doubtful, as their columns call it: the name of an image or, for grey
    /// levels, of a filter's response to it.
    pub image: String,
    /// What was found, and what can be done about it.
    pub message: String,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "image `{}`, label {}: {}", self.image, self.label, self.message)
    }
}

/// What a warning is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum WarningCode {
    /// The labels differ from voxel to voxel, as intensities of an image do.
    MaskLikeImage,
    /// The region reaches to the border of the image, and may be cut off there.
    RegionAtBorder,
    /// The region is a single slice, and features of a volume are asked for.
    SingleSlice,
    /// Interpolation changed the volume of the region by more than 5 %.
    VolumeChanged,
    /// Resegmentation left less than a tenth of the region.
    NarrowRange,
    /// The region has fewer than 64 voxels.
    SmallRegion,
    /// All of the region has the same grey level.
    SingleLevel,
    /// The region has fewer than 8 grey levels.
    FewLevels,
    /// The region has more than 256 grey levels.
    ManyLevels,
    /// The region could not be computed.
    Failed,
}

impl Named for WarningCode {
    const KIND: &'static str = "warning";
    const NAMES: &'static [(&'static str, Self)] = &[
        ("mask_like_image", Self::MaskLikeImage),
        ("region_at_border", Self::RegionAtBorder),
        ("single_slice", Self::SingleSlice),
        ("volume_changed", Self::VolumeChanged),
        ("narrow_range", Self::NarrowRange),
        ("small_region", Self::SmallRegion),
        ("single_level", Self::SingleLevel),
        ("few_levels", Self::FewLevels),
        ("many_levels", Self::ManyLevels),
        ("failed", Self::Failed),
    ];
}

/// Feature values, image by image: those of the shape, then those of each filter's response in
/// catalogue order. A family that depends on the discretisation has its rows once for each of
/// several, in the order of the settings.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FeatureTable {
    rows: Vec<FeatureRow>,
    warnings: Vec<Warning>,
}

impl FeatureTable {
    /// The rows of the table, in order.
    pub fn rows(&self) -> &[FeatureRow] {
        &self.rows
    }

    /// What makes the values doubtful, in the order in which it was found.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// The value of a feature, by family, feature and aggregation, in the first of several images
    /// and discretisations.
    pub fn value(&self, family: &str, feature: &str, aggregation: Aggregation) -> Option<f64> {
        let is_wanted = |column: &Column| {
            column.family == family && column.feature.name == feature && column.aggregation == aggregation
        };
        self.rows.iter().find(|row| is_wanted(&row.column)).map(|row| row.value)
    }

    /// The rows of the table, in order and owned.
    pub fn into_rows(self) -> Vec<FeatureRow> {
        self.rows
    }

    pub(crate) fn new(rows: Vec<FeatureRow>, warnings: Vec<Warning>) -> Self {
        Self { rows, warnings }
    }
}
