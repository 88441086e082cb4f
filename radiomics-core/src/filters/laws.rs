//! Laws kernels.

use ndarray::Array3;
use serde::{Deserialize, Serialize};

use super::{Boundary, Pooling, Reach};
use crate::error::Result;
use crate::kernels::Isa;

/// Laws kernels, one per axis, and the energy of their response (IBSI 2, JTXT).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Laws {
    /// A kernel for x, y and, in 3D, z: `L5E5S5`; two kernels filter slice by slice.
    pub kernels: String,
    /// Whether the responses of all right-angle rotations are pooled (24 in 3D, 4 in 2D).
    #[serde(default)]
    pub rotation_invariant: bool,
    /// How they are.
    #[serde(default = "max")]
    pub pooling: Pooling,
    /// Half width δ in voxels of the window (2 δ + 1) over which magnitudes are averaged to the
    /// energy; none gives the response itself.
    #[serde(default)]
    pub energy_delta_voxels: Option<usize>,
    /// What lies outside of the image.
    #[serde(default)]
    pub boundary: Boundary,
}

fn max() -> Pooling {
    Pooling::Max
}

impl Laws {
    pub(super) fn apply(&self, image: &Array3<f64>, isa: Isa) -> Result<Array3<f64>> {
        todo!()
    }

    pub(super) fn reach(&self) -> Reach {
        todo!()
    }

    pub(super) fn validate(&self) -> Result<()> {
        todo!()
    }

    pub(super) fn name(&self) -> String {
        todo!()
    }
}
