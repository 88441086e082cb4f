//! Neighbouring grey level dependence (IBSI 1, REK0): how often a voxel of level i has j − 1
//! neighbours that differ from it by no more than the coarseness α.

use crate::families::family::{Compute, Family, Maps};
use crate::families::job::{Job, Value, features};
use crate::families::shared::emphasis::{Counted, Emphasis, table};
use crate::families::shared::texture;
use crate::feature::Row;
use crate::kernels::Isa;
use crate::kernels::cells::{Cells, Tally};
use crate::kernels::counters::Counters;
use crate::kernels::neighbours::{STRIP, count_equal, count_similar, place_in_table};
use crate::kernels::occupied::occupied;
use crate::kernels::padded::{Level, Padded};
use crate::region::levels::{Levels, with_levels};
use crate::runtime::slab_thickness;
use crate::settings::Settings;
use crate::texture::aggregation::{Scope, Span};
use crate::texture::matrix::Cell;
use crate::texture::neighbourhood::neighbours;
use crate::work::loops;

pub(crate) const FAMILY: Family = Family {
    name: "ngldm",
    ibsi_id: "REK0",
    pyradiomics: Some("gldm"),
    scope: Scope::Omnidirectional,
    features: || features(TABLE),
    compute: Compute::Levels(compute),
    matrix: Some(cells),
    steps: 1,
    maps: Maps::Dependences,
};

/// The features of NGLDM. PyRadiomics calls the family GLDM, and lacks or has deprecated three of them.
pub(crate) static TABLE: &[Row<Emphasis>] = &{
    let mut rows = table([
        ["low_dependence_emphasis", "SODN", "SmallDependenceEmphasis"],
        ["high_dependence_emphasis", "IMOQ", "LargeDependenceEmphasis"],
        ["low_grey_level_count_emphasis", "TL9H", "LowGrayLevelEmphasis"],
        ["high_grey_level_count_emphasis", "OAE7", "HighGrayLevelEmphasis"],
        ["low_dependence_low_grey_level_emphasis", "EQ3F", "SmallDependenceLowGrayLevelEmphasis"],
        ["low_dependence_high_grey_level_emphasis", "JA6D", "SmallDependenceHighGrayLevelEmphasis"],
        ["high_dependence_low_grey_level_emphasis", "NBZI", "LargeDependenceLowGrayLevelEmphasis"],
        ["high_dependence_high_grey_level_emphasis", "9QMG", "LargeDependenceHighGrayLevelEmphasis"],
        ["grey_level_non_uniformity", "FP8K", "GrayLevelNonUniformity"],
        ["normalised_grey_level_non_uniformity", "5SPA", "GrayLevelNonUniformityNormalized"],
        ["dependence_count_non_uniformity", "Z87G", "DependenceNonUniformity"],
        ["normalised_dependence_count_non_uniformity", "OKJI", "DependenceNonUniformityNormalized"],
        ["dependence_count_percentage", "6XV8", "DependencePercentage"],
        ["grey_level_variance", "1PFV", "GrayLevelVariance"],
        ["dependence_count_variance", "DNX2", "DependenceVariance"],
        ["dependence_count_entropy", "FCBV", "DependenceEntropy"],
        ["dependence_count_energy", "CAS9", ""],
    ]);
    // PyRadiomics has them, as 0-based rows 9 and 12, but does not compute them unasked.
    rows[9].feature.only_by_name = true;
    rows[12].feature.only_by_name = true;
    rows
};

/// The matrix of the voxels of a span by level and dependence, the voxel itself included.
pub(crate) fn matrix(isa: Isa, levels: &Levels, settings: &Settings, span: Span) -> Counted {
    let offsets = neighbours(&settings.distances, span == Span::Volume, levels.shape());
    let width = offsets.len() + 1;
    let fits = width <= usize::from(u8::MAX) && (levels.n_g + 1) * width <= Counters::MAX;
    let cells = with_levels!(levels, v => match fits && settings.ngldm_alpha == 0 {
        true => count_exact(isa, v, levels.n_g, span, &offsets),
        false => count(isa, v, levels.n_g, settings.ngldm_alpha, span, &offsets),
    });
    let n_v = cells.iter().map(|c| c.2).sum();
    Counted { cells, n_v }
}

/// The matrix of [`matrix`] for a coarseness of 0, where a neighbour counts that has the voxel's own level.
fn count_exact<T: Level>(
    isa: Isa,
    levels: &Padded<T>,
    n_g: usize,
    span: Span,
    offsets: &[[i32; 3]],
) -> Cells {
    let steps: Vec<isize> = offsets.iter().map(|&o| levels.step(o)).collect();
    let width = steps.len() + 1;
    let of_slices = |slices: &[usize]| {
        let mut table =
            Counters::for_counts((n_g + 1) * width, slices.len() * levels.shape[1] * levels.shape[2]);
        let (mut numbers, mut places) = ([0u8; STRIP], [0u16; STRIP]);
        for range in slices.iter().flat_map(|&k| occupied(isa, levels, k)) {
            for start in range.clone().step_by(STRIP) {
                let n = STRIP.min(range.end - start);
                let (numbers, places) = (&mut numbers[..n], &mut places[..n]);
                count_equal(isa, &levels.data, start, &steps, numbers);
                let chosen = place_in_table(isa, &levels.data, start, width as u16, numbers, places);
                table.add(isa, &mut places[..chosen]);
            }
        }
        table
    };
    let slices: Vec<usize> = span.slices(levels.shape[0]).collect();
    let merged = |mut table: Counters, other: Counters| {
        table.merge(0, other);
        table
    };
    let table = loops::merged(slices.chunks(slab_thickness(slices.len())), of_slices, merged);
    let table = table.expect("a span of some slices").sums();
    let counted = table.iter().enumerate().skip(width).filter(|(_, n)| **n > 0);
    counted.map(|(at, &n)| ((at / width) as u16, (at % width) as u32 + 1, u64::from(n))).collect()
}

fn count<T: Level>(
    isa: Isa,
    levels: &Padded<T>,
    n_g: usize,
    alpha: u32,
    span: Span,
    offsets: &[[i32; 3]],
) -> Cells {
    let steps: Vec<isize> = offsets.iter().map(|&o| levels.step(o)).collect();
    let alpha = alpha.min(u32::from(u16::MAX)) as u16;
    let [nz, ny, nx] = levels.shape;
    let mut tally = Tally::new(n_g, offsets.len() + 1);
    let mut similar = vec![0u16; nx];
    let mut dependences = vec![0u32; nx];
    for (k, j) in span.slices(nz).flat_map(|k| (0..ny).map(move |j| (k, j))) {
        dependences.fill(1);
        // In parts for which 16 bits are enough.
        for steps in steps.chunks(usize::from(u16::MAX)) {
            count_similar(isa, &levels.data, levels.at([k, j, 0]), steps, alpha, &mut similar);
            dependences.iter_mut().zip(&similar).for_each(|(sum, &n)| *sum += u32::from(n));
        }
        for (level, &dependence) in levels.row(k, j).iter().zip(&dependences) {
            tally.add(level.index(), dependence);
        }
    }
    tally.into_cells()
}

/// The dependence matrix of a span as cells.
fn cells(job: &Job, levels: &Levels, span: Span) -> Vec<(Option<[i32; 3]>, Vec<Cell>)> {
    vec![(None, Cell::of_counts(matrix(job.isa, levels, job.settings, span).cells))]
}

fn compute(job: &Job, levels: &Levels) -> Vec<Value> {
    let count = |span, _| matrix(job.isa, levels, job.settings, span);
    texture::values(job, FAMILY.scope, TABLE, [1, 1], levels.shape()[0], count, Emphasis::new)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::texture::neighbourhood::ANY;
    use ndarray::Array3;
    use proptest::prelude::*;

    fn plain(levels: &Array3<u16>, n_g: usize, alpha: u32, offsets: &[[i32; 3]]) -> Cells {
        let mut tally = Tally::new(n_g, 0);
        for ((k, j, i), &level) in levels.indexed_iter() {
            let at = |v: usize, o: i32| v.wrapping_add_signed(o as isize);
            let neighbour = |o: &[i32; 3]| levels.get((at(k, o[0]), at(j, o[1]), at(i, o[2])));
            let around = offsets.iter().filter_map(neighbour);
            let similar = around.filter(|&&n| n > 0 && u32::from(n.abs_diff(level)) <= alpha).count();
            tally.add(usize::from(level), similar as u32 + 1);
        }
        tally.into_cells()
    }

    proptest! {
        #[test]
        fn counting_equals_the_definition(
            (shape, values) in (1usize..5, 1usize..6, 1usize..20).prop_flat_map(|(z, y, x)| {
                (Just((z, y, x)), proptest::collection::vec(0u16..6, z * y * x))
            }),
            alpha in 0u32..3,
            distances in prop_oneof![Just(vec![1u32]), Just(vec![2]), Just(vec![1, 2])],
        ) {
            let levels = Array3::from_shape_vec(shape, values).unwrap();
            for n_g in [5, 300] {
                let padded = Levels::from_array(&levels, n_g, 2);
                let settings = Settings { ngldm_alpha: alpha, distances: distances.clone(), ..Settings::default() };
                for isa in Isa::available() {
                    let expected = plain(&levels, n_g, alpha, &neighbours(&distances, true, ANY));
                    prop_assert_eq!(matrix(isa, &padded, &settings, Span::Volume).cells, expected);
                }
            }
        }
    }
}
