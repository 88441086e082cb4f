//! Grey level run length (IBSI 1, TP0I): how often level i runs on for j voxels.

use super::emphasis::{Counted, Emphasis, table};
use super::{Compute, Job, features, texture};
use crate::aggregation::{Scope, Span};
use crate::catalogue::{Family, Row};
use crate::kernels::Isa;
use crate::kernels::runs::count_runs;
use crate::neighbourhood::half_directions;
use crate::roi::{Levels, with_levels};
use crate::table::FeatureRow;

pub(crate) const FAMILY: Family = Family {
    name: "glrlm",
    ibsi_id: "TP0I",
    scope: Scope::Directional,
    features: || features(TABLE),
    compute: Compute::Levels(compute),
};

static TABLE: &[Row<Emphasis>] = &table([
    ["short_runs_emphasis", "22OV", "ShortRunEmphasis"],
    ["long_runs_emphasis", "W4KF", "LongRunEmphasis"],
    ["low_grey_level_run_emphasis", "V3SW", "LowGrayLevelRunEmphasis"],
    ["high_grey_level_run_emphasis", "G3QZ", "HighGrayLevelRunEmphasis"],
    ["short_run_low_grey_level_emphasis", "HTZT", "ShortRunLowGrayLevelEmphasis"],
    ["short_run_high_grey_level_emphasis", "GD3A", "ShortRunHighGrayLevelEmphasis"],
    ["long_run_low_grey_level_emphasis", "IVPO", "LongRunLowGrayLevelEmphasis"],
    ["long_run_high_grey_level_emphasis", "3KUM", "LongRunHighGrayLevelEmphasis"],
    ["grey_level_non_uniformity", "R5YN", "GrayLevelNonUniformity"],
    ["normalised_grey_level_non_uniformity", "OVBL", "GrayLevelNonUniformityNormalized"],
    ["run_length_non_uniformity", "W92Y", "RunLengthNonUniformity"],
    ["normalised_run_length_non_uniformity", "IC23", "RunLengthNonUniformityNormalized"],
    ["run_percentage", "9ZK5", "RunPercentage"],
    ["grey_level_variance", "8CE5", "GrayLevelVariance"],
    ["run_length_variance", "SXLW", "RunVariance"],
    ["run_entropy", "HJ9O", "RunEntropy"],
]);

/// Directions in the plane and in the volume. Runs are unbroken, whatever the distance at
/// which other families look for neighbours.
pub(crate) fn directions() -> [Vec<[i32; 3]>; 2] {
    [half_directions(&[1], false), half_directions(&[1], true)]
}

/// Runs within a span along `offset`.
pub(crate) fn matrix(isa: Isa, levels: &Levels, span: Span, offset: [i32; 3]) -> Counted {
    let slices = span.slices(levels.shape()[0]);
    let cells = with_levels!(levels, v => count_runs(isa, v, levels.n_g, slices, offset));
    let n_v = cells.iter().map(|&(_, length, n)| u64::from(length) * n).sum();
    Counted { cells, n_v }
}

fn compute(job: &Job, levels: &Levels) -> Vec<FeatureRow> {
    let [planar, volumetric] = directions();
    let count = |span, direction: usize| {
        let offset = if span == Span::Volume { volumetric[direction] } else { planar[direction] };
        matrix(job.isa, levels, span, offset)
    };
    let numbers = [planar.len(), volumetric.len()];
    texture::rows(job, FAMILY.name, FAMILY.scope, TABLE, numbers, levels.shape()[0], count, Emphasis::new)
}
