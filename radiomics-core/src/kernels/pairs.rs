//! Counting pairs of neighbouring grey levels.

use std::ops::Range;

use super::{Isa, kernel};
use crate::roi::{Level, Padded};

kernel! {
    /// Adds to `tables` how often level `a` has level `b` at `step`, over one row. Even and
    /// odd voxels go to two tables, as flat regions would otherwise wait for the counter they
    /// have just written.
    fn count_row<T: Level>(here: &[T], there: &[T], width: usize, tables: &mut [Vec<u32>; 2]) {
        let [even, odd] = tables;
        let (here_pairs, here_last) = here.as_chunks::<2>();
        let (there_pairs, there_last) = there.as_chunks::<2>();
        for (a, b) in here_pairs.iter().zip(there_pairs) {
            even[a[0].index() * width + b[0].index()] += 1;
            odd[a[1].index() * width + b[1].index()] += 1;
        }
        for (a, b) in here_last.iter().zip(there_last) {
            even[a.index() * width + b.index()] += 1;
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
) -> Vec<(u16, u16, u64)> {
    let step = levels.step(offset);
    let rows = slices.flat_map(|k| (0..levels.shape[1]).map(move |j| (k, j)));
    let rows = rows.map(|(k, j)| {
        let here = levels.at([k, j, 0]);
        let there = here.wrapping_add_signed(step);
        let n = levels.shape[2];
        (&levels.data[here..here + n], &levels.data[there..there + n])
    });
    // A table of levels² is fastest while it fits the cache; past that, sort the pairs.
    if n_g <= 1024 { dense(isa, rows, n_g) } else { sorted(rows) }
}

fn dense<'a, T: Level>(
    isa: Isa,
    rows: impl Iterator<Item = (&'a [T], &'a [T])>,
    n_g: usize,
) -> Vec<(u16, u16, u64)> {
    let width = n_g + 1;
    let mut tables = [vec![0u32; width * width], vec![0u32; width * width]];
    for (here, there) in rows {
        count_row(isa, here, there, width, &mut tables);
    }
    let [even, odd] = &tables;
    let mut cells = Vec::new();
    for i in 1..width {
        for j in 1..width {
            let n = u64::from(even[i * width + j]) + u64::from(odd[i * width + j]);
            if n > 0 {
                cells.push((i as u16, j as u16, n));
            }
        }
    }
    cells
}

fn sorted<'a, T: Level>(rows: impl Iterator<Item = (&'a [T], &'a [T])>) -> Vec<(u16, u16, u64)> {
    let mut pairs: Vec<(u16, u16)> = rows
        .flat_map(|(here, there)| here.iter().zip(there))
        .map(|(a, b)| (a.index() as u16, b.index() as u16))
        .filter(|&(a, b)| a > 0 && b > 0)
        .collect();
    pairs.sort_unstable();
    pairs.chunk_by(|a, b| a == b).map(|equal| (equal[0].0, equal[0].1, equal.len() as u64)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::roi::{Levels, with_levels};
    use ndarray::Array3;

    /// The definition, voxel by voxel.
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
                let padded = Levels::from_array(&levels, 5, 2);
                with_levels!(padded, v => {
                    assert_eq!(count_pairs(isa, v, 5, 0..4, offset), plain(&levels, offset));
                    assert_eq!(count_pairs(isa, v, 2000, 0..4, offset), plain(&levels, offset));
                });
            }
        }
    }
}
