//! One of the regions of a job.

use super::KnownShape;
use crate::error::Error;
use crate::families::job::Value;
use crate::preprocess::KnownLabel;
use crate::table::{FeatureRow, RegionFailure, Warning};
use crate::volume::grid::Window;
use crate::volume::image::Mask;

/// A region that is asked for.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a, 'm> {
    /// The number of its mask, and that of its label among those of the mask.
    pub number: [usize; 2],
    pub mask: &'a Mask<'m>,
    pub label: i64,
    /// The smallest box that holds it, if that is known.
    pub bounds: Option<Window>,
    /// Whether it is the only region of its mask, so that no error need name label and image.
    pub is_alone: bool,
}

/// Whether the last of some labels, or one before it, ends the job: of labels that are computed together, the one
/// that would have ended it if they were computed one after another.
pub(super) fn has_ended(labels: &[OfLabel]) -> bool {
    labels.iter().any(|of_label| of_label.error.is_some())
}

/// What there is of a label so far.
pub(super) struct OfLabel<'a, 'm> {
    pub asked: Asked<'a, 'm>,
    /// What its images have in common.
    pub known: KnownLabel,
    pub shape: Option<KnownShape>,
    pub rows: Vec<FeatureRow>,
    pub warnings: Vec<Warning>,
    pub failures: Vec<RegionFailure>,
    /// Why the job ends with this label.
    pub error: Option<Error>,
    /// The values in the image that is at work.
    pub values: Vec<Value>,
    /// How many warnings there were before that image.
    pub warnings_before: usize,
    /// Steps of progress in that image.
    pub steps: usize,
    /// Whether the region cannot be computed in that image.
    pub has_failed: bool,
}

impl<'a, 'm> OfLabel<'a, 'm> {
    pub fn new(asked: Asked<'a, 'm>, several_images: bool) -> Self {
        Self {
            asked,
            known: KnownLabel::new(asked.bounds, several_images),
            shape: several_images.then(KnownShape::default),
            rows: Vec::new(),
            warnings: Vec::new(),
            failures: Vec::new(),
            error: None,
            values: Vec::new(),
            warnings_before: 0,
            steps: 0,
            has_failed: false,
        }
    }

    pub fn next_image(&mut self) {
        (self.warnings_before, self.steps, self.has_failed) = (self.warnings.len(), 0, false);
    }
}
