//! The region of interest after preprocessing.

use std::borrow::Cow;

use ndarray::Array3;

use crate::kernels::pages;
use crate::kernels::voxel::Voxel;
use crate::volume::grid::{Grid, Window};
use crate::volume::intensities::{Intensities, permuted, with_intensities};
use crate::work::loops;

/// Voxels that are looked at together.
const STRIP: usize = 1 << 15;

/// A box of voxels round the region, with both masks of IBSI 1. Arrays are (z, y, x).
///
/// The morphological mask is the region as drawn (and interpolated); the intensity mask is
/// what resegmentation leaves of it.
#[derive(Clone, Debug)]
pub struct Roi {
    pub(crate) grid: Grid,
    pub(crate) intensities: Intensities,
    pub(crate) morphological: Array3<bool>,
    /// The intensity mask, where it is another one than the morphological mask.
    pub(crate) resegmented: Option<Array3<bool>>,
    pub(crate) region: Window,
}

impl Roi {
    /// Where the voxels of the box lie.
    pub fn grid(&self) -> &Grid {
        &self.grid
    }

    /// Intensities of the whole box: the region and a margin round it, where the image has it.
    pub fn intensities(&self) -> Cow<'_, Array3<f64>> {
        self.intensities.to_f64()
    }

    /// The region as drawn.
    pub fn morphological(&self) -> &Array3<bool> {
        &self.morphological
    }

    /// The region after resegmentation.
    pub fn intensity(&self) -> &Array3<bool> {
        self.resegmented.as_ref().unwrap_or(&self.morphological)
    }

    /// Bounding box of the morphological mask within the box.
    pub fn region(&self) -> Window {
        self.region
    }

    /// Whether the region is a single slice along one of its axes.
    pub(crate) fn is_flat(&self) -> bool {
        self.region.shape.contains(&1)
    }

    /// This region with `axis` brought to the front, so that slices lie across it.
    pub(crate) fn sliced_along(&self, axis: usize) -> Cow<'_, Roi> {
        if axis == 0 {
            return Cow::Borrowed(self);
        }
        let order: [usize; 3] = match axis {
            1 => [1, 0, 2],
            _ => [2, 0, 1],
        };
        Cow::Owned(Roi {
            grid: Grid {
                shape: order.map(|a| self.grid.shape[a]),
                spacing_mm: order.map(|a| self.grid.spacing_mm[a]),
                origin_mm: self.grid.origin_mm,
                direction: self.grid.direction.map(|row| order.map(|a| row[a])),
            },
            intensities: self.intensities.permuted(order),
            morphological: permuted(&self.morphological, order),
            resegmented: self.resegmented.as_ref().map(|mask| permuted(mask, order)),
            region: Window {
                start: order.map(|a| self.region.start[a]),
                shape: order.map(|a| self.region.shape[a]),
            },
        })
    }

    /// Intensities inside of the intensity mask, in (z, y, x) order.
    pub fn values(&self) -> Vec<f64> {
        with_intensities!(&self.intensities, x => masked(x, self.intensity()))
    }
}

/// How many voxels are set.
pub(crate) fn count(mask: &Array3<bool>) -> usize {
    match mask.as_slice_memory_order() {
        Some(all) => count_of(all),
        None => mask.iter().filter(|&&m| m).count(),
    }
}

fn count_of(mask: &[bool]) -> usize {
    // Few enough at a time for the sum to fit into a byte, which makes many of them go at once.
    let of = |some: &[bool]| usize::from(some.iter().map(|&m| u8::from(m)).sum::<u8>());
    mask.chunks(128).map(of).sum()
}

/// The values of `array` where `mask` is set, in (z, y, x) order.
pub(crate) fn masked<T: Voxel + Sync>(array: &Array3<T>, mask: &Array3<bool>) -> Vec<f64> {
    assert_eq!(array.dim(), mask.dim(), "an array and its mask");
    let (Some(all), Some(mask)) = (array.as_slice(), mask.as_slice()) else {
        return array.iter().zip(mask).filter(|(_, m)| **m).map(|(x, _)| x.to_f64()).collect();
    };
    let strips = || all.chunks(STRIP).zip(mask.chunks(STRIP));
    let counts = loops::map(mask.chunks(STRIP), count_of);
    let mut values = pages::zeros(counts.iter().sum());
    let mut rest = &mut values[..];
    let mut parts = Vec::with_capacity(counts.len());
    for (strip, n) in strips().zip(counts) {
        parts.push((strip, rest.split_off_mut(..n).expect("as many values as were counted")));
    }
    loops::each(parts, |((all, mask), to)| {
        // Every value is written where the next one of the mask belongs, and stays there if it is one: no branch
        // depends on the mask, but for what follows the last of it.
        let mut next = 0;
        for (&x, &m) in all.iter().zip(mask) {
            let Some(place) = to.get_mut(next) else { break };
            *place = x.to_f64();
            next += usize::from(m);
        }
    });
    values
}
