//! Gradient magnitude.

use ndarray::Array3;
use serde::{Deserialize, Serialize};

/// Magnitude of the gradient, by central differences (PyRadiomics).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gradient {
    /// Whether differences are per mm or per voxel.
    #[serde(default = "yes")]
    pub use_spacing: bool,
    /// Whether the result is rounded to 32-bit floats, as ITK does.
    #[serde(default)]
    pub single_precision: bool,
}

fn yes() -> bool {
    true
}

impl Gradient {
    pub(super) fn apply(&self, image: &Array3<f64>, spacing_mm: [f64; 3]) -> Array3<f64> {
        todo!()
    }

    pub(super) fn name(&self) -> String {
        todo!()
    }
}
