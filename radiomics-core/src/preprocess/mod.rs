//! From image and mask to the region of interest. The order of the steps is fixed here.

mod discretise;
mod frame;
mod known;
mod lines;
mod normalise;
pub(crate) mod resample;
mod resegment;

use ndarray::Array3;

pub(crate) use discretise::Bins;
pub use discretise::discretise;
pub(crate) use discretise::grey_levels;
pub(crate) use known::{Known, KnownImage, KnownLabel};
pub use resample::{Resampling, resampled_grid};

use crate::error::{Error, Result};
use crate::filters::{self, Filter, Reach};
use crate::kernels::Isa;
use crate::region::roi::Roi;
use crate::settings::{FilterCrop, Interpolation, MorphologicalMask, Settings};
use crate::volume::grid::{Grid, Window};
use crate::volume::image::{Image, Mask};
use crate::volume::intensities::Intensities;
use crate::volume::voxels::check_finite;
use frame::Frame;

/// The fewest voxels that features are computed from.
const MINIMUM_VOXELS: usize = 2;

/// Slack of the comparison with the mask threshold. Interpolated masks often are exactly at
/// the threshold in exact arithmetic, and rounding must not decide which of them count.
const THRESHOLD_SLACK: f64 = 1e-6;

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
    Ok(Prepared::new(image, mask, label, settings, margin_mm, isa, Known::default())?.roi)
}

/// A region, and the image from which filters compute more intensities for it.
pub(crate) struct Prepared<'i, 'v> {
    /// The region, with the intensities of the image as it is.
    pub roi: Roi,
    frame: Frame<'i, 'v>,
    /// The box of the region in the frame.
    window: Window,
    /// What filters may see.
    visible: Window,
}

/// The region as drawn: what [`resegment`](self) has not touched yet.
#[derive(Clone)]
struct Drawn {
    window: Window,
    mask: Array3<bool>,
    /// The smallest box of the mask that holds it.
    region: Window,
    visible: Window,
}

impl<'i, 'v> Prepared<'i, 'v> {
    /// As [`prepare`]; what is `known` of other regions of a job changes nothing but the time.
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

        let frame = Frame::new(image, known.z_score(image, settings), &bounds, settings, isa)?;
        let drawn = match frame.resampling {
            None => drawn(&frame, labelled, bounds, settings, margin_mm),
            Some(_) => known.interpolated(image.grid(), || {
                interpolated(&frame, mask, label, bounds, settings, margin_mm)
            })?,
        };
        let intensities = frame.narrow(&drawn.window);
        // Voxels of the image as it is were checked above. Integers are finite, and so is what is
        // interpolated between them.
        let is_checked = frame.resampling.is_none() || image.voxels().is_integer();
        if let Intensities::F64(intensities) = &intensities
            && (frame.z_score.is_some() || !is_checked)
        {
            check_finite(isa, intensities.view(), &drawn.mask, drawn.window.start)?;
        }

        let resegmented = resegment::resegment(&intensities, &drawn.mask, settings, isa);
        check_size(resegmented.as_ref().unwrap_or(&drawn.mask), "resegmentation")?;
        let grid = frame.grid.window(&drawn.window);
        let (morphological, region) = match &resegmented {
            Some(intensity) => morphological_mask(drawn.mask, drawn.region, intensity, settings),
            None => (drawn.mask, drawn.region),
        };
        let roi = Roi { grid, intensities, morphological, resegmented, region };
        Ok(Self { roi, frame, window: drawn.window, visible: drawn.visible })
    }

    /// Calls `each` with the name of every filter and the region with the filter's response in
    /// place of its intensities, one after another. Of the image, no more is filtered than the
    /// box of the region and what the filter needs round it.
    pub fn for_each_response(
        mut self,
        filters: &[Filter],
        isa: Isa,
        each: &mut dyn FnMut(&Filter, &Roi) -> Result<()>,
    ) -> Result<()> {
        // The region holds the image as it is.
        let unfiltered = filters.iter().take_while(|filter| matches!(filter, Filter::Original)).count();
        let (unfiltered, filters) = filters.split_at(unfiltered);
        unfiltered.iter().try_for_each(|filter| each(filter, &self.roi))?;
        let about = self.frame.about();
        let seen = |filter: &Filter| self.seen(filter.reach(about.spacing_mm));
        let windows: Vec<Window> = filters.iter().map(seen).collect();
        let mut first = 0;
        // Filters that see the same part of the image share it, and maybe work on it.
        for group in windows.chunk_by(|a, b| a == b) {
            let filters = &filters[first..first + group.len()];
            first += group.len();
            let window = group[0];
            let image = self.frame.intensities(&window);
            let part = self.window.within(&window);
            let mut response = match std::mem::take(&mut self.roi.intensities) {
                Intensities::F64(array) => array,
                _ => Array3::default([0; 3]),
            };
            filters::for_each_response(
                filters,
                &image,
                about,
                &part,
                isa,
                &mut response,
                &mut |index, response| {
                    self.check_finite(response, isa)?;
                    self.roi.intensities = std::mem::take(response).into();
                    each(&filters[index], &self.roi)?;
                    if let Intensities::F64(array) = std::mem::take(&mut self.roi.intensities) {
                        *response = array;
                    }
                    Ok(())
                },
            )?;
            self.roi.intensities = response.into();
        }
        Ok(())
    }

    /// Refuses NaN and infinities in the region.
    fn check_finite(&self, response: &Array3<f64>, isa: Isa) -> Result<()> {
        check_finite(isa, response.view(), self.roi.intensity(), self.window.start)
    }

    /// The part of the image that a filter is given.
    fn seen(&self, reach: Reach) -> Window {
        let visible = self.visible;
        let grown = |voxels: [usize; 3]| self.window.grown(voxels, self.frame.grid.shape);
        match reach {
            Reach::Everything => visible,
            Reach::Voxels(voxels) => grown(voxels).intersection(&visible),
            Reach::Periodic(voxels) => {
                let mut window = grown(voxels).intersection(&visible);
                for (axis, &reach) in voxels.iter().enumerate() {
                    let past_start = self.window.start[axis] < visible.start[axis] + reach;
                    let past_end = self.window.end()[axis] + reach > visible.end()[axis];
                    if past_start || past_end {
                        window.start[axis] = visible.start[axis];
                        window.shape[axis] = visible.shape[axis];
                    }
                }
                window
            }
        }
    }
}

/// `labelled` is the mask within its bounding box `region`.
fn drawn(
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
    let mut larger = Array3::from_elem(window.shape, false);
    let to = std::array::from_fn(|a| start[a] - window.start[a]);
    copy_box(mask, Window::whole(mask.dim().into()), &mut larger, to);
    larger
}

fn interpolated(
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
    let select = |window: &Window| mask.select(label, window);
    let threshold = (settings.mask_threshold - THRESHOLD_SLACK).max(f64::MIN_POSITIVE);
    let inside = if settings.mask_interpolation == Interpolation::Nearest {
        // Shares are 0 or 1, and the threshold is between them.
        of_mask.apply_nearest(&near, select)
    } else {
        let shares = of_mask.apply_by_slice(&near, |slice, to| {
            let inside = select(slice);
            // It is stored in one piece, of which several voxels are turned at a time.
            let inside = inside.as_slice().unwrap_or_default();
            to.iter_mut().zip(inside).for_each(|(to, &inside)| *to = f64::from(inside));
        });
        shares.mapv(|share| share >= threshold)
    };
    check_size(&inside, "interpolation")?;

    let found = Window::bounding(inside.view()).unwrap_or(Window::whole(near.shape));
    let found_region =
        Window { start: std::array::from_fn(|a| near.start[a] + found.start[a]), shape: found.shape };
    let window = found_region.grown(margin_voxels(target.spacing_mm, margin_mm), target.shape);
    let mut in_window = Array3::from_elem(window.shape, false);
    let held = found_region.within(&window);
    copy_box(&inside, found, &mut in_window, held.start);
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
        let past = ((last(a) + 0.5) * ratio(a) + margin as f64).ceil().max(0.0) as usize + 1;
        past.min(target.shape[a])
    });
    Window { start, shape: std::array::from_fn(|a| end[a].saturating_sub(start[a])) }
}

/// The morphological mask and the smallest box that holds it, from the mask as drawn with its box
/// `region`.
fn morphological_mask(
    drawn: Array3<bool>,
    region: Window,
    intensity: &Array3<bool>,
    settings: &Settings,
) -> (Array3<bool>, Window) {
    let mask = match settings.morphological_mask {
        MorphologicalMask::CroppedToIntensityMask => {
            let Some(bounds) = Window::bounding(intensity.view()) else { return (drawn, region) };
            let mut cropped = Array3::from_elem(drawn.dim(), false);
            copy_box(&drawn, bounds, &mut cropped, bounds.start);
            cropped
        }
        MorphologicalMask::Resegmented => intensity.clone(),
        MorphologicalMask::AsDrawn => return (drawn, region),
    };
    let region = Window::bounding(mask.view()).unwrap_or(Window::whole(mask.dim().into()));
    (mask, region)
}

fn copy_box(from: &Array3<bool>, part: Window, to: &mut Array3<bool>, start: [usize; 3]) {
    let target = Window { start, shape: part.shape };
    let ([k, j, i], [ke, je, ie]) = (target.start, target.end());
    to.slice_mut(ndarray::s![k..ke, j..je, i..ie]).assign(&part.of(&from.view()));
}

fn margin_voxels(spacing_mm: [f64; 3], margin_mm: f64) -> [usize; 3] {
    spacing_mm.map(|s| (margin_mm / s).ceil() as usize)
}

fn check_size(mask: &Array3<bool>, stage: &'static str) -> Result<()> {
    // Enough of them are enough, or else these are all.
    let voxels = mask.iter().filter(|&&m| m).take(MINIMUM_VOXELS).count();
    if voxels < MINIMUM_VOXELS {
        return Err(Error::RegionTooSmall { voxels, minimum: MINIMUM_VOXELS, stage });
    }
    Ok(())
}
