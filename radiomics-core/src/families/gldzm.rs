//! Grey level distance zones (IBSI 1, VMDZ): how often level i fills a zone whose nearest
//! voxel is j steps from the outside of the morphological mask.

use super::emphasis::{Counted, Emphasis, table};
use super::zone_sets::ZoneSets;
use super::{Compute, Job, features, texture};
use crate::families::Family;
use crate::feature::Row;
use crate::kernels::cells::Tally;
use crate::region::levels::Levels;
use crate::table::FeatureRow;
use crate::texture::aggregation::Scope;
use crate::texture::zones::Zone;

pub(crate) const FAMILY: Family = Family {
    name: "gldzm",
    ibsi_id: "VMDZ",
    scope: Scope::Omnidirectional,
    features: || features(TABLE),
    compute: Compute::Zones { distances: true, compute },
};

static TABLE: &[Row<Emphasis>] = &table([
    ["small_distance_emphasis", "0GBI", ""],
    ["large_distance_emphasis", "MB4I", ""],
    ["low_grey_level_zone_emphasis", "S1RA", ""],
    ["high_grey_level_zone_emphasis", "K26C", ""],
    ["small_distance_low_grey_level_emphasis", "RUVG", ""],
    ["small_distance_high_grey_level_emphasis", "DKNJ", ""],
    ["large_distance_low_grey_level_emphasis", "A7WM", ""],
    ["large_distance_high_grey_level_emphasis", "KLTH", ""],
    ["grey_level_non_uniformity", "VFT7", ""],
    ["normalised_grey_level_non_uniformity", "7HP3", ""],
    ["zone_distance_non_uniformity", "V294", ""],
    ["normalised_zone_distance_non_uniformity", "IATH", ""],
    ["zone_percentage", "VIWW", ""],
    ["grey_level_variance", "QK93", ""],
    ["zone_distance_variance", "7WT1", ""],
    ["zone_distance_entropy", "GBDU", ""],
]);

/// Distances up to here are by far the most common ones.
const COMMON_DISTANCES: usize = 64;

/// Zones by level and distance.
pub(crate) fn matrix(zones: &[Zone], n_g: usize) -> Counted {
    let mut tally = Tally::new(n_g, COMMON_DISTANCES);
    zones.iter().for_each(|zone| tally.add(usize::from(zone.level), zone.distance));
    Counted { cells: tally.into_cells(), n_v: zones.iter().map(|zone| u64::from(zone.size)).sum() }
}

fn compute(job: &Job, levels: &Levels, zones: &ZoneSets) -> Vec<FeatureRow> {
    let count = |span, _| matrix(zones.of(span), levels.n_g);
    texture::rows(job, FAMILY.name, FAMILY.scope, TABLE, [1, 1], levels.shape()[0], count, Emphasis::new)
}
