//! Masks that are made, not given: labels in memory of their own, and regions with what is made of them in
//! millimetres.

mod components;
mod contours;
#[cfg(test)]
mod contours_tests;
mod crossings;
mod distance;
mod edges;
mod owned;
mod region;
mod resized;
mod rims;
mod ruler;

pub use components::Connectivity;
pub use contours::{Contour, ContourReport, SLICE_TOLERANCE, rasterise_on};
pub use edges::ON_LINE_VOXELS;
pub use owned::MaskVolume;
pub use region::{Change, Region};
pub use ruler::Distance;
