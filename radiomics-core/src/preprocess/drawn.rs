//! The region as drawn: the mask, interpolated if need be, in a box of the grid in use.

use ndarray::Array3;

use super::frame::Frame;
use super::resample::Resampling;
use crate::error::{Error, Result};
use crate::settings::{FilterCrop, Interpolation, MorphologicalMask, Settings};
use crate::volume::grid::{Grid, Window};
use crate::volume::image::Mask;
use crate::volume::voxels::{copied, copy_of, volume};
use crate::work;

/// The fewest voxels that features are computed from.
const MINIMUM_VOXELS: usize = 2;

/// Slack of the comparison with the mask threshold. Interpolated masks often are exactly at
/// the threshold in exact arithmetic, and rounding must not decide which of them count.
const THRESHOLD_SLACK: f64 = 1e-6;

/// The region as drawn, which resegmentation has not touched yet.
pub(super) struct Drawn {
    pub window: Window,
    pub mask: Array3<bool>,
    /// The smallest box that holds the region.
    pub region: Window,
    pub visible: Window,
}

impl Drawn {
    /// The same once more. The job is left when there is not enough memory.
    pub fn copy(&self) -> Self {
        Self { mask: copy_of(&self.mask), ..*self }
    }
}

/// The mask on the grid of the image, in a box with a margin round the region. `labelled` is the mask
/// within its bounding box `region`.
pub(super) fn drawn(
    frame: &Frame,
    labelled: Array3<bool>,
    region: Window,
    settings: &Settings,
    margin_mm: f64,
) -> Drawn {
    let shape = frame.grid.shape;
    let window = region.grown(margin_voxels(frame.grid.spacing_mm, margin_mm), shape);
    let cropped = match settings.filter_crop {
        FilterCrop::Never => false,
        FilterCrop::WhenInterpolated => settings.resample_spacing_mm.is_some(),
        FilterCrop::Always => true,
    };
    let visible = match cropped {
        true => region.grown([settings.filter_crop_voxels; 3], shape).hull(&window),
        false => Window::whole(shape),
    };
    let mask = if window == region { labelled } else { embedded(&labelled, region.start, &window) };
    Drawn { mask, region: region.within(&window), window, visible }
}

/// A mask that begins at `start`, with background round it up to the box `window`.
fn embedded(mask: &Array3<bool>, start: [usize; 3], window: &Window) -> Array3<bool> {
    let mut larger = volume(window.shape);
    let to = std::array::from_fn(|a| start[a] - window.start[a]);
    copy_box(mask, Window::whole(mask.dim().into()), &mut larger, to);
    larger
}

/// The share of an interpolated voxel from which on it belongs to the region.
pub(super) fn threshold(settings: &Settings) -> f64 {
    (settings.mask_threshold - THRESHOLD_SLACK).max(f64::MIN_POSITIVE)
}

/// The mask on the grid that the image is interpolated to, in a box with a margin round the region.
pub(super) fn interpolated(
    frame: &Frame,
    mask: &Mask,
    label: i64,
    region: Window,
    settings: &Settings,
    margin_mm: f64,
) -> Result<Drawn> {
    let (source, target) = (frame.image.grid(), &frame.grid);
    let of_mask = Resampling::new(source, target, settings.mask_interpolation, settings.grid_alignment);
    // Only voxels near the region can reach the threshold.
    let near = of_mask.reach(&region);
    // The share of the mask in each voxel, along one axis after the other, and whether it is enough.
    let bytes = near.voxels() * (8 + 8 + 2);
    let _held = work::hold(bytes, "the mask on the new grid", "choose a larger `resample_spacing_mm`");
    let select = |window: &Window| mask.select(label, window);
    let threshold = threshold(settings);
    let inside = if settings.mask_interpolation == Interpolation::Nearest {
        // Shares are 0 or 1, and the threshold is between them.
        of_mask.apply_nearest(&near, select)
    } else {
        let shares = of_mask.apply_by_slice(&near, |slice, to| {
            let inside = select(slice);
            // It is stored in one piece, of which several voxels are turned at a time.
            let inside = inside.as_slice().expect("a mask in one piece");
            assert_eq!(inside.len(), to.len(), "voxels of the mask in {slice:?}");
            to.iter_mut().zip(inside).for_each(|(to, &inside)| *to = f64::from(inside));
        });
        copied(shares.view(), |share| share >= threshold)
    };
    check_size(&inside, "interpolation")?;

    let bounds = Window::bounding(inside.view()).expect("voxels, as was checked");
    let new_region =
        Window { start: std::array::from_fn(|a| near.start[a] + bounds.start[a]), shape: bounds.shape };
    let window = new_region.grown(margin_voxels(target.spacing_mm, margin_mm), target.shape);
    let mut in_window = volume(window.shape);
    let held = new_region.within(&window);
    copy_box(&inside, bounds, &mut in_window, held.start);
    let visible = match settings.filter_crop {
        FilterCrop::Never => Window::whole(target.shape),
        FilterCrop::WhenInterpolated | FilterCrop::Always => {
            interpolated_box(source, target, &region, settings.filter_crop_voxels).hull(&window)
        }
    };
    Ok(Drawn { mask: in_window, region: held, window, visible })
}

/// The box on a new grid that has the corner of the old one, for a box of the old one: from
/// outer border to outer border, and `margin` voxels more (PyRadiomics' `resampleImage`).
fn interpolated_box(source: &Grid, target: &Grid, region: &Window, margin: usize) -> Window {
    let ratio = |a: usize| source.spacing_mm[a] / target.spacing_mm[a];
    let last = |a: usize| (region.end()[a] - 1) as f64;
    let start: [usize; 3] = std::array::from_fn(|a| {
        ((region.start[a] as f64 - 0.5) * ratio(a) - margin as f64).floor().max(0.0) as usize
    });
    let end: [usize; 3] = std::array::from_fn(|a| {
        let past = ((last(a) + 0.5) * ratio(a) + margin as f64).ceil().max(0.0) as usize;
        past.saturating_add(1).min(target.shape[a])
    });
    Window { start, shape: std::array::from_fn(|a| end[a].saturating_sub(start[a])) }
}

/// The morphological mask and the smallest box that holds it, from the mask as drawn with its box
/// `region`.
pub(super) fn morphological_mask(
    drawn: Array3<bool>,
    region: Window,
    intensity: &Array3<bool>,
    settings: &Settings,
) -> (Array3<bool>, Window) {
    let mask = match settings.morphological_mask {
        MorphologicalMask::CroppedToIntensityMask => {
            let bounds = Window::bounding(intensity.view()).expect("an intensity mask that is not empty");
            let mut cropped = volume(drawn.dim().into());
            copy_box(&drawn, bounds, &mut cropped, bounds.start);
            cropped
        }
        MorphologicalMask::Resegmented => copy_of(intensity),
        MorphologicalMask::AsDrawn => return (drawn, region),
    };
    let region = Window::bounding(mask.view()).expect("a mask that holds the intensity mask");
    (mask, region)
}

fn copy_box(from: &Array3<bool>, part: Window, to: &mut Array3<bool>, start: [usize; 3]) {
    let target = Window { start, shape: part.shape };
    let ([k, j, i], [ke, je, ie]) = (target.start, target.end());
    to.slice_mut(ndarray::s![k..ke, j..je, i..ie]).assign(&part.of(&from.view()));
}

/// Voxels that a margin in mm reaches over, along each axis.
pub(crate) fn margin_voxels(spacing_mm: [f64; 3], margin_mm: f64) -> [usize; 3] {
    spacing_mm.map(|s| (margin_mm / s).ceil() as usize)
}

/// Refuses a region of too few voxels; `stage` is what left so few.
pub(super) fn check_size(mask: &Array3<bool>, stage: &'static str) -> Result<()> {
    // Enough of them are enough, or else these are all.
    let voxels = mask.iter().filter(|&&m| m).take(MINIMUM_VOXELS).count();
    if voxels < MINIMUM_VOXELS {
        return Err(Error::RegionTooSmall { voxels, minimum: MINIMUM_VOXELS, stage });
    }
    Ok(())
}
