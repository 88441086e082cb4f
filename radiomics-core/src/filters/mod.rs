//! Image filters: an image in, a response map out (IBSI 2, and PyRadiomics' image types).
//!
//! A filter is data: a kind and its parameters. `Filter::apply` computes its response;
//! `Filter::reach` says how much of the image round a voxel the response there depends on,
//! so that no more than the region and that margin needs filtering. Arrays are (z, y, x);
//! texts that name one kernel per axis (`L5E5S5`, `LLH`) are in the order x, y, z, as IBSI and
//! PyRadiomics write them.

mod bank;
mod boundary;
mod box_mean;
mod fourier;
mod gabor;
mod gradient;
mod kernel1d;
mod laplacian_of_gaussian;
mod laws;
mod local_binary_pattern;
mod local_binary_pattern_3d;
mod mean;
mod pointwise;
mod recursive_coefficients;
mod recursive_gaussian;
mod repeated_wavelet;
mod responses;
mod riesz;
mod separable;
mod separable_plan;
mod separable_wavelet;
mod simoncelli;
mod sphere;
mod text;
mod wavelets;

use ndarray::Array3;
use serde::{Deserialize, Serialize};

pub use boundary::Boundary;
pub use gabor::Gabor;
pub use gradient::Gradient;
pub use laplacian_of_gaussian::{GaussianMethod, LaplacianOfGaussian};
pub use laws::Laws;
pub use local_binary_pattern::{LocalBinaryPattern2d, PatternCode};
pub use local_binary_pattern_3d::{LocalBinaryPattern3d, SphericalMap};
pub use mean::Mean;
pub use responses::filter_each;
pub(crate) use responses::for_each_response;
pub use riesz::{Riesz, RieszBase};
pub use separable_wavelet::{Decomposition, SeparableWavelet};
pub use simoncelli::Simoncelli;
pub use text::read_filters;

use crate::error::{Error, Result};
use crate::kernels::Isa;
use crate::runtime::Execution;
use crate::runtime::Runtime;
use crate::volume::image::Image;
use crate::volume::voxels::VoxelKind;

/// A filter and its parameters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Filter {
    /// The image as it is.
    Original,
    /// Mean of a neighbourhood (IBSI 2, S60F).
    Mean(Mean),
    /// Laplacian of Gaussian (IBSI 2, L6PA).
    LaplacianOfGaussian(LaplacianOfGaussian),
    /// Laws kernels and their energy (IBSI 2, JTXT).
    Laws(Laws),
    /// Modulus of the Gabor response (IBSI 2, Q88H).
    Gabor(Gabor),
    /// Undecimated separable wavelets (IBSI 2, 25BO).
    SeparableWavelet(SeparableWavelet),
    /// The non-separable wavelet of Simoncelli (IBSI 2, PRT7).
    Simoncelli(Simoncelli),
    /// Riesz transform of another filter's response (IBSI 2, AYRS).
    Riesz(Riesz),
    /// Squares, scaled to the range of the image (PyRadiomics).
    Square,
    /// Square roots of magnitudes, with sign, scaled to the range of the image (PyRadiomics).
    SquareRoot,
    /// Logarithms of magnitudes + 1, with sign, scaled to the range of the image (PyRadiomics).
    Logarithm,
    /// Exponentials, scaled to the range of the image (PyRadiomics).
    Exponential,
    /// Magnitude of the gradient (PyRadiomics).
    Gradient(Gradient),
    /// Local binary patterns in each slice (PyRadiomics).
    #[serde(rename = "local_binary_pattern_2d")]
    LocalBinaryPattern2d(LocalBinaryPattern2d),
    /// Local binary patterns on a sphere (PyRadiomics).
    #[serde(rename = "local_binary_pattern_3d")]
    LocalBinaryPattern3d(LocalBinaryPattern3d),
}

/// Whether slices (across z) are filtered one by one or the volume as a whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Dimensions {
    /// Slice by slice, in the plane of y and x.
    #[serde(rename = "2D")]
    Two,
    /// The volume.
    #[default]
    #[serde(rename = "3D")]
    Three,
}

/// How the responses to a filter in several orientations become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pooling {
    /// Their largest value.
    Max,
    /// Their mean.
    Mean,
}

/// What a filter must know of an image besides its intensities.
#[derive(Clone, Copy, Debug)]
pub(crate) struct About {
    /// Voxel spacing (z, y, x) in mm.
    pub spacing_mm: [f64; 3],
    /// What numbers its voxels are.
    pub kind: VoxelKind,
}

/// How far the response at a voxel looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// This many voxels along (z, y, x), on either side.
    Voxels([usize; 3]),
    /// The same, and past a border of the image it looks at the opposite side of it.
    Periodic([usize; 3]),
    /// The whole image.
    Everything,
}

impl Reach {
    /// Of a filter with `voxels` on either side along (z, y, x).
    pub(crate) fn new(voxels: [usize; 3], boundary: Boundary) -> Self {
        if boundary == Boundary::Periodic { Reach::Periodic(voxels) } else { Reach::Voxels(voxels) }
    }
}

/// The responses of several filters to a whole image, arrays (z, y, x).
///
/// # Errors
/// As [`Filter::validate`], [`Error::Filter`] for an image that a filter cannot take, and
/// [`Error::Threads`] when the system refuses threads.
pub fn filter_images(image: &Image, filters: &[Filter], execution: &Execution) -> Result<Vec<Array3<f64>>> {
    filters.iter().try_for_each(Filter::validate)?;
    let pool = execution.pool()?;
    let runtime = Runtime { pool: &pool, isa: execution.isa, progress: None };
    let mut responses = Vec::with_capacity(filters.len());
    filter_each(image, filters, &runtime, |_, response| responses.push(response))?;
    Ok(responses)
}

impl Filter {
    /// The response to `image` (z, y, x), which is taken to end where the array does.
    ///
    /// # Errors
    /// As [`Filter::validate`], and [`Error::Filter`] for an image that the filter cannot take.
    pub(crate) fn apply(&self, image: &Array3<f64>, about: About, isa: Isa) -> Result<Array3<f64>> {
        let spacing_mm = about.spacing_mm;
        match self {
            Filter::Original => Ok(image.clone()),
            Filter::Mean(filter) => Ok(filter.apply(image, isa)),
            Filter::LaplacianOfGaussian(filter) => filter.apply(image, spacing_mm, isa),
            Filter::Laws(filter) => filter.apply(image, isa),
            Filter::Gabor(filter) => filter.apply(image, spacing_mm, isa),
            Filter::SeparableWavelet(filter) => filter.apply(image, about.kind, isa),
            Filter::Simoncelli(filter) => Ok(filter.apply(image)),
            Filter::Riesz(filter) => filter.apply(image, spacing_mm),
            Filter::Square => Ok(pointwise::square(image)),
            Filter::SquareRoot => Ok(pointwise::square_root(image)),
            Filter::Logarithm => Ok(pointwise::logarithm(image)),
            Filter::Exponential => Ok(pointwise::exponential(image)),
            Filter::Gradient(filter) => Ok(filter.apply(image, spacing_mm, isa)),
            Filter::LocalBinaryPattern2d(filter) => Ok(filter.apply(image)),
            Filter::LocalBinaryPattern3d(filter) => Ok(filter.apply(image, about.kind, isa)),
        }
    }

    /// How far the response at a voxel looks, at a spacing (z, y, x) in mm.
    pub(crate) fn reach(&self, spacing_mm: [f64; 3]) -> Reach {
        match self {
            Filter::Original => Reach::Voxels([0; 3]),
            Filter::Mean(filter) => filter.reach(),
            Filter::LaplacianOfGaussian(filter) => filter.reach(spacing_mm),
            Filter::Laws(filter) => filter.reach(),
            Filter::Gabor(filter) => filter.reach(spacing_mm),
            Filter::SeparableWavelet(filter) => filter.reach(),
            Filter::Gradient(_) => Reach::Voxels([1; 3]),
            Filter::LocalBinaryPattern2d(filter) => filter.reach(),
            Filter::LocalBinaryPattern3d(filter) => filter.reach(),
            Filter::Simoncelli(_)
            | Filter::Riesz(_)
            | Filter::Square
            | Filter::SquareRoot
            | Filter::Logarithm
            | Filter::Exponential => Reach::Everything,
        }
    }

    /// Checks the parameters.
    ///
    /// # Errors
    /// [`Error::Filter`] naming the filter, the parameter, its value and what it must be.
    pub fn validate(&self) -> Result<()> {
        match self {
            Filter::Mean(filter) => filter.validate(),
            Filter::LaplacianOfGaussian(filter) => filter.validate(),
            Filter::Laws(filter) => filter.validate(),
            Filter::Gabor(filter) => filter.validate(),
            Filter::SeparableWavelet(filter) => filter.validate(),
            Filter::Simoncelli(filter) => filter.validate(),
            Filter::Riesz(filter) => filter.validate(),
            Filter::LocalBinaryPattern2d(filter) => filter.validate(),
            Filter::LocalBinaryPattern3d(filter) => filter.validate(),
            Filter::Original
            | Filter::Square
            | Filter::SquareRoot
            | Filter::Logarithm
            | Filter::Exponential
            | Filter::Gradient(_) => Ok(()),
        }
    }

    /// The kind of filter, as documents name it.
    pub fn kind(&self) -> &'static str {
        match self {
            Filter::Original => "original",
            Filter::Mean(_) => "mean",
            Filter::LaplacianOfGaussian(_) => "laplacian_of_gaussian",
            Filter::Laws(_) => "laws",
            Filter::Gabor(_) => "gabor",
            Filter::SeparableWavelet(_) => "separable_wavelet",
            Filter::Simoncelli(_) => "simoncelli",
            Filter::Riesz(_) => "riesz",
            Filter::Square => "square",
            Filter::SquareRoot => "square_root",
            Filter::Logarithm => "logarithm",
            Filter::Exponential => "exponential",
            Filter::Gradient(_) => "gradient",
            Filter::LocalBinaryPattern2d(_) => "local_binary_pattern_2d",
            Filter::LocalBinaryPattern3d(_) => "local_binary_pattern_3d",
        }
    }

    /// A name that tells the filter and its parameters, for columns of results. Parameters at
    /// their default are left out, but for those without which nobody knows what it is.
    pub fn name(&self) -> String {
        match self {
            Filter::Original => "original".to_owned(),
            Filter::Mean(filter) => filter.name(),
            Filter::LaplacianOfGaussian(filter) => filter.name(),
            Filter::Laws(filter) => filter.name(),
            Filter::Gabor(filter) => filter.name(),
            Filter::SeparableWavelet(filter) => filter.name(),
            Filter::Simoncelli(filter) => filter.name(),
            Filter::Riesz(filter) => filter.name(),
            Filter::Square => "square".to_owned(),
            Filter::SquareRoot => "squareroot".to_owned(),
            Filter::Logarithm => "logarithm".to_owned(),
            Filter::Exponential => "exponential".to_owned(),
            Filter::Gradient(filter) => filter.name(),
            Filter::LocalBinaryPattern2d(filter) => filter.name(),
            Filter::LocalBinaryPattern3d(filter) => filter.name(),
        }
    }
}

/// How far a kernel may look to either side, in voxels: far more than images have, and few enough
/// for the memory of any machine.
const MAX_REACH: usize = 4095;

/// Half width of a kernel that is cut off at `cut` voxels.
fn half_width(cut: f64) -> usize {
    // Beyond the limit the number does not matter, but it must stay one that can be added to.
    ((cut + 0.5).floor() as usize).min(MAX_REACH + 1)
}

/// Checks that a kernel is not wider than an image can be.
fn check_reach(filter: &'static str, parameter: &'static str, value: f64, reach: [usize; 3]) -> Result<()> {
    if reach.iter().all(|&voxels| voxels <= MAX_REACH) {
        return Ok(());
    }
    let remedy = format!("at this voxel spacing it looks more than {MAX_REACH} voxels far: make it smaller");
    Err(invalid(filter, parameter, value, remedy))
}

/// The error of a parameter.
fn invalid(
    filter: &'static str,
    parameter: &'static str,
    value: impl ToString,
    remedy: impl Into<String>,
) -> Error {
    Error::Filter { filter, parameter, value: value.to_string(), remedy: remedy.into() }
}

/// Checks that a parameter is a finite number above 0.
fn positive(filter: &'static str, parameter: &'static str, value: f64) -> Result<()> {
    if value.is_finite() && value > 0.0 {
        return Ok(());
    }
    Err(invalid(filter, parameter, value, "it must be a finite number above 0"))
}

impl Dimensions {
    /// For names.
    fn text(self) -> &'static str {
        match self {
            Dimensions::Two => "2D",
            Dimensions::Three => "3D",
        }
    }

    /// The axes that are filtered, of (z, y, x).
    fn axes(self) -> std::ops::Range<usize> {
        match self {
            Dimensions::Two => 1..3,
            Dimensions::Three => 0..3,
        }
    }

    /// `n` for the axes that are filtered, 0 for the others.
    fn in_plane_or_volume(self, n: usize) -> [usize; 3] {
        [0, 1, 2].map(|axis| if self.axes().contains(&axis) { n } else { 0 })
    }
}

impl Pooling {
    /// For names.
    fn suffix(self) -> &'static str {
        match self {
            Pooling::Max => "-max",
            Pooling::Mean => "-mean",
        }
    }
}
