//! Which maps are asked for.

use crate::catalogue::{Chosen, FAMILIES, Selection};
use crate::error::{Result, invalid};
use crate::families::family::Maps;
use crate::settings::Settings;

pub use crate::table::Column;

/// What is asked of the families that have maps. Naming one that has none is an error, but with
/// neither `families` nor `features` those that have none are left out.
pub(super) fn families(settings: &Settings) -> Result<Vec<Chosen>> {
    let selection = Selection::new(settings)?;
    let has_maps = |chosen: &&Chosen| chosen.family.maps != Maps::None;
    let named = settings.families.is_some() || settings.features.is_some();
    let mut all = selection.shape.iter().chain(&selection.intensity);
    if named && let Some(without) = all.find(|chosen| !has_maps(chosen)) {
        let with_maps: Vec<&str> =
            FAMILIES.iter().filter(|family| family.maps != Maps::None).map(|family| family.name).collect();
        let remedy = format!("this family has no maps; those that have are {}", with_maps.join(", "));
        return Err(invalid("families", without.family.name, remedy));
    }
    Ok(selection.intensity.into_iter().filter(|chosen| has_maps(&chosen)).collect())
}
