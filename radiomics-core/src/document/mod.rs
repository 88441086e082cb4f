//! Settings as text: YAML and JSON documents, and the one table of their keys that Python, the
//! command line and C share.
//!
//! A document is a mapping. Its optional key `profile` names the settings to begin with
//! (`ibsi`); every other key replaces one of them:
//!
//! ```
//! let settings = radiomics_core::document::from_yaml("
//! resample_spacing_mm: [2, 2, 2]
//! resegment_range: [-500, 400]
//! bin_width: 25
//! ").unwrap();
//! assert_eq!(settings.resample_spacing_mm, Some([Some(2.0); 3]));
//! ```
//!
//! A list as `bin_width`, `bin_number` or `bin_edges` stands for a discretisation per member:
//!
//! ```
//! let settings = radiomics_core::document::from_yaml("bin_width: [10, 25, 50]").unwrap();
//! assert_eq!(settings.discretisations().count(), 3);
//! ```

mod bins;
mod keys;
pub mod pyradiomics;

use serde_json::{Map, Value, json};

use crate::catalogue::check_selection;
use crate::error::{Error, Result, nearest};
use crate::names::Named;
use crate::settings::profile::Profile;
use crate::settings::{BinAnchor, Discretisation, Settings};

use keys::WrongKind;
pub use keys::{KEYS, Key};

/// Keys of which a document may hold one only.
const EXCLUSIVE: [[&str; 3]; 2] =
    [["bin_width", "bin_number", "bin_edges"], ["ivh_bin_width", "ivh_bin_number", "ivh_bin_edges"]];

/// Reads a YAML 1.2 document. JSON is YAML, so this reads both.
///
/// # Errors
/// [`Error::InvalidDocument`] for text that is no mapping, else as [`from_map`].
pub fn from_yaml(text: &str) -> Result<Settings> {
    from_map(&yaml_map(text)?)
}

/// Reads a JSON document.
///
/// # Errors
/// As [`from_yaml`].
pub fn from_json(text: &str) -> Result<Settings> {
    let map = serde_json::from_str::<Map<String, Value>>(text)
        .map_err(|error| Error::InvalidDocument { format: "JSON", reason: error.to_string() })?;
    from_map(&map)
}

/// The keys and values of a YAML 1.2 document, not yet looked at.
///
/// # Errors
/// [`Error::InvalidDocument`] for text that is no mapping.
pub fn yaml_map(text: &str) -> Result<Map<String, Value>> {
    let invalid = |reason: String| Error::InvalidDocument { format: "YAML", reason };
    if text.trim().is_empty() {
        return Ok(Map::new());
    }
    match serde_saphyr::from_str::<Value>(text) {
        Ok(Value::Object(map)) => Ok(map),
        Ok(Value::Null) => Ok(Map::new()),
        Ok(other) => Err(invalid(format!("it must be a mapping of settings, but is {other}"))),
        Err(error) => Err(invalid(error.to_string())),
    }
}

/// Reads keys and values; what is not among them is the profile's.
///
/// # Errors
/// [`Error::UnknownSetting`] with the nearest key, [`Error::InvalidSetting`] naming key, value
/// and what it takes, or [`Error::UnknownName`] for a name that does not exist.
pub fn from_map(map: &Map<String, Value>) -> Result<Settings> {
    update(&Settings::default(), map)
}

/// Reads keys and values; what is not among them is `base`'s, or the profile's if the map
/// names one.
///
/// # Errors
/// As [`from_map`].
pub fn update(base: &Settings, map: &Map<String, Value>) -> Result<Settings> {
    let mut settings = match map.get("profile") {
        None => base.clone(),
        Some(Value::String(name)) => Profile::parse(name)?.settings(),
        Some(other) => return Err(wrong("profile", other, format!("give one of {}", Profile::all()))),
    };
    for group in EXCLUSIVE {
        let given: Vec<&str> =
            group.into_iter().filter(|k| map.get(*k).is_some_and(|v| !v.is_null())).collect();
        if let [first, second, ..] = given[..] {
            let value = format!("given together with `{second}`");
            return Err(wrong_text(key(first)?.name, value, "give only one of them".into()));
        }
    }
    if let Some(name) = map.keys().find(|name| *name != "profile" && key(name).is_err()) {
        return Err(key(name).err().unwrap_or_else(|| unknown(name)));
    }
    // In table order, so that an anchor finds its bin width whatever the document's order.
    for key in KEYS {
        let Some(value) = map.get(key.name) else { continue };
        (key.set)(&mut settings, value).map_err(|WrongKind(error)| {
            let reason = error.map(|e| format!(" ({e})")).unwrap_or_default();
            wrong(key.name, value, format!("it takes {}{reason}", key.takes))
        })?;
    }
    if let Some(anchor) =
        map.get("bin_anchor").filter(|anchor| **anchor != json!(BinAnchor::LowerBound.name()))
        && !matches!(settings.discretisation, Discretisation::FixedBinSize { .. })
    {
        return Err(wrong("bin_anchor", anchor, "it is for `bin_width` only: give that as well".to_owned()));
    }
    settings.validate()?;
    check_selection(&settings)?;
    Ok(settings)
}

/// All keys and their values.
pub fn to_map(settings: &Settings) -> Map<String, Value> {
    KEYS.iter().map(|key| (key.name.to_owned(), (key.get)(settings))).collect()
}

/// The settings as JSON.
pub fn to_json(settings: &Settings) -> String {
    format!("{:#}", Value::Object(to_map(settings)))
}

/// The settings as YAML, a line a key.
pub fn to_yaml(settings: &Settings) -> String {
    // JSON values are YAML flow values, and read back the same.
    to_map(settings).iter().map(|(name, value)| format!("{name}: {value}\n")).collect()
}

fn key(name: &str) -> Result<&'static Key> {
    KEYS.iter().find(|key| key.name == name).ok_or_else(|| unknown(name))
}

fn unknown(name: &str) -> Error {
    Error::UnknownSetting {
        name: name.to_owned(),
        suggestion: nearest(name, KEYS.iter().map(|key| key.name).chain(["profile"])),
    }
}

fn wrong(name: &'static str, value: &Value, remedy: String) -> Error {
    wrong_text(name, value.to_string(), remedy)
}

fn wrong_text(name: &'static str, value: String, remedy: String) -> Error {
    Error::InvalidSetting { name, value, remedy }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::profile::IbsiConfiguration;

    #[test]
    fn every_configuration_survives_yaml_and_json() {
        for (_, configuration) in IbsiConfiguration::NAMES {
            let settings = configuration.settings();
            assert_eq!(from_yaml(&to_yaml(&settings)).unwrap(), settings);
            assert_eq!(from_json(&to_json(&settings)).unwrap(), settings);
        }
    }

    #[test]
    fn a_bin_setting_displaces_the_profile_s() {
        let settings = from_yaml("bin_anchor: multiple_of_width\nbin_width: 25").unwrap();
        let anchor = BinAnchor::MultipleOfWidth;
        assert_eq!(settings.discretisation, Discretisation::FixedBinSize { width: 25.0, anchor });
        assert_eq!(from_yaml("bin_number: null").unwrap().discretisation, Discretisation::Identity);
    }

    #[test]
    fn messages_name_key_value_and_remedy() {
        let message = |text: &str| from_yaml(text).unwrap_err().to_string();
        assert_eq!(message("binWidth: 25"), "there is no setting `binWidth`; did you mean `bin_width`?");
        assert!(message("bin_width: -1").contains("`bin_width` is -1: a bin width must be"));
        assert!(message("bin_width: wide").contains("\"wide\": it takes a number above 0"));
        assert!(message("image_interpolation: liner").contains("did you mean `linear`?"));
        assert!(message("{bin_width: 25, bin_number: 32}").contains("give only one"));
        assert!(message("bin_anchor: multiple_of_width").contains("`bin_width` only"));
        assert!(message("families: [gclm]").contains("did you mean `glcm`?"));
        assert!(message("features: [glcm.contrst]").contains("did you mean `glcm.contrast`?"));
        assert!(message("- 1").contains("must be a mapping"));
        assert!(message("a: [").contains("cannot be read as YAML"));
    }
}
