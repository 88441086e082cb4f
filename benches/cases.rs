//! Images and masks to time, the same on every machine.

use radiomics_core::ndarray::Array3;
use radiomics_core::{Grid, Image, Mask, Result};

/// An image and a mask that own their voxels.
#[derive(Clone, Debug)]
pub struct Case {
    /// Name of the case, for the report.
    pub name: &'static str,
    grid: Grid,
    intensities: Array3<i16>,
    labels: Array3<u8>,
}

impl Case {
    /// The image of the case.
    ///
    /// # Errors
    /// None: the shapes agree.
    pub fn image(&self) -> Result<Image<'_>> {
        Image::new(self.grid.clone(), self.intensities.view())
    }

    /// The mask of the case, whose region has label 1.
    ///
    /// # Errors
    /// None: the shapes agree.
    pub fn mask(&self) -> Result<Mask<'_>> {
        Mask::new(self.grid.clone(), self.labels.view())
    }
}

/// A region of 26 × 100 × 100 voxels (z, y, x), every one of them labelled, in an image that is
/// 10 voxels larger on each side: smooth structure with noise on it, in the range of soft
/// tissue on CT, so that neither the branches nor the counters of a kernel see a pattern.
///
/// # Errors
/// None: the geometry is valid.
pub fn soft_tissue() -> Result<Case> {
    soft_tissue_of("soft_tissue_100x100x26", [26, 100, 100])
}

/// A region of 16 × 32 × 32 voxels (z, y, x), else as [`soft_tissue`], to count instructions by.
///
/// # Errors
/// None: the geometry is valid.
pub fn small_region() -> Result<Case> {
    soft_tissue_of("soft_tissue_32x32x16", [16, 32, 32])
}

/// A region of so many voxels (z, y, x), else as [`soft_tissue`].
///
/// # Errors
/// None: the geometry is valid for every region.
pub fn soft_tissue_of(name: &'static str, region: [usize; 3]) -> Result<Case> {
    const MARGIN: usize = 10;
    let shape = region.map(|n| n + 2 * MARGIN);
    let mut noise = Noise(1);
    let intensities = Array3::from_shape_fn(shape, |(z, y, x)| {
        let [z, y, x] = [z, y, x].map(|v| v as f64);
        let smooth = 60.0 * (x / 17.0).sin() * (y / 13.0).cos() + 30.0 * (z / 5.0).sin();
        (40.0 + smooth + 50.0 * noise.next()) as i16
    });
    let inside = |v: usize, n: usize| (MARGIN..MARGIN + n).contains(&v);
    let labels = Array3::from_shape_fn(shape, |(z, y, x)| {
        u8::from(inside(z, region[0]) && inside(y, region[1]) && inside(x, region[2]))
    });
    let grid = Grid::new(shape, [3.0, 1.0, 1.0])?;
    Ok(Case { name, grid, intensities, labels })
}

/// Numbers about evenly spread over −1 … 1, by SplitMix64: the instructions written down are those of
/// cases made with it.
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) as i64 as f64 / i64::MAX as f64
    }
}
