//! The intensities of a region, in the form that is the quickest to get statistics from.

use ndarray::{Array3, Axis};
use rayon::prelude::*;

use crate::kernels::{Isa, reduce};
use crate::roi::Roi;

/// Whole numbers are counted if they span at most this much.
const LARGEST_SPAN: f64 = 65_535.0;

/// The intensities in the intensity mask.
pub(crate) enum Sample {
    /// Whole numbers, as in CT: each that occurs, ascending, and how often.
    Counted(Vec<(f64, u64)>),
    /// Any numbers, in (z, y, x) order.
    Values(Vec<f64>),
}

impl Sample {
    pub fn new(isa: Isa, roi: &Roi) -> Self {
        let slices = Slices { values: &roi.intensities, mask: &roi.intensity };
        let ([low, high], is_whole) = slices.range(isa);
        if is_whole && high - low <= LARGEST_SPAN {
            Sample::Counted(slices.count(isa, low, (high - low) as usize + 1))
        } else {
            Sample::Values(roi.values())
        }
    }

    /// Lowest and highest intensity; not finite when there is none.
    pub fn range(&self) -> [f64; 2] {
        match self {
            Sample::Counted(counts) => [counts.first(), counts.last()].map(|c| c.map_or(f64::NAN, |c| c.0)),
            Sample::Values(values) => reduce::range(Isa::Scalar, values),
        }
    }
}

struct Slices<'a> {
    values: &'a Array3<f64>,
    mask: &'a Array3<bool>,
}

impl Slices<'_> {
    /// Calls `each` with slice `k` and its mask, as a whole if it is stored so, else by rows.
    fn of_slice(&self, k: usize, mut each: impl FnMut(&[f64], &[bool])) {
        let (values, mask) = (self.values.index_axis(Axis(0), k), self.mask.index_axis(Axis(0), k));
        if let (Some(x), Some(m)) = (values.as_slice(), mask.as_slice()) {
            return each(x, m);
        }
        for (x, m) in values.rows().into_iter().zip(mask.rows()) {
            each(&x.to_vec(), &m.to_vec());
        }
    }

    fn slices(&self) -> rayon::range::Iter<usize> {
        (0..self.values.len_of(Axis(0))).into_par_iter()
    }

    fn range(&self, isa: Isa) -> ([f64; 2], bool) {
        let empty = ([f64::INFINITY, f64::NEG_INFINITY], true);
        let both =
            |a: ([f64; 2], bool), b: ([f64; 2], bool)| ([a.0[0].min(b.0[0]), a.0[1].max(b.0[1])], a.1 && b.1);
        let of_slice = |k| {
            let mut range = empty;
            self.of_slice(k, |x, m| range = both(range, reduce::masked_range(isa, x, m)));
            range
        };
        self.slices().map(of_slice).reduce(|| empty, both)
    }

    /// How often each of the whole numbers from `low` on occurs, of those that do.
    fn count(&self, isa: Isa, low: f64, span: usize) -> Vec<(f64, u64)> {
        // Two tables in turn: neighbours are often equal, and would wait for the count just
        // written.
        let empty = || [vec![0u64; span], vec![0u64; span]];
        let counts = self.slices().fold(empty, |mut counts, k| {
            let mut places = Vec::new();
            self.of_slice(k, |x, m| {
                places.resize(x.len(), 0);
                reduce::places(isa, x, low, 1.0, &mut places);
                // Most voxels have neighbours that are inside or outside as well.
                for (places, mask) in places.chunks(8).zip(m.chunks(8)) {
                    if mask.iter().fold(false, |any, m| any | m) {
                        let inside = places.iter().zip(mask).enumerate().filter(|(_, (_, m))| **m);
                        inside.for_each(|(n, (&place, _))| counts[n % 2][place as usize] += 1);
                    }
                }
            });
            counts
        });
        let [even, odd] = counts.reduce(empty, |mut a, b| {
            a.iter_mut().flatten().zip(b.iter().flatten()).for_each(|(a, b)| *a += b);
            a
        });
        let all = even.into_iter().zip(odd).enumerate().map(|(i, (e, o))| (low + i as f64, e + o));
        all.filter(|(_, n)| *n > 0).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grid::{Grid, Window};
    use proptest::prelude::*;

    fn roi(values: Vec<f64>, mask: Vec<bool>) -> Roi {
        let shape = [2, 3, values.len() / 6];
        let mask = Array3::from_shape_vec(shape, mask).unwrap();
        Roi {
            grid: Grid::new(shape, [1.0; 3]).unwrap(),
            region: Window::whole(shape),
            morphological: mask.clone(),
            intensity: mask,
            intensities: Array3::from_shape_vec(shape, values).unwrap(),
        }
    }

    proptest! {
        #[test]
        fn counts_are_those_of_the_values(
            voxels in prop::collection::vec((-40..40i32, any::<bool>()), 6 * 19),
            fraction in prop_oneof![Just(0.0), Just(0.5)],
        ) {
            let values: Vec<f64> = voxels.iter().map(|v| f64::from(v.0) + fraction).collect();
            let roi = roi(values, voxels.iter().map(|v| v.1).collect());
            let mut plain = roi.values();
            prop_assume!(!plain.is_empty());
            for isa in Isa::available() {
                let found = match Sample::new(isa, &roi) {
                    Sample::Counted(counts) => {
                        prop_assert_eq!(fraction, 0.0);
                        counts.into_iter().flat_map(|(x, n)| std::iter::repeat_n(x, n as usize)).collect()
                    }
                    Sample::Values(values) => values,
                };
                if fraction == 0.0 {
                    plain.sort_by(f64::total_cmp);
                }
                prop_assert_eq!(&found, &plain);
            }
        }
    }

    #[test]
    fn whole_numbers_far_apart_are_not_counted() {
        let far = roi(vec![0.0, 1.0, 2.0, 3.0, 4.0, 1e9], vec![true; 6]);
        assert!(matches!(Sample::new(Isa::best(), &far), Sample::Values(values) if values.len() == 6));
        let near = roi(vec![7.0, 1.0, 7.0, 7.0, 7.0, 1e9], vec![true, true, true, true, true, false]);
        assert!(
            matches!(Sample::new(Isa::best(), &near), Sample::Counted(counts) if counts == [(1.0, 1), (7.0, 4)])
        );
    }
}
