//! What is computed: a column is known before its value, a row is a column with its value.

use std::collections::HashMap;
use std::fmt;

use serde::ser::{Serialize, SerializeStruct, Serializer};

use crate::error::Error;
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
#[non_exhaustive]
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
#[non_exhaustive]
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

/// Why a region has no values.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct RegionFailure {
    /// The image, as the columns call it.
    pub image: String,
    /// What is wrong.
    pub error: Error,
}

/// Feature values, image by image: those of the shape, then those of each filter's response in
/// catalogue order. A family that depends on the discretisation has its rows once for each of
/// several, in the order of the settings.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FeatureTable {
    rows: Vec<FeatureRow>,
    warnings: Vec<Warning>,
    failures: Vec<RegionFailure>,
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

    /// Images whose rows have no values, and why, if the job was to go on without them.
    pub fn failures(&self) -> &[RegionFailure] {
        &self.failures
    }

    /// The rows by the names of their columns, for many look-ups.
    ///
    /// ```
    /// use radiomics_core::{Execution, Settings, example, extract};
    ///
    /// # fn main() -> radiomics_core::Result<()> {
    /// let phantom = example::DigitalPhantom::new();
    /// let settings = Settings::ibsi_configuration("digital_phantom")?;
    /// let table = extract(&phantom.image(), &phantom.mask(), 1, &settings, &Execution::default())?;
    /// let rows = table.by_column();
    /// assert_eq!(rows["original_intensity_statistics_maximum"].value, 6.0);
    /// # Ok(())
    /// # }
    /// ```
    pub fn by_column(&self) -> HashMap<String, &FeatureRow> {
        self.rows.iter().map(|row| (row.column.name(), row)).collect()
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
        Self { rows, warnings, failures: Vec::new() }
    }

    pub(crate) fn with_failures(self, failures: Vec<RegionFailure>) -> Self {
        Self { failures, ..self }
    }
}

/// Choices as their names.
macro_rules! as_names {
    ($($choice:ty),*) => {$(
        impl Serialize for $choice {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.name())
            }
        }
    )*};
}
as_names!(Status, Reason, WarningCode, Aggregation);

/// Everything that is known of a column, with its name.
impl Serialize for Column {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_struct("Column", 9)?;
        fields_of_column(self, &mut map)?;
        map.end()
    }
}

/// The fields of the column, and `value` (none where it is undefined), `status` and `reason`.
impl Serialize for FeatureRow {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_struct("FeatureRow", 12)?;
        fields_of_column(&self.column, &mut map)?;
        map.serialize_field("value", &self.value.is_finite().then_some(self.value))?;
        map.serialize_field("status", &self.status())?;
        map.serialize_field("reason", &self.reason)?;
        map.end()
    }
}

fn fields_of_column<M: SerializeStruct>(column: &Column, map: &mut M) -> Result<(), M::Error> {
    map.serialize_field("column", &column.name())?;
    map.serialize_field("image", &column.image)?;
    map.serialize_field("family", column.family)?;
    map.serialize_field("feature", column.feature.name)?;
    map.serialize_field("aggregation", &column.aggregation)?;
    map.serialize_field("discretisation", &column.discretisation.as_ref().map(Discretisation::name))?;
    map.serialize_field("ibsi_id", column.feature.ibsi_id)?;
    map.serialize_field("ibsi_parameter_id", column.feature.ibsi_parameter_id)?;
    map.serialize_field("pyradiomics", &column.feature.pyradiomics)
}

impl Serialize for Warning {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_struct("Warning", 4)?;
        map.serialize_field("code", &self.code)?;
        map.serialize_field("label", &self.label)?;
        map.serialize_field("image", &self.image)?;
        map.serialize_field("message", &self.message)?;
        map.end()
    }
}

/// The failure's image and the text of its error.
impl Serialize for RegionFailure {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_struct("RegionFailure", 2)?;
        map.serialize_field("image", &self.image)?;
        map.serialize_field("message", &self.error.to_string())?;
        map.end()
    }
}

/// `rows`, `warnings` and `failures`.
impl Serialize for FeatureTable {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_struct("FeatureTable", 3)?;
        map.serialize_field("rows", &self.rows)?;
        map.serialize_field("warnings", &self.warnings)?;
        map.serialize_field("failures", &self.failures)?;
        map.end()
    }
}

/// Tables of labels as the text of a CSV file (RFC 4180, with line feeds), a row for each value; an undefined value is
/// an empty field. Values are as short as they can be to be read back the same.
///
/// ```
/// use radiomics_core::{Execution, Settings, csv, example, extract};
///
/// # fn main() -> radiomics_core::Result<()> {
/// let phantom = example::DigitalPhantom::new();
/// let settings = Settings { features: Some(vec!["intensity_statistics.maximum".to_owned()]), ..Settings::default() };
/// let table = extract(&phantom.image(), &phantom.mask(), 1, &settings, &Execution::default())?;
/// let text = csv([(1, table.rows())]);
/// assert_eq!(
///     text.lines().last(),
///     Some("1,original_intensity_statistics_maximum,original,intensity_statistics,maximum,,,84IY,6.0,ok,")
/// );
/// # Ok(())
/// # }
/// ```
pub fn csv<'a>(tables: impl IntoIterator<Item = (i64, &'a [FeatureRow])>) -> String {
    let mut text = format!("label,{COLUMNS}\n");
    for (label, rows) in tables {
        rows.iter().for_each(|row| write_row(&label.to_string(), row, &mut text));
    }
    text
}

/// As [`csv`], of the labels of several masks: behind the label there is one column more, `mask`, with the number of the
/// mask.
pub fn csv_of_masks<'a>(tables: impl IntoIterator<Item = (usize, i64, &'a [FeatureRow])>) -> String {
    let mut text = format!("label,mask,{COLUMNS}\n");
    for (mask, label, rows) in tables {
        rows.iter().for_each(|row| write_row(&format!("{label},{mask}"), row, &mut text));
    }
    text
}

/// Names of the fields that [`write_row`] writes behind those of its caller.
const COLUMNS: &str = "column,image,family,feature,aggregation,discretisation,ibsi_id,value,status,reason";

/// Writes a line of a CSV file; `first` is what it begins with.
fn write_row(first: &str, row: &FeatureRow, text: &mut String) {
    let column = &row.column;
    let discretisation = column.discretisation.as_ref().map_or_else(String::new, Discretisation::name);
    let value = if row.value.is_nan() { String::new() } else { format!("{:?}", row.value) };
    let fields: [&str; 10] = [
        &column.name(),
        &column.image,
        column.family,
        column.feature.name,
        column.aggregation.name(),
        &discretisation,
        column.feature.ibsi_id,
        &value,
        row.status().name(),
        row.reason.map_or("", Named::name),
    ];
    *text += &format!("{first},{}\n", fields.map(field).join(","));
}

/// A field of a CSV file, in quotes where it needs them.
fn field(text: &str) -> String {
    match text.contains(['"', ',', '\n', '\r']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text.to_owned(),
    }
}
