//! Texture matrices as plain lists of cells.

use super::aggregation::Span;
use crate::kernels::cells::Cells;

/// A cell that is not 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cell {
    /// Grey level i, from 1.
    pub level: u16,
    /// GLCM: grey level j; GLRLM: run length; GLSZM: zone size; GLDZM: zone distance; NGLDM:
    /// dependence, the voxel itself included; NGTDM: n_i, the number of voxels of the level
    /// that have neighbours.
    pub column: u64,
    /// Number of occurrences; NGTDM: s_i, the sum of differences from the neighbours' mean.
    pub value: f64,
}

/// A texture matrix of one slice or of the volume, and of one direction if the family has them.
#[derive(Clone, Debug, PartialEq)]
pub struct Matrix {
    /// Name of the family.
    pub family: &'static str,
    /// The voxels that the matrix was counted over; slices are those of the region's bounding box.
    pub span: Span,
    /// Offset (z, y, x) to the neighbour, for GLCM and GLRLM. The GLCM counts each pair of
    /// neighbours in both orders, unless `glcm_symmetric` is off.
    pub offset: Option<[i32; 3]>,
    /// The cells that are not 0, in ascending order.
    pub cells: Vec<Cell>,
}

impl Cell {
    /// Counts as cells.
    pub(crate) fn of_counts(cells: Cells) -> Vec<Self> {
        let cell =
            |(level, column, n): (u16, u32, u64)| Self { level, column: column.into(), value: n as f64 };
        cells.into_iter().map(cell).collect()
    }

    /// The matrices of a span, one for each of the directions [in the plane, in the volume].
    pub(crate) fn each_direction(
        [planar, volumetric]: [Vec<[i32; 3]>; 2],
        span: Span,
        count: impl Fn([i32; 3]) -> Vec<Self>,
    ) -> Vec<(Option<[i32; 3]>, Vec<Self>)> {
        let directions = if span == Span::Volume { volumetric } else { planar };
        directions.into_iter().map(|offset| (Some(offset), count(offset))).collect()
    }
}
