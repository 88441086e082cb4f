//! The filters, a file each, and their table. A new filter is a file, and its lines here.

mod exponential;
mod gabor;
mod gradient;
mod laplacian_of_gaussian;
mod laws;
mod local_binary_pattern_2d;
mod local_binary_pattern_3d;
mod logarithm;
mod mean;
mod original;
mod riesz;
mod separable_wavelet;
mod simoncelli;
mod square;
mod square_root;

use super::table::filters;

pub use gabor::Gabor;
pub use gradient::Gradient;
pub use laplacian_of_gaussian::{GaussianMethod, LaplacianOfGaussian};
pub use laws::Laws;
pub use local_binary_pattern_2d::{LocalBinaryPattern2d, PatternCode};
pub use local_binary_pattern_3d::{LocalBinaryPattern3d, SphericalMap};
pub use mean::Mean;
pub use riesz::{Riesz, RieszBase};
pub use separable_wavelet::{Decomposition, SeparableWavelet};
pub use simoncelli::Simoncelli;

filters! {
    /// The image as it is.
    Original = original::Original,
    /// Mean of a neighbourhood.
    Mean(Mean),
    /// Laplacian of Gaussian.
    LaplacianOfGaussian(LaplacianOfGaussian),
    /// Laws kernels and their energy.
    Laws(Laws),
    /// Modulus of the Gabor response.
    Gabor(Gabor),
    /// Undecimated separable wavelets.
    SeparableWavelet(SeparableWavelet),
    /// The non-separable wavelet of Simoncelli.
    Simoncelli(Simoncelli),
    /// Riesz transform of another filter's response.
    Riesz(Riesz),
    /// Squares, scaled to the range of the image.
    Square = square::Square,
    /// Square roots of magnitudes, with sign, scaled to the range of the image.
    SquareRoot = square_root::SquareRoot,
    /// Logarithms of magnitudes + 1, with sign, scaled to the range of the image.
    Logarithm = logarithm::Logarithm,
    /// Exponentials, scaled to the range of the image.
    Exponential = exponential::Exponential,
    /// Magnitude of the gradient.
    Gradient(Gradient),
    /// Local binary patterns in each slice.
    LocalBinaryPattern2d(LocalBinaryPattern2d),
    /// Local binary patterns on a sphere.
    LocalBinaryPattern3d(LocalBinaryPattern3d),
}
