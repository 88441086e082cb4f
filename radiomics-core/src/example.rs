//! The digital phantom of IBSI 1, small enough to carry along.

use ndarray::ArrayView3;

use crate::volume::grid::{Grid, IDENTITY};
use crate::volume::image::{Image, Mask};

/// Intensities (z, y, x): four slices of four rows of five voxels. From "Image Biomarker
/// Standardisation Initiative: digital phantom", A. Zwanenburg, CC BY 4.0.
#[rustfmt::skip]
const INTENSITIES: [i16; 80] = [
    1, 4, 4, 1, 1,
    1, 4, 6, 1, 1,
    4, 1, 6, 4, 1,
    4, 4, 6, 4, 1,

    1, 4, 4, 1, 1,
    1, 1, 6, 1, 1,
    1, 1, 3, 1, 1,
    4, 4, 6, 1, 1,

    1, 4, 4, 1, 1,
    1, 1, 1, 1, 1,
    1, 1, 9, 1, 1,
    1, 1, 6, 1, 1,

    1, 4, 4, 1, 1,
    1, 1, 1, 1, 1,
    1, 1, 1, 1, 1,
    1, 1, 6, 1, 1,
];

/// The mask of 74 voxels, with a hole inside and gaps at the border.
#[rustfmt::skip]
const MASK: [u8; 80] = [
    1, 1, 1, 1, 1,
    1, 1, 1, 1, 1,
    1, 1, 1, 1, 1,
    1, 1, 1, 1, 1,

    1, 1, 1, 1, 1,
    1, 1, 1, 1, 1,
    0, 1, 1, 1, 1,
    1, 1, 1, 1, 1,

    1, 1, 1, 0, 0,
    1, 1, 1, 1, 1,
    1, 1, 0, 1, 1,
    1, 1, 1, 1, 1,

    1, 1, 1, 0, 0,
    1, 1, 1, 1, 1,
    1, 1, 1, 1, 1,
    1, 1, 1, 1, 1,
];

/// The digital phantom of IBSI 1: 4 × 4 × 5 voxels (z, y, x) of 2 mm, of which 74 are the region.
#[derive(Clone, Debug)]
pub struct DigitalPhantom {
    grid: Grid,
}

impl DigitalPhantom {
    /// The digital phantom, whose voxels are part of the library.
    pub fn new() -> Self {
        Self {
            grid: Grid { shape: [4, 4, 5], spacing_mm: [2.0; 3], origin_mm: [0.0; 3], direction: IDENTITY },
        }
    }

    /// The phantom's intensities, whole numbers of 16 bits.
    pub fn image(&self) -> Image<'static> {
        Image::of_checked(self.grid.clone(), view(&INTENSITIES))
    }

    /// The phantom's mask, whose region has label 1.
    pub fn mask(&self) -> Mask<'static> {
        Mask::of_checked(self.grid.clone(), view(&MASK))
    }
}

impl Default for DigitalPhantom {
    fn default() -> Self {
        Self::new()
    }
}

fn view<T>(voxels: &'static [T; 80]) -> ArrayView3<'static, T> {
    ArrayView3::from_shape((4, 4, 5), voxels.as_slice()).expect("80 voxels are 4 × 4 × 5")
}
