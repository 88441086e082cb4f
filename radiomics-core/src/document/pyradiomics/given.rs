//! What a parameter file gives, and the errors that say what is wrong with it.

use serde_json::{Map, Value};

use crate::error::{Error, Result, nearest};

/// The value of a setting, if the file gives one: null switches a setting off.
pub(super) fn setting<'a>(given: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    given.get(name).filter(|value| !value.is_null())
}

/// A mapping within the parameters, empty if it is not given.
pub(super) fn section(parameters: &Map<String, Value>, name: &'static str) -> Result<Map<String, Value>> {
    match parameters.get(name) {
        None | Some(Value::Null) => Ok(Map::new()),
        Some(Value::Object(map)) => Ok(map.clone()),
        Some(other) => Err(wrong(name, other, "it must be a mapping")),
    }
}

/// Refuses the first of `names` that is not among `all`.
pub(super) fn known<'a>(
    names: impl Iterator<Item = &'a String>,
    all: impl Iterator<Item = &'static str> + Clone,
) -> Result<()> {
    for name in names {
        if !all.clone().any(|known| known == name) {
            let suggestion = nearest(name, all.clone());
            let known = all.map(str::to_owned).collect();
            return Err(Error::UnknownSetting { name: name.clone(), known, suggestion });
        }
    }
    Ok(())
}

/// A setting that is true or false, false if it is not given.
pub(super) fn flag(given: &Map<String, Value>, name: &'static str) -> Result<bool> {
    match setting(given, name) {
        None => Ok(false),
        Some(value) => value.as_bool().ok_or_else(|| wrong(name, value, "give true or false")),
    }
}

pub(super) fn wrong(name: &'static str, value: &Value, remedy: &str) -> Error {
    Error::InvalidSetting { name, value: value.to_string(), remedy: remedy.to_owned() }
}

pub(super) fn unavailable(name: &'static str, value: &Value, remedy: &str) -> Error {
    Error::Unavailable { name, value: value.to_string(), remedy: remedy.to_owned() }
}
