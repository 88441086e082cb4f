//! What makes the values of a region doubtful. Nothing here changes a value.

use crate::catalogue::Selection;
use crate::error::{ends, number};
use crate::kernels::voxel::Voxel;
use crate::preprocess::{Labelled, Prepared};
use crate::region::levels::Levels;
use crate::region::roi::count;
use crate::settings::{Discretisation, Settings, SingleSlices};
use crate::table::{Warning, WarningCode};
use crate::texture::aggregation::Scope;
use crate::volume::grid::Window;
use crate::volume::image::{Image, Mask};
use crate::volume::voxels::with_voxels;

/// Of fewer grey levels texture says little.
const FEW_LEVELS: usize = 8;
/// Of more, matrices mostly hold noise.
const MANY_LEVELS: usize = 256;
/// Of fewer voxels most features say little.
const FEW_VOXELS: usize = 64;
/// Share of a region that a sensible range leaves at least.
const FEW_KEPT: f64 = 0.1;
/// Share of its volume by which interpolation may change a region.
const VOLUME_CHANGE: f64 = 0.05;

/// Something that was found.
pub(super) struct Found {
    pub code: WarningCode,
    pub message: String,
}

impl Found {
    fn new(code: WarningCode, message: String) -> Self {
        Self { code, message }
    }

    /// The warning of a label in an image or response.
    pub fn of(self, label: i64, image: &str) -> Warning {
        Warning { code: self.code, label, image: image.to_owned(), message: self.message }
    }
}

/// What is doubtful about a region, whatever features are computed of it.
pub(super) fn of_region(
    image: &Image,
    mask: &Mask,
    label: i64,
    prepared: &Prepared,
    selection: &Selection,
    settings: &Settings,
) -> Vec<Found> {
    let Labelled { bounds, voxels, voxel_mm3, is_interpolated } = prepared.labelled;
    let roi = &prepared.roi;
    let drawn = if is_interpolated { count(&roi.morphological) } else { voxels };
    let kept = roi.resegmented.as_ref().map_or(drawn, count);
    let mut found = Vec::new();
    found.extend(mask_like_image(mask, label, &bounds));
    found.extend(at_border(&bounds, image.grid().shape));
    found.extend(roi.is_flat().then(|| single_slice(selection, settings)).flatten());
    if is_interpolated {
        let [before, after] = [voxels as f64 * voxel_mm3, drawn as f64 * roi.grid.voxel_volume_mm3()];
        found.extend(volume_changed(before, after));
    }
    if (kept as f64) < FEW_KEPT * drawn as f64 {
        found.push(narrow_range(kept, drawn, settings));
    }
    if kept < FEW_VOXELS {
        let message =
            format!("the region has {kept} voxels, and most features say little of fewer than {FEW_VOXELS}");
        found.push(Found::new(WarningCode::SmallRegion, message));
    }
    found
}

/// What is doubtful about the grey levels of a region.
pub(super) fn of_levels(levels: &Levels, discretisation: &Discretisation) -> Option<Found> {
    let present = levels.present();
    let made = match discretisation {
        Discretisation::Identity => "the intensities as they are".to_owned(),
        Discretisation::FixedBinNumber { bins } => format!("`bin_number` {bins}"),
        Discretisation::FixedBinSize { width, .. } => format!("`bin_width` {}", number(width)),
        Discretisation::BinEdges { edges } => format!("`bin_edges` of {} bins", edges.len() - 1),
    };
    let (code, message) = match present {
        1 => (
            WarningCode::SingleLevel,
            format!(
                "with {made} the region has a single grey level, so that texture says nothing: make bins smaller"
            ),
        ),
        few if few < FEW_LEVELS => (
            WarningCode::FewLevels,
            format!(
                "with {made} the region has {few} grey levels, and texture says little of fewer than {FEW_LEVELS}: \
                 make bins smaller"
            ),
        ),
        many if many > MANY_LEVELS => (
            WarningCode::ManyLevels,
            format!(
                "with {made} the region has {many} grey levels, and with more than {MANY_LEVELS} texture mostly is \
                 noise: make bins larger"
            ),
        ),
        _ => return None,
    };
    Some(Found::new(code, message))
}

fn at_border(bounds: &Window, shape: [usize; 3]) -> Option<Found> {
    let touches = |a: &usize| shape[*a] > 1 && (bounds.start[*a] == 0 || bounds.end()[*a] == shape[*a]);
    let axes: Vec<&str> = (0..3).filter(touches).map(|a| ["z", "y", "x"][a]).collect();
    let message = || {
        format!(
            "the region reaches to the border of the image along {}: it may be cut off there",
            axes.join(", ")
        )
    };
    (!axes.is_empty()).then(|| Found::new(WarningCode::RegionAtBorder, message()))
}

/// Of a region of a single slice, if anything is asked for that a slice has not.
fn single_slice(selection: &Selection, settings: &Settings) -> Option<Found> {
    let is_of_a_volume = |scope: Scope| {
        scope.chosen(&settings.aggregations).iter().any(|aggregation| aggregation.is_volumetric())
    };
    let asked =
        selection.families().any(|family| family.name == "morphology" || is_of_a_volume(family.scope));
    let taken = match settings.single_slices {
        SingleSlices::Planar => "it has no shape in 3D, and what is aggregated in 3D is taken in its plane",
        SingleSlices::Volume => "it is taken as a volume that is one voxel thick",
    };
    let remedy = "the profile `ibsi_2d` has the shape and the aggregations of slices";
    let message = || format!("the region is a single slice: {taken}; {remedy}");
    asked.then(|| Found::new(WarningCode::SingleSlice, message()))
}

fn volume_changed(before: f64, after: f64) -> Option<Found> {
    let change = after / before - 1.0;
    let message = || {
        format!(
            "interpolation changes the volume of the region from {before:.1} to {after:.1} mm³, by {:+.1} %: choose a \
             smaller `resample_spacing_mm`",
            100.0 * change
        )
    };
    (change.abs() > VOLUME_CHANGE).then(|| Found::new(WarningCode::VolumeChanged, message()))
}

fn narrow_range(kept: usize, drawn: usize, settings: &Settings) -> Found {
    let range = settings.resegment_range.map(|range| format!("`resegment_range` {}", ends(range)));
    let sigma = settings.resegment_sigma.map(|sigma| format!("`resegment_sigma` {}", number(&sigma)));
    let by: Vec<String> = range.into_iter().chain(sigma).collect();
    let message = format!(
        "{} leaves {kept} of {drawn} voxels of the region: is it in the units of the image?",
        by.join(" with ")
    );
    Found::new(WarningCode::NarrowRange, message)
}

/// Rows of the region's box, and voxels of each, that are looked at.
const ROWS: usize = 64;
const COLUMNS: usize = 64;
/// Neighbours that are looked at at least, and different values that labels never are in so few places.
const NEIGHBOURS: usize = 32;
const LABELS: usize = 32;

/// A mask in which most neighbours are of different labels, and these are many: image and mask may have
/// been exchanged. Some rows of the region's box are looked at.
fn mask_like_image(mask: &Mask, label: i64, bounds: &Window) -> Option<Found> {
    let (mut pairs, mut different) = (0, 0);
    let mut values = Vec::new();
    with_voxels!(mask.voxels(), v => {
        let rows = bounds.of(v);
        let step = (bounds.shape[0] * bounds.shape[1]).div_ceil(ROWS);
        for row in rows.rows().into_iter().step_by(step) {
            let mut before = 0.0;
            for x in row.iter().take(COLUMNS) {
                let x = Voxel::to_f64(*x);
                if x != 0.0 && before != 0.0 {
                    pairs += 1;
                    if x != before {
                        different += 1;
                        values.push(x);
                    }
                }
                before = x;
            }
        }
    });
    values.sort_unstable_by(f64::total_cmp);
    values.dedup();
    let message = || {
        format!(
            "the mask looks like an image: round label {label} there are {} different values, mostly others from voxel \
             to voxel; are image and mask exchanged?",
            values.len()
        )
    };
    let is_like_one = pairs >= NEIGHBOURS && 2 * different > pairs && values.len() > LABELS;
    is_like_one.then(|| Found::new(WarningCode::MaskLikeImage, message()))
}
