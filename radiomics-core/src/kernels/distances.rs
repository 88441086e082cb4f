//! Steps to the edge of a region, row by row.

use super::{Isa, kernel};

/// A number of steps.
pub trait Distance: Copy + Default + Ord + Send + Sync {
    /// The largest number.
    const MAX: Self;

    /// The sum, or the largest number.
    fn plus(self, other: Self) -> Self;

    /// The number `steps`, or the largest one.
    fn of(steps: usize) -> Self;

    /// As a wider number.
    fn wide(self) -> u32;
}

macro_rules! distances {
    ($($t:ty),*) => {$(
        impl Distance for $t {
            const MAX: Self = <$t>::MAX;
            #[inline(always)]
            fn plus(self, other: Self) -> Self {
                self.saturating_add(other)
            }
            #[inline(always)]
            fn of(steps: usize) -> Self {
                <$t>::try_from(steps).unwrap_or(<$t>::MAX)
            }
            #[inline(always)]
            fn wide(self) -> u32 {
                u32::from(self)
            }
        }
    )*};
}
distances!(u8, u16);

kernel! {
    /// Lowers each of `values` to one more than that of `neighbours`, if it is higher.
    pub fn one_more_at_most<D: Distance>(neighbours: &[D], values: &mut [D]) {
        let n = values.len();
        let neighbours = &neighbours[..n];
        for v in 0..n {
            values[v] = values[v].min(neighbours[v].plus(D::of(1)));
        }
    }
}

kernel! {
    /// The least of each value, and of those `step` before and behind it with `step` more.
    fn reach<D: Distance>(values: &[D], step: usize, reached: &mut [D]) {
        let n = reached.len();
        let more = D::of(step);
        let (before, here, behind) = (&values[..n], &values[step..step + n], &values[2 * step..2 * step + n]);
        for v in 0..n {
            reached[v] = here[v].min(before[v].plus(more)).min(behind[v].plus(more));
        }
    }
}

/// Steps to the nearer end of the run of inside voxels; 0 outside, and beyond the row.
///
/// A value reaches 1 voxel to either side at first, then 2 more, 4 more and so on: what is least
/// within 2ⁿ − 1 voxels needs n passes over the row, of many voxels at once.
pub fn along_row<D: Distance>(isa: Isa, inside: &[bool], distances: &mut [D], scratch: &mut Vec<D>) {
    let n = inside.len();
    // In the middle of the row an end is at most so far.
    let most = n.div_ceil(2);
    let pad = (most + 1).next_power_of_two();
    scratch.clear();
    scratch.resize(n + 2 * pad, D::default());
    for (to, &inside) in scratch[pad..pad + n].iter_mut().zip(inside) {
        *to = if inside { D::MAX } else { D::default() };
    }
    let (mut step, mut within) = (1, 0);
    while within < most {
        reach(isa, &scratch[pad - step..pad + n + step], step, distances);
        scratch[pad..pad + n].copy_from_slice(distances);
        within += step;
        step *= 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The definition: step left and right until outside.
    fn plain(inside: &[bool]) -> Vec<usize> {
        let is_out = |v: usize| inside.get(v).is_none_or(|inside| !inside);
        let steps = |v: usize| (0..).find(|&d| is_out(v.wrapping_sub(d)) || is_out(v + d)).unwrap_or(0);
        (0..inside.len()).map(steps).collect()
    }

    proptest! {
        #[test]
        fn steps_along_a_row(inside in prop::collection::vec(prop::bool::weighted(0.97), 1..150)) {
            let expected = plain(&inside);
            for isa in Isa::available() {
                let (mut narrow, mut wide) = (vec![0u8; inside.len()], vec![0u16; inside.len()]);
                along_row(isa, &inside, &mut narrow, &mut Vec::new());
                along_row(isa, &inside, &mut wide, &mut Vec::new());
                prop_assert!(narrow.iter().map(|&d| usize::from(d)).eq(expected.iter().copied()));
                prop_assert!(wide.iter().map(|&d| usize::from(d)).eq(expected.iter().copied()));
            }
        }
    }

    #[test]
    fn a_full_row_and_no_row() {
        let mut distances = vec![0u16; 1001];
        along_row(Isa::best(), &[true; 1001], &mut distances, &mut Vec::new());
        assert_eq!((distances[0], distances[500], distances[1000]), (1, 501, 1));
        along_row(Isa::best(), &[], &mut [0u8; 0], &mut Vec::new());
    }
}
