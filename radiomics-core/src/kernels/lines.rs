//! Pairs of neighbouring grey levels and runs of equal ones along a direction, in one pass.
//!
//! A voxel either continues the run of the voxel before it along the direction, or makes a
//! pair of different levels with it. So one counter a voxel is enough for both matrices: the
//! place in its run in the one case, the pair in the other. Along x, with · outside of the region:
//!
//! ```text
//! levels    · 2 2 2 1 · 1 1
//! place       0 1 2 0   0 1      voxels of its run before it
//! counted     ·→2   2 at 2       a voxel at place 0 as (level before it → its level),
//!               2 at 1  2→1      any other one as (level, place)
//!                       ·→1  1 at 1
//! ```
//!
//! Both matrices are read off these counters:
//!
//! ```text
//! pairs of i and j ≠ i     i→j
//! pairs of i and i         i at 1, i at 2, … together: each such voxel continues a run
//! runs of i, n or longer   i at n − 1; of exactly n: i at n − 1 less i at n
//! runs of i in all         i at 0, which is the sum of x→i over all levels x and outside
//! ```
//!
//! A row of the table belongs to the level before a voxel, so what lies outside is row 0 and is
//! dropped at the end: no voxel is asked whether it or its neighbour is in the region. Lines run
//! through memory at a fixed step, hence whole rows of voxels are looked at side by side with the
//! row before them, and the only state is a place for each line (`advance`); along x itself the
//! place goes from voxel to voxel (`advance_within`). Runs that are longer than the table has
//! places end in its last one, and those few voxels are listed as well.
//!
//! Counting the two matrices one after the other reads the volume twice and raises a counter a
//! voxel each time, which is what this takes longest for.

use std::ops::Range;

use super::counters::Counters;
use super::neighbours::BLOCK;
use super::occupied::occupied;
use super::pages::room;
use super::pairs::{Pairs, count_pairs};
use super::runs::count_runs;
use super::{Isa, kernel};
use crate::kernels::cells::{Cells, Tally};
use crate::kernels::padded::{Level, Padded};

/// The least number of places in a run that have a counter each, for voxels with 1, 2, … others of the
/// run before them. The last place is for all voxels that are further on, which are listed as well.
const PLACES: usize = 15;

/// Counters up to which a table stays in the fastest cache. With few levels there are long runs,
/// and room for a counter of more places.
const SMALL: usize = 4096;

/// Voxels that are looked at together; their places stay in the fastest cache.
const STRIP: usize = 512;

kernel! {
    /// How many voxels of its run come before each voxel, from the row of voxels before it
    /// along the direction; 0 outside.
    fn advance<T: Level>(here: &[T], before: &[T], places_before: &[u16], places: &mut [u16]) {
        let n = places.len();
        let (here, before, places_before) = (&here[..n], &before[..n], &places_before[..n]);
        for v in 0..n {
            let continued = (here[v] == before[v]) & (here[v] != T::default());
            // All ones or none: a choice would not be made of several voxels at once.
            places[v] = places_before[v].wrapping_add(1) & 0u16.wrapping_sub(u16::from(continued));
        }
    }
}

kernel! {
    /// How many voxels of its run come before each voxel, along the row itself, where each place depends
    /// on the one before: `place` is that of the voxel before the first.
    fn advance_within<T: Level>(here: &[T], before: &[T], place: u16, places: &mut [u16]) -> u16 {
        let n = places.len();
        let (here, before) = (&here[..n], &before[..n]);
        let mut place = place;
        for v in 0..n {
            place = if here[v] == before[v] { place.wrapping_add(1) } else { 0 };
            places[v] = if here[v] == T::default() { 0 } else { place };
        }
        place
    }
}

kernel! {
    /// The counter of each voxel: in the row of the level before it, the column of its place,
    /// or of its level if it begins a run. Blocks outside of the region are left out. Returns the
    /// highest place and the number of counters.
    fn choose_counters<T: Level>(here: &[T], before: &[T], places: &[u16], kept: u16, width: u16, counters: &mut [u16; STRIP]) -> (u16, usize) {
        let choose = |here: T, before: T, place: u16| {
            let new = kept + 1 + here.index() as u16;
            let column = if place > 0 { place.min(kept) } else { new };
            (before.index() as u16).wrapping_mul(width).wrapping_add(column)
        };
        assert!(here.len() <= STRIP, "a strip of {} voxels", here.len());
        let n = here.len().min(STRIP);
        let ((here, here_rest), (before, before_rest)) = (here[..n].as_chunks::<BLOCK>(), before[..n].as_chunks::<BLOCK>());
        let mut highest = 0;
        for &place in &places[..n] {
            highest = if place > highest { place } else { highest };
        }
        let (places, places_rest) = places[..n].as_chunks::<BLOCK>();
        let mut chosen = 0;
        for ((here, before), places) in here.iter().zip(before).zip(places) {
            let mut block = [0; BLOCK];
            for s in 0..BLOCK {
                block[s] = choose(here[s], before[s], places[s]);
            }
            counters[chosen..chosen + BLOCK].copy_from_slice(&block);
            // A choice would be a branch that depends on the region.
            chosen += BLOCK * usize::from(*here != [T::default(); BLOCK]);
        }
        for ((&here, &before), &place) in here_rest.iter().zip(before_rest).zip(places_rest) {
            counters[chosen] = choose(here, before, place);
            chosen += 1;
        }
        (highest, chosen)
    }
}

/// What is counted along a direction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lines {
    /// Pairs: level, level of the next voxel along the direction, and how often they occur.
    pub pairs: Pairs,
    /// Runs: level, length, and how often they occur.
    pub runs: Cells,
}

/// Pairs and runs along `offset` (z, y, x), whose parts are −1, 0 or 1 and which points forwards
/// in memory, for voxels in the given slices.
pub fn count_lines<T: Level>(
    isa: Isa,
    levels: &Padded<T>,
    n_g: usize,
    slices: Range<usize>,
    offset: [i32; 3],
) -> Lines {
    match LineCounter::fits(levels.shape, n_g) {
        true => {
            let mut counter = LineCounter::new(levels.shape, n_g, slices.len());
            counter.add(isa, levels, slices, offset);
            counter.into_lines()
        }
        false => Lines {
            pairs: count_pairs(isa, levels, n_g, slices.clone(), offset),
            runs: count_runs(isa, levels, n_g, slices, offset),
        },
    }
}

/// Counts the sum of the matrices of any slices and directions.
pub struct LineCounter {
    n_g: usize,
    /// Number of places in a run that have a counter each.
    kept: usize,
    table: Counters,
    /// The voxels that are further into their runs than the places with a counter.
    far: Option<Tally>,
    longest: usize,
}

impl LineCounter {
    /// Whether levels and lines of volumes of `shape` are few enough for a table.
    pub fn fits(shape: [usize; 3], n_g: usize) -> bool {
        Self::size(shape, n_g) <= Counters::MAX && longest(shape) < usize::from(u16::MAX)
    }

    /// A counter for volumes of `shape` of which so many slices are looked at, along one direction each.
    ///
    /// # Panics
    /// When they do not [fit](Self::fits).
    pub fn new(shape: [usize; 3], n_g: usize, slices: usize) -> Self {
        assert!(Self::fits(shape, n_g), "{n_g} levels and lines of {shape:?} in a table");
        let (kept, longest) = (Self::kept(shape, n_g), longest(shape));
        let table = Counters::for_counts(Self::size(shape, n_g), slices * shape[1] * shape[2]);
        Self { n_g, kept, table, far: None, longest }
    }

    fn kept(shape: [usize; 3], n_g: usize) -> usize {
        // No run is longer than a line, and a small table is soon cleared and read.
        let kept = (SMALL / (n_g + 1)).saturating_sub(n_g + 2).clamp(PLACES, 255);
        kept.min(longest(shape).max(1))
    }

    fn size(shape: [usize; 3], n_g: usize) -> usize {
        (Self::kept(shape, n_g) + 1 + n_g + 1) * (n_g + 1)
    }

    fn width(&self) -> usize {
        self.kept + 1 + self.n_g + 1
    }

    /// Counts lines along `offset`, as [`count_lines`] does.
    pub fn add<T: Level>(&mut self, isa: Isa, levels: &Padded<T>, slices: Range<usize>, offset: [i32; 3]) {
        let (kept, width) = (self.kept, self.width());
        let mut counters = [0; STRIP];
        each_strip(isa, levels, slices, offset, |here, before, places| {
            let (highest, chosen) =
                choose_counters(isa, here, before, places, kept as u16, width as u16, &mut counters);
            self.table.add(isa, &mut counters[..chosen]);
            if usize::from(highest) >= kept {
                let far = self.far.get_or_insert_with(|| Tally::new(self.n_g, self.longest));
                for (level, &place) in here.iter().zip(places) {
                    if usize::from(place) >= kept {
                        far.add(level.index(), u32::from(place));
                    }
                }
            }
        });
    }

    /// The sum of what two counters of one volume have counted.
    ///
    /// # Panics
    /// When they were made for other levels or another shape.
    pub fn merged(mut self, other: Self) -> Self {
        let made_for = |counter: &Self| (counter.n_g, counter.kept, counter.longest);
        assert_eq!(made_for(&self), made_for(&other), "levels, places and longest lines of two counters");
        self.table.merge(0, other.table);
        self.far = match (self.far, other.far) {
            (Some(a), Some(b)) => Some(a.merged(b)),
            (a, b) => a.or(b),
        };
        self
    }

    /// The pairs and runs that were counted.
    pub fn into_lines(self) -> Lines {
        let (kept, width) = (self.kept, self.width());
        into_lines(&self.table.sums(), kept, width, self.far.map(Tally::into_cells).unwrap_or_default())
    }
}

/// Voxels of the longest lines along an axis.
fn longest(shape: [usize; 3]) -> usize {
    shape.into_iter().max().unwrap_or(0)
}

/// Calls `count` with strips of voxels, the voxels before them along the direction and their
/// places in their runs.
#[inline(always)]
fn each_strip<T: Level>(
    isa: Isa,
    levels: &Padded<T>,
    slices: Range<usize>,
    offset: [i32; 3],
    mut count: impl FnMut(&[T], &[T], &[u16]),
) {
    let slice = levels.strides()[0];
    let step = levels.step(offset) as usize;
    let along_x = offset == [0, 0, 1];
    // Outside no run continues, so that what is left there of earlier slices is never used.
    let (mut places, mut places_before) = (vec![0u16; slice], vec![0u16; slice]);
    for k in slices {
        std::mem::swap(&mut places, &mut places_before);
        let base = (k + levels.pad) * slice;
        let mut place = 0;
        for range in occupied(isa, levels, k) {
            for start in range.clone().step_by(STRIP) {
                let n = STRIP.min(range.end - start);
                let here = &levels.data[start..start + n];
                let before = &levels.data[start - step..start - step + n];
                let at = start - base;
                if along_x {
                    place = advance_within(isa, here, before, place, &mut places[at..at + n]);
                } else if offset[0] == 0 {
                    // What continues the runs of a piece comes after it.
                    for piece in (0..n).step_by(step) {
                        let m = step.min(n - piece);
                        let (done, rest) = places.split_at_mut(at + piece);
                        let from = at + piece - step;
                        let (here, before) = (&here[piece..piece + m], &before[piece..piece + m]);
                        advance(isa, here, before, &done[from..from + m], &mut rest[..m]);
                    }
                } else {
                    let from = at + slice - step;
                    advance(isa, here, before, &places_before[from..from + n], &mut places[at..at + n]);
                }
                count(here, before, &places[at..at + n]);
            }
        }
    }
}

/// Pairs and runs, from the table of counters and the list of voxels far into their runs.
fn into_lines(table: &[u32], kept: usize, width: usize, far: Cells) -> Lines {
    let new = kept + 1;
    // Most rows are of levels that nothing follows, and most cells of a row are 0.
    let is_empty = |row: &[u32]| row.iter().fold(0, |any, n| any | n) == 0;
    let rows = table.chunks_exact(width).enumerate().skip(1);
    let followed: Vec<(usize, &[u32])> = rows.clone().filter(|(_, row)| !is_empty(row)).collect();
    // The cell of two equal levels is elsewhere.
    let occurring = |(_, row): &(usize, &[u32])| 1 + row[new + 1..].iter().filter(|&&n| n > 0).count();
    let (mut pairs, mut runs): (Pairs, Cells) = (room(followed.iter().map(occurring).sum()), Cells::new());
    // Row 0 is of voxels that have the outside before them.
    let mut begun: Vec<u64> = table[new..width].iter().map(|&n| u64::from(n)).collect();
    for &(i, row) in &followed {
        let (continued, next) = row.split_at(new);
        let repeated: u64 = continued[1..].iter().map(|&n| u64::from(n)).sum();
        let is_own = |levels: Range<usize>| repeated > 0 && levels.contains(&i);
        for (first, counts) in (0..).step_by(BLOCK).zip(next.chunks(BLOCK)) {
            if is_empty(counts) && !is_own(first..first + counts.len()) {
                continue;
            }
            for (j, &n) in (first..).zip(counts) {
                begun[j] += u64::from(n);
                let n = if i == j { repeated } else { u64::from(n) };
                // What comes before the outside is no pair.
                if n > 0 && j > 0 {
                    pairs.push((i as u16, j as u16, n));
                }
            }
        }
    }
    let mut far = far.into_iter().peekable();
    let mut reaching = Vec::new();
    for (level, row) in rows {
        // So many runs have at least 1, 2, … voxels.
        reaching.clear();
        reaching.push(begun[level]);
        reaching.extend(row[1..kept].iter().take_while(|n| **n > 0).map(|&n| u64::from(n)));
        while let Some((_, place, n)) = far.next_if(|cell| usize::from(cell.0) == level) {
            assert_eq!(place as usize, reaching.len(), "the next place in runs of level {level}");
            reaching.push(n);
        }
        reaching.push(0);
        for (length, ends) in reaching.windows(2).enumerate() {
            if ends[0] > ends[1] {
                runs.push((level as u16, length as u32 + 1, ends[0] - ends[1]));
            }
        }
    }
    assert_eq!(far.next(), None, "a run of a level that the table has no row for");
    Lines { pairs, runs }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::region::levels::{Levels, with_levels};
    use crate::texture::neighbourhood::{ANY, half_directions};
    use ndarray::Array3;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]
        #[test]
        fn one_pass_counts_what_two_count(
            (shape, values) in (1usize..5, 1usize..6, 1usize..90).prop_flat_map(|(z, y, x)| {
                // Few levels and one that is common, so that some runs are long.
                let level = prop_oneof![8 => Just(1u16), 1 => 0u16..4];
                (Just((z, y, x)), proptest::collection::vec(level, z * y * x))
            }),
            pad in 1usize..3,
            n_g in prop_oneof![Just(3usize), Just(230), Just(255), Just(300)],
        ) {
            let levels = Array3::from_shape_vec(shape, values).unwrap();
            let padded = Levels::from_array(&levels, n_g, pad);
            for isa in Isa::available() {
                for offset in half_directions(&[1], true, ANY) {
                    let all = 0..shape.0;
                    let planar = std::iter::once(0..1).filter(|_| offset[0] == 0);
                    for slices in planar.chain([all]) {
                        let (both, pairs, runs) = with_levels!(padded, v => (
                            count_lines(isa, v, n_g, slices.clone(), offset),
                            count_pairs(isa, v, n_g, slices.clone(), offset),
                            count_runs(isa, v, n_g, slices, offset),
                        ));
                        prop_assert_eq!(both, Lines { pairs, runs });
                    }
                }
            }
        }
    }
}
