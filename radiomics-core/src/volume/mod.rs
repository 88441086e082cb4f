//! Images and masks: where voxels lie, and what they are. Nothing of the caller's is copied before it
//! is cropped.

pub(crate) mod axes;
pub(crate) mod grid;
pub(crate) mod image;
pub(crate) mod intensities;
mod label_boxes;
pub(crate) mod label_counts;
pub(crate) mod voxels;
