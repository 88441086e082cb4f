//! Where a slice has voxels of the region.

use std::ops::Range;

use super::{Isa, kernel};
use crate::kernels::padded::{Level, Padded};
use crate::work;

/// Voxels that are looked at together: empty ones are skipped in such chunks.
const CHUNK: usize = 64;

kernel! {
    /// The chunks of `data` with any voxel in the region, as ranges that begin at `start`.
    /// Adjoining chunks are one range.
    fn occupied_chunks<T: Level>(data: &[T], start: usize) -> Vec<Range<usize>> {
        let mut ranges: Vec<Range<usize>> = Vec::new();
        for (n, chunk) in data.chunks(CHUNK).enumerate() {
            if chunk.iter().fold(T::default(), |highest, &level| highest.max(level)) > T::default() {
                let from = start + n * CHUNK;
                match ranges.last_mut() {
                    Some(last) if last.end == from => last.end = from + chunk.len(),
                    _ => ranges.push(from..from + chunk.len()),
                }
            }
        }
        ranges
    }
}

/// Places in `data` of slice `k` that hold every voxel of the region and not much else. Rows
/// lie end to end with their padding between, so that a range may go over several of them.
pub fn occupied<T: Level>(
    isa: Isa,
    levels: &Padded<T>,
    k: usize,
) -> impl DoubleEndedIterator<Item = Range<usize>> {
    // Whoever goes through a volume by slices asks here for each of them.
    work::check();
    // All families and directions ask for them.
    let all = || (0..levels.shape[0]).map(|k| of_slice(isa, levels, k)).collect();
    levels.occupied.get_or_init(all)[k].iter().cloned()
}

fn of_slice<T: Level>(isa: Isa, levels: &Padded<T>, k: usize) -> Vec<Range<usize>> {
    let [_, ny, nx] = levels.shape;
    if ny == 0 || nx == 0 {
        return Vec::new();
    }
    let (start, end) = (levels.at([k, 0, 0]), levels.at([k, ny - 1, nx - 1]) + 1);
    occupied_chunks(isa, &levels.data[start..end], start)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::region::levels::{Levels, with_levels};
    use ndarray::Array3;

    #[test]
    fn every_voxel_of_the_region_and_no_empty_chunk() {
        let mut levels = Array3::<u16>::zeros((2, 9, 70));
        for place in [(0, 0, 0), (0, 4, 11), (0, 4, 69), (0, 8, 69), (1, 3, 3)] {
            levels[place] = 7;
        }
        for isa in Isa::available() {
            for n_g in [7, 300] {
                with_levels!(Levels::from_array(&levels, n_g, 1), v => for k in 0..2 {
                    let ranges = of_slice(isa, v, k);
                    let inside = |place: usize| ranges.iter().any(|r| r.contains(&place));
                    for (j, i) in ndarray::indices((9, 70)) {
                        assert!(levels[(k, j, i)] == 0 || inside(v.at([k, j, i])));
                    }
                    let empty = |r: &Range<usize>| v.data[r.clone()].iter().all(|l| l.index() == 0);
                    assert!(!ranges.iter().any(empty));
                    assert!(ranges.windows(2).all(|pair| pair[0].end < pair[1].start));
                });
            }
        }
    }
}
