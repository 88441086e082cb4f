//! Settings as the text of a document.

use serde_json::{Map, Value};

#[cfg(feature = "yaml")]
use super::faults;
use super::json::json_map;
use super::keys::KEYS;
use super::map::{from_map, to_map};
use crate::error::{Error, Result, shown};
use crate::names::Named;
use crate::settings::Settings;
use crate::settings::profile::Profile;

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
    let map = json_map(text).map_err(|reason| Error::InvalidDocument { format: "JSON", reason })?;
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
    match yaml_value(text) {
        Ok(Value::Object(map)) => Ok(map),
        Ok(Value::Null) => Ok(Map::new()),
        Ok(other) => {
            Err(invalid(format!("it must be a mapping of settings, but is {}", shown(&other.to_string()))))
        }
        Err(reason) => Err(invalid(reason)),
    }
}

/// The value of a YAML document, or what is wrong with it.
#[cfg(feature = "yaml")]
fn yaml_value(text: &str) -> std::result::Result<Value, String> {
    if let Some((number, line)) = faults::odd_number(text) {
        return Err(format!(
            "`{number}` in line {line} is no number of YAML 1.2, or another one to other readers: write it with decimal digits, the first of which is no 0"
        ));
    }
    let read = serde_saphyr::from_str_with_options::<Value>(text, yaml_options());
    read.map_err(|error| faults::of_yaml(error.without_snippet(), text))
}

/// The value of a JSON document, which is a YAML document; others need a reader that is left out.
#[cfg(not(feature = "yaml"))]
fn yaml_value(text: &str) -> std::result::Result<Value, String> {
    let remedy = "without the feature `yaml` only JSON is read";
    json_map(text).map(Value::Object).map_err(|reason| format!("{remedy}: {reason}"))
}

/// As YAML 1.2 has it, where `yes`, `on` and `25_0` are texts.
#[cfg(feature = "yaml")]
fn yaml_options() -> serde_saphyr::Options {
    serde_saphyr::options! { strict_booleans: true, underscored_numbers_as_strings: true }
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

/// A document to start from: all settings of a profile as YAML, each below what it does and takes.
///
/// ```
/// use radiomics_core::{Profile, document};
///
/// let text = document::template(Profile::PyRadiomics);
/// assert!(text.contains("\n# Takes nearest, linear, cubic_spline or cubic_convolution.\n"));
/// assert!(text.contains("\nimage_interpolation: cubic_spline\n"));
/// assert_eq!(document::from_yaml(&text).unwrap(), Profile::PyRadiomics.settings());
/// ```
pub fn template(profile: Profile) -> String {
    let name = profile.name();
    let mut text = comment(&format!(
        "Settings for radiomics-rs: those of the profile {name}. A key that is left out has the value of \
         the profile."
    ));
    text += &format!("profile: {name}\n");
    let settings = profile.settings();
    for key in KEYS {
        text += "\n";
        text += &comment(&format!("{}.", key.summary));
        text += &comment(&format!("Takes {}.", key.takes()));
        if let Some(other) = key.only_with() {
            text += &comment(&format!("Only with {other}."));
        }
        text += &format!("{}: {}\n", key.name, unquoted(&key.value(&settings)));
    }
    text
}

/// A value as YAML, a text without quotes if it is read as the same text without them.
fn unquoted(value: &Value) -> String {
    match value {
        Value::String(text) if yaml_value(text).is_ok_and(|read| read == *value) => text.clone(),
        _ => value.to_string(),
    }
}

/// The text as comment lines of a YAML document.
fn comment(text: &str) -> String {
    const WIDTH: usize = 100;
    let mut lines = vec![String::from("#")];
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= WIDTH => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(format!("# {word}")),
        }
    }
    lines.join("\n") + "\n"
}
