//! The image on the grid of the region.

use ndarray::Array3;

use super::normalise::ZScore;
use super::resample::{Resampling, resampled_grid};
use crate::error::{Error, Result};
use crate::filters::About;
use crate::kernels::{Isa, splines};
use crate::settings::{Rounding, Settings};
use crate::volume::grid::{Grid, Window};
use crate::volume::image::Image;
use crate::volume::intensities::Intensities;
use crate::volume::voxels::{NotFinite, VoxelKind, Voxels};

/// The image on the grid of the region, of which boxes are computed as they are needed.
pub(super) struct Frame<'i, 'v> {
    pub image: &'i Image<'v>,
    pub z_score: Option<ZScore>,
    pub grid: Grid,
    pub resampling: Option<Resampling>,
    rounding: Rounding,
    isa: Isa,
}

impl<'i, 'v> Frame<'i, 'v> {
    pub fn new(
        image: &'i Image<'v>,
        z_score: Option<ZScore>,
        bounds: &Window,
        settings: &Settings,
        isa: Isa,
    ) -> Result<Self> {
        let rounding = settings.intensity_rounding;
        let Some(spacing) = wanted_spacing(image, bounds, settings) else {
            return Ok(Self { image, z_score, grid: image.grid().clone(), resampling: None, rounding, isa });
        };
        let alignment = settings.grid_alignment;
        let grid = resampled_grid(image.grid(), spacing, alignment)?;
        let resampling = Resampling::new(image.grid(), &grid, settings.image_interpolation, alignment);
        Ok(Self { image, z_score, grid, resampling: Some(resampling), rounding, isa })
    }

    /// What filters must know of the image.
    pub fn about(&self) -> About {
        let keeps_type = self.resampling.is_none() || self.rounding == Rounding::VoxelType;
        let kind = match keeps_type && self.z_score.is_none() {
            true => self.image.voxels().kind(),
            false => VoxelKind::Double,
        };
        About { spacing_mm: self.grid.spacing_mm, kind }
    }

    /// Intensities of a box of the grid, in the narrowest type that holds them.
    pub fn narrow(&self, window: &Window) -> Intensities {
        match (&self.resampling, self.z_score) {
            (None, None) => Intensities::crop(self.isa, self.image.voxels(), window),
            _ => self.intensities(window).into(),
        }
    }

    /// Intensities of a box of the grid, as 64-bit floats.
    pub fn intensities(&self, window: &Window) -> Array3<f64> {
        let Some(resampling) = &self.resampling else { return self.source(window) };
        let mut intensities = resampling.apply_by_slice(window, |slice, to| {
            self.image.voxels().read(slice, to);
            if let Some(z_score) = self.z_score {
                to.iter_mut().for_each(|x| *x = z_score.apply(*x));
            }
        });
        round(self.rounding, self.image.voxels(), self.z_score.is_some(), self.isa, &mut intensities);
        intensities
    }

    /// Intensities of a box of the image, before interpolation.
    fn source(&self, window: &Window) -> Array3<f64> {
        let mut intensities = self.image.voxels().crop(window);
        if let Some(z_score) = self.z_score {
            intensities.mapv_inplace(|x| z_score.apply(x));
        }
        intensities
    }

    /// Who is to blame for intensities of the region that are no numbers and that a step made of the box
    /// `window`: voxels of the image that it read, or else the step itself, which `remedy` mends.
    pub fn blame(&self, step: String, window: &Window, found: NotFinite, remedy: &'static str) -> Error {
        let read = self.resampling.as_ref().map_or(*window, |resampling| resampling.reads(window));
        match self.image.voxels().not_finite(self.isa, &read) {
            Some(NotFinite { count, index, value }) => {
                Error::NonFiniteSurroundings { step, count, index, value }
            }
            None => Error::NonFiniteResult { step, count: found.count, index: found.index, remedy },
        }
    }
}

/// Rounds interpolated intensities of an image, which may have become z-scores.
pub(super) fn round(
    rounding: Rounding,
    voxels: &Voxels,
    is_z_score: bool,
    isa: Isa,
    intensities: &mut Array3<f64>,
) {
    let values = intensities.as_slice_memory_order_mut().expect("intensities in one piece");
    match rounding {
        Rounding::None => {}
        Rounding::Nearest => splines::round(isa, values),
        // z-scores have no voxel type to be kept in.
        Rounding::VoxelType if is_z_score => {}
        Rounding::VoxelType => voxels.truncate(isa, values),
    }
}

/// The spacing to interpolate to, `None` on axes that stay as they are; `None` as a whole if all axes do.
pub(super) fn wanted_spacing(
    image: &Image,
    bounds: &Window,
    settings: &Settings,
) -> Option<[Option<f64>; 3]> {
    let spacing_mm = settings.resample_spacing_mm?;
    let single = |a: usize| settings.keep_single_slices && bounds.shape[a] == 1;
    let changed = |a: usize| spacing_mm[a].filter(|&s| !single(a) && s != image.grid().spacing_mm[a]);
    Some(std::array::from_fn(changed)).filter(|spacing| spacing.iter().any(Option::is_some))
}
