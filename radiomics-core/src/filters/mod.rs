//! Image filters: an image in, a response map out (IBSI 2, and PyRadiomics' image types).
//!
//! A filter is data: a kind and its parameters. A file of this folder has a filter's parameters, what it
//! computes and how far it looks, so that no more than the region and that margin needs filtering; its
//! row in `filter.rs` makes it known. The machines that filters share are in `engine/`. Arrays are
//! (z, y, x); texts that name one kernel per axis (`L5E5S5`, `LLH`) are in the order x, y, z, as IBSI and
//! PyRadiomics write them.

mod engine;
mod exponential;
mod filter;
mod gabor;
mod gradient;
mod laplacian_of_gaussian;
mod laws;
mod local_binary_pattern_2d;
mod local_binary_pattern_3d;
mod logarithm;
mod mean;
mod operation;
mod original;
mod parameter;
mod reach;
mod responses;
mod riesz;
mod separable_wavelet;
mod simoncelli;
mod square;
mod square_root;
mod text;

pub use engine::boundary::Boundary;
pub use engine::choices::{Dimensions, Pooling};
pub use filter::{FILTERS, Filter, FilterKind};
pub use gabor::Gabor;
pub use gradient::Gradient;
pub use laplacian_of_gaussian::{GaussianMethod, LaplacianOfGaussian};
pub use laws::Laws;
pub use local_binary_pattern_2d::{LocalBinaryPattern2d, PatternCode};
pub use local_binary_pattern_3d::{LocalBinaryPattern3d, SphericalMap};
pub use mean::Mean;
pub use parameter::Parameter;
pub(crate) use reach::{About, Reach};
pub(crate) use responses::for_each_response;
pub use responses::{filter_each, filter_images};
pub use riesz::{Riesz, RieszBase};
pub use separable_wavelet::{Decomposition, SeparableWavelet};
pub use simoncelli::Simoncelli;
pub use text::read_filters;
