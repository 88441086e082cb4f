//! From image and mask to the region of interest. The order of the steps is fixed here.

mod discretise;
mod normalise;
pub(crate) mod resample;
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
use crate::settings::{MorphologicalMask, Rounding, Settings};
use normalise::ZScore;

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

/// Normalises, interpolates, rounds, thresholds the mask and resegments, in this order (IBSI 1,
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
    let bounds = mask.bounding(label)?;
    let labelled = mask.select(label, &bounds);
    check_size(&labelled, "masking")?;
    check_finite(&image.voxels().crop(&bounds), &labelled, bounds.start)?;

    let source = Source::new(image, settings);
    let drawn = match wanted_spacing(image, &bounds, settings) {
        None => crop(&source, mask, label, bounds, margin_mm),
        Some(spacing) => interpolate(&source, mask, label, bounds, spacing, settings, margin_mm)?,
    };
    check_finite(&drawn.intensities, &drawn.mask, drawn.start)?;

    let intensity = resegment::resegment(&drawn.intensities, &drawn.mask, settings, isa);
    check_size(&intensity, "resegmentation")?;
    let morphological = morphological_mask(drawn.mask, &intensity, settings);
    let region = Window::bounding(morphological.view()).unwrap_or(Window::whole(drawn.grid.shape));
    Ok(Roi { grid: drawn.grid, intensities: drawn.intensities, morphological, intensity, region })
}

/// The image, of which boxes are cut out as 64-bit floats, normalised if so wanted.
struct Source<'i, 'v> {
    image: &'i Image<'v>,
    z_score: Option<ZScore>,
}

impl<'i, 'v> Source<'i, 'v> {
    fn new(image: &'i Image<'v>, settings: &Settings) -> Self {
        let z_score = settings.normalisation.map(|n| ZScore::new(image.voxels(), n));
        Self { image, z_score }
    }

    fn crop(&self, window: &Window) -> Array3<f64> {
        let mut intensities = self.image.voxels().crop(window);
        if let Some(z_score) = self.z_score {
            intensities.mapv_inplace(|x| z_score.apply(x));
        }
        intensities
    }

    fn round(&self, intensities: &mut Array3<f64>, rounding: Rounding) {
        match rounding {
            Rounding::None => {}
            Rounding::Nearest => intensities.mapv_inplace(f64::round_ties_even),
            // z-scores have no voxel type to be kept in.
            Rounding::VoxelType if self.z_score.is_some() => {}
            Rounding::VoxelType => intensities.mapv_inplace(|x| self.image.voxels().truncate(x)),
        }
    }
}

/// The spacing to interpolate to, `None` on axes that stay as they are; nothing if all do.
fn wanted_spacing(image: &Image, bounds: &Window, settings: &Settings) -> Option<[Option<f64>; 3]> {
    let wanted = settings.resample_spacing_mm?;
    let single = |a: usize| settings.keep_single_slices && bounds.shape[a] == 1;
    let changed = |a: usize| wanted[a].filter(|&s| !single(a) && s != image.grid().spacing_mm[a]);
    Some(std::array::from_fn(changed)).filter(|spacing| spacing.iter().any(Option::is_some))
}

fn crop(source: &Source, mask: &Mask, label: i64, region: Window, margin_mm: f64) -> Drawn {
    let grid = source.image.grid();
    let window = region.grown(margin_voxels(grid.spacing_mm, margin_mm), grid.shape);
    Drawn {
        grid: grid.window(&window),
        start: window.start,
        intensities: source.crop(&window),
        mask: mask.select(label, &window),
    }
}

fn interpolate(
    source: &Source,
    mask: &Mask,
    label: i64,
    region: Window,
    spacing_mm: [Option<f64>; 3],
    settings: &Settings,
    margin_mm: f64,
) -> Result<Drawn> {
    let grid = source.image.grid();
    let target = resampled_grid(grid, spacing_mm, settings.grid_alignment)?;
    let resampling = |method| Resampling::new(grid, &target, method, settings.grid_alignment);
    let of_mask = resampling(settings.mask_interpolation);
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
    let of_image = resampling(settings.image_interpolation);
    let mut intensities = of_image.apply(&window, |window| source.crop(window));
    source.round(&mut intensities, settings.intensity_rounding);
    Ok(Drawn { intensities, mask: in_window, start: window.start, grid: target.window(&window) })
}

fn morphological_mask(drawn: Array3<bool>, intensity: &Array3<bool>, settings: &Settings) -> Array3<bool> {
    match (settings.morphological_mask, Window::bounding(intensity.view())) {
        (MorphologicalMask::CroppedToIntensityMask, Some(bounds)) => {
            let mut cropped = Array3::from_elem(drawn.dim(), false);
            copy_box(&drawn, bounds, &mut cropped, bounds.start);
            cropped
        }
        (MorphologicalMask::Resegmented, _) => intensity.clone(),
        _ => drawn,
    }
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
