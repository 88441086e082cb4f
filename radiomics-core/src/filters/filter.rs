//! All filters: a row each, of which the enum, its dispatch and the registry are made.

use ndarray::Array3;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use super::exponential::Exponential;
use super::gabor::Gabor;
use super::gradient::Gradient;
use super::laplacian_of_gaussian::LaplacianOfGaussian;
use super::laws::Laws;
use super::local_binary_pattern_2d::LocalBinaryPattern2d;
use super::local_binary_pattern_3d::LocalBinaryPattern3d;
use super::logarithm::Logarithm;
use super::mean::Mean;
use super::operation::{Described, Operation};
use super::original::Original;
use super::parameter::{Parameter, Reader, Wrong, read_named};
use super::reach::{About, Reach};
use super::riesz::Riesz;
use super::separable_wavelet::SeparableWavelet;
use super::simoncelli::Simoncelli;
use super::square::Square;
use super::square_root::SquareRoot;
use crate::error::{Error, Result};
use crate::kernels::Isa;

/// What is known of a kind of filter.
#[derive(Clone, Copy)]
pub struct FilterKind {
    /// What documents call it.
    pub name: &'static str,
    /// Four-character identifier of the IBSI 2 reference manual; empty if IBSI has no such filter.
    pub ibsi_id: &'static str,
    /// PyRadiomics' name of the type of image that it makes, if it has such a filter.
    pub pyradiomics: Option<&'static str>,
    /// What it computes, in a line.
    pub summary: &'static str,
    /// Its parameters.
    pub parameters: &'static [Parameter],
    read: Reader<Filter>,
}

impl FilterKind {
    const fn new<T: Described>(summary: &'static str, read: Reader<Filter>) -> Self {
        Self {
            name: T::NAME,
            ibsi_id: T::IBSI_ID,
            pyradiomics: if T::PYRADIOMICS.is_empty() { None } else { Some(T::PYRADIOMICS) },
            summary: summary.trim_ascii_start(),
            parameters: T::PARAMETERS,
            read,
        }
    }

    /// The parameter of a name.
    pub(super) fn parameter(&self, name: &str) -> Option<&Parameter> {
        self.parameters.iter().find(|parameter| parameter.name == name)
    }
}

impl std::fmt::Debug for FilterKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FilterKind").field("name", &self.name).finish_non_exhaustive()
    }
}

/// The enum of all filters, [`FILTERS`] and what leads from a variant to its file. A row is the
/// variant with its parameters, or without any and after `=` the struct that does the work.
macro_rules! filters {
    ($( $(#[doc = $summary:literal])+ $variant:ident $(($parameters:ident))? $(= $plain:ident)?, )+) => {
        /// A filter and its parameters.
        #[derive(Clone, Debug, PartialEq)]
        pub enum Filter {
            $( $(#[doc = $summary])+ $variant $(($parameters))?, )+
        }

        /// All kinds of filters.
        pub static FILTERS: &[FilterKind] = &[
            $( FilterKind::new::<$($parameters)? $($plain)?>(concat!($($summary),+), |given| {
                $( Ok(Filter::$variant($parameters::read(given)?)) )?
                $( $plain::read(given).map(|_| Filter::$variant) )?
            }), )+
        ];

        impl Filter {
            /// What the filter does.
            fn operation(&self) -> &dyn Operation {
                match self {
                    $( Filter::$variant $((bound!(filter, $parameters)))? => {
                        $( bound!(filter, $parameters) )? $( &$plain {} )?
                    } )+
                }
            }
        }
    };
}

/// The first of two names.
macro_rules! bound {
    ($name:ident, $_:ident) => {
        $name
    };
}

filters! {
    /// The image as it is.
    Original = Original,
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
    Square = Square,
    /// Square roots of magnitudes, with sign, scaled to the range of the image.
    SquareRoot = SquareRoot,
    /// Logarithms of magnitudes + 1, with sign, scaled to the range of the image.
    Logarithm = Logarithm,
    /// Exponentials, scaled to the range of the image.
    Exponential = Exponential,
    /// Magnitude of the gradient.
    Gradient(Gradient),
    /// Local binary patterns in each slice.
    LocalBinaryPattern2d(LocalBinaryPattern2d),
    /// Local binary patterns on a sphere.
    LocalBinaryPattern3d(LocalBinaryPattern3d),
}

impl Filter {
    /// The response to `image` (z, y, x), which is taken to end where the array does.
    ///
    /// # Errors
    /// As [`Filter::validate`], and [`Error::Filter`] for an image that the filter cannot take.
    pub(crate) fn apply(&self, image: &Array3<f64>, about: About, isa: Isa) -> Result<Array3<f64>> {
        self.operation().apply(image, about, isa)
    }

    /// How far the response at a voxel looks, at a spacing (z, y, x) in mm.
    pub(crate) fn reach(&self, spacing_mm: [f64; 3]) -> Reach {
        self.operation().reach(spacing_mm)
    }

    /// Checks the parameters.
    ///
    /// # Errors
    /// [`Error::Filter`] naming the filter, the parameter, its value and what it must be.
    pub fn validate(&self) -> Result<()> {
        self.operation().validate()
    }

    /// The kind of filter, as documents name it.
    pub fn kind(&self) -> &'static str {
        self.operation().kind()
    }

    /// A name that tells the filter and its parameters, for columns of results. Parameters at
    /// their default are left out, but for those without which nobody knows what it is.
    pub fn name(&self) -> String {
        self.operation().name()
    }

    /// Reads a filter, a name or a mapping from one to its parameters, of which none is a list of
    /// several values.
    ///
    /// # Errors
    /// What [`read_filters`](super::read_filters) has for a filter.
    pub(super) fn read(value: &Value) -> Result<Self> {
        let known = FILTERS.iter().map(|kind| (kind.name, kind.read));
        let filter = read_named(value, "filter", known).map_err(|Wrong(error)| {
            let reason = "it must be a name, or a mapping from one name to parameters";
            error.unwrap_or_else(|| Error::InvalidFilter {
                given: value.to_string(),
                reason: reason.to_owned(),
            })
        })?;
        filter.validate()?;
        Ok(filter)
    }
}

impl Serialize for Filter {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        self.operation().write().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Filter {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        Self::read(&Value::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}
