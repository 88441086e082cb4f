//! The feature families, a file each: the table of features, their formulas, and how the
//! matrix that the formulas read is built. Formulas never see voxels; families never see
//! names of profiles or bindings.

pub(crate) mod emphasis;
pub(crate) mod glcm;
pub(crate) mod gldzm;
pub(crate) mod glrlm;
pub(crate) mod glszm;
pub(crate) mod intensity_histogram;
pub(crate) mod intensity_statistics;
pub(crate) mod intensity_volume_histogram;
pub(crate) mod line_sets;
pub(crate) mod local_intensity;
pub(crate) mod morphology;
pub(crate) mod ngldm;
pub(crate) mod ngtdm;
pub(crate) mod statistics;
pub(crate) mod texture;
pub(crate) mod zone_sets;

use self::line_sets::LineSets;
use self::zone_sets::ZoneSets;
use crate::error::Result;
use crate::feature::{Feature, Row};
use crate::kernels::Isa;
use crate::region::levels::Levels;
use crate::region::roi::Roi;
use crate::region::sample::Sample;
use crate::settings::{FeatureSet, Settings};
use crate::table::FeatureRow;
use crate::texture::aggregation::{Aggregation, Scope};

/// A family of features.
pub struct Family {
    /// Name, as in the IBSI reference values.
    pub name: &'static str,
    /// IBSI identifier of the family; empty if IBSI has no such family.
    pub ibsi_id: &'static str,
    /// Which aggregations it knows.
    pub scope: Scope,
    /// Its features, in the order in which IBSI lists them.
    pub features: fn() -> Vec<&'static Feature>,
    pub(crate) compute: Compute,
}

impl std::fmt::Debug for Family {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Family").field("name", &self.name).finish_non_exhaustive()
    }
}

/// What a family computes its features from.
#[derive(Clone, Copy)]
pub(crate) struct Job<'a> {
    pub image: &'a str,
    pub roi: &'a Roi,
    pub settings: &'a Settings,
    pub isa: Isa,
}

/// What a family needs besides the region.
#[derive(Clone, Copy)]
pub(crate) enum Compute {
    /// The shape, which is the same whatever filter the intensities went through.
    Shape(fn(&Job) -> Vec<FeatureRow>),
    /// The intensities in the mask, wherever they lie. Settings may not suit them.
    Sample(fn(&Job, &Sample) -> Result<Vec<FeatureRow>>),
    /// Intensities of the region and of the image round it.
    Surroundings {
        /// How far round the region.
        margin_mm: f64,
        compute: fn(&Job) -> Vec<FeatureRow>,
    },
    /// Grey levels.
    Levels(fn(&Job, &Levels) -> Vec<FeatureRow>),
    /// Lines of voxels, counted already if another family needs them as well.
    Lines(fn(&Job, &Levels, Option<&LineSets>) -> Vec<FeatureRow>),
    /// Zones of equal grey level, with their distances from the edge or without.
    Zones { distances: bool, compute: fn(&Job, &Levels, &ZoneSets) -> Vec<FeatureRow> },
}

impl Compute {
    /// Whether it looks at grey levels.
    pub fn uses_levels(self) -> bool {
        matches!(self, Compute::Levels(_) | Compute::Lines(_) | Compute::Zones { .. })
    }

    /// Whether it looks at the intensities themselves, or what is made of them.
    pub fn uses_sample(self) -> bool {
        matches!(self, Compute::Sample(_)) || self.uses_levels()
    }

    /// How much of the image round the region is needed.
    pub fn margin_mm(self) -> f64 {
        match self {
            Compute::Surroundings { margin_mm, .. } => margin_mm,
            _ => 0.0,
        }
    }
}

/// The families, in the order in which IBSI lists them: the only registry.
pub static FAMILIES: &[Family] = &[
    morphology::FAMILY,
    morphology::slice::FAMILY,
    local_intensity::FAMILY,
    intensity_statistics::FAMILY,
    intensity_histogram::FAMILY,
    intensity_volume_histogram::FAMILY,
    glcm::FAMILY,
    glrlm::FAMILY,
    glszm::FAMILY,
    gldzm::FAMILY,
    ngtdm::FAMILY,
    ngldm::FAMILY,
];

/// Whether the settings ask for `feature` of `family`.
pub(crate) fn is_selected(settings: &Settings, family: &str, feature: &Feature) -> bool {
    // Lengths first: this is asked for every feature of every response.
    let named = |name: &String| {
        name.len() == family.len() + 1 + feature.name.len()
            && name.ends_with(feature.name)
            && name.split_once('.').is_some_and(|(first, _)| first == family)
    };
    if settings.features.iter().flatten().any(named) {
        return true;
    }
    // A family that IBSI does not have is computed only when it or one of its features is named.
    let outside_ibsi = FAMILIES.iter().any(|f| f.name == family && f.ibsi_id.is_empty());
    let in_family = match &settings.families {
        Some(families) => families.iter().any(|f| f == family),
        None => settings.features.is_none() && !outside_ibsi,
    };
    in_family
        && match settings.feature_set {
            FeatureSet::Ibsi => outside_ibsi || !feature.ibsi_id.is_empty(),
            FeatureSet::PyRadiomics => feature.pyradiomics.is_some() && !feature.only_by_name,
        }
}

impl Job<'_> {
    /// The rows of `table` that are asked for, each the mean of its values over `groups`.
    /// Groups in which a feature is undefined do not count; if it is undefined in all of
    /// them, or there is none, the value is NaN.
    pub fn rows<M>(
        &self,
        family: &'static str,
        table: &'static [Row<M>],
        aggregation: Aggregation,
        groups: &[M],
    ) -> Vec<FeatureRow> {
        table
            .iter()
            .filter(|row| is_selected(self.settings, family, &row.feature))
            .map(|row| FeatureRow {
                image: self.image.to_owned(),
                family,
                feature: &row.feature,
                aggregation,
                // Said by whoever discretises, where there are several.
                discretisation: None,
                value: mean_of_defined(groups.iter().map(row.value)),
            })
            .collect()
    }
}

fn mean_of_defined(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, n) = values.filter(|v| v.is_finite()).fold((0.0, 0.0), |(sum, n), v| (sum + v, n + 1.0));
    // 0 / 0 is the NaN that says "undefined".
    sum / n
}

/// The catalogue's view of a table.
pub(crate) fn features<M>(table: &'static [Row<M>]) -> Vec<&'static Feature> {
    table.iter().map(|row| &row.feature).collect()
}

/// −p·log₂ p, with 0 for p = 0.
pub(crate) fn entropy_term(p: f64) -> f64 {
    if p > 0.0 { -p * p.log2() } else { 0.0 }
}
