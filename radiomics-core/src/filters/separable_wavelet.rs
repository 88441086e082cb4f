//! Separable wavelets.

use ndarray::Array3;
use serde::{Deserialize, Serialize};

use super::{Boundary, Pooling, Reach};
use crate::error::Result;
use crate::kernels::Isa;

/// How higher levels of a wavelet decomposition are reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decomposition {
    /// Filters dilated by 2^(level − 1), "à trous" (IBSI).
    #[default]
    Dilated,
    /// The first level's filters again, on the approximation; odd axes are extended by one
    /// voxel from the other side (PyRadiomics). The boundary is periodic.
    Repeated,
}

/// Undecimated separable wavelets (IBSI 2, 25BO).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeparableWavelet {
    /// A discrete wavelet by its PyWavelets name: `haar`, `db3`, `coif1`, `sym4`, `bior1.3` ...
    pub wavelet: String,
    /// `L` or `H` for x, y and, in 3D, z: `LLH`; two letters filter slice by slice.
    pub subband: String,
    /// Level of the decomposition, from 1.
    #[serde(default = "one")]
    pub level: usize,
    /// Whether the responses of all right-angle rotations are pooled (24 in 3D, 4 in 2D).
    #[serde(default)]
    pub rotation_invariant: bool,
    /// How they are.
    #[serde(default = "mean")]
    pub pooling: Pooling,
    /// How higher levels are reached.
    #[serde(default)]
    pub decomposition: Decomposition,
    /// What lies outside of the image.
    #[serde(default)]
    pub boundary: Boundary,
}

fn one() -> usize {
    1
}

fn mean() -> Pooling {
    Pooling::Mean
}

impl SeparableWavelet {
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
