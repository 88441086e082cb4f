//! The non-separable wavelet of Simoncelli.

use ndarray::Array3;
use serde::{Deserialize, Serialize};

use super::{Boundary, Dimensions};
use crate::error::Result;

/// Band-pass of the non-separable wavelet of Simoncelli (IBSI 2, PRT7).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Simoncelli {
    /// Level of the decomposition, from 1.
    #[serde(default = "one")]
    pub level: usize,
    /// Whether in 2D or 3D.
    #[serde(default)]
    pub dimensions: Dimensions,
    /// What lies outside of the image.
    #[serde(default)]
    pub boundary: Boundary,
}

fn one() -> usize {
    1
}

impl Simoncelli {
    pub(super) fn apply(&self, image: &Array3<f64>) -> Array3<f64> {
        todo!()
    }

    pub(super) fn validate(&self) -> Result<()> {
        todo!()
    }

    pub(super) fn name(&self) -> String {
        todo!()
    }
}
