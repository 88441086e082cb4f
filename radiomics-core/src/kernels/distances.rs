//! Steps to the edge of a region: for each voxel the least number of steps along the axes that lead
//! out of it (city-block distance).
//!
//! Such a distance is exact axis by axis, in any order. What is known of a voxel by itself is 0
//! outside and "far" inside; then every axis lowers values to those beside them and one more:
//!
//! ```text
//! region       by itself     across rows     along rows
//! · ■ ■ ■ ·    0 ∞ ∞ ∞ 0     0 1 1 1 0       0 1 1 1 0
//! · ■ ■ ■ ·    0 ∞ ∞ ∞ 0     0 2 2 2 0       0 1 2 1 0
//! · ■ ■ ■ ·    0 ∞ ∞ ∞ 0     0 1 1 1 0       0 1 1 1 0
//! ```
//!
//! Across rows (and across slices, which are rows of a larger kind) a sweep forwards and one
//! backwards are enough, and whole rows are lowered at once: `here = min(here, before + 1)`
//! ([`across_rows`]). Along a row the same sweeps would go voxel by voxel, each waiting for the one
//! before. So that axis comes last and is done by doubling steps ([`along_rows`]): a value reaches 1
//! voxel to either side, then 2 more, then 4 more, and after n passes over all voxels at once it has
//! reached 2ⁿ − 1. As many passes are made as the highest value that is left needs, mostly two or
//! three, because no voxel is lowered from farther than it is high. Rows lie end to end with outside
//! between them, over which no way is shorter, so a slice is one row to this.
//!
//! Values are in the narrowest type that holds them, a byte in all but huge regions: then a
//! register holds 32 or 64 of them, which is what makes several passes cheaper than two sweeps.

use super::{Isa, kernel};

/// A number of steps.
pub trait Distance: super::pages::Zero + Copy + Default + Ord + Send + Sync {
    /// The largest number of steps, which stands for all larger ones.
    const MAX: Self;

    /// The sum of two numbers of steps, or the largest number if that is less.
    fn plus(self, other: Self) -> Self;

    /// The number `steps`, or the largest number if that is less.
    fn of(steps: usize) -> Self;

    /// The number of steps in 32 bits.
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
    /// Lowers each value to one more than that beside it in the row before, row by row, and then to
    /// one more than that in the row behind, the other way. Rows are of `row` values.
    pub fn across_rows<D: Distance>(values: &mut [D], row: usize) {
        let lower = |values: &mut [D], neighbours: &[D]| {
            for (value, neighbour) in values.iter_mut().zip(neighbours) {
                *value = (*value).min(neighbour.plus(D::of(1)));
            }
        };
        let rows = values.len() / row.max(1);
        assert_eq!(rows * row, values.len(), "values in whole rows of {row}");
        for n in 1..rows {
            let (before, values) = values.split_at_mut(n * row);
            lower(&mut values[..row], &before[(n - 1) * row..]);
        }
        for n in (1..rows).rev() {
            let (values, behind) = values.split_at_mut(n * row);
            lower(&mut values[(n - 1) * row..], &behind[..row]);
        }
    }
}

kernel! {
    /// The least of each value and of those `step` places before and behind it, with `step` added to these.
    fn reach<D: Distance>(values: &[D], step: usize, reached: &mut [D]) {
        let n = reached.len();
        let more = D::of(step);
        let (before, here, behind) = (&values[..n], &values[step..step + n], &values[2 * step..2 * step + n]);
        for v in 0..n {
            reached[v] = here[v].min(before[v].plus(more)).min(behind[v].plus(more));
        }
    }
}

kernel! {
    fn highest<D: Distance>(values: &[D]) -> D {
        values.iter().fold(D::default(), |highest, &value| highest.max(value))
    }
}

/// Lowers each value to the least of any value of its row and the steps to there. Rows of `nx`
/// values have a 0 before and behind them, from which no way to another row is shorter: so all
/// are done as one.
///
/// A value reaches 1 voxel to either side at first, then 2 more, 4 more and so on: what is least
/// within 2ⁿ − 1 voxels needs n passes, of many voxels at once.
pub fn along_rows<D: Distance>(isa: Isa, values: &mut [D], nx: usize, scratch: &mut [Vec<D>; 2]) {
    let n = values.len();
    // In the middle of a row an end is so far, and no value is lowered from farther than it is high.
    let most = nx.div_ceil(2).min((highest(isa, values).wide() as usize).saturating_sub(1));
    let pad = (most + 1).next_power_of_two();
    for scratch in &mut *scratch {
        scratch.clear();
        scratch.resize(n + 2 * pad, D::default());
    }
    scratch[0][pad..pad + n].copy_from_slice(values);
    let (mut step, mut within) = (1, 0);
    while within < most {
        let [from, to] = scratch;
        reach(isa, &from[pad - step..pad + n + step], step, &mut to[pad..pad + n]);
        scratch.swap(0, 1);
        within += step;
        step *= 2;
    }
    values.copy_from_slice(&scratch[0][pad..pad + n]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The steps by their definition: looks left and right until the end of the row.
    fn plain(row: &[u8]) -> Vec<usize> {
        let at = |v: usize| row.get(v).map_or(0, |&d| usize::from(d));
        let least =
            |v: usize| (0..=row.len()).map(|d| d + at(v.wrapping_sub(d)).min(at(v + d))).min().unwrap_or(0);
        (0..row.len()).map(least).collect()
    }

    proptest! {
        #[test]
        fn steps_along_rows(
            rows in prop::collection::vec(prop::collection::vec(prop_oneof![30 => 0..=255u8, 1 => Just(0u8)], 70), 1..5),
            nx in 1..70usize,
        ) {
            let expected: Vec<usize> = rows.iter().flat_map(|row| [vec![0], plain(&row[..nx])].concat()).collect();
            let values: Vec<u8> = rows.iter().flat_map(|row| [&[0], &row[..nx]].concat()).collect();
            for isa in Isa::available() {
                let (mut narrow, mut wide) = (values.clone(), values.iter().map(|&d| u16::from(d)).collect::<Vec<_>>());
                along_rows(isa, &mut narrow, nx, &mut Default::default());
                along_rows(isa, &mut wide, nx, &mut Default::default());
                prop_assert!(narrow.iter().map(|&d| usize::from(d)).eq(expected.iter().copied()));
                prop_assert!(wide.iter().map(|&d| usize::from(d)).eq(expected.iter().copied()));
            }
        }

        #[test]
        fn steps_across_rows(inside in prop::collection::vec(prop::bool::weighted(0.9), 3 * 40)) {
            // Rows of 3, of which the first and the last are outside.
            let row = 3;
            let mut values: Vec<u16> = inside.iter().map(|&inside| if inside { u16::MAX } else { 0 }).collect();
            let last = values.len() - row;
            values[..row].fill(0);
            values[last..].fill(0);
            let nearest = |v: usize| (0..values.len()).filter(|&u| u % row == v % row && values[u] == 0).map(|u| u.abs_diff(v) / row).min();
            let expected: Vec<usize> = (0..values.len()).filter_map(nearest).collect();
            for isa in Isa::available() {
                let mut steps = values.clone();
                across_rows(isa, &mut steps, row);
                prop_assert!(steps.iter().map(|&d| usize::from(d)).eq(expected.iter().copied()));
            }
        }
    }

    #[test]
    fn a_full_row_and_no_row() {
        let mut values = [vec![0], vec![u16::MAX; 1001], vec![0]].concat();
        along_rows(Isa::best(), &mut values, 1001, &mut Default::default());
        assert_eq!((values[1], values[501], values[1001]), (1, 501, 1));
        along_rows(Isa::best(), &mut [0u8; 0], 0, &mut Default::default());
        across_rows(Isa::best(), &mut [0u8; 0], 0);
    }
}
