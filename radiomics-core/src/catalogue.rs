//! Every family and feature there is. Bindings, documentation and the `features` command
//! are read off [`FAMILIES`].

use crate::error::{Error, Result, nearest};
pub use crate::families::{FAMILIES, Family};
pub use crate::feature::{Feature, Row, row};
use crate::settings::Settings;

/// The family called `name`.
///
/// # Errors
/// [`Error::UnknownName`] with the nearest name that exists.
pub fn family(name: &str) -> Result<&'static Family> {
    FAMILIES.iter().find(|f| f.name == name).ok_or_else(|| Error::UnknownName {
        kind: "feature family",
        name: name.to_owned(),
        suggestion: nearest(name, FAMILIES.iter().map(|f| f.name)),
    })
}

/// Checks that the families and features that the settings name exist.
///
/// # Errors
/// [`Error::UnknownName`] with the nearest name that exists.
pub fn check_selection(settings: &Settings) -> Result<()> {
    for name in settings.families.iter().flatten() {
        family(name)?;
    }
    for name in settings.features.iter().flatten() {
        let known =
            || FAMILIES.iter().flat_map(|f| (f.features)().into_iter().map(move |x| (f.name, x.name)));
        let exists = name.split_once('.').is_some_and(|wanted| known().any(|k| k == wanted));
        if !exists {
            let names: Vec<String> = known().map(|(f, n)| format!("{f}.{n}")).collect();
            return Err(Error::UnknownName {
                kind: "feature",
                name: name.clone(),
                suggestion: nearest(name, names.iter().map(String::as_str)),
            });
        }
    }
    Ok(())
}
