//! Settings as a mapping from keys to values.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

use super::keys::{KEYS, Key};
use super::pyradiomics::SETTINGS;
use super::read::WrongKind;
use crate::catalogue::check_selection;
use crate::error::{Error, Result, invalid, nearest, one_of};
use crate::names::Named;
use crate::settings::Settings;
use crate::settings::profile::Profile;

/// A mapping as documents have it, with all keys.
impl Serialize for Settings {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        to_map(self).serialize(serializer)
    }
}

/// A mapping as documents have it: what is not among the keys is the profile's.
impl<'de> Deserialize<'de> for Settings {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        from_map(&Map::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

/// Keys of which a document may hold one only.
const EXCLUSIVE: [[&str; 3]; 2] =
    [["bin_width", "bin_number", "bin_edges"], ["ivh_bin_width", "ivh_bin_number", "ivh_bin_edges"]];

/// What a parameter file of PyRadiomics is made of.
const SECTIONS: [&str; 4] = ["setting", "imageType", "featureClass", "voxelSetting"];

/// Reads keys and values; what is not among them is the profile's.
///
/// # Errors
/// [`Error::UnknownSetting`] with the nearest key, [`Error::PyRadiomicsDocument`] for PyRadiomics'
/// parameters, [`Error::InvalidSetting`] naming key, value and what it takes or what it belongs to, or
/// [`Error::UnknownName`] for a name that does not exist.
pub fn from_map(map: &Map<String, Value>) -> Result<Settings> {
    update(&Settings::default(), map)
}

/// Reads keys and values; what is not among them is `base`'s, or the profile's if the map
/// names one.
///
/// # Errors
/// As [`from_map`].
pub fn update(base: &Settings, map: &Map<String, Value>) -> Result<Settings> {
    read_over(base, map, Idle::Refused)
}

/// What becomes of a value that is given without the other setting that it belongs to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Idle {
    /// The value is an error, unless it is the one that an idle key is written with.
    Refused,
    /// The value is passed over.
    Dropped,
}

/// Reads keys and values over `base` as [`update`] does; `idle` says what becomes of those that do nothing.
pub(super) fn read_over(base: &Settings, map: &Map<String, Value>, idle: Idle) -> Result<Settings> {
    let mut settings = match map.get("profile") {
        None => base.clone(),
        Some(Value::String(name)) => Profile::parse(name)?.settings(),
        Some(other) => {
            let names: Vec<&str> = Profile::NAMES.iter().map(|(name, _)| *name).collect();
            return Err(invalid("profile", other, format!("give {}", one_of(&names))));
        }
    };
    for group in EXCLUSIVE {
        let given = |key: &&Key| group.contains(&key.name) && map.get(key.name).is_some_and(|v| !v.is_null());
        let mut given = KEYS.iter().filter(given);
        if let (Some(first), Some(second)) = (given.next(), given.next()) {
            let value = format!("given together with `{}`", second.name);
            return Err(invalid(first.name, value, "give only one of them"));
        }
    }
    let known = || KEYS.iter().map(|key| key.name).chain(["profile"]);
    if let Some(name) = map.keys().find(|name| !known().any(|known| known == *name)) {
        return Err(unknown(name, &known().collect::<Vec<_>>()));
    }
    // In table order, so that an anchor finds its bin width whatever the document's order.
    for key in KEYS {
        let Some(value) = map.get(key.name) else { continue };
        (key.read)(&mut settings, value).map_err(|WrongKind(error)| {
            // A filter's own error names the filter and the parameter: its place in the list adds nothing.
            if let Some(error) = error.as_ref().filter(|error| is_about_a_filter(error)) {
                return error.clone();
            }
            let reason = error.map(|e| format!(" ({e})")).unwrap_or_default();
            invalid(key.name, value, format!("it takes {}{reason}", key.takes()))
        })?;
    }
    for key in KEYS.iter().filter(|key| key.is_idle(&settings)).collect::<Vec<_>>() {
        if idle == Idle::Refused
            && let Some(value) = map.get(key.name).filter(|value| !same(value, &key.idle()))
            && let Some(other) = key.only_with()
        {
            return Err(invalid(
                key.name,
                value,
                format!("it does nothing without {other}: give that as well"),
            ));
        }
        (key.read)(&mut settings, &key.idle()).expect("a key reads what it writes");
    }
    settings.validate()?;
    check_selection(&settings)?;
    Ok(settings)
}

fn is_about_a_filter(error: &Error) -> bool {
    matches!(error, Error::Filter { .. } | Error::UnknownParameter { .. } | Error::InvalidFilter { .. })
}

/// The error of a key that does not exist: what PyRadiomics calls so, else the nearest name.
fn unknown(name: &str, known: &[&'static str]) -> Error {
    if let Some(section) = SECTIONS.iter().find(|section| **section == name) {
        return Error::PyRadiomicsDocument { section };
    }
    let meant = SETTINGS.iter().find(|setting| setting.name == name && !setting.key.is_empty());
    let suggestion =
        meant.map(|setting| setting.key.to_owned()).or_else(|| nearest(name, known.iter().copied()));
    let known = known.iter().map(|&known| known.to_owned()).collect();
    Error::UnknownSetting { name: name.to_owned(), known, suggestion }
}

/// Whether two values are equal, where 1 equals 1.0.
fn same(one: &Value, other: &Value) -> bool {
    one == other || one.as_f64().is_some_and(|number| other.as_f64() == Some(number))
}

/// The settings as a mapping of all keys to their values.
pub fn to_map(settings: &Settings) -> Map<String, Value> {
    KEYS.iter().map(|key| (key.name.to_owned(), key.value(settings))).collect()
}

/// The profile that the settings are nearest to, and the keys in which they differ from it.
///
/// [`update`] of the profile's settings with these keys gives the settings, and with one of them
/// left out it gives others.
pub fn differences(settings: &Settings) -> (Profile, Map<String, Value>) {
    let from = |profile: Profile| (profile, differences_from(profile, settings));
    let others = Profile::NAMES.iter().filter(|(_, profile)| *profile != Profile::Ibsi);
    others.fold(from(Profile::Ibsi), |nearest, (_, profile)| {
        let next = from(*profile);
        if next.1.len() < nearest.1.len() { next } else { nearest }
    })
}

fn differences_from(profile: Profile, settings: &Settings) -> Map<String, Value> {
    let (base, all) = (profile.settings(), to_map(settings));
    let before = to_map(&base);
    let mut different = all.clone();
    different.retain(|name, value| before.get(name) != Some(value));
    // What another key implies is noise: one kind of bins displaces the others.
    for key in KEYS {
        let mut fewer = different.clone();
        if fewer.shift_remove(key.name).is_some()
            && update(&base, &fewer).is_ok_and(|settings| to_map(&settings) == all)
        {
            different = fewer;
        }
    }
    different
}
