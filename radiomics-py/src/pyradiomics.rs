//! What the drop-in for PyRadiomics takes from the core: names, classes, default values, and the
//! reader of parameter files.

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyMapping};
use radiomics_core::document::pyradiomics::{self, Parameters};
use serde_json::{Map, Value};

use crate::guard::core;
use crate::settings::{Settings, read_source};
use crate::value::{MAX_DEPTH, to_object, to_value};

/// PyRadiomics' feature classes.
///
/// A dict from class to the list of families that hold its features.
#[pyfunction]
pub fn pyradiomics_classes(py: Python<'_>) -> PyResult<Bound<'_, PyDict>> {
    let classes = PyDict::new(py);
    for (class, families) in pyradiomics::classes() {
        classes.set_item(class, families)?;
    }
    Ok(classes)
}

/// PyRadiomics' settings.
///
/// A list of dicts with the keys name; section ("setting", or "voxelSetting" for those of feature
/// maps); key (that of our settings which it decides on, or None); default; listed (whether an
/// extractor that is given no settings lists it among its own).
#[pyfunction]
pub fn pyradiomics_settings(py: Python<'_>) -> PyResult<Vec<Bound<'_, PyDict>>> {
    let item = |setting: &pyradiomics::Setting| {
        let item = PyDict::new(py);
        item.set_item("name", setting.name)?;
        item.set_item("section", setting.section)?;
        item.set_item("key", Some(setting.key).filter(|key| !key.is_empty()))?;
        item.set_item("default", to_object(py, &setting.default(), false)?)?;
        item.set_item("listed", setting.listed)?;
        Ok(item)
    };
    pyradiomics::SETTINGS.iter().map(item).collect()
}

/// What PyRadiomics' parameters ask for.
///
/// `source` is a path object, a string that ends in .yaml, .yml or .json (a path, too), the text of
/// a parameter file, or a mapping with what such a file holds. Returns the settings, PyRadiomics'
/// names of the images that their filters make, in that order, and the label of the region (1 if
/// the parameters do not say). Raises FileNotFoundError, or SettingsError naming what is wrong.
#[pyfunction]
pub fn pyradiomics_parameters(source: &Bound<'_, PyAny>) -> PyResult<(Settings, Vec<String>, i64)> {
    let Parameters { settings, images, label } = parameters(source)?;
    Ok((settings.into(), images, label))
}

/// The parameters of a file, a text or a mapping.
pub fn parameters(source: &Bound<'_, PyAny>) -> PyResult<Parameters> {
    let Ok(mapping) = source.cast::<PyMapping>() else {
        return read_source(source, pyradiomics::from_yaml);
    };
    let mut given = Map::new();
    for item in mapping.items()?.iter() {
        let (name, object): (Bound<'_, PyAny>, Bound<'_, PyAny>) = item.extract()?;
        let name = name.str()?.to_string();
        let value: Value = to_value(&name, &object, MAX_DEPTH)?;
        given.insert(name, value);
    }
    core(|| pyradiomics::from_parameters(&given))
}
