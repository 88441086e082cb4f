//! Gabor filters.

use ndarray::Array3;
use serde::{Deserialize, Serialize};

use super::{Boundary, Pooling, Reach};
use crate::error::Result;
use crate::kernels::Isa;

/// Modulus of the response to a 2D Gabor kernel (IBSI 2, Q88H).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gabor {
    /// Standard deviation of the envelope in mm.
    pub sigma_mm: f64,
    /// Wavelength in mm.
    pub lambda_mm: f64,
    /// Aspect ratio of the envelope.
    #[serde(default = "one")]
    pub gamma: f64,
    /// Orientation in radians.
    #[serde(default)]
    pub theta: f64,
    /// Step in radians of the orientations that are pooled; none for `theta` alone.
    #[serde(default)]
    pub delta_theta: Option<f64>,
    /// How orientations are pooled.
    #[serde(default = "mean")]
    pub pooling: Pooling,
    /// Whether axial, coronal and sagittal slices are filtered and averaged, or axial ones only.
    #[serde(default)]
    pub orthogonal_planes: bool,
    /// What lies outside of the image.
    #[serde(default)]
    pub boundary: Boundary,
}

fn one() -> f64 {
    1.0
}

fn mean() -> Pooling {
    Pooling::Mean
}

impl Gabor {
    pub(super) fn apply(&self, image: &Array3<f64>, spacing_mm: [f64; 3], isa: Isa) -> Array3<f64> {
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
