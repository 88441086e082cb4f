//! What a value, or a map, is of.

use pyo3::prelude::*;
use pyo3::types::PyType;
use radiomics_core::catalogue::{columns as core_columns, family};
use radiomics_core::{Aggregation, Discretisation, Named};

use crate::guard::{SettingsError, core};
use crate::settings::Settings;

/// What a value, or a map, is of: known from the settings, before there is any image.
///
/// `aggregation` is empty for the region as a whole; `discretisation` names one of several, such as
/// "bin_width_25", and is empty if the settings have one alone or the feature does not depend on it.
///
/// Raises SettingsError for a family, feature or aggregation that does not exist.
#[pyclass(frozen, eq, hash, module = "radiomics_rs")]
#[derive(Clone)]
pub struct Column {
    /// The column without its discretisation, of which only the name is kept.
    core: radiomics_core::Column,
    discretisation: String,
}

impl From<&radiomics_core::Column> for Column {
    fn from(column: &radiomics_core::Column) -> Self {
        let discretisation = column.discretisation.as_ref().map_or_else(String::new, Discretisation::name);
        Self { core: radiomics_core::Column { discretisation: None, ..column.clone() }, discretisation }
    }
}

impl PartialEq for Column {
    fn eq(&self, other: &Self) -> bool {
        self.core == other.core && self.discretisation == other.discretisation
    }
}

impl std::hash::Hash for Column {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.name().hash(state);
    }
}

#[pymethods]
impl Column {
    #[new]
    #[pyo3(signature = (image, family, feature, aggregation = "", discretisation = ""))]
    fn new(
        image: &str,
        family: &str,
        feature: &str,
        aggregation: &str,
        discretisation: &str,
    ) -> PyResult<Self> {
        let family = core(|| self::family(family))?;
        let known = (family.features)().into_iter().find(|known| known.name == feature);
        let feature = known.ok_or_else(|| {
            SettingsError::new_err(format!("family `{}` has no feature `{feature}`", family.name))
        })?;
        let aggregation = core(|| Aggregation::parse(aggregation))?;
        let column = radiomics_core::Column {
            image: image.to_owned(),
            family: family.name,
            feature,
            aggregation,
            discretisation: None,
        };
        Ok(Self { core: column, discretisation: discretisation.to_owned() })
    }

    /// A name unique in the table: image_family_feature, _aggregation for texture, and the
    /// discretisation where there are several.
    #[getter]
    fn name(&self) -> String {
        let name = self.core.name();
        if self.discretisation.is_empty() { name } else { format!("{name}_{}", self.discretisation) }
    }

    /// The image that the value is computed from: "original", or the name of a filter.
    #[getter]
    fn image(&self) -> &str {
        &self.core.image
    }

    /// Name of the family, in the vocabulary of the IBSI reference values.
    #[getter]
    fn family(&self) -> &'static str {
        self.core.family
    }

    /// Name of the feature within its family.
    #[getter]
    fn feature(&self) -> &'static str {
        self.core.feature.name
    }

    /// IBSI identifier of the feature; empty if IBSI has none.
    #[getter]
    fn ibsi_id(&self) -> &'static str {
        self.core.feature.ibsi_id
    }

    /// PyRadiomics' name of the feature, or None.
    #[getter]
    fn pyradiomics(&self) -> Option<&'static str> {
        self.core.feature.pyradiomics
    }

    /// Aggregation of texture matrices; empty for the region as a whole.
    #[getter]
    fn aggregation(&self) -> &'static str {
        self.core.aggregation.name()
    }

    /// Which of several discretisations the value is of; empty if there is one alone.
    #[getter]
    fn discretisation(&self) -> &str {
        &self.discretisation
    }

    fn __repr__(&self) -> String {
        format!("<Column {}>", self.name())
    }

    /// The constructor's arguments, for pickle and copy.
    fn __reduce__(slf: &Bound<'_, Self>) -> (Py<PyType>, (String, String, String, String, String)) {
        let column = slf.get();
        let arguments = (
            column.core.image.clone(),
            column.core.family.to_owned(),
            column.core.feature.name.to_owned(),
            column.core.aggregation.name().to_owned(),
            column.discretisation.clone(),
        );
        (slf.get_type().unbind(), arguments)
    }
}

/// The columns of an extraction from images of these names, before there is any image.
///
/// Raises SettingsError for a family or feature that does not exist.
#[pyfunction]
pub fn columns(settings: &Settings, images: Vec<String>) -> PyResult<Vec<Column>> {
    let images: Vec<&str> = images.iter().map(String::as_str).collect();
    let columns = core(|| core_columns(settings.core(), &images))?;
    Ok(columns.iter().map(Column::from).collect())
}
