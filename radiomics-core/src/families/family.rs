//! What a family of features is: a row of the registry.

use super::job::{Job, Value};
use super::shared::line_sets::LineSets;
use super::shared::zone_sets::ZoneSets;
use crate::error::Result;
use crate::feature::Feature;
use crate::region::levels::Levels;
use crate::region::sample::Sample;
use crate::texture::aggregation::{Scope, Span};
use crate::texture::matrix::Cell;

/// A family of features, and how they are computed.
pub struct Family {
    /// Name, as in the IBSI reference values.
    pub name: &'static str,
    /// IBSI identifier of the family; empty if IBSI has no such family.
    pub ibsi_id: &'static str,
    /// PyRadiomics' feature class that holds the family's features, if there is one.
    pub pyradiomics: Option<&'static str>,
    /// Which aggregations the family knows.
    pub scope: Scope,
    /// The family's features, in the order in which IBSI lists them.
    pub features: fn() -> Vec<&'static Feature>,
    /// How the values of a region are computed.
    pub(crate) compute: Compute,
    /// How the matrix of a span is counted, if the family has matrices.
    pub(crate) matrix: Option<Count>,
    /// How long the family takes, about, in times of the fastest: the steps of progress that it is.
    pub(crate) steps: usize,
    /// How maps of the family's features are computed.
    pub(crate) maps: Maps,
}

impl std::fmt::Debug for Family {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Family").field("name", &self.name).finish_non_exhaustive()
    }
}

/// What a family needs besides the region. Values come aggregation by aggregation, and for each of
/// these in the order of the features that are asked for.
#[derive(Clone, Copy)]
pub(crate) enum Compute {
    /// The shape, which is the same whatever filter the intensities went through.
    Shape(fn(&Job) -> Vec<Value>),
    /// The intensities in the mask, wherever they lie; an error if the settings do not suit them.
    Sample(fn(&Job, &Sample) -> Result<Vec<Value>>),
    /// Intensities of the region and of the image round it.
    Surroundings {
        /// How far round the region the family looks.
        margin_mm: f64,
        compute: fn(&Job) -> Vec<Value>,
    },
    /// The grey levels of the region.
    Levels(fn(&Job, &Levels) -> Vec<Value>),
    /// Grey levels along lines of voxels, counted already if another family needs them as well.
    Lines(fn(&Job, &Levels, Option<&LineSets>) -> Vec<Value>),
    /// Zones of equal grey level, with their distances from the edge or without.
    Zones { distances: bool, compute: fn(&Job, &Levels, &ZoneSets) -> Vec<Value> },
}

impl Family {
    /// Whether the family counts texture matrices.
    pub fn has_matrices(&self) -> bool {
        self.matrix.is_some()
    }

    /// Whether there are maps of the family's features.
    pub fn has_maps(&self) -> bool {
        self.maps != Maps::None
    }

    /// Whether the family describes the shape, which is the same whatever filter the intensities went
    /// through.
    pub(crate) fn is_of_shape(&self) -> bool {
        matches!(self.compute, Compute::Shape(_))
    }
}

impl Compute {
    /// Whether the family looks at grey levels.
    pub fn uses_levels(self) -> bool {
        matches!(self, Compute::Levels(_) | Compute::Lines(_) | Compute::Zones { .. })
    }

    /// Whether the family looks at the intensities themselves, or what is made of them.
    pub fn uses_sample(self) -> bool {
        matches!(self, Compute::Sample(_)) || self.uses_levels()
    }

    /// How much of the image round the region the family needs.
    pub fn margin_mm(self) -> f64 {
        match self {
            Compute::Surroundings { margin_mm, .. } => margin_mm,
            _ => 0.0,
        }
    }
}

/// Counts the matrices of a span: one for each direction with its offset (z, y, x), or a single one
/// without an offset.
pub(crate) type Count = fn(&Job, &Levels, Span) -> Vec<(Option<[i32; 3]>, Vec<Cell>)>;

/// How the maps of a family's features are computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Maps {
    /// There are none: the features describe a region, not a window.
    None,
    /// Each window is given to the family as a region of its own.
    General,
    /// Pairs of neighbours within the window, in whole numbers.
    Cooccurrence,
    /// Runs of equal levels within the window.
    Runs,
    /// Zones of equal levels within the window.
    Zones,
    /// Differences from neighbours within the window.
    Tones,
    /// Neighbours of a similar level within the window.
    Dependences,
}
