//! Counting pairs of neighbouring grey levels.

use std::ops::Range;

use super::counters::Counters;
use super::occupied::occupied;
use super::{Isa, kernel, pages};
use crate::kernels::padded::{Level, Padded};
use crate::work;

/// Cells (i, j, n) in order: levels i and j are neighbours n times.
pub type Pairs = Vec<(u16, u16, u64)>;

/// Voxels that are looked at together.
const STRIP: usize = 512;

kernel! {
    /// The place of each pair's counter in a table with `width` columns.
    fn choose_counters<T: Level>(here: &[T], there: &[T], width: u16, counters: &mut [u16]) {
        let n = counters.len();
        let (here, there) = (&here[..n], &there[..n]);
        for v in 0..n {
            let row = (here[v].index() as u16).wrapping_mul(width);
            counters[v] = row.wrapping_add(there[v].index() as u16);
        }
    }
}

/// Cells (i, j, n): how often level i has level j at `offset` (z, y, x), for voxels in the
/// given slices. Ordered by i, then j; pairs that leave the region are not counted.
pub fn count_pairs<T: Level>(
    isa: Isa,
    levels: &Padded<T>,
    n_g: usize,
    slices: Range<usize>,
    offset: [i32; 3],
) -> Pairs {
    let step = levels.step(offset);
    let most = slices.len() * levels.shape[1] * levels.shape[2];
    let strips = slices.flat_map(|k| occupied(isa, levels, k)).map(|range| {
        let there = range.start.wrapping_add_signed(step);
        (&levels.data[range.clone()], &levels.data[there..there + range.len()])
    });
    // A table of levels² is fastest while it fits the cache; past that, a list for each level.
    if (n_g + 1) * (n_g + 1) <= Counters::MAX { dense(isa, strips, n_g, most) } else { by_level(strips, n_g) }
}

fn dense<'a, T: Level>(
    isa: Isa,
    strips: impl Iterator<Item = (&'a [T], &'a [T])>,
    n_g: usize,
    most: usize,
) -> Pairs {
    let width = n_g + 1;
    let mut table = Counters::for_counts(width * width, most);
    let mut counters = [0; STRIP];
    for (here, there) in strips {
        for (here, there) in here.chunks(STRIP).zip(there.chunks(STRIP)) {
            let counters = &mut counters[..here.len()];
            choose_counters(isa, here, there, width as u16, counters);
            table.add(isa, counters);
        }
    }
    let table = table.sums();
    let mut cells = Pairs::new();
    for (i, row) in table.chunks_exact(width).enumerate().skip(1) {
        let counted = row.iter().enumerate().skip(1).filter(|(_, n)| **n > 0);
        cells.extend(counted.map(|(j, &n)| (i as u16, j as u16, u64::from(n))));
    }
    cells
}

/// Lists the partners of each level, and counts them list by list: a row of counters stays in
/// the cache, where the table would not.
fn by_level<'a, T: Level>(strips: impl Iterator<Item = (&'a [T], &'a [T])>, n_g: usize) -> Pairs {
    let strips: Vec<(&[T], &[T])> = strips.collect();
    let pairs = || {
        let pairs = strips.iter().flat_map(|(here, there)| here.iter().zip(*there));
        pairs.map(|(a, b)| (a.index(), b.index())).filter(|&(a, b)| a > 0 && b > 0)
    };
    let mut ends = vec![0usize; n_g + 1];
    pairs().for_each(|(a, _)| ends[a] += 1);
    let mut total = 0;
    for end in &mut ends {
        // First where the list begins; filling it moves this to where it ends.
        total += std::mem::replace(end, total);
    }
    // A cell for each pair at worst, and no more cells than the matrix has.
    let most = total.min(n_g * n_g);
    let _held = (work::hold_cells::<u16>(total), work::hold_cells::<(u16, u16, u64)>(most));
    let mut lists = pages::zeros::<u16>(total);
    for (a, b) in pairs() {
        lists[ends[a]] = b as u16;
        ends[a] += 1;
    }
    let mut cells: Pairs = pages::room(most);
    let mut counters = vec![0u64; n_g + 1];
    let mut begin = 0;
    for (i, &end) in ends.iter().enumerate() {
        let list = &mut lists[begin..end];
        begin = end;
        // To sort a short list costs less than to look through all counters.
        if list.len() * 16 < n_g {
            list.sort_unstable();
            let equal = list.chunk_by(|a, b| a == b);
            cells.extend(equal.map(|equal| (i as u16, equal[0], equal.len() as u64)));
        } else {
            list.iter().for_each(|&j| counters[usize::from(j)] += 1);
            for (j, n) in counters.iter_mut().enumerate().filter(|(_, n)| **n > 0) {
                cells.push((i as u16, j as u16, std::mem::take(n)));
            }
        }
    }
    cells.shrink_to_fit();
    cells
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::region::levels::{Levels, with_levels};
    use ndarray::Array3;

    /// The pairs by their definition, voxel by voxel.
    fn plain(levels: &Array3<u16>, offset: [i32; 3]) -> Vec<(u16, u16, u64)> {
        let mut counts = std::collections::BTreeMap::new();
        for ((k, j, i), &a) in levels.indexed_iter() {
            let at = |v: usize, o: i32| v.wrapping_add_signed(o as isize);
            let b = levels.get((at(k, offset[0]), at(j, offset[1]), at(i, offset[2])));
            if let Some(&b) = b.filter(|b| **b > 0 && a > 0) {
                *counts.entry((a, b)).or_insert(0) += 1;
            }
        }
        counts.into_iter().map(|((i, j), n)| (i, j, n)).collect()
    }

    #[test]
    fn every_way_of_counting_equals_the_definition() {
        let levels = Array3::from_shape_fn((4, 5, 7), |(k, j, i)| ((k * 31 + j * 17 + i * 7) % 6) as u16);
        for isa in Isa::available() {
            for offset in [[0, 0, 1], [0, 1, -1], [1, -1, 1], [1, 1, 1], [2, 0, -2]] {
                // A table, short lists that are sorted, and a mixture of short and long ones.
                for n_g in [5, 255, 256, 400, 2000] {
                    let padded = Levels::from_array(&levels, n_g, 2);
                    with_levels!(padded, v => {
                        assert_eq!(count_pairs(isa, v, n_g, 0..4, offset), plain(&levels, offset));
                    });
                }
            }
        }
    }
}
