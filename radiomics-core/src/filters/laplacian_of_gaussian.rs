//! Laplacian of Gaussian.

use ndarray::Array3;
use serde::{Deserialize, Serialize};

use super::{Boundary, Dimensions, Reach};
use crate::error::Result;
use crate::kernels::Isa;

/// How a Gaussian is convolved with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GaussianMethod {
    /// Its samples, cut off (IBSI).
    #[default]
    Sampled,
    /// The recursive approximation of Deriche as in ITK, normalised across scales, computed in
    /// 32-bit floats between axes (PyRadiomics). Volumes only; the border is ITK's.
    Recursive,
}

/// Laplacian of Gaussian (IBSI 2, L6PA).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LaplacianOfGaussian {
    /// Standard deviation of the Gaussian in mm.
    pub sigma_mm: f64,
    /// Where the sampled kernel is cut off, in standard deviations.
    #[serde(default = "four")]
    pub truncate_sigma: f64,
    /// Sampled or recursive.
    #[serde(default)]
    pub method: GaussianMethod,
    /// Whether in 2D or 3D.
    #[serde(default)]
    pub dimensions: Dimensions,
    /// What lies outside of the image.
    #[serde(default)]
    pub boundary: Boundary,
}

fn four() -> f64 {
    4.0
}

impl LaplacianOfGaussian {
    pub(super) fn apply(&self, image: &Array3<f64>, spacing_mm: [f64; 3], isa: Isa) -> Result<Array3<f64>> {
        todo!()
    }

    pub(super) fn reach(&self, spacing_mm: [f64; 3]) -> Reach {
        todo!()
    }

    pub(super) fn validate(&self) -> Result<()> {
        todo!()
    }

    pub(super) fn name(&self) -> String {
        todo!()
    }
}
