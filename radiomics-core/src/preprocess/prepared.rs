//! The steps from image and mask to the region of interest, in their order.

use super::drawn::{check_size, drawn, interpolated, morphological_mask};
use super::frame::Frame;
use super::known::Known;
use super::resegment::resegment;
use crate::error::Result;
use crate::kernels::Isa;
use crate::region::roi::{Roi, count};
use crate::settings::Settings;
use crate::volume::grid::Window;
use crate::volume::image::{Image, Mask};
use crate::volume::intensities::Intensities;
use crate::volume::voxels::not_finite;
use crate::work::{self, Held};

/// What to do about intensities of which a step makes infinities.
const TOO_LARGE: &str = "divide its intensities by a power of ten";

/// Memory of a voxel of a region's box: intensities, as they are interpolated and as they stay, and masks.
pub(crate) const BYTES_OF_VOXEL: u64 = 8 + 8 + 3;

/// Normalises, interpolates, rounds, thresholds the mask and resegments, in this order (IBSI 1,
/// "Image processing", Figure 2), and crops to the region and `margin_mm` round it.
///
/// # Errors
/// Whatever is wrong with image, mask, label or settings; see [`Error`](crate::Error).
pub fn prepare(
    image: &Image,
    mask: &Mask,
    label: i64,
    settings: &Settings,
    margin_mm: f64,
    isa: Isa,
) -> Result<Roi> {
    Ok(Prepared::new(image, mask, label, settings, margin_mm, isa, Known::default())?.roi)
}

/// A region, and the image from which filters compute more intensities for it.
pub(crate) struct Prepared<'i, 'v> {
    /// The region, with the intensities of the image as it is.
    pub roi: Roi,
    pub(super) frame: Frame<'i, 'v>,
    /// The box of the region in the frame.
    pub(super) window: Window,
    /// The box of the image that filters may see.
    pub(super) visible: Window,
    /// The region before anything is done to it.
    pub labelled: Labelled,
    _held: Held,
}

/// A region before anything is done to it.
#[derive(Clone, Copy)]
pub(crate) struct Labelled {
    /// Box of the region in the mask.
    pub bounds: Window,
    /// Number of voxels of the region in the mask.
    pub voxels: usize,
    /// Volume of a voxel of the mask in mm³.
    pub voxel_mm3: f64,
    /// Whether the region is interpolated afterwards.
    pub is_interpolated: bool,
}

impl<'i, 'v> Prepared<'i, 'v> {
    /// Prepares a region as [`prepare`] does; what is `known` of other regions of a job changes nothing
    /// but the time.
    pub fn new(
        image: &'i Image<'v>,
        mask: &Mask,
        label: i64,
        settings: &Settings,
        margin_mm: f64,
        isa: Isa,
        mut known: Known,
    ) -> Result<Self> {
        settings.validate()?;
        image.grid().check_same(mask.grid(), settings.geometry_tolerance)?;
        let (bounds, labelled) = known.labelled(mask, label)?;
        image.voxels().check_finite(isa, &bounds, &labelled)?;

        let voxels = count(&labelled);
        let frame = Frame::new(image, known.z_score(image, settings, isa)?, &bounds, settings, isa)?;
        let drawn = match frame.resampling {
            None => drawn(&frame, labelled, bounds, settings, margin_mm),
            Some(_) => known.interpolated(image.grid(), || {
                interpolated(&frame, mask, label, bounds, settings, margin_mm)
            })?,
        };
        let bytes = drawn.window.voxels() * BYTES_OF_VOXEL;
        let remedy = match frame.resampling {
            Some(_) => "choose a larger `resample_spacing_mm`",
            None => "crop the image and the mask to a smaller region",
        };
        let held = work::hold(bytes, "the region on the grid in use", remedy);
        let intensities = frame.narrow(&drawn.window);
        // Voxels of the image as it is were checked above. Integers are finite, and so is what is
        // interpolated between them.
        let is_checked = frame.resampling.is_none() || image.voxels().is_integer();
        if let Intensities::F64(intensities) = &intensities
            && (frame.z_score.is_some() || !is_checked)
            && let Some(found) = not_finite(isa, intensities.view(), &drawn.mask, drawn.window.start)
        {
            let step = if frame.resampling.is_some() { "interpolation" } else { "`normalise`" };
            return Err(frame.blame(step.to_owned(), &drawn.window, found, TOO_LARGE));
        }

        let resegmented = resegment(&intensities, &drawn.mask, settings, isa);
        check_size(resegmented.as_ref().unwrap_or(&drawn.mask), "resegmentation")?;
        let grid = frame.grid.window(&drawn.window);
        let (morphological, region) = match &resegmented {
            Some(intensity) => morphological_mask(drawn.mask, drawn.region, intensity, settings),
            None => (drawn.mask, drawn.region),
        };
        let roi = Roi { grid, intensities, morphological, resegmented, region };
        let labelled = Labelled {
            bounds,
            voxels,
            voxel_mm3: image.grid().voxel_volume_mm3(),
            is_interpolated: frame.resampling.is_some(),
        };
        Ok(Self { roi, frame, window: drawn.window, visible: drawn.visible, labelled, _held: held })
    }
}
