//! What a filter must know of an image, and how far its response looks.

use super::engine::boundary::Boundary;
use crate::volume::voxels::VoxelKind;

/// What a filter must know of an image besides its intensities.
#[derive(Clone, Copy, Debug)]
pub(crate) struct About {
    /// Voxel spacing (z, y, x) in mm.
    pub spacing_mm: [f64; 3],
    /// What numbers the voxels of the image are.
    pub kind: VoxelKind,
}

/// How far the response at a voxel looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// This many voxels along (z, y, x), on either side.
    Voxels([usize; 3]),
    /// This many voxels along (z, y, x) on either side, and past a border of the image on the opposite
    /// side of it.
    Periodic([usize; 3]),
    /// The whole image.
    Everything,
}

impl Reach {
    /// How far a filter looks that sees `voxels` on either side along (z, y, x).
    pub(crate) fn new(voxels: [usize; 3], boundary: Boundary) -> Self {
        if boundary == Boundary::Periodic { Reach::Periodic(voxels) } else { Reach::Voxels(voxels) }
    }
}

/// How far a kernel may look to either side, in voxels: far more than images have, and few enough
/// for the memory of any machine.
pub(crate) const MAX_REACH: usize = 4095;

/// Half width of a kernel that is cut off at `cut` voxels.
pub(crate) fn half_width(cut: f64) -> usize {
    // Beyond the limit the number does not matter, but it must stay one that can be added to.
    ((cut + 0.5).floor() as usize).min(MAX_REACH + 1)
}

#[cfg(test)]
impl About {
    /// An image of 64-bit floats, for tests.
    pub(crate) fn doubles(spacing_mm: [f64; 3]) -> Self {
        Self { spacing_mm, kind: VoxelKind::Double }
    }
}
