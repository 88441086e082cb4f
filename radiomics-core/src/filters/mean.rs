//! Mean of a neighbourhood.

use ndarray::Array3;
use serde::{Deserialize, Serialize};

use super::{Boundary, Dimensions, Reach};
use crate::error::Result;
use crate::kernels::Isa;

/// Mean of a cube (2D: square) of voxels (IBSI 2, S60F).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mean {
    /// Edge of the cube in voxels, an odd number.
    pub support_voxels: usize,
    /// Whether in 2D or 3D.
    #[serde(default)]
    pub dimensions: Dimensions,
    /// What lies outside of the image.
    #[serde(default)]
    pub boundary: Boundary,
}

impl Mean {
    pub(super) fn apply(&self, image: &Array3<f64>, isa: Isa) -> Array3<f64> {
        todo!()
    }

    pub(super) fn reach(&self) -> Reach {
        todo!()
    }

    pub(super) fn validate(&self) -> Result<()> {
        todo!()
    }

    pub(super) fn name(&self) -> String {
        format!("mean-{}-{}{}", self.support_voxels, self.dimensions.text(), self.boundary.suffix())
    }
}
