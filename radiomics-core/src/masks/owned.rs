//! A mask that owns its voxels: what operations on masks give.

use ndarray::{Array3, ArrayView3};

use crate::error::Result;
use crate::volume::grid::Grid;
use crate::volume::image::{Mask, check_mask};
use crate::volume::voxels::{each_slice, volume};

/// A mask that owns its voxels: labels (z, y, x) from 0 (background) to 255, and where they lie.
/// [`MaskVolume::view`] is the [`Mask`] that everything else takes.
///
/// ```
/// use radiomics_core::masks::MaskVolume;
/// use radiomics_core::{Grid, ndarray::array};
///
/// # fn main() -> radiomics_core::Result<()> {
/// let grid = Grid::new([1, 2, 4], [3.0, 1.0, 1.0])?;
/// // · ■ ■ ·
/// // · ■ · 2
/// let mask = MaskVolume::new(grid, array![[[0, 1, 1, 0], [0, 1, 0, 2]]])?;
/// assert_eq!(mask.view().labels()?, [1, 2]);
/// let lesion = MaskVolume::of_label(&mask.view(), 2)?;
/// assert_eq!(lesion.voxels(), &array![[[0, 0, 0, 0], [0, 0, 0, 1]]]);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct MaskVolume {
    grid: Grid,
    voxels: Array3<u8>,
}

impl MaskVolume {
    /// A mask of labels (z, y, x).
    ///
    /// # Errors
    /// As [`Mask::new`].
    pub fn new(grid: Grid, voxels: Array3<u8>) -> Result<Self> {
        check_mask(&grid, voxels.dim().into())?;
        Ok(Self { grid, voxels })
    }

    /// The voxels of one label of a mask of any type, as label 1.
    ///
    /// # Errors
    /// [`Error::BackgroundLabel`](crate::Error::BackgroundLabel),
    /// [`Error::EmptyMask`](crate::Error::EmptyMask),
    /// [`Error::LabelNotPresent`](crate::Error::LabelNotPresent) or
    /// [`Error::FractionalMask`](crate::Error::FractionalMask).
    pub fn of_label(mask: &Mask, label: i64) -> Result<Self> {
        let window = mask.bounding(label)?;
        let inside = mask.select(label, &window);
        let mut voxels = volume(mask.grid().shape);
        let ([k, j, i], [ke, je, ie]) = (window.start, window.end());
        let part = voxels.slice_mut(ndarray::s![k..ke, j..je, i..ie]);
        each_slice(part, inside.view(), |to, inside| *to = u8::from(inside));
        Ok(Self { grid: mask.grid().clone(), voxels })
    }

    /// Where the voxels lie.
    pub fn grid(&self) -> &Grid {
        &self.grid
    }

    /// The labels (z, y, x).
    pub fn voxels(&self) -> &Array3<u8> {
        &self.voxels
    }

    /// This mask as the borrowed one that extraction takes.
    pub fn view(&self) -> Mask<'_> {
        let voxels: ArrayView3<u8> = self.voxels.view();
        Mask::of_checked(self.grid.clone(), voxels)
    }

    /// The grid and the labels by themselves.
    pub fn into_parts(self) -> (Grid, Array3<u8>) {
        (self.grid, self.voxels)
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;
    use crate::error::Error;

    #[test]
    fn a_label_of_any_type_becomes_one() {
        let grid = Grid::new([2, 1, 3], [1.0; 3]).unwrap();
        let labels = array![[[0.0, 300.0, 1.0]], [[300.0, 300.0, 0.0]]];
        let mask = Mask::new(grid.clone(), labels.view()).unwrap();
        let lesion = MaskVolume::of_label(&mask, 300).unwrap();
        assert_eq!(lesion.view().labels().unwrap(), [1]);
        assert_eq!(lesion.into_parts(), (grid, array![[[0, 1, 0]], [[1, 1, 0]]]));
    }

    #[test]
    fn what_is_no_mask_is_refused() {
        let grid = Grid::new([1, 1, 2], [1.0; 3]).unwrap();
        let shapes = MaskVolume::new(grid.clone(), array![[[1, 2, 3]]]).unwrap_err();
        let of = "mask".to_owned();
        assert_eq!(shapes, Error::VoxelsMismatch { of, grid: [1, 1, 2], voxels: [1, 1, 3] });
        let nowhere = Grid { spacing_mm: [0.0; 3], ..grid.clone() };
        assert!(matches!(MaskVolume::new(nowhere, array![[[1, 2]]]), Err(Error::InvalidSpacing { .. })));
        let mask = MaskVolume::new(grid, array![[[0, 2]]]).unwrap();
        let missing = MaskVolume::of_label(&mask.view(), 3).unwrap_err();
        assert_eq!(missing, Error::LabelNotPresent { label: 3, present: vec![2] });
    }
}
