//! Local binary patterns.

use ndarray::Array3;
use serde::{Deserialize, Serialize};

use super::Reach;
use crate::error::Result;

/// Local binary patterns in each slice (PyRadiomics `LBP2D`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LocalBinaryPattern2d {
    /// Radius in voxels.
    pub radius: f64,
    /// Number of samples on the circle.
    pub samples: usize,
}

/// Local binary patterns on a sphere (PyRadiomics `LBP3D`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LocalBinaryPattern3d {
    /// Radius in voxels.
    pub radius: f64,
}

impl LocalBinaryPattern2d {
    pub(super) fn apply(&self, image: &Array3<f64>) -> Array3<f64> {
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

impl LocalBinaryPattern3d {
    pub(super) fn apply(&self, image: &Array3<f64>) -> Array3<f64> {
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
