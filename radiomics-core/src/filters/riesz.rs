//! Riesz transforms.

use ndarray::Array3;
use serde::{Deserialize, Serialize};

use super::{LaplacianOfGaussian, Simoncelli};
use crate::error::Result;

/// A filter whose response a Riesz transform takes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RieszBase {
    /// Laplacian of Gaussian, with sampled kernel.
    LaplacianOfGaussian(LaplacianOfGaussian),
    /// Simoncelli's wavelet.
    Simoncelli(Simoncelli),
}

/// Riesz transform of another filter's response (IBSI 2, AYRS).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Riesz {
    /// Order of the transform along (z, y, x); their sum is at least 1.
    pub order: [u32; 3],
    /// The other filter.
    pub of: RieszBase,
}

impl Riesz {
    pub(super) fn apply(&self, image: &Array3<f64>, spacing_mm: [f64; 3]) -> Array3<f64> {
        todo!()
    }

    pub(super) fn validate(&self) -> Result<()> {
        todo!()
    }

    pub(super) fn name(&self) -> String {
        todo!()
    }
}
