//! Grey level size zones (IBSI 1, 9SAK): how often level i fills a zone of j voxels.

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
    name: "glszm",
    ibsi_id: "9SAK",
    scope: Scope::Omnidirectional,
    features: || features(TABLE),
    compute: Compute::Zones { distances: false, compute },
};

static TABLE: &[Row<Emphasis>] = &table([
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

/// Sizes up to here are by far the most common ones.
const COMMON_SIZES: usize = 64;

/// Zones by level and size.
pub(crate) fn matrix(zones: &[Zone], n_g: usize) -> Counted {
    let mut tally = Tally::new(n_g, COMMON_SIZES);
    zones.iter().for_each(|zone| tally.add(usize::from(zone.level), zone.size));
    Counted { cells: tally.into_cells(), n_v: zones.iter().map(|zone| u64::from(zone.size)).sum() }
}

fn compute(job: &Job, levels: &Levels, zones: &ZoneSets) -> Vec<FeatureRow> {
    let count = |span, _| matrix(zones.of(span), levels.n_g);
    texture::rows(job, FAMILY.name, FAMILY.scope, TABLE, [1, 1], levels.shape()[0], count, Emphasis::new)
}
