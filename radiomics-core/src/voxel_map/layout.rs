//! Where the values of maps lie, and what they are.

use crate::table::Column;
use crate::volume::grid::Grid;

/// The voxels of the maps and the list of the maps.
#[derive(Clone, Debug)]
pub struct Layout {
    pub(super) grid: Grid,
    pub(super) voxels: Vec<[u32; 3]>,
    pub(super) columns: Vec<Column>,
}

impl Layout {
    /// The grid of the maps: the bounding box of the region, on the grid after interpolation.
    pub fn grid(&self) -> &Grid {
        &self.grid
    }

    /// The voxels that have values, (z, y, x) in the grid, in ascending order: the region after
    /// resegmentation.
    pub fn voxels(&self) -> &[[u32; 3]] {
        &self.voxels
    }

    /// What each map is of, in the order of the maps.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }
}
