//! Looking at all neighbours of each voxel of a row.

use super::kernel;
use crate::kernels::padded::Level;

/// Voxels that are left out together if none of them is in the region.
pub const BLOCK: usize = 16;

kernel! {
    /// Number and sum of levels of the neighbours inside the region, for each voxel of the
    /// row that begins at `start`. `steps` lead to the neighbours; the caller sees to it that
    /// the sums fit.
    pub fn sum_neighbours<T: Level>(data: &[T], start: usize, steps: &[isize], numbers: &mut [u16], sums: &mut [u16]) {
        assert_eq!(numbers.len(), sums.len(), "numbers and sums of neighbours");
        numbers.fill(0);
        sums.fill(0);
        for &step in steps {
            let there = &data[start.wrapping_add_signed(step)..][..numbers.len()];
            for ((number, sum), level) in numbers.iter_mut().zip(sums.iter_mut()).zip(there) {
                *number += u16::from(level.index() > 0);
                *sum += level.index() as u16;
            }
        }
    }
}

/// Most voxels that [`differences`] looks at together.
pub const STRIP: usize = 512;

/// Number of voxels for which a processor keeps in registers what is known of all neighbours.
const WIDE: usize = 64;

/// Number of voxels that are looked at together where there are no more [`WIDE`] ones.
const NARROW: usize = 16;

/// For each of N voxels from `start` on, what `add` makes of a 0, the voxel and its neighbours, one
/// after another.
#[inline(always)]
fn over_neighbours<T: Level, R: Copy + Default, const N: usize>(
    data: &[T],
    start: usize,
    steps: &[isize],
    to: &mut [R; N],
    add: impl Fn(usize, R, T, T) -> R,
) {
    let here = &data[start..][..N];
    let mut results = [R::default(); N];
    for (n, &step) in steps.iter().enumerate() {
        let there = &data[start.wrapping_add_signed(step)..][..N];
        for v in 0..N {
            results[v] = add(n, results[v], here[v], there[v]);
        }
    }
    *to = results;
}

/// For each of any number of voxels from `start` on, what `add` makes of a 0, the voxel and its
/// neighbours, one after another.
#[inline(always)]
fn over_all_neighbours<T: Level, R: Copy + Default>(
    data: &[T],
    start: usize,
    steps: &[isize],
    to: &mut [R],
    add: impl Fn(usize, R, T, T) -> R,
) {
    let (blocks, rest) = to.as_chunks_mut::<WIDE>();
    let mut done = blocks.len() * WIDE;
    for (n, block) in blocks.iter_mut().enumerate() {
        over_neighbours(data, start + n * WIDE, steps, block, &add);
    }
    for block in rest.as_chunks_mut::<NARROW>().0 {
        over_neighbours(data, start + done, steps, block, &add);
        done += NARROW;
    }
    if done == to.len() {
        return;
    }
    let last = to.len().saturating_sub(NARROW);
    if let Some(block) = to[last..].first_chunk_mut::<NARROW>() {
        // Some of the block is there already, and becomes the same again.
        over_neighbours(data, start + last, steps, block, &add);
        return;
    }
    for (v, result) in to.iter_mut().enumerate() {
        over_neighbours(data, start + v, steps, std::array::from_mut(result), &add);
    }
}

kernel! {
    /// For each voxel of a strip that begins at `start`, how far it is from its neighbours at
    /// distance 1: |level·number − sum of the neighbours' levels|, and level·`width` + number.
    /// `rows` lead to the rows that pass by the voxel, its own included; sums are over those
    /// first, and then along them. The caller sees to it that they fit.
    pub fn differences<T: Level>(data: &[T], start: usize, rows: &[isize], width: u16, places: &mut [u16], scaled: &mut [u16]) {
        assert!(places.len() <= STRIP, "a strip of {} voxels", places.len());
        let n = places.len().min(STRIP);
        let (mut numbers, mut sums) = ([0u16; STRIP + 2], [0u16; STRIP + 2]);
        let (numbers, sums) = (&mut numbers[..n + 2], &mut sums[..n + 2]);
        over_all_neighbours(data, start - 1, rows, numbers, |_, number, _, there| {
            number + u16::from(there != T::default())
        });
        over_all_neighbours(data, start - 1, rows, sums, |_, sum, _, there| sum + there.index() as u16);
        let here = &data[start..start + n];
        let (places, scaled) = (&mut places[..n], &mut scaled[..n]);
        for v in 0..n {
            let level = here[v].index() as u16;
            let number = numbers[v] + numbers[v + 1] + numbers[v + 2] - u16::from(level > 0);
            let sum = sums[v] + sums[v + 1] + sums[v + 2] - level;
            places[v] = level.wrapping_mul(width).wrapping_add(number);
            scaled[v] = level.wrapping_mul(number).abs_diff(sum);
        }
    }
}

kernel! {
    /// Number of neighbours of exactly the same level, at most 255 of them, for each voxel of
    /// the row that begins at `start`.
    pub fn count_equal<T: Level>(data: &[T], start: usize, steps: &[isize], numbers: &mut [u8]) {
        over_all_neighbours(data, start, steps, numbers, |_, number, here, there| {
            number.wrapping_add(u8::from(here == there))
        });
    }
}

kernel! {
    /// Puts the places level·`width` + number of the voxels of the row that begins at `start` into
    /// `places`, without blocks of voxels that are outside of the region. Returns how many there are.
    pub fn place_in_table<T: Level>(data: &[T], start: usize, width: u16, numbers: &[u8], places: &mut [u16]) -> usize {
        let place = |level: T, number: u8| (level.index() as u16).wrapping_mul(width).wrapping_add(u16::from(number));
        let (here, rest) = data[start..start + numbers.len()].as_chunks::<BLOCK>();
        let (numbers, numbers_rest) = numbers.as_chunks::<BLOCK>();
        let mut chosen = 0;
        for (here, numbers) in here.iter().zip(numbers) {
            let mut block = [0; BLOCK];
            for s in 0..BLOCK {
                block[s] = place(here[s], numbers[s]);
            }
            places[chosen..chosen + BLOCK].copy_from_slice(&block);
            chosen += BLOCK * usize::from(*here != [T::default(); BLOCK]);
        }
        for (&here, &number) in rest.iter().zip(numbers_rest) {
            places[chosen] = place(here, number);
            chosen += 1;
        }
        chosen
    }
}

kernel! {
    /// Number of neighbours inside the region whose level differs by no more than `alpha`,
    /// for each voxel of the row that begins at `start`.
    pub fn count_similar<T: Level>(data: &[T], start: usize, steps: &[isize], alpha: u16, numbers: &mut [u16]) {
        let here = &data[start..start + numbers.len()];
        numbers.fill(0);
        for &step in steps {
            let there = &data[start.wrapping_add_signed(step)..][..numbers.len()];
            for ((number, a), b) in numbers.iter_mut().zip(here).zip(there) {
                let difference = (a.index() as u16).abs_diff(b.index() as u16);
                *number += u16::from((b.index() > 0) & (difference <= alpha));
            }
        }
    }
}

kernel! {
    /// For each voxel of the row that begins at `start`, bit n is set if the neighbour that
    /// `steps[n]` leads to has the same level; no bits outside of the region.
    pub fn equal_neighbours<T: Level>(data: &[T], start: usize, steps: &[isize], bits: &mut [u16]) {
        assert!(steps.len() <= u16::BITS as usize, "a bit of 16 for each of {} neighbours", steps.len());
        over_all_neighbours(data, start, steps, bits, |n, bits, here, there| {
            bits | u16::from((here == there) & (here != T::default())) << n
        });
    }
}
