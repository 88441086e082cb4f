//! Looking at all neighbours of each voxel of a row.

use super::kernel;
use crate::roi::Level;

kernel! {
    /// Number and sum of levels of the neighbours inside the region, for each voxel of the
    /// row that begins at `start`. `steps` lead to the neighbours; the caller sees to it that
    /// the sums fit.
    pub fn sum_neighbours<T: Level>(data: &[T], start: usize, steps: &[isize], numbers: &mut [u16], sums: &mut [u16]) {
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
        let here = &data[start..start + bits.len()];
        bits.fill(0);
        for (n, &step) in steps.iter().enumerate() {
            let there = &data[start.wrapping_add_signed(step)..][..bits.len()];
            for ((bit, &a), &b) in bits.iter_mut().zip(here).zip(there) {
                *bit |= u16::from((a == b) & (a != T::default())) << n;
            }
        }
    }
}
