//! Grey level distance zones (IBSI 1, VMDZ): how often level i fills a zone whose nearest
//! voxel is j steps from the outside of the morphological mask.

use crate::families::family::{Compute, Family, Maps};
use crate::families::job::{Job, Value, features};
use crate::families::shared::emphasis::{Counted, Emphasis, table};
use crate::families::shared::texture;
use crate::families::shared::zone_sets::ZoneSets;
use crate::feature::Row;
use crate::kernels::cells::Tally;
use crate::region::levels::Levels;
use crate::texture::aggregation::{Scope, Span};
use crate::texture::matrix::Cell;
use crate::texture::zones::{Zone, zones};

pub(crate) const FAMILY: Family = Family {
    name: "gldzm",
    ibsi_id: "VMDZ",
    pyradiomics: None,
    scope: Scope::Omnidirectional,
    features: || features(TABLE),
    compute: Compute::Zones { distances: true, compute },
    matrix: Some(cells),
    steps: 2,
    maps: Maps::General,
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

/// Zones are counted in a table up to this distance: larger ones are rare.
const COMMON_DISTANCES: usize = 64;

/// The matrix of zones by level and distance.
pub(crate) fn matrix(zones: &[Zone], n_g: usize) -> Counted {
    let mut tally = Tally::of_pairs(n_g, COMMON_DISTANCES, zones.len());
    zones.iter().for_each(|zone| tally.add(usize::from(zone.level), zone.distance));
    Counted { cells: tally.into_cells(), n_v: zones.iter().map(|zone| u64::from(zone.size)).sum() }
}

/// The distance zone matrix of a span as cells.
fn cells(job: &Job, levels: &Levels, span: Span) -> Vec<(Option<[i32; 3]>, Vec<Cell>)> {
    let zones = zones(job.isa, levels, span, Some(job.roi));
    vec![(None, Cell::of_counts(matrix(&zones, levels.n_g).cells))]
}

fn compute(job: &Job, levels: &Levels, zones: &ZoneSets) -> Vec<Value> {
    let count = |span, _| matrix(zones.of(span), levels.n_g);
    texture::values(job, FAMILY.scope, TABLE, [1, 1], levels.shape()[0], count, Emphasis::new)
}
