//! Volumes of grey levels with a border of 0, so that no kernel tests for borders.

use std::ops::Range;
use std::sync::OnceLock;

use super::pages;

/// The largest number of grey levels: they are kept in at most 16 bits, 0 being outside.
pub const MAX_LEVELS: usize = u16::MAX as usize;

/// A grey level.
pub trait Level: pages::Zero + Copy + Default + Eq + Ord + Send + Sync + std::fmt::Debug + 'static {
    /// The level as an index into tables that have a row 0 for "outside".
    fn index(self) -> usize;
    /// The level `index`, which the caller knows to fit.
    fn from_index(index: usize) -> Self;
}

macro_rules! levels {
    ($($t:ty),*) => {$(
        impl Level for $t {
            #[inline(always)]
            fn index(self) -> usize {
                usize::from(self)
            }
            #[inline(always)]
            fn from_index(index: usize) -> Self {
                index as $t
            }
        }
    )*};
}
levels!(u8, u16);

/// A contiguous (z, y, x) volume with `pad` voxels of 0 on every side.
#[derive(Clone, Debug)]
pub struct Padded<T> {
    pub(crate) data: Vec<T>,
    /// Shape (z, y, x) without the padding.
    pub(crate) shape: [usize; 3],
    pub(crate) pad: usize,
    /// Where the slices hold voxels of the region; asked for once they are filled.
    pub(crate) occupied: OnceLock<Vec<Vec<Range<usize>>>>,
}

impl<T: Level> Padded<T> {
    /// A volume with no voxel in the region yet.
    pub(crate) fn empty(shape: [usize; 3], pad: usize) -> Self {
        let size = shape.map(|n| n + 2 * pad).into_iter().product();
        Self { data: pages::zeros(size), shape, pad, occupied: OnceLock::new() }
    }

    /// Distance in `data` between neighbours along (z, y, x).
    pub(crate) fn strides(&self) -> [usize; 3] {
        let [_, ny, nx] = self.shape.map(|n| n + 2 * self.pad);
        [ny * nx, nx, 1]
    }

    /// Place in `data` of the unpadded voxel (z, y, x).
    pub(crate) fn at(&self, [k, j, i]: [usize; 3]) -> usize {
        let [sz, sy, sx] = self.strides();
        (k + self.pad) * sz + (j + self.pad) * sy + (i + self.pad) * sx
    }

    /// Distance in `data` to the neighbour at `offset` (z, y, x).
    pub(crate) fn step(&self, offset: [i32; 3]) -> isize {
        let strides = self.strides();
        (0..3).map(|a| offset[a] as isize * strides[a] as isize).sum()
    }

    /// An unpadded row along x.
    pub(crate) fn row(&self, k: usize, j: usize) -> &[T] {
        let start = self.at([k, j, 0]);
        &self.data[start..start + self.shape[2]]
    }
}
