//! The machines that filters are made of: convolution along axes, transforms, recursions, means of
//! boxes, wavelets, points on a sphere. A machine knows no filter, and no filter's name.

pub(crate) mod bank;
pub(crate) mod boundary;
pub(crate) mod box_mean;
pub(crate) mod choices;
pub(crate) mod fourier;
pub(crate) mod kernel1d;
pub(crate) mod parts;
pub(crate) mod pointwise;
pub(crate) mod recursive_coefficients;
pub(crate) mod recursive_gaussian;
pub(crate) mod repeated_wavelet;
pub(crate) mod separable;
mod separable_lines;
mod separable_plan;
pub(crate) mod sphere;
pub(crate) mod wavelets;
