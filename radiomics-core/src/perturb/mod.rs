//! Images and masks as another scan, another interpolation grid or another observer could have given them, to see
//! which features stay what they are (Zwanenburg et al., Scientific Reports 2019, 9: 614).
//!
//! A perturbation is a step before [`extract`](crate::extract): it gives image and mask on a grid of the spacing
//! that the settings ask for, and what computes features finds nothing left to interpolate. So rotation, shift and
//! change of spacing are one interpolation, and settings know nothing of perturbations.

mod contour;
mod noise;
mod perturbation;
mod run;
mod stream;
mod supervoxels;

pub use perturbation::{Perturbation, Resize};
pub use run::{PerturbOptions, Perturbed, perturb};
