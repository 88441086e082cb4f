//! The class `Settings`.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use pyo3::exceptions::{PyAttributeError, PyOSError, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple};
use radiomics_core::document::{self, KEYS};
use radiomics_core::{Named, Profile};

use crate::guard::{ReadError, core, raised};
use crate::pyradiomics;
use crate::value::{to_map, to_object};

/// Everything that determines the numbers, apart from image and mask.
///
/// Keyword arguments replace single values of a profile ("ibsi" unless `profile` names
/// another). The object cannot be changed; `replace` makes a changed one.
///
/// Raises SettingsError naming the setting, its value and what it takes, or the nearest name
/// for one that does not exist.
#[pyclass(frozen, module = "radiomics_rs")]
pub struct Settings {
    core: radiomics_core::Settings,
}

impl Settings {
    /// The core's settings.
    pub fn core(&self) -> &radiomics_core::Settings {
        &self.core
    }
}

impl From<radiomics_core::Settings> for Settings {
    fn from(core: radiomics_core::Settings) -> Self {
        Self { core }
    }
}

#[pymethods]
impl Settings {
    #[new]
    #[pyo3(signature = (**settings))]
    fn new(settings: Option<&Bound<'_, PyDict>>) -> PyResult<Self> {
        let map = to_map(settings)?;
        Ok(Self { core: core(|| document::from_map(&map))? })
    }

    /// The settings of an IBSI 1 reference configuration: "digital_phantom", or "A" to "E" for
    /// the CT phantom.
    ///
    /// Raises SettingsError for any other name.
    #[staticmethod]
    fn ibsi_configuration(name: &str) -> PyResult<Self> {
        Ok(Self { core: core(|| radiomics_core::Settings::ibsi_configuration(name))? })
    }

    /// Settings from a YAML 1.2 document, which may be JSON as well.
    ///
    /// `source` is a path object, a string that ends in .yaml, .yml or .json (a path, too), or
    /// the document itself. Raises FileNotFoundError, or SettingsError naming what is wrong.
    #[staticmethod]
    fn from_yaml(source: &Bound<'_, PyAny>) -> PyResult<Self> {
        Ok(read_source(source, document::from_yaml)?.into())
    }

    /// Settings from a JSON document; `source` and errors as for `from_yaml`.
    #[staticmethod]
    fn from_json(source: &Bound<'_, PyAny>) -> PyResult<Self> {
        Ok(read_source(source, document::from_json)?.into())
    }

    /// A YAML document to start from: all settings of a profile, each below what it does and takes.
    ///
    /// Raises SettingsError for a profile that does not exist.
    #[staticmethod]
    #[pyo3(signature = (profile = "ibsi"))]
    fn template(profile: &str) -> PyResult<String> {
        core(|| Ok(document::template(Profile::parse(profile)?)))
    }

    /// Settings from PyRadiomics' parameters, for values close to PyRadiomics' own.
    ///
    /// `source` is the path of a parameter file (a path object, or a string that ends in .yaml, .yml
    /// or .json), its text, or a mapping with the keys setting, imageType, featureClass. The `label`
    /// is not among settings: give it to `extract`. Raises FileNotFoundError, or SettingsError
    /// naming what is wrong or cannot be had here.
    #[staticmethod]
    fn from_pyradiomics(source: &Bound<'_, PyAny>) -> PyResult<Self> {
        Ok(pyradiomics::parameters(source)?.settings.into())
    }

    /// These settings with some replaced.
    ///
    /// One kind of bins displaces another; `profile` starts anew from that profile. Raises as
    /// the constructor.
    #[pyo3(signature = (**settings))]
    fn replace(&self, settings: Option<&Bound<'_, PyDict>>) -> PyResult<Self> {
        let map = to_map(settings)?;
        Ok(Self { core: core(|| document::update(&self.core, &map))? })
    }

    /// These settings with those of a YAML document replaced, such as "bin_width: 25".
    fn replace_yaml(&self, text: &str) -> PyResult<Self> {
        Ok(Self { core: core(|| document::update(&self.core, &document::yaml_map(text)?))? })
    }

    /// All settings as a dict of None, numbers, strings and lists.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let dict = PyDict::new(py);
        for (name, value) in &document::to_map(&self.core) {
            dict.set_item(name, to_object(py, value, false)?)?;
        }
        Ok(dict)
    }

    /// All settings as a YAML document.
    fn to_yaml(&self) -> String {
        document::to_yaml(&self.core)
    }

    /// All settings as a JSON document.
    fn to_json(&self) -> String {
        document::to_json(&self.core)
    }

    fn __getattr__(&self, py: Python<'_>, name: &str) -> PyResult<Py<PyAny>> {
        match KEYS.iter().find(|key| key.name == name) {
            Some(key) => to_object(py, &key.value(&self.core), true),
            None => Err(PyAttributeError::new_err(format!("Settings has no attribute `{name}`"))),
        }
    }

    fn __setattr__(&self, name: &str, _value: &Bound<'_, PyAny>) -> PyResult<()> {
        Err(PyAttributeError::new_err(format!(
            "settings cannot be changed: `replace({name}=...)` makes changed ones"
        )))
    }

    fn __delattr__(&self, name: &str) -> PyResult<()> {
        Err(PyAttributeError::new_err(format!("settings cannot be changed: `{name}` cannot be deleted")))
    }

    fn __dir__(slf: &Bound<'_, Self>) -> PyResult<Vec<String>> {
        let mut names: Vec<String> = slf.get_type().dir()?.extract()?;
        names.extend(KEYS.iter().map(|key| key.name.to_owned()));
        Ok(names)
    }

    // The text is all that Python can see of settings, so it decides on equality and hash.
    fn __eq__(&self, other: PyRef<'_, Self>) -> bool {
        self.to_json() == other.to_json()
    }

    fn __hash__(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.to_json().hash(&mut hasher);
        hasher.finish()
    }

    /// The call that makes these settings: the profile that they are nearest to, and what differs.
    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let (profile, different) = document::differences(&self.core);
        let mut parts = Vec::new();
        if profile != Profile::Ibsi {
            parts.push(format!("profile='{}'", profile.name()));
        }
        for (name, value) in &different {
            parts.push(format!("{name}={}", to_object(py, value, true)?.bind(py).repr()?));
        }
        Ok(format!("Settings({})", parts.join(", ")))
    }

    /// The constructor's arguments, for pickle and copy.
    fn __getnewargs_ex__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyTuple>, Bound<'py, PyDict>)> {
        Ok((PyTuple::empty(py), self.to_dict(py)?))
    }
}

/// The names of all settings, each with the values it takes and what it does.
///
/// A list of dicts with the keys name, takes and summary.
#[pyfunction]
pub fn setting_keys(py: Python<'_>) -> PyResult<Vec<Bound<'_, PyDict>>> {
    let profile = (
        "profile",
        format!("one of {}", Profile::all()),
        "The settings to begin with; only for construction, not an attribute",
    );
    let keys = KEYS.iter().map(|key| (key.name, key.takes(), key.summary));
    std::iter::once(profile)
        .chain(keys)
        .map(|(name, takes, summary)| {
            let item = PyDict::new(py);
            item.set_item("name", name)?;
            item.set_item("takes", takes)?;
            item.set_item("summary", summary)?;
            Ok(item)
        })
        .collect()
}

/// What `parse` makes of a text, or of the file that a path leads to.
pub fn read_source<T>(
    source: &Bound<'_, PyAny>,
    parse: fn(&str) -> radiomics_core::Result<T>,
) -> PyResult<T> {
    match text_or_path(source)? {
        Source::Text(text) => core(|| parse(&text)),
        Source::Path(path) => {
            let text = read_file(&path)?;
            let named = |error: radiomics_core::Error| {
                let text = error.message(radiomics_core::Interface::Python);
                raised(&error, format!("{}: {text}", path.display()))
            };
            core(|| Ok(parse(&text)))?.map_err(named)
        }
    }
}

enum Source {
    Text(String),
    Path(PathBuf),
}

/// Tells a document from a path by its looks alone, never by what files happen to exist.
fn text_or_path(source: &Bound<'_, PyAny>) -> PyResult<Source> {
    if source.is_instance_of::<PyString>() {
        let text: String = source.extract()?;
        let is_path =
            !text.contains('\n') && [".yaml", ".yml", ".json"].iter().any(|end| text.ends_with(end));
        return Ok(if is_path { Source::Path(text.into()) } else { Source::Text(text) });
    }
    let Ok(path) = source.extract() else {
        let kind = source.get_type().name()?;
        return Err(PyTypeError::new_err(format!(
            "the settings are of type {kind}: give a path or a document"
        )));
    };
    Ok(Source::Path(path))
}

fn read_file(path: &Path) -> PyResult<String> {
    std::fs::read_to_string(path).map_err(|error| match error.raw_os_error() {
        // Python makes FileNotFoundError, PermissionError and the like of the number.
        Some(code) => {
            let text = error.to_string();
            let text = text.split(" (os error").next().unwrap_or_default().to_owned();
            PyOSError::new_err((code, text, path.display().to_string()))
        }
        None => ReadError::new_err(format!("cannot read {}: it is no text in UTF-8", path.display())),
    })
}
