//! Settings as the text of a document.

use serde_json::{Map, Value};

use super::map::{from_map, to_map};
use crate::error::{Error, Result};
use crate::settings::Settings;

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

/// The settings as JSON.
pub fn to_json(settings: &Settings) -> String {
    format!("{:#}", Value::Object(to_map(settings)))
}

/// The settings as YAML, a line a key.
pub fn to_yaml(settings: &Settings) -> String {
    // JSON values are YAML flow values, and read back the same.
    to_map(settings).iter().map(|(name, value)| format!("{name}: {value}\n")).collect()
}
