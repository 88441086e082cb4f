//! From image and mask to the region of interest. The order of the steps is fixed here.

mod discretise;
mod resample;
mod resegment;

use ndarray::Array3;

pub(crate) use discretise::Bins;
pub use discretise::discretise;
pub use resample::{Resampling, resampled_grid};

use crate::error::{Error, Result};
use crate::grid::Window;
use crate::image::{Image, Mask, check_finite};
use crate::kernels::Isa;
use crate::roi::Roi;
use crate::settings::{Rounding, Settings};

/// The fewest voxels that features are computed from.
const MINIMUM_VOXELS: usize = 2;

/// Slack of the comparison with the mask threshold. Interpolated masks often are exactly at
/// the threshold in exact arithmetic, and rounding must not decide which of them count.
const THRESHOLD_SLACK: f64 = 1e-6;

/// The region as drawn: what [`resegment`](self) has not touched yet.
struct Drawn {
    grid: crate::grid::Grid,
    start: [usize; 3],
    intensities: Array3<f64>,
    mask: Array3<bool>,
}

/// Interpolates, rounds, thresholds the mask and resegments, in this order (IBSI 1,
/// "Image processing", Figure 2), and crops to the region and `margin_mm` round it.
///
/// # Errors
/// Whatever is wrong with image, mask, label or settings; see [`Error`].
pub fn prepare(
    image: &Image,
    mask: &Mask,
    label: i64,
    settings: &Settings,
    margin_mm: f64,
    isa: Isa,
) -> Result<Roi> {
    settings.validate()?;
    image.grid().check_same(mask.grid(), settings.geometry_tolerance)?;
    let drawn = mask.bounding(label)?;
    let labelled = mask.select(label, &drawn);
    check_size(&labelled, "masking")?;
    check_finite(&image.voxels().crop(&drawn), &labelled, drawn.start)?;

    let mut drawn = match settings.resample_spacing_mm {
        None => crop(image, mask, label, drawn, margin_mm),
        Some(spacing) => interpolate(image, mask, label, drawn, spacing, settings, margin_mm)?,
    };
    if settings.resample_spacing_mm.is_some() {
        match settings.intensity_rounding {
            Rounding::None => {}
            Rounding::Nearest => drawn.intensities.mapv_inplace(f64::round_ties_even),
        }
    }
    check_finite(&drawn.intensities, &drawn.mask, drawn.start)?;

    let intensity = resegment::resegment(&drawn.intensities, &drawn.mask, settings, isa);
    check_size(&intensity, "resegmentation")?;
    let region = Window::bounding(drawn.mask.view()).unwrap_or(Window::whole(drawn.grid.shape));
    Ok(Roi { grid: drawn.grid, intensities: drawn.intensities, morphological: drawn.mask, intensity, region })
}

fn crop(image: &Image, mask: &Mask, label: i64, region: Window, margin_mm: f64) -> Drawn {
    let grid = image.grid();
    let window = region.grown(margin_voxels(grid.spacing_mm, margin_mm), grid.shape);
    Drawn {
        grid: grid.window(&window),
        start: window.start,
        intensities: image.voxels().crop(&window),
        mask: mask.select(label, &window),
    }
}

fn interpolate(
    image: &Image,
    mask: &Mask,
    label: i64,
    region: Window,
    spacing_mm: [Option<f64>; 3],
    settings: &Settings,
    margin_mm: f64,
) -> Result<Drawn> {
    let grid = image.grid();
    let target = resampled_grid(grid, spacing_mm)?;
    let of_mask = Resampling::new(grid, &target, settings.mask_interpolation);
    // Only voxels near the region can reach the threshold.
    let near = of_mask.reach(&region);
    let labelled = of_mask.apply(&near, |window| mask.select(label, window).mapv(f64::from));
    let threshold = settings.mask_threshold - THRESHOLD_SLACK;
    let inside = labelled.mapv(|share| share >= threshold);
    check_size(&inside, "interpolation")?;

    let found = Window::bounding(inside.view()).unwrap_or(Window::whole(near.shape));
    let region =
        Window { start: std::array::from_fn(|a| near.start[a] + found.start[a]), shape: found.shape };
    let window = region.grown(margin_voxels(target.spacing_mm, margin_mm), target.shape);
    let mut in_window = Array3::from_elem(window.shape, false);
    let to: [usize; 3] = std::array::from_fn(|a| region.start[a] - window.start[a]);
    copy_box(&inside, found, &mut in_window, to);
    let of_image = Resampling::new(grid, &target, settings.image_interpolation);
    Ok(Drawn {
        intensities: of_image.apply(&window, |source| image.voxels().crop(source)),
        mask: in_window,
        start: window.start,
        grid: target.window(&window),
    })
}

fn copy_box(from: &Array3<bool>, part: Window, to: &mut Array3<bool>, start: [usize; 3]) {
    let target = Window { start, shape: part.shape };
    let range = |w: Window| {
        let ([k, j, i], [ke, je, ie]) = (w.start, w.end());
        ndarray::s![k..ke, j..je, i..ie]
    };
    to.slice_mut(range(target)).assign(&from.slice(range(part)));
}

fn margin_voxels(spacing_mm: [f64; 3], margin_mm: f64) -> [usize; 3] {
    spacing_mm.map(|s| (margin_mm / s).ceil() as usize)
}

fn check_size(mask: &Array3<bool>, stage: &'static str) -> Result<()> {
    let voxels = mask.iter().filter(|&&m| m).count();
    if voxels < MINIMUM_VOXELS {
        return Err(Error::RegionTooSmall { voxels, minimum: MINIMUM_VOXELS, stage });
    }
    Ok(())
}
