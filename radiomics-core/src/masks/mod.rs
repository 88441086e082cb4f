//! Masks that are made, not given.

mod contours;
#[cfg(test)]
mod contours_tests;
mod crossings;
mod edges;
mod owned;

pub use contours::{Contour, ContourReport, SLICE_TOLERANCE, rasterise_on};
pub use edges::ON_LINE_VOXELS;
pub use owned::MaskVolume;
