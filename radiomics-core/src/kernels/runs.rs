//! Counting runs of equal grey level along a direction.

use std::ops::Range;

use super::{Isa, kernel};
use crate::kernels::cells::{Cells, Tally};
use crate::kernels::padded::{Level, Padded};

kernel! {
    /// How far each voxel of a row is into its run, from the row of voxels before it along
    /// the direction: 1 where a run starts, 0 outside.
    fn advance<T: Level>(here: &[T], before: &[T], places_before: &[u32], places: &mut [u32]) {
        let lengths = [here.len(), before.len(), places_before.len()];
        assert_eq!(lengths, [places.len(); 3], "a row, the row before it and places in runs");
        for (((place, &level), &previous), &n) in places.iter_mut().zip(here).zip(before).zip(places_before) {
            let continued = if level == previous { n + 1 } else { 1 };
            *place = if level == T::default() { 0 } else { continued };
        }
    }
}

kernel! {
    /// How far each voxel of a row is into its run along the row itself, where each place depends on the
    /// one before.
    fn advance_within<T: Level>(here: &[T], places: &mut [u32]) {
        assert_eq!(here.len(), places.len(), "a row and places in runs");
        let (mut previous, mut n) = (T::default(), 0);
        for (place, &level) in places.iter_mut().zip(here) {
            n = if level == previous { n + 1 } else { 1 };
            *place = if level == T::default() { 0 } else { n };
            previous = level;
        }
    }
}

/// Cells (level, length, runs) along `offset` (z, y, x), whose parts are −1, 0 or 1 and which
/// points forwards in memory, for voxels in the given slices.
///
/// Counted is how often a level is at place m of a run: as many runs are at least m long,
/// hence the runs of length m are those at place m less those at place m + 1.
pub fn count_runs<T: Level>(
    isa: Isa,
    levels: &Padded<T>,
    n_g: usize,
    slices: Range<usize>,
    offset: [i32; 3],
) -> Cells {
    let [slice, row, _] = levels.strides();
    let step = levels.step(offset) as usize;
    let [_, ny, nx] = levels.shape;
    let voxels = slices.len() * ny * nx;
    let mut tally = Tally::of_pairs(n_g, longest(levels.shape, offset), voxels);
    // Places in this slice and, behind it, in the slice before. Padding is outside, where no
    // run continues, so that what stands there for places is never used.
    let mut places = vec![0u32; 2 * slice];
    for k in slices {
        places.copy_within(..slice, slice);
        let base = levels.at([k, 0, 0]) - levels.pad * (row + 1);
        for j in 0..ny {
            let start = levels.at([k, j, 0]);
            let here = &levels.data[start..start + nx];
            let at = start - base;
            if offset == [0, 0, 1] {
                advance_within(isa, here, &mut places[at..at + nx]);
            } else {
                let before = &levels.data[start - step..start - step + nx];
                let (current, previous) = places.split_at_mut(slice);
                if offset[0] == 0 {
                    let (done, rest) = current.split_at_mut(at);
                    let from = at - step;
                    advance(isa, here, before, &done[from..from + nx], &mut rest[..nx]);
                } else {
                    let from = at + slice - step;
                    advance(isa, here, before, &previous[from..from + nx], &mut current[at..at + nx]);
                }
            }
            for (level, &place) in here.iter().zip(&places[at..at + nx]) {
                tally.add(level.index(), place);
            }
        }
    }
    let mut cells = tally.into_cells();
    for c in 1..cells.len() {
        let (level, place, n) = cells[c];
        if place > 1 {
            let before = (cells[c - 1].0, cells[c - 1].1);
            assert_eq!(before, (level, place - 1), "who is at place {place} of a run was at the one before");
            cells[c - 1].2 -= n;
        }
    }
    cells.retain(|&(_, _, n)| n > 0);
    cells
}

/// The longest run along `offset` that fits into a box.
pub fn longest(shape: [usize; 3], offset: [i32; 3]) -> usize {
    (0..3).filter(|&a| offset[a] != 0).map(|a| shape[a]).min().expect("an offset that leads to another voxel")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::region::levels::{Levels, with_levels};
    use crate::texture::neighbourhood::{ANY, half_directions};
    use ndarray::Array3;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    /// The runs by their definition: from each voxel that differs from the one before it, walks to the
    /// last voxel of the same level.
    fn plain(levels: &Array3<u16>, offset: [i32; 3]) -> Cells {
        let at = |p: [i32; 3]| {
            let inside = p.iter().all(|&c| c >= 0);
            inside.then(|| levels.get(p.map(|c| c as usize)).copied()).flatten().unwrap_or(0)
        };
        let moved = |p: [i32; 3], by: i32| std::array::from_fn(|a| p[a] + by * offset[a]);
        let mut counts = BTreeMap::new();
        for ((k, j, i), &level) in levels.indexed_iter() {
            let start = [k as i32, j as i32, i as i32];
            if level > 0 && at(moved(start, -1)) != level {
                let length = (1..).find(|&n| at(moved(start, n)) != level).unwrap_or(0);
                *counts.entry((level, length as u32)).or_insert(0) += 1;
            }
        }
        counts.into_iter().map(|((level, length), n)| (level, length, n)).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20))]
        #[test]
        fn every_way_of_counting_equals_the_definition(
            (shape, values) in (1usize..5, 1usize..6, 1usize..20).prop_flat_map(|(z, y, x)| {
                (Just((z, y, x)), proptest::collection::vec(0u16..4, z * y * x))
            }),
            pad in 1usize..3,
        ) {
            let levels = Array3::from_shape_vec(shape, values).unwrap();
            for n_g in [3, 300, 65_535] {
                let padded = Levels::from_array(&levels, n_g, pad);
                for isa in Isa::available() {
                    for offset in half_directions(&[1], true, ANY) {
                        let counted =
                            with_levels!(padded, v => count_runs(isa, v, n_g, 0..shape.0, offset));
                        prop_assert_eq!(counted, plain(&levels, offset));
                    }
                }
            }
        }
    }
}
