//! What maps are asked for: one filter, and families that have maps.

use super::moving_window::MovingWindow;
use crate::catalogue::{Chosen, FAMILIES, Selection};
use crate::error::{Result, invalid};
use crate::filters::Filter;
use crate::settings::Settings;

/// The filter and the families of the settings, once everything about them is checked.
pub(super) fn request<'a>(
    settings: &'a Settings,
    window: &MovingWindow,
) -> Result<(&'a Filter, Vec<Chosen>)> {
    let families = families(settings)?;
    window.validate()?;
    settings.check_single_discretisation("feature maps")?;
    Ok((only_filter(settings)?, families))
}

/// The families that have maps, and which features are asked of them. Naming a family that has none is
/// an error, but with neither `families` nor `features` those that have none are left out.
fn families(settings: &Settings) -> Result<Vec<Chosen>> {
    let selection = Selection::new(settings)?;
    let has_maps = |chosen: &Chosen| chosen.family.has_maps();
    let named = settings.families.is_some() || settings.features.is_some();
    let mut all = selection.shape.iter().chain(&selection.intensity);
    if named && let Some(without) = all.find(|chosen| !has_maps(chosen)) {
        let with_maps: Vec<&str> =
            FAMILIES.iter().filter(|family| family.has_maps()).map(|family| family.name).collect();
        let remedy = format!("this family has no maps; those that have are {}", with_maps.join(", "));
        return Err(invalid("families", without.family.name, remedy));
    }
    Ok(selection.intensity.into_iter().filter(has_maps).collect())
}

/// The single filter of the settings; an error if there are several.
fn only_filter(settings: &Settings) -> Result<&Filter> {
    match settings.filters.as_slice() {
        [filter] => Ok(filter),
        several => Err(invalid(
            "filters",
            format!("{} filters", several.len()),
            "maps are made of one image at a time: give one filter",
        )),
    }
}
