//! Which maps are asked for.

use crate::catalogue::{FAMILIES, Family, Feature};
use crate::error::{Result, invalid};
use crate::families::is_selected;
use crate::families::{glcm, gldzm, glrlm, glszm, intensity_histogram, intensity_statistics, ngldm, ngtdm};
use crate::settings::Settings;
use crate::table::FeatureRow;
use crate::texture::aggregation::Aggregation;

/// The families that have maps. Shape and local peaks describe a region, not a window; the
/// intensity-volume histogram is discretised by the range of what it is computed of, so its
/// levels would differ from window to window.
const WITH_MAPS: &[&str] = &[
    intensity_statistics::FAMILY.name,
    intensity_histogram::FAMILY.name,
    glcm::FAMILY.name,
    glrlm::FAMILY.name,
    glszm::FAMILY.name,
    gldzm::FAMILY.name,
    ngtdm::FAMILY.name,
    ngldm::FAMILY.name,
];

/// A map.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// The image it is computed from: `original`, or the name of a filter.
    pub image: String,
    /// Name of the family.
    pub family: &'static str,
    /// The feature's row in the catalogue.
    pub feature: &'static Feature,
    /// Over what it is aggregated within a window.
    pub aggregation: Aggregation,
}

impl Column {
    /// A name unique among the maps, as [`FeatureRow::column`].
    pub fn name(&self) -> String {
        let Self { image, family, feature, aggregation } = self.clone();
        let (discretisation, value) = (None, f64::NAN);
        FeatureRow { image, family, feature, aggregation, discretisation, value }.column()
    }
}

/// The families of which maps are asked for. Naming one that has none is an error, but with
/// neither `families` nor `features` those that have none are left out.
pub(super) fn families(settings: &Settings) -> Result<Vec<&'static Family>> {
    let wanted = |f: &Family| (f.features)().iter().any(|x| is_selected(settings, f.name, x));
    let has_maps = |f: &Family| WITH_MAPS.contains(&f.name);
    let named = settings.families.is_some() || settings.features.is_some();
    if let Some(family) = FAMILIES.iter().find(|f| named && wanted(f) && !has_maps(f)) {
        let remedy = format!("this family has no maps; those that have are {}", WITH_MAPS.join(", "));
        return Err(invalid("families", family.name, remedy));
    }
    Ok(FAMILIES.iter().filter(|f| wanted(f) && has_maps(f)).collect())
}

/// The maps of a family, in the order in which the family computes its rows.
pub(super) fn columns(image: &str, family: &Family, settings: &Settings) -> Vec<Column> {
    let features: Vec<_> =
        (family.features)().into_iter().filter(|f| is_selected(settings, family.name, f)).collect();
    let of = |aggregation| {
        features.iter().map(move |&feature| Column {
            image: image.to_owned(),
            family: family.name,
            feature,
            aggregation,
        })
    };
    family.scope.chosen(&settings.aggregations).into_iter().flat_map(of).collect()
}
