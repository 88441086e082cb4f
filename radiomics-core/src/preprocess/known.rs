//! What regions of several labels and images have in common: computed by the first of them that
//! needs it, and known to the others.

use std::cell::OnceCell;

use ndarray::Array3;

use super::drawn::{Drawn, check_size};
use super::normalise::ZScore;
use crate::error::Result;
use crate::kernels::Isa;
use crate::settings::Settings;
use crate::volume::grid::{Grid, Window};
use crate::volume::image::{Image, Mask};
use crate::volume::voxels::copy_of;

/// What is known of other regions before a region is prepared; nothing if a region is the only one.
#[derive(Default)]
pub(crate) struct Known<'a> {
    /// What is known of the region's image, from other labels.
    pub image: Option<&'a KnownImage>,
    /// What is known of the region's label, from other images.
    pub label: Option<&'a mut KnownLabel>,
}

/// What all labels have in common in an image.
#[derive(Default)]
pub(crate) struct KnownImage {
    z_score: OnceCell<ZScore>,
}

/// What all images have in common for a label of the mask.
pub(crate) struct KnownLabel {
    bounds: Option<Window>,
    is_for_others: bool,
    labelled: Option<Array3<bool>>,
    /// The interpolated mask, with the grid of the image that it was interpolated on.
    interpolated: Option<(Grid, Drawn)>,
}

impl KnownLabel {
    /// A label whose smallest box is `bounds`, if that is known; `is_for_others` if more than one image
    /// will ask.
    pub fn new(bounds: Option<Window>, is_for_others: bool) -> Self {
        Self { bounds, is_for_others, labelled: None, interpolated: None }
    }
}

impl Known<'_> {
    /// The z-scores that the settings ask for.
    pub(super) fn z_score(&self, image: &Image, settings: &Settings, isa: Isa) -> Result<Option<ZScore>> {
        let Some(normalisation) = settings.normalisation else { return Ok(None) };
        if let Some(&known) = self.image.and_then(|known| known.z_score.get()) {
            return Ok(Some(known));
        }
        let made = ZScore::new(image.voxels(), normalisation, isa)?;
        Ok(Some(self.image.map_or(made, |known| *known.z_score.get_or_init(|| made))))
    }

    /// The smallest box that holds the label, and which voxels of the box have it.
    pub(super) fn labelled(&mut self, mask: &Mask, label: i64) -> Result<(Window, Array3<bool>)> {
        let known = self.label.as_deref_mut();
        let bounds = known.as_ref().and_then(|known| known.bounds);
        let bounds = bounds.map_or_else(|| mask.bounding(label), Ok)?;
        if let Some(labelled) = known.as_ref().and_then(|known| known.labelled.as_ref()) {
            return Ok((bounds, copy_of(labelled)));
        }
        let labelled = mask.select(label, &bounds);
        check_size(&labelled, "masking")?;
        if let Some(known) = known.filter(|known| known.is_for_others) {
            (known.bounds, known.labelled) = (Some(bounds), Some(copy_of(&labelled)));
        }
        Ok((bounds, labelled))
    }

    /// The mask interpolated on `grid`, which is that of the image.
    pub(super) fn interpolated(
        &mut self,
        grid: &Grid,
        interpolate: impl FnOnce() -> Result<Drawn>,
    ) -> Result<Drawn> {
        let Some(known) = self.label.as_deref_mut().filter(|known| known.is_for_others) else {
            return interpolate();
        };
        match &known.interpolated {
            Some((of, drawn)) if of == grid => Ok(drawn.copy()),
            _ => {
                let drawn = interpolate()?;
                known.interpolated = Some((grid.clone(), drawn.copy()));
                Ok(drawn)
            }
        }
    }
}
