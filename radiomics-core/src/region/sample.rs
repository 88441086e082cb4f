//! The intensities of a region, in the form that is the quickest to get statistics from.

use ndarray::{Array3, Axis};

use crate::kernels::counters::Counters;
use crate::kernels::{Isa, reduce};
use crate::region::roi::Roi;
use crate::volume::intensities::{Intensity, with_intensities};
use crate::work::loops;

/// Whole numbers are counted if they span at most this much.
const LARGEST_SPAN: f64 = 65_535.0;

/// Voxels that are looked at together.
const STRIP: usize = 512;

/// The intensities in the intensity mask.
#[derive(Clone, Debug)]
pub(crate) enum Sample {
    /// Whole numbers, as in CT: each that occurs, ascending, and how often.
    Counted(Vec<(f64, u64)>),
    /// Any numbers, in (z, y, x) order.
    Values(Vec<f64>),
}

impl Sample {
    pub fn new(isa: Isa, roi: &Roi) -> Self {
        let counts = with_intensities!(&roi.intensities, values => Slices { values, mask: roi.intensity() }.count(isa));
        match counts {
            Some(counts) => Sample::Counted(counts),
            None => Sample::Values(roi.values()),
        }
    }

    /// Lowest and highest intensity; not finite when there is none.
    pub fn range(&self, isa: Isa) -> [f64; 2] {
        match self {
            Sample::Counted(counts) => [counts.first(), counts.last()].map(|c| c.map_or(f64::NAN, |c| c.0)),
            Sample::Values(values) => reduce::range(isa, values),
        }
    }

    /// Number of voxels in the sample.
    pub fn n(&self) -> usize {
        match self {
            Sample::Counted(counts) => counts.iter().map(|c| c.1).sum::<u64>() as usize,
            Sample::Values(values) => values.len(),
        }
    }
}

struct Slices<'a, T> {
    values: &'a Array3<T>,
    mask: &'a Array3<bool>,
}

impl<T: Intensity> Slices<'_, T> {
    /// Calls `each` with slice `k` and its mask, as a whole if it is stored so, else by rows.
    fn of_slice(&self, k: usize, mut each: impl FnMut(&[T], &[bool])) {
        let (values, mask) = (self.values.index_axis(Axis(0), k), self.mask.index_axis(Axis(0), k));
        if let (Some(x), Some(m)) = (values.as_slice(), mask.as_slice()) {
            return each(x, m);
        }
        for (x, m) in values.rows().into_iter().zip(mask.rows()) {
            each(&x.to_vec(), &m.to_vec());
        }
    }

    /// How often each whole number occurs, of those that do; `None` if others occur as well, or they
    /// are too far apart.
    fn count(&self, isa: Isa) -> Option<Vec<(f64, u64)>> {
        assert_eq!(self.values.dim(), self.mask.dim(), "intensities and their mask");
        let slices = 0..self.values.len_of(Axis(0));
        // Each slice is counted while it is in the cache for having looked for its range.
        let counted = loops::folded(
            slices,
            1,
            || Some(Counts::default()),
            |counts, k| {
                self.of_slice(k, |x, m| {
                    if let Some(all) = counts
                        && !all.add(isa, x, m)
                    {
                        *counts = None;
                    }
                });
            },
        );
        let counts = counted.into_iter().try_fold(Counts::default(), |a, b| a.merged(b?))?;
        Some(counts.into_list())
    }
}

/// How often whole numbers from `low` on occur.
struct Counts {
    low: f64,
    table: Counters,
}

impl Default for Counts {
    fn default() -> Self {
        Self { low: 0.0, table: Counters::new(0) }
    }
}

impl Counts {
    /// The highest number that there is room for, if there is room for any. All of them are apart from
    /// the lowest by what a float tells exactly, however large they are themselves.
    fn high(&self) -> f64 {
        self.low + (self.table.len() as f64 - 1.0)
    }

    /// Counts the values of a mask; false if they cannot be counted.
    fn add<T: Intensity>(&mut self, isa: Isa, values: &[T], mask: &[bool]) -> bool {
        let ([low, high], is_whole) = T::masked_range(isa, values, mask);
        if low > high {
            return is_whole;
        }
        if !is_whole || !self.cover(low, high) {
            return false;
        }
        let (mut places, mut outside) = ([0; STRIP], 0);
        for (values, mask) in values.chunks(STRIP).zip(mask.chunks(STRIP)) {
            let inside = mask.iter().map(|&m| usize::from(m)).sum::<usize>();
            if inside > 0 {
                let places = &mut places[..values.len()];
                T::masked_places(isa, values, mask, self.low, low, places);
                self.table.add(isa, places);
                outside += places.len() - inside;
            }
        }
        // What is outside of the mask was counted as `low`.
        self.table.remove((low - self.low) as usize, outside);
        true
    }

    /// Makes room for the numbers from `low` to `high`; false if there would be too many.
    fn cover(&mut self, low: f64, high: f64) -> bool {
        if self.table.len() == 0 {
            let fits = high - low <= LARGEST_SPAN;
            if fits {
                (self.low, self.table) = (low, Counters::new((high - low) as usize + 1));
            }
            return fits;
        }
        let (low, high) = (self.low.min(low), self.high().max(high));
        if high - low > LARGEST_SPAN {
            return false;
        }
        self.table.grow((self.low - low) as usize, (high - self.high()) as usize);
        self.low = low;
        true
    }

    fn merged(mut self, other: Self) -> Option<Self> {
        if self.table.len() == 0 || other.table.len() == 0 {
            return Some(if self.table.len() == 0 { other } else { self });
        }
        let fits = self.cover(other.low, other.high());
        fits.then(|| {
            self.table.merge((other.low - self.low) as usize, other.table);
            self
        })
    }

    fn into_list(self) -> Vec<(f64, u64)> {
        let low = self.low;
        let all = self.table.sums().into_iter().enumerate().map(|(i, n)| (low + i as f64, u64::from(n)));
        all.filter(|(_, n)| *n > 0).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::volume::grid::{Grid, Window};
    use proptest::prelude::*;

    fn roi(values: Vec<f64>, mask: Vec<bool>) -> Roi {
        let shape = [2, 3, values.len() / 6];
        let mask = Array3::from_shape_vec(shape, mask).unwrap();
        Roi {
            grid: Grid::new(shape, [1.0; 3]).unwrap(),
            region: Window::whole(shape),
            morphological: mask.clone(),
            resegmented: Some(mask),
            intensities: Array3::from_shape_vec(shape, values).unwrap().into(),
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
                let sampled = match Sample::new(isa, &roi) {
                    Sample::Counted(counts) => {
                        prop_assert_eq!(fraction, 0.0);
                        counts.into_iter().flat_map(|(x, n)| std::iter::repeat_n(x, n as usize)).collect()
                    }
                    Sample::Values(values) => values,
                };
                if fraction == 0.0 {
                    plain.sort_by(f64::total_cmp);
                }
                prop_assert_eq!(&sampled, &plain);
            }
        }
    }

    #[test]
    fn numbers_of_any_size_are_counted() {
        let limit = 2f64.powi(53);
        for x in [limit, limit + 2.0, 1e16, 1.8e16, -1e17, 1e300, f64::MAX, -f64::MAX] {
            let next = if x > 0.0 { x.next_down() } else { x.next_up() };
            let both = roi(vec![x, x, next, x, x, x], vec![true; 6]);
            for isa in Isa::available() {
                let values = match Sample::new(isa, &both) {
                    Sample::Counted(counts) => {
                        counts.into_iter().flat_map(|(x, n)| std::iter::repeat_n(x, n as usize)).collect()
                    }
                    Sample::Values(values) => values,
                };
                let count = |wanted: f64| values.iter().filter(|&&found| found == wanted).count();
                assert_eq!([values.len(), count(x), count(next)], [6, 5, 1], "{x} with {}", isa.name());
            }
            // A slice that holds one voxel, beside one that holds another number.
            let apart =
                roi(vec![x, 0.0, 0.0, 0.0, 0.0, x], [true, false, false, false, false, true].to_vec());
            let counted = Sample::new(Isa::best(), &apart);
            assert!(matches!(counted, Sample::Counted(counts) if counts == [(x, 2)]), "{x}");
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
