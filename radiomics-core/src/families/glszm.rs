//! Grey level size zones (IBSI 1, 9SAK): how often level i fills a zone of j voxels.

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
    name: "glszm",
    ibsi_id: "9SAK",
    pyradiomics: Some("glszm"),
    scope: Scope::Omnidirectional,
    features: || features(TABLE),
    compute: Compute::Zones { distances: false, compute },
    matrix: Some(cells),
    steps: 2,
    maps: Maps::Zones,
};

pub(crate) static TABLE: &[Row<Emphasis>] = &table([
    ["small_zone_emphasis", "5QRC", "SmallAreaEmphasis"],
    ["large_zone_emphasis", "48P8", "LargeAreaEmphasis"],
    ["low_grey_level_zone_emphasis", "XMSY", "LowGrayLevelZoneEmphasis"],
    ["high_grey_level_zone_emphasis", "5GN9", "HighGrayLevelZoneEmphasis"],
    ["small_zone_low_grey_level_emphasis", "5RAI", "SmallAreaLowGrayLevelEmphasis"],
    ["small_zone_high_grey_level_emphasis", "HW1V", "SmallAreaHighGrayLevelEmphasis"],
    ["large_zone_low_grey_level_emphasis", "YH51", "LargeAreaLowGrayLevelEmphasis"],
    ["large_zone_high_grey_level_emphasis", "J17V", "LargeAreaHighGrayLevelEmphasis"],
    ["grey_level_non_uniformity", "JNSA", "GrayLevelNonUniformity"],
    ["normalised_grey_level_non_uniformity", "Y1RO", "GrayLevelNonUniformityNormalized"],
    ["zone_size_non_uniformity", "4JP3", "SizeZoneNonUniformity"],
    ["normalised_zone_size_non_uniformity", "VB3A", "SizeZoneNonUniformityNormalized"],
    ["zone_percentage", "P30P", "ZonePercentage"],
    ["grey_level_variance", "BYLV", "GrayLevelVariance"],
    ["zone_size_variance", "3NSA", "ZoneVariance"],
    ["zone_size_entropy", "GU8N", "ZoneEntropy"],
]);

/// Zones are counted in a table up to this size: larger ones are rare.
const COMMON_SIZES: usize = 64;

/// The matrix of zones by level and size.
pub(crate) fn matrix(zones: &[Zone], n_g: usize) -> Counted {
    let mut tally = Tally::of_pairs(n_g, COMMON_SIZES, zones.len());
    zones.iter().for_each(|zone| tally.add(usize::from(zone.level), zone.size));
    Counted { cells: tally.into_cells(), n_v: zones.iter().map(|zone| u64::from(zone.size)).sum() }
}

/// The size zone matrix of a span as cells.
fn cells(job: &Job, levels: &Levels, span: Span) -> Vec<(Option<[i32; 3]>, Vec<Cell>)> {
    let zones = zones(job.isa, levels, span, None);
    vec![(None, Cell::of_counts(matrix(&zones, levels.n_g).cells))]
}

fn compute(job: &Job, levels: &Levels, zones: &ZoneSets) -> Vec<Value> {
    let count = |span, _| matrix(zones.of(span), levels.n_g);
    texture::values(job, FAMILY.scope, TABLE, [1, 1], levels.shape()[0], count, Emphasis::new)
}
