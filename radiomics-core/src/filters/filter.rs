//! What any filter can do.

use ndarray::{Array3, ArrayRef3};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use super::kinds::{FILTERS, Filter, READERS};
use super::parameter::{Wrong, read_named};
use super::reach::{About, Reach};
use crate::error::{Error, Result};
use crate::kernels::Isa;

impl Filter {
    /// The response to `image` (z, y, x), which is taken to end where the array does.
    ///
    /// # Errors
    /// As [`Filter::validate`], and [`Error::Filter`] for an image that the filter cannot take.
    pub(crate) fn apply(&self, image: &ArrayRef3<f64>, about: About, isa: Isa) -> Result<Array3<f64>> {
        self.operation().apply(image, about, isa)
    }

    /// How far the response at a voxel looks, at a spacing (z, y, x) in mm.
    pub(crate) fn reach(&self, spacing_mm: [f64; 3]) -> Reach {
        self.operation().reach(spacing_mm)
    }

    /// Checks the parameters.
    ///
    /// # Errors
    /// [`Error::Filter`] naming the filter, the parameter, its value and what it must be.
    pub fn validate(&self) -> Result<()> {
        self.operation().validate()
    }

    /// The kind of filter, as documents name it.
    pub fn kind(&self) -> &'static str {
        self.operation().kind()
    }

    /// A name that tells the filter and its parameters, for columns of results. Parameters at
    /// their default are left out, but for those without which nobody knows what it is.
    pub fn name(&self) -> String {
        self.operation().name()
    }

    /// Reads a filter, a name or a mapping from one to its parameters, of which none is a list of
    /// several values.
    ///
    /// # Errors
    /// As [`read_filters`](super::read_filters).
    pub(super) fn read(value: &Value) -> Result<Self> {
        let filter = read_named(value, "filter", READERS).map_err(|Wrong(error)| {
            let reason = "it must be a name, or a mapping from one name to parameters";
            error.map_or_else(
                || Error::InvalidFilter { given: value.to_string(), reason: reason.to_owned() },
                with_name_of_pyradiomics,
            )
        })?;
        filter.validate()?;
        Ok(filter)
    }
}

/// The error, which for a name that is none suggests the filter that PyRadiomics calls so.
fn with_name_of_pyradiomics(error: Error) -> Error {
    let Error::UnknownName { name, .. } = &error else { return error };
    let is_called = |known: Option<&str>| known.is_some_and(|known| known.eq_ignore_ascii_case(name));
    let meant = FILTERS.iter().find(|filter| is_called(filter.pyradiomics)).map(|filter| filter.name);
    error.meaning(meant)
}

impl Serialize for Filter {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        self.operation().write().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Filter {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        Self::read(&Value::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}
