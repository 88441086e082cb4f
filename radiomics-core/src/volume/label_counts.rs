//! Which labels a mask has, and how much of each.

use std::collections::BTreeMap;

use crate::error::Result;
use crate::volume::grid::Window;
use crate::volume::image::Mask;
use crate::volume::label_boxes;
use crate::volume::voxels::with_voxels;

/// A label of a mask.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct LabelCount {
    /// The label, which is not 0.
    pub label: i64,
    /// Number of voxels.
    pub voxels: usize,
    /// The smallest box that holds them.
    pub window: Window,
}

impl Mask<'_> {
    /// The labels in the mask, ascending, without the background: how many voxels each has, and where.
    ///
    /// ```
    /// use radiomics_core::{Grid, Mask, ndarray::array};
    ///
    /// # fn main() -> radiomics_core::Result<()> {
    /// let labels = array![[[0_u8, 7, 7], [2, 0, 7]]];
    /// let counts = Mask::new(Grid::new([1, 2, 3], [1.0; 3])?, labels.view())?.label_counts()?;
    /// assert_eq!([counts[0].label, counts[1].label], [2, 7]);
    /// assert_eq!((counts[1].voxels, counts[1].window.start), (3, [0, 0, 1]));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`labels`](Self::labels).
    pub fn label_counts(&self) -> Result<Vec<LabelCount>> {
        let labels = self.labels()?;
        let mut counts: BTreeMap<i64, usize> = BTreeMap::new();
        with_voxels!(self.voxels(), v => label_boxes::each_label(v, |label, run| {
            *counts.entry(label).or_default() += run;
        }));
        let boxes = self.boxes(&labels);
        assert_eq!(boxes.len(), labels.len(), "a box for each label");
        let counted = labels.into_iter().zip(boxes).map(|(label, window)| LabelCount {
            label,
            voxels: counts[&label],
            window: window.expect("a label of the mask has a box"),
        });
        Ok(counted.collect())
    }
}

#[cfg(test)]
mod tests {
    use ndarray::Array3;

    use super::*;
    use crate::error::Error;
    use crate::volume::grid::Grid;

    /// As 64-bit floats the first two would be one.
    #[test]
    fn large_labels_are_told_apart() {
        const FAR: i64 = 1 << 53;
        let voxels = ndarray::array![[[FAR, FAR + 1, FAR + 1, 0, i64::MAX, i64::MIN]]];
        let grid = || Grid::new([1, 1, 6], [1.0; 3]).unwrap();
        let counts = Mask::new(grid(), voxels.view()).unwrap().label_counts().unwrap();
        let found: Vec<_> = counts.iter().map(|count| (count.label, count.voxels)).collect();
        assert_eq!(found, [(i64::MIN, 1), (FAR, 1), (FAR + 1, 2), (i64::MAX, 1)]);
        let unsigned = voxels.mapv(|x| x as u64);
        let error = Mask::new(grid(), unsigned.view()).unwrap().label_counts().unwrap_err();
        assert!(matches!(error, Error::FractionalMask { index: [0, 0, 5], .. }), "{error}");
        let floats = ndarray::array![[[0.0, 1e300, 0.0, 0.0, 0.0, 0.0]]];
        let mask = Mask::new(grid(), floats.view()).unwrap();
        assert!(matches!(mask.labels(), Err(Error::FractionalMask { index: [0, 0, 1], .. })));
        assert!(mask.bounding(i64::MAX).unwrap_err().to_string().contains("1e300"));
    }

    #[test]
    fn counts_are_those_of_each_label_by_itself() {
        let voxels = Array3::from_shape_fn((3, 4, 5), |(k, j, i)| ((k * j + i) % 4) as i16 - 1);
        let mask = Mask::new(Grid::new([3, 4, 5], [1.0; 3]).unwrap(), voxels.view()).unwrap();
        let counts = mask.label_counts().unwrap();
        assert_eq!(counts.iter().map(|count| count.label).collect::<Vec<_>>(), [-1, 1, 2]);
        for count in counts {
            let voxels = voxels.iter().filter(|&&v| i64::from(v) == count.label).count();
            assert_eq!((count.voxels, Ok(count.window)), (voxels, mask.bounding(count.label)));
        }
    }
}
