//! Grey level run length (IBSI 1, TP0I): how often level i runs on for j voxels.

use std::sync::OnceLock;

use crate::families::family::{Compute, Family, Maps};
use crate::families::job::{Job, Value, features};
use crate::families::shared::emphasis::{Counted, Emphasis, table};
use crate::families::shared::line_sets::{LineSets, directions};
use crate::families::shared::texture::{self, Bulk};
use crate::feature::Row;
use crate::kernels::Isa;
use crate::kernels::cells::Cells;
use crate::kernels::lines::count_lines;
use crate::kernels::padded::Level;
use crate::region::levels::{Levels, with_levels};
use crate::settings::Norm;
use crate::texture::aggregation::{Scope, Span};
use crate::texture::matrix::Cell;
use crate::work::Held;

pub(crate) const FAMILY: Family = Family {
    name: "glrlm",
    ibsi_id: "TP0I",
    pyradiomics: Some("glrlm"),
    scope: Scope::Directional,
    features: || features(TABLE),
    compute: Compute::Lines(compute),
    matrix: Some(cells),
    steps: 3,
    maps: Maps::Runs,
};

pub(crate) static TABLE: &[Row<Emphasis>] = &table([
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

/// The matrix of runs within a span along `offset`.
pub(crate) fn matrix(isa: Isa, levels: &Levels, span: Span, offset: [i32; 3]) -> Counted {
    let slices = span.slices(levels.shape()[0]);
    counted(with_levels!(levels, v => count_lines(isa, v, levels.n_g, slices, offset)).runs)
}

fn counted(cells: Cells) -> Counted {
    let n_v = cells.iter().map(|&(_, length, n)| u64::from(length) * n).sum();
    Counted { cells, n_v }
}

/// Whether any line along `offset` passes through two voxels of the region.
fn passes_through_two(levels: &Levels, offset: [i32; 3]) -> bool {
    let shape = levels.shape();
    let next = |at: [usize; 3]| {
        let moved: [usize; 3] = std::array::from_fn(|a| at[a].wrapping_add_signed(offset[a] as isize));
        (0..3).all(|a| moved[a] < shape[a]).then_some(moved)
    };
    with_levels!(levels, v => {
        let inside = |at: &[usize; 3]| v.data[v.at(*at)].index() > 0;
        let voxels = ndarray::indices(shape).into_iter().map(|(k, j, i)| [k, j, i]);
        let onward = |at: [usize; 3]| std::iter::successors(next(at), |at| next(*at));
        voxels.filter(inside).any(|at| onward(at).any(|other| inside(&other)))
    })
}

/// The runs of a direction, and what the direction weighs.
struct Direction {
    weight: f64,
    runs: Counted,
}

impl Bulk for Direction {
    fn hold(&self) -> Held {
        self.runs.hold()
    }
}

/// The run length matrices of a span as cells, one for each direction.
fn cells(job: &Job, levels: &Levels, span: Span) -> Vec<(Option<[i32; 3]>, Vec<Cell>)> {
    let dropped = |offset| job.settings.glrlm_drop_single_voxel_lines && !passes_through_two(levels, offset);
    let count = |offset| match dropped(offset) {
        true => Vec::new(),
        false => Cell::of_counts(matrix(job.isa, levels, span, offset).cells),
    };
    Cell::each_direction(directions(), span, count)
}

fn compute(job: &Job, levels: &Levels, lines: Option<&LineSets>) -> Vec<Value> {
    let directions = directions();
    // Of a direction in the plane, the same in all slices.
    let single = directions.each_ref().map(|offsets| vec![OnceLock::new(); offsets.len()]);
    let count = |span, direction: usize| {
        let dimensions = usize::from(span == Span::Volume);
        let offset = directions[dimensions][direction];
        let lines = lines.and_then(|l| l.of(span, direction));
        // Neighbours tell that at once.
        let is_dropped = job.settings.glrlm_drop_single_voxel_lines
            && lines.is_none_or(|lines| lines.pairs.is_empty())
            && *single[dimensions][direction].get_or_init(|| !passes_through_two(levels, offset));
        let distance = |norm: Norm| norm.length_mm(offset, job.roi.grid.spacing_mm);
        Direction {
            weight: job.settings.distance_weighting.map_or(1.0, distance),
            runs: match (is_dropped, lines) {
                (true, _) => Counted::default(),
                (false, Some(lines)) => counted(lines.runs.clone()),
                (false, None) => matrix(job.isa, levels, span, offset),
            },
        }
    };
    let numbers = directions.each_ref().map(Vec::len);
    let merge =
        |directions: &[&Direction]| Emphasis::of_weighted(directions.iter().map(|d| (d.weight, &d.runs)));
    texture::values(job, FAMILY.scope, TABLE, numbers, levels.shape()[0], count, merge)
}
